//! The composition as a list: instances with their ports, the wires, what the result exports. Everything that can be done
//! on the canvas can be done here, by pointer and by keyboard, with the same commands. Only rows in sight are drawn.
//!
//! The arrow keys go from row to row; the selection goes along, so that Delete, Duplicate and the inspector mean the row.

mod choose;
mod model;
#[cfg(test)]
mod tests;

use super::first_problem;
use crate::component::Extern;
use crate::compose::{self, Edit, Port, Side};
use crate::diag::{Severity, Subject, display_safe, display_safe_line};
use crate::measure::Bytes;
use crate::session::{Change, Command, Selection, Session};
use crate::ui::canvas::{PortState, SelectMode};
use crate::ui::panels::{Dock, Outbox, Request};
use crate::ui::parts::{self, Drawing, IconButton, InSight, RowLayout, Rows, draw};
use crate::ui::theme::{fonts, icons, size, space, tokens};
use choose::{Choosing, For};
use egui::{
    Align, Color32, CornerRadius, EventFilter, Id, Layout, Modifiers, Pos2, Rect, Response, Role, Sense, Stroke,
    StrokeKind, TextEdit, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};
use model::{Group, Key, Model, Row};
use std::collections::HashSet;

/// The height of a row: a button and some air.
const HEIGHT: f32 = 28.0;
/// The width of the column with the state.
const STATE: f32 = 112.0;
/// The width of the column with the buttons: four of them.
const BUTTONS: f32 = 4.0 * size::ROW + space::S;

/// The list's state.
#[derive(Default)]
pub struct State {
    rows: Rows,
    model: Model,
    shown: Vec<Row>,
    /// What `shown` was made for, but the model.
    shown_for: Option<String>,
    search: String,
    /// Rows that are not folded as they are at first.
    turned: HashSet<Key>,
    renaming: Option<Renaming>,
    choosing: Option<(Choosing, Key)>,
    /// The row that had the focus last, and its place.
    current: Option<(Key, usize)>,
    /// The row that gets the focus.
    focus: Option<Key>,
    /// What was selected last: another selection comes into view.
    selected: Selection,
    /// The selection is being extended: the next row with the focus joins it.
    extends: bool,
    /// Something has changed since the last frame.
    is_changed: bool,
}

/// A name being typed.
struct Renaming {
    key: Key,
    text: String,
    refusal: Option<String>,
    is_fresh: bool,
}

/// Where the columns of a row are.
struct Columns {
    name: Rect,
    state: Rect,
    other: Rect,
    buttons: Rect,
}

fn columns(row: Rect) -> Columns {
    let row = row.shrink2(vec2(space::S, 0.0));
    let buttons = row.right() - BUTTONS;
    let name = ((buttons - row.left() - STATE) * 0.46).max(80.0) + row.left();
    let part = |from: f32, to: f32| Rect::from_x_y_ranges(from..=to.max(from), row.y_range());
    Columns {
        name: part(row.left(), name - space::S),
        state: part(name, name + STATE - space::S),
        other: part(name + STATE, buttons - space::S),
        buttons: part(buttons, row.right()),
    }
}

impl State {
    /// Brings what a problem is about into view and gives it the focus.
    pub fn focus(&mut self, subject: &Subject) {
        let key = match subject {
            Subject::Instance(name) => Key::Instance(name.clone()),
            Subject::Port { instance, port } => Key::Port(Port::new(instance, port), Side::Import),
            Subject::Wire { instance, import } => Key::Port(Port::new(instance, import), Side::Import),
            _ => return,
        };
        self.search.clear();
        self.focus = Some(key);
    }

    fn is_open(&self, key: &Key) -> bool {
        let at_first = !matches!(key, Key::Instance(_)) || !self.model.starts_folded();
        at_first != self.turned.contains(key)
    }

    fn turn(&mut self, key: &Key) {
        if !self.turned.remove(key) {
            self.turned.insert(key.clone());
        }
        self.shown_for = None;
    }

    /// Opens what is folded around a row.
    fn unfold(&mut self, session: &Session, key: &Key) {
        let above = match key {
            Key::Group(_) => Vec::new(),
            Key::Instance(_) => vec![Key::Group(Group::Instances)],
            // The component may be gone, and its ports with it.
            Key::Port(port, side) if session.document().composition.port(session.library(), port, *side).is_some() => {
                vec![Key::Group(Group::Instances), Key::Instance(port.instance.clone())]
            }
            Key::Port(..) | Key::Wire(_) => vec![Key::Group(Group::Wires)],
            Key::Result(_) => vec![Key::Group(Group::Results)],
        };
        for key in above.iter().filter(|k| !self.is_open(k)).cloned().collect::<Vec<_>>() {
            self.turn(&key);
        }
    }

    fn refresh(&mut self, session: &Session) {
        self.is_changed |= self.model.refresh(session);
        if self.is_changed {
            self.shown_for = None;
        }
        if let Some(mut key) = self.focus.take() {
            self.unfold(session, &key);
            if let Key::Port(port, side) = &key
                && session.document().composition.port(session.library(), port, *side).is_none()
            {
                key = Key::Wire(port.clone());
            }
            self.focus = Some(key);
        }
        if self.selected != *session.selection() {
            self.selected = session.selection().clone();
            if let Selection::Instances(names) = &self.selected
                && let [one] = names.as_slice()
                && self.current.as_ref().is_none_or(|(key, _)| *key != Key::Instance(one.clone()))
            {
                let key = Key::Instance(one.clone());
                self.unfold(session, &key);
                self.show_rows(session);
                if let Some(place) = self.place(session, &key) {
                    self.rows.reveal(place);
                }
            }
        }
        self.show_rows(session);
    }

    fn show_rows(&mut self, session: &Session) {
        if self.shown_for.as_ref() != Some(&self.search) {
            self.shown_for = Some(self.search.clone());
            self.shown = self.model.rows(session, &self.search, |key| self.is_open(key));
        }
    }

    fn place(&self, session: &Session, key: &Key) -> Option<usize> {
        let is_it = |row: &Row| match (row, key) {
            (Row::Group(group), Key::Group(wanted)) => group == wanted,
            (Row::Instance(i), Key::Instance(name)) => self.model.instances.get(*i) == Some(name),
            (Row::Port(i, side, _), Key::Port(port, wanted)) => {
                side == wanted
                    && self.model.instances.get(*i) == Some(&port.instance)
                    && self.model.key(session, *row).as_ref() == Some(key)
            }
            (Row::Wire(i), Key::Wire(to)) => self.model.wires.get(*i) == Some(to),
            (Row::Result(i), Key::Result(name)) => self.model.results.get(*i).is_some_and(|(n, _)| n == name),
            _ => false,
        };
        self.shown.iter().position(is_it)
    }
}

/// Draws the list and its bar.
pub fn show(ui: &mut Ui, session: &Session, state: &mut State, outbox: &mut Outbox) {
    let id = ui.scope_id().with("composition list");
    state.refresh(session);
    keys(ui, session, state, id, outbox);
    heading(ui);
    if state.shown.is_empty() {
        if parts::empty(ui, Drawing::Icon(icons::SEARCH), "Nothing here has that name", Some("Show everything")) {
            state.search.clear();
        }
        return;
    }
    if let Some(place) = state.focus.as_ref().and_then(|key| state.place(session, key)) {
        state.rows.reveal(place);
    } else if let (Some((key, at)), None) = (&state.current, ui.memory(|m| m.focused()))
        && std::mem::take(&mut state.is_changed)
        && state.choosing.is_none()
        && state.place(session, key).is_none()
    {
        // What had the focus is gone: what took its place has it now.
        let at = (*at).min(state.shown.len().saturating_sub(1));
        state.current = None;
        state.focus = state.shown.get(at).and_then(|row| state.model.key(session, *row));
    }
    let layout = RowLayout { count: state.shown.len(), height: HEIGHT, width: 0.0 };
    let mut rows = std::mem::take(&mut state.rows);
    rows.show(ui, "Composition", layout, |ui, sight| {
        for at in sight.rows.clone() {
            if let Some(key) = state.shown.get(at).and_then(|row| state.model.key(session, *row)) {
                let mut shown = RowUi { session, state, outbox, id, key, at };
                shown.show(ui, sight);
            }
        }
    });
    state.rows = rows;
    if let Some((mut choosing, back)) = state.choosing.take() {
        if choosing.show(ui, session, outbox) {
            state.choosing = Some((choosing, back));
        } else if *choosing.what() != For::Place {
            state.focus = Some(back);
            ui.ctx().request_repaint();
        }
    }
}

/// The bar's fields while the list is shown.
pub fn bar(ui: &mut Ui, state: &mut State) {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let place = ui.add(parts::Button::new("Place component…").icon(icons::PLUS));
        if place.clicked() {
            let key = Key::Group(Group::Instances);
            state.choosing = Some((Choosing::new(For::Place, place.rect.left_bottom()), key));
        }
        ui.add_space(space::S);
        let width = (ui.available_width() - space::S).clamp(80.0, 280.0);
        ui.allocate_ui_with_layout(vec2(width, size::ROW), Layout::left_to_right(Align::Center), |ui| {
            parts::search_field(ui, &mut state.search, "Filter instances and ports");
        });
    });
}

fn heading(ui: &mut Ui) {
    let t = tokens(ui.ctx());
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), size::ROW), Sense::hover());
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, t.line));
    let columns = columns(rect.with_max_x(rect.right() - parts::BAR));
    for (column, text) in [
        (columns.name.translate(vec2(18.0, 0.0)), "Name"),
        (columns.state, "State"),
        (columns.other, "Component or other end"),
    ] {
        let text = draw::elided(ui, text, fonts::text(size::SMALL), t.dim, column.width());
        draw::put(ui.painter(), column.left_center(), text);
    }
}

fn row_id(list: Id, key: &Key) -> Id {
    list.with(key)
}

/// The keys of the row that has the focus.
fn keys(ui: &Ui, session: &Session, state: &mut State, list: Id, outbox: &mut Outbox) {
    let Some((key, at)) = state.current.clone() else { return };
    let id = row_id(list, &key);
    if !ui.memory(|m| m.has_focus(id)) || state.choosing.is_some() {
        return;
    }
    let filter = EventFilter { vertical_arrows: true, horizontal_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|m| m.set_focus_lock_filter(id, filter));
    let pressed = |modifiers, key| ui.input_mut(|i| i.consume_key(modifiers, key));
    let last = state.shown.len().saturating_sub(1);
    let ways = [
        (egui::Key::ArrowUp, at.saturating_sub(1)),
        (egui::Key::ArrowDown, (at + 1).min(last)),
        (egui::Key::PageUp, at.saturating_sub(12)),
        (egui::Key::PageDown, (at + 12).min(last)),
        (egui::Key::Home, 0),
        (egui::Key::End, last),
    ];
    for (way, to) in ways {
        let extends = pressed(Modifiers::SHIFT, way);
        if extends || pressed(Modifiers::NONE, way) {
            state.extends = extends;
            state.focus = state.shown.get(to).and_then(|row| state.model.key(session, *row));
        }
    }
    let folds = matches!(key, Key::Group(_) | Key::Instance(_));
    if pressed(Modifiers::NONE, egui::Key::ArrowRight) {
        if folds && !state.is_open(&key) {
            state.turn(&key);
        } else {
            state.focus = state.shown.get(at + 1).and_then(|row| state.model.key(session, *row));
        }
    }
    if pressed(Modifiers::NONE, egui::Key::ArrowLeft) {
        if folds && state.is_open(&key) && !matches!((&key, state.shown.get(at + 1)), (Key::Instance(_), None)) {
            state.turn(&key);
        } else {
            let above = match &key {
                Key::Group(_) => key.clone(),
                Key::Instance(_) => Key::Group(Group::Instances),
                Key::Port(port, _) => Key::Instance(port.instance.clone()),
                Key::Wire(_) => Key::Group(Group::Wires),
                Key::Result(_) => Key::Group(Group::Results),
            };
            state.focus = Some(above);
        }
    }
    if pressed(Modifiers::NONE, egui::Key::F2) {
        rename(session, state, &key);
    }
    if pressed(Modifiers::NONE, egui::Key::Enter) {
        match &key {
            Key::Group(_) | Key::Instance(_) => state.turn(&key),
            Key::Port(port, side) => {
                state.choosing =
                    Some((Choosing::new(For::Port(port.clone(), *side), place_of(ui, list, &key)), key.clone()));
            }
            Key::Wire(to) => state.focus = Some(Key::Port(to.clone(), Side::Import)),
            Key::Result(_) => rename(session, state, &key),
        }
    }
    if pressed(Modifiers::NONE, egui::Key::Space) {
        match &key {
            Key::Instance(name) => {
                let selection = super::selected(session.selection(), vec![name.clone()], SelectMode::Toggle);
                select(state, selection, outbox);
            }
            Key::Port(port, Side::Export) => toggle_export(session, state, port, outbox),
            _ => {}
        }
    }
    state.show_rows(session);
}

/// Where the menu of a row opens: below its third column.
fn place_of(ui: &Ui, list: Id, key: &Key) -> Pos2 {
    ui.data(|d| d.get_temp(row_id(list, key).with("menu"))).unwrap_or_else(|| ui.max_rect().center())
}

fn select(state: &mut State, selection: Selection, outbox: &mut Outbox) {
    state.selected = selection.clone();
    outbox.command(Command::Select(selection));
}

fn rename(session: &Session, state: &mut State, key: &Key) {
    let text = match key {
        Key::Instance(name) | Key::Result(name) => name.clone(),
        Key::Port(port, Side::Export) => match state.model.result_name(port) {
            Some(name) => name.to_owned(),
            None => port.name.clone(),
        },
        _ => return,
    };
    let refusal = refusal(session, state, key, &text);
    state.renaming = Some(Renaming { key: key.clone(), text, refusal, is_fresh: true });
}

/// What giving this name would be.
fn renamed(state: &State, key: &Key, text: &str) -> Option<Edit> {
    match key {
        Key::Instance(name) => Some(Edit::Rename { from: name.clone(), to: text.to_owned() }),
        Key::Port(port, Side::Export) => Some(Edit::Export { from: port.clone(), name: text.to_owned() }),
        Key::Result(name) => {
            let from = state.model.results.iter().find(|(n, _)| n == name).map(|(_, port)| port.clone())?;
            Some(Edit::Export { from, name: text.to_owned() })
        }
        _ => None,
    }
}

/// The edits of that. The first export chosen by hand would end the automatic choice of all the others: they stay.
fn renamed_all(session: &Session, state: &State, key: &Key, text: &str) -> Vec<Edit> {
    let Some(edit) = renamed(state, key, text) else { return Vec::new() };
    let Edit::Export { from, .. } = &edit else { return vec![edit] };
    let mut out = kept_exports(session, state, from);
    out.push(edit);
    out
}

/// Chooses what the result exports by itself, so that one more can be chosen or one be renamed.
fn kept_exports(session: &Session, state: &State, but: &Port) -> Vec<Edit> {
    if !session.document().composition.exports.is_empty() {
        return Vec::new();
    }
    let others = state.model.results.iter().filter(|(_, port)| port != but);
    others.map(|(name, from)| Edit::Export { from: from.clone(), name: name.clone() }).collect()
}

fn refusal(session: &Session, state: &State, key: &Key, text: &str) -> Option<String> {
    let mut composition = session.document().composition.clone();
    for edit in renamed_all(session, state, key, text) {
        match compose::apply(&composition, session.library(), &edit) {
            Ok(next) => composition = next,
            Err(refusal) => return Some(refusal.to_string()),
        }
    }
    None
}

fn toggle_export(session: &Session, state: &State, port: &Port, outbox: &mut Outbox) {
    match state.model.result_name(port) {
        Some(name) => outbox.change(Change::Compose(Edit::Unexport(name.to_owned()))),
        None => {
            let mut edits = kept_exports(session, state, port);
            edits.push(Edit::Export { from: port.clone(), name: port.name.clone() });
            outbox.change(Change::ComposeAll("Export from the result", edits));
        }
    }
}

/// One row being drawn.
struct RowUi<'a> {
    session: &'a Session,
    state: &'a mut State,
    outbox: &'a mut Outbox,
    id: Id,
    key: Key,
    at: usize,
}

/// What is written in a row.
struct Words {
    /// What assistive technology reads.
    said: String,
    glyph: &'static str,
    name: String,
    dim: String,
    state: String,
    ink: Color32,
    other: String,
    depth: usize,
    fold: Option<bool>,
}

impl RowUi<'_> {
    fn show(&mut self, ui: &mut Ui, sight: &InSight) {
        let t = tokens(ui.ctx());
        let rect = sight.rect(self.at);
        let words = self.words(t);
        let id = row_id(self.id, &self.key);
        let response = ui.interact(rect, id, Sense::click());
        let is_selected = self.is_selected();
        response.widget_info(|| WidgetInfo::labeled(Role::TreeItem, true, &words.said));
        ui.ctx().accesskit_node_builder(id, |node| {
            node.set_selected(is_selected);
            node.set_level(words.depth + 1);
            node.set_description(words.other.clone());
            if let Some(open) = words.fold {
                node.set_expanded(open);
            }
        });
        if self.state.focus.as_ref() == Some(&self.key) {
            self.state.focus = None;
            response.request_focus();
            ui.ctx().request_repaint();
        }
        if response.has_focus() {
            let is_new = self.state.current.as_ref().is_none_or(|(key, _)| *key != self.key) || response.gained_focus();
            self.state.current = Some((self.key.clone(), self.at));
            let with_keys = ui.input(|i| i.modifiers.command || i.modifiers.shift) && !self.state.extends;
            if is_new && !(with_keys && response.clicked()) {
                self.select_this(if self.state.extends { SelectMode::Add } else { SelectMode::Replace });
            }
        }
        let c = columns(rect);
        let caret = Rect::from_min_max(rect.min, pos2(c.name.left() + 18.0 * (words.depth as f32) + 18.0, rect.max.y));
        self.clicked(ui, &response, words.fold.map(|_| caret));
        let t = tokens(ui.ctx());
        draw::row_ground(ui, &response, rect.shrink2(vec2(2.0, 0.0)), is_selected);
        if self.at % 2 == 1 && !is_selected && !response.hovered() {
            ui.painter().rect_filled(rect, CornerRadius::ZERO, t.hover.gamma_multiply(0.25));
        }
        self.name(ui, &c, &words);
        let text = draw::elided(ui, &words.state, fonts::text(size::BODY), words.ink, c.state.width());
        draw::put(ui.painter(), c.state.left_center(), text);
        self.other(ui, &c, &words);
        self.buttons(ui, &c);
        if response.has_focus() {
            let ring = Stroke::new(1.5, t.accent);
            let inner = rect.shrink2(vec2(2.0, 1.0));
            ui.painter().rect_stroke(inner, CornerRadius::same(size::RADIUS), ring, StrokeKind::Inside);
        }
        ui.data_mut(|d| d.insert_temp(id.with("menu"), c.other.left_bottom()));
        self.tip(response);
    }

    fn words(&self, t: &crate::ui::theme::Tokens) -> Words {
        let safe = |text: &str| display_safe_line(text).into_owned();
        let (session, state) = (self.session, &*self.state);
        let composition = &session.document().composition;
        let fold = Some(state.is_open(&self.key));
        let mut out = Words {
            said: String::new(),
            glyph: "",
            name: String::new(),
            dim: String::new(),
            state: String::new(),
            ink: t.dim,
            other: String::new(),
            depth: 0,
            fold: None,
        };
        match &self.key {
            Key::Group(group) => {
                let (name, count) = match group {
                    Group::Instances => ("Instances", state.model.instances.len()),
                    Group::Wires => ("Wires", state.model.wires.len()),
                    Group::Results => ("Exports of the result", state.model.results.len()),
                };
                (out.name, out.dim, out.fold) = (name.into(), count.to_string(), fold);
                out.said = format!("{name}, {count}");
                if *group == Group::Results && composition.exports.is_empty() {
                    out.other = "Chosen automatically, until you choose one".into();
                }
            }
            Key::Instance(name) => {
                let component = composition.component(session.library(), name);
                let missing = state.model.instances.binary_search(name).map_or(0, |i| state.model.missing(i));
                (out.glyph, out.name, out.depth, out.fold) = (icons::CUBE, safe(name), 1, fold);
                (out.state, out.ink) = match (component, missing) {
                    (None, _) => ("file missing".into(), t.warn),
                    (_, 0) => (String::new(), t.dim),
                    (_, n) => (format!("{n} missing"), t.error),
                };
                let left_out = session.document().left_out.contains(name);
                if left_out && out.state.is_empty() {
                    out.state = "not in the file".into();
                }
                let plural = if missing == 1 { "" } else { "s" };
                out.said = match component {
                    None => format!("{}, component missing", out.name),
                    Some(c) if missing == 0 => format!("{}, instance of {}", out.name, safe(&c.name)),
                    Some(c) => {
                        format!("{}, instance of {}, {missing} unsatisfied import{plural}", out.name, safe(&c.name))
                    }
                };
                if left_out {
                    out.said.push_str(", not in the composed file");
                }
                if let Some(c) = component {
                    out.other = format!("{} · {}", safe(&c.name), Bytes(c.bytes.len() as u64));
                }
            }
            Key::Port(port, side) => {
                let port_state = state.model.port_state(session, port, *side);
                let word = if *side == Side::Import { "import" } else { "export" };
                let shown = composition.port(session.library(), port, *side).map(super::port_label);
                let (name, version) = shown.unwrap_or_else(|| (safe(&port.name), String::new()));
                out.glyph = if *side == Side::Import { icons::IMPORT } else { icons::EXPORTED };
                (out.name, out.dim, out.depth) = (name, version, 2);
                let is_result = *side == Side::Export && state.model.result_name(port).is_some();
                out.state = if is_result { "exported" } else { port_state.word() }.to_owned();
                if port_state == PortState::Host {
                    out.state = "host".into();
                }
                out.ink = match port_state {
                    PortState::Missing | PortState::Mismatched => t.error,
                    PortState::Satisfied | PortState::Exported => t.normal,
                    _ => t.dim,
                };
                out.said = format!("{} {word} {}, {}", safe(&port.instance), safe(&port.name), port_state.word());
                out.other = self.other_end(port, *side);
            }
            Key::Wire(to) => {
                let from = composition.wires.get(to).map(ToString::to_string).unwrap_or_default();
                let broken = state.model.broken(to);
                (out.glyph, out.depth) = (icons::LINK, 1);
                (out.state, out.ink) = if broken.is_some() {
                    out.glyph = icons::LINK_BREAK;
                    ("does not fit".into(), t.error)
                } else {
                    ("connected".into(), t.normal)
                };
                let kind = if broken.is_some() { "broken wire" } else { "wire" };
                out.said = format!("{kind} from {from} to {to}");
                (out.name, out.other) = (from, format!("→ {to}"));
            }
            Key::Result(name) => {
                let from = state.model.results.iter().find(|(n, _)| n == name);
                (out.glyph, out.name, out.depth) = (icons::EXPORTED, safe(name), 1);
                out.state = if composition.exports.is_empty() { "automatic" } else { "chosen" }.into();
                out.other = from.map(|(_, port)| format!("from {port}")).unwrap_or_default();
                out.said = format!("export of the result {}, {}", out.name, out.state);
            }
        }
        out
    }

    /// What a port is connected with.
    fn other_end(&self, port: &Port, side: Side) -> String {
        match side {
            Side::Import => match self.session.document().composition.wires.get(port) {
                Some(from) => from.to_string(),
                None => "Choose a provider…".into(),
            },
            Side::Export => match self.state.model.users(port) {
                [] => "Choose a user…".into(),
                users => {
                    let names = users.iter().take(4).map(|p| display_safe_line(&p.instance)).collect::<Vec<_>>();
                    let more = users.len().saturating_sub(4);
                    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                    format!("Used by {}{more}", names.join(", "))
                }
            },
        }
    }

    fn is_selected(&self) -> bool {
        match (self.session.selection(), &self.key) {
            (Selection::Instances(names), Key::Instance(name)) => names.contains(name),
            (Selection::Wire(wire), Key::Wire(to) | Key::Port(to, Side::Import)) => wire == to,
            _ => false,
        }
    }

    /// The selection that means this row. What cannot be removed with Delete selects nothing, so that Delete removes nothing
    /// else either.
    fn select_this(&mut self, mode: SelectMode) {
        let selection = match &self.key {
            Key::Instance(name) => super::selected(self.session.selection(), vec![name.clone()], mode),
            Key::Port(to, Side::Import) | Key::Wire(to)
                if self.session.document().composition.wires.contains_key(to) =>
            {
                Selection::Wire(to.clone())
            }
            _ => Selection::None,
        };
        if selection != *self.session.selection() {
            select(self.state, selection, self.outbox);
        }
    }

    fn clicked(&mut self, ui: &Ui, response: &Response, caret: Option<Rect>) {
        // A click of assistive technology has no place.
        let at = response.interact_pointer_pos();
        if response.double_clicked() && caret.is_none_or(|c| at.is_some_and(|at| !c.contains(at))) {
            match &self.key {
                Key::Instance(_) | Key::Result(_) => rename(self.session, self.state, &self.key),
                Key::Wire(to) => self.state.focus = Some(Key::Port(to.clone(), Side::Import)),
                _ => {}
            }
        }
        if !response.clicked() {
            return;
        }
        if caret.is_some_and(|c| at.is_none_or(|at| c.contains(at))) || matches!(self.key, Key::Group(_)) {
            self.state.turn(&self.key);
            ui.ctx().request_repaint();
        }
        response.request_focus();
        let modifiers = ui.input(|i| i.modifiers);
        self.select_this(if modifiers.command {
            SelectMode::Toggle
        } else if modifiers.shift {
            SelectMode::Add
        } else {
            SelectMode::Replace
        });
    }

    fn name(&mut self, ui: &mut Ui, c: &Columns, words: &Words) {
        let t = tokens(ui.ctx());
        let y = c.name.center().y;
        let mut x = c.name.left() + 18.0 * words.depth.saturating_sub(1) as f32;
        if let Some(open) = words.fold {
            let glyph = if open { icons::CARET_DOWN } else { icons::CARET_RIGHT };
            draw::icon(ui.painter(), pos2(x + 6.0, y), glyph, 12.0, t.dim);
        }
        x += 18.0;
        if !words.glyph.is_empty() {
            draw::icon(ui.painter(), pos2(x + 8.0, y), words.glyph, size::ICON, words.ink);
            x += size::ICON + 6.0;
        }
        if self.state.renaming.as_ref().is_some_and(|r| r.key == self.key) {
            let field = Rect::from_min_max(pos2(x, y - size::ROW / 2.0), pos2(c.state.right(), y + size::ROW / 2.0));
            self.rename_field(ui, field);
            return;
        }
        let (font, ink) = match &self.key {
            Key::Group(_) | Key::Instance(_) => (fonts::medium(size::BODY), t.strong),
            _ => (fonts::text(size::BODY), t.normal),
        };
        let name = draw::elided(ui, &words.name, font, ink, c.name.right() - x);
        x = draw::put(ui.painter(), pos2(x, y), name) + space::S;
        if c.name.right() - x > 24.0 {
            let dim = draw::elided(ui, &words.dim, fonts::mono(size::SMALL), t.dim, c.name.right() - x);
            draw::put(ui.painter(), pos2(x, y), dim);
        }
    }

    fn rename_field(&mut self, ui: &mut Ui, rect: Rect) {
        let Some(mut renaming) = self.state.renaming.take() else { return };
        let (label, edited) = match &self.key {
            Key::Instance(name) => ("New name of ", name),
            Key::Port(port, _) => ("Name in the result of ", &port.name),
            Key::Result(name) => ("New name in the result of ", name),
            _ => return,
        };
        let label = format!("{label}{}", display_safe_line(edited));
        let slot = UiBuilder::new().id_salt((&self.key, "name")).max_rect(rect);
        let mut child = ui.new_child(slot);
        let edit = TextEdit::singleline(&mut renaming.text).desired_width(rect.width());
        let response = parts::named_field(&mut child, &label, edit);
        if std::mem::take(&mut renaming.is_fresh) {
            response.request_focus();
        }
        if response.changed() {
            renaming.refusal = refusal(self.session, self.state, &self.key, &renaming.text);
        }
        if let Some(why) = &renaming.refusal {
            ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(why.as_str()));
        }
        if !response.lost_focus() {
            self.state.renaming = Some(renaming);
            return;
        }
        let (escaped, entered) = ui.input(|i| (i.key_pressed(egui::Key::Escape), i.key_pressed(egui::Key::Enter)));
        if renaming.refusal.is_some() && entered {
            renaming.is_fresh = true;
            self.state.renaming = Some(renaming);
            return;
        }
        let mut next = self.key.clone();
        if renaming.refusal.is_none() && !escaped {
            let edits = renamed_all(self.session, self.state, &self.key, &renaming.text);
            match (&self.key, edits.as_slice()) {
                (Key::Instance(name), [edit]) if *name != renaming.text => {
                    self.outbox.change(Change::Compose(edit.clone()));
                    next = Key::Instance(renaming.text);
                }
                (Key::Instance(_), _) => {}
                (Key::Result(name), _) if *name == renaming.text => {}
                _ => {
                    self.outbox.change(Change::ComposeAll("Name an export", edits));
                    if matches!(self.key, Key::Result(_)) {
                        next = Key::Result(renaming.text);
                    }
                }
            }
        }
        if escaped || entered {
            self.state.focus = Some(next);
            ui.ctx().request_repaint();
        }
    }

    /// The third column: words, or the choice of the other end.
    fn other(&mut self, ui: &mut Ui, c: &Columns, words: &Words) {
        let t = tokens(ui.ctx());
        if let Some(renaming) = self.state.renaming.as_ref().filter(|r| r.key == self.key) {
            if let Some(why) = &renaming.refusal {
                let room = c.buttons.right() - c.other.left();
                let text = draw::elided(ui, why, fonts::text(size::BODY), t.error, room);
                draw::put(ui.painter(), c.other.left_center(), text);
            }
            return;
        }
        let Key::Port(port, side) = self.key.clone() else {
            let text = draw::elided(ui, &words.other, fonts::text(size::BODY), t.dim, c.other.width());
            draw::put(ui.painter(), c.other.left_center(), text);
            return;
        };
        let rect = Rect::from_center_size(c.other.center(), vec2(c.other.width(), size::ROW));
        let response = ui.interact(rect, row_id(self.id, &self.key).with("other"), Sense::click());
        let what = if side == Side::Import { "Provider of" } else { "User of" };
        let word = if side == Side::Import { "import" } else { "export" };
        let (instance, name) = (display_safe_line(&port.instance), display_safe_line(&port.name));
        let said = format!("{what} {instance} {word} {name}");
        response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, &said));
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_value(words.other.as_str()));
        let on = response.hovered() || response.has_focus();
        let radius = CornerRadius::same(size::RADIUS);
        let edge = Stroke::new(1.0, if on { t.line_strong } else { t.line });
        ui.painter().rect(rect, radius, if on { t.hover } else { t.field }, edge, StrokeKind::Inside);
        draw::icon(ui.painter(), pos2(rect.right() - 14.0, rect.center().y), icons::CARET_DOWN, 12.0, t.dim);
        let is_set = match side {
            Side::Import => self.session.document().composition.wires.contains_key(&port),
            Side::Export => !self.state.model.users(&port).is_empty(),
        };
        let ink = if is_set { t.normal } else { t.dim };
        let text = draw::elided(ui, &words.other, fonts::text(size::BODY), ink, rect.width() - 36.0);
        draw::put(ui.painter(), rect.left_center() + vec2(space::S, 0.0), text);
        draw::focus_ring(ui, &response, rect);
        if response.clicked() {
            let choosing = Choosing::new(For::Port(port, side), rect.left_bottom());
            self.state.choosing = Some((choosing, self.key.clone()));
        }
    }

    fn buttons(&mut self, ui: &mut Ui, c: &Columns) {
        let rect = Rect::from_center_size(c.buttons.center(), vec2(c.buttons.width(), size::ROW));
        let slot = UiBuilder::new().id_salt((&self.key, "buttons")).max_rect(rect);
        let mut ui = ui.new_child(slot.layout(Layout::left_to_right(Align::Center)));
        ui.spacing_mut().item_spacing.x = 0.0;
        let safe = |text: &str| display_safe_line(text).into_owned();
        let button = |ui: &mut Ui, glyph: &str, name: String| ui.add(IconButton::new(glyph, &name)).clicked();
        match self.key.clone() {
            Key::Group(_) => {}
            Key::Instance(name) => {
                let shown = safe(&name);
                if button(&mut ui, icons::PENCIL, format!("Rename {shown}")) {
                    rename(self.session, self.state, &self.key);
                }
                if button(&mut ui, icons::COPY, format!("Duplicate {shown}")) {
                    self.outbox.change(Change::Duplicate(vec![name.clone()]));
                }
                if button(&mut ui, icons::TRASH, format!("Remove {shown}")) {
                    self.outbox.change(Change::Compose(Edit::RemoveInstances(vec![name.clone()])));
                }
                let t = tokens(ui.ctx());
                let trouble = self.state.model.trouble(&name).map(|severity| match severity {
                    Severity::Error => (icons::ERROR, t.error),
                    Severity::Warning => (icons::WARNING, t.warn),
                    Severity::Info => (icons::INFO, t.dim),
                });
                if let Some((glyph, ink)) = trouble
                    && ui.add(IconButton::new(glyph, &format!("Problems of {shown}")).ink(ink)).clicked()
                {
                    self.outbox.request(Request::Show(Dock::Problems));
                    if let Some(problem) = first_problem(self.session, &name) {
                        self.outbox.request(Request::FocusOn(problem.subject.clone()));
                    }
                }
            }
            Key::Port(port, Side::Import) | Key::Wire(port) => {
                let wired = self.session.document().composition.wires.contains_key(&port);
                let (instance, name) = (safe(&port.instance), safe(&port.name));
                let word = if matches!(self.key, Key::Wire(_)) { "wire to" } else { "import" };
                let label = match word {
                    "import" => format!("Disconnect {instance} import {name}"),
                    _ => format!("Remove wire to {instance} {name}"),
                };
                if wired && button(&mut ui, icons::LINK_BREAK, label) {
                    self.outbox.change(Change::Compose(Edit::Disconnect(port)));
                }
            }
            Key::Port(port, Side::Export) => {
                let (instance, name) = (safe(&port.instance), safe(&port.name));
                let exported = self.state.model.result_name(&port).is_some();
                let label = format!("Export {instance} {name} from the result");
                if ui.add(IconButton::new(icons::EXPORTED, &label).selected(exported)).clicked() {
                    toggle_export(self.session, self.state, &port, self.outbox);
                }
                if exported && button(&mut ui, icons::PENCIL, format!("Name {instance} {name} in the result")) {
                    rename(self.session, self.state, &self.key);
                }
            }
            Key::Result(name) => {
                let shown = safe(&name);
                if button(&mut ui, icons::PENCIL, format!("Rename export {shown}")) {
                    rename(self.session, self.state, &self.key);
                }
                if button(&mut ui, icons::CLOSE, format!("Do not export {shown}")) {
                    self.outbox.change(Change::Compose(Edit::Unexport(name)));
                }
            }
        }
    }

    fn tip(&self, response: Response) {
        let composition = &self.session.document().composition;
        let about = |port: &Port, side| -> Option<String> {
            let component = composition.component(self.session.library(), &port.instance)?;
            let found: &Extern = composition.port(self.session.library(), port, side)?;
            let tip = super::port_view(component, found, PortState::Unused).tooltip;
            Some(match self.state.model.result_name(port).filter(|_| side == Side::Export) {
                Some(name) => format!("{tip}\nIn the result: {}", display_safe(name)),
                None => tip,
            })
        };
        match &self.key {
            Key::Port(port, side) if response.hovered() => {
                if let Some(tip) = about(port, *side) {
                    let why = self.state.model.broken(port).filter(|_| *side == Side::Import);
                    let why = why.map(|w| format!("\n{}", display_safe(w))).unwrap_or_default();
                    response.on_hover_text(format!("{tip}{why}"));
                }
            }
            Key::Wire(to) => {
                if let Some(why) = self.state.model.broken(to) {
                    response.on_hover_text(display_safe(why));
                }
            }
            Key::Instance(_) => {
                response.on_hover_text("F2 renames, Delete removes, Ctrl+D duplicates, Space selects one more");
            }
            _ => {}
        }
    }
}
