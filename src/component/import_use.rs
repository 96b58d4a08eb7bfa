//! What a component really takes of its imports: the functions that its core modules, or those of components inside it,
//! are given. Types of an interface cost nothing; a function that no module is given is never called. This is
//! read from the binary; where types are used, in the words of WIT, is found in `uses`.

use super::structure::{CoreFunc, CoreInstance, Def, Made, Outside, Scope, Structure, at};
use super::{Component, Item, Kind};
use std::collections::{BTreeSet, HashMap, HashSet};
use wasmparser::{ComponentExternalKind, ExternalKind};

/// Steps that following all references of a file may take.
const MAX_STEPS: usize = 10_000_000;

/// What a component takes of its imports.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Used {
    /// Its imported interfaces and functions, in the order of the file; empty if it is not known.
    pub imports: Vec<ImportUse>,
    /// Why it is not known, if it is not.
    pub unknown: Option<String>,
}

/// What is taken of one import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportUse {
    /// The import's full name.
    pub name: String,
    /// The functions that are used, in the order of the interface; the one function itself.
    pub used: Vec<String>,
    /// The functions that are not.
    pub unused: Vec<String>,
    /// Resources of which handles are dropped. That needs no function of the interface.
    pub drops: Vec<String>,
    /// Whether it is one function and no interface.
    pub is_function: bool,
}

impl Used {
    /// What is taken of the import with this full name.
    pub fn import(&self, name: &str) -> Option<&ImportUse> {
        self.imports.iter().find(|i| i.name == name)
    }
}

impl ImportUse {
    /// Whether no function is used: only what its types mean, or handles are dropped.
    pub fn is_types_only(&self) -> bool {
        !self.is_function && self.used.is_empty()
    }

    /// As in `3 of 7 functions used`, `types only` or `types only, drops pollable`.
    pub fn words(&self) -> String {
        let (used, all) = (self.used.len(), self.used.len() + self.unused.len());
        match (self.is_function, used) {
            (true, 0) => "not used".to_owned(),
            (true, _) => "used".to_owned(),
            (false, 0) if self.drops.is_empty() => "types only".to_owned(),
            (false, 0) => format!("types only, drops {}", crate::diag::display_safe_line(&self.drops.join(", "))),
            (false, _) if used == all => match all {
                1 => "its function used".to_owned(),
                2 => "both functions used".to_owned(),
                _ => format!("all {all} functions used"),
            },
            (false, _) => format!("{used} of {all} functions used"),
        }
    }
}

/// Finds out what a component takes of its imports. Takes as long as reading its sections; a window asks on a worker.
pub fn used_imports(component: &Component) -> Used {
    if component.kind != Kind::Component {
        return Used::default();
    }
    let unknown = |why: String| Used { imports: Vec::new(), unknown: Some(why) };
    let structure = Structure::read(&component.bytes);
    if let Some(why) = &structure.damage {
        return unknown(format!("The file is not read in full: {}", crate::diag::display_safe_line(why)));
    }
    let mut finder = Finder { structure: &structure, known: HashMap::new(), steps: MAX_STEPS };
    for scope in &structure.ended {
        let Some(found) = finder.scope(*scope) else {
            return unknown("The file holds too many references to follow".to_owned());
        };
        finder.known.insert(*scope, found);
    }
    let (Some(found), Some(root)) = (finder.known.get(&0), structure.scopes.first()) else {
        return unknown("The file is not read in full".to_owned());
    };
    let places: HashMap<&str, usize> = root.imports.iter().enumerate().map(|(i, o)| (o.name, i)).collect();
    let imports = component.imports.iter().filter(|e| !matches!(e.item, Item::Type(_))).map(|import| {
        let place = places.get(import.name.as_str());
        let whole = place.is_some_and(|p| found.whole.contains(p));
        let functions = place.and_then(|p| found.functions.get(p));
        let is_used = |name: &str| whole || functions.is_some_and(|f| f.contains(name));
        let names = import.functions().iter().map(|f| f.name.clone());
        let (used, unused) = names.partition(|name| is_used(name));
        let drops = place.and_then(|p| found.drops.get(p)).into_iter().flatten();
        let drops: BTreeSet<&str> = drops.copied().collect();
        ImportUse {
            name: import.name.clone(),
            used,
            unused,
            drops: drops.into_iter().map(str::to_owned).collect(),
            is_function: matches!(import.item, Item::Function(_)),
        }
    });
    Used { imports: imports.collect(), unknown: None }
}

/// What one component takes of its imports, by their positions.
#[derive(Default)]
struct Found<'a> {
    /// Functions that are used, and instances that are handed on as they are.
    whole: HashSet<usize>,
    functions: HashMap<usize, HashSet<&'a str>>,
    drops: HashMap<usize, HashSet<&'a str>>,
}

/// Something that turned out to be used.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Mark<'a> {
    CoreFunc(u32),
    CoreExport(u32, &'a str),
    Func(u32),
    Instance(u32),
    FuncOf(u32, &'a str),
    Type(u32),
    TypeOf(u32, &'a str),
}

struct Finder<'s, 'a> {
    structure: &'s Structure<'a>,
    known: HashMap<usize, Found<'a>>,
    steps: usize,
}

impl<'a> Finder<'_, 'a> {
    /// What this component takes; `None` if it takes too long. All that it instantiates is known already.
    fn scope(&mut self, place: usize) -> Option<Found<'a>> {
        let mut found = Found::default();
        let Some(scope) = self.structure.scopes.get(place) else { return Some(found) };
        let mut marks = Vec::new();
        first_marks(scope, &mut marks);
        for instance in &scope.instances {
            if let Def::Own(Made::Instantiate { component, args }) = instance {
                self.arguments(place, *component, args, &mut marks)?;
            }
        }
        let parts = Parts::new(scope);
        let mut seen = HashSet::new();
        while let Some(mark) = marks.pop() {
            self.steps = self.steps.checked_sub(1)?;
            if seen.insert(mark) {
                follow(scope, &parts, mark, &mut marks, &mut found);
            }
        }
        Some(found)
    }

    /// Arguments are used as far as the component inside uses its imports; all of them if it is not known which it is.
    fn arguments(
        &mut self,
        place: usize,
        component: u32,
        args: &[Outside<'a>],
        marks: &mut Vec<Mark<'a>>,
    ) -> Option<()> {
        let inner = self.structure.component(place, component);
        let inner = inner.and_then(|s| Some((self.structure.scopes.get(s)?, self.known.get(&s)?)));
        let Some((scope, known)) = inner else {
            marks.extend(args.iter().filter_map(|arg| whole_mark(arg.kind, arg.index)));
            return Some(());
        };
        let places: HashMap<&str, usize> = scope.imports.iter().enumerate().map(|(i, o)| (o.name, i)).collect();
        self.steps = self.steps.checked_sub(places.len() + args.len())?;
        for arg in args {
            let Some(import) = places.get(arg.name) else { continue };
            if known.whole.contains(import) {
                marks.extend(whole_mark(arg.kind, arg.index));
            }
            let functions = known.functions.get(import);
            let drops = known.drops.get(import);
            let more = functions.map_or(0, HashSet::len) + drops.map_or(0, HashSet::len);
            self.steps = self.steps.checked_sub(more)?;
            match arg.kind {
                ComponentExternalKind::Instance => {
                    marks.extend(functions.into_iter().flatten().map(|name| Mark::FuncOf(arg.index, name)));
                    marks.extend(drops.into_iter().flatten().map(|name| Mark::TypeOf(arg.index, name)));
                }
                ComponentExternalKind::Type if drops.is_some() => marks.push(Mark::Type(arg.index)),
                _ => {}
            }
        }
        Some(())
    }
}

fn whole_mark<'a>(kind: ComponentExternalKind, index: u32) -> Option<Mark<'a>> {
    match kind {
        ComponentExternalKind::Func => Some(Mark::Func(index)),
        ComponentExternalKind::Instance => Some(Mark::Instance(index)),
        _ => None,
    }
}

/// What is used for certain: what a core module is given, what is lifted, and what is exported.
fn first_marks<'a>(scope: &Scope<'a>, marks: &mut Vec<Mark<'a>>) {
    for instance in &scope.core_instances {
        let CoreInstance::Instantiate { args, .. } = instance else { continue };
        for (_, given) in args {
            if let Some(CoreInstance::FromExports(items)) = at(&scope.core_instances, *given) {
                let functions = items.iter().filter(|(_, kind, _)| *kind == ExternalKind::Func);
                marks.extend(functions.map(|(_, _, index)| Mark::CoreFunc(*index)));
            }
        }
    }
    for function in &scope.funcs {
        if let Def::Own(core) = function {
            marks.push(Mark::CoreFunc(*core));
        }
    }
    marks.extend(scope.exports.iter().filter_map(|export| whole_mark(export.kind, export.index)));
}

/// The items of instances that are made of items, by name.
struct Parts<'s, 'a> {
    items: HashMap<(u32, &'a str), &'s Outside<'a>>,
    core_funcs: HashMap<(u32, &'a str), u32>,
}

impl<'s, 'a> Parts<'s, 'a> {
    fn new(scope: &'s Scope<'a>) -> Self {
        let mut out = Self { items: HashMap::new(), core_funcs: HashMap::new() };
        for (i, instance) in (0..).zip(&scope.instances) {
            if let Def::Own(Made::FromExports(items)) = instance {
                out.items.extend(items.iter().map(|item| ((i, item.name), item)));
            }
        }
        for (i, instance) in (0..).zip(&scope.core_instances) {
            if let CoreInstance::FromExports(items) = instance {
                let functions = items.iter().filter(|(_, kind, _)| *kind == ExternalKind::Func);
                out.core_funcs.extend(functions.map(|(name, _, index)| ((i, *name), *index)));
            }
        }
        out
    }

    fn get(&self, instance: u32, name: &'a str, kind: ComponentExternalKind) -> Option<u32> {
        self.items.get(&(instance, name)).filter(|item| item.kind == kind).map(|item| item.index)
    }
}

fn follow<'a>(
    scope: &Scope<'a>,
    parts: &Parts<'_, 'a>,
    mark: Mark<'a>,
    marks: &mut Vec<Mark<'a>>,
    found: &mut Found<'a>,
) {
    use ComponentExternalKind::{Func, Instance, Type};
    match mark {
        Mark::CoreFunc(index) => match at(&scope.core_funcs, index) {
            Some(CoreFunc::Lower(function)) => marks.push(Mark::Func(*function)),
            Some(CoreFunc::Drop(ty)) => marks.push(Mark::Type(*ty)),
            Some(CoreFunc::Alias { instance, name }) => marks.push(Mark::CoreExport(*instance, name)),
            Some(CoreFunc::Builtin) | None => {}
        },
        Mark::CoreExport(instance, name) => {
            marks.extend(parts.core_funcs.get(&(instance, name)).map(|index| Mark::CoreFunc(*index)));
        }
        Mark::Func(index) => match at(&scope.funcs, index) {
            Some(Def::Import(import)) => _ = found.whole.insert(*import),
            Some(Def::Alias { instance, name }) => marks.push(Mark::FuncOf(*instance, name)),
            Some(Def::Again(first)) => marks.push(Mark::Func(*first)),
            _ => {}
        },
        Mark::Instance(index) => match at(&scope.instances, index) {
            Some(Def::Import(import)) => _ = found.whole.insert(*import),
            Some(Def::Again(first)) => marks.push(Mark::Instance(*first)),
            Some(Def::Own(Made::FromExports(items))) => {
                marks.extend(items.iter().filter_map(|item| whole_mark(item.kind, item.index)));
            }
            Some(Def::Alias { instance, name }) => {
                marks.extend(parts.get(*instance, name, Instance).map(Mark::Instance));
            }
            _ => {}
        },
        Mark::FuncOf(index, name) => match at(&scope.instances, index) {
            Some(Def::Import(import)) => _ = found.functions.entry(*import).or_default().insert(name),
            Some(Def::Again(first)) => marks.push(Mark::FuncOf(*first, name)),
            Some(Def::Own(Made::FromExports(_))) => marks.extend(parts.get(index, name, Func).map(Mark::Func)),
            Some(Def::Alias { instance, name: inner }) => {
                marks.extend(parts.get(*instance, inner, Instance).map(|i| Mark::FuncOf(i, name)));
            }
            _ => {}
        },
        Mark::Type(index) => match at(&scope.types, index) {
            Some(Def::Import(import)) => {
                let name = scope.imports.get(*import).map_or("", |i| i.name);
                found.drops.entry(*import).or_default().insert(name);
            }
            Some(Def::Alias { instance, name }) => marks.push(Mark::TypeOf(*instance, name)),
            Some(Def::Again(first)) => marks.push(Mark::Type(*first)),
            _ => {}
        },
        Mark::TypeOf(index, name) => match at(&scope.instances, index) {
            Some(Def::Import(import)) => _ = found.drops.entry(*import).or_default().insert(name),
            Some(Def::Again(first)) => marks.push(Mark::TypeOf(*first, name)),
            Some(Def::Own(Made::FromExports(_))) => marks.extend(parts.get(index, name, Type).map(Mark::Type)),
            _ => {}
        },
    }
}
