//! What the canvas shows: a picture of a composition, made by whoever owns the document.

use super::frames::FrameView;
use super::geometry::{self, Widths, node_size, port_at};
use super::taps::{self, TapPlace};
use crate::call::Crossed;
use crate::component::Family;
use crate::compose::{Port, Side};
use crate::diag::display_safe_line;
use egui::{Pos2, Rect, Vec2};
use std::collections::{BTreeSet, HashMap};

/// The shape of a port tells what it carries, without colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PortShape {
    /// An interface of values: a circle.
    Interface,
    /// One function: a square.
    Function,
    /// Something that carries resources: a diamond.
    Resource,
    /// What a host gives: a hexagon.
    Host,
}

/// How a port is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PortState {
    /// Wired, and it fits.
    Satisfied,
    /// An import without a provider.
    Missing,
    /// Wired, but it does not fit, or its other end is gone.
    Mismatched,
    /// The composition exports it.
    Exported,
    /// The host provides it.
    Host,
    /// The whole around it imports it and hands it on.
    Given,
    /// An export that nobody uses.
    Unused,
}

impl PortState {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Satisfied => "connected",
            Self::Missing => "missing",
            Self::Mismatched => "does not fit",
            Self::Exported => "exported",
            Self::Host => "provided by the host",
            Self::Given => "an import of the whole",
            Self::Unused => "unused",
        }
    }

    /// The words for it, and what the result exports the port as, if it does: a port of this name.
    pub fn words(self, name: &str, result: Option<&str>) -> String {
        let also = if self == Self::Exported { "" } else { ", exported" };
        match result {
            None => self.word().to_owned(),
            Some(result) if result == name => format!("{}{also}", self.word()),
            Some(result) => format!("{}{also} as {}", self.word(), display_safe_line(result)),
        }
    }
}

/// A port of a node.
#[derive(Debug, Clone)]
pub struct PortView {
    /// The import's or export's full name.
    pub name: String,
    /// The instance it is of, where the node stands for several.
    pub of: Option<String>,
    /// What is written on the node, such as `fraud-check`.
    pub label: String,
    /// The version, or nothing.
    pub version: String,
    /// Its hue.
    pub family: Family,
    /// Its shape.
    pub shape: PortShape,
    /// How it is doing.
    pub state: PortState,
    /// Its name among the exports of the result, if it is one.
    pub result: Option<String>,
    /// Why it does not fit, safe to show.
    pub trouble: Option<String>,
    /// What hovering tells: full name, version, signatures.
    pub tooltip: String,
}

/// How a node is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NodeState {
    /// How many imports have no provider.
    pub unsatisfied: usize,
    /// How much else is wrong with the instances that it stands for; a node of one instance shows it on its wires.
    pub problems: usize,
    /// It has a live instance.
    pub live: bool,
    /// Its last call trapped.
    pub trapped: bool,
    /// Its component's file is not there.
    pub missing: bool,
}

impl PortView {
    /// How it is doing, in words.
    pub fn words(&self) -> String {
        self.state.words(&self.name, self.result.as_deref())
    }

    /// The instance it is of.
    pub fn instance<'a>(&'a self, node: &'a Node) -> &'a str {
        self.of.as_deref().unwrap_or(&node.id)
    }
}

impl NodeState {
    /// What its mark counts, in words; nothing without anything to count.
    pub fn mark(&self) -> Option<String> {
        match (self.problems, self.unsatisfied) {
            (0, 0) => None,
            (0, n) => Some(format!("{n} missing")),
            (n, m) => Some(super::counted(n + m, "problem")),
        }
    }
}

/// An instance, or a folded frame that stands for its members.
#[derive(Debug, Clone)]
pub struct Node {
    /// The instance's name; the frame's title.
    pub id: String,
    /// The members it stands for, and where each stands once the frame is open; `None` for an instance.
    pub group: Option<Vec<(String, Pos2)>>,
    /// What is written as its name.
    pub title: String,
    /// The component's name.
    pub subtitle: String,
    /// What is to be told beside it, such as `shared by 2`, or nothing. It changes with the wires, so it takes the room that
    /// there is: a node stays as wide as it is, and its ports where they are.
    pub mark: String,
    /// The language, or nothing.
    pub badge: String,
    /// The component's size with its unit.
    pub size_text: String,
    /// The upper left corner, in world points.
    pub pos: Pos2,
    /// Ports on the left.
    pub imports: Vec<PortView>,
    /// Ports on the right.
    pub exports: Vec<PortView>,
    /// How it is doing.
    pub state: NodeState,
    /// Whether it is selected.
    pub selected: bool,
}

impl Node {
    /// The names of the instances that it is or stands for.
    pub fn instances(&self) -> Vec<String> {
        match &self.group {
            Some(members) => members.iter().map(|(name, _)| name.clone()).collect(),
            None => vec![self.id.clone()],
        }
    }

    /// The ports of a side.
    pub fn ports(&self, side: Side) -> &[PortView] {
        match side {
            Side::Import => &self.imports,
            Side::Export => &self.exports,
        }
    }
}

/// A wire.
#[derive(Debug, Clone)]
pub struct Wire {
    /// The export it starts at.
    pub from: Port,
    /// The import it ends at.
    pub to: Port,
    /// Its hue.
    pub family: Family,
    /// It does not fit, or one of its ends is gone.
    pub broken: bool,
    /// Whether it is selected.
    pub selected: bool,
    /// What its tap has seen: nothing as long as nothing was called. `None` without a tap.
    pub tap: Option<Option<Crossed>>,
}

/// A port by its place in a [`Scene`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Anchor {
    pub node: usize,
    pub side: Side,
    pub row: usize,
}

/// Where a wire runs, in the world.
#[derive(Debug, Clone, Copy)]
pub(super) struct Course {
    /// The export and the import.
    pub ends: (Pos2, Pos2),
    /// The nodes at the two ends.
    pub nodes: (usize, usize),
    /// A rectangle that holds its curve.
    pub bounds: Rect,
}

/// Nodes and wires, measured once so that drawing them every frame is cheap. Make a new one when the document, the
/// selection or a state changes.
#[derive(Debug, Clone, Default)]
pub struct Scene {
    nodes: Vec<Node>,
    wires: Vec<Wire>,
    pub(super) frames: Vec<FrameView>,
    /// Where each node is.
    rects: Vec<Rect>,
    /// What all nodes cover.
    nodes_bounds: Option<Rect>,
    /// Where each wire is, if both of its instances are there.
    courses: Vec<Option<Course>>,
    /// What stands on a wire whose ends are of two versions: that of the export and that of the import.
    versions: Vec<Option<String>>,
    /// Where the taps of wires stand.
    taps: Vec<TapPlace>,
    /// The node of every instance: its own, or that of the folded frame it is in.
    by_name: HashMap<String, usize>,
    by_import: HashMap<Port, usize>,
    /// The nodes of folded frames.
    pub(super) groups: Vec<usize>,
    /// Where instances stand that are folded away.
    hidden: HashMap<String, Pos2>,
    /// The frame of every instance that is in an open one.
    pub(super) framed: HashMap<String, usize>,
    /// Frames by their titles.
    pub(super) by_title: HashMap<String, usize>,
    is_fixed: bool,
}

impl Scene {
    /// Measures nodes and finds the ends of wires. A wire whose port is gone is drawn to the edge of its node; one whose
    /// instance is gone is not drawn.
    pub fn new(nodes: Vec<Node>, wires: Vec<Wire>) -> Self {
        let mut by_name = HashMap::with_capacity(nodes.len());
        let mut hidden = HashMap::new();
        for (i, node) in nodes.iter().enumerate() {
            match &node.group {
                Some(members) => {
                    by_name.extend(members.iter().map(|(name, _)| (name.clone(), i)));
                    hidden.extend(members.iter().cloned());
                }
                None => drop(by_name.insert(node.id.clone(), i)),
            }
        }
        let groups = (0..nodes.len()).filter(|i| nodes.get(*i).is_some_and(|n| n.group.is_some())).collect();
        let by_import = wires.iter().enumerate().map(|(i, w)| (w.to.clone(), i)).collect();
        let rects: Vec<Rect> = nodes.iter().map(|n| Rect::from_min_size(n.pos, measure(n))).collect();
        let nodes_bounds = rects.iter().copied().reduce(|a, b| a.union(b));
        let mut rows: HashMap<(&str, Side, &str), usize> = HashMap::new();
        for node in &nodes {
            for side in [Side::Import, Side::Export] {
                let ports = node.ports(side).iter().enumerate();
                rows.extend(ports.map(|(row, p)| ((p.instance(node), side, p.name.as_str()), row)));
            }
        }
        let end = |port: &Port, side| {
            let node = *by_name.get(&port.instance)?;
            let rect = *rects.get(node)?;
            let at = match rows.get(&(port.instance.as_str(), side, port.name.as_str())) {
                Some(row) => port_at(rect, side, *row),
                None if side == Side::Import => Pos2::new(rect.left(), rect.top() + geometry::HEAD / 2.0),
                None => Pos2::new(rect.right(), rect.top() + geometry::HEAD / 2.0),
            };
            Some((node, at))
        };
        let course = |wire: &Wire| {
            let ((from, start), (to, goal)) = (end(&wire.from, Side::Export)?, end(&wire.to, Side::Import)?);
            let bounds = geometry::curve_bounds(geometry::curve(start, goal, 1.0));
            Some(Course { ends: (start, goal), nodes: (from, to), bounds })
        };
        let courses = wires.iter().map(course).collect();
        let versions = wires.iter().map(versions).collect();
        let mut out = Self {
            nodes,
            wires,
            rects,
            nodes_bounds,
            courses,
            versions,
            by_name,
            by_import,
            groups,
            hidden,
            ..Self::default()
        };
        out.taps = taps::places(&out);
        out
    }

    /// The same scene with wires that stay as they are: no wire can be drawn, picked up or let in a node.
    pub fn fixed(mut self) -> Self {
        self.is_fixed = true;
        self
    }

    /// Whether the wires stay as they are.
    pub(super) fn is_fixed(&self) -> bool {
        self.is_fixed
    }

    /// The nodes.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Says what taps have seen, by the places of their wires; nothing has to be measured anew for it, and put into words is
    /// only what is in view. Of a wire that is not named nothing is said.
    pub fn set_taps(&mut self, seen: impl Iterator<Item = (usize, Crossed)>) {
        for place in &self.taps {
            let tap = self.wires.get_mut(place.wire).and_then(|wire| wire.tap.as_mut());
            tap.into_iter().for_each(|tap| *tap = None);
        }
        for (wire, crossed) in seen {
            if let Some(tap) = self.wires.get_mut(wire).and_then(|wire| wire.tap.as_mut()) {
                *tap = Some(crossed);
            }
        }
    }

    /// Where the taps of wires stand.
    pub(super) fn taps(&self) -> &[TapPlace] {
        &self.taps
    }

    /// The wires.
    pub fn wires(&self) -> &[Wire] {
        &self.wires
    }

    /// A node by its instance's name.
    pub fn node(&self, instance: &str) -> Option<&Node> {
        self.nodes.get(*self.by_name.get(instance)?)
    }

    /// Where a node is, in the world.
    pub fn rect_of(&self, instance: &str) -> Option<Rect> {
        Some(self.rect(*self.by_name.get(instance)?))
    }

    /// All that the nodes cover, or `None` if there are none.
    pub fn bounds(&self) -> Option<Rect> {
        self.open_frames().map(|(_, f)| f.rect).chain(self.nodes_bounds).reduce(|a, b| a.union(b))
    }

    /// Where a new node may stand near `wish` without covering another, nor a frame that the wish is not in.
    pub fn free_place(&self, wish: [f32; 2]) -> [f32; 2] {
        let around = self.open_frames().map(|(_, f)| f.rect).filter(|r| !r.contains(wish.into()));
        let taken: Vec<_> = self.rects.iter().copied().chain(around).collect();
        let size = node_size(Widths { title: 16, subtitle: 24, import: 12, export: 12 }, geometry::WIDEST, 4, 4);
        let at = geometry::free_place(&taken, size, Pos2::new(wish[0], wish[1]));
        [at.x, at.y]
    }

    /// All that these instances cover with those they are wired with, and all that they cover.
    pub(super) fn with_neighbours(&self, instances: &[String]) -> [Option<Rect>; 2] {
        let own: BTreeSet<usize> = instances.iter().filter_map(|name| self.index(name)).collect();
        let course =
            |c: &Course| (own.contains(&c.nodes.0) || own.contains(&c.nodes.1)).then_some([c.nodes.0, c.nodes.1]);
        let near = self.courses.iter().flatten().filter_map(course).flatten();
        let union = |nodes: &mut dyn Iterator<Item = usize>| nodes.map(|i| self.rect(i)).reduce(|a, b| a.union(b));
        [union(&mut near.chain(own.iter().copied())), union(&mut own.iter().copied())]
    }

    /// Where a new node may stand whose wire begins or ends at this port.
    pub fn place_beside(&self, port: &Port, side: Side) -> Option<[f32; 2]> {
        let at = self.at(self.find(port, side)?);
        let away = if side == Side::Import { -BESIDE } else { BESIDE };
        let at = beside(at + Vec2::new(away, 0.0), side);
        Some(self.free_place([at.x, at.y]))
    }

    pub(super) fn rect(&self, node: usize) -> Rect {
        self.rects.get(node).copied().unwrap_or(Rect::ZERO)
    }

    pub(super) fn index(&self, instance: &str) -> Option<usize> {
        self.by_name.get(instance).copied()
    }

    /// Where an instance's node stands, or will stand once its frame is open.
    pub(super) fn place(&self, instance: &str) -> Option<Pos2> {
        let hidden = self.hidden.get(instance).copied();
        hidden.or_else(|| Some(self.nodes.get(self.index(instance)?)?.pos))
    }

    /// Whether an instance has a node of its own.
    pub(super) fn is_shown(&self, instance: &str) -> bool {
        self.by_name.contains_key(instance) && !self.hidden.contains_key(instance)
    }

    pub(super) fn find(&self, port: &Port, side: Side) -> Option<Anchor> {
        let node = self.index(&port.instance)?;
        let own = self.nodes.get(node)?;
        let is_it = |p: &PortView| p.name == port.name && p.instance(own) == port.instance;
        let row = own.ports(side).iter().position(is_it)?;
        Some(Anchor { node, side, row })
    }

    pub(super) fn view_of(&self, anchor: Anchor) -> Option<(&Node, &PortView)> {
        let node = self.nodes.get(anchor.node)?;
        Some((node, node.ports(anchor.side).get(anchor.row)?))
    }

    pub(super) fn port(&self, anchor: Anchor) -> Option<Port> {
        self.view_of(anchor).map(|(node, port)| Port::new(port.instance(node), &port.name))
    }

    /// Where a port is, in the world.
    pub(super) fn at(&self, anchor: Anchor) -> Pos2 {
        port_at(self.rect(anchor.node), anchor.side, anchor.row)
    }

    /// What stands on a wire whose ends are of two versions.
    pub(super) fn versions(&self, wire: usize) -> Option<&str> {
        self.versions.get(wire)?.as_deref()
    }

    /// What a port is wired to, in words; where the versions are two, both.
    pub(super) fn joined(&self, anchor: Anchor) -> Vec<String> {
        let Some(port) = self.port(anchor) else { return Vec::new() };
        let mine = |w: &&Wire| if anchor.side == Side::Import { w.to == port } else { w.from == port };
        let all: Vec<&Wire> = self.wires.iter().filter(mine).collect();
        let words = |wire: &&Wire| {
            let (word, other) = if anchor.side == Side::Import { ("from", &wire.from) } else { ("to", &wire.to) };
            let name = display_safe_line(&other.instance);
            match versions(wire) {
                Some(_) => {
                    format!("{word} {name}: {} satisfies {}", version(&wire.from.name), version(&wire.to.name))
                }
                None => format!("{word} {name}"),
            }
        };
        let mut out: Vec<String> = all.iter().take(MOST_JOINED).map(words).collect();
        out.extend((all.len() > MOST_JOINED).then(|| format!("and {} more", all.len() - MOST_JOINED)));
        out
    }

    /// Where a wire runs; `None` if one of its instances is gone.
    pub(super) fn course(&self, wire: usize) -> Option<&Course> {
        self.courses.get(wire)?.as_ref()
    }

    /// The wire that ends at an import.
    pub fn wire_to(&self, import: &Port) -> Option<usize> {
        self.by_import.get(import).copied()
    }

    pub(super) fn selected(&self) -> impl Iterator<Item = &Node> {
        self.nodes.iter().filter(|n| n.selected)
    }

    /// What assistive technology reads for a node.
    pub(super) fn node_name(node: &Node) -> String {
        let kind = if node.group.is_some() { "folded frame " } else { "" };
        format!("{kind}{}, {}", node.title, Self::node_about(node))
    }

    /// What it is and how it is doing, without its name.
    pub(super) fn node_about(node: &Node) -> String {
        let s = node.state;
        let mut out = match &node.group {
            Some(members) => super::counted(members.len(), "instance"),
            None => format!("instance of {}", node.subtitle),
        };
        if !node.mark.is_empty() {
            out.push_str(&format!(" · {}", node.mark));
        }
        match (s.problems, s.unsatisfied) {
            (0, 0) => {}
            (0, n) => out.push_str(&format!(", {}", super::counted(n, "unsatisfied import"))),
            (n, m) => out.push_str(&format!(", {}", super::counted(n + m, "problem"))),
        }
        for (is, word) in [(s.live, ", live"), (s.trapped, ", trapped"), (s.missing, ", component missing")] {
            if is {
                out.push_str(word);
            }
        }
        out
    }

    /// What assistive technology reads for a port.
    pub(super) fn port_name(node: &Node, side: Side, port: &PortView) -> String {
        let side = if side == Side::Import { "import" } else { "export" };
        let of = port.of.as_ref().map(|of| format!("{} ", display_safe_line(of))).unwrap_or_default();
        format!("{} {side} {of}{}, {}", node.title, port.name, port.words())
    }

    /// What assistive technology reads for a wire.
    pub(super) fn wire_name(wire: &Wire) -> String {
        let tapped = if wire.tap.is_some() { "tapped " } else { "" };
        let broken = if wire.broken { "broken wire" } else { "wire" };
        let (from, to) = (&wire.from, &wire.to);
        let seen = wire.tap.flatten().map(|crossed| format!(", {}", crossed.words())).unwrap_or_default();
        format!("{tapped}{broken} from {} {} to {} {}{seen}", from.instance, from.name, to.instance, to.name)
    }
}

/// Where a node stands whose port is about here, if a port on this side is wired with it: left of what it provides for.
pub(super) fn beside(loose_end: Pos2, side: Side) -> Pos2 {
    let left = if side == Side::Import { ABOUT_WIDE } else { 0.0 };
    loose_end - Vec2::new(left, PORT_BELOW)
}

/// The end of a wire for which a node would stand here: what [`beside`] takes back.
pub fn end_beside(node: Pos2, side: Side) -> Pos2 {
    node - (beside(Pos2::ZERO, side) - Pos2::ZERO)
}

/// About how wide a node is.
const ABOUT_WIDE: f32 = 192.0;
/// About how far below its upper edge its first port is.
const PORT_BELOW: f32 = 60.0;

/// So far from a port stands what is placed for it: enough for a wire to be seen.
const BESIDE: f32 = 120.0;

/// Wires of one port that are told one by one.
const MOST_JOINED: usize = 4;

/// The version in an interface's name, safe to show; the whole name where there is none.
pub(super) fn version(name: &str) -> String {
    display_safe_line(name.split_once('@').map_or(name, |(_, version)| version)).into_owned()
}

/// The versions of the two ends of a wire, if they are two of one interface.
fn versions(wire: &Wire) -> Option<String> {
    let ((from, given), (to, wanted)) = wire.from.name.split_once('@').zip(wire.to.name.split_once('@'))?;
    (from == to && given != wanted).then(|| format!("{} → {}", display_safe_line(given), display_safe_line(wanted)))
}

fn measure(node: &Node) -> Vec2 {
    let letters = |text: &str| text.chars().count();
    let widest = |ports: &[PortView]| {
        let each = |p: &PortView| {
            let version = if p.version.is_empty() { 0 } else { letters(&p.version) + 1 };
            let of = p.of.as_ref().map_or(0, |of| letters(of) + 1);
            // With room for the sign of a state, whether it has one now or not.
            letters(&p.label) + of + version + 3
        };
        ports.iter().map(each).max().unwrap_or(0)
    };
    let widths = Widths {
        // A folded frame has its button there, and more to say.
        title: letters(&node.title) + if node.group.is_some() { 6 } else { 0 },
        subtitle: if node.subtitle == node.title { 0 } else { letters(&node.subtitle) }
            + letters(&node.badge)
            + letters(&node.size_text),
        import: widest(&node.imports),
        export: widest(&node.exports),
    };
    let most = if node.group.is_some() { geometry::WIDEST_GROUP } else { geometry::WIDEST };
    node_size(widths, most, node.imports.len(), node.exports.len())
}
