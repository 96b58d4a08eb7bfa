//! What only the window's own frame uses: cards, the live mark, menus, frames of areas.

use crate::component::{Component, Kind};
use crate::diag::display_safe_line;
use crate::ui::parts::{self, draw};
use crate::ui::theme::{fonts, icons, size, space, tokens};
use egui::{
    Align, Align2, Color32, Context, CornerRadius, Frame, Id, Label, LayerId, Layout, Margin, Order, Response,
    RichText, Role, Sense, Shadow, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2,
};
use std::borrow::Cow;

/// Whether the theme in use is the dark one.
pub fn is_dark(ctx: &Context) -> bool {
    tokens(ctx).dark
}

/// Secondary text.
pub fn dim(text: &str) -> RichText {
    RichText::new(text).weak()
}

/// Small secondary text.
pub fn small(text: &str) -> RichText {
    RichText::new(text).weak().size(size::SMALL)
}

/// At most so many characters of a text; what is left out is marked.
pub fn shortened(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()).into(),
        None => text.into(),
    }
}

/// Characters of a name that are shown where text wraps.
pub const MOST_OF_A_NAME: usize = 160;

/// The text with every name in it that is longer than [`MOST_OF_A_NAME`] cut and marked; itself if there is none.
pub fn with_short_names(text: &str) -> Cow<'_, str> {
    let is_of_name = |c: char| c.is_alphanumeric() || "-_:/@.%".contains(c);
    let mut out: Option<String> = None;
    // Bytes that are dealt with, and how many characters the name has so far.
    let (mut taken, mut length) = (0, 0);
    for (at, c) in text.char_indices() {
        length = if is_of_name(c) { length + 1 } else { 0 };
        if length == MOST_OF_A_NAME + 1 {
            let out = out.get_or_insert_default();
            out.push_str(text.get(taken..at).unwrap_or_default());
            out.push('…');
        }
        if length > MOST_OF_A_NAME {
            taken = at + c.len_utf8();
        }
    }
    match out {
        Some(out) => (out + text.get(taken..).unwrap_or_default()).into(),
        None => text.into(),
    }
}

/// What is said where [`with_short_names`] has cut something.
pub const NAMES_ARE_SHORT: &str = "Long names are shortened here: the copy button of each takes it whole";

/// The one large line of a page.
pub fn large(text: &str) -> RichText {
    RichText::new(text).font(fonts::strong(size::LARGE))
}

/// The frame of a side panel.
pub fn panel_frame(ui: &Ui) -> Frame {
    Frame::NONE.fill(tokens(ui.ctx()).panel).inner_margin(Margin::same(space::M as i8))
}

/// The frame of the bars above and below.
pub fn bar_frame(ui: &Ui) -> Frame {
    Frame::NONE.fill(tokens(ui.ctx()).window).inner_margin(Margin::symmetric(space::M as i8, 0))
}

/// The frame of the canvas: none, in the canvas's colour.
pub fn canvas_frame(ui: &Ui) -> Frame {
    Frame::NONE.fill(tokens(ui.ctx()).canvas)
}

/// The frame of what lies over everything.
pub fn popup_frame(ui: &Ui) -> Frame {
    let t = tokens(ui.ctx());
    Frame::NONE
        .fill(t.raised)
        .stroke(Stroke::new(1.0, t.line_strong))
        .corner_radius(size::RADIUS + 2)
        .shadow(Shadow { offset: [0, 8], blur: 24, spread: 0, color: t.shadow })
        .inner_margin(Margin::same(space::L as i8))
}

/// Why there can be no instance of a component, safe to show; nothing if there can.
pub fn why_not_placed(component: &Component) -> Option<String> {
    component.fault().map(|fault| display_safe_line(&fault.message).into_owned())
}

/// A row of a list: an icon, a name, dim text at its end. A long name is cut in its middle.
pub fn row(ui: &mut Ui, selected: bool, enabled: bool, glyph: &str, name: &str, note: &str) -> Response {
    let row = parts::ListRow::new(name).icon(glyph).trailing(note).selected(selected).cut_in_middle();
    ui.add_enabled_ui(enabled, |ui| row.show(ui)).inner
}

/// A row that names the group of rows below it.
pub fn group_row(ui: &mut Ui, text: &str) {
    let t = tokens(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), size::ROW), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    let galley = draw::elided(ui, text, fonts::text(size::SMALL), t.dim, rect.width() - space::S);
    let wider = galley.elided;
    draw::put(ui.painter(), rect.left_center() + vec2(space::XS, 1.0), galley);
    if wider {
        response.on_hover_text(text);
    }
}

/// A card to click: a name, a pill beside it, a line below.
pub fn card(ui: &mut Ui, room: Vec2, name: &str, pill: &str, about: &str) -> Response {
    let t = tokens(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(room, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Open {name}")));
    let mut cut = false;
    if draw::is_seen(ui, &response, rect) {
        let ground = if response.hovered() || response.has_focus() { t.hover } else { t.raised };
        let radius = CornerRadius::same(size::RADIUS);
        ui.painter().rect(rect, radius, ground, Stroke::new(1.0, t.line), StrokeKind::Inside);
        let tag = draw::line(ui, pill, fonts::medium(size::SMALL), t.dim);
        let (left, right) = (rect.left() + space::M, rect.right() - space::M);
        let upper = rect.top() + 20.0;
        let room = right - left - tag.size().x - space::S;
        let title = draw::elided(ui, name, fonts::medium(size::BODY), t.strong, room);
        draw::put(ui.painter(), pos2(left, upper), title);
        draw::put_right(ui.painter(), pos2(right, upper), tag);
        let line = draw::elided(ui, about, fonts::text(size::SMALL + 1.0), t.dim, right - left);
        cut = line.elided;
        draw::put(ui.painter(), pos2(left, rect.top() + 42.0), line);
        draw::focus_ring(ui, &response, rect);
    }
    if cut { response.on_hover_text(about) } else { response }
}

/// A green dot and a word: something lives in the runner.
pub fn live_mark(ui: &mut Ui, text: &str) -> Response {
    let t = tokens(ui.ctx());
    let galley = draw::line(ui, text, fonts::medium(size::SMALL), t.ok);
    let (rect, response) = ui.allocate_exact_size(vec2(galley.size().x + 14.0, size::ROW), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    ui.painter().circle_filled(pos2(rect.left() + 4.0, rect.center().y), 3.5, t.ok);
    draw::put(ui.painter(), rect.left_center() + vec2(14.0, 0.0), galley);
    response
}

/// A menu that opens from a bar.
pub fn menu(ui: &mut Ui, glyph: &str, title: &str, add: impl FnOnce(&mut Ui)) {
    let t = tokens(ui.ctx());
    let icon_width = if glyph.is_empty() { 0.0 } else { size::ICON + space::S };
    let text = draw::elided(ui, title, fonts::medium(size::BODY), t.normal, 220.0);
    let width = text.size().x + icon_width + 2.0 * space::S;
    let (rect, response) = ui.allocate_exact_size(vec2(width.ceil(), size::ROW + 4.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("{title} menu")));
    let ground = if response.hovered() || response.has_focus() { t.hover } else { Color32::TRANSPARENT };
    ui.painter().rect_filled(rect, CornerRadius::same(size::RADIUS), ground);
    if !glyph.is_empty() {
        let center = pos2(rect.left() + space::S + size::ICON / 2.0, rect.center().y);
        draw::icon(ui.painter(), center, glyph, size::ICON, t.accent);
    }
    draw::put(ui.painter(), rect.left_center() + vec2(space::S + icon_width, 0.0), text);
    draw::focus_ring(ui, &response, rect);
    // Whoever opens it by keyboard goes on by keyboard.
    let opened = response.clicked().then(|| parts::MenuOpened::of(&response));
    let id = egui::Popup::default_response_id(&response);
    let was_open = egui::Popup::is_id_open(ui.ctx(), id);
    egui::Popup::menu(&response).show(|ui| {
        ui.set_min_width(232.0);
        parts::menu_keys(ui, opened);
        add(ui);
    });
    let is_left = was_open && ui.input(|i| i.key_pressed(egui::Key::Escape));
    if is_left && !egui::Popup::is_id_open(ui.ctx(), id) {
        response.request_focus();
    }
}

/// What looks like a search field and opens the palette.
pub fn search_button(ui: &mut Ui, width: f32, text: &str, keys: &str) -> Response {
    let t = tokens(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(vec2(width, size::ROW + 4.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, text));
    let ground = if response.hovered() { t.hover } else { t.field };
    let radius = CornerRadius::same(size::RADIUS);
    ui.painter().rect(rect, radius, ground, Stroke::new(1.0, t.line), StrokeKind::Inside);
    draw::icon(ui.painter(), pos2(rect.left() + 15.0, rect.center().y), icons::SEARCH, 14.0, t.dim);
    let keys = draw::line(ui, keys, fonts::mono(size::SMALL), t.dim);
    let right = draw::put_right(ui.painter(), pos2(rect.right() - space::S, rect.center().y), keys);
    let room = right - rect.left() - 28.0 - space::S;
    let text = draw::elided(ui, text, fonts::text(size::BODY), t.dim, room);
    draw::put(ui.painter(), rect.left_center() + vec2(28.0, 0.0), text);
    draw::focus_ring(ui, &response, rect);
    response
}

/// An icon and small text in the bar below, to click.
pub fn status_button(ui: &mut Ui, glyph: &str, text: &str, ink: Color32) -> Response {
    let t = tokens(ui.ctx());
    let galley = draw::line(ui, text, fonts::text(size::SMALL), t.normal);
    let (rect, response) = ui.allocate_exact_size(vec2(galley.size().x + 28.0, 20.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, text));
    if response.hovered() {
        ui.painter().rect_filled(rect, CornerRadius::same(4), t.hover);
    }
    draw::icon(ui.painter(), pos2(rect.left() + 12.0, rect.center().y), glyph, 14.0, ink);
    draw::put(ui.painter(), rect.left_center() + vec2(22.0, 0.0), galley);
    draw::focus_ring(ui, &response, rect);
    response
}

/// Covers the window with one sentence.
pub fn overlay(ctx: &Context, text: &str) {
    let t = tokens(ctx);
    let painter = ctx.layer_painter(LayerId::new(Order::Foreground, Id::unique("overlay")));
    let rect = ctx.content_rect();
    painter.rect_filled(rect, CornerRadius::ZERO, t.window.gamma_multiply(0.85));
    let inner = rect.shrink(24.0);
    painter.rect_stroke(inner, CornerRadius::same(size::RADIUS), Stroke::new(2.0, t.accent), StrokeKind::Inside);
    painter.text(rect.center(), Align2::CENTER_CENTER, text, fonts::strong(size::TITLE), t.strong);
}

/// A key, a text that may be shortened, and a button that copies the whole.
pub fn copied_row(ui: &mut Ui, key: &str, shown: &str, whole: &str, name: &str) {
    parts::key_value(ui, key, |ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        let room = (ui.available_width() - size::ROW - 2.0 * space::XS).max(24.0);
        ui.allocate_ui_with_layout(vec2(room, size::ROW), Layout::left_to_right(Align::Center), |ui| {
            ui.set_width(room);
            let text = RichText::new(display_safe_line(shown)).font(fonts::mono(size::BODY));
            ui.add(Label::new(text).truncate()).on_hover_text(display_safe_line(whole));
        });
        if parts::icon_button(ui, icons::COPY, name).clicked() {
            ui.ctx().copy_text(whole.to_owned());
        }
    });
}

/// A producer's field as a person says it.
pub fn producer_word(field: &str) -> &str {
    match field {
        "language" => "Language",
        "processed-by" => "Processed by",
        "sdk" => "SDK",
        other => other,
    }
}

/// What a file is, in a word or two.
pub fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Component => "Component",
        Kind::CoreModule => "Core module",
        Kind::WitPackage => "WIT package",
        Kind::Unknown => "Unknown file",
    }
}

/// The icon of such a file.
pub fn kind_icon(kind: Kind) -> &'static str {
    match kind {
        Kind::Component => icons::CUBE,
        Kind::CoreModule => icons::CPU,
        Kind::WitPackage => icons::BOOK,
        Kind::Unknown => icons::QUESTION,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_long_names_are_cut_and_what_stands_around_them_stays() {
        let long = "a:b/".to_owned() + &"ü".repeat(300);
        let cut: String = long.chars().take(MOST_OF_A_NAME).collect::<String>() + "…";
        for (text, expected) in [
            (String::new(), String::new()),
            ("f: func(a: list<u8>)".to_owned(), "f: func(a: list<u8>)".to_owned()),
            (long.clone(), cut.clone()),
            (format!("({long}, b: {long})"), format!("({cut}, b: {cut})")),
            (format!("{} {long}", "x ".repeat(400)), format!("{} {cut}", "x ".repeat(400))),
            ("y".repeat(MOST_OF_A_NAME), "y".repeat(MOST_OF_A_NAME)),
        ] {
            assert_eq!(with_short_names(&text), expected);
        }
    }
}
