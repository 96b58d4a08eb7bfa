//! The integration tests, as one program.
// Helpers of tests are tests, which may panic and say why they skip something.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::print_stdout)]

mod cli;
mod damaged;
mod desk;
mod growing;
mod hostile;
mod inside;
mod runner;
mod samples;
mod scaling;
mod session;
mod sheet;
mod start;
mod story;
mod stubs;
mod support;
mod taps;
mod taps_streams;
mod tidy;
mod virtual_wasi;
mod wac;
#[cfg(feature = "gui")]
mod window;
