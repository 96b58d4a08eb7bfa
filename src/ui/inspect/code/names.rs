//! The functions of a part, to choose one.

use super::{Scene, State as View, ask};
use crate::component::{CoreFunction, Functions, PartKind, part_text};
use crate::measure::{Bytes, grouped};
use crate::session::{Finding, Study};
use crate::ui::panels::{Outbox, Request, kit};
use crate::ui::parts::{self, ListRow, RowLayout};
use crate::ui::theme::{icons, size, space};
use egui::{Ui, UiBuilder};
use std::ops::Range;

/// The list's state.
#[derive(Default)]
pub(super) struct State {
    filter: String,
    /// Whether the function at `here` is to be brought into view.
    pub(super) to_reveal: bool,
}

/// Draws the list; the function at `here` is marked.
pub(super) fn show(ui: &mut Ui, scene: &Scene<'_>, functions: &Functions, state: &mut View, outbox: &mut Outbox) {
    let within = functions.within(&scene.part.range);
    if std::mem::take(&mut state.names.to_reveal) && state.names.filter.trim().is_empty() {
        reveal(functions, &within, state);
    }
    let hint = format!("Search {} functions", grouped(within.len() as u64));
    parts::search_field(ui, &mut state.names.filter, &hint);
    ui.add_space(space::XS);
    let filter = state.names.filter.trim();
    if filter.is_empty() {
        let count = within.len();
        return rows(ui, scene, functions, state, outbox, count, |i| within.start + i);
    }
    let study = Study::FunctionsNamed(scene.component.digest, filter.to_owned());
    let Some(Finding::FunctionsNamed(named)) = ask(scene.session, &study, outbox) else {
        ui.label(kit::dim("Searching…"));
        return;
    };
    let place = |at: usize| named.partition_point(|i| (*i as usize) < at);
    let inside = named.get(place(within.start)..place(within.end)).unwrap_or_default();
    if inside.is_empty() {
        ui.label(kit::dim("No function has this in its name"));
        return;
    }
    rows(ui, scene, functions, state, outbox, inside.len(), |i| inside.get(i).map_or(0, |i| *i as usize));
}

/// Brings the function at `here` into view in the list.
fn reveal(functions: &Functions, within: &Range<usize>, state: &mut View) {
    let inside = functions.all.get(within.clone()).unwrap_or_default();
    let behind = inside.partition_point(|f| f.range.start <= state.here);
    if let Some(place) = behind.checked_sub(1).filter(|i| inside.get(*i).is_some_and(|f| f.range.contains(&state.here)))
    {
        state.name_rows.reveal(place);
    }
}

fn rows(
    ui: &mut Ui,
    scene: &Scene<'_>,
    functions: &Functions,
    state: &mut View,
    outbox: &mut Outbox,
    count: usize,
    place: impl Fn(usize) -> usize,
) {
    let layout = RowLayout { count, height: size::ROW, width: 0.0 };
    let mut chosen: Option<Range<usize>> = None;
    let here = state.here;
    state.name_rows.show(ui, "Functions", layout, |ui, sight| {
        for row in sight.rows.clone() {
            let Some(function) = functions.all.get(place(row)) else { continue };
            let mut child = ui.new_child(UiBuilder::new().max_rect(sight.rect(row)).id_salt(row));
            let response = one(&mut child, scene, function, function.range.contains(&here));
            if response.clicked() {
                chosen = Some(function.range.clone());
            }
        }
    });
    if let Some(range) = chosen {
        outbox.request(Request::Inspect(scene.place(range)));
    }
}

fn one(ui: &mut Ui, scene: &Scene<'_>, function: &CoreFunction, is_here: bool) -> egui::Response {
    let label = function.label();
    let (icon, end) = if function.is_imported {
        (icons::IMPORT, String::new())
    } else {
        (icons::FUNCTION, Bytes(function.range.len() as u64).to_string())
    };
    // Functions of several modules have the same names and indices.
    let module = match scene.part.kind {
        PartKind::Module => String::new(),
        PartKind::Component => part_text(&scene.component.root.path_around(&function.range)),
    };
    let module = if module.is_empty() { module } else { format!("in {module}") };
    let row = ListRow::new(&label).icon(icon).detail(&module).trailing(&end).mono().cut_at_end();
    let response = row.selected(is_here).show(ui);
    response.on_hover_ui(|ui| {
        ui.label(&label);
        let word = if function.is_imported { "Imported function" } else { "Function" };
        let range = &function.range;
        ui.label(kit::small(&format!("{word} {}, {:#x}..{:#x}", function.index, range.start, range.end)));
    })
}
