//! The words of one line of the text format, as `wasmprinter` writes it.

use std::borrow::Cow;
use std::ops::Range;

/// What a piece of a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    /// Spaces and parentheses.
    Sign,
    /// An instruction, or the word behind a parenthesis.
    Keyword,
    /// A value type.
    Type,
    /// `$name`.
    Name,
    /// A number: a constant, an index, `offset=8`.
    Number,
    /// A string.
    Text,
    /// A comment, or the mark of a line that is cut.
    Comment,
}

/// Divides a line; the ranges follow each other without a gap.
pub fn lex(line: &str) -> Vec<(Range<usize>, Token)> {
    let mut out: Vec<(Range<usize>, Token)> = Vec::new();
    let mut start = 0;
    while let Some(rest) = line.get(start..).filter(|r| !r.is_empty()) {
        let (length, token) = next(rest);
        match out.last_mut() {
            Some((range, Token::Sign)) if token == Token::Sign => range.end += length,
            _ => out.push((start..start + length, token)),
        }
        start += length;
    }
    out
}

/// The first piece of a text that is not empty.
fn next(rest: &str) -> (usize, Token) {
    let until = |stop: fn(char) -> bool| rest.find(stop).unwrap_or(rest.len());
    if rest.starts_with("(;") {
        (rest.find(";)").map_or(rest.len(), |at| at + 2), Token::Comment)
    } else if rest.starts_with(";;") || rest.starts_with('…') {
        (rest.len(), Token::Comment)
    } else if rest.starts_with('"') {
        (quoted(rest), Token::Text)
    } else if rest.starts_with("$\"") {
        (1 + quoted(rest.get(1..).unwrap_or_default()), Token::Name)
    } else if rest.starts_with('$') {
        (until(ends_word), Token::Name)
    } else {
        match until(ends_word) {
            0 => (rest.chars().next().map_or(1, char::len_utf8), Token::Sign),
            length => (length, word(rest.get(..length).unwrap_or_default())),
        }
    }
}

fn ends_word(c: char) -> bool {
    matches!(c, ' ' | '(' | ')' | '"' | '\t' | '…')
}

/// The length of the string that `text` starts with; one that is cut ends where its line does.
fn quoted(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '…' => return at,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn word(word: &str) -> Token {
    let digits = word.trim_start_matches(['+', '-']);
    if digits.starts_with(|c: char| c.is_ascii_digit())
        || matches!(digits, "inf" | "nan")
        || digits.starts_with("nan:")
        || ["offset=", "align="].iter().any(|key| word.starts_with(key))
    {
        return Token::Number;
    }
    match word {
        "i32" | "i64" | "f32" | "f64" | "v128" | "funcref" | "externref" | "anyref" | "exnref" | "eqref" | "i31ref"
        | "structref" | "arrayref" => Token::Type,
        _ => Token::Keyword,
    }
}

/// What a line calls: the text behind `call`, `return_call`, `ref.func` or `start`, and where it stands.
pub fn callee(line: &str) -> Option<(Range<usize>, &str)> {
    let mut words = lex(line).into_iter().filter(|(_, token)| !matches!(token, Token::Sign | Token::Comment));
    let (first, token) = words.next()?;
    if token != Token::Keyword || !matches!(line.get(first)?, "call" | "return_call" | "ref.func" | "start") {
        return None;
    }
    let (range, token) = words.next()?;
    let text = line.get(range.clone())?;
    matches!(token, Token::Name | Token::Number).then_some((range, text))
}

/// The name that an identifier of the text format without its `$` stands for: quoted ones have escapes.
pub(in crate::component) fn plain_name(identifier: &str) -> Cow<'_, str> {
    let Some(inside) = identifier.strip_prefix('"').map(|rest| rest.strip_suffix('"').unwrap_or(rest)) else {
        return Cow::Borrowed(identifier);
    };
    let mut out = String::with_capacity(inside.len());
    let mut rest = inside;
    while let Some((before, behind)) = rest.split_once("\\u{") {
        out.push_str(before);
        let Some((digits, after)) = behind.split_once('}') else { break };
        out.extend(u32::from_str_radix(digits, 16).ok().and_then(char::from_u32));
        rest = after;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_falls_into_its_words() {
        let kinds = |line: &str| {
            let lexed = lex(line);
            let joined: String = lexed.iter().map(|(r, _)| &line[r.clone()]).collect();
            assert_eq!(joined, line, "nothing is lost or said twice");
            lexed
                .into_iter()
                .filter(|(_, token)| *token != Token::Sign)
                .map(|(r, token)| (line[r].to_owned(), token))
                .collect::<Vec<_>>()
        };
        let is = |text: &str, token| (text.to_owned(), token);
        assert_eq!(
            kinds("  (func $a.b (;12;) (param i32)"),
            [
                is("func", Token::Keyword),
                is("$a.b", Token::Name),
                is("(;12;)", Token::Comment),
                is("param", Token::Keyword),
                is("i32", Token::Type)
            ]
        );
        assert_eq!(
            kinds(r#"(data $"a \"b" (i32.const -1) "x;;\")")"#),
            [
                is("data", Token::Keyword),
                is(r#"$"a \"b""#, Token::Name),
                is("i32.const", Token::Keyword),
                is("-1", Token::Number),
                is(r#""x;;\")""#, Token::Text)
            ]
        );
        assert_eq!(kinds("\"cut … 3 more")[1], is("… 3 more", Token::Comment));
        assert_eq!(kinds("i32.load offset=8 ;; @12")[1], is("offset=8", Token::Number));
        kinds("é\u{202e}(;");
        kinds("$\"");
    }

    #[test]
    fn a_call_names_what_it_calls() {
        assert_eq!(callee("    call $f"), Some((9..11, "$f")));
        assert_eq!(callee("call 12"), Some((5..7, "12")));
        assert_eq!(callee("(start 3)"), Some((7..8, "3")));
        assert_eq!(callee("call_indirect (type 3)"), None);
        assert_eq!(callee("local.get 0"), None);
        assert_eq!(plain_name("\"<T as \\u{22}x\\u{22}>\""), "<T as \"x\">");
        assert_eq!(plain_name("a.b"), "a.b");
    }
}
