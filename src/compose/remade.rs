//! Stubs and virtual WASI that lie inside a composed file, made anew of what they say of themselves. Where that gives the
//! very bytes that lie there, it is true, and they can be edited on as those that are made here.

use super::decompose::{Decomposed, Piece};
use super::stand_in::{StandIn, stub_said};
use super::stub::{Behavior, StubSpec, stub};
use super::virtual_wasi::{VirtualWasi, settings_of, virtual_wasi};
use crate::component::{Component, Digest};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Bytes that are read and made in all: of a file that lies in all it says, only so many are tried.
const MOST_TRIED: usize = 128 << 20;
/// What a stub of a small component costs of these, by the time it takes; and each type and function on top.
const STUB: usize = 128 << 10;
const DECLARED: usize = 8 << 10;
/// What a virtual WASI costs.
const VIRTUAL_WASI: usize = 1 << 20;

/// What a component was made of here.
#[derive(Debug, Clone)]
pub enum Made {
    /// A stub.
    Stub {
        /// The component whose import it stands in for; one that it is made anew of, whichever it was then.
        consumer: Digest,
        /// The import's full name.
        import: String,
        /// What its functions do, with values in WAVE.
        functions: BTreeMap<String, Behavior<String>>,
    },
    /// A virtual WASI.
    VirtualWasi(Arc<VirtualWasi>),
}

impl Decomposed {
    /// Notes of what its pieces were made.
    pub(super) fn with_made(self) -> Self {
        self.with_made_within(MOST_TRIED)
    }

    /// The same with so many bytes that are read and made.
    pub(super) fn with_made_within(mut self, mut left: usize) -> Self {
        let made: Vec<_> = self.pieces.iter().map(|piece| self.made(piece, &mut left)).collect();
        self.pieces.iter_mut().zip(made).for_each(|(piece, made)| piece.made = made);
        self
    }

    fn made(&self, piece: &Piece, left: &mut usize) -> Option<Made> {
        let component = &piece.component;
        let is_same = |bytes: Vec<u8>| Digest::of(&bytes) == component.digest;
        let mut may_try = |cost: usize| left.checked_sub(cost).map(|rest| *left = rest);
        match StandIn::of(component)?.ok()? {
            StandIn::VirtualWasi(_) => {
                may_try(VIRTUAL_WASI + component.bytes.len())?;
                let settings = settings_of(component)?;
                let is_made = virtual_wasi(&settings).is_ok_and(is_same);
                is_made.then(|| Made::VirtualWasi(Arc::new(settings)))
            }
            StandIn::Stub { .. } => {
                let (import, functions) = stub_said(component)?;
                for consumer in self.consumers(component, &import) {
                    let asked = consumer.import(&import).map_or(0, |import| import.functions().len());
                    let declared = asked + consumer.types.count();
                    may_try(STUB + declared * DECLARED + consumer.bytes.len() + component.bytes.len())?;
                    let made =
                        StubSpec::parse(consumer, &import, &functions).and_then(|spec| stub(consumer, &import, &spec));
                    if made.is_ok_and(is_same) {
                        return Some(Made::Stub { consumer: consumer.digest, import, functions });
                    }
                }
                None
            }
            StandIn::Composed(_) => None,
        }
    }

    /// The components that a stub may have been made for; those that it is wired to come first.
    fn consumers<'a>(&'a self, stub: &Component, import: &str) -> Vec<&'a Arc<Component>> {
        let composition = &self.composition;
        let of = |instance: &str| composition.instances.get(instance).map(|i| i.component);
        let wired = composition.wires.iter().filter(|(_, from)| of(&from.instance) == Some(stub.digest));
        let wired: BTreeSet<Digest> = wired.filter_map(|(to, _)| of(&to.instance)).collect();
        let mut all: Vec<_> = self.pieces.iter().map(|piece| &piece.component).collect();
        all.retain(|c| c.digest != stub.digest && c.import(import).is_some());
        all.sort_by_key(|c| !wired.contains(&c.digest));
        all
    }
}
