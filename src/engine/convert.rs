//! Our values and the engine's: lowering checks every value against the type that the function has.

use super::HOST_COPY_BYTES;
use super::handles::Handles;
use crate::diag::display_safe_line;
use crate::value::Value;
use std::fmt;
use wasmtime::component::{Type, Val};

/// Why a value cannot be lowered, and where in it.
#[derive(Debug)]
pub(super) struct LowerError {
    /// The way to the value, innermost step first.
    steps: Vec<String>,
    what: String,
}

impl LowerError {
    fn new(what: impl Into<String>) -> Self {
        Self { steps: Vec::new(), what: what.into() }
    }

    /// One step further out: a field, a case, a parameter.
    pub(super) fn within(mut self, name: &str) -> Self {
        self.steps.push(format!(".{}", display_safe_line(name)));
        self
    }

    fn at(mut self, index: usize) -> Self {
        self.steps.push(format!("[{index}]"));
        self
    }
}

impl fmt::Display for LowerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path: String = self.steps.iter().rev().map(String::as_str).collect();
        match path.trim_start_matches('.') {
            "" => f.write_str(&self.what),
            path => write!(f, "{path}: {}", self.what),
        }
    }
}

/// What lowering the arguments of one call leaves to do, and how much it may still take up.
pub(super) struct Given {
    /// The handles that the call gives away: they are taken out of the table once all arguments are lowered.
    pub(super) handles: Vec<u32>,
    bytes_left: usize,
}

impl Given {
    pub(super) fn new() -> Self {
        Self { handles: Vec::new(), bytes_left: HOST_COPY_BYTES }
    }

    /// Makes room for so many of the engine's values, each of which is larger than most of ours.
    fn room(&mut self, count: usize) -> Result<(), LowerError> {
        let left = count.checked_mul(size_of::<Val>()).and_then(|bytes| self.bytes_left.checked_sub(bytes));
        let most = HOST_COPY_BYTES / size_of::<Val>();
        self.bytes_left =
            left.ok_or_else(|| LowerError::new(format!("too large: one call takes at most {most} elements")))?;
        Ok(())
    }
}

/// The engine's value for ours, if it is of this type.
pub(super) fn lower(value: &Value, ty: &Type, handles: &Handles, given: &mut Given) -> Result<Val, LowerError> {
    let many = |items: &[Value], ty: &Type, given: &mut Given| {
        given.room(items.len())?;
        let lowered = items.iter().enumerate().map(|(i, v)| lower(v, ty, handles, given).map_err(|e| e.at(i)));
        lowered.collect::<Result<Vec<_>, _>>()
    };
    let payload = |value: &Option<Box<Value>>, ty: Option<Type>, given: &mut Given| match (value, ty) {
        (None, None) => Ok(None),
        (Some(v), Some(t)) => lower(v, &t, handles, given).map(|v| Some(Box::new(v))),
        (None, Some(t)) => Err(LowerError::new(format!("expected a payload, {}", word(&t)))),
        (Some(_), None) => Err(LowerError::new("expected no payload")),
    };
    Ok(match (ty, value) {
        (Type::Bool, Value::Bool(v)) => Val::Bool(*v),
        (Type::S8, Value::S8(v)) => Val::S8(*v),
        (Type::S16, Value::S16(v)) => Val::S16(*v),
        (Type::S32, Value::S32(v)) => Val::S32(*v),
        (Type::S64, Value::S64(v)) => Val::S64(*v),
        (Type::U8, Value::U8(v)) => Val::U8(*v),
        (Type::U16, Value::U16(v)) => Val::U16(*v),
        (Type::U32, Value::U32(v)) => Val::U32(*v),
        (Type::U64, Value::U64(v)) => Val::U64(*v),
        (Type::Float32, Value::F32(v)) => Val::Float32(*v),
        (Type::Float64, Value::F64(v)) => Val::Float64(*v),
        (Type::Char, Value::Char(v)) => Val::Char(*v),
        (Type::String, Value::String(v)) => Val::String(v.clone()),
        (Type::List(t), Value::Bytes(v)) if t.ty() == Type::U8 => {
            given.room(v.len())?;
            Val::List(v.iter().map(|b| Val::U8(*b)).collect())
        }
        (Type::List(t), Value::List(items)) => Val::List(many(items, &t.ty(), given)?),
        (Type::FixedLengthList(t), Value::List(items)) => {
            if items.len() != t.len() as usize {
                return Err(LowerError::new(format!("expected {} elements, found {}", t.len(), items.len())));
            }
            Val::FixedLengthList(many(items, &t.ty(), given)?)
        }
        (Type::Tuple(t), Value::Tuple(items)) => {
            let types = t.types();
            if items.len() != types.len() {
                return Err(LowerError::new(format!("expected {} elements, found {}", types.len(), items.len())));
            }
            let lowered = items
                .iter()
                .zip(types)
                .enumerate()
                .map(|(i, (v, t))| lower(v, &t, handles, given).map_err(|e| e.at(i)));
            Val::Tuple(lowered.collect::<Result<_, _>>()?)
        }
        (Type::Record(t), Value::Record(fields)) => {
            if let Some((extra, _)) = fields.iter().find(|(n, _)| t.fields().all(|f| f.name != n)) {
                return Err(LowerError::new(format!("there is no field `{}`", display_safe_line(extra))));
            }
            let lowered = t.fields().map(|field| {
                let (_, value) = fields
                    .iter()
                    .find(|(n, _)| n == field.name)
                    .ok_or_else(|| LowerError::new(format!("the field `{}` is missing", field.name)))?;
                let value = lower(value, &field.ty, handles, given).map_err(|e| e.within(field.name))?;
                Ok((field.name.to_owned(), value))
            });
            Val::Record(lowered.collect::<Result<_, LowerError>>()?)
        }
        (Type::Variant(t), Value::Variant(name, value)) => {
            let case = t.cases().find(|c| c.name == name).ok_or_else(|| no_case(name))?;
            Val::Variant(name.clone(), payload(value, case.ty, given).map_err(|e| e.within(name))?)
        }
        (Type::Enum(t), Value::Enum(name)) => {
            t.names().find(|n| n == name).ok_or_else(|| no_case(name))?;
            Val::Enum(name.clone())
        }
        (Type::Option(_), Value::Option(None)) => Val::Option(None),
        (Type::Option(t), Value::Option(Some(v))) => Val::Option(Some(Box::new(lower(v, &t.ty(), handles, given)?))),
        (Type::Result(t), Value::Result(Ok(v))) => {
            Val::Result(Ok(payload(v, t.ok(), given).map_err(|e| e.within("ok"))?))
        }
        (Type::Result(t), Value::Result(Err(v))) => {
            Val::Result(Err(payload(v, t.err(), given).map_err(|e| e.within("err"))?))
        }
        (Type::Flags(t), Value::Flags(names)) => {
            if let Some(unknown) = names.iter().find(|n| t.names().all(|known| known != *n)) {
                return Err(LowerError::new(format!("there is no flag `{}`", display_safe_line(unknown))));
            }
            Val::Flags(names.clone())
        }
        (Type::Map(t), Value::Map(entries)) => {
            given.room(entries.len().saturating_mul(2))?;
            let (key, value) = (t.key(), t.value());
            let lowered = entries.iter().enumerate().map(|(i, (k, v))| {
                let k = lower(k, &key, handles, given).map_err(|e| e.within("key").at(i))?;
                let v = lower(v, &value, handles, given).map_err(|e| e.within("value").at(i))?;
                Ok((k, v))
            });
            Val::Map(lowered.collect::<Result<_, LowerError>>()?)
        }
        (Type::Own(t) | Type::Borrow(t), Value::Handle(handle)) => {
            if given.handles.contains(&handle.number) {
                return Err(LowerError::new(format!("{} is given away twice", shown(handle))));
            }
            let any = handles.get(handle).map_err(LowerError::new)?;
            if any.ty() != *t {
                return Err(LowerError::new(format!("{} is a handle of another resource", shown(handle))));
            }
            if matches!(ty, Type::Own(_)) {
                given.handles.push(handle.number);
            }
            Val::Resource(any)
        }
        (Type::Future(_) | Type::Stream(_) | Type::ErrorContext, _) => {
            return Err(LowerError::new(format!("a value of type {} cannot be given yet", word(ty))));
        }
        _ => return Err(LowerError::new(format!("expected {}, found {}", word(ty), value_word(value)))),
    })
}

/// A handle as WAVE writes it.
fn shown(handle: &crate::value::Handle) -> String {
    format!("{}#{}", display_safe_line(&handle.resource), handle.number)
}

fn no_case(name: &str) -> LowerError {
    LowerError::new(format!("there is no case `{}`", display_safe_line(name)))
}

/// Our value for the engine's. Handles get numbers in `handles`; streams and futures are only named.
pub(super) fn lift(val: Val, ty: &Type, handles: &mut Handles) -> Value {
    let boxed = |v: Option<Box<Val>>, ty: Option<Type>, handles: &mut Handles| match (v, ty) {
        (Some(v), Some(t)) => Some(Box::new(lift(*v, &t, handles))),
        _ => None,
    };
    match (val, ty) {
        (Val::Bool(v), _) => Value::Bool(v),
        (Val::S8(v), _) => Value::S8(v),
        (Val::S16(v), _) => Value::S16(v),
        (Val::S32(v), _) => Value::S32(v),
        (Val::S64(v), _) => Value::S64(v),
        (Val::U8(v), _) => Value::U8(v),
        (Val::U16(v), _) => Value::U16(v),
        (Val::U32(v), _) => Value::U32(v),
        (Val::U64(v), _) => Value::U64(v),
        (Val::Float32(v), _) => Value::F32(v),
        (Val::Float64(v), _) => Value::F64(v),
        (Val::Char(v), _) => Value::Char(v),
        (Val::String(v), _) => Value::String(v),
        (Val::List(items), Type::List(t)) => match t.ty() {
            Type::U8 => {
                let byte = |v: &Val| if let Val::U8(b) = v { *b } else { 0 };
                Value::Bytes(items.iter().map(byte).collect())
            }
            t => Value::List(items.into_iter().map(|v| lift(v, &t, handles)).collect()),
        },
        (Val::FixedLengthList(items), Type::FixedLengthList(t)) => {
            let t = t.ty();
            Value::List(items.into_iter().map(|v| lift(v, &t, handles)).collect())
        }
        (Val::Tuple(items), Type::Tuple(t)) => {
            Value::Tuple(items.into_iter().zip(t.types()).map(|(v, t)| lift(v, &t, handles)).collect())
        }
        (Val::Record(fields), Type::Record(t)) => {
            let lifted = fields.into_iter().zip(t.fields()).map(|((n, v), f)| (n, lift(v, &f.ty, handles)));
            Value::Record(lifted.collect())
        }
        (Val::Variant(name, v), Type::Variant(t)) => {
            let ty = t.cases().find(|c| c.name == name).and_then(|c| c.ty);
            let v = boxed(v, ty, handles);
            Value::Variant(name, v)
        }
        (Val::Enum(name), _) => Value::Enum(name),
        (Val::Option(v), Type::Option(t)) => Value::Option(boxed(v, Some(t.ty()), handles)),
        (Val::Result(Ok(v)), Type::Result(t)) => Value::Result(Ok(boxed(v, t.ok(), handles))),
        (Val::Result(Err(v)), Type::Result(t)) => Value::Result(Err(boxed(v, t.err(), handles))),
        (Val::Flags(names), _) => Value::Flags(names),
        (Val::Map(entries), Type::Map(t)) => {
            let (key, value) = (t.key(), t.value());
            let lifted = entries.into_iter().map(|(k, v)| (lift(k, &key, handles), lift(v, &value, handles)));
            Value::Map(lifted.collect())
        }
        (Val::Resource(any), _) => Value::Handle(handles.keep(any)),
        (val, ty) => {
            handles.leave_unread(val);
            Value::Opaque(word(ty))
        }
    }
}

/// A type in one or a few words, for messages.
fn word(ty: &Type) -> String {
    let name = match ty {
        Type::Bool => "bool",
        Type::S8 => "s8",
        Type::S16 => "s16",
        Type::S32 => "s32",
        Type::S64 => "s64",
        Type::U8 => "u8",
        Type::U16 => "u16",
        Type::U32 => "u32",
        Type::U64 => "u64",
        Type::Float32 => "f32",
        Type::Float64 => "f64",
        Type::Char => "char",
        Type::String => "string",
        Type::List(t) => match t.ty() {
            Type::U8 => "list<u8>",
            _ => "a list",
        },
        Type::FixedLengthList(t) => return format!("a list of {} elements", t.len()),
        Type::Map(_) => "a map",
        Type::Record(_) => "a record",
        Type::Tuple(_) => "a tuple",
        Type::Variant(_) => "a variant",
        Type::Enum(_) => "an enum",
        Type::Option(_) => "an option",
        Type::Result(_) => "a result",
        Type::Flags(_) => "flags",
        Type::Own(_) => "a handle",
        Type::Borrow(_) => "a borrowed handle",
        Type::Future(_) => "future",
        Type::Stream(_) => "stream",
        Type::ErrorContext => "error-context",
    };
    name.to_owned()
}

fn value_word(value: &Value) -> &'static str {
    match value {
        Value::Bool(_) => "bool",
        Value::S8(_) => "s8",
        Value::S16(_) => "s16",
        Value::S32(_) => "s32",
        Value::S64(_) => "s64",
        Value::U8(_) => "u8",
        Value::U16(_) => "u16",
        Value::U32(_) => "u32",
        Value::U64(_) => "u64",
        Value::F32(_) => "f32",
        Value::F64(_) => "f64",
        Value::Char(_) => "char",
        Value::String(_) => "string",
        Value::Bytes(_) => "list<u8>",
        Value::List(_) => "a list",
        Value::Tuple(_) => "a tuple",
        Value::Record(_) => "a record",
        Value::Variant(..) => "a variant",
        Value::Enum(_) => "an enum",
        Value::Option(_) => "an option",
        Value::Result(_) => "a result",
        Value::Flags(_) => "flags",
        Value::Map(_) => "a map",
        Value::Handle(_) => "a handle",
        Value::Opaque(_) => "a value that cannot be given",
    }
}
