//! Finding text anywhere in a component: names, documentation, metadata, custom sections, and strings in its data.

use super::{
    Component, Extern, ExternAt, Function, FunctionAt, Item, List, Named, Part, PartKind, Type, TypeDef, TypeId,
    TypeKind,
};
use std::ops::Range;
use wasmparser::{BinaryReader, CustomSectionReader, DataSectionReader};

/// What a [`Hit`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HitKind {
    /// The component's own name.
    Component,
    /// The full name of an import or export.
    Interface,
    /// The name of a function.
    Function,
    /// The name of a type, or of one of its fields, cases or flags.
    Type,
    /// A documentation.
    Docs,
    /// What the file says of its makers.
    Metadata,
    /// The name or the text of a custom section.
    Section,
    /// Bytes of a data segment of a core module.
    Data,
}

/// Where a [`Hit`] is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Spot {
    /// The component as a whole.
    Whole,
    /// An import (`true`) or export, by its full name.
    Extern(bool, String),
    /// A function of an import (`true`) or export, by the interface's full name if it is not the world's own.
    Function(bool, Option<String>, String),
    /// A type.
    Type(TypeId),
    /// An interface, a function or a world of a WIT package.
    Named(Named),
    /// Bytes of the file.
    Bytes(Range<usize>),
}

/// A place where the text was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// What it is.
    pub kind: HitKind,
    /// The name of what holds it.
    pub name: String,
    /// The text around the place, where it is not the name itself.
    pub excerpt: String,
    /// Where it is.
    pub spot: Spot,
}

/// What was found in one component.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hits {
    /// The places: what is called just that, then names before texts before data, each in the order of the file.
    pub hits: Vec<Hit>,
    /// Whether there are more than these.
    pub more: bool,
}

/// Letters of an excerpt before and after the place.
const AROUND: usize = 40;

/// Finds a text everywhere in a component, letters of ASCII alike in upper and lower case. At most `most` places of each
/// kind are given. An empty text is nowhere.
pub fn search(component: &Component, wanted: &str, most: usize, is_cancelled: &dyn Fn() -> bool) -> Hits {
    let wanted = wanted.trim();
    let mut search = Search { wanted: wanted.as_bytes(), most, found: Hits::default(), of_kind: [0; 8] };
    if wanted.is_empty() {
        return search.found;
    }
    if search.is_in(&component.name) {
        search.add(HitKind::Component, &component.name, String::new(), Spot::Whole);
    }
    search.externs(component);
    search.types(component);
    search.metadata(component);
    search.part(component, &component.root, is_cancelled);
    let mut found = search.found;
    found.hits.sort_by_key(|hit| hit.rank(wanted));
    found
}

impl Hit {
    /// Where it comes among others for this text; smaller is earlier.
    pub fn rank(&self, wanted: &str) -> (bool, HitKind) {
        (self.kind > HitKind::Type || !self.name.eq_ignore_ascii_case(wanted.trim()), self.kind)
    }
}

struct Search<'a> {
    wanted: &'a [u8],
    most: usize,
    found: Hits,
    of_kind: [usize; 8],
}

impl Search<'_> {
    fn is_in(&self, text: &str) -> bool {
        find(text.as_bytes(), self.wanted).is_some()
    }

    fn add(&mut self, kind: HitKind, name: &str, excerpt: String, spot: Spot) {
        let Some(count) = self.of_kind.get_mut(kind as usize) else { return };
        if *count >= self.most {
            self.found.more = true;
            return;
        }
        *count += 1;
        self.found.hits.push(Hit { kind, name: name.to_owned(), excerpt, spot });
    }

    /// Looks into a text that belongs to something called `name`.
    fn text(&mut self, kind: HitKind, name: &str, text: Option<&str>, spot: impl FnOnce() -> Spot) {
        let Some(text) = text else { return };
        if let Some(at) = find(text.as_bytes(), self.wanted) {
            let excerpt = around(text.as_bytes(), at..at + self.wanted.len());
            self.add(kind, name, excerpt, spot());
        }
    }

    fn externs(&mut self, component: &Component) {
        for (is_import, list) in [(true, &component.imports), (false, &component.exports)] {
            for item in list {
                let interface = matches!(item.item, Item::Interface(_)).then(|| item.name.clone());
                self.an_extern(component, item, |function| match function {
                    Some((_, f)) => Spot::Function(is_import, interface.clone(), f.name.clone()),
                    None => Spot::Extern(is_import, item.name.clone()),
                });
            }
        }
        // Of a WIT package.
        let named = |search: &mut Self, list: List, index: u32, item: &Extern| {
            let owner = ExternAt { list, index };
            search.an_extern(component, item, |function| {
                Spot::Named(match function {
                    Some((index, _)) => Named::Function(FunctionAt { owner, index }),
                    None => Named::Interface(owner),
                })
            });
        };
        for (i, interface) in (0..).zip(&component.interfaces) {
            named(self, List::Interfaces, i, interface);
        }
        for (i, world) in (0..).zip(&component.worlds) {
            let spot = || Spot::Named(Named::World(i));
            if self.is_in(&world.name) {
                self.add(HitKind::Interface, &world.name, String::new(), spot());
            }
            self.text(HitKind::Docs, &world.name, world.docs.as_deref(), spot);
            for (list, items) in [(List::WorldImports(i), &world.imports), (List::WorldExports(i), &world.exports)] {
                for (at, own) in (0..).zip(items).filter_map(|(at, item)| Some((at, item.own()?))) {
                    // Types are found as types.
                    if matches!(own.item, Item::Function(_)) {
                        named(self, list, at, own);
                    }
                }
            }
        }
    }

    /// Looks into an import, an export or an interface; `spot` says where it is, or where a function of it is.
    fn an_extern(&mut self, component: &Component, item: &Extern, spot: impl Fn(Option<(u32, &Function)>) -> Spot) {
        let is_function = matches!(item.item, Item::Function(_));
        if !is_function {
            if self.is_in(&item.name) {
                self.add(HitKind::Interface, &item.name, String::new(), spot(None));
            }
            self.text(HitKind::Docs, &item.name, item.docs.as_deref(), || spot(None));
        }
        for (i, function) in (0..).zip(item.functions()) {
            let name = function.display_name();
            let spot = || spot(Some((i, function)));
            if self.is_in(name) || function.params.iter().any(|p| self.is_in(&p.name)) {
                self.add(HitKind::Function, name, component.signature(function), spot());
            }
            let docs =
                if is_function { item.docs.as_deref().or(function.docs.as_deref()) } else { function.docs.as_deref() };
            self.text(HitKind::Docs, name, docs, spot);
        }
    }

    fn types(&mut self, component: &Component) {
        for (i, def) in component.types.defs.iter().enumerate() {
            let (Some(name), Ok(id)) = (&def.name, u32::try_from(i)) else { continue };
            // A `use` of a type is not the type.
            if is_reexport(component, def) {
                continue;
            }
            let id = TypeId(id);
            let member = if self.is_in(name) { Some("") } else { members(def).find(|m| self.is_in(m)) };
            if let Some(member) = member {
                let owner = def.owner.as_deref().unwrap_or_default();
                let excerpt = if member.is_empty() { owner.to_owned() } else { format!("{name}.{member}") };
                self.add(HitKind::Type, name, excerpt, Spot::Type(id));
            }
            self.text(HitKind::Docs, name, def.docs.as_deref(), || Spot::Type(id));
            for docs in member_docs(def) {
                self.text(HitKind::Docs, name, Some(docs), || Spot::Type(id));
            }
        }
    }

    fn metadata(&mut self, component: &Component) {
        let m = &component.metadata;
        let texts = [
            ("name", &m.name),
            ("description", &m.description),
            ("authors", &m.authors),
            ("licenses", &m.licenses),
            ("source", &m.source),
            ("homepage", &m.homepage),
            ("revision", &m.revision),
            ("version", &m.version),
        ];
        for (field, text) in texts {
            self.text(HitKind::Metadata, field, text.as_deref(), || Spot::Whole);
        }
        for producer in &m.producers {
            let text = format!("{} {}", producer.name, producer.version);
            self.text(HitKind::Metadata, &producer.field, Some(text.trim_end()), || Spot::Whole);
        }
    }

    /// Sections of a part and of those inside it. The recursion is as deep as parts are: a hundred levels.
    fn part(&mut self, component: &Component, part: &Part, is_cancelled: &dyn Fn() -> bool) {
        for (name, range) in &part.sections {
            if is_cancelled() {
                return;
            }
            let Some(bytes) = component.bytes.get(range.clone()) else { continue };
            if let Some(name) = name.strip_prefix("custom ") {
                self.section(name, bytes, range);
            } else if part.kind == PartKind::Module && name == "data" {
                self.data(component, bytes, range.start);
            }
        }
        part.children.iter().for_each(|child| self.part(component, child, is_cancelled));
    }

    fn section(&mut self, name: &str, bytes: &[u8], range: &Range<usize>) {
        if self.is_in(name) {
            self.add(HitKind::Section, name, String::new(), Spot::Bytes(range.clone()));
            return;
        }
        let Ok(section) = CustomSectionReader::new(BinaryReader::new(bytes, range.start as u64)) else { return };
        if let Some(at) = find(section.data(), self.wanted) {
            let place = at..at + self.wanted.len();
            let start = range.end.saturating_sub(section.data().len()) + at;
            let excerpt = around(section.data(), place);
            self.add(HitKind::Section, name, excerpt, Spot::Bytes(start..start + self.wanted.len()));
        }
    }

    fn data(&mut self, component: &Component, bytes: &[u8], start: usize) {
        let Ok(segments) = DataSectionReader::new(BinaryReader::new(bytes, start as u64)) else { return };
        for (i, segment) in segments.into_iter().map_while(Result::ok).enumerate() {
            let mut from = 0;
            while let Some(at) = segment.data.get(from..).and_then(|rest| find(rest, self.wanted)) {
                if self.of_kind.get(HitKind::Data as usize).is_some_and(|n| *n >= self.most) {
                    self.found.more = true;
                    return;
                }
                let place = from + at..from + at + self.wanted.len();
                from = place.end;
                // The segment's contents end where the segment ends.
                let base = usize::try_from(segment.range.end).unwrap_or(usize::MAX).saturating_sub(segment.data.len());
                let excerpt = around(segment.data, place.clone());
                let spot = base + place.start..base + place.end;
                debug_assert_eq!(component.bytes.get(spot.clone()), segment.data.get(place));
                self.add(HitKind::Data, &format!("segment {i}"), excerpt, Spot::Bytes(spot));
            }
        }
    }
}

fn is_reexport(component: &Component, def: &TypeDef) -> bool {
    match def.kind {
        TypeKind::Alias(Type::Def(target)) => component.types.get(target).is_some_and(|t| t.name == def.name),
        _ => false,
    }
}

fn members(def: &TypeDef) -> Box<dyn Iterator<Item = &str> + '_> {
    match &def.kind {
        TypeKind::Record(fields) => Box::new(fields.iter().map(|f| f.name.as_str())),
        TypeKind::Variant(cases) => Box::new(cases.iter().map(|c| c.name.as_str())),
        TypeKind::Enum(labels) | TypeKind::Flags(labels) => Box::new(labels.iter().map(|l| l.name.as_str())),
        _ => Box::new(std::iter::empty()),
    }
}

fn member_docs(def: &TypeDef) -> Box<dyn Iterator<Item = &str> + '_> {
    match &def.kind {
        TypeKind::Record(fields) => Box::new(fields.iter().filter_map(|f| f.docs.as_deref())),
        TypeKind::Variant(cases) => Box::new(cases.iter().filter_map(|c| c.docs.as_deref())),
        TypeKind::Enum(labels) | TypeKind::Flags(labels) => Box::new(labels.iter().filter_map(|l| l.docs.as_deref())),
        _ => Box::new(std::iter::empty()),
    }
}

/// The first place of `wanted` in `bytes`, ASCII letters alike in both cases.
fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    let (first, rest) = wanted.split_first()?;
    let (lower, upper) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    let mut places = memchr::memchr2_iter(lower, upper, bytes);
    places.find(|at| bytes.get(at + 1..at + wanted.len()).is_some_and(|found| found.eq_ignore_ascii_case(rest)))
}

/// Readable text around a place: up to the next byte that belongs to no text, on one line.
fn around(bytes: &[u8], place: Range<usize>) -> String {
    let is_text = |b: &u8| *b >= b' ' && *b != 0x7f || matches!(b, b'\n' | b'\t');
    let before = bytes.get(..place.start).unwrap_or_default();
    let start = before.iter().rev().take(AROUND).take_while(|b| is_text(b)).count();
    let after = bytes.get(place.end..).unwrap_or_default();
    let end = after.iter().take(AROUND).take_while(|b| is_text(b)).count();
    let shown = bytes.get(place.start - start..place.end + end).unwrap_or_default();
    // A letter of several bytes may be cut at either end.
    let text = String::from_utf8_lossy(shown);
    let words: Vec<&str> = text.trim_matches(char::REPLACEMENT_CHARACTER).split_whitespace().collect();
    let (dots_before, dots_after) = (start == AROUND, end == AROUND);
    format!("{}{}{}", if dots_before { "…" } else { "" }, words.join(" "), if dots_after { "…" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::component::decode;
    use crate::component::tests::component;

    /// What is found but for the names that the tools noted in sections.
    fn hits(component: &Component, wanted: &str) -> Vec<(HitKind, String, String)> {
        let hits = search(component, wanted, 10, &|| false).hits.into_iter();
        hits.filter(|h| h.kind != HitKind::Section).map(|h| (h.kind, h.name, h.excerpt)).collect()
    }

    #[test]
    fn names_and_docs_are_found_where_they_are() {
        let wit = "package t:shop@1.0.0; interface prices { /// What a parcel costs, in cents.\n record parcel { weight-grams: u32 } \
            /// Finds the Cheapest way.\n quote: func(what: parcel) -> u64; } world w { export prices; }";
        let component = component(wit, "w");
        assert_eq!(hits(&component, "PRICES"), [(HitKind::Interface, "t:shop/prices@1.0.0".into(), String::new())]);
        let found = hits(&component, "weight");
        assert_eq!(found, [(HitKind::Type, "parcel".into(), "parcel.weight-grams".into())]);
        let found = hits(&component, "parcel");
        assert!(found.contains(&(HitKind::Type, "parcel".into(), "t:shop/prices@1.0.0".into())), "{found:?}");
        let found = search(&component, "quote", 10, &|| false);
        let spot = Spot::Function(false, Some("t:shop/prices@1.0.0".into()), "quote".into());
        assert!(found.hits.iter().any(|h| h.kind == HitKind::Function && h.spot == spot), "{found:?}");
        assert_eq!(search(&component, "  ", 10, &|| false), Hits::default());
        assert_eq!(hits(&component, "nowhere to be found"), []);
    }

    #[test]
    fn wit_packages_are_searched_too_and_what_is_called_just_that_comes_first() {
        let text = "package t:shop@1.0.0; /// Where goods are weighed.\n interface scale { resource pan { weigh: func() -> u32; } \
            weigh: func(what: list<pan>); } /// Sells.\n world shop { import scale; /// Weighs nothing.\n export idle: func(); }";
        let mut resolve = wit_parser::Resolve::default();
        let package = resolve.push_str("t.wit", text).unwrap();
        let bytes = wit_component::encode(&resolve, package).unwrap();
        let package = decode("t.wasm", bytes.into());
        let of = |wanted: &str| {
            search(&package, wanted, 10, &|| false).hits.into_iter().filter(|h| h.kind < HitKind::Section)
        };
        let found: Vec<_> = of("weigh").map(|h| (h.kind, h.name, h.spot)).collect();
        let owner = ExternAt { list: List::Interfaces, index: 0 };
        let function = |index| Spot::Named(Named::Function(FunctionAt { owner, index }));
        assert_eq!(found[0], (HitKind::Function, "weigh".into(), function(1)));
        assert_eq!(found[1], (HitKind::Function, "pan.weigh".into(), function(0)));
        assert!(found.iter().any(|(kind, name, _)| *kind == HitKind::Docs && name == "idle"), "{found:?}");
        assert!(found.iter().any(|(_, _, spot)| *spot == Spot::Named(Named::Interface(owner))), "{found:?}");
        let world = of("sells").next().unwrap();
        assert_eq!((world.name.as_str(), world.spot), ("t:shop/shop@1.0.0", Spot::Named(Named::World(0))));
    }

    #[test]
    fn strings_in_data_are_found_with_their_bytes() {
        let text = r#"(component (core module (memory 1)
            (data (i32.const 8) "\00\01Hello, World\00") (data (i32.const 64) "hello again, hello"))
            (@custom "notes" "say hello"))"#;
        let component = decode("t.wat", text.as_bytes().into());
        let found = search(&component, "hello", 10, &|| false);
        let shown: Vec<_> = found.hits.iter().map(|h| (h.kind, h.name.as_str(), h.excerpt.as_str())).collect();
        assert_eq!(
            shown,
            [
                (HitKind::Section, "notes", "say hello"),
                (HitKind::Data, "segment 0", "Hello, World"),
                (HitKind::Data, "segment 1", "hello again, hello"),
                (HitKind::Data, "segment 1", "hello again, hello"),
            ]
        );
        for hit in &found.hits {
            let Spot::Bytes(range) = &hit.spot else { panic!("{hit:?}") };
            assert!(component.bytes[range.clone()].eq_ignore_ascii_case(b"hello"), "{hit:?}");
        }
        let found = search(&component, "hello", 2, &|| false);
        assert_eq!(found.hits.iter().filter(|h| h.kind == HitKind::Data).count(), 2);
        assert!(found.more);
        assert_eq!(search(&component, "hello", 9, &|| true).hits, [], "it can be cancelled");
    }

    #[test]
    fn broken_sections_are_no_trouble() {
        let mut bytes =
            wat::parse_str(r#"(component (core module (memory 1) (data (i32.const 0) "needle in data")))"#).unwrap();
        let at = bytes.windows(6).position(|w| w == b"needle").unwrap();
        bytes[at - 1] = 0x7f; // the segment says it is longer than the section
        let component = decode("t.wasm", bytes.into());
        assert_eq!(hits(&component, "needle"), []);
    }
}
