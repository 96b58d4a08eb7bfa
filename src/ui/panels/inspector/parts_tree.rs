//! The structure of a file as a tree: components and core modules with their sections and sizes.

use crate::component::{Part, PartKind};
use crate::diag::display_safe_line;
use crate::measure::Bytes;
use crate::ui::parts::{Button, ListRow};
use crate::ui::theme::{icons, tokens};
use egui::{CornerRadius, Rect, Ui, vec2};
use std::collections::BTreeSet;

/// So many rows are shown at once; a file can have a hundred thousand parts.
const PAGE: usize = 200;

/// Which parts are folded open, by their path from the root, and how many rows are shown.
#[derive(Default)]
pub(super) struct State {
    toggled: BTreeSet<Vec<usize>>,
    pages: usize,
}

struct Row<'a> {
    path: Vec<usize>,
    name: String,
    kind: Option<PartKind>,
    size: usize,
    /// Folded open or shut, if there is anything inside.
    open: Option<bool>,
    part: Option<&'a Part>,
}

/// Draws the tree.
pub(super) fn show(ui: &mut Ui, root: &Part, state: &mut State) {
    let most = PAGE * (state.pages + 1);
    let mut rows = Vec::new();
    let more = collect(root, Vec::new(), state, most, &mut rows);
    let t = tokens(ui.ctx());
    let whole = root.range.len().max(1) as f32;
    let mut toggled = None;
    ui.spacing_mut().item_spacing.y = 0.0;
    for row in &rows {
        let share = row.size as f32 / whole;
        let top = ui.cursor().min;
        let bar = Rect::from_min_size(top, vec2(ui.available_width() * share.clamp(0.0, 1.0), 24.0));
        ui.painter().rect_filled(bar.shrink2(vec2(0.0, 2.0)), CornerRadius::same(3), t.raised);
        let size = Bytes(row.size as u64).to_string();
        let list_row = ListRow::new(&row.name).depth(row.path.len()).trailing(&size);
        let list_row = match row.kind {
            Some(PartKind::Component) => list_row.icon(icons::CUBE),
            Some(PartKind::Module) => list_row.icon(icons::CPU),
            None => list_row,
        };
        let list_row = match row.open {
            Some(open) => list_row.fold(open),
            None => list_row,
        };
        let response = list_row.show(ui);
        if response.clicked() && row.open.is_some() {
            toggled = Some(row.path.clone());
        }
        if let Some(part) = row.part {
            response.on_hover_text(format!("Bytes {} to {} of the file", part.range.start, part.range.end));
        }
    }
    if more && ui.add(Button::new("Show more").quiet()).clicked() {
        state.pages += 1;
    }
    if let Some(path) = toggled
        && !state.toggled.remove(&path)
    {
        state.toggled.insert(path);
    }
}

/// Adds the rows of a part until there are enough; true if there would be more.
fn collect<'a>(part: &'a Part, path: Vec<usize>, state: &State, most: usize, rows: &mut Vec<Row<'a>>) -> bool {
    if rows.len() >= most {
        return true;
    }
    let inside = !part.children.is_empty() || !part.sections.is_empty();
    // The outermost part is open at first, all others are folded.
    let open = path.is_empty() != state.toggled.contains(&path);
    rows.push(Row {
        name: name_of(part, path.last().copied()),
        kind: Some(part.kind),
        size: part.range.len(),
        open: inside.then_some(open),
        part: Some(part),
        path: path.clone(),
    });
    if !open {
        return false;
    }
    for (i, child) in part.children.iter().enumerate() {
        let mut below = path.clone();
        below.push(i);
        if collect(child, below, state, most, rows) {
            return true;
        }
    }
    for (i, (name, range)) in part.sections.iter().enumerate() {
        if rows.len() >= most {
            return true;
        }
        let mut below = path.clone();
        below.push(part.children.len() + i);
        let name = display_safe_line(name).into_owned();
        rows.push(Row { path: below, name, kind: None, size: range.len(), open: None, part: None });
    }
    false
}

fn name_of(part: &Part, position: Option<usize>) -> String {
    let word = match part.kind {
        PartKind::Component => "component",
        PartKind::Module => "core module",
    };
    match (&part.name, position) {
        (Some(name), _) if !name.is_empty() => display_safe_line(name).into_owned(),
        (_, Some(i)) => format!("{word} {i}"),
        (_, None) => word.to_owned(),
    }
}
