//! What `invoke` does about tapped wires: `--tap`, and the calls that crossed them.

use super::Headless;
use crate::call::{Seen, TapCall, TapEnd};
use crate::compose::{Edit, Port, tappable};
use crate::diag::display_safe_line;
use crate::measure::{Nanos, grouped};
use crate::session::{Change, Command, Crossing, RunTaps};
use crate::value;
use serde_json::{Value, json};

/// Taps the wires that these texts name: `INSTANCE.IMPORT`, with or without the import's version, or `all`.
pub fn tap(headless: &mut Headless, wanted: &[String]) -> Result<(), String> {
    let composition = &headless.session.document().composition;
    let wires: Vec<Port> = composition.wires.keys().cloned().collect();
    let mut edits = Vec::new();
    for text in wanted {
        if text == "all" {
            // Those that cannot be tapped carry no calls.
            let can = |to: &&Port| tappable(composition, headless.session.library(), to).is_ok();
            edits.extend(wires.iter().filter(can).map(|to| Edit::Tap { to: to.clone(), on: true }));
            continue;
        }
        let found: Vec<&Port> = wires.iter().filter(|to| is_named(to, text)).collect();
        match found.as_slice() {
            [to] => edits.push(Edit::Tap { to: (*to).clone(), on: true }),
            [] if wires.is_empty() => return Err("There is no wire to tap".to_owned()),
            several => {
                let shown: Vec<String> = if several.is_empty() { wires.iter().collect() } else { several.to_vec() }
                    .into_iter()
                    .map(|to| format!("\n  {}.{}", display_safe_line(&to.instance), display_safe_line(&to.name)))
                    .collect();
                let why = if several.is_empty() { "No wire ends at" } else { "More than one wire ends at" };
                return Err(format!("{why} “{}”; the wires end at{}", display_safe_line(text), shown.concat()));
            }
        }
    }
    headless.apply(Command::Change(Change::ComposeAll("Tap wires", edits)));
    Ok(())
}

/// Whether a text means the import that a wire ends at.
fn is_named(to: &Port, text: &str) -> bool {
    let Some(import) = text.strip_prefix(&*to.instance).and_then(|rest| rest.strip_prefix('.')) else { return false };
    let base = to.name.split_once('@').map_or(&*to.name, |(base, _)| base);
    import == to.name || import == base || base.rsplit_once('/').is_some_and(|(_, own)| own == import)
}

/// Prints what crossed the tapped wires, on standard error.
pub fn print(taps: &RunTaps) {
    for (n, wire) in taps.wires.iter().enumerate() {
        let calls = taps.calls_of(n);
        let calls = if calls == 1 { "1 call".to_owned() } else { format!("{} calls", grouped(calls)) };
        eprintln!("tapped {}, {}: {calls}", wire.ends(), display_safe_line(&wire.tap.to.name));
    }
    for line in taps.lines(None) {
        match line {
            Crossing::LeftOut(1) => eprintln!("  … 1 call left out"),
            Crossing::LeftOut(count) => eprintln!("  … {} calls left out", grouped(count)),
            Crossing::Call(call) => {
                if let Some(wire) = taps.wires.get(call.tap as usize) {
                    eprintln!("  {}", wire.line(call));
                }
            }
        }
    }
    if taps.wires.iter().enumerate().any(|(n, _)| taps.calls_of(n) > 0) {
        eprintln!("the taps took {}", Nanos(taps.counts.cost_nanos));
    }
}

/// The same as JSON: the wires, and the calls in the order in which they began.
pub fn describe(taps: &RunTaps) -> Value {
    let wires = taps.wires.iter().enumerate().map(|(n, wire)| {
        json!({
            "from": { "instance": wire.tap.from.instance, "export": wire.tap.from.name },
            "to": { "instance": wire.tap.to.instance, "import": wire.tap.to.name },
            "calls": taps.calls_of(n),
            "nanos": taps.counts.counts.get(n).map_or(0, |count| count.nanos),
        })
    });
    json!({
        "wires": wires.collect::<Vec<_>>(),
        "calls": taps.calls.iter().map(|call| describe_call(taps, call)).collect::<Vec<_>>(),
        "cost": { "nanos": taps.counts.cost_nanos },
    })
}

fn describe_call(taps: &RunTaps, call: &TapCall) -> Value {
    let wire = taps.wires.get(call.tap as usize);
    let (end, result) = match &call.end {
        TapEnd::Returned(seen) => ("returned", Some(seen)),
        TapEnd::Trapped => ("trapped", None),
        TapEnd::Cancelled => ("cancelled", None),
        TapEnd::Stopped => ("stopped", None),
    };
    json!({
        "number": call.number,
        "wire": call.tap,
        "function": wire.and_then(|wire| wire.tap.functions.get(call.function as usize)),
        "depth": call.depth,
        "start": { "nanos": call.started_nanos },
        "nanos": call.nanos,
        "arguments": seen(&call.arguments),
        "end": end,
        "result": result.map(seen),
    })
}

fn seen(seen: &Seen) -> Value {
    match seen {
        Seen::Values { values, shortened } => {
            json!({ "wave": values.iter().map(value::to_wave).collect::<Vec<_>>(), "shortened": shortened })
        }
        Seen::TooLarge(bytes) => json!({ "too_large_bytes": bytes }),
    }
}
