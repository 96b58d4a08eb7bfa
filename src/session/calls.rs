//! Calls: checked and handed to the caller, and what comes back.

use super::{Call, Live, MOST_RUNS, RunRecord, RunTaps, Session, run};
use crate::call::{CallEvent, CallRequest, Finished, JobId, Outcome, RESOURCE_DROP};
use crate::component::{Component, Digest};
use crate::diag::Severity;
use crate::measure::Timing;
use crate::project::Target;
use crate::value::{self, Handle, Value};
use std::sync::Arc;

impl Session {
    pub(super) fn call(&mut self, call: Call) {
        if let Err(why) = self.can_call() {
            self.say(Severity::Error, why.into());
            return;
        }
        if self.running().is_some() || self.waiting_call.is_some() {
            self.say(Severity::Warning, "A call is under way: cancel it, or wait for it, to make another".into());
            return;
        }
        let job = self.next_job();
        let composing = call.target == Target::Composition && self.composed.working;
        if composing {
            self.waiting_call = Some((job, call));
        } else {
            self.dispatch(job, call);
        }
    }

    pub(super) fn dispatch(&mut self, job: JobId, mut call: Call) {
        let grants = self.grants(&call.target);
        let target = self.target_component(&call.target).cloned();
        let mut record = RunRecord {
            job,
            target: call.target,
            target_name: self.target_name(&call.target),
            digest: self.target_digest(&call.target).unwrap_or(Digest([0; 32])),
            interface: call.interface.clone(),
            function: call.function.clone(),
            arguments: call.arguments.clone(),
            grants: grants.clone(),
            finished: None,
            output: Vec::new(),
            timings: Vec::new(),
            phase: None,
            taps: RunTaps::default(),
            started_nanos: self.env.now_nanos(),
        };
        let ready = match &target {
            None => Err(self.why_no_target(&call.target)),
            Some(component) => self.prepare(component, record.digest, &mut call),
        };
        match (ready, target) {
            (Ok(giving), Some(component)) => {
                if let Some(live) = self.live.get_mut(&record.digest) {
                    live.giving = giving;
                }
                record.arguments = call.arguments.clone();
                record.timings = self.opening_timings(&call.target);
                let asked_by = match &call.target {
                    Target::Component(_) => {
                        component.imports.iter().map(|i| (i.name.clone(), vec![component.name.clone()])).collect()
                    }
                    Target::Composition => self.composed().map(|c| c.asked_by.clone()).unwrap_or_default(),
                };
                record.taps = self.taps_of(&call.target);
                let tapped = self.composed().and_then(|c| c.tapped.as_ref());
                let tapped = tapped.filter(|_| call.target == Target::Composition);
                let request = CallRequest {
                    job,
                    bytes: Arc::clone(tapped.map_or(&component.bytes, |tapped| &tapped.bytes)),
                    digest: record.digest,
                    taps: tapped.map_or_else(Vec::new, |t| t.taps.iter().map(|tap| tap.host.clone()).collect()),
                    asked_by,
                    grants,
                    interface: call.interface,
                    function: call.function,
                    arguments: call.arguments,
                };
                if let Some(caller) = &mut self.caller {
                    caller.call(request);
                }
            }
            (ready, _) => {
                let why = ready.err().unwrap_or_default();
                record.finished = Some(Arc::new(Finished {
                    outcome: Outcome::Failed(why),
                    accesses: Vec::new(),
                    instance_calls: 0,
                    generation: 0,
                    memory_bytes: 0,
                    dropped_output_bytes: 0,
                }));
            }
        }
        // What crossed the wires of earlier calls is not kept: it may be much.
        self.runs.iter_mut().for_each(|run| run.taps.forget());
        while self.runs.len() >= MOST_RUNS {
            self.runs.pop_front();
        }
        self.runs.push_back(record);
    }

    pub(super) fn why_no_target(&self, target: &Target) -> String {
        match target {
            Target::Component(digest) => format!("The component {} is not open", digest.short()),
            Target::Composition if self.document.composition.instances.is_empty() => {
                "There is nothing to call: place a component on the canvas".into()
            }
            Target::Composition => match self.problems.iter().find(|p| p.severity == Severity::Error) {
                Some(problem) => format!("The composition cannot be built: {}", problem.message),
                None => "The composition cannot be built".into(),
            },
        }
    }

    /// Checks the arguments against the function, and gives handles typed by number their generation. Gives the handles
    /// that the call takes away.
    fn prepare(&self, component: &Component, running: Digest, call: &mut Call) -> Result<Vec<Handle>, String> {
        let live = self.live.get(&running);
        if call.function.starts_with(RESOURCE_DROP) {
            call.arguments.iter_mut().try_for_each(|argument| bind_handles(argument, live))?;
            return Ok(run::handles_in(&call.arguments));
        }
        let function = component
            .function(call.interface.as_deref(), &call.function)
            .ok_or_else(|| format!("“{}” has no function “{}”", component.name, call.function))?;
        if function.params.len() != call.arguments.len() {
            let (takes, given) = (function.params.len(), call.arguments.len());
            return Err(format!("{} takes {takes} arguments, {given} given", function.display_name()));
        }
        for (param, argument) in function.params.iter().zip(&mut call.arguments) {
            if let Some(error) = value::check(argument, &component.type_ref(param.ty)).first() {
                let dot = if error.path.is_empty() || error.path.starts_with('[') { "" } else { "." };
                return Err(format!("{}{dot}{}: {}", param.name, error.path, error.message));
            }
            bind_handles(argument, live)?;
        }
        Ok(run::given_away(&component.types, function, &call.arguments))
    }

    fn opening_timings(&self, target: &Target) -> Vec<Timing> {
        match target {
            Target::Component(digest) => self.opened.get(digest).map(|o| o.timings.clone()).unwrap_or_default(),
            Target::Composition => self.composed().map(|c| vec![c.timing]).unwrap_or_default(),
        }
    }

    pub(super) fn called(&mut self, event: CallEvent) {
        let job = match &event {
            CallEvent::Started(job, _)
            | CallEvent::Timed(job, _)
            | CallEvent::Output(job, ..)
            | CallEvent::Tapped(job, _)
            | CallEvent::TapCounts(job, _)
            | CallEvent::Finished(job, _) => *job,
        };
        let Some(run) = self.runs.iter_mut().rev().find(|r| r.job == job && r.finished.is_none()) else { return };
        run.take(event);
        if let Some(finished) = run.finished.clone() {
            let digest = run.digest;
            self.live.entry(digest).or_default().after(&finished);
        }
    }

    pub(super) fn cancel_call(&mut self, job: JobId) {
        if self.waiting_call.as_ref().is_some_and(|(j, _)| *j == job) {
            self.waiting_call = None;
        }
        if let Some(caller) = &mut self.caller {
            caller.cancel(job);
        }
    }

    pub(super) fn reset(&mut self, target: &Target) {
        let Some(digest) = self.target_digest(target) else { return };
        if self.running().is_some_and(|run| run.digest == digest) {
            self.say(Severity::Warning, "A call is under way on this instance: cancel it to start anew".into());
            return;
        }
        self.live.remove(&digest);
        if let Some(caller) = &mut self.caller {
            caller.reset(digest);
        }
    }

    pub(super) fn target_digest(&self, target: &Target) -> Option<Digest> {
        match target {
            Target::Component(digest) => Some(*digest),
            Target::Composition => self.composed().map(|c| c.running_digest()),
        }
    }
}

/// A handle typed as text has only its number; the live instance knows the rest.
fn bind_handles(value: &mut Value, live: Option<&Live>) -> Result<(), String> {
    match value {
        Value::Handle(handle) => {
            let known = live.and_then(|l| l.handles.iter().find(|h| h.number == handle.number));
            let known = known.ok_or_else(|| {
                format!("{}#{} is not a live handle: call a function that returns one", handle.resource, handle.number)
            })?;
            handle.clone_from(known);
        }
        Value::List(items) | Value::Tuple(items) => items.iter_mut().try_for_each(|v| bind_handles(v, live))?,
        Value::Record(fields) => fields.iter_mut().try_for_each(|(_, v)| bind_handles(v, live))?,
        Value::Variant(_, Some(v)) | Value::Option(Some(v)) | Value::Result(Ok(Some(v)) | Err(Some(v))) => {
            bind_handles(v, live)?;
        }
        Value::Map(pairs) => pairs.iter_mut().try_for_each(|(k, v)| {
            bind_handles(k, live)?;
            bind_handles(v, live)
        })?,
        _ => {}
    }
    Ok(())
}
