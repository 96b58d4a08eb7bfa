//! Small labels: badges and pills.

use super::draw;
use crate::component::Family;
use crate::ui::theme::{Tone, family_name, fonts, size, tokens};
use egui::{Color32, CornerRadius, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

const HEIGHT: f32 = 16.0;

/// A word with a meaning: coloured ground, coloured text.
pub fn badge(ui: &mut Ui, text: &str, tone: Tone) -> Response {
    let t = tokens(ui.ctx());
    paint(ui, text, t.ground(tone), Color32::TRANSPARENT, t.tone(tone), None)
}

/// A word without a meaning, such as a language or a version: an outline.
pub fn pill(ui: &mut Ui, text: &str) -> Response {
    let t = tokens(ui.ctx());
    paint(ui, text, Color32::TRANSPARENT, t.line_strong, t.dim, None)
}

/// A type family's name with a dot in its hue.
pub fn family_badge(ui: &mut Ui, family: Family) -> Response {
    let t = tokens(ui.ctx());
    paint(ui, family_name(family), Color32::TRANSPARENT, t.line_strong, t.dim, Some(t.family(family)))
}

fn paint(ui: &mut Ui, text: &str, ground: Color32, edge: Color32, ink: Color32, dot: Option<Color32>) -> Response {
    let text_galley = draw::line(ui, text, fonts::medium(size::SMALL), ink);
    let lead = if dot.is_some() { 10.0 } else { 0.0 };
    let width = (text_galley.size().x + lead + 12.0).ceil();
    let (outer, response) = ui.allocate_exact_size(vec2(width, HEIGHT), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    if ui.is_rect_visible(outer) {
        let painter = ui.painter();
        painter.rect(outer, CornerRadius::same(4), ground, Stroke::new(1.0, edge), StrokeKind::Inside);
        let left = outer.left_center() + vec2(6.0, 0.0);
        if let Some(dot) = dot {
            painter.circle_filled(left + vec2(3.0, 0.0), 3.0, dot);
        }
        draw::put(painter, left + vec2(lead, 0.0), text_galley);
    }
    response
}
