//! The structure of a file: nested components and core modules with their byte ranges.

use super::check::{Check, TOO_DEEP, nests_too_deep, say};
use super::metadata::{MAX_TEXT, Metadata, cut, read_custom};
use super::{Component, Digest, decode};
use crate::diag::{Severity, display_safe_line};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;
use wasmparser::component_types::ComponentEntityType;
use wasmparser::types::TypesRef;
use wasmparser::{
    BinaryReader, ComponentAlias, ComponentAliasSectionReader, ComponentExportSectionReader, ComponentExternalKind,
    ComponentImportSectionReader, ComponentName, ComponentOuterAliasKind, KnownCustom, NameMap, Parser, Payload,
    WasmFeatures,
};

/// What a [`Part`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartKind {
    /// A component.
    Component,
    /// A core module.
    Module,
}

/// A component or core module inside a file.
#[derive(Debug, Clone)]
pub struct Part {
    /// What it is.
    pub kind: PartKind,
    /// Its name in its `name` section, or else the one that the component around it gives it, if any.
    pub name: Option<String>,
    /// Where it lies in the file, in bytes from the file's start.
    pub range: Range<usize>,
    /// Its sections that are not parts themselves: the kind (`code`, `import`), or `custom ` and the custom name, and
    /// the byte range of the contents.
    pub sections: Vec<(Cow<'static, str>, Range<usize>)>,
    /// The parts inside it.
    pub children: Vec<Part>,
}

impl Part {
    pub(super) fn new(kind: PartKind, range: Range<usize>) -> Self {
        Self { kind, name: None, range, sections: Vec::new(), children: Vec::new() }
    }

    /// A component of an older encoding, as far as the frames of its sections can be read: they are those of today.
    pub(super) fn of_frames(bytes: &[u8]) -> Self {
        let mut part = Self::new(PartKind::Component, 0..bytes.len());
        let mut at = 8_usize;
        while part.sections.len() < MAX_SECTIONS {
            let mut reader = BinaryReader::new(bytes.get(at..).unwrap_or_default(), 0);
            let frame = reader.read_u8().and_then(|id| Ok((id, reader.read_var_u32()?)));
            let Ok((id, size)) = frame else { break };
            let start = at + usize::try_from(reader.original_position()).unwrap_or(bytes.len());
            let range = start..start.saturating_add(size as usize);
            let Some(contents) = bytes.get(range.clone()) else { break };
            let name = match id {
                0 => custom_name(BinaryReader::new(contents, 0).read_string().unwrap_or_default()),
                1 => "core module".into(),
                4 => "component".into(),
                id => section_name(PartKind::Component, id),
            };
            at = range.end;
            part.sections.push((name, range));
        }
        part
    }

    /// The part at this path of positions among the children; the empty path is this part.
    pub fn at(&self, path: &[usize]) -> Option<&Part> {
        path.iter().try_fold(self, |part, position| part.children.get(*position))
    }

    /// What it is called, being at this path of the whole file; safe to show.
    pub fn label(&self, path: &[usize]) -> String {
        label(self.kind, path, self.name.as_deref().filter(|_| !path.is_empty()))
    }

    /// The path of the innermost part that holds all of these bytes; empty if only this part does.
    pub fn path_around(&self, bytes: &Range<usize>) -> Vec<usize> {
        let mut path = Vec::new();
        let mut part = self;
        while let Some((i, child)) =
            part.children.iter().enumerate().find(|(_, c)| c.range.start <= bytes.start && bytes.end <= c.range.end)
        {
            path.push(i);
            part = child;
        }
        path
    }
}

/// What a part is called wherever it is shown: `core module 0.1 main`, or `Whole file`.
pub(super) fn label(kind: PartKind, path: &[usize], name: Option<&str>) -> String {
    let word = match kind {
        _ if path.is_empty() => "Whole file",
        PartKind::Component => "component",
        PartKind::Module => "core module",
    };
    let path = part_text(path);
    let words = [word, &path, name.unwrap_or_default()].map(display_safe_line);
    words.iter().filter(|w| !w.is_empty()).map(AsRef::as_ref).collect::<Vec<_>>().join(" ")
}

/// The path and bytes of the component inside `whole` that has this digest: the one at `path` if it has, or else the
/// first one that has it.
pub fn find_part(whole: &Component, path: &[usize], digest: Digest) -> Option<(Vec<usize>, Arc<[u8]>)> {
    let bytes = |part: &Part| whole.bytes.get(part.range.clone()).filter(|bytes| Digest::of(bytes) == digest);
    if let Some(found) = whole.root.at(path).and_then(bytes) {
        return Some((path.to_vec(), Arc::from(found)));
    }
    let mut to_see: Vec<(Vec<usize>, &Part)> = vec![(Vec::new(), &whole.root)];
    while let Some((path, part)) = to_see.pop() {
        if let Some(found) = bytes(part) {
            return Some((path, Arc::from(found)));
        }
        for (i, child) in part.children.iter().enumerate().filter(|(_, c)| c.kind == PartKind::Component) {
            to_see.push(([&path[..], &[i]].concat(), child));
        }
    }
    None
}

/// Reads a part's path as `wirebench inspect --parts` prints it: `0.2.1`; the empty text is the outermost part.
pub fn part_path(text: &str) -> Option<Vec<usize>> {
    if text.is_empty() {
        return Some(Vec::new());
    }
    text.split('.').map(|position| position.parse().ok()).collect()
}

/// Writes a part's path as [`part_path`] reads it.
pub fn part_text(path: &[usize]) -> String {
    path.iter().map(usize::to_string).collect::<Vec<_>>().join(".")
}

impl Component {
    /// The bytes of the part at this path.
    pub fn part_bytes(&self, path: &[usize]) -> Option<Arc<[u8]>> {
        if path.is_empty() {
            return Some(Arc::clone(&self.bytes));
        }
        self.bytes.get(self.root.at(path)?.range.clone()).map(Arc::from)
    }

    /// A file name for the part at this path: `shop[0.2].wasm`.
    pub fn part_file_name(&self, path: &[usize]) -> String {
        let part = if path.is_empty() { String::new() } else { format!("[{}]", part_text(path)) };
        format!("{}{part}.wasm", self.name)
    }

    /// Why these bytes, taken out of this component, are no valid file by themselves; `None` if they are. It validates them.
    pub fn why_not_alone(&self, name: &str, part: Arc<[u8]>) -> Option<String> {
        let is_broken = |c: &Self| c.diagnostics.iter().find(|d| d.severity == Severity::Error).cloned();
        let trouble = is_broken(&decode(name, part))?;
        // What is valid only inside can but refer to what is outside.
        Some(match is_broken(self) {
            None => "it uses types or parts of the component around it, by outer aliases".to_owned(),
            Some(_) => trouble.message,
        })
    }
}

/// Parts nested deeper are left out, so that nothing that walks the tree can run out of stack.
pub(super) const MAX_DEPTH: usize = 100;
/// Parts in a whole file; further ones are left out.
pub(super) const MAX_PARTS: usize = 10_000;
/// Sections in a whole file; further ones are left out. A section costs three bytes in a file.
const MAX_SECTIONS: usize = 100_000;

/// An import or export of the outermost component, as its section names it.
pub(super) struct RawExtern {
    pub name: String,
    pub kind: ComponentExternalKind,
    pub is_import: bool,
}

impl RawExtern {
    /// Whether WIT has no word for it.
    pub fn is_beyond_wit(&self) -> bool {
        use ComponentExternalKind::{Component, Module, Type, Value};
        matches!(self.kind, Module | Component | Value) || (self.kind == Type && !self.is_import)
    }

    /// Its type, if it is known.
    pub fn ty(&self, types: TypesRef<'_>) -> Option<ComponentEntityType> {
        let item = match self.is_import {
            true => types.component_item_for_import(&self.name),
            false => types.component_item_for_export(&self.name),
        };
        item.map(|item| item.ty)
    }
}

/// What one walk over the bytes finds.
pub(super) struct Walk {
    pub root: Part,
    pub metadata: Metadata,
    pub externs: Vec<RawExtern>,
    /// Where the outermost `package-docs` sections (documentation of WIT) lie.
    pub docs: Vec<Range<usize>>,
    /// Whether the sections end where the file ends.
    pub complete: bool,
    /// Whether there are more than `MAX_PARTS` parts, or some deeper than `MAX_DEPTH`.
    pub too_many_parts: bool,
    /// Whether types of instances and components nest deeper than their reader can go.
    pub too_deep: bool,
    /// What validation says.
    pub check: Check,
    /// Whether sections were left out.
    pub too_many_sections: bool,
}

/// Walks over a file with a WebAssembly header once and validates it on the way. Whatever stands before the first damage
/// is kept. `contents` as in [`Check::new`].
pub(super) fn walk(bytes: &[u8], kind: PartKind, features: WasmFeatures, contents: bool) -> Walk {
    let mut out = Walk {
        check: Check::new(features, contents),
        root: Part::new(kind, 0..bytes.len()),
        metadata: Metadata::default(),
        externs: Vec::new(),
        docs: Vec::new(),
        complete: true,
        too_many_parts: false,
        too_deep: false,
        too_many_sections: false,
    };
    // Parts that are open at this point, outermost first; `None` for those beyond the limits.
    let mut open: Vec<Option<Part>> = Vec::new();
    let mut next = Some(Part::new(kind, 0..bytes.len()));
    let mut seen = BTreeSet::new();
    let (mut parts, mut sections) = (0_usize, 0_usize);

    let mut parser = Parser::new(0);
    parser.set_features(features);
    for payload in parser.parse_all(bytes) {
        let payload = match payload {
            Ok(payload) => payload,
            Err(error) => {
                out.complete = false;
                out.check.stop(say(&error));
                break;
            }
        };
        match &payload {
            Payload::ComponentTypeSection(section)
                if nests_too_deep(bytes.get(clamp(&section.range(), bytes.len()))) =>
            {
                out.too_deep = true;
                out.check.stop(TOO_DEEP.to_owned());
            }
            payload => out.check.see(payload),
        }
        let outermost = open.len() == 1;
        match &payload {
            Payload::Version { .. } => {
                open.push(next.take());
                continue;
            }
            Payload::ModuleSection { unchecked_range, .. } | Payload::ComponentSection { unchecked_range, .. } => {
                let kind = match payload {
                    Payload::ModuleSection { .. } => PartKind::Module,
                    _ => PartKind::Component,
                };
                parts += 1;
                next = (open.len() < MAX_DEPTH && parts < MAX_PARTS)
                    .then(|| Part::new(kind, clamp(unchecked_range, bytes.len())));
                if next.is_none() {
                    // Validating them all takes time in the square of their number.
                    out.too_many_parts = true;
                    out.check.stop(String::new());
                }
                continue;
            }
            Payload::End(_) => {
                close(&mut open, &mut out.root);
                continue;
            }
            Payload::ComponentImportSection(section) if outermost => {
                out.externs.extend(section.clone().into_iter().map_while(Result::ok).map(|import| RawExtern {
                    name: import.name.name.to_owned(),
                    kind: import.ty.kind(),
                    is_import: true,
                }));
            }
            Payload::ComponentExportSection(section) if outermost => {
                out.externs.extend(section.clone().into_iter().map_while(Result::ok).map(|export| RawExtern {
                    name: export.name.name.to_owned(),
                    kind: export.kind,
                    is_import: false,
                }));
            }
            Payload::CustomSection(section) => {
                if outermost && section.name() == "package-docs" {
                    out.docs.push(clamp(&section.range(), bytes.len()));
                }
                let name = read_custom(section, outermost, &mut out.metadata, &mut seen).name;
                if let Some(Some(part)) = open.last_mut() {
                    part.name = name.or(part.name.take());
                    if let KnownCustom::ComponentName(names) = section.as_known() {
                        name_children(part, bytes, names.into_iter().map_while(Result::ok));
                    }
                }
            }
            _ => {}
        }
        if let Some((id, range)) = payload.as_section()
            && let Some(Some(part)) = open.last_mut()
        {
            sections += 1;
            if sections < MAX_SECTIONS {
                let name = match &payload {
                    Payload::CustomSection(section) => custom_name(section.name()),
                    _ => section_name(part.kind, id),
                };
                part.sections.push((name, clamp(&range, bytes.len())));
            } else {
                out.too_many_sections = true;
            }
        }
    }
    while !open.is_empty() {
        close(&mut open, &mut out.root);
    }
    out
}

/// Gives names to the parts inside of one that have none of their own.
fn name_children<'a>(part: &mut Part, bytes: &[u8], names: impl Iterator<Item = ComponentName<'a>>) {
    let mut spaces = None;
    for name in names {
        let (is_module, names) = match name {
            ComponentName::CoreModules(names) => (true, names),
            ComponentName::Components(names) => (false, names),
            _ => continue,
        };
        let (modules, components) = spaces.get_or_insert_with(|| index_spaces(part, bytes));
        let space = if is_module { modules } else { components };
        name_some(&mut part.children, space, names);
    }
}

fn name_some(children: &mut [Part], space: &[Option<usize>], names: NameMap<'_>) {
    for naming in names.into_iter().map_while(Result::ok) {
        let child = space.get(naming.index as usize).copied().flatten().and_then(|i| children.get_mut(i));
        if let Some(child) = child.filter(|c| c.name.is_none()) {
            child.name = Some(cut(naming.name, MAX_TEXT).to_owned());
        }
    }
}

/// The index spaces of core modules and of components: which child each is, if it is one.
fn index_spaces(part: &Part, bytes: &[u8]) -> (Vec<Option<usize>>, Vec<Option<usize>>) {
    let children = part.children.iter().enumerate().map(|(i, c)| (c.range.start, Some((i, c.kind)), 0..0, 0));
    let sections = part.sections.iter().filter_map(|(name, range)| {
        let id = match name.as_ref() {
            "alias" => 6,
            "import" => 10,
            "export" => 11,
            _ => return None,
        };
        Some((range.start, None, range.clone(), id))
    });
    let mut all: Vec<_> = children.chain(sections).collect();
    all.sort_by_key(|(start, ..)| *start);
    let (mut modules, mut components) = (Vec::new(), Vec::new());
    for (_, child, range, id) in all {
        if let Some((i, kind)) = child {
            let space = if kind == PartKind::Module { &mut modules } else { &mut components };
            space.push(Some(i));
            continue;
        }
        let reader = BinaryReader::new(bytes.get(range.clone()).unwrap_or_default(), range.start as u64);
        for kind in named_kinds(id, reader) {
            match kind {
                ComponentExternalKind::Module => modules.push(None),
                ComponentExternalKind::Component => components.push(None),
                _ => {}
            }
        }
    }
    (modules, components)
}

/// What a component's section of aliases (6), imports (10) or exports (11) adds to index spaces, in their order.
pub(super) fn named_kinds(id: u8, reader: BinaryReader<'_>) -> Vec<ComponentExternalKind> {
    match id {
        6 => ComponentAliasSectionReader::new(reader)
            .into_iter()
            .flatten()
            .map_while(Result::ok)
            .filter_map(|alias| match alias {
                ComponentAlias::InstanceExport { kind, .. } => Some(kind),
                ComponentAlias::Outer { kind: ComponentOuterAliasKind::CoreModule, .. } => {
                    Some(ComponentExternalKind::Module)
                }
                ComponentAlias::Outer { kind: ComponentOuterAliasKind::Component, .. } => {
                    Some(ComponentExternalKind::Component)
                }
                _ => None,
            })
            .collect(),
        10 => ComponentImportSectionReader::new(reader)
            .into_iter()
            .flatten()
            .map_while(Result::ok)
            .map(|import| import.ty.kind())
            .collect(),
        _ => ComponentExportSectionReader::new(reader)
            .into_iter()
            .flatten()
            .map_while(Result::ok)
            .map(|export| export.kind)
            .collect(),
    }
}

/// Ends the innermost open part: it becomes a child of the part around it, or the root.
fn close(open: &mut Vec<Option<Part>>, root: &mut Part) {
    let Some(done) = open.pop() else { return };
    match (done, open.last_mut()) {
        (Some(part), Some(Some(parent))) => parent.children.push(part),
        (Some(part), None) => *root = part,
        _ => {}
    }
}

/// The parser does not check the range of a nested part against the file.
fn clamp(range: &Range<u64>, len: usize) -> Range<usize> {
    let at = |n: u64| usize::try_from(n).unwrap_or(len).min(len);
    at(range.start)..at(range.end)
}

fn custom_name(name: &str) -> Cow<'static, str> {
    format!("custom {}", cut(name, 64)).into()
}

pub(super) fn section_name(kind: PartKind, id: u8) -> Cow<'static, str> {
    let name = match (kind, id) {
        (PartKind::Module, 1) => "type",
        (PartKind::Module, 2) => "import",
        (PartKind::Module, 3) => "function",
        (PartKind::Module, 4) => "table",
        (PartKind::Module, 5) => "memory",
        (PartKind::Module, 6) => "global",
        (PartKind::Module, 7) => "export",
        (PartKind::Module, 8) => "start",
        (PartKind::Module, 9) => "element",
        (PartKind::Module, 10) => "code",
        (PartKind::Module, 11) => "data",
        (PartKind::Module, 12) => "data count",
        (PartKind::Module, 13) => "tag",
        (PartKind::Component, 2) => "core instance",
        (PartKind::Component, 3) => "core type",
        (PartKind::Component, 5) => "instance",
        (PartKind::Component, 6) => "alias",
        (PartKind::Component, 7) => "type",
        (PartKind::Component, 8) => "canonical function",
        (PartKind::Component, 9) => "start",
        (PartKind::Component, 10) => "import",
        (PartKind::Component, 11) => "export",
        _ => return format!("unknown {id}").into(),
    };
    name.into()
}
