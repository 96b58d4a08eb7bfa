//! Interfaces, functions and types as cards that link to each other: a navigator at the left, cards right of it.

mod cards;
mod navigator;
#[cfg(test)]
mod tests;

use super::{At, Place, View};
use crate::component::{
    Component, Digest, Extern, ExternAt, Family, FunctionAt, ImportUses, Item, Kind, List, Named, Type, TypeId,
    TypeKind, TypeTable, Uses,
};
use crate::compose::Side;
use crate::diag::Severity;
use crate::grant::{self, Policy};
use crate::session::{Command, Finding, Session, Study};
use crate::ui::panels::{Outbox, Request};
use crate::ui::parts::{self, Drawing};
use crate::ui::theme::{icons, space};
use egui::{CentralPanel, Frame, Margin, Panel, Ui};
use std::sync::Arc;

/// The view's state.
#[derive(Default)]
pub(super) struct State {
    of: Option<Digest>,
    /// Where to go once the uses are there.
    going: Option<At>,
    shown: Option<Named>,
    is_documented: bool,
    imports: Option<ImportUses>,
    navigator: navigator::State,
    cards: cards::State,
}

impl State {
    /// What is shown of this component, as a place to come back to.
    pub(super) fn at(&self, component: Digest) -> Option<At> {
        let shown = self.shown.filter(|_| self.of == Some(component))?;
        Some(place_at(shown))
    }
}

fn place_at(named: Named) -> At {
    match named {
        Named::Type(id) => At::Type(id),
        named => At::Named(named),
    }
}

/// What everything in this view is drawn from.
struct Cx<'a> {
    session: &'a Session,
    component: &'a Arc<Component>,
    uses: &'a Uses,
    /// What is taken of imports, once it is known.
    imports: Option<&'a ImportUses>,
    /// Whether there is any documentation.
    is_documented: bool,
    outbox: &'a mut Outbox,
}

impl Cx<'_> {
    fn types(&self) -> &TypeTable {
        &self.component.types
    }

    /// Goes to a definition.
    fn follow(&mut self, named: Named) {
        let place = Place { component: self.component.digest, view: View::Types, at: place_at(named) };
        self.outbox.request(Request::Inspect(place));
    }
}

/// Draws the view. `at` says where to go, in the frame in which a place is gone to.
pub(super) fn show(
    ui: &mut Ui,
    session: &Session,
    component: &Arc<Component>,
    at: Option<At>,
    state: &mut State,
    outbox: &mut Outbox,
) {
    if state.of != Some(component.digest) {
        let is_documented = component.is_documented();
        *state = State { of: Some(component.digest), is_documented, ..State::default() };
    }
    state.going = at.or(state.going.take());
    let study = Study::Uses(component.digest);
    let Some(Finding::Uses(uses)) = super::finding(ui, session, study, outbox) else { return };
    if uses.named().is_empty() {
        return nothing(ui, component, outbox);
    }
    let going = state.going.take().and_then(|at| resolve(component, &at));
    let going = going.or_else(|| state.shown.is_none().then(|| first(component, uses)));
    if let Some(named) = going {
        state.shown = Some(named);
        state.cards.begin();
        state.navigator.reveal(home(uses, named));
    }
    let Some(shown) = state.shown else { return };
    ask_imports(session, component, state, outbox);
    let imports = state.imports.as_ref();
    let mut cx = Cx { session, component, uses, imports, is_documented: state.is_documented, outbox };
    Panel::left("types navigator")
        .resizable(true)
        .default_size(280.0)
        .size_range(180.0..=480.0)
        .frame(Frame::NONE.inner_margin(Margin { right: space::S as i8, ..Margin::ZERO }))
        .show(ui, |ui| navigator::show(ui, &mut cx, shown, &mut state.navigator));
    CentralPanel::default()
        .frame(Frame::NONE.inner_margin(Margin { left: space::M as i8, ..Margin::ZERO }))
        .show(ui, |ui| cards::show(ui, &mut cx, shown, &mut state.cards));
}

/// Asks what is taken of imports; nothing waits for it.
fn ask_imports(session: &Session, component: &Component, state: &mut State, outbox: &mut Outbox) {
    if state.imports.is_some() {
        return;
    }
    let study = Study::Used(component.digest);
    match session.finding(&study) {
        Some(Finding::Used(used)) => state.imports = Some(ImportUses::new(component, Arc::clone(used))),
        None if !session.is_studying(&study) => outbox.command(Command::Study(study)),
        _ => {}
    }
}

/// What is shown where there is no interface, function or type.
fn nothing(ui: &mut Ui, component: &Component, outbox: &mut Outbox) {
    let sentence = match component.kind {
        Kind::CoreModule => "A core module has no interfaces and no types: its parts show what it holds",
        Kind::Component if component.diagnostics.iter().any(|d| d.severity == Severity::Error) => {
            "No interface, function or type could be read of it: the file is damaged"
        }
        Kind::Component | Kind::WitPackage => "It has no interfaces, functions or types",
        Kind::Unknown => "Nothing could be read of its interfaces: the summary says why",
    };
    let (action, view) = match component.kind {
        Kind::Unknown => ("Show summary", View::Summary),
        _ => ("Show parts", View::Parts),
    };
    if parts::empty(ui, Drawing::Icon(icons::BRACES), sentence, Some(action)) {
        outbox.request(Request::Inspect(Place { component: component.digest, view, at: At::Here }));
    }
}

/// What a place means, if the component has it.
fn resolve(component: &Component, at: &At) -> Option<Named> {
    let named = match at {
        At::Type(id) => Named::Type(*id),
        At::Named(named) => *named,
        At::Extern(side, name) => named_extern(component, find(component, *side, name)?)?,
        At::Function(side, interface, function) => {
            let owner = find(component, *side, interface.as_ref().unwrap_or(function))?;
            let functions = component.extern_at(owner)?.functions();
            let index = functions.iter().position(|f| f.name == *function)?;
            Named::Function(FunctionAt { owner, index: u32::try_from(index).ok()? })
        }
        At::Here | At::Bytes(_) | At::Hex(_) | At::With(_) => return None,
    };
    let exists = match named {
        Named::Type(id) => component.types.get(id).is_some_and(|def| def.name.is_some()),
        Named::Interface(at) => component.extern_at(at).is_some(),
        Named::Function(at) => component.function_at(at).is_some(),
        Named::World(i) => component.worlds.get(i as usize).is_some(),
    };
    exists.then_some(named)
}

fn find(component: &Component, side: Side, name: &str) -> Option<ExternAt> {
    let (list, externs) = match side {
        Side::Import => (List::Imports, &component.imports),
        Side::Export => (List::Exports, &component.exports),
    };
    let index = externs.iter().position(|e| e.name == name)?;
    Some(ExternAt { list, index: u32::try_from(index).ok()? })
}

fn named_extern(component: &Component, at: ExternAt) -> Option<Named> {
    Some(match &component.extern_at(at)?.item {
        Item::Interface(_) => Named::Interface(at),
        Item::Function(_) => Named::Function(FunctionAt { owner: at, index: 0 }),
        Item::Type(id) => Named::Type(*id),
    })
}

/// What is shown at first: what it gives, or else what it needs or defines.
fn first(component: &Component, uses: &Uses) -> Named {
    let export = find(component, Side::Export, component.exports.first().map_or("", |e| &e.name));
    let export = export.and_then(|at| named_extern(component, at));
    export.or_else(|| uses.named().first().copied()).unwrap_or(Named::World(0))
}

/// The interface that lists something, itself if it is one.
fn home(uses: &Uses, named: Named) -> Option<ExternAt> {
    match named {
        Named::Interface(at) => Some(at),
        Named::Function(at) => Some(at.owner),
        Named::Type(id) => uses.home(id),
        Named::World(_) => None,
    }
}

/// The word for a type, the icon and the family it is coloured by.
fn type_looks(types: &TypeTable, id: TypeId) -> (&'static str, &'static str, Family) {
    let kind = types.get(id).map(|def| &def.kind);
    let (word, icon) = match kind {
        Some(TypeKind::Record(_)) => ("record", icons::BRACES),
        Some(TypeKind::Variant(_)) => ("variant", icons::SWAP),
        Some(TypeKind::Enum(_)) => ("enum", icons::LIST_BULLETS),
        Some(TypeKind::Flags(_)) => ("flags", icons::FLAG),
        Some(TypeKind::Resource) => ("resource", icons::HAND),
        _ => ("type", icons::TAG),
    };
    (word, icon, types.family(Type::Def(id)))
}

/// An interface's own name and its package with the version: `streams` and `wasi:io@0.2.0`.
fn divided(name: &str) -> (&str, String) {
    let (rest, version) = name.split_once('@').unwrap_or((name, ""));
    match rest.rsplit_once('/') {
        Some((package, own)) if version.is_empty() => (own, package.to_owned()),
        Some((package, own)) => (own, format!("{package}@{version}")),
        None => (name, String::new()),
    }
}

/// Whether it is of WASI and a run here can have it; what is not has to be wired like any other import.
fn is_of_host(found: &Extern) -> bool {
    found.is_host() && found.functions().iter().all(|f| grant::policy(&found.name, &f.name) != Policy::NotProvided)
}

/// Whether nothing of an interface can be called: only its types are spoken of.
fn is_types_only(found: &Extern) -> bool {
    matches!(&found.item, Item::Interface(i) if i.functions.is_empty() && !i.types.is_empty())
}
