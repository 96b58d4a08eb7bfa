//! `wirebench invoke`: one call, with the grants given on the command line and no others.

use super::{Exit, Headless, fail, print, taps};
use crate::call::{Outcome, Stream};
use crate::component::{Component, Digest, Kind};
use crate::grant::{self, Grants};
use crate::measure::{Bytes, Nanos};
use crate::project::{FILE_ENDING, Target};
use crate::session::{Call, Change, Command, RunRecord, SOURCE_ENDING};
use crate::value::{self, Value};
use serde_json::json;
use std::io::Write;
use std::path::PathBuf;

/// Calls an exported function.
///
/// Nothing outside the component is reachable unless a flag grants it.
#[derive(clap::Args)]
pub struct Arguments {
    /// The component (.wasm, .wat), or a project or WAC source whose composition is called.
    file: PathBuf,
    /// The call in WAVE: `interface#function(arguments…)`; the interface may be left out if the function is unique.
    call: String,
    /// Further calls on the same instance, each after the one before.
    #[arg(long = "then", value_name = "CALL")]
    then: Vec<String>,
    /// List each call that crosses this wire of the composition, named by the import it ends at; `all` for every wire.
    #[arg(long, value_name = "INSTANCE.IMPORT")]
    tap: Vec<String>,
    /// Print outcome, value, output, accesses and timings as JSON.
    #[arg(long)]
    json: bool,
    /// Print how long each phase took, on standard error.
    #[arg(long)]
    timings: bool,
    #[command(flatten)]
    grants: GrantFlags,
}

/// Grants, as flags. Everything is off unless given.
#[derive(clap::Args)]
pub struct GrantFlags {
    /// Allow a capability that needs no list: stdout, stderr, stdin, env, args, folders, clocks, random, network, http.
    #[arg(long, value_name = "CAPABILITY", value_delimiter = ',')]
    allow: Vec<String>,
    /// Let it read this environment variable.
    #[arg(long, value_name = "NAME=VALUE")]
    env: Vec<String>,
    /// Give it this argument.
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    arg: Vec<String>,
    /// Give it this text as standard input.
    #[arg(long, value_name = "TEXT")]
    stdin: Option<String>,
    /// Let it reach a folder, read-only unless `:rw` is added.
    #[arg(long, value_name = "HOST::GUEST[:rw]")]
    dir: Vec<String>,
    /// Let it connect to an address.
    #[arg(long, value_name = "HOST[:PORT]")]
    net: Vec<String>,
    /// Let it send HTTP requests to a host.
    #[arg(long, value_name = "URL")]
    http: Vec<String>,
    /// Limit of its memory, as in 256MiB.
    #[arg(long, value_name = "SIZE")]
    memory: Option<String>,
    /// Limit of the call's time, as in 5s.
    #[arg(long, value_name = "TIME")]
    timeout: Option<String>,
}

impl GrantFlags {
    /// The grants that these flags give.
    fn grants(&self) -> Result<Grants, String> {
        let mut grants = Grants::default();
        let lists = [
            ("allow", &self.allow),
            ("env", &self.env),
            ("arg", &self.arg),
            ("dir", &self.dir),
            ("net", &self.net),
            ("http", &self.http),
        ];
        let single = [("stdin", &self.stdin), ("memory", &self.memory), ("timeout", &self.timeout)];
        let lists = lists.into_iter().flat_map(|(name, values)| values.iter().map(move |v| (name, v)));
        let single = single.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
        for (name, value) in lists.chain(single) {
            grant::parse_flag(&format!("--{name}={value}"), &mut grants)?;
        }
        Ok(grants)
    }
}

pub fn run(arguments: &Arguments) -> Exit {
    let grants = match arguments.grants.grants() {
        Ok(grants) => grants,
        Err(why) => return fail(&why),
    };
    let mut headless = Headless::new(true);
    if let Err(why) = headless.session.can_call() {
        return fail(why);
    }
    headless.apply(Command::Open(vec![arguments.file.clone()]));
    if headless.complain() {
        return Exit::BadInput;
    }
    let file = arguments.file.to_string_lossy();
    let is_project = file.ends_with(FILE_ENDING) || file.ends_with(SOURCE_ENDING);
    let target = if is_project {
        Target::Composition
    } else {
        match headless.session.library().values().next() {
            Some(component) if component.kind == Kind::Component => Target::Component(component.digest),
            Some(component) => {
                let why = component.diagnostics.first().map(|d| match &d.hint {
                    Some(hint) => format!("{}\n  {hint}", d.message),
                    None => d.message.clone(),
                });
                return fail(why.as_deref().unwrap_or("The file is not a component"));
            }
            None => return fail("The file is not a component"),
        }
    };
    if !arguments.tap.is_empty() {
        if target != Target::Composition {
            return fail("Only a wire of a composition can be tapped: give a project or a WAC source");
        }
        if let Err(why) = taps::tap(&mut headless, &arguments.tap) {
            return fail(&why);
        }
        if headless.complain() {
            return Exit::BadInput;
        }
    }
    headless.apply(Command::Change(Change::Grant(target, grants)));
    let Some(component) = headless.session.target_component(&target).cloned() else {
        let problem = headless.session.problems().first().map(ToString::to_string);
        eprintln!("{}", problem.as_deref().unwrap_or("error: The composition is empty: there is nothing to call"));
        return Exit::NotRun;
    };
    for problem in
        headless.session.composed().filter(|_| target == Target::Composition).iter().flat_map(|c| &c.untapped)
    {
        eprintln!("{problem}");
    }
    let mut exit = Exit::Done;
    let mut all = Vec::new();
    for text in std::iter::once(&arguments.call).chain(&arguments.then) {
        exit = call(&mut headless, target, &component, text, arguments, &mut all).unwrap_or_else(|why| fail(&why));
        if exit != Exit::Done {
            break;
        }
    }
    if arguments.json {
        let json = if let [one] = all.as_slice() { one.clone() } else { json!(all) };
        print(&super::json_text(&json));
    }
    exit
}

fn call(
    headless: &mut Headless,
    target: Target,
    component: &Component,
    text: &str,
    arguments: &Arguments,
    all: &mut Vec<serde_json::Value>,
) -> Result<Exit, String> {
    let (interface, function, values) = value::parse_wave_call(text, component).map_err(|e| mark(text, &e))?;
    headless.session.apply(Command::Call(Call { target, interface, function, arguments: values }));
    let mut shown = 0;
    let streams = !arguments.json;
    headless.finish(&mut |session| {
        if let Some(run) = session.runs().back().filter(|_| streams) {
            shown = echo(run, shown);
        }
    });
    let Some(run) = headless.session.runs().back() else { return Err("The call was not made".into()) };
    let outcome = run.outcome().cloned().unwrap_or(Outcome::Cancelled);
    if arguments.json {
        all.push(describe(run, &outcome));
    } else {
        say(&outcome);
        taps::print(&run.taps);
    }
    if arguments.timings {
        for timing in &run.timings {
            let note = if timing.cached { " (cached)" } else { "" };
            eprintln!("{:<12} {:>10}{note}", timing.phase.word(), Nanos(timing.nanos).to_string());
        }
        if let Some(finished) = &run.finished {
            eprintln!("{:<12} {:>10}", "memory", Bytes(finished.memory_bytes).to_string());
        }
    }
    Ok(exit_of(&outcome))
}

/// Passes on what the guest wrote since the last time. Control characters are shown, not obeyed.
fn echo(run: &RunRecord, shown: usize) -> usize {
    let total: usize = run.output.iter().map(|(_, b)| b.len()).sum();
    let mut skip = shown;
    for (stream, bytes) in &run.output {
        let fresh = bytes.get(skip.min(bytes.len())..).unwrap_or_default();
        skip = skip.saturating_sub(bytes.len());
        let text = String::from_utf8_lossy(fresh);
        let text = crate::diag::display_safe(&text);
        match stream {
            Stream::Stdout => print(&text),
            Stream::Stderr => drop(std::io::stderr().write_all(text.as_bytes())),
        }
    }
    total
}

fn say(outcome: &Outcome) {
    match outcome {
        Outcome::Returned(Some(value)) => print(&format!("{}\n", value::to_wave(value))),
        Outcome::Returned(None) => {}
        other => eprintln!("error: {}", other.sentence()),
    }
    if let Outcome::Trapped(trap) = outcome {
        for frame in &trap.frames {
            eprintln!("  at {}", crate::diag::display_safe_line(frame));
        }
    }
}

fn exit_of(outcome: &Outcome) -> Exit {
    match outcome {
        Outcome::Returned(Some(Value::Result(Err(_)))) => Exit::Negative,
        Outcome::Returned(_) => Exit::Done,
        Outcome::Trapped(_) => Exit::Trapped,
        Outcome::Denied(_) => Exit::Denied,
        Outcome::LimitReached(_) | Outcome::Cancelled => Exit::Stopped,
        Outcome::Failed(_) | Outcome::RunnerLost(_) => Exit::NotRun,
    }
}

fn describe(run: &RunRecord, outcome: &Outcome) -> serde_json::Value {
    let value = match outcome {
        Outcome::Returned(value) => value.as_ref(),
        _ => None,
    };
    let finished = run.finished.as_deref();
    json!({
        "function": run.function,
        "interface": run.interface,
        "arguments": run.arguments.iter().map(value::to_wave).collect::<Vec<_>>(),
        "sha256": digest_text(&run.digest),
        "outcome": outcome.word(),
        "message": (!matches!(outcome, Outcome::Returned(_))).then(|| outcome.sentence()),
        "frames": match outcome { Outcome::Trapped(trap) => Some(&trap.frames), _ => None },
        "value": value.map(value::to_json),
        "wave": value.map(value::to_wave),
        "stdout": run.text_of(Stream::Stdout),
        "stderr": run.text_of(Stream::Stderr),
        "accesses": run.accesses().iter().map(|a| json!({
            "interface": a.interface,
            "function": a.function,
            "capability": a.capability.map(|c| c.word()),
            "allowed": a.allowed,
            "count": a.count,
        })).collect::<Vec<_>>(),
        "timings": run.timings.iter().map(|t| json!({
            "phase": t.phase.word(), "nanos": t.nanos, "cached": t.cached,
        })).collect::<Vec<_>>(),
        "taps": (!run.taps.wires.is_empty()).then(|| taps::describe(&run.taps)),
        "instance_calls": finished.map(|f| f.instance_calls),
        "memory_bytes": finished.map(|f| f.memory_bytes),
    })
}

fn digest_text(digest: &Digest) -> String {
    digest.to_string()
}

/// The error with the text and a mark under the place.
fn mark(text: &str, error: &value::ParseError) -> String {
    let before = text.get(..error.start).unwrap_or(text).chars().count();
    let wide = text.get(error.start..error.end).map_or(1, |t| t.chars().count().max(1));
    format!("{}\n  {text}\n  {}{}", error.message, " ".repeat(before), "^".repeat(wide))
}
