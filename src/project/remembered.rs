//! What a user once listed under the capabilities of a component, kept for this user alone and apart from any project.
//! Lists only: whether a box was ticked is not written, so nothing that is read can tick one. Variables that look like
//! secrets are not written at all.

use super::document::Document;
use crate::component::Digest;
use crate::diag::{Diagnostic, Subject, display_safe_line};
use crate::grant::{
    Capability, Grants, Limits, check_address, check_argument, check_folder, check_http, check_variable, looks_secret,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A larger file is not read.
const MAX_BYTES: usize = 16 << 20;
/// A longer text for standard input is not remembered.
const MAX_STDIN: usize = 64 << 10;

#[derive(Serialize, Deserialize)]
#[serde(expecting = "an object")]
struct FolderEntry {
    host: String,
    guest: String,
    #[serde(default)]
    writable: bool,
}

#[derive(Serialize, Deserialize, Default)]
#[serde(default, expecting = "an object")]
struct Entry {
    #[serde(skip_serializing_if = "String::is_empty")]
    stdin: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    environment: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    arguments: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    folders: Vec<FolderEntry>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    network: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    http: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    memory_bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    call_millis: Option<u64>,
}

impl Document {
    /// The lists of all grants, by what they are bound to, to be remembered for the next time: on top of `earlier`.
    pub fn to_remember(&self, mut earlier: BTreeMap<Digest, Grants>) -> BTreeMap<Digest, Grants> {
        earlier.extend(self.grants.values().map(|bound| (bound.to, bound.grants.all_off())));
        earlier
    }
}

/// The bytes of the file of remembered grants.
pub fn save_remembered(remembered: &BTreeMap<Digest, Grants>) -> Vec<u8> {
    let default = Limits::default();
    let mut entries = Map::new();
    for (to, grants) in remembered {
        let limits = &grants.limits;
        let entry = Entry {
            stdin: Some(&grants.stdin.list).filter(|t| t.len() <= MAX_STDIN).cloned().unwrap_or_default(),
            environment: grants
                .environment
                .list
                .iter()
                .filter(|(name, _)| !looks_secret(name))
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
            arguments: grants.arguments.list.clone(),
            folders: grants
                .folders
                .list
                .iter()
                .map(|f| FolderEntry { host: f.host.clone(), guest: f.guest.clone(), writable: f.writable })
                .collect(),
            network: grants.network.list.iter().map(ToString::to_string).collect(),
            http: grants.http.list.iter().map(ToString::to_string).collect(),
            memory_bytes: Some(limits.memory_bytes).filter(|n| *n != default.memory_bytes),
            output_bytes: Some(limits.output_bytes).filter(|n| *n != default.output_bytes),
            call_millis: limits.call_millis,
        };
        match serde_json::to_value(entry) {
            Ok(Value::Object(entry)) if !entry.is_empty() => drop(entries.insert(to.to_string(), Value::Object(entry))),
            _ => {}
        }
    }
    super::to_bytes(serde_json::json!({ "version": 1, "remembered": entries }))
}

/// Reads the file of remembered grants: every box is off. What cannot be read is left out, with a warning.
pub fn load_remembered(bytes: &[u8]) -> (BTreeMap<Digest, Grants>, Vec<Diagnostic>) {
    let warning = |what: String| Diagnostic::warning(Subject::Project, what);
    let file = (bytes.len() <= MAX_BYTES).then(|| serde_json::from_slice(bytes).ok()).flatten();
    let Some(Value::Object(mut file)) = file else {
        let message = "The file of remembered grants cannot be read, so none is remembered";
        return (BTreeMap::new(), vec![warning(message.into())]);
    };
    let Some(Value::Object(entries)) = file.remove("remembered") else { return (BTreeMap::new(), Vec::new()) };
    let (mut out, mut warnings) = (BTreeMap::new(), Vec::new());
    for (to, entry) in entries {
        let read = Digest::parse(&to)
            .ok_or_else(|| "it does not say for which bytes".to_owned())
            .and_then(|to| Ok((to, serde_json::from_value(entry).map_err(|e| e.to_string())?)))
            .and_then(|(to, entry)| Ok((to, grants(entry)?)));
        match read {
            Ok((to, grants)) => drop(out.insert(to, grants)),
            Err(why) => {
                warnings.push(warning(format!("A remembered grant is left out: {}", display_safe_line(&why))));
            }
        }
    }
    (out, warnings)
}

/// Each item takes the same way as one that a person types.
fn grants(entry: Entry) -> Result<Grants, String> {
    let mut grants = Grants::default();
    grants.stdin.list = entry.stdin;
    grants.environment.list =
        entry.environment.iter().map(|(name, value)| check_variable(name, value)).collect::<Result<_, _>>()?;
    grants.arguments.list = entry.arguments.iter().map(|a| check_argument(a)).collect::<Result<_, _>>()?;
    grants.folders.list =
        entry.folders.iter().map(|f| check_folder(&f.host, &f.guest, f.writable)).collect::<Result<_, _>>()?;
    grants.network.list = entry.network.iter().map(|a| check_address(a)).collect::<Result<_, _>>()?;
    grants.http.list = entry.http.iter().map(|a| check_http(a)).collect::<Result<_, _>>()?;
    let default = Limits::default();
    grants.limits = Limits {
        memory_bytes: entry.memory_bytes.unwrap_or(default.memory_bytes),
        output_bytes: entry.output_bytes.unwrap_or(default.output_bytes),
        call_millis: entry.call_millis,
    };
    debug_assert!(Capability::ALL.into_iter().all(|c| !grants.allows(c)));
    Ok(grants)
}
