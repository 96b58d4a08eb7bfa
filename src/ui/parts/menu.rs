//! Menus: their entries, and the keys that go through them.

use super::draw;
use crate::ui::theme::{fonts, size, space, tokens};
use egui::{
    Color32, EventFilter, FocusDirection, Id, Key, Modifiers, PointerButton, Rect, Response, Role, Sense, Ui,
    WidgetInfo, pos2, vec2,
};

/// What can have the focus in a menu, in order, as it was drawn last, and when that was.
#[derive(Clone, Default)]
struct Entries {
    pass: u64,
    ids: Vec<Id>,
    /// The first one gets the focus once it is there.
    wants_first: bool,
}

fn entries_id(ui: &Ui) -> Id {
    Id::unique("menu entries").with(ui.layer_id())
}

/// Lets the arrow keys and Tab go through the entries of a menu; to be called before they are added. A menu that was just
/// opened takes the focus: by keyboard its first entry, by pointer none of them, until a key is pressed.
pub fn menu_keys(ui: &Ui, opened: Option<MenuOpened>) {
    let of = entries_id(ui);
    let own = of.with("all");
    let response =
        ui.interact(Rect::from_min_size(ui.max_rect().min, vec2(0.0, 0.0)), own, Sense::focusable_noninteractive());
    response.widget_info(|| WidgetInfo::labeled(Role::Menu, true, "Entries of the menu"));
    let mut entries: Entries = ui.data_mut(|d| d.remove_temp(of)).unwrap_or_default();
    if let Some(how) = opened {
        entries = Entries { wants_first: how == MenuOpened::ByKeyboard, ..Entries::default() };
        response.request_focus();
        // From the next frame on the arrow keys are ours, which should not wait for the first of them.
        ui.ctx().request_repaint();
    }
    let focused = ui.memory(|m| m.focused()).filter(|id| *id == own || entries.ids.contains(id));
    if let Some(focused) = focused {
        let is_typing = ui.ctx().text_edit_focused();
        let all = EventFilter { tab: true, horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|m| m.set_focus_lock_filter(focused, all));
        let pressed = |modifiers, key| ui.input_mut(|i| i.consume_key(modifiers, key));
        let at = entries.ids.iter().position(|id| *id == focused);
        let last = entries.ids.len().saturating_sub(1);
        let next = at.map_or(0, |at| if at == last { 0 } else { at + 1 });
        let before = at.map_or(last, |at| if at == 0 { last } else { at - 1 });
        let back = pressed(Modifiers::SHIFT, Key::Tab);
        let to = if !entries.ids.is_empty() && std::mem::take(&mut entries.wants_first) {
            Some(0)
        } else if back || pressed(Modifiers::NONE, Key::ArrowUp) {
            Some(before)
        } else if pressed(Modifiers::NONE, Key::Tab) || pressed(Modifiers::NONE, Key::ArrowDown) {
            Some(next)
        } else if !is_typing && pressed(Modifiers::NONE, Key::Home) {
            Some(0)
        } else if !is_typing && pressed(Modifiers::NONE, Key::End) {
            Some(last)
        } else {
            None
        };
        if let Some(id) = to.and_then(|to| entries.ids.get(to)) {
            ui.memory_mut(|m| {
                m.request_focus(*id);
                // Keys that come faster than frames are not taken twice, here and by egui.
                m.move_focus(FocusDirection::None);
            });
            ui.ctx().request_repaint();
        }
    }
    let new = Entries { pass: ui.ctx().cumulative_pass_nr(), ids: Vec::new(), wants_first: entries.wants_first };
    ui.data_mut(|d| d.insert_temp(of, new));
}

/// How a menu was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MenuOpened {
    /// With the pointer.
    ByPointer,
    /// With a key.
    ByKeyboard,
}

impl MenuOpened {
    /// How it was opened by a click on this, of the pointer or of a key.
    pub fn of(clicked: &Response) -> Self {
        if clicked.clicked_by(PointerButton::Primary) { Self::ByPointer } else { Self::ByKeyboard }
    }
}

/// Makes something else in a menu, such as a field, one of those that the keys go through.
pub fn note_entry(ui: &Ui, response: &Response) {
    let pass = ui.ctx().cumulative_pass_nr();
    ui.data_mut(|d| {
        let entries = d.get_temp_mut_or_default::<Entries>(entries_id(ui));
        if entries.pass != pass {
            *entries = Entries { pass, ..Entries::default() };
        }
        if response.enabled() {
            entries.ids.push(response.id);
        }
    });
}

/// An entry of a menu: icon, words, keys. An entry that cannot be used says why. True if it was activated; the menu closes.
pub fn menu_item(ui: &mut Ui, glyph: Option<&str>, label: &str, keys: &str, why_not: Option<&str>) -> bool {
    let t = tokens(ui.ctx());
    let response = ui
        .add_enabled_ui(why_not.is_none(), |ui| {
            let text = draw::line(ui, label, fonts::text(size::BODY), Color32::PLACEHOLDER);
            let hint = draw::line(ui, keys, fonts::mono(size::SMALL), t.dim);
            let needed = 30.0 + text.size().x + space::XL + hint.size().x + space::S;
            let width = ui.available_width().min(320.0).max(needed).max(180.0);
            let (rect, response) = ui.allocate_exact_size(vec2(width, size::ROW), Sense::click());
            response.widget_info(|| WidgetInfo::labeled(Role::MenuItem, ui.is_enabled(), label));
            draw::row_ground(ui, &response, rect, false);
            let ink = if response.hovered() { t.strong } else { t.normal };
            let y = rect.center().y;
            if let Some(glyph) = glyph {
                draw::icon(ui.painter(), pos2(rect.left() + 15.0, y), glyph, size::ICON, t.dim);
            }
            let top = (y - text.size().y / 2.0).round();
            ui.painter().galley_with_override_text_color(pos2(rect.left() + 30.0, top), text, ink);
            draw::put_right(ui.painter(), pos2(rect.right() - space::S, y), hint);
            draw::focus_ring(ui, &response, rect);
            response
        })
        .inner;
    note_entry(ui, &response);
    let clicked = response.clicked();
    if let Some(why) = why_not {
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(why));
        response.on_disabled_hover_text(why);
    }
    if clicked {
        ui.close();
    }
    clicked
}
