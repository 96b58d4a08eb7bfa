//! One call after another: compiled components and live instances are kept between them.

use super::convert::{Given, lift, lower};
use super::handles::Handles;
use super::host::Host;
use super::log::Log;
use super::outcome;
use super::output::Outlet;
use super::profile::Profiles;
use super::taps::Taps;
use super::{Emit, HOST_COPY_BYTES, link};
use crate::call::{CallEvent, CallRequest, Finished, Outcome, RESOURCE_DROP};
use crate::component::Digest;
use crate::diag::display_safe_line;
use crate::grant::Grants;
use crate::measure::{Nanos, Phase, Timing};
use crate::value::Value;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::time::{Duration, Instant};
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, Func, Instance, ResourceType, Val};
use wasmtime::{Engine, Store, UpdateDeadline};

/// Compiled components kept, and the most machine code they may add up to.
const MAX_COMPILED: usize = 16;
const MAX_COMPILED_BYTES: usize = 256 << 20;

/// Instances kept alive between calls.
const MAX_LIVE: usize = 8;

/// Handles that one instance may have given out or taken in.
const MAX_HANDLES: usize = 10_000;

/// The engines with everything that is kept between calls.
pub struct Machine {
    profiles: Profiles,
    /// Last used last.
    compiled: Vec<(Digest, Component)>,
    /// Last used last.
    live: Vec<Live>,
    generation: u64,
    handle_numbers: Arc<AtomicU32>,
}

/// What one call needs besides its request.
pub struct Job<'a> {
    /// What is called.
    pub request: &'a CallRequest,
    /// Gives the component's bytes if they must be compiled; `None` if they are not to be had.
    pub bytes: &'a dyn Fn() -> Option<Arc<[u8]>>,
    /// Where events go while it runs. [`CallEvent::Finished`] is not among them.
    pub emit: Emit,
}

/// An instance that outlives its call.
struct Live {
    digest: Digest,
    grants: Grants,
    store: Store<Host>,
    instance: Instance,
    handles: Handles,
    calls: u64,
    /// The full names of its imports.
    imports: Vec<String>,
}

/// What is known of a call even if its store is gone.
#[derive(Default)]
struct Notes {
    log: Log,
    outlet: Outlet,
    taps: Taps,
    imports: Vec<String>,
}

impl Machine {
    /// Makes the engines. Instances get generations after this one, so that handles of an earlier machine are never
    /// taken for handles of this one.
    ///
    /// # Errors
    /// Why this computer cannot run the engine.
    pub fn new(generation: u64) -> Result<Self, String> {
        Ok(Self {
            profiles: Profiles::new().map_err(|e| format!("the engine cannot be started: {}", outcome::chain(&e)))?,
            compiled: Vec::new(),
            live: Vec::new(),
            generation,
            handle_numbers: Arc::new(AtomicU32::new(1)),
        })
    }

    /// Drops the live instances of this component, and their handles with them.
    pub fn reset(&mut self, digest: Digest) {
        self.live.retain(|live| live.digest != digest);
    }

    /// Drops everything that is kept between calls.
    pub fn forget(&mut self) {
        self.live.clear();
        self.compiled.clear();
    }

    /// Makes one call. Once `cancelled` is ready it ends, wherever the guest is; only a compile goes on to its end.
    pub async fn call(&mut self, job: Job<'_>, cancelled: impl Future<Output = ()>) -> Finished {
        let mut notes = Notes::default();
        let (outcome, live) = match self.attempt(&job, cancelled, &mut notes).await {
            Ok((outcome, live)) => (outcome, Some(live)),
            Err(ended) => (ended, None),
        };
        notes.taps.end(&outcome);
        let finished = Finished {
            outcome,
            accesses: notes.log.take(&notes.imports),
            instance_calls: live.as_ref().map_or(0, |l| l.calls),
            generation: live.as_ref().map_or(0, |l| l.handles.generation()),
            memory_bytes: live.as_ref().map_or(0, |l| l.store.data().limiter.memory()),
            dropped_output_bytes: notes.outlet.end(),
        };
        self.live.extend(live);
        if self.live.len() > MAX_LIVE {
            self.live.remove(0);
        }
        finished
    }

    /// The outcome and the instance if it can be called again; the error is the outcome if there is none.
    async fn attempt(
        &mut self,
        job: &Job<'_>,
        cancelled: impl Future<Output = ()>,
        notes: &mut Notes,
    ) -> Result<(Outcome, Live), Outcome> {
        let request = job.request;
        let component = self.compile(job)?;
        let known = self.live.iter().position(|l| l.digest == request.digest && l.grants == request.grants);
        let known = known.map(|at| self.live.remove(at));
        self.generation += u64::from(known.is_none());
        let _ticking = self.profiles.tick();
        let run = async {
            let mut live = match known {
                Some(live) => {
                    live.enter(job, notes);
                    report(job, Phase::Link, None);
                    report(job, Phase::Instantiate, None);
                    live
                }
                None => {
                    let concurrent = self.profiles.is_concurrent(component.engine());
                    let numbers = Arc::clone(&self.handle_numbers);
                    Live::new(job, &component, concurrent, self.generation, numbers, notes).await?
                }
            };
            live.call(job).await.map(|outcome| (outcome, live))
        };
        let limit = async {
            match request.grants.limits.call_millis {
                Some(millis) => tokio::time::sleep(Duration::from_millis(millis)).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = cancelled => Err(Outcome::Cancelled),
            () = limit => {
                let millis = request.grants.limits.call_millis.unwrap_or_default();
                Err(Outcome::LimitReached(format!("time limit of {}", Nanos(millis.saturating_mul(1_000_000)))))
            }
            ended = run => ended,
        }
    }

    /// The compiled component, from the cache if it is there.
    fn compile(&mut self, job: &Job<'_>) -> Result<Component, Outcome> {
        let digest = job.request.digest;
        if let Some(at) = self.compiled.iter().position(|(d, _)| *d == digest) {
            let entry = self.compiled.remove(at);
            let component = entry.1.clone();
            self.compiled.push(entry);
            report(job, Phase::Compile, None);
            return Ok(component);
        }
        let bytes = (job.bytes)().ok_or_else(|| Outcome::Failed("the component's bytes are missing".into()))?;
        let component = timed(job, Phase::Compile, || self.profiles.compile(&bytes))
            .map_err(|e| Outcome::Failed(format!("the component cannot be compiled: {}", outcome::chain(&e))))?;
        self.compiled.push((digest, component.clone()));
        let size = |c: &Component| c.image_range().end as usize - c.image_range().start as usize;
        while self.compiled.len() > 1
            && (self.compiled.len() > MAX_COMPILED
                || self.compiled.iter().map(|(_, c)| size(c)).sum::<usize>() > MAX_COMPILED_BYTES)
        {
            self.compiled.remove(0);
        }
        Ok(component)
    }
}

impl Live {
    async fn new(
        job: &Job<'_>,
        component: &Component,
        concurrent: bool,
        generation: u64,
        numbers: Arc<AtomicU32>,
        notes: &mut Notes,
    ) -> Result<Self, Outcome> {
        let request = job.request;
        let engine = component.engine();
        let imports = component.component_type().imports(engine).map(|(name, _)| name.to_owned()).collect::<Vec<_>>();
        let host = Host::new(&request.grants).await.map_err(Outcome::Failed)?;
        notes.enter(&host, &imports, job);
        let pre = timed(job, Phase::Link, || {
            let linker = link::link(engine, component, &request.grants, &request.taps, concurrent)?;
            linker.instantiate_pre(component).map_err(|e| outcome::chain(&e))
        })
        .map_err(|e| Outcome::Failed(format!("the component cannot be linked: {e}")))?;
        let mut store = Store::new(engine, host);
        store.limiter(|host| &mut host.limiter);
        store.set_hostcall_fuel(HOST_COPY_BYTES);
        store.set_max_component_handles(MAX_HANDLES);
        // Yielding is enough: whoever waits for the call sees cancellation and time limit then, and drops it.
        store.set_epoch_deadline(2);
        store.epoch_deadline_callback(|_| Ok(UpdateDeadline::Yield(1)));
        let started = start(job, Phase::Instantiate);
        let instance = pre.instantiate_async(&mut store).await;
        report(job, Phase::Instantiate, Some(started.elapsed()));
        let instance = instance.map_err(|e| ended(&e, &mut store, &imports, request))?;
        let names = resource_names(component, engine, &instance, &mut store);
        Ok(Self {
            digest: request.digest,
            grants: request.grants.clone(),
            store,
            instance,
            handles: Handles::new(generation, names, numbers),
            calls: 0,
            imports,
        })
    }

    /// A call begins on this instance.
    fn enter(&self, job: &Job<'_>, notes: &mut Notes) {
        notes.enter(self.store.data(), &self.imports, job);
    }

    /// The outcome after which the instance can be called again; the error is the outcome after which it cannot.
    async fn call(&mut self, job: &Job<'_>) -> Result<Outcome, Outcome> {
        let request = job.request;
        self.store.data_mut().limiter.hit = None;
        if request.function.starts_with(RESOURCE_DROP) {
            return self.drop_handle(job).await;
        }
        let Some(function) = self.function(request.interface.as_deref(), &request.function) else {
            let shown = display_safe_line(&request.function);
            return Ok(Outcome::Failed(match &request.interface {
                Some(interface) => format!("there is no function `{shown}` in {}", display_safe_line(interface)),
                None => format!("the component exports no function `{shown}`"),
            }));
        };
        let ty = function.ty(&self.store);
        let expected = ty.params().len();
        if request.arguments.len() != expected {
            let found = request.arguments.len();
            return Ok(Outcome::Failed(format!("expected {expected} arguments, found {found}")));
        }
        let mut given = Given::new();
        let lowered = ty
            .params()
            .zip(&request.arguments)
            .map(|((name, ty), value)| lower(value, &ty, &self.handles, &mut given).map_err(|e| e.within(name)));
        let arguments = match lowered.collect::<Result<Vec<_>, _>>() {
            Ok(arguments) => arguments,
            Err(e) => return Ok(Outcome::Failed(e.to_string())),
        };
        for number in given.handles {
            self.handles.release(number);
        }
        let mut results = vec![Val::Bool(false); ty.results().len()];
        // A short call is over before the second tick, and is never made to yield.
        self.store.set_epoch_deadline(2);
        self.store.data().taps.called();
        let started = start(job, Phase::Call);
        let returned = function.call_async(&mut self.store, &arguments, &mut results).await;
        report(job, Phase::Call, Some(started.elapsed()));
        returned.map_err(|e| ended(&e, &mut self.store, &self.imports, request))?;
        self.calls += 1;
        let result = results.pop().zip(ty.results().next()).map(|(val, ty)| lift(val, &ty, &mut self.handles));
        let closed = self.handles.close_unread(&mut self.store);
        closed.map_err(|e| ended(&e, &mut self.store, &self.imports, request))?;
        Ok(Outcome::Returned(result))
    }

    /// Drops the handle that is the call's one argument; its destructor runs in the guest.
    async fn drop_handle(&mut self, job: &Job<'_>) -> Result<Outcome, Outcome> {
        let [Value::Handle(handle)] = job.request.arguments.as_slice() else {
            return Ok(Outcome::Failed("dropping takes one argument, a handle".into()));
        };
        if let Err(why) = self.handles.get(handle) {
            return Ok(Outcome::Failed(why));
        }
        if let Some(any) = self.handles.release(handle.number) {
            let started = start(job, Phase::Call);
            let dropped = any.resource_drop_async(&mut self.store).await;
            report(job, Phase::Call, Some(started.elapsed()));
            dropped.map_err(|e| ended(&e, &mut self.store, &self.imports, job.request))?;
            self.calls += 1;
        }
        Ok(Outcome::Returned(None))
    }

    fn function(&mut self, interface: Option<&str>, function: &str) -> Option<Func> {
        let interface = match interface {
            Some(name) => Some(self.instance.get_export_index(&mut self.store, None, name)?),
            None => None,
        };
        let index = self.instance.get_export_index(&mut self.store, interface.as_ref(), function)?;
        self.instance.get_func(&mut self.store, index)
    }
}

impl Notes {
    fn enter(&mut self, host: &Host, imports: &[String], job: &Job<'_>) {
        self.log = host.log.clone();
        self.outlet = host.outlet.clone();
        self.taps = host.taps.clone();
        self.taps.begin(job.request.job, Arc::clone(&job.emit), job.request.taps.len());
        self.imports = imports.to_vec();
        self.outlet.begin(job.request.job, Arc::clone(&job.emit), job.request.grants.limits.output_bytes);
    }
}

/// The outcome for an error that came out of the guest.
fn ended(error: &wasmtime::Error, store: &mut Store<Host>, imports: &[String], request: &CallRequest) -> Outcome {
    outcome::from_error(error, store.data_mut().limiter.hit.take(), imports, &request.asked_by)
}

/// The names of all resources that the component exports.
fn resource_names(
    component: &Component,
    engine: &Engine,
    instance: &Instance,
    store: &mut Store<Host>,
) -> Vec<(ResourceType, String)> {
    let mut names = Vec::new();
    for (outer, item) in component.component_type().exports(engine) {
        match item.ty {
            ComponentItem::Resource(_) => {
                names.extend(instance.get_resource(&mut *store, outer).map(|ty| (ty, outer.to_owned())));
            }
            ComponentItem::ComponentInstance(exported) => {
                let Some(parent) = instance.get_export_index(&mut *store, None, outer) else { continue };
                for (inner, item) in exported.exports(engine) {
                    if let ComponentItem::Resource(_) = item.ty
                        && let Some(index) = instance.get_export_index(&mut *store, Some(&parent), inner)
                    {
                        names.extend(instance.get_resource(&mut *store, index).map(|ty| (ty, inner.to_owned())));
                    }
                }
            }
            _ => {}
        }
    }
    names
}

fn start(job: &Job<'_>, phase: Phase) -> Instant {
    (job.emit)(CallEvent::Started(job.request.job, phase));
    Instant::now()
}

/// Says that a phase is over; without a duration its result was already there.
fn report(job: &Job<'_>, phase: Phase, took: Option<Duration>) {
    let nanos = took.map_or(0, |t| u64::try_from(t.as_nanos()).unwrap_or(u64::MAX));
    (job.emit)(CallEvent::Timed(job.request.job, Timing { phase, nanos, cached: took.is_none() }));
}

fn timed<T>(job: &Job<'_>, phase: Phase, work: impl FnOnce() -> T) -> T {
    let started = start(job, phase);
    let out = work();
    report(job, phase, Some(started.elapsed()));
    out
}
