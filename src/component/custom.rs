//! Custom sections: what they are, and what they say. Tools write them for tools; nothing in them is verified.

use super::sizes::Class;
use crate::diag::{display_safe, display_safe_line};
use std::ops::Range;
use wasmparser::{
    BinaryReader, ComponentName, CustomSectionReader, Dylink0Subsection, Error, FromReader, KnownCustom, Linking, Name,
    ProducersSectionReader, SectionLimited,
};

/// A custom section, made readable. Every text in it is safe to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomSection {
    /// Its name.
    pub name: String,
    /// What such a section is for.
    pub meaning: &'static str,
    /// What it says, as far as it can be read.
    pub content: Content,
    /// Where its contents lie in the file, behind the name.
    pub data: Range<usize>,
    /// Why the contents are not what the name says.
    pub broken: Option<String>,
}

/// What a [`CustomSection`] says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Text, of which the rest is left out after [`MAX_TEXT`] bytes.
    Text(String),
    /// Names and values.
    Rows(Vec<(String, String)>),
    /// Nothing that can be shown but the bytes themselves.
    Bytes,
}

/// Bytes of text that are shown.
pub const MAX_TEXT: usize = 64 << 10;
/// Rows that are shown.
const MAX_ROWS: usize = 1_000;

/// Reads a custom section whose contents, name included, lie at `range` of the file. It takes as long as reading it once.
pub fn read(bytes: &[u8], range: &Range<usize>) -> CustomSection {
    let content = bytes.get(range.clone()).unwrap_or_default();
    let section = match CustomSectionReader::new(BinaryReader::new(content, range.start as u64)) {
        Ok(section) => section,
        Err(error) => {
            return CustomSection {
                name: String::new(),
                meaning: meaning(""),
                content: Content::Bytes,
                data: range.clone(),
                broken: Some(format!("its name cannot be read: {}", reason(&error))),
            };
        }
    };
    let start = range.end.saturating_sub(section.data().len());
    let (content, broken) = decode(&section);
    CustomSection {
        name: display_safe_line(section.name()).into_owned(),
        meaning: meaning(section.name()),
        content,
        data: start..range.end,
        broken,
    }
}

/// What custom sections of this name are for.
pub fn meaning(name: &str) -> &'static str {
    if name.starts_with("component-type") {
        return "The WIT world that the module was built for; encoding it as a component consumes this";
    }
    if name.starts_with("reloc.") {
        return "Places that a linker changes when it puts object files together";
    }
    match name {
        "name" | "component-name" => "Names of functions and other items, for people and debuggers",
        "producers" => "Languages and tools that made the file, as they say themselves",
        "target_features" => "Features of WebAssembly that the compiler was allowed to use",
        "linking" => "Symbols for a linker: this is an object file, or was one",
        "dylink" | "dylink.0" => "What a dynamic linker has to know of this library",
        "package-docs" => "Documentation of the interfaces, and since when each part of them is stable",
        ".dep-v0" => "The Rust crates it was built from, as cargo auditable lists them",
        "sourceMappingURL" => "Where its source map is said to be",
        "external_debug_info" => "Where its debug information is said to be",
        "build_id" => "The number of this very build",
        "metadata.code.branch_hint" => "Which branches are likely to be taken",
        "core" | "coremodules" | "coreinstances" | "corestack" => "A part of a core dump",
        "registry-metadata" => "What a registry should say about it",
        "wirebench:composition" => {
            "What it was composed of, as it says itself; the view Inside holds it against what is there"
        }
        "wirebench:stands-in" => "What it was made to stand in for, a stub or a virtual WASI, as it says itself",
        "authors" => "Its authors, as it says itself",
        "description" => "Its description",
        "licenses" => "Its licences, as it says itself",
        "source" => "Where its source is said to be",
        "homepage" => "Where its home page is said to be",
        "revision" => "The revision of its source",
        "version" => "Its version",
        ".debug_info" => "DWARF: what functions, variables and types there are",
        ".debug_abbrev" => "DWARF: the forms in which .debug_info is written",
        ".debug_line" => "DWARF: the source line of each instruction",
        ".debug_str" | ".debug_line_str" => "DWARF: names and paths",
        ".debug_ranges" | ".debug_rnglists" | ".debug_aranges" => "DWARF: which instructions belong to what",
        ".debug_loc" | ".debug_loclists" => "DWARF: where variables are while the code runs",
        ".debug_pubnames" | ".debug_pubtypes" | ".debug_names" => "DWARF: an index of names",
        _ if name.starts_with(".debug_") => "DWARF debug information",
        _ => "A custom section that this program does not know",
    }
}

/// What the bytes of a custom section of this name are for.
pub(super) fn class(name: &str) -> Class {
    let is_debug = name.starts_with(".debug_")
        || matches!(name, "name" | "component-name" | "sourceMappingURL" | "external_debug_info" | "build_id");
    if is_debug { Class::Debug } else { Class::Custom }
}

/// The reason alone; where it is stands elsewhere.
fn reason(error: &Error) -> String {
    display_safe_line(error.message()).into_owned()
}

type Rows = Vec<(String, String)>;

fn decode(section: &CustomSectionReader<'_>) -> (Content, Option<String>) {
    let mut rows = Rows::new();
    let outcome = match (section.as_known(), section.name()) {
        (KnownCustom::Name(names), _) => names.into_iter().try_for_each(|n| name_row(&n?, &mut rows)),
        (KnownCustom::ComponentName(names), _) => {
            names.into_iter().try_for_each(|n| component_name_row(&n?, &mut rows))
        }
        (_, "producers") => producers(section, &mut rows),
        (_, "target_features") => target_features(section.data_reader(), &mut rows),
        (KnownCustom::Linking(linking), _) => {
            linking.subsections().into_iter().try_for_each(|s| linking_row(&s?, &mut rows))
        }
        (KnownCustom::Reloc(reloc), _) => {
            push(&mut rows, "section", &reloc.section_index().to_string());
            counted(&reloc.entries(), "relocations", &mut rows)
        }
        (KnownCustom::Dylink0(subsections), _) => {
            subsections.into_iter().try_for_each(|s| s.map(|s| dylink_row(&s, &mut rows)))
        }
        (KnownCustom::BranchHints(functions), _) => counted(&functions, "functions", &mut rows),
        (_, "linking" | "metadata.code.branch_hint" | "core" | "coremodules" | "coreinstances" | "corestack")
            if matches!(section.as_known(), KnownCustom::Unknown) =>
        {
            return (Content::Bytes, Some("its contents have not the form that its name promises".to_owned()));
        }
        (_, name) if name.starts_with("reloc.") => {
            return (Content::Bytes, Some("its contents have not the form that its name promises".to_owned()));
        }
        (_, name) => return text(name, section.data()),
    };
    (Content::Rows(rows), outcome.err().map(|error| reason(&error)))
}

fn push(rows: &mut Rows, name: &str, value: &str) {
    if rows.len() < MAX_ROWS {
        rows.push((display_safe_line(name).into_owned(), display_safe_line(value).into_owned()));
    }
}

/// A row with how many items there are, after all of them have been read.
fn counted<'a, T: FromReader<'a>>(items: &SectionLimited<'a, T>, what: &str, rows: &mut Rows) -> Result<(), Error> {
    let mut count = 0_usize;
    let outcome = items.clone().into_iter().try_for_each(|item| {
        count += usize::from(item.is_ok());
        item.map(drop)
    });
    push(rows, what, &count.to_string());
    outcome
}

fn name_row(name: &Name<'_>, rows: &mut Rows) -> Result<(), Error> {
    match name {
        Name::Module { name, .. } => push(rows, "module", name),
        Name::Function(names) => counted(names, "functions", rows)?,
        Name::Local(names) => counted(names, "functions with named locals", rows)?,
        Name::Label(names) => counted(names, "functions with named labels", rows)?,
        Name::Type(names) => counted(names, "types", rows)?,
        Name::Table(names) => counted(names, "tables", rows)?,
        Name::Memory(names) => counted(names, "memories", rows)?,
        Name::Global(names) => counted(names, "globals", rows)?,
        Name::Element(names) => counted(names, "element segments", rows)?,
        Name::Data(names) => counted(names, "data segments", rows)?,
        Name::Field(names) => counted(names, "types with named fields", rows)?,
        Name::Tag(names) => counted(names, "tags", rows)?,
        Name::Unknown { ty, data, .. } => push(rows, &format!("unknown kind {ty}"), &format!("{} bytes", data.len())),
    }
    Ok(())
}

fn component_name_row(name: &ComponentName<'_>, rows: &mut Rows) -> Result<(), Error> {
    match name {
        ComponentName::Component { name, .. } => push(rows, "component", name),
        ComponentName::CoreFuncs(names) => counted(names, "core functions", rows)?,
        ComponentName::CoreGlobals(names) => counted(names, "core globals", rows)?,
        ComponentName::CoreMemories(names) => counted(names, "core memories", rows)?,
        ComponentName::CoreTables(names) => counted(names, "core tables", rows)?,
        ComponentName::CoreTags(names) => counted(names, "core tags", rows)?,
        ComponentName::CoreModules(names) => counted(names, "core modules", rows)?,
        ComponentName::CoreInstances(names) => counted(names, "core instances", rows)?,
        ComponentName::CoreTypes(names) => counted(names, "core types", rows)?,
        ComponentName::Types(names) => counted(names, "types", rows)?,
        ComponentName::Instances(names) => counted(names, "instances", rows)?,
        ComponentName::Components(names) => counted(names, "components", rows)?,
        ComponentName::Funcs(names) => counted(names, "functions", rows)?,
        ComponentName::Values(names) => counted(names, "values", rows)?,
        ComponentName::Unknown { ty, data, .. } => {
            push(rows, &format!("unknown kind {ty}"), &format!("{} bytes", data.len()));
        }
    }
    Ok(())
}

fn producers(section: &CustomSectionReader<'_>, rows: &mut Rows) -> Result<(), Error> {
    for field in ProducersSectionReader::new(section.data_reader())? {
        let field = field?;
        for value in field.values {
            let value = value?;
            push(rows, field.name, format!("{} {}", value.name, value.version).trim());
        }
    }
    Ok(())
}

/// `+` and a name for a feature in use, `-` for one that must not be.
fn target_features(mut reader: BinaryReader<'_>, rows: &mut Rows) -> Result<(), Error> {
    for _ in 0..reader.read_var_u32()? {
        let mark = match reader.read_u8()? {
            b'+' => "used",
            b'-' => "not allowed",
            b'=' => "required",
            _ => "of unknown mark",
        };
        push(rows, reader.read_string()?, mark);
    }
    Ok(())
}

fn linking_row(subsection: &Linking<'_>, rows: &mut Rows) -> Result<(), Error> {
    match subsection {
        Linking::SegmentInfo(items) => counted(items, "data segments", rows),
        Linking::InitFuncs(items) => counted(items, "functions that run at the start", rows),
        Linking::ComdatInfo(items) => counted(items, "groups of which one is kept", rows),
        Linking::SymbolTable(items) => counted(items, "symbols", rows),
        Linking::Unknown { ty, data, .. } => {
            push(rows, &format!("unknown kind {ty}"), &format!("{} bytes", data.len()));
            Ok(())
        }
    }
}

fn dylink_row(subsection: &Dylink0Subsection<'_>, rows: &mut Rows) {
    match subsection {
        Dylink0Subsection::MemInfo(info) => {
            push(rows, "memory", &format!("{} bytes", info.memory_size));
            push(rows, "table", &format!("{} elements", info.table_size));
        }
        Dylink0Subsection::Needed(names) => names.iter().for_each(|name| push(rows, "needs", name)),
        Dylink0Subsection::ExportInfo(items) => push(rows, "exports", &items.len().to_string()),
        Dylink0Subsection::ImportInfo(items) => push(rows, "imports", &items.len().to_string()),
        Dylink0Subsection::RuntimePath(paths) => paths.iter().for_each(|path| push(rows, "search path", path)),
        Dylink0Subsection::Unknown { ty, data, .. } => {
            push(rows, &format!("unknown kind {ty}"), &format!("{} bytes", data.len()));
        }
    }
}

/// Sections that hold one text, and those that nobody knows.
fn text(name: &str, data: &[u8]) -> (Content, Option<String>) {
    let is_plain = matches!(
        name,
        "authors" | "description" | "licenses" | "source" | "homepage" | "revision" | "version" | "registry-metadata"
    );
    match name {
        "package-docs" => package_docs(data),
        "sourceMappingURL" | "external_debug_info" => match BinaryReader::new(data, 0).read_unlimited_string() {
            Ok(url) => (shown(url), None),
            Err(error) => (Content::Bytes, Some(reason(&error))),
        },
        _ if name.starts_with("component-type") || name.starts_with(".debug_") || name == ".dep-v0" => {
            (Content::Bytes, None)
        }
        _ => match std::str::from_utf8(data) {
            Ok(text) if is_plain || is_readable(text) => (shown(text), None),
            Ok(_) => (Content::Bytes, None),
            Err(_) if is_plain => (
                shown(&String::from_utf8_lossy(data.get(..MAX_TEXT).unwrap_or(data))),
                Some("it is not text in UTF-8".to_owned()),
            ),
            Err(_) => (Content::Bytes, None),
        },
    }
}

/// A byte that is the version of the format, and JSON.
fn package_docs(data: &[u8]) -> (Content, Option<String>) {
    let Some((version, json)) = data.split_first() else {
        return (Content::Bytes, Some("it is empty".to_owned()));
    };
    let Ok(text) = std::str::from_utf8(json) else {
        return (Content::Bytes, Some("it is not text in UTF-8".to_owned()));
    };
    let broken = match serde_json::from_str::<serde::de::IgnoredAny>(text) {
        Ok(_) if *version > 1 => Some(format!("its format has the unknown version {version}")),
        Ok(_) => None,
        Err(error) => Some(format!("it is not JSON: {}", display_safe_line(&error.to_string()))),
    };
    (shown(text), broken)
}

fn shown(text: &str) -> Content {
    let mut end = text.len().min(MAX_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let (start, rest) = text.split_at(end);
    let mut out = display_safe(start).into_owned();
    if !rest.is_empty() {
        out.push_str(&format!("\n… and {} bytes more", rest.len()));
    }
    Content::Text(out)
}

/// Whether a text of unknown kind looks like one.
fn is_readable(text: &str) -> bool {
    !text.is_empty() && !text.chars().take(MAX_TEXT).any(|c| c.is_control() && !c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A custom section of this name and contents, in a file that starts with two other bytes.
    fn section(name: &str, data: &[u8]) -> CustomSection {
        let mut bytes = vec![0xff, 0xff, u8::try_from(name.len()).unwrap()];
        bytes.extend(name.bytes().chain(data.iter().copied()));
        read(&bytes, &(2..bytes.len()))
    }

    fn rows(pairs: &[(&str, &str)]) -> Content {
        Content::Rows(pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect())
    }

    #[test]
    fn what_sections_say_is_shown() {
        let producers = b"\x02\x08language\x01\x04Rust\x042021\x0cprocessed-by\x01\x05rustc\x06\x31.95.0";
        let found = section("producers", producers);
        assert_eq!(found.content, rows(&[("language", "Rust 2021"), ("processed-by", "rustc 1.95.0")]));
        assert_eq!((found.broken, found.data), (None, 12..12 + producers.len()));
        let features = section("target_features", b"\x02+\x04simd-\x07threads");
        assert_eq!(features.content, rows(&[("simd", "used"), ("threads", "not allowed")]));
        let names = section("name", b"\x00\x05\x04main\x01\x07\x02\x00\x01a\x01\x01b");
        assert_eq!(names.content, rows(&[("module", "main"), ("functions", "2")]));
        assert_eq!(section("authors", b"Ada\x1b[0m").content, Content::Text("Ada\\u{1b}[0m".to_owned()));
        assert_eq!(section("sourceMappingURL", b"\x05a.map").content, Content::Text("a.map".to_owned()));
        assert_eq!(section("package-docs", b"\x01{}").content, Content::Text("{}".to_owned()));
        assert_eq!(section("mine", b"words").content, Content::Text("words".to_owned()));
        assert_eq!(section("mine", b"\x01\x02").content, Content::Bytes);
        assert_eq!(
            section("reloc.CODE", b"\x03\x01\x00\x10\x05").content,
            rows(&[("section", "3"), ("relocations", "1")])
        );
    }

    #[test]
    fn broken_sections_say_why_and_keep_what_can_be_read() {
        let cut = section("producers", b"\x02\x08language\x01\x04Rust\x042021\x0cproc");
        assert_eq!(cut.content, rows(&[("language", "Rust 2021")]));
        assert!(cut.broken.is_some());
        for (name, data) in [
            ("producers", &b""[..]),
            ("name", b"\x01\x90"),
            ("component-name", b"\x01\x90"),
            ("target_features", b"\x05+"),
            ("linking", b"\x01"),
            ("reloc.CODE", b""),
            ("dylink.0", b"\x01\x05"),
            ("package-docs", b"\x01{\"docs\":"),
            ("package-docs", b"\x07{}"),
            ("package-docs", b"\x01\xff"),
            ("package-docs", b""),
            ("authors", b"\xff"),
            ("external_debug_info", b"\x09a"),
            ("metadata.code.branch_hint", b""),
            ("coremodules", b""),
        ] {
            let found = section(name, data);
            assert!(found.broken.is_some(), "{name} {data:?} {:?}", found.content);
            assert!(found.meaning.len() > 10 && !found.meaning.contains("does not know"), "{name}");
        }
        assert!(read(b"\x09ab", &(0..3)).broken.is_some());
        assert!(read(b"", &(5..9)).broken.is_some());
    }

    #[test]
    fn long_text_is_cut_at_a_character() {
        let Content::Text(text) = section("x", "ä".repeat(MAX_TEXT).as_bytes()).content else { panic!() };
        assert!(text.ends_with("bytes more"));
        assert!(text.len() < MAX_TEXT + 100);
        let deep = [b"\x01".as_slice(), &b"[".repeat(100_000)].concat();
        assert!(section("package-docs", &deep).broken.is_some());
    }
}
