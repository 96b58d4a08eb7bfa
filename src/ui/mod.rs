//! See the map in the crate's root.

#[cfg(test)]
pub(crate) mod look;
pub mod parts;
pub mod theme;
