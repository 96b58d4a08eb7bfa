//! The text format of a part, as `wasmprinter` prints it, in little room: the text of a large component is many times
//! the component's size, so it is kept in blocks that are compressed each for itself.

mod lex;
mod print;

pub(in crate::component) use lex::plain_name;
pub use lex::{Token, callee, lex};
pub use print::print_wat;

use crate::measure::grouped;
use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use wasmprinter::Print;

/// Bytes of text in a block, about: a block ends with the line that reaches this.
const BLOCK: usize = 64 << 10;
/// Bytes of a line that are kept. A data segment is one line, however large it is.
const LINE: usize = 2_000;
/// Blocks that are kept as text after they were looked at.
const PAGES: usize = 4;
/// Lines without a byte that can follow each other before the next one with a byte: what nests closes at once.
const MOST_CLOSING: usize = 256;
/// Matches that [`Listing::find`] tells the places of.
const MATCHES: usize = 10_000;

/// The text of a part, line by line, with the byte of the file that each line stands for.
pub struct Listing {
    part: Range<usize>,
    blocks: Vec<Block>,
    lines: usize,
    widest: usize,
    refusal: Option<String>,
    pages: Mutex<VecDeque<(usize, Arc<Page>)>>,
    #[cfg(test)]
    unpacked: std::sync::atomic::AtomicUsize,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it says. It is not safe to show as it is.
    pub text: String,
    /// The byte of the file at which what it says begins; none for what only closes or comments.
    pub offset: Option<usize>,
}

/// Where a text was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// How often it occurs.
    pub total: usize,
    /// How many of these come before the first one of `places`.
    pub before: usize,
    /// The line of each, and the byte in it: all of them, or those nearest to the line asked for.
    pub places: Vec<(usize, usize)>,
}

/// A run of lines.
struct Block {
    first_line: usize,
    /// The furthest byte of the part that a line before this block stands for.
    reached: u64,
    /// Bytes of text, and of the offsets behind it.
    sizes: (usize, usize),
    packed: Box<[u8]>,
}

/// A block as text.
#[derive(Default)]
struct Page {
    text: String,
    /// The end of each line in `text`, and its byte of the part.
    lines: Vec<(usize, Option<u64>)>,
}

impl fmt::Debug for Listing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listing").field("part", &self.part).field("lines", &self.lines).finish_non_exhaustive()
    }
}

impl Listing {
    /// Prints a part of a file; `None` if it was cancelled. What cannot be printed ends with a line that says why.
    pub fn of(bytes: &[u8], part: Range<usize>, is_cancelled: &dyn Fn() -> bool) -> Option<Self> {
        let mut packer = Packer::new(is_cancelled);
        let printed = print::print_part(bytes, part.clone(), &mut packer);
        if packer.was_cancelled {
            return None;
        }
        if let Err(why) = &printed {
            if packer.text.len() > packer.line_start {
                packer.end_line();
            }
            packer.put(&format!(";; The text ends here: {why}"));
            packer.end_line();
        }
        packer.end_block();
        Some(Self {
            part,
            blocks: packer.blocks,
            lines: packer.lines,
            widest: packer.widest,
            refusal: printed.err(),
            pages: Mutex::default(),
            #[cfg(test)]
            unpacked: std::sync::atomic::AtomicUsize::new(0),
        })
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.lines
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.lines == 0
    }

    /// Bytes in the longest line.
    pub fn widest(&self) -> usize {
        self.widest
    }

    /// Why the part could not be printed to its end, if it could not.
    pub fn refusal(&self) -> Option<&str> {
        self.refusal.as_deref()
    }

    /// Bytes it takes in memory, but for the few blocks looked at last.
    pub fn size(&self) -> usize {
        self.blocks.iter().map(|block| block.packed.len() + size_of::<Block>()).sum()
    }

    /// These lines, as far as there are.
    pub fn lines(&self, range: Range<usize>) -> Vec<Line> {
        let range = range.start..range.end.min(self.lines);
        let mut out = Vec::with_capacity(range.len());
        let mut next = range.start;
        while next < range.end {
            let at = self.block_of_line(next);
            let Some(block) = self.blocks.get(at) else { break };
            let page = self.page(at);
            let before = out.len();
            let inside = next - block.first_line..page.lines.len().min(range.end - block.first_line);
            out.extend(inside.filter_map(|i| page.line(i)).map(|(text, offset)| Line {
                text: text.to_owned(),
                offset: offset.map(|o| self.part.start + o as usize),
            }));
            next += out.len() - before;
            if out.len() == before {
                break;
            }
        }
        out
    }

    /// The first line that stands for something in this range of the file, or else the last one before it.
    pub fn line_of(&self, range: &Range<usize>) -> usize {
        let before = self.line_of_offset(range.start);
        // Sizes and counts have no line, and what only closes has no byte.
        let starts = self.lines(before..before + MOST_CLOSING);
        let inside = starts.iter().position(|line| line.offset.is_some_and(|o| o >= range.start));
        let inside = inside.filter(|i| starts.get(*i).and_then(|line| line.offset).is_some_and(|o| o < range.end));
        before + inside.unwrap_or(0)
    }

    /// The last line that stands for this byte of the file or one before it.
    pub fn line_of_offset(&self, offset: usize) -> usize {
        let offset = offset.saturating_sub(self.part.start) as u64;
        let behind = self.blocks.partition_point(|b| b.reached <= offset);
        for at in (0..behind).rev() {
            let Some(block) = self.blocks.get(at) else { break };
            // Lines without a byte belong to the one before.
            let page = self.page(at);
            if let Some(line) = page.lines.iter().rposition(|(_, o)| o.is_some_and(|o| o <= offset)) {
                return block.first_line + line;
            }
        }
        0
    }

    /// Where a text occurs, in any case of ASCII letters. If there are many, the places nearest to a line are told. `None` if
    /// it was cancelled.
    pub fn find(&self, text: &str, around: usize, is_cancelled: &dyn Fn() -> bool) -> Option<Found> {
        let text = text.to_ascii_lowercase();
        let (mut before, mut behind) = (VecDeque::new(), Vec::new());
        let (mut total, mut forgotten) = (0, 0);
        if text.is_empty() || text.contains('\n') {
            return Some(Found { total, before: forgotten, places: behind });
        }
        for block in &self.blocks {
            if is_cancelled() {
                return None;
            }
            let mut page = block.unpack();
            page.text.make_ascii_lowercase();
            let mut line = 0;
            for (at, _) in page.text.match_indices(&text) {
                total += 1;
                while page.lines.get(line).is_some_and(|(end, _)| *end <= at) {
                    line += 1;
                }
                let start = line.checked_sub(1).and_then(|l| page.lines.get(l)).map_or(0, |(end, _)| *end);
                let place = (block.first_line + line, at - start);
                if place.0 < around {
                    before.push_back(place);
                    if before.len() > MATCHES / 2 {
                        before.pop_front();
                        forgotten += 1;
                    }
                } else if behind.len() < MATCHES / 2 {
                    behind.push(place);
                }
            }
        }
        Some(Found { total, before: forgotten, places: before.into_iter().chain(behind).collect() })
    }

    fn block_of_line(&self, line: usize) -> usize {
        self.blocks.partition_point(|b| b.first_line <= line).saturating_sub(1)
    }

    /// A block as text, from those looked at last if it is there.
    fn page(&self, at: usize) -> Arc<Page> {
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = pages.iter().position(|(block, _)| *block == at).and_then(|i| pages.remove(i));
        let page = kept.map_or_else(
            || {
                #[cfg(test)]
                self.unpacked.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                Arc::new(self.blocks.get(at).map(Block::unpack).unwrap_or_default())
            },
            |(_, page)| page,
        );
        pages.push_front((at, Arc::clone(&page)));
        pages.truncate(PAGES);
        page
    }
}

impl Block {
    fn unpack(&self) -> Page {
        let (text, offsets) = self.sizes;
        // What was packed here unpacks.
        let mut bytes = lz4_flex::block::decompress(&self.packed, text + offsets).unwrap_or_default();
        let offsets = bytes.split_off(text.min(bytes.len()));
        let text = String::from_utf8(bytes).unwrap_or_default();
        let mut numbers = Numbers { bytes: &offsets, last: self.reached };
        let lines = text.match_indices('\n').map(|(at, _)| (at + 1, numbers.next())).collect();
        Page { text, lines }
    }
}

impl Page {
    fn line(&self, i: usize) -> Option<(&str, Option<u64>)> {
        let start = i.checked_sub(1).and_then(|before| self.lines.get(before)).map_or(0, |(end, _)| *end);
        let (end, offset) = *self.lines.get(i)?;
        Some((self.text.get(start..end - 1)?, offset))
    }
}

/// Takes what the printer prints, and packs it block by block.
struct Packer<'a> {
    is_cancelled: &'a dyn Fn() -> bool,
    was_cancelled: bool,
    /// Bytes printed since it was last looked whether it is cancelled.
    unasked: usize,
    blocks: Vec<Block>,
    lines: usize,
    widest: usize,
    /// The block that is being filled: its text, its offsets, its first line and what was reached before it.
    text: String,
    offsets: Vec<u8>,
    first_line: usize,
    reached_before: u64,
    /// The line that is being filled: where it starts in `text`, characters left out, its byte of the part.
    line_start: usize,
    left_out: usize,
    offset: Option<u64>,
    /// The last byte of the part written to `offsets`.
    last: u64,
    reached: u64,
}

impl<'a> Packer<'a> {
    fn new(is_cancelled: &'a dyn Fn() -> bool) -> Self {
        Self {
            is_cancelled,
            was_cancelled: false,
            unasked: 0,
            blocks: Vec::new(),
            lines: 0,
            widest: 0,
            text: String::with_capacity(BLOCK + LINE),
            offsets: Vec::new(),
            first_line: 0,
            reached_before: 0,
            line_start: 0,
            left_out: 0,
            offset: None,
            last: 0,
            reached: 0,
        }
    }

    fn put(&mut self, text: &str) {
        let room = LINE.saturating_sub(self.text.len() - self.line_start);
        if text.len() <= room && self.left_out == 0 {
            self.text.push_str(text);
        } else {
            let fits = if self.left_out == 0 { text.floor_char_boundary(room) } else { 0 };
            let (kept, rest) = text.split_at(fits);
            self.text.push_str(kept);
            self.left_out += rest.chars().count();
        }
    }

    fn end_line(&mut self) {
        if self.left_out > 0 {
            self.text.push_str(&format!(" … {} more characters", grouped(self.left_out as u64)));
        }
        self.widest = self.widest.max(self.text.len() - self.line_start);
        self.text.push('\n');
        write_number(&mut self.offsets, &mut self.last, self.offset);
        self.reached = self.reached.max(self.offset.unwrap_or(0));
        self.lines += 1;
        (self.line_start, self.left_out, self.offset) = (self.text.len(), 0, None);
        if self.text.len() >= BLOCK {
            self.end_block();
        }
    }

    fn end_block(&mut self) {
        if self.text.is_empty() {
            return;
        }
        let sizes = (self.text.len(), self.offsets.len());
        let mut bytes = std::mem::take(&mut self.text).into_bytes();
        bytes.append(&mut self.offsets);
        self.blocks.push(Block {
            first_line: self.first_line,
            reached: self.reached_before,
            sizes,
            packed: lz4_flex::block::compress(&bytes).into_boxed_slice(),
        });
        bytes.clear();
        // The room is used again.
        self.text = String::from_utf8(bytes).unwrap_or_default();
        self.line_start = 0;
        self.first_line = self.lines;
        (self.reached_before, self.last) = (self.reached, self.reached);
    }
}

impl Print for Packer<'_> {
    fn write_str(&mut self, text: &str) -> io::Result<()> {
        self.unasked += text.len();
        if self.unasked >= BLOCK {
            self.unasked = 0;
            self.was_cancelled |= (self.is_cancelled)();
        }
        if self.was_cancelled {
            return Err(io::Error::other("cancelled"));
        }
        let mut pieces = text.split('\n');
        self.put(pieces.next().unwrap_or_default());
        for piece in pieces {
            self.end_line();
            self.put(piece);
        }
        Ok(())
    }

    fn start_line(&mut self, offset: Option<u64>) {
        self.offset = offset;
    }
}

/// Writes a number as the difference from the last one, in as few bytes as it takes; nothing has a sign of its own.
fn write_number(out: &mut Vec<u8>, last: &mut u64, number: Option<u64>) {
    let mut rest = number.map_or(0, |number| {
        let difference = number.wrapping_sub(*last) as i64;
        *last = number;
        // Small differences in both directions become small numbers.
        ((difference << 1) ^ (difference >> 63)) as u64 + 1
    });
    while rest >= 0x80 {
        out.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}

/// Reads what [`write_number`] wrote.
struct Numbers<'a> {
    bytes: &'a [u8],
    last: u64,
}

impl Numbers<'_> {
    fn next(&mut self) -> Option<u64> {
        let mut coded = 0_u64;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.bytes.split_first()?;
            self.bytes = rest;
            coded |= u64::from(byte & 0x7f) << shift;
            if *byte < 0x80 {
                break;
            }
        }
        let coded = coded.checked_sub(1)?;
        let difference = (coded >> 1) as i64 ^ -((coded & 1) as i64);
        self.last = self.last.wrapping_add(difference as u64);
        Some(self.last)
    }
}

#[cfg(test)]
mod tests;
