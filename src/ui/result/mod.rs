//! How a call ended, and the value it returned.

pub mod highlight;
