//! Validation, payload by payload: where a file is wrong, the types read up to there stay known.

use super::guard::caught;
use super::parts::{MAX_DEPTH, MAX_PARTS};
use crate::diag::display_safe_line;
use wasmparser::types::{Types, TypesRef};
use wasmparser::{
    BinaryReader, BinaryReaderError, Chunk, ComponentAlias, ComponentExternName, ComponentImport, ComponentType,
    ComponentTypeRef, CoreType, FuncValidatorAllocations, Parser, Payload, ValidPayload, Validator, WasmFeatures,
};

/// The one place that calls the validator, which may panic on hostile bytes.
pub(super) struct Check {
    validator: Validator,
    allocations: FuncValidatorAllocations,
    types: Option<Types>,
    fault: Option<String>,
    /// Whether what functions do, and what memories and tables are filled with, is validated.
    contents: bool,
    /// Nothing more is to be looked at: after a fault outside of a function's body.
    stopped: bool,
    /// Whether the types are those of everything up to the fault.
    sound: bool,
}

impl Check {
    /// Without `contents` the bodies of functions, elements and data are taken as valid; the types do not depend on them.
    pub fn new(features: WasmFeatures, contents: bool) -> Self {
        Self {
            contents,
            validator: Validator::new_with_features(features),
            allocations: FuncValidatorAllocations::default(),
            types: None,
            fault: None,
            stopped: false,
            sound: true,
        }
    }

    /// Looks at the next payload.
    pub fn see(&mut self, payload: &Payload<'_>) {
        let is_content =
            matches!(payload, Payload::CodeSectionEntry(_) | Payload::ElementSection(_) | Payload::DataSection(_));
        if self.stopped || (is_content && !self.contents) {
            return;
        }
        match caught(|| self.validator.payload(payload)) {
            Ok(Ok(ValidPayload::Func(function, body))) if self.fault.is_none() => {
                let mut validator = function.into_validator(std::mem::take(&mut self.allocations));
                let checked = caught(move || validator.validate(&body).map(|()| validator.into_allocations()));
                match checked {
                    Ok(Ok(allocations)) => self.allocations = allocations,
                    // The types do not depend on what a function does.
                    Ok(Err(error)) => self.fault = Some(say(&error)),
                    Err(_) => self.fault = Some(PANICKED.to_owned()),
                }
            }
            Ok(Ok(ValidPayload::End(types))) => self.types = Some(types),
            Ok(Ok(_)) => {}
            // The types do not depend on contents, here as in a function.
            Ok(Err(error)) if is_content => _ = self.fault.get_or_insert_with(|| say(&error)),
            Ok(Err(error)) => self.stop(say(&error)),
            Err(_) => {
                self.sound = false;
                self.stop(PANICKED.to_owned());
            }
        }
    }

    /// Ends the validation: what follows cannot be read.
    pub fn stop(&mut self, why: String) {
        if !self.stopped {
            // The types of a nested part must not pass for those of the outermost one.
            self.types = None;
        }
        self.stopped = true;
        self.fault.get_or_insert(why);
    }

    /// What is wrong first, if anything is.
    pub fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }

    /// The types of the outermost part, as far as they were read.
    pub fn types(&self) -> Option<TypesRef<'_>> {
        match &self.types {
            Some(types) => Some(types.as_ref()),
            None if self.sound => (0..).map_while(|level| self.validator.types(level)).last(),
            None => None,
        }
    }
}

const PANICKED: &str = "the validator stopped unexpectedly";

/// What the parser or the validator says, and where. Each line is about a part of what the line before is about.
pub(super) fn say(error: &BinaryReaderError) -> String {
    let message = error.message().replace('\n', ": ");
    format!("{} (at byte {})", display_safe_line(&message), error.offset())
}

/// Validates these bytes with features of one's choice. No types of instances or components may nest too deep in them.
///
/// # Errors
/// What is wrong, and where.
pub(super) fn validate(bytes: &[u8], features: WasmFeatures) -> Result<Types, String> {
    match caught(|| Validator::new_with_features(features).validate_all(bytes)) {
        Ok(Ok(types)) => Ok(types),
        Ok(Err(error)) => Err(say(&error)),
        Err(_) => Err(PANICKED.to_owned()),
    }
}

/// What is wrong first in these bytes, if anything is; they have to be whole. `contents` as in [`Check::new`].
pub(super) fn first_fault(bytes: &[u8], features: WasmFeatures, contents: bool) -> Option<String> {
    let mut check = Check::new(features, contents);
    let mut parser = Parser::new(0);
    parser.set_features(features);
    for payload in parser.parse_all(bytes) {
        match payload {
            Ok(payload) => check.see(&payload),
            Err(error) => check.stop(say(&error)),
        }
        if check.stopped {
            break;
        }
    }
    check.fault
}

/// The features beyond those `given` that these bytes need, which are valid with all features. Each is named as on the
/// command line of wasm-tools. It validates them once for each feature.
pub(super) fn needed(bytes: &[u8], given: WasmFeatures) -> Vec<String> {
    let mut features = WasmFeatures::all();
    let mut out = Vec::new();
    for (name, flag) in (WasmFeatures::all() - given).iter_names() {
        if validate(bytes, features - flag).is_ok() {
            features.remove(flag);
        } else {
            out.push(name.to_lowercase().replace('_', "-"));
        }
    }
    out
}

/// Types of components and instances may hold such types; the reader of them recurses.
const MAX_TYPE_DEPTH: usize = 100;

/// Whether any part of these bytes nests types of instances and components too deep for whoever reads them by recursion.
pub(super) fn is_too_deep(bytes: &[u8]) -> bool {
    Parser::new(0).parse_all(bytes).map_while(Result::ok).any(|payload| holds_too_deep(bytes, &payload))
}

/// Whether the sections of all parts follow each other to the end of the file, as whoever decodes WIT takes for granted,
/// no types nest too deep in them, and there are not too many parts for the validator.
pub(super) fn is_whole(bytes: &[u8]) -> bool {
    let (mut parser, mut rest, mut around) = (Parser::new(0), bytes, Vec::new());
    let mut parts = 0;
    loop {
        let Ok(Chunk::Parsed { consumed, payload }) = parser.parse(rest, true) else { return false };
        if holds_too_deep(bytes, &payload) {
            return false;
        }
        // Functions are most of a large file, and nothing in them matters here.
        let code = match &payload {
            Payload::CodeSectionStart { size, .. } => *size as usize,
            _ => 0,
        };
        let Some(next) = rest.get(consumed + code..) else { return false };
        rest = next;
        match payload {
            Payload::CodeSectionStart { .. } => parser.skip_section(),
            Payload::ModuleSection { parser: inner, .. } | Payload::ComponentSection { parser: inner, .. } => {
                parts += 1;
                if parts >= MAX_PARTS || around.len() + 1 >= MAX_DEPTH {
                    return false;
                }
                around.push(std::mem::replace(&mut parser, inner));
            }
            Payload::End(_) => match around.pop() {
                Some(outer) => parser = outer,
                None => return true,
            },
            _ => {}
        }
    }
}

fn holds_too_deep(bytes: &[u8], payload: &Payload<'_>) -> bool {
    let Payload::ComponentTypeSection(section) = payload else { return false };
    let at = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    nests_too_deep(bytes.get(at(section.range().start)..at(section.range().end)))
}

/// What is said of such bytes.
pub(super) const TOO_DEEP: &str = "types of instances and components nest more than 100 levels deep";

/// Whether a component's type section nests types of components and instances deeper than `MAX_TYPE_DEPTH`: reading it
/// could run out of stack.
pub(super) fn nests_too_deep(section: Option<&[u8]>) -> bool {
    let Some(bytes) = section else { return false };
    // Each level has its byte, and few sections have so many of them.
    bytes.iter().filter(|b| matches!(b, 0x41 | 0x42)).count() > MAX_TYPE_DEPTH
        && depth_exceeds(&mut BinaryReader::new(bytes, 0))
}

/// Reads what can be read; after that the reader of the types does not get deeper either.
fn depth_exceeds(reader: &mut BinaryReader<'_>) -> bool {
    let Ok(count) = reader.read_var_u32() else { return false };
    // How many declarations are left at each level, outermost first.
    let mut left = vec![count];
    while let Some(count) = left.last_mut() {
        if *count == 0 {
            left.pop();
            continue;
        }
        *count -= 1;
        let declaration = if left.len() == 1 { Ok(1) } else { reader.read_u8() };
        let read = match declaration {
            Ok(0) => reader.read::<CoreType<'_>>().map(drop),
            Ok(1) => match reader.clone().read_u8() {
                Ok(0x41 | 0x42) => {
                    if left.len() > MAX_TYPE_DEPTH {
                        return true;
                    }
                    reader.read_u8().and_then(|_| reader.read_var_u32()).map(|inside| left.push(inside))
                }
                _ => reader.read::<ComponentType<'_>>().map(drop),
            },
            Ok(2) => reader.read::<ComponentAlias<'_>>().map(drop),
            Ok(3) => reader.read::<ComponentImport<'_>>().map(drop),
            Ok(4) => reader.read::<ComponentExternName<'_>>().and_then(|_| reader.read::<ComponentTypeRef>()).map(drop),
            _ => return false,
        };
        if read.is_err() {
            return false;
        }
    }
    false
}
