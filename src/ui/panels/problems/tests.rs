//! Problems and what mends them, in the whole window.

use super::*;
use crate::compose::Edit;
use crate::project::Theme;
use crate::session::Memory;
use crate::ui::App;
use crate::ui::look::{Stage, both};
use egui::Role;
use egui_kittest::kittest::{NodeT, Queryable};
use std::path::PathBuf;
use std::sync::Arc;

const CHECK: &str = "techbytes:payments/fraud-check";

struct Window(Stage<'static, Option<App>>, Arc<Memory>);

impl Window {
    /// A shop with two checkouts on one fraud check, a second fraud check, and a checkout that waits.
    fn new(theme: Theme) -> Self {
        let memory = Arc::new(Memory::default());
        let env: Arc<dyn crate::session::Env> = Arc::clone(&memory) as _;
        let mut session = Session::new(env, None);
        let mut preferences = session.preferences().clone();
        preferences.theme = theme;
        session.apply(Command::SetPreferences(preferences));
        for file in ["fraud-check-c.wasm", "checkout-rust.wasm"] {
            let sample = crate::session::samples::sample(file).unwrap();
            memory.put(PathBuf::from("/shop").join(file), sample.bytes);
            session.apply(Command::Open(vec![PathBuf::from("/shop").join(file)]));
            session.poll();
        }
        let of = |name: &str| session.library().values().find(|c| c.name == name).unwrap().digest;
        let (check, checkout) = (of("fraud-check-c"), of("checkout-rust"));
        let places = [(check, [80.0, 80.0]), (checkout, [520.0, 40.0]), (checkout, [520.0, 200.0])];
        for (component, at) in places {
            session.apply(Command::Change(Change::Place { component, at, connect: None }));
        }
        for to in ["checkout-rust", "checkout-rust-2"] {
            let edit = Edit::Connect { from: Port::new("fraud-check-c", CHECK), to: Port::new(to, CHECK) };
            session.apply(Command::Change(Change::Compose(edit)));
        }
        session.apply(Command::Select(Selection::Instances(vec!["fraud-check-c".into()])));
        session.poll();
        let mut session = Some(session);
        let mut stage = Stage::new([1280.0, 800.0], theme, None, move |ui, app: &mut Option<App>| {
            let app = match (app, session.take()) {
                (Some(app), _) => app,
                (none, Some(session)) => none.insert(App::new(ui.ctx(), session, Vec::new())),
                _ => return,
            };
            app.logic(&ui.ctx().clone());
            app.draw(ui);
        });
        stage.harness.run();
        Self(stage, memory)
    }

    fn session(&self) -> &Session {
        self.0.harness.state().as_ref().unwrap().session()
    }

    fn ask(&mut self, command: Command) {
        self.0.harness.state_mut().as_mut().unwrap().ask(command);
        self.0.harness.run();
    }

    fn click(&mut self, role: Role, name: &str) {
        self.0.harness.get_by_role_and_label(role, name).click();
        self.0.harness.run();
    }

    fn provider(&self, to: &str) -> Option<String> {
        let wires = &self.session().document().composition.wires;
        wires.get(&Port::new(to, CHECK)).map(|from| from.instance.clone())
    }
}

#[test]
fn a_problem_is_mended_by_its_button_as_one_step() {
    let mut w = Window::new(Theme::Dark);
    w.ask(Command::Change(Change::Compose(Edit::Disconnect(Port::new("checkout-rust", CHECK)))));
    w.click(Role::Tab, "Problems");
    let before = w.session().document().clone();
    w.click(Role::Button, "Connect to fraud-check-c");
    assert_eq!(w.provider("checkout-rust").as_deref(), Some("fraud-check-c"));
    assert!(w.0.harness.query_by_label("Connect to fraud-check-c").is_none());
    assert_eq!(w.session().undo_label(), Some("Mend a problem"));
    w.ask(Command::Undo);
    assert_eq!(w.session().document(), &before);
}

#[test]
fn a_missing_import_gets_a_stub_from_its_problem_the_palette_and_the_list() {
    let mut w = Window::new(Theme::Dark);
    let open = Command::Change(Change::Compose(Edit::Disconnect(Port::new("checkout-rust", CHECK))));
    let stub = Some("stub-fraud-check");
    w.ask(open.clone());
    w.click(Role::Tab, "Problems");
    w.click(Role::Button, "Add stub");
    assert_eq!(w.provider("checkout-rust").as_deref(), stub);
    assert!(w.0.harness.query_by_label("Add stub").is_none());
    w.ask(Command::Undo);
    assert_eq!(w.provider("checkout-rust"), None);

    let palette = |w: &mut Window, text: &str| {
        w.0.harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::K);
        w.0.harness.run();
        w.0.harness.event(egui::Event::Text(text.into()));
        w.0.harness.run();
        w.0.harness.key_press(egui::Key::Enter);
        w.0.harness.run();
    };
    w.ask(Command::Select(Selection::Instances(vec!["checkout-rust".into()])));
    palette(&mut w, "add a stub for");
    assert_eq!(w.provider("checkout-rust").as_deref(), stub);
    w.ask(Command::Undo);

    // The menu of the port, and that of its node.
    for (name, item) in [
        (format!("checkout-rust import {CHECK}, missing"), "Add stub"),
        ("checkout-rust, instance of checkout-rust · 1 of 2, 1 unsatisfied import".to_owned(), "Stub all open imports"),
    ] {
        w.0.harness.get_by_label(&name).click_secondary();
        w.0.harness.run();
        w.click(Role::MenuItem, item);
        assert_eq!(w.provider("checkout-rust").as_deref(), stub, "{item}");
        w.ask(Command::Undo);
    }

    w.0.harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::L);
    w.0.harness.run();
    w.0.harness.get_by_label(&format!("checkout-rust import {CHECK}, missing")).focus();
    w.0.harness.run();
    w.0.harness.key_press(egui::Key::Enter);
    w.0.harness.run();
    w.0.harness.event(egui::Event::Text("stub".into()));
    w.0.harness.run();
    w.click(Role::ListItem, "Add a stub and connect it");
    assert_eq!(w.provider("checkout-rust").as_deref(), stub);
    w.ask(Command::Change(Change::EmbedStub { instance: "stub-fraud-check".into(), embedded: false }));
    let row = w.0.harness.query_by_label("stub-fraud-check, instance of stub-fraud-check, not in the composed file");
    assert!(row.is_some());
    w.0.harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::L);
    w.0.harness.run();
    let node = "stub-fraud-check, instance of stub-fraud-check · not in the file";
    assert!(w.0.harness.query_by_label(node).is_some());
}

#[test]
fn one_key_switches_the_provider_of_an_import() {
    let mut w = Window::new(Theme::Dark);
    for at in [[80.0, 240.0], [80.0, 400.0]] {
        let component = w.session().document().composition.instances["fraud-check-c"].component;
        w.ask(Command::Change(Change::Place { component, at, connect: None }));
    }
    w.ask(Command::Select(Selection::Wire(Port::new("checkout-rust", CHECK))));
    let wire =
        |w: &Window| format!("wire from {} {CHECK} to checkout-rust {CHECK}", w.provider("checkout-rust").unwrap());
    let mut said = Vec::new();
    for modifiers in [egui::Modifiers::NONE, egui::Modifiers::NONE, egui::Modifiers::NONE, egui::Modifiers::SHIFT] {
        let name = wire(&w);
        w.0.harness.get_by_label(&name).focus();
        w.0.harness.run();
        w.0.harness.key_press_modifiers(modifiers, egui::Key::R);
        w.0.harness.run();
        let now = w.provider("checkout-rust").unwrap();
        let text = format!("{now} provides {CHECK} to checkout-rust");
        assert!(w.0.harness.query_all_by_label_contains(&text).next().is_some(), "{text}");
        assert_eq!(w.session().undo_label(), Some("Switch provider"));
        said.push(now);
    }
    assert_eq!(said, ["fraud-check-c-2", "fraud-check-c-3", "fraud-check-c", "fraud-check-c-3"]);
    w.ask(Command::Undo);
    assert_eq!(w.provider("checkout-rust").as_deref(), Some("fraud-check-c"));
    // The same from the palette.
    w.0.harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::K);
    w.0.harness.run();
    w.0.harness.event(egui::Event::Text("next provider".into()));
    w.0.harness.run();
    w.0.harness.key_press(egui::Key::Enter);
    w.0.harness.run();
    assert_eq!(w.provider("checkout-rust").as_deref(), Some("fraud-check-c-2"));
}

/// Two instances, of which one exports an interface that the other asks for with other types.
fn clash() -> [(&'static str, &'static str); 2] {
    [
        (
            "gives",
            r#"(component
                (core module $m (func (export "f") (param i32)))
                (core instance $i (instantiate $m))
                (func $f (param "x" bool) (canon lift (core func $i "f")))
                (instance $c (export "f" (func $f)))
                (export "a:b/c" (instance $c)))"#,
        ),
        (
            "asks",
            r#"(component
                (import "a:b/c" (instance $c (export "f" (func (param "x" u32)))))
                (core module $m (func (export "run")))
                (core instance $i (instantiate $m))
                (func $run (canon lift (core func $i "run")))
                (export "run" (func $run)))"#,
        ),
    ]
}

#[test]
fn a_clash_of_two_ports_is_told_once_and_marks_both() {
    both(|theme, word| {
        let mut w = Window::new(theme);
        let all = w.session().document().composition.instances.keys().cloned().collect();
        w.ask(Command::Change(Change::Compose(Edit::RemoveInstances(all))));
        for (n, (name, text)) in clash().into_iter().enumerate() {
            let bytes = wat::parse_str(text).unwrap();
            w.ask(Command::OpenBytes(format!("{name}.wasm"), bytes.into()));
            let component = w.session().library().values().find(|c| c.name == name).unwrap().digest;
            let at = [80.0 + 440.0 * n as f32, 80.0];
            w.ask(Command::Change(Change::Place { component, at, connect: None }));
        }
        let told = |w: &Window| w.session().problems().iter().filter(|p| p.message.contains("WIT cannot tell")).count();
        assert_eq!(told(&w), 1);
        w.click(Role::Tab, "Problems");
        w.0.picture(&format!("problems-clash-{word}"));
        let row = w.0.harness.get_by_label_contains("Export gives · a:b/c and open import asks · a:b/c would both");
        row.click();
        w.0.harness.run();
        // It has the focus that a problem of an import has.
        let port = w.0.harness.get_by_role_and_label(Role::GraphicsSymbol, "gives export a:b/c, exported");
        assert!(port.accesskit_node().is_focused());
        // Both are marked where they are listed.
        w.0.harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::L);
        w.0.harness.run();
        for name in ["gives", "asks"] {
            let row = format!("{name}, instance of {name}");
            w.0.harness.get_by_label_contains(&row).focus();
            w.0.harness.run();
            w.0.harness.get_by_role_and_label(Role::Button, &format!("Problems of {name}"));
        }
        w.click(Role::Button, "Export it as gives-c");
        assert_eq!(told(&w), 0);
    });
}

#[test]
fn shared_state_is_told_in_words_on_the_node_and_beside_it() {
    let w = Window::new(Theme::Dark);
    w.0.harness.get_by_label("Shared by checkout-rust and checkout-rust-2: they see one state");
    w.0.harness.get_by_label("fraud-check-c, instance of fraud-check-c · shared by 2");
    w.0.harness.get_by_label("checkout-rust-2, instance of checkout-rust · 2 of 2");
}

#[test]
fn files_that_changed_and_problems_look_right() {
    both(|theme, word| {
        let mut w = Window::new(theme);
        w.0.picture(&format!("shared-{word}"));
        let adder = crate::session::samples::sample("adder-wat.wasm").unwrap();
        w.1.put("/shop/fraud-check-c.wasm", adder.bytes);
        w.ask(Command::CheckFiles);
        w.0.picture(&format!("changed-{word}"));
        w.click(Role::Button, "Reload");
        w.click(Role::Tab, "Problems");
        w.0.picture(&format!("problems-{word}"));
    });
}

#[test]
fn stubs_are_painted_in_the_whole_window() {
    both(|theme, name| {
        let mut w = Window::new(theme);
        for to in ["checkout-rust", "checkout-rust-2"] {
            w.ask(Command::Change(Change::Compose(Edit::Disconnect(Port::new(to, CHECK)))));
        }
        w.click(Role::Tab, "Problems");
        w.ask(Command::Select(Selection::Wire(Port::new("checkout-rust", CHECK))));
        w.ask(Command::AddStub { port: Port::new("checkout-rust", CHECK), at: [200.0, 240.0] });
        w.ask(Command::Change(Change::EmbedStub { instance: "stub-fraud-check".into(), embedded: false }));
        w.0.picture(&format!("window-stub-{name}"));
        w.0.harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::L);
        w.0.harness.run();
        w.ask(Command::Select(Selection::Instances(vec!["checkout-rust-2".into()])));
        w.0.picture(&format!("window-stub-list-{name}"));
    });
}
