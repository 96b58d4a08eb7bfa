//! For tests: the workspace on a component, and what it asked for.

use super::{At, Place, State, View, show};
use crate::component::Digest;
use crate::project::Theme;
use crate::session::{Command, Memory, Selection, Session};
use crate::ui::look::Stage;
use crate::ui::panels::{Outbox, Request, kit};
use egui::{CentralPanel, OutputCommand};
use egui_kittest::kittest::Queryable;
use std::sync::Arc;

/// What is on the bench.
pub(super) struct Desk {
    pub session: Session,
    pub state: State,
    pub requests: Vec<Request>,
    pub copied: Vec<String>,
}

pub(super) struct Bench(pub Stage<'static, Desk>);

/// A session with this file open and selected.
pub(super) fn opened(name: &str, bytes: &[u8]) -> (Session, Digest) {
    let mut session = Session::new(Arc::new(Memory::default()), None);
    session.apply(Command::OpenBytes(name.to_owned(), bytes.into()));
    session.poll();
    let Selection::Component(digest) = *session.selection() else { panic!("{name} is not open") };
    (session, digest)
}

/// The same of a sample.
pub(super) fn sample(file: &str) -> (Session, Digest) {
    opened(file, crate::session::samples::sample(file).unwrap().bytes)
}

impl Bench {
    /// Shows one side of what is open.
    pub fn new(size: [f32; 2], theme: Theme, (session, component): (Session, Digest), view: View) -> Self {
        let mut state = State::default();
        state.go(Place { component, view, at: At::Here });
        let desk = Desk { session, state, requests: Vec::new(), copied: Vec::new() };
        let mut bench = Self(Stage::new(size, theme, desk, |ui, desk: &mut Desk| {
            desk.session.poll();
            let mut outbox = Outbox::default();
            CentralPanel::default().frame(kit::canvas_frame(ui)).show(ui, |ui| {
                show(ui, &desk.session, &mut desk.state, &mut outbox);
            });
            outbox.commands.into_iter().for_each(|c| desk.session.apply(c));
            for request in outbox.requests {
                if let Request::Inspect(place) = &request {
                    desk.state.go(place.clone());
                }
                desk.requests.push(request);
            }
            ui.ctx().output(|o| {
                desk.copied.extend(o.commands.iter().filter_map(|c| match c {
                    OutputCommand::CopyText(text) => Some(text.clone()),
                    _ => None,
                }));
            });
        }));
        bench.run();
        bench
    }

    pub fn run(&mut self) {
        self.0.harness.run_ok();
    }

    pub fn click(&mut self, name: &str) {
        self.0.harness.get_by_label(name).click();
        self.run();
    }

    pub fn type_into(&mut self, name: &str, text: &str) {
        self.0.harness.get_by_label(name).focus();
        self.run();
        self.0.harness.get_by_label(name).type_text(text);
        self.run();
    }

    pub fn has(&self, words: &str) -> bool {
        self.0.harness.query_all_by_label_contains(words).next().is_some()
    }

    pub fn desk(&self) -> &Desk {
        self.0.harness.state()
    }
}
