//! Imports, exports and types straight from validation, for components that WIT has no words for: those that export
//! types or modules, or one instance under two names. There is no documentation and no text then.

use super::parts::RawExtern;
use super::types::{Case, Field, Label, Type, TypeDef, TypeId, TypeKind, TypeTable};
use super::wit::Described;
use super::{Extern, Function, FunctionKind, Interface, Item, Param};
use std::collections::HashMap;
use std::sync::Arc;
use wasmparser::component_types::{
    ComponentAnyTypeId, ComponentDefinedType, ComponentEntityType, ComponentFuncTypeId, ComponentInstanceTypeId,
    ComponentValType,
};
use wasmparser::names::{ComponentName, ComponentNameKind};
use wasmparser::types::{Types, TypesRef};
use wasmparser::{ComponentExternalKind, PrimitiveValType};

/// Imports and exports as far as they are functions, types, and instances of such.
pub(super) fn describe(raw: &[RawExtern], types: &Types) -> Described {
    let mut cx = Plain { types: types.as_ref(), table: TypeTable::default(), known: HashMap::new() };
    let mut out = Described::default();
    let mut own_types = Vec::new();
    for raw in raw {
        let item = match raw.is_import {
            true => types.component_item_for_import(&raw.name),
            false => types.component_item_for_export(&raw.name),
        };
        let Some(item) = item.and_then(|item| cx.item(&raw.name, item.ty, &own_types)) else { continue };
        if let Item::Type(id) = item {
            own_types.push(id);
        }
        let list = if raw.is_import { &mut out.imports } else { &mut out.exports };
        list.push(Extern { name: raw.name.clone(), docs: None, stability: None, item });
    }
    out.types = Arc::new(cx.table);
    out
}

/// Interfaces as empty ones and nothing else: better than nothing where not even validation succeeds.
pub(super) fn names_only(raw: &[RawExtern]) -> Described {
    let list = |is_import| {
        raw.iter()
            .filter(|e| e.is_import == is_import && e.kind == ComponentExternalKind::Instance)
            .map(|e| Extern {
                name: e.name.clone(),
                docs: None,
                stability: None,
                item: Item::Interface(Interface { types: Vec::new(), functions: Vec::new() }),
            })
            .collect()
    };
    Described { imports: list(true), exports: list(false), ..Described::default() }
}

struct Plain<'a> {
    types: TypesRef<'a>,
    table: TypeTable,
    known: HashMap<ComponentAnyTypeId, TypeId>,
}

impl Plain<'_> {
    fn item(&mut self, name: &str, ty: ComponentEntityType, own_types: &[TypeId]) -> Option<Item> {
        match ty {
            ComponentEntityType::Func(id) => Some(Item::Function(self.function(name, id, own_types)?)),
            ComponentEntityType::Type { referenced, created } => {
                Some(Item::Type(self.named(name, None, referenced, created)?))
            }
            ComponentEntityType::Instance(id) => Some(Item::Interface(self.interface(name, id)?)),
            _ => None,
        }
    }

    fn interface(&mut self, owner: &str, id: ComponentInstanceTypeId) -> Option<Interface> {
        let mut out = Interface { types: Vec::new(), functions: Vec::new() };
        for (name, item) in &self.types.get(id)?.exports {
            match item.ty {
                ComponentEntityType::Type { referenced, created } => {
                    out.types.extend(self.named(name, Some(owner), referenced, created));
                }
                ComponentEntityType::Func(id) => out.functions.extend(self.function(name, id, &out.types)),
                _ => {}
            }
        }
        Some(out)
    }

    fn function(&mut self, name: &str, id: ComponentFuncTypeId, siblings: &[TypeId]) -> Option<Function> {
        let ty = self.types.get(id)?;
        let parsed = ComponentName::new(name, 0).ok()?;
        let table = &self.table;
        let resource = |name: &str| {
            let is_it = |id: &TypeId| table.get(*id).is_some_and(|def| def.name.as_deref() == Some(name));
            siblings.iter().copied().find(is_it)
        };
        let kind = match parsed.kind() {
            ComponentNameKind::Constructor(r) => resource(r.as_str()).map(FunctionKind::Constructor),
            ComponentNameKind::Method(f) => resource(f.resource().as_str()).map(FunctionKind::Method),
            ComponentNameKind::Static(f) => resource(f.resource().as_str()).map(FunctionKind::Static),
            _ => None,
        };
        let mut params = Vec::with_capacity(ty.params.len());
        for (name, ty) in &ty.params {
            params.push(Param { name: name.to_string(), ty: self.value(*ty)? });
        }
        Some(Function {
            name: name.to_owned(),
            docs: None,
            stability: None,
            kind: kind.unwrap_or(FunctionKind::Freestanding),
            is_async: ty.async_,
            params,
            result: self.maybe(ty.result)?,
        })
    }

    /// A type that is imported or exported under a name.
    fn named(
        &mut self,
        name: &str,
        owner: Option<&str>,
        referenced: ComponentAnyTypeId,
        created: ComponentAnyTypeId,
    ) -> Option<TypeId> {
        if let Some(known) = self.known.get(&created) {
            return Some(*known);
        }
        let kind = match self.original(referenced) {
            Some(known) => TypeKind::Alias(Type::Def(known)),
            None => self.definition(referenced)?,
        };
        self.add(Some(name), owner, kind, created)
    }

    fn add(
        &mut self,
        name: Option<&str>,
        owner: Option<&str>,
        kind: TypeKind,
        id: ComponentAnyTypeId,
    ) -> Option<TypeId> {
        let ours = TypeId(u32::try_from(self.table.defs.len()).ok()?);
        self.table.defs.push(TypeDef {
            name: name.map(str::to_owned),
            owner: owner.map(str::to_owned),
            docs: None,
            stability: None,
            kind,
        });
        self.known.insert(id, ours);
        Some(ours)
    }

    /// What is known already of this type or of one that it is an alias of.
    fn original(&self, id: ComponentAnyTypeId) -> Option<TypeId> {
        let mut next = Some(id);
        while let Some(id) = next {
            if let Some(known) = self.known.get(&id) {
                return Some(*known);
            }
            next = self.types.peel_alias(id);
        }
        None
    }

    fn reference(&mut self, id: ComponentAnyTypeId) -> Option<TypeId> {
        if let Some(known) = self.original(id) {
            return Some(known);
        }
        let kind = self.definition(id)?;
        self.add(None, None, kind, id)
    }

    fn maybe(&mut self, ty: Option<ComponentValType>) -> Option<Option<Type>> {
        match ty {
            Some(ty) => self.value(ty).map(Some),
            None => Some(None),
        }
    }

    fn value(&mut self, ty: ComponentValType) -> Option<Type> {
        Some(match ty {
            ComponentValType::Primitive(p) => primitive(p),
            ComponentValType::Type(id) => Type::Def(self.reference(id.into())?),
        })
    }

    /// The recursion is as deep as the validator lets types be: a hundred levels.
    fn definition(&mut self, id: ComponentAnyTypeId) -> Option<TypeKind> {
        let id = match id {
            ComponentAnyTypeId::Defined(id) => id,
            ComponentAnyTypeId::Resource(_) => return Some(TypeKind::Resource),
            _ => return None,
        };
        let labels = |names: &mut dyn Iterator<Item = String>| names.map(|name| Label { name, docs: None }).collect();
        Some(match self.types.get(id)? {
            ComponentDefinedType::Primitive(p) => TypeKind::Alias(primitive(*p)),
            ComponentDefinedType::Record(r) => {
                let mut fields = Vec::with_capacity(r.fields.len());
                for (name, ty) in &r.fields {
                    fields.push(Field { name: name.to_string(), ty: self.value(*ty)?, docs: None });
                }
                TypeKind::Record(fields)
            }
            ComponentDefinedType::Variant(v) => {
                let mut cases = Vec::with_capacity(v.cases.len());
                for (name, case) in &v.cases {
                    cases.push(Case { name: name.to_string(), ty: self.maybe(case.ty)?, docs: None });
                }
                TypeKind::Variant(cases)
            }
            ComponentDefinedType::Tuple(t) => {
                TypeKind::Tuple(t.types.iter().map(|ty| self.value(*ty)).collect::<Option<_>>()?)
            }
            ComponentDefinedType::Flags(names) => TypeKind::Flags(labels(&mut names.iter().map(ToString::to_string))),
            ComponentDefinedType::Enum(names) => TypeKind::Enum(labels(&mut names.iter().map(ToString::to_string))),
            ComponentDefinedType::List { element, .. } => TypeKind::List(self.value(*element)?),
            ComponentDefinedType::FixedLengthList { element, length, .. } => {
                TypeKind::FixedList(self.value(*element)?, *length)
            }
            ComponentDefinedType::Map { key, value, .. } => TypeKind::Map(self.value(*key)?, self.value(*value)?),
            ComponentDefinedType::Option { ty, .. } => TypeKind::Option(self.value(*ty)?),
            ComponentDefinedType::Result { ok, err, .. } => {
                TypeKind::Result { ok: self.maybe(*ok)?, err: self.maybe(*err)? }
            }
            ComponentDefinedType::Future { ty, .. } => TypeKind::Future(self.maybe(*ty)?),
            ComponentDefinedType::Stream { ty, .. } => TypeKind::Stream(self.maybe(*ty)?),
            ComponentDefinedType::Own(id) => TypeKind::Own(self.reference((*id).into())?),
            ComponentDefinedType::Borrow(id) => TypeKind::Borrow(self.reference((*id).into())?),
        })
    }
}

fn primitive(p: PrimitiveValType) -> Type {
    match p {
        PrimitiveValType::Bool => Type::Bool,
        PrimitiveValType::S8 => Type::S8,
        PrimitiveValType::U8 => Type::U8,
        PrimitiveValType::S16 => Type::S16,
        PrimitiveValType::U16 => Type::U16,
        PrimitiveValType::S32 => Type::S32,
        PrimitiveValType::U32 => Type::U32,
        PrimitiveValType::S64 => Type::S64,
        PrimitiveValType::U64 => Type::U64,
        PrimitiveValType::F32 => Type::F32,
        PrimitiveValType::F64 => Type::F64,
        PrimitiveValType::Char => Type::Char,
        PrimitiveValType::String => Type::String,
        PrimitiveValType::ErrorContext => Type::ErrorContext,
    }
}
