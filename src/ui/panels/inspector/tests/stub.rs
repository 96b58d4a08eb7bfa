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
    bench.type_into("check answer.reason", "stubbed");
    assert_eq!(answer(&bench).as_deref(), Some("{allowed: false, score: 0, reason: \"stubbed\"}"));
    assert_eq!(bench.session().composed().map(|c| c.component.diagnostics.len()), Some(0));
    // Undo brings the form back to what the stub does: what was typed is one step, and that it answers another.
    bench.session().apply(Command::Undo);
    bench.run();
    assert_eq!(answer(&bench).as_deref(), Some("{allowed: false, score: 0, reason: \"\"}"));
    bench.session().apply(Command::Undo);
    bench.run();
    assert_eq!(answer(&bench), None);
    assert!(!bench.has("check answer.reason"));
    bench.session().apply(Command::Redo);
    bench.run();
    assert!(bench.has("check answer.reason"));
    bench.click("Trap");
    assert_eq!(answer(&bench), None);
}

fn rules(bench: &Bench) -> Vec<String> {
    let stub = bench.desk().session.stub_of("stub-fraud-check").unwrap();
    let rules = stub.functions.get("check").map(|b| b.rules.clone()).unwrap_or_default();
    let text = |rule: &crate::compose::Rule<String>| {
        let when: Vec<_> = rule.when.iter().map(|c| format!("{}={}", c.parameter, c.equals)).collect();
        let answer = match &rule.answer {
            Answer::Trap => "trap",
            Answer::Fixed(text) => text.as_deref().unwrap_or_default(),
        };
        format!("{}: {answer}", when.join(", "))
    };
    rules.iter().map(text).collect()
}

#[test]
fn rules_are_added_typed_moved_and_removed() {
    let mut bench = Bench::new(stubbed());
    bench.click("Add rule");
    const NO: &str = "{allowed: false, score: 0, reason: \"\"}";
    assert_eq!(rules(&bench), [format!("user-id=\"\": {NO}")]);
    bench.type_into("check rule 1 user-id", "ann");
    assert_eq!(rules(&bench), [format!("user-id=\"ann\": {NO}")]);
    bench.click("check rule 1 asks for amount-cents");
    assert_eq!(rules(&bench), [format!("user-id=\"ann\", amount-cents=0: {NO}")]);
    // What is no number is said beside the field, and the rule stays as it was until it is one.
    bench.type_into("check rule 1 amount-cents", "x");
    assert!(bench.has("not a number: x0") || bench.0.harness.query_by_label_contains("number").is_some());
    assert_eq!(rules(&bench), [format!("user-id=\"ann\", amount-cents=0: {NO}")]);
    bench.press(Key::Backspace);
    bench.type_into("check rule 1 amount-cents", "5");
    let typed = rules(&bench);
    assert!(typed[0].starts_with("user-id=\"ann\", amount-cents=") && typed[0].contains('5'), "{typed:?}");
    bench.type_into("check rule 1 answer.reason", "known");
    let first = rules(&bench)[0].clone();
    assert!(first.ends_with("reason: \"known\"}"), "{first}");

    bench.click("Add rule");
    let second = format!("user-id=\"\": {NO}");
    assert_eq!(rules(&bench), [first.clone(), second.clone()]);
    // The first goes down by its button, from the keyboard, and the focus goes along.
    bench.0.harness.get_by_label("Move rule 1 of check down").focus();
    bench.run();
    bench.press(Key::Enter);
    assert_eq!(rules(&bench), [second.clone(), first.clone()]);
    assert!(!bench.0.harness.get_by_label("Move rule 2 of check up").accesskit_node().is_disabled());
    bench.click("Remove rule 1 of check");
    assert_eq!(rules(&bench), std::slice::from_ref(&first));
    for wanted in [vec![second.clone(), first.clone()], vec![first.clone(), second.clone()], vec![first.clone()]] {
        bench.session().apply(Command::Undo);
        bench.run();
        assert_eq!(rules(&bench), wanted);
    }
    // A rule that asks for nothing is told what that means.
    bench.click("check rule 1 asks for user-id");
    bench.click("check rule 1 asks for amount-cents");
    assert!(bench.has("Whatever it is called with: rules below this one are not reached"));
}

#[test]
fn values_of_rules_can_be_typed_as_wave() {
    let mut bench = Bench::new(stubbed());
    bench.click("Add rule");
    bench.click("Edit the values of check as WAVE text");
    let fields: Vec<_> = bench.0.harness.get_all_by_label("check rule 1 values as WAVE").collect();
    assert_eq!(fields.len(), 2, "what it asks for and what it answers");
    assert!(!bench.has("check rule 1 user-id"));
}

#[test]
fn a_stub_can_be_left_out_of_the_file() {
    let mut bench = Bench::new(stubbed());
    bench.click("Part of the composed file");
    assert!(bench.desk().session.document().left_out.contains("stub-fraud-check"));
    assert!(bench.has("It answers in runs from here. The composed file leaves techbytes:payments/fraud-check open."));
    bench.click("Part of the composed file");
    assert!(bench.desk().session.document().left_out.is_empty());
}

#[test]
fn a_thousand_rules_are_shown_in_pages() {
    let mut session = stubbed();
    let rule = |n: usize| crate::compose::Rule {
        when: vec![crate::compose::Condition { parameter: "amount-cents".into(), equals: n.to_string() }],
        answer: Answer::Trap,
    };
    let behavior =
        crate::compose::Behavior { rules: (0..120).map(rule).collect(), otherwise: Answer::Trap, recorded: false };
    session.apply(Command::EditStub {
        instance: "stub-fraud-check".into(),
        functions: [("check".to_owned(), behavior)].into(),
    });
    session.poll();
    let mut bench = Bench::new(session);
    assert!(bench.has("Rule 50") && bench.has("amount-cents = 49 → trap") && !bench.has("Rule 51"));
    bench.0.harness.get_by_label("Show 50 more of 120 rules").scroll_to_me();
    bench.run();
    bench.click("Show 50 more of 120 rules");
    assert!(bench.has("Rule 100") && bench.has("amount-cents = 99 → trap") && !bench.has("Rule 101"));
    bench.0.harness.get_by_label("Rule 2").scroll_to_me();
    bench.run();
    bench.click("Rule 2");
    assert!(bench.has("check rule 2 amount-cents"));
}

#[test]
fn an_import_gets_a_stub_where_it_is_looked_at() {
    for side in [Seen::Interface, Seen::Overview] {
        let mut session = session();
        session.apply(Command::OpenSampleProject);
        session.poll();
        session.apply(Command::Select(Selection::Instances(vec!["checkout-rust".into()])));
        let mut bench = Bench::sized(PANEL, Theme::Dark, session, side);
        bench.0.picture(&format!("inspector-open-{side:?}"));
        bench.click("Add stub");
        assert!(bench.desk().session.stub_of("stub-fraud-check").is_some(), "{side:?}");
    }
}

/// Answers every call with the same.
#[derive(Default)]
struct Agrees(Vec<CallEvent>);

impl Caller for Agrees {
    fn call(&mut self, request: CallRequest) {
        let field = |name: &str, value| (name.to_owned(), value);
        let (no, reason) = (crate::value::Value::Bool(true), crate::value::Value::String("same".into()));
        let value = vec![field("allowed", no), field("score", crate::value::Value::U32(7)), field("reason", reason)];
        let finished = Finished {
            outcome: Outcome::Returned(Some(crate::value::Value::Record(value))),
            accesses: Vec::new(),
            instance_calls: 1,
            generation: 0,
            memory_bytes: 0,
            dropped_output_bytes: 0,
        };
        self.0.push(CallEvent::Finished(request.job, finished));
    }

    fn cancel(&mut self, _job: JobId) {}

    fn reset(&mut self, _digest: Digest) {}

    fn poll(&mut self) -> Vec<CallEvent> {
        std::mem::take(&mut self.0)
    }

    fn set_wake(&mut self, _wake: Arc<dyn Fn() + Send + Sync>) {}

    fn process_id(&self) -> Option<u32> {
        None
    }
}

#[test]
fn a_wire_is_replaced_by_its_recorded_answers() {
    let mut session = Session::new(Arc::new(Memory::default()), Some(Box::new(Agrees::default())));
    session.apply(Command::OpenSampleProject);
    session.poll();
    let connect = Edit::Connect { from: Port::new("fraud-check-rust", CHECK), to: Port::new("checkout-rust", CHECK) };
    session.apply(Command::Change(Change::Compose(connect)));
    session.apply(Command::Select(Selection::Wire(Port::new("checkout-rust", CHECK))));
    let target = Target::Component(digest_of(&session, "fraud-check-rust"));
    let mut bench = Bench::new(session);
    const BUTTON: &str = "Replace by recorded answers";
    assert!(bench.0.harness.get_by_label(BUTTON).accesskit_node().is_disabled(), "nothing was called");
    bench.0.picture("inspector-wire-recorded");
    bench.session().apply(Command::Call(Call {
        target,
        interface: Some(CHECK.into()),
        function: "check".into(),
        arguments: vec![crate::value::Value::String("ann".into()), crate::value::Value::U64(5)],
    }));
    bench.run();
    bench.click(BUTTON);
    assert_eq!(rules(&bench), ["user-id=\"ann\", amount-cents=5: {allowed: true, score: 7, reason: \"same\"}"]);
    // The same again changes nothing.
    bench.click("Add recorded answers (1)");
    assert_eq!(rules(&bench).len(), 1);
}

const STREAMS: &str = "package t:later;
    interface later {
        resource job { name: func() -> string; }
        gives: func() -> tuple<u8, stream<u32>>;
        takes: async func(s: stream<u32>, n: u32) -> option<u32>;
        bag: func(m: tuple<u8, future>) -> u8;
    }
    world waits { import later; export run: func(); }";

#[test]
fn what_a_stub_cannot_do_is_said_where_it_would_be_chosen() {
    let mut session = session();
    let consumer = crate::compose::tests::component("waits.wasm", STREAMS, "waits");
    session.apply(Command::OpenBytes("waits.wasm".into(), Arc::clone(&consumer.bytes)));
    session.poll();
    session.apply(Command::Change(Change::Place { component: consumer.digest, at: [400.0, 0.0], connect: None }));
    session.apply(Command::StubAll(vec!["waits".into()]));
    session.poll();
    let mut bench = Bench::sized([340.0, 1600.0], Theme::Dark, session, Seen::Overview);
    let has = |bench: &Bench, text: &str| assert!(bench.has(text), "{text}");
    has(&bench, "It can only trap: a stream or future has no value that could be kept.");
    let adds: Vec<bool> =
        bench.0.harness.get_all_by_label("Add rule").map(|n| n.accesskit_node().is_disabled()).collect();
    assert_eq!(adds, [false, false, true], "a method by its handle, takes by its number, bag by nothing");
    bench.0.harness.get_all_by_label("Add rule").nth(1).unwrap().click();
    bench.run();
    let asks = |name: &str| bench.0.harness.get_by_label(name).accesskit_node().is_disabled();
    assert!(asks("takes rule 1 asks for s") && !asks("takes rule 1 asks for n"));
    bench.0.harness.get_all_by_label("Add rule").next().unwrap().click();
    bench.run();
    has(&bench, "job.name rule 1 self");
    bench.0.picture("inspector-stub-streams");
    // All of it is a component that can be had.
    let stub = bench.desk().session.stub_of("stub-later").unwrap();
    assert_eq!(stub.functions["takes"].rules.len(), 1, "{:?}", bench.desk().session.notices());
    assert_eq!(stub.functions["takes"].rules[0].when[0].equals, "0");
}

#[test]
fn a_handle_that_a_stub_answers_with_is_given_and_not_taken() {
    let mut session = session();
    open(&mut session, "packer-rust.wasm");
    let component = digest_of(&session, "packer-rust");
    session.apply(Command::Change(Change::Place { component, at: [400.0, 0.0], connect: None }));
    let port = Port::new("packer-rust", "techbytes:toolbox/bags@0.1.0");
    session.apply(Command::AddStub { port, at: [0.0, 0.0] });
    session.poll();
    let mut bench = Bench::sized([340.0, 1600.0], Theme::Dark, session, Seen::Overview);
    // Of `bag.parse`, the first of its functions.
    bench.0.harness.get_all_by_label("Fixed value").next().unwrap().click();
    bench.run();
    assert!(bench.has("Made anew for each call"));
    assert!(!bench.has("gone afterwards"), "that is so of what a call takes");
}

#[test]
fn stubs_are_painted() {
    both(|theme, name| {
        for (width, size) in [(340.0, ""), (280.0, "narrow-"), (480.0, "wide-")] {
            let mut bench = Bench::sized([width, 1000.0], theme, stubbed(), Seen::Overview);
            bench.click("Fixed value");
            bench.click("Add rule");
            bench.type_into("check rule 1 user-id", "mallory");
            bench.click("Rule 1");
            bench.click("Add rule");
            bench.click("check rule 2 asks for amount-cents");
            bench.click("Rule 2");
            bench.click("Add rule");
            bench.click("check rule 3 asks for amount-cents");
            if !size.is_empty() {
                bench.click("Part of the composed file");
            }
            bench.0.picture(&format!("inspector-stub-{size}{name}"));
        }
    });
}
