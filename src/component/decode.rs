//! From bytes to a [`Component`]: what it is, whether it is valid, what it needs and gives.

use super::parts::{MAX_DEPTH, MAX_PARTS, Part, PartKind, RawExtern, Walk, walk};
use super::wit::{self, Described, Wit};
use super::{Component, Digest, Kind, Metadata};
use super::{check, compat, guard, plain};
use crate::diag::{Diagnostic, Subject, display_safe_line};
use std::sync::Arc;
use wasmparser::types::Types;
use wasmparser::{ComponentExternalKind, Parser, WasmFeatures};
use wit_component::DecodedWasm;

/// What a component may use: the core features and those of the component model that the engine can switch on.
pub fn features() -> WasmFeatures {
    WasmFeatures::WASM3
        | WasmFeatures::WIDE_ARITHMETIC
        | WasmFeatures::COMPONENT_MODEL
        | WasmFeatures::CM_ASYNC
        | WasmFeatures::CM_ASYNC_STACKFUL
        | WasmFeatures::CM_MORE_ASYNC_BUILTINS
        | WasmFeatures::CM_ERROR_CONTEXT
        | WasmFeatures::CM_MAP
        | WasmFeatures::CM_FIXED_LENGTH_LISTS
        | WasmFeatures::CM_IMPLEMENTS
}

/// Imports and exports that WIT has no word for are named one by one up to this many.
const MAX_NAMED: usize = 20;

/// Reads whatever can be read of a file. `name` is its file name; `.wat` text is parsed first.
///
/// Never fails and never panics; what is wrong stands in the diagnostics. It may take as long as validation takes, so a
/// window calls it on a worker.
pub fn decode(name: &str, bytes: Arc<[u8]>) -> Component {
    guarded(name, bytes, None, true)
}

/// The same while someone else validates the bytes, which takes longer than all the rest: `verdict` is asked late for what
/// [`fault`] found in them. It is not asked about bytes that `fault` does not look at.
pub fn decode_beside(name: &str, bytes: Arc<[u8]>, verdict: impl FnOnce() -> Option<String>) -> Component {
    let mut verdict = Some(verdict);
    let mut ask = || verdict.take().and_then(|verdict| verdict());
    let is_apart = check::is_whole(&bytes);
    guarded(name, bytes, is_apart.then_some(&mut ask), true)
}

/// The same without WIT, for work that only has to know what fits: imports, exports and types are those of validation,
/// nothing is documented, and a WIT package is not told from a component. Without `contents` someone else validates what
/// functions do and what memories and tables are filled with.
pub(crate) fn decode_types(name: &str, bytes: Arc<[u8]>, contents: bool) -> Component {
    let is_apart = !contents && check::is_whole(&bytes);
    guarded(name, bytes, is_apart.then_some(&mut || None), false)
}

/// What is wrong first in a binary, if anything is. Damaged ones, and text, are not looked at: [`decode`] says what is wrong
/// with them.
pub fn fault(bytes: &[u8]) -> Option<String> {
    guard::with_stack(|| check::is_whole(bytes).then(|| check::first_fault(bytes, features(), true)).flatten())
}

/// What is wrong first in a binary made of valid ones, if anything is. What functions do and what memories and tables are
/// filled with is taken over from them word for word, and looked at only with `contents`.
pub(crate) fn fault_of_made(bytes: &[u8], contents: bool) -> Option<String> {
    guard::with_stack(|| check::first_fault(bytes, features(), contents))
}

type Verdict<'a> = Option<&'a mut dyn FnMut() -> Option<String>>;

fn guarded(name: &str, bytes: Arc<[u8]>, verdict: Verdict<'_>, with_wit: bool) -> Component {
    guard::with_stack(|| guard::caught(|| read(name, Arc::clone(&bytes), verdict, with_wit))).unwrap_or_else(|_| {
        let mut component = empty(name, bytes);
        let why = "The file could not be read: the reader stopped unexpectedly, which is a defect of this program";
        component.diagnostics.push(Diagnostic::error(file(name), why));
        component
    })
}

/// The WIT text of a binary, as `wasm-tools component wit` prints it, and nothing else: the bodies of functions are not
/// validated for it. `None` if there is none or anything is wrong with the file; [`decode`] says what.
pub fn wit_text(bytes: &[u8]) -> Option<String> {
    guard::with_stack(|| {
        if !Parser::is_component(bytes) || !check::is_whole(bytes) {
            return None;
        }
        // Whether both of them are told as they are is known only with all types: `decode` looks.
        let decoded = decode_wit(bytes).ok().filter(|decoded| !wit::has_shared_interface(decoded))?;
        wit::print(&decoded).ok()
    })
}

fn file(name: &str) -> Subject {
    Subject::File(name.to_owned())
}

/// A component of which nothing is known but its bytes.
fn empty(name: &str, bytes: Arc<[u8]>) -> Component {
    // A backslash is no separator: the name may hold escapes of what could not be shown.
    let base = name.rsplit('/').next().unwrap_or(name);
    let stem = match base.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => base,
    };
    Component {
        name: if stem.is_empty() { "component" } else { stem }.to_owned(),
        digest: Digest::of(&bytes),
        root: Part::new(PartKind::Module, 0..bytes.len()),
        bytes,
        kind: Kind::Unknown,
        imports: Vec::new(),
        exports: Vec::new(),
        beyond: Vec::new(),
        interfaces: Vec::new(),
        worlds: Vec::new(),
        docs: None,
        types: Arc::default(),
        wit: None,
        metadata: Metadata::default(),
        diagnostics: Vec::new(),
        gaps: Vec::new(),
    }
}

fn read(name: &str, bytes: Arc<[u8]>, verdict: Verdict<'_>, with_wit: bool) -> Component {
    let mut bytes = bytes;
    if !bytes.starts_with(b"\0asm") && (is_text_name(name) || wat::Detect::from_bytes(&bytes).is_wasm()) {
        match guard::caught(|| wat::parse_bytes(&bytes).map(|b| Arc::from(&*b))) {
            Ok(Ok(binary)) => bytes = binary,
            failed => {
                let why = match failed {
                    Ok(Err(error)) => text_error(&error.to_string()),
                    _ => "the text could not be parsed".to_owned(),
                };
                let mut component = empty(name, bytes);
                component.diagnostics.push(
                    Diagnostic::error(file(name), format!("Not valid WebAssembly text: {why}"))
                        .with_hint("Correct the text, or open the binary .wasm file"),
                );
                return component;
            }
        }
    }
    let mut component = empty(name, bytes);
    if Parser::is_component(&component.bytes) {
        component.kind = Kind::Component;
    } else if Parser::is_core_wasm(&component.bytes) {
        component.kind = Kind::CoreModule;
    } else {
        component.diagnostics.push(foreign(name, &component.bytes));
        if is_any_component(&component.bytes) {
            component.root = Part::of_frames(&component.bytes);
        }
        return component;
    }
    read_binary(name, &mut component, verdict, with_wit);
    component
}

/// Whether it has the header of a component, of today's encoding or an older one.
pub(super) fn is_any_component(bytes: &[u8]) -> bool {
    matches!(bytes, [0, b'a', b's', b'm', _, 0, 1, 0, ..])
}

fn is_text_name(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, e)| e.eq_ignore_ascii_case("wat") || e.eq_ignore_ascii_case("wast"))
}

/// `message at line 1, column 2` from the parser's report, which draws the place with arrows on four lines.
fn text_error(report: &str) -> String {
    let message = report.lines().next().unwrap_or_default();
    let (message, short) = message.split_once(" at <anon>:").map_or((message, None), |(m, p)| (m, p.split_once(':')));
    let place = report.lines().find_map(|l| l.trim_start().strip_prefix("--> <anon>:")?.split_once(':'));
    match place.or(short) {
        Some((line, column)) => format!("{} at line {line}, column {column}", display_safe_line(message)),
        None => display_safe_line(message).into_owned(),
    }
}

/// Says what a file is that has no header we know, and what to do.
fn foreign(name: &str, bytes: &[u8]) -> Diagnostic {
    let (what, hint) = match bytes {
        [] => ("The file is empty", "Build or download it again"),
        [0, b'a', b's', b'm', version @ ..] => match version {
            [_, 0, 1, 0, ..] => (
                "This component has the encoding of an older, experimental version of the component model",
                "Build it again with tools of 2023-05 or later",
            ),
            [_, _, _, _, ..] => {
                ("The file has a WebAssembly header of an unknown version", "Open it with the tool that made it")
            }
            _ => ("The file ends within its header", "Build or download it again"),
        },
        [0x7f, b'E', b'L', b'F', ..] => (
            "This is native code (ELF): a program, or a component already compiled by an engine",
            "Open the .wasm file that it was made from",
        ),
        [b'M', b'Z', ..] | [0xcf | 0xce, 0xfa, 0xed, 0xfe, ..] | [0xca, 0xfe, 0xba, 0xbe, ..] => {
            ("This is native code, not WebAssembly", "Open the .wasm file that it was made from")
        }
        [b'P', b'K', 3 | 5 | 7, ..] => ("This is a ZIP archive", "Unpack it and open the .wasm file inside"),
        [0x1f, 0x8b, ..] => ("This is a gzip-compressed file", "Unpack it and open the .wasm file inside"),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => ("This is a Zstandard-compressed file", "Unpack it first"),
        [b'B', b'C', 0xc0, 0xde, ..] => ("This is LLVM bitcode, not WebAssembly", "Link it to a component first"),
        [b'!', b'<', b'a', b'r', b'c', b'h', b'>', ..] => {
            ("This is a static library, not a component", "Link it to a component first")
        }
        _ => match std::str::from_utf8(bytes).map(str::trim_start) {
            Ok(text) if text.starts_with('<') => (
                "This is an HTML or XML page, perhaps an error page saved in place of a download",
                "Download the file itself",
            ),
            Ok(text) if text.starts_with("package ") || name.ends_with(".wit") => {
                ("This is WIT text: it describes interfaces and holds no code", "Open a component that implements it")
            }
            Ok(_) => ("This is text, but not WebAssembly text", "Open a .wasm component"),
            Err(_) if bytes.len() < 8 => ("The file is too short to be WebAssembly", "Build or download it again"),
            Err(_) => ("This is not a WebAssembly file: it does not start with “\\0asm”", "Open a .wasm component"),
        },
    };
    Diagnostic::error(file(name), what).with_hint(hint)
}

fn read_binary(name: &str, component: &mut Component, verdict: Verdict<'_>, with_wit: bool) {
    let bytes = Arc::clone(&component.bytes);
    let part = if component.kind == Kind::Component { PartKind::Component } else { PartKind::Module };
    let Walk { root, metadata, externs, docs, complete, too_many_parts, too_deep, too_many_sections, check } =
        walk(&bytes, part, features(), verdict.is_none());
    component.root = root;
    component.metadata = metadata;
    let problems = &mut component.diagnostics;
    if too_many_parts {
        problems.push(Diagnostic::error(
            file(name),
            format!(
                "It holds more than {MAX_PARTS} components and modules, or some more than {MAX_DEPTH} levels deep, and is \
                 not read further"
            ),
        ));
        return;
    }

    let decoded = if component.kind == Kind::CoreModule {
        Err("it is a core module".to_owned())
    } else if !with_wit {
        Err("it was not asked for".to_owned())
    } else if complete && !too_deep {
        decode_wit(&bytes).or_else(|error| {
            // Broken documentation must not hide the interfaces.
            if docs.is_empty() { Err(error) } else { decode_wit(&without_docs(&bytes, &docs)).map_err(|_| error) }
        })
    } else {
        // The decoder makes room for as many bytes as a section claims to have: gigabytes for a few damaged bytes.
        Err("it is damaged".to_owned())
    };

    let fault = verdict.and_then(|ask| ask()).or_else(|| check.fault().map(str::to_owned));
    // What only needs a feature is read with it, to show what there is.
    let mut with_all = None;
    if let Some(why) = &fault {
        if !too_deep && complete {
            with_all = check::validate(&bytes, WasmFeatures::all()).ok();
        }
        problems.push(match with_all {
            Some(_) => {
                let needed = check::needed(&bytes, features()).join(" and ");
                Diagnostic::error(file(name), format!("It needs {needed}, which is not supported here: {why}"))
                    .with_hint("Build it without that feature of WebAssembly")
            }
            None => invalid(name, why),
        });
    }
    let types = with_all.as_ref().map(Types::as_ref).or_else(|| check.types());
    if too_many_sections {
        problems.push(Diagnostic::info(file(name), "The file has more sections than are listed"));
    }
    if component.kind == Kind::CoreModule {
        problems.push(
            Diagnostic::warning(file(name), "This is a core module: it has no typed interface to wire or call")
                .with_hint("Make a component of it with “wasm-tools component new”"),
        );
        component.beyond = types.map(plain::core).unwrap_or_default();
        return;
    }

    let decoded = decoded.and_then(|decoded| {
        let described = wit::describe(&decoded, &externs, types);
        match types.filter(|_| wit::has_shared_interface(&decoded)) {
            Some(types) => match mistold(&described, &plain::describe(&externs, Some(types))) {
                Some(name) => Err(format!("it has {name} twice, with different types")),
                None => Ok((decoded, described)),
            },
            None => Ok((decoded, described)),
        }
    });
    let described = match decoded {
        Ok((decoded, mut described)) => {
            component.wit = Some(Arc::new(Wit::new(decoded)));
            if externs.iter().any(RawExtern::is_beyond_wit) && !described.is_package {
                described.beyond = plain::beyond_wit(&externs, types);
            }
            described
        }
        Err(why) => {
            let described = plain::describe(&externs, types);
            if with_wit {
                component.gaps.extend(gaps(name, &why, fault.is_some(), &described));
            }
            described
        }
    };
    component.imports = described.imports;
    component.exports = described.exports;
    component.beyond = described.beyond;
    component.interfaces = described.interfaces;
    component.worlds = described.worlds;
    component.docs = described.docs;
    component.types = described.types;
    if described.is_package {
        component.kind = Kind::WitPackage;
        problems.push(
            Diagnostic::info(file(name), "This is a WIT package: types only, nothing to call")
                .with_hint("Open a component that implements it"),
        );
        return;
    }
    for raw in externs.iter().filter(|e| e.is_beyond_wit()).take(MAX_NAMED) {
        let way = if raw.is_import { "imports" } else { "exports" };
        let what = match raw.kind {
            ComponentExternalKind::Module => "core module",
            ComponentExternalKind::Component => "component",
            ComponentExternalKind::Value => "value",
            _ => "type",
        };
        problems.push(Diagnostic::warning(
            file(name),
            format!("It {way} the {what} `{}`, which cannot be wired or called", display_safe_line(&raw.name)),
        ));
    }
}

/// The first import or export that WIT tells otherwise than validation. WIT has one interface for a name, and where a
/// component has it twice, as an import and an export, the decoder takes functions and fields from the first.
fn mistold(told: &Described, valid: &Described) -> Option<String> {
    let of = |described: &Described| Component { types: Arc::clone(&described.types), ..empty("", Arc::default()) };
    let (told_of, valid_of) = (of(told), of(valid));
    let told = told.imports.iter().chain(&told.exports);
    let mut pairs = told.zip(valid.imports.iter().chain(&valid.exports));
    pairs
        .find(|(told, valid)| {
            // The larger of the two may have more, which is no difference to the smaller.
            told.name != valid.name
                || compat::differ((&told_of, told), (&valid_of, valid))
                || compat::differ((&valid_of, valid), (&told_of, told))
        })
        .map(|(_, valid)| valid.name.clone())
}

/// What a component without WIT does not tell.
fn gaps(name: &str, why: &str, is_invalid: bool, described: &Described) -> Vec<Diagnostic> {
    let why = match is_invalid {
        true => "the file is not valid".to_owned(),
        false => format!("WIT cannot express this component: {}", display_safe_line(why)),
    };
    let text = format!("No WIT text and no documentation, because {why}");
    let mut out = vec![
        Diagnostic::warning(file(name), text).with_hint("Imports, exports and types are shown as the binary has them"),
    ];
    let unknown = |is_import| described.beyond.iter().filter(|b| b.is_import == is_import && b.ty.is_none()).count();
    let counted = |n: usize, what: &str| match n {
        0 => None,
        1 => Some(format!("1 {what}")),
        n => Some(format!("{n} {what}s")),
    };
    let of: Vec<_> =
        [counted(unknown(true), "import"), counted(unknown(false), "export")].into_iter().flatten().collect();
    if !of.is_empty() {
        out.push(Diagnostic::warning(file(name), format!("The types of {} are not known", of.join(" and "))));
    }
    out
}

/// Says what is wrong.
fn invalid(name: &str, why: &str) -> Diagnostic {
    // The validator says what is around a mistake and then the mistake, each on a line; a line's end comes here escaped.
    let why = &why.replace("\\n", ": ");
    if why.contains("unexpected end") || why.contains("unexpected-eof") {
        Diagnostic::error(file(name), format!("The file ends too early: {why}"))
            .with_hint("It may be cut off: build or download it again")
    } else {
        Diagnostic::error(file(name), format!("Not valid WebAssembly: {why}"))
            .with_hint("Build it again, or report this to the makers of the tool that built it")
    }
}

/// What WIT says of a component. The one place that calls the WIT decoder, which panics on some components that validate.
///
/// # Errors
/// Why WIT cannot say it.
pub(crate) fn decode_wit(bytes: &[u8]) -> Result<DecodedWasm, String> {
    match guard::caught(|| wit_component::decode(bytes)) {
        Ok(Ok(decoded)) => Ok(decoded),
        Ok(Err(error)) => Err(format!("{error:#}")),
        Err(_) => Err("this component is outside of what WIT can express".to_owned()),
    }
}

/// The bytes with the documentation sections renamed, so that nobody reads them.
fn without_docs(bytes: &[u8], docs: &[std::ops::Range<usize>]) -> Vec<u8> {
    const NAME: &[u8] = b"package-docs";
    let mut bytes = bytes.to_vec();
    for range in docs {
        if let Some(section) = bytes.get_mut(range.clone())
            && let Some(at) = section.windows(NAME.len()).position(|w| w == NAME)
            && let Some(first) = section.get_mut(at)
        {
            *first = b'-';
        }
    }
    bytes
}
