//! Where things come to stand: what is placed, pasted, duplicated or folded lies on nothing, within the step that brought it.

use super::desk::{CHECK, Desk, ORDERS, project, wired};
use crate::compose::{Edit, Port};
use crate::project::{Clip, Frame, Theme};
use crate::session::{Change, Command, FrameEdit, Memory, Selection, Session};
use egui::{Event, Key, Modifiers, Pos2, Rect, Role, pos2};
use egui_kittest::kittest::Queryable;
use std::sync::Arc;

impl Desk {
    fn rects(&self) -> Vec<(String, Rect)> {
        let scene = &self.0.harness.state().as_ref().unwrap().graph().scene;
        let rect = |node: &crate::ui::canvas::Node| {
            let instance = &node.instances()[0];
            (node.id.clone(), scene.rect_of(instance).unwrap())
        };
        scene.nodes().iter().map(rect).collect()
    }

    #[track_caller]
    fn expect_apart(&self) {
        let all = self.rects();
        for (i, (one, a)) in all.iter().enumerate() {
            for (other, b) in &all[i + 1..] {
                assert!(!a.intersects(*b), "{one} at {a:?} lies on {other} at {b:?}");
            }
        }
    }

    fn rect(&self, id: &str) -> Rect {
        self.rects().into_iter().find(|(name, _)| name == id).unwrap().1
    }

    /// Takes the last step back and makes it again: exactly.
    #[track_caller]
    fn expect_one_step(&mut self, before: &crate::project::Document) {
        let after = self.session().document().clone();
        self.ask(Command::Undo);
        assert_eq!(self.session().document(), before);
        self.ask(Command::Redo);
        assert_eq!(self.session().document(), &after);
    }
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|n| (*n).to_owned()).collect()
}

#[test]
fn what_is_placed_on_a_node_stands_beside_it() {
    let mut desk = Desk::new(project());
    let (component, at) = {
        let document = desk.session().document();
        (document.composition.instances["checkout-rust"].component, document.layout["checkout-rust"])
    };
    let before = desk.session().document().clone();
    desk.ask(Command::Change(Change::Place { component, at, connect: None }));
    assert_eq!(desk.rects().len(), 5);
    desk.expect_apart();
    assert_eq!(desk.session().document().layout["checkout-rust"], at, "what was there stays");
    desk.expect_one_step(&before);
    // Where nothing is, it stands where it was put.
    desk.ask(Command::Change(Change::Place { component, at: [2004.0, 1500.0], connect: None }));
    assert_eq!(desk.rect("checkout-rust-3").min, pos2(2004.0, 1500.0));
}

#[test]
fn copies_stand_beside_what_they_are_of_and_keep_wires_taps_and_places() {
    let mut desk = Desk::new(wired());
    desk.ask(Command::Change(Change::Compose(Edit::Tap { to: Port::new("checkout-rust", CHECK), on: true })));
    let before = desk.session().document().clone();
    let both = names(&["checkout-rust", "fraud-check-rust"]);
    desk.ask(Command::Change(Change::Duplicate(both.clone())));
    desk.expect_apart();
    let among = |desk: &Desk, a: &str, b: &str| desk.rect(a).min - desk.rect(b).min;
    let places = among(&desk, "checkout-rust", "fraud-check-rust");
    assert_eq!(among(&desk, "checkout-rust-2", "fraud-check-rust-2"), places);
    assert!(desk.composition().taps.contains(&Port::new("checkout-rust-2", CHECK)));
    assert_eq!(desk.session().undo_label(), Some("Duplicate"));
    desk.expect_one_step(&before);

    let before = desk.session().document().clone();
    let text = Clip::of(&before, &both).to_text();
    desk.0.harness.event(Event::Paste(text));
    desk.run();
    desk.expect_apart();
    assert_eq!(among(&desk, "checkout-rust-3", "fraud-check-rust-3"), places);
    desk.expect_one_step(&before);
}

/// A folded frame is as wide as its title needs.
const TITLE: &str = "Everything that checks an order before it is placed";

/// Two instances in a frame, and another close to its right and one close below.
fn framed() -> Desk {
    let mut desk = Desk::new(wired());
    let places = [
        ("fraud-check-rust", [0.0, 60.0]),
        ("fraud-check-c", [0.0, 216.0]),
        ("checkout-rust", [300.0, 24.0]),
        ("fraud-check-js", [0.0, 360.0]),
    ];
    desk.ask(Command::Change(Change::Move(places.map(|(name, at)| (name.to_owned(), at)).to_vec())));
    let frame = Frame::new([-24.0, 0.0], [288.0, 324.0]).with(names(&["fraud-check-c", "fraud-check-rust"]));
    desk.ask(Command::Change(Change::Frame(FrameEdit::Add(TITLE.into(), frame))));
    desk
}

#[test]
fn a_folded_frame_covers_no_neighbour_and_opened_again_all_is_where_it_was() {
    let mut desk = framed();
    desk.expect_apart();
    let before = desk.session().document().clone();
    desk.press(Modifiers::COMMAND, Key::G);
    assert!(desk.session().document().frames[TITLE].folded);
    let folded = desk.rect(TITLE);
    assert!(folded.right() > 300.0, "it is wider than the frame was: {folded:?}");
    desk.expect_apart();
    assert_eq!(desk.rect("fraud-check-js").min, pos2(0.0, 360.0), "what is not in the way stays");
    desk.expect_one_step(&before);
    desk.press(Modifiers::COMMAND, Key::G);
    assert_eq!(desk.session().document(), &before, "what made room is back");

    // What was moved meanwhile stays where it was moved to.
    desk.press(Modifiers::COMMAND, Key::G);
    desk.ask(Command::Change(Change::Move(vec![("checkout-rust".into(), [900.0, 24.0])])));
    desk.ask(Command::Select(Selection::Frame(TITLE.into())));
    desk.press(Modifiers::COMMAND, Key::G);
    assert_eq!(desk.rect("checkout-rust").min, pos2(900.0, 24.0));
    desk.expect_apart();
}

#[test]
fn the_first_component_lands_where_it_is_dropped() {
    let mut session = Session::new(Arc::new(Memory::default()), None);
    session.apply(Command::OpenSample("checkout-rust.wasm".into()));
    session.poll();
    let mut desk = Desk::sized(session, [1280.0, 800.0], Theme::Dark);
    let at = |desk: &Desk| {
        let node = desk.0.harness.get_by_role_and_label(
            Role::GraphicsObject,
            "checkout-rust, instance of checkout-rust, 1 unsatisfied import",
        );
        node.rect().min
    };
    let row = desk.0.harness.get_all_by_role(Role::ListItem).next().map(|n| n.rect().center());
    let row = row.unwrap_or_else(|| desk.0.harness.get_by_label_contains("checkout-rust").rect().center());
    for (n, goal) in [pos2(433.0, 205.0), pos2(611.0, 377.0)].into_iter().enumerate() {
        drag(&mut desk, row, goal);
        assert!(at(&desk).distance(goal) <= 1.0, "{n}: dropped at {goal:?}, stands at {:?}", at(&desk));
        assert_eq!(desk.composition().instances.len(), 1);
        desk.ask(Command::Change(Change::Compose(Edit::RemoveInstances(names(&["checkout-rust"])))));
    }
    assert!(!desk.composition().instances.contains_key(ORDERS));
}

fn drag(desk: &mut Desk, from: Pos2, to: Pos2) {
    let h = &mut desk.0.harness;
    h.drag_at(from);
    h.step();
    for part in [0.2, 0.6, 1.0] {
        h.hover_at(from.lerp(to, part));
        h.step();
    }
    h.drop_at(to);
    desk.run();
}

#[test]
fn a_virtual_wasi_that_grows_lies_on_nothing_within_the_step_that_made_it_grow() {
    let mut session = project();
    session.apply(Command::OpenSample("ledger-rust.wasm".into()));
    session.poll();
    let component = session.library().values().find(|c| c.name == "ledger-rust").unwrap().digest;
    session.apply(Command::Change(Change::Place { component, at: [1400.0, 0.0], connect: None }));
    let mut desk = Desk::new(session);
    desk.ask(Command::AddVirtualWasi { at: [1120.0, 0.0], wire_to: names(&["ledger-rust"]) });
    desk.expect_apart();
    let before = desk.session().document().clone();
    let (was, ledger) = (desk.rect("virtual-wasi"), desk.rect("ledger-rust"));
    let host = crate::compose::HostPart::ALL.into_iter().collect();
    let settings = crate::compose::VirtualWasi { host, ..Default::default() };
    desk.ask(Command::EditVirtualWasi { instance: "virtual-wasi".into(), settings: Box::new(settings) });
    let now = desk.rect("virtual-wasi");
    assert!(now.width() > was.width(), "it imports, too");
    desk.expect_apart();
    assert_eq!(desk.rect("ledger-rust"), ledger);
    assert!(ledger.left() - now.right() >= 24.0, "the wires between them are seen");
    desk.expect_one_step(&before);
}

#[test]
fn a_node_that_is_inserted_into_a_wire_makes_do_with_the_room_beside_it() {
    let mut session = Session::new(Arc::new(Memory::default()), None);
    let labels = "techbytes:packing/labels";
    let places = [("labels-rust", 0.0), ("ribbon-rust", 300.0), ("ribbon-rust", 900.0)];
    for (name, x) in places {
        session.apply(Command::OpenSample(format!("{name}.wasm")));
        session.poll();
        let component = session.library().values().find(|c| c.name == name).unwrap().digest;
        session.apply(Command::Change(Change::Place { component, at: [x, 0.0], connect: None }));
    }
    let edit = Edit::Connect { from: Port::new("labels-rust", labels), to: Port::new("ribbon-rust", labels) };
    session.apply(Command::Change(Change::Compose(edit)));
    let mut desk = Desk::new(session);
    desk.press(Modifiers::COMMAND, Key::Num1);
    let before = desk.session().document().clone();
    let name = "ribbon-rust-2, instance of ribbon-rust · 2 of 2, 2 unsatisfied imports";
    let node = desk.0.harness.get_by_role_and_label(Role::GraphicsObject, name).rect();
    let wire = format!("wire from labels-rust {labels} to ribbon-rust {labels}");
    let to = desk.0.harness.get_by_role_and_label(Role::GraphicsSymbol, &wire).rect().center();
    let from = node.left_top() + egui::vec2(30.0, 12.0);
    desk.0.harness.drag_at(from);
    desk.run();
    for at in [from.lerp(to, 0.5), to] {
        desk.0.harness.hover_at(at);
        desk.run();
    }
    desk.0.harness.drop_at(to);
    desk.run();
    assert_eq!(desk.session().undo_label(), Some("Insert on wire"));
    desk.expect_apart();
    desk.expect_one_step(&before);
}
