//! The graph of a component as a picture: its instances with their ports and wires, or the component alone as one node.

use crate::component::Component;
use crate::compose::{Inside, Port, Source};
use crate::diag::display_safe_line;
use crate::measure::Bytes;
use maud::{Markup, html};
use std::collections::BTreeMap;

/// Nodes that are drawn; of more there would be no picture.
const MOST_NODES: usize = 300;
/// Ports that are drawn on one side of a node.
const MOST_PORTS: usize = 40;
/// Letters of a port's name.
const MOST_LETTERS: usize = 30;

const ROW: usize = 22;
const HEAD: usize = 44;
const WIDTH: usize = 300;
const GAP_X: usize = 120;
const GAP_Y: usize = 28;
const MARGIN: usize = 16;

struct Node {
    title: String,
    caption: String,
    imports: Vec<String>,
    exports: Vec<String>,
    column: usize,
    x: usize,
    y: usize,
}

impl Node {
    fn height(&self) -> usize {
        HEAD + ROW * self.imports.len().max(self.exports.len()).max(1) + 8
    }

    /// The middle of a port; the node's head for a port that is not drawn.
    fn port(&self, name: &str, is_import: bool) -> (usize, usize) {
        let ports = if is_import { &self.imports } else { &self.exports };
        let row = ports.iter().position(|p| p == name).map_or(HEAD / 2, |i| HEAD + ROW * i + ROW / 2);
        (if is_import { self.x } else { self.x + WIDTH }, self.y + row)
    }
}

/// An SVG element with the graph, with a description for those who do not see it.
pub(super) fn svg(component: &Component, inside: &Inside) -> Markup {
    let mut wires: Vec<(Port, Port)> = Vec::new();
    let mut nodes: Vec<(String, Node)> = if inside.is_composition {
        wires = inside.wires.iter().map(|w| (w.from.clone(), w.to.clone())).collect();
        let shown = inside.nodes.iter().take(MOST_NODES);
        shown
            .map(|n| {
                (n.name.clone(), node(&n.name, format!("{} · {}", n.of, Bytes(n.size as u64)), &n.imports, &n.exports))
            })
            .collect()
    } else {
        let names = |list: &[crate::component::Extern]| list.iter().map(|e| e.name.clone()).collect::<Vec<_>>();
        let caption = Bytes(component.bytes.len() as u64).to_string();
        vec![(
            component.name.clone(),
            node(&component.name, caption, &names(&component.imports), &names(&component.exports)),
        )]
    };
    let (width, height) = lay_out(&mut nodes, &wires);
    let offered: Vec<(String, String)> = inside
        .offered
        .iter()
        .filter_map(|o| match &o.from {
            Source::Port(port) => Some((port.instance.clone(), port.name.clone())),
            _ => None,
        })
        .collect();
    let by_name: BTreeMap<&str, &Node> = nodes.iter().map(|(name, node)| (name.as_str(), node)).collect();
    let label = format!("Graph of {} and {}", super::counted(nodes.len(), "node"), super::counted(wires.len(), "wire"));
    html! {
        svg role="img" aria-label=(label) width=(width) height=(height) viewBox={ "0 0 " (width) " " (height) }
            xmlns="http://www.w3.org/2000/svg" {
            @for (from, to) in &wires {
                @if let (Some(provider), Some(consumer)) = (by_name.get(from.instance.as_str()), by_name.get(to.instance.as_str())) {
                    @let (a, b) = (provider.port(&from.name, false), consumer.port(&to.name, true));
                    path.wire d={ "M" (a.0) " " (a.1) "C" (a.0 + GAP_X / 2) " " (a.1) " " (b.0.saturating_sub(GAP_X / 2)) " " (b.1) " " (b.0) " " (b.1) } {
                        title { (safe(&format!("{from} → {to}"))) }
                    }
                }
            }
            @for (name, node) in &nodes {
                g {
                    rect.node x=(node.x) y=(node.y) width=(WIDTH) height=(node.height()) rx="6" {}
                    text.title x=(node.x + 12) y=(node.y + 20) { (cut(&node.title)) }
                    text.caption x=(node.x + 12) y=(node.y + 36) { (cut(&node.caption)) }
                    @for import in &node.imports {
                        @let (x, y) = node.port(import, true);
                        circle.import cx=(x) cy=(y) r="4" {}
                        text.port x=(x + 10) y=(y + 4) { (cut(short(import))) title { (safe(import)) } }
                    }
                    @for export in &node.exports {
                        @let (x, y) = node.port(export, false);
                        @let is_offered = !inside.is_composition || offered.iter().any(|(i, e)| i == name && e == export);
                        circle class={ "export" @if is_offered { " offered" } } cx=(x) cy=(y) r="4" {}
                        text.port text-anchor="end" x=(x - 10) y=(y + 4) { (cut(short(export))) title { (safe(export)) } }
                    }
                }
            }
        }
        @if inside.is_composition && inside.nodes.len() > MOST_NODES {
            p.note { (inside.nodes.len() - MOST_NODES) " more instances are not drawn" }
        }
    }
}

fn node(title: &str, caption: String, imports: &[String], exports: &[String]) -> Node {
    let ports = |list: &[String]| list.iter().take(MOST_PORTS).cloned().collect();
    Node { title: title.to_owned(), caption, imports: ports(imports), exports: ports(exports), column: 0, x: 0, y: 0 }
}

/// Gives every node a place: providers left of those they provide for. Returns the size of all.
fn lay_out(nodes: &mut [(String, Node)], wires: &[(Port, Port)]) -> (usize, usize) {
    let index: BTreeMap<String, usize> = nodes.iter().enumerate().map(|(i, (name, _))| (name.clone(), i)).collect();
    let edges: Vec<(usize, usize)> =
        wires.iter().filter_map(|(f, t)| Some((*index.get(&f.instance)?, *index.get(&t.instance)?))).collect();
    // The longest way from a node without providers. A composition has no cycles; the bound is for what a file may claim.
    for _ in 0..nodes.len() {
        let mut moved = false;
        for (from, to) in &edges {
            let column = nodes.get(*from).map_or(0, |(_, n)| n.column + 1);
            if let Some((_, node)) = nodes.get_mut(*to)
                && node.column < column
                && column < MOST_NODES
            {
                node.column = column;
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
    let mut heights: BTreeMap<usize, usize> = BTreeMap::new();
    let mut right = 0;
    for (_, node) in nodes.iter_mut() {
        let top = heights.entry(node.column).or_insert(MARGIN);
        node.x = MARGIN + node.column * (WIDTH + GAP_X);
        node.y = *top;
        *top += node.height() + GAP_Y;
        right = right.max(node.x + WIDTH + MARGIN);
    }
    let bottom = heights.values().copied().max().unwrap_or(MARGIN);
    (right, bottom - GAP_Y.min(bottom) + MARGIN)
}

/// The name without its package.
fn short(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
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
