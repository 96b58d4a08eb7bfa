//! Values that are moved between locals and memory, as they are: what they point to, and the handles in them, stay the same.

use super::places::{core_type, memory};
use super::{Body, MAX_STEPS, Place, Stub, value_type};
use crate::compose::stub::lower::{Leaf, tag_leaf};
use wasm_encoder::{BlockType, Instruction, ValType};
use wit_parser::abi::{FlatTypes, WasmType};
use wit_parser::{Resolve, Type, TypeDefKind};

impl Stub<'_> {
    /// The core values that a value is handed over as; `None` if they are too many.
    pub fn flat(&self, ty: Type) -> Option<Vec<ValType>> {
        let mut room = [WasmType::I32; Resolve::MAX_FLAT_PARAMS];
        let mut flat = FlatTypes::new(&mut room);
        self.layout.resolve.push_flat(&ty, &mut flat).then(|| flat.to_vec().into_iter().map(value_type).collect())
    }

    /// Copies a value. Locals of cases that it does not have keep what they are.
    ///
    /// # Errors
    /// Why it cannot be done.
    pub fn copy(&self, body: &mut Body, from: &Place, to: &Place, ty: Type) -> Result<(), String> {
        body.steps += 1;
        if body.steps > MAX_STEPS {
            return Err("its types have too many different parts".to_owned());
        }
        let unknown = || "it has a type of a kind that is not known here".to_owned();
        let mut words = |leaf: Leaf, count: usize| {
            (0..count).for_each(|word| self.put(body, from, to, leaf, word));
            Ok(())
        };
        let id = match self.layout.base(ty) {
            Type::String => return words(Leaf::I32, 2),
            Type::Id(id) => id,
            plain => return words(self.layout.leaf(plain).ok_or_else(unknown)?, 1),
        };
        let kind = self.layout.kind(id).ok_or_else(unknown)?;
        let parts = match kind {
            TypeDefKind::List(_) | TypeDefKind::Map(..) => return words(Leaf::I32, 2),
            TypeDefKind::Handle(_) | TypeDefKind::Stream(_) | TypeDefKind::Future(_) => return words(Leaf::I32, 1),
            TypeDefKind::Flags(flags) if flags.flags.is_empty() => return Ok(()),
            TypeDefKind::Flags(flags) => {
                return words(self.layout.leaf(ty).ok_or_else(unknown)?, flags.flags.len().div_ceil(32));
            }
            // One side is locals, which are few.
            TypeDefKind::FixedLengthList(ty, count) => {
                Some(vec![*ty; (*count).min(Resolve::MAX_FLAT_PARAMS as u32) as usize])
            }
            kind => self.layout.parts(kind),
        };
        if let Some(types) = parts {
            let places = self.parts(from, &types).into_iter().zip(self.parts(to, &types));
            for ((from, to), ty) in places.zip(&types) {
                self.copy(body, &from, &to, *ty)?;
            }
            return Ok(());
        }
        let (tag, cases) = self.layout.cases(kind).ok_or_else(unknown)?;
        self.put(body, from, to, tag_leaf(tag), 0);
        for (n, ty) in cases.iter().enumerate() {
            let Some(ty) = ty else { continue };
            body.push(Instruction::Block(BlockType::Empty));
            self.get(body, from, tag_leaf(tag), 0);
            body.all([Instruction::I32Const(n as i32), Instruction::I32Ne, Instruction::BrIf(0)]);
            self.copy(body, &self.payload(from, tag, &cases), &self.payload(to, tag, &cases), *ty)?;
            body.push(Instruction::End);
        }
        Ok(())
    }

    /// Copies one number.
    fn put(&self, body: &mut Body, from: &Place, to: &Place, leaf: Leaf, word: usize) {
        match to {
            Place::Memory { base, offset } => {
                body.push(Instruction::LocalGet(*base));
                self.get(body, from, leaf, word);
                body.push(store(leaf, offset + 4 * word));
            }
            Place::Flat(slots) => {
                let Some((local, has)) = slots.get(word).copied() else {
                    return body.push(Instruction::Unreachable);
                };
                self.get(body, from, leaf, word);
                match (core_type(leaf), has) {
                    (ValType::I32, ValType::I64) => body.push(Instruction::I64ExtendI32U),
                    (ValType::F32, ValType::I32) => body.push(Instruction::I32ReinterpretF32),
                    (ValType::F32, ValType::I64) => {
                        body.all([Instruction::I32ReinterpretF32, Instruction::I64ExtendI32U]);
                    }
                    (ValType::F64, ValType::I64) => body.push(Instruction::I64ReinterpretF64),
                    _ => {}
                }
                body.push(Instruction::LocalSet(local));
            }
        }
    }
}

fn store(leaf: Leaf, offset: usize) -> Instruction<'static> {
    match leaf {
        Leaf::S8 | Leaf::U8 => Instruction::I32Store8(memory(offset, 0)),
        Leaf::S16 | Leaf::U16 => Instruction::I32Store16(memory(offset, 1)),
        Leaf::I32 => Instruction::I32Store(memory(offset, 2)),
        Leaf::I64 => Instruction::I64Store(memory(offset, 3)),
        Leaf::F32 => Instruction::F32Store(memory(offset, 2)),
        Leaf::F64 => Instruction::F64Store(memory(offset, 3)),
    }
}
