use super::Capability;

/// What decides over a call from a guest to the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// The user's grant of this capability.
    Grant(Capability),
    /// Nothing: it reaches nothing outside by itself (`wasi:io/*`, `wasi:cli/exit`, `wasi:cli/terminal-*`, `wasi:http/types`).
    Plumbing,
    /// The host does not provide it: it must be wired to a component.
    NotProvided,
}

/// What decides over `function` of the imported interface `interface` (full name; any 0.2 patch version is alike).
pub fn policy(interface: &str, function: &str) -> Policy {
    let _ = (interface, function);
    Policy::NotProvided
}
