//! See the map in the crate's root.

pub mod theme;
