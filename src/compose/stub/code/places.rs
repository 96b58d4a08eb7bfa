//! Where values are, in locals or in memory, and the instructions that get them from there.

use super::{Body, Stub};
use crate::compose::stub::lower::Leaf;
use wasm_encoder::{Instruction, MemArg, ValType};
use wit_parser::abi::{FlatTypes, WasmType};
use wit_parser::{Resolve, Type};

/// Where a value is that a function was called with.
#[derive(Clone)]
pub(in crate::compose) enum Place {
    /// In these locals.
    Flat(Vec<(u32, ValType)>),
    /// In memory, so many bytes after the address in this local.
    Memory { base: u32, offset: usize },
}

impl Stub<'_> {
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
    pub(super) fn parts(&self, place: &Place, types: &[Type]) -> Vec<Place> {
        match place {
            Place::Flat(slots) => self.split(slots, types).into_iter().map(Place::Flat).collect(),
            Place::Memory { base, offset } => {
                let fields = self.layout.fields(types).into_iter();
                fields.map(|(at, _)| Place::Memory { base: *base, offset: offset + at }).collect()
            }
        }
    }

    /// The place of a case's payload.
    pub(super) fn payload(&self, place: &Place, tag: wit_parser::Int, cases: &[Option<Type>]) -> Place {
        match place {
            Place::Flat(slots) => Place::Flat(slots.get(1..).unwrap_or_default().to_vec()),
            Place::Memory { base, offset } => {
                Place::Memory { base: *base, offset: offset + self.layout.payload(tag, cases) }
            }
        }
    }

    /// Pushes the number at a place; `word` counts words of 32 bits for strings, lists and flags.
    pub(super) fn get(&self, body: &mut Body, place: &Place, leaf: Leaf, word: usize) {
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
}

pub(in crate::compose) fn value_type(ty: WasmType) -> ValType {
    match ty {
        WasmType::I64 | WasmType::PointerOrI64 => ValType::I64,
        WasmType::F32 => ValType::F32,
        WasmType::F64 => ValType::F64,
        WasmType::I32 | WasmType::Pointer | WasmType::Length => ValType::I32,
    }
}

pub(super) fn core_type(leaf: Leaf) -> ValType {
    match leaf {
        Leaf::S8 | Leaf::U8 | Leaf::S16 | Leaf::U16 | Leaf::I32 => ValType::I32,
        Leaf::I64 => ValType::I64,
        Leaf::F32 => ValType::F32,
        Leaf::F64 => ValType::F64,
    }
}

pub(super) fn memory(offset: usize, align: u32) -> MemArg {
    MemArg { offset: offset as u64, align, memory_index: 0 }
}

pub(super) fn load(leaf: Leaf, offset: usize) -> Instruction<'static> {
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

pub(super) fn constant(leaf: Leaf, bits: u64) -> Instruction<'static> {
    match core_type(leaf) {
        ValType::I64 => Instruction::I64Const(bits as i64),
        ValType::F32 => Instruction::F32Const(wasm_encoder::Ieee32::new(bits as u32)),
        ValType::F64 => Instruction::F64Const(wasm_encoder::Ieee64::new(bits)),
        _ => Instruction::I32Const(bits as u32 as i32),
    }
}
