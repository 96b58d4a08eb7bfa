//! Functions that modules have beside those that are called from outside.

use super::places::load;
use super::{Body, HEAP, Stub};
use crate::compose::stub::lower::Leaf;
use wasm_encoder::{BlockType, Instruction, ValType};

impl Stub<'_> {
    pub(super) fn helpers(&mut self) {
        let realloc = self.add(realloc());
        self.exports.push(("cabi_realloc".to_owned(), realloc));
        self.equal = self.add(equal());
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
pub(super) fn equal() -> Body {
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
