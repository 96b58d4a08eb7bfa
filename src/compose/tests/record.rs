use super::*;
use wasm_encoder::{ComponentSection as _, CustomSection};

fn whole(bytes: Vec<u8>) -> Component {
    let whole = decode("whole.wasm", bytes.into());
    assert_eq!(whole.diagnostics, []);
    whole
}

/// Three instances of two components.
fn lines() -> Composition {
    composed(&[
        "Fraud check=end",
        "mid=step",
        "new=start",
        "Fraud check t:ring/x > mid t:ring/x",
        "mid t:ring/x > new t:ring/x",
    ])
}

fn with_record(text: &str) -> Component {
    let mut bytes = unchecked(&lines(), &library()).unwrap();
    CustomSection { name: "wirebench:composition".into(), data: text.as_bytes().into() }
        .append_to_component(&mut bytes);
    whole(bytes)
}

/// The record as it is written, as JSON.
fn written() -> serde_json::Value {
    let bytes = encode(&lines(), &library()).unwrap().bytes;
    let text = String::from_utf8_lossy(&bytes);
    let start = text.rfind("{\"version\":").unwrap();
    serde_json::from_str(&text[start..]).unwrap()
}

#[test]
fn a_composed_file_says_what_it_was_composed_of_and_it_holds() {
    let library = library();
    let composition = lines();
    let bytes = encode(&composition, &library).unwrap().bytes;
    assert_eq!(bytes, encode(&composition, &library).unwrap().bytes, "the same composition gives the same bytes");
    let inside = inside(&whole(bytes));
    let Some(Claim::Record(record, differences)) = &inside.claim else { panic!("{:?}", inside.claim) };
    assert_eq!(differences, &Vec::<String>::new());
    assert_eq!(record.tool, format!("wirebench {}", env!("CARGO_PKG_VERSION")));
    assert!(record.instances.iter().all(|i| i.standing == Standing::Matches));
    let names: Vec<_> = record.instances.iter().map(|i| (i.name.as_str(), i.component.as_str())).collect();
    assert_eq!(names, [("Fraud check", "end"), ("mid", "step"), ("new", "start")]);
    assert_eq!(record.wires, composition.wires);
    // The names of the components are the file's, and those of the instances too.
    let nodes: Vec<_> = inside.nodes.iter().map(|n| (n.name.as_str(), n.of.as_str())).collect();
    assert_eq!(nodes, names);
    assert!(super::super::inside(&library[&digest("end")]).claim.is_none());
}

#[test]
fn names_come_back_from_the_record_where_the_name_section_is_gone() {
    let library = library();
    let composition = composed(&["second=end", "first=end", "second t:ring/x as t:ring/x", "first t:ring/x as other"]);
    let bytes = encode(&composition, &library).unwrap().bytes;
    let stripped = without_names(&bytes);
    assert!(stripped.len() < bytes.len());
    let names = |bytes: Vec<u8>| {
        let inside = inside(&whole(bytes));
        assert!(matches!(&inside.claim, Some(Claim::Record(_, d)) if d.is_empty()), "{:?}", inside.claim);
        inside.nodes.iter().map(|n| n.name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(stripped), names(bytes));
}

/// The bytes without the outermost name section.
fn without_names(bytes: &[u8]) -> Vec<u8> {
    let mut out = wasm_encoder::Component::new();
    let mut depth = 0;
    for payload in wasmparser::Parser::new(0).parse_all(bytes) {
        let payload = payload.unwrap();
        let is_name = matches!(&payload, wasmparser::Payload::CustomSection(s) if s.name() == "component-name");
        if let (Some((id, range)), 0, false) = (payload.as_section(), depth, is_name) {
            let data = &bytes[range.start as usize..range.end as usize];
            out.section(&wasm_encoder::RawSection { id, data });
        }
        match payload {
            wasmparser::Payload::ModuleSection { .. } | wasmparser::Payload::ComponentSection { .. } => depth += 1,
            wasmparser::Payload::End(_) => depth -= 1,
            _ => {}
        }
    }
    out.finish()
}

#[test]
fn a_record_that_does_not_hold_is_shown_as_that() {
    let change = |edit: &dyn Fn(&mut serde_json::Value)| {
        let mut json = written();
        edit(&mut json);
        let inside = inside(&with_record(&json.to_string()));
        let Some(Claim::Record(record, differences)) = inside.claim else { panic!("{:?}", inside.claim) };
        (record, differences)
    };
    assert_eq!(change(&|_| {}).1, Vec::<String>::new());
    let (record, differences) = change(&|json| json["instances"][0]["sha256"] = "0".repeat(64).into());
    assert_eq!(record.instances[0].standing, Standing::DoesNotMatch(digest("end")));
    assert!(differences[0].contains("“Fraud check” is of a component with the SHA-256"), "{differences:?}");
    let (record, differences) = change(&|json| json["instances"][1]["name"] = "evil\u{202e}".into());
    assert_eq!(record.instances[1].standing, Standing::IsMissing);
    assert!(differences.iter().all(|d| !d.contains('\u{202e}')), "{differences:?}");
    assert!(differences.iter().any(|d| d == "“mid” is inside and not in the record"), "{differences:?}");
    let (_, differences) = change(&|json| json["wires"] = serde_json::json!([]));
    assert_eq!(differences.len(), 2, "{differences:?}");
    let (_, differences) = change(&|json| json["exports"][0]["from"]["name"] = "other".into());
    assert_eq!(differences.len(), 1, "{differences:?}");
    let (_, differences) = change(&|json| {
        let list = (0..1_000).map(|i| serde_json::json!({ "name": format!("i{i}"), "sha256": "0".repeat(64) }));
        json["instances"] = list.collect();
    });
    assert_eq!(differences.len(), 21, "they are counted");
}

#[test]
fn a_record_that_cannot_be_read_is_labelled() {
    let huge = "[".repeat(9 << 20);
    for (text, words) in [
        ("", "not JSON"),
        ("[]", "in which form"),
        ("{\"version\": 2}", "version 2"),
        (&huge, "more than 8 MiB"),
        (&huge[..100_000], "not JSON"),
    ] {
        match inside(&with_record(text)).claim {
            Some(Claim::Broken(why)) => assert!(why.contains(words), "{words}: {why}"),
            other => panic!("{words}: {other:?}"),
        }
    }
    // A second record is said, and a nested one is no record of the whole.
    let mut bytes = encode(&lines(), &library()).unwrap().bytes;
    let nested = whole({
        let mut outer = wasm_encoder::Component::new();
        outer.section(&wasm_encoder::RawSection { id: 4, data: &bytes });
        outer.finish()
    });
    assert!(inside(&nested).claim.is_none());
    CustomSection { name: "wirebench:composition".into(), data: b"{}".as_slice().into() }
        .append_to_component(&mut bytes);
    match inside(&whole(bytes)).claim {
        Some(Claim::Record(_, differences)) => assert!(differences[0].contains("2 such records"), "{differences:?}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_of_a_record_cannot_be_read_is_said_and_the_rest_is_shown() {
    for (text, words) in [
        ("{\"version\": 1}", "it has no list of instances"),
        ("{\"version\": 1, \"instances\": 7}", "it has no list of instances"),
        ("{\"version\": 1, \"instances\": [3, {}]}", "2 of its instances cannot be read"),
        ("{\"version\": 1, \"wires\": [{}]}", "1 of its wires cannot be read"),
        ("{\"version\": 1, \"stand_ins\": [{}]}", "of one that stands in: it does not say what it is"),
    ] {
        let claim = inside(&with_record(text)).claim.unwrap();
        assert!(claim.differences().iter().any(|d| d == words), "{words}: {claim:?}");
        assert!(claim.summary().ends_with("not all of that can be read"), "{}", claim.summary());
    }
    let mut json = written();
    json["instances"][1] = 3.into();
    json["stand_ins"] = serde_json::json!([{ "sha256": "0".repeat(64), "kind": "god" }]);
    let inside = inside(&with_record(&json.to_string()));
    let Some(Claim::Record(record, differences)) = &inside.claim else { panic!("{:?}", inside.claim) };
    assert_eq!(record.instances.len(), 2);
    assert_eq!(record.wires, lines().wires);
    assert_eq!(
        differences,
        &[
            "1 of its stand ins cannot be read",
            "of one that stands in: its kind is not known",
            "1 of its instances cannot be read",
            "“mid” is inside and not in the record"
        ]
    );
    // What could not be read may have been about any of them.
    assert!(inside.nodes.iter().all(|n| n.said == Said::Nothing), "{:?}", inside.nodes);
}

const STEP: &str = "t:ring/x";

/// `start` with a stub and a virtual WASI beside it.
fn with_stand_ins() -> (Composition, Library) {
    let mut library = library();
    let consumer = Arc::clone(&library[&digest("start")]);
    let function = consumer.import(STEP).unwrap().functions()[0].name.clone();
    let spec = StubSpec { functions: BTreeMap::from([(function, Behavior { recorded: true, ..Behavior::default() })]) };
    let settings = VirtualWasi { seed: 7, ..VirtualWasi::default() };
    let stub = decode("stub.wasm", stub(&consumer, STEP, &spec).unwrap().into());
    let wasi = decode("wasi.wasm", virtual_wasi(&settings).unwrap().into());
    let mut composition = composed(&["start", "start run as run"]);
    for (name, component) in [("fake", stub), ("wasi", wasi)] {
        composition.instances.insert(name.to_owned(), Instance { component: component.digest });
        library.insert(component.digest, Arc::new(component));
    }
    composition.wires.insert(Port::new("start", STEP), Port::new("fake", STEP));
    let random = library[&composition.instances["wasi"].component].exports.iter().find(|e| e.name.contains("/random@"));
    let random = random.unwrap().name.clone();
    composition.exports.insert(random.clone(), Port::new("wasi", random));
    (composition, library)
}

fn said_of<'a>(inside: &'a Inside, name: &str) -> &'a Said {
    let names: Vec<_> = inside.nodes.iter().map(|n| &n.name).collect();
    &inside.node(name).unwrap_or_else(|| panic!("{name}: {names:?}")).said
}

#[test]
fn the_record_says_which_instances_stand_in_and_how() {
    let (composition, library) = with_stand_ins();
    let bytes = encode(&composition, &library).unwrap().bytes;
    let found = inside(&whole(bytes.clone()));
    let claim = found.claim.as_ref().unwrap();
    assert_eq!(claim.differences(), &[] as &[String]);
    assert!(
        claim.summary().contains(", 1 stub, 1 virtual WASI among them; what is inside is just that"),
        "{}",
        claim.summary()
    );
    assert_eq!(said_of(&found, "start"), &Said::Real);
    let Said::StandsIn(stub) = said_of(&found, "fake") else { panic!("{:?}", said_of(&found, "fake")) };
    assert!(stub.text().starts_with("stub for t:ring/x: "), "{}", stub.text());
    assert!(stub.lines()[0].1.ends_with("always traps, as recorded"), "{:?}", stub.lines());
    let Said::StandsIn(wasi) = said_of(&found, "wasi") else { panic!("{:?}", said_of(&found, "wasi")) };
    assert!(wasi.lines().contains(&("seed".to_owned(), "7".to_owned())), "{:?}", wasi.lines());
    // In the forms of other tools, of the file as it was read back.
    let none = BTreeMap::new();
    for text in [mermaid(&found.composition(), &found.parts, &none), dot(&found.composition(), &found.parts, &none)] {
        assert!(text.contains(" · stub") && text.contains(" · virtual WASI"), "{text}");
    }
    let json = json(&found.composition(), &found.parts, &Legend::default());
    assert_eq!(json["stand_ins"].as_array().unwrap().len(), 2);
    // It goes along when the file is split and composed again.
    let copy = decompose(&whole(bytes)).unwrap();
    let again = encode(&copy.composition, &copy.library()).unwrap().bytes;
    let again = inside(&whole(again));
    for name in ["start", "fake", "wasi"] {
        assert_eq!(said_of(&again, name), said_of(&found, name));
    }
    // And of a file composed of that file it is known that stubs are in it.
    let inner = decode("inner.wasm", encode(&composition, &library).unwrap().bytes.into());
    let outer = Composition {
        instances: [("shop".to_owned(), Instance { component: inner.digest })].into(),
        exports: composition.exports.keys().map(|name| (name.clone(), Port::new("shop", name))).collect(),
        ..Composition::default()
    };
    let library = Library::from([(inner.digest, Arc::new(inner))]);
    let outer = inside(&whole(encode(&outer, &library).unwrap().bytes));
    let text = said_of(&outer, "shop").text().unwrap();
    assert_eq!(text, "says it is a composition with stand-ins inside: fake (stub); wasi (virtual WASI)");
    assert_eq!(outer.claim.unwrap().differences(), &[] as &[String]);
}

#[test]
fn a_record_that_hides_or_makes_up_a_stub_is_found_out() {
    let (composition, library) = with_stand_ins();
    let good = encode(&composition, &library).unwrap().bytes;
    let text = String::from_utf8_lossy(&good);
    let start = text.rfind("{\"version\":1,\"tool\"").unwrap();
    let good: serde_json::Value = serde_json::from_str(&text[start..]).unwrap();
    let with = |edit: &dyn Fn(&mut serde_json::Value)| {
        let mut json = good.clone();
        edit(&mut json);
        let outline = super::super::check::Outline::new(&composition, &library);
        let mut bytes = super::super::encode::unchecked(&composition, &library, &outline).unwrap();
        CustomSection { name: "wirebench:composition".into(), data: json.to_string().into_bytes().into() }
            .append_to_component(&mut bytes);
        let found = inside(&whole(bytes));
        (found.claim.clone().unwrap().differences().to_vec(), found)
    };
    assert_eq!(with(&|_| {}).0, Vec::<String>::new());
    // Hidden: the component says it itself.
    let (differences, found) = with(&|json| json["stand_ins"] = serde_json::json!([]));
    assert!(differences[0].contains("the record says: nothing"), "{differences:?}");
    assert!(matches!(said_of(&found, "fake"), Said::StandsIn(_)));
    // Made up: of a component that says nothing.
    let (differences, found) = with(&|json| {
        let mut made_up = json["stand_ins"][0].clone();
        made_up["sha256"] = digest("start").to_string().into();
        json["stand_ins"].as_array_mut().unwrap().push(made_up);
    });
    assert!(differences[0].starts_with("“start” says of itself that it stands in as: nothing"), "{differences:?}");
    assert!(matches!(said_of(&found, "start"), Said::StandsIn(_)));
    // Of another component: nothing is known of this one.
    let (differences, found) = with(&|json| {
        for of in json["instances"].as_array_mut().unwrap().iter_mut().filter(|of| of["name"] == "start") {
            of["sha256"] = "0".repeat(64).into();
        }
    });
    assert!(differences[0].starts_with("“start” is of a component with the SHA-256"), "{differences:?}");
    assert_eq!(said_of(&found, "start"), &Said::OfAnother);
    // A record of before says nothing of it.
    let (differences, found) = with(&|json| _ = json.as_object_mut().unwrap().remove("stand_ins"));
    assert_eq!(differences, Vec::<String>::new());
    assert_eq!(said_of(&found, "start"), &Said::Nothing);
    assert!(matches!(said_of(&found, "fake"), Said::StandsIn(_)), "it says so itself");
}

#[test]
fn what_a_component_says_of_itself_may_be_anything() {
    let said = |data: &[u8]| {
        let mut bytes = library()[&digest("end")].bytes.to_vec();
        CustomSection { name: "wirebench:stands-in".into(), data: data.into() }.append_to_component(&mut bytes);
        StandIn::of(&decode("x.wasm", bytes.into())).unwrap()
    };
    let long =
        format!("{{\"version\":1,\"kind\":\"stub\",\"stands_in_for\":\"{}\",\"answers\":{{}}}}", "x".repeat(9_999));
    let Ok(StandIn::Stub { import, .. }) = said(long.as_bytes()) else { panic!() };
    assert_eq!(import.chars().count(), 201);
    let many: BTreeMap<String, &str> = (0..1_001).map(|n| (n.to_string(), "x")).collect();
    let many = serde_json::json!({ "version": 1, "kind": "virtual WASI", "settings": many }).to_string();
    for (text, why) in [
        ("", "not JSON"),
        ("[]", "in which form"),
        ("{\"version\": 9}", "version 9"),
        ("{\"version\": 1}", "what it is"),
        ("{\"version\": 1, \"kind\": \"stub\"}", "for what"),
        (
            "{\"version\": 1, \"kind\": \"stub\", \"stands_in_for\": \"a\", \"answers\": {\"f\": 1}}",
            "one of its answers",
        ),
        ("{\"version\": 1, \"kind\": \"virtual WASI\", \"settings\": {\"a\": 1}}", "is no text"),
        (&many, "more than 1000 settings"),
        (&"[".repeat(3 << 20), "more than 2 MiB"),
    ] {
        let found = said(text.as_bytes()).unwrap_err();
        assert!(found.contains(why), "{why}: {found}");
    }
    let odd = "{\"version\":1,\"kind\":\"stub\",\"stands_in_for\":\"a\\u202e\",\"answers\":{\"f\":{\"otherwise\":\"trap\\u202e\"}}}";
    let odd = said(odd.as_bytes()).unwrap();
    assert!(!odd.text().contains('\u{202e}') && !format!("{:?}", odd.lines()).contains('\u{202e}'), "{}", odd.text());
}
