//! Wirebench: a workbench for WebAssembly components.
//!
//! Component bytes come in; everything else is derived from them:
//!
//! ```text
//! bytes → component (what is it) → compose (how is it wired) → grant (what may it reach)
//!       → runner process: compile, link, instantiate, call → value (what came back) + measure (how long)
//! ```
//!
//! The map. A room uses only rooms above it.
//!
//! | room | owns |
//! |---|---|
//! | [`diag`] | diagnostics, what they are about, text made safe to show |
//! | [`measure`] | phases, durations and sizes; no clock |
//! | [`component`] | bytes → what a person can read: interfaces, types, parts and sizes, code, origin, spellings, differences |
//! | [`value`] | values of component functions: defaults, checks, WAVE and JSON |
//! | [`grant`] | what is asked for, what is allowed, in which words |
//! | [`compose`] | instances and wires: edits, checks, plans, stubs, taps and virtual WASI, the composed bytes, and composed bytes read back |
//! | [`sheet`] | a component's interface as one HTML page; a composition's graph in the forms of other tools |
//! | [`call`] | what a call is and how it ended, without an engine |
//! | [`project`] | the document and its file; what is remembered of grants, and preferences |
//! | `engine` (feature `run`) | the only wasmtime |
//! | `runner` (feature `run`) | the child process around the engine, and its client |
//! | [`session`] | the one place that changes a document: commands, undo, jobs, results; files plugged without one |
//! | `ui` (feature `gui`) | the window: panels, the canvas, forms, results and their look |
//! | [`cli`] | the command line, one file per subcommand; without one it opens the window |

pub mod call;
pub mod cli;
pub mod component;
pub mod compose;
pub mod diag;
#[cfg(feature = "run")]
pub mod engine;
pub mod grant;
pub mod measure;
pub mod project;
#[cfg(feature = "run")]
pub mod runner;
pub mod session;
pub mod sheet;
#[cfg(feature = "gui")]
pub mod ui;
pub mod value;
