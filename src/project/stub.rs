//! How a stub stands in the project file: what it is for, and what its functions do, with values in WAVE.

use super::document::{StubOf, Unknown};
use super::format::MAX_ENTRIES;
use crate::component::Digest;
use crate::compose::{Answer, Behavior, Condition, Rule};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

#[derive(Serialize, Deserialize)]
#[serde(expecting = "an object")]
struct StubEntry {
    /// The sha256 of the component whose import it stands in for.
    consumer: String,
    import: String,
    #[serde(default)]
    functions: Vec<FunctionEntry>,
    #[serde(flatten)]
    unknown: Map<String, Value>,
}

#[derive(Serialize, Deserialize)]
#[serde(expecting = "an object")]
struct FunctionEntry {
    function: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    rules: Vec<RuleEntry>,
    /// Without it the function traps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    answer: Option<AnswerEntry>,
    /// Whether answers of recorded calls are among these.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    recorded: bool,
    #[serde(flatten)]
    unknown: Map<String, Value>,
}

/// A rule with one condition names it in its own keys, as all rules did once.
#[derive(Serialize, Deserialize)]
#[serde(expecting = "an object")]
struct RuleEntry {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parameter: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    equals: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    when: Option<Vec<ConditionEntry>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    answer: Option<AnswerEntry>,
    #[serde(flatten)]
    unknown: Map<String, Value>,
}

#[derive(Serialize, Deserialize)]
#[serde(expecting = "an object")]
struct ConditionEntry {
    parameter: String,
    equals: String,
    #[serde(flatten)]
    unknown: Map<String, Value>,
}

#[derive(Serialize, Deserialize)]
#[serde(expecting = "an object")]
struct AnswerEntry {
    /// Without it the function has no result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(flatten)]
    unknown: Map<String, Value>,
}

// Where the unknown keys of an entry are kept in a stub. A rule is known by what it asks for, so that it takes them along
// when it moves.
fn function_id(function: &str) -> String {
    format!("function {function}")
}
fn rule_id(function: &str, rule: &Rule<String>) -> String {
    let when: Vec<_> = rule.when.iter().map(|c| (&c.parameter, &c.equals)).collect();
    format!("rule {when:?} of {function}")
}
fn condition_id(rule: &str, parameter: &str) -> String {
    format!("condition {parameter} of {rule}")
}
fn answer_id(of: &str) -> String {
    format!("answer of {of}")
}

/// The entry of a stub.
pub(super) fn write(stub: &StubOf) -> Option<Value> {
    let unknown = |id: &str| stub.unknown.0.get(id).cloned().unwrap_or_default();
    let answer = |answer: &Answer<String>, of: &str| match answer {
        Answer::Trap => None,
        Answer::Fixed(value) => Some(AnswerEntry { value: value.clone(), unknown: unknown(&answer_id(of)) }),
    };
    let functions = stub.functions.iter().map(|(function, behavior)| {
        let rules = behavior.rules.iter().map(|rule| {
            let id = rule_id(function, rule);
            let is_plain = |c: &Condition<String>| !stub.unknown.0.contains_key(&condition_id(&id, &c.parameter));
            let mut entry = RuleEntry {
                parameter: None,
                equals: None,
                when: None,
                answer: answer(&rule.answer, &id),
                unknown: unknown(&id),
            };
            match rule.when.as_slice() {
                [one] if is_plain(one) => {
                    entry.parameter = Some(one.parameter.clone());
                    entry.equals = Some(one.equals.clone());
                }
                all => {
                    let conditions = all.iter().map(|c| ConditionEntry {
                        parameter: c.parameter.clone(),
                        equals: c.equals.clone(),
                        unknown: unknown(&condition_id(&id, &c.parameter)),
                    });
                    entry.when = Some(conditions.collect());
                }
            }
            entry
        });
        let id = function_id(function);
        FunctionEntry {
            function: function.clone(),
            rules: rules.collect(),
            answer: answer(&behavior.otherwise, &id),
            recorded: behavior.recorded,
            unknown: unknown(&id),
        }
    });
    let entry = StubEntry {
        consumer: stub.consumer.to_string(),
        import: stub.import.clone(),
        functions: functions.collect(),
        unknown: unknown(""),
    };
    serde_json::to_value(entry).ok()
}

/// Reads an entry; `None` if it is none.
pub(super) fn read(value: Value) -> Option<StubOf> {
    let entry: StubEntry = serde_json::from_value(value).ok()?;
    let consumer = Digest::parse(&entry.consumer)?;
    let mut stub =
        StubOf { consumer, import: entry.import, functions: Default::default(), unknown: Unknown::default() };
    let kept = &mut stub.unknown;
    keep(kept, String::new(), entry.unknown);
    for function in entry.functions.into_iter().take(MAX_ENTRIES) {
        let id = function_id(&function.function);
        keep(kept, id.clone(), function.unknown);
        let otherwise = answer(kept, function.answer, &id);
        let mut behavior = Behavior { rules: Vec::new(), otherwise, recorded: function.recorded };
        for entry in function.rules {
            let (mut when, mut unknown) = (Vec::new(), Vec::new());
            match (entry.parameter, entry.equals, entry.when) {
                (Some(parameter), Some(equals), None) => when.push(Condition { parameter, equals }),
                (None, None, Some(conditions)) => {
                    for c in conditions {
                        unknown.push((c.parameter.clone(), c.unknown));
                        when.push(Condition { parameter: c.parameter, equals: c.equals });
                    }
                }
                _ => return None,
            }
            let mut rule = Rule { when, answer: Answer::Trap };
            let id = rule_id(&function.function, &rule);
            rule.answer = answer(kept, entry.answer, &id);
            keep(kept, id.clone(), entry.unknown);
            unknown.into_iter().for_each(|(parameter, keys)| keep(kept, condition_id(&id, &parameter), keys));
            behavior.rules.push(rule);
        }
        stub.functions.insert(function.function, behavior);
    }
    Some(stub)
}

fn answer(kept: &mut Unknown, entry: Option<AnswerEntry>, of: &str) -> Answer<String> {
    let Some(entry) = entry else { return Answer::Trap };
    keep(kept, answer_id(of), entry.unknown);
    Answer::Fixed(entry.value)
}

fn keep(unknown: &mut Unknown, id: String, keys: Map<String, Value>) {
    if !keys.is_empty() {
        unknown.0.insert(id, keys);
    }
}
