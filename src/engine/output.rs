//! The guest's output streams: passed on while it runs, bounded, the rest counted.

use super::Emit;
use super::link::Denied;
use super::log::Log;
use crate::call::{CallEvent, JobId, Stream};
use crate::grant::Capability;
use bytes::Bytes;
use std::sync::{Arc, Mutex, PoisonError};
use wasmtime_wasi_io::poll::Pollable;
use wasmtime_wasi_io::streams::{InputStream, OutputStream, StreamError, StreamResult};

/// Where the output of a live instance goes: to whichever call it is in.
#[derive(Clone, Default)]
pub(super) struct Outlet(Arc<Mutex<Option<Current>>>);

struct Current {
    job: JobId,
    emit: Emit,
    left_stdout: u64,
    left_stderr: u64,
    dropped: u64,
}

impl Outlet {
    /// A call begins that may write this many bytes to each stream.
    pub(super) fn begin(&self, job: JobId, emit: Emit, limit: u64) {
        let current = Current { job, emit, left_stdout: limit, left_stderr: limit, dropped: 0 };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(current);
    }

    /// The call is over; says how many bytes were too many.
    pub(super) fn end(&self) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take().map_or(0, |c| c.dropped)
    }

    fn write(&self, stream: Stream, bytes: &[u8]) {
        let mut outlet = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(current) = outlet.as_mut() else { return };
        let left = match stream {
            Stream::Stdout => &mut current.left_stdout,
            Stream::Stderr => &mut current.left_stderr,
        };
        let fits = bytes.len().min(usize::try_from(*left).unwrap_or(usize::MAX));
        *left -= fits as u64;
        current.dropped += (bytes.len() - fits) as u64;
        let kept = bytes.get(..fits).unwrap_or_default();
        if !kept.is_empty() {
            (current.emit)(CallEvent::Output(current.job, stream, kept.to_vec()));
        }
    }
}

/// One output stream as the guest holds it.
pub(super) struct Pipe {
    pub(super) outlet: Outlet,
    pub(super) log: Log,
    pub(super) stream: Stream,
    /// Whether writing is allowed; holding the stream always is.
    pub(super) granted: bool,
}

impl OutputStream for Pipe {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        let (interface, capability) = match self.stream {
            Stream::Stdout => ("wasi:cli/stdout", Capability::Stdout),
            Stream::Stderr => ("wasi:cli/stderr", Capability::Stderr),
        };
        if !self.granted {
            return Err(denied(&self.log, interface, "write", capability));
        }
        self.log.allowed(interface, "write", capability);
        self.outlet.write(self.stream, &bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(64 << 10)
    }
}

/// Standard input as the guest holds it while it is not granted.
pub(super) struct DeniedInput(pub(super) Log);

impl InputStream for DeniedInput {
    fn read(&mut self, _most: usize) -> StreamResult<Bytes> {
        Err(denied(&self.0, "wasi:cli/stdin", "read", Capability::Stdin))
    }
}

#[async_trait::async_trait]
impl Pollable for DeniedInput {
    async fn ready(&mut self) {}
}

fn denied(log: &Log, interface: &str, function: &str, capability: Capability) -> StreamError {
    log.count(interface, function, Some(capability), false);
    let denied = Denied { interface: interface.into(), function: function.into(), capability: Some(capability) };
    StreamError::Trap(denied.into())
}

#[async_trait::async_trait]
impl Pollable for Pipe {
    async fn ready(&mut self) {}
}
