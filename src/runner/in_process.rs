//! The engine on a thread of this process.

use super::client::{Backend, Desk, caller_by_desk, first_generation};
use super::worker::Worker;
use crate::call::{CallRequest, JobId};
use crate::component::Digest;
use std::sync::Arc;

/// A [`crate::call::Caller`] without a process, for quick tests: a crash of the engine is a crash of this program, and
/// a compile that was cancelled goes on unheard.
pub struct InProcess {
    desk: Arc<Desk<Thread>>,
}

impl InProcess {
    /// A client; the engine is started by the first call.
    pub fn new() -> Self {
        Self { desk: Desk::new(Thread(None)) }
    }
}

impl Default for InProcess {
    fn default() -> Self {
        Self::new()
    }
}

caller_by_desk!(InProcess);

struct Thread(Option<Worker>);

impl Backend for Thread {
    fn start(&mut self, request: &CallRequest, incarnation: u64, desk: &Arc<Desk<Self>>) -> Result<(), String> {
        let worker = match &self.0 {
            Some(worker) => worker,
            None => {
                // The desk owns the thread, so the thread must not own the desk.
                let desk = Arc::downgrade(desk);
                let emit = Arc::new(move |event| {
                    if let Some(desk) = desk.upgrade() {
                        desk.event(incarnation, event);
                    }
                });
                let bytes = Box::new(|request: &CallRequest| Some(Arc::clone(&request.bytes)));
                let worker = Worker::start(first_generation(incarnation), emit, bytes);
                self.0.insert(worker.map_err(|e| format!("the engine cannot be started: {e}"))?)
            }
        };
        worker.call(Box::new(request.clone()));
        Ok(())
    }

    fn stop(&mut self, job: JobId) {
        if let Some(worker) = &self.0 {
            worker.cancel(job);
        }
    }

    fn reset(&mut self, digest: Digest) {
        if let Some(worker) = &self.0 {
            worker.reset(digest);
        }
    }

    fn kill(&mut self) {
        self.0 = None;
    }

    fn process_id(&self) -> Option<u32> {
        None
    }
}
