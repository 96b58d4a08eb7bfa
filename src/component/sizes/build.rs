//! One walk over the bytes. It reads the frames of sections itself, so that a section with broken contents, at which a
//! parser stops, does not hide what comes after it.

use super::super::parts::{self, MAX_DEPTH, MAX_PARTS};
use super::super::{custom, decode};
use super::{Class, Node, What};
use std::ops::Range;
use wasmparser::{
    BinaryReader, ComponentExternalKind, ComponentName, CustomSectionReader, Data, ExportSectionReader, ExternalKind,
    ImportSectionReader, KnownCustom, Name, NameMap, TypeRef,
};

/// Functions and segments of a whole file that get a node of their own.
const MAX_NODES: usize = 1_000_000;
/// The magic number and the version.
const PREAMBLE: usize = 8;

/// A part that is being read.
struct Open {
    node: usize,
    is_module: bool,
    /// What is read next, and where the part ends.
    at: usize,
    end: usize,
    imported_functions: u32,
    /// The nodes of the functions and of the segments.
    functions: Range<usize>,
    segments: Range<usize>,
    exports: Option<Range<usize>>,
    /// The contents of custom sections with names in them.
    names: Vec<Range<usize>>,
    /// The index spaces of core modules and of components: the nodes of those that are defined here.
    modules: Vec<Option<usize>>,
    components: Vec<Option<usize>>,
}

struct Builder<'a> {
    bytes: &'a [u8],
    nodes: Vec<Node>,
    open: Vec<Open>,
    parts: usize,
}

/// The nodes of a file, outermost first.
pub(super) fn nodes(bytes: &[u8], root: What) -> Vec<Node> {
    let mut builder = Builder { bytes, nodes: Vec::new(), open: Vec::new(), parts: 0 };
    let node = builder.add(0, 0..bytes.len(), root, 0);
    if root.is_part() {
        builder.enter(node, root, 0..bytes.len());
    } else if let Some(root) = builder.nodes.get_mut(node) {
        root.class = Class::Unreadable;
    }
    while builder.step() {}
    builder.nodes
}

impl<'a> Builder<'a> {
    fn slice(&self, range: Range<usize>) -> &'a [u8] {
        self.bytes.get(range).unwrap_or_default()
    }

    fn reader(&self, range: Range<usize>) -> BinaryReader<'a> {
        let start = range.start as u64;
        BinaryReader::new(self.slice(range), start)
    }

    /// Adds a leaf; whoever fills it corrects its `next`.
    fn add(&mut self, parent: usize, range: Range<usize>, what: What, index: u32) -> usize {
        let id = self.nodes.len();
        let class = match what {
            What::Function => Class::Code,
            What::Segment => Class::Data,
            What::Unreadable => Class::Unreadable,
            _ => Class::Structure,
        };
        self.nodes.push(Node {
            start: small(range.start),
            end: small(range.end),
            parent: small(parent),
            next: small(id + 1),
            name_at: 0,
            name_len: 0,
            index,
            what,
            class,
            cut: false,
            broken: false,
        });
        id
    }

    /// As [`Builder::add`], but nothing for no bytes.
    fn add_some(&mut self, parent: usize, range: Range<usize>, what: What) {
        if !range.is_empty() {
            self.add(parent, range, what, 0);
        }
    }

    /// Everything added since is inside the node.
    fn fill(&mut self, node: usize) {
        let next = small(self.nodes.len());
        if let Some(node) = self.nodes.get_mut(node) {
            node.next = next;
        }
    }

    fn name(&mut self, node: usize, name: &str, replace: bool) {
        let at = (name.as_ptr() as usize).wrapping_sub(self.bytes.as_ptr() as usize);
        if let Some(node) = self.nodes.get_mut(node)
            && (replace || node.name_len == 0)
        {
            (node.name_at, node.name_len) = (small(at), small(name.len()));
        }
    }

    /// Opens a part whose node is there and starts before `content`.
    fn enter(&mut self, node: usize, what: What, content: Range<usize>) {
        let is_module = what == What::Module;
        let start = self.nodes.get(node).map_or(0, |n| n.start as usize);
        let mut at = content.start;
        let bytes = self.slice(content.clone());
        // The frames of sections are those of today in components of older encodings.
        if if is_module { bytes.starts_with(b"\0asm\x01\0\0\0") } else { decode::is_any_component(bytes) } {
            at += PREAMBLE;
            self.add_some(node, start..at, What::Header);
        } else {
            self.add_some(node, start..at, What::Header);
            self.add_some(node, at..content.end, What::Unreadable);
            at = content.end;
        }
        self.open.push(Open {
            node,
            is_module,
            at,
            end: content.end,
            imported_functions: 0,
            functions: 0..0,
            segments: 0..0,
            exports: None,
            names: Vec::new(),
            modules: Vec::new(),
            components: Vec::new(),
        });
    }

    /// Reads one section of the innermost open part, or closes it; false once there is none.
    fn step(&mut self) -> bool {
        let depth = self.open.len();
        let Some(open) = self.open.last_mut() else { return false };
        let (start, end, parent, is_module) = (open.at, open.end, open.node, open.is_module);
        if start >= end {
            if let Some(open) = self.open.pop() {
                self.close(open);
            }
            return true;
        }
        let mut frame = BinaryReader::new(self.bytes.get(start..end).unwrap_or_default(), start as u64);
        let (Ok(id), Ok(size)) = (frame.read_u8(), frame.read_var_u32()) else {
            open.at = end;
            self.add(parent, start..end, What::Unreadable, 0);
            return true;
        };
        let content = start + frame.current_position();
        let stop = content.saturating_add(size as usize);
        let (cut, stop) = (stop > end, stop.min(end));
        open.at = stop;

        let part = match (is_module, id) {
            (false, 1) => Some(What::Module),
            (false, 4) => Some(What::Component),
            _ => None,
        };
        let what = match id {
            0 => What::Custom,
            _ => part.unwrap_or(What::Section),
        };
        let node = self.add(parent, start..stop, what, u32::from(id));
        if let Some(node) = self.nodes.get_mut(node) {
            node.cut = cut;
        }
        match (part, is_module, id) {
            (Some(what), ..) => {
                self.parts += 1;
                self.with_open(|open| open.space(what).push(Some(node)));
                // The limits of `Part`, so that both know a part by the same path.
                if depth < MAX_DEPTH && self.parts < MAX_PARTS {
                    self.enter(node, what, content..stop);
                }
            }
            (_, _, 0) => self.custom(node, content..stop),
            (_, true, 2) => self.import(content..stop),
            (_, false, 6 | 10 | 11) => self.index_spaces(id, content..stop),
            (_, true, 7) => self.with_open(|open| open.exports = Some(content..stop)),
            (_, true, 10) => {
                let range = self.items(node, content..stop, What::Function);
                self.with_open(|open| open.functions = range);
            }
            (_, true, 11) => {
                let range = self.items(node, content..stop, What::Segment);
                self.with_open(|open| open.segments = range);
            }
            _ => {}
        }
        true
    }

    fn with_open(&mut self, change: impl FnOnce(&mut Open)) {
        if let Some(open) = self.open.last_mut() {
            change(open);
        }
    }

    fn custom(&mut self, node: usize, content: Range<usize>) {
        let read = custom::read(self.bytes, &content);
        if let Some(node) = self.nodes.get_mut(node) {
            node.broken = read.broken.is_some();
            node.class = custom::class(&read.name);
        }
        if let Ok(section) = CustomSectionReader::new(self.reader(content.clone())) {
            self.name(node, section.name(), true);
            if matches!(section.name(), "name" | "component-name") {
                self.with_open(|open| open.names.push(content));
            }
        }
    }

    fn import(&mut self, content: Range<usize>) {
        let Ok(section) = ImportSectionReader::new(self.reader(content)) else { return };
        let is_function = |ty: &TypeRef| matches!(ty, TypeRef::Func(_) | TypeRef::FuncExact(_));
        let imports = section.into_imports().map_while(Result::ok).filter(|i| is_function(&i.ty)).count();
        self.with_open(|open| open.imported_functions = open.imported_functions.saturating_add(small(imports)));
    }

    /// Aliases, imports and exports of a component add to its index spaces too.
    fn index_spaces(&mut self, id: u8, content: Range<usize>) {
        let kinds = parts::named_kinds(id, self.reader(content));
        self.with_open(|open| {
            for kind in kinds {
                match kind {
                    ComponentExternalKind::Module => open.modules.push(None),
                    ComponentExternalKind::Component => open.components.push(None),
                    _ => {}
                }
            }
        });
    }

    /// Adds the functions or segments of a section, and gives their nodes.
    fn items(&mut self, node: usize, content: Range<usize>, what: What) -> Range<usize> {
        let class = if what == What::Function { Class::Code } else { Class::Data };
        let start = self.nodes.get(node).map_or(0, |n| n.start as usize);
        if let Some(section) = self.nodes.get_mut(node) {
            section.class = class;
        }
        let mut reader = self.reader(content.clone());
        let count = reader.read_var_u32().ok();
        let mut at = if count.is_some() { content.start + reader.current_position() } else { content.start };
        let count = count.unwrap_or(0);
        self.add_some(node, start..at, What::Header);
        let first = self.nodes.len();
        for position in 0..count {
            if at >= content.end {
                break;
            }
            if self.nodes.len() >= MAX_NODES {
                let rest = self.add(node, at..content.end, What::Rest, count - position);
                if let Some(rest) = self.nodes.get_mut(rest) {
                    rest.class = class;
                }
                at = content.end;
                break;
            }
            let read = match what {
                What::Function => reader.read_var_u32().and_then(|size| reader.read_bytes(size as usize)).map(drop),
                _ => reader.read::<Data<'_>>().map(drop),
            };
            if read.is_err() {
                break;
            }
            let next = content.start + reader.current_position();
            self.add(node, at..next, what, position);
            at = next;
        }
        let found = first..first + self.nodes.iter().skip(first).filter(|n| n.what == what).count();
        self.add_some(node, at..content.end, What::Unreadable);
        self.fill(node);
        found
    }

    /// The class of most bytes of a part.
    fn main_class(&self, part: usize) -> Class {
        let mut sums = [0_u64; Class::ALL.len()];
        let end = self.nodes.len();
        let mut at = part + 1;
        while let Some(node) = self.nodes.get(at).filter(|_| at < end) {
            if let Some(sum) = Class::ALL.iter().position(|c| *c == node.class).and_then(|i| sums.get_mut(i)) {
                *sum += u64::from(node.end - node.start);
            }
            at = node.next as usize;
        }
        let largest = Class::ALL.into_iter().zip(sums).max_by_key(|(_, sum)| *sum);
        largest.map_or(Class::Structure, |(class, _)| class)
    }

    /// Ends a part: now that everything of it is there, its functions and segments get their indices and names.
    fn close(&mut self, open: Open) {
        self.fill(open.node);
        let class = self.main_class(open.node);
        if let Some(node) = self.nodes.get_mut(open.node) {
            node.class = class;
        }
        for node in self.nodes.get_mut(open.functions.clone()).unwrap_or_default() {
            node.index = node.index.saturating_add(open.imported_functions);
        }
        for content in &open.names {
            let Ok(section) = CustomSectionReader::new(self.reader(content.clone())) else { continue };
            match section.as_known() {
                KnownCustom::Name(names) => {
                    names.into_iter().map_while(Result::ok).for_each(|name| self.names(&open, name));
                }
                KnownCustom::ComponentName(names) => {
                    for name in names.into_iter().map_while(Result::ok) {
                        match name {
                            ComponentName::Component { name, .. } => self.name(open.node, name, false),
                            ComponentName::CoreModules(names) => self.part_names(&open.modules, names),
                            ComponentName::Components(names) => self.part_names(&open.components, names),
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
        let Some(exports) = open.exports.clone() else { return };
        let Ok(exports) = ExportSectionReader::new(self.reader(exports)) else { return };
        for export in exports.into_iter().map_while(Result::ok) {
            if matches!(export.kind, ExternalKind::Func | ExternalKind::FuncExact)
                && let Some(node) = function(&open, export.index)
            {
                self.name(node, export.name, false);
            }
        }
    }

    /// Names that the component around gives to parts which have none of their own.
    fn part_names(&mut self, space: &[Option<usize>], names: NameMap<'a>) {
        for naming in names.into_iter().map_while(Result::ok) {
            if let Some(Some(node)) = space.get(naming.index as usize) {
                self.name(*node, naming.name, false);
            }
        }
    }

    fn names(&mut self, open: &Open, name: Name<'a>) {
        match name {
            Name::Module { name, .. } => self.name(open.node, name, false),
            Name::Function(names) => {
                for naming in names.into_iter().map_while(Result::ok) {
                    if let Some(node) = function(open, naming.index) {
                        self.name(node, naming.name, true);
                    }
                }
            }
            Name::Data(names) => {
                for naming in names.into_iter().map_while(Result::ok) {
                    let node = open.segments.start + naming.index as usize;
                    if open.segments.contains(&node) {
                        self.name(node, naming.name, true);
                    }
                }
            }
            _ => {}
        }
    }
}

impl Open {
    fn space(&mut self, part: What) -> &mut Vec<Option<usize>> {
        if part == What::Module { &mut self.modules } else { &mut self.components }
    }
}

/// The node of a function by its index; an imported one has none.
fn function(open: &Open, index: u32) -> Option<usize> {
    let node = open.functions.start + index.checked_sub(open.imported_functions)? as usize;
    open.functions.contains(&node).then_some(node)
}

fn small(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
