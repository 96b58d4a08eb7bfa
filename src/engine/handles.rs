//! Resources that a live instance gave out, held by number.

use crate::diag::display_safe_line;
use crate::value::Handle;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use wasmtime::component::{ResourceAny, ResourceType};

/// The handles of one live instance.
pub(super) struct Handles {
    held: BTreeMap<u32, ResourceAny>,
    /// The resources' names, which the engine's types do not carry.
    names: Vec<(ResourceType, String)>,
    generation: u64,
    /// The runner's numbers, shared by all its instances.
    next: Arc<AtomicU32>,
}

impl Handles {
    pub(super) fn new(generation: u64, names: Vec<(ResourceType, String)>, next: Arc<AtomicU32>) -> Self {
        Self { held: BTreeMap::new(), names, generation, next }
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

    /// Lets go of a handle that a function took over.
    pub(super) fn release(&mut self, number: u32) -> Option<ResourceAny> {
        self.held.remove(&number)
    }
}
