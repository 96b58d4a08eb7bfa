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

/// Says so once of each such export and of all the imports that it contradicts.
pub(super) fn check(
    composition: &Composition,
    library: &Library,
    open: &[Port],
    exports: &[(String, Port)],
    found: &mut Vec<Diagnostic>,
) {
    let all = clashes(composition, library, open, exports);
    for clashes in all.chunk_by(|a, b| (a.name, a.export) == (b.name, b.export)) {
        let [Clash { name, export, import, difference }, others @ ..] = clashes else { continue };
        let imports = match others {
            [] => format!("open import {import} would both"),
            [other] => format!("open imports {import} and {} would all", other.import),
            _ => format!("open import {import} and {} others would all", others.len()),
        };
        let (shown, difference) = (display_safe_line(name), difference.to_string());
        let message = format!(
            "Export {export} and {imports} be {shown} in the result, with different types ({}): WIT cannot tell two \
             interfaces of one name apart, so other tools could not read the result",
            display_safe_line(&difference)
        );
        let to_wire = if others.is_empty() { import.to_string() } else { "each of those imports".to_owned() };
        let plain = plain_name(export);
        let hint =
            format!("Export {export} under a plain name such as {plain}, or wire {to_wire} to an export that fits");
        let mut problem = Diagnostic::warning(about_port(export), message).with_hint(hint);
        problem.also = clashes.iter().map(|clash| about_port(clash.import)).collect();
        // An instance may have both under one name.
        problem.also.retain(|other| *other != problem.subject);
        found.push(problem);
    }
}

/// A name for an export that no interface has: `ledger-kv` for `t:store/kv@1.2.0` of `ledger`.
pub(super) fn plain_name(export: &Port) -> String {
    format!("{}-{}", kebab(&export.instance), kebab(short_name(base_name(&export.name))))
}
