//! The core module that everything is made of, with settings in its memory and only those imports that they choose.

use super::super::fit::base_name;
use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{CodeSection, ConstExpr, DataSection, Function, FunctionSection, ImportSection};
use wasm_encoder::{MemoryType, Module, NameMap, NameSection};
use wasmparser::{ExternalKind, Import, Operator, Parser, Payload, TypeRef};

/// The export that says where the module looks for its settings.
const PLACE: &str = "SETTINGS";
/// The size of a page of memory.
const PAGE: u64 = 65_536;

/// The module with these settings in new memory behind what it has, and the place where it looks for them pointing there.
/// The functions that are not wanted, by interface and name, are no imports any more, but traps.
pub(super) fn with(module: &[u8], settings: &[u8], is_wanted: &dyn Fn(&str, &str) -> bool) -> Result<Vec<u8>, Error> {
    let mut change = Change { settings, is_wanted, place: 0, address: 0, imported: Vec::new(), closed: Vec::new() };
    change.look(module)?;
    let mut out = Module::new();
    change.parse_core_module(&mut out, Parser::new(0), module)?;
    Ok(out.finish())
}

/// The settings that were put into a module, if they were.
pub(super) fn settings_in(module: &[u8]) -> Option<&[u8]> {
    let mut found = None;
    for payload in Parser::new(0).parse_all(module) {
        if let Payload::DataSection(data) = payload.ok()? {
            found = data.into_iter().last()?.ok();
        }
    }
    Some(found?.data)
}

struct Change<'a> {
    settings: &'a [u8],
    /// Whether the module may import, from this interface, which is given without its version, this function.
    is_wanted: &'a dyn Fn(&str, &str) -> bool,
    /// The address of the place.
    place: i32,
    /// Where the new memory begins.
    address: u64,
    /// The new index of each function that was imported. What is not imported any more comes directly behind what still is,
    /// so all others keep theirs.
    imported: Vec<u32>,
    /// The types of functions that are not imported any more.
    closed: Vec<u32>,
}

impl Change<'_> {
    fn stays(&self, import: &Import<'_>) -> bool {
        !matches!(import.ty, TypeRef::Func(_)) || (self.is_wanted)(base_name(import.module), import.name)
    }

    /// Finds out what has to be known before the first section is written.
    fn look(&mut self, module: &[u8]) -> Result<(), Error> {
        let (mut functions, mut values) = (Vec::new(), Vec::new());
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        let import = import?;
                        if let TypeRef::Func(ty) = import.ty {
                            functions.push((self.stays(&import), ty));
                        }
                    }
                }
                Payload::GlobalSection(globals) => {
                    for global in globals {
                        values.push(match global?.init_expr.get_operators_reader().read()? {
                            Operator::I32Const { value } => value,
                            _ => 0,
                        });
                    }
                }
                Payload::ExportSection(exports) => {
                    for export in exports {
                        let export = export?;
                        if export.kind == ExternalKind::Global && export.name == PLACE {
                            self.place = values.get(export.index as usize).copied().unwrap_or_default();
                        }
                    }
                }
                _ => {}
            }
        }
        self.closed = functions.iter().filter(|(stays, _)| !stays).map(|(_, ty)| *ty).collect();
        let mut kept = 0..;
        let mut closed = (functions.len() - self.closed.len()) as u32..;
        let index = |(stays, _): &(bool, u32)| if *stays { kept.next() } else { closed.next() };
        self.imported = functions.iter().filter_map(index).collect();
        Ok(())
    }
}

impl Reencode for Change<'_> {
    type Error = std::convert::Infallible;

    fn function_index(&mut self, index: u32) -> Result<u32, Error> {
        Ok(self.imported.get(index as usize).copied().unwrap_or(index))
    }

    fn parse_import_section(
        &mut self,
        out: &mut ImportSection,
        imports: wasmparser::ImportSectionReader<'_>,
    ) -> Result<(), Error> {
        for import in imports.into_imports() {
            let import = import?;
            if self.stays(&import) {
                self.parse_import(out, import)?;
            }
        }
        Ok(())
    }

    fn parse_function_section(
        &mut self,
        out: &mut FunctionSection,
        functions: wasmparser::FunctionSectionReader<'_>,
    ) -> Result<(), Error> {
        self.closed.iter().for_each(|ty| _ = out.function(*ty));
        utils::parse_function_section(self, out, functions)
    }

    fn parse_code_section(
        &mut self,
        out: &mut CodeSection,
        bodies: wasmparser::CodeSectionReader<'_>,
    ) -> Result<(), Error> {
        let mut trap = Function::new([]);
        trap.instructions().unreachable().end();
        self.closed.iter().for_each(|_| _ = out.function(&trap));
        utils::parse_code_section(self, out, bodies)
    }

    fn memory_type(&mut self, memory: wasmparser::MemoryType) -> Result<MemoryType, Error> {
        self.address = memory.initial * PAGE;
        let mut memory = utils::memory_type(self, memory);
        memory.minimum += (self.settings.len() as u64).div_ceil(PAGE);
        Ok(memory)
    }

    fn parse_data_section(
        &mut self,
        out: &mut DataSection,
        data: wasmparser::DataSectionReader<'_>,
    ) -> Result<(), Error> {
        utils::parse_data_section(self, out, data)?;
        let found = [self.address as u32, self.settings.len() as u32].map(u32::to_le_bytes).concat();
        out.active(0, &ConstExpr::i32_const(self.place), found);
        out.active(0, &ConstExpr::i32_const(self.address as i32), self.settings.iter().copied());
        Ok(())
    }

    fn parse_custom_name_subsection(
        &mut self,
        out: &mut NameSection,
        names: wasmparser::Name<'_>,
    ) -> Result<(), Error> {
        let wasmparser::Name::Function(names) = names else {
            return utils::parse_custom_name_subsection(self, out, names);
        };
        // In the order of their new indices.
        let mut sorted = std::collections::BTreeMap::new();
        for name in names {
            let name = name?;
            sorted.insert(self.function_index(name.index)?, name.name);
        }
        let mut map = NameMap::new();
        sorted.iter().for_each(|(index, name)| map.append(*index, name));
        out.functions(&map);
        Ok(())
    }
}
