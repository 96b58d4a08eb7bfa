//! What an empty window shows: what this is, one click to the sample project, the gallery, recent files.

use super::{Outbox, Request};
use crate::diag::display_safe_line;
use crate::session::{Command, Session, samples};
use crate::ui::actions::Action;
use crate::ui::panels::kit;
use crate::ui::parts::{self, Button};
use crate::ui::theme::{self, icons, space};
use egui::{Ui, vec2};
use std::path::Path;

/// Draws the page.
pub fn show(ui: &mut Ui, session: &Session, outbox: &mut Outbox) {
    egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        let width = ui.available_width().min(920.0);
        let margin = (ui.available_width() - width) / 2.0;
        ui.add_space((ui.available_height() * 0.08).clamp(16.0, 96.0));
        ui.horizontal(|ui| {
            ui.add_space(margin);
            ui.vertical(|ui| {
                ui.set_width(width);
                page(ui, session, outbox);
            });
        });
        ui.add_space(space::XL);
    });
}

fn page(ui: &mut Ui, session: &Session, outbox: &mut Outbox) {
    ui.label(kit::large("Wirebench").color(theme::tokens(ui.ctx()).strong));
    ui.label(kit::dim("Inspect, wire, grant, invoke and measure WebAssembly components"));
    ui.add_space(space::XL);
    ui.horizontal(|ui| {
        if ui.add(Button::new("Open sample project").primary()).clicked() {
            outbox.act(Action::OpenSampleProject);
        }
        if ui.add(Button::new("Open…")).clicked() {
            outbox.act(Action::OpenFiles);
        }
        ui.label(kit::dim("or drop .wasm, .wat and project files anywhere"));
    });
    if session.has_autosave() {
        ui.add_space(space::L);
        ui.horizontal(|ui| {
            ui.label(theme::icon(icons::HISTORY));
            ui.label("There is unsaved work from the last time");
            if ui.add(Button::new("Bring it back")).clicked() {
                outbox.request(Request::Recover(true));
            }
            if ui.add(Button::new("Forget it")).clicked() {
                outbox.request(Request::Recover(false));
            }
        });
    }
    ui.add_space(space::XL);
    let recent = &session.preferences().recent;
    if !recent.is_empty() {
        parts::heading(ui, "Recent");
        for path in recent.iter().take(5) {
            let name = Path::new(path).file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            let row = kit::row(ui, false, true, icons::FILE, &display_safe_line(&name), &display_safe_line(path));
            if row.clicked() {
                outbox.command(Command::Open(vec![path.into()]));
            }
        }
        ui.add_space(space::XL);
    }
    parts::heading(ui, "Samples");
    ui.label(kit::dim("Real components in eight languages. Click one to open it by itself."));
    ui.add_space(space::S);
    let columns = if ui.available_width() > 700.0 { 3 } else { 2 };
    let gap = space::M;
    let width = (ui.available_width() - gap * (columns as f32 - 1.0)) / columns as f32;
    for row in samples::SAMPLES.chunks(columns) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = gap;
            for sample in row {
                let name = sample.name();
                if kit::card(ui, vec2(width, 62.0), name, sample.language, sample.about).clicked() {
                    outbox.command(Command::OpenSample(sample.file.into()));
                }
            }
        });
        // With the distance between rows this comes to the gap.
        ui.add_space(gap - space::XS);
    }
}
