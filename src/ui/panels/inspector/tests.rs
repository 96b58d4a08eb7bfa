//! The inspector and the grants on real components, through the accessibility tree.

use super::*;
use crate::call::{Access, CallEvent, CallRequest, Caller, Finished, JobId, Outcome};
use crate::compose::Edit;
use crate::grant::{Capability, Folder, Grants};
use crate::project::Theme;
use crate::session::{Call, Change, Command, Memory};
use crate::ui::look::{Stage, both};
use crate::ui::parts::dock_frame;
use egui::{CentralPanel, Key, Modifiers, OutputCommand};
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
    });
}
