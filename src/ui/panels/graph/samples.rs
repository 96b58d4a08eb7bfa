//! Samples that are not open yet: dragged onto the canvas, and in the place of an instance; and what cannot be placed at all.

use super::desk::{CHECK, Desk, project, wired};
use crate::compose::{Edit, Port};
use crate::project::Theme;
use crate::session::{Change, Command, Memory, Session};
use crate::ui::look::both;
use egui::{Event, Key, Modifiers, PointerButton, Pos2, Role, pos2, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use std::sync::Arc;

const LABELS: &str = "techbytes:packing/labels";
const ROOM: [f32; 2] = [1600.0, 1000.0];

impl Desk {
    #[track_caller]
    fn row(&self, name: &str) -> Pos2 {
        let mut all = self.0.harness.get_all_by_role_and_label(Role::ListItem, name);
        all.next().unwrap().rect().center()
    }

    /// Takes hold and goes there, without letting go.
    fn drag_to(&mut self, from: Pos2, to: Pos2) {
        let h = &mut self.0.harness;
        h.drag_at(from);
        h.step();
        for part in [0.2, 0.6, 1.0] {
            h.hover_at(from.lerp(to, part));
            h.step();
        }
        h.step();
    }

    fn drag(&mut self, from: Pos2, to: Pos2) {
        self.drag_to(from, to);
        self.0.harness.drop_at(to);
        self.run();
    }

    #[track_caller]
    fn node(&self, begins: &str) -> egui::Rect {
        let all = self.0.harness.get_all_by_role(Role::GraphicsObject);
        let mut its = all.filter(|n| n.accesskit_node().label().is_some_and(|l| l.starts_with(begins)));
        its.next().unwrap_or_else(|| panic!("no node {begins}")).rect()
    }

    fn secondary_click(&mut self, at: Pos2) {
        self.0.harness.hover_at(at);
        self.0.harness.step();
        for pressed in [true, false] {
            let (button, modifiers) = (PointerButton::Secondary, Modifiers::NONE);
            self.0.harness.input_mut().events.push(Event::PointerButton { pos: at, button, pressed, modifiers });
        }
        self.run();
    }
}

/// A label writer and a packer that needs it, wired.
fn labels() -> Session {
    let mut session = Session::new(Arc::new(Memory::default()), None);
    for (file, at) in [("labels-rust.wasm", [0.0, 0.0]), ("packer-rust.wasm", [620.0, 0.0])] {
        session.apply(Command::PlaceSample { file: file.into(), at, connect: None });
        session.poll();
    }
    let edit = Edit::Connect { from: Port::new("labels-rust", LABELS), to: Port::new("packer-rust", LABELS) };
    session.apply(Command::Change(Change::Compose(edit)));
    session.poll();
    session
}

/// The middle of the only wire, on the screen.
fn wire(desk: &Desk) -> Pos2 {
    let port = |role: &str, name: &str| {
        let said = format!("{name} {role} {LABELS}, connected");
        desk.0.harness.get_by_role_and_label(Role::GraphicsSymbol, &said).rect().center()
    };
    port("export", "labels-rust").lerp(port("import", "packer-rust"), 0.5)
}

#[test]
fn a_sample_lands_where_it_is_dropped_as_the_first_and_beside_others() {
    let mut session = Session::new(Arc::new(Memory::default()), None);
    session.apply(Command::OpenSample("adder-wat.wasm".into()));
    session.poll();
    let mut desk = Desk::sized(session, ROOM, Theme::Dark);
    for (name, goal) in [("fraud-check-zig", pos2(433.0, 205.0)), ("checkout-rust", pos2(811.0, 377.0))] {
        let row = desk.row(name);
        desk.drag(row, goal);
        let node = desk.node(&format!("{name}, instance of {name}"));
        assert!(node.min.distance(goal) <= 12.0, "dropped at {goal:?}, stands at {:?}", node.min);
        assert_eq!(desk.session().undo_label(), Some("Place component"));
        assert!(desk.0.harness.query_by_role_and_label(Role::ListItem, name).is_some(), "it is among what is open");
    }
    assert_eq!(desk.composition().instances.len(), 2);
    desk.ask(Command::Undo);
    desk.ask(Command::Undo);
    assert!(desk.composition().instances.is_empty());
}

#[test]
fn a_sample_let_go_elsewhere_does_nothing() {
    let mut desk = Desk::sized(project(), ROOM, Theme::Dark);
    let (before, open) = (desk.session().document().clone(), desk.session().library().len());
    let row = desk.row("ribbon-rust");
    let tab = desk.0.harness.get_by_role_and_label(Role::Tab, "Problems").rect().center();
    for elsewhere in [tab, pos2(1500.0, 300.0), pos2(800.0, 20.0), desk.row("checkout-rust")] {
        desk.drag(row, elsewhere);
        assert_eq!(desk.session().document(), &before, "{elsewhere:?}");
        assert_eq!(desk.session().library().len(), open);
    }
}

#[test]
fn what_is_dropped_on_a_wire_is_inserted_there_if_it_fits() {
    let mut desk = Desk::sized(labels(), ROOM, Theme::Dark);
    let before = desk.session().document().clone();
    let (import, ends) = (Port::new("ribbon-rust", LABELS), Port::new("packer-rust", LABELS));
    // A sample the first time, a component of the library the second.
    for _ in 0..2 {
        let (row, at) = (desk.row("ribbon-rust"), wire(&desk));
        desk.drag(row, at);
        let wires = &desk.composition().wires;
        assert_eq!(wires.get(&ends), Some(&import));
        assert_eq!(wires.get(&import), Some(&Port::new("labels-rust", LABELS)));
        assert_eq!(desk.session().undo_label(), Some("Place component on a wire"));
        desk.ask(Command::Undo);
        assert_eq!(desk.session().document(), &before, "one step");
    }
    let (row, at) = (desk.row("adder-wat"), wire(&desk));
    desk.drag(row, at);
    assert!(desk.composition().instances.contains_key("adder-wat"));
    assert_eq!(desk.composition().wires, before.composition.wires, "it does not fit");
}

#[test]
fn a_sample_takes_the_place_of_an_instance() {
    let mut desk = Desk::new(wired());
    let before = desk.session().document().clone();
    let node = desk.node("fraud-check-rust, instance of");
    desk.secondary_click(node.left_top() + vec2(20.0, 8.0));
    desk.click(Role::MenuItem, "Replace by…");
    desk.0.harness.get_by_label("Samples that fit");
    let rows: Vec<_> = desk.0.harness.get_all_by_role(Role::ListItem).map(|n| n.accesskit_node().label()).collect();
    let rows: Vec<_> = rows.into_iter().flatten().filter(|l| l.contains(", Keeps")).collect();
    let of = |name: &str| format!("fraud-check-{name}, Keeps 1 connection");
    assert_eq!(rows, ["c", "js", "assemblyscript", "cpp", "go", "wat", "zig"].map(of), "what is open comes first");
    desk.0.harness.event(Event::Text("zig".into()));
    desk.run();
    desk.expect_focus(Role::ListItem, &of("zig"));
    desk.key(Key::Enter);
    let now = desk.composition();
    assert_eq!(desk.session().library()[&now.instances["fraud-check-rust"].component].name, "fraud-check-zig");
    assert_eq!(now.wires[&Port::new("checkout-rust", CHECK)], Port::new("fraud-check-rust", CHECK));
    assert_eq!(desk.session().undo_label(), Some("Replace fraud-check-rust"));
    desk.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(desk.session().document(), &before, "one step");
}

/// The sample project, and a component whose code is not valid.
fn with_broken() -> Session {
    let mut session = project();
    let bytes = wat::parse_str("(component (core module (func (result i32))))").unwrap();
    session.apply(Command::OpenBytes("broken.wasm".into(), bytes.into()));
    session.poll();
    session
}

#[test]
fn what_is_not_valid_cannot_be_placed_and_says_why() {
    let mut desk = Desk::sized(with_broken(), ROOM, Theme::Dark);
    let component = desk.session().library().values().find(|c| c.name == "broken").unwrap();
    let why = component.fault().unwrap().message.clone();
    let before = desk.session().document().clone();
    let is_disabled_with_reason = |desk: &Desk, role: Role, name: &str| {
        let node = desk.0.harness.get_by_role_and_label(role, name).accesskit_node();
        assert!(node.is_disabled(), "{name}");
        node.description().is_some_and(|d| d == why)
    };
    // In the inspector, where it is selected, and in the menu of its row.
    assert!(is_disabled_with_reason(&desk, Role::Button, "Place on canvas"));
    let row = desk.row("broken");
    desk.secondary_click(row);
    assert!(is_disabled_with_reason(&desk, Role::MenuItem, "Place on canvas"));
    desk.key(Key::Escape);
    // Dragged, it can be compared, and not placed.
    desk.drag(row, pos2(700.0, 400.0));
    assert_eq!(desk.session().document(), &before);
    // In the palette.
    desk.press(Modifiers::COMMAND, Key::K);
    desk.0.harness.event(Event::Text("Place broken".into()));
    desk.run();
    let place = "Place broken on the canvas";
    assert!(desk.0.harness.get_by_role_and_label(Role::ListItem, place).accesskit_node().is_disabled());
    desk.key(Key::Enter);
    desk.key(Key::Escape);
    assert_eq!(desk.session().document(), &before);
    // And where a component is chosen.
    desk.secondary_click(pos2(420.0, 560.0));
    desk.click(Role::MenuItem, "Place component…");
    desk.0.harness.event(Event::Text("broken".into()));
    desk.run();
    desk.0.harness.get_by_label("Cannot be placed");
    let row = format!("broken, {why}");
    assert!(desk.0.harness.get_by_role_and_label(Role::ListItem, &row).accesskit_node().is_disabled());
    desk.key(Key::Enter);
    assert_eq!(desk.session().document(), &before);
}

#[test]
fn what_is_dragged_and_what_cannot_be_placed_look_right() {
    both(|theme, word| {
        let mut desk = Desk::sized(labels(), ROOM, theme);
        let (row, at) = (desk.row("ribbon-rust"), wire(&desk));
        desk.drag_to(row, at);
        desk.0.picture(&format!("drag-onto-wire-{word}"));
        desk.0.harness.hover_at(at + vec2(40.0, 160.0));
        desk.run();
        desk.0.picture(&format!("drag-onto-canvas-{word}"));
        let mut desk = Desk::sized(with_broken(), ROOM, theme);
        let row = desk.row("broken");
        desk.drag_to(row, pos2(500.0, 300.0));
        desk.0.picture(&format!("drag-broken-{word}"));
        let mut desk = Desk::sized(with_broken(), ROOM, theme);
        desk.secondary_click(pos2(420.0, 560.0));
        desk.click(Role::MenuItem, "Place component…");
        desk.0.harness.event(Event::Text("r".into()));
        desk.run();
        desk.0.picture(&format!("place-broken-{word}"));
        let mut desk = Desk::sized(wired(), [1280.0, 800.0], theme);
        let node = desk.node("fraud-check-rust, instance of");
        desk.secondary_click(node.left_top() + vec2(20.0, 8.0));
        desk.click(Role::MenuItem, "Replace by…");
        desk.key(Key::ArrowDown);
        desk.key(Key::ArrowDown);
        desk.0.picture(&format!("replace-by-sample-{word}"));
    });
}
