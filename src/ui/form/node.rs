//! The fields of a form: half-typed texts and choices, one [`Node`] for each part of a value that was looked at.

use super::basis::{Basis, Gap, MAX_FIXED};
use super::bytes;
use crate::component::{Type, TypeKind};
use crate::diag::display_safe_line;
use crate::value::{Handle, Step, Value, default_value, parse_char, parse_number, to_wave, to_wave_short};
use std::collections::{BTreeMap, HashSet};

/// [`default_value`] stops at this many parts; beyond, the parts are asked for their own defaults.
const DEFAULT_PARTS: u64 = 16_384;

/// One field: a part of the value, with what was typed for it.
pub(super) struct Node {
    /// No other field of this form has it. Widgets are known by it, so focus follows an item that moves.
    pub key: u64,
    pub ty: Type,
    /// Whether its parts are shown; undecided until it is drawn.
    pub open: Option<bool>,
    /// Which fifty of its parts are shown.
    pub page: usize,
    pub body: Body,
}

pub(super) enum Body {
    /// Not looked into yet: this value, or the type's default.
    Whole(Option<Value>),
    Bool(bool),
    Number(String),
    Char(String),
    Text {
        text: String,
        /// Edited in several lines.
        tall: bool,
    },
    Bytes(Bytes),
    /// An enum, variant, option (`none`, `some`) or result (`ok`, `err`). What was typed for other cases is kept.
    Case {
        chosen: usize,
        payloads: BTreeMap<usize, Node>,
    },
    Flags(Vec<bool>),
    /// A record, tuple or fixed-length list.
    Group(Vec<Node>),
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
    Handle(Option<Handle>),
    /// There is no field for this type.
    Unavailable,
}

/// `list<u8>`: the bytes, and the text by which they are edited.
pub(super) struct Bytes {
    pub bytes: Vec<u8>,
    pub text: String,
    pub hex: bool,
    /// What is wrong with the text; the bytes are then those before.
    pub error: Option<String>,
}

/// The first thing that keeps a form from being a value.
pub(super) struct Problem {
    /// The path's pieces, innermost first.
    pieces: Vec<String>,
    pub message: String,
    /// The fields from the wrong one outwards, by key.
    pub keys: Vec<u64>,
}

impl Problem {
    fn new(message: String) -> Self {
        Self { pieces: Vec::new(), message, keys: Vec::new() }
    }

    fn inside(mut self, step: Step<'_>) -> Self {
        // `Step::path` puts no dot before a name that begins a path.
        let piece = step.path("·").split_off("·".len());
        self.pieces.push(piece);
        self
    }

    pub fn path(&self, parameter: &str) -> String {
        let mut path = display_safe_line(parameter).into_owned();
        self.pieces.iter().rev().for_each(|p| path.push_str(p));
        path
    }
}

impl Bytes {
    pub fn new(bytes: Vec<u8>) -> Self {
        let text = bytes::as_text(&bytes).filter(|_| bytes.len() <= bytes::MAX_EDIT).map(str::to_owned);
        let mut this = Self { hex: text.is_none(), text: text.unwrap_or_default(), bytes, error: None };
        if this.hex {
            this.set_hex(true);
        }
        this
    }

    /// Edits as hexadecimal digits or as text from now on.
    pub fn set_hex(&mut self, hex: bool) {
        self.hex = hex;
        self.error = None;
        self.text = match bytes::as_text(&self.bytes) {
            _ if self.bytes.len() > bytes::MAX_EDIT => String::new(),
            Some(text) if !hex => text.to_owned(),
            _ => bytes::to_hex(&self.bytes),
        };
    }

    /// Takes over what was typed.
    pub fn typed(&mut self) {
        let read = if self.hex { bytes::from_hex(&self.text) } else { Ok(self.text.clone().into_bytes()) };
        match read {
            Ok(bytes) => (self.bytes, self.error) = (bytes, None),
            Err(why) => self.error = Some(why),
        }
    }
}

impl Body {
    /// What an untouched field of this type holds; its parts stay untouched.
    fn untouched(basis: &Basis, ty: Type) -> Self {
        let part = |ty: Type| Node::new(basis, ty);
        let case = |payload: Option<Type>| Self::Case {
            chosen: 0,
            payloads: payload.into_iter().map(|t| (0, part(t))).collect(),
        };
        let ty = basis.table.resolve(ty);
        let Some(kind) = basis.table.kind(ty) else {
            return match ty {
                Type::ErrorContext | Type::Def(_) => Self::Unavailable,
                _ => Self::of(basis, ty, default_value(&basis.at(ty)), &mut 0),
            };
        };
        match kind {
            TypeKind::Record(fields) => Self::Group(fields.iter().map(|f| part(f.ty)).collect()),
            TypeKind::Tuple(parts) => Self::Group(parts.iter().map(|t| part(*t)).collect()),
            TypeKind::FixedList(t, n) if *n <= MAX_FIXED => Self::Group((0..*n).map(|_| part(*t)).collect()),
            TypeKind::Variant(cases) if !cases.is_empty() => case(cases.first().and_then(|c| c.ty)),
            TypeKind::Enum(cases) if !cases.is_empty() => case(None),
            TypeKind::Option(_) => case(None),
            TypeKind::Result { ok, .. } => case(*ok),
            TypeKind::Flags(names) => Self::Flags(vec![false; names.len()]),
            TypeKind::List(t) if basis.table.resolve(*t) == Type::U8 => Self::Bytes(Bytes::new(Vec::new())),
            TypeKind::List(_) => Self::List(Vec::new()),
            TypeKind::Map(..) => Self::Map(Vec::new()),
            TypeKind::Own(_) | TypeKind::Borrow(_) => Self::Handle(None),
            _ => Self::Unavailable,
        }
    }

    /// The fields of a value that fits the type. Beyond `budget`, parts stay whole until they are looked at.
    fn of(basis: &Basis, ty: Type, value: Value, budget: &mut usize) -> Self {
        let kind = basis.table.kind(ty);
        let mut part = |ty: Type, value: Value| Node::of(basis, ty, value, budget);
        let mut case = |name: &str, payload: Option<Box<Value>>| {
            let chosen = (0..basis.case_count(ty)).find(|i| basis.case_name(ty, *i) == name)?;
            let payloads = basis.case_type(ty, chosen).zip(payload).map(|(t, v)| (chosen, part(t, *v)));
            Some(Self::Case { chosen, payloads: payloads.into_iter().collect() })
        };
        let body = match (value, kind) {
            (Value::Bool(on), _) => Some(Self::Bool(on)),
            (Value::Char(c), _) => Some(Self::Char(display_safe_line(c.encode_utf8(&mut [0; 4])).into_owned())),
            (Value::String(text), _) => Some(Self::Text { tall: text.contains('\n'), text }),
            (Value::Bytes(bytes), _) => Some(Self::Bytes(Bytes::new(bytes))),
            (Value::List(values), Some(TypeKind::List(t))) => {
                Some(Self::List(values.into_iter().map(|v| part(*t, v)).collect()))
            }
            (Value::List(values), Some(TypeKind::FixedList(t, n))) if *n <= MAX_FIXED => {
                Some(Self::Group(values.into_iter().map(|v| part(*t, v)).collect()))
            }
            (Value::Tuple(values), Some(TypeKind::Tuple(types))) => {
                Some(Self::Group(values.into_iter().zip(types).map(|(v, t)| part(*t, v)).collect()))
            }
            (Value::Record(values), Some(TypeKind::Record(fields))) => {
                Some(Self::Group(values.into_iter().zip(fields).map(|((_, v), f)| part(f.ty, v)).collect()))
            }
            (Value::Map(entries), Some(TypeKind::Map(k, v))) => {
                Some(Self::Map(entries.into_iter().map(|(key, value)| (part(*k, key), part(*v, value))).collect()))
            }
            (Value::Variant(name, payload), _) => case(&name, payload),
            (Value::Enum(name), _) => case(&name, None),
            (Value::Option(payload), _) => case(if payload.is_some() { "some" } else { "none" }, payload),
            (Value::Result(Ok(payload)), _) => case("ok", payload),
            (Value::Result(Err(payload)), _) => case("err", payload),
            (Value::Flags(set), Some(TypeKind::Flags(names))) => {
                Some(Self::Flags(names.iter().map(|n| set.contains(&n.name)).collect()))
            }
            (Value::Handle(handle), _) => Some(Self::Handle(Some(handle))),
            (number, None) => Some(Self::Number(to_wave(&number))),
            _ => None,
        };
        body.unwrap_or_else(|| Self::untouched(basis, ty))
    }
}

impl Node {
    /// An untouched field.
    pub fn new(basis: &Basis, ty: Type) -> Self {
        Self { key: basis.key(), ty, open: None, page: 0, body: Body::Whole(None) }
    }

    /// A field with a value that fits its type.
    pub fn of(basis: &Basis, ty: Type, value: Value, budget: &mut usize) -> Self {
        let mut node = Self::new(basis, ty);
        node.body = match budget.checked_sub(1) {
            Some(left) => {
                *budget = left;
                Body::of(basis, ty, value, budget)
            }
            None => Body::Whole(Some(value)),
        };
        node
    }

    /// Looks one level into a field that was whole.
    pub fn look_inside(&mut self, basis: &Basis) {
        if let Body::Whole(value) = &mut self.body {
            self.body = match value.take() {
                Some(value) => Body::of(basis, self.ty, value, &mut 0),
                None => Body::untouched(basis, self.ty),
            };
        }
    }

    /// Takes over how `old` was shown, where the two have the same parts.
    pub fn adopt(&mut self, old: Self) {
        (self.key, self.open, self.page) = (old.key, old.open, old.page);
        match (&mut self.body, old.body) {
            (Body::Text { tall, .. }, Body::Text { tall: was, .. }) => *tall |= was,
            (Body::Bytes(bytes), Body::Bytes(was)) if was.hex => bytes.set_hex(true),
            (Body::Group(new), Body::Group(old)) | (Body::List(new), Body::List(old)) => {
                new.iter_mut().zip(old).for_each(|(new, old)| new.adopt(old));
            }
            (Body::Map(new), Body::Map(old)) => new.iter_mut().zip(old).for_each(|(new, old)| {
                new.0.adopt(old.0);
                new.1.adopt(old.1);
            }),
            (Body::Case { chosen, payloads }, Body::Case { payloads: old, .. }) => {
                for (case, old) in old {
                    match payloads.get_mut(&case) {
                        Some(new) => new.adopt(old),
                        None if case != *chosen => drop(payloads.insert(case, old)),
                        None => {}
                    }
                }
            }
            _ => {}
        }
    }

    /// The value. Where [`Node::problem`] finds something wrong, the default stands in.
    pub fn value(&self, basis: &Basis) -> Value {
        let default = || default_value(&basis.at(self.ty));
        match &self.body {
            Body::Whole(Some(value)) => value.clone(),
            Body::Whole(None) if basis.size(self.ty) <= DEFAULT_PARTS => default(),
            Body::Whole(None) => self.opened(basis).value(basis),
            Body::Bool(on) => Value::Bool(*on),
            Body::Number(text) => parse_number(text, basis.table.resolve(self.ty)).unwrap_or_else(|_| default()),
            Body::Char(text) => parse_char(text).unwrap_or_else(|_| default()),
            Body::Text { text, .. } => Value::String(text.clone()),
            Body::Bytes(b) => Value::Bytes(b.bytes.clone()),
            Body::List(items) => Value::List(items.iter().map(|n| n.value(basis)).collect()),
            Body::Map(entries) => Value::Map(entries.iter().map(|(k, v)| (k.value(basis), v.value(basis))).collect()),
            Body::Handle(Some(wanted)) => {
                let live = basis.handle_of(self.ty).and_then(|id| basis.find_live(id, wanted));
                Value::Handle(live.unwrap_or(wanted).clone())
            }
            Body::Handle(None) | Body::Unavailable => default(),
            Body::Flags(set) => match basis.table.kind(self.ty) {
                Some(TypeKind::Flags(names)) => {
                    Value::Flags(names.iter().zip(set).filter(|(_, on)| **on).map(|(n, _)| n.name.clone()).collect())
                }
                _ => default(),
            },
            Body::Group(parts) => {
                let mut values = parts.iter().map(|n| n.value(basis));
                match basis.table.kind(self.ty) {
                    Some(TypeKind::Record(fields)) => {
                        Value::Record(fields.iter().map(|f| f.name.clone()).zip(values).collect())
                    }
                    Some(TypeKind::Tuple(_)) => Value::Tuple(values.by_ref().collect()),
                    _ => Value::List(values.collect()),
                }
            }
            Body::Case { chosen, payloads } => {
                let payload = payloads.get(chosen).map(|n| Box::new(n.value(basis)));
                match basis.table.kind(self.ty) {
                    Some(TypeKind::Option(_)) => Value::Option(payload),
                    Some(TypeKind::Result { .. }) if *chosen == 0 => Value::Result(Ok(payload)),
                    Some(TypeKind::Result { .. }) => Value::Result(Err(payload)),
                    Some(TypeKind::Enum(_)) => Value::Enum(basis.case_name(self.ty, *chosen).to_owned()),
                    _ => Value::Variant(basis.case_name(self.ty, *chosen).to_owned(), payload),
                }
            }
        }
    }

    /// The field as it would be if it were looked into.
    fn opened(&self, basis: &Basis) -> Self {
        Self { key: self.key, ty: self.ty, open: None, page: 0, body: Body::untouched(basis, self.ty) }
    }

    /// What is wrong with this field itself, in words.
    pub fn own_problem(&self, basis: &Basis) -> Option<String> {
        match &self.body {
            Body::Number(text) => parse_number(text, basis.table.resolve(self.ty)).err(),
            Body::Char(text) => parse_char(text).err(),
            Body::Bytes(b) => b.error.clone(),
            Body::Unavailable => Some(basis.why_unavailable(self.ty)),
            Body::Handle(chosen) => {
                let id = basis.handle_of(self.ty)?;
                match chosen {
                    Some(wanted) if basis.find_live(id, wanted).is_some() => None,
                    Some(gone) => Some(format!(
                        "{}#{} does not live any more; {}",
                        display_safe_line(&gone.resource),
                        gone.number,
                        basis.no_handle(id)
                    )),
                    None => Some(basis.no_handle(id)),
                }
            }
            Body::Map(entries) => {
                let mut seen = HashSet::new();
                let double = entries.iter().position(|(key, _)| !seen.insert(to_wave(&key.value(basis))))?;
                Some(format!("entry [{double}] has the same key as one before it"))
            }
            _ => None,
        }
    }

    /// The first thing that is wrong with this field or its parts.
    pub fn problem(&self, basis: &Basis) -> Option<Problem> {
        let mut problem = self.own_problem(basis).map(Problem::new).or_else(|| match &self.body {
            Body::Whole(None) => match basis.gap(self.ty) {
                Some(Gap::Handle(_) | Gap::Unavailable(_)) => self.opened(basis).problem(basis),
                None => None,
            },
            Body::Group(parts) | Body::List(parts) => parts
                .iter()
                .enumerate()
                .find_map(|(i, part)| Some(part.problem(basis)?.inside(basis.part_step(self.ty, i)))),
            Body::Map(entries) => entries.iter().enumerate().find_map(|(i, (key, value))| {
                key.problem(basis).map(|p| p.inside(Step::Key(i))).or_else(|| {
                    // The step's key is not part of its path.
                    value.problem(basis).map(|p| p.inside(Step::Entry(i, &Value::Bool(false))))
                })
            }),
            Body::Case { chosen, payloads } => {
                Some(payloads.get(chosen)?.problem(basis)?.inside(basis.payload_step(self.ty, *chosen)))
            }
            _ => None,
        })?;
        problem.keys.push(self.key);
        Some(problem)
    }

    /// Shows all parts on the way to the fields with these keys, outermost last.
    pub fn reveal(&mut self, basis: &Basis, keys: &[u64]) {
        let Some((key, inner)) = keys.split_last() else { return };
        if *key != self.key {
            return;
        }
        self.open = Some(true);
        self.look_inside(basis);
        let mut page = None;
        let mut visit = |i: usize, part: &mut Node| {
            if inner.last() == Some(&part.key) {
                page = Some(i / super::PAGE);
            }
            part.reveal(basis, inner);
        };
        match &mut self.body {
            Body::Group(parts) | Body::List(parts) => parts.iter_mut().enumerate().for_each(|(i, p)| visit(i, p)),
            Body::Map(entries) => entries.iter_mut().enumerate().for_each(|(i, (key, value))| {
                visit(i, key);
                visit(i, value);
            }),
            Body::Case { payloads, .. } => payloads.values_mut().for_each(|p| visit(0, p)),
            _ => {}
        }
        self.page = page.unwrap_or(self.page);
    }

    /// A few words on what is inside, for a folded field; `None` if that is too much to look through.
    pub fn summary(&self, basis: &Basis) -> Option<String> {
        let mut budget = 64;
        self.is_small(basis, &mut budget).then(|| {
            let text = to_wave_short(&self.value(basis), 80);
            display_safe_line(&text).into_owned()
        })
    }

    fn is_small(&self, basis: &Basis, budget: &mut u64) -> bool {
        let parts = match &self.body {
            Body::Whole(None) => basis.size(self.ty),
            Body::Whole(Some(_)) => return false,
            Body::Text { text, .. } => text.len() as u64 / 64,
            Body::Bytes(b) => b.bytes.len() as u64 / 16,
            _ => 1,
        };
        *budget = budget.saturating_sub(parts);
        *budget > 0
            && match &self.body {
                Body::Group(parts) | Body::List(parts) => parts.iter().all(|p| p.is_small(basis, budget)),
                Body::Map(entries) => {
                    entries.iter().all(|(k, v)| k.is_small(basis, budget) && v.is_small(basis, budget))
                }
                Body::Case { chosen, payloads } => payloads.get(chosen).is_none_or(|p| p.is_small(basis, budget)),
                _ => true,
            }
    }
}
