//! Which WebAssembly features a file really needs, beyond those of the 1.0 core specification and the component model.
//!
//! The validator says so: it starts with nothing beyond 1.0, and whatever it misses is what the file needs.

use super::Component;
use super::check::{TOO_DEEP, is_too_deep, validate};
use super::decode::features;
use super::guard::caught;
use super::parts::MAX_PARTS;
use wasmparser::{
    Error, FuncToValidate, FuncValidatorAllocations, Parser, Payload, ValidPayload, Validator, WasmFeatures,
};

/// A feature of WebAssembly that not every engine has.
#[derive(Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Its name, as in `gc`, for machines.
    pub id: &'static str,
    /// Its name, as in `Garbage collection`.
    pub name: &'static str,
    /// What it adds, as a sentence without a full stop.
    pub what: &'static str,
    /// How settled it is.
    pub stage: Stage,
    flags: WasmFeatures,
}

impl Proposal {
    /// Whether the engine here can switch it on.
    pub fn is_supported(&self) -> bool {
        features().contains(self.flags)
    }
}

/// How settled a [`Proposal`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Part of the core specification 2.0.
    Core2,
    /// Part of the core specification 3.0.
    Core3,
    /// A proposal for the core specification.
    Proposal,
    /// Part of the component model since WASI 0.3.
    Async,
    /// Proposed for the component model, and not released.
    ComponentProposal,
}

impl Stage {
    /// What a person reads.
    pub fn label(self) -> &'static str {
        match self {
            Stage::Core2 => "WebAssembly 2.0",
            Stage::Core3 => "WebAssembly 3.0",
            Stage::Proposal => "proposal",
            Stage::Async => "component model, WASI 0.3",
            Stage::ComponentProposal => "component model, not final",
        }
    }
}

/// What [`proposals`] found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proposals {
    /// What the file needs, in the order of the specifications.
    pub needed: Vec<&'static Proposal>,
    /// Why there may be more: the file is not valid, and was examined up to its fault.
    pub incomplete: Option<String>,
}

macro_rules! proposals {
    ($($stage:ident $flag:ident $id:literal $name:literal $what:literal;)*) => {
        &[$(Proposal { id: $id, name: $name, what: $what, stage: Stage::$stage, flags: WasmFeatures::$flag }),*]
    };
}

/// Every feature that the validator knows beyond those of 1.0. One that contains another stands before it.
static ALL: &[Proposal] = proposals! {
    Core2 SATURATING_FLOAT_TO_INT "saturating-float-to-int" "Saturating conversions"
        "Conversions of floating-point numbers to integers that do not trap";
    Core2 SIGN_EXTENSION "sign-extension" "Sign extension" "Instructions that extend the sign of small integers";
    Core2 MULTI_VALUE "multi-value" "Multiple values" "Functions and blocks with several results";
    Core2 REFERENCE_TYPES "reference-types" "Reference types" "References to functions and host objects, and several tables";
    Core2 CALL_INDIRECT_OVERLONG "call-indirect-overlong" "Long table numbers"
        "Table numbers of indirect calls spelled in more bytes than they need, as linkers do";
    Core2 BULK_MEMORY "bulk-memory" "Bulk memory" "Copies and fills of whole ranges, and passive data";
    Core2 BULK_MEMORY_OPT "bulk-memory-opt" "Memory copy and fill" "Copies and fills of whole ranges of memory";
    Core2 SIMD "simd" "SIMD" "Vectors of 128 bits";
    Core3 EXTENDED_CONST "extended-const" "Extended constants" "Arithmetic in constant expressions";
    Core3 TAIL_CALL "tail-call" "Tail calls" "Calls that replace the frame of the caller";
    Core3 MULTI_MEMORY "multi-memory" "Multiple memories" "More than one memory in a module";
    Core3 MEMORY64 "memory64" "64-bit memory" "Memories and tables with 64-bit addresses";
    Core3 RELAXED_SIMD "relaxed-simd" "Relaxed SIMD"
        "Faster vector instructions whose results may differ between machines";
    Core3 FUNCTION_REFERENCES "function-references" "Typed function references" "References with the type of the function";
    Core3 GC "gc" "Garbage collection" "Structures and arrays that the engine manages";
    Core3 EXCEPTIONS "exceptions" "Exceptions" "Throwing and catching exceptions";
    Proposal THREADS "threads" "Threads" "Memory shared between threads, and atomic instructions";
    Proposal SHARED_EVERYTHING_THREADS "shared-everything-threads" "Shared-everything threads"
        "Functions, tables and objects shared between threads";
    Proposal WIDE_ARITHMETIC "wide-arithmetic" "Wide arithmetic" "Arithmetic with 128-bit integers";
    Proposal CUSTOM_PAGE_SIZES "custom-page-sizes" "Custom page sizes" "Memories with pages other than 64 KiB";
    Proposal MEMORY_CONTROL "memory-control" "Memory control" "Instructions that give memory back";
    Proposal STACK_SWITCHING "stack-switching" "Stack switching" "Functions that can be left and resumed";
    Proposal CUSTOM_DESCRIPTORS "custom-descriptors" "Custom descriptors" "Type descriptors for managed objects";
    Proposal COMPACT_IMPORTS "compact-imports" "Compact imports" "A shorter encoding of import sections";
    Proposal LEGACY_EXCEPTIONS "legacy-exceptions" "Legacy exceptions"
        "The first form of exceptions, which the specification has given up";
    Async CM_ASYNC "cm-async" "Async" "Asynchronous functions, streams and futures";
    ComponentProposal CM_ASYNC_STACKFUL "cm-async-stackful" "Async with a stack"
        "Asynchronous functions that block without callbacks";
    ComponentProposal CM_MORE_ASYNC_BUILTINS "cm-more-async-builtins" "More async built-ins"
        "Further built-in functions for asynchronous code";
    ComponentProposal CM_THREADING "cm-threading" "Component threads" "Threads started by a component";
    ComponentProposal CM_ERROR_CONTEXT "cm-error-context" "Error context" "Errors with a message for debugging";
    ComponentProposal CM_FIXED_LENGTH_LISTS "cm-fixed-length-lists" "Fixed-length lists" "Lists whose length is part of the type";
    ComponentProposal CM_MAP "cm-map" "Maps" "A type for keys and their values";
    ComponentProposal CM_IMPLEMENTS "cm-implements" "Named implementations"
        "One interface imported or exported several times under names of one's own";
    ComponentProposal CM_VALUES "cm-values" "Values" "Imports and exports of values";
    ComponentProposal CM_NESTED_NAMES "cm-nested-names" "Nested names" "Nested name spaces and packages";
    ComponentProposal CM_GC "cm-gc" "Managed values at the boundary" "Arguments and results as managed objects";
    ComponentProposal CM64 "cm64" "64-bit components" "Components around modules with 64-bit memory";
    ComponentProposal CM_CANON_NAMES "cm-canon-names" "Canonical names" "Interface names with the compatible part of the version";
};

/// The features that a file needs. Validates it about twice, whatever it needs; `None` if it was cancelled.
pub fn proposals(component: &Component, is_cancelled: &dyn Fn() -> bool) -> Option<Proposals> {
    let bytes = &*component.bytes;
    if is_too_deep(bytes) {
        return Some(Proposals { needed: Vec::new(), incomplete: Some(TOO_DEEP.to_owned()) });
    }
    let mut search = Search { have: WasmFeatures::WASM1 | WasmFeatures::COMPONENT_MODEL, is_cancelled };
    let incomplete = match search.all(bytes) {
        Ok(()) => None,
        Err(Stop::Cancelled) => return None,
        Err(Stop::Invalid(why)) => Some(why),
    };
    let mut named = WasmFeatures::empty();
    let mut needed = Vec::new();
    for proposal in ALL {
        if search.have.contains(proposal.flags) && !named.contains(proposal.flags) {
            named |= proposal.flags;
            needed.push(proposal);
        }
    }
    Some(Proposals { needed, incomplete })
}

enum Stop {
    Cancelled,
    Invalid(String),
}

struct Search<'a> {
    /// What was found to be needed so far.
    have: WasmFeatures,
    is_cancelled: &'a dyn Fn() -> bool,
}

impl Search<'_> {
    fn all(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        // Everything but the functions' bodies first: that is quick, and said again for each feature that is missing.
        self.find(&mut |features| structure(bytes, features, &mut |_, _| Ok(())))?;
        // Then each body by itself.
        let mut stop = None;
        let mut room = FuncValidatorAllocations::default();
        let structure = structure(bytes, self.have, &mut |function, body| {
            let valid = self.find(&mut |features| validate_body(&function, &body, features, &mut room));
            valid.map_err(|why| {
                stop = Some(why);
                None
            })
        });
        if let Some(stop) = stop {
            return Err(stop);
        }
        // Features change each other a little, so the last word has the validator as everybody uses it.
        if structure.is_err() || validate(bytes, self.have).is_err() {
            self.find(&mut |features| match validate(bytes, features) {
                Ok(_) => Ok(()),
                Err(why) => Err(Some(Fault { missing: None, why })),
            })?;
        }
        Ok(())
    }

    /// Adds features to what is there until `check` passes.
    fn find(&mut self, check: &mut dyn FnMut(WasmFeatures) -> Checked) -> Result<(), Stop> {
        loop {
            if (self.is_cancelled)() {
                return Err(Stop::Cancelled);
            }
            let Err(fault) = check(self.have) else { return Ok(()) };
            match fault.as_ref().and_then(|f| f.missing).filter(|f| !self.have.contains(*f)) {
                Some(missing) => self.have |= missing,
                // Some faults do not say what is missing: then the smallest set is searched that passes.
                None => {
                    if let Err(fault) = check(WasmFeatures::all()) {
                        let why = fault.map_or_else(|| "the validator stopped unexpectedly".to_owned(), |f| f.why);
                        return Err(Stop::Invalid(why));
                    }
                    let absent: Vec<_> = ALL.iter().map(|p| p.flags).filter(|f| !self.have.contains(*f)).collect();
                    let found = self.needed(self.have, &absent, check)?;
                    if found.is_empty() {
                        return Ok(()); // the check answers differently each time
                    }
                    self.have |= found;
                    return Ok(());
                }
            }
        }
    }

    /// Which of `candidates` are needed beside `have`. Halves them: where one half passes, nothing of the other is needed.
    fn needed(
        &self,
        have: WasmFeatures,
        candidates: &[WasmFeatures],
        check: &mut dyn FnMut(WasmFeatures) -> Checked,
    ) -> Result<WasmFeatures, Stop> {
        if (self.is_cancelled)() {
            return Err(Stop::Cancelled);
        }
        if candidates.is_empty() || check(have).is_ok() {
            return Ok(WasmFeatures::empty());
        }
        if let [only] = candidates {
            return Ok(*only);
        }
        let (first, second) = candidates.split_at(candidates.len() / 2);
        let all = |flags: &[WasmFeatures]| flags.iter().fold(WasmFeatures::empty(), |a, b| a | *b);
        let of_first = self.needed(have | all(second), first, check)?;
        let of_second = self.needed(have | of_first, second, check)?;
        Ok(of_first | of_second)
    }
}

/// Whether something is valid, and if not, why; `None` if the validator gave up without a word.
type Checked = Result<(), Option<Fault>>;

struct Fault {
    /// The feature that would mend it.
    missing: Option<WasmFeatures>,
    why: String,
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let why = format!("{} (at byte {})", crate::diag::display_safe_line(error.message()), error.offset());
        Self { missing: error.missing_wasm_feature(), why }
    }
}

type Function = FuncToValidate<wasmparser::ValidatorResources>;
type Body<'a> = wasmparser::FunctionBody<'a>;

/// Validates everything but the bodies of functions, which `body` gets.
fn structure(bytes: &[u8], features: WasmFeatures, body: &mut dyn FnMut(Function, Body<'_>) -> Checked) -> Checked {
    let mut validator = Validator::new_with_features(features);
    let mut parser = Parser::new(0);
    parser.set_features(features);
    let mut parts = 0;
    for payload in parser.parse_all(bytes) {
        let payload = payload.map_err(|e| Some(e.into()))?;
        parts += usize::from(matches!(payload, Payload::Version { .. }));
        if parts > MAX_PARTS {
            // The validator takes time in the square of their number.
            let why = format!("it holds more than {MAX_PARTS} components and modules");
            return Err(Some(Fault { missing: None, why }));
        }
        // The validator may panic on hostile bytes.
        match caught(|| validator.payload(&payload)) {
            Ok(Ok(ValidPayload::Func(function, found))) => body(function, found)?,
            Ok(Ok(_)) => {}
            Ok(Err(error)) => return Err(Some(error.into())),
            Err(_) => return Err(None),
        }
    }
    Ok(())
}

fn validate_body(
    function: &Function,
    body: &Body<'_>,
    features: WasmFeatures,
    room: &mut FuncValidatorAllocations,
) -> Checked {
    let function = FuncToValidate { resources: function.resources.clone(), features, ..*function };
    let validate = || {
        let mut validator = function.into_validator(std::mem::take(room));
        validator.validate(body).map(|()| validator.into_allocations())
    };
    match caught(validate) {
        Ok(Ok(used)) => {
            *room = used;
            Ok(())
        }
        Ok(Err(error)) => Err(Some(error.into())),
        Err(_) => Err(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::component::decode;

    fn of(text: &str) -> Proposals {
        let bytes = wat::parse_str(text).unwrap_or_else(|e| panic!("{text}: {e}"));
        proposals(&decode("x.wasm", bytes.into()), &|| false).unwrap()
    }

    fn ids(found: &Proposals) -> Vec<&'static str> {
        found.needed.iter().map(|p| p.id).collect()
    }

    #[test]
    fn a_file_of_the_first_version_needs_nothing() {
        for text in [
            "(module (memory 1) (func (export \"f\") (param i32) (result i32) local.get 0 i32.load))",
            "(module (global (mut i32) (i32.const 0)) (export \"g\" (global 0)))",
            "(component (import \"f\" (func (param \"a\" (list u8)) (result (result string)))))",
        ] {
            assert_eq!(of(text), Proposals::default(), "{text}");
        }
    }

    #[test]
    fn each_feature_is_found_where_it_is_needed() {
        let mut faults = String::new();
        for (text, expected) in [
            (
                "(module (func (param f32) (result i32) local.get 0 i32.trunc_sat_f32_s))",
                &["saturating-float-to-int"][..],
            ),
            ("(module (func (param i32) (result i32) local.get 0 i32.extend8_s))", &["sign-extension"]),
            ("(module (func (result i32 i32) i32.const 0 i32.const 1))", &["multi-value"]),
            ("(module (func (param externref)))", &["reference-types"]),
            ("(module (table 1 funcref) (table 1 funcref))", &["reference-types"]),
            ("(module (memory 1) (func i32.const 0 i32.const 0 i32.const 0 memory.copy))", &["bulk-memory-opt"]),
            ("(module (memory 1) (data $d \"x\") (func data.drop $d))", &["bulk-memory"]),
            ("(module (func (result v128) v128.const i32x4 0 0 0 0))", &["simd"]),
            ("(module (global i32 (i32.add (i32.const 1) (i32.const 2))))", &["extended-const"]),
            ("(module (func $f return_call $f))", &["tail-call"]),
            ("(module (memory 1) (memory 1))", &["multi-memory"]),
            ("(module (memory $a 1) (memory $b 1) (func (result i32) i32.const 0 i32.load $b))", &["multi-memory"]),
            ("(module (memory i64 1) (func (result i32) i64.const 0 i32.load))", &["memory64"]),
            ("(module (memory i64 1) (func (result i32) i64.const 0 i32.load offset=0x100000000))", &["memory64"]),
            (
                "(module (func (param v128 v128) (result v128) local.get 0 local.get 1 i8x16.relaxed_swizzle))",
                &["simd", "relaxed-simd"],
            ),
            (
                "(module (type $t (struct (field i32))) (func (result (ref $t)) i32.const 1 struct.new $t))",
                &["reference-types", "gc"],
            ),
            ("(module (tag $t) (func throw $t))", &["exceptions"]),
            ("(module (memory 1 1 shared) (func i32.const 0 i32.const 0 i32.atomic.store))", &["threads"]),
            (
                "(module (func (param i64 i64) (result i64 i64) local.get 0 local.get 1 i64.mul_wide_u))",
                &["multi-value", "wide-arithmetic"],
            ),
            ("(module (memory 1 (pagesize 1)))", &["custom-page-sizes"]),
            ("(component (import \"f\" (func async)))", &["cm-async"]),
            ("(component (type (stream u8)))", &["cm-async"]),
            ("(component (type error-context))", &["cm-error-context"]),
            ("(component (type (list u8 4)))", &["cm-fixed-length-lists"]),
            ("(component (type (map string u8)))", &["cm-map"]),
            ("(component (import \"v\" (value $v u8)) (export \"w\" (value $v)))", &["cm-values"]),
        ] {
            let found = of(text);
            if ids(&found) != expected || found.incomplete.is_some() {
                faults.push_str(&format!("{text}: {:?} {:?}\n", ids(&found), found.incomplete));
            }
        }
        assert!(faults.is_empty(), "\n{faults}");
    }

    #[test]
    fn a_fault_that_names_no_feature_is_narrowed_down() {
        // The table's number in two bytes where one is enough: without the feature this is merely malformed.
        let module = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0\x04\x04\x01\x70\0\x01\x0a\x0a\x01\x08\0\x41\0\x11\0\x80\0\x0b";
        let found = proposals(&decode("m.wasm", module[..].into()), &|| false).unwrap();
        assert_eq!((ids(&found), found.incomplete.as_deref()), (vec!["call-indirect-overlong"], None));
    }

    #[test]
    fn what_was_found_is_needed_and_enough() {
        for entry in std::fs::read_dir(format!("{}/samples/components", env!("CARGO_MANIFEST_DIR"))).unwrap() {
            let path = entry.unwrap().path();
            if std::fs::metadata(&path).unwrap().len() > 1 << 20 {
                continue; // seconds each, to no other end
            }
            let component = decode("sample.wasm", std::fs::read(&path).unwrap().into());
            let found = proposals(&component, &|| false).unwrap();
            assert_eq!(found.incomplete, None, "{path:?}");
            let base = WasmFeatures::WASM1 | WasmFeatures::COMPONENT_MODEL;
            let all = |but: Option<&str>| {
                found.needed.iter().filter(|p| Some(p.id) != but).fold(base, |all, p| all | p.flags)
            };
            assert!(validate(&component.bytes, all(None)).is_ok(), "{path:?}: {:?}", ids(&found));
            for p in &found.needed {
                assert!(validate(&component.bytes, all(Some(p.id))).is_err(), "{path:?} does not need {}", p.id);
            }
        }
    }

    #[test]
    fn a_broken_file_says_so_and_keeps_what_was_found() {
        let whole =
            wat::parse_str("(module (func (result v128) v128.const i32x4 0 0 0 0) (func (result i32) i64.const 0))")
                .unwrap();
        let found = proposals(&decode("m.wasm", whole.into()), &|| false).unwrap();
        assert_eq!(ids(&found), ["simd"]);
        assert!(found.incomplete.as_ref().is_some_and(|why| why.contains("type mismatch")), "{found:?}");
        assert!(proposals(&decode("x.wasm", b"nonsense"[..].into()), &|| false).unwrap().incomplete.is_some());
    }

    #[test]
    fn it_can_be_cancelled() {
        let component = decode("m.wat", b"(module (func (param v128)))"[..].into());
        assert_eq!(proposals(&component, &|| true), None);
    }

    #[test]
    fn the_list_knows_every_feature_of_the_validator() {
        let known = ALL.iter().fold(WasmFeatures::WASM1 | WasmFeatures::COMPONENT_MODEL, |all, p| all | p.flags);
        assert_eq!(known, WasmFeatures::all());
        let mut ids: Vec<_> = ALL.iter().map(|p| p.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), ALL.len());
    }
}
