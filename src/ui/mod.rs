//! The window: a client of the session that draws and asks, and changes nothing itself.

pub mod actions;
pub mod app;
pub mod canvas;
pub mod form;
#[cfg(test)]
pub(crate) mod look;
pub mod panels;
pub mod parts;
pub mod result;
pub mod theme;

pub use app::{App, CLOSE_AFTER_FIRST_FRAME, open_window};
