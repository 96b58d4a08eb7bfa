//! The host's side of taps: calls that cross a tapped wire, with their values and the time they take.
//!
//! A tap calls `begin` before it looks at the arguments and `end` as soon as the call has returned. What happens between
//! `begin` and the last copy of an argument, and between `end` and the last copy of the result, is the tap's own time: it
//! is summed up, and taken off the time of every call that it happened in.
//!
//! Calls of async functions may be under way at the same time and end in any order; the copies still come right after
//! `begin` and `end`.

use super::Emit;
use super::convert::lift;
use super::handles::Handles;
use super::host::Host;
use crate::call::{CallEvent, JobId, Outcome, Seen, TapCall, TapCount, TapCounts, TapEnd};
use crate::compose::MOST_SHOWN_BYTES;
use crate::value::{Value, shorten};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use wasmtime::component::types::{ComponentFunc, ComponentInstance, ComponentItem};
use wasmtime::component::{LinkerInstance, Type, Val};
use wasmtime::{Engine, StoreContextMut};

/// So many calls are told as they end, and so many of the last ones at the end.
const TOLD: usize = 200;

/// Counts are told no more often than this, in nanoseconds.
const COUNTS_EVERY: u64 = 100_000_000;

/// A call whose parts are open by the thousands is not told in full.
const MOST_OPEN: usize = 1_000;

/// The taps of one live instance. Copies share it.
#[derive(Clone, Default)]
pub(super) struct Taps {
    run: Arc<Mutex<Option<Run>>>,
    /// The number that a tap knows its next call by. It goes on from run to run: an async call may outlive its own.
    next: Arc<AtomicU32>,
}

/// What is known of the call that the instance is in.
struct Run {
    job: JobId,
    emit: Emit,
    started: Instant,
    counts: TapCounts,
    /// When the counts were told last.
    told_nanos: u64,
    /// Calls that began.
    begun: u64,
    open: Vec<Open>,
    /// The call whose result comes next, by the tap's number.
    ended: Option<u32>,
    /// Calls that were told.
    told: usize,
    last: VecDeque<TapCall>,
}

/// A call under way.
struct Open {
    call: TapCall,
    /// The number that the tap knows it by.
    id: u32,
    /// When its arguments had been seen, and what taps had taken by then.
    entered_nanos: u64,
    cost_nanos: u64,
    /// When it was last heard of.
    heard_nanos: u64,
}

impl Run {
    fn now(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    fn begin(&mut self, tap: u32, id: u32, function: u32, bytes: u32) {
        let started_nanos = self.now();
        let number = self.begun;
        self.begun += 1;
        if let Some(count) = self.counts.counts.get_mut(tap as usize) {
            count.calls += 1;
        }
        if self.open.len() >= MOST_OPEN {
            return;
        }
        let arguments = match bytes {
            bytes if bytes > MOST_SHOWN_BYTES => Seen::TooLarge(bytes),
            _ => Seen::Values { values: Vec::new(), shortened: false },
        };
        let end = TapEnd::Stopped;
        let depth = self.open.len() as u32;
        let call = TapCall { number, tap, function, depth, started_nanos, nanos: 0, arguments, end };
        self.open.push(Open { call, id, entered_nanos: 0, cost_nanos: 0, heard_nanos: started_nanos });
        self.entered(tap);
    }

    /// The call of a tap that began last.
    fn newest(&mut self, tap: u32) -> Option<&mut Open> {
        self.open.iter_mut().rev().find(|open| open.call.tap == tap)
    }

    fn open(&mut self, id: u32) -> Option<&mut Open> {
        self.open.iter_mut().rev().find(|open| open.id == id)
    }

    fn before(&mut self, tap: u32, seen: Seen) {
        if let Some(open) = self.newest(tap) {
            open.call.arguments = seen;
        }
        self.entered(tap);
    }

    /// The guest goes on into the call.
    fn entered(&mut self, tap: u32) {
        let now = self.now();
        let Some(open) = self.newest(tap) else { return };
        let took = now.saturating_sub(open.heard_nanos);
        self.counts.cost_nanos += took;
        let cost = self.counts.cost_nanos;
        if let Some(open) = self.newest(tap) {
            (open.entered_nanos, open.heard_nanos, open.cost_nanos) = (now, now, cost);
        }
    }

    fn end(&mut self, id: u32, bytes: u32, shows_result: impl Fn(u32) -> bool) {
        let now = self.now();
        let cost = self.counts.cost_nanos;
        let Some(open) = self.open(id) else { return };
        open.heard_nanos = now;
        open.call.nanos = span(open, now, cost);
        let has_result = shows_result(open.call.function);
        open.call.end = TapEnd::Returned(match bytes {
            bytes if has_result && bytes > MOST_SHOWN_BYTES => Seen::TooLarge(bytes),
            _ => Seen::Values { values: Vec::new(), shortened: false },
        });
        if has_result && bytes <= MOST_SHOWN_BYTES {
            self.ended = Some(id);
        } else {
            self.over(id);
        }
    }

    /// The result of the call that ended last.
    fn after(&mut self, seen: Seen) {
        let Some(id) = self.ended.take() else { return };
        if let Some(open) = self.open(id) {
            open.call.end = TapEnd::Returned(seen);
        }
        self.over(id);
    }

    fn cancelled(&mut self, id: u32) {
        let now = self.now();
        let cost = self.counts.cost_nanos;
        let Some(open) = self.open(id) else { return };
        open.heard_nanos = now;
        open.call.nanos = span(open, now, cost);
        open.call.end = TapEnd::Cancelled;
        self.over(id);
    }

    fn over(&mut self, id: u32) {
        let Some(at) = self.open.iter().rposition(|open| open.id == id) else { return };
        let Open { call, heard_nanos, .. } = self.open.remove(at);
        self.tell(call);
        let now = self.now();
        self.counts.cost_nanos += now.saturating_sub(heard_nanos);
        if now.saturating_sub(self.told_nanos) >= COUNTS_EVERY {
            self.tell_counts(now);
        }
    }

    fn tell(&mut self, call: TapCall) {
        if let Some(count) = self.counts.counts.get_mut(call.tap as usize) {
            count.nanos = count.nanos.saturating_add(call.nanos);
        }
        if self.told < TOLD {
            self.told += 1;
            (self.emit)(CallEvent::Tapped(self.job, call));
            return;
        }
        if self.last.len() >= TOLD {
            self.last.pop_front();
        }
        self.last.push_back(call);
    }

    fn tell_counts(&mut self, now: u64) {
        self.told_nanos = now;
        self.counts.at_nanos = now;
        (self.emit)(CallEvent::TapCounts(self.job, self.counts.clone()));
    }
}

/// How long a call has taken until now, without the taps' part.
fn span(open: &Open, now: u64, cost: u64) -> u64 {
    now.saturating_sub(open.entered_nanos).saturating_sub(cost.saturating_sub(open.cost_nanos))
}

impl Taps {
    fn lock(&self) -> MutexGuard<'_, Option<Run>> {
        self.run.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with(&self, work: impl FnOnce(&mut Run)) {
        if let Some(run) = self.lock().as_mut() {
            work(run);
        }
    }

    /// A call begins on an instance with so many taps.
    pub(super) fn begin(&self, job: JobId, emit: Emit, taps: usize) {
        let counts = TapCounts { counts: vec![TapCount::default(); taps], ..TapCounts::default() };
        *self.lock() = (taps > 0).then(|| Run {
            job,
            emit,
            started: Instant::now(),
            counts,
            told_nanos: 0,
            begun: 0,
            open: Vec::new(),
            ended: None,
            told: 0,
            last: VecDeque::new(),
        });
    }

    /// The instance is there, and its function is called now: time counts from here, unless something was called before.
    pub(super) fn called(&self) {
        self.with(|run| {
            if run.begun == 0 {
                run.started = Instant::now();
            }
        });
    }

    /// The call is over: what was kept back is told now.
    pub(super) fn end(&self, outcome: &Outcome) {
        let Some(mut run) = self.lock().take() else { return };
        let now = run.now();
        let cost = run.counts.cost_nanos;
        let trapped = matches!(outcome, Outcome::Trapped(_) | Outcome::Denied(_));
        while let Some(mut open) = run.open.pop() {
            if !matches!(open.call.end, TapEnd::Returned(_)) {
                open.call.nanos = span(&open, now, cost);
                open.call.end = if trapped { TapEnd::Trapped } else { TapEnd::Stopped };
            }
            run.tell(open.call);
        }
        for call in std::mem::take(&mut run.last) {
            (run.emit)(CallEvent::Tapped(run.job, call));
        }
        run.tell_counts(now);
    }
}

/// Answers what one tap tells.
pub(super) fn link(
    into: &mut LinkerInstance<'_, Host>,
    instance: &ComponentInstance,
    engine: &Engine,
    tap: u32,
) -> wasmtime::Result<()> {
    let names: Vec<String> = instance.exports(engine).map(|(name, _)| name.to_owned()).collect();
    let functions: Vec<bool> = (0..names.len()).map(|n| names.contains(&format!("after-{n}"))).collect();
    for (name, item) in instance.exports(engine) {
        if !matches!(item.ty, ComponentItem::ComponentFunc(_)) {
            continue;
        }
        if name == "begin" {
            into.func_wrap(name, move |store: StoreContextMut<'_, Host>, (function, bytes): (u32, u32)| {
                let taps = &store.data().taps;
                let id = taps.next.fetch_add(1, Ordering::Relaxed);
                taps.with(|run| run.begin(tap, id, function, bytes));
                Ok((id,))
            })?;
        } else if name == "end" {
            let functions = functions.clone();
            into.func_wrap(name, move |store: StoreContextMut<'_, Host>, (id, bytes): (u32, u32)| {
                let shows = |function: u32| functions.get(function as usize).copied().unwrap_or_default();
                store.data().taps.with(|run| run.end(id, bytes, shows));
                Ok(())
            })?;
        } else if name == "cancelled" {
            into.func_wrap(name, move |store: StoreContextMut<'_, Host>, (id,): (u32,)| {
                store.data().taps.with(|run| run.cancelled(id));
                Ok(())
            })?;
        } else {
            let is_result = name.starts_with("after");
            into.func_new(name, move |store, ty, params, _| {
                let seen = seen(&ty, params, is_result);
                store.data().taps.with(|run| if is_result { run.after(seen) } else { run.before(tap, seen) });
                Ok(())
            })?;
        }
    }
    Ok(())
}

/// What a tap was shown. A result that lay in memory comes as a list of one.
fn seen(ty: &ComponentFunc, params: &[Val], is_result: bool) -> Seen {
    // There is no resource among the types of a tap.
    let mut handles = Handles::new(0, Vec::new(), Arc::new(AtomicU32::new(1)));
    let lifted = params.iter().zip(ty.params()).map(|(val, (_, ty))| lift(val.clone(), &ty, &mut handles));
    let mut values: Vec<Value> = lifted.collect();
    if is_result
        && let [Value::List(one)] = values.as_mut_slice()
        && matches!(ty.params().next(), Some((_, Type::List(_))))
    {
        values = std::mem::take(one);
    }
    let shortened = shorten(&mut values);
    Seen::Values { values, shortened }
}
