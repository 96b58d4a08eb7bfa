//! Interfaces that the result would both import and export, in forms that contradict each other. WIT has one interface for a
//! name, so such a result is valid and runs, but nothing can print its interface or bind to it.

use super::check::{about_port, kebab, short_name};
use super::fit::{base_name, is_interface_name};
use super::{Composition, Library, Port, Side, track};
use crate::component::{Difference, Digest, Item, contradiction, version_fits};
use crate::diag::{Diagnostic, display_safe_line};
use std::collections::HashMap;

/// An import that stays open and an export of the same name that contradict each other.
pub(super) struct Clash<'a> {
    /// The name that both have in the result.
    pub name: &'a str,
    /// What is exported.
    pub export: &'a Port,
    /// What stays open.
    pub import: &'a Port,
    /// The first thing that both have and not alike: how the export has it and the import does not.
    pub difference: Difference,
}

/// All of them, in the order of the exports; an export may contradict several imports.
pub(super) fn clashes<'a>(
    composition: &Composition,
    library: &Library,
    open: &'a [Port],
    exports: &'a [(String, Port)],
) -> Vec<Clash<'a>> {
    let mut asked: HashMap<&str, Vec<&Port>> = HashMap::new();
    for port in open.iter().filter(|port| is_interface_name(&port.name)) {
        asked.entry(track(&port.name)).or_default().push(port);
    }
    let mut known: HashMap<(Digest, &str, Digest, &str), Option<Difference>> = HashMap::new();
    let mut out = Vec::new();
    for (name, from) in exports {
        let Some(ports) = asked.get(track(name)) else { continue };
        // Imports of compatible versions become one, at the newest of them: another version is another name.
        let is_newest =
            ports.iter().all(|port| version_fits(&port.name, name)) && ports.iter().any(|p| p.name == *name);
        let (Some(provider), Some(export)) =
            (composition.component(library, &from.instance), composition.port(library, from, Side::Export))
        else {
            continue;
        };
        if !is_newest || !matches!(export.item, Item::Interface(_)) {
            continue;
        }
        for port in ports {
            let (Some(consumer), Some(import)) =
                (composition.component(library, &port.instance), composition.port(library, port, Side::Import))
            else {
                continue;
            };
            let key = (consumer.digest, port.name.as_str(), provider.digest, from.name.as_str());
            let found =
                known.entry(key).or_insert_with(|| contradiction((consumer, import), (provider, export))).clone();
            out.extend(found.map(|difference| Clash { name, export: from, import: port, difference }));
        }
    }
    out
}

/// Says so of both ports.
pub(super) fn check(
    composition: &Composition,
    library: &Library,
    open: &[Port],
    exports: &[(String, Port)],
    found: &mut Vec<Diagnostic>,
) {
    let mut exported: Option<&Port> = None;
    for Clash { name, export, import, difference } in clashes(composition, library, open, exports) {
        let (shown, plain) = (display_safe_line(name), plain_name(export));
        let difference = difference.to_string();
        let difference = display_safe_line(&difference);
        let why = "WIT cannot tell two interfaces of one name apart, so other tools could not read the result";
        let wire = format!("wire {import} to an export that fits");
        let message = format!(
            "{export} is exported as {shown}, which {import} asks for from outside with other types ({difference}): {why}"
        );
        if exported != Some(export) {
            let hint = format!("Export it under a plain name such as {plain}, or {wire}");
            found.push(Diagnostic::warning(about_port(export), message).with_hint(hint));
            exported = Some(export);
        }
        let message = format!(
            "{import} stays open, and {export} is exported under the same name with other types ({difference}): {why}"
        );
        let hint = format!("Wire it to an export that fits, or export {export} under a plain name such as {plain}");
        found.push(Diagnostic::warning(about_port(import), message).with_hint(hint));
    }
}

/// A name for an export that no interface has: `ledger-kv` for `t:store/kv@1.2.0` of `ledger`.
pub(super) fn plain_name(export: &Port) -> String {
    format!("{}-{}", kebab(&export.instance), kebab(short_name(base_name(&export.name))))
}
