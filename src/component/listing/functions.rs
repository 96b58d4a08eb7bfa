//! The functions of the core modules in a part.

use crate::component::demangle;
use crate::diag::display_safe_line;
use std::ops::Range;
use wasmparser::{Encoding, ExternalKind, KnownCustom, Name, Parser, Payload, TypeRef};

/// The functions of the core modules in a part of a file.
#[derive(Debug, Default)]
pub struct Functions {
    /// In the order of the file: module after module, and in each by index.
    pub all: Vec<CoreFunction>,
    modules: Vec<Inside>,
}

/// The functions of one module.
#[derive(Debug)]
struct Inside {
    /// Where the module lies in the file.
    range: Range<usize>,
    /// Their places in the list of all.
    places: Range<usize>,
    /// The indices of those with a name, sorted by it: a window looks names up in every frame.
    by_name: Vec<u32>,
}

/// A function of a core module.
#[derive(Debug)]
pub struct CoreFunction {
    /// Its index in its module.
    pub index: u32,
    /// Its name in the `name` section; in a module without one what it is exported or imported as.
    pub name: Option<Box<str>>,
    /// Where its body, or its import, lies in the file.
    pub range: Range<usize>,
    /// Whether it is imported: without a body.
    pub is_imported: bool,
}

impl CoreFunction {
    /// Its name as it was written, safe to show on one line; `function 12` without one.
    pub fn label(&self) -> String {
        match &self.name {
            Some(name) => display_safe_line(&demangle(name)).into_owned(),
            None => format!("function {}", self.index),
        }
    }

    /// Whether this is its name, mangled or as it was written.
    pub fn is_called(&self, name: &str) -> bool {
        self.name.as_deref().is_some_and(|n| n == name || demangle(n) == name)
    }
}

impl Functions {
    /// The functions that a person means by an index or a name.
    pub fn called(&self, name: &str) -> Vec<&CoreFunction> {
        if let Ok(index) = name.parse::<u32>() {
            return self.all.iter().filter(|f| f.index == index).collect();
        }
        self.all.iter().filter(|f| f.is_called(name)).collect()
    }

    /// Reads the functions of a part. Whatever stands before the first damage is kept.
    pub fn of(bytes: &[u8], part: Range<usize>) -> Self {
        let mut out = Self::default();
        // The modules that are open: a module cannot lie in a module, but what is read may claim so.
        let mut open: Vec<Option<Module>> = Vec::new();
        let inside = bytes.get(part.clone()).unwrap_or_default();
        for payload in Parser::new(part.start as u64).parse_all(inside) {
            let Ok(payload) = payload else { break };
            match payload {
                Payload::Version { encoding, range, .. } => {
                    let start = place(range.start);
                    open.push((encoding == Encoding::Module).then(|| Module { start, ..Module::default() }));
                }
                Payload::End(offset) => {
                    if let Some(Some(module)) = open.pop() {
                        out.take(module, place(offset));
                    }
                }
                payload => {
                    if let Some(Some(module)) = open.last_mut() {
                        module.read(payload);
                    }
                }
            }
        }
        while let Some(module) = open.pop() {
            if let Some(module) = module {
                out.take(module, part.end);
            }
        }
        out
    }

    fn take(&mut self, mut module: Module, end: usize) {
        let names = if module.names.is_empty() { module.outside } else { module.names };
        for (index, name) in names {
            if let Some(function) = module.functions.get_mut(index as usize) {
                function.name = Some(name);
            }
        }
        let named = module.functions.iter().filter(|f| f.name.is_some());
        let mut by_name: Vec<(Option<&str>, u32)> = named.map(|f| (f.name.as_deref(), f.index)).collect();
        by_name.sort_unstable();
        let by_name = by_name.into_iter().map(|(_, index)| index).collect();
        let first = self.all.len();
        self.all.extend(module.functions);
        self.modules.push(Inside { range: module.start..end, places: first..self.all.len(), by_name });
    }

    /// Those whose body or import lies in this range of the file: their places in `all`.
    pub fn within(&self, range: &Range<usize>) -> Range<usize> {
        let place = |offset| self.all.partition_point(|f| f.range.start < offset);
        place(range.start)..place(range.end)
    }

    /// Places in `all` of those whose name, mangled or as shown, has this text in it, in any case. `None` if it was cancelled.
    pub fn named(&self, text: &str, is_cancelled: &dyn Fn() -> bool) -> Option<Vec<usize>> {
        let text = text.to_lowercase();
        let mut out = Vec::new();
        for (i, function) in self.all.iter().enumerate() {
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
        let module = self.modules.iter().find(|m| m.range.contains(&offset))?;
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
        let name = super::lex::plain_name(name);
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

fn place(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}

/// A module that is being read.
#[derive(Default)]
struct Module {
    start: usize,
    functions: Vec<CoreFunction>,
    /// What the `name` section says.
    names: Vec<(u32, Box<str>)>,
    /// What functions are imported and exported as.
    outside: Vec<(u32, Box<str>)>,
}

impl Module {
    fn add(&mut self, range: Range<u64>, is_imported: bool) -> u32 {
        let index = u32::try_from(self.functions.len()).unwrap_or(u32::MAX);
        let range = place(range.start)..place(range.end);
        self.functions.push(CoreFunction { index, name: None, range, is_imported });
        index
    }

    fn read(&mut self, payload: Payload<'_>) {
        match payload {
            Payload::ImportSection(section) => {
                let end = section.range().end;
                let mut imports = section.into_imports_with_offsets().map_while(Result::ok).peekable();
                while let Some((offset, import)) = imports.next() {
                    if let TypeRef::Func(_) | TypeRef::FuncExact(_) = import.ty {
                        let end = imports.peek().map_or(end, |(next, _)| *next);
                        let index = self.add(offset..end, true);
                        self.outside.push((index, format!("{} from {}", import.name, import.module).into()));
                    }
                }
            }
            Payload::ExportSection(section) => {
                let exports = section.into_iter().map_while(Result::ok);
                let functions = exports.filter(|e| matches!(e.kind, ExternalKind::Func | ExternalKind::FuncExact));
                self.outside.extend(functions.map(|e| (e.index, e.name.into())));
            }
            Payload::CodeSectionEntry(body) => {
                self.add(body.range(), false);
            }
            Payload::CustomSection(section) => {
                let KnownCustom::Name(names) = section.as_known() else { return };
                for names in names.into_iter().map_while(Result::ok) {
                    if let Name::Function(names) = names {
                        let names = names.into_iter().map_while(Result::ok);
                        self.names.extend(names.map(|naming| (naming.index, naming.name.into())));
                    }
                }
            }
            _ => {}
        }
    }
}
