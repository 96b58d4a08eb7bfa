//! See the map in the crate's root.

pub mod form;
#[cfg(test)]
pub(crate) mod look;
pub mod parts;
pub mod result;
pub mod theme;
