use super::*;

fn hostile() -> Composition {
    composed(&[
        "Fraud check=end",
        "fraud-check=end",
        "a\"];evil[\"\n\u{202e}=step",
        "new=start",
        "Fraud check t:ring/x > a\"];evil[\"\n\u{202e} t:ring/x",
        "a\"];evil[\"\n\u{202e} t:ring/x > new t:ring/x",
    ])
}

#[test]
fn wac_source_names_every_instance_wire_and_export() {
    let library = library();
    let mut composition = hostile();
    for (name, from) in [("t:ring/x", "fraud-check t:ring/x"), ("run", "new run")] {
        composition.exports.insert(name.to_owned(), port(from));
    }
    let text = wac(&composition, &library, ANY_FILE);
    let file = |fixture: &str| format!("// deps/local/{fixture}.wasm  sha256 {}\n", digest(fixture));
    for line in ["end", "step", "start"].map(file) {
        assert!(text.contains(&line), "{text}");
    }
    let body = text.split_once("package local:composition;\n\n").unwrap().1;
    assert_eq!(
        body,
        "/// instance \"Fraud check\"\nlet %fraud-check = new local:end {\n    ...\n};\n\
         /// instance \"a\\\"];evil[\\\"\\u000a\\u202e\"\n\
         let %a-evil = new local:step {\n    \"t:ring/x\": %fraud-check[\"t:ring/x\"],\n    ...\n};\n\
         /// instance \"fraud-check\"\n\
         let %fraud-check-n2 = new local:end {\n    ...\n};\n\
         let %new = new local:start {\n    \"t:ring/x\": %a-evil[\"t:ring/x\"],\n    ...\n};\n\n\
         export %fraud-check-n2[\"t:ring/x\"] as \"t:ring/x\";\n\
         export %new[\"run\"] as \"run\";\n"
    );
    // What is no part of the result is not in its source either, but in the charts.
    let composition = composed(&["user", "end", "start", "end t:ring/x > start t:ring/x"]);
    let text = wac(&composition, &library, ANY_FILE);
    assert_eq!((text.matches("// deps/").count(), text.matches("= new local:").count()), (2, 2), "{text}");
    assert!(!text.contains("user"), "{text}");
    assert!(
        mermaid(&composition, &library, &BTreeMap::new()).contains("user")
            && dot(&composition, &library, &BTreeMap::new()).contains("user")
    );
}

#[test]
fn wac_source_says_how_to_compose_the_file_it_is_in() {
    let (composition, library) = (composed(&["end"]), library());
    let first = |file: &str| wac(&composition, &library, file).lines().next().unwrap().to_owned();
    assert_eq!(first("'my shop.wac'"), "// Compose with: wac compose 'my shop.wac' -o composed.wasm");
    // What the language forbids in comments cannot stand there, and nothing ends the comment.
    for file in ["a\nlet %x = 1;", "a\u{202e}b.wac", "a\u{149}b.wac"] {
        assert_eq!(first(file), "// Compose with: wac compose composition.wac -o composed.wasm");
        assert!(wac_packages(&wac(&composition, &library, file)).is_ok(), "{file:?}");
    }
}

#[test]
fn charts_hold_whatever_name_an_instance_has() {
    let library = library();
    assert_eq!(
        mermaid(&hostile(), &library, &BTreeMap::new()),
        "flowchart LR\n    \
         n0[\"Fraud check (end)\"]\n    \
         n1[\"a#34;]#59;evil[#34;#92;n#92;u{202e} (step)\"]\n    \
         n2[\"fraud-check (end)\"]\n    \
         n3[\"new (start)\"]\n    \
         n0 -->|\"x\"| n1\n    \
         n1 -->|\"x\"| n3\n"
    );
    assert_eq!(
        dot(&hostile(), &library, &BTreeMap::new()),
        "digraph composition {\n    rankdir=LR;\n    node [shape=box];\n    \
         n0 [label=\"Fraud check (end)\"];\n    \
         n1 [label=\"a\\\"];evil[\\\"\\\\n\\\\u{202e} (step)\"];\n    \
         n2 [label=\"fraud-check (end)\"];\n    \
         n3 [label=\"new (start)\"];\n    \
         n0 -> n1 [label=\"x\"];\n    \
         n1 -> n3 [label=\"x\"];\n}\n"
    );
}

#[test]
fn text_forms_are_made_of_what_cannot_be_encoded_too() {
    let mut composition = composed(&["a=step", "b=step", "a t:ring/x > b t:ring/x"]);
    composition.wires.insert(port("a t:ring/x"), port("b t:ring/x"));
    composition.wires.insert(port("b t:ring/y"), port("gone t:ring/y"));
    let nothing = Library::new();
    assert_eq!(wac(&composition, &nothing, ANY_FILE).matches("= new local:").count(), 2);
    assert_eq!(mermaid(&composition, &nothing, &BTreeMap::new()).matches("-->").count(), 2);
    assert_eq!(dot(&composition, &nothing, &BTreeMap::new()).matches("->").count(), 2);
}

#[test]
fn charts_have_frames_with_whatever_title() {
    let group = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect();
    let groups = BTreeMap::from([
        ("end\"]\n  %% {}".to_owned(), group(&["new", "gone", "Fraud check"])),
        ("other".to_owned(), group(&["new"])),
    ]);
    let chart = mermaid(&hostile(), &library(), &groups);
    assert!(
        chart.starts_with(
            "flowchart LR\n    subgraph g0[\"end#34;]#92;n  %% {}\"]\n        n0[\"Fraud check (end)\"]\n        \
             n3[\"new (start)\"]\n    end\n    n1["
        ),
        "{chart}"
    );
    let chart = dot(&hostile(), &library(), &groups);
    assert!(
        chart.contains(
            "    subgraph cluster_0 {\n        label=\"end\\\"]\\\\n  %% {}\";\n        n0 [label=\"Fraud check (end)\"];\n        \
             n3 [label=\"new (start)\"];\n    }\n    n1 ["
        ),
        "{chart}"
    );
    assert!(!chart.contains("other"), "a group without instances is not drawn");
}
