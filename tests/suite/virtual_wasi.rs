//! Components that need WASI, with a virtual one and nothing granted.

use crate::desk::{Desk, Room};
use std::path::PathBuf;
use std::sync::Arc;
use wirebench::call::{Outcome, Stream};
use wirebench::compose::{Edit, HostPart, Port, VirtualWasi, WasiGroup};
use wirebench::diag::Severity;
use wirebench::grant::{Capability, Grants};
use wirebench::project::Target;
use wirebench::session::{Change, Command, Selection};
use wirebench::value::to_wave;

const WASI: &str = "virtual-wasi";

/// A sample with a virtual WASI before everything that it asks for.
fn with_virtual(room: &Arc<Room>, file: &str) -> Desk {
    let mut desk = Desk::in_room(Arc::clone(room));
    let guest = desk.place(file, [520.0, 60.0]);
    desk.apply(Command::AddVirtualWasi { at: [80.0, 60.0], wire_to: vec![guest] });
    assert_eq!(*desk.session.selection(), Selection::Instances(vec![WASI.into()]), "{}", desk.said());
    desk
}

fn settings(desk: &Desk) -> VirtualWasi {
    VirtualWasi::clone(desk.session.virtual_wasi_of(WASI).expect("a virtual WASI"))
}

fn edit(desk: &mut Desk, change: impl FnOnce(&mut VirtualWasi)) {
    let mut settings = Box::new(settings(desk));
    change(&mut settings);
    desk.apply(Command::EditVirtualWasi { instance: WASI.into(), settings });
}

/// The answer on a fresh instance.
fn answer(desk: &mut Desk, call: &str) -> String {
    desk.apply(Command::Reset(Target::Composition));
    desk.value(Target::Composition, call).map(|v| to_wave(&v)).unwrap_or_default()
}

fn wires(desk: &Desk) -> usize {
    desk.session.document().composition.wires.len()
}

/// What was composed with one, opened up: its settings are edited on.
#[test]
fn in_a_copy_of_a_composed_file_it_keeps_its_settings() {
    let room = Arc::new(Room::default());
    let mut desk = with_virtual(&room, "ledger-rust.wasm");
    let ask = "env(\"SHOP\")";
    edit(&mut desk, |s| {
        s.groups.remove(&WasiGroup::Random);
        s.host.insert(HostPart::Stderr);
        s.environment.insert("SHOP".into(), "corner".into());
        s.files.insert("/books/old.txt".into(), b"\xff\0".to_vec());
    });
    desk.apply(Command::ComposeTo("/out/ledger.wasm".into()));
    let bytes = room.memory.get("/out/ledger.wasm").unwrap_or_else(|| panic!("{}", desk.said()));
    let mut copy = Desk::in_room(Arc::clone(&room));
    copy.apply(Command::Open(vec!["/out/ledger.wasm".into()]));
    copy.apply(Command::EditCopy(wirebench::component::Digest::of(&bytes)));
    assert_eq!(settings(&copy), settings(&desk), "{}", copy.said());
    edit(&mut copy, |s| _ = s.environment.insert("SHOP".into(), "market".into()));
    copy.apply(Command::SaveProject("/out/copy.wirebench.json".into()));
    assert!(!copy.said().contains("has no file"), "{}", copy.said());
    let mut again = Desk::in_room(room);
    again.apply(Command::Open(vec!["/out/copy.wirebench.json".into()]));
    for (desk, shop) in [(&mut desk, "corner"), (&mut copy, "market"), (&mut again, "market")] {
        assert_eq!(answer(desk, ask), format!("some(\"{shop}\")"), "{}", desk.said());
        desk.apply(Command::Reset(Target::Composition));
    }
    // An instance of the file, split where it stands, is the same.
    let mut outer = Desk::in_room(Arc::clone(&desk.room));
    outer.apply(Command::Open(vec!["/out/ledger.wasm".into()]));
    let component = wirebench::component::Digest::of(&bytes);
    outer.apply(Command::Change(Change::Place { component, at: [0.0, 0.0], connect: None }));
    let name = outer.names().remove(0);
    outer.apply(Command::SplitInstance(name));
    assert_eq!(settings(&outer), settings(&desk), "{}", outer.said());
}

#[test]
fn nothing_is_granted_and_the_answers_are_always_the_same() {
    let mut desk = with_virtual(&Arc::default(), "ledger-rust.wasm");
    edit(&mut desk, |s| {
        s.environment.insert("SHOP".into(), "corner".into());
        s.arguments = vec!["ledger".into(), "two words".into()];
        s.stdin = "first\nsecond".into();
        s.files.insert("/books/old.txt".into(), b"1\n".to_vec());
        s.seed = 42;
        s.clock.seconds = 1_700_000_000;
    });
    assert!(desk.session.needs(&Target::Composition).is_empty(), "{:?}", desk.session.needs(&Target::Composition));
    let calls = [
        ("env(\"SHOP\")", "some(\"corner\")"),
        ("env-all()", "[(\"SHOP\", \"corner\")]"),
        ("args()", "[\"ledger\", \"two words\"]"),
        ("ask()", "some(\"first\")"),
        ("now()", "1700000000000"),
        ("ticks()", "1000"),
        ("read(\"/books/old.txt\")", "ok(\"1\\n\")"),
        ("entries(\"/books\")", "ok([\"old.txt\"])"),
        ("append(\"/books/old.txt\", \"2\")", "err(\"/books/old.txt: Read-only file system (os error 69)\")"),
        ("read(\"/../old.txt\")", "err(\"/../old.txt: Operation not permitted (os error 63)\")"),
    ];
    for (call, expected) in calls {
        assert_eq!(answer(&mut desk, call), expected, "{call}");
        assert_eq!(answer(&mut desk, call), expected, "{call} again");
    }
    let token = answer(&mut desk, "token(12)");
    assert_eq!(answer(&mut desk, "token(12)"), token);
    edit(&mut desk, |s| s.seed = 43);
    assert_ne!(answer(&mut desk, "token(12)"), token);
    // What it says goes nowhere.
    let run = desk.call(Target::Composition, "say(\"hello\")");
    assert!(matches!(run.outcome(), Some(Outcome::Returned(None))), "{:?}", run.outcome());
    assert!(run.output.is_empty(), "{:?}", run.output);
}

#[test]
fn what_is_written_lives_as_long_as_the_instance_and_waiting_takes_no_time() {
    let mut desk = with_virtual(&Arc::default(), "ledger-rust.wasm");
    edit(&mut desk, |s| s.is_writable = true);
    assert_eq!(answer(&mut desk, "append(\"/new.txt\", \"a\")"), "ok(2)");
    let then =
        |desk: &mut Desk, call: &str| desk.value(Target::Composition, call).map(|v| to_wave(&v)).unwrap_or_default();
    assert_eq!(then(&mut desk, "append(\"/new.txt\", \"b\")"), "ok(4)");
    assert_eq!(then(&mut desk, "read(\"/new.txt\")"), "ok(\"a\\nb\\n\")");
    assert_eq!(then(&mut desk, "entries(\"/\")"), "ok([\"new.txt\"])");
    assert_eq!(then(&mut desk, "remove(\"/new.txt\")"), "ok");
    assert_eq!(then(&mut desk, "entries(\"/\")"), "ok([])");
    assert_eq!(answer(&mut desk, "entries(\"/\")"), "ok([])");
    let before: u64 = then(&mut desk, "now()").parse().unwrap();
    assert_eq!(then(&mut desk, "sleep-ms(3600000)"), "");
    assert_eq!(then(&mut desk, "now()"), (before + 3_600_000).to_string());
}

#[test]
fn other_languages_and_a_command_run_with_it() {
    for file in ["fraud-check-go.wasm", "fraud-check-cpp.wasm"] {
        let mut desk = with_virtual(&Arc::default(), file);
        let said = answer(&mut desk, "check(\"alice\", 125000)");
        assert!(said.starts_with("{allowed: true, score: 12"), "{file} {said}");
    }
    let mut desk = with_virtual(&Arc::default(), "wordcount-rust.wasm");
    edit(&mut desk, |s| s.arguments = vec!["wordcount".into(), "/none.txt".into()]);
    // Leaving with 1 is the host's to do, so that it can be seen.
    let run = desk.call(Target::Composition, "run()");
    assert!(
        matches!(run.outcome(), Some(Outcome::Failed(why)) if why.contains("exited with code 1")),
        "{:?}",
        run.outcome()
    );
    edit(&mut desk, |s| drop(s.files.insert("/none.txt".into(), b"a b".to_vec())));
    assert_eq!(answer(&mut desk, "run()"), "ok");
}

#[test]
fn it_is_edited_undone_saved_and_made_again() {
    let room: Arc<Room> = Arc::default();
    let mut desk = with_virtual(&room, "ledger-rust.wasm");
    assert_eq!(wires(&desk), 17);
    assert_eq!(desk.session.undo_label(), Some("Add virtual WASI"));
    let errors = |desk: &Desk| desk.session.problems().iter().filter(|p| p.severity == Severity::Error).count();
    assert_eq!(errors(&desk), 0, "{:?}", desk.session.problems());

    // Typing is one step, and leaves nothing of what was typed on the way.
    let library = desk.session.library().len();
    for text in ["b", "bl", "blue"] {
        edit(&mut desk, |s| drop(s.environment.insert("C".into(), text.into())));
    }
    assert_eq!(answer(&mut desk, "env(\"C\")"), "some(\"blue\")");
    assert_eq!(desk.session.library().len(), library);
    // Files of the machine.
    room.memory.put("/home/list.txt", b"tea\n".to_vec());
    let files = vec![("/list.txt".to_owned(), PathBuf::from("/home/list.txt"))];
    desk.session.end_gesture();
    desk.apply(Command::AddVirtualFiles { instance: WASI.into(), files });
    assert_eq!(answer(&mut desk, "read(\"/list.txt\")"), "ok(\"tea\\n\")");
    let files = vec![("/gone.txt".to_owned(), PathBuf::from("/home/gone.txt"))];
    desk.apply(Command::AddVirtualFiles { instance: WASI.into(), files });
    assert!(desk.said().contains("gone.txt was not added"), "{}", desk.said());
    edit(&mut desk, |s| s.groups.clear());
    assert!(desk.said().contains("A virtual WASI must give something"), "{}", desk.said());

    let path = PathBuf::from("/projects/virtual.wirebench.json");
    desk.apply(Command::SaveProject(path.clone()));
    let text = String::from_utf8(room.memory.get(&path).unwrap()).unwrap();
    let mut again = Desk::in_room(Arc::clone(&room));
    again.apply(Command::Open(vec![path.clone()]));
    assert_eq!(again.session.document().composition, desk.session.document().composition, "{}", again.said());
    assert_eq!(settings(&again), settings(&desk));
    assert_eq!(answer(&mut again, "read(\"/list.txt\")"), "ok(\"tea\\n\")");
    again.apply(Command::SaveProject(path.clone()));
    assert_eq!(String::from_utf8(room.memory.get(&path).unwrap()).unwrap(), text);
    // Bytes of another version: what the document says counts.
    let digest = desk.session.document().composition.instances[WASI].component.to_string();
    room.memory.put(&path, text.replace(&digest, &"0".repeat(64)).into_bytes());
    again.apply(Command::Open(vec![path.clone()]));
    assert_eq!(again.session.document().composition.instances[WASI].component.to_string(), digest);
    // What cannot be read is said, and the rest is there.
    room.memory.put(&path, text.replace("\"random\"", "\"luck\"").into_bytes());
    again.apply(Command::Open(vec![path]));
    assert!(again.said().contains("it gives “luck”, which is not known"), "{}", again.said());
    assert_eq!(wires(&again), 17);

    // A group that is left to the host takes its wires along, in one step.
    desk.session.end_gesture();
    edit(&mut desk, |s| s.groups.retain(|group| *group != WasiGroup::Random));
    assert_eq!(wires(&desk), 16);
    assert_eq!(errors(&desk), 0, "{:?}", desk.session.problems());
    let run = desk.call(Target::Composition, "token(4)");
    assert!(matches!(run.outcome(), Some(Outcome::Denied { .. })), "{:?}", run.outcome());
    desk.apply(Command::Undo);
    assert_eq!(wires(&desk), 17);
    desk.apply(Command::Undo);
    assert_eq!(answer(&mut desk, "env(\"C\")"), "some(\"blue\")");
    assert!(settings(&desk).files.is_empty());
    desk.apply(Command::Undo);
    assert_eq!(answer(&mut desk, "env(\"C\")"), "none");
    desk.apply(Command::Undo);
    assert_eq!((wires(&desk), desk.session.virtual_wasi_of(WASI)), (0, None));
    for _ in 0..3 {
        desk.apply(Command::Redo);
    }
    assert_eq!(answer(&mut desk, "read(\"/list.txt\")"), "ok(\"tea\\n\")");
}

#[test]
fn auto_wire_gives_all_of_it_to_several() {
    let mut desk = Desk::new();
    desk.place("ledger-rust.wasm", [520.0, 60.0]);
    desk.place("fraud-check-cpp.wasm", [520.0, 400.0]);
    desk.apply(Command::AddVirtualWasi { at: [80.0, 60.0], wire_to: Vec::new() });
    assert_eq!(wires(&desk), 0);
    desk.apply(Command::PlanWires(Default::default(), Default::default()));
    let plan = Arc::clone(&desk.session.wire_plan().unwrap().plan);
    assert_eq!((plan.wires(), plan.waiting()), (17 + 8, 0), "{}", plan.text());
    desk.change(Change::AutoWire(plan.edits()));
    assert!(desk.session.composed().is_some(), "{:?}", desk.session.problems());
    assert_eq!(answer(&mut desk, "entries(\"/\")"), "ok([])");
}

#[test]
fn streams_of_the_host_beside_virtual_ones_are_told() {
    let mut desk = with_virtual(&Arc::default(), "ledger-rust.wasm");
    desk.edit(Edit::Disconnect(Port::new("ledger-rust", "wasi:cli/stdout@0.2.12")));
    let said: Vec<_> = desk.session.problems().iter().map(ToString::to_string).collect();
    assert!(
        said.iter().any(|p| p.contains(
            "ledger-rust · wasi:cli/stdout@0.2.12 comes from outside and speaks of the resource “output-stream”"
        )),
        "{said:?}"
    );
    assert!(desk.session.composed().is_none());
}

/// The word comes with what to do: a virtual WASI without the group cannot be wired to instead.
#[test]
fn streams_of_the_host_beside_virtual_files_are_told_with_the_way_out() {
    let mut desk = with_virtual(&Arc::default(), "ledger-rust.wasm");
    edit(&mut desk, |settings| settings.groups = [WasiGroup::Files].into());
    let problems = desk.session.problems();
    let hint = problems.iter().filter(|p| p.message.contains("wasi:cli/stdout@0.2.12 comes from outside"));
    let hint: Vec<_> = hint.filter_map(|p| p.hint.as_deref()).collect();
    let wanted = "Have “virtual-wasi” give wasi:cli/stdout too, of its own or handed on from the host: the streams of files, \
                  clocks, input and output must all come from one place";
    assert_eq!(hint, [wanted]);
    assert!(desk.session.composed().is_none());
}

fn grant(desk: &mut Desk, change: impl FnOnce(&mut Grants)) {
    let mut grants = Grants::default();
    change(&mut grants);
    desk.change(Change::Grant(Target::Composition, grants));
}

/// What the host asks to be granted, and what the composition imports.
fn asks(desk: &Desk) -> (Vec<Capability>, Vec<String>) {
    let needs = desk.session.needs(&Target::Composition).iter().map(|need| need.capability).collect();
    let composed = desk.session.composed().expect("a composition");
    (needs, composed.component.imports.iter().map(|i| i.name.clone()).collect())
}

fn output(run: &wirebench::session::RunRecord, stream: Stream) -> String {
    let of = run.output.iter().filter(|(of, _)| *of == stream);
    of.map(|(_, bytes)| String::from_utf8_lossy(bytes)).collect()
}

#[test]
fn files_in_memory_go_together_with_output_that_is_seen() {
    let mut desk = with_virtual(&Arc::default(), "ledger-rust.wasm");
    edit(&mut desk, |s| {
        s.is_writable = true;
        s.files.insert("/books/old.txt".into(), b"1\n".to_vec());
    });
    assert_eq!(asks(&desk).0, []);
    edit(&mut desk, |s| s.host = [HostPart::Stdout].into());
    assert_eq!(wires(&desk), 17);
    let (needs, imports) = asks(&desk);
    assert_eq!(needs, [Capability::Stdout]);
    assert!(imports.contains(&"wasi:cli/stdout@0.2.12".to_owned()), "{imports:?}");
    let other = ["wasi:cli/stderr@0.2.12", "wasi:cli/stdin@0.2.12", "wasi:filesystem/types@0.2.12"];
    assert!(other.iter().all(|name| !imports.iter().any(|import| import == name)), "{imports:?}");

    // Nothing is granted by itself.
    let run = desk.call(Target::Composition, "say(\"hello\")");
    let Some(Outcome::Denied { .. }) = run.outcome() else { panic!("{:?}", run.outcome()) };
    grant(&mut desk, |grants| grants.stdout = true);
    assert_eq!(answer(&mut desk, "append(\"/books/old.txt\", \"two\")"), "ok(6)");
    let run = desk.call(Target::Composition, "say(\"hello\")");
    assert_eq!(output(&run, Stream::Stdout), "hello\n");
    let read = desk.value(Target::Composition, "read(\"/books/old.txt\")").unwrap();
    assert_eq!(to_wave(&read), "ok(\"1\\ntwo\\n\")");
    // More than goes in one piece.
    let long = "x".repeat(20_000);
    let run = desk.call(Target::Composition, &format!("say(\"{long}\")"));
    assert_eq!(output(&run, Stream::Stdout), format!("{long}\n"));
    // What is not handed on goes nowhere.
    let run = desk.call(Target::Composition, "warn(\"hello\")");
    assert!(matches!(run.outcome(), Some(Outcome::Returned(None))) && run.output.is_empty(), "{:?}", run.outcome());

    // It is undone, saved and loaded like everything else.
    let path = PathBuf::from("/projects/seen.wirebench.json");
    desk.apply(Command::SaveProject(path.clone()));
    let mut again = Desk::in_room(Arc::clone(&desk.room));
    again.apply(Command::Open(vec![path]));
    assert_eq!(settings(&again), settings(&desk));
    desk.session.end_gesture();
    edit(&mut desk, |s| s.host.clear());
    assert_eq!(asks(&desk).0, []);
    desk.apply(Command::Undo);
    assert_eq!(asks(&desk).0, [Capability::Stdout]);
}

#[test]
fn a_command_counts_words_in_memory_and_says_so() {
    let mut desk = with_virtual(&Arc::default(), "wordcount-rust.wasm");
    edit(&mut desk, |s| {
        s.host = [HostPart::Stdout, HostPart::Stderr].into();
        s.arguments = vec!["wordcount".into(), "/list.txt".into(), "/none.txt".into()];
        s.files.insert("/list.txt".into(), b"one two three".to_vec());
    });
    grant(&mut desk, |grants| (grants.stdout, grants.stderr) = (true, true));
    let run = desk.call(Target::Composition, "run()");
    assert_eq!(output(&run, Stream::Stdout), "     3 /list.txt\n");
    let said = output(&run, Stream::Stderr);
    assert!(said.starts_with("/none.txt: No such file or directory (os error 44)\ntook "), "{said}");
}

#[test]
fn input_and_clocks_of_the_host_are_handed_on() {
    let mut desk = with_virtual(&Arc::default(), "ledger-rust.wasm");
    edit(&mut desk, |s| s.host = [HostPart::Stdin, HostPart::Clocks].into());
    assert_eq!(asks(&desk).0, [Capability::Stdin, Capability::Clocks]);
    let run = desk.call(Target::Composition, "now()");
    assert!(matches!(run.outcome(), Some(Outcome::Denied { .. })), "{:?}", run.outcome());
    grant(&mut desk, |grants| {
        grants.clocks = true;
        grants.stdin.on = true;
        grants.stdin.list = "first\nsecond".into();
    });
    let mut ask = |call: &str| desk.value(Target::Composition, call).map(|v| to_wave(&v)).unwrap_or_default();
    // It ends, which is no failure.
    assert_eq!(["ask()"; 3].map(&mut ask), ["some(\"first\")", "some(\"second\")", "none"]);
    let before: u64 = ask("now()").parse().unwrap();
    assert!(before > 1_700_000_000_000, "{before}");
    assert_eq!(ask("sleep-ms(20)"), "");
    let after: u64 = ask("now()").parse().unwrap();
    assert!(after >= before + 20, "{before} {after}");
    assert_eq!(ask("entries(\"/\")"), "ok([])");
}

#[test]
fn what_is_handed_on_is_tapped() {
    let mut desk = with_virtual(&Arc::default(), "ledger-rust.wasm");
    edit(&mut desk, |s| s.host = [HostPart::Stdout].into());
    grant(&mut desk, |grants| grants.stdout = true);
    for interface in ["wasi:cli/stdout@0.2.12", "wasi:filesystem/types@0.2.12"] {
        desk.edit(Edit::Tap { to: Port::new("ledger-rust", interface), on: true });
    }
    let run = desk.call(Target::Composition, "say(\"hello\")");
    assert_eq!(output(&run, Stream::Stdout), "hello\n", "{:?} {}", run.outcome(), desk.said());
    for tap in 0..2 {
        assert!(run.taps.wires.len() == 2 && run.taps.calls_of(tap) > 0, "{:?}", run.taps.counts);
    }
}

#[test]
fn what_is_not_handed_on_beside_it_is_told() {
    let mut desk = with_virtual(&Arc::default(), "ledger-rust.wasm");
    edit(&mut desk, |s| {
        s.groups = [WasiGroup::Files, WasiGroup::Streams].into();
        s.host = [HostPart::Stdout, HostPart::Clocks].into();
    });
    // The clocks' group is not given, so they are not handed on.
    let said: Vec<_> = desk.session.problems().iter().map(ToString::to_string).collect();
    let wanted =
        "ledger-rust · wasi:clocks/monotonic-clock@0.2.12 comes from outside and speaks of the resource “pollable”";
    assert!(said.iter().any(|p| p.contains(wanted)), "{said:?}");
    assert!(desk.session.composed().is_none());
    edit(&mut desk, |s| s.groups.extend([WasiGroup::Clocks]));
    desk.apply(Command::PlanWires(Default::default(), Default::default()));
    let plan = Arc::clone(&desk.session.wire_plan().unwrap().plan);
    desk.change(Change::AutoWire(plan.edits()));
    let (needs, _) = asks(&desk);
    assert!(needs.contains(&Capability::Stdout) && needs.contains(&Capability::Clocks), "{needs:?}");
}

#[test]
fn two_of_them_hand_on_the_same() {
    let mut desk = with_virtual(&Arc::default(), "ledger-rust.wasm");
    let guest = desk.place("fraud-check-cpp.wasm", [520.0, 800.0]);
    desk.apply(Command::AddVirtualWasi { at: [80.0, 800.0], wire_to: vec![guest] });
    let both: Vec<_> = desk.names().into_iter().filter(|name| name.starts_with(WASI)).collect();
    for (seed, instance) in (0..).zip(&both) {
        let settings = VirtualWasi { host: [HostPart::Stdout].into(), seed, ..settings(&desk) };
        desk.apply(Command::EditVirtualWasi { instance: instance.clone(), settings: Box::new(settings) });
    }
    assert_eq!((both.len(), asks(&desk).0), (2, vec![Capability::Stdout]), "{:?}", desk.session.problems());
    grant(&mut desk, |grants| grants.stdout = true);
    let run = desk.call(Target::Composition, "say(\"hello\")");
    assert_eq!(output(&run, Stream::Stdout), "hello\n");
}

/// What is the host's may come from another component as well, until it is not asked for any more.
#[test]
fn what_is_handed_on_may_be_of_another_component() {
    let mut desk = with_virtual(&Arc::default(), "ledger-rust.wasm");
    edit(&mut desk, |s| s.host = [HostPart::Stdin].into());
    desk.apply(Command::AddVirtualWasi { at: [0.0, 900.0], wire_to: vec![WASI.into()] });
    assert_eq!((wires(&desk), asks(&desk).0), (17 + 4, vec![]), "{:?}", desk.session.problems());
    let other = desk.names().into_iter().find(|name| name.starts_with(WASI) && name != WASI).unwrap();
    let mut other_settings = Box::new(VirtualWasi::clone(desk.session.virtual_wasi_of(&other).unwrap()));
    other_settings.stdin = "from afar".into();
    desk.apply(Command::EditVirtualWasi { instance: other, settings: other_settings });
    assert_eq!(answer(&mut desk, "ask()"), "some(\"from afar\")");
    edit(&mut desk, |s| s.host.clear());
    assert_eq!((wires(&desk), answer(&mut desk, "ask()").as_str()), (17, "none"), "{:?}", desk.session.problems());
}

const MIXER_WIT: &str = "package t:mixer;
world mixer {
  import wasi:io/poll@0.2.0;
  import wasi:io/streams@0.2.0;
  import wasi:cli/stdin@0.2.0;
  import wasi:cli/stdout@0.2.0;
  import wasi:clocks/monotonic-clock@0.2.0;
  export splice: func(most: u64) -> s64;
  export wait-and-splice: func(most: u64) -> s64;
  export wait: func(on: u32, nanoseconds: u64) -> u32;
  export write: func(length: u32) -> s64;
}
package wasi:io@0.2.0 {
  interface error { resource error; }
  interface poll {
    resource pollable;
    poll: func(in: list<borrow<pollable>>) -> list<u32>;
  }
  interface streams {
    use error.{error};
    use poll.{pollable};
    variant stream-error { last-operation-failed(error), closed }
    resource input-stream { subscribe: func() -> pollable; }
    resource output-stream {
      subscribe: func() -> pollable;
      blocking-write-and-flush: func(contents: list<u8>) -> result<_, stream-error>;
      splice: func(src: borrow<input-stream>, len: u64) -> result<u64, stream-error>;
      blocking-splice: func(src: borrow<input-stream>, len: u64) -> result<u64, stream-error>;
    }
  }
}
package wasi:cli@0.2.0 {
  interface stdin { use wasi:io/streams@0.2.0.{input-stream}; get-stdin: func() -> input-stream; }
  interface stdout { use wasi:io/streams@0.2.0.{output-stream}; get-stdout: func() -> output-stream; }
}
package wasi:clocks@0.2.0 {
  interface monotonic-clock {
    use wasi:io/poll@0.2.0.{pollable};
    subscribe-duration: func(when: u64) -> pollable;
  }
}";

/// Uses streams as no runtime of a language does. A stream that is closed is -1, one that failed -2.
const MIXER: &str = r#"(module
  (import "wasi:cli/stdin@0.2.0" "get-stdin" (func $get-stdin (result i32)))
  (import "wasi:cli/stdout@0.2.0" "get-stdout" (func $get-stdout (result i32)))
  (import "wasi:clocks/monotonic-clock@0.2.0" "subscribe-duration" (func $duration (param i64) (result i32)))
  (import "wasi:io/poll@0.2.0" "poll" (func $poll (param i32 i32 i32)))
  (import "wasi:io/poll@0.2.0" "[resource-drop]pollable" (func $drop-pollable (param i32)))
  (import "wasi:io/streams@0.2.0" "[resource-drop]input-stream" (func $drop-input (param i32)))
  (import "wasi:io/streams@0.2.0" "[resource-drop]output-stream" (func $drop-output (param i32)))
  (import "wasi:io/streams@0.2.0" "[method]input-stream.subscribe" (func $subscribe-input (param i32) (result i32)))
  (import "wasi:io/streams@0.2.0" "[method]output-stream.subscribe" (func $subscribe-output (param i32) (result i32)))
  (import "wasi:io/streams@0.2.0" "[method]output-stream.blocking-write-and-flush" (func $write (param i32 i32 i32 i32)))
  (import "wasi:io/streams@0.2.0" "[method]output-stream.splice" (func $splice (param i32 i32 i64 i32)))
  (import "wasi:io/streams@0.2.0" "[method]output-stream.blocking-splice" (func $blocking-splice (param i32 i32 i64 i32)))
  (memory (export "memory") 2)
  ;; Lists that are returned have one place, behind the 4 KiB of what is written from 65536 on.
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 512))
  (func $answer (param $good i64) (result i64)
    (if (i32.eqz (i32.load8_u (i32.const 0))) (then (return (local.get $good))))
    (if (i32.load8_u (i32.const 8)) (then (return (i64.const -1))))
    (i64.const -2))
  (func (export "splice") (param $most i64) (result i64)
    (local $in i32) (local $out i32)
    (local.set $in (call $get-stdin))
    (local.set $out (call $get-stdout))
    (call $splice (local.get $out) (local.get $in) (local.get $most) (i32.const 0))
    (call $drop-output (local.get $out))
    (call $drop-input (local.get $in))
    (call $answer (i64.load (i32.const 8))))
  (func (export "wait-and-splice") (param $most i64) (result i64)
    (local $in i32) (local $out i32)
    (local.set $in (call $get-stdin))
    (local.set $out (call $get-stdout))
    (call $blocking-splice (local.get $out) (local.get $in) (local.get $most) (i32.const 0))
    (call $drop-output (local.get $out))
    (call $drop-input (local.get $in))
    (call $answer (i64.load (i32.const 8))))
  (func (export "write") (param $length i32) (result i64)
    (local $out i32)
    (memory.fill (i32.const 65536) (i32.const 97) (local.get $length))
    (local.set $out (call $get-stdout))
    (call $write (local.get $out) (i32.const 65536) (local.get $length) (i32.const 0))
    (call $drop-output (local.get $out))
    (call $answer (i64.extend_i32_u (local.get $length))))
  ;; On standard input (1), standard output (2) and a time (4); which of them there is, in the same bits.
  (func (export "wait") (param $on i32) (param $nanoseconds i64) (result i32)
    (local $in i32) (local $out i32) (local $count i32) (local $at i32) (local $found i32)
    (local.set $in (call $get-stdin))
    (local.set $out (call $get-stdout))
    (if (i32.and (local.get $on) (i32.const 1))
      (then (call $add (local.get $count) (call $subscribe-input (local.get $in)) (i32.const 1))
        (local.set $count (i32.add (local.get $count) (i32.const 1)))))
    (if (i32.and (local.get $on) (i32.const 2))
      (then (call $add (local.get $count) (call $subscribe-output (local.get $out)) (i32.const 2))
        (local.set $count (i32.add (local.get $count) (i32.const 1)))))
    (if (i32.and (local.get $on) (i32.const 4))
      (then (call $add (local.get $count) (call $duration (local.get $nanoseconds)) (i32.const 4))
        (local.set $count (i32.add (local.get $count) (i32.const 1)))))
    (call $poll (i32.const 64) (local.get $count) (i32.const 0))
    (block $all
      (loop $next
        (br_if $all (i32.eq (local.get $at) (i32.load (i32.const 4))))
        (local.set $found (i32.or (local.get $found)
          (i32.load (i32.add (i32.const 128) (i32.shl
            (i32.load (i32.add (i32.load (i32.const 0)) (i32.shl (local.get $at) (i32.const 2)))) (i32.const 2))))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next)))
    (loop $each
      (if (local.get $count) (then
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (call $drop-pollable (i32.load (i32.add (i32.const 64) (i32.shl (local.get $count) (i32.const 2)))))
        (br $each))))
    (call $drop-output (local.get $out))
    (call $drop-input (local.get $in))
    (local.get $found))
  ;; Handles from 64 on, and what each stands for from 128 on.
  (func $add (param $at i32) (param $handle i32) (param $bit i32)
    (i32.store (i32.add (i32.const 64) (i32.shl (local.get $at) (i32.const 2))) (local.get $handle))
    (i32.store (i32.add (i32.const 128) (i32.shl (local.get $at) (i32.const 2))) (local.get $bit)))
)"#;

/// The mixer with these parts of the host handed on to it, and “abcdef” in both standard inputs.
fn mixer(host: &[HostPart]) -> Desk {
    use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
    let mut resolve = wit_parser::Resolve::default();
    let package = resolve.push_str("mixer.wit", MIXER_WIT).unwrap();
    let world = resolve.select_world(&[package], Some("mixer")).unwrap();
    let mut module = wat::parse_str(MIXER).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    let bytes = ComponentEncoder::default().validate(true).module(&module).and_then(|e| e.encode()).unwrap();
    let mut desk = Desk::new();
    desk.apply(Command::OpenBytes("mixer.wasm".into(), bytes.into()));
    let component = desk.session.library().values().next().unwrap().digest;
    desk.change(Change::Place { component, at: [520.0, 60.0], connect: None });
    desk.apply(Command::AddVirtualWasi { at: [80.0, 60.0], wire_to: vec!["mixer".into()] });
    edit(&mut desk, |s| {
        s.stdin = "abcdef".into();
        s.host = host.iter().copied().collect();
    });
    grant(&mut desk, |grants| {
        (grants.stdout, grants.clocks, grants.stdin.on) = (true, true, true);
        grants.stdin.list = "abcdef".into();
    });
    desk
}

#[test]
fn streams_of_both_are_spliced() {
    use HostPart::{Stdin, Stdout};
    for host in [&[][..], &[Stdin], &[Stdout], &[Stdin, Stdout]] {
        let mut desk = mixer(host);
        let mut seen = String::new();
        for (call, moved) in [
            ("splice(0)", "0"),
            ("splice(4)", "4"),
            ("wait-and-splice(1)", "1"),
            ("wait-and-splice(9)", "1"),
            ("splice(9)", "-1"),
        ] {
            let run = desk.call(Target::Composition, call);
            let Some(Outcome::Returned(Some(value))) = run.outcome() else {
                panic!("{host:?} {call} {:?}", run.outcome())
            };
            assert_eq!(to_wave(value), moved, "{host:?} {call}");
            seen += &output(&run, Stream::Stdout);
        }
        assert_eq!(seen, if host.contains(&Stdout) { "abcdef" } else { "" }, "{host:?}");
    }
}

#[test]
fn what_is_there_is_found_among_both() {
    use HostPart::{Clocks, Stdin, Stdout};
    let hour = 3_600_000_000_000_u64;
    for (host, on, nanoseconds, there) in [
        // Time that is virtual is there at once, unless something else is there before.
        (&[][..], 4, hour, 4),
        (&[], 7, hour, 3),
        (&[Stdout], 4, hour, 4),
        (&[Stdout], 6, hour, 2),
        (&[Stdout], 6, 0, 6),
        (&[Stdin, Stdout], 7, hour, 3),
        // Time that passes on the host is not waited for beside what is there.
        (&[Clocks], 7, hour, 3),
        (&[Stdin, Clocks], 7, hour, 3),
        (&[Clocks], 4, 1_000_000, 4),
        (&[Stdin, Stdout, Clocks], 4, 1_000_000, 4),
        (&[Stdin, Stdout, Clocks], 7, hour, 3),
    ] {
        let found = answer(&mut mixer(host), &format!("wait({on}, {nanoseconds})"));
        assert_eq!(found, there.to_string(), "{host:?} {on}");
    }
    // Waiting for nothing is waiting for ever.
    for host in [&[][..], &[Stdout]] {
        let run = mixer(host).call(Target::Composition, "wait(0, 0)");
        assert!(matches!(run.outcome(), Some(Outcome::Trapped { .. })), "{host:?} {:?}", run.outcome());
    }
}

#[test]
fn what_the_host_traps_on_traps() {
    for (host, traps) in [(&[][..], false), (&[HostPart::Stdout], true)] {
        let mut desk = mixer(host);
        assert_eq!(answer(&mut desk, "write(4096)"), "4096");
        // It is said nowhere that streams in memory take no more.
        let run = desk.call(Target::Composition, "write(4097)");
        assert_eq!(matches!(run.outcome(), Some(Outcome::Trapped { .. })), traps, "{host:?} {:?}", run.outcome());
    }
}
