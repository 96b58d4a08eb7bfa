//! What the pointer does on the canvas: events and what is under the pointer go in, intents come out. No window.

#[cfg(test)]
mod tests;

use super::frames::{Carried, Edges, fold_button};
use super::geometry::{OUTLINE, View, curve, curve_distance, row_at, snap, snap_to_grid};
use super::scene::{Anchor, Node, Scene};
use super::{FrameView, Intent, MenuOn, SelectMode};
use crate::compose::{Candidate, Fit, Port, Side};
use crate::diag::display_safe_line;
use egui::{Pos2, Rect, Vec2, pos2, vec2};

/// How far the pointer has to move, in screen points, before a press becomes a drag.
const THRESHOLD: f32 = 4.0;
/// How near, in screen points, the pointer has to be to a wire to touch it.
const WIRE_REACH: f32 = 6.0;
/// How near, in screen points, to a port a touched wire is picked up by its end.
const WIRE_END: f32 = 36.0;
/// How near, in screen points, the pointer has to be to a frame's edge to take it.
const EDGE_REACH: f32 = 5.0;
/// How far, in screen points, the mark by which a frame is resized reaches into it from its lower right corner.
const GRIP: f32 = 17.0;

/// The keys held during an event.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Held {
    pub shift: bool,
    /// Ctrl, or Cmd where that is used.
    pub command: bool,
    pub alt: bool,
    pub space: bool,
}

/// A button of the pointer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Button {
    Primary,
    Middle,
    Secondary,
}

/// Something that happened, in screen points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Event {
    Press(Pos2, Button, Held),
    Move(Pos2, Held),
    Release(Pos2, Button),
    DoubleClick(Pos2),
    Cancel,
}

/// What is under the pointer.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Hit {
    Empty,
    Node(usize),
    /// The mark with the number of unsatisfied imports.
    Mark(usize),
    Port(Anchor),
    Wire(usize),
    /// A wire near one of its ends.
    WireEnd(usize, Side),
    /// An open frame, by its title.
    Frame(usize),
    /// Its edge or corner.
    FrameEdge(usize, Edges),
    /// The button on an open frame that folds it.
    Fold(usize),
    /// The button on the node of a folded one that opens it.
    Open(usize),
}

/// What the machine looks at.
#[derive(Clone, Copy)]
pub(super) struct Around<'a> {
    pub scene: &'a Scene,
    pub view: View,
    pub canvas: Rect,
    pub candidates: Option<&'a [Candidate]>,
}

/// A wire being drawn.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Wiring {
    /// The end that stays.
    pub fixed: Port,
    /// The side of the end that stays.
    pub side: Side,
    /// The import of the wire that was picked up, if it was.
    pub was: Option<Port>,
    /// The loose end, in screen points.
    pub at: Pos2,
}

/// Where the loose end of a wire would go.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Aim<'a> {
    Fits(Anchor, &'a Candidate),
    /// Over a port of which it is not known yet whether it fits.
    Unknown(Anchor),
    /// Why not, and over which port.
    Refused(String, Option<Anchor>),
    Node,
    Empty,
}

/// A drag, or none.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) enum Gesture {
    #[default]
    Idle,
    Pressed {
        at: Pos2,
        hit: Hit,
        held: Held,
    },
    Panning {
        last: Pos2,
    },
    /// Nodes and frames by name, where the pointer took hold of them (in the world), and how far they have come.
    Moving {
        carried: Carried,
        /// The corner that keeps to the grid.
        corner: Pos2,
        held_at: Pos2,
        by: Vec2,
    },
    /// A frame's edges, and how far they have come.
    Resizing {
        title: String,
        edges: Edges,
        held_at: Pos2,
        by: Vec2,
    },
    Wiring(Wiring),
    /// From a point of the world to another.
    Marquee {
        from: Pos2,
        to: Pos2,
        mode: SelectMode,
    },
}

/// What came of an event.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Done {
    pub intents: Vec<Intent>,
    /// How far the view moves, in screen points.
    pub pan: Vec2,
}

impl From<Vec<Intent>> for Done {
    fn from(intents: Vec<Intent>) -> Self {
        Self { intents, pan: Vec2::ZERO }
    }
}

impl<'a> Around<'a> {
    /// The point of the world at a point of the screen.
    pub fn world(&self, at: Pos2) -> Pos2 {
        self.view.to_world(self.canvas.min, at)
    }

    /// The point of the screen at a point of the world.
    pub fn screen(&self, at: Pos2) -> Pos2 {
        self.view.to_screen(self.canvas.min, at)
    }

    /// The mark with the number of unsatisfied imports, in the world.
    pub fn mark(&self, node: usize) -> Rect {
        mark_rect(self.scene.rect(node))
    }

    /// What is under a point of the screen: taps, which lie above everything, the last drawn node, then wires.
    pub fn hit(&self, at: Pos2) -> Hit {
        let world = self.world(at);
        if let Some(wire) = self.tap_at(world) {
            return Hit::Wire(wire);
        }
        // Ports are easy to hit however small they are drawn.
        let reach = (11.0 / self.view.zoom).min(24.0);
        for (i, node) in self.scene.nodes().iter().enumerate().rev() {
            let rect = self.scene.rect(i);
            if !rect.expand(reach.max(14.0)).contains(world) {
                continue;
            }
            if node.state.unsatisfied + node.state.problems > 0 && self.mark(i).contains(world) {
                return Hit::Mark(i);
            }
            if node.group.is_some() && self.has_button(rect, world) {
                return Hit::Open(i);
            }
            let (imports, exports) = (node.imports.len(), node.exports.len());
            let clamped = pos2(world.x.clamp(rect.left(), rect.right()), world.y);
            if let Some((side, row)) = row_at(rect, clamped, imports, exports) {
                let anchor = Anchor { node: i, side, row };
                if (self.scene.at(anchor).x - world.x).abs() <= reach {
                    return Hit::Port(anchor);
                }
            }
            if rect.contains(world) {
                return Hit::Node(i);
            }
        }
        match self.wire_at(at) {
            Hit::Empty => self.frame_at(world),
            hit => hit,
        }
    }

    /// Whether the button of a frame, open or folded, is at this place; far away there is none.
    fn has_button(&self, of: Rect, world: Pos2) -> bool {
        self.view.zoom >= OUTLINE && fold_button(of).contains(world)
    }

    fn frame_at(&self, world: Pos2) -> Hit {
        let reach = EDGE_REACH / self.view.zoom;
        let is_on_grip = |of: Rect| {
            self.view.zoom >= OUTLINE
                && Rect::from_min_max(of.max - Vec2::splat(GRIP / self.view.zoom), of.max).contains(world)
        };
        let edges = |of: Rect| if is_on_grip(of) { Some(Edges::END) } else { Edges::near(of, world, reach) };
        let of = |(i, frame): (usize, &FrameView)| match edges(frame.rect) {
            Some(_) if self.scene.is_fixed() => None,
            Some(edges) => Some(Hit::FrameEdge(i, edges)),
            None if !frame.head().contains(world) => None,
            None if !frame.frame.members.is_empty() && self.has_button(frame.rect, world) => Some(Hit::Fold(i)),
            None => Some(Hit::Frame(i)),
        };
        self.scene.open_frames().rev().find_map(of).unwrap_or(Hit::Empty)
    }

    fn wire_at(&self, at: Pos2) -> Hit {
        let world = self.world(at);
        let mut best: Option<(f32, Hit)> = None;
        for wire in 0..self.scene.wires().len() {
            let Some(course) = self.scene.course(wire) else { continue };
            if !course.bounds.expand(WIRE_REACH / self.view.zoom).contains(world) {
                continue;
            }
            let (from, to) = (self.screen(course.ends.0), self.screen(course.ends.1));
            let (distance, _) = curve_distance(curve(from, to, self.view.zoom), at);
            if distance <= WIRE_REACH && best.as_ref().is_none_or(|(d, _)| distance < *d) {
                let (start, end) = (at.distance(from), at.distance(to));
                let hit = if end <= WIRE_END && end <= start {
                    Hit::WireEnd(wire, Side::Import)
                } else if start <= WIRE_END {
                    Hit::WireEnd(wire, Side::Export)
                } else {
                    Hit::Wire(wire)
                };
                best = Some((distance, hit));
            }
        }
        best.map_or(Hit::Empty, |(_, hit)| hit)
    }

    /// The wire that a single dragged node could be inserted into: one under the pointer that does not end at it.
    pub fn wire_under(&self, carried: &Carried, at: Pos2) -> Option<usize> {
        let ([one], true, false) = (carried.names.as_slice(), carried.frames.is_empty(), self.scene.is_fixed()) else {
            return None;
        };
        let (Hit::Wire(i) | Hit::WireEnd(i, _)) = self.wire_at(at) else { return None };
        let wire = self.scene.wires().get(i)?;
        (wire.from.instance != *one && wire.to.instance != *one).then_some(i)
    }

    /// Where the loose end of `wiring` would go. A port directly under the pointer wins over a nearer centre.
    pub fn aim(&self, wiring: &Wiring) -> Aim<'a> {
        let world = self.world(wiring.at);
        let candidates = self.candidates.unwrap_or_default();
        let over = self.scene.nodes().iter().enumerate().rev().find_map(|(i, node)| {
            let rect = self.scene.rect(i);
            let row = row_at(rect, world, node.imports.len(), node.exports.len());
            rect.expand2(vec2(10.0, 0.0)).contains(world).then_some((i, row))
        });
        if let Some((node, Some((side, row)))) = over {
            let anchor = Anchor { node, side, row };
            let port = self.scene.port(anchor);
            if port.as_ref() == Some(&wiring.fixed) && side == wiring.side {
                return Aim::Node;
            }
            if side == wiring.side {
                return Aim::Refused(same_side(side), Some(anchor));
            }
            if self.candidates.is_none() {
                return Aim::Unknown(anchor);
            }
            return match candidates.iter().find(|c| Some(&c.port) == port.as_ref()) {
                Some(Candidate { fit: Fit::No(why), .. }) => {
                    Aim::Refused(display_safe_line(why).into_owned(), Some(anchor))
                }
                Some(candidate) => Aim::Fits(anchor, candidate),
                None => Aim::Refused("No wire can go here".to_owned(), Some(anchor)),
            };
        }
        let fitting = candidates.iter().filter(|c| c.fit.fits()).filter_map(|c| {
            let anchor = self.scene.find(&c.port, wiring.side.other())?;
            Some(((anchor, c), self.screen(self.scene.at(anchor))))
        });
        match snap(wiring.at, fitting) {
            Some((anchor, candidate)) => Aim::Fits(anchor, candidate),
            None if over.is_some() => Aim::Node,
            None => Aim::Empty,
        }
    }

    /// The instances that a rectangle of the world touches.
    pub fn within(&self, area: Rect) -> Vec<String> {
        let touched = |i: usize| self.scene.rect(i).intersects(area);
        self.scene.nodes().iter().enumerate().filter(|(i, _)| touched(*i)).flat_map(|(_, n)| n.instances()).collect()
    }
}

/// Where a node's mark is; a mark sits on the upper edge.
pub(super) fn mark_rect(node: Rect) -> Rect {
    Rect::from_min_max(pos2(node.right() - 88.0, node.top() - 10.0), pos2(node.right() - 8.0, node.top() + 9.0))
}

/// Why two ports on the same side cannot be joined.
pub(super) fn same_side(side: Side) -> String {
    let word = if side == Side::Import { "an import" } else { "an export" };
    format!("A wire cannot join {word} to {word}")
}

/// The connection of a port with another, whichever side the first is on: the export first, then the import.
pub(super) fn export_first(fixed: &Port, side: Side, other: &Port) -> (Port, Port) {
    match side {
        Side::Export => (fixed.clone(), other.clone()),
        Side::Import => (other.clone(), fixed.clone()),
    }
}

impl Gesture {
    /// Takes an event.
    pub fn handle(&mut self, event: Event, around: &Around<'_>) -> Done {
        match event {
            Event::Press(at, button, held) => self.press(at, button, held, around),
            Event::Move(at, held) => self.moved(at, held, around),
            Event::Release(at, button) => self.release(at, button, around).into(),
            Event::DoubleClick(at) => {
                let scene = around.scene;
                let intent = match around.hit(at) {
                    Hit::Node(i) => scene.nodes().get(i).map(|n| match n.group {
                        Some(_) => Intent::Fold { title: n.id.clone(), folded: false },
                        None => Intent::Activate(n.id.clone()),
                    }),
                    Hit::Frame(i) => fold(i, around),
                    _ => None,
                };
                intent.into_iter().collect::<Vec<_>>().into()
            }
            Event::Cancel => self.cancel().into(),
        }
    }

    /// Ends a drag without a change.
    fn cancel(&mut self) -> Vec<Intent> {
        match std::mem::take(self) {
            Self::Moving { .. } | Self::Resizing { .. } | Self::Wiring(_) | Self::Marquee { .. } => {
                vec![Intent::Cancelled]
            }
            Self::Idle | Self::Pressed { .. } | Self::Panning { .. } => Vec::new(),
        }
    }

    fn press(&mut self, at: Pos2, button: Button, held: Held, around: &Around<'_>) -> Done {
        if !matches!(self, Self::Idle) {
            // A second button during a drag takes it back.
            let done = if button == Button::Secondary { self.cancel() } else { Vec::new() };
            return done.into();
        }
        match button {
            Button::Middle => *self = Self::Panning { last: at },
            Button::Primary if held.space => *self = Self::Panning { last: at },
            Button::Primary => *self = Self::Pressed { at, hit: around.hit(at), held },
            Button::Secondary => return menu(at, around).into(),
        }
        Done::default()
    }

    fn moved(&mut self, at: Pos2, held: Held, around: &Around<'_>) -> Done {
        match self {
            Self::Idle => Done::default(),
            Self::Pressed { at: start, hit, held } => {
                if start.distance(at) < THRESHOLD {
                    return Done::default();
                }
                let (start, hit, held) = (*start, hit.clone(), *held);
                let (next, intents) = begin(start, at, &hit, held, around);
                *self = next;
                // What began has already come as far as the pointer.
                let mut done = self.moved(at, held, around);
                done.intents.splice(0..0, intents);
                done
            }
            Self::Panning { last } => {
                let pan = at - *last;
                *last = at;
                Done { intents: Vec::new(), pan }
            }
            Self::Moving { corner, held_at, by, .. } => {
                let raw = around.world(at) - *held_at;
                *by = if held.alt { raw } else { snap_to_grid(*corner + raw) - *corner };
                Done::default()
            }
            Self::Resizing { title, edges, held_at, by } => {
                let raw = around.world(at) - *held_at;
                *by = if held.alt { raw } else { around.scene.snapped(title, *edges, raw) };
                Done::default()
            }
            Self::Wiring(wiring) => {
                wiring.at = at;
                Done::default()
            }
            Self::Marquee { to, .. } => {
                *to = around.world(at);
                Done::default()
            }
        }
    }

    fn release(&mut self, at: Pos2, button: Button, around: &Around<'_>) -> Vec<Intent> {
        if button == Button::Secondary || (button == Button::Middle && !matches!(self, Self::Panning { .. })) {
            return Vec::new();
        }
        match std::mem::take(self) {
            Self::Idle | Self::Panning { .. } => Vec::new(),
            Self::Pressed { hit, held, .. } => click(&hit, held, around),
            Self::Moving { carried, by, .. } => drop_nodes(&carried, by, at, around),
            Self::Resizing { title, edges, by, .. } => resized(title, edges, by, around).into_iter().collect(),
            Self::Wiring(wiring) => drop_wire(&Wiring { at, ..wiring }, around),
            Self::Marquee { from, to, mode } => {
                vec![Intent::Select { instances: around.within(Rect::from_two_pos(from, to)), mode }]
            }
        }
    }
}

fn mode(held: Held) -> SelectMode {
    if held.command {
        SelectMode::Toggle
    } else if held.shift {
        SelectMode::Add
    } else {
        SelectMode::Replace
    }
}

/// A menu for what is at a point of the screen.
pub(super) fn menu(at: Pos2, around: &Around<'_>) -> Vec<Intent> {
    let scene = around.scene;
    let name = |i: usize| scene.nodes().get(i).map(|n| n.id.clone());
    let mut out = Vec::new();
    let on = match around.hit(at) {
        Hit::Empty => Some(MenuOn::Canvas),
        Hit::Node(i) | Hit::Mark(i) | Hit::Open(i) if scene.nodes().get(i).is_some_and(|n| n.group.is_some()) => {
            out.extend(name(i).map(Intent::SelectFrame));
            name(i).map(MenuOn::Frame)
        }
        Hit::Node(i) | Hit::Mark(i) | Hit::Open(i) => {
            // A menu speaks of what is selected; what it was opened on is, then.
            if let Some(node) = scene.nodes().get(i).filter(|n| !n.selected) {
                out.push(Intent::Select { instances: vec![node.id.clone()], mode: SelectMode::Replace });
            }
            name(i).map(MenuOn::Node)
        }
        Hit::Port(anchor) => scene.port(anchor).map(|port| MenuOn::Port(port, anchor.side)),
        Hit::Frame(i) | Hit::FrameEdge(i, _) | Hit::Fold(i) => {
            let title = scene.frames().get(i).map(|f| f.title.clone());
            out.extend(title.clone().map(Intent::SelectFrame));
            title.map(MenuOn::Frame)
        }
        Hit::Wire(i) | Hit::WireEnd(i, _) => {
            let to = scene.wires().get(i).map(|w| w.to.clone());
            out.extend(to.clone().map(Intent::SelectWire));
            to.map(MenuOn::Wire)
        }
    };
    let world = around.world(at);
    out.extend(on.map(|on| Intent::OpenMenu { at, world: [world.x, world.y], on }));
    out
}

/// A press that became a drag.
fn begin(start: Pos2, at: Pos2, hit: &Hit, held: Held, around: &Around<'_>) -> (Gesture, Vec<Intent>) {
    let scene = around.scene;
    let hit = match *hit {
        Hit::Port(anchor) if scene.is_fixed() => &Hit::Node(anchor.node),
        Hit::WireEnd(wire, _) if scene.is_fixed() => &Hit::Wire(wire),
        _ => hit,
    };
    match *hit {
        Hit::Empty => {
            let from = around.world(start);
            (Gesture::Marquee { from, to: from, mode: mode(held) }, Vec::new())
        }
        Hit::Node(i) | Hit::Mark(i) | Hit::Open(i) => {
            let Some(node) = scene.nodes().get(i) else { return (Gesture::Idle, Vec::new()) };
            let mode = if held.shift || held.command { SelectMode::Add } else { SelectMode::Replace };
            let intents = if node.selected { Vec::new() } else { select(node, mode) };
            let carried = scene.carried_by(i, node.selected || mode == SelectMode::Add);
            let (corner, held_at) = (node.pos, around.world(start));
            (Gesture::Moving { carried, corner, held_at, by: Vec2::ZERO }, intents)
        }
        Hit::Frame(i) | Hit::Fold(i) => {
            let Some(frame) = scene.frames().get(i) else { return (Gesture::Idle, Vec::new()) };
            let (carried, corner, held_at) = (scene.carried_by_frame(frame), frame.rect.min, around.world(start));
            let moving = Gesture::Moving { carried, corner, held_at, by: Vec2::ZERO };
            (moving, vec![Intent::SelectFrame(frame.title.clone())])
        }
        Hit::FrameEdge(i, edges) => {
            let Some(frame) = scene.frames().get(i) else { return (Gesture::Idle, Vec::new()) };
            let (title, held_at) = (frame.title.clone(), around.world(start));
            let resizing = Gesture::Resizing { title: title.clone(), edges, held_at, by: Vec2::ZERO };
            (resizing, vec![Intent::SelectFrame(title)])
        }
        Hit::Port(anchor) => {
            let Some(port) = scene.port(anchor) else { return (Gesture::Idle, Vec::new()) };
            // A satisfied import has one wire: dragging it takes that wire by its end.
            match (anchor.side, scene.wire_to(&port)) {
                (Side::Import, Some(wire)) => (pick_up(wire, Side::Import, at, around), Vec::new()),
                _ => (Gesture::Wiring(Wiring { fixed: port, side: anchor.side, was: None, at }), Vec::new()),
            }
        }
        Hit::WireEnd(wire, side) => (pick_up(wire, side, at, around), Vec::new()),
        Hit::Wire(_) => (Gesture::Idle, Vec::new()),
    }
}

/// Takes a wire by its end on `side`: the other end stays.
fn pick_up(wire: usize, side: Side, at: Pos2, around: &Around<'_>) -> Gesture {
    let Some(wire) = around.scene.wires().get(wire) else { return Gesture::Idle };
    let fixed = if side == Side::Import { wire.from.clone() } else { wire.to.clone() };
    Gesture::Wiring(Wiring { fixed, side: side.other(), was: Some(wire.to.clone()), at })
}

/// Selects a node: a folded frame by itself, or its members among others.
pub(super) fn select(node: &Node, mode: SelectMode) -> Vec<Intent> {
    match (&node.group, mode) {
        (Some(_), SelectMode::Replace) => vec![Intent::SelectFrame(node.id.clone())],
        _ => vec![Intent::Select { instances: node.instances(), mode }],
    }
}

/// Folds a frame by its position.
pub(super) fn fold(frame: usize, around: &Around<'_>) -> Option<Intent> {
    let view = around.scene.frames().get(frame)?;
    Some(Intent::Fold { title: view.title.clone(), folded: true })
}

/// Opens the folded frame that a node stands for.
pub(super) fn open(node: usize, around: &Around<'_>) -> Option<Intent> {
    let node = around.scene.nodes().get(node)?;
    Some(Intent::Fold { title: node.id.clone(), folded: false })
}

fn click(hit: &Hit, held: Held, around: &Around<'_>) -> Vec<Intent> {
    let scene = around.scene;
    let select = |i: usize| scene.nodes().get(i).map(|n| select(n, mode(held))).unwrap_or_default();
    match *hit {
        // With a key held the selection is being changed: a click beside a node does not lose it.
        Hit::Empty if held.shift || held.command => Vec::new(),
        Hit::Empty => vec![Intent::Select { instances: Vec::new(), mode: SelectMode::Replace }],
        Hit::Node(i) => select(i),
        Hit::Frame(i) | Hit::FrameEdge(i, _) => {
            scene.frames().get(i).map(|f| Intent::SelectFrame(f.title.clone())).into_iter().collect()
        }
        Hit::Fold(i) => fold(i, around).into_iter().collect(),
        Hit::Open(i) => open(i, around).into_iter().collect(),
        Hit::Port(anchor) => {
            let mut out = select(anchor.node);
            out.extend(scene.port(anchor).map(|port| Intent::ClickPort(port, anchor.side)));
            out
        }
        Hit::Mark(i) => scene.nodes().get(i).map(|n| Intent::FocusProblem(n.instances())).into_iter().collect(),
        Hit::Wire(i) | Hit::WireEnd(i, _) => {
            scene.wires().get(i).map(|w| Intent::SelectWire(w.to.clone())).into_iter().collect()
        }
    }
}

/// A frame with its edges moved.
pub(super) fn resized(title: String, edges: Edges, by: Vec2, around: &Around<'_>) -> Option<Intent> {
    let before = around.scene.frame(&title)?;
    let frame = around.scene.resized(&title, edges, by).filter(|f| by != Vec2::ZERO && *f != before.frame)?;
    Some(Intent::ResizeFrame { title, frame })
}

fn drop_nodes(carried: &Carried, by: Vec2, at: Pos2, around: &Around<'_>) -> Vec<Intent> {
    if by == Vec2::ZERO {
        return Vec::new();
    }
    let layout = around.scene.moved(carried, by);
    let wire = around.wire_under(carried, at).and_then(|i| around.scene.wires().get(i));
    vec![match carried.names.first().zip(wire) {
        Some((one, wire)) => Intent::InsertOnWire { instance: one.clone(), wire: wire.to.clone(), layout },
        None => Intent::Move(layout),
    }]
}

/// A wire let go on a port.
fn joined(wiring: &Wiring, port: &Port, around: &Around<'_>) -> Vec<Intent> {
    let (from, to) = export_first(&wiring.fixed, wiring.side, port);
    let unchanged = around.scene.wires().iter().any(|w| w.from == from && w.to == to);
    match &wiring.was {
        _ if unchanged => vec![Intent::Cancelled],
        // The same import with another export: connecting replaces.
        Some(was) if *was != to => vec![Intent::Rewire { was: was.clone(), from, to }],
        _ => vec![Intent::Connect { from, to }],
    }
}

fn drop_wire(wiring: &Wiring, around: &Around<'_>) -> Vec<Intent> {
    match around.aim(wiring) {
        Aim::Fits(_, candidate) => joined(wiring, &candidate.port, around),
        // Whoever connects compares these two, and says why if they do not fit.
        Aim::Unknown(anchor) => match around.scene.port(anchor) {
            Some(port) => joined(wiring, &port, around),
            None => vec![Intent::Cancelled],
        },
        Aim::Refused(..) | Aim::Node => vec![Intent::Cancelled],
        Aim::Empty => match &wiring.was {
            Some(was) => vec![Intent::Disconnect(was.clone())],
            None => {
                let at = super::scene::beside(around.world(wiring.at), wiring.side);
                vec![Intent::DropOnEmpty {
                    port: wiring.fixed.clone(),
                    side: wiring.side,
                    at: [at.x, at.y],
                    screen: wiring.at,
                }]
            }
        },
    }
}
