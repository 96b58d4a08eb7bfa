//! Letting go of the handles, streams and futures that a function was called with.

use super::places::Place;
use super::{Body, MAX_STEPS, Stub};
use crate::compose::stub::StubError;
use crate::compose::stub::lower::{Leaf, tag_leaf};
use wasm_encoder::{BlockType, Instruction, ValType};
use wit_parser::{Handle, Resolve, Type, TypeDefKind, TypeId};

impl Stub<'_> {
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
}
