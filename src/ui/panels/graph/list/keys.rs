//! The list by keyboard.

use super::super::choose::{Choosing, For};
use super::model::{Group, Key};
use super::naming::rename;
use super::{State, open_menu, place_of, row_id, select, toggle_export};
use crate::compose::Side;
use crate::session::Session;
use crate::ui::actions::Action;
use crate::ui::canvas::SelectMode;
use crate::ui::panels::Outbox;
use egui::{EventFilter, Id, Modifiers, Ui};

/// The keys of the row that has the focus.
pub(super) fn keys(ui: &Ui, session: &Session, state: &mut State, list: Id, outbox: &mut Outbox) {
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
    let folds = matches!(key, Key::Group(_) | Key::Frame(_) | Key::Instance(_));
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
                Key::Frame(_) => Key::Group(Group::Frames),
                Key::Member(title, _) => Key::Frame(title.clone()),
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
            Key::Group(_) | Key::Frame(_) | Key::Instance(_) => state.turn(&key),
            Key::Member(_, name) => state.focus = Some(Key::Instance(name.clone())),
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
            Key::Frame(_) => outbox.act(Action::FoldFrame),
            Key::Instance(name) | Key::Member(_, name) => {
                let selection = super::super::selected(session, vec![name.clone()], SelectMode::Toggle);
                select(state, selection, outbox);
            }
            Key::Port(port, Side::Export) => toggle_export(session, state, port, outbox),
            _ => {}
        }
    }
    if pressed(Modifiers::SHIFT, egui::Key::F10) || pressed(Modifiers::NONE, egui::Key::Menu) {
        open_menu(state, &key, place_of(ui, list, &key), true);
    }
    state.show_rows(session);
}
