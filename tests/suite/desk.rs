//! A session with files in memory, and the samples' calls on it.

use crate::support::PATIENCE;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use wirebench::call::{Caller, JobId, Outcome};
use wirebench::component::{Component, Digest};
use wirebench::compose::{Edit, Port};
use wirebench::grant::{Folder, Grants};
use wirebench::project::Target;
use wirebench::runner::{InProcess, Process};
use wirebench::session::{Call, Change, Command, Env, Memory, RunRecord, Session, Signal, Stamp, Work};
use wirebench::value::{Value, parse_wave_call};

/// A machine in memory that rings when there is something to poll.
#[derive(Default)]
pub struct Room {
    pub memory: Memory,
    has_threads: bool,
    bell: Signal,
}

impl Room {
    /// Work is done on threads, as in the window, and not on the spot.
    pub fn with_threads() -> Self {
        Self { has_threads: true, ..Self::default() }
    }

    /// Waits until there is something to poll, or for as long as a frame of a window that is busy.
    pub fn wait(&self, at_most: Duration) {
        self.bell.wait(at_most);
    }
}

impl Env for Room {
    fn read_file(&self, path: &Path, max_bytes: u64) -> Result<Arc<[u8]>, String> {
        self.memory.read_file(path, max_bytes)
    }

    fn stamp(&self, path: &Path) -> Option<Stamp> {
        self.memory.stamp(path)
    }

    fn write_file(&self, path: &Path, bytes: &[u8]) -> Result<(), String> {
        self.memory.write_file(path, bytes)
    }

    fn read_state(&self, name: &str) -> Option<Vec<u8>> {
        self.memory.read_state(name)
    }

    fn write_state(&self, name: &str, bytes: &[u8]) -> Result<(), String> {
        self.memory.write_state(name, bytes)
    }

    fn absolute(&self, path: &Path) -> PathBuf {
        self.memory.absolute(path)
    }

    fn now_nanos(&self) -> u64 {
        self.memory.now_nanos()
    }

    fn spawn(&self, thread_name: &str, work: Work) {
        if self.has_threads {
            std::thread::Builder::new().name(thread_name.into()).stack_size(8 << 20).spawn(work).expect("a thread");
        } else {
            self.memory.spawn(thread_name, work);
        }
    }

    fn wake(&self) {
        self.bell.raise();
    }
}

/// A session and its machine.
pub struct Desk {
    pub session: Session,
    pub room: Arc<Room>,
}

impl Desk {
    /// With the engine in this process.
    pub fn new() -> Self {
        Self::in_room(Arc::default())
    }

    /// With the engine in this process, on a machine that may have been used before.
    pub fn in_room(room: Arc<Room>) -> Self {
        Self::with(room, Box::new(InProcess::new()))
    }

    /// With a runner process.
    pub fn with_process() -> Self {
        let program = PathBuf::from(env!("CARGO_BIN_EXE_wirebench"));
        Self::with(Arc::default(), Box::new(Process::new(program)))
    }

    fn with(room: Arc<Room>, caller: Box<dyn Caller>) -> Self {
        let session = Session::new(Arc::clone(&room) as Arc<dyn Env>, Some(caller));
        Self { session, room }
    }

    /// Gives a command and waits for what it started.
    pub fn apply(&mut self, command: Command) {
        self.session.apply(command);
        self.finish();
    }

    /// Changes the document.
    pub fn change(&mut self, change: Change) {
        self.apply(Command::Change(change));
    }

    pub fn edit(&mut self, edit: Edit) {
        self.change(Change::Compose(edit));
    }

    /// Waits until nothing is under way.
    pub fn finish(&mut self) {
        self.wait_for(|session| !session.is_busy());
    }

    /// Waits until the session is as wanted.
    pub fn wait_for(&mut self, wanted: impl Fn(&Session) -> bool) {
        let begun = Instant::now();
        loop {
            self.session.poll();
            if wanted(&self.session) {
                return;
            }
            self.room.bell.wait(PATIENCE);
            assert!(begun.elapsed() < PATIENCE, "nothing happened");
        }
    }

    /// Opens a sample from its file.
    pub fn open(&mut self, file: &str) -> Digest {
        let path = PathBuf::from("/samples").join(file);
        let bytes = crate::support::sample_bytes(file);
        self.room.memory.put(&path, bytes.to_vec());
        self.apply(Command::Open(vec![path]));
        let digest = Digest::of(&bytes);
        assert!(self.session.library().contains_key(&digest), "{file}: {:?}", self.session.notices());
        digest
    }

    /// Opens a sample and places an instance of it; gives the instance's name.
    pub fn place(&mut self, file: &str, at: [f32; 2]) -> String {
        let component = self.open(file);
        let before = self.names();
        self.change(Change::Place { component, at, connect: None });
        let placed = self.names().into_iter().find(|n| !before.contains(n));
        placed.unwrap_or_else(|| panic!("{file} was not placed: {:?}", self.session.notices()))
    }

    pub fn names(&self) -> Vec<String> {
        self.session.document().composition.instances.keys().cloned().collect()
    }

    pub fn connect(&mut self, from: (&str, &str), to: (&str, &str)) {
        self.edit(Edit::Connect { from: Port::new(from.0, from.1), to: Port::new(to.0, to.1) });
    }

    /// What a target is, as a component.
    pub fn component(&self, target: &Target) -> Arc<Component> {
        let component = self.session.target_component(target);
        Arc::clone(component.unwrap_or_else(|| panic!("{:?}", self.session.problems())))
    }

    /// Starts a call that is written in WAVE.
    pub fn start(&mut self, target: Target, text: &str) -> JobId {
        let component = self.component(&target);
        let (interface, function, arguments) =
            parse_wave_call(text, &component).unwrap_or_else(|e| panic!("{text}: {}", e.message));
        self.session.apply(Command::Call(Call { target, interface, function, arguments }));
        self.session.runs().back().expect("a call").job
    }

    /// Makes a call that is written in WAVE.
    pub fn call(&mut self, target: Target, text: &str) -> RunRecord {
        let job = self.start(target, text);
        self.finish();
        let run = self.session.runs().back().expect("a call");
        assert_eq!(run.job, job);
        run.clone()
    }

    /// What a call returned.
    pub fn value(&mut self, target: Target, text: &str) -> Option<Value> {
        match self.call(target, text).outcome() {
            Some(Outcome::Returned(value)) => value.clone(),
            other => panic!("{text}: {other:?}"),
        }
    }

    /// The texts of all notices, to look at what was said.
    pub fn said(&self) -> String {
        self.session.notices().iter().map(|n| format!("{}\n", n.text)).collect()
    }
}

/// The grants in the words of the samples' calls, and no others. `folder` is what the guest may see as `/data`.
pub fn grants(words: &serde_json::Value, folder: &Path) -> Grants {
    let mut grants = Grants::default();
    for word in words.as_array().into_iter().flatten() {
        let word = word.as_str().expect("a word");
        let (kind, rest) = word.split_once(':').unwrap_or((word, ""));
        match kind {
            "stdout" => grants.stdout = true,
            "stderr" => grants.stderr = true,
            "clock" => grants.clocks = true,
            "random" => grants.random = true,
            "args" => grants.arguments.on = true,
            "env" if rest.is_empty() => grants.environment.on = true,
            "folder" if rest.is_empty() => grants.folders.on = true,
            "stdin" => {
                grants.stdin.on = true;
                grants.stdin.list = rest.to_owned();
            }
            "arg" => {
                grants.arguments.on = true;
                grants.arguments.list.push(rest.to_owned());
            }
            "env" => {
                let (name, value) = rest.split_once('=').expect(word);
                grants.environment.on = true;
                grants.environment.list.insert(name.to_owned(), value.to_owned());
            }
            "folder" => {
                grants.folders.on = true;
                let (host, guest) = (folder.display().to_string(), "/data".to_owned());
                grants.folders.list.push(Folder { host, guest, writable: rest == "write" });
            }
            "file" => {
                let (name, text) = rest.split_once('=').expect(word);
                std::fs::write(folder.join(name), text).expect("a file for the guest");
            }
            other => panic!("unknown grant {other}"),
        }
    }
    grants
}
