//! What a composed file is made of, read back from its bytes: the instances inside it and the wires between them. For a
//! component that is no composition: its core modules.

use super::check::short_name;
use super::fit::base_name;
use super::record::{self, Claim, Record};
use super::{Composition, Instance, Library, MAX_INSTANCES, Port, track};
use crate::component::structure::{CoreFunc, CoreInstance, Def, Made, Outside, Scope, Structure, at, core_space};
use crate::component::{Component, Digest, Extern, Item, Kind, decode};
use crate::diag::{Severity, display_safe_line};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::Arc;
use wasmparser::ComponentExternalKind;

/// Wires and the like of one file; further ones are left out.
const MAX_LISTED: usize = 10_000;
/// The bytes of all their names.
const MAX_NAMES: usize = 16 << 20;
/// Steps that following all references of a file may take.
const MAX_STEPS: usize = 2_000_000;
/// What a part is called until its node has a name.
const NO_NAME: &str = "part";
/// Notes of one kind.
const MAX_NOTES: usize = 50;

/// What a file is made of.
#[derive(Debug, Clone, Default)]
pub struct Inside {
    /// Whether it is a composition: it has instances of components. Else its nodes are instances of core modules.
    pub is_composition: bool,
    /// The instances, in the order of the file.
    pub nodes: Vec<Node>,
    /// What one gives to another.
    pub wires: Vec<Wire>,
    /// What the whole imports and hands to an instance.
    pub given: Vec<Given>,
    /// What the whole exports.
    pub offered: Vec<Offered>,
    /// What is worth knowing, and what could not be read.
    pub notes: Vec<String>,
    /// Why the file cannot be split into parts that are wired anew; empty if it can, as far as its wires tell.
    pub obstacles: Vec<String>,
    /// The components inside, each by itself.
    pub parts: Library,
    /// What the file claims it was composed of, and whether that is so.
    pub claim: Option<Claim>,
}

/// What a [`Node`] is an instance of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A component.
    Component,
    /// A core module with the program's own code.
    Module,
    /// A core module that adapts one interface to another, as for programs built for WASI 0.1.
    Adapter,
    /// A core module that the tools put in so that others can refer to each other.
    Shim,
}

/// An instance.
#[derive(Debug, Clone)]
pub struct Node {
    /// Its name, which no other has.
    pub name: String,
    /// The name of what it is an instance of.
    pub of: String,
    /// What that is.
    pub role: Role,
    /// Where that lies: its positions among the children. `None` if it is not in the file.
    pub part: Option<Vec<usize>>,
    /// The digest of that.
    pub digest: Option<Digest>,
    /// Its size in bytes.
    pub size: usize,
    /// What it needs.
    pub imports: Vec<String>,
    /// What it gives.
    pub exports: Vec<String>,
}

/// What one instance gives to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wire {
    /// The export.
    pub from: Port,
    /// The import.
    pub to: Port,
    /// The functions, where it is not the interface as it is: `f`, or `f as g`.
    pub functions: Vec<String>,
}

/// What the whole imports and hands to an instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The import of the whole.
    pub import: String,
    /// Where it goes.
    pub to: Port,
    /// The functions, where it is not the interface as it is.
    pub functions: Vec<String>,
}

/// An export of the whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// Its name.
    pub export: String,
    /// Where it comes from.
    pub from: Source,
}

/// Where something comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// An export of an instance.
    Port(Port),
    /// An import of the whole, handed on.
    Import(String),
    /// Several places, or one that is not followed; in words.
    Other(String),
}

impl Inside {
    /// The node of this name.
    pub fn node(&self, name: &str) -> Option<&Node> {
        self.nodes.iter().find(|n| n.name == name)
    }

    /// The same as a composition, as far as it can be one: a first provider for each import, and exports of instances.
    pub fn composition(&self) -> Composition {
        let mut out = Composition::default();
        for node in &self.nodes {
            let component = node.digest.unwrap_or_else(|| Digest::of(node.name.as_bytes()));
            out.instances.insert(node.name.clone(), Instance { component });
        }
        for wire in &self.wires {
            out.wires.entry(wire.to.clone()).or_insert_with(|| wire.from.clone());
        }
        for offered in &self.offered {
            if let Source::Port(port) = &offered.from {
                out.exports.insert(offered.export.clone(), port.clone());
            }
        }
        out
    }
}

/// Reads what a file is made of. Reads and validates every component inside, so a window asks on a worker.
pub fn inside(whole: &Component) -> Inside {
    let mut out = Inside::default();
    if whole.kind != Kind::Component {
        out.obstacles.push(match whole.kind {
            Kind::CoreModule => "This is a core module: nothing is wired inside it".to_owned(),
            Kind::WitPackage => "This is a WIT package: types only, nothing inside it to wire".to_owned(),
            _ if whole.is_of_older_encoding() => {
                "This component has an older encoding: nothing inside it can be read".to_owned()
            }
            _ => "This is not a component".to_owned(),
        });
        return out;
    }
    let structure = Structure::read(&whole.bytes);
    if let Some(why) = &structure.damage {
        let why = display_safe_line(why);
        out.notes.push(format!("Only what stands before the first damage is shown: {why}"));
        out.obstacles.push(format!("The file is damaged: {why}"));
    } else if whole.diagnostics.iter().any(|d| d.severity == Severity::Error) {
        out.obstacles.push("The file is not valid".to_owned());
    }
    let Some(root) = structure.scopes.first() else { return out };
    let recorded = record::read(&whole.bytes);
    let mut reading = Reading::new(whole, &structure, root, out);
    if let Some(Ok((record, _))) = &recorded {
        reading.recorded(record);
    }
    reading.instances();
    if reading.out.nodes.is_empty() {
        reading.modules();
    } else {
        reading.out.is_composition = true;
        reading.wires();
        reading.exports();
        reading.rest();
    }
    let mut out = reading.out;
    out.claim = recorded.map(|recorded| record::claim(recorded, &out));
    out
}

/// What an instance comes down to.
#[derive(Clone, Copy)]
enum Base<'a> {
    Import(usize),
    /// An instance of a component, by its node.
    Node(usize),
    /// An export of a node.
    Export(usize, &'a str),
    /// Made of items, by its index.
    Items(u32),
    /// An instance of a component that only hands on what it is given, by its index and the component's scope.
    Between(u32, usize),
    Unknown,
}

/// What a function comes down to.
#[derive(Clone, Copy)]
enum Origin<'a> {
    Import(usize),
    OfImport(usize, &'a str),
    /// A function that a node exports by itself.
    OfNode(usize, &'a str),
    /// A function of an interface that a node exports.
    OfExport(usize, &'a str, &'a str),
    /// Lifted from a core function of the outermost component.
    Lifted(u32),
    Unknown,
}

/// Where the functions of an instance come from, gathered.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Place<'a> {
    Import(usize),
    Export(usize, &'a str),
    Elsewhere,
}

struct Reading<'s, 'a> {
    whole: &'s Component,
    structure: &'s Structure<'a>,
    root: &'s Scope<'a>,
    out: Inside,
    bases: Vec<Base<'a>>,
    /// Items of instances that are made of items, and arguments of instances, by name.
    items: HashMap<(u32, &'a str), &'s Outside<'a>>,
    /// Exports of the components that only hand on, by scope and name.
    handed: HashMap<(usize, &'a str), &'s Outside<'a>>,
    /// The instance and the component's scope behind each node.
    of: Vec<(u32, Option<usize>)>,
    taken: BTreeSet<String>,
    used_components: BTreeSet<usize>,
    /// What the file's own record calls the components with these digests, and their instances in the order of the file.
    recorded: HashMap<Digest, (String, VecDeque<String>)>,
    room: usize,
    steps: usize,
}

impl<'s, 'a> Reading<'s, 'a> {
    fn new(whole: &'s Component, structure: &'s Structure<'a>, root: &'s Scope<'a>, out: Inside) -> Self {
        let mut items = HashMap::new();
        for (i, instance) in (0..).zip(&root.instances) {
            if let Def::Own(Made::FromExports(list) | Made::Instantiate { args: list, .. }) = instance {
                items.extend(list.iter().map(|item| ((i, item.name), item)));
            }
        }
        Self {
            whole,
            structure,
            root,
            out,
            bases: Vec::new(),
            items,
            handed: HashMap::new(),
            of: Vec::new(),
            taken: BTreeSet::new(),
            used_components: BTreeSet::new(),
            recorded: HashMap::new(),
            room: MAX_NAMES,
            steps: MAX_STEPS,
        }
    }

    fn recorded(&mut self, record: &Record) {
        for of in &record.instances {
            let known = self.recorded.entry(of.digest);
            known.or_insert_with(|| (of.component.clone(), VecDeque::new())).1.push_back(of.name.clone());
        }
    }

    fn note(&mut self, text: String) {
        if self.out.notes.len() < MAX_NOTES && !self.out.notes.contains(&text) {
            self.out.notes.push(text);
        }
    }

    fn obstacle(&mut self, text: String) {
        if self.out.obstacles.len() < MAX_NOTES && !self.out.obstacles.contains(&text) {
            self.out.obstacles.push(text);
        }
    }

    /// Whether one more entry with names of so many bytes is listed.
    fn has_room(&mut self, bytes: usize) -> bool {
        let listed = self.out.wires.len() + self.out.given.len() + self.out.offered.len();
        let room = self.room.checked_sub(bytes);
        if listed < MAX_LISTED && room.is_some() {
            self.room = room.unwrap_or_default();
            return true;
        }
        let text = "There are more wires than are listed".to_owned();
        self.note(text.clone());
        self.obstacle(text);
        false
    }

    fn free_name(&mut self, wanted: &str) -> String {
        let wanted: String = wanted.trim().chars().take(80).collect();
        let wanted = if wanted.is_empty() { "instance".to_owned() } else { wanted };
        let mut name = wanted.clone();
        let mut n = 1;
        while !self.taken.insert(name.clone()) {
            n += 1;
            name = format!("{wanted}-{n}");
        }
        name
    }

    // ---- instances ----

    fn instances(&mut self) {
        let root = self.root;
        for (i, instance) in (0..).zip(&root.instances) {
            let base = match instance {
                Def::Import(import) => Base::Import(*import),
                Def::Again(first) => self.base(*first),
                Def::Alias { instance, name } => self.export_of(self.base(*instance), name),
                Def::Outer { .. } => Base::Unknown,
                Def::Own(Made::FromExports(_)) => Base::Items(i),
                Def::Own(Made::Instantiate { component, .. }) => {
                    let scope = self.structure.component(0, *component);
                    let inner = scope.and_then(|s| Some((s, self.structure.scopes.get(s)?)));
                    match inner {
                        Some((scope, inner)) if is_between(inner) || self.is_of_own_code(inner, i) => {
                            if self.used_components.insert(scope) {
                                self.handed.extend(inner.exports.iter().map(|e| ((scope, e.name), e)));
                            }
                            Base::Between(i, scope)
                        }
                        _ => self.node(i, *component, scope),
                    }
                }
            };
            self.bases.push(base);
        }
    }

    /// Whether a component that makes nothing is given functions of the whole's own core modules: it states their types.
    fn is_of_own_code(&mut self, inner: &Scope<'a>, instance: u32) -> bool {
        let Some(Def::Own(Made::Instantiate { args, .. })) = at(&self.root.instances, instance) else { return false };
        makes_nothing(inner)
            && args.iter().any(|arg| {
                arg.kind == ComponentExternalKind::Func && matches!(self.origin(arg.index), Origin::Lifted(_))
            })
    }

    fn base(&self, index: u32) -> Base<'a> {
        at(&self.bases, index).copied().unwrap_or(Base::Unknown)
    }

    /// An instance that another exports under this name.
    fn export_of(&self, base: Base<'a>, name: &'a str) -> Base<'a> {
        match base {
            Base::Node(node) => Base::Export(node, name),
            Base::Items(index) => self.items.get(&(index, name)).map_or(Base::Unknown, |item| self.base(item.index)),
            Base::Between(index, scope) => {
                let inner = self.structure.scopes.get(scope);
                let given = inner.and_then(|inner| {
                    let export = self.handed.get(&(scope, name))?;
                    self.argument(inner, index, first_import(&inner.instances, export.index)?)
                });
                given.map_or(Base::Unknown, |arg| self.base(arg.index))
            }
            Base::Import(_) | Base::Export(..) | Base::Unknown => Base::Unknown,
        }
    }

    /// What an instance was given for the import at this position.
    fn argument(&self, inner: &Scope<'a>, instance: u32, import: usize) -> Option<&'s Outside<'a>> {
        self.items.get(&(instance, inner.imports.get(import)?.name)).copied()
    }

    fn node(&mut self, instance: u32, component: u32, scope: Option<usize>) -> Base<'a> {
        if self.out.nodes.len() >= MAX_INSTANCES {
            let text = format!("It has more than {MAX_INSTANCES} instances; further ones are left out");
            self.note(text.clone());
            self.obstacle(text);
            return Base::Unknown;
        }
        let inner = scope.and_then(|s| self.structure.scopes.get(s));
        let own = self.root.instance_names.get(&instance).copied();
        let of = self.root.component_names.get(&component).copied().or(inner.and_then(|s| s.name));
        let part = inner.map(|inner| self.part(inner, scope));
        // Names are no more than names, so the record's are taken; of a component with just that digest alone.
        let recorded = part.as_ref().and_then(|part| self.recorded.get_mut(&part.digest));
        let (recorded_of, recorded_name) = recorded.map(|(of, names)| (of.clone(), names.pop_front())).unzip();
        let own = own.or(recorded_name.as_ref().and_then(Option::as_deref));
        let of = recorded_of.as_deref().or(of).or(own).or(part.as_deref().and_then(purpose));
        let of = of.map_or_else(|| format!("component {component}"), |name| name.chars().take(80).collect());
        let name = self.free_name(own.unwrap_or(&of));
        let shown = display_safe_line(&name).into_owned();
        if let (Some(inner), Some(part)) = (inner, &part) {
            if let Some(what) = inner.outer.first() {
                self.obstacle(format!("“{shown}” uses {what} of the component around it, so it cannot stand alone"));
            } else if let Some(error) = part.diagnostics.iter().find(|d| d.severity == Severity::Error) {
                self.obstacle(format!("“{shown}” cannot stand alone: {}", error.message));
            }
        } else {
            self.obstacle(format!("“{shown}” is an instance of a component that is not in the file but given to it"));
        }
        let names = |list: &[Extern]| list.iter().map(|e| e.name.clone()).collect();
        self.out.nodes.push(Node {
            name,
            role: Role::Component,
            part: inner.map(|s| s.path.clone()),
            digest: part.as_ref().map(|p| p.digest),
            size: inner.map_or(0, |s| s.range.len()),
            imports: part.as_ref().map(|p| names(&p.imports)).unwrap_or_default(),
            exports: part.as_ref().map(|p| names(&p.exports)).unwrap_or_default(),
            of,
        });
        let known = part.map(|part| part.digest).and_then(|digest| self.out.parts.get_mut(&digest));
        if let (Some(known), Some(node)) = (known.and_then(Arc::get_mut), self.out.nodes.last())
            && known.name == NO_NAME
        {
            known.name.clone_from(&node.of);
        }
        self.of.push((instance, scope));
        Base::Node(self.out.nodes.len() - 1)
    }

    /// Reads a component inside the file by itself.
    fn part(&mut self, inner: &Scope<'a>, scope: Option<usize>) -> Arc<Component> {
        self.used_components.extend(scope);
        let bytes = self.whole.bytes.get(inner.range.clone()).unwrap_or_default();
        let read = || Arc::new(decode(NO_NAME, Arc::from(bytes)));
        Arc::clone(self.out.parts.entry(Digest::of(bytes)).or_insert_with(read))
    }

    // ---- wires ----

    fn wires(&mut self) {
        for node in 0..self.of.len() {
            let Some((instance, scope)) = self.of.get(node).copied() else { continue };
            let Some(Def::Own(Made::Instantiate { args, .. })) = at(&self.root.instances, instance) else { continue };
            let inner = scope.and_then(|s| self.structure.scopes.get(s));
            let resources: HashSet<&str> = inner.map(resources).unwrap_or_default();
            for arg in args {
                let to = Port::new(self.name(node), arg.name);
                match arg.kind {
                    ComponentExternalKind::Instance => self.interface(to, arg),
                    ComponentExternalKind::Func => self.function(to, arg),
                    // What a plain type means is clear without its argument.
                    ComponentExternalKind::Type => {
                        if resources.contains(arg.name) {
                            self.obstacle(format!(
                                "{to} is a resource that is given by itself, not with its interface"
                            ));
                        }
                    }
                    kind => self.obstacle(format!("{to} is given a {}, which no wire can carry", kind.desc())),
                }
            }
        }
    }

    fn name(&self, node: usize) -> String {
        self.out.nodes.get(node).map(|n| n.name.clone()).unwrap_or_default()
    }

    fn wire(&mut self, from: Port, to: Port, functions: Vec<String>) {
        if self.has_room(from.name.len() + to.name.len() + functions.iter().map(String::len).sum::<usize>()) {
            self.out.wires.push(Wire { from, to, functions });
        }
    }

    fn give(&mut self, import: usize, to: Port, functions: Vec<String>) {
        let import = self.root.imports.get(import).map_or("", |i| i.name);
        if functions.is_empty() && track(import) != track(&to.name) {
            let import = display_safe_line(import);
            self.obstacle(format!(
                "{to} is given the import {import} of the whole; split, it would be imported as itself"
            ));
        }
        if self.has_room(import.len() + to.name.len() + functions.iter().map(String::len).sum::<usize>()) {
            self.out.given.push(Given { import: import.to_owned(), to, functions });
        }
    }

    /// An argument that is an interface.
    fn interface(&mut self, to: Port, arg: &Outside<'a>) {
        match self.base(arg.index) {
            Base::Import(import) => self.give(import, to, Vec::new()),
            Base::Export(node, export) => self.wire(Port::new(self.name(node), export), to, Vec::new()),
            Base::Node(node) => {
                let name = self.name(node);
                let shown = display_safe_line(&name).into_owned();
                self.obstacle(format!("{to} is given all that “{shown}” exports, as if it were one interface"));
                self.wire(Port::new(name, ""), to, vec!["everything".to_owned()]);
            }
            Base::Unknown => self.obstacle(format!("{to} is given something that cannot be followed")),
            base @ (Base::Items(_) | Base::Between(..)) => {
                let places = self.places(base);
                let simple = places.len() == 1;
                for (place, functions) in places {
                    let renamed = functions.iter().any(|(name, of)| name != of);
                    let listed: Vec<String> =
                        if simple && !renamed { Vec::new() } else { functions.iter().map(pair_text).collect() };
                    match place {
                        Place::Import(import) => self.give(import, to.clone(), listed.clone()),
                        Place::Export(node, export) => {
                            self.wire(Port::new(self.name(node), export), to.clone(), listed.clone());
                        }
                        Place::Elsewhere => {}
                    }
                    if place == Place::Elsewhere {
                        self.obstacle(format!("{to} is made of single functions that cannot be wired by themselves"));
                    } else if !simple {
                        self.obstacle(format!("{to} is put together from functions of more than one place"));
                    } else if renamed {
                        self.obstacle(format!("{to} is given functions under other names"));
                    }
                }
            }
        }
    }

    /// An argument that is one function.
    fn function(&mut self, to: Port, arg: &Outside<'a>) {
        match self.origin(arg.index) {
            Origin::Import(import) => self.give(import, to, Vec::new()),
            Origin::OfNode(node, export) => self.wire(Port::new(self.name(node), export), to, Vec::new()),
            Origin::OfExport(node, export, function) => {
                self.obstacle(format!(
                    "{to} is given one function, {}, of an interface; a wire carries the whole of it",
                    display_safe_line(function)
                ));
                self.wire(Port::new(self.name(node), export), to, vec![function.to_owned()]);
            }
            Origin::OfImport(import, function) => {
                self.obstacle(format!(
                    "{to} is given one function, {}, of an interface that the whole imports",
                    display_safe_line(function)
                ));
                self.give(import, to, vec![function.to_owned()]);
            }
            Origin::Lifted(_) => {
                self.obstacle(format!("{to} is given a function of the core modules of the outermost component"));
            }
            Origin::Unknown => self.obstacle(format!("{to} is given something that cannot be followed")),
        }
    }

    /// The functions of an instance that was put together, by where they come from: each one's name here and there.
    fn places(&mut self, base: Base<'a>) -> BTreeMap<Place<'a>, Vec<(&'a str, &'a str)>> {
        let mut out: BTreeMap<Place<'a>, Vec<_>> = BTreeMap::new();
        for (name, origin) in self.functions(base) {
            let (place, of) = match origin {
                Origin::OfImport(import, of) => (Place::Import(import), of),
                Origin::OfExport(node, export, of) => (Place::Export(node, export), of),
                _ => (Place::Elsewhere, name),
            };
            out.entry(place).or_default().push((name, of));
        }
        out
    }

    fn functions(&mut self, base: Base<'a>) -> Vec<(&'a str, Origin<'a>)> {
        let mut out = Vec::new();
        let list: &'s [Outside<'a>] = match base {
            Base::Items(index) => match at(&self.root.instances, index) {
                Some(Def::Own(Made::FromExports(items))) => items,
                _ => &[],
            },
            Base::Between(_, scope) => self.structure.scopes.get(scope).map_or(&[], |s| &s.exports),
            _ => &[],
        };
        for item in list {
            if !self.takes_step() {
                break;
            }
            match item.kind {
                ComponentExternalKind::Func => out.push((item.name, self.function_of(base, item.name))),
                ComponentExternalKind::Type => {}
                _ => out.push((item.name, Origin::Unknown)),
            }
        }
        out
    }

    fn takes_step(&mut self) -> bool {
        self.steps = self.steps.saturating_sub(1);
        if self.steps == 0 {
            let text = "It holds more references than are followed".to_owned();
            self.note(text.clone());
            self.obstacle(text);
        }
        self.steps > 0
    }

    /// What a function comes down to. Every step leads to an earlier item.
    fn origin(&mut self, index: u32) -> Origin<'a> {
        let mut index = index;
        loop {
            if !self.takes_step() {
                return Origin::Unknown;
            }
            match at(&self.root.funcs, index) {
                Some(Def::Import(import)) => return Origin::Import(*import),
                Some(Def::Own(core)) => return Origin::Lifted(*core),
                Some(Def::Again(first)) if *first < index => index = *first,
                Some(Def::Alias { instance, name }) => match self.step(self.base(*instance), name) {
                    Ok(origin) => return origin,
                    Err(earlier) => index = earlier,
                },
                _ => return Origin::Unknown,
            }
        }
    }

    fn function_of(&mut self, base: Base<'a>, name: &'a str) -> Origin<'a> {
        match self.step(base, name) {
            Ok(origin) => origin,
            Err(index) => self.origin(index),
        }
    }

    /// The function of this name of an instance, or the index of the function that it is.
    fn step(&self, base: Base<'a>, name: &'a str) -> Result<Origin<'a>, u32> {
        match base {
            Base::Import(import) => Ok(Origin::OfImport(import, name)),
            Base::Node(node) => Ok(Origin::OfNode(node, name)),
            Base::Export(node, export) => Ok(Origin::OfExport(node, export, name)),
            Base::Items(index) => match self.items.get(&(index, name)) {
                Some(item) if item.kind == ComponentExternalKind::Func => Err(item.index),
                _ => Ok(Origin::Unknown),
            },
            Base::Between(index, scope) => {
                let Some(inner) = self.structure.scopes.get(scope) else { return Ok(Origin::Unknown) };
                let export = self.handed.get(&(scope, name)).filter(|e| e.kind == ComponentExternalKind::Func);
                let Some(export) = export else { return Ok(Origin::Unknown) };
                if let Some(import) = first_import(&inner.funcs, export.index) {
                    return self.argument(inner, index, import).map_or(Ok(Origin::Unknown), |arg| Err(arg.index));
                }
                let function = match at(&inner.funcs, export.index) {
                    Some(Def::Again(first)) => at(&inner.funcs, *first),
                    other => other,
                };
                let Some(Def::Alias { instance, name }) = function else { return Ok(Origin::Unknown) };
                let given = first_import(&inner.instances, *instance).and_then(|i| self.argument(inner, index, i));
                match given.map(|arg| self.base(arg.index)) {
                    // One component in between is enough; behind another one it is not followed.
                    Some(Base::Between(..)) | None => Ok(Origin::Unknown),
                    Some(base) => self.step(base, name),
                }
            }
            Base::Unknown => Ok(Origin::Unknown),
        }
    }

    // ---- exports ----

    fn exports(&mut self) {
        let root = self.root;
        for export in &root.exports {
            let name = display_safe_line(export.name).into_owned();
            let from = match export.kind {
                ComponentExternalKind::Func => match self.origin(export.index) {
                    Origin::OfNode(node, of) => Source::Port(Port::new(self.name(node), of)),
                    Origin::OfExport(node, of, function) => {
                        self.obstacle(format!(
                            "The export {name} is one function of an interface; split, the whole of it would be exported"
                        ));
                        Source::Other(format!("{} of {}", function, Port::new(self.name(node), of)))
                    }
                    Origin::Import(import) => self.handed_on(&name, import),
                    Origin::Lifted(_) => self.own_code(&name),
                    Origin::OfImport(..) | Origin::Unknown => self.not_followed(&name),
                },
                ComponentExternalKind::Instance => self.exported_interface(&name, self.base(export.index)),
                ComponentExternalKind::Type => continue,
                kind => {
                    let what = kind.desc();
                    self.obstacle(format!("The export {name} is a {what}, which no instance exports"));
                    Source::Other(format!("a {what}"))
                }
            };
            if self.has_room(export.name.len()) {
                self.out.offered.push(Offered { export: export.name.to_owned(), from });
            }
        }
    }

    fn exported_interface(&mut self, name: &str, base: Base<'a>) -> Source {
        match base {
            Base::Export(node, export) => Source::Port(Port::new(self.name(node), export)),
            Base::Import(import) => self.handed_on(name, import),
            Base::Node(node) => {
                let node = self.name(node);
                let shown = display_safe_line(&node).into_owned();
                self.obstacle(format!("The export {name} is all that “{shown}” exports, as if it were one interface"));
                Source::Other(format!("all exports of {shown}"))
            }
            Base::Unknown => self.not_followed(name),
            Base::Items(_) | Base::Between(..) => {
                let places = self.places(base);
                match places.iter().next() {
                    Some((Place::Export(node, export), functions)) if places.len() == 1 => {
                        let port = Port::new(self.name(*node), *export);
                        let all = self.out.nodes.get(*node).and_then(|n| self.out.parts.get(&n.digest?));
                        let all = all.and_then(|part| part.export(export)).map_or(0, |e| e.functions().len());
                        if functions.iter().any(|(name, of)| name != of) || functions.len() != all {
                            self.obstacle(format!("The export {name} is a part of {port}, not all of it"));
                        }
                        Source::Port(port)
                    }
                    Some((Place::Elsewhere, _)) if places.len() == 1 => {
                        let mut functions = self.functions(base).into_iter();
                        if functions.any(|(_, origin)| matches!(origin, Origin::Lifted(_))) {
                            return self.own_code(name);
                        }
                        self.put_together(name)
                    }
                    Some((Place::Import(import), _)) if places.len() == 1 => self.handed_on(name, *import),
                    _ => self.put_together(name),
                }
            }
        }
    }

    fn put_together(&mut self, name: &str) -> Source {
        self.obstacle(format!("The export {name} is put together from single functions"));
        Source::Other("single functions".to_owned())
    }

    fn handed_on(&mut self, name: &str, import: usize) -> Source {
        self.obstacle(format!("The export {name} is an import handed on, not an export of an instance"));
        Source::Import(self.root.imports.get(import).map_or_else(String::new, |i| i.name.to_owned()))
    }

    fn own_code(&mut self, name: &str) -> Source {
        self.obstacle(format!("The export {name} is code of the outermost component, not of an instance"));
        Source::Other("core modules of the whole".to_owned())
    }

    fn not_followed(&mut self, name: &str) -> Source {
        self.obstacle(format!("The export {name} comes from something that cannot be followed"));
        Source::Other("not known".to_owned())
    }

    /// What no wire and no export tells.
    fn rest(&mut self) {
        let root = self.root;
        if root.core_instances.iter().any(|i| matches!(i, CoreInstance::Instantiate { .. })) {
            self.obstacle("It has core modules of its own beside the components, and they cannot be wired".to_owned());
        }
        if root.starts {
            self.obstacle("It has a start function of its own".to_owned());
        }
        for (index, component) in (0_u32..).zip(&root.components) {
            let Def::Own(scope) = component else { continue };
            if !self.used_components.contains(scope) {
                let own = self.structure.scopes.get(*scope).and_then(|s| s.name);
                let name = root.component_names.get(&index).copied().or(own);
                let name = name.map_or_else(|| format!("component {index}"), |n| format!("“{}”", display_safe_line(n)));
                let name = name.replacen("component", "Component", 1);
                self.note(format!("{name} is in the file, but there is no instance of it"));
            }
        }
        let composition = self.out.composition();
        if self.out.obstacles.is_empty() && !composition.exports.is_empty() {
            let members = composition.members();
            let idle = composition.instances.keys().find(|name| !members.contains(name.as_str()));
            if let Some(name) = idle {
                let name = display_safe_line(name);
                self.note(format!("Nothing that is exported needs “{name}”; composed again it is left out"));
            }
        }
    }

    // ---- core modules ----

    fn modules(&mut self) {
        let root = self.root;
        self.out.obstacles.clear();
        self.obstacle("It is no composition: it has no instances of components".to_owned());
        let mut nodes: HashMap<u32, usize> = HashMap::new();
        for (i, instance) in (0_u32..).zip(&root.core_instances) {
            let CoreInstance::Instantiate { module, args } = instance else { continue };
            if self.out.nodes.len() >= MAX_INSTANCES {
                self.note(format!("It has more than {MAX_INSTANCES} core instances; further ones are left out"));
                break;
            }
            let own = self.structure.module(0, *module);
            let of = root.module_names.get(module).copied().or(own.and_then(|m| m.name));
            let of = of.map_or_else(|| format!("core module {module}"), |n| n.chars().take(80).collect());
            let wanted = root.core_instance_names.get(&i).map_or(of.as_str(), |n| *n).to_owned();
            let bytes = own.and_then(|m| self.whole.bytes.get(m.range.clone()));
            nodes.insert(i, self.out.nodes.len());
            let node = Node {
                name: self.free_name(&wanted),
                role: role(&of),
                of,
                part: own.map(|m| m.path.clone()),
                digest: bytes.map(Digest::of),
                size: bytes.map_or(0, <[u8]>::len),
                imports: args.iter().map(|(name, _)| (*name).to_owned()).collect(),
                exports: Vec::new(),
            };
            self.out.nodes.push(node);
        }
        let shimmed = self.behind_shims(&nodes);
        for instance in 0..root.core_instances.len() {
            let index = u32::try_from(instance).unwrap_or(u32::MAX);
            let (Some(node), Some(CoreInstance::Instantiate { args, .. })) =
                (nodes.get(&index), root.core_instances.get(instance))
            else {
                continue;
            };
            for (name, given) in args {
                self.core_argument(*node, name, *given, &nodes, &shimmed);
            }
        }
        for export in &root.exports {
            let origins = match export.kind {
                ComponentExternalKind::Func => vec![self.origin(export.index)],
                ComponentExternalKind::Instance => {
                    let functions = self.functions(self.base(export.index));
                    functions.into_iter().map(|(_, origin)| origin).collect()
                }
                _ => continue,
            };
            let core = origins.iter().find_map(|origin| match origin {
                Origin::Lifted(core) => match at(&root.core_funcs, *core) {
                    Some(CoreFunc::Alias { instance, .. }) => nodes.get(instance).copied(),
                    _ => None,
                },
                _ => None,
            });
            let from = match core {
                Some(node) => {
                    let name = export.name.to_owned();
                    let port = Port::new(self.name(node), &name);
                    self.export_port(node, name);
                    Source::Port(port)
                }
                None => Source::Other("not known".to_owned()),
            };
            if self.has_room(export.name.len()) {
                self.out.offered.push(Offered { export: export.name.to_owned(), from });
            }
        }
    }

    fn export_port(&mut self, node: usize, name: String) {
        if let Some(node) = self.out.nodes.get_mut(node)
            && !node.exports.contains(&name)
            && node.exports.len() < MAX_NOTES
        {
            node.exports.push(name);
        }
    }

    /// The functions of the component that the tools' shims stand for, by the name under which they are put in.
    fn behind_shims(&self, nodes: &HashMap<u32, usize>) -> HashMap<&'a str, u32> {
        let root = self.root;
        let mut out = HashMap::new();
        for (index, node) in nodes {
            let is_shim = self.out.nodes.get(*node).is_some_and(|n| n.role == Role::Shim);
            let Some(CoreInstance::Instantiate { args, .. }) = at(&root.core_instances, *index) else { continue };
            for (_, given) in args.iter().filter(|_| is_shim) {
                let Some(CoreInstance::FromExports(items)) = at(&root.core_instances, *given) else { continue };
                out.extend(items.iter().filter_map(|(name, kind, index)| {
                    match at(&root.core_funcs, *index).filter(|_| core_space(*kind).is_none())? {
                        CoreFunc::Lower(function) => Some((*name, *function)),
                        _ => None,
                    }
                }));
            }
        }
        out
    }

    /// What a core module is given under one name: other instances' exports, and imports of the component.
    fn core_argument(
        &mut self,
        node: usize,
        name: &str,
        given: u32,
        nodes: &HashMap<u32, usize>,
        shimmed: &HashMap<&'a str, u32>,
    ) {
        let root = self.root;
        let is_shim = |this: &Self, node: usize| this.out.nodes.get(node).is_some_and(|n| n.role == Role::Shim);
        let to_shim = is_shim(self, node);
        let mut from: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
        let mut imports: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        match at(&root.core_instances, given) {
            Some(CoreInstance::FromExports(items)) => {
                for (name, kind, index) in items {
                    let mut lowered = None;
                    let source = match core_space(*kind) {
                        Some(space) => root.core_items.get(space).and_then(|s| at(s, *index)).map(|(i, _)| *i),
                        None => match at(&root.core_funcs, *index) {
                            Some(CoreFunc::Alias { instance, name }) => {
                                let from_shim = nodes.get(instance).is_some_and(|n| is_shim(self, *n));
                                lowered = shimmed.get(name).copied().filter(|_| from_shim);
                                Some(*instance)
                            }
                            Some(CoreFunc::Lower(function)) => {
                                // What goes to a shim goes on to whom the shim is given.
                                lowered = Some(*function).filter(|_| !to_shim);
                                None
                            }
                            _ => None,
                        },
                    };
                    match lowered.map(|function| self.origin(function)) {
                        Some(Origin::Import(import)) => _ = imports.entry(import).or_default(),
                        Some(Origin::OfImport(import, of)) => imports.entry(import).or_default().push(of.to_owned()),
                        _ => {}
                    }
                    if let Some(source) = source.and_then(|i| nodes.get(&i)) {
                        from.entry(*source).or_default().push(name);
                    }
                }
            }
            Some(CoreInstance::Instantiate { .. }) => {
                if let Some(source) = nodes.get(&given) {
                    from.entry(*source).or_default();
                }
            }
            None => {}
        }
        let to = Port::new(self.name(node), name);
        for (source, names) in from {
            let port = several(&names);
            self.wire(Port::new(self.name(source), &port), to.clone(), names.iter().map(|n| (*n).to_owned()).collect());
            self.export_port(source, port);
        }
        for (import, functions) in imports {
            let import = root.imports.get(import).map_or("", |i| i.name);
            if self.has_room(import.len() + name.len() + functions.iter().map(String::len).sum::<usize>()) {
                self.out.given.push(Given { import: import.to_owned(), to: to.clone(), functions });
            }
        }
    }
}

/// What a component without a name is called by: the interface, or else the function, that it exports.
fn purpose(part: &Component) -> Option<&str> {
    let own = || part.exports.iter().filter(|e| !e.is_host());
    let interface = own().find(|e| matches!(e.item, Item::Interface(_)));
    match (interface.or_else(|| own().next()), part.exports.as_slice()) {
        (Some(export), _) | (None, [export]) => Some(short_name(&export.name)),
        (None, []) => None,
        (None, _) => Some("wasi"),
    }
}

/// What a core module is for, by the name that the tools give it.
fn role(name: &str) -> Role {
    match name.strip_prefix("wit-component").and_then(|rest| rest.strip_prefix([':', '-'])) {
        Some(rest) if rest.starts_with("adapter") => Role::Adapter,
        Some(_) => Role::Shim,
        None => Role::Module,
    }
}

/// The first name, and how many more there are.
fn several(names: &[&str]) -> String {
    match names {
        [] => "exports".to_owned(),
        [one] => (*one).to_owned(),
        [first, rest @ ..] => format!("{first} +{}", rest.len()),
    }
}

fn pair_text((name, of): &(&str, &str)) -> String {
    if name == of { (*name).to_owned() } else { format!("{of} as {name}") }
}

/// The import that an item of a space is, directly or as an export of it.
fn first_import<T>(space: &[Def<'_, T>], index: u32) -> Option<usize> {
    let item = match at(space, index)? {
        Def::Again(first) => at(space, *first)?,
        other => other,
    };
    match item {
        Def::Import(import) => Some(*import),
        _ => None,
    }
}

/// The imports of a component that are resources by themselves.
fn resources<'a>(inner: &Scope<'a>) -> HashSet<&'a str> {
    let types = inner.imports.iter().filter(|i| i.kind == ComponentExternalKind::Type);
    types.filter(|i| matches!(at(&inner.types, i.index), Some(Def::Import(_)))).map(|i| i.name).collect()
}

/// Whether a component has no code and no instances of its own: it can only hand on what it is given.
fn makes_nothing(scope: &Scope<'_>) -> bool {
    scope.core_instances.is_empty()
        && scope.core_funcs.is_empty()
        && scope.components.is_empty()
        && scope.modules.is_empty()
        && !scope.starts
        && !scope.exports.is_empty()
        && scope.funcs.iter().all(|f| !matches!(f, Def::Own(_)))
        && scope.instances.iter().all(|i| !matches!(i, Def::Own(Made::Instantiate { .. })))
}

/// Whether a component only states types anew: of one instance under its own name, or of functions that are imported for
/// this alone.
fn is_between(scope: &Scope<'_>) -> bool {
    let is_value = |o: &&Outside<'_>| matches!(o.kind, ComponentExternalKind::Instance | ComponentExternalKind::Func);
    let mut imports = scope.imports.iter().filter(is_value);
    let mut exports = scope.exports.iter().filter(is_value);
    let restates = match (scope.exports.as_slice(), imports.clone().next_back()) {
        ([export], Some(import)) => {
            export.kind == ComponentExternalKind::Instance && base_name(export.name) == base_name(import.name)
        }
        _ => false,
    };
    // The names that `wit-component` gives to what it lifts.
    let lifted =
        imports.all(|i| i.name.starts_with("import-")) && exports.all(|e| e.kind == ComponentExternalKind::Func);
    makes_nothing(scope) && (restates || lifted)
}
