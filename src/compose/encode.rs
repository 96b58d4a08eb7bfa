//! From a composition to the bytes of one component. The graph that encodes is built anew each time from names; its ids
//! live in this file alone.

use super::check::{Outline, about_port, about_wire, check_outlined, quoted};
use super::pin::pinned;
use super::resources::{self, Again};
use super::{Composition, Library, Port, record, track};
use crate::component::{self, Component, Digest, guard};
use crate::diag::{Diagnostic, Severity, Subject, display_safe_line};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use wac_graph::{CompositionGraph, EncodeError, EncodeOptions, NodeId, PackageId, Processor};
use wac_types::Package;
use wasm_encoder::{ComponentExportKind, ComponentExportSection, ComponentTypeRef, RawSection};
use wasmparser::{Chunk, ComponentAlias, ComponentExternalKind, Parser, Payload};

/// A composed component.
#[derive(Debug, Clone)]
pub struct Encoded {
    /// The bytes, validated but for what functions do and memories hold, which reading the components did; at their end, the record of what they were composed of.
    pub bytes: Vec<u8>,
    /// Who asks for each import of the result that needs a provider: import's full name → instance names. Imports of one interface at
    /// compatible versions are one import of the result, at the newest of them.
    pub asked_by: Vec<(String, Vec<String>)>,
    /// What is worth knowing of the composition.
    pub warnings: Vec<Diagnostic>,
}

/// Encodes the composition into one component and validates it; components that are not valid are refused. The same composition gives the same bytes.
///
/// # Errors
/// What is in the way, each about an instance, port or wire.
pub fn encode(composition: &Composition, library: &Library) -> Result<Encoded, Vec<Diagnostic>> {
    if composition.instances.is_empty() {
        let hint = "Add an instance of a component first";
        return Err(vec![Diagnostic::error(Subject::Project, "There is nothing to compose").with_hint(hint)]);
    }
    let outline = Outline::new(composition, library);
    let found = check_outlined(composition, library, &outline);
    let (errors, mut warnings): (Vec<_>, Vec<_>) = found.into_iter().partition(|d| d.severity == Severity::Error);
    warnings.retain(|d| d.severity == Severity::Warning);
    if !errors.is_empty() {
        return Err(errors);
    }
    let mut bytes = attempt(composition, library, &outline, Vec::new())
        .map_err(|failure| pinned(composition, library, &outline, failure))?;
    let asked_by = asked_by(&outline.open, &bytes);
    record::append(composition, library, &outline, &mut bytes);
    Ok(Encoded { bytes, asked_by, warnings })
}

/// The bytes of a composition that may have faults: they are found here too, but not always put into words.
pub(super) fn unchecked(
    composition: &Composition,
    library: &Library,
    outline: &Outline<'_>,
) -> Result<Vec<u8>, Vec<Diagnostic>> {
    with_taps(composition, library, outline, Vec::new())
}

/// The same with components in the middle of wires.
pub(super) fn with_taps(
    composition: &Composition,
    library: &Library,
    outline: &Outline<'_>,
    adapters: Vec<(Port, Vec<u8>)>,
) -> Result<Vec<u8>, Vec<Diagnostic>> {
    attempt(composition, library, outline, adapters).map_err(Failure::into_diagnostics)
}

/// Why there are no bytes.
pub(super) enum Failure {
    /// It is known where.
    Known(Vec<Diagnostic>),
    /// The encoder has no form for something.
    NoForm(String),
    /// The bytes are not valid.
    NotValid(String),
}

impl From<Vec<Diagnostic>> for Failure {
    fn from(known: Vec<Diagnostic>) -> Self {
        Self::Known(known)
    }
}

impl Failure {
    fn into_diagnostics(self) -> Vec<Diagnostic> {
        let message = match self {
            Self::Known(known) => return known,
            Self::NoForm(why) => format!("The composition could not be encoded: {why}"),
            Self::NotValid(why) => format!("The composed component is not valid: {why}"),
        };
        vec![Diagnostic::error(Subject::Project, message)]
    }
}

/// The same, with what is known of a failure.
pub(super) fn attempt(
    composition: &Composition,
    library: &Library,
    outline: &Outline<'_>,
    adapters: Vec<(Port, Vec<u8>)>,
) -> Result<Vec<u8>, Failure> {
    // The encoder asserts what it takes for granted, and a hostile component may not keep to it.
    let encode = || {
        // The components were validated when they were read.
        let has_new = !adapters.is_empty();
        let bytes = Graph::build(composition, library, outline, adapters)?.encode()?;
        component::fault_of_made(&bytes, has_new).map_or(Ok(bytes), |why| Err(Failure::NotValid(why)))
    };
    guard::with_stack(|| guard::caught(encode)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().copied().or(panic.downcast_ref::<String>().map(String::as_str));
        let text = display_safe_line(text.unwrap_or("it did not say why")).into_owned();
        Err(Failure::NoForm(format!("the encoder gave up: {text}")))
    })
}

/// The exports of the result, with what defines types before what speaks of them: providers first, and those of one
/// instance in the order of its file.
pub(super) fn exports_in_order(
    composition: &Composition,
    library: &Library,
    outline: &Outline<'_>,
) -> Vec<(String, Port)> {
    let places: HashMap<&str, usize> = outline.order.iter().enumerate().map(|(i, name)| (*name, i)).collect();
    let mut in_file: HashMap<Digest, HashMap<&str, usize>> = HashMap::new();
    let mut exports = outline.exports.clone();
    exports.sort_by_cached_key(|(_, from)| {
        let in_file = composition.component(library, &from.instance).and_then(|component| {
            let of = || component.exports.iter().enumerate().map(|(i, e)| (e.name.as_str(), i)).collect();
            in_file.entry(component.digest).or_insert_with(of).get(from.name.as_str()).copied()
        });
        (places.get(from.instance.as_str()).copied(), in_file)
    });
    exports
}

/// A graph under construction, with what its ids stand for.
struct Graph<'a> {
    composition: &'a Composition,
    graph: CompositionGraph,
    nodes: HashMap<&'a str, NodeId>,
}

impl<'a> Graph<'a> {
    fn build(
        composition: &'a Composition,
        library: &'a Library,
        outline: &Outline<'a>,
        adapters: Vec<(Port, Vec<u8>)>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let mut adapters: HashMap<Port, Vec<u8>> = adapters.into_iter().collect();
        let mut this = Self { composition, graph: CompositionGraph::new(), nodes: HashMap::new() };
        let mut packages: BTreeMap<Digest, PackageId> = BTreeMap::new();
        // Providers first: then ids, encoded indices and the name section all run in one order.
        for name in outline.order.iter().copied().filter(|name| outline.members.contains(name)) {
            let Some(component) = composition.component(library, name) else { continue };
            let package = match packages.get(&component.digest) {
                Some(id) => *id,
                None => {
                    let id = this.register(name, component)?;
                    packages.insert(component.digest, id);
                    id
                }
            };
            let node = this.graph.instantiate(package);
            this.graph.set_node_name(node, name);
            this.nodes.insert(name, node);
            let mut given: HashMap<&str, NodeId> = HashMap::new();
            for import in &component.imports {
                let to = Port::new(name, &import.name);
                let Some(from) = composition.wires.get(&to) else { continue };
                let mut argument = this.alias(from)?;
                if let Some(adapter) = adapters.remove(&to) {
                    argument = this.tap(&to, adapter, argument).map_err(|why| {
                        vec![Diagnostic::error(about_wire(&to), format!("The wire to {to} cannot be tapped: {why}"))]
                    })?;
                }
                this.graph.set_instantiation_argument(node, &to.name, argument).map_err(|e| {
                    let message = format!("The wire from {from} to {to} does not fit: {}", innermost(&e));
                    vec![Diagnostic::error(about_wire(&to), message)]
                })?;
                given.insert(import.name.as_str(), argument);
            }
            this.used_types(name, component, node, &given)?;
        }
        let exports = exports_in_order(composition, library, outline);
        let again: BTreeSet<Port> = resources::repeated(composition, library, &exports)
            .into_iter()
            .filter(|(_, again)| *again == Again::TypesAnew)
            .map(|(port, _)| port.clone())
            .collect();
        for (name, from) in exports {
            let mut node = this.alias(&from)?;
            if again.contains(&from)
                && let Some(component) = composition.component(library, &from.instance)
            {
                node = this.with_own_types(component, &from, node)?;
            }
            this.graph.export(node, &*name).map_err(|e| {
                let message = format!("{from} cannot be exported as {}: {}", quoted(&name), innermost(&e));
                vec![Diagnostic::error(about_port(&from), message)]
            })?;
        }
        Ok(this)
    }

    /// A world that uses a type of an interface imports it once more, by itself: it comes with the interface where it has to.
    fn used_types(
        &mut self,
        instance: &str,
        component: &Component,
        node: NodeId,
        given: &HashMap<&str, NodeId>,
    ) -> Result<(), Vec<Diagnostic>> {
        for import in component.imports.iter().filter(|import| !given.contains_key(import.name.as_str())) {
            let Some((owner, name)) = resources::used(component, import) else { continue };
            let Some(from) = given.get(owner) else { continue };
            let refused = |why: String| {
                let to = Port::new(instance, &import.name);
                let message = format!("{to} does not come with {}: {why}", display_safe_line(owner));
                vec![Diagnostic::error(about_port(&to), message)]
            };
            let argument = self.graph.alias_instance_export(*from, name).map_err(|e| refused(innermost(&e)))?;
            self.graph.set_instantiation_argument(node, &import.name, argument).map_err(|e| refused(innermost(&e)))?;
        }
        Ok(())
    }

    fn register(&mut self, instance: &str, component: &Component) -> Result<PackageId, Vec<Diagnostic>> {
        let refused = |why: String| {
            let name = display_safe_line(&component.name);
            let message =
                format!("{} cannot be composed, because “{name}” was not understood: {why}", quoted(instance));
            let hint = "Inspect the component to see whether it is damaged";
            vec![Diagnostic::error(Subject::Instance(instance.to_owned()), message).with_hint(hint)]
        };
        let key = component.digest.to_string();
        let package = Package::from_bytes(&key, None, component.bytes.to_vec(), self.graph.types_mut())
            .map_err(|e| refused(innermost(&*e)))?;
        self.graph.register_package(package).map_err(|e| refused(innermost(&e)))
    }

    /// The same interface with types of its own. The types of two instances of one component are the same, and an
    /// interface in WIT cannot export the types of another as its own, so tools that read WIT could not read the result.
    /// A component that only hands on what it is given, under a type stated anew, makes them its own; nothing of it is
    /// left at run time.
    fn with_own_types(&mut self, component: &Component, from: &Port, node: NodeId) -> Result<NodeId, Vec<Diagnostic>> {
        let refused = |why: String| {
            vec![Diagnostic::error(about_port(from), format!("{from} cannot be exported a second time: {why}"))]
        };
        let mut between = CompositionGraph::new();
        let package = Package::from_bytes("component", None, component.bytes.to_vec(), between.types_mut())
            .map_err(|e| refused(innermost(&*e)))?;
        let kind = between.types()[package.ty()].exports.get(&from.name).copied();
        let kind = kind.ok_or_else(|| refused("it does not exist".to_owned()))?;
        let import = between.import(&*from.name, kind).map_err(|e| refused(innermost(&e)))?;
        between.export(import, &*from.name).map_err(|e| refused(innermost(&e)))?;
        let options = EncodeOptions { define_components: true, validate: false, processor: None };
        let bytes = between.encode(options).map_err(|e| refused(innermost(&e)))?;
        let bytes = state_type_again(&bytes).map_err(|e| refused(innermost(&e)))?;

        let package = Package::from_bytes(&from.to_string(), None, bytes, self.graph.types_mut())
            .map_err(|e| refused(innermost(&*e)))?;
        let imports: Vec<String> = self.graph.types()[package.ty()].imports.keys().cloned().collect();
        let package = self.graph.register_package(package).map_err(|e| refused(innermost(&e)))?;
        let between = self.graph.instantiate(package);
        for import in imports {
            // Interfaces whose types it uses come from where the instance itself has them.
            let argument = if import == from.name {
                node
            } else if component.export(&import).is_some() {
                self.alias(&Port::new(&from.instance, &import))?
            } else if let Some(source) = self.composition.wires.get(&Port::new(&from.instance, &import)) {
                self.alias(source)?
            } else {
                continue;
            };
            self.graph.set_instantiation_argument(between, &import, argument).map_err(|e| refused(innermost(&e)))?;
        }
        self.graph.alias_instance_export(between, &from.name).map_err(|e| refused(innermost(&e)))
    }

    /// Puts an adapter between a provider's export and the import `to`; what the import gets from now on.
    fn tap(&mut self, to: &Port, adapter: Vec<u8>, from: NodeId) -> Result<NodeId, String> {
        let package = Package::from_bytes(&format!("tap of {to}"), None, adapter, self.graph.types_mut())
            .map_err(|e| innermost(&*e))?;
        let imports: Vec<String> = self.graph.types()[package.ty()].imports.keys().cloned().collect();
        let package = self.graph.register_package(package).map_err(|e| innermost(&e))?;
        let node = self.graph.instantiate(package);
        for import in imports {
            // Interfaces whose types it uses come from where the consumer has them.
            let argument = if import == to.name {
                from
            } else if let Some(source) = self.composition.wires.get(&Port::new(&to.instance, &import)) {
                self.alias(source).map_err(|_| format!("{source} does not exist"))?
            } else {
                continue;
            };
            self.graph.set_instantiation_argument(node, &import, argument).map_err(|e| innermost(&e))?;
        }
        self.graph.alias_instance_export(node, &to.name).map_err(|e| innermost(&e))
    }

    fn alias(&mut self, port: &Port) -> Result<NodeId, Vec<Diagnostic>> {
        let node = self.nodes.get(port.instance.as_str()).copied();
        let alias = node.map(|node| self.graph.alias_instance_export(node, &port.name));
        match alias {
            Some(Ok(alias)) => Ok(alias),
            _ => Err(vec![Diagnostic::error(about_port(port), format!("{port} does not exist"))]),
        }
    }

    fn encode(&self) -> Result<Vec<u8>, Failure> {
        let processor = Some(Processor { name: "wirebench", version: env!("CARGO_PKG_VERSION") });
        // Validated afterwards, with what the engine accepts.
        let options = EncodeOptions { define_components: true, validate: false, processor };
        self.graph.encode(options).map_err(|error| match &error {
            EncodeError::ImportTypeMergeConflict { import, second, .. } => {
                self.conflict(import, self.name(*second), &innermost(&error)).into()
            }
            EncodeError::GraphContainsCycle { node } => {
                let message = format!("{} is part of a cycle of wires", quoted(self.name(*node)));
                vec![Diagnostic::error(Subject::Instance(self.name(*node).to_owned()), message)].into()
            }
            _ => Failure::NoForm(innermost(&error)),
        })
    }

    /// Two instances ask the outside for one interface, and not for the same: each learns of the other.
    fn conflict(&self, import: &str, second: &str, why: &str) -> Vec<Diagnostic> {
        let asks = |name: &str, wanted: &str| {
            let id = self.nodes.get(name).and_then(|node| self.graph[*node].package())?;
            let world = &self.graph.types()[self.graph[id].ty()];
            let found = world.imports.keys().find(|i| track(i) == track(wanted))?.clone();
            (!self.composition.wires.contains_key(&Port::new(name, &found))).then_some(found)
        };
        let others = self.composition.instances.keys().filter(|name| *name != second);
        let mut ports: Vec<Port> =
            others.filter_map(|name| Some(Port::new(name, asks(name, import)?))).take(1).collect();
        ports.push(Port::new(second, import));
        let names: Vec<String> = ports.iter().map(|p| quoted(&p.instance)).collect();
        let import = display_safe_line(import);
        let (message, hint) = match names.as_slice() {
            [one] => (
                format!("{one} asks for {import}, which cannot be an import of the result: {why}"),
                "Wire it to an instance that provides it",
            ),
            all => (
                format!(
                    "{} ask for {import} in forms that cannot be one import of the result: {why}",
                    all.join(" and ")
                ),
                "Wire at least one of them to an instance that provides it",
            ),
        };
        ports.iter().map(|port| Diagnostic::error(about_port(port), &*message).with_hint(hint)).collect()
    }

    fn name(&self, node: NodeId) -> &str {
        let instance = self.graph.get_alias_source(node).map_or(node, |(source, _)| source);
        self.graph[instance].name().unwrap_or_default()
    }
}

/// A component that exports one instance, which it imports: with that instance's type defined once more, as the type of
/// the export. The type is the last one that the component defines.
fn state_type_again(bytes: &[u8]) -> wasmparser::Result<Vec<u8>> {
    let mut out = wasm_encoder::Component::new();
    let mut types = 0;
    let mut last = None;
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload?;
        let Some((id, range)) = payload.as_section() else { continue };
        let data = bytes.get(range.start as usize..range.end as usize).unwrap_or_default();
        let raw = RawSection { id, data };
        match payload {
            Payload::ComponentTypeSection(section) => {
                types += section.count();
                last = Some((raw, section.count()));
            }
            Payload::ComponentAliasSection(section) => {
                for alias in section {
                    types += u32::from(matches!(
                        alias?,
                        ComponentAlias::InstanceExport { kind: ComponentExternalKind::Type, .. }
                    ));
                }
            }
            Payload::ComponentExportSection(section) => {
                if let Some((again, count)) = last {
                    out.section(&again);
                    types += count;
                }
                let mut exports = ComponentExportSection::new();
                for export in section {
                    let export = export?;
                    let ty = ComponentTypeRef::Instance(types.saturating_sub(1));
                    exports.export(export.name.name, ComponentExportKind::Instance, export.index, Some(ty));
                }
                out.section(&exports);
                continue;
            }
            _ => {}
        }
        out.section(&raw);
    }
    Ok(out.finish())
}

/// The last cause of an error: the one that says what is wrong, not where it was noticed.
pub(super) fn innermost(error: &dyn std::error::Error) -> String {
    let mut texts = vec![error.to_string()];
    let mut at = error.source();
    while let Some(cause) = at {
        texts.push(cause.to_string());
        at = cause.source();
    }
    // The first text repeats what the diagnostic says already, unless it is all there is.
    let skip = usize::from(texts.len() > 1);
    let text = texts.iter().skip(skip).map(String::as_str).collect::<Vec<_>>().join(": ");
    display_safe_line(&text).into_owned()
}

/// The names that a component imports, in order.
fn imports(bytes: &[u8]) -> Vec<String> {
    let mut names = Vec::new();
    for payload in outermost(bytes) {
        if let Payload::ComponentImportSection(section) = payload {
            names.extend(section.into_iter().flatten().map(|import| import.name.name.to_owned()));
        }
    }
    names
}

/// A component's own sections: what it holds inside is stepped over.
pub(super) fn outermost(bytes: &[u8]) -> impl Iterator<Item = Payload<'_>> {
    let (mut parser, mut rest) = (Parser::new(0), bytes);
    std::iter::from_fn(move || {
        let Ok(Chunk::Parsed { consumed, payload }) = parser.parse(rest, true) else { return None };
        rest = rest.get(consumed..)?;
        if let Payload::ModuleSection { unchecked_range: inside, .. }
        | Payload::ComponentSection { unchecked_range: inside, .. } = &payload
        {
            rest = rest.get(usize::try_from(inside.end - inside.start).ok()?..)?;
        }
        (!matches!(payload, Payload::End(_))).then_some(payload)
    })
}

fn asked_by(open: &[Port], bytes: &[u8]) -> Vec<(String, Vec<String>)> {
    let mut asking: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for port in open {
        asking.entry(track(&port.name)).or_default().insert(&port.instance);
    }
    imports(bytes)
        .into_iter()
        .filter_map(|import| {
            let names = asking.get(track(&import))?.iter().map(|name| (*name).to_owned()).collect();
            Some((import, names))
        })
        .collect()
}
