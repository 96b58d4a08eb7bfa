//! `wirebench virtual`: a component that gives what WASI gives, out of settings.

use super::{Exit, Headless, fail};
use crate::compose::{HostPart, VirtualClock, VirtualWasi, WasiGroup, moment};
use crate::session::Command;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Makes a component that gives what WASI gives: variables, arguments, clocks, random numbers, input and output, files, all
/// out of these settings. What is plugged into it runs with nothing granted, and gets the same answers each time.
///
/// Clocks stand still; what waits for them goes on at once. Random numbers are those of SplitMix64. What is written to
/// standard output and error goes nowhere.
///
/// Files, clocks and stdio go together: a component that takes some of them from here and some from the host cannot be
/// composed, since the streams of wasi:io cannot be of both, so give all of those that it uses, or none of them. What should
/// be the host's beside them is handed on with --host, and needs its grant then.
#[derive(clap::Args)]
pub struct Arguments {
    /// What it gives: environment (and arguments), stdio, clocks, random, files, exit; several with commas between them.
    /// Without it, everything but exit, which only the host can do without a trap.
    #[arg(long, value_name = "GROUP", value_delimiter = ',', value_parser = group)]
    give: Vec<WasiGroup>,
    /// What of it is the host's and handed on: stdin, stdout, stderr, clocks; several with commas between them. It goes
    /// together with files in memory, so that these can be had with output that is seen.
    #[arg(long, value_name = "PART", value_delimiter = ',', value_parser = part)]
    host: Vec<HostPart>,
    /// An environment variable; may be given more than once.
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    env: Vec<(String, String)>,
    /// A command line argument; may be given more than once. A command takes the first one for its own name.
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    arg: Vec<String>,
    /// Where the wall clock stands: 2000-01-01T00:00:00Z, or seconds since 1970.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    clock: Option<(u64, u32)>,
    /// The first reading of the monotonic clock, in nanoseconds.
    #[arg(long, value_name = "NANOSECONDS", default_value_t = VirtualClock::default().monotonic)]
    monotonic: u64,
    /// How many nanoseconds each reading moves the monotonic clock on.
    #[arg(long, value_name = "NANOSECONDS", default_value_t = VirtualClock::default().step)]
    step: u64,
    /// What the random numbers follow from.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    seed: u64,
    /// What standard input holds; nothing without it.
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    stdin: String,
    /// A file: the path by which the guest finds it, and the file of this machine with its contents; may be given more
    /// than once.
    #[arg(long, value_name = "GUEST=HOST", value_parser = pair)]
    file: Vec<(String, String)>,
    /// Lets guests write, make and remove files. They are in memory, and gone with the instance.
    #[arg(long)]
    writable: bool,
    /// Where the component is written.
    #[arg(short, long, value_name = "OUT.wasm")]
    output: PathBuf,
}

fn group(word: &str) -> Result<WasiGroup, String> {
    WasiGroup::parse(word).ok_or_else(|| format!("it is one of {}", WasiGroup::ALL.map(WasiGroup::word).join(", ")))
}

fn part(word: &str) -> Result<HostPart, String> {
    HostPart::parse(word).ok_or_else(|| format!("it is one of {}", HostPart::ALL.map(HostPart::word).join(", ")))
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (one, other) = text.split_once('=').ok_or("it has two parts, with = between them")?;
    Ok((one.to_owned(), other.to_owned()))
}

pub fn run(arguments: &Arguments) -> Exit {
    let new = VirtualWasi::default();
    let (seconds, nanoseconds) = arguments.clock.unwrap_or((new.clock.seconds, new.clock.nanoseconds));
    let mut files = Vec::new();
    for (guest, host) in &arguments.file {
        let guest = format!("/{}", guest.trim_start_matches('/'));
        if files.iter().any(|(there, _)| *there == guest) {
            return fail(&format!("--file gives {} twice", crate::diag::display_safe_line(&guest)));
        }
        files.push((guest, PathBuf::from(host)));
    }
    // What is handed on is given.
    let given = if arguments.give.is_empty() { new.groups } else { arguments.give.iter().copied().collect() };
    let host: BTreeSet<_> = arguments.host.iter().copied().collect();
    for (part, is_set, flag) in [
        (HostPart::Stdin, !arguments.stdin.is_empty(), "--stdin"),
        (HostPart::Clocks, arguments.clock.is_some(), "--clock"),
    ] {
        if is_set && host.contains(&part) {
            return fail(&format!("{flag} has no use with --host {}: leave one of them out", part.word()));
        }
    }
    let settings = VirtualWasi {
        groups: given.into_iter().chain(host.iter().map(|part| part.group())).collect(),
        host,
        environment: arguments.env.iter().cloned().collect(),
        arguments: arguments.arg.clone(),
        clock: VirtualClock { seconds, nanoseconds, monotonic: arguments.monotonic, step: arguments.step },
        seed: arguments.seed,
        stdin: arguments.stdin.clone(),
        files: Default::default(),
        is_writable: arguments.writable,
    };
    let together = beside_the_host(&settings);
    let mut headless = Headless::new(false);
    headless.apply(Command::SaveVirtualWasi { settings: Box::new(settings), files, path: arguments.output.clone() });
    if headless.complain() {
        return Exit::BadInput;
    }
    headless.session.notices().iter().for_each(|n| eprintln!("{}", n.text));
    together.iter().for_each(|text| eprintln!("{text}"));
    Exit::Done
}

/// What is to be known if groups with streams are given and others are not.
fn beside_the_host(settings: &VirtualWasi) -> Option<String> {
    let (given, left): (Vec<_>, Vec<_>) =
        WasiGroup::ALL.into_iter().filter(|g| g.needs_io()).partition(|g| settings.groups.contains(g));
    let words = |groups: &[WasiGroup]| groups.iter().map(|g| g.word()).collect::<Vec<_>>().join(" or ");
    (!given.is_empty() && !left.is_empty()).then(|| {
        format!(
            "  A component that takes {} from here cannot take {} straight from the host: give that too if it uses it, or \
             hand it on with --host",
            words(&given),
            words(&left)
        )
    })
}
