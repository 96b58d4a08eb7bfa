//! Finding text in a listing: a field, how many there are, the one before and the one after.

use super::{Scene, State as View, ask};
use crate::component::listing::Found;
use crate::measure::grouped;
use crate::session::{Finding, Study};
use crate::ui::panels::{Outbox, kit};
use crate::ui::parts::{self, IconButton};
use crate::ui::theme::{icons, space};
use egui::{Key, Modifiers, Ui, vec2};
use std::sync::Arc;

/// A line and a byte in it.
pub(super) type Spot = (usize, usize);

/// What is looked for, and where one is.
#[derive(Default)]
pub(super) struct State {
    typed: String,
    /// The line around which places are wanted, if there are many.
    around: usize,
    /// The place that is shown.
    at: Option<Spot>,
    /// The next place that is wanted.
    wanted: Option<Wanted>,
}

#[derive(Clone, Copy)]
struct Wanted {
    from: Spot,
    forward: bool,
    /// Whether the search has gone around the end.
    around_end: bool,
}

impl State {
    /// What is looked for; empty if nothing is.
    pub(super) fn text(&self) -> &str {
        &self.typed
    }

    /// Forgets the places, because another text is searched from now on.
    pub(super) fn forget(&mut self) {
        (self.at, self.wanted, self.around) = (None, None, 0);
    }

    /// The place that is shown.
    pub(super) fn at(&self) -> Option<Spot> {
        self.at
    }
}

/// Draws the field and the buttons beside it.
pub(super) fn show(ui: &mut Ui, scene: &Scene<'_>, state: &mut View, outbox: &mut Outbox) {
    let first = state.text.first_line();
    let find = &mut state.find;
    let buttons = 2.0 * (24.0 + space::S) + 104.0;
    let width = (ui.available_width() - buttons).clamp(120.0, 360.0);
    let field = ui
        .allocate_ui_with_layout(vec2(width, 24.0), egui::Layout::top_down(egui::Align::Min), |ui| {
            parts::search_field(ui, &mut find.typed, "Find in the text").on_hover_text("Ctrl+F")
        })
        .inner;
    if ui.input_mut(|i| i.consume_key(Modifiers::COMMAND, Key::F)) {
        field.request_focus();
    }
    if field.changed() {
        (find.at, find.around) = (None, first);
        find.wanted = Some(Wanted { from: (first, 0), forward: true, around_end: false });
    }
    let found = scene.listing().is_some().then(|| study(scene, find)).flatten().and_then(|study| {
        match ask(scene.session, &study, outbox) {
            Some(Finding::Find(found)) => Some(Arc::clone(found)),
            _ => None,
        }
    });
    let mut step = None;
    if field.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter)) {
        step = Some(!ui.input(|i| i.modifiers.shift));
        field.request_focus();
    }
    for (modifiers, forward) in [(Modifiers::SHIFT, false), (Modifiers::NONE, true)] {
        if ui.input_mut(|i| i.consume_key(modifiers, Key::F3)) {
            step = Some(forward);
        }
    }
    let nothing = (find.typed.is_empty() || found.as_ref().is_some_and(|f| f.total == 0))
        .then_some("There is nothing to go to: type what to find");
    for (icon, name, keys, forward) in
        [(icons::ARROW_UP, "Previous match", "Shift+F3", false), (icons::ARROW_DOWN, "Next match", "F3", true)]
    {
        if ui.add(IconButton::new(icon, name).shortcut(keys).disabled_because(nothing)).clicked() {
            step = Some(forward);
        }
    }
    if let (Some(forward), None) = (step, nothing) {
        let from = match find.at {
            Some((line, at)) if forward => (line, at + 1),
            Some(spot) => spot,
            None => (first, 0),
        };
        find.wanted = Some(Wanted { from, forward, around_end: false });
    }
    if let Some(found) = &found {
        go_on(find, found, &mut state.text);
    }
    if !find.typed.is_empty() {
        let said = match &found {
            Some(found) => count(found, find.at),
            None => "Searching…".into(),
        };
        ui.label(kit::dim(&said));
    }
}

fn study(scene: &Scene<'_>, find: &State) -> Option<Study> {
    let text = find.typed.to_ascii_lowercase();
    (!text.is_empty()).then(|| Study::Find(scene.component.digest, scene.part.range.clone(), text, find.around))
}

fn count(found: &Found, at: Option<Spot>) -> String {
    let total = grouped(found.total as u64);
    if found.total == 0 {
        return "No match".into();
    }
    match at.and_then(|at| found.places.binary_search(&at).ok()) {
        Some(i) => format!("{} of {total}", grouped((found.before + i + 1) as u64)),
        None => total,
    }
}

/// Goes to the place that is wanted, or asks for places around where it must be.
fn go_on(find: &mut State, found: &Found, text: &mut super::text::State) {
    let Some(wanted) = find.wanted else { return };
    if found.total == 0 {
        find.wanted = None;
        return;
    }
    let behind = found.places.partition_point(|place| *place < wanted.from);
    let next =
        if wanted.forward { found.places.get(behind) } else { behind.checked_sub(1).and_then(|i| found.places.get(i)) };
    if let Some(place) = next {
        find.at = Some(*place);
        find.wanted = None;
        text.show_match(*place);
        return;
    }
    let all_before = found.before == 0;
    let all_behind = found.before + found.places.len() == found.total;
    let more = if wanted.forward { !all_behind } else { !all_before };
    if more && find.around != wanted.from.0 {
        find.around = wanted.from.0;
    } else if wanted.around_end {
        find.wanted = None;
    } else {
        // Behind the last comes the first, and before the first the last.
        let from = if wanted.forward { (0, 0) } else { (usize::MAX, 0) };
        find.wanted = Some(Wanted { from, around_end: true, ..wanted });
        if !(all_before && all_behind) {
            find.around = from.0;
        }
    }
}
