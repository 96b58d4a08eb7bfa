//! From the WIT that `wit-component` finds in a component to our own tree and text.

use super::parts::RawExtern;
use super::types::{Case, Field, Label, Type, TypeDef, TypeId, TypeKind, TypeTable};
use super::{Beyond, Extern, Function, FunctionKind, Interface, Item, Param, Stability, World, WorldItem, guard};
use crate::diag::display_safe_line;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::panic::resume_unwind;
use std::sync::{Arc, OnceLock};
use wasmparser::component_types::{ComponentEntityType, ComponentInstanceType};
use wasmparser::types::TypesRef;
use wit_component::{DecodedWasm, Output, WitPrinter};
use wit_parser::WorldItem as WitItem;
use wit_parser::{Handle, InterfaceId, PackageId, Resolve, TypeDefKind, TypeOwner, WorldId, WorldKey};

/// What the WIT of a file says.
#[derive(Default)]
pub(super) struct Described {
    pub imports: Vec<Extern>,
    pub exports: Vec<Extern>,
    pub beyond: Vec<Beyond>,
    pub interfaces: Vec<Extern>,
    pub worlds: Vec<World>,
    pub docs: Option<String>,
    pub types: Arc<TypeTable>,
    pub is_package: bool,
}

/// Copies everything out of what was decoded. `valid` are the types that validation found.
pub(super) fn describe(decoded: &DecodedWasm, raw: &[RawExtern], valid: Option<TypesRef<'_>>) -> Described {
    let resolve = decoded.resolve();
    let mut names = HashMap::new();
    for (_, world) in resolve.worlds.iter() {
        for (key, item) in world.imports.iter().chain(&world.exports) {
            if let (WorldKey::Name(name), WitItem::Interface { id, .. }) = (key, item) {
                names.entry(*id).or_insert_with(|| name.clone());
            }
        }
    }
    // Many types have the same owner.
    let owners: HashMap<InterfaceId, Arc<str>> = resolve
        .interfaces
        .iter()
        .filter_map(|(id, interface)| {
            let name = match (&interface.name, interface.package) {
                (Some(_), Some(_)) => resolve.id_of(id),
                _ => names.get(&id).cloned(),
            };
            Some((id, name?.into()))
        })
        .collect();
    let owner = |id| owners.get(&id).cloned();
    let defs = resolve.types.iter().map(|(_, def)| type_def(def, owner)).collect();
    let mut out = Described { types: Arc::new(TypeTable { defs }), ..Described::default() };
    match decoded {
        DecodedWasm::WitPackage(resolve, package) => {
            out.is_package = true;
            (out.interfaces, out.worlds) = package_items(resolve, *package, |id| Some(owner(id)?.to_string()));
            out.docs = resolve.packages.get(*package).and_then(|p| p.docs.contents.clone());
        }
        DecodedWasm::Component(resolve, world) => {
            out.docs = resolve.worlds.get(*world).and_then(|w| w.docs.contents.clone());
            out.imports = externs(resolve, *world, raw, valid, true);
            out.exports = externs(resolve, *world, raw, valid, false);
        }
    }
    out
}

/// Whether two imports or exports of a component are of one interface, so that what WIT says of it need not hold for both.
pub(super) fn has_shared_interface(decoded: &DecodedWasm) -> bool {
    let DecodedWasm::Component(resolve, world) = decoded else { return false };
    let mut seen = HashSet::new();
    let items = resolve.worlds.get(*world).into_iter().flat_map(|w| w.imports.values().chain(w.exports.values()));
    let mut interfaces = items.filter_map(|item| match item {
        WitItem::Interface { id, .. } => Some(*id),
        _ => None,
    });
    interfaces.any(|id| !seen.insert(id))
}

fn externs(
    resolve: &Resolve,
    world: WorldId,
    raw: &[RawExtern],
    valid: Option<TypesRef<'_>>,
    is_import: bool,
) -> Vec<Extern> {
    let Some(world) = resolve.worlds.get(world) else { return Vec::new() };
    let items = if is_import { &world.imports } else { &world.exports };
    // The names stand in the same order in the file; WIT knows no modules and components as imports.
    let raw: Vec<&RawExtern> = raw
        .iter()
        .filter(|r| {
            use wasmparser::ComponentExternalKind::{Func, Instance, Type};
            r.is_import == is_import && matches!(r.kind, Func | Instance | Type)
        })
        .collect();
    let exact = raw.len() == items.len();
    items
        .iter()
        .enumerate()
        .map(|(i, (key, item))| {
            let name = match raw.get(i) {
                Some(raw) if exact => raw.name.clone(),
                _ => resolve.name_world_key(key),
            };
            let WitItem::Interface { id, docs: at_use, stability: here, .. } = item else {
                return own_item(resolve, name, item);
            };
            let instance = valid.and_then(|types| instance_of(types, &name, is_import));
            let out = interface_extern(resolve, *id, name, instance);
            Extern {
                docs: out.docs.or_else(|| at_use.contents.clone()),
                stability: out.stability.or_else(|| stability(here)),
                ..out
            }
        })
        .collect()
}

fn interface_extern(
    resolve: &Resolve,
    id: InterfaceId,
    name: String,
    instance: Option<&ComponentInstanceType>,
) -> Extern {
    let all = resolve.interfaces.get(id);
    Extern {
        name,
        docs: all.and_then(|i| i.docs.contents.clone()),
        stability: all.and_then(|i| stability(&i.stability)),
        item: Item::Interface(interface(resolve, id, instance)),
    }
}

/// A function or type of a world itself; an interface as an empty one.
fn own_item(resolve: &Resolve, name: String, item: &WitItem) -> Extern {
    let (docs, said, item) = match item {
        WitItem::Function(f) => (f.docs.contents.clone(), Some(&f.stability), Item::Function(function(f))),
        WitItem::Type { id, .. } => {
            let def = resolve.types.get(*id);
            (def.and_then(|t| t.docs.contents.clone()), def.map(|t| &t.stability), Item::Type(type_id(*id)))
        }
        WitItem::Interface { .. } => (None, None, Item::Interface(Interface::default())),
    };
    Extern { name, docs, stability: said.and_then(stability), item }
}

/// The interfaces and worlds of a WIT package. Those of other packages follow, as far as the file has them.
fn package_items(
    resolve: &Resolve,
    package: PackageId,
    name: impl Fn(InterfaceId) -> Option<String>,
) -> (Vec<Extern>, Vec<World>) {
    let mut interfaces = Vec::new();
    let mut positions = HashMap::new();
    let own = resolve.packages.get(package).into_iter().flat_map(|p| p.interfaces.values().copied());
    let written_in_worlds = resolve.interfaces.iter().filter(|(_, i)| i.name.is_none()).map(|(id, _)| id);
    let others = resolve.interfaces.iter().map(|(id, _)| id);
    for id in own.chain(written_in_worlds).chain(others) {
        positions.entry(id).or_insert_with(|| {
            interfaces.push(interface_extern(resolve, id, name(id).unwrap_or_default(), None));
            interfaces.len() - 1
        });
    }
    let items = |list: &wit_parser::IndexMap<WorldKey, WitItem>| {
        list.iter()
            .map(|(key, item)| match item {
                WitItem::Interface { id, .. } if positions.contains_key(id) => {
                    WorldItem::Interface(positions.get(id).copied().unwrap_or_default())
                }
                _ => WorldItem::Own(own_item(resolve, resolve.name_world_key(key), item)),
            })
            .collect()
    };
    let worlds = resolve.packages.get(package).into_iter().flat_map(|p| p.worlds.values());
    let worlds = worlds.filter_map(|id| {
        let world = resolve.worlds.get(*id)?;
        let package = world.package.and_then(|id| resolve.packages.get(id));
        Some(World {
            name: package.map_or_else(|| world.name.clone(), |p| p.name.interface_id(&world.name)),
            docs: world.docs.contents.clone(),
            stability: stability(&world.stability),
            imports: items(&world.imports),
            exports: items(&world.exports),
        })
    });
    let worlds = worlds.collect();
    (interfaces, worlds)
}

fn stability(said: &wit_parser::Stability) -> Option<Box<Stability>> {
    use wit_parser::Stability as S;
    let (since, unstable, deprecated) = match said {
        S::Unknown => return None,
        S::Unstable { feature, deprecated } => (None, Some(feature.clone()), deprecated),
        S::Stable { since, deprecated } => (Some(since.to_string()), None, deprecated),
    };
    let deprecated = deprecated.as_ref().map(ToString::to_string);
    Some(Box::new(Stability { since, unstable, deprecated }))
}

fn instance_of<'a>(types: TypesRef<'a>, name: &str, is_import: bool) -> Option<&'a ComponentInstanceType> {
    let item = if is_import { types.component_item_for_import(name) } else { types.component_item_for_export(name) }?;
    match item.ty {
        ComponentEntityType::Instance(id) => types.get(id),
        _ => None,
    }
}

/// WIT has one interface for a name, even where a component imports a part of it and exports all of it. What the import
/// or export really holds is what its instance type lists.
fn interface(resolve: &Resolve, id: InterfaceId, instance: Option<&ComponentInstanceType>) -> Interface {
    let Some(all) = resolve.interfaces.get(id) else {
        return Interface::default();
    };
    match instance {
        Some(instance) => Interface {
            types: instance.exports.keys().filter_map(|name| all.types.get(name)).map(|t| type_id(*t)).collect(),
            functions: instance.exports.keys().filter_map(|name| all.functions.get(name)).map(function).collect(),
            inside: Vec::new(),
        },
        None => Interface {
            types: all.types.values().map(|t| type_id(*t)).collect(),
            functions: all.functions.values().map(function).collect(),
            inside: Vec::new(),
        },
    }
}

fn function(f: &wit_parser::Function) -> Function {
    use wit_parser::FunctionKind as K;
    Function {
        name: f.name.clone(),
        docs: f.docs.contents.clone(),
        stability: stability(&f.stability),
        kind: match f.kind {
            K::Freestanding | K::AsyncFreestanding => FunctionKind::Freestanding,
            K::Method(id) | K::AsyncMethod(id) => FunctionKind::Method(type_id(id)),
            K::Static(id) | K::AsyncStatic(id) => FunctionKind::Static(type_id(id)),
            K::Constructor(id) => FunctionKind::Constructor(type_id(id)),
        },
        is_async: f.kind.is_async(),
        params: f.params.iter().map(|p| Param { name: p.name.clone(), ty: ty(&p.ty) }).collect(),
        result: f.result.as_ref().map(ty),
    }
}

fn type_def(def: &wit_parser::TypeDef, owner: impl Fn(InterfaceId) -> Option<Arc<str>>) -> TypeDef {
    let label = |name: &str, docs: &wit_parser::Docs| Label { name: name.to_owned(), docs: docs.contents.clone() };
    let kind = match &def.kind {
        TypeDefKind::Record(r) => TypeKind::Record(
            r.fields
                .iter()
                .map(|f| Field { name: f.name.clone(), ty: ty(&f.ty), docs: f.docs.contents.clone() })
                .collect(),
        ),
        TypeDefKind::Variant(v) => TypeKind::Variant(
            v.cases
                .iter()
                .map(|c| Case { name: c.name.clone(), ty: c.ty.as_ref().map(ty), docs: c.docs.contents.clone() })
                .collect(),
        ),
        TypeDefKind::Enum(e) => TypeKind::Enum(e.cases.iter().map(|c| label(&c.name, &c.docs)).collect()),
        TypeDefKind::Flags(f) => TypeKind::Flags(f.flags.iter().map(|f| label(&f.name, &f.docs)).collect()),
        TypeDefKind::Tuple(t) => TypeKind::Tuple(t.types.iter().map(ty).collect()),
        TypeDefKind::Option(t) => TypeKind::Option(ty(t)),
        TypeDefKind::Result(r) => TypeKind::Result { ok: r.ok.as_ref().map(ty), err: r.err.as_ref().map(ty) },
        TypeDefKind::List(t) => TypeKind::List(ty(t)),
        TypeDefKind::FixedLengthList(t, n) => TypeKind::FixedList(ty(t), *n),
        TypeDefKind::Map(k, v) => TypeKind::Map(ty(k), ty(v)),
        TypeDefKind::Stream(t) => TypeKind::Stream(t.as_ref().map(ty)),
        TypeDefKind::Future(t) => TypeKind::Future(t.as_ref().map(ty)),
        TypeDefKind::Handle(Handle::Own(id)) => TypeKind::Own(type_id(*id)),
        TypeDefKind::Handle(Handle::Borrow(id)) => TypeKind::Borrow(type_id(*id)),
        // A type left unknown stands for nothing that could be looked into, like a resource.
        TypeDefKind::Resource | TypeDefKind::Unknown => TypeKind::Resource,
        TypeDefKind::Type(t) => TypeKind::Alias(ty(t)),
    };
    let owner = match def.owner {
        TypeOwner::Interface(id) => owner(id),
        TypeOwner::World(_) | TypeOwner::None => None,
    };
    TypeDef {
        name: def.name.clone(),
        owner,
        docs: def.docs.contents.clone(),
        stability: stability(&def.stability),
        kind,
    }
}

/// Our table has the order of the arena, so the position is the id.
fn type_id(id: wit_parser::TypeId) -> TypeId {
    TypeId(u32::try_from(id.index()).unwrap_or(u32::MAX))
}

fn ty(t: &wit_parser::Type) -> Type {
    use wit_parser::Type as W;
    match t {
        W::Bool => Type::Bool,
        W::U8 => Type::U8,
        W::U16 => Type::U16,
        W::U32 => Type::U32,
        W::U64 => Type::U64,
        W::S8 => Type::S8,
        W::S16 => Type::S16,
        W::S32 => Type::S32,
        W::S64 => Type::S64,
        W::F32 => Type::F32,
        W::F64 => Type::F64,
        W::Char => Type::Char,
        W::String => Type::String,
        W::ErrorContext => Type::ErrorContext,
        W::Id(id) => Type::Def(type_id(*id)),
    }
}

/// Bytes of WIT text that are printed. Types that share parts can be short in the file and endless in text.
const MAX_TEXT: usize = 16 << 20;

/// The WIT of a file. Its text is made when it is first asked for.
pub(crate) struct Wit {
    decoded: DecodedWasm,
    /// The text, or why there is none.
    text: OnceLock<Result<String, String>>,
}

impl Wit {
    pub(super) fn new(decoded: DecodedWasm) -> Self {
        Self { decoded, text: OnceLock::new() }
    }

    pub(super) fn text(&self) -> Result<&str, &str> {
        self.text.get_or_init(|| guard::with_stack(|| print(&self.decoded))).as_deref().map_err(String::as_str)
    }
}

impl fmt::Debug for Wit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wit").field("text", &self.text).finish_non_exhaustive()
    }
}

/// The WIT text, as `wasm-tools component wit` prints it: the package, then those it refers to as nested ones.
pub(super) fn print(decoded: &DecodedWasm) -> Result<String, String> {
    let (resolve, main) = (decoded.resolve(), decoded.package());
    let others: Vec<_> = resolve.packages.iter().map(|(id, _)| id).filter(|id| *id != main).collect();
    let printed = guard::caught(|| {
        let mut printer = WitPrinter::new(Text::default());
        printer.print(resolve, main, &others).map(|()| printer.output.text)
    });
    match printed {
        Ok(Ok(text)) => Ok(text),
        Ok(Err(error)) => Err(format!("{}", display_safe_line(&format!("{error:#}")))),
        Err(payload) if payload.is::<Full>() => Err("it is longer than 16 MiB".to_owned()),
        Err(_) => Err("the printer stopped unexpectedly".to_owned()),
    }
}

/// The payload that unwinds out of the printer: it offers no other way to stop it.
struct Full;

#[derive(Default)]
struct Text {
    text: String,
    indent: usize,
    at_line_start: bool,
}

impl Output for Text {
    fn push_str(&mut self, src: &str) {
        if self.text.len() + src.len() > MAX_TEXT {
            resume_unwind(Box::new(Full));
        }
        self.text.push_str(src);
    }

    fn indent_if_needed(&mut self) -> bool {
        let needed = std::mem::take(&mut self.at_line_start);
        if needed {
            for _ in 0..self.indent {
                self.push_str("  ");
            }
        }
        needed
    }

    fn indent_start(&mut self) {
        self.push_str(" {");
        self.indent += 1;
        self.newline();
    }

    fn indent_end(&mut self) {
        self.indent = self.indent.saturating_sub(1);
        self.indent_if_needed();
        self.push_str("}");
        self.newline();
    }

    fn newline(&mut self) {
        self.push_str("\n");
        self.at_line_start = true;
    }
}
