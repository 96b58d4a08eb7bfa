//! Resources that a live instance gave out, held by number.

use super::host::Host;
use crate::diag::display_safe_line;
use crate::value::Handle;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use wasmtime::Store;
use wasmtime::component::{ResourceAny, ResourceType, Val};

/// The handles of one live instance.
pub(super) struct Handles {
    held: BTreeMap<u32, ResourceAny>,
    /// The resources' names, which the engine's types do not carry.
    names: Vec<(ResourceType, String)>,
    generation: u64,
    /// The runner's numbers, shared by all its instances.
    next: Arc<AtomicU32>,
    /// Streams and futures of the last result, which nobody reads.
    unread: Vec<Val>,
}

impl Handles {
    pub(super) fn new(generation: u64, names: Vec<(ResourceType, String)>, next: Arc<AtomicU32>) -> Self {
        Self { held: BTreeMap::new(), names, generation, next, unread: Vec::new() }
    }

    pub(super) fn generation(&self) -> u64 {
        self.generation
    }

    /// Takes in a handle that a function returned.
    pub(super) fn keep(&mut self, any: ResourceAny) -> Handle {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.held.insert(number, any);
        let named = self.names.iter().find(|(ty, _)| *ty == any.ty());
        let resource = named.map_or_else(|| "resource".to_owned(), |(_, name)| name.clone());
        Handle { number, generation: self.generation, resource }
    }

    /// The engine's handle behind ours.
    ///
    /// # Errors
    /// It is of an instance that is gone, or was given away.
    pub(super) fn get(&self, handle: &Handle) -> Result<ResourceAny, String> {
        let shown = || format!("{}#{}", display_safe_line(&handle.resource), handle.number);
        if handle.generation != self.generation {
            return Err(format!("{} belongs to an instance that is gone; call its constructor again", shown()));
        }
        self.held.get(&handle.number).copied().ok_or_else(|| format!("{} was given away or dropped", shown()))
    }

    /// Takes in a stream or future that a function returned.
    pub(super) fn leave_unread(&mut self, val: Val) {
        self.unread.push(val);
    }

    /// Closes what nobody reads, so that its writer does not wait forever.
    pub(super) fn close_unread(&mut self, store: &mut Store<Host>) -> wasmtime::Result<()> {
        self.unread.drain(..).try_for_each(|val| match val {
            Val::Stream(mut stream) => stream.close(&mut *store),
            Val::Future(mut future) => future.close(&mut *store),
            _ => Ok(()),
        })
    }

    /// Lets go of a handle that a function took over.
    pub(super) fn release(&mut self, number: u32) -> Option<ResourceAny> {
        self.held.remove(&number)
    }
}
