//! An owned, shared table of the types of one component. Types refer to each other by [`TypeId`], so deep and
//! shared types cost what they cost in the file and are never expanded into a tree.

use super::Stability;
use std::ops::Range;
use std::sync::Arc;

/// Position of a definition in its [`TypeTable`]. Valid in that table only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeId(pub u32);

/// A value type: a primitive, or a definition in the [`TypeTable`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // the names are those of WIT
pub enum Type {
    Bool,
    S8,
    S16,
    S32,
    S64,
    U8,
    U16,
    U32,
    U64,
    F32,
    F64,
    Char,
    String,
    ErrorContext,
    Def(TypeId),
}

/// The types of one component.
#[derive(Debug, Clone, Default)]
pub struct TypeTable {
    /// All definitions, in the order of the file.
    pub defs: Vec<TypeDef>,
}

/// One definition.
#[derive(Debug, Clone)]
pub struct TypeDef {
    /// The type's name, if it has one; anonymous types (`list<u8>`) have none.
    pub name: Option<String>,
    /// The interface that defines it, as in `wasi:io/streams@0.2.0`; `None` for types of a world and anonymous ones.
    pub owner: Option<Arc<str>>,
    /// Its documentation.
    pub docs: Option<String>,
    /// Since when it is there, and how much it can be relied on; `None` if nothing is said.
    pub stability: Option<Box<Stability>>,
    /// What it is.
    pub kind: TypeKind,
}

/// What a [`TypeDef`] is.
#[derive(Debug, Clone)]
#[allow(missing_docs)] // the names are those of WIT
pub enum TypeKind {
    Record(Vec<Field>),
    Tuple(Vec<Type>),
    Variant(Vec<Case>),
    Enum(Vec<Label>),
    Flags(Vec<Label>),
    Option(Type),
    Result {
        ok: Option<Type>,
        err: Option<Type>,
    },
    List(Type),
    FixedList(Type, u32),
    Map(Type, Type),
    Stream(Option<Type>),
    Future(Option<Type>),
    /// An owned handle of the resource that the id defines.
    Own(TypeId),
    /// A borrowed handle of the resource that the id defines.
    Borrow(TypeId),
    Resource,
    /// Another name for a type (`use` and `type` in WIT).
    Alias(Type),
}

/// A field of a record.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Field {
    pub name: String,
    pub ty: Type,
    pub docs: Option<String>,
}

/// A case of a variant.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Case {
    pub name: String,
    pub ty: Option<Type>,
    pub docs: Option<String>,
}

/// A case of an enum or a name of flags.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Label {
    pub name: String,
    pub docs: Option<String>,
}

/// The eight families that share one colour on ports, forms and in the inspector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Integers and floats.
    Number,
    /// `char` and `string`.
    Text,
    /// `bool`, enums and flags.
    Choice,
    /// Records and tuples.
    Record,
    /// Variants, options and results.
    Variant,
    /// Lists, maps, streams and futures.
    List,
    /// Resources and handles to them.
    Resource,
    /// What a host gives: WASI.
    Host,
}

/// A text of WIT and where in it defined types are named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Linked {
    /// The text.
    pub text: String,
    /// The ranges of bytes that name a type, in order, without overlap.
    pub links: Vec<(Range<usize>, TypeId)>,
}

impl Linked {
    /// Adds text that names no type.
    pub fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Adds the name of a type.
    pub fn push_link(&mut self, name: &str, id: TypeId) {
        let start = self.text.len();
        self.text.push_str(name);
        self.links.push((start..self.text.len(), id));
    }

    /// Adds another text with its links.
    pub fn push_all(&mut self, other: &Linked) {
        let start = self.text.len();
        self.text.push_str(&other.text);
        self.links.extend(other.links.iter().map(|(r, id)| (start + r.start..start + r.end, *id)));
    }
}

/// Bytes of a type's text after which `…` ends it.
const MAX_TEXT: usize = 400;

impl TypeTable {
    /// How many definitions there are.
    pub(crate) fn count(&self) -> usize {
        self.defs.len()
    }

    /// The definition, or `None` if the id is of another table.
    pub fn get(&self, id: TypeId) -> Option<&TypeDef> {
        self.defs.get(id.0 as usize)
    }

    /// The type behind all aliases. Stops after 256 steps, so a damaged table cannot hang it.
    pub fn resolve(&self, mut ty: Type) -> Type {
        for _ in 0..256 {
            match ty {
                Type::Def(id) => match self.get(id).map(|d| &d.kind) {
                    Some(TypeKind::Alias(next)) => ty = *next,
                    _ => return ty,
                },
                _ => return ty,
            }
        }
        ty
    }

    /// The definition's kind behind all aliases; `None` for primitives.
    pub fn kind(&self, ty: Type) -> Option<&TypeKind> {
        match self.resolve(ty) {
            Type::Def(id) => self.get(id).map(|d| &d.kind),
            _ => None,
        }
    }

    /// What is documented about a named type.
    pub fn summary(&self, ty: Type) -> Option<&str> {
        let Type::Def(id) = ty else { return None };
        self.get(id)?.docs.as_deref()
    }

    /// The colour family of a type.
    pub fn family(&self, ty: Type) -> Family {
        match self.resolve(ty) {
            Type::Bool => Family::Choice,
            Type::Char | Type::String => Family::Text,
            Type::Def(_) => match self.kind(ty) {
                Some(TypeKind::Record(_) | TypeKind::Tuple(_)) => Family::Record,
                Some(TypeKind::Enum(_) | TypeKind::Flags(_)) => Family::Choice,
                Some(TypeKind::Variant(_) | TypeKind::Option(_) | TypeKind::Result { .. }) => Family::Variant,
                Some(TypeKind::Own(_) | TypeKind::Borrow(_) | TypeKind::Resource) => Family::Resource,
                _ => Family::List,
            },
            Type::ErrorContext => Family::Variant,
            _ => Family::Number,
        }
    }

    /// The type as WIT writes it where it is used: names for named types, `list<…>` and the like for anonymous ones.
    /// After some 400 bytes `…` ends it.
    pub fn text(&self, ty: Type) -> String {
        self.linked(ty).text
    }

    /// The same as [`TypeTable::text`], with the places where defined types are named.
    pub fn linked(&self, ty: Type) -> Linked {
        let mut out = Linked::default();
        self.write(ty, &mut out, 0);
        out
    }

    fn write(&self, ty: Type, out: &mut Linked, depth: usize) {
        if depth > 32 || out.text.len() > MAX_TEXT {
            out.push("…");
            return;
        }
        let id = match ty {
            Type::Bool => return out.push("bool"),
            Type::S8 => return out.push("s8"),
            Type::S16 => return out.push("s16"),
            Type::S32 => return out.push("s32"),
            Type::S64 => return out.push("s64"),
            Type::U8 => return out.push("u8"),
            Type::U16 => return out.push("u16"),
            Type::U32 => return out.push("u32"),
            Type::U64 => return out.push("u64"),
            Type::F32 => return out.push("f32"),
            Type::F64 => return out.push("f64"),
            Type::Char => return out.push("char"),
            Type::String => return out.push("string"),
            Type::ErrorContext => return out.push("error-context"),
            Type::Def(id) => id,
        };
        let Some(def) = self.get(id) else { return out.push("?") };
        match &def.name {
            Some(name) if name.len() > MAX_TEXT => {
                out.push_link(name.get(..name.floor_char_boundary(MAX_TEXT)).unwrap_or_default(), id);
                out.push("…");
            }
            Some(name) => out.push_link(name, id),
            None => self.write_kind(&def.kind, out, depth),
        }
    }

    /// What [`TypeTable::text`] writes for a type of this kind that has no name.
    pub fn linked_kind(&self, kind: &TypeKind) -> Linked {
        let mut out = Linked::default();
        self.write_kind(kind, &mut out, 0);
        out
    }

    fn write_kind(&self, kind: &TypeKind, out: &mut Linked, depth: usize) {
        let mut generic = |word: &str, parts: &[Option<Type>]| {
            out.push(word);
            out.push("<");
            for (i, part) in parts.iter().enumerate() {
                if i > 0 {
                    out.push(", ");
                }
                if out.text.len() > MAX_TEXT {
                    out.push("…");
                    break;
                }
                match part {
                    Some(t) => self.write(*t, out, depth + 1),
                    None => out.push("_"),
                }
            }
            out.push(">");
        };
        match kind {
            TypeKind::Tuple(ts) => generic("tuple", &ts.iter().copied().map(Some).collect::<Vec<_>>()),
            TypeKind::Option(t) => generic("option", &[Some(*t)]),
            TypeKind::List(t) => generic("list", &[Some(*t)]),
            TypeKind::Map(k, v) => generic("map", &[Some(*k), Some(*v)]),
            TypeKind::Result { ok: None, err: None } => out.push("result"),
            TypeKind::Result { ok, err: None } => generic("result", &[*ok]),
            TypeKind::Result { ok, err } => generic("result", &[*ok, *err]),
            TypeKind::Stream(None) => out.push("stream"),
            TypeKind::Future(None) => out.push("future"),
            TypeKind::Stream(t) => generic("stream", &[*t]),
            TypeKind::Future(t) => generic("future", &[*t]),
            TypeKind::Own(r) => self.write(Type::Def(*r), out, depth + 1),
            TypeKind::Borrow(r) => generic("borrow", &[Some(Type::Def(*r))]),
            TypeKind::FixedList(t, n) => {
                out.push("list<");
                self.write(*t, out, depth + 1);
                out.push(&format!(", {n}>"));
            }
            TypeKind::Alias(t) => self.write(*t, out, depth + 1),
            TypeKind::Record(_) => out.push("record"),
            TypeKind::Variant(_) => out.push("variant"),
            TypeKind::Enum(_) => out.push("enum"),
            TypeKind::Flags(_) => out.push("flags"),
            TypeKind::Resource => out.push("resource"),
        }
    }
}

/// A type together with its table: what a form, a value or a comparison needs to look inside.
#[derive(Debug, Clone)]
pub struct TypeRef {
    /// The table that the type's ids belong to.
    pub table: Arc<TypeTable>,
    /// The type.
    pub ty: Type,
}
