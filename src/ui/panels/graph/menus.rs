//! The menus of the canvas: on what is under the pointer, and of what fits where a wire was let go.

use super::{State, alternatives, counted, next_provider};
use crate::component::{Component, Item, Kind};
use crate::compose::{self, Edit, Port, Side, virtual_export};
use crate::diag::display_safe_line;
use crate::session::{Change, Command, Finding, FrameEdit, Selection, Session, Study};
use crate::ui::actions::Action;
use crate::ui::canvas::MenuOn;
use crate::ui::panels::{Outbox, kit, taps};
use crate::ui::parts;
use crate::ui::theme::{icons, space};
use egui::text::{CCursor, CCursorRange};
use egui::text_edit::TextEditState;
use egui::{Id, Popup, PopupCloseBehavior, Pos2, TextEdit, Ui};
use std::sync::Arc;

/// A menu that is open.
pub(super) struct Menu {
    pub screen: Pos2,
    pub world: [f32; 2],
    pub what: What,
    /// Not closed by the release of the press that opened it.
    pub fresh: bool,
    /// What had the keyboard's focus when it opened.
    pub before: Option<Id>,
}

pub(super) enum What {
    /// On something of the canvas.
    On(MenuOn),
    /// A wire from this port was let go over nothing.
    Add(Port, Side),
    /// An instance gets another name.
    Name(String),
}

/// Draws the menu that is open.
pub(super) fn menu(ui: &mut Ui, session: &Session, state: &mut State, outbox: &mut Outbox) {
    let Some(mut menu) = state.menu.take() else { return };
    if menu.fresh && menu.before.is_none() {
        menu.before = ui.memory(|m| m.focused());
    }
    let mut open = true;
    let searches = matches!(menu.what, What::Add(..) | What::Name(_) | What::On(MenuOn::Frame(_)));
    let behavior =
        if searches || menu.fresh { PopupCloseBehavior::IgnoreClicks } else { PopupCloseBehavior::CloseOnClickOutside };
    // A question to the session closes no menu.
    let deeds = |outbox: &Outbox| {
        outbox.commands.iter().filter(|c| !matches!(c, Command::Study(_))).count() + outbox.requests.len()
    };
    let before = deeds(outbox);
    let shown = Popup::new(egui::Id::unique("canvas menu"), ui.ctx().clone(), menu.screen, ui.layer_id())
        .kind(egui::PopupKind::Menu)
        .open_bool(&mut open)
        .close_behavior(behavior)
        .accessible_name("Canvas menu")
        .show(|ui| {
            ui.set_min_width(240.0);
            ui.set_max_width(320.0);
            match &menu.what {
                What::On(MenuOn::Frame(title)) => {
                    frame_menu(ui, session, &mut state.search, title, menu.fresh, outbox);
                }
                What::Name(name) => name_menu(ui, session, &mut state.search, name, menu.fresh, outbox),
                What::On(on) => on_menu(ui, session, state, on, menu.world, outbox),
                What::Add(port, side) => add_menu(ui, session, state, port, *side, menu.world, menu.fresh, outbox),
            }
        });
    let acted = deeds(outbox) > before;
    let pressed_outside = ui.input(|i| i.pointer.any_pressed())
        && shown
            .is_some_and(|s| ui.input(|i| i.pointer.interact_pos()).is_some_and(|at| !s.response.rect.contains(at)));
    let released = ui.input(|i| !i.pointer.any_down());
    if open && !acted && (menu.fresh || !pressed_outside) {
        menu.fresh &= !released;
        state.menu = Some(menu);
    }
}

fn on_menu(ui: &mut Ui, session: &Session, state: &State, on: &MenuOn, world: [f32; 2], outbox: &mut Outbox) {
    let mut item = |ui: &mut Ui, action: Action| {
        let keys = action.keys(ui.ctx());
        let why_not = action.check(session).err();
        if parts::menu_item(ui, Some(action.icon()), action.label(), &keys, why_not.as_deref()) {
            outbox.act(action);
        }
    };
    match on {
        MenuOn::Canvas => {
            item(ui, Action::AutoWire);
            item(ui, Action::Arrange);
            item(ui, Action::FitAll);
            item(ui, Action::ZoomActual);
            item(ui, Action::SelectAll);
            parts::hairline(ui);
            if parts::menu_item(ui, Some(icons::FLASK), "Add virtual WASI", "", None) {
                let at = state.scene.free_place(world);
                outbox.command(Command::AddVirtualWasi { at, wire_to: Vec::new() });
            }
            let mut components: Vec<_> = session.library().values().filter(|c| c.kind == Kind::Component).collect();
            components.sort_by(|a, b| a.name.cmp(&b.name));
            for component in components.into_iter().take(12) {
                let label = format!("Place {}", display_safe_line(&component.name));
                if parts::menu_item(ui, Some(icons::PLUS), &label, "", None) {
                    let at = state.scene.free_place(world);
                    outbox.change(Change::Place { component: component.digest, at, connect: None });
                }
            }
        }
        MenuOn::Node(name) => {
            item(ui, Action::AutoWire);
            item(ui, Action::Rename);
            item(ui, Action::DuplicateSelection);
            item(ui, Action::DeleteSelection);
            frames_menu(ui, session, name, outbox);
            if let Some(instance) = session.document().composition.instances.get(name)
                && parts::menu_item(ui, Some(icons::CUBE), "Show its component", "", None)
            {
                outbox.command(Command::Select(Selection::Component(instance.component)));
            }
            if !session.open_imports(name).is_empty()
                && parts::menu_item(ui, Some(icons::PLUG), "Stub all open imports", "", None)
            {
                outbox.command(Command::StubAll(vec![name.clone()]));
            }
            if session.can_open_up(name).is_ok()
                && parts::menu_item(ui, Some(Action::SplitInstance.icon()), Action::SplitInstance.label(), "", None)
            {
                outbox.command(Command::SplitInstance(name.clone()));
            }
            replace_menu(ui, session, name, outbox);
        }
        MenuOn::Wire(to) => {
            switch_item(ui, session, to, outbox);
            recorded_item(ui, session, to, outbox);
            taps::menu_item(ui, session, to, outbox);
            if parts::menu_item(ui, Some(icons::LINK_BREAK), "Disconnect", "Del", None) {
                outbox.change(Change::Compose(Edit::Disconnect(to.clone())));
            }
        }
        MenuOn::Port(port, side) => {
            let at = state.scene.free_place([world[0] - STUB_LEFT, world[1]]);
            port_menu(ui, session, port, *side, at, outbox);
        }
        MenuOn::Frame(_) => {}
    }
}

/// An instance's name to type over.
fn name_menu(ui: &mut Ui, session: &Session, text: &mut String, name: &str, fresh: bool, outbox: &mut Outbox) {
    let field = parts::named_field(ui, "Name of the instance", TextEdit::singleline(text).desired_width(f32::INFINITY));
    if fresh {
        field.request_focus();
        select_all(ui, field.id, text);
    }
    let edit = Edit::Rename { from: name.to_owned(), to: text.trim().to_owned() };
    let composition = &session.document().composition;
    let refusal = (text.trim() != name).then(|| compose::apply(composition, session.library(), &edit).err()).flatten();
    if let Some(why) = refusal {
        parts::field_error(ui, &why.to_string());
        keep_typing(ui, &field);
    } else if !fresh && ui.input(|i| i.key_pressed(egui::Key::Enter)) {
        outbox.change(Change::Compose(edit));
    }
}

/// Enter takes the focus from a field; what was not taken is typed on.
fn keep_typing(ui: &Ui, field: &egui::Response) {
    if field.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter)) {
        field.request_focus();
    }
}

/// Selects what is in a field: typing takes its place.
fn select_all(ui: &Ui, field: Id, text: &str) {
    let mut state = TextEditState::load(ui.ctx(), field).unwrap_or_default();
    let all = CCursorRange::two(CCursor::new(0), CCursor::new(text.chars().count()));
    state.cursor.set_char_range(Some(all));
    state.store(ui.ctx(), field);
}

/// A frame's title to type over, and its end.
fn frame_menu(ui: &mut Ui, session: &Session, text: &mut String, title: &str, fresh: bool, outbox: &mut Outbox) {
    let field = parts::named_field(ui, "Title of the frame", TextEdit::singleline(text).desired_width(f32::INFINITY));
    if fresh {
        field.request_focus();
        select_all(ui, field.id, text);
    }
    let is_taken = text != title && session.document().frames.contains_key(text.as_str());
    let fault = if is_taken { Some("Another frame has this title") } else { None };
    let fault = fault.or_else(|| crate::project::frame_title_fault(text).map(|_| "A title has 1 to 100 characters"));
    if let Some(why) = fault {
        parts::field_error(ui, why);
        keep_typing(ui, &field);
    } else if !fresh && ui.input(|i| i.key_pressed(egui::Key::Enter)) {
        let edit = FrameEdit::Rename { from: title.to_owned(), to: text.clone() };
        outbox.change(Change::Frame(edit));
    }
    ui.add_space(space::XS);
    let Some(frame) = session.document().frames.get(title) else { return };
    let mut item = |ui: &mut Ui, action: Action, label: &str| {
        let keys = action.keys(ui.ctx());
        if parts::menu_item(ui, Some(action.icon()), label, &keys, action.check(session).err().as_deref()) {
            outbox.act(action);
        }
    };
    item(ui, Action::FoldFrame, if frame.folded { "Open" } else { "Fold into one node" });
    if !frame.folded {
        item(ui, Action::FitFrame, Action::FitFrame.label());
    }
    item(ui, Action::DuplicateSelection, "Duplicate");
    item(ui, Action::SelectMembers, Action::SelectMembers.label());
    parts::hairline(ui);
    let key = |of: bool| if frame.folded == of { "Del" } else { "" };
    if parts::menu_item(ui, Some(icons::CLOSE), "Remove frame, keep its instances", key(false), None) {
        outbox.change(Change::Frame(FrameEdit::Remove(title.to_owned())));
    }
    let count = frame.members.len();
    let label = format!("Remove with its {}", counted(count, "instance"));
    if count > 0 && parts::menu_item(ui, Some(icons::TRASH), &label, key(true), None) {
        outbox.change(Change::Frame(FrameEdit::RemoveWhole(title.to_owned(), count)));
    }
}

/// The frame that an instance is in, and those that it could be in.
fn frames_menu(ui: &mut Ui, session: &Session, name: &str, outbox: &mut Outbox) {
    let document = session.document();
    let names = match session.selection() {
        Selection::Instances(names) if names.iter().any(|n| n == name) => names.clone(),
        _ => vec![name.to_owned()],
    };
    let own = document.frame_of(name);
    if let Some(own) = own {
        let label = format!("Take out of {}", display_safe_line(own));
        if parts::menu_item(ui, Some(icons::MINUS), &label, "", None) {
            outbox.change(Change::Frame(FrameEdit::Leave(names.clone())));
        }
    }
    for title in document.frames.keys().filter(|title| Some(title.as_str()) != own).take(6) {
        let label = format!("Add to {}", display_safe_line(title));
        if parts::menu_item(ui, Some(icons::PLUS), &label, "", None) {
            outbox.change(Change::Frame(FrameEdit::Join(title.clone(), names.clone())));
        }
    }
}

/// How far to the left of its import a stub is placed, in canvas points.
const STUB_LEFT: f32 = 320.0;

/// Whether an import is something that a stub can stand in for.
pub(super) fn can_have_stub(session: &Session, port: &Port) -> bool {
    let found = session.document().composition.port(session.library(), port, Side::Import);
    found.is_some_and(|e| !matches!(e.item, Item::Type(_)))
}

/// So many components are offered in an instance's place.
const MOST_REPLACEMENTS: usize = 8;

/// The components that can take an instance's place with all its wires, by name: those that have something in common with
/// it, for anything at all could replace what is not wired.
pub(super) fn replacements<'a>(session: &'a Session, name: &str) -> Vec<&'a Component> {
    let composition = &session.document().composition;
    let Some(now) = composition.component(session.library(), name) else { return Vec::new() };
    let has = |component: &Component, port: &Port, side: Side| match side {
        Side::Import => component.import(&port.name).is_some(),
        Side::Export => component.export(&port.name).is_some(),
    };
    let fits = |component: &Component| {
        composition.wires.iter().all(|(to, from)| {
            (to.instance != name || has(component, to, Side::Import))
                && (from.instance != name || has(component, from, Side::Export))
        })
    };
    let is_alike = |component: &Component| {
        let mut exports = now.exports.iter();
        let mut imports = now.imports.iter().filter(|import| !import.is_host());
        exports.any(|e| component.export(&e.name).is_some()) || imports.any(|i| component.import(&i.name).is_some())
    };
    let others = session.library().values().filter(|c| c.kind == Kind::Component && c.digest != now.digest);
    let mut found: Vec<&Component> = others.map(|c| &**c).filter(|c| is_alike(c) && fits(c)).collect();
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

fn replace_menu(ui: &mut Ui, session: &Session, name: &str, outbox: &mut Outbox) {
    let found = replacements(session, name);
    for component in found.iter().take(MOST_REPLACEMENTS) {
        let label = format!("Replace by {}", display_safe_line(&component.name));
        if parts::menu_item(ui, Some(icons::SWAP), &label, "", None) {
            let edit = Edit::Replace { instance: name.to_owned(), component: component.digest };
            outbox.change(Change::Compose(edit));
        }
    }
    if let Some(more) = found.len().checked_sub(MOST_REPLACEMENTS).filter(|more| *more > 0) {
        kit::group_row(ui, &format!("{more} more could replace it"));
    }
}

/// The way to the next provider, if there is another.
fn switch_item(ui: &mut Ui, session: &Session, import: &Port, outbox: &mut Outbox) {
    let (next, why_not) = match alternatives(session, import) {
        Ok(all) => (next_provider(all, false), "No other instance provides it"),
        Err(study) => {
            outbox.command(Command::Study(study));
            (None, "Looking for others…")
        }
    };
    let label = match &next {
        Some((from, ..)) => format!("Switch to {}", display_safe_line(&from.instance)),
        None => "Switch provider".to_owned(),
    };
    let why_not = next.is_none().then_some(why_not);
    if parts::menu_item(ui, Some(icons::SWAP), &label, "R", why_not)
        && let Some((from, ..)) = next
    {
        let edits = vec![Edit::Connect { from, to: import.clone() }];
        outbox.change(Change::ComposeAll("Switch provider", edits));
    }
}

/// The way to a stub that answers as the provider did, unless a stub provides it already.
fn recorded_item(ui: &mut Ui, session: &Session, import: &Port, outbox: &mut Outbox) {
    let provider = session.document().composition.wires.get(import);
    if provider.is_none_or(|from| session.stub_of(&from.instance).is_some()) || !can_have_stub(session, import) {
        return;
    }
    let none = session.recorded_calls(import) == 0;
    let why_not = none.then_some("No calls of it are in the history: call the provider by hand first");
    if parts::menu_item(ui, Some(icons::HISTORY), "Replace by recorded answers", "", why_not) {
        outbox.command(Command::StubRecorded(import.clone()));
    }
}

fn port_menu(ui: &mut Ui, session: &Session, port: &Port, side: Side, at: [f32; 2], outbox: &mut Outbox) {
    let composition = &session.document().composition;
    if parts::menu_item(ui, Some(icons::COPY), "Copy name", "", None) {
        ui.ctx().copy_text(port.name.clone());
    }
    match side {
        Side::Import if composition.wires.contains_key(port) => {
            switch_item(ui, session, port, outbox);
            recorded_item(ui, session, port, outbox);
            taps::menu_item(ui, session, port, outbox);
            if parts::menu_item(ui, Some(icons::LINK_BREAK), "Disconnect", "", None) {
                outbox.change(Change::Compose(Edit::Disconnect(port.clone())));
            }
        }
        Side::Import => {
            if can_have_stub(session, port) && parts::menu_item(ui, Some(icons::PLUG), "Add stub", "", None) {
                outbox.command(Command::AddStub { port: port.clone(), at });
            }
            if virtual_export(&port.name).is_some()
                && parts::menu_item(ui, Some(icons::FLASK), "Add virtual WASI", "", None)
            {
                outbox.command(Command::AddVirtualWasi { at, wire_to: vec![port.instance.clone()] });
            }
        }
        Side::Export => match composition.exports.iter().find(|(_, p)| *p == port) {
            Some((name, _)) => {
                if parts::menu_item(ui, Some(icons::EXPORTED), "Do not export it from the result", "", None) {
                    outbox.change(Change::Compose(Edit::Unexport(name.clone())));
                }
            }
            None => {
                if parts::menu_item(ui, Some(icons::EXPORTED), "Export it from the result", "", None) {
                    let edit = Edit::Export { from: port.clone(), name: port.name.clone() };
                    outbox.change(Change::Compose(edit));
                }
            }
        },
    }
}

#[allow(clippy::too_many_arguments)] // one row of the menu above, split off to keep that one readable
fn add_menu(
    ui: &mut Ui,
    session: &Session,
    state: &mut State,
    port: &Port,
    side: Side,
    at: [f32; 2],
    fresh: bool,
    outbox: &mut Outbox,
) {
    let field = parts::search_field(ui, &mut state.search, "Search components that fit");
    if fresh {
        field.request_focus();
    }
    ui.add_space(space::XS);
    let wanted = state.search.trim().to_lowercase();
    let study = Study::Fitting(session.wiring(), port.clone(), side);
    let fitting = match session.finding(&study) {
        Some(Finding::Fitting(found)) => Arc::clone(found),
        Some(_) => Arc::default(),
        None => {
            outbox.command(Command::Study(study));
            ui.label(kit::dim("Looking for what fits…"));
            return;
        }
    };
    let enter = ui.input(|i| i.key_pressed(egui::Key::Enter));
    let mut first = true;
    let mut fitting: Vec<_> =
        fitting.iter().filter_map(|(digest, name)| Some((digest, name, session.library().get(digest)?))).collect();
    fitting.sort_by_key(|(.., component)| &component.name);
    for &(digest, name, component) in &fitting {
        if !wanted.is_empty() && !component.name.to_lowercase().contains(&wanted) {
            continue;
        }
        let clicked = kit::row(ui, false, true, icons::CUBE, &display_safe_line(&component.name), "").clicked();
        if clicked || (first && enter) {
            let connect = Some((name.clone(), port.clone(), side));
            outbox.change(Change::Place { component: *digest, at, connect });
        }
        first = false;
    }
    if first {
        let text = if fitting.is_empty() { "No open component fits this port" } else { "None of those has that name" };
        kit::group_row(ui, text);
        if enter && !wanted.is_empty() {
            // Nothing was taken: one goes on typing.
            field.request_focus();
        }
    }
    let at = if side == Side::Import { state.scene.before(at) } else { at };
    // With nothing that fits, Enter takes what comes first.
    let mut takes = first && enter && wanted.is_empty();
    let is_virtual = side == Side::Import && virtual_export(&port.name).is_some();
    if is_virtual
        && (kit::row(ui, false, true, icons::FLASK, "Add virtual WASI", "all it asks for").clicked()
            || std::mem::take(&mut takes))
    {
        outbox.command(Command::AddVirtualWasi { at, wire_to: vec![port.instance.clone()] });
    }
    if side == Side::Import
        && can_have_stub(session, port)
        && (kit::row(ui, false, true, icons::PLUG, "Add stub", "").clicked() || takes)
    {
        outbox.command(Command::AddStub { port: port.clone(), at });
    }
}
