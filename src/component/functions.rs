//! The functions of the core modules of a file: one list for everything that names or finds them.

use super::listing::plain_name;
use super::symbols::demangle;
use super::{NodeId, SizeMap, What};
use crate::diag::display_safe_line;
use std::cmp::Reverse;
use std::ops::Range;
use wasmparser::{BinaryReader, CustomSectionReader, ImportSectionReader, KnownCustom, Name, TypeRef};

/// Functions of a whole file that are listed.
const MOST: usize = 1_000_000;

/// The functions of the core modules of a file.
#[derive(Debug, Default)]
pub struct Functions {
    /// In the order of the file: module after module, and in each by index.
    pub all: Vec<CoreFunction>,
    modules: Vec<Inside>,
    largest: Vec<u32>,
}

/// The functions of one module.
#[derive(Debug)]
struct Inside {
    /// Where the module lies in the file.
    range: Range<usize>,
    /// Their places in the list of all.
    places: Range<usize>,
    /// The indices of those that the module itself names, sorted by name: a window looks names up in every frame.
    by_name: Vec<u32>,
}

/// A function of a core module.
#[derive(Debug)]
pub struct CoreFunction {
    /// Its index in its module.
    pub index: u32,
    /// Its name in the `name` section, or else what it is exported or imported as.
    pub name: Option<Box<str>>,
    /// Where its body with its size, or its import, lies in the file.
    pub range: Range<usize>,
    /// Whether it is imported: without a body.
    pub is_imported: bool,
}

impl CoreFunction {
    /// Its name as it was written, safe to show on one line; `func 12` without one.
    pub fn label(&self) -> String {
        label(self.index, self.name.as_deref())
    }

    /// Whether this is its name, mangled or as it was written.
    pub fn is_called(&self, name: &str) -> bool {
        self.name.as_deref().is_some_and(|n| n == name || demangle(n) == name)
    }
}

/// What a function is called wherever it is shown.
pub(super) fn label(index: u32, name: Option<&str>) -> String {
    match name {
        Some(name) => display_safe_line(&demangle(name)).into_owned(),
        None => format!("func {index}"),
    }
}

impl Functions {
    /// Those of a measured file. Whatever can be read of a damaged one is there.
    pub fn of(map: &SizeMap) -> Self {
        let mut out = Self::default();
        for module in map.ids().filter(|id| map.what(*id) == What::Module) {
            out.take(map, module);
        }
        let bodies = (0..).zip(&out.all).filter(|(_, f)| !f.is_imported);
        let mut largest: Vec<(u32, usize)> = bodies.map(|(i, f)| (i, f.range.len())).collect();
        largest.sort_by_key(|(_, size)| Reverse(*size));
        out.largest = largest.into_iter().map(|(i, _)| i).collect();
        out
    }

    fn take(&mut self, map: &SizeMap, module: NodeId) {
        let first = self.all.len();
        let mut names = Vec::new();
        for section in map.children(module) {
            match map.what(section) {
                What::Section if map.section_id(section) == 2 => self.imported(map, section, first),
                What::Section if map.section_id(section) == 10 => self.bodies(map, section),
                What::Custom if map.raw_name(section) == Some("name") => names.push(map.content(section)),
                _ => {}
            }
        }
        let functions = self.all.get_mut(first..).unwrap_or_default();
        let mut named = Vec::new();
        for (index, name) in names.into_iter().flat_map(|content| own_names(map, content)) {
            if let Some(function) = functions.get_mut(index as usize) {
                function.name = Some(name);
                named.push(index);
            }
        }
        let name = |index: u32| functions.get(index as usize).and_then(|f| f.name.as_deref());
        named.sort_unstable_by_key(|index| (name(*index), *index));
        named.dedup();
        self.modules.push(Inside { range: map.range(module), places: first..self.all.len(), by_name: named });
    }

    fn imported(&mut self, map: &SizeMap, section: NodeId, first: usize) {
        let content = map.content(section);
        let reader = BinaryReader::new(map.slice(content.clone()), content.start as u64);
        let Ok(section) = ImportSectionReader::new(reader) else { return };
        let mut imports = section.into_imports_with_offsets().map_while(Result::ok).peekable();
        while let Some((offset, import)) = imports.next().filter(|_| self.all.len() < MOST) {
            if let TypeRef::Func(_) | TypeRef::FuncExact(_) = import.ty {
                let end = imports.peek().map_or(content.end, |(next, _)| place(*next));
                self.all.push(CoreFunction {
                    index: u32::try_from(self.all.len() - first).unwrap_or(u32::MAX),
                    name: Some(format!("{} from {}", import.name, import.module).into()),
                    range: place(offset)..end,
                    is_imported: true,
                });
            }
        }
    }

    fn bodies(&mut self, map: &SizeMap, section: NodeId) {
        let functions = map.children(section).filter(|id| map.what(*id) == What::Function);
        let functions = functions.take(MOST.saturating_sub(self.all.len()));
        self.all.extend(functions.map(|id| CoreFunction {
            index: map.index(id),
            name: map.raw_name(id).map(Into::into),
            range: map.range(id),
            is_imported: false,
        }));
    }

    /// Places in `all` of those with a body, largest first.
    pub fn largest(&self) -> &[u32] {
        &self.largest
    }

    /// Where those with a body lie, largest first.
    pub fn largest_ranges(&self) -> impl Iterator<Item = &Range<usize>> {
        self.largest.iter().filter_map(|i| Some(&self.all.get(*i as usize)?.range))
    }

    /// Those whose body or import lies in this range of the file: their places in `all`.
    pub fn within(&self, range: &Range<usize>) -> Range<usize> {
        let place = |offset| self.all.partition_point(|f| f.range.start < offset);
        place(range.start)..place(range.end)
    }

    /// Places in `all` of those whose name, mangled or as shown, has this text in it, in any case. `None` if it was cancelled.
    pub fn named(&self, text: &str, is_cancelled: &dyn Fn() -> bool) -> Option<Vec<u32>> {
        let text = text.to_lowercase();
        let mut out = Vec::new();
        for (i, function) in (0..).zip(&self.all) {
            if i % 1024 == 0 && is_cancelled() {
                return None;
            }
            let name = function.name.as_deref().unwrap_or_default();
            if name.to_lowercase().contains(&text) || function.label().to_lowercase().contains(&text) {
                out.push(i);
            }
        }
        Some(out)
    }

    /// The module around this byte of the file, and its functions.
    fn module(&self, offset: usize) -> Option<(&Inside, &[CoreFunction])> {
        let behind = self.modules.partition_point(|m| m.range.start <= offset);
        let module = self.modules.get(behind.checked_sub(1)?).filter(|m| m.range.contains(&offset))?;
        Some((module, self.all.get(module.places.clone())?))
    }

    /// The function whose body or import covers this byte of the file.
    pub fn at(&self, offset: usize) -> Option<&CoreFunction> {
        let (_, functions) = self.module(offset)?;
        let behind = functions.partition_point(|f| f.range.start <= offset);
        functions.get(behind.checked_sub(1)?).filter(|f| f.range.contains(&offset))
    }

    /// The function that an instruction at this byte of the file means by `callee`, as printed: an index or a name.
    pub fn callee(&self, offset: usize, callee: &str) -> Option<&CoreFunction> {
        let (module, functions) = self.module(offset)?;
        let Some(name) = callee.strip_prefix('$') else {
            return functions.get(callee.parse::<usize>().ok()?);
        };
        let name = plain_name(name);
        // Of a name that several functions have, the first one keeps it and the others are told apart by their index.
        if let Some(rest) = name.strip_prefix("#func") {
            let digits = rest.split(' ').next().unwrap_or_default();
            return functions.get(digits.parse::<usize>().ok()?);
        }
        let of = |index: u32| functions.get(index as usize);
        let at = module.by_name.partition_point(|i| of(*i).and_then(|f| f.name.as_deref()) < Some(&*name));
        module.by_name.get(at).and_then(|i| of(*i)).filter(|f| f.name.as_deref() == Some(&*name))
    }
}

/// What a `name` section calls functions.
fn own_names(map: &SizeMap, content: Range<usize>) -> Vec<(u32, Box<str>)> {
    let mut out = Vec::new();
    let reader = BinaryReader::new(map.slice(content.clone()), content.start as u64);
    let Ok(section) = CustomSectionReader::new(reader) else { return out };
    let KnownCustom::Name(names) = section.as_known() else { return out };
    for names in names.into_iter().map_while(Result::ok) {
        if let Name::Function(names) = names {
            let names = names.into_iter().map_while(Result::ok);
            out.extend(names.map(|naming| (naming.index, naming.name.into())));
        }
    }
    out
}

fn place(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}
