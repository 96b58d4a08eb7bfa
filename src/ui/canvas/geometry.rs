//! Where things are: pure arithmetic on points, without a window. "World" points are those of the document, screen points
//! those of the window.

use crate::compose::Side;
use egui::{Pos2, Rect, Vec2, pos2, vec2};
use std::collections::HashMap;

/// The step that moved nodes keep to, in world points.
pub const GRID: f32 = 12.0;
/// The height of one port's line.
pub const ROW: f32 = 24.0;
/// The height of a node's title lines.
pub const HEAD: f32 = 52.0;
/// How close, in screen points, the end of a wire has to come to a port to snap to it.
pub const SNAP: f32 = 20.0;
/// The smallest and the largest zoom.
pub const ZOOM: (f32, f32) = (0.02, 2.0);
/// Below this zoom ports have no text.
pub const DETAIL: f32 = 0.55;
/// Below this zoom nodes are tiles and wires straight lines.
pub const OUTLINE: f32 = 0.35;

/// The widest that an instance's node gets.
pub const WIDEST: f32 = 384.0;
/// The same of a folded frame's, whose ports are named with their instances.
pub const WIDEST_GROUP: f32 = 504.0;

const FOOT: f32 = 8.0;
const EDGE: f32 = 36.0;
const EDGE_SPEED: f32 = 900.0;
const GAP: Vec2 = vec2(96.0, 36.0);

/// What of the world is seen, and how large.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    /// Where the world's origin is, in screen points from the canvas's upper left corner.
    pub offset: Vec2,
    /// Screen points to one world point.
    pub zoom: f32,
}

impl Default for View {
    fn default() -> Self {
        Self { offset: vec2(48.0, 48.0), zoom: 1.0 }
    }
}

impl View {
    /// A point of the world on the screen; `corner` is the canvas's upper left one.
    pub fn to_screen(&self, corner: Pos2, world: Pos2) -> Pos2 {
        corner + self.offset + world.to_vec2() * self.zoom
    }

    /// A point of the screen in the world.
    pub fn to_world(&self, corner: Pos2, screen: Pos2) -> Pos2 {
        ((screen - corner - self.offset) / self.zoom).to_pos2()
    }

    /// A rectangle of the world on the screen.
    pub fn rect_to_screen(&self, corner: Pos2, world: Rect) -> Rect {
        Rect::from_min_max(self.to_screen(corner, world.min), self.to_screen(corner, world.max))
    }

    /// Enlarges by `factor`, such that what is under the point `at` of the screen stays there.
    pub fn zoom_about(&mut self, corner: Pos2, at: Pos2, factor: f32) {
        let still = self.to_world(corner, at);
        self.zoom = (self.zoom * factor).clamp(ZOOM.0, ZOOM.1);
        self.offset = at - corner - still.to_vec2() * self.zoom;
    }

    /// The view that shows all of `bounds` in a canvas of this size, never larger than life.
    pub fn fit(bounds: Rect, size: Vec2) -> Self {
        let margin = 40.0_f32.min(size.min_elem() / 8.0);
        let room = (size - Vec2::splat(2.0 * margin)).max(Vec2::splat(1.0));
        let zoom = (room / bounds.size().max(Vec2::splat(1.0))).min_elem().clamp(ZOOM.0, 1.0);
        Self { offset: size / 2.0 - bounds.center().to_vec2() * zoom, zoom }
    }

    /// Moves as little as needed to show `bounds` with some margin; its upper left corner if it does not fit.
    pub fn reveal(&mut self, bounds: Rect, size: Vec2) {
        let margin = 24.0_f32.min(size.min_elem() / 8.0);
        let seen = self.rect_to_screen(Pos2::ZERO, bounds).expand(margin);
        let move_by = |low: f32, high: f32, room: f32| {
            if low < 0.0 || high - low > room { -low } else { (room - high).min(0.0) }
        };
        self.offset.x += move_by(seen.left(), seen.right(), size.x);
        self.offset.y += move_by(seen.top(), seen.bottom(), size.y);
    }
}

/// The nearest point that nodes keep to.
pub fn snap_to_grid(p: Pos2) -> Pos2 {
    pos2((p.x / GRID).round() * GRID, (p.y / GRID).round() * GRID)
}

/// How many letters wide the lines of a node are.
#[derive(Debug, Clone, Copy, Default)]
pub struct Widths {
    /// The instance's name.
    pub title: usize,
    /// The component's name, the language and the size together.
    pub subtitle: usize,
    /// The widest import.
    pub import: usize,
    /// The widest export.
    pub export: usize,
}

/// A node's size, from what is written on it and how many ports it has on each side. Depends on no font, so that it is the
/// same everywhere.
pub fn node_size(widths: Widths, most: f32, imports: usize, exports: usize) -> Vec2 {
    let letters = |n: usize, each: f32| n as f32 * each;
    let ports = letters(widths.import + widths.export, 6.9) + 68.0;
    let width = ports.max(letters(widths.title, 8.0) + 28.0).max(letters(widths.subtitle, 6.6) + 64.0);
    let width = (width / (2.0 * GRID)).ceil() * 2.0 * GRID;
    vec2(width.clamp(192.0, most), HEAD + ROW * imports.max(exports) as f32 + FOOT)
}

/// Where the port in this row of a side is.
pub fn port_at(node: Rect, side: Side, row: usize) -> Pos2 {
    let x = match side {
        Side::Import => node.left(),
        Side::Export => node.right(),
    };
    pos2(x, node.top() + HEAD + ROW * (row as f32 + 0.5))
}

/// The side and row of the port whose line is at this place inside (or just outside) of a node, if the node has so many.
pub fn row_at(node: Rect, at: Pos2, imports: usize, exports: usize) -> Option<(Side, usize)> {
    let down = at.y - node.top() - HEAD;
    if down < 0.0 || !node.expand2(vec2(10.0, 0.0)).contains(at) {
        return None;
    }
    let row = (down / ROW) as usize;
    let side = if at.x < node.center().x { Side::Import } else { Side::Export };
    let count = if side == Side::Import { imports } else { exports };
    (row < count).then_some((side, row))
}

/// The four points of the curve of a wire from an export to an import. `scale` is the zoom if the points are the screen's.
pub fn curve(from: Pos2, to: Pos2, scale: f32) -> [Pos2; 4] {
    let across = to.x - from.x;
    // A wire that has to go back leaves and arrives in a wide bow.
    let reach = if across >= 0.0 { across * 0.5 } else { across.abs() * 0.35 + 60.0 * scale };
    let reach = reach.clamp(28.0 * scale, 220.0 * scale);
    [from, from + vec2(reach, 0.0), to - vec2(reach, 0.0), to]
}

/// A rectangle that holds the whole curve: that of its four points.
pub fn curve_bounds(curve: [Pos2; 4]) -> Rect {
    Rect::from_points(&curve)
}

/// The point of the curve at `t` from 0 to 1.
pub fn curve_point(c: [Pos2; 4], t: f32) -> Pos2 {
    let u = 1.0 - t;
    let [a, b, c, d] = c.map(Pos2::to_vec2);
    (a * (u * u * u) + b * (3.0 * u * u * t) + c * (3.0 * u * t * t) + d * (t * t * t)).to_pos2()
}

/// How far a point is from the curve, and where on it, from 0 to 1, the nearest point lies. Good to about a point.
pub fn curve_distance(c: [Pos2; 4], at: Pos2) -> (f32, f32) {
    const STEPS: usize = 24;
    let mut best = (f32::MAX, 0.0);
    let mut a = curve_point(c, 0.0);
    for i in 1..=STEPS {
        let b = curve_point(c, i as f32 / STEPS as f32);
        let along = b - a;
        let part = ((at - a).dot(along) / along.length_sq().max(1e-6)).clamp(0.0, 1.0);
        let distance = (a + along * part).distance(at);
        if distance < best.0 {
            best = (distance, (i as f32 - 1.0 + part) / STEPS as f32);
        }
        a = b;
    }
    best
}

/// The nearest of `ports` to `at` within [`SNAP`] screen points.
pub fn snap<T>(at: Pos2, ports: impl IntoIterator<Item = (T, Pos2)>) -> Option<T> {
    ports
        .into_iter()
        .map(|(port, center)| (port, center.distance(at)))
        .filter(|(_, distance)| *distance <= SNAP)
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(port, _)| port)
}

/// How much the view moves in `seconds` while something is held at this place near (or beyond) the canvas's edge.
pub fn edge_pan(canvas: Rect, at: Pos2, seconds: f32) -> Vec2 {
    let push = |low: f32, high: f32, v: f32| {
        let edge = EDGE.min((high - low) / 4.0).max(1.0);
        let near = |depth: f32| (depth / edge).clamp(0.0, 1.0);
        near(low + edge - v) - near(v - (high - edge))
    };
    vec2(push(canvas.left(), canvas.right(), at.x), push(canvas.top(), canvas.bottom(), at.y)) * EDGE_SPEED * seconds
}

/// Places nodes in columns such that wires go from left to right as far as they can, and nothing overlaps. `wires` go from
/// a node to a node, by position in `sizes`; cycles are allowed. Returns upper left corners.
pub fn tidy(sizes: &[Vec2], wires: &[(usize, usize)]) -> Vec<Pos2> {
    let wires: Vec<_> = wires.iter().copied().filter(|(a, b)| a != b && *a < sizes.len() && *b < sizes.len()).collect();
    let ranks = near_takers(ranks(sizes.len(), &wires), &wires);
    let linked: Vec<bool> = {
        let mut linked = vec![false; sizes.len()];
        for end in wires.iter().flat_map(|(a, b)| [*a, *b]) {
            if let Some(slot) = linked.get_mut(end) {
                *slot = true;
            }
        }
        linked
    };
    let mut columns: Vec<Vec<usize>> = vec![Vec::new(); ranks.iter().max().map_or(0, |r| r + 1)];
    for (node, rank) in ranks.iter().enumerate().filter(|(i, _)| linked.get(*i) == Some(&true)) {
        if let Some(column) = columns.get_mut(*rank) {
            column.push(node);
        }
    }
    order_columns(&mut columns, &wires, sizes.len());
    let mut out = vec![Pos2::ZERO; sizes.len()];
    let size = |node: usize| sizes.get(node).copied().unwrap_or_default();
    let height = |column: &[usize]| column.iter().map(|n| size(*n).y + GAP.y).sum::<f32>() - GAP.y;
    let tallest = columns.iter().map(|c| height(c)).fold(0.0, f32::max);
    let mut x = 0.0;
    for column in &columns {
        let mut y = ((tallest - height(column)) / 2.0).max(0.0);
        for node in column {
            if let Some(place) = out.get_mut(*node) {
                *place = pos2(x, y);
            }
            y += size(*node).y + GAP.y;
        }
        x += column.iter().map(|n| size(*n).x).fold(0.0, f32::max) + GAP.x;
    }
    // What no wire touches stands in lines below, about as wide as the rest.
    let wide = (x - GAP.x).max(1200.0);
    let (mut x, mut y, mut line) = (0.0, if tallest > 0.0 { tallest + 2.0 * GAP.y } else { 0.0 }, 0.0_f32);
    for (node, place) in out.iter_mut().enumerate().filter(|(i, _)| linked.get(*i) == Some(&false)) {
        if x > 0.0 && x + size(node).x > wide {
            (x, y, line) = (0.0, y + line + GAP.y, 0.0);
        }
        *place = pos2(x, y);
        x += size(node).x + GAP.y;
        line = line.max(size(node).y);
    }
    for place in &mut out {
        *place = pos2((place.x / GRID).ceil() * GRID, (place.y / GRID).ceil() * GRID);
    }
    out
}

/// How nodes are lined up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// By their left edges.
    Left,
    /// By their middles, one above the other.
    Center,
    /// By their right edges.
    Right,
    /// By their upper edges.
    Top,
    /// By their middles, side by side.
    Middle,
    /// By their lower edges.
    Bottom,
    /// With equal gaps from left to right.
    Across,
    /// With equal gaps from top to bottom.
    Down,
}

impl Align {
    /// All of them, in the order of the menu.
    pub const ALL: [Align; 8] = [
        Align::Left,
        Align::Center,
        Align::Right,
        Align::Top,
        Align::Middle,
        Align::Bottom,
        Align::Across,
        Align::Down,
    ];

    /// What a menu calls it.
    pub fn label(self) -> &'static str {
        match self {
            Align::Left => "Align left",
            Align::Center => "Align centres",
            Align::Right => "Align right",
            Align::Top => "Align top",
            Align::Middle => "Align middles",
            Align::Bottom => "Align bottom",
            Align::Across => "Distribute across",
            Align::Down => "Distribute down",
        }
    }

    /// How many nodes it takes.
    pub fn least(self) -> usize {
        if matches!(self, Align::Across | Align::Down) { 3 } else { 2 }
    }
}

/// The upper left corners of nodes that are lined up within what they cover together. Distributed nodes keep their order
/// and the outer ones their places, unless there is too little room between them for all.
pub fn align(nodes: &[Rect], how: Align) -> Vec<Pos2> {
    let Some(all) = nodes.iter().copied().reduce(|a, b| a.union(b)) else { return Vec::new() };
    let place = |r: &Rect| match how {
        Align::Left => pos2(all.left(), r.top()),
        Align::Center => pos2(all.center().x - r.width() / 2.0, r.top()),
        Align::Right => pos2(all.right() - r.width(), r.top()),
        Align::Top => pos2(r.left(), all.top()),
        Align::Middle => pos2(r.left(), all.center().y - r.height() / 2.0),
        Align::Bottom => pos2(r.left(), all.bottom() - r.height()),
        Align::Across | Align::Down => r.min,
    };
    let mut out: Vec<_> = nodes.iter().map(place).collect();
    let axis = match how {
        Align::Across => 0,
        Align::Down => 1,
        _ => return out,
    };
    let mut order: Vec<usize> = (0..nodes.len()).collect();
    let center = |i: &usize| nodes.get(*i).map_or(0.0, |r| r.center()[axis]);
    order.sort_by(|a, b| center(a).total_cmp(&center(b)));
    let filled: f32 = nodes.iter().map(|r| r.size()[axis]).sum();
    let gap = (all.size()[axis] - filled) / nodes.len().saturating_sub(1).max(1) as f32;
    let mut at = all.min[axis];
    for i in order {
        if let (Some(place), Some(node)) = (out.get_mut(i), nodes.get(i)) {
            place[axis] = at;
            at += node.size()[axis] + gap.max(GRID);
        }
    }
    out
}

/// The same ranks, but what takes nothing stands in the column before the first that takes from it.
fn near_takers(mut ranks: Vec<usize>, wires: &[(usize, usize)]) -> Vec<usize> {
    let mut first: Vec<Option<usize>> = vec![None; ranks.len()];
    let mut takes = vec![false; ranks.len()];
    for (from, to) in wires {
        if let (Some(slot), Some(rank)) = (first.get_mut(*from), ranks.get(*to)) {
            *slot = Some(slot.map_or(*rank, |r| r.min(*rank)));
        }
        if let Some(slot) = takes.get_mut(*to) {
            *slot = true;
        }
    }
    for ((rank, first), takes) in ranks.iter_mut().zip(first).zip(takes) {
        if let (Some(first), false) = (first, takes) {
            *rank = first.saturating_sub(1);
        }
    }
    ranks
}

/// The length of the longest way that leads to each node; wires that close a cycle do not count.
fn ranks(count: usize, wires: &[(usize, usize)]) -> Vec<usize> {
    let mut next = vec![Vec::new(); count];
    for (from, to) in wires {
        if let Some(list) = next.get_mut(*from) {
            list.push(*to);
        }
    }
    // A depth-first walk without recursion: it gives an order in which every counted wire goes forward.
    let mut seen = vec![0_u8; count];
    let mut order = Vec::with_capacity(count);
    let mut forward = Vec::with_capacity(wires.len());
    for root in 0..count {
        let mut stack = vec![(root, 0)];
        while let Some((node, child)) = stack.pop() {
            let Some(mark) = seen.get_mut(node) else { continue };
            if child == 0 {
                if *mark != 0 {
                    continue;
                }
                *mark = 1;
            }
            match next.get(node).and_then(|list| list.get(child)) {
                Some(to) => {
                    stack.push((node, child + 1));
                    match seen.get(*to) {
                        Some(1) => {}
                        Some(0) => {
                            forward.push((node, *to));
                            stack.push((*to, 0));
                        }
                        _ => forward.push((node, *to)),
                    }
                }
                None => {
                    *mark = 2;
                    order.push(node);
                }
            }
        }
    }
    let mut place = vec![0; count];
    for (i, node) in order.iter().rev().enumerate() {
        if let Some(slot) = place.get_mut(*node) {
            *slot = i;
        }
    }
    forward.sort_by_key(|(from, _)| place.get(*from).copied());
    let mut out = vec![0; count];
    for (from, to) in forward {
        let after = out.get(from).map_or(0, |r| r + 1);
        if let Some(rank) = out.get_mut(to) {
            *rank = after.max(*rank);
        }
    }
    out
}

/// Orders each column by the middle of its neighbours' places, so that few wires cross.
fn order_columns(columns: &mut [Vec<usize>], wires: &[(usize, usize)], count: usize) {
    let mut neighbours = vec![Vec::new(); count];
    for (a, b) in wires {
        for (end, other) in [(a, b), (b, a)] {
            if let Some(list) = neighbours.get_mut(*end) {
                list.push(*other);
            }
        }
    }
    let mut place = vec![0.0_f32; count];
    let note = |column: &[usize], place: &mut [f32]| {
        for (i, node) in column.iter().enumerate() {
            if let Some(slot) = place.get_mut(*node) {
                *slot = (i as f32 + 0.5) / column.len() as f32;
            }
        }
    };
    columns.iter().for_each(|column| note(column, &mut place));
    let middle = |node: usize, place: &[f32]| {
        let around: Vec<f32> =
            neighbours.get(node).into_iter().flatten().filter_map(|n| place.get(*n).copied()).collect();
        around.iter().sum::<f32>() / around.len().max(1) as f32
    };
    for sweep in 0..6 {
        let mut turn: Vec<&mut Vec<usize>> = columns.iter_mut().collect();
        if sweep % 2 == 1 {
            turn.reverse();
        }
        for column in turn {
            column.sort_by(|a, b| middle(*a, &place).total_cmp(&middle(*b, &place)));
            note(column, &mut place);
        }
    }
}

/// Rectangles that are found by where they are.
#[derive(Default)]
pub(super) struct Taken(HashMap<(i32, i32), Vec<Rect>>);

impl Taken {
    const CELL: f32 = 256.0;

    fn cells(of: Rect) -> impl Iterator<Item = (i32, i32)> {
        let at = |v: f32| (v / Self::CELL).floor() as i32;
        let (left, right) = (at(of.left()), at(of.right()));
        (at(of.top())..=at(of.bottom())).flat_map(move |y| (left..=right).map(move |x| (x, y)))
    }

    /// Takes a rectangle in.
    pub fn add(&mut self, rect: Rect) {
        for cell in Self::cells(rect) {
            self.0.entry(cell).or_default().push(rect);
        }
    }

    /// Whether none of them is touched.
    pub fn is_free(&self, rect: Rect) -> bool {
        !Self::cells(rect).filter_map(|cell| self.0.get(&cell)).flatten().any(|r| r.intersects(rect))
    }
}

/// A place near `wish` where a node of this size overlaps none of `taken`, and leaves wires some room beside it.
pub fn free_place(taken: &[Rect], size: Vec2, wish: Pos2) -> Pos2 {
    let free = |at: Pos2| {
        let mine = Rect::from_min_size(at, size).expand2(vec2(4.0 * GRID, GRID / 2.0));
        !taken.iter().any(|r| r.intersects(mine))
    };
    let wish = snap_to_grid(wish);
    // Rings of growing distance around the wish, the nearest places first.
    for ring in 0..200 {
        let d = ring as f32 * 2.0 * GRID;
        let ways = [(0.0, d), (d, 0.0), (d, d), (0.0, -d), (-d, 0.0), (-d, d), (d, -d), (-d, -d)];
        if let Some(found) = ways.into_iter().map(|(x, y)| wish + vec2(x, y)).find(|at| free(*at)) {
            return found;
        }
    }
    let below = taken.iter().map(|r| r.bottom()).fold(wish.y, f32::max);
    snap_to_grid(pos2(wish.x, below + 2.0 * GRID))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CORNER: Pos2 = pos2(100.0, 50.0);

    /// Rule 16.
    #[test]
    fn zooming_keeps_what_is_under_the_pointer() {
        let mut view = View::default();
        let at = pos2(333.0, 222.0);
        let before = view.to_world(CORNER, at);
        view.zoom_about(CORNER, at, 0.37);
        assert!(view.to_world(CORNER, at).distance(before) < 1e-3);
        assert!(view.to_screen(CORNER, before).distance(at) < 1e-3);
        view.zoom_about(CORNER, at, 100.0);
        assert_eq!(view.zoom, ZOOM.1);
    }

    #[test]
    fn fitting_shows_everything_and_never_enlarges() {
        let size = vec2(800.0, 600.0);
        let large = Rect::from_min_max(pos2(-500.0, -900.0), pos2(3000.0, 900.0));
        let view = View::fit(large, size);
        assert!(Rect::from_min_size(Pos2::ZERO, size).contains_rect(view.rect_to_screen(Pos2::ZERO, large)));
        let small = Rect::from_min_size(pos2(10.0, 10.0), vec2(20.0, 20.0));
        assert_eq!(View::fit(small, size).zoom, 1.0);
    }

    #[test]
    fn revealing_moves_only_as_far_as_needed() {
        let size = vec2(800.0, 600.0);
        let mut view = View { offset: Vec2::ZERO, zoom: 1.0 };
        let seen = Rect::from_min_size(pos2(100.0, 100.0), vec2(50.0, 50.0));
        view.reveal(seen, size);
        assert_eq!(view.offset, Vec2::ZERO);
        view.reveal(Rect::from_min_size(pos2(900.0, 100.0), vec2(50.0, 50.0)), size);
        assert_eq!(view.offset, vec2(-174.0, 0.0));
    }

    /// Rule 3.
    #[test]
    fn the_nearest_port_within_reach_is_snapped_to() {
        let ports = [("far", pos2(0.0, 21.0)), ("near", pos2(10.0, 0.0)), ("nearer", pos2(-9.0, 0.0))];
        assert_eq!(snap(Pos2::ZERO, ports), Some("nearer"));
        assert_eq!(snap(pos2(0.0, 60.0), ports), None);
    }

    #[test]
    fn a_port_is_found_in_its_line_on_its_side() {
        let node = Rect::from_min_size(pos2(100.0, 100.0), node_size(Widths::default(), WIDEST, 2, 1));
        for (side, row) in [(Side::Import, 0), (Side::Import, 1), (Side::Export, 0)] {
            assert_eq!(row_at(node, port_at(node, side, row), 2, 1), Some((side, row)));
        }
        assert_eq!(row_at(node, port_at(node, Side::Export, 1), 2, 1), None);
        assert_eq!(row_at(node, node.center_top() + vec2(0.0, 4.0), 2, 1), None);
    }

    #[test]
    fn distance_to_a_wire_is_measured_along_its_curve() {
        let c = curve(pos2(0.0, 0.0), pos2(200.0, 100.0), 1.0);
        assert!(curve_bounds(c).contains(curve_point(c, 0.5)));
        let (distance, t) = curve_distance(c, pos2(100.0, 50.0));
        assert!(distance < 1.0 && (t - 0.5).abs() < 0.02);
        assert!(curve_distance(c, pos2(100.0, 0.0)).0 > 20.0);
        let back = curve(pos2(200.0, 0.0), pos2(0.0, 0.0), 1.0);
        assert!(curve_bounds(back).left() < 0.0 && curve_bounds(back).right() > 200.0);
    }

    /// Rule 17.
    #[test]
    fn the_view_moves_near_the_edges_only_and_towards_them() {
        let canvas = Rect::from_min_size(pos2(0.0, 0.0), vec2(400.0, 300.0));
        assert_eq!(edge_pan(canvas, canvas.center(), 0.1), Vec2::ZERO);
        let right = edge_pan(canvas, pos2(398.0, 150.0), 0.1);
        assert!(right.x < 0.0 && right.y == 0.0, "the world moves left, so that more of the right is seen");
        let corner = edge_pan(canvas, pos2(-50.0, -50.0), 0.1);
        assert_eq!(corner, vec2(90.0, 90.0));
    }

    fn overlaps(sizes: &[Vec2], places: &[Pos2]) -> bool {
        let rects: Vec<_> = places.iter().zip(sizes).map(|(p, s)| Rect::from_min_size(*p, *s)).collect();
        rects.iter().enumerate().any(|(i, a)| rects.iter().skip(i + 1).any(|b| a.intersects(*b)))
    }

    /// Rule 21.
    #[test]
    fn a_tidied_graph_flows_right_without_overlaps() {
        let sizes: Vec<_> = (0..9).map(|i| vec2(200.0 + 13.0 * i as f32, 80.0 + 29.0 * i as f32)).collect();
        let wires = [(0, 1), (1, 2), (0, 2), (3, 2), (2, 4), (5, 4)];
        let places = tidy(&sizes, &wires);
        assert!(!overlaps(&sizes, &places));
        for (from, to) in wires {
            assert!(places[from].x + sizes[from].x < places[to].x, "{from} is left of {to}");
        }
        assert!(places.iter().all(|p| snap_to_grid(*p) == *p));
    }

    #[test]
    fn cycles_and_long_chains_are_tidied_too() {
        let sizes = vec![vec2(200.0, 100.0); 2000];
        let mut wires: Vec<_> = (1..2000).map(|i| (i - 1, i)).collect();
        wires.extend([(1999, 0), (5, 5), (7, 4), (1, 99999)]);
        let places = tidy(&sizes, &wires);
        assert!(!overlaps(&sizes[..300], &places[..300]));
        assert!(places[1998].x > places[10].x);
    }

    #[test]
    fn nodes_are_lined_up_by_edges_and_middles_and_spread_evenly() {
        let nodes = [(0.0, 50.0, 100.0), (300.0, 0.0, 60.0), (140.0, 200.0, 80.0)]
            .map(|(x, y, wide)| Rect::from_min_size(pos2(x, y), vec2(wide, wide / 2.0)));
        let lined = |how| -> Vec<Rect> {
            align(&nodes, how).iter().zip(&nodes).map(|(p, r)| Rect::from_min_size(*p, r.size())).collect()
        };
        let all = |how, of: fn(&Rect) -> f32, wanted: f32| {
            assert!(lined(how).iter().all(|r| (of(r) - wanted).abs() < 1e-3), "{how:?}: {:?}", lined(how));
        };
        all(Align::Left, Rect::left, 0.0);
        all(Align::Right, Rect::right, 360.0);
        all(Align::Center, |r| r.center().x, 180.0);
        all(Align::Top, Rect::top, 0.0);
        all(Align::Bottom, Rect::bottom, 240.0);
        all(Align::Middle, |r| r.center().y, 120.0);
        let across = lined(Align::Across);
        assert_eq!((across[0].left(), across[1].right()), (0.0, 360.0), "the outer ones stay");
        assert_eq!(across[2].left() - across[0].right(), across[1].left() - across[2].right());
        assert!(across.iter().zip(&nodes).all(|(a, b)| a.top() == b.top()));
        let crowded = [Rect::from_min_size(pos2(0.0, 0.0), vec2(50.0, 50.0)); 3];
        let down = align(&crowded, Align::Down);
        assert!(!overlaps(&[vec2(50.0, 50.0); 3], &down), "{down:?}");
        assert!(align(&[], Align::Down).is_empty());
    }

    #[test]
    fn a_new_node_finds_room() {
        let size = vec2(200.0, 100.0);
        let mut taken = Vec::new();
        for _ in 0..40 {
            let at = free_place(&taken, size, pos2(5.0, 5.0));
            let rect = Rect::from_min_size(at, size);
            assert!(!taken.iter().any(|r: &Rect| r.intersects(rect)));
            taken.push(rect);
        }
        assert_eq!(taken[0].min, pos2(0.0, 0.0));
    }

    #[test]
    fn what_takes_nothing_stands_close_to_who_takes_from_it() {
        // A chain of four, and one that only its end takes from.
        let sizes = vec![vec2(192.0, 96.0); 5];
        let places = tidy(&sizes, &[(0, 1), (1, 2), (2, 3), (4, 3)]);
        assert_eq!(places[4].x, places[2].x);
        assert!(places[0].x < places[1].x && places[1].x < places[2].x && places[2].x < places[3].x);
        // What the first of the chain takes too stays before all.
        let places = tidy(&sizes, &[(0, 1), (1, 2), (2, 3), (4, 3), (4, 1)]);
        assert_eq!(places[4].x, places[0].x);
    }
}
