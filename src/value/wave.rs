use super::sample::{MAX_DEPTH, cannot_be_given, count, integer_range, is_byte, is_resource, no_case};
use super::sample::{parse_integer, say, say_def};
use super::{Handle, Value};
use crate::component::{Case, Field, Label, Type, TypeId, TypeKind, TypeRef, TypeTable};
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

pub(super) type Read<T> = Result<T, ParseError>;

/// Reads text from left to right, knowing the type at each place; so it never goes deeper than the type does.
pub(super) struct Reader<'a> {
    text: &'a str,
    /// The present place, in bytes.
    pub(super) at: usize,
    types: &'a TypeTable,
    depth: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str, types: &'a TypeTable) -> Self {
        Self { text, at: 0, types, depth: 0 }
    }

    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Skips white space and comments.
    pub(super) fn space(&mut self) {
        loop {
            let rest = self.rest();
            let skipped = rest.trim_start_matches([' ', '\t', '\n', '\r']);
            self.at += rest.len() - skipped.len();
            if !skipped.starts_with("//") {
                return;
            }
            self.at += skipped.find('\n').unwrap_or(skipped.len());
        }
    }

    pub(super) fn eat(&mut self, byte: u8) -> bool {
        self.space();
        let found = self.text.as_bytes().get(self.at) == Some(&byte);
        self.at += usize::from(found);
        found
    }

    /// Takes the run of characters that fit, after white space.
    fn run(&mut self, fits: impl Fn(u8) -> bool) -> &'a str {
        self.space();
        let rest = self.rest();
        let length = rest.bytes().position(|b| !fits(b)).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    /// Takes a label or keyword, with its `%` if it has one; empty if there is none.
    fn label(&mut self) -> &'a str {
        self.space();
        let start = self.at;
        let rest = self.rest();
        if !rest.strip_prefix('%').unwrap_or(rest).starts_with(|c: char| c.is_ascii_alphabetic()) {
            return "";
        }
        self.at += usize::from(rest.starts_with('%'));
        self.run(|b| b.is_ascii_alphanumeric() || b == b'-');
        self.text.get(start..self.at).unwrap_or_default()
    }

    pub(super) fn error(&self, start: usize, what: &str, message: impl Into<String>) -> ParseError {
        ParseError { message: message.into(), start, end: start + what.len() }
    }

    /// `expected …, found …` about the token at the present place.
    pub(super) fn expected(&mut self, what: &str) -> ParseError {
        self.space();
        let rest = self.rest();
        let is_word = |c: char| c.is_alphanumeric() || "%_.+-#".contains(c);
        let token = match rest.chars().next() {
            None => return self.error(self.at, "", format!("expected {what}, found the end")),
            Some(quote @ ('"' | '\'')) => {
                let end = rest.char_indices().skip(1).find(|(_, c)| *c == quote || *c == '\n');
                rest.get(..end.map_or(rest.len(), |(i, c)| if c == quote { i + 1 } else { i })).unwrap_or(rest)
            }
            Some(c) if is_word(c) => rest.split(|c| !is_word(c)).next().unwrap_or(rest),
            Some(c) => rest.get(..c.len_utf8()).unwrap_or(rest),
        };
        let mut shown: String = token.chars().take(24).collect();
        if shown.len() < token.len() {
            shown.push('…');
        }
        self.error(self.at, token, format!("expected {what}, found {}", display_safe_line(&shown)))
    }

    pub(super) fn end(&mut self) -> Read<()> {
        self.space();
        if self.rest().is_empty() { Ok(()) } else { Err(self.expected("nothing more")) }
    }

    /// Items up to `close`, separated by commas; one comma may follow the last.
    pub(super) fn sequence(&mut self, close: u8, mut item: impl FnMut(&mut Self, usize) -> Read<()>) -> Read<()> {
        for i in 0.. {
            if self.eat(close) {
                return Ok(());
            }
            item(self, i)?;
            if !self.eat(b',') {
                break;
            }
        }
        if self.eat(close) { Ok(()) } else { Err(self.expected(&format!(", or {}", close as char))) }
    }

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

    /// Takes a number or a keyword that stands for one.
    fn number(&mut self) -> &'a str {
        self.run(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'+' | b'.'))
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

    fn char(&mut self) -> Read<Value> {
        const EXPECTED: &str = r"char: one character between ', as in 'a' or '\n'";
        self.space();
        let start = self.at;
        let Some(rest) = self.rest().strip_prefix('\'') else { return Err(self.expected(EXPECTED)) };
        let found = match rest.chars().next() {
            Some('\\') => unescape(rest),
            Some(c) if c != '\'' && c != '\n' => Some((c, c.len_utf8())),
            _ => None,
        };
        match found {
            Some((c, length)) if rest.get(length..).is_some_and(|r| r.starts_with('\'')) => {
                self.at = start + length + 2;
                Ok(Value::Char(c))
            }
            _ => Err(self.expected(EXPECTED)),
        }
    }

    fn string(&mut self) -> Read<String> {
        self.space();
        if self.rest().starts_with("\"\"\"") {
            return self.multiline_string();
        }
        let start = self.at;
        if !self.eat(b'"') {
            return Err(self.expected("string: text between \""));
        }
        let mut out = String::new();
        loop {
            let rest = self.rest();
            let Some(i) = rest.find(['"', '\\', '\n']) else {
                let message = "the string has no closing \"";
                return Err(ParseError { message: message.to_owned(), start, end: self.text.len() });
            };
            out.push_str(rest.get(..i).unwrap_or_default());
            self.at += i;
            match rest.as_bytes().get(i) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => self.escape(&mut out)?,
                _ => {
                    let message = r#"a line ends inside the string; write \n for a line feed, or use """"#;
                    return Err(ParseError { message: message.to_owned(), start, end: self.at });
                }
            }
        }
    }

    fn escape(&mut self, out: &mut String) -> Read<()> {
        let Some((c, length)) = unescape(self.rest()) else {
            let message = r#"expected an escape: \n, \t, \r, \\, \", \' or \u{…} with the code of a character"#;
            return Err(self.error(self.at, r"\", message));
        };
        out.push(c);
        self.at += length;
        Ok(())
    }

    /// Lines between `"""`; the spaces before the closing one are taken off every line.
    fn multiline_string(&mut self) -> Read<String> {
        let start = self.at;
        let end = self.text.len();
        let fail = |start, end, message: &str| Err(ParseError { message: message.to_owned(), start, end });
        let body = self.rest().get(3..).unwrap_or_default();
        let Some(length) = body.find("\"\"\"") else {
            return fail(start, end, "the string has no closing \"\"\"");
        };
        let body = body.get(..length).unwrap_or_default();
        let Some(lines) = body.strip_prefix('\n').or_else(|| body.strip_prefix("\r\n")) else {
            return fail(start, start + 3, "a line break must follow the opening \"\"\"");
        };
        let close = start + 3 + length;
        let (lines, indent) = match lines.rsplit_once('\n') {
            Some((lines, indent)) => (Some(lines), indent),
            None => (None, lines), // no line at all
        };
        if indent.contains(|c| c != ' ') {
            return fail(close, close + 3, "only spaces may stand before the closing \"\"\" on its line");
        }
        let mut out = String::new();
        self.at = close - indent.len() - lines.map_or(0, |l| l.len() + 1);
        for (i, line) in lines.iter().flat_map(|l| l.split('\n')).enumerate() {
            let next_line = self.at + line.len() + 1;
            let Some(line) = line.strip_prefix(indent) else {
                let message = "this line must be indented at least as far as the closing \"\"\"";
                return fail(self.at, self.at + line.len(), message);
            };
            if i > 0 {
                out.push('\n');
            }
            self.at += indent.len();
            let mut rest = line.strip_suffix('\r').unwrap_or(line);
            while let Some((plain, escape)) = rest.split_once('\\') {
                out.push_str(plain);
                self.at += plain.len();
                let escape_start = self.at;
                self.escape(&mut out)?;
                rest = escape.get(self.at - escape_start - 1..).unwrap_or_default();
            }
            out.push_str(rest);
            self.at = next_line;
        }
        self.at = close + 3;
        Ok(out)
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
            let message = format!("write {{:}} for a {} without fields", say_def(self.types, id));
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
                    let message = format!("field {name} of {} is missing, a {ty}", say_def(self.types, id));
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
            return Err(self.expected(&format!(": and a {}", say(self.types, field.ty))));
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
                let message = format!("part {} is missing, a {}", values.len() + 1, say(self.types, *ty));
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
            return Err(self.expected(&format!("( and a {}", say(self.types, ty))));
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

/// The character that the escape at the start of the text means, and the escape's length in bytes.
pub(super) fn unescape(text: &str) -> Option<(char, usize)> {
    let rest = text.strip_prefix('\\')?;
    let c = match rest.chars().next()? {
        c @ ('\\' | '"' | '\'') => c,
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'u' => {
            let (digits, _) = rest.strip_prefix("u{")?.split_once('}')?;
            if !(1..=6).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
                return None;
            }
            return Some((char::from_u32(u32::from_str_radix(digits, 16).ok()?)?, digits.len() + 4));
        }
        _ => return None,
    };
    Some((c, 2))
}

/// Whether the text is a number as JSON writes it.
fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let whole = whole.strip_prefix('-').unwrap_or(whole);
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|e| digits(e.strip_prefix(['+', '-']).unwrap_or(e)))
}

/// Words that are no case's name unless they have a `%`.
pub(super) fn is_keyword(label: &str) -> bool {
    matches!(label, "true" | "false" | "some" | "none" | "ok" | "err" | "inf" | "nan")
}
