use super::*;
use crate::compose::{Decomposed, Role, Source, decompose, inside};
use crate::diag::Severity;

fn encoded(lines: &[&str]) -> (Composition, Component) {
    let composition = composed(lines);
    let bytes = encode(&composition, &library()).unwrap_or_else(|e| panic!("{e:#?}")).bytes;
    (composition, decode("shop.wasm", bytes.into()))
}

fn text(wat: &str) -> Component {
    let component = decode("whole.wat", wat.as_bytes().into());
    let errors: Vec<_> = component.diagnostics.iter().filter(|d| d.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:?}");
    component
}

/// The members of a composition with its exports named: what can be read back.
fn as_encoded(mut composition: Composition, library: &Library) -> Composition {
    composition.exports = result_exports(&composition, library).into_iter().collect();
    let members: Vec<String> = composition.members().into_iter().map(str::to_owned).collect();
    composition.instances.retain(|name, _| members.contains(name));
    composition.wires.retain(|to, _| members.contains(&to.instance));
    composition
}

fn split(whole: &Component) -> Decomposed {
    decompose(whole).unwrap_or_else(|e| panic!("{e:#?}"))
}

fn wires(whole: &Component) -> Vec<String> {
    inside(whole).wires.iter().map(|w| format!("{} > {} {:?}", w.from, w.to, w.functions)).collect()
}

/// A component whose function `f` of the interface `i:i/{give}` answers a number, and calls `f` of `i:i/{take}` before.
fn step(name: &str, take: Option<&str>, give: &str) -> String {
    let (import, lower, with) = match take {
        Some(take) => (
            format!("(import \"i:i/{take}\" (instance $take (export \"f\" (func (result u32)))))"),
            "(core func $f (canon lower (func $take \"f\")))",
            "(with \"\" (instance (export \"f\" (func $f))))",
        ),
        None => (String::new(), "", ""),
    };
    let module = match take {
        Some(_) => {
            "(import \"\" \"f\" (func $f (result i32))) (func (export \"f\") (result i32) call $f i32.const 1 i32.add)"
        }
        None => "(func (export \"f\") (result i32) i32.const 40)",
    };
    format!(
        "(component ${name} {import} {lower} (core module $m {module}) (core instance $i (instantiate $m {with}))
            (func $g (result u32) (canon lift (core func $i \"f\")))
            (instance $give (export \"f\" (func $g)))
            (export \"i:i/{give}\" (instance $give)))"
    )
}

#[test]
fn what_is_encoded_can_be_read_back() {
    for lines in [
        &["user", "store", "store t:store/kv@1.2.0 > user t:store/kv@1.2.0"][..],
        &["only one=user"],
        &["a=end", "b=end"],
        &["a=logger", "b=logger", "c=logger"],
        &["a=end", "step", "a t:ring/x > step t:ring/x", "step t:ring/x as t:ring/x", "a t:ring/x as inner"],
        &["b=wasi-new", "a=wasi-old", "m=mid", "s=store", "u=user", "n=user-newer", "e=end", "f=end"],
        &["store", "store t:store/kv@1.2.0 as storage"],
        &["store", "store t:store/kv@1.2.0 as t:store/kv@1.1.0"],
        &["user", "store=store-newer", "store t:store/kv@1.3.0 > user t:store/kv@1.2.0"],
        &["functions", "named", "functions double > named twice", "functions shout as say", "named run as run"],
        &[
            "a=mid",
            "b=mid",
            "s=store",
            "s t:store/kv@1.2.0 > b t:store/kv@1.2.0",
            "s t:store/kv@1.2.0 as t:store/kv@1.2.0",
            "a t:mid/api as a",
            "b t:mid/api as b",
        ],
    ] {
        let (composition, whole) = encoded(lines);
        let Decomposed { composition: found, pieces, .. } = split(&whole);
        assert_eq!(found, as_encoded(composition, &library()), "{lines:?}");
        for piece in &pieces {
            assert!(library().contains_key(&piece.component.digest), "{lines:?}");
            assert!(piece.component.name.starts_with("shop/"), "{}", piece.component.name);
        }
        let again = encode(&found, &library()).unwrap().bytes;
        assert!(again == *whole.bytes, "{lines:?}: the copy has other bytes");
    }
}

#[test]
fn every_pair_of_fixtures_that_fits_can_be_read_back() {
    let mut pairs = 0;
    for (consumer, needs) in fixtures() {
        for (provider, gives) in fixtures() {
            for (import, export) in needs.imports.iter().flat_map(|i| gives.exports.iter().map(move |e| (i, e))) {
                let instances = [format!("one={provider}"), format!("two={consumer}")];
                let mut composition = composed(&instances.each_ref().map(String::as_str));
                let connect =
                    Edit::Connect { from: Port::new("one", &export.name), to: Port::new("two", &import.name) };
                let Ok(wired) = apply(&composition, &library(), &connect) else { continue };
                composition = wired;
                let Ok(encoded) = encode(&composition, &library()) else { continue };
                let whole = decode("pair.wasm", encoded.bytes.into());
                let found = split(&whole).composition;
                assert_eq!(found, as_encoded(composition, &library()), "{provider} {consumer}");
                pairs += 1;
            }
        }
    }
    assert!(pairs > 20, "{pairs}");
}

#[test]
fn compositions_of_other_tools_are_read() {
    // By hand: names from the name section, an interface handed on under another name, an import for both.
    let whole = text(&format!(
        "(component $all
            (import \"i:i/in\" (instance $in (export \"f\" (func (result u32)))))
            {} {} {}
            (instance $one (instantiate $first (with \"i:i/in\" (instance $in))))
            (alias export $one \"i:i/mid\" (instance $mid))
            (instance $two (instantiate $second (with \"i:i/mid\" (instance $mid))))
            (instance $three (instantiate $second (with \"i:i/mid\" (instance (export \"f\" (func $mid \"f\"))))))
            (export \"i:i/out\" (instance $two \"i:i/out\"))
            (export \"other\" (instance $three \"i:i/out\")))",
        step("first", Some("in"), "mid"),
        step("second", Some("mid"), "out"),
        step("idle", None, "out"),
    ));
    let found = inside(&whole);
    assert!(found.is_composition && found.obstacles.is_empty(), "{:?}", found.obstacles);
    let nodes: Vec<_> = found.nodes.iter().map(|n| (n.name.as_str(), n.of.as_str(), n.role)).collect();
    let component = Role::Component;
    assert_eq!(nodes, [("one", "first", component), ("two", "second", component), ("three", "second", component)]);
    assert_eq!(found.nodes[1].part, Some(vec![1]));
    assert_eq!(wires(&whole), ["one · i:i/mid > two · i:i/mid []", "one · i:i/mid > three · i:i/mid []"]);
    assert_eq!(found.given[0].import, "i:i/in");
    assert_eq!(found.offered[1].from, Source::Port(Port::new("three", "i:i/out")));
    assert!(found.notes.iter().any(|n| n.contains("“idle”") && n.contains("no instance")), "{:?}", found.notes);
    let Decomposed { composition, pieces, .. } = split(&whole);
    let names: Vec<&str> = pieces.iter().map(|p| p.component.name.as_str()).collect();
    assert_eq!((names, composition.instances.len()), (vec!["whole/first", "whole/second"], 3));
    // What was composed by wac is read as it is.
    let mut graph = wac_graph::CompositionGraph::new();
    let register = |graph: &mut wac_graph::CompositionGraph, name: &str| {
        let bytes = fixtures()[name].bytes.to_vec();
        let package = wac_types::Package::from_bytes(name, None, bytes, graph.types_mut()).unwrap();
        graph.register_package(package).unwrap()
    };
    let (end, step) = (register(&mut graph, "end"), register(&mut graph, "step"));
    let (end, step) = (graph.instantiate(end), graph.instantiate(step));
    let x = graph.alias_instance_export(end, "t:ring/x").unwrap();
    graph.set_instantiation_argument(step, "t:ring/x", x).unwrap();
    let out = graph.alias_instance_export(step, "t:ring/x").unwrap();
    graph.export(out, "renamed").unwrap();
    let whole = decode("wac.wasm", graph.encode(wac_graph::EncodeOptions::default()).unwrap().into());
    // Without names, what each is for names it.
    assert_eq!(wires(&whole), ["x · t:ring/x > x-2 · t:ring/x []"]);
    assert_eq!(split(&whole).composition.exports["renamed"], Port::new("x-2", "t:ring/x"));
}

#[test]
fn what_cannot_be_split_says_why() {
    let (give, take) = (step("give", None, "out"), step("take", Some("out"), "end"));
    for (body, says) in [
        (
            format!("{give} (instance $a (instantiate $give)) (export \"all\" (instance $a))"),
            "The export all is all that “a” exports",
        ),
        (
            format!(
                "{give} (instance $a (instantiate $give)) (alias export $a \"i:i/out\" (instance $o))
                 (export \"f\" (func $o \"f\"))"
            ),
            "The export f is one function of an interface",
        ),
        (
            format!(
                "{take} (import \"plain\" (instance $p (export \"f\" (func (result u32)))))
                 (instance $b (instantiate $take (with \"i:i/out\" (instance $p)))) (export \"e\" (instance $b \"i:i/end\"))"
            ),
            "b · i:i/out is given the import plain of the whole",
        ),
        (
            format!(
                "{take} (import \"g\" (func $g (result u32)))
                 (instance $b (instantiate $take (with \"i:i/out\" (instance (export \"f\" (func $g))))))
                 (export \"e\" (instance $b \"i:i/end\"))"
            ),
            "b · i:i/out is made of single functions",
        ),
        (
            format!(
                "{give} (import \"i:i/x\" (instance $x (export \"f\" (func (result u32)))))
                 (instance $a (instantiate $give)) (export \"i:i/x\" (instance $x))"
            ),
            "The export i:i/x is an import handed on",
        ),
        (
            "(type $t (func)) (component $c (alias outer 1 $t (type $u)) (import \"f\" (func (type $u)))
                (export \"g\" (func 0)))
             (import \"f\" (func $f (type $t))) (instance $a (instantiate $c (with \"f\" (func $f))))
             (export \"g\" (func $a \"g\"))"
                .to_owned(),
            "“a” uses a type of the component around it",
        ),
        (
            "(import \"c\" (component $c (export \"g\" (func)))) (instance $a (instantiate $c))
             (export \"g\" (func $a \"g\"))"
                .to_owned(),
            "“a” is an instance of a component that is not in the file",
        ),
        (
            format!(
                "{give} (core module $m (func (export \"f\"))) (core instance $i (instantiate $m))
                 (func $f (canon lift (core func $i \"f\"))) (instance $a (instantiate $give))
                 (export \"mine\" (func $f)) (export \"o\" (instance $a \"i:i/out\"))"
            ),
            "It has core modules of its own",
        ),
    ] {
        let whole = text(&format!("(component {body})"));
        let reasons = decompose(&whole).map(|d| d.composition).unwrap_err();
        assert!(reasons.iter().any(|r| r.contains(says)), "{says}: {reasons:?}");
        assert!(inside(&whole).is_composition, "{says}");
    }
}

/// The composition of these lines, of fixtures and of what was composed before.
fn composed_of(library: &Library, instances: &[(&str, Digest)], wires: &[(&str, &str, &str)]) -> Composition {
    let mut composition = Composition::default();
    for (name, component) in instances {
        let edit = Edit::AddInstance { name: (*name).to_owned(), component: *component };
        composition = apply(&composition, library, &edit).unwrap();
    }
    for (from, to, port) in wires {
        let edit = Edit::Connect { from: Port::new(*from, *port), to: Port::new(*to, *port) };
        composition = apply(&composition, library, &edit).unwrap();
    }
    composition
}

fn whole_of(name: &str, composition: &Composition, library: &Library) -> Component {
    decode(name, encode(composition, library).unwrap_or_else(|e| panic!("{e:#?}")).bytes.into())
}

#[test]
fn compositions_inside_a_composition_come_as_groups() {
    const X: &str = "t:ring/x";
    let mut library = library();
    let inner = composed_of(&library, &[("a", digest("end")), ("b", digest("step"))], &[("a", "b", X)]);
    let inner = Arc::new(whole_of("inner.wasm", &inner, &library));
    library.insert(inner.digest, Arc::clone(&inner));
    // The middle one takes an instance of it, and gives what that gives to two more.
    let middle = composed_of(
        &library,
        &[("core", inner.digest), ("b", digest("step")), ("tail", digest("step"))],
        &[("core", "b", X), ("b", "tail", X)],
    );
    let middle = Arc::new(whole_of("middle.wasm", &middle, &library));
    library.insert(middle.digest, Arc::clone(&middle));
    let outer = composed_of(
        &library,
        &[("one", middle.digest), ("two", middle.digest), ("start", digest("start")), ("b", digest("step"))],
        &[("one", "b", X), ("b", "start", X)],
    );
    let outer = apply(&outer, &library, &Edit::Export { from: Port::new("two", X), name: X.to_owned() }).unwrap();
    let outer = apply(&outer, &library, &Edit::Export { from: Port::new("start", "run"), name: "run".into() });
    let outer = outer.unwrap_or_else(|e| panic!("{e}"));
    let whole = whole_of("outer.wasm", &outer, &library);
    let Decomposed { composition, pieces, groups, notes, .. } = split(&whole);
    assert!(notes.is_empty(), "{notes:?}");
    let groups: Vec<_> = groups.iter().map(|(title, names)| format!("{title}: {}", list(names))).collect();
    assert_eq!(groups, ["one: b-2, tail", "one › core: a, b-3", "two: b-4, tail-2", "two › core: a-2, b-5"],);
    let names: Vec<_> = pieces.iter().map(|p| p.component.name.as_str()).collect();
    assert_eq!(composition.instances.len(), 10);
    for piece in &pieces {
        assert!(library.contains_key(&piece.component.digest), "{names:?}");
        assert_eq!(whole.part_bytes(&piece.part).unwrap(), piece.component.bytes, "{names:?}");
    }
    assert_eq!(composition.wires[&Port::new("b", X)], Port::new("tail", X));
    assert_eq!(composition.exports[X], Port::new("tail-2", X));
    // What is composed of the pieces is flat, and splits into the same without groups.
    let flat = whole_of("flat.wasm", &composition, &library);
    let again = split(&flat);
    assert_eq!((again.composition, again.groups.len()), (composition, 0));
}

fn list(names: &std::collections::BTreeSet<String>) -> String {
    names.iter().cloned().collect::<Vec<_>>().join(", ")
}

#[test]
fn what_is_inside_and_cannot_be_split_stays_one_node() {
    let give = step("give", None, "out");
    let all = "(export \"i:i/out\" (instance $o))";
    let outer = |inner: &str| {
        text(&format!(
            "(component (component $inner {inner}) {} (instance $i (instantiate $inner))
                (alias export $i \"i:i/out\" (instance $out))
                (instance $t (instantiate $take (with \"i:i/out\" (instance $out))))
                (export \"i:i/end\" (instance $t \"i:i/end\")))",
            step("take", Some("out"), "end")
        ))
    };
    let open = format!("{give} (instance $a (instantiate $give)) (alias export $a \"i:i/out\" (instance $o)) {all}");
    let copy = split(&outer(&open));
    assert_eq!(copy.composition.instances.keys().collect::<Vec<_>>(), ["a", "t"]);
    assert_eq!(copy.groups.keys().collect::<Vec<_>>(), ["i"]);
    let own = format!(
        "{give} (core module $m (func (export \"f\"))) (core instance (instantiate $m)) (instance $a (instantiate $give))
         (alias export $a \"i:i/out\" (instance $o)) {all}"
    );
    let copy = split(&outer(&own));
    assert_eq!(copy.composition.instances.keys().collect::<Vec<_>>(), ["i", "t"]);
    assert!(copy.groups.is_empty());
    let says = "“i” is a composition itself and stays one node: It has core modules of its own";
    assert!(copy.notes.iter().any(|note| note.starts_with(says)), "{:?}", copy.notes);
    // So does what lies deeper than is looked.
    let mut deep =
        format!("{give} (instance $a (instantiate $give)) (alias export $a \"i:i/out\" (instance $o)) {all}");
    for _ in 0..20 {
        deep = format!(
            "(component $inner {deep}) (instance $a (instantiate $inner)) (alias export $a \"i:i/out\" (instance $o)) {all}"
        );
    }
    let copy = split(&outer(&deep));
    let says =
        "In “i › a › a › a › a › a › a”: “a” is a composition itself and stays one node: compositions are split 8 ";
    assert!(copy.notes.iter().any(|note| note.starts_with(says)), "{:?}", copy.notes);
    assert_eq!(copy.composition.instances.len(), 2);
}

#[test]
fn an_instance_is_opened_up_where_it_is() {
    const X: &str = "t:ring/x";
    let mut library = library();
    // It offers less than its instances do.
    let inner = composed_of(
        &library,
        &[("a", digest("end")), ("b", digest("step")), ("c", digest("step"))],
        &[("a", "b", X), ("a", "c", X)],
    );
    let inner = apply(&inner, &library, &Edit::Export { from: Port::new("b", X), name: X.to_owned() }).unwrap();
    let inner = apply(&inner, &library, &Edit::Export { from: Port::new("c", X), name: "other".into() }).unwrap();
    let inner = Arc::new(whole_of("inner.wasm", &inner, &library));
    library.insert(inner.digest, Arc::clone(&inner));
    let opened = split(&inner);
    let mut composition =
        composed_of(&library, &[("i", inner.digest), ("start", digest("start"))], &[("i", "start", X)]);
    composition.taps.insert(Port::new("start", X));
    let before = composition.clone();
    let up = composition.open_up("i", &opened, &library).unwrap();
    assert_eq!(up.groups.keys().collect::<Vec<_>>(), ["i"]);
    assert_eq!(composition.wires[&Port::new("start", X)], Port::new("b", X));
    assert!(composition.taps.contains(&Port::new("start", X)), "taps stay");
    assert_eq!(composition.validate(), Vec::<String>::new());
    let names = |c: &Composition| result_exports(c, &library).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    assert_eq!(names(&composition), names(&before), "the result exports no more and no less");
    assert!(encode(&composition, &library).is_ok());
    // As what takes an import, too, and not where it is not.
    let user = composed_of(&library, &[("e", digest("end")), ("s", digest("step"))], &[]);
    let user = Arc::new(whole_of("user.wasm", &user, &library));
    library.insert(user.digest, Arc::clone(&user));
    let mut fed = composed_of(&library, &[("x", digest("end")), ("u", user.digest)], &[("x", "u", X)]);
    fed.taps.insert(Port::new("u", X));
    fed.open_up("u", &split(&user), &library).unwrap();
    assert_eq!(fed.wires, BTreeMap::from([(Port::new("s", X), Port::new("x", X))]));
    assert!(fed.taps.contains(&Port::new("s", X)));
    assert!(fed.open_up("u", &split(&user), &library).is_err());
}

#[test]
fn a_plain_component_shows_its_core_modules() {
    let whole = samples::sample("fraud-check-cpp");
    let found = inside(&whole);
    assert!(!found.is_composition && !found.obstacles.is_empty());
    let roles: Vec<_> = found.nodes.iter().map(|n| (n.name.as_str(), n.role)).collect();
    assert_eq!(
        roles,
        [
            ("wit-component-shim-instance", Role::Shim),
            ("main", Role::Module),
            ("wasi_snapshot_preview1", Role::Adapter),
            ("fixup", Role::Shim)
        ]
    );
    // What a shim stands in for counts as given to whom the shim is given.
    assert!(
        found.given.iter().any(|g| g.import == "wasi:io/streams@0.2.12" && g.to.instance == "wasi_snapshot_preview1")
    );
    let memory = |w: &&crate::compose::Wire| w.functions == ["memory"];
    let memory = found.wires.iter().find(memory).unwrap();
    assert_eq!((memory.from.instance.as_str(), memory.to.instance.as_str()), ("main", "wasi_snapshot_preview1"));
    assert_eq!(found.offered[0].from, Source::Port(Port::new("main", FRAUD_CHECK)));
}

const FRAUD_CHECK: &str = "techbytes:payments/fraud-check";

#[test]
fn damaged_compositions_are_read_as_far_as_they_go() {
    let (_, whole) = encoded(&["m=mid", "s=store", "s t:store/kv@1.2.0 > m t:store/kv@1.2.0"]);
    for at in (8..whole.bytes.len()).step_by(23) {
        let mut bytes = whole.bytes.to_vec();
        bytes[at] ^= 1 << (at % 8);
        let damaged = decode("damaged.wasm", bytes.into());
        let _ = (inside(&damaged), decompose(&damaged));
        let cut = decode("cut.wasm", whole.bytes[..at].into());
        assert!(decompose(&cut).is_err() || cut.exports.is_empty(), "{at}");
    }
}
