//! A component's interface as one HTML page that needs no network and no other file, and the graph of a composition in
//! the forms of other tools: for people who have no Wirebench.
//!
//! Every text of the file is data in it: made safe to show, and escaped by the template. The page forbids itself to load
//! anything, by a content security policy.

mod export;
mod graph;
#[cfg(test)]
mod tests;

pub use export::{GraphForm, graph};
pub use graph::{Area, Colours, Places};

use crate::component::{
    self, Class, Component, Dependencies, Functions, Item, Kind, Language, NodeId, Origin, PartOrigin, Section,
    SectionKind, SizeMap, Spelled, Spelling, World, WorldItem,
};
use crate::compose::{self, Inside};
use crate::diag::{display_safe, display_safe_line};
use crate::grant;
use crate::measure::Bytes;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use std::collections::BTreeMap;

/// The faces of running text and of headings, shipped with the program so that text looks the same on every machine.
pub const INTER: &[u8] = include_bytes!("../../assets/fonts/Inter-Regular.otf");
/// The heavier one.
pub const INTER_STRONG: &[u8] = include_bytes!("../../assets/fonts/Inter-SemiBold.otf");

const STYLE: &str = include_str!("../../assets/sheet/sheet.css");
const SCRIPT: &str = include_str!("../../assets/sheet/sheet.js");

/// The lists of interfaces, in the order of the page.
const KINDS: [(&str, SectionKind); 3] =
    [("Exports", SectionKind::Export), ("Imports", SectionKind::Import), ("Interfaces", SectionKind::Package)];

/// Functions that are listed as the largest.
const MOST_FUNCTIONS: usize = 20;
/// Rows of the tree of parts.
const MOST_PARTS: usize = 200;
/// Packages that are listed.
const MOST_PACKAGES: usize = 2_000;

/// The page. It spells every interface in every language and measures every part, so a window asks on a worker.
pub fn sheet(component: &Component) -> String {
    let sizes = component::size_map(component);
    let origin = component::origin(component);
    let inside = compose::inside(component);
    // Others have no interfaces that could be wired.
    let has_graph = component.kind == Kind::Component;
    let title = line(&component.name);
    let sections: Vec<Card> =
        component::sections(component).into_iter().enumerate().map(|(i, s)| Card::new(component, i, s)).collect();
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy"
                    content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";
                meta name="referrer" content="no-referrer";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body data-language="wit" {
                nav aria-label="Contents" {
                    a.home href="#top" { (title) }
                    input #filter type="search" placeholder="Filter" aria-label="Filter interfaces, functions and types";
                    @if has_graph { a href="#graph" { "Graph" } }
                    @for (heading, kind) in KINDS {
                        @let of_kind = |s: &&Card<'_>| s.section.kind == kind && s.section.world.is_none();
                        @if sections.iter().any(|s| of_kind(&s)) {
                            h2 { (heading) }
                            @for card in sections.iter().filter(of_kind) {
                                a.entry href={ "#" (card.anchor) } { (card.short_name()) }
                            }
                        }
                    }
                    @if !component.worlds.is_empty() {
                        h2 { "Worlds" }
                        @for (i, world) in component.worlds.iter().enumerate() {
                            a href={ "#world" (i) } { (line(world.name.rsplit('/').next().unwrap_or(&world.name))) }
                        }
                    }
                    h2 { "File" }
                    a href="#sizes" { "Sizes" }
                    a href="#origin" { "Origin" }
                }
                main #top {
                    (head(component))
                    @if has_graph { (graph_section(component, &inside)) }
                    (worlds_section(component, &sections))
                    (interfaces(&sections))
                    (size_section(&sizes))
                    (origin_section(&origin))
                    footer {
                        "Made by Wirebench " (env!("CARGO_PKG_VERSION")) " of the file with the SHA-256 " code { (component.digest) }
                        ". What the file says of itself is its own claim."
                    }
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    page.into_string()
}

/// A text of the file on one line.
fn line(text: &str) -> String {
    display_safe_line(text).into_owned()
}

fn counted(n: usize, word: &str) -> String {
    format!("{n} {word}{}", if n == 1 { "" } else { "s" })
}

fn size(bytes: usize) -> String {
    Bytes(bytes as u64).to_string()
}

fn head(component: &Component) -> Markup {
    let kind = match component.kind {
        Kind::Component => "Component",
        Kind::CoreModule => "Core module",
        Kind::WitPackage => "WIT package",
        Kind::Unknown => "Unknown file",
    };
    let worlds = component::worlds(component);
    let wasi = component::wasi_generation(component);
    html! {
        header {
            h1 { (line(&component.name)) }
            p.facts {
                span { (kind) } span { (size(component.bytes.len())) }
                span title="SHA-256" { code { (component.digest) } }
            }
            p.badges {
                @for fit in worlds.iter().filter(|w| w.fits()) {
                    span.badge title=(fit.world.what) { (fit.world.to_string()) }
                }
                @if !wasi.tracks.is_empty() { span.badge { "WASI " (line(&wasi.to_string())) } }
            }
            @if let Some(text) = &component.metadata.description { p { (display_safe(text)) } }
            @for problem in component.diagnostics.iter().chain(&component.missing()) {
                p.note { (line(&problem.message)) @if let Some(hint) = &problem.hint { ". " (line(hint)) } }
            }
            @for item in component.beyond.iter().take(MOST_PARTS) {
                p.note {
                    (if item.is_import { "Imports" } else { "Exports" }) " the " (item.kind) " " code { (line(&item.name)) }
                    @if let Some(ty) = &item.ty { pre { (display_safe(ty)) } }
                }
            }
            (asks(component))
        }
    }
}

/// What it can reach, as far as that is known.
fn asks(component: &Component) -> Markup {
    let imports = || [("", component, component.imports.iter().collect())];
    let (needs, others) = (grant::needs(imports()), grant::not_provided(imports()));
    if needs.is_empty() && (component.kind != Kind::Component || component.fault().is_some()) {
        return html! {};
    }
    html! {
        h2 { "What it asks the host for" }
        @if needs.is_empty() && others.is_empty() && !component.beyond.iter().any(|b| b.is_import) {
            p { "Nothing: it can reach nothing outside of itself." }
        } @else if needs.is_empty() {
            p { "Nothing by itself: it reaches what it is wired to." }
        } @else {
            ul.needs {
                @for need in &needs {
                    li { strong { (grant::title(need.capability)) } " " span.dim { (grant::meaning(need.capability)) } }
                }
            }
            p.dim { "An import is not a use: it says what the component could ask for." }
        }
        @if !others.is_empty() {
            p { "It has to be wired to something that gives:" }
            ul.needs {
                @for other in others.iter().take(MOST_PARTS) { li { code { (line(&other.import)) } } }
                @if others.len() > MOST_PARTS { li { "and " (others.len() - MOST_PARTS) " more" } }
            }
        }
    }
}

/// The worlds of a WIT package, with what each imports and exports.
fn worlds_section(component: &Component, cards: &[Card<'_>]) -> Markup {
    let item = |world: &World, kind: SectionKind, item: &WorldItem| {
        let (name, is_it): (&str, &dyn Fn(&Section<'_>) -> bool) = match item {
            WorldItem::Interface(i) => {
                let name = component.interfaces.get(*i).map_or("", |e| e.name.as_str());
                (name, &move |s| s.interface == Some(name))
            }
            WorldItem::Own(e) => (&e.name, &|s| s.world == Some(&world.name) && s.kind == kind),
        };
        let text = html! { code { (line(name)) } };
        match cards.iter().find(|card| is_it(&card.section)) {
            Some(card) => html! { a href={ "#" (card.anchor) } { (text) } },
            None => text,
        }
    };
    html! {
        @if !component.worlds.is_empty() {
            section #worlds {
                h2 { "Worlds" }
                @for (i, world) in component.worlds.iter().enumerate() {
                    article id={ "world" (i) } {
                        h3 { span.direction { "world" } " " code { (line(&world.name)) } }
                        @if let Some(docs) = &world.docs { (prose(docs)) }
                        @for (way, kind, items) in [
                            ("Imports", SectionKind::Import, &world.imports),
                            ("Exports", SectionKind::Export, &world.exports),
                        ] {
                            @if !items.is_empty() {
                                p.dim { (way) }
                                ul.needs {
                                    @for one in items.iter().take(MOST_PARTS) { li { (item(world, kind, one)) } }
                                    @if items.len() > MOST_PARTS { li { "and " (items.len() - MOST_PARTS) " more" } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn graph_section(component: &Component, inside: &Inside) -> Markup {
    html! {
        section #graph {
            h2 { "Graph" }
            @if inside.is_composition {
                p.dim { (counted(inside.nodes.len(), "instance")) " inside, " (counted(inside.wires.len(), "wire")) }
            }
            div.scroll { (graph::svg(component, inside)) }
        }
    }
}

/// Whether it is a type and not a function: functions have their name before their type.
fn is_type(item: &Spelled) -> bool {
    let definition = item.wit.lines().find(|l| !l.trim_start().starts_with("//"));
    !definition.is_some_and(|l| l.starts_with(&format!("{}: ", item.name)))
}

/// A section with what it is called on the page, and its spellings.
struct Card<'a> {
    section: Section<'a>,
    anchor: String,
    wit: Spelling,
    spelled: Vec<(Language, Spelling)>,
    /// The anchor of each type, by its name in WIT.
    types: BTreeMap<String, String>,
}

impl<'a> Card<'a> {
    fn new(component: &Component, position: usize, section: Section<'a>) -> Self {
        let spelled: Vec<_> = Language::ALL.map(|l| (l, component::spell(component, l, &section))).into();
        let wit = component::spell(component, Language::ALL[0], &section);
        let anchor = format!("i{position}");
        let names = wit.items.iter().enumerate().filter(|(_, item)| is_type(item));
        let types = names.map(|(i, item)| (item.name.clone(), format!("{anchor}-{i}"))).collect();
        Self { section, anchor, wit, spelled, types }
    }

    fn name(&self) -> &str {
        self.section.name().unwrap_or("Functions and types of its own")
    }

    fn short_name(&self) -> String {
        let name = self.name();
        line(name.rsplit('/').next().unwrap_or(name))
    }
}

fn interfaces(cards: &[Card<'_>]) -> Markup {
    html! {
        section #interfaces {
            div.bar {
                h2 { "Interfaces" }
                div.languages role="group" aria-label="Language" {
                    button type="button" data-language="wit" aria-pressed="true" { "WIT" }
                    @for language in Language::ALL {
                        button type="button" data-language=(language.word()) aria-pressed="false" { (language.label()) }
                    }
                }
            }
            @if cards.is_empty() { p { "It imports and exports nothing." } }
            @for card in cards { (interface(card)) }
        }
    }
}

fn interface(card: &Card<'_>) -> Markup {
    let direction = match card.section.kind {
        SectionKind::Import => "import",
        SectionKind::Export => "export",
        SectionKind::Package => "defined here",
    };
    let docs =
        card.section.externs.iter().filter(|e| matches!(e.item, Item::Interface(_))).filter_map(|e| e.docs.as_deref());
    html! {
        article id=(card.anchor) {
            h3 {
                span.direction { (direction) @if card.section.world.is_some() { "ed by the world itself" } }
                " " code { (line(card.name())) }
            }
            @for text in docs { (prose(text)) }
            @for (i, item) in card.wit.items.iter().enumerate() {
                div.item id={ (card.anchor) "-" (i) } data-text=(line(&item.wit).to_lowercase()) {
                    pre.wit { (linked(&item.wit, &item.name, &card.types)) }
                    @for (language, spelling) in &card.spelled {
                        @if let Some(spelled) = spelling.items.get(i) {
                            pre class={ "spelled " (language.word()) } { (display_safe(&spelled.whole())) }
                        }
                    }
                }
            }
            @if card.wit.shortened { p.note { "This interface is too long to be shown in full." } }
        }
    }
}

/// Documentation as paragraphs.
fn prose(text: &str) -> Markup {
    let text = display_safe(text);
    html! { div.docs { @for paragraph in text.split("\n\n") { p { (paragraph) } } } }
}

/// WIT text in which the names of types of the same interface are links to their definitions.
fn linked(wit: &str, own: &str, types: &BTreeMap<String, String>) -> Markup {
    let wit = display_safe(wit);
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
    html! {
        @for row in wit.split_inclusive('\n') {
            @if row.trim_start().starts_with("//") {
                span.comment { (row) }
            } @else {
                // Names and what is between them, in turn.
                @for piece in pieces(row, is_name) {
                    @match types.get(piece).filter(|_| piece != own) {
                        Some(anchor) => a href={ "#" (anchor) } { (piece) },
                        None => (piece),
                    }
                }
            }
        }
    }
}

/// A text cut where a run of letters that belong together begins or ends.
fn pieces(text: &str, belongs: impl Fn(char) -> bool) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let inside = belongs(first);
        let end = rest.find(|c| belongs(c) != inside).unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end);
        out.push(piece);
        rest = after;
    }
    out
}

fn size_section(sizes: &SizeMap) -> Markup {
    let whole = sizes.size(NodeId::ROOT).max(1);
    let percent = |bytes: usize| format!("{:.1}", bytes as f64 * 100.0 / whole as f64);
    let parts = sizes.ids().filter(|id| sizes.what(*id).is_part()).take(MOST_PARTS);
    let functions = Functions::of(sizes);
    html! {
        section #sizes {
            h2 { "Sizes" }
            table {
                thead { tr { th { "For" } th.number { "Bytes" } th.number { "Share" } th {} } }
                tbody {
                    @for (class, bytes) in sizes.totals().filter(|(_, bytes)| *bytes > 0) {
                        (size_row(Class::word(class), bytes as usize, &percent(bytes as usize), 0))
                    }
                }
            }
            h3 { "Parts" }
            table {
                thead { tr { th { "Part" } th.number { "Bytes" } th.number { "Share" } th {} } }
                tbody {
                    @for id in parts {
                        (size_row(&sizes.name(id), sizes.size(id), &percent(sizes.size(id)), sizes.part_path(id).len()))
                    }
                }
            }
            @if !functions.largest().is_empty() {
                h3 { "Largest functions" }
                table {
                    thead { tr { th { "Function" } th.number { "Bytes" } th.number { "Share" } th {} } }
                    tbody {
                        @for i in functions.largest().iter().take(MOST_FUNCTIONS) {
                            @if let Some(function) = functions.all.get(*i as usize) {
                                (size_row(&function.label(), function.range.len(), &percent(function.range.len()), 0))
                            }
                        }
                    }
                }
            }
        }
    }
}

fn size_row(name: &str, bytes: usize, percent: &str, depth: usize) -> Markup {
    html! {
        tr {
            td style={ "padding-left:" (depth * 16 + 8) "px" } { (name) }
            td.number { (size(bytes)) }
            td.number { (percent) " %" }
            td.share { span style={ "width:" (percent) "%" } {} }
        }
    }
}

fn origin_section(origin: &Origin) -> Markup {
    let packages: Vec<_> = origin.dependencies().collect();
    html! {
        section #origin {
            h2 { "Origin" }
            p.dim { "All of this is what the file says of itself; none of it is verified." }
            table {
                thead { tr { th { "Language or tool" } th { "Version" } th { "As" } } }
                tbody {
                    @for tool in &origin.tools {
                        tr { td { (line(&tool.name)) } td { (line(&tool.versions.join(", "))) } td.dim { (line(&tool.field)) } }
                    }
                }
            }
            @for part in origin.parts.iter().filter(|p| !p.is_silent() || p.path.is_empty()) { (part_origin(part)) }
            h3 { "Packages embedded" }
            @if packages.is_empty() {
                p { "None embedded: what it was built of is not in the file." }
            } @else {
                table {
                    thead { tr { th { "Package" } th { "Version" } th { "From" } } }
                    tbody {
                        @for (_, package) in packages.iter().take(MOST_PACKAGES) {
                            tr { td { (line(&package.name)) } td { (line(&package.version)) } td.dim { (line(&package.source)) } }
                        }
                    }
                }
                @if packages.len() > MOST_PACKAGES { p.note { (packages.len() - MOST_PACKAGES) " more are not listed" } }
            }
        }
    }
}

fn part_origin(part: &PartOrigin) -> Markup {
    let m = &part.metadata;
    let rows = [
        ("Description", &m.description),
        ("Version", &m.version),
        ("Authors", &m.authors),
        ("Licence", &m.licenses),
        ("Source", &m.source),
        ("Homepage", &m.homepage),
        ("Revision", &m.revision),
    ];
    let path = part.path_text();
    html! {
        @if rows.iter().any(|(_, text)| text.is_some()) || matches!(part.dependencies, Dependencies::Unreadable(_)) {
            h3 { @if path.is_empty() { "The whole file" } @else { "Part " (path) } @if let Some(name) = &m.name { " " code { (line(name)) } } }
            table {
                tbody {
                    @for (key, text) in rows { @if let Some(text) = text { tr { th { (key) } td { (display_safe(text)) } } } }
                    @if let Dependencies::Unreadable(why) = &part.dependencies { tr { th { "Packages" } td { "The list cannot be read: " (line(why)) } } }
                }
            }
        }
    }
}
