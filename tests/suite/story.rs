//! The payments story: an order asks whatever fraud check is wired to it, and gets the same answer.

use crate::desk::{Desk, grants};
use crate::samples::{call_of, list_of, str_of};
use crate::support::{sample, sample_bytes};
use serde_json::json;
use std::path::{Path, PathBuf};
use wirebench::call::Outcome;
use wirebench::component::{Digest, features};
use wirebench::compose::{Edit, Port};
use wirebench::diag::Severity;
use wirebench::project::Target;
use wirebench::session::{Change, Command};
use wirebench::value::parse_wave;

const CHECK: &str = "techbytes:payments/fraud-check";
const ORDERS: &str = "techbytes:orders/checkout";

/// Places both, draws the wire, and gives the composition what this language's runtime asks for.
fn wired(fraud_check: &str, words: serde_json::Value) -> Desk {
    let mut desk = Desk::new();
    let provider = desk.place(fraud_check, [80.0, 60.0]);
    let checkout = desk.place("checkout-rust.wasm", [520.0, 60.0]);
    let problem = desk.session.problems().iter().find(|p| p.message.contains("fraud-check"));
    assert!(problem.is_some(), "an open import is not mentioned: {:?}", desk.session.problems());
    desk.connect((&provider, CHECK), (&checkout, CHECK));
    let wires = &desk.session.document().composition.wires;
    assert_eq!(wires.get(&Port::new(&checkout, CHECK)), Some(&Port::new(&provider, CHECK)), "{}", desk.said());
    let errors = desk.session.problems().iter().filter(|p| p.severity == Severity::Error).count();
    assert_eq!(errors, 0, "{:?}", desk.session.problems());
    desk.change(Change::Grant(Target::Composition, grants(&words, Path::new("/"))));
    desk
}

/// The listed calls of an order with this fraud check, and their answers. Where none are listed, those with the one in
/// Rust: that is the story.
fn answers(fraud_check: &str) -> Vec<(String, String)> {
    let of = |file: &str| {
        let wired = format!("samples/components/{file}");
        let calls = list_of("calls.json").into_iter().filter(|call| call["with"][CHECK] == wired.as_str());
        calls.map(|call| (call_of(&call), str_of(&call, "expect").to_owned())).collect::<Vec<_>>()
    };
    let own = of(fraud_check);
    if own.is_empty() { of("fraud-check-rust.wasm") } else { own }
}

/// An order, and its answer.
const TEA: (&str, &str) = (
    r#"place("alice", [{sku: "tea", quantity: 3, unit-cents: 450}])"#,
    r#"ok({total-cents: 1350, note: "1 line(s); user alice: risk 0 is under the limit"})"#,
);

fn tell(fraud_check: &str, words: serde_json::Value) {
    let mut desk = wired(fraud_check, words);
    let composed = desk.component(&Target::Composition);
    wasmparser::Validator::new_with_features(features()).validate_all(&composed.bytes).expect(fraud_check);
    let foreign: Vec<_> = composed.imports.iter().filter(|i| !i.name.starts_with("wasi:")).collect();
    assert!(foreign.is_empty(), "{fraud_check}: {foreign:?}");
    let place = composed.function(Some(ORDERS), "place").expect("the order's function");
    let ty = composed.type_ref(place.result.expect("a result"));
    let answers = answers(fraud_check);
    assert!(!answers.is_empty());
    for (call, promised) in answers {
        let run = desk.call(Target::Composition, &call);
        let promised = parse_wave(&promised, &ty).unwrap_or_else(|e| panic!("{promised}: {}", e.message));
        assert_eq!(run.outcome(), Some(&Outcome::Returned(Some(promised))), "{fraud_check}: {call}");
    }
    desk.apply(Command::ComposeTo("/shop.wasm".into()));
    let written = desk.room.memory.get("/shop.wasm").expect("a composed file");
    assert_eq!(written, &*composed.bytes, "{fraud_check}");
    let opened = desk.session.library().get(&Digest::of(&written)).expect("it opens again");
    assert!(opened.export(ORDERS).is_some());
}

/// One test for each language, so that they run side by side.
macro_rules! told_by {
    ($($name:ident: $file:literal $words:tt;)*) => {
        $( #[test] fn $name() { tell($file, json!($words)); } )*

        #[test]
        fn every_listed_order_is_placed() {
            let told = [$($file),*].map(|file| format!("samples/components/{file}"));
            for call in list_of("calls.json").iter().filter(|call| call.get("with").is_some()) {
                let wired = call["with"][CHECK].as_str().map(str::to_owned);
                assert!(wired.is_some_and(|file| told.contains(&file)), "{call}");
            }
        }
    };
}

// What is granted is what the language's runtime asks for at its start.
told_by! {
    told_by_rust: "fraud-check-rust.wasm" [];
    told_by_c: "fraud-check-c.wasm" [];
    told_by_cpp: "fraud-check-cpp.wasm" [];
    told_by_zig: "fraud-check-zig.wasm" [];
    told_by_assemblyscript: "fraud-check-assemblyscript.wasm" [];
    told_by_javascript: "fraud-check-js.wasm" [];
    told_by_go: "fraud-check-go.wasm" ["env", "args", "clock", "random"];
    told_by_hand: "fraud-check-wat.wasm" [];
}

#[test]
fn another_fraud_check_takes_the_place_of_the_first() {
    let mut desk = wired("fraud-check-rust.wasm", json!([]));
    let before = desk.component(&Target::Composition).digest;
    let component = desk.open("fraud-check-c.wasm");
    desk.edit(Edit::Replace { instance: "fraud-check-rust".into(), component });
    assert_ne!(desk.component(&Target::Composition).digest, before);
    let composition = &desk.session.document().composition;
    assert_eq!(composition.wires.len(), 1, "the wire stays");
    let (call, promised) = TEA;
    let value = desk.value(Target::Composition, call).expect("a value");
    assert_eq!(wirebench::value::to_wave(&value), promised);
    desk.apply(Command::Undo);
    assert_eq!(desk.component(&Target::Composition).digest, before);
}

/// Others may stand on the canvas: of them the composed file holds nothing, and what they ask for need not be granted.
#[test]
fn of_three_fraud_checks_the_wired_one_becomes_part() {
    let alone = wired("fraud-check-rust.wasm", json!([])).component(&Target::Composition);
    let mut desk = Desk::new();
    for file in ["fraud-check-go.wasm", "fraud-check-rust.wasm", "fraud-check-c.wasm", "checkout-rust.wasm"] {
        desk.place(file, [0.0, 0.0]);
    }
    assert_eq!(desk.component(&Target::Composition).exports.len(), 4, "side by side, all are part");
    assert!(!desk.session.needs(&Target::Composition).is_empty(), "Go's runtime asks for something");
    desk.connect(("fraud-check-rust", CHECK), ("checkout-rust", CHECK));
    assert_eq!(desk.component(&Target::Composition).digest, alone.digest);
    assert_eq!(desk.session.needs(&Target::Composition), []);
    let told: Vec<_> = desk.session.problems().iter().map(|p| (p.severity, p.message.as_str())).collect();
    let left_out = ["fraud-check-c", "fraud-check-go"]
        .map(|name| format!("“{name}” is no part of the result: no wire reaches it"));
    assert_eq!(told, left_out.each_ref().map(|text| (Severity::Info, text.as_str())));
    let (call, promised) = TEA;
    let value = desk.value(Target::Composition, call).expect("a value");
    assert_eq!(wirebench::value::to_wave(&value), promised);
}

/// The project that lies among the samples is what a window saves: the sample project with its wire. To write it anew:
/// `UPDATE_EXPECTED=1 cargo test --test suite story`.
#[test]
fn the_story_lies_among_the_samples_as_a_project() {
    let mut desk = Desk::new();
    desk.apply(Command::OpenSampleProject);
    // The sample project has its components inside the program; here they are files.
    let places = desk.session.document().layout.clone();
    desk.apply(Command::NewProject);
    for (name, at) in places {
        let path = PathBuf::from(format!("/samples/components/{name}.wasm"));
        let bytes = sample_bytes(&format!("{name}.wasm"));
        desk.room.memory.put(&path, bytes.to_vec());
        desk.apply(Command::Open(vec![path]));
        desk.change(Change::Place { component: Digest::of(&bytes), at, connect: None });
    }
    desk.connect(("fraud-check-rust", CHECK), ("checkout-rust", CHECK));
    let inside = Path::new("/samples/payments.wirebench.json");
    desk.apply(Command::SaveProject(inside.into()));
    let saved = desk.room.memory.get(inside).unwrap_or_else(|| panic!("{}", desk.said()));
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("samples/payments.wirebench.json");
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::write(&path, &saved).unwrap();
    }
    let committed = std::fs::read_to_string(&path).expect("the project");
    assert_eq!(committed.replace("\r\n", "\n"), String::from_utf8(saved).unwrap());

    let mut again = Desk::in_room(std::sync::Arc::clone(&desk.room));
    again.apply(Command::Open(vec![inside.into()]));
    assert!(again.session.notices().iter().all(|n| n.severity == Severity::Info), "{}", again.said());
    assert!(again.session.problems().iter().all(|p| p.severity == Severity::Info), "{:?}", again.session.problems());
    assert_eq!(again.session.document().composition, desk.session.document().composition);
    let (call, promised) = TEA;
    let value = again.value(Target::Composition, call).expect("a value");
    assert_eq!(wirebench::value::to_wave(&value), promised);
}

/// Who asks is said by the instance's name, not by the composed component's.
#[test]
fn a_denial_in_a_composition_names_the_instance() {
    let mut desk = Desk::new();
    let checkout = desk.place("checkout-rust.wasm", [0.0, 0.0]);
    let run = desk.call(Target::Composition, TEA.0);
    let Some(Outcome::Denied(denial)) = run.outcome() else { panic!("{:?}", run.outcome()) };
    assert_eq!((denial.interface.as_str(), denial.function.as_str()), (CHECK, "check"));
    assert_eq!(denial.instances, [checkout.as_str()]);
    assert_eq!(denial.capability, None);
    let ledger = desk.place("ledger-rust.wasm", [300.0, 0.0]);
    let run = desk.call(Target::Composition, "now()");
    let Some(Outcome::Denied(denial)) = run.outcome() else { panic!("{:?}", run.outcome()) };
    assert_eq!(denial.instances, [ledger.as_str()], "{denial}");
}

#[test]
fn a_composed_sample_is_what_we_compose() {
    let sample = sample("shop-composed.wasm");
    let ours = wired("fraud-check-c.wasm", json!([])).component(&Target::Composition);
    let names = |list: &[wirebench::component::Extern]| list.iter().map(|e| e.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&ours.imports), names(&sample.imports));
    assert_eq!(names(&ours.exports), names(&sample.exports));
}
