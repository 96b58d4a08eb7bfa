//! The user's work: the [`Document`], and the bytes of its file, of the user's remembered grants and of the preferences.
//! Bytes come in and go out; reading and writing files is done elsewhere.

mod document;

pub use document::{BoundGrants, CallKey, ComponentSource, Document, Target, Unknown};
