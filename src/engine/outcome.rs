//! How the engine's errors become words.

use super::link::Denied;
use crate::call::{Denial, Outcome, Trap};
use crate::diag::display_safe_line;
use wasmtime::WasmBacktrace;
use wasmtime_wasi::I32Exit;

/// The outcome of a guest's code that ended with this error. `hit` is the limit it ran into on the way, `imports` are
/// the component's own names for its imports, and `asked_by` says who asks for which.
pub(super) fn from_error(
    error: &wasmtime::Error,
    hit: Option<String>,
    imports: &[String],
    asked_by: &[(String, Vec<String>)],
) -> Outcome {
    if let Some(denied) = error.downcast_ref::<Denied>() {
        let interface = super::log::full_name(imports, &denied.interface);
        let instances = asked_by.iter().find(|(import, _)| import == interface);
        return Outcome::Denied(Denial {
            interface: interface.to_owned(),
            function: denied.function.clone(),
            instances: instances.map(|(_, names)| names.clone()).unwrap_or_default(),
            capability: denied.capability,
        });
    }
    if let Some(I32Exit(code)) = error.downcast_ref::<I32Exit>() {
        return match code {
            0 => Outcome::Returned(None),
            code => Outcome::Failed(format!("the component exited with code {code}")),
        };
    }
    if let Some(limit) = hit {
        return Outcome::LimitReached(limit);
    }
    let message = root(error);
    // The engine has no type for this one.
    if message.contains("fuel allocated for hostcalls has been exhausted") {
        let size = crate::measure::Bytes(super::HOST_COPY_BYTES as u64);
        return Outcome::LimitReached(format!("limit of {size} for the values of one call"));
    }
    Outcome::Trapped(Trap { message, frames: error.downcast_ref::<WasmBacktrace>().map(frames).unwrap_or_default() })
}

/// The innermost cause on one line, without the engine's prefixes.
pub(super) fn root(error: &wasmtime::Error) -> String {
    let cause = error.root_cause().to_string();
    let cause = cause.strip_prefix("wasm trap: ").unwrap_or(&cause);
    display_safe_line(cause).into_owned()
}

/// All causes on one line, outermost first.
pub(super) fn chain(error: &wasmtime::Error) -> String {
    let words: Vec<_> = error.chain().map(|cause| cause.to_string()).collect();
    display_safe_line(&words.join(": ")).into_owned()
}

/// The guest's stack, innermost first. The engine demangles names only in its own listing, so that is read here:
/// `  0:  0x2b - module!function`, and `- outer` and `at file:line` on lines of their own where debug info has them.
fn frames(backtrace: &WasmBacktrace) -> Vec<String> {
    let mut frames: Vec<String> = Vec::new();
    for line in backtrace.to_string().lines().skip(1) {
        let line = line.trim_start();
        if let Some(place) = line.strip_prefix("at ") {
            if let Some(last) = frames.last_mut() {
                last.push_str(&format!(" ({})", display_safe_line(place)));
            }
            continue;
        }
        let number_end = line.find(": ").filter(|end| line.bytes().take(*end).all(|b| b.is_ascii_digit()));
        let name = match (number_end, line.strip_prefix("- ")) {
            (_, Some(inlined_into)) => inlined_into,
            (Some(end), None) => {
                let rest = line.get(end + 2..).unwrap_or_default().trim_start();
                let offset_end = rest.find(" - ").filter(|_| rest.starts_with("0x"));
                offset_end.and_then(|end| rest.get(end + 3..)).unwrap_or(rest)
            }
            (None, None) => continue,
        };
        let name = name.strip_prefix("<unknown>!").unwrap_or(name);
        frames.push(display_safe_line(name).into_owned());
    }
    frames
}
