//! Resources across wires. A resource is one type only as far as it comes from one place: two ends of a wire that speak
//! of one from two places do not fit, and an export that speaks of one that the result does not offer is of little use.

use super::check::{about_port, about_wire, quoted};
use super::fit::base_name;
use super::{Composition, Edit, Library, Port, track};
use crate::component::{Component, Digest, Extern, Item, Type, TypeId, TypeKind};
use crate::diag::{Diagnostic, display_safe_line};
use std::collections::{BTreeMap, BTreeSet};

/// A resource that an import or export speaks of without defining it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Foreign<'a> {
    name: &'a str,
    /// The full name of the import or export that defines it.
    owner: &'a str,
}

/// Where a resource comes from.
#[derive(PartialEq, Eq)]
enum Origin<'a> {
    /// This export of an instance.
    Export(Port),
    /// Outside: an import of the result, by its [`track`].
    Outside(&'a str),
}

impl Origin<'_> {
    fn giver(&self) -> String {
        match self {
            Self::Export(port) => display_safe_line(&port.instance).into_owned(),
            Self::Outside(_) => "an import of the result".to_owned(),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Export(port) => port.to_string(),
            Self::Outside(name) => format!("an import of the result, {}", display_safe_line(name)),
        }
    }
}

/// What it takes to export one interface of two instances of one component. Their types are the same, and WIT has no
/// words for two interfaces that define the same type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Again {
    /// Nothing: it defines no types, or only resources, of which each instance has its own.
    AsItIs,
    /// Its types have to be stated anew for the second one.
    TypesAnew,
    /// It cannot be put into WIT: resources cannot be stated anew.
    WithoutWit,
}

impl Again {
    pub fn of(component: &Component, export: &Extern) -> Self {
        let Item::Interface(interface) = &export.item else { return Self::AsItIs };
        let is_resource = |id: &&TypeId| matches!(component.types.get(**id).map(|d| &d.kind), Some(TypeKind::Resource));
        match interface.types.iter().filter(is_resource).count() {
            resources if resources == interface.types.len() => Self::AsItIs,
            0 => Self::TypesAnew,
            _ => Self::WithoutWit,
        }
    }
}

/// The exports whose interface the result has already from another instance of the same component.
pub(super) fn repeated<'a>(
    composition: &Composition,
    library: &Library,
    exports: &'a [(String, Port)],
) -> Vec<(&'a Port, Again)> {
    let mut once = BTreeSet::new();
    let exports = exports.iter().filter_map(|(_, port)| {
        let component = composition.component(library, &port.instance)?;
        let again = Again::of(component, component.export(&port.name)?);
        (!once.insert((component.digest, &port.name))).then_some((port, again))
    });
    exports.collect()
}

/// Adds what is wrong with resources: wires that cannot be encoded, and exports whose callers could not make what they
/// have to pass.
pub(super) fn check(
    composition: &Composition,
    library: &Library,
    open: &[Port],
    exports: &[(String, Port)],
    found: &mut Vec<Diagnostic>,
) {
    let mut known = BTreeMap::new();
    for port in open {
        if let Some((resource, owner, from)) = wired_apart(&mut known, composition, library, port) {
            let message = format!(
                "{port} comes from outside and speaks of the resource {}, which {} has from {from}: outside, it is \
                 another one",
                quoted(resource),
                quoted(&port.instance)
            );
            let (source, owner) = (quoted(&from.instance), display_safe_line(owner));
            let provider = composition.component(library, &from.instance);
            let gives = |e: &Extern| base_name(&e.name) == base_name(&port.name);
            let hint = if provider.is_some_and(|provider| provider.exports.iter().any(gives)) {
                format!("Wire it to {source} as well, or leave {owner} open too")
            } else if owner.starts_with("wasi:io/") && super::virtual_export(&port.name).is_some() {
                format!(
                    "Have {source} give {} too, of its own or handed on from the host: the streams of files, clocks, input \
                     and output must all come from one place",
                    display_safe_line(base_name(&port.name))
                )
            } else {
                format!("Leave {owner} open too: {source} does not give what goes with it")
            };
            found.push(Diagnostic::error(about_port(port), message).with_hint(hint));
        }
    }
    for (to, from) in &composition.wires {
        for Conflict { resource, owner, ours, theirs, .. } in conflicts(&mut known, composition, library, to) {
            // Who gives it is enough, if it is not one and the same.
            let (ours, theirs) = match (ours.giver(), theirs.giver()) {
                (ours, theirs) if ours != theirs => (ours, theirs),
                _ => (ours.text(), theirs.text()),
            };
            let message = format!(
                "The wire from {from} to {to} is broken: its resource {} comes from {ours} here and from {theirs} there",
                quoted(resource)
            );
            let hint = format!("Wire {} of both instances to the same export", display_safe_line(owner));
            found.push(Diagnostic::error(about_wire(to), message).with_hint(hint));
        }
    }
    for (port, again) in repeated(composition, library, exports) {
        if again == Again::WithoutWit {
            let message = format!(
                "{port} is exported of two instances of one component, and WIT has no words for two interfaces with \
                 the same types and resources, so other tools may not be able to read the result"
            );
            found.push(Diagnostic::warning(about_port(port), message).with_hint("Export it of one instance only"));
        }
    }
    let offered: BTreeSet<&Port> = exports.iter().map(|(_, port)| port).collect();
    for port in &offered {
        for (resource, source) in missing(&mut known, composition, library, port, &offered) {
            let message = format!(
                "{port} is exported and speaks of the resource {} of {source}, which is not exported, so its \
                 callers cannot make one or use one",
                quoted(resource)
            );
            let hint = format!("Export {} of {} as well", display_safe_line(&source.name), quoted(&source.instance));
            found.push(Diagnostic::warning(about_port(port), message).with_hint(hint));
        }
    }
}

/// A resource that an open import speaks of, and that its instance has from an export all the same: the resource's name, the
/// import that defines it, and that export.
fn wired_apart<'a>(
    known: &mut Known<'a>,
    composition: &'a Composition,
    library: &'a Library,
    open: &Port,
) -> Option<(&'a str, &'a str, &'a Port)> {
    let component = composition.component(library, &open.instance)?;
    let import = component.import(&open.name)?;
    foreign(known, component, import).iter().find_map(|Foreign { name, owner }| {
        let from = composition.wires.get(&Port::new(&open.instance, *owner))?;
        (!is_from_outside(composition, library, from, name, owner)?).then_some((*name, *owner, from))
    })
}

/// Whether the resource comes from outside all the same: a component that imports it too may hand it on, if it makes none of
/// its own. `None` if a component is not open.
fn is_from_outside<'a>(
    composition: &'a Composition,
    library: &Library,
    mut from: &'a Port,
    resource: &str,
    owner: &str,
) -> Option<bool> {
    // Wires may form a ring, which is told elsewhere.
    for _ in 0..composition.instances.len() {
        let provider = composition.component(library, &from.instance)?;
        let mut same = provider.imports.iter().filter(|import| base_name(&import.name) == base_name(owner));
        let Some(import) = same.find(|import| !makes(provider, &from.name, resource, import)) else {
            return Some(false);
        };
        match composition.wires.get(&Port::new(&from.instance, &import.name)) {
            Some(further) => from = further,
            None => return Some(true),
        }
    }
    Some(false)
}

/// Whether the resource of this name in an export is the component's own, and not that of an import. In WIT it always is,
/// though the two are told as one interface there.
fn makes(component: &Component, export: &str, resource: &str, import: &Extern) -> bool {
    let (Some(Item::Interface(exported)), Item::Interface(imported)) =
        (component.export(export).map(|e| &e.item), &import.item)
    else {
        return false;
    };
    let own = exported.types.iter().filter(|id| component.wit.is_some() || !imported.types.contains(id));
    own.filter_map(|id| component.types.get(*id))
        .any(|def| def.name.as_deref() == Some(resource) && matches!(def.kind, TypeKind::Resource))
}

/// The instance from which this import should come, because its instance has the resources from there that it speaks of.
pub(super) fn belongs_to<'a>(composition: &'a Composition, library: &'a Library, open: &Port) -> Option<&'a str> {
    let (_, _, from) = wired_apart(&mut BTreeMap::new(), composition, library, open)?;
    Some(&from.instance)
}

/// A resource that the two ends of a wire take from two places.
struct Conflict<'a> {
    resource: &'a str,
    /// The consumer's import that defines it.
    owner: &'a str,
    /// The provider's import or export that does.
    their_owner: &'a str,
    ours: Origin<'a>,
    theirs: Origin<'a>,
}

type Known<'a> = BTreeMap<(Digest, &'a str), Vec<Foreign<'a>>>;

/// The resources on which the two ends of the wire that ends here do not agree.
fn conflicts<'a>(
    known: &mut Known<'a>,
    composition: &Composition,
    library: &'a Library,
    to: &Port,
) -> Vec<Conflict<'a>> {
    let mut out = Vec::new();
    let Some(from) = composition.wires.get(to) else { return out };
    let (Some(consumer), Some(provider)) =
        (composition.component(library, &to.instance), composition.component(library, &from.instance))
    else {
        return out;
    };
    let (Some(import), Some(export)) = (consumer.import(&to.name), provider.export(&from.name)) else { return out };
    let given = foreign(known, provider, export).to_vec();
    for wanted in foreign(known, consumer, import).to_vec() {
        let same = |f: &&Foreign| f.name == wanted.name && (base_name(f.owner) == base_name(wanted.owner));
        let Some(theirs) = given.iter().find(same) else { continue };
        let their_owner = theirs.owner;
        let ours = origin_of_import(composition, &to.instance, wanted.owner);
        let theirs = origin(composition, provider, &from.instance, their_owner);
        let [ours, theirs] = [ours, theirs].map(|origin| first(composition, library, wanted.name, origin));
        if ours != theirs {
            out.push(Conflict { resource: wanted.name, owner: wanted.owner, their_owner, ours, theirs });
        }
    }
    out
}

/// One of several places that a resource comes from, where it must be one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceSource {
    /// The resource.
    pub resource: String,
    /// The export that it comes from; `None` for an import of the result.
    pub from: Option<Port>,
    /// The instances that have it from there.
    pub users: Vec<String>,
}

/// The places that the two ends of the wire that ends here have their resources from, where these are not the same.
pub fn sources(composition: &Composition, library: &Library, to: &Port) -> Vec<ResourceSource> {
    let giver = composition.wires.get(to).map(|from| from.instance.as_str()).unwrap_or_default();
    let mut out: Vec<ResourceSource> = Vec::new();
    for conflict in conflicts(&mut BTreeMap::new(), composition, library, to) {
        for (origin, user) in [(conflict.theirs, giver), (conflict.ours, to.instance.as_str())] {
            let mut users = BTreeSet::from([user]);
            let from = match origin {
                Origin::Export(from) => {
                    let wires = composition.wires.iter().filter(|(_, other)| **other == from);
                    users.extend(wires.map(|(to, _)| to.instance.as_str()));
                    users.remove(from.instance.as_str());
                    Some(from)
                }
                Origin::Outside(_) => None,
            };
            let users = users.into_iter().map(str::to_owned).collect();
            let source = ResourceSource { resource: conflict.resource.to_owned(), from, users };
            if !out.contains(&source) {
                out.push(source);
            }
        }
    }
    out
}

/// Whether the two ends of the wire that ends here speak of the same resources.
pub(super) fn agrees(composition: &Composition, library: &Library, to: &Port) -> bool {
    conflicts(&mut BTreeMap::new(), composition, library, to).is_empty()
}

/// Edits that may make the two ends of a wire speak of the same resources, with the instance that these come from then.
pub(super) fn remedies(composition: &Composition, library: &Library, to: &Port) -> Vec<(String, Vec<Edit>)> {
    let Some(from) = composition.wires.get(to) else { return Vec::new() };
    let (mut to_theirs, mut to_ours) = (Vec::new(), Vec::new());
    let (mut their_source, mut our_source) = (None, None);
    for conflict in conflicts(&mut BTreeMap::new(), composition, library, to) {
        if let Origin::Export(source) = conflict.theirs {
            their_source.get_or_insert_with(|| source.instance.clone());
            to_theirs.push(Edit::Connect { from: source, to: Port::new(&to.instance, conflict.owner) });
        }
        if let Origin::Export(source) = conflict.ours {
            our_source.get_or_insert_with(|| source.instance.clone());
            to_ours.push(Edit::Connect { from: source, to: Port::new(&from.instance, conflict.their_owner) });
        }
    }
    // Several resources of one interface come over one wire.
    to_theirs.dedup();
    to_ours.dedup();
    [(their_source, to_theirs), (our_source, to_ours)]
        .into_iter()
        .filter_map(|(source, edits)| Some((source?, edits)))
        .collect()
}

/// What defines the resources that this export of the result speaks of, as far as it is not exported.
pub(super) fn not_exported(composition: &Composition, library: &Library, port: &Port) -> Vec<Port> {
    let exports = super::result_exports(composition, library);
    let offered: BTreeSet<&Port> = exports.iter().map(|(_, port)| port).collect();
    if !offered.contains(port) {
        return Vec::new();
    }
    let missing = missing(&mut BTreeMap::new(), composition, library, port, &offered);
    missing.into_iter().map(|(_, source)| source).collect()
}

/// The resources that an export of the result speaks of, with what defines them, as far as that is not offered.
fn missing<'a>(
    known: &mut Known<'a>,
    composition: &Composition,
    library: &'a Library,
    port: &Port,
    offered: &BTreeSet<&Port>,
) -> Vec<(&'a str, Port)> {
    let Some(component) = composition.component(library, &port.instance) else { return Vec::new() };
    let Some(export) = component.export(&port.name) else { return Vec::new() };
    let resources = foreign(known, component, export).iter();
    let sources =
        resources.filter_map(|resource| match origin(composition, component, &port.instance, resource.owner) {
            Origin::Export(source) if !offered.contains(&source) => Some((resource.name, source)),
            _ => None,
        });
    sources.collect()
}

/// Where the resources of an import come from.
fn origin_of_import<'a>(composition: &Composition, instance: &str, import: &'a str) -> Origin<'a> {
    match composition.wires.get(&Port::new(instance, import)) {
        Some(from) => Origin::Export(from.clone()),
        None => Origin::Outside(track(import)),
    }
}

/// Where the resources come from that an export of this instance speaks of. What an instance exports itself goes before
/// what it imports.
fn origin<'a>(composition: &Composition, component: &Component, instance: &str, owner: &'a str) -> Origin<'a> {
    match component.export(owner) {
        Some(_) => Origin::Export(Port::new(instance, owner)),
        None => origin_of_import(composition, instance, owner),
    }
}

/// The same before it was handed on: a component may export the resource of an import as it is, which WIT has no words for.
fn first<'a>(composition: &Composition, library: &'a Library, resource: &str, mut origin: Origin<'a>) -> Origin<'a> {
    // Wires may form a ring, which is told elsewhere.
    for _ in 0..composition.instances.len() {
        let Origin::Export(from) = &origin else { break };
        let Some(component) = composition.component(library, &from.instance).filter(|c| c.wit.is_none()) else { break };
        let types = |e: &'a Extern| match &e.item {
            Item::Interface(interface) => interface.types.as_slice(),
            _ => &[],
        };
        let is_named = |id: &&TypeId| component.types.get(**id).is_some_and(|d| d.name.as_deref() == Some(resource));
        let id = component.export(&from.name).and_then(|export| types(export).iter().find(is_named));
        let import = id.and_then(|id| component.imports.iter().find(|import| types(import).contains(id)));
        match import {
            Some(import) => origin = origin_of_import(composition, &from.instance, &import.name),
            None => break,
        }
    }
    origin
}

/// The resources that the functions of an import or export speak of and that another import or export defines.
fn foreign<'k, 'a>(known: &'k mut Known<'a>, component: &'a Component, of: &'a Extern) -> &'k [Foreign<'a>] {
    known.entry((component.digest, &of.name)).or_insert_with(|| {
        let functions = of.functions().iter();
        let mut to_see: Vec<Type> = functions.flat_map(|f| f.params.iter().map(|p| p.ty).chain(f.result)).collect();
        let mut seen: BTreeSet<TypeId> = BTreeSet::new();
        let mut found = BTreeSet::new();
        while let Some(ty) = to_see.pop() {
            let Type::Def(id) = ty else { continue };
            let Some(def) = component.types.get(id) else { continue };
            if !seen.insert(id) {
                continue;
            }
            match &def.kind {
                TypeKind::Resource => {
                    let (Some(name), Some(owner)) = (&def.name, &def.owner) else { continue };
                    let elsewhere = component.import(owner).is_some() || component.export(owner).is_some();
                    if **owner != *of.name && elsewhere {
                        found.insert(Foreign { name, owner });
                    }
                }
                TypeKind::Own(id) | TypeKind::Borrow(id) => to_see.push(Type::Def(*id)),
                TypeKind::Record(fields) => to_see.extend(fields.iter().map(|f| f.ty)),
                TypeKind::Tuple(types) => to_see.extend(types),
                TypeKind::Variant(cases) => to_see.extend(cases.iter().filter_map(|c| c.ty)),
                TypeKind::Result { ok, err } => to_see.extend(ok.iter().chain(err)),
                TypeKind::Option(t) | TypeKind::List(t) | TypeKind::FixedList(t, _) | TypeKind::Alias(t) => {
                    to_see.push(*t);
                }
                TypeKind::Map(key, value) => to_see.extend([*key, *value]),
                TypeKind::Stream(t) | TypeKind::Future(t) => to_see.extend(t),
                TypeKind::Enum(_) | TypeKind::Flags(_) => {}
            }
        }
        found.into_iter().collect()
    })
}
