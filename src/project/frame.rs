//! Frames: titled rectangles around instances, which can be folded into one node. They are layout: what is composed is the
//! same with and without them.

use super::Document;
use crate::sheet::{Area, Places};
use std::collections::{BTreeMap, BTreeSet};

/// The least size of a node on the canvas, in points: what an old file's frame contains is told by it.
const LEAST_NODE: [f32; 2] = [192.0, 60.0];

/// A rectangle around instances, in points of the canvas. An instance is in one frame at most, and no frame is in another.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// Its top left corner; folded, that of its node.
    pub at: [f32; 2],
    /// Its width and height while open, above zero. It is drawn larger where its members need it.
    pub size: [f32; 2],
    /// The instances in it, by name.
    pub members: BTreeSet<String>,
    /// It stands as one node for all its members.
    pub folded: bool,
}

impl Frame {
    /// An open frame without members.
    pub fn new(at: [f32; 2], size: [f32; 2]) -> Self {
        Self { at, size, members: BTreeSet::new(), folded: false }
    }

    /// The same with these members.
    pub fn with(mut self, members: impl IntoIterator<Item = String>) -> Self {
        self.members = members.into_iter().collect();
        self
    }

    /// Whether it can be drawn.
    pub fn is_sound(&self) -> bool {
        self.at.iter().chain(&self.size).all(|v| v.is_finite()) && self.size.iter().all(|v| *v > 0.0)
    }

    /// Whether a point lies in it.
    pub fn contains(&self, point: [f32; 2]) -> bool {
        (0..2).all(|i| match (point.get(i), self.at.get(i), self.size.get(i)) {
            (Some(v), Some(at), Some(size)) => *v >= *at && *v <= *at + *size,
            _ => false,
        })
    }
}

/// Places of nodes and frames that change together.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Layout {
    /// Instances with where their nodes' upper left corners go.
    pub nodes: Vec<(String, [f32; 2])>,
    /// Frames as they will be, by title. What becomes a member of one is no member of another.
    pub frames: Vec<(String, Frame)>,
}

impl Layout {
    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty() && self.frames.is_empty()
    }
}

/// What is wrong with a frame's title, if anything is.
pub fn frame_title_fault(title: &str) -> Option<&'static str> {
    if title.trim().is_empty() {
        Some("it is empty")
    } else if title.chars().count() > 100 {
        Some("it is longer than 100 characters")
    } else {
        None
    }
}

impl Document {
    /// The frame that an instance is in.
    pub fn frame_of(&self, instance: &str) -> Option<&str> {
        self.frames.iter().find(|(_, frame)| frame.members.contains(instance)).map(|(title, _)| title.as_str())
    }

    /// The frame of every instance that is in one.
    pub fn framed(&self) -> BTreeMap<&str, &str> {
        let frames = self.frames.iter();
        frames.flat_map(|(title, f)| f.members.iter().map(move |name| (name.as_str(), title.as_str()))).collect()
    }

    /// A title that no frame has: `wanted`, or `wanted 2`, `wanted 3` …
    pub fn free_frame_title(&self, wanted: &str) -> String {
        let mut title = wanted.to_owned();
        let mut n = 1;
        while self.frames.contains_key(&title) {
            n += 1;
            title = format!("{wanted} {n}");
        }
        title
    }

    /// Where things stand, for a picture.
    pub fn places(&self) -> Places {
        let frames = self.frames.iter().map(|(title, frame)| Area {
            title: title.clone(),
            at: frame.at,
            size: frame.size,
            members: frame.members.clone(),
            folded: frame.folded,
        });
        Places { nodes: self.layout.clone(), frames: frames.collect() }
    }

    /// Takes instances out of whichever frame they are in.
    pub fn take_out_of_frames(&mut self, instances: &BTreeSet<String>) {
        for frame in self.frames.values_mut() {
            frame.members.retain(|name| !instances.contains(name));
        }
    }

    /// Takes out of frames what is no instance. A folded frame with nothing left in it ends: nothing of it could be seen.
    pub fn mend_frames(&mut self) {
        let instances = &self.composition.instances;
        self.frames.retain(|_, frame| {
            frame.members.retain(|name| instances.contains_key(name));
            !(frame.folded && frame.members.is_empty())
        });
    }

    /// The instances that would be in a frame of a file that does not list them: those that lie inside of it.
    pub(super) fn inside(&self, frame: &Frame) -> BTreeSet<String> {
        let lies = |at: &[f32; 2]| {
            let [x, y] = *at;
            frame.contains(*at) && frame.contains([x + LEAST_NODE[0], y + LEAST_NODE[1]])
        };
        self.layout.iter().filter(|(_, at)| lies(at)).map(|(name, _)| name.clone()).collect()
    }
}
