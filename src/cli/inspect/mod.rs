//! `wirebench inspect`: what a file is, needs and gives.

mod code;
mod inside;
mod origin;
mod sizes;
mod spell;
mod types;
mod world;

use super::{Exit, Headless, fail, json_text, print};
use crate::component::{
    self, Component, Digest, Extern, Family, Function, FunctionKind, Item, Kind, Part, PartKind, Used, WorldItem,
    part_path, part_text, size_map, used_imports, wit_text,
};
use crate::diag::{Severity, display_safe, display_safe_line};
use crate::measure::Bytes;
use crate::project::Target;
use crate::session::{Command, MOST_FILE_BYTES, Machine, Session};
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Shows what a component needs, gives and asks for, without running or compiling it.
#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("written").args(["part", "cyclonedx"]).multiple(true))]
pub struct Arguments {
    /// The file: a component, core module or WIT package, as .wasm or .wat.
    file: PathBuf,
    /// Print everything as JSON.
    #[arg(long)]
    json: bool,
    /// Print the WIT text and nothing else; the bodies of functions are not validated for it.
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
    /// Print the text format of the whole file and nothing else.
    #[arg(long, conflicts_with_all = ["json", "wit"])]
    wat: bool,
    /// Only this function of it: a name, or an index.
    #[arg(long, value_name = "FUNCTION", requires = "wat")]
    function: Option<String>,
    /// Print these bytes of the file: START..END or START+LENGTH, decimal or as 0x1f.
    #[arg(long, value_name = "RANGE", conflicts_with_all = ["json", "wit", "wat"])]
    hex: Option<String>,
    /// Show where the bytes are: parts, sections, functions and data, largest first; with --json as the key `sizes`.
    #[arg(long, conflicts_with_all = ["wit", "parts"])]
    sizes: bool,
    /// Show so many levels of sizes below the whole.
    #[arg(long, value_name = "LEVELS", default_value_t = 2, requires = "sizes")]
    depth: usize,
    /// Show the nested parts and their sections with byte ranges.
    #[arg(long, conflicts_with_all = ["json", "wit"])]
    parts: bool,
    /// Show this nested part as if it were a file, by its path as --parts prints it, such as 0.2.
    #[arg(long, value_name = "PATH")]
    part: Option<String>,
    /// Show who made it, with what, and of what, part by part; with --json as the key `origin`.
    #[arg(long, conflicts_with_all = ["wit", "sizes", "parts", "wat", "hex"])]
    origin: bool,
    /// Show those of the embedded packages that have this text in name, version or source.
    #[arg(long, value_name = "TEXT", conflicts_with_all = ["wit", "json", "sizes", "parts", "wat", "hex"])]
    find: Option<String>,
    /// Show which WebAssembly features it needs; with --json as the key `proposals`.
    #[arg(long, conflicts_with_all = ["wit", "sizes", "parts", "wat", "hex"])]
    proposals: bool,
    /// Print the bill of materials, as CycloneDX 1.6 in JSON.
    #[arg(long, conflicts_with_all = ["wit", "json", "sizes", "parts", "wat", "hex", "origin", "find", "proposals"])]
    cyclonedx: bool,
    /// Write the interface to this file as one HTML page that needs no network.
    #[arg(long, value_name = "OUT.html", conflicts_with_all = ["wit", "json", "sizes", "parts", "origin", "proposals", "output"])]
    sheet: Option<PathBuf>,
    /// Write the part, or the bill of materials, to this file instead of showing it.
    #[arg(short, long, value_name = "FILE", requires = "written", conflicts_with_all = ["wat", "hex"])]
    output: Option<PathBuf>,
    /// Print one type with its documentation and where it is used: its name, or `interface#name`.
    #[arg(long = "type", value_name = "NAME", conflicts_with_all = ["json", "wit"])]
    type_name: Option<String>,
    /// Print the interfaces in the words of a language: rust, typescript, python, c or go.
    #[arg(long = "as", value_name = "LANGUAGE", conflicts_with_all = ["wit", "wat", "hex", "sizes", "parts", "origin", "find", "proposals", "cyclonedx", "type_name"])]
    language: Option<spell::Word>,
    /// Only this import or export, by its full name.
    #[arg(long, value_name = "NAME", requires = "language")]
    interface: Option<String>,
}

pub fn run(arguments: &Arguments) -> Exit {
    // Nothing but the file is needed for the text. If there is none, the long way says why.
    if arguments.wit
        && arguments.part.is_none()
        && let Ok(bytes) = Machine::new(None, || {}).read_once(&arguments.file, MOST_FILE_BYTES)
        && let Some(text) = wit_text(&bytes)
    {
        print(&text);
        return Exit::Done;
    }
    let mut headless = Headless::new(false);
    headless.apply(Command::Open(vec![arguments.file.clone()]));
    let Some(mut component) = headless.session.library().values().next().cloned() else {
        if !headless.complain() {
            return fail("The file is not a component, core module or WIT package");
        }
        return Exit::BadInput;
    };
    if arguments.wat {
        return code::wat(&component, arguments.part.as_deref(), arguments.function.as_deref());
    }
    if let Some(range) = &arguments.hex {
        return code::hex(&component, arguments.part.as_deref(), range);
    }
    if let Some(path) = &arguments.part {
        let Some(path) = part_path(path) else {
            return fail(&format!("“{}” is not the path of a part, such as 0.2", display_safe_line(path)));
        };
        if let (Some(output), false) = (&arguments.output, arguments.cyclonedx) {
            headless.apply(Command::ExportPart(component.digest, path, output.clone()));
            headless.warn();
            return if headless.complain() { Exit::BadInput } else { Exit::Done };
        }
        let Some(bytes) = component.part_bytes(&path) else {
            return fail(&format!("The file has no part {}: see --parts", part_text(&path)));
        };
        let digest = Digest::of(&bytes);
        headless.apply(Command::OpenBytes(component.part_file_name(&path), bytes));
        match headless.session.component(&digest) {
            Some(part) => component = Arc::clone(part),
            None => return fail("The part cannot be read"),
        }
    }
    let component = &*component;
    if let Some(folder) = &arguments.split {
        return split(&mut headless, component, folder);
    }
    if let Some(name) = &arguments.type_name {
        return types::show(component, name);
    } else if let Some(format) = arguments.format {
        print(&inside::graph(component, format));
    } else if arguments.inside && !arguments.json {
        print(&inside::text(component));
    } else if let Some(language) = arguments.language.filter(|_| !arguments.json) {
        let exit = spell::run(component, language, arguments.interface.as_deref());
        if !matches!(exit, Exit::Done) {
            return exit;
        }
    } else if let Some(path) = &arguments.sheet {
        headless.apply(Command::SaveSheet(component.digest, path.clone()));
        return if headless.complain() { Exit::BadInput } else { Exit::Done };
    } else if arguments.wit {
        print(component.wit());
    } else if let Some(path) = &arguments.output {
        let before = headless.session.notices().len();
        headless.apply(Command::SaveBill(component.digest, path.clone()));
        if headless.session.notices().iter().skip(before).any(|n| n.severity == Severity::Error) {
            headless.complain();
            return Exit::BadInput;
        }
    } else if arguments.cyclonedx {
        print(&component::cyclonedx(component, &component::origin(component)));
    } else if arguments.json {
        let mut json = describe(component, &headless.session);
        if let (true, Some(object)) = (arguments.inside, json.as_object_mut()) {
            object.insert("inside".to_owned(), inside::json(component));
        }
        world::add(&mut json, component, arguments.proposals);
        if arguments.origin {
            origin::add(&mut json, component);
        }
        if let (Some(language), Some(object)) = (arguments.language, json.as_object_mut()) {
            match spell::describe(component, language, arguments.interface.as_deref()) {
                Ok(spelling) => object.insert("spelling".to_owned(), spelling),
                Err(why) => return fail(&why),
            };
        }
        if let (true, Some(object)) = (arguments.sizes, json.as_object_mut()) {
            object.insert("sizes".to_owned(), sizes::describe(component, &size_map(component), arguments.depth));
        }
        print(&json_text(&json));
    } else if arguments.origin || arguments.proposals || arguments.find.is_some() {
        let mut sections = Vec::new();
        if arguments.proposals {
            sections.push(world::proposals(component));
        }
        if arguments.origin || arguments.find.is_some() {
            sections.push(origin::text(component, arguments.find.as_deref()));
        }
        print(&sections.join("\n"));
    } else if arguments.sizes {
        print(&sizes::page(component, &size_map(component), arguments.depth));
    } else if arguments.parts {
        print(&sizes::parts(component, &size_map(component)));
    } else {
        print(&page(component, &headless.session));
    }
    if is_broken(component) { Exit::BadInput } else { Exit::Done }
}

fn is_broken(component: &Component) -> bool {
    component.diagnostics.iter().any(|d| d.severity == Severity::Error)
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
    world::rows(component, &mut row);
    origin::rows(&component.metadata, &mut row);
    let used = used_imports(component);
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
                let unused = used.import(&item.name).filter(|_| heading == "imports").map(|u| &u.unused);
                for f in &interface.functions {
                    let mark = if unused.is_some_and(|u| u.contains(&f.name)) { "  (not used)" } else { "" };
                    let _ = writeln!(out, "    {}: {}{mark}", f.display_name(), component.signature(f));
                }
            }
        }
    }
    for (is_import, heading) in [(true, "\nimports beyond WIT"), (false, "\nexports beyond WIT")] {
        let mut listed = component.beyond.iter().filter(|b| b.is_import == is_import).peekable();
        if listed.peek().is_some() {
            let _ = writeln!(out, "{heading}");
        }
        for beyond in listed {
            let ty = beyond.ty.as_deref().unwrap_or("of a type that is not known").replace('\n', "\n    ");
            let _ = writeln!(out, "  {} {}: {}", beyond.kind, display_safe_line(&beyond.name), display_safe(&ty));
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
    for diagnostic in component.diagnostics.iter().chain(&component.missing()) {
        let _ = writeln!(out, "\n{diagnostic}");
    }
    let wit = component.wit();
    if !wit.is_empty() {
        let _ = write!(out, "\n{wit}");
    }
    out
}

fn describe(component: &Component, session: &Session) -> Value {
    let used = used_imports(component);
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
        "interfaces": externs(&component.interfaces),
        "worlds": describe_worlds(component),
        "types": types::describe(component),
        "docs": component.docs,
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
        "beyond_wit": component.beyond.iter().map(|b| json!({
            "name": b.name, "is_import": b.is_import, "kind": b.kind, "type": b.ty,
        })).collect::<Vec<_>>(),
        "missing": component.missing().iter().map(|d| &d.message).collect::<Vec<_>>(),
        "parts": describe_part(&component.root),
        "diagnostics": component.diagnostics.iter().map(|d| json!({
            "message": d.message, "hint": d.hint,
        })).collect::<Vec<_>>(),
        "wit": component.wit(),
    })
}

fn describe_extern(component: &Component, item: &Extern) -> Value {
    let (kind, functions) = match &item.item {
        Item::Interface(i) => ("interface", i.functions.as_slice()),
        Item::Function(f) => ("function", std::slice::from_ref(f)),
        Item::Type(_) => ("type", [].as_slice()),
    };
    let object = json!({
        "name": item.name,
        "kind": kind,
        "docs": item.docs,
        "host": item.family(&component.types) == Family::Host,
        "functions": functions.iter().map(|f| describe_function(component, f)).collect::<Vec<_>>(),
    });
    types::with_stability(object, item.stability.as_deref())
}

/// The worlds of a WIT package. An interface is named; what is in it stands among the package's interfaces.
fn describe_worlds(component: &Component) -> Vec<Value> {
    let items = |list: &[WorldItem]| {
        let item = |item: &WorldItem| match item {
            WorldItem::Interface(i) => json!({
                "name": component.interfaces.get(*i).map(|e| &e.name),
                "kind": "interface",
            }),
            WorldItem::Own(own) => describe_extern(component, own),
        };
        list.iter().map(item).collect::<Vec<_>>()
    };
    let world = |world: &crate::component::World| {
        let object = json!({
            "name": world.name,
            "docs": world.docs,
            "imports": items(&world.imports),
            "exports": items(&world.exports),
        });
        types::with_stability(object, world.stability.as_deref())
    };
    component.worlds.iter().map(world).collect()
}

/// An import, with what is used of it; `null` if that is not known.
fn describe_import(component: &Component, item: &Extern, used: &Used) -> Value {
    let mut out = describe_extern(component, item);
    let used = used.import(&item.name).map_or(Value::Null, |import| {
        json!({
            "functions": import.used,
            "unused": import.unused,
            "types_only": import.is_types_only(),
            "drops": import.drops,
        })
    });
    if let Some(object) = out.as_object_mut() {
        object.insert("used".to_owned(), used);
    }
    out
}

fn describe_function(component: &Component, function: &Function) -> Value {
    let kind = match function.kind {
        FunctionKind::Freestanding => "function",
        FunctionKind::Method(_) => "method",
        FunctionKind::Static(_) => "static",
        FunctionKind::Constructor(_) => "constructor",
    };
    let object = json!({
        "name": function.name,
        "kind": kind,
        "async": function.is_async,
        "docs": function.docs,
        "params": function.params.iter().map(|p| json!({
            "name": p.name, "type": component.types.text(p.ty),
        })).collect::<Vec<_>>(),
        "result": function.result.map(|ty| component.types.text(ty)),
    });
    types::with_stability(object, function.stability.as_deref())
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
