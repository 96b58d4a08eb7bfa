//! Whether what one component gives fits what another needs.
//!
//! The rule is the one of the component model's tools today: an instance may give more than is asked for, everything
//! that is asked for must have exactly the same type. Names of types do not matter inside of types, except those of
//! resources.

use super::compare::{Change, Comparison, Purpose, Topic};
use super::{Component, Extern};
use semver::Version;
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
    let same_track = same_track(&needs, &gives);
    import == export && same_track && gives.cmp_precedence(&needs).is_ge()
}

/// Whether two versions are on the same track, so that the newer one may stand for the older: the same major version, or
/// for 0.x the same minor version. Versions 0.0.x and those before a release are on a track of their own each.
pub(super) fn same_track(a: &Version, b: &Version) -> bool {
    let same = match (a.major, a.minor) {
        (0, 0) => false,
        (0, minor) => b.major == 0 && b.minor == minor,
        (major, _) => b.major == major,
    };
    same && a.pre.is_empty() && b.pre.is_empty()
}

/// Differences that are listed at most: more help nobody.
const MAX_DIFFERENCES: usize = 100;
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
    let mut cx = Comparison::new(consumer, provider, Purpose::Fit, MAX_DIFFERENCES);
    cx.externs(import, export);
    let is_partial = cx.is_partial && cx.found.len() < MAX_DIFFERENCES;
    let mut found: Vec<_> = cx.found.into_iter().map(misfit).collect();
    if is_partial {
        let what = "the types are too large to compare all of them".to_owned();
        found.push(Difference { path: String::new(), what });
    }
    found
}

/// The first thing that two forms of one interface both have and not alike, with how the second has it; `None` if all that
/// both have is the same. What only one of them has is no contradiction.
pub fn contradiction(first: (&Component, &Extern), second: (&Component, &Extern)) -> Option<Difference> {
    let mut cx = Comparison::new(first.0, second.0, Purpose::Fit, MAX_DIFFERENCES);
    cx.externs(first.1, second.1);
    let mut found = cx.found.into_iter();
    found.find(|change| !matches!(change.topic, Topic::Function | Topic::Type | Topic::Inside(_))).map(misfit)
}

/// Whether there is a difference at all. What is too large to compare is taken to have none.
pub(super) fn differ((consumer, import): (&Component, &Extern), (provider, export): (&Component, &Extern)) -> bool {
    let mut cx = Comparison::new(consumer, provider, Purpose::Fit, 1);
    cx.externs(import, export);
    !cx.found.is_empty()
}

/// A change as seen by a consumer that expects what was before.
fn misfit(change: Change) -> Difference {
    let Change { mut path, topic, before, after } = change;
    let what = match (topic, before, after) {
        (Topic::Function, ..) => "this function is missing".to_owned(),
        (Topic::Type, ..) => "this type is missing".to_owned(),
        (Topic::Inside(kind), _, None) => format!("this {kind} is missing"),
        (Topic::Inside(_), _, Some(found)) => format!("{found} inside of an instance cannot be wired"),
        (Topic::Member(word), before, _) => {
            let name = path.pop().unwrap_or_default();
            let how = if before.is_some() { "missing" } else { "too much" };
            format!("the {word} `{name}` is {how}")
        }
        (Topic::Value(word), None, after) => format!("expected no {word}, found {}", after.unwrap_or_default()),
        (Topic::Async, Some(before), _) => {
            let words = if before == "async" { ("an async", "a synchronous") } else { ("a synchronous", "an async") };
            format!("expected {} function, found {} one", words.0, words.1)
        }
        (Topic::Order(word), before, after) => format!(
            "expected the {word}s in the order {}, found {}",
            before.unwrap_or_default(),
            after.unwrap_or_default()
        ),
        (Topic::Length, Some(before), Some(after)) => {
            format!("expected a list of {before} elements, found one of {after}")
        }
        (_, before, after) => {
            let text = |t: Option<String>| t.unwrap_or_else(|| "none".to_owned());
            format!("expected {}, found {}", text(before), text(after))
        }
    };
    Difference { path: path.join(" → "), what }
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

    /// The differences between importing the first and exporting the second instance, of which WIT has no words.
    fn inner_differences(needs: &str, gives: &str) -> Vec<String> {
        let instance = |name: &str, body: &str| {
            let text = format!("(component (import \"outer\" (instance {body})))");
            crate::component::decode(name, wat::parse_str(&text).unwrap().into())
        };
        // Whether it is an import or an export does not matter to what it is.
        let (needs, gives) = (instance("needs", needs), instance("gives", gives));
        let [needs_it, gives_it] = [&needs, &gives].map(|c| c.import("outer").unwrap());
        compare_interfaces(&needs, needs_it, &gives, gives_it).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn instances_inside_of_instances_are_compared() {
        let nested = |body: &str| format!("(export \"in\" (instance {body}))");
        let f = nested("(export \"f\" (func (result u8)))");
        let more = nested("(export \"f\" (func (result u8))) (export \"g\" (func))");
        let r = nested("(export \"r\" (type (sub resource)))");
        for (needs, gives, expected) in [
            (f.as_str(), f.as_str(), &[][..]),
            (&f, &more, &[]),
            (&r, &r, &[]),
            ("(export \"f\" (func))", "(export \"f\" (func)) (export \"in\" (instance))", &[]),
            (&f, "(export \"f\" (func (result u8)))", &["in: this instance is missing"]),
            (&more, &f, &["in → g: this function is missing"]),
            (&f, &nested("(export \"f\" (func (result u16)))"), &["in → f → result: expected u8, found u16"]),
            (&nested(&f), &nested(&more), &[]),
            (&nested(&more), &nested(&f), &["in → in → g: this function is missing"]),
            (
                &r,
                &nested("(type $e (enum \"a\")) (export \"r\" (type (eq $e)))"),
                &["in → r: expected resource r, found enum r"],
            ),
            (&f, "(export \"in\" (core module))", &["in: expected an instance, found a core module"]),
            (
                "(export \"in\" (core module))",
                "(export \"in\" (core module))",
                &["in: a core module inside of an instance cannot be wired"],
            ),
            (
                "(export \"in\" (component))",
                "(export \"in\" (component))",
                &["in: a component inside of an instance cannot be wired"],
            ),
        ] {
            assert_eq!(inner_differences(needs, gives), expected, "{needs} <- {gives}");
        }
        // Instances that share others are exponentially large as a tree.
        let mut text = String::from("(type $t0 (instance (export \"f\" (func))))");
        for i in 1..60 {
            text.push_str(&format!(
                "(type $t{i} (instance (alias outer 1 $t{p} (type $p)) (export \"a\" (instance (type $p))) \
                 (export \"b\" (instance (type $p)))))",
                p = i - 1
            ));
        }
        let deep = crate::component::decode(
            "deep",
            wat::parse_str(format!("(component {text} (import \"outer\" (instance (type $t59))))")).unwrap().into(),
        );
        if let Some(import) = deep.import("outer") {
            compare_interfaces(&deep, import, &deep, import);
        }
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
