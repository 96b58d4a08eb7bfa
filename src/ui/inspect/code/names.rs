//! The functions of a part, to choose one.

use super::{Scene, State as View, ask};
use crate::component::listing::{CoreFunction, Functions};
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
}

/// Draws the list; the function at `here` is marked.
pub(super) fn show(ui: &mut Ui, scene: &Scene<'_>, functions: &Functions, state: &mut View, outbox: &mut Outbox) {
    let within = functions.within(&scene.part.range);
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
    let place = |at: usize| named.partition_point(|i| *i < at);
    let inside = named.get(place(within.start)..place(within.end)).unwrap_or_default();
    if inside.is_empty() {
        ui.label(kit::dim("No function has this in its name"));
        return;
    }
    rows(ui, scene, functions, state, outbox, inside.len(), |i| inside.get(i).copied().unwrap_or_default());
}

/// Brings the function at `here` into view in the list.
pub(super) fn reveal(scene: &Scene<'_>, state: &mut View) {
    let Some(functions) = scene.functions.filter(|_| state.names.filter.trim().is_empty()) else { return };
    let within = functions.within(&scene.part.range);
    let inside = functions.all.get(within).unwrap_or_default();
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
            let response = one(&mut child, function, function.range.contains(&here));
            if response.clicked() {
                chosen = Some(function.range.clone());
            }
        }
    });
    if let Some(range) = chosen {
        outbox.request(Request::Inspect(scene.place(range)));
    }
}

fn one(ui: &mut Ui, function: &CoreFunction, is_here: bool) -> egui::Response {
    let label = function.label();
    let (icon, end) = if function.is_imported {
        (icons::IMPORT, String::new())
    } else {
        (icons::FUNCTION, Bytes(function.range.len() as u64).to_string())
    };
    let response = ListRow::new(&label).icon(icon).trailing(&end).mono().selected(is_here).show(ui);
    response.on_hover_ui(|ui| {
        ui.label(&label);
        let word = if function.is_imported { "Imported function" } else { "Function" };
        let range = &function.range;
        ui.label(kit::small(&format!("{word} {}, {:#x}..{:#x}", function.index, range.start, range.end)));
    })
}
