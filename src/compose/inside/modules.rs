//! For a component that is no composition: its core modules, and what they give to each other.

use super::origin::Origin;
use super::{Given, MAX_NOTES, Node, Offered, Reading, Role, Said, Source};
use crate::component::Digest;
use crate::component::structure::{CoreFunc, CoreInstance, at, core_space};
use crate::compose::{MAX_INSTANCES, Port};
use std::collections::{BTreeMap, HashMap};
use wasmparser::ComponentExternalKind;

impl<'a> Reading<'_, 'a> {
    pub(super) fn modules(&mut self) {
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
                said: Said::Nothing,
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

/// What a core module is for, by the name that the tools give it.
pub(super) fn role(name: &str) -> Role {
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
