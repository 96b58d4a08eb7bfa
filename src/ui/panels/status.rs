//! The bar below: what is selected, the composition, background work, zoom.

use super::{Dock, Outbox, Request, graph};
use crate::diag::{Severity, display_safe_line};
use crate::measure::{Bytes, Nanos};
use crate::session::{Command, Selection, Session, plural};
use crate::ui::panels::kit;
use crate::ui::parts;
use crate::ui::theme::{self, icons};
use egui::{Align, Label, Layout, Ui};

/// Background work is shown once it has gone on for this long.
const SHOWN_AFTER_NANOS: u64 = 100_000_000;

/// Draws the bar. `graph` is there while the canvas is.
pub fn show(ui: &mut Ui, session: &Session, graph: Option<&graph::State>, outbox: &mut Outbox) {
    ui.horizontal_centered(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if let Some(graph) = graph {
                ui.label(kit::small(&format!("{:.0} %", graph.zoom() * 100.0)));
            }
            let of = |severity| session.problems().iter().filter(|p| p.severity == severity).count();
            let t = theme::tokens(ui.ctx());
            let (icon, ink, text) = match (of(Severity::Error), of(Severity::Warning), of(Severity::Info)) {
                _ if session.is_checking() => (icons::HOURGLASS, t.dim, "checking…".to_owned()),
                (0, 0, 0) => (icons::CHECK, t.ok, "no problems".to_owned()),
                (0, 0, n) => (icons::INFO, t.dim, plural(n, "note")),
                (0, n, _) => (icons::WARNING, t.warn, plural(n, "warning")),
                (n, ..) => (icons::ERROR, t.error, plural(n, "error")),
            };
            if kit::status_button(ui, icon, &text, ink).clicked() {
                outbox.request(Request::Show(Dock::Problems));
            }
            if let Some(composed) = session.composed() {
                let size = Bytes(composed.component.bytes.len() as u64);
                ui.label(kit::small(&format!("composed {size} in {}", Nanos(composed.timing.nanos))));
            }
            let now = session.now_nanos();
            for job in session.jobs() {
                let elapsed = now.saturating_sub(job.started_nanos);
                if elapsed < SHOWN_AFTER_NANOS {
                    continue;
                }
                if parts::icon_button(ui, icons::CLOSE, &format!("Cancel: {}", job.label)).clicked() {
                    outbox.command(Command::CancelJob(job.id));
                }
                ui.label(kit::small(&format!("{}…", job.label)));
                ui.add(egui::Spinner::new().size(12.0));
            }
            // What is focused takes the room that the rest leaves.
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(Label::new(kit::small(&focus_text(session, graph))).truncate());
            });
        });
    });
}

fn focus_text(session: &Session, graph: Option<&graph::State>) -> String {
    if let Some(hovered) = graph.and_then(graph::State::hovered_text) {
        // A sentence begins with a capital letter, a name with its own.
        return hovered.strip_prefix("wire ").map_or(hovered.to_owned(), |wire| format!("Wire {wire}"));
    }
    let text = match session.selection() {
        Selection::None => {
            let composition = &session.document().composition;
            match composition.instances.len() {
                0 if session.library().is_empty() => "No component is open".into(),
                0 => "Drag a component from the library onto the canvas".into(),
                1 => "1 instance".into(),
                n => match composition.wires.len() {
                    1 => format!("{n} instances, 1 wire"),
                    wires => format!("{n} instances, {wires} wires"),
                },
            }
        }
        Selection::Instances(names) => match names.as_slice() {
            [one] => format!("Instance {one}"),
            many => format!("{} instances selected", many.len()),
        },
        Selection::Wire(to) => match session.document().composition.wires.get(to) {
            Some(from) => format!("Wire from {from} to {to}"),
            None => String::new(),
        },
        Selection::Frame(title) => match session.document().frames.get(title) {
            Some(frame) => {
                let (count, folded) = (frame.members.len(), if frame.folded { ", folded" } else { "" });
                format!("Frame {title}, {count} instance{}{folded}", if count == 1 { "" } else { "s" })
            }
            None => String::new(),
        },
        Selection::Component(digest) => {
            session.library().get(digest).map(|c| format!("{} {}", kit::kind_word(c.kind), c.name)).unwrap_or_default()
        }
    };
    display_safe_line(&text).into_owned()
}
