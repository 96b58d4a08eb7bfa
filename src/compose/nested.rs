//! An instance of a composed component replaced by the instances that it is composed of. What is composed then does the
//! same; the wires that led to the one lead on to those inside.

use super::decompose::{Decomposed, Piece, free_of};
use super::{Composition, Instance, Library, MAX_INSTANCES, Port, result_exports};
use crate::component::{Component, Digest};
use crate::diag::display_safe_line;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Wires that a composition may have after something was opened up.
const MOST_WIRES: usize = 10_000;
/// How the name of a group inside another follows that of the outer one.
const WITHIN: &str = " › ";

/// What an instance was opened up to.
#[derive(Debug, Clone)]
pub struct OpenedUp {
    /// The instances that are new, in groups: those of the composition itself under the instance's name, those of
    /// compositions inside it under that and theirs.
    pub groups: BTreeMap<String, BTreeSet<String>>,
    /// Who is given each import of what was opened up.
    takers: BTreeMap<String, Vec<Port>>,
}

impl Composition {
    /// Puts what `inside` was split into in the place of the instance, which was one of that component. Taps stay on the
    /// wires that lead to it.
    ///
    /// Whether what is composed now is valid is for [`super::encode`] to say.
    ///
    /// # Errors
    /// What is in the way, in words; nothing is changed then.
    pub fn open_up(&mut self, instance: &str, inside: &Decomposed, library: &Library) -> Result<OpenedUp, String> {
        let shown = display_safe_line(instance).into_owned();
        if !self.instances.contains_key(instance) {
            return Err(format!("there is no instance “{shown}”"));
        }
        let inner = &inside.composition;
        if self.instances.len() + inner.instances.len() > MAX_INSTANCES {
            return Err(format!("with what is inside “{shown}”, there were more than {MAX_INSTANCES} instances"));
        }
        if self.wires.len() + inner.wires.len() + inside.given.len() > MOST_WIRES {
            return Err(format!("with what is inside “{shown}”, there were more than {MOST_WIRES} wires"));
        }
        let automatic = self.exports.is_empty().then(|| result_exports(self, library));
        self.instances.remove(instance);
        // Names stay as they are where they are free.
        let mut names = BTreeMap::new();
        for (name, of) in &inner.instances {
            let free = if self.instances.contains_key(name) { self.free_name(stem(name)) } else { name.clone() };
            self.instances.insert(free.clone(), Instance { component: of.component });
            names.insert(name.as_str(), free);
        }
        let renamed = |port: &Port| {
            let name = names.get(port.instance.as_str()).map_or(port.instance.as_str(), String::as_str);
            Port::new(name, &port.name)
        };
        let mut opened = OpenedUp { groups: inside.groups_within(instance, &names), takers: BTreeMap::new() };
        for (to, import) in &inside.given {
            opened.takers.entry(import.clone()).or_default().push(renamed(to));
        }
        // An import that nothing inside takes has no wire any more, nor has one from what is not exported.
        for (to, from) in taken(&mut self.wires, instance) {
            let is_tapped = self.taps.remove(&to);
            for taker in opened.takers.get(&to.name).into_iter().flatten() {
                self.wires.insert(taker.clone(), from.clone());
                if is_tapped {
                    self.taps.insert(taker.clone());
                }
            }
        }
        let outwards = |from: &mut Port| {
            let exported = inner.exports.get(&from.name).filter(|_| from.instance == instance);
            let is_there = exported.is_some() || from.instance != instance;
            if let Some(port) = exported {
                *from = renamed(port);
            }
            is_there
        };
        self.wires.retain(|_, from| outwards(from));
        self.taps.retain(|to| self.wires.contains_key(to));
        self.wires.extend(inner.wires.iter().map(|(to, from)| (renamed(to), renamed(from))));
        self.exports.retain(|_, from| outwards(from));
        if let Some(mut wanted) = automatic {
            // Those inside may offer more than the whole did; then the result's exports are the chosen ones from now on.
            wanted.retain_mut(|(_, from)| outwards(from));
            let wanted: BTreeMap<String, Port> = wanted.into_iter().collect();
            let mut library = library.clone();
            library.extend(inside.library());
            let found: BTreeMap<String, Port> = result_exports(self, &library).into_iter().collect();
            if found != wanted {
                self.exports = wanted;
            }
        }
        Ok(opened)
    }
}

/// Takes out the wires that end at an instance.
fn taken(wires: &mut BTreeMap<Port, Port>, instance: &str) -> Vec<(Port, Port)> {
    let own = wires.range(Port::new(instance, "")..).take_while(|(to, _)| to.instance == instance);
    let own: Vec<Port> = own.map(|(to, _)| to.clone()).collect();
    own.into_iter().filter_map(|to| wires.remove_entry(&to)).collect()
}

impl Decomposed {
    /// The groups of what was opened up: what is in no group of its own is in that of the whole.
    fn groups_within(&self, whole: &str, names: &BTreeMap<&str, String>) -> BTreeMap<String, BTreeSet<String>> {
        let new = |name: &String| names.get(name.as_str()).cloned();
        let mut out: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut own: BTreeSet<String> = names.values().cloned().collect();
        for (title, members) in &self.groups {
            let members: BTreeSet<String> = members.iter().filter_map(new).collect();
            own.retain(|name| !members.contains(name));
            out.insert(format!("{whole}{WITHIN}{title}"), members);
        }
        if !own.is_empty() {
            out.insert(whole.to_owned(), own);
        }
        out
    }

    /// The same with instances of these compositions opened up, as far as that goes; what does not is noted.
    pub(super) fn with_opened(mut self, inner: &BTreeMap<Digest, Self>) -> Self {
        let nested: Vec<_> = self.composition.instances.iter().map(|(name, i)| (name.clone(), i.component)).collect();
        let library = self.library();
        for (name, digest) in nested {
            let Some(opened) = inner.get(&digest) else { continue };
            match self.composition.open_up(&name, opened, &library) {
                Ok(up) => {
                    for (import, takers) in up.takers {
                        let Some(outer) = self.given.remove(&Port::new(&name, import)) else { continue };
                        self.given.extend(takers.into_iter().map(|taker| (taker, outer.clone())));
                    }
                    self.groups.extend(up.groups);
                    self.notes.extend(opened.notes.iter().map(|note| note_within(&name, note)));
                }
                Err(why) => self.notes.push(stays(&name, &why)),
            }
        }
        for (digest, opened) in inner {
            self.take_pieces(*digest, opened);
        }
        let used: HashSet<_> = self.composition.instances.values().map(|i| i.component).collect();
        self.pieces.retain(|piece| used.contains(&piece.component.digest));
        self
    }

    /// Adds the pieces of one of the pieces.
    fn take_pieces(&mut self, outer: Digest, inner: &Self) {
        let Some(outer) = self.pieces.iter().find(|p| p.component.digest == outer) else { return };
        let (path, whole) = (outer.part.clone(), outer.component.name.clone());
        let mut names: BTreeSet<String> = self.pieces.iter().map(|p| p.component.name.clone()).collect();
        let known: HashSet<_> = self.pieces.iter().map(|p| p.component.digest).collect();
        for piece in inner.pieces.iter().filter(|p| !known.contains(&p.component.digest)) {
            let mut component = Component::clone(&piece.component);
            let own = component.name.rsplit('/').next().unwrap_or_default();
            component.name = free_of(&mut names, format!("{whole}/{own}"));
            let part = [&path[..], &piece.part].concat();
            self.pieces.push(Piece { part, component: component.into(), made: None });
        }
    }
}

/// The name without the number that told it apart from others: `kv` for `kv-2`.
fn stem(name: &str) -> &str {
    let plain = name.trim_end_matches(|c: char| c.is_ascii_digit());
    match plain.strip_suffix('-') {
        Some(stem) if plain.len() < name.len() && !stem.is_empty() => stem,
        _ => name,
    }
}

/// A note on what is inside an instance.
fn note_within(instance: &str, note: &str) -> String {
    const IN: &str = "In “";
    let shown = display_safe_line(instance);
    match note.strip_prefix(IN) {
        Some(deeper) => format!("{IN}{shown}{WITHIN}{deeper}"),
        None => format!("{IN}{shown}”: {note}"),
    }
}

/// That a composition stays one node.
pub(super) fn stays(name: &str, why: &str) -> String {
    format!("“{}” is a composition itself and stays one node: {why}", display_safe_line(name))
}
