//! The core module inside of a stub.

mod behavior;
mod compare;
mod copy;
mod handles;
mod helpers;
mod intrinsics;
mod places;

use super::lower::{Data, Layout};
use std::collections::HashMap;
use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, EntityType, ExportKind, ExportSection, FunctionSection, GlobalSection,
    GlobalType, ImportSection, Instruction, MemorySection, MemoryType, Module, NameMap, NameSection, TypeSection,
    ValType,
};
use wit_parser::{InterfaceId, LiftLowerAbi, ManglingAndAbi, Resolve, TypeId};

pub(super) use behavior::module;
pub(in crate::compose) use helpers::realloc;
pub(in crate::compose) use places::{Place, value_type};

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

    fn reserve(&mut self) -> u32 {
        self.bodies.push(None);
        (self.imports.len() + self.bodies.len() - 1) as u32
    }

    fn fill(&mut self, index: u32, body: Body) {
        if let Some(slot) = self.bodies.get_mut(index as usize - self.imports.len()) {
            *slot = Some(body);
        }
    }

    /// Keeps so many bytes of memory free of everything.
    pub fn set_aside(&mut self, bytes: usize) {
        self.data.constant(&vec![0; bytes]);
    }

    pub fn add(&mut self, body: Body) -> u32 {
        let index = self.reserve();
        self.fill(index, body);
        index
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
