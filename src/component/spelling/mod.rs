//! Interfaces in the words of a programming language, as a caller sees them, item by item beside their WIT.
//!
//! Names, casing, escapes and signatures are those of each language's binding generator: `wit-bindgen` 0.61 for Rust, C and
//! Go, `jco` for TypeScript, `componentize-py` for Python. The glue that these write around the signatures is left out,
//! and a type that has a name is always spelled by that name.

mod c;
mod go;
mod names;
mod python;
mod rust;
mod typescript;

use super::{
    Component, Extern, Family, Function, FunctionKind, Item, Type, TypeDef, TypeId, TypeKind, TypeTable, WorldItem,
};
use crate::diag::display_safe;
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};

/// A language that interfaces are spelled in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // the names are those of the languages
pub enum Language {
    #[default]
    Rust,
    TypeScript,
    Python,
    C,
    Go,
}

impl Language {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Language; 5] = [Self::Rust, Self::TypeScript, Self::Python, Self::C, Self::Go];

    /// Its name.
    pub fn label(self) -> &'static str {
        match self {
            Self::Rust => "Rust",
            Self::TypeScript => "TypeScript",
            Self::Python => "Python",
            Self::C => "C",
            Self::Go => "Go",
        }
    }

    /// Its name on the command line: `typescript`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::TypeScript => "typescript",
            Self::Python => "python",
            Self::C => "c",
            Self::Go => "go",
        }
    }

    /// What begins a comment that ends with its line.
    pub fn comment(self) -> &'static str {
        match self {
            Self::Python => "#",
            _ => "//",
        }
    }

    /// The generator whose names are used.
    pub fn generator(self) -> &'static str {
        match self {
            Self::Rust | Self::C | Self::Go => "wit-bindgen",
            Self::TypeScript => "jco",
            Self::Python => "componentize-py",
        }
    }
}

/// How a component comes to a [`Section`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SectionKind {
    /// It needs it.
    Import,
    /// It gives it.
    Export,
    /// It is a WIT package that defines it, or speaks of it.
    Package,
}

impl SectionKind {
    /// What the file does: `imports`.
    pub fn verb(self) -> &'static str {
        match self {
            Self::Import => "imports",
            Self::Export => "exports",
            Self::Package => "defines",
        }
    }
}

/// What is spelled as one: an interface, or the functions and types that a world imports or exports by themselves.
#[derive(Debug, Clone)]
pub struct Section<'a> {
    /// Whether it is imported, exported or of a package.
    pub kind: SectionKind,
    /// The interface's full name; `None` for the world's own.
    pub interface: Option<&'a str>,
    /// Of a WIT package's world its full name, if this is what the world imports or exports by itself.
    pub world: Option<&'a str>,
    /// The interface alone, or the world's own functions and types.
    pub externs: Vec<&'a Extern>,
}

/// An interface in the words of a language.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spelling {
    /// What stands before the items: the module's name, what it imports.
    pub head: String,
    /// Types and functions in the order of the file; a resource together with its functions.
    pub items: Vec<Spelled>,
    /// What stands after the items: helper types of the language.
    pub tail: String,
    /// Whether something was left out because it is too long.
    pub shortened: bool,
    /// What the section's types are called in WIT and in the language, and of what family they are.
    pub families: HashMap<String, Family>,
}

/// One type or function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spelled {
    /// Its name in WIT.
    pub name: String,
    /// Its WIT, with documentation.
    pub wit: String,
    /// The same in the language.
    pub text: String,
    /// What belongs to it but can stand only after all types: the functions of a resource in C.
    pub after: String,
}

impl Spelled {
    /// All that belongs to the item.
    pub fn whole(&self) -> String {
        if self.after.is_empty() { self.text.clone() } else { format!("{}\n\n{}", self.text, self.after) }
    }
}

impl Spelling {
    /// All of it as one text that ends with a line feed.
    pub fn text(&self, language: Language) -> String {
        let (items, after) = (self.items.iter().map(|item| &item.text), self.items.iter().map(|item| &item.after));
        let parts = std::iter::once(&self.head).chain(items).chain(after).chain([&self.tail]);
        let mut out = parts.filter(|p| !p.is_empty()).map(String::as_str).collect::<Vec<_>>().join("\n\n");
        if self.shortened {
            out += &format!("\n\n{} This is shortened: it is too long to be spelled in full.", language.comment());
        }
        out.push('\n');
        out
    }
}

/// Bytes of one item after which it ends.
const MAX_ITEM: usize = 64 << 10;

/// Bytes of all items of a section after which no further one begins.
const MAX_SECTION: usize = 1 << 20;

/// Items of a section after which no further one is spelled.
const MAX_ITEMS: usize = 4_000;

/// Bytes of one type where it is used.
const MAX_TYPE: usize = 1_000;

/// Levels of types without names within each other.
const MAX_DEPTH: usize = 32;

/// What of a file can be spelled, imports first, in the order of the file.
pub fn sections(component: &Component) -> Vec<Section<'_>> {
    let mut out = Vec::new();
    let all = [
        (SectionKind::Import, &component.imports),
        (SectionKind::Export, &component.exports),
        (SectionKind::Package, &component.interfaces),
    ];
    for (kind, externs) in all {
        let (interfaces, own): (Vec<_>, Vec<_>) = externs.iter().partition(|e| matches!(e.item, Item::Interface(_)));
        out.extend(interfaces.into_iter().map(|e| Section {
            kind,
            interface: Some(e.name.as_str()),
            world: None,
            externs: vec![e],
        }));
        if !own.is_empty() {
            out.push(Section { kind, interface: None, world: None, externs: own });
        }
    }
    for world in &component.worlds {
        for (kind, items) in [(SectionKind::Import, &world.imports), (SectionKind::Export, &world.exports)] {
            let own: Vec<_> = items.iter().filter_map(WorldItem::own).collect();
            if !own.is_empty() {
                out.push(Section { kind, interface: None, world: Some(&world.name), externs: own });
            }
        }
    }
    out
}

impl<'a> Section<'a> {
    /// The name of the interface, or of a package's world; `None` for the world of a component, which has none.
    pub fn name(&self) -> Option<&'a str> {
        self.interface.or(self.world)
    }

    /// What is spelled: `wasi:io/poll@0.2.0`, `of the world a:b/c itself`. As the file has it.
    pub fn title(&self) -> String {
        match (self.interface, self.world) {
            (Some(name), _) => name.to_owned(),
            (None, Some(world)) => format!("of the world {world} itself"),
            (None, None) => "of the world itself".to_owned(),
        }
    }
}

/// Spells a section. It takes as long as the section is large, so a window calls it on a worker.
pub fn spell(component: &Component, language: Language, section: &Section<'_>) -> Spelling {
    let cx = Cx::new(component, language, section);
    let mut speller: Box<dyn Speller> = match language {
        Language::Rust => Box::new(rust::Rust),
        Language::TypeScript => Box::new(typescript::TypeScript::default()),
        Language::Python => Box::new(python::Python::default()),
        Language::C => Box::new(c::C::default()),
        Language::Go => Box::new(go::Go::default()),
    };
    let mut out = Spelling::default();
    let mut size = 0;
    let parts = cx.parts(section);
    for part in &parts {
        if size > MAX_SECTION || out.items.len() >= MAX_ITEMS {
            out.shortened = true;
            break;
        }
        let mut page = Page::new(language);
        let (name, wit) = match part {
            One::Type(id, def) => {
                speller.define(&cx, *id, def, &mut page);
                (def.name.clone().unwrap_or_default(), component.type_text(*id))
            }
            One::Function(f) => {
                speller.function(&cx, f, &mut page);
                (f.display_name().to_owned(), cx.function_text(component, f))
            }
        };
        out.shortened |= page.is_full();
        let text = page.finish();
        size += text.len() + wit.len();
        out.items.push(Spelled { name, wit, text, after: String::new() });
    }
    for (part, item) in parts.iter().zip(&mut out.items) {
        if let One::Type(id, TypeDef { kind: TypeKind::Resource, .. }) = part {
            let mut page = Page::new(language);
            speller.after(&cx, *id, &mut page);
            out.shortened |= page.is_full();
            item.after = page.finish();
        }
    }
    out.head = speller.head(&cx, &out.items);
    out.tail = speller.tail();
    out.shortened |= cx.cut.get();
    for (id, name) in &cx.names {
        let family = cx.types.family(Type::Def(*id));
        let in_wit = cx.types.get(*id).and_then(|d| d.name.clone());
        let words = if language == Language::C { c::words(&cx, *id) } else { vec![name.clone()] };
        out.families.extend(words.into_iter().chain(in_wit).map(|word| (word, family)));
    }
    out
}

/// A language's way to spell.
trait Speller {
    /// What stands before the items; asked for last.
    fn head(&self, cx: &Cx<'_>, items: &[Spelled]) -> String;
    /// A type with a name; a resource with its functions.
    fn define(&mut self, cx: &Cx<'_>, id: TypeId, def: &TypeDef, page: &mut Page);
    /// A function that belongs to no resource of the section.
    fn function(&mut self, cx: &Cx<'_>, function: &Function, page: &mut Page);
    /// What of a resource can stand only after all types and functions.
    fn after(&mut self, _: &Cx<'_>, _: TypeId, _: &mut Page) {}
    /// What stands after the items.
    fn tail(&self) -> String {
        String::new()
    }
}

/// What an item is made of.
enum One<'a> {
    Type(TypeId, &'a TypeDef),
    Function(&'a Function),
}

/// What a speller has to know of the component and of the section.
struct Cx<'a> {
    types: &'a TypeTable,
    /// The interface's full name.
    interface: Option<&'a str>,
    /// Packages by name and version: those of several versions have the version in their module's name.
    packages: HashMap<String, HashSet<String>>,
    /// How often each short interface name occurs, for languages that use it as the module's name.
    short_names: HashMap<String, HashSet<String>>,
    /// The names that the section's types have in the language.
    names: HashMap<TypeId, String>,
    /// Names that are given in the section.
    taken: RefCell<HashSet<String>>,
    /// The functions of each resource of the section.
    methods: HashMap<TypeId, Vec<&'a Function>>,
    /// What each definition holds.
    holds: Vec<Holds>,
    /// Whether a type was cut off.
    cut: Cell<bool>,
}

/// What a type is made of.
#[derive(Debug, Clone, Copy, Default)]
struct Holds {
    /// Something else than primitive types, and lists, options, tuples and maps of such.
    special: bool,
    /// A list or a string.
    list: bool,
    own: bool,
    borrow: bool,
    /// Values it takes when passed flat, as the canonical ABI does; 99 stands for all larger numbers.
    flat: u8,
}

impl Holds {
    fn with(self, other: Self) -> Self {
        Self {
            special: self.special || other.special,
            list: self.list || other.list,
            own: self.own || other.own,
            borrow: self.borrow || other.borrow,
            flat: (self.flat + other.flat).min(99),
        }
    }

    fn or(self, other: Self) -> Self {
        Self { flat: self.flat.max(other.flat), ..self.with(other) }
    }
}

impl<'a> Cx<'a> {
    fn new(component: &'a Component, language: Language, section: &Section<'a>) -> Self {
        let externs = component.imports.iter().chain(&component.exports).chain(&component.interfaces);
        let externs = externs.map(|e| e.name.as_str());
        let owners = component.types.defs.iter().filter_map(|d| d.owner.as_deref());
        let (mut packages, mut short_names) = (HashMap::<_, HashSet<_>>::new(), HashMap::<_, HashSet<_>>::new());
        for path in externs.chain(owners).filter_map(names::Path::parse) {
            let package = format!("{}:{}", path.namespace, path.package);
            packages.entry(package.clone()).or_default().insert(path.version.to_owned());
            short_names.entry(path.interface.to_owned()).or_default().insert(format!("{package}@{}", path.version));
        }
        let mut cx = Self {
            types: &component.types,
            interface: section.interface,
            packages,
            short_names,
            names: HashMap::new(),
            taken: RefCell::default(),
            methods: HashMap::new(),
            holds: Vec::new(),
            cut: Cell::new(false),
        };
        cx.taken.borrow_mut().extend(names::of_library(language).split_ascii_whitespace().map(str::to_owned));
        for e in &section.externs {
            let ids = match &e.item {
                Item::Interface(i) => i.types.as_slice(),
                Item::Type(id) => std::slice::from_ref(id),
                Item::Function(_) => &[],
            };
            for id in ids {
                if let Some(name) = cx.types.get(*id).and_then(|d| d.name.as_deref()) {
                    let name = cx.claim(names::of_type(language, name));
                    cx.names.insert(*id, name);
                }
            }
        }
        for f in section.externs.iter().flat_map(|e| e.functions()) {
            if let Some(id) = resource_of(f).filter(|id| cx.names.contains_key(id)) {
                cx.methods.entry(id).or_default().push(f);
            }
        }
        // Definitions mostly come before their uses, so this goes no deeper than types nest.
        let mut known = vec![None; cx.types.defs.len()];
        for id in 0..known.len() {
            cx.look_into(Type::Def(TypeId(id as u32)), &mut known, 0);
        }
        cx.holds = known.into_iter().map(Option::unwrap_or_default).collect();
        cx
    }

    /// Types and functions, without those of resources.
    fn parts(&self, section: &Section<'a>) -> Vec<One<'a>> {
        let mut out = Vec::new();
        for e in &section.externs {
            match &e.item {
                Item::Interface(i) => {
                    out.extend(i.types.iter().filter_map(|id| Some(One::Type(*id, self.types.get(*id)?))));
                    out.extend(i.functions.iter().filter(|f| self.is_free(f)).map(One::Function));
                }
                Item::Function(f) => out.extend(self.is_free(f).then_some(One::Function(f))),
                Item::Type(id) => out.extend(self.types.get(*id).map(|def| One::Type(*id, def))),
            }
        }
        out.retain(|one| !matches!(one, One::Type(_, def) if def.name.is_none()));
        out
    }

    fn is_free(&self, f: &Function) -> bool {
        resource_of(f).is_none_or(|id| !self.names.contains_key(&id))
    }

    fn function_text(&self, component: &Component, f: &Function) -> String {
        let docs: String = f.docs.iter().flat_map(|d| d.lines()).map(|line| format!("/// {line}\n")).collect();
        format!("{docs}{}: {};", f.display_name(), component.signature(f))
    }

    /// A name that is free in the section: the wished one, or else with underscores at its end.
    fn claim(&self, mut name: String) -> String {
        let mut taken = self.taken.borrow_mut();
        while !taken.insert(name.clone()) {
            name.push('_');
        }
        name
    }

    /// Where a named type comes from, if that is another interface: the interface and the type's name there.
    fn foreign(&self, id: TypeId) -> Option<(&'a str, &'a str)> {
        let def = self.types.get(id)?;
        let owner = def.owner.as_deref()?;
        let is_local = self.names.contains_key(&id) || self.interface == Some(owner);
        (!is_local).then_some((owner, def.name.as_deref()?))
    }

    /// The name in the language of a named type of the section.
    fn local_name(&self, id: TypeId) -> Option<&str> {
        self.names.get(&id).map(String::as_str)
    }

    fn methods(&self, id: TypeId) -> &[&'a Function] {
        self.methods.get(&id).map_or(&[], Vec::as_slice)
    }

    fn kind(&self, ty: Type) -> Option<&'a TypeKind> {
        let types: &'a TypeTable = self.types;
        types.kind(ty)
    }

    fn path<'n>(&self, owner: &'n str) -> names::Path<'n> {
        names::Path::parse(owner).unwrap_or(names::Path { interface: names::plain(owner), ..names::Path::default() })
    }

    /// Whether there are several versions of the path's package.
    fn has_versions(&self, path: &names::Path<'_>) -> bool {
        self.packages.get(&format!("{}:{}", path.namespace, path.package)).is_some_and(|versions| versions.len() > 1)
    }

    fn holds(&self, ty: Type) -> Holds {
        match ty {
            Type::Def(id) => self.holds.get(id.0 as usize).copied().unwrap_or_default(),
            Type::String => Holds { list: true, flat: 2, ..Holds::default() },
            _ => Holds { flat: 1, ..Holds::default() },
        }
    }

    fn look_into(&self, ty: Type, known: &mut [Option<Holds>], depth: usize) -> Holds {
        let Type::Def(id) = ty else { return self.holds(ty) };
        let at = id.0 as usize;
        if let Some(Some(holds)) = known.get(at) {
            return *holds;
        }
        let Some(def) = self.types.get(id).filter(|_| depth < 200) else { return Holds::default() };
        let mut look = |ty: Type| self.look_into(ty, known, depth + 1);
        let mut either = |types: &mut dyn Iterator<Item = Type>| {
            let all = types.map(&mut look).fold(Holds::default(), Holds::or);
            Holds { flat: (all.flat + 1).min(99), ..all }
        };
        let one = Holds { flat: 1, ..Holds::default() };
        let holds = match &def.kind {
            TypeKind::Variant(cases) => either(&mut cases.iter().filter_map(|c| c.ty)),
            TypeKind::Option(t) => either(&mut std::iter::once(*t)),
            TypeKind::Result { ok, err } => either(&mut ok.iter().chain(err).copied()),
            TypeKind::Record(fields) => fields.iter().map(|f| look(f.ty)).fold(Holds::default(), Holds::with),
            TypeKind::Tuple(types) => types.iter().map(|t| look(*t)).fold(Holds::default(), Holds::with),
            TypeKind::FixedList(t, n) => {
                let each = look(*t);
                Holds { flat: u64::from(each.flat).saturating_mul(u64::from(*n)).min(99) as u8, ..each }
            }
            TypeKind::Alias(t) => look(*t),
            TypeKind::List(t) => Holds { list: true, flat: 2, ..look(*t) },
            TypeKind::Map(k, v) => Holds { list: true, flat: 2, ..look(*k).with(look(*v)) },
            TypeKind::Own(_) | TypeKind::Stream(_) | TypeKind::Future(_) => Holds { own: true, ..one },
            TypeKind::Borrow(_) => Holds { borrow: true, ..one },
            TypeKind::Enum(_) | TypeKind::Flags(_) | TypeKind::Resource => one,
        };
        let is_plain = matches!(
            def.kind,
            TypeKind::List(_) | TypeKind::Option(_) | TypeKind::Tuple(_) | TypeKind::Map(..) | TypeKind::FixedList(..)
        );
        let holds = Holds { special: holds.special || !is_plain || def.name.is_some(), ..holds };
        if let Some(slot) = known.get_mut(at) {
            *slot = Some(holds);
        }
        holds
    }

    /// Writes a type by a language's rule, and remembers if it had to be cut off.
    fn write(&self, rule: impl FnOnce(&mut Pen)) -> String {
        let mut pen = Pen::default();
        rule(&mut pen);
        if pen.is_cut {
            self.cut.set(true);
        }
        pen.text
    }
}

/// The parameters but for a method's `self`.
fn params(f: &Function) -> &[super::Param] {
    let skip = usize::from(matches!(f.kind, FunctionKind::Method(_)));
    f.params.get(skip..).unwrap_or_default()
}

fn resource_of(f: &Function) -> Option<TypeId> {
    match f.kind {
        FunctionKind::Method(id) | FunctionKind::Static(id) | FunctionKind::Constructor(id) => Some(id),
        FunctionKind::Freestanding => None,
    }
}

/// A function's own name: without its resource's.
fn item_name(f: &Function) -> &str {
    match f.kind {
        FunctionKind::Freestanding => f.display_name(),
        _ => f.display_name().rsplit('.').next().unwrap_or_default(),
    }
}

/// The types that a failing function gives, if its result is one: what it returns, and what went wrong.
fn failing(cx: &Cx<'_>, f: &Function) -> Option<(Option<Type>, Option<Type>)> {
    match cx.kind(f.result?)? {
        TypeKind::Result { ok, err } => Some((*ok, *err)),
        _ => None,
    }
}

/// The bits that flags, or the number of a case, are kept in.
fn bits(is_flags: bool, count: usize) -> usize {
    let limits = if is_flags { [8, 16, 32] } else { [1 << 8, 1 << 16, 1 << 32] };
    let fitting = limits.iter().position(|limit| count <= *limit);
    8 << fitting.unwrap_or(3)
}

/// Writes one type. Types that share parts can be endless in text, so it stops in time.
#[derive(Default)]
struct Pen {
    text: String,
    depth: usize,
    is_cut: bool,
}

impl Pen {
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Writes what is within a type, unless that is too much.
    fn within(&mut self, write: impl FnOnce(&mut Self)) {
        if self.depth >= MAX_DEPTH || self.text.len() >= MAX_TYPE {
            self.is_cut = true;
            self.text.push('…');
            return;
        }
        self.depth += 1;
        write(self);
        self.depth -= 1;
    }

    /// Writes several with `separator` between them.
    fn list<T>(&mut self, items: &[T], separator: &str, mut write: impl FnMut(&mut Self, &T)) {
        for (i, item) in items.iter().enumerate() {
            if i > 0 {
                self.push(separator);
            }
            if self.text.len() >= MAX_TYPE {
                self.is_cut = true;
                self.text.push('…');
                break;
            }
            write(self, item);
        }
    }
}

/// Writes one item in lines.
struct Page {
    text: String,
    indent: usize,
    unit: &'static str,
}

impl Page {
    fn new(language: Language) -> Self {
        let unit = match language {
            Language::Rust | Language::Python => "    ",
            Language::TypeScript | Language::C => "  ",
            Language::Go => "\t",
        };
        Self { text: String::new(), indent: 0, unit }
    }

    fn is_full(&self) -> bool {
        self.text.len() >= MAX_ITEM
    }

    fn line(&mut self, line: &str) {
        if !self.is_full() {
            if !line.is_empty() {
                self.text.extend(std::iter::repeat_n(self.unit, self.indent));
            }
            self.text.push_str(line);
            self.text.push('\n');
        }
    }

    /// An empty line, unless there is one or nothing yet.
    fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.line("");
        }
    }

    /// Lines between a head and a foot, further to the right.
    fn block(&mut self, head: &str, foot: &str, write: impl FnOnce(&mut Self)) {
        self.line(head);
        self.indent += 1;
        write(self);
        self.indent -= 1;
        if !foot.is_empty() {
            self.line(foot);
        }
    }

    /// Documentation as comment lines.
    fn docs(&mut self, start: &str, docs: Option<&str>) {
        for line in docs.unwrap_or_default().lines() {
            let line = display_safe(line);
            // A line of C that ends with a backslash goes on in the next.
            let end = if line.ends_with('\\') { " ." } else { "" };
            self.line(format!("{start} {line}{end}").trim_end());
        }
    }

    fn finish(mut self) -> String {
        self.text.truncate(self.text.trim_end().len());
        self.text
    }
}

#[cfg(test)]
mod tests;
