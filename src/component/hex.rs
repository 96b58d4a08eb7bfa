//! Bytes as rows of hexadecimal digits, and how a person names some of them.

use std::fmt::Write;
use std::ops::Range;

/// Bytes in a row.
pub const ROW: usize = 16;

/// The digits of at most [`ROW`] bytes: two groups of eight, as wide as a full row.
pub fn digits(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(3 * ROW + 1);
    for i in 0..ROW {
        if i > 0 {
            out.push_str(if i == ROW / 2 { "  " } else { " " });
        }
        match bytes.get(i) {
            Some(byte) => {
                let _ = write!(out, "{byte:02x}");
            }
            None => out.push_str("  "),
        }
    }
    out
}

/// The same bytes as characters: those of ASCII that can be seen, and dots.
pub fn characters(bytes: &[u8]) -> String {
    bytes.iter().map(|b| if matches!(b, b' '..=b'~') { char::from(*b) } else { '.' }).collect()
}

/// One row: where it starts in the file, the digits, the characters.
pub fn row(bytes: &[u8], range: Range<usize>) -> String {
    let shown = bytes.get(range.clone()).unwrap_or_default();
    format!("{:08x}  {}  {}", range.start, digits(shown), characters(shown))
}

/// Reads a place in a file: decimal, or hexadecimal as `0x1f`.
pub fn parse_offset(text: &str) -> Option<usize> {
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => usize::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

/// Reads a range of a file of this many bytes: `START..END`, or `START+LENGTH`, each decimal or as `0x1f`.
///
/// # Errors
/// Why it is no range of the file, in words.
pub fn parse_range(text: &str, size: usize) -> Result<Range<usize>, String> {
    let number = |text: &str| {
        parse_offset(text.trim())
            .ok_or_else(|| format!("“{text}” is no number: write it decimal, or hexadecimal as 0x1f"))
    };
    let range = if let Some((start, end)) = text.split_once("..") {
        number(start)?..number(end)?
    } else if let Some((start, length)) = text.split_once('+') {
        let start = number(start)?;
        start..start.saturating_add(number(length)?)
    } else {
        return Err(format!("“{text}” is no range: write START..END or START+LENGTH"));
    };
    if range.end > size || range.start > size {
        return Err(format!("The range {text} is not in the file: it has {size} bytes ({size:#x})"));
    }
    if range.start >= range.end {
        return Err(format!("The range {text} is empty: its end has to come after its start"));
    }
    Ok(range)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_its_place_its_digits_and_its_characters() {
        let bytes: Vec<u8> = (0x30..0x50).chain([0x7f, 0xff]).collect();
        assert_eq!(row(&bytes, 0..16), "00000000  30 31 32 33 34 35 36 37  38 39 3a 3b 3c 3d 3e 3f  0123456789:;<=>?");
        let last = row(&bytes, 32..34);
        assert_eq!(last, format!("00000020  7f ff{}  ..", " ".repeat(43)));
        assert_eq!(row(&bytes, 40..50), format!("00000028  {}  ", " ".repeat(48)), "there is nothing there");
    }

    #[test]
    fn a_range_is_read_or_refused_in_words() {
        assert_eq!(parse_range("0x10..32", 100), Ok(16..32));
        assert_eq!(parse_range("0x10+0x10", 100), Ok(16..32));
        assert_eq!(parse_range("0..100", 100), Ok(0..100));
        for (text, part) in [
            ("5", "no range"),
            ("a..b", "no number"),
            ("0..101", "not in the file"),
            ("101..102", "not in the file"),
            ("0+99999999999999999999", "no number"),
            ("1+18446744073709551615", "not in the file"),
            ("7..7", "empty"),
            ("9..7", "empty"),
            ("-1..7", "no number"),
        ] {
            let why = parse_range(text, 100).unwrap_err();
            assert!(why.contains(part), "{text}: {why}");
        }
    }
}
