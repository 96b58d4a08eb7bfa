//! The rows of the interface tree: made from a component once, each with its height, so that only those in sight are
//! drawn, however many there are.

use crate::component::{Component, Extern, Function, Item, Type, TypeId, TypeKind};
use crate::compose::Side;
use crate::diag::display_safe_line;
use std::collections::{BTreeMap, BTreeSet};

/// The height of a row, and of a line of code below it.
pub(super) const ROW: f32 = 24.0;
pub(super) const LINE: f32 = 18.0;
/// Lines of one signature, of one documentation, and of one definition.
const MOST_LINES: usize = 24;
const MOST_DOCS: usize = 3;
const MOST_DEFINITION: usize = 2_000;

/// What the rows are made of.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Wanted {
    /// Words to look for, in lower case.
    pub filter: String,
    /// Only this import or export.
    pub only: Option<(Side, String)>,
    /// What stands otherwise than at first.
    pub toggled: BTreeSet<String>,
    /// How many letters of code, and of prose, fit beside each other.
    pub columns: usize,
    pub prose: usize,
    /// Where each import comes from: for an instance.
    pub sources: BTreeMap<String, Source>,
}

/// Where an instance's import comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// From this export of another instance.
    Wired(crate::compose::Port),
    /// From the host, if granted.
    Host,
    /// From nowhere yet: this import is open.
    Missing(crate::compose::Port),
}

/// One row.
#[derive(Debug)]
pub(super) struct Row {
    pub top: f32,
    pub height: f32,
    pub depth: usize,
    pub what: What,
}

/// What a row shows.
#[derive(Debug)]
pub(super) enum What {
    /// `Imports` or `Exports`, and how many.
    Side(Side, usize),
    /// An interface: its key, whether it is open, how many functions, where it comes from.
    Interface { side: Side, index: usize, key: String, open: bool, functions: usize },
    /// Where the import above comes from.
    Source(Source),
    /// A function, by the positions of its owner and itself; its signature in lines, the first after the name if it fits.
    Function { side: Side, index: usize, function: usize, beside: bool, lines: Vec<String> },
    /// A type: its key, whether its definition is shown, or all of it if it is short.
    Type { id: TypeId, key: String, open: Option<bool>, short: String },
    /// A line of a definition.
    Code(String),
    /// A line of documentation.
    Docs(String),
}

/// All rows, and the height of all together.
#[derive(Debug, Default)]
pub(super) struct Outline {
    pub rows: Vec<Row>,
    pub height: f32,
}

impl Outline {
    /// The rows of a component.
    pub(super) fn of(component: &Component, wanted: &Wanted) -> Self {
        let mut out = Maker { out: Self::default(), component, wanted };
        for side in [Side::Export, Side::Import] {
            out.side(side);
        }
        out.out
    }

    /// The rows between these heights.
    pub(super) fn between(&self, top: f32, bottom: f32) -> std::ops::Range<usize> {
        let first = self.rows.partition_point(|r| r.top + r.height <= top);
        let last = self.rows.partition_point(|r| r.top < bottom);
        first..last.max(first)
    }
}

/// The import or export at a position.
pub(super) fn at(component: &Component, side: Side, index: usize) -> Option<&Extern> {
    match side {
        Side::Import => component.imports.get(index),
        Side::Export => component.exports.get(index),
    }
}

struct Maker<'a> {
    out: Outline,
    component: &'a Component,
    wanted: &'a Wanted,
}

impl Maker<'_> {
    fn push(&mut self, depth: usize, height: f32, what: What) {
        self.out.rows.push(Row { top: self.out.height, height, depth, what });
        self.out.height += height;
    }

    fn fits(&self, name: &str) -> bool {
        self.wanted.filter.is_empty() || name.to_lowercase().contains(&self.wanted.filter)
    }

    /// Whether something is open: as at first, unless the user folded it. While something is looked for, all is open.
    fn is_open(&self, key: &str, at_first: bool) -> bool {
        !self.wanted.filter.is_empty() || at_first != self.wanted.toggled.contains(key)
    }

    fn side(&mut self, side: Side) {
        let component = self.component;
        let all = if side == Side::Import { &component.imports } else { &component.exports };
        let only = self.wanted.only.as_ref();
        let shown: Vec<(usize, &Extern)> = all
            .iter()
            .enumerate()
            .filter(|(_, e)| only.is_none_or(|(s, name)| *s == side && *name == e.name))
            .filter(|(_, e)| self.fits(&e.name) || self.fits_inside(e))
            .collect();
        if shown.is_empty() {
            return;
        }
        if only.is_none() {
            self.push(0, 28.0, What::Side(side, shown.len()));
        }
        for (index, found) in shown {
            self.one(side, index, found);
        }
        self.out.height += 8.0;
    }

    fn fits_inside(&self, found: &Extern) -> bool {
        let Item::Interface(interface) = &found.item else { return false };
        interface.functions.iter().any(|f| self.fits(&f.name))
            || interface.types.iter().any(|t| self.type_name(*t).is_some_and(|n| self.fits(n)))
    }

    fn type_name(&self, id: TypeId) -> Option<&str> {
        self.component.types.get(id)?.name.as_deref()
    }

    fn one(&mut self, side: Side, index: usize, found: &Extern) {
        let source = if side == Side::Import { self.wanted.sources.get(&found.name).cloned() } else { None };
        match &found.item {
            Item::Interface(interface) => {
                let key = format!("{side:?} {}", found.name);
                let at_first = side == Side::Export || !found.is_host();
                let open = self.is_open(&key, at_first);
                let functions = interface.functions.len();
                self.push(0, ROW, What::Interface { side, index, key: key.clone(), open, functions });
                if let Some(source) = source {
                    self.push(1, LINE, What::Source(source));
                }
                if !open {
                    return;
                }
                self.docs(1, found.docs.as_deref());
                // Where the name itself is what was looked for, all of it is shown.
                let whole = self.fits(&found.name);
                for (i, function) in interface.functions.iter().enumerate() {
                    if whole || self.fits(&function.name) {
                        self.function(1, side, index, i, function);
                    }
                }
                for id in &interface.types {
                    if whole || self.type_name(*id).is_some_and(|n| self.fits(n)) {
                        self.named_type(1, &key, *id);
                    }
                }
                self.out.height += 4.0;
            }
            Item::Function(function) => {
                self.function(0, side, index, 0, function);
                if let Some(source) = source {
                    self.push(1, LINE, What::Source(source));
                }
            }
            Item::Type(id) => self.named_type(0, &format!("{side:?} {}", found.name), *id),
        }
    }

    fn function(&mut self, depth: usize, side: Side, index: usize, position: usize, function: &Function) {
        let signature = self.component.signature(function);
        let signature = display_safe_line(&signature);
        let name = display_safe_line(function.display_name()).chars().count();
        let columns = self.wanted.columns.saturating_sub(2 * depth);
        // Room for the name's icon and for the buttons at the end.
        let beside = name + signature.chars().count() + 10 <= columns;
        let lines = if beside { vec![signature.into_owned()] } else { wrap(&signature, columns.saturating_sub(4)) };
        let below = if beside { 0 } else { lines.len() };
        let height = ROW + LINE * below as f32;
        self.push(depth, height, What::Function { side, index, function: position, beside, lines });
        self.docs(depth + 1, function.docs.as_deref());
        self.out.height += 2.0;
    }

    fn named_type(&mut self, depth: usize, owner: &str, id: TypeId) {
        let Some(def) = self.component.types.get(id) else { return };
        let Some(name) = &def.name else { return };
        let key = format!("{owner} type {name}");
        // The methods of a resource are among the functions already; a short definition needs no fold.
        let foldable = match &def.kind {
            TypeKind::Record(fields) => !fields.is_empty(),
            TypeKind::Variant(cases) => !cases.is_empty(),
            TypeKind::Enum(labels) | TypeKind::Flags(labels) => !labels.is_empty(),
            _ => false,
        };
        // A definition is shown when asked for, not because something was looked for.
        let open = foldable.then(|| self.wanted.toggled.contains(&key));
        let short = match (&def.kind, foldable) {
            (TypeKind::Resource, _) => format!("resource {name}"),
            (_, true) => String::new(),
            (_, false) => self.component.type_text(id).lines().last().unwrap_or_default().to_owned(),
        };
        let short = display_safe_line(short.trim_end_matches(';')).into_owned();
        self.push(depth, ROW, What::Type { id, key, open, short });
        self.docs(depth + 1, def.docs.as_deref());
        if open != Some(true) {
            return;
        }
        let text = self.component.type_text(id);
        // Its own head and foot are the row above and nothing.
        let body = text.lines().skip_while(|l| !l.ends_with('{')).skip(1).take_while(|l| *l != "}");
        for line in body.take(MOST_DEFINITION) {
            self.push(depth + 1, LINE, What::Code(display_safe_line(line).into_owned()));
        }
        self.out.height += 4.0;
    }

    fn docs(&mut self, depth: usize, docs: Option<&str>) {
        let Some(docs) = docs else { return };
        let columns = self.wanted.prose.saturating_sub(3 * depth);
        for line in prose(docs, columns, MOST_DOCS) {
            self.push(depth, LINE, What::Docs(line));
        }
    }
}

/// Breaks a signature where a person would: between parameters, before the arrow; inside a type only if it must be.
/// Later lines are set in.
fn wrap(signature: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(12);
    let mut lines = vec![String::new()];
    for piece in pieces(signature, 1) {
        let fits = |line: &str, piece: &str| line.chars().count() + piece.trim_end().chars().count() <= columns;
        if lines.last().is_some_and(|line| fits(line, piece)) {
            lines.last_mut().into_iter().for_each(|line| line.push_str(piece));
            continue;
        }
        new_line(&mut lines);
        if lines.last().is_some_and(|line| fits(line, piece)) {
            lines.last_mut().into_iter().for_each(|line| line.push_str(piece));
        } else {
            pieces(piece, usize::MAX).into_iter().for_each(|piece| cut_into(&mut lines, piece, columns));
        }
        if lines.len() > MOST_LINES {
            lines.truncate(MOST_LINES);
            lines.last_mut().into_iter().for_each(|line| line.push('…'));
            break;
        }
    }
    lines.last_mut().into_iter().for_each(|line| line.truncate(line.trim_end().len()));
    lines
}

/// A new line, unless nothing stands on the last one.
fn new_line(lines: &mut Vec<String>) {
    if let Some(line) = lines.last_mut()
        && !line.trim().is_empty()
    {
        line.truncate(line.trim_end().len());
        lines.push("  ".to_owned());
    }
}

/// Adds a piece to the last line, cut wherever a line is full.
fn cut_into(lines: &mut Vec<String>, piece: &str, columns: usize) {
    if lines.last().is_some_and(|line| line.chars().count() + piece.trim_end().chars().count() > columns) {
        new_line(lines);
    }
    for letter in piece.chars() {
        if lines.last().is_some_and(|line| line.chars().count() >= columns) && !letter.is_whitespace() {
            let rest = lines.last_mut().map(|line| last_part(line, columns / 2)).unwrap_or_default();
            lines.push(format!("  {rest}"));
        }
        lines.last_mut().into_iter().for_each(|line| line.push(letter));
    }
}

/// Takes off a full line what stands behind its last hyphen or bracket, if that is behind so many characters: a name is
/// not cut within a word.
fn last_part(line: &mut String, behind: usize) -> String {
    let ends_word = |(_, c): &(usize, char)| "-<(,:/ ".contains(*c);
    let end = line.char_indices().skip(behind).filter(ends_word).last().map(|(i, c)| i + c.len_utf8());
    let rest = end.map(|end| line.split_off(end)).unwrap_or_default();
    line.truncate(line.trim_end().len());
    rest
}

/// Divides a signature after each comma that is at most this deep in brackets, and before the arrow.
fn pieces(text: &str, deepest: usize) -> Vec<&str> {
    let mut out = Vec::new();
    let (mut start, mut depth) = (0, 0_usize);
    let mut before = ' ';
    for (i, c) in text.char_indices() {
        match c {
            '(' | '<' => depth += 1,
            // The tip of an arrow closes nothing.
            ')' | '>' if before != '-' => depth = depth.saturating_sub(1),
            ' ' if before == ',' && depth <= deepest => {
                out.push(text.get(start..=i).unwrap_or_default());
                start = i + 1;
            }
            '-' if depth == 0 && text.get(i..).is_some_and(|rest| rest.starts_with("-> ")) && i > start => {
                out.push(text.get(start..i).unwrap_or_default());
                start = i;
            }
            _ => {}
        }
        before = c;
    }
    out.push(text.get(start..).unwrap_or_default());
    out
}

/// The first lines of a text, broken between words; an ellipsis if there is more.
fn prose(text: &str, columns: usize, most: usize) -> Vec<String> {
    let columns = columns.max(16);
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let word = display_safe_line(word);
        let count = lines.len();
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= columns => {
                line.push(' ');
                line.push_str(&word);
            }
            Some(line) if count == most => {
                line.push_str(" …");
                break;
            }
            _ => lines.push(word.into_owned()),
        }
    }
    lines
}

/// A full name in so many letters: what is cut is the package, because the own name and the version tell more.
pub(super) fn shortened(name: &str, columns: usize) -> String {
    let all = name.chars().count();
    match name.rsplit_once('/') {
        Some((package, own)) if all > columns => {
            let kept = package.chars().count().saturating_sub(all - columns + 1);
            let package: String = package.chars().take(kept).collect();
            format!("{package}…/{own}")
        }
        _ => name.to_owned(),
    }
}

/// Every named type with its family, for colours.
pub(super) fn families(component: &Component) -> std::collections::HashMap<String, crate::component::Family> {
    let types = &component.types;
    let named = types.defs.iter().enumerate().filter_map(|(i, def)| {
        let name = def.name.clone()?;
        let id = TypeId(u32::try_from(i).ok()?);
        Some((name, types.family(Type::Def(id))))
    });
    named.collect()
}

/// The word that declares a type.
pub(super) fn type_word(kind: &TypeKind) -> &'static str {
    match kind {
        TypeKind::Record(_) => "record",
        TypeKind::Variant(_) => "variant",
        TypeKind::Enum(_) => "enum",
        TypeKind::Flags(_) => "flags",
        TypeKind::Resource => "resource",
        _ => "type",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_broken_where_a_person_would() {
        let text = "func(user-id: string, amount-cents: u64) -> decision";
        assert_eq!(wrap(text, 80), [text]);
        assert_eq!(wrap(text, 42), ["func(user-id: string, amount-cents: u64)", "  -> decision"]);
        assert_eq!(wrap(text, 26), ["func(user-id: string,", "  amount-cents: u64)", "  -> decision"]);
        let nested = "func(path: string, line: string) -> result<u64, string>";
        assert_eq!(wrap(nested, 40), ["func(path: string, line: string)", "  -> result<u64, string>"]);
        let deep = "func() -> result<list<tuple<string, u64>>, string>";
        assert_eq!(wrap(deep, 34), ["func()", "  -> result<list<tuple<string,", "  u64>>, string>"]);
        let long = format!("func(x: {})", "y".repeat(200));
        let lines = wrap(&long, 30);
        assert!(lines.iter().all(|l| l.chars().count() <= 30), "{lines:?}");
        assert_eq!(lines.iter().map(|l| l.trim_start()).collect::<String>(), long);
        let words = "f(the-name-of-a-parameter-that-is-long: u8)";
        assert_eq!(wrap(words, 24), ["f(the-name-of-a-", "  parameter-that-is-", "  long: u8)"]);
        assert_eq!(wrap(&"a, ".repeat(10_000), 30).len(), MOST_LINES);
    }

    #[test]
    fn of_a_long_name_the_package_is_cut() {
        let name = "techbytes:toolbox/kitchen-sink@0.1.0";
        assert_eq!(shortened(name, 36), name);
        assert_eq!(shortened(name, 26), "techby…/kitchen-sink@0.1.0");
        assert_eq!(shortened(name, 10), "…/kitchen-sink@0.1.0");
        assert_eq!(shortened("plain-name", 4), "plain-name");
    }

    #[test]
    fn prose_is_cut_with_an_ellipsis() {
        assert_eq!(prose("one two\nthree", 20, 3), ["one two three"]);
        assert_eq!(prose("one two three four five six seven", 16, 1), ["one two three …"]);
    }
}
