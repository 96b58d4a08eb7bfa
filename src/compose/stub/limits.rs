//! What a rule cannot ask for and an answer cannot hold, known by the type alone.

use crate::component::{Component, Extern, Item, Type, TypeId, TypeKind};
use crate::value::{self, Handle, Value};
use std::collections::HashMap;

/// Why no rule of a stub for this import can ask for an argument of this type; `None` if one can.
pub fn why_not_asked(component: &Component, import: &Extern, ty: Type) -> Option<&'static str> {
    let mut walk = Walk { component, import, seen: HashMap::new(), asks: true };
    walk.why_not(ty)
}

/// Why a function of a stub for this import cannot give a result of this type, whatever its value; `None` if it can.
pub fn why_not_given(component: &Component, import: &Extern, ty: Type) -> Option<&'static str> {
    let mut walk = Walk { component, import, seen: HashMap::new(), asks: false };
    walk.why_not(ty)
}

/// A value of the type to begin with: the default, with the first handle wherever there has to be one.
pub fn first_value(component: &Component, ty: Type) -> Value {
    let mut value = value::default_value(&component.type_ref(ty));
    fill(component, ty, &mut value);
    value
}

/// Goes as deep as the value, which is as deep as its type.
fn fill(component: &Component, ty: Type, value: &mut Value) {
    let each = |types: &[Type], values: &mut [Value]| {
        types.iter().zip(values).for_each(|(ty, value)| fill(component, *ty, value));
    };
    match (component.types.kind(ty), value) {
        (Some(TypeKind::Own(resource) | TypeKind::Borrow(resource)), value) => {
            let name = component.types.get(*resource).and_then(|def| def.name.clone());
            *value = Value::Handle(Handle { number: 1, generation: 0, resource: name.unwrap_or_default() });
        }
        (Some(TypeKind::Tuple(types)), Value::Tuple(values)) => each(types, values),
        (Some(TypeKind::FixedList(ty, _)), Value::List(values)) => {
            values.iter_mut().for_each(|value| fill(component, *ty, value));
        }
        (Some(TypeKind::Record(fields)), Value::Record(values)) => {
            fields.iter().zip(values).for_each(|(field, (_, value))| fill(component, field.ty, value));
        }
        (Some(TypeKind::Variant(cases)), Value::Variant(name, Some(value))) => {
            let ty = cases.iter().find(|case| case.name == *name).and_then(|case| case.ty);
            ty.into_iter().for_each(|ty| fill(component, ty, value));
        }
        (Some(TypeKind::Result { ok: Some(ty), .. }), Value::Result(Ok(Some(value)))) => fill(component, *ty, value),
        (Some(TypeKind::Option(ty)), Value::Option(Some(value))) => fill(component, *ty, value),
        _ => {}
    }
}

struct Walk<'a> {
    component: &'a Component,
    import: &'a Extern,
    /// Types are as deep as a hundred levels, and shared: each is looked at once.
    seen: HashMap<TypeId, Option<&'static str>>,
    /// It is an argument that is asked for, and not a result that is given.
    asks: bool,
}

impl Walk<'_> {
    fn why_not(&mut self, ty: Type) -> Option<&'static str> {
        let id = match self.component.types.resolve(ty) {
            Type::ErrorContext => return Some("an error context has no value"),
            Type::Def(id) => id,
            _ => return None,
        };
        if let Some(known) = self.seen.get(&id) {
            return *known;
        }
        let why = self.why_not_kind(id);
        self.seen.insert(id, why);
        why
    }

    fn why_not_kind(&mut self, id: TypeId) -> Option<&'static str> {
        let component = self.component;
        let is_own = |resource: TypeId| match &self.import.item {
            Item::Interface(interface) => {
                interface.types.contains(&resource)
                    && matches!(component.types.get(resource).map(|d| &d.kind), Some(TypeKind::Resource))
            }
            _ => false,
        };
        match &component.types.get(id)?.kind {
            TypeKind::Stream(_) | TypeKind::Future(_) => Some("a stream or future has no value that could be kept"),
            TypeKind::Map(..) if self.asks => Some("a map has no order"),
            TypeKind::Map(..) => None,
            TypeKind::Own(_) if self.asks => Some("an owned handle is another one at each call"),
            TypeKind::Own(resource) if is_own(*resource) => None,
            TypeKind::Own(_) => Some("it gives a handle of a resource that another interface defines"),
            TypeKind::Borrow(resource) if self.asks && is_own(*resource) => None,
            TypeKind::Borrow(_) => Some("it is a borrowed handle of a resource that another interface defines"),
            TypeKind::Record(fields) => fields.iter().find_map(|f| self.why_not(f.ty)),
            TypeKind::Tuple(parts) => parts.iter().find_map(|ty| self.why_not(*ty)),
            TypeKind::FixedList(ty, _) => self.why_not(*ty),
            // One of the cases can be chosen, or the list be empty.
            TypeKind::Variant(cases) if !cases.is_empty() => {
                let whys: Vec<_> = cases.iter().map(|c| c.ty.and_then(|ty| self.why_not(ty))).collect();
                whys.iter().all(Option::is_some).then(|| whys.into_iter().flatten().next()).flatten()
            }
            TypeKind::Result { ok: Some(ok), err: Some(err) } => {
                self.why_not(*ok).filter(|_| self.why_not(*err).is_some())
            }
            _ => None,
        }
    }
}
