//! What a composed file is made of, read back from its bytes: the instances inside it and the wires between them. For a
//! component that is no composition: its core modules.

mod exports;
mod instances;
mod modules;
mod origin;
mod wires;

use super::record::{self, Claim, Record, Standing};
use super::stand_in::{StandIn, StandIns};
use super::{Composition, Instance, Library, Port};
use crate::component::structure::{CoreInstance, Def, Made, Outside, Scope, Structure};
use crate::component::{Component, Digest, Kind};
use crate::diag::{Severity, display_safe_line};
use origin::Base;
use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::Arc;

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
    /// What those of the parts say of themselves that were made to stand in.
    pub(super) stand_ins: StandIns,
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
    /// Whether it stands in for something, as the file says.
    pub said: Said,
}

/// What a file says of one of its instances: whether that answers for real or stands in for something. It is the file's word.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Said {
    /// Nothing.
    #[default]
    Nothing,
    /// The record knows it, and as nothing that stands in.
    Real,
    /// It stands in: so says its component, or the record.
    StandsIn(Arc<StandIn>),
    /// The record speaks of another component under its name.
    OfAnother,
}

impl Said {
    /// The same in words, with whose they are; `None` if nothing is said. Safe to show.
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Nothing => None,
            Self::Real => Some("answers for real, says the record".to_owned()),
            Self::StandsIn(stands_in) => Some(format!("says it is a {}", stands_in.text())),
            Self::OfAnother => Some("of another component than the record says, so nothing is known of it".to_owned()),
        }
    }
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

impl Inside {
    /// Gives the parts that say something of this kind which cannot be read.
    fn read_stand_ins(&mut self) -> HashSet<Digest> {
        let mut unreadable = HashSet::new();
        for (digest, part) in &self.parts {
            match StandIn::of(part) {
                Some(Ok(stands_in)) => _ = self.stand_ins.insert(*digest, Arc::new(stands_in)),
                Some(Err(why)) => {
                    unreadable.insert(*digest);
                    if self.notes.len() < MAX_NOTES {
                        let (name, why) = (display_safe_line(&part.name), display_safe_line(&why));
                        self.notes.push(format!("“{name}” says what it stands in for, and that cannot be read: {why}"));
                    }
                }
                None => {}
            }
        }
        unreadable
    }

    /// Gives each node what is said of it. A component's own word goes before that of the record.
    fn say(&mut self, unreadable: &HashSet<Digest>) {
        let record = self.claim.as_ref().and_then(|claim| match claim {
            Claim::Record(record, _) => Some(record),
            Claim::Broken(_) => None,
        });
        let recorded: HashMap<&str, _> =
            record.into_iter().flat_map(|r| &r.instances).map(|i| (i.name.as_str(), i)).collect();
        for node in &mut self.nodes {
            let own = node.digest.and_then(|digest| self.stand_ins.get(&digest));
            let silent = node.digest.is_some_and(|digest| !unreadable.contains(&digest));
            node.said = match (own, recorded.get(node.name.as_str())) {
                (Some(own), _) => Said::StandsIn(Arc::clone(own)),
                (None, Some(of)) => match (of.standing, &of.stands_in) {
                    (Standing::Matches, Some(stands_in)) => Said::StandsIn(Arc::clone(stands_in)),
                    (Standing::Matches, None) if silent && record.is_some_and(|r| r.says_stand_ins) => Said::Real,
                    (Standing::DoesNotMatch(_), _) => Said::OfAnother,
                    _ => Said::Nothing,
                },
                (None, None) => Said::Nothing,
            };
        }
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
    let unreadable = out.read_stand_ins();
    out.claim = recorded.map(|recorded| record::claim(recorded, &out));
    out.say(&unreadable);
    out
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

    fn name(&self, node: usize) -> String {
        self.out.nodes.get(node).map(|n| n.name.clone()).unwrap_or_default()
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
}
