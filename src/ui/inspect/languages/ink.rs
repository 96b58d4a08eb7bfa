//! Colours for the languages that interfaces are spelled in: comments, words of the language, names that are declared, and
//! types in the hue of their family.

use crate::component::{Family, Language};
use crate::ui::theme::{Tokens, fonts, size};
use egui::Color32;
use egui::text::{LayoutJob, TextFormat};
use std::collections::HashMap;
use std::ops::Range;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Comment,
    Text,
    Word,
    Sign,
}

/// The text in colour. `families` are those of the names of types.
pub(super) fn job(text: &str, language: Language, families: &HashMap<String, Family>, t: &Tokens) -> LayoutJob {
    let mut job = LayoutJob::default();
    let mut before = "";
    let mut put = |piece: &str, color: Color32, strong: bool| {
        let font = if strong { fonts::mono_strong(size::BODY) } else { fonts::mono(size::BODY) };
        let format = TextFormat { line_height: Some(super::LINE), ..TextFormat::simple(font, color) };
        job.append(piece, 0.0, format);
    };
    for (range, token) in lex(text, language) {
        let after = text.get(range.end..).unwrap_or_default().trim_start();
        let is_result = text.get(..range.start).unwrap_or_default().trim_end().ends_with("->");
        let piece = text.get(range).unwrap_or_default();
        match token {
            Token::Comment => put(piece, t.faint, false),
            Token::Text => put(piece, t.family(Family::Text), false),
            Token::Sign => put(piece, t.dim, false),
            Token::Word if declares(before) && piece != "self" => {
                put(piece, families.get(piece).map_or(t.strong, |family| t.family(*family)), true);
            }
            Token::Word => {
                let family = families.get(piece).copied().or_else(|| built_in(piece, language));
                // The name of a field or parameter may be that of a type.
                let is_name = after.starts_with(':') && !after.starts_with("::") || after.starts_with("?:");
                let color = match family {
                    _ if is_name && !is_result => t.strong,
                    Some(family) => t.family(family),
                    None if is_keyword(piece, language) => t.dim,
                    None if after.starts_with('(') => t.strong,
                    None => t.normal,
                };
                put(piece, color, false);
            }
        }
        if token == Token::Word {
            before = piece;
        }
    }
    job
}

/// Divides a text; the ranges follow each other without a gap.
fn lex(text: &str, language: Language) -> Vec<(Range<usize>, Token)> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut out = Vec::new();
    let mut start = 0;
    while let Some(rest) = text.get(start..).filter(|r| !r.is_empty()) {
        let first = rest.chars().next().unwrap_or(' ');
        // Up to and with the sign that closes what begins with `opened` bytes.
        let closed = |opened: usize, close: &str| {
            let body = rest.get(opened..).unwrap_or_default();
            body.find(close).map_or(rest.len(), |at| opened + at + close.len())
        };
        let (length, token) = if rest.starts_with(language.comment()) {
            (rest.find('\n').unwrap_or(rest.len()), Token::Comment)
        } else if language != Language::Python && rest.starts_with("/*") {
            (closed(2, "*/"), Token::Comment)
        } else if language == Language::Python && rest.starts_with("\"\"\"") {
            (closed(3, "\"\"\""), Token::Comment)
        } else if first == '"' || first == '\'' && language == Language::TypeScript {
            (closed(1, &first.to_string()), Token::Text)
        } else if is_word(first) {
            (rest.find(|c| !is_word(c)).unwrap_or(rest.len()), Token::Word)
        } else {
            let end = rest.char_indices().skip(1).find(|(_, c)| is_word(*c) || "/#\"'".contains(*c));
            (end.map_or(rest.len(), |(at, _)| at), Token::Sign)
        };
        out.push((start..start + length, token));
        start += length;
    }
    out
}

/// Whether the word behind this one is declared by it.
fn declares(word: &str) -> bool {
    matches!(word, "fn" | "func" | "function" | "def" | "struct" | "enum" | "class" | "interface" | "type" | "define")
}

fn is_keyword(word: &str, language: Language) -> bool {
    let words = match language {
        Language::Rust => "as async bitflags const crate enum fn impl mod pub self Self struct super type use",
        Language::TypeScript => {
            "as async class constructor declare export function import interface private static tag type undefined val void"
        }
        Language::Python => {
            "async auto class classmethod dataclass def from import None pass self Self cls value False True"
        }
        Language::C => "define extern include struct typedef union void const",
        Language::Go => "any const func import map package self struct type var",
    };
    words.split_ascii_whitespace().any(|w| w == word)
}

/// The family of a type that the language or its library has.
fn built_in(word: &str, language: Language) -> Option<Family> {
    let families: &[(Family, &str)] = match language {
        Language::Rust => &[
            (Family::Number, "u8 u16 u32 u64 u128 i8 i16 i32 i64 f32 f64"),
            (Family::Text, "str String char"),
            (Family::Choice, "bool"),
            (Family::Variant, "Option Result ErrorContext"),
            (Family::List, "Vec Map StreamReader FutureReader"),
        ],
        Language::TypeScript => &[
            (Family::Number, "number bigint"),
            (Family::Text, "string"),
            (Family::Choice, "boolean"),
            (Family::Variant, "Option Result"),
            (
                Family::List,
                "Array Map AsyncIterable PromiseLike Promise Uint8Array Int8Array Uint16Array Int16Array Uint32Array \
                 Int32Array BigUint64Array BigInt64Array Float32Array Float64Array",
            ),
        ],
        Language::Python => &[
            (Family::Number, "int float"),
            (Family::Text, "str"),
            (Family::Choice, "bool Enum Flag"),
            (Family::Record, "Tuple"),
            (Family::Variant, "Optional Some Result Union Err"),
            (Family::List, "bytes List Dict StreamReader ByteStreamReader FutureReader"),
        ],
        Language::C => &[
            (Family::Number, "uint8_t uint16_t uint32_t uint64_t int8_t int16_t int32_t int64_t float double size_t"),
            (Family::Text, "root_string_t"),
            (Family::Choice, "bool"),
        ],
        Language::Go => &[
            (Family::Number, "uint8 uint16 uint32 uint64 int8 int16 int32 int64 float32 float64"),
            (Family::Text, "string rune"),
            (Family::Choice, "bool"),
            (Family::Variant, "Option Result Unit ErrorContext"),
            (Family::List, "StreamReader FutureReader"),
        ],
    };
    families.iter().find(|(_, words)| words.split_ascii_whitespace().any(|w| w == word)).map(|(family, _)| *family)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::theme::DARK;

    #[test]
    fn nothing_of_a_text_is_lost_and_types_have_the_colour_of_their_family() {
        let families = HashMap::from([("Shape".to_owned(), Family::Variant)]);
        for (language, text, word, color) in [
            (Language::Rust, "/// a Shape\npub fn f(s: &Shape) -> u32;", "Shape)", DARK.family(Family::Variant)),
            (Language::Rust, "/// a Shape\npub fn f(s: &Shape) -> u32;", "Shape\n", DARK.faint),
            (Language::TypeScript, "/** x */ export type Shape = 'a' | \"b\";", "'a'", DARK.family(Family::Text)),
            (Language::Python, "class Shape(Enum):\n    \"\"\"\n    doc\n    \"\"\"\n    A = 0", "doc", DARK.faint),
            (Language::Python, "# never\nx: bytes", "bytes", DARK.family(Family::List)),
            (Language::Python, "def f() -> Shape:", "Shape", DARK.family(Family::Variant)),
            (Language::C, "// c\nextern uint8_t f(void); /* open", "uint8_t", DARK.family(Family::Number)),
            (Language::Go, "func (self Shape) Tag() uint8\n\"open", "Tag", DARK.strong),
        ] {
            let job = job(text, language, &families, &DARK);
            assert_eq!(job.text, text);
            let at = text.find(word).unwrap();
            let section = job.sections.iter().find(|s| s.byte_range.start.0 <= at && at < s.byte_range.end.0).unwrap();
            assert_eq!(section.format.color, color, "{word} in {text}");
        }
    }
}
