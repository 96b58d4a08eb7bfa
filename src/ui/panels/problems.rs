//! The Problems panel: the session's one list.

use super::{Outbox, Request};
use crate::compose::Port;
use crate::diag::{Diagnostic, Severity, Subject, display_safe_line};
use crate::session::{Command, Selection, Session};
use crate::ui::panels::kit;
use crate::ui::parts::{self, Drawing};
use crate::ui::theme::{icons, size};
use egui::Ui;

/// What a row calls its subject.
fn subject_text(subject: &Subject) -> String {
    match subject {
        Subject::Project => String::new(),
        Subject::File(name) | Subject::Instance(name) | Subject::Grant(name) | Subject::Field(name) => name.clone(),
        Subject::Port { instance, port } | Subject::Wire { instance, import: port } => format!("{instance} · {port}"),
    }
}

/// Draws the list.
pub fn show(ui: &mut Ui, session: &Session, outbox: &mut Outbox) {
    let problems = session.problems();
    if problems.is_empty() {
        parts::empty(ui, Drawing::Icon(icons::CHECK_CIRCLE), "Nothing is wrong with this composition", None);
        return;
    }
    egui::ScrollArea::vertical().auto_shrink(false).show_rows(ui, size::ROW, problems.len(), |ui, range| {
        for problem in problems.get(range).unwrap_or_default() {
            row(ui, problem, outbox);
        }
    });
}

fn row(ui: &mut Ui, problem: &Diagnostic, outbox: &mut Outbox) {
    let icon = match problem.severity {
        Severity::Error => icons::ERROR,
        Severity::Warning => icons::WARNING,
        Severity::Info => icons::INFO,
    };
    let subject = subject_text(&problem.subject);
    let response = kit::row(ui, false, true, icon, &display_safe_line(&problem.message), &display_safe_line(&subject));
    let response = match &problem.hint {
        Some(hint) => response.on_hover_text(hint),
        None => response,
    };
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
