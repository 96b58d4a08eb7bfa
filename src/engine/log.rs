//! What a call used of the outside, counted.

use crate::call::Access;
use crate::grant::Capability;
use std::sync::{Arc, Mutex, PoisonError};

/// The log of one live instance, emptied at each call. Copies share it.
#[derive(Clone, Default)]
pub(super) struct Log(Arc<Mutex<Vec<Access>>>);

impl Log {
    /// Counts one use. `interface` may lack its version; [`Log::take`] completes it.
    pub(super) fn count(&self, interface: &str, function: &str, capability: Option<Capability>, allowed: bool) {
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full = log.len() >= 1_000;
        let known = log.iter_mut().find(|a| a.function == function && a.interface == interface && a.allowed == allowed);
        match known {
            Some(access) => access.count += 1,
            // A guest that makes up new addresses cannot make the log endless.
            None if is_full => {}
            None => log.push(Access {
                interface: interface.to_owned(),
                function: function.to_owned(),
                capability,
                allowed,
                count: 1,
            }),
        }
    }

    /// Counts one use that went through.
    pub(super) fn allowed(&self, interface: &str, function: &str, capability: Capability) {
        self.count(interface, function, Some(capability), true);
    }

    /// Empties the log; interfaces get the full names under which the component imports them.
    pub(super) fn take(&self, imports: &[String]) -> Vec<Access> {
        let mut log = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        for access in &mut log {
            access.interface = full_name(imports, &access.interface).to_owned();
        }
        log
    }
}

/// The name with its version under which the component imports this interface.
pub(super) fn full_name<'a>(imports: &'a [String], interface: &'a str) -> &'a str {
    imports.iter().find(|i| i.split('@').next() == Some(interface)).map_or(interface, String::as_str)
}
