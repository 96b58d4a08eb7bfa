//! Files in and out, in the background: opening components and projects, saving, composing to a file, autosave.

use super::changed::Looked;
use super::source::{self, SOURCE_ENDING, read_source};
use super::stubs::StubPlace;
use super::virtual_wasi::VirtualPlace;
use super::{
    AUTOSAVE, ComposedBytes, Finding, GRANTS, Job, MOST_FILE_BYTES, Opened, PREFERENCES, Packages, Selection, Session,
    Study, WirePlan, samples,
};
use crate::call::JobId;
use crate::component::{self, Component, Digest, Kind};
use crate::compose::{self, Decomposed};
use crate::diag::{Diagnostic, Severity, display_safe_line};
use crate::measure::{Bytes, Phase, Timing};
use crate::project::{self, Document, FILE_ENDING};
use crate::sheet::{self, Colours, GraphForm};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What background work brings.
pub(super) enum Arrived {
    /// A component was read, or could not be.
    Component { job: JobId, result: Result<Read, String> },
    /// A component was read anew, or could not be.
    Reloaded { job: JobId, before: Digest, result: Result<Read, String> },
    /// The open files were looked at.
    Looked { job: JobId, looked: Looked },
    /// A project was read, with its components, or could not be.
    Project { job: JobId, path: PathBuf, result: Result<ProjectRead, String> },
    /// A composed component was split, or cannot be.
    Copied { job: JobId, whole: Arc<Component>, result: Result<Decomposed, Vec<String>> },
    /// The component of an instance was split, or cannot be.
    OpenedUp { job: JobId, instance: String, whole: Arc<Component>, result: Result<Decomposed, Vec<String>> },
    /// A composed component was split into files, in words, or could not be.
    Split { job: JobId, result: Result<String, String> },
    /// The composition was encoded, or could not be.
    Composed { wiring: u64, result: Result<Arc<ComposedBytes>, Vec<Diagnostic>> },
    /// Stubs were made; each could be, or not.
    Stubs { job: JobId, place: StubPlace, made: Vec<Result<Read, String>>, notes: Vec<String> },
    /// A virtual WASI was made, or could not be.
    VirtualWasi { job: JobId, place: VirtualPlace, result: Result<Read, String> },
    /// A file was written, or could not be.
    Written { job: JobId, path: PathBuf, what: Written, result: Result<(), String> },
    /// The autosave was written, or could not be.
    Autosaved(Result<(), String>),
    /// A plan of wires was worked out.
    Planned { job: JobId, plan: WirePlan },
    /// A study came to its end.
    Studied { job: JobId, study: Study, finding: Finding },
}

/// What was written.
pub(super) enum Written {
    Project(Box<Document>),
    /// The composed component: its size, and what it is without, in words.
    Component(Bytes, String),
    /// A component that stands in for an import, or for all of WASI.
    Stub,
    /// A bill of materials, or an interface as a page.
    Report,
    /// A nested part; and why it is no file of its own, if it is not.
    Part(Option<String>),
}

/// A component as it was read.
pub(super) struct Read {
    pub component: Arc<Component>,
    pub(super) opened: Opened,
    /// Whether it becomes the selection: it does if a person opened it by itself.
    pub select: bool,
}

/// A project as it was read.
pub(super) struct ProjectRead {
    pub document: Document,
    pub components: Vec<Read>,
    pub diagnostics: Vec<Diagnostic>,
    /// The WAC source that it was made of: no file of its own yet.
    pub source: Option<PathBuf>,
}

impl Session {
    pub(super) fn open_path(&mut self, path: &Path) {
        if path.to_string_lossy().ends_with(SOURCE_ENDING) {
            self.open_source(path, Packages::default());
            return;
        }
        let path = self.env.absolute(path);
        let is_project = path.to_string_lossy().ends_with(FILE_ENDING);
        let job = self.start_job(format!("Opening {}", file_name(&path)));
        let (env, arrive) = (Arc::clone(&self.env), self.arrive.clone());
        self.env.spawn(
            "open",
            Box::new(move || {
                let arrived = if is_project {
                    let result = read_project(&path, &*env);
                    Arrived::Project { job, path, result }
                } else {
                    Arrived::Component { job, result: read_component(&path, &*env) }
                };
                let _ = arrive.send(arrived);
                env.wake();
            }),
        );
    }

    /// Opens WAC source; its composition becomes the document.
    pub(super) fn open_source(&mut self, path: &Path, packages: Packages) {
        let path = self.env.absolute(path);
        let job = self.start_job(format!("Opening {}", file_name(&path)));
        let (env, arrive, library) = (Arc::clone(&self.env), self.arrive.clone(), self.library.clone());
        self.env.spawn(
            "open",
            Box::new(move || {
                let result = read_source(&path, &packages, &library, &*env);
                let _ = arrive.send(Arrived::Project { job, path: PathBuf::new(), result });
                env.wake();
            }),
        );
    }

    /// Writes the graph of the composition in this form.
    pub(super) fn export_graph(&mut self, form: GraphForm, colours: Colours, path: &Path) {
        if self.document.composition.instances.is_empty() {
            self.say(Severity::Error, "There is no graph to export: place a component on the canvas".into());
            return;
        }
        let Some(path) = self.not_an_input(path) else { return };
        let (composition, library) = (self.document.composition.clone(), self.library.clone());
        let (places, legend) = (self.document.places(), self.legend());
        let is_made =
            |digest: &&Digest| self.document.components.get(*digest).is_some_and(project::ComponentSource::is_made);
        let made: BTreeSet<Digest> = library.keys().filter(is_made).copied().collect();
        let (env, folder) = (Arc::clone(&self.env), source::packages_beside(&path));
        let make = move || {
            let bytes = sheet::graph(form, &composition, &library, &legend, &places, colours)?;
            if form == GraphForm::Wac {
                source::write_packages(&bytes, &made, &library, &folder, &*env)?;
            }
            Ok(bytes)
        };
        self.write_made(path, make, Written::Report);
    }

    /// Opens a component from bytes; `select` makes it the selection. Only the samples come with a language of their own.
    pub(super) fn open_bytes(&mut self, name: String, bytes: Arc<[u8]>, language: Option<String>, select: bool) {
        let job = self.start_job(format!("Opening {}", display_safe_line(&name)));
        let (env, arrive) = (Arc::clone(&self.env), self.arrive.clone());
        self.env.spawn(
            "open",
            Box::new(move || {
                let mut read = decode_timed(&name, bytes, &*env);
                read.opened.is_sample = language.is_some();
                read.opened.language = language.or(read.opened.language);
                read.select = select;
                let _ = arrive.send(Arrived::Component { job, result: Ok(read) });
                env.wake();
            }),
        );
    }

    pub(super) fn open_sample_project(&mut self) {
        let mut document = Document { name: "Payments".into(), ..Document::default() };
        for (file, at) in samples::PROJECT {
            let Some(sample) = samples::sample(file) else { continue };
            let name = sample.file.trim_end_matches(".wasm").to_owned();
            let digest = Digest::of(sample.bytes);
            document.composition.instances.insert(name.clone(), crate::compose::Instance { component: digest });
            let source = project::ComponentSource { name: name.clone(), ..project::ComponentSource::default() };
            document.components.insert(digest, source);
            document.layout.insert(name, *at);
        }
        self.set_document(document, None);
        for sample in samples::PROJECT.iter().filter_map(|(file, _)| samples::sample(file)) {
            self.open_bytes(sample.file.into(), sample.bytes.into(), Some(sample.language.into()), false);
        }
    }

    pub(super) fn save_project(&mut self, path: &Path) {
        let mut path = path.to_owned();
        if !path.to_string_lossy().ends_with(FILE_ENDING) {
            path = PathBuf::from(format!("{}{FILE_ENDING}", path.display().to_string().trim_end_matches(".json")));
        }
        let name = file_name(&path);
        let mut document = self.document.clone();
        document.name = name.trim_end_matches(FILE_ENDING).to_owned();
        self.note_sources(&mut document);
        let homeless: Vec<_> = document
            .composition
            .instances
            .values()
            .filter(|i| !document.components.get(&i.component).is_some_and(project::ComponentSource::is_made))
            .filter(|i| self.opened.get(&i.component).is_none_or(|o| o.path.is_none() && !o.is_sample))
            .filter_map(|i| self.library.get(&i.component).map(|c| c.name.clone()))
            .collect();
        if let Some(first) = homeless.first() {
            let text = format!("“{first}” has no file, so the project cannot find it again: save it to a file first");
            self.say(Severity::Warning, text);
        }
        let path = self.env.absolute(&path);
        let bytes = project::save(&document, folder_of(&path));
        if let Some(why) = project::why_not_saved(&bytes) {
            self.say(Severity::Error, format!("Not saved. {why}"));
            return;
        }
        self.write(path, bytes, Written::Project(Box::new(document)));
    }

    pub(super) fn compose_to(&mut self, path: &Path) {
        let Some(composed) = self.composed().cloned() else {
            let why = if self.document.composition.instances.is_empty() {
                "There is nothing to compose: place a component on the canvas".into()
            } else {
                self.why_no_target(&project::Target::Composition)
            };
            self.say(Severity::Error, why);
            return;
        };
        let Some(path) = self.not_an_input(path) else { return };
        let without = self.left_out_words();
        let job = self.start_job(format!("Saving {}", file_name(&path)));
        let (env, arrive) = (Arc::clone(&self.env), self.arrive.clone());
        let (composition, library) = (self.document.composition.clone(), self.library.clone());
        let left_out = self.left_out();
        self.env.spawn(
            "save",
            Box::new(move || {
                let mut what = Written::Component(Bytes(0), without.clone());
                let made = if left_out.is_empty() {
                    Ok(Arc::clone(&composed.component.bytes))
                } else {
                    super::stubs::compose_without(&composition, &library, &left_out).map(Into::into)
                };
                let result = made.and_then(|bytes| {
                    what = Written::Component(Bytes(bytes.len() as u64), without);
                    env.write_made_file(&path, &bytes)
                });
                let _ = arrive.send(Arrived::Written { job, path, what, result });
                env.wake();
            }),
        );
    }

    /// The path to write to; `None`, and said, if an opened file lies there.
    pub(super) fn not_an_input(&mut self, path: &Path) -> Option<PathBuf> {
        let path = self.env.absolute(path);
        let is_input = self.opened.values().filter_map(|o| o.path.as_ref()).any(|p| *p == path);
        if is_input {
            let text = format!("Not written: {} is one of the inputs; choose another name", file_name(&path));
            self.say(Severity::Error, text);
            return None;
        }
        Some(path)
    }

    pub(super) fn save_stub(&mut self, consumer: &Digest, import: &str, spec: &compose::StubSpec, path: &Path) {
        let Some(consumer) = self.component(consumer).cloned() else {
            self.say(Severity::Error, "The stub was not saved: its component is not open any more".into());
            return;
        };
        match compose::stub(&consumer, import, spec) {
            Ok(bytes) => {
                let Some(path) = self.not_an_input(path) else { return };
                self.write(path, bytes, Written::Stub);
            }
            Err(why) => self.say(Severity::Error, why.to_string()),
        }
    }

    /// Writes a nested part to a file of its own. One that uses what lies around it is written too, with a warning: its
    /// bytes are what was asked for.
    pub(super) fn export_part(&mut self, digest: &Digest, part: &[usize], path: &Path) {
        let Some(component) = self.component(digest).cloned() else {
            self.say(Severity::Error, "The part was not saved: its component is not open any more".into());
            return;
        };
        let Some(bytes) = component.part_bytes(part) else {
            let text = format!("“{}” has no part {}", display_safe_line(&component.name), component::part_text(part));
            self.say(Severity::Error, text);
            return;
        };
        let Some(path) = self.not_an_input(path) else { return };
        let job = self.start_job(format!("Saving {}", file_name(&path)));
        let (env, arrive) = (Arc::clone(&self.env), self.arrive.clone());
        self.env.spawn(
            "save",
            Box::new(move || {
                let result = env.write_file(&path, &bytes);
                let what = Written::Part(component.why_not_alone(&file_name(&path), bytes));
                let _ = arrive.send(Arrived::Written { job, path, what, result });
                env.wake();
            }),
        );
    }

    pub(super) fn save_bill(&mut self, digest: &Digest, path: &Path) {
        let Some(component) = self.component(digest).cloned() else {
            self.say(Severity::Error, "The bill was not saved: its component is not open any more".into());
            return;
        };
        let Some(path) = self.not_an_input(path) else { return };
        let bill = move || Ok(component::cyclonedx(&component, &component::origin(&component)).into_bytes());
        self.write_made(path, bill, Written::Report);
    }

    pub(super) fn save_sheet(&mut self, digest: &Digest, path: &Path) {
        let Some(component) = self.component(digest).cloned() else {
            self.say(Severity::Error, "The sheet was not saved: its component is not open any more".into());
            return;
        };
        let Some(path) = self.not_an_input(path) else { return };
        self.write_made(path, move || Ok(sheet::sheet(&component).into_bytes()), Written::Report);
    }

    fn write(&mut self, path: PathBuf, bytes: Vec<u8>, what: Written) {
        self.write_made(path, move || Ok(bytes), what);
    }

    /// Writes what `make` makes, which takes time too.
    pub(super) fn write_made(
        &mut self,
        path: PathBuf,
        make: impl FnOnce() -> Result<Vec<u8>, String> + Send + 'static,
        what: Written,
    ) {
        let job = self.start_job(format!("Saving {}", file_name(&path)));
        let (env, arrive) = (Arc::clone(&self.env), self.arrive.clone());
        self.env.spawn(
            "save",
            Box::new(move || {
                let result = make().and_then(|bytes| env.write_file(&path, &bytes));
                let _ = arrive.send(Arrived::Written { job, path, what, result });
                env.wake();
            }),
        );
    }

    pub(super) fn arrive(&mut self, arrived: Arrived) {
        match arrived {
            Arrived::Component { job, result } => {
                if self.finish_job(job) {
                    self.component_arrived(result);
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
    pub(super) fn adopt(&mut self, read: Read) {
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

    pub(super) fn close_component(&mut self, digest: Digest) {
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

    // ---- recent files, preferences, autosave ----

    fn remember(&mut self, path: &Path) {
        let text = path.to_string_lossy().into_owned();
        self.preferences.opened(&text);
        self.write_preferences();
    }

    pub(super) fn write_preferences(&self) {
        let (bytes, env) = (project::save_preferences(&self.preferences), Arc::clone(&self.env));
        self.env.spawn(
            "preferences",
            Box::new(move || {
                if let Err(why) = env.write_state(PREFERENCES, &bytes) {
                    log::warn!("the preferences were not saved: {why}");
                }
            }),
        );
    }

    /// Keeps the lists of what was granted, by what it was granted to. Read back, every box is off.
    pub(super) fn remember_grants(&mut self) {
        self.remembered = self.document.to_remember(std::mem::take(&mut self.remembered));
        let (bytes, env) = (project::save_remembered(&self.remembered), Arc::clone(&self.env));
        self.env.spawn(
            "grants",
            Box::new(move || {
                if let Err(why) = env.write_state(GRANTS, &bytes) {
                    log::warn!("the grants were not remembered: {why}");
                }
            }),
        );
    }

    pub(super) fn write_autosave(&mut self) {
        self.autosave.due = false;
        let mut document = self.document.clone();
        self.note_sources(&mut document);
        let bytes = project::save(&document, Path::new("/"));
        if let Some(why) = project::why_not_saved(&bytes) {
            // What was kept before can still be brought back.
            self.not_autosaved(format!("Unsaved work is not kept for a restart. {why}"));
            return;
        }
        self.autosave.writing = true;
        let (env, arrive) = (Arc::clone(&self.env), self.arrive.clone());
        self.env.spawn(
            "autosave",
            Box::new(move || {
                let _ = arrive.send(Arrived::Autosaved(env.write_state(AUTOSAVE, &bytes)));
            }),
        );
    }

    /// Said once, and not again after each edit until an autosave was written.
    fn not_autosaved(&mut self, why: String) {
        if !std::mem::replace(&mut self.autosave.fails, true) {
            self.say(Severity::Warning, why);
        }
    }

    fn forget_autosave(&mut self) {
        self.autosave.due = false;
        let env = Arc::clone(&self.env);
        self.env.spawn("autosave", Box::new(move || drop(env.write_state(AUTOSAVE, &[]))));
    }

    /// Brings the unsaved document of an earlier session back, or forgets it.
    pub fn recover(&mut self, wanted: bool) {
        let Some(bytes) = self.autosave.found.take() else { return };
        if !wanted {
            self.forget_autosave();
            return;
        }
        let job = self.start_job("Bringing back unsaved work".into());
        let (env, arrive) = (Arc::clone(&self.env), self.arrive.clone());
        self.env.spawn(
            "open",
            Box::new(move || {
                let result = project_from(&bytes, Path::new("/"), &*env);
                let _ = arrive.send(Arrived::Project { job, path: PathBuf::new(), result });
                env.wake();
            }),
        );
    }

    /// Forgets the autosave: the window closes with everything saved, or with what is not saved given up.
    pub fn close(&mut self) {
        self.forget_autosave();
    }

    /// Notes for each component of the composition under which name and path it was opened.
    pub(super) fn note_sources(&self, document: &mut Document) {
        let mut used = std::collections::BTreeSet::new();
        let mut rest: Vec<Digest> = document.composition.instances.values().map(|i| i.component).collect();
        while let Some(digest) = rest.pop() {
            if used.insert(digest) {
                // A stub is made again of the bytes of its consumer.
                rest.extend(self.opened.get(&digest).and_then(|o| o.stub.as_ref()).map(|stub| stub.consumer));
            }
        }
        document.components.retain(|d, _| used.contains(d));
        for digest in used {
            let Some(component) = self.library.get(&digest) else { continue };
            let opened = self.opened.get(&digest);
            let path = opened.and_then(|o| o.path.as_ref()).map(|p| p.to_string_lossy().into_owned());
            let part = opened.and_then(|o| o.part.clone());
            let stub = opened.and_then(|o| o.stub.clone());
            let virtual_wasi = opened.and_then(|o| o.virtual_wasi.clone());
            let source = project::ComponentSource { name: component.name.clone(), path, part, stub, virtual_wasi };
            document.components.insert(digest, source);
        }
    }

    pub(super) fn start_job(&mut self, label: String) -> JobId {
        let id = self.next_job();
        self.jobs.push(Job { id, label, started_nanos: self.env.now_nanos() });
        id
    }

    /// Whether the job still counts: not if it was cancelled.
    pub(super) fn finish_job(&mut self, id: JobId) -> bool {
        let before = self.jobs.len();
        self.jobs.retain(|j| j.id != id);
        self.jobs.len() < before
    }
}

pub(super) fn read_component(path: &Path, env: &dyn super::Env) -> Result<Read, String> {
    let start = env.now_nanos();
    // Taken before it is read: what is written meanwhile is seen as a change.
    let stamp = env.stamp(path);
    let bytes = env
        .read_file(path, MOST_FILE_BYTES)
        .map_err(|why| format!("{} was not opened: {why} ({})", file_name(path), path.display()))?;
    let nanos = env.now_nanos().saturating_sub(start);
    let mut read = decode_timed(&file_name(path), bytes.into(), env);
    read.opened.timings.insert(0, Timing { phase: Phase::Read, nanos, cached: false });
    read.opened.path = Some(path.to_owned());
    read.opened.stamp = stamp;
    Ok(read)
}

pub(super) fn decode_timed(name: &str, bytes: Arc<[u8]>, env: &dyn super::Env) -> Read {
    let start = env.now_nanos();
    let component = Arc::new(decode_on_two(name, bytes, env));
    let nanos = env.now_nanos().saturating_sub(start);
    // Made here, where nobody waits for it, and not in the window's thread.
    component.wit();
    let timings = vec![Timing { phase: Phase::Validate, nanos, cached: false }];
    let language = component.language();
    Read { component, opened: Opened { language, timings, ..Opened::default() }, select: true }
}

/// Files of fewer bytes are read faster than another thread starts.
pub(super) const WORTH_A_THREAD: usize = 64 << 10;

/// Decodes while another thread validates.
fn decode_on_two(name: &str, bytes: Arc<[u8]>, env: &dyn super::Env) -> Component {
    if bytes.len() < WORTH_A_THREAD {
        return component::decode(name, bytes);
    }
    let (say, verdict) = std::sync::mpsc::channel();
    let checked = Arc::clone(&bytes);
    env.spawn("validate", Box::new(move || _ = say.send(component::fault(&checked))));
    let again = Arc::clone(&bytes);
    // Where no thread could be started nothing comes.
    component::decode_beside(name, bytes, move || verdict.recv().unwrap_or_else(|_| component::fault(&again)))
}

fn read_project(path: &Path, env: &dyn super::Env) -> Result<ProjectRead, String> {
    let bytes = env
        .read_file(path, 16 << 20)
        .map_err(|why| format!("{} was not opened: {why} ({})", file_name(path), path.display()))?;
    project_from(&bytes, folder_of(path), env)
}

fn project_from(bytes: &[u8], folder: &Path, env: &dyn super::Env) -> Result<ProjectRead, String> {
    let project::Loaded { mut document, warnings: mut diagnostics, .. } =
        project::load(bytes, folder).map_err(|e| e.to_string())?;
    let mut components = Vec::new();
    let known: BTreeMap<Digest, &samples::Sample> = samples::SAMPLES.iter().map(|s| (Digest::of(s.bytes), s)).collect();
    let mut wholes = BTreeMap::new();
    for (digest, source) in document.components.iter().filter(|(_, source)| !source.is_made()) {
        let read = match (known.get(digest), &source.path) {
            (Some(sample), _) => {
                let mut read = decode_timed(sample.file, sample.bytes.into(), env);
                read.opened.language = Some(sample.language.into());
                read.opened.is_sample = true;
                read.opened.path = source.path.as_ref().map(PathBuf::from);
                read.opened.part.clone_from(&source.part);
                Ok(read)
            }
            _ if source.part.is_some() => read_part(*digest, source, &known, &mut wholes, env),
            (None, Some(path)) => read_component(Path::new(path), env),
            (None, None) => Err(format!("“{}” has no file: open it, and its nodes find it again", source.name)),
        };
        match read {
            Ok(mut read) => {
                if read.component.digest != *digest {
                    let text =
                        format!("{} has changed since the project was saved: its nodes wait for it", source.name);
                    let hint = "Replace the instances by the new component, or bring the old file back";
                    let subject = crate::diag::Subject::File(source.name.clone());
                    diagnostics.push(Diagnostic::warning(subject, text).with_hint(hint));
                }
                read.select = false;
                components.push(read);
            }
            Err(why) => {
                let subject = crate::diag::Subject::Project;
                diagnostics.push(Diagnostic::warning(subject, why));
            }
        }
    }
    super::virtual_wasi::make_again(&mut document, &mut components, &mut diagnostics, env);
    super::stubs::make_again(&mut document, &mut components, &mut diagnostics, env);
    Ok(ProjectRead { document, components, diagnostics, source: None })
}

/// Reads a component that lies inside another file: where it lay, or wherever it lies now. Files are read once for all
/// their parts.
fn read_part(
    digest: Digest,
    source: &project::ComponentSource,
    samples: &BTreeMap<Digest, &samples::Sample>,
    wholes: &mut BTreeMap<String, Arc<Component>>,
    env: &dyn super::Env,
) -> Result<Read, String> {
    let shown = display_safe_line(&source.name).into_owned();
    let part = source.part.clone().unwrap_or(project::PartOf { whole: None, path: Vec::new() });
    let sample = part.whole.and_then(|whole| samples.get(&whole));
    let (key, name) = match (sample, &source.path) {
        (Some(sample), _) => (sample.file.to_owned(), sample.file.to_owned()),
        (None, Some(path)) => (path.clone(), file_name(Path::new(path))),
        (None, None) => {
            return Err(format!(
                "“{shown}” was part of a component without a file: open it, and its nodes find it again"
            ));
        }
    };
    let whole = match (wholes.get(&key), sample) {
        (Some(known), _) => Arc::clone(known),
        (None, Some(sample)) => Arc::new(component::decode(sample.file, sample.bytes.into())),
        (None, None) => {
            let path = Path::new(&key);
            let bytes = env
                .read_file(path, MOST_FILE_BYTES)
                .map_err(|why| format!("{name} was not opened: {why} ({})", path.display()))?;
            Arc::new(component::decode(&name, bytes.into()))
        }
    };
    wholes.insert(key, Arc::clone(&whole));
    let (path, bytes) = component::find_part(&whole, &part.path, digest)
        .ok_or_else(|| format!("“{shown}” is not inside {name} any more: its nodes wait for it"))?;
    let mut read = decode_timed("part.wasm", bytes, env);
    if let Some(component) = Arc::get_mut(&mut read.component) {
        component.name.clone_from(&source.name);
    }
    read.opened.path = source.path.as_ref().map(PathBuf::from);
    read.opened.is_sample = sample.is_some();
    read.opened.part = Some(project::PartOf { whole: Some(whole.digest), path });
    Ok(read)
}

/// The folder of a file, to which a project's paths are relative.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new("/"))
}

/// The last part of a path, made safe to show.
pub(super) fn file_name(path: &Path) -> String {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    display_safe_line(&name).into_owned()
}
