//! Calls that were made, as rules: a stub that answers as what it stands in for did.

use super::{Answer, Behavior, Condition, MOST_RULES, Rule, StubError};
use crate::component::{Component, Function};
use crate::compose::track;
use crate::diag::display_safe_line;
use crate::value::{self, Value};
use serde_json::Value as Json;
use std::collections::{BTreeMap, HashMap};

/// A call that was made, and how it ended.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedCall {
    /// The function's full name.
    pub function: String,
    /// The arguments, one for each parameter.
    pub arguments: Vec<Value>,
    /// The result, or a trap.
    pub answer: Answer,
}

/// What a stub does that answers as it was recorded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recording {
    /// By the functions' full names: for each call a rule that asks for all its arguments. What was not called traps.
    pub functions: BTreeMap<String, Behavior<String>>,
    /// How many calls are in it.
    pub used: usize,
    /// What could not be kept, in sentences.
    pub notes: Vec<String>,
}

/// Why a call is left out.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Why {
    Unknown,
    Misfit,
    Live,
    Map,
    Many,
}

impl Why {
    fn words(self) -> String {
        match self {
            Self::Unknown => "the import has no such function".to_owned(),
            Self::Misfit => "the values do not fit the import's types".to_owned(),
            Self::Live => "handles, streams and futures live in one run only, so they cannot be recorded".to_owned(),
            Self::Map => "an argument is a map, which has no order, so a rule cannot ask for it".to_owned(),
            Self::Many => format!("a stub tries at most {MOST_RULES} rules"),
        }
    }
}

impl Recording {
    /// The rules that these calls come to, for what `consumer` imports as `import`. Of several calls with the same
    /// arguments the last one counts.
    ///
    /// # Errors
    /// There is no such import.
    pub fn of(
        consumer: &Component,
        import: &str,
        calls: impl IntoIterator<Item = RecordedCall>,
    ) -> Result<Self, StubError> {
        let wanted = consumer
            .import(import)
            .ok_or_else(|| StubError::NoImport { component: consumer.name.clone(), import: import.to_owned() })?;
        let mut this = Self::default();
        let mut left_out: BTreeMap<(String, Why), usize> = BTreeMap::new();
        let mut changed: BTreeMap<String, usize> = BTreeMap::new();
        let mut places: HashMap<(String, Vec<String>), usize> = HashMap::new();
        for call in calls {
            let found = wanted.functions().iter().find(|f| f.name == call.function);
            let why = found.map_or(Some(Why::Unknown), |function| refusal(consumer, function, &call));
            let Some(function) = found.filter(|_| why.is_none()) else {
                *left_out.entry((call.function, why.unwrap_or(Why::Unknown))).or_default() += 1;
                continue;
            };
            let answer = match &call.answer {
                Answer::Trap => Answer::Trap,
                Answer::Fixed(value) => Answer::Fixed(value.as_ref().map(value::to_wave)),
            };
            let texts: Vec<String> = call.arguments.iter().map(value::to_wave).collect();
            let behavior = this.functions.entry(call.function.clone()).or_default();
            let key = (call.function.clone(), texts);
            if let Some(place) = places.get(&key) {
                let before = if key.1.is_empty() {
                    Some(&mut behavior.otherwise)
                } else {
                    behavior.rules.get_mut(*place).map(|rule| &mut rule.answer)
                };
                if let Some(before) = before.filter(|before| **before != answer) {
                    *changed.entry(call.function).or_default() += 1;
                    *before = answer;
                }
            } else if key.1.is_empty() {
                places.insert(key, 0);
                behavior.otherwise = answer;
            } else if behavior.rules.len() < MOST_RULES {
                let params = function.params.iter().zip(&key.1);
                let when = params.map(|(p, text)| Condition { parameter: p.name.clone(), equals: text.clone() });
                let when = when.collect();
                places.insert(key, behavior.rules.len());
                behavior.rules.push(Rule { when, answer });
            } else {
                *left_out.entry((call.function, Why::Many)).or_default() += 1;
                continue;
            }
            this.used += 1;
        }
        this.functions.retain(|_, behavior| *behavior != Behavior::default());
        this.functions.values_mut().for_each(|behavior| behavior.recorded = true);
        for ((function, why), count) in left_out {
            let calls = if count == 1 { "1 call".to_owned() } else { format!("{count} calls") };
            let verb = if count == 1 { "is" } else { "are" };
            let function = display_safe_line(&function);
            this.notes.push(format!("{calls} of `{function}` {verb} left out: {}", why.words()));
        }
        for (function, count) in changed {
            let (calls, function) = (if count == 1 { "1 call" } else { "some calls" }, display_safe_line(&function));
            this.notes.push(format!(
                "{calls} of `{function}` had arguments of an earlier one and another answer: the last answer counts"
            ));
        }
        Ok(this)
    }

    /// Adds this to what a stub does: a rule that asks for the same is replaced, the others follow those there are.
    pub fn add_to(self, functions: &mut BTreeMap<String, Behavior<String>>) {
        for (function, recorded) in self.functions {
            let behavior = functions.entry(function).or_default();
            behavior.recorded = true;
            if recorded.otherwise != Answer::Trap {
                behavior.otherwise = recorded.otherwise;
            }
            for rule in recorded.rules {
                match behavior.rules.iter_mut().find(|there| there.when == rule.when) {
                    Some(there) => there.answer = rule.answer,
                    None => behavior.rules.push(rule),
                }
            }
        }
    }
}

fn refusal(consumer: &Component, function: &Function, call: &RecordedCall) -> Option<Why> {
    let mut values = call.arguments.iter().chain(match &call.answer {
        Answer::Fixed(value) => value.as_ref(),
        Answer::Trap => None,
    });
    if values.any(|v| holds(v, &|v| matches!(v, Value::Handle(_) | Value::Opaque(_)))) {
        return Some(Why::Live);
    }
    if call.arguments.iter().any(|v| holds(v, &|v| matches!(v, Value::Map(_)))) {
        return Some(Why::Map);
    }
    let fits = |value: &Value, ty| value::check(value, &consumer.type_ref(ty)).is_empty();
    let arguments = function.params.len() == call.arguments.len()
        && function.params.iter().zip(&call.arguments).all(|(p, value)| fits(value, p.ty));
    let result = match (&call.answer, function.result) {
        (Answer::Trap, _) | (Answer::Fixed(None), None) => true,
        (Answer::Fixed(Some(value)), Some(ty)) => fits(value, ty),
        _ => false,
    };
    (!arguments || !result).then_some(Why::Misfit)
}

/// Whether a value or a part of it is of a kind. Values are as deep as types, a hundred levels.
fn holds(value: &Value, kind: &dyn Fn(&Value) -> bool) -> bool {
    let inside = |v: &Value| holds(v, kind);
    kind(value)
        || match value {
            Value::List(items) | Value::Tuple(items) => items.iter().any(inside),
            Value::Record(fields) => fields.iter().any(|(_, v)| inside(v)),
            Value::Variant(_, Some(v)) | Value::Option(Some(v)) | Value::Result(Ok(Some(v)) | Err(Some(v))) => {
                inside(v)
            }
            Value::Map(pairs) => pairs.iter().any(|(k, v)| inside(k) || inside(v)),
            _ => false,
        }
}

/// The calls of an import among those that `wirebench invoke --json` printed: one JSON value after the other, each a call
/// or a list of calls. Also says how many were of something else, or did not come to an end of their own.
///
/// # Errors
/// Text that is no such JSON, or a call whose values cannot be read.
pub fn calls_from_json(consumer: &Component, import: &str, text: &[u8]) -> Result<(Vec<RecordedCall>, usize), String> {
    let Some(wanted) = consumer.import(import) else {
        return Err(StubError::NoImport { component: consumer.name.clone(), import: import.to_owned() }.to_string());
    };
    let (mut calls, mut others) = (Vec::new(), 0);
    let mut nth = 0;
    for value in serde_json::Deserializer::from_slice(text).into_iter::<Json>() {
        let value = value.map_err(|e| format!("it is not JSON: {}", display_safe_line(&e.to_string())))?;
        let list = match value {
            Json::Array(list) => list,
            one => vec![one],
        };
        for call in list {
            nth += 1;
            let of = |key: &str| call.get(key).and_then(Json::as_str);
            let (Some(name), Some(outcome)) = (of("function"), of("outcome")) else {
                return Err(format!("call {nth} has no function or no outcome: it is not what invoke --json prints"));
            };
            let is_wanted = match of("interface") {
                Some(interface) => track(interface) == track(import),
                None => name == import,
            };
            let function = wanted.functions().iter().find(|f| f.name == name).filter(|_| is_wanted);
            let (Some(function), "returned" | "ok" | "err" | "trapped") = (function, outcome) else {
                others += 1;
                continue;
            };
            let texts = call.get("arguments").and_then(Json::as_array);
            let texts: Option<Vec<&str>> = texts.and_then(|all| all.iter().map(Json::as_str).collect());
            let texts = texts.ok_or_else(|| format!("call {nth} has no arguments"))?;
            let bad = |e: value::ParseError| format!("call {nth} of {}: {e}", display_safe_line(name));
            let arguments = function.params.iter().zip(&texts);
            let arguments = arguments.map(|(p, text)| value::parse_wave(text, &consumer.type_ref(p.ty)));
            let arguments = arguments.collect::<Result<Vec<_>, _>>().map_err(bad)?;
            let answer = match (outcome, of("wave"), function.result) {
                ("trapped", ..) => Answer::Trap,
                (_, Some(text), Some(ty)) => {
                    Answer::Fixed(Some(value::parse_wave(text, &consumer.type_ref(ty)).map_err(bad)?))
                }
                _ => Answer::Fixed(None),
            };
            calls.push(RecordedCall { function: name.to_owned(), arguments, answer });
        }
    }
    Ok((calls, others))
}
