//! Compositions as text: WAC source opened as a document, graphs written for other tools, and components plugged.

use crate::desk::Desk;
use crate::support::sample_bytes;
use std::path::PathBuf;
use std::sync::Arc;
use wirebench::call::Outcome;
use wirebench::component::{Digest, decode};
use wirebench::compose::{self, Claim, Library, Plug, Port};
use wirebench::diag::Severity;
use wirebench::project::Target;
use wirebench::session::{Command, Packages};
use wirebench::sheet::{Colours, GraphForm};

const CHECK: &str = "techbytes:payments/fraud-check";
const ORDER: &str = "place(\"alice\", [{sku: \"tea\", quantity: 3, unit-cents: 450}])";

/// A shop, wired, whose instances have names that are no words of WAC.
fn shop() -> Desk {
    let mut desk = Desk::new();
    for (file, name, at) in [
        ("fraud-check-c.wasm", "Fraud check (C)", [0.0, 0.0]),
        ("checkout-rust.wasm", "Caisse n\u{ba} 1", [480.0, 40.0]),
    ] {
        let placed = desk.place(file, at);
        desk.edit(compose::Edit::Rename { from: placed, to: name.into() });
    }
    desk.connect(("Fraud check (C)", CHECK), ("Caisse n\u{ba} 1", CHECK));
    desk
}

fn export(desk: &mut Desk, form: GraphForm, path: &str) -> Vec<u8> {
    desk.apply(Command::ExportGraph(form, Colours::Light, path.into()));
    desk.room.memory.get(path).unwrap_or_else(|| panic!("{}", desk.said()))
}

fn bytes(desk: &Desk) -> Vec<u8> {
    desk.component(&Target::Composition).bytes.to_vec()
}

#[test]
fn what_is_exported_as_wac_is_opened_again_to_the_same_bytes() {
    let mut first = shop();
    let source = export(&mut first, GraphForm::Wac, "/shop/shop.wac");
    let mut desk = Desk::new();
    desk.room.memory.put("/shop/shop.wac", source.clone());
    for file in ["fraud-check-c", "checkout-rust"] {
        desk.room.memory.put(format!("/shop/deps/local/{file}.wasm"), sample_bytes(&format!("{file}.wasm")).to_vec());
    }
    desk.apply(Command::Open(vec!["/shop/shop.wac".into()]));
    assert_eq!(desk.said(), "");
    assert_eq!(bytes(&desk), bytes(&first));
    assert_eq!(desk.names(), ["Caisse n\u{ba} 1", "Fraud check (C)"]);
    // It is a document of its own: laid out, unsaved, and no save goes over the source.
    let document = desk.session.document();
    let (provider, consumer) = (document.layout["Fraud check (C)"], document.layout["Caisse n\u{ba} 1"]);
    assert!(provider[0] < consumer[0], "{provider:?} {consumer:?}");
    assert_eq!((desk.session.project_path(), document.name.as_str()), (None, "composition"));
    assert!(desk.session.is_dirty());
    assert_eq!(desk.session.preferences().recent, ["/shop/shop.wac"]);
    assert!(matches!(desk.call(Target::Composition, ORDER).outcome(), Some(Outcome::Returned(_))));
    // The first line says how the file that it stands in is composed.
    let again = export(&mut desk, GraphForm::Wac, "/shop/-once more.wac");
    let [before, after] = [&source, &again].map(|text| std::str::from_utf8(text).unwrap().split_once('\n').unwrap());
    assert_eq!(before.0, "// Compose with: wac compose shop.wac -o composed.wasm");
    assert_eq!(after.0, "// Compose with: wac compose './-once more.wac' -o composed.wasm");
    assert_eq!(after.1, before.1);
    // Saved as a project it finds its components again.
    desk.apply(Command::SaveProject("/shop/shop.wirebench.json".into()));
    let mut later = Desk::in_room(Arc::clone(&desk.room));
    later.apply(Command::Open(vec!["/shop/shop.wirebench.json".into()]));
    assert_eq!(bytes(&later), bytes(&first));
}

#[test]
fn packages_are_found_by_name_by_digest_and_where_the_user_says() {
    let source = export(&mut shop(), GraphForm::Wac, "/shop.wac");
    // The samples come with the program, so their digests are enough.
    let mut desk = Desk::new();
    desk.room.memory.put("/shop.wac", source.clone());
    desk.apply(Command::Open(vec!["/shop.wac".into()]));
    assert_eq!(desk.said(), "");
    assert!(desk.session.composed().is_some());
    // Another file in the folder is taken, and that is said.
    let other = sample_bytes("fraud-check-wat.wasm");
    desk.room.memory.put("/deps/local/fraud-check-c.wasm", other.to_vec());
    desk.apply(Command::Open(vec!["/shop.wac".into()]));
    assert!(desk.said().contains("“local:fraud-check-c” has changed since the source was written"), "{}", desk.said());
    assert_eq!(desk.session.document().composition.instances["Fraud check (C)"].component, Digest::of(&other));
    // A file that is named goes before the folder.
    let named = [("local:fraud-check-c".to_owned(), PathBuf::from("/mine.wasm"))].into();
    desk.room.memory.put("/mine.wasm", sample_bytes("fraud-check-c.wasm").to_vec());
    desk.apply(Command::OpenSource("/shop.wac".into(), Packages { folder: None, named }));
    let digest = Digest::of(&sample_bytes("fraud-check-c.wasm"));
    assert_eq!(desk.session.document().composition.instances["Fraud check (C)"].component, digest);
    // And another folder before the one beside the source; versions are files in it.
    let text = "package a:b;\nlet x = new techbytes:check@1.2.0 {};\nexport x...;";
    desk.room.memory.put("/v.wac", text);
    desk.room.memory.put("/lib/techbytes/check/1.2.0.wasm", sample_bytes("fraud-check-c.wasm").to_vec());
    let folder = Some(PathBuf::from("/lib"));
    desk.apply(Command::OpenSource("/v.wac".into(), Packages { folder, ..Packages::default() }));
    assert_eq!(desk.names(), ["x"], "{}", desk.said());
}

#[test]
fn what_cannot_be_opened_is_said_with_its_place_and_changes_nothing() {
    let mut desk = shop();
    let before = desk.session.document().clone();
    for (text, words) in [
        (
            "package a:b;\nlet x = new acme:gone {};",
            "Line 2, column 13: the package “acme:gone” was not found: put it at /deps/acme/gone.wasm, or say where it is with --dep acme:gone=PATH",
        ),
        ("package a:b;\nlet x", "Line 2"),
        ("package a:b;\nimport f: func();\nexport f;", "only what an instance gives"),
    ] {
        desk.room.memory.put("/bad.wac", text);
        desk.apply(Command::Open(vec!["/bad.wac".into()]));
        let last = desk.session.notices().last().unwrap();
        assert!(last.severity == Severity::Error && last.text.contains(words), "{}", last.text);
        assert_eq!(desk.session.document(), &before);
    }
    desk.room.memory.put("/bad.wac", *b"\xff\xfe");
    desk.apply(Command::Open(vec!["/bad.wac".into(), "/none.wac".into()]));
    assert!(desk.said().contains("it is not text (UTF-8)") && desk.said().contains("there is no such file"));
    // One whose digest the source has is waited for.
    let text =
        format!("// deps/acme/gone.wasm  sha256 {}\npackage a:b;\nlet x = new acme:gone {{ ... }};", "1".repeat(64));
    desk.room.memory.put("/waits.wac", text);
    desk.apply(Command::Open(vec!["/waits.wac".into()]));
    assert_eq!(desk.names(), ["x"], "{}", desk.said());
    assert!(desk.said().contains("its nodes wait for it"), "{}", desk.said());
}

#[test]
fn the_graph_is_written_in_every_form() {
    let mut desk = shop();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    for form in GraphForm::ALL {
        let path = format!("/out/graph.{}", form.ending());
        assert_eq!(GraphForm::of(path.as_ref()), Some(form));
        let bytes = export(&mut desk, form, &path);
        assert!(!bytes.is_empty());
        if form != GraphForm::Png {
            let text = text(bytes);
            assert!(text.contains("fraud-check") && !text.contains('\r'), "{text}");
        }
    }
    let json: serde_json::Value = serde_json::from_slice(&desk.room.memory.get("/out/graph.json").unwrap()).unwrap();
    assert_eq!(json["wires"][0]["to"]["name"], CHECK);
    let svg = text(desk.room.memory.get("/out/graph.svg").unwrap());
    // Nodes stand where the canvas has them, from the corner on.
    assert!(svg.contains(r#"<rect class="node" x="16" y="16""#), "{svg}");
    assert!(svg.contains(r#"<rect class="node" x="496" y="56""#), "{svg}");
    assert!(svg.starts_with("<svg ") && svg.contains("</style>") && svg.contains("Caisse n\u{ba} 1"), "{svg}");
    assert_eq!(svg.matches("class=\"wire\"").count(), 1);
    desk.apply(Command::ExportGraph(GraphForm::Svg, Colours::Dark, "/out/dark.svg".into()));
    assert_ne!(text(desk.room.memory.get("/out/dark.svg").unwrap()), svg);
    let picture = image::load_from_memory(&desk.room.memory.get("/out/graph.png").unwrap()).unwrap().to_rgba8();
    let number = |key: &str| svg.split(&format!(" {key}=\"")).nth(1).unwrap().split('"').next().unwrap().parse::<u32>();
    assert_eq!(picture.dimensions(), (2 * number("width").unwrap(), 2 * number("height").unwrap()));
    // There are words on it: ink where the first node's title is.
    let inked = |x0: u32, y0: u32| {
        (x0..x0 + 160)
            .flat_map(|x| (y0..y0 + 24).map(move |y| (x, y)))
            .filter(|(x, y)| picture[(*x, *y)].0[0] < 100)
            .count()
    };
    assert!(inked(2 * (16 + 12), 2 * (16 + 8)) > 100, "{}", inked(56, 48));
    // An input is not written over, and an empty graph is none.
    let input = "/samples/fraud-check-c.wasm";
    desk.apply(Command::ExportGraph(GraphForm::Svg, Colours::Light, input.into()));
    assert_eq!(desk.room.memory.get(input).unwrap(), &*sample_bytes("fraud-check-c.wasm"));
    let mut empty = Desk::new();
    empty.apply(Command::ExportGraph(GraphForm::Svg, Colours::Light, "/out.svg".into()));
    assert!(empty.said().contains("There is no graph to export"), "{}", empty.said());
    assert!(empty.room.memory.get("/out.svg").is_none());
}

#[test]
fn a_graph_whose_nodes_stand_nowhere_or_far_apart_is_drawn_all_the_same() {
    let mut desk = shop();
    for far in [1e30, f32::MAX, 2e6] {
        desk.change(wirebench::session::Change::Move(vec![("Fraud check (C)".into(), [far, -far])]));
        let picture = export(&mut desk, GraphForm::Png, "/far.png");
        let picture = image::load_from_memory(&picture).unwrap();
        assert!(picture.width() < 4_000 && picture.height() < 4_000, "{} x {}", picture.width(), picture.height());
    }
    // A wide one has fewer dots.
    desk.change(wirebench::session::Change::Move(vec![("Fraud check (C)".into(), [60_000.0, 0.0])]));
    let picture = image::load_from_memory(&export(&mut desk, GraphForm::Png, "/wide.png")).unwrap();
    assert!(picture.width() <= 30_001, "{}", picture.width());
}

#[test]
fn a_composed_file_that_is_opened_says_what_it_was_composed_of() {
    let mut desk = shop();
    desk.apply(Command::ComposeTo("/out/shop.wasm".into()));
    let whole = *desk.session.library().iter().find(|(_, c)| c.name == "shop").unwrap().0;
    let inside = compose::inside(&desk.session.library()[&whole]);
    let claim = inside.claim.unwrap();
    assert_eq!(
        claim.summary(),
        format!(
            "Says that it was composed with wirebench {} of fraud-check-c, checkout-rust, none of them a \
         stub or a virtual WASI; what is inside is just that",
            env!("CARGO_PKG_VERSION")
        )
    );
    assert!(matches!(claim, Claim::Record(..)) && claim.differences().is_empty());
    // A copy of it has the instances' names.
    desk.apply(Command::NewProject);
    desk.apply(Command::EditCopy(whole));
    assert_eq!(desk.names(), ["Caisse n\u{ba} 1", "Fraud check (C)"], "{}", desk.said());
    let names: Vec<String> = desk.session.library().values().map(|c| c.name.clone()).collect();
    assert!(names.contains(&"checkout-rust".to_owned()), "{names:?}");
}

#[test]
fn plugged_components_answer_as_wired_ones_do() {
    let mut library = Library::new();
    let mut plug_of = |name: &str| {
        let component = Arc::new(decode(&format!("{name}.wasm"), sample_bytes(&format!("{name}.wasm"))));
        let component = library.entry(component.digest).or_insert(component);
        Plug { name: name.to_owned(), component: component.digest }
    };
    let (socket, plug) = (plug_of("checkout-rust"), plug_of("fraud-check-c"));
    let plugged = compose::plug(&socket, std::slice::from_ref(&plug), &[], &library).unwrap();
    let (from, to) = (Port::new("fraud-check-c", CHECK), Port::new("checkout-rust", CHECK));
    assert_eq!(plugged.composition.wires.get(&to), Some(&from));
    let ours = compose::encode(&plugged.composition, &library).unwrap().bytes;
    let mut desk = Desk::new();
    desk.room.memory.put("/plugged.wasm", ours);
    desk.apply(Command::Open(vec!["/plugged.wasm".into()]));
    let target = Target::Component(*desk.session.library().keys().next().unwrap());
    let answer = format!("{:?}", desk.call(target, ORDER).outcome());
    let mut wired = shop();
    assert_eq!(answer, format!("{:?}", wired.call(Target::Composition, ORDER).outcome()));
    assert!(answer.contains("1350"), "{answer}");
}

/// The sample project of the parcels: ten instances, a resource that goes from hand to hand, two instances of one component,
/// a stub, virtual WASI, two taps.
#[test]
fn ten_instances_are_run_with_nothing_granted_and_come_back_from_wac_as_they_were() {
    let mut desk = Desk::new();
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("samples");
    let project = std::fs::read(folder.join("packing.wirebench.json")).expect("the sample is there");
    desk.room.memory.put("/parcels/packing.wirebench.json", project.clone());
    for entry in std::fs::read_dir(folder.join("components")).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        desk.room.memory.put(format!("/parcels/components/{file}"), std::fs::read(&path).unwrap());
    }
    desk.apply(Command::Open(vec!["/parcels/packing.wirebench.json".into()]));
    assert_eq!(desk.said(), "");
    assert_eq!(desk.names().len(), 10);
    let Some(Outcome::Returned(Some(parcel))) =
        desk.call(Target::Composition, "pack(\"alice\", \"tea pot kettle\")").outcome().cloned()
    else {
        panic!("{}", desk.said());
    };
    let text =
        "label: \"~ ~ tea to kettle (3) ~ ~\", contents: [\"tea\", \"pot\", \"kettle\"], paid-cents: 300, tracking: 7";
    assert_eq!(wirebench::value::to_wave(&parcel), format!("ok({{{text}}})"));
    assert_eq!(desk.session.last_taps().map(|taps| taps.calls.len()), Some(2));
    // What is made here has no file of its own: it is written beside the source.
    export(&mut desk, GraphForm::Wac, "/text/packing.wac");
    for made in ["stub-courier", "virtual-wasi"] {
        assert!(desk.room.memory.get(format!("/text/deps/local/{made}.wasm")).is_some(), "{made}");
    }
    let mut again = Desk::in_room(Arc::clone(&desk.room));
    again.apply(Command::Open(vec!["/text/packing.wac".into()]));
    assert_eq!(bytes(&again), bytes(&desk), "{}", again.said());
    // Another file there is not written over.
    desk.room.memory.put("/text/deps/local/stub-courier.wasm", b"something else".to_vec());
    desk.apply(Command::ExportGraph(GraphForm::Wac, Colours::Light, "/text/packing.wac".into()));
    assert!(desk.said().contains("would take the place of another file"), "{}", desk.said());
    // Composed and opened up again it has its stub and its virtual WASI, as they were.
    let whole = Digest::of(&bytes(&desk));
    desk.room.memory.put("/copy/packing.wasm", bytes(&desk));
    let mut copy = Desk::in_room(Arc::clone(&desk.room));
    copy.apply(Command::Open(vec!["/copy/packing.wasm".into()]));
    copy.apply(Command::EditCopy(whole));
    let made = |desk: &Desk| {
        let stub = desk.session.stub_of("stub-courier").unwrap();
        (stub.functions.clone(), desk.session.virtual_wasi_of("virtual-wasi").unwrap().clone())
    };
    assert_eq!(made(&copy), made(&desk), "{}", copy.said());
    // And saved again, the project is what it was.
    desk.apply(Command::SaveProject("/parcels/packing.wirebench.json".into()));
    assert_eq!(desk.room.memory.get("/parcels/packing.wirebench.json"), Some(project));
    assert!(!desk.said().contains("has no file"), "{}", desk.said());
}
