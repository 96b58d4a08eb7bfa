use super::*;
use crate::component::decode;
use crate::component::tests::component;

/// Two components that export (or import) `interface i` with these bodies.
fn versions(side: &str, before: &str, after: &str) -> (Component, Component) {
    let wit = |body: &str| component(&format!("package t:p; interface i {{ {body} }} world w {{ {side} i; }}"), "w");
    (wit(before), wit(after))
}

/// Everything that is different in the one interface: sign, path, what, verdict.
fn told(d: &ComponentDifference) -> Vec<String> {
    let sign = |c: &Change| match c.status() {
        Status::Added => '+',
        Status::Removed => '-',
        _ => '~',
    };
    let externs = d.imports.iter().chain(&d.exports);
    externs
        .flat_map(|e| &e.changes)
        .map(|w| {
            let verdict = if w.verdict == Verdict::Same { "" } else { w.verdict.word() };
            format!("{} {} | {} | {verdict}", sign(&w.change), w.change.place(), w.change.what())
        })
        .collect()
}

#[test]
fn each_kind_of_change_weighs_differently_from_both_sides() {
    use Verdict::{Major, Minor, Patch, Same};
    for (before, after, export, import) in [
        ("f: func();", "f: func();", Same, Same),
        ("f: func();", "f: func(); g: func();", Minor, Major),
        ("f: func(); g: func();", "f: func();", Major, Minor),
        ("f: func();", "f: async func();", Major, Major),
        ("f: func(a: u8);", "f: func(b: u8);", Major, Major),
        ("f: func(a: u8);", "f: func(a: u8, b: u8);", Major, Major),
        ("f: func(a: u8, b: u8);", "f: func(b: u8, a: u8);", Major, Major),
        ("f: func() -> u8;", "f: func() -> u16;", Major, Major),
        ("f: func() -> u8;", "f: func();", Major, Major),
        ("enum e { a } f: func(x: e);", "enum e { a, b } f: func(x: e);", Major, Major),
        ("resource r { m: func(); }", "resource r { m: func(); n: func(); }", Minor, Major),
        ("type t = list<u8>; f: func(x: t);", "type s = list<u8>; type t = s; f: func(x: t);", Minor, Major),
        ("f: func(x: list<u8, 4>);", "f: func(x: list<u8, 5>);", Major, Major),
    ] {
        for (side, expected) in [("export", export), ("import", import)] {
            let (a, b) = versions(side, before, after);
            let d = difference(&a, &b);
            assert_eq!(d.verdict, expected, "{side} {before} -> {after}: {:?}", told(&d));
            assert_eq!(expected == Same, told(&d).is_empty(), "{:?}", told(&d));
        }
    }
    let (a, mut b) = versions("export", "f: func();", "f: func();");
    let Some(Extern { item: crate::component::Item::Interface(i), .. }) = b.exports.first_mut() else { panic!() };
    i.functions[0].docs = Some("Now with words.".into());
    let d = difference(&a, &b);
    assert_eq!((d.verdict, told(&d)), (Patch, vec!["+ f | documentation added | patch".to_owned()]));
}

const KITCHEN: (&str, &str) = (
    "record item { sku: string, price: u32 }
     record cart { items: list<item>, note: option<string> }
     variant state { open, closed(string) }
     enum color { red, green }
     flags rights { read, write }
     type code = u32;
     record old { x: u8 }
     resource shelf { constructor(n: u8); get: func(k: string) -> option<item>; gone: func(); }
     total: func(c: cart) -> result<u32, string>;
     paint: func(c: color, r: rights);
     label: func(a: u8, b: u8) -> code;
     drop: func();
     wait: func();
     pair: func(p: tuple<u8, u16>) -> list<u8>;",
    "record item { sku: string, price: u64, weight: u32 }
     record cart { items: list<item>, note: string }
     variant state { open(u8), closed(string), lost }
     enum color { green, red }
     flags rights { read, execute }
     type code = u64;
     record new { y: u8 }
     resource shelf { constructor(n: u16); get: func(k: string) -> option<item>; come: func(); }
     total: func(c: cart, rate: f32) -> result<u32, state>;
     paint: func(c: color, r: rights);
     label: func(b: u8, a: u8) -> code;
     wait: async func();
     pair: func(p: tuple<u8, u32>);
     fresh: func() -> string;",
);

#[test]
fn every_difference_is_listed_with_its_path() {
    let (a, b) = versions("export", KITCHEN.0, KITCHEN.1);
    let d = difference(&a, &b);
    let all = told(&d);
    for line in [
        "+ new | record new { y: u8 } | minor",
        "+ shelf.come | func() | minor",
        "+ fresh | func() -> string | minor",
        "~ item → price | u32 → u64 | major",
        "+ item → weight | u32 | major",
        "~ cart → items → element | record item is different, see t:p/i → item | major",
        "~ cart → note | option<string> → string | major",
        "+ state → open | u8 | major",
        "+ state → lost | lost | major",
        "~ color | order of cases: red, green → green, red | major",
        "- rights → write | write | major",
        "+ rights → execute | execute | major",
        "~ code | u32 → u64 | major",
        "~ shelf constructor | constructor(n: u8) → constructor(n: u16) | ",
        "~ shelf constructor → n | u8 → u16 | major",
        "~ shelf.get → result → some | record item is different, see t:p/i → item | major",
        "~ total → c | record cart is different, see t:p/i → cart | major",
        "+ total → rate | f32 | major",
        "~ total → result → error | string → variant state | major",
        "~ paint → c | enum color is different, see t:p/i → color | major",
        "~ paint → r | flags rights is different, see t:p/i → rights | major",
        "~ label | order of parameters: a, b → b, a | major",
        "~ label → result | u32 → u64 | major",
        "~ wait | synchronous → async | major",
        "~ pair → p → element 1 | u16 → u32 | major",
        "- pair → result | list<u8> | major",
        "- old | record old { x: u8 } | major",
        "- shelf.gone | func() | major",
        "- drop | func() | major",
    ] {
        assert!(all.iter().any(|t| t == line), "{line}\nis not in\n{}", all.join("\n"));
    }
    // Each function with a change inside has a line of its own in front.
    let headlines = all.iter().filter(|t| t.ends_with(" | ")).count();
    assert_eq!((all.len(), headlines), (28 + headlines, 7), "{}", all.join("\n"));
    // What is new comes first, what is gone last.
    let signs: String = all.iter().map(|t| t.chars().next().unwrap()).collect();
    assert!(signs.starts_with("+++~") && signs.ends_with("---"), "{signs}");
}

#[test]
fn a_component_is_the_same_as_itself_and_both_ways_mirror() {
    let bodies = [KITCHEN.0, KITCHEN.1, "f: func();", "type f = u8; drop: func(x: f);"];
    for side in ["import", "export"] {
        for before in bodies {
            for after in bodies {
                let (a, b) = versions(side, before, after);
                let (there, back) = (difference(&a, &b), difference(&b, &a));
                if before == after {
                    assert!(there.is_identical && told(&there).is_empty() && there.verdict == Verdict::Same);
                    assert!(there.kinds.iter().chain(&there.parts).all(|s| s.change() == 0));
                    assert!(there.origin.is_empty());
                }
                assert_eq!(changes(&there, false), changes(&back, true), "{before} <-> {after}");
            }
        }
    }
}

/// The changes without an order, as they are or as seen from the other end.
fn changes(d: &ComponentDifference, turned: bool) -> Vec<Change> {
    let mut out: Vec<_> =
        d.imports.iter().chain(&d.exports).flat_map(|e| &e.changes).map(|w| w.change.clone()).collect();
    if turned {
        out.iter_mut().for_each(|c| std::mem::swap(&mut c.before, &mut c.after));
    }
    out.sort();
    out
}

#[test]
fn random_interfaces_mirror_and_weigh_alike() {
    // A small generator of its own: the same numbers on every run.
    let mut seed = 7_u64;
    let mut roll = |n: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % n
    };
    let mut body = || {
        let mut wit = String::new();
        let mut types: Vec<String> = vec!["u8".into(), "string".into(), "f64".into()];
        for i in 0..roll(6) {
            let any = |roll: &mut dyn FnMut(u64) -> u64| {
                let ty = types[roll(types.len() as u64) as usize].clone();
                match roll(5) {
                    0 => format!("list<{ty}>"),
                    1 => format!("option<{ty}>"),
                    2 => format!("tuple<{ty}, u32>"),
                    _ => ty,
                }
            };
            let (a, b) = (any(&mut roll), any(&mut roll));
            wit += &match roll(3) {
                0 => format!("record t{i} {{ a: {a}, b{}: {b} }} ", roll(2)),
                1 => format!("variant t{i} {{ a({a}), b, c({b}) }} "),
                _ => format!("type t{i} = result<{a}, {b}>; "),
            };
            types.push(format!("t{i}"));
        }
        for i in 0..=roll(5) {
            let (a, b) = (&types[roll(types.len() as u64) as usize], &types[roll(types.len() as u64) as usize]);
            wit += &format!("f{i}: func(x: {a}) -> option<{b}>; ");
        }
        wit
    };
    let mut different = 0;
    for _ in 0..40 {
        let (before, after) = (body(), body());
        let (a, b) = versions("export", &before, &after);
        let (there, back) = (difference(&a, &b), difference(&b, &a));
        assert_eq!(changes(&there, false), changes(&back, true), "{before}\n{after}");
        assert!(told(&difference(&a, &a)).is_empty());
        // What does not break the users of an export fits them.
        let misfits = crate::component::compare_interfaces(&a, &a.exports[0], &b, &b.exports[0]);
        assert_eq!(there.verdict == Verdict::Major, !misfits.is_empty(), "{misfits:?}\n{:?}", told(&there));
        different += usize::from(!told(&there).is_empty());
    }
    assert!(different > 30, "{different}");
}

/// A component of imports and exports of one function each, by the names of their interfaces.
fn named(imports: &[&str], exports: &[&str]) -> Component {
    let mut wat = "(component (core module $m (func (export \"f\"))) (core instance $m (instantiate $m)) \
                   (func $f (canon lift (core func $m \"f\"))) (instance $i (export \"f\" (func $f)))"
        .to_owned();
    for name in imports {
        wat += &format!("(import \"{name}\" (instance (export \"f\" (func))))");
    }
    for name in exports {
        wat += &format!("(export \"{name}\" (instance $i))");
    }
    wat += ")";
    let c = decode("named.wat", wat.into_bytes().into());
    assert_eq!((c.imports.len(), c.exports.len()), (imports.len(), exports.len()), "{:?}", c.diagnostics);
    c
}

#[test]
fn interfaces_pair_across_versions() {
    let titles = |before: &[&str], after: &[&str]| {
        let d = difference(&named(before, &[]), &named(after, &[]));
        d.imports.iter().map(|e| (e.title(), e.status, e.verdict)).collect::<Vec<_>>()
    };
    use Status::{Added, Changed, Removed, Same};
    let is = |title: &str, status, verdict| (title.to_owned(), status, verdict);
    assert_eq!(
        titles(&["wasi:io/poll@0.2.0"], &["wasi:io/poll@0.2.6"]),
        [is("wasi:io/poll@0.2.0 → 0.2.6", Changed, Verdict::Minor)]
    );
    assert_eq!(
        titles(&["a:b/c@1.0.0", "a:b/c@2.0.0"], &["a:b/c@2.1.0", "a:b/c@1.1.0", "a:b/c@3.0.0"]),
        [
            is("a:b/c@3.0.0", Added, Verdict::Major),
            is("a:b/c@1.0.0 → 1.1.0", Changed, Verdict::Minor),
            is("a:b/c@2.0.0 → 2.1.0", Changed, Verdict::Minor),
        ]
    );
    assert_eq!(
        titles(&["wasi:io/poll@0.2.0", "a:b/c"], &["wasi:io/poll@0.3.0", "a:b/c@1.0.0"]),
        [is("wasi:io/poll@0.2.0 → 0.3.0", Changed, Verdict::Major), is("a:b/c → a:b/c@1.0.0", Changed, Verdict::Major)]
    );
    // A host's import that is new comes before everything else.
    assert_eq!(
        titles(&["a:b/c", "wasi:io/poll@0.2.0", "x:y/z"], &["a:b/d", "x:y/z", "wasi:sockets/tcp@0.2.0"]),
        [
            is("wasi:sockets/tcp@0.2.0", Added, Verdict::Major),
            is("a:b/d", Added, Verdict::Major),
            is("a:b/c", Removed, Verdict::Minor),
            is("wasi:io/poll@0.2.0", Removed, Verdict::Minor),
            is("x:y/z", Same, Verdict::Same),
        ]
    );
}

#[test]
fn hosts_look_for_functions_and_resources() {
    let wat = |name: &str, more: &str| {
        let c = decode("c.wat", format!("(component (import \"{name}\" (instance {more})))").into_bytes().into());
        assert_eq!(c.imports.len(), 1, "{:?}", c.diagnostics);
        c
    };
    let record = "(type $r (record (field \"x\" u8))) (export \"t\" (type (eq $r)))";
    let resource = "(export \"t\" (type (sub resource)))";
    let verdict = |name: &str, more: &str| difference(&wat(name, ""), &wat(name, more)).verdict;
    assert_eq!(verdict("wasi:p/i@0.2.0", record), Verdict::Minor);
    assert_eq!(verdict("wasi:p/i@0.2.0", resource), Verdict::Major);
    assert_eq!(verdict("t:p/i@0.2.0", record), Verdict::Major);
}

#[test]
fn going_back_breaks_those_who_ask_for_the_newer_one() {
    let verdict = |before, after| difference(&named(&[], &[before]), &named(&[], &[after])).verdict;
    assert_eq!(verdict("a:b/c@1.2.0", "a:b/c@1.3.0"), Verdict::Minor);
    assert_eq!(verdict("a:b/c@1.3.0", "a:b/c@1.2.0"), Verdict::Major);
    assert_eq!(verdict("a:b/c@1.3.0", "a:b/c@2.0.0"), Verdict::Major);
}

#[test]
fn versions_are_held_to_what_they_promise() {
    let version = |version: &str, side: &str, body: &str| {
        component(&format!("package t:p@{version}; interface i {{ {body} }} world w {{ {side} i; }}"), "w")
    };
    let (one, two) = ("f: func();", "f: func(); g: func();");
    let other = "f: func(x: u8);";
    for (side, old, new, before, after, says) in [
        ("export", "1.1.0", "1.2.0", one, two, "declares 1.1.0 → 1.2.0 (minor)"),
        (
            "export",
            "1.1.0",
            "1.2.0",
            two,
            one,
            "declares 1.1.0 → 1.2.0 (minor); found major: the version promises too much",
        ),
        (
            "export",
            "1.1.0",
            "1.1.1",
            one,
            two,
            "declares 1.1.0 → 1.1.1 (patch); found minor: the version promises too much",
        ),
        ("export", "0.2.0", "0.2.1", one, two, "declares 0.2.0 → 0.2.1 (minor)"),
        ("export", "0.2.0", "0.3.0", two, other, "declares 0.2.0 → 0.3.0 (major)"),
        (
            "export",
            "0.2.0",
            "0.2.1",
            one,
            other,
            "declares 0.2.0 → 0.2.1 (minor); found major: the version promises too much",
        ),
        ("export", "1.2.0", "1.1.0", two, one, "declares 1.2.0 → 1.1.0 (minor, going back)"),
        ("export", "1.1.0", "1.1.0", one, two, "declares 1.1.0 unchanged; found minor: the version promises too much"),
        // An import lists what is used of it.
        ("import", "1.1.0", "1.1.0", one, two, "declares 1.1.0 unchanged"),
        (
            "import",
            "1.1.0",
            "1.2.0",
            one,
            other,
            "declares 1.1.0 → 1.2.0 (minor); found major: the version promises too much",
        ),
    ] {
        let d = difference(&version(old, side, before), &version(new, side, after));
        let promise = d.imports.iter().chain(&d.exports).next().unwrap().promise.clone().unwrap();
        assert_eq!(promise.to_string(), says, "{side} {before} -> {after}");
    }
}

#[test]
fn types_of_other_interfaces_are_told_where_they_are_defined() {
    let wit = |field: &str| {
        component(
            &format!(
                "package t:p; interface base {{ record r {{ x: {field} }} }}
                 interface i {{ use base.{{r}}; f: func(a: r); }} world w {{ import i; }}"
            ),
            "w",
        )
    };
    let d = difference(&wit("u8"), &wit("u16"));
    assert_eq!(
        told(&d),
        [
            "~ r → x | u8 → u16 | major",
            "~ r | record r is different, see t:p/base → r | major",
            "~ f | func(a: r) | ",
            "~ f → a | record r is different, see t:p/base → r | major",
        ]
    );
}

#[test]
fn functions_and_types_of_the_world_itself_are_compared() {
    let wit = |body: &str| component(&format!("package t:p; world w {{ {body} }}"), "w");
    let d = difference(&wit("export run: func(n: u32);"), &wit("export run: func(n: u64); export stop: func();"));
    assert_eq!(
        d.exports.iter().map(|e| (e.name(), e.status, e.verdict)).collect::<Vec<_>>(),
        [("stop", Status::Added, Verdict::Minor), ("run", Status::Changed, Verdict::Major)]
    );
    assert_eq!(told(&d), ["~ run | func(n: u32) → func(n: u64) | ", "~ run → n | u32 → u64 | major"]);
}

#[test]
fn sizes_are_paired_by_part_and_kind() {
    let wat = |modules: &str| decode("c.wat", format!("(component {modules})").into_bytes().into());
    let small = wat("(core module $main (func)) (core module $shim)");
    let big = wat("(core module $new) (core module $main (func) (func (drop (i32.const 7))) (memory 1))");
    let d = difference(&small, &big);
    let names: Vec<_> = d.parts.iter().map(|s| (s.name.as_str(), s.before.is_some(), s.after.is_some())).collect();
    // A module without a partner of its name is taken for another of its kind, renamed.
    assert_eq!(names, [("core module 0 new", true, true), ("core module 1 main", true, true)]);
    assert!(d.parts[1].change() > 0 && d.size.change() != 0);
    let memory = d.kinds.iter().find(|s| s.name == "memory").unwrap();
    assert_eq!((memory.before, memory.after.is_some()), (None, true));
    let gone = difference(&big, &wat("(core module $main)"));
    assert_eq!(gone.parts.last().map(|s| (s.name.as_str(), s.after)), Some(("core module 0 new", None)));
}

#[test]
fn types_that_share_parts_are_compared_once() {
    let body = |leaf: &str| {
        let mut wit = format!("type t0 = {leaf}; ");
        for i in 1..16 {
            wit.push_str(&format!("type t{i} = tuple<t{p}, t{p}>; ", p = i - 1));
        }
        wit + "f: func(x: t15);"
    };
    let (a, b) = versions("export", &body("list<u8>"), &body("list<u16>"));
    let d = difference(&a, &b);
    // The leaf, both elements of 15 tuples, the function and its parameter.
    assert_eq!(told(&d).len(), 1 + 2 * 15 + 2, "{:?}", told(&d));
    assert!(!d.is_partial);
}

#[test]
fn a_file_cannot_make_the_comparison_endless() {
    // Each function pairs the types anew: 300 × 300 pairs of records with 20 fields.
    let wat = |leaf: &str, turn: usize| {
        let mut wat = "(component ".to_owned();
        let types = 300;
        for t in 0..types {
            let fields: String = (0..20).map(|f| format!("(field \"f{t}x{f}\" {leaf})")).collect();
            wat += &format!("(type $t{t} (record {fields})) (import \"t{t}\" (type $n{t} (eq $t{t})))");
        }
        for f in 0..3_000 {
            let t = (f * turn + f / types) % types;
            wat += &format!("(import \"g{f}\" (func (param \"x\" $n{t})))");
        }
        decode("many.wat", (wat + ")").into_bytes().into())
    };
    let (a, b) = (wat("u8", 1), wat("u16", 7));
    assert_eq!((a.imports.len(), b.imports.len()), (3_300, 3_300), "{:?}", a.diagnostics);
    let d = difference(&a, &b);
    let listed: usize = d.imports.iter().map(|e| e.changes.len()).sum();
    assert!(d.is_partial && listed <= MAX_CHANGES + 1, "{listed}");
    assert_eq!(d.verdict, Verdict::Major);
    // What was not reached is not taken for equal.
    assert!(d.imports.iter().all(|e| e.status == Status::Changed));
}

#[test]
fn samples_differ_as_their_sources_do() {
    let sample = |name: &str| {
        let path = format!("{}/samples/components/{name}.wasm", env!("CARGO_MANIFEST_DIR"));
        decode(&format!("{name}.wasm"), std::fs::read(path).unwrap().into())
    };
    let (rust, c) = (sample("fraud-check-rust"), sample("fraud-check-c"));
    let d = difference(&rust, &c);
    assert!(!d.is_identical);
    assert!(d.exports.iter().all(|e| e.status == Status::Same), "{:?}", told(&d));
    assert!(d.origin.iter().any(|o| o.what.contains("Rust") || o.what.contains("rust")), "{:?}", d.origin);
}

fn package(wit: &str) -> Component {
    let mut resolve = wit_parser::Resolve { all_features: true, ..wit_parser::Resolve::default() };
    let id = resolve.push_str("p.wit", wit).unwrap();
    let c = decode("p.wasm", wit_component::encode(&resolve, id).unwrap().into());
    assert_eq!(c.kind, crate::component::Kind::WitPackage, "{:?}", c.diagnostics);
    c
}

/// Everything that is different in these: name, path, what, verdict.
fn each(list: &[ExternDifference]) -> Vec<String> {
    let line = |e: &ExternDifference, w: &Weighed| {
        format!("{} | {} | {} | {}", e.name(), w.change.place(), w.change.what(), w.verdict.word())
    };
    let whole = |e: &ExternDifference| {
        (e.changes.is_empty() && e.status != Status::Same).then(|| format!("{} | {}", e.name(), e.verdict.word()))
    };
    list.iter().flat_map(|e| whole(e).into_iter().chain(e.changes.iter().map(|w| line(e, w)))).collect()
}

#[test]
fn worlds_are_weighed_as_components_made_for_them_see_them() {
    let old = package(
        "package t:p@1.0.0; interface i {} interface j {} interface k {}
        world w { import i; import mine: func(a: u8); export j; export gone: func(); }
        world left { import i; }",
    );
    let new = package(
        "package t:p@1.1.0; interface i {} interface j {} interface k {}
        /// With words.
        world w { import k; import mine: func(a: u16); import more: func(); export j; export k; }
        world fresh { export i; }",
    );
    let d = difference(&old, &new);
    assert_eq!(
        each(&d.worlds),
        [
            "t:p/fresh@1.1.0 | minor",
            "t:p/w@1.1.0 |  | version 1.0.0 → 1.1.0 | minor",
            "t:p/w@1.1.0 |  | documentation added | patch",
            "t:p/w@1.1.0 | imports → t:p/i@1.0.0 | an interface | major",
            "t:p/w@1.1.0 | imports → mine | func(a: u8) → func(a: u16) | same",
            "t:p/w@1.1.0 | imports → mine → a | u8 → u16 | major",
            "t:p/w@1.1.0 | imports → t:p/k@1.1.0 | an interface | minor",
            "t:p/w@1.1.0 | imports → more | a function | minor",
            "t:p/w@1.1.0 | exports → gone | a function | minor",
            "t:p/w@1.1.0 | exports → t:p/k@1.1.0 | an interface | major",
            "t:p/left@1.0.0 | major",
        ]
    );
    assert_eq!(d.verdict, Verdict::Major);
    assert!(d.summary().contains("1 world gone, 1 world changed"), "{}", d.summary());
    let promise = d.worlds[1].promise.as_ref().unwrap();
    assert!(promise.is_broken(), "{promise}");
    // The other way round what was minor is major.
    let back = difference(&new, &old);
    assert!(each(&back.worlds).contains(&"t:p/w@1.0.0 | exports → gone | a function | major".to_owned()));

    let same = difference(
        &old,
        &package(
            "package t:p@1.0.0; interface i {} interface j {} interface k {}
        world w { export gone: func(); export j; import mine: func(a: u8); import i; } world left { import i; }",
        ),
    );
    assert!(same.worlds.iter().all(|w| w.status == Status::Same), "{:?}", each(&same.worlds));
}

#[test]
fn versions_of_what_a_world_speaks_of_are_weighed() {
    let wit = |x: &str, y: &str| {
        format!(
            "package t:p; package o:x@{x} {{ interface i {{}} }} package o:y@{y} {{ interface i {{}} }}
            world w {{ import o:x/i@{x}; export o:y/i@{y}; }}"
        )
    };
    let worlds = |a: &str, b: &str| each(&difference(&package(a), &package(b)).worlds);
    assert_eq!(
        worlds(&wit("1.0.0", "1.0.0"), &wit("1.1.0", "2.0.0")),
        [
            "t:p/w | imports → o:x/i | version 1.0.0 → 1.1.0 | minor",
            "t:p/w | exports → o:y/i | version 1.0.0 → 2.0.0 | major",
        ]
    );
    assert!(worlds(&wit("1.0.0", "1.0.0"), &wit("1.0.0", "1.0.0")).is_empty());
}

#[test]
fn a_resource_of_another_interface_is_another_resource() {
    let wit = |body: &str| {
        format!("package t:p; interface j {{ resource t; }} interface i {{ {body} }} world w {{ import i; }}")
    };
    let (of_j, own) = (wit("use j.{t}; f: func(x: t);"), wit("resource t; f: func(x: t);"));
    let expected = [
        "t:p/i | t | resource t of t:p/j → resource t of its own | major",
        "t:p/i | f | func(x: t) | same",
        "t:p/i | f → x | resource t is different, see t:p/i → t | major",
    ];
    assert_eq!(each(&difference(&package(&of_j), &package(&own)).interfaces), expected);
    assert!(each(&difference(&package(&of_j), &package(&of_j)).interfaces).is_empty());
    let d = difference(&component(&of_j, "w"), &component(&own, "w"));
    assert_eq!(each(&d.imports)[..3], expected);
}

#[test]
fn packages_of_wit_are_compared_with_their_words() {
    let old = package(
        "package t:p@1.0.0; interface i {
            /// Old words.
            @since(version = 1.0.0) f: func();
            record r { a: u8 }
        }",
    );
    let new = package(
        "package t:p@1.1.0; interface i {
            /// New words.
            @since(version = 1.0.0) @deprecated(version = 1.1.0) f: func();
            record r {
                /// A field.
                a: u8
            }
        }
        interface j {}",
    );
    let d = difference(&old, &new);
    assert_eq!((d.verdict, d.interfaces[0].name()), (Verdict::Minor, "t:p/j@1.1.0"));
    let all: Vec<_> = d.interfaces[1].changes.iter().map(|w| (w.change.place(), w.change.what(), w.verdict)).collect();
    let is = |place: &str, what: &str, verdict| (place.to_owned(), what.to_owned(), verdict);
    assert_eq!(
        all,
        [
            is("", "version 1.0.0 → 1.1.0", Verdict::Minor),
            is("r → a", "documentation added", Verdict::Patch),
            is("f", "documentation changed", Verdict::Patch),
            is("f", "since 1.0.0 → since 1.0.0, deprecated since 1.1.0", Verdict::Patch),
        ]
    );
}
