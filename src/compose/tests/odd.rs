//! Random compositions of odd components: each encodes to something valid, or there is a problem that says where and why.

use super::*;
use crate::compose::check::Outline;
use crate::compose::encode::attempt;
use crate::compose::pin;
use crate::diag::{Diagnostic, Severity, Subject};

/// Components as no toolchain makes them, or as only few do.
const ODD: &[(&str, &str)] = &[
    (
        "types-of-the-world",
        r#"(component
        (type $p' (record (field "x" u32))) (export $p "p" (type $p'))
        (type $r' (resource (rep i32))) (export $r "r" (type $r'))
        (core module $m (func (export "f") (param i32)) (func (export "g") (result i32) i32.const 0))
        (core instance $i (instantiate $m))
        (func $f (param "p" $p) (canon lift (core func $i "f")))
        (export "take" (func $f))
        (func $g (result (own $r)) (canon lift (core func $i "g")))
        (export "make" (func $g)))"#,
    ),
    (
        "wants-types",
        r#"(component
        (type $rec (record (field "x" u32)))
        (import "p" (type $p (eq $rec)))
        (import "r" (type $r (sub resource)))
        (import "take" (func (param "p" $p)))
        (import "make" (func $make (result (own $r))))
        (export "made" (func $make)))"#,
    ),
    (
        "hands-on",
        r#"(component
        (import "t:x/types" (instance $t (export "r" (type (sub resource)))
            (type $e' (enum "a" "b")) (export "e" (type (eq $e')))))
        (export "t:x/types" (instance $t)))"#,
    ),
    (
        "hands-on-otherwise",
        r#"(component
        (import "t:x/types" (instance $t (export "r" (type (sub resource)))
            (type $e' (enum "a" "b")) (export "e" (type (eq $e')))))
        (export "types" (instance $t)))"#,
    ),
    (
        "makes-types",
        r#"(component
        (type $r' (resource (rep i32)))
        (type $e' (enum "a" "b"))
        (component $c
            (import "r" (type $r0 (sub resource)))
            (type $e0 (enum "a" "b"))
            (export $r "r" (type $r0))
            (export "e" (type $e0)))
        (instance $t (instantiate $c (with "r" (type $r'))))
        (export "t:x/types" (instance $t)))"#,
    ),
    (
        "uses-types",
        r#"(component
        (import "t:x/types" (instance $t (export "r" (type (sub resource)))
            (type $e' (enum "a" "b")) (export "e" (type (eq $e')))))
        (alias export $t "r" (type $r)) (alias export $t "e" (type $e))
        (import "t:x/api" (instance $a
            (alias outer 1 $r (type $r0)) (export "r" (type $r1 (eq $r0)))
            (alias outer 1 $e (type $e0)) (export "e" (type $e1 (eq $e0)))
            (export "f" (func (param "a" (own $r1)) (result $e1)))))
        (export "t:x/api" (instance $a)))"#,
    ),
    (
        "gives-api",
        r#"(component
        (import "t:x/types" (instance $t (export "r" (type (sub resource)))
            (type $e' (enum "a" "b")) (export "e" (type (eq $e')))))
        (alias export $t "r" (type $r)) (alias export $t "e" (type $e))
        (core module $m (func (export "f") (param i32) (result i32) i32.const 0))
        (core instance $i (instantiate $m))
        (func $f (param "a" (own $r)) (result $e) (canon lift (core func $i "f")))
        (component $c
            (import "r" (type $r0 (sub resource)))
            (type $e0' (enum "a" "b"))
            (import "e" (type $e0 (eq $e0')))
            (import "f" (func $f0 (param "a" (own $r0)) (result $e0)))
            (export $r1 "r" (type $r0)) (export $e1 "e" (type $e0))
            (export "f" (func $f0) (func (param "a" (own $r1)) (result $e1))))
        (instance $o (instantiate $c (with "r" (type $r)) (with "e" (type $e)) (with "f" (func $f))))
        (export "t:x/api" (instance $o)))"#,
    ),
    (
        "wants-a-component",
        r#"(component
        (import "c" (component (import "f" (func)) (export "f" (func))))
        (import "m" (core module (export "f" (func))))
        (import "f" (func $f))
        (export "g" (func $f)))"#,
    ),
    (
        "gives-a-component",
        r#"(component
        (component $c (import "f" (func $f)) (export "f" (func $f)))
        (export "c" (component $c))
        (core module $m (func (export "f")))
        (export "m" (core module $m))
        (core instance $i (instantiate $m))
        (func $f (canon lift (core func $i "f")))
        (export "f" (func $f)))"#,
    ),
    (
        "itself",
        r#"(component
        (import "t:x/self" (instance $s (export "f" (func))))
        (export "t:x/self" (instance $s)))"#,
    ),
    (
        "versions",
        r#"(component
        (import "t:v/a@1.0.0" (instance $a (export "f" (func))))
        (import "t:v/a@1.2.0" (instance $b (export "f" (func)) (export "g" (func))))
        (import "t:v/a@2.0.0" (instance $c (export "f" (func (param "x" u32)))))
        (import "t:v/a@0.1.0" (instance $d (export "f" (func))))
        (import "t:v/a@0.0.1" (instance $e (export "f" (func))))
        (import "t:v/a@1.0.0-rc.1" (instance $f (export "f" (func))))
        (export "t:v/a@1.0.0" (instance $a))
        (export "t:v/a@1.2.0" (instance $b))
        (export "t:v/a@2.0.0" (instance $c)))"#,
    ),
    (
        "version-1.3",
        r#"(component
        (core module $m (func (export "f")))
        (core instance $i (instantiate $m))
        (func $f (canon lift (core func $i "f")))
        (instance $x (export "f" (func $f)) (export "g" (func $f)))
        (export "t:v/a@1.3.0" (instance $x))
        (export "t:v/a@1.0.1" (instance $x)))"#,
    ),
    (
        "version-others",
        r#"(component
        (import "t:v/a@1.1.0" (instance $a (export "f" (func (param "x" u8)))))
        (export "plain" (instance $a))
        (export "t:v/a@0.1.5" (instance $a)))"#,
    ),
    (
        "async",
        r#"(component
        (import "t:a/s" (instance $s
            (export "run" (func async (param "s" (stream u8)) (result (future string))))
            (export "ec" (func (param "e" error-context)))))
        (export "t:a/s" (instance $s)))"#,
    ),
    (
        "async-plain",
        r#"(component
        (import "go" (func $go async (param "s" (stream u8)) (result (future))))
        (export "go" (func $go))
        (export "go-on" (func $go)))"#,
    ),
    (
        "nested",
        r#"(component
        (import "outer" (instance $o (export "inner" (instance (export "f" (func))))))
        (alias export $o "inner" (instance $i))
        (export "inner" (instance $i))
        (export "outer" (instance $o)))"#,
    ),
    (
        "nested-given",
        r#"(component
        (core module $m (func (export "f")))
        (core instance $i (instantiate $m))
        (func $f (canon lift (core func $i "f")))
        (instance $in (export "f" (func $f)))
        (instance $out (export "inner" (instance $in)))
        (export "outer" (instance $out))
        (export "inner" (instance $in)))"#,
    ),
    (
        "names",
        r#"(component
        (import "unlocked-dep=<a:b>" (component))
        (import "locked-dep=<a:b@1.0.0>" (component))
        (import "url=<https://a.b>" (component))
        (import "A-B" (func $f))
        (import "a-c" (func))
        (export "A-b" (func $f))
        (export "x-Y1-z2" (func $f)))"#,
    ),
    (
        "resource-of-the-world",
        r#"(component
        (import "r" (type $r (sub resource)))
        (import "[constructor]r" (func $c (result (own $r))))
        (import "[method]r.get" (func $g (param "self" (borrow $r)) (result u32)))
        (export $r2 "r" (type $r))
        (export "[constructor]r" (func $c) (func (result (own $r2))))
        (export "[method]r.get" (func $g) (func (param "self" (borrow $r2)) (result u32))))"#,
    ),
    (
        "resource-given",
        r#"(component
        (type $r' (resource (rep i32)))
        (export $r "r" (type $r'))
        (core module $m (func (export "c") (result i32) i32.const 1) (func (export "g") (param i32) (result i32) i32.const 1))
        (core instance $i (instantiate $m))
        (func $c (result (own $r)) (canon lift (core func $i "c")))
        (export "[constructor]r" (func $c))
        (func $g (param "self" (borrow $r)) (result u32) (canon lift (core func $i "g")))
        (export "[method]r.get" (func $g)))"#,
    ),
    (
        "two-instances-of-one-type",
        r#"(component
        (import "a" (instance $a (export "r" (type (sub resource)))))
        (alias export $a "r" (type $r))
        (import "b" (instance $b (alias outer 1 $r (type $r0)) (export "r" (type $r1 (eq $r0))) (export "f" (func (result (own $r1))))))
        (export "a" (instance $a))
        (export "b" (instance $b)))"#,
    ),
    (
        "implements",
        r#"(component
        (import "one" (implements "t:x/self") (instance $s (export "f" (func))))
        (import "two" (implements "t:x/self") (instance $t (export "f" (func))))
        (export "three" (implements "t:x/self") (instance $s))
        (export "t:x/self" (instance $t)))"#,
    ),
    ("empty", "(component)"),
];

/// Worlds that use the types of an interface in functions of their own.
const OF_THE_WORLD: &str = "package t:worlds;
    interface types { resource r { get: func() -> u32; } record p { x: u32 } make: func() -> r; }
    world gives { export types; }
    world gives-functions { use types.{r, p}; export f: func(a: r) -> p; export g: func(a: borrow<r>) -> u32; }
    world wants-functions { use types.{r, p}; import f: func(a: r) -> p; import g: func(a: borrow<r>) -> u32;
        export run: func(); }
    world wants-other-names { use types.{r as q, p as s}; import f: func(a: q) -> s; export run: func(); }";

fn pool() -> Vec<Arc<Component>> {
    let mut all: Vec<Arc<Component>> = fixtures().values().cloned().collect();
    for (name, text) in ODD {
        let component = decode(name, wat::parse_str(text).unwrap_or_else(|e| panic!("{name}: {e}")).into());
        assert!(component.fault().is_none(), "{name}: {:?}", component.diagnostics);
        all.push(Arc::new(component));
    }
    all
}

fn library_of(pool: &[Arc<Component>]) -> Library {
    pool.iter().map(|c| (c.digest, Arc::clone(c))).collect()
}

/// Instances by name and component, and wires from an export to an import.
fn wired(pool: &[Arc<Component>], instances: &[(&str, &str)], wires: &[(&str, &str, &str, &str)]) -> Composition {
    let mut composition = Composition::default();
    for (name, of) in instances {
        let component = pool.iter().find(|c| c.name == *of || c.name == format!("{of}.wasm")).unwrap().digest;
        composition.instances.insert((*name).to_owned(), Instance { component });
    }
    let wires = wires.iter().map(|(from, export, to, import)| (Port::new(*to, *import), Port::new(*from, *export)));
    composition.wires.extend(wires);
    composition
}

const INSTANCES: &[&str] = &["a", "b-2", "ünïcode · name", "C", "t:x/self", "1", "[method]r.get", "\u{202e}x"];
const EXPORTS: &[&str] = &["x", "X", "r", "inner", "t:x/types", "t:v/a@1.2.3", "[constructor]r", "[method]r.get", "p"];

/// A composition of these, most of whose wires fit; not as edits would let it be, but as a file may have it.
fn some(dice: &mut Dice, pool: &[Arc<Component>], library: &Library) -> Composition {
    let mut composition = Composition::default();
    let mut add = |dice: &mut Dice, component: &Component| {
        let name = composition.free_name(dice.pick(INSTANCES).unwrap());
        composition.instances.insert(name, Instance { component: component.digest });
    };
    // What goes together is found more often if few are chosen of.
    let few: Vec<Arc<Component>> = (0..=dice.roll(5)).filter_map(|_| dice.pick(pool)).collect();
    for _ in 0..=dice.roll(6) {
        let component = dice.pick(&few).unwrap();
        add(dice, &component);
        let takes = |name: &str| component.exports.iter().any(|e| track(&e.name) == track(name));
        let takers: Vec<_> = pool.iter().filter(|c| c.imports.iter().any(|i| takes(&i.name))).collect();
        let taker = dice.pick(&takers);
        if let Some(taker) = taker.filter(|_| dice.roll(2) == 0) {
            add(dice, taker);
        }
    }
    let ports = |side: fn(&Component) -> &Vec<Extern>| -> Vec<Port> {
        let of = |(name, i): (&String, &Instance)| -> Vec<Port> {
            side(&library[&i.component]).iter().map(|e| Port::new(name, &e.name)).collect()
        };
        composition.instances.iter().flat_map(of).collect()
    };
    let (imports, exports) = (ports(|c| &c.imports), ports(|c| &c.exports));
    for to in &imports {
        let fits = candidates(&composition, library, to, Side::Import).into_iter().filter(|c| c.fit.fits());
        let fits: Vec<Port> = fits.map(|c| c.port).collect();
        let from = match dice.roll(40) {
            0 => dice.pick(&exports),
            1..8 => None,
            _ => dice.pick(&fits),
        };
        let Some(from) = from else { continue };
        composition.wires.insert(to.clone(), from);
        if dice.roll(3) == 0 {
            composition.taps.insert(to.clone());
        }
    }
    let is_chosen = dice.roll(2) == 0;
    for from in exports.iter().filter(|_| is_chosen) {
        let name = match dice.roll(18) {
            0 => dice.pick(EXPORTS).map(str::to_owned),
            1 => dice.pick(&exports).map(|p| p.name),
            2 => dice.pick(&imports).map(|p| p.name),
            3..6 => Some(from.name.clone()),
            _ => None,
        };
        if let Some(name) = name {
            composition.exports.entry(name).or_insert_with(|| from.clone());
        }
    }
    composition
}

fn text(composition: &Composition, library: &Library) -> String {
    let Composition { instances, wires, exports, taps } = composition;
    let instances = instances.iter().map(|(name, i)| format!("{name:?} = {}", library[&i.component].name));
    let tap = |to: &Port| if taps.contains(to) { " (tap)" } else { "" };
    let wires = wires.iter().map(|(to, from)| format!("{from} > {to}{}", tap(to)));
    let exports = exports.iter().map(|(name, from)| format!("{from} as {name}"));
    instances.chain(wires).chain(exports).collect::<Vec<_>>().join("\n")
}

#[test]
fn whatever_is_wired_is_valid_or_refused_with_a_place_and_a_reason() {
    let pool = pool();
    let library = library_of(&pool);
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let (mut fine, mut asked_apart, mut with_taps) = (0, 0, 0);
    for _ in 0..400 {
        let composition = some(&mut dice, &pool, &library);
        let what = || text(&composition, &library);
        let found = super::super::check(&composition, &library);
        let is_refused = found.iter().any(|d| d.severity == Severity::Error);
        let taps = tapped(&composition, &library);
        match encode(&composition, &library) {
            Ok(encoded) => {
                fine += 1;
                assert!(!is_refused, "{found:?}\n{}", what());
                let result = decode("result.wasm", encoded.bytes.into());
                assert!(result.fault().is_none(), "{:?}\n{}", result.diagnostics, what());
                let taps = taps.unwrap_or_else(|why| panic!("{why:?}\n{}", what()));
                with_taps += usize::from(taps.is_some_and(|t| !t.taps.is_empty()));
            }
            Err(why) => {
                // What fits and is not refused composes, but that two may ask the outside for one name in two ways.
                let is_asked_apart = |d: &Diagnostic| d.message.contains("in forms that cannot be one import");
                assert!(is_refused || why.iter().all(is_asked_apart), "{why:?}\n{}", what());
                asked_apart += usize::from(!is_refused);
                let is_pinned = |d: &Diagnostic| match &d.subject {
                    Subject::Instance(name)
                    | Subject::Port { instance: name, .. }
                    | Subject::Wire { instance: name, .. } => {
                        d.message.contains(&*crate::diag::display_safe_line(name))
                    }
                    _ => false,
                };
                assert!(!why.is_empty() && why.iter().all(is_pinned), "{why:?}\n{}", what());
            }
        }
    }
    assert!(fine > 150 && asked_apart > 2 && with_taps > 50, "{fine} {asked_apart} {with_taps}");
}

/// What has no form in the result is said before anything is encoded; and if it were not, the encoder's failure would be
/// pinned to its place.
#[test]
fn what_has_no_form_is_said_and_would_be_pinned() {
    let pool = pool();
    let library = library_of(&pool);
    let port = |instance: &str, port: &str| Subject::Port { instance: instance.to_owned(), port: port.to_owned() };
    let wire = |import: &str| Subject::Wire { instance: "two".into(), import: import.to_owned() };
    for (instances, wires, said, pinned) in [
        (
            "types-of-the-world",
            &[][..],
            (
                port("two", "make"),
                "two · make cannot be exported: it is a function by itself and speaks of the resource “r” of two · r,",
            ),
            (
                port("two", "take"),
                "two · take cannot be exported as “take”: it speaks of a type that has a name inside of “two” alone (",
            ),
        ),
        (
            "resource-of-the-world",
            &[],
            (port("two", "[method]r.get"), "two · [method]r.get comes from outside and borrows a resource: "),
            (
                Subject::Instance("two".into()),
                "“two” cannot be composed as it is wired: the encoder has no form for it (",
            ),
        ),
        (
            "wants-types",
            &[("one", "[constructor]r", "two", "make")],
            (
                wire("make"),
                "The wire from one · [constructor]r to two · make is broken: its resource “r” comes from \
                 an import of the result here and from one there",
            ),
            (
                wire("make"),
                "The wire from one · [constructor]r to two · make cannot be encoded: it speaks of a resource that comes \
                 from two places (",
            ),
        ),
        (
            "wants-types",
            &[("one", "r", "two", "r")],
            (
                port("two", "make"),
                "two · make comes from outside and speaks of the resource “r”, which “two” has from one · r: outside, it is \
                 another one",
            ),
            (wire("r"), "The wire from one · r to two · r cannot be encoded: the encoder has no form for it ("),
        ),
        (
            "two-instances-of-one-type",
            &[],
            (
                port("two", "b"),
                "two · b comes from outside and speaks of the resource “r” of a, which has a plain name: the result \
                 cannot import both",
            ),
            (port("two", "b"), "“two” asks for b, which cannot be an import of the result: "),
        ),
    ] {
        let one = if wires.is_empty() { "end" } else { "resource-given" };
        let composition = wired(&pool, &[("one", one), ("two", instances)], wires);
        let found = encode(&composition, &library).unwrap_err();
        assert!(found.iter().any(|d| d.subject == said.0 && d.message.starts_with(said.1)), "{found:?}");
        let outline = Outline::new(&composition, &library);
        let Err(failure) = attempt(&composition, &library, &outline, Vec::new()) else { panic!("{instances}") };
        let found = pin::pinned(&composition, &library, &outline, failure).remove(0);
        assert_eq!(found.subject, pinned.0, "{found:?}");
        assert!(found.message.starts_with(pinned.1), "{found:?}");
        assert!(!found.message.contains("\\n"), "the lines of the validator are one: {found:?}");
    }
    // A name that says that it is what it is not.
    let mut composition = wired(&pool, &[("one", "functions")], &[]);
    composition.exports.insert("[constructor]r".into(), Port::new("one", "double"));
    let found = encode(&composition, &library).unwrap_err();
    assert!(found[0].message.contains("only a function of a resource has such a name"), "{found:?}");
}

/// A resource that is handed on as it is stays the same resource, however many hand it on.
#[test]
fn what_is_handed_on_is_the_same_resource() {
    let pool = pool();
    let library = library_of(&pool);
    let (types, api) = ("t:x/types", "t:x/api");
    let mut instances =
        vec![("first", "hands-on"), ("second", "hands-on"), ("api", "gives-api"), ("user", "uses-types")];
    let mut wires = vec![
        ("first", types, "second", types),
        ("second", types, "api", types),
        ("first", types, "user", types),
        ("api", api, "user", api),
    ];
    // From outside, and from an instance.
    let from_outside = encode(&wired(&pool, &instances, &wires), &library);
    assert!(from_outside.is_ok(), "{from_outside:?}");
    instances.push(("source", "makes-types"));
    wires.push(("source", types, "first", types));
    let from_inside = encode(&wired(&pool, &instances, &wires), &library);
    assert!(from_inside.is_ok(), "{from_inside:?}");
    // Open, the interface speaks of a resource of outside, and the instance has one from inside.
    wires.retain(|(from, ..)| *from != "api");
    let found = super::super::check(&wired(&pool, &instances, &wires), &library);
    assert!(found.iter().any(|d| d.message.starts_with("user · t:x/api comes from outside")), "{found:?}");
}

/// A world that uses the resource of an interface imports it once more, by itself, and functions that speak of it.
#[test]
fn functions_of_the_world_are_wired_with_the_interface_whose_types_they_use() {
    let worlds = ["gives", "gives-functions", "wants-functions", "wants-other-names"];
    let pool: Vec<_> = worlds.map(|world| component(&format!("{world}.wasm"), OF_THE_WORLD, world)).into();
    let library = library_of(&pool);
    let types = "t:worlds/types";
    let instances = [("types", "gives"), ("f", "gives-functions"), ("user", "wants-functions")];
    let functions = [("f", "f", "user", "f"), ("f", "g", "user", "g")];
    let both = [("types", types, "f", types), ("types", types, "user", types)];
    let names = |composition: &Composition| {
        let result = decode("result.wasm", encode(composition, &library).unwrap().bytes.into());
        result.imports.iter().map(|e| e.name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(&wired(&pool, &instances, &[&functions[..], &both].concat())), ["p"]);
    assert_eq!(names(&wired(&pool, &instances[1..], &functions)), [types, "r", "p"]);
    let others = [("types", "gives"), ("f", "gives-functions"), ("user", "wants-other-names")];
    assert_eq!(names(&wired(&pool, &others, &[&functions[..1], &both].concat())), ["p", "s"]);
    let said = |wires: &[(&str, &str, &str, &str)]| encode(&wired(&pool, &instances, wires), &library).unwrap_err();
    let found = said(&[&functions[..], &both[..1]].concat());
    assert!(found[0].message.contains("f is broken: its resource “r” comes from"), "{found:?}");
    let found = said(&both[..1]);
    assert!(
        found.iter().any(|d| d.message.starts_with("f · f cannot be exported: it is a function by itself")),
        "{found:?}"
    );
}

/// Types of an interface that hold further ones of it, one of which another interface or a world uses.
const INNER: &str = "package t:inner;
    interface base { record u { x: u32 } record t { u: u } resource r; variant v { a(r), b } enum e { a } make: func() -> t;
        mark: func() -> e; }
    interface holds { use base.{t}; f: func() -> t; }
    interface holds-handle { use base.{v}; f: func() -> v; }
    interface flat { use base.{e}; f: func() -> e; }
    world base-alone { export base; }
    world both { export base; export holds; export holds-handle; export flat; }
    world upon { import base; export holds; export holds-handle; export flat; }
    world gives-function { use base.{t}; export f: func() -> t; }
    world wants-function { use base.{t}; import f: func() -> t; export run: func(); }";

/// What stands inside of a type has to have a name in the result, too.
#[test]
fn an_interface_is_exported_with_what_gives_the_types_inside_of_its_own() {
    let worlds = ["base-alone", "both", "upon", "gives-function", "wants-function"];
    let pool: Vec<_> = worlds.map(|world| component(&format!("{world}.wasm"), INNER, world)).into();
    let library = library_of(&pool);
    let base = "t:inner/base";
    let exporting = |instances: &[(&str, &str)], wires: &[(&str, &str, &str, &str)], exports: &[(&str, &str)]| {
        let mut composition = wired(&pool, instances, wires);
        let exports = exports.iter().enumerate().map(|(i, (of, name))| (format!("e{i}"), Port::new(*of, *name)));
        composition.exports.extend(exports);
        composition
    };
    let (x, b) = (("x", "both"), ("b", "base-alone"));
    let (upon, wire) = (("x", "upon"), ("b", base, "x", base));
    for (name, what) in
        [("t:inner/holds", Some("type “u”")), ("t:inner/holds-handle", Some("resource “r”")), ("t:inner/flat", None)]
    {
        for (instances, wires, source) in [(&[x][..], &[][..], "x"), (&[upon, b], &[wire], "b")] {
            let alone = exporting(instances, wires, &[("x", name)]);
            match what {
                None => assert!(encode(&alone, &library).is_ok(), "{name}"),
                Some(what) => {
                    let found = encode(&alone, &library).unwrap_err();
                    let message = format!(
                        "x · {name} cannot be exported: it uses types that hold the {what} of {source} · {base}, which is not \
                         exported, so the result has no name for it"
                    );
                    assert_eq!((found.len(), &*found[0].message), (1, &*message));
                    // The same is offered as its fix.
                    let fix = fixes(&alone, &library, &found[0].subject).remove(0);
                    let mended = fix.edits.iter().try_fold(alone, |c, edit| apply(&c, &library, edit)).unwrap();
                    assert!(encode(&mended, &library).is_ok(), "{}", fix.label);
                }
            }
            let with_base = exporting(instances, wires, &[("x", name), (source, base)]);
            assert!(encode(&with_base, &library).is_ok(), "{name}");
        }
        // From outside, it has a name.
        assert!(encode(&exporting(&[upon], &[], &[("x", name)]), &library).is_ok(), "{name}");
    }
    // Another instance of the component names the same types for those behind it.
    let two = [("x", "both"), ("y", "both")];
    assert!(encode(&exporting(&two, &[], &[("x", base), ("y", "t:inner/holds")]), &library).is_ok());
    assert!(encode(&exporting(&two, &[], &[("y", base), ("x", "t:inner/holds")]), &library).is_err());

    // A function by itself has nothing that it could be exported with, and can be wired all the same.
    let (f, user) = (("f", "gives-function"), ("user", "wants-function"));
    let wires = [("b", base, "f", base), ("b", base, "user", base), ("f", "f", "user", "f")];
    assert!(encode(&exporting(&[b, f, user], &wires, &[("user", "run")]), &library).is_ok());
    let found = encode(&exporting(&[b, f], &wires[..1], &[("f", "f")]), &library).unwrap_err();
    assert!(found[0].message.starts_with("f · f cannot be exported: it is a function by itself"), "{found:?}");
    let found = encode(&exporting(&[b, user], &wires[1..2], &[("user", "run")]), &library).unwrap_err();
    assert!(found[0].message.starts_with("user · f comes from outside and speaks of the type “t”"), "{found:?}");
}

/// An instance inside of an instance, which WIT has no words for.
#[test]
fn an_instance_inside_is_wired_if_it_fits() {
    let pool = pool();
    let library = library_of(&pool);
    let instances = [("given", "nested-given"), ("user", "nested"), ("other", "end")];
    let composition = wired(&pool, &instances, &[]);
    let fits = candidates(&composition, &library, &Port::new("user", "outer"), Side::Import);
    let of =
        |instance: &str, port: &str| fits.iter().find(|c| c.port == Port::new(instance, port)).unwrap().fit.clone();
    assert_eq!(of("given", "outer"), Fit::Exact);
    let missing = Fit::No("inner: this instance is missing".to_owned());
    assert_eq!((of("given", "inner"), of("other", "t:ring/x")), (missing.clone(), missing));
    let composition = wired(&pool, &instances, &[("given", "outer", "user", "outer")]);
    assert!(encode(&composition, &library).is_ok());
}
