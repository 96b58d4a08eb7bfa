//! What can be said about a document: diagnostics, what they are about, and text made safe to show.

use std::borrow::Cow;
use std::fmt;

/// How much a [`Diagnostic`] matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Something does not work until it is mended.
    Error,
    /// Something works, but perhaps not as meant.
    Warning,
    /// Something worth knowing.
    Info,
}

/// What a [`Diagnostic`] is about. Everything is named by its own name, never by a position.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// The whole document.
    Project,
    /// A file, by the name a person gave it.
    File(String),
    /// An instance of the composition.
    Instance(String),
    /// An import or export of an instance.
    Port {
        /// The instance's name.
        instance: String,
        /// The import's or export's full name, as in `wasi:cli/stdout@0.2.0`.
        port: String,
    },
    /// The wire that ends at this import.
    Wire {
        /// The instance that imports.
        instance: String,
        /// The import's full name.
        import: String,
    },
    /// A grant, by the capability's word, as in `folders`.
    Grant(String),
    /// A field of a form, by its path, as in `cart[0].quantity`.
    Field(String),
}

impl Subject {
    /// The instance that it is, is a port of or ends at.
    pub fn instance(&self) -> Option<&str> {
        match self {
            Self::Instance(name) => Some(name),
            Self::Port { instance, .. } | Self::Wire { instance, .. } => Some(instance),
            Self::Project | Self::File(_) | Self::Grant(_) | Self::Field(_) => None,
        }
    }
}

/// One thing to tell a person: what, about what, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Diagnostic {
    /// How much it matters.
    pub severity: Severity,
    /// What it is about.
    pub subject: Subject,
    /// What else it is about, if that takes part in it as much.
    pub also: Vec<Subject>,
    /// What is the case, and why. One sentence, no full stop.
    pub message: String,
    /// What to do about it, if something can be done.
    pub hint: Option<String>,
}

impl Diagnostic {
    /// An error about `subject`.
    pub fn error(subject: Subject, message: impl Into<String>) -> Self {
        Self { severity: Severity::Error, subject, also: Vec::new(), message: message.into(), hint: None }
    }

    /// A warning about `subject`.
    pub fn warning(subject: Subject, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(subject, message) }
    }

    /// A remark about `subject`.
    pub fn info(subject: Subject, message: impl Into<String>) -> Self {
        Self { severity: Severity::Info, ..Self::error(subject, message) }
    }

    /// Everything that it is about.
    pub fn about(&self) -> impl Iterator<Item = &Subject> {
        std::iter::once(&self.subject).chain(&self.also)
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "note",
        };
        write!(f, "{word}: {}", self.message)?;
        if let Some(hint) = &self.hint {
            write!(f, "\n  {hint}")?;
        }
        Ok(())
    }
}

/// Makes text from a file or a guest safe to show: control, bidirectional, zero-width, tag and private-use characters
/// become visible escapes (`\u{202e}`), and runs of more than four combining marks are cut. Line feeds and tabs stay.
///
/// Safe text stays as it is, so applying it twice does no harm. Two texts that differ before still differ after, except
/// in marks beyond the fourth and where one of them spells out an escape.
pub fn display_safe(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|b| matches!(b, b' '..=b'~' | b'\n' | b'\t')) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut marks = 0;
    for c in text.chars() {
        if is_combining(c) && !is_hidden(c) {
            marks += 1;
            if marks <= 4 {
                out.push(c);
            } else if marks == 5 {
                out.push('…');
            }
            continue;
        }
        marks = 0;
        if is_hidden(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// As [`display_safe`], on one line: line feeds and tabs are shown as escapes too.
pub fn display_safe_line(text: &str) -> Cow<'_, str> {
    match display_safe(text) {
        Cow::Borrowed(t) if !t.contains(['\n', '\t']) => Cow::Borrowed(t),
        safe => Cow::Owned(safe.replace('\n', "\\n").replace('\t', "\\t")),
    }
}

fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' | '\u{5bf}'..='\u{5c7}'
        | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6dc}' | '\u{6df}'..='\u{6e4}'
        | '\u{6e7}'..='\u{6ed}' | '\u{711}' | '\u{730}'..='\u{74a}' | '\u{7eb}'..='\u{7f3}' | '\u{816}'..='\u{82d}'
        | '\u{8ca}'..='\u{8ff}' | '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}' | '\u{eb1}'
        | '\u{eb4}'..='\u{ebc}' | '\u{ec8}'..='\u{ece}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{302a}'..='\u{302d}' | '\u{3099}' | '\u{309a}' | '\u{a66f}'..='\u{a67d}'
        | '\u{fe20}'..='\u{fe2f}' | '\u{1e000}'..='\u{1e02a}' | '\u{1e8d0}'..='\u{1e8d6}')
}

/// Characters that draw nothing, move others, or mean something else to every font.
fn is_hidden(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{e0fff}' | '\u{f0000}'..='\u{10ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_become_visible() {
        for (given, shown) in [
            ("plain text\n", "plain text\n"),
            ("a\u{202e}b", "a\\u{202e}b"),
            ("zero\u{200b}width", "zero\\u{200b}width"),
            ("bell\u{7}", "bell\\u{7}"),
            ("tag\u{e0041}", "tag\\u{e0041}"),
            ("Grüße", "Grüße"),
            ("join\u{34f}er", "join\\u{34f}er"),
            ("C:\\users", "C:\\users"),
            ("a\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}z", "a\u{301}\u{301}\u{301}\u{301}…z"),
        ] {
            assert_eq!(display_safe(given), shown);
            assert_eq!(display_safe(shown), shown);
        }
        assert_eq!(display_safe_line("a\nb"), "a\\nb");
    }
}
