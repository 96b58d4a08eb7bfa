//! How wires and their taps look.

use super::{Brush, icon, points};
use crate::compose::Side;
use crate::ui::canvas::geometry::curve_point;
use crate::ui::canvas::geometry::{DETAIL, OUTLINE, curve};
use crate::ui::canvas::pointer::Hit;
use crate::ui::canvas::scene::{Course, Wire};
use crate::ui::canvas::taps::{TAP, words};
use crate::ui::theme::{fonts, icons};
use egui::epaint::{CubicBezierShape, Mesh, PathStroke};
use egui::{Color32, CornerRadius, Pos2, Rect, Shape, Stroke, StrokeKind, Vec2, pos2, vec2};

impl Brush<'_> {
    /// All wires, those that are emphasised last.
    pub fn wires(&self) {
        let strong = match &self.emphasis.on {
            Some(Hit::Wire(i) | Hit::WireEnd(i, _)) => Some(*i),
            _ => None,
        };
        let wires = self.around.scene.wires();
        let shown = |i: &usize| Some(*i) != self.emphasis.hidden_wire;
        let above = |i: usize, wire: &Wire| wire.selected || strong == Some(i);
        // There are many when everything is in view: one mesh holds them all.
        let mut lines = Mesh::default();
        if self.zoom() < OUTLINE {
            lines.reserve_vertices(6 * wires.len());
            lines.reserve_triangles(4 * wires.len());
        }
        for (i, wire) in wires.iter().enumerate().filter(|(i, w)| shown(i) && !above(*i, w)) {
            if self.zoom() >= OUTLINE {
                self.wire(i, wire, false);
            } else if let Some((from, to)) = self.wire_ends(i) {
                let ink = if wire.broken { self.t.error } else { self.wire_ink(wire).gamma_multiply(0.6) };
                add_line(&mut lines, from, to, ink);
            }
        }
        self.painter.add(Shape::mesh(lines));
        for (i, wire) in wires.iter().enumerate().filter(|(i, w)| shown(i) && above(*i, w)) {
            self.wire(i, wire, strong == Some(i));
        }
    }

    fn wire_ink(&self, wire: &Wire) -> Color32 {
        let ink = self.t.family(wire.family);
        if self.emphasis.fits.is_some() { ink.lerp_to_gamma(self.t.canvas, 0.65) } else { ink }
    }

    fn wire(&self, i: usize, wire: &Wire, strong: bool) {
        let Some((from, to)) = self.wire_ends(i) else { return };
        let c = curve(from, to, self.zoom());
        let ink = self.wire_ink(wire);
        let width = (1.75 * self.zoom()).clamp(1.0, 2.5);
        if wire.selected {
            self.curve(c, Stroke::new(width + 5.0, self.t.accent.gamma_multiply(0.45)), false);
        }
        self.curve(c, Stroke::new(if strong { width + 1.5 } else { width }, ink), wire.broken);
        if wire.broken {
            let middle = curve_point(c, 0.5);
            self.painter.circle_filled(middle, 9.0, self.t.canvas);
            icon(&self.painter, middle, icons::LINK_BREAK, 14.0, self.t.error);
        } else {
            if self.zoom() >= DETAIL
                && let Some(versions) = self.around.scene.versions(i)
            {
                self.versions(c, versions, strong || wire.selected);
            }
        }
    }

    /// The taps of all wires, above the nodes: one of them is seen even where a node covers its wire.
    pub fn taps(&self) {
        let (scene, zoom) = (self.around.scene, self.zoom());
        // As with wires, one mesh holds them all when they are many.
        let mut marks = Mesh::default();
        if zoom < OUTLINE {
            marks.reserve_vertices(8 * scene.taps().len());
            marks.reserve_triangles(4 * scene.taps().len());
        }
        for place in scene.taps().iter().filter(|place| Some(place.wire) != self.emphasis.hidden_wire) {
            let Some((from, to)) = self.wire_in_view(place.wire) else { continue };
            let Some(wire) = scene.wires().get(place.wire) else { continue };
            let ink = self.wire_ink(wire);
            let middle = Course::point(from, to, place.t, zoom);
            if zoom < OUTLINE {
                let side = (TAP * zoom).clamp(3.0, 7.0);
                let middle = self.around.screen(middle);
                add_diamond(&mut marks, middle, side + 2.5, self.t.canvas);
                add_diamond(&mut marks, middle, side, ink);
            } else {
                // A wire may be in view, and its tap not.
                let room = Rect::from_center_size(middle, vec2(place.room.max(TAP), TAP));
                let room = self.around.view.rect_to_screen(self.around.canvas.min, room);
                if !room.expand(2.0).intersects(self.painter.clip_rect()) {
                    continue;
                }
                let words = if zoom < DETAIL { String::new() } else { words(wire) };
                let (rect, told) = place.rect(middle, &words, zoom);
                let rect = self.around.view.rect_to_screen(self.around.canvas.min, rect);
                self.tap(rect, if told { &words } else { "" }, ink, self.is_on(Hit::Wire(place.wire)) || wire.selected);
            }
        }
        self.painter.add(Shape::mesh(marks));
    }

    /// A tap: an eye, and beside it what it has seen.
    fn tap(&self, rect: Rect, words: &str, ink: Color32, strong: bool) {
        if !rect.expand(2.0).intersects(self.painter.clip_rect()) {
            return;
        }
        let z = self.zoom();
        let radius = CornerRadius::same((rect.height() / 2.0) as u8);
        let edge = Stroke::new(if strong { 2.5 } else { 1.5 }, ink);
        if z < DETAIL {
            // Filled circles are in the font's texture: each takes two triangles, however many taps there are.
            let (middle, outer) = (rect.center(), rect.height() / 2.0);
            for (radius, ink) in [(outer, ink), (outer - edge.width, self.t.raised), (outer / 3.0, ink)] {
                self.painter.circle_filled(middle, radius, ink);
            }
            return;
        }
        self.painter.rect(rect, radius, self.t.raised, edge, StrokeKind::Inside);
        let inset = if words.is_empty() { 0.0 } else { 3.0 * z };
        let eye = rect.left_center() + vec2(rect.height() / 2.0 + inset, 0.0);
        icon(&self.painter, eye, icons::EYE, points(14.0 * z), ink);
        if !words.is_empty() {
            let text = self.line(words, fonts::medium(points(11.0 * z)), self.t.normal);
            let (left, right) = (eye.x + rect.height() / 2.0, rect.right() - 6.0 * z);
            let x = (left + right - text.size().x) / 2.0;
            self.put(pos2(x.max(left - 2.0 * z), rect.center().y), text);
        }
    }

    /// The versions of the two ends, on the wire's first third: what counts calls has the middle.
    fn versions(&self, c: [Pos2; 4], versions: &str, strong: bool) {
        let (t, z) = (self.t, self.zoom());
        let ink = if strong { t.strong } else { t.dim };
        let text = self.elided(versions, fonts::mono(points(11.0 * z)), ink, 160.0 * z);
        let middle = curve_point(c, 0.33);
        let pill = Rect::from_center_size(middle, text.size() + vec2(12.0, 4.0) * z);
        let edge = Stroke::new(1.0, t.line_strong);
        self.painter.rect(pill, CornerRadius::same((8.0 * z) as u8), t.canvas, edge, StrokeKind::Inside);
        self.put(pos2(pill.left() + 6.0 * z, middle.y), text);
    }

    fn curve(&self, points: [Pos2; 4], stroke: Stroke, dashed: bool) {
        let shape = CubicBezierShape::from_points_stroke(
            points,
            false,
            Color32::TRANSPARENT,
            PathStroke::new(stroke.width, stroke.color),
        );
        if dashed {
            let path = shape.flatten(Some(0.5));
            self.painter.extend(Shape::dashed_line(&path, stroke, 6.0, 5.0));
        } else {
            self.painter.add(shape);
        }
    }

    /// The wire that is being drawn, from the fixed end to the loose one.
    pub fn loose_wire(&self, side: Side, fixed: Pos2, loose: Pos2, ink: Color32, fits: bool) {
        let c = match side {
            Side::Export => curve(fixed, loose, self.zoom()),
            Side::Import => curve(loose, fixed, self.zoom()),
        };
        let width = (2.0 * self.zoom()).clamp(1.5, 3.0);
        self.curve(c, Stroke::new(width, ink), !fits);
        self.painter.circle_filled(loose, (4.0 * self.zoom()).clamp(3.0, 6.0), ink);
    }
}

/// A line one point wide, with soft edges, as two strips that fade out sidewards.
fn add_line(mesh: &mut Mesh, from: Pos2, to: Pos2, ink: Color32) {
    let along = (to - from).normalized();
    if along == Vec2::ZERO {
        return;
    }
    let side = along.rot90();
    let first = mesh.vertices.len() as u32;
    for (at, ink) in [
        (from - side, Color32::TRANSPARENT),
        (to - side, Color32::TRANSPARENT),
        (from, ink),
        (to, ink),
        (from + side, Color32::TRANSPARENT),
        (to + side, Color32::TRANSPARENT),
    ] {
        mesh.colored_vertex(at, ink);
    }
    for corners in [[0, 1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 5]] {
        mesh.indices.extend(corners.map(|i| first + i));
    }
}

/// A square on its tip.
fn add_diamond(mesh: &mut Mesh, at: Pos2, side: f32, ink: Color32) {
    let first = mesh.vertices.len() as u32;
    for by in [vec2(side, 0.0), vec2(0.0, side), vec2(-side, 0.0), vec2(0.0, -side)] {
        mesh.colored_vertex(at + by * std::f32::consts::FRAC_1_SQRT_2, ink);
    }
    for corners in [[0, 1, 2], [2, 3, 0]] {
        mesh.indices.extend(corners.map(|i| first + i));
    }
}
