//! The map of sizes: drawn from a layout that is kept as long as nothing changes, walked by pointer and keyboard.

use super::tiles::{self, Shows, TITLE, Tile};
use crate::component::{Class, NodeId, SizeMap};
use crate::measure::Bytes;
use crate::ui::parts::draw;
use crate::ui::theme::{Tokens, fonts, size, space, tokens};
use egui::{
    CornerRadius, EventFilter, Key, Mesh, Modifiers, Rect, Response, Role, Sense, Shape, Stroke, StrokeKind, Ui, Vec2,
    WidgetInfo, pos2, vec2,
};
use std::sync::Arc;

/// A tile at least so large has its name on it, and is told to assistive technology.
const LEAST_LABEL: Vec2 = vec2(40.0, 18.0);
/// Tiles told to assistive technology; the tree beside the map has all.
const MOST_TOLD: usize = 250;

/// What is kept of a map from frame to frame.
#[derive(Default)]
pub(super) struct State {
    drawn: Option<Drawn>,
}

struct Drawn {
    root: NodeId,
    rect: Rect,
    dark: bool,
    tiles: Vec<Tile>,
    mesh: Arc<Mesh>,
    /// The tiles with a name on them, and the names.
    labels: Vec<(usize, String)>,
}

/// What a person did to the map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Select(NodeId),
    /// Show this node's inside as the whole map.
    Enter(NodeId),
    /// Show what is around.
    Leave,
}

/// Draws the map of what is inside `root` in all the room there is.
pub(super) fn show(ui: &mut Ui, map: &SizeMap, root: NodeId, selected: NodeId, state: &mut State) -> Option<Act> {
    let t = tokens(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(ui.available_size().max(vec2(8.0, 8.0)), Sense::click());
    let drawn = match state.drawn.take() {
        Some(d) if d.root == root && d.rect == rect && d.dark == t.dark => d,
        _ => draw_tiles(map, root, rect, t),
    };
    let drawn = state.drawn.insert(drawn);
    response
        .widget_info(|| WidgetInfo::labeled(Role::GraphicsDocument, true, format!("Size map of {}", map.name(root))));
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(words(map, selected, Shows::Node)));
    ui.painter().rect_filled(rect, CornerRadius::same(4), t.field);
    ui.painter().add(Shape::mesh(Arc::clone(&drawn.mesh)));
    let mut act = None;
    let mut all = response.clone();
    for (told, (i, label)) in drawn.labels.iter().enumerate() {
        let Some(tile) = drawn.tiles.get(*i) else { continue };
        name_on(ui, tile, label, map.class(tile.node), t);
        if told >= MOST_TOLD {
            continue;
        }
        let place = title_of(tile);
        // Without focus of its own: the map has one, and arrows go from tile to tile.
        let told =
            ui.interact(place, response.id.with((tile.node, matches!(tile.shows, Shows::Rest(..)))), Sense::CLICK);
        told.widget_info(|| WidgetInfo::labeled(Role::GraphicsObject, true, words(map, tile.node, tile.shows)));
        ui.ctx().accesskit_node_builder(told.id, |node| node.set_selected(tile.node == selected));
        if told.clicked() && told.interact_pointer_pos().is_none() {
            act = Some(Act::Select(tile.node));
        }
        all |= told;
    }
    let under = |point: Option<egui::Pos2>| point.and_then(|p| tiles::at(&drawn.tiles, p));
    if let Some(tile) = under(all.interact_pointer_pos()).copied() {
        if all.double_clicked() {
            act = enter(map, root, tile.node);
        } else if all.clicked() {
            response.request_focus();
            act = Some(Act::Select(tile.node));
        }
    }
    if let Some(tile) = under(all.hover_pos()).copied() {
        outline(ui, tile.rect, Stroke::new(1.0, t.strong));
        all.on_hover_ui_at_pointer(|ui| tip(ui, map, &tile));
    }
    let current = tiles::of(&drawn.tiles, map, selected);
    if let Some(tile) = current.filter(|_| selected != root) {
        outline(ui, tile.rect, Stroke::new(2.0, t.accent));
    }
    if response.has_focus() {
        draw::focus_ring(ui, &response, rect);
        act = act.or_else(|| keys(ui, &response, map, root, selected, drawn, current));
    }
    act
}

/// The part of a tile that stands for itself: of a frame its title.
fn title_of(tile: &Tile) -> Rect {
    match tile.shows {
        Shows::Frame => Rect::from_min_size(tile.rect.min, vec2(tile.rect.width(), TITLE)),
        _ => tile.rect,
    }
}

fn draw_tiles(map: &SizeMap, root: NodeId, rect: Rect, t: &Tokens) -> Drawn {
    let mut tiles = tiles::layout(map, root, rect.size());
    let mut mesh = Mesh::default();
    let mut labels = Vec::new();
    for (i, tile) in tiles.iter_mut().enumerate() {
        tile.rect = tile.rect.translate(rect.min.to_vec2());
        // A hair of ground between neighbours, as far as there is room for it.
        let gap = (tile.rect.width().min(tile.rect.height()) * 0.12).min(0.6);
        let inner = tile.rect.shrink(gap);
        match tile.shows {
            Shows::Frame => {
                mesh.add_colored_rect(inner, t.line_strong);
                mesh.add_colored_rect(inner.shrink(1.0), t.raised);
            }
            Shows::Node => mesh.add_colored_rect(inner, t.tile(map.class(tile.node))),
            Shows::Rest(..) => mesh.add_colored_rect(inner, t.pressed),
        }
        if tile.rect.width() >= LEAST_LABEL.x && tile.rect.height() >= LEAST_LABEL.y {
            let label = match tile.shows {
                Shows::Rest(count, _) => format!("{count} smaller"),
                _ => map.name(tile.node),
            };
            labels.push((i, label));
        }
    }
    Drawn { root, rect, dark: t.dark, tiles, mesh: Arc::new(mesh), labels }
}

fn name_on(ui: &Ui, tile: &Tile, label: &str, class: Class, t: &Tokens) {
    let (left, right) = (tile.rect.left() + space::XS + 2.0, tile.rect.right() - space::XS);
    let (font, ink, y) = match tile.shows {
        Shows::Frame => (fonts::medium(size::SMALL), t.strong, tile.rect.top() + TITLE / 2.0 + 1.0),
        _ => (fonts::text(size::SMALL), t.strong, tile.rect.top() + 10.0),
    };
    let mut x = left;
    if tile.shows == Shows::Frame {
        let dot = Rect::from_center_size(pos2(x + 3.0, y), vec2(6.0, 6.0));
        ui.painter().rect_filled(dot, CornerRadius::same(1), t.class(class));
        x += 10.0;
    }
    let text = draw::elided(ui, label, font, ink, right - x);
    draw::put(ui.painter(), pos2(x, y), text);
}

fn outline(ui: &Ui, rect: Rect, stroke: Stroke) {
    ui.painter().rect_stroke(rect, CornerRadius::same(2), stroke, StrokeKind::Inside);
}

/// `code, 8.80 MiB, 66.4 %`.
pub(super) fn words(map: &SizeMap, node: NodeId, shows: Shows) -> String {
    match shows {
        Shows::Rest(count, bytes) => format!("{count} smaller in {}, {}", map.name(node), Bytes(bytes as u64)),
        _ => format!("{}, {}, {:.1} %", map.name(node), Bytes(map.size(node) as u64), 100.0 * map.share(node)),
    }
}

fn tip(ui: &mut Ui, map: &SizeMap, tile: &Tile) {
    let t = tokens(ui.ctx());
    ui.set_max_width(420.0);
    if let Shows::Rest(count, bytes) = tile.shows {
        ui.label(format!("{count} things too small to draw, {} in all", Bytes(bytes as u64)));
        return;
    }
    let line = |text: String, font, ink| egui::RichText::new(text).font(font).color(ink);
    ui.label(line(map.name(tile.node), fonts::mono_strong(size::BODY), t.strong));
    let share = 100.0 * map.share(tile.node);
    let bytes = Bytes(map.size(tile.node) as u64);
    ui.label(line(format!("{bytes}, {share:.1} % of the file"), fonts::text(size::BODY), t.normal));
    let range = map.range(tile.node);
    ui.label(line(format!("{:#08x} to {:#08x}", range.start, range.end), fonts::mono(size::SMALL), t.dim));
}

/// Into a node, or into what a leaf lies in.
fn enter(map: &SizeMap, root: NodeId, node: NodeId) -> Option<Act> {
    let into = if map.is_leaf(node) { map.parent(node)? } else { node };
    (into != root).then_some(Act::Enter(into))
}

/// Where the keyboard begins.
fn largest(tiles: &[Tile]) -> Option<&Tile> {
    let leaves = tiles.iter().filter(|t| t.shows != Shows::Frame);
    leaves.max_by(|a, b| a.rect.area().total_cmp(&b.rect.area()))
}

fn keys(
    ui: &Ui,
    response: &Response,
    map: &SizeMap,
    root: NodeId,
    selected: NodeId,
    drawn: &Drawn,
    current: Option<&Tile>,
) -> Option<Act> {
    let is_inside = root != NodeId::ROOT;
    let filter =
        EventFilter { horizontal_arrows: true, vertical_arrows: true, escape: is_inside, ..EventFilter::default() };
    ui.memory_mut(|m| m.set_focus_lock_filter(response.id, filter));
    let pressed = |key| ui.input_mut(|i| i.consume_key(Modifiers::NONE, key));
    for (key, direction) in [
        (Key::ArrowLeft, Vec2::LEFT),
        (Key::ArrowRight, Vec2::RIGHT),
        (Key::ArrowUp, Vec2::UP),
        (Key::ArrowDown, Vec2::DOWN),
    ] {
        if pressed(key) {
            let found = match current.filter(|_| selected != root) {
                Some(tile) => tiles::next(&drawn.tiles, title_of(tile), direction),
                None => largest(&drawn.tiles),
            };
            return found.map(|tile| Act::Select(tile.node));
        }
    }
    if pressed(Key::Enter) {
        return enter(map, root, selected);
    }
    (is_inside && (pressed(Key::Backspace) || pressed(Key::Escape))).then_some(Act::Leave)
}
