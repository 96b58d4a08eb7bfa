//! The inspector and the grants on real components, through the accessibility tree.

mod grants;
mod stub;
mod virtual_wasi;
mod wire;

use super::*;
use crate::call::{Access, CallEvent, CallRequest, Caller, Finished, JobId, Outcome};
use crate::compose::Edit;
use crate::grant::Grants;
use crate::project::Theme;
use crate::session::{Call, Change, Command, Memory};
use crate::ui::inspect::{At, Place, View};
use crate::ui::look::{Stage, both};
use egui::{CentralPanel, Key, Modifiers, OutputCommand, Role};
use egui_kittest::kittest::{NodeT, Queryable};

const PANEL: [f32; 2] = [340.0, 860.0];

/// A session, the panel, and what came out of it.
struct Desk {
    session: Session,
    state: State,
    changes: Vec<Change>,
    requests: Vec<Request>,
    copied: Vec<String>,
}

struct Bench(Stage<'static, Desk>);

fn session() -> Session {
    Session::new(Arc::new(Memory::default()), None)
}

fn digest_of(session: &Session, name: &str) -> Digest {
    session.library().values().find(|c| c.name == name).unwrap().digest
}

/// A session with a sample open and selected.
fn with_sample(file: &str) -> Session {
    let mut session = session();
    open(&mut session, file);
    session
}

fn open(session: &mut Session, file: &str) {
    session.apply(Command::OpenSample(file.to_owned()));
    session.poll();
    let digest = digest_of(session, file.trim_end_matches(".wasm"));
    session.apply(Command::Select(Selection::Component(digest)));
}

/// The sample project with its checkout wired.
fn wired() -> Session {
    let mut session = session();
    session.apply(Command::OpenSampleProject);
    session.poll();
    let port = "techbytes:payments/fraud-check";
    let connect = Edit::Connect { from: Port::new("fraud-check-rust", port), to: Port::new("checkout-rust", port) };
    session.apply(Command::Change(Change::Compose(connect)));
    session.poll();
    session
}

impl Bench {
    fn new(session: Session) -> Self {
        Self::sized(PANEL, Theme::Dark, session, Seen::Overview)
    }

    fn sized(size: [f32; 2], theme: Theme, session: Session, side: Seen) -> Self {
        let state = State { side, ..State::default() };
        let desk = Desk { session, state, changes: Vec::new(), requests: Vec::new(), copied: Vec::new() };
        let mut bench = Self(Stage::new([size[0] + 16.0, size[1]], theme, desk, |ui, desk: &mut Desk| {
            desk.session.poll();
            let mut outbox = Outbox::default();
            let frame = crate::ui::panels::kit::panel_frame(ui);
            CentralPanel::default().frame(frame).show(ui, |ui| {
                show(ui, &desk.session, &mut desk.state, &mut outbox);
            });
            for command in outbox.commands {
                if let Command::Change(change) = &command {
                    desk.changes.push(change.clone());
                }
                desk.session.apply(command);
            }
            for request in outbox.requests {
                if matches!(request, Request::EndGesture) {
                    desk.session.end_gesture();
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

    fn run(&mut self) {
        self.0.harness.run_ok();
    }

    fn click(&mut self, name: &str) {
        self.0.harness.get_by_label(name).click();
        self.run();
    }

    fn type_into(&mut self, name: &str, text: &str) {
        self.0.harness.get_by_label(name).focus();
        self.run();
        self.0.harness.get_by_label(name).type_text(text);
        self.run();
    }

    fn press(&mut self, key: Key) {
        self.0.harness.key_press_modifiers(Modifiers::NONE, key);
        self.run();
    }

    fn has(&self, words: &str) -> bool {
        self.0.harness.query_all_by_label_contains(words).next().is_some()
    }

    fn desk(&self) -> &Desk {
        self.0.harness.state()
    }

    fn session(&mut self) -> &mut Session {
        &mut self.0.harness.state_mut().session
    }

    fn grants(&self) -> Grants {
        let desk = self.desk();
        desk.session.grants(&grants_target(&desk.session, &desk.state))
    }
}

/// A runner that refuses the clock twice and does nothing else.
#[derive(Default)]
struct Refuses(Vec<CallEvent>);

impl Caller for Refuses {
    fn call(&mut self, request: CallRequest) {
        let access = Access {
            interface: "wasi:clocks/wall-clock@0.2.12".into(),
            function: "now".into(),
            capability: Some(Capability::Clocks),
            allowed: false,
            count: 2,
        };
        let finished = Finished {
            outcome: Outcome::Failed("refused".into()),
            accesses: vec![access],
            instance_calls: 0,
            generation: 0,
            memory_bytes: 0,
            dropped_output_bytes: 0,
        };
        self.0.push(CallEvent::Finished(request.job, finished));
    }

    fn cancel(&mut self, _job: JobId) {}

    fn reset(&mut self, _digest: Digest) {}

    fn poll(&mut self) -> Vec<CallEvent> {
        std::mem::take(&mut self.0)
    }

    fn set_wake(&mut self, _wake: Arc<dyn Fn() + Send + Sync>) {}

    fn process_id(&self) -> Option<u32> {
        None
    }
}

/// A session whose last call was refused the clock, with the component selected.
fn refused() -> Session {
    let mut session = Session::new(Arc::new(Memory::default()), Some(Box::<Refuses>::default()));
    open(&mut session, "ledger-rust.wasm");
    let target = Target::Component(digest_of(&session, "ledger-rust"));
    session.apply(Command::Call(Call {
        target,
        interface: Some("techbytes:ledger/ledger".into()),
        function: "now".into(),
        arguments: Vec::new(),
    }));
    session.poll();
    session
}

fn of_wat(name: &str, text: &str) -> Session {
    let mut session = session();
    session.apply(Command::OpenBytes(name.to_owned(), wat::parse_str(text).unwrap().into()));
    session.poll();
    let digest = session.library().values().next().unwrap().digest;
    session.apply(Command::Select(Selection::Component(digest)));
    session
}

// ---- overview ----

#[test]
fn the_digest_is_copied_whole() {
    let mut bench = Bench::new(with_sample("adder-wat.wasm"));
    bench.click("Copy SHA-256");
    let digest = digest_of(&bench.desk().session, "adder-wat");
    assert_eq!(bench.desk().copied, [digest.to_string()]);
}

#[test]
fn an_instance_is_renamed_and_a_taken_name_is_refused_in_words() {
    let mut session = wired();
    session.apply(Command::Select(Selection::Instances(vec!["checkout-rust".into()])));
    let mut bench = Bench::new(session);
    bench.type_into("Instance name", "-2");
    assert!(bench.desk().changes.is_empty(), "half-typed text is no name");
    bench.press(Key::Enter);
    let rename = Edit::Rename { from: "checkout-rust".into(), to: "checkout-rust-2".into() };
    assert_eq!(bench.desk().changes, [Change::Compose(rename)]);
    assert!(bench.has("checkout-rust-2"), "what is selected keeps being selected");
    bench.0.harness.get_by_label("Instance name").focus();
    bench.run();
    bench.0.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    bench.type_into("Instance name", "fraud-check-js");
    assert!(bench.has("fraud-check-js” cannot be the name"));
    bench.press(Key::Enter);
    assert_eq!(bench.desk().changes.len(), 1);
    let shown = bench.0.harness.get_by_label("Instance name").accesskit_node().value();
    assert_eq!(shown.as_deref(), Some("checkout-rust-2"));
}

#[test]
fn a_core_module_says_what_it_is_on_every_side() {
    let mut bench = Bench::new(of_wat("plain.wasm", "(module (func (export \"f\")))"));
    assert!(bench.has("This is a core module"));
    bench.click("Interface");
    assert!(bench.has("It has no imports and no exports"));
    bench.click("WIT");
    assert!(bench.has("A core module has no WIT"));
    bench.click("Show overview");
    assert!(bench.has("core module"));
}

#[test]
fn the_parts_of_a_file_lead_to_all_that_is_in_it() {
    let mut bench = Bench::sized([340.0, 2000.0], Theme::Dark, with_sample("ledger-rust.wasm"), Seen::Overview);
    bench.click("core module 0 main");
    bench.click("Show parts and sizes");
    let places = bench.0.harness.state().requests.iter().filter_map(|r| match r {
        Request::Inspect(place) => Some(place.clone()),
        _ => None,
    });
    let places: Vec<_> = places.collect();
    let part = digest_of(&bench.0.harness.state().session, "ledger-rust");
    assert!(places.iter().all(|p| p.component == part && p.view == View::Parts));
    assert!(matches!(&places[..], [Place { at: At::Bytes(_), .. }, Place { at: At::Here, .. }]));
}

// ---- interface ----

#[test]
fn an_exported_function_is_made_ready_to_call() {
    let mut session = Session::new(Arc::new(Memory::default()), Some(Box::<Refuses>::default()));
    open(&mut session, "fraud-check-rust.wasm");
    let digest = digest_of(&session, "fraud-check-rust");
    let mut bench = Bench::sized(PANEL, Theme::Dark, session, Seen::Interface);
    bench.click("Call check");
    match bench.desk().requests.as_slice() {
        [Request::Invoke(target, Some(interface), function)] => {
            assert_eq!(*target, Target::Component(digest));
            assert_eq!((interface.as_str(), function.as_str()), ("techbytes:payments/fraud-check", "check"));
        }
        _ => panic!("one call, made ready"),
    }
    // As part of a composition, it is called there, under the name it has there.
    let mut session = Session::new(Arc::new(Memory::default()), Some(Box::<Refuses>::default()));
    session.apply(Command::OpenSampleProject);
    session.poll();
    session.apply(Command::Select(Selection::Instances(vec!["checkout-rust".into()])));
    let mut bench = Bench::sized(PANEL, Theme::Dark, session, Seen::Interface);
    bench.click("Call place");
    assert!(matches!(bench.desk().requests.as_slice(), [Request::Invoke(Target::Composition, Some(_), _)]));
}

#[test]
fn without_an_engine_the_call_button_says_why_not() {
    let bench = Bench::sized(PANEL, Theme::Dark, with_sample("adder-wat.wasm"), Seen::Interface);
    assert!(bench.has("This build has no engine"));
}

#[test]
fn signatures_docs_and_types_are_shown() {
    let mut bench = Bench::sized([340.0, 1200.0], Theme::Dark, with_sample("fraud-check-rust.wasm"), Seen::Interface);
    assert!(bench.has("check: func(user-id: string, amount-cents: u64) -> decision"));
    bench.click("Copy check");
    assert_eq!(bench.desk().copied, ["techbytes:payments/fraud-check#check"]);
    let row = |bench: &Bench| bench.0.harness.get_by_label("record decision").accesskit_node().data().is_expanded();
    assert_eq!(row(&bench), Some(false));
    bench.click("record decision");
    assert_eq!(row(&bench), Some(true));
}

#[test]
fn the_filter_finds_functions_and_types() {
    let mut bench = Bench::sized(PANEL, Theme::Dark, with_sample("ledger-rust.wasm"), Seen::Interface);
    bench.type_into("Filter functions and types", "append");
    assert!(bench.has("append: func") && !bench.has("remove: func"));
    bench.type_into("Filter functions and types", "zzz");
    assert!(bench.has("Nothing here is called “appendzzz”"));
    bench.click("Show all");
    assert!(bench.has("remove: func"));
}

#[test]
fn an_instance_says_where_its_imports_come_from() {
    let mut session = wired();
    session.apply(Command::Select(Selection::Instances(vec!["checkout-rust".into()])));
    let mut bench = Bench::sized(PANEL, Theme::Dark, session, Seen::Interface);
    bench.click("wired from fraud-check-rust");
    assert_eq!(*bench.desk().session.selection(), Selection::Instances(vec!["fraud-check-rust".into()]));
    bench.session().apply(Command::Undo);
    bench.session().apply(Command::Select(Selection::Instances(vec!["checkout-rust".into()])));
    bench.run();
    assert!(bench.has("not wired yet"));
}

#[test]
fn of_thousands_of_functions_only_those_in_sight_are_drawn() {
    let functions: String = (0..5_000).map(|i| format!("(export \"f{i}\" (func))")).collect();
    let text = format!("(component (import \"a:b/c\" (instance {functions})))");
    let mut bench = Bench::sized(PANEL, Theme::Dark, of_wat("many.wasm", &text), Seen::Interface);
    let rows = bench.0.harness.query_all_by_role(Role::TreeItem).count();
    assert!((10..100).contains(&rows), "{rows}");
    bench.type_into("Filter functions and types", "f4999");
    assert!(bench.has("f4999: func()"));
}

// ---- WIT ----

#[test]
fn the_copied_wit_is_all_of_it() {
    let mut bench = Bench::sized(PANEL, Theme::Dark, with_sample("ledger-rust.wasm"), Seen::Wit);
    bench.click("Copy");
    let desk = bench.desk();
    let digest = digest_of(&desk.session, "ledger-rust");
    assert_eq!(desk.copied, [desk.session.library()[&digest].wit().to_string()]);
}

// ---- wires and compositions ----

#[test]
fn a_wire_names_its_ends_and_can_be_taken_out() {
    let mut session = wired();
    let to = Port::new("checkout-rust", "techbytes:payments/fraud-check");
    session.apply(Command::Select(Selection::Wire(to.clone())));
    let mut bench = Bench::new(session);
    assert!(bench.has("fraud-check-rust → checkout-rust") && bench.has("Same interface, compatible types"));
    bench.click("Interface");
    assert!(bench.has("check: func"));
    bench.click("WIT");
    bench.click("Copy");
    assert!(bench.desk().copied[0].contains("record decision"));
    bench.click("Overview");
    bench.click("Disconnect");
    assert_eq!(bench.desk().changes, [Change::Compose(Edit::Disconnect(to))]);
    assert!(bench.has("Composition"), "what is gone is not selected");
}

#[test]
fn exports_of_the_result_are_chosen_one_by_one() {
    let mut bench = Bench::new(wired());
    let result = |bench: &Bench| {
        let session = &bench.desk().session;
        crate::compose::result_exports(&session.document().composition, session.library())
    };
    let before = result(&bench);
    assert_eq!(before.len(), 1);
    let only = bench.0.harness.get_by_label("Export techbytes:orders/checkout of checkout-rust");
    assert!(only.accesskit_node().is_disabled(), "a result without exports could not be called");
    bench.click("Export techbytes:payments/fraud-check of fraud-check-rust");
    let after = result(&bench);
    assert_eq!(after.len(), 2);
    assert!(after.contains(&before[0]), "what was there stays");
    bench.click("Export techbytes:orders/checkout of checkout-rust");
    assert_eq!(result(&bench).len(), 1);
    bench.click("Choose exports automatically");
    assert_eq!(result(&bench), before);
    assert_eq!(bench.desk().changes.len(), 3, "each is one step");
}

#[test]
fn an_open_import_leads_to_its_port() {
    let mut session = session();
    session.apply(Command::OpenSampleProject);
    session.poll();
    let mut bench = Bench::new(session);
    bench.click("techbytes:payments/fraud-check, checkout-rust");
    assert_eq!(*bench.desk().session.selection(), Selection::Instances(vec!["checkout-rust".into()]));
    assert!(matches!(bench.desk().requests.as_slice(), [Request::FocusOn(_)]));
}

#[test]
fn empty_panels_have_a_sentence_and_an_action() {
    let mut bench = Bench::new(session());
    for side in ["Overview", "Interface", "WIT", "Grants"] {
        bench.click(side);
        assert!(bench.has("Open a component to inspect it"), "{side}");
        bench.click("Open files");
    }
    assert_eq!(bench.desk().requests.len(), 4);
}

#[test]
fn whatever_can_be_used_has_a_name() {
    let mut session = wired();
    session.apply(Command::Select(Selection::Instances(vec!["checkout-rust".into()])));
    for session in [with_sample("ledger-rust.wasm"), session, wired()] {
        let mut bench = Bench::sized([340.0, 1600.0], Theme::Dark, session, Seen::Overview);
        for side in ["Overview", "Interface", "WIT", "Grants"] {
            bench.click(side);
            for node in bench.0.harness.root().children_recursive() {
                let node = node.accesskit_node();
                let used = matches!(
                    node.role(),
                    Role::Button | Role::CheckBox | Role::TreeItem | Role::TextInput | Role::Tab | Role::Link
                );
                assert!(!used || node.label().is_some_and(|l| !l.is_empty()), "{side}: {:?}", node.role());
            }
        }
    }
}

/// Everything at once in pictures, for a person to look at.
#[test]
fn pictures() {
    if std::env::var_os("WIREBENCH_LOOK").is_none() {
        return;
    }
    both(|theme, name| {
        let width = if theme == Theme::Dark { 340.0 } else { 280.0 };
        let ledger = || with_sample("ledger-rust.wasm");
        let mut bench = Bench::sized([width, 860.0], theme, ledger(), Seen::Overview);
        bench.0.picture(&format!("inspector-overview-{name}"));
        bench = Bench::sized([width, 860.0], theme, ledger(), Seen::Interface);
        bench.0.picture(&format!("inspector-interface-{name}"));
        bench = Bench::sized([width, 860.0], theme, ledger(), Seen::Wit);
        bench.0.picture(&format!("inspector-wit-{name}"));
        bench = Bench::sized([width, 2100.0], theme, ledger(), Seen::Grants);
        for grant in ["Standard output", "Standard input", "Environment variables", "Arguments", "Folders"] {
            bench.click(&format!("Grant {grant}"));
        }
        bench.type_into("Name of a new variable", "API_TOKEN");
        bench.type_into("Value of a new variable", "s3cret");
        bench.click("Add variable");
        bench.type_into("New argument", "--verbose");
        bench.click("Add argument");
        bench.type_into("New folder on this machine", "/home/ada");
        bench.click("Add folder");
        bench.click("Limits");
        bench.0.picture(&format!("inspector-grants-{name}"));
        let mut session = wired();
        bench = Bench::sized([width, 860.0], theme, wired(), Seen::Overview);
        bench.0.picture(&format!("inspector-composition-{name}"));
        session.apply(Command::Select(Selection::Instances(vec!["checkout-rust".into()])));
        bench = Bench::sized([width, 600.0], theme, session, Seen::Interface);
        bench.click("record line");
        bench.0.picture(&format!("inspector-instance-{name}"));
        let mut session = wired();
        session.apply(Command::Select(Selection::Wire(Port::new("checkout-rust", "techbytes:payments/fraud-check"))));
        bench = Bench::sized([width, 500.0], theme, session, Seen::Overview);
        bench.0.picture(&format!("inspector-wire-{name}"));
        bench = Bench::sized([width, 1600.0], theme, with_sample("toolbox-rust.wasm"), Seen::Interface);
        bench.0.picture(&format!("inspector-toolbox-{name}"));
        let mut bench = Bench::sized([width, 900.0], theme, refused(), Seen::Grants);
        bench.0.harness.step();
        bench.0.picture(&format!("inspector-refused-{name}"));
        bench =
            Bench::sized([width, 500.0], theme, of_wat("plain.wasm", "(module (func (export \"f\")))"), Seen::Overview);
        bench.0.picture(&format!("inspector-module-{name}"));
        bench = Bench::sized([width, 500.0], theme, with_sample("adder-wat.wasm"), Seen::Grants);
        bench.0.picture(&format!("inspector-nothing-{name}"));
        let mut session = wired();
        open(&mut session, "ledger-rust.wasm");
        let component = digest_of(&session, "ledger-rust");
        session.apply(Command::Change(Change::Place { component, at: [0.0, 0.0], connect: None }));
        bench = Bench::sized([width, 500.0], theme, session, Seen::Grants);
        bench.0.picture(&format!("inspector-whose-{name}"));
    });
}

#[test]
fn what_keeps_the_result_from_being_built_stands_above_its_exports() {
    let mut session = wired();
    session.apply(Command::OpenSample("adder-wat.wasm".into()));
    session.poll();
    let component = digest_of(&session, "adder-wat");
    let replace = Edit::Replace { instance: "fraud-check-rust".into(), component };
    session.apply(Command::Change(Change::Compose(replace)));
    session.apply(Command::Select(Selection::None));
    session.poll();
    let mut bench = Bench::new(session);
    let why = bench.desk().session.problems().iter().find(|p| p.severity == Severity::Error).unwrap().message.clone();
    bench.0.picture("inspector-composition-broken");
    let bottom = |words: &str| bench.0.harness.query_all_by_label_contains(words).map(|n| n.rect().bottom()).next();
    let exports = bench.0.harness.get_by_label_contains("Exports of the result").rect().top();
    assert!(bottom(&why).unwrap() <= exports && bottom("Show problems").unwrap() <= exports);
    bench.click("Show problems");
    assert!(matches!(bench.desk().requests.last(), Some(Request::Show(Dock::Problems))));
}
