//! The rules of the canvas that need the whole window, by their numbers: components with real types, wired by a person.

use super::*;
use crate::project::Theme;
use crate::session::{Env, Memory};
use crate::ui::App;
use crate::ui::look::{Stage, both};
use egui::accesskit::Role;
use egui::{Key, Modifiers, Rect};
use egui_kittest::kittest::{NodeT, Queryable};
use std::sync::Arc;

struct Desk(Stage<'static, Option<App>>);

/// A component with an interface that it imports and one that it exports, each of one function of this type.
fn component(import: Option<(&str, &str)>, export: Option<(&str, &str)>) -> Vec<u8> {
    let import = import
        .map(|(name, ty)| format!(r#"(import "{name}" (instance (export "f" (func {ty}))))"#))
        .unwrap_or_default();
    let export = export
        .map(|(name, ty)| {
            let core = if ty.contains("u64") { "long" } else { "short" };
            format!(
                r#"(func $f {ty} (canon lift (core func $i "{core}")))
                (instance $x (export "f" (func $f))) (export "{name}" (instance $x))"#
            )
        })
        .unwrap_or_default();
    let text = format!(
        r#"(component {import}
            (core module $m
                (func (export "short") (result i32) i32.const 1) (func (export "long") (result i64) i64.const 1))
            (core instance $i (instantiate $m))
            {export}
            (func $go (result u32) (canon lift (core func $i "short"))) (export "go" (func $go)))"#
    );
    wat::parse_str(&text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

const OLD: &str = "a:b/c@1.0.0";
const NEW: &str = "a:b/c@1.2.0";
const PLAIN: &str = "(result u32)";

/// Components by name, and where one instance of each stands.
fn session(of: &[(&str, Vec<u8>, [f32; 2])]) -> Session {
    let mut session = Session::new(Arc::new(Memory::default()) as Arc<dyn Env>, None);
    for (name, bytes, at) in of {
        session.apply(Command::OpenBytes(format!("{name}.wasm"), bytes.as_slice().into()));
        session.poll();
        let component = session.library().values().find(|c| c.name == *name).unwrap();
        assert_eq!(component.diagnostics, [], "{name}");
        let component = component.digest;
        session.apply(Command::Change(Change::Place { component, at: *at, connect: None }));
        session.poll();
    }
    session.apply(Command::Select(Selection::None));
    session
}

/// One that needs the interface, and three that give it, of which two fit.
fn shop() -> Session {
    session(&[
        ("need", component(Some((OLD, PLAIN)), None), [700.0, 60.0]),
        ("give", component(None, Some((OLD, PLAIN))), [60.0, 60.0]),
        ("newer", component(None, Some((NEW, PLAIN))), [60.0, 240.0]),
        ("long", component(None, Some((OLD, "(result u64)"))), [60.0, 420.0]),
    ])
}

impl Desk {
    fn new(session: Session) -> Self {
        Self::themed(session, Theme::Dark)
    }

    fn themed(session: Session, theme: Theme) -> Self {
        Self::sized(session, theme, [1600.0, 1000.0])
    }

    fn sized(session: Session, theme: Theme, size: [f32; 2]) -> Self {
        let mut session = Some(session);
        let stage = Stage::new(size, theme, None, move |ui, app: &mut Option<App>| {
            let app = app.get_or_insert_with(|| {
                let mut session = session.take().unwrap();
                let mut preferences = session.preferences().clone();
                preferences.theme = theme;
                session.apply(Command::SetPreferences(preferences));
                App::new(ui.ctx(), session, Vec::new())
            });
            app.logic(ui.ctx());
            app.draw(ui);
        });
        let mut desk = Self(stage);
        desk.0.harness.run();
        desk
    }

    fn session(&self) -> &Session {
        self.0.harness.state().as_ref().unwrap().session()
    }

    fn ask(&mut self, command: Command) {
        self.0.harness.state_mut().as_mut().unwrap().ask(command);
        self.0.harness.run();
    }

    fn connect(&mut self, from: (&str, &str), to: (&str, &str)) {
        let edit = Edit::Connect { from: Port::new(from.0, from.1), to: Port::new(to.0, to.1) };
        self.ask(Command::Change(Change::Compose(edit)));
    }

    fn wires(&self) -> Vec<String> {
        let wires = self.session().document().composition.wires.iter();
        wires.map(|(to, from)| format!("{from} > {to}")).collect()
    }

    #[track_caller]
    fn at(&self, name: &str) -> Pos2 {
        self.0.harness.get_by_label(name).rect().center()
    }

    /// Presses and goes there, without letting go.
    fn drag(&mut self, from: Pos2, to: Pos2) {
        let h = &mut self.0.harness;
        h.drag_at(from);
        h.step();
        for part in [0.3, 0.7, 1.0] {
            h.hover_at(from.lerp(to, part));
            h.step();
        }
        h.run();
    }

    fn drop(&mut self, at: Pos2) {
        self.0.harness.drop_at(at);
        self.0.harness.run();
    }

    fn press(&mut self, modifiers: Modifiers, key: Key) {
        self.0.harness.key_press_modifiers(modifiers, key);
        self.0.harness.run();
    }

    /// What the canvas says.
    fn said(&self) -> String {
        self.0.harness.get_by_role(Role::Status).accesskit_node().label().unwrap_or_default()
    }

    fn has(&self, text: &str) -> bool {
        self.0.harness.query_all_by_label_contains(text).next().is_some()
    }
}

/// Rules 4 and 11: the exact type path and both sides of the first difference, and nothing changes.
#[test]
fn a_port_that_does_not_fit_says_the_first_difference_with_its_path() {
    let mut d = Desk::new(shop());
    let before = d.session().document().clone();
    let to = d.at(&format!("long export {OLD}, exported as long-c"));
    d.drag(d.at(&format!("need import {OLD}, missing")), to);
    assert_eq!(d.said(), format!("Does not fit: f → result: expected u32, found u64. long · {OLD} → need · {OLD}"));
    d.drop(to);
    assert_eq!(d.session().document(), &before);
}

/// Rules 8 and 11: both versions and the provider that goes are named before release; it is replaced in one step.
#[test]
fn a_wire_to_an_import_that_has_one_names_what_it_replaces_and_both_versions() {
    let mut d = Desk::new(shop());
    d.connect(("give", OLD), ("need", OLD));
    let before = d.session().document().clone();
    let to = d.at(&format!("need import {OLD}, connected"));
    d.drag(d.at(&format!("newer export {NEW}, unused")), to);
    assert_eq!(d.said(), format!("Fits: 1.2.0 satisfies 1.0.0, replaces give. newer · {NEW} → need · {OLD}"));
    d.drop(to);
    assert_eq!(d.wires(), [format!("newer · {NEW} > need · {OLD}")]);
    d.ask(Command::Undo);
    assert_eq!(d.session().document(), &before, "one step");
}

/// Rule 7.
#[test]
fn a_wire_is_moved_by_its_end_in_one_step_or_taken_off() {
    let mut shop = shop();
    let component = shop.library().values().find(|c| c.name == "need").unwrap().digest;
    shop.apply(Command::Change(Change::Place { component, at: [700.0, 300.0], connect: None }));
    shop.poll();
    let mut d = Desk::new(shop);
    d.connect(("give", OLD), ("need", OLD));
    let before = d.session().document().clone();
    let (from, to) = (d.at(&format!("need import {OLD}, connected")), d.at(&format!("need-2 import {OLD}, missing")));
    d.drag(from, to);
    d.drop(to);
    assert_eq!(d.wires(), [format!("give · {OLD} > need-2 · {OLD}")]);
    assert_eq!(d.session().undo_label(), Some("Move wire"));
    d.ask(Command::Undo);
    assert_eq!(d.session().document(), &before, "one step");
    let (from, nothing) = (d.at(&format!("need import {OLD}, connected")), to - egui::vec2(160.0, -60.0));
    d.drag(from, nothing);
    assert_eq!(d.said(), "Disconnect");
    d.drop(nothing);
    assert!(d.wires().is_empty());
    d.ask(Command::Undo);
    assert_eq!(d.session().document(), &before, "one step");
}

/// Rule 5.
#[test]
fn a_wire_let_go_over_nothing_offers_what_fits_and_places_and_connects_it_in_one_step() {
    let mut d = Desk::new(shop());
    let before = d.session().document().clone();
    let listed = |d: &Desk, name: &str| d.0.harness.query_all_by_role_and_label(Role::ListItem, name).count();
    let elsewhere = ["give", "newer", "long", "need"].map(|name| listed(&d, name));
    let from = d.at(&format!("need import {OLD}, missing"));
    let nothing = from + egui::vec2(-90.0, 200.0);
    d.drag(from, nothing);
    d.drop(nothing);
    d.0.harness.get_by_label("Search components that fit");
    let offered = ["give", "newer", "long", "need"].map(|name| listed(&d, name));
    assert_eq!([0, 1, 2, 3].map(|i| offered[i] - elsewhere[i]), [1, 1, 0, 0], "what fits, and nothing else");
    d.0.harness.event(egui::Event::Text("newer".into()));
    d.0.harness.run();
    d.press(Modifiers::NONE, Key::Enter);
    assert_eq!(d.wires(), [format!("newer-2 · {NEW} > need · {OLD}")]);
    assert_eq!(d.session().document().composition.instances.len(), 5);
    d.ask(Command::Undo);
    assert_eq!(d.session().document(), &before, "one step");
}

/// Rule 9: while the wire is drawn, not only when it is refused.
#[test]
fn a_wire_that_would_close_a_cycle_names_the_instances_in_it() {
    let both = || component(Some((OLD, PLAIN)), Some((OLD, PLAIN)));
    let mut d = Desk::new(session(&[("both", both(), [60.0, 60.0])]));
    let component = d.session().library().values().next().unwrap().digest;
    for at in [[500.0, 60.0], [940.0, 60.0]] {
        d.ask(Command::Change(Change::Place { component, at, connect: None }));
    }
    d.connect(("both", OLD), ("both-2", OLD));
    d.connect(("both-2", OLD), ("both-3", OLD));
    d.press(Modifiers::COMMAND, Key::Num1);
    let before = d.session().document().clone();
    let to = d.at(&format!("both-3 export {OLD}, exported"));
    d.drag(d.at(&format!("both import {OLD}, missing")), to);
    let cycle = "The wire would close a cycle: both → both-2 → both-3 → both";
    assert_eq!(d.said(), format!("{cycle}. both-3 · {OLD} → both · {OLD}"));
    d.drop(to);
    assert_eq!(d.session().document(), &before);
    // By keyboard it is not even offered.
    d.0.harness.get_by_label(&format!("both import {OLD}, missing")).focus();
    d.0.harness.run();
    d.press(Modifiers::NONE, Key::Enter);
    assert_eq!(d.said(), "Nothing here fits c of both. Enter offers what would");
}

/// A function that is async is not one that is not: refused while drawing, in words.
#[test]
fn async_and_synchronous_functions_are_not_wired() {
    let mut d = Desk::new(session(&[
        ("need", component(Some((OLD, "async (result u32)")), None), [700.0, 60.0]),
        ("give", component(None, Some((OLD, PLAIN))), [60.0, 60.0]),
    ]));
    let to = d.at(&format!("give export {OLD}, exported"));
    d.drag(d.at(&format!("need import {OLD}, missing")), to);
    assert_eq!(
        d.said(),
        format!("Does not fit: f: expected an async function, found a synchronous one. give · {OLD} → need · {OLD}")
    );
    d.drop(to);
    assert!(d.wires().is_empty());
}

/// Rule 10.
#[test]
fn a_node_dropped_on_a_wire_is_inserted_if_it_fits_and_leaves_it_alone_if_not() {
    let mut d = Desk::new(session(&[
        ("need", component(Some((OLD, PLAIN)), None), [900.0, 60.0]),
        ("give", component(None, Some((OLD, PLAIN))), [60.0, 60.0]),
        ("both", component(Some((OLD, PLAIN)), Some((OLD, PLAIN))), [400.0, 400.0]),
        ("long", component(Some((OLD, PLAIN)), Some(("a:b/d@1.0.0", PLAIN))), [700.0, 400.0]),
    ]));
    d.connect(("give", OLD), ("need", OLD));
    d.press(Modifiers::COMMAND, Key::Num1);
    let wire = format!("wire from give {OLD} to need {OLD}");
    let take = |d: &Desk, name: &str| d.0.harness.get_by_label(name).rect().left_top() + egui::vec2(30.0, 12.0);
    let before = d.wires();
    let to = d.at(&wire);
    let long = take(&d, "long, instance of long, 1 unsatisfied import");
    d.drag(long, to);
    d.drop(to);
    assert_eq!(d.wires(), before, "its export does not fit what the wire ends at");
    assert_eq!(d.session().undo_label(), Some("Move"));
    d.ask(Command::Undo);
    let both = take(&d, "both, instance of both, 1 unsatisfied import");
    d.drag(both, to);
    d.drop(to);
    assert_eq!(d.wires(), [format!("give · {OLD} > both · {OLD}"), format!("both · {OLD} > need · {OLD}")]);
    assert_eq!(d.session().undo_label(), Some("Insert on wire"));
    let placed = d.session().document().layout.get("both").copied();
    assert_ne!(placed, Some([400.0, 400.0]), "where it was dropped");
    d.ask(Command::Undo);
    assert_eq!(d.wires(), before);
    assert_eq!(d.session().document().layout.get("both"), Some(&[400.0, 400.0]), "one drag is one step");
    d.ask(Command::Redo);
    assert_eq!(d.wires().len(), 2);
    assert_eq!(d.session().document().layout.get("both").copied(), placed);
}

/// Rules 14 and 15.
#[test]
fn the_mark_of_a_node_leads_to_its_problem_and_a_problem_to_its_port() {
    let mut d = Desk::new(shop());
    let name = "need, instance of need, 1 unsatisfied import";
    let at = d.0.harness.get_by_label(name).rect().right_top() - egui::vec2(40.0, 0.0);
    assert!(
        !d.has("Nothing is wrong with this composition")
            && d.0.harness.query_by_label("“need” needs a:b/c@1.0.0").is_none()
    );
    d.drag(at, at);
    d.drop(at);
    let import = format!("need import {OLD}, missing");
    let focused = |d: &Desk| d.0.harness.get_by_role_and_label(Role::GraphicsSymbol, &import).is_focused();
    assert!(focused(&d), "what it is about has the focus");
    let problem = d.0.harness.query_all_by_label_contains("“need” needs a:b/c@1.0.0").next();
    problem.expect("Problems is open").click();
    d.0.harness.run();
    assert!(focused(&d));
    assert_eq!(d.session().selection(), &Selection::Instances(vec!["need".into()]));
}

/// Rule 16: each has a shortcut, and stands in the menu.
#[test]
fn pan_zoom_fit_and_life_size_have_keys_and_menu_entries() {
    let mut d = Desk::new(shop());
    let view = |d: &Desk| d.0.harness.state().as_ref().unwrap().graph().canvas.view().unwrap();
    let before = view(&d);
    d.press(Modifiers::COMMAND, Key::Plus);
    assert!(view(&d).zoom > before.zoom);
    d.press(Modifiers::COMMAND, Key::Minus);
    d.press(Modifiers::COMMAND, Key::Minus);
    assert!(view(&d).zoom < before.zoom);
    d.press(Modifiers::COMMAND, Key::Num0);
    assert_eq!(view(&d).zoom, 1.0);
    let zoomed = view(&d);
    d.press(Modifiers::COMMAND, Key::ArrowRight);
    assert!(view(&d).offset.x < zoomed.offset.x && view(&d).offset.y == zoomed.offset.y);
    d.press(Modifiers::COMMAND, Key::ArrowLeft);
    assert_eq!(view(&d), zoomed);
    d.press(Modifiers::COMMAND, Key::ArrowDown);
    assert!(view(&d).offset.y < zoomed.offset.y);
    d.press(Modifiers::COMMAND, Key::ArrowUp);
    d.press(Modifiers::COMMAND, Key::Num1);
    assert_eq!(view(&d), before, "all in view as at first");
    d.0.harness.get_by_label("View menu").click();
    d.0.harness.run();
    for action in [
        Action::FitAll,
        Action::ZoomActual,
        Action::ZoomIn,
        Action::ZoomOut,
        Action::Pan(crate::ui::actions::Way::Left),
    ] {
        assert!(action.shortcut().is_some());
        d.0.harness.get_by_role_and_label(Role::MenuItem, action.label());
    }
}

/// Rule 18.
#[test]
fn copies_keep_their_inner_wires_and_delete_takes_nodes_with_their_wires_in_one_step() {
    let mut d = Desk::new(shop());
    d.connect(("give", OLD), ("need", OLD));
    let wired = d.session().document().clone();
    d.ask(Command::Select(Selection::Instances(vec!["give".into(), "need".into()])));
    d.press(Modifiers::COMMAND, Key::D);
    assert_eq!(d.wires(), [format!("give · {OLD} > need · {OLD}"), format!("give-2 · {OLD} > need-2 · {OLD}")]);
    d.press(Modifiers::NONE, Key::Delete);
    assert_eq!(d.session().document().composition, wired.composition);
    d.ask(Command::Undo);
    assert_eq!(d.wires().len(), 2, "one step");
    d.ask(Command::Undo);
    assert_eq!(d.session().document(), &wired, "one step");
}

/// Rule 21.
#[test]
fn arranging_is_one_step_and_leaves_no_overlap() {
    let mut d = Desk::new(shop());
    d.connect(("give", OLD), ("need", OLD));
    let heap = ["need", "give", "newer", "long"].map(|name| (name.to_owned(), [10.0, 10.0]));
    d.ask(Command::Change(Change::Move(heap.to_vec())));
    let before = d.session().document().clone();
    d.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::A);
    let node = |d: &Desk, name: &str| d.0.harness.get_by_label(&format!("{name}, instance of {name}")).rect();
    let rects = ["need", "give", "newer", "long"].map(|name| node(&d, name).shrink(1.0));
    for (i, a) in rects.iter().enumerate() {
        assert!(rects.iter().skip(i + 1).all(|b| !a.intersects(*b)), "{rects:?}");
    }
    assert!(rects[1].right() < rects[0].left(), "data flows to the right");
    assert_eq!(d.session().undo_label(), Some("Arrange"));
    d.ask(Command::Undo);
    assert_eq!(d.session().document(), &before, "one step");
}

#[test]
fn in_a_small_window_the_result_has_its_room() {
    let mut d = Desk::sized(shop(), Theme::Dark, [1000.0, 700.0]);
    d.0.harness.run();
    d.0.picture("small-window");
    let sentence = d.0.harness.get_by_label_contains("The result and its timings will stand here").rect();
    let window = Rect::from_min_size(Pos2::ZERO, egui::vec2(1000.0, 700.0));
    assert!(window.contains_rect(sentence) && sentence.width() > 80.0, "{sentence:?}");
    let canvas = d.0.harness.get_by_label("Canvas, 4 instances, 0 wires").rect();
    assert!(sentence.right() <= canvas.right(), "{sentence:?} is cut off at {}", canvas.right());
}

#[test]
fn wires_between_versions_and_refusals_look_right() {
    both(|theme, word| {
        let mut d = Desk::themed(shop(), theme);
        d.connect(("newer", NEW), ("need", OLD));
        let from = d.at(&format!("newer export {NEW}, connected"));
        d.0.harness.hover_at(from);
        for _ in 0..8 {
            d.0.harness.step();
        }
        d.0.picture(&format!("versions-{word}"));
        let to = d.at(&format!("need import {OLD}, connected"));
        d.drag(d.at(&format!("give export {OLD}, unused")), to);
        d.0.picture(&format!("replaces-{word}"));
        d.drop(egui::pos2(800.0, 20.0));
        let to = d.at(&format!("need import {OLD}, connected"));
        d.drag(d.at(&format!("long export {OLD}, unused")), to);
        d.0.picture(&format!("difference-{word}"));
    });
}

#[test]
fn enter_in_a_search_that_finds_nothing_takes_nothing_and_keeps_the_keyboard() {
    let mut d = Desk::new(shop());
    let before = d.session().document().clone();
    let from = d.at(&format!("need import {OLD}, missing"));
    let nothing = from + egui::vec2(-90.0, 200.0);
    d.drag(from, nothing);
    d.drop(nothing);
    d.0.harness.event(egui::Event::Text("nobody".into()));
    d.0.harness.run();
    d.press(Modifiers::NONE, Key::Enter);
    assert!(d.0.harness.get_by_label("Search components that fit").is_focused());
    assert!(d.has("Nothing has that name"));
    assert_eq!(d.session().document(), &before);
}

#[test]
fn an_import_that_two_instances_share_is_listed_once_with_both() {
    let mut d = Desk::new(shop());
    let component = d.session().library().values().find(|c| c.name == "need").unwrap().digest;
    d.ask(Command::Change(Change::Place { component, at: [700.0, 300.0], connect: None }));
    d.ask(Command::Select(Selection::None));
    assert!(d.has("of need, need-2"));
    assert_eq!(d.0.harness.query_all_by_label_contains(&format!("{OLD}, need, need-2")).count(), 1);
    d.0.picture("open-imports");
}
