//! What a form knows besides its fields: the types, the live handles, and which functions make some.

use crate::component::{Component, Function, FunctionKind, Type, TypeId, TypeKind, TypeRef, TypeTable};
use crate::diag::display_safe_line;
use crate::value::{Handle, Step};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// Fixed-length lists beyond this are not given one field per element.
pub(super) const MAX_FIXED: u32 = 4096;
/// Types nest at most 100 deep in a valid file.
pub(super) const MAX_DEPTH: usize = 128;

/// A function that returns a handle of some resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The exported interface's full name; `None` for a function of the world itself.
    pub interface: Option<String>,
    /// The function's full name.
    pub function: String,
    /// What a person reads: `counter (constructor)`.
    pub words: String,
}

pub(super) struct Basis {
    pub table: Arc<TypeTable>,
    /// The live handles, as of the last frame.
    pub handles: Vec<Handle>,
    /// The form is for what a stub answers: its own handles are given, not taken.
    pub is_answer: bool,
    sources: BTreeMap<TypeId, Vec<Source>>,
    sizes: RefCell<HashMap<TypeId, u64>>,
    gaps: RefCell<HashMap<TypeId, Option<Gap>>>,
    next_key: Cell<u64>,
}

/// Why the default of a type is not a value yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    /// A handle must be chosen.
    Handle(TypeId),
    /// A type that cannot be typed in.
    Unavailable(Type),
}

impl Basis {
    pub fn new(component: &Component) -> Self {
        let mut sources: BTreeMap<TypeId, Vec<Source>> = BTreeMap::new();
        for (interface, function) in component.exported_functions() {
            let Some(result) = function.result else { continue };
            let mut found = HashSet::new();
            owned(&component.types, result, &mut HashSet::new(), &mut found, 0);
            for resource in found {
                sources.entry(resource).or_default().push(Source {
                    interface: interface.map(str::to_owned),
                    function: function.name.clone(),
                    words: words(function),
                });
            }
        }
        Self {
            table: Arc::clone(&component.types),
            handles: Vec::new(),
            is_answer: false,
            sources,
            sizes: RefCell::default(),
            gaps: RefCell::default(),
            next_key: Cell::new(1),
        }
    }

    /// A number that no other field of this form has: widgets are known by it, also while they move.
    pub fn key(&self) -> u64 {
        self.next_key.replace(self.next_key.get() + 1)
    }

    pub fn at(&self, ty: Type) -> TypeRef {
        TypeRef { table: Arc::clone(&self.table), ty }
    }

    /// The type as WIT writes it, safe to show.
    pub fn text(&self, ty: Type) -> String {
        display_safe_line(&self.table.text(ty)).into_owned()
    }

    /// The definition of a resource behind all aliases.
    pub fn resource(&self, id: TypeId) -> TypeId {
        resource(&self.table, id)
    }

    /// The resource's own name.
    pub fn resource_name(&self, id: TypeId) -> &str {
        self.table.get(self.resource(id)).and_then(|d| d.name.as_deref()).unwrap_or("resource")
    }

    /// The functions that return a handle of this resource.
    pub fn sources(&self, id: TypeId) -> &[Source] {
        self.sources.get(&self.resource(id)).map_or(&[], Vec::as_slice)
    }

    /// The live handles of this resource.
    pub fn live(&self, id: TypeId) -> impl Iterator<Item = &Handle> {
        let name = self.resource_name(id);
        self.handles.iter().filter(move |h| h.resource == name)
    }

    /// The live handle that `wanted` names. WAVE text and history know the number only.
    pub fn find_live(&self, id: TypeId, wanted: &Handle) -> Option<&Handle> {
        self.live(id).find(|h| h.number == wanted.number)
    }

    /// How many parts the default of this type has.
    pub fn size(&self, ty: Type) -> u64 {
        self.size_at(ty, 0)
    }

    fn size_at(&self, ty: Type, depth: usize) -> u64 {
        let Type::Def(id) = self.table.resolve(ty) else { return 1 };
        if let Some(known) = self.sizes.borrow().get(&id) {
            return *known;
        }
        let part = |ty: Type| if depth > MAX_DEPTH { 1 } else { self.size_at(ty, depth + 1) };
        let sum = |parts: &mut dyn Iterator<Item = Type>| parts.fold(1u64, |n, t| n.saturating_add(part(t)));
        let size = match self.table.get(id).map(|d| &d.kind) {
            Some(TypeKind::Record(fields)) => sum(&mut fields.iter().map(|f| f.ty)),
            Some(TypeKind::Tuple(parts)) => sum(&mut parts.iter().copied()),
            Some(TypeKind::Variant(cases)) => sum(&mut cases.first().and_then(|c| c.ty).into_iter()),
            Some(TypeKind::Result { ok, .. }) => sum(&mut ok.iter().copied()),
            Some(TypeKind::FixedList(t, n)) => part(*t).saturating_mul((*n).into()).saturating_add(1),
            _ => 1,
        };
        self.sizes.borrow_mut().insert(id, size);
        size
    }

    /// What keeps the default of this type from being a value.
    pub fn gap(&self, ty: Type) -> Option<Gap> {
        self.gap_at(ty, 0)
    }

    fn gap_at(&self, ty: Type, depth: usize) -> Option<Gap> {
        let unavailable = Some(Gap::Unavailable(ty));
        let id = match self.table.resolve(ty) {
            Type::ErrorContext => return unavailable,
            Type::Def(id) => id,
            _ => return None,
        };
        if depth > MAX_DEPTH {
            return unavailable;
        }
        if let Some(known) = self.gaps.borrow().get(&id) {
            return *known;
        }
        let first =
            |mut parts: &mut dyn Iterator<Item = Type>| Iterator::find_map(&mut parts, |t| self.gap_at(t, depth + 1));
        let gap = match self.table.get(id).map(|d| &d.kind) {
            Some(TypeKind::Record(fields)) => first(&mut fields.iter().map(|f| f.ty)),
            Some(TypeKind::Tuple(parts)) => first(&mut parts.iter().copied()),
            Some(TypeKind::Variant(cases)) => first(&mut cases.first().and_then(|c| c.ty).into_iter()),
            Some(TypeKind::Result { ok, .. }) => first(&mut ok.iter().copied()),
            Some(TypeKind::FixedList(_, n)) if *n > MAX_FIXED => unavailable,
            Some(TypeKind::FixedList(t, _)) => first(&mut std::iter::once(*t)),
            Some(TypeKind::Own(r) | TypeKind::Borrow(r)) => Some(Gap::Handle(*r)),
            Some(
                TypeKind::Enum(_) | TypeKind::Flags(_) | TypeKind::Option(_) | TypeKind::List(_) | TypeKind::Map(..),
            ) => None,
            _ => unavailable,
        };
        self.gaps.borrow_mut().insert(id, gap);
        gap
    }

    /// Why there is no field for this type.
    pub fn why_unavailable(&self, ty: Type) -> String {
        match self.table.kind(ty) {
            Some(TypeKind::FixedList(_, n)) if *n > MAX_FIXED => {
                format!("{n} elements are too many to type in, the limit is {MAX_FIXED}")
            }
            _ => format!("A value of type {} cannot be typed in here yet", self.text(ty)),
        }
    }

    /// What to say where a handle is missing.
    pub fn no_handle(&self, id: TypeId) -> String {
        let name = display_safe_line(self.resource_name(id));
        if self.live(id).next().is_some() {
            return format!("choose a live {name}");
        }
        match self.sources(id) {
            [] => format!("no live {name}, and no function here returns one"),
            sources => {
                let names: Vec<_> = sources.iter().map(|s| s.words.as_str()).collect();
                format!("no live {name}; call a function that returns one: {}", names.join(", "))
            }
        }
    }
}

fn resource(table: &TypeTable, id: TypeId) -> TypeId {
    match table.resolve(Type::Def(id)) {
        Type::Def(id) => id,
        _ => id,
    }
}

/// The resources of which a value of this type owns handles.
fn owned(table: &TypeTable, ty: Type, seen: &mut HashSet<TypeId>, found: &mut HashSet<TypeId>, depth: usize) {
    let Type::Def(id) = table.resolve(ty) else { return };
    if depth > MAX_DEPTH || !seen.insert(id) {
        return;
    }
    let mut part = |ty: &Type| owned(table, *ty, seen, found, depth + 1);
    match table.get(id).map(|d| &d.kind) {
        Some(TypeKind::Own(r)) => {
            found.insert(resource(table, *r));
        }
        Some(TypeKind::Record(fields)) => fields.iter().for_each(|f| part(&f.ty)),
        Some(TypeKind::Tuple(parts)) => parts.iter().for_each(part),
        Some(TypeKind::Variant(cases)) => cases.iter().filter_map(|c| c.ty.as_ref()).for_each(part),
        Some(TypeKind::Result { ok, err }) => ok.iter().chain(err).for_each(part),
        Some(TypeKind::Option(t) | TypeKind::List(t) | TypeKind::FixedList(t, _)) => part(t),
        Some(TypeKind::Map(k, v)) => [k, v].into_iter().for_each(part),
        _ => {}
    }
}

fn words(function: &Function) -> String {
    let name = display_safe_line(function.display_name());
    match function.kind {
        FunctionKind::Constructor(_) => format!("{name} (constructor)"),
        _ => name.into_owned(),
    }
}

/// Cases of enums, variants, options and results alike.
impl Basis {
    pub fn case_count(&self, ty: Type) -> usize {
        match self.table.kind(ty) {
            Some(TypeKind::Variant(cases)) => cases.len(),
            Some(TypeKind::Enum(cases)) => cases.len(),
            Some(TypeKind::Option(_) | TypeKind::Result { .. }) => 2,
            _ => 0,
        }
    }

    pub fn case_name(&self, ty: Type, case: usize) -> &str {
        match (self.table.kind(ty), case) {
            (Some(TypeKind::Variant(cases)), _) => cases.get(case).map_or("", |c| &c.name),
            (Some(TypeKind::Enum(cases)), _) => cases.get(case).map_or("", |c| &c.name),
            (Some(TypeKind::Option(_)), 0) => "none",
            (Some(TypeKind::Option(_)), _) => "some",
            (Some(TypeKind::Result { .. }), 0) => "ok",
            (Some(TypeKind::Result { .. }), _) => "err",
            _ => "",
        }
    }

    pub fn case_docs(&self, ty: Type, case: usize) -> Option<&str> {
        match self.table.kind(ty) {
            Some(TypeKind::Variant(cases)) => cases.get(case)?.docs.as_deref(),
            Some(TypeKind::Enum(cases)) => cases.get(case)?.docs.as_deref(),
            _ => None,
        }
    }

    pub fn case_type(&self, ty: Type, case: usize) -> Option<Type> {
        match (self.table.kind(ty)?, case) {
            (TypeKind::Variant(cases), _) => cases.get(case)?.ty,
            (TypeKind::Option(t), 1) => Some(*t),
            (TypeKind::Result { ok, .. }, 0) => *ok,
            (TypeKind::Result { err, .. }, 1) => *err,
            _ => None,
        }
    }

    /// The step to the payload of this case.
    pub fn payload_step(&self, ty: Type, case: usize) -> Step<'_> {
        match self.table.kind(ty) {
            Some(TypeKind::Option(_)) => Step::Some,
            _ => Step::Case(self.case_name(ty, case)),
        }
    }

    /// The step to this part of a record, tuple or list.
    pub fn part_step(&self, ty: Type, part: usize) -> Step<'_> {
        match self.table.kind(ty) {
            Some(TypeKind::Record(fields)) => fields.get(part).map_or(Step::Index(part), |f| Step::Field(&f.name)),
            _ => Step::Index(part),
        }
    }

    /// The resource, if the type is a handle.
    pub fn handle_of(&self, ty: Type) -> Option<TypeId> {
        match self.table.kind(ty)? {
            TypeKind::Own(id) | TypeKind::Borrow(id) => Some(*id),
            _ => None,
        }
    }
}
