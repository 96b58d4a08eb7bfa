//! A virtual WASI in the inspector: its settings are typed there.

use super::*;
use crate::compose::{HostPart, VirtualWasi, WasiGroup};

const WASI: &str = "virtual-wasi";

/// The ledger with a virtual WASI before all that it asks for; that is selected.
fn with_virtual() -> Session {
    let mut session = with_sample("ledger-rust.wasm");
    let component = digest_of(&session, "ledger-rust");
    session.apply(Command::Change(Change::Place { component, at: [520.0, 40.0], connect: None }));
    session.apply(Command::AddVirtualWasi { at: [40.0, 40.0], wire_to: vec!["ledger-rust".into()] });
    session.poll();
    assert_eq!(*session.selection(), Selection::Instances(vec![WASI.into()]));
    session
}

fn settings(bench: &Bench) -> VirtualWasi {
    VirtualWasi::clone(bench.desk().session.virtual_wasi_of(WASI).unwrap())
}

#[test]
fn what_is_typed_becomes_the_virtual_wasi() {
    let mut bench = Bench::sized([340.0, 1600.0], Theme::Dark, with_virtual(), Seen::Overview);
    assert!(bench.has("Gives what WASI gives"));
    bench.click("Add variable");
    bench.type_into("Name of variable 1", "SHOP");
    bench.type_into("Value of variable 1", "corner");
    assert_eq!(settings(&bench).environment, [("SHOP".to_owned(), "corner".to_owned())].into());
    bench.click("Add argument");
    bench.type_into("Argument 1", "ledger");
    assert_eq!(settings(&bench).arguments, ["ledger"]);
    bench.type_into("Standard input", "yes\n");
    assert_eq!(settings(&bench).stdin, "yes\n");
    bench.click("Add file");
    bench.type_into("Path of file 1", "list.txt");
    assert!(bench.has("This cannot be a file's path: it must begin with /"));
    assert!(settings(&bench).files.is_empty());
    bench.press(Key::Home);
    bench.type_into("Contents of file 1", "tea\n");
    bench.click("Remove file 1");
    assert!(!bench.has("This cannot be a file's path"));
    bench.click("Add file");
    bench.type_into("Path of file 1", "/list.txt");
    bench.type_into("Contents of file 1", "tea\n");
    assert_eq!(settings(&bench).files, [("/list.txt".to_owned(), b"tea\n".to_vec())].into());
    bench.click("Guests may write");
    assert!(settings(&bench).is_writable);
    bench.type_into("Seed", "7");
    assert_eq!(settings(&bench).seed, 7);
    bench.type_into("Wall clock", "soon");
    assert!(bench.has("Write the zone behind the time"));

    // All wires are still there, and it is composed anew.
    let session = bench.session();
    assert_eq!(session.document().composition.wires.len(), 17);
    assert_eq!(session.composed().map(|c| c.component.imports.len()), Some(1), "the host ends calls");
    bench.click("From disk…");
    assert!(matches!(bench.desk().requests.last(), Some(Request::AskPath(..))));
}

#[test]
fn groups_are_left_to_the_host_and_undo_brings_the_form_back() {
    let mut bench = Bench::sized([340.0, 1600.0], Theme::Dark, with_virtual(), Seen::Overview);
    bench.click("Give random numbers");
    assert!(!settings(&bench).groups.contains(&WasiGroup::Random));
    assert!(!bench.has("Seed"));
    assert!(bench.has("Left to the host, and to its grants."));
    assert_eq!(bench.desk().session.document().composition.wires.len(), 16);
    bench.session().apply(Command::Undo);
    bench.run();
    assert!(bench.has("Seed"));
    assert!(!bench.has("Auto-wire…"), "all is wired");
    bench.session().apply(Command::Redo);
    bench.run();
    bench.click("Give random numbers");
    assert!(bench.has("Auto-wire…"));
    bench.click("Auto-wire…");
    assert!(matches!(bench.desk().requests.last(), Some(Request::Act(Action::AutoWire))));
}

#[test]
fn what_the_host_cannot_give_beside_it_is_said_where_it_is_chosen() {
    let mut bench = Bench::sized([340.0, 1600.0], Theme::Dark, with_virtual(), Seen::Overview);
    bench.click("Give input and output");
    bench.click("Give clocks");
    assert!(bench.has("a component that takes files from here cannot use it. If it must, tick this too: it can be the host's all the same."));
    bench.click("Give files");
    assert!(!bench.has("cannot use it"), "nothing is given that has streams");
}

#[test]
fn output_is_handed_on_to_the_host_beside_files_in_memory() {
    let mut bench = Bench::sized([340.0, 1600.0], Theme::Dark, with_virtual(), Seen::Overview);
    assert!(bench.has("Nothing of it needs a grant"));
    bench.click("Standard output to the host");
    assert_eq!(settings(&bench).host, [HostPart::Stdout].into());
    assert!(bench.has("Handed on from the host, which needs a grant: standard output."));
    assert!(bench.has("What is written to standard error goes nowhere."));
    let imports = bench.session().composed().map(|c| c.component.imports.len());
    assert_eq!(imports, Some(5), "three of wasi:io, the output, and that the host ends calls");
    bench.click("Standard error to the host");
    assert!(bench.has("standard output, standard error."));
    assert!(!bench.has("goes nowhere"));
    // What is the host's has no fields, and what was typed wrongly in them is in nobody's way.
    bench.type_into("Wall clock", "soon");
    bench.click("Clocks of the host");
    assert!(!bench.has("Write the zone") && !bench.has("Step of the monotonic clock"));
    assert_eq!(settings(&bench).host, [HostPart::Stdout, HostPart::Stderr, HostPart::Clocks].into());
    bench.click("Standard input from the host");
    assert_eq!(settings(&bench).host, HostPart::ALL.into());
    bench.click("Give input and output");
    assert!(bench.has("which needs a grant: clocks."));
    // The choice is kept while the group is off.
    bench.click("Give input and output");
    assert!(bench.has("which needs a grant: standard input, standard output, standard error, clocks."));
}

#[test]
fn the_form_is_painted() {
    both(|theme, name| {
        for (size, what) in [([340.0, 1240.0], ""), ([280.0, 860.0], "-narrow")] {
            let mut session = with_virtual();
            let mut settings = Box::new(VirtualWasi::clone(session.virtual_wasi_of(WASI).unwrap()));
            settings.environment.insert("SHOP".into(), "corner".into());
            settings.arguments = vec!["ledger".into(), "--verbose".into()];
            settings.files.insert("/data/list.txt".into(), b"tea\nmilk\n".to_vec());
            settings.files.insert("/data/photo.png".into(), vec![0xff; 70_000]);
            settings.host = [HostPart::Stdout].into();
            session.apply(Command::EditVirtualWasi { instance: WASI.into(), settings });
            session.poll();
            let mut bench = Bench::sized(size, theme, session, Seen::Overview);
            bench.type_into("Wall clock", "x");
            bench.0.picture(&format!("inspector-virtual{what}-{name}"));
        }
    });
}
