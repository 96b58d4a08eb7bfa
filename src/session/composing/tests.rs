//! The check of a composition goes on in the background, and what it found before stands meanwhile.

use super::*;
use crate::compose::{Edit, Instance};
use crate::diag::Subject;
use crate::project::Document;
use crate::session::{Change, Command, Memory, Work};
use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// A machine whose threads wait until the test lets them go.
#[derive(Default)]
struct Later {
    memory: Memory,
    works: Mutex<VecDeque<(String, Work)>>,
    now: AtomicU64,
}

impl Later {
    /// The threads that wait, oldest first.
    fn waiting(&self) -> Vec<String> {
        self.works.lock().unwrap().iter().map(|(name, _)| name.clone()).collect()
    }

    /// Lets the oldest thread of this name go.
    fn go(&self, name: &str) {
        let mut works = self.works.lock().unwrap();
        let at = works.iter().position(|(n, _)| n == name).unwrap_or_else(|| panic!("no {name}"));
        let (_, work) = works.remove(at).unwrap();
        drop(works);
        work();
    }
}

impl Env for Later {
    crate::session::files_in_memory!();

    fn now_nanos(&self) -> u64 {
        self.now.load(Ordering::Relaxed)
    }

    fn spawn(&self, thread_name: &str, work: Work) {
        self.works.lock().unwrap().push_back((thread_name.to_owned(), work));
    }

    fn wake(&self) {}
}

const CHECK: &str = "techbytes:payments/fraud-check";

/// So many checkouts that need a fraud check.
fn checkouts(session: &mut Session, count: usize) -> Document {
    let named = |session: &Session, name: &str| session.library().values().find(|c| c.name == name).unwrap().digest;
    let (checkout, check) = (named(session, "checkout-rust"), named(session, "fraud-check-c"));
    let mut composition = Composition::default();
    composition.instances.insert("check".into(), Instance { component: check });
    for i in 0..count {
        composition.instances.insert(format!("checkout-{i:04}"), Instance { component: checkout });
        composition.wires.insert(Port::new(format!("checkout-{i:04}"), CHECK), Port::new("check", CHECK));
    }
    Document { composition, ..Document::default() }
}

fn session(env: Arc<dyn Env>) -> Session {
    let mut session = Session::new(env, None);
    for file in ["checkout-rust.wasm", "fraud-check-c.wasm"] {
        let bytes = crate::session::samples::sample(file).unwrap().bytes.into();
        let stem = file.trim_end_matches(".wasm");
        let component = Arc::new(crate::component::decode(stem, bytes));
        session.library.insert(component.digest, component);
    }
    session
}

fn told(session: &Session) -> Vec<&Subject> {
    session.problems().iter().map(|p| &p.subject).collect()
}

#[test]
fn a_composition_is_checked_in_the_background_after_each_edit() {
    let env = Arc::new(Later::default());
    let mut s = session(Arc::clone(&env) as Arc<dyn Env>);
    let document = checkouts(&mut s, 40);
    s.set_document(document, None);
    env.go("check");
    s.poll();
    assert!(s.problems().is_empty(), "{:?}", s.problems());
    let unwire =
        |nth: usize| Command::Change(Change::Compose(Edit::Disconnect(Port::new(format!("checkout-{nth:04}"), CHECK))));
    s.apply(unwire(7));
    // Without a wire it is no part of the result any more.
    let missing = |nth: usize| Subject::Instance(format!("checkout-{nth:04}"));
    assert_eq!(env.waiting().iter().filter(|n| *n == "check").count(), 1, "not on the window's thread");
    assert!(s.problems().is_empty() && s.is_busy());
    assert!(!s.is_checking(), "a short check is not told of, so nothing flickers");
    env.now.fetch_add(LONG_NANOS, Ordering::Relaxed);
    assert!(s.is_checking());
    // A second edit waits for the check of the first, whose answer is out of date by then.
    s.apply(unwire(8));
    assert_eq!(env.waiting().iter().filter(|n| *n == "check").count(), 1);
    env.go("check");
    s.poll();
    assert!(s.problems().is_empty(), "half of the answer is none");
    let before = s.revision();
    env.go("check");
    assert!(s.poll() && !s.is_checking());
    assert_eq!(told(&s), [&missing(7), &missing(8)]);
    assert!(s.revision() > before, "what is drawn of it is made anew");
    s.apply(Command::Undo);
    assert_eq!(told(&s).len(), 2, "marks stay until the answer is there");
    env.go("check");
    s.poll();
    assert_eq!(told(&s), [&missing(7)]);
}

/// What composing refuses comes after the check, or before it: both are told.
#[test]
fn whichever_comes_first_the_check_and_the_encoding_are_told_together() {
    for order in [["check", "compose"], ["compose", "check"]] {
        let env = Arc::new(Later::default());
        let mut s = session(Arc::clone(&env) as Arc<dyn Env>);
        let document = checkouts(&mut s, 2);
        s.set_document(document, None);
        order.iter().for_each(|name| env.go(name));
        s.poll();
        assert!(s.composed().is_some() && s.problems().is_empty(), "{order:?}: {:?}", s.problems());
    }
}

#[test]
fn more_instances_than_a_component_can_have_are_met_with_what_to_do() {
    let mut s = session(Arc::new(Memory::default()));
    let document = checkouts(&mut s, 600);
    s.set_document(document, None);
    s.poll();
    let [first, ..] = s.problems() else { panic!("nothing is wrong") };
    assert_eq!((first.severity, &first.subject), (Severity::Error, &Subject::Project));
    assert!(first.message.contains("a component can have 1000: each instance"), "{}", first.message);
    assert!(first.hint.as_deref().unwrap().contains("Compose a part of it first"), "{:?}", first.hint);
    assert!(s.composed().is_none());
}
