//! What background work brings, taken into the session.

use super::{Arrived, ProjectRead, Read, Written, file_name};
use crate::component::{Digest, Kind};
use crate::diag::Severity;
use crate::project::Document;
use crate::session::{Opened, Selection, Session};
use std::path::PathBuf;

impl Session {
    pub(in crate::session) fn arrive(&mut self, arrived: Arrived) {
        match arrived {
            Arrived::Component { job, result } => {
                if self.finish_job(job) {
                    self.component_arrived(result);
                }
            }
            Arrived::Sample { job, then, read } => {
                if self.finish_job(job) {
                    self.sample_arrived(then, read);
                }
            }
            Arrived::Reloaded { job, before, result } => {
                if self.finish_job(job) {
                    self.reloaded(before, result);
                }
            }
            Arrived::Looked { job, looked } => self.looked(job, looked),
            Arrived::Project { job, path, result } => {
                if self.finish_job(job) {
                    self.project_arrived(path, result);
                }
            }
            Arrived::Stubs { job, place, made, notes } => {
                let counts = self.finish_job(job);
                self.stubs_arrived(job, place, made, notes, counts);
            }
            Arrived::VirtualWasi { job, place, result } => {
                if self.finish_job(job) {
                    self.virtual_wasi_arrived(place, result);
                }
            }
            Arrived::Copied { job, whole, result } => {
                if self.finish_job(job) {
                    self.copy_arrived(&whole, result);
                }
            }
            Arrived::OpenedUp { job, instance, whole, result } => {
                if self.finish_job(job) {
                    self.opened_up(&instance, &whole, result);
                }
            }
            Arrived::Split { job, result } => {
                self.finish_job(job);
                match result {
                    Ok(done) => self.say(Severity::Info, done),
                    Err(why) => self.say(Severity::Error, why),
                }
            }
            Arrived::Composed { wiring, result } => self.composed_arrived(wiring, result),
            Arrived::Planned { job, plan } => self.planned(job, plan),
            Arrived::Studied { job, study, finding } => self.studied(job, study, finding),
            Arrived::Written { job, path, what, result } => {
                self.finish_job(job);
                self.written(path, what, result);
            }
            Arrived::Autosaved(result) => {
                self.autosave.writing = false;
                match result {
                    Ok(()) => self.autosave.fails = false,
                    Err(why) => self.not_autosaved(format!("Autosave failed: {why}")),
                }
            }
        }
    }

    fn component_arrived(&mut self, result: Result<Read, String>) {
        match result {
            Err(why) => self.say(Severity::Error, why),
            Ok(read) => {
                let digest = read.component.digest;
                self.adopt(read);
                self.library_changed(&digest);
            }
        }
    }

    /// Takes a component into the library. What cannot be used is shown all the same, and said.
    pub(in crate::session) fn adopt(&mut self, read: Read) {
        let Read { component, opened, select } = read;
        // Of an older encoding there is something to see all the same.
        if component.kind == Kind::Unknown && !component.is_of_older_encoding() {
            let trouble = component.diagnostics.first().cloned();
            if let Some(trouble) = trouble {
                self.notify(&trouble);
            }
            return;
        }
        let mut trouble = component.diagnostics.iter();
        if let Some(trouble) =
            trouble.find(|d| component.kind != Kind::Component || d.severity == Severity::Error).cloned()
        {
            self.notify(&trouble);
        }
        let digest = component.digest;
        if let (true, Some(path), None) = (select, &opened.path, &opened.part) {
            self.remember(&path.clone());
        }
        // A part that is open already keeps its name.
        if opened.part.is_none() || !self.library.contains_key(&digest) {
            self.library.insert(digest, component);
        }
        self.forget_studies(&digest);
        let known = self.opened.entry(digest).or_default();
        let (path, part) = match (&opened.part, &known.path) {
            // A file of its own is worth more than a place inside another.
            (Some(_), Some(_)) if known.part.is_none() => (known.path.take(), None),
            (None, _) if opened.path.is_none() => (known.path.take(), known.part.take()),
            _ => (opened.path, opened.part),
        };
        *known = Opened {
            path,
            part,
            stub: opened.stub.or(known.stub.take()),
            virtual_wasi: opened.virtual_wasi.or(known.virtual_wasi.take()),
            stands_in: opened.stands_in,
            language: opened.language.or(known.language.take()),
            is_sample: opened.is_sample || known.is_sample,
            stamp: opened.stamp,
            is_outdated: false,
            timings: opened.timings,
        };
        if select {
            self.selection = Selection::Component(digest);
        }
    }

    fn project_arrived(&mut self, path: PathBuf, result: Result<ProjectRead, String>) {
        match result {
            Err(why) => self.say(Severity::Error, why),
            Ok(mut read) => {
                read.components.into_iter().for_each(|r| self.adopt(r));
                read.diagnostics.iter().for_each(|d| self.notify(d));
                read.document.recall(&self.remembered);
                if let Some(source) = &read.source {
                    self.remember(source);
                }
                if path.as_os_str().is_empty() {
                    self.set_document(read.document, None);
                    self.saved = Document::default(); // it was never saved
                    self.autosave.due = true;
                } else {
                    self.remember(&path);
                    self.set_document(read.document, Some(path));
                }
            }
        }
    }

    fn written(&mut self, path: PathBuf, what: Written, result: Result<(), String>) {
        let name = file_name(&path);
        match (result, what) {
            (Err(why), _) => self.say(Severity::Error, format!("{name} was not saved: {why} ({})", path.display())),
            (Ok(()), Written::Project(document)) => {
                self.document.name.clone_from(&document.name);
                self.document.components.clone_from(&document.components);
                self.saved = *document;
                self.autosave.due = self.is_dirty();
                if !self.autosave.due {
                    self.forget_autosave();
                }
                self.remember(&path);
                self.project_path = Some(path);
                self.say(Severity::Info, format!("Saved {name}"));
            }
            (Ok(()), Written::Report | Written::Stub) => self.say(Severity::Info, format!("Saved {name}")),
            (Ok(()), Written::Component(size, without)) => {
                self.say(Severity::Info, format!("Composed {name} ({size}){without}"));
                self.open_path(&path);
            }
            (Ok(()), Written::Part(None)) => self.say(Severity::Info, format!("Saved {name}")),
            (Ok(()), Written::Part(Some(why))) => {
                self.say(Severity::Warning, format!("Saved {name}, but it is no file of its own: {why}"));
            }
        }
    }

    pub(in crate::session) fn close_component(&mut self, digest: Digest) {
        let users: Vec<_> =
            self.document.composition.instances.iter().filter(|(_, i)| i.component == digest).map(|(n, _)| n).collect();
        if let Some(user) = users.first() {
            let text = format!("The component stays open: the instance “{user}” uses it");
            self.say(Severity::Warning, text);
            return;
        }
        self.library.remove(&digest);
        self.opened.remove(&digest);
        self.forget_studies(&digest);
        if self.selection == Selection::Component(digest) {
            self.selection = Selection::None;
        }
        self.composition_changed();
    }
}
