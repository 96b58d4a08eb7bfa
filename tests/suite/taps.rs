//! Tapped compositions beside untapped ones: the same answers, and every call listed.

use crate::desk::{Desk, grants};
use crate::samples::{LARGE, Promise, file_of, granted, list_of, make_sequence};
use std::collections::BTreeMap;
use std::sync::Arc;
use wac_graph::{CompositionGraph, EncodeOptions};
use wac_types::Package;
use wirebench::call::{Outcome, Seen, TapEnd};
use wirebench::component::{Component, Item};
use wirebench::compose::{Edit, Port};
use wirebench::project::Target;
use wirebench::session::{Change, Command, Crossing, RunRecord};
use wirebench::value::to_wave;

/// A component that imports an export of this one and exports it again, without a line of code.
fn relay(of: &Component, export: &str) -> Vec<u8> {
    let mut between = CompositionGraph::new();
    let package = Package::from_bytes("of", None, of.bytes.to_vec(), between.types_mut()).unwrap();
    let kind = between.types()[package.ty()].exports[export];
    let node = between.import(export, kind).unwrap();
    between.export(node, export).unwrap();
    between.encode(EncodeOptions { define_components: true, validate: true, processor: None }).unwrap()
}

/// A composition that offers what a sample does, with a tap between it and whoever calls.
fn behind_taps(file: &str) -> Desk {
    let mut desk = Desk::new();
    let name = desk.place(file, [0.0, 0.0]);
    let of = desk.session.document().composition.component(desk.session.library(), &name).map(Arc::clone).unwrap();
    for export in of.exports.iter().filter(|e| !matches!(e.item, Item::Type(_))) {
        if export.functions().is_empty() {
            desk.edit(Edit::Export { from: Port::new(&name, &export.name), name: export.name.clone() });
            continue;
        }
        let bytes = relay(&of, &export.name);
        let digest = wirebench::component::Digest::of(&bytes);
        desk.apply(Command::OpenBytes("relay.wasm".into(), bytes.into()));
        let before = desk.names();
        desk.change(Change::Place { component: digest, at: [500.0, 0.0], connect: None });
        let relay = desk.names().into_iter().find(|n| !before.contains(n)).unwrap_or_else(|| panic!("{}", desk.said()));
        let imports: Vec<_> = desk.session.library()[&digest].imports.clone();
        for import in imports.iter().filter(|i| of.export(&i.name).is_some()) {
            desk.connect((&name, &import.name), (&relay, &import.name));
            if import.functions().iter().any(|f| !f.is_async) {
                desk.edit(Edit::Tap { to: Port::new(&relay, &import.name), on: true });
            }
        }
        desk.edit(Edit::Export { from: Port::new(&relay, &export.name), name: export.name.clone() });
    }
    let composed = desk.session.composed().unwrap_or_else(|| panic!("{file}: {:?}", desk.session.problems()));
    assert_eq!(composed.untapped, [], "{file}");
    desk
}

/// Whether a call left what it should on its way.
fn is_listed(run: &RunRecord) -> bool {
    let returned = matches!(run.outcome(), Some(Outcome::Returned(_)));
    run.taps.calls.iter().any(|call| {
        let wire = &run.taps.wires[call.tap as usize];
        let same = wire.function(call).is_some_and(|f| f.name == run.function)
            && run.interface.as_ref().is_none_or(|i| wire.tap.to.name == *i);
        let end = match &call.end {
            TapEnd::Returned(_) => returned,
            TapEnd::Trapped | TapEnd::Stopped => !returned,
        };
        same && end && call.depth == 0
    })
}

#[test]
fn samples_behind_taps_give_the_listed_answers() {
    let mut desks: BTreeMap<String, Desk> = BTreeMap::new();
    let (mut failures, mut made) = (String::new(), 0);
    let target = Target::Composition;
    for json in list_of("calls.json").iter().filter(|j| j.get("with").is_none() && !LARGE.contains(&file_of(j))) {
        let file = file_of(json);
        let desk = desks.entry(file.to_owned()).or_insert_with(|| behind_taps(file));
        let promise = Promise::new(json, &desk.component(&target));
        if promise.beyond_us().is_some() {
            continue;
        }
        let call = promise.call(&BTreeMap::new());
        let folder = tempfile::tempdir().unwrap();
        desk.apply(Command::Reset(target));
        desk.change(Change::Grant(target, granted(json, &folder)));
        let run = desk.call(target, &call);
        if let Err(found) = promise.check(&run) {
            failures.push_str(&format!("{file} {call}\n  promised {json}\n  found {found}\n"));
        } else if !is_listed(&run) && !run.taps.wires.is_empty() {
            failures.push_str(&format!("{file} {call}\n  is not listed: {:?}\n", run.taps.calls));
        }
        made += 1;
    }
    for sequence in &list_of("sequences.json") {
        let desk = desks.entry(file_of(sequence).to_owned()).or_insert_with(|| behind_taps(file_of(sequence)));
        failures.push_str(&make_sequence(desk, target, sequence));
        let last = desk.session.runs().back().unwrap();
        assert!(!last.taps.calls.is_empty(), "{sequence}");
    }
    assert!(failures.is_empty(), "\n{failures}");
    assert!(made > 100, "{made}");
}

/// Calls its import `n` times, with `n` down to 1, and adds up what that gives.
const LOOP: &str = r#"(component
  (import "t:loop/x" (instance $x (export "f" (func (param "a" u32) (result u32)))))
  (core module $m
    (import "x" "f" (func $f (param i32) (result i32)))
    (func (export "run") (param $n i32) (result i32) (local $sum i32)
      (block (loop
        (br_if 1 (i32.eqz (local.get $n)))
        (local.set $sum (i32.add (local.get $sum) (call $f (local.get $n))))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br 0)))
      (local.get $sum)))
  (core func $f (canon lower (func $x "f")))
  (core instance $i (instantiate $m (with "x" (instance (export "f" (func $f))))))
  (func (export "run") (param "n" u32) (result u32) (canon lift (core func $i "run"))))"#;

/// Gives what it gets; traps at 2,000, and does not come back from 3,000.
const GIVER: &str = r#"(component
  (core module $m
    (func (export "f") (param $a i32) (result i32)
      (if (i32.eq (local.get $a) (i32.const 2000)) (then (unreachable)))
      (if (i32.eq (local.get $a) (i32.const 3000)) (then (loop (br 0))))
      (local.get $a)))
  (core instance $i (instantiate $m))
  (func $f (param "a" u32) (result u32) (canon lift (core func $i "f")))
  (instance $x (export "f" (func $f)))
  (export "t:loop/x" (instance $x)))"#;

/// Both, wired and tapped.
fn looping() -> Desk {
    let mut desk = Desk::new();
    for (name, text) in [("giver", GIVER), ("looper", LOOP)] {
        desk.apply(Command::OpenBytes(format!("{name}.wat"), text.as_bytes().into()));
        let all = desk.session.library();
        let digest = all.values().find(|c| c.name == name).unwrap_or_else(|| panic!("{}", desk.said())).digest;
        desk.edit(Edit::AddInstance { name: name.into(), component: digest });
    }
    desk.connect(("giver", "t:loop/x"), ("looper", "t:loop/x"));
    desk.edit(Edit::Tap { to: Port::new("looper", "t:loop/x"), on: true });
    desk
}

#[test]
fn of_many_calls_the_first_and_the_last_are_listed_and_all_are_counted() {
    let mut desk = looping();
    let run = desk.call(Target::Composition, "run(1000)");
    assert_eq!(run.outcome(), Some(&Outcome::Returned(Some(wirebench::value::Value::U32(500_500)))));
    assert_eq!(run.taps.calls_of(0), 1000);
    let listed: Vec<u64> = run.taps.calls.iter().map(|call| call.number).collect();
    assert_eq!(listed, (0..200).chain(800..1000).collect::<Vec<_>>());
    let lines = run.taps.lines(None);
    assert_eq!(lines.len(), 401);
    assert_eq!(lines[200], Crossing::LeftOut(600));
    assert_eq!(run.taps.lines(Some(0)).len(), 401);
    let words = run.taps.count_words(0);
    assert!(words.starts_with("1,000 calls, ") && words.ends_with(" per second"), "{words}");
    let cost = run.taps.cost_words().unwrap();
    assert!(cost.starts_with("Taps took ") && run.taps.counts.cost_nanos < run.taps.counts.at_nanos, "{cost}");
    let inside: u64 = run.taps.counts.counts[0].nanos;
    assert!(inside + run.taps.counts.cost_nanos <= run.taps.counts.at_nanos, "no time is counted twice");
    for call in &run.taps.calls {
        let Seen::Values { values, shortened: false } = &call.arguments else { panic!("{call:?}") };
        assert_eq!(values.iter().map(to_wave).collect::<Vec<_>>(), [(1000 - call.number).to_string()]);
        assert_eq!(call.end, TapEnd::Returned(Seen::Values { values: values.clone(), shortened: false }));
    }
    // The next call makes room: only how often the wires were crossed is kept.
    desk.call(Target::Composition, "run(1)");
    let runs = desk.session.runs();
    assert_eq!((runs[0].taps.calls.len(), runs[0].taps.calls_of(0), runs[1].taps.calls.len()), (0, 1000, 1));
    assert_eq!(runs[1].taps.count_words(0), "1 call");
}

#[test]
fn a_call_that_does_not_come_back_says_why() {
    let mut desk = looping();
    let run = desk.call(Target::Composition, "run(2002)");
    let Some(Outcome::Trapped(trap)) = run.outcome() else { panic!("{:?}", run.outcome()) };
    desk.edit(Edit::Tap { to: Port::new("looper", "t:loop/x"), on: false });
    let bare = desk.call(Target::Composition, "run(2002)");
    let Some(Outcome::Trapped(without)) = bare.outcome() else { panic!("{:?}", bare.outcome()) };
    assert_eq!(trap.message, without.message);
    assert!(bare.taps.wires.is_empty() && bare.taps.calls.is_empty());
    let ends: Vec<String> = run.taps.calls.iter().map(|call| run.taps.wires[0].end(call, 100)).collect();
    assert_eq!(ends, ["2002", "2001", "trapped"]);

    desk.edit(Edit::Tap { to: Port::new("looper", "t:loop/x"), on: true });
    let mut limited = grants(&serde_json::Value::Null, std::path::Path::new("/"));
    limited.limits.call_millis = Some(200);
    desk.change(Change::Grant(Target::Composition, limited));
    let run = desk.call(Target::Composition, "run(3001)");
    assert!(matches!(run.outcome(), Some(Outcome::LimitReached(_))), "{:?}", run.outcome());
    let ends: Vec<String> = run.taps.calls.iter().map(|call| run.taps.wires[0].end(call, 100)).collect();
    assert_eq!(ends, ["3001", "did not return"]);
}

#[test]
fn what_is_too_large_is_said_to_be() {
    let mut desk = behind_taps("toolbox-rust.wasm");
    let text = |n: usize| format!("echo-string(\"{}\")", "x".repeat(n));
    let seen = |run: &RunRecord| {
        let (call, wire) = (&run.taps.calls[0], &run.taps.wires[run.taps.calls[0].tap as usize]);
        (wire.arguments(call, 40), wire.end(call, 40))
    };
    let run = desk.call(Target::Composition, &text(5_000));
    assert!(matches!(run.outcome(), Some(Outcome::Returned(_))));
    assert!(matches!(&run.taps.calls[0].arguments, Seen::Values { shortened: true, .. }));
    let run = desk.call(Target::Composition, &text(100_000));
    assert_eq!(run.outcome().map(|o| matches!(o, Outcome::Returned(_))), Some(true));
    let large = "97.7 KiB, too large to be shown".to_owned();
    assert_eq!(seen(&run), (large.clone(), large));
    // What is written down has no tap in it.
    desk.apply(Command::ComposeTo("/out.wasm".into()));
    let written = desk.room.memory.get("/out.wasm").expect("a file");
    assert!(!written.windows(14).any(|w| w == b"wirebench:tap/"), "no tap is saved");
}
