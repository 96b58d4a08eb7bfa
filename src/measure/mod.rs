//! Numbers about time and size, and how they are written. No clock is read here.

pub mod stats;

use std::fmt;

/// A step of opening or running something that is timed on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Bytes from disk.
    Read,
    /// Validation and decoding of the interface.
    Validate,
    /// Machine code from the component.
    Compile,
    /// Grants turned into a linker, and imports checked against it.
    Link,
    /// The instance made, its start code run.
    Instantiate,
    /// The call itself: arguments lowered, guest run, result lifted.
    Call,
}

impl Phase {
    /// All phases in the order in which they happen.
    pub const ALL: [Phase; 6] =
        [Phase::Read, Phase::Validate, Phase::Compile, Phase::Link, Phase::Instantiate, Phase::Call];

    /// The word shown for it.
    pub fn word(self) -> &'static str {
        match self {
            Phase::Read => "read",
            Phase::Validate => "validate",
            Phase::Compile => "compile",
            Phase::Link => "link",
            Phase::Instantiate => "instantiate",
            Phase::Call => "call",
        }
    }
}

/// How long one phase of one run took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// Which phase.
    pub phase: Phase,
    /// How long, in nanoseconds.
    pub nanos: u64,
    /// The result was already there (a compile cache hit, a live instance).
    pub cached: bool,
}

/// A duration in nanoseconds, written with three significant digits and its unit: `1.23 ms`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nanos(pub u64);

impl fmt::Display for Nanos {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n = self.0 as f64;
        let (value, unit) = match self.0 {
            0..1_000 => return write!(f, "{} ns", self.0),
            1_000..1_000_000 => (n / 1e3, "µs"),
            1_000_000..1_000_000_000 => (n / 1e6, "ms"),
            _ => (n / 1e9, "s"),
        };
        let digits = if value < 10.0 { 2 } else { usize::from(value < 100.0) };
        write!(f, "{value:.digits$} {unit}")
    }
}

/// A size in bytes, written with its unit: `144 B`, `15.2 KiB`, `11.4 MiB`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bytes(pub u64);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n = self.0 as f64;
        let (value, unit) = match self.0 {
            0..1_024 => return write!(f, "{} B", self.0),
            1_024..1_048_576 => (n / 1024.0, "KiB"),
            1_048_576..1_073_741_824 => (n / 1_048_576.0, "MiB"),
            _ => (n / 1_073_741_824.0, "GiB"),
        };
        let digits = usize::from(value < 100.0);
        write!(f, "{value:.digits$} {unit}")
    }
}

/// A number with its digits in groups of three.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stand_in_groups() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (4_998_000, "4,998,000")] {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn units_follow_the_number() {
        for (nanos, shown) in [(999, "999 ns"), (1_230_000, "1.23 ms"), (45_600, "45.6 µs"), (2_000_000_000, "2.00 s")]
        {
            assert_eq!(Nanos(nanos).to_string(), shown);
        }
        for (bytes, shown) in [(144, "144 B"), (15_564, "15.2 KiB"), (11_960_000, "11.4 MiB")] {
            assert_eq!(Bytes(bytes).to_string(), shown);
        }
    }
}
