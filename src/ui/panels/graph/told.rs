//! What ports tell when they are looked at.

use super::desk::Desk;
use crate::compose::{Edit, Port};
use crate::session::{Change, Command, Memory, Session};
use egui::Role;
use egui_kittest::kittest::{NodeT, Queryable};
use std::sync::Arc;

const BAGS: &str = "techbytes:toolbox/bags@0.1.0";
const LABELS: &str = "techbytes:packing/labels";

/// Two boxes of bags, one for who writes labels, one for who ties ribbons around them.
pub(in crate::ui) fn two_boxes() -> Session {
    let mut session = Session::new(Arc::new(Memory::default()), None);
    let places = [
        ("toolbox-rust", [0.0, 0.0]),
        ("toolbox-rust", [0.0, 400.0]),
        ("labels-rust", [400.0, 0.0]),
        ("ribbon-rust", [400.0, 300.0]),
    ];
    for (name, at) in places {
        session.apply(Command::OpenSample(format!("{name}.wasm")));
        session.poll();
        let component = session.library().values().find(|c| c.name == name).unwrap().digest;
        session.apply(Command::Change(Change::Place { component, at, connect: None }));
    }
    let wires = [
        (("toolbox-rust", BAGS), ("labels-rust", BAGS)),
        (("toolbox-rust-2", BAGS), ("ribbon-rust", BAGS)),
        (("labels-rust", LABELS), ("ribbon-rust", LABELS)),
    ];
    for ((from, export), (to, import)) in wires {
        let edit = Edit::Connect { from: Port::new(from, export), to: Port::new(to, import) };
        session.apply(Command::Change(Change::Compose(edit)));
    }
    session
}

#[test]
fn an_import_that_does_not_fit_says_why_where_it_is_pointed_at() {
    let mut desk = Desk::new(two_boxes());
    let why = "its resource “bag” comes from toolbox-rust-2 here and from toolbox-rust there";
    let name = format!("ribbon-rust import {LABELS}, does not fit");
    let port = desk.0.harness.get_by_role_and_label(Role::GraphicsSymbol, &name);
    assert!(port.accesskit_node().description().is_some_and(|said| said.ends_with(why)), "for who does not see it");
    let at = port.rect().center();
    assert!(desk.0.harness.query_by_label(why).is_none());
    desk.0.harness.hover_at(at);
    for _ in 0..8 {
        desk.0.harness.step();
    }
    desk.0.harness.get_by_label(why);
}

#[test]
fn what_the_result_exports_by_itself_is_marked_with_the_name_it_has_there() {
    let mut desk = Desk::new(two_boxes());
    let labels = format!("ribbon-rust export {LABELS}, exported");
    assert!(desk.0.harness.query_by_role_and_label(Role::GraphicsSymbol, &labels).is_some());
    desk.ask(Command::Change(Change::Compose(Edit::Disconnect(Port::new("ribbon-rust", BAGS)))));
    // Nothing says that the second box provides for nobody: it is no part of the result until it is wired.
    let bags = |how: &str| format!("toolbox-rust-2 export {BAGS}, {how}");
    assert!(desk.0.harness.query_by_role_and_label(Role::GraphicsSymbol, &bags("unused")).is_some());
    let from = Port::new("toolbox-rust-2", BAGS);
    desk.ask(Command::Change(Change::Compose(Edit::Export { from: from.clone(), name: BAGS.into() })));
    assert!(desk.0.harness.query_by_role_and_label(Role::GraphicsSymbol, &bags("exported")).is_some());
    desk.ask(Command::Change(Change::Compose(Edit::Connect { from, to: Port::new("ribbon-rust", BAGS) })));
    assert!(desk.0.harness.query_by_role_and_label(Role::GraphicsSymbol, &bags("connected, exported")).is_some());
}
