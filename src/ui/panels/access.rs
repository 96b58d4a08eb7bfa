//! The access log: what the last call asked for outside, allowed and refused.

use super::{Outbox, Request};
use crate::diag::display_safe_line;
use crate::session::Session;
use crate::ui::parts::{self, Drawing, ListRow};
use crate::ui::theme::{self, icons, size};
use egui::Ui;

/// Draws the log of the last call.
pub fn show(ui: &mut Ui, session: &Session, outbox: &mut Outbox) {
    let Some(run) = session.runs().back() else {
        parts::empty(ui, Drawing::Icon(icons::SHIELD), "Run a function to see what it asks for outside", None);
        return;
    };
    let accesses = run.accesses();
    if accesses.is_empty() {
        let text = if run.finished.is_none() {
            "The call is under way"
        } else {
            "The last call asked for nothing outside the component"
        };
        parts::empty(ui, Drawing::Icon(icons::SHIELD_CHECK), text, None);
        return;
    }
    egui::ScrollArea::vertical().auto_shrink(false).show_rows(ui, size::ROW, accesses.len(), |ui, range| {
        for access in accesses.get(range).unwrap_or_default() {
            let t = theme::tokens(ui.ctx());
            let (glyph, ink) = if access.allowed { (icons::CHECK, t.ok) } else { (icons::PROHIBIT, t.warn) };
            let word = if access.allowed { "allowed" } else { "refused" };
            let grant = access.capability.map(|c| format!("{} · ", crate::grant::title(c))).unwrap_or_default();
            let note = format!("{grant}{word} {}×", access.count);
            let (function, interface) = (display_safe_line(&access.function), display_safe_line(&access.interface));
            let row = ListRow::new(&function).colored_icon(glyph, ink).detail(&interface).trailing(&note);
            if row.show(ui).clicked() && access.capability.is_some() {
                outbox.request(Request::ShowGrants(run.target, access.capability));
            }
        }
    });
}
