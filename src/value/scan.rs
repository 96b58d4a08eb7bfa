//! Tokens of WAVE: white space, labels, numbers, characters and strings.

use super::Value;
use super::sample::quoted;
use super::wave::ParseError;
use crate::component::TypeTable;

pub(super) type Read<T> = Result<T, ParseError>;

/// Reads text from left to right, knowing the type at each place; so it never goes deeper than the type does.
pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    /// The present place, in bytes.
    pub(super) at: usize,
    pub(super) types: &'a TypeTable,
    pub(super) depth: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str, types: &'a TypeTable) -> Self {
        Self { text, at: 0, types, depth: 0 }
    }

    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Skips white space and comments.
    pub(super) fn space(&mut self) {
        loop {
            let rest = self.rest();
            let skipped = rest.trim_start_matches([' ', '\t', '\n', '\r']);
            self.at += rest.len() - skipped.len();
            if !skipped.starts_with("//") {
                return;
            }
            self.at += skipped.find('\n').unwrap_or(skipped.len());
        }
    }

    pub(super) fn eat(&mut self, byte: u8) -> bool {
        self.space();
        let found = self.text.as_bytes().get(self.at) == Some(&byte);
        self.at += usize::from(found);
        found
    }

    /// Takes the run of characters that fit, after white space.
    pub(super) fn run(&mut self, fits: impl Fn(u8) -> bool) -> &'a str {
        self.space();
        let rest = self.rest();
        let length = rest.bytes().position(|b| !fits(b)).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    /// Takes a label or keyword, with its `%` if it has one; empty if there is none.
    pub(super) fn label(&mut self) -> &'a str {
        self.space();
        let start = self.at;
        let rest = self.rest();
        if !rest.strip_prefix('%').unwrap_or(rest).starts_with(|c: char| c.is_ascii_alphabetic()) {
            return "";
        }
        self.at += usize::from(rest.starts_with('%'));
        self.run(|b| b.is_ascii_alphanumeric() || b == b'-');
        self.text.get(start..self.at).unwrap_or_default()
    }

    pub(super) fn error(&self, start: usize, what: &str, message: impl Into<String>) -> ParseError {
        ParseError { message: message.into(), start, end: start + what.len() }
    }

    /// `expected …, found …` about the token at the present place.
    pub(super) fn expected(&mut self, what: &str) -> ParseError {
        self.space();
        let rest = self.rest();
        let is_word = |c: char| c.is_alphanumeric() || "%_.+-#".contains(c);
        let token = match rest.chars().next() {
            None => return self.error(self.at, "", format!("expected {what}, found the end")),
            Some(quote @ ('"' | '\'')) => {
                let end = rest.char_indices().skip(1).find(|(_, c)| *c == quote || *c == '\n');
                rest.get(..end.map_or(rest.len(), |(i, c)| if c == quote { i + 1 } else { i })).unwrap_or(rest)
            }
            Some(c) if is_word(c) => rest.split(|c| !is_word(c)).next().unwrap_or(rest),
            Some(c) => rest.get(..c.len_utf8()).unwrap_or(rest),
        };
        self.error(self.at, token, format!("expected {what}, found {}", quoted(token)))
    }

    pub(super) fn end(&mut self) -> Read<()> {
        self.space();
        if self.rest().is_empty() { Ok(()) } else { Err(self.expected("nothing more")) }
    }

    /// Items up to `close`, separated by commas; one comma may follow the last.
    pub(super) fn sequence(&mut self, close: u8, mut item: impl FnMut(&mut Self, usize) -> Read<()>) -> Read<()> {
        for i in 0.. {
            if self.eat(close) {
                return Ok(());
            }
            item(self, i)?;
            if !self.eat(b',') {
                break;
            }
        }
        if self.eat(close) { Ok(()) } else { Err(self.expected(&format!(", or {}", close as char))) }
    }

    /// Takes a number or a keyword that stands for one.
    pub(super) fn number(&mut self) -> &'a str {
        self.run(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'+' | b'.'))
    }

    pub(super) fn char(&mut self) -> Read<Value> {
        const EXPECTED: &str = r"char: one character between ', as in 'a' or '\n'";
        self.space();
        let start = self.at;
        let Some(rest) = self.rest().strip_prefix('\'') else { return Err(self.expected(EXPECTED)) };
        let found = match rest.chars().next() {
            Some('\\') => unescape(rest),
            Some(c) if c != '\'' && c != '\n' => Some((c, c.len_utf8())),
            _ => None,
        };
        match found {
            Some((c, length)) if rest.get(length..).is_some_and(|r| r.starts_with('\'')) => {
                self.at = start + length + 2;
                Ok(Value::Char(c))
            }
            _ => Err(self.expected(EXPECTED)),
        }
    }

    pub(super) fn string(&mut self) -> Read<String> {
        self.space();
        if self.rest().starts_with("\"\"\"") {
            return self.multiline_string();
        }
        let start = self.at;
        if !self.eat(b'"') {
            return Err(self.expected("string: text between \""));
        }
        let mut out = String::new();
        loop {
            let rest = self.rest();
            let Some(i) = rest.find(['"', '\\', '\n']) else {
                let message = "the string has no closing \"";
                return Err(ParseError { message: message.to_owned(), start, end: self.text.len() });
            };
            out.push_str(rest.get(..i).unwrap_or_default());
            self.at += i;
            match rest.as_bytes().get(i) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => self.escape(&mut out)?,
                _ => {
                    let message = r#"a line ends inside the string; write \n for a line feed, or use """"#;
                    return Err(ParseError { message: message.to_owned(), start, end: self.at });
                }
            }
        }
    }

    fn escape(&mut self, out: &mut String) -> Read<()> {
        let Some((c, length)) = unescape(self.rest()) else {
            let message = r#"expected an escape: \n, \t, \r, \\, \", \' or \u{…} with the code of a character"#;
            return Err(self.error(self.at, r"\", message));
        };
        out.push(c);
        self.at += length;
        Ok(())
    }

    /// Lines between `"""`; the spaces before the closing one are taken off every line.
    fn multiline_string(&mut self) -> Read<String> {
        let start = self.at;
        let end = self.text.len();
        let fail = |start, end, message: &str| Err(ParseError { message: message.to_owned(), start, end });
        let body = self.rest().get(3..).unwrap_or_default();
        let Some(length) = body.find("\"\"\"") else {
            return fail(start, end, "the string has no closing \"\"\"");
        };
        let body = body.get(..length).unwrap_or_default();
        let Some(lines) = body.strip_prefix('\n').or_else(|| body.strip_prefix("\r\n")) else {
            return fail(start, start + 3, "a line break must follow the opening \"\"\"");
        };
        let close = start + 3 + length;
        let (lines, indent) = match lines.rsplit_once('\n') {
            Some((lines, indent)) => (Some(lines), indent),
            None => (None, lines), // no line at all
        };
        if indent.contains(|c| c != ' ') {
            return fail(close, close + 3, "only spaces may stand before the closing \"\"\" on its line");
        }
        let mut out = String::new();
        self.at = close - indent.len() - lines.map_or(0, |l| l.len() + 1);
        for (i, line) in lines.iter().flat_map(|l| l.split('\n')).enumerate() {
            let next_line = self.at + line.len() + 1;
            let Some(line) = line.strip_prefix(indent) else {
                let message = "this line must be indented at least as far as the closing \"\"\"";
                return fail(self.at, self.at + line.len(), message);
            };
            if i > 0 {
                out.push('\n');
            }
            self.at += indent.len();
            let mut rest = line.strip_suffix('\r').unwrap_or(line);
            while let Some((plain, escape)) = rest.split_once('\\') {
                out.push_str(plain);
                self.at += plain.len();
                let escape_start = self.at;
                self.escape(&mut out)?;
                rest = escape.get(self.at - escape_start - 1..).unwrap_or_default();
            }
            out.push_str(rest);
            self.at = next_line;
        }
        self.at = close + 3;
        Ok(out)
    }
}

/// The character that the escape at the start of the text means, and the escape's length in bytes.
pub(super) fn unescape(text: &str) -> Option<(char, usize)> {
    let rest = text.strip_prefix('\\')?;
    let c = match rest.chars().next()? {
        c @ ('\\' | '"' | '\'') => c,
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'u' => {
            let (digits, _) = rest.strip_prefix("u{")?.split_once('}')?;
            if !(1..=6).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
                return None;
            }
            return Some((char::from_u32(u32::from_str_radix(digits, 16).ok()?)?, digits.len() + 4));
        }
        _ => return None,
    };
    Some((c, 2))
}

/// Whether the text is a number as JSON writes it.
pub(super) fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let whole = whole.strip_prefix('-').unwrap_or(whole);
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|e| digits(e.strip_prefix(['+', '-']).unwrap_or(e)))
}

/// Words that are no case's name unless they have a `%`.
pub(super) fn is_keyword(label: &str) -> bool {
    matches!(label, "true" | "false" | "some" | "none" | "ok" | "err" | "inf" | "nan")
}
