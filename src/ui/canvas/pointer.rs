//! What the pointer does on the canvas: events and what is under the pointer go in, intents come out. No window.

use super::geometry::{View, curve, curve_bounds, curve_distance, row_at, snap, snap_to_grid};
use super::scene::{Anchor, Scene};
use super::{Intent, MenuOn, SelectMode};
use crate::compose::{Candidate, Fit, Port, Side};
use egui::{Pos2, Rect, Vec2, pos2, vec2};

/// How far the pointer has to move, in screen points, before a press becomes a drag.
const THRESHOLD: f32 = 4.0;
/// How near, in screen points, the pointer has to be to a wire to touch it.
const WIRE_REACH: f32 = 6.0;
/// How near, in screen points, to a port a touched wire is picked up by its end.
const WIRE_END: f32 = 36.0;

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
    Refused(String),
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
    /// Nodes by name, where the pointer took hold of them (in the world), and how far they have come.
    Moving {
        names: Vec<String>,
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

    /// What is under a point of the screen: the last drawn node first, then wires.
    pub fn hit(&self, at: Pos2) -> Hit {
        let world = self.world(at);
        // Ports are easy to hit however small they are drawn.
        let reach = (11.0 / self.view.zoom).min(24.0);
        for (i, node) in self.scene.nodes().iter().enumerate().rev() {
            let rect = self.scene.rect(i);
            if !rect.expand(reach.max(14.0)).contains(world) {
                continue;
            }
            if node.state.unsatisfied > 0 && self.mark(i).contains(world) {
                return Hit::Mark(i);
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
        self.wire_at(at)
    }

    fn wire_at(&self, at: Pos2) -> Hit {
        let mut best: Option<(f32, Hit)> = None;
        for wire in 0..self.scene.wires().len() {
            let Some((from, to)) = self.scene.ends(wire) else { continue };
            let (from, to) = (self.screen(from), self.screen(to));
            let c = curve(from, to, self.view.zoom);
            if !curve_bounds(c).expand(WIRE_REACH).contains(at) {
                continue;
            }
            let (distance, _) = curve_distance(c, at);
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
    pub fn wire_under(&self, names: &[String], at: Pos2) -> Option<usize> {
        let ([one], Hit::Wire(i) | Hit::WireEnd(i, _)) = (names, self.wire_at(at)) else { return None };
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
                let word = if side == Side::Import { "an import" } else { "an export" };
                return Aim::Refused(format!("A wire cannot join {word} to {word}"));
            }
            return match candidates.iter().find(|c| Some(&c.port) == port.as_ref()) {
                Some(Candidate { fit: Fit::No(why), .. }) => Aim::Refused(why.clone()),
                Some(candidate) => Aim::Fits(anchor, candidate),
                None => Aim::Refused("No wire can go here".to_owned()),
            };
        }
        let fitting = candidates.iter().filter(|c| c.fit.fits()).filter_map(|c| {
            let anchor = self.scene.find(&c.port, opposite(wiring.side))?;
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
        self.scene.nodes().iter().enumerate().filter(|(i, _)| touched(*i)).map(|(_, n)| n.id.clone()).collect()
    }
}

/// Where a node's mark is; a mark sits on the upper edge.
pub(super) fn mark_rect(node: Rect) -> Rect {
    Rect::from_min_max(pos2(node.right() - 88.0, node.top() - 10.0), pos2(node.right() - 8.0, node.top() + 9.0))
}

/// The other side.
pub(super) fn opposite(side: Side) -> Side {
    match side {
        Side::Import => Side::Export,
        Side::Export => Side::Import,
    }
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
            Event::DoubleClick(at) => match around.hit(at) {
                Hit::Node(i) => {
                    around.scene.nodes().get(i).map(|n| Intent::Activate(n.id.clone())).into_iter().collect()
                }
                _ => Vec::new(),
            }
            .into(),
            Event::Cancel => self.cancel().into(),
        }
    }

    /// Ends a drag without a change.
    fn cancel(&mut self) -> Vec<Intent> {
        match std::mem::take(self) {
            Self::Moving { .. } | Self::Wiring(_) | Self::Marquee { .. } => vec![Intent::Cancelled],
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
            Self::Moving { names, held_at, by } => {
                let raw = around.world(at) - *held_at;
                let first = names.first().and_then(|n| around.scene.node(n)).map_or(Pos2::ZERO, |n| n.pos);
                *by = if held.alt { raw } else { snap_to_grid(first + raw) - first };
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
            Self::Moving { names, by, .. } => drop_nodes(&names, by, at, around),
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
        Hit::Node(i) | Hit::Mark(i) => {
            // A menu speaks of what is selected; what it was opened on is, then.
            if let Some(node) = scene.nodes().get(i).filter(|n| !n.selected) {
                out.push(Intent::Select { instances: vec![node.id.clone()], mode: SelectMode::Replace });
            }
            name(i).map(MenuOn::Node)
        }
        Hit::Port(anchor) => scene.port(anchor).map(|port| MenuOn::Port(port, anchor.side)),
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
    match *hit {
        Hit::Empty => {
            let from = around.world(start);
            (Gesture::Marquee { from, to: from, mode: mode(held) }, Vec::new())
        }
        Hit::Node(i) | Hit::Mark(i) => {
            let Some(node) = scene.nodes().get(i) else { return (Gesture::Idle, Vec::new()) };
            let mut intents = Vec::new();
            let mut names = vec![node.id.clone()];
            if node.selected {
                names.extend(scene.selected().map(|n| n.id.clone()).filter(|n| *n != node.id));
            } else {
                let mode = if held.shift || held.command { SelectMode::Add } else { SelectMode::Replace };
                if mode == SelectMode::Add {
                    names.extend(scene.selected().map(|n| n.id.clone()));
                }
                intents.push(Intent::Select { instances: vec![node.id.clone()], mode });
            }
            (Gesture::Moving { names, held_at: around.world(start), by: Vec2::ZERO }, intents)
        }
        Hit::Port(anchor) => {
            let Some(port) = scene.port(anchor) else { return (Gesture::Idle, Vec::new()) };
            // A satisfied import has one wire: dragging it takes that wire by its end.
            match (anchor.side, scene.wire_to(&port)) {
                (Side::Import, Some(wire)) => pick_up(wire, Side::Import, at, around),
                _ => start_wire(Wiring { fixed: port, side: anchor.side, was: None, at }),
            }
        }
        Hit::WireEnd(wire, side) => pick_up(wire, side, at, around),
        Hit::Wire(_) => (Gesture::Idle, Vec::new()),
    }
}

/// Takes a wire by its end on `side`: the other end stays.
fn pick_up(wire: usize, side: Side, at: Pos2, around: &Around<'_>) -> (Gesture, Vec<Intent>) {
    let Some(wire) = around.scene.wires().get(wire) else { return (Gesture::Idle, Vec::new()) };
    let fixed = if side == Side::Import { wire.from.clone() } else { wire.to.clone() };
    start_wire(Wiring { fixed, side: opposite(side), was: Some(wire.to.clone()), at })
}

fn start_wire(wiring: Wiring) -> (Gesture, Vec<Intent>) {
    let intent = Intent::DragStarted { port: wiring.fixed.clone(), side: wiring.side };
    (Gesture::Wiring(wiring), vec![intent])
}

fn click(hit: &Hit, held: Held, around: &Around<'_>) -> Vec<Intent> {
    let scene = around.scene;
    let select = |i: usize| {
        let instances = scene.nodes().get(i).map(|n| n.id.clone()).into_iter().collect();
        vec![Intent::Select { instances, mode: mode(held) }]
    };
    match *hit {
        // With a key held the selection is being changed: a click beside a node does not lose it.
        Hit::Empty if held.shift || held.command => Vec::new(),
        Hit::Empty => vec![Intent::Select { instances: Vec::new(), mode: SelectMode::Replace }],
        Hit::Node(i) => select(i),
        Hit::Port(anchor) => {
            let mut out = select(anchor.node);
            out.extend(scene.port(anchor).map(|port| Intent::ClickPort(port, anchor.side)));
            out
        }
        Hit::Mark(i) => scene.nodes().get(i).map(|n| Intent::FocusProblem(n.id.clone())).into_iter().collect(),
        Hit::Wire(i) | Hit::WireEnd(i, _) => {
            scene.wires().get(i).map(|w| Intent::SelectWire(w.to.clone())).into_iter().collect()
        }
    }
}

fn drop_nodes(names: &[String], by: Vec2, at: Pos2, around: &Around<'_>) -> Vec<Intent> {
    if by == Vec2::ZERO {
        return Vec::new();
    }
    let place = |name: &String| {
        let pos = around.scene.node(name)?.pos + by;
        Some((name.clone(), [pos.x, pos.y]))
    };
    let mut out = vec![Intent::Move(names.iter().filter_map(place).collect())];
    let wire = around.wire_under(names, at).and_then(|i| around.scene.wires().get(i));
    out.extend(
        names
            .first()
            .zip(wire)
            .map(|(one, wire)| Intent::InsertOnWire { instance: one.clone(), wire: wire.to.clone() }),
    );
    out
}

fn drop_wire(wiring: &Wiring, around: &Around<'_>) -> Vec<Intent> {
    match around.aim(wiring) {
        Aim::Fits(_, candidate) => {
            let (from, to) = export_first(&wiring.fixed, wiring.side, &candidate.port);
            let unchanged = around.scene.wires().iter().any(|w| w.from == from && w.to == to);
            match &wiring.was {
                _ if unchanged => vec![Intent::Cancelled],
                // The same import with another export: connecting replaces.
                Some(was) if *was != to => vec![Intent::Rewire { was: was.clone(), from, to }],
                _ => vec![Intent::Connect { from, to }],
            }
        }
        Aim::Refused(_) | Aim::Node => vec![Intent::Cancelled],
        Aim::Empty => match &wiring.was {
            Some(was) => vec![Intent::Disconnect(was.clone())],
            None => {
                let world = around.world(wiring.at);
                vec![Intent::DropOnEmpty {
                    port: wiring.fixed.clone(),
                    side: wiring.side,
                    at: [world.x, world.y],
                    screen: wiring.at,
                }]
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::scene::{Node, NodeState, PortShape, PortState, PortView, Wire};
    use super::*;
    use crate::component::Family;

    fn node(id: &str, at: Pos2, imports: &[&str], exports: &[&str]) -> Node {
        let ports = |names: &[&str]| {
            let port = |name: &&str| PortView {
                name: (*name).to_owned(),
                label: (*name).to_owned(),
                version: String::new(),
                family: Family::Record,
                shape: PortShape::Interface,
                state: PortState::Satisfied,
                tooltip: String::new(),
            };
            names.iter().map(port).collect()
        };
        Node {
            id: id.to_owned(),
            title: id.to_owned(),
            subtitle: String::new(),
            badge: String::new(),
            size_text: String::new(),
            pos: at,
            imports: ports(imports),
            exports: ports(exports),
            state: NodeState::default(),
            selected: false,
        }
    }

    /// `a` gives x and y, `b` needs both and has x from `a`, `c` needs x; `d` stands apart.
    fn scene() -> Scene {
        let nodes = vec![
            node("a", pos2(0.0, 0.0), &[], &["x", "y"]),
            node("b", pos2(600.0, 0.0), &["x", "y"], &[]),
            node("c", pos2(600.0, 300.0), &["x"], &[]),
            node("d", pos2(0.0, 600.0), &["x"], &["x"]),
        ];
        let (from, to) = (Port::new("a", "x"), Port::new("b", "x"));
        Scene::new(nodes, vec![Wire { from, to, family: Family::Record, broken: false, selected: false }])
    }

    fn around<'a>(scene: &'a Scene, candidates: Option<&'a [Candidate]>) -> Around<'a> {
        let canvas = Rect::from_min_size(Pos2::ZERO, vec2(2000.0, 1500.0));
        Around { scene, view: View { offset: Vec2::ZERO, zoom: 1.0 }, canvas, candidates }
    }

    fn fits(instance: &str, name: &str) -> Candidate {
        Candidate { port: Port::new(instance, name), fit: Fit::Exact, replaces: None }
    }

    fn at(scene: &Scene, instance: &str, name: &str, side: Side) -> Pos2 {
        scene.at(scene.find(&Port::new(instance, name), side).unwrap())
    }

    /// Presses, moves in two steps, lets go.
    fn drag(around: &Around<'_>, from: Pos2, to: Pos2, button: Button, held: Held) -> (Vec<Intent>, Vec2) {
        let mut gesture = Gesture::default();
        let mut out = (Vec::new(), Vec2::ZERO);
        let middle = from.lerp(to, 0.5);
        let events = [
            Event::Press(from, button, held),
            Event::Move(middle, held),
            Event::Move(to, held),
            Event::Release(to, button),
        ];
        for event in events {
            let done = gesture.handle(event, around);
            out.0.extend(done.intents);
            out.1 += done.pan;
        }
        assert_eq!(gesture, Gesture::Idle);
        out
    }

    const PLAIN: Held = Held { shift: false, command: false, alt: false, space: false };

    #[test]
    fn the_middle_button_and_the_space_bar_pan() {
        let scene = scene();
        let around = around(&scene, None);
        for (button, held) in [(Button::Middle, PLAIN), (Button::Primary, Held { space: true, ..PLAIN })] {
            let (intents, pan) = drag(&around, pos2(50.0, 20.0), pos2(90.0, -10.0), button, held);
            assert_eq!((intents, pan), (Vec::new(), vec2(40.0, -30.0)));
        }
    }

    #[test]
    fn a_port_under_the_pointer_wins_over_a_nearer_one_that_fits() {
        let scene = scene();
        let refused = Candidate { fit: Fit::No("other types".into()), ..fits("b", "x") };
        let candidates = [refused, fits("b", "y")];
        let around = around(&scene, Some(&candidates));
        let (x, y) = (at(&scene, "b", "x", Side::Import), at(&scene, "b", "y", Side::Import));
        // In the line of x, but nearer to y's centre than SNAP.
        let over = vec2(2.0, 10.0) + x.to_vec2();
        assert!(over.to_pos2().distance(y) < super::super::geometry::SNAP);
        let wiring = Wiring { fixed: Port::new("a", "x"), side: Side::Export, was: None, at: over.to_pos2() };
        assert_eq!(around.aim(&wiring), Aim::Refused("other types".into()));
        let beside = Wiring { at: y - vec2(15.0, 4.0), ..wiring };
        assert!(matches!(around.aim(&beside), Aim::Fits(_, c) if c.port.name == "y"));
    }

    #[test]
    fn two_imports_are_not_joined() {
        let scene = scene();
        let around = around(&scene, Some(&[]));
        let to = at(&scene, "c", "x", Side::Import);
        let wiring = Wiring { fixed: Port::new("b", "y"), side: Side::Import, was: None, at: to };
        assert!(matches!(around.aim(&wiring), Aim::Refused(why) if why.contains("import")));
    }

    #[test]
    fn the_end_of_a_wire_moves_to_another_import_in_one_step() {
        let scene = scene();
        let candidates = [fits("b", "x"), fits("c", "x")];
        let around = around(&scene, Some(&candidates));
        let (from, to) = (at(&scene, "b", "x", Side::Import), at(&scene, "c", "x", Side::Import));
        let (intents, _) = drag(&around, from, to, Button::Primary, PLAIN);
        let rewire = Intent::Rewire { was: Port::new("b", "x"), from: Port::new("a", "x"), to: Port::new("c", "x") };
        assert_eq!(intents.last(), Some(&rewire));
        // Back where it was: nothing changes.
        let (intents, _) = drag(&around, from, from + vec2(-12.0, 3.0), Button::Primary, PLAIN);
        assert_eq!(intents.last(), Some(&Intent::Cancelled));
    }

    #[test]
    fn the_start_of_a_wire_is_picked_up_near_its_export() {
        let scene = scene();
        let candidates = [fits("a", "x"), fits("d", "x")];
        let around = around(&scene, Some(&candidates));
        let from = at(&scene, "a", "x", Side::Export) + vec2(26.0, 0.0);
        assert_eq!(around.hit(from), Hit::WireEnd(0, Side::Export));
        let to = at(&scene, "d", "x", Side::Export);
        let (intents, _) = drag(&around, from, to, Button::Primary, PLAIN);
        let connect = Intent::Connect { from: Port::new("d", "x"), to: Port::new("b", "x") };
        assert_eq!(intents.last(), Some(&connect), "connecting an import replaces what it has");
    }

    #[test]
    fn keys_decide_how_a_marquee_changes_the_selection() {
        let scene = scene();
        let around = around(&scene, None);
        let held = [
            (PLAIN, SelectMode::Replace),
            (Held { shift: true, ..PLAIN }, SelectMode::Add),
            (Held { command: true, ..PLAIN }, SelectMode::Toggle),
        ];
        for (held, mode) in held {
            let (intents, _) = drag(&around, pos2(590.0, 290.0), pos2(900.0, 700.0), Button::Primary, held);
            assert_eq!(intents, [Intent::Select { instances: vec!["c".into()], mode }]);
        }
    }

    #[test]
    fn a_node_dropped_on_a_wire_asks_to_be_inserted() {
        let scene = scene();
        let around = around(&scene, None);
        let (from, to) = scene.ends(0).unwrap();
        let (intents, _) = drag(&around, pos2(20.0, 615.0), from.lerp(to, 0.5), Button::Primary, PLAIN);
        assert!(
            matches!(&intents[..], [Intent::Select { .. }, Intent::Move(_), Intent::InsertOnWire { instance, wire }]
            if instance == "d" && *wire == Port::new("b", "x"))
        );
        // Its own wire is none to insert it into.
        let (intents, _) = drag(&around, pos2(20.0, 10.0), from.lerp(to, 0.5), Button::Primary, PLAIN);
        assert!(!intents.iter().any(|i| matches!(i, Intent::InsertOnWire { .. })));
    }

    #[test]
    fn a_menu_opens_on_what_is_under_the_pointer_and_selects_it() {
        let scene = scene();
        let around = around(&scene, None);
        let mut gesture = Gesture::default();
        let intents = gesture.handle(Event::Press(pos2(20.0, 10.0), Button::Secondary, PLAIN), &around).intents;
        assert!(
            matches!(&intents[..], [Intent::Select { instances, .. }, Intent::OpenMenu { on: MenuOn::Node(n), .. }]
            if *n == "a" && instances == &["a"])
        );
        let intents = gesture.handle(Event::Press(pos2(400.0, 900.0), Button::Secondary, PLAIN), &around).intents;
        assert!(matches!(&intents[..], [Intent::OpenMenu { on: MenuOn::Canvas, world: [400.0, 900.0], .. }]));
    }

    #[test]
    fn losing_the_window_ends_a_drag_without_a_change() {
        let scene = scene();
        let around = around(&scene, None);
        let mut gesture = Gesture::default();
        gesture.handle(Event::Press(pos2(20.0, 10.0), Button::Primary, PLAIN), &around);
        gesture.handle(Event::Move(pos2(60.0, 90.0), PLAIN), &around);
        assert_eq!(gesture.handle(Event::Cancel, &around).intents, [Intent::Cancelled]);
        assert_eq!(gesture, Gesture::Idle);
    }
}
