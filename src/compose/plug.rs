//! Plugging: what a component needs is taken from others by its name, and what those need too. Where several could give
//! it, a person has to say which; nothing is chosen silently.

use super::check::{open_imports_of, quoted};
use super::fit::{Fit, Fits, base_name, is_interface_name};
use super::order::Reach;
use super::{Composition, Instance, Library, Port, Side};
use crate::component::{Digest, Kind, version_fits};
use crate::diag::display_safe_line;
use std::collections::{BTreeMap, BTreeSet};

/// A component to plug, under the name of its instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plug {
    /// What the instance is called, as far as no other is.
    pub name: String,
    /// Which component.
    pub component: Digest,
}

/// What came of plugging.
#[derive(Debug, Clone)]
pub struct Plugged {
    /// The socket and every plug that gives something, wired. It exports what the socket exports.
    pub composition: Composition,
    /// The wires that were made, in words.
    pub made: Vec<String>,
    /// What could fit and does not, and what is left out, in words.
    pub left: Vec<String>,
}

/// Why nothing was plugged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotPlugged {
    /// What was asked for is not usable, in words.
    Input(Vec<String>),
    /// Several plugs could be taken for one import: each such import, with those that could.
    Ambiguous(Vec<String>),
    /// Nothing fits: what is needed, what there is, and the first differences.
    Nothing(Vec<String>),
}

impl NotPlugged {
    /// The reasons, in words.
    pub fn reasons(&self) -> &[String] {
        match self {
            Self::Input(all) | Self::Ambiguous(all) | Self::Nothing(all) => all,
        }
    }
}

/// Wires the plugs to the socket and to each other: an import takes the export of its own name, or else of a compatible
/// version. `prefer` names the plugs that are taken where several could be: `name`, or `import=name` for one import.
///
/// # Errors
/// Everything that is in the way, in words.
pub fn plug(socket: &Plug, plugs: &[Plug], prefer: &[String], library: &Library) -> Result<Plugged, NotPlugged> {
    let mut refused: Vec<String> = [socket].into_iter().chain(plugs).filter_map(|p| fault(p, library)).collect();
    let mut work = Work {
        library,
        prefer,
        out: Composition::default(),
        fits: Fits::default(),
        made: Vec::new(),
        left: Vec::new(),
        ambiguous: Vec::new(),
    };
    let own = work.add(socket);
    let plugs: Vec<String> = plugs.iter().map(|plug| work.add(plug)).collect();
    for choice in prefer {
        let name = choice.rsplit('=').next().unwrap_or(choice);
        if !plugs.iter().any(|p| p == name) {
            refused.push(format!(
                "No plug is called {}, which is preferred; the plugs: {}",
                quoted(name),
                display_safe_line(&plugs.join(", "))
            ));
        }
    }
    if !refused.is_empty() {
        return Err(NotPlugged::Input(refused));
    }
    // Each instance that is reached is satisfied in turn.
    let mut reached = BTreeSet::from([own.clone()]);
    let mut next = vec![own.clone()];
    while let Some(consumer) = next.pop() {
        for provider in work.satisfy(&consumer, &plugs) {
            if reached.insert(provider.clone()) {
                next.push(provider);
            }
        }
    }
    if !work.ambiguous.is_empty() {
        return Err(NotPlugged::Ambiguous(work.ambiguous));
    }
    if work.out.wires.is_empty() {
        return Err(NotPlugged::Nothing(work.nothing(&own, &plugs)));
    }
    for name in plugs.iter().filter(|name| !reached.contains(*name)) {
        work.left.push(format!("{} is left out: nothing takes what it exports", quoted(name)));
        work.out.instances.remove(name);
    }
    let exports = work.out.component(library, &own).map(|c| c.exports.as_slice()).unwrap_or_default();
    work.out.exports = exports.iter().map(|e| (e.name.clone(), Port::new(&own, &e.name))).collect();
    Ok(Plugged { composition: work.out, made: work.made, left: work.left })
}

fn fault(plug: &Plug, library: &Library) -> Option<String> {
    match library.get(&plug.component) {
        None => Some(format!("{} is not open", quoted(&plug.name))),
        Some(c) if c.kind != Kind::Component => {
            let what = super::edit::kind_text(c.kind);
            let hint = match c.kind {
                Kind::CoreModule => ": make one of it with “wasm-tools component new”",
                _ => "",
            };
            Some(format!("{} is {what}, and only components can be plugged{hint}", quoted(&plug.name)))
        }
        Some(_) => None,
    }
}

struct Work<'a> {
    library: &'a Library,
    prefer: &'a [String],
    out: Composition,
    fits: Fits<'a>,
    made: Vec<String>,
    left: Vec<String>,
    ambiguous: Vec<String>,
}

impl Work<'_> {
    fn add(&mut self, plug: &Plug) -> String {
        let wanted: String = plug.name.trim().chars().take(80).collect();
        let name = self.out.free_name(if wanted.is_empty() { "component" } else { &wanted });
        self.out.instances.insert(name.clone(), Instance { component: plug.component });
        name
    }

    /// Wires the imports of one instance; gives those that provide to it now.
    fn satisfy(&mut self, consumer: &str, plugs: &[String]) -> Vec<String> {
        let mut providers = Vec::new();
        for to in open_imports_of(&self.out, self.library, [consumer]) {
            let mut exact: Vec<Port> = Vec::new();
            let mut newer: Vec<Port> = Vec::new();
            let mut not: Vec<String> = Vec::new();
            for plug in plugs {
                self.look(&to, plug, &mut exact, &mut newer, &mut not);
            }
            let found = if exact.is_empty() { newest_of_each(newer) } else { exact };
            let chosen = self.preferred(&to, &found);
            match (chosen, found.as_slice()) {
                (Some(from), _) => providers.push(self.wire(from, &to)),
                (None, [from]) => providers.push(self.wire(from.clone(), &to)),
                (None, []) => self.left.extend(not),
                (None, several) => {
                    let names: Vec<String> = several.iter().map(ToString::to_string).collect();
                    self.ambiguous.push(format!(
                        "{to} could be taken from any of these, so say which with --prefer: {}",
                        names.join(", ")
                    ));
                }
            }
        }
        providers
    }

    /// What one plug has for an import, and why it does not fit.
    fn look(&mut self, to: &Port, plug: &str, exact: &mut Vec<Port>, newer: &mut Vec<Port>, not: &mut Vec<String>) {
        let library = self.library;
        let Some(component) = self.out.component(library, plug) else { return };
        for export in &component.exports {
            if base_name(&export.name) != base_name(&to.name) {
                continue;
            }
            let from = Port::new(plug, &export.name);
            if plug == to.instance {
                continue; // what hands on an interface needs another to hand on
            }
            let cycle = Reach::new(&self.out, &to.instance, Side::Export).cycle(plug);
            let fit = self.fits.of_ports(&self.out, library, &from, to);
            match (fit, cycle) {
                (Some(Fit::No(why)), _) => not.push(format!("{from} does not fit {to}: {why}")),
                (_, Some(cycle)) => {
                    not.push(format!("{from} is not wired to {to}: {}", super::fit::cycle_text(&cycle)))
                }
                (Some(_), None) if export.name == to.name => exact.push(from),
                (Some(_), None) if is_interface_name(&to.name) && version_fits(&to.name, &export.name) => {
                    newer.push(from)
                }
                _ => {}
            }
        }
    }

    fn preferred(&self, to: &Port, found: &[Port]) -> Option<Port> {
        let by_import = |choice: &&String| choice.rsplit_once('=').is_some_and(|(import, _)| import == to.name);
        let for_all = |choice: &&String| !choice.contains('=');
        let choices = self.prefer.iter().filter(by_import).chain(self.prefer.iter().filter(for_all));
        choices
            .map(|c| c.rsplit('=').next().unwrap_or(c))
            .find_map(|name| found.iter().find(|p| p.instance == name))
            .cloned()
    }

    fn wire(&mut self, from: Port, to: &Port) -> String {
        self.made.push(format!("{from} → {}", display_safe_line(&to.instance)));
        self.out.wires.insert(to.clone(), from.clone());
        from.instance
    }

    /// Nothing was wired: what is needed, what there is, and why it is not the same.
    fn nothing(&self, socket: &str, plugs: &[String]) -> Vec<String> {
        let library = self.library;
        let list = |names: Vec<&str>| match names.is_empty() {
            true => "nothing".to_owned(),
            false => display_safe_line(&names.join(", ")).into_owned(),
        };
        let open = open_imports_of(&self.out, library, [socket]);
        let needs = list(open.iter().map(|p| p.name.as_str()).collect());
        let mut out = vec![format!("Nothing fits: {} needs {needs}", quoted(socket))];
        for plug in plugs {
            let exports = self.out.component(library, plug).map(|c| c.exports.as_slice()).unwrap_or_default();
            let gives = list(exports.iter().map(|e| e.name.as_str()).collect());
            out.push(format!("{} gives {gives}", quoted(plug)));
        }
        out.extend(self.left.iter().cloned());
        out
    }
}

/// Of several versions of one interface in one plug, the newest.
fn newest_of_each(ports: Vec<Port>) -> Vec<Port> {
    let version = |port: &Port| port.name.split_once('@').and_then(|(_, v)| semver::Version::parse(v).ok());
    let mut newest: BTreeMap<String, Port> = BTreeMap::new();
    for port in ports {
        let known = newest.get(&port.instance);
        if known.is_none_or(|known| version(known) < version(&port)) {
            newest.insert(port.instance.clone(), port);
        }
    }
    newest.into_values().collect()
}
