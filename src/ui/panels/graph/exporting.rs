//! What the result exports, chosen and named by a person.

use crate::compose::{Edit, Port};
use crate::session::Change;

/// The edits that make the result export a port that it does not, or no longer export one that it does. `results` is
/// what it exports now, `automatic` whether that was chosen by nobody.
pub(in crate::ui::panels) fn toggled(results: &[(String, Port)], automatic: bool, port: &Port) -> Vec<Edit> {
    if let Some(name) = name_of(results, port) {
        return vec![Edit::Unexport(name.to_owned())];
    }
    let is_taken = results.iter().any(|(name, _)| *name == port.name);
    let name = if is_taken {
        // Two of one name: what tells them apart is who gives it.
        let short = port.name.rsplit('/').next().unwrap_or_default().split('@').next().unwrap_or_default();
        format!("{}-{short}", port.instance)
    } else {
        port.name.clone()
    };
    named(results, automatic, port, &name)
}

/// The edits that make the result export a port by this name. The first export chosen by hand would end the automatic
/// choice of all the others: they stay.
pub(super) fn named(results: &[(String, Port)], automatic: bool, port: &Port, name: &str) -> Vec<Edit> {
    let kept = results.iter().filter(|(_, from)| automatic && from != port);
    let mut edits: Vec<_> = kept.map(|(name, from)| Edit::Export { from: from.clone(), name: name.clone() }).collect();
    edits.push(Edit::Export { from: port.clone(), name: name.to_owned() });
    edits
}

/// The name of a port in the result.
pub(super) fn name_of<'a>(results: &'a [(String, Port)], port: &Port) -> Option<&'a str> {
    results.iter().find(|(_, from)| from == port).map(|(name, _)| name.as_str())
}

/// One step of these edits.
pub(in crate::ui::panels) fn change(mut edits: Vec<Edit>) -> Change {
    match edits.pop() {
        Some(only) if edits.is_empty() => Change::Compose(only),
        last => Change::ComposeAll("Choose exports", edits.into_iter().chain(last).collect()),
    }
}
