//! The library: components at hand and samples, to be dragged or placed on the canvas.

use super::{Outbox, Request};
use crate::component::{Component, Digest, Kind};
use crate::diag::display_safe_line;
use crate::measure::Bytes;
use crate::project::Target;
use crate::session::samples::{SAMPLES, Sample};
use crate::session::{Command, Selection, Session};
use crate::ui::actions::Action;
use crate::ui::canvas::{Dragged, NodeOf};
use crate::ui::inspect::{At, Place, View};
use crate::ui::panels::kit;
use crate::ui::parts::{self, ListRow, Section};
use crate::ui::theme::{icons, space, tokens};
use egui::{CornerRadius, CursorIcon, Pos2, Rect, Response, Sense, Stroke, StrokeKind, Ui};

/// The panel's state.
#[derive(Default)]
pub struct State {
    search: String,
    /// The search field gets the keyboard's focus.
    focus: bool,
    /// Where each component's row was drawn last.
    rows: Vec<(Rect, Digest)>,
}

impl State {
    /// Gives the keyboard's focus to the search field.
    pub fn take_focus(&mut self) {
        self.focus = true;
    }

    /// The component whose row is at this place.
    pub fn row_at(&self, at: Pos2) -> Option<Digest> {
        self.rows.iter().find(|(rect, _)| rect.contains(at)).map(|(_, digest)| *digest)
    }
}

/// Whether it is a stub or virtual WASI that no instance is of any more: one that was edited, kept for undo.
pub fn is_old_stub(session: &Session, component: &Component) -> bool {
    session.opened(&component.digest).is_some_and(|o| o.stub.is_some() || o.virtual_wasi.is_some())
        && !session.document().composition.instances.values().any(|i| i.component == component.digest)
}

/// Draws the panel.
pub fn show(ui: &mut Ui, session: &Session, state: &mut State, outbox: &mut Outbox) {
    state.rows.clear();
    ui.horizontal(|ui| {
        parts::heading(ui, "Library");
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if parts::icon_button(ui, icons::FOLDER_OPEN, "Open files").clicked() {
                outbox.act(Action::OpenFiles);
            }
        });
    });
    let field = parts::search_field(ui, &mut state.search, "Search components");
    if std::mem::take(&mut state.focus) {
        field.request_focus();
    }
    ui.add_space(space::S);
    let wanted = state.search.trim().to_lowercase();
    let fits = |component: &Component| {
        wanted.is_empty()
            || component.name.to_lowercase().contains(&wanted)
            || component.imports.iter().chain(&component.exports).any(|e| e.name.contains(&wanted))
    };
    egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        let mut components: Vec<_> =
            session.library().values().filter(|c| fits(c) && !is_old_stub(session, c)).collect();
        components.sort_by(|a, b| a.name.cmp(&b.name).then(a.digest.cmp(&b.digest)));
        if components.is_empty() {
            let text = if wanted.is_empty() { "No component is open yet" } else { "No component has that name" };
            ui.label(kit::dim(text));
        }
        for component in components {
            let rect = row(ui, session, component, outbox).intersect(ui.clip_rect());
            state.rows.push((rect, component.digest));
        }
        ui.add_space(space::L);
        let closed: Vec<_> = closed_samples(session)
            .filter(|s| wanted.is_empty() || s.file.contains(&wanted) || s.about.to_lowercase().contains(&wanted))
            .collect();
        if closed.is_empty() {
            return;
        }
        Section::new("Samples").count(closed.len()).show(ui, |ui| {
            for sample in closed {
                let row = ListRow::new(sample.name()).icon(icons::PLUS).trailing(sample.language);
                let response = row.cut_in_middle().note_yields().show(ui);
                let name = sample.name().to_owned();
                drag(&response, Dragged { of: NodeOf::Sample(sample.file), name, why_not: None });
                let tip = "Click to open it, or drag it onto the canvas";
                let tip = format!("{}: {}\n{tip}", sample.language, sample.about);
                if response.on_hover_text(tip).clicked() {
                    outbox.command(Command::OpenSample(sample.file.into()));
                }
            }
        });
    });
}

/// The samples that are not open, as far as their names tell.
pub fn closed_samples(session: &Session) -> impl Iterator<Item = &'static Sample> {
    let is_open = |sample: &Sample| session.library().values().any(|c| c.name == sample.name());
    SAMPLES.iter().filter(move |sample| !is_open(sample))
}

/// Lets a row be dragged elsewhere.
fn drag(row: &Response, what: Dragged) {
    row.dnd_set_drag_payload(what);
    if row.dragged() {
        row.ctx.set_cursor_icon(CursorIcon::Grabbing);
    }
}

fn row(ui: &mut Ui, session: &Session, component: &Component, outbox: &mut Outbox) -> Rect {
    let selected = *session.selection() == Selection::Component(component.digest);
    let name = display_safe_line(&component.name);
    let language = session.opened(&component.digest).and_then(|o| o.badge().map(str::to_owned));
    let is_outdated = session.opened(&component.digest).is_some_and(|o| o.is_outdated);
    let note = match component.kind {
        _ if is_outdated => "older than its file".into(),
        Kind::Component => language.unwrap_or_else(|| Bytes(component.bytes.len() as u64).to_string()),
        Kind::CoreModule => "core module".into(),
        Kind::Unknown => "older encoding".into(),
        _ => "WIT package".into(),
    };
    let response = kit::row(ui, selected, true, kit::kind_icon(component.kind), &name, &display_safe_line(&note));
    let response = response.interact(Sense::click_and_drag());
    let why_not = kit::why_not_placed(component);
    if component.kind == Kind::Component {
        let name = name.clone().into_owned();
        drag(&response, Dragged { of: NodeOf::Component(component.digest), name, why_not: why_not.clone() });
    }
    let entered = response.has_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
    take_row(ui, session, component, &response, outbox);
    // What is placed is selected, and not what it is of.
    if component.kind == Kind::Component && (response.double_clicked() || entered) {
        outbox.request(Request::Place(component.digest));
    } else if response.clicked() {
        outbox.command(Command::Select(Selection::Component(component.digest)));
    }
    response.context_menu(|ui| {
        if component.kind == Kind::Component
            && parts::menu_item(ui, Some(icons::GRAPH), "Place on canvas", "", why_not.as_deref())
        {
            outbox.request(Request::Place(component.digest));
        }
        if parts::menu_item(ui, Some(icons::SWAP), "Compare with…", "", None) {
            outbox.request(compare(component.digest, At::Here));
        }
        if parts::menu_item(ui, Some(icons::COPY), "Copy sha256", "", None) {
            ui.ctx().copy_text(component.digest.to_string());
        }
        if parts::menu_item(ui, Some(icons::CLOSE), "Close", "", None) {
            outbox.command(Command::CloseComponent(component.digest));
        }
    });
    let rect = response.rect;
    let ways = match &why_not {
        Some(why) => format!("It cannot be placed: {why}"),
        None => "Drag onto the canvas, or double-click or press Enter to place it; drag onto an older version to compare them"
            .to_owned(),
    };
    let size = Bytes(component.bytes.len() as u64);
    response.on_hover_text(format!("{name}\n{size} · sha256 {}…\n{ways}", component.digest.short()));
    rect
}

fn compare(component: Digest, at: At) -> Request {
    Request::Inspect(Place { component, view: View::Compare, at })
}

/// Another row that is dragged over this one: dropped here, it is compared with what was there before.
fn take_row(ui: &Ui, session: &Session, component: &Component, row: &Response, outbox: &mut Outbox) {
    let Some(NodeOf::Component(dragged)) = row.dnd_hover_payload::<Dragged>().map(|d| d.of) else { return };
    let Some(after) = session.library().get(&dragged).filter(|_| dragged != component.digest) else { return };
    let t = tokens(ui.ctx());
    let outline = Stroke::new(1.5, t.accent);
    ui.painter().rect_stroke(row.rect, CornerRadius::same(4), outline, StrokeKind::Inside);
    let (before, after) = (display_safe_line(&component.name), display_safe_line(&after.name));
    row.show_tooltip_text(format!("Compare: {before} before, {after} after"));
    if row.dnd_release_payload::<Dragged>().is_some() {
        outbox.request(compare(dragged, At::With(component.digest)));
    }
}

/// A place below all nodes.
pub fn free_place(session: &Session) -> [f32; 2] {
    let lowest = session.document().layout.values().map(|at| at[1]).fold(f32::NEG_INFINITY, f32::max);
    if lowest.is_finite() { [80.0, lowest + 160.0] } else { [80.0, 60.0] }
}

/// The target that the selection means: one component, or the composition.
pub fn selected_target(session: &Session) -> Option<Target> {
    match session.selection() {
        Selection::Component(digest) => Some(Target::Component(*digest)),
        Selection::Instances(names) => match names.as_slice() {
            [one] => session.document().composition.instances.get(one).map(|i| Target::Component(i.component)),
            _ => None,
        },
        _ => None,
    }
}
