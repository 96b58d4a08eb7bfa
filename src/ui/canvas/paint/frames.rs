//! How frames look.

use super::{Brush, icon, points};
use crate::diag::display_safe_line;
use crate::ui::canvas::frames::{FrameView, fold_button};
use crate::ui::canvas::geometry::{DETAIL, OUTLINE};
use crate::ui::canvas::pointer::Hit;
use crate::ui::theme::{fonts, icons, size};
use egui::{Color32, CornerRadius, Rect, Shape, Stroke, StrokeKind, pos2, vec2};

impl Brush<'_> {
    /// An open frame behind the nodes, with its title.
    pub fn frame(&self, i: usize, frame: &FrameView, rect: Rect) {
        let (t, z) = (self.t, self.zoom());
        let world = rect;
        let rect = self.around.view.rect_to_screen(self.around.canvas.min, rect);
        if !rect.expand(4.0).intersects(self.painter.clip_rect()) {
            return;
        }
        let on = match self.emphasis.on {
            Some(Hit::Frame(n) | Hit::FrameEdge(n, _) | Hit::Fold(n)) => n == i,
            _ => false,
        };
        let joined = self.emphasis.joined.contains(&i);
        let edge = match (frame.selected || joined, on) {
            (true, _) => Stroke::new(if joined { 2.0 } else { 1.5 }, t.accent),
            (_, true) => Stroke::new(1.0, t.dim),
            _ => Stroke::new(1.0, t.line_strong),
        };
        let radius = CornerRadius::same((10.0 * z).round().clamp(3.0, 14.0) as u8);
        let ground = if joined { t.selected } else { t.panel };
        self.painter.rect_filled(rect, radius, ground.gamma_multiply(0.55));
        if self.emphasis.left.contains(&i) {
            let corners = [rect.left_top(), rect.right_top(), rect.right_bottom(), rect.left_bottom(), rect.left_top()];
            self.painter.extend(Shape::dashed_line(&corners, Stroke::new(1.5, t.dim), 6.0, 5.0));
        } else {
            self.painter.rect_stroke(rect, radius, edge, StrokeKind::Inside);
        }
        let ink = if frame.selected || on || joined { t.strong } else { t.dim };
        let is_empty = frame.frame.members.is_empty();
        let font = fonts::medium(points(13.0 * z.max(0.7)));
        if z >= OUTLINE && !is_empty {
            self.fold_button(world, icons::CARET_DOWN, self.is_on(Hit::Fold(i)), ink);
        }
        let left = rect.left() + if z >= OUTLINE && !is_empty { 32.0 } else { 12.0 } * z;
        let count = if z >= DETAIL { frame.frame.members.len().to_string() } else { String::new() };
        let count = self.line(&count, fonts::mono(points(11.0 * z)), t.dim);
        let room = rect.right() - left - count.size().x - 24.0 * z;
        let title = self.elided(&display_safe_line(&frame.title), font, ink, room);
        // Beside its button, but never over the edge.
        let y = rect.top() + (18.0 * z).max(7.0);
        if !is_empty {
            self.put(pos2(rect.right() - 12.0 * z - count.size().x, y), count);
        }
        self.put(pos2(left, y), title);
        if is_empty && z >= DETAIL {
            let hint = self.elided("Drag nodes in here", fonts::text(points(13.0 * z)), t.dim, rect.width() - 24.0 * z);
            let middle = rect.center() + vec2(-hint.size().x / 2.0, 12.0 * z);
            self.put(middle, hint);
        }
        if self.emphasis.focus == Some(Hit::Frame(i)) {
            let ring = Stroke::new(2.0, t.accent);
            self.painter.rect_stroke(rect.expand(3.0), radius, ring, StrokeKind::Middle);
        }
        if (frame.selected || on) && z >= OUTLINE && !self.around.scene.is_fixed() {
            self.grip(rect, if frame.selected { t.accent } else { t.dim });
        }
    }

    /// Two short lines in the lower right corner: here it is resized.
    fn grip(&self, rect: Rect, ink: Color32) {
        let corner = rect.right_bottom() - vec2(5.0, 5.0);
        for long in [5.0, 10.0] {
            self.painter.line_segment([corner - vec2(long, 0.0), corner - vec2(0.0, long)], Stroke::new(1.5, ink));
        }
    }

    /// The button on the node of a folded frame.
    pub(super) fn open_button(&self, node: usize) {
        let of = self.around.scene.rect(node);
        let of = if self.moved.contains(&node) { of.translate(self.by) } else { of };
        self.fold_button(of, icons::CARET_RIGHT, self.is_on(Hit::Open(node)), self.t.normal);
    }

    /// The button that folds a frame or opens it; `of` is the frame or the node in the world.
    fn fold_button(&self, of: Rect, glyph: &str, is_on: bool, ink: Color32) {
        let z = self.zoom();
        let rect = self.around.view.rect_to_screen(self.around.canvas.min, fold_button(of));
        if is_on {
            self.painter.rect_filled(rect, CornerRadius::same(size::RADIUS), self.t.hover);
        }
        let has_focus = matches!(self.emphasis.focus, Some(Hit::Fold(_) | Hit::Open(_))) && is_on;
        if has_focus {
            let ring = Stroke::new(2.0, self.t.accent);
            self.painter.rect_stroke(rect, CornerRadius::same(size::RADIUS), ring, StrokeKind::Middle);
        }
        icon(&self.painter, rect.center(), glyph, points(13.0 * z.max(0.7)), if is_on { self.t.strong } else { ink });
    }
}
