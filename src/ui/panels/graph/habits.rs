//! What hands expect: where things come to stand, what has the focus afterwards, and which keys do what from where.

use super::desk::{CHECK, Desk, ORDERS, project, wired};
use crate::compose::{Port, Side};
use crate::session::{Change, Command, Memory, Selection, Session};
use egui::{Event, Key, Modifiers, Role};
use egui_kittest::kittest::Queryable;
use std::sync::Arc;

const LABELS: &str = "techbytes:packing/labels";
const CHECKOUT: &str = "checkout-rust, instance of checkout-rust, 1 unsatisfied import";

/// One instance of a component that exports an interface which it imports too.
fn ribbon() -> Desk {
    let mut session = Session::new(Arc::new(Memory::default()), None);
    session.apply(Command::OpenSample("ribbon-rust.wasm".into()));
    session.poll();
    let component = *session.library().keys().next().unwrap();
    session.apply(Command::Change(Change::Place { component, at: [600.0, 240.0], connect: None }));
    Desk::new(session)
}

#[test]
fn what_comes_at_the_end_of_a_wire_is_connected_there_whatever_else_has_that_name() {
    for (side, from, to) in
        [(Side::Import, "ribbon-rust-2", "ribbon-rust"), (Side::Export, "ribbon-rust", "ribbon-rust-2")]
    {
        let mut desk = ribbon();
        let component = desk.composition().instances["ribbon-rust"].component;
        let before = desk.session().document().clone();
        let connect = Some((LABELS.to_owned(), Port::new("ribbon-rust", LABELS), side));
        desk.ask(Command::Change(Change::Place { component, at: [24.0, 600.0], connect }));
        let wires: Vec<_> = desk.composition().wires.iter().map(|(to, from)| (from.clone(), to.clone())).collect();
        assert_eq!(wires, [(Port::new(from, LABELS), Port::new(to, LABELS))], "{side:?}");
        desk.ask(Command::Undo);
        assert_eq!(desk.session().document(), &before);
    }
}

#[test]
fn a_component_placed_from_the_library_is_selected_and_in_view() {
    let mut desk = Desk::new(project());
    let row = desk.0.harness.get_all_by_label("fraud-check-js").next();
    row.unwrap().focus();
    desk.run();
    desk.key(Key::Enter);
    assert_eq!(desk.session().selection(), &Selection::Instances(vec!["fraud-check-js-2".into()]));
    let canvas = desk.0.harness.get_by_label_contains("Canvas, 5 instances").rect().expand(1.0);
    let node = desk
        .0
        .harness
        .get_by_role_and_label(Role::GraphicsObject, "fraud-check-js-2, instance of fraud-check-js · 2 of 2");
    assert!(canvas.contains_rect(node.rect()), "{:?} in {canvas:?}", node.rect());
}

#[test]
fn f6_goes_from_panel_to_panel_and_back() {
    let mut desk = Desk::new(wired());
    desk.ask(Command::Select(Selection::Instances(vec!["fraud-check-c".into()])));
    let stops = [
        (Role::GraphicsObject, "fraud-check-c, instance of fraud-check-c"),
        (Role::Tab, "Overview"),
        (Role::Tab, "Invoke"),
        (Role::SearchInput, "Search components"),
    ];
    for (role, name) in stops.iter().chain(&stops[..2]) {
        desk.key(Key::F6);
        desk.expect_focus(*role, name);
    }
    for (role, name) in [stops[0], stops[3], stops[2]] {
        desk.press(Modifiers::SHIFT, Key::F6);
        desk.expect_focus(role, name);
    }
    // The list has the focus as soon as it is shown.
    desk.press(Modifiers::COMMAND, Key::L);
    assert_eq!(desk.focused().0, Role::TreeItem);
}

#[test]
fn f2_renames_the_node_that_has_the_focus() {
    let mut desk = Desk::new(project());
    desk.ask(Command::Select(Selection::Instances(vec!["checkout-rust".into()])));
    desk.key(Key::F6);
    desk.key(Key::F2);
    desk.expect_focus(Role::TextInput, "Name of the instance");
    // The name is selected: typing takes its place. A name that another has is refused in words.
    desk.0.harness.event(Event::Text("fraud-check-c".into()));
    desk.run();
    desk.key(Key::Enter);
    assert!(desk.composition().instances.contains_key("checkout-rust"));
    assert!(desk.0.harness.query_by_label("Name of the instance").is_some());
    desk.type_over("till");
    desk.key(Key::Enter);
    assert!(desk.composition().instances.contains_key("till"));
    assert!(desk.0.harness.query_by_label("Name of the instance").is_none());
    assert_eq!(desk.session().undo_label(), Some("Rename to till"));
}

#[test]
fn f2_names_the_export_that_has_the_focus_in_the_result() {
    let mut desk = Desk::new(wired());
    let port = |how: &str| format!("checkout-rust export {ORDERS}, {how}");
    desk.0.harness.get_by_role_and_label(Role::GraphicsSymbol, &port("exported")).focus();
    desk.run();
    desk.key(Key::F2);
    desk.expect_focus(Role::TextInput, "Name in the result");
    desk.type_over("till");
    desk.key(Key::Enter);
    assert_eq!(desk.composition().exports.keys().collect::<Vec<_>>(), ["till"]);
    desk.0.harness.get_by_role_and_label(Role::GraphicsSymbol, &port("exported as till"));
    // One that the result does not have has no name there.
    desk.0
        .harness
        .get_by_role_and_label(Role::GraphicsSymbol, &format!("fraud-check-c export {CHECK}, unused"))
        .focus();
    desk.run();
    desk.key(Key::F2);
    assert!(desk.0.harness.query_by_label("Name in the result").is_none());
}

#[test]
fn r_switches_the_import_under_the_pointer_where_the_focus_is_on_none() {
    let mut desk = Desk::new(wired());
    let export = format!("fraud-check-rust export {CHECK}, connected");
    desk.0.harness.get_by_role_and_label(Role::GraphicsSymbol, &export).focus();
    desk.run();
    let provider = |desk: &Desk| desk.composition().wires[&Port::new("checkout-rust", CHECK)].instance.clone();
    desk.key(Key::R);
    assert_eq!(provider(&desk), "fraud-check-rust", "an export has no provider");
    let import = format!("checkout-rust import {CHECK}, connected");
    let at = desk.0.harness.get_by_role_and_label(Role::GraphicsSymbol, &import).rect().center();
    desk.0.harness.hover_at(at);
    desk.run();
    desk.key(Key::R);
    assert_ne!(provider(&desk), "fraud-check-rust");
    assert_eq!(desk.session().undo_label(), Some("Switch provider"));
}

#[test]
fn what_is_selected_has_the_keys_where_the_list_or_the_graph_is_clicked() {
    let mut desk = Desk::new(project());
    desk.ask(Command::Select(Selection::Instances(vec!["checkout-rust".into()])));
    for (view, role) in [("List", Role::TreeItem), ("Graph", Role::GraphicsObject)] {
        desk.0.harness.get_by_label(view).click();
        desk.run();
        desk.expect_focus(role, CHECKOUT);
    }
}

#[test]
fn escape_closes_a_menu_and_nothing_else() {
    let mut desk = Desk::new(project());
    desk.ask(Command::Select(Selection::Instances(vec!["checkout-rust".into()])));
    desk.key(Key::F6);
    desk.press(Modifiers::SHIFT, Key::F10);
    assert!(desk.0.harness.query_by_label("Duplicate selection").is_some());
    desk.key(Key::Escape);
    assert!(desk.0.harness.query_by_label("Duplicate selection").is_none());
    assert_eq!(desk.session().selection(), &Selection::Instances(vec!["checkout-rust".into()]));
    desk.expect_focus(Role::GraphicsObject, CHECKOUT);
    desk.key(Key::Escape);
    assert_eq!(desk.session().selection(), &Selection::None);
}

#[test]
fn ctrl_enter_connects_what_auto_wire_proposes_and_runs_nothing_below_it() {
    let mut desk = Desk::new(project());
    desk.ask(Command::Select(Selection::Instances(vec!["fraud-check-c".into()])));
    desk.press(Modifiers::COMMAND, Key::Num5);
    desk.ask(Command::Change(Change::Compose(crate::compose::Edit::RemoveInstances(vec![
        "fraud-check-js".into(),
        "fraud-check-rust".into(),
    ]))));
    desk.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::W);
    desk.run();
    desk.press(Modifiers::COMMAND, Key::Enter);
    let import = Port::new("checkout-rust", CHECK);
    assert_eq!(desk.composition().wires.get(&import), Some(&Port::new("fraud-check-c", CHECK)));
    assert!(desk.session().running().is_none() && desk.session().runs().is_empty());
}

#[test]
fn the_palette_offers_stubs_for_all_imports_where_what_is_selected_has_none_open() {
    let mut desk = Desk::new(project());
    desk.ask(Command::Select(Selection::Instances(vec!["fraud-check-c".into()])));
    desk.press(Modifiers::COMMAND, Key::K);
    desk.0.harness.event(Event::Text("add a stub for".into()));
    desk.run();
    desk.key(Key::Enter);
    let import = Port::new("checkout-rust", CHECK);
    assert_eq!(desk.composition().wires.get(&import).map(|p| p.instance.as_str()), Some("stub-fraud-check"));
}

#[test]
fn an_empty_canvas_offers_what_can_be_placed() {
    let mut desk = Desk::new(project());
    let all = desk.composition().instances.keys().cloned().collect();
    desk.ask(Command::Change(Change::Compose(crate::compose::Edit::RemoveInstances(all))));
    desk.click(Role::Button, "Place component…");
    desk.expect_focus(Role::ListItem, "Place checkout-rust");
    desk.key(Key::Enter);
    assert!(desk.composition().instances.contains_key("checkout-rust"));
}
