//! `wirebench plug`: what one component imports is taken from others.

use super::Exit;
use crate::compose::NotPlugged;
use crate::session::{Machine, PlugFailure, PlugFiles, PluggedFile, plug_files};
use std::path::PathBuf;

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  2  the command line or a file is not usable
  6  nothing fits, several plugs fit one import, or the result would not be valid";

/// Plugs components into the imports of another and writes the result, which exports what the socket exports.
///
/// An import takes the export of its own name, or else of a compatible version; plugs are wired to each other too. What no plug
/// gives stays an import of the result.
#[derive(clap::Args)]
#[command(after_help = EXIT_CODES)]
pub struct Arguments {
    /// The component that needs something (.wasm, .wat).
    socket: PathBuf,
    /// The components that give it.
    #[arg(required = true)]
    plugs: Vec<PathBuf>,
    /// Where the result is written.
    #[arg(short, long, value_name = "OUT.wasm")]
    output: PathBuf,
    /// The plug that is taken where several could be, by the name of its file without its ending; for one import only: IMPORT=NAME.
    /// May be given more than once.
    #[arg(long, value_name = "NAME")]
    prefer: Vec<String>,
}

pub fn run(arguments: Arguments) -> Exit {
    let Arguments { socket, plugs, prefer, output } = arguments;
    let files = PlugFiles { socket, plugs, prefer, output };
    match plug_files(&files, &Machine::new(None, || {})) {
        Ok(PluggedFile { plugged, warnings, size }) => {
            let made = plugged.made.iter().cloned();
            let left = plugged.left.iter().map(|why| format!("note: {why}"));
            let warnings = warnings.iter().map(ToString::to_string);
            let written = format!("{}: {size}\n", files.output.display());
            // One write: standard error has no buffer, and writes each piece of a line by itself.
            let told: Vec<String> = made.chain(left).chain(warnings).chain([written]).collect();
            eprint!("{}", told.join("\n"));
            Exit::Done
        }
        Err(PlugFailure::Files(found)) => {
            found.iter().for_each(|fault| eprintln!("{fault}"));
            Exit::BadInput
        }
        Err(PlugFailure::NotComposed(found)) => {
            found.iter().for_each(|fault| eprintln!("{fault}"));
            Exit::NotRun
        }
        Err(PlugFailure::NotPlugged(why)) => {
            let mut reasons = why.reasons().iter();
            reasons.next().into_iter().for_each(|first| eprintln!("error: {first}"));
            reasons.for_each(|more| eprintln!("  {more}"));
            if matches!(why, NotPlugged::Input(_)) { Exit::BadInput } else { Exit::NotRun }
        }
    }
}
