//! Room: where things go so that nothing lies on another, when a frame is folded or opened and when something new comes.
//! No window.

use super::frames::{PAD, Unit, placed, stored};
use super::geometry::{self, GRID, Taken};
use super::scene::Scene;
use crate::project::{Frame, Layout};
use crate::session::Landed;
use egui::{Pos2, Rect, Vec2, pos2, vec2};
use std::collections::{BTreeSet, HashMap, HashSet};

/// What made room for a frame, each with how far it went and where it has stood since: it goes back when the frame is as it
/// was before, if it still stands there.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pushed(HashMap<Name, (Vec2, Pos2)>);

/// What a unit is called, whether it is an open frame or a node.
type Name = (bool, String);

/// Moves of units.
type Moves = HashMap<Unit, Vec2>;

impl Scene {
    /// A frame folded into a node of this size, or without one opened. What would lie under it makes room; what made room
    /// for it before goes back, if that leaves nothing on anything.
    pub fn turned(&self, title: &str, folded: Option<Vec2>, before: &Pushed) -> Option<(Layout, Pushed)> {
        let view = self.frame(title)?;
        if view.frame.folded == folded.is_some() || view.frame.members.is_empty() {
            return None;
        }
        let (frame, own, small, large) = match folded {
            Some(size) => {
                let frame = Frame { folded: true, ..placed(&view.frame, view.rect) };
                (frame, None, view.rect, Rect::from_min_size(view.rect.min, size))
            }
            None => {
                let node = self.group(title)?;
                (Frame { folded: false, ..view.frame.clone() }, Some(node), self.rect(node), stored(&view.frame))
            }
        };
        let units = self.units();
        let is_own = |unit: &Unit| match (unit.frame, own) {
            (Some(i), None) => self.by_title.get(title) == Some(&i),
            (None, Some(node)) => unit.nodes == [node],
            _ => false,
        };
        let others: Vec<(&Unit, Rect)> = units.iter().filter(|u| !is_own(u)).map(|u| (u, self.unit_rect(u))).collect();
        let back = self.back(&others, large, before);
        let is_back = back.is_some();
        let moves = back.unwrap_or_else(|| make_room(&others, small, large));
        let stands = others.iter().filter_map(|(u, rect)| Some((*u, *moves.get(*u)?, rect.min)));
        let pushed = stands.filter(|_| !is_back).filter_map(|(u, by, at)| Some((self.name_of(u)?, (by, at + by))));
        let pushed = pushed.collect();
        let mut out = self.shifted(&moves);
        out.frames.push((title.to_owned(), frame));
        Some((out, Pushed(pushed)))
    }

    /// The node of a folded frame.
    fn group(&self, title: &str) -> Option<usize> {
        let is_it = |i: &&usize| self.nodes().get(**i).is_some_and(|n| n.id == title);
        self.groups.iter().find(is_it).copied()
    }

    fn name_of(&self, unit: &Unit) -> Option<Name> {
        Some(match unit.frame {
            Some(i) => (true, self.frames().get(i)?.title.clone()),
            None => (false, self.nodes().get(*unit.nodes.first()?)?.id.clone()),
        })
    }

    fn unit_rect(&self, unit: &Unit) -> Rect {
        match (unit.frame.and_then(|i| self.frames().get(i)), unit.nodes.first()) {
            (Some(view), _) => view.rect,
            (None, node) => node.map_or(Rect::NOTHING, |i| self.rect(*i)),
        }
    }

    /// The way back of what made room, if it comes to lie on nothing there.
    fn back(&self, others: &[(&Unit, Rect)], large: Rect, before: &Pushed) -> Option<Moves> {
        let stands = |(unit, rect): &(&Unit, Rect)| {
            let (by, at) = before.0.get(&self.name_of(unit)?)?;
            (rect.min == *at).then(|| ((*unit).clone(), -*by))
        };
        let moves: Moves = others.iter().filter_map(stands).collect();
        if moves.is_empty() {
            return None;
        }
        let mut taken = Taken::default();
        taken.add(large);
        others.iter().filter(|(u, _)| !moves.contains_key(*u)).for_each(|(_, rect)| taken.add(*rect));
        let mut is_free = others.iter().filter(|(u, _)| !moves.contains_key(*u)).all(|(_, r)| !r.intersects(large));
        for (unit, rect) in others {
            let Some(by) = moves.get(*unit) else { continue };
            is_free &= taken.is_free(rect.translate(*by));
            taken.add(rect.translate(*by));
        }
        is_free.then_some(moves)
    }

    fn shifted(&self, moves: &Moves) -> Layout {
        let mut out = Layout::default();
        for (unit, by) in moves {
            let places = unit.nodes.iter().filter_map(|i| Some((*i, self.nodes().get(*i)?.pos + *by)));
            let moved = self.placed_at(places);
            out.nodes.extend(moved.nodes);
            out.frames.extend(moved.frames);
            if let Some(view) = unit.frame.and_then(|i| self.frames().get(i)) {
                out.frames.push((view.title.clone(), placed(&view.frame, view.rect.translate(*by))));
            }
        }
        out
    }

    /// Where new instances go that would lie on something, or something on them. Those that came together keep their places
    /// among themselves.
    pub fn settled(&self, landed: &Landed) -> Layout {
        let Landed { names: landed, together } = landed;
        let together = *together;
        let new: BTreeSet<usize> = landed.iter().filter_map(|name| self.index(name)).collect();
        let is_whole = |i: usize| {
            let members = self.frames().get(i).map(|view| &view.frame.members);
            members.is_some_and(|m| !m.is_empty() && m.is_subset(landed))
        };
        let frames: HashSet<usize> = self.open_frames().map(|(i, _)| i).filter(|i| is_whole(*i)).collect();
        let blocks: Vec<Unit> = if together {
            vec![Unit { frame: None, nodes: new.iter().copied().collect() }]
        } else {
            new.iter().map(|i| Unit { frame: None, nodes: vec![*i] }).collect()
        };
        let mut taken: Vec<Rect> = (0..self.nodes().len()).filter(|i| !new.contains(i)).map(|i| self.rect(i)).collect();
        let mut out = Layout::default();
        for block in blocks {
            let own = |i: &usize| block.nodes.iter().any(|n| self.framed_by(*n) == Some(*i));
            let mut rects: Vec<Rect> = block.nodes.iter().map(|i| self.rect(*i)).collect();
            let whole = self.open_frames().filter(|(i, _)| together && frames.contains(i));
            rects.extend(whole.map(|(_, view)| view.rect));
            let Some(rect) = rects.into_iter().reduce(|a, b| a.union(b)) else { continue };
            let around = self.open_frames().filter(|(i, _)| !own(i)).map(|(_, view)| view.rect);
            let all: Vec<Rect> = taken.iter().copied().chain(around).collect();
            if !all.iter().any(|r| r.intersects(rect)) {
                taken.push(rect);
                continue;
            }
            let by = geometry::free_place(&all, rect.size(), rect.min) - rect.min;
            taken.push(rect.translate(by));
            let places = block.nodes.iter().filter_map(|i| Some((*i, self.nodes().get(*i)?.pos + by)));
            let moved = self.placed_at(places);
            out.nodes.extend(moved.nodes);
            out.frames.extend(moved.frames);
            let whole = self.open_frames().filter(|(i, _)| together && frames.contains(i));
            out.frames
                .extend(whole.map(|(_, view)| (view.title.clone(), placed(&view.frame, view.rect.translate(by)))));
        }
        out
    }

    /// The open frame that a node is in.
    fn framed_by(&self, node: usize) -> Option<usize> {
        self.framed.get(&self.nodes().get(node)?.id).copied()
    }
}

/// What goes where if something becomes `large` that was `small`: what stands to the right of it goes further right, what
/// stands below further down, and so nothing changes its side of anything else. What lay on it already goes beside it.
fn make_room(others: &[(&Unit, Rect)], small: Rect, large: Rect) -> Moves {
    let mut moves = Moves::new();
    if !others.iter().any(|(_, rect)| rect.intersects(large)) {
        return moves;
    }
    let large = large.with_max_x(large.right() + PAD).with_max_y(large.bottom() + PAD);
    let grown = (large.max - small.max).max(Vec2::ZERO);
    let grown = pos2((grown.x / GRID).ceil() * GRID, (grown.y / GRID).ceil() * GRID).to_vec2();
    let push = |begins: f32, after: f32, by: f32| if begins >= after { by } else { 0.0 };
    let mut pushed: Vec<(&Unit, Rect)> = Vec::with_capacity(others.len());
    for (unit, rect) in others {
        let by = vec2(push(rect.left(), small.right(), grown.x), push(rect.top(), small.bottom(), grown.y));
        if by != Vec2::ZERO {
            moves.insert((*unit).clone(), by);
        }
        pushed.push((unit, rect.translate(by)));
    }
    for i in 0..pushed.len() {
        let Some((unit, rect)) = pushed.get(i).copied().filter(|(_, rect)| rect.intersects(large)) else { continue };
        let rest = pushed.iter().enumerate().filter(|(k, _)| *k != i).map(|(_, (_, rect))| *rect);
        let taken: Vec<Rect> = rest.chain([large]).collect();
        let by = geometry::free_place(&taken, rect.size(), rect.min) - rect.min;
        *moves.entry(unit.clone()).or_default() += by;
        if let Some(slot) = pushed.get_mut(i) {
            slot.1 = rect.translate(by);
        }
    }
    moves
}
