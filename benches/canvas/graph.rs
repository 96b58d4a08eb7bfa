//! The graph that canvases are compared with: nodes on a grid, five imports and five exports each, most imports wired to
//! one of the few nodes before. No type of any canvas, so that every one draws the same.

/// Imports of a node, and exports as well.
pub const PORTS: usize = 5;

/// The distance of neighbours, in points at life size.
pub const STEP: [f32; 2] = [320.0, 260.0];

/// A wire between two nodes, each end a node and one of its ports.
pub struct Wire {
    pub from: (usize, usize),
    pub to: (usize, usize),
}

/// Where a node of so many stands.
pub fn place(node: usize, nodes: usize) -> [f32; 2] {
    let columns = (nodes as f64).sqrt().ceil() as usize;
    [(node % columns) as f32 * STEP[0], (node / columns) as f32 * STEP[1]]
}

/// Five wires to each node but the first.
pub fn wires(nodes: usize) -> impl Iterator<Item = Wire> {
    (1..nodes).flat_map(|node| {
        (0..PORTS).map(move |port| Wire { from: (node - 1 - (port * 3) % node.min(4), port), to: (node, port) })
    })
}
