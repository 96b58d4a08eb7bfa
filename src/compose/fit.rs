//! Which ports fit each other.

use super::order::Reach;
use super::{Composition, Library, Port, Side};
use crate::component::{Component, Digest, Extern, compare_interfaces, version_fits};
use crate::diag::display_safe_line;
use std::collections::{BTreeMap, HashMap};

/// How a port would take a wire from another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fit {
    /// Compatible types, and the same interface at the same version; ports with plain names go by their types alone.
    Exact,
    /// Compatible types at another, semver-compatible version: the import's version and the export's.
    OtherVersion {
        /// The import's full name.
        import: String,
        /// The export's full name.
        export: String,
    },
    /// It does not fit; the first difference, with its type path.
    No(String),
}

/// A port on the other side, and how it would take the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The port.
    pub port: Port,
    /// How it fits.
    pub fit: Fit,
    /// The provider that the wire would replace, if the import already has another one.
    pub replaces: Option<Port>,
}

impl Fit {
    /// Whether a wire can be made.
    pub fn fits(&self) -> bool {
        !matches!(self, Self::No(_))
    }
}

#[cfg(test)]
thread_local! {
    /// How often ports were compared on this thread.
    pub(crate) static COMPARED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// Comparisons of one job, each made once: many instances are of the same few components.
#[derive(Default)]
pub(super) struct Fits<'a>(HashMap<(Digest, &'a str, Digest, &'a str), Fit>);

impl<'a> Fits<'a> {
    /// How an export of `provider` satisfies an import of `consumer`.
    pub fn of(
        &mut self,
        consumer: &'a Component,
        import: &'a Extern,
        provider: &'a Component,
        export: &'a Extern,
    ) -> Fit {
        if let Some(reason) = names_differ(&import.name, &export.name) {
            return Fit::No(reason);
        }
        let key = (consumer.digest, import.name.as_str(), provider.digest, export.name.as_str());
        #[cfg(test)]
        COMPARED.set(COMPARED.get() + 1);
        let known =
            self.0.entry(key).or_insert_with(|| match compare_interfaces(consumer, import, provider, export).first() {
                Some(difference) => Fit::No(difference.to_string()),
                None if import.name == export.name || !is_interface_name(&import.name) => Fit::Exact,
                None => Fit::OtherVersion { import: import.name.clone(), export: export.name.clone() },
            });
        known.clone()
    }

    /// How many comparisons were made.
    #[cfg(test)]
    pub fn made(&self) -> usize {
        self.0.len()
    }

    /// The same for two ports; `None` if one of them does not exist.
    pub fn of_ports(&mut self, composition: &Composition, library: &'a Library, from: &Port, to: &Port) -> Option<Fit> {
        let consumer = composition.component(library, &to.instance)?;
        let provider = composition.component(library, &from.instance)?;
        Some(self.of(consumer, consumer.import(&to.name)?, provider, provider.export(&from.name)?))
    }
}

/// Whether a name is one of WIT's own for an interface, as in `wasi:cli/stdout@0.2.0`, and not a plain one.
pub(super) fn is_interface_name(name: &str) -> bool {
    name.contains(':')
}

/// The name without its version.
pub(super) fn base_name(name: &str) -> &str {
    name.split_once('@').map_or(name, |(base, _)| base)
}

/// Why two names rule a wire out, if they do. Interfaces go by their names; a plain name is only a label, so the types
/// decide alone.
fn names_differ(import: &str, export: &str) -> Option<String> {
    if !is_interface_name(import) || !is_interface_name(export) || version_fits(import, export) {
        return None;
    }
    let versions = import.split_once('@').zip(export.split_once('@'));
    Some(match versions {
        Some(((a, wanted), (b, found))) if a == b => {
            let (wanted, found) = (display_safe_line(wanted), display_safe_line(found));
            format!("version {wanted} or a compatible newer one is needed, this is {found}")
        }
        _ => format!("{} is needed, this is {}", display_safe_line(import), display_safe_line(export)),
    })
}

/// Those of these components that could take a wire from this port, each with the first of its ports that fits.
pub fn fitting(
    composition: &Composition,
    library: &Library,
    among: &Library,
    port: &Port,
    side: Side,
) -> BTreeMap<Digest, String> {
    let mut out = BTreeMap::new();
    let mut fits = Fits::default();
    let Some(own) = composition.component(library, &port.instance) else { return out };
    let Some(own_port) = composition.port(library, port, side) else { return out };
    for (digest, component) in among.iter().filter(|(_, c)| c.fault().is_none()) {
        let found = match side {
            Side::Export => component.imports.iter().find(|i| fits.of(component, i, own, own_port).fits()),
            Side::Import => component.exports.iter().find(|e| fits.of(own, own_port, component, e).fits()),
        };
        if let Some(found) = found {
            out.insert(*digest, found.name.clone());
        }
    }
    out
}

/// An export that is called as an import is, and satisfies it or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// Of which component.
    pub component: Digest,
    /// The export's full name.
    pub export: String,
    /// How it fits.
    pub fit: Fit,
}

/// Who in the library can satisfy an import of `consumer`: those that fit first, then exports of the same interface that do
/// not, with the first difference.
pub fn providers(library: &Library, consumer: &Component, import: &Extern) -> Vec<Provider> {
    let mut fits = Fits::default();
    let mut out = Vec::new();
    for (digest, component) in library {
        for export in &component.exports {
            // A function of the same types by another name is found by its types alone too often to be of use.
            if base_name(&import.name) == base_name(&export.name) {
                let fit = fits.of(consumer, import, component, export);
                out.push(Provider { component: *digest, export: export.name.clone(), fit });
            }
        }
    }
    let name = |p: &Provider| library.get(&p.component).map(|c| c.name.clone());
    out.sort_by_key(|p| (!p.fit.fits(), name(p)));
    out
}

/// Every port on the other side, with how it would take a wire from `port`.
///
/// In the order of instances, and of the file within each. Empty if there is no such port.
pub fn candidates(composition: &Composition, library: &Library, port: &Port, side: Side) -> Vec<Candidate> {
    among(composition, library, port, side, composition.instances.keys())
}

/// The same for the ports of one instance.
pub fn candidates_of(
    composition: &Composition,
    library: &Library,
    port: &Port,
    side: Side,
    instance: &str,
) -> Vec<Candidate> {
    let one = composition.instances.get_key_value(instance).map(|(name, _)| name);
    among(composition, library, port, side, one.into_iter())
}

fn among<'a>(
    composition: &'a Composition,
    library: &Library,
    port: &Port,
    side: Side,
    instances: impl Iterator<Item = &'a String>,
) -> Vec<Candidate> {
    let (Some(component), Some(own)) =
        (composition.component(library, &port.instance), composition.port(library, port, side))
    else {
        return Vec::new();
    };
    let behind = match side {
        Side::Import => Side::Export,
        Side::Export => Side::Import,
    };
    let reach = Reach::new(composition, &port.instance, behind);
    let mut fits = Fits::default();
    let mut found = Vec::new();
    for name in instances {
        let Some(other) = composition.component(library, name) else { continue };
        let cycle = reach.cycle_text(name);
        let externs = if side == Side::Import { &other.exports } else { &other.imports };
        for e in externs {
            let candidate = Port::new(name, &e.name);
            let (to, from) = if side == Side::Import { (port, &candidate) } else { (&candidate, port) };
            let fit = match &cycle {
                Some(cycle) => Fit::No(cycle.clone()),
                None if side == Side::Import => fits.of(component, own, other, e),
                None => fits.of(other, e, component, own),
            };
            let replaces = composition.wires.get(to).filter(|p| *p != from).cloned();
            found.push(Candidate { port: candidate, fit, replaces });
        }
    }
    found
}

/// `The wire would close a cycle: a → b → a`.
pub(super) fn cycle_text(cycle: &[String]) -> String {
    match cycle {
        [a, b] if a == b => "An instance cannot provide for itself".to_owned(),
        _ => format!("The wire would close a cycle: {}", arrows(cycle)),
    }
}

/// Names with arrows between them, safe to show.
pub(super) fn arrows(names: &[String]) -> String {
    names.iter().map(|n| display_safe_line(n)).collect::<Vec<_>>().join(" → ")
}
