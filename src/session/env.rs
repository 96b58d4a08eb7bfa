//! Everything a session needs from the machine: files, a clock, threads and a way to wake the window.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Work handed to a background thread.
pub type Work = Box<dyn FnOnce() + Send>;

/// A file's size and the time of its last change: while both stay, its contents are taken to be the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Bytes.
    pub size: u64,
    /// Nanoseconds since 1970, or whatever a machine counts by.
    pub modified: u128,
}

/// The machine, as a session sees it. Tests put a machine of their own in its place.
pub trait Env: Send + Sync {
    /// Reads a regular file of at most `max_bytes`.
    ///
    /// # Errors
    /// Why it cannot be read, in words.
    fn read_file(&self, path: &Path, max_bytes: u64) -> Result<Arc<[u8]>, String>;

    /// The file's size and time; `None` if that is not known, and then only reading it says whether it has changed.
    fn stamp(&self, path: &Path) -> Option<Stamp> {
        let _ = path;
        None
    }

    /// Writes a file so that it is either the old or the new one, whatever happens.
    ///
    /// # Errors
    /// Why it cannot be written, in words.
    fn write_file(&self, path: &Path, bytes: &[u8]) -> Result<(), String>;

    /// The same of what can be made again: after a power cut it may be the old one, or gone.
    ///
    /// # Errors
    /// Why it cannot be written, in words.
    fn write_made_file(&self, path: &Path, bytes: &[u8]) -> Result<(), String> {
        self.write_file(path, bytes)
    }

    /// Makes a folder, and those around it, unless it is there.
    ///
    /// # Errors
    /// Why it could not be made, in words.
    fn make_folder(&self, path: &Path) -> Result<(), String> {
        let _ = path;
        Ok(())
    }

    /// Reads a file of the user's own state, such as preferences; `None` if there is none.
    fn read_state(&self, name: &str) -> Option<Vec<u8>>;

    /// Writes a file of the user's own state.
    ///
    /// # Errors
    /// Why it cannot be written, in words.
    fn write_state(&self, name: &str, bytes: &[u8]) -> Result<(), String>;

    /// The path as the project file should know it: absolute, links resolved as far as it exists.
    fn absolute(&self, path: &Path) -> PathBuf;

    /// Nanoseconds since some fixed moment. Never goes back.
    fn now_nanos(&self) -> u64;

    /// Runs work on a thread with this name, or on the spot.
    fn spawn(&self, thread_name: &str, work: Work);

    /// Tells whoever polls the session that there is something to poll.
    fn wake(&self);
}

/// The real machine.
pub struct Machine {
    start: Instant,
    state_folder: Option<PathBuf>,
    signal: Arc<Signal>,
    wake: Box<dyn Fn() + Send + Sync>,
}

/// Lets a thread without a window wait for [`Env::wake`].
#[derive(Default)]
pub struct Signal {
    raised: Mutex<bool>,
    condition: Condvar,
}

impl Signal {
    /// Waits until the signal is raised, at most this long; lowers it.
    pub fn wait(&self, at_most: Duration) {
        let raised = self.raised.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut raised, _) = self
            .condition
            .wait_timeout_while(raised, at_most, |raised| !*raised)
            .unwrap_or_else(PoisonError::into_inner);
        *raised = false;
    }

    /// Raises the signal.
    pub fn raise(&self) {
        *self.raised.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.condition.notify_all();
    }
}

impl Machine {
    /// The machine, with the user's state in `state_folder` (`None` keeps nothing) and `wake` called on any thread.
    pub fn new(state_folder: Option<PathBuf>, wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self { start: Instant::now(), state_folder, signal: Arc::default(), wake: Box::new(wake) }
    }

    /// Where this user's preferences and remembered grants lie; `None` if the system names no such place.
    pub fn user_state_folder() -> Option<PathBuf> {
        directories::ProjectDirs::from("", "", "wirebench").map(|d| d.data_local_dir().to_owned())
    }

    /// As [`Env::read_file`], for whoever needs the bytes only once: they are read into memory that nobody filled before.
    ///
    /// # Errors
    /// Why it cannot be read, in words.
    pub fn read_once(&self, path: &Path, max_bytes: u64) -> Result<Vec<u8>, String> {
        let (file, len) = open_regular(path, max_bytes)?;
        let mut bytes = Vec::with_capacity(usize::try_from(len).unwrap_or(0));
        file.take(max_bytes).read_to_end(&mut bytes).map_err(|e| plain_error(&e))?;
        Ok(bytes)
    }

    /// What is raised with every wake.
    pub fn signal(&self) -> Arc<Signal> {
        Arc::clone(&self.signal)
    }
}

/// Reads to the end. Most files are as long as they were said to be, and their bytes are never copied.
fn read_whole(mut file: fs::File, len: u64, max_bytes: u64) -> io::Result<Arc<[u8]>> {
    let mut bytes: Arc<[u8]> = std::iter::repeat_n(0, usize::try_from(len).unwrap_or(0)).collect();
    let mut read = 0;
    while let Some(rest) =
        Arc::get_mut(&mut bytes).and_then(|bytes| bytes.get_mut(read..)).filter(|rest| !rest.is_empty())
    {
        match file.read(rest) {
            Ok(0) => break,
            Ok(more) => read += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let mut more = Vec::new();
    file.take(max_bytes.saturating_sub(len)).read_to_end(&mut more)?;
    if read == bytes.len() && more.is_empty() {
        return Ok(bytes);
    }
    let read = bytes.get(..read).unwrap_or_default();
    Ok([read, &more].concat().into())
}

/// A regular file of at most `max_bytes`, and how many it has.
fn open_regular(path: &Path, max_bytes: u64) -> Result<(fs::File, u64), String> {
    // Looked at before it is opened: opening a pipe would wait for whoever writes to it.
    let about = fs::metadata(path).map_err(|e| plain_error(&e))?;
    if about.is_dir() {
        return Err("it is a folder, not a file".into());
    }
    if !about.is_file() {
        return Err("it is not a regular file".into());
    }
    if about.len() > max_bytes {
        let (size, limit) = (crate::measure::Bytes(about.len()), crate::measure::Bytes(max_bytes));
        return Err(format!("it has {size}, more than the limit of {limit}"));
    }
    Ok((fs::File::open(path).map_err(|e| plain_error(&e))?, about.len()))
}

impl Env for Machine {
    fn read_file(&self, path: &Path, max_bytes: u64) -> Result<Arc<[u8]>, String> {
        let (file, len) = open_regular(path, max_bytes)?;
        read_whole(file, len, max_bytes).map_err(|e| plain_error(&e))
    }

    fn stamp(&self, path: &Path) -> Option<Stamp> {
        let about = fs::metadata(path).ok()?;
        let modified = about.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?.as_nanos();
        Some(Stamp { size: about.len(), modified })
    }

    fn write_file(&self, path: &Path, bytes: &[u8]) -> Result<(), String> {
        replace(path, bytes, true)
    }

    fn write_made_file(&self, path: &Path, bytes: &[u8]) -> Result<(), String> {
        replace(path, bytes, false)
    }

    fn make_folder(&self, path: &Path) -> Result<(), String> {
        fs::create_dir_all(path).map_err(|e| plain_error(&e))
    }

    fn read_state(&self, name: &str) -> Option<Vec<u8>> {
        self.read_file(&self.state_folder.as_ref()?.join(name), 16 << 20).ok().map(|bytes| bytes.to_vec())
    }

    fn write_state(&self, name: &str, bytes: &[u8]) -> Result<(), String> {
        let Some(folder) = &self.state_folder else { return Ok(()) };
        fs::create_dir_all(folder).map_err(|e| plain_error(&e))?;
        self.write_file(&folder.join(name), bytes)
    }

    fn absolute(&self, path: &Path) -> PathBuf {
        fs::canonicalize(path).or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_owned())
    }

    fn now_nanos(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    fn spawn(&self, thread_name: &str, work: Work) {
        // Decoding walks deep types: the stack is the main thread's size.
        let started = std::thread::Builder::new().name(thread_name.into()).stack_size(8 << 20).spawn(work);
        if let Err(e) = started {
            log::error!("no thread for {thread_name}: {e}");
        }
    }

    fn wake(&self) {
        self.signal.raise();
        (self.wake)();
    }
}

/// Puts a file in place of the one that is there, if there is one; `is_lasting` waits until the disk has it. What a link
/// leads to is replaced, not the link; what is no file, as `/dev/null`, is written to.
fn replace(path: &Path, bytes: &[u8], is_lasting: bool) -> Result<(), String> {
    let write = || -> io::Result<()> {
        let there = fs::metadata(path).ok();
        if there.as_ref().is_some_and(|there| !there.is_file() && !there.is_dir()) {
            return fs::write(path, bytes);
        }
        let is_link = fs::symlink_metadata(path).is_ok_and(|there| there.is_symlink());
        let path = if is_link { &fs::canonicalize(path)? } else { path };
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(bytes)?;
        // A temporary file is for its owner only; what is saved is an ordinary file again.
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = there.as_ref().map_or(0o644, |there| there.permissions().mode() & 0o777);
            file.as_file().set_permissions(fs::Permissions::from_mode(mode))?;
        }
        if is_lasting {
            file.as_file().sync_all()?;
        } else if there.is_some_and(|there| there.is_file()) {
            // Some file systems write the new file to the disk before it takes the place of another.
            fs::remove_file(path)?;
        }
        file.persist(path)?;
        Ok(())
    };
    write().map_err(|e| match e.kind() {
        io::ErrorKind::NotFound => "there is no such folder".into(),
        _ => plain_error(&e),
    })
}

fn plain_error(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".into(),
        io::ErrorKind::PermissionDenied => "permission denied".into(),
        _ => error.to_string(),
    }
}

/// A machine without disk, clock or threads: files are in memory and all work is done on the spot.
#[derive(Default)]
pub struct Memory {
    /// Contents, and the how many-th they are of all that were put in place.
    files: Mutex<BTreeMap<PathBuf, (Vec<u8>, u64)>>,
    puts: std::sync::atomic::AtomicU64,
    state: Mutex<BTreeMap<String, Vec<u8>>>,
    ticks: std::sync::atomic::AtomicU64,
}

impl Memory {
    /// Puts a file in place.
    pub fn put(&self, path: impl Into<PathBuf>, bytes: impl Into<Vec<u8>>) {
        let nth = self.puts.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        self.files.lock().unwrap_or_else(PoisonError::into_inner).insert(path.into(), (bytes.into(), nth));
    }

    /// The bytes of a file.
    pub fn get(&self, path: impl AsRef<Path>) -> Option<Vec<u8>> {
        Some(self.files.lock().unwrap_or_else(PoisonError::into_inner).get(path.as_ref())?.0.clone())
    }
}

/// For a machine of a test: what concerns files and state is left to its `memory`.
#[cfg(test)]
macro_rules! files_in_memory {
    () => {
        fn read_file(&self, path: &std::path::Path, max_bytes: u64) -> Result<std::sync::Arc<[u8]>, String> {
            self.memory.read_file(path, max_bytes)
        }

        fn stamp(&self, path: &std::path::Path) -> Option<$crate::session::Stamp> {
            self.memory.stamp(path)
        }

        fn write_file(&self, path: &std::path::Path, bytes: &[u8]) -> Result<(), String> {
            self.memory.write_file(path, bytes)
        }

        fn read_state(&self, name: &str) -> Option<Vec<u8>> {
            self.memory.read_state(name)
        }

        fn write_state(&self, name: &str, bytes: &[u8]) -> Result<(), String> {
            self.memory.write_state(name, bytes)
        }

        fn absolute(&self, path: &std::path::Path) -> std::path::PathBuf {
            self.memory.absolute(path)
        }
    };
}
#[cfg(test)]
pub(crate) use files_in_memory;

impl Env for Memory {
    fn read_file(&self, path: &Path, max_bytes: u64) -> Result<Arc<[u8]>, String> {
        let bytes = self.get(path).ok_or("there is no such file")?;
        if bytes.len() as u64 > max_bytes { Err("it is too large".into()) } else { Ok(bytes.into()) }
    }

    fn stamp(&self, path: &Path) -> Option<Stamp> {
        let files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let (bytes, nth) = files.get(path)?;
        Some(Stamp { size: bytes.len() as u64, modified: u128::from(*nth) })
    }

    fn write_file(&self, path: &Path, bytes: &[u8]) -> Result<(), String> {
        self.put(path, bytes);
        Ok(())
    }

    fn read_state(&self, name: &str) -> Option<Vec<u8>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    fn write_state(&self, name: &str, bytes: &[u8]) -> Result<(), String> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).insert(name.into(), bytes.into());
        Ok(())
    }

    fn absolute(&self, path: &Path) -> PathBuf {
        path.to_owned()
    }

    fn now_nanos(&self) -> u64 {
        self.ticks.fetch_add(1_000, std::sync::atomic::Ordering::Relaxed)
    }

    fn spawn(&self, _thread_name: &str, work: Work) {
        work();
    }

    fn wake(&self) {}
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn a_link_stays_a_link_and_a_device_a_device() {
        let machine = Machine::new(None, || {});
        let folder = tempfile::tempdir().unwrap();
        let [file, link, device] = ["file", "link", "device"].map(|name| folder.path().join(name));
        fs::write(&file, "old").unwrap();
        symlink(&file, &link).unwrap();
        symlink("/dev/null", &device).unwrap();
        for write in [Machine::write_file, Machine::write_made_file] {
            write(&machine, &link, b"new").unwrap();
            assert_eq!(fs::read(&file).unwrap(), b"new");
            write(&machine, &device, b"new").unwrap();
            assert!(fs::read_link(&link).is_ok() && fs::read_link(&device).is_ok());
            write(&machine, &file, b"old").unwrap();
            assert_eq!(&*machine.read_file(&link, 3).unwrap(), b"old");
            assert_eq!(machine.read_once(&link, 3).unwrap(), b"old");
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3, "nothing is left behind");
        assert!(machine.read_file(&device, 3).is_err() && machine.read_file(&file, 2).is_err());
    }
}
