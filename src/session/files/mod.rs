//! Files in and out, in the background: opening components and projects, saving, composing to a file, autosave.

mod arriving;
mod kept;
mod opening;
mod saving;

use super::changed::Looked;
use super::samples::Then;
use super::stubs::StubPlace;
use super::virtual_wasi::VirtualPlace;
use super::{ComposedBytes, Finding, Job, Opened, Session, Study, WirePlan};
use crate::call::JobId;
use crate::component::{Component, Digest};
use crate::compose::Decomposed;
use crate::diag::{Diagnostic, display_safe_line};
use crate::measure::Bytes;
use crate::project::Document;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(super) use opening::{WORTH_A_THREAD, decode_timed, read_component, said};

/// What background work brings.
pub(super) enum Arrived {
    /// A component was read, or could not be.
    Component { job: JobId, result: Result<Read, String> },
    /// A sample was decoded that the document is to be changed with.
    Sample { job: JobId, then: Then, read: Read },
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

/// The folder of a file, to which a project's paths are relative.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new("/"))
}

/// The last part of a path, made safe to show.
pub(super) fn file_name(path: &Path) -> String {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    display_safe_line(&name).into_owned()
}
