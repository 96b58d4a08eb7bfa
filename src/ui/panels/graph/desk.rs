//! For tests: the whole window, used by keyboard and by the names of things.

use crate::compose::{Composition, Edit, Port};
use crate::project::Theme;
use crate::session::{Change, Command, Memory, Session};
use crate::ui::App;
use crate::ui::look::Stage;
use egui::{Event, Key as Pressed, Modifiers, Role};
use egui_kittest::kittest::{NodeT, Queryable};
use std::sync::Arc;

pub(super) const CHECK: &str = "techbytes:payments/fraud-check";
pub(super) const ORDERS: &str = "techbytes:orders/checkout";

/// The whole window around a session.
pub(super) struct Desk(pub Stage<'static, Option<App>>);

impl Desk {
    pub fn new(session: Session) -> Self {
        Self::sized(session, [1280.0, 800.0], Theme::Dark)
    }

    /// The same with the list in place of the graph.
    pub fn listed(session: Session) -> Self {
        let mut desk = Self::new(session);
        desk.press(Modifiers::COMMAND, Pressed::L);
        desk
    }

    pub fn sized(session: Session, size: [f32; 2], theme: Theme) -> Self {
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
        desk.run();
        desk
    }

    /// Asks the session for something.
    pub fn ask(&mut self, command: Command) {
        self.0.harness.state_mut().as_mut().unwrap().ask(command);
        self.run();
    }

    pub fn run(&mut self) {
        for _ in 0..4 {
            self.0.harness.step();
        }
    }

    pub fn session(&self) -> &Session {
        self.0.harness.state().as_ref().unwrap().session()
    }

    pub fn composition(&self) -> &Composition {
        &self.session().document().composition
    }

    pub fn press(&mut self, modifiers: Modifiers, key: Pressed) {
        self.0.harness.key_press_modifiers(modifiers, key);
        self.run();
    }

    pub fn key(&mut self, key: Pressed) {
        self.press(Modifiers::NONE, key);
    }

    pub fn type_over(&mut self, text: &str) {
        self.press(Modifiers::COMMAND, Pressed::A);
        self.0.harness.event(Event::Text(text.into()));
        self.run();
    }

    #[track_caller]
    pub fn click(&mut self, role: Role, name: &str) {
        self.0.harness.get_by_role_and_label(role, name).click();
        self.run();
    }

    pub fn focused(&self) -> (Role, String) {
        let node = self.0.harness.root().accesskit_node();
        fn walk(node: &egui_kittest::kittest::AccessKitNode<'_>) -> Option<(Role, String)> {
            if node.is_focused() && node.role() != Role::Window {
                return Some((node.role(), node.label().unwrap_or_default()));
            }
            node.children().find_map(|child| walk(&child))
        }
        walk(&node).unwrap_or((Role::Unknown, String::new()))
    }

    #[track_caller]
    pub fn expect_focus(&self, role: Role, name: &str) {
        assert_eq!(self.focused(), (role, name.to_owned()));
    }

    /// From row to row until this one has the focus.
    #[track_caller]
    pub fn go_to(&mut self, name: &str) {
        self.key(Pressed::Home);
        for _ in 0..60 {
            if self.focused() == (Role::TreeItem, name.to_owned()) {
                return;
            }
            self.key(Pressed::ArrowDown);
        }
        panic!("no row {name}; {:?} has the focus", self.focused());
    }

    pub fn enter_at(&mut self, name: &str) {
        self.0.harness.get_by_role_and_label(Role::TreeItem, name).focus();
        self.run();
    }
}

/// The sample project: four instances, no wire.
pub(super) fn project() -> Session {
    let mut session = Session::new(Arc::new(Memory::default()), None);
    session.apply(Command::OpenSampleProject);
    session.poll();
    session
}

/// The same with a wire from the Rust one.
pub(super) fn wired() -> Session {
    let mut session = project();
    let edit = Edit::Connect { from: Port::new("fraud-check-rust", CHECK), to: Port::new("checkout-rust", CHECK) };
    session.apply(Command::Change(Change::Compose(edit)));
    session.poll();
    session
}
