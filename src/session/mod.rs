//! The one place that changes a document. The window and the command line are two clients of a [`Session`]: they look
//! at it and hand it [`Command`]s; background work comes back through [`Session::poll`].

mod command;
mod env;
mod files;
mod run;
pub mod samples;
mod undo;

pub use command::{Call, Change, Command, Selection};
pub use env::{Env, Machine, Memory, Signal, Work};
pub use run::{Live, MOST_RUNS, RunRecord};

use crate::call::{CallEvent, CallRequest, Caller, Finished, JobId, Outcome, RESOURCE_DROP};
use crate::component::{Component, Digest, Extern};
use crate::compose::{self, Composition, Edit, Encoded, Library, Port, Side};
use crate::diag::{Diagnostic, Severity, Subject};
use crate::grant::{self, Grants, Need};
use crate::measure::{Phase, Timing};
use crate::project::{self, Document, Preferences, Target};
use crate::value::{self, Handle, Value};
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
    /// Grows with every change of the document or the library.
    revision: u64,
    /// Grows with every change of the composition or the library: what is composed of them is kept until then.
    wiring: u64,
    /// The composition of that.
    wired: Composition,
    saved: Document,
    project_path: Option<PathBuf>,
    library: Library,
    opened: BTreeMap<Digest, Opened>,
    selection: Selection,
    problems: Vec<Diagnostic>,
    composed: Composed,
    jobs: Vec<Job>,
    notices: Vec<Notice>,
    runs: VecDeque<RunRecord>,
    cleared_runs: VecDeque<RunRecord>,
    waiting_call: Option<(JobId, Call)>,
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
    /// The language it was written in, as far as the file or the gallery says.
    pub language: Option<String>,
    /// How long reading and validating took.
    pub timings: Vec<Timing>,
}

/// The composed component of the document as it is, made in the background after each change.
#[derive(Debug, Clone, Default)]
pub struct Composed {
    /// Which [`Session::wiring`] `result` is of.
    wiring: u64,
    /// Whether a job is under way.
    working: bool,
    /// What came out; `None` before the first time and for an empty composition.
    result: Option<Result<Arc<ComposedBytes>, Vec<Diagnostic>>>,
}

/// A composed component, ready to be called or written.
#[derive(Debug, Clone)]
pub struct ComposedBytes {
    /// The component, read back.
    pub component: Arc<Component>,
    /// Who asks for each of its imports.
    pub asked_by: Vec<(String, Vec<String>)>,
    /// How long encoding and validating took.
    pub timing: Timing,
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
            revision: 0,
            wiring: 0,
            wired: Composition::default(),
            saved: Document::default(),
            project_path: None,
            library: Library::new(),
            opened: BTreeMap::new(),
            selection: Selection::None,
            problems: Vec::new(),
            composed: Composed::default(),
            jobs: Vec::new(),
            notices: Vec::new(),
            runs: VecDeque::new(),
            cleared_runs: VecDeque::new(),
            waiting_call: None,
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
            Command::OpenBytes(name, bytes) => self.open_bytes(name, bytes, None, true),
            Command::OpenSample(file) => match samples::sample(&file) {
                Some(s) => self.open_bytes(s.file.into(), s.bytes.into(), Some(s.language.into()), true),
                None => self.say(Severity::Error, format!("There is no sample “{file}”")),
            },
            Command::OpenSampleProject => self.open_sample_project(),
            Command::NewProject => self.set_document(Document::default(), None),
            Command::SaveProject(path) => self.save_project(&path),
            Command::Change(change) => self.change(change),
            Command::Undo => {
                if let Some(label) = self.undo.undo(&mut self.document) {
                    self.document_changed();
                    log::debug!("took back: {label}");
                }
            }
            Command::Redo => {
                if self.undo.redo(&mut self.document).is_some() {
                    self.document_changed();
                }
            }
            Command::Select(selection) => {
                self.undo.seal();
                self.selection = selection;
            }
            Command::ComposeTo(path) => self.compose_to(&path),
            Command::Call(call) => {
                self.undo.seal();
                self.call(call);
            }
            Command::CancelCall(job) => self.cancel_call(job),
            Command::CancelJob(job) => self.jobs.retain(|j| j.id != job),
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
            Command::CloseComponent(digest) => self.close_component(digest),
            Command::SetPreferences(preferences) => self.set_preferences(preferences),
        }
        debug_assert_eq!(self.document.validate(), [], "a command broke the document");
    }

    /// Takes in what background work brought. Never waits. Says whether anything changed.
    pub fn poll(&mut self) -> bool {
        let mut changed = false;
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
        !self.jobs.is_empty() || self.composed.working || self.running().is_some() || self.waiting_call.is_some()
    }

    // ---- what can be seen ----

    /// The document.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// Grows with every change of the document or the library: what is derived from them can be kept until then.
    pub fn revision(&self) -> u64 {
        self.revision
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
        let of_graph = now.composition != then.composition || now.layout != then.layout;
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
            Target::Composition => {
                let composition = &self.document.composition;
                let open = compose::open_imports(composition, &self.library);
                grant::needs(composition.instances.keys().filter_map(|name| {
                    let component = composition.component(&self.library, name)?;
                    let imports: Vec<&Extern> = open
                        .iter()
                        .filter(|p| &p.instance == name)
                        .filter_map(|p| composition.port(&self.library, p, Side::Import))
                        .collect();
                    Some((name.as_str(), &**component, imports))
                }))
            }
        }
    }

    /// An unsaved document of an earlier session that ended without saving; [`Session::recover`] brings it back.
    pub fn has_autosave(&self) -> bool {
        self.autosave.found.is_some()
    }

    // ---- changes of the document ----

    fn change(&mut self, change: Change) {
        let gesture = match &change {
            Change::Move(moves) => Some(format!("move {:?}", moves.iter().map(|m| &m.0).collect::<Vec<_>>())),
            Change::SaveArguments(key, _) => Some(format!("arguments {key:?}")),
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
            Change::Place { component, at, connect } => {
                let name = self.place(component, at)?;
                if let Some((own, other)) = connect {
                    let edit = self.wire_between(Port::new(&name, own), other);
                    self.edit(&edit)?;
                }
                self.selection = Selection::Instances(vec![name]);
            }
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

    fn edit(&mut self, edit: &Edit) -> Result<(), compose::Refusal> {
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
        // Files may have longer names than instances, and names of blanks.
        let wanted: String = wanted.trim().chars().take(80).collect();
        let name = self.document.composition.free_name(if wanted.is_empty() { "component" } else { &wanted });
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

    fn set_document(&mut self, document: Document, path: Option<PathBuf>) {
        self.saved = document.clone();
        self.document = document;
        self.project_path = path;
        self.undo = undo::Undo::default();
        self.selection = Selection::None;
        self.composition_changed();
        self.autosave.due = false;
    }

    /// Brings everything derived from the document and the library up to date.
    fn document_changed(&mut self) {
        self.revision += 1;
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
    fn composition_changed(&mut self) {
        self.revision += 1;
        self.wiring += 1;
        self.wired.clone_from(&self.document.composition);
        self.find_problems();
        self.encode();
    }

    fn find_problems(&mut self) {
        self.problems = compose::check(&self.document.composition, &self.library);
        let has_error = self.problems.iter().any(|p| p.severity == Severity::Error);
        if !has_error
            && self.composed.wiring == self.wiring
            && let Some(Err(trouble)) = &self.composed.result
        {
            self.problems.extend(trouble.iter().cloned());
        }
        self.problems.sort_by(|a, b| a.severity.cmp(&b.severity).then_with(|| a.subject.cmp(&b.subject)));
    }

    // ---- composing ----

    fn encode(&mut self) {
        if self.composed.working {
            return; // what is under way starts the next one when it arrives
        }
        if self.document.composition.instances.is_empty() {
            self.composed = Composed { wiring: self.wiring, ..Composed::default() };
            return;
        }
        self.composed.working = true;
        let (composition, library) = (self.document.composition.clone(), self.library.clone());
        let (wiring, env, arrive) = (self.wiring, Arc::clone(&self.env), self.arrive.clone());
        self.env.spawn(
            "compose",
            Box::new(move || {
                let start = env.now_nanos();
                let result = compose_bytes(&composition, &library, &*env, start);
                let _ = arrive.send(Arrived::Composed { wiring, result });
                env.wake();
            }),
        );
    }

    fn composed_arrived(&mut self, wiring: u64, result: Result<Arc<ComposedBytes>, Vec<Diagnostic>>) {
        self.composed = Composed { wiring, working: false, result: Some(result) };
        if wiring != self.wiring {
            self.encode();
            return;
        }
        self.find_problems();
        if let Some((job, call)) = self.waiting_call.take() {
            self.dispatch(job, call);
        }
    }

    // ---- calls ----

    fn call(&mut self, call: Call) {
        if let Err(why) = self.can_call() {
            self.say(Severity::Error, why.into());
            return;
        }
        if self.running().is_some() || self.waiting_call.is_some() {
            self.say(Severity::Warning, "A call is under way: cancel it, or wait for it, to make another".into());
            return;
        }
        let job = self.next_job();
        let composing = call.target == Target::Composition && self.composed.working;
        if composing {
            self.waiting_call = Some((job, call));
        } else {
            self.dispatch(job, call);
        }
    }

    fn dispatch(&mut self, job: JobId, mut call: Call) {
        let grants = self.grants(&call.target);
        let target = self.target_component(&call.target).cloned();
        let mut record = RunRecord {
            job,
            target: call.target,
            target_name: self.target_name(&call.target),
            digest: target.as_ref().map_or(Digest([0; 32]), |c| c.digest),
            interface: call.interface.clone(),
            function: call.function.clone(),
            arguments: call.arguments.clone(),
            grants: grants.clone(),
            finished: None,
            output: Vec::new(),
            timings: Vec::new(),
            phase: None,
            started_nanos: self.env.now_nanos(),
        };
        let ready = match &target {
            None => Err(self.why_no_target(&call.target)),
            Some(component) => self.prepare(component, &mut call),
        };
        match (ready, target) {
            (Ok(giving), Some(component)) => {
                if let Some(live) = self.live.get_mut(&component.digest) {
                    live.giving = giving;
                }
                record.arguments = call.arguments.clone();
                record.timings = self.opening_timings(&call.target);
                let asked_by = match &call.target {
                    Target::Component(_) => {
                        component.imports.iter().map(|i| (i.name.clone(), vec![component.name.clone()])).collect()
                    }
                    Target::Composition => self.composed().map(|c| c.asked_by.clone()).unwrap_or_default(),
                };
                let request = CallRequest {
                    job,
                    bytes: Arc::clone(&component.bytes),
                    digest: component.digest,
                    asked_by,
                    grants,
                    interface: call.interface,
                    function: call.function,
                    arguments: call.arguments,
                };
                if let Some(caller) = &mut self.caller {
                    caller.call(request);
                }
            }
            (ready, _) => {
                let why = ready.err().unwrap_or_default();
                record.finished = Some(Arc::new(Finished {
                    outcome: Outcome::Failed(why),
                    accesses: Vec::new(),
                    instance_calls: 0,
                    generation: 0,
                    memory_bytes: 0,
                    dropped_output_bytes: 0,
                }));
            }
        }
        while self.runs.len() >= MOST_RUNS {
            self.runs.pop_front();
        }
        self.runs.push_back(record);
    }

    fn why_no_target(&self, target: &Target) -> String {
        match target {
            Target::Component(digest) => format!("The component {} is not open", digest.short()),
            Target::Composition if self.document.composition.instances.is_empty() => {
                "There is nothing to call: place a component on the canvas".into()
            }
            Target::Composition => match self.problems.iter().find(|p| p.severity == Severity::Error) {
                Some(problem) => format!("The composition cannot be built: {}", problem.message),
                None => "The composition cannot be built".into(),
            },
        }
    }

    /// Checks the arguments against the function, and gives handles typed by number their generation. Gives the handles
    /// that the call takes away.
    fn prepare(&self, component: &Component, call: &mut Call) -> Result<Vec<Handle>, String> {
        let live = self.live.get(&component.digest);
        if call.function.starts_with(RESOURCE_DROP) {
            call.arguments.iter_mut().try_for_each(|argument| bind_handles(argument, live))?;
            return Ok(run::handles_in(&call.arguments));
        }
        let function = component
            .function(call.interface.as_deref(), &call.function)
            .ok_or_else(|| format!("“{}” has no function “{}”", component.name, call.function))?;
        if function.params.len() != call.arguments.len() {
            let (takes, given) = (function.params.len(), call.arguments.len());
            return Err(format!("{} takes {takes} arguments, {given} given", function.display_name()));
        }
        for (param, argument) in function.params.iter().zip(&mut call.arguments) {
            if let Some(error) = value::check(argument, &component.type_ref(param.ty)).first() {
                let dot = if error.path.is_empty() || error.path.starts_with('[') { "" } else { "." };
                return Err(format!("{}{dot}{}: {}", param.name, error.path, error.message));
            }
            bind_handles(argument, live)?;
        }
        Ok(run::given_away(&component.types, function, &call.arguments))
    }

    fn opening_timings(&self, target: &Target) -> Vec<Timing> {
        match target {
            Target::Component(digest) => self.opened.get(digest).map(|o| o.timings.clone()).unwrap_or_default(),
            Target::Composition => self.composed().map(|c| vec![c.timing]).unwrap_or_default(),
        }
    }

    fn called(&mut self, event: CallEvent) {
        let job = match &event {
            CallEvent::Started(job, _)
            | CallEvent::Timed(job, _)
            | CallEvent::Output(job, ..)
            | CallEvent::Finished(job, _) => *job,
        };
        let Some(run) = self.runs.iter_mut().rev().find(|r| r.job == job && r.finished.is_none()) else { return };
        run.take(event);
        if let Some(finished) = run.finished.clone() {
            let digest = run.digest;
            self.live.entry(digest).or_default().after(&finished);
        }
    }

    fn cancel_call(&mut self, job: JobId) {
        if self.waiting_call.as_ref().is_some_and(|(j, _)| *j == job) {
            self.waiting_call = None;
        }
        if let Some(caller) = &mut self.caller {
            caller.cancel(job);
        }
    }

    fn reset(&mut self, target: &Target) {
        let Some(digest) = self.target_digest(target) else { return };
        if self.running().is_some_and(|run| run.digest == digest) {
            self.say(Severity::Warning, "A call is under way on this instance: cancel it to start anew".into());
            return;
        }
        self.live.remove(&digest);
        if let Some(caller) = &mut self.caller {
            caller.reset(digest);
        }
    }

    fn target_digest(&self, target: &Target) -> Option<Digest> {
        match target {
            Target::Component(digest) => Some(*digest),
            Target::Composition => self.composed().map(|c| c.component.digest),
        }
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

/// Encodes, and reads the result back so that its interface can be shown and called.
fn compose_bytes(
    composition: &Composition,
    library: &Library,
    env: &dyn Env,
    start: u64,
) -> Result<Arc<ComposedBytes>, Vec<Diagnostic>> {
    let Encoded { bytes, asked_by } = compose::encode(composition, library)?;
    let nanos = env.now_nanos().saturating_sub(start);
    let component = Arc::new(crate::component::decode("composed.wasm", bytes.into()));
    Ok(Arc::new(ComposedBytes { component, asked_by, timing: Timing { phase: Phase::Validate, nanos, cached: false } }))
}

/// A handle typed as text has only its number; the live instance knows the rest.
fn bind_handles(value: &mut Value, live: Option<&Live>) -> Result<(), String> {
    match value {
        Value::Handle(handle) => {
            let known = live.and_then(|l| l.handles.iter().find(|h| h.number == handle.number));
            let known = known.ok_or_else(|| {
                format!("{}#{} is not a live handle: call a function that returns one", handle.resource, handle.number)
            })?;
            handle.clone_from(known);
        }
        Value::List(items) | Value::Tuple(items) => items.iter_mut().try_for_each(|v| bind_handles(v, live))?,
        Value::Record(fields) => fields.iter_mut().try_for_each(|(_, v)| bind_handles(v, live))?,
        Value::Variant(_, Some(v)) | Value::Option(Some(v)) | Value::Result(Ok(Some(v)) | Err(Some(v))) => {
            bind_handles(v, live)?;
        }
        Value::Map(pairs) => pairs.iter_mut().try_for_each(|(k, v)| {
            bind_handles(k, live)?;
            bind_handles(v, live)
        })?,
        _ => {}
    }
    Ok(())
}
