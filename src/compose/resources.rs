//! Resources across wires. A resource is one type only as far as it comes from one place: two ends of a wire that speak
//! of one from two places do not fit, and an export that speaks of one that the result does not offer is of little use.

use super::check::{Outline, about_port, about_wire, quoted};
use super::encode::exports_in_order;
use super::fit::{base_name, is_interface_name};
use super::{Composition, Edit, Library, Port, track};
use crate::component::{Component, Digest, Extern, Function, Inside, Item, Type, TypeId, TypeKind};
use crate::diag::{Diagnostic, display_safe_line};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// A resource, or a type of the world itself, that an import or export speaks of without defining it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Foreign<'a> {
    name: &'a str,
    /// The full name of the import or export that defines it; of a type of the world, its own.
    owner: &'a str,
    is_resource: bool,
}

impl Foreign<'_> {
    fn text(&self) -> String {
        format!("the {} {}", if self.is_resource { "resource" } else { "type" }, quoted(self.name))
    }
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
    let mut known = Known::default();
    for port in open {
        if let Some((message, hint)) = no_import(&mut known, composition, library, port) {
            found.push(Diagnostic::error(about_port(port), message).with_hint(hint));
            continue;
        }
        if let Some((foreign, from)) = wired_apart(&mut known, composition, library, port) {
            let message = format!(
                "{port} comes from outside and speaks of {}, which {} has from {from}: outside, it is another one",
                foreign.text(),
                quoted(&port.instance)
            );
            let (source, owner) = (quoted(&from.instance), display_safe_line(foreign.owner));
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
    let named = Named::of(exports);
    let mut unnamed = BTreeSet::new();
    for port in &offered {
        if let Some((foreign, source)) = without_name(&mut known, composition, library, port) {
            unnamed.insert(*port);
            let message = format!(
                "{port} cannot be exported: it is a function by itself and speaks of {} of {source}, and such a \
                 function can speak only of what the result imports",
                foreign.text()
            );
            let hint = "Leave it out of the exports: choose others, or wire it to an instance that uses it";
            found.push(Diagnostic::error(about_port(port), message).with_hint(hint));
        }
    }
    for port in &offered {
        for (foreign, source) in hidden(composition, library, port, &named) {
            unnamed.insert(*port);
            let message = format!(
                "{port} cannot be exported: it uses types that hold {} of {source}, which is not exported, so the result has \
                 no name for it",
                foreign.text()
            );
            let hint = format!("Export {} of {} as well", display_safe_line(&source.name), quoted(&source.instance));
            found.push(Diagnostic::error(about_port(port), message).with_hint(hint));
        }
    }
    for port in offered.difference(&unnamed) {
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

/// What an open import speaks of that its instance has from an export all the same, and that export.
fn wired_apart<'a>(
    known: &mut Known<'a>,
    composition: &'a Composition,
    library: &'a Library,
    open: &Port,
) -> Option<(Foreign<'a>, &'a Port)> {
    let component = composition.component(library, &open.instance)?;
    let import = component.import(&open.name)?;
    foreign(known, component, import).iter().find_map(|foreign| {
        let from = composition.wires.get(&Port::new(&open.instance, foreign.owner))?;
        let is_same = foreign.is_resource && is_from_outside(composition, library, from, foreign.name, foreign.owner)?;
        (!is_same).then_some((*foreign, from))
    })
}

/// Why an open import has no form as one of the result, and what to do.
fn no_import<'a>(
    known: &mut Known<'a>,
    composition: &Composition,
    library: &'a Library,
    open: &Port,
) -> Option<(String, String)> {
    let component = composition.component(library, &open.instance)?;
    let import = component.import(&open.name)?;
    match import.item {
        Item::Function(_) => {
            let kinds = spoken(component, import).into_iter().filter_map(|id| component.types.get(id));
            kinds.map(|def| &def.kind).find(|kind| matches!(kind, TypeKind::Borrow(_)))?;
            let message = format!(
                "{open} comes from outside and borrows a resource: a function by itself that does cannot be an import of \
                 the result, only one of an interface"
            );
            Some((message, "Wire it, or have its component import an interface with this function".to_owned()))
        }
        Item::Interface(_) => {
            let by_plain_name = |f: &&Foreign| {
                !is_interface_name(f.owner)
                    && component.import(f.owner).is_some_and(|owner| matches!(owner.item, Item::Interface(_)))
            };
            let used = foreign(known, component, import).iter().find(by_plain_name)?;
            let owner = display_safe_line(used.owner);
            let message = format!(
                "{open} comes from outside and speaks of {} of {owner}, which has a plain name: the result cannot import \
                 both",
                used.text()
            );
            Some((message, format!("Wire it, or have its component import {owner} under an interface's own name")))
        }
        Item::Type(_) => None,
    }
}

/// What an export of the result speaks of that has no name there, with what gives it: an interface brings its types along,
/// a function by itself does not.
fn without_name<'a>(
    known: &mut Known<'a>,
    composition: &Composition,
    library: &'a Library,
    port: &Port,
) -> Option<(Foreign<'a>, Port)> {
    let component = composition.component(library, &port.instance)?;
    let export = component.export(&port.name).filter(|export| matches!(export.item, Item::Function(_)))?;
    foreign(known, component, export).to_vec().into_iter().find_map(|foreign| {
        match origin(composition, component, &port.instance, foreign.owner) {
            Origin::Export(source) => Some((foreign, source)),
            Origin::Outside(_) => None,
        }
    })
}

/// The interface and name of the type that a world's import of a type stands for, if it has to come from there: a resource,
/// or a type that holds others of an interface, which have no name without it.
pub(super) fn used<'a>(component: &'a Component, import: &Extern) -> Option<(&'a str, &'a str)> {
    let Item::Type(id) = import.item else { return None };
    let Type::Def(of) = component.types.resolve(Type::Def(id)) else { return None };
    let def = component.types.get(of)?;
    let (owner, name) = (def.owner.as_deref()?, def.name.as_deref()?);
    let has_to = matches!(def.kind, TypeKind::Resource) || !inside(component, "", vec![Type::Def(id)]).is_empty();
    has_to.then_some((owner, name))
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
    let (exported, imported) = match (component.export(export).map(|e| &e.item), &import.item) {
        (Some(Item::Interface(exported)), Item::Interface(imported)) => (exported, imported),
        (Some(Item::Type(exported)), Item::Type(imported)) => {
            let [exported, imported] = [exported, imported].map(|id| component.types.resolve(Type::Def(*id)));
            return exported != imported;
        }
        _ => return false,
    };
    let own = exported.types.iter().filter(|id| component.wit.is_some() || !imported.types.contains(id));
    own.filter_map(|id| component.types.get(*id))
        .any(|def| def.name.as_deref() == Some(resource) && matches!(def.kind, TypeKind::Resource))
}

/// The instance from which this import should come, because its instance has the resources from there that it speaks of.
pub(super) fn belongs_to<'a>(composition: &'a Composition, library: &'a Library, open: &Port) -> Option<&'a str> {
    let (_, from) = wired_apart(&mut Known::default(), composition, library, open)?;
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

/// What is found of each component once.
#[derive(Default)]
struct Known<'a> {
    foreign: HashMap<(Digest, &'a str), Vec<Foreign<'a>>>,
    owners: HashMap<Digest, Owners<'a>>,
}

/// Who can own a type of a component.
struct Owners<'a> {
    /// The names of all imports and exports.
    externs: HashSet<&'a str>,
    /// The types of the world itself, with who gives each: what imports or exports it, or an interface.
    of_world: HashMap<TypeId, &'a str>,
}

impl<'a> Owners<'a> {
    fn of(component: &'a Component) -> Self {
        let externs = || component.exports.iter().rev().chain(component.imports.iter().rev());
        let own_type = |e: &'a Extern| match e.item {
            Item::Type(id) => Some((id, used(component, e).map_or(e.name.as_str(), |(owner, _)| owner))),
            _ => None,
        };
        Self {
            externs: externs().map(|e| e.name.as_str()).collect(),
            of_world: externs().filter_map(own_type).collect(),
        }
    }
}

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
    for wanted in foreign(known, consumer, import).to_vec().into_iter().filter(|wanted| wanted.is_resource) {
        let same = |f: &&Foreign| f.is_resource && f.name == wanted.name;
        let same_owner = |f: &&Foreign| same(f) && base_name(f.owner) == base_name(wanted.owner);
        let is_by_itself = |_: &&Foreign| matches!(import.item, Item::Function(_));
        let theirs = given.iter().find(same_owner).or_else(|| given.iter().filter(is_by_itself).find(same));
        let Some(theirs) = theirs else { continue };
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
    for conflict in conflicts(&mut Known::default(), composition, library, to) {
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
    conflicts(&mut Known::default(), composition, library, to).is_empty()
}

/// Edits that may make the two ends of a wire speak of the same resources, with the instance that these come from then.
pub(super) fn remedies(composition: &Composition, library: &Library, to: &Port) -> Vec<(String, Vec<Edit>)> {
    let Some(from) = composition.wires.get(to) else { return Vec::new() };
    let (mut to_theirs, mut to_ours) = (Vec::new(), Vec::new());
    let (mut their_source, mut our_source) = (None, None);
    for conflict in conflicts(&mut Known::default(), composition, library, to) {
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
    let exports = exports_in_order(composition, library, &Outline::new(composition, library));
    let offered: BTreeSet<&Port> = exports.iter().map(|(_, port)| port).collect();
    if !offered.contains(port) {
        return Vec::new();
    }
    let named = Named::of(&exports);
    let missing = missing(&mut Known::default(), composition, library, port, &offered).into_iter();
    let hidden = hidden(composition, library, port, &named).into_iter().map(|(_, source)| source);
    missing.map(|(_, source)| source).chain(hidden).collect::<BTreeSet<_>>().into_iter().collect()
}

/// What has to be exported along with an export of the result: each other export that gives the types inside of those it
/// uses, with one of them.
fn hidden<'a>(
    composition: &Composition,
    library: &'a Library,
    port: &Port,
    named: &Named<'_>,
) -> Vec<(Foreign<'a>, Port)> {
    let Some(component) = composition.component(library, &port.instance) else { return Vec::new() };
    let Some(export) = component.export(&port.name) else { return Vec::new() };
    let mut found: Vec<(Foreign<'a>, Port)> = Vec::new();
    for foreign in inner(component, export) {
        if let Origin::Export(source) = origin(composition, component, &port.instance, foreign.owner)
            && !named.is_for(&source, port)
            && found.iter().all(|(_, other)| *other != source)
        {
            found.push((foreign, source));
        }
    }
    found
}

/// Whose types have names in the result.
struct Named<'a> {
    /// Where each export is in their order.
    at: HashMap<&'a Port, usize>,
    /// Where the first one of an interface is: another instance of the component gives the same types, and so does one that
    /// hands them on. Of others, the encoder tells.
    first: HashMap<&'a str, usize>,
}

impl<'a> Named<'a> {
    /// The exports are in their order.
    fn of(exports: &'a [(String, Port)]) -> Self {
        let mut this = Self { at: HashMap::new(), first: HashMap::new() };
        for (i, (_, from)) in exports.iter().enumerate() {
            this.at.entry(from).or_insert(i);
            this.first.entry(&from.name).or_insert(i);
        }
        this
    }

    /// Whether the types of this export have names where `port` is exported.
    fn is_for(&self, source: &Port, port: &Port) -> bool {
        let first = self.first.get(source.name.as_str());
        self.at.contains_key(source) || first.zip(self.at.get(port)).is_some_and(|(first, port)| first < port)
    }
}

/// The types of other interfaces that stand inside of those that an interface uses, and that it does not use itself.
fn inner<'a>(component: &'a Component, export: &'a Extern) -> BTreeSet<Foreign<'a>> {
    let Item::Interface(interface) = &export.item else { return BTreeSet::new() };
    let functions = interface.functions.iter().flat_map(|f| f.params.iter().map(|p| p.ty).chain(f.result));
    let types = interface.types.iter().map(|id| Type::Def(*id));
    inside(component, &export.name, types.chain(functions).collect())
}

/// The types of other interfaces than `own` that stand inside of other interfaces' types among these.
fn inside<'a>(component: &'a Component, own: &str, types: Vec<Type>) -> BTreeSet<Foreign<'a>> {
    let mut found = BTreeSet::new();
    let mut to_see: Vec<(Type, bool)> = types.into_iter().map(|ty| (ty, false)).collect();
    let mut seen = HashSet::new();
    while let Some((ty, is_inside)) = to_see.pop() {
        let Type::Def(id) = ty else { continue };
        let Some(def) = component.types.get(id).filter(|_| seen.insert((id, is_inside))) else { continue };
        let owner = def.owner.as_deref().filter(|owner| *owner != own);
        let has_name = !matches!(&def.kind, TypeKind::Alias(_) | TypeKind::Own(_) | TypeKind::Borrow(_));
        if let (true, true, Some(name), Some(owner)) = (is_inside, has_name, &def.name, owner) {
            found.insert(Foreign { name, owner, is_resource: matches!(def.kind, TypeKind::Resource) });
        }
        let is_used = matches!(def.kind, TypeKind::Alias(Type::Def(of)) if component.types.get(of).is_some_and(|of| of.name.is_some()));
        let below = if is_used || def.name.is_none() { is_inside } else { owner.is_some() };
        to_see.extend(parts(&def.kind).into_iter().map(|ty| (ty, below)));
    }
    found
}

/// The types that one is made of.
fn parts(kind: &TypeKind) -> Vec<Type> {
    match kind {
        TypeKind::Resource | TypeKind::Enum(_) | TypeKind::Flags(_) => Vec::new(),
        TypeKind::Own(id) | TypeKind::Borrow(id) => vec![Type::Def(*id)],
        TypeKind::Record(fields) => fields.iter().map(|f| f.ty).collect(),
        TypeKind::Tuple(types) => types.clone(),
        TypeKind::Variant(cases) => cases.iter().filter_map(|c| c.ty).collect(),
        TypeKind::Result { ok, err } => ok.iter().chain(err).copied().collect(),
        TypeKind::Option(t) | TypeKind::List(t) | TypeKind::FixedList(t, _) | TypeKind::Alias(t) => vec![*t],
        TypeKind::Map(key, value) => vec![*key, *value],
        TypeKind::Stream(t) | TypeKind::Future(t) => t.iter().copied().collect(),
    }
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
    let resources = foreign(known, component, export).iter().filter(|foreign| foreign.is_resource);
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
        let Some(export) = component.export(&from.name) else { break };
        if let Some((owner, _)) = used(component, export) {
            origin = origin_of_import(composition, &from.instance, owner);
            continue;
        }
        let types = |e: &'a Extern| match &e.item {
            Item::Interface(interface) => interface.types.clone(),
            Item::Type(id) => match component.types.resolve(Type::Def(*id)) {
                Type::Def(id) => vec![id],
                _ => Vec::new(),
            },
            Item::Function(_) => Vec::new(),
        };
        let is_named = |id: &TypeId| component.types.get(*id).is_some_and(|d| d.name.as_deref() == Some(resource));
        let id = types(export).into_iter().find(is_named);
        let import = id.and_then(|id| component.imports.iter().find(|import| types(import).contains(&id)));
        match import {
            Some(import) => origin = origin_of_import(composition, &from.instance, &import.name),
            None => break,
        }
    }
    origin
}

/// The resources that the functions of an import or export speak of and that another import or export defines, and the
/// types of the world itself among what they speak of.
fn foreign<'k, 'a>(known: &'k mut Known<'a>, component: &'a Component, of: &'a Extern) -> &'k [Foreign<'a>] {
    let Known { foreign, owners } = known;
    foreign.entry((component.digest, &of.name)).or_insert_with(|| {
        let Owners { externs, of_world } = owners.entry(component.digest).or_insert_with(|| Owners::of(component));
        let mut found = BTreeSet::new();
        for id in spoken(component, of) {
            let Some(def) = component.types.get(id) else { continue };
            let is_resource = matches!(def.kind, TypeKind::Resource);
            let owner = match &def.owner {
                Some(owner) if is_resource && **owner != *of.name => externs.get(&**owner).copied(),
                Some(_) => None,
                // A resource that is used is told of itself.
                None if is_resource || !is_used_resource(component, id) => of_world.get(&id).copied(),
                None => None,
            };
            if let (Some(owner), Some(name)) = (owner, &def.name) {
                found.insert(Foreign { name, owner, is_resource });
            }
        }
        found.into_iter().collect()
    })
}

/// Whether this is another name for a resource.
fn is_used_resource(component: &Component, id: TypeId) -> bool {
    let Type::Def(of) = component.types.resolve(Type::Def(id)) else { return false };
    of != id && component.types.get(of).is_some_and(|def| matches!(def.kind, TypeKind::Resource))
}

/// Every type that the functions of an import or export speak of, once.
fn spoken(component: &Component, of: &Extern) -> BTreeSet<TypeId> {
    let mut to_see: Vec<Type> = Vec::new();
    let mut speak = |functions: &[Function]| {
        to_see.extend(functions.iter().flat_map(|f| f.params.iter().map(|p| p.ty).chain(f.result)));
    };
    speak(of.functions());
    if let Item::Interface(interface) = &of.item {
        let mut to_enter: Vec<&Inside> = interface.inside.iter().collect();
        let mut entered = BTreeSet::new();
        while let Some(item) = to_enter.pop() {
            let Some(holds) = item.holds.as_ref().filter(|holds| entered.insert(Arc::as_ptr(holds))) else { continue };
            speak(&holds.functions);
            to_enter.extend(&holds.inside);
        }
    }
    let mut seen: BTreeSet<TypeId> = BTreeSet::new();
    while let Some(ty) = to_see.pop() {
        let Type::Def(id) = ty else { continue };
        let Some(def) = component.types.get(id) else { continue };
        if seen.insert(id) {
            to_see.extend(parts(&def.kind));
        }
    }
    seen
}
