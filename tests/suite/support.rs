//! Components, requests and answers, for all tests.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;
use wirebench::call::{CallEvent, CallRequest, Caller, Finished, JobId, Outcome, Stream};
use wirebench::component::{Component, Digest, decode};
use wirebench::grant::Grants;
use wirebench::runner::{InProcess, Process};
use wirebench::value::Value;

/// Longer than any machine needs; a test that waits this long has failed.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// A client with a bell that rings when it has something to say.
pub struct Bench {
    pub caller: Box<dyn Caller>,
    bell: Receiver<()>,
}

/// All that came of one call.
pub struct Answer {
    pub events: Vec<CallEvent>,
    pub finished: Finished,
}

impl Bench {
    pub fn new(mut caller: Box<dyn Caller>) -> Self {
        let (ring, bell) = channel();
        caller.set_wake(Arc::new(move || _ = ring.send(())));
        Self { caller, bell }
    }

    pub fn in_process() -> Self {
        Self::new(Box::new(InProcess::new()))
    }

    pub fn process() -> Self {
        Self::new(Box::new(Process::new(PathBuf::from(env!("CARGO_BIN_EXE_wirebench")))))
    }

    /// Waits for the end of a call; what others say in between is lost.
    pub fn wait(&mut self, job: JobId) -> Answer {
        self.wait_until(job, |_| false)
    }

    /// Waits for the end of a call, or for an event that is enough; then `finished` says that it goes on.
    pub fn wait_until(&mut self, job: JobId, enough: impl Fn(&CallEvent) -> bool) -> Answer {
        let mut events = Vec::new();
        loop {
            for event in self.caller.poll() {
                let (of, finished) = match &event {
                    CallEvent::Started(of, _)
                    | CallEvent::Timed(of, _)
                    | CallEvent::Output(of, ..)
                    | CallEvent::Tapped(of, _)
                    | CallEvent::TapCounts(of, _) => (*of, None),
                    CallEvent::Finished(of, finished) => (*of, Some(finished.clone())),
                };
                let is_enough = of == job && enough(&event);
                if of == job {
                    events.push(event);
                }
                if let Some(finished) = finished.filter(|_| of == job) {
                    return Answer { events, finished };
                }
                if is_enough {
                    let finished = Finished {
                        outcome: Outcome::Failed("it goes on".into()),
                        accesses: Vec::new(),
                        instance_calls: 0,
                        generation: 0,
                        memory_bytes: 0,
                        dropped_output_bytes: 0,
                    };
                    return Answer { events, finished };
                }
            }
            self.bell.recv_timeout(PATIENCE).expect("an answer in time");
        }
    }

    pub fn call(&mut self, request: CallRequest) -> Answer {
        let job = request.job;
        self.caller.call(request);
        self.wait(job)
    }
}

impl Answer {
    pub fn text(&self, stream: Stream) -> String {
        let bytes: Vec<u8> = self
            .events
            .iter()
            .filter_map(|e| match e {
                CallEvent::Output(_, s, bytes) if *s == stream => Some(bytes.as_slice()),
                _ => None,
            })
            .flatten()
            .copied()
            .collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

pub fn sample_bytes(file: &str) -> Arc<[u8]> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("samples/components").join(file);
    std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display())).into()
}

pub fn sample(file: &str) -> Component {
    decode(file, sample_bytes(file))
}

pub fn wat(text: &str) -> Arc<[u8]> {
    wat::parse_str(text).unwrap().into()
}

pub fn next_job() -> JobId {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    JobId(NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A request with nothing granted. `function` is `interface#function`, or a function of the world.
pub fn request(bytes: &Arc<[u8]>, function: &str, arguments: Vec<Value>) -> CallRequest {
    let (interface, function) = match function.split_once('#') {
        Some((interface, function)) => (Some(interface.to_owned()), function),
        None => (None, function),
    };
    CallRequest {
        job: next_job(),
        bytes: Arc::clone(bytes),
        digest: Digest::of(bytes),
        asked_by: Vec::new(),
        taps: Vec::new(),
        grants: Grants::default(),
        interface,
        function: function.to_owned(),
        arguments,
    }
}
