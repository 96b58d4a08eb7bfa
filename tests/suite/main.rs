//! The integration tests, as one program.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)] // helpers of tests are tests

mod calls;
mod runner;
mod support;
