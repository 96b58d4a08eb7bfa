//! What the component model gives and asks for beside functions: for resources, streams and futures.

use super::{Body, MANGLING, MAX_STEPS, Stub};
use crate::compose::stub::StubError;
use std::collections::HashMap;
use wasm_encoder::ValType;
use wit_parser::{
    Function, FutureIntrinsic, InterfaceId, ResourceIntrinsic, StreamIntrinsic, Type, TypeDefKind, TypeId, WasmExport,
    WasmImport, WorldItem, WorldKey,
};

impl Stub<'_> {
    /// What the component model gives for resources: its own, and those of imported interfaces.
    pub(super) fn imports<'w>(
        &mut self,
        world: impl IntoIterator<Item = (&'w WorldKey, &'w WorldItem)>,
        exported: Option<(&WorldKey, InterfaceId)>,
    ) {
        use ResourceIntrinsic::{ExportedDrop, ExportedNew, ImportedDrop};
        let resolve = self.layout.resolve;
        let resources = |id: InterfaceId| {
            let types = resolve.interfaces.get(id).into_iter().flat_map(|i| i.types.values());
            types.copied().filter(|id| matches!(self.layout.kind(*id), Some(TypeDefKind::Resource)))
        };
        let mut wanted: Vec<(Option<&WorldKey>, TypeId, ResourceIntrinsic)> = Vec::new();
        for (key, item) in world {
            match item {
                WorldItem::Interface { id, .. } => wanted.extend(resources(*id).map(|r| (Some(key), r, ImportedDrop))),
                WorldItem::Type { id, .. } if matches!(self.layout.kind(*id), Some(TypeDefKind::Resource)) => {
                    wanted.push((None, *id, ImportedDrop));
                }
                _ => {}
            }
        }
        if let Some((key, id)) = exported {
            wanted.extend(resources(id).flat_map(|r| [(Some(key), r, ExportedNew), (Some(key), r, ExportedDrop)]));
        }
        for (interface, resource, intrinsic) in wanted {
            let makes = matches!(intrinsic, ExportedNew);
            let import = WasmImport::ResourceIntrinsic { interface, resource, intrinsic };
            let (module, name) = resolve.wasm_import_name(MANGLING, import);
            let index = self.imports.len() as u32;
            if makes {
                self.makes.insert(resource, index)
            } else {
                self.drops.insert(resource, index)
            };
            let results = if makes { vec![ValType::I32] } else { Vec::new() };
            self.imports.push((module, name, vec![ValType::I32], results));
        }
    }

    /// What lets go of the streams and futures that a function is called with: who writes to one waits for somebody to read
    /// it until then.
    pub(super) fn stream_imports(
        &mut self,
        interface: Option<&WorldKey>,
        function: &Function,
    ) -> Result<(), StubError> {
        let resolve = self.layout.resolve;
        let mut rest: Vec<Type> = function.params.iter().map(|p| p.ty).collect();
        // The library that names these imports goes through the types as through a tree, with the result.
        rest.extend(function.result);
        let (mut found, mut steps) = (Vec::new(), 0);
        while let Some(ty) = rest.pop() {
            steps += 1;
            let Type::Id(id) = ty else { continue };
            match self.layout.kind(id) {
                Some(TypeDefKind::Stream(t) | TypeDefKind::Future(t)) => {
                    found.push(id);
                    rest.extend(*t);
                }
                Some(TypeDefKind::List(t) | TypeDefKind::FixedLengthList(t, _) | TypeDefKind::Type(t)) => rest.push(*t),
                Some(TypeDefKind::Map(k, v)) => rest.extend([*k, *v]),
                Some(kind) => {
                    rest.extend(self.layout.parts(kind).into_iter().flatten());
                    rest.extend(self.layout.cases(kind).into_iter().flat_map(|(_, cases)| cases).flatten());
                }
                None => {}
            }
            if steps + rest.len() > MAX_STEPS {
                if !function.params.iter().any(|p| self.layout.has_stream(p.ty, &mut HashMap::new())) {
                    return Ok(());
                }
                return Err(StubError::Behavior {
                    function: function.name.clone(),
                    why: "has too many kinds of arguments with streams or futures: it can only trap".to_owned(),
                });
            }
        }
        for id in found {
            if self.drops.contains_key(&id) {
                continue;
            }
            let (ty, exported, async_) = (Some(id), true, false);
            let import = match self.layout.kind(id) {
                Some(TypeDefKind::Stream(_)) => {
                    let intrinsic = StreamIntrinsic::DropReadable;
                    WasmImport::StreamIntrinsic { interface, func: function, ty, intrinsic, exported, async_ }
                }
                _ => {
                    let intrinsic = FutureIntrinsic::DropReadable;
                    WasmImport::FutureIntrinsic { interface, func: function, ty, intrinsic, exported, async_ }
                }
            };
            let (module, name) = resolve.wasm_import_name(MANGLING, import);
            self.drops.insert(id, self.imports.len() as u32);
            self.imports.push((module, name, vec![ValType::I32], Vec::new()));
        }
        Ok(())
    }

    pub(super) fn destructors(&mut self, key: &WorldKey, id: InterfaceId) {
        let resolve = self.layout.resolve;
        let types = resolve.interfaces.get(id).into_iter().flat_map(|i| i.types.iter());
        for (name, resource) in types {
            if !matches!(self.layout.kind(*resource), Some(TypeDefKind::Resource)) {
                continue;
            }
            let export = WasmExport::ResourceDtor { interface: key, resource: *resource };
            let name = format!("let go of a {name} of the stub");
            let index = self.add(Body::new(name, vec![ValType::I32], Vec::new()));
            self.exports.push((resolve.wasm_export_name(MANGLING, export), index));
        }
    }
}
