//! A stub in the inspector: what its functions do is chosen there.

use super::*;
use crate::compose::Answer;

const CHECK: &str = "techbytes:payments/fraud-check";

/// The checkout with a stub in place of its fraud check; the stub is selected.
fn stubbed() -> Session {
    let mut session = session();
    session.apply(Command::OpenSampleProject);
    session.poll();
    session.apply(Command::AddStub { port: Port::new("checkout-rust", CHECK), at: [40.0, 40.0] });
    session.poll();
    assert_eq!(*session.selection(), Selection::Instances(vec!["stub-fraud-check".into()]));
    session
}

fn answer(bench: &Bench) -> Option<String> {
    let stub = bench.desk().session.stub_of("stub-fraud-check").unwrap();
    match &stub.functions.get("check")?.otherwise {
        Answer::Trap => None,
        Answer::Fixed(text) => text.clone(),
    }
}

#[test]
fn a_stub_traps_until_it_is_given_a_value() {
    let mut bench = Bench::new(stubbed());
    assert!(bench.has("Stands in for techbytes:payments/fraud-check of checkout-rust"));
    assert_eq!(answer(&bench), None);
    bench.click("Fixed value");
    assert_eq!(answer(&bench).as_deref(), Some("{allowed: false, score: 0, reason: \"\"}"));
    bench.type_into("answer.reason", "stubbed");
    assert_eq!(answer(&bench).as_deref(), Some("{allowed: false, score: 0, reason: \"stubbed\"}"));
    assert_eq!(bench.session().composed().map(|c| c.component.diagnostics.len()), Some(0));
    // Undo brings the form back to what the stub does: what was typed is one step, and that it answers another.
    bench.session().apply(Command::Undo);
    bench.run();
    assert_eq!(answer(&bench).as_deref(), Some("{allowed: false, score: 0, reason: \"\"}"));
    bench.session().apply(Command::Undo);
    bench.run();
    assert_eq!(answer(&bench), None);
    assert!(!bench.has("answer.reason"));
    bench.session().apply(Command::Redo);
    bench.run();
    assert!(bench.has("answer.reason"));
    bench.click("Trap");
    assert_eq!(answer(&bench), None);
}

#[test]
fn stubs_are_painted() {
    both(|theme, name| {
        let mut bench = Bench::sized(PANEL, theme, stubbed(), Seen::Overview);
        bench.click("Fixed value");
        bench.0.picture(&format!("inspector-stub-{name}"));
        let mut narrow = Bench::sized([280.0, 860.0], theme, stubbed(), Seen::Overview);
        narrow.run();
        narrow.0.picture(&format!("inspector-stub-narrow-{name}"));
    });
}
