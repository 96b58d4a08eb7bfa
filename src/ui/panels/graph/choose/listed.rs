//! What there is to choose from.

use super::{Choosing, Entry, For};
use crate::component::{Component, Digest, Kind};
use crate::compose::{self, Port, Replacement, Side};
use crate::session::Session;
use crate::session::samples::sample;
use crate::ui::panels::graph::menus;
use crate::ui::panels::library;

/// What is said while it is not known which samples fit.
const LOOKING: &str = "Looking among the samples…";

impl Choosing {
    /// What there is to choose from, with what was searched for in its name.
    pub(super) fn listed(&self, session: &Session) -> Vec<Entry> {
        let wanted = self.search.trim().to_lowercase();
        let has = |text: &str| wanted.is_empty() || text.to_lowercase().contains(&wanted);
        match &self.what {
            For::Port(port, side) => self.ends_listed(session, port, *side, &has),
            For::New(port, side) => {
                let components = self.fitting_listed(session, &has);
                let mut out = vec![Entry::Words("Open components that fit")];
                if components.is_empty() && wanted.is_empty() {
                    out = vec![Entry::Words("No open component fits")];
                }
                out.extend(components);
                headed(&mut out, "Samples that fit", self.samples_listed(&has));
                headed(&mut out, "Made for it", stand_ins(session, port, *side, &has));
                out
            }
            For::Instead(_) => {
                let found = self.found.replacements.iter().flat_map(|found| found.iter().enumerate());
                let name = |r: &Replacement| session.library().get(&r.component).is_some_and(|c| has(&c.name));
                let of = |fits: bool| {
                    let these = found.clone().filter(move |(_, r)| r.fits() == fits && name(r));
                    these.map(|(i, _)| Entry::Replacement(i)).collect::<Vec<_>>()
                };
                let mut out = of(true);
                headed(&mut out, "Samples that fit", self.sample_replacements_listed(&has));
                headed(&mut out, "Do not fit", of(false));
                out
            }
            For::Member(_) => {
                let listed = self.outside.iter().enumerate().filter(|(_, name)| has(name));
                listed.map(|(i, _)| Entry::Member(i)).collect()
            }
            For::Place => {
                let all = session.library().values().map(|c| &**c).filter(|c| c.kind == Kind::Component);
                let all = all.filter(|c| !library::is_old_stub(session, c));
                let mut out = by_name(all.clone().filter(|c| c.is_usable()), Entry::Place, &has);
                let closed = library::closed_samples(session).filter(|s| has(s.file) || has(s.language));
                headed(&mut out, "Samples", closed.map(|s| Entry::Sample(s.file)).collect());
                let faulty = by_name(all.filter(|c| !c.is_usable()), Entry::Faulty, &has);
                headed(&mut out, "Cannot be placed", faulty);
                out
            }
        }
    }

    fn ends_listed(&self, session: &Session, port: &Port, side: Side, has: &dyn Fn(&str) -> bool) -> Vec<Entry> {
        let candidates = self.found.candidates.as_deref().map(Vec::as_slice).unwrap_or_default();
        let these = |fits: bool| {
            let all = candidates.iter().enumerate().filter(|(_, c)| c.fit.fits() == fits);
            let listed = all.filter(|(_, c)| has(&c.port.instance) || has(&c.port.name));
            listed.map(|(i, _)| Entry::Candidate(i)).collect::<Vec<_>>()
        };
        let mut out = these(true);
        out.extend(self.fitting_listed(session, has));
        out.extend(stand_ins(session, port, side, has));
        // Last of what is open, so that nobody takes it by accident.
        let is_wired = session.document().composition.wires.contains_key(port);
        if side == Side::Import && is_wired && has("not connected") {
            out.push(Entry::Disconnect);
        }
        headed(&mut out, "Samples that fit", self.samples_listed(has));
        headed(&mut out, "Do not fit", these(false));
        out
    }

    fn fitting_listed(&self, session: &Session, has: &dyn Fn(&str) -> bool) -> Vec<Entry> {
        let found = self.found.fitting.iter().flat_map(|found| found.keys());
        let components = found.filter_map(|digest| session.library().get(digest));
        by_name(components.map(|c| &**c).filter(|c| !library::is_old_stub(session, c)), Entry::Place, has)
    }

    fn samples_listed(&self, has: &dyn Fn(&str) -> bool) -> Vec<Entry> {
        let Some(found) = &self.found.samples else { return vec![Entry::Words(LOOKING)] };
        found.iter().filter(|(file, _)| is_sample_named(file, has)).map(|(file, _)| Entry::Sample(file)).collect()
    }

    fn sample_replacements_listed(&self, has: &dyn Fn(&str) -> bool) -> Vec<Entry> {
        let Some(found) = &self.found.sample_replacements else { return vec![Entry::Words(LOOKING)] };
        let named = found.iter().enumerate().filter(|(_, (file, _))| is_sample_named(file, has));
        named.map(|(i, _)| Entry::SampleReplacement(i)).collect()
    }
}

fn is_sample_named(file: &str, has: &dyn Fn(&str) -> bool) -> bool {
    has(file) || sample(file).is_some_and(|s| has(s.language))
}

/// Entries under a heading, if there are any.
fn headed(out: &mut Vec<Entry>, heading: &'static str, entries: Vec<Entry>) {
    match entries.as_slice() {
        [] => {}
        [Entry::Words(_)] => out.extend(entries),
        _ => {
            out.push(Entry::Words(heading));
            out.extend(entries);
        }
    }
}

/// What can be made for an import.
fn stand_ins(session: &Session, port: &Port, side: Side, has: &dyn Fn(&str) -> bool) -> Vec<Entry> {
    let mut out = Vec::new();
    if side == Side::Export {
        return out;
    }
    let is_open = !session.document().composition.wires.contains_key(port);
    if is_open && compose::virtual_export(&port.name).is_some() && has("virtual wasi") {
        out.push(Entry::VirtualWasi);
    }
    if menus::can_have_stub(session, port) && has("stub") {
        out.push(Entry::Stub);
    }
    out
}

fn by_name<'a>(
    components: impl Iterator<Item = &'a Component>,
    entry: fn(Digest) -> Entry,
    has: &dyn Fn(&str) -> bool,
) -> Vec<Entry> {
    let mut found: Vec<_> = components.filter(|c| has(&c.name)).map(|c| (&c.name, c.digest)).collect();
    found.sort();
    found.into_iter().map(|(_, digest)| entry(digest)).collect()
}
