//! A virtual WASI in the project file. What is not there is as in a new one.

use crate::compose::{HostPart, VirtualClock, VirtualWasi, WasiGroup, moment, moment_text};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Serialize, Deserialize)]
#[serde(expecting = "an object")]
struct Entry {
    /// The groups that it gives.
    #[serde(default)]
    gives: Option<Vec<String>>,
    /// What of it is the host's, and handed on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    host: Vec<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    environment: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    arguments: Vec<String>,
    #[serde(default)]
    clock: Option<String>,
    /// Nanoseconds.
    #[serde(default)]
    monotonic: Option<u64>,
    /// Nanoseconds.
    #[serde(default)]
    step: Option<u64>,
    #[serde(default)]
    seed: u64,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    stdin: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    files: BTreeMap<String, Contents>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    writable: bool,
}

/// What a file holds: text as it is, other bytes in base64.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Contents {
    Text(String),
    Bytes { base64: String },
}

/// The entry; `None` if it cannot be written, which does not happen.
pub(super) fn write(settings: &VirtualWasi) -> Option<Value> {
    let files = settings.files.iter().map(|(path, bytes)| {
        let text = std::str::from_utf8(bytes).ok();
        // Other control characters take six characters each.
        let text = text.filter(|t| t.chars().all(|c| c >= ' ' || matches!(c, '\n' | '\r' | '\t')));
        let contents = text
            .map_or_else(|| Contents::Bytes { base64: STANDARD.encode(bytes) }, |text| Contents::Text(text.to_owned()));
        (path.clone(), contents)
    });
    let entry = Entry {
        gives: Some(settings.groups.iter().map(|group| group.word().to_owned()).collect()),
        host: settings.host.iter().map(|part| part.word().to_owned()).collect(),
        environment: settings.environment.clone(),
        arguments: settings.arguments.clone(),
        clock: Some(moment_text(settings.clock.seconds, settings.clock.nanoseconds)),
        monotonic: Some(settings.clock.monotonic),
        step: Some(settings.clock.step),
        seed: settings.seed,
        stdin: settings.stdin.clone(),
        files: files.collect(),
        writable: settings.is_writable,
    };
    serde_json::to_value(entry).ok()
}

/// What an entry says.
pub(super) fn read(entry: Value) -> Result<VirtualWasi, String> {
    let entry: Entry = serde_json::from_value(entry).map_err(|e| e.to_string())?;
    let new = VirtualWasi::default();
    let groups = match entry.gives {
        None => new.groups,
        Some(words) => words
            .into_iter()
            .map(|word| WasiGroup::parse(&word).ok_or_else(|| format!("it gives “{word}”, which is not known")))
            .collect::<Result<_, _>>()?,
    };
    let host = entry.host.into_iter().map(|word| {
        HostPart::parse(&word).ok_or_else(|| format!("it takes “{word}” from the host, which is not known"))
    });
    let host = host.collect::<Result<_, _>>()?;
    let (seconds, nanoseconds) = match &entry.clock {
        Some(text) => moment(text)?,
        None => (new.clock.seconds, new.clock.nanoseconds),
    };
    let files = entry.files.into_iter().map(|(path, contents)| {
        let bytes = match contents {
            Contents::Text(text) => text.into_bytes(),
            Contents::Bytes { base64 } => {
                STANDARD.decode(base64).map_err(|e| format!("the contents of {path} are not base64: {e}"))?
            }
        };
        Ok((path, bytes))
    });
    let settings = VirtualWasi {
        groups,
        host,
        environment: entry.environment,
        arguments: entry.arguments,
        clock: VirtualClock {
            seconds,
            nanoseconds,
            monotonic: entry.monotonic.unwrap_or(new.clock.monotonic),
            step: entry.step.unwrap_or(new.clock.step),
        },
        seed: entry.seed,
        stdin: entry.stdin,
        files: files.collect::<Result<_, String>>()?,
        is_writable: entry.writable,
    };
    settings.check().map_err(|e| e.to_string())?;
    Ok(settings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let settings = VirtualWasi {
            groups: [WasiGroup::Files, WasiGroup::Random].into(),
            host: [HostPart::Stdout, HostPart::Clocks].into(),
            environment: [("A".to_owned(), "b\n".to_owned())].into(),
            arguments: vec!["one".into(), "two words".into()],
            clock: VirtualClock { seconds: 1_700_000_000, nanoseconds: 5, monotonic: 7, step: 0 },
            seed: u64::MAX,
            stdin: "line\n".into(),
            files: [("/text".to_owned(), b"plain\n".to_vec()), ("/bytes".to_owned(), vec![0, 255, 7])].into(),
            is_writable: true,
        };
        let written = write(&settings).unwrap();
        assert_eq!(written["files"]["/text"], "plain\n");
        assert_eq!(written["files"]["/bytes"]["base64"], "AP8H");
        assert_eq!(read(written), Ok(settings));
        assert_eq!(read(write(&VirtualWasi::default()).unwrap()), Ok(VirtualWasi::default()));
        assert_eq!(read(serde_json::json!({})), Ok(VirtualWasi::default()), "what is missing is as in a new one");
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        for (entry, why) in [
            (serde_json::json!(7), "expected an object"),
            (serde_json::json!({ "gives": ["money"] }), "it gives “money”, which is not known"),
            (serde_json::json!({ "host": ["files"] }), "it takes “files” from the host, which is not known"),
            (serde_json::json!({ "gives": [] }), "must give something"),
            (serde_json::json!({ "clock": "soon" }), "Write a date and time"),
            (serde_json::json!({ "files": { "/a": { "base64": "?" } } }), "the contents of /a are not base64"),
            (serde_json::json!({ "files": { "a": "" } }), "it must begin with /"),
        ] {
            let said = read(entry).unwrap_err();
            assert!(said.contains(why), "{said}");
        }
    }
}
