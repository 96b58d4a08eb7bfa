//! The composition as text for other tools: WAC source, Mermaid and Graphviz. Names are free text, so every one of them is
//! escaped, and nothing in it can end a string or begin a statement.

use super::check::{Outline, kebab, short_name};
use super::encode::exports_in_order;
use super::stand_in::{StandIns, stand_ins};
use super::{Composition, Library};
use crate::component::Digest;
use crate::diag::display_safe_line;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// How the comment for a component's file begins, and what it says of it.
pub(super) const DEPS: &str = "// deps/";
pub(super) const SHA256: &str = "sha256";
pub(super) const NAMED: &str = "named";
/// What stands before an instance's name in the comment above it.
pub(super) const INSTANCE: &str = "instance";

/// What a file of WAC source is called where nothing else is known of it.
pub const ANY_FILE: &str = "composition.wac";
/// Letters that the language forbids even in comments, beside characters that nobody sees.
const FORBIDDEN: [char; 6] = ['\u{149}', '\u{673}', '\u{f77}', '\u{f79}', '\u{17a3}', '\u{17a4}'];

/// What is part of the result in the WAC language, to be composed with the `wac` tool. The components are expected as packages of
/// the name space `local`, in files that the comment at the top lists. What the language has no place for, digests and the
/// names that are no identifiers, stands in comments that [`super::from_wac`] reads back.
///
/// `file` is where the source goes, as a shell takes it: the first line says how to compose it.
pub fn wac(composition: &Composition, library: &Library, file: &str) -> String {
    let outline = Outline::new(composition, library);
    let in_order = outline.order.iter().chain(&outline.in_cycles).copied();
    let in_order: Vec<&str> = in_order.filter(|name| outline.members.contains(name)).collect();
    let mut packages: BTreeMap<Digest, String> = BTreeMap::new();
    let mut taken = BTreeSet::new();
    let mut variables: BTreeMap<&str, String> = BTreeMap::new();
    let mut variables_taken = BTreeSet::new();
    for name in &in_order {
        let Some(digest) = composition.instances.get(*name).map(|i| i.component) else { continue };
        packages.entry(digest).or_insert_with(|| {
            let wanted = library.get(&digest).map_or_else(|| digest.short(), |c| c.name.clone());
            free(&mut taken, kebab(&wanted))
        });
        variables.insert(name, free(&mut variables_taken, kebab(name)));
    }
    let can_stand = display_safe_line(file) == file && !file.contains(FORBIDDEN);
    let file = if can_stand { file } else { ANY_FILE };
    let mut out = format!("// Compose with: wac compose {file} -o composed.wasm\n");
    for (digest, name) in &packages {
        let own = library.get(digest).map(|c| c.name.as_str()).filter(|own| own != name);
        let named = own.map(|own| format!("  {NAMED} {}", string(own))).unwrap_or_default();
        let _ = writeln!(out, "{DEPS}local/{name}.wasm  {SHA256} {digest}{named}");
    }
    out.push_str("package local:composition;\n\n");
    for name in in_order.iter().copied() {
        let Some(variable) = variables.get(name) else { continue };
        let package = composition.instances.get(name).and_then(|i| packages.get(&i.component));
        if variable != name {
            let _ = writeln!(out, "/// {INSTANCE} {}", string(name));
        }
        let _ = writeln!(out, "let %{variable} = new local:{} {{", package.map_or("unknown", String::as_str));
        for (to, from) in composition.wires.iter().filter(|(to, _)| to.instance == name) {
            let Some(provider) = variables.get(from.instance.as_str()) else { continue };
            let _ = writeln!(out, "    {}: %{provider}[{}],", literal(&to.name), literal(&from.name));
        }
        out.push_str("    ...\n};\n");
    }
    out.push('\n');
    for (name, from) in exports_in_order(composition, library, &outline) {
        if let Some(variable) = variables.get(from.instance.as_str()) {
            let _ = writeln!(out, "export %{variable}[{}] as {};", literal(&from.name), literal(&name));
        }
    }
    out
}

/// What is known of a composition's instances beyond how they are wired.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Legend {
    /// Instances that are shown together, by the title of the frame around them. An instance is in one at most.
    pub groups: BTreeMap<String, BTreeSet<String>>,
    /// The instances that are no part of the composed file: what they stand in for stays an import of it.
    pub left_out: BTreeSet<String>,
}

/// The whole composition as a Mermaid flow chart, for a place that shows Markdown; groups are subgraphs.
pub fn mermaid(composition: &Composition, library: &Library, groups: &Groups) -> String {
    let mut out = String::from("flowchart LR\n");
    let (ids, stand_ins) = (ids(composition), stand_ins(library, composition.digests()));
    let label = |name: &str| label(composition, library, &stand_ins, name);
    let node = |name: &str, id: &str| format!("{id}[\"{}\"]\n", entities(&label(name)));
    let (grouped, free) = in_groups(&ids, groups);
    for (n, (title, members)) in grouped.iter().enumerate() {
        let _ = writeln!(out, "    subgraph g{n}[\"{}\"]", entities(title));
        members.iter().for_each(|(name, id)| _ = write!(out, "        {}", node(name, id)));
        out.push_str("    end\n");
    }
    free.iter().for_each(|(name, id)| _ = write!(out, "    {}", node(name, id)));
    for (to, from) in &composition.wires {
        if let (Some(a), Some(b)) = (ids.get(from.instance.as_str()), ids.get(to.instance.as_str())) {
            let _ = writeln!(out, "    {a} -->|\"{}\"| {b}", entities(short_name(&to.name)));
        }
    }
    out
}

/// The whole composition as a Graphviz graph; groups are clusters.
pub fn dot(composition: &Composition, library: &Library, groups: &Groups) -> String {
    let mut out = String::from("digraph composition {\n    rankdir=LR;\n    node [shape=box];\n");
    let (ids, stand_ins) = (ids(composition), stand_ins(library, composition.digests()));
    let label = |name: &str| label(composition, library, &stand_ins, name);
    let node = |name: &str, id: &str| format!("{id} [label={}];\n", quoted(&label(name)));
    let (grouped, free) = in_groups(&ids, groups);
    for (n, (title, members)) in grouped.iter().enumerate() {
        let _ = writeln!(out, "    subgraph cluster_{n} {{\n        label={};", quoted(title));
        members.iter().for_each(|(name, id)| _ = write!(out, "        {}", node(name, id)));
        out.push_str("    }\n");
    }
    free.iter().for_each(|(name, id)| _ = write!(out, "    {}", node(name, id)));
    for (to, from) in &composition.wires {
        if let (Some(a), Some(b)) = (ids.get(from.instance.as_str()), ids.get(to.instance.as_str())) {
            let _ = writeln!(out, "    {a} -> {b} [label={}];", quoted(short_name(&to.name)));
        }
    }
    out.push_str("}\n");
    out
}

type Groups = BTreeMap<String, BTreeSet<String>>;
/// Instances with their identifiers.
type Named<'a> = Vec<(&'a str, &'a str)>;

/// Instances by group, without groups of none, and those in no group.
fn in_groups<'a>(ids: &'a BTreeMap<&str, String>, groups: &'a Groups) -> (Vec<(&'a str, Named<'a>)>, Named<'a>) {
    let mut rest: BTreeMap<&str, &str> = ids.iter().map(|(name, id)| (*name, id.as_str())).collect();
    let mut grouped = Vec::new();
    for (title, members) in groups {
        let own: Named<'a> = members.iter().filter_map(|name| rest.remove_entry(name.as_str())).collect();
        if !own.is_empty() {
            grouped.push((title.as_str(), own));
        }
    }
    (grouped, rest.into_iter().collect())
}

/// Identifiers for the instances, in the order of their names.
fn ids(composition: &Composition) -> BTreeMap<&str, String> {
    composition.instances.keys().enumerate().map(|(i, name)| (name.as_str(), format!("n{i}"))).collect()
}

/// The instance's name, its component's where that is another, and what that says that it stands in as.
fn label(composition: &Composition, library: &Library, stand_ins: &StandIns, instance: &str) -> String {
    let Some(component) = composition.component(library, instance) else { return instance.to_owned() };
    let of = if component.name == instance { String::new() } else { format!(" ({})", component.name) };
    let word = stand_ins.get(&component.digest).map(|s| format!(" · {}", s.word())).unwrap_or_default();
    format!("{instance}{of}{word}")
}

/// `wanted`, or `wanted-n2`, `wanted-n3` …, whichever is free.
fn free(taken: &mut BTreeSet<String>, wanted: String) -> String {
    let mut name = wanted.clone();
    let mut n = 1;
    while !taken.insert(name.clone()) {
        n += 1;
        name = format!("{wanted}-n{n}");
    }
    name
}

/// A string of the WAC language, which has no escapes. A name that a component can have needs none.
fn literal(name: &str) -> String {
    format!("\"{}\"", display_safe_line(name).replace('"', "\\u{22}"))
}

/// Any text for a comment of WAC source, as a JSON string: the language forbids some letters even there, so only those
/// that nobody can object to stand as they are.
fn string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            ' '..='~' | '\u{a1}'..='\u{148}' | '\u{14a}'..='\u{2ff}' => out.push(c),
            _ => c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| _ = write!(out, "\\u{unit:04x}")),
        }
    }
    out.push('"');
    out
}

/// A string of Graphviz.
fn quoted(text: &str) -> String {
    format!("\"{}\"", display_safe_line(text).replace('\\', "\\\\").replace('"', "\\\""))
}

/// Text of Mermaid, where `#` begins an entity too.
fn entities(text: &str) -> String {
    let mut out = String::new();
    for c in display_safe_line(text).chars() {
        match c {
            '"' | '#' | '&' | '<' | '>' | ';' | '`' | '\\' => {
                let _ = write!(out, "#{};", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}
