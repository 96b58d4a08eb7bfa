use super::*;
use crate::component::Digest;
use crate::compose::{Instance, Port};
use crate::diag::Diagnostic;
use crate::grant::{Capability, Grants, parse_flag};
use std::collections::BTreeMap;
use std::path::Path;

const FOLDER: &str = "/home/ada/shop";

fn digest(name: &str) -> Digest {
    Digest::of(name.as_bytes())
}

/// A document with something of everything.
fn shop() -> Document {
    let mut d = Document { name: "Shop „1“".into(), ..Document::default() };
    for (name, path) in
        [("checkout", Some("/home/ada/shop/c/checkout.wasm")), ("fraud", Some("/opt/fraud.wasm")), ("x", None)]
    {
        d.components.insert(
            digest(name),
            ComponentSource { name: name.into(), path: path.map(Into::into), part: None, ..ComponentSource::default() },
        );
    }
    for (name, component) in [("checkout", "checkout"), ("fraud-2", "fraud"), ("ünïcode · name", "fraud")] {
        d.composition.instances.insert(name.into(), Instance { component: digest(component) });
    }
    d.layout.insert("checkout".into(), [12.1, -0.3]);
    d.layout.insert("fraud-2".into(), [1e-7, 99_999.99]);
    d.composition.wires.insert(Port::new("checkout", "a:b/fraud@1.0.0"), Port::new("fraud-2", "a:b/fraud@1.2.0"));
    d.frames.insert(
        "Checks „2“".into(),
        Frame { folded: true, ..Frame::new([-12.5, 0.1], [300.0, 1e-3]).with(["checkout".into()]) },
    );
    d.composition.exports.insert("orders".into(), Port::new("checkout", "a:b/orders"));
    let key = |target, interface: Option<&str>, function: &str| CallKey {
        target,
        interface: interface.map(Into::into),
        function: function.into(),
    };
    d.calls.insert(key(Target::Composition, Some("a:b/orders"), "place"), vec!["\"u-1\"".into(), "{a: [1]}".into()]);
    d.calls.insert(key(Target::Component(digest("x")), None, "run"), vec![]);
    d.set_grants(Target::Composition, ticked());
    d.set_grants(Target::Component(digest("fraud")), ticked());
    d
}

fn ticked() -> Grants {
    let mut grants = Grants::default();
    for flag in [
        "--allow=stdout",
        "--stdin=text",
        "--env=LANG=de",
        "--env=API_TOKEN=s3cr3t",
        "--arg=-v",
        "--dir=/srv::/data:rw",
        "--net=example.com:443",
        "--http=https://example.com",
        "--memory=1GiB",
        "--timeout=5s",
    ] {
        parse_flag(flag, &mut grants).unwrap();
    }
    grants
}

fn without_grants(mut document: Document) -> Document {
    document.grants.clear();
    document
}

fn load_text(text: &str) -> Loaded {
    load(text.as_bytes(), Path::new(FOLDER)).unwrap()
}

fn messages(warnings: &[Diagnostic]) -> Vec<&str> {
    warnings.iter().map(|w| w.message.as_str()).collect()
}

#[test]
fn files_outside_the_project_s_folder_are_told_in_one_warning() {
    let mut d = shop();
    for name in ["a", "b", "c", "d", "e"] {
        let source =
            ComponentSource { name: name.into(), path: Some(format!("/opt/{name}.wasm")), ..Default::default() };
        d.components.insert(digest(name), source);
    }
    let loaded = load(&save(&d, Path::new(FOLDER)), Path::new(FOLDER)).unwrap();
    let [warning] = messages(&loaded.warnings)[..] else { panic!("{:?}", loaded.warnings) };
    assert!(warning.starts_with("6 components lie outside the project's folder: ") && warning.ends_with(", 2 more"));
}

#[test]
fn a_saved_project_comes_back_the_same_without_grants() {
    let document = shop();
    assert_eq!(document.validate(), vec![]);
    let bytes = save(&document, Path::new(FOLDER));
    let loaded = load(&bytes, Path::new(FOLDER)).unwrap();
    assert_eq!(loaded.document, without_grants(document.clone()));
    assert_eq!(messages(&loaded.warnings), ["../../../opt/fraud.wasm lies outside the project's folder"]);
    assert_eq!(save(&document.clone(), Path::new(FOLDER)), bytes);
    assert_eq!(save(&loaded.document, Path::new(FOLDER)), bytes);
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.contains("\"c/checkout.wasm\"") && !text.contains("/home/ada"), "{text}");
    for private in ["s3cr3t", "API_TOKEN", "/srv", "example.com", "grant"] {
        assert!(!text.contains(private), "{private} is in {text}");
    }
    // Saved elsewhere, it finds the same files.
    let elsewhere = Path::new("/home/ada");
    assert_eq!(load(&save(&document, elsewhere), elsewhere).unwrap().document, without_grants(document));
}

#[test]
fn the_file_has_a_version_and_sorted_keys() {
    let text = String::from_utf8(save(&Document::default(), Path::new(FOLDER))).unwrap();
    assert_eq!(
        text,
        "{\n  \"calls\": [],\n  \"components\": [],\n  \"exports\": [],\n  \"instances\": [],\n  \"name\": \"\",\n  \
         \"version\": 1,\n  \"wires\": []\n}\n"
    );
    assert_eq!(load_text(&text).document, Document::default());
}

#[test]
fn unknown_keys_survive() {
    let sha = digest("x").to_string();
    let text = format!(
        r#"{{"version": 1, "zoom": {{"b": 1, "a": [2]}},
            "components": [{{"sha256": "{sha}", "colour": "red"}}],
            "instances": [{{"name": "i", "component": "{sha}", "note": "n"}}, {{"name": "j", "component": "{sha}"}}],
            "wires": [{{"from": {{"instance": "i", "export": "e"}}, "to": {{"instance": "j", "import": "e"}},
                "bend": 3}}],
            "exports": [{{"name": "e", "from": {{"instance": "i", "export": "e"}}, "docs": true}}],
            "calls": [{{"target": "composition", "function": "f", "arguments": [], "pinned": null}}],
            "frames": [{{"title": "f", "position": [1, 2], "size": [3, 4], "hue": 7}}]}}"#
    );
    let loaded = load_text(&text);
    assert_eq!(messages(&loaded.warnings), Vec::<&str>::new());
    let saved = String::from_utf8(save(&loaded.document, Path::new(FOLDER))).unwrap();
    for key in [
        "\"zoom\"",
        "\"colour\": \"red\"",
        "\"note\": \"n\"",
        "\"bend\": 3",
        "\"docs\": true",
        "\"pinned\": null",
        "\"hue\": 7",
    ] {
        assert!(saved.contains(key), "{key} is lost: {saved}");
    }
    assert_eq!(load_text(&saved).document, loaded.document);
    assert!(saved.find("\"a\": [").unwrap() < saved.find("\"b\": 1").unwrap(), "keys are sorted at every depth");
}

#[test]
fn frames_that_cannot_be_drawn_are_left_out_with_a_word() {
    let text = r#"{"version": 1, "frames": [
        {"title": "good", "position": [1, 2], "size": [3, 4]},
        {"title": "good", "position": [5, 6], "size": [7, 8]},
        {"title": "flat", "position": [1, 2], "size": [3, 0]},
        {"title": "far", "position": [1e9, 2], "size": [3, 4]},
        {"title": " ", "position": [1, 2], "size": [3, 4]},
        {"title": "lost", "size": [3, 4]}]}"#;
    let loaded = load_text(text);
    let good = Frame::new([1.0, 2.0], [3.0, 4.0]);
    assert_eq!(loaded.document.frames, BTreeMap::from([("good".to_owned(), good)]));
    assert_eq!(loaded.warnings.len(), 5, "{:?}", messages(&loaded.warnings));
    assert_eq!(loaded.document.validate(), []);
}

#[test]
fn frames_of_older_files_have_what_lies_in_them_and_broken_members_are_left_out() {
    let sha = digest("x");
    let text = |frames: &str| {
        format!(
            r#"{{"version": 1, "components": [{{"sha256": "{sha}", "name": "x"}}], "instances": [
            {{"name": "in", "component": "{sha}", "position": [20, 40]}},
            {{"name": "edge", "component": "{sha}", "position": [250, 40]}},
            {{"name": "out", "component": "{sha}", "position": [900, 40]}}], "frames": [{frames}]}}"#
        )
    };
    let members =
        |loaded: &Loaded, title: &str| loaded.document.frames[title].members.iter().cloned().collect::<Vec<_>>();
    let old = load_text(&text(
        r#"{"title": "old", "position": [0, 0], "size": [300, 200]},
           {"title": "same", "position": [0, 0], "size": [300, 200]}"#,
    ));
    assert_eq!(messages(&old.warnings), Vec::<&str>::new());
    assert_eq!((members(&old, "old"), members(&old, "same").len()), (vec!["in".to_owned()], 0));
    let broken = load_text(&text(
        r#"{"title": "a", "position": [0, 0], "size": [300, 200], "members": ["in", "gone", "in"], "folded": true},
           {"title": "b", "position": [0, 0], "size": [300, 200], "members": ["in", "out"], "folded": "yes"},
           {"title": "c", "position": [0, 0], "size": [300, 200], "members": [], "folded": true},
           {"title": "d", "position": [0, 0], "size": [300, 200], "members": 7}"#,
    ));
    assert_eq!(broken.warnings.len(), 3, "{:?}", messages(&broken.warnings));
    assert_eq!((members(&broken, "a"), members(&broken, "b")), (vec!["in".to_owned()], vec!["out".to_owned()]));
    let folded = |title: &str| broken.document.frames[title].folded;
    assert_eq!(["a", "b", "c", "d"].map(folded), [true, false, false, false]);
    assert_eq!(broken.document.validate(), []);
}

#[test]
fn a_project_never_brings_a_grant() {
    let mut document = without_grants(shop());
    let sha = digest("checkout");
    let clean = String::from_utf8(save(&document, Path::new(FOLDER))).unwrap();
    let grants = format!(r#"{{"{sha}": {{"stdout": true, "folders": {{"on": true, "list": [["/", "/", true]]}}}}}}"#);
    let tampered = clean.replacen('{', &format!("{{\"grants\": {grants}, \"remembered\": {grants},"), 1);
    let tampered = tampered.replacen("\"sha256\":", "\"grants\": {\"stdout\": true}, \"sha256\":", 1);
    let loaded = load_text(&tampered);
    assert!(messages(&loaded.warnings).iter().any(|m| m.contains("contains grants, which are ignored")));
    assert!(loaded.document.grants.is_empty());
    for target in [Target::Composition, Target::Component(sha)] {
        assert_eq!(loaded.document.grants_for(target), Grants::default());
    }
    document.unknown = loaded.document.unknown.clone();
    assert_eq!(loaded.document, document);
}

#[test]
fn broken_entries_are_left_out_and_the_rest_loads() {
    let (a, b) = (digest("a").to_string(), digest("b").to_string());
    let text = format!(
        r#"{{"version": "one", "name": 7,
            "components": [{{"sha256": "{a}", "name": "a", "path": "a.wasm"}}, {{"sha256": "{a}", "name": "again"}},
                {{"sha256": "12", "name": "short"}}, 5, null, {{"name": "none"}},
                {{"sha256": "{b}", "name": "b", "path": "\\\\host\\b.wasm"}}],
            "instances": [{{"name": "i", "component": "{a}", "position": [1, 2]}},
                {{"name": "i", "component": "{b}"}}, {{"name": "", "component": "{a}"}},
                {{"name": "far", "component": "{a}", "position": [1e300, 0]}},
                {{"name": "odd", "component": "{a}", "position": ["NaN", null]}},
                {{"name": "lost", "component": "{lost}"}}, {{"name": "bad", "component": "?"}}],
            "wires": [{{"from": {{"instance": "i", "export": "e"}}, "to": {{"instance": "far", "import": "e"}}}},
                {{"from": {{"instance": "odd", "export": "e"}}, "to": {{"instance": "far", "import": "e"}}}},
                {{"from": {{"instance": "nobody", "export": "e"}}, "to": {{"instance": "i", "import": "e"}}}},
                {{"from": "i", "to": "j"}}],
            "exports": {{"e": 1}},
            "calls": [{{"target": "nobody", "function": "f"}}, {{"target": "composition", "function": "f"}},
                {{"target": "composition", "function": "f", "arguments": ["1"]}}, {{"target": "composition"}}]}}"#,
        lost = digest("lost"),
    );
    let loaded = load_text(&text);
    let d = &loaded.document;
    assert_eq!(d.validate(), vec![]);
    assert_eq!(d.components.len(), 3);
    assert_eq!(d.components[&digest("a")].path.as_deref(), Some("/home/ada/shop/a.wasm"));
    assert_eq!(d.components[&digest("b")].path, None);
    assert_eq!(d.composition.instances.keys().collect::<Vec<_>>(), ["far", "i", "lost", "odd"]);
    assert_eq!(d.layout, BTreeMap::from([("i".to_owned(), [1.0, 2.0])]));
    assert_eq!(d.composition.wires, BTreeMap::from([(Port::new("far", "e"), Port::new("i", "e"))]));
    assert_eq!(d.calls.values().collect::<Vec<_>>(), [&Vec::<String>::new()]);
    assert!(messages(&loaded.warnings).iter().all(|m| !m.contains("struct")), "a warning speaks Rust");
    assert_eq!(loaded.warnings.len(), 21, "{:#?}", messages(&loaded.warnings));
}

#[test]
fn a_newer_project_opens_as_far_as_it_is_understood() {
    let loaded = load_text(r#"{"version": 2, "name": "n", "hyper-wires": []}"#);
    assert_eq!(loaded.document.name, "n");
    assert!(loaded.warnings[0].message.contains("newer"));
}

#[test]
fn what_is_no_project_says_so() {
    let failure = |bytes: &[u8]| load(bytes, Path::new(FOLDER)).unwrap_err();
    assert_eq!(failure(b"[]"), LoadError::NotAProject);
    assert_eq!(failure(b"{\"name\": \"npm\"}"), LoadError::NotAProject);
    assert!(matches!(failure(b"\0asm\x01\0\0\0"), LoadError::NotJson { .. }));
    assert!(matches!(failure(b"{\n  \"version\": }"), LoadError::NotJson { line: 2, .. }));
    assert!(matches!(failure(b""), LoadError::NotJson { .. }));
    assert!(matches!(failure(&vec![b' '; 17 << 20]), LoadError::TooLarge { .. }));
    let deep = format!("{{\"version\": 1, \"x\": {}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(matches!(failure(deep.as_bytes()), LoadError::NotJson { .. }));
    // Many broken entries give a few warnings, not as many.
    let many = format!("{{\"version\": 1, \"wires\": [{}0]}}", "0,".repeat(50_000));
    assert!(load_text(&many).warnings.len() < 110);
}

#[test]
fn mutated_files_never_panic_and_load_into_sound_documents() {
    let good = save(&shop(), Path::new(FOLDER));
    let mut seed: u64 = 7;
    let mut below = |n: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((seed >> 33) as usize) % n
    };
    let pieces: [&[u8]; 12] =
        [b"null", b"-1", b"1e39", b"\"\"", b"[]", b"{}", b"\\u0000", b"..", b"\\\\", b"composition", b"true", b"\xff"];
    let mut loads = 0;
    for _ in 0..4_000 {
        let mut bytes = good.clone();
        for _ in 0..=below(3) {
            let at = below(bytes.len());
            match below(4) {
                0 => bytes[at] = below(256) as u8,
                1 => drop(bytes.splice(at..at, pieces[below(pieces.len())].iter().copied())),
                2 => drop(bytes.drain(at..(at + below(20)).min(bytes.len()))),
                _ => {
                    // A whole value becomes another.
                    let end =
                        bytes[at..].iter().position(|b| matches!(b, b',' | b'\n')).map_or(bytes.len(), |n| at + n);
                    let start = bytes[..at].iter().rposition(|b| matches!(b, b' ' | b':')).map_or(0, |n| n + 1);
                    bytes.splice(start..end, pieces[below(pieces.len())].iter().copied());
                }
            }
        }
        for bytes in [bytes.as_slice(), good.get(..below(good.len())).unwrap()] {
            let (_, _) = load_preferences(bytes);
            let (remembered, _) = load_remembered(bytes);
            assert!(remembered.values().all(|g| *g == g.all_off()));
            let Ok(loaded) = load(bytes, Path::new(FOLDER)) else { continue };
            loads += 1;
            assert_eq!(loaded.document.validate(), vec![]);
            assert!(loaded.document.grants.is_empty());
            let again = save(&loaded.document, Path::new(FOLDER));
            let back = load(&again, Path::new(FOLDER)).unwrap();
            assert_eq!(save(&back.document, Path::new(FOLDER)), again);
        }
    }
    assert!(loads > 500, "only {loads} mutants were still JSON: the test tests nothing");
}

#[test]
fn broken_invariants_are_found() {
    let mut d = shop();
    d.composition.instances.remove("fraud-2");
    d.layout.insert("checkout".into(), [f32::NAN, 0.0]);
    d.components.remove(&digest("checkout"));
    d.composition.exports.insert("e".into(), Port::new("nobody", "e"));
    let found = d.validate();
    assert_eq!(found.len(), 5, "{found:?}");
    // A position that is no number is saved as none, and gets a new place.
    let saved = save(&d, Path::new(FOLDER));
    assert!(!load(&saved, Path::new(FOLDER)).unwrap().document.layout.contains_key("checkout"));
}

#[test]
fn other_members_turn_the_composition_s_grants_off() {
    let mut d = shop();
    assert!(d.grants_for(Target::Composition).stdout);
    assert_eq!(d.to_review(Target::Composition), vec![]);
    // More of the same, other names, other wires: still what was granted to.
    d.composition.instances.insert("again".into(), Instance { component: digest("fraud") });
    d.composition.wires.clear();
    assert!(d.grants_for(Target::Composition).stdout);
    d.composition.instances.insert("x".into(), Instance { component: digest("x") });
    let now = d.grants_for(Target::Composition);
    assert!(Capability::ALL.into_iter().all(|c| !now.allows(c)));
    assert_eq!(now.folders.list, ticked().folders.list);
    assert!(d.to_review(Target::Composition).contains(&Capability::Folders));
    assert!(d.grants_for(Target::Component(digest("fraud"))).stdout, "other targets keep theirs");
    let mut one = now;
    one.set(Capability::Stdout, true);
    d.set_grants(Target::Composition, one.clone());
    assert_eq!(d.grants_for(Target::Composition), one);
    assert_eq!(d.to_review(Target::Composition), vec![]);
}

#[test]
fn remembered_lists_come_back_unticked_and_without_secrets() {
    let d = shop();
    let bytes = save_remembered(&d.to_remember(BTreeMap::new()));
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(!text.contains("s3cr3t") && !text.contains("API_TOKEN") && !text.contains("stdout"), "{text}");
    let (remembered, warnings) = load_remembered(&bytes);
    assert_eq!(warnings, vec![]);
    assert_eq!(save_remembered(&remembered), bytes);

    let mut fresh = without_grants(d.clone());
    fresh.recall(&remembered);
    let back = fresh.grants_for(Target::Composition);
    let mut expected = ticked().all_off();
    expected.environment.list.remove("API_TOKEN");
    assert_eq!(back, expected);
    assert_eq!(fresh.to_review(Target::Composition), vec![]);
    // What the user has set in the meantime stays.
    let mut set = d.clone();
    set.recall(&remembered);
    assert_eq!(set, d);
}

#[test]
fn tampered_remembered_grants_tick_nothing() {
    let sha = digest("x");
    let text = format!(
        r#"{{"remembered": {{"{sha}": {{"stdout": true, "clocks": {{"on": true}},
            "folders": [{{"host": "/", "guest": "/x", "on": true}}]}}, "short": {{}},
            "{b}": {{"folders": [{{"host": "/", "guest": "no"}}]}}, "{c}": {{"network": ["127.1:80"]}}, "{e}": 3}}}}"#,
        b = digest("b"),
        c = digest("c"),
        e = digest("e"),
    );
    let (remembered, warnings) = load_remembered(text.as_bytes());
    assert_eq!(remembered.keys().collect::<Vec<_>>(), [&sha]);
    assert!(remembered.values().all(|g| *g == g.all_off() && g.folders.list.len() == 1 && !g.folders.list[0].writable));
    assert_eq!(warnings.len(), 4);
    let (remembered, warnings) = load_remembered(b"{");
    assert!(remembered.is_empty() && warnings.len() == 1);
}

#[test]
fn preferences_come_back_and_a_broken_one_costs_only_itself() {
    let mut p =
        Preferences { theme: Theme::Light, ui_scale: 1.1, window: Some([1280.0, 800.5]), ..Preferences::default() };
    p.reduced_motion = true;
    (0..20).for_each(|i| p.opened(&format!("/f{i}")));
    p.opened("/f15");
    assert_eq!(p.recent[..4], ["/f15", "/f19", "/f18", "/f17"]);
    assert_eq!(p.recent.len(), 12);
    let bytes = save_preferences(&p);
    assert_eq!(load_preferences(&bytes), (p.clone(), vec![]));
    assert_eq!(save_preferences(&p), bytes);

    let (p, warnings) = load_preferences(
        br#"{"theme": "pink", "recent": ["/a", 5], "window": [0, 1e30], "reduced-motion": true, "ui-scale": 100,
            "new": 1}"#,
    );
    assert_eq!(warnings.len(), 4);
    assert_eq!((p.theme, p.recent.len(), p.window, p.reduced_motion, p.ui_scale), (Theme::System, 0, None, true, 1.0));
    assert!(String::from_utf8(save_preferences(&p)).unwrap().contains("\"new\": 1"));
    let (p, warnings) = load_preferences(b"\0\0");
    assert_eq!((p, warnings.len()), (Preferences::default(), 1));
}

#[test]
fn a_component_inside_another_file_keeps_its_place() {
    let mut d = Document::default();
    let whole = digest("whole");
    let part = PartOf { whole: Some(whole), path: vec![0, 2] };
    let source = ComponentSource {
        name: "shop/a".into(),
        path: Some("/p/shop.wasm".into()),
        part: Some(part),
        ..ComponentSource::default()
    };
    d.components.insert(digest("a"), source);
    let bytes = save(&d, Path::new("/p"));
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(text.contains("\"part\": \"0.2\"") && text.contains(&format!("\"whole\": \"{whole}\"")), "{text}");
    assert_eq!(load(&bytes, Path::new("/p")).unwrap().document.components, d.components);
    // A broken place is looked for by the digest alone; without one the component is the file itself.
    for (broken, left) in [("\"0.x\"", Some(vec![])), ("7", Some(vec![])), ("null", None)] {
        let loaded = load(text.replace("\"0.2\"", broken).as_bytes(), Path::new("/p")).unwrap();
        let part = loaded.document.components[&digest("a")].part.clone();
        assert_eq!(part.map(|p| p.path), left, "{broken}");
        assert_eq!(loaded.warnings.len(), usize::from(broken != "null"), "{:?}", loaded.warnings);
    }
    let text = text.replace(&whole.to_string(), "no digest");
    let part = load(text.as_bytes(), Path::new("/p")).unwrap().document.components[&digest("a")].part.clone();
    assert_eq!(part, Some(PartOf { whole: None, path: vec![0, 2] }));
}
