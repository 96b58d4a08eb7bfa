//! The Problems panel: the session's one list.

use super::{Outbox, Request};
use crate::compose::{Fix, Port};
use crate::diag::{Diagnostic, Severity, Subject, display_safe_line};
use crate::session::{Change, Command, Finding, Selection, Session, Study};
use crate::ui::parts::{self, Button, Drawing, ListRow};
use crate::ui::theme::{self, fonts, icons, size, space};
use egui::{Align, Layout, Ui};
use std::collections::{BTreeMap, BTreeSet};

/// The panel's state.
#[derive(Default)]
pub struct State {
    /// For which [`Session::wiring`] the rest is.
    wiring: u64,
    /// The first fix of each problem that was shown, as far as they are worked out.
    fixes: BTreeMap<Subject, Option<Fix>>,
    /// What is being worked out.
    asked: Option<Study>,
}

impl State {
    /// Takes in what was worked out, and asks for what is missing of these.
    fn look_for_fixes(&mut self, session: &Session, shown: &[Diagnostic], outbox: &mut Outbox) {
        if self.wiring != session.wiring() {
            *self = Self { wiring: session.wiring(), ..Self::default() };
        }
        match self.asked.as_ref().and_then(|study| session.finding(study)) {
            Some(Finding::Fixes(found)) => {
                self.fixes.extend(found.iter().cloned());
                self.asked = None;
            }
            Some(_) => {
                let Some(Study::Fixes(_, subjects)) = self.asked.take() else { return };
                self.fixes.extend(subjects.into_iter().map(|subject| (subject, None)));
            }
            None => {}
        }
        let unknown: BTreeSet<&Subject> = shown.iter().map(|p| &p.subject).collect();
        let unknown: Vec<Subject> = unknown.into_iter().filter(|s| !self.fixes.contains_key(s)).cloned().collect();
        if self.asked.is_none() && !unknown.is_empty() {
            let study = Study::Fixes(self.wiring, unknown);
            outbox.command(Command::Study(study.clone()));
            self.asked = Some(study);
        }
    }
}

/// What a row calls its subject.
fn subject_text(subject: &Subject) -> String {
    match subject {
        Subject::Project => String::new(),
        Subject::File(name) | Subject::Instance(name) | Subject::Grant(name) | Subject::Field(name) => name.clone(),
        Subject::Port { instance, port } | Subject::Wire { instance, import: port } => format!("{instance} · {port}"),
    }
}

/// Draws the list.
pub fn show(ui: &mut Ui, session: &Session, state: &mut State, outbox: &mut Outbox) {
    let problems = session.problems();
    if problems.is_empty() {
        parts::empty(ui, Drawing::Icon(icons::CHECK_CIRCLE), "Nothing is wrong with this composition", None);
        return;
    }
    egui::ScrollArea::vertical().auto_shrink(false).show_rows(ui, size::ROW, problems.len(), |ui, range| {
        let shown = problems.get(range).unwrap_or_default();
        state.look_for_fixes(session, shown, outbox);
        for problem in shown {
            row(ui, session, problem, state.fixes.get(&problem.subject).and_then(Option::as_ref), outbox);
        }
    });
}

/// The open imports that a problem comes from, as far as stubs can stand in for them: of an instance that is no part of the
/// result, all of them.
fn open_imports(session: &Session, problem: &Diagnostic) -> Vec<Port> {
    match &problem.subject {
        Subject::Port { instance, port } => {
            session.open_imports(instance).into_iter().filter(|open| open.name == *port).collect()
        }
        Subject::Instance(name) if problem.severity == Severity::Info => session.open_imports(name),
        _ => Vec::new(),
    }
}

/// The problem, and then what mends it: the keyboard comes to the problem first.
fn row(ui: &mut Ui, session: &Session, problem: &Diagnostic, fix: Option<&Fix>, outbox: &mut Outbox) {
    let mut cures: Vec<(&str, Command)> = Vec::new();
    if let Some(fix) = fix {
        cures.push((&fix.label, Command::Change(Change::ComposeAll("Mend a problem", fix.edits.clone()))));
    }
    match open_imports(session, problem).as_slice() {
        [] => {}
        [one] => {
            let at = session.place_for_stub(&one.instance);
            cures.push(("Add stub", Command::AddStub { port: one.clone(), at }));
        }
        [one, ..] => cures.push(("Stub all open imports", Command::StubAll(vec![one.instance.clone()]))),
    }
    let room = |ui: &Ui, label: &str| {
        let text = parts::draw::line(ui, label, fonts::medium(size::BODY), egui::Color32::PLACEHOLDER);
        text.size().x.ceil() + 2.0 * space::S + ui.spacing().item_spacing.x
    };
    ui.horizontal(|ui| {
        let buttons: f32 = cures.iter().map(|(label, _)| room(ui, label)).sum();
        let line = egui::vec2((ui.available_width() - buttons).max(0.0), size::ROW);
        ui.allocate_ui_with_layout(line, Layout::left_to_right(Align::Center), |ui| problem_row(ui, problem, outbox));
        for (label, command) in cures {
            if ui.add(Button::new(label).quiet()).clicked() {
                outbox.command(command);
            }
        }
    });
}

fn problem_row(ui: &mut Ui, problem: &Diagnostic, outbox: &mut Outbox) {
    let t = theme::tokens(ui.ctx());
    let (glyph, ink) = match problem.severity {
        Severity::Error => (icons::ERROR, t.error),
        Severity::Warning => (icons::WARNING, t.warn),
        Severity::Info => (icons::INFO, t.dim),
    };
    let message = display_safe_line(&problem.message);
    let hint = display_safe_line(problem.hint.as_deref().unwrap_or_default());
    // Where it is cut, why must stand before which.
    let headline = match (&problem.subject, message.split_once(" is broken: "), message.split_once(": WIT cannot ")) {
        (Subject::Wire { instance, .. }, Some((_, why)), _) => {
            format!("Wire to {}: {why}", display_safe_line(instance))
        }
        (_, _, Some((what, _))) => what.to_owned(),
        _ => message.to_string(),
    };
    let response = ListRow::new(&headline).colored_icon(glyph, ink).detail(&hint).cut_in_middle().show(ui);
    let subject = subject_text(&problem.subject);
    let lines = [message.as_ref(), hint.as_ref(), &display_safe_line(&subject)];
    let lines: Vec<_> = lines.into_iter().filter(|l| !l.is_empty()).collect();
    let response = response.on_hover_text(lines.join("\n"));
    if response.clicked() {
        match &problem.subject {
            Subject::Instance(name) => {
                outbox.command(Command::Select(Selection::Instances(vec![name.clone()])));
            }
            Subject::Port { instance, .. } => {
                outbox.command(Command::Select(Selection::Instances(vec![instance.clone()])));
            }
            Subject::Wire { instance, import } => {
                outbox.command(Command::Select(Selection::Wire(Port::new(instance, import))));
            }
            _ => {}
        }
        outbox.request(Request::FocusOn(problem.subject.clone()));
    }
}

#[cfg(test)]
mod tests;
