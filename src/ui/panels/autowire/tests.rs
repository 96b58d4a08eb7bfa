//! The preview as a person uses it: by role and name, by pointer and by keyboard.

use super::*;
use crate::compose::Edit;
use crate::project::Theme;
use crate::session::Memory;
use crate::ui::look::{Stage, both};
use crate::ui::panels::graph;
use egui::{CentralPanel, Key, Modifiers, Role};
use egui_kittest::kittest::{NodeT, Queryable};
use std::sync::Arc;

const CHECK: &str = "techbytes:payments/fraud-check";

struct Desk {
    session: Session,
    state: State,
    graph: graph::State,
}

struct Bench(Stage<'static, Desk>);

/// Asks for what nobody has, for what three have, and for what one component that is not placed has.
const SHOP: &str = r#"(component
    (import "shop:mail/send@1.0.0" (instance (export "send" (func (param "to" string)))))
    (import "shop:stock/levels@1.2.0" (instance (export "level" (func (param "sku" string) (result u32)))))
    (import "techbytes:payments/fraud-check" (instance (export "check" (func (param "x" u8))))))"#;

const STOCK: &str = r#"(component
    (import "level" (func $level (param "sku" string) (result u32)))
    (instance $levels (export "level" (func $level)))
    (export "shop:stock/levels@1.4.0" (instance $levels)))"#;

fn session() -> Session {
    let mut session = Session::new(Arc::new(Memory::default()), None);
    session.apply(Command::OpenSampleProject);
    session.poll();
    session
}

fn with_shop() -> Session {
    let mut session = session();
    for (name, text) in [("shop.wat", SHOP), ("stock.wat", STOCK)] {
        session.apply(Command::OpenBytes(name.into(), text.as_bytes().into()));
        session.poll();
    }
    let component = session.library().values().find(|c| c.name == "shop").unwrap().digest;
    session.apply(Command::Change(Change::Place { component, at: [520.0, 420.0], connect: None }));
    session.poll();
    session.apply(Command::Select(Selection::None));
    session
}

impl Bench {
    fn new(theme: Theme, session: Session) -> Self {
        let mut state = State::default();
        state.open(&session);
        let desk = Desk { session, state, graph: graph::State::default() };
        let mut bench = Self(Stage::new([1000.0, 640.0], theme, desk, |ui, desk: &mut Desk| {
            desk.session.poll();
            let mut outbox = Outbox::default();
            CentralPanel::default().frame(kit::canvas_frame(ui)).show(ui, |ui| {
                graph::show(ui, &desk.session, &mut desk.graph, &mut outbox);
            });
            show(ui, &desk.session, &mut desk.state, &mut outbox);
            for command in outbox.commands {
                desk.session.apply(command);
                ui.ctx().request_repaint();
            }
        }));
        bench.0.harness.run();
        bench
    }

    fn click(&mut self, role: Role, name: &str) {
        self.0.harness.get_by_role_and_label(role, name).click();
        self.0.harness.run();
    }

    fn key(&mut self, key: Key) {
        self.0.harness.key_press_modifiers(Modifiers::NONE, key);
        self.0.harness.run();
    }

    fn has(&self, role: Role, name: &str) -> bool {
        self.0.harness.query_by_role_and_label(role, name).is_some()
    }

    fn session(&self) -> &Session {
        &self.0.harness.state().session
    }

    fn providers(&self) -> Vec<String> {
        self.session().document().composition.wires.values().map(|from| from.instance.clone()).collect()
    }
}

#[test]
fn the_keys_that_connect_say_what_is_missing_or_connect_what_was_just_chosen() {
    let connect = |b: &mut Bench| {
        b.0.harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
        b.0.harness.run();
    };
    let mut b = Bench::new(Theme::Dark, session());
    let before = b.session().document().clone();
    let choice = "Provider for fraud-check of checkout-rust: Choose one of 3…";
    let is_focused =
        |b: &Bench, name: &str| b.0.harness.get_by_role_and_label(Role::ComboBox, name).accesskit_node().is_focused();
    // The choice has the focus, and is not opened by the keys of the button.
    assert!(is_focused(&b, choice));
    let missing = "Choose who provides fraud-check of checkout-rust first";
    assert!(!b.has(Role::Status, missing));
    b.0.harness.get_by_role_and_label(Role::Button, "Cancel").focus();
    b.0.harness.run();
    connect(&mut b);
    assert!(b.has(Role::Status, missing) && is_focused(&b, choice));
    assert!(b.0.harness.query_by_label("fraud-check-js").is_none(), "it is not opened");
    assert_eq!(b.session().document(), &before);
    // Left open, there is nothing to choose, but something to tick.
    b.click(Role::ComboBox, choice);
    b.0.harness.get_by_label("Leave open").click();
    b.0.harness.run();
    connect(&mut b);
    assert!(b.has(Role::Status, "Nothing is ticked: tick what to connect first"));
    b.click(Role::ComboBox, "Provider for fraud-check of checkout-rust: Leave open");
    // Chosen and connected before another frame shows the choice.
    b.0.harness.get_by_label("fraud-check-js").click();
    b.0.harness.step();
    b.0.harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    b.0.harness.run();
    assert!(!b.0.harness.state().state.is_open());
    assert_eq!(b.providers(), ["fraud-check-js"]);
}

#[test]
fn the_keys_that_connect_close_where_nothing_can_be_connected() {
    let mut session = session();
    let alone = ["fraud-check-js", "fraud-check-c", "fraud-check-rust"].map(str::to_owned).to_vec();
    session.apply(Command::Change(Change::Compose(Edit::RemoveInstances(alone))));
    for name in ["fraud-check-js", "fraud-check-c", "fraud-check-rust"] {
        let digest = session.library().values().find(|c| c.name == name).unwrap().digest;
        session.apply(Command::CloseComponent(digest));
    }
    session.poll();
    let mut b = Bench::new(Theme::Dark, session);
    assert!(b.has(Role::Button, "Close"));
    b.0.harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    b.0.harness.run();
    assert!(!b.0.harness.state().state.is_open());
}

#[test]
fn what_is_missing_looks_right() {
    both(|theme, word| {
        let mut b = Bench::new(theme, session());
        b.0.harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
        b.0.harness.run();
        b.0.picture(&format!("autowire-missing-{word}"));
        let mut session = session();
        session.apply(Command::Select(Selection::Instances(vec!["checkout-rust".into()])));
        let wired = Edit::Connect { from: Port::new("fraud-check-c", CHECK), to: Port::new("checkout-rust", CHECK) };
        session.apply(Command::Change(Change::Compose(wired)));
        session.poll();
        Bench::new(theme, session).0.picture(&format!("autowire-nothing-{word}"));
    });
}

#[test]
fn several_that_fit_are_a_choice_and_nothing_is_wired_before_the_button() {
    let mut b = Bench::new(Theme::Dark, session());
    let before = b.session().document().clone();
    assert!(b.has(Role::Label, "Waits for a choice"));
    assert!(b.has(Role::Button, "Connect 0 wires"));
    b.click(Role::ComboBox, "Provider for fraud-check of checkout-rust: Choose one of 3…");
    b.0.harness.get_by_label("fraud-check-js").click();
    b.0.harness.run();
    assert_eq!(b.session().document(), &before);
    assert!(b.has(Role::ComboBox, "Provider for fraud-check of checkout-rust: fraud-check-js"));
    b.click(Role::CheckBox, "Connect fraud-check of checkout-rust");
    assert!(b.has(Role::Button, "Connect 0 wires"), "a wire that is not ticked is not made");
    b.click(Role::ComboBox, "Provider for fraud-check of checkout-rust: Leave open");
    b.0.harness.get_by_label("fraud-check-c").click();
    b.0.harness.run();
    b.click(Role::Button, "Connect 1 wire");
    assert!(!b.0.harness.state().state.is_open());
    assert_eq!(b.providers(), ["fraud-check-c"]);
    assert_eq!(b.session().undo_label(), Some("Auto-wire"));
    b.0.harness.state_mut().session.apply(Command::Undo);
    assert_eq!(b.session().document(), &before);
}

#[test]
fn a_provider_is_chosen_by_keyboard_and_the_keyboard_goes_on_from_there() {
    let mut b = Bench::new(Theme::Dark, session());
    b.0.harness
        .get_by_role_and_label(Role::ComboBox, "Provider for fraud-check of checkout-rust: Choose one of 3…")
        .focus();
    b.0.harness.run();
    for key in [Key::Space, Key::ArrowDown, Key::ArrowDown, Key::Enter] {
        b.key(key);
    }
    let chosen = "Provider for fraud-check of checkout-rust: fraud-check-js";
    assert!(b.0.harness.get_by_role_and_label(Role::ComboBox, chosen).is_focused());
    assert!(b.0.harness.query_by_label("fraud-check-rust").is_none(), "the list is gone");
    for _ in 0..4 {
        b.key(Key::Tab);
        if b.0.harness.get_by_role_and_label(Role::Button, "Connect 1 wire").is_focused() {
            break;
        }
    }
    b.key(Key::Enter);
    assert_eq!(b.providers(), ["fraud-check-js"]);
}

#[test]
fn escape_leaves_all_as_it_was() {
    let mut b = Bench::new(Theme::Dark, with_shop());
    let before = b.session().document().clone();
    assert!(b.has(Role::Button, "Connect 1 wire"));
    b.key(Key::Escape);
    assert!(!b.0.harness.state().state.is_open());
    assert_eq!(b.session().document(), &before);
    assert!(!b.has(Role::Button, "Connect 1 wire"));
}

#[test]
fn what_is_placed_gets_a_place_and_one_step_takes_all_of_it_back() {
    let mut b = Bench::new(Theme::Dark, with_shop());
    let before = b.session().document().clone();
    assert!(b.has(Role::Label, "from a new stock (1.4.0 for 1.2.0)"));
    assert!(b.has(Role::Label, "send@1.0.0 of shop") && b.has(Role::Label, "Stay open: nothing fits"));
    b.key(Key::Enter);
    let document = b.session().document();
    assert_eq!(b.providers(), ["stock"]);
    let at = document.layout["stock"];
    assert!(document.layout.iter().all(|(name, other)| name == "stock" || *other != at), "{:?}", document.layout);
    b.0.harness.state_mut().session.apply(Command::Undo);
    assert_eq!(b.session().document(), &before);
    b.0.harness.state_mut().session.apply(Command::Redo);
    assert_eq!(b.providers(), ["stock"]);
}

#[test]
fn for_a_selected_instance_only_its_imports_are_planned() {
    let mut session = with_shop();
    let wired = Edit::Connect { from: Port::new("fraud-check-c", CHECK), to: Port::new("checkout-rust", CHECK) };
    session.apply(Command::Change(Change::Compose(wired)));
    session.poll();
    session.apply(Command::Select(Selection::Instances(vec!["checkout-rust".into()])));
    let mut b = Bench::new(Theme::Dark, session);
    let none = "No import of the selected instance is open that an instance or a component could provide";
    assert!(b.has(Role::Label, none));
    let all = "Look at all instances";
    assert!(b.0.harness.get_by_role_and_label(Role::Button, all).is_focused());
    b.key(Key::Enter);
    assert!(b.0.harness.get_by_role_and_label(Role::Button, "Connect 1 wire").is_focused());
    assert!(!b.has(Role::Button, all));
}

#[test]
fn the_preview_looks_right() {
    both(|theme, word| {
        let mut b = Bench::new(theme, with_shop());
        b.0.picture(&format!("autowire-{word}"));
        b.click(Role::ComboBox, "Provider for fraud-check of checkout-rust: Choose one of 3…");
        b.0.picture(&format!("autowire-choice-{word}"));
    });
}

#[test]
fn with_nothing_to_connect_yet_the_keyboard_starts_at_the_first_choice() {
    let mut bench = Bench::new(Theme::Dark, session());
    bench.0.harness.run();
    assert!(bench.0.harness.get_by_label_contains("Provider for fraud-check of checkout-rust").is_focused());
}

#[test]
fn tab_goes_on_through_the_rows_below_those_in_view() {
    let functions = |word: &str| -> String {
        let one = |i: usize| match word {
            "import" => format!(r#"(import "f{i:02}" (func))"#),
            _ => format!(r#"(export "f{i:02}" (func $f))"#),
        };
        (0..20).map(one).collect()
    };
    let gives = format!(r#"(component (import "f" (func $f)) {})"#, functions("export"));
    let asks = format!("(component {})", functions("import"));
    let mut session = Session::new(Arc::new(Memory::default()), None);
    for (name, text) in [("asks.wat", &asks), ("gives.wat", &gives)] {
        session.apply(Command::OpenBytes(name.into(), text.as_bytes().into()));
        session.poll();
    }
    for name in ["asks", "gives", "gives"] {
        let component = session.library().values().find(|c| c.name == name).unwrap().digest;
        session.apply(Command::Change(Change::Place { component, at: [40.0, 40.0], connect: None }));
        session.poll();
    }
    session.apply(Command::Select(Selection::Instances(vec!["asks".into()])));
    let mut b = Bench::new(Theme::Dark, session);
    for _ in 0..19 {
        b.key(Key::Tab);
    }
    let last = b.0.harness.get_by_label_contains("Provider for f19 of asks");
    let foot = b.0.harness.get_by_role_and_label(Role::Button, "Connect 0 wires").rect();
    assert!(last.is_focused() && last.rect().bottom() <= foot.top(), "{:?} {foot:?}", last.rect());
}
