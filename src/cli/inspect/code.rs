//! `wirebench inspect --wat` and `--hex`: the code of a file, and its bytes.

use super::super::{Exit, fail};
use crate::component::hex::{self, ROW, parse_range};
use crate::component::listing::print_wat;
use crate::component::{Component, CoreFunction, Functions, part_path, size_map};
use crate::diag::display_safe_line;
use std::io::{BufWriter, StdoutLock, Write};
use std::ops::Range;

/// Functions that a message names at most.
const MOST_NAMED: usize = 5;

/// Prints the text format of a part, or of one function in it.
pub(super) fn wat(component: &Component, part: Option<&str>, function: Option<&str>) -> Exit {
    let part = match range_of(component, part) {
        Ok(part) => part,
        Err(why) => return fail(&why),
    };
    let only = match function.map(|name| find(component, &part, name)).transpose() {
        Ok(only) => only,
        Err(why) => return fail(&why),
    };
    let mut out = Out::new();
    let printed = print_wat(&component.bytes, part, only, &mut |text| out.write(text));
    out.end();
    match printed {
        Ok(()) => Exit::Done,
        Err(why) => fail(&format!("The text ends where the file cannot be read further: {}", display_safe_line(&why))),
    }
}

/// Prints bytes.
pub(super) fn hex(component: &Component, part: Option<&str>, range: &str) -> Exit {
    let read = range_of(component, part).and_then(|part| {
        let inside = parse_range(range, part.len()).map_err(|why| display_safe_line(&why).into_owned())?;
        Ok(part.start + inside.start..part.start + inside.end)
    });
    let range = match read {
        Ok(range) => range,
        Err(why) => return fail(&why),
    };
    let mut out = Out::new();
    for start in range.clone().step_by(ROW) {
        let row = hex::row(&component.bytes, start..range.end.min(start + ROW));
        if !out.write(&row) || !out.write("\n") {
            break;
        }
    }
    out.end();
    Exit::Done
}

/// Where a part lies in the file.
fn range_of(component: &Component, path: Option<&str>) -> Result<Range<usize>, String> {
    let Some(text) = path else { return Ok(0..component.bytes.len()) };
    let path = part_path(text)
        .ok_or_else(|| format!("“{}” is not the path of a part, such as 0.2", display_safe_line(text)))?;
    let part = component.root.at(&path).ok_or_else(|| format!("The file has no part {text}"))?;
    Ok(part.range.clone())
}

/// Where the one function that is meant by `name` lies.
fn find(component: &Component, part: &Range<usize>, name: &str) -> Result<Range<usize>, String> {
    let functions = Functions::of(&size_map(component));
    let inside = functions.all.get(functions.within(part)).unwrap_or_default();
    let shown = display_safe_line(name);
    let list = |found: &[&CoreFunction]| {
        let mut lines = String::new();
        for function in found.iter().take(MOST_NAMED) {
            let path: Vec<_> = component.root.path_around(&function.range).iter().map(usize::to_string).collect();
            let place = if path.is_empty() { String::new() } else { format!(" in part {}", path.join(".")) };
            lines.push_str(&format!("\n  {} {}{place}", function.index, function.label()));
        }
        if found.len() > MOST_NAMED {
            lines.push_str(&format!("\n  … {} more", found.len() - MOST_NAMED));
        }
        lines
    };
    let is_meant = |f: &&CoreFunction| match name.parse::<u32>() {
        Ok(index) => f.index == index,
        Err(_) => f.is_called(name),
    };
    let found: Vec<_> = inside.iter().filter(is_meant).collect();
    match found.as_slice() {
        [one] => Ok(one.range.clone()),
        [] => {
            let similar: Vec<_> = inside.iter().filter(|f| f.label().contains(name)).collect();
            let hint = if similar.is_empty() {
                String::new()
            } else {
                format!("; these have it in their name:{}", list(&similar))
            };
            Err(format!("No function of {} is called “{shown}”{hint}", inside.len()))
        }
        several => Err(format!(
            "{} functions are meant by “{shown}”: choose one by its index, or its part with --part{}",
            several.len(),
            list(several)
        )),
    }
}

/// Standard output, written in large pieces. A reader that went away ends it, which is no error.
struct Out {
    to: BufWriter<StdoutLock<'static>>,
    ends_line: bool,
}

impl Out {
    fn new() -> Self {
        Self { to: BufWriter::with_capacity(64 << 10, std::io::stdout().lock()), ends_line: true }
    }

    /// False if nothing more is wanted.
    fn write(&mut self, text: &str) -> bool {
        if let Some(last) = text.chars().next_back() {
            self.ends_line = last == '\n';
        }
        self.to.write_all(text.as_bytes()).is_ok()
    }

    /// Ends the last line, if it is cut.
    fn end(mut self) {
        if !self.ends_line {
            self.write("\n");
        }
        let _ = self.to.flush();
    }
}
