//! What instances and functions come down to: the import or the export that they are in the end.

use super::Reading;
use crate::component::structure::{Def, Made, Outside, Scope, at};
use std::collections::BTreeMap;
use wasmparser::ComponentExternalKind;

/// What an instance comes down to.
#[derive(Clone, Copy)]
pub(super) enum Base<'a> {
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
pub(super) enum Origin<'a> {
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
pub(super) enum Place<'a> {
    Import(usize),
    Export(usize, &'a str),
    Elsewhere,
}

impl<'s, 'a> Reading<'s, 'a> {
    pub(super) fn base(&self, index: u32) -> Base<'a> {
        at(&self.bases, index).copied().unwrap_or(Base::Unknown)
    }

    /// An instance that another exports under this name.
    pub(super) fn export_of(&self, base: Base<'a>, name: &'a str) -> Base<'a> {
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

    /// The functions of an instance that was put together, by where they come from: each one's name here and there.
    pub(super) fn places(&mut self, base: Base<'a>) -> BTreeMap<Place<'a>, Vec<(&'a str, &'a str)>> {
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

    pub(super) fn functions(&mut self, base: Base<'a>) -> Vec<(&'a str, Origin<'a>)> {
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
    pub(super) fn origin(&mut self, index: u32) -> Origin<'a> {
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
