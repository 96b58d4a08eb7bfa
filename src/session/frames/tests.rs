//! What frames do to the document, and what they do not.

use super::*;
use crate::compose::Port;
use crate::project::{self, Clip, Document};
use crate::session::{Change, Command, Memory};
use std::path::Path;
use std::sync::Arc;

const CHECK: &str = "techbytes:payments/fraud-check";

fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|n| (*n).to_owned()).collect()
}

/// The sample project wired, with the two that are wired in a frame.
fn shop() -> Session {
    let mut session = Session::new(Arc::new(Memory::default()), None);
    session.apply(Command::OpenSampleProject);
    session.poll();
    let (from, to) = (Port::new("fraud-check-rust", CHECK), Port::new("checkout-rust", CHECK));
    change(&mut session, Change::Compose(Edit::Connect { from, to }));
    let frame = Frame::new([0.0, 0.0], [900.0, 300.0]).with(names(&["fraud-check-rust", "checkout-rust"]));
    change(&mut session, Change::Frame(FrameEdit::Add("Payments".into(), frame)));
    session.poll();
    session
}

fn change(session: &mut Session, change: Change) {
    session.apply(Command::Change(change));
    session.end_gesture();
}

fn turn(session: &mut Session, folded: bool) {
    let frame = Frame { folded, ..session.document().frames["Payments"].clone() };
    let layout = Layout { nodes: Vec::new(), frames: vec![("Payments".into(), frame)] };
    change(session, Change::Layout(if folded { "Fold Payments" } else { "Open Payments" }.into(), layout));
}

fn members(document: &Document, title: &str) -> Vec<String> {
    document.frames[title].members.iter().cloned().collect()
}

#[test]
fn folding_changes_nothing_of_what_is_composed() {
    let mut session = shop();
    let composition = session.document().composition.clone();
    let before = Arc::clone(session.composed().unwrap());
    turn(&mut session, true);
    assert!(session.document().frames["Payments"].folded);
    assert_eq!(session.document().composition, composition);
    assert!(Arc::ptr_eq(session.composed().unwrap(), &before), "it is not even composed anew");
    // From the file, too: the same bytes whether a frame is folded, open or not there.
    let bytes = |document: &Document, session: &Session| {
        crate::compose::encode(&document.composition, session.library()).unwrap().bytes
    };
    let loaded = project::load(&project::save(session.document(), Path::new("/")), Path::new("/")).unwrap().document;
    assert_eq!(loaded.frames, session.document().frames);
    assert_eq!(bytes(&loaded, &session)[..], before.component.bytes[..]);
    assert_eq!(session.undo_label(), Some("Fold Payments"));
    session.apply(Command::Undo);
    assert!(!session.document().frames["Payments"].folded);
    session.apply(Command::Redo);
    assert!(session.document().frames["Payments"].folded);
}

#[test]
fn removing_a_frame_keeps_its_members_or_takes_them_along_as_one_step() {
    let mut session = shop();
    let before = session.document().clone();
    change(&mut session, Change::Frame(FrameEdit::RemoveWhole("Payments".into(), 2)));
    assert_eq!(session.undo_label(), Some("Remove Payments with its 2 instances"));
    assert_eq!(session.document().composition.instances.len(), 2);
    assert!(session.document().frames.is_empty() && session.document().composition.wires.is_empty());
    session.apply(Command::Undo);
    assert_eq!(session.document(), &before);
    change(&mut session, Change::Frame(FrameEdit::Remove("Payments".into())));
    assert!(session.document().frames.is_empty());
    assert_eq!(session.document().composition, before.composition);
}

#[test]
fn members_follow_their_names_and_go_with_their_instances() {
    let mut session = shop();
    change(&mut session, Change::Compose(Edit::Rename { from: "checkout-rust".into(), to: "till".into() }));
    assert_eq!(members(session.document(), "Payments"), ["fraud-check-rust", "till"]);
    turn(&mut session, true);
    change(&mut session, Change::Compose(Edit::RemoveInstances(names(&["till"]))));
    assert_eq!(members(session.document(), "Payments"), ["fraud-check-rust"]);
    change(&mut session, Change::Cut(names(&["fraud-check-rust"])));
    assert!(session.document().frames.is_empty(), "a folded frame without members could not be seen");
    assert_eq!(session.document().validate(), []);
}

#[test]
fn an_instance_is_in_one_frame_at_most() {
    let mut session = shop();
    let frame = Frame::new([0.0, 400.0], [300.0, 200.0]).with(names(&["fraud-check-rust", "fraud-check-c"]));
    change(&mut session, Change::Frame(FrameEdit::Add("Checks".into(), frame)));
    assert_eq!(members(session.document(), "Payments"), ["checkout-rust"], "framed anew, it leaves");
    change(&mut session, Change::Frame(FrameEdit::Join("Payments".into(), names(&["fraud-check-c", "nobody"]))));
    assert_eq!(session.undo_label(), Some("Add 2 instances to Payments"));
    assert_eq!(members(session.document(), "Payments"), ["checkout-rust", "fraud-check-c"]);
    assert_eq!(members(session.document(), "Checks"), ["fraud-check-rust"]);
    change(&mut session, Change::Frame(FrameEdit::Leave(names(&["fraud-check-rust"]))));
    assert_eq!(members(session.document(), "Checks"), Vec::<String>::new(), "an open frame may be empty");
    assert_eq!(session.document().frame_of("fraud-check-c"), Some("Payments"));
    let title = FrameEdit::Rename { from: "Checks".into(), to: "Payments".into() };
    change(&mut session, Change::Frame(title));
    assert!(session.document().frames.contains_key("Checks"));
    assert!(session.notices().last().unwrap().text.contains("another frame has it"));
}

#[test]
fn what_is_placed_in_an_open_frame_is_in_it() {
    let mut session = shop();
    let component = session.document().composition.instances["fraud-check-c"].component;
    change(&mut session, Change::Place { component, at: [600.0, 200.0], connect: None });
    assert_eq!(session.document().frame_of("fraud-check-c-2"), Some("Payments"));
    change(&mut session, Change::Place { component, at: [600.0, 500.0], connect: None });
    assert_eq!(session.document().frame_of("fraud-check-c-3"), None);
    turn(&mut session, true);
    change(&mut session, Change::Place { component, at: [600.0, 200.0], connect: None });
    assert_eq!(session.document().frame_of("fraud-check-c-4"), None, "a folded one is not there to be placed in");
}

#[test]
fn a_copy_of_a_whole_group_is_a_group() {
    let mut session = shop();
    turn(&mut session, true);
    let whole = members(session.document(), "Payments");
    change(&mut session, Change::Duplicate(whole.clone()));
    let copy = session.document().frames["Payments 2"].clone();
    assert!(copy.folded);
    assert_eq!(copy.members.iter().collect::<Vec<_>>(), ["checkout-rust-2", "fraud-check-rust-2"]);
    assert_ne!(copy.at, session.document().frames["Payments"].at);
    assert_eq!(session.selection(), &Selection::Frame("Payments 2".into()));
    let inner = session.document().composition.wires.get(&Port::new("checkout-rust-2", CHECK));
    assert_eq!(inner, Some(&Port::new("fraud-check-rust-2", CHECK)));
    session.apply(Command::Undo);
    assert!(!session.document().frames.contains_key("Payments 2"), "one step");
    // Through the clipboard, and half of it is no group.
    session.apply(Command::Paste(Clip::of(session.document(), &whole).to_text()));
    assert_eq!(session.document().frames["Payments 2"].members.len(), 2);
    change(&mut session, Change::Duplicate(names(&["checkout-rust"])));
    assert_eq!(session.document().frames.len(), 2);
}

#[test]
fn a_thousand_instances_are_pasted_in_one_go() {
    let mut session = shop();
    let count = 1000;
    let mut clip = Clip::of(session.document(), &names(&["fraud-check-rust", "checkout-rust"]));
    let [check, checkout] = ["fraud-check-rust", "checkout-rust"].map(|n| clip.instances[n].clone());
    for i in 0..count {
        clip.instances.insert(format!("checkout-rust-{}", i + 2), checkout.clone());
        clip.instances.insert(format!("fraud-check-rust-{}", i + 2), check.clone());
        let to = Port::new(format!("checkout-rust-{}", i + 2), CHECK);
        clip.wires.insert(to, Port::new(format!("fraud-check-rust-{}", i + 2), CHECK));
    }
    clip.frames.clear();
    change(&mut session, Change::Paste(clip.clone()));
    assert_eq!(session.document().composition.instances.len(), 4 + 2 * (count + 1));
    // Again: every name is taken now.
    change(&mut session, Change::Paste(clip));
    let composition = &session.document().composition;
    assert_eq!(composition.instances.len(), 4 + 4 * (count + 1));
    assert_eq!(composition.wires.len(), 1 + 2 * (count + 1));
    assert_eq!(composition.validate(), Vec::<String>::new());
    session.apply(Command::Undo);
    session.apply(Command::Undo);
    assert_eq!(session.document().composition.instances.len(), 4);
}

#[test]
fn a_paste_that_cannot_be_wired_changes_nothing() {
    let mut session = shop();
    let before = session.document().clone();
    let mut clip = Clip::of(&before, &names(&["fraud-check-rust", "checkout-rust"]));
    clip.wires.insert(Port::new("fraud-check-rust", "nothing"), Port::new("checkout-rust", "nothing"));
    change(&mut session, Change::Paste(clip));
    assert_eq!(session.document(), &before);
    assert!(session.notices().last().unwrap().text.contains("does not exist"));
}
