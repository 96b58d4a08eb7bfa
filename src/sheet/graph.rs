//! A graph as a picture: instances with their ports and wires. Of a composition, of what is inside a composed file, or of
//! one component alone as one node.

use crate::component::{Component, Extern};
use crate::compose::{Boundary, Composition, Inside, Library, Port, Side, Source, result_exports};
use crate::diag::display_safe_line;
use crate::measure::Bytes;
use maud::{Markup, PreEscaped, html};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Nodes that are drawn on a page; of more there would be no picture.
const MOST_NODES: usize = 300;
/// Ports that are drawn on one side of a node on a page.
const MOST_PORTS: usize = 40;
/// Letters of a port's name.
const MOST_LETTERS: usize = 30;
/// How far apart the nodes of a picture may stand; further apart, they are placed anew.
const MOST_POINTS: f32 = 100_000.0;

const ROW: i64 = 22;
const HEAD: i64 = 44;
const WIDTH: i64 = 300;
const GAP_X: i64 = 120;
const GAP_Y: i64 = 28;
const MARGIN: i64 = 16;
/// The room that a frame keeps around its members, and its title above them.
const FRAME_PAD: i64 = 12;
const FRAME_HEAD: i64 = 36;

/// The colours of a picture that stands alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Colours {
    /// For a light page.
    #[default]
    Light,
    /// For a dark one.
    Dark,
}

impl Colours {
    /// The rules of the sheet, in the colours of its own.
    fn style(self) -> String {
        let [page, panel, line, ink, strong, dim, accent] = match self {
            Self::Light => ["#fafbfc", "#ffffff", "#dfe2e7", "#24272d", "#0f1114", "#5c626d", "#4450c8"],
            Self::Dark => ["#0f1114", "#1a1c20", "#2f3238", "#d5d8dd", "#f2f3f5", "#9aa0ab", "#9aa4ff"],
        };
        format!(
            "text {{ font-family: Inter, system-ui, sans-serif; fill: {ink}; font-size: 12px; }} \
             .title {{ font-weight: 600; fill: {strong}; font-size: 13px; }} \
             .caption {{ fill: {dim}; font-size: 11px; }} \
             .page {{ fill: {page}; }} \
             .node {{ fill: {panel}; stroke: {line}; }} \
             .frame {{ fill: {panel}; fill-opacity: 0.5; stroke: {line}; }} \
             .frame-title {{ font-weight: 600; fill: {dim}; font-size: 13px; }} \
             .wire {{ fill: none; stroke: {accent}; stroke-width: 1.6; }} \
             circle {{ fill: {panel}; stroke: {dim}; stroke-width: 1.5; }} \
             .wired {{ stroke: {accent}; }} \
             .offered {{ fill: {accent}; stroke: {accent}; }}"
        )
    }
}

/// Where things stand on a canvas, in its points.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Places {
    /// The upper left corners of instances' nodes, by name.
    pub nodes: BTreeMap<String, [f32; 2]>,
    /// Frames around them.
    pub frames: Vec<Area>,
}

/// A frame around instances, drawn as it stands on the canvas: open, or folded into one node.
#[derive(Debug, Clone, PartialEq)]
pub struct Area {
    /// Its title.
    pub title: String,
    /// Its upper left corner.
    pub at: [f32; 2],
    /// Its width and height while open.
    pub size: [f32; 2],
    /// The instances in it.
    pub members: BTreeSet<String>,
    /// It is one node.
    pub folded: bool,
}

/// An open frame in a picture.
struct Frame {
    title: String,
    members: BTreeSet<String>,
    /// Left, top, right, bottom.
    edges: [i64; 4],
}

impl Frame {
    /// Makes it as large as its members need.
    fn around<'a>(mut self, nodes: impl Iterator<Item = &'a Node>) -> Self {
        for node in nodes.filter(|n| !n.is_group && self.members.contains(&n.name)) {
            let [left, top, right, bottom] = self.edges;
            self.edges = [
                left.min(node.x - FRAME_PAD),
                top.min(node.y - FRAME_HEAD),
                right.max(node.x + node.width + FRAME_PAD),
                bottom.max(node.y + node.height() + FRAME_PAD),
            ];
        }
        self
    }
}

struct Node {
    name: String,
    /// It stands for the members of a folded frame; its ports are named with their instances.
    is_group: bool,
    caption: String,
    imports: Ports,
    exports: Ports,
    width: i64,
    x: i64,
    y: i64,
}

/// The ports on one side, from top to bottom.
struct Ports {
    names: Vec<String>,
    rows: HashMap<String, i64>,
}

impl Ports {
    fn new<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        let names: Vec<String> = names.map(str::to_owned).collect();
        Self { rows: names.iter().cloned().zip(0..).collect(), names }
    }

    fn of(externs: &[Extern]) -> Self {
        Self::new(externs.iter().map(|e| e.name.as_str()))
    }

    /// Letters of the longest name, as drawn.
    fn letters(&self) -> i64 {
        self.names.iter().map(|n| cut(&short(n)).chars().count()).max().unwrap_or_default() as i64
    }
}

impl Node {
    fn new(name: &str, caption: String, imports: Ports, exports: Ports) -> Self {
        Self { name: name.to_owned(), is_group: false, caption, imports, exports, width: WIDTH, x: 0, y: 0 }
    }

    /// As wide as its texts need: never wider than the same node on the canvas, nor higher, so that places that were
    /// chosen there are free of overlaps here.
    fn fitted(mut self) -> Self {
        let ports = (self.imports.letters() + self.exports.letters()) * 13 / 2 + 52;
        let title = cut(&self.name).chars().count() as i64 * 15 / 2 + 28;
        let caption = cut(&self.caption).chars().count() as i64 * 6 + 28;
        self.width = ports.max(title).max(caption).clamp(192, if self.is_group { 480 } else { 360 });
        self
    }

    /// Under what wires find it.
    fn key(&self) -> String {
        if self.is_group { group_name(&self.name) } else { self.name.clone() }
    }

    fn height(&self) -> i64 {
        HEAD + ROW * self.imports.names.len().max(self.exports.names.len()).max(1) as i64 + 8
    }

    /// The middle of a port; the node's head for a port that is not drawn.
    fn port(&self, name: &str, is_import: bool) -> (i64, i64) {
        let ports = if is_import { &self.imports } else { &self.exports };
        let row = ports.rows.get(name).map_or(HEAD / 2, |row| HEAD + ROW * row + ROW / 2);
        (if is_import { self.x } else { self.x + self.width }, self.y + row)
    }
}

struct Graph {
    nodes: Vec<Node>,
    /// Behind the nodes.
    frames: Vec<Frame>,
    /// Export and import.
    wires: Vec<(Port, Port)>,
    /// Exports of the whole.
    offered: HashSet<Port>,
    width: i64,
    height: i64,
}

/// An SVG element with the graph of a file, with a description for those who do not see it.
pub(super) fn svg(component: &Component, inside: &Inside) -> Markup {
    let graph = Graph::of_file(component, inside);
    html! {
        (graph.draw(None))
        @if inside.is_composition && inside.nodes.len() > MOST_NODES {
            p.note { (inside.nodes.len() - MOST_NODES) " more instances are not drawn" }
        }
    }
}

/// The graph of a composition as an SVG file. Nodes and frames stand where `places` has them, if it has all nodes;
/// otherwise nodes are placed anew, without frames.
pub fn graph_svg(composition: &Composition, library: &Library, places: &Places, colours: Colours) -> String {
    let graph = Graph::of_composition(composition, library, places);
    graph.draw(Some(colours)).into_string()
}

/// The picture of such a file, two dots for each of its points; fewer if it would be too large.
///
/// # Errors
/// Why there is none, in words.
pub fn graph_png(svg: &str) -> Result<Vec<u8>, String> {
    use resvg::{tiny_skia, usvg};
    /// Dots of a picture, and on one side of it.
    const MOST_DOTS: f32 = 64e6;
    const MOST_ON_A_SIDE: f32 = 30_000.0;
    let mut options = usvg::Options { font_family: "Inter".to_owned(), ..usvg::Options::default() };
    for face in [super::INTER, super::INTER_STRONG] {
        options.fontdb_mut().load_font_data(face.to_vec());
    }
    options.fontdb_mut().set_sans_serif_family("Inter");
    let tree = usvg::Tree::from_str(svg, &options).map_err(|e| format!("it could not be drawn: {e}"))?;
    let (width, height) = (tree.size().width(), tree.size().height());
    let scale = 2_f32.min((MOST_DOTS / (width * height)).sqrt()).min(MOST_ON_A_SIDE / width.max(height));
    if scale < 0.1 {
        return Err("it is too large for a picture of dots; export it as SVG".to_owned());
    }
    let dots = |points: f32| (points * scale).ceil().max(1.0) as u32;
    let mut picture = tiny_skia::Pixmap::new(dots(width), dots(height))
        .ok_or("it is too large for a picture of dots; export it as SVG")?;
    resvg::render(&tree, tiny_skia::Transform::from_scale(scale, scale), &mut picture.as_mut());
    picture.encode_png().map_err(|e| format!("it could not be written as PNG: {e}"))
}

impl Graph {
    fn of_file(component: &Component, inside: &Inside) -> Self {
        if !inside.is_composition {
            let caption = Bytes(component.bytes.len() as u64).to_string();
            let ports = |list: &[Extern]| Ports::new(list.iter().take(MOST_PORTS).map(|e| e.name.as_str()));
            let node = Node::new(&component.name, caption, ports(&component.imports), ports(&component.exports));
            let offered = component.exports.iter().map(|e| Port::new(&component.name, &e.name)).collect();
            return Self { nodes: vec![node], frames: Vec::new(), wires: Vec::new(), offered, width: 0, height: 0 }
                .placed(&HashMap::new());
        }
        let nodes = inside.nodes.iter().take(MOST_NODES).map(|node| {
            let caption = format!("{} · {}", node.of, Bytes(node.size as u64));
            let ports = |list: &[String]| Ports::new(list.iter().take(MOST_PORTS).map(String::as_str));
            Node::new(&node.name, caption, ports(&node.imports), ports(&node.exports))
        });
        let offered = inside.offered.iter().filter_map(|o| match &o.from {
            Source::Port(port) => Some(port.clone()),
            _ => None,
        });
        let composition = inside.composition();
        Self {
            nodes: nodes.collect(),
            frames: Vec::new(),
            wires: inside.wires.iter().map(|w| (w.from.clone(), w.to.clone())).collect(),
            offered: offered.collect(),
            width: 0,
            height: 0,
        }
        .placed(&composition.ranks().into_iter().collect())
    }

    fn of_composition(composition: &Composition, library: &Library, places: &Places) -> Self {
        let ranks = composition.ranks();
        let nodes = ranks.iter().map(|(name, _)| {
            let component = composition.component(library, name);
            let caption = component
                .map_or_else(|| "not open".to_owned(), |c| format!("{} · {}", c.name, Bytes(c.bytes.len() as u64)));
            let ports = |list: Option<&[Extern]>| Ports::of(list.unwrap_or_default());
            let imports = ports(component.map(|c| c.imports.as_slice()));
            let exports = ports(component.map(|c| c.exports.as_slice()));
            Node::new(name, caption, imports, exports).fitted()
        });
        let graph = Self {
            nodes: nodes.collect(),
            frames: Vec::new(),
            wires: composition.wires.iter().map(|(to, from)| (from.clone(), to.clone())).collect(),
            offered: result_exports(composition, library).into_iter().map(|(_, port)| port).collect(),
            width: 0,
            height: 0,
        };
        if !is_near(&graph.nodes, &places.nodes) {
            return graph.placed(&ranks.iter().copied().collect());
        }
        graph.folded(composition, places).laid_out(places)
    }

    /// Puts one node in the place of the members of each folded frame, with the ports that lead out of it.
    fn folded(mut self, composition: &Composition, places: &Places) -> Self {
        let folded = || places.frames.iter().filter(|area| area.folded);
        let of: BTreeMap<&str, &str> =
            folded().flat_map(|a| a.members.iter().map(|name| (name.as_str(), a.title.as_str()))).collect();
        if of.is_empty() {
            return self;
        }
        let boundary = Boundary::new(composition, &of);
        let mut groups: BTreeMap<&str, (usize, Vec<String>, Vec<String>)> = BTreeMap::new();
        for node in &self.nodes {
            let Some(title) = of.get(node.name.as_str()) else { continue };
            let (count, imports, exports) = groups.entry(title).or_default();
            *count += 1;
            for (side, ports, into) in [(Side::Import, &node.imports, imports), (Side::Export, &node.exports, exports)]
            {
                let ports = ports.names.iter().map(|name| Port::new(&node.name, name));
                into.extend(ports.filter(|port| boundary.has(port, side)).map(|port| of_member(&port)));
            }
        }
        self.nodes.retain(|node| !of.contains_key(node.name.as_str()));
        for (title, (count, imports, exports)) in groups {
            let caption = super::counted(count, "instance");
            let [imports, exports] = [imports, exports].map(|names| Ports::new(names.iter().map(String::as_str)));
            let node = Node { is_group: true, ..Node::new(title, caption, imports, exports) };
            self.nodes.push(node.fitted());
        }
        let inner = |(from, to): &(Port, Port)| boundary.is_inner(from, to);
        self.wires.retain(|wire| !inner(wire));
        let outer = |port: Port| match of.get(port.instance.as_str()) {
            Some(title) => Port { instance: group_name(title), name: of_member(&port) },
            None => port,
        };
        self.wires = self.wires.into_iter().map(|(from, to)| (outer(from), outer(to))).collect();
        self.offered = self.offered.into_iter().map(outer).collect();
        self
    }

    /// Gives every node a place: providers left of those they provide for.
    fn placed(mut self, columns: &HashMap<&str, usize>) -> Self {
        let column = |node: &Node| columns.get(node.name.as_str()).copied().unwrap_or_default();
        let mut widths: BTreeMap<usize, i64> = BTreeMap::new();
        for node in &self.nodes {
            let width = widths.entry(column(node)).or_default();
            *width = node.width.max(*width);
        }
        let mut left = MARGIN;
        for width in widths.values_mut() {
            let x = left;
            left += *width + GAP_X;
            *width = x;
        }
        let mut tops: BTreeMap<usize, i64> = BTreeMap::new();
        for node in &mut self.nodes {
            let column = column(node);
            let top = tops.entry(column).or_insert(MARGIN);
            (node.x, node.y) = (widths.get(&column).copied().unwrap_or(MARGIN), *top);
            *top += node.height() + GAP_Y;
        }
        self.bounded()
    }

    /// Puts everything where it stands on the canvas.
    fn laid_out(mut self, places: &Places) -> Self {
        let round = |[x, y]: [f32; 2]| (x.round() as i64, y.round() as i64);
        let areas: HashMap<&str, &Area> = places.frames.iter().map(|area| (area.title.as_str(), area)).collect();
        for node in &mut self.nodes {
            let at = if node.is_group {
                areas.get(node.name.as_str()).map(|area| area.at)
            } else {
                places.nodes.get(&node.name).copied()
            };
            (node.x, node.y) = round(at.unwrap_or_default());
        }
        for area in places.frames.iter().filter(|area| !area.folded) {
            let ((left, top), (wide, high)) = (round(area.at), round(area.size));
            let edges = [left, top, left + wide, top + high];
            let frame = Frame { title: area.title.clone(), members: area.members.clone(), edges };
            self.frames.push(frame.around(self.nodes.iter()));
        }
        let least = |nodes: &mut dyn Iterator<Item = i64>| nodes.min().unwrap_or_default();
        let frames = &self.frames;
        let x = least(&mut self.nodes.iter().map(|n| n.x).chain(frames.iter().map(|f| f.edges[0]))) - MARGIN;
        let y = least(&mut self.nodes.iter().map(|n| n.y).chain(frames.iter().map(|f| f.edges[1]))) - MARGIN;
        for node in &mut self.nodes {
            (node.x, node.y) = (node.x - x, node.y - y);
        }
        for frame in &mut self.frames {
            let [left, top, right, bottom] = frame.edges;
            frame.edges = [left - x, top - y, right - x, bottom - y];
        }
        self.bounded()
    }

    fn bounded(mut self) -> Self {
        let (right, bottom) = (self.frames.iter().map(|f| f.edges[2]), self.frames.iter().map(|f| f.edges[3]));
        self.width = self.nodes.iter().map(|n| n.x + n.width).chain(right).max().unwrap_or_default() + MARGIN;
        self.height = self.nodes.iter().map(|n| n.y + n.height()).chain(bottom).max().unwrap_or_default() + MARGIN;
        self
    }

    /// The element; in colours of its own it is a file that stands alone.
    fn draw(&self, colours: Option<Colours>) -> Markup {
        let by_name: HashMap<String, &Node> = self.nodes.iter().map(|node| (node.key(), node)).collect();
        let wired: HashSet<&Port> = self.wires.iter().flat_map(|(from, to)| [from, to]).collect();
        let class = |what: &str, node: &Node, name: &str| {
            let port = Port::new(node.key(), name);
            match () {
                () if what == "export" && self.offered.contains(&port) => format!("{what} offered"),
                () if wired.contains(&port) => format!("{what} wired"),
                () => what.to_owned(),
            }
        };
        let label = format!(
            "Graph of {} and {}",
            super::counted(self.nodes.len(), "node"),
            super::counted(self.wires.len(), "wire")
        );
        html! {
            svg role="img" aria-label=(label) width=(self.width) height=(self.height)
                viewBox={ "0 0 " (self.width) " " (self.height) } xmlns="http://www.w3.org/2000/svg" {
                @if let Some(colours) = colours {
                    style { (PreEscaped(colours.style())) }
                    rect.page width="100%" height="100%" {}
                }
                @for frame in &self.frames {
                    @let [left, top, right, bottom] = frame.edges;
                    rect.frame x=(left) y=(top) width=(right - left) height=(bottom - top) rx="10" {}
                    text.frame-title x=(left + 12) y=(top + 23) { (cut(&frame.title)) }
                }
                @for node in self.nodes.iter().filter(|n| n.is_group) {
                    @for by in [10, 5] {
                        rect.node x=(node.x + by) y=(node.y + by) width=(node.width) height=(node.height()) rx="6" {}
                    }
                }
                @for (from, to) in &self.wires {
                    @if let (Some(a), Some(b)) = (by_name.get(&from.instance), by_name.get(&to.instance)) {
                        path.wire d=(curve(a.port(&from.name, false), b.port(&to.name, true))) {
                            title { (safe(&format!("{} → {}", shown(from), shown(to)))) }
                        }
                    }
                }
                @for node in &self.nodes {
                    g {
                        rect.node x=(node.x) y=(node.y) width=(node.width) height=(node.height()) rx="6" {}
                        text.title x=(node.x + 12) y=(node.y + 20) { (cut(&node.name)) }
                        text.caption x=(node.x + 12) y=(node.y + 36) { (cut(&node.caption)) }
                        @for import in &node.imports.names {
                            @let (x, y) = node.port(import, true);
                            circle class=(class("import", node, import)) cx=(x) cy=(y) r="4" {}
                            text.port x=(x + 10) y=(y + 4) { (cut(&short(import))) title { (safe(import)) } }
                        }
                        @for export in &node.exports.names {
                            @let (x, y) = node.port(export, false);
                            circle class=(class("export", node, export)) cx=(x) cy=(y) r="4" {}
                            text.port text-anchor="end" x=(x - 10) y=(y + 4) { (cut(&short(export))) title { (safe(export)) } }
                        }
                    }
                }
            }
        }
    }
}

/// A folded frame's name among instances, which are not called so: no name that is typed ends with a line feed.
fn group_name(title: &str) -> String {
    format!("{title}\n")
}

/// A member's port as one of the folded frame's.
fn of_member(port: &Port) -> String {
    format!("{} · {}", port.instance, port.name)
}

fn shown(port: &Port) -> String {
    if port.instance.ends_with('\n') { port.name.clone() } else { port.to_string() }
}

/// Whether each node has a place and they stand near enough for one picture.
fn is_near(nodes: &[Node], places: &BTreeMap<String, [f32; 2]>) -> bool {
    let mut least = [f32::INFINITY; 2];
    let mut most = [f32::NEG_INFINITY; 2];
    for node in nodes {
        let Some(at) = places.get(&node.name).filter(|at| at.iter().all(|v| v.is_finite())) else { return false };
        least = [least[0].min(at[0]), least[1].min(at[1])];
        most = [most[0].max(at[0]), most[1].max(at[1])];
    }
    most.iter().zip(least).all(|(most, least)| most - least < MOST_POINTS)
}

/// From an export to an import; it leaves to the right and arrives from the left, wherever the two stand.
fn curve(a: (i64, i64), b: (i64, i64)) -> String {
    let bow = ((b.0 - a.0).abs() / 2).clamp(GAP_X / 2, 3 * GAP_X);
    format!("M{} {}C{} {} {} {} {} {}", a.0, a.1, a.0 + bow, a.1, b.0 - bow, b.1, b.0, b.1)
}

/// The name without its package; a folded frame's with the instance.
fn short(name: &str) -> String {
    let last = |name: &str| name.rsplit('/').next().unwrap_or(name).to_owned();
    match name.split_once(" · ") {
        Some((instance, name)) => format!("{instance} · {}", last(name)),
        None => last(name),
    }
}

fn safe(text: &str) -> String {
    display_safe_line(text).into_owned()
}

fn cut(text: &str) -> String {
    let text = safe(text);
    match text.char_indices().nth(MOST_LETTERS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}
