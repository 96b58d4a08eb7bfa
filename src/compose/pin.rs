//! Where the fault lies, if all that is known of a composition is that it cannot be encoded: it is sought by encoding less
//! of it.

use super::check::{Outline, about_port, about_wire, quoted};
use super::encode::{Failure, attempt, exports_in_order};
use super::{Composition, Library, Port};
use crate::diag::{Diagnostic, Subject, display_safe_line};
use std::collections::BTreeSet;

/// Wires of one instance that are taken away one by one.
const MOST_CUT: usize = 16;

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
    let search = Search { library, outline };
    let members: Vec<&str> = outline.order.iter().copied().filter(|name| outline.members.contains(name)).collect();
    let exports = exports_in_order(composition, library, outline);
    // Providers come first, so the first so many are a composition of their own.
    let with_first = |n: usize| search.fails(composition, members.get(..n).unwrap_or_default(), &[]);
    if let Some((n, failure)) = first_failing(members.len(), with_first) {
        if let Failure::Known(known) = failure {
            return known;
        }
        let name = members.get(n).copied().unwrap_or_default();
        let among = members.get(..=n).unwrap_or_default();
        let wires = composition.wires.range(Port::new(name, "")..).take_while(|(to, _)| to.instance == name);
        let is_blamed = |to: &Port| {
            let mut less = composition.clone();
            less.wires.remove(to);
            search.fails(&less, among, &[]).is_none()
        };
        let blamed = wires.take(MOST_CUT).find(|(to, _)| is_blamed(to));
        return vec![match blamed {
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
        }];
    }
    let with_exports = |n: usize| search.fails(composition, &members, exports.get(..n).unwrap_or_default());
    if let Some((n, failure)) = first_failing(exports.len(), with_exports)
        && let Some((name, from)) = exports.get(n)
    {
        let message = format!("{from} cannot be exported as {}: {}", quoted(name), words(&failure, from));
        return vec![Diagnostic::error(about_port(from), message).with_hint("Leave it out of the exports")];
    }
    // Once more, all of it was fine.
    let name = members.last().copied().unwrap_or_default();
    let message = format!("{} cannot be composed: {}", quoted(name), words(&failure, &Port::new(name, "")));
    vec![Diagnostic::error(Subject::Instance(name.to_owned()), message)]
}

struct Search<'a> {
    library: &'a Library,
    outline: &'a Outline<'a>,
}

impl Search<'_> {
    /// Why a part of the composition fails, if it does.
    fn fails(&self, composition: &Composition, members: &[&str], exports: &[(String, Port)]) -> Option<Failure> {
        let members: BTreeSet<&str> = members.iter().copied().collect();
        let outline = Outline { members, exports: exports.to_vec(), ..self.outline.clone() };
        attempt(composition, self.library, &outline, Vec::new()).err()
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
    format!("{why} ({})", display_safe_line(text.lines().next().unwrap_or_default()))
}
