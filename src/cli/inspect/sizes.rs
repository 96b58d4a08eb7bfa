//! `wirebench inspect --sizes` and `--parts`: where the bytes of a file are.

use crate::component::{Component, Functions, NodeId, Part, SizeMap, What, part_text};
use crate::diag::display_safe_line;
use serde_json::{Map, Value, json};
use std::fmt::Write;

/// Things listed inside of one; further ones are summed up.
const MOST_INSIDE: usize = 16;
/// Functions listed.
const MOST_FUNCTIONS: usize = 20;

/// The tree of sizes, largest first, this many levels below the whole; totals; the largest functions.
pub fn page(component: &Component, map: &SizeMap, depth: usize) -> String {
    let mut out = format!("{:>10}  {:>6}\n", "bytes", "share");
    let total = component.bytes.len();
    let mut row = |size: usize, indent: usize, name: &str| line(&mut out, total, size, indent, name);
    // What is to be printed, last first: nesting costs no stack.
    let mut todo = vec![(NodeId::ROOT, 0)];
    let mut rests: Vec<(usize, usize, usize)> = Vec::new();
    while let Some((id, level)) = todo.pop() {
        while let Some((size, indent, count)) = rests.pop_if(|(_, indent, _)| *indent > level) {
            row(size, indent, &format!("{count} smaller"));
        }
        row(map.size(id), level, &label(map, id));
        if level >= depth {
            continue;
        }
        let inside = map.largest(id);
        let (inside, rest) = inside.split_at(inside.len().min(MOST_INSIDE));
        if !rest.is_empty() {
            rests.push((rest.iter().map(|id| map.size(*id)).sum(), level + 1, rest.len()));
        }
        todo.extend(inside.iter().rev().map(|id| (*id, level + 1)));
    }
    while let Some((size, indent, count)) = rests.pop() {
        row(size, indent, &format!("{count} smaller"));
    }
    out.push_str("\nby kind\n");
    for (class, size) in map.totals().filter(|(_, size)| *size > 0) {
        line(&mut out, total, usize::try_from(size).unwrap_or(usize::MAX), 0, class.word());
    }
    let functions = Functions::of(map);
    if !functions.largest().is_empty() {
        let _ = writeln!(out, "\nlargest of {} functions", functions.largest().len());
    }
    for id in largest(map, &functions) {
        let part = part_text(&map.part_path(id));
        let place = if part.is_empty() { String::new() } else { format!("{part}: ") };
        line(&mut out, total, map.size(id), 0, &format!("{place}{}", map.name(id)));
    }
    out
}

/// The largest functions.
fn largest(map: &SizeMap, functions: &Functions) -> impl Iterator<Item = NodeId> {
    functions.largest_ranges().take(MOST_FUNCTIONS).map(|range| map.find(range))
}

fn line(out: &mut String, total: usize, size: usize, indent: usize, name: &str) {
    let share = 100.0 * size as f64 / total.max(1) as f64;
    let _ = writeln!(out, "{size:>10}  {share:>5.1}%  {:indent$}{name}", "", indent = 2 * indent);
}

/// Its name, and what is the matter with it.
fn label(map: &SizeMap, id: NodeId) -> String {
    let mut out = map.name(id);
    if map.what(id) == What::Custom {
        out.insert_str(0, "custom ");
    }
    if let Some((count, words)) = map.entries(id) {
        out.push_str(&format!(", {count}{words}"));
    }
    if map.is_cut(id) {
        out.push_str(" (cut off)");
    }
    if map.is_broken(id) {
        out.push_str(" (broken)");
    }
    out
}

/// The parts and sections with their places in the file. A part's name begins with the path that `--part` wants.
pub fn parts(component: &Component, map: &SizeMap) -> String {
    let mut out = format!("{:<10}  {:<10}  {:>10}  part\n", "start", "end", "bytes");
    let mut todo = vec![(NodeId::ROOT, Some(&component.root))];
    while let Some((id, part)) = todo.pop() {
        // Of a part its bytes alone, as `--part` writes them; of a section all of it.
        let range = part.map_or_else(|| map.range(id), |part: &Part| part.range.clone());
        let depth = map.path(id).len().saturating_sub(1);
        let _ = writeln!(
            out,
            "{:#010x}  {:#010x}  {:>10}  {:indent$}{}",
            range.start,
            range.end,
            range.len(),
            "",
            label(map, id),
            indent = 2 * depth
        );
        if !map.what(id).is_part() {
            continue;
        }
        let mut position = 0;
        let mut inside = Vec::new();
        for child in map.children(id).filter(|c| map.what(*c) != What::Header) {
            let is_part = map.what(child).is_part();
            inside.push((child, part.filter(|_| is_part).and_then(|p| p.children.get(position))));
            position += usize::from(is_part);
        }
        todo.extend(inside.into_iter().rev());
    }
    out
}

/// The same as [`page`] for a program: every node down to `depth`.
pub fn describe(component: &Component, map: &SizeMap, depth: usize) -> Value {
    let by_kind: Map<_, _> = map.totals().map(|(class, size)| (class.word().to_owned(), json!(size))).collect();
    let functions = Functions::of(map);
    json!({
        "size_bytes": component.bytes.len(),
        "by_kind": by_kind,
        "tree": node(map, NodeId::ROOT, depth),
        "functions": functions.largest().len(),
        "largest_functions": largest(map, &functions).map(|id| {
            let mut function = node(map, id, 0);
            if let Some(object) = function.as_object_mut() {
                object.insert("part".to_owned(), json!(part_text(&map.part_path(id))));
            }
            function
        }).collect::<Vec<_>>(),
    })
}

/// Nesting is bounded by the size map.
fn node(map: &SizeMap, id: NodeId, depth: usize) -> Value {
    let range = map.range(id);
    let mut out = json!({
        "kind": match map.what(id) {
            What::Component => "component",
            What::Module => "core module",
            What::Section => "section",
            What::Custom => "custom section",
            What::Function => "function",
            What::Segment => "data segment",
            What::Header => "header",
            What::Unreadable => "unreadable",
            What::Rest => "rest",
        },
        "name": map.name(id),
        "start": range.start,
        "end": range.end,
    });
    let Some(object) = out.as_object_mut() else { return out };
    if let Some(raw) = map.raw_name(id).map(display_safe_line).filter(|raw| *raw != map.name(id)) {
        object.insert("name_in_file".to_owned(), json!(raw));
    }
    if map.is_cut(id) || map.is_broken(id) {
        object.insert("broken".to_owned(), json!(true));
    }
    if depth > 0 && !map.is_leaf(id) {
        let inside: Vec<_> = map.children(id).map(|child| node(map, child, depth - 1)).collect();
        object.insert("inside".to_owned(), json!(inside));
    }
    out
}
