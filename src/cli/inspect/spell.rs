//! `wirebench inspect --as LANGUAGE`: interfaces in the words of another language.

use super::super::{Exit, fail, print};
use crate::component::{Component, Language, Section, Spelled, sections, spell};
use crate::diag::display_safe_line;
use serde_json::{Value, json};

/// A language, as the command line names it.
#[derive(Clone, Copy)]
pub struct Word(Language);

impl std::str::FromStr for Word {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let words = Language::ALL.map(Language::word);
        let found = Language::ALL.into_iter().find(|l| l.word() == word.to_ascii_lowercase());
        found.map(Self).ok_or_else(|| format!("no such language; there are {}", words.join(", ")))
    }
}

/// Prints all interfaces in the language, or those that are meant: by full name, or by the name of a function or type of
/// the world itself.
pub(super) fn run(component: &Component, language: Word, interface: Option<&str>) -> Exit {
    let Word(language) = language;
    let meant = match meant(component, interface) {
        Ok(meant) => meant,
        Err(why) => return fail(&why),
    };
    for (i, section) in meant.iter().enumerate() {
        let name = section.title();
        let gap = if i > 0 { "\n" } else { "" };
        print(&format!("{gap}{} {} {}\n", language.comment(), section.kind.verb(), display_safe_line(&name)));
        print(&spell(component, language, section).text(language));
    }
    Exit::Done
}

/// The same as JSON: each interface with its items, in WIT and in the language.
pub(super) fn describe(component: &Component, language: Word, interface: Option<&str>) -> Result<Value, String> {
    let Word(language) = language;
    let section = |section: &Section<'_>| {
        let spelling = spell(component, language, section);
        let item = |item: &Spelled| json!({ "name": item.name, "wit": item.wit, "text": item.whole() });
        json!({
            "side": section.kind.verb(),
            "interface": section.interface,
            "world": section.world,
            "text": spelling.text(language),
            "items": spelling.items.iter().map(item).collect::<Vec<_>>(),
            "shortened": spelling.shortened,
        })
    };
    let sections: Vec<_> = meant(component, interface)?.iter().map(section).collect();
    Ok(json!({ "language": language.word(), "sections": sections }))
}

/// The sections that are meant.
fn meant<'a>(component: &'a Component, interface: Option<&str>) -> Result<Vec<Section<'a>>, String> {
    let all = sections(component);
    let meant: Vec<_> = match interface {
        Some(name) => all.iter().filter_map(|s| narrowed(s, name)).collect(),
        None => all.clone(),
    };
    if let (Some(name), []) = (interface, meant.as_slice()) {
        let name = display_safe_line(name);
        let names: Vec<_> = all.iter().flat_map(|s| &s.externs).map(|e| display_safe_line(&e.name)).collect();
        return Err(format!("There is no interface, function or type {name}; there are: {}", names.join(", ")));
    }
    if meant.is_empty() {
        return Err("There is no interface that could be spelled in another language".to_owned());
    }
    Ok(meant)
}

/// The section, if it is the interface of this name; or of the world's own items those of this name.
fn narrowed<'a>(section: &Section<'a>, name: &str) -> Option<Section<'a>> {
    let externs: Vec<_> = section.externs.iter().copied().filter(|e| e.name == name).collect();
    (!externs.is_empty()).then(|| Section { externs, ..section.clone() })
}
