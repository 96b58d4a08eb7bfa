//! What has just come onto the canvas. How large nodes are is known only where they are drawn: whoever draws them gives what
//! came a place where it lies on nothing.

use super::Session;
use crate::project::{Document, Layout};
use std::collections::BTreeSet;

/// Instances that came by a change and have not been given their places.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Landed {
    /// Their names.
    pub names: BTreeSet<String>,
    /// They keep their places among themselves.
    pub together: bool,
}

impl Session {
    /// What came by the last changes and has not been settled.
    pub fn landed(&self) -> Option<&Landed> {
        self.landed.as_ref()
    }

    /// Notes what a change has brought. An instance of another name is none that came.
    pub(super) fn note_landed(&mut self, before: &Document, together: bool) {
        let (was, is) = (&before.composition.instances, &self.document.composition.instances);
        if is.len() <= was.len() {
            return;
        }
        let mut landed = self.landed.take().unwrap_or(Landed { together, ..Landed::default() });
        landed.together &= together;
        landed.names.extend(is.keys().filter(|name| !was.contains_key(*name)).cloned());
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
