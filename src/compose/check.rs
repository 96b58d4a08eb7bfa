//! What is wrong with a composition, what stays open and what the result offers: all without encoding it.

use super::edit::{export_name, export_name_for, instance_name_fault, kind_text};
use super::encode::exports_in_order;
use super::fit::{Fit, Fits, arrows, base_name, is_interface_name};
use super::{Composition, Library, MAX_INSTANCES, Port, Side, clash, order, resources};
use crate::component::{Component, Extern, Item, Kind, TypeKind};
use crate::diag::{Diagnostic, Subject, display_safe_line};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use wasmparser::names::ComponentName;

/// Everything that is wrong with the composition or worth knowing, without encoding it.
///
/// Errors are what [`super::encode`] refuses. Imports from the host that no wire satisfies are grants, not problems.
pub fn check(composition: &Composition, library: &Library) -> Vec<Diagnostic> {
    check_outlined(composition, library, &Outline::new(composition, library))
}

/// What every look at a whole composition needs, found once.
#[derive(Clone)]
pub(super) struct Outline<'a> {
    /// Providers before their consumers.
    pub order: Vec<&'a str>,
    /// What has no place in that order: instances in a cycle or behind one.
    pub in_cycles: BTreeSet<&'a str>,
    /// [`Composition::members`].
    pub members: BTreeSet<&'a str>,
    /// [`open_imports`].
    pub open: Vec<Port>,
    /// [`result_exports`].
    pub exports: Vec<(String, Port)>,
}

impl<'a> Outline<'a> {
    pub fn new(composition: &'a Composition, library: &Library) -> Self {
        let (order, in_cycles) = order::in_order(composition);
        let members = composition.members();
        let open = open_imports_of(composition, library, members.iter().copied());
        let exports = result_exports_of(composition, library, &members);
        Self { order, in_cycles, members, open, exports }
    }
}

pub(super) fn check_outlined(composition: &Composition, library: &Library, outline: &Outline<'_>) -> Vec<Diagnostic> {
    let Outline { in_cycles, members, open, exports, .. } = outline;
    let mut found = Vec::new();
    instances(composition, library, &mut found);
    wires(composition, library, &mut found);
    for cycle in order::cycles(composition, in_cycles) {
        let about = Subject::Instance(cycle.first().cloned().unwrap_or_default());
        let message = format!("The wires form a cycle, so none of these can be instantiated first: {}", arrows(&cycle));
        found.push(Diagnostic::error(about, message).with_hint("Remove one of its wires"));
    }
    left_out(composition, members, &mut found);
    for port in open {
        if composition.port(library, port, Side::Import).is_none_or(Extern::is_host) {
            continue;
        }
        let message = format!("{} needs {}", quoted(&port.instance), display_safe_line(&port.name));
        let hint = "Wire it to an export that fits, or it stays an import of the result";
        found.push(Diagnostic::warning(about_port(port), message).with_hint(hint));
    }
    export_names(composition, library, &mut found);
    let in_order = exports_in_order(composition, library, outline);
    resources::check(composition, library, open, &in_order, &mut found);
    clash::check(composition, library, open, exports, &mut found);
    let used = instances_used(composition, library, members, exports, open);
    if used > MAX_INSTANCES {
        let message = format!(
            "The composition takes up {used} instances, and a component can have {MAX_INSTANCES}: each instance, each \
             interface that is wired, imported or exported counts"
        );
        let hint = "Compose a part of it first and use the result as one component, or export fewer interfaces";
        found.push(Diagnostic::error(Subject::Project, message).with_hint(hint));
    }
    found
}

pub(super) fn quoted(name: &str) -> String {
    format!("“{}”", display_safe_line(name))
}

pub(super) fn about_port(port: &Port) -> Subject {
    Subject::Port { instance: port.instance.clone(), port: port.name.clone() }
}

pub(super) fn about_wire(to: &Port) -> Subject {
    Subject::Wire { instance: to.instance.clone(), import: to.name.clone() }
}

fn instances(composition: &Composition, library: &Library, found: &mut Vec<Diagnostic>) {
    for (name, instance) in &composition.instances {
        let about = || Subject::Instance(name.clone());
        if let Some(why) = instance_name_fault(name) {
            found.push(Diagnostic::error(about(), format!("{} cannot be an instance's name: {why}", quoted(name))));
        }
        let what = match library.get(&instance.component) {
            None => format!("is of a component that is not open ({}…)", instance.component.short()),
            Some(c) if c.kind != Kind::Component => {
                format!("is of “{}”, which is {}", display_safe_line(&c.name), kind_text(c.kind))
            }
            Some(c) => match c.fault() {
                None => continue,
                Some(why) => {
                    format!("is of “{}”, which is not valid: {}", display_safe_line(&c.name), why.message)
                }
            },
        };
        found.push(
            Diagnostic::error(about(), format!("{} {what}", quoted(name)))
                .with_hint("Open the component's file, or make the instance one of another component"),
        );
    }
}

fn wires(composition: &Composition, library: &Library, found: &mut Vec<Diagnostic>) {
    let mut fits = Fits::default();
    for (to, from) in &composition.wires {
        let gone = |port: &Port, side: Side, word: &str| {
            if !composition.instances.contains_key(&port.instance) {
                return Some(format!("there is no instance {}", quoted(&port.instance)));
            }
            // A component that is not open is reported once, on the instance.
            let component = composition.component(library, &port.instance)?;
            let missing = composition.port(library, port, side).is_none();
            missing.then(|| {
                let name = display_safe_line(&port.name);
                format!("“{}” has no {word} {name}", display_safe_line(&component.name))
            })
        };
        let why =
            gone(to, Side::Import, "import").or_else(|| gone(from, Side::Export, "export")).or_else(|| {
                match fits.of_ports(composition, library, from, to) {
                    Some(Fit::No(difference)) => Some(difference),
                    _ => None,
                }
            });
        if let Some(why) = why {
            let message = format!("The wire from {from} to {to} is broken: {why}");
            found.push(
                Diagnostic::error(about_wire(to), message).with_hint("Remove the wire, or wire something that fits"),
            );
        }
    }
}

/// Says which instances are no part of the result; not of those that have a fault of their own.
fn left_out(composition: &Composition, members: &BTreeSet<&str>, found: &mut Vec<Diagnostic>) {
    let faulty: BTreeSet<Subject> = found.iter().map(|d| d.subject.clone()).collect();
    let (why, hint) = if composition.exports.is_empty() {
        ("no wire reaches it", "Wire it, or export one of its ports from the result")
    } else {
        ("nothing that is exported needs it", "Export one of its ports too, or wire it to what is exported")
    };
    for name in composition.instances.keys().filter(|name| !members.contains(name.as_str())) {
        let about = Subject::Instance(name.clone());
        if !faulty.contains(&about) {
            let message = format!("{} is no part of the result: {why}", quoted(name));
            found.push(Diagnostic::info(about, message).with_hint(hint));
        }
    }
}

/// Faults of the exports that the user chose; the automatic ones have none.
fn export_names(composition: &Composition, library: &Library, found: &mut Vec<Diagnostic>) {
    let mut taken: BTreeMap<ComponentName, &Port> = BTreeMap::new();
    let mut first: BTreeMap<&Port, &str> = BTreeMap::new();
    for (name, from) in &composition.exports {
        let mut error = |message: String, hint: &str| {
            found.push(Diagnostic::error(about_port(from), message).with_hint(hint));
        };
        let shown = quoted(name);
        let export = composition.port(library, from, Side::Export);
        match export.map_or_else(|| export_name(name), |export| export_name_for(name, export)) {
            Err(why) => error(format!("{from} cannot be exported as {shown}: {why}"), "Choose another name"),
            Ok(parsed) => {
                if let Some(other) = taken.insert(parsed, from) {
                    error(format!("{from} and {other} are both exported as {shown}"), "Choose another name for one");
                }
            }
        }
        // The types of an interface that is exported twice have no one name, so nothing could show or call it.
        match first.entry(from) {
            Entry::Vacant(free) => _ = free.insert(name),
            Entry::Occupied(other) => {
                let message = format!("{from} is exported twice, as {} and as {shown}", quoted(other.get()));
                error(message, "Take one of them out of the exports");
            }
        }
        // A component that is not open is reported once, on the instance.
        let not_open = composition.instances.get(&from.instance).is_some_and(|i| !library.contains_key(&i.component));
        if export.is_none() && !not_open {
            error(format!("{shown} exports {from}, which does not exist"), "Take it out of the exports");
        }
    }
}

/// The imports that no wire satisfies, per instance that is part of the result, in the order of names.
///
/// A plain type is no such import: it says what a name means and needs nobody to provide it. A resource does.
pub fn open_imports(composition: &Composition, library: &Library) -> Vec<Port> {
    open_imports_of(composition, library, composition.members())
}

/// The same of these instances, whether they are part of the result or not.
pub(super) fn open_imports_of<'a>(
    composition: &Composition,
    library: &Library,
    instances: impl IntoIterator<Item = &'a str>,
) -> Vec<Port> {
    let mut open = Vec::new();
    for name in instances {
        let Some(component) = composition.component(library, name) else { continue };
        let mut names: Vec<&str> =
            component.imports.iter().filter(|e| needs_provider(component, e)).map(|e| e.name.as_str()).collect();
        names.sort_unstable();
        let ports = names.into_iter().map(|import| Port::new(name, import));
        open.extend(ports.filter(|port| !composition.wires.contains_key(port)));
    }
    open
}

pub(super) fn needs_provider(component: &Component, import: &Extern) -> bool {
    match import.item {
        Item::Type(id) => matches!(component.types.get(id).map(|d| &d.kind), Some(TypeKind::Resource)),
        _ => true,
    }
}

/// The exports of the result: the chosen ones, or while none is chosen, every one of those [`Composition::members`] that
/// provide nothing to others; two of one name are told apart by the instance's name.
pub fn result_exports(composition: &Composition, library: &Library) -> Vec<(String, Port)> {
    result_exports_of(composition, library, &composition.members())
}

fn result_exports_of(composition: &Composition, library: &Library, members: &BTreeSet<&str>) -> Vec<(String, Port)> {
    if !composition.exports.is_empty() {
        return composition.exports.iter().map(|(name, port)| (name.clone(), port.clone())).collect();
    }
    let providers: BTreeSet<&str> = composition.wires.values().map(|from| from.instance.as_str()).collect();
    let mut ports = Vec::new();
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for name in members.difference(&providers) {
        let Some(component) = composition.component(library, name) else { continue };
        for export in &component.exports {
            *count.entry(&export.name).or_default() += 1;
            ports.push((export.name.as_str(), Port::new(*name, &export.name)));
        }
    }
    // Names that nobody else has are kept, so they are set aside first.
    let key = |name: &str| name.to_lowercase();
    let mut taken: BTreeSet<String> = count.iter().filter(|(_, n)| **n == 1).map(|(name, _)| key(name)).collect();
    let mut named = Vec::with_capacity(ports.len());
    for (name, port) in ports {
        let mut wanted = name.to_owned();
        if count.get(name).is_some_and(|n| *n > 1) {
            let own = format!("{}-{}", kebab(&port.instance), kebab(short_name(name)));
            wanted.clone_from(&own);
            let mut n = 1;
            while !taken.insert(key(&wanted)) {
                n += 1;
                wanted = format!("{own}-n{n}");
            }
        }
        named.push((wanted, port));
    }
    named
}

/// `stdout` of `wasi:cli/stdout@0.2.0`; a plain name as it is.
pub(super) fn short_name(name: &str) -> &str {
    if !is_interface_name(name) {
        return name;
    }
    base_name(name).rsplit('/').next().unwrap_or(name)
}

/// A name that a component can have, as near to a free text as it gets: `Fraud check (Rust)` → `fraud-check-rust`.
/// Letters and digits that are not ASCII are left out; a word that begins with a digit gets an `n` before it.
pub(super) fn kebab(text: &str) -> String {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()).map(|word| {
        let digit = word.starts_with(|c: char| c.is_ascii_digit());
        format!("{}{}", if digit { "n" } else { "" }, word.to_ascii_lowercase())
    });
    let name = words.collect::<Vec<_>>().join("-");
    if name.is_empty() { "instance".to_owned() } else { name }
}

/// How many instances the encoded component will count: its members, the interfaces it imports, those taken from an
/// instance to be wired or exported, and those it exports.
fn instances_used(
    composition: &Composition,
    library: &Library,
    members: &BTreeSet<&str>,
    exports: &[(String, Port)],
    open: &[Port],
) -> usize {
    let is_interface =
        |port: &Port, side| matches!(composition.port(library, port, side).map(|e| &e.item), Some(Item::Interface(_)));
    let exported: Vec<&Port> = exports.iter().map(|(_, p)| p).filter(|p| is_interface(p, Side::Export)).collect();
    let wires = composition.wires.iter().filter(|(to, _)| members.contains(to.instance.as_str()));
    let wired = wires.map(|(_, from)| from).filter(|from| is_interface(from, Side::Export));
    let taken: BTreeSet<&Port> = wired.chain(exported.iter().copied()).collect();
    let imported: BTreeSet<&str> =
        open.iter().filter(|p| is_interface(p, Side::Import)).map(|p| super::track(&p.name)).collect();
    // Types are stated anew by an instance in between.
    let again = resources::repeated(composition, library, exports);
    let again = again.iter().filter(|(_, again)| *again == resources::Again::TypesAnew).count();
    members.len() + imported.len() + taken.len() + exported.len() + 2 * again
}
