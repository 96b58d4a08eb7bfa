//! The one place that changes a document. The window and the command line are two clients of a [`Session`]: they look
//! at it and hand it [`Command`]s; background work comes back through [`Session::poll`].

mod autowire;
mod calls;
mod change;
mod changed;
mod command;
mod comparison;
mod composing;
mod copy;
mod env;
mod files;
mod frames;
mod open_up;
mod plugging;
#[cfg(test)]
mod property;
mod run;
pub mod samples;
mod settle;
mod source;
mod spread;
mod stubs;
mod study;
mod taps;
mod undo;
mod virtual_wasi;

pub use autowire::WirePlan;
pub use changed::ChangedFile;
pub use command::{Call, Change, Command, FrameEdit, Selection};
pub use comparison::{Comparison, note, plural, sign, signed};
pub use composing::{Composed, ComposedBytes, TappedBytes};
#[cfg(test)]
pub(crate) use env::files_in_memory;
pub use env::{Env, Machine, Memory, Signal, Stamp, Work};
pub use plugging::{PlugFailure, PlugFiles, PluggedFile, plug_files};
pub use run::{Live, MOST_RUNS, RunRecord};
pub use settle::Landed;
pub use source::{Packages, SOURCE_ENDING};
pub use study::{Finding, Places, Study, Summary};
pub use taps::{Crossing, RunTaps, TappedWire};

use crate::call::{Caller, JobId, RESOURCE_DROP};
use crate::component::{Component, Digest};
use crate::compose::{Composition, Library, StandIn};
use crate::diag::{Diagnostic, Severity, Subject};
use crate::grant::{self, Grants, Need};
use crate::measure::Timing;
use crate::project::{self, Document, Preferences, Target};
use crate::value::Value;
use files::Arrived;
use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

/// A file larger than this is not opened.
pub const MOST_FILE_BYTES: u64 = 256 << 20;

/// A document and everything around it.
pub struct Session {
    env: Arc<dyn Env>,
    caller: Option<Box<dyn Caller>>,
    document: Document,
    undo: undo::Undo,
    landed: Option<Landed>,
    /// Grows with every change of the document, the library or what is wrong.
    revision: u64,
    /// Grows with every change of the composition or the library: what is composed of them is kept until then.
    wiring: u64,
    /// The composition of that.
    wired: Arc<Composition>,
    saved: Document,
    project_path: Option<PathBuf>,
    /// Grows whenever another document takes the place of the one before.
    document_number: u64,
    library: Library,
    opened: BTreeMap<Digest, Opened>,
    selection: Selection,
    problems: Vec<Diagnostic>,
    /// What the composition asks the host for.
    composition_needs: Vec<Need>,
    checking: composing::Checking,
    composed: Composed,
    jobs: Vec<Job>,
    studies: study::Studies,
    planning: autowire::Planning,
    changed: changed::Changed,
    notices: Vec<Notice>,
    runs: VecDeque<RunRecord>,
    cleared_runs: VecDeque<RunRecord>,
    waiting_call: Option<(JobId, Call)>,
    /// Edits of stubs, the first one under way.
    stub_edits: VecDeque<stubs::Edit>,
    live: BTreeMap<Digest, Live>,
    /// The runner process in which `live` lives.
    live_process: Option<u32>,
    preferences: Preferences,
    remembered: BTreeMap<Digest, Grants>,
    last_id: u64,
    autosave: Autosave,
    arrived: Receiver<Arrived>,
    arrive: Sender<Arrived>,
}

/// How a component came into the library.
#[derive(Debug, Clone, Default)]
pub struct Opened {
    /// Its file, if it came from one.
    pub path: Option<PathBuf>,
    /// Which part of that file it is, if it is not the file itself.
    pub part: Option<project::PartOf>,
    /// How it was made, if it is a stub.
    pub stub: Option<project::StubOf>,
    /// What it was made of, if it is a virtual WASI.
    pub virtual_wasi: Option<Arc<crate::compose::VirtualWasi>>,
    /// The language it was written in, as far as the file or the gallery says.
    pub language: Option<String>,
    /// What it says that it stands in for, made here or not.
    pub stands_in: Option<Arc<StandIn>>,
    /// It comes with the program, by itself or as a part, so a project finds it again without a file.
    pub is_sample: bool,
    /// The file's size and time when it was read.
    pub stamp: Option<Stamp>,
    /// Its file has other contents by now.
    pub is_outdated: bool,
    /// How long reading and validating took.
    pub timings: Vec<Timing>,
}

impl Opened {
    /// What a badge says of where it comes from: its language, or what it was made as.
    pub fn badge(&self) -> Option<&str> {
        match self.stands_in.as_deref() {
            Some(StandIn::Stub { .. }) => Some("stub"),
            Some(StandIn::VirtualWasi(_)) => Some("virtual"),
            Some(StandIn::Composed(_)) | None => self.language.as_deref(),
        }
    }
}

/// Work in the background.
#[derive(Debug, Clone)]
pub struct Job {
    /// Which job.
    pub id: JobId,
    /// What it does, as in `Opening checkout.wasm`.
    pub label: String,
    /// When it started, in the session's nanoseconds.
    pub started_nanos: u64,
}

/// Something that happened and should be read.
#[derive(Debug, Clone)]
pub struct Notice {
    /// Names it.
    pub id: u64,
    /// How much it matters.
    pub severity: Severity,
    /// What happened, and what to do.
    pub text: String,
    /// Whether it still stands on the screen.
    pub shown: bool,
    /// When it came, in the session's nanoseconds.
    pub at_nanos: u64,
}

#[derive(Debug, Clone, Default)]
struct Autosave {
    due: bool,
    writing: bool,
    /// Whether the last one was not written, which was said.
    fails: bool,
    found: Option<Vec<u8>>,
}

const GRANTS: &str = "grants.json";
const PREFERENCES: &str = "preferences.json";
const AUTOSAVE: &str = "autosave.wirebench.json";

impl Session {
    /// A session with an empty document. Without a caller nothing can be called; everything else works.
    pub fn new(env: Arc<dyn Env>, mut caller: Option<Box<dyn Caller>>) -> Self {
        let (arrive, arrived) = channel();
        if let Some(caller) = &mut caller {
            let env = Arc::clone(&env);
            caller.set_wake(Arc::new(move || env.wake()));
        }
        let (preferences, trouble) = match env.read_state(PREFERENCES) {
            Some(bytes) => project::load_preferences(&bytes),
            None => Default::default(),
        };
        let remembered = env.read_state(GRANTS).map(|b| project::load_remembered(&b).0).unwrap_or_default();
        let found = env.read_state(AUTOSAVE).filter(|b| !b.is_empty());
        let mut session = Self {
            env,
            caller,
            document: Document::default(),
            undo: undo::Undo::default(),
            landed: None,
            revision: 0,
            wiring: 0,
            wired: Arc::default(),
            saved: Document::default(),
            project_path: None,
            document_number: 0,
            library: Library::new(),
            opened: BTreeMap::new(),
            selection: Selection::None,
            problems: Vec::new(),
            composition_needs: Vec::new(),
            checking: composing::Checking::default(),
            composed: Composed::default(),
            jobs: Vec::new(),
            studies: study::Studies::default(),
            planning: autowire::Planning::default(),
            changed: changed::Changed::default(),
            notices: Vec::new(),
            runs: VecDeque::new(),
            cleared_runs: VecDeque::new(),
            waiting_call: None,
            stub_edits: VecDeque::new(),
            live: BTreeMap::new(),
            live_process: None,
            preferences,
            remembered,
            last_id: 0,
            autosave: Autosave { found, ..Autosave::default() },
            arrived,
            arrive,
        };
        trouble.iter().for_each(|d| session.notify(d));
        session
    }

    /// Does what is asked. What takes time goes on in the background and arrives with [`Session::poll`].
    pub fn apply(&mut self, command: Command) {
        match command {
            Command::Open(paths) => paths.iter().for_each(|p| self.open_path(p)),
            Command::OpenSource(path, packages) => self.open_source(&path, packages),
            Command::OpenBytes(name, bytes) => self.open_bytes(name, bytes, None, true),
            Command::OpenPart(whole, path) => self.open_part(whole, path),
            Command::OpenSample(file) => match samples::sample(&file) {
                Some(s) => self.open_bytes(s.file.into(), s.bytes.into(), Some(s.language.into()), true),
                None => self.say(Severity::Error, format!("There is no sample “{file}”")),
            },
            Command::PlaceSample { file, at, connect } => {
                self.with_sample(&file, move |component| Change::Place { component, at, connect });
            }
            Command::PlaceSampleOnWire { file, at, wire } => {
                self.with_sample(&file, move |component| Change::PlaceOnWire { component, at, wire });
            }
            Command::ChangeWithSample(file, change) => self.with_sample(&file, move |_| change),
            Command::OpenSampleProject => self.open_sample_project(),
            Command::NewProject => self.set_document(Document::default(), None),
            Command::SaveProject(path) => self.save_project(&path),
            Command::Change(change) => self.change(change),
            Command::Settle(layout) => self.settle(layout),
            Command::Undo => {
                self.landed = None;
                if let Some(label) = self.undo.undo(&mut self.document) {
                    self.document_changed();
                    log::debug!("took back: {label}");
                }
            }
            Command::Redo => {
                self.landed = None;
                if self.undo.redo(&mut self.document).is_some() {
                    self.document_changed();
                }
            }
            Command::Paste(text) => self.paste(&text),
            Command::Select(selection) => {
                self.undo.seal();
                self.selection = selection;
            }
            Command::ComposeTo(path) => self.compose_to(&path),
            Command::ExportGraph(form, colours, path) => self.export_graph(form, colours, &path),
            Command::SaveBill(digest, path) => self.save_bill(&digest, &path),
            Command::SaveSheet(digest, path) => self.save_sheet(&digest, &path),
            Command::ExportPart(digest, part, path) => self.export_part(&digest, &part, &path),
            Command::SaveStub { consumer, import, spec, path } => self.save_stub(&consumer, &import, &spec, &path),
            Command::AddStub { port, at } => self.add_stub(port, at),
            Command::StubAll(instances) => self.stub_all(&instances),
            Command::StubRecorded(port) => self.stub_recorded(port),
            Command::AddRecorded { instance } => self.add_recorded(instance),
            Command::EditStub { instance, functions } => self.edit_stub(instance, functions),
            Command::AddVirtualWasi { at, wire_to } => self.add_virtual_wasi(at, wire_to),
            Command::EditVirtualWasi { instance, settings } => self.edit_virtual_wasi(instance, *settings),
            Command::AddVirtualFiles { instance, files } => self.add_virtual_files(instance, files),
            Command::SaveVirtualWasi { settings, files, path } => self.save_virtual_wasi(*settings, files, &path),
            Command::Call(call) => {
                self.undo.seal();
                self.call(call);
            }
            Command::CancelCall(job) => self.cancel_call(job),
            Command::CancelJob(job) => {
                self.jobs.retain(|j| j.id != job);
                self.cancel_study(job);
            }
            Command::Reset(target) => self.reset(&target),
            Command::DropHandle(target, handle) => {
                let function = format!("{RESOURCE_DROP}{}", handle.resource);
                self.call(Call { target, interface: None, function, arguments: vec![Value::Handle(handle)] });
            }
            Command::ClearHistory => {
                let (under_way, over) = self.runs.drain(..).partition(|r| r.finished.is_none());
                self.runs = under_way;
                self.cleared_runs = over;
            }
            Command::RestoreHistory => {
                while let Some(run) = self.cleared_runs.pop_back() {
                    self.runs.push_front(run);
                }
            }
            Command::DismissNotice(id) => {
                if let Some(n) = self.notices.iter_mut().find(|n| n.id == id) {
                    n.shown = false;
                }
            }
            Command::EditCopy(digest) => self.edit_copy(digest),
            Command::SplitInstance(instance) => self.open_up(instance),
            Command::SplitTo(digest, folder) => self.split_to(digest, &folder),
            Command::CloseComponent(digest) => self.close_component(digest),
            Command::SetPreferences(preferences) => self.set_preferences(preferences),
            Command::Study(study) => self.study(study),
            Command::CheckFiles => self.check_files(),
            Command::ReloadFiles(components) => self.reload_files(&components),
            Command::KeepFiles(components) => self.keep_files(&components),
            Command::PlanWires(scope, choices) => self.plan_wires(scope, choices),
        }
        debug_assert_eq!(self.document.validate(), [], "a command broke the document");
    }

    /// Takes in what background work brought. Never waits. Says whether anything changed.
    pub fn poll(&mut self) -> bool {
        let mut changed = self.take_check();
        while let Ok(arrived) = self.arrived.try_recv() {
            self.arrive(arrived);
            changed = true;
        }
        let events = self.caller.as_mut().map(|c| c.poll()).unwrap_or_default();
        // A runner that ended, for whatever reason, took all its instances with it.
        let process = self.runner_process();
        if process != self.live_process {
            self.live_process = process;
            self.live.clear();
            changed = true;
        }
        for event in events {
            self.called(event);
            changed = true;
        }
        if self.autosave.due && !self.autosave.writing {
            self.write_autosave();
        }
        changed
    }

    /// Whether background work or a call is under way.
    pub fn is_busy(&self) -> bool {
        let is_composing = self.checking.since.is_some() || self.composed.working;
        is_composing || !self.jobs.is_empty() || self.running().is_some() || self.waiting_call.is_some()
    }

    // ---- what can be seen ----

    /// The document.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// Grows whenever another document takes the place of the one before: what is kept of how one is seen ends then.
    pub fn document_number(&self) -> u64 {
        self.document_number
    }

    /// Grows with every change of the document, the library or what is wrong: what is derived of them can be kept until then.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Grows with every change of the composition or the library.
    pub fn wiring(&self) -> u64 {
        self.wiring
    }

    /// The components at hand.
    pub fn library(&self) -> &Library {
        &self.library
    }

    /// How a component came into the library.
    pub fn opened(&self, digest: &Digest) -> Option<&Opened> {
        self.opened.get(digest)
    }

    /// What is selected.
    pub fn selection(&self) -> &Selection {
        &self.selection
    }

    /// Everything that is wrong or worth knowing: node, wire and Problems panel draw from this one list.
    pub fn problems(&self) -> &[Diagnostic] {
        &self.problems
    }

    /// Work in the background, oldest first.
    pub fn jobs(&self) -> &[Job] {
        &self.jobs
    }

    /// What happened, oldest first.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// Calls, oldest first; one under way is the last.
    pub fn runs(&self) -> &VecDeque<RunRecord> {
        &self.runs
    }

    /// Whether a cleared history can be brought back.
    pub fn has_cleared_history(&self) -> bool {
        !self.cleared_runs.is_empty()
    }

    /// The call under way.
    pub fn running(&self) -> Option<&RunRecord> {
        self.runs.iter().rev().find(|r| r.finished.is_none())
    }

    /// The live instance behind a target, if it has one.
    pub fn live(&self, target: &Target) -> Option<&Live> {
        self.live.get(&self.target_digest(target)?).filter(|l| l.calls > 0)
    }

    /// The user's own settings.
    pub fn preferences(&self) -> &Preferences {
        &self.preferences
    }

    /// The document's file, if it has one.
    pub fn project_path(&self) -> Option<&Path> {
        self.project_path.as_deref()
    }

    /// Whether the document has changes that are not saved.
    pub fn is_dirty(&self) -> bool {
        let (now, then) = (&self.document, &self.saved);
        let of_graph = (&now.composition, &now.layout, &now.frames, &now.left_out)
            != (&then.composition, &then.layout, &then.frames, &then.left_out);
        // Arguments alone are no work to lose as long as there is no graph they belong to.
        of_graph || (now.calls != then.calls && !now.composition.instances.is_empty())
    }

    /// The label of the step that undo would take back.
    pub fn undo_label(&self) -> Option<&str> {
        self.undo.undo_label()
    }

    /// The label of the step that redo would make again.
    pub fn redo_label(&self) -> Option<&str> {
        self.undo.redo_label()
    }

    /// Whether calls can be made, and if not, why.
    pub fn can_call(&self) -> Result<(), &'static str> {
        if self.caller.is_some() {
            Ok(())
        } else {
            Err("This build has no engine: it was built without the feature “run”")
        }
    }

    /// The runner's process id, while it lives.
    pub fn runner_process(&self) -> Option<u32> {
        self.caller.as_ref()?.process_id()
    }

    /// Nanoseconds on the session's clock.
    pub fn now_nanos(&self) -> u64 {
        self.env.now_nanos()
    }

    /// The composed component of the document as it is now; `None` while it is made or cannot be.
    pub fn composed(&self) -> Option<&Arc<ComposedBytes>> {
        if self.composed.wiring != self.wiring {
            return None;
        }
        self.composed.result.as_ref()?.as_ref().ok()
    }

    /// The component that a target means: the one itself, or the composed one.
    pub fn target_component(&self, target: &Target) -> Option<&Arc<Component>> {
        match target {
            Target::Component(digest) => self.library.get(digest),
            Target::Composition => self.composed().map(|c| &c.component),
        }
    }

    /// As [`Session::target_component`], but the one before while the composition is composed anew: what to show meanwhile.
    pub fn shown_component(&self, target: &Target) -> Option<&Arc<Component>> {
        self.target_component(target).or_else(|| match &self.composed {
            Composed { working: true, result: Some(Ok(before)), .. } if *target == Target::Composition => {
                Some(&before.component)
            }
            _ => None,
        })
    }

    /// The name of a target, as shown.
    pub fn target_name(&self, target: &Target) -> String {
        match target {
            Target::Component(digest) => {
                self.library.get(digest).map_or_else(|| digest.short(), |component| component.name.clone())
            }
            Target::Composition => "Composition".into(),
        }
    }

    /// What a target may reach: off unless the user ticked it.
    pub fn grants(&self, target: &Target) -> Grants {
        self.document.grants_for(*target)
    }

    /// What a target asks the host for.
    pub fn needs(&self, target: &Target) -> Vec<Need> {
        match target {
            Target::Component(digest) => {
                let Some(component) = self.library.get(digest) else { return Vec::new() };
                grant::needs([(component.name.as_str(), &**component, component.imports.iter().collect())])
            }
            Target::Composition => self.composition_needs.clone(),
        }
    }

    /// An unsaved document of an earlier session that ended without saving; [`Session::recover`] brings it back.
    pub fn has_autosave(&self) -> bool {
        self.autosave.found.is_some()
    }

    // ---- notices and preferences ----

    fn say(&mut self, severity: Severity, text: String) {
        let at_nanos = self.env.now_nanos();
        let id = self.next_id();
        self.notices.push(Notice { id, severity, text, shown: true, at_nanos });
        if self.notices.len() > 200 {
            self.notices.remove(0);
        }
    }

    fn notify(&mut self, diagnostic: &Diagnostic) {
        let text = match (&diagnostic.subject, &diagnostic.hint) {
            (Subject::File(file), Some(hint)) => format!("{}. {hint} ({file})", diagnostic.message),
            (Subject::File(file), None) => format!("{} ({file})", diagnostic.message),
            (_, Some(hint)) => format!("{}. {hint}", diagnostic.message),
            (_, None) => diagnostic.message.clone(),
        };
        self.say(diagnostic.severity, text);
    }

    fn set_preferences(&mut self, preferences: Preferences) {
        if preferences == self.preferences {
            return;
        }
        self.preferences = preferences;
        self.write_preferences();
    }

    fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    fn next_job(&mut self) -> JobId {
        JobId(self.next_id())
    }
}
