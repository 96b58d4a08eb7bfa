//! Changes of the document: what each one does, and what follows from it.

use super::{Change, FrameEdit, Selection, Session, undo};
use crate::component::Digest;
use crate::compose::{self, Edit, Port, Side};
use crate::diag::{Severity, display_safe_line};
use crate::project::{Clip, ClipError, Clipped, Document, frame_title_fault};
use std::collections::{BTreeMap, BTreeSet};
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

impl Session {
    pub(super) fn change(&mut self, change: Change) {
        let gesture = match &change {
            Change::Move(moves) => Some(format!("move {:?}", moves.iter().map(|m| &m.0).collect::<Vec<_>>())),
            Change::Frame(FrameEdit::Move { title, .. }) => Some(format!("move frame {title}")),
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
        let before = self.document.clone();
        if let Err(refusal) = self.make(change) {
            self.document = before;
            self.say(Severity::Error, refusal.to_string());
            return;
        }
        if self.document == before {
            return;
        }
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
            Change::ComposeAll(_, edits) => edits.iter().try_for_each(|edit| self.edit(edit))?,
            Change::AutoWire(edits) => self.auto_wire(&edits)?,
            Change::Reload { before, now, .. } => self.replace_everywhere(before, now)?,
            Change::Place { component, at, connect } => {
                let name = self.place(component, at)?;
                if let Some((own, other)) = connect {
                    let edit = self.wire_between(Port::new(&name, own), other);
                    self.edit(&edit)?;
                }
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
            Change::Move(places) | Change::Arrange(places) | Change::Align(_, places) => {
                self.move_nodes(places);
            }
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

    fn move_nodes(&mut self, places: Vec<(String, [f32; 2])>) {
        for (name, at) in places {
            if self.document.composition.instances.contains_key(&name) && at.iter().all(|v| v.is_finite()) {
                self.document.layout.insert(name, at);
            }
        }
    }

    fn frame(&mut self, edit: FrameEdit) -> Result<(), compose::Refusal> {
        let frames = &mut self.document.frames;
        let bad = |name: &str, why: &str| compose::Refusal::BadName { name: name.to_owned(), why: why.to_owned() };
        match edit {
            FrameEdit::Add(wanted, frame) => {
                let mut title = wanted.clone();
                let mut n = 1;
                while frames.contains_key(&title) {
                    n += 1;
                    title = format!("{wanted} {n}");
                }
                if let Some(why) = frame_title_fault(&title) {
                    return Err(bad(&title, why));
                }
                if frame.is_sound() {
                    frames.insert(title.clone(), frame);
                    self.selection = Selection::Frame(title);
                }
            }
            FrameEdit::Rename { from, to } if from != to => {
                if let Some(why) = frame_title_fault(&to) {
                    return Err(bad(&to, why));
                }
                if frames.contains_key(&to) {
                    return Err(bad(&to, "another frame has it"));
                }
                if let Some(frame) = frames.remove(&from) {
                    frames.insert(to.clone(), frame);
                    self.selection = Selection::Frame(to);
                }
            }
            FrameEdit::Rename { .. } => {}
            FrameEdit::Remove(title) => drop(frames.remove(&title)),
            FrameEdit::Move { title, at, nodes } => {
                if let Some(frame) = frames.get_mut(&title).filter(|_| at.iter().all(|v| v.is_finite())) {
                    frame.at = at;
                    self.move_nodes(nodes);
                }
            }
        }
        Ok(())
    }

    pub(super) fn edit(&mut self, edit: &Edit) -> Result<(), compose::Refusal> {
        self.document.composition = compose::apply(&self.document.composition, &self.library, edit)?;
        if let Edit::Rename { from, to } = edit
            && self.document.left_out.remove(from)
        {
            self.document.left_out.insert(to.clone());
        }
        if let Edit::Rename { from, to } = edit
            && let Some(at) = self.document.layout.remove(from)
        {
            self.document.layout.insert(to.clone(), at);
            if let Selection::Instances(names) = &mut self.selection {
                names.iter_mut().filter(|n| *n == from).for_each(|n| n.clone_from(to));
            }
        }
        let instances = &self.document.composition.instances;
        self.document.layout.retain(|name, _| instances.contains_key(name));
        let mut document = std::mem::take(&mut self.document);
        self.note_sources(&mut document);
        let is_stub = |name: &String| {
            let instance = document.composition.instances.get(name);
            instance.and_then(|i| document.components.get(&i.component)).is_some_and(|source| source.stub.is_some())
        };
        document.left_out.retain(is_stub);
        self.document = document;
        Ok(())
    }

    pub(super) fn place(&mut self, component: Digest, at: [f32; 2]) -> Result<String, compose::Refusal> {
        let wanted = &self.library.get(&component).ok_or(compose::Refusal::NoComponent(component))?.name;
        let name = self.document.composition.free_name(&compose::instance_stem(wanted));
        self.edit(&Edit::AddInstance { name: name.clone(), component })?;
        self.document.layout.insert(name.clone(), at);
        Ok(name)
    }

    /// A wire between two ports of which it is not said which one is the import.
    fn wire_between(&self, one: Port, other: Port) -> Edit {
        let is_import = self.document.composition.port(&self.library, &one, Side::Import).is_some()
            && self.document.composition.port(&self.library, &other, Side::Export).is_some();
        if is_import { Edit::Connect { from: other, to: one } } else { Edit::Connect { from: one, to: other } }
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
        let mut copies = BTreeMap::new();
        for (name, Clipped { component, at, left_out, .. }) in &clip.instances {
            let is_free = !self.document.composition.instances.contains_key(name);
            let copy = if is_free { name.clone() } else { self.document.composition.free_name(stem(name)) };
            self.edit(&Edit::AddInstance { name: copy.clone(), component: *component })?;
            if let Some([x, y]) = at {
                self.document.layout.insert(copy.clone(), [x + by, y + by]);
            }
            if *left_out && self.stub_of(&copy).is_some() {
                self.document.left_out.insert(copy.clone());
            }
            copies.insert(name, copy);
        }
        for (to, from) in &clip.wires {
            if let (Some(new_to), Some(new_from)) = (copies.get(&to.instance), copies.get(&from.instance)) {
                let (from, to) = (Port::new(new_from, &from.name), Port::new(new_to, &to.name));
                self.edit(&Edit::Connect { from, to })?;
            }
        }
        self.selection = Selection::Instances(copies.into_values().collect());
        Ok(())
    }

    pub(super) fn set_document(&mut self, document: Document, path: Option<PathBuf>) {
        self.saved = document.clone();
        self.document = document;
        self.project_path = path;
        self.document_number += 1;
        self.undo = undo::Undo::default();
        self.stub_edits.clear();
        self.forget_former();
        self.selection = Selection::None;
        self.composition_changed();
        self.autosave.due = false;
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
        self.revision += 1;
        self.wiring += 1;
        self.wired = Arc::new(self.document.composition.clone());
        self.check();
        self.encode();
    }
}
