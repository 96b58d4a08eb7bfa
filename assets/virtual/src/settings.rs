//! What the component was told, and what has become of it since.
//!
//! Whoever makes a virtual WASI puts the settings behind everything else in memory, and writes where they are to
//! `SETTINGS`. They are numbers, little-endian, and texts with their length in front, in the order in which they are read
//! here. Without any there is nothing: no variables, no files.

use crate::exports::wasi::clocks::wall_clock::Datetime;
use crate::files::Node;
use crate::Single;
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::{Cell, OnceCell};
use core::ptr::{addr_of, read_volatile};

/// Where the settings begin, and how many bytes there are.
#[no_mangle]
pub static SETTINGS: [u32; 2] = [0; 2];

/// What is the host's, and handed on. What is not chosen here is no import of the component any more: calling it would trap.
#[derive(Default)]
pub struct Host {
    pub stdin: bool,
    pub stdout: bool,
    pub stderr: bool,
    pub clocks: bool,
}

#[derive(Default)]
pub struct Settings {
    pub wall: (u64, u32),
    pub monotonic: u64,
    pub step: u64,
    pub seed: u64,
    pub is_writable: bool,
    pub host: Host,
    pub stdin: &'static [u8],
    pub environment: Vec<(&'static str, &'static str)>,
    pub arguments: Vec<&'static str>,
    pub files: Vec<(&'static str, &'static [u8])>,
}

pub struct State {
    pub settings: Settings,
    /// How far the monotonic clock has come, in nanoseconds.
    pub elapsed: Cell<u64>,
    /// How much of that was waiting, which the wall clock goes along with.
    pub waited: Cell<u64>,
    pub random: Cell<u64>,
    pub insecure: Cell<u64>,
    pub stdin_read: Cell<usize>,
    pub nodes: Cell<u64>,
    pub root: OnceCell<Rc<Node>>,
}

static STATE: Single<OnceCell<&'static State>> = Single(OnceCell::new());

pub fn state() -> &'static State {
    STATE.0.get_or_init(|| {
        let settings = Settings::read();
        let seed = settings.seed;
        Box::leak(Box::new(State {
            elapsed: Cell::new(settings.monotonic),
            waited: Cell::new(0),
            random: Cell::new(seed),
            insecure: Cell::new(!seed),
            stdin_read: Cell::new(0),
            nodes: Cell::new(0),
            root: OnceCell::new(),
            settings,
        }))
    })
}

impl Settings {
    fn read() -> Self {
        // The compiler must not take for granted that nobody writes it.
        let [start, length] = unsafe { read_volatile(addr_of!(SETTINGS)) };
        if length == 0 {
            return Self::default();
        }
        let mut rest = Rest(unsafe { core::slice::from_raw_parts(start as usize as *const u8, length as usize) });
        Self {
            wall: (rest.u64(), rest.u32()),
            monotonic: rest.u64(),
            step: rest.u64(),
            seed: rest.u64(),
            is_writable: rest.bool(),
            host: Host { stdin: rest.bool(), stdout: rest.bool(), stderr: rest.bool(), clocks: rest.bool() },
            stdin: rest.bytes(),
            environment: rest.list(|r| (r.text(), r.text())),
            arguments: rest.list(Rest::text),
            files: rest.list(|r| (r.text(), r.bytes())),
        }
    }
}

/// What is not read yet.
struct Rest(&'static [u8]);

impl Rest {
    fn take(&mut self, length: usize) -> &'static [u8] {
        let (taken, rest) = self.0.split_at(length);
        self.0 = rest;
        taken
    }

    fn u32(&mut self) -> u32 {
        u32::from_le_bytes(self.take(4).try_into().unwrap())
    }

    fn u64(&mut self) -> u64 {
        u64::from_le_bytes(self.take(8).try_into().unwrap())
    }

    fn bool(&mut self) -> bool {
        self.u32() != 0
    }

    fn bytes(&mut self) -> &'static [u8] {
        let length = self.u32() as usize;
        self.take(length)
    }

    fn text(&mut self) -> &'static str {
        core::str::from_utf8(self.bytes()).unwrap()
    }

    fn list<T>(&mut self, one: fn(&mut Self) -> T) -> Vec<T> {
        let count = self.u32();
        (0..count).map(|_| one(self)).collect()
    }
}

/// The time that every file has at first.
pub fn start_time() -> Datetime {
    let (seconds, nanoseconds) = state().settings.wall;
    Datetime { seconds, nanoseconds }
}
