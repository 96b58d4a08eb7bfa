#![cfg(feature = "run")]

use crate::compose::{Edit, Port};
use crate::diag::Severity;
use crate::project::{Target, Theme};
use crate::runner::InProcess;
use crate::session::{Call, Change, Command, Env, Memory, Selection, Session};
use crate::ui::App;
use crate::ui::look::{Stage, both};
use crate::value::parse_wave_call;
use egui::Role;
use egui_kittest::kittest::Queryable;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// A machine in memory that rings.
struct Room {
    memory: Memory,
    bell: std::sync::Mutex<std::sync::mpsc::Sender<()>>,
}

impl Env for Room {
    crate::session::files_in_memory!();

    fn now_nanos(&self) -> u64 {
        self.memory.now_nanos()
    }

    fn spawn(&self, thread_name: &str, work: crate::session::Work) {
        self.memory.spawn(thread_name, work);
    }

    fn wake(&self) {
        let _ = self.bell.lock().unwrap().send(());
    }
}

const CHECK: &str = "techbytes:payments/fraud-check";

/// The sample project.
fn session() -> (Session, Receiver<()>) {
    let (ring, bell) = channel();
    let room = Room { memory: Memory::default(), bell: std::sync::Mutex::new(ring) };
    let mut session = Session::new(Arc::new(room), Some(Box::new(InProcess::new())));
    session.apply(Command::OpenSampleProject);
    finish(&mut session, &bell);
    let (from, to) = (Port::new("fraud-check-rust", CHECK), Port::new("checkout-rust", CHECK));
    session.apply(Command::Change(Change::Compose(Edit::Connect { from, to })));
    finish(&mut session, &bell);
    (session, bell)
}

fn finish(session: &mut Session, bell: &Receiver<()>) {
    session.poll();
    while session.is_busy() {
        bell.recv_timeout(Duration::from_secs(120)).expect("something happens");
        session.poll();
    }
}

fn call(session: &mut Session, bell: &Receiver<()>, text: &str) {
    let target = Target::Composition;
    let component = session.target_component(&target).expect("a composed component");
    let (interface, function, arguments) = parse_wave_call(text, component).unwrap();
    session.apply(Command::Call(Call { target, interface, function, arguments }));
    finish(session, bell);
}

fn tapped() -> Session {
    let (mut session, bell) = session();
    let wires: Vec<Port> = session.document().composition.wires.keys().cloned().collect();
    let edits = wires.iter().map(|to| Edit::Tap { to: to.clone(), on: true }).collect();
    session.apply(Command::Change(Change::ComposeAll("Tap all wires", edits)));
    finish(&mut session, &bell);
    call(&mut session, &bell, "place(\"alice\", [{sku: \"tea\", quantity: 3, unit-cents: 450}])");
    session.apply(Command::Select(Selection::Wire(Port::new("checkout-rust", CHECK))));
    assert!(session.problems().iter().all(|p| p.severity != Severity::Error), "{:?}", session.problems());
    session
}

fn stage(size: [f32; 2], theme: Theme, session: Session) -> Stage<'static, App> {
    let ctx = egui::Context::default();
    let mut session = session;
    let mut preferences = session.preferences().clone();
    preferences.theme = theme;
    session.apply(Command::SetPreferences(preferences));
    let app = App::new(&ctx, session, Vec::new());
    let mut stage = Stage::new(size, theme, app, |ui, app: &mut App| {
        app.logic(&ui.ctx().clone());
        app.draw(ui);
    });
    stage.harness.run();
    stage
}

#[test]
fn calls_over_tapped_wires_are_listed_and_counted() {
    both(|theme, word| {
        for size in [[1280.0, 800.0], [1600.0, 1000.0]] {
            let mut stage = stage(size, theme, tapped());
            stage.harness.get_by_role_and_label(Role::Tab, "Taps").click();
            stage.harness.run();
            stage.picture(&format!("taps-{}-{word}", size[0]));
            let row =
                r#"fraud-check-rust → checkout-rust: check(user-id: "alice", amount-cents: 1350) → {allowed: true"#;
            stage.harness.get_by(|n| n.role() == Role::Button && n.label().is_some_and(|l| l.contains(row))).click();
            stage.harness.run();
            stage.picture(&format!("taps-selected-{}-{word}", size[0]));
        }
    });
}

#[test]
fn without_taps_there_is_a_sentence_and_a_way_to_one() {
    both(|theme, word| {
        let mut stage = stage([1280.0, 800.0], theme, session().0);
        stage.harness.get_by_role_and_label(Role::Tab, "Taps").click();
        stage.harness.run();
        stage.picture(&format!("taps-none-{word}"));
        stage.harness.get_by_role_and_label(Role::Button, "Tap all wires").click();
        stage.harness.run();
        assert_eq!(stage.harness.state().session().document().composition.taps.len(), 1);
        assert_eq!(stage.harness.state().session().undo_label(), Some("Tap all wires"));
        stage.harness.get_by_role_and_label(Role::Button, "Show Invoke");
        stage.picture(&format!("taps-waiting-{word}"));
    });
}
