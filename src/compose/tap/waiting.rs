//! The code for async functions: it waits for the call to return as often as it is called, so that calls that are under way
//! at the same time stay so, and hands on that a call is given up.
//!
//! What was given for good to a call that is given up before it has started is let go together with the tap. Its caller, to
//! whom it has started, cannot have it back; and to let go here of the handles, streams and futures in it would take code
//! for each type that holds some, beside the code that leaves them to the other side, for what ends with the instance anyway.

use super::TapError;
use super::adapter::{CANCELLED, Outer};
use super::inner::{Core, Inner, WORD};
use super::memory;
use crate::compose::stub::code::{Body, Place};
use wasm_encoder::{BlockType, CanonicalFunctionSection, Instruction, MemArg, ValType};
use wit_parser::{Function, Type};

/// A function of the component model for those that wait.
pub(super) struct Builtin {
    /// The name by which the inner module imports it.
    pub name: &'static str,
    pub params: &'static [ValType],
    pub results: &'static [ValType],
    define: fn(&mut CanonicalFunctionSection) -> &mut CanonicalFunctionSection,
}

const ONE: &[ValType] = &[ValType::I32];
const TWO: &[ValType] = &[ValType::I32; 2];

/// Those that are needed, whatever is tapped.
pub(super) const BUILTINS: &[Builtin] = &[
    Builtin { name: "set-new", params: &[], results: ONE, define: |c| c.waitable_set_new() },
    // It ends, too, when the caller gives up.
    Builtin { name: "set-wait", params: TWO, results: ONE, define: |c| c.waitable_set_wait(true, 0) },
    Builtin { name: "set-drop", params: ONE, results: &[], define: |c| c.waitable_set_drop() },
    Builtin { name: "join", params: TWO, results: &[], define: |c| c.waitable_join() },
    Builtin { name: "call-drop", params: ONE, results: &[], define: |c| c.subtask_drop() },
    // It waits until the call has ended one way or the other.
    Builtin { name: "call-cancel", params: ONE, results: ONE, define: |c| c.subtask_cancel(false) },
    Builtin { name: "cancel", params: &[], results: &[], define: |c| c.task_cancel() },
];

/// What a call that was begun is in, by the canonical ABI: states from this one on are final.
const RETURNED: i32 = 2;
/// The event of a caller that gives up; all others are of the one call that is waited for.
const GIVEN_UP: i32 = 6;

impl Outer<'_> {
    /// Defines such a function; its index.
    pub fn builtin(&mut self, builtin: &Builtin) -> u32 {
        self.canon(|c| {
            (builtin.define)(c);
        });
        self.core_functions += 1;
        self.core_functions - 1
    }
}

impl Inner<'_> {
    /// The core values of what tells the caller the result.
    pub fn returned(&self, function: &Function) -> Vec<ValType> {
        match function.result {
            Some(ty) => self.code.flat(ty).unwrap_or_else(|| ONE.to_vec()),
            None => Vec::new(),
        }
    }

    /// The code of one async function.
    pub fn waiting(&mut self, n: usize, function: &Function) -> Result<(), TapError> {
        use Instruction as I;
        let core = Core::of(self.code.layout.resolve, function);
        let mut body = Body::new(format!("tap of {}", function.name), core.export.0.clone(), Vec::new());
        let [call, bytes, at, state, pending, set, generation] = [(); 7].map(|()| body.local(ValType::I32));
        memory::begins(&mut body, generation);
        self.begin(&mut body, n, &core, call, bytes);

        let result = function.result.filter(|_| core.by_pointer);
        if let Some(ty) = result {
            self.room(&mut body, ty, at);
        }
        if core.hands_on_indirect && !core.indirect {
            self.arguments_in_memory(&mut body, function)?;
        } else {
            (0..core.export.0.len() as u32).for_each(|n| body.push(I::LocalGet(n)));
        }
        if result.is_some() {
            body.push(I::LocalGet(at));
        }
        self.call(&mut body, &format!("call-{n}"));
        body.all([I::LocalTee(state), I::I32Const(4), I::I32ShrU, I::LocalTee(pending), I::If(BlockType::Empty)]);
        self.wait(&mut body, state, pending, set);
        body.push(I::End);
        body.all([I::LocalGet(state), I::I32Const(15), I::I32And, I::LocalSet(state)]);

        self.give_back(&mut body, function, &core)?;
        body.all([I::LocalGet(state), I::I32Const(RETURNED), I::I32Eq, I::If(BlockType::Empty)]);
        let size = result.map_or(0, |ty| self.code.layout.size(&ty));
        self.end(&mut body, call, bytes, size);
        if result.is_some() {
            self.if_small(&mut body, bytes);
            body.all([I::LocalGet(at), I::I32Const(1)]);
            self.call(&mut body, &format!("after-{n}"));
            body.push(I::End);
        }
        if let Some(ty) = result {
            self.result_on_stack(&mut body, ty, at)?;
        }
        self.call(&mut body, &format!("return-{n}"));
        body.all([I::Else, I::LocalGet(call)]);
        self.call(&mut body, CANCELLED);
        self.call(&mut body, "cancel");
        body.push(I::End);
        memory::over(&mut body, generation);
        let index = self.code.add(body);
        self.code.exports.push((format!("tapped-{n}"), index));
        Ok(())
    }

    /// Waits for a call to come to its end, and says in `state` to which.
    fn wait(&self, body: &mut Body, state: u32, pending: u32, set: u32) {
        use Instruction as I;
        let event = body.local(ValType::I32);
        self.room_of(body, 8, 4);
        body.push(I::LocalSet(event));
        self.call(body, "set-new");
        body.push(I::LocalSet(set));
        body.all([I::LocalGet(pending), I::LocalGet(set)]);
        self.call(body, "join");
        body.all([I::Block(BlockType::Empty), I::Loop(BlockType::Empty), I::LocalGet(set), I::LocalGet(event)]);
        self.call(body, "set-wait");
        body.all([I::I32Const(GIVEN_UP), I::I32Eq, I::If(BlockType::Empty)]);
        body.all([I::LocalGet(pending), I::I32Const(0)]);
        self.call(body, "join");
        body.push(I::LocalGet(pending));
        self.call(body, "call-cancel");
        body.all([I::LocalSet(state), I::Br(2), I::End]);
        body.all([I::LocalGet(event), I::I32Load(MemArg { offset: 4, ..WORD }), I::LocalTee(state)]);
        body.all([I::I32Const(RETURNED), I::I32LtU, I::BrIf(0), I::End, I::End]);
        body.all([I::LocalGet(pending), I::I32Const(0)]);
        self.call(body, "join");
        body.push(I::LocalGet(set));
        self.call(body, "set-drop");
        body.push(I::LocalGet(pending));
        self.call(body, "call-drop");
    }

    /// Puts the arguments into memory and pushes their address: fewer may be handed on one by one than come so.
    fn arguments_in_memory(&self, body: &mut Body, function: &Function) -> Result<(), TapError> {
        let types: Vec<Type> = function.params.iter().map(|p| p.ty).collect();
        let info = self.code.layout.sizes.record(&types);
        self.room_of(body, info.size.size_wasm32(), info.align.align_wasm32());
        let base = body.local(ValType::I32);
        body.push(Instruction::LocalSet(base));
        let from = self.code.arguments(&types, body, false);
        for ((from, (offset, ty)), n) in from.iter().zip(self.code.layout.fields(&types)).zip(0..) {
            let to = Place::Memory { base, offset };
            let name = |why: String| TapError::Failed(format!("argument {} of `{}`: {why}", n + 1, function.name));
            self.code.copy(body, from, &to, ty).map_err(name)?;
        }
        body.push(Instruction::LocalGet(base));
        Ok(())
    }

    /// Pushes the result that lies in memory, as it is told to the caller.
    fn result_on_stack(&self, body: &mut Body, ty: Type, at: u32) -> Result<(), TapError> {
        let Some(flat) = self.code.flat(ty) else {
            body.push(Instruction::LocalGet(at));
            return Ok(());
        };
        let slots: Vec<(u32, ValType)> = flat.into_iter().map(|ty| (body.local(ty), ty)).collect();
        let (from, to) = (Place::Memory { base: at, offset: 0 }, Place::Flat(slots.clone()));
        self.code.copy(body, &from, &to, ty).map_err(TapError::Failed)?;
        slots.iter().for_each(|(local, _)| body.push(Instruction::LocalGet(*local)));
        Ok(())
    }
}
