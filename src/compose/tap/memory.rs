//! The memory of an adapter, and when what lies in it is let go.
//!
//! Values are put one after the other. Calls of async functions overlap, and whose value comes next cannot be known: a
//! result is put into memory when the other side returns, long before the tap looks at it. What can be known is that a value
//! is of a call that is under way when it is put there. So calls are of two generations, the new and the one before. Once
//! no call of the one before is under way, what was put there before the new one began is free, and the new one becomes the
//! one before. Each generation has its values in one piece of memory: beyond those of the one before, or below them as far
//! as there is room. When no call is under way at all, everything is free.
//!
//! A call that never ends keeps its own generation and the next one, with all that is put there: it may return at any time.

use super::super::stub::code::{Body, HEAP};
use super::inner::WORD;
use wasm_encoder::{BlockType, Instruction, MemArg, ValType};

/// The bytes that the arguments of the next call take up.
pub(super) const ARGUMENT_BYTES: i32 = 16;
/// The bytes that results take up that nobody has looked at yet.
pub(super) const RESULT_BYTES: i32 = 20;
/// How many calls of each of the two generations are under way.
const OPEN: u64 = 24;
/// Which of the two is the new one.
const NEW: i32 = 32;
/// Where the memory of the new one begins, if it is beyond that of the one before; else 0.
const START: i32 = 36;
/// Where the memory of the one before begins, if the new one is below it, else 0; and where it ends.
const WALL: i32 = 40;
const WALL_END: i32 = 44;
/// The generation of the call that has just given its result.
const RETURNED: i32 = 48;
/// Where values go first.
const FREE: i32 = 64;
/// So many bytes in front of the values are for these numbers, from where memory may be used.
pub(super) const KEPT: usize = 36;

/// `cabi_realloc` in this memory.
pub(super) fn room(realloc: u32) -> Body {
    use Instruction as I;
    let mut body = Body::new("room", vec![ValType::I32; 4], vec![ValType::I32]);
    let (align, size) = (2, 3);
    // What would reach into the memory of the generation before goes beyond it.
    body.all([I::GlobalGet(HEAP), I::I32Const(WALL), I::I32Load(WORD), I::I32LeU]);
    body.all([I::GlobalGet(HEAP), I::I64ExtendI32U, I::LocalGet(align), I::I64ExtendI32U, I::I64Add]);
    body.all([I::LocalGet(size), I::I64ExtendI32U, I::I64Add]);
    body.all([I::I32Const(WALL), I::I32Load(WORD), I::I64ExtendI32U, I::I64GtU]);
    body.all([I::I32And, I::If(BlockType::Empty)]);
    body.all([I::I32Const(WALL_END), I::I32Load(WORD), I::GlobalSet(HEAP), I::End]);
    (0..4).for_each(|n| body.push(I::LocalGet(n)));
    body.push(I::Call(realloc));
    body
}

/// The same, and it adds up what it gives.
pub(super) fn counted(name: &str, counter: i32, room: u32) -> Body {
    use Instruction as I;
    let mut body = Body::new(name.replace('-', " "), vec![ValType::I32; 4], vec![ValType::I32]);
    body.all([I::I32Const(counter), I::I32Const(counter), I::I32Load(WORD), I::LocalGet(3), I::I32Add]);
    body.push(I::I32Store(WORD));
    (0..4).for_each(|n| body.push(I::LocalGet(n)));
    body.push(I::Call(room));
    body
}

/// A call begins: it is of the new generation, which is kept in a local.
pub(super) fn begins(body: &mut Body, generation: u32) {
    use Instruction as I;
    body.all([I::I32Const(NEW), I::I32Load(WORD), I::LocalSet(generation)]);
    count(body, generation, I::I32Add);
}

/// Counts a call of a generation in or out.
fn count(body: &mut Body, generation: u32, by_one: Instruction<'static>) {
    use Instruction as I;
    let of = MemArg { offset: OPEN, ..WORD };
    (0..2).for_each(|_| body.all([I::LocalGet(generation), I::I32Const(2), I::I32Shl]));
    body.all([I::I32Load(of), I::I32Const(1), by_one, I::I32Store(of)]);
}

/// Keeps the generation of a call that gives its result until [`returned`] asks for it, with no other in between.
pub(super) fn returns(body: &mut Body, generation: u32) {
    use Instruction as I;
    body.all([I::I32Const(RETURNED), I::LocalGet(generation), I::I32Store(WORD)]);
}

/// The generation of the call that has given its result, into a local.
pub(super) fn returned(body: &mut Body) -> u32 {
    use Instruction as I;
    let generation = body.local(ValType::I32);
    body.all([I::I32Const(RETURNED), I::I32Load(WORD), I::LocalSet(generation)]);
    generation
}

/// A call of a generation is over.
pub(super) fn over(body: &mut Body, generation: u32) {
    use Instruction as I;
    let of = |n: u64| MemArg { offset: OPEN + n, ..WORD };
    let zero = |at: i32| [I::I32Const(at), I::I32Const(0), I::I32Store(WORD)];
    count(body, generation, I::I32Sub);
    // None is under way.
    body.all([I::I32Const(0), I::I32Load(of(0)), I::I32Const(0), I::I32Load(of(4)), I::I32Or, I::I32Eqz]);
    body.all([I::If(BlockType::Empty), I::I32Const(FREE), I::GlobalSet(HEAP)]);
    body.all(zero(START));
    body.all(zero(WALL));
    body.push(I::Else);
    // None of the generation before is.
    body.all([I::I32Const(4), I::I32Const(NEW), I::I32Load(WORD), I::I32Const(2), I::I32Shl, I::I32Sub]);
    body.all([I::I32Load(of(0)), I::I32Eqz, I::If(BlockType::Empty)]);
    body.all([I::I32Const(NEW), I::I32Const(1), I::I32Const(NEW), I::I32Load(WORD), I::I32Sub, I::I32Store(WORD)]);
    body.all([I::I32Const(START), I::I32Load(WORD), I::I32Eqz, I::If(BlockType::Empty)]);
    body.all([I::I32Const(START), I::GlobalGet(HEAP), I::I32Store(WORD)]);
    body.all(zero(WALL));
    body.push(I::Else);
    body.all([I::I32Const(WALL), I::I32Const(START), I::I32Load(WORD), I::I32Store(WORD)]);
    body.all([I::I32Const(WALL_END), I::GlobalGet(HEAP), I::I32Store(WORD)]);
    body.all([I::I32Const(FREE), I::GlobalSet(HEAP)]);
    body.all(zero(START));
    body.all([I::End, I::End, I::End]);
}
