//! All that a stub does, as it says itself: enough to make it anew, and what tells stubs apart that do the same, as with a
//! rule that traps where everything traps.

use super::{Answer, Behavior, Condition, Rule, StubSpec};
use crate::component::Digest;
use crate::value;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// A longer text is there as its digest only.
const MOST_TEXT: usize = 1 << 20;

#[derive(Serialize, Deserialize)]
struct Function {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    rules: Vec<Case>,
    otherwise: End,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    recorded: bool,
}

#[derive(Serialize, Deserialize)]
struct Case {
    /// Parameters and what they must be, in WAVE.
    when: Vec<(String, String)>,
    then: End,
}

/// How a call ends: with a trap, or with a value in WAVE, if the function has a result.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum End {
    Trap,
    Return(Option<String>),
}

pub(super) fn to_json(spec: &StubSpec) -> Json {
    let end = |answer: &Answer| match answer {
        Answer::Trap => End::Trap,
        Answer::Fixed(value) => End::Return(value.as_ref().map(value::to_wave)),
    };
    let functions = spec.functions.iter().map(|(name, behavior)| {
        let rules = behavior.rules.iter().map(|rule| {
            let when = rule.when.iter().map(|c| (c.parameter.clone(), value::to_wave(&c.equals)));
            Case { when: when.collect(), then: end(&rule.answer) }
        });
        let (rules, otherwise) = (rules.collect(), end(&behavior.otherwise));
        (name, Function { rules, otherwise, recorded: behavior.recorded })
    });
    let functions: BTreeMap<&String, Function> = functions.collect();
    // Only a map with keys that are no texts cannot be written.
    let json = serde_json::to_value(functions).unwrap_or_default();
    let text = json.to_string();
    if text.len() > MOST_TEXT { format!("sha256 {}", Digest::of(text.as_bytes())).into() } else { json }
}

/// What was written so; `None` if it was not, or left out.
pub(in crate::compose) fn from_json(json: Json) -> Option<BTreeMap<String, Behavior<String>>> {
    let functions: BTreeMap<String, Function> = serde_json::from_value(json).ok()?;
    let end = |end| match end {
        End::Trap => Answer::Trap,
        End::Return(value) => Answer::Fixed(value),
    };
    let functions = functions.into_iter().map(|(name, function)| {
        let rules = function.rules.into_iter().map(|case| {
            let when = case.when.into_iter().map(|(parameter, equals)| Condition { parameter, equals });
            Rule { when: when.collect(), answer: end(case.then) }
        });
        let (rules, otherwise) = (rules.collect(), end(function.otherwise));
        (name, Behavior { rules, otherwise, recorded: function.recorded })
    });
    Some(functions.collect())
}
