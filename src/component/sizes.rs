//! Where the bytes of a file are: a tree from the whole file down to single functions and data segments, in which every
//! byte belongs to exactly one leaf.

mod build;

use super::{Component, Kind};
use crate::diag::display_safe_line;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use wasmparser::{BinaryReader, Data, DataKind, Operator};

/// A node of a [`SizeMap`]. The outermost is [`NodeId::ROOT`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u32);

impl NodeId {
    /// The whole file.
    pub const ROOT: Self = Self(0);
}

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum What {
    /// A component, with the section header that holds it.
    Component,
    /// A core module, with the section header that holds it.
    Module,
    /// A section that is not custom, with its header.
    Section,
    /// A custom section, with its header.
    Custom,
    /// One function of a core module, with its size field.
    Function,
    /// One data segment of a core module.
    Segment,
    /// What says how long the siblings are and how many: magic numbers, sizes, counts.
    Header,
    /// Bytes in which nothing can be recognised.
    Unreadable,
    /// Functions or segments beyond the most that are listed one by one.
    Rest,
}

/// What bytes are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Instructions.
    Code,
    /// Initial contents of memory.
    Data,
    /// Types, imports, exports, instances, tables, headers.
    Structure,
    /// Names and debug information: nothing that is needed to run.
    Debug,
    /// Other custom sections.
    Custom,
    /// What cannot be read.
    Unreadable,
}

impl Class {
    /// All classes, in the order in which they are listed.
    pub const ALL: [Self; 6] = [Self::Code, Self::Data, Self::Structure, Self::Debug, Self::Custom, Self::Unreadable];

    /// The word shown for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Data => "data",
            Self::Structure => "types and wiring",
            Self::Debug => "names and debug info",
            Self::Custom => "custom sections",
            Self::Unreadable => "unreadable",
        }
    }
}

/// Thirty-two bytes, because a file of 20 MB can have a million of them. Offsets fit into 32 bits: no larger file is opened.
#[derive(Debug, Clone, Copy)]
struct Node {
    start: u32,
    end: u32,
    parent: u32,
    /// The node behind this one and everything inside it.
    next: u32,
    /// Where the file says its name; empty if it has none.
    name_at: u32,
    name_len: u32,
    /// Of a function or segment its index, of a section its id, of the rest how many.
    index: u32,
    what: What,
    class: Class,
    /// The file ends, or its frame does, before it should.
    cut: bool,
    /// A custom section whose contents are not what its name says.
    broken: bool,
}

/// Where the bytes of a file are. Compact: names stay in the file's bytes, which it shares.
#[derive(Clone)]
pub struct SizeMap {
    bytes: Arc<[u8]>,
    /// Outermost first, each before what is inside it.
    nodes: Vec<Node>,
    /// What is inside of each node that has something inside, largest first.
    inside: BTreeMap<NodeId, Vec<NodeId>>,
    totals: [u64; Class::ALL.len()],
}

impl fmt::Debug for SizeMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SizeMap").field("nodes", &self.nodes.len()).field("totals", &self.totals).finish()
    }
}

/// Measures a file. It takes as long as reading the bytes once, so a window calls it on a worker.
///
/// Works on broken files as far as they can be read; the rest is [`What::Unreadable`].
pub fn size_map(component: &Component) -> SizeMap {
    let bytes = Arc::clone(&component.bytes);
    let root = match component.kind {
        Kind::Component | Kind::WitPackage => What::Component,
        Kind::Unknown if component.is_of_older_encoding() => What::Component,
        Kind::CoreModule => What::Module,
        Kind::Unknown => What::Unreadable,
    };
    let nodes = build::nodes(&bytes, root);
    let mut map = SizeMap { bytes, nodes, inside: BTreeMap::new(), totals: [0; Class::ALL.len()] };
    let mut inside: BTreeMap<NodeId, Vec<NodeId>> = BTreeMap::new();
    for id in map.ids() {
        let Some(node) = map.node(id) else { continue };
        if let Some(parent) = map.parent(id) {
            inside.entry(parent).or_default().push(id);
        }
        let place = Class::ALL.iter().position(|c| *c == node.class);
        if map.is_leaf(id)
            && let Some(total) = place.and_then(|i| map.totals.get_mut(i))
        {
            *total += u64::from(node.end - node.start);
        }
    }
    for list in inside.values_mut() {
        list.sort_by_key(|id| Reverse(map.size(*id)));
        list.shrink_to_fit();
    }
    map.inside = inside;
    map
}

impl SizeMap {
    fn node(&self, id: NodeId) -> Option<Node> {
        self.nodes.get(id.0 as usize).copied()
    }

    /// Every node, each before what is inside it.
    pub fn ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..u32::try_from(self.nodes.len()).unwrap_or(u32::MAX)).map(NodeId)
    }

    /// What it is.
    pub fn what(&self, id: NodeId) -> What {
        self.node(id).map_or(What::Unreadable, |n| n.what)
    }

    /// What its bytes are for; of a part what most of them are for.
    pub fn class(&self, id: NodeId) -> Class {
        self.node(id).map_or(Class::Unreadable, |n| n.class)
    }

    /// Where it lies in the file.
    pub fn range(&self, id: NodeId) -> Range<usize> {
        self.node(id).map_or(0..0, |n| n.start as usize..n.end as usize)
    }

    /// How many bytes it has.
    pub fn size(&self, id: NodeId) -> usize {
        self.range(id).len()
    }

    /// Its part of the whole file, from 0 to 1.
    pub fn share(&self, id: NodeId) -> f64 {
        self.size(id) as f64 / self.bytes.len().max(1) as f64
    }

    /// Whether nothing is inside it.
    pub fn is_leaf(&self, id: NodeId) -> bool {
        self.node(id).is_none_or(|n| n.next == id.0 + 1)
    }

    /// Whether the file, or the section around it, ends before it should.
    pub fn is_cut(&self, id: NodeId) -> bool {
        self.node(id).is_some_and(|n| n.cut)
    }

    /// Whether it is a custom section whose contents are not what its name says.
    pub fn is_broken(&self, id: NodeId) -> bool {
        self.node(id).is_some_and(|n| n.broken)
    }

    /// What it is inside of.
    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        (id != NodeId::ROOT).then(|| self.node(id).map(|n| NodeId(n.parent))).flatten()
    }

    /// What is inside it, in the order of the file.
    pub fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let end = self.node(id).map_or(0, |n| n.next);
        let mut at = id.0 + 1;
        std::iter::from_fn(move || {
            let child = NodeId(at);
            at = (at < end).then(|| self.node(child)).flatten()?.next;
            Some(child)
        })
    }

    /// What is inside it, largest first; equally large ones in the order of the file.
    pub fn largest(&self, id: NodeId) -> &[NodeId] {
        self.inside.get(&id).map_or(&[], Vec::as_slice)
    }

    /// Where the contents of a section lie, without its id and size; of anything else where it lies.
    pub fn content(&self, id: NodeId) -> Range<usize> {
        let range = self.range(id);
        if !matches!(self.what(id), What::Section | What::Custom) {
            return range;
        }
        let mut reader = BinaryReader::new(self.bytes.get(range.clone()).unwrap_or_default(), 0);
        let header = reader.read_u8().and_then(|_| reader.read_var_u32());
        range.start + header.map_or(0, |_| reader.current_position())..range.end
    }

    /// The nodes around it, outermost first, and itself.
    pub fn path(&self, id: NodeId) -> Vec<NodeId> {
        let mut out: Vec<_> = std::iter::successors(Some(id), |id| self.parent(*id)).collect();
        out.reverse();
        out
    }

    /// The innermost node that covers this range.
    pub fn find(&self, range: &Range<usize>) -> NodeId {
        // Nodes are in the order in which they start, each before what is inside it: what covers the range is the last one
        // that starts before it, or around that one.
        let behind = self.nodes.partition_point(|n| n.start as usize <= range.start);
        let last = NodeId(u32::try_from(behind.saturating_sub(1)).unwrap_or(u32::MAX));
        let mut around = std::iter::successors(Some(last), |id| self.parent(*id));
        around.find(|id| self.range(*id).end >= range.end).unwrap_or(NodeId::ROOT)
    }

    /// The node of a nested part, by its path of positions.
    pub fn part(&self, path: &[usize]) -> Option<NodeId> {
        path.iter().try_fold(NodeId::ROOT, |part, position| {
            self.children(part).filter(|c| self.what(*c).is_part()).nth(*position)
        })
    }

    /// The path of the innermost part that a node is or lies in: positions among the parts of the part around it.
    pub fn part_path(&self, id: NodeId) -> Vec<usize> {
        let mut out = Vec::new();
        let mut around = NodeId::ROOT;
        for step in self.path(id).into_iter().skip(1).filter(|s| self.what(*s).is_part()) {
            out.extend(self.children(around).filter(|c| self.what(*c).is_part()).position(|c| c == step));
            around = step;
        }
        out
    }

    /// How many bytes each class has. They add up to the file's size.
    pub fn totals(&self) -> impl Iterator<Item = (Class, u64)> + '_ {
        Class::ALL.into_iter().zip(self.totals)
    }

    /// The bytes of the file at this range.
    pub(super) fn slice(&self, range: Range<usize>) -> &[u8] {
        self.bytes.get(range).unwrap_or_default()
    }

    /// Of a function or segment its index in its module.
    pub(super) fn index(&self, id: NodeId) -> u32 {
        self.node(id).map_or(0, |n| n.index)
    }

    /// Of a section the number that says what it is.
    pub(super) fn section_id(&self, id: NodeId) -> u32 {
        self.index(id)
    }

    /// Its name as the file has it, before anything is made readable.
    pub fn raw_name(&self, id: NodeId) -> Option<&str> {
        let node = self.node(id).filter(|n| n.name_len > 0)?;
        std::str::from_utf8(self.bytes.get(node.name_at as usize..)?.get(..node.name_len as usize)?).ok()
    }

    /// Its name as shown, safe and on one line: `core module 0.1 main`, `code`, `core::fmt::write`, `func 12`.
    pub fn name(&self, id: NodeId) -> String {
        let Some(node) = self.node(id) else { return String::new() };
        let name = self.raw_name(id);
        let with = |word: &str| name.map_or_else(|| word.to_owned(), |n| format!("{word} {}", display_safe_line(n)));
        match node.what {
            What::Component | What::Module => {
                let word = if node.what == What::Component { "component" } else { "core module" };
                let path = super::part_text(&self.part_path(id));
                with(if path.is_empty() { word.to_owned() } else { format!("{word} {path}") }.as_str())
            }
            What::Section => {
                super::parts::section_name(self.around(id), u8::try_from(node.index).unwrap_or(u8::MAX)).into_owned()
            }
            What::Custom => display_safe_line(name.unwrap_or("custom section without a name")).into_owned(),
            What::Function => super::functions::label(node.index, name),
            What::Segment => with(&format!("segment {}", node.index)),
            What::Header => "header".to_owned(),
            What::Unreadable => "unreadable bytes".to_owned(),
            What::Rest => format!("{} more, not listed", node.index),
        }
    }

    /// How many things a section lists: `65 functions` for code, `3` where the section's name says of what; `None` if
    /// it is no list, or does not say.
    pub fn entries(&self, id: NodeId) -> Option<(u64, &'static str)> {
        let node = self.node(id).filter(|n| n.what == What::Section)?;
        let (one, many) = entry_words(self.around(id), node.index)?;
        let count = if node.cut {
            // What is there of it, without its header.
            let is_counted = matches!(node.class, Class::Code | Class::Data);
            self.largest(id).len().checked_sub(1).filter(|_| is_counted)? as u64
        } else {
            // Only a claim; but no entry is shorter than a byte.
            let mut reader = BinaryReader::new(self.bytes.get(self.content(id))?, 0);
            let count = u64::from(reader.read_var_u32().ok()?);
            Some(count).filter(|n| *n <= reader.bytes_remaining() as u64)?
        };
        Some((count, if count == 1 { one } else { many }))
    }

    /// The kind of the part that a node lies in.
    fn around(&self, id: NodeId) -> super::PartKind {
        let parts = std::iter::successors(self.parent(id), |id| self.parent(*id));
        let module = parts.map(|p| self.what(p)).find(|w| w.is_part()) == Some(What::Module);
        if module { super::PartKind::Module } else { super::PartKind::Component }
    }

    /// What a node is, in a sentence, for someone who does not know the format.
    pub fn explain(&self, id: NodeId) -> String {
        let Some(node) = self.node(id) else { return String::new() };
        match node.what {
            What::Component if id == NodeId::ROOT => "The whole file: a component".to_owned(),
            What::Module if id == NodeId::ROOT => "The whole file: a core module".to_owned(),
            What::Component => "A component inside this one".to_owned(),
            What::Module => "A core module: code and memory without typed interfaces of its own".to_owned(),
            What::Section => section_meaning(self.around(id), node.index).to_owned(),
            What::Custom => super::custom::meaning(self.raw_name(id).unwrap_or_default()).to_owned(),
            What::Function => format!("Function {} of its core module", node.index),
            What::Segment => self.segment(node),
            What::Header => "Marks, sizes and counts that hold its neighbours together".to_owned(),
            What::Unreadable => "Nothing here can be read: the file is damaged or ends too early".to_owned(),
            What::Rest => "Too many to list one by one".to_owned(),
        }
    }

    /// Where a data segment goes when its module is instantiated.
    fn segment(&self, node: Node) -> String {
        let bytes = self.bytes.get(node.start as usize..node.end as usize).unwrap_or_default();
        let Ok(data) = BinaryReader::new(bytes, u64::from(node.start)).read::<Data<'_>>() else {
            return "A data segment".to_owned();
        };
        match data.kind {
            DataKind::Passive => "Passive data: copied into memory when code asks for it".to_owned(),
            DataKind::Active { memory_index, offset_expr } => {
                let at = match offset_expr.get_operators_reader().read() {
                    Ok(Operator::I32Const { value }) => format!("address {:#x}", value.cast_unsigned()),
                    Ok(Operator::I64Const { value }) => format!("address {:#x}", value.cast_unsigned()),
                    Ok(Operator::GlobalGet { global_index }) => format!("the address in global {global_index}"),
                    _ => "a computed address".to_owned(),
                };
                format!("Active data: put into memory {memory_index} at {at} on instantiation")
            }
        }
    }
}

impl What {
    /// Whether it is a component or a core module.
    pub fn is_part(self) -> bool {
        matches!(self, Self::Component | Self::Module)
    }
}

/// Whether a section is a list, and what its entries are called, one and many, if its own name does not say that.
fn entry_words(part: super::PartKind, id: u32) -> Option<(&'static str, &'static str)> {
    match (part, id) {
        (super::PartKind::Module, 10) => Some((" function", " functions")),
        (super::PartKind::Module, 9 | 11) => Some((" segment", " segments")),
        (super::PartKind::Module, 1..=7 | 13) | (super::PartKind::Component, 2 | 3 | 5..=8 | 10 | 11) => Some(("", "")),
        _ => None,
    }
}

fn section_meaning(kind: super::PartKind, id: u32) -> &'static str {
    match (kind, id) {
        (super::PartKind::Module, 1) => "Signatures of functions, and types of the garbage collector",
        (super::PartKind::Module, 2) => "What the module needs from outside",
        (super::PartKind::Module, 3) => "The type of each function",
        (super::PartKind::Module, 4) => "Tables, mostly of functions that are called indirectly",
        (super::PartKind::Module, 5) => "Memories and their limits",
        (super::PartKind::Module, 6) => "Global variables",
        (super::PartKind::Module, 7) => "What the module gives to others",
        (super::PartKind::Module, 8) => "The function that runs on instantiation",
        (super::PartKind::Module, 9) => "What tables are filled with",
        (super::PartKind::Module, 10) => "The instructions of every function",
        (super::PartKind::Module, 11) => "What memories are filled with",
        (super::PartKind::Module, 12) => "How many data segments there are",
        (super::PartKind::Module, 13) => "Tags of exceptions",
        (super::PartKind::Component, 2) => "Instances of core modules, and what they are given",
        (super::PartKind::Component, 3) => "Types of core modules",
        (super::PartKind::Component, 5) => "Instances of components, and what they are given",
        (super::PartKind::Component, 6) => "Names for things out of instances and from outside",
        (super::PartKind::Component, 7) => "Types of values, functions, instances and components",
        (super::PartKind::Component, 8) => "How functions cross between core code and typed interfaces",
        (super::PartKind::Component, 9) => "The function that runs on instantiation",
        (super::PartKind::Component, 10) => "What the component needs from outside",
        (super::PartKind::Component, 11) => "What the component gives to others",
        _ => "A section that this program does not know",
    }
}

#[cfg(test)]
mod tests;
