//! Ways to mend what [`super::check`] finds, where one is known. Each is tried before it is offered.

use super::check::{kebab, needs_provider, open_imports_of, short_name};
use super::clash::{clashes, plain_name};
use super::{Composition, Edit, Library, Port, Side, alternatives, apply, resources, result_exports};
use crate::component::Extern;
use crate::diag::{Subject, display_safe_line};

/// A way to mend a problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What a button says, as in `Wire both to ledger`; safe to show.
    pub label: String,
    /// What it does, in order.
    pub edits: Vec<Edit>,
}

/// The known ways to mend what is wrong with this wire or port, the best first. Empty if none is known, or nothing is wrong.
pub fn fixes(composition: &Composition, library: &Library, subject: &Subject) -> Vec<Fix> {
    match subject {
        Subject::Wire { instance, import } => wire(composition, library, &Port::new(instance, import)),
        Subject::Port { instance, port } => {
            let port = Port::new(instance, port);
            let with_resources = with_its_resources(composition, library, &port);
            let open = with_resources.or_else(|| open_import(composition, library, &port));
            let clash = plain_export(composition, library, &port);
            open.into_iter().chain(export(composition, library, &port)).chain(clash).collect()
        }
        Subject::Instance(name) => left_out(composition, library, name).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// The composition with all of the edits made; `None` if one of them is refused.
fn made(composition: &Composition, library: &Library, edits: &[Edit]) -> Option<Composition> {
    edits.iter().try_fold(composition.clone(), |now, edit| apply(&now, library, edit)).ok()
}

fn wire(composition: &Composition, library: &Library, to: &Port) -> Vec<Fix> {
    let Some(from) = composition.wires.get(to) else { return Vec::new() };
    let remedies = resources::remedies(composition, library, to);
    let mut found = Vec::new();
    for (source, edits) in remedies {
        // Both ends of the wire have to speak of one resource then.
        let mends = made(composition, library, &edits).is_some_and(|new| resources::agrees(&new, library, to));
        let label = format!("Wire both to {}", display_safe_line(&source));
        if mends && !found.iter().any(|fix: &Fix| fix.edits == edits) {
            found.push(Fix { label, edits });
        }
    }
    let is_broken = composition.port(library, to, Side::Import).is_none()
        || composition.port(library, from, Side::Export).is_none()
        || !super::fit::Fits::default().of_ports(composition, library, from, to).is_some_and(|fit| fit.fits());
    // A component that is not open says nothing about its wires.
    let is_open = |port: &Port| composition.component(library, &port.instance).is_some();
    if is_broken && is_open(to) && is_open(from) {
        let (fitting, _) = alternatives(composition, library, to);
        if let [one] = fitting.as_slice() {
            found.push(connect(one, to));
        }
        found.push(Fix { label: "Remove the wire".to_owned(), edits: vec![Edit::Disconnect(to.clone())] });
    }
    found
}

fn connect(from: &Port, to: &Port) -> Fix {
    let label = format!("Connect to {}", display_safe_line(&from.instance));
    Fix { label, edits: vec![Edit::Connect { from: from.clone(), to: to.clone() }] }
}

/// An open import that one instance can provide.
fn open_import(composition: &Composition, library: &Library, port: &Port) -> Option<Fix> {
    let component = composition.component(library, &port.instance)?;
    let import = component.import(&port.name)?;
    if composition.wires.contains_key(port) || import.is_host() || !needs_provider(component, import) {
        return None;
    }
    match alternatives(composition, library, port).0.as_slice() {
        [one] => Some(connect(one, port)),
        _ => None,
    }
}

/// An open import whose resources come from an instance that provides it, too.
fn with_its_resources(composition: &Composition, library: &Library, port: &Port) -> Option<Fix> {
    if composition.wires.contains_key(port) {
        return None;
    }
    let instance = resources::belongs_to(composition, library, port)?;
    let (fitting, _) = alternatives(composition, library, port);
    fitting.iter().find(|from| from.instance == instance).map(|from| connect(from, port))
}

/// An instance that is no part of the result, and needs what one instance can provide.
fn left_out(composition: &Composition, library: &Library, name: &str) -> Option<Fix> {
    if composition.members().contains(name) {
        return None;
    }
    let open = open_imports_of(composition, library, [name]);
    open.iter().find_map(|port| open_import(composition, library, port))
}

/// An export under the name of an interface that stays open with other types: it gets another name.
fn plain_export(composition: &Composition, library: &Library, port: &Port) -> Option<Fix> {
    let members = composition.members();
    let open = open_imports_of(composition, library, members.iter().copied());
    let exports = result_exports(composition, library);
    let all = clashes(composition, library, &open, &exports);
    let export = all.iter().find(|clash| clash.export == port)?.export;
    let mut edits = Vec::new();
    // The first export that is chosen ends the automatic choice, so that is chosen first.
    if composition.exports.is_empty() {
        let others = exports.iter().filter(|(_, from)| from != export);
        edits.extend(others.map(|(name, from)| Edit::Export { from: from.clone(), name: name.clone() }));
    }
    let name = plain_name(export);
    edits.push(Edit::Export { from: export.clone(), name: name.clone() });
    made(composition, library, &edits)?;
    Some(Fix { label: format!("Export it as {name}"), edits })
}

/// An export that does not exist, or that speaks of a resource that is not exported.
fn export(composition: &Composition, library: &Library, port: &Port) -> Option<Fix> {
    if composition.component(library, &port.instance).is_some()
        && composition.port(library, port, Side::Export).is_none()
        && let Some((name, _)) = composition.exports.iter().find(|(_, from)| *from == port)
    {
        let label = "Take it out of the exports".to_owned();
        return Some(Fix { label, edits: vec![Edit::Unexport(name.clone())] });
    }
    let source = resources::not_exported(composition, library, port).into_iter().next()?;
    let mut edits = Vec::new();
    // The first export that is chosen ends the automatic choice, so that is chosen first.
    if composition.exports.is_empty() {
        let now = result_exports(composition, library).into_iter();
        edits.extend(now.map(|(name, from)| Edit::Export { from, name }));
    }
    let own = format!("{}-{}", kebab(&source.instance), kebab(short_name(&source.name)));
    [source.name.clone(), own].into_iter().find_map(|name| {
        let mut edits = edits.clone();
        edits.push(Edit::Export { from: source.clone(), name });
        made(composition, library, &edits)?;
        let of = composition.port(library, &source, Side::Export).map(|e: &Extern| short_name(&e.name))?;
        let label = format!("Export {} of {} too", display_safe_line(of), display_safe_line(&source.instance));
        Some(Fix { label, edits })
    })
}
