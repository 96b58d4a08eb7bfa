//! How nodes look, from near and from far.

use super::{Brush, icon, points};
use crate::compose::Side;
use crate::ui::canvas::geometry::{DETAIL, HEAD, OUTLINE, ROW};
use crate::ui::canvas::pointer::Hit;
use crate::ui::canvas::scene::{Anchor, Node, NodeState, PortState};
use crate::ui::theme::{fonts, icons, size};
use egui::emath::GuiRounding;
use egui::epaint::Mesh;
use egui::{CornerRadius, Rect, Shape, Stroke, StrokeKind, Vec2, pos2, vec2};

/// A tile of at least this size says its name.
const NAMED: Vec2 = vec2(52.0, 20.0);
/// Smaller ones do if there are not more than so many of them: six letters have room.
const NAMED_IF_FEW: Vec2 = vec2(36.0, 13.0);
const FEW: usize = 200;
/// The letters' size in tiles of at least so many points across, and in others.
const WIDE: f32 = 72.0;
const NAME: f32 = 10.0;
const SMALL_NAME: f32 = 9.0;

impl Brush<'_> {
    /// All nodes, as their size on the screen allows.
    pub fn nodes(&self) {
        if self.zoom() < OUTLINE {
            self.tiles();
        } else {
            (0..self.around.scene.nodes().len()).for_each(|i| self.node(i));
        }
    }

    /// Nodes as tiles, in one mesh: there are many when everything is in view. Those with room for it say their name, as far
    /// as there is time for it.
    fn tiles(&self) {
        let (t, clip) = (self.t, self.painter.clip_rect());
        let mut tiles = Mesh::default();
        let (mut named, mut small, mut focus) = (Vec::new(), Vec::new(), None);
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
            let has_room_of = |least: Vec2| rect.width() >= least.x && rect.height() >= least.y;
            if has_room_of(NAMED) {
                named.push((node, rect));
            } else if has_room_of(NAMED_IF_FEW) {
                small.push((node, rect));
            }
            if self.emphasis.focus == Some(Hit::Node(i)) {
                focus = Some((i, rect));
            }
        }
        self.painter.add(Shape::mesh(tiles));
        if small.len() <= FEW {
            named.append(&mut small);
        }
        for (node, rect) in named {
            let points = if rect.width() < WIDE { SMALL_NAME } else { NAME };
            let name = self.name(&node.title, fonts::strong(points), t.strong, rect.width() - 6.0);
            let top = (rect.top() + 3.0).min(rect.center().y - name.size().y / 2.0).round();
            self.painter.galley(pos2(rect.left() + 4.0, top), name, t.strong);
        }
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
        let title = self.name(&node.title, font, self.t.strong, rect.width() - left - 5.0);
        // Below the marks, which take part of the upper edge.
        let top = if node.state == NodeState::default() { 5.0 } else { 9.0 };
        self.painter.galley(rect.min + vec2(left, top), title, self.t.strong);
        // Corners that small are not seen, and one mesh takes a tenth of the time.
        let mut ticks = Mesh::default();
        for side in [Side::Import, Side::Export] {
            for (row, port) in node.ports(side).iter().enumerate() {
                let anchor = Anchor { node: i, side, row };
                let ink = self.port_ink(anchor, port);
                let tick = Rect::from_center_size(self.port_at(anchor), vec2(5.0, (ROW * z * 0.5).max(3.0)));
                let tick = tick.round_to_pixels(self.painter.pixels_per_point());
                ticks.add_colored_rect(tick, ink);
                if matches!(port.state, PortState::Missing | PortState::Mismatched) {
                    ticks.add_colored_rect(tick.shrink(1.0), self.t.raised);
                }
            }
        }
        self.painter.add(Shape::mesh(ticks));
    }

    fn head(&self, i: usize, node: &Node, rect: Rect, z: f32) {
        let t = self.t;
        let mut inner = rect.shrink2(vec2(12.0 * z, 0.0));
        if node.group.is_some() {
            self.open_button(i);
            inner.min.x += 20.0 * z;
        }
        let title = self.name(&node.title, fonts::strong(points(13.0 * z)), t.strong, inner.width());
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
        // An instance that has its component's name, or that and a number, says it once.
        let number = node.title.strip_prefix(node.subtitle.as_str()).map(|rest| rest.trim_start_matches('-'));
        let is_said = number.is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()));
        let name = if is_said { "" } else { node.subtitle.as_str() };
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
}
