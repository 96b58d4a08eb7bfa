//! What takes its time is looked for in the background: the window's thread compares no ports when a drag begins or R is
//! pressed, and shows what comes of it once it is there.

use super::desk::{CHECK, Desk, project, wired};
use crate::compose::{COMPARED, Port};
use crate::session::{Command, Env, Memory, Selection, Session, Work};
use egui::{Key, Modifiers, Role, pos2};
use egui_kittest::kittest::Queryable;
use std::sync::{Arc, Mutex};

/// A machine whose threads begin when they are told to.
#[derive(Default)]
struct Held {
    memory: Memory,
    waiting: Mutex<Option<Vec<Work>>>,
}

impl Held {
    /// From now on work waits.
    fn hold(&self) {
        self.waiting.lock().unwrap().get_or_insert_default();
    }

    /// Does what waits.
    fn release(&self) {
        let work = self.waiting.lock().unwrap().take().unwrap();
        assert!(!work.is_empty(), "nothing waits");
        work.into_iter().for_each(|work| work());
        self.hold();
    }
}

impl Env for Held {
    crate::session::files_in_memory!();

    fn now_nanos(&self) -> u64 {
        self.memory.now_nanos()
    }
    fn spawn(&self, _thread_name: &str, work: Work) {
        if let Some(waiting) = &mut *self.waiting.lock().unwrap() {
            return waiting.push(work);
        }
        work(); // which may start more
    }
    fn wake(&self) {}
}

/// The sample project on a machine whose threads wait from now on.
fn held(of: &Session) -> (Desk, Arc<Held>) {
    let env = Arc::new(Held::default());
    let mut session = Session::new(Arc::clone(&env) as Arc<dyn Env>, None);
    session.apply(Command::OpenSampleProject);
    session.poll();
    let wires = of.document().composition.wires.iter();
    for (to, from) in wires {
        let edit = crate::compose::Edit::Connect { from: from.clone(), to: to.clone() };
        session.apply(Command::Change(crate::session::Change::Compose(edit)));
        session.poll();
    }
    let mut desk = Desk::new(session);
    desk.run();
    env.hold();
    (desk, env)
}

/// How often ports are compared meanwhile.
fn compared(work: impl FnOnce()) -> usize {
    let before = COMPARED.get();
    work();
    COMPARED.get() - before
}

#[test]
fn a_drag_begins_without_comparing_the_graph() {
    let (mut desk, env) = held(&project());
    let import = format!("checkout-rust import {CHECK}, missing");
    let from = desk.0.harness.get_by_role_and_label(Role::GraphicsSymbol, &import).rect().center();
    let looks = compared(|| {
        desk.0.harness.drag_at(from);
        desk.0.harness.step();
        for step in 1_u8..8 {
            desk.0.harness.hover_at(from - egui::vec2(8.0 * f32::from(step), 0.0));
            desk.0.harness.step();
        }
    });
    assert_eq!(looks, 0);
    let (port, side) = {
        let (port, side) = desk.0.harness.state().as_ref().unwrap().graph().canvas.linking().unwrap();
        (port.clone(), side)
    };
    let study = crate::session::Study::Candidates(desk.session().wiring(), port, side);
    assert!(desk.session().is_studying(&study) && desk.session().finding(&study).is_none());
    assert!(compared(|| env.release()) > 2, "the comparisons are made in the background");
    assert_eq!(compared(|| desk.run()), 0);
    let Some(crate::session::Finding::Candidates(found)) = desk.session().finding(&study) else { panic!("no answer") };
    assert_eq!(found.iter().filter(|c| c.fit.fits()).count(), 3);
}

#[test]
fn the_next_provider_is_looked_for_in_the_background_and_takes_the_wire_when_found() {
    let (mut desk, env) = held(&wired());
    let to = Port::new("checkout-rust", CHECK);
    let provider = |desk: &Desk| desk.composition().wires[&to].instance.clone();
    desk.ask(Command::Select(Selection::Wire(to.clone())));
    let wire = format!("wire from fraud-check-rust {CHECK} to checkout-rust {CHECK}");
    desk.0.harness.get_by_role_and_label(Role::GraphicsSymbol, &wire).focus();
    desk.run();
    assert_eq!(compared(|| desk.press(Modifiers::NONE, Key::R)), 0);
    assert_eq!(provider(&desk), "fraud-check-rust");
    assert!(compared(|| env.release()) > 2);
    desk.run();
    assert_eq!(provider(&desk), "fraud-check-c");
    assert_eq!(desk.session().undo_label(), Some("Switch provider"));
}

#[test]
fn the_list_looks_for_what_fits_in_the_background_and_takes_nothing_before() {
    let (mut desk, env) = held(&project());
    desk.press(Modifiers::COMMAND, Key::L);
    let looks = compared(|| {
        desk.click(Role::ComboBox, &format!("Provider of checkout-rust import {CHECK}"));
        desk.key(Key::Enter);
    });
    assert_eq!(looks, 0);
    desk.0.harness.get_by_label("Looking for what fits…");
    assert!(desk.composition().wires.is_empty(), "there is nothing to take yet");
    assert!(compared(|| env.release()) > 2, "the comparisons are made in the background");
    assert_eq!(compared(|| desk.run()), 0);
    desk.key(Key::Enter);
    let to = Port::new("checkout-rust", CHECK);
    assert_eq!(desk.composition().wires.get(&to), Some(&Port::new("fraud-check-c", CHECK)));
}

#[test]
fn what_could_take_a_place_or_a_wire_is_looked_for_in_the_background() {
    let (mut desk, env) = held(&wired());
    let open = |desk: &mut Desk, name: &str, item: &str| {
        desk.0.harness.get_by_label(name).focus();
        desk.run();
        desk.press(Modifiers::SHIFT, Key::F10);
        desk.click(Role::MenuItem, item);
    };
    let node = "fraud-check-rust, instance of fraud-check-rust";
    assert_eq!(compared(|| open(&mut desk, node, "Replace by…")), 0);
    desk.0.harness.get_by_label("Looking for what fits…");
    desk.key(Key::Enter);
    assert!(compared(|| env.release()) > 1, "the comparisons are made in the background");
    assert_eq!(compared(|| desk.run()), 0);
    desk.0.harness.get_by_role_and_label(Role::ListItem, "fraud-check-c, Keeps 1 connection");
    desk.key(Key::Escape);
    // The samples come last, and nothing waits for them.
    let import = format!("checkout-rust import {CHECK}, connected");
    assert_eq!(compared(|| open(&mut desk, &import, "Place and connect…")), 0);
    assert!(compared(|| env.release()) > 10, "the samples too");
    desk.run();
    for name in ["fraud-check-js", "fraud-check-zig"] {
        assert!(desk.0.harness.query_all_by_role_and_label(Role::ListItem, name).next().is_some(), "{name}");
    }
    desk.0.harness.get_by_label(&format!("Replaces fraud-check-rust · {CHECK}"));
}

#[test]
fn a_sample_that_takes_its_time_to_open_stands_where_it_was_dropped() {
    let (mut desk, env) = held(&project());
    let all = desk.composition().instances.keys().cloned().collect();
    let remove = crate::session::Change::Compose(crate::compose::Edit::RemoveInstances(all));
    desk.ask(Command::Change(remove));
    env.release();
    desk.run();
    let row = desk.0.harness.get_by_role_and_label(Role::ListItem, "fraud-check-zig").rect().center();
    let goal = pos2(433.0, 205.0);
    desk.0.harness.drag_at(row);
    desk.0.harness.step();
    for part in [0.2, 0.6, 1.0] {
        desk.0.harness.hover_at(row.lerp(goal, part));
        desk.0.harness.step();
    }
    desk.0.harness.drop_at(goal);
    desk.run();
    assert!(desk.composition().instances.is_empty(), "it is still being opened");
    env.release();
    desk.run();
    let node = "fraud-check-zig, instance of fraud-check-zig";
    let at = desk.0.harness.get_by_role_and_label(Role::GraphicsObject, node).rect().min;
    assert!(at.distance(goal) <= 1.0, "dropped at {goal:?}, stands at {at:?}");
}
