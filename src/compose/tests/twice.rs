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
