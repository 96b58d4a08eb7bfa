//! Files in: components and projects are read and decoded, in the background.

use super::{Arrived, ProjectRead, Read, file_name, folder_of};
use crate::component::{self, Component, Digest};
use crate::diag::{Diagnostic, display_safe_line};
use crate::measure::{Phase, Timing};
use crate::project::{self, Document, FILE_ENDING};
use crate::session::source::{SOURCE_ENDING, read_source};
use crate::session::{Env, MOST_FILE_BYTES, Opened, Packages, Session, samples, stubs, virtual_wasi};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

impl Session {
    pub(in crate::session) fn open_path(&mut self, path: &Path) {
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
    pub(in crate::session) fn open_source(&mut self, path: &Path, packages: Packages) {
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

    /// Opens a component from bytes; `select` makes it the selection. Only the samples come with a language of their own.
    pub(in crate::session) fn open_bytes(
        &mut self,
        name: String,
        bytes: Arc<[u8]>,
        language: Option<String>,
        select: bool,
    ) {
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

    pub(in crate::session) fn open_sample_project(&mut self) {
        let mut document = Document { name: "Payments".into(), ..Document::default() };
        for (file, at) in samples::PROJECT {
            let Some(sample) = samples::sample(file) else { continue };
            let name = sample.name().to_owned();
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
}

pub(in crate::session) fn read_component(path: &Path, env: &dyn Env) -> Result<Read, String> {
    let start = env.now_nanos();
    // Taken before it is read: what is written meanwhile is seen as a change.
    let stamp = env.stamp(path);
    let bytes = env
        .read_file(path, MOST_FILE_BYTES)
        .map_err(|why| format!("{} was not opened: {why} ({})", file_name(path), path.display()))?;
    let nanos = env.now_nanos().saturating_sub(start);
    let mut read = decode_timed(&file_name(path), bytes, env);
    read.opened.timings.insert(0, Timing { phase: Phase::Read, nanos, cached: false });
    read.opened.path = Some(path.to_owned());
    read.opened.stamp = stamp;
    Ok(read)
}

pub(in crate::session) fn decode_timed(name: &str, bytes: Arc<[u8]>, env: &dyn Env) -> Read {
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
pub(in crate::session) const WORTH_A_THREAD: usize = 64 << 10;

/// Decodes while another thread validates.
fn decode_on_two(name: &str, bytes: Arc<[u8]>, env: &dyn Env) -> Component {
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

fn read_project(path: &Path, env: &dyn Env) -> Result<ProjectRead, String> {
    let bytes = env
        .read_file(path, 16 << 20)
        .map_err(|why| format!("{} was not opened: {why} ({})", file_name(path), path.display()))?;
    project_from(&bytes, folder_of(path), env)
}

pub(super) fn project_from(bytes: &[u8], folder: &Path, env: &dyn Env) -> Result<ProjectRead, String> {
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
    virtual_wasi::make_again(&mut document, &mut components, &mut diagnostics, env);
    stubs::make_again(&mut document, &mut components, &mut diagnostics, env);
    Ok(ProjectRead { document, components, diagnostics, source: None })
}

/// Reads a component that lies inside another file: where it lay, or wherever it lies now. Files are read once for all
/// their parts.
fn read_part(
    digest: Digest,
    source: &project::ComponentSource,
    samples: &BTreeMap<Digest, &samples::Sample>,
    wholes: &mut BTreeMap<String, Arc<Component>>,
    env: &dyn Env,
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
            Arc::new(component::decode(&name, bytes))
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
