//! Calls: what was asked, what is under way, what came back.

use super::RunTaps;
use crate::call::{Access, CallEvent, Finished, JobId, Outcome, Stream};
use crate::component::{Digest, Function, Type, TypeKind, TypeTable};
use crate::grant::Grants;
use crate::measure::{Phase, Timing};
use crate::project::Target;
use crate::value::{Handle, Value};
use std::sync::Arc;

/// So many calls are kept in the history.
pub const MOST_RUNS: usize = 100;

/// One call with everything that belongs to it: what the result panel, the history, "copy as command" and the command
/// line show.
#[derive(Debug, Clone)]
pub struct RunRecord {
    /// Which call.
    pub job: JobId,
    /// Of what.
    pub target: Target,
    /// The target's name at the time.
    pub target_name: String,
    /// The digest of the bytes that ran.
    pub digest: Digest,
    /// The exported interface's full name; `None` for a function of the world itself.
    pub interface: Option<String>,
    /// The function's full name.
    pub function: String,
    /// The arguments.
    pub arguments: Vec<Value>,
    /// What the guest was allowed to reach.
    pub grants: Grants,
    /// How it ended; `None` while it is under way.
    pub finished: Option<Arc<Finished>>,
    /// What the guest wrote, in order.
    pub output: Vec<(Stream, Vec<u8>)>,
    /// How long each phase took, in order. Phases that were not needed are absent.
    pub timings: Vec<Timing>,
    /// The phase under way.
    pub phase: Option<Phase>,
    /// What crossed the tapped wires.
    pub taps: RunTaps,
    /// When it started, in the session's nanoseconds.
    pub started_nanos: u64,
}

impl RunRecord {
    /// How it ended, if it did.
    pub fn outcome(&self) -> Option<&Outcome> {
        self.finished.as_deref().map(|f| &f.outcome)
    }

    /// Everything outside that was asked for.
    pub fn accesses(&self) -> &[Access] {
        self.finished.as_deref().map_or(&[], |f| &f.accesses)
    }

    /// Whether it was the first call of its instance: first and later calls are not to be compared.
    pub fn is_first_call(&self) -> bool {
        !self.timings.iter().any(|t| t.phase == Phase::Instantiate && t.cached)
    }

    /// What was written to one stream, as text.
    pub fn text_of(&self, stream: Stream) -> String {
        let bytes: Vec<u8> =
            self.output.iter().filter(|(s, _)| *s == stream).flat_map(|(_, b)| b.iter().copied()).collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Takes in what the runner says of this call.
    pub(super) fn take(&mut self, event: CallEvent) {
        match event {
            CallEvent::Started(_, phase) => self.phase = Some(phase),
            CallEvent::Timed(_, timing) => {
                self.phase = None;
                self.timings.push(timing);
            }
            CallEvent::Output(_, stream, bytes) => match self.output.last_mut() {
                Some((last, kept)) if *last == stream => kept.extend(bytes),
                _ => self.output.push((stream, bytes)),
            },
            CallEvent::Tapped(_, call) => self.taps.take(call),
            CallEvent::TapCounts(_, counts) => self.taps.counts = counts,
            CallEvent::Finished(_, finished) => {
                self.phase = None;
                self.finished = Some(Arc::new(finished));
            }
        }
    }
}

/// A live instance in the runner: it keeps its state between calls.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Live {
    /// How often it was called.
    pub calls: u64,
    /// Grows with each new instance; handles carry it.
    pub generation: u64,
    /// Bytes of linear memory it holds.
    pub memory_bytes: u64,
    /// Handles that calls returned and that are still good.
    pub handles: Vec<Handle>,
    /// Handles that the call under way gives away.
    pub(super) giving: Vec<Handle>,
}

impl Live {
    /// Takes in the end of a call.
    pub(super) fn after(&mut self, finished: &Finished) {
        let given = std::mem::take(&mut self.giving);
        if finished.generation != self.generation || finished.instance_calls == 0 {
            self.handles.clear();
        }
        self.generation = finished.generation;
        self.calls = finished.instance_calls;
        self.memory_bytes = finished.memory_bytes;
        if finished.instance_calls == 0 {
            return;
        }
        if let Outcome::Returned(value) = &finished.outcome {
            self.handles.retain(|handle| !given.contains(handle));
            value.iter().for_each(|value| collect_handles(value, &mut self.handles));
        }
    }
}

/// The handles that a call with these arguments gives away. Of an argument that may lend some of its handles all are
/// kept: the guest says in words if one that it took is used again.
pub(super) fn given_away(types: &TypeTable, function: &Function, arguments: &[Value]) -> Vec<Handle> {
    let given = function.params.iter().zip(arguments).filter(|(param, _)| !lends(types, param.ty));
    handles_in(given.map(|(_, argument)| argument))
}

/// All handles in these values.
pub(super) fn handles_in<'a>(values: impl IntoIterator<Item = &'a Value>) -> Vec<Handle> {
    let mut handles = Vec::new();
    values.into_iter().for_each(|value| collect_handles(value, &mut handles));
    handles
}

/// Whether a borrowed handle may be in a value of this type.
fn lends(types: &TypeTable, ty: Type) -> bool {
    match types.kind(ty) {
        Some(TypeKind::Borrow(_)) => true,
        Some(TypeKind::Record(fields)) => fields.iter().any(|f| lends(types, f.ty)),
        Some(TypeKind::Variant(cases)) => cases.iter().filter_map(|c| c.ty).any(|ty| lends(types, ty)),
        Some(TypeKind::Tuple(items)) => items.iter().any(|ty| lends(types, *ty)),
        Some(TypeKind::Option(ty) | TypeKind::List(ty) | TypeKind::FixedList(ty, _)) => lends(types, *ty),
        Some(TypeKind::Result { ok, err }) => ok.iter().chain(err).any(|ty| lends(types, *ty)),
        Some(TypeKind::Map(key, value)) => lends(types, *key) || lends(types, *value),
        _ => false,
    }
}

fn collect_handles(value: &Value, into: &mut Vec<Handle>) {
    match value {
        Value::Handle(handle) if !into.contains(handle) => into.push(handle.clone()),
        Value::List(items) | Value::Tuple(items) => items.iter().for_each(|v| collect_handles(v, into)),
        Value::Record(fields) => fields.iter().for_each(|(_, v)| collect_handles(v, into)),
        Value::Variant(_, Some(v)) | Value::Option(Some(v)) | Value::Result(Ok(Some(v)) | Err(Some(v))) => {
            collect_handles(v, into);
        }
        Value::Map(pairs) => pairs.iter().for_each(|(k, v)| {
            collect_handles(k, into);
            collect_handles(v, into);
        }),
        _ => {}
    }
}
