//! `wirebench compose`: a project or WAC source → one component, or its graph for another tool.

use super::{Exit, Headless, fail, json_text, print};
use crate::compose::{self, Choices, Scope};
use crate::diag::display_safe_line;
use crate::project::FILE_ENDING;
use crate::session::{Change, Command, Packages, SOURCE_ENDING};
use crate::sheet::{self, Colours, GraphForm};
use std::collections::BTreeSet;
use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::sync::Arc;

/// Encodes a composition into one component, or writes its graph for another tool.
///
/// The packages of a WAC source are looked for as the `wac` tool does: acme:store is deps/acme/store.wasm beside the source.
/// What Wirebench exported is found by its digest too, if it comes with the program.
#[derive(clap::Args)]
pub struct Arguments {
    /// The project (.wirebench.json) or WAC source (.wac).
    file: PathBuf,
    /// Where the component, or the graph, is written.
    #[arg(short, long, value_name = "OUT", required_unless_present_any = ["format", "dry_run"])]
    output: Option<PathBuf>,
    /// Writes the graph in this form, and no component: to the output, or else to standard output.
    #[arg(long)]
    format: Option<Format>,
    /// The colours of a drawing.
    #[arg(long, value_name = "COLOURS", default_value = "light", requires = "format")]
    colours: Shade,
    /// The folder with the packages of a WAC source.
    #[arg(long, value_name = "FOLDER")]
    deps: Option<PathBuf>,
    /// The file of one package of a WAC source; may be given more than once.
    #[arg(long, value_name = "NS:NAME=PATH", value_parser = dependency)]
    dep: Vec<(String, PathBuf)>,
    /// Connects open imports first, each to the one instance that provides it.
    #[arg(long)]
    auto_wire: bool,
    /// Says which of several providers an import gets; an empty PROVIDER leaves the import open.
    #[arg(long, value_name = "INSTANCE.IMPORT=PROVIDER", requires = "auto_wire")]
    choose: Vec<String>,
    /// A component that auto-wire may place where no instance provides an import.
    #[arg(long, value_name = "FILE", requires = "auto_wire")]
    with: Vec<PathBuf>,
    /// Gives every import that is still open and needs a provider a stub, which traps in each function. Imports from the host
    /// stay open.
    #[arg(long)]
    stub_missing: bool,
    /// Leaves a stub out of the written component: what it stands in for stays open. May be given more than once.
    #[arg(long, value_name = "INSTANCE")]
    leave_out: Vec<String>,
    /// Prints what auto-wire would connect and writes nothing.
    #[arg(long, requires = "auto_wire")]
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
    /// Instances, digests, wires, exports, open imports, and which stubs are left out.
    Json,
    /// A drawing.
    Svg,
    /// A picture.
    Png,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Shade {
    Light,
    Dark,
}

impl From<Format> for GraphForm {
    fn from(format: Format) -> Self {
        match format {
            Format::Wac => Self::Wac,
            Format::Mermaid => Self::Mermaid,
            Format::Dot => Self::Dot,
            Format::Json => Self::Json,
            Format::Svg => Self::Svg,
            Format::Png => Self::Png,
        }
    }
}

fn dependency(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((name, path)) if name.contains(':') && !path.is_empty() => Ok((name.trim().to_owned(), path.into())),
        _ => Err("it has the form NS:NAME=PATH, as in acme:store=store.wasm".to_owned()),
    }
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

/// Gives open imports stubs; how the command ends, if it ends here.
fn stub_missing(headless: &mut Headless) -> Option<Exit> {
    let names = |headless: &Headless| -> BTreeSet<String> {
        headless.session.document().composition.instances.keys().cloned().collect()
    };
    let before = names(headless);
    headless.apply(Command::StubAll(before.iter().cloned().collect()));
    for name in names(headless).difference(&before) {
        let import = headless.session.stub_of(name).map(|of| display_safe_line(&of.import).into_owned());
        eprintln!("{} stands in for {}", display_safe_line(name), import.unwrap_or_default());
    }
    headless.complain().then_some(Exit::BadInput)
}

pub fn run(arguments: &Arguments) -> Exit {
    let file = arguments.file.to_string_lossy();
    let open = if file.ends_with(SOURCE_ENDING) {
        let named = arguments.dep.iter().cloned().collect();
        Command::OpenSource(arguments.file.clone(), Packages { folder: arguments.deps.clone(), named })
    } else if !file.ends_with(FILE_ENDING) {
        return fail("A project file ends with .wirebench.json, and WAC source with .wac");
    } else if arguments.deps.is_some() || !arguments.dep.is_empty() {
        return fail("A project says itself where its components are: leave --deps and --dep out");
    } else {
        Command::Open(vec![arguments.file.clone()])
    };
    let mut headless = Headless::new(false);
    headless.apply(open);
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
    if arguments.stub_missing
        && let Some(exit) = stub_missing(&mut headless)
    {
        return exit;
    }
    for name in &arguments.leave_out {
        if headless.session.stub_of(name).is_none() {
            return fail(&format!("“{}” is not a stub: only stubs can be left out", display_safe_line(name)));
        }
        headless.apply(Command::Change(Change::EmbedStub { instance: name.clone(), embedded: false }));
    }
    headless.problems();
    let Some(format) = arguments.format else {
        let Some(output) = &arguments.output else { return fail("No output file is given: add -o OUT.wasm") };
        return headless.compose_to(output);
    };
    let colours = match arguments.colours {
        Shade::Light => Colours::Light,
        Shade::Dark => Colours::Dark,
    };
    if let Some(output) = &arguments.output {
        headless.apply(Command::ExportGraph(format.into(), colours, output.clone()));
        return if headless.complain() { Exit::BadInput } else { Exit::Done };
    }
    let document = headless.session.document();
    let (composition, library) = (&document.composition, headless.session.library());
    match format {
        Format::Json => print(&json_text(&compose::json(composition, library, &headless.session.legend()))),
        Format::Png if std::io::stdout().is_terminal() => {
            return fail("A picture is nothing for a terminal: add -o OUT.png");
        }
        _ => match sheet::graph(
            format.into(),
            None,
            composition,
            library,
            &headless.session.legend(),
            &document.places(),
            colours,
        ) {
            Ok(bytes) => {
                let mut out = std::io::stdout().lock();
                let _ = out.write_all(&bytes).and_then(|()| out.flush()); // a reader that went away is no error
            }
            Err(why) => return fail(&format!("The graph was not written: {why}")),
        },
    }
    Exit::Done
}
