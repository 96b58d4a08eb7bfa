//! What has just come onto the canvas. How large nodes are is known only where they are drawn: whoever draws them gives what
//! came a place where it lies on nothing.

use super::Session;
use crate::compose::{Port, Side};
use crate::project::{Document, Layout};
use std::collections::BTreeSet;

/// Instances that came by a change and have not been given their places.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Landed {
    /// Their names.
    pub names: BTreeSet<String>,
    /// They keep their places among themselves.
    pub together: bool,
    /// The port of the only one that stands where its node was put: the wire that asked for it ends there.
    pub held: Option<(Port, Side)>,
}

impl Session {
    /// What came by the last changes and has not been settled.
    pub fn landed(&self) -> Option<&Landed> {
        self.landed.as_ref()
    }

    /// Notes what a change has brought. An instance of another name is none that came.
    pub(super) fn note_landed(&mut self, before: &Document, together: bool, held: Option<(String, Side)>) {
        let (was, is) = (&before.composition.instances, &self.document.composition.instances);
        if is.len() <= was.len() {
            return;
        }
        let mut landed = self.landed.take().unwrap_or(Landed { together, ..Landed::default() });
        landed.together &= together;
        landed.names.extend(is.keys().filter(|name| !was.contains_key(*name)).cloned());
        let only = landed.names.first().filter(|_| landed.names.len() == 1);
        landed.held = only.zip(held).map(|(name, (port, side))| (Port::new(name, port), side));
        self.landed = Some(landed);
    }

    /// Moves what came, within the step that brought it.
    pub(super) fn settle(&mut self, layout: Layout) {
        if self.landed.take().is_some() && !layout.is_empty() {
            self.lay_out(layout);
            self.document_changed();
        }
    }
}
