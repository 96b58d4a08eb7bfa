//! How components are wired: the [`Composition`], what may be done to it, what is wrong with it, and the composed bytes.
//! Everything is named by names and digests; positions on a canvas live elsewhere.

mod check;
mod edit;
mod encode;

pub use check::{Candidate, Fit, candidates, check, open_imports, result_exports};
pub use edit::{Edit, Refusal, apply};
pub use encode::{Encoded, encode};

use crate::component::{Component, Digest, Extern};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The components at hand, by digest.
pub type Library = BTreeMap<Digest, Arc<Component>>;

/// Instances of components and the wires between them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Composition {
    /// Instances by name.
    pub instances: BTreeMap<String, Instance>,
    /// Wires, by the import they end at: an import has one provider at most.
    pub wires: BTreeMap<Port, Port>,
    /// Exports of the result that the user chose: name in the result → the port it comes from.
    /// While empty, every export that no wire uses becomes one.
    pub exports: BTreeMap<String, Port>,
}

/// One use of a component in a composition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// Which component.
    pub component: Digest,
}

/// An import or export of an instance, by names. Which of the two it is follows from where it stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Port {
    /// The instance's name.
    pub instance: String,
    /// The import's or export's full name.
    pub name: String,
}

/// Which side of a node a port is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// Left: what the instance needs.
    Import,
    /// Right: what the instance gives.
    Export,
}

impl Port {
    /// A port by its two names.
    pub fn new(instance: impl Into<String>, name: impl Into<String>) -> Self {
        Self { instance: instance.into(), name: name.into() }
    }
}

impl std::fmt::Display for Port {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} · {}", self.instance, self.name)
    }
}

impl Composition {
    /// The component of this instance, if the library has it.
    pub fn component<'a>(&self, library: &'a Library, instance: &str) -> Option<&'a Arc<Component>> {
        library.get(&self.instances.get(instance)?.component)
    }

    /// The import or export behind a port.
    pub fn port<'a>(&self, library: &'a Library, port: &Port, side: Side) -> Option<&'a Extern> {
        let component = self.component(library, &port.instance)?;
        match side {
            Side::Import => component.import(&port.name),
            Side::Export => component.export(&port.name),
        }
    }

    /// A name for a new instance that no instance has: `wanted`, or `wanted-2`, `wanted-3` …
    pub fn free_name(&self, wanted: &str) -> String {
        let mut name = wanted.to_owned();
        let mut n = 1;
        while self.instances.contains_key(&name) {
            n += 1;
            name = format!("{wanted}-{n}");
        }
        name
    }
}
