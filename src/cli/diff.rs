//! `wirebench diff`: what is different between two components, or two versions of one.

use super::{Exit, Headless, fail, print};
use crate::component::{Component, ExternDifference, Promise, SizeDifference, Status, Topic, Verdict};
use crate::session::{Command, Comparison, Finding, Selection, Study};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Shows what is different between two components: imports, exports, types, docs, capabilities, sizes and origin, new
/// things first, with a semantic-versioning verdict and the path of each difference.
///
/// The verdict is seen from both sides. Exports may give more (minor) but not less (major); imports may ask for less
/// (minor) but not for more (major); documentation is a patch. The exit code is 0 whatever is different, unless
/// --fail-on asks for 1.
#[derive(clap::Args)]
pub struct Arguments {
    /// The component that was there before, as .wasm or .wat.
    before: PathBuf,
    /// The component to compare with it.
    after: PathBuf,
    /// Print everything as JSON.
    #[arg(long, conflicts_with = "all")]
    json: bool,
    /// List what is equal, too.
    #[arg(long)]
    all: bool,
    /// End with 1 if the verdict is at least this, or if a capability is asked for that was not before.
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    fail_on: Vec<FailOn>,
}

/// What ends the command with [`Exit::Negative`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum FailOn {
    /// A breaking difference.
    Major,
    /// A compatible or breaking difference.
    Minor,
    /// Any difference of imports and exports, that of documentation included.
    Any,
    /// A capability that was not asked for before.
    Capability,
}

pub fn run(arguments: &Arguments) -> Exit {
    let mut headless = Headless::new(false);
    let mut open = |path: &Path| {
        headless.apply(Command::Select(Selection::None));
        headless.apply(Command::Open(vec![path.to_owned()]));
        match headless.session.selection() {
            Selection::Component(digest) => Some(*digest),
            _ => None,
        }
    };
    let (Some(before), Some(after)) = (open(&arguments.before), open(&arguments.after)) else {
        if !headless.complain() {
            return fail("A file is not a component, core module or WIT package");
        }
        return Exit::BadInput;
    };
    let study = Study::Difference { before, after };
    headless.apply(Command::Study(study.clone()));
    let Some(Finding::Difference(comparison)) = headless.session.finding(&study) else {
        return fail("The files could not be compared");
    };
    if arguments.json {
        let json = describe(comparison);
        print(&format!("{}\n", serde_json::to_string_pretty(&json).unwrap_or_default()));
    } else {
        print(&comparison.text(arguments.all));
    }
    let is_broken = |c: &Component| c.diagnostics.iter().any(|d| d.severity == crate::diag::Severity::Error);
    if is_broken(&comparison.before) || is_broken(&comparison.after) {
        headless.complain();
        return Exit::BadInput;
    }
    if arguments.fail_on.iter().any(|what| what.applies(comparison)) { Exit::Negative } else { Exit::Done }
}

impl FailOn {
    fn applies(self, c: &Comparison) -> bool {
        match self {
            FailOn::Major => c.difference.verdict >= Verdict::Major,
            FailOn::Minor => c.difference.verdict >= Verdict::Minor,
            FailOn::Any => c.difference.verdict > Verdict::Same,
            FailOn::Capability => c.capabilities.iter().any(|c| c.status == Status::Added),
        }
    }
}

fn describe(c: &Comparison) -> Value {
    let d = &c.difference;
    let (count, breaking) = d.counts();
    let externs = |list: &[ExternDifference]| list.iter().map(describe_extern).collect::<Vec<_>>();
    let sizes = |list: &[SizeDifference]| list.iter().map(describe_size).collect::<Vec<_>>();
    json!({
        "before": describe_file(&c.before),
        "after": describe_file(&c.after),
        "identical": d.is_identical,
        "verdict": d.verdict.word(),
        "differences": count,
        "breaking": breaking,
        "partial": d.is_partial,
        "promise": d.promise.as_ref().map(describe_promise),
        "capabilities": c.capabilities.iter().map(|c| json!({
            "capability": c.capability.word(),
            "status": status_word(c.status),
            "before": c.before,
            "after": c.after,
        })).collect::<Vec<_>>(),
        "interfaces": externs(&d.interfaces),
        "worlds": externs(&d.worlds),
        "imports": externs(&d.imports),
        "exports": externs(&d.exports),
        "sizes": {
            "file": describe_size(&d.size),
            "sections": sizes(&d.kinds),
            "parts": sizes(&d.parts),
        },
        "origin": d.origin.iter().map(|o| json!({
            "what": o.what, "before": o.before, "after": o.after,
        })).collect::<Vec<_>>(),
    })
}

fn describe_file(component: &Arc<Component>) -> Value {
    json!({
        "name": component.name,
        "size_bytes": component.bytes.len(),
        "sha256": component.digest.to_string(),
    })
}

fn describe_promise(promise: &Promise) -> Value {
    json!({
        "before": promise.before,
        "after": promise.after,
        "declares": promise.step.word(),
        "goes_back": promise.goes_back,
        "found": promise.found.word(),
        "broken": promise.is_broken(),
    })
}

fn describe_extern(e: &ExternDifference) -> Value {
    json!({
        "status": status_word(e.status),
        "before": e.before,
        "after": e.after,
        "host": e.is_host,
        "verdict": e.verdict.word(),
        "partial": e.is_partial,
        "promise": e.promise.as_ref().map(describe_promise),
        "changes": e.changes.iter().map(|w| json!({
            "status": status_word(w.change.status()),
            "verdict": w.verdict.word(),
            "topic": topic_word(&w.change.topic),
            "path": w.change.path,
            "before": w.change.before,
            "after": w.change.after,
            "see": match &w.change.topic { Topic::Elsewhere(place) => Some(place), _ => None },
        })).collect::<Vec<_>>(),
    })
}

fn describe_size(s: &SizeDifference) -> Value {
    json!({ "name": s.name, "before_bytes": s.before, "after_bytes": s.after, "change_bytes": s.change() })
}

fn status_word(status: Status) -> &'static str {
    match status {
        Status::Added => "added",
        Status::Changed => "changed",
        Status::Removed => "removed",
        Status::Same => "same",
    }
}

fn topic_word(topic: &Topic) -> &'static str {
    match topic {
        Topic::Item => "kind",
        Topic::Version => "version",
        Topic::Function => "function",
        Topic::Type | Topic::Definition | Topic::Elsewhere(_) => "type",
        Topic::Inside(word) | Topic::Member(word) | Topic::Value(word) => word,
        Topic::Order(_) => "order",
        Topic::Async => "async",
        Topic::Length => "length",
        Topic::Docs => "docs",
        Topic::Stability => "stability",
    }
}
