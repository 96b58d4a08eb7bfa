//! The Problems panel: the session's one list.

use super::{Outbox, Request};
use crate::compose::{self, Fix, Port};
use crate::diag::{Diagnostic, Severity, Subject, display_safe_line};
use crate::session::{Change, Command, Selection, Session};
use crate::ui::parts::{self, Button, Drawing, ListRow};
use crate::ui::theme::{self, icons, size};
use egui::{Align, Layout, Ui};
use std::collections::BTreeMap;

/// The panel's state.
#[derive(Default)]
pub struct State {
    /// The first fix of each problem that was shown, and for which revision of the session.
    fixes: (u64, BTreeMap<Subject, Option<Fix>>),
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
    if state.fixes.0 != session.revision() {
        state.fixes = (session.revision(), BTreeMap::new());
    }
    let problems = session.problems();
    if problems.is_empty() {
        parts::empty(ui, Drawing::Icon(icons::CHECK_CIRCLE), "Nothing is wrong with this composition", None);
        return;
    }
    egui::ScrollArea::vertical().auto_shrink(false).show_rows(ui, size::ROW, problems.len(), |ui, range| {
        for problem in problems.get(range).unwrap_or_default() {
            let fix = state.fixes.1.entry(problem.subject.clone()).or_insert_with(|| {
                let composition = &session.document().composition;
                compose::fixes(composition, session.library(), &problem.subject).into_iter().next()
            });
            row(ui, problem, fix.as_ref(), outbox);
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
