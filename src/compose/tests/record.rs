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
        ("{\"version\": 1}", "what wrote it"),
        ("{\"version\": 1, \"tool\": \"x\"}", "no list of instances"),
        (
            "{\"version\": 1, \"tool\": \"x\", \"instances\": [3], \"wires\": [], \"exports\": []}",
            "one of its instances",
        ),
        ("{\"version\": 1, \"tool\": \"x\", \"instances\": [], \"wires\": [{}], \"exports\": []}", "one of its wires"),
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
