//! `wirebench inspect --inside`: what a component is composed of.

use crate::component::{Component, part_text};
use crate::compose::{self, Claim, Inside, Node, Port, Role, Said, Source, StandIn, Standing};
use crate::diag::display_safe_line;
use crate::measure::Bytes;
use serde_json::{Value, json};
use std::fmt::Write;

/// A way to draw the graph for another tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// A Mermaid flow chart.
    Mermaid,
    /// A Graphviz graph.
    Dot,
}

/// The graph as text for another tool.
pub fn graph(component: &Component, format: Format) -> String {
    let inside = compose::inside(component);
    let none = std::collections::BTreeMap::new();
    match format {
        Format::Mermaid => compose::mermaid(&inside.composition(), &inside.parts, &none),
        Format::Dot => compose::dot(&inside.composition(), &inside.parts, &none),
    }
}

/// Instances, wires, imports and exports in words.
pub fn text(component: &Component) -> String {
    let inside = compose::inside(component);
    let mut out = String::new();
    let heading = if inside.is_composition { "instances" } else { "core instances" };
    if !inside.nodes.is_empty() {
        let _ = writeln!(out, "{heading}");
    }
    for node in &inside.nodes {
        let _ = writeln!(out, "  {}", node_line(node));
    }
    if !inside.wires.is_empty() {
        let _ = writeln!(out, "\nwires");
    }
    for wire in &inside.wires {
        let _ = writeln!(out, "  {} → {}{}", port(&wire.from), port(&wire.to), only(&wire.functions));
    }
    if !inside.given.is_empty() {
        let _ = writeln!(out, "\nimports of the whole");
    }
    for (import, takers) in by_import(&inside) {
        let _ = writeln!(out, "  {} → {takers}", display_safe_line(import));
    }
    if !inside.offered.is_empty() {
        let _ = writeln!(out, "\nexports of the whole");
    }
    for offered in &inside.offered {
        let _ = writeln!(out, "  {} ← {}", display_safe_line(&offered.export), source(&offered.from));
    }
    if let Some(claim) = &inside.claim {
        let _ = writeln!(out, "\n{}", claim.summary());
        claim.differences().iter().for_each(|d| _ = writeln!(out, "  {d}"));
    }
    for note in &inside.notes {
        let _ = writeln!(out, "\nnote: {}", display_safe_line(note));
    }
    match inside.obstacles.as_slice() {
        [] if inside.is_composition => out.push_str("\nIt can be split into a project: add --split FOLDER\n"),
        obstacles if inside.is_composition => {
            out.push_str("\nIt cannot be split into a project:\n");
            obstacles.iter().for_each(|o| _ = writeln!(out, "  {}", display_safe_line(o)));
        }
        obstacles => obstacles.iter().for_each(|o| _ = writeln!(out, "\n{}", display_safe_line(o))),
    }
    out
}

fn node_line(node: &Node) -> String {
    let mut out = display_safe_line(&node.name).into_owned();
    if node.of != node.name {
        let _ = write!(out, " ({})", display_safe_line(&node.of));
    }
    let (what, note) = match node.role {
        Role::Component => ("component", ""),
        Role::Module => ("core module", ""),
        Role::Adapter => ("core module", ", adapter"),
        Role::Shim => ("core module", ", shim of the tools"),
    };
    let _ = write!(out, ": {what}");
    if let Some(path) = &node.part {
        let path = part_text(path);
        let _ = write!(out, " {path}{note}, {}", Bytes(node.size as u64));
    }
    if let Some(digest) = node.digest {
        let _ = write!(out, ", sha256 {}", digest.short());
    }
    if let Some(said) = node.said.text() {
        let _ = write!(out, "; {said}");
    }
    out
}

fn port(port: &Port) -> String {
    if port.name.is_empty() { display_safe_line(&port.instance).into_owned() } else { port.to_string() }
}

/// The functions that a wire carries, if it is not the interface as it is; the first few of many.
fn only(functions: &[String]) -> String {
    if functions.iter().all(String::is_empty) {
        return String::new();
    }
    let mut text = functions.iter().take(4).map(String::as_str).collect::<Vec<_>>().join(", ");
    if functions.len() > 4 {
        let _ = write!(text, ", {} more", functions.len() - 4);
    }
    format!(" ({})", display_safe_line(&text))
}

fn source(from: &Source) -> String {
    match from {
        Source::Port(from) => port(from),
        Source::Import(import) => format!("the import {}", display_safe_line(import)),
        Source::Other(words) => display_safe_line(words).into_owned(),
    }
}

/// Each import of the whole and who is given it, in the order of the file.
fn by_import(inside: &Inside) -> Vec<(&str, String)> {
    let mut order: Vec<&str> = Vec::new();
    let mut takers: std::collections::HashMap<&str, Vec<String>> = std::collections::HashMap::new();
    for given in &inside.given {
        let list = takers.entry(&given.import).or_insert_with(|| {
            order.push(&given.import);
            Vec::new()
        });
        let name = display_safe_line(&given.to.instance).into_owned();
        if !list.contains(&name) {
            list.push(name);
        }
    }
    order.into_iter().map(|import| (import, takers.get(import).map_or_else(String::new, |t| t.join(", ")))).collect()
}

/// The same as JSON.
pub fn json(component: &Component) -> Value {
    let inside = compose::inside(component);
    let end = |port: &Port| json!({ "instance": port.instance, "name": port.name });
    json!({
        "is_composition": inside.is_composition,
        "instances": inside.nodes.iter().map(|node| json!({
            "name": node.name,
            "of": node.of,
            "kind": match node.role {
                Role::Component => "component",
                Role::Module => "core module",
                Role::Adapter => "adapter",
                Role::Shim => "shim",
            },
            "part": node.part.as_deref().map(part_text),
            "sha256": node.digest.map(|d| d.to_string()),
            "size_bytes": node.size,
            "imports": node.imports,
            "exports": node.exports,
            "answers_for_real": match &node.said {
                Said::Real => Some(true),
                Said::StandsIn(_) => Some(false),
                Said::Nothing | Said::OfAnother => None,
            },
            "stands_in": match &node.said {
                Said::StandsIn(stands_in) => Some(stands_in.to_json()),
                _ => None,
            },
        })).collect::<Vec<_>>(),
        "wires": inside.wires.iter().map(|wire| json!({
            "from": end(&wire.from), "to": end(&wire.to), "functions": wire.functions,
        })).collect::<Vec<_>>(),
        "imports": inside.given.iter().map(|given| json!({
            "import": given.import, "to": end(&given.to), "functions": given.functions,
        })).collect::<Vec<_>>(),
        "exports": inside.offered.iter().map(|offered| match &offered.from {
            Source::Port(port) => json!({ "export": offered.export, "from": end(port) }),
            Source::Import(import) => json!({ "export": offered.export, "import": import }),
            Source::Other(words) => json!({ "export": offered.export, "other": words }),
        }).collect::<Vec<_>>(),
        "record": inside.claim.as_ref().map(|claim| match claim {
            Claim::Broken(why) => json!({ "broken": why }),
            Claim::Record(record, differences) => json!({
                "tool": record.tool,
                "instances": record.instances.iter().map(|of| json!({
                    "name": of.name,
                    "component": of.component,
                    "sha256": of.digest.to_string(),
                    "stands_in": of.stands_in.as_deref().map(StandIn::to_json),
                    "matches": of.standing == Standing::Matches,
                })).collect::<Vec<_>>(),
                "says_stand_ins": record.says_stand_ins,
                "differences": differences,
            }),
        }),
        "notes": inside.notes,
        "cannot_be_split": inside.obstacles,
    })
}
