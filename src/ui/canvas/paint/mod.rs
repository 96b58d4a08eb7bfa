//! How the canvas looks. Nothing here changes anything.

mod frames;
mod nodes;
mod ports;
mod wires;

use super::frames::Edges;
use super::geometry::{curve, curve_bounds};
use super::pointer::{Around, Gesture, Hit};
use super::scene::Anchor;
use crate::ui::parts::draw;
use crate::ui::theme::{Tokens, fonts};
use egui::epaint::Mesh;
use egui::{Color32, CornerRadius, FontId, Galley, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, Vec2, pos2};
use std::collections::HashSet;
use std::sync::Arc;

/// The distance of the grid's dots in the world, at life size.
const DOTS: f32 = 24.0;

/// What is emphasised.
#[derive(Debug, Default)]
pub(super) struct Emphasis {
    /// What the pointer or the keyboard is on.
    pub on: Option<Hit>,
    /// While a wire is drawn: the ports it may end at. Everything else is dimmed.
    pub fits: Option<HashSet<Anchor>>,
    /// The end that a drawn wire comes from, and the one it goes to.
    pub active: [Option<Anchor>; 2],
    /// The import of the wire that was picked up: that wire is not drawn where it was.
    pub hidden_wire: Option<usize>,
    /// Nodes that a marquee would select, or a frame take in.
    pub marked: HashSet<usize>,
    /// Frames that what is dragged would join, and those that it would leave.
    pub joined: HashSet<usize>,
    pub left: HashSet<usize>,
    /// What has the keyboard's focus, if the keyboard was used last.
    pub focus: Option<Hit>,
}

/// A painter of the canvas.
pub(super) struct Brush<'a> {
    pub painter: Painter,
    pub t: &'static Tokens,
    pub around: Around<'a>,
    pub emphasis: &'a Emphasis,
    pub moved: HashSet<usize>,
    pub by: Vec2,
    /// What of the world is in view, with some margin.
    pub seen: Rect,
}

impl Brush<'_> {
    fn zoom(&self) -> f32 {
        self.around.view.zoom
    }

    /// A node on the screen, where a drag has it now.
    pub fn node_rect(&self, node: usize) -> Rect {
        let rect = self.around.scene.rect(node);
        let rect = if self.moved.contains(&node) { rect.translate(self.by) } else { rect };
        self.around.view.rect_to_screen(self.around.canvas.min, rect)
    }

    /// A port on the screen.
    pub fn port_at(&self, anchor: Anchor) -> Pos2 {
        let at = self.around.scene.at(anchor);
        self.around.screen(if self.moved.contains(&anchor.node) { at + self.by } else { at })
    }

    /// The two ends of a wire on the screen, where a drag has them now; `None` if none of it is in view.
    pub fn wire_ends(&self, wire: usize) -> Option<(Pos2, Pos2)> {
        self.wire_in_view(wire).map(|(from, to)| (self.around.screen(from), self.around.screen(to)))
    }

    /// The same in the world.
    fn wire_in_view(&self, wire: usize) -> Option<(Pos2, Pos2)> {
        let course = self.around.scene.course(wire)?;
        let ((mut from, mut to), mut bounds) = (course.ends, course.bounds);
        let (a, b) = (self.moved.contains(&course.nodes.0), self.moved.contains(&course.nodes.1));
        if a || b {
            from += if a { self.by } else { Vec2::ZERO };
            to += if b { self.by } else { Vec2::ZERO };
            bounds = curve_bounds(curve(from, to, 1.0));
        }
        self.seen.intersects(bounds).then_some((from, to))
    }

    /// The ground and its dots.
    pub fn ground(&self) {
        let canvas = self.around.canvas;
        self.painter.rect_filled(canvas, CornerRadius::ZERO, self.t.canvas);
        let mut step = DOTS * self.zoom();
        while step < 18.0 {
            step *= 2.0;
        }
        let start = canvas.min + self.around.view.offset;
        let first = |start: f32, low: f32| start + ((low - start) / step).ceil() * step;
        let side = if self.zoom() >= 1.4 { 2.0 } else { 1.0 };
        let mut dots = Mesh::default();
        let mut y = first(start.y, canvas.top());
        while y < canvas.bottom() {
            let mut x = first(start.x, canvas.left());
            while x < canvas.right() {
                let dot = Rect::from_min_size(pos2(x, y).round(), Vec2::splat(side));
                dots.add_colored_rect(dot, self.t.dots);
                x += step;
            }
            y += step;
        }
        self.painter.add(Shape::mesh(dots));
    }

    fn is_on(&self, hit: Hit) -> bool {
        self.emphasis.on == Some(hit)
    }

    /// A selection rectangle of the world.
    pub fn marquee(&self, area: Rect) {
        let area = self.around.view.rect_to_screen(self.around.canvas.min, area);
        let edge = Stroke::new(1.0, self.t.accent);
        self.painter.rect(area, CornerRadius::same(2), self.t.accent.gamma_multiply(0.12), edge, StrokeKind::Inside);
    }

    fn line(&self, text: &str, font: FontId, ink: Color32) -> Arc<Galley> {
        self.painter.layout_no_wrap(text.to_owned(), font, ink)
    }

    fn elided(&self, text: &str, font: FontId, ink: Color32, width: f32) -> Arc<Galley> {
        draw::elided_with(&self.painter, text, font, ink, width)
    }

    /// A name: both its ends tell it from others.
    fn name(&self, text: &str, font: FontId, ink: Color32, width: f32) -> Arc<Galley> {
        draw::cut_in_middle_with(&self.painter, text, font, ink, width)
    }

    fn put(&self, left: Pos2, text: Arc<Galley>) {
        let top = (left.y - text.size().y / 2.0).round();
        self.painter.galley(pos2(left.x.round(), top), text, self.t.normal);
    }
}

/// Text sizes in half points, so that zooming fills the glyph atlas with few sizes.
fn points(size: f32) -> f32 {
    ((size * 2.0).round() / 2.0).max(5.0)
}

fn icon(painter: &Painter, center: Pos2, glyph: &str, size: f32, ink: Color32) {
    painter.text(center, egui::Align2::CENTER_CENTER, glyph, fonts::icon(size), ink);
}

/// The cursor for a gesture and what is under the pointer.
pub(super) fn cursor(gesture: &Gesture, on: Option<&Hit>, space: bool, refused: bool) -> egui::CursorIcon {
    use egui::CursorIcon;
    match gesture {
        Gesture::Panning { .. } => CursorIcon::Grabbing,
        Gesture::Moving { .. } => CursorIcon::Move,
        Gesture::Resizing { edges, .. } => resize_cursor(*edges),
        Gesture::Wiring(_) if refused => CursorIcon::NoDrop,
        Gesture::Wiring(_) => CursorIcon::Crosshair,
        Gesture::Marquee { .. } => CursorIcon::Crosshair,
        Gesture::Idle | Gesture::Pressed { .. } => match on {
            _ if space => CursorIcon::Grab,
            Some(Hit::Port(_)) => CursorIcon::Crosshair,
            Some(Hit::WireEnd(..)) => CursorIcon::Grab,
            Some(Hit::Wire(_) | Hit::Mark(_) | Hit::Fold(_) | Hit::Open(_)) => CursorIcon::PointingHand,
            Some(Hit::FrameEdge(_, edges)) => resize_cursor(*edges),
            Some(Hit::Frame(_)) => CursorIcon::Grab,
            _ => CursorIcon::Default,
        },
    }
}

fn resize_cursor(edges: Edges) -> egui::CursorIcon {
    use egui::CursorIcon;
    match (edges.left, edges.right, edges.top, edges.bottom) {
        (true, _, true, _) | (_, true, _, true) => CursorIcon::ResizeNwSe,
        (true, _, _, true) | (_, true, true, _) => CursorIcon::ResizeNeSw,
        (true, ..) | (_, true, ..) => CursorIcon::ResizeHorizontal,
        _ => CursorIcon::ResizeVertical,
    }
}
