//! The core module inside of an adapter: the code of each function, which calls on and tells the host.

use super::super::stub::code::{Body, Room, Stub, value_type};
use super::TapError;
use super::adapter::{BEGIN, END};
use super::memory::{self, ARGUMENT_BYTES, RESULT_BYTES};
use std::collections::BTreeMap;
use wasm_encoder::{BlockType, Instruction, MemArg, ValType};
use wit_parser::abi::AbiVariant;
use wit_parser::{Function, Resolve, Type};

/// Arguments, or a result, are shown to the host as long as they take up no more than this in memory.
pub(super) const MOST_SHOWN_BYTES: u32 = 64 << 10;

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
    pub fn shown(&self) -> Vec<(&'static str, Vec<ValType>)> {
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
    pub fn new(resolve: &'a Resolve) -> Self {
        let mut code = Stub::new(resolve);
        code.keeps_owned = true;
        Self { code, imports: BTreeMap::new() }
    }

    pub fn import(&mut self, module: &str, name: &str, params: &[ValType], results: &[ValType]) -> u32 {
        let index = self.code.imports.len() as u32;
        self.code.imports.push((module.to_owned(), name.to_owned(), params.to_vec(), results.to_vec()));
        self.imports.insert(name.to_owned(), index);
        index
    }

    pub fn call(&self, body: &mut Body, name: &str) {
        body.push(self.imports.get(name).map_or(Instruction::Unreachable, |index| Instruction::Call(*index)));
    }

    /// The code of one function, and what frees the memory after it.
    pub fn function(&mut self, n: usize, function: &Function) -> Result<(), TapError> {
        use Instruction as I;
        let core = Core::of(self.code.layout.resolve, function);
        let mut body = Body::new(format!("tap of {}", function.name), core.export.0.clone(), core.export.1.clone());
        let [call, bytes, generation] = [(); 3].map(|()| body.local(ValType::I32));
        let arguments: Vec<I> = (0..core.export.0.len() as u32).map(I::LocalGet).collect();
        let result = core.export.1.first().map(|ty| body.local(*ty));

        memory::begins(&mut body, generation);
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
        memory::returns(&mut body, generation);
        if let Some(at) = result {
            body.push(I::LocalGet(at));
        }
        let index = self.code.add(body);
        self.code.exports.push((format!("tapped-{n}"), index));

        let mut after = Body::new(format!("after the tap of {}", function.name), core.export.1, Vec::new());
        let generation = memory::returned(&mut after);
        memory::over(&mut after, generation);
        let index = self.code.add(after);
        self.code.exports.push((format!("after-{n}"), index));
        Ok(())
    }

    /// Tells the host that a call begins, and its arguments.
    pub fn begin(&self, body: &mut Body, n: usize, core: &Core, call: u32, bytes: u32) {
        use Instruction as I;
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

    pub fn finish(mut self) -> Result<Vec<u8>, TapError> {
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
