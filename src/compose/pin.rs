//! Where the fault lies, if all that is known of a composition is that it cannot be encoded: it is sought by encoding less
//! of it.

use super::check::{Outline, about_port, about_wire, quoted};
use super::encode::{Failure, attempt, exports_in_order};
use super::{Composition, Library, Port};
use crate::component::Digest;
use crate::diag::{Diagnostic, Subject, display_safe_line};
use std::collections::{BTreeMap, BTreeSet};

/// Wires of one instance that are taken away one by one.
const MOST_CUT: usize = 16;
/// Bytes of components that are encoded for that. All else that is tried halves what is left.
const MOST_BYTES_CUT: usize = 256 << 20;

/// What failed, about an instance, a wire or an export.
pub(super) fn pinned(
    composition: &Composition,
    library: &Library,
    outline: &Outline<'_>,
    failure: Failure,
) -> Vec<Diagnostic> {
    if let Failure::Known(known) = failure {
        return known;
    }
    let members = outline.order.iter().copied().filter(|name| outline.members.contains(name)).collect();
    let exports = exports_in_order(composition, library, outline);
    let search = Search { composition, library, outline, members, exports };
    search.in_members().or_else(|| search.in_exports()).unwrap_or_else(|| {
        // Once more, all of it was fine.
        let name = search.members.last().copied().unwrap_or_default();
        let message = format!("{} cannot be composed: {}", quoted(name), words(&failure, &Port::new(name, "")));
        vec![Diagnostic::error(Subject::Instance(name.to_owned()), message)]
    })
}

struct Search<'a> {
    composition: &'a Composition,
    library: &'a Library,
    outline: &'a Outline<'a>,
    /// Providers come first, so the first so many are a composition of their own.
    members: Vec<&'a str>,
    exports: Vec<(String, Port)>,
}

impl Search<'_> {
    /// Why a part of the composition fails, if it does: so many of the members first, and of the exports.
    fn fails(&self, composition: &Composition, members: usize, exports: usize) -> Option<Failure> {
        let members: BTreeSet<&str> = self.members.iter().copied().take(members).collect();
        let exports = self.exports.iter().take(exports).cloned().collect();
        let outline = Outline { members, exports, ..self.outline.clone() };
        attempt(composition, self.library, &outline, Vec::new()).err()
    }

    /// What is wrong without any export: with the first instance that cannot be added to those before it.
    fn in_members(&self) -> Option<Vec<Diagnostic>> {
        let (n, failure) = first_failing(self.members.len(), |n| self.fails(self.composition, n, 0))?;
        if let Failure::Known(known) = failure {
            return Some(known);
        }
        let name = self.members.get(n).copied()?;
        Some(vec![match self.wire_to_blame(n, name) {
            Some((to, from)) => {
                let message = format!("The wire from {from} to {to} cannot be encoded: {}", words(&failure, from));
                Diagnostic::error(about_wire(to), message).with_hint("Remove the wire")
            }
            None => {
                let why = words(&failure, &Port::new(name, ""));
                let message = format!("{} cannot be composed as it is wired: {why}", quoted(name));
                let hint = "Wire its imports otherwise, or leave it out";
                Diagnostic::error(Subject::Instance(name.to_owned()), message).with_hint(hint)
            }
        }])
    }

    /// A wire of this member without which nothing is wrong with it and those before it.
    fn wire_to_blame(&self, n: usize, name: &str) -> Option<(&Port, &Port)> {
        let among = self.members.iter().take(n + 1).filter_map(|name| self.composition.component(self.library, name));
        let sizes: BTreeMap<Digest, usize> = among.map(|c| (c.digest, c.bytes.len())).collect();
        let most = (MOST_BYTES_CUT / sizes.values().sum::<usize>().max(1)).min(MOST_CUT);
        let wires = self.composition.wires.range(Port::new(name, "")..).take_while(|(to, _)| to.instance == name);
        wires.take(most).find(|(to, _)| {
            let mut less = self.composition.clone();
            less.wires.remove(*to);
            self.fails(&less, n + 1, 0).is_none()
        })
    }

    /// What is wrong with all members and some exports: with the first one that cannot be added to those before it.
    fn in_exports(&self) -> Option<Vec<Diagnostic>> {
        let with_first = |n: usize| self.fails(self.composition, self.members.len(), n);
        let (n, failure) = first_failing(self.exports.len(), with_first)?;
        if let Failure::Known(known) = failure {
            return Some(known);
        }
        let (name, from) = self.exports.get(n)?;
        let message = format!("{from} cannot be exported as {}: {}", quoted(name), words(&failure, from));
        Some(vec![Diagnostic::error(about_port(from), message).with_hint("Leave it out of the exports")])
    }
}

/// The first of so many, counted from 0, with which it fails, if it fails with all.
fn first_failing(count: usize, fails_with: impl Fn(usize) -> Option<Failure>) -> Option<(usize, Failure)> {
    let mut failure = fails_with(count)?;
    let (mut fine, mut fails) = (0, count);
    while fails - fine > 1 {
        let middle = fine + (fails - fine) / 2;
        match fails_with(middle) {
            Some(earlier) => (fails, failure) = (middle, earlier),
            None => fine = middle,
        }
    }
    Some((fails.saturating_sub(1), failure))
}

/// Why, with what the library says of it behind it.
fn words(failure: &Failure, of: &Port) -> String {
    let (why, text) = match failure {
        Failure::Known(known) => return known.first().map(|d| d.message.clone()).unwrap_or_default(),
        Failure::NoForm(text) => ("the encoder has no form for it".to_owned(), text),
        Failure::NotValid(text) if text.contains("not valid to be used as") => {
            (format!("it speaks of a type that has a name inside of {} alone", quoted(&of.instance)), text)
        }
        Failure::NotValid(text) if text.contains("resource types are not the same") => {
            ("it speaks of a resource that comes from two places".to_owned(), text)
        }
        Failure::NotValid(text) => ("the result would not be valid".to_owned(), text),
    };
    format!("{why} ({})", display_safe_line(text))
}
