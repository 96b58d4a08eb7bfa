//! One component that imports and exports an interface of one name with different types: each has its own.

use super::*;
use crate::component::compare_interfaces;

/// A component that imports `a:b/c` of one shape and exports it in another: one of both kinds composed side by side.
fn twice(import: &str, export: &str) -> Arc<Component> {
    let [from, to] = [provider(export), consumer(import)];
    let (composition, library) = side_by_side(&from, &to);
    let bytes = unchecked(&composition, &library).unwrap();
    let both = decode("both.wasm", bytes.into());
    assert!(both.fault().is_none(), "{:?}", both.diagnostics);
    assert!(both.import("a:b/c").is_some() && both.export("a:b/c").is_some());
    Arc::new(both)
}

fn provider(shape: &str) -> Arc<Component> {
    component("provider.wasm", &wit(shape), "provider")
}

fn consumer(shape: &str) -> Arc<Component> {
    component("consumer.wasm", &wit(shape), "consumer")
}

fn wit(shape: &str) -> String {
    format!(
        "package a:b; interface c {{ {shape} }} world provider {{ export c; }}
        world consumer {{ import c; export run: func(); }}"
    )
}

fn side_by_side(from: &Arc<Component>, to: &Arc<Component>) -> (Composition, Library) {
    let library = [from, to].into_iter().map(|c| (c.digest, Arc::clone(c))).collect();
    let mut composition = Composition::default();
    composition.instances.insert("from".into(), Instance { component: from.digest });
    composition.instances.insert("to".into(), Instance { component: to.digest });
    (composition, library)
}

/// Whether the wire is seen as fitting, and whether the component that comes of it is valid.
fn wired(from: &Arc<Component>, to: &Arc<Component>) -> (bool, bool) {
    let (mut composition, library) = side_by_side(from, to);
    let port = Port::new("to", "a:b/c");
    let all = candidates(&composition, &library, &port, Side::Import);
    let fits = fits(&all);
    composition.wires.insert(port, Port::new("from", "a:b/c"));
    let about_wire = |d: &crate::diag::Diagnostic| matches!(d.subject, crate::diag::Subject::Wire { .. });
    assert_eq!(check(&composition, &library).iter().any(about_wire), !fits);
    let bytes = unchecked(&composition, &library);
    (fits, bytes.is_ok_and(|bytes| crate::component::fault(&bytes).is_none()))
}

fn fits(all: &[Candidate]) -> bool {
    all.iter().find(|c| c.port == Port::new("from", "a:b/c")).unwrap().fit.fits()
}

const SHAPES: [[&str; 2]; 8] = [
    ["f: func(x: u32);", "f: func(x: string);"],
    ["f: func(x: u32);", "f: async func(x: u32) -> u32;"],
    ["record r { a: u32 } f: func(x: r);", "record r { a: u64 } f: func(x: r);"],
    ["record r { a: u32 } f: func(x: r);", "record r { a: u32, b: u32 } f: func(x: r);"],
    ["enum r { a, b } f: func(x: r);", "enum r { b, a } f: func(x: r);"],
    ["flags r { a, b } f: func(x: list<r>);", "flags r { a, b, c } f: func(x: list<r>);"],
    ["resource r; f: func(x: r);", "resource r; f: func(x: borrow<r>);"],
    ["resource r; f: func(x: r);", "record r { a: u32 } f: func(x: r);"],
];

#[test]
fn an_import_and_an_export_of_one_name_each_have_their_own_types() {
    for [one, other] in SHAPES {
        for [import, export] in [[one, other], [other, one]] {
            let both = twice(import, export);
            let says = format!("import {import}, export {export}");
            assert_eq!(wired(&both, &consumer(export)), (true, true), "{says}");
            assert_eq!(wired(&both, &consumer(import)), (false, false), "{says}");
            assert_eq!(wired(&provider(import), &both), (true, true), "{says}");
            assert_eq!(wired(&provider(export), &both), (false, false), "{says}");
            let ports = (both.import("a:b/c").unwrap(), both.export("a:b/c").unwrap());
            assert!(!compare_interfaces(&both, ports.0, &both, ports.1).is_empty(), "{says}");
            assert!(both.missing()[0].message.contains("WIT cannot express"), "{says}: {:?}", both.missing());
            assert_eq!((both.wit(), crate::component::wit_text(&both.bytes)), ("", None), "{says}");
        }
    }
}

/// What has a part of it in one place, and all of it in the other, is told by WIT as ever.
#[test]
fn an_export_that_only_has_more_is_still_told_by_wit() {
    for [one, _] in SHAPES {
        let more = format!("{one} g: func();");
        for [import, export] in [[one, one], [one, &more], [&more, one]] {
            let both = twice(import, export);
            assert!(both.wit().contains("import a:b/c;"), "{import}, {export}: {:?}", both.diagnostics);
            assert_eq!(wired(&provider(import), &both), (true, true), "{import}");
            assert_eq!(wired(&both, &consumer(one)), (true, true), "{export}");
        }
    }
}

/// Before anything is encoded it is known what would come without WIT, and what then helps.
#[test]
fn what_would_lose_its_wit_is_said_once_of_both_ports_and_mended() {
    let unused = ["record r { a: u32 } f: func();", "record r { a: u64 } f: func();"];
    let more = ["f: func(x: u32);", "f: func(x: u32); g: func();"];
    let shapes = SHAPES.into_iter().chain([unused, more]);
    for [import, export] in shapes.flat_map(|[a, b]| [[a, b], [b, a], [a, a]]) {
        let says = format!("import {import}, export {export}");
        let (mut composition, library) = side_by_side(&provider(export), &consumer(import));
        let told = |composition: &Composition| {
            let found = check(composition, &library);
            let mut found = found.into_iter().filter(|d| d.message.contains("WIT cannot tell"));
            let told = found.next();
            assert_eq!(found.next(), None, "{says}");
            told
        };
        let wit = |composition: &Composition| {
            let bytes = unchecked(composition, &library).unwrap();
            decode("both.wasm", bytes.into()).wit().to_owned()
        };
        let clash = told(&composition);
        assert_eq!(clash.is_some(), wit(&composition).is_empty(), "{says}");
        let encoded = encode(&composition, &library).unwrap();
        assert_eq!(encoded.warnings.iter().any(|w| w.message.contains("WIT cannot tell")), clash.is_some(), "{says}");
        let Some(clash) = clash else { continue };
        let begins =
            "Export from · a:b/c and open import to · a:b/c would both be a:b/c in the result, with different types (";
        assert!(clash.message.starts_with(begins), "{says}: {}", clash.message);
        let hint = "Export from · a:b/c under a plain name such as from-c, or wire to · a:b/c to an export that fits";
        assert_eq!(clash.hint.as_deref(), Some(hint));
        assert_eq!(clash.about().collect::<Vec<_>>(), [&about("from"), &about("to")]);
        let fix = fixes(&composition, &library, &clash.subject).into_iter().find(|f| f.label == "Export it as from-c");
        let edits = fix.unwrap_or_else(|| panic!("{says}")).edits;
        let now = edits.iter().fold(composition.clone(), |now, edit| apply(&now, &library, edit).unwrap());
        assert_eq!(told(&now), None, "{says}");
        assert!(wit(&now).contains("export from-c: interface"), "{says}: {}", wit(&now));
        // Or the import is wired to what fits.
        let fits = provider(import);
        let library =
            library.iter().map(|(d, c)| (*d, Arc::clone(c))).chain([(fits.digest, Arc::clone(&fits))]).collect();
        composition.instances.insert("fits".into(), Instance { component: fits.digest });
        composition.wires.insert(Port::new("to", "a:b/c"), Port::new("fits", "a:b/c"));
        assert!(!check(&composition, &library).iter().any(|d| d.message.contains("WIT cannot tell")), "{says}");
    }
}

fn about(instance: &str) -> crate::diag::Subject {
    crate::diag::Subject::Port { instance: instance.to_owned(), port: "a:b/c".to_owned() }
}

/// One instance that has both: its two ports have one name, and it is told of it once.
#[test]
fn an_instance_that_contradicts_itself_is_told_so_once() {
    let both = twice("f: func(x: u32);", "f: func(x: bool);");
    let mut composition = Composition::default();
    composition.instances.insert("both".into(), Instance { component: both.digest });
    let library: Library = [(both.digest, both)].into_iter().collect();
    let found = check(&composition, &library);
    let [clash] = found.iter().filter(|d| d.message.contains("WIT cannot tell")).collect::<Vec<_>>()[..] else {
        panic!("{found:?}");
    };
    let begins = "Export both · a:b/c and open import both · a:b/c would both be a:b/c in the result, with different";
    assert!(clash.message.starts_with(begins), "{}", clash.message);
    assert_eq!(clash.about().collect::<Vec<_>>(), [&about("both")]);
}

/// Imports of compatible versions are one import at the newest of them, and another version is another interface.
#[test]
fn versions_of_an_interface_clash_where_the_result_has_one_name_for_both() {
    let at = |version: &str, shape: &str, world: &str| {
        let wit = format!(
            "package a:b@{version}; interface c {{ {shape} }} world provider {{ export c; }}
            world consumer {{ import c; export run: func(); }}"
        );
        component(&format!("{world}-{version}.wasm"), &wit, world)
    };
    let (number, text) = ("f: func(x: u32);", "f: func(x: string);");
    for (asks, gives, shape, clashes) in [
        (&["1.2.0"][..], "1.2.0", text, true),
        (&["1.2.0"], "1.2.0", number, false),
        (&["1.1.0"], "1.2.0", text, false),
        (&["1.1.0", "1.2.0"], "1.2.0", text, true),
        (&["1.1.0", "1.2.0"], "1.1.0", text, false),
        (&["2.0.0"], "1.2.0", text, false),
    ] {
        let mut composition = Composition::default();
        let mut library = Library::new();
        let mut add = |name: String, of: Arc<Component>| {
            composition.instances.insert(name, Instance { component: of.digest });
            library.insert(of.digest, of);
        };
        add("from".to_owned(), at(gives, shape, "provider"));
        asks.iter().for_each(|version| add(format!("to-{version}"), at(version, number, "consumer")));
        let found = check(&composition, &library);
        let found: Vec<_> = found.iter().filter(|d| d.message.contains("WIT cannot tell")).collect();
        assert_eq!(!found.is_empty(), clashes, "{asks:?} {gives}: {found:?}");
        let about_all = found.iter().all(|clash| clash.about().count() == 1 + asks.len());
        assert!(found.len() <= 1 && about_all, "{found:?}");
        let bytes = unchecked(&composition, &library).unwrap();
        assert_eq!(decode("both.wasm", bytes.into()).wit().is_empty(), clashes, "{asks:?} {gives}");
    }
}
