//! From bytes to what a person can read: [`decode`] never fails and never runs or compiles anything.

mod check;
mod compare;
mod compat;
mod custom;
mod cyclonedx;
mod decode;
mod difference;
mod functions;
pub(crate) mod guard;
pub mod hex;
mod import_use;
pub mod listing;
mod metadata;
mod origin;
mod parts;
mod plain;
mod proposals;
mod search;
mod sizes;
mod spelling;
pub(crate) mod structure;
mod symbols;
mod text;
mod types;
mod uses;
mod wit;
mod world;

pub use compare::{Change, Topic};
pub use compat::{Difference, compare_interfaces, contradiction, version_fits};
pub use custom::{Content, CustomSection, read as read_custom_section};
pub use cyclonedx::cyclonedx;
pub use decode::{decode, decode_beside, fault, features, wit_text};
pub(crate) use decode::{decode_types, decode_wit, fault_of_made};
pub use difference::{
    ComponentDifference, ExternDifference, OriginDifference, Promise, SizeDifference, Status, Verdict, Weighed,
    difference,
};
pub use functions::{CoreFunction, Functions};
pub use guard::panic_is_caught;
pub use import_use::{ImportUse, Used, used_imports};
pub use metadata::{Metadata, Producer};
pub use origin::{BrokenSection, Dependencies, Dependency, Origin, PartOrigin, Tool, origin};
pub use parts::{Part, PartKind, find_part, part_path, part_text};
pub use proposals::{Proposal, Proposals, Stage, proposals};
pub use search::{Hit, HitKind, Hits, Spot, search};
pub use sizes::{Class, NodeId, SizeMap, What, size_map};
pub use spelling::{Language, Section, SectionKind, Spelled, Spelling, sections, spell};
pub use symbols::demangle;
pub use types::{Case, Family, Field, Label, Linked, Type, TypeDef, TypeId, TypeKind, TypeRef, TypeTable};
pub use uses::{ExternAt, FunctionAt, Handle, ImportUses, List, Named, Role, Use, UseWords, User, Uses, where_used};
pub use world::{Gap, KnownWorld, Preview1, Track, WasiGeneration, WorldFit, wasi_generation, worlds};

use crate::diag::{Diagnostic, Severity, Subject};
use std::fmt::{self, Write as _};
use std::sync::Arc;

/// The SHA-256 of a file's bytes: what a component is known by.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// The digest of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        use sha2::Digest as _;
        Self(sha2::Sha256::digest(bytes).into())
    }

    /// The first eight hexadecimal digits, for places with little room.
    pub fn short(&self) -> String {
        self.to_string().chars().take(8).collect()
    }

    /// Reads 64 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        let mut out = [0; 32];
        for (i, byte) in out.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(2 * i..2 * i + 2)?, 16).ok()?;
        }
        Some(Self(out))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not by the machinery of formats: composing writes a great many.
        let halves = self.0.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        let mut digits = halves.filter_map(|half| char::from_digit(half.into(), 16));
        digits.try_for_each(|digit| f.write_char(digit))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What a file turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A component: it can be wired and called.
    Component,
    /// A core module: it has no typed interface.
    CoreModule,
    /// A WIT package encoded as a component: types only, nothing to call.
    WitPackage,
    /// Anything else; the diagnostics say what.
    Unknown,
}

/// One opened file: everything that could be read of it.
#[derive(Debug, Clone)]
pub struct Component {
    /// A short name: the file's name without its ending.
    pub name: String,
    /// SHA-256 of the bytes.
    pub digest: Digest,
    /// The bytes, as binary (a `.wat` file is parsed first; its digest is of the binary).
    pub bytes: Arc<[u8]>,
    /// What it is.
    pub kind: Kind,
    /// What it needs, in the order of the file.
    pub imports: Vec<Extern>,
    /// What it gives, in the order of the file.
    pub exports: Vec<Extern>,
    /// Imports and exports that WIT has no word for or whose type is not known, in the order of the file; of a core
    /// module, all.
    pub beyond: Vec<Beyond>,
    /// Of a WIT package: its interfaces and those of other packages that it speaks of; its own come first.
    pub interfaces: Vec<Extern>,
    /// Of a WIT package: its worlds.
    pub worlds: Vec<World>,
    /// What is documented about the whole: about the WIT package, or about the component's world.
    pub docs: Option<String>,
    /// The types that imports and exports speak of.
    pub types: Arc<TypeTable>,
    /// What its WIT is, if it has any.
    pub(crate) wit: Option<Arc<wit::Wit>>,
    /// The file's structure: nested modules and components with byte ranges.
    pub root: Part,
    /// Producers, authors, licence and so on, of the outermost part.
    pub metadata: Metadata,
    /// What is wrong or worth knowing.
    pub diagnostics: Vec<Diagnostic>,
    /// What could not be read, as far as opening knows.
    pub(crate) gaps: Vec<Diagnostic>,
}

/// An import or an export.
#[derive(Debug, Clone)]
pub struct Extern {
    /// Its full name: `wasi:cli/stdout@0.2.0`, or a plain name such as `add`.
    pub name: String,
    /// Its documentation.
    pub docs: Option<String>,
    /// Since when it is there, and how much it can be relied on; `None` if nothing is said.
    pub stability: Option<Box<Stability>>,
    /// What it is.
    pub item: Item,
}

/// An import or export that cannot be wired or called, as far as the binary says what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beyond {
    /// Its name; of a core import the module's name and its own.
    pub name: String,
    /// Whether it is an import.
    pub is_import: bool,
    /// `core module`, `component`, `value`, `type`, `function`, `instance`, or `core function` and the like.
    pub kind: &'static str,
    /// Its type, safe to show, over several lines; `None` if it is not known.
    pub ty: Option<String>,
}

/// `@since`, `@unstable` and `@deprecated`, as WIT says them of an interface, function or type.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stability {
    /// The version of the package that it is stable from.
    pub since: Option<String>,
    /// The feature that has to be switched on to use it: it may still change.
    pub unstable: Option<String>,
    /// The version of the package from which on it should not be used any more.
    pub deprecated: Option<String>,
}

/// A world of a WIT package.
#[derive(Debug, Clone)]
pub struct World {
    /// Its full name, as in `wasi:cli/command@0.2.0`.
    pub name: String,
    /// Its documentation.
    pub docs: Option<String>,
    /// Since when it is there, and how much it can be relied on; `None` if nothing is said.
    pub stability: Option<Box<Stability>>,
    /// What a component of this world needs.
    pub imports: Vec<WorldItem>,
    /// What a component of this world gives.
    pub exports: Vec<WorldItem>,
}

/// What a [`World`] imports or exports.
#[derive(Debug, Clone)]
pub enum WorldItem {
    /// The interface at this position of [`Component::interfaces`].
    Interface(usize),
    /// A function or type of the world itself.
    Own(Extern),
}

/// What an [`Extern`] is.
#[derive(Debug, Clone)]
pub enum Item {
    /// A set of functions and types.
    Interface(Interface),
    /// One function.
    Function(Function),
    /// One type (a type of the world itself).
    Type(TypeId),
}

/// A set of functions and named types.
#[derive(Debug, Clone, Default)]
pub struct Interface {
    /// Named types, in the order of the file.
    pub types: Vec<TypeId>,
    /// Functions, methods and constructors, in the order of the file.
    pub functions: Vec<Function>,
    /// What it holds besides, which WIT has no words for, in the order of the file.
    pub inside: Vec<Inside>,
}

/// Something inside of an instance that WIT has no words for.
#[derive(Debug, Clone)]
pub struct Inside {
    /// Its name.
    pub name: String,
    /// `instance`, `core module`, `component`, `value`, or `type` or `function` if its type is not known.
    pub kind: &'static str,
    /// What an instance holds, if it is known. Instances of one type share it.
    pub holds: Option<Arc<Interface>>,
}

/// A function.
#[derive(Debug, Clone)]
pub struct Function {
    /// Its name in the component, as in `check` or `[method]counter.increment`.
    pub name: String,
    /// Its documentation.
    pub docs: Option<String>,
    /// Since when it is there, and how much it can be relied on; `None` if nothing is said.
    pub stability: Option<Box<Stability>>,
    /// Whether it is a method and of what.
    pub kind: FunctionKind,
    /// Whether it is `async`.
    pub is_async: bool,
    /// Its parameters; a method's first one is `self`.
    pub params: Vec<Param>,
    /// Its result.
    pub result: Option<Type>,
}

/// How a [`Function`] belongs to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FunctionKind {
    /// To none.
    Freestanding,
    /// Called on a handle.
    Method(TypeId),
    /// In the resource's name space only.
    Static(TypeId),
    /// Makes a handle.
    Constructor(TypeId),
}

/// A parameter.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Param {
    pub name: String,
    pub ty: Type,
}

impl Component {
    /// Whether it is a component of an encoding that nothing reads any more: of it the sections are known, and no more.
    pub fn is_of_older_encoding(&self) -> bool {
        self.kind == Kind::Unknown && decode::is_any_component(&self.bytes)
    }

    /// What keeps it from being used, if anything does: it is not valid, or needs what is not supported. It can still be
    /// inspected.
    pub fn fault(&self) -> Option<&Diagnostic> {
        self.diagnostics.iter().find(|d| d.severity == Severity::Error)
    }

    /// Whether there can be instances of it: it is a component, and nothing is wrong with it.
    pub fn is_usable(&self) -> bool {
        self.kind == Kind::Component && self.fault().is_none()
    }

    /// The WIT text, as `wasm-tools component wit` prints it; empty if there is none. It is made when it is first asked
    /// for, which takes less time than opening did: a window lets a worker ask first.
    pub fn wit(&self) -> &str {
        self.wit.as_ref().and_then(|wit| wit.text().ok()).unwrap_or_default()
    }

    /// What a reader might look for and will not find here, and why: no WIT text, no documentation, types that are not
    /// known. Makes the WIT text, as [`Component::wit`] does.
    pub fn missing(&self) -> Vec<Diagnostic> {
        let mut out = self.gaps.clone();
        if let Some(Err(why)) = self.wit.as_ref().map(|wit| wit.text()) {
            out.push(Diagnostic::info(Subject::File(self.name.clone()), format!("No WIT text: {why}")));
        }
        out
    }

    /// The import with this full name.
    pub fn import(&self, name: &str) -> Option<&Extern> {
        self.imports.iter().find(|e| e.name == name)
    }

    /// The export with this full name.
    pub fn export(&self, name: &str) -> Option<&Extern> {
        self.exports.iter().find(|e| e.name == name)
    }

    /// An exported function: `interface` is the export's full name, `None` for a function exported by the world itself.
    pub fn function(&self, interface: Option<&str>, function: &str) -> Option<&Function> {
        match interface {
            Some(i) => self.export(i)?.functions().iter().find(|f| f.name == function),
            None => match &self.export(function)?.item {
                Item::Function(f) => Some(f),
                _ => None,
            },
        }
    }

    /// Every exported function with the full name of its interface (`None` for functions of the world itself).
    pub fn exported_functions(&self) -> impl Iterator<Item = (Option<&str>, &Function)> {
        self.exports.iter().flat_map(|e| {
            let owner = matches!(e.item, Item::Interface(_)).then_some(e.name.as_str());
            e.functions().iter().map(move |f| (owner, f))
        })
    }

    /// Whether it has documentation of any import, export, interface, function or type.
    pub fn is_documented(&self) -> bool {
        let externs = [&self.imports, &self.exports, &self.interfaces].into_iter().flatten();
        let mut externs = externs
            .chain(self.worlds.iter().flat_map(|w| w.imports.iter().chain(&w.exports)).filter_map(WorldItem::own));
        externs.any(|e| e.docs.is_some() || e.functions().iter().any(|f| f.docs.is_some()))
            || self.types.defs.iter().any(|def| def.docs.is_some())
    }

    /// How many types have a name of their own: not what lists and tuples of them stand for, nor what another interface
    /// defines and is used under the same name.
    pub fn named_types(&self) -> usize {
        let named = |def: &&TypeDef| match (&def.name, &def.kind) {
            (Some(name), TypeKind::Alias(Type::Def(of))) => {
                self.types.get(*of).is_none_or(|of| of.owner == def.owner || of.name.as_ref() != Some(name))
            }
            (name, _) => name.is_some(),
        };
        self.types.defs.iter().filter(named).count()
    }

    /// A type of this component, with its table.
    pub fn type_ref(&self, ty: Type) -> TypeRef {
        TypeRef { table: Arc::clone(&self.types), ty }
    }
}

impl Extern {
    /// The functions: an interface's, or the one function itself.
    pub fn functions(&self) -> &[Function] {
        match &self.item {
            Item::Interface(i) => &i.functions,
            Item::Function(f) => std::slice::from_ref(f),
            Item::Type(_) => &[],
        }
    }

    /// Whether a host usually provides it: everything in the package name space `wasi`.
    pub fn is_host(&self) -> bool {
        is_host(&self.name)
    }

    /// The colour family of its port.
    pub fn family(&self, types: &TypeTable) -> Family {
        if self.is_host() {
            return Family::Host;
        }
        match &self.item {
            Item::Interface(i) => {
                let carries_resource =
                    i.types.iter().any(|t| matches!(types.get(*t).map(|d| &d.kind), Some(TypeKind::Resource)));
                if carries_resource {
                    return Family::Resource;
                }
                // An interface has the family of what its first function answers.
                i.functions.first().and_then(|f| f.result).map_or(Family::Record, |t| types.family(t))
            }
            Item::Function(f) => f.result.map_or(Family::Number, |t| types.family(t)),
            Item::Type(t) => types.family(Type::Def(*t)),
        }
    }
}

/// Whether this is the name of something that a host usually provides.
fn is_host(name: &str) -> bool {
    name.starts_with("wasi:")
}

impl Function {
    /// The parameters that a caller writes: without the `self` of a method.
    pub fn own_params(&self) -> &[Param] {
        let skipped = usize::from(matches!(self.kind, FunctionKind::Method(_)));
        self.params.get(skipped..).unwrap_or_default()
    }

    /// The name a person reads: `counter.increment` for `[method]counter.increment`, `counter` for its constructor.
    pub fn display_name(&self) -> &str {
        self.name.split_once(']').map_or(&self.name, |(_, rest)| rest)
    }
}

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod tests;
