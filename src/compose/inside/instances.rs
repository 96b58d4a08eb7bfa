//! The instances of a composition, and the components that they are instances of.

use super::origin::{Base, Origin};
use super::{NO_NAME, Node, Reading, Role, Said};
use crate::component::structure::{Def, Made, Outside, Scope, at};
use crate::component::{Component, Digest, Extern, Item, decode};
use crate::compose::MAX_INSTANCES;
use crate::compose::check::short_name;
use crate::compose::fit::base_name;
use crate::diag::{Severity, display_safe_line};
use std::sync::Arc;
use wasmparser::ComponentExternalKind;

impl<'s, 'a> Reading<'s, 'a> {
    pub(super) fn instances(&mut self) {
        let root = self.root;
        for (i, instance) in (0..).zip(&root.instances) {
            let base = match instance {
                Def::Import(import) => Base::Import(*import),
                Def::Again(first) => self.base(*first),
                Def::Alias { instance, name } => self.export_of(self.base(*instance), name),
                Def::Outer { .. } => Base::Unknown,
                Def::Own(Made::FromExports(_)) => Base::Items(i),
                Def::Own(Made::Instantiate { component, .. }) => {
                    let scope = self.structure.component(0, *component);
                    let inner = scope.and_then(|s| Some((s, self.structure.scopes.get(s)?)));
                    match inner {
                        Some((scope, inner)) if is_between(inner) || self.is_of_own_code(inner, i) => {
                            if self.used_components.insert(scope) {
                                self.handed.extend(inner.exports.iter().map(|e| ((scope, e.name), e)));
                            }
                            Base::Between(i, scope)
                        }
                        _ => self.node(i, *component, scope),
                    }
                }
            };
            self.bases.push(base);
        }
    }

    /// Whether a component that makes nothing is given functions of the whole's own core modules: it states their types.
    fn is_of_own_code(&mut self, inner: &Scope<'a>, instance: u32) -> bool {
        let Some(Def::Own(Made::Instantiate { args, .. })) = at(&self.root.instances, instance) else { return false };
        makes_nothing(inner)
            && args.iter().any(|arg| {
                arg.kind == ComponentExternalKind::Func && matches!(self.origin(arg.index), Origin::Lifted(_))
            })
    }

    fn node(&mut self, instance: u32, component: u32, scope: Option<usize>) -> Base<'a> {
        if self.out.nodes.len() >= MAX_INSTANCES {
            let text = format!("It has more than {MAX_INSTANCES} instances; further ones are left out");
            self.note(text.clone());
            self.obstacle(text);
            return Base::Unknown;
        }
        let inner = scope.and_then(|s| self.structure.scopes.get(s));
        let own = self.root.instance_names.get(&instance).copied();
        let of = self.root.component_names.get(&component).copied().or(inner.and_then(|s| s.name));
        let part = inner.map(|inner| self.part(inner, scope));
        // Names are no more than names, so the record's are taken; of a component with just that digest alone.
        let recorded = part.as_ref().and_then(|part| self.recorded.get_mut(&part.digest));
        let (recorded_of, recorded_name) = recorded.map(|(of, names)| (of.clone(), names.pop_front())).unzip();
        let own = own.or(recorded_name.as_ref().and_then(Option::as_deref));
        let of = recorded_of.as_deref().or(of).or(own).or(part.as_deref().and_then(purpose));
        let of = of.map_or_else(|| format!("component {component}"), |name| name.chars().take(80).collect());
        let name = self.free_name(own.unwrap_or(&of));
        let shown = display_safe_line(&name).into_owned();
        if let (Some(inner), Some(part)) = (inner, &part) {
            if let Some(what) = inner.outer.first() {
                self.obstacle(format!("“{shown}” uses {what} of the component around it, so it cannot stand alone"));
            } else if let Some(error) = part.diagnostics.iter().find(|d| d.severity == Severity::Error) {
                self.obstacle(format!("“{shown}” cannot stand alone: {}", error.message));
            }
        } else {
            self.obstacle(format!("“{shown}” is an instance of a component that is not in the file but given to it"));
        }
        let names = |list: &[Extern]| list.iter().map(|e| e.name.clone()).collect();
        self.out.nodes.push(Node {
            name,
            role: Role::Component,
            part: inner.map(|s| s.path.clone()),
            digest: part.as_ref().map(|p| p.digest),
            size: inner.map_or(0, |s| s.range.len()),
            imports: part.as_ref().map(|p| names(&p.imports)).unwrap_or_default(),
            exports: part.as_ref().map(|p| names(&p.exports)).unwrap_or_default(),
            of,
            said: Said::Nothing,
        });
        let known = part.map(|part| part.digest).and_then(|digest| self.out.parts.get_mut(&digest));
        if let (Some(known), Some(node)) = (known.and_then(Arc::get_mut), self.out.nodes.last())
            && known.name == NO_NAME
        {
            known.name.clone_from(&node.of);
        }
        self.of.push((instance, scope));
        Base::Node(self.out.nodes.len() - 1)
    }

    /// Reads a component inside the file by itself.
    fn part(&mut self, inner: &Scope<'a>, scope: Option<usize>) -> Arc<Component> {
        self.used_components.extend(scope);
        let bytes = self.whole.bytes.get(inner.range.clone()).unwrap_or_default();
        let read = || Arc::new(decode(NO_NAME, Arc::from(bytes)));
        Arc::clone(self.out.parts.entry(Digest::of(bytes)).or_insert_with(read))
    }
}

/// What a component without a name is called by: the interface, or else the function, that it exports.
fn purpose(part: &Component) -> Option<&str> {
    let own = || part.exports.iter().filter(|e| !e.is_host());
    let interface = own().find(|e| matches!(e.item, Item::Interface(_)));
    match (interface.or_else(|| own().next()), part.exports.as_slice()) {
        (Some(export), _) | (None, [export]) => Some(short_name(&export.name)),
        (None, []) => None,
        (None, _) => Some("wasi"),
    }
}

/// Whether a component has no code and no instances of its own: it can only hand on what it is given.
fn makes_nothing(scope: &Scope<'_>) -> bool {
    scope.core_instances.is_empty()
        && scope.core_funcs.is_empty()
        && scope.components.is_empty()
        && scope.modules.is_empty()
        && !scope.starts
        && !scope.exports.is_empty()
        && scope.funcs.iter().all(|f| !matches!(f, Def::Own(_)))
        && scope.instances.iter().all(|i| !matches!(i, Def::Own(Made::Instantiate { .. })))
}

/// Whether a component only states types anew: of one instance under its own name, or of functions that are imported for
/// this alone.
fn is_between(scope: &Scope<'_>) -> bool {
    let is_value = |o: &&Outside<'_>| matches!(o.kind, ComponentExternalKind::Instance | ComponentExternalKind::Func);
    let mut imports = scope.imports.iter().filter(is_value);
    let mut exports = scope.exports.iter().filter(is_value);
    let restates = match (scope.exports.as_slice(), imports.clone().next_back()) {
        ([export], Some(import)) => {
            export.kind == ComponentExternalKind::Instance && base_name(export.name) == base_name(import.name)
        }
        _ => false,
    };
    // The names that `wit-component` gives to what it lifts.
    let lifted =
        imports.all(|i| i.name.starts_with("import-")) && exports.all(|e| e.kind == ComponentExternalKind::Func);
    makes_nothing(scope) && (restates || lifted)
}
