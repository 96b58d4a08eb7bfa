//! The index spaces of a component and of the components inside it: what each import, alias, instance and function is
//! made of. Items are taken as they stand, without their types; references are not checked, so whoever follows one has
//! to expect nothing behind it.

use super::parts::{MAX_DEPTH, MAX_PARTS};
use std::collections::HashMap;
use std::ops::Range;
use wasmparser::{
    CanonicalFunction, ComponentAlias, ComponentExternalKind, ComponentInstance, ComponentName,
    ComponentOuterAliasKind, ComponentTypeRef, ExternalKind, Instance, KnownCustom, Name, NameMap, Parser, Payload,
    TypeBounds,
};

/// Items of a whole file; a file with more is not read further.
const MAX_ITEMS: usize = 1_000_000;

/// A file's components with their index spaces.
pub(crate) struct Structure<'a> {
    /// The outermost component first; each before those inside it. Empty for what is no component.
    pub scopes: Vec<Scope<'a>>,
    /// The positions of the scopes in the order in which they end: what a component instantiates stands before it.
    pub ended: Vec<usize>,
    /// Why the rest was not read, if it was not.
    pub damage: Option<String>,
}

/// One component.
#[derive(Default)]
pub(crate) struct Scope<'a> {
    /// Its positions among the children, from the outermost component inwards; empty for the outermost one.
    pub path: Vec<usize>,
    /// The component around it.
    pub parent: Option<usize>,
    /// Where its bytes lie in the file.
    pub range: Range<usize>,
    /// Its own name, from its name section.
    pub name: Option<&'a str>,
    pub imports: Vec<Outside<'a>>,
    pub exports: Vec<Outside<'a>>,
    pub components: Vec<Def<'a, usize>>,
    pub modules: Vec<Def<'a, Module<'a>>>,
    pub instances: Vec<Def<'a, Made<'a>>>,
    /// Functions; those of its own are lifted from the core function of this index.
    pub funcs: Vec<Def<'a, u32>>,
    pub types: Vec<Def<'a, ()>>,
    pub core_instances: Vec<CoreInstance<'a>>,
    pub core_funcs: Vec<CoreFunc<'a>>,
    /// Core tables, memories, globals and tags, in this order of kinds: the core instance and the export.
    pub core_items: [Vec<(u32, &'a str)>; 4],
    /// What it takes from the components around it.
    pub outer: Vec<&'static str>,
    /// Whether it has a start function.
    pub starts: bool,
    /// Names that the name section gives, by index.
    pub instance_names: HashMap<u32, &'a str>,
    pub component_names: HashMap<u32, &'a str>,
    pub module_names: HashMap<u32, &'a str>,
    pub core_instance_names: HashMap<u32, &'a str>,
    children: usize,
}

/// An import or export.
pub(crate) struct Outside<'a> {
    pub name: &'a str,
    pub kind: ComponentExternalKind,
    /// The index of the item in the space of its kind.
    pub index: u32,
}

/// Where an item of an index space comes from.
pub(crate) enum Def<'a, Own> {
    /// The import at this position.
    Import(usize),
    /// An export of an instance.
    Alias { instance: u32, name: &'a str },
    /// An item of a component around this one.
    Outer { count: u32, index: u32 },
    /// The same as this earlier item, which is not itself of this kind.
    Again(u32),
    /// Made here.
    Own(Own),
}

/// A core module.
pub(crate) struct Module<'a> {
    pub path: Vec<usize>,
    pub range: Range<usize>,
    pub name: Option<&'a str>,
}

/// How an instance is made.
pub(crate) enum Made<'a> {
    /// Of a component, with arguments.
    Instantiate { component: u32, args: Vec<Outside<'a>> },
    /// Of items at hand.
    FromExports(Vec<Outside<'a>>),
}

/// How a core instance is made.
pub(crate) enum CoreInstance<'a> {
    /// Of a module; each argument is a core instance.
    Instantiate { module: u32, args: Vec<(&'a str, u32)> },
    /// Of items at hand.
    FromExports(Vec<(&'a str, ExternalKind, u32)>),
}

/// A core function.
pub(crate) enum CoreFunc<'a> {
    /// A function of the component, lowered.
    Lower(u32),
    /// It drops a handle of the resource of this type index.
    Drop(u32),
    /// An export of a core instance.
    Alias { instance: u32, name: &'a str },
    /// Another function of the canonical ABI.
    Builtin,
}

impl<'a> Structure<'a> {
    /// Reads what stands before the first damage.
    pub fn read(bytes: &'a [u8]) -> Self {
        let mut reader = Reader {
            out: Self { scopes: Vec::new(), ended: Vec::new(), damage: None },
            open: Vec::new(),
            next: Some(Open::Component(Vec::new(), 0..bytes.len())),
            items: 0,
            parts: 0,
            bytes,
        };
        if !Parser::is_component(bytes) {
            return reader.out;
        }
        for payload in Parser::new(0).parse_all(bytes) {
            let read = payload.map_err(|e| e.to_string()).and_then(|p| reader.take(p));
            if let Err(why) = read {
                reader.out.damage = Some(why);
                break;
            }
        }
        reader.out
    }

    /// The component behind an index, if it is one of the file.
    pub fn component(&self, scope: usize, index: u32) -> Option<usize> {
        let (mut scope, mut index) = (scope, index);
        // Every step but those to an outer component goes to an earlier item that is no such step.
        for _ in 0..2 * MAX_DEPTH {
            match at(&self.scopes.get(scope)?.components, index)? {
                Def::Own(found) => return Some(*found),
                Def::Again(earlier) => index = *earlier,
                Def::Outer { count, index: of } => {
                    for _ in 0..*count {
                        scope = self.scopes.get(scope)?.parent?;
                    }
                    index = *of;
                }
                Def::Import(_) | Def::Alias { .. } => return None,
            }
        }
        None
    }

    /// The core module behind an index, if it is one of this component.
    pub fn module(&self, scope: usize, index: u32) -> Option<&Module<'a>> {
        let modules = &self.scopes.get(scope)?.modules;
        match at(modules, index)? {
            Def::Own(module) => Some(module),
            Def::Again(earlier) => match at(modules, *earlier)? {
                Def::Own(module) => Some(module),
                _ => None,
            },
            _ => None,
        }
    }
}

/// The item of an index space.
pub(crate) fn at<T>(space: &[T], index: u32) -> Option<&T> {
    space.get(usize::try_from(index).ok()?)
}

/// A part that is open while the file is read.
enum Open {
    Component(Vec<usize>, Range<usize>),
    Module(Vec<usize>, Range<usize>),
    /// Beyond the limits.
    Neither,
}

enum Level {
    Scope(usize),
    /// The scope around it, and the module's position in it.
    Module(usize, usize),
    Neither,
}

struct Reader<'a> {
    out: Structure<'a>,
    open: Vec<Level>,
    next: Option<Open>,
    items: usize,
    parts: usize,
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, payload: Payload<'a>) -> Result<(), String> {
        match payload {
            Payload::Version { .. } => self.begin(),
            Payload::End(_) => {
                if let Some(Level::Scope(scope)) = self.open.pop() {
                    self.out.ended.push(scope);
                }
            }
            Payload::ModuleSection { unchecked_range, .. } => self.child(false, &unchecked_range)?,
            Payload::ComponentSection { unchecked_range, .. } => self.child(true, &unchecked_range)?,
            Payload::CustomSection(section) => match section.as_known() {
                KnownCustom::ComponentName(names) => {
                    let found: Vec<_> = names.into_iter().map_while(Result::ok).collect();
                    return self.names(found);
                }
                KnownCustom::Name(names) => {
                    let found = names.into_iter().map_while(Result::ok).find_map(|n| match n {
                        Name::Module { name, .. } => Some(name),
                        _ => None,
                    });
                    if let Some(Level::Module(scope, module)) = self.open.last()
                        && let Some(Def::Own(module)) =
                            self.out.scopes.get_mut(*scope).and_then(|s| s.modules.get_mut(*module))
                    {
                        module.name = found;
                    }
                }
                _ => {}
            },
            other => return self.section(other),
        }
        Ok(())
    }

    fn begin(&mut self) {
        let parent = match self.open.last() {
            Some(Level::Scope(scope)) => Some(*scope),
            _ => None,
        };
        let level = match self.next.take() {
            Some(Open::Component(path, range)) => {
                let scope = self.out.scopes.len();
                self.out.scopes.push(Scope { path, parent, range, ..Scope::default() });
                if let Some(around) = parent.and_then(|p| self.out.scopes.get_mut(p)) {
                    around.components.push(Def::Own(scope));
                }
                Level::Scope(scope)
            }
            Some(Open::Module(path, range)) => match parent.and_then(|p| Some((p, self.out.scopes.get_mut(p)?))) {
                Some((at, around)) => {
                    around.modules.push(Def::Own(Module { path, range, name: None }));
                    Level::Module(at, around.modules.len() - 1)
                }
                None => Level::Neither,
            },
            Some(Open::Neither) | None => Level::Neither,
        };
        self.open.push(level);
    }

    /// A part begins; what is read of it comes next.
    fn child(&mut self, is_component: bool, range: &Range<u64>) -> Result<(), String> {
        self.parts += 1;
        if self.parts >= MAX_PARTS || self.open.len() >= MAX_DEPTH {
            return Err("it holds more components and modules than are read".to_owned());
        }
        let len = self.bytes.len();
        let clamp = |n: u64| usize::try_from(n).unwrap_or(len).min(len);
        let range = clamp(range.start)..clamp(range.end);
        self.next = Some(match self.scope() {
            Some(scope) => {
                let mut path = scope.path.clone();
                path.push(scope.children);
                scope.children += 1;
                if is_component { Open::Component(path, range) } else { Open::Module(path, range) }
            }
            None => Open::Neither,
        });
        Ok(())
    }

    fn scope(&mut self) -> Option<&mut Scope<'a>> {
        match self.open.last()? {
            Level::Scope(scope) => self.out.scopes.get_mut(*scope),
            _ => None,
        }
    }

    /// Counts an item against what a file may have.
    fn count(&mut self) -> Result<(), String> {
        self.items += 1;
        if self.items > MAX_ITEMS { Err("it has more items than are read".to_owned()) } else { Ok(()) }
    }

    fn names(&mut self, found: Vec<ComponentName<'a>>) -> Result<(), String> {
        for part in found {
            type Slot<'a> = for<'s> fn(&'s mut Scope<'a>) -> &'s mut HashMap<u32, &'a str>;
            let (map, slot): (NameMap<'a>, Slot<'a>) = match part {
                ComponentName::Component { name, .. } => {
                    if let Some(scope) = self.scope() {
                        scope.name = Some(name);
                    }
                    continue;
                }
                ComponentName::Instances(map) => (map, |s| &mut s.instance_names),
                ComponentName::Components(map) => (map, |s| &mut s.component_names),
                ComponentName::CoreModules(map) => (map, |s| &mut s.module_names),
                ComponentName::CoreInstances(map) => (map, |s| &mut s.core_instance_names),
                _ => continue,
            };
            for naming in map.into_iter().map_while(Result::ok) {
                self.count()?;
                if let Some(scope) = self.scope() {
                    slot(scope).insert(naming.index, naming.name);
                }
            }
        }
        Ok(())
    }

    fn section(&mut self, payload: Payload<'a>) -> Result<(), String> {
        let text = |e: wasmparser::Error| e.to_string();
        match payload {
            Payload::ComponentImportSection(section) => {
                for import in section {
                    self.count()?;
                    let import = import.map_err(text)?;
                    if let Some(scope) = self.scope() {
                        scope.import(import.name.name, import.ty);
                    }
                }
            }
            Payload::ComponentExportSection(section) => {
                for export in section {
                    self.count()?;
                    let export = export.map_err(text)?;
                    if let Some(scope) = self.scope() {
                        scope.exports.push(Outside { name: export.name.name, kind: export.kind, index: export.index });
                        scope.again(export.kind, export.index);
                    }
                }
            }
            Payload::ComponentAliasSection(section) => {
                for alias in section {
                    self.count()?;
                    let alias = alias.map_err(text)?;
                    if let Some(scope) = self.scope() {
                        scope.alias(alias);
                    }
                }
            }
            Payload::ComponentTypeSection(section) => {
                // What the types are is for others to say; only their number matters here, and each takes a byte.
                let range = section.range();
                let most = range.end.saturating_sub(range.start).min(u64::from(section.count()));
                for _ in 0..most {
                    self.count()?;
                    if let Some(scope) = self.scope() {
                        scope.types.push(Def::Own(()));
                    }
                }
            }
            Payload::ComponentInstanceSection(section) => {
                for instance in section {
                    self.count()?;
                    let made = match instance.map_err(text)? {
                        ComponentInstance::Instantiate { component_index, args } => {
                            let args = args.iter().map(|a| Outside { name: a.name, kind: a.kind, index: a.index });
                            Made::Instantiate { component: component_index, args: args.collect() }
                        }
                        ComponentInstance::FromExports(items) => {
                            let items = items.iter();
                            let items = items.map(|e| Outside { name: e.name.name, kind: e.kind, index: e.index });
                            Made::FromExports(items.collect())
                        }
                    };
                    let (Made::Instantiate { args: items, .. } | Made::FromExports(items)) = &made;
                    self.items += items.len();
                    if let Some(scope) = self.scope() {
                        scope.instances.push(Def::Own(made));
                    }
                }
            }
            Payload::ComponentCanonicalSection(section) => {
                for function in section {
                    self.count()?;
                    let function = function.map_err(text)?;
                    let Some(scope) = self.scope() else { continue };
                    scope.core_funcs.push(match function {
                        CanonicalFunction::Lift { core_func_index, .. } => {
                            scope.funcs.push(Def::Own(core_func_index));
                            continue;
                        }
                        CanonicalFunction::Lower { func_index, .. } => CoreFunc::Lower(func_index),
                        CanonicalFunction::ResourceDrop { resource } => CoreFunc::Drop(resource),
                        _ => CoreFunc::Builtin,
                    });
                }
            }
            Payload::InstanceSection(section) => {
                for instance in section {
                    self.count()?;
                    let (made, size) = match instance.map_err(text)? {
                        Instance::Instantiate { module_index, args } => {
                            let args: Vec<_> = args.iter().map(|a| (a.name, a.index)).collect();
                            let size = args.len();
                            (CoreInstance::Instantiate { module: module_index, args }, size)
                        }
                        Instance::FromExports(items) => {
                            let items: Vec<_> = items.iter().map(|e| (e.name, e.kind, e.index)).collect();
                            let size = items.len();
                            (CoreInstance::FromExports(items), size)
                        }
                    };
                    self.items += size;
                    if let Some(scope) = self.scope() {
                        scope.core_instances.push(made);
                    }
                }
            }
            Payload::ComponentStartSection { .. } => {
                if let Some(scope) = self.scope() {
                    scope.starts = true;
                }
            }
            _ => {}
        }
        Ok(())
    }
}

impl<'a> Scope<'a> {
    fn import(&mut self, name: &'a str, ty: ComponentTypeRef) {
        let kind = ty.kind();
        let at = self.imports.len();
        let index = match ty {
            ComponentTypeRef::Module(_) => push(&mut self.modules, Def::Import(at)),
            ComponentTypeRef::Func(_) => push(&mut self.funcs, Def::Import(at)),
            // Another name for a type that is known.
            ComponentTypeRef::Type(TypeBounds::Eq(same)) => push_again(&mut self.types, same),
            ComponentTypeRef::Type(TypeBounds::SubResource) => push(&mut self.types, Def::Import(at)),
            ComponentTypeRef::Instance(_) => push(&mut self.instances, Def::Import(at)),
            ComponentTypeRef::Component(_) => push(&mut self.components, Def::Import(at)),
            ComponentTypeRef::Value(_) => 0,
        };
        self.imports.push(Outside { name, kind, index });
    }

    /// An export gives its item a further index.
    fn again(&mut self, kind: ComponentExternalKind, index: u32) {
        match kind {
            ComponentExternalKind::Module => _ = push_again(&mut self.modules, index),
            ComponentExternalKind::Func => _ = push_again(&mut self.funcs, index),
            ComponentExternalKind::Type => _ = push_again(&mut self.types, index),
            ComponentExternalKind::Instance => _ = push_again(&mut self.instances, index),
            ComponentExternalKind::Component => _ = push_again(&mut self.components, index),
            ComponentExternalKind::Value => {}
        }
    }

    fn alias(&mut self, alias: ComponentAlias<'a>) {
        match alias {
            ComponentAlias::InstanceExport { kind, instance_index: instance, name } => match kind {
                ComponentExternalKind::Module => _ = push(&mut self.modules, Def::Alias { instance, name }),
                ComponentExternalKind::Func => _ = push(&mut self.funcs, Def::Alias { instance, name }),
                ComponentExternalKind::Type => _ = push(&mut self.types, Def::Alias { instance, name }),
                ComponentExternalKind::Instance => _ = push(&mut self.instances, Def::Alias { instance, name }),
                ComponentExternalKind::Component => _ = push(&mut self.components, Def::Alias { instance, name }),
                ComponentExternalKind::Value => {}
            },
            ComponentAlias::CoreInstanceExport { kind, instance_index: instance, name } => match core_space(kind) {
                Some(space) => {
                    if let Some(items) = self.core_items.get_mut(space) {
                        items.push((instance, name));
                    }
                }
                None => self.core_funcs.push(CoreFunc::Alias { instance, name }),
            },
            ComponentAlias::Outer { kind, count, index } => {
                let what = match kind {
                    ComponentOuterAliasKind::CoreModule => {
                        outer(&mut self.modules, count, index);
                        "a core module"
                    }
                    ComponentOuterAliasKind::Type => {
                        outer(&mut self.types, count, index);
                        "a type"
                    }
                    ComponentOuterAliasKind::Component => {
                        outer(&mut self.components, count, index);
                        "a component"
                    }
                    ComponentOuterAliasKind::CoreType => "a core type",
                };
                if count > 0 {
                    self.outer.push(what);
                }
            }
        }
    }
}

/// The position of a kind in [`Scope::core_items`]; `None` for functions.
pub(crate) fn core_space(kind: ExternalKind) -> Option<usize> {
    match kind {
        ExternalKind::Table => Some(0),
        ExternalKind::Memory => Some(1),
        ExternalKind::Global => Some(2),
        ExternalKind::Tag => Some(3),
        ExternalKind::Func | ExternalKind::FuncExact => None,
    }
}

fn push<T>(space: &mut Vec<T>, item: T) -> u32 {
    space.push(item);
    u32::try_from(space.len() - 1).unwrap_or(u32::MAX)
}

/// Adds the same item once more, by the index of the first one: chains stay one step long.
fn push_again<'a, T>(space: &mut Vec<Def<'a, T>>, index: u32) -> u32 {
    let first = match at(space, index) {
        Some(Def::Again(first)) => *first,
        _ => index,
    };
    push(space, Def::Again(first))
}

fn outer<'a, T>(space: &mut Vec<Def<'a, T>>, count: u32, index: u32) {
    if count == 0 {
        push_again(space, index);
    } else {
        space.push(Def::Outer { count, index });
    }
}
