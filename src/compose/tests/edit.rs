use super::*;
use crate::component::Kind;

fn refusal(composition: &Composition, line: &str) -> String {
    apply(composition, &library(), &edit(line)).unwrap_err().to_string()
}

fn try_apply(composition: &Composition, edit: Edit) -> Result<Composition, String> {
    apply(composition, &library(), &edit).map_err(|e| e.to_string())
}

#[test]
fn names_of_instances_are_free_text_within_bounds() {
    let composition = composed(&["Fraud check (Rust) · 2=end"]);
    let long = "x".repeat(101);
    for (name, why) in [
        ("", "it is empty"),
        (" \t", "it is empty"),
        (&*long, "it is longer than 100 characters"),
        ("Fraud check (Rust) · 2", "another instance has it"),
    ] {
        let says = refusal(&composition, &format!("{name}=end"));
        assert!(says.ends_with(&format!("cannot be the name: {why}")), "{says}");
        let from = "Fraud check (Rust) · 2".to_owned();
        let renamed = try_apply(&composition, Edit::Rename { from: from.clone(), to: name.to_owned() });
        assert_eq!(renamed.is_ok(), name == from);
    }
    composed(&["x".repeat(100).as_str().to_owned() + "=end"].each_ref().map(String::as_str));
}

#[test]
fn names_in_refusals_are_safe_to_show() {
    let says = refusal(&composed(&["a\u{202e}b=end"]), "a\u{202e}b=end");
    assert_eq!(says, "“a\\u{202e}b” cannot be the name: another instance has it");
    let says = refusal(&composed(&["a\u{202e}b=end"]), "a\u{202e}b t:ring/x > c t:ring/x");
    assert_eq!(says, "There is no instance “c”");
}

#[test]
fn only_open_components_can_be_added() {
    let library = {
        let mut library = library();
        let module = Arc::new(decode("module.wat", Arc::from(&b"(module)"[..])));
        library.insert(module.digest, module);
        library
    };
    let add =
        |component| apply(&Composition::default(), &library, &Edit::AddInstance { name: "a".to_owned(), component });
    let module = Digest::of(&wat::parse_str("(module)").unwrap());
    assert_eq!(add(module).unwrap_err().to_string(), "“module” is a core module, and only components can be wired");
    let unknown = Digest::of(b"unknown");
    assert_eq!(add(unknown).unwrap_err(), Refusal::NoComponent(unknown));
}

#[test]
fn what_is_not_valid_is_refused_with_a_sentence_and_stays_open() {
    let mut library = library();
    let text = "(component (core module (func (result i32))))";
    let broken = Arc::new(decode("broken.wat", Arc::from(text.as_bytes())));
    assert_eq!(broken.kind, Kind::Component);
    library.insert(broken.digest, Arc::clone(&broken));
    let add = Edit::AddInstance { name: "a".to_owned(), component: broken.digest };
    let said = apply(&Composition::default(), &library, &add).unwrap_err().to_string();
    assert!(said.starts_with("“broken” cannot be placed, only inspected: Not valid WebAssembly: "), "{said}");
    let composition = composed(&["end"]);
    let replace = Edit::Replace { instance: "end".to_owned(), component: broken.digest };
    assert!(apply(&composition, &library, &replace).is_err());
    // A file that names it is told so, and auto-wire does not offer it.
    let mut loaded = composition.clone();
    loaded.instances.insert("b".to_owned(), Instance { component: broken.digest });
    let found = super::super::check(&loaded, &library);
    assert!(found[0].message.starts_with("“b” is of “broken”, which is not valid: "), "{found:?}");
}

#[test]
fn a_wire_that_does_not_fit_says_the_first_difference() {
    let composition = composed(&[
        "user",
        "older=store-older",
        "two=store-2",
        "wrong=store-wrong",
        "end",
        "both",
        "functions",
        "named",
        "logger",
    ]);
    for (wire, says) in [
        ("wrong t:store/kv@1.2.0 > user t:store/kv@1.2.0", "bucket.get → result → some: expected string, found u32"),
        (
            "older t:store/kv@1.1.0 > user t:store/kv@1.2.0",
            "version 1.2.0 or a compatible newer one is needed, this is 1.1.0",
        ),
        (
            "two t:store/kv@2.0.0 > user t:store/kv@1.2.0",
            "version 1.2.0 or a compatible newer one is needed, this is 2.0.0",
        ),
        ("end t:ring/x > both t:ring/y", "t:ring/y is needed, this is t:ring/x"),
        ("functions shout > named twice", "the parameter `a` is missing"),
        ("functions double > named out", "expected an interface, found a function"),
    ] {
        let said = refusal(&composition, wire);
        let (from, to) = wire.split_once(" > ").unwrap();
        let start = format!("{} does not fit {}: ", port(from), port(to));
        assert!(said.starts_with(&start) && said.contains(says), "{said}\n{says}");
    }
    for (wire, says) in [
        ("end t:ring/z > both t:ring/x", "end · t:ring/z does not exist"),
        ("end t:ring/x > both t:ring/z", "both · t:ring/z does not exist"),
        ("both t:ring/x > end t:ring/x", "both · t:ring/x does not exist"),
        ("nobody t:ring/x > both t:ring/x", "There is no instance “nobody”"),
    ] {
        assert_eq!(refusal(&composition, wire), says);
    }
}

#[test]
fn cycles_are_refused_by_name() {
    let composition = composed(&["a=step", "b=step", "c=step", "a t:ring/x > b t:ring/x", "b t:ring/x > c t:ring/x"]);
    assert_eq!(refusal(&composition, "c t:ring/x > a t:ring/x"), "The wire would close a cycle: a → b → c → a");
    assert_eq!(refusal(&composition, "b t:ring/x > b t:ring/x"), "The wire would close a cycle: b → b");
    // The wire that it replaces is not counted: c takes from a instead of b, so b may take from c.
    let turned = composed(&[
        "a=step",
        "b=step",
        "c=step",
        "a t:ring/x > b t:ring/x",
        "b t:ring/x > c t:ring/x",
        "a t:ring/x > c t:ring/x",
        "c t:ring/x > b t:ring/x",
    ]);
    assert_eq!(turned.wires.len(), 2);
    // Two instances may be wired to each other in one direction only.
    let pair = composed(&["xy", "yx", "xy t:ring/y > yx t:ring/y"]);
    assert_eq!(refusal(&pair, "yx t:ring/x > xy t:ring/x"), "The wire would close a cycle: xy → yx → xy");
}

#[test]
fn a_second_wire_to_an_import_replaces_the_first() {
    let composition =
        composed(&["a=end", "b=end", "start", "a t:ring/x > start t:ring/x", "b t:ring/x > start t:ring/x"]);
    assert_eq!(composition.wires, BTreeMap::from([(port("start t:ring/x"), port("b t:ring/x"))]));
    let off = try_apply(&composition, Edit::Disconnect(port("start t:ring/x"))).unwrap();
    assert!(off.wires.is_empty());
    let again = try_apply(&off, Edit::Disconnect(port("start t:ring/x"))).unwrap_err();
    assert_eq!(again, "No wire ends at start · t:ring/x");
}

#[test]
fn a_new_name_keeps_everything_and_removal_leaves_nothing() {
    let composition = composed(&[
        "end",
        "step",
        "start",
        "end t:ring/x > step t:ring/x",
        "step t:ring/x > start t:ring/x",
        "step t:ring/x as t:ring/x",
        "start run as run",
    ]);
    let renamed = try_apply(&composition, Edit::Rename { from: "step".to_owned(), to: "middle".to_owned() }).unwrap();
    let expected = composed(&[
        "end",
        "middle=step",
        "start",
        "end t:ring/x > middle t:ring/x",
        "middle t:ring/x > start t:ring/x",
        "middle t:ring/x as t:ring/x",
        "start run as run",
    ]);
    assert_eq!(renamed, expected);
    let back = try_apply(&renamed, Edit::Rename { from: "middle".to_owned(), to: "step".to_owned() }).unwrap();
    assert_eq!(back, composition);
    let removed = try_apply(&composition, Edit::RemoveInstances(vec!["step".to_owned()])).unwrap();
    assert_eq!(removed, composed(&["end", "start", "start run as run"]));
    let unknown = try_apply(&composition, Edit::RemoveInstances(vec!["end".to_owned(), "gone".to_owned()]));
    assert_eq!(unknown.unwrap_err(), "There is no instance “gone”");
}

#[test]
fn another_component_keeps_wires_even_if_they_break() {
    let wired = composed(&["user", "store", "store t:store/kv@1.2.0 > user t:store/kv@1.2.0"]);
    let with = |fixture| Edit::Replace { instance: "store".to_owned(), component: digest(fixture) };
    for (fixture, broken) in [("store-more", 0), ("store-wrong", 1), ("store-newer", 1)] {
        let replaced = try_apply(&wired, with(fixture)).unwrap();
        assert_eq!(replaced.wires, wired.wires);
        assert_eq!(replaced.validate(), Vec::<String>::new());
        let errors = super::super::check(&replaced, &library());
        let errors = errors.iter().filter(|d| d.severity == crate::diag::Severity::Error).count();
        assert_eq!(errors, broken, "{fixture}");
        assert_eq!(try_apply(&replaced, with("store")).unwrap(), wired);
    }
}

#[test]
fn exports_have_names_that_a_component_can_have() {
    let composition = composed(&["functions", "functions double as a-b", "end", "end t:ring/x as t:ring/x@1.0.0"]);
    for name in ["", "A b", "a_b", "über", "a--b", "1a", "a:b", "url=<https://a.b>", "a-\u{202e}b", "t:x/y@nonsense"] {
        let said = refusal(&composition, &format!("functions shout as {name}"));
        assert!(said.contains("cannot be the name: an export is named in lower case with hyphens"), "{said}");
    }
    assert_eq!(
        refusal(&composition, "functions shout as A-B"),
        "“A-B” cannot be the name: functions · double is exported as “a-b”"
    );
    assert_eq!(
        refusal(&composition, "functions shout as t:x/z@1.0.0"),
        "“t:x/z@1.0.0” cannot be the name: it is an interface's name, and this is none"
    );
    assert_eq!(
        refusal(&composition, "end t:ring/x as t:ring/y"),
        "“t:ring/y” cannot be the name: it is another interface's name; keep t:ring/x, or choose a plain name"
    );
    assert_eq!(refusal(&composition, "functions other as c"), "functions · other does not exist");
    let renamed = try_apply(&composition, edit("functions double as c")).unwrap();
    assert_eq!(renamed.exports.keys().collect::<Vec<_>>(), ["c", "t:ring/x@1.0.0"]);
    // The same port under the same name changes nothing.
    assert_eq!(try_apply(&composition, edit("functions double as a-b")).unwrap(), composition);
}

#[test]
fn taking_one_automatic_export_out_keeps_the_others() {
    let automatic = composed(&["functions"]);
    let one = try_apply(&automatic, Edit::Unexport("double".to_owned())).unwrap();
    assert_eq!(one.exports, BTreeMap::from([("shout".to_owned(), port("functions shout"))]));
    assert_eq!(
        try_apply(&automatic, Edit::Unexport("nonsense".to_owned())).unwrap_err(),
        "The result has no export “nonsense”"
    );
    // Without any chosen export the choice is automatic again; there is no result without exports.
    assert_eq!(try_apply(&one, Edit::Unexport("shout".to_owned())).unwrap(), automatic);
    let says = try_apply(&composed(&["end"]), Edit::Unexport("t:ring/x".to_owned())).unwrap_err();
    assert_eq!(says, "“t:ring/x” is the only export of the result, and without one nothing could be called");
}

fn random_edit(dice: &mut Dice, composition: &Composition) -> Edit {
    const COMPONENTS: [&str; 10] =
        ["user", "store", "store-newer", "store-wrong", "mid", "caller", "step", "end", "both", "functions"];
    const NAMES: [&str; 9] = ["a", "b", "c", "d", "e", "f g", "", "ß", "a"];
    const EXPORTS: [&str; 6] = ["x", "run", "t:ring/x", "No Name", "X", "t:store/kv@1.2.0"];
    let library = library();
    let names: Vec<&String> = composition.instances.keys().collect();
    let name = |dice: &mut Dice| match names.as_slice() {
        [] => "nobody".to_owned(),
        names if dice.roll(20) > 0 => dice.pick(names).unwrap().to_string(),
        _ => "nobody".to_owned(),
    };
    let port = |dice: &mut Dice, side: Side| {
        let instance = name(dice);
        let component = composition.component(&library, &instance);
        let names: Vec<&str> = match (component, side) {
            (None, _) => vec![],
            (Some(c), Side::Import) => c.imports.iter().map(|e| e.name.as_str()).collect(),
            (Some(c), Side::Export) => c.exports.iter().map(|e| e.name.as_str()).collect(),
        };
        let name = if names.is_empty() { "nothing" } else { dice.pick(&names).unwrap() };
        Port::new(instance, name)
    };
    match dice.roll(16) {
        0..3 => Edit::AddInstance {
            name: dice.pick(&NAMES).unwrap().to_string(),
            component: digest(dice.pick(&COMPONENTS).unwrap()),
        },
        3 => Edit::RemoveInstances(vec![name(dice)]),
        4 => Edit::Rename { from: name(dice), to: dice.pick(&NAMES).unwrap().to_string() },
        5..11 => {
            // A port that fits, mostly: two at random seldom do.
            let to = port(dice, Side::Import);
            let fitting: Vec<Port> = candidates(composition, &library, &to, Side::Import)
                .into_iter()
                .filter(|c| c.fit.fits())
                .map(|c| c.port)
                .collect();
            let any = port(dice, Side::Export);
            let from = if fitting.is_empty() || dice.roll(4) == 0 { any } else { dice.pick(&fitting).unwrap() };
            Edit::Connect { from, to }
        }
        11 => Edit::Disconnect(port(dice, Side::Import)),
        12 => Edit::Export { from: port(dice, Side::Export), name: dice.pick(&EXPORTS).unwrap().to_string() },
        13 => Edit::Unexport(dice.pick(&EXPORTS).unwrap().to_string()),
        14 => Edit::Replace { instance: name(dice), component: digest(dice.pick(&COMPONENTS).unwrap()) },
        _ => Edit::RemoveInstances(vec![]),
    }
}

#[test]
fn whatever_is_edited_the_composition_stays_sound() {
    let library = library();
    let (mut done, mut refused, mut encoded, mut wires) = (0, 0, 0, 0);
    for seed in 1..=40 {
        let mut dice = Dice(0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(seed));
        let mut composition = Composition::default();
        for _ in 0..60 {
            let edit = random_edit(&mut dice, &composition);
            match apply(&composition, &library, &edit) {
                Ok(next) => {
                    assert_eq!(next.validate(), Vec::<String>::new(), "seed {seed}: {edit:?} on {composition:#?}");
                    if let Edit::Connect { from, to } = &edit {
                        let all = candidates(&composition, &library, to, Side::Import);
                        assert!(all.iter().any(|c| c.port == *from && c.fit.fits()));
                        let all = candidates(&composition, &library, from, Side::Export);
                        assert!(all.iter().any(|c| c.port == *to && c.fit.fits()));
                        wires += 1;
                    }
                    composition = next;
                    done += 1;
                }
                Err(why) => {
                    assert!(!why.to_string().is_empty());
                    refused += 1;
                }
            }
        }
        // Whatever the check finds no fault with is encoded, except where two imports cannot be one.
        let faults = super::super::check(&composition, &library);
        let sound =
            !composition.instances.is_empty() && faults.iter().all(|d| d.severity != crate::diag::Severity::Error);
        match encode(&composition, &library) {
            Ok(result) => {
                assert!(sound, "seed {seed}");
                let back = decode("result.wasm", result.bytes.into());
                // The check does not compare what stays open with what is given by the same name.
                let is_twice = back.missing().iter().any(|d| d.message.ends_with("twice, with different types"));
                let without_wit = is_twice || faults.iter().any(|d| d.message.contains("WIT has no words"));
                assert_eq!(back.kind, Kind::Component);
                assert_eq!(
                    back.wit().is_empty(),
                    without_wit,
                    "seed {seed}: {:?}
{composition:#?}",
                    back.missing()
                );
                let mut names: Vec<&str> = back.exports.iter().map(|e| e.name.as_str()).collect();
                let wanted = result_exports(&composition, &library);
                let mut wanted: Vec<&str> = wanted.iter().map(|(name, _)| name.as_str()).collect();
                names.sort_unstable();
                wanted.sort_unstable();
                assert_eq!(names, wanted, "seed {seed}");
                encoded += 1;
            }
            Err(errors) => {
                let merge = |d: &crate::diag::Diagnostic| d.message.contains("cannot be one import");
                assert!(!sound || errors.iter().all(merge), "seed {seed}: {errors:#?}\n{composition:#?}");
            }
        }
    }
    assert!(done > 500 && refused > 300 && encoded > 15 && wires > 50, "{done} {refused} {encoded} {wires}");
}
