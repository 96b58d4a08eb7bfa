//! WAVE text read as values of a type.

use super::sample::{MAX_DEPTH, cannot_be_given, count, integer_range, is_byte, is_resource, no_case};
use super::sample::{parse_integer, say, say_def};
use super::scan::{Read, Reader, is_keyword, is_number};
use super::{Handle, Value};
use crate::component::{Case, Field, Label, Type, TypeId, TypeKind, TypeRef};
use crate::diag::display_safe_line;

/// Why a text is not a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} (at {start})")]
pub struct ParseError {
    /// What is wrong, with the expected type.
    pub message: String,
    /// Where it starts, in bytes of the text.
    pub start: usize,
    /// Where it ends, in bytes of the text.
    pub end: usize,
}

/// Reads WAVE text as a value of this type. WAVE has no maps and no handles: a map is a list of pairs,
/// `[("a", 1), ("b", 2)]`, and a handle is `counter#3`, read with generation 0.
///
/// # Errors
/// The place and the expected type.
pub fn parse_wave(text: &str, ty: &TypeRef) -> Result<Value, ParseError> {
    let mut reader = Reader::new(text, &ty.table);
    let value = reader.value(ty.ty)?;
    reader.end()?;
    Ok(value)
}

impl<'a> Reader<'a> {
    fn open(&mut self, byte: u8, ty: Type) -> Read<()> {
        if self.eat(byte) { Ok(()) } else { Err(self.expected(&say(self.types, ty))) }
    }

    pub(super) fn value(&mut self, ty: Type) -> Read<Value> {
        if self.depth > MAX_DEPTH {
            return Err(self.expected("a type that is not nested so deeply"));
        }
        self.depth += 1;
        let value = match self.types.resolve(ty) {
            Type::Bool => self.bool(),
            Type::F32 | Type::F64 => self.float(ty),
            Type::Char => self.char(),
            Type::String => self.string().map(Value::String),
            Type::Def(id) => self.def(id, ty),
            Type::ErrorContext => Err(self.error(self.at, "", cannot_be_given("error-context"))),
            integer => self.integer(integer),
        }?;
        self.depth -= 1;
        Ok(value)
    }

    fn bool(&mut self) -> Read<Value> {
        let start = self.at;
        match self.label() {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            _ => {
                self.at = start;
                Err(self.expected("bool: true or false"))
            }
        }
    }
    fn integer(&mut self, ty: Type) -> Read<Value> {
        self.space();
        let start = self.at;
        let text = self.number();
        let range = integer_range(ty).unwrap_or_default();
        match parse_integer(text, ty) {
            Some(value) if is_number(text) => Ok(value),
            None if is_number(text) && !text.contains(['.', 'e', 'E']) => {
                Err(self.error(start, text, format!("must be {range}")))
            }
            _ => {
                self.at = start;
                Err(self.expected(&format!("{}, {range}", self.types.text(ty))))
            }
        }
    }

    fn float(&mut self, ty: Type) -> Read<Value> {
        self.space();
        let start = self.at;
        let text = self.number();
        let is_f32 = self.types.resolve(ty) == Type::F32;
        if is_number(text) || matches!(text, "nan" | "inf" | "-inf") {
            let value = if is_f32 { text.parse().ok().map(Value::F32) } else { text.parse().ok().map(Value::F64) };
            if let Some(value) = value {
                return Ok(value);
            }
        }
        self.at = start;
        Err(self.expected(&format!("{}, a number, nan, inf or -inf", if is_f32 { "f32" } else { "f64" })))
    }

    fn def(&mut self, id: TypeId, ty: Type) -> Read<Value> {
        let types = self.types;
        let Some(def) = types.get(id) else { return Err(self.expected(&say(types, ty))) };
        match &def.kind {
            TypeKind::Record(fields) => self.record(id, fields),
            TypeKind::Tuple(parts) => self.tuple(id, parts),
            TypeKind::Variant(cases) => self.variant(id, cases),
            TypeKind::Enum(cases) => {
                let (start, label) = self.case(id)?;
                match cases.iter().find(|c| c.name == label) {
                    Some(case) => Ok(Value::Enum(case.name.clone())),
                    None => Err(self.no_case(start, label, id, cases.iter().map(|c| &c.name))),
                }
            }
            TypeKind::Flags(labels) => self.flags(id, labels),
            TypeKind::Option(ty) => self.option(id, *ty),
            TypeKind::Result { ok, err } => self.result(id, *ok, *err),
            TypeKind::List(t) if is_byte(types, *t) => self.bytes(id),
            TypeKind::List(t) => self.list(id, *t, None),
            TypeKind::FixedList(t, length) => self.list(id, *t, Some(*length as usize)),
            TypeKind::Map(key, value) => self.map(id, *key, *value),
            TypeKind::Own(resource) | TypeKind::Borrow(resource) => self.handle(*resource),
            TypeKind::Stream(_) | TypeKind::Future(_) | TypeKind::Resource | TypeKind::Alias(_) => {
                Err(self.error(self.at, "", cannot_be_given(&say(types, ty))))
            }
        }
    }

    fn no_case<'n>(
        &self,
        start: usize,
        label: &str,
        id: TypeId,
        names: impl ExactSizeIterator<Item = &'n String>,
    ) -> ParseError {
        ParseError { message: no_case(self.types, id, label, names), start, end: self.at }
    }

    /// Takes a case's name, without its `%`. A keyword must have one.
    fn case(&mut self, id: TypeId) -> Read<(usize, &'a str)> {
        self.space();
        let start = self.at;
        let label = self.label();
        if is_keyword(label) {
            let message = format!("{label} is a keyword; write %{label} for a case of {}", say_def(self.types, id));
            return Err(self.error(start, label, message));
        }
        if label.is_empty() {
            return Err(self.expected(&say_def(self.types, id)));
        }
        Ok((start, label.strip_prefix('%').unwrap_or(label)))
    }

    fn record(&mut self, id: TypeId, fields: &[Field]) -> Read<Value> {
        self.open(b'{', Type::Def(id))?;
        let start = self.at - 1;
        let mut values: Vec<Option<Value>> = vec![None; fields.len()];
        if self.eat(b':') {
            if !self.eat(b'}') {
                return Err(self.expected("}"));
            }
        } else if self.eat(b'}') {
            let message = format!("{} without fields is written {{:}}", say_def(self.types, id));
            return Err(ParseError { message, start, end: self.at });
        } else {
            self.sequence(b'}', |reader, i| reader.field(id, fields, i, &mut values))?;
        }
        let mut out = Vec::with_capacity(fields.len());
        for (field, value) in fields.iter().zip(values) {
            let value = match value {
                Some(value) => value,
                None if matches!(self.types.kind(field.ty), Some(TypeKind::Option(_))) => Value::Option(None),
                None => {
                    let (name, ty) = (display_safe_line(&field.name), say(self.types, field.ty));
                    let message = format!("field {name}: {ty} of {} is missing", say_def(self.types, id));
                    return Err(ParseError { message, start, end: self.at });
                }
            };
            out.push((field.name.clone(), value));
        }
        Ok(Value::Record(out))
    }

    fn field(&mut self, id: TypeId, fields: &[Field], i: usize, values: &mut [Option<Value>]) -> Read<()> {
        self.space();
        let start = self.at;
        let label = self.label();
        let name = label.strip_prefix('%').unwrap_or(label);
        if label.is_empty() {
            return Err(self.expected(&format!("a field of {}", say_def(self.types, id))));
        }
        // Most texts have the fields in the type's order.
        let position = if fields.get(i).is_some_and(|f| f.name == name) {
            Some(i)
        } else {
            fields.iter().position(|f| f.name == name)
        };
        let Some((field, slot)) = position.and_then(|p| Some((fields.get(p)?, values.get_mut(p)?))) else {
            return Err(self.no_case(start, name, id, fields.iter().map(|f| &f.name)));
        };
        if slot.is_some() {
            return Err(self.error(start, label, format!("field {name} is given twice")));
        }
        if !self.eat(b':') {
            return Err(self.expected(&format!(": and {}", say(self.types, field.ty))));
        }
        *slot = Some(self.value(field.ty)?);
        Ok(())
    }

    fn tuple(&mut self, id: TypeId, parts: &[Type]) -> Read<Value> {
        self.open(b'(', Type::Def(id))?;
        let mut values = Vec::with_capacity(parts.len());
        self.sequence(b')', |reader, i| match parts.get(i) {
            Some(ty) => {
                values.push(reader.value(*ty)?);
                Ok(())
            }
            None => Err(reader.expected(&format!(") after {}", count(parts.len(), "part")))),
        })?;
        match parts.get(values.len()) {
            Some(ty) => {
                let message = format!("part {} is missing: {}", values.len() + 1, say(self.types, *ty));
                Err(self.error(self.at - 1, ")", message))
            }
            None => Ok(Value::Tuple(values)),
        }
    }

    fn variant(&mut self, id: TypeId, cases: &[Case]) -> Read<Value> {
        let (start, label) = self.case(id)?;
        let Some(case) = cases.iter().find(|c| c.name == label) else {
            return Err(self.no_case(start, label, id, cases.iter().map(|c| &c.name)));
        };
        Ok(Value::Variant(case.name.clone(), self.payload(case.ty)?))
    }

    /// Takes `(value)` after a case's name, if the case has one.
    fn payload(&mut self, ty: Option<Type>) -> Read<Option<Box<Value>>> {
        let Some(ty) = ty else { return Ok(None) };
        if !self.eat(b'(') {
            return Err(self.expected(&format!("( and {}", say(self.types, ty))));
        }
        let value = self.value(ty)?;
        if self.eat(b')') { Ok(Some(Box::new(value))) } else { Err(self.expected(")")) }
    }

    fn flags(&mut self, id: TypeId, labels: &[Label]) -> Read<Value> {
        self.open(b'{', Type::Def(id))?;
        let mut is_set = vec![false; labels.len()];
        self.sequence(b'}', |reader, _| {
            reader.space();
            let start = reader.at;
            let label = reader.label();
            let name = label.strip_prefix('%').unwrap_or(label);
            if label.is_empty() {
                return Err(reader.expected(&format!("a name of {}", say_def(reader.types, id))));
            }
            match labels.iter().position(|l| l.name == name).and_then(|p| is_set.get_mut(p)) {
                Some(set) if *set => Err(reader.error(start, label, format!("{name} is given twice"))),
                Some(set) => {
                    *set = true;
                    Ok(())
                }
                None => Err(reader.no_case(start, name, id, labels.iter().map(|l| &l.name))),
            }
        })?;
        Ok(Value::Flags(labels.iter().zip(is_set).filter(|(_, set)| *set).map(|(l, _)| l.name.clone()).collect()))
    }

    /// Options and results may be written as their payload alone, if that is neither option nor result itself.
    fn is_flat(&self, ty: Type) -> bool {
        !matches!(self.types.kind(ty), Some(TypeKind::Option(_) | TypeKind::Result { .. }))
    }

    fn option(&mut self, id: TypeId, ty: Type) -> Read<Value> {
        self.space();
        let start = self.at;
        match self.label() {
            "some" => return Ok(Value::Option(self.payload(Some(ty))?)),
            "none" => return Ok(Value::Option(None)),
            _ => self.at = start,
        }
        if self.is_flat(ty) && !self.rest().is_empty() {
            return Ok(Value::Option(Some(Box::new(self.value(ty)?))));
        }
        Err(self.expected(&format!("{}: some(…) or none", say_def(self.types, id))))
    }

    fn result(&mut self, id: TypeId, ok: Option<Type>, err: Option<Type>) -> Read<Value> {
        self.space();
        let start = self.at;
        match self.label() {
            "ok" => return Ok(Value::Result(Ok(self.payload(ok)?))),
            "err" => return Ok(Value::Result(Err(self.payload(err)?))),
            _ => self.at = start,
        }
        match ok {
            Some(ty) if self.is_flat(ty) && !self.rest().is_empty() => {
                Ok(Value::Result(Ok(Some(Box::new(self.value(ty)?)))))
            }
            _ => {
                let shown = |ty: Option<Type>| if ty.is_some() { "(…)" } else { "" };
                let name = say_def(self.types, id);
                Err(self.expected(&format!("{name}: ok{} or err{}", shown(ok), shown(err))))
            }
        }
    }

    fn bytes(&mut self, id: TypeId) -> Read<Value> {
        self.open(b'[', Type::Def(id))?;
        let mut bytes = Vec::new();
        self.sequence(b']', |reader, _| {
            if let Value::U8(byte) = reader.integer(Type::U8)? {
                bytes.push(byte);
            }
            Ok(())
        })?;
        Ok(Value::Bytes(bytes))
    }

    fn list(&mut self, id: TypeId, ty: Type, length: Option<usize>) -> Read<Value> {
        self.open(b'[', Type::Def(id))?;
        let start = self.at - 1;
        let mut values = Vec::new();
        self.sequence(b']', |reader, _| {
            values.push(reader.value(ty)?);
            Ok(())
        })?;
        match length {
            Some(length) if length != values.len() => {
                let message = format!("must have {}, not {}", count(length, "element"), values.len());
                Err(ParseError { message, start, end: self.at })
            }
            _ => Ok(Value::List(values)),
        }
    }

    fn map(&mut self, id: TypeId, key: Type, value: Type) -> Read<Value> {
        self.open(b'[', Type::Def(id))?;
        let mut entries = Vec::new();
        self.sequence(b']', |reader, _| {
            if !reader.eat(b'(') {
                return Err(reader.expected("an entry: (key, value)"));
            }
            let key = reader.value(key)?;
            if !reader.eat(b',') {
                return Err(reader.expected(", and the entry's value"));
            }
            entries.push((key, reader.value(value)?));
            reader.eat(b',');
            if reader.eat(b')') { Ok(()) } else { Err(reader.expected(")")) }
        })?;
        Ok(Value::Map(entries))
    }

    fn handle(&mut self, resource: TypeId) -> Read<Value> {
        self.space();
        let start = self.at;
        let label = self.label();
        let name = label.strip_prefix('%').unwrap_or(label);
        if is_resource(self.types, resource, name) && self.rest().starts_with('#') {
            self.at += 1;
            if let Ok(number) = self.run(|b| b.is_ascii_digit()).parse() {
                return Ok(Value::Handle(Handle { number, generation: 0, resource: name.to_owned() }));
            }
        }
        self.at = start;
        let name = say_def(self.types, resource);
        Err(self.expected(&format!("a handle of {name}, as in {name}#1")))
    }
}
