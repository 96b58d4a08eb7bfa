//! What a person notices of a session: undo, saving, recovery, the history, live instances.

use crate::desk::{Desk, Room};
use crate::support::sample_bytes;
use std::path::PathBuf;
use std::sync::Arc;
use wirebench::call::Outcome;
use wirebench::component::Digest;
use wirebench::compose::{Answer, Behavior, Edit, Port, Side};
use wirebench::diag::{Severity, Subject};
use wirebench::grant::{Capability, parse_flag};
use wirebench::measure::Phase;
use wirebench::project::{CallKey, Clip, Document, Frame, Layout, Target};
use wirebench::session::{Change, Command, Env, FrameEdit, Selection, Session};
use wirebench::value::{Handle, Value, to_wave};

const CHECK: &str = "techbytes:payments/fraud-check";

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|n| (*n).to_owned()).collect()
}

/// Two fraud checks and a checkout, wired to the first.
fn shop(desk: &mut Desk) {
    desk.place("fraud-check-rust.wasm", [80.0, 60.0]);
    desk.place("fraud-check-c.wasm", [80.0, 200.0]);
    desk.place("checkout-rust.wasm", [520.0, 60.0]);
    desk.connect(("fraud-check-rust", CHECK), ("checkout-rust", CHECK));
    assert_eq!(desk.session.document().composition.wires.len(), 1, "{}", desk.said());
}

fn key(target: Target) -> CallKey {
    CallKey { target, interface: Some(CHECK.into()), function: "check".into() }
}

#[test]
fn every_change_can_be_undone_and_redone() {
    let mut desk = Desk::new();
    shop(&mut desk);
    let zig = desk.open("fraud-check-zig.wasm");
    let rust = Digest::of(&sample_bytes("fraud-check-rust.wasm"));
    let checkout = Digest::of(&sample_bytes("checkout-rust.wasm"));
    let mut grants = desk.session.grants(&Target::Composition);
    grants.set(Capability::Clocks, true);
    let port = Port::new("checkout-rust", CHECK);
    let connect = Some((CHECK.to_owned(), Port::new("fraud-check-c", CHECK), Side::Export));
    let frame = Frame::new([0.0, 0.0], [400.0, 300.0]).with(names(&["fraud-check-c", "checkout-rust"]));
    let folded = Frame { folded: true, ..frame.clone() };
    let folded = Layout { nodes: Vec::new(), frames: vec![("Checks".into(), folded)] };
    let nodes = vec![("fraud-check-c".into(), [0.0, 0.0]), ("checkout-rust".into(), [300.0, 0.0])];
    let arranged = Layout { nodes, frames: Vec::new() };
    let changes = [
        Change::Place { component: zig, at: [80.0, 340.0], connect: None },
        Change::Place { component: checkout, at: [520.0, 340.0], connect },
        Change::Move(vec![("fraud-check-zig".into(), [10.0, 10.0])]),
        Change::Layout("Arrange".into(), arranged),
        Change::Duplicate(names(&["fraud-check-rust", "checkout-rust"])),
        Change::Frame(FrameEdit::Add("Checks".into(), frame)),
        Change::Layout("Fold Checks".into(), folded),
        Change::Paste(Clip::of(desk.session.document(), &names(&["fraud-check-c"]))),
        Change::Cut(names(&["fraud-check-c-2"])),
        Change::Grant(Target::Component(rust), grants.clone()),
        Change::Grant(Target::Composition, grants),
        Change::SaveArguments(key(Target::Composition), names(&["\"zoë\"", "7"])),
        Change::Compose(Edit::AddInstance { name: "second".into(), component: rust }),
        Change::Compose(Edit::Rename { from: "second".into(), to: "spare".into() }),
        Change::Compose(Edit::Connect { from: Port::new("spare", CHECK), to: port.clone() }),
        Change::Compose(Edit::Disconnect(port)),
        Change::Compose(Edit::Export { from: Port::new("spare", CHECK), name: "check".into() }),
        Change::Compose(Edit::Unexport("check".into())),
        Change::Compose(Edit::Replace { instance: "spare".into(), component: zig }),
        Change::Compose(Edit::RemoveInstances(names(&["spare", "fraud-check-c"]))),
    ];
    let mut documents = vec![desk.session.document().clone()];
    let mut labels = Vec::new();
    for change in changes {
        let label = change.label();
        desk.change(change);
        assert!(desk.session.document() != documents.last().unwrap(), "{label}: {}", desk.said());
        assert_eq!(desk.session.undo_label(), Some(label.as_str()));
        documents.push(desk.session.document().clone());
        labels.push(label);
    }
    for (document, label) in documents.iter().zip(&labels).rev() {
        assert_eq!(desk.session.undo_label(), Some(label.as_str()));
        desk.apply(Command::Undo);
        assert!(desk.session.document() == document, "{label}, taken back");
        assert_eq!(desk.session.redo_label(), Some(label.as_str()));
    }
    for (document, label) in documents.iter().skip(1).zip(&labels) {
        desk.apply(Command::Redo);
        assert!(desk.session.document() == document, "{label}, again");
    }
    assert_eq!(desk.session.redo_label(), None);
    desk.apply(Command::Undo);
    desk.change(Change::Move(vec![("checkout-rust".into(), [1.0, 2.0])]));
    assert_eq!(desk.session.redo_label(), None, "a new change ends what could be redone");
}

#[test]
fn a_refused_change_changes_nothing_and_says_why() {
    let mut desk = Desk::new();
    shop(&mut desk);
    let before = desk.session.document().clone();
    let undo = desk.session.undo_label().map(str::to_owned);
    desk.connect(("checkout-rust", "techbytes:orders/checkout"), ("checkout-rust", CHECK));
    desk.edit(Edit::Rename { from: "fraud-check-c".into(), to: "checkout-rust".into() });
    assert_eq!(desk.session.document(), &before);
    assert_eq!(desk.session.undo_label(), undo.as_deref());
    assert_eq!(desk.session.notices().len(), 2, "{}", desk.said());
    assert!(desk.said().contains("checkout-rust"), "{}", desk.said());
}

#[test]
fn one_gesture_is_one_step() {
    let mut desk = Desk::new();
    shop(&mut desk);
    let before = desk.session.document().clone();
    let drag = |desk: &mut Desk, steps: [f32; 3]| {
        for x in steps {
            desk.change(Change::Move(vec![("checkout-rust".into(), [x, 60.0])]));
        }
        desk.session.end_gesture();
    };
    drag(&mut desk, [530.0, 540.0, 550.0]);
    let between = desk.session.document().clone();
    drag(&mut desk, [560.0, 570.0, 580.0]);
    for text in ["\"z", "\"zo", "\"zoë\""] {
        desk.change(Change::SaveArguments(key(Target::Composition), names(&[text, "0"])));
    }
    desk.apply(Command::Undo);
    assert_eq!(desk.session.document().layout["checkout-rust"], [580.0, 60.0]);
    assert!(desk.session.document().calls.is_empty(), "typing is one step");
    desk.apply(Command::Undo);
    assert_eq!(desk.session.document(), &between);
    desk.apply(Command::Undo);
    assert_eq!(desk.session.document(), &before);
    // Placing with a wire is one gesture, too.
    let checkout = Digest::of(&sample_bytes("checkout-rust.wasm"));
    let connect = Some((CHECK.to_owned(), Port::new("fraud-check-c", CHECK), Side::Export));
    desk.change(Change::Place { component: checkout, at: [520.0, 300.0], connect });
    assert_eq!(desk.session.document().composition.wires.len(), 2);
    assert_eq!(desk.session.selection(), &Selection::Instances(names(&["checkout-rust-2"])));
    desk.apply(Command::Undo);
    assert_eq!(desk.session.document(), &before);
    assert_eq!(desk.session.selection(), &Selection::None, "what is gone is not selected");
}

#[test]
fn copies_stand_beside_and_keep_their_wires() {
    let mut desk = Desk::new();
    shop(&mut desk);
    desk.change(Change::Duplicate(names(&["fraud-check-rust", "checkout-rust"])));
    let document = desk.session.document();
    let wire = document.composition.wires.get(&Port::new("checkout-rust-2", CHECK));
    assert_eq!(wire, Some(&Port::new("fraud-check-rust-2", CHECK)));
    assert_ne!(document.layout["checkout-rust-2"], document.layout["checkout-rust"]);
    desk.change(Change::Duplicate(names(&["checkout-rust-2"])));
    let document = desk.session.document();
    assert!(document.composition.instances.contains_key("checkout-rust-3"), "{:?}", desk.names());
    assert_eq!(document.composition.wires.len(), 2, "a wire from outside the selection is not copied");
}

#[test]
fn what_was_copied_is_pasted_with_its_wires_in_another_session_too() {
    let mut desk = Desk::new();
    shop(&mut desk);
    let port = |instance: &str| Port::new(instance, CHECK);
    desk.edit(Edit::Connect { from: port("fraud-check-rust"), to: port("checkout-rust") });
    desk.edit(Edit::Tap { to: port("checkout-rust"), on: true });
    let both = names(&["fraud-check-rust", "checkout-rust"]);
    let text = Clip::of(desk.session.document(), &both).to_text();

    let before = desk.session.document().clone();
    desk.apply(Command::Paste(text.clone()));
    let pasted = desk.session.document();
    assert_eq!(pasted.composition.wires.get(&port("checkout-rust-2")), Some(&port("fraud-check-rust-2")));
    assert!(pasted.composition.taps.contains(&port("checkout-rust-2")), "the copy of a tapped wire is tapped");
    assert_ne!(pasted.layout["checkout-rust-2"], pasted.layout["checkout-rust"], "beside, not above");
    assert_eq!(desk.session.selection(), &Selection::Instances(names(&["checkout-rust-2", "fraud-check-rust-2"])));
    assert_eq!(desk.session.undo_label(), Some("Paste"));
    desk.apply(Command::Undo);
    assert_eq!(desk.session.document(), &before, "one step");

    desk.change(Change::Cut(both.clone()));
    desk.apply(Command::Paste(text.clone()));
    assert_eq!(desk.session.document().composition, before.composition, "cut and pasted, all is as it was");
    assert_eq!(desk.session.document().layout, before.layout);

    let mut other = Desk::new();
    other.open("checkout-rust.wasm");
    other.apply(Command::Paste(text.clone()));
    assert!(other.session.document().composition.instances.is_empty());
    let said = other.session.notices().last().unwrap().text.clone();
    let rust = Digest::of(&sample_bytes("fraud-check-rust.wasm")).short();
    let wanted =
        format!("Nothing is pasted: this component is not open: fraud-check-rust ({rust}…). Open it and paste again");
    assert_eq!(said, wanted);
    other.open("fraud-check-rust.wasm");
    other.apply(Command::Paste(text));
    assert_eq!(other.session.document().composition.wires.get(&port("checkout-rust")), Some(&port("fraud-check-rust")));

    other.apply(Command::Paste("some other text".into()));
    assert_eq!(other.session.notices().last().unwrap().text, "The clipboard holds no instances");
}

/// What saving and opening must bring back.
fn assert_same_work(found: &Document, wanted: &Document) {
    assert_eq!(found.composition, wanted.composition);
    assert_eq!(found.layout, wanted.layout);
    assert_eq!(found.calls, wanted.calls);
}

#[test]
fn a_project_comes_back_as_it_was_with_its_grants_off() {
    let room: Arc<Room> = Arc::default();
    let mut desk = Desk::in_room(Arc::clone(&room));
    shop(&mut desk);
    desk.change(Change::SaveArguments(key(Target::Composition), names(&["\"zoë\"", "7"])));
    let mut grants = desk.session.grants(&Target::Composition);
    for flag in ["--allow=clocks", "--env=SHOP=corner", "--dir=/srv/data::/data:rw"] {
        parse_flag(flag, &mut grants).unwrap();
    }
    desk.change(Change::Grant(Target::Composition, grants.clone()));
    assert!(desk.session.is_dirty());
    let path = PathBuf::from("/projects/shop.wirebench.json");
    desk.apply(Command::SaveProject(path.clone()));
    assert!(!desk.session.is_dirty() && !desk.session.has_autosave(), "{}", desk.said());
    assert_eq!(desk.session.project_path(), Some(path.as_path()));
    let text = String::from_utf8(room.memory.get(&path).unwrap()).unwrap();
    for secret in ["clocks", "corner", "/srv/data"] {
        assert!(!text.contains(secret), "grants are the user's own: {text}");
    }
    assert!(text.contains("../samples/checkout-rust.wasm"), "paths are relative: {text}");

    let mut again = Desk::in_room(Arc::clone(&room));
    again.apply(Command::Open(vec![path.clone()]));
    assert_same_work(again.session.document(), desk.session.document());
    assert_eq!(again.session.library().len(), 3);
    let back = again.session.grants(&Target::Composition);
    assert!(Capability::ALL.iter().all(|c| !back.allows(*c)), "opening a project allows nothing");
    assert_eq!(back.environment.list, grants.environment.list, "what was listed is remembered");
    assert_eq!(back.folders.list, grants.folders.list);
    assert!(!again.session.is_dirty() && again.session.undo_label().is_none());
    again.apply(Command::SaveProject(path.clone()));
    assert_eq!(String::from_utf8(room.memory.get(&path).unwrap()).unwrap(), text, "the same work gives the same bytes");
    let value = again.value(Target::Composition, "place(\"alice\", [])").unwrap();
    assert_eq!(to_wave(&value), "err(empty-cart)");
}

#[test]
fn a_project_says_what_is_missing_or_changed() {
    let room: Arc<Room> = Arc::default();
    let mut desk = Desk::in_room(Arc::clone(&room));
    // Made here, so that none of them is a sample that the program has anyway.
    let text = |n: u32| {
        format!(
            "(component (core module $m (func (export \"f\") (result i32) i32.const {n}))
        (core instance $i (instantiate $m)) (func (export \"f\") (result u32) (canon lift (core func $i \"f\"))))"
        )
    };
    for n in [1, 2] {
        let path = PathBuf::from(format!("/projects/part-{n}.wat"));
        room.memory.put(&path, text(n));
        desk.apply(Command::Open(vec![path]));
    }
    for component in desk.session.library().keys().copied().collect::<Vec<_>>() {
        desk.change(Change::Place { component, at: [0.0, 0.0], connect: None });
    }
    assert_eq!(desk.names(), ["part-1", "part-2"], "{}", desk.said());
    desk.apply(Command::SaveProject("/projects/parts.wirebench.json".into()));
    room.memory.put("/projects/part-1.wat", text(3));
    room.memory.put("/other/parts.wirebench.json", room.memory.get("/projects/parts.wirebench.json").unwrap());

    let mut again = Desk::in_room(Arc::clone(&room));
    again.apply(Command::Open(vec!["/projects/parts.wirebench.json".into()]));
    assert_same_work(again.session.document(), desk.session.document());
    assert!(again.said().contains("part-1") && again.said().contains("changed"), "{}", again.said());
    assert!(!again.said().contains("part-2"), "{}", again.said());

    let mut elsewhere = Desk::in_room(room);
    elsewhere.apply(Command::Open(vec!["/other/parts.wirebench.json".into()]));
    assert_same_work(elsewhere.session.document(), desk.session.document());
    for part in ["part-1.wat was not opened", "part-2.wat was not opened"] {
        assert!(elsewhere.said().contains(part), "{}", elsewhere.said());
    }
    assert!(elsewhere.session.composed().is_none() && !elsewhere.session.problems().is_empty());
}

#[test]
fn work_that_was_not_saved_is_brought_back_if_wanted() {
    let room: Arc<Room> = Arc::default();
    let mut desk = Desk::in_room(Arc::clone(&room));
    shop(&mut desk);
    let work = desk.session.document().clone();
    drop(desk); // as in a crash: nothing said goodbye

    let mut again = Desk::in_room(Arc::clone(&room));
    assert!(again.session.has_autosave());
    again.session.recover(true);
    again.finish();
    assert_same_work(again.session.document(), &work);
    assert_eq!(again.session.library().len(), 3);
    assert!(again.session.is_dirty() && again.session.project_path().is_none(), "it is still not saved");
    drop(again);

    let mut unwanted = Desk::in_room(Arc::clone(&room));
    assert!(unwanted.session.has_autosave(), "it is kept until it is saved or given up");
    unwanted.session.recover(false);
    unwanted.finish();
    assert!(unwanted.session.document().composition.instances.is_empty());
    drop(unwanted);
    let mut saved = Desk::in_room(Arc::clone(&room));
    assert!(!saved.session.has_autosave());
    shop(&mut saved);
    saved.apply(Command::SaveProject("/projects/shop.wirebench.json".into()));
    drop(saved);
    assert!(!Desk::in_room(room).session.has_autosave(), "what is saved needs no bringing back");
}

/// What a history shows of its calls.
fn history(session: &Session) -> Vec<String> {
    session.runs().iter().map(|r| format!("{}({})", r.function, wave(&r.arguments))).collect()
}

fn wave(arguments: &[Value]) -> String {
    arguments.iter().map(to_wave).collect::<Vec<_>>().join(", ")
}

#[test]
fn the_history_keeps_inputs_and_a_cleared_one_comes_back() {
    let mut desk = Desk::new();
    let target = Target::Component(desk.open("adder-wat.wasm"));
    for call in ["add(1, 2)", "add(3, 4)"] {
        desk.call(target, call);
    }
    assert_eq!(history(&desk.session), ["add(1, 2)", "add(3, 4)"]);
    let [first, second] = [0, 1].map(|at| desk.session.runs()[at].clone());
    assert_eq!(second.outcome(), Some(&Outcome::Returned(Some(Value::U32(7)))));
    assert!(first.is_first_call() && !second.is_first_call());
    let phases: Vec<_> = first.timings.iter().map(|t| t.phase).collect();
    assert_eq!(phases, Phase::ALL);
    desk.apply(Command::ClearHistory);
    assert!(desk.session.runs().is_empty() && desk.session.has_cleared_history());
    desk.call(target, "add(5, 6)");
    desk.apply(Command::RestoreHistory);
    assert_eq!(history(&desk.session), ["add(1, 2)", "add(3, 4)", "add(5, 6)"]);
    assert!(!desk.session.has_cleared_history());
}

const BAGS: &str = "techbytes:toolbox/bags@0.1.0";

/// The handle that a call returned.
fn handle(value: Option<Value>) -> Handle {
    match value {
        Some(Value::Handle(handle)) => handle,
        other => panic!("{other:?}"),
    }
}

#[test]
fn handles_go_from_a_constructor_to_methods_and_statics() {
    let mut desk = Desk::new();
    let target = Target::Component(desk.open("toolbox-rust.wasm"));
    let a = handle(desk.value(target, "bag([\"red\", \"green\"])"));
    let b = handle(desk.value(target, &format!("{BAGS}#[constructor]bag([\"blue\"])")));
    let [a_text, b_text] = [&a, &b].map(|h| to_wave(&Value::Handle(h.clone())));
    assert_eq!(a.resource, "bag");
    let size = desk.value(target, &format!("bag.add({a_text}, \"white\")"));
    assert_eq!(size, Some(Value::U32(3)));
    let c = handle(desk.value(target, &format!("bag.merge({a_text}, {b_text})")));
    let live = desk.session.live(&target).unwrap();
    assert_eq!(live.handles, [a.clone(), b.clone(), c.clone()]);
    assert_eq!((live.calls, live.generation), (4, a.generation));
    let c_text = to_wave(&Value::Handle(c.clone()));
    let words = desk.value(target, &format!("bag.words({c_text})")).unwrap();
    assert_eq!(to_wave(&words), "[\"red\", \"green\", \"white\", \"blue\"]");

    // Lent handles stay, given ones go.
    desk.value(target, &format!("swallow({c_text})"));
    assert_eq!(desk.session.live(&target).unwrap().handles, [a.clone(), b.clone()]);
    let run = desk.call(target, &format!("bag.words({c_text})"));
    let Some(Outcome::Failed(why)) = run.outcome() else { panic!("{:?}", run.outcome()) };
    assert!(why.contains(&c_text), "{why}");
    desk.apply(Command::DropHandle(target, b));
    assert_eq!(desk.session.live(&target).unwrap().handles, [a]);
    assert_eq!(desk.value(target, "alive()"), Some(Value::U32(1)), "its destructor ran");
}

#[test]
fn reset_forgets_state_and_handles() {
    let mut desk = Desk::new();
    let toolbox = Target::Component(desk.open("toolbox-rust.wasm"));
    let bag = handle(desk.value(toolbox, "bag([])"));
    let hog = Target::Component(desk.open("hog-wat.wasm"));
    assert_eq!(desk.value(hog, "take(15)"), Some(Value::Bool(true)));
    assert_eq!(desk.value(hog, "size()"), Some(Value::U32(16)), "state stays between calls");
    assert_eq!(desk.session.live(&hog).unwrap().memory_bytes, 16 << 16);
    desk.apply(Command::Reset(hog));
    assert!(desk.session.live(&hog).is_none());
    let run = desk.call(hog, "size()");
    assert_eq!(run.outcome(), Some(&Outcome::Returned(Some(Value::U32(1)))));
    assert!(run.is_first_call());
    assert_eq!(desk.session.live(&toolbox).unwrap().handles, std::slice::from_ref(&bag), "another one's state stays");
    desk.apply(Command::Reset(toolbox));
    let run = desk.call(toolbox, &format!("bag.words({})", to_wave(&Value::Handle(bag))));
    let Some(Outcome::Failed(why)) = run.outcome() else { panic!("{:?}", run.outcome()) };
    assert!(why.contains("bag#"), "{why}");
}

/// Other grants mean another instance: nothing that was reached before is reached on.
#[test]
fn other_grants_start_a_fresh_instance() {
    let mut desk = Desk::new();
    let target = Target::Component(desk.open("ledger-rust.wasm"));
    let mut grants = desk.session.grants(&target);
    grants.set(Capability::Clocks, true);
    desk.change(Change::Grant(target, grants));
    assert!(desk.value(target, "now()").is_some());
    desk.apply(Command::Undo);
    let run = desk.call(target, "now()");
    let Some(Outcome::Denied(denial)) = run.outcome() else { panic!("{:?}", run.outcome()) };
    assert_eq!(denial.capability, Some(Capability::Clocks));
    assert!(denial.to_string().contains("ledger-rust"), "{denial}");
    desk.apply(Command::Redo);
    assert!(desk.value(target, "now()").is_some());
}

fn a_loop_is_cancelled(mut desk: Desk) {
    let target = Target::Component(desk.open("loop-wat.wasm"));
    let job = desk.start(target, "spin()");
    desk.wait_for(|session| session.running().is_some_and(|r| r.phase == Some(Phase::Call)));
    desk.session.apply(Command::Call(wirebench::session::Call {
        target,
        interface: Some("techbytes:mischief/loop".into()),
        function: "count-to".into(),
        arguments: vec![Value::U32(1)],
    }));
    assert_eq!(desk.session.runs().len(), 1, "one call at a time");
    assert!(desk.said().contains("under way"), "{}", desk.said());
    desk.apply(Command::CancelCall(job));
    assert_eq!(desk.session.runs()[0].outcome(), Some(&Outcome::Cancelled));
    assert!(desk.session.live(&target).is_none());
    assert!(desk.value(target, "count-to(100000)").is_some());
}

#[test]
fn a_loop_is_cancelled_in_process() {
    a_loop_is_cancelled(Desk::new());
}

#[test]
fn a_loop_is_cancelled_in_a_runner() {
    a_loop_is_cancelled(Desk::with_process());
}

#[test]
fn a_hog_ends_at_its_limit() {
    let mut desk = Desk::new();
    let target = Target::Component(desk.open("hog-wat.wasm"));
    let mut grants = desk.session.grants(&target);
    parse_flag("--memory=8MiB", &mut grants).unwrap();
    desk.change(Change::Grant(target, grants));
    let run = desk.call(target, "eat-all()");
    let Some(Outcome::LimitReached(what)) = run.outcome() else { panic!("{:?}", run.outcome()) };
    assert!(what.contains("8.0 MiB"), "{what}");
    assert!(desk.session.live(&target).is_none());
    assert_eq!(desk.value(target, "size()"), Some(Value::U32(1)));
}

#[test]
fn a_runner_killed_from_outside_costs_one_run() {
    let mut desk = Desk::with_process();
    let toolbox = Target::Component(desk.open("toolbox-rust.wasm"));
    let bag = handle(desk.value(toolbox, "bag([\"red\"])"));
    let process = desk.session.runner_process().expect("a runner");
    let looping = Target::Component(desk.open("loop-wat.wasm"));
    desk.start(looping, "spin()");
    desk.wait_for(|session| session.running().is_some_and(|r| r.phase == Some(Phase::Call)));
    let killed = std::process::Command::new("kill").args(["-9", &process.to_string()]).status();
    assert!(killed.unwrap().success());
    desk.finish();
    let outcome = desk.session.runs().back().unwrap().outcome().unwrap();
    assert!(matches!(outcome, Outcome::RunnerLost(_)), "{outcome:?}");
    let sentence = outcome.sentence();
    assert!(sentence.contains("signal") && sentence.contains("next call"), "{sentence}");
    assert!(desk.session.live(&toolbox).is_none(), "no instance outlives its runner");
    let run = desk.call(toolbox, &format!("bag.words({})", to_wave(&Value::Handle(bag))));
    assert!(matches!(run.outcome(), Some(Outcome::Failed(_))), "{:?}", run.outcome());
    let sum = desk.open("adder-wat.wasm");
    assert_eq!(desk.value(Target::Component(sum), "add(2, 40)"), Some(Value::U32(42)));
    assert!(desk.session.runner_process().is_some_and(|new| new != process));
}

/// A compile that is cancelled takes the runner with it, and so the instances of others.
#[test]
fn instances_that_went_with_their_runner_are_not_shown_as_live() {
    let mut desk = Desk::with_process();
    let toolbox = Target::Component(desk.open("toolbox-rust.wasm"));
    desk.value(toolbox, "bag([\"red\"])");
    assert_eq!(desk.session.live(&toolbox).unwrap().handles.len(), 1);
    let large = Target::Component(desk.open("fraud-check-go.wasm"));
    let job = desk.start(large, "check(\"alice\", 1)");
    desk.wait_for(|session| session.running().is_some_and(|r| r.phase == Some(Phase::Compile)));
    desk.session.apply(Command::Reset(large));
    assert!(desk.said().contains("under way"), "{}", desk.said());
    desk.apply(Command::CancelCall(job));
    assert_eq!(desk.session.runs().back().unwrap().outcome(), Some(&Outcome::Cancelled));
    assert!(desk.session.live(&toolbox).is_none());
    assert!(desk.value(toolbox, "alive()").is_some());
}

/// As in the window: nothing waits for anything between one command and the next.
#[test]
fn commands_given_at_once_end_as_if_given_one_by_one() {
    let room = Arc::new(Room::with_threads());
    let mut desk = Desk::in_room(room);
    let components = ["fraud-check-rust.wasm", "fraud-check-c.wasm", "checkout-rust.wasm"].map(|f| desk.open(f));
    let target = Target::Composition;
    for component in components {
        desk.session.apply(Command::Change(Change::Place { component, at: [0.0, 0.0], connect: None }));
    }
    let order = wirebench::session::Call {
        target,
        interface: Some("techbytes:orders/checkout".into()),
        function: "place".into(),
        arguments: vec![Value::String("alice".into()), Value::List(Vec::new())],
    };
    for provider in ["fraud-check-rust", "fraud-check-c"] {
        let edit = Edit::Connect { from: Port::new(provider, CHECK), to: Port::new("checkout-rust", CHECK) };
        desk.session.apply(Command::Change(Change::Compose(edit)));
    }
    desk.session.apply(Command::Undo);
    desk.session.apply(Command::Redo);
    desk.session.apply(Command::Call(order));
    desk.finish();
    let run = desk.session.runs().back().expect("the call waited for the component to be built").clone();
    let Some(Outcome::Returned(Some(value))) = run.outcome() else { panic!("{:?}", run.outcome()) };
    assert_eq!(to_wave(value), "err(empty-cart)");
    assert_eq!(run.digest, desk.component(&target).digest);
    let wires = &desk.session.document().composition.wires;
    assert_eq!(wires.values().map(|from| from.instance.as_str()).collect::<Vec<_>>(), ["fraud-check-c"]);
    // The same, one by one.
    let mut slow = Desk::new();
    slow.place("fraud-check-rust.wasm", [0.0, 0.0]);
    slow.place("fraud-check-c.wasm", [0.0, 0.0]);
    slow.place("checkout-rust.wasm", [0.0, 0.0]);
    slow.connect(("fraud-check-c", CHECK), ("checkout-rust", CHECK));
    assert_eq!(slow.component(&target).digest, run.digest);
}

#[test]
fn files_of_any_name_can_be_placed() {
    let mut desk = Desk::new();
    let long = "n".repeat(200);
    for name in ["größe", " ", "a b (1)", "x\u{202e}y", "1", "wasi:cli", long.as_str(), "a\nb", "../..", "component"]
    {
        let before = desk.names().len();
        let component = format!("(component (import \"f\" (func)) (core module $m (@custom \"{}\" \"\")))", before);
        let bytes = wat::parse_str(&component).unwrap();
        let digest = Digest::of(&bytes);
        desk.apply(Command::OpenBytes(format!("{name}.wasm"), bytes.into()));
        desk.change(Change::Place { component: digest, at: [0.0, 0.0], connect: None });
        assert_eq!(desk.names().len(), before + 1, "{name:?}: {}", desk.said());
    }
    desk.apply(Command::SaveProject("/projects/names.wirebench.json".into()));
    assert!(desk.session.composed().is_some(), "{:?}", desk.session.problems());
}

#[test]
fn the_sample_project_needs_one_wire() {
    let mut desk = Desk::new();
    desk.apply(Command::OpenSampleProject);
    let names = desk.names();
    assert_eq!(names.len(), 4, "{}", desk.said());
    let document = desk.session.document();
    assert!(names.iter().all(|n| document.layout.contains_key(n)));
    assert!(document.composition.wires.is_empty() && desk.session.undo_label().is_none());
    desk.connect(("fraud-check-js", CHECK), ("checkout-rust", CHECK));
    assert_eq!(desk.session.document().composition.wires.len(), 1, "{}", desk.said());
    let component = desk.component(&Target::Composition);
    assert!(component.export("techbytes:orders/checkout").is_some());
    assert!(component.imports.is_empty());
    desk.apply(Command::SaveProject("/projects/payments.wirebench.json".into()));
    let mut again = Desk::in_room(Arc::clone(&desk.room));
    again.apply(Command::Open(vec!["/projects/payments.wirebench.json".into()]));
    assert_same_work(again.session.document(), desk.session.document());
    assert_eq!(again.component(&Target::Composition).digest, component.digest, "{}", again.said());
}

#[test]
fn bad_files_are_named_and_harm_nothing() {
    let mut desk = Desk::new();
    shop(&mut desk);
    let before = desk.session.document().clone();
    let truncated = sample_bytes("toolbox-rust.wasm").get(..5000).unwrap().to_vec();
    let files: [(&str, Vec<u8>); 7] = [
        ("empty.wasm", Vec::new()),
        ("truncated.wasm", truncated),
        ("garbage.wasm", b"\xff\xfe\x00garbage".to_vec()),
        ("notes.txt", b"Dear diary".to_vec()),
        ("broken.wat", b"(component (core module".to_vec()),
        ("broken.wirebench.json", b"{\"version\": ".to_vec()),
        ("list.wirebench.json", b"[]".to_vec()),
    ];
    for (name, bytes) in files {
        let path = PathBuf::from("/projects").join(name);
        desk.room.memory.put(&path, bytes);
        let said = desk.session.notices().len();
        desk.apply(Command::Open(vec![path]));
        let new: Vec<_> = desk.session.notices().iter().skip(said).map(|n| n.text.clone()).collect();
        assert!(!new.is_empty(), "{name}: nothing was said");
        assert_eq!(desk.session.document(), &before, "{name}");
    }
    desk.apply(Command::Open(vec!["/no/such.wasm".into()]));
    assert!(desk.said().contains("such.wasm was not opened: there is no such file"), "{}", desk.said());
    assert!(desk.room.read_state("preferences.json").is_some());
}

/// Puts other contents into an open file and lets the session look.
fn change_file(desk: &mut Desk, file: &str, bytes: &[u8]) {
    desk.room.memory.put(PathBuf::from("/samples").join(file), bytes);
    desk.apply(Command::CheckFiles);
}

#[test]
fn a_file_that_is_written_anew_with_the_same_contents_has_not_changed() {
    let mut desk = Desk::new();
    shop(&mut desk);
    desk.apply(Command::CheckFiles);
    assert_eq!(desk.session.changed_files(), []);
    change_file(&mut desk, "fraud-check-rust.wasm", &sample_bytes("fraud-check-rust.wasm"));
    assert_eq!(desk.session.changed_files(), []);
    change_file(&mut desk, "fraud-check-rust.wasm", &sample_bytes("fraud-check-zig.wasm"));
    assert_eq!(desk.session.changed_files().len(), 1);
    // And back again, before anybody said anything.
    change_file(&mut desk, "fraud-check-rust.wasm", &sample_bytes("fraud-check-rust.wasm"));
    assert_eq!(desk.session.changed_files(), []);
}

#[test]
fn a_changed_file_is_reloaded_into_all_its_instances_as_one_step() {
    let mut desk = Desk::new();
    shop(&mut desk);
    let old = Digest::of(&sample_bytes("fraud-check-rust.wasm"));
    let new = Digest::of(&sample_bytes("fraud-check-zig.wasm"));
    desk.edit(Edit::AddInstance { name: "second".into(), component: old });
    for target in [Target::Composition, Target::Component(old)] {
        let mut grants = desk.session.grants(&target);
        grants.set(Capability::Clocks, true);
        desk.change(Change::Grant(target, grants));
    }
    desk.change(Change::SaveArguments(key(Target::Component(old)), names(&["\"zoë\"", "7"])));
    desk.apply(Command::Select(Selection::Component(old)));
    change_file(&mut desk, "fraud-check-rust.wasm", &sample_bytes("fraud-check-zig.wasm"));
    let [changed] = desk.session.changed_files() else { panic!("{:?}", desk.session.changed_files()) };
    assert_eq!((changed.component, changed.now), (old, new));
    let before = desk.session.document().clone();
    assert!(desk.session.library().contains_key(&old), "nothing is taken over by itself");

    desk.apply(Command::ReloadFiles(vec![old]));
    assert_eq!(desk.session.changed_files(), []);
    let composition = &desk.session.document().composition;
    assert_eq!(
        (composition.instances["second"].component, composition.instances["fraud-check-rust"].component),
        (new, new)
    );
    assert_eq!(composition.wires, before.composition.wires);
    assert!(
        desk.said().contains("Reloaded fraud-check-rust: 2 instances made of it, all wires kept"),
        "{}",
        desk.said()
    );
    assert_eq!(desk.session.selection(), &Selection::Component(new));
    assert!(!desk.session.library().contains_key(&old) && desk.session.opened(&old).is_none());
    for target in [Target::Composition, Target::Component(new)] {
        assert!(!desk.session.grants(&target).clocks, "{target:?} was granted to other bytes");
    }
    assert_eq!(desk.session.document().calls[&key(Target::Component(new))], names(&["\"zoë\"", "7"]));
    assert!(desk.session.composed().is_some());
    let after = desk.session.document().clone();

    assert_eq!(desk.session.undo_label(), Some("Reload fraud-check-rust"));
    desk.apply(Command::Undo);
    assert!(*desk.session.document() == before);
    assert!(desk.session.library().contains_key(&old) && desk.session.composed().is_some());
    assert!(desk.session.opened(&old).is_some_and(|o| o.is_outdated));
    desk.apply(Command::CheckFiles);
    assert_eq!(desk.session.changed_files(), [], "what was taken back is not offered again");
    desk.apply(Command::Redo);
    assert!(*desk.session.document() == after);
    assert!(!desk.session.library().contains_key(&old));
}

#[test]
fn a_wire_whose_port_is_gone_stays_and_is_broken() {
    let mut desk = Desk::new();
    shop(&mut desk);
    let old = Digest::of(&sample_bytes("fraud-check-rust.wasm"));
    let wires = desk.session.document().composition.wires.clone();
    change_file(&mut desk, "fraud-check-rust.wasm", &sample_bytes("adder-wat.wasm"));
    desk.apply(Command::ReloadFiles(vec![old]));
    assert_eq!(desk.session.document().composition.wires, wires);
    let subject = Subject::Wire { instance: "checkout-rust".into(), import: CHECK.into() };
    let problem = desk.session.problems().iter().find(|p| p.subject == subject).expect("a problem").clone();
    assert_eq!(problem.severity, Severity::Error);
    assert!(problem.message.contains("has no export"), "{problem}");
    assert!(
        desk.said().contains("Reloaded fraud-check-rust: the port of 1 wire is gone, see Problems"),
        "{}",
        desk.said()
    );
    assert!(desk.session.composed().is_none());
    // The old contents back on disk, and all is well again.
    change_file(&mut desk, "fraud-check-rust.wasm", &sample_bytes("fraud-check-rust.wasm"));
    let now = desk.session.changed_files()[0].component;
    desk.apply(Command::ReloadFiles(vec![now]));
    assert_eq!(desk.session.document().composition.wires, wires);
    assert!(desk.session.composed().is_some(), "{:?}", desk.session.problems());
}

#[test]
fn a_changed_file_can_be_left_alone() {
    let mut desk = Desk::new();
    shop(&mut desk);
    let old = Digest::of(&sample_bytes("fraud-check-rust.wasm"));
    let before = desk.session.document().clone();
    change_file(&mut desk, "fraud-check-rust.wasm", &sample_bytes("fraud-check-zig.wasm"));
    desk.apply(Command::KeepFiles(vec![old]));
    desk.apply(Command::CheckFiles);
    assert_eq!(desk.session.changed_files(), []);
    assert!(desk.session.document() == &before && desk.session.opened(&old).is_some_and(|o| o.is_outdated));
    change_file(&mut desk, "fraud-check-rust.wasm", &sample_bytes("fraud-check-js.wasm"));
    assert_eq!(desk.session.changed_files().len(), 1, "it has changed once more");

    // What is there now cannot be used: the component stays, and it can be tried again.
    for (bytes, what) in [(&b"\0asm but not for long"[..], "not WebAssembly"), (b"(module)", "a core module")] {
        change_file(&mut desk, "fraud-check-rust.wasm", bytes);
        desk.apply(Command::ReloadFiles(vec![old]));
        assert!(desk.session.document() == &before && desk.session.library().contains_key(&old));
        assert_eq!(desk.session.changed_files().len(), 1);
        let said = desk.session.notices().last().expect("a notice").text.clone();
        assert!(said.starts_with("“fraud-check-rust” was not reloaded") && said.contains(what), "{said}");
    }
}

#[test]
fn a_component_without_instances_is_reloaded_too() {
    let mut desk = Desk::new();
    let old = desk.open("adder-wat.wasm");
    let new = Digest::of(&sample_bytes("loop-wat.wasm"));
    change_file(&mut desk, "adder-wat.wasm", &sample_bytes("loop-wat.wasm"));
    desk.apply(Command::ReloadFiles(vec![old]));
    let open: Vec<&Digest> = desk.session.library().keys().collect();
    assert_eq!((open, desk.session.selection()), (vec![&new], &Selection::Component(new)));
    assert_eq!(desk.session.undo_label(), None);
}

#[test]
fn a_bill_of_materials_is_saved_but_not_over_an_input() {
    let mut desk = Desk::new();
    let path = PathBuf::from("/parts/toolbox.wasm");
    let bytes = sample_bytes("toolbox-rust.wasm").to_vec();
    desk.room.memory.put(&path, bytes.clone());
    desk.apply(Command::Open(vec![path.clone()]));
    let digest = Digest::of(&bytes);
    desk.apply(Command::SaveBill(digest, "/parts/toolbox.cdx.json".into()));
    let bill = String::from_utf8(desk.room.memory.get("/parts/toolbox.cdx.json").unwrap()).unwrap();
    assert!(bill.contains("\"bomFormat\": \"CycloneDX\"") && bill.contains(&digest.to_string()), "{bill}");
    assert!(desk.said().contains("Saved toolbox.cdx.json"), "{}", desk.said());
    desk.apply(Command::SaveBill(digest, path));
    assert!(desk.said().contains("toolbox.wasm is one of the inputs"), "{}", desk.said());
    assert_eq!(desk.room.memory.get("/parts/toolbox.wasm").unwrap(), bytes);
    desk.apply(Command::SaveBill(Digest::of(b"none"), "/parts/none.json".into()));
    assert!(desk.said().contains("not open any more"), "{}", desk.said());
    assert!(desk.room.memory.get("/parts/none.json").is_none());
}

#[test]
fn a_stub_is_made_edited_undone_saved_and_made_again() {
    let room: Arc<Room> = Arc::default();
    let mut desk = Desk::in_room(Arc::clone(&room));
    desk.place("checkout-rust.wasm", [520.0, 60.0]);
    let import = Port::new("checkout-rust", CHECK);
    desk.apply(Command::AddStub { port: import.clone(), at: [80.0, 60.0] });
    let wired = |desk: &Desk| desk.session.document().composition.wires.get(&import).cloned();
    assert_eq!(wired(&desk), Some(Port::new("stub-fraud-check", CHECK)), "{}", desk.said());
    assert_eq!(desk.session.undo_label(), Some("Add stub for techbytes:payments/fraud-check"));
    let order = "place(\"ann\", [{sku: \"tea\", quantity: 1, unit-cents: 250}])";
    assert!(matches!(desk.call(Target::Composition, order).outcome(), Some(Outcome::Trapped(_))));

    let says = |answer: &str| {
        let otherwise = Answer::Fixed(Some(answer.to_owned()));
        [("check".to_owned(), Behavior { rules: Vec::new(), otherwise, recorded: false })].into()
    };
    let edit = |answer| Command::EditStub { instance: "stub-fraud-check".into(), functions: says(answer) };
    desk.apply(edit("{allowed: false, score: 99, reason: \"stubbed\"}"));
    desk.apply(edit("{allowed: true, score: 1, reason: \"stubbed\"}"));
    let value = desk.value(Target::Composition, order).map(|v| to_wave(&v)).unwrap();
    assert!(value.starts_with("ok({total-cents: 250"), "{value}");
    assert!(wired(&desk).is_some() && desk.session.stub_of("stub-fraud-check").is_some());
    desk.apply(edit("no value"));
    assert!(desk.said().contains("`check` cannot give this answer"), "{}", desk.said());

    let path = PathBuf::from("/projects/stubbed.wirebench.json");
    desk.apply(Command::SaveProject(path.clone()));
    let text = String::from_utf8(room.memory.get(&path).unwrap()).unwrap();
    let mut again = Desk::in_room(Arc::clone(&room));
    again.apply(Command::Open(vec![path.clone()]));
    assert_same_work(again.session.document(), desk.session.document());
    assert_eq!(again.value(Target::Composition, order).map(|v| to_wave(&v)).unwrap(), value);
    again.apply(Command::SaveProject(path.clone()));
    assert_eq!(String::from_utf8(room.memory.get(&path).unwrap()).unwrap(), text);
    // Bytes of another version: what the document says counts.
    let digest = desk.session.document().composition.instances["stub-fraud-check"].component.to_string();
    room.memory.put(&path, text.replace(&digest, &"0".repeat(64)).into_bytes());
    again.apply(Command::Open(vec![path]));
    assert_eq!(again.session.document().composition.instances["stub-fraud-check"].component.to_string(), digest);
    assert_eq!(again.value(Target::Composition, order).map(|v| to_wave(&v)).unwrap(), value);

    // To answer at all was a step, to type another value the next; before them the stub trapped, and before that there was none.
    desk.apply(Command::Undo);
    assert_ne!(desk.value(Target::Composition, order).map(|v| to_wave(&v)).unwrap(), value);
    desk.apply(Command::Undo);
    assert!(matches!(desk.call(Target::Composition, order).outcome(), Some(Outcome::Trapped(_))));
    desk.apply(Command::Undo);
    assert_eq!(wired(&desk), None);
    for _ in 0..3 {
        desk.apply(Command::Redo);
    }
    assert_eq!(desk.value(Target::Composition, order).map(|v| to_wave(&v)).unwrap(), value);
}
