//! Plugging files in one go, without a document: nothing of it is shown or undone, so nothing is read back.

use super::files::{WORTH_A_THREAD, file_name};
use super::{Env, MOST_FILE_BYTES};
use crate::component::{self, Component};
use crate::compose::{self, Encoded, Library, NotPlugged, Plug, Plugged};
use crate::diag::{Diagnostic, Severity, Subject, display_safe_line};
use crate::measure::Bytes;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::channel;

/// Files to plug, and where the result goes.
#[derive(Debug)]
pub struct PlugFiles {
    /// The component that needs something.
    pub socket: PathBuf,
    /// Those that give it.
    pub plugs: Vec<PathBuf>,
    /// As [`compose::plug`] takes it.
    pub prefer: Vec<String>,
    /// Where the result is written.
    pub output: PathBuf,
}

/// A result that was written.
#[derive(Debug)]
pub struct PluggedFile {
    /// What was plugged into what.
    pub plugged: Plugged,
    /// What is worth knowing of the result.
    pub warnings: Vec<Diagnostic>,
    /// Its size.
    pub size: Bytes,
}

/// Why no result was written.
#[derive(Debug)]
pub enum PlugFailure {
    /// Files that are not usable.
    Files(Vec<Diagnostic>),
    /// They do not fit.
    NotPlugged(NotPlugged),
    /// The result would not be valid.
    NotComposed(Vec<Diagnostic>),
}

/// A file, and what is in it.
type Read<'a> = (&'a PathBuf, Arc<[u8]>);

/// Plugs the files and writes the result. While they are plugged, another thread validates them.
///
/// # Errors
/// What is in the way; then nothing is written.
pub fn plug_files(files: &PlugFiles, env: &dyn Env) -> Result<PluggedFile, PlugFailure> {
    let output = env.absolute(&files.output);
    let (mut read, mut failed) = (Vec::new(), Vec::new());
    for path in [&files.socket].into_iter().chain(&files.plugs) {
        if env.absolute(path) == output {
            failed.push(about(path, format!("{} is one of the inputs; choose another output", file_name(path))));
        }
        match env.read_file(path, MOST_FILE_BYTES) {
            Ok(bytes) => read.push((path, bytes)),
            Err(why) => {
                failed.push(about(path, format!("{} was not opened: {why} ({})", file_name(path), path.display())));
            }
        }
    }
    if !failed.is_empty() {
        return Err(PlugFailure::Files(failed));
    }

    let is_apart = read.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() >= WORTH_A_THREAD;
    let (say, verdict) = channel();
    if is_apart {
        let all: Vec<Arc<[u8]>> = read.iter().map(|(_, bytes)| Arc::clone(bytes)).collect();
        env.spawn(
            "validate",
            Box::new(move || _ = say.send(all.iter().all(|bytes| component::fault(bytes).is_none()))),
        );
    }
    // WIT is for people: it is read only where something has to be told in its words.
    let (plugged, encoded) =
        match composed(&read, &files.prefer, |name, bytes| component::decode_types(name, bytes, !is_apart)) {
            Ok((plugged, encoded)) if plugged.left.is_empty() && encoded.warnings.is_empty() => (plugged, encoded),
            _ => composed(&read, &files.prefer, component::decode)?,
        };
    if is_apart && !verdict.recv().unwrap_or_default() {
        opened(&read, component::decode)?;
    }
    env.write_made_file(&output, &encoded.bytes).map_err(|why| {
        let text = format!("{} was not saved: {why} ({})", file_name(&output), files.output.display());
        PlugFailure::Files(vec![about(&output, text)])
    })?;
    Ok(PluggedFile { plugged, warnings: encoded.warnings, size: Bytes(encoded.bytes.len() as u64) })
}

/// Plugs the files, the first being the socket, as they are decoded.
fn composed(
    read: &[Read<'_>],
    prefer: &[String],
    decode: impl Fn(&str, Arc<[u8]>) -> Component,
) -> Result<(Plugged, Encoded), PlugFailure> {
    let (plugs, library) = opened(read, decode)?;
    let Some((socket, plugs)) = plugs.split_first() else { return Err(PlugFailure::Files(Vec::new())) };
    let plugged = compose::plug(socket, plugs, prefer, &library).map_err(PlugFailure::NotPlugged)?;
    let encoded = compose::encode(&plugged.composition, &library).map_err(PlugFailure::NotComposed)?;
    Ok((plugged, encoded))
}

/// The files as components, unless something is wrong with one.
fn opened(
    read: &[Read<'_>],
    decode: impl Fn(&str, Arc<[u8]>) -> Component,
) -> Result<(Vec<Plug>, Library), PlugFailure> {
    let (mut plugs, mut library, mut failed) = (Vec::new(), Library::new(), Vec::new());
    for (path, bytes) in read {
        let component = decode(&file_name(path), Arc::clone(bytes));
        faults(path, &component, &mut failed);
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        plugs.push(Plug { name, component: component.digest });
        library.insert(component.digest, Arc::new(component));
    }
    if failed.is_empty() { Ok((plugs, library)) } else { Err(PlugFailure::Files(failed)) }
}

/// What keeps a file from being plugged. That something else than a component cannot be, is left to [`compose::plug`].
fn faults(path: &Path, component: &Component, out: &mut Vec<Diagnostic>) {
    let errors = component.diagnostics.iter().filter(|d| d.severity == Severity::Error);
    out.extend(errors.map(|d| Diagnostic { message: format!("{}: {}", file_name(path), d.message), ..d.clone() }));
}

fn about(path: &Path, message: String) -> Diagnostic {
    Diagnostic::error(Subject::File(file_name(path)), display_safe_line(&message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Memory;

    /// Plugs a component whose function has this body, and which is too large to be validated at once, into one that needs it.
    fn plugged(body: &str) -> (Memory, Result<PluggedFile, PlugFailure>) {
        let data = "x".repeat(WORTH_A_THREAD);
        let plug = format!(
            r#"(component
                (core module $m (memory 2) (data (i32.const 0) "{data}") (func (export "f") (result i32) {body}))
                (core instance $i (instantiate $m))
                (func (export "f") (result u32) (canon lift (core func $i "f"))))"#
        );
        let socket = r#"(component (import "f" (func $f (result u32))) (export "g" (func $f)))"#;
        let env = Memory::default();
        env.put("/plug.wasm", wat::parse_str(plug).unwrap());
        env.put("/socket.wasm", wat::parse_str(socket).unwrap());
        let files = PlugFiles {
            socket: "/socket.wasm".into(),
            plugs: vec!["/plug.wasm".into()],
            prefer: Vec::new(),
            output: "/out.wasm".into(),
        };
        let result = plug_files(&files, &env);
        (env, result)
    }

    #[test]
    fn what_is_plugged_is_valid_to_the_last_function() {
        let (env, result) = plugged("i32.const 7");
        assert_eq!(result.unwrap().plugged.made, ["plug · f → socket"]);
        assert_eq!(component::fault(&env.get("/out.wasm").unwrap()), None);
    }

    #[test]
    fn a_plug_with_a_wrong_function_is_named_and_nothing_written() {
        let (env, result) = plugged("i64.const 7");
        let Err(PlugFailure::Files(found)) = result else { panic!("{result:?}") };
        assert!(found[0].message.starts_with("plug.wasm: Not valid WebAssembly: type mismatch"), "{found:?}");
        assert_eq!(env.get("/out.wasm"), None);
    }

    #[test]
    fn what_fits_and_what_comes_out_is_the_same_without_wit() {
        let samples: Vec<(PathBuf, Arc<[u8]>)> = crate::session::samples::SAMPLES
            .iter()
            .filter(|sample| sample.bytes.len() < 200 << 10)
            .map(|sample| (PathBuf::from(sample.file), Arc::from(sample.bytes)))
            .collect();
        let read: Vec<Read<'_>> = samples.iter().map(|(path, bytes)| (path, Arc::clone(bytes))).collect();
        let (plugs, types) = opened(&read, |name, bytes| component::decode_types(name, bytes, true)).unwrap();
        let (_, all) = opened(&read, component::decode).unwrap();
        let mut plugged = 0;
        for socket in &plugs {
            for plug in &plugs {
                let outcome = |library: &Library| {
                    let Ok(plugged) = compose::plug(socket, std::slice::from_ref(plug), &[], library) else {
                        return None;
                    };
                    let encoded = compose::encode(&plugged.composition, library);
                    Some((plugged.made, plugged.left.len(), encoded.map(|e| (e.bytes, e.warnings.len()))))
                };
                let with_wit = outcome(&all);
                assert_eq!(outcome(&types), with_wit, "{} into {}", plug.name, socket.name);
                plugged += usize::from(with_wit.is_some());
            }
        }
        assert!(plugged > 5, "{plugged}");
    }

    #[test]
    fn an_input_is_never_the_output() {
        let (env, _) = plugged("i32.const 7");
        let before = env.get("/plug.wasm");
        let (socket, plug) = (PathBuf::from("/socket.wasm"), PathBuf::from("/plug.wasm"));
        let files = PlugFiles { socket, plugs: vec![plug.clone()], prefer: Vec::new(), output: plug };
        let Err(PlugFailure::Files(found)) = plug_files(&files, &env) else { panic!("it was written") };
        assert_eq!(found[0].message, "plug.wasm is one of the inputs; choose another output");
        assert_eq!(env.get("/plug.wasm"), before);
    }
}
