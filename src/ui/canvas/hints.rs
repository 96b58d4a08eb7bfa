//! Words beside the pointer and beside what has the focus.

use super::scene::{self, Anchor, PortState, Scene};
use crate::compose::{Candidate, Fit};
use crate::diag::display_safe_line;
use crate::ui::theme::{fonts, icons, size, tokens};
use egui::{CornerRadius, Pos2, Rect, Response, Stroke, StrokeKind, Ui, Vec2, pos2, vec2};

/// What a connection with a candidate would mean, in words.
pub(in crate::ui) fn fit_words(candidate: &Candidate) -> String {
    let mut out = match &candidate.fit {
        Fit::Exact => "Fits".to_owned(),
        Fit::OtherVersion { import, export } => {
            format!("Fits: {} satisfies {}", scene::version(export), scene::version(import))
        }
        Fit::No(why) => why.clone(),
    };
    if let Some(replaced) = &candidate.replaces {
        out.push_str(&format!(", replaces {}", replaced.instance));
    }
    display_safe_line(&out).into_owned()
}

/// A line of words beside the pointer, and below it the ends of the wire; inside of the canvas.
pub(super) fn hint(
    ui: &Ui,
    canvas: Rect,
    at: Pos2,
    (glyph, color): (&str, egui::Color32),
    words: &str,
    ends: Option<&str>,
) {
    let t = tokens(ui.ctx());
    let painter = ui.painter_at(canvas);
    let width = (canvas.width() - 60.0).clamp(60.0, 420.0);
    let text = painter.layout(words.to_owned(), fonts::text(size::BODY), t.strong, width);
    let ends = ends.map(|ends| painter.layout(ends.to_owned(), fonts::text(size::SMALL), t.dim, width));
    let below = ends.as_ref().map_or(Vec2::ZERO, |ends| ends.size());
    let size = vec2(text.size().x.max(below.x), text.size().y + below.y) + vec2(40.0, 10.0);
    let mut min = at + vec2(16.0, 18.0);
    min.x = min.x.min(canvas.right() - size.x - 8.0).max(canvas.left() + 8.0);
    if min.y + size.y > canvas.bottom() - 8.0 {
        min.y = at.y - size.y - 12.0;
    }
    let area = Rect::from_min_size(min.round(), size);
    let shadow = egui::Shadow { offset: [0, 4], blur: 12, spread: 0, color: t.shadow };
    painter.add(shadow.as_shape(area, CornerRadius::same(size::RADIUS)));
    let edge = Stroke::new(1.0, t.line_strong);
    painter.rect(area, CornerRadius::same(size::RADIUS), t.raised, edge, StrokeKind::Inside);
    let middle = pos2(area.left() + 16.0, area.top() + 13.0);
    painter.text(middle, egui::Align2::CENTER_CENTER, glyph, fonts::icon(15.0), color);
    let height = text.size().y;
    painter.galley(area.min + vec2(30.0, 5.0), text, t.strong);
    if let Some(ends) = ends {
        painter.galley(area.min + vec2(30.0, 5.0 + height), ends, t.dim);
    }
}

/// What a node is and how it is doing, at the pointer: for one that is too small to say it all.
pub(super) fn node_tooltip(response: &Response, scene: &Scene, node: usize) {
    let Some(node) = scene.nodes().get(node) else { return };
    response.clone().on_hover_ui_at_pointer(|ui| {
        let t = tokens(ui.ctx());
        ui.set_max_width(460.0);
        ui.label(egui::RichText::new(&node.title).font(fonts::strong(size::BODY)).color(t.strong));
        let about = Scene::node_about(node);
        ui.label(egui::RichText::new(about).font(fonts::text(size::SMALL)).color(t.normal));
    });
}

/// The same beside a node that has the focus, whose lower left corner is there.
pub(super) fn node_hint(ui: &Ui, canvas: Rect, corner: Pos2, scene: &Scene, node: usize) {
    let Some(node) = scene.nodes().get(node) else { return };
    let t = tokens(ui.ctx());
    let s = node.state;
    let mark = match () {
        () if s.unsatisfied + s.problems > 0 || s.trapped => (icons::WARNING, t.error),
        () if s.live => (icons::BROADCAST, t.ok),
        () => (icons::CUBE, t.dim),
    };
    // Outside of the ring that shows the focus.
    hint(ui, canvas, corner - vec2(20.0, 8.0), mark, &node.title, Some(&Scene::node_about(node)));
}

/// All there is to say of a port, at the pointer.
pub(super) fn port_tooltip(response: &Response, scene: &Scene, anchor: Anchor) {
    let Some((_, port)) = scene.view_of(anchor) else { return };
    response.clone().on_hover_ui_at_pointer(|ui| {
        let t = tokens(ui.ctx());
        ui.set_max_width(460.0);
        let mut lines = port.tooltip.lines();
        ui.label(
            egui::RichText::new(lines.next().unwrap_or(&port.name))
                .font(fonts::mono_strong(size::BODY))
                .color(t.strong),
        );
        for line in lines {
            ui.label(egui::RichText::new(line).font(fonts::mono(size::BODY)).color(t.normal));
        }
        for line in scene.joined(anchor) {
            ui.label(egui::RichText::new(line).font(fonts::text(size::SMALL)).color(t.normal));
        }
        let ink = match port.state {
            PortState::Missing | PortState::Mismatched => t.error,
            _ => t.dim,
        };
        ui.label(egui::RichText::new(port.words()).font(fonts::text(size::SMALL)).color(ink));
        if let Some(why) = &port.trouble {
            ui.label(egui::RichText::new(why).font(fonts::text(size::SMALL)).color(t.normal));
        }
    });
}
