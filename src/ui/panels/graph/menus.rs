//! The menus of the composition, on what is under the pointer or has the keyboard's focus: in the graph and in its list.

#[cfg(test)]
mod tests;

use super::choose::For;
use super::exporting;
use super::{State, alternatives, counted, next_provider};
use crate::component::Item;
use crate::compose::{self, Edit, Port, Side, virtual_export};
use crate::diag::display_safe_line;
use crate::session::{Change, Command, FrameEdit, Selection, Session};
use crate::ui::actions::Action;
use crate::ui::canvas::MenuOn;
use crate::ui::panels::{Outbox, kit, library, taps};
use crate::ui::parts::{self, MenuOpened};
use crate::ui::theme::{icons, space};
use egui::text::{CCursor, CCursorRange};
use egui::text_edit::TextEditState;
use egui::{Id, Popup, PopupCloseBehavior, Pos2, TextEdit, Ui};

/// A menu that is open.
pub(super) struct Menu {
    screen: Pos2,
    /// Where on the canvas it was opened; not if it was opened in the list.
    world: Option<[f32; 2]>,
    on: MenuOn,
    by_keyboard: bool,
    /// Not closed by the release of the press that opened it.
    fresh: bool,
    /// It has not been drawn yet.
    new: bool,
    /// What had the focus before.
    back: Option<Id>,
}

impl Menu {
    /// Opens at a point of the screen.
    pub fn new(screen: Pos2, on: MenuOn, by_keyboard: bool) -> Self {
        Self { screen, world: None, on, by_keyboard, fresh: true, new: true, back: None }
    }

    /// The same with the point of the canvas.
    pub fn on_canvas(self, world: [f32; 2]) -> Self {
        Self { world: Some(world), ..self }
    }

    /// What had the focus before it.
    pub fn back(&self) -> Option<Id> {
        self.back
    }

    /// The title of the frame, or the name of the instance, that is typed over in it.
    pub fn title(&self) -> Option<&str> {
        match &self.on {
            MenuOn::Frame(title) | MenuOn::Name(title) => Some(title),
            _ => None,
        }
    }

    /// Whether what it was opened on is still there.
    fn is_about_something(&self, session: &Session) -> bool {
        let document = session.document();
        match &self.on {
            MenuOn::Canvas => true,
            MenuOn::Node(name) | MenuOn::Name(name) => document.composition.instances.contains_key(name),
            MenuOn::Port(port, _) | MenuOn::Result(port) => document.composition.instances.contains_key(&port.instance),
            MenuOn::Wire(to) => document.composition.wires.contains_key(to),
            MenuOn::Frame(title) => document.frames.contains_key(title),
        }
    }
}

/// What a menu asks of the view that it was opened in.
pub(super) enum Asked {
    /// Let a wire from this port be drawn by keyboard.
    Connect(Port, Side),
    /// Give this port the focus.
    GoTo(Port, Side),
    /// Let this port be named in the result; it is called so now.
    Name(Port, String),
    /// Let something be chosen, in a menu of its own.
    Choose(For),
}

/// What entries of a menu are made of.
struct Entries<'a> {
    session: &'a Session,
    state: &'a State,
    world: Option<[f32; 2]>,
    outbox: &'a mut Outbox,
    asked: Option<Asked>,
}

/// Draws the menu that is open. Returns what it asks for, and where it stood.
pub(super) fn menu(ui: &mut Ui, session: &Session, state: &mut State, outbox: &mut Outbox) {
    let Some(mut menu) = state.menu.take().filter(|menu| menu.is_about_something(session)) else { return };
    if std::mem::take(&mut menu.new) {
        menu.back = ui.memory(|m| m.focused());
    }
    let mut open = true;
    let is_typed = matches!(menu.on, MenuOn::Frame(_) | MenuOn::Name(_) | MenuOn::Result(_));
    let behavior =
        if is_typed || menu.fresh { PopupCloseBehavior::IgnoreClicks } else { PopupCloseBehavior::CloseOnClickOutside };
    // A question to the session closes no menu.
    let deeds = |outbox: &Outbox| {
        outbox.commands.iter().filter(|c| !matches!(c, Command::Study(_))).count() + outbox.requests.len()
    };
    let before = deeds(outbox);
    let released = ui.input(|i| !i.pointer.any_down());
    // Until it is released, what is pressed takes the focus.
    let how = if menu.by_keyboard { MenuOpened::ByKeyboard } else { MenuOpened::ByPointer };
    let opened = (menu.fresh && released && !is_typed).then_some(how);
    let mut search = std::mem::take(&mut state.search);
    let mut entries = Entries { session, state, world: menu.world, outbox, asked: None };
    let mut is_taken = false;
    let shown = Popup::new(egui::Id::unique("canvas menu"), ui.ctx().clone(), menu.screen, ui.layer_id())
        .kind(egui::PopupKind::Menu)
        .open_bool(&mut open)
        .close_behavior(behavior)
        .accessible_name("Canvas menu")
        .show(|ui| {
            ui.set_min_width(240.0);
            ui.set_max_width(320.0);
            parts::menu_keys(ui, opened);
            match &menu.on {
                MenuOn::Frame(title) => frame_menu(ui, session, &mut search, title, menu.fresh, entries.outbox),
                MenuOn::Name(name) => {
                    let edit = |to: &str| vec![Edit::Rename { from: name.clone(), to: to.to_owned() }];
                    name_menu(ui, session, &mut search, "Name of the instance", menu.fresh, edit, entries.outbox);
                }
                MenuOn::Result(port) => {
                    let (results, automatic) = results(session);
                    let edits = |to: &str| exporting::named(&results, automatic, port, to);
                    name_menu(ui, session, &mut search, "Name in the result", menu.fresh, edits, entries.outbox);
                }
                on => entries.show(ui, on),
            }
            is_taken = ui.should_close();
        });
    let asked = entries.asked;
    state.search = search;
    let acted = deeds(outbox) > before || asked.is_some() || is_taken;
    let escaped = ui.input(|i| i.key_pressed(egui::Key::Escape));
    let pressed_outside = ui.input(|i| i.pointer.any_pressed())
        && shown
            .is_some_and(|s| ui.input(|i| i.pointer.interact_pos()).is_some_and(|at| !s.response.rect.contains(at)));
    if (acted || escaped) && !pressed_outside {
        give_back(ui, menu.back);
    }
    if let Some(asked) = asked {
        state.answer(asked, menu.screen, menu.world);
    } else if open && !acted && !escaped && (menu.fresh || !pressed_outside) {
        menu.fresh &= !released;
        state.menu = Some(menu);
    }
}

/// Gives the focus back to what had it before a menu was opened.
pub(super) fn give_back(ui: &Ui, back: Option<Id>) {
    if let Some(back) = back {
        ui.memory_mut(|m| m.request_focus(back));
        ui.ctx().request_repaint();
    }
}

/// A name in an entry of a menu: not so long that the menu would be wider for it.
fn named(name: &str) -> String {
    const MOST: usize = 28;
    let name = display_safe_line(name);
    if name.chars().count() <= MOST {
        return name.into_owned();
    }
    name.chars().take(MOST - 1).chain(['…']).collect()
}

impl Entries<'_> {
    fn action(&mut self, ui: &mut Ui, action: Action) {
        let keys = action.keys(ui.ctx());
        let why_not = action.check(self.session).err();
        if parts::menu_item(ui, Some(action.icon()), action.label(), &keys, why_not.as_deref()) {
            self.outbox.act(action);
        }
    }

    fn show(&mut self, ui: &mut Ui, on: &MenuOn) {
        match on {
            MenuOn::Canvas => self.canvas(ui),
            MenuOn::Node(name) => self.node(ui, name),
            MenuOn::Wire(to) => self.wire(ui, to),
            MenuOn::Port(port, Side::Import) => self.import(ui, port),
            MenuOn::Port(port, Side::Export) => self.export(ui, port),
            MenuOn::Frame(_) | MenuOn::Name(_) | MenuOn::Result(_) => {}
        }
    }

    /// Where something new goes.
    fn place(&self) -> [f32; 2] {
        match self.world {
            Some(world) => self.state.scene.free_place(world),
            None => library::free_place(self.session),
        }
    }

    /// Where what is made for an import goes.
    fn place_before(&self, import: &Port) -> [f32; 2] {
        match self.world {
            Some([x, y]) => self.state.scene.free_place([x - STUB_LEFT, y]),
            None => self.session.place_for_stub(&import.instance),
        }
    }

    fn canvas(&mut self, ui: &mut Ui) {
        let place = Action::ChooseComponent;
        if parts::menu_item(ui, Some(place.icon()), place.label(), &place.keys(ui.ctx()), None) {
            self.asked = Some(Asked::Choose(For::Place));
        }
        if parts::menu_item(ui, Some(icons::FLASK), "Add virtual WASI", "", None) {
            let at = self.place();
            self.outbox.command(Command::AddVirtualWasi { at, wire_to: Vec::new() });
        }
        parts::hairline(ui);
        self.action(ui, Action::AutoWire);
        self.action(ui, Action::Arrange);
        self.action(ui, Action::FitAll);
        self.action(ui, Action::ZoomActual);
        self.action(ui, Action::SelectAll);
    }

    fn node(&mut self, ui: &mut Ui, name: &str) {
        let session = self.session;
        self.action(ui, Action::AutoWire);
        if !session.open_imports(name).is_empty()
            && parts::menu_item(ui, Some(icons::PLUG), "Stub all open imports", "", None)
        {
            self.outbox.command(Command::StubAll(vec![name.to_owned()]));
        }
        if parts::menu_item(ui, Some(icons::SWAP), "Replace by…", "", None) {
            self.asked = Some(Asked::Choose(For::Instead(name.to_owned())));
        }
        if session.can_open_up(name).is_ok()
            && parts::menu_item(ui, Some(Action::SplitInstance.icon()), Action::SplitInstance.label(), "", None)
        {
            self.outbox.command(Command::SplitInstance(name.to_owned()));
        }
        if let Some(instance) = session.document().composition.instances.get(name)
            && session.library().contains_key(&instance.component)
            && parts::menu_item(ui, Some(icons::CUBE), "Show its component", "", None)
        {
            self.outbox.command(Command::Select(Selection::Component(instance.component)));
        }
        parts::hairline(ui);
        frames_menu(ui, session, name, self.outbox);
        self.action(ui, Action::FrameSelection);
        self.action(ui, Action::Rename);
        self.action(ui, Action::DuplicateSelection);
        self.action(ui, Action::DeleteSelection);
    }

    fn wire(&mut self, ui: &mut Ui, to: &Port) {
        switch_item(ui, self.session, to, self.outbox);
        recorded_item(ui, self.session, to, self.outbox);
        taps::menu_item(ui, self.session, to, self.outbox);
        parts::hairline(ui);
        if let Some(from) = self.session.document().composition.wires.get(to) {
            self.go_to(ui, &format!("Go to {}", named(&from.instance)), from, Side::Export);
        }
        self.go_to(ui, &format!("Go to {}", named(&to.instance)), to, Side::Import);
        if parts::menu_item(ui, Some(icons::LINK_BREAK), "Disconnect", "Delete", None) {
            self.outbox.change(Change::Compose(Edit::Disconnect(to.clone())));
        }
    }

    fn go_to(&mut self, ui: &mut Ui, label: &str, port: &Port, side: Side) {
        if parts::menu_item(ui, Some(icons::ARROW_RIGHT), label, "", None) {
            self.asked = Some(Asked::GoTo(port.clone(), side));
        }
    }

    /// The ways to connect a port that every port has.
    fn connect(&mut self, ui: &mut Ui, port: &Port, side: Side) {
        if parts::menu_item(ui, Some(icons::LINK), "Connect…", "Enter", None) {
            self.asked = Some(Asked::Connect(port.clone(), side));
        }
        if parts::menu_item(ui, Some(icons::PLUS), "Place and connect…", "", None) {
            self.asked = Some(Asked::Choose(For::New(port.clone(), side)));
        }
    }

    fn copy_name(&self, ui: &mut Ui, port: &Port) {
        if parts::menu_item(ui, Some(icons::COPY), "Copy name", "", None) {
            ui.ctx().copy_text(port.name.clone());
        }
    }

    fn import(&mut self, ui: &mut Ui, port: &Port) {
        let session = self.session;
        self.connect(ui, port, Side::Import);
        if let Some(from) = session.document().composition.wires.get(port) {
            switch_item(ui, session, port, self.outbox);
            recorded_item(ui, session, port, self.outbox);
            taps::menu_item(ui, session, port, self.outbox);
            parts::hairline(ui);
            self.go_to(ui, "Go to other end", from, Side::Export);
            if parts::menu_item(ui, Some(icons::LINK_BREAK), "Disconnect", "", None) {
                self.outbox.change(Change::Compose(Edit::Disconnect(port.clone())));
            }
        } else {
            if can_have_stub(session, port) && parts::menu_item(ui, Some(icons::PLUG), "Add stub", "", None) {
                let at = self.place_before(port);
                self.outbox.command(Command::AddStub { port: port.clone(), at });
            }
            if virtual_export(&port.name).is_some()
                && parts::menu_item(ui, Some(icons::FLASK), "Add virtual WASI", "", None)
            {
                let at = self.place_before(port);
                self.outbox.command(Command::AddVirtualWasi { at, wire_to: vec![port.instance.clone()] });
            }
            parts::hairline(ui);
        }
        self.copy_name(ui, port);
    }

    fn export(&mut self, ui: &mut Ui, port: &Port) {
        let composition = &self.session.document().composition;
        self.connect(ui, port, Side::Export);
        let (results, automatic) = results(self.session);
        let now = exporting::name_of(&results, port);
        let label = if now.is_some() { "Do not export it from the result" } else { "Export it from the result" };
        let is_last = now.is_some() && results.len() == 1;
        let why_not = is_last.then_some("The result needs one export, or nothing could be called");
        if parts::menu_item(ui, Some(icons::EXPORTED), label, "", why_not) {
            let edits = exporting::toggled(&results, automatic, port);
            self.outbox.change(exporting::change(edits));
        }
        if let Some(now) = now
            && parts::menu_item(ui, Some(icons::PENCIL), "Name it in the result…", "F2", None)
        {
            self.asked = Some(Asked::Name(port.clone(), now.to_owned()));
        }
        parts::hairline(ui);
        let users: Vec<&Port> = composition.wires.iter().filter(|(_, from)| *from == port).map(|(to, _)| to).collect();
        match users.as_slice() {
            [] => {}
            [one] => self.go_to(ui, "Go to other end", one, Side::Import),
            all => {
                for to in all.iter().take(MOST_ENDS) {
                    self.go_to(ui, &format!("Go to {}", named(&to.instance)), to, Side::Import);
                }
                if let Some(more) = all.len().checked_sub(MOST_ENDS).filter(|more| *more > 0) {
                    kit::group_row(ui, &format!("{more} more use it"));
                }
            }
        }
        let label = match users.len() {
            0 => None,
            1 => Some("Disconnect".to_owned()),
            n => Some(format!("Disconnect all {n}")),
        };
        if let Some(label) = label
            && parts::menu_item(ui, Some(icons::LINK_BREAK), &label, "", None)
        {
            let edits: Vec<Edit> = users.iter().map(|to| Edit::Disconnect((*to).clone())).collect();
            self.outbox.change(Change::ComposeAll("Disconnect", edits));
        }
        self.copy_name(ui, port);
    }
}

/// So many other ends of an export are listed.
const MOST_ENDS: usize = 6;

/// What the result exports now, and whether nobody chose it.
fn results(session: &Session) -> (Vec<(String, Port)>, bool) {
    let composition = &session.document().composition;
    (compose::result_exports(composition, session.library()), composition.exports.is_empty())
}

/// A name to type over; `edits` are what giving one means.
fn name_menu(
    ui: &mut Ui,
    session: &Session,
    text: &mut String,
    label: &str,
    fresh: bool,
    edits: impl Fn(&str) -> Vec<Edit>,
    outbox: &mut Outbox,
) {
    let field = parts::named_field(ui, label, TextEdit::singleline(text).desired_width(f32::INFINITY));
    if fresh {
        field.request_focus();
        select_all(ui, field.id, text);
    }
    let edits = edits(text.trim());
    let library = session.library();
    let start = session.document().composition.clone();
    let result = edits.iter().try_fold(start, |composition, edit| compose::apply(&composition, library, edit));
    if let Err(why) = result {
        parts::field_error(ui, &why.to_string());
        keep_typing(ui, &field);
    } else if !fresh && ui.input(|i| i.key_pressed(egui::Key::Enter)) {
        outbox.change(exporting::change(edits));
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
    parts::note_entry(ui, &field);
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
    let key = |of: bool| if frame.folded == of { "Delete" } else { "" };
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
        let label = format!("Take out of {}", named(own));
        if parts::menu_item(ui, Some(icons::MINUS), &label, "", None) {
            outbox.change(Change::Frame(FrameEdit::Leave(names.clone())));
        }
    }
    for title in document.frames.keys().filter(|title| Some(title.as_str()) != own).take(6) {
        let label = format!("Add to {}", named(title));
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
        Some((from, ..)) => format!("Switch to {}", named(&from.instance)),
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

/// Why there is nothing to make a stub of that answers as a provider did.
pub(in crate::ui::panels) const NO_CALLS: &str = "No calls of it are known: tap the wire and run, or call the provider";

/// The way to a stub that answers as the provider did, unless a stub provides it already.
fn recorded_item(ui: &mut Ui, session: &Session, import: &Port, outbox: &mut Outbox) {
    let provider = session.document().composition.wires.get(import);
    if provider.is_none_or(|from| session.stub_of(&from.instance).is_some()) || !can_have_stub(session, import) {
        return;
    }
    let none = session.recorded_calls(import) == 0;
    let why_not = none.then_some(NO_CALLS);
    if parts::menu_item(ui, Some(icons::HISTORY), "Replace by recorded answers", "", why_not) {
        outbox.command(Command::StubRecorded(import.clone()));
    }
}
