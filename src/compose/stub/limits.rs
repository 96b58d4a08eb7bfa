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

/// So many variants and results of a first value begin with another case than their first, at most.
const MOST_OTHER_CASES: usize = 64;

/// A value of the type to begin with, for an argument that a rule asks for or else for an answer: the default, with the
/// first handle wherever there has to be one, and the first case that can be had.
pub fn first_value(component: &Component, import: &Extern, ty: Type, asks: bool) -> Value {
    let mut value = value::default_value(&component.type_ref(ty));
    let walk = Walk { component, import, seen: HashMap::new(), asks };
    Fill { walk, left: MOST_OTHER_CASES }.fill(ty, &mut value);
    value
}

struct Fill<'a> {
    walk: Walk<'a>,
    left: usize,
}

impl Fill<'_> {
    fn each(&mut self, types: impl Iterator<Item = Type>, values: &mut [Value]) {
        types.zip(values).for_each(|(ty, value)| self.fill(ty, value));
    }

    /// Whether a case has a payload that cannot be had, and another one is to be taken.
    fn is_out(&mut self, payload: Option<Type>) -> bool {
        let is_out = self.left > 0 && payload.is_some_and(|ty| self.walk.why_not(ty).is_some());
        self.left -= usize::from(is_out);
        is_out
    }

    fn payload(&self, ty: Option<Type>) -> Option<Box<Value>> {
        ty.map(|ty| Box::new(value::default_value(&self.walk.component.type_ref(ty))))
    }

    /// Goes as deep as the value, which is as deep as its type.
    fn fill(&mut self, ty: Type, value: &mut Value) {
        let component = self.walk.component;
        match (component.types.kind(ty), value) {
            (Some(TypeKind::Own(resource) | TypeKind::Borrow(resource)), value) => {
                let name = component.types.get(*resource).and_then(|def| def.name.clone());
                *value = Value::Handle(Handle { number: 1, generation: 0, resource: name.unwrap_or_default() });
            }
            (Some(TypeKind::Tuple(types)), Value::Tuple(values)) => self.each(types.iter().copied(), values),
            (Some(TypeKind::FixedList(ty, _)), Value::List(values)) => self.each(std::iter::repeat(*ty), values),
            (Some(TypeKind::Record(fields)), Value::Record(values)) => {
                fields.iter().zip(values).for_each(|(field, (_, value))| self.fill(field.ty, value));
            }
            (Some(TypeKind::Variant(cases)), Value::Variant(name, payload)) => {
                let mut case = cases.iter().find(|case| case.name == *name);
                if self.is_out(case.and_then(|case| case.ty))
                    && let Some(other) =
                        cases.iter().find(|case| case.ty.is_none_or(|ty| self.walk.why_not(ty).is_none()))
                {
                    case = Some(other);
                    (*name, *payload) = (other.name.clone(), self.payload(other.ty));
                }
                if let (Some(ty), Some(value)) = (case.and_then(|case| case.ty), payload) {
                    self.fill(ty, value);
                }
            }
            (Some(TypeKind::Result { ok, err }), Value::Result(result)) => {
                let mut ty = *ok;
                if self.is_out(*ok) {
                    (ty, *result) = (*err, Err(self.payload(*err)));
                }
                if let (Some(ty), Ok(Some(value)) | Err(Some(value))) = (ty, result) {
                    self.fill(ty, value);
                }
            }
            (Some(TypeKind::Option(ty)), Value::Option(Some(value))) => self.fill(*ty, value),
            _ => {}
        }
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
