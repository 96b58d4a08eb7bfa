//! What a file says of its own origin. All of it is a claim of the file, none of it is verified.

use std::collections::BTreeSet;
use wasmparser::{ComponentName, CustomSectionReader, KnownCustom, Name};

/// A `producers` entry: who made or processed the file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Producer {
    /// `language`, `processed-by` or `sdk`.
    pub field: String,
    /// The tool's or language's name.
    pub name: String,
    /// Its version; may be empty.
    pub version: String,
}

/// What a file says of its own origin.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(missing_docs)] // the names are those of the custom sections
pub struct Metadata {
    pub name: Option<String>,
    pub description: Option<String>,
    pub authors: Option<String>,
    pub licenses: Option<String>,
    pub source: Option<String>,
    pub homepage: Option<String>,
    pub revision: Option<String>,
    pub version: Option<String>,
    /// Every producer named anywhere in the file, nested parts included, each once.
    pub producers: Vec<Producer>,
}

/// Texts are cut after so many characters: they are for a line or two in an inspector.
const MAX_TEXT: usize = 4_000;
/// Producers of a whole file; further ones are left out.
const MAX_PRODUCERS: usize = 1_000;

/// Takes from a custom section what belongs to [`Metadata`], and returns the part's name if this is its name section.
/// Broken sections say nothing: they cannot make the rest unreadable.
pub(super) fn read_custom(
    section: &CustomSectionReader<'_>,
    outermost: bool,
    into: &mut Metadata,
    seen: &mut BTreeSet<Producer>,
) -> Option<String> {
    match section.as_known() {
        KnownCustom::Name(names) => {
            let name = names.into_iter().map_while(Result::ok).find_map(|n| match n {
                Name::Module { name, .. } => Some(cut(name)),
                _ => None,
            });
            return named(name, outermost, into);
        }
        KnownCustom::ComponentName(names) => {
            let name = names.into_iter().map_while(Result::ok).find_map(|n| match n {
                ComponentName::Component { name, .. } => Some(cut(name)),
                _ => None,
            });
            return named(name, outermost, into);
        }
        KnownCustom::Producers(fields) => {
            for field in fields.into_iter().map_while(Result::ok) {
                for value in field.values.into_iter().map_while(Result::ok) {
                    if into.producers.len() >= MAX_PRODUCERS {
                        return None;
                    }
                    let producer =
                        Producer { field: cut(field.name), name: cut(value.name), version: cut(value.version) };
                    if seen.insert(producer.clone()) {
                        into.producers.push(producer);
                    }
                }
            }
        }
        _ if outermost => {
            let slot = match section.name() {
                "description" => &mut into.description,
                "authors" => &mut into.authors,
                "licenses" => &mut into.licenses,
                "source" => &mut into.source,
                "homepage" => &mut into.homepage,
                "revision" => &mut into.revision,
                "version" => &mut into.version,
                _ => return None,
            };
            // A damaged text is worth more than none; nobody computes with it.
            *slot = Some(cut(&String::from_utf8_lossy(section.data())));
        }
        _ => {}
    }
    None
}

fn named(name: Option<String>, outermost: bool, into: &mut Metadata) -> Option<String> {
    if outermost {
        into.name.clone_from(&name);
    }
    name
}

fn cut(text: &str) -> String {
    text.chars().take(MAX_TEXT).collect()
}
