use crate::value::*;

#[test]
fn json_has_one_form_for_each_value() {
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
}
