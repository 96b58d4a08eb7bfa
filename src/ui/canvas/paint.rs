//! How the canvas looks. Nothing here changes anything.

use super::frames::{Edges, FrameView, fold_button};
use super::geometry::{DETAIL, HEAD, OUTLINE, ROW, curve, curve_bounds};
use super::pointer::{Around, Gesture, Hit};
use super::scene::{Anchor, Course, Node, PortShape, PortState, PortView, Wire};
use super::taps::TAP;
use crate::compose::Side;
use crate::diag::display_safe_line;
use crate::ui::theme::{Tokens, fonts, icons, size};
use egui::epaint::text::{LayoutJob, TextFormat, TextWrapping};
use egui::epaint::{CubicBezierShape, Mesh, PathShape, PathStroke};
use egui::{Color32, CornerRadius, FontId, Galley, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, Vec2, pos2, vec2};
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
        let y = rect.top() + 18.0 * z.max(0.7);
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
    fn open_button(&self, node: usize) {
        let of = self.around.scene.rect(node);
        let of = if self.moved.contains(&node) { of.translate(self.by) } else { of };
        self.fold_button(of, icons::CARET_RIGHT, self.is_on(Hit::Open(node)), self.t.normal);
    }

    fn is_on(&self, hit: Hit) -> bool {
        self.emphasis.on == Some(hit)
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
            let middle = super::geometry::curve_point(c, 0.5);
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
                let words = wire.tap.as_deref().unwrap_or_default();
                let (rect, told) = place.rect(middle, words, zoom);
                let rect = self.around.view.rect_to_screen(self.around.canvas.min, rect);
                self.tap(rect, if told { words } else { "" }, ink, self.is_on(Hit::Wire(place.wire)) || wire.selected);
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
            self.painter.rect(rect, radius, self.t.raised, edge, StrokeKind::Inside);
            self.painter.circle_filled(rect.center(), rect.height() / 6.0, ink);
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
        let middle = super::geometry::curve_point(c, 0.33);
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

    /// A selection rectangle of the world.
    pub fn marquee(&self, area: Rect) {
        let area = self.around.view.rect_to_screen(self.around.canvas.min, area);
        let edge = Stroke::new(1.0, self.t.accent);
        self.painter.rect(area, CornerRadius::same(2), self.t.accent.gamma_multiply(0.12), edge, StrokeKind::Inside);
    }

    /// All nodes, as their size on the screen allows.
    pub fn nodes(&self) {
        if self.zoom() < OUTLINE {
            self.tiles();
        } else {
            (0..self.around.scene.nodes().len()).for_each(|i| self.node(i));
        }
    }

    /// Nodes as tiles, in one mesh: there are many when everything is in view.
    fn tiles(&self) {
        let (t, clip) = (self.t, self.painter.clip_rect());
        let mut tiles = Mesh::default();
        let mut focus = None;
        for (i, node) in self.around.scene.nodes().iter().enumerate() {
            let rect = self.node_rect(i);
            if !rect.intersects(clip) {
                continue;
            }
            let (ground, edge, width) = if node.selected || self.emphasis.marked.contains(&i) {
                (t.selected, t.accent, 2.0)
            } else if node.state.unsatisfied + node.state.problems > 0 || node.state.trapped {
                (t.pressed, t.error, 1.0)
            } else if self.emphasis.on == Some(Hit::Node(i)) {
                (t.pressed, t.dim, 1.0)
            } else {
                (t.pressed, t.line_strong, 1.0)
            };
            let rect = Rect::from_min_max(rect.min.round(), rect.max.round());
            if node.group.is_some() {
                tiles.add_colored_rect(rect.translate(Vec2::splat(2.0)), edge);
            }
            tiles.add_colored_rect(rect, edge);
            if rect.size().min_elem() > 2.0 * width {
                tiles.add_colored_rect(rect.shrink(width), ground);
            }
            if self.emphasis.focus == Some(Hit::Node(i)) {
                focus = Some((i, rect));
            }
        }
        self.painter.add(Shape::mesh(tiles));
        if let Some((i, rect)) = focus {
            self.focus(i, rect);
        }
    }

    fn node(&self, i: usize) {
        let Some(node) = self.around.scene.nodes().get(i) else { return };
        let rect = self.node_rect(i);
        if !rect.expand(16.0).intersects(self.painter.clip_rect()) {
            return;
        }
        let on = matches!(&self.emphasis.on, Some(Hit::Node(n) | Hit::Open(n)) if *n == i);
        let selected = node.selected || self.emphasis.marked.contains(&i);
        let edge = if selected {
            Stroke::new(2.0, self.t.accent)
        } else {
            Stroke::new(1.0, if on { self.t.dim } else { self.t.line_strong })
        };
        let z = self.zoom();
        let radius = CornerRadius::same((f32::from(size::RADIUS) * z).round().clamp(2.0, 12.0) as u8);
        if self.moved.contains(&i) {
            let shadow = egui::Shadow { offset: [0, 6], blur: 18, spread: 0, color: self.t.shadow };
            self.painter.add(shadow.as_shape(rect, radius));
        }
        self.painter.rect(rect, radius, self.t.raised, edge, StrokeKind::Inside);
        self.focus(i, rect);
        if z < DETAIL {
            self.small(i, node, rect);
        } else {
            self.head(i, node, rect, z);
            self.ports(i, node, rect, z);
        }
        self.marks(node, rect, z.max(0.75));
    }

    /// The cards below the nodes of folded frames, which stand for several; wires run above them.
    pub fn cards(&self) {
        let z = self.zoom();
        let radius = CornerRadius::same((f32::from(size::RADIUS) * z).round().clamp(2.0, 12.0) as u8);
        for i in self.around.scene.groups.iter().copied().filter(|_| z >= OUTLINE) {
            let Some(node) = self.around.scene.nodes().get(i) else { continue };
            let rect = self.node_rect(i);
            if !rect.expand(16.0).intersects(self.painter.clip_rect()) {
                continue;
            }
            let ink = if node.selected { self.t.accent } else { self.t.line_strong };
            for step in [2.0, 1.0] {
                let card = rect.translate(vec2(5.0, 5.0) * step * z);
                let ground = self.t.raised.lerp_to_gamma(self.t.canvas, 0.35 * step);
                let edge = Stroke::new(1.0, ink.lerp_to_gamma(self.t.canvas, 0.3 * step));
                self.painter.rect(card, radius, ground, edge, StrokeKind::Inside);
            }
        }
    }

    fn focus(&self, i: usize, rect: Rect) {
        if self.emphasis.focus == Some(Hit::Node(i)) {
            let radius = CornerRadius::same(size::RADIUS + 3);
            self.painter.rect_stroke(rect.expand(4.0), radius, Stroke::new(2.0, self.t.accent), StrokeKind::Middle);
        }
    }

    /// Title and coloured edges.
    fn small(&self, i: usize, node: &Node, rect: Rect) {
        let z = self.zoom();
        let font = fonts::strong(points(13.0 * z.max(0.8)));
        let mut left = 7.0;
        if node.group.is_some() {
            self.open_button(i);
            left = 30.0 * z;
        }
        let title = self.elided(&node.title, font, self.t.strong, rect.width() - left - 5.0);
        self.painter.galley(rect.min + vec2(left, 5.0), title, self.t.strong);
        for side in [Side::Import, Side::Export] {
            for (row, port) in node.ports(side).iter().enumerate() {
                let anchor = Anchor { node: i, side, row };
                let ink = self.port_ink(anchor, port);
                let tick = Rect::from_center_size(self.port_at(anchor), vec2(5.0, (ROW * z * 0.5).max(3.0)));
                let hollow = matches!(port.state, PortState::Missing | PortState::Mismatched);
                if hollow {
                    self.painter.rect(tick, 1, self.t.raised, Stroke::new(1.0, ink), StrokeKind::Inside);
                } else {
                    self.painter.rect_filled(tick, 1, ink);
                }
            }
        }
    }

    fn head(&self, i: usize, node: &Node, rect: Rect, z: f32) {
        let t = self.t;
        let mut inner = rect.shrink2(vec2(12.0 * z, 0.0));
        if node.group.is_some() {
            self.open_button(i);
            inner.min.x += 20.0 * z;
        }
        let title = self.elided(&node.title, fonts::strong(points(13.0 * z)), t.strong, inner.width());
        self.put(pos2(inner.left(), rect.top() + 18.0 * z), title);
        let y = rect.top() + 36.0 * z;
        let mut right = inner.right();
        if !node.size_text.is_empty() {
            let text = self.line(&node.size_text, fonts::mono(points(11.0 * z)), t.dim);
            right -= text.size().x;
            self.put(pos2(right, y), text);
            right -= 8.0 * z;
        }
        let mut left = inner.left();
        if !node.badge.is_empty() {
            let text = self.line(&node.badge, fonts::medium(points(11.0 * z)), t.dim);
            let size = vec2(text.size().x + 10.0 * z, 16.0 * z);
            let pill = Rect::from_min_size(pos2(left, y - size.y / 2.0), size);
            let edge = Stroke::new(1.0, t.line_strong);
            self.painter.rect_stroke(pill, CornerRadius::same((4.0 * z) as u8), edge, StrokeKind::Inside);
            self.put(pos2(pill.left() + 5.0 * z, y), text);
            left = pill.right() + 8.0 * z;
        }
        // An instance that has its component's name says it once.
        let name = if node.subtitle == node.title { "" } else { node.subtitle.as_str() };
        let said: Vec<&str> = [name, &node.mark].into_iter().filter(|text| !text.is_empty()).collect();
        if !said.is_empty() && right - left > 16.0 {
            let text = self.elided(&said.join(" · "), fonts::text(points(11.0 * z)), t.dim, right - left);
            self.put(pos2(left, y), text);
        }
        if !node.imports.is_empty() || !node.exports.is_empty() {
            let y = (rect.top() + (HEAD - 2.0) * z).round() + 0.5;
            self.painter.hline(rect.left() + 1.0..=rect.right() - 1.0, y, Stroke::new(1.0, t.line));
        }
    }

    fn ports(&self, i: usize, node: &Node, rect: Rect, z: f32) {
        for side in [Side::Import, Side::Export] {
            // A side without a partner in its row has the whole row.
            let others = node.ports(super::pointer::opposite(side)).len();
            for (row, port) in node.ports(side).iter().enumerate() {
                let anchor = Anchor { node: i, side, row };
                let at = self.port_at(anchor);
                let share =
                    if row < others { self.share(node, row, side, rect.width(), z) } else { rect.width() - 28.0 * z };
                self.port(anchor, port, at, share);
            }
        }
    }

    /// How much of a row's width the label of this side may take.
    fn share(&self, node: &Node, row: usize, side: Side, width: f32, z: f32) -> f32 {
        let letters = |side: Side| node.ports(side).get(row).map_or(0, |p| letters_of(p) + 4) as f32;
        let (mine, other) = (letters(side), letters(super::pointer::opposite(side)));
        (width - 36.0 * z) * mine / (mine + other).max(1.0)
    }

    fn port_ink(&self, anchor: Anchor, port: &PortView) -> Color32 {
        let ink = self.t.family(port.family);
        match &self.emphasis.fits {
            Some(fits) if !fits.contains(&anchor) && !self.emphasis.active.contains(&Some(anchor)) => {
                // Mixed, not translucent: the node's edge lies below.
                ink.lerp_to_gamma(self.t.raised, 0.65)
            }
            _ => ink,
        }
    }

    fn port(&self, anchor: Anchor, port: &PortView, at: Pos2, room: f32) {
        let (t, z) = (self.t, self.zoom());
        let linking = self.emphasis.fits.as_ref();
        let fits = linking.is_some_and(|f| f.contains(&anchor));
        let active = self.emphasis.active.contains(&Some(anchor));
        let dimmed = linking.is_some() && !fits && !active;
        let on = self.emphasis.on == Some(Hit::Port(anchor)) || self.wire_is_on(anchor);
        let ink = self.port_ink(anchor, port);
        let radius = (if on || active { 6.5 } else { 5.0 }) * z;
        if fits || active {
            self.painter.circle_filled(at, radius + 5.0 * z, ink.gamma_multiply(0.28));
        }
        self.shape(port, at, radius, ink);
        if self.emphasis.focus == Some(Hit::Port(anchor)) {
            self.painter.circle_stroke(at, radius + 4.0 * z, Stroke::new(2.0, t.accent));
        }
        let fade = |c: Color32| if dimmed { c.gamma_multiply(0.4) } else { c };
        let label_ink = fade(if on || fits || active { t.strong } else { t.normal });
        let mut pieces: Vec<Arc<Galley>> = Vec::new();
        let glyph = |glyph: &str, ink: Color32| self.line(glyph, fonts::icon(points(13.0 * z)), ink);
        let mark = match port.state {
            _ if fits => Some(glyph(icons::CHECK, t.ok)),
            PortState::Missing => Some(glyph(icons::WARNING, fade(t.error))),
            PortState::Mismatched => Some(glyph(icons::LINK_BREAK, fade(t.error))),
            PortState::Exported => Some(glyph(icons::EXPORTED, fade(t.accent))),
            PortState::Satisfied | PortState::Host | PortState::Given | PortState::Unused => None,
        };
        let mut left = room - mark.as_ref().map_or(0.0, |m| m.size().x + 5.0 * z);
        let version = (!port.version.is_empty())
            .then(|| self.line(&port.version, fonts::mono(points(11.0 * z)), fade(t.dim)))
            .filter(|v| v.size().x + 40.0 * z < left);
        left -= version.as_ref().map_or(0.0, |v| v.size().x + 6.0 * z);
        let label = self.elided(&port.label, fonts::text(points(13.0 * z)), label_ink, left);
        left -= label.size().x + 6.0 * z;
        pieces.push(label);
        // A folded frame's port is known by its instance too, as far as there is room.
        let of = port.of.as_ref().filter(|_| left > 24.0 * z);
        pieces
            .extend(of.map(|of| self.elided(&display_safe_line(of), fonts::text(points(11.0 * z)), fade(t.dim), left)));
        pieces.extend(version);
        pieces.extend(mark);
        let gap = 6.0 * z;
        let inset = 14.0 * z;
        match anchor.side {
            Side::Import => {
                let mut x = at.x + inset;
                for piece in pieces {
                    let width = piece.size().x;
                    self.put(pos2(x, at.y), piece);
                    x += width + gap;
                }
            }
            Side::Export => {
                let mut x = at.x - inset;
                // The label stands next to the port on this side too.
                for piece in pieces {
                    x -= piece.size().x;
                    self.put(pos2(x, at.y), piece);
                    x -= gap;
                }
            }
        }
    }

    /// Whether the emphasised wire ends at this port.
    fn wire_is_on(&self, anchor: Anchor) -> bool {
        let Some(Hit::Wire(i) | Hit::WireEnd(i, _)) = self.emphasis.on else { return false };
        let Some(wire) = self.around.scene.wires().get(i) else { return false };
        let end = if anchor.side == Side::Export { &wire.from } else { &wire.to };
        self.around.scene.view_of(anchor).is_some_and(|(n, p)| p.instance(n) == end.instance && p.name == end.name)
    }

    fn shape(&self, port: &PortView, at: Pos2, r: f32, ink: Color32) {
        let hollow = matches!(port.state, PortState::Missing | PortState::Mismatched | PortState::Unused);
        let z = self.zoom();
        let (ground, edge) = if hollow {
            (self.t.raised, Stroke::new((1.75 * z).max(1.25), ink))
        } else {
            (ink, Stroke::new((2.0 * z).max(1.0), self.t.raised))
        };
        let around = |n: usize, turn: f32, r: f32| -> Vec<Pos2> {
            let angle = |k: usize| turn + k as f32 / n as f32 * std::f32::consts::TAU;
            (0..n).map(|k| at + Vec2::angled(angle(k)) * r).collect()
        };
        let path = |points: Vec<Pos2>| Shape::Path(PathShape::convex_polygon(points, ground, edge));
        self.painter.add(match port.shape {
            PortShape::Interface => {
                Shape::Circle(egui::epaint::CircleShape { center: at, radius: r, fill: ground, stroke: edge })
            }
            PortShape::Function => path(around(4, std::f32::consts::FRAC_PI_4, r * 1.28)),
            PortShape::Resource => path(around(4, 0.0, r * 1.3)),
            PortShape::Host => path(around(6, 0.0, r * 1.15)),
        });
        if port.state == PortState::Mismatched {
            let d = vec2(r * 0.4, r * 0.4);
            let line = Stroke::new((1.5 * z).max(1.0), self.t.error);
            self.painter.line_segment([at - d, at + d], line);
            self.painter.line_segment([at + vec2(-d.x, d.y), at + vec2(d.x, -d.y)], line);
        }
    }

    /// The marks on the upper edge: how the node is doing.
    fn marks(&self, node: &Node, rect: Rect, z: f32) {
        let t = self.t;
        let s = node.state;
        let count = s.mark();
        let marks = [
            count.as_deref().map(|text| (text, icons::WARNING, t.error, t.error_ground)),
            s.trapped.then_some(("trapped", icons::LIGHTNING, t.error, t.error_ground)),
            s.missing.then_some(("file missing", icons::FILE, t.warn, t.warn_ground)),
            s.live.then_some(("live", icons::BROADCAST, t.ok, t.ok_ground)),
        ];
        let mut right = rect.right() - 10.0 * z;
        for (text, glyph, ink, ground) in marks.into_iter().flatten() {
            let text = self.line(text, fonts::medium(points(11.0 * z)), ink);
            let width = text.size().x + 29.0 * z;
            let pill = Rect::from_min_max(pos2(right - width, rect.top() - 9.0 * z), pos2(right, rect.top() + 9.0 * z));
            if pill.left() < rect.left() {
                break;
            }
            let edge = Stroke::new(1.0, ink.gamma_multiply(0.6));
            self.painter.rect(pill, CornerRadius::same((9.0 * z) as u8), ground, edge, StrokeKind::Inside);
            icon(&self.painter, pos2(pill.left() + 12.0 * z, rect.top()), glyph, points(12.0 * z), ink);
            self.put(pos2(pill.left() + 21.0 * z, rect.top()), text);
            right = pill.left() - 4.0 * z;
        }
    }

    fn line(&self, text: &str, font: FontId, ink: Color32) -> Arc<Galley> {
        self.painter.layout_no_wrap(text.to_owned(), font, ink)
    }

    fn elided(&self, text: &str, font: FontId, ink: Color32, width: f32) -> Arc<Galley> {
        let mut job = LayoutJob::single_section(text.to_owned(), TextFormat::simple(font, ink));
        job.wrap = TextWrapping::truncate_at_width(width.max(0.0));
        self.painter.layout_job(job)
    }

    fn put(&self, left: Pos2, text: Arc<Galley>) {
        let top = (left.y - text.size().y / 2.0).round();
        self.painter.galley(pos2(left.x.round(), top), text, self.t.normal);
    }
}

/// The letters of a port's line.
fn letters_of(port: &PortView) -> usize {
    let of = port.of.as_ref().map_or(0, |of| of.chars().count() + 1);
    port.label.chars().count() + port.version.chars().count() + of
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
