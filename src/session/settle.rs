//! What has just come onto the canvas. How large nodes are is known only where they are drawn: whoever draws them gives what
//! came a place where it lies on nothing.

use super::Session;
use crate::component::{Digest, Extern};
use crate::compose::Instance;
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

    /// Notes what a change has brought. An instance of another name is none that came; one that has other ports now, and so
    /// another size, is.
    pub(super) fn note_landed(&mut self, before: &Document, replaces: bool, together: bool) {
        let (was, is) = (&before.composition.instances, &self.document.composition.instances);
        if is.len() <= was.len() {
            let regrown = |(name, now): (&String, &Instance)| {
                let before = was.get(name).filter(|before| before.component != now.component)?;
                (!self.has_same_ports(&before.component, &now.component)).then(|| name.clone())
            };
            let names: BTreeSet<String> = is.iter().filter(|_| replaces).filter_map(regrown).collect();
            if !names.is_empty() {
                self.landed.get_or_insert_default().names.extend(names);
            }
            return;
        }
        let mut landed = self.landed.take().unwrap_or(Landed { together, ..Landed::default() });
        landed.together &= together;
        landed.names.extend(is.keys().filter(|name| !was.contains_key(*name)).cloned());
        self.landed = Some(landed);
    }

    fn has_same_ports(&self, one: &Digest, other: &Digest) -> bool {
        let ports = |digest| {
            let component = self.library.get(digest)?;
            let names = |ports: &'_ [Extern]| ports.iter().map(|e| e.name.clone()).collect::<Vec<_>>();
            Some((names(&component.imports), names(&component.exports)))
        };
        ports(one) == ports(other)
    }

    /// Moves what came, within the step that brought it.
    pub(super) fn settle(&mut self, layout: Layout) {
        if self.landed.take().is_some() && !layout.is_empty() {
            self.lay_out(layout);
            self.document_changed();
        }
    }
}
