//! Two components side by side: what is different in what they are, and in what they may reach.

use crate::component::{Component, ComponentDifference, ExternDifference, SizeDifference, Status, Verdict, difference};
use crate::diag::display_safe_line;
use crate::grant::{self, CapabilityChange, capability_changes};
use crate::measure::Bytes;
use std::fmt::Write;
use std::sync::Arc;

/// Everything that is different between two components.
#[derive(Debug)]
pub struct Comparison {
    /// The one that was there before.
    pub before: Arc<Component>,
    /// The one that is compared with it.
    pub after: Arc<Component>,
    /// What is different in the files themselves.
    pub difference: ComponentDifference,
    /// What they ask the host for, new first.
    pub capabilities: Vec<CapabilityChange>,
}

impl Comparison {
    /// Compares two components.
    pub fn new(before: Arc<Component>, after: Arc<Component>) -> Self {
        let difference = difference(&before, &after);
        let capabilities = capability_changes(&before, &after);
        Self { before, after, difference, capabilities }
    }

    /// As plain text, new things first. `all` lists what is equal, too.
    pub fn text(&self, all: bool) -> String {
        let mut out = String::new();
        let d = &self.difference;
        for (word, c) in [("before", &self.before), ("after", &self.after)] {
            let size = Bytes(c.bytes.len() as u64);
            let _ = writeln!(out, "{word:<8} {}  {size}  sha256 {}", display_safe_line(&c.name), c.digest.short());
        }
        let _ = writeln!(out, "\nverdict  {}\n{}", d.verdict.word(), d.summary());
        let (count, breaking) = d.counts();
        if count > 0 {
            let _ = writeln!(out, "{}, {breaking} breaking", plural(count, "difference"));
        }
        if let Some(promise) = &d.promise {
            let _ = writeln!(out, "the component {promise}");
        }
        if d.is_partial {
            let _ = writeln!(out, "There is more: not everything was compared, and the verdict is the least it can be");
        }
        if d.is_identical && !all {
            return out;
        }
        self.capability_lines(all, &mut out);
        extern_lines("interfaces", &d.interfaces, all, &mut out);
        extern_lines("worlds", &d.worlds, all, &mut out);
        extern_lines("imports", &d.imports, all, &mut out);
        extern_lines("exports", &d.exports, all, &mut out);
        size_lines(d, all, &mut out);
        if !d.origin.is_empty() {
            let _ = writeln!(out, "\norigin");
        }
        for o in &d.origin {
            let text = match (&o.before, &o.after) {
                (Some(a), Some(b)) => format!("~ {}: {a} → {b}", o.what),
                (None, Some(b)) => format!("+ {}: {b}", o.what),
                (a, _) => format!("- {}: {}", o.what, a.as_deref().unwrap_or_default()),
            };
            let _ = writeln!(out, "  {}", display_safe_line(&text));
        }
        out
    }

    fn capability_lines(&self, all: bool, out: &mut String) {
        let shown: Vec<_> = self.capabilities.iter().filter(|c| all || c.status != Status::Same).collect();
        if !shown.is_empty() {
            let _ = writeln!(out, "\ncapabilities");
        }
        for c in shown {
            let asks = if c.after.is_empty() { &c.before } else { &c.after };
            let asks = asks.iter().map(|name| display_safe_line(name)).collect::<Vec<_>>().join(", ");
            let note = match c.status {
                Status::Added => "new: ",
                Status::Removed => "no longer: ",
                _ => "",
            };
            let title = grant::title(c.capability);
            let _ = writeln!(out, "  {} {title:<22} {note}{asks}", sign(c.status));
        }
    }
}

/// The sign of a status in text: `+`, `-`, `~`, `=`.
pub fn sign(status: Status) -> char {
    match status {
        Status::Added => '+',
        Status::Removed => '-',
        Status::Changed => '~',
        Status::Same => '=',
    }
}

/// `1 difference`, `2 differences`.
pub fn plural(count: usize, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}

/// A size's change with its sign: `+1.2 KiB`, `−144 B`, `±0`.
pub fn signed(change: i64) -> String {
    match change {
        0 => "±0".into(),
        n => format!("{}{}", if n > 0 { '+' } else { '−' }, Bytes(n.unsigned_abs())),
    }
}

/// What is to be said of an import or export as a whole.
pub fn note(e: &ExternDifference, is_import: bool) -> String {
    let what = match (e.status, is_import) {
        (Status::Added, true) if e.is_host => "new: asks the host for it",
        (Status::Added, true) => "new: has to be provided",
        (Status::Added, false) => "new",
        (Status::Removed, true) => "no longer asked for",
        (Status::Removed, false) => "gone",
        _ if e.is_partial => "not compared to the end",
        _ if e.changes.iter().any(|w| w.change.is_of_title() && w.verdict == Verdict::Major) => {
            "who asks for the one version does not find the other"
        }
        _ => "",
    };
    match &e.promise {
        Some(promise) if !e.is_partial && (promise.step != e.verdict || promise.is_broken()) => promise.to_string(),
        _ => what.to_owned(),
    }
}

fn extern_lines(heading: &str, list: &[ExternDifference], all: bool, out: &mut String) {
    let shown: Vec<_> = list.iter().filter(|e| all || e.status != Status::Same).collect();
    if shown.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{heading}");
    for e in shown {
        let _ = write!(out, "  {} {}", sign(e.status), display_safe_line(&e.title()));
        if e.status != Status::Same {
            let _ = write!(out, "  {}", e.verdict.word());
            let note = note(e, heading == "imports");
            if !note.is_empty() {
                let _ = write!(out, ", {}", display_safe_line(&note));
            }
        }
        out.push('\n');
        for weighed in e.changes.iter().filter(|w| !w.change.is_of_title()) {
            let change = &weighed.change;
            let sign = sign(change.status());
            let (place, what) = (change.place(), change.what());
            let text = if place.is_empty() { what } else { format!("{place}: {what}") };
            let _ = write!(out, "      {sign} {}", display_safe_line(&text));
            if weighed.verdict != Verdict::Same {
                let _ = write!(out, "  {}", weighed.verdict.word());
            }
            out.push('\n');
        }
    }
}

/// Lines of sizes that are printed without `all`.
const MOST_SIZES: usize = 12;

fn size_lines(d: &ComponentDifference, all: bool, out: &mut String) {
    let _ = writeln!(out, "\nsizes");
    size_line(&d.size, out);
    let mut list = |sizes: &[SizeDifference]| {
        let shown: Vec<_> = sizes.iter().filter(|s| all || s.before != s.after).collect();
        let most = if all { usize::MAX } else { MOST_SIZES };
        shown.iter().take(most).for_each(|s| size_line(s, out));
        if shown.len() > most {
            let _ = writeln!(out, "    and {} more (--all lists them)", shown.len() - most);
        }
    };
    list(&d.kinds);
    list(&d.parts);
}

/// Characters of a name in a line of sizes.
const LONGEST_NAME: usize = 39;

fn size_line(s: &SizeDifference, out: &mut String) {
    let size = |s: Option<u64>| s.map_or("none".to_owned(), |n| Bytes(n).to_string());
    let name = display_safe_line(&s.name);
    // A part can have a name of any length; the columns stay.
    let name = match name.char_indices().nth(LONGEST_NAME) {
        Some((end, _)) => format!("{}…", name.get(..end).unwrap_or_default()),
        None => name.into_owned(),
    };
    let _ = writeln!(out, "  {name:<40} {:>10} → {:>10}  {}", size(s.before), size(s.after), signed(s.change()));
}
