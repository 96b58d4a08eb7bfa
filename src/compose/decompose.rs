//! A composed file split into a composition that can be wired anew, and the components that it is made of.

use super::inside::{Inside, Role, inside};
use super::nested::stays;
use super::remade::Made;
use super::stand_in::StandIn;
use super::{Composition, Library, Port, encode, track};
use crate::component::{Component, Digest, Extern, PartKind, compare_interfaces, decode_beside};
use crate::diag::display_safe_line;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How deep compositions inside compositions are split.
const MOST_LEVELS: usize = 8;
/// How many of them are tried one by one where they cannot all be split together.
const MOST_TRIED: usize = 16;

/// A composed file in pieces.
#[derive(Debug, Clone)]
pub struct Decomposed {
    /// Its instances, wires and exports.
    pub composition: Composition,
    /// The components that these are of, in the order of the file.
    pub pieces: Vec<Piece>,
    /// The instances that stand in the place of an instance of a composed component, by the names that lead to that. An
    /// instance is in one group at most.
    pub groups: BTreeMap<String, BTreeSet<String>>,
    /// The imports of the whole, by who is given them.
    pub(super) given: BTreeMap<Port, String>,
    /// How the copy differs, where that does no harm.
    pub notes: Vec<String>,
}

/// A component of a composed file.
#[derive(Debug, Clone)]
pub struct Piece {
    /// Where it lies: its positions among the children.
    pub part: Vec<usize>,
    /// The component; its name begins with the whole's.
    pub component: Arc<Component>,
    /// What it is made of, if it is a stub or a virtual WASI and comes out the same when it is made anew.
    pub made: Option<Made>,
}

impl Decomposed {
    /// The pieces by digest.
    pub fn library(&self) -> Library {
        self.pieces.iter().map(|p| (p.component.digest, Arc::clone(&p.component))).collect()
    }

    fn instances_of(&self, component: Digest) -> impl Iterator<Item = &str> {
        let own = self.composition.instances.iter().filter(move |(_, i)| i.component == component);
        own.map(|(name, _)| name.as_str())
    }

    fn noting(mut self, notes: Vec<String>) -> Self {
        self.notes.extend(notes);
        self
    }
}

/// Splits a composed file, and compositions inside it too, as far as they can be split. What is composed of the pieces has
/// the same imports and exports, which is tried, and calls of it give the same answers. Takes as long as reading all parts
/// and composing them.
///
/// # Errors
/// Everything that is in the way, in words.
pub fn decompose(whole: &Component) -> Result<Decomposed, Vec<String>> {
    at_level(whole, 0).map(Decomposed::with_made)
}

fn at_level(whole: &Component, level: usize) -> Result<Decomposed, Vec<String>> {
    let found = inside(whole);
    if !found.obstacles.is_empty() {
        return Err(found.obstacles);
    }
    let flat = split(whole, &found);
    let mut notes = Vec::new();
    let nested = nested(&flat, level, &mut notes);
    if nested.is_empty() {
        return tried(flat.noting(notes), whole);
    }
    if let Ok(all) = tried(flat.clone().with_opened(&nested).noting(notes.clone()), whole) {
        return Ok(all);
    }
    // One of them is in the way, so each is tried.
    tried(flat.clone(), whole)?;
    let mut opened: BTreeMap<Digest, Decomposed> = BTreeMap::new();
    for (n, (digest, inner)) in nested.into_iter().enumerate() {
        opened.insert(digest, inner);
        let result = match n {
            0..MOST_TRIED => tried(flat.clone().with_opened(&opened), whole).map(|_| ()),
            _ => Err(vec!["there are more compositions inside than are tried".to_owned()]),
        };
        if let Err(why) = result {
            opened.remove(&digest);
            let why = why.first().map(String::as_str).unwrap_or_default();
            notes.extend(flat.instances_of(digest).map(|name| stays(name, why)));
        }
    }
    tried(flat.with_opened(&opened).noting(notes), whole)
}

/// The pieces that are compositions themselves, split.
fn nested(flat: &Decomposed, level: usize, notes: &mut Vec<String>) -> BTreeMap<Digest, Decomposed> {
    let mut out = BTreeMap::new();
    for piece in &flat.pieces {
        // What has no component inside cannot be one; this is known without reading it anew.
        if !piece.component.root.children.iter().any(|part| part.kind == PartKind::Component) {
            continue;
        }
        // What was made to stand in is one thing, whatever it is made of.
        if matches!(StandIn::of(&piece.component), Some(Ok(StandIn::Stub { .. } | StandIn::VirtualWasi(_)))) {
            continue;
        }
        let digest = piece.component.digest;
        let result = match level + 1 < MOST_LEVELS {
            true => at_level(&piece.component, level + 1),
            false if inside(&piece.component).is_composition => {
                Err(vec![format!("compositions are split {MOST_LEVELS} levels deep")])
            }
            false => continue,
        };
        match result {
            Ok(inner) => _ = out.insert(digest, inner),
            Err(_) if !inside(&piece.component).is_composition => {}
            Err(why) => {
                let why = why.first().map(String::as_str).unwrap_or_default();
                notes.extend(flat.instances_of(digest).map(|name| stays(name, why)));
            }
        }
    }
    out
}

/// The same, if composed again it is what the whole is.
fn tried(mut out: Decomposed, whole: &Component) -> Result<Decomposed, Vec<String>> {
    let encoded = encode(&out.composition, &out.library()).map_err(|errors| {
        errors
            .iter()
            .map(|e| format!("Split and composed again it would not be valid: {}", e.message))
            .collect::<Vec<_>>()
    })?;
    let copy = decode_beside("copy.wasm", encoded.bytes.into(), || None);
    let differences = compare(whole, &copy, &mut out.notes);
    if differences.is_empty() { Ok(out) } else { Err(differences) }
}

/// The pieces under names that no other has.
fn split(whole: &Component, found: &Inside) -> Decomposed {
    let mut names = BTreeSet::new();
    let mut pieces: BTreeMap<Digest, Piece> = BTreeMap::new();
    for node in found.nodes.iter().filter(|n| n.role == Role::Component) {
        let (Some(digest), Some(part)) = (node.digest, &node.part) else { continue };
        let Some(component) = found.parts.get(&digest).filter(|_| !pieces.contains_key(&digest)) else { continue };
        let mut component = Component::clone(component);
        component.name = free_of(&mut names, format!("{}/{}", whole.name, node.of));
        pieces.insert(digest, Piece { part: part.clone(), component: Arc::new(component), made: None });
    }
    let mut pieces: Vec<Piece> = pieces.into_values().collect();
    pieces.sort_by(|a, b| a.part.cmp(&b.part));
    Decomposed {
        composition: found.composition(),
        pieces,
        groups: BTreeMap::new(),
        given: found.given.iter().map(|given| (given.to.clone(), given.import.clone())).collect(),
        notes: found.notes.clone(),
    }
}

/// `wanted`, or `wanted-2`, `wanted-3` …, whichever is free.
pub(super) fn free_of(taken: &mut BTreeSet<String>, wanted: String) -> String {
    let mut name = wanted.clone();
    let mut n = 1;
    while !taken.insert(name.clone()) {
        n += 1;
        name = format!("{wanted}-{n}");
    }
    name
}

/// What would be different for whoever uses the copy. What only makes it ask for less is a note.
fn compare(whole: &Component, copy: &Component, notes: &mut Vec<String>) -> Vec<String> {
    let mut out = Vec::new();
    let by_track = |list: &[Extern]| -> BTreeMap<String, Vec<Extern>> {
        let mut all: BTreeMap<String, Vec<Extern>> = BTreeMap::new();
        list.iter().for_each(|e| all.entry(track(&e.name).to_owned()).or_default().push(e.clone()));
        all
    };
    let (had, has) = (by_track(&whole.imports), by_track(&copy.imports));
    for (name, imports) in &has {
        let Some(before) = had.get(name) else {
            out.push(format!("The copy would import {}, which the file does not", display_safe_line(name)));
            continue;
        };
        for import in imports {
            let wrong = before.iter().map(|b| compare_interfaces(copy, import, whole, b)).min_by_key(Vec::len);
            if let Some(first) = wrong.iter().flatten().next() {
                let name = display_safe_line(&import.name);
                out.push(format!("The copy would import {name} in another form: {first}"));
            }
        }
        if before.len() > imports.len() {
            let name = display_safe_line(name);
            notes.push(format!("Composed again, the imports of {name} at several versions become one"));
        }
    }
    for name in had.keys().filter(|name| !has.contains_key(*name)) {
        let name = display_safe_line(name);
        notes.push(format!("Nothing inside takes the import {name}; composed again it is left out"));
    }
    for export in &whole.exports {
        let name = display_safe_line(&export.name);
        let Some(same) = copy.export(&export.name) else {
            out.push(format!("The copy would not export {name}"));
            continue;
        };
        let (less, more) =
            (compare_interfaces(whole, export, copy, same), compare_interfaces(copy, same, whole, export));
        if let Some(first) = less.iter().chain(&more).next() {
            out.push(format!("The copy would export {name} in another form: {first}"));
        }
    }
    for export in copy.exports.iter().filter(|e| whole.export(&e.name).is_none()) {
        let name = display_safe_line(&export.name);
        out.push(format!("The copy would export {name}, which the file does not"));
    }
    out
}
