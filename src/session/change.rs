//! Changes of the document: what each one does, and what follows from it.

use super::{Change, Selection, Session, undo};
use crate::component::Digest;
use crate::compose::{self, Edit, Port, Side};
use crate::diag::Severity;
use crate::project::Document;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// How far apart columns of nodes stand, in canvas points.
pub(super) const COLUMN: f32 = 440.0;

impl Session {
    pub(super) fn change(&mut self, change: Change) {
        let gesture = match &change {
            Change::Move(moves) => Some(format!("move {:?}", moves.iter().map(|m| &m.0).collect::<Vec<_>>())),
            Change::SaveArguments(key, _) => Some(format!("arguments {key:?}")),
            Change::SetStub { instance, .. } => Some(format!("stub {instance:?}")),
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
                let name = self.place(component, at)?;
                self.edit(&Edit::Connect { from: Port::new(&name, &port.name), to: port.clone() })?;
                let imports = self.library.get(&component).map(|c| c.imports.clone()).unwrap_or_default();
                for import in imports {
                    let same = self.document.composition.wires.get(&Port::new(&port.instance, &import.name));
                    if let Some(from) = same.filter(|from| from.instance != name).cloned() {
                        self.edit(&Edit::Connect { from, to: Port::new(&name, &import.name) })?;
                    }
                }
                self.selection = Selection::Instances(vec![name]);
            }
            Change::SetStub { instance, component } => self.edit(&Edit::Replace { instance, component })?,
            Change::Move(places) | Change::Arrange(places) => {
                for (name, at) in places {
                    if self.document.composition.instances.contains_key(&name) && at.iter().all(|v| v.is_finite()) {
                        self.document.layout.insert(name, at);
                    }
                }
            }
            Change::Duplicate(names) => self.duplicate(&names)?,
            Change::Grant(target, grants) => self.document.set_grants(target, grants),
            Change::SaveArguments(key, arguments) => {
                self.document.calls.insert(key, arguments);
            }
        }
        Ok(())
    }

    pub(super) fn edit(&mut self, edit: &Edit) -> Result<(), compose::Refusal> {
        self.document.composition = compose::apply(&self.document.composition, &self.library, edit)?;
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
        self.document = document;
        Ok(())
    }

    fn place(&mut self, component: Digest, at: [f32; 2]) -> Result<String, compose::Refusal> {
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

    fn duplicate(&mut self, names: &[String]) -> Result<(), compose::Refusal> {
        let mut copies = BTreeMap::new();
        for name in names {
            let Some(instance) = self.document.composition.instances.get(name) else { continue };
            let component = instance.component;
            let at = self.document.layout.get(name).copied().unwrap_or_default();
            let stem = name.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('-');
            let stem = if stem.is_empty() { name } else { stem };
            let copy = self.document.composition.free_name(stem);
            self.edit(&Edit::AddInstance { name: copy.clone(), component })?;
            self.document.layout.insert(copy.clone(), [at[0] + 32.0, at[1] + 32.0]);
            copies.insert(name.clone(), copy);
        }
        let wires: Vec<_> = self.document.composition.wires.clone().into_iter().collect();
        for (to, from) in wires {
            if let (Some(new_to), Some(new_from)) = (copies.get(&to.instance), copies.get(&from.instance)) {
                let edit = Edit::Connect { from: Port::new(new_from, from.name), to: Port::new(new_to, to.name) };
                self.edit(&edit)?;
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
            _ => {}
        }
        if self.wired != self.document.composition {
            self.composition_changed();
        }
    }

    /// Brings everything derived from the composition and the library up to date.
    pub(super) fn composition_changed(&mut self) {
        self.revision += 1;
        self.wiring += 1;
        self.wired.clone_from(&self.document.composition);
        self.find_problems();
        self.find_needs();
        self.encode();
    }
}
