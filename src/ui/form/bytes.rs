//! `list<u8>` as text a person can type: UTF-8 or hexadecimal digits.

use crate::diag::{display_safe, display_safe_line};

/// How many bytes the editor takes; more is shown as a preview.
pub(super) const MAX_EDIT: usize = 64 << 10;

/// Pairs of hexadecimal digits with a space between them.
pub(super) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect::<Vec<_>>().join(" ")
}

/// Reads hexadecimal digits, two for a byte; space between them does not matter.
pub(super) fn from_hex(text: &str) -> Result<Vec<u8>, String> {
    let digits: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
    if let Some(bad) = digits.iter().find(|c| !c.is_ascii_hexdigit()) {
        let bad = bad.to_string();
        return Err(format!("{} is not a hexadecimal digit (0–9, a–f)", display_safe_line(&bad)));
    }
    if digits.len() % 2 == 1 {
        return Err("the last byte has only one digit, a byte has two".to_owned());
    }
    let digit = |c: &char| c.to_digit(16).unwrap_or(0) as u8;
    Ok(digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, c| byte << 4 | digit(c))).collect())
}

/// The bytes as text, if nothing would be lost or hidden by showing them so.
pub(super) fn as_text(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    (display_safe(text) == text).then_some(text)
}
