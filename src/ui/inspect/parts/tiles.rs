//! Where each node's tile lies in the map of sizes: a tile's area is its share of the bytes, and the tiles of what is
//! inside lie within it.
//!
//! Tiles are as square as can be (Bruls, Huizing and van Wijk, "Squarified treemaps", 2000). Those too small to be seen are
//! summed up in one.

use crate::component::{NodeId, SizeMap};
use egui::{Pos2, Rect, Vec2, pos2, vec2};
use std::collections::VecDeque;

/// Tiles of a smaller area are summed up, in square points.
const LEAST_AREA: f32 = 12.0;
/// A map has at most so many tiles.
const MOST_TILES: usize = 12_000;
/// A tile at least so large shows what is inside of it.
const LEAST_FRAME: Vec2 = vec2(56.0, 44.0);
/// The height of a frame's title.
pub(super) const TITLE: f32 = 18.0;
/// Between a frame's edge and the tiles inside.
const EDGE: f32 = 3.0;

/// What a tile shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shows {
    /// A node as a whole.
    Node,
    /// A node by what is inside of it: a title, and tiles below.
    Frame,
    /// So many nodes inside of this one that have no tile of their own, and their bytes.
    Rest(usize, usize),
}

/// A piece of the map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tile {
    pub rect: Rect,
    pub node: NodeId,
    pub shows: Shows,
}

/// The tiles of everything inside `root` in a map of that size; a frame comes before what is inside of it.
pub(super) fn layout(map: &SizeMap, root: NodeId, size: Vec2) -> Vec<Tile> {
    let mut tiles = Vec::new();
    let mut todo = VecDeque::from([(root, Rect::from_min_size(Pos2::ZERO, size))]);
    while let Some((node, rect)) = todo.pop_front() {
        let inside = map.largest(node);
        let is_root = node == root;
        let has_room = rect.width() >= LEAST_FRAME.x && rect.height() >= LEAST_FRAME.y;
        if inside.is_empty() || (!is_root && (!has_room || tiles.len() >= MOST_TILES)) {
            tiles.push(Tile { rect, node, shows: Shows::Node });
            continue;
        }
        let room = if is_root {
            rect
        } else {
            tiles.push(Tile { rect, node, shows: Shows::Frame });
            Rect::from_min_max(rect.min + vec2(EDGE, TITLE), rect.max - Vec2::splat(EDGE))
        };
        let budget = MOST_TILES.saturating_sub(tiles.len() + todo.len());
        let (placed, rest) = squarify(map, inside, room, budget);
        todo.extend(placed);
        if let Some(rest) = rest {
            tiles.push(Tile { node, ..rest });
        }
    }
    tiles
}

/// Places nodes, largest first, in a room that stands for all of them; and the rest of them as one tile.
fn squarify(map: &SizeMap, nodes: &[NodeId], room: Rect, budget: usize) -> (Vec<(NodeId, Rect)>, Option<Tile>) {
    let total: f64 = nodes.iter().map(|id| map.size(*id) as f64).sum();
    let scale = f64::from(room.area()) / total.max(1.0);
    let area = |id: &NodeId| (map.size(*id) as f64 * scale) as f32;
    let large = nodes.iter().take(budget).take_while(|id| area(id) >= LEAST_AREA).count();
    let (mut large, small) = nodes.split_at(large);
    let mut free = room;
    let mut placed = Vec::with_capacity(large.len());
    while let Some(first) = large.first() {
        let across = free.width() > free.height();
        let side = free.width().min(free.height()).max(1.0);
        // A row takes tiles as long as they get no thinner by it.
        let (mut sum, mut worst, mut count) = (0.0, f32::INFINITY, 0);
        for id in large {
            let next = sum + area(id);
            let shape = |area: f32| (side * side * area / (next * next)).max(next * next / (side * side * area));
            let worst_now = shape(area(first)).max(shape(area(id)));
            if worst_now > worst {
                break;
            }
            (sum, worst, count) = (next, worst_now, count + 1);
        }
        let (row, later) = large.split_at(count);
        let depth = sum / side;
        let mut at = free.min;
        for id in row {
            let length = area(id) / depth;
            let size = if across { vec2(depth, length) } else { vec2(length, depth) };
            placed.push((*id, Rect::from_min_size(at, size).intersect(room)));
            at += if across { vec2(0.0, length) } else { vec2(length, 0.0) };
        }
        free.min = if across { pos2(free.min.x + depth, free.min.y) } else { pos2(free.min.x, free.min.y + depth) };
        large = later;
    }
    let bytes = small.iter().map(|id| map.size(*id)).sum();
    let rest = small.first().filter(|_| free.is_positive()).map(|first| Tile {
        rect: free,
        node: *first,
        shows: Shows::Rest(small.len(), bytes),
    });
    (placed, rest)
}

/// The innermost tile at a point.
pub(super) fn at(tiles: &[Tile], point: Pos2) -> Option<&Tile> {
    tiles.iter().rev().find(|tile| tile.rect.contains(point))
}

/// The tile that stands for a node: its own, or else the one that it is hidden in.
pub(super) fn of<'a>(tiles: &'a [Tile], map: &SizeMap, node: NodeId) -> Option<&'a Tile> {
    let own = |id: NodeId| tiles.iter().find(|t| t.node == id && !matches!(t.shows, Shows::Rest(..)));
    let rest = |id: NodeId| tiles.iter().find(|t| t.node == id && matches!(t.shows, Shows::Rest(..)));
    if let Some(tile) = own(node) {
        return Some(tile);
    }
    let around = map.path(node).into_iter().rev().skip(1);
    around.into_iter().find_map(|id| rest(id).or_else(|| own(id).filter(|t| t.shows == Shows::Node)))
}

/// The next tile in a direction, of those that are no frames.
pub(super) fn next(tiles: &[Tile], from: Rect, direction: Vec2) -> Option<&Tile> {
    let start = from.center();
    let score = |tile: &Tile| {
        let way = tile.rect.center() - start;
        let along = way.dot(direction);
        let aside = way.dot(direction.rot90()).abs();
        (along > 0.5).then_some(along + 2.0 * aside)
    };
    let leaves = tiles.iter().filter(|t| t.shows != Shows::Frame && t.rect != from);
    leaves.filter_map(|t| Some((score(t)?, t))).min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, t)| t)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::component::{Functions, What, decode, size_map};

    fn map(bytes: Vec<u8>) -> SizeMap {
        size_map(&decode("x.wasm", bytes.into()))
    }

    fn sample(file: &str) -> SizeMap {
        map(std::fs::read(format!("{}/samples/components/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap())
    }

    fn many(functions: usize) -> SizeMap {
        let body = |i: usize| format!("(func{})", " nop".repeat(1 + i % 40));
        map(wat::parse_str(format!("(module {})", (0..functions).map(body).collect::<String>())).unwrap())
    }

    #[test]
    fn areas_are_shares_and_tiles_do_not_overlap() {
        for (map, size) in [(sample("shop-composed.wasm"), vec2(900.0, 500.0)), (many(300), vec2(301.0, 777.0))] {
            let tiles = layout(&map, NodeId::ROOT, size);
            let room = Rect::from_min_size(Pos2::ZERO, size).expand(0.1);
            let leaves: Vec<_> = tiles.iter().filter(|t| t.shows != Shows::Frame).collect();
            for (i, a) in leaves.iter().enumerate() {
                assert!(room.contains_rect(a.rect), "{a:?}");
                for b in leaves.iter().skip(i + 1) {
                    assert!(a.rect.intersect(b.rect).shrink(0.05).area() < 0.5, "{a:?} {b:?}");
                }
            }
            // Functions of one section are drawn to the same scale.
            let functions: Vec<_> = map.ids().filter(|id| map.what(*id) == What::Function).collect();
            let largest = functions.iter().copied().max_by_key(|id| map.size(*id)).unwrap();
            let scales: Vec<_> = functions
                .iter()
                .filter_map(|f| leaves.iter().find(|t| t.node == *f && t.shows == Shows::Node))
                .filter(|t| map.parent(t.node) == map.parent(largest))
                .map(|t| t.rect.area() / map.size(t.node) as f32)
                .collect();
            assert!(scales.len() > 10);
            assert!(scales.iter().all(|s| (s / scales[0] - 1.0).abs() < 0.02), "{scales:?}");
        }
    }

    #[test]
    fn a_map_of_very_many_functions_stays_small_and_sums_up_the_rest() {
        let map = many(50_000);
        let tiles = layout(&map, NodeId::ROOT, vec2(700.0, 500.0));
        assert!(tiles.len() <= MOST_TILES + 100, "{}", tiles.len());
        let hidden: usize = tiles.iter().map(|t| if let Shows::Rest(n, _) = t.shows { n } else { 0 }).sum();
        let shown = tiles.iter().filter(|t| t.shows == Shows::Node).count();
        let leaves = map.ids().filter(|id| map.is_leaf(*id)).count();
        assert_eq!(hidden + shown, leaves);
        assert!(hidden > 10_000);
        // A function without a tile is found in the rest of its section.
        let smallest = *Functions::of(&map).largest().last().unwrap();
        let last = map.find(&Functions::of(&map).all[smallest as usize].range);
        assert!(matches!(of(&tiles, &map, last).unwrap().shows, Shows::Rest(..)));
    }

    #[test]
    fn no_room_is_no_trouble() {
        let map = sample("adder-wat.wasm");
        for size in [Vec2::ZERO, vec2(1.0, 500.0), vec2(0.1, 0.1), vec2(5.0, 5.0)] {
            layout(&map, NodeId::ROOT, size);
        }
        let empty = size_map(&decode("x.wasm", Vec::new().into()));
        assert_eq!(layout(&empty, NodeId::ROOT, vec2(100.0, 100.0)).len(), 1);
    }

    #[test]
    fn arrows_go_to_neighbours() {
        let map = sample("shop-composed.wasm");
        let tiles = layout(&map, NodeId::ROOT, vec2(900.0, 500.0));
        for tile in tiles.iter().filter(|t| t.shows != Shows::Frame) {
            for direction in [Vec2::RIGHT, Vec2::LEFT, Vec2::UP, Vec2::DOWN] {
                if let Some(found) = next(&tiles, tile.rect, direction) {
                    assert!((found.rect.center() - tile.rect.center()).dot(direction) > 0.0);
                }
            }
            assert_eq!(at(&tiles, tile.rect.center()), Some(tile));
        }
    }
}
