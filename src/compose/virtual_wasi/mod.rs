//! Virtual WASI: a component that gives what WASI gives, out of settings alone. With it a component runs with nothing
//! granted and gets the same answers each time.
//!
//! What it is made of is one core module, built beforehand (`assets/virtual/`), for a component that exports all of it. The
//! settings are put into its memory; where only some of it is wanted, a component around it exports that much.
//!
//! Streams and pollables are resources, so they are good only where they come from: `wasi:io` must come from the same
//! instance as the interfaces that hand them out. A virtual WASI with input and output, clocks or files therefore gives
//! `wasi:io` too, and a component that takes its streams from there cannot take others from the host. What the host should
//! give beside it is handed on: the virtual WASI then imports that of the host, and has resources of its own around it. It
//! imports nothing else.

mod module;
mod moment;
mod settings;
#[cfg(test)]
mod tests;

pub use moment::{moment, moment_text};

use super::check::Outline;
use super::stand_in::StandIn;
use super::{Composition, Instance, Library, encode};
use crate::component::{self, Component, Part, PartKind, guard, version_fits};
use crate::diag::display_safe_line;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;
use wit_component::ComponentEncoder;

/// The core module that everything is made of.
const EVERYTHING: &[u8] = include_bytes!("../../../assets/virtual/virtual-wasi.wasm");
/// The version of WASI that it exports.
const VERSION: &str = "0.2.12";
/// What settings may hold at most, in bytes: they are kept in the project file, as text.
const MOST_BYTES: usize = 8 << 20;
/// Variables, arguments and files at most.
const MOST_ENTRIES: usize = 10_000;
/// The longest path.
const MOST_PATH: usize = 4096;

/// What a virtual WASI gives, and what that answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VirtualWasi {
    /// What it exports. The rest is left to the host.
    pub groups: BTreeSet<WasiGroup>,
    /// What of that is the host's all the same, and handed on; it has no settings then.
    pub host: BTreeSet<HostPart>,
    /// Environment variables.
    pub environment: BTreeMap<String, String>,
    /// Command line arguments; for a command, the first one is its own name.
    pub arguments: Vec<String>,
    /// The clocks.
    pub clock: VirtualClock,
    /// What the random numbers follow from.
    pub seed: u64,
    /// What standard input holds.
    pub stdin: String,
    /// Files by absolute path, as in `/data/list.txt`.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Whether files may be written, made and removed, in the instance's memory alone.
    pub is_writable: bool,
}

/// Clocks that stand still, but for this: each reading of the monotonic clock moves it on by a step, and waiting moves
/// both on to the moment that was waited for, at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VirtualClock {
    /// The wall clock: seconds since 1970 in UTC.
    pub seconds: u64,
    /// And nanoseconds, below a billion.
    pub nanoseconds: u32,
    /// The first reading of the monotonic clock, in nanoseconds. Go does not start at 0.
    pub monotonic: u64,
    /// How many nanoseconds a reading moves it on. With 0, a loop that reads it until time has passed never ends.
    pub step: u64,
}

impl Default for VirtualClock {
    fn default() -> Self {
        Self { seconds: 946_684_800, nanoseconds: 0, monotonic: 1_000_000_000, step: 1_000 }
    }
}

/// Everything but `exit`, with nothing in it.
impl Default for VirtualWasi {
    fn default() -> Self {
        Self {
            groups: WasiGroup::ALL.into_iter().filter(|g| *g != WasiGroup::Exit).collect(),
            host: BTreeSet::new(),
            environment: BTreeMap::new(),
            arguments: Vec::new(),
            clock: VirtualClock::default(),
            seed: 0,
            stdin: String::new(),
            files: BTreeMap::new(),
            is_writable: false,
        }
    }
}

/// A part of WASI that is given or left to the host as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WasiGroup {
    /// Environment variables and arguments.
    Environment,
    /// Standard input, output and error, and no terminal.
    Streams,
    /// Wall clock and monotonic clock.
    Clocks,
    /// Random numbers.
    Random,
    /// Files and folders.
    Files,
    /// Leaving early. No component can do that for another, so it traps; the host really ends the call.
    Exit,
}

impl WasiGroup {
    /// All groups, in the order in which people see them.
    pub const ALL: [Self; 6] = [Self::Environment, Self::Streams, Self::Clocks, Self::Random, Self::Files, Self::Exit];

    /// Its name in commands and files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Environment => "environment",
            Self::Streams => "stdio",
            Self::Clocks => "clocks",
            Self::Random => "random",
            Self::Files => "files",
            Self::Exit => "exit",
        }
    }

    /// The group of this name.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.word() == word)
    }

    /// The interfaces, without their version.
    pub fn interfaces(self) -> &'static [&'static str] {
        match self {
            Self::Environment => &["wasi:cli/environment"],
            Self::Streams => &[
                "wasi:cli/stdin",
                "wasi:cli/stdout",
                "wasi:cli/stderr",
                "wasi:cli/terminal-input",
                "wasi:cli/terminal-output",
                "wasi:cli/terminal-stdin",
                "wasi:cli/terminal-stdout",
                "wasi:cli/terminal-stderr",
            ],
            Self::Clocks => &["wasi:clocks/wall-clock", "wasi:clocks/monotonic-clock"],
            Self::Random => &["wasi:random/random", "wasi:random/insecure", "wasi:random/insecure-seed"],
            Self::Files => &["wasi:filesystem/types", "wasi:filesystem/preopens"],
            Self::Exit => &["wasi:cli/exit"],
        }
    }

    /// Whether its interfaces hand out streams or pollables, so that `wasi:io` must come along.
    pub fn needs_io(self) -> bool {
        matches!(self, Self::Streams | Self::Clocks | Self::Files)
    }
}

/// What can be the host's and handed on, so that it goes together with what is virtual.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HostPart {
    /// Standard input.
    Stdin,
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
    /// Wall clock and monotonic clock.
    Clocks,
}

impl HostPart {
    /// All parts, in the order in which people see them.
    pub const ALL: [Self; 4] = [Self::Stdin, Self::Stdout, Self::Stderr, Self::Clocks];

    /// Its name in commands and files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Stdin => "stdin",
            Self::Stdout => "stdout",
            Self::Stderr => "stderr",
            Self::Clocks => "clocks",
        }
    }

    /// The part of this name.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.word() == word)
    }

    /// The group that it is of.
    pub fn group(self) -> WasiGroup {
        match self {
            Self::Stdin | Self::Stdout | Self::Stderr => WasiGroup::Streams,
            Self::Clocks => WasiGroup::Clocks,
        }
    }

    /// The interfaces of the host that it needs, without their version.
    fn interfaces(self) -> &'static [&'static str] {
        match self {
            Self::Stdin => &["wasi:cli/stdin", "wasi:io/error", "wasi:io/poll", "wasi:io/streams"],
            Self::Stdout => &["wasi:cli/stdout", "wasi:io/error", "wasi:io/poll", "wasi:io/streams"],
            Self::Stderr => &["wasi:cli/stderr", "wasi:io/error", "wasi:io/poll", "wasi:io/streams"],
            Self::Clocks => &["wasi:clocks/wall-clock", "wasi:clocks/monotonic-clock", "wasi:io/poll"],
        }
    }

    /// Whether it needs this function of the host. Of the streams it is those of one direction.
    fn needs(self, interface: &str, function: &str) -> bool {
        let other = match self {
            Self::Stdin => "output-stream",
            Self::Stdout | Self::Stderr => "input-stream",
            Self::Clocks => return self.interfaces().contains(&interface),
        };
        self.interfaces().contains(&interface) && !function.contains(other)
    }
}

/// What hands out nothing by itself, and comes along with what does.
const IO: [&str; 3] = ["wasi:io/error", "wasi:io/poll", "wasi:io/streams"];

/// Why there is no virtual WASI of these settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VirtualWasiError {
    /// It would have no exports.
    #[error("A virtual WASI must give something: choose at least one of {}", words())]
    Nothing,
    /// No variable can have the name.
    #[error("“{}” cannot be the name of an environment variable: {why}", display_safe_line(.name))]
    Variable {
        /// The name.
        name: String,
        /// Why not.
        why: &'static str,
    },
    /// An argument or a variable's value holds a zero byte.
    #[error("“{}” cannot be passed on: it holds a zero character", display_safe_line(.0))]
    Zero(String),
    /// No file can have the path.
    #[error("“{}” cannot be the path of a file: {why}", display_safe_line(.path))]
    Path {
        /// The path.
        path: String,
        /// Why not.
        why: String,
    },
    /// Nanoseconds beyond a second.
    #[error("The clock has {0} nanoseconds beyond its seconds, and there are no more than 999999999")]
    Nanoseconds(u32),
    /// There is too much of it.
    #[error("The settings are too large: {0}")]
    TooLarge(String),
    /// The component could not be made.
    #[error("The virtual WASI could not be made: {0}")]
    Failed(String),
}

/// An interface's name with the version that is exported.
fn full(interface: &str) -> String {
    format!("{interface}@{VERSION}")
}

fn words() -> String {
    WasiGroup::ALL.map(WasiGroup::word).join(", ")
}

/// What is wrong with the name of an environment variable, if anything is.
pub fn variable_fault(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        Some("it is empty")
    } else if name.contains(['=', '\0']) {
        Some("it has a character that no name can have")
    } else {
        None
    }
}

/// What is wrong with a file's path by itself, if anything is.
pub fn path_fault(path: &str) -> Option<&'static str> {
    let parts = || path.split('/').skip(1);
    if !path.starts_with('/') {
        Some("it must begin with /")
    } else if parts().any(str::is_empty) {
        Some("a part of it is empty")
    } else if parts().any(|part| matches!(part, "." | "..")) {
        Some("it must name the file itself, without . and ..")
    } else if path.contains('\0') {
        Some("it has a character that no path can have")
    } else if path.len() > MOST_PATH {
        Some("it is longer than 4096 bytes")
    } else {
        None
    }
}

impl VirtualWasi {
    /// Whether a component can be made of it.
    ///
    /// # Errors
    /// The first thing that is in the way.
    pub fn check(&self) -> Result<(), VirtualWasiError> {
        use VirtualWasiError::{Nanoseconds, Nothing, Path, TooLarge, Variable, Zero};
        if self.groups.is_empty() {
            return Err(Nothing);
        }
        if self.clock.nanoseconds > 999_999_999 {
            return Err(Nanoseconds(self.clock.nanoseconds));
        }
        for name in self.environment.keys() {
            if let Some(why) = variable_fault(name) {
                return Err(Variable { name: name.clone(), why });
            }
        }
        if let Some(text) = self.environment.values().chain(&self.arguments).find(|text| text.contains('\0')) {
            return Err(Zero(text.clone()));
        }
        for path in self.files.keys() {
            if let Some(why) = path_fault(path) {
                return Err(Path { path: path.clone(), why: why.to_owned() });
            }
            let mut above = path.match_indices('/').skip(1).filter_map(|(at, _)| path.get(..at));
            if let Some(file) = above.find(|above| self.files.contains_key(*above)) {
                let why = format!("{} is a file, so nothing lies in it", display_safe_line(file));
                return Err(Path { path: path.clone(), why });
            }
        }
        for (what, count) in
            [("variables", self.environment.len()), ("arguments", self.arguments.len()), ("files", self.files.len())]
        {
            if count > MOST_ENTRIES {
                return Err(TooLarge(format!("{count} {what}, and {MOST_ENTRIES} are the most")));
            }
        }
        let size: usize = self.stdin.len()
            + self.environment.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>()
            + self.arguments.iter().map(String::len).sum::<usize>()
            + self.files.iter().map(|(path, bytes)| path.len() + bytes.len()).sum::<usize>();
        if size > MOST_BYTES {
            return Err(TooLarge(format!("{size} bytes in all, and 8 MiB are the most")));
        }
        Ok(())
    }

    /// Whether this is the host's and handed on.
    pub fn hands_on(&self, part: HostPart) -> bool {
        self.host.contains(&part) && self.groups.contains(&part.group())
    }

    /// Whether a function may be asked of the host, by its interface, without version, and its name. Interfaces of the
    /// encoding are none of the host's.
    fn may_import(&self, interface: &str, function: &str) -> bool {
        let mut parts = HostPart::ALL.into_iter().filter(|part| self.hands_on(*part));
        !interface.starts_with("wasi:") || parts.any(|part| part.needs(interface, function))
    }

    /// The interfaces that it exports, in full.
    pub fn exports(&self) -> Vec<String> {
        let io = IO.iter().filter(|_| self.groups.iter().any(|group| group.needs_io()));
        let own = self.groups.iter().flat_map(|group| group.interfaces());
        io.chain(own).map(|interface| full(interface)).collect()
    }
}

/// The export of a virtual WASI that can be wired to an import of this name, if all groups are given.
pub fn virtual_export(import: &str) -> Option<String> {
    let all = VirtualWasi { groups: WasiGroup::ALL.into(), ..VirtualWasi::default() };
    all.exports().into_iter().find(|export| version_fits(import, export))
}

/// The bytes of a component that gives this, and imports only what it hands on. The same settings always give the same bytes.
///
/// # Errors
/// Why there is none.
pub fn virtual_wasi(settings: &VirtualWasi) -> Result<Vec<u8>, VirtualWasiError> {
    settings.check()?;
    let failed = |why: String| VirtualWasiError::Failed(display_safe_line(&why).into_owned());
    let module = module::with(EVERYTHING, &settings::text(settings), &|interface, function| {
        settings.may_import(interface, function)
    });
    let module = module.map_err(|e| failed(e.to_string()))?;
    let encoded = ComponentEncoder::default().validate(true).module(&module).and_then(|e| e.encode());
    let mut bytes = encoded.map_err(|e| failed(format!("{e:#}")))?;
    let stands_in = StandIn::virtual_wasi(settings);
    if settings.groups.len() < WasiGroup::ALL.len() {
        // Whoever takes it out of what is around it finds it named too.
        stands_in.append(None, &mut bytes);
        bytes = guard::with_stack(|| only(bytes, settings))
            .map_err(|found| failed(found.into_iter().map(|d| d.message).collect::<Vec<_>>().join(", ")))?;
    }
    let mut said = wasm_metadata::AddMetadata::default();
    said.name = wasm_metadata::AddMetadataField::Set("virtual-wasi".to_owned());
    said.processed_by.push(("wirebench".to_owned(), env!("CARGO_PKG_VERSION").to_owned()));
    let mut bytes = said.to_wasm(&bytes).map_err(|e| failed(format!("{e:#}")))?;
    stands_in.append(None, &mut bytes);
    Ok(bytes)
}

/// The settings that a virtual WASI was made with, as far as they can be read in it. Only what is made of them anew tells
/// whether they are all of it.
pub(super) fn settings_of(component: &Component) -> Option<VirtualWasi> {
    let mut settings = settings::read(module::settings_in(component.bytes.get(first_module(&component.root)?)?)?)?;
    let gives = |group: &WasiGroup| group.interfaces().iter().all(|i| component.export(&full(i)).is_some());
    settings.groups = WasiGroup::ALL.into_iter().filter(gives).collect();
    Some(settings)
}

/// Where the first core module of a part lies, which may be inside the first component inside.
fn first_module(part: &Part) -> Option<Range<usize>> {
    let find = |part: &Part| part.children.iter().find(|p| p.kind == PartKind::Module).map(|p| p.range.clone());
    find(part).or_else(|| part.children.iter().find_map(find))
}

/// A component around this one that exports what is wanted of it.
fn only(bytes: Vec<u8>, settings: &VirtualWasi) -> Result<Vec<u8>, Vec<crate::diag::Diagnostic>> {
    let inner = Arc::new(component::decode("virtual-wasi.wasm", bytes.into()));
    let name = "virtual-wasi".to_owned();
    let exports = settings.exports().into_iter();
    let composition = Composition {
        instances: [(name.clone(), Instance { component: inner.digest })].into(),
        exports: exports.map(|export| (export.clone(), super::Port::new(&name, export))).collect(),
        ..Composition::default()
    };
    let library = Library::from([(inner.digest, inner)]);
    encode::unchecked(&composition, &library, &Outline::new(&composition, &library))
}
