use super::*;
use crate::compose::autowire::{Choice, Choices, Outcome, Plan, Scope, alternatives, plan};

/// A library of these fixtures only.
fn only(names: &[&str]) -> Library {
    names.iter().map(|name| (digest(name), Arc::clone(&fixtures()[name]))).collect()
}

fn all(composition: &Composition, library: &Library) -> Plan {
    plan(composition, library, &Scope::All, &Choices::new())
}

/// Makes the plan, edit by edit, and holds it against what must be the case.
fn make(composition: &Composition, library: &Library, plan: &Plan) -> Composition {
    let mut made = composition.clone();
    for edit in plan.edits() {
        made = apply(&made, library, &edit).unwrap_or_else(|e| panic!("{edit:?}: {e}"));
        assert_eq!(made.validate(), Vec::<String>::new(), "{edit:?}");
    }
    assert!(composition.wires.iter().all(|(to, from)| made.wires.get(to) == Some(from)), "no wire was touched");
    made
}

#[test]
fn the_one_that_fits_is_proposed_and_the_rest_says_why_not() {
    let composition = composed(&["user", "store", "both", "end"]);
    let library = only(&["user", "store", "both", "end"]);
    let planned = all(&composition, &library);
    assert_eq!(
        planned.text(),
        "connect  both · t:ring/x  from end\n\
         open     both · t:ring/y  Nothing on the canvas or in the library exports it\n\
         connect  user · t:store/kv@1.2.0  from store\n"
    );
    assert_eq!((planned.wires(), planned.waiting(), &planned.problems), (2, 0, &Vec::new()));
    let made = make(&composition, &library, &planned);
    assert_eq!(made.wires.len(), 2);
    let again = all(&made, &library);
    assert_eq!(again.edits(), []);

    let composition = composed(&["user", "wrong=store-wrong", "older=store-older"]);
    let planned = all(&composition, &only(&["user", "store-wrong", "store-older"]));
    let [import] = planned.imports.as_slice() else { panic!("{planned:?}") };
    let Outcome::Nothing(why) = &import.outcome else { panic!("{import:?}") };
    assert_eq!(why, "“store-wrong” does not fit: bucket.get → result → some: expected string, found u32");
}

#[test]
fn of_several_the_user_chooses_unless_one_is_exact() {
    let library = only(&["user", "store", "store-newer", "store-more"]);
    let composition = composed(&["user", "newer=store-newer", "store"]);
    let planned = all(&composition, &library);
    assert_eq!(planned.text(), "connect  user · t:store/kv@1.2.0  from store\n");
    let offers: Vec<String> = planned.imports[0].offers.iter().map(|o| o.text()).collect();
    assert_eq!(offers, ["store", "newer (1.3.0 for 1.2.0)", "a new store-more"]);

    let composition = composed(&["user", "a=store", "b=store", "newer=store-newer"]);
    let planned = all(&composition, &library);
    assert_eq!((planned.wires(), planned.waiting()), (0, 1));
    assert_eq!(
        planned.text(),
        "choose   user · t:store/kv@1.2.0  from a, b, newer (1.3.0 for 1.2.0), a new store-more\n"
    );
    for (text, wired) in [
        ("user.t:store/kv@1.2.0=b", Some("b")),
        ("user.t:store/kv=newer", Some("newer")),
        ("user.kv=store-more", Some("store-more")),
        ("user.kv=b.t:store/kv@1.2.0", Some("b")),
        ("user.kv=", None),
    ] {
        let choices = Choices::from([planned.choice(text, &library).unwrap()]);
        let chosen = plan(&composition, &library, &Scope::All, &choices);
        assert_eq!(chosen.imports[0].taken().map(|o| o.from.instance.as_str()), wired, "{text}");
        assert_eq!(chosen.waiting(), 0);
        let made = make(&composition, &library, &chosen);
        assert_eq!(made.wires.get(&Port::new("user", KV)).map(|p| p.instance.as_str()), wired);
    }
    for (text, why) in [
        (
            "user.kv=c",
            "“c” does not provide user · t:store/kv@1.2.0: what fits is a, b, newer (1.3.0 for 1.2.0), a new store-more",
        ),
        ("user.nothing=a", "“user.nothing=a” names no open import: write INSTANCE.IMPORT=PROVIDER"),
    ] {
        assert_eq!(planned.choice(text, &library).unwrap_err(), why);
    }
}

#[test]
fn what_is_placed_is_wired_too_and_shared() {
    // The caller needs the middle, which needs a store, which the other user needs as well.
    let composition = composed(&["caller", "user"]);
    let library = only(&["caller", "user", "mid", "store"]);
    let planned = all(&composition, &library);
    assert_eq!(
        planned.text(),
        "connect  caller · t:store/kv@1.2.0  from a new store\n\
         connect  caller · t:mid/api  from a new mid\n\
         connect  mid · t:store/kv@1.2.0  from store\n\
         connect  user · t:store/kv@1.2.0  from store\n"
    );
    let depths: Vec<usize> = planned.imports.iter().map(|p| p.depth).collect();
    assert_eq!(depths, [0, 0, 1, 0]);
    assert_eq!(planned.problems, []);
    let made = make(&composition, &library, &planned);
    assert_eq!((made.instances.len(), made.wires.len()), (4, 4));
    encode(&made, &library).unwrap();

    // For one instance alone, the others stay as they are.
    let one = plan(&composition, &library, &Scope::Of(vec!["user".into()]), &Choices::new());
    assert_eq!(one.text(), "connect  user · t:store/kv@1.2.0  from a new store\n");
}

#[test]
fn no_plan_closes_a_cycle_or_places_without_end() {
    let composition = composed(&["xy", "yx"]);
    let library = only(&["xy", "yx"]);
    let planned = all(&composition, &library);
    assert_eq!(
        planned.text(),
        "connect  xy · t:ring/x  from yx\n\
         open     yx · t:ring/y  xy fits, but: The wire would close a cycle: yx → xy → yx\n"
    );
    make(&composition, &library, &planned);

    let composition = composed(&["start"]);
    let library = only(&["start", "step"]);
    let planned = all(&composition, &library);
    assert_eq!(
        planned.text(),
        "connect  start · t:ring/x  from a new step\n\
         open     step · t:ring/x  step fits, but: An instance cannot provide for itself\n"
    );
    make(&composition, &library, &planned);
}

#[test]
fn imports_of_the_host_are_left_alone_unless_an_instance_provides_them() {
    let wit = "package wasi:logging@0.1.0; interface logging { log: func(s: string); }
        world app { import logging; export run: func(); } world sink { export logging; }";
    let (app, sink) = (component("app.wasm", wit, "app"), component("sink.wasm", wit, "sink"));
    let library: Library = [&app, &sink].map(|c| (c.digest, Arc::clone(c))).into();
    let add = |composition: &Composition, name: &str, component| {
        apply(composition, &library, &Edit::AddInstance { name: name.into(), component }).unwrap()
    };
    let alone = add(&Composition::default(), "app", app.digest);
    assert_eq!(all(&alone, &library), Plan::default());
    let with = add(&alone, "sink", sink.digest);
    assert_eq!(all(&with, &library).text(), "connect  app · wasi:logging/logging@0.1.0  from sink\n");
}

#[test]
fn wires_that_resources_forbid_are_said_beforehand() {
    let composition = composed(&["caller", "mid", "a=store", "b=store", "a t:store/kv@1.2.0 > mid t:store/kv@1.2.0"]);
    let library = only(&["caller", "mid", "store"]);
    let choices = Choices::from([(Port::new("caller", KV), Choice::Wire(Port::new("b", KV)))]);
    let planned = plan(&composition, &library, &Scope::All, &choices);
    let [problem] = planned.problems.as_slice() else { panic!("{:?}", planned.problems) };
    assert!(problem.message.contains("its resource “bucket” comes from b here and from a there"), "{problem}");
    let choices = Choices::from([(Port::new("caller", KV), Choice::Wire(Port::new("a", KV)))]);
    let planned = plan(&composition, &library, &Scope::All, &choices);
    assert_eq!(planned.problems, []);
    encode(&make(&composition, &library, &planned), &library).unwrap();
}

#[test]
fn the_instances_that_could_take_a_wire_are_found() {
    let composition =
        composed(&["user", "a=store", "b=store-more", "end", "a t:store/kv@1.2.0 > user t:store/kv@1.2.0"]);
    let to = Port::new("user", KV);
    let (fitting, now) = alternatives(&composition, &library(), &to);
    assert_eq!((fitting, now), (vec![Port::new("a", KV), Port::new("b", KV)], Some(0)));
    let open = apply(&composition, &library(), &Edit::Disconnect(to.clone())).unwrap();
    assert_eq!(alternatives(&open, &library(), &to).1, None);
}

#[test]
fn no_plan_of_any_composition_breaks_it() {
    let names: Vec<&str> = fixtures().keys().copied().collect();
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    let mut next = |below: usize| dice.roll(below);
    let (mut wires, mut placed) = (0, 0);
    for _ in 0..150 {
        let library: Library = (0..1 + next(names.len()))
            .map(|_| names[next(names.len())])
            .map(|n| (digest(n), Arc::clone(&fixtures()[n])))
            .collect();
        let components: Vec<Digest> = library.keys().copied().collect();
        let mut composition = Composition::default();
        for i in 0..1 + next(8) {
            let component = components[next(components.len())];
            composition =
                apply(&composition, &library, &Edit::AddInstance { name: format!("i{i}"), component }).unwrap();
        }
        let scope = match next(2) {
            0 => Scope::All,
            _ => Scope::Of(vec!["i0".into(), "nobody".into()]),
        };
        let mut choices = Choices::new();
        for _ in 0..4 {
            let planned = plan(&composition, &library, &scope, &choices);
            let made = make(&composition, &library, &planned);
            wires += planned.wires();
            placed += planned.places.len();
            assert_eq!(made.wires.len(), composition.wires.len() + planned.wires());
            let faults = check(&made, &library);
            let before = check(&composition, &library);
            for fault in faults.iter().filter(|d| d.severity == crate::diag::Severity::Error && !before.contains(d)) {
                assert!(planned.problems.contains(fault), "{fault}");
            }
            // Whatever is offered can be chosen.
            let open: Vec<_> = planned.imports.iter().filter(|p| !p.offers.is_empty()).collect();
            let Some(import) = open.get(next(open.len().max(1))) else { break };
            let choice = import.offers[next(import.offers.len())].choice();
            choices.insert(import.to.clone(), choice);
        }
    }
    assert!(wires > 300 && placed > 100, "{wires} wires, {placed} placed: too few to say anything");
}
