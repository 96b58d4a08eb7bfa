//! The Problems panel: the session's one list.

use super::{Outbox, Request};
use crate::compose::{Fix, Port};
use crate::diag::{Diagnostic, Severity, Subject, display_safe_line};
use crate::session::{Change, Command, Finding, Selection, Session, Study};
use crate::ui::parts::{self, Button, Drawing, ListRow};
use crate::ui::theme::{self, icons, size};
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
            row(ui, problem, state.fixes.get(&problem.subject).and_then(Option::as_ref), outbox);
        }
    });
}

fn row(ui: &mut Ui, problem: &Diagnostic, fix: Option<&Fix>, outbox: &mut Outbox) {
    ui.allocate_ui_with_layout(
        egui::vec2(ui.available_width(), size::ROW),
        Layout::right_to_left(Align::Center),
        |ui| {
            if let Some(fix) = fix
                && ui.add(Button::new(&fix.label).quiet()).clicked()
            {
                outbox.change(Change::ComposeAll("Mend a problem", fix.edits.clone()));
            }
            problem_row(ui, problem, outbox);
        },
    );
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
    let response = ListRow::new(&message).colored_icon(glyph, ink).detail(&hint).show(ui);
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
