//! What both clients have in common: one call at a time, and an end for each within a quarter of a second.

use super::worker::{lock, over};
use crate::call::{CallEvent, CallRequest, JobId, Outcome};
use crate::component::Digest;
use crate::measure::Phase;
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// How long a runner has to end a call that was cancelled, before it is ended itself. Leaves time for that.
const GRACE: Duration = Duration::from_millis(200);

/// A runner as its client sees it.
pub(super) trait Backend: Send + Sized + 'static {
    /// Begins a call, in a new runner if there is none. `incarnation` is to be given back with each event.
    ///
    /// # Errors
    /// Why there is no runner.
    fn start(&mut self, request: &CallRequest, incarnation: u64, desk: &Arc<Desk<Self>>) -> Result<(), String>;
    /// Asks the runner to end a call.
    fn stop(&mut self, job: JobId);
    /// Drops a component's live instances.
    fn reset(&mut self, digest: Digest);
    /// Ends the runner, whatever it does. There is none until the next start.
    fn kill(&mut self);
    /// Its process, if it is one.
    fn process_id(&self) -> Option<u32>;
}

/// The place where calls wait and answers are picked up.
pub(super) struct Desk<B> {
    state: Mutex<State<B>>,
    ended: Condvar,
}

struct State<B> {
    backend: B,
    /// Counts runners, so that late words of a dead one are not taken for the living one's.
    incarnation: u64,
    waiting: VecDeque<CallRequest>,
    current: Option<Current>,
    events: Vec<CallEvent>,
    wake: Option<Arc<dyn Fn() + Send + Sync>>,
}

struct Current {
    request: CallRequest,
    compiling: bool,
}

impl<B: Backend> Desk<B> {
    pub(super) fn new(backend: B) -> Arc<Self> {
        let state =
            State { backend, incarnation: 1, waiting: VecDeque::new(), current: None, events: Vec::new(), wake: None };
        Arc::new(Self { state: Mutex::new(state), ended: Condvar::new() })
    }

    pub(super) fn call(self: &Arc<Self>, request: CallRequest) {
        self.change(|state| {
            state.waiting.push_back(request);
            state.next(self);
        });
    }

    pub(super) fn cancel(self: &Arc<Self>, job: JobId) {
        self.change(|state| {
            if let Some(at) = state.waiting.iter().position(|r| r.job == job) {
                state.waiting.remove(at);
                state.events.push(CallEvent::Finished(job, over(Outcome::Cancelled)));
                return;
            }
            let Some(current) = state.current.as_ref().filter(|c| c.request.job == job) else { return };
            if current.compiling {
                // A compile hears nothing.
                state.end_by_force(self);
                return;
            }
            state.backend.stop(job);
            let desk = Arc::clone(self);
            let waiting = std::thread::Builder::new().name("grace".into()).spawn(move || desk.after_grace(job));
            if waiting.is_err() {
                state.end_by_force(self);
            }
        });
    }

    /// Ends the runner if it has not ended the call by itself.
    fn after_grace(self: &Arc<Self>, job: JobId) {
        let is_current = |s: &mut State<B>| s.current.as_ref().is_some_and(|c| c.request.job == job);
        let waited = self.ended.wait_timeout_while(lock(&self.state), GRACE, is_current);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
        self.change(|state| {
            if is_current(state) {
                state.end_by_force(self);
            }
        });
    }

    pub(super) fn reset(&self, digest: Digest) {
        lock(&self.state).backend.reset(digest);
    }

    pub(super) fn poll(&self) -> Vec<CallEvent> {
        std::mem::take(&mut lock(&self.state).events)
    }

    pub(super) fn set_wake(&self, wake: Arc<dyn Fn() + Send + Sync>) {
        lock(&self.state).wake = Some(wake);
    }

    pub(super) fn process_id(&self) -> Option<u32> {
        lock(&self.state).backend.process_id()
    }

    /// Nobody comes any more: forgets everything and ends the runner.
    pub(super) fn close(&self) {
        let mut state = lock(&self.state);
        state.waiting.clear();
        state.current = None;
        state.incarnation += 1;
        state.backend.kill();
    }

    /// The runner says something.
    pub(super) fn event(self: &Arc<Self>, incarnation: u64, event: CallEvent) {
        self.change(|state| {
            let (job, compiling, finished) = match &event {
                CallEvent::Started(job, phase) => (*job, *phase == Phase::Compile, false),
                CallEvent::Timed(job, _)
                | CallEvent::Output(job, ..)
                | CallEvent::Tapped(job, _)
                | CallEvent::TapCounts(job, _) => (*job, false, false),
                CallEvent::Finished(job, _) => (*job, false, true),
            };
            let Some(current) = state.current.as_mut().filter(|c| c.request.job == job) else { return };
            if incarnation != state.incarnation {
                return;
            }
            current.compiling = compiling;
            state.push(event);
            if finished {
                state.current = None;
                state.next(self);
            }
        });
    }

    /// The runner is gone by itself.
    pub(super) fn lost(self: &Arc<Self>, incarnation: u64, how: String) {
        self.change(|state| {
            if incarnation == state.incarnation {
                state.end(Outcome::RunnerLost(how), self);
            }
        });
    }

    /// The bytes that the runner needs for the current call.
    pub(super) fn bytes(&self, incarnation: u64, digest: Digest) -> Option<Arc<[u8]>> {
        let state = lock(&self.state);
        let current = state.current.as_ref().filter(|c| incarnation == state.incarnation && c.request.digest == digest);
        current.map(|c| Arc::clone(&c.request.bytes))
    }

    /// Does something under the lock, then tells whoever waits for answers.
    fn change(&self, work: impl FnOnce(&mut State<B>)) {
        let mut state = lock(&self.state);
        // Who was told and has not come yet needs not be told again.
        let was_silent = state.events.is_empty();
        work(&mut state);
        let wake = state.wake.clone().filter(|_| was_silent && !state.events.is_empty());
        drop(state);
        self.ended.notify_all();
        if let Some(wake) = wake {
            wake();
        }
    }
}

impl<B: Backend> State<B> {
    /// Adds an event; output joins the output before it, so that a guest which writes byte by byte costs bytes.
    fn push(&mut self, event: CallEvent) {
        match (self.events.last_mut(), event) {
            (Some(CallEvent::Output(job, stream, before)), CallEvent::Output(of, to, more))
                if *job == of && *stream == to =>
            {
                before.extend_from_slice(&more);
            }
            (Some(CallEvent::TapCounts(job, before)), CallEvent::TapCounts(of, now)) if *job == of => *before = now,
            (_, event) => self.events.push(event),
        }
    }

    /// Begins the next call if there is none.
    fn next(&mut self, desk: &Arc<Desk<B>>) {
        while self.current.is_none()
            && let Some(request) = self.waiting.pop_front()
        {
            match self.backend.start(&request, self.incarnation, desk) {
                Ok(()) => self.current = Some(Current { request, compiling: false }),
                Err(why) => self.events.push(CallEvent::Finished(request.job, over(Outcome::Failed(why)))),
            }
        }
    }

    fn end_by_force(&mut self, desk: &Arc<Desk<B>>) {
        self.end(Outcome::Cancelled, desk);
    }

    /// Ends the runner, and the current call with it.
    fn end(&mut self, outcome: Outcome, desk: &Arc<Desk<B>>) {
        self.backend.kill();
        self.incarnation += 1;
        if let Some(current) = self.current.take() {
            self.events.push(CallEvent::Finished(current.request.job, over(outcome)));
        }
        self.next(desk);
    }
}

/// The generation after which the instances of this runner count theirs.
pub(super) fn first_generation(incarnation: u64) -> u64 {
    incarnation << 32
}

/// Gives a client type the trait by passing everything to its desk.
macro_rules! caller_by_desk {
    ($client:ty) => {
        impl crate::call::Caller for $client {
            fn call(&mut self, request: crate::call::CallRequest) {
                self.desk.call(request);
            }

            fn cancel(&mut self, job: crate::call::JobId) {
                self.desk.cancel(job);
            }

            fn reset(&mut self, digest: crate::component::Digest) {
                self.desk.reset(digest);
            }

            fn poll(&mut self) -> Vec<crate::call::CallEvent> {
                self.desk.poll()
            }

            fn set_wake(&mut self, wake: std::sync::Arc<dyn Fn() + Send + Sync>) {
                self.desk.set_wake(wake);
            }

            fn process_id(&self) -> Option<u32> {
                self.desk.process_id()
            }
        }

        impl Drop for $client {
            fn drop(&mut self) {
                self.desk.close();
            }
        }
    };
}
pub(super) use caller_by_desk;
