//! Calls written as WAVE text: `add(2, 40)`.

use super::Value;
use super::sample::{count, quoted, say};
use super::scan::Reader;
use super::wave::ParseError;
use crate::component::{Component, Function, TypeKind};
use crate::diag::display_safe_line;

/// Reads a call, `interface#func(…)` or `func(…)`: the export's full name, the function's name and the arguments.
/// A name without interface is looked up in all exports; `counter.increment(counter#1, some(2))` names a method.
/// The interface may be without version, or only its last part. Options at the end may be left out.
///
/// # Errors
/// The place and what was expected there; for an unknown or ambiguous name, the names that would do.
pub fn parse_wave_call(text: &str, component: &Component) -> Result<(Option<String>, String, Vec<Value>), ParseError> {
    let mut reader = Reader::new(text, &component.types);
    reader.space();
    let start = reader.at;
    let name = reader.rest().split('(').next().unwrap_or_default().trim_end();
    let (interface, function) = find_function(name, component).map_err(|message| reader.error(start, name, message))?;
    reader.at = start + name.len();
    if !reader.eat(b'(') {
        return Err(reader.expected(&format!("( and the arguments of {}", describe(interface, function, component))));
    }
    let mut arguments = Vec::with_capacity(function.params.len());
    reader.sequence(b')', |reader, i| match function.params.get(i) {
        Some(param) => {
            arguments.push(reader.value(param.ty)?);
            Ok(())
        }
        None => Err(reader.expected(&format!(") after {}", count(function.params.len(), "argument")))),
    })?;
    for param in function.params.iter().skip(arguments.len()) {
        if !matches!(component.types.kind(param.ty), Some(TypeKind::Option(_))) {
            let (name, ty) = (display_safe_line(&param.name), say(&component.types, param.ty));
            return Err(reader.error(reader.at - 1, ")", format!("argument {name}: {ty} is missing")));
        }
        arguments.push(Value::Option(None));
    }
    reader.end()?;
    Ok((interface.map(str::to_owned), function.name.clone(), arguments))
}

/// The one exported function that `name` means; otherwise the names that would do.
fn find_function<'a>(name: &str, component: &'a Component) -> Result<(Option<&'a str>, &'a Function), String> {
    let (wanted_owner, wanted) = match name.rsplit_once('#') {
        Some((owner, function)) => (Some(owner), function),
        None => (None, name),
    };
    let owner_fits = |owner: Option<&str>| match (wanted_owner, owner) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(wanted), Some(owner)) => {
            let unversioned = owner.split('@').next().unwrap_or(owner);
            wanted == owner || wanted == unversioned || unversioned.rsplit('/').next() == Some(wanted)
        }
    };
    let mut fitting: Vec<_> = component
        .exported_functions()
        .filter(|(owner, f)| owner_fits(*owner) && (f.name == wanted || f.display_name() == wanted))
        .collect();
    // A name in full means that one, whatever else could be meant by it.
    if fitting.iter().any(|(owner, f)| *owner == wanted_owner && f.name == wanted) {
        fitting.retain(|(owner, f)| *owner == wanted_owner && f.name == wanted);
    }
    let shown = quoted(name);
    let (message, candidates) = match fitting.as_slice() {
        [one] => return Ok(*one),
        [] if name.is_empty() => ("expected a function's name".to_owned(), component.exported_functions().collect()),
        [] => (format!("no exported function is named {shown}"), component.exported_functions().collect::<Vec<_>>()),
        several => (format!("{shown} means {} functions; write one in full", several.len()), fitting),
    };
    const SHOWN: usize = 12;
    let mut listed: String =
        candidates.iter().take(SHOWN).map(|(owner, f)| format!("\n  {}", describe(*owner, f, component))).collect();
    if candidates.len() > SHOWN {
        listed.push_str(&format!("\n  and {} more", candidates.len() - SHOWN));
    }
    Err(if listed.is_empty() { "no function is exported".to_owned() } else { format!("{message}{listed}") })
}

/// `interface#function: func(…) -> …`
fn describe(interface: Option<&str>, function: &Function, component: &Component) -> String {
    let owner = interface.map(|i| format!("{i}#")).unwrap_or_default();
    let text = format!("{owner}{}: {}", function.display_name(), component.signature(function));
    display_safe_line(&text).into_owned()
}
