//! How components are wired: the [`Composition`], what may be done to it, what is wrong with it, the composed bytes, and the
//! way back from them; and components made to stand in for what is missing, or for WASI.
//! Everything is named by names and digests; positions on a canvas live elsewhere.

mod autowire;
mod boundary;
mod check;
mod clash;
mod decompose;
mod edit;
mod encode;
mod fit;
mod fixes;
mod insert;
mod inside;
mod nested;
mod order;
mod pin;
mod plug;
mod record;
mod remade;
mod replace;
mod resources;
mod sharing;
mod source;
mod stand_in;
mod stub;
mod tap;
#[cfg(test)]
pub(crate) mod tests;
mod text;
mod virtual_wasi;

pub use autowire::{Choice, Choices, Offer, Outcome, Plan, Planned, Scope, alternatives, plan};
pub use boundary::Boundary;
pub use check::{check, open_imports, result_exports};
pub use decompose::{Decomposed, Piece, decompose};
pub use edit::{Edit, Refusal, add, apply, kind_text};
pub use encode::{Encoded, encode};
#[cfg(test)]
pub(crate) use fit::COMPARED;
pub use fit::{Candidate, Fit, Provider, candidates, candidates_of, fitting, providers};
pub use fixes::{Fix, fixes};
pub use insert::insertion;
pub use inside::{Given, Inside, Node, Offered, Role, Said, Source, Wire, inside};
pub use nested::OpenedUp;
pub use plug::{NotPlugged, Plug, Plugged, plug};
pub use record::{Claim, Record, Recorded, Standing, json};
pub use remade::Made;
pub use replace::{Joint, Replacement, replacements};
pub use resources::{ResourceSource, sources};
pub use sharing::{Sharing, sharing};
pub use source::{Remark, Sourced, Wanted, from_wac, wac_packages};
pub use stand_in::{Answers, StandIn};
pub use stub::{
    Answer, Behavior, Condition, MOST_RULES, RecordedCall, Recording, Rule, StubError, StubSpec, calls_from_json,
    first_value, stub, why_not_asked, why_not_given, without,
};
pub use tap::{MOST_SHOWN_BYTES, Tap, TapError, Tapped, tappable, tapped, without_taps};
pub use text::{ANY_FILE, Legend, dot, mermaid, wac};
pub use virtual_wasi::{
    HostPart, VirtualClock, VirtualWasi, VirtualWasiError, WasiGroup, moment, moment_text, path_fault, variable_fault,
    virtual_export, virtual_wasi,
};

use crate::component::{Component, Digest, Extern};
use crate::diag::display_safe_line;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The components at hand, by digest.
pub type Library = BTreeMap<Digest, Arc<Component>>;

/// How many instances one component can have: a limit of the validators that all engines share.
pub const MAX_INSTANCES: usize = 1000;

/// Instances of components and the wires between them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Composition {
    /// Instances by name.
    pub instances: BTreeMap<String, Instance>,
    /// Wires, by the import they end at: an import has one provider at most.
    pub wires: BTreeMap<Port, Port>,
    /// Exports of the result that the user chose: name in the result → the port it comes from.
    /// While empty, the exports of instances that provide nothing to others become the result's.
    pub exports: BTreeMap<String, Port>,
    /// The imports whose wires are tapped: calls that cross them are listed while the composition runs. What is composed
    /// to be saved is the same with and without.
    pub taps: BTreeSet<Port>,
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

impl Side {
    /// The other side.
    pub fn other(self) -> Self {
        match self {
            Self::Import => Self::Export,
            Self::Export => Self::Import,
        }
    }
}

impl Port {
    /// A port by its two names.
    pub fn new(instance: impl Into<String>, name: impl Into<String>) -> Self {
        Self { instance: instance.into(), name: name.into() }
    }
}

/// As in `fraud-check · acme:shop/orders@1.0.0`, safe to show.
impl std::fmt::Display for Port {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} · {}", display_safe_line(&self.instance), display_safe_line(&self.name))
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

    /// The components that instances are of.
    fn digests(&self) -> BTreeSet<Digest> {
        self.instances.values().map(|i| i.component).collect()
    }

    /// The instances that are part of the result. Where exports are chosen: those that they are chosen of, and every
    /// instance that provides to one of these, directly or through others. While none is chosen: those that a wire ends
    /// or starts at, and while there is no wire either, all.
    pub fn members(&self) -> BTreeSet<&str> {
        if !self.exports.is_empty() {
            return order::with_providers(self, self.exports.values());
        }
        if self.wires.is_empty() {
            return self.instances.keys().map(String::as_str).collect();
        }
        order::with_providers(self, self.wires.keys())
    }

    /// The instances with how many wires lead to each on the longest way; providers come first.
    pub fn ranks(&self) -> Vec<(&str, usize)> {
        let (ordered, in_cycles) = order::in_order(self);
        let mut ranks: BTreeMap<&str, usize> = BTreeMap::new();
        let mut behind: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (to, from) in &self.wires {
            behind.entry(&from.instance).or_default().push(&to.instance);
        }
        let mut out = Vec::with_capacity(self.instances.len());
        for name in ordered.into_iter().chain(in_cycles) {
            let rank = ranks.get(name).copied().unwrap_or_default();
            out.push((name, rank));
            for next in behind.get(name).into_iter().flatten() {
                let slot = ranks.entry(next).or_default();
                *slot = (*slot).max(rank + 1);
            }
        }
        out
    }

    /// What should never be the case, whatever edits were made and whatever was loaded: a wire or export of an instance
    /// that is not there, a cycle, a name that nothing can have. Empty if all is well.
    ///
    /// Ports that do not exist on their component are no such fault: a component may have been replaced.
    pub fn validate(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for name in self.instances.keys() {
            faults.extend(edit::instance_name_fault(name).map(|why| format!("the instance name {name:?}: {why}")));
        }
        let ports = self.wires.iter().flat_map(|(to, from)| [to, from]).chain(self.exports.values());
        for port in ports.filter(|port| !self.instances.contains_key(&port.instance)) {
            faults.push(format!("{port}: there is no such instance"));
        }
        for name in self.exports.keys() {
            faults.extend(edit::export_name(name).err().map(|why| format!("the export name {name:?}: {why}")));
        }
        for port in self.taps.iter().filter(|port| !self.wires.contains_key(port)) {
            faults.push(format!("{port}: there is a tap, and no wire"));
        }
        let (_, stuck) = order::in_order(self);
        faults.extend(order::cycles(self, &stuck).into_iter().map(|cycle| format!("a cycle: {}", fit::arrows(&cycle))));
        faults
    }
}

/// A file name without ending, as near to a free text as it gets: small letters, digits and hyphens.
pub fn file_stem(text: &str) -> String {
    check::kebab(text).chars().take(80).collect()
}

/// The name that an instance of a component called so gets, if it is free: files may have longer names than instances, and
/// names of blanks.
pub fn instance_stem(name: &str) -> String {
    let name: String = name.trim().chars().take(80).collect();
    if name.is_empty() { "component".to_owned() } else { name }
}

/// What the versions of an interface that can stand for each other have in common: `wasi:io/streams@0.2` for
/// `wasi:io/streams@0.2.6`, `a:b/c@1` for `a:b/c@1.3.0`. A name without such a version is its own track.
pub fn track(name: &str) -> &str {
    let Some((base, version)) = name.split_once('@') else { return name };
    let Ok(parsed) = semver::Version::parse(version) else { return name };
    let parts = match (parsed.major, parsed.minor) {
        _ if !parsed.pre.is_empty() => return name,
        (0, 0) => return name,
        (0, _) => 2,
        _ => 1,
    };
    let kept: usize = version.split('.').take(parts).map(|part| part.len() + 1).sum();
    name.get(..base.len() + kept).unwrap_or(name)
}
