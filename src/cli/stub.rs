//! `wirebench stub`: a component that stands in for an import.

use super::{Exit, Headless, fail};
use crate::component::{Component, Extern, Function};
use crate::compose::{Answer, Behavior, Condition, Recording, Rule, StubSpec, calls_from_json};
use crate::diag::display_safe_line;
use crate::session::{Command, Env as _, MOST_FILE_BYTES, Machine};
use crate::value::parse_wave;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Makes a component that gives what a component imports: each function of it traps, or answers what is told here.
///
/// A stub has exactly the types that the consumer asks for, so it can be composed with it by any tool.
#[derive(clap::Args)]
pub struct Arguments {
    /// The component that has the import.
    consumer: PathBuf,
    /// The import's full name, as `wirebench inspect` lists it; the version may be left out.
    import: String,
    /// Answer a function with a value in WAVE, as in 'check=ok(3)'; 'done=' for a function without result. A handle is
    /// written as 'counter#1'. Functions that are not named trap, as with 'check=trap'; a case of that name is '%trap'.
    #[arg(long, value_name = "FUNCTION=VALUE")]
    answer: Vec<String>,
    /// Answer otherwise for certain arguments: 'check(amount=100, user="ann")=err("too much")'; parameters that are not
    /// named may be anything. The first rule that holds is taken; `trap` in place of the value traps.
    #[arg(long, value_name = "FUNCTION(PARAMETER=VALUE, …)=VALUE")]
    when: Vec<String>,
    /// Answer as calls that were made before were answered: a file with what `wirebench invoke --json` printed, of one
    /// call or more, one after the other. What was not called traps. Rules of --when come first.
    #[arg(long, value_name = "FILE")]
    from_calls: Option<PathBuf>,
    /// Where the stub is written.
    #[arg(short, long, value_name = "OUT.wasm")]
    output: PathBuf,
}

pub fn run(arguments: &Arguments) -> Exit {
    let mut headless = Headless::new(false);
    headless.apply(Command::Open(vec![arguments.consumer.clone()]));
    if headless.complain() {
        return Exit::BadInput;
    }
    let Some(consumer) = headless.session.library().values().next().cloned() else {
        return fail("The file is not a component");
    };
    match spec(&consumer, arguments) {
        Ok((import, spec)) => {
            headless.apply(Command::SaveStub {
                consumer: consumer.digest,
                import,
                spec,
                path: arguments.output.clone(),
            });
        }
        Err(why) => return fail(&why),
    }
    if headless.complain() {
        return Exit::BadInput;
    }
    headless.session.notices().iter().for_each(|n| eprintln!("{}", n.text));
    Exit::Done
}

/// The import's full name, and what the flags say.
fn spec(consumer: &Component, arguments: &Arguments) -> Result<(String, StubSpec), String> {
    let base = |name: &str| name.split_once('@').map_or_else(|| name.to_owned(), |(base, _)| base.to_owned());
    let import = consumer.import(&arguments.import).or_else(|| {
        let mut same = consumer.imports.iter().filter(|i| base(&i.name) == arguments.import);
        same.next().filter(|_| same.next().is_none())
    });
    let Some(import) = import else {
        let names: Vec<_> = consumer.imports.iter().map(|i| display_safe_line(&i.name)).collect();
        return Err(match names.as_slice() {
            [] => format!("“{}” has no imports", display_safe_line(&consumer.name)),
            _ => format!(
                "“{}” has no import {}\n  It has {}",
                display_safe_line(&consumer.name),
                display_safe_line(&arguments.import),
                names.join(", ")
            ),
        });
    };
    let mut texts: BTreeMap<String, Behavior<String>> = BTreeMap::new();
    for text in &arguments.answer {
        let (function, value) =
            text.split_once('=').ok_or_else(|| format!("--answer {text}: expected FUNCTION=VALUE"))?;
        let function = find(import, function)?;
        let behavior = Behavior { rules: Vec::new(), otherwise: answer(function, value), recorded: false };
        if texts.insert(function.name.clone(), behavior).is_some() {
            return Err(format!("--answer is there twice for {}", display_safe_line(&function.name)));
        }
    }
    for text in &arguments.when {
        let expected = || format!("--when {text}: expected FUNCTION(PARAMETER=VALUE, …)=VALUE");
        let (function, rest) = text.split_once('(').ok_or_else(expected)?;
        let function = find(import, function)?;
        let (when, value) = conditions(consumer, function, rest).ok_or_else(expected)?;
        let rule = Rule { when, answer: answer(function, value) };
        texts.entry(function.name.clone()).or_default().rules.push(rule);
    }
    if let Some(path) = &arguments.from_calls {
        recorded(consumer, import, path)?.add_to(&mut texts);
    }
    let spec = StubSpec::parse(consumer, &import.name, &texts).map_err(|e| e.to_string())?;
    Ok((import.name.clone(), spec))
}

/// The answers that a file has for an import; what could not be kept is said.
fn recorded(consumer: &Component, import: &Extern, path: &Path) -> Result<Recording, String> {
    let name = display_safe_line(&path.to_string_lossy()).into_owned();
    let failed = |why: String| format!("The recorded calls were not read: {why} ({name})");
    let bytes = Machine::new(None, || {}).read_file(path, MOST_FILE_BYTES).map_err(failed)?;
    let (calls, others) = calls_from_json(consumer, &import.name, &bytes).map_err(failed)?;
    let recording = Recording::of(consumer, &import.name, calls).map_err(|e| e.to_string())?;
    if others > 0 {
        let calls = if others == 1 { "1 call is" } else { &format!("{others} calls are") };
        eprintln!("warning: {calls} left out: of another interface, or without an answer");
    }
    recording.notes.iter().for_each(|note| eprintln!("warning: {note}"));
    if recording.used == 0 {
        return Err(format!(
            "There is no call of {} whose answer can be given ({name})",
            display_safe_line(&import.name)
        ));
    }
    Ok(recording)
}

/// `PARAMETER=VALUE, …)=ANSWER`, apart. What ends a value may stand in a string of it, too, so the first end up to which it
/// is a value of its type counts.
fn conditions<'t>(
    consumer: &Component,
    function: &Function,
    mut rest: &'t str,
) -> Option<(Vec<Condition<String>>, &'t str)> {
    let mut when = Vec::new();
    loop {
        let (parameter, after) = rest.split_once('=')?;
        let parameter = parameter.trim();
        let param = function.params.iter().find(|p| p.name == parameter);
        let begins_another = |at: usize| {
            let next = after.get(at + 1..).and_then(|next| next.split_once('=')).map(|(name, _)| name.trim());
            next.is_some_and(|next| function.params.iter().any(|p| p.name == next))
        };
        let ends = |at: &usize| after.get(*at..).is_some_and(|end| end.starts_with(")=")) || begins_another(*at);
        let ends: Vec<usize> = after.match_indices([')', ',']).map(|(at, _)| at).filter(ends).collect();
        let is_value = |at: &usize| match (param, after.get(..*at)) {
            (Some(param), Some(value)) => parse_wave(value, &consumer.type_ref(param.ty)).is_ok(),
            _ => false,
        };
        let end = ends.iter().copied().find(is_value).or_else(|| ends.first().copied())?;
        when.push(Condition { parameter: parameter.to_owned(), equals: after.get(..end)?.to_owned() });
        rest = after.get(end + 1..)?;
        if let Some(answer) = rest.strip_prefix('=').filter(|_| after.get(end..=end) == Some(")")) {
            return Some((when, answer));
        }
    }
}

fn answer(function: &Function, text: &str) -> Answer<String> {
    match text.trim() {
        "trap" => Answer::Trap,
        "" if function.result.is_none() => Answer::Fixed(None),
        text => Answer::Fixed(Some(text.to_owned())),
    }
}

/// A function by its full name, or by the one that people read if there is one such.
fn find<'a>(import: &'a Extern, name: &str) -> Result<&'a Function, String> {
    let name = name.trim();
    let functions = import.functions();
    let found = functions.iter().find(|f| f.name == name).or_else(|| {
        let mut same = functions.iter().filter(|f| f.display_name() == name);
        same.next().filter(|_| same.next().is_none())
    });
    found.ok_or_else(|| {
        let names: Vec<_> = functions.iter().map(|f| display_safe_line(&f.name)).collect();
        let import = display_safe_line(&import.name);
        format!("{import} has no function `{}`\n  It has {}", display_safe_line(name), names.join(", "))
    })
}
