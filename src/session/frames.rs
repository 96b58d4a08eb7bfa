//! Changes of frames and of the places of nodes. None of them changes what is composed.

use super::{FrameEdit, Selection, Session};
use crate::compose::{self, Edit};
use crate::project::{Frame, Layout, frame_title_fault};
use std::collections::BTreeSet;

/// How far below its corner a node is taken to be in a frame, in canvas points.
const INTO: f32 = 24.0;

impl Session {
    pub(super) fn frame(&mut self, edit: FrameEdit) -> Result<(), compose::Refusal> {
        let bad = |name: &str, why: &str| compose::Refusal::BadName { name: name.to_owned(), why: why.to_owned() };
        match edit {
            FrameEdit::Add(wanted, frame) => {
                let title = self.document.free_frame_title(&wanted);
                if let Some(why) = frame_title_fault(&title) {
                    return Err(bad(&title, why));
                }
                if frame.is_sound() {
                    self.set_frame(title.clone(), frame);
                    self.selection = Selection::Frame(title);
                }
            }
            FrameEdit::Rename { from, to } if from != to => {
                if let Some(why) = frame_title_fault(&to) {
                    return Err(bad(&to, why));
                }
                if self.document.frames.contains_key(&to) {
                    return Err(bad(&to, "another frame has it"));
                }
                if let Some(frame) = self.document.frames.remove(&from) {
                    self.document.frames.insert(to.clone(), frame);
                    self.selection = Selection::Frame(to);
                }
            }
            FrameEdit::Rename { .. } => {}
            FrameEdit::Remove(title) => drop(self.document.frames.remove(&title)),
            FrameEdit::RemoveWhole(title, _) => {
                if let Some(frame) = self.document.frames.remove(&title)
                    && !frame.members.is_empty()
                {
                    self.edit(&Edit::RemoveInstances(frame.members.into_iter().collect()))?;
                }
            }
            FrameEdit::Join(title, names) => {
                if let Some(mut frame) = self.document.frames.get(&title).cloned() {
                    frame.members.extend(names);
                    self.set_frame(title, frame);
                }
            }
            FrameEdit::Leave(names) => {
                self.document.take_out_of_frames(&names.into_iter().collect());
                self.document.mend_frames();
            }
        }
        Ok(())
    }

    /// Puts a frame in place of the one of this title. What becomes a member of it is no member of another.
    fn set_frame(&mut self, title: String, frame: Frame) {
        self.document.take_out_of_frames(&frame.members);
        self.document.frames.insert(title, frame);
        self.document.mend_frames();
    }

    pub(super) fn lay_out(&mut self, layout: Layout) {
        self.move_nodes(layout.nodes);
        let known = |(title, frame): &(String, Frame)| self.document.frames.contains_key(title) && frame.is_sound();
        let frames: Vec<_> = layout.frames.into_iter().filter(known).collect();
        // All members leave first: a node may change from one of these frames to another.
        let all: BTreeSet<String> = frames.iter().flat_map(|(_, frame)| frame.members.iter().cloned()).collect();
        self.document.take_out_of_frames(&all);
        let mut framed = BTreeSet::new();
        for (title, mut frame) in frames {
            frame.members.retain(|name| framed.insert(name.clone()));
            self.document.frames.insert(title, frame);
        }
        self.document.mend_frames();
    }

    pub(super) fn rename_member(&mut self, from: &str, to: &str) {
        for frame in self.document.frames.values_mut() {
            if frame.members.remove(from) {
                frame.members.insert(to.to_owned());
            }
        }
    }

    /// What is placed in an open frame becomes a member of it.
    pub(super) fn join_frame_at(&mut self, instance: &str, at: [f32; 2]) {
        let [x, y] = at;
        let inside = |frame: &&mut Frame| !frame.folded && frame.contains([x + INTO, y + INTO]);
        if let Some(frame) = self.document.frames.values_mut().find(inside) {
            frame.members.insert(instance.to_owned());
        }
    }
}

#[cfg(test)]
mod tests;
