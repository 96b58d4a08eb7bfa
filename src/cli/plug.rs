//! `wirebench plug`: what one component imports is taken from others.

use super::{Exit, Headless, fail};
use crate::compose::{self, Edit, NotPlugged, Plug};
use crate::session::{Change, Command};
use std::path::{Path, PathBuf};

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

pub fn run(arguments: &Arguments) -> Exit {
    let mut headless = Headless::new(false);
    let paths: Vec<&PathBuf> = [&arguments.socket].into_iter().chain(&arguments.plugs).collect();
    let mut opened = Vec::new();
    for path in paths {
        headless.apply(Command::Open(vec![path.clone()]));
        if headless.complain() {
            return Exit::BadInput;
        }
        let Some(plug) = plug_of(path, &headless) else {
            return fail(&format!("{} is not a component", path.display()));
        };
        opened.push(plug);
    }
    headless.warn();
    let Some((socket, plugs)) = opened.split_first() else { return Exit::BadInput };
    let plugged = match compose::plug(socket, plugs, &arguments.prefer, headless.session.library()) {
        Ok(plugged) => plugged,
        Err(why) => {
            let mut reasons = why.reasons().iter();
            reasons.next().into_iter().for_each(|first| eprintln!("error: {first}"));
            reasons.for_each(|more| eprintln!("  {more}"));
            return if matches!(why, NotPlugged::Input(_)) { Exit::BadInput } else { Exit::NotRun };
        }
    };
    plugged.made.iter().for_each(|wire| eprintln!("{wire}"));
    plugged.left.iter().for_each(|why| eprintln!("note: {why}"));
    headless.apply(Command::Change(Change::ComposeAll("Plug", edits(plugged.composition))));
    if headless.complain() {
        return Exit::NotRun;
    }
    headless.problems();
    headless.compose_to(&arguments.output)
}

/// The component that was opened from this file, which is the selected one.
fn plug_of(path: &Path, headless: &Headless) -> Option<Plug> {
    let crate::session::Selection::Component(component) = *headless.session.selection() else { return None };
    let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    Some(Plug { name, component })
}

fn edits(composition: compose::Composition) -> Vec<Edit> {
    let instances = composition.instances.into_iter();
    let instances = instances.map(|(name, instance)| Edit::AddInstance { name, component: instance.component });
    let wires = composition.wires.into_iter().map(|(to, from)| Edit::Connect { from, to });
    let exports = composition.exports.into_iter().map(|(name, from)| Edit::Export { from, name });
    instances.chain(wires).chain(exports).collect()
}
