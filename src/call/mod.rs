//! What a call is, without an engine: what is asked of a runner, what it answers, and the [`Caller`] that carries both.

use crate::component::Digest;
use crate::diag::display_safe_line;
use crate::grant::{Capability, Grants};
use crate::measure::{Timing, grouped};
use crate::value::Value;
use std::sync::Arc;

/// Before a resource's name: the function that lets a handle go, by the component model's own name. It takes the handle.
pub const RESOURCE_DROP: &str = "[resource-drop]";

/// Names one call; never given twice in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub u64);

/// Everything a runner needs for a call: copies, so later edits cannot reach it.
#[derive(Debug, Clone)]
pub struct CallRequest {
    /// Which call this is.
    pub job: JobId,
    /// The component to call, as binary.
    pub bytes: Arc<[u8]>,
    /// Its digest; with the grants it names the live instance that the call may reuse.
    pub digest: Digest,
    /// Who asks for each import, for words in denials: import's full name → instance names.
    pub asked_by: Vec<(String, Vec<String>)>,
    /// What the guest may reach. An instance made with other grants is never reused.
    pub grants: Grants,
    /// The exported interface's full name; `None` for a function of the world itself.
    pub interface: Option<String>,
    /// The function's full name, as in `[method]counter.increment`.
    pub function: String,
    /// The arguments, in order; a method's first one is its handle.
    pub arguments: Vec<Value>,
    /// The interfaces by which taps in the component speak to the host; an import of any other name gets no such answer.
    pub taps: Vec<String>,
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It returned. `None` for a function without result. A WIT `err(…)` is a returned value, too.
    Returned(Option<Value>),
    /// The guest trapped.
    Trapped(Trap),
    /// The guest called something that is not granted or not provided; its instance is gone.
    Denied(Denial),
    /// A limit ended it; the text names the limit and its size.
    LimitReached(String),
    /// The user cancelled it.
    Cancelled,
    /// It did not come to a call: compile, link or lowering failed. The text says why.
    Failed(String),
    /// The runner process ended; the text says how.
    RunnerLost(String),
}

/// A trap, in the guest's own names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trap {
    /// What happened, as in `integer divide by zero`.
    pub message: String,
    /// The guest's stack, innermost first; names as far as the file has them.
    pub frames: Vec<String>,
}

/// A refused use of something outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// The imported interface's full name.
    pub interface: String,
    /// The function's name.
    pub function: String,
    /// The instances that import it.
    pub instances: Vec<String>,
    /// The grant that would allow it; `None` if no grant can (it must be wired).
    pub capability: Option<Capability>,
}

/// One use of something outside, allowed or refused, as it happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// The imported interface's full name.
    pub interface: String,
    /// The function's name.
    pub function: String,
    /// The grant that decides over it; `None` if none does.
    pub capability: Option<Capability>,
    /// Whether it went through.
    pub allowed: bool,
    /// How often it happened in this call.
    pub count: u64,
}

/// One of the guest's output streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Stream {
    Stdout,
    Stderr,
}

/// What a runner says while and after it works on a call.
#[derive(Debug, Clone, PartialEq)]
pub enum CallEvent {
    /// A phase began; it ends with the next event of the job.
    Started(JobId, crate::measure::Phase),
    /// A phase ended.
    Timed(JobId, Timing),
    /// The guest wrote.
    Output(JobId, Stream, Vec<u8>),
    /// A call that crossed a tapped wire is over. The first ones come at once, the last ones at the end, and those between
    /// are only counted.
    Tapped(JobId, TapCall),
    /// How often tapped wires have been crossed so far.
    TapCounts(JobId, TapCounts),
    /// The call is over.
    Finished(JobId, Finished),
}

/// The end of a call.
#[derive(Debug, Clone, PartialEq)]
pub struct Finished {
    /// How it ended.
    pub outcome: Outcome,
    /// Everything outside that was asked for, in order of first use.
    pub accesses: Vec<Access>,
    /// How often this instance has been called, this call included; 0 if there is no live instance any more.
    pub instance_calls: u64,
    /// The live instance's generation, which its handles carry.
    pub generation: u64,
    /// Bytes of linear memory the instance holds now.
    pub memory_bytes: u64,
    /// Bytes of output that were dropped beyond the limit.
    pub dropped_output_bytes: u64,
}

/// A call that crossed a tapped wire.
#[derive(Debug, Clone, PartialEq)]
pub struct TapCall {
    /// The how many-th call over any tapped wire it was, from 0.
    pub number: u64,
    /// Which of [`CallRequest::taps`].
    pub tap: u32,
    /// Which function, by the tap's own number.
    pub function: u32,
    /// How many calls over tapped wires were under way when it began.
    pub depth: u32,
    /// When it began, in nanoseconds since the whole call did.
    pub started_nanos: u64,
    /// How long it took, without what taps took of that time.
    pub nanos: u64,
    /// Its arguments.
    pub arguments: Seen,
    /// How it ended.
    pub end: TapEnd,
}

impl TapCall {
    /// Whether any of its values was shortened.
    pub fn is_shortened(&self) -> bool {
        let cut = |seen: &Seen| matches!(seen, Seen::Values { shortened: true, .. });
        cut(&self.arguments) || matches!(&self.end, TapEnd::Returned(seen) if cut(seen))
    }
}

/// Values as a tap saw them. Handles, streams and futures are numbers.
#[derive(Debug, Clone, PartialEq)]
pub enum Seen {
    /// The values.
    Values {
        /// Each of them.
        values: Vec<Value>,
        /// Whether something was left out.
        shortened: bool,
    },
    /// They took up so many bytes, which is too much to be shown.
    TooLarge(u32),
}

/// How a call over a tapped wire ended.
#[derive(Debug, Clone, PartialEq)]
pub enum TapEnd {
    /// It returned its result, or nothing.
    Returned(Seen),
    /// The guest trapped before it returned.
    Trapped,
    /// The caller gave up an async call, and it ended without a result.
    Cancelled,
    /// The whole call was ended before it returned.
    Stopped,
}

/// How often tapped wires were crossed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TapCounts {
    /// When they were counted, in nanoseconds since the whole call began.
    pub at_nanos: u64,
    /// What taps took of that.
    pub cost_nanos: u64,
    /// For each tap, in the order of [`CallRequest::taps`].
    pub counts: Vec<TapCount>,
}

/// How often one tapped wire was crossed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TapCount {
    /// Calls that began.
    pub calls: u64,
    /// How long those took that ended, without what taps took of that time.
    pub nanos: u64,
}

/// How often a tapped wire was crossed in a call, so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Crossed {
    /// Calls that began.
    pub calls: u64,
    /// When they were counted, in nanoseconds since the whole call began.
    pub at_nanos: u64,
}

impl Crossed {
    /// How often, and how often that is in a second: `3 calls, 1,250 per second`. One call has no rate.
    pub fn words(self) -> String {
        let Self { calls, at_nanos } = self;
        let times = if calls == 1 { "1 call".to_owned() } else { format!("{} calls", grouped(calls)) };
        if calls < 2 || at_nanos == 0 {
            return times;
        }
        let rate = calls as f64 * 1e9 / at_nanos as f64;
        let rate = if rate < 10.0 { format!("{rate:.1}") } else { grouped(rate.round() as u64) };
        format!("{times}, {rate} per second")
    }
}

/// Where calls go: the runner process, or the engine in this process in quick tests.
pub trait Caller: Send {
    /// Starts a call; answers come by [`Caller::poll`]. One call at a time: a second waits for the first.
    fn call(&mut self, request: CallRequest);
    /// Ends a call, within 250 ms whatever it does.
    fn cancel(&mut self, job: JobId);
    /// Drops the live instance of this component, and its handles with it.
    fn reset(&mut self, digest: Digest);
    /// What happened since the last poll. Never waits.
    fn poll(&mut self) -> Vec<CallEvent>;
    /// Called on any thread whenever [`Caller::poll`] would have something to say.
    fn set_wake(&mut self, wake: Arc<dyn Fn() + Send + Sync>);
    /// The runner's process id and whether it lives; `None` for a caller without a process or before the first call.
    fn process_id(&self) -> Option<u32>;
}

impl Outcome {
    /// Its word, as in JSON and in the history.
    pub fn word(&self) -> &'static str {
        match self {
            Outcome::Returned(Some(Value::Result(Err(_)))) => "err",
            Outcome::Returned(Some(Value::Result(Ok(_)))) => "ok",
            Outcome::Returned(_) => "returned",
            Outcome::Trapped(_) => "trapped",
            Outcome::Denied(_) => "denied",
            Outcome::LimitReached(_) => "limit reached",
            Outcome::Cancelled => "cancelled",
            Outcome::Failed(_) => "not run",
            Outcome::RunnerLost(_) => "runner lost",
        }
    }

    /// How it ended, in one sentence for a person. For a returned value the value says it better.
    pub fn sentence(&self) -> String {
        match self {
            Outcome::Returned(_) => "Returned".into(),
            Outcome::Trapped(trap) => format!("Trapped: {}", display_safe_line(&trap.message)),
            Outcome::Denied(denial) => denial.to_string(),
            Outcome::LimitReached(what) => format!("Ended by a limit: {what}"),
            Outcome::Cancelled => "Cancelled".into(),
            Outcome::Failed(why) => why.clone(),
            Outcome::RunnerLost(how) => format!("The runner process ended: {how}. The next call starts a new one"),
        }
    }
}

impl std::fmt::Display for Denial {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { interface, function, instances, capability } = self;
        let who = if instances.is_empty() { String::new() } else { format!(", called by {}", instances.join(" or ")) };
        let (interface, function) = (display_safe_line(interface), display_safe_line(function));
        match capability {
            Some(c) => {
                write!(f, "Denied: {interface}#{function}{who}. It needs the grant “{}”, which is off", c.word())
            }
            None => {
                write!(f, "Denied: {interface}#{function}{who}. Nothing provides it: wire it to a component that does")
            }
        }
    }
}
