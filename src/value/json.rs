use super::sample::{MAX_DEPTH, Path, cannot_be_given, count, integer_range, is_byte, is_resource, no_case};
use super::sample::{parse_integer, quoted, say, say_def};
use super::{FieldError, Handle, Step, Value, to_wave};
use crate::component::{Case, Field, Label, Type, TypeId, TypeKind, TypeRef, TypeTable};
use serde_json::{Map, Number, Value as Json, json};

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

/// Reads what [`to_json`] writes. Options may be missing in a record.
///
/// Every value of [`to_json`] is read back as it was. `serde_json` itself, when it parses text, may miss the last bit
/// of an `f64` with many digits; where that matters, WAVE text is exact.
///
/// # Errors
/// The first place that does not fit the type.
pub fn from_json(json: &Json, ty: &TypeRef) -> Result<Value, FieldError> {
    Reader { types: &ty.table }.value(json, ty.ty, &Path::Root, 0)
}

type Read<T> = Result<T, FieldError>;

struct Reader<'a> {
    types: &'a TypeTable,
}

impl Reader<'_> {
    fn value(&self, json: &Json, ty: Type, at: &Path<'_>, depth: usize) -> Read<Value> {
        if depth > MAX_DEPTH {
            return Err(at.error("nested too deeply"));
        }
        let resolved = self.types.resolve(ty);
        let value = match (resolved, json) {
            (Type::Bool, Json::Bool(b)) => Some(Value::Bool(*b)),
            (Type::F32 | Type::F64, _) => read_float(json, resolved),
            (Type::Char, Json::String(text)) => {
                let mut chars = text.chars();
                chars.next().filter(|_| chars.next().is_none()).map(Value::Char)
            }
            (Type::String, Json::String(text)) => Some(Value::String(text.clone())),
            (Type::Def(id), _) => return self.def(json, id, at, depth + 1),
            (_, Json::Number(number)) => match parse_integer(&number.to_string(), resolved) {
                None if number.is_f64() => None,
                None => integer_range(resolved).map(|range| Err(at.error(format!("must be {range}")))).transpose()?,
                value => value,
            },
            _ => None,
        };
        value.ok_or_else(|| self.mismatch(json, ty, at))
    }

    fn mismatch(&self, json: &Json, ty: Type, at: &Path<'_>) -> FieldError {
        let found = match json {
            Json::Null => "null".to_owned(),
            Json::Bool(b) => b.to_string(),
            Json::Number(n) => n.to_string(),
            Json::String(text) => format!("\"{}\"", quoted(text)),
            Json::Array(values) => format!("a list of {}", values.len()),
            Json::Object(_) => "an object".to_owned(),
        };
        at.error(format!("expected {}, found {found}", say(self.types, ty)))
    }

    fn def(&self, json: &Json, id: TypeId, at: &Path<'_>, depth: usize) -> Read<Value> {
        let types = self.types;
        let mismatch = || self.mismatch(json, Type::Def(id), at);
        let Some(def) = types.get(id) else { return Err(mismatch()) };
        let value = match (&def.kind, json) {
            (TypeKind::Record(fields), Json::Object(object)) => self.record(object, fields, id, at, depth)?,
            (TypeKind::Tuple(parts), Json::Array(values)) => {
                if parts.len() != values.len() {
                    return Err(at.error(format!("must have {}, not {}", count(parts.len(), "part"), values.len())));
                }
                let parts = values.iter().zip(parts).enumerate();
                let parts = parts.map(|(i, (json, ty))| self.value(json, *ty, &Path::At(at, Step::Index(i)), depth));
                Value::Tuple(parts.collect::<Read<_>>()?)
            }
            (TypeKind::Variant(cases), Json::String(_) | Json::Object(_)) => {
                self.variant(json, cases, id, at, depth)?.ok_or_else(mismatch)?
            }
            (TypeKind::Enum(cases), Json::String(name)) => match cases.iter().find(|c| c.name == *name) {
                Some(case) => Value::Enum(case.name.clone()),
                None => return Err(at.error(no_case(types, id, name, cases.iter().map(|c| &c.name)))),
            },
            (TypeKind::Flags(labels), Json::Array(names)) => self.flags(names, labels, id, at)?.ok_or_else(mismatch)?,
            (TypeKind::Option(_), Json::Null) => Value::Option(None),
            (TypeKind::Option(ty), _) => {
                let json = match types.kind(*ty) {
                    Some(TypeKind::Option(_)) => match single(json) {
                        Some(("some", inner)) => inner,
                        _ => return Err(at.error(format!("expected {}: null or {{\"some\": …}}", say_def(types, id)))),
                    },
                    _ => json,
                };
                Value::Option(Some(Box::new(self.value(json, *ty, &Path::At(at, Step::Some), depth)?)))
            }
            (TypeKind::Result { ok, err }, _) => match single(json) {
                Some(("ok", json)) => Value::Result(Ok(self.payload(json, *ok, "ok", at, depth)?)),
                Some(("err", json)) => Value::Result(Err(self.payload(json, *err, "err", at, depth)?)),
                _ => {
                    let name = say_def(types, id);
                    return Err(at.error(format!("expected {name}: {{\"ok\": …}} or {{\"err\": …}}")));
                }
            },
            (TypeKind::List(ty), Json::Array(values)) if is_byte(types, *ty) => {
                let byte = |(i, json)| match self.value(json, Type::U8, &Path::At(at, Step::Index(i)), depth)? {
                    Value::U8(byte) => Ok(byte),
                    _ => Err(mismatch()),
                };
                Value::Bytes(values.iter().enumerate().map(byte).collect::<Read<_>>()?)
            }
            (TypeKind::List(ty), Json::Array(values)) => Value::List(self.elements(values, *ty, at, depth)?),
            (TypeKind::FixedList(ty, length), Json::Array(values)) => {
                if values.len() != *length as usize {
                    let length = count(*length as usize, "element");
                    return Err(at.error(format!("must have {length}, not {}", values.len())));
                }
                Value::List(self.elements(values, *ty, at, depth)?)
            }
            (TypeKind::Map(key_type, value_type), Json::Array(entries)) => {
                let entry = |(i, entry): (usize, &Json)| match entry.as_array().map(Vec::as_slice) {
                    Some([key, value]) => {
                        let key = self.value(key, *key_type, &Path::At(at, Step::Key(i)), depth)?;
                        let value = self.value(value, *value_type, &Path::At(at, Step::Entry(i, &key)), depth)?;
                        Ok((key, value))
                    }
                    _ => Err(Path::At(at, Step::Index(i)).error("expected [key, value]")),
                };
                Value::Map(entries.iter().enumerate().map(entry).collect::<Read<_>>()?)
            }
            (TypeKind::Own(resource) | TypeKind::Borrow(resource), Json::String(text)) => {
                let handle = text.rsplit_once('#').filter(|(name, _)| is_resource(types, *resource, name));
                match handle.and_then(|(name, number)| Some((name.to_owned(), number.parse().ok()?))) {
                    Some((resource, number)) => Value::Handle(Handle { number, generation: 0, resource }),
                    None => return Err(mismatch()),
                }
            }
            (TypeKind::Stream(_) | TypeKind::Future(_) | TypeKind::Resource, _) => {
                return Err(at.error(cannot_be_given(&say_def(types, id))));
            }
            _ => return Err(mismatch()),
        };
        Ok(value)
    }

    fn elements(&self, values: &[Json], ty: Type, at: &Path<'_>, depth: usize) -> Read<Vec<Value>> {
        let values = values.iter().enumerate();
        values.map(|(i, json)| self.value(json, ty, &Path::At(at, Step::Index(i)), depth)).collect()
    }

    fn record(
        &self,
        object: &Map<String, Json>,
        fields: &[Field],
        id: TypeId,
        at: &Path<'_>,
        depth: usize,
    ) -> Read<Value> {
        let mut values = Vec::with_capacity(fields.len());
        for field in fields {
            let here = Path::At(at, Step::Field(&field.name));
            let value = match object.get(&field.name) {
                Some(json) => self.value(json, field.ty, &here, depth)?,
                None if matches!(self.types.kind(field.ty), Some(TypeKind::Option(_))) => Value::Option(None),
                None => return Err(here.error("is missing")),
            };
            values.push((field.name.clone(), value));
        }
        match object.keys().find(|name| !fields.iter().any(|f| f.name == **name)) {
            Some(name) => {
                let message = format!("{} has no such field", say_def(self.types, id));
                Err(Path::At(at, Step::Field(name)).error(message))
            }
            None => Ok(Value::Record(values)),
        }
    }

    fn variant(&self, json: &Json, cases: &[Case], id: TypeId, at: &Path<'_>, depth: usize) -> Read<Option<Value>> {
        let (name, payload) = match (json, single(json)) {
            (Json::String(name), _) => (name.as_str(), None),
            (_, Some((name, payload))) => (name, Some(payload)),
            _ => return Ok(None),
        };
        let Some(case) = cases.iter().find(|c| c.name == name) else {
            return Err(at.error(no_case(self.types, id, name, cases.iter().map(|c| &c.name))));
        };
        let payload = match (payload, case.ty) {
            (None, Some(ty)) => {
                let message = format!("needs a value of type {}", say(self.types, ty));
                return Err(Path::At(at, Step::Case(name)).error(message));
            }
            (payload, ty) => self.payload(payload.unwrap_or(&Json::Null), ty, name, at, depth)?,
        };
        Ok(Some(Value::Variant(case.name.clone(), payload)))
    }

    fn payload(
        &self,
        json: &Json,
        ty: Option<Type>,
        case: &str,
        at: &Path<'_>,
        depth: usize,
    ) -> Read<Option<Box<Value>>> {
        let here = Path::At(at, Step::Case(case));
        match ty {
            Some(ty) => Ok(Some(Box::new(self.value(json, ty, &here, depth)?))),
            None if json.is_null() => Ok(None),
            None => Err(here.error("takes no value")),
        }
    }

    fn flags(&self, names: &[Json], labels: &[Label], id: TypeId, at: &Path<'_>) -> Read<Option<Value>> {
        for name in names {
            let Some(name) = name.as_str() else { return Ok(None) };
            if !labels.iter().any(|l| l.name == name) {
                return Err(at.error(no_case(self.types, id, name, labels.iter().map(|l| &l.name))));
            }
        }
        let is_set = |label: &&Label| names.iter().any(|name| name.as_str() == Some(&label.name));
        Ok(Some(Value::Flags(labels.iter().filter(is_set).map(|l| l.name.clone()).collect())))
    }
}

/// The one entry of an object.
fn single(json: &Json) -> Option<(&str, &Json)> {
    let object = json.as_object().filter(|o| o.len() == 1)?;
    object.iter().next().map(|(name, json)| (name.as_str(), json))
}

/// A number, or a word for what JSON has no number for. A number too large for the type is refused.
fn read_float(json: &Json, ty: Type) -> Option<Value> {
    let double = match json.as_str() {
        Some("nan") => f64::NAN,
        Some("inf") => f64::INFINITY,
        Some("-inf") => f64::NEG_INFINITY,
        _ => json.as_f64()?,
    };
    match ty {
        Type::F64 => Some(Value::F64(double)),
        _ if double.is_finite() && (double as f32).is_infinite() => None,
        _ => Some(Value::F32(double as f32)),
    }
}
