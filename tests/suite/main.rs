//! The integration tests, as one program.

mod calls;
mod runner;
mod support;
