//! The view on real components, through the accessibility tree.

use crate::component::{Digest, Functions, NodeId, SizeMap};
use crate::project::Theme;
use crate::session::{Command, Finding, Memory, Session, Study};
use crate::ui::inspect::{self, At, Place, View};
use crate::ui::look::{Stage, both};
use crate::ui::panels::path_bar::Purpose;
use crate::ui::panels::{Outbox, Request};
use egui::{Event, Key, Modifiers, PointerButton, Pos2, Role, Ui};
use egui_kittest::kittest::{NodeT, Queryable};
use std::sync::Arc;

struct Desk {
    session: Session,
    state: inspect::State,
    requests: Vec<Request>,
    digest: Digest,
}

struct Bench(Stage<'static, Desk>);

/// The view of a file, which is the only one open.
fn bench(size: [f32; 2], theme: Theme, name: &str, bytes: &[u8]) -> Bench {
    let mut session = Session::new(Arc::new(Memory::default()), None);
    session.apply(Command::OpenBytes(name.to_owned(), bytes.into()));
    session.poll();
    let digest = session.library().values().next().expect("the file is open").digest;
    let mut state = inspect::State::default();
    state.go(Place { component: digest, view: View::Parts, at: At::Here });
    let desk = Desk { session, state, requests: Vec::new(), digest };
    let mut bench = Bench(Stage::new(size, theme, desk, |ui: &mut Ui, desk: &mut Desk| {
        desk.session.poll();
        let mut outbox = Outbox::default();
        inspect::show(ui, &desk.session, &mut desk.state, &mut outbox);
        outbox.commands.into_iter().for_each(|c| desk.session.apply(c));
        desk.session.poll();
        desk.requests.extend(outbox.requests);
    }));
    bench.0.harness.run();
    bench
}

fn sample(file: &str) -> Bench {
    bench([1060.0, 700.0], Theme::Dark, file, &bytes(file))
}

fn bytes(file: &str) -> Vec<u8> {
    std::fs::read(format!("{}/samples/components/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

impl Bench {
    fn run(&mut self) {
        self.0.harness.run();
    }

    fn desk(&self) -> &Desk {
        self.0.harness.state()
    }

    fn map(&self) -> &SizeMap {
        match self.desk().session.finding(&Study::Sizes(self.desk().digest)) {
            Some(Finding::Sizes(map)) => map,
            other => panic!("{other:?}"),
        }
    }

    fn has(&self, text: &str) -> bool {
        self.0.harness.query_all_by_label_contains(text).next().is_some()
    }

    fn names(&self, role: Role) -> Vec<String> {
        let nodes = self.0.harness.query_all_by_role(role);
        nodes.filter_map(|n| n.accesskit_node().label()).collect()
    }

    fn click(&mut self, role: Role, name: &str) {
        self.0.harness.get_by_role_and_label(role, name).click();
        self.run();
    }

    fn click_first(&mut self, role: Role, start: &str) {
        let found = self.0.harness.query_all_by_role(role);
        let name = found.filter_map(|n| n.accesskit_node().label()).find(|label| label.starts_with(start));
        let name = name.unwrap_or_else(|| panic!("no {start}"));
        let mut found = self.0.harness.query_all_by_role_and_label(role, &name);
        if let Some(node) = found.next() {
            node.click();
        }
        drop(found);
        self.run();
    }

    /// Within one frame, because a frame of a test lasts longer than a double click may.
    fn double_click(&mut self, at: Pos2) {
        let events = &mut self.0.harness.input_mut().events;
        events.push(Event::PointerMoved(at));
        for pressed in [true, false, true, false] {
            let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
            events.push(Event::PointerButton { pos: at, button, pressed, modifiers });
        }
        self.run();
    }

    fn key(&mut self, key: Key) {
        self.0.harness.key_press(key);
        self.run();
    }
}

#[test]
fn tree_and_map_show_the_same_and_select_together() {
    let mut bench = sample("shop-composed.wasm");
    let rows = bench.names(Role::TreeItem);
    assert!(rows.iter().any(|r| r == "core module 1.0 main"), "{rows:?}");
    let tiles = bench.names(Role::GraphicsObject);
    assert!(tiles.iter().any(|t| t.starts_with("code, 13.6 KiB, 67.")), "{tiles:?}");
    assert!(bench.has("code 75.8 %") && bench.has("types and wiring 12.2 %"));
    // A tile clicked is selected in the tree, unfolded around it, and told about below.
    bench.click_first(Role::GraphicsObject, "techbytes:orders/checkout#place");
    let row = bench.0.harness.get_by_role_and_label(Role::TreeItem, "techbytes:orders/checkout#place");
    assert_eq!(row.accesskit_node().is_selected(), Some(true));
    assert!(bench.has("(1274 bytes), 6.1 %") && bench.has("of its core module"));
    // A row clicked is selected; once more, it folds.
    bench.click(Role::TreeItem, "core module 1.0 main");
    assert!(bench.has("(15367 bytes)") && bench.has("A core module: code and memory"));
    bench.click(Role::TreeItem, "core module 1.0 main");
    let row = bench.0.harness.get_by_role_and_label(Role::TreeItem, "core module 1.0 main");
    assert_eq!(row.accesskit_node().data().is_expanded(), Some(false));
}

#[test]
fn the_map_is_walked_and_entered_by_keyboard() {
    let mut bench = sample("shop-composed.wasm");
    let map = bench.0.harness.get_by_role_and_label(Role::GraphicsDocument, "Size map of component");
    map.focus();
    bench.run();
    bench.key(Key::ArrowRight);
    let selected = |bench: &Bench| {
        let map = bench.0.harness.get_by_role(Role::GraphicsDocument);
        map.accesskit_node().description().unwrap_or_default()
    };
    let first = selected(&bench);
    bench.key(Key::ArrowRight);
    let second = selected(&bench);
    assert!(first != second && !second.starts_with("component,"), "{first} {second}");
    bench.key(Key::Enter);
    let root = bench.names(Role::GraphicsDocument);
    assert_ne!(root, ["Size map of component"]);
    assert!(bench.names(Role::Button).contains(&"Whole file".to_owned()), "a way back by pointer");
    bench.key(Key::Enter);
    for _ in 0..8 {
        bench.key(Key::Backspace);
    }
    assert_eq!(bench.names(Role::GraphicsDocument), ["Size map of component"]);
}

#[test]
fn a_double_click_enters_and_the_crumbs_lead_back() {
    let mut bench = sample("shop-composed.wasm");
    let title = "core module 1.0 main, 15.0 KiB, 74.1 %";
    let at = bench.0.harness.get_by_role_and_label(Role::GraphicsObject, title).rect().center();
    bench.double_click(at);
    assert_eq!(bench.names(Role::GraphicsDocument), ["Size map of core module 1.0 main"]);
    bench.click(Role::Button, "component 1");
    assert_eq!(bench.names(Role::GraphicsDocument), ["Size map of component 1"]);
    bench.click(Role::Button, "Whole file");
    assert_eq!(bench.names(Role::GraphicsDocument), ["Size map of component"]);
}

#[test]
fn functions_of_the_whole_file_are_searched() {
    let mut bench = sample("toolbox-rust.wasm");
    bench.click(Role::RadioButton, "Functions");
    let all = bench.names(Role::ListItem);
    assert!(all.len() > 10);
    assert!(bench.has(" functions, "));
    bench.0.harness.get_by_role_and_label(Role::SearchInput, "Search functions").click();
    bench.run();
    bench.0.harness.get_by_role_and_label(Role::SearchInput, "Search functions").type_text("REALLOC");
    bench.run();
    let found = bench.names(Role::ListItem);
    assert!(!found.is_empty() && found.len() < all.len(), "{found:?}");
    assert!(found.iter().all(|f| f.to_lowercase().contains("realloc")), "{found:?}");
    let first = found[0].clone();
    bench.click(Role::ListItem, &first);
    assert!(bench.has("of its core module"));
    bench.0.harness.get_by_role_and_label(Role::SearchInput, "Search functions").click();
    bench.run();
    bench.0.harness.get_by_role_and_label(Role::SearchInput, "Search functions").type_text("nowhere");
    bench.run();
    assert!(bench.has("No function has this in its name"));
}

#[test]
fn a_part_is_opened_saved_and_its_code_shown() {
    let mut bench = sample("shop-composed.wasm");
    assert!(bench.0.harness.get_by_role_and_label(Role::Button, "Open part").accesskit_node().is_disabled());
    bench.click_first(Role::GraphicsObject, "component 0, ");
    bench.click(Role::Button, "Show code");
    let range = bench.map().range(bench.map().part(&[0]).unwrap());
    match bench.0.harness.state_mut().requests.pop() {
        Some(Request::Inspect(place)) => {
            assert_eq!((place.view, place.at), (View::Code, At::Bytes(range.clone())));
        }
        _ => panic!("code is shown by a link"),
    }
    bench.click(Role::Button, "Save part…");
    let digest = bench.desk().digest;
    match bench.0.harness.state_mut().requests.pop() {
        Some(Request::AskPath(purpose, name)) => {
            assert_eq!((purpose, name.as_str()), (Purpose::ExportPart(digest, vec![0]), "shop-composed[0].wasm"));
        }
        _ => panic!("a path is asked for"),
    }
    bench.click(Role::Button, "Open part");
    let names: Vec<_> = bench.desk().session.library().values().map(|c| c.name.clone()).collect();
    assert!(names.contains(&"shop-composed[0]".to_owned()), "{names:?}");
    // It is what is inspected now.
    assert!(bench.has("Component · 3.2 KiB"));
    // Back is where it was, at what was selected.
    let state = &mut bench.0.harness.state_mut().state;
    assert_eq!((state.step(true), state.going.clone()), (Some(digest), Some(At::Bytes(range))));
}

#[test]
fn custom_sections_say_what_they_are_and_broken_ones_why() {
    let mut bench = sample("fraud-check-c.wasm");
    bench.click(Role::TreeItem, "core module 0 main");
    bench.click(Role::TreeItem, "core module 0 main");
    bench.click(Role::TreeItem, "core module 0 main");
    bench.click_first(Role::TreeItem, "producers");
    assert!(bench.has("Languages and tools that made the file"));
    assert!(bench.has("processed-by: "));
    let text = "(module (@custom \"producers\" \"\\02\\08language\\01\\04Rust\\042021\\0cproc\") (@custom \"notes\" \"a\\1bb\"))";
    let mut bench = super::tests::bench([1060.0, 700.0], Theme::Dark, "x.wat", text.as_bytes());
    bench.click(Role::TreeItem, "producers, broken");
    assert!(bench.has("This section is broken: ") && bench.has("language: Rust 2021"));
    bench.click(Role::TreeItem, "notes");
    assert!(!bench.has("broken: "));
}

#[test]
fn a_link_to_bytes_selects_what_lies_there() {
    let mut bench = sample("shop-composed.wasm");
    let functions = Functions::of(bench.map());
    let function = bench.map().find(functions.largest_ranges().next().unwrap());
    let (range, name) = (bench.map().range(function), bench.map().name(function));
    let component = bench.desk().digest;
    let place = Place { component, view: View::Parts, at: At::Bytes(range) };
    bench.0.harness.state_mut().state.go(place);
    bench.run();
    let row = bench.0.harness.query_all_by_role(Role::TreeItem);
    let selected: Vec<_> = row.filter(|r| r.accesskit_node().is_selected() == Some(true)).collect();
    assert_eq!(selected[0].accesskit_node().label(), Some(name));
}

#[test]
fn damaged_and_huge_files_have_a_map_too() {
    let cut = bytes("toolbox-rust.wasm");
    let bench = super::tests::bench([1060.0, 700.0], Theme::Dark, "cut.wasm", &cut[..cut.len() / 2]);
    assert!(bench.has("unreadable"));
    let text = format!("(module {})", "(func nop)".repeat(60_000));
    let mut bench = super::tests::bench([1060.0, 700.0], Theme::Dark, "many.wat", text.as_bytes());
    assert!(bench.names(Role::GraphicsObject).iter().any(|n| n.contains(" smaller in code, ")));
    bench.click(Role::TreeItem, "code, 60,000 functions");
    bench.click(Role::TreeItem, "code, 60,000 functions");
    // Only the rows in view are made.
    assert!(bench.names(Role::TreeItem).len() < 60, "{}", bench.names(Role::TreeItem).len());
    assert_eq!(bench.map().size(NodeId::ROOT), bench.desk().session.library().values().next().unwrap().bytes.len());
}

#[test]
fn what_it_looks_like() {
    both(|theme, name| {
        let mut bench = super::tests::bench([1060.0, 700.0], theme, "shop-composed.wasm", &bytes("shop-composed.wasm"));
        bench.0.picture(&format!("parts-shop-{name}"));
        bench.click_first(Role::GraphicsObject, "techbytes:orders/checkout#place");
        bench.0.picture(&format!("parts-function-{name}"));
        let mut bench =
            super::tests::bench([1380.0, 900.0], theme, "wordcount-rust.wasm", &bytes("wordcount-rust.wasm"));
        bench.click_first(Role::TreeItem, "producers");
        bench.0.picture(&format!("parts-large-{name}"));
        bench.click(Role::RadioButton, "Functions");
        bench.0.picture(&format!("parts-functions-{name}"));
        let mut bench = super::tests::bench([680.0, 560.0], theme, "stock-rust.wasm", &bytes("stock-rust.wasm"));
        bench.click_first(Role::GraphicsObject, "code, ");
        bench.0.picture(&format!("parts-narrow-{name}"));
    });
}
