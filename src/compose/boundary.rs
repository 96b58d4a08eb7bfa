//! Instances seen as one: which of their ports lead out of the group, or could.

use super::{Composition, Port, Side};
use std::collections::{BTreeMap, HashSet};

/// The ports and wires at the edges of groups of instances, worked out for all groups at once.
pub struct Boundary<'a> {
    groups: &'a BTreeMap<&'a str, &'a str>,
    /// Imports whose wire comes from the same group.
    fed_inside: HashSet<&'a Port>,
    /// Exports that the same group uses.
    used_inside: HashSet<&'a Port>,
    /// Exports that something outside of the group uses, or the result has because it was chosen.
    used_outside: HashSet<&'a Port>,
}

impl<'a> Boundary<'a> {
    /// The boundaries of groups: the group of every instance that is in one.
    pub fn new(composition: &'a Composition, groups: &'a BTreeMap<&'a str, &'a str>) -> Self {
        let mut out = Self {
            groups,
            fed_inside: HashSet::new(),
            used_inside: HashSet::new(),
            used_outside: composition.exports.values().collect(),
        };
        for (to, from) in &composition.wires {
            if out.is_inner(from, to) {
                out.fed_inside.insert(to);
                out.used_inside.insert(from);
            } else if groups.contains_key(from.instance.as_str()) {
                out.used_outside.insert(from);
            }
        }
        out
    }

    /// Whether a wire has both its ends in one group.
    pub fn is_inner(&self, from: &Port, to: &Port) -> bool {
        let group = |port: &Port| self.groups.get(port.instance.as_str());
        group(from).is_some_and(|of| group(to) == Some(of))
    }

    /// Whether a group has this port of a member: a wire to it comes from outside or could, as an import that nothing
    /// inside provides for and an export that nothing inside uses.
    pub fn has(&self, port: &Port, side: Side) -> bool {
        match side {
            Side::Import => !self.fed_inside.contains(port),
            Side::Export => self.used_outside.contains(port) || !self.used_inside.contains(port),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::component::Digest;
    use crate::compose::Instance;

    #[test]
    fn a_group_has_the_ports_that_lead_out_or_could() {
        let mut c = Composition::default();
        for name in ["a", "b", "c"] {
            c.instances.insert(name.into(), Instance { component: Digest::of(b"x") });
        }
        let p = |instance: &str, name: &str| Port::new(instance, name);
        for (from, to) in
            [(p("a", "out"), p("b", "in")), (p("a", "both"), p("b", "both")), (p("a", "both"), p("c", "in"))]
        {
            c.wires.insert(to, from);
        }
        c.wires.insert(p("b", "from-c"), p("c", "out"));
        let groups = BTreeMap::from([("a", "G"), ("b", "G")]);
        let boundary = Boundary::new(&c, &groups);
        let has = |name: &str, port: &str, side| boundary.has(&p(name, port), side);
        assert!(!has("a", "out", Side::Export), "used inside alone");
        assert!(has("a", "both", Side::Export), "used outside too");
        assert!(has("a", "free", Side::Export), "used by nobody");
        assert!(!has("b", "in", Side::Import), "provided for inside");
        assert!(has("b", "from-c", Side::Import) && has("b", "open", Side::Import));
        assert!(boundary.is_inner(&p("a", "out"), &p("b", "in")));
        assert!(!boundary.is_inner(&p("a", "both"), &p("c", "in")));
        assert!(!boundary.is_inner(&p("c", "out"), &p("c", "in")), "what is in no group has no inner wires");
        c.exports.insert("total".into(), p("a", "out"));
        assert!(Boundary::new(&c, &groups).has(&p("a", "out"), Side::Export), "it is the result's");
    }
}
