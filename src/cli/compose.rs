//! `wirebench compose`: a project → one component.

use super::{Exit, Headless, fail};
use crate::diag::Severity;
use crate::measure::Bytes;
use crate::session::Command;
use std::path::PathBuf;

/// Encodes the composition of a project into one component.
#[derive(clap::Args)]
pub struct Arguments {
    /// The project file.
    project: PathBuf,
    /// Where the component is written.
    #[arg(short, long, value_name = "OUT.wasm")]
    output: PathBuf,
}

pub fn run(arguments: &Arguments) -> Exit {
    if !arguments.project.to_string_lossy().ends_with(".wirebench.json") {
        return fail("A project file ends with .wirebench.json");
    }
    let mut headless = Headless::new(false);
    headless.apply(Command::Open(vec![arguments.project.clone()]));
    if headless.complain() {
        return Exit::BadInput;
    }
    for notice in headless.session.notices().iter().filter(|n| n.severity == Severity::Warning) {
        eprintln!("warning: {}", notice.text);
    }
    for problem in headless.session.problems().iter().filter(|p| p.severity != Severity::Info) {
        eprintln!("{problem}");
    }
    if headless.session.composed().is_none() {
        if !headless.session.problems().iter().any(|p| p.severity == Severity::Error) {
            headless.session.apply(Command::ComposeTo(arguments.output.clone())); // says why not
            headless.complain();
        }
        return Exit::NotRun;
    }
    headless.apply(Command::ComposeTo(arguments.output.clone()));
    if headless.complain() {
        return Exit::BadInput;
    }
    let size = headless.session.composed().map_or(0, |c| c.component.bytes.len());
    eprintln!("{}: {}", arguments.output.display(), Bytes(size as u64));
    Exit::Done
}
