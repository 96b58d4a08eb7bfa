//! The tree of parts and the list of functions, beside the map: the same as it, for eyes and keys that prefer rows.

use super::super::finding;
use super::map::words;
use super::tiles::Shows;
use crate::component::{self, Class, Digest, NodeId, SizeMap, What, part_text};
use crate::measure::{Bytes, grouped};
use crate::session::{Command, Finding, Session, Study};
use crate::ui::panels::{Outbox, kit};
use crate::ui::parts::{self, ListRow};
use crate::ui::theme::{icons, size, tokens};
use egui::{CornerRadius, EventFilter, Key, Modifiers, Rect, Response, ScrollArea, Ui, vec2};
use std::collections::BTreeSet;

/// What is unfolded in the tree, and the rows that makes.
#[derive(Default)]
pub(super) struct Tree {
    open: BTreeSet<NodeId>,
    /// Nodes and how deep they lie; empty when they are to be found anew.
    rows: Vec<(NodeId, usize)>,
    /// The row to bring into view.
    reveal: Option<NodeId>,
    /// The row that gets the keyboard's focus.
    focus: Option<NodeId>,
}

impl Tree {
    /// The tree of another file: the whole and its parts are unfolded.
    pub fn of(map: &SizeMap) -> Self {
        let parts = map.ids().filter(|id| map.what(*id).is_part()).take(24);
        Self { open: parts.collect(), ..Self::default() }
    }

    /// Unfolds what is around a node, and brings it into view.
    pub fn reveal(&mut self, map: &SizeMap, node: NodeId) {
        self.open.extend(map.path(node).into_iter().filter(|id| *id != node));
        self.rows.clear();
        self.reveal = Some(node);
    }

    fn toggle(&mut self, node: NodeId) {
        if !self.open.remove(&node) {
            self.open.insert(node);
        }
        self.rows.clear();
    }

    fn find_rows(&mut self, map: &SizeMap) {
        if !self.rows.is_empty() {
            return;
        }
        let mut todo = vec![(NodeId::ROOT, 0)];
        while let Some((node, depth)) = todo.pop() {
            self.rows.push((node, depth));
            if self.open.contains(&node) {
                todo.extend(map.largest(node).iter().rev().map(|id| (*id, depth + 1)));
            }
        }
    }
}

/// Draws the tree; returns what was selected.
pub(super) fn tree(ui: &mut Ui, map: &SizeMap, selected: NodeId, state: &mut Tree) -> Option<NodeId> {
    state.find_rows(map);
    let place = |node: NodeId| state.rows.iter().position(|(id, _)| *id == node);
    let target = state.reveal.take().and_then(place);
    let mut act = None;
    rows(ui, "tree of parts", state.rows.len(), target, |ui, i| {
        let Some((node, depth)) = state.rows.get(i).copied() else { return };
        let open = (!map.is_leaf(node)).then(|| state.open.contains(&node));
        let response = ui.push_id(node, |ui| tree_row(ui, map, node, depth, open, node == selected)).inner;
        if state.focus == Some(node) {
            response.request_focus();
            state.focus = None;
        }
        act = on_row(ui, &response, i, depth, open, node == selected).or(act);
    });
    match act? {
        RowAct::Toggle(i) => {
            let (node, _) = *state.rows.get(i)?;
            state.toggle(node);
            None
        }
        RowAct::Select(i) => state.rows.get(i).map(|(node, _)| *node),
        RowAct::Go(i) => {
            let (node, _) = *state.rows.get(i)?;
            (state.focus, state.reveal) = (Some(node), Some(node));
            Some(node)
        }
    }
}

#[derive(Clone, Copy)]
enum RowAct {
    Select(usize),
    Toggle(usize),
    /// Select and focus.
    Go(usize),
}

/// A click selects, on the mark before the name or once more it folds; Left and Right fold, Up and Down go on.
fn on_row(
    ui: &Ui,
    response: &Response,
    i: usize,
    depth: usize,
    open: Option<bool>,
    is_selected: bool,
) -> Option<RowAct> {
    if response.clicked() {
        let mark = response.rect.left() + 16.0 * depth as f32 + 20.0;
        let on_mark = response.interact_pointer_pos().is_some_and(|p| p.x < mark);
        let folds = open.is_some() && (on_mark || is_selected);
        return Some(if folds { RowAct::Toggle(i) } else { RowAct::Select(i) });
    }
    if !response.has_focus() {
        return None;
    }
    let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|m| m.set_focus_lock_filter(response.id, filter));
    let pressed = |key| ui.input_mut(|i| i.consume_key(Modifiers::NONE, key));
    if pressed(Key::ArrowDown) {
        return Some(RowAct::Go(i + 1));
    }
    if pressed(Key::ArrowUp) {
        return i.checked_sub(1).map(RowAct::Go);
    }
    let folds = (pressed(Key::ArrowRight) && open == Some(false)) || (pressed(Key::ArrowLeft) && open == Some(true));
    folds.then_some(RowAct::Toggle(i))
}

/// Rows of which only those in view are made; `target` is brought into view.
fn rows(ui: &mut Ui, name: &str, count: usize, target: Option<usize>, mut row: impl FnMut(&mut Ui, usize)) {
    let id = ui.scope_id().with((name, "offset"));
    let mut area = ScrollArea::vertical().id_salt(name).auto_shrink(false);
    if let Some(target) = target {
        let (top, height) = (target as f32 * size::ROW, ui.available_height());
        let offset: f32 = ui.data(|d| d.get_temp(id)).unwrap_or(0.0);
        if top < offset || top + size::ROW > offset + height {
            area = area.vertical_scroll_offset((top - height / 3.0).max(0.0));
        }
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    let shown = area.show_rows(ui, size::ROW, count, |ui, range| range.for_each(|i| row(ui, i)));
    ui.data_mut(|d| d.insert_temp(id, shown.state.unclamped_offset().y));
}

fn icon(what: What) -> &'static str {
    match what {
        What::Component => icons::CUBE,
        What::Module => icons::CPU,
        What::Section => icons::ROWS,
        What::Custom => icons::TAG,
        What::Function => icons::FUNCTION,
        What::Segment => icons::MEMORY,
        What::Header | What::Rest => icons::DOTS,
        What::Unreadable => icons::WARNING,
    }
}

fn tree_row(ui: &mut Ui, map: &SizeMap, node: NodeId, depth: usize, open: Option<bool>, selected: bool) -> Response {
    let t = tokens(ui.ctx());
    let name = map.name(node);
    let inside = map.entries(node).map(|(count, words)| format!("{}{words}", grouped(count))).unwrap_or_default();
    let detail = match (map.is_broken(node), map.is_cut(node)) {
        (true, _) => "broken",
        (_, true) => "cut off",
        _ => inside.as_str(),
    };
    let size = size_text(map, node);
    share_bar(ui, map.class(node), map.share(node));
    let row = ListRow::new(&name).colored_icon(icon(map.what(node)), t.class(map.class(node))).detail(detail);
    let row = row.trailing(&size).selected(selected).depth(depth);
    let row = if matches!(map.what(node), What::Function | What::Custom) { row.mono() } else { row };
    match open {
        Some(open) => row.fold(open),
        None => row,
    }
    .show(ui)
    .on_hover_ui(|ui| drop(ui.label(words(map, node, Shows::Node))))
}

fn size_text(map: &SizeMap, node: NodeId) -> String {
    format!("{}{:>8}", Bytes(map.size(node) as u64), format!("{:.1}%", 100.0 * map.share(node)))
}

/// A bar behind the row that comes next, as long as its share.
fn share_bar(ui: &Ui, class: Class, share: f64) {
    let t = tokens(ui.ctx());
    let room = vec2(ui.available_width() * (share as f32).clamp(0.0, 1.0), size::ROW);
    let bar = Rect::from_min_size(ui.cursor().min, room).shrink2(vec2(0.0, 2.0));
    ui.painter().rect_filled(bar, CornerRadius::same(3), t.tile(class).gamma_multiply(0.35));
}

/// The list of functions: what is searched, and what was found of it.
#[derive(Default)]
pub(super) struct Functions {
    query: String,
    found: Option<Found>,
    focus: Option<NodeId>,
}

/// What was found, largest first.
struct Found {
    query: String,
    places: Vec<u32>,
    bytes: usize,
}

impl Found {
    fn of(functions: &component::Functions, query: String, named: Option<&[u32]>) -> Self {
        let is_named = |i: &u32| named.is_none_or(|named| named.binary_search(i).is_ok());
        let places: Vec<u32> = functions.largest().iter().copied().filter(is_named).collect();
        let bytes = places.iter().filter_map(|i| functions.all.get(*i as usize)).map(|f| f.range.len()).sum();
        Self { query, places, bytes }
    }
}

/// Draws the functions of the whole file, largest first; returns the one that was selected.
pub(super) fn functions(
    ui: &mut Ui,
    session: &Session,
    digest: Digest,
    map: &SizeMap,
    selected: NodeId,
    state: &mut Functions,
    outbox: &mut Outbox,
) -> Option<NodeId> {
    let Some(Finding::Functions(all)) = finding(ui, session, Study::Functions(digest), outbox) else { return None };
    parts::search_field(ui, &mut state.query, "Search functions");
    let query = state.query.trim().to_owned();
    if state.found.as_ref().is_none_or(|found| found.query != query) {
        let study = Study::FunctionsNamed(digest, query.clone());
        match session.finding(&study) {
            _ if query.is_empty() => state.found = Some(Found::of(all, query, None)),
            Some(Finding::FunctionsNamed(named)) => state.found = Some(Found::of(all, query, Some(named))),
            _ if session.is_studying(&study) => {}
            _ => outbox.command(Command::Study(study)),
        }
    }
    let found = state.found.as_ref()?;
    let share = 100.0 * found.bytes as f64 / map.size(NodeId::ROOT).max(1) as f64;
    let counted = match found.places.len() {
        0 if all.largest().is_empty() => "There is no code in this file".to_owned(),
        0 => "No function has this in its name".to_owned(),
        1 => format!("1 function, {}, {share:.1} %", Bytes(found.bytes as u64)),
        n => format!("{} functions, {}, {share:.1} %", grouped(n as u64), Bytes(found.bytes as u64)),
    };
    ui.label(kit::small(&counted));
    let node = |i: usize| Some(map.find(&all.all.get(*found.places.get(i)? as usize)?.range));
    let largest = node(0).map_or(1, |id| map.size(id)).max(1);
    let (mut chosen, mut go) = (None, None);
    rows(ui, "functions", found.places.len(), None, |ui, i| {
        let Some(node) = node(i) else { return };
        let (name, part) = (map.name(node), part_text(&map.part_path(node)));
        let part = if part.is_empty() { part } else { format!("in {part}") };
        let size = size_text(map, node);
        let row = ListRow::new(&name).detail(&part).trailing(&size).mono().selected(node == selected);
        let row = ui.push_id(node, |ui| {
            share_bar(ui, Class::Code, map.size(node) as f64 / largest as f64);
            row.colored_icon(icons::FUNCTION, tokens(ui.ctx()).class(Class::Code)).show(ui)
        });
        let response = row.inner.on_hover_ui(|ui| drop(ui.label(words(map, node, Shows::Node))));
        if state.focus == Some(node) {
            response.request_focus();
            state.focus = None;
        }
        match on_row(ui, &response, i, 0, None, false) {
            Some(RowAct::Go(next)) => go = Some(next),
            Some(_) => chosen = Some(node),
            None => {}
        }
    });
    if let Some(next) = go.and_then(node) {
        (chosen, state.focus) = (Some(next), Some(next));
    }
    chosen
}
