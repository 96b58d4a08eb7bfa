//! A composed file opened up: its parts are components, its graph is the document, and it still does the same.

use crate::desk::{Desk, Room};
use crate::support::{sample_bytes, wat};
use std::path::PathBuf;
use std::sync::Arc;
use wirebench::component::Digest;
use wirebench::compose::{Edit, Port};
use wirebench::diag::Severity;
use wirebench::grant::{Capability, Grants};
use wirebench::project::{Frame, Target};
use wirebench::session::{Change, Command, Finding, FrameEdit, Study};

const CHECK: &str = "techbytes:payments/fraud-check";

fn calls() -> Vec<String> {
    let place = |user: &str, cart: &str| format!("place({user:?}, [{cart}])");
    let line = |n: u32, cents: u64| format!("{{sku: \"tea\", quantity: {n}, unit-cents: {cents}}}");
    vec![
        place("alice", &line(3, 450)),
        place("alice", ""),
        place("mallory", &line(1, 9_999_999)),
        place("bob", &format!("{}, {}", line(1, 1), line(2, 100_000))),
    ]
}

fn outcomes(desk: &mut Desk, target: Target, calls: &[String]) -> Vec<String> {
    calls.iter().map(|call| format!("{:?}", desk.call(target, call).outcome())).collect()
}

#[test]
fn a_copy_of_a_composed_file_answers_as_the_file_does() {
    let mut desk = Desk::new();
    let whole = desk.open("shop-composed.wasm");
    let before = outcomes(&mut desk, Target::Component(whole), &calls());
    assert!(before.iter().any(|o| o.contains("Ok")) && before.iter().any(|o| o.contains("Err")), "{before:?}");
    desk.apply(Command::EditCopy(whole));
    assert_eq!(desk.names(), ["checkout", "fraud-check"], "{}", desk.said());
    let composition = &desk.session.document().composition;
    let (from, to) = (Port::new("fraud-check", CHECK), Port::new("checkout", CHECK));
    assert_eq!(composition.wires.get(&to), Some(&from));
    let places: Vec<_> = desk.session.document().layout.values().map(|at| at[0]).collect();
    assert!(places[1] < places[0], "the provider stands left: {places:?}");
    assert_eq!(outcomes(&mut desk, Target::Composition, &calls()), before);
    // It is rewired like any other: another fraud check takes the place of the one inside.
    let other = desk.place("fraud-check-wat.wasm", [0.0, 300.0]);
    desk.connect((&other, CHECK), ("checkout", CHECK));
    desk.edit(Edit::RemoveInstances(vec!["fraud-check".into()]));
    let after = outcomes(&mut desk, Target::Composition, &calls()[..1]);
    assert!(after != before[..1] && after[0].contains("(\"total-cents\", U64(1350))"), "{after:?}");
}

#[test]
fn a_component_that_a_toolchain_composed_is_split_and_composed_again() {
    let mut desk = Desk::new();
    let whole = desk.open("fraud-check-js.wasm");
    let call = ["check(\"alice\", 1350)".to_owned()];
    let before = outcomes(&mut desk, Target::Component(whole), &call);
    desk.apply(Command::Reset(Target::Component(whole)));
    desk.apply(Command::EditCopy(whole));
    assert_eq!(desk.names(), ["fraud-check", "module-loader", "wasi"], "{}", desk.said());
    assert_eq!(outcomes(&mut desk, Target::Composition, &call), before);
}

/// A checkout with the fraud check of JavaScript, which its tools composed of two components, as one file.
fn shop_of_javascript(desk: &mut Desk) -> Vec<u8> {
    desk.place("checkout-rust.wasm", [600.0, 80.0]);
    desk.place("fraud-check-js.wasm", [80.0, 80.0]);
    desk.connect(("fraud-check-js", CHECK), ("checkout-rust", CHECK));
    desk.session.composed().unwrap_or_else(|| panic!("{}", desk.said())).component.bytes.to_vec()
}

#[test]
fn a_composition_inside_a_composition_comes_as_a_group_and_answers_alike() {
    let bytes = shop_of_javascript(&mut Desk::new());
    let mut desk = Desk::new();
    desk.room.memory.put("/files/shop.wasm", bytes.clone());
    desk.apply(Command::Open(vec!["/files/shop.wasm".into()]));
    let whole = Digest::of(&bytes);
    let before = outcomes(&mut desk, Target::Component(whole), &calls());
    assert!(before.iter().any(|o| o.contains("Ok")) && before.iter().any(|o| o.contains("Err")), "{before:?}");
    desk.apply(Command::Reset(Target::Component(whole)));
    desk.apply(Command::EditCopy(whole));
    assert_eq!(desk.names(), ["checkout-rust", "fraud-check", "module-loader", "wasi"], "{}", desk.said());
    let document = desk.session.document();
    let frames: Vec<_> = document.frames.iter().map(|(title, frame)| (title.as_str(), &frame.members)).collect();
    assert_eq!(
        format!("{frames:?}"),
        r#"[("fraud-check-js", {"wasi"}), ("fraud-check-js › fraud-check", {"fraud-check", "module-loader"})]"#
    );
    for frame in document.frames.values() {
        assert!(!frame.folded);
        for (name, at) in &document.layout {
            assert_eq!(frame.contains(*at), frame.members.contains(name), "{name}");
        }
    }
    assert_eq!(outcomes(&mut desk, Target::Composition, &calls()), before);
    // The parts of the part are found again.
    desk.apply(Command::SaveProject("/files/copy.wirebench.json".into()));
    assert!(!desk.said().contains("has no file"), "{}", desk.said());
    let mut again = Desk::in_room(Arc::clone(&desk.room));
    again.apply(Command::Open(vec!["/files/copy.wirebench.json".into()]));
    assert_eq!(again.session.document().frames, desk.session.document().frames);
    assert_eq!(outcomes(&mut again, Target::Composition, &calls()), before, "{}", again.said());
}

#[test]
fn an_instance_of_a_composition_is_split_where_it_stands() {
    let mut desk = Desk::new();
    shop_of_javascript(&mut desk);
    desk.place("fraud-check-c.wasm", [80.0, 400.0]);
    let before = outcomes(&mut desk, Target::Composition, &calls());
    let document = desk.session.document().clone();
    assert!(desk.session.can_open_up("fraud-check-js").is_ok());
    assert!(desk.session.can_open_up("fraud-check-c").is_err());
    desk.apply(Command::SplitInstance("fraud-check-js".into()));
    assert_eq!(
        desk.names(),
        ["checkout-rust", "fraud-check", "fraud-check-c", "module-loader", "wasi"],
        "{}",
        desk.said()
    );
    let now = desk.session.document();
    assert_eq!(now.frames.values().map(|frame| frame.members.len()).sum::<usize>(), 3);
    assert!(now.layout["fraud-check-c"][1] > document.layout["fraud-check-c"][1], "it makes room");
    assert_eq!(outcomes(&mut desk, Target::Composition, &calls()), before);
    assert_eq!(desk.session.undo_label(), Some("Split fraud-check-js"));
    desk.apply(Command::Undo);
    assert_eq!(*desk.session.document(), document);
    // In a frame, they are members of that: frames lie in no frame.
    let frame = Frame::new([0.0, 0.0], [900.0, 300.0]).with(["fraud-check-js".to_owned()]);
    desk.change(Change::Frame(FrameEdit::Add("Checks".into(), frame)));
    desk.apply(Command::SplitInstance("fraud-check-js".into()));
    let frames = &desk.session.document().frames;
    assert_eq!(frames.keys().collect::<Vec<_>>(), ["Checks"]);
    assert_eq!(frames["Checks"].members.iter().collect::<Vec<_>>(), ["fraud-check", "module-loader", "wasi"]);
    desk.apply(Command::SplitInstance("fraud-check-c".into()));
    assert!(desk.said().contains("“fraud-check-c” cannot be split: It is no composition"), "{}", desk.said());
}

#[test]
fn a_copy_can_be_taken_back_and_is_granted_nothing() {
    let mut desk = Desk::new();
    desk.place("fraud-check-c.wasm", [80.0, 60.0]);
    desk.apply(Command::SaveProject("/samples/mine.wirebench.json".into()));
    let before = desk.session.document().clone();
    let whole = desk.open("shop-composed.wasm");
    let mut grants = Grants::default();
    grants.set(Capability::Clocks, true);
    desk.change(Change::Grant(Target::Component(whole), grants));
    desk.apply(Command::EditCopy(whole));
    let document = desk.session.document();
    assert_eq!((document.name.as_str(), document.grants.len()), ("shop-composed copy", 0));
    assert_eq!(desk.session.project_path(), None, "saving would write over another project");
    assert!(desk.session.is_dirty());
    assert_eq!(desk.session.undo_label(), Some("Edit a copy of shop-composed"));
    desk.apply(Command::Undo);
    assert_eq!(desk.session.document().composition, before.composition);
    // Into an empty project it goes as a step like any other.
    let mut desk = Desk::new();
    let whole = desk.open("shop-composed.wasm");
    desk.apply(Command::EditCopy(whole));
    desk.apply(Command::Undo);
    assert_eq!(desk.names(), Vec::<String>::new());
    desk.apply(Command::Redo);
    assert_eq!(desk.names().len(), 2);
}

#[test]
fn what_is_no_composition_is_refused_in_words() {
    let mut desk = Desk::new();
    let plain = desk.open("fraud-check-cpp.wasm");
    desk.apply(Command::EditCopy(plain));
    let said = desk.session.notices().last().unwrap();
    assert_eq!(said.severity, Severity::Error);
    assert!(said.text.starts_with("“fraud-check-cpp” cannot be split: It is no composition"), "{}", said.text);
    assert_eq!(desk.names(), Vec::<String>::new());
}

/// Two small components, wired.
const SUMS: &str = r#"(component
    (component $one
        (core module $m (func (export "f") (result i32) i32.const 40))
        (core instance $i (instantiate $m))
        (func (export "f") (result u32) (canon lift (core func $i "f"))))
    (component $two
        (import "f" (func $f (result u32)))
        (core func $f (canon lower (func $f)))
        (core module $m (import "" "f" (func $f (result i32)))
            (func (export "g") (result i32) call $f i32.const 2 i32.add))
        (core instance $i (instantiate $m (with "" (instance (export "f" (func $f))))))
        (func (export "g") (result u32) (canon lift (core func $i "g"))))
    (instance $a (instantiate $one))
    (instance $b (instantiate $two (with "f" (func $a "f"))))
    (export "g" (func $b "g")))"#;

#[test]
fn a_project_finds_the_parts_of_a_file_again() {
    const SUMS_FILE: &str = "/files/sums.wasm";
    let room = Arc::<Room>::default();
    let mut desk = Desk::in_room(Arc::clone(&room));
    let bytes = wat(SUMS);
    room.memory.put(SUMS_FILE, bytes.to_vec());
    desk.apply(Command::Open(vec![SUMS_FILE.into()]));
    desk.apply(Command::EditCopy(Digest::of(&bytes)));
    let call = ["g()".to_owned()];
    let before = outcomes(&mut desk, Target::Composition, &call);
    assert_eq!(before, ["Some(Returned(Some(U32(42))))"]);
    desk.apply(Command::SaveProject("/files/copy.wirebench.json".into()));
    assert!(!desk.said().contains("has no file"), "{}", desk.said());
    let open = || {
        let mut desk = Desk::in_room(Arc::clone(&room));
        desk.apply(Command::Open(vec!["/files/copy.wirebench.json".into()]));
        desk
    };
    let mut again = open();
    assert_eq!(outcomes(&mut again, Target::Composition, &call), before);
    let names: Vec<&str> = again.session.library().values().map(|c| c.name.as_str()).collect();
    assert!(names.contains(&"sums/one") && names.contains(&"sums/two"), "{names:?}");
    let opened: Vec<_> = again.session.library().keys().filter_map(|d| again.session.opened(d)).collect();
    assert!(opened.iter().all(|o| o.path == Some(PathBuf::from(SUMS_FILE)) && o.part.is_some()));

    // A file that was composed anew holds the same parts elsewhere, or holds them no more.
    let moved = [&bytes[..8], b"\x01\x08\0asm\x01\0\0\0", &bytes[8..]].concat();
    room.memory.put(SUMS_FILE, moved);
    let mut moved = open();
    assert_eq!(outcomes(&mut moved, Target::Composition, &call), before, "{}", moved.said());
    room.memory.put(SUMS_FILE, sample_bytes("adder-wat.wasm").to_vec());
    let lost = open();
    assert!(lost.said().contains("“sums/one” is not inside sums.wasm any more"), "{}", lost.said());
    assert_eq!(lost.names().len(), 2, "its nodes wait");
}

#[test]
fn studies_say_what_is_inside_and_what_is_used() {
    let mut desk = Desk::new();
    let cpp = desk.open("fraud-check-cpp.wasm");
    desk.apply(Command::Study(Study::Used(cpp)));
    let Some(Finding::Used(used)) = desk.session.finding(&Study::Used(cpp)) else { panic!("no finding") };
    assert!(used.import("wasi:io/error@0.2.12").unwrap().is_types_only());
    let whole = desk.open("shop-composed.wasm");
    desk.apply(Command::Study(Study::Inside(whole)));
    let Some(Finding::Inside(inside)) = desk.session.finding(&Study::Inside(whole)) else { panic!("no finding") };
    assert_eq!((inside.nodes.len(), inside.wires.len()), (2, 1));
    assert_eq!(inside.nodes[1].digest, Some(Digest::of(&sample_bytes("checkout-rust.wasm"))));
}
