//! `wirebench inspect`: what a file is, needs and gives.

mod inside;

use super::{Exit, Headless, fail, print};
use crate::component::{self, Component, Extern, Family, Function, FunctionKind, Item, Kind, Part, PartKind, Used};
use crate::diag::{Severity, display_safe_line};
use crate::measure::Bytes;
use crate::project::Target;
use crate::session::{Command, Session};
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Shows what a component needs, gives and asks for, without running or compiling it.
#[derive(clap::Args)]
pub struct Arguments {
    /// The file: a component, core module or WIT package, as .wasm or .wat.
    file: PathBuf,
    /// Print everything as JSON.
    #[arg(long)]
    json: bool,
    /// Print the WIT text and nothing else.
    #[arg(long, conflicts_with = "json")]
    wit: bool,
    /// Print what it is composed of: instances, wires, imports and exports.
    #[arg(long, conflicts_with = "wit")]
    inside: bool,
    /// Print that as a graph in this form.
    #[arg(long, value_name = "FORM", conflicts_with_all = ["json", "wit", "inside"])]
    format: Option<inside::Format>,
    /// Write the components inside a composed one into this folder, with a project that composes them again.
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["json", "wit", "inside", "format"])]
    split: Option<PathBuf>,
}

pub fn run(arguments: &Arguments) -> Exit {
    let mut headless = Headless::new(false);
    headless.apply(Command::Open(vec![arguments.file.clone()]));
    let Some(component) = headless.session.library().values().next().cloned() else {
        if !headless.complain() {
            return fail("The file is not a component, core module or WIT package");
        }
        return Exit::BadInput;
    };
    let component = &component;
    if let Some(folder) = &arguments.split {
        return split(&mut headless, component, folder);
    }
    if let Some(format) = arguments.format {
        print(&inside::graph(component, format));
    } else if arguments.inside && !arguments.json {
        print(&inside::text(component));
    } else if arguments.wit {
        print(&component.wit);
    } else if arguments.json {
        let mut json = describe(component, &headless.session);
        if arguments.inside {
            json["inside"] = inside::json(component);
        }
        print(&format!("{}\n", serde_json::to_string_pretty(&json).unwrap_or_default()));
    } else {
        print(&page(component, &headless.session));
    }
    let is_broken = component.diagnostics.iter().any(|d| d.severity == Severity::Error);
    if is_broken { Exit::BadInput } else { Exit::Done }
}

/// Splits the component into files, and says where they are.
fn split(headless: &mut Headless, component: &Component, folder: &Path) -> Exit {
    headless.apply(Command::SplitTo(component.digest, folder.to_owned()));
    if headless.complain() {
        return Exit::NotRun;
    }
    for notice in headless.session.notices().iter().filter(|n| n.severity == Severity::Info) {
        eprintln!("{}", notice.text);
    }
    Exit::Done
}

fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Component => "component",
        Kind::CoreModule => "core module",
        Kind::WitPackage => "WIT package",
        Kind::Unknown => "unknown",
    }
}

fn page(component: &Component, session: &Session) -> String {
    let mut out = String::new();
    let mut row = |key: &str, value: &str| {
        let _ = writeln!(out, "{key:<13} {}", display_safe_line(value));
    };
    row("name", &component.name);
    row("kind", kind_word(component.kind));
    row("size", &Bytes(component.bytes.len() as u64).to_string());
    row("sha256", &component.digest.to_string());
    for producer in &component.metadata.producers {
        row(&producer.field, format!("{} {}", producer.name, producer.version).trim());
    }
    let used = component::used_imports(component);
    for (heading, externs) in [("imports", &component.imports), ("exports", &component.exports)] {
        if externs.is_empty() {
            continue;
        }
        let _ = writeln!(out, "\n{heading}");
        for item in externs {
            let words = used.import(&item.name).filter(|_| heading == "imports");
            let words = words.map(|u| format!("  ({})", u.words())).unwrap_or_default();
            let _ = match &item.item {
                Item::Function(f) => writeln!(out, "  {}: {}{words}", item.name, component.signature(f)),
                _ => writeln!(out, "  {}{words}", item.name),
            };
            if let Item::Interface(interface) = &item.item {
                for f in &interface.functions {
                    let _ = writeln!(out, "    {}: {}", f.display_name(), component.signature(f));
                }
            }
        }
    }
    let needs = session.needs(&Target::Component(component.digest));
    if !needs.is_empty() {
        let _ = writeln!(out, "\nasks for");
        for need in needs {
            let word = need.capability.word();
            let _ = writeln!(out, "  {word:<8} {}", crate::grant::title(need.capability));
        }
    }
    for diagnostic in &component.diagnostics {
        let _ = writeln!(out, "\n{diagnostic}");
    }
    if !component.wit.is_empty() {
        let _ = write!(out, "\n{}", component.wit);
    }
    out
}

fn describe(component: &Component, session: &Session) -> Value {
    let used = component::used_imports(component);
    let externs = |list: &[Extern]| list.iter().map(|e| describe_extern(component, e)).collect::<Vec<_>>();
    let imports: Vec<_> = component.imports.iter().map(|e| describe_import(component, e, &used)).collect();
    let metadata = &component.metadata;
    json!({
        "name": component.name,
        "kind": kind_word(component.kind),
        "size_bytes": component.bytes.len(),
        "sha256": component.digest.to_string(),
        "imports": imports,
        "exports": externs(&component.exports),
        "asks_for": session.needs(&Target::Component(component.digest)).iter().map(|need| json!({
            "capability": need.capability.word(),
            "interfaces": need.interfaces,
        })).collect::<Vec<_>>(),
        "producers": metadata.producers.iter().map(|p| json!({
            "field": p.field, "name": p.name, "version": p.version,
        })).collect::<Vec<_>>(),
        "authors": metadata.authors,
        "licenses": metadata.licenses,
        "source": metadata.source,
        "version": metadata.version,
        "parts": describe_part(&component.root),
        "diagnostics": component.diagnostics.iter().map(|d| json!({
            "message": d.message, "hint": d.hint,
        })).collect::<Vec<_>>(),
        "wit": &*component.wit,
    })
}

fn describe_extern(component: &Component, item: &Extern) -> Value {
    let (kind, functions) = match &item.item {
        Item::Interface(i) => ("interface", i.functions.as_slice()),
        Item::Function(f) => ("function", std::slice::from_ref(f)),
        Item::Type(_) => ("type", [].as_slice()),
    };
    json!({
        "name": item.name,
        "kind": kind,
        "docs": item.docs,
        "host": item.family(&component.types) == Family::Host,
        "functions": functions.iter().map(|f| describe_function(component, f)).collect::<Vec<_>>(),
    })
}

/// An import, with what is used of it; `null` if that is not known.
fn describe_import(component: &Component, item: &Extern, used: &Used) -> Value {
    let mut out = describe_extern(component, item);
    out["used"] = used.import(&item.name).map_or(Value::Null, |import| {
        json!({
            "functions": import.used,
            "not": import.unused,
            "types_only": import.is_types_only(),
            "drops": import.drops,
        })
    });
    out
}

fn describe_function(component: &Component, function: &Function) -> Value {
    let kind = match function.kind {
        FunctionKind::Freestanding => "function",
        FunctionKind::Method(_) => "method",
        FunctionKind::Static(_) => "static",
        FunctionKind::Constructor(_) => "constructor",
    };
    json!({
        "name": function.name,
        "kind": kind,
        "async": function.is_async,
        "docs": function.docs,
        "params": function.params.iter().map(|p| json!({
            "name": p.name, "type": component.types.text(p.ty),
        })).collect::<Vec<_>>(),
        "result": function.result.map(|ty| component.types.text(ty)),
    })
}

/// The tree of parts. Nesting is bounded by the validator, and cut here at the same depth.
fn describe_part(part: &Part) -> Value {
    json!({
        "kind": match part.kind { PartKind::Component => "component", PartKind::Module => "core module" },
        "name": part.name,
        "start": part.range.start,
        "end": part.range.end,
        "children": part.children.iter().map(describe_part).collect::<Vec<_>>(),
    })
}
