//! Who made a component, with what, and of what, in text and JSON.

use crate::component::{self, Component, Dependencies, Dependency, Metadata, Origin, PartKind, PartOrigin};
use crate::diag::display_safe_line;
use crate::measure::Bytes;
use serde_json::{Value, json};
use std::fmt::Write;

/// The lines about makers and metadata at the head of the page.
pub(super) fn rows(metadata: &Metadata, row: &mut dyn FnMut(&str, &str)) {
    for producer in &metadata.producers {
        row(&producer.field, format!("{} {}", producer.name, producer.version).trim());
    }
    for (key, text) in metadata.texts() {
        row(key, text);
    }
}

/// All there is to say, part by part; with `find`, only the packages with this text.
pub(super) fn text(component: &Component, find: Option<&str>) -> String {
    let origin = component::origin(component);
    match find {
        Some(find) => matches(&origin, find),
        None => everything(&origin),
    }
}

fn everything(origin: &Origin) -> String {
    let mut out = String::from("Every line is a claim of the file, not verified\n\n");
    let mut row = |key: &str, value: &str| _ = writeln!(out, "{key:<13} {}", display_safe_line(value));
    for tool in &origin.tools {
        row(&tool.field, format!("{} {}", tool.name, tool.versions.join(", ")).trim());
    }
    for part in &origin.parts {
        let _ = writeln!(out, "\n{}", heading(part));
        let mut row = |key: &str, value: &str| _ = writeln!(out, "  {key:<13} {}", display_safe_line(value));
        rows(&part.metadata, &mut row);
        for broken in &part.broken {
            row("broken", &format!("the section {}: {}", broken.name, broken.why));
        }
        match &part.dependencies {
            Dependencies::NoneEmbedded => row("dependencies", "none embedded"),
            Dependencies::Unreadable(why) => row("dependencies", &format!("there is a list, but {why}")),
            Dependencies::Listed(list) => {
                row("dependencies", &packages(list.len()));
                list.iter().for_each(|d| _ = writeln!(out, "    {}", line(d)));
            }
        }
    }
    out
}

fn heading(part: &PartOrigin) -> String {
    format!("{}, {}", part.label(), Bytes(part.range.len() as u64))
}

fn packages(count: usize) -> String {
    if count == 1 { "1 package".to_owned() } else { format!("{count} packages") }
}

fn line(d: &Dependency) -> String {
    let Dependency { name, version, source, .. } = d;
    let note = match (d.is_root, d.is_build) {
        (true, _) => ", what was built",
        (_, true) => ", for the build only",
        _ => "",
    };
    display_safe_line(&format!("{name} {version} ({source}{note})")).into_owned()
}

fn matches(origin: &Origin, find: &str) -> String {
    let find = find.to_lowercase();
    let all = origin.dependencies().count();
    let mut out = String::new();
    let mut count = 0;
    for (i, dependency) in origin.dependencies().filter(|(_, d)| d.matches(&find)) {
        let Some(part) = origin.parts.get(i) else { continue };
        let place = if part.path.is_empty() { "whole file".to_owned() } else { format!("part {}", part.path_text()) };
        let _ = writeln!(out, "{place:<13} {}", line(dependency));
        count += 1;
    }
    let _ = match all {
        0 => writeln!(out, "No part has a list of dependencies embedded, so there is nothing to search"),
        _ => writeln!(out, "{count} of {} match", packages(all)),
    };
    out
}

/// Adds the origin to the JSON.
pub(super) fn add(to: &mut Value, component: &Component) {
    let Some(to) = to.as_object_mut() else { return };
    let origin = component::origin(component);
    let tools = origin.tools.iter().map(|t| {
        json!({
            "field": t.field, "name": t.name, "versions": t.versions,
            "parts": t.parts.iter().filter_map(|i| origin.parts.get(*i)).map(PartOrigin::path_text).collect::<Vec<_>>(),
        })
    });
    let tools: Value = tools.collect();
    let parts: Value = origin.parts.iter().map(describe).collect();
    to.insert("origin".into(), json!({ "tools": tools, "parts": parts }));
}

fn describe(part: &PartOrigin) -> Value {
    let mut out = json!({
        "path": part.path_text(),
        "kind": if part.kind == PartKind::Component { "component" } else { "core module" },
        "name": part.metadata.name,
        "start": part.range.start,
        "end": part.range.end,
        "producers": part.metadata.producers.iter().map(|p| json!({
            "field": p.field, "name": p.name, "version": p.version,
        })).collect::<Vec<_>>(),
    });
    let Some(object) = out.as_object_mut() else { return out };
    for (key, text) in part.metadata.texts() {
        object.insert(key.into(), json!(text));
    }
    let dependencies = match &part.dependencies {
        Dependencies::NoneEmbedded => json!("none embedded"),
        Dependencies::Unreadable(why) => json!({ "unreadable": why }),
        Dependencies::Listed(list) => list
            .iter()
            .map(|d| {
                json!({
                    "name": d.name, "version": d.version, "source": d.source,
                    "build": d.is_build, "root": d.is_root, "needs": d.needs,
                })
            })
            .collect(),
    };
    object.insert("dependencies".into(), dependencies);
    object.insert("broken".into(), part.broken.iter().map(|b| json!({ "section": b.name, "why": b.why })).collect());
    out
}
