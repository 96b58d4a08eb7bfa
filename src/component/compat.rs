//! Whether what one component gives fits what another needs.
//!
//! The rule is the one of the component model's tools today: an instance may give more than is asked for, everything
//! that is asked for must have exactly the same type. Names of types do not matter inside of types, except those of
//! resources.

use super::{Component, Extern, Function, FunctionKind, Interface, Item, Type, TypeId, TypeKind, TypeTable};
use semver::Version;
use std::collections::{HashMap, HashSet};
use std::fmt;

/// One way in which two things differ, with the path to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Where: `check → result → score`. Empty if the things themselves differ.
    pub path: String,
    /// What: `expected u32, found string`.
    pub what: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() { f.write_str(&self.what) } else { write!(f, "{}: {}", self.path, self.what) }
    }
}

/// Whether an export named `export` may satisfy an import named `import`: the same name, or the same interface at a
/// semver-compatible version that is not older (`a:b/c@1.3.0` for `a:b/c@1.2.0`, `@0.2.6` for `@0.2.0`).
pub fn version_fits(import: &str, export: &str) -> bool {
    if import == export {
        return true;
    }
    let (Some((import, needs)), Some((export, gives))) = (import.split_once('@'), export.split_once('@')) else {
        return false;
    };
    let (Ok(needs), Ok(gives)) = (Version::parse(needs), Version::parse(gives)) else { return false };
    let same_track = match (needs.major, needs.minor) {
        (0, 0) => false,
        (0, minor) => gives.major == 0 && gives.minor == minor,
        (major, _) => gives.major == major,
    };
    import == export
        && same_track
        && needs.pre.is_empty()
        && gives.pre.is_empty()
        && gives.cmp_precedence(&needs).is_ge()
}

/// Differences that are listed at most: more help nobody.
const MAX_DIFFERENCES: usize = 100;
/// Characters of a name in a path, and of a list of names.
const MAX_NAME: usize = 100;

/// Every difference that keeps `export` of `provider` from satisfying `import` of `consumer`; empty if it fits.
///
/// A difference inside a type is listed once, at the first place where the type is used. At most 100 are listed. The
/// names of import and export are not compared, see [`version_fits`]. Resources are compared by name: whether two
/// handles belong to the same instance is known only in a whole composition.
pub fn compare_interfaces(
    consumer: &Component,
    import: &Extern,
    provider: &Component,
    export: &Extern,
) -> Vec<Difference> {
    let mut cx = Comparison::new(&consumer.types, &provider.types);
    match (&import.item, &export.item) {
        (Item::Interface(needs), Item::Interface(gives)) => cx.interfaces(needs, gives),
        (Item::Function(needs), Item::Function(gives)) => cx.functions(needs, gives),
        (Item::Type(needs), Item::Type(gives)) => cx.types(Type::Def(*needs), Type::Def(*gives)),
        (needs, gives) => cx.report(format!("expected {}, found {}", word(needs), word(gives))),
    }
    cx.found
}

fn word(item: &Item) -> &'static str {
    match item {
        Item::Interface(_) => "an interface",
        Item::Function(_) => "a function",
        Item::Type(_) => "a type",
    }
}

struct Comparison<'a> {
    needs: &'a TypeTable,
    gives: &'a TypeTable,
    /// Pairs that were compared already: types share parts, and a tree of them could be endless.
    seen: HashSet<(TypeId, TypeId)>,
    path: Vec<String>,
    found: Vec<Difference>,
}

impl<'a> Comparison<'a> {
    fn new(needs: &'a TypeTable, gives: &'a TypeTable) -> Self {
        Self { needs, gives, seen: HashSet::new(), path: Vec::new(), found: Vec::new() }
    }

    fn report(&mut self, what: String) {
        if self.found.len() < MAX_DIFFERENCES {
            self.found.push(Difference { path: self.path.join(" → "), what });
        }
    }

    fn within(&mut self, segment: &str, compare: impl FnOnce(&mut Self)) {
        if self.found.len() < MAX_DIFFERENCES {
            self.path.push(cut(segment));
            compare(self);
            self.path.pop();
        }
    }

    fn interfaces(&mut self, needs: &'a Interface, gives: &'a Interface) {
        let functions: HashMap<&str, &'a Function> = gives.functions.iter().map(|f| (f.name.as_str(), f)).collect();
        for function in &needs.functions {
            match functions.get(function.name.as_str()) {
                Some(found) => self.functions(function, found),
                None => self.within(&label(function), |cx| cx.report("this function is missing".to_owned())),
            }
        }
        let name_of = |table: &'a TypeTable, id: &TypeId| table.get(*id).and_then(|def| def.name.as_deref());
        let types: HashMap<&str, TypeId> =
            gives.types.iter().filter_map(|id| Some((name_of(self.gives, id)?, *id))).collect();
        for id in &needs.types {
            let Some(name) = name_of(self.needs, id) else { continue };
            self.within(name, |cx| match types.get(name) {
                Some(found) => cx.types(Type::Def(*id), Type::Def(*found)),
                None => cx.report("this type is missing".to_owned()),
            });
        }
    }

    fn functions(&mut self, needs: &'a Function, gives: &'a Function) {
        self.within(&label(needs), |cx| {
            if needs.is_async != gives.is_async {
                let word = |is_async| if is_async { "an async" } else { "a synchronous" };
                cx.report(format!("expected {} function, found {} one", word(needs.is_async), word(gives.is_async)));
            }
            let named = |f: &'a Function| f.params.iter().map(|p| (p.name.as_str(), Some(p.ty))).collect();
            cx.members("parameter", named(needs), named(gives));
            cx.optional("result", "result", needs.result, gives.result);
        });
    }

    /// Fields, cases, labels or parameters: names, their order, and their types.
    fn members(&mut self, word: &str, needs: Vec<(&'a str, Option<Type>)>, gives: Vec<(&'a str, Option<Type>)>) {
        let given: HashMap<&str, Option<Type>> = gives.iter().copied().collect();
        let needed: HashSet<&str> = needs.iter().map(|(name, _)| *name).collect();
        let mut same_names = true;
        for (name, ty) in &needs {
            match given.get(name) {
                Some(found) => self.optional(name, "value", *ty, *found),
                None => {
                    same_names = false;
                    self.report(format!("the {word} `{}` is missing", cut(name)));
                }
            }
        }
        for (name, _) in gives.iter().filter(|(name, _)| !needed.contains(name)) {
            same_names = false;
            self.report(format!("the {word} `{}` is too much", cut(name)));
        }
        if same_names && !needs.iter().map(|m| m.0).eq(gives.iter().map(|m| m.0)) {
            let list = |members: &[(&str, Option<Type>)]| {
                let shown: Vec<&str> = members.iter().take(MAX_NAME).map(|m| m.0).collect();
                cut(&shown.join(", "))
            };
            self.report(format!("expected the {word}s in the order {}, found {}", list(&needs), list(&gives)));
        }
    }

    fn optional(&mut self, segment: &str, word: &str, needs: Option<Type>, gives: Option<Type>) {
        match (needs, gives) {
            (None, None) => {}
            (Some(needs), Some(gives)) => self.within(segment, |cx| cx.types(needs, gives)),
            (Some(needs), None) => {
                self.within(segment, |cx| cx.report(format!("expected {}, found none", describe(cx.needs, needs))));
            }
            (None, Some(gives)) => self
                .within(segment, |cx| cx.report(format!("expected no {}, found {}", word, describe(cx.gives, gives)))),
        }
    }

    fn types(&mut self, needs: Type, gives: Type) {
        let (needs, gives) = (self.needs.resolve(needs), self.gives.resolve(gives));
        let (Type::Def(a), Type::Def(b)) = (needs, gives) else {
            if needs != gives {
                self.differ(needs, gives);
            }
            return;
        };
        if !self.seen.insert((a, b)) {
            return;
        }
        let (Some(a), Some(b)) = (self.needs.get(a), self.gives.get(b)) else { return self.differ(needs, gives) };
        match (&a.kind, &b.kind) {
            (TypeKind::Record(a), TypeKind::Record(b)) => self.members(
                "field",
                a.iter().map(|f| (f.name.as_str(), Some(f.ty))).collect(),
                b.iter().map(|f| (f.name.as_str(), Some(f.ty))).collect(),
            ),
            (TypeKind::Variant(a), TypeKind::Variant(b)) => self.members(
                "case",
                a.iter().map(|c| (c.name.as_str(), c.ty)).collect(),
                b.iter().map(|c| (c.name.as_str(), c.ty)).collect(),
            ),
            (TypeKind::Enum(a), TypeKind::Enum(b)) => self.members(
                "case",
                a.iter().map(|l| (l.name.as_str(), None)).collect(),
                b.iter().map(|l| (l.name.as_str(), None)).collect(),
            ),
            (TypeKind::Flags(a), TypeKind::Flags(b)) => self.members(
                "flag",
                a.iter().map(|l| (l.name.as_str(), None)).collect(),
                b.iter().map(|l| (l.name.as_str(), None)).collect(),
            ),
            (TypeKind::Tuple(a), TypeKind::Tuple(b)) if a.len() == b.len() => {
                for (i, (a, b)) in a.iter().zip(b).enumerate() {
                    self.within(&format!("element {i}"), |cx| cx.types(*a, *b));
                }
            }
            (TypeKind::FixedList(_, a), TypeKind::FixedList(_, b)) if a != b => {
                self.report(format!("expected a list of {a} elements, found one of {b}"));
            }
            (TypeKind::List(a), TypeKind::List(b)) | (TypeKind::FixedList(a, _), TypeKind::FixedList(b, _)) => {
                self.within("element", |cx| cx.types(*a, *b));
            }
            (TypeKind::Option(a), TypeKind::Option(b)) => self.within("some", |cx| cx.types(*a, *b)),
            (TypeKind::Result { ok, err }, TypeKind::Result { ok: gives_ok, err: gives_err }) => {
                self.optional("ok", "value", *ok, *gives_ok);
                self.optional("error", "value", *err, *gives_err);
            }
            (TypeKind::Map(key, value), TypeKind::Map(gives_key, gives_value)) => {
                self.within("key", |cx| cx.types(*key, *gives_key));
                self.within("value", |cx| cx.types(*value, *gives_value));
            }
            (TypeKind::Stream(a), TypeKind::Stream(b)) | (TypeKind::Future(a), TypeKind::Future(b)) => {
                self.optional("element", "value", *a, *b);
            }
            (TypeKind::Own(a), TypeKind::Own(b)) | (TypeKind::Borrow(a), TypeKind::Borrow(b)) => {
                self.types(Type::Def(*a), Type::Def(*b));
            }
            (TypeKind::Resource, TypeKind::Resource) if a.name == b.name => {}
            _ => self.differ(needs, gives),
        }
    }

    fn differ(&mut self, needs: Type, gives: Type) {
        self.report(format!("expected {}, found {}", describe(self.needs, needs), describe(self.gives, gives)));
    }
}

/// `record entry` for a named type, `list<u8>` for another.
fn describe(table: &TypeTable, ty: Type) -> String {
    let text = table.text(ty);
    let Type::Def(id) = ty else { return text };
    let Some(def) = table.get(id).filter(|def| def.name.is_some()) else { return text };
    let word = match def.kind {
        TypeKind::Record(_) => "record",
        TypeKind::Tuple(_) => "tuple",
        TypeKind::Variant(_) => "variant",
        TypeKind::Enum(_) => "enum",
        TypeKind::Flags(_) => "flags",
        TypeKind::Option(_) => "option",
        TypeKind::Result { .. } => "result",
        TypeKind::List(_) | TypeKind::FixedList(..) => "list",
        TypeKind::Map(..) => "map",
        TypeKind::Stream(_) => "stream",
        TypeKind::Future(_) => "future",
        TypeKind::Resource | TypeKind::Own(_) | TypeKind::Borrow(_) => "resource",
        TypeKind::Alias(_) => return text,
    };
    format!("{word} {}", cut(&text))
}

fn label(function: &Function) -> String {
    match function.kind {
        FunctionKind::Constructor(_) => format!("{} constructor", function.display_name()),
        _ => function.display_name().to_owned(),
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MAX_NAME) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::component::tests::component;

    /// The differences between importing the first and exporting the second version of `interface i`.
    fn differences(needs: &str, gives: &str) -> Vec<String> {
        let wit = |body: &str| {
            format!("package t:p; interface i {{ {body} }} world needs {{ import i; }} world gives {{ export i; }}")
        };
        let (needs, gives) = (component(&wit(needs), "needs"), component(&wit(gives), "gives"));
        assert_eq!(
            (needs.imports.len(), gives.exports.len()),
            (1, 1),
            "{:?} {:?}",
            needs.diagnostics,
            gives.diagnostics
        );
        compare_interfaces(&needs, &needs.imports[0], &gives, &gives.exports[0])
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn versions_follow_semver_and_never_go_back() {
        for (import, export, fits) in [
            ("a:b/c", "a:b/c", true),
            ("a:b/c", "a:b/d", false),
            ("a:b/c", "a:b/c@1.0.0", false),
            ("a:b/c@1.2.0", "a:b/c@1.2.0", true),
            ("a:b/c@1.2.0", "a:b/c@1.3.0", true),
            ("a:b/c@1.2.0", "a:b/c@1.1.9", false),
            ("a:b/c@1.2.0", "a:b/c@2.0.0", false),
            ("a:b/c@1.2.0", "a:b/d@1.2.0", false),
            ("wasi:io/poll@0.2.0", "wasi:io/poll@0.2.6", true),
            ("wasi:io/poll@0.2.6", "wasi:io/poll@0.2.0", false),
            ("wasi:io/poll@0.2.0", "wasi:io/poll@0.3.0", false),
            ("a:b/c@0.0.1", "a:b/c@0.0.2", false),
            ("a:b/c@1.0.0-rc.1", "a:b/c@1.0.0", false),
            ("a:b/c@1.0.0", "a:b/c@1.1.0-rc.1", false),
            ("a:b/c@1", "a:b/c@1.1.0", false),
        ] {
            assert_eq!(version_fits(import, export), fits, "{export} for {import}");
        }
    }

    #[test]
    fn more_functions_and_types_fit() {
        assert!(differences("f: func() -> u8;", "record r { a: u8 } g: func(x: r); f: func() -> u8;").is_empty());
        assert!(
            differences("type r = list<u8>; f: func() -> r;", "type s = list<u8>; type r = s; f: func() -> r;")
                .is_empty(),
            "aliases are looked through"
        );
    }

    #[test]
    fn every_difference_has_its_path() {
        for (needs, gives, expected) in [
            (
                "record out { id: string, score: u32 } check: func(a: u8) -> result<out>;",
                "record out { id: string, score: string } check: func(a: u8) -> result<out>;",
                &["check → result → ok → score: expected u32, found string"][..],
            ),
            ("f: func(); g: func();", "f: func();", &["g: this function is missing"]),
            (
                "resource r { constructor(); m: func(); }",
                "resource r { m: func(x: u8); }",
                &["r constructor: this function is missing", "r.m: the parameter `x` is too much"],
            ),
            (
                "f: func(a: u8, b: u8);",
                "f: func(b: u8, a: u8);",
                &["f: expected the parameters in the order a, b, found b, a"],
            ),
            (
                "f: func(a: u8, b: u8);",
                "f: func(a: s8, c: u8);",
                &[
                    "f → a: expected u8, found s8",
                    "f: the parameter `b` is missing",
                    "f: the parameter `c` is too much",
                ],
            ),
            (
                "f: async func() -> u8;",
                "f: func();",
                &["f: expected an async function, found a synchronous one", "f → result: expected u8, found none"],
            ),
            ("f: func();", "f: func() -> list<u8>;", &["f → result: expected no result, found list<u8>"]),
            (
                "record e { a: u8, b: u8 } f: func(x: list<e>);",
                "record e { a: u8, c: u8 } f: func(x: list<e>);",
                &["f → x → element: the field `b` is missing", "f → x → element: the field `c` is too much"],
            ),
            (
                "variant v { a(u8), b } enum e { x, y } flags g { p } f: func(v: v, e: e, g: g);",
                "variant v { a, b(u8) } enum e { y, x } flags g { p, q } f: func(v: v, e: e, g: g);",
                &[
                    "f → v → a: expected u8, found none",
                    "f → v → b: expected no value, found u8",
                    "f → e: expected the cases in the order x, y, found y, x",
                    "f → g: the flag `q` is too much",
                ],
            ),
            (
                "record e { a: u8 } f: func(x: e);",
                "type e = tuple<u8>; f: func(x: e);",
                &["f → x: expected record e, found tuple e"],
            ),
            (
                "resource a; f: func(x: borrow<a>);",
                "resource a; resource b; f: func(x: borrow<b>);",
                &["f → x: expected resource a, found resource b"],
            ),
            (
                "resource a; f: func(x: borrow<a>);",
                "resource a; f: func(x: a);",
                &["f → x: expected borrow<a>, found a"],
            ),
            (
                "type t = u8; f: func(a: tuple<option<t>, u8>);",
                "f: func(a: tuple<option<u16>, u8>);",
                &["f → a → element 0 → some: expected u8, found u16", "t: this type is missing"],
            ),
        ] {
            assert_eq!(differences(needs, gives), expected, "{needs} <- {gives}");
        }
    }

    #[test]
    fn a_shared_difference_is_told_once_and_the_list_ends() {
        let body = |inner: &str| {
            let fields: String = (0..200).map(|i| format!("n{i}: {inner}, ")).collect();
            format!("record r {{ {fields} }} f: func(x: r); g: func(x: r);")
        };
        let found = differences(&body("u8"), &body("u16"));
        assert_eq!(found.len(), MAX_DIFFERENCES);
        assert!(found.iter().all(|d| d.starts_with("f → x → ")), "{found:?}");
    }

    #[test]
    fn kinds_must_match() {
        let wit = "package t:p; interface i { f: func(); } world needs { import i; import f: func(); }
            world gives { export f: func(x: u8); }";
        let (needs, gives) = (component(wit, "needs"), component(wit, "gives"));
        let export = gives.export("f").unwrap();
        let say =
            |import: &str| compare_interfaces(&needs, needs.import(import).unwrap(), &gives, export)[0].to_string();
        assert_eq!(say("t:p/i"), "expected an interface, found a function");
        assert_eq!(say("f"), "f: the parameter `x` is too much");
    }

    #[test]
    fn types_that_share_parts_are_compared_in_no_time() {
        let body = |leaf: &str| {
            let mut wit = format!("type t0 = {leaf}; ");
            for i in 1..16 {
                wit.push_str(&format!("type t{i} = tuple<t{p}, t{p}>; ", p = i - 1));
            }
            wit + "f: func(x: t15);"
        };
        assert!(differences(&body("list<u8>"), &body("list<u8>")).is_empty());
        assert_eq!(differences(&body("list<u8>"), &body("list<u16>")).len(), 1);
    }
}
