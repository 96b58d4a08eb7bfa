//! A text broken into the lines that fit a column, so that its height is known before it is laid out.

use super::ink;
use crate::component::{Family, Language};
use crate::diag::display_safe;
use crate::ui::parts::wit_line;
use crate::ui::theme::Tokens;
use egui::text::{LayoutJob, LayoutSection};
use std::collections::HashMap;
use std::ops::Range;

/// The height of a line.
pub(super) const LINE: f32 = 18.0;

/// Letters that what goes on in another line begins further to the right.
const HANG: usize = 4;

/// A text in lines.
pub(super) struct Lines {
    text: String,
    /// The language; WIT without one.
    language: Option<Language>,
    /// Which bytes stand in a line, and how many spaces before them.
    ranges: Vec<(Range<usize>, usize)>,
    /// The coloured lines, once they were in view.
    jobs: Option<Vec<LayoutJob>>,
}

impl Lines {
    /// Breaks a text into lines of at most so many letters.
    pub(super) fn new(text: &str, language: Option<Language>, columns: usize) -> Self {
        let text = display_safe(text).replace('\t', "    ");
        let ranges = wrap(&text, columns);
        Self { text, language, ranges, jobs: None }
    }

    /// Whether it was in view.
    #[cfg(test)]
    pub(super) fn is_colored(&self) -> bool {
        self.jobs.is_some()
    }

    /// How high it is.
    pub(super) fn height(&self) -> f32 {
        self.ranges.len() as f32 * LINE
    }

    /// The lines between two heights, measured from the top of the text.
    pub(super) fn visible(&self, from: f32, to: f32) -> Range<usize> {
        let line = |height: f32| (height.max(0.0) / LINE) as usize;
        let end = line(to + LINE).min(self.ranges.len());
        line(from).min(end)..end
    }

    /// The lines in colour. `families` are those of the names of types.
    pub(super) fn jobs(&mut self, families: &HashMap<String, Family>, t: &Tokens) -> &[LayoutJob] {
        self.jobs.get_or_insert_with(|| {
            let whole = match self.language {
                Some(language) => ink::job(&self.text, language, families, t),
                None => wit_line(&self.text, families, t),
            };
            cut(&whole, &self.ranges)
        })
    }
}

/// Divides a text at line feeds, and where a line is too long.
fn wrap(text: &str, columns: usize) -> Vec<(Range<usize>, usize)> {
    let mut out = Vec::new();
    let mut start = 0;
    for line in text.split('\n') {
        let end = start + line.len();
        let indent = line.len() - line.trim_start_matches(' ').len();
        let hang = (indent + HANG).min(columns / 2);
        let (mut from, mut before) = (start, 0);
        while let Some(rest) = text.get(from..end) {
            let room = columns.saturating_sub(before).max(8);
            let Some((limit, _)) = rest.char_indices().nth(room) else { break };
            let at = fold(rest, limit, columns.saturating_sub(hang).max(8));
            out.push((from..from + at, before));
            from += at;
            from += text.get(from..end).map_or(0, |rest| rest.len() - rest.trim_start_matches(' ').len());
            before = hang;
        }
        out.push((from..end, before));
        start = end + 1;
    }
    out
}

/// Where a line folds of which `limit` bytes fit: behind a space if the next word then fits into a line, else behind a
/// sign, else wherever it ends.
fn fold(line: &str, limit: usize, next: usize) -> usize {
    let fitting = line.get(..limit).unwrap_or_default();
    let begin = fitting.len() - fitting.trim_start_matches(' ').len();
    let behind = |signs: &[char]| fitting.rfind(signs).filter(|at| *at >= begin).map(|at| at + 1);
    let word = |at: usize| {
        let rest = line.get(at..).unwrap_or_default();
        rest.find([' ', ',', '(', '[', '<']).unwrap_or(rest.len())
    };
    behind(&[' '])
        .filter(|at| *at > limit / 3 || word(*at) <= next)
        .or_else(|| behind(&[',', '(', '[', '<', '|', ':', '/']))
        .unwrap_or(limit)
}

/// Takes the lines out of a coloured text. Both are in the order of the text, so this goes through it once.
fn cut(whole: &LayoutJob, ranges: &[(Range<usize>, usize)]) -> Vec<LayoutJob> {
    let mut sections = whole.sections.iter().peekable();
    ranges
        .iter()
        .map(|(range, before)| {
            let mut job = LayoutJob::default();
            while let Some(LayoutSection { byte_range, format, .. }) = sections.peek() {
                let (from, to) = (byte_range.start.0.max(range.start), byte_range.end.0.min(range.end));
                if from < to {
                    let gap = if job.text.is_empty() { " ".repeat(*before) } else { String::new() };
                    let piece = whole.text.get(from..to).unwrap_or_default();
                    job.append(&format!("{gap}{piece}"), 0.0, format.clone());
                }
                if byte_range.end.0 > range.end {
                    break;
                }
                sections.next();
            }
            job
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::theme::DARK;

    #[test]
    fn long_lines_go_on_further_right_and_nothing_is_lost() {
        let text = "pub fn describe(person: &Person, list: &[Person], shape: &Shape) -> String;\n\n    short\n";
        let mut lines = Lines::new(text, Some(Language::Rust), 40);
        let jobs: Vec<_> = lines.jobs(&HashMap::new(), &DARK).iter().map(|j| j.text.clone()).collect();
        assert_eq!(
            jobs,
            [
                "pub fn describe(person: &Person, list: ",
                "    &[Person], shape: &Shape) -> String;",
                "",
                "    short",
                ""
            ]
        );
        assert_eq!(lines.height(), 5.0 * LINE);
        assert_eq!(lines.visible(LINE, 2.5 * LINE), 1..3);
        for (text, columns) in
            [("ü".repeat(100), 16), ("a,".repeat(100), 16), (" ".repeat(100), 16), (String::new(), 16)]
        {
            let mut lines = Lines::new(&text, None, columns);
            let joined: String = lines.jobs(&HashMap::new(), &DARK).iter().map(|j| j.text.replace(' ', "")).collect();
            assert_eq!(joined, text.replace(' ', ""));
        }
    }
}
