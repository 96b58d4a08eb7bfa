//! Notices: what happened, in the lower right corner until dismissed or, for mere information, for some seconds.

use super::Outbox;
use crate::diag::Severity;
use crate::session::{Command, Session};
use crate::ui::parts;
use egui::{Align2, Area, Order, Ui, vec2};
use std::time::Duration;

/// Mere information leaves the screen after this long; warnings and errors stay until dismissed.
const INFO_NANOS: u64 = 6_000_000_000;

/// Draws what is to be shown.
pub fn show(ui: &Ui, session: &Session, outbox: &mut Outbox) {
    let now = session.now_nanos();
    let shown = session.notices().iter().rev().filter(|n| n.shown).filter(|n| {
        n.severity != Severity::Info || now.saturating_sub(n.at_nanos) < INFO_NANOS
    });
    let shown: Vec<_> = shown.take(4).collect();
    if shown.is_empty() {
        return;
    }
    if let Some(youngest) = shown.iter().filter(|n| n.severity == Severity::Info).map(|n| n.at_nanos).max() {
        let left = INFO_NANOS.saturating_sub(now.saturating_sub(youngest));
        ui.ctx().request_repaint_after(Duration::from_nanos(left + 1_000_000));
    }
    Area::new(egui::Id::unique("notices")).order(Order::Foreground).anchor(Align2::RIGHT_BOTTOM, vec2(-16.0, -42.0)).show(
        ui.ctx(),
        |ui| {
            ui.set_max_width(420.0);
            for notice in shown.iter().rev() {
                if parts::notice(ui, notice.severity, &crate::diag::display_safe(&notice.text)) {
                    outbox.command(Command::DismissNotice(notice.id));
                }
                ui.add_space(6.0);
            }
        },
    );
}
