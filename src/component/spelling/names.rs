//! Names: casing as all generators do it, words that a language keeps for itself, modules of interfaces.

use super::Language;
use heck::{ToKebabCase as _, ToLowerCamelCase as _, ToShoutySnakeCase as _, ToSnakeCase as _, ToUpperCamelCase as _};

/// `snake_case`.
pub(super) fn snake(name: &str) -> String {
    ident(name.to_snake_case())
}

/// `SHOUTY_SNAKE_CASE`.
pub(super) fn shouty(name: &str) -> String {
    ident(name.to_shouty_snake_case())
}

/// `UpperCamelCase`.
pub(super) fn camel(name: &str) -> String {
    ident(name.to_upper_camel_case())
}

/// `lowerCamelCase`.
pub(super) fn lower_camel(name: &str) -> String {
    ident(name.to_lower_camel_case())
}

/// The name of a file: `wasi-io-streams`.
pub(super) fn file(interface: &str) -> String {
    let name = plain(interface).split('@').next().unwrap_or_default();
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect::<String>().to_kebab_case()
}

/// Whatever a damaged file calls something becomes a name that a compiler would take.
fn ident(name: String) -> String {
    if name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    {
        return name;
    }
    let mut out: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    if !out.starts_with(|c: char| c.is_ascii_alphabetic()) {
        out.insert(0, '_');
    }
    out
}

/// What a type is called.
pub(super) fn of_type(language: Language, name: &str) -> String {
    match language {
        // `Guest` is the trait of an exported interface.
        Language::Rust if name == "guest" => "Guest_".to_owned(),
        Language::Python => escape(Language::Python, camel(name)),
        Language::Rust | Language::TypeScript | Language::Go => camel(name),
        Language::C => snake(name),
    }
}

/// Names that spellings use and that no type of a section can have.
pub(super) fn of_library(language: Language) -> &'static str {
    match language {
        Language::Rust => "Option Result Self String Vec",
        Language::TypeScript => {
            "Array AsyncIterable Map Option Promise PromiseLike Result Uint8Array Int8Array Uint16Array Int16Array \
             Uint32Array Int32Array BigUint64Array BigInt64Array Float32Array Float64Array"
        }
        Language::Python => {
            "ByteStreamReader Dict Enum Err Flag FutureReader List Optional Result Self Some StreamReader Tuple Union"
        }
        // These write names of their own with a prefix, or in lower case.
        Language::C | Language::Go => "",
    }
}

/// The name with an underscore behind it, if the language keeps it for itself.
pub(super) fn escape(language: Language, mut name: String) -> String {
    if is_reserved(language, &name) {
        name.push('_');
    }
    name
}

/// Whether the language keeps this word for itself, as its generator has it.
pub(super) fn is_reserved(language: Language, name: &str) -> bool {
    let words = match language {
        Language::Rust => RUST,
        Language::TypeScript => TYPESCRIPT,
        Language::Python => PYTHON,
        Language::C => C,
        Language::Go => GO,
    };
    words.split_ascii_whitespace().any(|word| word == name)
}

const RUST: &str = "abstract as async await become box break const continue crate do dyn else enum extern false final fn for \
    if impl in let loop macro match mod move mut override priv pub ref return self static struct super trait true try type \
    typeof unsafe unsized use virtual where while yield";

const TYPESCRIPT: &str = "await break case catch class const continue debugger default delete do else enum eval export \
    extends false finally for function if implements import in instanceof interface let new null package private protected \
    public return static super switch this throw true try typeof var void while with yield";

const PYTHON: &str = "False None True and as assert async await break class continue def del elif else except finally for \
    from global if import in is lambda nonlocal not or pass raise return try while with yield";

/// Words of C and C++, names that signatures give themselves, and macros of the standard library.
const C: &str = "alignas alignof and and_eq asm atomic_cancel atomic_commit atomic_noexcept auto bitand bitor bool break case \
    catch char char8_t char16_t char32_t class compl concept const consteval constexpr constinit const_cast continue \
    co_await co_return co_yield decltype default delete do double dynamic_cast else enum explicit export extern false float \
    for friend goto if inline int long mutable namespace new noexcept not not_eq nullptr operator or or_eq private protected \
    public reflexpr register reinterpret_cast requires return short signed sizeof static static_assert static_cast struct \
    switch synchronized template this thread_local throw true try typedef typeid typename union unsigned using virtual void \
    volatile wchar_t while xor xor_eq _Packed ret err stdin stdout stderr";

const GO: &str = "break case chan const continue default defer else fallthrough for func go goto if import interface map \
    package range return select struct switch type var";

/// An interface's full name in pieces: `wasi:io/streams@0.2.0`. A plain name has an interface only.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Path<'a> {
    pub namespace: &'a str,
    pub package: &'a str,
    pub interface: &'a str,
    pub version: &'a str,
}

impl<'a> Path<'a> {
    pub(super) fn parse(name: &'a str) -> Option<Self> {
        let (name, version) = plain(name).split_once('@').unwrap_or((plain(name), ""));
        let (package, interface) = name.rsplit_once('/')?;
        let (namespace, package) = package.split_once(':')?;
        Some(Self { namespace, package, interface, version })
    }

    /// The version as a part of a name: `0_2_0`.
    pub(super) fn version_word(&self) -> String {
        self.version.replace(['.', '-', '+'], "_")
    }
}

/// An import's own name, without the notes in brackets before it.
pub(super) fn plain(name: &str) -> &str {
    name.rsplit_once(']').map_or(name, |(_, rest)| rest)
}
