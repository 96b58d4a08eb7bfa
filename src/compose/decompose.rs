//! A composed file split into a composition that can be wired anew, and the components that it is made of.

use super::inside::{Inside, Role, inside};
use super::{Composition, Library, encode, track};
use crate::component::{Component, Digest, Extern, compare_interfaces, decode_beside};
use crate::diag::display_safe_line;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A composed file in pieces.
#[derive(Debug, Clone)]
pub struct Decomposed {
    /// Its instances, wires and exports.
    pub composition: Composition,
    /// The components that these are of, in the order of the file.
    pub pieces: Vec<Piece>,
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
}

impl Decomposed {
    /// The pieces by digest.
    pub fn library(&self) -> Library {
        self.pieces.iter().map(|p| (p.component.digest, Arc::clone(&p.component))).collect()
    }
}

/// Splits a composed file. What is composed of the pieces has the same imports and exports, which is tried, and calls
/// of it give the same answers. Takes as long as reading all parts and composing them.
///
/// # Errors
/// Everything that is in the way, in words.
pub fn decompose(whole: &Component) -> Result<Decomposed, Vec<String>> {
    let found = inside(whole);
    if !found.obstacles.is_empty() {
        return Err(found.obstacles);
    }
    let mut out = split(whole, &found);
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
        let wanted = format!("{}/{}", whole.name, node.of);
        component.name.clone_from(&wanted);
        let mut n = 1;
        while !names.insert(component.name.clone()) {
            n += 1;
            component.name = format!("{wanted}-{n}");
        }
        pieces.insert(digest, Piece { part: part.clone(), component: Arc::new(component) });
    }
    let mut pieces: Vec<Piece> = pieces.into_values().collect();
    pieces.sort_by(|a, b| a.part.cmp(&b.part));
    Decomposed { composition: found.composition(), pieces, notes: found.notes.clone() }
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
