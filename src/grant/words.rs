use super::{Capability, Grants};
use crate::diag::Diagnostic;

/// The capability in one plain sentence, as it would be with these grants: `May read the folder /data (read-only)`.
pub fn sentence(capability: Capability, grants: &Grants) -> String {
    let _ = (capability, grants);
    String::new()
}

/// The `wirebench invoke` flags that give the same grants, each one shell word: `--allow=stdout`, `--dir=/tmp::/data`.
pub fn command_line_flags(grants: &Grants) -> Vec<String> {
    let _ = grants;
    Vec::new()
}

/// Reads one flag of [`command_line_flags`] into `grants`.
///
/// # Errors
/// What is wrong with the flag, and how it is written.
pub fn parse_flag(flag: &str, grants: &mut Grants) -> Result<(), String> {
    let _ = (flag, grants);
    Err(String::new())
}

/// What deserves a second thought: a writable or very broad folder, any host, variables that look like secrets.
pub fn warnings(grants: &Grants) -> Vec<Diagnostic> {
    let _ = grants;
    Vec::new()
}
