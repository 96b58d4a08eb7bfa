//! Where the nodes of a composition go that nobody has laid out yet: in columns, and what belongs together in a frame.

use crate::compose::{Composition, Instance, Library, Port};
use crate::project::Frame;
use std::collections::{BTreeMap, BTreeSet};

/// How far apart the columns of nodes stand: the widest node and a gap.
const COLUMN: f32 = 480.0;
/// The gap between columns, and between what stands in one.
const GAP: f32 = 96.0;
/// The height of a node without ports and of a port, with what is free below.
const NODE: f32 = 96.0;
const PORT: f32 = 24.0;
/// The room that a frame keeps around its members, and above them for its title.
const PAD: f32 = 16.0;
const TITLE: f32 = 56.0;

/// Nodes and frames with their places.
#[derive(Debug, Default)]
pub(super) struct Spread {
    pub nodes: BTreeMap<String, [f32; 2]>,
    pub frames: BTreeMap<String, Frame>,
    /// The width and height of all.
    pub size: [f32; 2],
}

/// Nodes in columns, providers left of those that they provide to; the members of a group likewise, in a frame.
pub(super) fn spread(
    composition: &Composition,
    library: &Library,
    groups: &BTreeMap<String, BTreeSet<String>>,
) -> Spread {
    let of: BTreeMap<&str, &str> =
        groups.iter().flat_map(|(title, names)| names.iter().map(move |n| (n.as_str(), title.as_str()))).collect();
    let inner: BTreeMap<&str, Spread> = groups
        .iter()
        .map(|(title, names)| (title.as_str(), columns(&within(composition, names), library, &[].into())))
        .collect();
    // A group is one node among the others; line feeds are in no name that a file has.
    let unit = |name: &str| of.get(name).map_or_else(|| name.to_owned(), |title| format!("{title}\n"));
    let mut outer = Composition::default();
    for (name, instance) in &composition.instances {
        outer.instances.insert(unit(name), instance.clone());
    }
    for (to, from) in &composition.wires {
        let (a, b) = (unit(&from.instance), unit(&to.instance));
        if a != b {
            outer.wires.insert(Port::new(b, to.to_string()), Port::new(a, ""));
        }
    }
    let sizes = inner.iter().map(|(title, spread)| {
        let [width, height] = spread.size;
        (format!("{title}\n"), [width + 2.0 * PAD, height + TITLE + PAD])
    });
    let units = columns(&outer, library, &sizes.collect());
    let mut out = Spread { size: units.size, ..Spread::default() };
    for (name, at) in units.nodes {
        let Some((title, spread)) = name.strip_suffix('\n').and_then(|title| Some((title, inner.get(title)?))) else {
            out.nodes.insert(name, at);
            continue;
        };
        let [width, height] = spread.size;
        let members = spread.nodes.iter().map(|(name, [x, y])| (name.clone(), [at[0] + PAD + x, at[1] + TITLE + y]));
        out.nodes.extend(members);
        let frame = Frame::new(at, [width + 2.0 * PAD, height + TITLE + PAD]);
        out.frames.insert(title.to_owned(), frame.with(spread.nodes.keys().cloned()));
    }
    out
}

/// What is wired among these instances alone.
fn within(composition: &Composition, names: &BTreeSet<String>) -> Composition {
    let own = |port: &Port| names.contains(&port.instance);
    let instances = composition.instances.iter().filter(|(name, _)| names.contains(*name));
    let wires = composition.wires.iter().filter(|(to, from)| own(to) && own(from));
    Composition {
        instances: instances.map(|(name, of)| (name.clone(), Instance::clone(of))).collect(),
        wires: wires.map(|(to, from)| (to.clone(), from.clone())).collect(),
        ..Composition::default()
    }
}

/// Nodes in columns; those that have a size are not as large as their ports need.
fn columns(composition: &Composition, library: &Library, sizes: &BTreeMap<String, [f32; 2]>) -> Spread {
    let ranks = composition.ranks();
    let size = |name: &str| {
        sizes.get(name).copied().unwrap_or_else(|| {
            let ports = composition.component(library, name).map_or(0, |c| c.imports.len().max(c.exports.len()));
            [COLUMN - GAP, NODE + PORT * ports as f32 - PORT]
        })
    };
    let mut widths: BTreeMap<usize, f32> = BTreeMap::new();
    for (name, rank) in &ranks {
        let width = widths.entry(*rank).or_default();
        *width = width.max(size(name)[0]);
    }
    let mut x = 0.0;
    let lefts: BTreeMap<usize, f32> = widths.into_iter().map(|(rank, width)| (rank, (x, x += width + GAP).0)).collect();
    let mut tops: BTreeMap<usize, f32> = BTreeMap::new();
    let mut out = Spread::default();
    for (name, rank) in ranks {
        let [width, height] = size(name);
        let top = tops.entry(rank).or_default();
        let at = [lefts.get(&rank).copied().unwrap_or_default(), *top];
        *top += height + PORT;
        out.size = [out.size[0].max(at[0] + width), out.size[1].max(at[1] + height)];
        out.nodes.insert(name.to_owned(), at);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::component::Digest;

    #[test]
    fn groups_stand_in_frames_that_nothing_else_lies_in() {
        let mut c = Composition::default();
        for name in ["a", "b", "c", "d", "e"] {
            c.instances.insert(name.into(), Instance { component: Digest::of(b"x") });
        }
        for (from, to) in [("a", "b"), ("b", "c"), ("c", "d"), ("a", "e")] {
            c.wires.insert(Port::new(to, from), Port::new(from, "out"));
        }
        let groups = BTreeMap::from([("G".to_owned(), ["b", "c"].map(str::to_owned).into())]);
        let out = spread(&c, &Library::new(), &groups);
        assert_eq!(out.nodes.len(), 5);
        let frame = &out.frames["G"];
        assert_eq!(frame.members, groups["G"]);
        for (name, at) in &out.nodes {
            assert_eq!(frame.contains(*at), groups["G"].contains(name), "{name}: {at:?}");
        }
        let x = |name: &str| out.nodes[name][0];
        assert!(x("a") < x("b") && x("b") < x("c") && x("c") < x("d"));
        // Without groups it is columns alone.
        let plain = spread(&c, &Library::new(), &BTreeMap::new());
        assert_eq!(plain.nodes["b"][0], plain.nodes["e"][0]);
        assert!(plain.frames.is_empty());
    }
}
