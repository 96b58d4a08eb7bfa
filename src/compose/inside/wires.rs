//! The wires of a composition: what the instances are given.

use super::origin::{Base, Origin, Place};
use super::{Given, Reading, Wire};
use crate::component::structure::{Def, Made, Outside, Scope, at};
use crate::compose::{Port, track};
use crate::diag::display_safe_line;
use std::collections::HashSet;
use wasmparser::ComponentExternalKind;

impl<'a> Reading<'_, 'a> {
    pub(super) fn wires(&mut self) {
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

    pub(super) fn wire(&mut self, from: Port, to: Port, functions: Vec<String>) {
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
}

fn pair_text((name, of): &(&str, &str)) -> String {
    if name == of { (*name).to_owned() } else { format!("{of} as {name}") }
}

/// The imports of a component that are resources by themselves.
fn resources<'a>(inner: &Scope<'a>) -> HashSet<&'a str> {
    let types = inner.imports.iter().filter(|i| i.kind == ComponentExternalKind::Type);
    types.filter(|i| matches!(at(&inner.types, i.index), Some(Def::Import(_)))).map(|i| i.name).collect()
}
