//! The command line: one file per subcommand. They use the session as the window does; `plug` needs no document.
#![allow(clippy::print_stdout, clippy::print_stderr)] // this is where the program speaks

mod compose;
mod diff;
mod inspect;
mod invoke;
mod plug;
mod search;
mod stub;
mod taps;
mod virtual_wasi;

use crate::call::Caller;
use crate::diag::{Severity, display_safe};
use crate::measure::Bytes;
use crate::session::{Command, Env, Machine, Session, Signal};
use clap::{Args, FromArgMatches as _, Parser, Subcommand};
use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

/// How a command ended, as the shell sees it. Listed in `wirebench --help`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// It did what was asked; a call returned a value other than `err(…)`.
    Done = 0,
    /// It was done, and the answer is no: a call returned `err(…)`, or `diff` found what `--fail-on` names.
    Negative = 1,
    /// The command line or a file given to it is not usable; nothing was run.
    BadInput = 2,
    /// The guest trapped.
    Trapped = 3,
    /// The guest used something that was not granted or is not there.
    Denied = 4,
    /// A limit ended the call, or it was cancelled.
    Stopped = 5,
    /// The component could not be built, compiled, linked or started, or the runner was lost.
    NotRun = 6,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

const EXIT_CODES: &str = "\
Exit codes:
  0  done; a call returned a value other than err(…)
  1  a call returned err(…), or diff found what --fail-on names
  2  the command line or a file is not usable; nothing was run
  3  the guest trapped
  4  the guest used something that was not granted or is not there
  5  a limit ended the call, or it was cancelled
  6  the component could not be built, compiled, linked or started";

/// Inspect, wire, grant, invoke and measure WebAssembly components.
///
/// Without a subcommand the window opens, with the files given.
#[derive(Parser)]
#[command(name = "wirebench", version, after_help = EXIT_CODES, args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Subcommands>,
    /// Components (.wasm, .wat), projects (.wirebench.json) and WAC source (.wac) to open in the window.
    files: Vec<PathBuf>,
}

#[derive(Subcommand)]
enum Subcommands {
    Inspect(inspect::Arguments),
    Diff(diff::Arguments),
    Compose(compose::Arguments),
    Plug(plug::Arguments),
    Invoke(Box<invoke::Arguments>),
    Search(search::Arguments),
    Stub(stub::Arguments),
    #[command(name = "virtual")]
    Virtual(virtual_wasi::Arguments),
    /// Compiles and runs guests for a window or command that started it.
    #[command(hide = true)]
    Runner,
}

type Augment = fn(clap::Command) -> clap::Command;

/// What the words of each subcommand are.
const SUBCOMMANDS: [(&str, Augment); 8] = [
    ("inspect", inspect::Arguments::augment_args),
    ("diff", diff::Arguments::augment_args),
    ("compose", compose::Arguments::augment_args),
    ("plug", plug::Arguments::augment_args),
    ("invoke", invoke::Arguments::augment_args),
    ("search", search::Arguments::augment_args),
    ("stub", stub::Arguments::augment_args),
    ("virtual", virtual_wasi::Arguments::augment_args),
];

impl Arguments {
    /// Reads a command line that is right and starts with a subcommand. Making the words of all of them takes longer than
    /// inspecting a small file.
    fn of_one(words: impl IntoIterator<Item = OsString>) -> Option<Self> {
        let words: Vec<OsString> = words.into_iter().collect();
        let (name, augment) = SUBCOMMANDS.iter().find(|(name, _)| words.get(1).is_some_and(|word| word == name))?;
        let one = clap::Command::new("wirebench").subcommand(augment(clap::Command::new(*name)));
        let matches = one.try_get_matches_from(words).ok()?;
        Some(Self { command: Some(Subcommands::from_arg_matches(&matches).ok()?), files: Vec::new() })
    }
}

/// Reads the command line and does what it says.
pub fn main() -> ExitCode {
    let arguments = match Arguments::of_one(std::env::args_os()).map_or_else(Arguments::try_parse, Ok) {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { Exit::BadInput.into() } else { Exit::Done.into() };
        }
    };
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !crate::component::panic_is_caught() {
            report(panic);
        }
    }));
    let exit = match arguments.command {
        Some(Subcommands::Inspect(a)) => inspect::run(&a),
        Some(Subcommands::Diff(a)) => diff::run(&a),
        Some(Subcommands::Compose(a)) => compose::run(&a),
        Some(Subcommands::Plug(a)) => plug::run(a),
        Some(Subcommands::Invoke(a)) => invoke::run(&a),
        Some(Subcommands::Search(a)) => search::run(&a),
        Some(Subcommands::Stub(a)) => stub::run(&a),
        Some(Subcommands::Virtual(a)) => virtual_wasi::run(&a),
        Some(Subcommands::Runner) => runner(),
        None => return window(arguments.files),
    };
    exit.into()
}

#[cfg(feature = "run")]
fn runner() -> Exit {
    match crate::runner::serve() {
        Ok(()) => Exit::Done,
        Err(why) => fail(&why.to_string()),
    }
}

#[cfg(not(feature = "run"))]
fn runner() -> Exit {
    fail("This build has no engine: it was built without the feature “run”")
}

#[cfg(feature = "gui")]
fn window(files: Vec<PathBuf>) -> ExitCode {
    match crate::ui::open_window(files, caller()) {
        Ok(()) => Exit::Done.into(),
        Err(why) => {
            eprintln!(
                "No window can be opened: {why}. Without a display use `wirebench inspect`, `diff`, `compose`, `plug` or `invoke` (see --help)"
            );
            Exit::BadInput.into()
        }
    }
}

#[cfg(not(feature = "gui"))]
fn window(_files: Vec<PathBuf>) -> ExitCode {
    eprintln!(
        "This build has no window (built without the feature “gui”); use `wirebench inspect`, `diff`, `compose`, `plug` or `invoke`"
    );
    Exit::BadInput.into()
}

/// The caller of this build: the runner process, or none without the feature `run`.
fn caller() -> Option<Box<dyn Caller>> {
    #[cfg(feature = "run")]
    return crate::runner::Process::of_this_program().ok().map(|process| Box::new(process) as Box<dyn Caller>);
    #[cfg(not(feature = "run"))]
    return None;
}

/// A session without a window, and the signal to wait on.
struct Headless {
    session: Session,
    signal: Arc<Signal>,
}

impl Headless {
    fn new(with_caller: bool) -> Self {
        let machine = Machine::new(None, || {});
        let signal = machine.signal();
        let env: Arc<dyn Env> = Arc::new(machine);
        let caller = if with_caller { caller() } else { None };
        Self { session: Session::new(env, caller), signal }
    }

    /// Does what is asked and waits until nothing is under way.
    fn apply(&mut self, command: Command) {
        self.session.apply(command);
        self.finish(&mut |_| {});
    }

    /// Waits until nothing is under way, and lets `watch` look at every change.
    fn finish(&mut self, watch: &mut dyn FnMut(&Session)) {
        loop {
            self.session.poll();
            watch(&self.session);
            if !self.session.is_busy() {
                return;
            }
            self.signal.wait(Duration::from_millis(200));
        }
    }

    /// Prints what is wrong with the composition, or worth knowing.
    fn problems(&self) {
        for problem in self.session.problems().iter().filter(|p| p.severity != Severity::Info) {
            eprintln!("{problem}");
        }
    }

    /// Writes the composed component.
    fn compose_to(&mut self, output: &Path) -> Exit {
        if self.session.composed().is_none() {
            if !self.session.problems().iter().any(|p| p.severity == Severity::Error) {
                self.session.apply(Command::ComposeTo(output.to_owned())); // says why not
                self.complain();
            }
            return Exit::NotRun;
        }
        self.apply(Command::ComposeTo(output.to_owned()));
        if self.complain() {
            return Exit::BadInput;
        }
        if !self.session.left_out().is_empty() {
            let said = self.session.notices().iter().rev().find(|n| n.severity == Severity::Info);
            said.iter().for_each(|n| eprintln!("{}", n.text));
            return Exit::Done;
        }
        let size = self.session.composed().map_or(0, |c| c.component.bytes.len());
        eprintln!("{}: {}", output.display(), Bytes(size as u64));
        Exit::Done
    }

    /// Prints the session's warnings.
    fn warn(&self) {
        for notice in self.session.notices().iter().filter(|n| n.severity == Severity::Warning) {
            eprintln!("warning: {}", notice.text);
        }
    }

    /// Prints what the session had to say about errors; whether there was any.
    fn complain(&self) -> bool {
        let mut any = false;
        for notice in self.session.notices() {
            if notice.severity == Severity::Error {
                eprintln!("error: {}", notice.text);
                any = true;
            }
        }
        any
    }
}

/// Says why nothing was done.
fn fail(why: &str) -> Exit {
    eprintln!("error: {why}");
    Exit::BadInput
}

/// Writes to standard output; a reader that went away is no error.
fn print(text: &str) {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes());
    let _ = out.flush();
}

/// JSON on lines of its own. What draws nothing or moves other characters is an escape in it, so that a terminal shows what
/// is there and a reader gets what was there.
fn json_text(value: &serde_json::Value) -> String {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    let mut out = String::with_capacity(text.len() + 1);
    for c in text.chars() {
        let mut room = [0; 4];
        let one = &*c.encode_utf8(&mut room);
        if matches!(c, ' '..='~' | '\n') || display_safe(one) == one {
            out.push(c);
        } else {
            c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| _ = write!(out, "\\u{unit:04x}"));
        }
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn every_subcommand_is_read_alone_as_among_all() {
        let all = Arguments::command();
        let named: Vec<&str> =
            all.get_subcommands().filter(|c| !c.is_hide_set()).map(clap::Command::get_name).collect();
        assert_eq!(named, SUBCOMMANDS.map(|(name, _)| name));
        for (name, augment) in SUBCOMMANDS {
            let (alone, among) = (augment(clap::Command::new(name)), all.find_subcommand(name).unwrap());
            let ids = |command: &clap::Command| command.get_arguments().map(|a| a.get_id().clone()).collect::<Vec<_>>();
            assert_eq!(ids(&alone), ids(among));
        }
        let words = |line: &str| line.split(' ').map(OsString::from).collect::<Vec<_>>();
        assert!(Arguments::of_one(words("wirebench inspect --wit a.wasm")).is_some());
        for left in
            ["wirebench", "wirebench a.wasm", "wirebench --help", "wirebench inspect --help", "wirebench inspect"]
        {
            assert!(Arguments::of_one(words(left)).is_none(), "{left}");
        }
    }
}
