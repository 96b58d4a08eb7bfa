//! Whether an argument is the value that a rule asks for.

use super::places::{Place, constant, core_type};
use super::{Body, Stub};
use crate::compose::stub::lower::{Leaf, case, flag_words, number, part_values, tag_leaf, widened};
use crate::value::Value;
use wasm_encoder::{Instruction, ValType};
use wit_parser::{Handle, Type, TypeDefKind};

impl Stub<'_> {
    /// Leaves the enclosing block unless the value there is this one.
    pub(super) fn compare(&mut self, body: &mut Body, place: &Place, ty: Type, value: &Value) -> Result<(), String> {
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
}
