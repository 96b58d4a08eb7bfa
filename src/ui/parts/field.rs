//! What is typed into and ticked.

use super::draw;
use crate::ui::theme::{fonts, icons, size, space, tokens};
use egui::{
    Color32, CornerRadius, Margin, Response, Role, Sense, Stroke, StrokeKind, TextEdit, Ui, WidgetInfo, pos2, vec2,
};

/// A text field with an accessible name, one row high.
pub fn named_field(ui: &mut Ui, name: &str, edit: TextEdit<'_>) -> Response {
    let response = ui.add(edit.margin(Margin::symmetric(space::S as i8, 4)).align(egui::Align2::LEFT_CENTER));
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(name));
    draw::reveal(ui, &response);
    response
}

/// A field to search with, as wide as there is room. Its hint is its name. Escape empties it.
pub fn search_field(ui: &mut Ui, text: &mut String, hint: &str) -> Response {
    let t = tokens(ui.ctx());
    let width = ui.available_width();
    // The button that clears it needs its room only while there is something to clear.
    let right = if text.is_empty() { 8 } else { 28 };
    let edit = TextEdit::singleline(text)
        .hint_text(egui::RichText::new(hint).color(t.faint))
        .desired_width(width)
        .min_size(vec2(0.0, size::ROW))
        .margin(Margin { left: 28, right, top: 4, bottom: 4 })
        .align(egui::Align2::LEFT_CENTER);
    let mut response = ui.add(edit);
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_role(Role::SearchInput);
        node.set_label(hint);
    });
    let rect = response.rect;
    draw::icon(ui.painter(), pos2(rect.left() + 15.0, rect.center().y), icons::SEARCH, 14.0, t.dim);
    if !text.is_empty() {
        let slot = egui::Rect::from_center_size(pos2(rect.right() - 14.0, rect.center().y), vec2(20.0, 20.0));
        let clear = ui.interact(slot, response.id.with("clear"), Sense::click());
        clear.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Clear search"));
        let ink = if clear.hovered() || clear.has_focus() { t.strong } else { t.dim };
        draw::icon(ui.painter(), slot.center(), icons::CLOSE, 12.0, ink);
        draw::focus_ring(ui, &clear, slot);
        let escaped = response.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Escape));
        if clear.clicked() || escaped {
            text.clear();
            response.mark_changed();
        }
    }
    response
}

/// A choice of one of a few, with our caret. `id` tells it from others of the same panel; name it for assistive technology
/// with `labelled_by`.
pub fn combo_box(id: impl egui::AsIdSalt) -> egui::ComboBox<'static> {
    egui::ComboBox::from_id_salt(id).icon(|ui, rect, visuals, _| {
        draw::icon(ui.painter(), rect.center(), icons::CARET_DOWN, 12.0, visuals.fg_stroke.color);
    })
}

/// One of the choices of a [`combo_box`], whether it was taken. By the keyboard too, that ends the choosing.
pub fn combo_item(ui: &mut Ui, is_chosen: bool, text: impl Into<egui::WidgetText>) -> bool {
    let is_taken = ui.selectable_label(is_chosen, text.into()).clicked();
    if is_taken {
        ui.close();
    }
    is_taken
}

/// What is wrong with the field above, in words.
pub fn field_error(ui: &mut Ui, text: &str) -> Response {
    let t = tokens(ui.ctx());
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        let (rect, _) = ui.allocate_exact_size(vec2(14.0, 16.0), Sense::hover());
        draw::icon(ui.painter(), rect.center(), icons::ERROR, 14.0, t.error);
        ui.add(egui::Label::new(egui::RichText::new(text).color(t.error)).wrap())
    })
    .inner
}

/// A box to tick, without words; `name` is what assistive technology reads. The response is changed when it was ticked.
pub fn check(ui: &mut Ui, on: &mut bool, name: &str) -> Response {
    let (rect, mut response) = ui.allocate_exact_size(vec2(size::ICON, size::ROW), Sense::click());
    if response.clicked() {
        *on = !*on;
        response.mark_changed();
    }
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, enabled, *on, name));
    if draw::is_seen(ui, &response, rect) {
        let t = tokens(ui.ctx());
        let square = egui::Rect::from_center_size(rect.center(), vec2(16.0, 16.0));
        let (ground, edge) = match (*on, response.hovered()) {
            (true, false) => (t.accent_fill, Color32::TRANSPARENT),
            (true, true) => (t.accent_fill_hover, Color32::TRANSPARENT),
            (false, false) => (t.field, t.faint),
            (false, true) => (t.hover, t.normal),
        };
        ui.painter().rect(square, CornerRadius::same(4), ground, Stroke::new(1.0, edge), StrokeKind::Inside);
        if *on {
            let at = |x: f32, y: f32| square.min + vec2(x, y);
            let tick = vec![at(4.0, 8.2), at(7.0, 11.2), at(12.2, 5.2)];
            ui.painter().add(egui::Shape::line(tick, Stroke::new(1.8, t.on_accent)));
        }
        if response.has_focus() {
            let ring = Stroke::new(1.5, t.accent);
            ui.painter().rect_stroke(square.expand(2.0), CornerRadius::same(size::RADIUS), ring, StrokeKind::Outside);
        }
    }
    response
}

/// A box to tick with words behind it, which tick it too.
pub fn labelled_check(ui: &mut Ui, on: &mut bool, text: &str) -> Response {
    ui.horizontal(|ui| {
        let mut response = check(ui, on, text);
        let t = tokens(ui.ctx());
        let galley = draw::line(ui, text, fonts::text(size::BODY), t.normal);
        let (rect, words) = ui.allocate_exact_size(vec2(galley.size().x, size::ROW), Sense::CLICK);
        draw::put(ui.painter(), rect.left_center(), galley);
        if words.clicked() {
            *on = !*on;
            response.mark_changed();
        }
        response
    })
    .inner
}
