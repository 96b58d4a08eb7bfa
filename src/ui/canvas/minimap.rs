//! The whole graph in a corner of the canvas, with what is seen of it; dragging there pans. Rectangles only.

use super::geometry::View;
use super::scene::Scene;
use crate::ui::theme::{size, tokens};
use egui::epaint::Mesh;
use egui::{Align2, CornerRadius, Pos2, Rect, Role, Sense, Shape, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, vec2};

const SIZE: Vec2 = vec2(176.0, 112.0);
const INSET: f32 = 8.0;
/// In a canvas smaller than this there is no room for it.
const LEAST: Vec2 = vec2(560.0, 400.0);

/// How the world lies in the map.
struct Plan {
    world: Rect,
    map: Rect,
    scale: f32,
}

impl Plan {
    /// Shows all nodes and all that is seen.
    fn new(bounds: Rect, seen: Rect, map: Rect) -> Self {
        let world = bounds.union(seen);
        let scale = (map.size() / world.size().max(Vec2::splat(1.0))).min_elem();
        Self { world, map, scale }
    }

    fn to_map(&self, at: Pos2) -> Pos2 {
        self.map.center() + (at - self.world.center()) * self.scale
    }

    fn to_world(&self, at: Pos2) -> Pos2 {
        self.world.center() + (at - self.map.center()) / self.scale
    }

    fn rect(&self, r: Rect) -> Rect {
        Rect::from_min_max(self.to_map(r.min), self.to_map(r.max))
    }
}

/// Shows it in the lower right corner, unless everything is in view.
pub(super) fn show(ui: &Ui, canvas: Rect, scene: &Scene, view: &mut View) {
    let seen = Rect::from_min_max(view.to_world(canvas.min, canvas.min), view.to_world(canvas.min, canvas.max));
    let Some(bounds) = scene.bounds().filter(|b| !seen.contains_rect(*b)) else { return };
    if canvas.width() < LEAST.x || canvas.height() < LEAST.y {
        return;
    }
    let t = tokens(ui.ctx());
    let frame = Align2::RIGHT_BOTTOM.align_size_within_rect(SIZE, canvas.shrink(12.0));
    let plan = Plan::new(bounds, seen, frame.shrink(INSET));
    let response = ui.interact(frame, ui.scope_id().with("minimap"), Sense::CLICK | Sense::DRAG);
    response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, "Minimap"));
    let before = *view;
    if let Some(at) = response.interact_pointer_pos() {
        let begins = response.drag_started() || response.clicked();
        if begins && !plan.rect(seen).contains(at - response.drag_delta()) {
            let middle = plan.to_world(at);
            view.offset = canvas.size() / 2.0 - middle.to_vec2() * view.zoom;
        } else if response.dragged() {
            view.offset -= response.drag_delta() / plan.scale * view.zoom;
        }
        if *view != before {
            ui.ctx().request_repaint();
        }
    }
    let painter = ui.painter_at(canvas);
    let radius = CornerRadius::same(size::RADIUS);
    painter.rect(frame, radius, t.panel.gamma_multiply(0.94), Stroke::new(1.0, t.line_strong), StrokeKind::Inside);
    let mut tiles = Mesh::default();
    for (_, view) in scene.open_frames() {
        tiles.add_colored_rect(plan.rect(view.rect), t.line);
    }
    for (i, node) in scene.nodes().iter().enumerate() {
        let rect = plan.rect(scene.rect(i));
        let rect = Rect::from_center_size(rect.center(), rect.size().max(Vec2::splat(1.5)));
        let ink = if node.selected {
            t.accent
        } else if node.state.unsatisfied + node.state.problems > 0 || node.state.trapped {
            t.error
        } else {
            t.faint
        };
        tiles.add_colored_rect(rect, ink);
    }
    let painter = painter.with_clip_rect(frame.shrink(1.0));
    painter.add(Shape::mesh(tiles));
    let edge = Stroke::new(1.5, if response.hovered() || response.dragged() { t.strong } else { t.accent });
    painter.rect(plan.rect(seen), CornerRadius::same(2), t.accent.gamma_multiply(0.10), edge, StrokeKind::Inside);
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::pos2;

    #[test]
    fn all_nodes_and_what_is_seen_lie_in_the_map_and_points_come_back() {
        let map = Rect::from_min_size(pos2(900.0, 500.0), SIZE);
        let bounds = Rect::from_min_max(pos2(-300.0, 0.0), pos2(9000.0, 700.0));
        let seen = Rect::from_min_max(pos2(0.0, -4000.0), pos2(1000.0, 100.0));
        let plan = Plan::new(bounds, seen, map);
        for rect in [bounds, seen] {
            assert!(map.expand(0.01).contains_rect(plan.rect(rect)), "{rect:?}");
        }
        let at = pos2(123.0, 45.0);
        assert!(plan.to_world(plan.to_map(at)).distance(at) < 0.1);
    }
}
