//! Words that lead somewhere inside the window.

use super::draw;
use crate::diag::display_safe_line;
use crate::ui::theme::tokens;
use egui::text::{CCursor, LayoutJob};
use egui::{
    Color32, CursorIcon, FontId, Galley, Pos2, Rect, Response, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2,
};
use std::ops::Range;

/// A name that leads to its definition. It is cut where it would be wider than `width`; its whole text is its accessible
/// name.
pub fn link(ui: &mut Ui, text: &str, font: FontId, ink: Color32, width: f32) -> Response {
    let safe = display_safe_line(text);
    let galley = draw::elided(ui, &safe, font, ink, width);
    let (rect, response) = ui.allocate_exact_size(galley.size(), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Link, true, &*safe));
    let cut = galley.elided;
    if draw::is_seen(ui, &response, rect) {
        draw::put(ui.painter(), rect.left_center(), galley);
        underline(ui, &response, rect, ink);
    }
    let response = response.on_hover_cursor(CursorIcon::PointingHand);
    if cut { response.on_hover_text(&*crate::ui::panels::kit::shortened(&safe, 1_000)) } else { response }
}

/// A text in which some ranges of bytes are links, named by their text; the one that was activated. It wraps, and a link that
/// goes over a line's end is clicked on its first line.
pub fn linked_text(ui: &mut Ui, mut job: LayoutJob, links: &[Range<usize>]) -> Option<usize> {
    job.wrap.max_width = ui.available_width();
    let galley = ui.painter().layout_job(job);
    let (rect, whole) = ui.allocate_exact_size(galley.size(), Sense::hover());
    whole.widget_info(|| WidgetInfo::labeled(Role::Label, true, galley.text()));
    if ui.is_rect_visible(rect) {
        ui.painter().galley(rect.min, galley.clone(), tokens(ui.ctx()).normal);
    }
    let mut activated = None;
    let (mut bytes, mut letters) = (0, 0);
    for (i, range) in links.iter().enumerate() {
        let (Some(before), Some(name)) = (galley.text().get(bytes..range.start), galley.text().get(range.clone()))
        else {
            continue;
        };
        let start = letters + before.chars().count();
        (bytes, letters) = (range.end, start + name.chars().count());
        let place = place(&galley, rect.min, start..letters);
        let response = ui.interact(place, whole.id.with(i), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Link, true, name));
        draw::reveal(ui, &response);
        let section = galley.job.sections.iter().find(|s| s.byte_range.contains(&range.start.into()));
        let ink = section.map_or(tokens(ui.ctx()).accent, |s| s.format.color);
        underline(ui, &response, place, ink);
        if response.on_hover_cursor(CursorIcon::PointingHand).clicked() {
            activated = Some(i);
        }
    }
    activated
}

/// Where these letters of a text are painted, up to the end of their first line.
fn place(galley: &Galley, origin: Pos2, letters: Range<usize>) -> Rect {
    let start = galley.pos_from_cursor(CCursor { prefer_next_row: true, ..CCursor::new(letters.start) });
    let end = galley.pos_from_cursor(CCursor::new(letters.end));
    let right = if end.min.y <= start.min.y { end.min.x } else { galley.size().x };
    Rect::from_min_max(start.min, pos2(right, start.max.y)).translate(origin.to_vec2())
}

fn underline(ui: &Ui, response: &Response, rect: Rect, ink: Color32) {
    if response.hovered() || response.has_focus() {
        ui.painter().hline(rect.x_range(), rect.bottom() - 1.0, Stroke::new(1.0, ink));
    }
    draw::focus_ring(ui, response, rect.expand2(vec2(3.0, 1.0)));
}
