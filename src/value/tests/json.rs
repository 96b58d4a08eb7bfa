use super::order;
use super::random::{Random, define, same, type_ref};
use crate::component::{Type, TypeKind};
use crate::value::*;

#[test]
fn every_value_survives_json() {
    for seed in 0..3000 {
        let mut random = Random::new(seed);
        let ty = random.type_ref(4, false);
        let value = random.value(&ty);
        let json = to_json(&value);
        let read = from_json(&json, &ty).unwrap_or_else(|e| panic!("{json}: {e}"));
        assert!(same(&read, &value), "{json}\n{value:?}\n{read:?}");
    }
}

#[test]
fn json_has_one_form_for_each_value() {
    let nested = type_ref(|t| {
        let inner = Type::Def(define(t, None, TypeKind::Option(Type::U8)));
        Type::Def(define(t, None, TypeKind::Option(inner)))
    });
    let some = |value| Value::Option(Some(Box::new(value)));
    let result = Value::Result(Ok(None));
    for (value, json) in [
        (Value::U64(u64::MAX), "18446744073709551615"),
        (Value::S64(i64::MIN), "-9223372036854775808"),
        (Value::F32(0.1), "0.1"),
        (Value::F64(f64::NEG_INFINITY), r#""-inf""#),
        (Value::F64(-0.0), "-0.0"),
        (Value::Option(None), "null"),
        (some(Value::U8(1)), "1"),
        (some(Value::Option(None)), r#"{"some":null}"#),
        (some(some(Value::U8(1))), r#"{"some":1}"#),
        (result, r#"{"ok":null}"#),
        (Value::Variant("card".into(), Some(Box::new(Value::Char('é')))), r#"{"card":"é"}"#),
        (Value::Variant("cash".into(), None), r#""cash""#),
        (Value::Flags(vec!["read".into()]), r#"["read"]"#),
        (Value::Bytes(vec![0, 255]), "[0,255]"),
        (Value::Map(vec![(Value::Char('a'), Value::Bool(true))]), r#"[["a",true]]"#),
        (Value::Handle(Handle { number: 3, generation: 1, resource: "counter".into() }), r#""counter#3""#),
    ] {
        assert_eq!(to_json(&value).to_string(), json);
    }
    for (text, message) in [("2", "null or {\"some\": …}"), (r#"{"some":256}"#, "must be 0 to 255")] {
        let error = from_json(&serde_json::from_str(text).unwrap(), &nested).unwrap_err();
        assert!(error.message.contains(message), "{error}");
    }
}

#[test]
fn json_errors_name_the_place() {
    for (text, error) in [
        ("[]", "expected order, found a list of 0"),
        (r#"{"cart": [{"sku": "", "quantity": 300}]}"#, "cart[0].quantity: must be 0 to 255"),
        (r#"{"cart": [{"sku": "", "quantity": 1.5}]}"#, "cart[0].quantity: expected u8, found 1.5"),
        (r#"{"cart": [{"sku": 7}]}"#, "cart[0].sku: expected string, found 7"),
        (
            r#"{"cart": [], "shape": {"polygon": [{"x": 1, "y": "a"}]}}"#,
            "shape.polygon[0].y: expected f32, found \"a\"",
        ),
        (r#"{"cart": [], "shape": "polygon"}"#, "shape.polygon: needs a value of type list<point>"),
        (r#"{"cart": [], "shape": "circle"}"#, "shape: shape has no circle; it has nothing, polygon"),
        (r#"{"cart": [], "shape": "nothing", "named": [1], "access": []}"#, "named[0]: expected [key, value]"),
        (r#"{"cart": [], "shape": "nothing", "access": ["x"]}"#, "access: access has no x; it has read, write"),
        (r#"{"cart": [], "shape": "nothing", "access": [], "more": 1}"#, "more: order has no such field"),
    ] {
        let read = from_json(&serde_json::from_str(text).unwrap(), &order());
        assert_eq!(read.unwrap_err().to_string(), error);
    }
}
