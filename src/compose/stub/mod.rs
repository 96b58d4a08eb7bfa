//! Stubs: components made here that stand in for what an import asks for. A stub exports the import's own interface, read
//! from the bytes of its consumer, and every function of it traps or answers what it is told to.

pub(in crate::compose) mod code;
mod limits;
pub(in crate::compose) mod lower;
mod recorded;
mod said;
#[cfg(test)]
pub(super) mod tests;

pub use limits::{first_value, why_not_asked, why_not_given};
pub use recorded::{RecordedCall, Recording, calls_from_json};
pub(super) use said::from_json as functions_said;

use super::stand_in::StandIn;
use super::{Composition, Library, Port, result_exports};
use crate::component::{Component, Extern, Function, Item, Kind, TypeRef, decode_wit, guard};
use crate::diag::display_safe_line;
use crate::value::{self, Value};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use wit_component::{ComponentEncoder, DecodedWasm, StringEncoding, embed_component_metadata};
use wit_parser::{Resolve, WorldId, WorldItem, WorldKey};

/// What a stub does, by the functions' full names (`check`, `[method]counter.increment`). What is not named traps.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StubSpec {
    /// Functions that do not only trap.
    pub functions: BTreeMap<String, Behavior>,
}

/// What one function of a stub does. The values are [`Value`]s, or their WAVE text where they are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behavior<V = Value> {
    /// Tried in order; the first one that holds gives the answer.
    pub rules: Vec<Rule<V>>,
    /// The answer if no rule holds.
    pub otherwise: Answer<V>,
    /// Whether answers of recorded calls are among these.
    pub recorded: bool,
}

impl<V> Default for Behavior<V> {
    fn default() -> Self {
        Self { rules: Vec::new(), otherwise: Answer::Trap, recorded: false }
    }
}

/// An answer for certain arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule<V = Value> {
    /// All of these must hold; each is of another parameter. With none of them the rule always holds.
    pub when: Vec<Condition<V>>,
    /// What is answered then.
    pub answer: Answer<V>,
}

/// What one argument must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition<V = Value> {
    /// The parameter's name.
    pub parameter: String,
    /// The value that it must have. Numbers are compared as numbers, and NaN is the same as NaN.
    pub equals: V,
}

/// A function that has more rules than this is refused: they are tried one after the other at each call.
pub const MOST_RULES: usize = 1_000;

/// How a function of a stub ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer<V = Value> {
    /// With a trap.
    Trap,
    /// With this result; `None` for a function that has none. A handle in it is made anew for each call, with the given
    /// number as the representation that the stub's own methods see.
    Fixed(Option<V>),
}

/// Why there is no stub.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StubError {
    /// The file is not a component.
    #[error("“{}” is not a component, so it has no imports to stand in for", display_safe_line(.0))]
    NotAComponent(String),
    /// There is no such import.
    #[error("“{}” has no import {}", display_safe_line(.component), display_safe_line(.import))]
    NoImport {
        /// The component's short name.
        component: String,
        /// The name that was asked for.
        import: String,
    },
    /// The import is a type of the world.
    #[error("{} is a type, and only interfaces and functions can have a stub", display_safe_line(.0))]
    IsAType(String),
    /// There is no such function.
    #[error("{} has no function `{}`", display_safe_line(.import), display_safe_line(.function))]
    NoFunction {
        /// The import's name.
        import: String,
        /// The name that was asked for.
        function: String,
    },
    /// An answer or a condition cannot be had.
    #[error("`{}` {why}", display_safe_line(.function))]
    Behavior {
        /// The function's name.
        function: String,
        /// What is wrong with it.
        why: String,
    },
    /// The component could not be made.
    #[error("The stub could not be made: {0}")]
    Failed(String),
}

impl StubSpec {
    /// The specification that texts stand for: WAVE, by the functions' names.
    ///
    /// # Errors
    /// The first function that is not there, or text that is no value of its type.
    pub fn parse(
        consumer: &Component,
        import: &str,
        texts: &BTreeMap<String, Behavior<String>>,
    ) -> Result<Self, StubError> {
        let wanted = consumer
            .import(import)
            .ok_or_else(|| StubError::NoImport { component: consumer.name.clone(), import: import.to_owned() })?;
        let wanted: HashMap<&str, &Function> = wanted.functions().iter().map(|f| (f.name.as_str(), f)).collect();
        let mut functions = BTreeMap::new();
        for (name, text) in texts {
            let Some(function) = wanted.get(name.as_str()) else {
                return Err(StubError::NoFunction { import: import.to_owned(), function: name.clone() });
            };
            let refused = |why: String| StubError::Behavior { function: name.clone(), why };
            let answer = |answer: &Answer<String>| {
                let Answer::Fixed(text) = answer else { return Ok(Answer::Trap) };
                let value = match (text, function.result) {
                    (Some(text), Some(ty)) => Some(
                        value::parse_wave(text, &consumer.type_ref(ty))
                            .map_err(|e| refused(format!("cannot give this answer: {e}")))?,
                    ),
                    (Some(_), None) => return Err(refused("has no result to give".to_owned())),
                    (None, _) => None,
                };
                Ok(Answer::Fixed(value))
            };
            let mut behavior =
                Behavior { rules: Vec::new(), otherwise: answer(&text.otherwise)?, recorded: text.recorded };
            for rule in &text.rules {
                let mut when = Vec::new();
                for Condition { parameter, equals } in &rule.when {
                    let Some(param) = function.params.iter().find(|p| p.name == *parameter) else {
                        return Err(refused(format!("has no parameter `{}`", display_safe_line(parameter))));
                    };
                    let equals = value::parse_wave(equals, &consumer.type_ref(param.ty))
                        .map_err(|e| refused(format!("never gets this value for `{}`: {e}", param.name)))?;
                    when.push(Condition { parameter: parameter.clone(), equals });
                }
                behavior.rules.push(Rule { when, answer: answer(&rule.answer)? });
            }
            functions.insert(name.clone(), behavior);
        }
        Ok(Self { functions })
    }
}

/// The bytes of a component that exports what `consumer` imports as `import`, with exactly these types. It imports the
/// interfaces whose types the import speaks of; they must come from where the consumer has them.
///
/// The same arguments always give the same bytes.
///
/// # Errors
/// Why there is none.
pub fn stub(consumer: &Component, import: &str, spec: &StubSpec) -> Result<Vec<u8>, StubError> {
    if consumer.kind != Kind::Component {
        return Err(StubError::NotAComponent(consumer.name.clone()));
    }
    let at = consumer.imports.iter().position(|e| e.name == import);
    let Some((at, wanted)) = at.and_then(|at| Some((at, consumer.imports.get(at)?))) else {
        return Err(StubError::NoImport { component: consumer.name.clone(), import: import.to_owned() });
    };
    if matches!(wanted.item, Item::Type(_)) {
        return Err(StubError::IsAType(import.to_owned()));
    }
    let functions: HashMap<&str, &Function> = wanted.functions().iter().map(|f| (f.name.as_str(), f)).collect();
    for (name, behavior) in &spec.functions {
        let Some(function) = functions.get(name.as_str()) else {
            return Err(StubError::NoFunction { import: import.to_owned(), function: name.clone() });
        };
        check_behavior(consumer, function, behavior)?;
    }
    // The encoder asserts what it takes for granted, and a hostile component may not keep to it.
    guard::with_stack(|| guard::caught(|| make(consumer, at, wanted, spec)))
        .unwrap_or_else(|_| Err(StubError::Failed("the encoder cannot handle this component".to_owned())))
}

/// Whether the values of a behaviour fit the function.
fn check_behavior(component: &Component, function: &Function, behavior: &Behavior) -> Result<(), StubError> {
    let refused = |why: String| StubError::Behavior { function: function.name.clone(), why };
    let answers = behavior.rules.iter().map(|rule| &rule.answer).chain([&behavior.otherwise]);
    for answer in answers {
        let Answer::Fixed(given) = answer else { continue };
        match (given, function.result) {
            (None, None) => {}
            (Some(value), Some(ty)) => {
                if let Some(error) = value::check(value, &component.type_ref(ty)).first() {
                    return Err(refused(format!("cannot give this answer: {error}")));
                }
            }
            (Some(_), None) => return Err(refused("has no result, so it can give no answer but “done”".to_owned())),
            (None, Some(ty)) => {
                return Err(refused(format!("must answer with a value of type {}", component.types.text(ty))));
            }
        }
    }
    if behavior.rules.len() > MOST_RULES {
        return Err(refused(format!("has {} rules, and a stub tries at most {MOST_RULES}", behavior.rules.len())));
    }
    for (n, rule) in behavior.rules.iter().enumerate() {
        let n = n + 1;
        for (i, Condition { parameter, equals }) in rule.when.iter().enumerate() {
            let shown = display_safe_line(parameter);
            let Some(param) = function.params.iter().find(|p| p.name == *parameter) else {
                return Err(refused(format!("has no parameter `{shown}` (rule {n})")));
            };
            if rule.when.iter().take(i).any(|c| c.parameter == *parameter) {
                return Err(refused(format!("has two values for `{shown}` in one rule (rule {n})")));
            }
            let ty: TypeRef = component.type_ref(param.ty);
            if let Some(error) = value::check(equals, &ty).first() {
                return Err(refused(format!("never gets this value for `{shown}` (rule {n}): {error}")));
            }
        }
    }
    Ok(())
}

/// The composition without these instances: what they provide becomes open, and the result exports what it exports with
/// them, as far as it is there. `None` if nothing would be left to export.
pub fn without(composition: &Composition, library: &Library, instances: &BTreeSet<String>) -> Option<Composition> {
    let mut new = composition.clone();
    new.exports = result_exports(composition, library).into_iter().collect();
    let stays = |port: &Port| !instances.contains(&port.instance);
    new.exports.retain(|_, from| stays(from));
    new.wires.retain(|to, from| stays(to) && stays(from));
    new.instances.retain(|name, _| !instances.contains(name));
    new.taps.retain(|to| new.wires.contains_key(to));
    (!new.exports.is_empty()).then_some(new)
}

fn make(consumer: &Component, at: usize, wanted: &Extern, spec: &StubSpec) -> Result<Vec<u8>, StubError> {
    let failed = |e: anyhow::Error| StubError::Failed(display_safe_line(&format!("{e:#}")).into_owned());
    let (mut resolve, world) = match decode_wit(&consumer.bytes).map_err(StubError::Failed)? {
        DecodedWasm::Component(resolve, world) => (resolve, world),
        DecodedWasm::WitPackage(..) => return Err(StubError::NotAComponent(consumer.name.clone())),
    };
    turn_around(&mut resolve, world, at).map_err(failed)?;
    let mut module = code::module(&resolve, world, spec)?;
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).map_err(failed)?;
    let bytes = ComponentEncoder::default().validate(true).module(&module).and_then(|e| e.encode()).map_err(failed)?;
    let mut said = wasm_metadata::AddMetadata::default();
    said.name = wasm_metadata::AddMetadataField::Set("stub".to_owned());
    said.processed_by.push(("wirebench".to_owned(), env!("CARGO_PKG_VERSION").to_owned()));
    let mut bytes = said.to_wasm(&bytes).map_err(failed)?;
    StandIn::stub(&wanted.name, spec).append(Some(said::to_json(spec)), &mut bytes);
    Ok(bytes)
}

/// Makes a world that exports the import at this place and nothing else, and imports only what its types come from.
fn turn_around(resolve: &mut Resolve, world: WorldId, at: usize) -> anyhow::Result<()> {
    let Some(w) = resolve.worlds.get_mut(world) else { anyhow::bail!("there is no world") };
    let Some((key, is_function)) =
        w.imports.get_index(at).map(|(key, item)| (key.clone(), matches!(item, WorldItem::Function(_))))
    else {
        anyhow::bail!("there is no such import")
    };
    // A function of the world speaks of the world's own types.
    w.imports.retain(|k, item| *k == key || is_function && matches!(item, WorldItem::Type { .. }));
    resolve.exportize(world, Some("stub".to_owned()), Some(&|k: &WorldKey, _: &WorldItem| *k == key))
}
