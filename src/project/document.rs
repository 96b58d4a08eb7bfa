//! The document: composition, layout, inputs of calls, and grants bound to what they were given to.

use super::frame::{Frame, frame_title_fault};
use crate::component::Digest;
use crate::compose::{Behavior, Composition, Port, VirtualWasi};
use crate::diag::{Diagnostic, Subject, display_safe_line};
use crate::grant::{Capability, Grants};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Everything that a user makes: what undo brings back and the project file keeps (the grants apart, which it never
/// keeps). Small: bytes of components live elsewhere.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Document {
    /// What the project is called.
    pub name: String,
    /// Instances, wires and chosen exports.
    pub composition: Composition,
    /// Where each instance's node stands on the canvas: its top left corner, in points at zoom 1. An instance without
    /// an entry has not been placed yet.
    pub layout: BTreeMap<String, [f32; 2]>,
    /// The instances of stubs that answer in runs from here but are no part of the composed file: what they stand in for
    /// stays an import of it.
    pub left_out: BTreeSet<String>,
    /// Titled frames around nodes, by title.
    pub frames: BTreeMap<String, Frame>,
    /// What the user allowed, read through [`Document::grants_for`].
    pub grants: BTreeMap<Target, BoundGrants>,
    /// Saved inputs: one WAVE text per argument. The function may have other types by now, or be gone.
    pub calls: BTreeMap<CallKey, Vec<String>>,
    /// Where each component of the project came from.
    pub components: BTreeMap<Digest, ComponentSource>,
    /// What a loaded file had beyond what this version knows; it is saved again.
    pub unknown: Unknown,
}

/// Something that can be granted and called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// One component by itself.
    Component(Digest),
    /// The composition as wired.
    Composition,
}

/// Grants with what they were given to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundGrants {
    /// What [`Document::binding`] said when the user gave them. If it says something else now, they allow nothing.
    pub to: Digest,
    /// The grants.
    pub grants: Grants,
}

/// A function to call.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallKey {
    /// Of what.
    pub target: Target,
    /// The exported interface's full name; `None` for a function of the world itself.
    pub interface: Option<String>,
    /// The function's full name, as in `[method]counter.increment`.
    pub function: String,
}

/// Where a component came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ComponentSource {
    /// A short name.
    pub name: String,
    /// Its path on this machine; `None` if it was never a file or its path was refused. Paths in a project file are
    /// relative to the file; here they are ready to be read.
    pub path: Option<String>,
    /// Which part of that file it is, if it is not the file itself.
    pub part: Option<PartOf>,
    /// How it is made, if it is a stub: then it has no file.
    pub stub: Option<StubOf>,
    /// What it is made of, if it is a virtual WASI: then it has no file either.
    pub virtual_wasi: Option<Arc<VirtualWasi>>,
}

impl ComponentSource {
    /// Whether it is made here and comes from no file.
    pub fn is_made(&self) -> bool {
        self.stub.is_some() || self.virtual_wasi.is_some()
    }
}

/// What a stub is made of. The same always gives the same component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StubOf {
    /// The component whose import it stands in for.
    pub consumer: Digest,
    /// The import's full name.
    pub import: String,
    /// What its functions do, by their full names; those that are not named trap. Values are WAVE text.
    pub functions: BTreeMap<String, Behavior<String>>,
    /// What a loaded file said of it beyond what this version knows.
    pub unknown: Unknown,
}

/// A component that lies inside another file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartOf {
    /// The digest of the outermost component; `None` if it is not known any more.
    pub whole: Option<Digest>,
    /// Its positions among the children, from the outermost component inwards.
    pub path: Vec<usize>,
}

/// Keys of a project file that this version does not know, by the entry they belong to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unknown(pub(super) BTreeMap<String, serde_json::Map<String, serde_json::Value>>);

impl Document {
    /// What grants for this target are bound to: the component's digest, or a digest over the set of the composition's
    /// member digests.
    pub fn binding(&self, target: Target) -> Digest {
        match target {
            Target::Component(digest) => digest,
            Target::Composition => {
                let members: BTreeSet<Digest> = self.composition.instances.values().map(|i| i.component).collect();
                let mut text = String::from("composition of\n");
                members.iter().for_each(|digest| text.push_str(&format!("{digest}\n")));
                Digest::of(text.as_bytes())
            }
        }
    }

    /// What this target may reach now. Grants that were given to other bytes come back with every box off.
    pub fn grants_for(&self, target: Target) -> Grants {
        match self.grants.get(&target) {
            Some(bound) if bound.to == self.binding(target) => bound.grants.clone(),
            Some(bound) => bound.grants.all_off(),
            None => Grants::default(),
        }
    }

    /// Sets what this target may reach, as it is now.
    pub fn set_grants(&mut self, target: Target, grants: Grants) {
        let to = self.binding(target);
        self.grants.insert(target, BoundGrants { to, grants });
    }

    /// The capabilities that were on for other bytes than the target has now, and are off until they are ticked again.
    pub fn to_review(&self, target: Target) -> Vec<Capability> {
        match self.grants.get(&target) {
            Some(bound) if bound.to != self.binding(target) => bound.grants.rebind().1,
            _ => Vec::new(),
        }
    }

    /// Takes over the lists of remembered grants, by binding, for targets that have none. Every box stays off.
    pub fn recall(&mut self, remembered: &BTreeMap<Digest, Grants>) {
        let targets: Vec<Target> =
            self.components.keys().map(|d| Target::Component(*d)).chain([Target::Composition]).collect();
        for target in targets {
            let to = self.binding(target);
            if let (false, Some(grants)) = (self.grants.contains_key(&target), remembered.get(&to)) {
                self.grants.insert(target, BoundGrants { to, grants: grants.all_off() });
            }
        }
    }

    /// Every invariant that does not hold, in words; empty for a document that only commands have touched.
    pub fn validate(&self) -> Vec<Diagnostic> {
        let mut out = Vec::new();
        let instances = &self.composition.instances;
        let missing = |port: &Port| !instances.contains_key(&port.instance);
        for (name, instance) in instances {
            if !self.components.contains_key(&instance.component) {
                let subject = Subject::Instance(name.clone());
                let message = format!("The component {} is not in the project", instance.component.short());
                out.push(Diagnostic::error(subject, message));
            }
        }
        for (to, from) in &self.composition.wires {
            if missing(to) || missing(from) {
                let subject = Subject::Wire { instance: to.instance.clone(), import: to.name.clone() };
                let gone = display_safe_line(if missing(to) { &to.instance } else { &from.instance }).into_owned();
                out.push(Diagnostic::error(
                    subject,
                    format!("The wire needs the instance {gone}, which does not exist"),
                ));
            }
        }
        for to in self.composition.taps.iter().filter(|to| !self.composition.wires.contains_key(to)) {
            let subject = Subject::Wire { instance: to.instance.clone(), import: to.name.clone() };
            out.push(Diagnostic::error(subject, "A tap is kept for a wire that does not exist"));
        }
        for (name, from) in self.composition.exports.iter().filter(|(_, from)| missing(from)) {
            let (name, gone) = (display_safe_line(name), display_safe_line(&from.instance));
            let message = format!("The export {name} needs the instance {gone}, which does not exist");
            out.push(Diagnostic::error(Subject::Project, message));
        }
        for (name, at) in &self.layout {
            let subject = Subject::Instance(name.clone());
            if !instances.contains_key(name) {
                out.push(Diagnostic::error(
                    subject,
                    "A place on the canvas is kept for an instance that does not exist",
                ));
            } else if !at.iter().all(|v| v.is_finite()) {
                out.push(Diagnostic::error(subject, "The place on the canvas is not a number"));
            }
        }
        for name in self.left_out.iter().filter(|name| !instances.contains_key(*name)) {
            let subject = Subject::Instance(name.clone());
            out.push(Diagnostic::error(subject, "An instance that does not exist is left out of the composed file"));
        }
        let mut framed = BTreeSet::new();
        for (title, frame) in &self.frames {
            let shown = display_safe_line(title);
            for name in &frame.members {
                let member = display_safe_line(name);
                if !instances.contains_key(name) {
                    let message = format!("The frame {shown} has the instance {member}, which does not exist");
                    out.push(Diagnostic::error(Subject::Project, message));
                }
                if !framed.insert(name) {
                    let message = format!("{member} is in the frame {shown} and in another one");
                    out.push(Diagnostic::error(Subject::Project, message));
                }
            }
            if frame.folded && frame.members.is_empty() {
                let message = format!("The frame {shown} is folded with nothing in it");
                out.push(Diagnostic::error(Subject::Project, message));
            }
            if let Some(why) = frame_title_fault(title) {
                out.push(Diagnostic::error(Subject::Project, format!("“{shown}” cannot be a frame's title: {why}")));
            }
            if !frame.is_sound() {
                out.push(Diagnostic::error(Subject::Project, format!("The frame {shown} has no size or place")));
            }
        }
        out
    }
}
