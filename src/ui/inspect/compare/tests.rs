//! The view on pairs of components, through the accessibility tree.

use super::*;
use crate::project::Theme;
use crate::session::{Command, Memory};
use crate::ui::look::{Stage, both};
use egui::{CentralPanel, OutputCommand};
use egui_kittest::kittest::{NodeT, Queryable};

/// A session, the view, and what came out of it.
struct Desk {
    session: Session,
    component: Digest,
    state: State,
    at: Option<At>,
    requests: Vec<Request>,
    copied: Vec<String>,
}

struct Bench(Stage<'static, Desk>);

const OLD: &str = "package shop:books@1.1.0;
    interface ledger {
        record entry { id: string, cents: u32 }
        enum kind { rent, food, travel }
        add: func(e: entry, k: kind);
        all: func() -> list<entry>;
        wipe: func();
    }
    world w { import wasi:clocks/wall-clock@0.2.0; import log: func(m: string); export ledger; }";
const NEW: &str = "package shop:books@1.2.0;
    interface ledger {
        record entry { id: string, cents: u64, memo: option<string> }
        enum kind { rent, food, travel }
        add: func(e: entry, k: kind) -> result<_, string>;
        all: async func() -> list<entry>;
        of: func(k: kind) -> list<entry>;
    }
    world w { import wasi:clocks/wall-clock@0.2.0; import wasi:http/outgoing-handler@0.2.0;
        import log: func(m: string); export ledger; export version: func() -> string; }";
const WASI: &str = "package wasi:clocks@0.2.0 { interface wall-clock { now: func() -> u64; } }
    package wasi:http@0.2.0 { interface outgoing-handler { handle: func(url: string) -> string; } }";

fn bytes(wit: &str) -> Vec<u8> {
    use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
    let mut resolve = wit_parser::Resolve::default();
    let (head, body) = wit.split_once(';').unwrap();
    let package = resolve.push_str("test.wit", &format!("{head}; {WASI} {body}")).unwrap();
    let world = resolve.select_world(&[package], Some("w")).unwrap();
    let abi = wit_parser::ManglingAndAbi::Legacy(wit_parser::LiftLowerAbi::Sync);
    let mut module = dummy_module(&resolve, world, abi);
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default().module(&module).unwrap().encode().unwrap()
}

/// A session with these files open, and their digests.
fn session(files: &[(&str, Vec<u8>)]) -> (Session, Vec<Digest>) {
    let mut session = Session::new(Arc::new(Memory::default()), None);
    for (name, bytes) in files {
        session.apply(Command::OpenBytes((*name).into(), bytes.as_slice().into()));
        session.poll();
    }
    let digests: Vec<_> = files.iter().map(|(_, bytes)| Digest::of(bytes)).collect();
    assert!(digests.iter().all(|d| session.component(d).is_some()), "{:?}", session.notices());
    (session, digests)
}

impl Bench {
    fn new(files: &[(&str, Vec<u8>)], size: [f32; 2], theme: Theme) -> Self {
        let (session, digests) = session(files);
        let component = *digests.last().unwrap();
        let at = (digests.len() > 1).then(|| At::With(digests[0]));
        let desk = Desk { session, component, state: State::default(), at, requests: vec![], copied: vec![] };
        let mut bench = Self(Stage::new(size, theme, desk, |ui, desk: &mut Desk| {
            desk.session.poll();
            let mut outbox = Outbox::default();
            let component = Arc::clone(desk.session.component(&desk.component).unwrap());
            CentralPanel::default().frame(kit::panel_frame(ui)).show(ui, |ui| {
                show(ui, &desk.session, &component, desk.at.take(), &mut desk.state, &mut outbox);
            });
            outbox.commands.into_iter().for_each(|c| desk.session.apply(c));
            for request in outbox.requests {
                if let Request::Inspect(Place { component, view: View::Compare, at }) = &request {
                    (desk.component, desk.at) = (*component, Some(at.clone()));
                }
                desk.requests.push(request);
            }
            ui.output(|o| {
                for command in &o.commands {
                    if let OutputCommand::CopyText(text) = command {
                        desk.copied.push(text.clone());
                    }
                }
            });
        }));
        bench.run();
        bench
    }

    fn books() -> Self {
        Self::new(&[("old.wasm", bytes(OLD)), ("new.wasm", bytes(NEW))], [1000.0, 900.0], Theme::Dark)
    }

    fn run(&mut self) {
        // A study is asked for in one frame and shown in the next.
        self.0.harness.run_ok();
        self.0.harness.run_ok();
    }

    fn click(&mut self, name: &str) {
        self.0.harness.get_by_label(name).click();
        self.run();
    }

    fn has(&self, text: &str) -> bool {
        self.0.harness.query_all_by_label_contains(text).next().is_some()
    }
}

#[test]
fn the_verdict_and_every_difference_are_named() {
    let bench = Bench::books();
    for text in [
        "Warning: Major. Breaking: 1 import new, 1 export changed",
        "HTTP requests, New: wasi:http/outgoing-handler@0.2.0",
        "wasi:http/outgoing-handler@0.2.0, new: asks the host for it",
        "shop:books/ledger@1.1.0 → 1.2.0, declares 1.1.0 → 1.2.0 (minor); found major: the version promises too much",
        "of, func(k: kind) -> list<entry>",
        "entry → cents, u32 → u64",
        "add → e, record entry is different, see shop:books/ledger → entry",
        "all, synchronous → async",
        "wipe, func()",
        "version, new",
        "file: ",
    ] {
        assert!(bench.has(text), "{text}");
    }
    // What is equal is not listed until it is asked for, and what is new comes first.
    assert!(!bench.has("log, Equal"));
    let top = |text: &str| bench.0.harness.query_all_by_label_contains(text).next().unwrap().rect().top();
    assert!(
        top("HTTP requests, New:") < top("wasi:http/outgoing-handler@0.2.0, new") && top("version, new") < top("wipe")
    );
}

#[test]
fn filters_and_folds_choose_what_is_listed() {
    let mut bench = Bench::books();
    bench.click("Only breaking");
    assert!(bench.has("entry → cents") && bench.has("wipe, func()"));
    assert!(!bench.has("of, func(k: kind)") && !bench.has("version, new") && !bench.has("file: "));
    bench.click("Types");
    assert!(bench.has("entry → memo") && !bench.has("wipe, func()") && !bench.has("add → e"));
    bench.click("Documentation");
    assert!(bench.has("No such difference") && !bench.has("entry → cents"));
    bench.click("Everything");
    bench.click("What is equal, too");
    assert!(bench.has("log, Equal") && bench.has("Clocks, Equal"));
    bench.click("Exports");
    assert!(!bench.has("entry → cents") && bench.has("log, Equal"));
    bench.click("Exports");
    bench.0.harness.get_by_label_contains("shop:books/ledger@1.1.0 → 1.2.0").click();
    bench.run();
    assert!(!bench.has("entry → cents") && bench.has("version, new"));
}

#[test]
fn a_difference_opens_with_both_sides_and_its_reason() {
    let mut bench = Bench::books();
    bench.click("add, func(e: entry, k: kind) → func(e: entry, k: kind) -> result<_, string>");
    assert!(bench.has("What is different in it is listed below it"));
    bench.click("wipe, func()");
    assert!(bench.has("Major: whoever uses it no longer finds it") && bench.has("Not there"));
    bench.click("Copy path");
    assert_eq!(bench.0.harness.state().copied, ["shop:books/ledger@1.2.0 → wipe"]);
    bench.click("Close details");
    assert!(!bench.has("Not there"));
}

#[test]
fn both_can_be_swapped_and_copied_as_text() {
    let mut bench = Bench::books();
    bench.click("Copy as text");
    let text = bench.0.harness.state().copied[0].clone();
    assert!(text.contains("verdict  major") && text.contains("entry → cents: u32 → u64  major"), "{text}");
    bench.click("Swap before and after");
    assert!(bench.has("entry → cents, u64 → u32") && bench.has("HTTP requests, No longer asked for"));
    assert!(bench.has("of, func(k: kind) -> list<entry>"));
}

#[test]
fn one_is_chosen_from_what_is_open() {
    let files = [("old.wasm", bytes(OLD)), ("new.wasm", bytes(NEW))];
    let mut bench = Bench::new(&files, [1000.0, 900.0], Theme::Dark);
    bench.0.harness.state_mut().state = State::default();
    bench.run();
    bench.click("Compare with old");
    assert!(bench.has("Warning: Major."));
    let mut alone = Bench::new(&files[..1], [1000.0, 900.0], Theme::Dark);
    assert!(alone.has("Open the component that old is to be compared with"));
    alone.click("Open…");
    assert!(matches!(alone.0.harness.state().requests[..], [Request::Act(Action::OpenFiles)]));
}

#[test]
fn worlds_and_interfaces_of_packages_lead_to_their_cards() {
    let package = |wit: &str| {
        let mut resolve = wit_parser::Resolve::default();
        let id = resolve.push_str("p.wit", wit).unwrap();
        wit_component::encode(&resolve, id).unwrap()
    };
    let old = package("package t:p; interface i {} world v {} world w { import i; }");
    let new = package("package t:p; interface i { f: func(); } world v {} world w { import i; export g: func(); }");
    let mut bench = Bench::new(&[("old.wasm", old), ("new.wasm", new)], [1000.0, 900.0], Theme::Dark);
    bench.click("exports → g, a function");
    assert!(bench.has("Major: components of this world have to give it, too"));
    for (row, at) in [
        ("t:p/w", At::Named(Named::World(1))),
        ("t:p/i", At::Named(Named::Interface(ExternAt { list: component::List::Interfaces, index: 0 }))),
    ] {
        bench.0.harness.get_by_label_contains(&format!("{row}, ")).click_secondary();
        bench.run();
        bench.click("Show it in the newer one");
        assert!(matches!(bench.0.harness.state().requests.last(), Some(Request::Inspect(p)) if p.at == at), "{row}");
    }
}

#[test]
fn thousands_of_differences_draw_only_what_is_seen() {
    let body = |ty: &str| {
        let functions: String = (0..3_000).map(|i| format!("call{i}: func(x: {ty}); ")).collect();
        format!("package t:p; interface i {{ {functions} }} world w {{ export i; }}")
    };
    let files = [("a.wasm", bytes(&body("u8"))), ("b.wasm", bytes(&body("u16")))];
    let bench = Bench::new(&files, [1000.0, 700.0], Theme::Dark);
    let rows = bench.0.harness.query_all_by_role(Role::TreeItem).count();
    assert!((10..60).contains(&rows), "{rows}");
    assert_eq!(bench.0.harness.state().state.rows.iter().filter(|r| matches!(r, Row::Change(..))).count(), 6_000);
}

#[test]
fn everything_has_a_role_and_a_name() {
    let mut bench = Bench::books();
    bench.click("wipe, func()");
    let mut nameless = Vec::new();
    fn walk(node: &egui_kittest::kittest::AccessKitNode<'_>, out: &mut Vec<String>) {
        let is_control = matches!(
            node.role(),
            Role::Button
                | Role::CheckBox
                | Role::TreeItem
                | Role::ComboBox
                | Role::RadioButton
                | Role::DisclosureTriangle
        );
        if is_control && node.label().is_none_or(|l| l.is_empty()) && node.labelled_by().next().is_none() {
            out.push(format!("{:?}", node.role()));
        }
        node.children().for_each(|child| walk(&child, out));
    }
    walk(&bench.0.harness.root().accesskit_node(), &mut nameless);
    assert!(nameless.is_empty(), "{nameless:?}");
}

#[test]
fn pictures() {
    both(|theme, name| {
        let files = [("ledger-1.1.wasm", bytes(OLD)), ("ledger-1.2.wasm", bytes(NEW))];
        let mut bench = Bench::new(&files, [1016.0, 720.0], theme);
        bench.0.picture(&format!("compare-{name}"));
        bench.click("wipe, func()");
        bench.0.picture(&format!("compare-details-{name}"));
        let mut samples = Vec::new();
        for file in ["fraud-check-go.wasm", "fraud-check-js.wasm"] {
            let sample = crate::session::samples::SAMPLES.iter().find(|s| s.file == file).unwrap();
            samples.push((file, sample.bytes.to_vec()));
        }
        let mut bench = Bench::new(&samples, [1016.0, 1100.0], theme);
        bench.click("Imports");
        bench.0.picture(&format!("compare-samples-{name}"));
        bench.0.harness.state_mut().state = State::default();
        bench.run();
        bench.0.picture(&format!("compare-choose-{name}"));
    });
}

#[test]
fn long_names_that_differ_at_their_end_are_told_apart_in_a_small_window() {
    let stem = "shop-books-and-everything-that-belongs-to-them-as-it-was-released";
    let (old, new) = (format!("{stem}-1.1.0.wasm"), format!("{stem}-1.2.0.wasm"));
    let files = [(old.as_str(), bytes(OLD)), (new.as_str(), bytes(NEW))];
    let bench = Bench::new(&files, [700.0, 500.0], Theme::Dark);
    let after = bench.0.harness.get_by_role_and_label(egui::Role::Label, new.trim_end_matches(".wasm")).rect();
    assert!(after.right() <= 700.0 && after.width() > 200.0, "{after:?}");
    bench.0.picture("compare-long-names");
}
