//! Changes of the document: what each one does, and what follows from it.

use super::{Change, Selection, Session, undo};
use crate::component::Digest;
use crate::compose::{self, Composition, Edit, Port, Side};
use crate::diag::{Severity, display_safe_line};
use crate::project::{Clip, ClipError, Clipped, Document, Frame};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

/// How far apart columns of nodes stand, in canvas points.
pub(super) const COLUMN: f32 = 440.0;

/// How far a copy stands from what it was copied of.
const ASIDE: f32 = 32.0;

/// A name without the number that made it one of several.
fn stem(name: &str) -> &str {
    match name.rsplit_once('-') {
        Some((stem, n)) if !stem.is_empty() && !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()) => stem,
        _ => name,
    }
}

/// Names for copies. Each stem is counted on from its last copy, so that many copies of one name take no longer each.
#[derive(Default)]
struct FreeNames {
    taken: HashSet<String>,
    last: HashMap<String, usize>,
}

impl FreeNames {
    /// The name itself, if it is free, or its stem with a number.
    fn next(&mut self, composition: &Composition, wanted: &str) -> String {
        let is_free = |this: &Self, name: &str| !composition.instances.contains_key(name) && !this.taken.contains(name);
        let mut name = wanted.to_owned();
        if !is_free(self, &name) {
            let stem = stem(wanted);
            let mut n = self.last.get(stem).copied().unwrap_or_default();
            loop {
                name = if n < 1 { stem.to_owned() } else { format!("{stem}-{}", n + 1) };
                n += 1;
                if is_free(self, &name) {
                    break;
                }
            }
            self.last.insert(stem.to_owned(), n);
        }
        self.taken.insert(name.clone());
        name
    }
}

impl Session {
    pub(super) fn change(&mut self, change: Change) {
        let gesture = match &change {
            Change::Move(moves) => Some(format!("move {:?}", moves.iter().map(|m| &m.0).collect::<Vec<_>>())),
            Change::SaveArguments(key, _) => Some(format!("arguments {key:?}")),
            Change::SetStub { typing, .. } => typing.clone(),
            Change::SetVirtualWasi { instance, .. } => Some(format!("virtual WASI {instance:?}")),
            // Typing into what is listed. A box ticked, something added or removed is a step of its own.
            Change::Grant(target, new) if new.shape() == self.grants(target).shape() => {
                Some(format!("grants {target:?}"))
            }
            _ => None,
        };
        let label = change.label();
        let grants_changed = matches!(change, Change::Grant(..));
        let together = matches!(change, Change::Duplicate(_) | Change::Paste(_));
        let replaces = matches!(
            change,
            Change::Compose(Edit::Replace { .. })
                | Change::ComposeAll(..)
                | Change::Reload { .. }
                | Change::SetVirtualWasi { .. }
        );
        let before = self.document.clone();
        if let Err(refusal) = self.make(change) {
            self.document = before;
            self.say(Severity::Error, refusal.to_string());
            return;
        }
        if self.document == before {
            return;
        }
        self.note_landed(&before, replaces, together);
        self.undo.record(label, gesture, &before);
        self.document_changed();
        if grants_changed {
            self.remember_grants();
        }
    }

    /// Ends a gesture such as a drag: what follows is an undo step of its own.
    pub fn end_gesture(&mut self) {
        self.undo.seal();
    }

    fn make(&mut self, change: Change) -> Result<(), compose::Refusal> {
        match change {
            Change::Compose(edit) => self.edit(&edit)?,
            Change::ComposeAll(_, edits) => self.edit_all(&edits)?,
            Change::Insert { layout, edits } => {
                self.edit_all(&edits)?;
                // Between two nodes there is seldom room for a third.
                self.landed.get_or_insert_default().names.extend(layout.nodes.iter().map(|(name, _)| name.clone()));
                self.lay_out(layout);
            }
            Change::AutoWire(edits) => self.auto_wire(&edits)?,
            Change::Reload { before, now, .. } => self.replace_everywhere(before, now)?,
            Change::Place { component, at, connect } => {
                let name = self.place(component, at)?;
                if let Some((own, other, side)) = connect {
                    let own = Port::new(&name, own);
                    let (from, to) = if side == Side::Import { (own, other) } else { (other, own) };
                    self.edit(&Edit::Connect { from, to })?;
                }
                self.selection = Selection::Instances(vec![name]);
            }
            Change::PlaceOnWire { component, at, wire } => {
                let name = self.place(component, at)?;
                let edits = compose::insertion(&self.document.composition, &self.library, &name, &wire);
                self.edit_all(&edits.unwrap_or_default())?;
                self.selection = Selection::Instances(vec![name]);
            }
            Change::PlaceStub { component, at, port } => {
                let name = self.place_stub(component, at, &port)?;
                self.wire_stub(&name, &port)?;
                self.selection = Selection::Instances(vec![name]);
            }
            Change::PlaceStubs(_, stubs) => self.place_stubs(stubs)?,
            Change::ReplaceByStub { component, port } => self.replace_by_stub(component, &port)?,
            Change::SetStub { instance, component, .. } => self.edit(&Edit::Replace { instance, component })?,
            Change::EmbedStub { instance, embedded } => self.embed_stub(instance, embedded)?,
            Change::PlaceVirtualWasi { component, at, wire_to } => {
                let name = self.place(component, at)?;
                self.wire_virtual_wasi(&name, component, &wire_to)?;
                self.selection = Selection::Instances(vec![name]);
            }
            Change::SetVirtualWasi { instance, component } => self.set_virtual_wasi(&instance, component)?,
            Change::Move(places) => self.move_nodes(places),
            Change::Layout(_, layout) => self.lay_out(layout),
            Change::Frame(edit) => self.frame(edit)?,
            Change::Duplicate(names) => self.add_clip(&Clip::of(&self.document, &names))?,
            Change::Paste(clip) => self.add_clip(&clip)?,
            Change::Cut(names) => self.edit(&Edit::RemoveInstances(names))?,
            Change::Grant(target, grants) => self.document.set_grants(target, grants),
            Change::SaveArguments(key, arguments) => {
                self.document.calls.insert(key, arguments);
            }
        }
        Ok(())
    }

    fn edit_all(&mut self, edits: &[Edit]) -> Result<(), compose::Refusal> {
        let before = self.document.composition.clone();
        edits.iter().try_for_each(|edit| self.edit(edit))?;
        self.taps_follow(&before, edits);
        Ok(())
    }

    pub(super) fn move_nodes(&mut self, places: Vec<(String, [f32; 2])>) {
        for (name, at) in places {
            if self.document.composition.instances.contains_key(&name) && at.iter().all(|v| v.is_finite()) {
                self.document.layout.insert(name, at);
            }
        }
    }

    pub(super) fn edit(&mut self, edit: &Edit) -> Result<(), compose::Refusal> {
        self.document.composition = compose::apply(&self.document.composition, &self.library, edit)?;
        if let Edit::Rename { from, to } = edit {
            if self.document.left_out.remove(from) {
                self.document.left_out.insert(to.clone());
            }
            if let Some(at) = self.document.layout.remove(from) {
                self.document.layout.insert(to.clone(), at);
            }
            self.rename_member(from, to);
            if let Selection::Instances(names) = &mut self.selection {
                names.iter_mut().filter(|n| *n == from).for_each(|n| n.clone_from(to));
            }
        }
        let instances = &self.document.composition.instances;
        self.document.layout.retain(|name, _| instances.contains_key(name));
        self.document.mend_frames();
        self.note_own_sources();
        Ok(())
    }

    /// Notes where the components of the document are from.
    pub(super) fn note_own_sources(&mut self) {
        let mut document = std::mem::take(&mut self.document);
        self.note_sources(&mut document);
        let is_stub = |name: &String| {
            let instance = document.composition.instances.get(name);
            instance.and_then(|i| document.components.get(&i.component)).is_some_and(|source| source.stub.is_some())
        };
        document.left_out.retain(is_stub);
        self.document = document;
    }

    pub(super) fn place(&mut self, component: Digest, at: [f32; 2]) -> Result<String, compose::Refusal> {
        let wanted = &self.library.get(&component).ok_or(compose::Refusal::NoComponent(component))?.name;
        let name = self.document.composition.free_name(&compose::instance_stem(wanted));
        self.edit(&Edit::AddInstance { name: name.clone(), component })?;
        self.document.layout.insert(name.clone(), at);
        self.join_frame_at(&name, at);
        Ok(name)
    }

    /// Pastes the text of a clip, or says why not.
    pub(super) fn paste(&mut self, text: &str) {
        let clip = match Clip::from_text(text) {
            Ok(clip) => clip,
            Err(ClipError::Other) => return self.say(Severity::Info, ClipError::Other.to_string()),
            Err(why) => return self.say(Severity::Error, why.to_string()),
        };
        let missing: BTreeSet<String> = clip
            .instances
            .values()
            .filter(|i| !self.library.contains_key(&i.component))
            .map(|i| format!("{} ({}…)", display_safe_line(&i.component_name), i.component.short()))
            .collect();
        if missing.is_empty() {
            return self.change(Change::Paste(clip));
        }
        let (these, them) =
            if missing.len() == 1 { ("this component is", "it") } else { ("these components are", "them") };
        let names: Vec<_> = missing.into_iter().collect();
        let text = format!("Nothing is pasted: {these} not open: {}. Open {them} and paste again", names.join(", "));
        self.say(Severity::Error, text);
    }

    /// Adds instances with the wires among them, beside those that stand where they stood, and selects them.
    fn add_clip(&mut self, clip: &Clip) -> Result<(), compose::Refusal> {
        let taken: BTreeSet<[u32; 2]> = self.document.layout.values().map(|at| at.map(f32::to_bits)).collect();
        let stands = |by: f32| {
            let mut places = clip.instances.values().filter_map(|i| i.at);
            places.any(|[x, y]| taken.contains(&[x + by, y + by].map(f32::to_bits)))
        };
        let by = (0_u8..100).map(|n| f32::from(n) * ASIDE).find(|by| !stands(*by)).unwrap_or(ASIDE);
        let moved = |[x, y]: [f32; 2]| [x + by, y + by];
        let mut copies: BTreeMap<&String, String> = BTreeMap::new();
        let mut new = Vec::with_capacity(clip.instances.len());
        let mut names = FreeNames::default();
        for (name, Clipped { component, .. }) in &clip.instances {
            let copy = names.next(&self.document.composition, name);
            new.push((copy.clone(), *component));
            copies.insert(name, copy);
        }
        let copied = |port: &Port| Some(Port::new(copies.get(&port.instance)?, &port.name));
        let wires: Vec<_> = clip.wires.iter().filter_map(|(to, from)| copied(to).zip(copied(from))).collect();
        self.document.composition = compose::add(&self.document.composition, &self.library, &new, &wires)?;
        self.document.composition.taps.extend(clip.taps.iter().filter_map(copied));
        for (name, Clipped { at, left_out, .. }) in &clip.instances {
            let Some(copy) = copies.get(name) else { continue };
            if let Some(at) = *at {
                self.document.layout.insert(copy.clone(), moved(at));
            }
            if *left_out && self.stub_of(copy).is_some() {
                self.document.left_out.insert(copy.clone());
            }
        }
        let mut titles = Vec::new();
        for (title, frame) in &clip.frames {
            let title = self.document.free_frame_title(title);
            let members = frame.members.iter().filter_map(|name| copies.get(name).cloned());
            let frame = Frame { at: moved(frame.at), ..frame.clone() }.with(members);
            self.document.frames.insert(title.clone(), frame);
            titles.push(title);
        }
        self.note_own_sources();
        let is_one_frame = clip.frames.values().map(|f| f.members.len()).sum::<usize>() == copies.len();
        self.selection = match (titles.as_slice(), is_one_frame) {
            ([one], true) => Selection::Frame(one.clone()),
            _ => Selection::Instances(copies.into_values().collect()),
        };
        Ok(())
    }

    pub(super) fn set_document(&mut self, document: Document, path: Option<PathBuf>) {
        self.saved = document.clone();
        self.document = document;
        self.project_path = path;
        self.document_number += 1;
        self.undo = undo::Undo::default();
        self.landed = None;
        self.stub_edits.clear();
        self.forget_former();
        self.selection = Selection::None;
        self.composition_changed();
        self.autosave.due = false;
        self.autosave.fails = false;
    }

    /// Brings everything derived from the document and the library up to date.
    pub(super) fn document_changed(&mut self) {
        self.revision += 1;
        self.put_former_away();
        self.autosave.due = self.is_dirty();
        let composition = &self.document.composition;
        match &mut self.selection {
            Selection::Instances(names) => {
                names.retain(|n| composition.instances.contains_key(n));
                if names.is_empty() {
                    self.selection = Selection::None;
                }
            }
            Selection::Wire(to) if !composition.wires.contains_key(to) => self.selection = Selection::None,
            Selection::Frame(title) if !self.document.frames.contains_key(title) => self.selection = Selection::None,
            _ => {}
        }
        if *self.wired != self.document.composition {
            self.composition_changed();
        }
    }

    /// Brings everything derived from the composition and the library up to date.
    pub(super) fn composition_changed(&mut self) {
        self.wiring_changed();
        self.encode();
    }

    /// The same after a component came into the library. What is composed already stays, unless it is of that component.
    pub(super) fn library_changed(&mut self, came: &Digest) {
        let is_used = self.document.composition.instances.values().any(|i| i.component == *came);
        let is_composed = self.composed.wiring == self.wiring && !self.composed.working;
        self.wiring_changed();
        if is_composed && !is_used {
            self.composed.wiring = self.wiring;
        } else {
            self.encode();
        }
    }

    fn wiring_changed(&mut self) {
        self.revision += 1;
        self.wiring += 1;
        self.wired = Arc::new(self.document.composition.clone());
        self.check();
    }
}
