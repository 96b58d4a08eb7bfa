//! What keeps hostile bytes from ending the process: room for recursion, and panics of parsers caught.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Enough for everything that the parsers accept: they follow types down to a depth of about a hundred, and a stack that
/// overflows ends the process.
const NEEDED: usize = 4 << 20;
/// What is made where there is less.
const MADE: usize = 16 << 20;

/// Does this work with at least `NEEDED` bytes of stack left.
pub(super) fn with_stack<T>(work: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(NEEDED, MADE, work)
}

thread_local! {
    static IS_CAUGHT: Cell<bool> = const { Cell::new(false) };
}

/// Does this work; an error if it panics. What it leaves behind then is not to be used.
pub(super) fn caught<T>(work: impl FnOnce() -> T) -> std::thread::Result<T> {
    let before = IS_CAUGHT.replace(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    IS_CAUGHT.set(before);
    result
}

/// Whether a panic on this thread would be caught and told in words: nobody else needs to report it.
pub fn panic_is_caught() -> bool {
    IS_CAUGHT.get()
}
