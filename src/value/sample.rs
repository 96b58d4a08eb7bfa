//! Values to begin with, and what is wrong with a value for its type.

use super::{Step, Value, to_wave};
use crate::component::{Type, TypeId, TypeKind, TypeRef, TypeTable};
use crate::diag::display_safe_line;

/// Types nest at most 100 deep in a valid file; what is deeper comes from a damaged table.
pub(super) const MAX_DEPTH: usize = 128;
/// A default has at most this many parts. Types that share parts may stand for a million of them.
const MAX_PARTS: usize = 16_384;
/// A default of a fixed-length list has at most this many elements.
const MAX_ELEMENTS: u32 = 4096;
/// More errors than a person reads at once.
const MAX_ERRORS: usize = 100;

/// What is wrong at one place of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Where: `cart[0].quantity`, made of [`Step`]s; empty for the value itself.
    pub path: String,
    /// What is wrong, in words.
    pub message: String,
}

impl std::fmt::Display for FieldError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.path.is_empty() { f.write_str(&self.message) } else { write!(f, "{}: {}", self.path, self.message) }
    }
}

/// Where a walk through a value is, without any allocation on the way: text is made only for an error.
#[derive(Clone, Copy)]
pub(super) enum Path<'a> {
    Root,
    At(&'a Path<'a>, Step<'a>),
}

impl Path<'_> {
    pub(super) fn error(&self, message: impl Into<String>) -> FieldError {
        FieldError { path: self.text(), message: message.into() }
    }

    fn text(&self) -> String {
        match self {
            Path::Root => String::new(),
            Path::At(parent, step) => step.path(&parent.text()),
        }
    }
}

/// A valid value to start a form with: zero, empty, the first case. Built only as deep as it must be.
/// A handle has no default: [`Value::Opaque`] stands in its place until one is chosen.
///
/// A default has at most 16 384 parts, and 4096 elements of a fixed-length list. Parts beyond are [`Value::Opaque`],
/// too, and elements beyond are missing; [`check`] then says that the part is not filled in, or how many elements
/// of how many there are. To go on there, ask for the default of that part's own type.
pub fn default_value(ty: &TypeRef) -> Value {
    let mut parts_left = MAX_PARTS;
    build(&ty.table, ty.ty, 0, &mut parts_left)
}

fn build(types: &TypeTable, ty: Type, depth: usize, parts_left: &mut usize) -> Value {
    if depth > MAX_DEPTH || *parts_left == 0 {
        return Value::Opaque(say(types, ty));
    }
    *parts_left -= 1;
    match types.resolve(ty) {
        Type::Bool => Value::Bool(false),
        Type::S8 => Value::S8(0),
        Type::S16 => Value::S16(0),
        Type::S32 => Value::S32(0),
        Type::S64 => Value::S64(0),
        Type::U8 => Value::U8(0),
        Type::U16 => Value::U16(0),
        Type::U32 => Value::U32(0),
        Type::U64 => Value::U64(0),
        Type::F32 => Value::F32(0.0),
        Type::F64 => Value::F64(0.0),
        Type::Char => Value::Char('a'), // zero could not be seen
        Type::String => Value::String(String::new()),
        Type::ErrorContext => Value::Opaque(say(types, ty)),
        Type::Def(id) => build_def(types, id, depth + 1, parts_left),
    }
}

fn build_def(types: &TypeTable, id: TypeId, depth: usize, parts_left: &mut usize) -> Value {
    let opaque = || Value::Opaque(say(types, Type::Def(id)));
    let Some(def) = types.get(id) else { return opaque() };
    let mut part = |ty: Type| build(types, ty, depth, parts_left);
    match &def.kind {
        TypeKind::Record(fields) => Value::Record(fields.iter().map(|f| (f.name.clone(), part(f.ty))).collect()),
        TypeKind::Tuple(parts) => Value::Tuple(parts.iter().map(|t| part(*t)).collect()),
        TypeKind::Variant(cases) => match cases.first() {
            Some(case) => Value::Variant(case.name.clone(), case.ty.map(|t| Box::new(part(t)))),
            None => opaque(),
        },
        TypeKind::Enum(cases) => cases.first().map_or_else(opaque, |case| Value::Enum(case.name.clone())),
        TypeKind::Flags(_) => Value::Flags(Vec::new()),
        TypeKind::Option(_) => Value::Option(None),
        TypeKind::Result { ok, .. } => Value::Result(Ok(ok.map(|t| Box::new(part(t))))),
        TypeKind::List(t) if is_byte(types, *t) => Value::Bytes(Vec::new()),
        TypeKind::List(_) => Value::List(Vec::new()),
        TypeKind::FixedList(t, count) => Value::List((0..(*count).min(MAX_ELEMENTS)).map(|_| part(*t)).collect()),
        TypeKind::Map(..) => Value::Map(Vec::new()),
        TypeKind::Stream(_)
        | TypeKind::Future(_)
        | TypeKind::Own(_)
        | TypeKind::Borrow(_)
        | TypeKind::Resource
        | TypeKind::Alias(_) => opaque(),
    }
}

/// Everything about `value` that does not fit `ty`; empty if it fits. At most 100 errors are listed.
pub fn check(value: &Value, ty: &TypeRef) -> Vec<FieldError> {
    let mut checker = Checker { types: &ty.table, errors: Vec::new() };
    checker.value(value, ty.ty, &Path::Root, 0);
    checker.errors
}

struct Checker<'a> {
    types: &'a TypeTable,
    errors: Vec<FieldError>,
}

impl Checker<'_> {
    fn report(&mut self, at: &Path<'_>, message: impl Into<String>) {
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(at.error(message));
        }
    }

    fn value(&mut self, value: &Value, ty: Type, at: &Path<'_>, depth: usize) {
        if depth > MAX_DEPTH {
            return self.report(at, "nested too deeply");
        }
        if self.errors.len() >= MAX_ERRORS {
            return;
        }
        let fits = match (self.types.resolve(ty), value) {
            (Type::Bool, Value::Bool(_))
            | (Type::S8, Value::S8(_))
            | (Type::S16, Value::S16(_))
            | (Type::S32, Value::S32(_))
            | (Type::S64, Value::S64(_))
            | (Type::U8, Value::U8(_))
            | (Type::U16, Value::U16(_))
            | (Type::U32, Value::U32(_))
            | (Type::U64, Value::U64(_))
            | (Type::F32, Value::F32(_))
            | (Type::F64, Value::F64(_))
            | (Type::Char, Value::Char(_))
            | (Type::String, Value::String(_)) => true,
            (Type::Def(id), _) => self.def(value, id, at, depth + 1),
            _ => false,
        };
        if !fits {
            let message = self.mismatch(value, ty);
            self.report(at, message);
        }
    }

    /// Whether the value is of the definition's kind; what is wrong inside it is reported here.
    fn def(&mut self, value: &Value, id: TypeId, at: &Path<'_>, depth: usize) -> bool {
        let types = self.types;
        let Some(def) = types.get(id) else { return false };
        match (&def.kind, value) {
            (TypeKind::Record(fields), Value::Record(values)) => {
                let known = self.errors.len();
                for (i, field) in fields.iter().enumerate() {
                    let here = Path::At(at, Step::Field(&field.name));
                    let given = values.get(i).filter(|(name, _)| *name == field.name);
                    match given.or_else(|| values.iter().find(|(name, _)| *name == field.name)) {
                        Some((_, value)) => self.value(value, field.ty, &here, depth),
                        None => self.report(&here, "is missing"),
                    }
                }
                for (name, _) in values.iter().filter(|(name, _)| !fields.iter().any(|f| f.name == *name)) {
                    self.report(&Path::At(at, Step::Field(name)), format!("{} has no such field", say_def(types, id)));
                }
                let in_order = values.iter().map(|(name, _)| name).eq(fields.iter().map(|f| &f.name));
                if self.errors.len() == known && !in_order {
                    self.report(at, "fields must be in the order of the type, each once");
                }
            }
            (TypeKind::Tuple(parts), Value::Tuple(values)) => {
                if parts.len() != values.len() {
                    self.report(at, format!("must have {}, not {}", count(parts.len(), "part"), values.len()));
                }
                for (i, (value, ty)) in values.iter().zip(parts).enumerate() {
                    self.value(value, *ty, &Path::At(at, Step::Index(i)), depth);
                }
            }
            (TypeKind::Variant(cases), Value::Variant(name, payload)) => match cases.iter().find(|c| c.name == *name) {
                Some(case) => self.payload(payload, case.ty, &Path::At(at, Step::Case(name)), depth),
                None => self.report(at, no_case(types, id, name, cases.iter().map(|c| &c.name))),
            },
            (TypeKind::Enum(cases), Value::Enum(name)) => {
                if !cases.iter().any(|c| c.name == *name) {
                    self.report(at, no_case(types, id, name, cases.iter().map(|c| &c.name)));
                }
            }
            (TypeKind::Flags(labels), Value::Flags(names)) => {
                let mut rest = labels.iter();
                for name in names {
                    if !labels.iter().any(|l| l.name == *name) {
                        self.report(at, no_case(types, id, name, labels.iter().map(|l| &l.name)));
                    } else if !rest.any(|l| l.name == *name) {
                        self.report(at, "flags must be in the order of the type, each once");
                    }
                }
            }
            (TypeKind::Option(_), Value::Option(None)) => {}
            (TypeKind::Option(ty), Value::Option(Some(value))) => {
                self.value(value, *ty, &Path::At(at, Step::Some), depth);
            }
            (TypeKind::Result { ok, .. }, Value::Result(Ok(payload))) => {
                self.payload(payload, *ok, &Path::At(at, Step::Case("ok")), depth);
            }
            (TypeKind::Result { err, .. }, Value::Result(Err(payload))) => {
                self.payload(payload, *err, &Path::At(at, Step::Case("err")), depth);
            }
            (TypeKind::List(ty), Value::Bytes(_)) => return is_byte(types, *ty),
            (TypeKind::List(ty), Value::List(values)) => {
                if is_byte(types, *ty) {
                    return false;
                }
                self.elements(values, *ty, at, depth);
            }
            (TypeKind::FixedList(ty, length), Value::List(values)) => {
                let length = *length as usize;
                match values.len() {
                    n if n < length => self.report(at, format!("has {n} of {}", count(length, "element"))),
                    n if n > length => self.report(at, format!("must have {}, not {n}", count(length, "element"))),
                    _ => {}
                }
                self.elements(values, *ty, at, depth);
            }
            (TypeKind::Map(key_type, value_type), Value::Map(entries)) => {
                for (i, (key, value)) in entries.iter().enumerate() {
                    self.value(key, *key_type, &Path::At(at, Step::Key(i)), depth);
                    self.value(value, *value_type, &Path::At(at, Step::Entry(i, key)), depth);
                }
            }
            (TypeKind::Own(resource) | TypeKind::Borrow(resource), Value::Handle(handle)) => {
                return is_resource(types, *resource, &handle.resource);
            }
            _ => return false,
        }
        true
    }

    fn elements(&mut self, values: &[Value], ty: Type, at: &Path<'_>, depth: usize) {
        for (i, value) in values.iter().enumerate() {
            self.value(value, ty, &Path::At(at, Step::Index(i)), depth);
        }
    }

    fn payload(&mut self, payload: &Option<Box<Value>>, ty: Option<Type>, at: &Path<'_>, depth: usize) {
        match (payload, ty) {
            (Some(value), Some(ty)) => self.value(value, ty, at, depth),
            (None, Some(ty)) => {
                let message = format!("needs a value of type {}", say(self.types, ty));
                self.report(at, message);
            }
            (Some(_), None) => self.report(at, "takes no value"),
            (None, None) => {}
        }
    }

    fn mismatch(&self, value: &Value, ty: Type) -> String {
        let name = say(self.types, ty);
        let resolved = self.types.resolve(ty);
        match integer_range(resolved) {
            Some(range) if value.is_integer() && parse_integer(&to_wave(value), resolved).is_none() => {
                return format!("must be {range}");
            }
            _ => {}
        }
        match (value, self.types.kind(ty)) {
            (Value::Opaque(_), Some(TypeKind::Own(r) | TypeKind::Borrow(r))) => {
                format!("choose a handle of {}", say_def(self.types, *r))
            }
            (_, Some(TypeKind::Stream(_) | TypeKind::Future(_) | TypeKind::Resource)) => cannot_be_given(&name),
            (_, None) if resolved == Type::ErrorContext => cannot_be_given(&name),
            (Value::Opaque(_), _) => format!("not filled in: expected {name}"),
            (Value::Handle(handle), _) => format!("expected {name}, found {}", display_safe_line(&handle.resource)),
            _ => format!("expected {name}, found {}", value.kind_word()),
        }
    }
}

/// The value that a person typed into the field of a number: spaces around it do not matter, nothing is rounded except
/// as floats must be. Floats may be `nan`, `inf`, `-inf` and have an exponent.
///
/// # Errors
/// What would be accepted, as in `must be a whole number, 0 to 255`; also for a type that is no number.
pub fn parse_number(text: &str, ty: Type) -> Result<Value, String> {
    let text = text.trim();
    if let Some(range) = integer_range(ty) {
        return parse_integer(text, ty).ok_or_else(|| format!("must be a whole number, {range}"));
    }
    let is_infinite = text.to_ascii_lowercase().contains("inf");
    let (value, finite, largest) = match ty {
        Type::F32 => {
            let parsed = text.parse::<f32>().ok();
            (parsed.map(Value::F32), parsed.is_none_or(|f| !f.is_infinite()), format!("{:e}", f32::MAX))
        }
        Type::F64 => {
            let parsed = text.parse::<f64>().ok();
            (parsed.map(Value::F64), parsed.is_none_or(|f| !f.is_infinite()), format!("{:e}", f64::MAX))
        }
        _ => return Err("is not a number".to_owned()),
    };
    if !finite && !is_infinite {
        return Err(format!("must be -{largest} to {largest}, or inf or -inf"));
    }
    value.ok_or_else(|| "must be a number, as in 1.5 or 2e-3, or nan, inf or -inf".to_owned())
}

/// The value that a person typed into the field of a `char`: one character, or an escape such as `\n` or `\u{1f30a}`.
///
/// # Errors
/// What would be accepted.
pub fn parse_char(text: &str) -> Result<Value, String> {
    let mut chars = text.chars();
    if let (Some(c), None) = (chars.next(), chars.next()) {
        return Ok(Value::Char(c));
    }
    match super::scan::unescape(text) {
        Some((c, length)) if length == text.len() => Ok(Value::Char(c)),
        _ => Err(format!(r"must be one character or an escape such as \n or \u{{e9}}, not {}", text.chars().count())),
    }
}

/// The integer of this type; `None` if the text is no integer or out of range, or the type is no integer.
pub(super) fn parse_integer(text: &str, ty: Type) -> Option<Value> {
    match ty {
        Type::S8 => text.parse().ok().map(Value::S8),
        Type::S16 => text.parse().ok().map(Value::S16),
        Type::S32 => text.parse().ok().map(Value::S32),
        Type::S64 => text.parse().ok().map(Value::S64),
        Type::U8 => text.parse().ok().map(Value::U8),
        Type::U16 => text.parse().ok().map(Value::U16),
        Type::U32 => text.parse().ok().map(Value::U32),
        Type::U64 => text.parse().ok().map(Value::U64),
        _ => None,
    }
}

/// `0 to 255`; `None` if the type is no integer.
pub(super) fn integer_range(ty: Type) -> Option<String> {
    let (min, max) = match ty {
        Type::S8 => (i8::MIN.into(), i8::MAX as u64),
        Type::S16 => (i16::MIN.into(), i16::MAX as u64),
        Type::S32 => (i32::MIN.into(), i32::MAX as u64),
        Type::S64 => (i64::MIN, i64::MAX as u64),
        Type::U8 => (0, u8::MAX.into()),
        Type::U16 => (0, u16::MAX.into()),
        Type::U32 => (0, u32::MAX.into()),
        Type::U64 => (0, u64::MAX),
        _ => return None,
    };
    Some(format!("{min} to {max}"))
}

/// The type as WIT writes it, safe to show.
pub(super) fn say(types: &TypeTable, ty: Type) -> String {
    display_safe_line(&types.text(ty)).into_owned()
}

pub(super) fn say_def(types: &TypeTable, id: TypeId) -> String {
    say(types, Type::Def(id))
}

pub(super) fn is_byte(types: &TypeTable, ty: Type) -> bool {
    types.resolve(ty) == Type::U8
}

/// Whether a handle named so is of this resource, under its own name or the one it is used by.
pub(super) fn is_resource(types: &TypeTable, id: TypeId, name: &str) -> bool {
    let named = |ty: Type| match ty {
        Type::Def(id) => types.get(id).and_then(|d| d.name.as_deref()) == Some(name),
        _ => false,
    };
    named(Type::Def(id)) || named(types.resolve(Type::Def(id)))
}

pub(super) fn cannot_be_given(name: &str) -> String {
    format!("{name} cannot be given as a value here")
}

/// `status has no x; it has a, b and 3 more`: for cases of variants and enums, and for flags.
pub(super) fn no_case<'a>(
    types: &TypeTable,
    id: TypeId,
    name: &str,
    names: impl ExactSizeIterator<Item = &'a String>,
) -> String {
    const SHOWN: usize = 12;
    let total = names.len();
    let mut listed = names.take(SHOWN).map(|n| display_safe_line(n)).collect::<Vec<_>>().join(", ");
    if total > SHOWN {
        listed.push_str(&format!(" and {} more", total - SHOWN));
    }
    format!("{} has no {}; it has {listed}", say_def(types, id), quoted(name))
}

/// The start of a given text, for a message.
pub(super) fn quoted(text: &str) -> String {
    const SHOWN: usize = 40;
    let start: String = text.chars().take(SHOWN).collect();
    let more = if start.len() < text.len() { "…" } else { "" };
    display_safe_line(&start).into_owned() + more
}

/// `1 element`, `2 elements`.
pub(super) fn count(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}
