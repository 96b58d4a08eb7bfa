//! `wirebench search`: where a text stands in components, and which of them can satisfy an import.

use super::{Exit, Headless, fail, print};
use crate::component::{Component, Hit, HitKind, Hits, Item, Named, Spot};
use crate::compose::{Fit, Provider, providers};
use crate::diag::display_safe_line;
use crate::session::{Command, Finding, Study};
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Finds a text in components: names, documentation, metadata, custom sections, strings in data. Or, with --satisfies,
/// who can satisfy an import.
#[derive(clap::Args)]
pub struct Arguments {
    /// What to find; with --satisfies the full name of an import.
    text: String,
    /// Where to look.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Look for exports that can satisfy this import of CONSUMER.
    #[arg(long, value_name = "CONSUMER")]
    satisfies: Option<PathBuf>,
    /// Print as JSON.
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments) -> Exit {
    let mut headless = Headless::new(false);
    headless.apply(Command::Open(arguments.files.clone()));
    if headless.complain() {
        return Exit::BadInput;
    }
    match &arguments.satisfies {
        Some(consumer) => satisfies(arguments, headless, consumer),
        None => {
            let study = Study::Search(arguments.text.clone());
            headless.apply(Command::Study(study.clone()));
            let Some(Finding::Search(found)) = headless.session.finding(&study) else {
                return fail("The search did not come to its end");
            };
            let found = found.iter().filter_map(|(d, f)| Some((headless.session.library().get(d)?, f)));
            let found: Vec<(&Arc<Component>, &Hits)> = found.collect();
            print(&if arguments.json { hits_json(&found) } else { hits_text(&found) });
            Exit::Done
        }
    }
}

fn word(kind: HitKind) -> &'static str {
    match kind {
        HitKind::Component => "component",
        HitKind::Interface => "interface",
        HitKind::Function => "function",
        HitKind::Type => "type",
        HitKind::Docs => "docs",
        HitKind::Metadata => "metadata",
        HitKind::Section => "section",
        HitKind::Data => "data",
    }
}

fn place(hit: &Hit) -> Option<String> {
    match &hit.spot {
        Spot::Bytes(range) => Some(format!("{}..{}", range.start, range.end)),
        _ => None,
    }
}

fn hits_text(found: &[(&Arc<Component>, &Hits)]) -> String {
    let mut out = String::new();
    for (component, found) in found {
        let _ = writeln!(out, "{}", display_safe_line(&component.name));
        for hit in &found.hits {
            let at = place(hit).map(|p| format!(" [{p}]")).unwrap_or_default();
            let line = format!("  {:<10} {}{at}  {}", word(hit.kind), hit.name, hit.excerpt);
            let _ = writeln!(out, "{}", display_safe_line(line.trim_end()));
        }
        if found.more {
            let _ = writeln!(out, "  … and more");
        }
    }
    if out.is_empty() { "Nothing was found\n".into() } else { out }
}

fn hits_json(found: &[(&Arc<Component>, &Hits)]) -> String {
    let all: Vec<Value> = found
        .iter()
        .map(|(component, found)| {
            let hits = found.hits.iter().map(|hit| {
                let (function, interface) = match &hit.spot {
                    Spot::Function(_, interface, function) => (Some(function), interface.as_ref()),
                    Spot::Extern(_, name) => (None, Some(name)),
                    Spot::Named(Named::Interface(at)) => (None, component.extern_at(*at).map(|e| &e.name)),
                    Spot::Named(Named::Function(at)) => {
                        component.function_at(*at).map_or((None, None), |(owner, f)| {
                            (Some(&f.name), matches!(owner.item, Item::Interface(_)).then_some(&owner.name))
                        })
                    }
                    _ => (None, None),
                };
                json!({
                    "kind": word(hit.kind), "name": hit.name, "excerpt": hit.excerpt,
                    "interface": interface, "function": function, "bytes": place(hit),
                })
            });
            json!({
                "component": component.name, "sha256": component.digest.to_string(),
                "hits": hits.collect::<Vec<_>>(), "more": found.more,
            })
        })
        .collect();
    format!("{}\n", serde_json::to_string_pretty(&all).unwrap_or_default())
}

fn satisfies(arguments: &Arguments, mut headless: Headless, consumer: &Path) -> Exit {
    let library = headless.session.library().clone();
    headless.apply(Command::Open(vec![consumer.to_owned()]));
    if headless.complain() {
        return Exit::BadInput;
    }
    let consumer = match headless.session.selection() {
        crate::session::Selection::Component(digest) => headless.session.library().get(digest),
        _ => None,
    };
    let Some(consumer) = consumer else { return fail("The consumer is not a component") };
    let Some(import) = consumer.import(&arguments.text) else {
        let names: Vec<_> = consumer.imports.iter().map(|i| display_safe_line(&i.name).into_owned()).collect();
        let what = display_safe_line(&arguments.text);
        return fail(&format!("It has no import “{what}”; it imports: {}", names.join(", ")));
    };
    let found = providers(&library, consumer, import);
    let name_of = |p: &Provider| library.get(&p.component).map(|c| c.name.clone()).unwrap_or_default();
    if arguments.json {
        let all: Vec<_> = found
            .iter()
            .map(|p| {
                let why_not = if let Fit::No(why) = &p.fit { Some(why) } else { None };
                json!({
                    "component": name_of(p), "sha256": p.component.to_string(), "export": p.export,
                    "fits": p.fit.fits(), "difference": why_not,
                })
            })
            .collect();
        print(&format!("{}\n", serde_json::to_string_pretty(&all).unwrap_or_default()));
        return Exit::Done;
    }
    if found.is_empty() {
        print("Nothing here can satisfy it\n");
    }
    for provider in &found {
        let line = match &provider.fit {
            Fit::Exact => format!("fits      {}  {}", name_of(provider), provider.export),
            Fit::OtherVersion { .. } => {
                format!("fits      {}  {} (another version)", name_of(provider), provider.export)
            }
            Fit::No(why) => format!("does not  {}  {}: {why}", name_of(provider), provider.export),
        };
        print(&format!("{}\n", display_safe_line(&line)));
    }
    Exit::Done
}
