//! The engine in a child process.

use super::client::{Backend, Desk, caller_by_desk, first_generation};
use super::protocol::{FromRunner, MAX_FROM_RUNNER, MAX_TO_RUNNER, ToRunner, decode, encode, read_frame, write_frame};
use super::worker::lock;
use crate::call::{CallRequest, JobId};
use crate::component::Digest;
use crate::diag::display_safe_line;
use std::io::{self, Read};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, Weak};

/// How much of what a runner writes to its standard error is kept, for words about its end.
const KEPT_ERROR_BYTES: usize = 4 << 10;

/// A [`crate::call::Caller`] whose engine is a child process: it starts with the first call, and a new one starts
/// after it ended or was ended.
pub struct Process {
    desk: Arc<Desk<Runner>>,
}

impl Process {
    /// A client that starts this program with the argument `runner`.
    pub fn new(program: PathBuf) -> Self {
        Self { desk: Desk::new(Runner { program, running: None }) }
    }

    /// A client that starts the program it is part of.
    ///
    /// # Errors
    /// The system does not say where this program is.
    pub fn of_this_program() -> io::Result<Self> {
        Ok(Self::new(std::env::current_exe()?))
    }
}

caller_by_desk!(Process);

struct Runner {
    program: PathBuf,
    running: Option<Running>,
}

struct Running {
    id: u32,
    child: Arc<Mutex<Child>>,
    /// To the thread that writes, so that a full pipe holds up nobody else.
    messages: Sender<Message>,
}

/// A message, and the frame of bytes that follows it.
type Message = (ToRunner, Option<Arc<[u8]>>);

impl Backend for Runner {
    fn start(&mut self, request: &CallRequest, incarnation: u64, desk: &Arc<Desk<Self>>) -> Result<(), String> {
        let running = match &self.running {
            Some(running) => running,
            None => {
                let running = Running::start(&self.program, incarnation, desk);
                self.running.insert(running.map_err(|e| format!("the runner cannot be started: {e}"))?)
            }
        };
        running.say(ToRunner::Call(Box::new(request.clone())));
        Ok(())
    }

    fn stop(&mut self, job: JobId) {
        if let Some(running) = &self.running {
            running.say(ToRunner::Cancel(job));
        }
    }

    fn reset(&mut self, digest: Digest) {
        if let Some(running) = &self.running {
            running.say(ToRunner::Reset(digest));
        }
    }

    fn kill(&mut self) {
        if let Some(running) = self.running.take() {
            let mut child = lock(&running.child);
            // It may have ended by itself; either way there is nothing left of it after the wait.
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    fn process_id(&self) -> Option<u32> {
        self.running.as_ref().map(|r| r.id)
    }
}

impl Running {
    fn start(program: &PathBuf, incarnation: u64, desk: &Arc<Desk<Runner>>) -> io::Result<Self> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let mut child = Command::new(program)
            .arg("runner")
            .env_clear()
            // One core stays free for the window, and compiling threads get the stack that their recursion needs.
            .env("RAYON_NUM_THREADS", cores.saturating_sub(1).max(1).to_string())
            .env("RUST_MIN_STACK", (16 << 20).to_string())
            .envs(needed_by_the_system())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(mut stdin), Some(stdout), Some(stderr)) = (stdin, stdout, stderr) else {
            return Err(io::Error::other("it has no pipes"));
        };
        let id = child.id();
        let child = Arc::new(Mutex::new(child));
        let (messages, to_write) = channel::<Message>();
        std::thread::Builder::new().name("runner-in".into()).spawn(move || {
            for (message, bytes) in to_write {
                let written = encode(&message)
                    .and_then(|m| write_frame(&mut stdin, &m, MAX_TO_RUNNER))
                    .and_then(|()| bytes.map_or(Ok(()), |b| write_frame(&mut stdin, &b, MAX_TO_RUNNER)));
                if written.is_err() {
                    // The runner is gone; whoever reads from it says so.
                    return;
                }
            }
        })?;
        let running = Self { id, child: Arc::clone(&child), messages: messages.clone() };
        let version = env!("CARGO_PKG_VERSION").to_owned();
        running.say(ToRunner::Hello { version, generation: first_generation(incarnation) });
        let last_words = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&last_words);
        let errors = std::thread::Builder::new().name("runner-err".into()).spawn(move || keep(stderr, &heard))?;
        let desk = Arc::downgrade(desk);
        std::thread::Builder::new().name("runner-out".into()).spawn(move || {
            let why = listen(stdout, incarnation, &desk, &messages);
            let status = {
                let mut child = lock(&child);
                // It is silent for good, or speaks nonsense. If it has ended by itself, its own status stays.
                let _ = child.kill();
                child.wait()
            };
            let _ = errors.join();
            if let Some(desk) = desk.upgrade() {
                desk.lost(incarnation, how_it_ended(why, status, &lock(&last_words)));
            }
        })?;
        Ok(running)
    }

    fn say(&self, message: ToRunner) {
        // If nobody writes any more the runner is gone, and whoever reads from it says so.
        let _ = self.messages.send((message, None));
    }
}

/// Environment variables without which a process does not start; no secrets among them.
fn needed_by_the_system() -> impl Iterator<Item = (&'static str, std::ffi::OsString)> {
    let names: &[&'static str] = if cfg!(windows) { &["SystemRoot"] } else { &[] };
    names.iter().filter_map(|name| std::env::var_os(name).map(|value| (*name, value)))
}

/// Hears a runner out; says what was wrong if it is not the end of the stream.
fn listen(
    mut from: ChildStdout,
    incarnation: u64,
    desk: &Weak<Desk<Runner>>,
    messages: &Sender<Message>,
) -> Option<String> {
    loop {
        let frame = match read_frame(&mut from, MAX_FROM_RUNNER) {
            Ok(Some(frame)) => frame,
            Ok(None) => return None,
            Err(e) => return Some(e.to_string()),
        };
        let desk = desk.upgrade()?;
        match decode(&frame) {
            Ok(FromRunner::Event(event)) => desk.event(incarnation, event),
            Ok(FromRunner::Need(digest)) => {
                let bytes = desk.bytes(incarnation, digest)?;
                let _ = messages.send((ToRunner::Bytes(digest), Some(bytes)));
            }
            Err(e) => return Some(e.to_string()),
        }
    }
}

/// Keeps the end of what is said.
fn keep(mut from: ChildStderr, words: &Mutex<Vec<u8>>) {
    let mut chunk = [0; 1024];
    while let Ok(length @ 1..) = from.read(&mut chunk) {
        let mut words = lock(words);
        words.extend_from_slice(chunk.get(..length).unwrap_or_default());
        let excess = words.len().saturating_sub(KEPT_ERROR_BYTES);
        words.drain(..excess);
    }
}

fn how_it_ended(why: Option<String>, status: io::Result<ExitStatus>, words: &[u8]) -> String {
    let how = match (why, status) {
        (Some(why), _) => format!("the runner process could not be understood: {why}"),
        (None, Ok(status)) => format!("the runner process ended ({status})"),
        (None, Err(e)) => format!("the runner process ended: {e}"),
    };
    let words = String::from_utf8_lossy(words);
    match words.lines().rfind(|l| !l.trim().is_empty()) {
        Some(last) => format!("{how}; its last words: {}", display_safe_line(last.trim())),
        None => how,
    }
}
