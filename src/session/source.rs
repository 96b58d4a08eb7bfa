//! WAC source opened as a document: its packages are found as components, and what it wires is laid out.

use super::files::{ProjectRead, Read, decode_timed, file_name, folder_of, read_component};
use super::spread::spread;
use super::{Env, Opened, samples};
use crate::component::Digest;
use crate::compose::{self, Library, Wanted};
use crate::diag::{Diagnostic, Subject, display_safe_line};
use crate::project::{ComponentSource, Document};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How a file with WAC source ends.
pub const SOURCE_ENDING: &str = ".wac";

/// Bytes of source that are read; the reader itself says more about it.
const MOST_SOURCE_BYTES: u64 = 16 << 20;

/// Where the packages of a source are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Packages {
    /// The folder in which `acme:store` is `acme/store.wasm`; `None` for `deps` beside the source.
    pub folder: Option<PathBuf>,
    /// Files of single packages, by their name as the source has it.
    pub named: BTreeMap<String, PathBuf>,
}

/// Reads a source and the components that it is made of. A component is where the user says, or in the folder, or the
/// one with the digest that the source claims among those that are open or come with the program.
pub(super) fn read_source(
    path: &Path,
    packages: &Packages,
    library: &Library,
    env: &dyn Env,
) -> Result<ProjectRead, String> {
    let name = file_name(path);
    let refused = |why: String| format!("{name} was not opened: {why}");
    let bytes = env.read_file(path, MOST_SOURCE_BYTES).map_err(|why| refused(format!("{why} ({})", path.display())))?;
    let source = str::from_utf8(&bytes).map(str::to_owned).map_err(|_| refused("it is not text (UTF-8)".to_owned()))?;
    let wanted = compose::wac_packages(&source).map_err(|fault| refused(fault.to_string()))?;
    let folder = packages.folder.clone().unwrap_or_else(|| packages_beside(path));
    let mut diagnostics = Vec::new();
    let mut components: BTreeMap<Digest, Read> = BTreeMap::new();
    let mut at_hand = library.clone();
    let mut found: BTreeMap<String, Digest> = BTreeMap::new();
    let mut document = Document::default();
    let mut missing = Vec::new();
    for package in &wanted {
        let found_at = find(package, packages, &folder, &at_hand, env)?;
        if package.is_types {
            // It is looked at, and no part of the composition.
            if let Found::Read(read) = found_at {
                let component = read.component;
                found.entry(package.key()).or_insert(component.digest);
                at_hand.entry(component.digest).or_insert(component);
            }
            continue;
        }
        let read = match found_at {
            Found::Read(mut read) => {
                read.select = false;
                Some(*read)
            }
            Found::Open(digest) => {
                note(&mut document, digest, at_hand.get(&digest).map_or(&package.name, |c| &c.name));
                found.insert(package.key(), digest);
                continue;
            }
            Found::Nowhere => None,
        };
        let looked = place_of(package, &folder);
        match (read, package.digest) {
            (Some(mut read), claimed) => {
                let digest = read.component.digest;
                if claimed.is_some_and(|claimed| claimed != digest) {
                    let text = format!("{} has changed since the source was written", quoted(&package.key()));
                    diagnostics.push(Diagnostic::warning(Subject::File(name.clone()), text));
                }
                if let (Some(own), Some(component)) = (&package.component, Arc::get_mut(&mut read.component)) {
                    component.name.clone_from(own);
                }
                note(&mut document, digest, &read.component.name);
                found.insert(package.key(), digest);
                at_hand.insert(digest, Arc::clone(&read.component));
                components.insert(digest, read);
            }
            (None, Some(claimed)) => {
                let text = format!("The package {} was not found: its nodes wait for it", quoted(&package.key()));
                let hint = format!("Open the component, or put it at {}", looked.display());
                diagnostics.push(Diagnostic::warning(Subject::File(name.clone()), text).with_hint(hint));
                note(&mut document, claimed, package.component.as_ref().unwrap_or(&package.name));
                found.insert(package.key(), claimed);
            }
            (None, None) => missing.push(format!(
                "Line {}, column {}: the package {} was not found: put it at {}, or say where it is with --dep {}=PATH",
                package.line,
                package.column,
                quoted(&package.key()),
                looked.display(),
                package.key(),
            )),
        }
    }
    if !missing.is_empty() {
        return Err(refused(missing.join("\n")));
    }
    let sourced = compose::from_wac(&source, &found, &at_hand)
        .map_err(|faults| refused(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))?;
    for remark in &sourced.notes {
        diagnostics.push(Diagnostic::warning(Subject::File(name.clone()), remark.to_string()));
    }
    document.layout = spread(&sourced.composition, &at_hand, &BTreeMap::new()).nodes;
    document.name = sourced.name;
    document.composition = sourced.composition;
    let used: Vec<Digest> = document.composition.instances.values().map(|i| i.component).collect();
    document.components.retain(|digest, _| used.contains(digest));
    Ok(ProjectRead {
        document,
        components: components.into_values().collect(),
        diagnostics,
        source: Some(path.to_owned()),
    })
}

enum Found {
    /// In a file.
    Read(Box<Read>),
    /// Among the components at hand.
    Open(Digest),
    Nowhere,
}

fn find(
    package: &Wanted,
    packages: &Packages,
    folder: &Path,
    library: &Library,
    env: &dyn Env,
) -> Result<Found, String> {
    let named = packages.named.get(&package.key()).or_else(|| packages.named.get(&package.name));
    if let Some(path) = named {
        return read_component(&env.absolute(path), env).map(|read| Found::Read(Box::new(read)));
    }
    let binary = place_of(package, folder);
    for path in [binary.clone(), binary.with_extension("wat")] {
        if let Ok(read) = read_component(&path, env) {
            return Ok(Found::Read(Box::new(read)));
        }
    }
    let Some(digest) = package.digest else { return Ok(Found::Nowhere) };
    if library.contains_key(&digest) {
        return Ok(Found::Open(digest));
    }
    let sample = samples::SAMPLES.iter().find(|sample| Digest::of(sample.bytes) == digest);
    Ok(sample.map_or(Found::Nowhere, |sample| {
        let mut read = decode_timed(sample.file, sample.bytes.into(), env);
        read.opened = Opened { language: Some(sample.language.into()), is_sample: true, ..read.opened };
        Found::Read(Box::new(read))
    }))
}

/// The folder in which the packages of the source at this path are looked for.
pub(super) fn packages_beside(source: &Path) -> PathBuf {
    folder_of(source).join("deps")
}

/// Writes those packages of a source that are `made` here and have no file of their own to where they are looked for.
pub(super) fn write_packages(
    source: &[u8],
    made: &BTreeSet<Digest>,
    library: &Library,
    folder: &Path,
    env: &dyn Env,
) -> Result<(), String> {
    let source = str::from_utf8(source).map_err(|_| "the source is not text".to_owned())?;
    let packages = compose::wac_packages(source).map_err(|fault| fault.to_string())?;
    let made = packages.iter().filter(|package| package.digest.is_some_and(|digest| made.contains(&digest)));
    for (package, component) in made.filter_map(|p| Some((p, library.get(&p.digest?)?))) {
        let path = place_of(package, folder);
        match env.read_file(&path, component.bytes.len() as u64) {
            Ok(there) if there[..] == component.bytes[..] => continue,
            _ if env.stamp(&path).is_some() => {
                let name = quoted(&component.name);
                let path = path.display();
                return Err(format!(
                    "{name} would take the place of another file: remove that if it is an older one ({path})"
                ));
            }
            _ => {}
        }
        path.parent().map_or(Ok(()), |parent| env.make_folder(parent))?;
        env.write_file(&path, &component.bytes)?;
    }
    Ok(())
}

/// Where a package is looked for: `acme:store@1.2.0` is `acme/store/1.2.0.wasm`, as the `wac` tool has it. The parts are
/// words of the language, so none of them leads out of the folder.
fn place_of(package: &Wanted, folder: &Path) -> PathBuf {
    let mut path = folder.to_owned();
    package.name.split(':').for_each(|part| path.push(part));
    path.extend(&package.version);
    let mut text = path.into_os_string();
    text.push(".wasm");
    PathBuf::from(text)
}

fn note(document: &mut Document, digest: Digest, name: &str) {
    let source = ComponentSource { name: name.to_owned(), ..ComponentSource::default() };
    document.components.insert(digest, source);
}

fn quoted(text: &str) -> String {
    format!("“{}”", display_safe_line(text))
}
