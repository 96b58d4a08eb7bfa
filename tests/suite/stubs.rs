//! Stubs in a session: rules, recorded answers, and what is part of the composed file.

use crate::desk::{Desk, Room};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use wirebench::call::Outcome;
use wirebench::component::{Digest, decode};
use wirebench::compose::{Answer, Behavior, Condition, Edit, Port, Rule, inside};
use wirebench::project::{Clip, Target, load, save};
use wirebench::session::{Change, Command, Selection};
use wirebench::value::to_wave;

const CHECK: &str = "techbytes:payments/fraud-check";
const STUB: &str = "stub-fraud-check";
const ORDER: &str = "place(\"ann\", [{sku: \"tea\", quantity: 1, unit-cents: 250}])";

fn import() -> Port {
    Port::new("checkout-rust", CHECK)
}

/// A checkout with a stub for its fraud check.
fn stubbed(desk: &mut Desk) {
    desk.place("checkout-rust.wasm", [520.0, 60.0]);
    desk.apply(Command::AddStub { port: import(), at: [80.0, 60.0] });
    assert_eq!(desk.names(), ["checkout-rust", STUB], "{}", desk.said());
}

fn decision(allowed: bool, reason: &str) -> Answer<String> {
    Answer::Fixed(Some(format!("{{allowed: {allowed}, score: 1, reason: \"{reason}\"}}")))
}

fn rule(when: &[(&str, &str)], answer: Answer<String>) -> Rule<String> {
    let when = when.iter().map(|(p, v)| Condition { parameter: (*p).to_owned(), equals: (*v).to_owned() });
    Rule { when: when.collect(), answer }
}

fn says(rules: Vec<Rule<String>>, otherwise: Answer<String>) -> BTreeMap<String, Behavior<String>> {
    [("check".to_owned(), Behavior { rules, otherwise, recorded: false })].into()
}

fn edit(desk: &mut Desk, functions: BTreeMap<String, Behavior<String>>) {
    desk.apply(Command::EditStub { instance: STUB.into(), functions });
}

fn rules(desk: &Desk) -> Vec<Rule<String>> {
    desk.session.stub_of(STUB).and_then(|of| of.functions.get("check")).map(|b| b.rules.clone()).unwrap_or_default()
}

#[test]
fn every_edit_of_a_rule_is_a_step_and_typing_one_value_is_one() {
    for room in [Room::default(), Room::with_threads()] {
        let mut desk = Desk::in_room(Arc::new(room));
        stubbed(&mut desk);
        let (ann, bob) = (("user-id", "\"ann\""), ("user-id", "\"bob\""));
        let edits = [
            says(vec![rule(&[ann], Answer::Trap)], Answer::Trap),
            says(vec![rule(&[ann, ("amount-cents", "0")], Answer::Trap)], Answer::Trap),
            says(vec![rule(&[ann, ("amount-cents", "0")], decision(true, ""))], Answer::Trap),
            says(vec![rule(&[ann, ("amount-cents", "250")], decision(true, ""))], Answer::Trap),
            says(
                vec![rule(&[ann, ("amount-cents", "250")], decision(true, "")), rule(&[bob], Answer::Trap)],
                Answer::Trap,
            ),
            says(
                vec![rule(&[bob], Answer::Trap), rule(&[ann, ("amount-cents", "250")], decision(true, ""))],
                Answer::Trap,
            ),
            says(vec![rule(&[ann, ("amount-cents", "250")], decision(true, ""))], Answer::Trap),
        ];
        // All at once, as fast as they can be asked for: none is lost, and none takes the place of another.
        for functions in &edits {
            desk.session.apply(Command::EditStub { instance: STUB.into(), functions: functions.clone() });
        }
        desk.finish();
        assert_eq!(rules(&desk), edits[6]["check"].rules, "{}", desk.said());
        let typed =
            |reason: &str| says(vec![rule(&[ann, ("amount-cents", "250")], decision(true, reason))], Answer::Trap);
        for reason in ["y", "ye", "yes"] {
            desk.session.apply(Command::EditStub { instance: STUB.into(), functions: typed(reason) });
        }
        desk.finish();
        assert_eq!(rules(&desk), typed("yes")["check"].rules);
        assert_eq!(desk.value(Target::Composition, ORDER).map(|v| to_wave(&v).starts_with("ok(")), Some(true));
        for functions in edits.iter().rev() {
            desk.apply(Command::Undo);
            assert_eq!(rules(&desk), functions["check"].rules);
        }
        desk.apply(Command::Undo);
        assert_eq!(rules(&desk), []);
        assert_eq!(desk.session.undo_label(), Some("Add stub for techbytes:payments/fraud-check"));
    }
}

#[test]
fn all_open_imports_get_stubs_as_one_step() {
    let mut desk = Desk::new();
    desk.place("checkout-rust.wasm", [520.0, 60.0]);
    desk.place("ledger-rust.wasm", [520.0, 400.0]);
    let before = desk.session.document().clone();
    assert_eq!(desk.session.open_imports("checkout-rust"), [import()]);
    assert_eq!(desk.session.open_imports("ledger-rust"), [], "what comes from the host is no open import");
    desk.apply(Command::StubAll(desk.names()));
    assert_eq!(desk.session.undo_label(), Some("Stub the open imports of all instances"));
    assert_eq!(desk.session.document().composition.wires.get(&import()), Some(&Port::new(STUB, CHECK)));
    assert_eq!(*desk.session.selection(), Selection::Instances(vec![STUB.into()]));
    assert_eq!(desk.session.document().layout[STUB], [200.0, 60.0], "left of its consumer");
    desk.apply(Command::Undo);
    assert_eq!(*desk.session.document(), before);
    desk.apply(Command::Redo);
    desk.apply(Command::StubAll(vec!["checkout-rust".into()]));
    assert!(desk.said().contains("No import of checkout-rust needs a provider"), "{}", desk.said());
}

#[test]
fn a_provider_is_replaced_by_its_recorded_answers() {
    let mut desk = Desk::new();
    let provider = desk.place("fraud-check-rust.wasm", [80.0, 60.0]);
    desk.place("checkout-rust.wasm", [520.0, 60.0]);
    desk.connect((&provider, CHECK), ("checkout-rust", CHECK));
    desk.apply(Command::StubRecorded(import()));
    assert!(
        desk.said().contains("There are no recorded answers for techbytes:payments/fraud-check"),
        "{}",
        desk.said()
    );
    let digest = desk.session.document().composition.instances[&provider].component;
    let target = Target::Component(digest);
    let calls = ["check(\"ann\", 250)", "check(\"mallory\", 250)", "check(\"ann\", 99900000)", "check(\"ann\", 250)"];
    let answers: Vec<_> = calls.iter().map(|call| desk.value(target, call).unwrap()).collect();
    // Another component of the same interface was called, too: its answers are not this provider's.
    let other = desk.open("fraud-check-c.wasm");
    desk.value(Target::Component(other), "check(\"zoë\", 1)");
    assert_eq!(desk.session.recorded_calls(&import()), 4);
    let order = desk.value(Target::Composition, ORDER);
    let before = desk.session.document().clone();

    desk.apply(Command::StubRecorded(import()));
    assert_eq!(desk.names(), ["checkout-rust", STUB], "the provider goes: {}", desk.said());
    assert_eq!(desk.session.document().layout[STUB], [80.0, 60.0]);
    let texts: Vec<_> = rules(&desk).into_iter().map(|r| (r.when.len(), r.answer)).collect();
    let wanted: Vec<_> = answers[..3].iter().map(|v| (2, Answer::Fixed(Some(to_wave(v))))).collect();
    assert_eq!(texts, wanted);
    assert_eq!(desk.value(Target::Composition, ORDER), order);
    let dear = "place(\"ann\", [{sku: \"tea\", quantity: 1, unit-cents: 251}])";
    assert!(
        matches!(desk.call(Target::Composition, dear).outcome(), Some(Outcome::Trapped(_))),
        "it was never asked for"
    );
    desk.apply(Command::Undo);
    assert_eq!(*desk.session.document(), before);

    // A provider that something else uses stays.
    desk.edit(Edit::Export { from: Port::new(&provider, CHECK), name: CHECK.into() });
    desk.apply(Command::StubRecorded(import()));
    assert_eq!(desk.names(), ["checkout-rust", &provider, STUB]);
    // The answers of whatever exports it can be added; a rule for the same is not there twice.
    edit(&mut desk, says(vec![rule(&[("user-id", "\"ann\"")], Answer::Trap)], decision(false, "none")));
    desk.apply(Command::AddRecorded { instance: STUB.into() });
    desk.apply(Command::AddRecorded { instance: STUB.into() });
    assert_eq!(rules(&desk).len(), 5, "{:?}", rules(&desk));
}

#[test]
fn what_crossed_a_tapped_wire_is_an_answer() {
    let mut desk = Desk::new();
    let provider = desk.place("fraud-check-rust.wasm", [80.0, 60.0]);
    desk.place("checkout-rust.wasm", [520.0, 60.0]);
    desk.connect((&provider, CHECK), ("checkout-rust", CHECK));
    desk.edit(Edit::Tap { to: import(), on: true });
    let before = desk.value(Target::Composition, ORDER);
    assert_eq!(desk.session.recorded_calls(&import()), 1, "{}", desk.said());
    desk.apply(Command::StubRecorded(import()));
    assert_eq!(desk.names(), ["checkout-rust", STUB], "{}", desk.said());
    assert_eq!(rules(&desk).iter().map(|r| r.when.len()).collect::<Vec<_>>(), [2]);
    assert_eq!(desk.value(Target::Composition, ORDER), before);
}

#[test]
fn what_cannot_be_recorded_is_said() {
    let mut desk = Desk::new();
    let toolbox = desk.open("toolbox-rust.wasm");
    let target = Target::Component(toolbox);
    let counter = desk.call(target, "[constructor]counter(\"apples\", 5)");
    assert!(matches!(counter.outcome(), Some(Outcome::Returned(Some(_)))), "{:?}", counter.outcome());
    let component = desk.component(&target);
    let interface = counter.interface.clone().unwrap();
    desk.apply(Command::OpenBytes("consumer.wasm".into(), consumer_of(&component, &interface).into()));
    let digest = desk.session.library().values().find(|c| c.name == "consumer").unwrap().digest;
    desk.change(Change::Place { component: digest, at: [0.0, 0.0], connect: None });
    desk.apply(Command::StubRecorded(Port::new("consumer", &interface)));
    let said = desk.said();
    assert!(
        said.contains(
            "1 call of `[constructor]counter` is left out: handles, streams and futures live in one run only"
        ),
        "{said}"
    );
    assert_eq!(desk.names(), ["consumer"]);
}

/// A component that imports what another exports, and does nothing with it.
fn consumer_of(component: &wirebench::component::Component, interface: &str) -> Vec<u8> {
    use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
    use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve};
    let mut resolve = Resolve::default();
    resolve.push_str("all.wit", component.wit()).unwrap();
    let text = format!("package test:consumer; world consumer {{ import {interface}; export run: func(); }}");
    let package = resolve.push_str("consumer.wit", &text).unwrap();
    let world = resolve.select_world(&[package], None).unwrap();
    let mut module = dummy_module(&resolve, world, ManglingAndAbi::Legacy(LiftLowerAbi::Sync));
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default().module(&module).unwrap().encode().unwrap()
}

#[test]
fn a_stub_that_is_no_part_of_the_file_answers_here_and_stays_open_there() {
    let room: Arc<Room> = Arc::default();
    let mut desk = Desk::in_room(Arc::clone(&room));
    stubbed(&mut desk);
    edit(&mut desk, says(Vec::new(), decision(true, "")));
    let out = PathBuf::from("/out/app.wasm");
    let imports = |room: &Room, out: &Path| -> Vec<String> {
        let component = decode("app.wasm", room.memory.get(out).unwrap().into());
        assert!(component.diagnostics.is_empty(), "{:?}", component.diagnostics);
        assert_eq!(component.exports.iter().map(|e| &e.name).collect::<Vec<_>>(), ["techbytes:orders/checkout"]);
        component.imports.iter().filter(|i| !i.is_host()).map(|i| i.name.clone()).collect()
    };
    desk.apply(Command::ComposeTo(out.clone()));
    assert_eq!(imports(&room, &out), [""; 0], "{}", desk.said());

    desk.change(Change::EmbedStub { instance: STUB.into(), embedded: false });
    assert_eq!(desk.session.undo_label(), Some("Leave stub-fraud-check out of the composed file"));
    assert!(desk.session.is_dirty());
    assert_eq!(desk.session.left_out(), [STUB.to_owned()].into());
    assert!(desk.value(Target::Composition, ORDER).is_some());
    let less = PathBuf::from("/out/less.wasm");
    desk.apply(Command::ComposeTo(less.clone()));
    assert_eq!(imports(&room, &less), [CHECK], "{}", desk.said());
    let said = desk.said();
    assert!(said.contains("without stub-fraud-check, so techbytes:payments/fraud-check stays open"), "{said}");

    // It is kept in the file, follows the name, is copied, and can be undone.
    let path = PathBuf::from("/projects/app.wirebench.json");
    desk.apply(Command::SaveProject(path.clone()));
    let mut again = Desk::in_room(Arc::clone(&room));
    again.apply(Command::Open(vec![path]));
    assert_eq!(again.session.document().left_out, [STUB.to_owned()].into());
    desk.edit(Edit::Rename { from: STUB.into(), to: "fake".into() });
    desk.change(Change::Duplicate(vec!["fake".into()]));
    assert_eq!(desk.session.document().left_out, ["fake".to_owned(), "fake-2".into()].into());
    let clip = Clip::of(desk.session.document(), &["fake-2".into()]);
    desk.change(Change::Cut(vec!["fake-2".into()]));
    assert_eq!(desk.session.document().left_out, ["fake".to_owned()].into());
    desk.change(Change::Paste(clip));
    assert_eq!(desk.session.document().left_out, ["fake".to_owned(), "fake-2".into()].into());
    for _ in 0..5 {
        desk.apply(Command::Undo);
    }
    assert_eq!(desk.session.document().left_out, [].into());
    desk.change(Change::EmbedStub { instance: "checkout-rust".into(), embedded: false });
    assert_eq!(desk.session.document().left_out, [].into(), "what is no stub is always part of it");

    // What is no stub cannot be left out by a file either.
    let folder = Path::new("/projects");
    let text = String::from_utf8(save(desk.session.document(), folder)).unwrap();
    let mut file: serde_json::Value = serde_json::from_str(&text).unwrap();
    for (value, why) in [(true.into(), "checkout-rust is no stub"), ("yes".into(), "is not true or false")] {
        file["instances"][0]["left_out"] = value;
        let loaded = load(&serde_json::to_vec(&file).unwrap(), folder).unwrap();
        assert!(loaded.document.left_out.is_empty());
        assert!(loaded.warnings.iter().any(|w| w.message.contains(why)), "{:?}", loaded.warnings);
    }

    // A stub alone: nothing would be left.
    desk.change(Change::EmbedStub { instance: STUB.into(), embedded: false });
    desk.edit(Edit::Export { from: Port::new(STUB, CHECK), name: CHECK.into() });
    desk.apply(Command::ComposeTo("/out/none.wasm".into()));
    assert!(desk.said().contains("the stubs that are left out are all that it would export"), "{}", desk.said());
}

#[test]
fn old_rules_load_and_unknown_keys_of_a_stub_stay() {
    let room: Arc<Room> = Arc::default();
    let mut desk = Desk::in_room(Arc::clone(&room));
    stubbed(&mut desk);
    let one = rule(&[("amount-cents", "13")], Answer::Trap);
    let two = rule(&[("user-id", "\"ann\""), ("amount-cents", "5")], decision(true, "two"));
    let any = rule(&[], decision(false, "any"));
    edit(&mut desk, says(vec![one.clone(), two.clone(), any], decision(false, "")));
    let folder = Path::new("/projects");
    let bytes = save(desk.session.document(), folder);
    let text = String::from_utf8(bytes.clone()).unwrap();
    let mut file: serde_json::Value = serde_json::from_str(&text).unwrap();
    let loaded = load(&bytes, folder).unwrap();
    assert_eq!(loaded.document.components, desk.session.document().components);

    let at = file["components"].as_array().unwrap().iter().position(|c| c.get("stub").is_some()).unwrap();
    let stub = &mut file["components"][at]["stub"];
    let first = &stub["functions"][0]["rules"][0];
    assert_eq!(*first, serde_json::json!({"equals": "13", "parameter": "amount-cents"}), "as it always was");
    for place in
        ["", "/functions/0", "/functions/0/rules/0", "/functions/0/rules/1/when/1", "/functions/0/rules/1/answer"]
    {
        stub.pointer_mut(place).unwrap()["note"] = format!("of {place}").into();
    }
    stub["functions"][0]["answer"]["note"] = "otherwise".into();
    let path = folder.join("app.wirebench.json");
    room.memory.put(&path, serde_json::to_vec(&file).unwrap());
    let mut again = Desk::in_room(Arc::clone(&room));
    again.apply(Command::Open(vec![path.clone()]));
    assert_eq!(rules(&again).len(), 3, "{}", again.said());
    again.apply(Command::SaveProject(path.clone()));
    let saved: serde_json::Value = serde_json::from_slice(&room.memory.get(&path).unwrap()).unwrap();
    assert_eq!(saved["components"][at]["stub"], file["components"][at]["stub"]);
    // They stay with what they are of, whatever else is edited.
    edit(&mut again, says(vec![two, one], Answer::Trap));
    again.apply(Command::SaveProject(path.clone()));
    let saved: serde_json::Value = serde_json::from_slice(&room.memory.get(&path).unwrap()).unwrap();
    let stub = saved["components"].as_array().unwrap().iter().find_map(|c| c.get("stub")).unwrap();
    assert_eq!(stub["note"], "of ");
    assert_eq!(stub["functions"][0]["rules"][1]["note"], "of /functions/0/rules/0");
    assert_eq!(stub["functions"][0]["rules"][0]["when"][1]["note"], "of /functions/0/rules/1/when/1");
    assert!(stub["functions"][0].get("answer").is_none());
}

/// Whoever opens the file sees what answers for real in it, and a copy of it says so too.
#[test]
fn a_composed_file_says_that_a_stub_answers_in_it_and_so_does_a_copy() {
    let mut desk = Desk::new();
    stubbed(&mut desk);
    edit(&mut desk, says(vec![rule(&[("user-id", "\"ann\"")], decision(true, ""))], Answer::Trap));
    let compose = |desk: &mut Desk| {
        desk.apply(Command::ComposeTo("/out/shop.wasm".into()));
        desk.room.memory.get("/out/shop.wasm").unwrap_or_else(|| panic!("{}", desk.said()))
    };
    let told = |bytes: &[u8]| {
        let inside = inside(&decode("shop.wasm", bytes.into()));
        assert_eq!(inside.claim.as_ref().map(|c| c.differences().len()), Some(0), "{:?}", inside.claim);
        [STUB, "checkout-rust"].map(|name| inside.node(name).and_then(|node| node.said.text()).unwrap_or_default())
    };
    let bytes = compose(&mut desk);
    let stands_in =
        format!("says it is a stub for {CHECK}: check answers by 1 rule, or traps; what is not named traps");
    assert_eq!(told(&bytes), [stands_in.as_str(), "answers for real, says the record"]);
    let page = wirebench::sheet::sheet(&decode("shop.wasm", bytes.clone().into()));
    assert!(page.contains(&stands_in) && page.contains("This is the file's own claim"), "{page}");
    // As a project of its own, saved and opened again.
    let mut copy = Desk::new();
    copy.room.memory.put("/files/shop.wasm", bytes.clone());
    copy.apply(Command::Open(vec!["/files/shop.wasm".into()]));
    // That the stub was looked at by itself before changes nothing.
    let whole = inside(&decode("shop.wasm", bytes.clone().into()));
    let path = whole.node(STUB).and_then(|node| node.part.clone()).unwrap();
    copy.apply(Command::OpenPart(Digest::of(&bytes), path));
    assert_eq!(copy.session.library().len(), 2, "{}", copy.said());
    copy.apply(Command::EditCopy(Digest::of(&bytes)));
    copy.apply(Command::SaveProject("/files/copy.wirebench.json".into()));
    let mut again = Desk::in_room(Arc::clone(&copy.room));
    again.apply(Command::Open(vec!["/files/copy.wirebench.json".into()]));
    for desk in [&mut copy, &mut again] {
        let stub = desk.session.document().composition.instances[STUB].component;
        assert_eq!(desk.session.opened(&stub).and_then(|o| o.badge()), Some("stub"), "{}", desk.said());
        assert_eq!(told(&compose(desk)), told(&bytes));
        // It is a stub as it was, and edited on as such.
        assert_eq!(rules(desk), [rule(&[("user-id", "\"ann\"")], decision(true, ""))]);
        edit(desk, says(Vec::new(), decision(false, "")));
        assert_eq!(rules(desk), []);
        let now = desk.session.composed().unwrap_or_else(|| panic!("{}", desk.said())).component.bytes.clone();
        assert!(told(&now)[0].contains("check always returns {allowed: false"), "{:?}", told(&now));
    }
}

/// Answers of recorded calls are told from others, until somebody edits them.
#[test]
fn recorded_answers_are_said_to_be_recorded() {
    let mut desk = Desk::new();
    stubbed(&mut desk);
    let recorded = Behavior { rules: vec![rule(&[], decision(true, ""))], otherwise: Answer::Trap, recorded: true };
    edit(&mut desk, [("check".to_owned(), recorded)].into());
    let said = |desk: &Desk| {
        let stub = desk.session.document().composition.instances[STUB].component;
        desk.session.opened(&stub).and_then(|o| o.stands_in.as_ref()).map(|s| s.text()).unwrap_or_default()
    };
    assert!(said(&desk).contains("1 rule, recorded calls among them"), "{}", said(&desk));
    // It is kept in the project.
    let document = desk.session.document();
    let loaded = load(&save(document, Path::new("/")), Path::new("/")).unwrap().document;
    assert_eq!(loaded.components, document.components);
}
