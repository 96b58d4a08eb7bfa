use super::*;
use crate::component::{TypeRef, decode};
use crate::project::Theme;
use crate::ui::look::Stage;
use crate::value::parse_wave;
use egui::{Key, Modifiers, OutputCommand};
use egui_kittest::kittest::{NodeT, Queryable};

struct Desk {
    outcome: Outcome,
    state: ResultState,
    action: Option<Action>,
    copied: Vec<String>,
}

struct Bench(Stage<'static, Desk>);

impl Bench {
    fn new(outcome: Outcome) -> Self {
        let desk = Desk { outcome, state: ResultState::default(), action: None, copied: Vec::new() };
        let mut bench = Self(Stage::new([640.0, 700.0], Theme::Dark, desk, |ui, desk: &mut Desk| {
            let action = show(ui, &mut desk.state, 1, &desk.outcome);
            desk.action = action.or(desk.action.take());
            ui.output(|o| {
                for command in &o.commands {
                    if let OutputCommand::CopyText(text) = command {
                        desk.copied.push(text.clone());
                    }
                }
            });
        }));
        bench.0.harness.run();
        bench
    }

    fn returned(value: Value) -> Self {
        Self::new(Outcome::Returned(Some(value)))
    }

    fn click(&mut self, name: &str) {
        self.0.harness.get_by_label(name).click();
        self.0.harness.run();
    }

    fn press(&mut self, key: Key) {
        self.0.harness.key_press_modifiers(Modifiers::NONE, key);
        self.0.harness.run();
    }

    fn has(&self, words: &str) -> bool {
        self.0.harness.query_all_by_label_contains(words).next().is_some()
    }

    /// The tree's rows from top to bottom, as they are read aloud.
    fn rows(&self) -> Vec<String> {
        let mut rows: Vec<_> = self
            .0
            .harness
            .query_all_by_role(egui::Role::TreeItem)
            .map(|n| (n.rect().top(), n.accesskit_node().label().unwrap_or_default()))
            .collect();
        rows.sort_by(|a, b| a.0.total_cmp(&b.0));
        rows.into_iter().map(|(_, label)| label).collect()
    }
}

fn text(s: &str) -> Value {
    Value::String(s.to_owned())
}

fn trap() -> Outcome {
    let frames = ["fraud_check::score", "exports::check"].map(str::to_owned).to_vec();
    Outcome::Trapped(Trap { message: "integer divide by zero".into(), frames })
}

fn denied(capability: Option<Capability>) -> Outcome {
    Outcome::Denied(Denial {
        interface: "wasi:random/random@0.2.0".into(),
        function: "get-random-bytes".into(),
        instances: vec!["shop".into()],
        capability,
    })
}

#[test]
fn every_outcome_is_said_in_a_word_and_a_sentence() {
    for (outcome, said) in [
        (Outcome::Returned(None), "ok: The function returned, without a value"),
        (Outcome::Returned(Some(Value::U8(1))), "ok: The function returned"),
        (Outcome::Returned(Some(Value::Result(Err(None)))), "err: The function returned an error"),
        (Outcome::Returned(Some(Value::Result(Ok(None)))), "ok: The function returned"),
        (trap(), "trap: integer divide by zero"),
        (
            denied(Some(Capability::Random)),
            "denied: shop called get-random-bytes of wasi:random/random@0.2.0, which is not granted",
        ),
        (denied(None), "denied: shop called get-random-bytes of wasi:random/random@0.2.0, which nothing provides"),
        (Outcome::LimitReached("256 MiB of memory".into()), "limit: 256 MiB of memory"),
        (Outcome::Cancelled, "cancelled: The call was cancelled"),
        (Outcome::Failed("no such export\u{202e}".into()), "failed: no such export\\u{202e}"),
        (Outcome::RunnerLost("killed by signal 9".into()), "runner lost: killed by signal 9"),
    ] {
        let bench = Bench::new(outcome);
        assert!(bench.0.harness.query_by_role_and_label(egui::Role::Status, said).is_some(), "{said}");
    }
}

#[test]
fn a_denied_call_leads_to_its_grant_or_import() {
    let mut bench = Bench::new(denied(Some(Capability::Random)));
    bench.click("Go to grant: random");
    assert_eq!(bench.0.harness.state().action, Some(Action::GoToGrant(Capability::Random)));
    let mut bench = Bench::new(denied(None));
    bench.click("Go to import");
    let wanted = Action::GoToImport { interface: "wasi:random/random@0.2.0".into(), instances: vec!["shop".into()] };
    assert_eq!(bench.0.harness.state().action, Some(wanted));
}

#[test]
fn a_backtrace_is_folded_until_it_is_asked_for() {
    let mut bench = Bench::new(trap());
    assert!(bench.has("integer divide by zero") && !bench.has("exports::check"));
    assert!(bench.has("In “fraud_check::score”. The instance is gone"), "the innermost frame is told at once");
    bench.click("Backtrace, 2 frames");
    assert!(bench.has("exports::check"));
    bench.click("Copy trap");
    assert_eq!(bench.0.harness.state().copied, ["integer divide by zero\nfraud_check::score\nexports::check"]);
}

#[test]
fn a_stub_that_traps_says_so_in_its_own_words() {
    for (frame, said) in [
        ("stub!the stub traps in [static]bag.parse", "The stub traps in “bag.parse”. The instance is gone"),
        ("stub!the stub traps at these arguments of book", "The stub traps at these arguments of “book”. The"),
    ] {
        let frames = vec![frame.to_owned()];
        let bench = Bench::new(Outcome::Trapped(Trap { frames, message: "unreachable".into() }));
        assert!(bench.has(said), "{said}");
    }
}

#[test]
fn a_value_is_a_tree_that_the_keyboard_folds() {
    let point = |x| Value::Record(vec![("x".into(), Value::S32(x)), ("name".into(), text("p"))]);
    let mut bench = Bench::returned(Value::List(vec![point(-1), point(2)]));
    let open = [
        "result: 2 items ",
        "result[0]: 2 fields ",
        "result[0].x: -1",
        "result[0].name: \"p\"",
        "result[1]: 2 fields ",
        "result[1].x: 2",
        "result[1].name: \"p\"",
    ];
    assert_eq!(bench.rows(), open);
    bench.click("result[0]: 2 fields ");
    assert_eq!(bench.rows()[1..3], ["result[0]: {x: -1, name: \"p\"}", "result[1]: 2 fields "]);
    bench.press(Key::ArrowRight);
    assert_eq!(bench.rows(), open);
    bench.press(Key::ArrowDown);
    assert!(bench.0.harness.get_by_label("result[0].x: -1").is_focused());
    bench.press(Key::ArrowUp);
    bench.press(Key::ArrowLeft);
    assert_eq!(bench.rows().len(), 5);
}

#[test]
fn tree_wave_and_json_are_copied_whole() {
    let value = Value::Tuple(vec![text("a \"b\"\n"), Value::Bytes(vec![1, 2]), Value::F64(-0.0)]);
    let mut bench = Bench::returned(value.clone());
    bench.click("Copy WAVE");
    bench.click("JSON");
    bench.click("Copy JSON");
    let copied = &bench.0.harness.state().copied;
    assert_eq!(serde_json::from_str::<serde_json::Value>(&copied[1]).unwrap(), crate::value::to_json(&value));
    let wat = r#"(component (type $t (tuple string (list u8) float64)) (import "f" (func (param "x" $t))))"#;
    let component = decode("t.wasm", wat::parse_str(wat).unwrap().into());
    let crate::component::Item::Function(f) = &component.imports[0].item else { panic!("a function") };
    let ty: TypeRef = component.type_ref(f.params[0].ty);
    assert_eq!(parse_wave(&copied[0], &ty), Ok(value));
}

#[test]
fn one_part_is_copied_from_its_row() {
    let mut bench = Bench::returned(Value::List(vec![text("a"), text("b")]));
    bench.click("result[1]: \"b\"");
    bench.click("Copy result[1]");
    assert_eq!(bench.0.harness.state().copied, ["\"b\""]);
}

#[test]
fn a_million_items_scroll_without_a_row_for_each() {
    let mut bench = Bench::returned(Value::List((0..1_000_000).map(Value::U32).collect()));
    assert!(bench.rows().len() < 60);
    assert_eq!(bench.rows()[1], "result[0]: 0");
    let middle = bench.0.harness.get_by_label("result[5]: 5").rect().center();
    bench.0.harness.hover_at(middle);
    bench.0.harness.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: egui::vec2(0.0, -1e9),
        modifiers: Modifiers::NONE,
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Trackpad,
    });
    bench.0.harness.run_steps(60);
    assert_eq!(bench.rows().last().unwrap(), "result[999999]: 999999");
    assert!(bench.rows().len() < 60);
    bench.click("WAVE");
    assert!(bench.has("Shortened to the first"));
}

#[test]
fn a_long_text_is_shown_to_four_kibibytes_with_its_length() {
    let mut bench = Bench::returned(Value::Tuple(vec![text(&"ä".repeat(100_000)), Value::U8(0)]));
    let row = bench.rows()[1].clone();
    assert!(row.starts_with("result[0]: 195 KiB") && row.len() < 500, "{row}");
    bench.click(&row);
    assert!(bench.has("result[0]: the first 4.0 KiB of 195 KiB"));
}

#[test]
fn another_result_starts_anew() {
    let mut bench = Bench::returned(Value::Tuple(vec![Value::U8(1)]));
    bench.click("WAVE");
    let state = &mut bench.0.harness.state_mut().state;
    state.result = Some(0);
    assert!(state.wave.is_some());
    bench.0.harness.state_mut().outcome = Outcome::Returned(Some(Value::Tuple(vec![Value::U8(2)])));
    bench.0.harness.run();
    assert!(bench.has("(2)"));
}

#[test]
fn output_is_two_blocks_of_lines() {
    let show = |ui: &mut Ui, state: &mut OutputState| {
        output(ui, state, 1, "one\ntwo\n", "bad \u{1b}[31mred", 2048);
    };
    let mut stage = Stage::new([500.0, 400.0], Theme::Light, OutputState::default(), show);
    stage.harness.run();
    for words in ["2 lines, 8 B", "two", "1 line, 12 B", "bad \\u{1b}[31mred", "2.0 KiB more were dropped"] {
        assert!(stage.harness.query_all_by_label_contains(words).next().is_some(), "{words}");
    }
    let lone = |text: &str| {
        let mut lines = output::Lines::default();
        text.char_indices().for_each(|(i, _)| lines.update(&text[..i]));
        lines.update(text);
        lines.count()
    };
    assert_eq!(["", "a", "a\n", "a\n\n", "a\nb"].map(lone), [0, 1, 1, 2, 2]);
}
