//! What is on the canvas for keyboard and assistive technology: ids, roles, names, and which of it has the focus.

use super::Intent;
use super::frames::{self, FrameView};
use super::geometry;
use super::keyboard;
use super::paint::Brush;
use super::pointer::Hit;
use super::scene::{Anchor, Scene};
use crate::compose::Side;
use crate::diag::display_safe_line;
use egui::{Id, Rect, Response, Role, Sense, Ui, Vec2, WidgetInfo};

/// The id of what can have the keyboard's focus. By names, so that focus stays where it is when the document changes.
pub(super) fn element_id(canvas: Id, scene: &Scene, hit: &Hit) -> Option<Id> {
    match hit {
        Hit::Empty => Some(canvas),
        Hit::Node(i) | Hit::Mark(i) => {
            let node = scene.nodes().get(*i)?;
            Some(canvas.with((if node.group.is_some() { "group" } else { "node" }, &node.id)))
        }
        // The same button, whether the frame is open or folded: the focus stays on it.
        Hit::Open(i) => Some(canvas.with(("fold", &scene.nodes().get(*i)?.id))),
        Hit::Fold(i) => Some(canvas.with(("fold", &scene.frames().get(*i)?.title))),
        Hit::Port(anchor) => {
            let port = scene.port(*anchor)?;
            Some(canvas.with(("port", anchor.side == Side::Import, port.instance, port.name)))
        }
        Hit::Frame(i) | Hit::FrameEdge(i, _) => Some(canvas.with(("frame", &scene.frames().get(*i)?.title))),
        Hit::Wire(i) | Hit::WireEnd(i, _) => {
            let to = &scene.wires().get(*i)?.to;
            Some(canvas.with(("wire", &to.instance, &to.name)))
        }
    }
}

/// So many nodes at most are registered in a frame: each costs about a thousandth of a millisecond.
pub(super) const MOST_REACHABLE: usize = 1_000;

/// The nodes that keyboard and assistive technology reach: all of them, or, of very many, those in view and the neighbours of
/// the one that has the focus. The list of the composition reaches every one.
fn reachable(brush: &Brush<'_>, focused: Option<&Hit>) -> Vec<usize> {
    let count = brush.around.scene.nodes().len();
    if count <= MOST_REACHABLE {
        return (0..count).collect();
    }
    let middle = match focused {
        Some(Hit::Node(i) | Hit::Mark(i) | Hit::Open(i) | Hit::Port(Anchor { node: i, .. })) => Some(*i),
        _ => None,
    };
    let near = |i: usize| middle.is_some_and(|m| m.abs_diff(i) <= 1);
    let clip = brush.painter.clip_rect();
    let all: Vec<usize> = (0..count).filter(|i| near(*i) || brush.node_rect(*i).intersects(clip)).collect();
    let first = all.partition_point(|i| middle.is_some_and(|m| *i < m)).saturating_sub(MOST_REACHABLE / 2);
    all.into_iter().skip(first).take(MOST_REACHABLE).collect()
}

/// Registers what is on the canvas with the keyboard's focus and assistive technology; returns what has the focus, which was
/// `before`.
pub(super) fn elements(
    ui: &Ui,
    canvas: &Response,
    brush: &Brush<'_>,
    before: Option<&Hit>,
    intents: &mut Vec<Intent>,
) -> Option<Hit> {
    let around = &brush.around;
    let scene = around.scene;
    let clicks: Vec<_> = ui.input(|i| {
        let click = |e: &egui::Event| match e {
            egui::Event::AccessKitActionRequest(r) if r.action == egui::accesskit::Action::Click => Some(r.target_node),
            _ => None,
        };
        i.events.iter().filter_map(click).collect()
    });
    let mut focused = canvas.has_focus().then_some(Hit::Empty);
    let mut element = |rect: Rect, hit: Hit, role: Role, name: &dyn Fn() -> String, about: &dyn Fn() -> String| {
        let Some(id) = element_id(canvas.id, scene, &hit) else { return };
        let response = ui.interact(rect, id, Sense::focusable_noninteractive());
        response.widget_info(|| WidgetInfo::labeled(role, true, name()));
        ui.ctx().accesskit_node_builder(id, |node| {
            node.add_action(egui::accesskit::Action::Click);
            node.set_description(about());
        });
        if !clicks.is_empty() && clicks.contains(&id.accesskit_id()) {
            keyboard::activate(&hit, around, intents);
        }
        if response.has_focus() {
            focused = Some(hit);
        }
    };
    let clip = brush.painter.clip_rect();
    let ports = around.view.zoom >= geometry::OUTLINE;
    for i in reachable(brush, before) {
        let Some(node) = scene.nodes().get(i) else { continue };
        let rect = brush.node_rect(i);
        // Whole numbers: a thousand floats take a tenth of a frame to write.
        let place = || format!("at {}, {}", node.pos.x.round() as i64, node.pos.y.round() as i64);
        element(rect, Hit::Node(i), Role::GraphicsObject, &|| Scene::node_name(node), &place);
        if node.group.is_some() {
            let button = around.view.rect_to_screen(around.canvas.min, frames::fold_button(scene.rect(i)));
            element(button, Hit::Open(i), Role::Button, &|| format!("Open {}", node.title), &String::new);
        }
        if !ports || !rect.expand(12.0).intersects(clip) {
            continue;
        }
        for side in [Side::Import, Side::Export] {
            for (row, port) in node.ports(side).iter().enumerate() {
                let anchor = Anchor { node: i, side, row };
                let rect = Rect::from_center_size(brush.port_at(anchor), Vec2::splat(16.0));
                let about = || match &port.trouble {
                    Some(why) => format!("{}\n{why}", port.tooltip),
                    None => port.tooltip.clone(),
                };
                element(rect, Hit::Port(anchor), Role::GraphicsSymbol, &|| Scene::port_name(node, side, port), &about);
            }
        }
    }
    for (i, frame) in scene.open_frames() {
        let rect = around.view.rect_to_screen(around.canvas.min, frame.head());
        if scene.frames().len() > MOST_REACHABLE && !rect.intersects(clip) {
            continue;
        }
        let place = || {
            let r = frame.rect;
            format!("at {:.0}, {:.0}, {:.0} by {:.0}", r.left(), r.top(), r.width(), r.height())
        };
        element(rect, Hit::Frame(i), Role::GraphicsObject, &|| frame.name(), &place);
        let button = around.view.rect_to_screen(around.canvas.min, frames::fold_button(frame.rect));
        let fold = || format!("Fold {}", display_safe_line(&frame.title));
        if !frame.frame.members.is_empty() {
            element(button, Hit::Fold(i), Role::Button, &fold, &String::new);
        }
    }
    for (i, wire) in scene.wires().iter().enumerate().filter(|_| ports) {
        let Some((from, to)) = brush.wire_ends(i) else { continue };
        let c = geometry::curve(from, to, around.view.zoom);
        let rect = Rect::from_center_size(geometry::curve_point(c, 0.5), Vec2::splat(12.0));
        element(rect, Hit::Wire(i), Role::GraphicsSymbol, &|| Scene::wire_name(wire), &String::new);
    }
    focused
}

/// What it is, in the words of the status bar.
pub(super) fn describe(scene: &Scene, hit: &Hit) -> String {
    match hit {
        Hit::Empty => String::new(),
        Hit::Frame(i) => scene.frames().get(*i).map(FrameView::name).unwrap_or_default(),
        Hit::FrameEdge(i, _) => {
            let title = scene.frames().get(*i).map(|f| display_safe_line(&f.title)).unwrap_or_default();
            format!("Drag to resize the frame {title}")
        }
        Hit::Fold(i) => {
            let title = scene.frames().get(*i).map(|f| display_safe_line(&f.title)).unwrap_or_default();
            format!("Fold {title} into one node")
        }
        Hit::Open(i) => scene.nodes().get(*i).map(|n| format!("Open {}", n.title)).unwrap_or_default(),
        Hit::Node(i) | Hit::Mark(i) => scene.nodes().get(*i).map(Scene::node_name).unwrap_or_default(),
        Hit::Port(anchor) => {
            scene.view_of(*anchor).map(|(n, p)| Scene::port_name(n, anchor.side, p)).unwrap_or_default()
        }
        Hit::Wire(i) | Hit::WireEnd(i, _) => scene.wires().get(*i).map(Scene::wire_name).unwrap_or_default(),
    }
}
