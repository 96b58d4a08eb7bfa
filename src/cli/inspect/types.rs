//! `wirebench inspect --type`: the card of a type as text; and types for `--json`.

use super::super::{Exit, fail, print};
use crate::component::{Component, FunctionKind, Stability, TypeDef, TypeId, TypeKind, Uses, where_used};
use crate::diag::{display_safe, display_safe_line};
use serde_json::{Map, Value, json};
use std::fmt::Write;

/// Prints the card of each type that `name` means.
pub(super) fn show(component: &Component, name: &str) -> Exit {
    let uses = where_used(component);
    let found = uses.find_types(component, name);
    if found.is_empty() {
        let name = display_safe_line(name);
        return fail(&format!(
            "There is no type “{name}”: name it as in the WIT text, or as `interface#type`; --json lists all types"
        ));
    }
    let cards: Vec<_> = found.into_iter().map(|id| card(component, &uses, id)).collect();
    print(&cards.join("\n"));
    Exit::Done
}

fn card(component: &Component, uses: &Uses, id: TypeId) -> String {
    let Some(def) = component.types.get(id) else { return String::new() };
    let mut out = String::new();
    let mut row = |key: &str, value: &str| {
        let _ = writeln!(out, "{key:<13} {}", display_safe_line(value));
    };
    row("type", def.name.as_deref().unwrap_or_default());
    row("kind", kind_word(&def.kind));
    row("owner", def.owner.as_deref().unwrap_or("the world itself"));
    for (key, value) in stability_rows(def.stability.as_deref()) {
        row(key, value);
    }
    if matches!(def.kind, TypeKind::Resource) {
        let members = |kind: fn(&FunctionKind) -> bool| {
            let mut names: Vec<&str> = uses
                .members(id)
                .filter_map(|at| Some(component.function_at(at)?.1))
                .filter(|f| kind(&f.kind))
                .map(|f| f.display_name().rsplit('.').next().unwrap_or_default())
                .collect();
            names.dedup();
            names.join(", ")
        };
        let has_constructor = !members(|k| matches!(k, FunctionKind::Constructor(_))).is_empty();
        row("constructor", if has_constructor { "yes" } else { "none" });
        let (methods, statics) =
            (members(|k| matches!(k, FunctionKind::Method(_))), members(|k| matches!(k, FunctionKind::Static(_))));
        row("methods", if methods.is_empty() { "none" } else { &methods });
        row("statics", if statics.is_empty() { "none" } else { &statics });
    }
    let _ = writeln!(out, "\n{}", display_safe(&component.type_text(id)));
    let places = uses.of(id, &component.types, usize::MAX);
    if places.is_empty() {
        out.push_str("\nnot used by anything\n");
        return out;
    }
    out.push_str("\nwhere used\n");
    for place in places {
        let words = component.use_words(&place);
        let name = match words.owner {
            Some(owner) => format!("{owner}#{}", words.by),
            None => words.by,
        };
        let _ = writeln!(out, "  {}: {}", display_safe_line(&name), display_safe_line(&words.role));
    }
    out
}

fn stability_rows(stability: Option<&Stability>) -> impl Iterator<Item = (&'static str, &str)> {
    let rows = stability.map(|s| [("since", &s.since), ("unstable", &s.unstable), ("deprecated", &s.deprecated)]);
    rows.into_iter().flatten().filter_map(|(key, value)| Some((key, value.as_deref()?)))
}

/// Adds `since`, `unstable` (the feature's name) and `deprecated` to an object: what is not said is null.
pub(super) fn with_stability(mut object: Value, stability: Option<&Stability>) -> Value {
    if let Value::Object(map) = &mut object {
        for key in ["since", "unstable", "deprecated"] {
            let value = stability_rows(stability).find(|(k, _)| *k == key).map(|(_, value)| value);
            map.insert(key.to_owned(), value.map_or(Value::Null, Value::from));
        }
    }
    object
}

/// The named types, in the order of the file.
pub(super) fn describe(component: &Component) -> Vec<Value> {
    component.types.defs.iter().filter(|def| def.name.is_some()).map(describe_type).collect()
}

fn describe_type(def: &TypeDef) -> Value {
    let mut object = Map::new();
    object.insert("name".to_owned(), json!(def.name));
    object.insert("kind".to_owned(), json!(kind_word(&def.kind)));
    object.insert("owner".to_owned(), json!(def.owner.as_deref()));
    object.insert("docs".to_owned(), json!(def.docs));
    with_stability(Value::Object(object), def.stability.as_deref())
}

fn kind_word(kind: &TypeKind) -> &'static str {
    match kind {
        TypeKind::Record(_) => "record",
        TypeKind::Variant(_) => "variant",
        TypeKind::Enum(_) => "enum",
        TypeKind::Flags(_) => "flags",
        TypeKind::Resource => "resource",
        TypeKind::Alias(_) => "other name",
        _ => "type",
    }
}
