//! How much our ways cost beside the bare ones: `cargo bench`, or `cargo bench -- decode` for a part.
//!
//! Only ratios are to be compared, and only within one run. Nothing here fails for being slow, but for growing faster than
//! what it works on: the program ends with 1 then.
// A benchmark prints, and stops at what cannot be measured.
#![allow(clippy::print_stdout, clippy::expect_used, clippy::indexing_slicing)]

#[cfg(feature = "gui")]
mod busy;
mod calls;
mod compose;
mod decode;
#[cfg(feature = "gui")]
#[path = "../shared/frame.rs"]
mod frame;
#[cfg(feature = "gui")]
mod frames;
mod growth;
#[path = "../shared/large.rs"]
mod large;
mod pairs;

use pairs::Bench;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // Cargo says so for `cargo bench`; any other start only shows that it works.
    let measures = arguments.iter().any(|a| a == "--bench");
    let filter = arguments.into_iter().find(|a| !a.starts_with('-')).unwrap_or_default();
    let mut bench = Bench::new(filter, measures);
    decode::run(&mut bench);
    compose::run(&mut bench);
    calls::run(&mut bench);
    #[cfg(feature = "gui")]
    frames::run(&mut bench);
    #[cfg(feature = "gui")]
    busy::run(&bench);
    if growth::run(&bench) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The bytes of a sample.
fn sample(file: &str) -> std::sync::Arc<[u8]> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/components").join(file);
    std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display())).into()
}
