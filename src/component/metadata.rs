//! What a file says of its own origin. All of it is a claim of the file, none of it is verified.

use std::borrow::Cow;
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

impl Metadata {
    /// What it says in words, name and producers aside: the section's name and the text.
    pub fn texts(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let all = [
            ("version", &self.version),
            ("description", &self.description),
            ("authors", &self.authors),
            ("licenses", &self.licenses),
            ("source", &self.source),
            ("homepage", &self.homepage),
            ("revision", &self.revision),
        ];
        all.into_iter().filter_map(|(key, text)| Some((key, text.as_deref()?)))
    }
}

/// Texts are cut after so many characters: they are for a line or two in an inspector.
pub(super) const MAX_TEXT: usize = 4_000;
/// Producers of a whole file; further ones are left out.
const MAX_PRODUCERS: usize = 1_000;

/// What [`read_custom`] found beside metadata.
#[derive(Default)]
pub(super) struct Read {
    /// The part's name, if the section says it.
    pub name: Option<String>,
    /// Why the section could not be read to its end.
    pub broken: Option<String>,
}

/// Takes from a custom section what belongs to [`Metadata`]. What is broken cannot make the rest unreadable: all that
/// stands before the fault is taken.
pub(super) fn read_custom(
    section: &CustomSectionReader<'_>,
    outermost: bool,
    into: &mut Metadata,
    seen: &mut BTreeSet<Producer>,
) -> Read {
    let mut read = Read::default();
    match section.as_known() {
        KnownCustom::Name(names) => {
            let names = names.into_iter().map_while(|n| sound(n, &mut read.broken));
            read.name = first(names.filter_map(|n| match n {
                Name::Module { name, .. } => Some(name),
                _ => None,
            }));
        }
        KnownCustom::ComponentName(names) => {
            let names = names.into_iter().map_while(|n| sound(n, &mut read.broken));
            read.name = first(names.filter_map(|n| match n {
                ComponentName::Component { name, .. } => Some(name),
                _ => None,
            }));
        }
        KnownCustom::Producers(fields) => {
            let mut faults = [None, None];
            let [outer, inner] = &mut faults;
            for field in fields.into_iter().map_while(|f| sound(f, outer)) {
                for value in field.values.into_iter().map_while(|v| sound(v, inner)) {
                    if into.producers.len() >= MAX_PRODUCERS {
                        return read;
                    }
                    let producer =
                        Producer { field: kept(field.name), name: kept(value.name), version: kept(value.version) };
                    if seen.insert(producer.clone()) {
                        into.producers.push(producer);
                    }
                }
            }
            read.broken = faults.into_iter().flatten().next();
        }
        // The reader of producers looks at their number before it looks at them.
        _ if section.name() == "producers" => read.broken = Some("it ends within the number of its fields".to_owned()),
        _ if outermost => {
            let slot = match section.name() {
                "description" => &mut into.description,
                "authors" => &mut into.authors,
                "licenses" => &mut into.licenses,
                "source" => &mut into.source,
                "homepage" => &mut into.homepage,
                "revision" => &mut into.revision,
                "version" => &mut into.version,
                _ => return read,
            };
            // A damaged text is worth more than none; nobody computes with it.
            let text = String::from_utf8_lossy(section.data());
            if let Cow::Owned(_) = text {
                read.broken = Some("its text is not UTF-8".to_owned());
            }
            *slot = Some(kept(&text));
        }
        _ => {}
    }
    if outermost && read.name.is_some() {
        into.name.clone_from(&read.name);
    }
    read
}

/// The item, or none and its fault noted.
fn sound<T>(item: wasmparser::Result<T>, broken: &mut Option<String>) -> Option<T> {
    item.map_err(|e| *broken = Some(format!("{} (at byte {})", e.message(), e.offset()))).ok()
}

/// The first name; the rest is only looked at for its faults.
fn first<'a>(mut names: impl Iterator<Item = &'a str>) -> Option<String> {
    let first = names.next().map(kept);
    names.for_each(drop);
    first
}

/// So many characters of a text.
pub(super) fn cut(text: &str, most: usize) -> &str {
    if text.len() <= most {
        return text;
    }
    text.char_indices().nth(most).and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

fn kept(text: &str) -> String {
    cut(text, MAX_TEXT).to_owned()
}
