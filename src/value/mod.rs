//! Values of component functions: what a form edits, WAVE and JSON write, and a call takes and gives.

mod invoke;
mod json;
mod print;
mod sample;
mod scan;
mod shorten;
#[cfg(test)]
pub(crate) mod tests;
mod tree;
mod wave;

pub use invoke::parse_wave_call;
pub use json::to_json;
pub use print::{to_wave, to_wave_call, to_wave_pretty, to_wave_short};
pub use sample::{FieldError, check, default_value, parse_char, parse_number};
pub use shorten::shorten;
pub use tree::{Row, Step, Unfolded};
pub use wave::{ParseError, parse_wave};

/// A value of a WIT type. It does not know its type; [`check`] compares the two.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)] // the names are those of WIT
pub enum Value {
    Bool(bool),
    S8(i8),
    S16(i16),
    S32(i32),
    S64(i64),
    U8(u8),
    U16(u16),
    U32(u32),
    U64(u64),
    F32(f32),
    F64(f64),
    Char(char),
    String(String),
    /// `list<u8>`, kept as bytes.
    Bytes(Vec<u8>),
    /// Any other list, and fixed-length lists.
    List(Vec<Value>),
    Tuple(Vec<Value>),
    /// Fields in the type's order.
    Record(Vec<(String, Value)>),
    Variant(String, Option<Box<Value>>),
    Enum(String),
    Option(Option<Box<Value>>),
    Result(Result<Option<Box<Value>>, Option<Box<Value>>>),
    /// The names that are set, in the type's order.
    Flags(Vec<String>),
    Map(Vec<(Value, Value)>),
    /// A handle of a resource that lives in a runner.
    Handle(Handle),
    /// Something that can be named but not shown: a stream, a future, an error context. The text says what.
    Opaque(String),
}

/// A resource that lives in a runner, held by number. A runner that was restarted knows none of the old ones.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handle {
    /// Its number, never given twice by one runner.
    pub number: u32,
    /// Which live instance it belongs to: grows with each new instance.
    pub generation: u64,
    /// The resource's name, as in `counter`.
    pub resource: String,
}
