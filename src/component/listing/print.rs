//! The one place that runs `wasmprinter`.

use crate::component::check::{TOO_DEEP, is_too_deep};
use crate::component::guard;
use crate::diag::display_safe;
use std::io;
use std::ops::Range;
use wasmprinter::{Config, Print};

/// Prints a part of a file. Why it ends before the part does, if it does: damage, or what `out` said.
pub(super) fn print_part(bytes: &[u8], part: Range<usize>, out: &mut impl Print) -> Result<(), String> {
    let part = bytes.get(part).unwrap_or_default();
    if is_too_deep(part) {
        return Err(TOO_DEEP.to_owned());
    }
    match guard::with_stack(|| guard::caught(|| Config::new().print(part, out))) {
        Ok(Ok(())) => Ok(()),
        Ok(Err(why)) => Err(format!("{why:#}")),
        Err(_) => Err("the printer stopped at something it did not expect".into()),
    }
}

/// Writes the text format of a part piece by piece to `out`, as `wasmprinter` prints it, except that characters which
/// could hide something are escapes. Ends early when `out` returns false.
///
/// With `only` it writes one item alone: the lines from the first one that stands for a byte of the range up to the next
/// one that stands for a byte behind it, without the first one's indentation.
///
/// # Errors
/// Why the part cannot be printed to its end, in words.
pub fn print_wat(
    bytes: &[u8],
    part: Range<usize>,
    only: Option<Range<usize>>,
    out: &mut dyn FnMut(&str) -> bool,
) -> Result<(), String> {
    let mut is_done = false;
    let printed = match only {
        None => print_part(bytes, part, &mut Whole { out, is_done: &mut is_done }),
        Some(range) => {
            let relative = |at: usize| at.saturating_sub(part.start) as u64;
            let wanted = relative(range.start)..relative(range.end);
            let mut item = Item { out, is_done: &mut is_done, wanted, line: String::new(), indent: None };
            print_part(bytes, part, &mut item)
        }
    };
    if is_done { Ok(()) } else { printed }
}

/// What the printer is told when it may stop.
fn enough() -> io::Error {
    io::Error::other("nothing more is wanted")
}

struct Whole<'a> {
    out: &'a mut dyn FnMut(&str) -> bool,
    is_done: &'a mut bool,
}

impl Print for Whole<'_> {
    fn write_str(&mut self, text: &str) -> io::Result<()> {
        *self.is_done |= !(self.out)(&display_safe(text));
        if *self.is_done { Err(enough()) } else { Ok(()) }
    }
}

struct Item<'a> {
    out: &'a mut dyn FnMut(&str) -> bool,
    is_done: &'a mut bool,
    wanted: Range<u64>,
    line: String,
    /// Spaces before the item's first line, once it is reached.
    indent: Option<usize>,
}

impl Print for Item<'_> {
    fn write_str(&mut self, text: &str) -> io::Result<()> {
        if *self.is_done {
            return Err(enough());
        }
        self.line.push_str(text);
        Ok(())
    }

    fn newline(&mut self) -> io::Result<()> {
        if let Some(indent) = &mut self.indent {
            let spaces = self.line.len() - self.line.trim_start_matches(' ').len();
            if *indent == usize::MAX {
                *indent = spaces;
            }
            let line = self.line.get(spaces.min(*indent)..).unwrap_or_default();
            *self.is_done |= !(self.out)(&format!("{}\n", display_safe(line)));
        }
        self.line.clear();
        Ok(())
    }

    fn start_line(&mut self, offset: Option<u64>) {
        let Some(offset) = offset else { return };
        match self.indent {
            None if self.wanted.contains(&offset) => self.indent = Some(usize::MAX),
            Some(_) if offset >= self.wanted.end => *self.is_done = true,
            _ => {}
        }
    }
}
