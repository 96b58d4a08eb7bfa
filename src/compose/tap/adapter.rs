//! The component that stands in the middle of a tapped wire. It imports what the wire carries and exports the same again;
//! its types are those of the import, never new ones, so a resource is the same on both sides.
//!
//! Around each call it tells the host `begin` and `end`, and hands the host copies of the arguments and of the result. A
//! handle, stream or future is shown to the host as a number, since only the other side may have it.

use super::super::stub::code::{Body, HEAP, ROOM, Room, Stub, realloc, value_type};
use super::TapError;
use super::types::{Erased, Shared};
use super::waiting::BUILTINS;
use crate::diag::display_safe_line;
use std::collections::BTreeMap;
use wasm_encoder::{
    Alias, BlockType, CanonicalFunctionSection, CanonicalOption, Component, ComponentAliasSection, ComponentExportKind,
    ComponentExportSection, ComponentImportSection, ComponentInstanceSection, ComponentTypeRef, ComponentTypeSection,
    ComponentValType, ExportKind, InstanceSection, InstanceType, Instruction, MemArg, ModuleArg, PrimitiveValType,
    RawSection, ValType,
};
use wasmparser::{ComponentAlias, ComponentExternalKind, Parser, Payload};
use wit_parser::abi::AbiVariant;
use wit_parser::{Function, InterfaceId, Resolve, Type, WorldId, WorldItem};

/// Arguments, or a result, are shown to the host as long as they take up no more than this in memory.
pub(super) const MOST_SHOWN_BYTES: u32 = 64 << 10;

/// The functions of the host's side, by their names in the interface that a tap imports.
pub(super) const BEGIN: &str = "begin";
pub(super) const END: &str = "end";
pub(super) const CANCELLED: &str = "cancelled";

/// Where the adapter's memory begins to be free; no pointer is null, and below are its counters.
pub(super) const FREE: i32 = 16;
/// How many calls are under way.
pub(super) const OPEN: i32 = 4;
/// The bytes that the arguments of the next call take up.
pub(super) const ARGUMENT_BYTES: i32 = 8;
/// The bytes that results take up that nobody has looked at yet.
pub(super) const RESULT_BYTES: i32 = 12;

/// The name by which the inner module imports functions.
pub(super) const FUNCTIONS: &str = "functions";

/// Room for arguments, and for results: counted.
const ROOMS: [(&str, i32); 2] = [("room-for-arguments", ARGUMENT_BYTES), ("room-for-results", RESULT_BYTES)];

/// What a component that has nothing but the import looks like: its sections, and what they define.
#[derive(Clone)]
pub(super) struct Start<'a> {
    sections: Vec<RawSection<'a>>,
    types: u32,
    instances: u32,
    functions: u32,
    /// The type imports of the world, which functions of the world speak of.
    named: BTreeMap<String, u32>,
    /// The instances that are imported.
    given: BTreeMap<String, u32>,
    /// The import: an instance, or a function.
    import: (ComponentExternalKind, u32),
}

impl<'a> Start<'a> {
    /// Reads it from such a component.
    pub fn read(bytes: &'a [u8], name: &str) -> wasmparser::Result<Option<Self>> {
        let (mut types, mut instances, mut functions) = (0, 0, 0);
        let (mut named, mut given) = (BTreeMap::new(), BTreeMap::new());
        let (mut import, mut sections) = (None, Vec::new());
        for payload in Parser::new(0).parse_all(bytes) {
            let payload = payload?;
            let mut count = |kind: ComponentExternalKind| {
                let slot = match kind {
                    ComponentExternalKind::Type => &mut types,
                    ComponentExternalKind::Instance => &mut instances,
                    ComponentExternalKind::Func => &mut functions,
                    _ => return 0,
                };
                *slot += 1;
                *slot - 1
            };
            match &payload {
                Payload::ComponentTypeSection(section) => {
                    (0..section.count()).for_each(|_| {
                        count(ComponentExternalKind::Type);
                    });
                }
                Payload::ComponentAliasSection(section) => {
                    for alias in section.clone() {
                        match alias? {
                            ComponentAlias::InstanceExport { kind, .. } => count(kind),
                            ComponentAlias::Outer { .. } => count(ComponentExternalKind::Type),
                            ComponentAlias::CoreInstanceExport { .. } => 0,
                        };
                    }
                }
                Payload::ComponentImportSection(section) => {
                    for item in section.clone() {
                        let item = item?;
                        let kind = item.ty.kind();
                        let index = count(kind);
                        match kind {
                            ComponentExternalKind::Type => named.insert(item.name.name.to_owned(), index),
                            ComponentExternalKind::Instance => given.insert(item.name.name.to_owned(), index),
                            _ => None,
                        };
                        if item.name.name == name {
                            import = Some((kind, index));
                        }
                    }
                }
                Payload::ComponentExportSection(_) => break,
                _ => continue,
            }
            if let Some((id, range)) = payload.as_section() {
                let data = bytes.get(range.start as usize..range.end as usize).unwrap_or_default();
                sections.push(RawSection { id, data });
            }
        }
        Ok(import.map(|import| Self { sections, types, instances, functions, named, given, import }))
    }
}

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
    let index = lender.add(realloc());
    lender.exports.push(("cabi_realloc".to_owned(), index));
    for (name, counter) in ROOMS {
        let index = lender.add(counted(name, counter, index));
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

/// `cabi_realloc` that adds up what it gives.
fn counted(name: &str, counter: i32, realloc: u32) -> Body {
    use Instruction as I;
    let mut body = Body::new(name.replace('-', " "), vec![ValType::I32; 4], vec![ValType::I32]);
    body.all([I::I32Const(counter), I::I32Const(counter), I::I32Load(WORD), I::LocalGet(3), I::I32Add]);
    body.push(I::I32Store(WORD));
    (0..4).for_each(|n| body.push(I::LocalGet(n)));
    body.push(I::Call(realloc));
    body
}

/// A word at an address.
pub(super) const WORD: MemArg = MemArg { offset: 0, align: 2, memory_index: 0 };

/// How a function looks to core code.
pub(super) struct Core {
    /// Parameters and results as the adapter exports it.
    pub export: (Vec<ValType>, Vec<ValType>),
    /// The same as it imports it.
    pub import: (Vec<ValType>, Vec<ValType>),
    /// Whether the arguments are handed over by their address to the adapter.
    pub indirect: bool,
    /// Whether they are by the adapter.
    pub hands_on_indirect: bool,
    /// Whether the result is.
    pub by_pointer: bool,
    pub has_params: bool,
    has_result: bool,
}

impl Core {
    pub fn of(resolve: &Resolve, function: &Function) -> Self {
        let values = |types: &[_]| types.iter().map(|t| value_type(*t)).collect::<Vec<_>>();
        let (export, import) = match function.kind.is_async() {
            true => (AbiVariant::GuestExportAsyncStackful, AbiVariant::GuestImportAsync),
            false => (AbiVariant::GuestExport, AbiVariant::GuestImport),
        };
        let export = resolve.wasm_signature(export, function);
        let import = resolve.wasm_signature(import, function);
        Self {
            indirect: export.indirect_params,
            hands_on_indirect: import.indirect_params,
            by_pointer: import.retptr,
            has_params: !function.params.is_empty(),
            has_result: function.result.is_some(),
            export: (values(&export.params), values(&export.results)),
            import: (values(&import.params), values(&import.results)),
        }
    }

    /// The functions of the host that are shown its values, with their parameters.
    fn shown(&self) -> Vec<(&'static str, Vec<ValType>)> {
        let mut shown = Vec::new();
        if self.has_params {
            shown.push(("before", self.export.0.clone()));
        }
        if self.has_result {
            let by_pointer = vec![ValType::I32; 2];
            shown.push(("after", if self.by_pointer { by_pointer } else { self.export.1.clone() }));
        }
        shown
    }
}

/// The module with the code.
pub(super) struct Inner<'a> {
    pub code: Stub<'a>,
    /// Imports by name.
    imports: BTreeMap<String, u32>,
}

impl<'a> Inner<'a> {
    fn new(resolve: &'a Resolve) -> Self {
        let mut code = Stub::new(resolve);
        code.keeps_owned = true;
        Self { code, imports: BTreeMap::new() }
    }

    fn import(&mut self, module: &str, name: &str, params: &[ValType], results: &[ValType]) -> u32 {
        let index = self.code.imports.len() as u32;
        self.code.imports.push((module.to_owned(), name.to_owned(), params.to_vec(), results.to_vec()));
        self.imports.insert(name.to_owned(), index);
        index
    }

    pub fn call(&self, body: &mut Body, name: &str) {
        body.push(self.imports.get(name).map_or(Instruction::Unreachable, |index| Instruction::Call(*index)));
    }

    /// The code of one function, and what frees the memory after it.
    fn function(&mut self, n: usize, function: &Function) -> Result<(), TapError> {
        use Instruction as I;
        let core = Core::of(self.code.layout.resolve, function);
        let mut body = Body::new(format!("tap of {}", function.name), core.export.0.clone(), core.export.1.clone());
        let (call, bytes) = (body.local(ValType::I32), body.local(ValType::I32));
        let arguments: Vec<I> = (0..core.export.0.len() as u32).map(I::LocalGet).collect();
        let result = core.export.1.first().map(|ty| body.local(*ty));

        self.begin(&mut body, n, &core, call, bytes);
        let by_pointer = function.result.filter(|_| core.by_pointer).zip(result);
        if let Some((ty, at)) = by_pointer {
            self.room(&mut body, ty, at);
        }
        arguments.iter().for_each(|argument| body.push(argument.clone()));
        if let Some((_, at)) = by_pointer {
            body.push(I::LocalGet(at));
        }
        self.call(&mut body, &format!("call-{n}"));
        if let (Some(at), false) = (result, core.by_pointer) {
            body.push(I::LocalSet(at));
        }

        let size = by_pointer.map_or(0, |(ty, _)| self.code.layout.size(&ty));
        self.end(&mut body, call, bytes, size);
        if let Some(at) = result {
            self.if_small(&mut body, bytes);
            body.push(I::LocalGet(at));
            if core.by_pointer {
                body.push(I::I32Const(1));
            }
            self.call(&mut body, &format!("after-{n}"));
            body.push(I::End);
        }
        self.give_back(&mut body, function, &core)?;
        if let Some(at) = result {
            body.push(I::LocalGet(at));
        }
        let index = self.code.add(body);
        self.code.exports.push((format!("tapped-{n}"), index));

        let mut after = Body::new(format!("after the tap of {}", function.name), core.export.1, Vec::new());
        over(&mut after);
        let index = self.code.add(after);
        self.code.exports.push((format!("after-{n}"), index));
        Ok(())
    }

    /// Tells the host that a call begins, and its arguments.
    pub fn begin(&self, body: &mut Body, n: usize, core: &Core, call: u32, bytes: u32) {
        use Instruction as I;
        body.all([
            I::I32Const(OPEN),
            I::I32Const(OPEN),
            I::I32Load(WORD),
            I::I32Const(1),
            I::I32Add,
            I::I32Store(WORD),
        ]);
        body.all([I::I32Const(n as i32)]);
        taken(body, ARGUMENT_BYTES, bytes);
        self.call(body, BEGIN);
        body.push(I::LocalSet(call));
        if core.has_params {
            self.if_small(body, bytes);
            (0..core.export.0.len() as u32).for_each(|n| body.push(I::LocalGet(n)));
            self.call(body, &format!("before-{n}"));
            body.push(I::End);
        }
    }

    /// Tells the host that a call has returned. Of results that came at the same time the first one counts for all.
    pub fn end(&self, body: &mut Body, call: u32, bytes: u32, size: usize) {
        use Instruction as I;
        body.push(I::LocalGet(call));
        taken(body, RESULT_BYTES, bytes);
        body.all([I::I32Const(size as i32), I::I32Add, I::LocalTee(bytes)]);
        self.call(body, END);
    }

    /// Room for a value; its address goes into a local.
    pub fn room(&self, body: &mut Body, ty: Type, at: u32) {
        use Instruction as I;
        let (size, align) = (self.code.layout.size(&ty), self.code.layout.align(&ty));
        self.room_of(body, size, align);
        body.push(I::LocalSet(at));
    }

    pub fn room_of(&self, body: &mut Body, size: usize, align: usize) {
        use Instruction as I;
        body.all([I::I32Const(0), I::I32Const(0), I::I32Const(align as i32), I::I32Const(size as i32)]);
        self.call(body, "cabi_realloc");
    }

    /// What was lent has to be given back.
    pub fn give_back(&mut self, body: &mut Body, function: &Function, core: &Core) -> Result<(), TapError> {
        let types: Vec<Type> = function.params.iter().map(|p| p.ty).collect();
        let places = self.code.arguments(&types, body, core.indirect);
        for (place, ty) in places.iter().zip(&types) {
            self.code.let_go(body, place, *ty, &function.name).map_err(|e| TapError::Failed(e.to_string()))?;
        }
        Ok(())
    }

    /// Begins what is done only if so many bytes are few enough to be shown.
    pub fn if_small(&self, body: &mut Body, bytes: u32) {
        body.all([
            Instruction::LocalGet(bytes),
            Instruction::I32Const(MOST_SHOWN_BYTES as i32),
            Instruction::I32LeU,
            Instruction::If(BlockType::Empty),
        ]);
    }

    fn finish(mut self) -> Result<Vec<u8>, TapError> {
        self.code.finish_drops().map_err(|e| TapError::Failed(e.to_string()))?;
        Ok(self.code.finish("tap", Room::Borrowed))
    }
}

/// Pushes what a counter says, which begins anew then, and keeps it in a local.
fn taken(body: &mut Body, counter: i32, bytes: u32) {
    use Instruction as I;
    body.all([I::I32Const(counter), I::I32Load(WORD), I::LocalTee(bytes)]);
    body.all([I::I32Const(counter), I::I32Const(0), I::I32Store(WORD)]);
}

/// A call is over. Its values are let go once no other is under way, which may have some among them.
pub(super) fn over(body: &mut Body) {
    use Instruction as I;
    let left = body.local(ValType::I32);
    body.all([I::I32Const(OPEN), I::I32Const(OPEN), I::I32Load(WORD), I::I32Const(1), I::I32Sub, I::LocalTee(left)]);
    body.all([I::I32Store(WORD), I::LocalGet(left), I::I32Eqz, I::If(BlockType::Empty)]);
    body.all([I::I32Const(FREE), I::GlobalSet(HEAP), I::End]);
}

/// A name of a type for messages.
pub(super) fn quoted(name: &str) -> String {
    format!("`{}`", display_safe_line(name))
}
