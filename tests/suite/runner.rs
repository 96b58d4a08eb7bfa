//! Calls, stops, limits, denials and losses, the same for both clients.

use crate::support::{Answer, Bench, request, sample_bytes, wat};
use wirebench::call::{CallEvent, CallRequest, Outcome, Stream};
use wirebench::grant::{Capability, Folder, Grants};
use wirebench::measure::Phase;
use wirebench::value::{Handle, Value};

/// Makes each test twice: with the engine in this process, and with a runner process.
macro_rules! with_both {
    ($($name:ident)*) => {
        mod in_process {
            $( #[test] fn $name() { super::$name(crate::support::Bench::in_process()); } )*
        }
        mod process {
            $( #[test] fn $name() { super::$name(crate::support::Bench::process()); } )*
        }
    };
}

with_both! {
    a_call_returns_and_its_instance_stays
    a_loop_is_cancelled
    a_start_function_that_loops_is_cancelled
    a_sleep_is_cancelled
    a_compile_is_cancelled
    a_waiting_call_is_cancelled
    a_loop_ends_at_its_time_limit
    memory_ends_at_its_limit
    a_trap_has_a_message_and_a_stack
    large_results_are_refused_with_a_figure
    output_is_bounded_and_counted
    nothing_is_granted_by_default
    every_capability_is_needed_and_enough
    what_was_used_is_logged
    what_is_not_wired_is_denied_by_name
    a_missing_folder_is_named
    bad_arguments_are_named_and_harm_nothing
    an_exit_is_not_a_trap
    handles_are_of_their_instance
    streams_are_named_and_async_functions_return
    broken_bytes_are_refused
    damaged_components_cost_a_sentence
}

const LEDGER: &str = "techbytes:ledger/ledger";

/// Everything allowed, nothing in it.
fn everything() -> Grants {
    let mut grants = Grants::default();
    Capability::ALL.into_iter().for_each(|c| grants.set(c, true));
    grants
}

fn ledger(function: &str, arguments: Vec<Value>) -> CallRequest {
    request(&sample_bytes("ledger-rust.wasm"), &format!("{LEDGER}#{function}"), arguments)
}

fn spin() -> CallRequest {
    request(&sample_bytes("loop-wat.wasm"), "techbytes:mischief/loop#spin", Vec::new())
}

fn adds(bench: &mut Bench) {
    let adder = sample_bytes("adder-wat.wasm");
    let answer = bench.call(request(&adder, "add", vec![Value::U32(2), Value::U32(40)]));
    assert_eq!(answer.finished.outcome, Outcome::Returned(Some(Value::U32(42))));
}

/// Begins a call, cancels it in this phase, and gives its end.
fn cancelled_in(bench: &mut Bench, phase: Phase, request: CallRequest) -> Outcome {
    let job = request.job;
    bench.caller.call(request);
    bench.wait_until(job, |e| matches!(e, CallEvent::Started(_, p) if *p == phase));
    bench.caller.cancel(job);
    bench.wait(job).finished.outcome
}

fn a_call_returns_and_its_instance_stays(mut bench: Bench) {
    let adder = sample_bytes("adder-wat.wasm");
    let first = bench.call(request(&adder, "add", vec![Value::U32(2), Value::U32(40)]));
    assert_eq!(first.finished.outcome, Outcome::Returned(Some(Value::U32(42))));
    assert_eq!(first.finished.instance_calls, 1);
    let phases = |answer: &Answer| -> Vec<(Phase, bool)> {
        let timed = |e: &CallEvent| match e {
            CallEvent::Timed(_, t) => Some((t.phase, t.cached)),
            _ => None,
        };
        answer.events.iter().filter_map(timed).collect()
    };
    let (compile, link, instantiate, call) = (Phase::Compile, Phase::Link, Phase::Instantiate, Phase::Call);
    assert_eq!(phases(&first), [(compile, false), (link, false), (instantiate, false), (call, false)]);
    let second = bench.call(request(&adder, "add", vec![Value::U32(1), Value::U32(u32::MAX)]));
    assert_eq!(second.finished.outcome, Outcome::Returned(Some(Value::U32(0))));
    assert_eq!(second.finished.instance_calls, 2);
    assert_eq!(second.finished.generation, first.finished.generation);
    assert_eq!(phases(&second), [(compile, true), (link, true), (instantiate, true), (call, false)]);
    let mut other = request(&adder, "add", vec![Value::U32(1), Value::U32(1)]);
    other.grants.clocks = true;
    let other = bench.call(other);
    assert_eq!(other.finished.instance_calls, 1, "other grants mean another instance");
    assert_ne!(other.finished.generation, first.finished.generation);
}

fn a_loop_is_cancelled(mut bench: Bench) {
    adds(&mut bench);
    let process = bench.caller.process_id();
    assert_eq!(cancelled_in(&mut bench, Phase::Call, spin()), Outcome::Cancelled);
    adds(&mut bench);
    assert_eq!(bench.caller.process_id(), process, "an epoch is enough");
}

fn a_start_function_that_loops_is_cancelled(mut bench: Bench) {
    let bytes = wat(r#"(component
        (core module $m (func $spin (loop br 0)) (start $spin) (func (export "f")))
        (core instance $i (instantiate $m))
        (func (export "f") (canon lift (core func $i "f"))))"#);
    let outcome = cancelled_in(&mut bench, Phase::Instantiate, request(&bytes, "f", Vec::new()));
    assert_eq!(outcome, Outcome::Cancelled);
    adds(&mut bench);
}

fn a_sleep_is_cancelled(mut bench: Bench) {
    let mut sleep = ledger("sleep-ms", vec![Value::U32(3_600_000)]);
    sleep.grants = everything();
    adds(&mut bench);
    let process = bench.caller.process_id();
    assert_eq!(cancelled_in(&mut bench, Phase::Call, sleep), Outcome::Cancelled);
    adds(&mut bench);
    assert_eq!(bench.caller.process_id(), process, "dropping the future is enough");
}

fn a_compile_is_cancelled(mut bench: Bench) {
    adds(&mut bench);
    let process = bench.caller.process_id();
    let go = sample_bytes("fraud-check-go.wasm");
    let arguments = vec![Value::String("alice".into()), Value::U64(1)];
    let check = request(&go, "techbytes:payments/fraud-check#check", arguments);
    assert_eq!(cancelled_in(&mut bench, Phase::Compile, check), Outcome::Cancelled);
    adds(&mut bench);
    assert!(process.is_none() || bench.caller.process_id() != process, "the old runner is gone");
}

fn a_waiting_call_is_cancelled(mut bench: Bench) {
    let (first, second) = (spin(), spin());
    let (first_job, second_job) = (first.job, second.job);
    bench.caller.call(first);
    bench.caller.call(second);
    bench.caller.cancel(second_job);
    let second = bench.wait(second_job);
    assert_eq!(second.finished.outcome, Outcome::Cancelled);
    assert!(!second.events.iter().any(|e| matches!(e, CallEvent::Started(..))), "it never began");
    bench.caller.cancel(first_job);
    assert_eq!(bench.wait(first_job).finished.outcome, Outcome::Cancelled);
}

fn a_loop_ends_at_its_time_limit(mut bench: Bench) {
    let mut spin = spin();
    spin.grants.limits.call_millis = Some(30);
    let answer = bench.call(spin);
    assert_eq!(answer.finished.outcome, Outcome::LimitReached("time limit of 30.0 ms".into()));
    assert_eq!(answer.finished.instance_calls, 0);
}

fn memory_ends_at_its_limit(mut bench: Bench) {
    let hog = sample_bytes("hog-wat.wasm");
    let call = |function: &str| {
        let mut request = request(&hog, &format!("techbytes:mischief/hog#{function}"), Vec::new());
        request.grants.limits.memory_bytes = 16 << 20;
        request
    };
    let answer = bench.call(call("eat-all"));
    assert_eq!(answer.finished.outcome, Outcome::LimitReached("memory limit of 16.0 MiB".into()));
    assert_eq!(answer.finished.memory_bytes, 0, "the instance is gone");
    // A guest that takes the refusal well goes on.
    let answer = bench.call(call("eat"));
    assert_eq!(answer.finished.outcome, Outcome::Returned(Some(Value::U32(240))));
    assert_eq!(answer.finished.memory_bytes, 241 << 16);
    let two_memories = wat(r#"(component
        (core module $m (memory 200) (memory 200) (func (export "f")))
        (core instance $i (instantiate $m))
        (func (export "f") (canon lift (core func $i "f"))))"#);
    let mut f = request(&two_memories, "f", Vec::new());
    f.grants.limits.memory_bytes = 16 << 20;
    let answer = bench.call(f);
    assert_eq!(answer.finished.outcome, Outcome::LimitReached("memory limit of 16.0 MiB".into()), "they add up");
}

fn a_trap_has_a_message_and_a_stack(mut bench: Bench) {
    let failing = sample_bytes("trap-wat.wasm");
    let answer = bench.call(request(&failing, "techbytes:mischief/trap#outer", Vec::new()));
    let Outcome::Trapped(trap) = answer.finished.outcome else { panic!("{:?}", answer.finished) };
    assert_eq!(trap.message, "wasm `unreachable` instruction executed");
    let ends: Vec<_> = trap.frames.iter().map(|f| f.rsplit('!').next().unwrap()).collect();
    assert_eq!(ends, ["inner", "middle", "outer"]);
    assert_eq!(answer.finished.instance_calls, 0, "the instance is gone");
    let arguments = vec![Value::S32(7), Value::S32(2)];
    let answer = bench.call(request(&failing, "techbytes:mischief/trap#divide", arguments));
    assert_eq!(answer.finished.outcome, Outcome::Returned(Some(Value::S32(3))));
    assert_eq!(answer.finished.instance_calls, 1, "and there is a new one");
}

fn large_results_are_refused_with_a_figure(mut bench: Bench) {
    let bytes = wat(r#"(component
        (core module $m (memory (export "memory") 256)
            (func (export "f") (param i32) (result i32)
                (i32.store (i32.const 4) (local.get 0)) (i32.const 0)))
        (core instance $i (instantiate $m))
        (func (export "f") (param "n" u32) (result (list u8)) (canon lift (core func $i "f") (memory $i "memory"))))"#);
    let answer = bench.call(request(&bytes, "f", vec![Value::U32(1 << 20)]));
    let Outcome::Returned(Some(Value::Bytes(value))) = answer.finished.outcome else { panic!("{:?}", answer.finished) };
    assert_eq!(value.len(), 1 << 20);
    let answer = bench.call(request(&bytes, "f", vec![Value::U32(16_000_000)]));
    let Outcome::LimitReached(limit) = answer.finished.outcome else { panic!("{:?}", answer.finished) };
    assert!(limit.contains("128 MiB"), "{limit}");
}

fn output_is_bounded_and_counted(mut bench: Bench) {
    let mut say = ledger("say", vec![Value::String("0123456789".into())]);
    say.grants = everything();
    say.grants.limits.output_bytes = 4;
    let answer = bench.call(say);
    assert_eq!(answer.finished.outcome, Outcome::Returned(None));
    assert_eq!(answer.text(Stream::Stdout), "0123");
    assert_eq!(answer.finished.dropped_output_bytes, 7);
}

fn nothing_is_granted_by_default(mut bench: Bench) {
    // It imports eight interfaces of WASI without ever using one.
    let arguments = || vec![Value::String("alice".into()), Value::U64(125_000)];
    let check = "techbytes:payments/fraud-check#check";
    let answer = bench.call(request(&sample_bytes("fraud-check-cpp.wasm"), check, arguments()));
    assert!(matches!(answer.finished.outcome, Outcome::Returned(Some(Value::Record(_)))), "{:?}", answer.finished);
    let mut say = ledger("say", vec![Value::String("hello".into())]);
    say.asked_by = vec![("wasi:cli/environment@0.2.12".into(), vec!["ledger".into()])];
    let answer = bench.call(say);
    let Outcome::Denied(denial) = answer.finished.outcome else { panic!("{:?}", answer.finished) };
    assert!(denial.interface.starts_with("wasi:") && denial.interface.contains("@0.2."), "{denial:?}");
    assert!(denial.capability.is_some());
    assert_eq!(answer.finished.instance_calls, 0);
    let last = answer.finished.accesses.last().unwrap();
    assert_eq!((&last.interface, &last.function, last.allowed), (&denial.interface, &denial.function, false));
}

/// What the ledger needs for each function: with everything else on it is denied, by that name.
fn every_capability_is_needed_and_enough(mut bench: Bench) {
    let text = |t: &str| Value::String(t.into());
    let matrix = [
        (Capability::Stdout, "say", vec![text("hello")]),
        (Capability::Stderr, "warn", vec![text("careful")]),
        (Capability::Stdin, "ask", Vec::new()),
        (Capability::Environment, "env-all", Vec::new()),
        (Capability::Arguments, "args", Vec::new()),
        (Capability::Folders, "entries", vec![text("/data")]),
        (Capability::Clocks, "now", Vec::new()),
        (Capability::Random, "token", vec![Value::U32(3)]),
    ];
    for (capability, function, arguments) in matrix {
        let mut call = ledger(function, arguments.clone());
        call.grants = everything();
        let answer = bench.call(call);
        assert!(matches!(answer.finished.outcome, Outcome::Returned(_)), "{function}: {:?}", answer.finished);
        let mut call = ledger(function, arguments);
        call.grants = everything();
        call.grants.set(capability, false);
        let answer = bench.call(call);
        let Outcome::Denied(denial) = &answer.finished.outcome else { panic!("{function}: {:?}", answer.finished) };
        assert_eq!(denial.capability, Some(capability), "{function}: {denial:?}");
    }
}

fn what_was_used_is_logged(mut bench: Bench) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("book.txt"), "rent 900").unwrap();
    let call = |function: &str, arguments: Vec<Value>| {
        let mut call = ledger(function, arguments);
        call.grants = everything();
        let host = folder.path().display().to_string();
        call.grants.folders.list.push(Folder { host, guest: "/data".into(), writable: false });
        call
    };
    let used = |answer: &Answer| -> Vec<(String, String, u64)> {
        assert!(answer.finished.accesses.iter().all(|a| a.allowed));
        let short = |a: &wirebench::call::Access| (a.interface.clone(), a.function.clone(), a.count);
        answer.finished.accesses.iter().map(short).collect()
    };
    let answer = bench.call(call("read", vec![Value::String("/data/book.txt".into())]));
    let read = Value::String("rent 900".into());
    assert_eq!(answer.finished.outcome, Outcome::Returned(Some(Value::Result(Ok(Some(Box::new(read)))))));
    let used_for_read = used(&answer);
    let open = "[method]descriptor.open-at".to_owned();
    assert!(used_for_read.contains(&("wasi:filesystem/types@0.2.12".into(), open, 1)), "{used_for_read:?}");
    // The second call has a log of its own, and nothing of the runtime's start in it.
    let answer = bench.call(call("say", vec![Value::String("hello".into())]));
    let (get, write) = ("get-stdout".to_owned(), "write".to_owned());
    let interface = "wasi:cli/stdout@0.2.12".to_owned();
    let used_for_say = used(&answer);
    assert!(used_for_say.contains(&(interface.clone(), write, 1)), "{used_for_say:?}");
    assert!(!used_for_say.iter().any(|(i, f, _)| *f != get && *i != interface), "{used_for_say:?}");
}

fn what_is_not_wired_is_denied_by_name(mut bench: Bench) {
    let checkout = sample_bytes("checkout-rust.wasm");
    let line = Value::Record(vec![
        ("sku".into(), Value::String("tea".into())),
        ("quantity".into(), Value::U32(1)),
        ("unit-cents".into(), Value::U64(450)),
    ]);
    let arguments = vec![Value::String("alice".into()), Value::List(vec![line])];
    let mut place = request(&checkout, "techbytes:orders/checkout#place", arguments);
    place.asked_by = vec![("techbytes:payments/fraud-check".into(), vec!["checkout".into()])];
    place.grants = everything();
    let answer = bench.call(place);
    let Outcome::Denied(denial) = answer.finished.outcome else { panic!("{:?}", answer.finished) };
    assert_eq!(denial.interface, "techbytes:payments/fraud-check");
    assert_eq!(denial.function, "check");
    assert_eq!(denial.instances, ["checkout"]);
    assert_eq!(denial.capability, None);
}

fn a_missing_folder_is_named(mut bench: Bench) {
    let mut call = ledger("entries", vec![Value::String("/data".into())]);
    call.grants = everything();
    let host = "/no/such/folder".to_owned();
    call.grants.folders.list.push(Folder { host, guest: "/data".into(), writable: false });
    let Outcome::Failed(why) = bench.call(call).finished.outcome else { panic!() };
    assert!(why.contains("/no/such/folder"), "{why}");
}

fn bad_arguments_are_named_and_harm_nothing(mut bench: Bench) {
    let shop = sample_bytes("shop-composed.wasm");
    let place = |quantity: Value| {
        let line = Value::Record(vec![
            ("sku".into(), Value::String("tea".into())),
            ("quantity".into(), quantity),
            ("unit-cents".into(), Value::U64(450)),
        ]);
        let arguments = vec![Value::String("alice".into()), Value::List(vec![line])];
        request(&shop, "techbytes:orders/checkout#place", arguments)
    };
    assert_eq!(bench.call(place(Value::U32(1))).finished.instance_calls, 1);
    let answer = bench.call(place(Value::String("many".into())));
    let expected = "cart[0].quantity: expected u32, found string";
    assert_eq!(answer.finished.outcome, Outcome::Failed(expected.into()));
    assert_eq!(bench.call(place(Value::U32(1))).finished.instance_calls, 2, "the instance is as it was");
    let none = bench.call(request(&shop, "techbytes:orders/checkout#refuse", Vec::new()));
    let Outcome::Failed(why) = none.finished.outcome else { panic!() };
    assert!(why.contains("no function `refuse`"), "{why}");
    let few = bench.call(request(&shop, "techbytes:orders/checkout#place", Vec::new()));
    assert_eq!(few.finished.outcome, Outcome::Failed("expected 2 arguments, found 0".into()));
}

fn an_exit_is_not_a_trap(mut bench: Bench) {
    let mut run = request(&sample_bytes("wordcount-rust.wasm"), "wasi:cli/run@0.2.12#run", Vec::new());
    run.grants = everything();
    run.grants.arguments.list = vec!["wordcount".into(), "/no/such/file".into()];
    let answer = bench.call(run);
    assert_eq!(answer.finished.outcome, Outcome::Failed("the component exited with code 1".into()));
    assert!(answer.text(Stream::Stderr).contains("/no/such/file"), "{:?}", answer.text(Stream::Stderr));
}

fn handles_are_of_their_instance(mut bench: Bench) {
    let toolbox = sample_bytes("toolbox-rust.wasm");
    let call = |function: &str, arguments: Vec<Value>| {
        request(&toolbox, &format!("techbytes:toolbox/bags@0.1.0#{function}"), arguments)
    };
    let new = || call("[constructor]bag", vec![Value::List(vec![Value::String("red".into())])]);
    let made = |answer: Answer| -> Handle {
        let Outcome::Returned(Some(Value::Handle(handle))) = answer.finished.outcome else { panic!() };
        assert_eq!(handle.generation, answer.finished.generation);
        assert_eq!(handle.resource, "bag");
        handle
    };
    let first = made(bench.call(new()));
    let words = |handle: &Handle| call("[method]bag.words", vec![Value::Handle(handle.clone())]);
    let red = Value::List(vec![Value::String("red".into())]);
    assert_eq!(bench.call(words(&first)).finished.outcome, Outcome::Returned(Some(red.clone())));
    let dropped = bench.call(call("[resource-drop]bag", vec![Value::Handle(first.clone())]));
    assert_eq!(dropped.finished.outcome, Outcome::Returned(None));
    let Outcome::Failed(why) = bench.call(words(&first)).finished.outcome else { panic!() };
    assert!(why.contains("dropped"), "{why}");
    let second = made(bench.call(new()));
    assert_ne!(first.number, second.number);
    bench.caller.reset(words(&second).digest);
    let third = made(bench.call(new()));
    assert!(third.generation > second.generation);
    let Outcome::Failed(why) = bench.call(words(&second)).finished.outcome else { panic!() };
    assert!(why.contains("gone"), "{why}");
    assert_eq!(bench.call(words(&third)).finished.outcome, Outcome::Returned(Some(red)));
}

fn streams_are_named_and_async_functions_return(mut bench: Bench) {
    let stock = sample_bytes("stock-rust.wasm");
    let call =
        |function: &str, argument: Value| request(&stock, &format!("techbytes:stock/feed#{function}"), vec![argument]);
    for calls in 1..4 {
        let watch = bench.call(call("watch", Value::List(vec![Value::String("TEA".into())])));
        assert_eq!(watch.finished.outcome, Outcome::Returned(Some(Value::Opaque("stream".into()))));
        assert_eq!(watch.finished.instance_calls, 2 * calls - 1);
        let quote = bench.call(call("quote", Value::String(String::new())));
        let error = Value::String("no symbol".into());
        assert_eq!(quote.finished.outcome, Outcome::Returned(Some(Value::Result(Err(Some(Box::new(error)))))));
    }
}

fn broken_bytes_are_refused(mut bench: Bench) {
    let adder = sample_bytes("adder-wat.wasm");
    let text = b"(component)".as_slice();
    for bytes in [&adder[..90], text, b"\x7fELF", b""] {
        let answer = bench.call(request(&bytes.into(), "add", Vec::new()));
        let Outcome::Failed(why) = answer.finished.outcome else { panic!("{:?}", answer.finished) };
        assert!(why.starts_with("the component cannot be compiled"), "{why}");
    }
    adds(&mut bench);
}

fn damaged_components_cost_a_sentence(mut bench: Bench) {
    let adder = sample_bytes("adder-wat.wasm");
    adds(&mut bench);
    let process = bench.caller.process_id();
    for at in 0..adder.len() {
        for bit in [0x01, 0x80] {
            let mut damaged = adder.to_vec();
            damaged[at] ^= bit;
            let mut add = request(&damaged.into(), "add", vec![Value::U32(2), Value::U32(40)]);
            add.grants.limits.call_millis = Some(1_000);
            let outcome = bench.call(add).finished.outcome;
            assert!(!matches!(outcome, Outcome::RunnerLost(_)), "byte {at}: {outcome:?}");
            assert!(!matches!(&outcome, Outcome::Failed(why) if why.contains("defect")), "byte {at}: {outcome:?}");
        }
    }
    adds(&mut bench);
    assert_eq!(bench.caller.process_id(), process);
}

#[cfg(unix)]
#[test]
fn a_killed_runner_costs_one_call() {
    let mut bench = Bench::process();
    let toolbox = sample_bytes("toolbox-rust.wasm");
    let bag = || {
        let arguments = vec![Value::List(Vec::new())];
        request(&toolbox, "techbytes:toolbox/bags@0.1.0#[constructor]bag", arguments)
    };
    let Outcome::Returned(Some(old)) = bench.call(bag()).finished.outcome else { panic!() };
    let process = bench.caller.process_id().unwrap();
    let spin = spin();
    let job = spin.job;
    bench.caller.call(spin);
    bench.wait_until(job, |e| matches!(e, CallEvent::Started(_, Phase::Call)));
    assert!(std::process::Command::new("kill").args(["-9", &process.to_string()]).status().unwrap().success());
    let Outcome::RunnerLost(how) = bench.wait(job).finished.outcome else { panic!() };
    assert!(how.contains("signal: 9"), "{how}");
    // The next runner has instances of its own.
    let Outcome::Returned(Some(_)) = bench.call(bag()).finished.outcome else { panic!() };
    assert_ne!(bench.caller.process_id(), Some(process));
    let words = request(&toolbox, "techbytes:toolbox/bags@0.1.0#[method]bag.words", vec![old]);
    let Outcome::Failed(why) = bench.call(words).finished.outcome else { panic!() };
    assert!(why.contains("gone"), "{why}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_runner_knows_nothing_of_its_parent() {
    let mut bench = Bench::process();
    adds(&mut bench);
    let process = bench.caller.process_id().unwrap();
    let environment = std::fs::read(format!("/proc/{process}/environ")).unwrap();
    let names: Vec<_> = environment
        .split(|b| *b == 0)
        .filter(|v| !v.is_empty())
        .map(|v| String::from_utf8_lossy(v).split('=').next().unwrap().to_owned())
        .collect();
    assert_eq!(names, ["RAYON_NUM_THREADS", "RUST_MIN_STACK"]);
    drop(bench);
    assert!(!std::path::Path::new(&format!("/proc/{process}")).exists(), "and it does not outlive its client");
}

#[test]
fn a_runner_ends_with_its_input() {
    let mut runner = std::process::Command::new(env!("CARGO_BIN_EXE_wirebench"))
        .arg("runner")
        .stdin(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    assert!(!runner.wait().unwrap().success(), "and it was not even greeted");
}

#[test]
fn a_program_that_is_no_runner_is_named() {
    let missing = Box::new(wirebench::runner::Process::new("/no/such/program".into()));
    let Outcome::Failed(why) = Bench::new(missing).call(spin()).finished.outcome else { panic!() };
    assert!(why.starts_with("the runner cannot be started"), "{why}");
}
