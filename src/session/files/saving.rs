//! Files out: projects, composed components, stubs, parts, graphs and reports are written, in the background.

use super::{Arrived, Written, file_name, folder_of};
use crate::component::{self, Digest};
use crate::compose;
use crate::diag::{Severity, display_safe_line};
use crate::measure::Bytes;
use crate::project::{self, Document, FILE_ENDING};
use crate::session::Session;
use crate::session::source;
use crate::session::stubs;
use crate::sheet::{self, Colours, GraphForm};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

impl Session {
    /// Writes the graph of the composition in this form.
    pub(in crate::session) fn export_graph(&mut self, form: GraphForm, colours: Colours, path: &Path) {
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
        let (env, folder, file) = (Arc::clone(&self.env), source::packages_beside(&path), path.clone());
        let make = move || {
            let name = file.file_name().map(|name| name.to_string_lossy());
            let bytes = sheet::graph(form, name.as_deref(), &composition, &library, &legend, &places, colours)?;
            if form == GraphForm::Wac {
                source::write_packages(&bytes, &made, &library, &folder, &*env)?;
            }
            Ok(bytes)
        };
        self.write_made(path, make, Written::Report);
    }

    pub(in crate::session) fn save_project(&mut self, path: &Path) {
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

    pub(in crate::session) fn compose_to(&mut self, path: &Path) {
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
                    stubs::compose_without(&composition, &library, &left_out).map(Into::into)
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
    pub(in crate::session) fn not_an_input(&mut self, path: &Path) -> Option<PathBuf> {
        let path = self.env.absolute(path);
        let is_input = self.opened.values().filter_map(|o| o.path.as_ref()).any(|p| *p == path);
        if is_input {
            let text = format!("Not written: {} is one of the inputs; choose another name", file_name(&path));
            self.say(Severity::Error, text);
            return None;
        }
        Some(path)
    }

    pub(in crate::session) fn save_stub(
        &mut self,
        consumer: &Digest,
        import: &str,
        spec: &compose::StubSpec,
        path: &Path,
    ) {
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
    pub(in crate::session) fn export_part(&mut self, digest: &Digest, part: &[usize], path: &Path) {
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

    pub(in crate::session) fn save_bill(&mut self, digest: &Digest, path: &Path) {
        let Some(component) = self.component(digest).cloned() else {
            self.say(Severity::Error, "The bill was not saved: its component is not open any more".into());
            return;
        };
        let Some(path) = self.not_an_input(path) else { return };
        let bill = move || Ok(component::cyclonedx(&component, &component::origin(&component)).into_bytes());
        self.write_made(path, bill, Written::Report);
    }

    pub(in crate::session) fn save_sheet(&mut self, digest: &Digest, path: &Path) {
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
    pub(in crate::session) fn write_made(
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

    /// Notes for each component of the composition under which name and path it was opened.
    pub(in crate::session) fn note_sources(&self, document: &mut Document) {
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
}
