//! Notices: what happened, in the lower right corner until dismissed or, for mere information, for some seconds.

use super::Outbox;
use crate::diag::Severity;
use crate::session::{Command, Notice, Session};
use crate::ui::parts::{self, NoticeClick};
use crate::ui::theme::Tone;
use egui::Ui;
use std::time::Duration;

/// Mere information leaves the screen after this long; warnings and errors stay until dismissed.
const INFO_NANOS: u64 = 6_000_000_000;

/// Draws what is to be shown.
pub fn show(ui: &Ui, session: &Session, outbox: &mut Outbox) {
    let now = session.now_nanos();
    let shown = session.notices().iter().rev().filter(|n| is_on_screen(n, now));
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

/// Whether it stands on the screen: what it covers is free again before long.
fn is_on_screen(notice: &Notice, now: u64) -> bool {
    notice.shown && (notice.severity != Severity::Info || now.saturating_sub(notice.at_nanos) < INFO_NANOS)
}

fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::Error => Tone::Error,
        Severity::Warning => Tone::Warn,
        Severity::Info => Tone::Info,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mere_information_leaves_by_itself_and_trouble_stays() {
        let notice = |severity| Notice { id: 1, severity, text: "x".into(), shown: true, at_nanos: 5 };
        for (severity, later) in [(Severity::Info, false), (Severity::Warning, true), (Severity::Error, true)] {
            assert!(is_on_screen(&notice(severity), 5 + INFO_NANOS - 1), "{severity:?}");
            assert_eq!(is_on_screen(&notice(severity), 5 + INFO_NANOS), later, "{severity:?}");
        }
        assert!(!is_on_screen(&Notice { shown: false, ..notice(Severity::Error) }, 6));
    }
}
