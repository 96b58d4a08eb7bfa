//! The types of a tap: those of the wire itself, and the same once more for the host, with numbers for handles.

use super::TapError;
use super::adapter::{Outer, quoted};
use std::collections::HashMap;
use wasm_encoder::{
    ComponentDefinedTypeEncoder, ComponentTypeRef, ComponentValType, InstanceType, PrimitiveValType, TypeBounds,
};
use wit_parser::{Handle, Resolve, Type, TypeDefKind, TypeId, TypeOwner};

/// A type that has no definition; `None` for those that have one.
fn primitive(ty: Type) -> Option<PrimitiveValType> {
    Some(match ty {
        Type::Bool => PrimitiveValType::Bool,
        Type::S8 => PrimitiveValType::S8,
        Type::U8 => PrimitiveValType::U8,
        Type::S16 => PrimitiveValType::S16,
        Type::U16 => PrimitiveValType::U16,
        Type::S32 => PrimitiveValType::S32,
        Type::U32 => PrimitiveValType::U32,
        Type::S64 => PrimitiveValType::S64,
        Type::U64 => PrimitiveValType::U64,
        Type::F32 => PrimitiveValType::F32,
        Type::F64 => PrimitiveValType::F64,
        Type::Char => PrimitiveValType::Char,
        Type::String => PrimitiveValType::String,
        Type::ErrorContext => PrimitiveValType::ErrorContext,
        Type::Id(_) => return None,
    })
}

/// The types inside a type, in order.
fn inside(kind: &TypeDefKind) -> Vec<Option<Type>> {
    match kind {
        TypeDefKind::Record(r) => r.fields.iter().map(|f| Some(f.ty)).collect(),
        TypeDefKind::Tuple(t) => t.types.iter().copied().map(Some).collect(),
        TypeDefKind::Variant(v) => v.cases.iter().map(|c| c.ty).collect(),
        TypeDefKind::Option(t) | TypeDefKind::List(t) | TypeDefKind::FixedLengthList(t, _) => vec![Some(*t)],
        TypeDefKind::Result(r) => vec![r.ok, r.err],
        TypeDefKind::Map(k, v) => vec![Some(*k), Some(*v)],
        TypeDefKind::Stream(t) | TypeDefKind::Future(t) => vec![*t],
        _ => Vec::new(),
    }
}

/// Writes a type down whose inner types are these; whether it is of a kind that can be.
fn write(kind: &TypeDefKind, inner: &[Option<ComponentValType>], to: ComponentDefinedTypeEncoder<'_>) -> bool {
    let one = || inner.first().copied().flatten();
    match (kind, one()) {
        (TypeDefKind::Record(r), _) => {
            let fields = r.fields.iter().zip(inner).filter_map(|(f, ty)| Some((f.name.as_str(), (*ty)?)));
            to.record(fields.collect::<Vec<_>>());
        }
        (TypeDefKind::Variant(v), _) => to.variant(v.cases.iter().zip(inner).map(|(c, ty)| (c.name.as_str(), *ty))),
        (TypeDefKind::Enum(e), _) => to.enum_type(e.cases.iter().map(|c| c.name.as_str())),
        (TypeDefKind::Flags(f), _) => to.flags(f.flags.iter().map(|f| f.name.as_str())),
        (TypeDefKind::Tuple(_), _) => to.tuple(inner.iter().copied().flatten().collect::<Vec<_>>()),
        (TypeDefKind::Option(_), Some(ty)) => to.option(ty),
        (TypeDefKind::List(_), Some(ty)) => to.list(ty),
        (TypeDefKind::FixedLengthList(_, count), Some(ty)) => to.fixed_length_list(ty, *count),
        (TypeDefKind::Result(_), ok) => to.result(ok, inner.get(1).copied().flatten()),
        (TypeDefKind::Map(..), Some(key)) => match inner.get(1).copied().flatten() {
            Some(value) => to.map(key, value),
            None => return false,
        },
        (TypeDefKind::Stream(_), ty) => to.stream(ty),
        (TypeDefKind::Future(_), ty) => to.future(ty),
        _ => return false,
    }
    true
}

fn unknown() -> TapError {
    TapError::Failed("it has a type of a kind that is not known here".to_owned())
}

/// The types of the wire, inside of the adapter: named ones are the import's own.
#[derive(Default)]
pub(super) struct Shared {
    known: HashMap<TypeId, u32>,
    /// The resources of which handles are lent, with their index.
    pub borrowed: Vec<(TypeId, u32)>,
}

impl Shared {
    pub fn value(&mut self, outer: &mut Outer<'_>, ty: Type) -> Result<ComponentValType, TapError> {
        if let Some(plain) = primitive(ty) {
            return Ok(ComponentValType::Primitive(plain));
        }
        let Type::Id(id) = ty else { return Err(unknown()) };
        Ok(ComponentValType::Type(self.index(outer, id)?))
    }

    fn index(&mut self, outer: &mut Outer<'_>, id: TypeId) -> Result<u32, TapError> {
        if let Some(known) = self.known.get(&id) {
            return Ok(*known);
        }
        let resolve = outer.resolve;
        let def = resolve.types.get(id).ok_or_else(unknown)?;
        let index = match (&def.name, &def.kind) {
            (Some(_), kind) => {
                // Handles may be lent inside of it, too.
                self.note_inside(outer, kind)?;
                named(outer, id)?
            }
            (None, TypeDefKind::Type(Type::Id(other))) => self.index(outer, *other)?,
            (None, TypeDefKind::Type(plain)) => {
                let plain = primitive(*plain).ok_or_else(unknown)?;
                outer.define(|types| types.defined_type().primitive(plain))
            }
            (None, kind) => self.structure(outer, kind)?,
        };
        self.known.insert(id, index);
        Ok(index)
    }

    /// What a named type of the interface is, said once more in terms of what has a name here; a resource is only itself.
    pub fn definition(&mut self, outer: &mut Outer<'_>, id: TypeId) -> Result<u32, TapError> {
        let resolve = outer.resolve;
        match &resolve.types.get(id).ok_or_else(unknown)?.kind {
            TypeDefKind::Resource => named(outer, id),
            TypeDefKind::Type(Type::Id(other)) => self.index(outer, *other),
            TypeDefKind::Type(plain) => {
                let plain = primitive(*plain).ok_or_else(unknown)?;
                Ok(outer.define(|types| types.defined_type().primitive(plain)))
            }
            kind => self.structure(outer, kind),
        }
    }

    /// A type without name.
    fn structure(&mut self, outer: &mut Outer<'_>, kind: &TypeDefKind) -> Result<u32, TapError> {
        match kind {
            TypeDefKind::Handle(Handle::Own(resource)) => {
                let resource = named(outer, *resource)?;
                Ok(outer.define(|types| types.defined_type().own(resource)))
            }
            TypeDefKind::Handle(Handle::Borrow(resource)) => {
                let index = named(outer, *resource)?;
                if !self.borrowed.iter().any(|(known, _)| known == resource) {
                    self.borrowed.push((*resource, index));
                }
                Ok(outer.define(|types| types.defined_type().borrow(index)))
            }
            kind => {
                let inner = inside(kind).into_iter().map(|ty| ty.map(|ty| self.value(outer, ty)).transpose());
                let inner = inner.collect::<Result<Vec<_>, _>>()?;
                let mut is_known = false;
                let index = outer.define(|types| is_known = write(kind, &inner, types.defined_type()));
                if is_known { Ok(index) } else { Err(unknown()) }
            }
        }
    }

    /// Looks at what is inside of a named type. What it consists of has names where the type was defined, which may not
    /// be here; only lent handles count.
    fn note_inside(&mut self, outer: &mut Outer<'_>, kind: &TypeDefKind) -> Result<(), TapError> {
        let resolve = outer.resolve;
        let mut to_see: Vec<Type> = inside(kind).into_iter().flatten().collect();
        if let TypeDefKind::Type(ty) = kind {
            to_see.push(*ty);
        }
        let mut seen = std::collections::HashSet::new();
        while let Some(ty) = to_see.pop() {
            let Type::Id(id) = ty else { continue };
            let Some(def) = resolve.types.get(id).filter(|_| seen.insert(id)) else { continue };
            match &def.kind {
                TypeDefKind::Handle(Handle::Borrow(resource)) => {
                    if !self.borrowed.iter().any(|(known, _)| known == resource) {
                        let index = named(outer, *resource)?;
                        self.borrowed.push((*resource, index));
                    }
                }
                TypeDefKind::Type(ty) => to_see.push(*ty),
                kind => to_see.extend(inside(kind).into_iter().flatten()),
            }
        }
        Ok(())
    }
}

/// The index of a type that has a name.
fn named(outer: &mut Outer<'_>, id: TypeId) -> Result<u32, TapError> {
    let def = outer.resolve.types.get(id).ok_or_else(unknown)?;
    let name = def.name.clone().ok_or_else(unknown)?;
    let index = match def.owner {
        TypeOwner::Interface(owner) => outer.type_of(owner, &name),
        TypeOwner::World(_) => outer.named.get(&name).copied(),
        TypeOwner::None => None,
    };
    index.ok_or_else(|| TapError::Failed(format!("its type {} is not there", quoted(&name))))
}

/// The type behind other names.
fn base(resolve: &Resolve, mut id: TypeId) -> TypeId {
    while let Some(TypeDefKind::Type(Type::Id(next))) = resolve.types.get(id).map(|def| &def.kind) {
        id = *next;
    }
    id
}

/// The types of the host's side, inside of the interface that a tap imports from it: all of them new, and every handle,
/// stream and future a number. They lie in memory as those of the wire do.
pub(super) struct Erased<'a> {
    resolve: &'a Resolve,
    instance: InstanceType,
    known: HashMap<TypeId, ComponentValType>,
    names: usize,
}

impl<'a> Erased<'a> {
    pub fn new(resolve: &'a Resolve) -> Self {
        Self { resolve, instance: InstanceType::new(), known: HashMap::new(), names: 0 }
    }

    pub fn value(&mut self, ty: Type) -> Result<ComponentValType, TapError> {
        let number = ComponentValType::Primitive(PrimitiveValType::U32);
        let id = match ty {
            Type::Id(id) => base(self.resolve, id),
            Type::ErrorContext => return Ok(number),
            plain => return primitive(plain).map(ComponentValType::Primitive).ok_or_else(unknown),
        };
        if let Some(known) = self.known.get(&id) {
            return Ok(*known);
        }
        let kind = &self.resolve.types.get(id).ok_or_else(unknown)?.kind;
        let value = match kind {
            TypeDefKind::Type(plain) => self.value(*plain)?,
            TypeDefKind::Handle(_) | TypeDefKind::Stream(_) | TypeDefKind::Future(_) => number,
            kind => {
                let inner = inside(kind).into_iter().map(|ty| ty.map(|ty| self.value(ty)).transpose());
                let inner = inner.collect::<Result<Vec<_>, _>>()?;
                let mut index = self.instance.type_count();
                if !write(kind, &inner, self.instance.ty().defined_type()) {
                    return Err(unknown());
                }
                if matches!(
                    kind,
                    TypeDefKind::Record(_) | TypeDefKind::Variant(_) | TypeDefKind::Enum(_) | TypeDefKind::Flags(_)
                ) {
                    // These need a name to be spoken of.
                    let name = format!("type-{}", self.names);
                    self.names += 1;
                    self.instance.export(name.as_str(), ComponentTypeRef::Type(TypeBounds::Eq(index)));
                    index += 1;
                }
                ComponentValType::Type(index)
            }
        };
        self.known.insert(id, value);
        Ok(value)
    }

    /// A list of such values.
    pub fn list(&mut self, of: ComponentValType) -> ComponentValType {
        let index = self.instance.type_count();
        self.instance.ty().defined_type().list(of);
        ComponentValType::Type(index)
    }

    pub fn finish(self) -> InstanceType {
        self.instance
    }
}
