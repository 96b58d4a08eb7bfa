use super::*;
use crate::component::decode;
use wasm_encoder::{ComponentSection as _, CustomSection};

const WIT: &str = "package t:fake@1.0.0;
    interface types { record point { x: f32, y: option<char> } resource thing; }
    interface api {
        use types.{point, thing};
        variant shape { dot, at(point), many(list<tuple<u8, string>>) }
        flags bits { a, b }
        draw: func(what: shape, how: bits) -> result<string, shape>;
        tell: func(n: f64);
        swap: func(t: borrow<thing>, n: s64) -> thing;
    }
    interface other { ping: func() -> u8; }
    world user { import api; import other; export run: func(); }
    world twin { import other; import api; export go: func(); }
    world maker { export types; }";
const API: &str = "t:fake/api@1.0.0";
const OTHER: &str = "t:fake/other@1.0.0";

/// A function, its rules as conditions and an answer, the answer of all other calls, and whether it is recorded.
type Told<'a> = (&'a str, &'a [(&'a [(&'a str, &'a str)], &'a str)], &'a str, bool);

fn functions(told: &[Told<'_>]) -> BTreeMap<String, Behavior<String>> {
    let answer = |text: &str| match text {
        "trap" => Answer::Trap,
        "return" => Answer::Fixed(None),
        value => Answer::Fixed(Some(value.to_owned())),
    };
    let functions = told.iter().map(|(name, rules, otherwise, recorded)| {
        let rules = rules.iter().map(|(when, then)| {
            let when = when.iter().map(|(p, v)| Condition { parameter: (*p).to_owned(), equals: (*v).to_owned() });
            Rule { when: when.collect(), answer: answer(then) }
        });
        ((*name).to_owned(), Behavior { rules: rules.collect(), otherwise: answer(otherwise), recorded: *recorded })
    });
    functions.collect()
}

/// The composition of instances of these, with what goes by one name wired from the first to the second, composed and split.
fn split(instances: &[(&str, &Arc<Component>)], wires: &[(&str, &str, &str)]) -> Decomposed {
    let library: Library = instances.iter().map(|(_, c)| (c.digest, Arc::clone(c))).collect();
    let mut composition = Composition::default();
    for (name, component) in instances {
        composition.instances.insert((*name).to_owned(), Instance { component: component.digest });
    }
    for (from, to, port) in wires {
        composition.wires.insert(Port::new(*to, *port), Port::new(*from, *port));
    }
    let bytes = encode(&composition, &library).unwrap_or_else(|e| panic!("{e:?}")).bytes;
    decompose(&decode("whole.wasm", bytes.into())).unwrap()
}

fn made(copy: &Decomposed, digest: Digest) -> Option<&Made> {
    copy.pieces.iter().find(|piece| piece.component.digest == digest).unwrap().made.as_ref()
}

fn stub_of(consumer: &Component, import: &str, functions: &BTreeMap<String, Behavior<String>>) -> Vec<u8> {
    let spec = StubSpec::parse(consumer, import, functions).unwrap_or_else(|e| panic!("{e}"));
    stub(consumer, import, &spec).unwrap()
}

#[test]
fn stubs_inside_a_composed_file_are_made_anew_of_what_they_say() {
    let user = component("user", WIT, "user");
    let all: [&[Told<'_>]; 6] = [
        &[],
        &[("draw", &[], "ok(\"drawn \\u{202e}\")", false)],
        &[("tell", &[(&[("n", "nan")], "return"), (&[], "trap")], "trap", false)],
        &[(
            "draw",
            &[
                (&[("how", "{b}"), ("what", "at({x: -0, y: some('ß')})")], "err(many([(7, \"a\\nb\"), (8, \"\")]))"),
                (&[("what", "dot")], "trap"),
            ],
            "err(dot)",
            true,
        )],
        &[("tell", &[], "return", true), ("draw", &[(&[], "ok(\"\")")], "trap", false)],
        // More than is kept: it is a component then, and labelled.
        &[("draw", &[], "ok(\"…\")", false)],
    ];
    for told in all {
        let mut wanted = functions(told);
        let is_long = told.first().is_some_and(|f| f.2.contains('…'));
        if is_long {
            wanted.get_mut("draw").unwrap().otherwise = Answer::Fixed(Some(format!("ok(\"{}\")", "x".repeat(2 << 20))));
        }
        let fake = Arc::new(decode("fake.wasm", stub_of(&user, API, &wanted).into()));
        let copy = split(&[("user", &user), ("fake", &fake)], &[("fake", "user", API)]);
        let Some(Made::Stub { consumer, import, functions }) = made(&copy, fake.digest) else {
            assert!(is_long, "{told:?}");
            continue;
        };
        assert_eq!((is_long, *consumer, import.as_str()), (false, user.digest, API));
        let is_alike = |a: &BTreeMap<String, Behavior<String>>| {
            let spec = StubSpec::parse(&user, API, a).unwrap();
            format!("{spec:?}")
        };
        assert_eq!(is_alike(functions), is_alike(&wanted));
        assert!(made(&copy, user.digest).is_none());
    }
}

/// Two stubs, one of them for an import of another component than it is wired to.
#[test]
fn a_stub_is_made_anew_for_whichever_component_gives_the_same() {
    let (user, twin, maker) =
        (component("user", WIT, "user"), component("twin", WIT, "twin"), component("maker", WIT, "maker"));
    let api = Arc::new(decode("api.wasm", stub_of(&twin, API, &BTreeMap::new()).into()));
    let ping = functions(&[("ping", &[], "7", false)]);
    let other = Arc::new(decode("other.wasm", stub_of(&user, OTHER, &ping).into()));
    let types = "t:fake/types@1.0.0";
    let copy = split(
        &[("maker", &maker), ("user", &user), ("twin", &twin), ("api", &api), ("other", &other)],
        &[
            ("maker", "api", types),
            ("maker", "user", types),
            ("maker", "twin", types),
            ("api", "user", API),
            ("api", "twin", API),
            ("other", "twin", OTHER),
        ],
    );
    for (stub, name) in [(&api, API), (&other, OTHER)] {
        let Some(Made::Stub { import, .. }) = made(&copy, stub.digest) else { panic!("{name}") };
        assert_eq!(import, name);
    }
}

#[test]
fn virtual_wasi_inside_a_composed_file_is_made_anew() {
    let guest = samples::sample("adder-wat");
    let full = VirtualWasi {
        groups: WasiGroup::ALL.into(),
        host: [HostPart::Stdout, HostPart::Clocks].into(),
        environment: [("A".to_owned(), "ß\n".to_owned()), ("B".to_owned(), String::new())].into(),
        arguments: vec!["one".into(), String::new()],
        clock: VirtualClock { seconds: 1_700_000_000, nanoseconds: 5, monotonic: 7, step: 0 },
        seed: u64::MAX,
        stdin: "line\n".into(),
        files: [("/text".to_owned(), b"plain\n".to_vec()), ("/bytes".to_owned(), vec![0, 255, 7])].into(),
        is_writable: true,
    };
    let groups = |groups: &[WasiGroup]| VirtualWasi { groups: groups.iter().copied().collect(), ..full.clone() };
    for settings in [
        full.clone(),
        VirtualWasi::default(),
        VirtualWasi { groups: WasiGroup::ALL.into(), ..VirtualWasi::default() },
        groups(&[WasiGroup::Streams, WasiGroup::Clocks, WasiGroup::Files]),
        VirtualWasi { host: [HostPart::Stdin].into(), ..groups(&[WasiGroup::Streams]) },
        VirtualWasi { host: HostPart::ALL.into(), ..groups(&[WasiGroup::Environment, WasiGroup::Clocks]) },
    ] {
        let wasi = Arc::new(decode("wasi.wasm", virtual_wasi(&settings).unwrap().into()));
        let mut composition = Composition::default();
        for (name, component) in [("guest", &guest), ("wasi", &wasi)] {
            composition.instances.insert(name.to_owned(), Instance { component: component.digest });
            let exports = component.exports.iter().map(|e| (e.name.clone(), Port::new(name, &e.name)));
            composition.exports.extend(exports);
        }
        let library = Library::from([(guest.digest, Arc::clone(&guest)), (wasi.digest, Arc::clone(&wasi))]);
        let encoded = encode(&composition, &library).unwrap_or_else(|e| panic!("{e:?}"));
        let copy = decompose(&decode("whole.wasm", encoded.bytes.into())).unwrap();
        let Some(Made::VirtualWasi(found)) = made(&copy, wasi.digest) else { panic!("{settings:?}") };
        // What is not given is not handed on either.
        let mut wanted = settings.clone();
        wanted.host.retain(|part| settings.hands_on(*part));
        assert_eq!(**found, wanted);
    }
}

/// What says that it is one and is another stays what it is.
#[test]
fn what_does_not_come_out_the_same_stays_a_component() {
    let user = component("user", WIT, "user");
    let honest = stub_of(&user, API, &functions(&[("tell", &[], "return", false)]));
    let section = "wirebench:stands-in";
    // It is the last one.
    let data = |bytes: &[u8]| {
        let mut found = None;
        for payload in super::super::encode::outermost(bytes) {
            if let wasmparser::Payload::CustomSection(s) = payload
                && s.name() == section
            {
                found = Some((s.range().start as usize, s.data().to_vec()));
            }
        }
        found.unwrap()
    };
    let honest_json: serde_json::Value = serde_json::from_slice(&data(&honest).1).unwrap();
    // The code of one stub with what another says of itself.
    let said = |json: &str| {
        let mut bytes = stub_of(&user, API, &BTreeMap::new());
        let (start, _) = data(&bytes);
        // Before it there are its id, which is 0, and its length.
        let id = bytes[..start].iter().rposition(|b| *b == 0).unwrap();
        bytes.truncate(id);
        CustomSection { name: section.into(), data: json.as_bytes().into() }.append_to_component(&mut bytes);
        Arc::new(decode("fake.wasm", bytes.into()))
    };
    let mut others = vec![honest_json.clone()];
    for (key, value) in [
        ("does", serde_json::json!(7)),
        ("does", serde_json::json!({ "tell": { "otherwise": "sing" } })),
        ("does", serde_json::json!({ "gone": { "otherwise": "trap" } })),
        ("does", serde_json::json!({ "tell": { "otherwise": { "return": "9" } } })),
        ("stands_in_for", serde_json::json!(OTHER)),
        ("stands_in_for", serde_json::json!("t:nobody/at-all")),
    ] {
        let mut json = honest_json.clone();
        json[key] = value;
        others.push(json);
    }
    for json in others {
        let fake = said(&json.to_string());
        assert_eq!(fake.diagnostics, []);
        assert!(matches!(StandIn::of(&fake), Some(Ok(StandIn::Stub { .. }))), "{json}");
        let copy = split(&[("user", &user), ("fake", &fake)], &[("fake", "user", API)]);
        assert!(made(&copy, fake.digest).is_none(), "{json}");
    }
    // Neither is a virtual WASI whose settings cannot be read, nor one that is none.
    for component in [&user, &Arc::new(decode("cut.wasm", user.bytes[..20].into()))] {
        assert!(super::super::virtual_wasi::settings_of(component).is_none());
    }
}

/// A file that lies in all it says takes no longer than so many tries do.
#[test]
fn what_lies_uses_up_the_tries() {
    let user = component("user", WIT, "user");
    let honest =
        Arc::new(decode("honest.wasm", stub_of(&user, OTHER, &functions(&[("ping", &[], "7", false)])).into()));
    // The same says of itself what an empty component does not do.
    let mut bytes = wat::parse_str("(component)").unwrap();
    let json = super::super::stand_in::said(&honest).unwrap().unwrap().to_string();
    CustomSection { name: "wirebench:stands-in".into(), data: json.as_bytes().into() }.append_to_component(&mut bytes);
    let liar = Arc::new(decode("liar.wasm", bytes.into()));
    let is_made = |all: &[&Arc<Component>], most: usize| {
        let pieces = all.iter().map(|c| Piece { part: Vec::new(), component: Arc::clone(c), made: None }).collect();
        let (composition, groups, given) = Default::default();
        let copy = Decomposed { composition, pieces, groups, given, notes: Vec::new() }.with_made_within(most);
        assert!(made(&copy, user.digest).is_none());
        made(&copy, honest.digest).is_some()
    };
    let one = 400 << 10;
    assert!(!is_made(&[&user, &honest], 0));
    assert!(is_made(&[&user, &honest], one));
    assert!(!is_made(&[&user, &liar, &honest], one));
    assert!(is_made(&[&user, &liar, &honest], 2 * one));
}
