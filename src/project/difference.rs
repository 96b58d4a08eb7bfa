//! What is different between two documents, and the way from one to the other.

use super::Document;
use super::document::{BoundGrants, CallKey, ComponentSource, Target, Unknown};
use super::frame::Frame;
use crate::component::Digest;
use crate::compose::{Instance, Port};
use std::collections::{BTreeMap, BTreeSet};

/// The way from one document to another: what it holds is as large as what is different.
#[derive(Debug, Clone, Default)]
pub struct Difference {
    name: Option<String>,
    instances: Entries<String, Instance>,
    wires: Entries<Port, Port>,
    exports: Entries<String, Port>,
    taps: Entries<Port, ()>,
    layout: Entries<String, [f32; 2]>,
    left_out: Entries<String, ()>,
    frames: Entries<String, Frame>,
    grants: Entries<Target, BoundGrants>,
    calls: Entries<CallKey, Vec<String>>,
    components: Entries<Digest, ComponentSource>,
    unknown: Option<Unknown>,
}

/// Entries of a map as they will be; `None` for those that will be gone.
type Entries<K, V> = Vec<(K, Option<V>)>;

impl Difference {
    /// The way from one document to another.
    pub fn between(from: &Document, to: &Document) -> Self {
        // Taken apart, so that nothing a document gets is forgotten here.
        let Document { name, composition, layout, left_out, frames, grants, calls, components, unknown } = to;
        let (now, then) = (&from.composition, composition);
        Self {
            name: (from.name != *name).then(|| name.clone()),
            instances: entries(&now.instances, &then.instances),
            wires: entries(&now.wires, &then.wires),
            exports: entries(&now.exports, &then.exports),
            taps: members(&now.taps, &then.taps),
            layout: entries(&from.layout, layout),
            left_out: members(&from.left_out, left_out),
            frames: entries(&from.frames, frames),
            grants: entries(&from.grants, grants),
            calls: entries(&from.calls, calls),
            components: entries(&from.components, components),
            unknown: (from.unknown != *unknown).then(|| unknown.clone()),
        }
    }

    /// Goes that way, and gives the way back.
    pub fn apply(self, document: &mut Document) -> Self {
        let composition = &mut document.composition;
        Self {
            name: self.name.map(|name| std::mem::replace(&mut document.name, name)),
            instances: put(&mut composition.instances, self.instances),
            wires: put(&mut composition.wires, self.wires),
            exports: put(&mut composition.exports, self.exports),
            taps: put_members(&mut composition.taps, self.taps),
            layout: put(&mut document.layout, self.layout),
            left_out: put_members(&mut document.left_out, self.left_out),
            frames: put(&mut document.frames, self.frames),
            grants: put(&mut document.grants, self.grants),
            calls: put(&mut document.calls, self.calls),
            components: put(&mut document.components, self.components),
            unknown: self.unknown.map(|unknown| std::mem::replace(&mut document.unknown, unknown)),
        }
    }

    /// How many entries it holds.
    #[cfg(test)]
    pub fn count(&self) -> usize {
        let composed = self.instances.len() + self.wires.len() + self.exports.len() + self.taps.len();
        let beside = self.layout.len() + self.left_out.len() + self.frames.len();
        composed + beside + self.grants.len() + self.calls.len() + self.components.len()
    }

    /// Whether an instance of this component comes on that way.
    pub fn brings(&self, component: Digest) -> bool {
        self.instances.iter().any(|(_, instance)| instance.as_ref().is_some_and(|i| i.component == component))
    }
}

/// Both maps are walked side by side: a large one that hardly differs costs no search for each key.
fn entries<K: Ord + Clone, V: PartialEq + Clone>(from: &BTreeMap<K, V>, to: &BTreeMap<K, V>) -> Entries<K, V> {
    let mut out = Vec::new();
    let (mut from, mut to) = (from.iter().peekable(), to.iter().peekable());
    loop {
        let order = match (from.peek(), to.peek()) {
            (Some((a, _)), Some((b, _))) => a.cmp(b),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (None, None) => break,
        };
        let was = if order.is_le() { from.next() } else { None };
        let is = if order.is_ge() { to.next() } else { None };
        match (was, is) {
            (Some((_, was)), Some((key, is))) if was != is => out.push((key.clone(), Some(is.clone()))),
            (None, Some((key, is))) => out.push((key.clone(), Some(is.clone()))),
            (Some((key, _)), None) => out.push((key.clone(), None)),
            _ => {}
        }
    }
    out
}

fn members<K: Ord + Clone>(from: &BTreeSet<K>, to: &BTreeSet<K>) -> Entries<K, ()> {
    from.symmetric_difference(to).map(|key| (key.clone(), to.contains(key).then_some(()))).collect()
}

fn put<K: Ord + Clone, V>(map: &mut BTreeMap<K, V>, entries: Entries<K, V>) -> Entries<K, V> {
    let swap = |(key, new): (K, Option<V>)| {
        let old = match new {
            Some(new) => map.insert(key.clone(), new),
            None => map.remove(&key),
        };
        (key, old)
    };
    entries.into_iter().map(swap).collect()
}

fn put_members<K: Ord + Clone>(set: &mut BTreeSet<K>, entries: Entries<K, ()>) -> Entries<K, ()> {
    let swap = |(key, new): (K, Option<()>)| {
        let was = if new.is_some() { !set.insert(key.clone()) } else { set.remove(&key) };
        (key, was.then_some(()))
    };
    entries.into_iter().map(swap).collect()
}
