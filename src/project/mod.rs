//! The user's work: the [`Document`], and the bytes of its file, of the user's remembered grants and of the
//! preferences. Bytes come in and go out; reading and writing files is done elsewhere.

mod clip;
mod difference;
mod document;
mod format;
mod frame;
mod paths;
mod preferences;
mod remembered;
mod stub;
#[cfg(test)]
mod tests;
mod virtual_entry;

pub use clip::{Clip, ClipError, Clipped};
pub use difference::Difference;
pub use document::{BoundGrants, CallKey, ComponentSource, Document, PartOf, StubOf, Target, Unknown};
pub use format::{FILE_ENDING, LoadError, Loaded, load, save, why_not_saved};
pub use frame::{Frame, Layout, frame_title_fault};
pub use preferences::{Preferences, Theme, load_preferences, save_preferences};
pub use remembered::{load_remembered, save_remembered};

use serde_json::Value;

/// JSON for people to read and compare: indented, keys sorted, a line feed at the end.
fn to_bytes(mut value: Value) -> Vec<u8> {
    sort_keys(&mut value);
    format!("{value:#}\n").into_bytes()
}

/// Goes as deep as the value, which the parser keeps below 128 levels.
fn sort_keys(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.sort_keys();
            map.values_mut().for_each(sort_keys);
        }
        Value::Array(list) => list.iter_mut().for_each(sort_keys),
        _ => {}
    }
}

/// The shortest decimal that reads back as the same `f32`.
fn decimal(n: f32) -> Value {
    n.to_string().parse::<f64>().map_or(Value::Null, Value::from)
}
