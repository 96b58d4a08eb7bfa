//! What a stub does when it is called: the rules in their order, and the answers.

use super::places::{constant, load, memory, value_type};
use super::{Body, HEAP, HEAP_START, MANGLING, MAX_CODE, MAX_LOCALS, Room, Stub};
use crate::compose::stub::lower::widened;
use crate::compose::stub::{Answer, Behavior, Condition, StubError, StubSpec};
use crate::diag::display_safe_line;
use wasm_encoder::{BlockType, Instruction};
use wit_parser::abi::{AbiVariant, WasmType};
use wit_parser::{
    Function, Resolve, Type, TypeId, TypeOwner, WasmExport, WasmExportKind, WorldId, WorldItem, WorldKey,
};

/// The core module of a stub: `world` exports one interface or function, and does what `spec` says.
pub(in crate::compose::stub) fn module(
    resolve: &Resolve,
    world: WorldId,
    spec: &StubSpec,
) -> Result<Vec<u8>, StubError> {
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

fn only_traps(behavior: &Behavior) -> bool {
    behavior.otherwise == Answer::Trap && behavior.rules.iter().all(|r| r.answer == Answer::Trap)
}

impl Stub<'_> {
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
}
