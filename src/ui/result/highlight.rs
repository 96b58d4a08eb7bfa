//! Colours for WAVE text: the hues of the type families.

use crate::component::Family;
use crate::ui::theme::{Tokens, fonts, size};
use egui::text::{LayoutJob, TextFormat};
use egui::{Color32, Stroke};
use std::ops::Range;

/// WAVE text in colours, in the monospaced face; the bytes in `wrong` are underlined.
pub fn wave(text: &str, t: &Tokens, wrong: Option<Range<usize>>) -> LayoutJob {
    let mut job = LayoutJob::default();
    let mut rest = text;
    while !rest.is_empty() {
        let at = text.len() - rest.len();
        let (length, color) = token(rest, t);
        let (piece, next) = rest.split_at(length);
        rest = next;
        push(&mut job, at, piece, color, t, wrong.as_ref());
    }
    // An error at the end of the text has no character to underline.
    if let Some(wrong) = wrong.filter(|w| w.start >= text.trim_end().len() && !text.is_empty())
        && let Some(last) = job.sections.last_mut()
        && wrong.start >= text.len()
    {
        last.format.underline = Stroke::new(1.5, t.error);
    }
    job
}

/// Appends WAVE text in colours.
pub fn append_wave(job: &mut LayoutJob, text: &str, t: &Tokens) {
    let mut rest = text;
    while !rest.is_empty() {
        let (length, color) = token(rest, t);
        let (piece, next) = rest.split_at(length);
        rest = next;
        job.append(piece, 0.0, TextFormat::simple(fonts::mono(size::BODY), color));
    }
}

fn push(job: &mut LayoutJob, at: usize, piece: &str, color: Color32, t: &Tokens, wrong: Option<&Range<usize>>) {
    let format = |underline: bool| TextFormat {
        underline: if underline { Stroke::new(1.5, t.error) } else { Stroke::NONE },
        background: if underline { t.error_ground } else { Color32::TRANSPARENT },
        ..TextFormat::simple(fonts::mono(size::BODY), color)
    };
    let Some(wrong) = wrong else { return job.append(piece, 0.0, format(false)) };
    let cut = |byte: usize| piece.floor_char_boundary(byte.saturating_sub(at).min(piece.len()));
    let (start, end) = (cut(wrong.start), cut(wrong.end));
    for (range, underline) in [(0..start, false), (start..end, true), (end..piece.len(), false)] {
        if let Some(part) = piece.get(range).filter(|p| !p.is_empty()) {
            job.append(part, 0.0, format(underline));
        }
    }
}

/// The token that begins the text: its length in bytes and its colour.
fn token(text: &str, t: &Tokens) -> (usize, Color32) {
    let run = |fits: &dyn Fn(char) -> bool| text.find(|c| !fits(c)).unwrap_or(text.len());
    let Some(first) = text.chars().next() else { return (0, t.normal) };
    match first {
        '"' | '\'' => {
            let mut escaped = false;
            let end = text.char_indices().skip(1).find(|(_, c)| {
                let ends = *c == first && !escaped;
                escaped = *c == '\\' && !escaped;
                ends
            });
            (end.map_or(text.len(), |(i, _)| i + 1), t.family(Family::Text))
        }
        '0'..='9' | '-' => (run(&|c| c.is_ascii_alphanumeric() || ".+-".contains(c)), t.family(Family::Number)),
        '/' if text.starts_with("//") => (text.find('\n').unwrap_or(text.len()), t.faint),
        _ if first.is_alphabetic() || first == '%' => {
            let length = run(&|c| c.is_alphanumeric() || "%-_#".contains(c));
            let (word, rest) = text.split_at(length);
            let color = match word {
                "true" | "false" => t.family(Family::Choice),
                "some" | "none" | "ok" | "err" => t.family(Family::Variant),
                "nan" | "inf" => t.family(Family::Number),
                _ if word.contains('#') => t.family(Family::Resource),
                _ if rest.trim_start().starts_with(':') => t.normal,
                _ if rest.starts_with('(') => t.family(Family::Variant),
                _ => t.family(Family::Choice),
            };
            (length, color)
        }
        _ if first.is_whitespace() => (run(&char::is_whitespace), t.normal),
        _ => (first.len_utf8(), t.dim),
    }
}

/// WAVE or JSON text in colours, one job for each line, so that only visible ones need to be laid out. Lines of more
/// than `columns` characters are broken.
pub fn lines(text: &str, t: &Tokens, columns: usize) -> Vec<LayoutJob> {
    let mut lines = vec![LayoutJob::default()];
    let mut used = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let (length, mut color) = token(rest, t);
        let (piece, next) = rest.split_at(length);
        rest = next;
        if piece.starts_with('"') && next.starts_with(':') {
            color = t.normal; // the name of a JSON field
        }
        for (i, part) in piece.split('\n').enumerate() {
            let mut part = part;
            let mut width = part.chars().count();
            if i > 0 || (used + width > columns && used > 0) {
                lines.push(LayoutJob::default());
                used = 0;
                // The space after which a line is broken is not kept.
                part = if i > 0 { part } else { part.trim_start() };
                width = part.chars().count();
            }
            while !part.is_empty() {
                let cut = part.char_indices().nth(columns).map_or(part.len(), |(at, _)| at);
                let (start, end) = part.split_at(cut);
                if let Some(line) = lines.last_mut() {
                    line.append(start, 0.0, TextFormat::simple(fonts::mono(size::BODY), color));
                }
                part = end;
                used += width.min(columns);
                if !part.is_empty() {
                    lines.push(LayoutJob::default());
                    used = 0;
                    width = part.chars().count();
                }
            }
        }
    }
    lines
}
