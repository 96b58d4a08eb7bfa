//! How an adapter begins: as a component that has nothing but the import of the tapped wire.

use std::collections::BTreeMap;
use wasm_encoder::RawSection;
use wasmparser::{ComponentAlias, ComponentExternalKind, Parser, Payload};

/// What a component that has nothing but the import looks like: its sections, and what they define.
#[derive(Clone)]
pub(super) struct Start<'a> {
    pub sections: Vec<RawSection<'a>>,
    pub types: u32,
    pub instances: u32,
    pub functions: u32,
    /// The type imports of the world, which functions of the world speak of.
    pub named: BTreeMap<String, u32>,
    /// The instances that are imported.
    pub given: BTreeMap<String, u32>,
    /// The import: an instance, or a function.
    pub import: (ComponentExternalKind, u32),
}

impl<'a> Start<'a> {
    /// Reads it from such a component.
    pub fn read(bytes: &'a [u8], name: &str) -> wasmparser::Result<Option<Self>> {
        let (mut types, mut instances, mut functions) = (0, 0, 0);
        let (mut named, mut given) = (BTreeMap::new(), BTreeMap::new());
        let (mut import, mut sections) = (None, Vec::new());
        for payload in Parser::new(0).parse_all(bytes) {
            let payload = payload?;
            let mut count = |kind: ComponentExternalKind| {
                let slot = match kind {
                    ComponentExternalKind::Type => &mut types,
                    ComponentExternalKind::Instance => &mut instances,
                    ComponentExternalKind::Func => &mut functions,
                    _ => return 0,
                };
                *slot += 1;
                *slot - 1
            };
            match &payload {
                Payload::ComponentTypeSection(section) => {
                    (0..section.count()).for_each(|_| {
                        count(ComponentExternalKind::Type);
                    });
                }
                Payload::ComponentAliasSection(section) => {
                    for alias in section.clone() {
                        match alias? {
                            ComponentAlias::InstanceExport { kind, .. } => count(kind),
                            ComponentAlias::Outer { .. } => count(ComponentExternalKind::Type),
                            ComponentAlias::CoreInstanceExport { .. } => 0,
                        };
                    }
                }
                Payload::ComponentImportSection(section) => {
                    for item in section.clone() {
                        let item = item?;
                        let kind = item.ty.kind();
                        let index = count(kind);
                        match kind {
                            ComponentExternalKind::Type => named.insert(item.name.name.to_owned(), index),
                            ComponentExternalKind::Instance => given.insert(item.name.name.to_owned(), index),
                            _ => None,
                        };
                        if item.name.name == name {
                            import = Some((kind, index));
                        }
                    }
                }
                Payload::ComponentExportSection(_) => break,
                _ => continue,
            }
            if let Some((id, range)) = payload.as_section() {
                let data = bytes.get(range.start as usize..range.end as usize).unwrap_or_default();
                sections.push(RawSection { id, data });
            }
        }
        Ok(import.map(|import| Self { sections, types, instances, functions, named, given, import }))
    }
}
