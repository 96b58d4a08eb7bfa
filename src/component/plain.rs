//! Imports, exports and types straight from validation, for components that WIT has no words for: those that export
//! types or modules, or one instance under two names. There is no documentation and no text then.

use super::parts::RawExtern;
use super::types::{Case, Field, Label, Type, TypeDef, TypeId, TypeKind, TypeTable};
use super::wit::Described;
use super::{Beyond, Extern, Function, FunctionKind, Inside, Interface, Item, Param};
use crate::diag::display_safe_line;
use std::collections::HashMap;
use std::sync::Arc;
use wasmparser::component_types::{
    ComponentAnyTypeId, ComponentDefinedType, ComponentEntityType, ComponentFuncTypeId, ComponentInstanceTypeId,
    ComponentValType,
};
use wasmparser::names::{ComponentName, ComponentNameKind};
use wasmparser::types::{EntityType, TypesRef};
use wasmparser::{ComponentExternalKind, CompositeInnerType, PrimitiveValType, ValType};

/// All imports and exports as far as they are functions, types, and instances of such, and of everything else at least
/// the name. `types` are those that are known; an instance whose type is not is shown as an empty interface.
pub(super) fn describe(raw: &[RawExtern], types: Option<TypesRef<'_>>) -> Described {
    let mut out = Described::default();
    let mut cx = types.map(Plain::new);
    let mut own_types = Vec::new();
    for raw in raw {
        let ty = types.and_then(|types| raw.ty(types));
        let item = match (&mut cx, ty) {
            (Some(cx), Some(ty)) => cx.item(&raw.name, ty, &own_types),
            _ => None,
        };
        let is_known = item.is_some();
        let item = item
            .or_else(|| (raw.kind == ComponentExternalKind::Instance).then(|| Item::Interface(Interface::default())));
        if let Some(Item::Type(id)) = item {
            own_types.push(id);
        }
        if !is_known || ty.is_some_and(|ty| cx.as_ref().is_some_and(|cx| cx.holds_more(ty))) {
            beyond(raw, cx.as_mut().zip(ty), &mut out.beyond);
        }
        let list = if raw.is_import { &mut out.imports } else { &mut out.exports };
        list.extend(item.map(|item| Extern { name: raw.name.clone(), docs: None, stability: None, item }));
    }
    out.types = Arc::new(cx.map(|cx| cx.table).unwrap_or_default());
    out
}

/// The imports and exports that WIT has no word for.
pub(super) fn beyond_wit(raw: &[RawExtern], types: Option<TypesRef<'_>>) -> Vec<Beyond> {
    let mut out = Vec::new();
    let mut cx = types.map(Plain::new);
    for raw in raw.iter().filter(|raw| raw.is_beyond_wit()) {
        let ty = types.and_then(|types| raw.ty(types));
        beyond(raw, cx.as_mut().zip(ty), &mut out);
    }
    out
}

/// What a core module asks for and gives.
pub(super) fn core(types: TypesRef<'_>) -> Vec<Beyond> {
    let cx = Plain::new(types);
    let core = |name: String, is_import, ty| {
        let mut text = Text::default();
        cx.core(ty, &mut text);
        Beyond { name, is_import, kind: core_kind(ty), ty: Some(text.finish()) }
    };
    let imports = types.core_imports().into_iter().flatten();
    let exports = types.core_exports().into_iter().flatten();
    imports
        .map(|(module, name, ty)| core(format!("{module} {name}"), true, ty))
        .chain(exports.map(|(name, ty)| core(name.to_owned(), false, ty)))
        .take(MAX_BEYOND)
        .collect()
}

/// Instances inside of each other that are looked into.
const MAX_NESTED: usize = 100;
/// More are not listed.
const MAX_BEYOND: usize = 10_000;
/// Bytes of all texts of types together. A short file may stand for an endless text.
const MAX_TEXTS: usize = 4 << 20;

fn beyond(raw: &RawExtern, known: Option<(&mut Plain<'_>, ComponentEntityType)>, out: &mut Vec<Beyond>) {
    use ComponentExternalKind as K;
    if out.len() >= MAX_BEYOND {
        return;
    }
    let kind = match raw.kind {
        K::Module => "core module",
        K::Component => "component",
        K::Value => "value",
        K::Type => "type",
        K::Func => "function",
        K::Instance => "instance",
    };
    let ty = known.and_then(|(cx, ty)| {
        (cx.written < MAX_TEXTS).then(|| {
            let mut text = Text::default();
            cx.text(ty, &mut text);
            cx.written += text.out.len();
            text.finish()
        })
    });
    out.push(Beyond { name: raw.name.clone(), is_import: raw.is_import, kind, ty });
}

fn core_kind(ty: EntityType) -> &'static str {
    match ty {
        EntityType::Func(_) | EntityType::FuncExact(_) => "core function",
        EntityType::Table(_) => "core table",
        EntityType::Memory(_) => "core memory",
        EntityType::Global(_) => "core global",
        EntityType::Tag(_) => "core tag",
    }
}

/// The text of a type, over several lines.
#[derive(Default)]
struct Text {
    out: String,
    depth: usize,
}

impl Text {
    /// Bytes after which a text ends with `…`.
    const MOST: usize = 16 << 10;

    fn is_full(&self) -> bool {
        self.out.len() > Self::MOST || self.depth > 32
    }

    fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn line(&mut self) {
        self.out.push('\n');
        self.out.extend(std::iter::repeat_n("  ", self.depth));
    }

    fn finish(mut self) -> String {
        if self.out.len() > Self::MOST {
            let end = (0..=Self::MOST).rev().find(|at| self.out.is_char_boundary(*at)).unwrap_or(0);
            self.out.truncate(end);
            self.out.push('…');
        }
        self.out
    }
}

struct Plain<'a> {
    types: TypesRef<'a>,
    table: TypeTable,
    known: HashMap<ComponentAnyTypeId, TypeId>,
    /// Instances inside of others: a short file may hold one in endlessly many.
    nested: HashMap<ComponentInstanceTypeId, Arc<Interface>>,
    /// How many instances are inside each other where it is now.
    depth: usize,
    /// Bytes of text that were made.
    written: usize,
}

impl<'a> Plain<'a> {
    fn new(types: TypesRef<'a>) -> Self {
        Self { types, table: TypeTable::default(), known: HashMap::new(), nested: HashMap::new(), depth: 0, written: 0 }
    }

    /// Whether this is an instance that gives more than functions and types.
    fn holds_more(&self, ty: ComponentEntityType) -> bool {
        use ComponentEntityType::{Func, Instance, Type};
        match ty {
            Instance(id) => self
                .types
                .get(id)
                .is_some_and(|i| i.exports.values().any(|item| !matches!(item.ty, Func(_) | Type { .. }))),
            _ => false,
        }
    }

    /// Writes what this is: as WIT where that has words, in the text format's words else.
    fn text(&mut self, ty: ComponentEntityType, out: &mut Text) {
        if out.is_full() {
            return out.push("…");
        }
        match ty {
            ComponentEntityType::Module(id) => {
                let Some(module) = self.types.get(id) else { return out.push("core module") };
                out.push("core module {");
                out.depth += 1;
                for ((module, name), ty) in &module.imports {
                    out.line();
                    out.push(&format!("import {} {}: ", quoted(module), quoted(name)));
                    self.core(*ty, out);
                    if out.is_full() {
                        break;
                    }
                }
                for (name, ty) in &module.exports {
                    out.line();
                    out.push(&format!("export {}: ", quoted(name)));
                    self.core(*ty, out);
                    if out.is_full() {
                        break;
                    }
                }
                out.depth -= 1;
                out.line();
                out.push("}");
            }
            ComponentEntityType::Component(id) => {
                let types = self.types;
                let Some(component) = types.get(id) else { return out.push("component") };
                let imports = component.imports.iter().map(|(name, item)| ("import ", name.as_str(), item.ty));
                let exports = component.exports.iter().map(|(name, item)| ("export ", name.as_str(), item.ty));
                self.block("component {", imports.chain(exports), out);
            }
            ComponentEntityType::Instance(id) => {
                let types = self.types;
                let Some(instance) = types.get(id) else { return out.push("instance") };
                let items = instance.exports.iter().map(|(name, item)| ("", name.as_str(), item.ty));
                self.block("instance {", items, out);
            }
            ComponentEntityType::Func(id) => match self.function("", id, &[]) {
                Some(function) => out.push(&signature(&self.table, &function)),
                None => out.push("func"),
            },
            ComponentEntityType::Value(ty) => match self.value(ty) {
                Some(ty) => out.push(&self.table.text(ty)),
                None => out.push("?"),
            },
            ComponentEntityType::Type { referenced, .. } => match referenced {
                ComponentAnyTypeId::Component(id) => self.text(ComponentEntityType::Component(id), out),
                ComponentAnyTypeId::Instance(id) => self.text(ComponentEntityType::Instance(id), out),
                ComponentAnyTypeId::Func(id) => self.text(ComponentEntityType::Func(id), out),
                ComponentAnyTypeId::Resource(_) => out.push("resource"),
                ComponentAnyTypeId::Defined(_) => match self.reference(referenced) {
                    Some(id) => out.push(&self.table.text(Type::Def(id))),
                    None => out.push("type"),
                },
            },
        }
    }

    fn block<'b>(
        &mut self,
        head: &str,
        items: impl Iterator<Item = (&'static str, &'b str, ComponentEntityType)>,
        out: &mut Text,
    ) {
        out.push(head);
        out.depth += 1;
        for (way, name, ty) in items {
            out.line();
            if out.is_full() {
                out.push("…");
                break;
            }
            out.push(&format!("{way}{name}: "));
            self.text(ty, out);
        }
        out.depth -= 1;
        out.line();
        out.push("}");
    }

    fn core(&self, ty: EntityType, out: &mut Text) {
        let limits = |initial: u64, maximum: Option<u64>, shared: bool| {
            let maximum = maximum.map(|m| format!(" {m}")).unwrap_or_default();
            format!("{initial}{maximum}{}", if shared { " shared" } else { "" })
        };
        match ty {
            EntityType::Func(id) | EntityType::FuncExact(id) | EntityType::Tag(id) => {
                if matches!(ty, EntityType::Tag(_)) {
                    out.push("tag ");
                }
                match self.types.get(id).map(|sub| &sub.composite_type.inner) {
                    Some(CompositeInnerType::Func(function)) => {
                        // A function has at most a thousand parameters and results.
                        let names =
                            |types: &[ValType]| types.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
                        out.push(&format!("func({})", names(function.params())));
                        if !function.results().is_empty() {
                            out.push(&format!(" -> ({})", names(function.results())));
                        }
                    }
                    _ => out.push("func"),
                }
            }
            EntityType::Table(t) => {
                let limits = limits(t.initial, t.maximum, t.shared);
                out.push(&format!("table {limits} of {}", t.element_type));
            }
            EntityType::Memory(m) => {
                let wide = if m.memory64 { "64-bit " } else { "" };
                out.push(&format!("{wide}memory {}", limits(m.initial, m.maximum, m.shared)));
            }
            EntityType::Global(g) => {
                let mutable = if g.mutable { "mutable " } else { "" };
                out.push(&format!("{mutable}global {}", g.content_type));
            }
        }
    }

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
        let mut out = Interface::default();
        for (name, item) in &self.types.get(id)?.exports {
            let (kind, holds) = match item.ty {
                ComponentEntityType::Type { referenced, created } => {
                    match self.named(name, Some(owner), referenced, created) {
                        Some(id) => {
                            out.types.push(id);
                            continue;
                        }
                        None => ("type", None),
                    }
                }
                ComponentEntityType::Func(id) => match self.function(name, id, &out.types) {
                    Some(function) => {
                        out.functions.push(function);
                        continue;
                    }
                    None => ("function", None),
                },
                ComponentEntityType::Instance(id) => ("instance", self.nested(owner, id)),
                ComponentEntityType::Module(_) => ("core module", None),
                ComponentEntityType::Component(_) => ("component", None),
                ComponentEntityType::Value(_) => ("value", None),
            };
            out.inside.push(Inside { name: name.clone(), kind, holds });
        }
        Some(out)
    }

    /// An instance inside of another, whose types belong to the outermost one.
    fn nested(&mut self, owner: &str, id: ComponentInstanceTypeId) -> Option<Arc<Interface>> {
        if let Some(known) = self.nested.get(&id) {
            return Some(Arc::clone(known));
        }
        if self.depth >= MAX_NESTED {
            return None;
        }
        self.depth += 1;
        let found = self.interface(owner, id).map(Arc::new);
        self.depth -= 1;
        let found = found?;
        self.nested.insert(id, Arc::clone(&found));
        Some(found)
    }

    fn function(&mut self, name: &str, id: ComponentFuncTypeId, siblings: &[TypeId]) -> Option<Function> {
        let ty = self.types.get(id)?;
        let parsed = ComponentName::new(name, 0).ok();
        let table = &self.table;
        let resource = |name: &str| {
            let is_it = |id: &TypeId| table.get(*id).is_some_and(|def| def.name.as_deref() == Some(name));
            siblings.iter().copied().find(is_it)
        };
        let kind = match parsed.as_ref().map(ComponentName::kind) {
            Some(ComponentNameKind::Constructor(r)) => resource(r.as_str()).map(FunctionKind::Constructor),
            Some(ComponentNameKind::Method(f)) => resource(f.resource().as_str()).map(FunctionKind::Method),
            Some(ComponentNameKind::Static(f)) => resource(f.resource().as_str()).map(FunctionKind::Static),
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
            owner: owner.map(Arc::from),
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

/// A name of a core module's import or export, which may be any text.
fn quoted(name: &str) -> String {
    display_safe_line(&format!("{name:?}")).into_owned()
}

fn signature(table: &TypeTable, function: &Function) -> String {
    let params: Vec<_> = function.params.iter().map(|p| format!("{}: {}", p.name, table.text(p.ty))).collect();
    let result = function.result.map(|ty| format!(" -> {}", table.text(ty))).unwrap_or_default();
    format!("{}func({}){result}", if function.is_async { "async " } else { "" }, params.join(", "))
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
