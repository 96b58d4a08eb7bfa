//! Calls, stops, limits, denials and losses, the same for both clients.

use crate::support::{Bench, request, sample_bytes};
use wirebench::call::{CallEvent, Outcome};
use wirebench::measure::Phase;
use wirebench::value::Value;

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
}

fn a_call_returns_and_its_instance_stays(mut bench: Bench) {
    let adder = sample_bytes("adder-wat.wasm");
    let first = bench.call(request(&adder, "add", vec![Value::U32(2), Value::U32(40)]));
    assert_eq!(first.finished.outcome, Outcome::Returned(Some(Value::U32(42))));
    assert_eq!(first.finished.instance_calls, 1);
    let phases = |answer: &crate::support::Answer| -> Vec<(Phase, bool)> {
        answer
            .events
            .iter()
            .filter_map(|e| match e {
                CallEvent::Timed(_, t) => Some((t.phase, t.cached)),
                _ => None,
            })
            .collect()
    };
    let (compile, link, instantiate, call) = (Phase::Compile, Phase::Link, Phase::Instantiate, Phase::Call);
    assert_eq!(phases(&first), [(compile, false), (link, false), (instantiate, false), (call, false)]);
    let second = bench.call(request(&adder, "add", vec![Value::U32(1), Value::U32(u32::MAX)]));
    assert_eq!(second.finished.outcome, Outcome::Returned(Some(Value::U32(0))));
    assert_eq!(second.finished.instance_calls, 2);
    assert_eq!(second.finished.generation, first.finished.generation);
    assert_eq!(phases(&second), [(compile, true), (link, true), (instantiate, true), (call, false)]);
}
