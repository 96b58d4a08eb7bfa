//! Settings as bytes, and into the memory of the component that reads them.

use super::VirtualWasi;
use wasm_encoder::{ConstExpr, DataSection, MemorySection, MemoryType, Module, RawSection};
use wasmparser::{BinaryReaderError, ExternalKind, Operator, Parser, Payload};

/// The export of the core module that says where it looks for its settings.
const PLACE: &str = "SETTINGS";
/// The size of a page of memory.
const PAGE: u64 = 65_536;

/// The settings as the component reads them: see `assets/virtual/src/settings.rs`.
pub(super) fn text(settings: &VirtualWasi) -> Vec<u8> {
    let VirtualWasi { clock, files, .. } = settings;
    let mut out = Bytes::default();
    out.u64(clock.seconds);
    out.u32(clock.nanoseconds);
    out.u64(clock.monotonic);
    out.u64(clock.step);
    out.u64(settings.seed);
    out.u32(u32::from(settings.is_writable));
    out.bytes(settings.stdin.as_bytes());
    out.u32(settings.environment.len() as u32);
    for (name, value) in &settings.environment {
        out.bytes(name.as_bytes());
        out.bytes(value.as_bytes());
    }
    out.u32(settings.arguments.len() as u32);
    settings.arguments.iter().for_each(|argument| out.bytes(argument.as_bytes()));
    out.u32(files.len() as u32);
    for (path, bytes) in files {
        out.bytes(path.as_bytes());
        out.bytes(bytes);
    }
    out.0
}

/// Numbers, and bytes with their length in front. The settings are checked, so no length is too large.
#[derive(Default)]
struct Bytes(Vec<u8>);

impl Bytes {
    fn u32(&mut self, number: u32) {
        self.0.extend(number.to_le_bytes());
    }

    fn u64(&mut self, number: u64) {
        self.0.extend(number.to_le_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.u32(bytes.len() as u32);
        self.0.extend(bytes);
    }
}

/// The component with these settings.
pub(super) fn put(component: &[u8], settings: &[u8]) -> Result<Vec<u8>, BinaryReaderError> {
    let mut out = wasm_encoder::Component::new();
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(component) {
        let payload = payload?;
        let section = payload.as_section();
        let is_module = matches!(payload, Payload::ModuleSection { .. });
        if let (0, Some((id, range))) = (depth, section) {
            let data = component.get(range.start as usize..range.end as usize).unwrap_or_default();
            let module = if is_module { module_with(data, settings)? } else { None };
            out.section(&RawSection { id, data: module.as_deref().unwrap_or(data) });
        }
        match payload {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(out.finish())
}

/// The core module with these settings in new memory behind what it has, and the place where it looks for them pointing
/// there; `None` if it does not look for any.
fn module_with(module: &[u8], settings: &[u8]) -> Result<Option<Vec<u8>>, BinaryReaderError> {
    let Some(place) = place(module)? else { return Ok(None) };
    let mut out = Module::new();
    let mut address = 0;
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload?;
        match &payload {
            Payload::MemorySection(memories) => {
                let mut section = MemorySection::new();
                for memory in memories.clone() {
                    let memory = memory?;
                    address = memory.initial * PAGE;
                    section.memory(MemoryType {
                        minimum: memory.initial + (settings.len() as u64).div_ceil(PAGE),
                        maximum: memory.maximum,
                        memory64: memory.memory64,
                        shared: memory.shared,
                        page_size_log2: memory.page_size_log2,
                    });
                }
                out.section(&section);
            }
            Payload::DataSection(data) => {
                let mut section = DataSection::new();
                for segment in data.clone() {
                    let range = segment?.range;
                    section.raw(module.get(range.start as usize..range.end as usize).unwrap_or_default());
                }
                let found = [address as u32, settings.len() as u32].map(u32::to_le_bytes).concat();
                section.active(0, &ConstExpr::i32_const(place), found);
                section.active(0, &ConstExpr::i32_const(address as i32), settings.iter().copied());
                out.section(&section);
            }
            _ => {
                if let Some((id, range)) = payload.as_section() {
                    let data = module.get(range.start as usize..range.end as usize).unwrap_or_default();
                    out.section(&RawSection { id, data });
                }
            }
        }
    }
    Ok(Some(out.finish()))
}

/// The address that the core module's export says.
fn place(module: &[u8]) -> Result<Option<i32>, BinaryReaderError> {
    let mut values = Vec::new();
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::GlobalSection(globals) => {
                for global in globals {
                    values.push(match global?.init_expr.get_operators_reader().read()? {
                        Operator::I32Const { value } => Some(value),
                        _ => None,
                    });
                }
            }
            Payload::ExportSection(exports) => {
                for export in exports {
                    let export = export?;
                    if export.kind == ExternalKind::Global && export.name == PLACE {
                        return Ok(values.get(export.index as usize).copied().flatten());
                    }
                }
            }
            _ => {}
        }
    }
    Ok(None)
}
