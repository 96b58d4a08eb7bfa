//! `wirebench compose`: a project → one component, or its composition as text.

use super::{Exit, Headless, fail, print};
use crate::compose;
use crate::diag::Severity;
use crate::measure::Bytes;
use crate::session::Command;
use std::path::PathBuf;

/// Encodes the composition of a project into one component, or prints it as text for another tool.
#[derive(clap::Args)]
#[command(group(clap::ArgGroup::new("result").required(true)))]
pub struct Arguments {
    /// The project file.
    project: PathBuf,
    /// Where the component is written.
    #[arg(short, long, value_name = "OUT.wasm", group = "result")]
    output: Option<PathBuf>,
    /// Prints the composition in this form and writes no component.
    #[arg(long, group = "result")]
    format: Option<Format>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    /// Source for the `wac` tool.
    Wac,
    /// A Mermaid flow chart.
    Mermaid,
    /// A Graphviz graph.
    Dot,
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
    headless.warn();
    for problem in headless.session.problems().iter().filter(|p| p.severity != Severity::Info) {
        eprintln!("{problem}");
    }
    if let Some(format) = arguments.format {
        let write = match format {
            Format::Wac => compose::wac,
            Format::Mermaid => compose::mermaid,
            Format::Dot => compose::dot,
        };
        print(&write(&headless.session.document().composition, headless.session.library()));
        return Exit::Done;
    }
    let Some(output) = &arguments.output else { return fail("No output file is given: add -o OUT.wasm") };
    if headless.session.composed().is_none() {
        if !headless.session.problems().iter().any(|p| p.severity == Severity::Error) {
            headless.session.apply(Command::ComposeTo(output.clone())); // says why not
            headless.complain();
        }
        return Exit::NotRun;
    }
    headless.apply(Command::ComposeTo(output.clone()));
    if headless.complain() {
        return Exit::BadInput;
    }
    let size = headless.session.composed().map_or(0, |c| c.component.bytes.len());
    eprintln!("{}: {}", output.display(), Bytes(size as u64));
    Exit::Done
}
