//! A value unfolded into rows, and the steps to its parts.

use super::Value;
use crate::diag::display_safe_line;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// One step from a value to a part of it. Paths of [`super::FieldError`]s are made of these.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Step<'a> {
    /// A field of a record: `.name`.
    Field(&'a str),
    /// An element of a list or tuple: `[3]`.
    Index(usize),
    /// The payload of a variant's case, or of a result's `ok` or `err`: `.case`.
    Case(&'a str),
    /// The payload of an option: nothing in a path, for the option has the name already.
    Some,
    /// The key of a map's entry: `[3].key`.
    Key(usize),
    /// The value of a map's entry, with its key: `[3].value`.
    Entry(usize, &'a Value),
}

impl Step<'_> {
    /// The path of the part, if `parent` is the path of the whole.
    pub fn path(&self, parent: &str) -> String {
        match self {
            Self::Field(name) | Self::Case(name) if parent.is_empty() => display_safe_line(name).into_owned(),
            Self::Field(name) | Self::Case(name) => format!("{parent}.{}", display_safe_line(name)),
            Self::Index(i) => format!("{parent}[{i}]"),
            Self::Some => parent.to_owned(),
            Self::Key(i) => format!("{parent}[{i}].key"),
            Self::Entry(i, _) => format!("{parent}[{i}].value"),
        }
    }
}

impl Value {
    /// The kind of value in WIT's word: `u8`, `record`, `list`.
    pub fn kind_word(&self) -> &'static str {
        match self {
            Self::Bool(_) => "bool",
            Self::S8(_) => "s8",
            Self::S16(_) => "s16",
            Self::S32(_) => "s32",
            Self::S64(_) => "s64",
            Self::U8(_) => "u8",
            Self::U16(_) => "u16",
            Self::U32(_) => "u32",
            Self::U64(_) => "u64",
            Self::F32(_) => "f32",
            Self::F64(_) => "f64",
            Self::Char(_) => "char",
            Self::String(_) => "string",
            Self::Bytes(_) => "list<u8>",
            Self::List(_) => "list",
            Self::Tuple(_) => "tuple",
            Self::Record(_) => "record",
            Self::Variant(..) => "variant",
            Self::Enum(_) => "enum",
            Self::Option(_) => "option",
            Self::Result(_) => "result",
            Self::Flags(_) => "flags",
            Self::Map(_) => "map",
            Self::Handle(_) => "handle",
            Self::Opaque(_) => "value without text",
        }
    }

    /// Whether it is one of the eight integer kinds.
    pub fn is_integer(&self) -> bool {
        matches!(
            self,
            Self::S8(_)
                | Self::S16(_)
                | Self::S32(_)
                | Self::S64(_)
                | Self::U8(_)
                | Self::U16(_)
                | Self::U32(_)
                | Self::U64(_)
        )
    }

    /// How many parts it has: elements, fields, entries, or one payload.
    pub fn children(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::List(values) | Self::Tuple(values) => values.len(),
            Self::Record(fields) => fields.len(),
            Self::Map(entries) => entries.len(),
            Self::Variant(_, Some(_)) | Self::Option(Some(_)) | Self::Result(Ok(Some(_)) | Err(Some(_))) => 1,
            _ => 0,
        }
    }

    /// The part at this position and the step to it. Costs the same at any position; only bytes are made on the spot.
    pub fn child(&self, index: usize) -> Option<(Step<'_>, Cow<'_, Value>)> {
        let (step, value) = match self {
            Self::Bytes(bytes) => return Some((Step::Index(index), Cow::Owned(Self::U8(*bytes.get(index)?)))),
            Self::List(values) | Self::Tuple(values) => (Step::Index(index), values.get(index)?),
            Self::Record(fields) => fields.get(index).map(|(name, value)| (Step::Field(name), value))?,
            Self::Map(entries) => entries.get(index).map(|(key, value)| (Step::Entry(index, key), value))?,
            _ if index > 0 => return None,
            Self::Variant(case, Some(value)) => (Step::Case(case), &**value),
            Self::Option(Some(value)) => (Step::Some, &**value),
            Self::Result(Ok(Some(value))) => (Step::Case("ok"), &**value),
            Self::Result(Err(Some(value))) => (Step::Case("err"), &**value),
            _ => return None,
        };
        Some((step, Cow::Borrowed(value)))
    }
}

/// Which parts of a value are unfolded in a tree of rows. The value itself is row 0 and its children are the rows below
/// it, if it is unfolded. Costs grow with the unfolded parts, never with the rows: a list of a million elements is one.
#[derive(Debug, Clone, Default)]
pub struct Unfolded {
    /// The unfolded part itself and, by position, those of its children that are unfolded; `None` if it is folded.
    open: Option<BTreeMap<usize, Unfolded>>,
}

/// A row of a tree.
#[derive(Debug, Clone)]
pub struct Row<'a> {
    /// The positions of children from the whole value to this part: what [`Unfolded::toggle`] takes.
    pub position: Vec<usize>,
    /// The step from the part above; `None` for the whole value.
    pub step: Option<Step<'a>>,
    /// The part.
    pub value: Cow<'a, Value>,
    /// Whether its children are rows, too.
    pub is_unfolded: bool,
}

impl Unfolded {
    /// Unfolds the part at this position, or folds it with everything below it. Parts above must be unfolded.
    pub fn toggle(&mut self, position: &[usize]) {
        match position.split_first() {
            None => self.open = if self.open.is_some() { None } else { Some(BTreeMap::new()) },
            Some((index, rest)) => {
                let Some(children) = &mut self.open else { return };
                let child = children.entry(*index).or_default();
                child.toggle(rest);
                if child.open.is_none() {
                    children.remove(index);
                }
            }
        }
    }

    /// How many rows the value has.
    pub fn rows(&self, value: &Value) -> usize {
        let Some(open) = &self.open else { return 1 };
        let more = open.iter().filter_map(|(i, child)| Some(child.rows(&value.child(*i)?.1) - 1));
        1 + value.children() + more.sum::<usize>()
    }

    /// The row with this number, counted from the top.
    pub fn row<'a>(&self, value: &'a Value, row: usize) -> Option<Row<'a>> {
        if row >= self.rows(value) {
            return None;
        }
        let mut found =
            Row { position: Vec::new(), step: None, value: Cow::Borrowed(value), is_unfolded: self.open.is_some() };
        let (mut here, mut below) = (Some(self), row);
        while let Some(rows_below) = below.checked_sub(1) {
            // Rows of the parts that come before: one each, and more for the unfolded ones.
            let Cow::Borrowed(parent) = found.value else { return None };
            let mut index = rows_below;
            let mut next = None;
            below = 0;
            for (i, child) in here.and_then(|h| h.open.as_ref()).into_iter().flatten() {
                if *i >= index {
                    next = (*i == index).then_some(child);
                    break;
                }
                let rows = child.rows(&parent.child(*i)?.1);
                if index < i + rows {
                    (below, index, next) = (index - i, *i, Some(child));
                    break;
                }
                index -= rows - 1;
            }
            let (step, value) = parent.child(index)?;
            found.position.push(index);
            (found.step, found.value, found.is_unfolded) = (Some(step), value, next.is_some());
            here = next;
        }
        Some(found)
    }
}
