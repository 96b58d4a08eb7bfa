//! How ports and their labels look.

use super::{Brush, points};
use crate::compose::Side;
use crate::diag::display_safe_line;
use crate::ui::canvas::pointer::Hit;
use crate::ui::canvas::scene::{Anchor, Node, PortShape, PortState, PortView};
use crate::ui::theme::{fonts, icons};
use egui::epaint::PathShape;
use egui::{Color32, Galley, Pos2, Rect, Shape, Stroke, Vec2, pos2, vec2};
use std::sync::Arc;

impl Brush<'_> {
    pub(super) fn ports(&self, i: usize, node: &Node, rect: Rect, z: f32) {
        for side in [Side::Import, Side::Export] {
            // A side without a partner in its row has the whole row.
            let others = node.ports(side.other()).len();
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
        let (mine, other) = (letters(side), letters(side.other()));
        (width - 36.0 * z) * mine / (mine + other).max(1.0)
    }

    pub(super) fn port_ink(&self, anchor: Anchor, port: &PortView) -> Color32 {
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
            _ if port.result.is_some() => Some(glyph(icons::EXPORTED, fade(t.accent))),
            PortState::Satisfied | PortState::Host | PortState::Given | PortState::Unused => None,
        };
        let mut left = room - mark.as_ref().map_or(0.0, |m| m.size().x + 5.0 * z);
        let version = (!port.version.is_empty())
            .then(|| self.line(&port.version, fonts::mono(points(11.0 * z)), fade(t.dim)))
            .filter(|v| v.size().x + 40.0 * z < left);
        left -= version.as_ref().map_or(0.0, |v| v.size().x + 6.0 * z);
        let label = self.name(&port.label, fonts::text(points(13.0 * z)), label_ink, left);
        left -= label.size().x + 6.0 * z;
        pieces.push(label);
        // A folded frame's port is known by its instance too, as far as there is room.
        let of = port.of.as_ref().filter(|_| left > 24.0 * z);
        pieces
            .extend(of.map(|of| self.elided(&display_safe_line(of), fonts::text(points(11.0 * z)), fade(t.dim), left)));
        left -= pieces.get(1).map_or(0.0, |of| of.size().x + 6.0 * z);
        pieces.extend(version);
        pieces.extend(mark);
        // What the result calls it stands there if there is room for all of it.
        let renamed = port.result.as_deref().filter(|name| *name != port.name && left > 40.0 * z);
        let renamed = renamed.map(|name| format!("as {}", display_safe_line(name)));
        let renamed = renamed.map(|name| self.line(&name, fonts::text(points(11.0 * z)), fade(t.dim)));
        pieces.extend(renamed.filter(|name| name.size().x <= left));
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
}

/// The letters of a port's line.
fn letters_of(port: &PortView) -> usize {
    let of = port.of.as_ref().map_or(0, |of| of.chars().count() + 1);
    port.label.chars().count() + port.version.chars().count() + of
}
