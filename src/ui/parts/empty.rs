//! What a panel shows while there is nothing to show.

use super::{Button, draw};
use crate::ui::theme::{fonts, size, space, tokens};
use egui::{
    Align, Color32, CornerRadius, Layout, Painter, Pos2, Rect, Role, Sense, Shape, Stroke, StrokeKind, Ui, UiBuilder,
    WidgetInfo, pos2, vec2,
};

/// The faint drawing of an empty panel.
#[derive(Debug, Clone, Copy)]
pub enum Drawing<'a> {
    /// Two nodes and a wire between them.
    Graph,
    /// An icon, drawn large.
    Icon(&'a str),
}

/// One sentence, one action, a faint drawing, in the middle of the room there is. True if the action was activated.
pub fn empty(ui: &mut Ui, drawing: Drawing<'_>, sentence: &str, action: Option<&str>) -> bool {
    let t = tokens(ui.ctx());
    let room = ui.available_rect_before_wrap();
    let width = (room.width() - 2.0 * space::L).clamp(80.0, 320.0);
    let words = {
        let mut job = egui::text::LayoutJob::simple(sentence.to_owned(), fonts::text(size::BODY), t.dim, width);
        job.halign = Align::Center;
        ui.painter().layout_job(job)
    };
    let picture = if room.height() > 160.0 { 72.0 } else { 0.0 };
    let button = if action.is_some() { size::ROW + space::M } else { 0.0 };
    let height = picture + words.size().y + button;
    let top = room.top() + ((room.height().min(600.0) - height) * 0.45).max(space::S);
    let middle = room.center().x.round();
    if picture > 0.0 {
        let slot = Rect::from_center_size(pos2(middle, top + 28.0), vec2(104.0, 56.0));
        match drawing {
            Drawing::Graph => graph(ui.painter(), slot, t.line_strong),
            Drawing::Icon(glyph) => draw::icon(ui.painter(), slot.center(), glyph, 44.0, t.line_strong),
        }
    }
    let text_top = top + picture;
    let text = Rect::from_center_size(pos2(middle, text_top + words.size().y / 2.0), words.size());
    ui.interact(text, ui.scope_id().with("empty"), Sense::hover())
        .widget_info(|| WidgetInfo::labeled(Role::Label, true, sentence));
    ui.painter().galley(pos2(middle, text_top.round()), words, Color32::PLACEHOLDER);
    let Some(label) = action else {
        return false;
    };
    let place = Rect::from_min_size(pos2(room.left(), text.bottom() + space::M), vec2(room.width(), size::ROW));
    let mut child = ui.new_child(UiBuilder::new().max_rect(place).layout(Layout::top_down(Align::Center)));
    child.add(Button::new(label)).clicked()
}

fn graph(painter: &Painter, slot: Rect, ink: Color32) {
    let line = Stroke::new(1.2, ink);
    let node = |min: Pos2| {
        let rect = Rect::from_min_size(min, vec2(38.0, 34.0));
        painter.rect_stroke(rect, CornerRadius::same(4), line, StrokeKind::Inside);
        painter.hline(rect.left() + 6.0..=rect.left() + 22.0, rect.top() + 9.5, line);
    };
    node(slot.min);
    node(slot.max - vec2(38.0, 34.0));
    let from = slot.min + vec2(38.0, 22.0);
    let to = slot.max - vec2(38.0, 12.0);
    let wire = egui::epaint::CubicBezierShape::from_points_stroke(
        [from, from + vec2(18.0, 0.0), to - vec2(18.0, 0.0), to],
        false,
        Color32::TRANSPARENT,
        line,
    );
    painter.extend(Shape::dashed_line(&wire.flatten(Some(0.2)), line, 3.0, 3.0));
    painter.circle_filled(from, 3.0, ink);
    painter.circle_filled(to, 3.0, ink);
}
