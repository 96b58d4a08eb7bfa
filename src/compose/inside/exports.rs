//! What a composition exports, and where that comes from.

use super::origin::{Base, Origin, Place};
use super::{Offered, Reading, Source};
use crate::compose::Port;
use crate::diag::display_safe_line;
use wasmparser::ComponentExternalKind;

impl<'a> Reading<'_, 'a> {
    pub(super) fn exports(&mut self) {
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
}
