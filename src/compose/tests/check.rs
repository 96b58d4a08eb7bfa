use super::*;
use crate::diag::{Diagnostic, Severity, Subject};

fn checked(composition: &Composition) -> Vec<Diagnostic> {
    super::super::check(composition, &library())
}

fn fits<'a>(candidates: &'a [Candidate], instance: &str) -> &'a Candidate {
    candidates.iter().find(|c| c.port.instance == instance).unwrap()
}

#[test]
fn candidates_say_how_each_port_fits() {
    let composition = composed(&[
        "user",
        "exact=store",
        "more=store-more",
        "newer=store-newer",
        "older=store-older",
        "wrong=store-wrong",
        "end",
        "exact t:store/kv@1.2.0 > user t:store/kv@1.2.0",
    ]);
    let all = candidates(&composition, &library(), &port("user t:store/kv@1.2.0"), Side::Import);
    assert_eq!(all.len(), 7);
    assert_eq!((&fits(&all, "exact").fit, &fits(&all, "exact").replaces), (&Fit::Exact, &None));
    let replaced = Some(port("exact t:store/kv@1.2.0"));
    assert_eq!((&fits(&all, "more").fit, &fits(&all, "more").replaces), (&Fit::Exact, &replaced));
    let other = Fit::OtherVersion { import: KV.to_owned(), export: "t:store/kv@1.3.0".to_owned() };
    assert_eq!(fits(&all, "newer").fit, other);
    let no = |says: &str| Fit::No(says.to_owned());
    assert_eq!(fits(&all, "older").fit, no("version 1.2.0 or a compatible newer one is needed, this is 1.1.0"));
    assert_eq!(fits(&all, "wrong").fit, no("bucket.get → result → some: expected string, found u32"));
    assert_eq!(fits(&all, "end").fit, no("t:store/kv@1.2.0 is needed, this is t:ring/x"));
    assert_eq!(fits(&all, "user").fit, no("An instance cannot provide for itself"));

    let all = candidates(&composition, &library(), &port("newer t:store/kv@1.3.0"), Side::Export);
    assert_eq!(all.len(), 1);
    assert_eq!((&all[0].port, &all[0].fit, &all[0].replaces), (&port("user t:store/kv@1.2.0"), &other, &replaced));
    assert_eq!(candidates(&composition, &library(), &port("user nothing"), Side::Import), []);
}

#[test]
fn candidates_leave_out_what_would_close_a_cycle() {
    let composition =
        composed(&["a=step", "b=step", "c=step", "d=step", "a t:ring/x > b t:ring/x", "b t:ring/x > c t:ring/x"]);
    let from_import = candidates(&composition, &library(), &port("a t:ring/x"), Side::Import);
    let from_export = candidates(&composition, &library(), &port("c t:ring/x"), Side::Export);
    let cycle = Fit::No("The wire would close a cycle: a → b → c → a".to_owned());
    assert_eq!((&fits(&from_import, "c").fit, &fits(&from_export, "a").fit), (&cycle, &cycle));
    assert_eq!((&fits(&from_import, "d").fit, &fits(&from_export, "d").fit), (&Fit::Exact, &Fit::Exact));
}

#[test]
fn a_thousand_instances_of_two_components_cost_one_comparison() {
    let mut composition = composed(&["user"]);
    for i in 0..999 {
        composition.instances.insert(format!("store-{i}"), Instance { component: digest("store") });
    }
    let all = candidates(&composition, &library(), &port("user t:store/kv@1.2.0"), Side::Import);
    assert_eq!(all.iter().filter(|c| c.fit == Fit::Exact).count(), 999);
    let library = library();
    let mut fits = fit::Fits::default();
    for name in composition.instances.keys() {
        fits.of_ports(&composition, &library, &Port::new(name, KV), &port("user t:store/kv@1.2.0"));
    }
    assert_eq!(fits.made(), 1);
}

/// Rule 9, in a crowd: what is said of a cycle does not grow with it.
#[test]
fn a_long_cycle_is_told_by_its_ends() {
    let mut composition = Composition::default();
    for i in 0..1000 {
        composition.instances.insert(format!("s{i:03}"), Instance { component: digest("step") });
        if i > 0 {
            let from = Port::new(format!("s{:03}", i - 1), "t:ring/x");
            composition.wires.insert(Port::new(format!("s{i:03}"), "t:ring/x"), from);
        }
    }
    let library = library();
    let said = |from: &str, side, of: &str| match &fits(&candidates(&composition, &library, &port(from), side), of).fit
    {
        Fit::No(why) => why.clone(),
        fit => panic!("{fit:?}"),
    };
    let long = "The wire would close a cycle: s000 → s001 → 994 more → s996 → s997 → s998 → s999 → s000";
    assert_eq!(said("s000 t:ring/x", Side::Import, "s999"), long);
    let long = "The wire would close a cycle: s000 → s001 → s002 → s003 → 994 more → s998 → s999 → s000";
    assert_eq!(said("s999 t:ring/x", Side::Export, "s000"), long);
    let short = "The wire would close a cycle: s000 → s001 → s002 → s000";
    assert_eq!(said("s000 t:ring/x", Side::Import, "s002"), short);
    let all = candidates(&composition, &library, &port("s000 t:ring/x"), Side::Import);
    assert!(all.len() == 1000 && all.iter().all(|c| matches!(&c.fit, Fit::No(why) if why.len() < 200)));
}

/// R has to answer at once, however many instances there are.
#[test]
fn the_alternatives_of_an_import_cost_one_comparison_for_each_component() {
    let mut composition = composed(&["user", "end"]);
    for i in 0..500 {
        for (name, fixture) in [("a", "store"), ("b", "store-newer"), ("c", "functions"), ("d", "step")] {
            composition.instances.insert(format!("{name}-{i}"), Instance { component: digest(fixture) });
        }
    }
    let library = library();
    let mut fits = fit::Fits::default();
    let (found, at) =
        crate::compose::autowire::alternatives_with(&mut fits, &composition, &library, &port("user t:store/kv@1.2.0"));
    assert_eq!((found.len(), at), (1000, None));
    assert_eq!(fits.made(), 2, "what has another name is not compared");
}

#[test]
fn what_needs_no_attention_is_not_mentioned() {
    for lines in [
        &[][..],
        &["end"],
        &["typed"],
        &["functions"],
        // What a host gives is asked for elsewhere.
        &["wasi-old", "wasi-new"],
        &["user", "store", "store t:store/kv@1.2.0 > user t:store/kv@1.2.0"],
    ] {
        assert_eq!(checked(&composed(lines)), [], "{lines:?}");
    }
    // A plain type that a world names is nobody's to provide.
    assert_eq!(open_imports(&composed(&["typed"]), &library()), []);
}

#[test]
fn open_imports_are_told_with_what_to_do() {
    let mut composition = composed(&["both", "end", "user", "end t:ring/x > both t:ring/x"]);
    // What is no part of the result leaves nothing open in it.
    assert_eq!(open_imports(&composition, &library()), [port("both t:ring/y")]);
    let found = checked(&composition);
    assert_eq!(
        found[1],
        Diagnostic::warning(
            Subject::Port { instance: "both".to_owned(), port: "t:ring/y".to_owned() },
            "“both” needs t:ring/y"
        )
        .with_hint("Wire it to an export that fits, or it stays an import of the result")
    );
    let about = Subject::Instance("user".to_owned());
    let left_out = Diagnostic::info(about, "“user” is no part of the result: no wire reaches it");
    assert_eq!(found[0], left_out.with_hint("Wire it, or export one of its ports from the result"));
    assert_eq!(found.len(), 2);
    composition.wires.clear();
    let open = ["both t:ring/x", "both t:ring/y", "user t:store/kv@1.2.0"].map(port);
    assert_eq!(open_imports(&composition, &library()), open);
}

#[test]
fn members_are_what_is_wired_or_what_exports_need() {
    let members = |composition: &Composition| composition.members().into_iter().collect::<Vec<_>>().join(" ");
    let instances = ["a=end", "b=end", "c=end", "m=step", "n=step", "user", "store"];
    assert_eq!(members(&Composition::default()), "");
    assert_eq!(members(&composed(&instances)), "a b c m n store user");
    let wires =
        ["b t:ring/x > m t:ring/x", "m t:ring/x > n t:ring/x", "store t:store/kv@1.2.0 > user t:store/kv@1.2.0"];
    let composition = composed(&[&instances[..], &wires[..1]].concat());
    assert_eq!(members(&composition), "b m");
    let composition = composed(&[&instances[..], &wires].concat());
    assert_eq!(members(&composition), "b m n store user");
    for (exports, expected) in [
        (&["n t:ring/x as x"][..], "b m n"),
        (&["m t:ring/x as x"], "b m"),
        (&["c t:ring/x as x"], "c"),
        (&["user run as run", "b t:ring/x as x"], "b store user"),
    ] {
        let composition = composed(&[&instances[..], &wires, exports].concat());
        assert_eq!(members(&composition), expected, "{exports:?}");
    }
    // What a file names and does not have is no part of anything, and a cycle has an end.
    let mut broken = composed(&instances);
    for (to, from) in [("a", "gone"), ("lost", "b"), ("", ""), ("m", "n"), ("n", "m")] {
        broken.wires.insert(Port::new(to, "t:ring/x"), Port::new(from, "t:ring/x"));
    }
    assert_eq!(members(&broken), "a m n");
    broken.exports.insert("x".to_owned(), port("gone t:ring/x"));
    assert_eq!(members(&broken), "");
}

#[test]
fn what_is_left_out_is_told_once_and_why() {
    let lines = ["a=end", "b=end", "m=step", "user", "a t:ring/x > m t:ring/x"];
    let told = |composition: &Composition, library: &Library| {
        let all = super::super::check(composition, library);
        all.into_iter().map(|d| (d.severity, d.message)).collect::<Vec<_>>()
    };
    let info = |text: &str| (Severity::Info, text.to_owned());
    let mut composition = composed(&lines);
    let unwired = ["b", "user"].map(|name| info(&format!("“{name}” is no part of the result: no wire reaches it")));
    assert_eq!(told(&composition, &library()), unwired);
    // It is of a component that is not open: one word about it is enough, and its imports are unknown.
    let mut library = library();
    library.remove(&digest("user"));
    let found = told(&composition, &library);
    assert!(found[0].0 == Severity::Error && found[0].1.starts_with("“user” is of a component that is not open"));
    assert_eq!(found[1..], unwired[..1]);
    composition.instances.remove("user");
    composition.exports.insert("x".to_owned(), port("b t:ring/x"));
    let unneeded =
        ["a", "m"].map(|n| info(&format!("“{n}” is no part of the result: nothing that is exported needs it")));
    assert_eq!(told(&composition, &library), unneeded);
}

#[test]
fn faults_of_a_file_are_told_by_what_they_are_about() {
    // Edits cannot make these; a file that was written by hand can.
    let mut composition = composed(&["a=step", "b=step", "c=step", "end", "functions", "a t:ring/x > b t:ring/x"]);
    composition.wires.insert(port("a t:ring/x"), port("b t:ring/x"));
    composition.wires.insert(port("c t:ring/x"), port("gone t:ring/x"));
    composition.instances.insert(String::new(), Instance { component: digest("end") });
    for (name, from) in [
        ("x", "end t:ring/x"),
        ("X", "functions double"),
        ("No name", "functions shout"),
        ("y", "end t:ring/x"),
        ("z", "end t:ring/z"),
    ] {
        composition.exports.insert(name.to_owned(), port(from));
    }
    let mut found = checked(&composition);
    found.retain(|d| d.severity != Severity::Info);
    assert!(found.iter().all(|d| d.severity == Severity::Error), "{found:?}");
    let found: Vec<String> = found.into_iter().map(|d| d.message).collect();
    assert_eq!(
        found,
        [
            "“” cannot be an instance's name: it is empty",
            "The wire from gone · t:ring/x to c · t:ring/x is broken: there is no instance “gone”",
            "The wires form a cycle, so none of these can be instantiated first: b → a → b",
            "functions · shout cannot be exported as “No name”: an export is named in lower case with hyphens, as in \
             “get-total”, or as an interface, as in “acme:shop/orders@1.0.0”",
            "end · t:ring/x and functions · double are both exported as “x”",
            "end · t:ring/x is exported twice, as “x” and as “y”",
            "“z” exports end · t:ring/z, which does not exist",
        ]
    );
    assert_eq!(composition.validate().len(), 4);
    assert!(encode(&composition, &library()).is_err());
}

#[test]
fn two_knots_are_two_cycles() {
    let mut composition = composed(&["a=step", "b=step", "c=step", "d=step", "e=step"]);
    for (from, to) in [("a", "b"), ("b", "a"), ("d", "d"), ("b", "e"), ("e", "c")] {
        composition.wires.insert(Port::new(to, "t:ring/x"), Port::new(from, "t:ring/x"));
    }
    let names = |cycle: &[&str]| cycle.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
    let (_, stuck) = order::in_order(&composition);
    assert_eq!(order::cycles(&composition, &stuck), [names(&["b", "a", "b"]), names(&["d", "d"])]);
}

#[test]
fn exports_are_those_of_the_last_members_until_some_are_chosen() {
    let lines = ["end", "step", "other=end", "functions", "end t:ring/x > step t:ring/x"];
    let names = |composition: &Composition| {
        let all = result_exports(composition, &library());
        all.into_iter().map(|(name, port)| format!("{name} = {port}")).collect::<Vec<_>>()
    };
    assert_eq!(
        names(&composed(&lines[..4])),
        [
            "end-x = end · t:ring/x",
            "double = functions · double",
            "shout = functions · shout",
            "other-x = other · t:ring/x",
            "step-x = step · t:ring/x"
        ]
    );
    assert_eq!(names(&composed(&lines)), ["t:ring/x = step · t:ring/x"]);
    let chosen = composed(&[&lines[..], &["functions shout as louder"]].concat());
    assert_eq!(names(&chosen), ["louder = functions · shout"]);
    // Names that come to the same are told apart once more, and never take a name that another has for itself.
    let alike = composed(&["A b=end", "a-B!=end", "Ä1=end"]);
    assert_eq!(names(&alike), ["a-b-x = A b · t:ring/x", "a-b-x-n2 = a-B! · t:ring/x", "n1-x = Ä1 · t:ring/x"]);
}

#[test]
fn tracks_are_what_versions_have_in_common() {
    for (name, expected) in [
        ("a:b/c@1.2.3", "a:b/c@1"),
        ("a:b/c@0.2.6", "a:b/c@0.2"),
        ("a:b/c@12.0.0+x", "a:b/c@12"),
        ("a:b/c@0.0.1", "a:b/c@0.0.1"),
        ("a:b/c@1.0.0-rc.1", "a:b/c@1.0.0-rc.1"),
        ("a:b/c@1", "a:b/c@1"),
        ("a:b/c", "a:b/c"),
        ("plain", "plain"),
    ] {
        assert_eq!(track(name), expected);
    }
}
