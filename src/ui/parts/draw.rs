//! Small helpers for painting: laid out text, icons, the focus ring.

use crate::ui::theme::{fonts, size, tokens};
use egui::epaint::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{Align2, Color32, CornerRadius, FontId, Galley, Painter, Pos2, Rect, Response, Stroke, StrokeKind, Ui};
use std::sync::Arc;

/// One line of text.
pub fn line(ui: &Ui, text: &str, font: FontId, color: Color32) -> Arc<Galley> {
    ui.painter().layout_no_wrap(text.to_owned(), font, color)
}

/// One line of text, cut with an ellipsis where it would be wider than `width`.
pub fn elided(ui: &Ui, text: &str, font: FontId, color: Color32, width: f32) -> Arc<Galley> {
    elided_with(ui.painter(), text, font, color, width)
}

/// The same, with a painter.
pub fn elided_with(painter: &Painter, text: &str, font: FontId, color: Color32, width: f32) -> Arc<Galley> {
    let mut job = LayoutJob::single_section(text.to_owned(), TextFormat::simple(font, color));
    job.wrap = TextWrapping::truncate_at_width(width.max(0.0));
    painter.layout_job(job)
}

/// As [`elided`], but with the ellipsis in the middle, so that both ends are seen.
pub fn cut_in_middle(ui: &Ui, text: &str, font: FontId, color: Color32, width: f32) -> Arc<Galley> {
    cut_in_middle_with(ui.painter(), text, font, color, width)
}

/// The same, with a painter.
pub fn cut_in_middle_with(painter: &Painter, text: &str, font: FontId, color: Color32, width: f32) -> Arc<Galley> {
    let line = |text: &str| painter.layout_no_wrap(text.to_owned(), font.clone(), color);
    let elided = |text: &str| elided_with(painter, text, font.clone(), color, width);
    let whole = line(text);
    if whole.size().x <= width {
        return whole;
    }
    let dots = line("…").size().x;
    let side = (width - dots) / 2.0;
    let glyphs = whole.rows.first().map(|row| row.glyphs.as_slice()).unwrap_or_default();
    let head = glyphs.iter().take_while(|g| g.max_x() <= side).count();
    let tail = glyphs.iter().rev().take_while(|g| whole.size().x - g.pos.x <= side).count();
    if head == 0 || tail == 0 {
        return elided(text);
    }
    let end = text.chars().count().saturating_sub(tail);
    let cut: String = text.chars().take(head).chain(['…']).chain(text.chars().skip(end)).collect();
    elided(&cut)
}

/// Paints a line of text with its left edge at `left` and its middle at that height; returns its right edge.
pub fn put(painter: &Painter, left: Pos2, galley: Arc<Galley>) -> f32 {
    let size = galley.size();
    // On whole pixels, so that every line of a list sits equally.
    let top = (left.y - size.y / 2.0).round();
    painter.galley(Pos2::new(left.x, top), galley, Color32::PLACEHOLDER);
    left.x + size.x
}

/// Paints a line of text with its right edge at `right`; returns its left edge.
pub fn put_right(painter: &Painter, right: Pos2, galley: Arc<Galley>) -> f32 {
    let left = right.x - galley.size().x;
    put(painter, Pos2::new(left, right.y), galley);
    left
}

/// Paints an icon around a point.
pub fn icon(painter: &Painter, center: Pos2, glyph: &str, points: f32, color: Color32) {
    painter.text(center, Align2::CENTER_CENTER, glyph, fonts::icon(points), color);
}

/// Brings what has just got the keyboard's focus into view.
pub fn reveal(ui: &Ui, response: &Response) {
    if response.gained_focus() {
        ui.scroll_to_rect(response.rect, None);
    }
}

/// Whether any of this is to be painted, after [`reveal`].
pub fn is_seen(ui: &Ui, response: &Response, rect: Rect) -> bool {
    reveal(ui, response);
    ui.is_rect_visible(rect)
}

/// Paints the ring around what has the keyboard's focus.
pub fn focus_ring(ui: &Ui, response: &Response, rect: Rect) {
    if response.has_focus() {
        let ring = Stroke::new(1.5, tokens(ui.ctx()).accent);
        ui.painter().rect_stroke(rect, CornerRadius::same(size::RADIUS), ring, StrokeKind::Inside);
    }
}

/// The ground of a row: selected, under the pointer, or none.
pub fn row_ground(ui: &Ui, response: &Response, rect: Rect, selected: bool) {
    let t = tokens(ui.ctx());
    let ground = if selected {
        t.selected
    } else if response.hovered() && response.enabled() {
        t.hover
    } else {
        Color32::TRANSPARENT
    };
    ui.painter().rect_filled(rect, CornerRadius::same(4), ground);
}
