//! Which components can take an instance's place, and what becomes of what is connected with it then.

use super::edit::export_name_for;
use super::fit::{Fit, Fits, base_name, is_interface_name};
use super::{Composition, Edit, Library, Port, Side};
use crate::component::{Component, Digest, Extern, Kind};
use crate::diag::display_safe_line;
use std::collections::HashSet;

/// Something that is connected with a port of an instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Joint {
    /// A wire, by both its ends.
    Wire {
        /// The export.
        from: Port,
        /// The import.
        to: Port,
    },
    /// An export of the result that was chosen.
    Export {
        /// The export.
        from: Port,
        /// Its name in the result.
        name: String,
    },
}

/// A component in the place of an instance's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replacement {
    /// Which component.
    pub component: Digest,
    /// How many wires and exports of the result go on.
    pub keeps: usize,
    /// What it has no port for, and what would therefore go.
    pub loses: Vec<Joint>,
    /// Why it cannot take the place: the first joint whose types do not fit, and the first difference, with its type path.
    pub difference: Option<(Joint, String)>,
    /// What goes on at a port of another version: as it is, and as it would be.
    moves: Vec<(Joint, Joint)>,
}

impl Replacement {
    /// Whether it can take the place.
    pub fn fits(&self) -> bool {
        self.difference.is_none()
    }

    /// The edits that put it there, in order.
    pub fn edits(&self, instance: &str) -> Vec<Edit> {
        let taken_off = self.loses.iter().chain(self.moves.iter().map(|(was, _)| was)).map(|joint| match joint {
            Joint::Wire { to, .. } => Edit::Disconnect(to.clone()),
            Joint::Export { name, .. } => Edit::Unexport(name.clone()),
        });
        let replace = Edit::Replace { instance: instance.to_owned(), component: self.component };
        let put_back = self.moves.iter().map(|(_, now)| match now.clone() {
            Joint::Wire { from, to } => Edit::Connect { from, to },
            Joint::Export { from, name } => Edit::Export { from, name },
        });
        taken_off.chain([replace]).chain(put_back).collect()
    }
}

/// As in `fraud-check · acme:shop/check → checkout · acme:shop/check`, safe to show.
impl std::fmt::Display for Joint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Wire { from, to } => write!(f, "{from} → {to}"),
            Self::Export { from, name } => write!(f, "{from}, exported as {}", display_safe_line(name)),
        }
    }
}

/// The components among these that have something in common with an instance's, or with what is connected with it: those
/// that can take its place and lose nothing first, then those that lose something, then those that do not fit.
///
/// What is not connected does not count: anything may take its place.
pub fn replacements(
    composition: &Composition,
    library: &Library,
    among: &Library,
    instance: &str,
    is_cancelled: &dyn Fn() -> bool,
) -> Vec<Replacement> {
    let Some(now) = composition.instances.get(instance) else { return Vec::new() };
    let joints = joints(composition, instance);
    let own = library.get(&now.component);
    let known: HashSet<(Side, &str)> = own.map(|c| bases(c).collect()).unwrap_or_default();
    let mut fits = Fits::default();
    let mut out = Vec::new();
    for (digest, component) in among {
        if is_cancelled() {
            break;
        }
        if *digest == now.component || component.kind != Kind::Component || component.fault().is_some() {
            continue;
        }
        let found = judged(composition, library, instance, component, &joints, &mut fits);
        // Where nothing at all is known of the place, anything goes there.
        let is_alike = found.keeps > 0
            || found.difference.is_some()
            || bases(component).any(|name| known.contains(&name))
            || (own.is_none() && joints.is_empty());
        if is_alike {
            out.push(found);
        }
    }
    let name = |r: &Replacement| among.get(&r.component).map(|c| c.name.as_str());
    out.sort_by(|a, b| {
        let of = |r: &Replacement| (!r.fits(), r.loses.len());
        of(a).cmp(&of(b)).then_with(|| name(a).cmp(&name(b)))
    });
    out
}

/// What a component is known by: its exports, and its imports that no host provides, by their names without versions.
fn bases(component: &Component) -> impl Iterator<Item = (Side, &str)> {
    let imports =
        component.imports.iter().filter(|import| !import.is_host()).map(|e| (Side::Import, base_name(&e.name)));
    imports.chain(component.exports.iter().map(|e| (Side::Export, base_name(&e.name))))
}

fn joints(composition: &Composition, instance: &str) -> Vec<Joint> {
    let wires = composition.wires.iter().filter(|(to, from)| to.instance == instance || from.instance == instance);
    let exports = composition.exports.iter().filter(|(_, from)| from.instance == instance);
    wires
        .map(|(to, from)| Joint::Wire { from: from.clone(), to: to.clone() })
        .chain(exports.map(|(name, from)| Joint::Export { from: from.clone(), name: name.clone() }))
        .collect()
}

/// What becomes of a joint.
enum Fate<'a> {
    /// It goes on at this port.
    Goes(&'a Extern),
    /// There is no port for it.
    Lost,
    /// There is one, which it does not fit.
    Differs(String),
}

fn judged<'a>(
    composition: &Composition,
    library: &'a Library,
    instance: &str,
    component: &'a Component,
    joints: &[Joint],
    fits: &mut Fits<'a>,
) -> Replacement {
    let mut out =
        Replacement { component: component.digest, keeps: 0, loses: Vec::new(), difference: None, moves: Vec::new() };
    // An import has one provider.
    let mut taken: HashSet<&str> = HashSet::new();
    for joint in joints {
        let (own, fate) = match joint {
            Joint::Wire { from, to } if to.instance == instance => {
                let provider = composition.component(library, &from.instance).map(|c| &**c);
                let export = provider.and_then(|p| Some((p, p.export(&from.name)?)));
                let free = component.imports.iter().filter(|import| !taken.contains(import.name.as_str()));
                let fate = fate(free, &to.name, |import| {
                    export.map(|(provider, export)| fits.of(component, import, provider, export))
                });
                (to, fate)
            }
            Joint::Wire { from, to } => {
                let consumer = composition.component(library, &to.instance).map(|c| &**c);
                let import = consumer.and_then(|c| Some((c, c.import(&to.name)?)));
                let fate = fate(component.exports.iter(), &from.name, |export| {
                    import.map(|(consumer, import)| fits.of(consumer, import, component, export))
                });
                (from, fate)
            }
            Joint::Export { from, name } => {
                let can_have = |export: &Extern| export_name_for(name, export).is_ok();
                let all = component.exports.iter().filter(|export| can_have(export));
                (from, fate(all, &from.name, |_| Some(Fit::Exact)))
            }
        };
        match fate {
            Fate::Goes(at) => {
                out.keeps += 1;
                taken.insert(&at.name);
                if at.name != own.name {
                    let port = || Port::new(instance, &at.name);
                    let now = match joint.clone() {
                        Joint::Wire { from, to } if to.instance == instance => Joint::Wire { from, to: port() },
                        Joint::Wire { to, .. } => Joint::Wire { from: port(), to },
                        Joint::Export { name, .. } => Joint::Export { from: port(), name },
                    };
                    out.moves.push((joint.clone(), now));
                }
            }
            Fate::Lost => out.loses.push(joint.clone()),
            Fate::Differs(why) => {
                out.difference.get_or_insert_with(|| (joint.clone(), why));
            }
        }
    }
    out
}

/// What becomes of a joint whose port was called so: it goes on at the port of that name, or else at one of the same
/// interface at a version that fits. `fit` is nothing where the other end is not known: then the name decides.
fn fate<'a>(
    all: impl Iterator<Item = &'a Extern>,
    name: &str,
    mut fit: impl FnMut(&'a Extern) -> Option<Fit>,
) -> Fate<'a> {
    let is_alike = |e: &&Extern| e.name == name || (is_interface_name(name) && base_name(&e.name) == base_name(name));
    let mut alike: Vec<&Extern> = all.filter(is_alike).collect();
    alike.sort_by_key(|e| e.name != name);
    let mut why = None;
    for port in alike {
        match fit(port) {
            None if port.name != name => {}
            Some(Fit::No(difference)) => _ = why.get_or_insert(difference),
            _ => return Fate::Goes(port),
        }
    }
    why.map_or(Fate::Lost, Fate::Differs)
}
