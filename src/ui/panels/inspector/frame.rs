//! A frame: its members, what is wrong with them, and what can be done with all of them.

use super::whole;
use crate::compose::{Boundary, Port, Side};
use crate::diag::{Severity, display_safe_line};
use crate::project::Frame;
use crate::session::{Change, Command, FrameEdit, Selection, Session};
use crate::ui::actions::Action;
use crate::ui::panels::{Dock, Outbox, Request};
use crate::ui::parts::{self, Button, Drawing, ListRow, Section};
use crate::ui::theme::{icons, space, tokens};
use egui::{ScrollArea, Ui};
use std::collections::BTreeMap;

/// So many rows of a list are shown.
const MOST: usize = 200;

/// Draws the frame.
pub(super) fn show(ui: &mut Ui, session: &Session, title: &str, frame: &Frame, outbox: &mut Outbox) {
    if frame.members.is_empty() {
        let sentence = "Nothing is in this frame: drag nodes into it, or drag its edges over them";
        if parts::empty(ui, Drawing::Icon(icons::CUBES), sentence, Some("Remove frame")) {
            outbox.change(Change::Frame(FrameEdit::Remove(title.to_owned())));
        }
        return;
    }
    ui.horizontal_wrapped(|ui| {
        let (glyph, verb) = if frame.folded { (icons::ARROWS_OUT, "Open") } else { (icons::ARROWS_IN, "Fold") };
        if ui.add(Button::new(verb).icon(glyph)).clicked() {
            outbox.act(Action::FoldFrame);
        }
        for (text, action) in [("Rename…", Action::Rename), ("Duplicate", Action::DuplicateSelection)] {
            if ui.add(Button::new(text)).clicked() {
                outbox.act(action);
            }
        }
    });
    ui.add_space(space::S);
    ScrollArea::vertical().id_salt("frame").auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = space::XS;
        Section::new("Instances").count(frame.members.len()).show(ui, |ui| {
            whole::instances(ui, session, frame.members.iter().map(String::as_str), outbox);
        });
        problems(ui, session, frame, outbox);
        ports(ui, session, title, frame, outbox);
        ui.add_space(space::L);
    });
}

fn problems(ui: &mut Ui, session: &Session, frame: &Frame, outbox: &mut Outbox) {
    let t = tokens(ui.ctx());
    let inside = |name: Option<&str>| name.is_some_and(|name| frame.members.contains(name));
    let found = session.problems().iter().filter(|p| p.severity != Severity::Info);
    let found: Vec<_> = found.filter(|p| p.about().any(|s| inside(s.instance()))).collect();
    if found.is_empty() {
        return;
    }
    Section::new("Problems inside").count(found.len()).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for problem in found.iter().take(MOST) {
            let text = display_safe_line(&problem.message);
            let (glyph, ink) = match problem.severity {
                Severity::Error => (icons::ERROR, t.error),
                _ => (icons::WARNING, t.warn),
            };
            if ListRow::new(&text).colored_icon(glyph, ink).show(ui).on_hover_text(&*text).clicked() {
                outbox.request(Request::Show(Dock::Problems));
                outbox.request(Request::FocusOn(problem.subject.clone()));
            }
        }
    });
}

/// What the frame has to the outside: its ports while it is folded.
fn ports(ui: &mut Ui, session: &Session, title: &str, frame: &Frame, outbox: &mut Outbox) {
    let composition = &session.document().composition;
    let group: BTreeMap<&str, &str> = frame.members.iter().map(|name| (name.as_str(), title)).collect();
    let boundary = Boundary::new(composition, &group);
    for (side, word, glyph) in
        [(Side::Import, "Imports from outside", icons::IMPORT), (Side::Export, "Exports to outside", icons::EXPORTED)]
    {
        let of = |name: &String| -> Vec<Port> {
            let Some(component) = composition.component(session.library(), name) else { return Vec::new() };
            let externs = if side == Side::Import { &component.imports } else { &component.exports };
            externs.iter().map(|e| Port::new(name, &e.name)).collect()
        };
        let ports: Vec<_> = frame.members.iter().flat_map(of).filter(|port| boundary.has(port, side)).collect();
        if ports.is_empty() {
            continue;
        }
        Section::new(word).count(ports.len()).folded().show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for port in ports.iter().take(MOST) {
                let (name, instance) = (display_safe_line(&port.name), display_safe_line(&port.instance));
                let row = ListRow::new(&name).mono().detail(&instance).icon(glyph);
                if row.show(ui).on_hover_text(format!("{name}\nof {instance}")).clicked() {
                    outbox.command(Command::Select(Selection::Instances(vec![port.instance.clone()])));
                }
            }
        });
    }
}
