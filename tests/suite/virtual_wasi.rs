//! Components that need WASI, with a virtual one and nothing granted.

use crate::desk::{Desk, Room};
use std::path::PathBuf;
use std::sync::Arc;
use wirebench::call::Outcome;
use wirebench::compose::{Edit, Port, VirtualWasi, WasiGroup};
use wirebench::diag::Severity;
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
    let wanted = "Have “virtual-wasi” give wasi:cli/stdout too, or take files, clocks, input and output all from outside: \
                  their streams cannot be of both";
    assert_eq!(hint, [wanted]);
    assert!(desk.session.composed().is_none());
}
