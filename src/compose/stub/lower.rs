//! Values as they lie in memory by the canonical ABI, written once when the stub is made.

use super::StubError;
use crate::value::Value;
use std::collections::HashMap;
use wit_parser::{Int, Resolve, SizeAlign, Type, TypeDefKind, TypeId};

/// Where the data begins: no pointer is null.
const BASE: usize = 16;
/// A result that takes more room than this by its type alone is refused: 1 MiB.
const MAX_SIZE: usize = 1 << 20;
/// All answers of a stub together: 16 MiB.
const MAX_DATA: usize = 16 << 20;

/// The types and how they lie in memory.
pub(in crate::compose) struct Layout<'a> {
    pub resolve: &'a Resolve,
    pub sizes: SizeAlign,
}

/// A number as it lies in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::compose) enum Leaf {
    S8,
    U8,
    S16,
    U16,
    I32,
    I64,
    F32,
    F64,
}

/// A place in the data where a fresh handle is written at each call.
#[derive(Debug, Clone, Copy)]
pub(in crate::compose) struct Patch {
    pub address: usize,
    pub resource: TypeId,
    pub representation: u32,
}

/// The stub's constant data.
#[derive(Default)]
pub(in crate::compose) struct Data {
    bytes: Vec<u8>,
}

/// What a value became.
pub(in crate::compose) struct Stored {
    pub address: usize,
    pub patches: Vec<Patch>,
}

impl<'a> Layout<'a> {
    pub fn new(resolve: &'a Resolve) -> Self {
        let mut sizes = SizeAlign::default();
        sizes.fill(resolve);
        Self { resolve, sizes }
    }

    pub fn size(&self, ty: &Type) -> usize {
        self.sizes.size(ty).size_wasm32()
    }

    pub fn align(&self, ty: &Type) -> usize {
        self.sizes.align(ty).align_wasm32()
    }

    pub fn kind(&self, id: TypeId) -> Option<&'a TypeDefKind> {
        self.resolve.types.get(id).map(|def| &def.kind)
    }

    /// The type behind its other names.
    pub fn base(&self, mut ty: Type) -> Type {
        while let Type::Id(id) = ty {
            match self.kind(id) {
                Some(TypeDefKind::Type(next)) => ty = *next,
                _ => break,
            }
        }
        ty
    }

    /// The resource behind its other names.
    pub fn resource(&self, id: TypeId) -> TypeId {
        match self.base(Type::Id(id)) {
            Type::Id(id) => id,
            _ => id,
        }
    }

    /// Fields with their places, in bytes from the start.
    pub fn fields(&self, types: &[Type]) -> Vec<(usize, Type)> {
        self.sizes.field_offsets(types).into_iter().map(|(at, ty)| (at.size_wasm32(), *ty)).collect()
    }

    /// Of a record, tuple or list of fixed length: its parts.
    pub fn parts(&self, kind: &TypeDefKind) -> Option<Vec<Type>> {
        match kind {
            TypeDefKind::Record(r) => Some(r.fields.iter().map(|f| f.ty).collect()),
            TypeDefKind::Tuple(t) => Some(t.types.clone()),
            _ => None,
        }
    }

    /// Of a variant, enum, option or result: the size of its tag, and the cases.
    pub fn cases(&self, kind: &TypeDefKind) -> Option<(Int, Vec<Option<Type>>)> {
        match kind {
            TypeDefKind::Variant(v) => Some((v.tag(), v.cases.iter().map(|c| c.ty).collect())),
            TypeDefKind::Enum(e) => Some((e.tag(), vec![None; e.cases.len()])),
            TypeDefKind::Option(t) => Some((Int::U8, vec![None, Some(*t)])),
            TypeDefKind::Result(r) => Some((Int::U8, vec![r.ok, r.err])),
            _ => None,
        }
    }

    /// Whether values of the type hold a stream or future; `seen` keeps what is known of each type.
    pub fn has_stream(&self, ty: Type, seen: &mut HashMap<TypeId, bool>) -> bool {
        let Type::Id(id) = self.base(ty) else { return false };
        if let Some(known) = seen.get(&id) {
            return *known;
        }
        let found = match self.kind(id) {
            Some(TypeDefKind::Stream(_) | TypeDefKind::Future(_)) => true,
            Some(TypeDefKind::List(t) | TypeDefKind::FixedLengthList(t, _)) => self.has_stream(*t, seen),
            Some(TypeDefKind::Map(k, v)) => self.has_stream(*k, seen) || self.has_stream(*v, seen),
            Some(kind) => {
                let parts = self.parts(kind).into_iter().flatten();
                let payloads = self.cases(kind).into_iter().flat_map(|(_, cases)| cases).flatten();
                parts.chain(payloads).any(|t| self.has_stream(t, seen))
            }
            None => false,
        };
        seen.insert(id, found);
        found
    }

    /// Where the payload of such a type begins.
    pub fn payload(&self, tag: Int, cases: &[Option<Type>]) -> usize {
        self.sizes.payload_offset(tag, cases.iter().map(Option::as_ref)).size_wasm32()
    }

    /// The one number that such a type is, if it is one; for types that are handed over as one core value.
    pub fn leaf(&self, ty: Type) -> Option<Leaf> {
        Some(match self.base(ty) {
            Type::Bool | Type::U8 => Leaf::U8,
            Type::S8 => Leaf::S8,
            Type::U16 => Leaf::U16,
            Type::S16 => Leaf::S16,
            Type::U32 | Type::S32 | Type::Char | Type::ErrorContext => Leaf::I32,
            Type::U64 | Type::S64 => Leaf::I64,
            Type::F32 => Leaf::F32,
            Type::F64 => Leaf::F64,
            Type::String => return None,
            Type::Id(id) => match self.kind(id)? {
                TypeDefKind::Handle(_) | TypeDefKind::Stream(_) | TypeDefKind::Future(_) => Leaf::I32,
                TypeDefKind::FixedLengthList(t, 1) => self.leaf(*t)?,
                TypeDefKind::Flags(f) => match f.repr() {
                    wit_parser::FlagsRepr::U8 => Leaf::U8,
                    wit_parser::FlagsRepr::U16 => Leaf::U16,
                    wit_parser::FlagsRepr::U32(_) => Leaf::I32,
                },
                kind => match (self.parts(kind), self.cases(kind)) {
                    (Some(parts), _) => match parts.as_slice() {
                        [one] => self.leaf(*one)?,
                        _ => return None,
                    },
                    (None, Some((tag, _))) => tag_leaf(tag),
                    (None, None) => return None,
                },
            },
        })
    }
}

pub(in crate::compose) fn tag_leaf(tag: Int) -> Leaf {
    match tag {
        Int::U8 => Leaf::U8,
        Int::U16 => Leaf::U16,
        Int::U32 => Leaf::I32,
        Int::U64 => Leaf::I64,
    }
}

/// The number of a value's case, and its payload.
pub(in crate::compose) fn case<'v>(kind: &TypeDefKind, value: &'v Value) -> Option<(usize, Option<&'v Value>)> {
    Some(match (kind, value) {
        (TypeDefKind::Variant(v), Value::Variant(name, payload)) => {
            (v.cases.iter().position(|c| c.name == *name)?, payload.as_deref())
        }
        (TypeDefKind::Enum(e), Value::Enum(name)) => (e.cases.iter().position(|c| c.name == *name)?, None),
        (TypeDefKind::Option(_), Value::Option(value)) => (usize::from(value.is_some()), value.as_deref()),
        (TypeDefKind::Result(_), Value::Result(Ok(value))) => (0, value.as_deref()),
        (TypeDefKind::Result(_), Value::Result(Err(value))) => (1, value.as_deref()),
        _ => return None,
    })
}

/// The values of a record's or tuple's parts.
pub(in crate::compose) fn part_values(value: &Value) -> Option<Vec<&Value>> {
    match value {
        Value::Record(fields) => Some(fields.iter().map(|(_, value)| value).collect()),
        Value::Tuple(parts) => Some(parts.iter().collect()),
        _ => None,
    }
}

/// The bits of flags, in words of 32.
pub(in crate::compose) fn flag_words(flags: &wit_parser::Flags, set: &[String]) -> Vec<u32> {
    let mut words = vec![0_u32; flags.flags.len().div_ceil(32)];
    for (i, flag) in flags.flags.iter().enumerate() {
        if let Some(word) = words.get_mut(i / 32).filter(|_| set.contains(&flag.name)) {
            *word |= 1 << (i % 32);
        }
    }
    words
}

/// A number's bytes in memory.
pub(in crate::compose) fn number(value: &Value) -> Option<Vec<u8>> {
    Some(match value {
        Value::Bool(v) => vec![u8::from(*v)],
        Value::S8(v) => v.to_le_bytes().to_vec(),
        Value::U8(v) => v.to_le_bytes().to_vec(),
        Value::S16(v) => v.to_le_bytes().to_vec(),
        Value::U16(v) => v.to_le_bytes().to_vec(),
        Value::S32(v) => v.to_le_bytes().to_vec(),
        Value::U32(v) => v.to_le_bytes().to_vec(),
        Value::S64(v) => v.to_le_bytes().to_vec(),
        Value::U64(v) => v.to_le_bytes().to_vec(),
        Value::F32(v) => v.to_bits().to_le_bytes().to_vec(),
        Value::F64(v) => v.to_bits().to_le_bytes().to_vec(),
        Value::Char(v) => u32::from(*v).to_le_bytes().to_vec(),
        _ => return None,
    })
}

/// A number's bits, from its first bytes in memory, widened as a core value has them.
pub(in crate::compose) fn widened(bytes: &[u8], leaf: Leaf) -> Option<u64> {
    let width = match leaf {
        Leaf::S8 | Leaf::U8 => 1,
        Leaf::S16 | Leaf::U16 => 2,
        Leaf::I32 | Leaf::F32 => 4,
        Leaf::I64 | Leaf::F64 => 8,
    };
    let mut wide = [0; 8];
    wide.get_mut(..width)?.copy_from_slice(bytes.get(..width)?);
    let bits = u64::from_le_bytes(wide);
    Some(match leaf {
        Leaf::S8 => i64::from(bits as i8) as u64,
        Leaf::S16 => i64::from(bits as i16) as u64,
        _ => bits,
    })
}

/// What is said of a value that does not fit after all.
fn misfit() -> String {
    "cannot give this answer: it does not fit the type".to_owned()
}

impl Data {
    /// Room for this many bytes; its address.
    fn room(&mut self, size: usize, align: usize) -> usize {
        let align = align.clamp(1, 8);
        let at = (BASE + self.bytes.len()).next_multiple_of(align);
        self.bytes.resize(at - BASE + size, 0);
        at
    }

    fn write(&mut self, address: usize, bytes: &[u8]) -> Result<(), String> {
        let at = address.checked_sub(BASE).ok_or_else(misfit)?;
        self.bytes.get_mut(at..at + bytes.len()).ok_or_else(misfit)?.copy_from_slice(bytes);
        Ok(())
    }

    /// Bytes that code compares with; their address.
    pub fn constant(&mut self, bytes: &[u8]) -> usize {
        let at = self.room(bytes.len(), 1);
        let _ = self.write(at, bytes);
        at
    }

    /// What lies at an address and after it.
    pub fn at(&self, address: usize) -> Option<&[u8]> {
        self.bytes.get(address.checked_sub(BASE)?..)
    }

    /// The bytes, and where they lie.
    pub fn segment(&self) -> (usize, &[u8]) {
        (BASE, &self.bytes)
    }

    /// The first address after the data.
    pub fn end(&self) -> usize {
        (BASE + self.bytes.len()).next_multiple_of(16)
    }

    /// Lays a value down, with all that it points to.
    pub fn store(&mut self, layout: &Layout<'_>, function: &str, ty: Type, value: &Value) -> Result<Stored, StubError> {
        let mut patches = Vec::new();
        let result = self.begin(layout, ty).and_then(|address| {
            self.value(layout, ty, value, address, &mut patches)?;
            Ok(address)
        });
        match result {
            Ok(address) => Ok(Stored { address, patches }),
            Err(why) => Err(StubError::Behavior { function: function.to_owned(), why }),
        }
    }

    fn begin(&mut self, layout: &Layout<'_>, ty: Type) -> Result<usize, String> {
        let size = layout.size(&ty);
        if size > MAX_SIZE {
            return Err(format!("has a result of {size} bytes, and a stub can give one of at most {MAX_SIZE}"));
        }
        Ok(self.room(size, layout.align(&ty)))
    }

    fn value(
        &mut self,
        layout: &Layout<'_>,
        ty: Type,
        value: &Value,
        at: usize,
        patches: &mut Vec<Patch>,
    ) -> Result<(), String> {
        let id = match (layout.base(ty), value) {
            (Type::String, Value::String(text)) => return self.list_of_bytes(text.as_bytes(), at),
            (Type::Id(id), _) => id,
            (_, value) => return self.write(at, &number(value).ok_or_else(misfit)?),
        };
        let kind = layout.kind(id).ok_or_else(misfit)?;
        if let (Some(types), Some(values)) = (layout.parts(kind), part_values(value)) {
            for ((offset, ty), value) in layout.fields(&types).into_iter().zip(values) {
                self.value(layout, ty, value, at + offset, patches)?;
            }
            return Ok(());
        }
        if let Some((tag, cases)) = layout.cases(kind) {
            let (n, payload) = case(kind, value).ok_or_else(misfit)?;
            let bytes = (n as u64).to_le_bytes();
            let width = match tag {
                Int::U8 => 1,
                Int::U16 => 2,
                Int::U32 => 4,
                Int::U64 => 8,
            };
            self.write(at, bytes.get(..width).ok_or_else(misfit)?)?;
            return match (cases.get(n).copied().flatten(), payload) {
                (Some(ty), Some(value)) => self.value(layout, ty, value, at + layout.payload(tag, &cases), patches),
                (None, None) => Ok(()),
                _ => Err(misfit()),
            };
        }
        match (kind, value) {
            (TypeDefKind::Flags(flags), Value::Flags(set)) => {
                let bytes: Vec<u8> = flag_words(flags, set).iter().flat_map(|word| word.to_le_bytes()).collect();
                let width = layout.size(&Type::Id(id));
                self.write(at, bytes.get(..width).ok_or_else(misfit)?)
            }
            (TypeDefKind::List(_), Value::Bytes(bytes)) => self.list_of_bytes(bytes, at),
            (TypeDefKind::List(ty), Value::List(values)) => {
                let (size, align) = (layout.size(ty), layout.align(ty));
                let start = self.list(values.len(), size, align, at)?;
                for (i, value) in values.iter().enumerate() {
                    self.value(layout, *ty, value, start + i * size, patches)?;
                }
                Ok(())
            }
            (TypeDefKind::FixedLengthList(ty, _), Value::List(values)) => {
                let size = layout.size(ty);
                for (i, value) in values.iter().enumerate() {
                    self.value(layout, *ty, value, at + i * size, patches)?;
                }
                Ok(())
            }
            (TypeDefKind::Map(key, mapped), Value::Map(entries)) => {
                let pair = [*key, *mapped];
                let info = layout.sizes.record(&pair);
                let fields = layout.fields(&pair);
                let (size, align) = (info.size.size_wasm32(), info.align.align_wasm32());
                let start = self.list(entries.len(), size, align, at)?;
                for (i, (key, mapped)) in entries.iter().enumerate() {
                    for ((offset, ty), value) in fields.iter().zip([key, mapped]) {
                        self.value(layout, *ty, value, start + i * size + offset, patches)?;
                    }
                }
                Ok(())
            }
            (TypeDefKind::Handle(wit_parser::Handle::Own(resource)), Value::Handle(handle)) => {
                let resource = layout.resource(*resource);
                patches.push(Patch { address: at, resource, representation: handle.number });
                Ok(())
            }
            _ => Err(misfit()),
        }
    }

    /// A list of this many elements elsewhere, and its pointer and length here; where its elements go.
    fn list(&mut self, count: usize, size: usize, align: usize, at: usize) -> Result<usize, String> {
        if count.checked_mul(size).is_none_or(|all| all + self.bytes.len() > MAX_DATA) {
            return Err("cannot give this answer: a stub holds at most 16 MiB of answers".to_owned());
        }
        let start = self.room(count * size, align);
        self.write(at, &(start as u32).to_le_bytes())?;
        self.write(at + 4, &(count as u32).to_le_bytes())?;
        Ok(start)
    }

    fn list_of_bytes(&mut self, bytes: &[u8], at: usize) -> Result<(), String> {
        let start = self.list(bytes.len(), 1, 1, at)?;
        self.write(start, bytes)
    }
}
