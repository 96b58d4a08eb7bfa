//! `wirebench compose`: a project → one component, or its composition as text.

use super::{Exit, Headless, fail, print};
use crate::compose::{self, Choices, Scope};
use crate::diag::Severity;
use crate::measure::Bytes;
use crate::session::{Change, Command};
use std::path::PathBuf;
use std::sync::Arc;

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
    /// Connects open imports first, each to the one instance that provides it.
    #[arg(long)]
    auto_wire: bool,
    /// Says which of several providers an import gets; an empty PROVIDER leaves the import open.
    #[arg(long, value_name = "INSTANCE.IMPORT=PROVIDER", requires = "auto_wire")]
    choose: Vec<String>,
    /// A component that auto-wire may place where no instance provides an import.
    #[arg(long, value_name = "FILE", requires = "auto_wire")]
    with: Vec<PathBuf>,
    /// Prints what auto-wire would connect and writes nothing.
    #[arg(long, requires = "auto_wire", group = "result")]
    dry_run: bool,
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

/// Wires what is open; how the command ends, if it ends here.
fn auto_wire(headless: &mut Headless, arguments: &Arguments) -> Option<Exit> {
    let mut choices = Choices::new();
    loop {
        headless.apply(Command::PlanWires(Scope::All, choices.clone()));
        let Some(plan) = headless.session.wire_plan().map(|planned| Arc::clone(&planned.plan)) else {
            return Some(fail("The wires could not be planned"));
        };
        // A choice may place what is asked about by the next one.
        let chosen: Vec<_> =
            arguments.choose.iter().map(|text| plan.choice(text, headless.session.library())).collect();
        let before = choices.len();
        choices.extend(chosen.iter().flatten().cloned());
        if choices.len() > before {
            continue;
        }
        if let Some(why) = chosen.into_iter().find_map(Result::err) {
            return Some(fail(&why));
        }
        if arguments.dry_run {
            print(&plan.text());
            return Some(Exit::Done);
        }
        eprint!("{}", plan.text());
        if plan.waiting() > 0 {
            let why = "Several providers fit: say which with --choose INSTANCE.IMPORT=PROVIDER, or nothing after the = to \
                       leave the import open";
            return Some(fail(why));
        }
        headless.apply(Command::Change(Change::AutoWire(plan.edits())));
        return headless.complain().then_some(Exit::BadInput);
    }
}

pub fn run(arguments: &Arguments) -> Exit {
    if !arguments.project.to_string_lossy().ends_with(".wirebench.json") {
        return fail("A project file ends with .wirebench.json");
    }
    let mut headless = Headless::new(false);
    headless.apply(Command::Open(vec![arguments.project.clone()]));
    headless.apply(Command::Open(arguments.with.clone()));
    if headless.complain() {
        return Exit::BadInput;
    }
    headless.warn();
    if arguments.auto_wire
        && let Some(exit) = auto_wire(&mut headless, arguments)
    {
        return exit;
    }
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
