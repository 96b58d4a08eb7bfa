//! Values as JSON.

use super::{Value, to_wave};
use serde_json::{Number, Value as Json, json};

/// The value as JSON: records as objects, variants as `{"case": value}` (a case without payload as its name), `option`
/// as the value or `null`, `result` as `{"ok": …}` or `{"err": …}`, flags as a list of names, 64-bit integers as
/// numbers, NaN and infinities as strings, bytes as a list of numbers.
///
/// An option in an option is `{"some": value}`, so that `some(none)` differs from `none`; maps are lists of
/// `[key, value]`, handles strings as in `counter#3`, a missing payload of `ok` and `err` is `null`.
pub fn to_json(value: &Value) -> Json {
    let payload = |payload: &Option<Box<Value>>| payload.as_deref().map_or(Json::Null, to_json);
    match value {
        Value::Bool(b) => json!(b),
        Value::S8(n) => json!(n),
        Value::S16(n) => json!(n),
        Value::S32(n) => json!(n),
        Value::S64(n) => json!(n),
        Value::U8(n) => json!(n),
        Value::U16(n) => json!(n),
        Value::U32(n) => json!(n),
        Value::U64(n) => json!(n),
        Value::F32(f) => float_to_json(shortest(*f)),
        Value::F64(f) => float_to_json(*f),
        Value::Char(c) => json!(c),
        Value::String(text) => json!(text),
        Value::Bytes(bytes) => json!(bytes),
        Value::List(values) | Value::Tuple(values) => values.iter().map(to_json).collect(),
        Value::Record(fields) => fields.iter().map(|(name, value)| (name.clone(), to_json(value))).collect(),
        Value::Variant(case, None) | Value::Enum(case) => json!(case),
        Value::Variant(case, Some(value)) => json!({ case: to_json(value) }),
        Value::Option(Some(value)) if matches!(**value, Value::Option(_)) => json!({ "some": to_json(value) }),
        Value::Option(value) => payload(value),
        Value::Result(Ok(value)) => json!({ "ok": payload(value) }),
        Value::Result(Err(value)) => json!({ "err": payload(value) }),
        Value::Flags(names) => json!(names),
        Value::Map(entries) => entries.iter().map(|(key, value)| json!([to_json(key), to_json(value)])).collect(),
        Value::Handle(_) | Value::Opaque(_) => json!(to_wave(value)),
    }
}

/// JSON knows doubles only: the shortest one that is this float again, so 0.1 stays 0.1.
fn shortest(f: f32) -> f64 {
    match f.to_string().parse::<f64>() {
        Ok(double) if double as f32 == f => double,
        _ => f.into(),
    }
}

fn float_to_json(f: f64) -> Json {
    match Number::from_f64(f) {
        Some(number) => Json::Number(number),
        None => json!(to_wave(&Value::F64(f))),
    }
}
