//! Who shares state with whom. An instance has a state of its own; whoever is wired to the same instance sees the same.

use super::Composition;
use crate::component::Digest;
use crate::diag::display_safe_line;
use std::collections::{BTreeMap, BTreeSet};

/// What there is to say of one instance's state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sharing {
    /// How many instances there are of its component, itself included.
    pub siblings: usize,
    /// The how many-th of them it is, in the order of names; the first is 1.
    pub nth: usize,
    /// The instances that are wired to it.
    pub used_by: Vec<String>,
}

impl Sharing {
    /// What there is to say of one instance, if it is there.
    pub fn of(composition: &Composition, name: &str) -> Option<Self> {
        let component = composition.instances.get(name)?.component;
        let siblings = || composition.instances.iter().filter(|(_, i)| i.component == component);
        let nth = siblings().take_while(|(other, _)| other.as_str() <= name).count();
        let wires = composition.wires.iter().filter(|(_, from)| from.instance == name);
        let mut used_by: Vec<String> = wires.map(|(to, _)| to.instance.clone()).collect();
        // Wires are in the order of those that they end at.
        used_by.dedup();
        Some(Self { siblings: siblings().count(), nth, used_by })
    }

    /// A few words for its node; empty if there is nothing to tell: `2 of 3 · shared by 2`.
    pub fn mark(&self) -> String {
        let mut words = Vec::new();
        if self.siblings > 1 {
            words.push(format!("{} of {}", self.nth, self.siblings));
        }
        if self.used_by.len() > 1 {
            words.push(format!("shared by {}", self.used_by.len()));
        }
        words.join(" · ")
    }

    /// The same in sentences, safe to show. `component` is what the component is called.
    pub fn sentences(&self, component: &str) -> Vec<String> {
        let mut out = Vec::new();
        if self.siblings > 1 {
            let component = display_safe_line(component);
            out.push(format!("{} of {} instances of {component}: each has its own state", self.nth, self.siblings));
        }
        if let [first, second, rest @ ..] = self.used_by.as_slice() {
            let (first, second) = (display_safe_line(first), display_safe_line(second));
            out.push(match rest.len() {
                0 => format!("Shared by {first} and {second}: they see one state"),
                n => format!("Shared by {first}, {second} and {n} more: they see one state"),
            });
        }
        out
    }
}

/// What there is to say of each instance, by name.
pub fn sharing(composition: &Composition) -> BTreeMap<&str, Sharing> {
    let mut of: BTreeMap<Digest, usize> = BTreeMap::new();
    let mut out: BTreeMap<&str, Sharing> = BTreeMap::new();
    for (name, instance) in &composition.instances {
        let nth = of.entry(instance.component).or_default();
        *nth += 1;
        out.insert(name, Sharing { nth: *nth, ..Sharing::default() });
    }
    let wires: BTreeSet<(&str, &str)> =
        composition.wires.iter().map(|(to, from)| (from.instance.as_str(), to.instance.as_str())).collect();
    for (from, to) in wires {
        if let Some(sharing) = out.get_mut(from) {
            sharing.used_by.push(to.to_owned());
        }
    }
    for (name, instance) in &composition.instances {
        if let Some(sharing) = out.get_mut(name.as_str()) {
            sharing.siblings = of.get(&instance.component).copied().unwrap_or_default();
        }
    }
    out
}
