//! The view on real components and on very large ones, through the accessibility tree.

use super::super::{At, Place, State, View, show};
use crate::component::{Component, TypeId, where_used};
use crate::compose::Side;
use crate::project::{Target, Theme};
use crate::session::{Command, Memory, Selection, Session};
use crate::ui::actions::Action;
use crate::ui::look::{Stage, both};
use crate::ui::panels::{Outbox, Request, kit};
use egui::{CentralPanel, Key, OutputCommand, Role};
use egui_kittest::kittest::{NodeT, Queryable};
use std::sync::Arc;

struct Desk {
    session: Session,
    state: State,
    invoked: Vec<(Target, Option<String>, String)>,
    copied: Vec<String>,
}

struct Bench(Stage<'static, Desk>);

fn with_sample(file: &str) -> Session {
    let mut session = Session::new(Arc::new(Memory::default()), None);
    session.apply(Command::OpenSample(file.to_owned()));
    finish(session)
}

fn with_bytes(bytes: Vec<u8>) -> Session {
    let mut session = Session::new(Arc::new(Memory::default()), None);
    session.apply(Command::OpenBytes("opened.wasm".into(), bytes.into()));
    finish(session)
}

fn finish(mut session: Session) -> Session {
    session.poll();
    let digest = *session.library().keys().next().unwrap();
    session.apply(Command::Select(Selection::Component(digest)));
    session
}

fn package(wit: &str) -> Vec<u8> {
    let mut resolve = wit_parser::Resolve { all_features: true, ..wit_parser::Resolve::default() };
    let package = resolve.push_str("test.wit", wit).unwrap();
    wit_component::encode(&resolve, package).unwrap()
}

impl Bench {
    fn new(session: Session) -> Self {
        Self::sized([1000.0, 760.0], Theme::Dark, session)
    }

    fn sized(size: [f32; 2], theme: Theme, session: Session) -> Self {
        let mut state = State::default();
        let component = *session.library().keys().next().unwrap();
        state.go(Place { component, view: View::Types, at: At::Here });
        let desk = Desk { session, state, invoked: Vec::new(), copied: Vec::new() };
        let mut bench = Self(Stage::new(size, theme, desk, |ui, desk: &mut Desk| {
            desk.session.poll();
            let mut outbox = Outbox::default();
            let frame = crate::ui::panels::kit::canvas_frame(ui);
            CentralPanel::default().frame(frame).show(ui, |ui| {
                show(ui, &desk.session, &mut desk.state, &mut outbox);
            });
            outbox.commands.into_iter().for_each(|c| desk.session.apply(c));
            for request in outbox.requests {
                match request {
                    Request::Inspect(place) => desk.state.go(place),
                    Request::Act(action @ (Action::Back | Action::Forward)) => {
                        desk.state.step(action == Action::Back);
                    }
                    Request::Invoke(target, interface, function) => desk.invoked.push((target, interface, function)),
                    _ => {}
                }
                ui.ctx().request_repaint();
            }
            desk.session.poll();
            ui.output(|o| {
                for command in &o.commands {
                    if let OutputCommand::CopyText(text) = command {
                        desk.copied.push(text.clone());
                    }
                }
            });
        }));
        bench.run();
        bench.run();
        bench
    }

    fn run(&mut self) {
        self.0.harness.run_ok();
    }

    fn click(&mut self, role: Role, name: &str) {
        let found: Vec<_> = self.0.harness.query_all_by_role_and_label(role, name).collect();
        found.first().unwrap_or_else(|| panic!("no {role:?} “{name}”")).click();
        self.run();
    }

    fn press(&mut self, key: Key) {
        self.0.harness.key_press(key);
        self.run();
    }

    fn count(&self, role: Role, name: &str) -> usize {
        self.0.harness.query_all_by_role_and_label(role, name).count()
    }

    /// The names of all headings: what is shown.
    fn heading(&self) -> Vec<String> {
        let all = self.0.harness.query_all_by_role(Role::Heading);
        all.filter_map(|n| n.accesskit_node().label()).skip(1).collect()
    }

    fn has(&self, words: &str) -> bool {
        self.0.harness.query_all_by_label_contains(words).next().is_some()
    }

    fn go(&mut self, at: At) {
        let component = *self.0.harness.state().session.library().keys().next().unwrap();
        self.0.harness.state_mut().state.go(Place { component, view: View::Types, at });
        self.run();
    }

    fn component(&self) -> Arc<Component> {
        Arc::clone(self.0.harness.state().session.library().values().next().unwrap())
    }

    fn type_named(&self, name: &str) -> TypeId {
        let component = self.component();
        where_used(&component).find_types(&component, name)[0]
    }
}

#[test]
fn a_type_in_a_signature_leads_to_its_card_and_back() {
    let mut bench = Bench::new(with_sample("toolbox-rust.wasm"));
    assert_eq!(bench.heading(), ["techbytes:toolbox/kitchen-sink@0.1.0"]);
    bench.click(Role::TreeItem, "area");
    assert_eq!(bench.heading(), ["area"]);
    // Once in the signature, once among the parameters.
    assert_eq!(bench.count(Role::Link, "shape"), 2);
    bench.click(Role::Link, "shape");
    assert_eq!(bench.heading(), ["shape"]);
    assert!(bench.has("polygon"));
    bench.0.harness.get_by_role_and_label(Role::Link, "point").focus();
    bench.run();
    bench.press(Key::Enter);
    assert_eq!(bench.heading(), ["point"]);
    bench.click(Role::ListItem, "shape, case polygon");
    assert_eq!(bench.heading(), ["shape"], "where it is used leads there");
    bench.click(Role::ListItem, "area, parameter s");
    assert_eq!(bench.heading(), ["area"]);
    for shown in ["shape", "point", "shape", "area", "techbytes:toolbox/kitchen-sink@0.1.0"] {
        bench.click(Role::Button, "Go back");
        assert_eq!(bench.heading(), [shown]);
    }
    bench.click(Role::Button, "Go forward");
    assert_eq!(bench.heading(), ["area"]);
    bench.click(Role::Link, "techbytes:toolbox/kitchen-sink@0.1.0");
    assert_eq!(bench.heading(), ["techbytes:toolbox/kitchen-sink@0.1.0"], "the owner is a link");
}

#[test]
fn a_resource_shows_what_can_be_called_on_it_and_calls_it() {
    let mut bench = Bench::new(with_sample("toolbox-rust.wasm"));
    bench.click(Role::TreeItem, "counter");
    assert_eq!(bench.heading(), ["counter"]);
    for name in ["constructor", "increment", "label", "merge"] {
        assert_eq!(bench.count(Role::Link, name), 1, "{name}");
    }
    for words in ["Constructor", "Methods", "Statics", "Where used"] {
        assert!(bench.has(words), "{words}");
    }
    assert_eq!(
        bench.count(Role::ListItem, "counter.merge, parameter a, borrowed · parameter b, borrowed · result, owned"),
        1
    );
    bench.click(Role::Link, "increment");
    assert_eq!(bench.heading(), ["counter.increment"]);
    bench.click(Role::Button, "Call counter.increment…");
    let component = bench.component();
    let (target, interface, function) = bench.0.harness.state().invoked.last().unwrap().clone();
    assert_eq!(target, Target::Component(component.digest));
    assert_eq!(interface.as_deref(), Some("techbytes:toolbox/kitchen-sink@0.1.0"));
    assert_eq!(function, "[method]counter.increment");
    bench.click(Role::Button, "Copy WIT of counter.increment");
    assert_eq!(bench.0.harness.state().copied.last().unwrap(), "increment: func(by: option<s32>) -> s32;");
}

#[test]
fn the_navigator_works_from_the_keyboard_and_filters() {
    let mut bench = Bench::new(with_sample("toolbox-rust.wasm"));
    bench.0.harness.get_by_role_and_label(Role::TreeItem, "point").focus();
    bench.run();
    bench.press(Key::ArrowDown);
    bench.press(Key::Enter);
    assert_eq!(bench.heading(), ["shape"]);
    let interface = "kitchen-sink, techbytes:toolbox@0.1.0";
    bench.0.harness.get_by_role_and_label(Role::TreeItem, interface).focus();
    bench.run();
    bench.press(Key::ArrowLeft);
    assert_eq!(bench.count(Role::TreeItem, "point"), 0, "the left arrow folds");
    bench.press(Key::ArrowRight);
    assert_eq!(bench.count(Role::TreeItem, "point"), 1);

    bench.0.harness.get_by_label("Filter names").focus();
    bench.run();
    bench.0.harness.get_by_label("Filter names").type_text("colo");
    bench.run();
    assert_eq!((bench.count(Role::TreeItem, "color"), bench.count(Role::TreeItem, "point")), (1, 0));
    bench.0.harness.get_by_label("Filter names").type_text("xyz");
    bench.run();
    assert!(bench.has("Nothing here is called “coloxyz”"));
    bench.click(Role::Button, "Show all");
    assert_eq!(bench.count(Role::TreeItem, "point"), 1);
}

fn component_import(bench: &Bench, part: &str) -> String {
    bench.component().imports.iter().find(|i| i.name.contains(part)).unwrap().name.clone()
}

#[test]
fn imports_say_what_they_are() {
    let mut bench = Bench::new(with_sample("ledger-rust.wasm"));
    let streams = component_import(&bench, "io/streams");
    bench.go(At::Extern(Side::Import, streams.clone()));
    assert_eq!(bench.heading(), [streams.as_str(), "Who can satisfy it"]);
    assert!(bench.has("imported") && bench.has("host"));
    assert!(bench.has("No documentation is in this file"));
    assert!(bench.has("functions used"), "what the code takes of it");
    let files = component_import(&bench, "filesystem/types");
    bench.go(At::Function(Side::Import, Some(files), "[method]descriptor.stat".to_owned()));
    assert_eq!(bench.heading(), ["descriptor.stat"]);
    assert_eq!(bench.0.harness.query_all_by_label_contains("Call descriptor").count(), 0, "an import is not called");
    bench.click(Role::Link, "descriptor");
    assert_eq!(bench.heading(), ["descriptor"]);

    // Of WASI, but nothing that a run here can have.
    let logging = r#"(component (import "wasi:logging/logging" (instance (export "log" (func)))))"#;
    let mut bench = Bench::new(with_bytes(wat::parse_str(logging).unwrap()));
    bench.go(At::Extern(Side::Import, "wasi:logging/logging".to_owned()));
    assert!(bench.has("imported") && bench.0.harness.query_all_by_label("host").count() == 0);
}

const TILL: &str = "package shop:till@1.4.0;
    /// Where money goes. See [the manual](https://example.com/till).
    @since(version = 1.0.0)
    interface till {
        /// A drawer. It has:
        ///
        /// - a lock,
        /// - `coins`.
        @since(version = 1.1.0)
        @deprecated(version = 1.3.0)
        resource drawer {
            /// Opens it.
            @unstable(feature = slide)
            open: func() -> list<coin>;
        }
        /// A coin.
        @unstable(feature = coins)
        record coin {
            /// In cents.
            value: u32,
        }
        /// All of it.
        total: async func(of: list<borrow<drawer>>) -> result<u64, string>;
    }
    /// A shop that has a till.
    world shop { import till; export open: func() -> bool; }";

#[test]
fn a_wit_package_shows_documentation_stability_and_worlds() {
    let mut bench = Bench::new(with_bytes(package(TILL)));
    assert_eq!(bench.heading(), ["shop:till/till@1.4.0"]);
    assert!(bench.has("@since 1.0.0") && bench.has("@deprecated 1.3.0") && bench.has("@unstable coins"));
    assert!(bench.has("See the manual (https://example.com/till)."), "an address is shown, not opened");
    assert!(bench.has("a lock,") && bench.has("async"));
    bench.click(Role::TreeItem, "shop");
    assert_eq!(bench.heading(), ["shop:till/shop@1.4.0"]);
    bench.click(Role::ListItem, "open");
    assert_eq!(bench.heading(), ["open"]);
    assert_eq!(bench.0.harness.query_all_by_label_contains("Call open").count(), 0, "there is nothing to call");
    bench.click(Role::Button, "Go back");
    bench.click(Role::ListItem, "till, shop:till@1.4.0");
    assert_eq!(bench.heading(), ["shop:till/till@1.4.0"]);
    bench.click(Role::Link, "coin");
    assert_eq!(bench.heading(), ["coin"]);
    assert!(bench.has("In cents."));
}

#[test]
fn what_has_no_types_says_so() {
    let mut bench = Bench::new(with_bytes(b"\0asm\x01\0\0\0".to_vec()));
    assert!(bench.has("A core module has no interfaces and no types"));
    bench.click(Role::Button, "Show parts");
    assert!(!bench.has("A core module has no interfaces and no types"));
}

/// However much there is, what is drawn is what fits.
#[test]
fn ten_thousand_types_fields_and_functions_stay_quick_to_draw() {
    let types: String = (0..10_000).map(|i| format!("record r{i} {{ x: list<u8>, y: t }}\n")).collect();
    let functions: String = (0..10_000).map(|i| format!("fun{i}: func(x: r{i}) -> t;\n")).collect();
    let fields: String = (0..10_000).map(|i| format!("field{i}: t,\n")).collect();
    let wit = format!("package a:b;\ninterface i {{ enum t {{ a }}\nrecord wide {{ {fields} }}\n{types}{functions} }}");
    let mut bench = Bench::new(with_bytes(package(&wit)));
    let few = |bench: &Bench, most: usize| {
        let drawn = bench.0.harness.root().children_recursive().count();
        assert!(drawn < most, "{drawn} nodes");
    };
    few(&bench, 600);
    bench.go(At::Type(bench.type_named("wide")));
    assert!(bench.has("Rows 1 to 50 of 10000"));
    few(&bench, 900);
    bench.click(Role::Button, "Next rows");
    assert!(bench.has("Rows 51 to 100 of 10000") && bench.has("field50") && !bench.has("field49"));
    bench.go(At::Type(bench.type_named("i#t")));
    assert!(bench.has("Uses 1 to 50 of"));
    few(&bench, 600);
    bench.click(Role::Button, "Next uses");
    assert!(bench.has("Uses 51 to 100 of"));
    // The row of the last one comes into view.
    bench.go(At::Type(bench.type_named("r9999")));
    assert_eq!(bench.count(Role::TreeItem, "r9999"), 1);
    few(&bench, 600);
}

#[test]
fn a_type_that_doubles_with_each_level_is_shown_one_level_at_a_time() {
    let mut types = String::from("type t0 = tuple<u8, u8>;\n");
    for i in 1..16 {
        types += &format!("type t{i} = tuple<t{0}, t{0}>;\n", i - 1);
    }
    let wit = format!("package a:b;\ninterface i {{ {types} f: func(x: t15); }}");
    let mut bench = Bench::new(with_bytes(package(&wit)));
    bench.go(At::Type(bench.type_named("t15")));
    for i in (0..15).rev() {
        bench.click(Role::Link, &format!("t{i}"));
        assert_eq!(bench.heading(), [format!("t{i}")]);
    }

    // Without names there is nothing to follow: the text ends where it would grow without an end.
    let mut text = String::from("(component (type $t0 (tuple u8 u8))");
    for i in 1..18 {
        text += &format!("(type $t{i} (tuple $t{0} $t{0}))", i - 1);
    }
    text += "(import \"f\" (func (param \"x\" $t17))))";
    let bench = Bench::new(with_bytes(wat::parse_str(text).unwrap()));
    assert_eq!(bench.heading(), ["f"]);
    assert!(bench.has("…"));
}

#[test]
fn pictures_of_types() {
    both(|theme, word| {
        for size in [[1000.0, 760.0], [1320.0, 940.0]] {
            let mut bench = Bench::sized(size, theme, with_sample("toolbox-rust.wasm"));
            let width = size[0];
            bench.0.picture(&format!("types-toolbox-{width}-{word}"));
            bench.go(At::Type(bench.type_named("counter")));
            bench.0.picture(&format!("types-counter-{width}-{word}"));
        }
        let bench = Bench::sized([1000.0, 760.0], theme, with_sample("stock-rust.wasm"));
        bench.0.picture(&format!("types-stock-{word}"));
        let mut bench = Bench::sized([1000.0, 760.0], theme, with_sample("ledger-rust.wasm"));
        bench.go(At::Type(bench.type_named("descriptor")));
        bench.0.picture(&format!("types-ledger-{word}"));
        bench.go(At::Type(bench.type_named("types#error-code")));
        bench.0.picture(&format!("types-error-{word}"));
        let name = component_import(&bench, "io/streams");
        bench.go(At::Extern(Side::Import, name.clone()));
        bench.0.picture(&format!("types-import-{word}"));
        bench.go(At::Function(Side::Import, Some(name), "[method]input-stream.blocking-read".into()));
        bench.0.picture(&format!("types-function-{word}"));
        let mut bench = Bench::sized([1000.0, 760.0], theme, with_bytes(package(TILL)));
        bench.0.picture(&format!("types-till-{word}"));
        bench.go(At::Type(bench.type_named("drawer")));
        bench.0.picture(&format!("types-drawer-{word}"));
        bench.click(Role::TreeItem, "shop");
        bench.0.picture(&format!("types-world-{word}"));
    });
}

#[test]
fn long_names_are_no_wall_of_text_and_are_copied_whole() {
    let long = format!("a{}", "-bcdefghi".repeat(10_000));
    let wit = format!(
        "package a:b; interface i {{ record {long} {{ x: u32 }} f: func(p: {long}) -> {long}; }} world w {{ import i; }}"
    );
    let mut bench = Bench::new(with_bytes(package(&wit)));
    bench.0.harness.get_by_label("i, a:b").click();
    bench.run();
    assert!(bench.has(kit::NAMES_ARE_SHORT));
    let mut highest = 0.0_f32;
    for node in bench.0.harness.query_all_by_label_contains("bcdefghi") {
        highest = highest.max(node.rect().height());
    }
    assert!(highest > 0.0 && highest < 240.0, "{highest}");
    let shown = kit::shortened(&long, kit::MOST_OF_A_NAME).into_owned();
    bench.0.harness.get_by_label(&format!("Copy WIT of {shown}")).click();
    bench.run();
    let copied = bench.0.harness.state().copied.last().unwrap();
    assert!(copied.starts_with(&format!("record {long} {{")), "{} bytes", copied.len());
}

#[test]
fn a_long_world_is_turned_over_page_by_page() {
    let interfaces: String = (0..120).map(|i| format!("interface i{i} {{ f: func(); }}\n")).collect();
    let imports: String = (0..120).map(|i| format!("import i{i};\n")).collect();
    let mut bench = Bench::new(with_bytes(package(&format!("package a:b;\n{interfaces}\nworld w {{ {imports} }}"))));
    let component = *bench.0.harness.state().session.library().keys().next().unwrap();
    let at = At::Named(crate::component::Named::World(0));
    bench.0.harness.state_mut().state.go(Place { component, view: View::Types, at });
    bench.run();
    assert!(bench.has("Imports 1 to 50 of 120"));
    bench.0.harness.get_by_label("Next imports").click();
    bench.run();
    bench.0.harness.get_by_label("Next imports").click();
    bench.run();
    assert!(bench.has("Imports 101 to 120 of 120"));
}
