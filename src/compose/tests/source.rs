use super::*;
use serde_json::json;

fn packages(names: &[&str]) -> BTreeMap<String, Digest> {
    names.iter().map(|name| (format!("t:{name}"), digest(name))).collect()
}

/// A source with its package line, read with the fixtures as packages `t:<fixture>`.
fn read(body: &str) -> Result<Sourced, Vec<String>> {
    let source = format!("package t:test;\n{body}");
    let names: Vec<&str> = fixtures().keys().copied().collect();
    from_wac(&source, &packages(&names), &library()).map_err(|all| all.iter().map(ToString::to_string).collect())
}

fn faults(body: &str) -> Vec<String> {
    read(body).map(|s| panic!("{body}: {:?}", s.composition)).unwrap_err()
}

/// What our own source says it is made of.
fn claimed(source: &str) -> BTreeMap<String, Digest> {
    wac_packages(source).unwrap().iter().map(|w| (w.key(), w.digest.unwrap())).collect()
}

#[test]
fn what_is_written_as_wac_is_read_back_to_the_same_bytes() {
    let library = library();
    for lines in [
        &["user", "store", "store t:store/kv@1.2.0 > user t:store/kv@1.2.0"][..],
        &[
            "Fraud check=end",
            "b\u{fc}ro \u{202e}\"x\"\n=step",
            "Fraud check t:ring/x > b\u{fc}ro \u{202e}\"x\"\n t:ring/x",
        ],
        &[
            "z=store",
            "b=mid",
            "a=caller",
            "z t:store/kv@1.2.0 > b t:store/kv@1.2.0",
            "z t:store/kv@1.2.0 > a t:store/kv@1.2.0",
            "b t:mid/api > a t:mid/api",
        ],
        &["one=logger", "two=logger", "one t:plain/log as first", "two t:plain/log as t:plain/log"],
        &["n=named", "f=functions", "f double > n twice", "n run as go"],
        &["n=store-newer", "o=user", "n t:store/kv@1.3.0 > o t:store/kv@1.2.0", "o run as run"],
    ] {
        let before = composed(lines);
        let source = wac(&before, &library, ANY_FILE);
        let after = from_wac(&source, &claimed(&source), &library).unwrap_or_else(|e| panic!("{e:?}\n{source}"));
        assert_eq!(after.notes, [], "{source}");
        assert_eq!(after.composition.validate(), Vec::<String>::new());
        assert_eq!((&after.composition.instances, &after.composition.wires), (&before.instances, &before.wires));
        let exports: BTreeMap<_, _> = result_exports(&before, &library).into_iter().collect();
        assert_eq!(after.composition.exports, exports, "{source}");
        assert_eq!(encode(&after.composition, &library).unwrap().bytes, encode(&before, &library).unwrap().bytes);
        assert_eq!(wac(&after.composition, &library, ANY_FILE), source);
        // It is what the language's own tools read, too, and they make the same of it.
        if lines[0] == "one=logger" {
            continue; // the types of both exports are the same to them, which no WIT can say
        }
        let document = wac_parser::Document::parse(&source).unwrap();
        let packages = claimed(&source);
        let files = packages.iter().map(|(name, digest)| {
            let key = wac_types::BorrowedPackageKey::from_name_and_version(name, None);
            (key, library[digest].bytes.to_vec())
        });
        let theirs = document.resolve(files.collect()).unwrap_or_else(|e| panic!("{e:?}\n{source}"));
        let theirs = decode("theirs.wasm", theirs.encode(wac_graph::EncodeOptions::default()).unwrap().into());
        let ours = decode("ours.wasm", encode(&before, &library).unwrap().bytes.into());
        let names = |list: &[Extern]| list.iter().map(|e| e.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&ours.imports), names(&theirs.imports), "{source}");
        assert_eq!(names(&ours.exports), names(&theirs.exports), "{source}");
    }
}

#[test]
fn components_are_found_again_by_digest_and_by_name() {
    let library = library();
    let source = wac(&composed(&["end", "start", "end t:ring/x > start t:ring/x"]), &library, ANY_FILE);
    let wanted = wac_packages(&source).unwrap();
    let named: Vec<_> = wanted.iter().map(|w| (w.key(), w.digest, w.component.as_deref())).collect();
    let (end, start) = (Some(digest("end")), Some(digest("start")));
    assert_eq!(named, [("local:end".to_owned(), end, None), ("local:start".to_owned(), start, None)]);
    // A component whose name is no identifier keeps it.
    let mut odd = Component::clone(&library[&digest("end")]);
    odd.name = "The \"End\"\u{202e}".to_owned();
    let mut library = library;
    library.insert(odd.digest, Arc::new(odd));
    let source = wac(&composed(&["end"]), &library, ANY_FILE);
    let wanted = wac_packages(&source).unwrap();
    assert_eq!(
        (wanted[0].key(), wanted[0].component.as_deref()),
        ("local:the-end".to_owned(), Some("The \"End\"\u{202e}"))
    );
    // Versions are part of a name; each package is listed once, wherever it stands.
    let source = "package a:b;\nexport new x:y@1.2.0 { a: (new x:z { ... }).b, c: new x:y@1.2.0 {}.d } as e;";
    let wanted = wac_packages(source).unwrap();
    let places: Vec<_> = wanted.iter().map(|w| (w.key(), w.line, w.column)).collect();
    assert_eq!(places, [("x:y@1.2.0".to_owned(), 2, 12), ("x:z".to_owned(), 2, 32)]);
}

#[test]
fn the_ways_to_give_an_argument_mean_what_they_mean_in_wac() {
    let wire = |to: &str, from: &str| (port(to), port(from));
    let kv = format!("user {KV}");
    let wired: BTreeMap<Port, Port> = BTreeMap::from([wire(&kv, &format!("store {KV}"))]);
    for body in [
        "let store = new t:store {}; let user = new t:user { \"t:store/kv@1.2.0\": store[\"t:store/kv@1.2.0\"] };",
        "let store = new t:store {}; let user = new t:user { kv: store.kv };",
        "let store = new t:store {}; let kv = store.kv; let user = new t:user { kv };",
        "let store = new t:store {}; let other = store.kv; let user = new t:user { other };",
        "let store = new t:store {}; let user = new t:user { ...store };",
        "let user = new t:user { kv: new t:store {}.kv };",
        "let user = (new t:user { kv: ((new t:store { ... })).kv, ... });",
    ] {
        let read = read(&format!("{body} export user.run;")).unwrap_or_else(|e| panic!("{body}: {e:?}"));
        assert_eq!(read.composition.wires, wired, "{body}");
        assert_eq!(read.composition.exports, BTreeMap::from([("run".to_owned(), port("user run"))]));
    }
    // A compatible version is taken where the exact one is not there; the rest is imported.
    let read = read("let s = new t:store-newer {}; let user = new t:user { ...s, ... }; export user...; export s...;")
        .unwrap();
    assert_eq!(read.composition.wires, BTreeMap::from([wire(&kv, "s t:store/kv@1.3.0")]));
    assert_eq!(read.composition.exports.len(), 2);
    assert_eq!(read.name, "test");
}

#[test]
fn what_cannot_be_held_is_refused_at_its_place() {
    for (body, place, words) in [
        (
            "import kv: t:store/kv;\nlet x = new t:user { kv };",
            "Line 3, column 22",
            "goes by the name of the one who asks",
        ),
        ("import f: func();\nimport g as f: func();", "Line 3, column 8", "an import “f” already"),
        ("import f: func();\nlet f = new t:end {};", "Line 3, column 5", "“f” already"),
        ("import i: t:ring/x;\nexport i;", "Line 3, column 8", "only what an instance gives"),
        ("import i: t:ring/x;\nexport i.f;", "Line 3, column 10", "as a whole"),
        ("import i: t:ring/x;\nlet s = new t:start { ...i };", "Line 3, column 26", "function by function"),
        ("import i: t:ring/x;\nlet s = new t:start { i, x: i };", "Line 3, column 26", "given twice"),
        (
            "import twice: func(a: u8) -> u32;\nlet n = new t:named { twice, ... };",
            "Line 3, column 23",
            "What is given for “twice” has another type: mismatched type",
        ),
        ("interface i { f: func(); }", "Line 2, column 11", "Types of its own"),
        ("let x = new t:gone {};", "Line 2, column 13", "“t:gone” was not found"),
        ("let x = y.z;", "Line 2, column 9", "no “y” before"),
        ("let x = new t:end {};\nlet x = new t:end {};", "Line 3, column 5", "“x” already"),
        ("let x = new t:end {};\nexport x.gone;", "Line 3, column 10", "no export “gone”; its exports: t:ring/x"),
        ("let x = new t:end {};\nexport x.x.f;", "Line 3, column 12", "the whole of it"),
        ("let x = new t:end {};\nexport x;", "Line 3, column 8", "a whole instance"),
        ("let x = new t:end {};\nexport x.x...;", "Line 3, column 8", "one by one"),
        (
            "let x = new t:end {};\nexport x.x as \"run\";\nexport x.x as \"run\";",
            "Line 4, column 15",
            "is the name of",
        ),
        ("let x = new t:end {};\nexport x.x as \"a:b/c\";", "Line 3, column 15", "another interface's name"),
        ("let e = new t:end {};\nlet s = new t:start { x: e };", "Line 3, column 23", "a whole instance"),
        ("let s = new t:start {};", "Line 2, column 13", "needs t:ring/x"),
        ("let e = new t:end { nothing: e };", "Line 2, column 30", "no “e” before"),
        ("let l = new t:logger {};\nlet s = new t:start { x: l.log };", "Line 3, column 23", "t:plain/log"),
        ("let w = new t:store-wrong {};\nlet u = new t:user { ...w };", "Line 3, column 25", "string"),
        ("let l = new t:logger {};\nlet s = new t:start { ...l };", "Line 3, column 26", "exports nothing that"),
        (
            "let o = new t:store-older {};\nlet u = new t:user { ...o };",
            "Line 3, column 25",
            "imported here: t:store/kv@1.2.0 or a compatible newer version is needed, and it has t:store/kv@1.1.0",
        ),
        (
            "let e = new t:end {};\nlet s = new t:start { x: e.x, ...e };",
            "Line 3, column 34",
            "“e” exports nothing that is imported here",
        ),
        ("let s = new t:start { ..., x: s };", "Line 2, column 23", "the last"),
        ("let e = new t:end {};\nlet s = new t:start { x: e.x, x: e.x };", "Line 3, column 31", "given twice"),
        ("let e = new t:end {", "Line 2", "not WAC"),
        ("let \u{202e} = 1", "Line 2, column 5", "not WAC"),
    ] {
        let all = faults(body);
        assert!(all[0].starts_with(place) && all[0].contains(words), "{body}\n{place} {words}\n{all:?}");
        assert!(all.len() <= 2, "one fault is said once: {body}\n{all:?}");
    }
    // Several faults are all said, and what depends on one is no further fault.
    let all = faults("let a = new t:gone {};\nlet b = new t:start { x: a.x };\nexport b.run;\nlet c = new t:lost {};");
    assert_eq!(all.len(), 2, "{all:?}");
    let read = read("let e = new t:end {};").unwrap();
    assert!(read.notes[0].message.contains("exports nothing"), "{:?}", read.notes);
}

#[test]
fn an_import_that_an_instance_asks_for_by_that_name_is_left_open() {
    let ring = "import i: t:ring/x;";
    for (body, open) in [
        (format!("{ring} let s = new t:start {{ i }};"), "t:ring/x"),
        (format!("{ring} let s = new t:start {{ x: i }};"), "t:ring/x"),
        (format!("{ring} let j = i; let s = new t:start {{ \"t:ring/x\": (j), ... }};"), "t:ring/x"),
        (
            "import x as \"t:ring/x\": interface { f: func(a: u32) -> u32; }; let s = new t:start { x };".into(),
            "t:ring/x",
        ),
        ("import twice: func(a: u32) -> u32; let s = new t:named { twice, ... };".into(), "twice"),
    ] {
        let read = read(&format!("{body} export s.run;")).unwrap_or_else(|e| panic!("{body}: {e:?}"));
        assert_eq!(read.composition.wires, BTreeMap::new(), "{body}");
        let encoded = encode(&read.composition, &library()).unwrap();
        let imports = decode("x.wasm", encoded.bytes.into()).imports;
        assert!(imports.iter().any(|i| i.name == open), "{body}: {imports:?}");
        // The types are looked at where the package is there.
        let notes: Vec<_> = read.notes.iter().map(ToString::to_string).collect();
        match body.contains(ring) {
            true => assert_eq!(
                notes,
                [
                    "Line 2, column 11: Whether the result fits its imports is not checked: the package “t:ring” was not found"
                ]
            ),
            false => assert_eq!(notes, [""; 0]),
        }
    }
    let twice = read("let e = new t:end {};\nexport e.x as a;\nexport e.x as b;").unwrap();
    let note = "Line 4, column 15: e · t:ring/x is exported as “a” already, and nothing can be exported twice";
    assert_eq!(twice.notes.iter().map(ToString::to_string).collect::<Vec<_>>(), [note]);
    let read = read("import f: func();\nexport new t:end {}.x;").unwrap();
    let note = "Line 2, column 8: Nothing takes the import “f”, so the result does not ask for it";
    assert_eq!(read.notes.iter().map(ToString::to_string).collect::<Vec<_>>(), [note]);
}

#[test]
fn what_a_source_is_for_is_checked_where_its_package_is_there() {
    let wit = "package t:made;
        world asks { import t:ring/x; export run: func(); }
        world other { import t:ring/x; export go: func(); }
        world less { export run: func(); }
        package t:ring { interface x { f: func(a: u32) -> u32; } }";
    let mut resolve = Resolve::default();
    let package = resolve.push_str("world.wit", wit).unwrap();
    let package = Arc::new(decode("world.wasm", wit_component::encode(&resolve, package).unwrap().into()));
    let mut library = library();
    let mut packages = packages(&["start"]);
    packages.insert("t:made".into(), package.digest);
    library.insert(package.digest, package);
    let read = |world: &str, packages: &BTreeMap<String, Digest>| {
        let source = format!("package a:b targets t:made/{world};\nlet s = new t:start {{ ... }};\nexport s.run;");
        assert_eq!(wac_packages(&source).unwrap().iter().map(|w| w.is_types).collect::<Vec<_>>(), [false, true]);
        from_wac(&source, packages, &library)
    };
    assert_eq!(read("asks", &packages).unwrap().notes, []);
    for (world, words) in [
        ("other", "Line 1, column 21: The world “t:made/other” wants the export “go”, and the result has none"),
        ("less", "Line 1, column 21: The result asks for “t:ring/x”, and the world “t:made/less” has no such import"),
        ("none", "Line 1, column 28: The package “t:made” has no “none”"),
    ] {
        let found = read(world, &packages).unwrap_err();
        assert!(found.len() == 1 && found[0].to_string().starts_with(words), "{found:?}");
    }
    packages.remove("t:made");
    let notes = read("asks", &packages).unwrap().notes;
    let note =
        "Line 1, column 21: Whether the result fits “t:made/asks” is not checked: the package “t:made” was not found";
    assert_eq!(notes.iter().map(ToString::to_string).collect::<Vec<_>>(), [note]);
}

#[test]
fn hostile_source_ends_in_words() {
    let deep = format!("let x = {}y{};", "(".repeat(100_000), ")".repeat(100_000));
    assert!(faults(&deep)[0].contains("brackets"), "{:?}", faults(&deep));
    let inner = format!("let x = {}", "new t:end { a: ".repeat(100_000));
    assert!(faults(&inner)[0].contains("brackets"));
    let types = format!("type x = {}u8", "list<".repeat(100_000));
    assert!(faults(&types)[0].contains("brackets"));
    let many = "export new t:end {}.x as \"a\";".repeat(5_000);
    assert_eq!(faults(&many).len(), 20, "faults are counted, not all listed");
    let wide: String = (0..1_001).map(|i| format!("let x{i} = new t:end {{}};")).collect();
    assert!(faults(&wide)[0].contains("more than 1000 instances"), "{:?}", faults(&wide));
    assert!(from_wac(&" ".repeat(5 << 20), &BTreeMap::new(), &library()).unwrap_err()[0].message.contains("MiB"));
    for text in
        ["", "package", "package a:b; /* ", "package a:b; let x = \"", "\0", "package a:b; export /**/ /***/ x;"]
    {
        assert!(from_wac(text, &BTreeMap::new(), &library()).is_err(), "{text:?}");
    }
    // Comments of our own form may claim anything.
    let source = format!(
        "// deps/x/y.wasm  sha256 {}\n// deps/x/z.wasm  sha256 12  named {{\n// deps/x/w.wasm  sha256 {}  named \"{}\"\n\
         package a:b;\n/// instance \"\"\nlet a = new x:y {{}};\n/// instance [1]\nlet b = new x:w {{}};",
        "g".repeat(64),
        "0".repeat(64),
        "n".repeat(10_000)
    );
    let wanted = wac_packages(&source).unwrap();
    let digests: Vec<_> = wanted.iter().map(|w| (w.digest, w.component.as_deref())).collect();
    assert_eq!(digests, [(None, None), (Some(Digest([0; 32])), None)]);
    let all = BTreeMap::from([("x:y".to_owned(), digest("end")), ("x:w".to_owned(), digest("end"))]);
    let read = from_wac(&source, &all, &library()).unwrap();
    assert_eq!(read.composition.instances.keys().collect::<Vec<_>>(), ["b", "y"]);
    assert_eq!(read.composition.validate(), Vec::<String>::new());
}

#[test]
fn a_component_that_is_not_open_is_an_instance_all_the_same() {
    let library = library();
    let source = wac(&composed(&["end", "start", "end t:ring/x > start t:ring/x"]), &library, ANY_FILE);
    let mut fewer = library.clone();
    fewer.remove(&digest("end"));
    let read = from_wac(&source, &claimed(&source), &fewer).unwrap();
    assert_eq!(read.composition.wires.len(), 1);
    assert!(check(&read.composition, &fewer).iter().any(|d| d.message.contains("is not open")));
}

#[test]
fn the_graph_as_json_says_what_is_wired_and_what_stays_open() {
    let library = library();
    let composition = composed(&["end", "start", "user", "end t:ring/x > start t:ring/x"]);
    let end = |instance: &str, name: &str| json!({ "instance": instance, "name": name });
    let found = super::super::json(&composition, &library, &Legend::default());
    assert_eq!(
        found,
        json!({
            "version": 1,
            "tool": format!("wirebench {}", env!("CARGO_PKG_VERSION")),
            "instances": [
                { "name": "end", "component": "end", "sha256": digest("end").to_string() },
                { "name": "start", "component": "start", "sha256": digest("start").to_string() },
                { "name": "user", "component": "user", "sha256": digest("user").to_string() },
            ],
            "wires": [{ "from": end("end", "t:ring/x"), "to": end("start", "t:ring/x") }],
            "exports": [{ "name": "run", "from": end("start", "run") }],
            "stand_ins": [],
            "open_imports": [],
            "not_in_the_result": ["user"],
            "stubs_left_out": [],
            "groups": [],
        })
    );
    let open = super::super::json(&composed(&["user"]), &library, &Legend::default());
    assert_eq!(open["open_imports"], json!([end("user", KV)]));
}
