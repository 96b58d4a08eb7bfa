//! The component that stands in the middle of a tapped wire. It imports what the wire carries and exports the same again;
//! its types are those of the import, never new ones, so a resource is the same on both sides.
//!
//! Around each call it tells the host `begin` and `end`, and hands the host copies of the arguments and of the result. A
//! handle, stream or future is shown to the host as a number, since only the other side may have it.

use super::super::stub::code::{ROOM, Room, Stub, realloc};
use super::TapError;
use super::inner::{Core, Inner};
use super::memory::{self, ARGUMENT_BYTES, RESULT_BYTES};
use super::start::Start;
use super::types::{Erased, Shared};
use super::waiting::BUILTINS;
use crate::diag::display_safe_line;
use std::collections::BTreeMap;
use wasm_encoder::{
    Alias, CanonicalFunctionSection, CanonicalOption, Component, ComponentAliasSection, ComponentExportKind,
    ComponentExportSection, ComponentImportSection, ComponentInstanceSection, ComponentTypeRef, ComponentTypeSection,
    ComponentValType, ExportKind, InstanceSection, InstanceType, ModuleArg, PrimitiveValType, RawSection, ValType,
};
use wasmparser::ComponentExternalKind;
use wit_parser::{Function, InterfaceId, Resolve, WorldId, WorldItem};

/// The functions of the host's side, by their names in the interface that a tap imports.
pub(super) const BEGIN: &str = "begin";
pub(super) const END: &str = "end";
pub(super) const CANCELLED: &str = "cancelled";

/// The name by which the inner module imports functions.
const FUNCTIONS: &str = "functions";

/// Room for arguments, and for results: counted.
const ROOMS: [(&str, i32); 2] = [("room-for-arguments", ARGUMENT_BYTES), ("room-for-results", RESULT_BYTES)];

/// A component under construction, one item after the other.
pub(super) struct Outer<'a> {
    pub resolve: &'a Resolve,
    component: Component,
    types: u32,
    instances: u32,
    functions: u32,
    pub core_functions: u32,
    core_instances: u32,
    import: (ComponentExternalKind, u32),
    pub interface: Option<InterfaceId>,
    pub named: BTreeMap<String, u32>,
    given: BTreeMap<String, u32>,
    /// Types of instances that are known by an index here.
    aliased: BTreeMap<(u32, String), u32>,
}

impl<'a> Outer<'a> {
    fn new(resolve: &'a Resolve, interface: Option<InterfaceId>, start: Start<'_>) -> Self {
        let mut component = Component::new();
        for section in &start.sections {
            component.section(section);
        }
        Self {
            resolve,
            component,
            types: start.types,
            instances: start.instances,
            functions: start.functions,
            core_functions: 0,
            core_instances: 0,
            import: start.import,
            interface,
            named: start.named,
            given: start.given,
            aliased: BTreeMap::new(),
        }
    }

    /// Defines a type; its index.
    pub fn define(&mut self, define: impl FnOnce(&mut ComponentTypeSection)) -> u32 {
        let mut section = ComponentTypeSection::new();
        define(&mut section);
        self.component.section(&section);
        self.types += 1;
        self.types - 1
    }

    /// A type that an interface of these exports; its index.
    pub fn type_of(&mut self, interface: InterfaceId, name: &str) -> Option<u32> {
        let instance = match self.interface {
            Some(own) if own == interface => self.import.1,
            _ => *self.given.get(&self.resolve.id_of(interface)?)?,
        };
        let key = (instance, name.to_owned());
        if let Some(known) = self.aliased.get(&key) {
            return Some(*known);
        }
        self.alias(Alias::InstanceExport { instance, kind: ComponentExportKind::Type, name });
        self.types += 1;
        self.aliased.insert(key, self.types - 1);
        Some(self.types - 1)
    }

    fn alias(&mut self, alias: Alias<'_>) {
        let mut section = ComponentAliasSection::new();
        section.alias(alias);
        self.component.section(&section);
    }

    /// A function of an instance; its index.
    fn function_of(&mut self, instance: u32, name: &str) -> u32 {
        self.alias(Alias::InstanceExport { instance, kind: ComponentExportKind::Func, name });
        self.functions += 1;
        self.functions - 1
    }

    fn core_function_of(&mut self, instance: u32, name: &str) -> u32 {
        self.alias(Alias::CoreInstanceExport { instance, kind: ExportKind::Func, name });
        self.core_functions += 1;
        self.core_functions - 1
    }

    pub fn canon(&mut self, canon: impl FnOnce(&mut CanonicalFunctionSection)) {
        let mut section = CanonicalFunctionSection::new();
        canon(&mut section);
        self.component.section(&section);
    }

    fn lower(&mut self, function: u32, options: &[CanonicalOption]) -> u32 {
        self.canon(|c| {
            c.lower(function, options.iter().copied());
        });
        self.core_functions += 1;
        self.core_functions - 1
    }

    fn instantiate(&mut self, module: u32, bytes: &[u8], arguments: &[(&str, u32)]) -> u32 {
        // The section's id, and the module as it is.
        self.component.section(&RawSection { id: 1, data: bytes });
        let mut section = InstanceSection::new();
        section.instantiate(module, arguments.iter().map(|(name, index)| (*name, ModuleArg::Instance(*index))));
        self.component.section(&section);
        self.core_instances += 1;
        self.core_instances - 1
    }
}

/// The bytes of an adapter for the import of this name in a world, whose host side is called `tap`.
pub(super) fn adapter(
    resolve: &Resolve,
    world: WorldId,
    name: &str,
    start: Start<'_>,
    tap: &str,
) -> Result<Vec<u8>, TapError> {
    let failed = |why: &str| TapError::Failed(why.to_owned());
    let imports = resolve.worlds.get(world).into_iter().flat_map(|w| &w.imports);
    let item = imports.into_iter().find(|(key, _)| resolve.name_world_key(key) == name).map(|(_, item)| item);
    let (interface, functions): (_, Vec<&Function>) = match item.ok_or_else(|| failed("there is no such import"))? {
        WorldItem::Interface { id, .. } => {
            let interface = resolve.interfaces.get(*id).ok_or_else(|| failed("the interface is missing"))?;
            (Some(*id), interface.functions.values().collect())
        }
        WorldItem::Function(function) => (None, vec![function]),
        WorldItem::Type { .. } => return Err(TapError::IsAType),
    };
    if functions.is_empty() {
        return Err(TapError::NoFunctions);
    }

    let mut outer = Outer::new(resolve, interface, start.clone());
    let host = outer.host(tap, &functions)?;
    let mut shared = Shared::default();
    let types = functions.iter().map(|f| outer.lifted(&mut shared, f)).collect::<Result<Vec<u32>, _>>()?;
    let is_instance = outer.import.0 == ComponentExternalKind::Instance;
    let source = outer.import.1;
    let import_of =
        |outer: &mut Outer, f: &Function| if is_instance { outer.function_of(source, &f.name) } else { source };
    let given: Vec<u32> = functions.iter().map(|f| import_of(&mut outer, f)).collect();

    // The memory first: what is lowered needs it.
    let mut lender = Stub::new(resolve);
    lender.set_aside(memory::KEPT);
    let room = lender.add(realloc());
    let room = lender.add(memory::room(room));
    lender.exports.push(("cabi_realloc".to_owned(), room));
    for (name, counter) in ROOMS {
        let index = lender.add(memory::counted(name, counter, room));
        lender.exports.push((name.to_owned(), index));
    }
    let memory = outer.instantiate(0, &lender.finish("tap memory", Room::Lent), &[]);
    outer.alias(Alias::CoreInstanceExport { instance: memory, kind: ExportKind::Memory, name: "memory" });
    let [arguments, results] = ROOMS.map(|(name, _)| outer.core_function_of(memory, name));
    let [utf8, memory_0] = [CanonicalOption::UTF8, CanonicalOption::Memory(0)];
    let options = [utf8, memory_0, CanonicalOption::Realloc(results)];
    let waiting = [utf8, memory_0, CanonicalOption::Realloc(results), CanonicalOption::Async];

    let mut inner = Inner::new(resolve);
    inner.import(ROOM, "cabi_realloc", &[ValType::I32; 4], &[ValType::I32]);
    let mut lowered: Vec<(String, u32)> = Vec::new();
    let waits = functions.iter().any(|f| f.kind.is_async());
    for (name, params, results) in host_functions(waits) {
        let function = outer.function_of(host, name);
        lowered.push((name.to_owned(), outer.lower(function, &options)));
        inner.import(FUNCTIONS, name, &vec![ValType::I32; params.len()], &vec![ValType::I32; results]);
    }
    if waits {
        for builtin in BUILTINS {
            lowered.push((builtin.name.to_owned(), outer.builtin(builtin)));
            inner.import(FUNCTIONS, builtin.name, builtin.params, builtin.results);
        }
    }
    for (n, (function, given)) in functions.iter().zip(&given).enumerate() {
        let core = Core::of(resolve, function);
        for (word, types) in core.shown() {
            let name = format!("{word}-{n}");
            let index = outer.function_of(host, &name);
            lowered.push((name.clone(), outer.lower(index, &options)));
            inner.import(FUNCTIONS, &name, &types, &[]);
        }
        let name = format!("call-{n}");
        let options = if function.kind.is_async() { &waiting[..] } else { &options };
        lowered.push((name.clone(), outer.lower(*given, options)));
        inner.import(FUNCTIONS, &name, &core.import.0, &core.import.1);
        if function.kind.is_async() {
            let result = function.result.map(|ty| shared.value(&mut outer, ty)).transpose()?;
            let name = format!("return-{n}");
            outer.canon(|c| {
                c.task_return(result, [utf8, memory_0]);
            });
            outer.core_functions += 1;
            lowered.push((name.clone(), outer.core_functions - 1));
            let params = inner.returned(function);
            inner.import(FUNCTIONS, &name, &params, &[]);
        }
    }
    for (n, (id, index)) in shared.borrowed.iter().enumerate() {
        let name = format!("drop-{n}");
        outer.canon(|c| {
            c.resource_drop(*index);
        });
        outer.core_functions += 1;
        lowered.push((name.clone(), outer.core_functions - 1));
        let import = inner.import(FUNCTIONS, &name, &[ValType::I32], &[]);
        inner.code.drops.insert(inner.code.layout.resource(*id), import);
    }
    for (n, function) in functions.iter().enumerate() {
        if function.kind.is_async() {
            inner.waiting(n, function)?;
        } else {
            inner.function(n, function)?;
        }
    }
    let module = inner.finish()?;

    let mut section = InstanceSection::new();
    section.export_items(lowered.iter().map(|(name, index)| (name.as_str(), ExportKind::Func, *index)));
    outer.component.section(&section);
    outer.core_instances += 1;
    let given_functions = outer.core_instances - 1;
    let module = outer.instantiate(1, &module, &[(ROOM, memory), (FUNCTIONS, given_functions)]);

    let mut given = Vec::new();
    for (n, (function, ty)) in functions.iter().zip(&types).enumerate() {
        let core = outer.core_function_of(module, &format!("tapped-{n}"));
        let last = if function.kind.is_async() {
            CanonicalOption::Async
        } else {
            CanonicalOption::PostReturn(outer.core_function_of(module, &format!("after-{n}")))
        };
        outer.canon(|c| {
            c.lift(core, *ty, [utf8, memory_0, CanonicalOption::Realloc(arguments), last]);
        });
        outer.functions += 1;
        given.push((*function, outer.functions - 1));
    }
    let mut section = ComponentExportSection::new();
    match interface {
        Some(interface) => {
            let instance = if given.iter().any(|(function, _)| function.name.starts_with('[')) {
                let shell = shell(resolve, interface, start, &given)?;
                outer.put_on(&shell, &given)
            } else {
                outer.bag(interface, &given)
            };
            section.export(name, ComponentExportKind::Instance, instance, None);
        }
        None => drop(section.export(name, ComponentExportKind::Func, outer.functions - 1, None).len()),
    }
    outer.component.section(&section);
    Ok(outer.component.finish())
}

/// A component that imports what the adapter does, and functions; it exports the import's types and these functions under
/// their own names. A bare list of exports has no place for the names of methods, and is better where there are none: its
/// types are the provider's, while those that a component exports are its own to whoever exports them again.
fn shell(
    resolve: &Resolve,
    interface: InterfaceId,
    start: Start<'_>,
    functions: &[(&Function, u32)],
) -> Result<Vec<u8>, TapError> {
    let mut outer = Outer::new(resolve, Some(interface), start);
    let mut shared = Shared::default();
    let first = outer.functions;
    for (n, (function, _)) in functions.iter().enumerate() {
        let ty = outer.lifted(&mut shared, function)?;
        let mut section = ComponentImportSection::new();
        section.import(format!("function-{n}").as_str(), ComponentTypeRef::Func(ty));
        outer.component.section(&section);
        outer.functions += 1;
    }
    let mut shared = Shared::default();
    let types = resolve.interfaces.get(interface).into_iter().flat_map(|i| &i.types);
    for (name, id) in types {
        // From here on a type is known by the index of its export.
        let ty = shared.definition(&mut outer, *id)?;
        let mut section = ComponentExportSection::new();
        section.export(name.as_str(), ComponentExportKind::Type, ty, None);
        outer.component.section(&section);
        outer.types += 1;
        outer.aliased.insert((outer.import.1, name.clone()), outer.types - 1);
    }
    for (n, (function, _)) in functions.iter().enumerate() {
        let ty = outer.lifted(&mut shared, function)?;
        let mut section = ComponentExportSection::new();
        let index = first + n as u32;
        let ty = Some(ComponentTypeRef::Func(ty));
        section.export(function.name.as_str(), ComponentExportKind::Func, index, ty);
        outer.component.section(&section);
        outer.functions += 1;
    }
    Ok(outer.component.finish())
}

impl Outer<'_> {
    /// An instance of the import's types and these functions; its index.
    fn bag(&mut self, interface: InterfaceId, functions: &[(&Function, u32)]) -> u32 {
        let names = self.resolve.interfaces.get(interface).into_iter().flat_map(|i| i.types.keys());
        let names: Vec<String> = names.cloned().collect();
        let mut exports: Vec<(&str, ComponentExportKind, u32)> = Vec::new();
        for name in &names {
            exports
                .extend(self.type_of(interface, name).map(|index| (name.as_str(), ComponentExportKind::Type, index)));
        }
        exports.extend(functions.iter().map(|(f, index)| (f.name.as_str(), ComponentExportKind::Func, *index)));
        let mut section = ComponentInstanceSection::new();
        section.export_items(exports);
        self.component.section(&section);
        self.instances += 1;
        self.instances - 1
    }

    /// Instantiates a [`shell`]; the index of the instance.
    fn put_on(&mut self, shell: &[u8], functions: &[(&Function, u32)]) -> u32 {
        // The section's id, and the component as it is.
        self.component.section(&RawSection { id: 4, data: shell });
        let given = self.given.iter().map(|(name, index)| (name.clone(), ComponentExportKind::Instance, *index));
        let numbered = functions.iter().enumerate();
        let functions = numbered.map(|(n, (_, index))| (format!("function-{n}"), ComponentExportKind::Func, *index));
        let mut section = ComponentInstanceSection::new();
        section.instantiate(0, given.chain(functions).collect::<Vec<_>>());
        self.component.section(&section);
        self.instances += 1;
        self.instances - 1
    }

    /// Imports the host's side: `begin(function, bytes)`, which gives the call's number, `end(call, bytes)`, perhaps
    /// `cancelled(call)`, and for each function one that takes its arguments and one that takes its result. The index of
    /// the instance.
    fn host(&mut self, tap: &str, functions: &[&Function]) -> Result<u32, TapError> {
        let mut erased = Erased::new(self.resolve);
        let number = ComponentValType::Primitive(PrimitiveValType::U32);
        let waits = functions.iter().any(|f| f.kind.is_async());
        let fixed = host_functions(waits).map(|(name, params, _)| {
            (name.to_owned(), params.iter().map(|name| ((*name).to_owned(), number)).collect())
        });
        let mut kinds: Vec<(String, Vec<(String, ComponentValType)>)> = fixed.collect();
        for (n, function) in functions.iter().enumerate() {
            let core = Core::of(self.resolve, function);
            if !function.params.is_empty() {
                let params = function.params.iter().map(|p| Ok((p.name.clone(), erased.value(p.ty)?)));
                kinds.push((format!("before-{n}"), params.collect::<Result<_, TapError>>()?));
            }
            if let Some(ty) = function.result {
                let mut ty = erased.value(ty)?;
                if core.by_pointer {
                    // A list of one: so it is handed over by its address, whatever it is.
                    ty = erased.list(ty);
                }
                kinds.push((format!("after-{n}"), vec![("result".to_owned(), ty)]));
            }
        }
        let mut instance: InstanceType = erased.finish();
        for (name, params) in kinds {
            let index = instance.type_count();
            let result = (name == BEGIN).then_some(number);
            instance.ty().function().params(params.iter().map(|(name, ty)| (name.as_str(), *ty))).result(result);
            instance.export(name.as_str(), ComponentTypeRef::Func(index));
        }
        let ty = self.define(|types| {
            types.instance(&instance);
        });
        let mut section = ComponentImportSection::new();
        section.import(tap, ComponentTypeRef::Instance(ty));
        self.component.section(&section);
        self.instances += 1;
        Ok(self.instances - 1)
    }

    /// The type of a function as the adapter exports it.
    fn lifted(&mut self, shared: &mut Shared, function: &Function) -> Result<u32, TapError> {
        let params = function.params.iter().map(|p| Ok((p.name.as_str(), shared.value(self, p.ty)?)));
        let params = params.collect::<Result<Vec<_>, TapError>>()?;
        let result = function.result.map(|ty| shared.value(self, ty)).transpose()?;
        Ok(self.define(|types| {
            types.function().async_(function.kind.is_async()).params(params).result(result);
        }))
    }
}

/// The host's functions that every tap has, or every one with async functions: parameters, and how many results.
fn host_functions(waits: bool) -> impl Iterator<Item = (&'static str, &'static [&'static str], usize)> {
    let all: [(_, &[_], _); 3] =
        [(BEGIN, &["function", "bytes"], 1), (END, &["call", "bytes"], 0), (CANCELLED, &["call"], 0)];
    all.into_iter().take(if waits { 3 } else { 2 })
}

/// A name of a type for messages.
pub(super) fn quoted(name: &str) -> String {
    format!("`{}`", display_safe_line(name))
}
