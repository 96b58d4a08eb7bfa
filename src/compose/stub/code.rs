//! The core module inside of a stub.

mod copy;

use super::lower::{Data, Layout, Leaf, case, flag_words, number, part_values, tag_leaf, widened};
use super::{Answer, Behavior, Condition, StubError, StubSpec};
use crate::diag::display_safe_line;
use crate::value::Value;
use std::collections::HashMap;
use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, DataSection, EntityType, ExportKind, ExportSection, FunctionSection,
    GlobalSection, GlobalType, ImportSection, Instruction, MemArg, MemorySection, MemoryType, Module, NameMap,
    NameSection, TypeSection, ValType,
};
use wit_parser::abi::{AbiVariant, FlatTypes, WasmType};
use wit_parser::{
    Function, FutureIntrinsic, Handle, InterfaceId, LiftLowerAbi, ManglingAndAbi, Resolve, ResourceIntrinsic,
    StreamIntrinsic, Type, TypeDefKind, TypeId, TypeOwner, WasmExport, WasmExportKind, WasmImport, WorldId, WorldItem,
    WorldKey,
};

const MANGLING: ManglingAndAbi = ManglingAndAbi::Legacy(LiftLowerAbi::Sync);
/// The global that says where the next argument that needs memory goes.
pub(in crate::compose) const HEAP: u32 = 0;
/// The global that says where the first one goes: after the data.
const HEAP_START: u32 = 1;
/// The name by which a module imports the memory that another one lends.
pub(in crate::compose) const ROOM: &str = "room";
/// What is looked at, at most, to let go of the handles among one function's arguments.
const MAX_STEPS: usize = 10_000;
/// Instructions of one function, at most: an engine refuses code of several MiB.
const MAX_CODE: usize = 400_000;
/// Locals of one function, at most: engines refuse more than 50,000.
const MAX_LOCALS: usize = 40_000;

/// The core module of a stub: `world` exports one interface or function, and does what `spec` says.
pub(super) fn module(resolve: &Resolve, world: WorldId, spec: &StubSpec) -> Result<Vec<u8>, StubError> {
    let failed = |why: &str| StubError::Failed(why.to_owned());
    let world = resolve.worlds.get(world).ok_or_else(|| failed("there is no world"))?;
    let (key, item) = world.exports.first().ok_or_else(|| failed("there is nothing to export"))?;
    let mut stub = Stub::new(resolve);
    let (interface, functions): (_, Vec<&Function>) = match item {
        WorldItem::Interface { id, .. } => {
            let all = resolve.interfaces.get(*id).ok_or_else(|| failed("the interface is missing"))?;
            stub.own = Some(*id);
            (Some((key, *id)), all.functions.values().collect())
        }
        WorldItem::Function(function) => (None, vec![function]),
        WorldItem::Type { .. } => return Err(failed("it is a type")),
    };
    stub.imports(&world.imports, interface);
    for function in &functions {
        if spec.functions.get(&function.name).is_some_and(|behavior| !only_traps(behavior)) {
            stub.stream_imports(interface.map(|(key, _)| key), function)?;
        }
    }
    stub.helpers();
    for function in functions {
        stub.function(interface.map(|(key, _)| key), function, spec.functions.get(&function.name))?;
    }
    if let Some((key, id)) = interface {
        stub.destructors(key, id);
    }
    stub.finish_drops()?;
    Ok(stub.finish("stub", Room::Own))
}

/// Whose memory a module works in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::compose) enum Room {
    /// Its own.
    Own,
    /// Its own, which it lends to another module together with the place where it is free.
    Lent,
    /// That of a module that lends it.
    Borrowed,
}

fn only_traps(behavior: &Behavior) -> bool {
    behavior.otherwise == Answer::Trap && behavior.rules.iter().all(|r| r.answer == Answer::Trap)
}

/// Where a value is that a function was called with.
#[derive(Clone)]
pub(in crate::compose) enum Place {
    /// In these locals.
    Flat(Vec<(u32, ValType)>),
    /// In memory, so many bytes after the address in this local.
    Memory { base: u32, offset: usize },
}

/// A function under construction.
pub(in crate::compose) struct Body {
    pub params: Vec<ValType>,
    pub results: Vec<ValType>,
    locals: Vec<ValType>,
    code: Vec<Instruction<'static>>,
    name: String,
    steps: usize,
}

impl Body {
    pub fn new(name: impl Into<String>, params: Vec<ValType>, results: Vec<ValType>) -> Self {
        Self { params, results, locals: Vec::new(), code: Vec::new(), name: name.into(), steps: 0 }
    }

    pub fn local(&mut self, ty: ValType) -> u32 {
        self.locals.push(ty);
        (self.params.len() + self.locals.len() - 1) as u32
    }

    pub fn push(&mut self, instruction: Instruction<'static>) {
        self.code.push(instruction);
    }

    pub fn all<const N: usize>(&mut self, instructions: [Instruction<'static>; N]) {
        self.code.extend(instructions);
    }
}

/// A core module that speaks the canonical ABI, under construction.
pub(in crate::compose) struct Stub<'a> {
    pub layout: Layout<'a>,
    /// The exported interface.
    own: Option<InterfaceId>,
    pub imports: Vec<(String, String, Vec<ValType>, Vec<ValType>)>,
    /// The import that makes a handle of a resource of the stub's own.
    makes: HashMap<TypeId, u32>,
    /// The import that lets a handle go, or the readable end of a stream or future.
    pub drops: HashMap<TypeId, u32>,
    /// Whether handles that were given for good are passed on, and not let go.
    pub keeps_owned: bool,
    bodies: Vec<Option<Body>>,
    pub exports: Vec<(String, u32)>,
    data: Data,
    equal: u32,
    /// Whether a type holds handles that have to be let go, as far as known.
    holds: HashMap<TypeId, bool>,
    /// Functions that let go of the handles in a value in memory, by its type.
    drops_in: HashMap<TypeId, u32>,
    to_drop: Vec<(TypeId, u32)>,
}

impl<'a> Stub<'a> {
    pub fn new(resolve: &'a Resolve) -> Self {
        Self {
            layout: Layout::new(resolve),
            own: None,
            imports: Vec::new(),
            makes: HashMap::new(),
            drops: HashMap::new(),
            keeps_owned: false,
            bodies: Vec::new(),
            exports: Vec::new(),
            data: Data::default(),
            equal: 0,
            holds: HashMap::new(),
            drops_in: HashMap::new(),
            to_drop: Vec::new(),
        }
    }

    /// What the component model gives for resources: its own, and those of imported interfaces.
    fn imports<'w>(
        &mut self,
        world: impl IntoIterator<Item = (&'w WorldKey, &'w WorldItem)>,
        exported: Option<(&WorldKey, InterfaceId)>,
    ) {
        use ResourceIntrinsic::{ExportedDrop, ExportedNew, ImportedDrop};
        let resolve = self.layout.resolve;
        let resources = |id: InterfaceId| {
            let types = resolve.interfaces.get(id).into_iter().flat_map(|i| i.types.values());
            types.copied().filter(|id| matches!(self.layout.kind(*id), Some(TypeDefKind::Resource)))
        };
        let mut wanted: Vec<(Option<&WorldKey>, TypeId, ResourceIntrinsic)> = Vec::new();
        for (key, item) in world {
            match item {
                WorldItem::Interface { id, .. } => wanted.extend(resources(*id).map(|r| (Some(key), r, ImportedDrop))),
                WorldItem::Type { id, .. } if matches!(self.layout.kind(*id), Some(TypeDefKind::Resource)) => {
                    wanted.push((None, *id, ImportedDrop));
                }
                _ => {}
            }
        }
        if let Some((key, id)) = exported {
            wanted.extend(resources(id).flat_map(|r| [(Some(key), r, ExportedNew), (Some(key), r, ExportedDrop)]));
        }
        for (interface, resource, intrinsic) in wanted {
            let makes = matches!(intrinsic, ExportedNew);
            let import = WasmImport::ResourceIntrinsic { interface, resource, intrinsic };
            let (module, name) = resolve.wasm_import_name(MANGLING, import);
            let index = self.imports.len() as u32;
            if makes {
                self.makes.insert(resource, index)
            } else {
                self.drops.insert(resource, index)
            };
            let results = if makes { vec![ValType::I32] } else { Vec::new() };
            self.imports.push((module, name, vec![ValType::I32], results));
        }
    }

    /// What lets go of the streams and futures that a function is called with: who writes to one waits for somebody to read
    /// it until then.
    fn stream_imports(&mut self, interface: Option<&WorldKey>, function: &Function) -> Result<(), StubError> {
        let resolve = self.layout.resolve;
        let mut rest: Vec<Type> = function.params.iter().map(|p| p.ty).collect();
        // The library that names these imports goes through the types as through a tree, with the result.
        rest.extend(function.result);
        let (mut found, mut steps) = (Vec::new(), 0);
        while let Some(ty) = rest.pop() {
            steps += 1;
            let Type::Id(id) = ty else { continue };
            match self.layout.kind(id) {
                Some(TypeDefKind::Stream(t) | TypeDefKind::Future(t)) => {
                    found.push(id);
                    rest.extend(*t);
                }
                Some(TypeDefKind::List(t) | TypeDefKind::FixedLengthList(t, _) | TypeDefKind::Type(t)) => rest.push(*t),
                Some(TypeDefKind::Map(k, v)) => rest.extend([*k, *v]),
                Some(kind) => {
                    rest.extend(self.layout.parts(kind).into_iter().flatten());
                    rest.extend(self.layout.cases(kind).into_iter().flat_map(|(_, cases)| cases).flatten());
                }
                None => {}
            }
            if steps + rest.len() > MAX_STEPS {
                if !function.params.iter().any(|p| self.layout.has_stream(p.ty, &mut HashMap::new())) {
                    return Ok(());
                }
                return Err(StubError::Behavior {
                    function: function.name.clone(),
                    why: "has too many kinds of arguments with streams or futures: it can only trap".to_owned(),
                });
            }
        }
        for id in found {
            if self.drops.contains_key(&id) {
                continue;
            }
            let (ty, exported, async_) = (Some(id), true, false);
            let import = match self.layout.kind(id) {
                Some(TypeDefKind::Stream(_)) => {
                    let intrinsic = StreamIntrinsic::DropReadable;
                    WasmImport::StreamIntrinsic { interface, func: function, ty, intrinsic, exported, async_ }
                }
                _ => {
                    let intrinsic = FutureIntrinsic::DropReadable;
                    WasmImport::FutureIntrinsic { interface, func: function, ty, intrinsic, exported, async_ }
                }
            };
            let (module, name) = resolve.wasm_import_name(MANGLING, import);
            self.drops.insert(id, self.imports.len() as u32);
            self.imports.push((module, name, vec![ValType::I32], Vec::new()));
        }
        Ok(())
    }

    fn reserve(&mut self) -> u32 {
        self.bodies.push(None);
        (self.imports.len() + self.bodies.len() - 1) as u32
    }

    fn fill(&mut self, index: u32, body: Body) {
        if let Some(slot) = self.bodies.get_mut(index as usize - self.imports.len()) {
            *slot = Some(body);
        }
    }

    pub fn add(&mut self, body: Body) -> u32 {
        let index = self.reserve();
        self.fill(index, body);
        index
    }

    fn helpers(&mut self) {
        let realloc = self.add(realloc());
        self.exports.push(("cabi_realloc".to_owned(), realloc));
        self.equal = self.add(equal());
    }

    fn destructors(&mut self, key: &WorldKey, id: InterfaceId) {
        let resolve = self.layout.resolve;
        let types = resolve.interfaces.get(id).into_iter().flat_map(|i| i.types.iter());
        for (name, resource) in types {
            if !matches!(self.layout.kind(*resource), Some(TypeDefKind::Resource)) {
                continue;
            }
            let export = WasmExport::ResourceDtor { interface: key, resource: *resource };
            let name = format!("let go of a {name} of the stub");
            let index = self.add(Body::new(name, vec![ValType::I32], Vec::new()));
            self.exports.push((resolve.wasm_export_name(MANGLING, export), index));
        }
    }

    fn function(
        &mut self,
        interface: Option<&WorldKey>,
        function: &Function,
        behavior: Option<&Behavior>,
    ) -> Result<(), StubError> {
        let resolve = self.layout.resolve;
        let signature = resolve.wasm_signature(AbiVariant::GuestExport, function);
        let values = |types: &[WasmType]| types.iter().map(|t| value_type(*t)).collect::<Vec<_>>();
        let trap = Behavior::default();
        let behavior = behavior.unwrap_or(&trap);
        let only_traps = only_traps(behavior);
        // An engine tells by this name where a call ended.
        let does = if only_traps { "the stub traps in" } else { "the stub traps at these arguments of" };
        let mut body =
            Body::new(format!("{does} {}", function.name), values(&signature.params), values(&signature.results));
        if !only_traps {
            let types: Vec<Type> = function.params.iter().map(|p| p.ty).collect();
            let places = self.arguments(&types, &body, signature.indirect_params);
            for (place, ty) in places.iter().zip(&types) {
                self.let_go(&mut body, place, *ty, &function.name)?;
            }
            for (n, rule) in behavior.rules.iter().enumerate() {
                body.push(Instruction::Block(BlockType::Empty));
                for Condition { parameter, equals } in &rule.when {
                    let refused = |why: String| StubError::Behavior {
                        function: function.name.clone(),
                        why: format!("cannot compare `{}` (rule {}): {why}", display_safe_line(parameter), n + 1),
                    };
                    let at = function.params.iter().position(|p| p.name == *parameter);
                    let place = at.and_then(|at| Some((places.get(at)?, types.get(at)?)));
                    let (place, ty) = place.ok_or_else(|| refused("there is no such parameter".to_owned()))?;
                    self.compare(&mut body, place, *ty, equals).map_err(refused)?;
                    if body.code.len() > MAX_CODE || body.locals.len() > MAX_LOCALS {
                        return Err(refused("the values of all rules together are too large".to_owned()));
                    }
                }
                self.answer(&mut body, function, &rule.answer, signature.retptr)?;
                body.push(Instruction::End);
            }
            self.answer(&mut body, function, &behavior.otherwise, signature.retptr)?;
        }
        body.push(Instruction::Unreachable);
        let index = self.add(body);
        let export = WasmExport::Func { interface, func: function, kind: WasmExportKind::Normal };
        self.exports.push((resolve.wasm_export_name(MANGLING, export), index));
        Ok(())
    }

    pub fn arguments(&self, types: &[Type], body: &Body, indirect: bool) -> Vec<Place> {
        if indirect {
            let fields = self.layout.fields(types);
            return fields.into_iter().map(|(offset, _)| Place::Memory { base: 0, offset }).collect();
        }
        let all: Vec<(u32, ValType)> = body.params.iter().enumerate().map(|(i, t)| (i as u32, *t)).collect();
        self.split(&all, types).into_iter().map(Place::Flat).collect()
    }

    /// The locals of each of several values that stand side by side.
    fn split(&self, slots: &[(u32, ValType)], types: &[Type]) -> Vec<Vec<(u32, ValType)>> {
        let mut rest = slots;
        types
            .iter()
            .map(|ty| {
                let mut room = [WasmType::I32; Resolve::MAX_FLAT_PARAMS];
                let mut flat = FlatTypes::new(&mut room);
                self.layout.resolve.push_flat(ty, &mut flat);
                let (own, after) = rest.split_at(flat.to_vec().len().min(rest.len()));
                rest = after;
                own.to_vec()
            })
            .collect()
    }

    /// The places of the parts of a value.
    fn parts(&self, place: &Place, types: &[Type]) -> Vec<Place> {
        match place {
            Place::Flat(slots) => self.split(slots, types).into_iter().map(Place::Flat).collect(),
            Place::Memory { base, offset } => {
                let fields = self.layout.fields(types).into_iter();
                fields.map(|(at, _)| Place::Memory { base: *base, offset: offset + at }).collect()
            }
        }
    }

    /// The place of a case's payload.
    fn payload(&self, place: &Place, tag: wit_parser::Int, cases: &[Option<Type>]) -> Place {
        match place {
            Place::Flat(slots) => Place::Flat(slots.get(1..).unwrap_or_default().to_vec()),
            Place::Memory { base, offset } => {
                Place::Memory { base: *base, offset: offset + self.layout.payload(tag, cases) }
            }
        }
    }

    /// Ends the function with this answer.
    fn answer(
        &mut self,
        body: &mut Body,
        function: &Function,
        answer: &Answer,
        by_pointer: bool,
    ) -> Result<(), StubError> {
        let Answer::Fixed(value) = answer else {
            body.push(Instruction::Unreachable);
            return Ok(());
        };
        // Arguments are not needed any more.
        body.all([Instruction::GlobalGet(HEAP_START), Instruction::GlobalSet(HEAP)]);
        if let (Some(value), Some(ty)) = (value, function.result) {
            let refused = |why: String| StubError::Behavior { function: function.name.clone(), why };
            let stored = self.data.store(&self.layout, &function.name, ty, value)?;
            for patch in &stored.patches {
                let Some(make) = self.makes.get(&patch.resource) else {
                    let name = self.type_name(patch.resource);
                    return Err(refused(format!(
                        "cannot give this answer: it holds a handle of {name}, and a stub makes handles only of the \
                         resources that its own interface defines"
                    )));
                };
                body.all([
                    Instruction::I32Const(patch.address as i32),
                    Instruction::I32Const(patch.representation as i32),
                    Instruction::Call(*make),
                    Instruction::I32Store(memory(0, 2)),
                ]);
            }
            if by_pointer {
                body.push(Instruction::I32Const(stored.address as i32));
            } else if let Some(leaf) = self.layout.leaf(ty) {
                if stored.patches.is_empty() {
                    let bits = self.data.at(stored.address).and_then(|bytes| widened(bytes, leaf));
                    body.push(constant(leaf, bits.unwrap_or_default()));
                } else {
                    body.all([Instruction::I32Const(stored.address as i32), load(leaf, 0)]);
                }
            } else {
                return Err(refused("has a result of a kind that a stub cannot give".to_owned()));
            }
        }
        body.push(Instruction::Return);
        Ok(())
    }

    fn type_name(&self, id: TypeId) -> String {
        let Some(def) = self.layout.resolve.types.get(id) else { return "another component".to_owned() };
        let name = display_safe_line(def.name.as_deref().unwrap_or("a resource")).into_owned();
        match def.owner {
            TypeOwner::Interface(i) => match self.layout.resolve.id_of(i) {
                Some(owner) => format!("`{name}` of {}", display_safe_line(&owner)),
                None => format!("`{name}`"),
            },
            _ => format!("`{name}`"),
        }
    }

    /// Pushes the number at a place; `word` counts words of 32 bits for strings, lists and flags.
    fn get(&self, body: &mut Body, place: &Place, leaf: Leaf, word: usize) {
        match place {
            Place::Memory { base, offset } => body.all([Instruction::LocalGet(*base), load(leaf, offset + 4 * word)]),
            Place::Flat(slots) => {
                let Some((local, has)) = slots.get(word).copied() else {
                    return body.push(Instruction::Unreachable);
                };
                body.push(Instruction::LocalGet(local));
                match (has, core_type(leaf)) {
                    (ValType::I64, ValType::I32) => body.push(Instruction::I32WrapI64),
                    (ValType::I64, ValType::F32) => {
                        body.all([Instruction::I32WrapI64, Instruction::F32ReinterpretI32]);
                    }
                    (ValType::I32, ValType::F32) => body.push(Instruction::F32ReinterpretI32),
                    (ValType::I64, ValType::F64) => body.push(Instruction::F64ReinterpretI64),
                    _ => {}
                }
            }
        }
    }

    /// Leaves the enclosing block unless the value there is this one.
    fn compare(&mut self, body: &mut Body, place: &Place, ty: Type, value: &Value) -> Result<(), String> {
        let misfit = || "the value does not fit the type".to_owned();
        let leave = Instruction::BrIf(0);
        let id = match (self.layout.base(ty), value) {
            (Type::String, Value::String(text)) => {
                self.compare_bytes(body, place, text.as_bytes());
                return Ok(());
            }
            (Type::Id(id), _) => id,
            (plain, value) => {
                let leaf = self.layout.leaf(plain).ok_or_else(misfit)?;
                self.get(body, place, leaf, 0);
                match value {
                    Value::F32(v) if v.is_nan() => {
                        self.get(body, place, leaf, 0);
                        body.push(Instruction::F32Eq);
                    }
                    Value::F64(v) if v.is_nan() => {
                        self.get(body, place, leaf, 0);
                        body.push(Instruction::F64Eq);
                    }
                    _ => {
                        let bits = number(value).and_then(|bytes| widened(&bytes, leaf)).ok_or_else(misfit)?;
                        body.push(constant(leaf, bits));
                        body.push(match core_type(leaf) {
                            ValType::I64 => Instruction::I64Ne,
                            ValType::F32 => Instruction::F32Ne,
                            ValType::F64 => Instruction::F64Ne,
                            _ => Instruction::I32Ne,
                        });
                    }
                }
                body.push(leave);
                return Ok(());
            }
        };
        let kind = self.layout.kind(id).ok_or_else(misfit)?;
        if let (Some(types), Some(values)) = (self.layout.parts(kind), part_values(value)) {
            for ((place, ty), value) in self.parts(place, &types).iter().zip(&types).zip(values) {
                self.compare(body, place, *ty, value)?;
            }
            return Ok(());
        }
        if let Some((tag, cases)) = self.layout.cases(kind) {
            let (n, payload) = case(kind, value).ok_or_else(misfit)?;
            self.get(body, place, tag_leaf(tag), 0);
            body.all([Instruction::I32Const(n as i32), Instruction::I32Ne, leave]);
            if let (Some(ty), Some(value)) = (cases.get(n).copied().flatten(), payload) {
                self.compare(body, &self.payload(place, tag, &cases), ty, value)?;
            }
            return Ok(());
        }
        match (kind, value) {
            (TypeDefKind::Flags(flags), Value::Flags(set)) => {
                let leaf = self.layout.leaf(ty).ok_or_else(misfit)?;
                for (i, word) in flag_words(flags, set).into_iter().enumerate() {
                    self.get(body, place, leaf, i);
                    body.all([Instruction::I32Const(word as i32), Instruction::I32Ne, leave.clone()]);
                }
            }
            (TypeDefKind::List(_), Value::Bytes(bytes)) => self.compare_bytes(body, place, bytes),
            (TypeDefKind::List(ty), Value::List(values)) => {
                let size = self.layout.size(ty);
                let base = self.compare_length(body, place, values.len());
                for (i, value) in values.iter().enumerate() {
                    self.compare(body, &Place::Memory { base, offset: i * size }, *ty, value)?;
                }
            }
            (TypeDefKind::FixedLengthList(ty, _), Value::List(values)) => {
                let types = vec![*ty; values.len()];
                for (place, value) in self.parts(place, &types).iter().zip(values) {
                    self.compare(body, place, *ty, value)?;
                }
            }
            (TypeDefKind::Map(..), _) => return Err("maps have no order, so a rule cannot ask for one".to_owned()),
            (TypeDefKind::Handle(Handle::Borrow(resource)), Value::Handle(handle))
                if self.makes.contains_key(&self.layout.resource(*resource)) =>
            {
                self.get(body, place, Leaf::I32, 0);
                body.all([Instruction::I32Const(handle.number as i32), Instruction::I32Ne, leave]);
            }
            (TypeDefKind::Handle(_), _) => {
                return Err("a rule can ask only for borrowed handles of the interface's own resources".to_owned());
            }
            (TypeDefKind::Stream(_) | TypeDefKind::Future(_), _) => {
                return Err("streams and futures have no value that could be compared".to_owned());
            }
            _ => return Err(misfit()),
        }
        Ok(())
    }

    /// Leaves the block unless the list there is this long; gives the local with its address.
    fn compare_length(&mut self, body: &mut Body, place: &Place, length: usize) -> u32 {
        self.get(body, place, Leaf::I32, 1);
        body.all([Instruction::I32Const(length as i32), Instruction::I32Ne, Instruction::BrIf(0)]);
        let base = body.local(ValType::I32);
        self.get(body, place, Leaf::I32, 0);
        body.push(Instruction::LocalSet(base));
        base
    }

    fn compare_bytes(&mut self, body: &mut Body, place: &Place, bytes: &[u8]) {
        let base = self.compare_length(body, place, bytes.len());
        let at = self.data.constant(bytes);
        body.all([
            Instruction::LocalGet(base),
            Instruction::I32Const(at as i32),
            Instruction::I32Const(bytes.len() as i32),
            Instruction::Call(self.equal),
            Instruction::I32Eqz,
            Instruction::BrIf(0),
        ]);
    }

    /// Whether values of the type hold handles that the callee has to let go. Borrowed handles of the stub's own resources
    /// come as bare representations.
    fn holds(&mut self, ty: Type) -> bool {
        let Type::Id(id) = self.layout.base(ty) else { return false };
        if let Some(known) = self.holds.get(&id) {
            return *known;
        }
        let Some(kind) = self.layout.kind(id) else { return false };
        let found = match kind {
            TypeDefKind::Handle(_) | TypeDefKind::Stream(_) | TypeDefKind::Future(_) => {
                self.dropper(id, kind).is_some()
            }
            TypeDefKind::List(t) | TypeDefKind::FixedLengthList(t, _) => self.holds(*t),
            TypeDefKind::Map(k, v) => self.holds(*k) || self.holds(*v),
            _ => match (self.layout.parts(kind), self.layout.cases(kind)) {
                (Some(parts), _) => parts.into_iter().any(|t| self.holds(t)),
                (None, Some((_, cases))) => cases.into_iter().flatten().any(|t| self.holds(t)),
                (None, None) => false,
            },
        };
        self.holds.insert(id, found);
        found
    }

    /// The function that lets such a handle, stream or future go.
    fn dropper(&self, id: TypeId, kind: &TypeDefKind) -> Option<u32> {
        let (resource, is_borrow) = match kind {
            TypeDefKind::Handle(Handle::Own(r)) => (self.layout.resource(*r), false),
            TypeDefKind::Handle(Handle::Borrow(r)) => (self.layout.resource(*r), true),
            TypeDefKind::Stream(_) | TypeDefKind::Future(_) => (id, false),
            _ => return None,
        };
        if is_borrow && self.makes.contains_key(&resource) || !is_borrow && self.keeps_owned {
            return None;
        }
        self.drops.get(&resource).copied()
    }

    /// Lets go of all handles in a value.
    pub fn let_go(&mut self, body: &mut Body, place: &Place, ty: Type, function: &str) -> Result<(), StubError> {
        if !self.holds(ty) {
            return Ok(());
        }
        body.steps += 1;
        if body.steps > MAX_STEPS {
            return Err(StubError::Behavior {
                function: function.to_owned(),
                why: "has too many kinds of arguments with handles: it can only trap".to_owned(),
            });
        }
        let Type::Id(id) = self.layout.base(ty) else { return Ok(()) };
        let Some(kind) = self.layout.kind(id) else { return Ok(()) };
        if let Some(drop) = self.dropper(id, kind) {
            self.get(body, place, Leaf::I32, 0);
            body.push(Instruction::Call(drop));
            return Ok(());
        }
        if let Place::Memory { base, offset } = place {
            let drop = self.drops_in(id);
            body.all([
                Instruction::LocalGet(*base),
                Instruction::I32Const(*offset as i32),
                Instruction::I32Add,
                Instruction::Call(drop),
            ]);
            return Ok(());
        }
        self.let_go_inside(body, place, kind, function)
    }

    /// The same for the parts of a value that is no handle.
    fn let_go_inside(
        &mut self,
        body: &mut Body,
        place: &Place,
        kind: &TypeDefKind,
        function: &str,
    ) -> Result<(), StubError> {
        if let Some(types) = self.layout.parts(kind) {
            for (place, ty) in self.parts(place, &types).iter().zip(&types) {
                self.let_go(body, place, *ty, function)?;
            }
            return Ok(());
        }
        if let Some((tag, cases)) = self.layout.cases(kind) {
            for (n, ty) in cases.iter().enumerate() {
                let Some(ty) = ty.filter(|t| self.holds(*t)) else { continue };
                body.push(Instruction::Block(BlockType::Empty));
                self.get(body, place, tag_leaf(tag), 0);
                body.all([Instruction::I32Const(n as i32), Instruction::I32Ne, Instruction::BrIf(0)]);
                let inside = self.payload(place, tag, &cases);
                self.let_go(body, &inside, ty, function)?;
                body.push(Instruction::End);
            }
            return Ok(());
        }
        match kind {
            TypeDefKind::List(ty) => {
                let info = (self.layout.size(ty), vec![(0, *ty)]);
                self.each_of_list(body, place, info.0, &info.1, function)
            }
            TypeDefKind::Map(key, value) => {
                let pair = [*key, *value];
                let size = self.layout.sizes.record(&pair).size.size_wasm32();
                let fields = self.layout.fields(&pair);
                self.each_of_list(body, place, size, &fields, function)
            }
            TypeDefKind::FixedLengthList(ty, count) => {
                let size = self.layout.size(ty);
                match place {
                    Place::Flat(_) => {
                        let types = vec![*ty; (*count).min(Resolve::MAX_FLAT_PARAMS as u32) as usize];
                        for place in self.parts(place, &types) {
                            self.let_go(body, &place, *ty, function)?;
                        }
                        Ok(())
                    }
                    Place::Memory { base, offset } => {
                        let (at, left) = (body.local(ValType::I32), body.local(ValType::I32));
                        body.all([
                            Instruction::LocalGet(*base),
                            Instruction::I32Const(*offset as i32),
                            Instruction::I32Add,
                            Instruction::LocalSet(at),
                            Instruction::I32Const(*count as i32),
                            Instruction::LocalSet(left),
                        ]);
                        self.each(body, at, left, size, &[(0, *ty)], function)
                    }
                }
            }
            _ => Ok(()),
        }
    }

    fn each_of_list(
        &mut self,
        body: &mut Body,
        place: &Place,
        size: usize,
        fields: &[(usize, Type)],
        function: &str,
    ) -> Result<(), StubError> {
        let (at, left) = (body.local(ValType::I32), body.local(ValType::I32));
        self.get(body, place, Leaf::I32, 0);
        body.push(Instruction::LocalSet(at));
        self.get(body, place, Leaf::I32, 1);
        body.push(Instruction::LocalSet(left));
        self.each(body, at, left, size, fields, function)
    }

    /// A loop over `left` elements from the address in `at`.
    fn each(
        &mut self,
        body: &mut Body,
        at: u32,
        left: u32,
        size: usize,
        fields: &[(usize, Type)],
        function: &str,
    ) -> Result<(), StubError> {
        body.all([
            Instruction::Block(BlockType::Empty),
            Instruction::Loop(BlockType::Empty),
            Instruction::LocalGet(left),
            Instruction::I32Eqz,
            Instruction::BrIf(1),
        ]);
        for (offset, ty) in fields {
            self.let_go(body, &Place::Memory { base: at, offset: *offset }, *ty, function)?;
        }
        body.all([
            Instruction::LocalGet(at),
            Instruction::I32Const(size as i32),
            Instruction::I32Add,
            Instruction::LocalSet(at),
            Instruction::LocalGet(left),
            Instruction::I32Const(1),
            Instruction::I32Sub,
            Instruction::LocalSet(left),
            Instruction::Br(0),
            Instruction::End,
            Instruction::End,
        ]);
        Ok(())
    }

    /// The function that lets go of what a value of the type in memory holds; one for each type, however often it is used.
    fn drops_in(&mut self, id: TypeId) -> u32 {
        if let Some(known) = self.drops_in.get(&id) {
            return *known;
        }
        let index = self.reserve();
        self.drops_in.insert(id, index);
        self.to_drop.push((id, index));
        index
    }

    pub fn finish_drops(&mut self) -> Result<(), StubError> {
        while let Some((id, index)) = self.to_drop.pop() {
            let mut body = Body::new("let go of handles", vec![ValType::I32], Vec::new());
            if let Some(kind) = self.layout.kind(id) {
                self.let_go_inside(&mut body, &Place::Memory { base: 0, offset: 0 }, kind, "arguments")?;
            }
            self.fill(index, body);
        }
        Ok(())
    }

    pub fn finish(self, name: &str, room: Room) -> Vec<u8> {
        let mut kinds: Vec<(Vec<ValType>, Vec<ValType>)> = Vec::new();
        let mut kind_of = |params: &[ValType], results: &[ValType]| {
            let known = kinds.iter().position(|(p, r)| p == params && r == results);
            known.unwrap_or_else(|| {
                kinds.push((params.to_vec(), results.to_vec()));
                kinds.len() - 1
            }) as u32
        };
        let mut imports = ImportSection::new();
        for (module, name, params, results) in &self.imports {
            imports.import(module, name, EntityType::Function(kind_of(params, results)));
        }
        let mut functions = FunctionSection::new();
        let mut code = CodeSection::new();
        let mut names = NameMap::new();
        let heap = self.data.end() as i32;
        for (i, body) in self.bodies.iter().enumerate() {
            let Some(body) = body else { continue };
            functions.function(kind_of(&body.params, &body.results));
            names.append((self.imports.len() + i) as u32, &body.name);
            let mut function = wasm_encoder::Function::new_with_locals_types(body.locals.iter().copied());
            for instruction in &body.code {
                function.instruction(instruction);
            }
            function.instruction(&Instruction::End);
            code.function(&function);
        }
        let mut types = TypeSection::new();
        for (params, results) in kinds {
            types.ty().function(params, results);
        }
        let memory = MemoryType {
            minimum: (self.data.end() as u64).div_ceil(1 << 16),
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        };
        let global = |mutable| GlobalType { val_type: ValType::I32, mutable, shared: false };
        let mut exports = ExportSection::new();
        let mut memories = MemorySection::new();
        let mut globals = GlobalSection::new();
        if room == Room::Borrowed {
            imports.import(ROOM, "memory", EntityType::Memory(MemoryType { minimum: 0, ..memory }));
            imports.import(ROOM, "heap", EntityType::Global(global(true)));
        } else {
            memories.memory(memory);
            for mutable in [true, false] {
                globals.global(global(mutable), &ConstExpr::i32_const(heap));
            }
            exports.export("memory", ExportKind::Memory, 0);
        }
        if room == Room::Lent {
            exports.export("heap", ExportKind::Global, HEAP);
        }
        for (name, index) in &self.exports {
            exports.export(name, ExportKind::Func, *index);
        }
        let mut data = DataSection::new();
        let (at, bytes) = self.data.segment();
        if room != Room::Borrowed {
            data.active(0, &ConstExpr::i32_const(at as i32), bytes.iter().copied());
        }
        let mut all_names = NameSection::new();
        all_names.module(name);
        all_names.functions(&names);
        let mut module = Module::new();
        module.section(&types).section(&imports).section(&functions).section(&memories).section(&globals);
        module.section(&exports).section(&code).section(&data).section(&all_names);
        module.finish()
    }
}

pub(in crate::compose) fn value_type(ty: WasmType) -> ValType {
    match ty {
        WasmType::I64 | WasmType::PointerOrI64 => ValType::I64,
        WasmType::F32 => ValType::F32,
        WasmType::F64 => ValType::F64,
        WasmType::I32 | WasmType::Pointer | WasmType::Length => ValType::I32,
    }
}

fn core_type(leaf: Leaf) -> ValType {
    match leaf {
        Leaf::S8 | Leaf::U8 | Leaf::S16 | Leaf::U16 | Leaf::I32 => ValType::I32,
        Leaf::I64 => ValType::I64,
        Leaf::F32 => ValType::F32,
        Leaf::F64 => ValType::F64,
    }
}

fn memory(offset: usize, align: u32) -> MemArg {
    MemArg { offset: offset as u64, align, memory_index: 0 }
}

fn load(leaf: Leaf, offset: usize) -> Instruction<'static> {
    match leaf {
        Leaf::S8 => Instruction::I32Load8S(memory(offset, 0)),
        Leaf::U8 => Instruction::I32Load8U(memory(offset, 0)),
        Leaf::S16 => Instruction::I32Load16S(memory(offset, 1)),
        Leaf::U16 => Instruction::I32Load16U(memory(offset, 1)),
        Leaf::I32 => Instruction::I32Load(memory(offset, 2)),
        Leaf::I64 => Instruction::I64Load(memory(offset, 3)),
        Leaf::F32 => Instruction::F32Load(memory(offset, 2)),
        Leaf::F64 => Instruction::F64Load(memory(offset, 3)),
    }
}

fn constant(leaf: Leaf, bits: u64) -> Instruction<'static> {
    match core_type(leaf) {
        ValType::I64 => Instruction::I64Const(bits as i64),
        ValType::F32 => Instruction::F32Const(wasm_encoder::Ieee32::new(bits as u32)),
        ValType::F64 => Instruction::F64Const(wasm_encoder::Ieee64::new(bits)),
        _ => Instruction::I32Const(bits as u32 as i32),
    }
}

/// `cabi_realloc(old, old size, alignment, new size)`: always new room, after the last one.
pub(in crate::compose) fn realloc() -> Body {
    use Instruction as I;
    let i32s = vec![ValType::I32; 4];
    let mut body = Body::new("room for arguments", i32s, vec![ValType::I32]);
    let (old, old_size, align, new_size) = (0, 1, 2, 3);
    let (start, end) = (body.local(ValType::I32), body.local(ValType::I64));
    body.all([
        // start = (heap + align - 1) & -align
        I::GlobalGet(HEAP),
        I::LocalGet(align),
        I::I32Add,
        I::I32Const(1),
        I::I32Sub,
        I::I32Const(0),
        I::LocalGet(align),
        I::I32Sub,
        I::I32And,
        I::LocalTee(start),
        I::I64ExtendI32U,
        I::LocalGet(new_size),
        I::I64ExtendI32U,
        I::I64Add,
        I::LocalTee(end),
        // Grow by what is missing, or trap.
        I::MemorySize(0),
        I::I64ExtendI32U,
        I::I64Const(16),
        I::I64Shl,
        I::I64GtU,
        I::If(BlockType::Empty),
        I::LocalGet(end),
        I::I64Const(0xffff),
        I::I64Add,
        I::I64Const(16),
        I::I64ShrU,
        I::I32WrapI64,
        I::MemorySize(0),
        I::I32Sub,
        I::MemoryGrow(0),
        I::I32Const(-1),
        I::I32Eq,
        I::If(BlockType::Empty),
        I::Unreachable,
        I::End,
        I::End,
        I::LocalGet(end),
        I::I32WrapI64,
        I::GlobalSet(HEAP),
        // What was there moves along.
        I::LocalGet(start),
        I::LocalGet(old),
        I::LocalGet(old_size),
        I::LocalGet(new_size),
        I::LocalGet(old_size),
        I::LocalGet(new_size),
        I::I32LtU,
        I::Select,
        I::MemoryCopy { src_mem: 0, dst_mem: 0 },
        I::LocalGet(start),
    ]);
    body
}

/// Whether two stretches of memory are the same.
fn equal() -> Body {
    use Instruction as I;
    let mut body = Body::new("same bytes", vec![ValType::I32; 3], vec![ValType::I32]);
    let (a, b, left) = (0, 1, 2);
    let next = |at: u32| [I::LocalGet(at), I::I32Const(1), I::I32Add, I::LocalSet(at)];
    body.all([I::Block(BlockType::Empty), I::Loop(BlockType::Empty), I::LocalGet(left), I::I32Eqz, I::BrIf(1)]);
    body.all([I::LocalGet(a), load(Leaf::U8, 0), I::LocalGet(b), load(Leaf::U8, 0), I::I32Ne]);
    body.all([I::If(BlockType::Empty), I::I32Const(0), I::Return, I::End]);
    body.all(next(a));
    body.all(next(b));
    body.all([I::LocalGet(left), I::I32Const(1), I::I32Sub, I::LocalSet(left), I::Br(0), I::End, I::End]);
    body.push(I::I32Const(1));
    body
}
