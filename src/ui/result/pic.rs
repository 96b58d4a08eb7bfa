use super::*;
use crate::ui::look::{Stage, both};
fn record() -> Value {
    let line = |sku: &str, n| Value::Record(vec![("sku".into(), Value::String(sku.into())), ("quantity".into(), Value::U32(n)), ("price".into(), Value::F64(9.5))]);
    Value::Record(vec![
        ("id".into(), Value::U64(18446744073709551615)),
        ("customer".into(), Value::String("Ada \u{202e}Lovelace".into())),
        ("lines".into(), Value::List(vec![line("A-1", 3), line("B-2", 1)])),
        ("pay".into(), Value::Variant("card".into(), Some(Box::new(Value::String("4111".into()))))),
        ("note".into(), Value::Option(None)),
        ("flags".into(), Value::Flags(vec!["read".into(), "exec".into()])),
        ("counter".into(), Value::Handle(crate::value::Handle { number: 3, generation: 1, resource: "counter".into() })),
        ("scores".into(), Value::List((0..200).map(|i| Value::S32(i * 7)).collect())),
        ("blob".into(), Value::Bytes((0..90).collect())),
        ("text".into(), Value::String("Lorem ipsum dolor sit amet, consectetur adipiscing elit. ".repeat(200))),
    ])
}
#[test]
fn pictures() {
    let trap = Outcome::Trapped(Trap { message: "wasm trap: integer divide by zero".into(), frames: vec!["fraud_check::score".into(), "exports::check".into()] });
    let denied = Outcome::Denied(Denial { interface: "wasi:random/random@0.2.0".into(), function: "get-random-bytes".into(), instances: vec!["shop".into()], capability: Some(Capability::Random) });
    let cases = [
        ("record", Outcome::Returned(Some(record())), 0), ("wave", Outcome::Returned(Some(record())), 1), ("json", Outcome::Returned(Some(record())), 2),
        ("err", Outcome::Returned(Some(Value::Result(Err(Some(Box::new(Value::String("no stock".into()))))))), 0),
        ("trap", trap, 0), ("denied", denied, 0), ("limit", Outcome::LimitReached("memory: 256 MiB".into()), 0), ("cancelled", Outcome::Cancelled, 0),
    ];
    for (name, outcome, view) in &cases {
        both(|choice, theme| {
            let state = (ResultState { view: *view, backtrace_open: true, ..Default::default() }, OutputState::default());
            let mut stage = Stage::scaled([620.0, 700.0], 1.0, choice, state, |ui, state: &mut (ResultState, OutputState)| {
                egui::CentralPanel::default().show(ui, |ui| {
                    state.0.result = Some(1);
                    if *name == "record" && state.0.tree_selected_none() { state.0.tree_select(vec![9]); }
                    if *name == "limit" { output(ui, &mut state.1, 1, "hello\nworld\n", "warn: \u{1b}[31mred\n", 70000); }
                    show(ui, &mut state.0, 1, outcome)
                });
            });
            stage.harness.run();
            stage.picture(&format!("result-{name}-{theme}"));
        });
    }
}
impl ResultState { fn tree_selected_none(&self) -> bool { self.tree.selected.is_none() } fn tree_select(&mut self, p: Vec<usize>) { self.tree.selected = Some(p) } }
