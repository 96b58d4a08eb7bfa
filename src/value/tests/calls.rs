use super::random::same;
use crate::component::{Component, TypeKind, decode};
use crate::value::*;
use std::collections::BTreeMap;
use std::path::Path;
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve};

fn bank() -> Component {
    let wit = "package bank:core@1.2.0;
        interface accounts {
            resource counter {
                constructor(label: string, start: s32);
                increment: func(by: option<s32>) -> s32;
                merge: static func(a: borrow<counter>, b: borrow<counter>) -> counter;
            }
            check: func(user: string, amount: u64) -> bool;
        }
        interface audit { check: func() -> bool; log: func(text: string, level: option<u8>, tag: option<string>); }
        world w { export accounts; export audit; export run: func(); }";
    let mut resolve = Resolve::default();
    let package = resolve.push_str("bank.wit", wit).unwrap();
    let world = resolve.select_world(&[package], Some("w")).unwrap();
    let mut module = dummy_module(&resolve, world, ManglingAndAbi::Legacy(LiftLowerAbi::Sync));
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    let bytes = ComponentEncoder::default().module(&module).unwrap().encode().unwrap();
    decode("bank.wasm", bytes.into())
}

#[test]
fn calls_are_read_by_any_name_that_is_clear() {
    let bank = bank();
    for (text, read) in [
        ("bank:core/accounts@1.2.0#check(\"u\", 1)", "bank:core/accounts@1.2.0#check(\"u\", 1)"),
        ("bank:core/accounts#check(\"u\", 1,)", "bank:core/accounts@1.2.0#check(\"u\", 1)"),
        ("accounts#check(\"u\", 1)", "bank:core/accounts@1.2.0#check(\"u\", 1)"),
        (" run ( ) // now", "run()"),
        ("log(\"a\")", "bank:core/audit@1.2.0#log(\"a\", none, none)"),
        ("log(\"a\", 7)", "bank:core/audit@1.2.0#log(\"a\", some(7), none)"),
        ("counter(\"(#\", -1)", "bank:core/accounts@1.2.0#counter(\"(#\", -1)"),
        ("counter.increment(counter#1, some(2))", "bank:core/accounts@1.2.0#counter.increment(counter#1, some(2))"),
        ("[method]counter.increment(counter#1)", "bank:core/accounts@1.2.0#counter.increment(counter#1, none)"),
        ("counter.merge(counter#1, counter#2)", "bank:core/accounts@1.2.0#counter.merge(counter#1, counter#2)"),
    ] {
        let (interface, function, args) = parse_wave_call(text, &bank).unwrap_or_else(|e| panic!("{text}: {e}"));
        assert!(bank.function(interface.as_deref(), &function).is_some());
        let written = to_wave_call(interface.as_deref(), &function, &args);
        assert_eq!(written, read);
        assert_eq!(parse_wave_call(&written, &bank), Ok((interface, function, args)));
    }
}

#[test]
fn wrong_calls_say_what_would_do() {
    let bank = bank();
    for (text, place, message) in [
        (
            "check(\"u\", 1)",
            "check",
            "check means 2 functions; write one in full\n  \
             bank:core/accounts@1.2.0#check: func(user: string, amount: u64) -> bool\n  \
             bank:core/audit@1.2.0#check: func() -> bool",
        ),
        ("run", "", "expected ( and the arguments of run: func(), found the end"),
        ("run(1)", "1", "expected ) after 0 arguments, found 1"),
        ("accounts#check(\"u\")", ")", "argument amount: u64 is missing"),
        ("accounts#check(\"u\", -1)", "-1", "must be 0 to 18446744073709551615"),
        ("counter.increment(7)", "7", "expected a handle of counter, as in counter#1, found 7"),
        ("counter.increment(blob#7)", "blob#7", "expected a handle of counter, as in counter#1, found blob#7"),
        ("run() run()", "run", "expected nothing more, found run"),
    ] {
        let error = parse_wave_call(text, &bank).unwrap_err();
        assert_eq!((text.get(error.start..error.end), error.message.as_str()), (Some(place), message), "{text}");
    }
    let error = parse_wave_call(" transfer(1)", &bank).unwrap_err();
    assert_eq!((error.start, error.end), (1, 9));
    assert!(error.message.starts_with("no exported function is named transfer\n"), "{error}");
    assert!(error.message.contains("\n  bank:core/accounts@1.2.0#counter.increment: func(by: option<s32>) -> s32\n"));
    assert!(parse_wave_call("", &bank).unwrap_err().message.contains("run: func()"));
}

#[test]
fn values_of_the_samples_are_read_and_written_alike() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let calls = std::fs::read(root.join("samples/calls.json")).unwrap();
    let calls: Vec<serde_json::Value> = serde_json::from_slice(&calls).unwrap();
    let mut opened = BTreeMap::new();
    for call in &calls {
        let file = call["file"].as_str().unwrap();
        let read = || decode(file, std::fs::read(root.join(file)).unwrap().into());
        let component = opened.entry(file).or_insert_with(read);
        let name = call["function"].as_str().unwrap();
        let args: Vec<_> = call["args"].as_array().unwrap().iter().map(|a| a.as_str().unwrap()).collect();
        let text = format!("{name}({})", args.join(", "));
        let (interface, function, _) = parse_wave_call(&text, component).unwrap_or_else(|e| panic!("{text}: {e}"));
        let function = component.function(interface.as_deref(), &function).unwrap();
        if let (Some(expected), Some(ty)) = (call["expect"].as_str(), function.result) {
            let ty = component.type_ref(ty);
            if matches!(ty.table.kind(ty.ty), Some(TypeKind::Stream(_) | TypeKind::Future(_))) {
                continue; // its values are not the answer's own value
            }
            let value = parse_wave(expected, &ty).unwrap_or_else(|e| panic!("{expected}: {e}"));
            assert_eq!(check(&value, &ty), []);
            assert!(same(&parse_wave(&to_wave(&value), &ty).unwrap(), &value), "{expected}");
        }
    }
}
