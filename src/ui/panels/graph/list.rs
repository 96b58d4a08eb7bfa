//! The composition as a list: instances with their ports, the wires, what the result exports. Everything that can be done
//! on the canvas can be done here, by pointer and by keyboard, with the same commands. Only rows in sight are drawn.
//!
//! The arrow keys go from row to row; the selection goes along, so that Delete, Duplicate and the inspector mean the row.

mod keys;
mod model;
mod naming;
mod row;
#[cfg(test)]
mod tests;

use super::choose::{Choosing, For};
use super::menus::Menu;
use crate::compose::{Port, Side};
use crate::diag::Subject;
use crate::session::{Command, Selection, Session};
use crate::ui::canvas::MenuOn;
use crate::ui::panels::Outbox;
use crate::ui::parts::{self, Drawing, RowLayout, Rows, draw};
use crate::ui::theme::{fonts, icons, size, space, tokens};
use egui::{Align, Id, Layout, Pos2, Rect, Sense, Stroke, Ui, vec2};
use model::{Group, Key, Model, Row};
use naming::toggle_export;
use row::RowUi;
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
    /// A menu that is to be opened.
    menu: Option<Menu>,
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
    let name = ((buttons - row.left() - STATE) * 0.52).max(80.0) + row.left();
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
    pub fn focus(&mut self, session: &Session, subject: &Subject) {
        let key = match subject {
            Subject::Instance(name) => Key::Instance(name.clone()),
            Subject::Port { instance, port } => {
                let port = Port::new(instance, port);
                let side = super::side_of(session, &port);
                Key::Port(port, side)
            }
            Subject::Wire { instance, import } => Key::Port(Port::new(instance, import), Side::Import),
            _ => return,
        };
        self.search.clear();
        self.focus = Some(key);
    }

    /// Begins to give an instance another name.
    pub fn rename(&mut self, session: &Session, name: &str) {
        naming::rename(session, self, &Key::Instance(name.to_owned()));
    }

    /// The menu that was asked for.
    pub fn menu(&mut self) -> Option<Menu> {
        self.menu.take()
    }

    /// Lets the other end of a wire from this port be chosen.
    pub fn choose(&mut self, port: Port, side: Side, at: Pos2) {
        let key = Key::Port(port.clone(), side);
        self.choosing = Some((Choosing::new(For::Port(port, side), at), key));
    }

    /// Brings a port into view and gives it the focus.
    pub fn go_to(&mut self, port: Port, side: Side) {
        self.search.clear();
        self.focus = Some(Key::Port(port, side));
    }

    fn is_open(&self, key: &Key) -> bool {
        let at_first = !matches!(key, Key::Instance(_) | Key::Frame(_)) || !self.model.starts_folded();
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
            Key::Frame(_) => vec![Key::Group(Group::Frames)],
            Key::Member(title, _) => vec![Key::Group(Group::Frames), Key::Frame(title.clone())],
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
            let key = match &self.selected {
                Selection::Instances(names) => match names.as_slice() {
                    [one] => Some(Key::Instance(one.clone())),
                    _ => None,
                },
                Selection::Frame(title) => Some(Key::Frame(title.clone())),
                _ => None,
            };
            let is_there = |row: &Key| match (&self.current, row) {
                (Some((Key::Member(_, name), _)), Key::Instance(one)) => name == one,
                (Some((key, _)), _) => key == row,
                (None, _) => false,
            };
            if let Some(key) = key.filter(|key| !is_there(key)) {
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
            (Row::Frame(i), Key::Frame(title)) => self.model.frames.get(*i).is_some_and(|(t, _)| t == title),
            (Row::Member(..), Key::Member(..)) => self.model.key(session, *row).as_ref() == Some(key),
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
    keys::keys(ui, session, state, id, outbox);
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

/// Where the menu of a row opens: below its third column.
fn place_of(ui: &Ui, list: Id, key: &Key) -> Pos2 {
    ui.data(|d| d.get_temp(row_id(list, key).with("menu"))).unwrap_or_else(|| ui.max_rect().center())
}

/// Asks for the menu of a row.
fn open_menu(state: &mut State, key: &Key, at: Pos2, by_keyboard: bool) {
    let on = match key {
        Key::Group(_) | Key::Result(_) => return,
        Key::Frame(title) => MenuOn::Frame(title.clone()),
        Key::Member(_, name) | Key::Instance(name) => MenuOn::Node(name.clone()),
        Key::Port(port, side) => MenuOn::Port(port.clone(), *side),
        Key::Wire(to) => MenuOn::Wire(to.clone()),
    };
    state.menu = Some(Menu::new(at, on, by_keyboard));
}

fn select(state: &mut State, selection: Selection, outbox: &mut Outbox) {
    state.selected = selection.clone();
    outbox.command(Command::Select(selection));
}
