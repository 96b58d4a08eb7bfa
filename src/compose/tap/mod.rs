//! Taps: a component made for a wire is put in its middle, and tells the host each call that crosses it, with arguments
//! and result. The composition that runs has taps, the one that is saved has none.

mod adapter;
mod inner;
mod start;
#[cfg(test)]
pub(super) mod tests;
mod types;
mod waiting;

use super::check::{Outline, about_wire};
use super::{Composition, Library, Port, Side, encode};
use crate::component::{Component, Item, Kind, decode_wit, guard};
use crate::diag::{Diagnostic, Severity, Subject, display_safe_line};
use std::collections::BTreeSet;
use wac_graph::CompositionGraph;
use wac_types::Package;
use wit_component::DecodedWasm;

/// What is shown of arguments or a result takes up no more than this in memory.
pub const MOST_SHOWN_BYTES: u32 = inner::MOST_SHOWN_BYTES;

/// A wire with a tap in a composition that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tap {
    /// The export that the wire starts at.
    pub from: Port,
    /// The import that it ends at.
    pub to: Port,
    /// The interface that the tap imports from the host. No component of the composition imports one of that name.
    pub host: String,
    /// The functions, by the numbers that the tap has for them.
    pub functions: Vec<String>,
}

/// A composition with its taps, made to be run.
#[derive(Debug, Clone)]
pub struct Tapped {
    /// The component.
    pub bytes: Vec<u8>,
    /// Its taps.
    pub taps: Vec<Tap>,
    /// The wires that have none after all, and why.
    pub refused: Vec<Diagnostic>,
}

/// Why a wire cannot be tapped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TapError {
    /// One of its ends does not exist.
    #[error("one of its ends does not exist")]
    NoEnd,
    /// It carries a type.
    #[error("it carries a type, and only calls can be listed")]
    IsAType,
    /// The interface has no functions.
    #[error("the interface has types only, and no function that could be called")]
    NoFunctions,
    /// The component between could not be made.
    #[error("the component that would stand between the two cannot be made: {0}")]
    Failed(String),
}

/// Whether the wire that ends at this import can be tapped, as far as its interface says.
///
/// # Errors
/// What is in the way.
pub fn tappable(composition: &Composition, library: &Library, to: &Port) -> Result<(), TapError> {
    let import = composition.port(library, to, Side::Import).filter(|_| composition.wires.contains_key(to));
    let import = import.ok_or(TapError::NoEnd)?;
    match &import.item {
        Item::Type(_) => Err(TapError::IsAType),
        _ if import.functions().is_empty() => Err(TapError::NoFunctions),
        _ => Ok(()),
    }
}

/// The composition with a tap in each of its tapped wires; `None` if there is none in what is composed.
///
/// # Errors
/// Why it cannot be made, though it could be without taps.
pub fn tapped(composition: &Composition, library: &Library) -> Result<Option<Tapped>, Vec<Diagnostic>> {
    if composition.taps.is_empty() {
        return Ok(None);
    }
    let members = composition.members();
    let (mut taps, mut adapters, mut refused) = (Vec::new(), Vec::new(), Vec::new());
    for to in composition.taps.iter().filter(|to| members.contains(to.instance.as_str())) {
        let (Some(from), Some(consumer)) = (composition.wires.get(to), composition.component(library, &to.instance))
        else {
            continue;
        };
        let host = host_name(composition, library, &taps);
        match tap(consumer, &to.name, &host) {
            Ok((bytes, functions)) => {
                taps.push(Tap { from: from.clone(), to: to.clone(), host, functions });
                adapters.push((to.clone(), bytes));
            }
            Err(why) => refused.push(about(to, &why)),
        }
    }
    if taps.is_empty() && refused.is_empty() {
        return Ok(None);
    }
    let outline = Outline::new(composition, library);
    let bytes = match encode::with_taps(composition, library, &outline, adapters.clone()) {
        Ok(bytes) => bytes,
        Err(why) if adapters.len() > MOST_TRIED => return Err(why),
        Err(_) => one_by_one(composition, library, adapters, &mut taps, &mut refused)?,
    };
    Ok(Some(Tapped { bytes, taps, refused }))
}

/// So many taps are tried one by one if they cannot all be had.
const MOST_TRIED: usize = 16;

/// Takes each tap that goes with those before it. A type that comes through a tap may be another one to whoever exports
/// it again, if it is one of an interface with resources.
fn one_by_one(
    composition: &Composition,
    library: &Library,
    adapters: Vec<(Port, Vec<u8>)>,
    taps: &mut Vec<Tap>,
    refused: &mut Vec<Diagnostic>,
) -> Result<Vec<u8>, Vec<Diagnostic>> {
    let outline = Outline::new(composition, library);
    let mut taken = Vec::new();
    let mut bytes = encode::unchecked(composition, library, &outline)?;
    for adapter in adapters {
        let to = adapter.0.clone();
        taken.push(adapter);
        match encode::with_taps(composition, library, &outline, taken.clone()) {
            Ok(more) => bytes = more,
            Err(why) => {
                taken.pop();
                taps.retain(|tap| tap.to != to);
                let why = why.first().map(|d| d.message.clone()).unwrap_or_default();
                refused.push(about(&to, &failed(&why)));
            }
        }
    }
    Ok(bytes)
}

fn about(to: &Port, why: &TapError) -> Diagnostic {
    let message = format!("The wire to {to} is not tapped: {why}");
    Diagnostic { severity: Severity::Warning, ..Diagnostic::error(about_wire(to), message) }
}

/// What is said if the composition runs without any of its taps.
pub fn without_taps(why: &[Diagnostic]) -> Diagnostic {
    let why = why.first().map_or("the encoder did not say why", |d| d.message.as_str());
    Diagnostic::warning(Subject::Project, format!("The composition runs without its taps: {why}"))
}

/// A name for the host's side of the next tap. A component that asks for one of that kind itself gets no answer: its
/// import is another one.
fn host_name(composition: &Composition, library: &Library, taps: &[Tap]) -> String {
    let components = composition.instances.keys().filter_map(|name| composition.component(library, name));
    let taken: BTreeSet<&str> = components.flat_map(|c| c.imports.iter().map(|i| i.name.as_str())).collect();
    let names = (taps.len() + 1..).map(|n| format!("wirebench:tap/wire-{n}"));
    let used = |name: &String| taken.contains(name.as_str()) || taps.iter().any(|tap| tap.host == *name);
    names.into_iter().find(|name| !used(name)).unwrap_or_default()
}

/// The component for the middle of a wire that ends at this import, and its functions by number.
fn tap(consumer: &Component, import: &str, host: &str) -> Result<(Vec<u8>, Vec<String>), TapError> {
    if consumer.kind != Kind::Component {
        return Err(TapError::NoEnd);
    }
    let functions =
        consumer.import(import).ok_or(TapError::NoEnd)?.functions().iter().map(|f| f.name.clone()).collect();
    // The encoder asserts what it takes for granted, and a hostile component may not keep to it.
    let made = guard::with_stack(|| guard::caught(|| make(consumer, import, host)));
    let bytes = made.unwrap_or_else(|_| Err(failed(&"the encoder cannot handle this interface")))?;
    Ok((bytes, functions))
}

fn failed(why: &dyn std::fmt::Display) -> TapError {
    TapError::Failed(display_safe_line(&why.to_string()).into_owned())
}

fn make(consumer: &Component, import: &str, host: &str) -> Result<Vec<u8>, TapError> {
    // A component that hands on the import as it is has all its types, and those that they come from.
    let mut between = CompositionGraph::new();
    let package = Package::from_bytes("consumer", None, consumer.bytes.to_vec(), between.types_mut())
        .map_err(|e| failed(&encode::innermost(&*e)))?;
    let kind = between.types()[package.ty()].imports.get(import).copied().ok_or(TapError::NoEnd)?;
    between.import(import, kind).map_err(|e| failed(&encode::innermost(&e)))?;
    let options = wac_graph::EncodeOptions { define_components: true, validate: false, processor: None };
    let bytes = between.encode(options).map_err(|e| failed(&encode::innermost(&e)))?;
    let (resolve, world) = match decode_wit(&bytes).map_err(|e| failed(&e))? {
        DecodedWasm::Component(resolve, world) => (resolve, world),
        DecodedWasm::WitPackage(..) => return Err(TapError::NoEnd),
    };
    let start = start::Start::read(&bytes, import).map_err(|e| failed(&e))?.ok_or(TapError::NoEnd)?;
    adapter::adapter(&resolve, world, import, start, host)
}
