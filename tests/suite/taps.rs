//! Tapped compositions beside untapped ones: the same answers, and every call listed.

use crate::desk::{Desk, grants};
use crate::samples::{LARGE, Promise, file_of, granted, list_of, make_sequence};
use std::collections::BTreeMap;
use std::sync::Arc;
use wac_graph::{CompositionGraph, EncodeOptions};
use wac_types::Package;
use wirebench::call::{Outcome, Seen, TapEnd};
use wirebench::component::{Component, Item};
use wirebench::compose::{Answer, Behavior, Edit, Port};
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
            TapEnd::Trapped | TapEnd::Stopped | TapEnd::Cancelled => !returned,
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

/// Connects an import to a fresh instance of a sample that provides it, and taps the wire.
fn provide(desk: &mut Desk, to: (&str, &str), file: &str) -> String {
    let name = desk.place(file, [0.0, 0.0]);
    desk.connect((&name, to.1), to);
    desk.edit(Edit::Tap { to: Port::new(to.0, to.1), on: true });
    assert!(desk.session.document().composition.taps.contains(&Port::new(to.0, to.1)), "{}", desk.said());
    name
}

#[test]
fn sample_compositions_give_the_listed_answers_with_every_wire_tapped() {
    let mut made = 0;
    for json in list_of("calls.json").iter().filter(|j| j.get("with").is_some()) {
        let with = json["with"].as_object().unwrap();
        let short = |file: &serde_json::Value| file.as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        if with.values().any(|file| LARGE.contains(&&*short(file))) {
            continue;
        }
        let mut desk = Desk::new();
        let consumer = desk.place(file_of(json), [500.0, 0.0]);
        for (import, file) in with {
            provide(&mut desk, (&consumer, import), &short(file));
        }
        let target = Target::Composition;
        let promise = Promise::new(json, &desk.component(&target));
        let run = desk.call(target, &promise.call(&BTreeMap::new()));
        promise.check(&run).unwrap_or_else(|found| panic!("{json}: {found}"));
        assert!((0..with.len()).all(|wire| run.taps.calls_of(wire) > 0), "{json}: {:?}", run.taps);
        made += 1;
    }
    assert!(made >= 8, "{made}");
}

#[test]
fn a_resource_that_crosses_several_tapped_wires_stays_the_same() {
    const BAGS: &str = "techbytes:toolbox/bags@0.1.0";
    let mut desk = Desk::new();
    let packer = desk.place("packer-rust.wasm", [900.0, 0.0]);
    let toolbox = provide(&mut desk, (&packer, BAGS), "toolbox-rust.wasm");
    let ribbon = provide(&mut desk, (&packer, "techbytes:packing/labels"), "ribbon-rust.wasm");
    let labels = provide(&mut desk, (&ribbon, "techbytes:packing/labels"), "labels-rust.wasm");
    // One of those that are lent the bag gets its type by a tapped wire, and one by a bare one.
    desk.connect((&toolbox, BAGS), (&labels, BAGS));
    desk.connect((&toolbox, BAGS), (&ribbon, BAGS));
    desk.edit(Edit::Tap { to: Port::new(&labels, BAGS), on: true });
    let checkout = provide(&mut desk, (&packer, "techbytes:orders/checkout"), "checkout-rust.wasm");
    provide(&mut desk, (&checkout, "techbytes:payments/fraud-check"), "fraud-check-wat.wasm");
    provide(&mut desk, (&packer, "add"), "adder-wat.wasm");
    let courier = Port::new(&packer, "techbytes:packing/courier");
    let before = desk.names();
    desk.apply(Command::AddStub { port: courier.clone(), at: [0.0, 0.0] });
    let stub = desk.names().into_iter().find(|n| !before.contains(n)).unwrap_or_else(|| panic!("{}", desk.said()));
    let answer = Behavior { rules: Vec::new(), otherwise: Answer::Fixed(Some("ok(7)".to_owned())), recorded: false };
    desk.apply(Command::EditStub { instance: stub, functions: BTreeMap::from([("book".to_owned(), answer)]) });
    desk.edit(Edit::Tap { to: courier, on: true });
    desk.edit(Edit::Export {
        from: Port::new(&packer, "techbytes:packing/table"),
        name: "techbytes:packing/table".into(),
    });
    let composed = desk.session.composed().unwrap_or_else(|| panic!("{:?}", desk.session.problems()));
    assert_eq!(composed.untapped, []);

    let text = r#"pack("alice", "tea:2 pot:1")"#;
    let tapped = desk.call(Target::Composition, text);
    let wires = tapped.taps.wires.len();
    assert_eq!(wires, desk.session.document().composition.taps.len());
    let off: Vec<Edit> =
        desk.session.document().composition.taps.iter().map(|to| Edit::Tap { to: to.clone(), on: false }).collect();
    desk.change(Change::ComposeAll("No taps", off));
    let bare = desk.call(Target::Composition, text);
    assert_eq!(tapped.outcome(), bare.outcome());
    assert!(matches!(bare.outcome(), Some(Outcome::Returned(_))), "{:?}", bare.outcome());
    let lines: Vec<String> =
        tapped.taps.calls.iter().map(|call| tapped.taps.wires[call.tap as usize].line(call)).collect();
    let crossed = (0..wires).filter(|wire| tapped.taps.calls_of(*wire) > 0).count();
    assert!(crossed >= 4, "{}", lines.join("\n"));
    // The bag is shown as a handle where it is lent.
    assert_eq!(lines.iter().filter(|line| line.contains("label(contents: bag#")).count(), 2, "{}", lines.join("\n"));
    assert!(lines.iter().any(|line| line.contains("add(")), "{}", lines.join("\n"));
}

#[test]
fn a_tap_moves_with_the_end_of_its_wire_and_is_kept_in_the_file() {
    const LABELS: &str = "techbytes:packing/labels";
    let mut desk = Desk::new();
    let packer = desk.place("packer-rust.wasm", [900.0, 0.0]);
    let ribbon = desk.place("ribbon-rust.wasm", [600.0, 0.0]);
    let labels = provide(&mut desk, (&packer, LABELS), "labels-rust.wasm");
    let (was, to) = (Port::new(&packer, LABELS), Port::new(&ribbon, LABELS));
    let edits = vec![Edit::Disconnect(was.clone()), Edit::Connect { from: Port::new(&labels, LABELS), to: to.clone() }];
    desk.change(Change::ComposeAll("Move wire", edits));
    let taps = |desk: &Desk| desk.session.document().composition.taps.iter().cloned().collect::<Vec<_>>();
    assert_eq!(taps(&desk), std::slice::from_ref(&to));
    desk.apply(Command::Undo);
    assert_eq!(taps(&desk), std::slice::from_ref(&was));
    desk.apply(Command::Redo);

    desk.apply(Command::SaveProject("/samples/p.wirebench.json".into()));
    desk.apply(Command::NewProject);
    assert_eq!(taps(&desk), []);
    desk.apply(Command::Open(vec!["/samples/p.wirebench.json".into()]));
    assert_eq!(taps(&desk), [to], "{}", desk.said());
    // Anything but yes or no is no, and said.
    let text = String::from_utf8(desk.room.memory.get("/samples/p.wirebench.json").unwrap()).unwrap();
    let broken = text.replace("\"tapped\": true", "\"tapped\": \"often\"");
    assert_ne!(text, broken);
    desk.room.memory.put("/samples/q.wirebench.json", broken.into_bytes());
    desk.apply(Command::Open(vec!["/samples/q.wirebench.json".into()]));
    assert_eq!(taps(&desk), []);
    assert!(desk.said().contains("is not tapped: that is neither true nor false"), "{}", desk.said());
}

#[test]
fn a_component_cannot_pass_itself_off_as_a_tap() {
    let text = r#"(component
      (import "wirebench:tap/wire-1" (instance $t (export "end" (func (param "bytes" u32)))))
      (core func $end (canon lower (func $t "end")))
      (core module $m (import "t" "end" (func $end (param i32))) (func (export "run") (call $end (i32.const 1))))
      (core instance $i (instantiate $m (with "t" (instance (export "end" (func $end))))))
      (func (export "run") (canon lift (core func $i "run"))))"#;
    let mut desk = looping();
    desk.apply(Command::OpenBytes("spoof.wat".into(), text.as_bytes().into()));
    let digest = desk.session.library().values().find(|c| c.name == "spoof").expect("the component").digest;
    desk.edit(Edit::AddInstance { name: "spoof".into(), component: digest });
    desk.edit(Edit::Export { from: Port::new("spoof", "run"), name: "spoofed".into() });
    desk.edit(Edit::Export { from: Port::new("looper", "run"), name: "run".into() });
    let run = desk.call(Target::Composition, "run(2)");
    assert_eq!((run.taps.calls_of(0), run.taps.wires[0].tap.host.as_str()), (2, "wirebench:tap/wire-2"));
    let run = desk.call(Target::Composition, "spoofed()");
    let Some(Outcome::Denied(denial)) = run.outcome() else { panic!("{:?}", run.outcome()) };
    assert_eq!((denial.interface.as_str(), denial.function.as_str()), ("wirebench:tap/wire-1", "end"));
    assert_eq!(run.taps.calls, []);
}
