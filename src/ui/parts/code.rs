//! Text in a programming language, and WIT with the colours of its types.

use super::draw;
use crate::component::Family;
use crate::diag::display_safe;
use crate::ui::theme::{Tokens, fonts, size, space, tokens};
use egui::text::{LayoutJob, TextFormat};
use egui::{Color32, CornerRadius, Frame, Label, Margin, ScrollArea, Sense, Stroke, Ui, pos2, vec2};
use std::collections::HashMap;

const LINE: f32 = 18.0;

/// A text divided into coloured lines, so that only the visible ones are laid out. Make it once and keep it; make it anew
/// when the text or the theme changes ([`Code::is_for`]).
#[derive(Debug, Clone)]
pub struct Code {
    lines: Vec<LayoutJob>,
    widest: usize,
    dark: bool,
}

impl Code {
    /// WIT text. Characters that could hide something are shown as escapes.
    pub fn wit(text: &str, t: &Tokens) -> Self {
        let text = display_safe(text);
        Self::divide(&text, highlight(&text, t, &HashMap::new()), t)
    }

    /// Text without colours. Characters that could hide something are shown as escapes.
    pub fn plain(text: &str, t: &Tokens) -> Self {
        let text = display_safe(text);
        Self::divide(&text, vec![(0..text.len(), Ink { color: t.normal, strong: false })], t)
    }

    /// Whether it was made for this theme.
    pub fn is_for(&self, t: &Tokens) -> bool {
        self.dark == t.dark
    }

    /// How many lines it has.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether it has no line.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    fn divide(text: &str, spans: Vec<(std::ops::Range<usize>, Ink)>, t: &Tokens) -> Self {
        let mut lines = vec![LayoutJob::default()];
        let mut widest = 0;
        for (range, ink) in spans {
            let Some(span) = text.get(range) else { continue };
            for (i, part) in span.split('\n').enumerate() {
                if i > 0 {
                    lines.push(LayoutJob::default());
                }
                if let Some(line) = lines.last_mut() {
                    line.append(part.trim_end_matches('\r'), 0.0, ink.format());
                    widest = widest.max(line.text.chars().count());
                }
            }
        }
        if lines.last().is_some_and(|l| l.text.is_empty()) {
            lines.pop();
        }
        Self { lines, widest, dark: t.dark }
    }
}

/// Shows code with line numbers; it scrolls in both directions and can be selected.
pub fn code_view(ui: &mut Ui, name: &str, code: &Code) {
    let t = tokens(ui.ctx());
    let digits = code.len().max(10).to_string();
    let gutter = draw::line(ui, &digits, fonts::mono(size::SMALL), t.faint).size().x + 2.0 * space::S;
    let letter = draw::line(ui, "m", fonts::mono(size::BODY), t.normal).size().x;
    let frame = Frame::NONE
        .fill(t.field)
        .corner_radius(CornerRadius::same(size::RADIUS))
        .stroke(Stroke::new(1.0, t.line))
        .inner_margin(Margin { left: 0, right: 2, top: 6, bottom: 2 });
    frame.show(ui, |ui| {
        ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
        ui.spacing_mut().interact_size.y = LINE;
        ScrollArea::both().id_salt(name).auto_shrink(false).show_rows(ui, LINE, code.len(), |ui, range| {
            ui.set_min_width(gutter + letter * (code.widest + 2) as f32);
            let numbered = (range.start + 1..).zip(code.lines.get(range).unwrap_or_default());
            for (number, line) in numbered {
                ui.horizontal(|ui| {
                    let (slot, _) = ui.allocate_exact_size(vec2(gutter, LINE), Sense::hover());
                    let text = draw::line(ui, &number.to_string(), fonts::mono(size::SMALL), t.faint);
                    draw::put_right(ui.painter(), pos2(slot.right() - space::S, slot.center().y), text);
                    if !line.text.is_empty() {
                        ui.add(Label::new(line.clone()).extend().selectable(true));
                    }
                });
            }
        });
    });
}

/// A few lines of WIT with the colours of their types; the names and families of types that are declared elsewhere are
/// given.
pub fn wit_line(text: &str, declared_elsewhere: &HashMap<String, Family>, t: &Tokens) -> LayoutJob {
    let text = display_safe(text);
    let mut job = LayoutJob::default();
    for (range, ink) in highlight(&text, t, declared_elsewhere) {
        job.append(text.get(range).unwrap_or_default(), 0.0, ink.format());
    }
    job
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Ink {
    color: Color32,
    strong: bool,
}

impl Ink {
    fn format(self) -> TextFormat {
        let font = if self.strong { fonts::mono_strong(size::BODY) } else { fonts::mono(size::BODY) };
        TextFormat { line_height: Some(LINE), ..TextFormat::simple(font, self.color) }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Space,
    Comment,
    Word,
    Sign,
}

/// Divides WIT text; the ranges follow each other without a gap.
fn lex(text: &str) -> Vec<(std::ops::Range<usize>, Token)> {
    let mut out = Vec::new();
    let mut start = 0;
    while let Some(rest) = text.get(start..).filter(|r| !r.is_empty()) {
        let until = |stop: fn(char) -> bool| rest.find(stop).unwrap_or(rest.len());
        let word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '%');
        let first = rest.chars().next().unwrap_or(' ');
        let (length, token) = if rest.starts_with("//") {
            (until(|c| c == '\n'), Token::Comment)
        } else if rest.starts_with("/*") {
            (block_comment(rest), Token::Comment)
        } else if first.is_whitespace() {
            (until(|c| !c.is_whitespace()), Token::Space)
        } else if rest.starts_with("->") {
            (2, Token::Sign)
        } else if word(first) {
            (rest.find(|c| !word(c)).unwrap_or(rest.len()), Token::Word)
        } else {
            (first.len_utf8(), Token::Sign)
        };
        out.push((start..start + length, token));
        start += length;
    }
    out
}

/// The length of the block comment that `text` starts with; they nest.
fn block_comment(text: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|r| !r.is_empty()) {
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

fn built_in(word: &str) -> Option<Family> {
    Some(match word {
        "u8" | "u16" | "u32" | "u64" | "s8" | "s16" | "s32" | "s64" | "f32" | "f64" | "float32" | "float64" => {
            Family::Number
        }
        "string" | "char" => Family::Text,
        "bool" => Family::Choice,
        "tuple" => Family::Record,
        "option" | "result" => Family::Variant,
        "list" | "stream" | "future" | "map" => Family::List,
        "own" | "borrow" | "error-context" => Family::Resource,
        _ => return None,
    })
}

/// What a word that declares a type makes of the name behind it.
fn declared(keyword: &str) -> Option<Family> {
    Some(match keyword {
        "record" => Family::Record,
        "variant" => Family::Variant,
        "enum" | "flags" => Family::Choice,
        "resource" => Family::Resource,
        _ => return None,
    })
}

fn is_keyword(word: &str) -> bool {
    const WORDS: &[&str] = &[
        "package",
        "interface",
        "world",
        "import",
        "export",
        "include",
        "with",
        "use",
        "as",
        "type",
        "record",
        "variant",
        "enum",
        "flags",
        "resource",
        "func",
        "async",
        "static",
        "constructor",
    ];
    WORDS.contains(&word)
}

fn highlight(
    text: &str,
    t: &Tokens,
    declared_elsewhere: &HashMap<String, Family>,
) -> Vec<(std::ops::Range<usize>, Ink)> {
    let lexed = lex(text);
    let words: Vec<(&str, Token)> = lexed
        .iter()
        .filter(|(_, token)| !matches!(token, Token::Space | Token::Comment))
        .map(|(range, token)| (text.get(range.clone()).unwrap_or_default(), *token))
        .collect();
    // First the names that the text itself declares, then an alias of each.
    let mut families: HashMap<&str, Family> = HashMap::new();
    for pair in words.windows(2) {
        if let [(keyword, _), (name, Token::Word)] = pair
            && let Some(family) = declared(keyword)
        {
            families.insert(name, family);
        }
    }
    for four in words.windows(4) {
        if let [("type", _), (name, Token::Word), ("=", _), (target, _)] = four
            && let Some(family) = built_in(target).or_else(|| families.get(target).copied())
        {
            families.insert(name, family);
        }
    }
    let plain = |color| Ink { color, strong: false };
    let mut out = Vec::with_capacity(lexed.len());
    let mut before = "";
    let mut at = 0;
    let mut host = false;
    let mut members = Members::default();
    for (range, token) in lexed {
        let piece = text.get(range.clone()).unwrap_or_default();
        let ink = match token {
            Token::Comment => plain(t.faint),
            Token::Space => plain(t.normal),
            Token::Sign | Token::Word => {
                at += 1;
                let after = words.get(at).map_or("", |(w, _)| *w);
                // `wasi:cli/run@0.2.0` is of the host up to its end.
                if piece == "wasi" && after == ":" {
                    host = true;
                } else if host && matches!(piece, ";" | "{" | "}" | ",") || piece == "." && after == "{" {
                    host = false;
                }
                let ink = if token == Token::Sign {
                    plain(if host { t.family(Family::Host) } else { t.dim })
                } else if host {
                    plain(t.family(Family::Host))
                } else if is_keyword(piece) && after != ":" && before != "." && !members.is_name(before) {
                    plain(t.dim)
                } else if members.is_name(before) || matches!(after, ":" | "(") && built_in(piece).is_none() {
                    // The name of a function, parameter, field, case or package.
                    plain(t.strong)
                } else if before == "/" {
                    plain(t.normal)
                } else if let Some(family) = built_in(piece)
                    .or_else(|| families.get(piece).copied())
                    .or_else(|| declared_elsewhere.get(piece).copied())
                {
                    plain(t.family(family))
                } else if matches!(before, "interface" | "world") {
                    Ink { color: t.strong, strong: true }
                } else {
                    plain(t.normal)
                };
                members.pass(piece);
                before = piece;
                ink
            }
        };
        let ink = if token == Token::Word && declared(before_of(&words, at)).is_some() {
            Ink { strong: true, ..ink }
        } else {
            ink
        };
        out.push((range, ink));
    }
    out
}

/// Whether the text is between the braces of a record, variant, enum or flags, where names may be those of types.
#[derive(Default)]
struct Members {
    expected: bool,
    inside: bool,
    /// Angle brackets and parentheses around a type.
    depth: usize,
}

impl Members {
    fn is_name(&self, before: &str) -> bool {
        self.inside && self.depth == 0 && matches!(before, "{" | "," | "%")
    }

    fn pass(&mut self, piece: &str) {
        match piece {
            "{" => (self.inside, self.expected, self.depth) = (self.expected, false, 0),
            "}" | ";" => *self = Self::default(),
            "<" | "(" => self.depth += 1,
            ">" | ")" => self.depth = self.depth.saturating_sub(1),
            "record" | "variant" | "enum" | "flags" if !self.inside => self.expected = true,
            _ => {}
        }
    }
}

/// The word before the one that was just counted.
fn before_of<'a>(words: &[(&'a str, Token)], at: usize) -> &'a str {
    at.checked_sub(2).and_then(|i| words.get(i)).map_or("", |(w, _)| w)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::theme::DARK;

    const TEXT: &str = "package a:b@1.0.0;\n\ninterface shop {\n  // a /* comment\n  record item { name: string, n: u32 }\n  \
        type items = list<item>;\n  type thing = item;\n  buy: func(what: thing) -> result<items, string>;\n}\n\
        world w { import wasi:cli/run@0.2.0; /* a /* nested */ one */ export shop; }\n";

    fn color_of(text: &str, word: &str, nth: usize) -> Color32 {
        let at = text.match_indices(word).nth(nth).unwrap().0;
        highlight(text, &DARK, &HashMap::new()).into_iter().find(|(r, _)| r.contains(&at)).unwrap().1.color
    }

    #[test]
    fn nothing_of_the_text_is_lost_or_said_twice() {
        for text in [TEXT, "", "/* never closed", "r\u{e9}sum\u{e9} \u{1f600} %type", "a->b", "/*/"] {
            let pieces: String = highlight(text, &DARK, &HashMap::new()).into_iter().map(|(r, _)| &text[r]).collect();
            assert_eq!(pieces, text);
        }
        let code = Code::wit(TEXT, &DARK);
        let lines: Vec<_> = code.lines.iter().map(|l| l.text.as_str()).collect();
        assert_eq!(lines, TEXT.lines().collect::<Vec<_>>());
    }

    #[test]
    fn words_have_the_colour_of_their_family() {
        assert_eq!(color_of(TEXT, "u32", 0), DARK.family(Family::Number));
        assert_eq!(color_of(TEXT, "string", 0), DARK.family(Family::Text));
        assert_eq!(color_of(TEXT, "item ", 0), DARK.family(Family::Record));
        assert_eq!(color_of(TEXT, "items", 1), DARK.family(Family::List), "an alias has its target's family");
        assert_eq!(color_of(TEXT, "thing)", 0), DARK.family(Family::Record), "an alias of a declared name too");
        assert_eq!(color_of(TEXT, "result", 0), DARK.family(Family::Variant));
        assert_eq!(color_of(TEXT, "cli", 0), DARK.family(Family::Host));
        assert_eq!(color_of(TEXT, "0.2.0", 0), DARK.family(Family::Host));
        assert_eq!(color_of(TEXT, "shop; }", 0), DARK.normal, "the host's colour ends with its name");
        assert_eq!(color_of(TEXT, "// a", 0), DARK.faint);
        assert_eq!(color_of(TEXT, "nested */ one */", 0), DARK.faint, "comments nest");
    }

    #[test]
    fn a_keyword_as_a_field_name_is_a_name() {
        let text = "record r { type: u32 }";
        assert_eq!(color_of(text, "type", 0), DARK.strong);
    }

    #[test]
    fn members_called_as_types_are_names() {
        let text = "variant v { u8(list<u8>), tuple(tuple<u8, string>), v, func }  interface a:b/v { f: func(x: v); }";
        assert_eq!(color_of(text, "u8", 0), DARK.strong);
        assert_eq!(color_of(text, "u8", 1), DARK.family(Family::Number));
        assert_eq!(color_of(text, "string", 0), DARK.family(Family::Text));
        assert_eq!(color_of(text, "v, func", 0), DARK.strong);
        assert_eq!(color_of(text, "func }", 0), DARK.strong);
        assert_eq!(color_of(text, "v {", 1), DARK.normal, "an interface is no type");
        assert_eq!(color_of(text, "v);", 0), DARK.family(Family::Variant));
    }

    #[test]
    fn hidden_characters_are_shown() {
        let code = Code::plain("safe\u{202e}evil", &DARK);
        assert_eq!(code.lines[0].text, "safe\\u{202e}evil");
    }
}
