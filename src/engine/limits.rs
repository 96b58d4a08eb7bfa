//! Bounds that hold for all memories and tables of a live instance together.

use crate::grant::Limits;
use crate::measure::Bytes;
use wasmtime::ResourceLimiter;

/// Table elements of all tables together; each costs the host some bytes.
const TABLE_ELEMENTS: usize = 4_000_000;

/// Sums what the instance holds and refuses what is beyond.
pub(super) struct Limiter {
    memory_limit: u64,
    memory: u64,
    table_elements: usize,
    /// The limit that was hit in the current call.
    pub(super) hit: Option<String>,
}

impl Limiter {
    pub(super) fn new(limits: &Limits) -> Self {
        Self { memory_limit: limits.memory_bytes, memory: 0, table_elements: 0, hit: None }
    }

    /// Bytes of linear memory held now.
    pub(super) fn memory(&self) -> u64 {
        self.memory
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        let after = self.memory.saturating_add(desired.saturating_sub(current) as u64);
        if after > self.memory_limit {
            self.hit = Some(format!("memory limit of {}", Bytes(self.memory_limit)));
            return Ok(false);
        }
        self.memory = after;
        Ok(true)
    }

    fn table_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        let after = self.table_elements.saturating_add(desired.saturating_sub(current));
        if after > TABLE_ELEMENTS {
            self.hit = Some(format!("limit of {TABLE_ELEMENTS} table elements"));
            return Ok(false);
        }
        self.table_elements = after;
        Ok(true)
    }

    fn instances(&self) -> usize {
        2_000
    }

    fn tables(&self) -> usize {
        2_000
    }

    fn memories(&self) -> usize {
        1_000
    }
}
