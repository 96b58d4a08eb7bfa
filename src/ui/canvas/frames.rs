//! Frames on the canvas: where they are, what they take in, and where things go when one is moved or resized. No window.

use super::counted;
use super::geometry::{self, Align, GRID, snap_to_grid};
use super::scene::{Node, Scene};
use crate::diag::display_safe_line;
use crate::project::{Frame, Layout};
use egui::{Pos2, Rect, Vec2, pos2, vec2};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// The height of a frame's title.
pub const FRAME_HEAD: f32 = 36.0;
/// The room between a frame's edge and its members, where it is made to fit them.
pub(super) const PAD: f32 = 2.0 * GRID;
/// No frame is smaller.
const LEAST: Vec2 = vec2(120.0, 84.0);

/// A frame of the document.
#[derive(Debug, Clone)]
pub struct FrameView {
    /// Its title, as the document has it.
    pub title: String,
    /// What the document has of it.
    pub frame: Frame,
    /// Where it is drawn while open, in the world: as large as its members need.
    pub rect: Rect,
    /// Whether it is selected.
    pub selected: bool,
}

impl FrameView {
    /// A frame; its [`Scene`] knows how large its members make it.
    pub fn new(title: &str, frame: &Frame, selected: bool) -> Self {
        Self { title: title.to_owned(), rect: stored(frame), frame: frame.clone(), selected }
    }

    /// Where its title stands: there it is taken hold of. Elsewhere it lets through to the canvas.
    pub(super) fn head(&self) -> Rect {
        self.rect.with_max_y((self.rect.top() + FRAME_HEAD).min(self.rect.bottom()))
    }

    /// What assistive technology reads for it.
    pub(super) fn name(&self) -> String {
        let title = display_safe_line(&self.title);
        format!("frame {title}, {}", counted(self.frame.members.len(), "instance"))
    }
}

/// The button that folds a frame, or opens it: in the same place on the open frame and on the node.
pub(super) fn fold_button(of: Rect) -> Rect {
    Rect::from_min_size(of.min + vec2(6.0, 7.0), Vec2::splat(22.0))
}

/// Edges of a frame that are moved.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(super) struct Edges {
    pub left: bool,
    pub right: bool,
    pub top: bool,
    pub bottom: bool,
}

impl Edges {
    /// The lower right corner.
    pub const END: Self = Self { left: false, right: true, top: false, bottom: true };
    /// The upper left corner.
    pub const START: Self = Self { left: true, right: false, top: true, bottom: false };

    /// The edges of a rectangle within reach of a point; near a corner two.
    pub fn near(rect: Rect, at: Pos2, reach: f32) -> Option<Self> {
        if !rect.expand(reach).contains(at) || rect.shrink(reach).contains(at) {
            return None;
        }
        // Near a corner both its edges are meant.
        let reach = (3.0 * reach).min(rect.size().min_elem() / 3.0);
        let near = |edge: f32, v: f32| (edge - v).abs() <= reach;
        let (left, top) = (near(rect.left(), at.x), near(rect.top(), at.y));
        let (right, bottom) = (!left && near(rect.right(), at.x), !top && near(rect.bottom(), at.y));
        Some(Self { left, right, top, bottom })
    }

    fn moved(self, rect: Rect, by: Vec2) -> Rect {
        let mut out = rect;
        for (edge, is_moved, by) in [
            (&mut out.min.x, self.left, by.x),
            (&mut out.max.x, self.right, by.x),
            (&mut out.min.y, self.top, by.y),
            (&mut out.max.y, self.bottom, by.y),
        ] {
            *edge += if is_moved { by } else { 0.0 };
        }
        out
    }
}

/// What moves together.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Carried {
    /// Instances, shown or folded away.
    pub names: Vec<String>,
    /// Frames, open or folded, by title.
    pub frames: BTreeSet<String>,
}

pub(super) fn stored(frame: &Frame) -> Rect {
    Rect::from_min_size(frame.at.into(), frame.size.into())
}

fn around(members: Rect) -> Rect {
    let out = members.expand(PAD);
    out.with_min_y(out.top() - FRAME_HEAD)
}

pub(super) fn placed(frame: &Frame, rect: Rect) -> Frame {
    Frame { at: rect.min.into(), size: rect.size().into(), ..frame.clone() }
}

impl Scene {
    /// The same scene with frames. Those that are folded have a node already.
    pub fn framed(mut self, frames: Vec<FrameView>) -> Self {
        self.by_title = frames.iter().enumerate().map(|(i, view)| (view.title.clone(), i)).collect();
        self.frames = frames;
        for (i, view) in self.frames.iter().enumerate().filter(|(_, v)| !v.frame.folded) {
            self.framed.extend(view.frame.members.iter().map(|name| (name.clone(), i)));
        }
        let rects: Vec<_> = (0..self.frames.len()).map(|i| self.drawn(i, &HashSet::new())).collect();
        self.frames.iter_mut().zip(rects).for_each(|(view, rect)| view.rect = rect.unwrap_or(view.rect));
        self
    }

    /// All frames, open and folded.
    pub fn frames(&self) -> &[FrameView] {
        &self.frames
    }

    /// The frames that are open, with their positions among all.
    pub(super) fn open_frames(&self) -> impl DoubleEndedIterator<Item = (usize, &FrameView)> {
        self.frames.iter().enumerate().filter(|(_, view)| !view.frame.folded)
    }

    /// A frame by its title.
    pub(super) fn frame(&self, title: &str) -> Option<&FrameView> {
        self.frames.get(*self.by_title.get(title)?)
    }

    fn shown(&self, view: &FrameView) -> Vec<usize> {
        view.frame.members.iter().filter(|n| self.is_shown(n)).filter_map(|n| self.index(n)).collect()
    }

    /// How large an open frame is with all its members but those.
    fn drawn(&self, frame: usize, but: &HashSet<&str>) -> Option<Rect> {
        let view = self.frames.get(frame)?;
        let kept = view.frame.members.iter().filter(|n| !but.contains(n.as_str()) && self.is_shown(n));
        let members = kept.filter_map(|n| self.rect_of(n)).reduce(|a, b| a.union(b));
        let own = stored(&view.frame);
        // Its title is never behind a node.
        Some(members.map_or(own, |m| own.union(m.expand(GRID).with_min_y(m.top() - FRAME_HEAD))))
    }

    /// A frame around the nodes that are selected.
    pub fn around_selected(&self) -> Option<Frame> {
        let selected: Vec<_> = self.nodes().iter().enumerate().filter(|(_, n)| n.selected).collect();
        let all = selected.iter().map(|(i, _)| self.rect(*i)).reduce(|a, b| a.union(b))?;
        let names = selected.iter().flat_map(|(_, n)| n.instances());
        Some(placed(&Frame::new([0.0; 2], [1.0; 2]), around(all)).with(names))
    }

    /// A frame with its edges as near to its members as a new one's.
    pub fn fitted(&self, title: &str) -> Option<Frame> {
        let view = self.frame(title).filter(|v| !v.frame.folded)?;
        let all = self.shown(view).into_iter().map(|i| self.rect(i)).reduce(|a, b| a.union(b))?;
        Some(placed(&view.frame, around(all)))
    }

    /// A frame with some of its edges moved, but never into a member. What lies in it then and is in no frame joins it.
    pub(super) fn resized(&self, title: &str, edges: Edges, by: Vec2) -> Option<Frame> {
        let view = self.frame(title)?;
        let mut rect = edges.moved(view.rect, by);
        if edges.left {
            rect.min.x = rect.min.x.min(rect.max.x - LEAST.x);
        } else {
            rect.max.x = rect.max.x.max(rect.min.x + LEAST.x);
        }
        if edges.top {
            rect.min.y = rect.min.y.min(rect.max.y - LEAST.y);
        } else {
            rect.max.y = rect.max.y.max(rect.min.y + LEAST.y);
        }
        let members = self.shown(view).into_iter().map(|i| self.rect(i)).reduce(|a, b| a.union(b));
        if let Some(members) = members {
            rect = rect.union(members.expand(GRID).with_min_y(members.top() - FRAME_HEAD));
        }
        let mut frame = placed(&view.frame, rect);
        frame.members.extend(self.taken_in(rect).into_iter().filter_map(|i| Some(self.nodes().get(i)?.id.clone())));
        Some(frame)
    }

    /// The nodes in no frame whose middle lies in a rectangle.
    pub(super) fn taken_in(&self, rect: Rect) -> Vec<usize> {
        let free = |(_, n): &(usize, &Node)| n.group.is_none() && !self.framed.contains_key(&n.id);
        let nodes = self.nodes().iter().enumerate().filter(free).map(|(i, _)| i);
        nodes.filter(|i| rect.contains(self.rect(*i).center())).collect()
    }

    /// What goes along with a node: with one that is selected everything that is. An open frame goes along with all its
    /// members; a single node can be taken out of its frame, whoever else is in it.
    pub(super) fn carried_by(&self, node: usize, with_selected: bool) -> Carried {
        let mut out = Carried::default();
        let others = self.nodes().iter().enumerate().filter(|(i, n)| *i != node && with_selected && n.selected);
        let mut nodes: Vec<&Node> = self.nodes().get(node).into_iter().collect();
        nodes.extend(others.map(|(_, n)| n));
        for node in nodes {
            out.names.extend(node.instances());
            out.frames.extend(node.group.is_some().then(|| node.id.clone()));
        }
        let names: HashSet<&String> = out.names.iter().collect();
        let whole = |view: &FrameView| {
            names.len() > 1 && !view.frame.members.is_empty() && view.frame.members.iter().all(|n| names.contains(n))
        };
        let whole: Vec<_> = self.open_frames().filter(|(_, v)| whole(v)).map(|(_, v)| v.title.clone()).collect();
        out.frames.extend(whole);
        out
    }

    /// What goes along with a frame.
    pub(super) fn carried_by_frame(&self, view: &FrameView) -> Carried {
        Carried { names: view.frame.members.iter().cloned().collect(), frames: BTreeSet::from([view.title.clone()]) }
    }

    /// The instances that change frames when these move so far, each with the frame it is in then.
    pub(super) fn changing(&self, carried: &Carried, by: Vec2) -> Vec<(String, Option<usize>)> {
        let moved: HashSet<&str> = carried.names.iter().map(String::as_str).collect();
        let stays = |i: &usize| self.frames.get(*i).is_some_and(|v| !carried.frames.contains(&v.title));
        let open: Vec<_> = self.open_frames().map(|(i, _)| i).filter(stays).collect();
        let rects: Vec<_> = open.iter().filter_map(|i| Some((*i, self.drawn(*i, &moved)?))).collect();
        let mut out = Vec::new();
        for name in carried.names.iter().filter(|n| self.is_shown(n)) {
            let was = self.framed.get(name).copied();
            if was.is_some_and(|i| !stays(&i)) {
                continue;
            }
            let Some(rect) = self.rect_of(name) else { continue };
            let middle = rect.center() + by;
            let lies = |(_, r): &&(usize, Rect)| r.contains(middle);
            // Where frames overlap, it stays in its own.
            let own = rects.iter().filter(|(i, _)| Some(*i) == was).find(lies);
            let is = own.or_else(|| rects.iter().rev().find(lies)).map(|(i, _)| *i);
            if is != was {
                out.push((name.clone(), is));
            }
        }
        out
    }

    /// Where everything is after a move.
    pub(super) fn moved(&self, carried: &Carried, by: Vec2) -> Layout {
        if by == Vec2::ZERO {
            return Layout::default();
        }
        let place = |name: &String| Some((name.clone(), (self.place(name)? + by).into()));
        let nodes = carried.names.iter().filter_map(place).collect();
        let mut frames: BTreeMap<usize, Frame> = BTreeMap::new();
        for (i, view) in self.frames.iter().enumerate().filter(|(_, v)| carried.frames.contains(&v.title)) {
            let at = if view.frame.folded { Pos2::from(view.frame.at) } else { view.rect.min } + by;
            let size = if view.frame.folded { view.frame.size } else { view.rect.size().into() };
            frames.insert(i, Frame { at: at.into(), size, ..view.frame.clone() });
        }
        for (name, to) in self.changing(carried, by) {
            for (i, joins) in [(self.framed.get(&name).copied(), false), (to, true)] {
                let Some((i, view)) = i.and_then(|i| Some((i, self.frames.get(i)?))) else { continue };
                let frame = frames.entry(i).or_insert_with(|| view.frame.clone());
                if joins {
                    frame.members.insert(name.clone());
                } else {
                    frame.members.remove(&name);
                }
            }
        }
        let title = |(i, frame): (usize, Frame)| Some((self.frames.get(i)?.title.clone(), frame));
        Layout { nodes, frames: frames.into_iter().filter_map(title).collect() }
    }

    /// Where nodes are if each has its corner there: folded ones take their frame and its members along.
    pub(super) fn placed_at(&self, places: impl Iterator<Item = (usize, Pos2)>) -> Layout {
        let mut out = Layout::default();
        for (i, to) in places {
            let Some(node) = self.nodes().get(i) else { continue };
            match &node.group {
                None => out.nodes.push((node.id.clone(), to.into())),
                Some(members) => {
                    let by = to - node.pos;
                    out.nodes.extend(members.iter().map(|(name, at)| (name.clone(), (*at + by).into())));
                    if let Some(view) = self.frame(&node.id) {
                        out.frames.push((node.id.clone(), Frame { at: to.into(), ..view.frame.clone() }));
                    }
                }
            }
        }
        out
    }

    /// Where the nodes that are selected would stand if they were lined up.
    pub fn aligned(&self, how: Align) -> Layout {
        let selected: Vec<_> =
            (0..self.nodes().len()).filter(|i| self.nodes().get(*i).is_some_and(|n| n.selected)).collect();
        let rects: Vec<_> = selected.iter().map(|i| self.rect(*i)).collect();
        self.placed_at(selected.into_iter().zip(geometry::align(&rects, how)))
    }

    /// Where everything would stand if the graph were tidied up: each open frame's members among themselves, then frames and
    /// nodes as one graph, so that nothing else lies in a frame.
    pub fn arranged(&self) -> Layout {
        let units = self.units();
        let mut of: Vec<usize> = vec![0; self.nodes().len()];
        for (u, unit) in units.iter().enumerate() {
            for node in &unit.nodes {
                if let Some(slot) = of.get_mut(*node) {
                    *slot = u;
                }
            }
        }
        let ends: Vec<_> = (0..self.wires().len()).filter_map(|i| Some(self.course(i)?.nodes)).collect();
        let mut inner: Vec<Vec<(usize, usize)>> = vec![Vec::new(); units.len()];
        let mut outer = Vec::new();
        for (from, to) in &ends {
            match (of.get(*from), of.get(*to)) {
                (Some(a), Some(b)) if a == b => inner.get_mut(*a).into_iter().for_each(|list| list.push((*from, *to))),
                (Some(a), Some(b)) => outer.push((*a, *b)),
                _ => {}
            }
        }
        let mut tidied = Vec::new();
        for (unit, wires) in units.iter().zip(&inner) {
            tidied.push(self.tidied(unit, wires));
        }
        let sizes: Vec<Vec2> = tidied.iter().map(|(size, _)| *size).collect();
        let corners = geometry::tidy(&sizes, &outer);
        let mut places = Vec::new();
        let mut frames = Vec::new();
        for ((unit, (size, within)), corner) in units.iter().zip(&tidied).zip(&corners) {
            places.extend(unit.nodes.iter().zip(within).map(|(node, at)| (*node, *corner + at.to_vec2())));
            let view = unit.frame.and_then(|i| self.frames.get(i));
            let rect = Rect::from_min_size(*corner, *size);
            frames.extend(view.map(|view| (view.title.clone(), placed(&view.frame, rect))));
        }
        let mut out = self.placed_at(places.into_iter());
        out.frames.extend(frames);
        out
    }

    /// What stands by itself: open frames with their members, and nodes in none.
    pub(super) fn units(&self) -> Vec<Unit> {
        let framed = self.open_frames().map(|(i, view)| Unit { frame: Some(i), nodes: self.shown(view) });
        let mut out: Vec<Unit> = framed.collect();
        let free = |(_, n): &(usize, &Node)| n.group.is_some() || !self.framed.contains_key(&n.id);
        let free = self.nodes().iter().enumerate().filter(free);
        out.extend(free.map(|(i, _)| Unit { frame: None, nodes: vec![i] }));
        out
    }

    /// A unit's size, and where its nodes stand in it.
    fn tidied(&self, unit: &Unit, wires: &[(usize, usize)]) -> (Vec2, Vec<Pos2>) {
        let sizes: Vec<Vec2> = unit.nodes.iter().map(|i| self.rect(*i).size()).collect();
        let Some(view) = unit.frame.and_then(|i| self.frames.get(i)) else {
            return (sizes.first().copied().unwrap_or_default(), vec![Pos2::ZERO]);
        };
        if sizes.is_empty() {
            return (view.rect.size(), Vec::new());
        }
        let position: BTreeMap<usize, usize> = unit.nodes.iter().enumerate().map(|(k, node)| (*node, k)).collect();
        let within = |node: &usize| position.get(node).copied();
        let wires: Vec<_> = wires.iter().filter_map(|(a, b)| within(a).zip(within(b))).collect();
        let places = geometry::tidy(&sizes, &wires);
        let rects = places.iter().zip(&sizes).map(|(at, size)| Rect::from_min_size(*at, *size));
        let all = rects.reduce(|a, b| a.union(b)).unwrap_or(Rect::ZERO);
        let frame = around(all);
        (frame.size(), places.iter().map(|at| pos2(at.x - frame.left(), at.y - frame.top())).collect())
    }

    /// How far a frame's edge goes to come to the grid.
    pub(super) fn snapped(&self, title: &str, edges: Edges, by: Vec2) -> Vec2 {
        let Some(view) = self.frame(title) else { return by };
        let corner = pos2(
            if edges.left { view.rect.left() } else { view.rect.right() },
            if edges.top { view.rect.top() } else { view.rect.bottom() },
        );
        snap_to_grid(corner + by) - corner
    }
}

/// Nodes that are arranged as one, by their positions: an open frame's members, or one in none.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Unit {
    pub frame: Option<usize>,
    pub nodes: Vec<usize>,
}

#[cfg(test)]
mod tests;
