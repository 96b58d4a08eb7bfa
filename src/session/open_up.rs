//! An instance of a composed component split where it stands: the instances inside take its place, together in a frame.

use super::files::Arrived;
use super::spread::{Spread, spread};
use super::{Selection, Session};
use crate::component::{Component, PartKind};
use crate::compose::{self, Decomposed};
use crate::diag::{Severity, display_safe_line};
use crate::project::Document;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What lies nearer to a node's corner than this, in canvas points, is neither right of it nor below.
const ASIDE: f32 = 48.0;

impl Session {
    /// Why an instance cannot be one of a composed component, as far as that can be told without splitting it.
    ///
    /// # Errors
    /// Why not, in words.
    pub fn can_open_up(&self, instance: &str) -> Result<(), String> {
        match self.document.composition.component(&self.library, instance) {
            None => Err("Its component is not open".to_owned()),
            // What the tools put in beside a component's own code only states types.
            Some(whole)
                if whole.root.children.iter().any(|p| p.kind == PartKind::Component && !p.children.is_empty()) =>
            {
                Ok(())
            }
            Some(_) => Err("It is no composition: it has no components inside".to_owned()),
        }
    }

    /// Splits the component of an instance in the background.
    pub(super) fn open_up(&mut self, instance: String) {
        let whole = self.document.composition.component(&self.library, &instance).cloned();
        let Some(whole) = whole else {
            let name = display_safe_line(&instance);
            return self.say(Severity::Error, format!("“{name}” cannot be split: its component is not open"));
        };
        let job = self.start_job(format!("Splitting {}", display_safe_line(&instance)));
        let (env, arrive) = (Arc::clone(&self.env), self.arrive.clone());
        self.env.spawn(
            "split",
            Box::new(move || {
                let result = compose::decompose(&whole);
                let _ = arrive.send(Arrived::OpenedUp { job, instance, whole, result });
                env.wake();
            }),
        );
    }

    pub(super) fn opened_up(&mut self, instance: &str, whole: &Component, result: Result<Decomposed, Vec<String>>) {
        let inside = match result {
            Ok(inside) => inside,
            Err(reasons) => return self.say(Severity::Error, super::copy::refusal(whole, &reasons)),
        };
        if self.document.composition.instances.get(instance).is_none_or(|i| i.component != whole.digest) {
            return; // it is another by now, or gone
        }
        let before = self.document.clone();
        if let Err(why) = self.put_in_place(instance, &inside, whole) {
            self.document = before;
            return self.say(Severity::Error, super::copy::refusal(whole, &[why]));
        }
        self.undo.record(format!("Split {}", display_safe_line(instance)), None, &before);
        self.document_changed();
        for note in inside.notes {
            self.say(Severity::Info, note);
        }
    }

    fn put_in_place(&mut self, instance: &str, inside: &Decomposed, whole: &Component) -> Result<(), String> {
        self.take_pieces(&inside.pieces, whole);
        let around = self.document.frame_of(instance).map(str::to_owned);
        let mut composition = self.document.composition.clone();
        let up = composition.open_up(instance, inside, &self.library)?;
        let new: Vec<String> = up.groups.values().flatten().cloned().collect();
        let mut only_new = composition.clone();
        only_new.instances.retain(|name, _| new.contains(name));
        only_new.wires.retain(|to, from| new.contains(&to.instance) && new.contains(&from.instance));
        // Frames do not lie in frames: in one, the new nodes are members of that.
        let groups = if around.is_some() { BTreeMap::new() } else { up.groups };
        let spread = spread(&only_new, &self.library, &groups);
        self.document.composition = composition;
        let at = self.document.layout.remove(instance).unwrap_or_default();
        make_room(&mut self.document, at, spread.size);
        let Spread { nodes, frames, .. } = spread;
        let moved = |[x, y]: [f32; 2]| [x + at[0], y + at[1]];
        self.document.layout.extend(nodes.into_iter().map(|(name, to)| (name, moved(to))));
        self.document.mend_frames();
        match around.and_then(|title| self.document.frames.get_mut(&title)) {
            Some(frame) => frame.members.extend(new.iter().cloned()),
            None => {
                for (title, mut frame) in frames {
                    frame.at = moved(frame.at);
                    let title = self.document.free_frame_title(&short_title(&title));
                    self.document.frames.insert(title, frame);
                }
            }
        }
        self.note_own_sources();
        self.selection = Selection::Instances(new);
        Ok(())
    }
}

/// A group's name as a frame's title, which is not that long.
pub(super) fn short_title(name: &str) -> String {
    if name.chars().count() <= 90 {
        return name.to_owned();
    }
    name.chars().take(90).chain(['…']).collect()
}

/// Nodes and frames to the right of a node and below go further by what stands in its place now.
fn make_room(document: &mut Document, at: [f32; 2], size: [f32; 2]) {
    /// About the size of the node.
    const NODE: [f32; 2] = [320.0, 96.0];
    let grown = [(size[0] - NODE[0]).max(0.0), (size[1] - NODE[1]).max(0.0)];
    let push = |place: &mut [f32; 2]| {
        for ((place, at), by) in place.iter_mut().zip(at).zip(grown) {
            if *place > at + ASIDE {
                *place += by;
            }
        }
    };
    document.layout.values_mut().for_each(push);
    document.frames.values_mut().for_each(|frame| push(&mut frame.at));
}
