//! Notices: what happened, in the lower right corner until dismissed or, for mere information, for some seconds.

use super::Outbox;
use crate::diag::Severity;
use crate::session::{Command, Session};
use crate::ui::parts::{self, NoticeClick};
use crate::ui::theme::Tone;
use egui::Ui;
use std::time::Duration;

/// Mere information leaves the screen after this long; warnings and errors stay until dismissed.
const INFO_NANOS: u64 = 6_000_000_000;

/// Draws what is to be shown.
pub fn show(ui: &Ui, session: &Session, outbox: &mut Outbox) {
    let now = session.now_nanos();
    let shown = session
        .notices()
        .iter()
        .rev()
        .filter(|n| n.shown)
        .filter(|n| n.severity != Severity::Info || now.saturating_sub(n.at_nanos) < INFO_NANOS);
    let shown: Vec<_> = shown.take(4).collect();
    if shown.is_empty() {
        return;
    }
    if let Some(youngest) = shown.iter().filter(|n| n.severity == Severity::Info).map(|n| n.at_nanos).max() {
        let left = INFO_NANOS.saturating_sub(now.saturating_sub(youngest));
        ui.ctx().request_repaint_after(Duration::from_nanos(left + 1_000_000));
    }
    let texts: Vec<String> = shown.iter().map(|n| crate::diag::display_safe(&n.text).into_owned()).collect();
    let rows: Vec<parts::Notice<'_>> = shown
        .iter()
        .zip(&texts)
        .map(|(n, text)| parts::Notice { tone: tone(n.severity), text, hint: None, action: None })
        .collect();
    match parts::notices(ui.ctx(), &rows, 26.0) {
        Some(NoticeClick::Dismiss(i)) => {
            if let Some(notice) = shown.get(i) {
                outbox.command(Command::DismissNotice(notice.id));
            }
        }
        Some(NoticeClick::Copy(i)) => {
            if let Some(text) = texts.get(i) {
                ui.ctx().copy_text(text.clone());
            }
        }
        Some(NoticeClick::Action(_)) | None => {}
    }
}

fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::Error => Tone::Error,
        Severity::Warning => Tone::Warn,
        Severity::Info => Tone::Info,
    }
}
