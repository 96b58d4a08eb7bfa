use super::*;
use crate::project::Theme;
use crate::session::{Memory, Selection};
use crate::ui::look::{Stage, both};
use egui::{CentralPanel, Key, Modifiers, Role as Widget};
use egui_kittest::kittest::{NodeT, Queryable};

struct Desk {
    session: Session,
    state: super::super::State,
    requests: Vec<Request>,
}

struct Bench(Stage<'static, Desk>);

impl Bench {
    /// The workspace with this component, at the view.
    fn new(size: [f32; 2], theme: Theme, name: &str, bytes: &[u8]) -> Self {
        let mut session = Session::new(Arc::new(Memory::default()), None);
        session.apply(Command::OpenBytes(name.to_owned(), bytes.into()));
        session.poll();
        let component = *session.library().keys().next().unwrap();
        let mut state = super::super::State::default();
        state.go(Place { component, view: View::Inside, at: At::Here });
        let desk = Desk { session, state, requests: Vec::new() };
        let mut bench = Self(Stage::new(size, theme, desk, |ui, desk: &mut Desk| {
            desk.session.poll();
            let mut outbox = Outbox::default();
            CentralPanel::default().frame(egui::Frame::NONE).show(ui, |ui| {
                super::super::show(ui, &desk.session, &mut desk.state, &mut outbox);
            });
            outbox.commands.into_iter().for_each(|c| desk.session.apply(c));
            desk.requests.extend(outbox.requests);
        }));
        bench.run();
        bench
    }

    fn run(&mut self) {
        self.0.harness.run_ok();
    }

    fn click(&mut self, name: &str) {
        self.0.harness.get_by_label(name).click();
        self.run();
    }

    fn has(&self, name: &str) -> bool {
        self.0.harness.query_by_label(name).is_some()
    }

    fn session(&self) -> &Session {
        &self.0.harness.state().session
    }
}

fn sample(file: &str) -> Vec<u8> {
    std::fs::read(format!("{}/samples/components/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

const CHECK: &str = "techbytes:payments/fraud-check";

#[test]
fn a_composed_file_shows_its_graph_and_what_each_node_is() {
    let mut bench = Bench::new([1000.0, 640.0], Theme::Dark, "shop.wasm", &sample("shop-composed.wasm"));
    for name in [
        "2 instances, 1 wire",
        "Canvas, 2 instances, 1 wire",
        "checkout, instance of checkout",
        &format!("checkout import {CHECK}, connected"),
        "checkout export techbytes:orders/checkout, exported",
        &format!("wire from fraud-check {CHECK} to checkout {CHECK}"),
        "from checkout",
    ] {
        assert!(bench.has(name), "{name}");
    }
    bench.click("checkout, instance of checkout");
    for name in
        ["a3b1b845", "wit-bindgen-rust 0.61.1", "from fraud-check", "the whole exports it as techbytes:orders/checkout"]
    {
        assert!(bench.has(name), "{name}");
    }
    bench.click(&format!("wire from fraud-check {CHECK} to checkout {CHECK}"));
    assert!(bench.has(&format!("fraud-check · {CHECK}")));
    // Open part: the part is a component of its own, and what is inspected.
    bench.click("checkout, instance of checkout");
    bench.click("Open part");
    let part = Digest::of(&sample("checkout-rust.wasm"));
    assert_eq!(bench.session().selection(), &Selection::Component(part));
    assert_eq!(bench.session().opened(&part).unwrap().part.as_ref().unwrap().path, [1]);
    assert!(bench.has("No composition: 3 core modules, 2 wires"));
}

#[test]
fn the_graph_stays_as_it_is_until_a_copy_is_edited() {
    let mut bench = Bench::new([1000.0, 640.0], Theme::Dark, "shop.wasm", &sample("shop-composed.wasm"));
    let wire = format!("wire from fraud-check {CHECK} to checkout {CHECK}");
    let at = |bench: &Bench, name: &str| bench.0.harness.get_by_label(name).rect().center();
    // Pulling at a port moves the node, and the wire comes along.
    let port = at(&bench, &format!("checkout import {CHECK}, connected"));
    let before = at(&bench, "checkout, instance of checkout");
    bench.0.harness.drag_at(port);
    bench.0.harness.hover_at(port + vec2(0.0, 60.0));
    bench.0.harness.drop_at(port + vec2(0.0, 60.0));
    bench.run();
    assert!(at(&bench, "checkout, instance of checkout").y > before.y + 40.0);
    assert!(bench.has(&wire));
    bench.0.harness.key_press_modifiers(Modifiers::NONE, Key::Delete);
    bench.run();
    assert!(bench.has(&wire));
    assert_eq!(bench.session().document().composition.instances.len(), 0);
    bench.click("Edit a copy");
    assert_eq!(bench.session().document().composition.wires.len(), 1);
    assert!(matches!(bench.0.harness.state().requests.last(), Some(Request::Act(Action::ShowWire))));
}

#[test]
fn a_plain_component_shows_its_core_modules_and_a_core_module_says_so() {
    let mut bench = Bench::new([1000.0, 640.0], Theme::Dark, "check.wasm", &sample("fraud-check-cpp.wasm"));
    assert!(bench.has("No composition: 4 core modules, 9 wires") && !bench.has("Edit a copy"));
    bench.click("wasi_snapshot_preview1, instance of wasi_snapshot_preview1");
    assert!(bench.has("Core module that adapts WASI"));
    let mut bench = Bench::new([1000.0, 640.0], Theme::Dark, "m.wat", b"(module)");
    assert!(bench.has("This is a core module: nothing is wired inside it"));
    bench.click("Show parts");
    assert!(matches!(bench.0.harness.state().requests.last(), Some(Request::Inspect(p)) if p.view == View::Parts));
}

#[test]
fn what_cannot_be_split_says_why_beside_the_graph() {
    let wat = br#"(component
        (component $give (core module $m (func (export "f"))) (core instance $i (instantiate $m))
            (func (export "f") (canon lift (core func $i "f"))))
        (instance $a (instantiate $give))
        (export "all" (instance $a)))"#;
    let bench = Bench::new([1000.0, 640.0], Theme::Dark, "odd.wat", wat);
    let edit = bench.0.harness.get_by_label("Edit a copy");
    assert!(edit.accesskit_node().is_disabled());
    assert!(bench.has("The export all is all that “a” exports, as if it were one interface"));
}

#[test]
fn everything_that_can_be_used_has_a_name() {
    let bench = Bench::new([1000.0, 640.0], Theme::Light, "shop.wasm", &sample("fraud-check-js.wasm"));
    let nodes = [Widget::Button, Widget::GraphicsObject, Widget::GraphicsSymbol, Widget::ListItem, Widget::Row];
    for role in nodes {
        for node in bench.0.harness.query_all_by_role(role) {
            let name = node.accesskit_node().label();
            assert!(name.is_some_and(|n| !n.is_empty()), "{role:?}");
        }
    }
}

#[test]
fn pictures() {
    both(|theme, word| {
        for (size, file, select) in [
            ([1000.0, 640.0], "shop-composed", Some("checkout, instance of checkout")),
            ([1000.0, 640.0], "fraud-check-cpp", None),
            ([560.0, 640.0], "fraud-check-js", None),
        ] {
            let mut bench = Bench::new(size, theme, &format!("{file}.wasm"), &sample(&format!("{file}.wasm")));
            if let Some(name) = select {
                bench.click(name);
            }
            bench.0.picture(&format!("inside-{file}-{word}"));
        }
    });
}

/// A shop that was composed here, with the record of it.
fn recorded() -> Vec<u8> {
    use crate::compose::{Library, Plug, encode, plug};
    let mut library = Library::new();
    let [socket, provider] = ["checkout-rust", "fraud-check-c"].map(|name| {
        let component = crate::component::decode(&format!("{name}.wasm"), sample(&format!("{name}.wasm")).into());
        let plug = Plug { name: name.trim_end_matches("-rust").to_owned(), component: component.digest };
        library.insert(component.digest, Arc::new(component));
        plug
    });
    encode(&plug(&socket, &[provider], &[], &library).unwrap().composition, &library).unwrap().bytes
}

/// The same with `from` changed to `to`, which is as long.
fn changed(from: &str, to: &str) -> Vec<u8> {
    let mut bytes = recorded();
    let at = bytes.windows(from.len()).rposition(|w| w == from.as_bytes()).unwrap();
    bytes[at..at + from.len()].copy_from_slice(to.as_bytes());
    bytes
}

#[test]
fn what_a_file_says_of_its_composition_is_shown_and_judged() {
    let says = |bytes: &[u8], name: &str| {
        both(|theme, suffix| {
            Bench::new([1280.0, 800.0], theme, "shop.wasm", bytes).0.picture(&format!("inside-{name}-{suffix}"));
        });
        let bench = Bench::new([900.0, 600.0], Theme::Dark, "shop.wasm", bytes);
        let root = bench.0.harness.root();
        let texts = root.children_recursive().filter_map(|n| n.accesskit_node().value().or(n.accesskit_node().label()));
        texts.collect::<Vec<_>>().join("\n")
    };
    let holds = says(&recorded(), "claim-holds");
    assert!(
        holds
            .contains("of fraud-check-c, checkout-rust, none of them a stub or a virtual WASI; what is inside is just"),
        "{holds}"
    );
    let differs = says(&changed("\"sha256\":\"a3b1b845", "\"sha256\":\"00000000"), "claim-differs");
    assert!(differs.contains("what is inside does not match"), "{differs}");
    assert!(differs.contains("“checkout” is of a component with the SHA-256 a3b1b845…, not 00000000…"), "{differs}");
    let broken = says(&changed("{\"version\":1,", "{\"version\":9,"), "claim-broken");
    assert!(broken.contains("a record of its composition that cannot be read: its form, version 9"), "{broken}");
    let none = says(&sample("shop-composed.wasm"), "claim-none");
    assert!(!none.contains("composed with"), "{none}");
}

/// A shop whose fraud check is a stub.
fn with_stub() -> Vec<u8> {
    use crate::compose::{Answer, Behavior, Library, Plug, StubSpec, encode, plug, stub};
    let checkout = crate::component::decode("checkout.wasm", sample("checkout-rust.wasm").into());
    let says = "{allowed: true, score: 1, reason: \"because the stub says so\"}";
    let behavior = Behavior { otherwise: Answer::Fixed(Some(says.to_owned())), ..Behavior::default() };
    let spec = StubSpec::parse(&checkout, CHECK, &[("check".to_owned(), behavior)].into()).unwrap();
    let stub = crate::component::decode("stub.wasm", stub(&checkout, CHECK, &spec).unwrap().into());
    let [socket, provider] =
        [("checkout", &checkout), ("stub", &stub)].map(|(name, c)| Plug { name: name.to_owned(), component: c.digest });
    let library: Library = [checkout, stub].map(|c| (c.digest, Arc::new(c))).into();
    encode(&plug(&socket, &[provider], &[], &library).unwrap().composition, &library).unwrap().bytes
}

#[test]
fn what_stands_in_is_named_and_how_it_answers() {
    both(|theme, suffix| {
        let mut bench = Bench::new([1280.0, 800.0], theme, "shop.wasm", &with_stub());
        bench.click("stub, instance of stub");
        bench.0.picture(&format!("inside-stub-{suffix}"));
        let mut narrow = Bench::new([620.0, 700.0], theme, "shop.wasm", &with_stub());
        narrow.click("stub, instance of stub");
        narrow.0.picture(&format!("inside-stub-narrow-{suffix}"));
    });
    let mut bench = Bench::new([1280.0, 800.0], Theme::Dark, "shop.wasm", &with_stub());
    let texts = |bench: &Bench| {
        let all = bench.0.harness.root().children_recursive();
        let texts = all.filter_map(|n| n.accesskit_node().value().or(n.accesskit_node().label()));
        texts.collect::<Vec<_>>().join("\n")
    };
    assert!(
        texts(&bench).contains("of stub, checkout, 1 stub among them; what is inside is just that"),
        "{}",
        texts(&bench)
    );
    bench.click("stub, instance of stub");
    assert!(texts(&bench).contains(&format!("Says it is a stub for {CHECK}")), "{}", texts(&bench));
    assert!(texts(&bench).contains("always returns {allowed: true"), "{}", texts(&bench));
    bench.click("checkout, instance of checkout");
    assert!(texts(&bench).contains("Answers for real, says the record"), "{}", texts(&bench));
}
