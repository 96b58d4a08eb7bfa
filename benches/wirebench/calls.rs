//! A call: through our machine, and through a whole client, beside the engine's own dynamic call with buffers that are
//! used again.

use crate::pairs::Bench;
use std::future::{Pending, pending};
use std::hint::black_box;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use wasmtime::component::{Component, Func, Linker, Val};
use wasmtime::{Engine, Store};
use wirebench::call::{CallEvent, CallRequest, Caller, JobId, Outcome};
use wirebench::component::Digest;
use wirebench::engine::{Job, Machine};
use wirebench::grant::Grants;
use wirebench::runner::{InProcess, Process};
use wirebench::value::Value;

struct Case {
    name: &'static str,
    file: &'static str,
    interface: Option<&'static str>,
    function: &'static str,
    ours: Vec<Value>,
    bare: Vec<Val>,
}

fn cases() -> Vec<Case> {
    let toolbox = |name, function, ours, bare| Case {
        name,
        file: "toolbox-rust.wasm",
        interface: Some("techbytes:toolbox/kitchen-sink@0.1.0"),
        function,
        ours: vec![ours],
        bare: vec![bare],
    };
    let numbers = 0..10_000;
    let bytes = vec![7_u8; 64 << 10];
    vec![
        Case {
            name: "add two numbers",
            file: "adder-wat.wasm",
            interface: None,
            function: "add",
            ours: vec![Value::U32(2), Value::U32(40)],
            bare: vec![Val::U32(2), Val::U32(40)],
        },
        Case {
            name: "a text for a record",
            file: "fraud-check-rust.wasm",
            interface: Some("techbytes:payments/fraud-check"),
            function: "check",
            ours: vec![Value::String("alice".into()), Value::U64(125_000)],
            bare: vec![Val::String("alice".into()), Val::U64(125_000)],
        },
        toolbox(
            "a list of 10,000 numbers",
            "stats",
            Value::List(numbers.clone().map(Value::S64).collect()),
            Val::List(numbers.map(Val::S64).collect()),
        ),
        toolbox(
            "64 KiB there and back",
            "reverse",
            Value::Bytes(bytes.clone()),
            Val::List(bytes.into_iter().map(Val::U8).collect()),
        ),
    ]
}

/// The engine's own call on an instance of its own.
struct Bare {
    store: Store<()>,
    function: Func,
    arguments: Vec<Val>,
    results: Vec<Val>,
}

impl Bare {
    fn new(engine: &Engine, case: &Case) -> wasmtime::Result<Self> {
        let component = Component::from_binary(engine, &crate::sample(case.file))?;
        let mut store = Store::new(engine, ());
        let instance = Linker::new(engine).instantiate(&mut store, &component)?;
        let owner = case.interface.and_then(|name| instance.get_export_index(&mut store, None, name));
        let index = instance.get_export_index(&mut store, owner.as_ref(), case.function);
        let function = index.and_then(|i| instance.get_func(&mut store, i)).expect(case.function);
        let results = vec![Val::Bool(false); function.ty(&store).results().len()];
        Ok(Self { store, function, arguments: case.bare.clone(), results })
    }

    fn call(&mut self) {
        let called = self.function.call(&mut self.store, black_box(&self.arguments), &mut self.results);
        called.expect("a call that returns");
        black_box(&self.results);
    }
}

/// Our machine on this thread, without a client.
struct Ours {
    machine: Machine,
    request: CallRequest,
    runtime: tokio::runtime::Runtime,
}

impl Ours {
    fn new(case: &Case) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        Self { machine: Machine::new(0).expect("an engine"), request: request(case), runtime }
    }

    fn call(&mut self) {
        let bytes = || Some(Arc::clone(&self.request.bytes));
        let job =
            Job { request: black_box(&self.request), bytes: &bytes, emit: Arc::new(|event| drop(black_box(event))) };
        let cancelled: Pending<()> = pending();
        let finished = self.runtime.block_on(self.machine.call(job, cancelled));
        assert!(matches!(black_box(finished).outcome, Outcome::Returned(Some(_))));
    }
}

/// A client, as a session uses it.
struct Client {
    caller: Box<dyn Caller>,
    bell: Receiver<()>,
    request: CallRequest,
}

impl Client {
    fn new(mut caller: Box<dyn Caller>, case: &Case) -> Self {
        let (ring, bell) = channel();
        caller.set_wake(Arc::new(move || _ = ring.send(())));
        Self { caller, bell, request: request(case) }
    }

    fn call(&mut self) {
        self.request.job.0 += 1;
        self.caller.call(black_box(&self.request).clone());
        loop {
            for event in self.caller.poll() {
                if let CallEvent::Finished(job, finished) = black_box(event)
                    && job == self.request.job
                {
                    assert!(matches!(finished.outcome, Outcome::Returned(Some(_))), "{:?}", finished.outcome);
                    return;
                }
            }
            self.bell.recv().expect("the client lives");
        }
    }
}

fn request(case: &Case) -> CallRequest {
    let bytes = crate::sample(case.file);
    CallRequest {
        job: JobId(1),
        digest: Digest::of(&bytes),
        bytes,
        asked_by: Vec::new(),
        taps: Vec::new(),
        grants: Grants::default(),
        interface: case.interface.map(str::to_owned),
        function: case.function.to_owned(),
        arguments: case.ours.clone(),
    }
}

pub fn run(bench: &mut Bench) {
    let engine = Engine::default();
    let cases = cases();
    let mut bare: Vec<Bare> = cases.iter().map(|c| Bare::new(&engine, c).expect(c.name)).collect();
    bench.group(
        "Call on a live instance: our engine::Machine; bare: wasmtime's Func::call, buffers used again",
        ["ours", "bare"],
    );
    for (case, bare) in cases.iter().zip(&mut bare) {
        let mut ours = Ours::new(case);
        bench.compare(&format!("call {}", case.name), &mut || ours.call(), &mut || bare.call());
    }
    bench.group("The same through the client in this process: to the engine's thread and back", ["ours", "bare"]);
    for (case, bare) in cases.iter().zip(&mut bare) {
        let mut ours = Client::new(Box::new(InProcess::new()), case);
        bench.compare(&format!("call {}, client", case.name), &mut || ours.call(), &mut || bare.call());
    }
    bench.group(
        "The same through the runner process: what a person waits for beside the guest itself",
        ["ours", "bare"],
    );
    for (case, bare) in cases.iter().zip(&mut bare) {
        let program = PathBuf::from(env!("CARGO_BIN_EXE_wirebench"));
        let mut ours = Client::new(Box::new(Process::new(program)), case);
        bench.compare(&format!("call {}, process", case.name), &mut || ours.call(), &mut || bare.call());
    }
}
