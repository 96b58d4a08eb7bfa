//! Which capability decides over a function of a WASI interface.

use super::Capability;

/// What decides over a call from a guest to the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// The user's grant of this capability.
    Grant(Capability),
    /// Nothing: it reaches nothing outside by itself (`wasi:io/*`, `wasi:cli/exit`, `wasi:cli/terminal-*`,
    /// `wasi:http/types`).
    Plumbing,
    /// The host does not provide it: it must be wired to a component.
    NotProvided,
}

/// What decides over `function` of the imported interface `interface` (full name; any 0.2 patch version is alike).
///
/// `wasi:cli/environment` has three answers: its variables, its arguments, and the current folder, whose path is a fact
/// about this machine's folders and so belongs to [`Capability::Folders`].
pub fn policy(interface: &str, function: &str) -> Policy {
    use Policy::{Grant, NotProvided, Plumbing};
    let Some((package, name)) = wasi_0_2(interface) else { return NotProvided };
    match (package, name) {
        ("io", "error" | "poll" | "streams") | ("http", "types") => Plumbing,
        ("cli", "exit")
        | ("cli", "terminal-input" | "terminal-output" | "terminal-stdin" | "terminal-stdout" | "terminal-stderr") => {
            Plumbing
        }
        ("cli", "stdout") => Grant(Capability::Stdout),
        ("cli", "stderr") => Grant(Capability::Stderr),
        ("cli", "stdin") => Grant(Capability::Stdin),
        ("cli", "environment") => Grant(match function {
            "get-arguments" => Capability::Arguments,
            "initial-cwd" => Capability::Folders,
            _ => Capability::Environment,
        }),
        ("clocks", "wall-clock" | "monotonic-clock") => Grant(Capability::Clocks),
        ("random", "random" | "insecure" | "insecure-seed") => Grant(Capability::Random),
        // These two only name an error that the guest already holds.
        ("filesystem", "types") if function == "filesystem-error-code" => Plumbing,
        ("sockets", "network") if function == "network-error-code" => Plumbing,
        ("filesystem", "types" | "preopens") => Grant(Capability::Folders),
        (
            "sockets",
            "network" | "instance-network" | "tcp" | "tcp-create-socket" | "udp" | "udp-create-socket"
            | "ip-name-lookup",
        ) => Grant(Capability::Network),
        ("http", "outgoing-handler") => Grant(Capability::Http),
        _ => NotProvided,
    }
}

/// Package and interface of a name in WASI 0.2: `("cli", "stdout")` for `wasi:cli/stdout@0.2.3`.
fn wasi_0_2(interface: &str) -> Option<(&str, &str)> {
    let (path, version) = interface.strip_prefix("wasi:")?.split_once('@')?;
    let version = semver::Version::parse(version).ok()?;
    // Pre-releases (`0.2.0-rc-2023-11-10`) are not compatible with the release: linkers match them exactly.
    let released = version.major == 0 && version.minor == 2 && version.pre.is_empty();
    released.then(|| path.split_once('/')).flatten()
}

/// Why the host does not provide an import, and what to do: one sentence, for an import that [`policy`] calls
/// [`Policy::NotProvided`].
pub(super) fn why_not_provided(import: &str) -> String {
    let name = crate::diag::display_safe_line(import);
    let Some(rest) = import.strip_prefix("wasi:") else {
        return format!("Nothing provides {name}; wire it to a component that exports it");
    };
    let version = rest.split_once('@').map_or("", |(_, v)| v);
    match semver::Version::parse(version) {
        Ok(v) if v.major == 0 && v.minor == 2 && v.pre.is_empty() => {
            format!("{name} is not among the WASI 0.2 interfaces provided here; wire it to a component that exports it")
        }
        Ok(v) if (v.major, v.minor) == (0, 3) => format!(
            "{name} is WASI 0.3, which is not provided yet (only 0.2 is); wire it to a component that exports it, or \
             build the component for WASI 0.2"
        ),
        _ => format!(
            "{name} is not a released WASI 0.2 interface, the only ones provided here; wire it to a component that \
             exports it, or build the component for WASI 0.2"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Capability as C;
    use Policy::{Grant, NotProvided, Plumbing};

    #[test]
    fn every_wasi_interface_has_its_capability() {
        for (interface, function, expected) in [
            ("wasi:cli/stdout@0.2.0", "get-stdout", Grant(C::Stdout)),
            ("wasi:cli/stderr@0.2.11", "get-stderr", Grant(C::Stderr)),
            ("wasi:cli/stdin@0.2.3", "get-stdin", Grant(C::Stdin)),
            ("wasi:cli/environment@0.2.0", "get-environment", Grant(C::Environment)),
            ("wasi:cli/environment@0.2.0", "get-arguments", Grant(C::Arguments)),
            ("wasi:cli/environment@0.2.0", "initial-cwd", Grant(C::Folders)),
            ("wasi:cli/exit@0.2.0", "exit", Plumbing),
            ("wasi:cli/terminal-stdout@0.2.0", "get-terminal-stdout", Plumbing),
            ("wasi:io/streams@0.2.0", "[method]output-stream.write", Plumbing),
            ("wasi:io/poll@0.2.0", "poll", Plumbing),
            ("wasi:http/types@0.2.0", "[constructor]fields", Plumbing),
            ("wasi:clocks/monotonic-clock@0.2.0", "subscribe-duration", Grant(C::Clocks)),
            ("wasi:clocks/wall-clock@0.2.0", "now", Grant(C::Clocks)),
            ("wasi:random/insecure-seed@0.2.0", "insecure-seed", Grant(C::Random)),
            ("wasi:filesystem/preopens@0.2.0", "get-directories", Grant(C::Folders)),
            ("wasi:filesystem/types@0.2.0", "[method]descriptor.open-at", Grant(C::Folders)),
            ("wasi:filesystem/types@0.2.0", "filesystem-error-code", Plumbing),
            ("wasi:sockets/tcp@0.2.0", "[method]tcp-socket.start-connect", Grant(C::Network)),
            ("wasi:sockets/ip-name-lookup@0.2.0", "resolve-addresses", Grant(C::Network)),
            ("wasi:http/outgoing-handler@0.2.0", "handle", Grant(C::Http)),
        ] {
            assert_eq!(policy(interface, function), expected, "{interface}#{function}");
        }
    }

    #[test]
    fn everything_else_is_not_provided() {
        for interface in [
            "wasi:cli/stdout@0.3.0",
            "wasi:cli/stdout@0.1.0",
            "wasi:cli/stdout@1.2.0",
            "wasi:cli/stdout@0.2.0-rc-2023-11-10",
            "wasi:cli/stdout",
            "wasi:cli/stdout@0.2",
            "wasi:clocks/timezone@0.2.0",
            "wasi:http/incoming-handler@0.2.0",
            "wasi:keyvalue/store@0.2.0",
            "wasi:logging/logging@0.2.0",
            "wasi:config/runtime@0.2.0",
            "wasix:cli/stdout@0.2.0",
            "techbytes:payments/fraud-check@0.2.0",
            "stdout",
            "wasi:",
            "",
            "wasi:@0.2.0",
            "wasi:cli@0.2.0",
        ] {
            assert_eq!(policy(interface, "f"), NotProvided, "{interface}");
        }
        assert!(why_not_provided("wasi:cli/stdout@0.3.0").contains("0.3"));
        assert!(why_not_provided("a:b/c").starts_with("Nothing provides a:b/c"));
    }
}
