//! Small controls of the form that are named by the path of their field.

use crate::ui::parts::Button;
use crate::ui::parts::draw::focus_ring;
use crate::ui::theme::{self, fonts, icons, size, space};
use egui::{
    Align2, Color32, CornerRadius, Id, Rect, Response, Role, Sense, Stroke, StrokeKind, TextWrapMode, Ui, Vec2,
    WidgetInfo, WidgetText, pos2, vec2,
};

/// A button that is only an icon, with its name for those who cannot see it.
pub(super) fn icon_button(ui: &mut Ui, id: Id, glyph: &str, name: &str, enabled: bool) -> Response {
    let t = theme::tokens(ui.ctx());
    let (_, rect) = ui.allocate_space(Vec2::splat(size::ROW));
    let sense = if enabled { Sense::click() } else { Sense::hover() };
    let response = ui.interact(rect, id, sense);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, name));
    if ui.is_rect_visible(rect) {
        let lit = enabled && (response.hovered() || response.has_focus());
        if lit {
            ui.painter().rect_filled(rect.shrink(2.0), CornerRadius::same(4), t.hover);
        }
        focus_ring(ui, &response, rect.shrink(2.0));
        let color = match (enabled, lit) {
            (false, _) => t.line_strong,
            (true, true) => t.strong,
            (true, false) => t.dim,
        };
        ui.painter().text(rect.center(), Align2::CENTER_CENTER, glyph, fonts::icon(14.0), color);
    }
    if enabled { response.on_hover_text(name) } else { response }
}

/// A switch with a word beside it. Changes `on` when used.
pub(super) fn switch(ui: &mut Ui, id: Id, on: &mut bool, word: &str, name: &str) -> Response {
    let t = theme::tokens(ui.ctx());
    let text = WidgetText::from(egui::RichText::new(word).font(fonts::mono(size::BODY)).color(t.normal));
    let galley = text.into_galley(ui, Some(TextWrapMode::Extend), f32::INFINITY, egui::TextStyle::Body);
    let track = vec2(30.0, 16.0);
    let (_, rect) = ui.allocate_space(vec2(track.x + space::S + galley.size().x, size::ROW));
    let mut response = ui.interact(rect, id, Sense::click());
    if response.clicked() {
        *on = !*on;
        response.mark_changed();
    }
    response.widget_info(|| WidgetInfo::selected(Role::Switch, true, *on, name));
    if ui.is_rect_visible(rect) {
        let how_on = ui.ctx().animate_bool_responsive(id, *on);
        let track = Rect::from_min_size(pos2(rect.left(), rect.center().y - 8.0), track);
        let off = if response.hovered() { t.pressed } else { t.field };
        let fill = off.lerp_to_gamma(t.accent_fill, how_on);
        let edge = t.line_strong.lerp_to_gamma(t.accent_fill, how_on);
        ui.painter().rect(track, CornerRadius::same(8), fill, Stroke::new(1.0, edge), StrokeKind::Inside);
        let x = egui::lerp(track.left() + 8.0..=track.right() - 8.0, how_on);
        ui.painter().circle_filled(pos2(x, track.center().y), 5.0, t.dim.lerp_to_gamma(t.on_accent, how_on));
        focus_ring(ui, &response, track.expand(3.0));
        let at = pos2(track.right() + space::S, rect.center().y - galley.size().y / 2.0);
        ui.painter().galley(at, galley, Color32::PLACEHOLDER);
    }
    response
}

/// A row of choices of which one holds. Returns the one that was picked, and whether one of them has the focus.
pub(super) fn segmented<'a>(
    ui: &mut Ui,
    id: Id,
    chosen: usize,
    path: &str,
    choices: impl IntoIterator<Item = (&'a str, Option<&'a str>)>,
) -> (Option<usize>, bool) {
    let t = theme::tokens(ui.ctx());
    let (mut picked, mut focused) = (None, false);
    let choices: Vec<_> = choices
        .into_iter()
        .map(|(text, docs)| {
            let text = crate::diag::display_safe_line(text).into_owned();
            let rich = WidgetText::from(egui::RichText::new(&text).font(fonts::mono(12.0)));
            (rich.into_galley(ui, Some(TextWrapMode::Extend), f32::INFINITY, egui::TextStyle::Body), text, docs)
        })
        .collect();
    let width: f32 = choices.iter().map(|(galley, ..)| galley.size().x + 2.0 * SEGMENT_PAD).sum();
    let (_, frame) = ui.allocate_space(vec2(width, size::ROW));
    let radius = CornerRadius::same(size::RADIUS);
    ui.painter().rect(frame, radius, t.field, Stroke::new(1.0, t.line), StrokeKind::Inside);
    let mut x = frame.left();
    for (i, (galley, text, docs)) in choices.into_iter().enumerate() {
        let rect = Rect::from_min_size(pos2(x, frame.top()), vec2(galley.size().x + 2.0 * SEGMENT_PAD, frame.height()));
        x = rect.right();
        let mut response = ui.interact(rect, id.with(i), Sense::click());
        let is_chosen = i == chosen;
        response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, is_chosen, format!("{path}: {text}")));
        if response.clicked() && !is_chosen {
            picked = Some(i);
        }
        focused |= response.has_focus();
        let inner = rect.shrink(2.0);
        let small = CornerRadius::same(size::RADIUS - 2);
        if is_chosen {
            ui.painter().rect_filled(inner, small, t.pressed);
        } else if response.hovered() {
            ui.painter().rect_filled(inner, small, t.hover);
        }
        focus_ring(ui, &response, inner);
        let color = if is_chosen || response.hovered() { t.strong } else { t.dim };
        ui.painter().galley_with_override_text_color(rect.center() - galley.size() / 2.0, galley, color);
        if let Some(docs) = docs {
            response = response.on_hover_text(crate::diag::display_safe(docs));
        }
        drop(response);
    }
    (picked, focused)
}

const SEGMENT_PAD: f32 = 10.0;

/// How wide [`segmented`] would be with these choices.
pub(super) fn segmented_width<'a>(ui: &Ui, choices: impl IntoIterator<Item = &'a str>) -> f32 {
    let font = fonts::mono(12.0);
    let glyph = ui.fonts_mut(|f| f.glyph_width(&font, 'm'));
    choices.into_iter().map(|c| c.chars().count() as f32 * glyph + 2.0 * SEGMENT_PAD).sum()
}

/// A quiet button with an icon and words, and a longer name for those who do not see where it stands.
pub(super) fn text_button(ui: &mut Ui, glyph: &str, words: &str, name: &str) -> Response {
    ui.add(Button::new(words).icon(glyph).quiet()).accessible_name(name)
}

/// A line below a field, with an icon before it. Wraps.
pub(super) fn below(ui: &mut Ui, glyph: Option<&str>, text: &str, color: Color32) {
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        if let Some(glyph) = glyph {
            ui.label(egui::RichText::new(glyph).font(fonts::icon(13.0)).color(color));
        }
        ui.add(egui::Label::new(egui::RichText::new(text).font(fonts::text(12.0)).color(color)).wrap());
    });
}

/// The line that says what is wrong.
pub(super) fn error_below(ui: &mut Ui, text: &str) {
    let color = theme::tokens(ui.ctx()).error;
    below(ui, Some(icons::ERROR), text, color);
}
