//! The menus as a person uses them, in the whole window: by pointer, by keyboard alone, in graph and list; pictures.

use crate::compose::{Edit, Port};
use crate::project::{Document, Frame};
use crate::session::{Change, Command, FrameEdit, Memory, Selection, Session};
use crate::ui::look::both;
use crate::ui::panels::graph::desk::{CHECK, Desk, project, wired};
use egui::{Event, Key, Modifiers, Pos2, Rect, Role, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use std::sync::Arc;

const RUST: &str = "fraud-check-rust, instance of fraud-check-rust";

fn import(state: &str) -> String {
    format!("checkout-rust import {CHECK}, {state}")
}

fn export(of: &str, state: &str) -> String {
    format!("{of} export {CHECK}, {state}")
}

fn document(desk: &Desk) -> &Document {
    desk.session().document()
}

fn provider(desk: &Desk) -> Option<&str> {
    let from = desk.composition().wires.get(&Port::new("checkout-rust", CHECK));
    from.map(|from| from.instance.as_str())
}

fn has(desk: &Desk, role: Role, name: &str) -> bool {
    desk.0.harness.query_by_role_and_label(role, name).is_some()
}

#[track_caller]
fn at(desk: &Desk, role: Role, name: &str) -> Rect {
    desk.0.harness.get_by_role_and_label(role, name).rect()
}

fn click_at(desk: &mut Desk, at: Pos2, button: egui::PointerButton) {
    desk.0.harness.hover_at(at);
    desk.0.harness.step();
    // Between two frames more time passes than a click has.
    for pressed in [true, false] {
        let modifiers = Modifiers::NONE;
        desk.0.harness.input_mut().events.push(Event::PointerButton { pos: at, button, pressed, modifiers });
    }
    desk.run();
}

/// Opens the menu of something with the second button.
fn menu(desk: &mut Desk, role: Role, name: &str) {
    let rect = at(desk, role, name);
    let at = if role == Role::GraphicsObject { rect.left_top() + vec2(30.0, 12.0) } else { rect.center() };
    click_at(desk, at, egui::PointerButton::Secondary);
    if items(desk).is_empty() {
        desk.0.picture("menus-debug");
    }
    assert!(!items(desk).is_empty(), "no menu on {name}");
}

/// The entries of the menu that is open, those that cannot be used in brackets.
fn items(desk: &Desk) -> Vec<String> {
    let label = |n: egui_kittest::Node<'_>| {
        let node = n.accesskit_node();
        let label = node.label().unwrap_or_default();
        if node.is_disabled() { format!("({label})") } else { label }
    };
    desk.0.harness.query_all_by_role(Role::MenuItem).map(label).collect()
}

/// What the canvas says.
fn said(desk: &Desk) -> String {
    let mut all =
        desk.0.harness.query_all_by_role(Role::Status).map(|n| n.accesskit_node().label().unwrap_or_default());
    all.find(|said| !said.is_empty()).unwrap_or_default()
}

/// With the keyboard alone: focuses something of the canvas by name.
fn focus(desk: &mut Desk, role: Role, name: &str) {
    desk.0.harness.get_by_role_and_label(role, name).focus();
    desk.run();
}

/// Goes down to an entry of the menu and takes it.
#[track_caller]
fn take(desk: &mut Desk, label: &str) {
    for _ in 0..20 {
        if desk.focused() == (Role::MenuItem, label.to_owned()) {
            return desk.key(Key::Enter);
        }
        desk.key(Key::ArrowDown);
    }
    panic!("no entry {label}; {:?} has the focus of {:?}", desk.focused(), items(desk));
}

/// The graph alone, life size.
fn graph(session: Session) -> Desk {
    let mut desk = Desk::new(session);
    desk.press(Modifiers::COMMAND, Key::J);
    desk.press(Modifiers::COMMAND, Key::Num1);
    desk
}

/// Only what needs a fraud check.
fn alone() -> Session {
    let mut session = Session::new(Arc::new(Memory::default()), None);
    session.apply(Command::OpenSample("checkout-rust.wasm".into()));
    session.poll();
    let component = session.library().values().next().unwrap().digest;
    session.apply(Command::Change(Change::Place { component, at: [500.0, 100.0], connect: None }));
    session.poll();
    session
}

#[test]
fn a_port_is_connected_from_its_menu_by_clicks_alone() {
    let mut desk = graph(project());
    menu(&mut desk, Role::GraphicsSymbol, &import("missing"));
    assert_eq!(items(&desk), ["Connect…", "Place and connect…", "Add stub", "Copy name"]);
    desk.click(Role::MenuItem, "Connect…");
    assert_eq!(said(&desk), "Connect fraud-check of checkout-rust with fraud-check of fraud-check-c (1 of 3). Fits");
    let own =
        at(&desk, Role::GraphicsSymbol, &format!("checkout-rust export {}, exported", super::super::desk::ORDERS));
    // What is under the pointer is chosen, or says why it cannot be.
    let to =
        at(&desk, Role::GraphicsSymbol, &export("fraud-check-js", "exported as fraud-check-js-fraud-check")).center();
    desk.0.harness.hover_at(own.center());
    desk.run();
    assert!(
        said(&desk).contains("cannot provide for itself") || said(&desk).starts_with("Does not fit"),
        "{}",
        said(&desk)
    );
    click_at(&mut desk, own.center(), egui::PointerButton::Primary);
    assert_eq!(provider(&desk), None, "a click on what does not fit takes nothing");
    desk.0.harness.hover_at(to);
    desk.run();
    assert_eq!(said(&desk), "Connect fraud-check of checkout-rust with fraud-check of fraud-check-js (2 of 3). Fits");
    click_at(&mut desk, to, egui::PointerButton::Primary);
    assert_eq!(provider(&desk), Some("fraud-check-js"));
    desk.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(provider(&desk), None);
}

#[test]
fn a_port_is_connected_gone_to_and_disconnected_by_keyboard_alone() {
    let mut desk = graph(project());
    focus(&mut desk, Role::GraphicsSymbol, &import("missing"));
    desk.press(Modifiers::SHIFT, Key::F10);
    desk.expect_focus(Role::MenuItem, "Connect…");
    take(&mut desk, "Connect…");
    desk.key(Key::ArrowDown);
    desk.key(Key::Enter);
    assert_eq!(provider(&desk), Some("fraud-check-js"));
    desk.expect_focus(Role::GraphicsSymbol, &import("connected"));
    // One that has a provider names it before it is replaced.
    desk.key(Key::Menu);
    assert_eq!(
        items(&desk),
        [
            "Connect…",
            "Place and connect…",
            "Switch to fraud-check-rust",
            "(Replace by recorded answers)",
            "Tap this wire",
            "Go to other end",
            "Disconnect",
            "Copy name",
        ]
    );
    take(&mut desk, "Connect…");
    assert!(said(&desk).ends_with("(1 of 3). Fits, replaces fraud-check-js"), "{}", said(&desk));
    desk.key(Key::Escape);
    assert_eq!(provider(&desk), Some("fraud-check-js"));
    // To the other end and back.
    desk.key(Key::Menu);
    take(&mut desk, "Go to other end");
    desk.expect_focus(Role::GraphicsSymbol, &export("fraud-check-js", "connected"));
    desk.key(Key::Menu);
    take(&mut desk, "Go to other end");
    desk.expect_focus(Role::GraphicsSymbol, &import("connected"));
    desk.key(Key::Menu);
    take(&mut desk, "Disconnect");
    assert_eq!(provider(&desk), None);
    desk.expect_focus(Role::GraphicsSymbol, &import("missing"));
}

#[test]
fn an_export_names_all_its_ends_and_lets_go_of_all_in_one_step() {
    let mut session = wired();
    let component = session.document().composition.instances["checkout-rust"].component;
    let kiosk = Edit::AddInstance { name: "kiosk".into(), component };
    let wire = Edit::Connect { from: Port::new("fraud-check-rust", CHECK), to: Port::new("kiosk", CHECK) };
    session.apply(Command::Change(Change::ComposeAll("Add", vec![kiosk, wire])));
    session.apply(Command::Change(Change::Move(vec![("kiosk".into(), [520.0, 500.0])])));
    session.end_gesture();
    let mut desk = graph(session);
    let before = document(&desk).clone();
    menu(&mut desk, Role::GraphicsSymbol, &export("fraud-check-rust", "connected"));
    desk.click(Role::MenuItem, "Go to kiosk");
    desk.expect_focus(Role::GraphicsSymbol, &format!("kiosk import {CHECK}, connected"));
    menu(&mut desk, Role::GraphicsSymbol, &export("fraud-check-rust", "connected"));
    desk.click(Role::MenuItem, "Disconnect all 2");
    assert!(desk.composition().wires.is_empty());
    desk.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(document(&desk), &before, "one step");
}

#[test]
fn an_export_is_chosen_and_named_for_the_result_in_the_graph() {
    let mut desk = graph(wired());
    let before = document(&desk).clone();
    let orders = super::super::desk::ORDERS;
    let exports = |desk: &Desk| desk.composition().exports.keys().cloned().collect::<Vec<_>>();
    // The only one stays.
    menu(&mut desk, Role::GraphicsSymbol, &format!("checkout-rust export {orders}, exported"));
    assert!(items(&desk).contains(&"(Do not export it from the result)".to_owned()), "{:?}", items(&desk));
    desk.key(Key::Escape);
    menu(&mut desk, Role::GraphicsSymbol, &export("fraud-check-rust", "connected"));
    desk.click(Role::MenuItem, "Export it from the result");
    assert_eq!(exports(&desk), [orders, CHECK], "what was exported automatically stays");
    menu(&mut desk, Role::GraphicsSymbol, &export("fraud-check-rust", "connected, exported"));
    desk.click(Role::MenuItem, "Name it in the result…");
    desk.expect_focus(Role::TextInput, "Name in the result");
    desk.type_over(orders);
    desk.key(Key::Enter);
    assert_eq!(exports(&desk), [orders, CHECK], "a name that is taken is refused");
    desk.type_over("check");
    desk.key(Key::Enter);
    assert_eq!(exports(&desk), ["check", orders]);
    assert!(!has(&desk, Role::TextInput, "Name in the result"));
    menu(&mut desk, Role::GraphicsSymbol, &export("fraud-check-rust", "connected, exported as check"));
    desk.click(Role::MenuItem, "Do not export it from the result");
    assert_eq!(exports(&desk), [orders]);
    for _ in 0..3 {
        desk.press(Modifiers::COMMAND, Key::Z);
    }
    assert_eq!(document(&desk), &before);
}

#[test]
fn arrows_go_through_a_menu_and_escape_gives_the_focus_back() {
    let mut desk = graph(project());
    desk.click(Role::GraphicsObject, RUST);
    focus(&mut desk, Role::GraphicsObject, RUST);
    let (before, selection) = (document(&desk).clone(), desk.session().selection().clone());
    desk.press(Modifiers::SHIFT, Key::F10);
    let all = items(&desk);
    assert_eq!(all.first().map(String::as_str), Some("Auto-wire…"));
    desk.expect_focus(Role::MenuItem, "Auto-wire…");
    desk.key(Key::ArrowDown);
    desk.expect_focus(Role::MenuItem, "Replace by…");
    desk.key(Key::Home);
    desk.key(Key::ArrowUp);
    desk.expect_focus(Role::MenuItem, "Delete selection");
    desk.key(Key::Tab);
    desk.expect_focus(Role::MenuItem, "Auto-wire…");
    desk.key(Key::Escape);
    assert!(items(&desk).is_empty(), "it is closed");
    desk.expect_focus(Role::GraphicsObject, RUST);
    assert_eq!((document(&desk), desk.session().selection()), (&before, &selection), "nothing else happened");
    // Opened by pointer, it takes the keys as well: they move no node.
    menu(&mut desk, Role::GraphicsObject, RUST);
    desk.key(Key::ArrowDown);
    desk.expect_focus(Role::MenuItem, "Auto-wire…");
    desk.key(Key::Escape);
    desk.expect_focus(Role::GraphicsObject, RUST);
    assert_eq!(document(&desk), &before);
}

#[test]
fn a_loose_wire_offers_samples_that_are_opened_placed_and_connected_in_one_step() {
    let mut desk = graph(alone());
    let before = document(&desk).clone();
    let from = at(&desk, Role::GraphicsSymbol, &import("missing")).center();
    let nothing = from + vec2(-60.0, 160.0);
    desk.0.harness.drag_at(from);
    desk.0.harness.step();
    for part in [0.3, 0.7, 1.0] {
        desk.0.harness.hover_at(from.lerp(nothing, part));
        desk.0.harness.step();
    }
    desk.0.harness.drop_at(nothing);
    desk.run();
    for text in ["No open component fits", "Samples that fit", "Made for it"] {
        desk.0.harness.get_by_label(text);
    }
    desk.0.harness.event(Event::Text("zig".into()));
    desk.run();
    desk.expect_focus(Role::ListItem, "fraud-check-zig");
    desk.key(Key::Enter);
    assert_eq!(provider(&desk), Some("fraud-check-zig"));
    assert_eq!(desk.session().undo_label(), Some("Place and connect component"));
    desk.expect_focus(Role::GraphicsSymbol, &import("connected"));
    desk.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(document(&desk), &before, "one step");
    // It is open now, and offered as such.
    focus(&mut desk, Role::GraphicsSymbol, &import("missing"));
    desk.key(Key::Enter);
    assert_eq!(said(&desk), "Nothing here fits fraud-check of checkout-rust. Enter offers what would");
    desk.key(Key::Enter);
    desk.0.harness.get_by_label("Open components that fit");
    desk.expect_focus(Role::ListItem, "fraud-check-zig");
    desk.key(Key::ArrowDown);
    desk.expect_focus(Role::ListItem, "fraud-check-rust");
    desk.key(Key::Escape);
    desk.expect_focus(Role::GraphicsSymbol, &import("missing"));
    assert_eq!(document(&desk), &before);
}

#[test]
fn behind_what_is_there_stands_something_new_for_the_keyboard() {
    let mut desk = graph(project());
    focus(&mut desk, Role::GraphicsSymbol, &import("missing"));
    desk.key(Key::Enter);
    desk.key(Key::ArrowUp);
    assert_eq!(said(&desk), "Connect fraud-check of checkout-rust with something new. Enter offers what fits");
    desk.key(Key::Enter);
    desk.0.harness.event(Event::Text("check-c".into()));
    desk.run();
    desk.key(Key::Enter);
    assert_eq!(provider(&desk), Some("fraud-check-c-2"));
    let layout = &document(&desk).layout;
    assert!(layout["fraud-check-c-2"][0] < layout["checkout-rust"][0], "before what it is for");
    // The same from the menu.
    desk.press(Modifiers::COMMAND, Key::Z);
    focus(&mut desk, Role::GraphicsSymbol, &import("missing"));
    desk.key(Key::Menu);
    take(&mut desk, "Place and connect…");
    desk.0.harness.event(Event::Text("stub".into()));
    desk.run();
    desk.key(Key::Enter);
    assert_eq!(provider(&desk), Some("stub-fraud-check"));
}

#[test]
fn what_takes_an_instances_place_is_judged_by_its_types_and_names_what_it_loses() {
    let old = r#"(component
        (core module $m (func (export "f") (result i32) i32.const 0))
        (core instance $i (instantiate $m))
        (func $f (result bool) (canon lift (core func $i "f")))
        (instance $x (export "check" (func $f)))
        (export "techbytes:payments/fraud-check" (instance $x)))"#;
    let mut session = wired();
    session.apply(Command::OpenBytes("yes-man.wasm".into(), wat::parse_str(old).unwrap().into()));
    session.apply(Command::OpenSample("adder-wat.wasm".into()));
    session.poll();
    let mut desk = graph(session);
    let before = document(&desk).clone();
    menu(&mut desk, Role::GraphicsObject, RUST);
    desk.click(Role::MenuItem, "Replace by…");
    let rows = |desk: &Desk| -> Vec<String> {
        let all = desk.0.harness.get_all_by_role(Role::ListItem);
        let label = |n: egui_kittest::Node<'_>| n.accesskit_node().label().unwrap_or_default();
        all.map(label).filter(|l| l.contains("Keeps") || l.contains("Loses") || l.contains("Does not")).collect()
    };
    let keeps = |name: &str| format!("fraud-check-{name}, Keeps 1 connection");
    let mut wanted = ["c", "js", "assemblyscript", "cpp", "go", "wat", "zig"].map(keeps).to_vec();
    wanted.push("yes-man, Does not fit: check: the parameter `user-id` is missing".to_owned());
    assert_eq!(rows(&desk), wanted, "samples behind what is open, and not what has nothing in common");
    let refused = "yes-man, Does not fit: check: the parameter `user-id` is missing";
    assert!(desk.0.harness.get_by_role_and_label(Role::ListItem, refused).accesskit_node().is_disabled());
    // The keyboard goes there too, to read why, and cannot take it.
    (1..wanted.len()).for_each(|_| desk.key(Key::ArrowDown));
    let wire = format!("fraud-check-rust · {CHECK} → checkout-rust · {CHECK}");
    let why = format!("Does not fit: check: the parameter `user-id` is missing\n{wire}");
    assert!(has(&desk, Role::Status, &why));
    desk.key(Key::Enter);
    assert_eq!(document(&desk), &before);
    (2..wanted.len()).for_each(|_| desk.key(Key::ArrowUp));
    desk.expect_focus(Role::ListItem, &keeps("js"));
    desk.key(Key::Enter);
    assert_eq!(desk.session().undo_label(), Some("Replace fraud-check-rust"));
    assert_eq!(provider(&desk), Some("fraud-check-rust"), "the wire stays");
    desk.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(document(&desk), &before, "one step");
}

#[test]
fn what_would_be_lost_is_named_before() {
    let mut session = Session::new(Arc::new(Memory::default()), None);
    let needs = r#"(component
        (import "a:b/c" (instance (export "f" (func))))
        (core module $m (func (export "f")))
        (core instance $i (instantiate $m))
        (func $f (canon lift (core func $i "f")))
        (instance $x (export "f" (func $f)))
        (export "a:b/d" (instance $x)))"#;
    let gives = |name: &str| {
        format!(
            r#"(component
            (core module $m (func (export "f")))
            (core instance $i (instantiate $m))
            (func $f (canon lift (core func $i "f")))
            (instance $x (export "f" (func $f)))
            (export "{name}" (instance $x)))"#
        )
    };
    let all = [("middle", needs.to_owned()), ("start", gives("a:b/c")), ("simple", gives("a:b/d"))];
    for (n, (name, text)) in all.iter().enumerate() {
        session.apply(Command::OpenBytes(format!("{name}.wasm"), wat::parse_str(text).unwrap().into()));
        session.poll();
        let component = session.library().values().find(|c| c.name == *name).unwrap().digest;
        let at = [60.0 + 400.0 * n as f32, 60.0];
        session.apply(Command::Change(Change::Place { component, at, connect: None }));
    }
    let edit = Edit::Connect { from: Port::new("start", "a:b/c"), to: Port::new("middle", "a:b/c") };
    session.apply(Command::Change(Change::Compose(edit)));
    session.poll();
    let mut desk = graph(session);
    let before = document(&desk).clone();
    menu(&mut desk, Role::GraphicsObject, "middle, instance of middle");
    desk.click(Role::MenuItem, "Replace by…");
    let lost = "start · a:b/c → middle · a:b/c";
    desk.expect_focus(Role::ListItem, &format!("simple, Loses {lost}"));
    assert!(has(&desk, Role::Status, &format!("Keeps nothing that is connected, loses\n{lost}")));
    desk.key(Key::Enter);
    assert!(desk.composition().wires.is_empty());
    assert_eq!(desk.session().undo_label(), Some("Replace instance"));
    desk.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(document(&desk), &before, "one step");
}

#[test]
fn components_and_samples_are_placed_from_the_menu_of_the_canvas() {
    let mut desk = graph(alone());
    let node = at(&desk, Role::GraphicsObject, "checkout-rust, instance of checkout-rust, 1 unsatisfied import");
    click_at(&mut desk, node.left_bottom() + vec2(-60.0, 60.0), egui::PointerButton::Secondary);
    desk.click(Role::MenuItem, "Place component…");
    desk.expect_focus(Role::ListItem, "Place checkout-rust");
    assert_eq!(desk.0.harness.query_all_by_label("Samples").count(), 2, "as in the library");
    desk.0.harness.event(Event::Text("adder".into()));
    desk.run();
    desk.key(Key::Enter);
    assert!(desk.composition().instances.contains_key("adder-wat"));
    assert_eq!(desk.session().undo_label(), Some("Place component"));
}

#[test]
fn rows_of_the_list_have_the_same_menus() {
    let mut desk = Desk::listed(wired());
    desk.enter_at(&import("connected"));
    desk.press(Modifiers::SHIFT, Key::F10);
    desk.expect_focus(Role::MenuItem, "Connect…");
    take(&mut desk, "Go to other end");
    desk.expect_focus(Role::TreeItem, &export("fraud-check-rust", "connected"));
    desk.key(Key::Menu);
    desk.key(Key::Escape);
    desk.expect_focus(Role::TreeItem, &export("fraud-check-rust", "connected"));
    desk.key(Key::Menu);
    take(&mut desk, "Connect…");
    desk.0.harness.get_by_label("Search users");
    desk.key(Key::Escape);
    // By pointer.
    menu(&mut desk, Role::TreeItem, &import("connected"));
    desk.click(Role::MenuItem, "Switch to fraud-check-c");
    assert_eq!(provider(&desk), Some("fraud-check-c"));
    menu(&mut desk, Role::TreeItem, "fraud-check-c, instance of fraud-check-c");
    desk.click(Role::MenuItem, "Replace by…");
    desk.click(Role::ListItem, "fraud-check-js, Keeps 1 connection");
    let js = desk.composition().instances["fraud-check-js"].component;
    assert_eq!(desk.composition().instances["fraud-check-c"].component, js);
    // A loose wire of the keyboard.
    desk.press(Modifiers::COMMAND, Key::Z);
    desk.press(Modifiers::COMMAND, Key::Z);
    desk.enter_at(&import("connected"));
    desk.key(Key::Menu);
    take(&mut desk, "Disconnect");
    desk.enter_at(&import("missing"));
    desk.key(Key::Enter);
    desk.0.harness.event(Event::Text("zig".into()));
    desk.run();
    desk.expect_focus(Role::ListItem, "Open fraud-check-zig, place and connect it");
    desk.key(Key::Enter);
    assert_eq!(provider(&desk), Some("fraud-check-zig"));
}

#[test]
fn menus_of_the_bar_are_gone_through_by_keyboard_too() {
    let mut desk = graph(project());
    focus(&mut desk, Role::Button, "Edit menu");
    desk.key(Key::Enter);
    desk.expect_focus(Role::MenuItem, "Paste");
    desk.key(Key::ArrowUp);
    desk.expect_focus(Role::MenuItem, "Auto-wire…");
    desk.key(Key::Escape);
    assert!(items(&desk).is_empty());
    desk.expect_focus(Role::Button, "Edit menu");
    desk.key(Key::Enter);
    take(&mut desk, "Select all");
    assert!(matches!(desk.session().selection(), Selection::Instances(names) if names.len() == 4));
}

#[test]
fn pictures() {
    both(|theme, name| {
        let mut session = wired();
        let frame = Frame::new([60.0, 20.0], [300.0, 100.0]).with(["fraud-check-rust".to_owned()]);
        session.apply(Command::Change(Change::Frame(FrameEdit::Add("Payments".into(), frame))));
        session.apply(Command::Select(Selection::None));
        let mut desk = Desk::sized(session, [1280.0, 800.0], theme);
        let shot = |desk: &mut Desk, what: &str| desk.0.picture(&format!("menus-{what}-{name}"));
        menu(&mut desk, Role::GraphicsSymbol, &import("connected"));
        shot(&mut desk, "import");
        desk.click(Role::MenuItem, "Connect…");
        shot(&mut desk, "connect");
        desk.key(Key::Escape);
        menu(&mut desk, Role::GraphicsSymbol, &export("fraud-check-js", "unused"));
        desk.click(Role::MenuItem, "Place and connect…");
        shot(&mut desk, "new-user");
        desk.key(Key::Escape);
        menu(&mut desk, Role::GraphicsSymbol, &import("connected"));
        desk.click(Role::MenuItem, "Place and connect…");
        shot(&mut desk, "new");
        desk.key(Key::Escape);
        menu(&mut desk, Role::GraphicsObject, RUST);
        shot(&mut desk, "node");
        desk.click(Role::MenuItem, "Replace by…");
        shot(&mut desk, "replace");
        desk.key(Key::Escape);
        menu(&mut desk, Role::GraphicsSymbol, &format!("wire from fraud-check-rust {CHECK} to checkout-rust {CHECK}"));
        shot(&mut desk, "wire");
        desk.key(Key::Escape);
        menu(&mut desk, Role::GraphicsObject, "frame Payments, 1 instance");
        shot(&mut desk, "frame");
        desk.key(Key::Escape);
        desk.press(Modifiers::COMMAND, Key::L);
        menu(&mut desk, Role::TreeItem, &import("connected"));
        shot(&mut desk, "list");
    });
}
