//! The Inspect workspace: one component seen from all sides, in the middle of the window.
//!
//! Each view has a file. A view looks at the session and asks; it links to others by [`Request::Inspect`] with a [`Place`],
//! and the places seen are kept, to go back and forward.

#[cfg(test)]
mod bench;
mod code;
mod compare;
mod inside;
mod languages;
mod origin;
mod parts;
mod summary;
mod types;

use super::actions::Action;
use super::panels::path_bar::Purpose;
use super::panels::{Outbox, Request, kit};
use super::parts as widgets;
use super::parts::{Button, Drawing, Tab};
use super::theme::{fonts, icons, size, space, tokens};
use crate::component::{Component, Digest, Kind, Named, TypeId};
use crate::compose::Side;
use crate::diag::display_safe_line;
use crate::measure::Bytes;
use crate::session::{Command, Finding, Selection, Session, Study};
use egui::{Align, Frame, Layout, Margin, RichText, Ui};
use std::ops::Range;
use std::sync::Arc;

/// A side from which a component is seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum View {
    /// What it is, in one page.
    #[default]
    Summary,
    /// Interfaces, functions and types as cards.
    Types,
    /// Nested parts and their sizes.
    Parts,
    /// Disassembly and bytes.
    Code,
    /// Who made it, of what.
    Origin,
    /// Interfaces in the words of other languages.
    Languages,
    /// What a composed component is composed of.
    Inside,
    /// What differs from another component.
    Compare,
}

impl View {
    /// All views, in the order of the tabs.
    pub const ALL: [View; 8] = [
        View::Summary,
        View::Types,
        View::Parts,
        View::Code,
        View::Origin,
        View::Languages,
        View::Inside,
        View::Compare,
    ];

    /// What its tab says.
    pub fn label(self) -> &'static str {
        match self {
            View::Summary => "Summary",
            View::Types => "Types",
            View::Parts => "Parts",
            View::Code => "Code",
            View::Origin => "Origin",
            View::Languages => "Languages",
            View::Inside => "Inside",
            View::Compare => "Compare",
        }
    }
}

/// Where in a view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum At {
    /// Wherever it was left.
    Here,
    /// At an import or export.
    Extern(Side, String),
    /// At a function of an import or export; of the world itself without an interface.
    Function(Side, Option<String>, String),
    /// At a type.
    Type(TypeId),
    /// At an interface, function, type or world, by where it stands; of a WIT package there is no other way.
    Named(Named),
    /// At these bytes of the file.
    Bytes(Range<usize>),
    /// At these bytes, shown as such.
    Hex(Range<usize>),
    /// Beside this other component, which was there before.
    With(Digest),
}

/// Something that can be looked at, gone back to, and linked to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The component.
    pub component: Digest,
    /// The side.
    pub view: View,
    /// Where on it.
    pub at: At,
}

/// Places that can be gone back to.
const MOST_PLACES: usize = 200;

/// The workspace's state.
#[derive(Default)]
pub struct State {
    view: View,
    /// Places seen, oldest first; the one at `position` is shown.
    places: Vec<Place>,
    position: usize,
    /// Where to go in the view in the next frame.
    going: Option<At>,
    summary: summary::State,
    types: types::State,
    parts: parts::State,
    code: code::State,
    origin: origin::State,
    languages: languages::State,
    inside: inside::State,
    compare: compare::State,
}

impl State {
    /// Goes to a place, and keeps where it was. The caller makes the component the selection.
    pub fn go(&mut self, place: Place) {
        self.view = place.view;
        self.going = Some(place.at.clone());
        if self.places.get(self.position) == Some(&place) {
            return;
        }
        // What is left is come back to as it was, although nobody had named it.
        if let Some(left) = self.places.get_mut(self.position)
            && left.at == At::Here
            && let Some(at) = match left.view {
                View::Types => self.types.at(left.component),
                View::Parts => self.parts.at(left.component),
                _ => None,
            }
        {
            left.at = at;
        }
        self.places.truncate(self.position + 1);
        self.places.push(place);
        if self.places.len() > MOST_PLACES {
            self.places.remove(0);
        }
        self.position = self.places.len() - 1;
    }

    /// The place before, or the one after, if there is one; it is the shown one from now on.
    pub fn step(&mut self, back: bool) -> Option<Digest> {
        let position = if back { self.position.checked_sub(1)? } else { self.position + 1 };
        let place = self.places.get(position)?;
        self.position = position;
        self.view = place.view;
        self.going = Some(place.at.clone());
        Some(place.component)
    }

    /// Whether there is a place before, or after.
    pub fn can_step(&self, back: bool) -> bool {
        if back { self.position > 0 } else { self.position + 1 < self.places.len() }
    }

    /// Where a file can be dropped to compare it with what is shown, if the window shows such a place now.
    pub fn compare_area(&self) -> Option<egui::Rect> {
        self.compare.area.filter(|_| self.view == View::Compare)
    }

    /// Shows another side of the same component.
    fn turn(&mut self, component: Digest, view: View) {
        self.go(Place { component, view, at: At::Here });
    }
}

/// The component that the selection means: the one itself, an instance's, or else the composed one.
pub fn subject(session: &Session) -> Option<&Arc<Component>> {
    let composition = &session.document().composition;
    match session.selection() {
        Selection::Component(digest) => session.component(digest),
        Selection::Instances(names) => match names.as_slice() {
            [name] => composition.component(session.library(), name),
            _ => session.composed().map(|c| &c.component),
        },
        Selection::Wire(to) => {
            let from = composition.wires.get(to)?;
            composition.component(session.library(), &from.instance)
        }
        Selection::Frame(_) | Selection::None => session.composed().map(|c| &c.component),
    }
}

/// The answer to a study, once it is there. Asks for it otherwise, and draws that it is being worked out.
pub(super) fn finding<'a>(ui: &mut Ui, session: &'a Session, study: Study, outbox: &mut Outbox) -> Option<&'a Finding> {
    match session.finding(&study) {
        Some(Finding::None(why)) => {
            if widgets::empty(ui, Drawing::Icon(icons::HOURGLASS), why, Some("Try again")) {
                outbox.command(Command::Study(study));
            }
            None
        }
        Some(finding) => Some(finding),
        None => {
            if !session.is_studying(&study) {
                outbox.command(Command::Study(study));
            }
            ui.horizontal(|ui| {
                ui.spinner();
                ui.label(kit::dim("Working it out…"));
            });
            None
        }
    }
}

/// Draws the workspace.
pub fn show(ui: &mut Ui, session: &Session, state: &mut State, outbox: &mut Outbox) {
    // Where nothing is meant, what was looked at last stays.
    let last = state.places.get(state.position).and_then(|place| session.component(&place.component));
    let Some(component) = subject(session).or(last) else {
        if widgets::empty(
            ui,
            Drawing::Icon(icons::CUBE),
            "Select a component in the library to inspect it",
            Some("Open…"),
        ) {
            outbox.act(Action::OpenFiles);
        }
        return;
    };
    let digest = component.digest;
    // What the selection means can change without a link: the same side of the other component is seen.
    if state.places.get(state.position).is_none_or(|p| p.component != digest) {
        state.turn(digest, state.view);
    }
    let frame = Frame::NONE.fill(tokens(ui.ctx()).panel).inner_margin(Margin::same(space::M as i8));
    frame.show(ui, |ui| {
        head(ui, component, state, outbox);
        ui.add_space(space::XS);
        let tabs = View::ALL.map(|v| Tab::new(v.label()));
        let at = View::ALL.iter().position(|v| *v == state.view).unwrap_or(0);
        if let Some(view) = widgets::tab_bar(ui, "Inspect", &tabs, at).and_then(|i| View::ALL.get(i)) {
            state.turn(digest, *view);
        }
        ui.add_space(space::S);
        ui.take_available_space();
        let at = state.going.take();
        match state.view {
            View::Summary => summary::show(ui, session, component, at, &mut state.summary, outbox),
            View::Types => types::show(ui, session, component, at, &mut state.types, outbox),
            View::Parts => parts::show(ui, session, component, at, &mut state.parts, outbox),
            View::Code => code::show(ui, session, component, at, &mut state.code, outbox),
            View::Origin => origin::show(ui, session, component, at, &mut state.origin, outbox),
            View::Languages => languages::show(ui, session, component, at, &mut state.languages, outbox),
            View::Inside => inside::show(ui, session, component, at, &mut state.inside, outbox),
            View::Compare => compare::show(ui, session, component, at, &mut state.compare, outbox),
        }
    });
}

/// Back and forward, what it is, and what can be done with all of it.
fn head(ui: &mut Ui, component: &Component, state: &State, outbox: &mut Outbox) {
    let t = tokens(ui.ctx());
    ui.horizontal(|ui| {
        for (icon, action, back) in
            [(icons::ARROW_LEFT, Action::Back, true), (icons::ARROW_RIGHT, Action::Forward, false)]
        {
            let response =
                ui.add_enabled_ui(state.can_step(back), |ui| widgets::icon_button(ui, icon, action.label())).inner;
            if response.clicked() {
                outbox.act(action);
            }
        }
        ui.add_space(space::XS);
        ui.label(RichText::new(kit::kind_icon(component.kind)).font(fonts::icon(18.0)).color(t.accent));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let why_not = kit::why_not_placed(component);
            let place = Button::new("Place on canvas").icon(icons::GRAPH).disabled_because(why_not.as_deref());
            if component.kind == Kind::Component && ui.add(place).clicked() {
                outbox.request(Request::Place(component.digest));
            }
            let share = Button::new("Share interface…").icon(icons::EXPORT).tip("Write it all to one HTML page");
            if ui.add(share).clicked() {
                let name = format!("{}.html", component.name);
                outbox.request(Request::AskPath(Purpose::SaveSheet(component.digest), name));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let name = display_safe_line(&component.name);
                let caption = format!("{} · {}", kit::kind_word(component.kind), Bytes(component.bytes.len() as u64));
                let caption = widgets::draw::line(ui, &caption, fonts::text(size::BODY), t.dim);
                let room = ui.available_width() - caption.size().x - ui.spacing().item_spacing.x;
                let heading = ui.scope(|ui| {
                    ui.set_max_width(room.max(0.0));
                    widgets::heading(ui, &name)
                });
                heading.inner.on_hover_text(&*name);
                ui.label(caption);
            });
        });
    });
}
