use super::*;
use crate::component::{FunctionKind, Label as Case, Type, TypeDef, TypeId, TypeKind, TypeTable, decode};
use crate::project::Theme;
use crate::ui::look::Stage;
use crate::value::default_value;
use egui::{Key, Modifiers, ScrollArea};
use egui_kittest::kittest::{NodeT, Queryable};

const API: &str = "a:b/api@1.0.0";

const WIT: &str = "package a:b@1.0.0;
interface api {
  record line { sku: string, quantity: u32, price: f64 }
  variant payment { card(string), invoice(line), cash }
  enum color { red, orange, yellow, green, blue, indigo, violet }
  flags perms { read, write, exec }
  resource counter { constructor(start: u32); increment: func(by: option<u32>) -> u32; }
  open: func(name: string) -> result<counter, string>;
  order: func(customer: string, age: u8, cart: list<line>, express: bool, note: option<string>, pay: payment,
    tint: color, may: perms, mark: char, weight: f32, data: list<u8>, pair: tuple<s8, s64>,
    outcome: result<u32, string>) -> u32;
  take: func(c: counter) -> u32;
  numbers: func(a: s8, b: u64, c: f32) -> u32;
  names: func(names: list<string>) -> u32;
  nothing: func();
}
world w { export api; }";

/// A component without code that exports this world.
fn component(wit: &str) -> Arc<Component> {
    use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
    use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve};
    let mut resolve = Resolve::default();
    let package = resolve.push_str("test.wit", wit).unwrap();
    let world = resolve.select_world(&[package], None).unwrap();
    let mut module = dummy_module(&resolve, world, ManglingAndAbi::Legacy(LiftLowerAbi::Sync));
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    let bytes = ComponentEncoder::default().module(&module).unwrap().encode().unwrap();
    Arc::new(decode("test.wasm", bytes.into()))
}

struct Desk {
    form: FormState,
    handles: Vec<Handle>,
    outcome: Option<FormOutcome>,
    submitted: usize,
    go_to: Option<Source>,
}

struct Bench(Stage<'static, Desk>);

impl Bench {
    fn new(function: &str) -> Self {
        Self::of(&component(WIT), API, function)
    }

    fn of(component: &Arc<Component>, interface: &str, function: &str) -> Self {
        let found = component.function(Some(interface), function).unwrap();
        Self::with(FormState::new(component, Some(interface), found, None))
    }

    /// A form for one parameter `x` of the last of these types.
    fn of_type(kinds: impl IntoIterator<Item = TypeKind>) -> Self {
        let mut component = Component::clone(&component(WIT));
        let defs: Vec<_> = kinds
            .into_iter()
            .map(|kind| TypeDef { name: None, owner: None, docs: None, stability: None, kind })
            .collect();
        let ty = Type::Def(TypeId(defs.len() as u32 - 1));
        component.types = Arc::new(TypeTable { defs });
        component.exports.clear();
        let function = Function {
            name: "f".into(),
            docs: None,
            stability: None,
            kind: FunctionKind::Freestanding,
            is_async: false,
            params: vec![Param { name: "x".into(), ty }],
            result: None,
        };
        Self::with(FormState::new(&Arc::new(component), None, &function, None))
    }

    fn with(form: FormState) -> Self {
        let desk = Desk { form, handles: Vec::new(), outcome: None, submitted: 0, go_to: None };
        let mut bench = Self(Stage::new([760.0, 1400.0], Theme::Dark, desk, |ui, desk: &mut Desk| {
            ScrollArea::vertical().show(ui, |ui| {
                let outcome = show(ui, &mut desk.form, &desk.handles);
                desk.submitted += usize::from(outcome.submit);
                desk.go_to = outcome.go_to.clone().or(desk.go_to.take());
                desk.outcome = Some(outcome);
            });
        }));
        bench.run();
        bench
    }

    fn run(&mut self) {
        self.0.harness.run();
    }

    fn click(&mut self, name: &str) {
        self.0.harness.get_by_label(name).click();
        self.run();
    }

    fn focus(&mut self, name: &str) {
        self.0.harness.get_by_label(name).focus();
        self.run();
    }

    /// Replaces the text of a field.
    fn fill(&mut self, name: &str, text: &str) {
        self.focus(name);
        self.press(Modifiers::COMMAND, Key::A);
        match text {
            "" => self.press(Modifiers::NONE, Key::Backspace),
            _ => {
                self.0.harness.get_by_label(name).type_text(text);
                self.run();
            }
        }
    }

    fn press(&mut self, modifiers: Modifiers, key: Key) {
        self.0.harness.key_press_modifiers(modifiers, key);
        self.run();
    }

    fn has(&self, name: &str) -> bool {
        self.0.harness.query_by_label(name).is_some()
    }

    fn has_words(&self, words: &str) -> bool {
        self.0.harness.query_all_by_label_contains(words).next().is_some()
    }

    fn value(&self, name: &str) -> String {
        self.0.harness.get_by_label(name).value().unwrap()
    }

    fn is_focused(&self, name: &str) -> bool {
        self.0.harness.get_by_label(name).is_focused()
    }

    fn outcome(&self) -> &FormOutcome {
        self.0.harness.state().outcome.as_ref().unwrap()
    }

    /// The argument with this number as WAVE.
    fn wave(&self, argument: usize) -> String {
        self.0.harness.state().form.wave_arguments()[argument].clone()
    }
}

#[test]
fn every_type_starts_with_a_valid_default() {
    let component = component(WIT);
    let bench = Bench::of(&component, API, "order");
    assert_eq!((bench.outcome().valid, &bench.outcome().why_not), (true, &None));
    let function = component.function(Some(API), "order").unwrap();
    let defaults: Vec<_> = function.params.iter().map(|p| default_value(&component.type_ref(p.ty))).collect();
    assert_eq!(bench.0.harness.state().form.values(), Some(defaults));
    for name in ["customer", "age", "express", "note: some", "tint", "mark", "weight", "data", "pair[0]", "outcome.ok"]
    {
        assert!(bench.has(name), "no field is named {name}");
    }
    assert!(bench.has("may: write") && bench.has("pay: cash") && bench.has("Add item to cart"));
}

#[test]
fn a_number_is_checked_while_it_is_typed() {
    let mut bench = Bench::new("order");
    bench.fill("age", "300");
    assert!(bench.has_words("must be a whole number, 0 to 255"));
    assert_eq!(bench.outcome().why_not.as_deref(), Some("age: must be a whole number, 0 to 255"));
    assert_eq!(bench.0.harness.state().form.values(), None);
    bench.fill("age", "30");
    assert!(!bench.has_words("must be a whole number"));
    assert!(bench.outcome().valid);
    assert_eq!(bench.wave(1), "30");
    bench.fill("mark", "");
    assert!(bench.outcome().why_not.as_deref().unwrap().starts_with("mark: must be one character"));
}

#[test]
fn arrow_keys_step_a_number_and_stop_at_its_ends() {
    let mut bench = Bench::new("numbers");
    bench.fill("a", "126");
    bench.press(Modifiers::NONE, Key::ArrowUp);
    assert_eq!(bench.value("a"), "127");
    bench.press(Modifiers::NONE, Key::ArrowUp);
    assert_eq!(bench.value("a"), "127");
    bench.press(Modifiers::SHIFT, Key::ArrowDown);
    assert_eq!(bench.value("a"), "117");
    bench.fill("b", "18446744073709551615");
    bench.press(Modifiers::NONE, Key::ArrowDown);
    assert_eq!(bench.wave(1), "18446744073709551614");
    bench.focus("b");
    bench.fill("c", "1.5");
    bench.press(Modifiers::NONE, Key::ArrowUp);
    assert_eq!(bench.wave(2), "2.5");
}

#[test]
fn items_are_added_moved_and_removed() {
    let mut bench = Bench::new("names");
    bench.click("Add item to names");
    assert!(bench.is_focused("names[0]"), "a new item gets the focus");
    bench.fill("names[0]", "a");
    bench.click("Add item to names");
    bench.fill("names[1]", "b");
    bench.click("Move names[1] up");
    assert_eq!(bench.wave(0), r#"["b", "a"]"#);
    bench.focus("names[0]");
    bench.press(Modifiers::ALT, Key::ArrowDown);
    assert_eq!(bench.wave(0), r#"["a", "b"]"#);
    assert!(bench.is_focused("names[1]"), "the focus follows the item");
    bench.press(Modifiers::ALT, Key::ArrowDown);
    assert_eq!(bench.wave(0), r#"["a", "b"]"#, "the last item stays the last");
    bench.click("Remove names[0]");
    assert_eq!(bench.wave(0), r#"["b"]"#);
    assert!(!bench.has("names[1]"));
}

#[test]
fn items_are_added_and_removed_with_the_keyboard_alone() {
    let mut bench = Bench::new("names");
    bench.focus("Add item to names");
    bench.press(Modifiers::NONE, Key::Enter);
    assert!(bench.is_focused("names[0]"));
    let remove = "Remove names[0]";
    for _ in 0..8 {
        if bench.is_focused(remove) {
            break;
        }
        bench.press(Modifiers::NONE, Key::Tab);
    }
    bench.press(Modifiers::NONE, Key::Space);
    assert_eq!(bench.wave(0), "[]");
}

#[test]
fn a_variant_shows_the_payload_of_its_case_only() {
    let mut bench = Bench::new("order");
    assert!(bench.has("pay.card"));
    bench.fill("pay.card", "4111");
    bench.click("pay: invoice");
    assert!(bench.has("pay.invoice.quantity") && !bench.has("pay.card"));
    bench.click("pay: cash");
    assert!(!bench.has("pay.invoice.quantity"));
    assert_eq!(bench.wave(5), "cash");
    bench.click("pay: card");
    assert_eq!(bench.wave(5), r#"card("4111")"#, "what was typed for a case is kept");
}

#[test]
fn switches_flags_and_menus_choose() {
    let mut bench = Bench::new("order");
    bench.click("express");
    bench.click("may: read");
    bench.click("may: exec");
    bench.click("outcome: err");
    bench.fill("outcome.err", "no");
    bench.click("tint");
    bench.click("indigo");
    assert_eq!(
        [3, 7, 12, 6].map(|i| bench.wave(i)),
        ["true", "{read, exec}", r#"err("no")"#, "indigo"].map(str::to_owned)
    );
}

#[test]
fn an_option_is_switched_on_and_keeps_its_text() {
    let mut bench = Bench::new("order");
    assert!(!bench.has("note"));
    bench.click("note: some");
    bench.fill("note", "gift");
    assert_eq!(bench.wave(4), r#"some("gift")"#);
    bench.click("note: some");
    assert_eq!(bench.wave(4), "none");
    bench.click("note: some");
    assert_eq!(bench.wave(4), r#"some("gift")"#);
}

#[test]
fn bytes_are_typed_as_text_or_as_hexadecimal_digits() {
    let mut bench = Bench::new("order");
    bench.fill("data", "Hi");
    assert_eq!(bench.wave(10), "[72, 105]");
    bench.click("data as: hex");
    assert_eq!(bench.value("data"), "48 69");
    bench.fill("data", "fff");
    assert!(bench.has_words("the last byte has only one digit"));
    assert!(!bench.outcome().valid);
    bench.fill("data", "ff 00");
    assert!(bench.outcome().valid);
    assert_eq!(bench.wave(10), "[255, 0]");
}

#[test]
fn text_and_form_are_the_same_value() {
    let mut bench = Bench::new("numbers");
    bench.fill("a", "7");
    bench.click("Edit as: WAVE");
    assert_eq!(bench.value("Arguments as WAVE"), "(7, 0, 0)");
    bench.fill("Arguments as WAVE", "(-8, 9, 1.5)");
    assert!(bench.outcome().changed || bench.outcome().valid);
    bench.click("Edit as: Form");
    assert_eq!(["a", "b", "c"].map(|n| bench.value(n)), ["-8", "9", "1.5"].map(str::to_owned));
}

#[test]
fn invalid_text_keeps_the_last_valid_form_and_says_where() {
    let mut bench = Bench::new("numbers");
    bench.click("Edit as: WAVE");
    bench.fill("Arguments as WAVE", "(5,\n 900000000000000000000, 0)");
    let why = bench.outcome().why_not.clone().unwrap();
    assert!(why.starts_with("WAVE text, line 2, column 2:"), "{why}");
    assert!(bench.has_words("Line 2, column 2"));
    assert_eq!(bench.wave(0), "0");
    bench.click("Edit as: Form");
    assert_eq!(bench.value("a"), "0");
    assert!(bench.outcome().valid);
}

#[test]
fn the_keyboard_submits_from_any_field() {
    let mut bench = Bench::new("order");
    bench.focus("weight");
    bench.press(Modifiers::COMMAND, Key::Enter);
    assert_eq!(bench.0.harness.state().submitted, 1);
    bench.click("Edit customer in several lines");
    bench.focus("customer");
    bench.press(Modifiers::NONE, Key::Enter);
    bench.press(Modifiers::COMMAND, Key::Enter);
    assert_eq!(bench.0.harness.state().submitted, 2);
    assert_eq!(bench.wave(0), r#""\n""#, "submitting adds no line feed of its own");
}

#[test]
fn submitting_an_invalid_form_leads_to_the_wrong_field() {
    let mut bench = Bench::new("order");
    bench.click("Add item to cart");
    bench.fill("cart[0].quantity", "-1");
    bench.click("Fold cart");
    assert!(!bench.has("cart[0].quantity"));
    assert!(bench.has_words("must be a whole number"), "a folded field says what is wrong inside");
    bench.press(Modifiers::COMMAND, Key::Enter);
    assert!(bench.is_focused("cart[0].quantity"));
}

#[test]
fn a_missing_handle_names_the_functions_that_return_one() {
    let mut bench = Bench::new("take");
    let why = bench.outcome().why_not.clone().unwrap();
    assert_eq!(why, "c: no live counter; call a function that returns one: counter (constructor), open");
    bench.click("Go to open");
    let found = bench.0.harness.state().go_to.clone().unwrap();
    assert_eq!((found.interface.as_deref(), found.function.as_str()), (Some(API), "open"));
}

#[test]
fn a_live_handle_is_chosen_and_a_dead_one_refused() {
    let mut bench = Bench::new("take");
    let handle = |number| Handle { number, generation: 4, resource: "counter".into() };
    let other = Handle { resource: "file".into(), ..handle(2) };
    bench.0.harness.state_mut().handles = vec![handle(1), other, handle(3)];
    bench.run();
    bench.click("c");
    assert!(bench.has("counter#1") && !bench.has("file#2"));
    bench.click("counter#3");
    assert_eq!(bench.0.harness.state().form.values(), Some(vec![Value::Handle(handle(3))]));
    bench.0.harness.state_mut().handles.clear();
    bench.run();
    assert!(bench.outcome().why_not.as_deref().unwrap().contains("counter#3 does not live any more"));
}

#[test]
fn the_only_live_handle_is_borrowed_without_asking() {
    let mut bench = Bench::new("[method]counter.increment");
    assert!(!bench.outcome().valid);
    let handle = Handle { number: 1, generation: 1, resource: "counter".into() };
    bench.0.harness.state_mut().handles = vec![handle];
    bench.run();
    assert!(bench.outcome().valid);
    assert_eq!(bench.wave(0), "counter#1");
}

#[test]
fn saved_arguments_come_back_where_they_still_fit() {
    let component = component(WIT);
    let function = component.function(Some(API), "numbers").unwrap();
    let saved = ["5", "\"text\"", "2.5"].map(str::to_owned);
    let form = FormState::new(&component, Some(API), function, Some(&saved));
    assert_eq!(form.wave_arguments(), ["5", "0", "2.5"]);
}

#[test]
fn values_from_history_fill_the_form() {
    let mut bench = Bench::new("names");
    let names = |n: usize| Value::List((0..n).map(|i| Value::String(format!("n{i}"))).collect());
    bench.0.harness.state_mut().form.set_values(&[names(120)]);
    bench.run();
    assert_eq!(bench.value("names[0]"), "n0");
    assert!(bench.has("names[49]") && !bench.has("names[50]"), "many items are paged");
    bench.click("Next page of names");
    assert_eq!(bench.value("names[50]"), "n50");
    bench.0.harness.state_mut().form.set_values(&[Value::Bool(true)]);
    bench.run();
    assert_eq!(bench.0.harness.state().form.values(), Some(vec![names(120)]), "what does not fit changes nothing");
}

#[test]
fn a_function_without_parameters_can_run_at_once() {
    let bench = Bench::new("nothing");
    assert!(bench.outcome().valid && bench.has_words("No arguments"));
    assert_eq!(bench.0.harness.state().form.values(), Some(Vec::new()));
}

#[test]
fn types_that_double_at_every_level_open_only_as_far_as_they_are_shown() {
    let mut wit = "package a:b; interface api {\n  type t0 = u8;\n".to_owned();
    for i in 0..15 {
        wit += &format!("  type t{} = tuple<t{i}, t{i}>;\n", i + 1);
    }
    wit += "  f: func(x: t15) -> u8;\n}\nworld w { export api; }";
    let bench = Bench::of(&component(&wit), "a:b/api", "f");
    assert!(bench.outcome().valid);
    let shown = bench.0.harness.root().children_recursive().count();
    assert!(shown < 600, "{shown} nodes for one screen");
    assert!(bench.has("Unfold x[0][0][0][0]"));
    let values = bench.0.harness.state().form.values().unwrap();
    assert_eq!(to_wave(&values[0]).matches('0').count(), 1 << 15);
}

#[test]
fn a_list_of_a_million_items_is_paged() {
    let mut bench = Bench::new("names");
    let names = Value::List(vec![Value::String("x".into()); 1_000_000]);
    bench.0.harness.state_mut().form.set_values(&[names]);
    bench.run();
    let shown = bench.0.harness.root().children_recursive().count();
    assert!(shown < 600, "{shown} nodes for one page");
    bench.click("Edit as: WAVE");
    assert!(bench.has_words("too long to edit here"));
}

#[test]
fn hidden_characters_in_a_text_are_pointed_out() {
    let mut bench = Bench::new("names");
    bench.0.harness.state_mut().form.set_values(&[Value::List(vec![Value::String("a\u{202e}b".into())])]);
    bench.run();
    assert!(bench.has_words("Has characters that cannot be seen: a\\u{202e}b"));
}

#[test]
fn a_map_has_entries_with_different_keys() {
    let mut bench = Bench::of_type([TypeKind::Map(Type::String, Type::U32)]);
    bench.click("Add item to x");
    bench.fill("x[0].key", "a");
    bench.fill("x[0].value", "1");
    bench.click("Add item to x");
    bench.fill("x[1].key", "a");
    assert_eq!(bench.outcome().why_not.as_deref(), Some("x: entry [1] has the same key as one before it"));
    bench.fill("x[1].key", "b");
    assert!(bench.outcome().valid);
    bench.click("Move x[1].key up");
    let entry = |key: &str, value| (Value::String(key.into()), Value::U32(value));
    assert_eq!(bench.0.harness.state().form.values(), Some(vec![Value::Map(vec![entry("b", 0), entry("a", 1)])]));
}

#[test]
fn a_fixed_list_has_a_field_for_each_element_up_to_a_limit() {
    let mut bench = Bench::of_type([TypeKind::FixedList(Type::U8, 3)]);
    bench.fill("x[2]", "9");
    assert_eq!(bench.wave(0), "[0, 0, 9]");
    let bench = Bench::of_type([TypeKind::FixedList(Type::U8, 1 << 30)]);
    assert!(!bench.outcome().valid && bench.has_words("1073741824 elements are too many"));
}

#[test]
fn what_cannot_be_typed_in_is_said() {
    let bench = Bench::of_type([TypeKind::Stream(Some(Type::U8)), TypeKind::Option(Type::Def(TypeId(0)))]);
    assert!(bench.outcome().valid, "none is a value of it");
    let bench = Bench::of_type([TypeKind::Stream(Some(Type::U8))]);
    assert!(bench.has_words("A value of type stream<u8> cannot be typed in here yet"));
    assert!(!bench.outcome().valid);
}

#[test]
fn a_menu_of_many_cases_is_filtered() {
    let label = |i| Case { name: format!("case-{i}"), docs: None };
    let mut bench = Bench::of_type([TypeKind::Enum((0..1000).map(label).collect())]);
    bench.click("x");
    assert!(bench.has("case-1") && !bench.has("case-500"), "only visible cases are drawn");
    bench.fill("Filter the cases of x", "e-777");
    assert!(bench.has("case-777") && !bench.has("case-1"));
    bench.click("case-777");
    assert_eq!(bench.wave(0), "case-777");
}
