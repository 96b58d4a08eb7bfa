//! The list as a person uses it, in the whole window: by keyboard alone, by name, and its pictures.

use super::*;
use crate::compose::Port;
use crate::session::{Command, Env, Memory};
use crate::ui::look::both;
use crate::ui::panels::graph::desk::{CHECK, Desk, ORDERS, project, wired};
use egui::{Event, Key as Pressed, Modifiers, Role};
use egui_kittest::kittest::{NodeT, Queryable};
use std::sync::Arc;

#[test]
fn everything_is_done_by_keyboard_alone() {
    let mut desk = Desk::listed(project());
    desk.enter_at("Instances, 4");
    // Connect, through the menu of what fits.
    desk.go_to(&format!("checkout-rust import {CHECK}, missing"));
    desk.key(Pressed::Enter);
    // Typing goes to the search field; what is read is the choice that Enter takes.
    desk.expect_focus(Role::ListItem, &format!("fraud-check-c · {CHECK}, Fits"));
    desk.0.harness.event(Event::Text("rust".into()));
    desk.run();
    desk.key(Pressed::Enter);
    let (to, from) = (Port::new("checkout-rust", CHECK), Port::new("fraud-check-rust", CHECK));
    assert_eq!(desk.composition().wires.get(&to), Some(&from));
    desk.expect_focus(Role::TreeItem, &format!("checkout-rust import {CHECK}, connected"));
    // Disconnect and take it back.
    desk.key(Pressed::Delete);
    assert!(desk.composition().wires.is_empty());
    desk.press(Modifiers::COMMAND, Pressed::Z);
    assert_eq!(desk.composition().wires.len(), 1);
    // Rename.
    desk.go_to("fraud-check-rust, instance of fraud-check-rust");
    desk.key(Pressed::F2);
    desk.expect_focus(Role::TextInput, "New name of fraud-check-rust");
    desk.type_over("guard");
    desk.key(Pressed::Enter);
    assert!(desk.composition().instances.contains_key("guard"));
    desk.expect_focus(Role::TreeItem, "guard, instance of fraud-check-rust");
    // Duplicate and remove: the selection is the row.
    desk.press(Modifiers::COMMAND, Pressed::D);
    assert!(desk.composition().instances.contains_key("guard-2"));
    desk.go_to("guard-2, instance of fraud-check-rust");
    desk.key(Pressed::Delete);
    assert_eq!(desk.composition().instances.len(), 4);
    assert_eq!(desk.focused().0, Role::TreeItem, "what took its place has the focus");
    // What the result exports, and under which name.
    let export = format!("guard export {CHECK}, connected");
    desk.go_to(&export);
    desk.key(Pressed::Space);
    let exports = |desk: &Desk| desk.composition().exports.keys().cloned().collect::<Vec<_>>();
    assert_eq!(exports(&desk), [ORDERS, CHECK], "what was exported automatically stays");
    desk.key(Pressed::F2);
    desk.expect_focus(Role::TextInput, &format!("Name in the result of {CHECK}"));
    desk.type_over("check");
    desk.key(Pressed::Enter);
    assert_eq!(exports(&desk), ["check", ORDERS]);
    desk.go_to(&format!("{export}, exported as check"));
    desk.key(Pressed::Space);
    assert_eq!(exports(&desk), [ORDERS]);
}

#[test]
fn a_virtual_wasi_is_placed_and_connected_by_keyboard() {
    let mut session = project();
    session.apply(Command::OpenSample("fraud-check-cpp.wasm".into()));
    session.poll();
    let component = session.library().values().find(|c| c.name == "fraud-check-cpp").unwrap().digest;
    session.apply(Command::Change(crate::session::Change::Place { component, at: [0.0, 900.0], connect: None }));
    let mut desk = Desk::listed(session);
    let import = "wasi:io/streams@0.2.12";
    let row = |state: &str| format!("fraud-check-cpp import {import}, {state}");
    desk.enter_at("Instances, 5");
    desk.go_to(&row("provided by the host"));
    desk.key(Pressed::Enter);
    desk.0.harness.event(Event::Text("virtual".into()));
    desk.run();
    desk.key(Pressed::Enter);
    let (to, from) = (Port::new("fraud-check-cpp", import), Port::new("virtual-wasi", import));
    assert_eq!(desk.composition().wires.get(&to).map(|p| &p.instance), Some(&from.instance));
    desk.expect_focus(Role::TreeItem, &row("connected"));
    // What has a provider keeps it: a virtual WASI goes to what has none.
    desk.key(Pressed::Enter);
    assert!(desk.0.harness.query_by_role_and_label(Role::ListItem, "Add a virtual WASI and connect it").is_none());
}

#[test]
fn components_are_placed_and_problems_gone_to() {
    let mut desk = Desk::listed(project());
    desk.click(Role::Button, "Place component…");
    desk.0.harness.event(Event::Text("check-js".into()));
    desk.run();
    desk.key(Pressed::Enter);
    assert_eq!(desk.composition().instances.len(), 5);
    desk.click(Role::Button, "Problems of checkout-rust");
    desk.expect_focus(Role::TreeItem, &format!("checkout-rust import {CHECK}, missing"));
    assert!(desk.0.harness.query_by_role_and_label(Role::Tab, "Problems").is_some());
}

#[test]
fn what_does_not_fit_is_listed_with_its_reason_and_cannot_be_chosen() {
    let mut desk = Desk::listed(wired());
    desk.click(Role::ComboBox, &format!("Provider of checkout-rust import {CHECK}"));
    desk.0.harness.get_by_label(&format!("fraud-check-rust · {CHECK}, Connected"));
    desk.0.harness.get_by_label(&format!("fraud-check-c · {CHECK}, Fits, replaces fraud-check-rust"));
    // What does not fit stands last.
    desk.0.harness.event(Event::Text("checkout-rust".into()));
    desk.run();
    let refused: Vec<_> = desk
        .0
        .harness
        .get_all_by_role(Role::ListItem)
        .map(|node| node.accesskit_node())
        .filter(|node| node.label().is_some_and(|l| l.contains("cannot provide for itself")))
        .collect();
    assert_eq!(refused.len(), 1, "its own export");
    assert!(refused.iter().all(|node| node.is_disabled()));
    desk.key(Pressed::Escape);
    desk.click(Role::ComboBox, &format!("Provider of checkout-rust import {CHECK}"));
    desk.click(Role::ListItem, &format!("fraud-check-c · {CHECK}, Fits, replaces fraud-check-rust"));
    assert_eq!(
        desk.composition().wires.get(&Port::new("checkout-rust", CHECK)),
        Some(&Port::new("fraud-check-c", CHECK))
    );
    desk.click(Role::ComboBox, &format!("Provider of checkout-rust import {CHECK}"));
    desk.click(Role::ListItem, "Not connected");
    assert!(desk.composition().wires.is_empty());
}

#[test]
fn a_name_that_cannot_be_is_refused_beside_its_field() {
    let mut desk = Desk::listed(wired());
    desk.click(Role::Button, "Rename fraud-check-rust");
    desk.type_over("checkout-rust");
    desk.key(Pressed::Enter);
    desk.expect_focus(Role::TextInput, "New name of fraud-check-rust");
    desk.key(Pressed::Escape);
    assert!(desk.composition().instances.contains_key("fraud-check-rust"));
    desk.expect_focus(Role::TreeItem, "fraud-check-rust, instance of fraud-check-rust");
}

#[test]
fn rows_that_cannot_be_removed_select_nothing_so_that_delete_removes_nothing() {
    let mut desk = Desk::listed(wired());
    desk.click(Role::TreeItem, "fraud-check-js, instance of fraud-check-js");
    assert_eq!(*desk.session().selection(), Selection::Instances(vec!["fraud-check-js".into()]));
    desk.go_to(&format!("checkout-rust export {ORDERS}, exported"));
    assert_eq!(*desk.session().selection(), Selection::None);
    desk.key(Pressed::Delete);
    assert_eq!(desk.composition().instances.len(), 4);
}

#[test]
fn ten_thousand_instances_are_drawn_as_few_as_there_is_room_for() {
    let memory = Arc::new(Memory::default());
    let mut session = Session::new(Arc::clone(&memory) as Arc<dyn Env>, None);
    session.apply(Command::OpenSampleProject);
    session.poll();
    let digest = session.library().values().find(|c| c.name == "fraud-check-c").unwrap().digest;
    let mut document = session.document().clone();
    for i in 4..10_000 {
        let component = crate::compose::Instance { component: digest };
        document.composition.instances.insert(format!("check-{i:05}"), component);
    }
    let path = std::path::Path::new("/many.wirebench.json");
    memory.write_file(path, &crate::project::save(&document, std::path::Path::new("/"))).unwrap();
    session.apply(Command::Open(vec![path.to_owned()]));
    session.poll();
    let mut desk = Desk::listed(session);
    let rows = desk.0.harness.get_all_by_role(Role::TreeItem).count();
    assert!((8..40).contains(&rows), "{rows} rows");
    desk.enter_at("Instances, 10000");
    desk.key(Pressed::End);
    assert_eq!(desk.focused().0, Role::TreeItem, "the last of all has the focus: {:?}", desk.focused());
    desk.click(Role::SearchInput, "Filter instances and ports");
    desk.0.harness.event(Event::Text("check-09999".into()));
    desk.run();
    desk.0.harness.get_by_role_and_label(Role::TreeItem, "check-09999, instance of fraud-check-c");
}

#[test]
fn pictures() {
    both(|theme, name| {
        for (size, word) in [([1280.0, 800.0], "1280"), ([1600.0, 1000.0], "1600")] {
            let mut desk = Desk::sized(wired(), size, theme);
            desk.press(Modifiers::COMMAND, Pressed::L);
            desk.0.picture(&format!("list-{word}-{name}"));
            if word == "1280" {
                desk.click(Role::ComboBox, &format!("Provider of checkout-rust import {CHECK}"));
                desk.run();
                desk.0.picture(&format!("list-choose-{name}"));
                desk.key(Pressed::Escape);
                desk.press(Modifiers::COMMAND, Pressed::L);
                desk.press(Modifiers::COMMAND, Pressed::A);
                desk.press(Modifiers::COMMAND | Modifiers::SHIFT, Pressed::F);
                desk.0.picture(&format!("frame-menu-{name}"));
                desk.type_over("Payments");
                desk.key(Pressed::Enter);
                desk.press(Modifiers::COMMAND, Pressed::Num1);
                desk.0.picture(&format!("frame-{name}"));
            }
        }
    });
}
