//! Edits of a composition: each is made whole or refused with a reason.

use super::fit::{Fit, Fits, arrows, base_name, is_interface_name};
use super::order::{self, Reach};
use super::{Composition, Instance, Library, Port, Side, TapError, result_exports, tappable};
use crate::component::{Digest, Extern, Item, Kind};
use crate::diag::display_safe_line;
use std::collections::HashSet;
use wasmparser::names::{ComponentName, ComponentNameKind};

/// A change to a composition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// Adds an instance under a name that no other has.
    AddInstance {
        /// Its name.
        name: String,
        /// Which component.
        component: Digest,
    },
    /// Removes instances with all their wires and exports.
    RemoveInstances(Vec<String>),
    /// Gives an instance another name.
    Rename {
        /// Its name so far.
        from: String,
        /// Its new name.
        to: String,
    },
    /// Makes a wire; a wire that ends at the same import is replaced.
    Connect {
        /// The export.
        from: Port,
        /// The import.
        to: Port,
    },
    /// Removes the wire that ends at this import.
    Disconnect(Port),
    /// Makes this export one of the result's, under this name, and under no other. The first one chosen ends the
    /// automatic choice.
    Export {
        /// The export.
        from: Port,
        /// Its name in the result.
        name: String,
    },
    /// Takes an export out of the result's. While none was chosen, the remaining automatic ones become the chosen ones.
    Unexport(String),
    /// Makes an instance one of another component. All its wires and exports stay; those whose port is gone or no longer
    /// fits are reported by [`super::check`] and refused by [`super::encode`], so that nothing is lost by trying.
    Replace {
        /// The instance.
        instance: String,
        /// Its component from now on.
        component: Digest,
    },
    /// Taps the wire that ends at this import, or takes its tap away.
    Tap {
        /// The import.
        to: Port,
        /// Whether the wire is tapped from now on.
        on: bool,
    },
}

/// Why an edit was not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such instance.
    #[error("There is no instance “{}”", display_safe_line(.0))]
    NoInstance(String),
    /// The component is not open.
    #[error("The component {0} is not open")]
    NoComponent(Digest),
    /// The file is not a component, so it cannot be instantiated and wired.
    #[error("“{}” is {}, and only components can be wired", display_safe_line(.name), kind_text(*.kind))]
    NotAComponent {
        /// The file's short name.
        name: String,
        /// What it is.
        kind: Kind,
    },
    /// The component is not valid, so nothing could be composed of it.
    #[error("“{}” cannot be placed, only inspected: {why}", display_safe_line(.name))]
    Faulty {
        /// The file's short name.
        name: String,
        /// What is wrong with it; safe to show.
        why: String,
    },
    /// The name is taken, empty, or not one that a component can have.
    #[error("“{}” cannot be the name: {why}", display_safe_line(.name))]
    BadName {
        /// The name.
        name: String,
        /// What is wrong with it.
        why: String,
    },
    /// There is no such import or export.
    #[error("{0} does not exist")]
    NoPort(Port),
    /// No wire ends there.
    #[error("No wire ends at {0}")]
    NoWire(Port),
    /// The result has no such export.
    #[error("The result has no export “{}”", display_safe_line(.0))]
    NoExport(String),
    /// The result would be left with no export.
    #[error("“{}” is the only export of the result, and without one nothing could be called", display_safe_line(.0))]
    LastExport(String),
    /// The two ports do not fit.
    #[error("{from} does not fit {to}: {difference}")]
    DoesNotFit {
        /// The export.
        from: Port,
        /// The import.
        to: Port,
        /// The first difference, with its type path.
        difference: String,
    },
    /// The wire cannot be tapped.
    #[error("The wire to {to} cannot be tapped: {why}")]
    NoTap {
        /// The import that it ends at.
        to: Port,
        /// What is in the way.
        why: TapError,
    },
    /// The wire would close a cycle: names along the wires, the first one again at the end. An instance wired to itself
    /// is named twice.
    #[error("The wire would close a cycle: {}", arrows(.0))]
    Cycle(Vec<String>),
}

/// The composition with the edit made, or why it cannot be made.
///
/// # Errors
/// A [`Refusal`] that names what is in the way; the composition is as it was.
pub fn apply(composition: &Composition, library: &Library, edit: &Edit) -> Result<Composition, Refusal> {
    let mut new = composition.clone();
    match edit {
        Edit::AddInstance { name, component } => {
            free_instance_name(composition, name)?;
            let component = usable(library, *component)?;
            new.instances.insert(name.clone(), Instance { component });
        }
        Edit::RemoveInstances(names) => {
            for name in names {
                new.instances.remove(name).ok_or_else(|| Refusal::NoInstance(name.clone()))?;
            }
            let stays = |port: &Port| new.instances.contains_key(&port.instance);
            new.wires.retain(|to, from| stays(to) && stays(from));
            new.exports.retain(|_, from| stays(from));
            new.taps.retain(|to| new.wires.contains_key(to));
        }
        Edit::Rename { from, to } => {
            if from != to {
                free_instance_name(composition, to)?;
            }
            let instance = new.instances.remove(from).ok_or_else(|| Refusal::NoInstance(from.clone()))?;
            new.instances.insert(to.clone(), instance);
            let rename = |mut port: Port| {
                if port.instance == *from {
                    port.instance.clone_from(to);
                }
                port
            };
            new.wires = new.wires.into_iter().map(|(to, from)| (rename(to), rename(from))).collect();
            new.exports = new.exports.into_iter().map(|(name, from)| (name, rename(from))).collect();
            new.taps = new.taps.into_iter().map(rename).collect();
        }
        Edit::Connect { from, to } => {
            connectable(composition, library, from, to)?;
            new.wires.insert(to.clone(), from.clone());
        }
        Edit::Disconnect(to) => {
            new.wires.remove(to).ok_or_else(|| Refusal::NoWire(to.clone()))?;
            new.taps.remove(to);
        }
        Edit::Export { from, name } => {
            let export = exists(composition, library, from, Side::Export)?;
            let bad = |why: String| Refusal::BadName { name: name.clone(), why };
            let wanted = export_name_for(name, export).map_err(bad)?;
            for (taken, by) in &composition.exports {
                if by != from && export_name(taken).is_ok_and(|t| t == wanted) {
                    return Err(bad(format!("{by} is exported as “{}”", display_safe_line(taken))));
                }
            }
            new.exports.retain(|_, by| by != from);
            new.exports.insert(name.clone(), from.clone());
        }
        Edit::Unexport(name) => {
            if composition.exports.is_empty() {
                new.exports = result_exports(composition, library).into_iter().collect();
                if new.exports.len() == 1 && new.exports.contains_key(name) {
                    return Err(Refusal::LastExport(name.clone()));
                }
            }
            new.exports.remove(name).ok_or_else(|| Refusal::NoExport(name.clone()))?;
        }
        Edit::Replace { instance, component } => {
            let component = usable(library, *component)?;
            let old = new.instances.get_mut(instance).ok_or_else(|| Refusal::NoInstance(instance.clone()))?;
            old.component = component;
        }
        Edit::Tap { to, on } => {
            if !composition.wires.contains_key(to) {
                return Err(Refusal::NoWire(to.clone()));
            }
            if *on {
                tappable(composition, library, to).map_err(|why| Refusal::NoTap { to: to.clone(), why })?;
                new.taps.insert(to.clone());
            } else {
                new.taps.remove(to);
            }
        }
    }
    Ok(new)
}

/// The composition with instances and the wires among them added: the import first, then the export. Each is checked as by
/// [`apply`], all together in one go.
///
/// # Errors
/// A [`Refusal`] that names what is in the way; the composition is as it was.
pub fn add(
    composition: &Composition,
    library: &Library,
    instances: &[(String, Digest)],
    wires: &[(Port, Port)],
) -> Result<Composition, Refusal> {
    let mut new = composition.clone();
    for (name, component) in instances {
        free_instance_name(&new, name)?;
        let component = usable(library, *component)?;
        new.instances.insert(name.clone(), Instance { component });
    }
    let mut fits = Fits::default();
    for (to, from) in wires {
        exists(&new, library, from, Side::Export)?;
        exists(&new, library, to, Side::Import)?;
        if let Some(Fit::No(difference)) = fits.of_ports(&new, library, from, to) {
            return Err(Refusal::DoesNotFit { from: from.clone(), to: to.clone(), difference });
        }
    }
    new.wires.extend(wires.iter().cloned());
    let added: HashSet<&str> = instances.iter().map(|(name, _)| name.as_str()).collect();
    let (_, stuck) = order::in_order(&new);
    let closed =
        order::cycles(&new, &stuck).into_iter().find(|cycle| cycle.iter().any(|name| added.contains(name.as_str())));
    closed.map_or(Ok(new), |cycle| Err(Refusal::Cycle(cycle)))
}

fn usable(library: &Library, digest: Digest) -> Result<Digest, Refusal> {
    let component = library.get(&digest).ok_or(Refusal::NoComponent(digest))?;
    match component.kind {
        Kind::Component => match component.fault() {
            None => Ok(digest),
            Some(why) => Err(Refusal::Faulty { name: component.name.clone(), why: why.message.clone() }),
        },
        kind => Err(Refusal::NotAComponent { name: component.name.clone(), kind }),
    }
}

/// What a file is, in words.
pub fn kind_text(kind: Kind) -> &'static str {
    match kind {
        Kind::Component => "a component",
        Kind::CoreModule => "a core module",
        Kind::WitPackage => "a WIT package",
        Kind::Unknown => "not WebAssembly that can be read",
    }
}

fn free_instance_name(composition: &Composition, name: &str) -> Result<(), Refusal> {
    let why = match instance_name_fault(name) {
        Some(why) => why,
        None if composition.instances.contains_key(name) => "another instance has it",
        None => return Ok(()),
    };
    Err(Refusal::BadName { name: name.to_owned(), why: why.to_owned() })
}

/// What is wrong with a name for an instance, if anything is: free text, but not empty and at most 100 characters.
pub(super) fn instance_name_fault(name: &str) -> Option<&'static str> {
    if name.trim().is_empty() {
        Some("it is empty")
    } else if name.chars().count() > 100 {
        Some("it is longer than 100 characters")
    } else {
        None
    }
}

/// The name of an export, if a component can have it: names that differ in upper and lower case alone are equal.
pub(super) fn export_name(name: &str) -> Result<ComponentName, String> {
    const FORM: &str = "an export is named in lower case with hyphens, as in “get-total”, or as an interface, as in “acme:shop/orders@1.0.0”";
    let parsed = ComponentName::new(name, 0).map_err(|_| FORM.to_owned())?;
    let valid = match parsed.kind() {
        ComponentNameKind::Interface(interface) => interface.version(None).is_ok(),
        // Functions of a resource that the component itself exports keep their own names.
        ComponentNameKind::Label(_)
        | ComponentNameKind::Constructor(_)
        | ComponentNameKind::Method(_)
        | ComponentNameKind::Static(_) => true,
        _ => false,
    };
    if valid { Ok(parsed) } else { Err(FORM.to_owned()) }
}

/// The same for what stands behind a port: an interface keeps its name, at whatever version, or gets a plain one. Under
/// the name of another it would claim to be what it is not, and nothing else can have an interface's name.
pub(super) fn export_name_for(name: &str, export: &Extern) -> Result<ComponentName, String> {
    let parsed = export_name(name)?;
    if name.starts_with('[') && name != export.name {
        return Err("only a function of a resource has such a name, and its own one".to_owned());
    }
    match export.item {
        _ if !is_interface_name(name) || name == export.name => Ok(parsed),
        Item::Interface(_) if !is_interface_name(&export.name) || base_name(name) == base_name(&export.name) => {
            Ok(parsed)
        }
        Item::Interface(_) => {
            let own = display_safe_line(&export.name);
            Err(format!("it is another interface's name; keep {own}, or choose a plain name"))
        }
        _ => Err("it is an interface's name, and this is none".to_owned()),
    }
}

fn exists<'a>(composition: &Composition, library: &'a Library, port: &Port, side: Side) -> Result<&'a Extern, Refusal> {
    let Some(instance) = composition.instances.get(&port.instance) else {
        return Err(Refusal::NoInstance(port.instance.clone()));
    };
    if !library.contains_key(&instance.component) {
        return Err(Refusal::NoComponent(instance.component));
    }
    composition.port(library, port, side).ok_or_else(|| Refusal::NoPort(port.clone()))
}

fn connectable(composition: &Composition, library: &Library, from: &Port, to: &Port) -> Result<(), Refusal> {
    exists(composition, library, from, Side::Export)?;
    exists(composition, library, to, Side::Import)?;
    if let Some(cycle) = Reach::new(composition, &to.instance, Side::Export).cycle(&from.instance) {
        return Err(Refusal::Cycle(cycle));
    }
    match Fits::default().of_ports(composition, library, from, to) {
        Some(Fit::No(difference)) => Err(Refusal::DoesNotFit { from: from.clone(), to: to.clone(), difference }),
        _ => Ok(()),
    }
}
