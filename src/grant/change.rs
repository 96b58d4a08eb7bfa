//! Which capabilities one component asks for and another did not.

use super::{Capability, needs};
use crate::component::{Component, Status};

/// A capability that one of two components asks for, or both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapabilityChange {
    /// Which.
    pub capability: Capability,
    /// Whether the second asks for it anew, no more, or through other interfaces.
    pub status: Status,
    /// The imports of the first that ask for it, by full name.
    pub before: Vec<String>,
    /// The imports of the second.
    pub after: Vec<String>,
}

/// What two components ask the host for: what is new first, in the order of [`Capability::ALL`].
pub fn capability_changes(before: &Component, after: &Component) -> Vec<CapabilityChange> {
    let asked = |c: &Component| needs([("", c, c.imports.iter().collect())]);
    let (old, new) = (asked(before), asked(after));
    let interfaces = |needs: &[super::Need], capability| {
        needs.iter().find(|n| n.capability == capability).map(|n| n.interfaces.clone()).unwrap_or_default()
    };
    let mut out: Vec<_> = Capability::ALL
        .into_iter()
        .filter_map(|capability| {
            let (before, after) = (interfaces(&old, capability), interfaces(&new, capability));
            let status = match (before.is_empty(), after.is_empty()) {
                (true, true) => return None,
                (true, false) => Status::Added,
                (false, true) => Status::Removed,
                _ if before == after => Status::Same,
                _ => Status::Changed,
            };
            Some(CapabilityChange { capability, status, before, after })
        })
        .collect();
    out.sort_by_key(|c| c.status);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::component::decode;

    /// A component that imports one function of each of these interfaces.
    fn asking(imports: &[(&str, &str)]) -> Component {
        let imports: String = imports
            .iter()
            .map(|(name, function)| format!("(import \"{name}\" (instance (export \"{function}\" (func))))"))
            .collect();
        decode("c.wat", format!("(component {imports})").into_bytes().into())
    }

    #[test]
    fn what_is_newly_asked_for_comes_first() {
        let before = asking(&[("wasi:cli/environment@0.2.0", "get-arguments"), ("wasi:random/random@0.2.0", "f")]);
        let after = asking(&[
            ("wasi:sockets/tcp@0.2.3", "f"),
            ("wasi:random/random@0.2.3", "f"),
            ("wasi:http/outgoing-handler@0.2.3", "handle"),
        ]);
        let told = |a: &Component, b: &Component| {
            capability_changes(a, b).iter().map(|c| (c.capability, c.status)).collect::<Vec<_>>()
        };
        use Capability::{Arguments, Http, Network, Random};
        use Status::{Added, Changed, Removed, Same};
        let expected = [(Network, Added), (Http, Added), (Random, Changed), (Arguments, Removed)];
        assert_eq!(told(&before, &after), expected);
        assert_eq!(told(&after, &before)[0], (Arguments, Added));
        assert_eq!(told(&before, &before), [(Arguments, Same), (Random, Same)]);
    }
}
