use super::*;
use crate::component::Kind;
use crate::diag::{Diagnostic, Severity, Subject};

/// Encodes, reads the result back as any file is, and hands out both.
fn result(composition: &Composition) -> (Encoded, Component) {
    let encoded = encode(composition, &library()).unwrap_or_else(|e| panic!("{e:#?}"));
    let component = decode("result.wasm", encoded.bytes.clone().into());
    assert_eq!((component.kind, &component.diagnostics), (Kind::Component, &Vec::new()));
    (encoded, component)
}

fn refused(composition: &Composition) -> Vec<Diagnostic> {
    let errors = encode(composition, &library()).map(|_| ()).unwrap_err();
    assert!(errors.iter().all(|d| d.severity == Severity::Error), "{errors:?}");
    errors
}

fn names(externs: &[Extern]) -> Vec<&str> {
    externs.iter().map(|e| e.name.as_str()).collect()
}

#[test]
fn a_wired_composition_is_one_component() {
    let (encoded, component) = result(&composed(&["user", "store", "store t:store/kv@1.2.0 > user t:store/kv@1.2.0"]));
    assert_eq!((names(&component.imports), names(&component.exports)), (vec![], vec!["run"]));
    assert_eq!(encoded.asked_by, []);
    let by: Vec<_> = component.metadata.producers.iter().filter(|p| p.name == "wirebench").collect();
    assert_eq!(by[0].field, "processed-by");
    assert_eq!(by[0].version, env!("CARGO_PKG_VERSION"));
    // Instances keep their names.
    let text = wasmprinter::print_bytes(&encoded.bytes).unwrap();
    assert!(text.contains("(instance $store ") && text.contains("(instance $user "), "{text}");
}

#[test]
fn only_what_is_wired_or_exported_is_encoded() {
    let alone = ["a=end", "step", "a t:ring/x > step t:ring/x"];
    let alternatives = ["a=end", "b=end", "user", "wasi-old", "step", "a t:ring/x > step t:ring/x"];
    let (encoded, component) = result(&composed(&alternatives));
    assert!(encoded.bytes == result(&composed(&alone)).0.bytes);
    assert_eq!((names(&component.imports), names(&component.exports)), (vec![], vec!["t:ring/x"]));
    // A chosen export brings what it needs and nothing else, not even what is wired elsewhere.
    let chosen = composed(&[&alternatives[..], &["user run as run"]].concat());
    let (encoded, component) = result(&chosen);
    assert_eq!((names(&component.imports), names(&component.exports)), (vec![KV], vec!["run"]));
    assert_eq!(encoded.asked_by, [(KV.to_owned(), vec!["user".to_owned()])]);
    // What is left out does not count towards the limit either.
    let mut many = composed(&alone);
    let instance = Instance { component: digest("end") };
    many.instances.extend((0..MAX_INSTANCES).map(|i| (format!("e{i}"), instance.clone())));
    assert!(encode(&many, &library()).is_ok());
}

#[test]
fn one_instance_without_wires_is_enough_and_none_is_too_little() {
    let (encoded, component) = result(&composed(&["only one=user"]));
    assert_eq!((names(&component.imports), names(&component.exports)), (vec![KV], vec!["run"]));
    assert_eq!(encoded.asked_by, [(KV.to_owned(), vec!["only one".to_owned()])]);
    let nothing = refused(&Composition::default());
    assert_eq!(nothing[0].message, "There is nothing to compose");
}

#[test]
fn a_newer_compatible_provider_satisfies_an_older_import() {
    let (_, component) =
        result(&composed(&["user", "store=store-newer", "store t:store/kv@1.3.0 > user t:store/kv@1.2.0"]));
    assert_eq!(names(&component.imports), Vec::<&str>::new());
}

#[test]
fn every_fixture_can_be_composed_alone() {
    for (name, fixture) in fixtures() {
        let composition = composed(&[name]);
        let (_, component) = result(&composition);
        let sorted = |externs: &[Extern]| {
            let mut names: Vec<_> = externs.iter().map(|e| e.name.clone()).collect();
            names.sort();
            names
        };
        assert_eq!(sorted(&component.imports), sorted(&fixture.imports), "{name}");
        assert_eq!(sorted(&component.exports), sorted(&fixture.exports), "{name}");
    }
}

#[test]
fn two_instances_of_one_component_embed_it_once() {
    let one = result(&composed(&["a=end"])).0.bytes.len();
    let composition = composed(&["a=end", "b=end"]);
    let (encoded, component) = result(&composition);
    assert_eq!(names(&component.exports), ["a-x", "b-x"]);
    assert!(encoded.bytes.len() < one + fixtures()["end"].bytes.len() / 2);
    // Both exports are whole interfaces, told apart by the names of their instances.
    assert_eq!(component.export("b-x").unwrap().functions()[0].name, "f");
}

#[test]
fn types_of_two_instances_of_one_component_are_told_apart() {
    let (_, component) = result(&composed(&["a=logger", "b=logger", "c=logger"]));
    for name in ["a-log", "b-log", "c-log"] {
        assert!(
            component.wit().contains(&format!("export {name}: interface {{\n    enum level")),
            "{}",
            component.wit()
        );
    }
    // Types that are used from another interface keep being used from it.
    let lines = [
        "a=mid",
        "b=mid",
        "s=store",
        "s t:store/kv@1.2.0 > b t:store/kv@1.2.0",
        "s t:store/kv@1.2.0 as t:store/kv@1.2.0",
    ];
    let apis = ["a t:mid/api as a", "b t:mid/api as b"];
    let (_, component) = result(&composed(&[&lines[..], &apis].concat()));
    assert!(component.wit().contains("use t:store/kv@1.2.0.{bucket}"), "{}", component.wit());
    // Resources cannot be stated anew; that is said.
    let composition = composed(&["a=store", "b=store", "c=store-more"]);
    let warnings = check(&composition, &library());
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].message.starts_with("b · t:store/kv@1.2.0 is exported of two instances of one component"));
    let encoded = encode(&composition, &library()).unwrap();
    let component = decode("result.wasm", encoded.bytes.into());
    assert_eq!(component.exports.len(), 3);
    assert_eq!(component.export("b-kv").unwrap().functions().len(), 3);
}

#[test]
fn resources_pass_through_an_instance_in_the_middle() {
    let lines = [
        "store",
        "mid",
        "store t:store/kv@1.2.0 > mid t:store/kv@1.2.0",
        "mid t:mid/api as t:mid/api",
        "store t:store/kv@1.2.0 as t:store/kv@1.2.0",
    ];
    let (_, component) = result(&composed(&lines));
    assert!(component.wit().contains("use t:store/kv@1.2.0.{bucket}"), "{}", component.wit());
    // Without the store's own export nobody could make a bucket: said, not refused.
    let without = composed(&lines[..4]);
    result(&without);
    let warnings = check(&without, &library());
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert_eq!(
        warnings[0].message,
        "mid · t:mid/api is exported and speaks of the resource “bucket” of store · t:store/kv@1.2.0, which is not \
         exported, so its callers cannot make one or use one"
    );
    assert_eq!(warnings[0].hint.as_deref(), Some("Export t:store/kv@1.2.0 of “store” as well"));
}

#[test]
fn a_resource_from_two_places_is_one_error_in_words() {
    let base = ["one=store", "two=store", "mid", "caller", "one t:store/kv@1.2.0 > mid t:store/kv@1.2.0"];
    for (wire, from) in [
        (Some("two t:store/kv@1.2.0 > caller t:store/kv@1.2.0"), "two here and from one there"),
        (None, "an import of the result here and from one there"),
    ] {
        let mut lines = base.to_vec();
        lines.extend(wire);
        lines.push("mid t:mid/api > caller t:mid/api");
        let composition = composed(&lines);
        let errors = refused(&composition);
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert_eq!(
            errors[0].message,
            format!(
                "The wire from mid · t:mid/api to caller · t:mid/api is broken: its resource “bucket” comes from {from}"
            )
        );
        // The encoder and the validator agree that it cannot be.
        assert!(unchecked(&composition, &library()).is_err());
    }
    let mut lines = base.to_vec();
    lines.extend(["one t:store/kv@1.2.0 > caller t:store/kv@1.2.0", "mid t:mid/api > caller t:mid/api"]);
    result(&composed(&lines));
    // From outside for both is from one place, too.
    result(&composed(&["mid", "caller", "mid t:mid/api > caller t:mid/api"]));
}

#[test]
fn imports_of_one_track_become_one_import() {
    let (encoded, component) = result(&composed(&["b=wasi-new", "a=wasi-old", "c=wasi-old"]));
    assert_eq!(names(&component.imports), ["wasi:io/poll@0.2.6"]);
    let all = ["a", "b", "c"].map(str::to_owned).to_vec();
    assert_eq!(encoded.asked_by, [("wasi:io/poll@0.2.6".to_owned(), all)]);
}

#[test]
fn imports_that_cannot_be_merged_name_both_instances() {
    for (other, second) in [("user-wrong", "z"), ("user", "z")] {
        let first = if other == "user" { "user-wrong" } else { "user" };
        let composition = composed(&[&format!("a={first}"), "m=end", &format!("{second}={other}")]);
        let errors = refused(&composition);
        let about: Vec<_> = errors.iter().map(|e| &e.subject).collect();
        let port = |name: &str| Subject::Port { instance: name.to_owned(), port: KV.to_owned() };
        assert_eq!(about, [&port("a"), &port("z")]);
        assert!(
            errors[0].message.starts_with("“a” and “z” ask for t:store/kv@1.2.0 in forms that cannot be one import"),
            "{}",
            errors[0].message
        );
        assert!(errors[0].message.contains("[method]bucket.get"), "{}", errors[0].message);
    }
}

#[test]
fn the_same_composition_gives_the_same_bytes() {
    let lines = ["b=wasi-new", "a=wasi-old", "m=mid", "s=store", "u=user", "n=user-newer", "e=end", "f=end"];
    let composition = composed(&lines);
    let first = result(&composition).0;
    for _ in 0..8 {
        let again = result(&composition).0;
        assert!(again.bytes == first.bytes && again.asked_by == first.asked_by);
    }
}

#[test]
fn plain_functions_and_interfaces_are_wired_by_type() {
    let composition = composed(&[
        "named",
        "functions",
        "logger",
        "functions double > named twice",
        "logger t:plain/log > named out",
        "named run as double-it",
        "functions shout as shout",
    ]);
    let (_, component) = result(&composition);
    assert_eq!((names(&component.imports), names(&component.exports)), (vec![], vec!["shout", "double-it"]));
}

#[test]
fn an_interface_can_be_exported_under_a_plain_name_or_another_version() {
    for name in ["storage", "t:store/kv@1.1.0", "t:store/kv"] {
        let (_, component) = result(&composed(&["store", &format!("store t:store/kv@1.2.0 as {name}")]));
        assert_eq!(names(&component.exports), [name]);
        assert_eq!(component.exports[0].functions().len(), 3);
    }
}

/// `n` instances in a row, each providing to the next.
fn chain(n: usize) -> Composition {
    let instance = |fixture| Instance { component: digest(fixture) };
    let mut composition = Composition::default();
    composition.instances.insert("i0000".to_owned(), instance("end"));
    for i in 1..n {
        let (from, to) = (format!("i{:04}", i - 1), format!("i{i:04}"));
        composition.instances.insert(to.clone(), instance("step"));
        composition.wires.insert(Port::new(to, "t:ring/x"), Port::new(from, "t:ring/x"));
    }
    composition
}

#[test]
fn a_chain_of_four_hundred_is_encoded() {
    let (_, component) = result(&chain(400));
    assert_eq!((names(&component.imports), names(&component.exports)), (vec![], vec!["t:ring/x"]));
}

#[test]
fn the_limit_of_instances_is_met_with_a_word() {
    // Each takes one for itself and one for what it exports or hands on; the last export takes one more.
    let most = (MAX_INSTANCES - 1) / 2;
    result(&chain(most));
    let errors = refused(&chain(most + 1));
    assert_eq!(errors.len(), 1);
    assert!(errors[0].message.contains("takes up 1001 instances, and a component can have 1000"), "{errors:?}");
    // The validator counts as we do.
    assert!(unchecked(&chain(most + 1), &library()).is_err());
}

#[test]
fn broken_wires_and_lost_components_are_refused() {
    let wired = composed(&["user", "store", "store t:store/kv@1.2.0 > user t:store/kv@1.2.0"]);
    let replace = |with: &str| {
        let edit = Edit::Replace { instance: "store".to_owned(), component: digest(with) };
        apply(&wired, &library(), &edit).unwrap()
    };
    for (with, says) in [
        ("store-wrong", "The wire from store · t:store/kv@1.2.0 to user · t:store/kv@1.2.0 is broken: "),
        ("end", "“end” has no export t:store/kv@1.2.0"),
    ] {
        let errors = refused(&replace(with));
        let about = Subject::Wire { instance: "user".to_owned(), import: KV.to_owned() };
        assert_eq!(errors.iter().map(|e| &e.subject).collect::<Vec<_>>(), [&about], "{errors:?}");
        assert!(errors[0].message.contains(says), "{}", errors[0].message);
    }
    let mut library = library();
    library.remove(&digest("store"));
    let errors = encode(&wired, &library).unwrap_err();
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert!(errors[0].message.starts_with("“store” is of a component that is not open ("), "{}", errors[0].message);
}

#[test]
fn what_is_exported_again_counts_too() {
    // Two for an instance that is exported: itself and its interface, which counts twice. Two more from the second on.
    let many = |n: usize| {
        let instance = Instance { component: digest("logger") };
        let instances = (0..n).map(|i| (format!("l{i}"), instance.clone())).collect();
        Composition { instances, ..Composition::default() }
    };
    let most = (MAX_INSTANCES + 2) / 5;
    assert!(unchecked(&many(most), &library()).is_ok() && encode(&many(most), &library()).is_ok());
    assert!(unchecked(&many(most + 1), &library()).is_err() && encode(&many(most + 1), &library()).is_err());
}

/// A component that imports and exports a function of a list of lists, `depth` deep.
fn deep(depth: usize) -> Arc<Component> {
    let lists: String = (1..depth).map(|i| format!("(type (list {}))", i - 1)).collect();
    let text = format!(
        "(component (type (list u8)) {lists} (type $f (func (param \"p\" {}))) \
         (import \"f\" (func $i (type $f))) (export \"g\" (func $i)))",
        depth - 1
    );
    Arc::new(decode("deep.wat", text.into_bytes().into()))
}

#[test]
fn deep_types_are_composed_or_refused_with_a_sentence() {
    for (depth, fits) in [(10, true), (99, true), (100, false), (1000, false)] {
        let component = deep(depth);
        let library = Library::from([(component.digest, Arc::clone(&component))]);
        let instance = Instance { component: component.digest };
        let instances = ["a", "b"].map(|name| (name.to_owned(), instance.clone())).into();
        let composition = Composition { instances, ..Composition::default() };
        let connect = Edit::Connect { from: port("a g"), to: port("b f") };
        match apply(&composition, &library, &connect).map(|wired| encode(&wired, &library)) {
            Ok(Ok(encoded)) => assert!(fits && asked(&encoded) == ["f"]),
            _ => assert!(!fits),
        }
        if !fits {
            let errors = encode(&composition, &library).unwrap_err();
            let said = "“a” is of “deep”, which is not valid: Not valid WebAssembly: type nesting is too deep";
            assert!(errors[0].message.starts_with(said), "{}", errors[0].message);
        }
    }
}

fn asked(encoded: &Encoded) -> Vec<&str> {
    encoded.asked_by.iter().map(|(name, _)| name.as_str()).collect()
}

#[test]
fn damaged_components_are_composed_or_refused() {
    let whole = &fixtures()["mid"];
    let mut refused = 0;
    for at in (8..whole.bytes.len()).step_by(7) {
        let mut bytes = whole.bytes.to_vec();
        bytes[at] ^= 1 << (at % 8);
        let damaged = Arc::new(decode("damaged.wasm", bytes.into()));
        let mut library = library();
        library.insert(damaged.digest, Arc::clone(&damaged));
        let mut composition = composed(&["store", "mid", "store t:store/kv@1.2.0 > mid t:store/kv@1.2.0"]);
        composition.instances.insert("mid".to_owned(), Instance { component: damaged.digest });
        match encode(&composition, &library) {
            Ok(encoded) => assert_eq!(decode("result.wasm", encoded.bytes.into()).kind, Kind::Component),
            Err(errors) => {
                assert!(!errors.is_empty());
                refused += 1;
            }
        }
    }
    assert!(refused > 10, "{refused}");
}
