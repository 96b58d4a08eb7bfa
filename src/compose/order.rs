//! Who provides to whom: reachability, cycles and order along the wires. Broken wires count too: what they name is
//! still what the user drew.

use super::{Composition, Port, Side};
use std::collections::{BTreeSet, HashMap, VecDeque};

/// The neighbours of each instance along the wires, on one side: one for each wire, in the order of wires.
struct Neighbours<'a>(HashMap<&'a str, Vec<&'a str>>);

impl<'a> Neighbours<'a> {
    /// [`Side::Export`]: those that an instance provides to; [`Side::Import`]: those that provide to it.
    fn new(composition: &'a Composition, side: Side) -> Self {
        let mut all: HashMap<&str, Vec<&str>> = HashMap::with_capacity(composition.instances.len());
        for (to, from) in &composition.wires {
            let (key, value) = match side {
                Side::Import => (&to.instance, &from.instance),
                Side::Export => (&from.instance, &to.instance),
            };
            all.entry(key).or_default().push(value);
        }
        Self(all)
    }

    fn of(&self, instance: &str) -> impl Iterator<Item = &'a str> {
        self.0.get(instance).into_iter().flatten().copied()
    }
}

/// Every instance that can be reached from one along the wires, and by way of whom.
pub(super) struct Reach<'a> {
    start: &'a str,
    side: Side,
    /// Each reached instance with how it was reached.
    found: HashMap<&'a str, Step<'a>>,
}

/// How an instance was reached on a shortest way.
#[derive(Clone, Copy)]
struct Step<'a> {
    /// The one before it.
    before: &'a str,
    /// The first one after the start.
    first: &'a str,
    /// How many wires it took.
    hops: usize,
}

/// A cycle of more instances than these is told by its ends.
const MOST_NAMED: usize = 12;
/// So many of them at the end that is new.
const NAMED_AT_END: usize = 4;

impl<'a> Reach<'a> {
    /// What lies behind the exports ([`Side::Export`]) or the imports of an instance.
    pub fn new(composition: &'a Composition, start: &'a str, side: Side) -> Self {
        let neighbours = Neighbours::new(composition, side);
        Self::walk(start, side, |at| neighbours.of(at).collect::<Vec<_>>())
    }

    /// The same along neighbours that are known already.
    pub fn walk<I: IntoIterator<Item = &'a str>>(start: &'a str, side: Side, of: impl Fn(&'a str) -> I) -> Self {
        let mut found: HashMap<&str, Step<'_>> = HashMap::new();
        let mut queue = VecDeque::from([start]);
        while let Some(at) = queue.pop_front() {
            let way = found.get(at).copied();
            for next in of(at) {
                if next != start && !found.contains_key(next) {
                    let first = way.map_or(next, |way| way.first);
                    found.insert(next, Step { before: at, first, hops: way.map_or(1, |way| way.hops + 1) });
                    queue.push_back(next);
                }
            }
        }
        Self { start, side, found }
    }

    /// Whether a wire between the start and `other` would close a cycle.
    pub fn closes(&self, other: &str) -> bool {
        other == self.start || self.found.contains_key(other)
    }

    /// The words for the cycle that a wire between the start and `other` would close, if it would close one: a short cycle
    /// whole, of a long one the ends. So they cost as much in a chain of a thousand as in one of ten.
    pub fn cycle_text(&self, other: &'a str) -> Option<String> {
        let hops = self.found.get(other).map_or(0, |step| step.hops);
        if hops < MOST_NAMED {
            return self.cycle(other).map(|cycle| super::fit::cycle_text(&cycle));
        }
        let mut names = vec![other.to_owned()];
        let mut at = other;
        while names.len() < NAMED_AT_END {
            at = self.found.get(at)?.before;
            names.push(at.to_owned());
        }
        names.push(format!("{} more", hops - 1 - NAMED_AT_END));
        names.push(self.found.get(other)?.first.to_owned());
        names.push(self.start.to_owned());
        if self.side == Side::Export {
            names.reverse();
        }
        names.extend(names.first().cloned());
        Some(super::fit::cycle_text(&names))
    }

    /// The cycle that a wire between the start and `other` would close, from provider to consumer and back to the
    /// first name, if it would close one.
    ///
    /// A wire that the new one replaces makes no difference: it ends at the consumer, and no shortest way that begins
    /// at the consumer comes back to it.
    pub fn cycle(&self, other: &'a str) -> Option<Vec<String>> {
        if other == self.start {
            return Some(vec![other.to_owned(), other.to_owned()]);
        }
        let mut way = vec![other];
        let mut at = self.found.get(other)?.before;
        while at != self.start {
            way.push(at);
            at = self.found.get(at)?.before;
        }
        way.push(self.start);
        // The way leads from `other` back to the start. Turn it so that it follows the wires.
        if self.side == Side::Export {
            way.reverse();
        }
        let first = *way.first()?;
        way.push(first);
        Some(way.into_iter().map(str::to_owned).collect())
    }
}

/// The instances of these ports and all that provide to them, directly or through others; only such as are there.
pub(super) fn with_providers<'a>(
    composition: &'a Composition,
    ports: impl Iterator<Item = &'a Port>,
) -> BTreeSet<&'a str> {
    let providers = Neighbours::new(composition, Side::Import);
    let mut found = BTreeSet::new();
    let mut to_see: Vec<&str> = ports.map(|port| port.instance.as_str()).collect();
    while let Some(name) = to_see.pop() {
        if composition.instances.contains_key(name) && found.insert(name) {
            to_see.extend(providers.of(name));
        }
    }
    found
}

/// Instances with every provider before its consumers, by name where the wires leave it open, and those that are in a
/// cycle or behind one.
pub(super) fn in_order(composition: &Composition) -> (Vec<&str>, BTreeSet<&str>) {
    let consumers = Neighbours::new(composition, Side::Export);
    // How many wires each instance still waits for; a provider that is not there cannot be waited for.
    let mut waiting: HashMap<&str, usize> = composition.instances.keys().map(|name| (name.as_str(), 0)).collect();
    for (to, from) in &composition.wires {
        if composition.instances.contains_key(&from.instance)
            && let Some(count) = waiting.get_mut(to.instance.as_str())
        {
            *count += 1;
        }
    }
    let mut ready: BTreeSet<&str> = waiting.iter().filter(|(_, n)| **n == 0).map(|(name, _)| *name).collect();
    let mut order = Vec::with_capacity(waiting.len());
    while let Some(name) = ready.pop_first() {
        waiting.remove(name);
        order.push(name);
        for consumer in consumers.of(name) {
            if let Some(count) = waiting.get_mut(consumer) {
                *count -= 1;
                if *count == 0 {
                    ready.insert(consumer);
                }
            }
        }
    }
    (order, waiting.into_keys().collect())
}

/// One cycle for each knot of instances that wait for each other, given those that [`in_order`] found to be `stuck`: names
/// along the wires, the first one again at the end. Empty for every composition that was made by edits alone.
pub(super) fn cycles(composition: &Composition, stuck: &BTreeSet<&str>) -> Vec<Vec<String>> {
    if stuck.is_empty() {
        return Vec::new();
    }
    let mut stuck = stuck.clone();
    let providers = Neighbours::new(composition, Side::Import);
    let mut cycles = Vec::new();
    while let Some(start) = stuck.first().copied() {
        // Walk from consumer to provider until a name comes twice, or the way ends in a knot that is known already.
        let mut way = vec![start];
        while let Some(next) = way.last().and_then(|at| providers.of(at).find(|p| stuck.contains(p))) {
            if let Some(i) = way.iter().position(|name| *name == next) {
                let mut cycle: Vec<String> = way.iter().skip(i).rev().map(|name| (*name).to_owned()).collect();
                cycle.extend(cycle.first().cloned());
                cycles.push(cycle);
                break;
            }
            way.push(next);
        }
        for name in way {
            stuck.remove(name);
        }
    }
    cycles
}
