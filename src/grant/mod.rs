//! What a component may reach: what it asks for ([`Need`]), what the user allowed ([`Grants`]), and in which words.
//! One [`Grants`] value builds the linker, the host context and the text on the screen.

mod address;
mod change;
mod entry;
mod flags;
mod needs;
mod policy;
mod words;

pub use address::{check_address, check_http, is_private};
pub use change::{CapabilityChange, capability_changes};
pub use entry::{check_argument, check_folder, check_variable};
pub use flags::{capability_flags, command_line_flags, parse_flag, shell_quote, shown_flags};
pub use needs::{Need, NotProvided, needs, not_provided};
pub use policy::{Policy, policy};
pub use words::{Risk, looks_secret, masked_value, meaning, risk, sentence, title, warnings, warnings_about};

use std::collections::BTreeMap;

/// Something outside the sandbox that a user can allow, one checkbox each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Capability {
    /// Write to standard output (kept and shown, never the terminal of the window).
    Stdout,
    /// Write to standard error.
    Stderr,
    /// Read the text given as standard input.
    Stdin,
    /// Read the listed environment variables.
    Environment,
    /// Read the listed arguments.
    Arguments,
    /// Reach the listed folders.
    Folders,
    /// Read clocks, and sleep.
    Clocks,
    /// Get random numbers.
    Random,
    /// Connect to the listed addresses over TCP and UDP.
    Network,
    /// Send HTTP requests to the listed hosts.
    Http,
}

/// A checkbox with what it covers. The list is kept while the box is off, and means nothing then.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listed<T> {
    /// Whether the capability is allowed at all. Off unless the user ticked it.
    pub on: bool,
    /// What it covers when on. An empty list allows the asking and answers with nothing.
    pub list: T,
}

/// Everything that a user allowed one component or composition. [`Grants::default`] allows nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(missing_docs)] // one field for each `Capability`, which says what it means
pub struct Grants {
    pub stdout: bool,
    pub stderr: bool,
    pub stdin: Listed<String>,
    pub environment: Listed<BTreeMap<String, String>>,
    pub arguments: Listed<Vec<String>>,
    pub folders: Listed<Vec<Folder>>,
    pub clocks: bool,
    pub random: bool,
    pub network: Listed<Vec<AddressRule>>,
    pub http: Listed<Vec<HttpRule>>,
    /// Limits that hold whatever is granted.
    pub limits: Limits,
}

/// A folder that a guest may reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// Where it is on this machine.
    pub host: String,
    /// The path by which the guest knows it, as in `/data`.
    pub guest: String,
    /// Whether the guest may change it; read-only otherwise.
    pub writable: bool,
}

/// An address that a guest may connect to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressRule {
    /// An IP address, or a host name to look up once.
    pub host: String,
    /// A port; `None` is any.
    pub port: Option<u16>,
}

/// A host that a guest may send HTTP requests to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpRule {
    /// `http` or `https`.
    pub scheme: String,
    /// A host name or IP address, exactly as in the request.
    pub host: String,
    /// A port; `None` is the scheme's own.
    pub port: Option<u16>,
}

/// Bounds of one live instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// All linear memories together, in bytes.
    pub memory_bytes: u64,
    /// Kept output of one call, in bytes, for each stream; more is counted and dropped.
    pub output_bytes: u64,
    /// One call may take this long, in milliseconds; `None` is until cancelled.
    pub call_millis: Option<u64>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { memory_bytes: 256 << 20, output_bytes: 1 << 20, call_millis: None }
    }
}

impl Capability {
    /// All capabilities, in the order in which they are shown.
    pub const ALL: [Capability; 10] = [
        Capability::Stdout,
        Capability::Stderr,
        Capability::Stdin,
        Capability::Environment,
        Capability::Arguments,
        Capability::Folders,
        Capability::Clocks,
        Capability::Random,
        Capability::Network,
        Capability::Http,
    ];

    /// Its word, as on the command line and in the project file.
    pub fn word(self) -> &'static str {
        match self {
            Capability::Stdout => "stdout",
            Capability::Stderr => "stderr",
            Capability::Stdin => "stdin",
            Capability::Environment => "env",
            Capability::Arguments => "args",
            Capability::Folders => "folders",
            Capability::Clocks => "clocks",
            Capability::Random => "random",
            Capability::Network => "network",
            Capability::Http => "http",
        }
    }

    /// The capability with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.word() == word)
    }
}

impl Grants {
    /// Whether the checkbox of this capability is on.
    pub fn allows(&self, capability: Capability) -> bool {
        match capability {
            Capability::Stdout => self.stdout,
            Capability::Stderr => self.stderr,
            Capability::Stdin => self.stdin.on,
            Capability::Environment => self.environment.on,
            Capability::Arguments => self.arguments.on,
            Capability::Folders => self.folders.on,
            Capability::Clocks => self.clocks,
            Capability::Random => self.random,
            Capability::Network => self.network.on,
            Capability::Http => self.http.on,
        }
    }

    /// Turns the checkbox of this capability on or off; what it covers stays.
    pub fn set(&mut self, capability: Capability, on: bool) {
        *match capability {
            Capability::Stdout => &mut self.stdout,
            Capability::Stderr => &mut self.stderr,
            Capability::Stdin => &mut self.stdin.on,
            Capability::Environment => &mut self.environment.on,
            Capability::Arguments => &mut self.arguments.on,
            Capability::Folders => &mut self.folders.on,
            Capability::Clocks => &mut self.clocks,
            Capability::Random => &mut self.random,
            Capability::Network => &mut self.network.on,
            Capability::Http => &mut self.http.on,
        } = on;
    }

    /// Which boxes are on and how many entries each list has: what stays as it is while an entry is being typed.
    pub fn shape(&self) -> ([bool; Capability::ALL.len()], [usize; 5]) {
        let lists = [
            self.environment.list.len(),
            self.arguments.list.len(),
            self.folders.list.len(),
            self.network.list.len(),
            self.http.list.len(),
        ];
        (Capability::ALL.map(|c| self.allows(c)), lists)
    }

    /// These grants with every checkbox off: what a saved or changed file comes back with.
    #[must_use]
    pub fn all_off(&self) -> Self {
        let mut off = self.clone();
        Capability::ALL.into_iter().for_each(|c| off.set(c, false));
        off
    }

    /// These grants for other bytes than they were given to: every checkbox off, lists kept, and the capabilities that
    /// were on, for the user to look at again.
    pub fn rebind(&self) -> (Self, Vec<Capability>) {
        (self.all_off(), Capability::ALL.into_iter().filter(|c| self.allows(*c)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_bytes_turn_everything_off_and_keep_the_lists() {
        let mut grants = Grants::default();
        for flag in ["--allow=stdout", "--dir=/srv::/data", "--net=example.com:443"] {
            parse_flag(flag, &mut grants).unwrap();
        }
        let (again, review) = grants.rebind();
        assert_eq!(review, [Capability::Stdout, Capability::Folders, Capability::Network]);
        assert!(Capability::ALL.into_iter().all(|c| !again.allows(c)));
        assert_eq!((&again.folders.list, &again.network.list), (&grants.folders.list, &grants.network.list));
        assert_eq!(again.rebind(), (again.clone(), Vec::new()));
    }

    #[test]
    fn each_capability_has_its_own_box_and_word() {
        for capability in Capability::ALL {
            assert_eq!(Capability::from_word(capability.word()), Some(capability));
            let mut grants = Grants::default();
            grants.set(capability, true);
            let on: Vec<_> = Capability::ALL.into_iter().filter(|c| grants.allows(*c)).collect();
            assert_eq!(on, [capability]);
        }
    }
}
