//! The window: a client of the session that draws and asks, and changes nothing itself.
//!
//! | module | owns |
//! |---|---|
//! | [`app`] | the window: lays out the panels and hands what they ask for to the session |
//! | [`actions`] | what can be done by menu, palette or key: one table for all three |
//! | [`panels`] | the panels; none knows another |
//! | [`canvas`] | the node graph: a scene in, intents out |
//! | [`inspect`] | the Inspect workspace: a component from all sides, one file per view |
//! | [`form`] | the arguments of a function as a form made from their types |
//! | [`result`] | how a call ended, and the value it returned |
//! | [`parts`] | the widgets every panel is made of |
//! | [`theme`] | faces, icons, colours, sizes; dark and light |
//! | `look` (tests) | pictures of a piece of the window, without a window |

pub mod actions;
pub mod app;
pub mod canvas;
pub mod form;
pub mod inspect;
#[cfg(test)]
pub(crate) mod look;
pub mod panels;
pub mod parts;
pub mod result;
pub mod theme;

pub use app::{App, CLOSE_AFTER_FIRST_FRAME, open_window};
