//! The only wasmtime: compile, link, instantiate, call.
//!
//! A [`Machine`] runs one call at a time. What a guest may reach is built from [`crate::grant::Grants`] alone;
//! [`crate::grant::policy`] decides which of its imports are linked, and every other one becomes a denial that ends
//! the call and names itself.
//!
//! The standard streams and the root folder are handed over even where they are not granted, since language runtimes fetch
//! them at their start; every use of them is denied then.
//!
//! What the log of a call counts, exactly and per function: every denial; all calls to `wasi:cli/environment`,
//! `wasi:clocks`, `wasi:random` and `wasi:filesystem`; name lookups. Of the standard streams, fetching the input and each
//! write is counted, as `get-stdin` and `write`. Sockets and HTTP are counted where they would reach out: by address
//! (`connect 127.0.0.1:80`) and by request (`handle GET http://…`), allowed or refused. Not counted: `wasi:io` (reads
//! and writes of files and sockets that are already open), `wasi:cli/exit`, `wasi:cli/terminal-*`, `wasi:http/types`.

mod convert;
mod handles;
mod host;
mod limits;
mod link;
mod log;
mod machine;
mod net;
mod outcome;
mod output;
mod profile;
mod taps;
mod wasi;

pub use machine::{Job, Machine};

use crate::call::CallEvent;
use std::sync::Arc;

/// Where events of a call go while it runs; called on any thread.
pub type Emit = Arc<dyn Fn(CallEvent) + Send + Sync>;

/// What the values of one call may take up on the host's side in bytes, each way. One element of a list costs some
/// forty bytes there, so this is about three million elements.
const HOST_COPY_BYTES: usize = 128 << 20;
