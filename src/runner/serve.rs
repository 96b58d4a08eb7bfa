//! The runner process itself.

use super::protocol::{FromRunner, MAX_FROM_RUNNER, MAX_TO_RUNNER, ToRunner, decode, encode, read_frame, write_frame};
use super::worker::{Worker, lock, over};
use crate::call::{CallEvent, CallRequest, Outcome};
use crate::component::Digest;
use crate::measure::Bytes;
use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// Components' bytes that have arrived and are not yet used.
#[derive(Default)]
struct Arrivals {
    bytes: Mutex<BTreeMap<Digest, Arc<[u8]>>>,
    arrived: Condvar,
}

impl Arrivals {
    fn put(&self, digest: Digest, bytes: Arc<[u8]>) {
        lock(&self.bytes).insert(digest, bytes);
        self.arrived.notify_all();
    }

    /// Waits for them; the process ends when nothing more can arrive.
    fn take(&self, digest: Digest) -> Option<Arc<[u8]>> {
        let waiting = self.arrived.wait_while(lock(&self.bytes), |bytes| !bytes.contains_key(&digest));
        waiting.unwrap_or_else(PoisonError::into_inner).remove(&digest)
    }
}

/// Serves the client at the other end of standard input and output until standard input ends. Never returns well: the
/// process is over then, in the middle of a call if need be.
///
/// # Errors
/// The client is of another version, or cannot be understood.
pub fn serve() -> io::Result<()> {
    // The window and everything else the user does come first.
    #[cfg(unix)]
    let _ = rustix::process::nice(5);
    let mut stdin = io::stdin().lock();
    let hello = read_frame(&mut stdin, MAX_TO_RUNNER)?.ok_or(io::ErrorKind::UnexpectedEof)?;
    let ToRunner::Hello { version, generation } = decode(&hello)? else {
        return Err(io::Error::other("the runner was not greeted"));
    };
    if version != env!("CARGO_PKG_VERSION") {
        return Err(io::Error::other(format!("the runner is {} and its client {version}", env!("CARGO_PKG_VERSION"))));
    }
    let arrivals = Arc::new(Arrivals::default());
    let fetched = Arc::clone(&arrivals);
    let bytes = move |request: &CallRequest| {
        say(&FromRunner::Need(request.digest));
        fetched.take(request.digest)
    };
    let worker = Worker::start(generation, Arc::new(|event| say(&FromRunner::Event(event))), Box::new(bytes))?;
    while let Some(frame) = read_frame(&mut stdin, MAX_TO_RUNNER)? {
        match decode(&frame)? {
            ToRunner::Call(request) => worker.call(request),
            ToRunner::Bytes(digest) => {
                let bytes = read_frame(&mut stdin, MAX_TO_RUNNER)?.ok_or(io::ErrorKind::UnexpectedEof)?;
                arrivals.put(digest, bytes.into());
            }
            ToRunner::Cancel(job) => worker.cancel(job),
            ToRunner::Reset(digest) => worker.reset(digest),
            ToRunner::Hello { .. } => return Err(io::Error::other("the runner was greeted twice")),
        }
    }
    std::process::exit(0)
}

/// Says something to the client. Without a client the process has no purpose.
fn say(message: &FromRunner) {
    let Ok(mut payload) = encode(message) else { std::process::exit(2) };
    if let FromRunner::Event(CallEvent::Finished(job, _)) = message
        && payload.len() > MAX_FROM_RUNNER
    {
        let (size, limit) = (Bytes(payload.len() as u64), Bytes(MAX_FROM_RUNNER as u64));
        let outcome = Outcome::LimitReached(format!("limit of {limit} for a result, which has {size}"));
        let Ok(short) = encode(&FromRunner::Event(CallEvent::Finished(*job, over(outcome)))) else {
            std::process::exit(2)
        };
        payload = short;
    }
    if write_frame(&mut io::stdout().lock(), &payload, MAX_FROM_RUNNER).is_err() {
        std::process::exit(0);
    }
}
