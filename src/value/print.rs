//! Values as WAVE text.

use super::Value;
use super::scan::is_keyword;
use std::fmt::{Display, LowerExp, Write};

/// The value as WAVE text (<https://docs.rs/wasm-wave>), on one line. Handles print as `counter#3`, maps as a list of
/// pairs. [`super::parse_wave`] reads it back, except for [`Value::Opaque`], which prints as `<its text>`.
pub fn to_wave(value: &Value) -> String {
    let mut out = String::new();
    write_value(value, &mut out, usize::MAX);
    out
}

/// The start of [`to_wave`], at most about `max` bytes of it: `…` stands for the rest. Costs no more for a long value.
pub fn to_wave_short(value: &Value, max: usize) -> String {
    let mut out = String::new();
    write_value(value, &mut out, max);
    if out.len() > max {
        out.truncate(out.floor_char_boundary(max));
        out.push('…');
    }
    out
}

/// A call as [`super::parse_wave_call`] reads it: `interface#func(…)`, methods as `counter.increment(counter#1)`.
pub fn to_wave_call(interface: Option<&str>, function: &str, args: &[Value]) -> String {
    let mut out = interface.map(|i| format!("{i}#")).unwrap_or_default();
    out.push_str(function.split_once(']').map_or(function, |(_, name)| name));
    write_all(&mut out, usize::MAX, "(", ")", args, write_value);
    out
}

/// As [`to_wave`], but what does not fit into `max_width` bytes of a line is broken into indented lines; elements such
/// as numbers share lines. A long string is not broken.
pub fn to_wave_pretty(value: &Value, max_width: usize) -> String {
    let mut out = String::new();
    write_pretty(value, 0, max_width, &mut out);
    out
}

fn write_value(value: &Value, out: &mut String, stop: usize) {
    match value {
        Value::Bool(b) => push(out, b),
        Value::S8(n) => push(out, n),
        Value::S16(n) => push(out, n),
        Value::S32(n) => push(out, n),
        Value::S64(n) => push(out, n),
        Value::U8(n) => push(out, n),
        Value::U16(n) => push(out, n),
        Value::U32(n) => push(out, n),
        Value::U64(n) => push(out, n),
        Value::F32(f) => write_float(*f, (*f).into(), out),
        Value::F64(f) => write_float(*f, *f, out),
        Value::Char(c) => write_text(c.encode_utf8(&mut [0; 4]), '\'', out, stop),
        Value::String(text) => write_text(text, '"', out, stop),
        Value::Bytes(bytes) => write_all(out, stop, "[", "]", bytes, |byte, out, _| push(out, byte)),
        Value::List(values) => write_all(out, stop, "[", "]", values, write_value),
        Value::Tuple(values) => write_all(out, stop, "(", ")", values, write_value),
        Value::Record(fields) if shown(fields).next().is_none() => out.push_str("{:}"),
        Value::Record(fields) => write_all(out, stop, "{", "}", shown(fields), |(name, value), out, stop| {
            out.push_str(name);
            out.push_str(": ");
            write_value(value, out, stop);
        }),
        Value::Map(entries) => write_all(out, stop, "[", "]", entries, |(key, value), out, stop| {
            write_all(out, stop, "(", ")", [key, value], write_value);
        }),
        Value::Flags(names) => write_all(out, stop, "{", "}", names, |name, out, _| out.push_str(name)),
        Value::Enum(case) => write_case(case, out),
        Value::Handle(handle) => push(out, format_args!("{}#{}", handle.resource, handle.number)),
        Value::Opaque(text) => push(out, format_args!("<{text}>")),
        Value::Variant(case, None) => write_case(case, out),
        Value::Option(None) => out.push_str("none"),
        Value::Result(Ok(None)) => out.push_str("ok"),
        Value::Result(Err(None)) => out.push_str("err"),
        Value::Variant(case, Some(payload)) => {
            write_case(case, out);
            write_all(out, stop, "(", ")", [&**payload], write_value);
        }
        Value::Option(Some(payload)) => write_all(out, stop, "some(", ")", [&**payload], write_value),
        Value::Result(Ok(Some(payload))) => write_all(out, stop, "ok(", ")", [&**payload], write_value),
        Value::Result(Err(Some(payload))) => write_all(out, stop, "err(", ")", [&**payload], write_value),
    }
}

/// Writes items between `open` and `close`, and none more once `out` is longer than `stop`.
fn write_all<T>(
    out: &mut String,
    stop: usize,
    open: &str,
    close: &str,
    items: impl IntoIterator<Item = T>,
    write: impl Fn(T, &mut String, usize),
) {
    out.push_str(open);
    for (i, item) in items.into_iter().enumerate() {
        if out.len() > stop {
            return;
        }
        if i > 0 {
            out.push_str(", ");
        }
        write(item, out, stop);
    }
    out.push_str(close);
}

/// The fields that WAVE writes: an option that is none is left out.
fn shown(fields: &[(String, Value)]) -> impl Iterator<Item = &(String, Value)> {
    fields.iter().filter(|(_, value)| *value != Value::Option(None))
}

fn push(out: &mut String, text: impl Display) {
    // Writing to a string cannot fail.
    let _ = write!(out, "{text}");
}

/// With an exponent where there would be many zeros.
fn write_float(float: impl Display + LowerExp, magnitude: f64, out: &mut String) {
    match magnitude.abs() {
        m if m.is_nan() => out.push_str("nan"), // Rust's own word is `NaN`
        m if m == 0.0 || m.is_infinite() || (1e-5..1e16).contains(&m) => push(out, float),
        _ => push(out, format_args!("{float:e}")),
    }
}

fn write_case(case: &str, out: &mut String) {
    if is_keyword(case) {
        out.push('%');
    }
    out.push_str(case);
}

/// Writes text between quotes; what could not be seen is escaped.
fn write_text(text: &str, quote: char, out: &mut String, stop: usize) {
    out.push(quote);
    let start = out.len();
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\\' => out.push_str("\\\\"),
            c if c == quote => out.extend(['\\', c]),
            ' '..='~' => out.push(c),
            c if is_visible(c, out.len() == start) => out.push(c),
            c => out.extend(c.escape_unicode()),
        }
        if out.len() > stop {
            return;
        }
    }
    out.push(quote);
}

/// A mark that combines with the character before it can be seen there, but not at the start of a text.
fn is_visible(c: char, is_first: bool) -> bool {
    if is_first {
        return c.escape_debug().len() == 1;
    }
    let mut text = [b'a'; 5];
    let length = 1 + c.encode_utf8(&mut text[1..]).len();
    text.get(..length).and_then(|t| str::from_utf8(t).ok()).is_some_and(|t| t.escape_debug().count() == 2)
}

fn write_pretty(value: &Value, indent: usize, width: usize, out: &mut String) {
    let start = out.len();
    let stop = start + width.saturating_sub(column(out));
    write_value(value, out, stop);
    if out.len() <= stop {
        return;
    }
    out.truncate(start);
    let inner = indent + 2;
    match value {
        Value::Bytes(bytes) => write_lines(out, inner, width, "[", "]", bytes, |byte, out| {
            push(out, byte);
            true
        }),
        Value::List(values) => write_lines(out, inner, width, "[", "]", values, |value, out| {
            write_pretty(value, inner, width, out);
            value.children() == 0 && !matches!(value, Value::String(_))
        }),
        Value::Tuple(values) => write_lines(out, inner, width, "(", ")", values, |value, out| {
            write_pretty(value, inner, width, out);
            false
        }),
        Value::Record(fields) => write_lines(out, inner, width, "{", "}", shown(fields), |(name, value), out| {
            push(out, format_args!("{name}: "));
            write_pretty(value, inner, width, out);
            false
        }),
        Value::Map(entries) => write_lines(out, inner, width, "[", "]", entries, |(key, value), out| {
            out.push('(');
            write_pretty(key, inner, width, out);
            out.push_str(", ");
            write_pretty(value, inner, width, out);
            out.push(')');
            false
        }),
        Value::Variant(_, Some(payload))
        | Value::Option(Some(payload))
        | Value::Result(Ok(Some(payload)) | Err(Some(payload))) => {
            match value {
                Value::Variant(case, _) => write_case(case, out),
                Value::Option(_) => out.push_str("some"),
                Value::Result(Ok(_)) => out.push_str("ok"),
                _ => out.push_str("err"),
            }
            out.push('(');
            write_pretty(payload, indent, width, out);
            out.push(')');
        }
        _ => write_value(value, out, usize::MAX),
    }
}

/// Bytes since the last line break.
fn column(out: &str) -> usize {
    out.len() - out.rfind('\n').map_or(0, |i| i + 1)
}

/// Writes items on lines of their own, indented; items for which `write` says so share lines as long as they fit.
fn write_lines<T>(
    out: &mut String,
    indent: usize,
    width: usize,
    open: &str,
    close: &str,
    items: impl IntoIterator<Item = T>,
    write: impl Fn(T, &mut String) -> bool,
) {
    let break_line = |out: &mut String, indent| {
        out.push('\n');
        out.extend(std::iter::repeat_n(' ', indent));
    };
    out.push_str(open);
    let mut line_end = None;
    for item in items {
        if line_end.is_some() {
            out.push(',');
        }
        let end = out.len();
        break_line(out, indent);
        let start = out.len();
        let may_share = write(item, out);
        let length = out.len() - start;
        if let Some(before) = line_end
            && may_share
            && before + 2 + length < width
        {
            out.replace_range(end..start, " ");
            line_end = Some(before + 2 + length);
        } else {
            line_end = Some(if may_share { indent + length } else { width });
        }
    }
    match line_end {
        Some(_) => break_line(out, indent.saturating_sub(2)),
        None if open == "{" => out.push(':'),
        None => {}
    }
    out.push_str(close);
}
