//! The workspace in the middle: the composition as a graph. Makes the canvas's picture from the session and turns what
//! the canvas says into commands.

mod list;
#[cfg(test)]
mod rules;

use super::{Outbox, Request};
use crate::call::Outcome;
use crate::component::{Component, Digest, Extern, Family, Item, Kind, TypeKind};
use crate::compose::{self, Candidate, Edit, Port, Side, virtual_export};
use crate::diag::{Diagnostic, Severity, Subject, display_safe, display_safe_line};
use crate::measure::Bytes;
use crate::project::{Frame, Target};
use crate::session::{Change, Command, FrameEdit, Selection, Session};
use crate::ui::actions::Action;
use crate::ui::canvas::geometry::Align;
use crate::ui::canvas::{
    self, Ask, CanvasState, FrameView, Intent, MenuOn, Node, NodeState, PortShape, PortState, PortView, Scene,
    SelectMode, Wire,
};
use crate::ui::panels::kit;
use crate::ui::parts::{self, Drawing};
use crate::ui::theme::{icons, space};
use egui::{Popup, PopupCloseBehavior, Pos2, Rect, TextEdit, Ui, pos2};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The workspace's state.
#[derive(Default)]
pub struct State {
    canvas: CanvasState,
    scene: Scene,
    /// What the scene was made of: made anew when any of it is another.
    made_of: Option<MadeOf>,
    /// How the ports of each component look, imports and exports: much to format, and the same for all its instances.
    ports: HashMap<Digest, (Vec<PortView>, Vec<PortView>)>,
    candidates: Vec<Candidate>,
    menu: Option<Menu>,
    /// What the menu of a loose wire lists: for which wiring and port, and the components with the ports that fit.
    fitting: Option<(u64, Port, Side, BTreeMap<Digest, String>)>,
    search: String,
    hovered: String,
    /// The import whose provider was switched last, the provider, and what to say of it.
    switched: Option<(Port, Port, String)>,
    /// The composition is shown as a list and not as a graph.
    is_list: bool,
    list: list::State,
}

#[derive(PartialEq)]
struct MadeOf {
    document: u64,
    revision: u64,
    selection: Selection,
    live: BTreeSet<Digest>,
    trapped: BTreeSet<Digest>,
    has_error: bool,
}

/// A menu that is open.
struct Menu {
    screen: Pos2,
    world: [f32; 2],
    what: What,
    /// Not closed by the release of the press that opened it.
    fresh: bool,
}

enum What {
    /// On something of the canvas.
    On(MenuOn),
    /// A wire from this port was let go over nothing.
    Add(Port, Side),
}

impl State {
    /// Brings what a problem is about into view and gives it the focus.
    pub fn focus(&mut self, subject: &Subject) {
        if self.is_list {
            self.list.focus(subject);
            return;
        }
        let (instance, port) = match subject {
            Subject::Instance(name) => (name, None),
            Subject::Port { instance, port } => (instance, Some((port.clone(), Side::Import))),
            Subject::Wire { instance, import } => (instance, Some((import.clone(), Side::Import))),
            _ => return,
        };
        self.canvas.ask(Ask::Reveal { instance: instance.clone(), port });
    }

    /// Shows the composition as a list, or as a graph again.
    pub fn toggle_list(&mut self) {
        self.is_list = !self.is_list;
    }

    /// Shows the minimap whenever not everything is in view, or never.
    pub fn toggle_minimap(&mut self) {
        self.canvas.toggle_minimap();
    }

    /// Does something to the view in the next frame.
    pub fn ask(&mut self, ask: Ask) {
        self.canvas.ask(ask);
    }

    /// How large the canvas is drawn; 1 is life size.
    pub fn zoom(&self) -> f32 {
        self.canvas.view().map_or(1.0, |v| v.zoom)
    }

    /// What the pointer or the focus is on, in words.
    pub fn hovered_text(&self) -> Option<&str> {
        let switched = self.switched.as_ref().map(|(.., text)| text.as_str());
        switched.or(Some(self.hovered.as_str()).filter(|t| !t.is_empty()))
    }

    /// The change that lets the next instance that fits provide for this import, or the one before; says what it does.
    pub fn switch(&mut self, session: &Session, import: Port, back: bool) -> Option<Change> {
        let Some((from, nth, count)) = next_provider(session, &import, back) else {
            self.canvas.say(format!("No other instance provides {import}"));
            return None;
        };
        let (provider, name) = (display_safe_line(&from.instance), display_safe_line(&import.name));
        let consumer = display_safe_line(&import.instance);
        let text = format!("{provider} provides {name} to {consumer} ({} of {count})", nth + 1);
        self.canvas.say(text.clone());
        self.switched = Some((import.clone(), from.clone(), text));
        Some(Change::ComposeAll("Switch provider", vec![Edit::Connect { from, to: import }]))
    }

    /// Where every node would stand if the graph were tidied up.
    pub fn arranged(&mut self, session: &Session) -> Vec<(String, [f32; 2])> {
        self.refresh(session);
        self.scene.arranged()
    }

    /// A frame around the nodes that are selected.
    pub fn frame(&mut self, session: &Session) -> Option<Frame> {
        self.refresh(session);
        let around = self.scene.around_selected()?;
        Some(Frame { at: around.min.into(), size: around.size().into() })
    }

    /// Opens the menu in which a frame is named.
    pub fn edit_frame(&mut self, session: &Session, title: &str) {
        let Some(frame) = session.document().frames.get(title) else { return };
        self.is_list = false;
        let screen = self.canvas.on_screen(Pos2::from(frame.at) + egui::vec2(0.0, canvas::FRAME_HEAD));
        title.clone_into(&mut self.search);
        let what = What::On(MenuOn::Frame(title.to_owned()));
        self.menu = Some(Menu { screen, world: frame.at, what, fresh: true });
    }

    /// Where the nodes that are selected would stand if they were lined up.
    pub fn aligned(&mut self, session: &Session, how: Align) -> Vec<(String, [f32; 2])> {
        self.refresh(session);
        self.scene.aligned(how)
    }

    fn refresh(&mut self, session: &Session) {
        let live =
            session.library().keys().filter(|d| session.live(&Target::Component(**d)).is_some()).copied().collect();
        let mut trapped = BTreeSet::new();
        let mut seen = BTreeSet::new();
        for run in session.runs().iter().rev() {
            if seen.insert(run.digest) && matches!(run.outcome(), Some(Outcome::Trapped(_))) {
                trapped.insert(run.digest);
            }
        }
        let has_error = session.problems().iter().any(|p| p.severity == Severity::Error);
        let selection = session.selection().clone();
        let now = MadeOf {
            document: session.document_number(),
            revision: session.revision(),
            selection,
            live,
            trapped,
            has_error,
        };
        if self.made_of.as_ref().is_some_and(|before| before.document != now.document) {
            self.canvas.ask(Ask::Fit);
            self.menu = None;
        }
        if self.made_of.as_ref() != Some(&now) {
            self.ports.retain(|component, _| session.library().contains_key(component));
            self.scene = scene(session, &now, &mut self.ports);
            self.made_of = Some(now);
        }
    }
}

// ---- the picture ----

fn scene(session: &Session, made_of: &MadeOf, ports: &mut HashMap<Digest, (Vec<PortView>, Vec<PortView>)>) -> Scene {
    let composition = &session.document().composition;
    let library = session.library();
    let broken: BTreeSet<(&str, &str)> = session
        .problems()
        .iter()
        .filter(|p| p.severity == Severity::Error)
        .filter_map(|p| match &p.subject {
            Subject::Wire { instance, import } => Some((instance.as_str(), import.as_str())),
            _ => None,
        })
        .collect();
    let used: BTreeSet<&Port> = composition.wires.values().collect();
    let exported: BTreeSet<Port> = compose::result_exports(composition, library).into_iter().map(|(_, p)| p).collect();
    let chosen = !composition.exports.is_empty();
    let sharing = compose::sharing(composition);
    let mut nodes = Vec::new();
    let mut spare = 0.0;
    for (name, instance) in &composition.instances {
        let component = library.get(&instance.component);
        let at = session.document().layout.get(name).copied().unwrap_or_else(|| {
            spare += 160.0;
            [0.0, spare]
        });
        let mut node = Node {
            id: name.clone(),
            title: display_safe_line(name).into_owned(),
            subtitle: String::new(),
            badge: String::new(),
            size_text: String::new(),
            pos: pos2(at[0], at[1]),
            imports: Vec::new(),
            exports: Vec::new(),
            state: NodeState { missing: component.is_none(), ..NodeState::default() },
            selected: matches!(&made_of.selection, Selection::Instances(names) if names.contains(name)),
        };
        if let Some(component) = component {
            let opened = session.opened(&component.digest);
            node.subtitle = display_safe_line(&component.name).into_owned();
            let mark = sharing.get(name.as_str()).map(compose::Sharing::mark).unwrap_or_default();
            if !mark.is_empty() {
                node.subtitle.push_str(&format!(" · {mark}"));
            }
            if session.document().left_out.contains(name) {
                node.subtitle.push_str(" · not in the file");
            }
            let language = opened.and_then(|o| o.badge()).unwrap_or_default();
            node.badge = display_safe_line(language).into_owned();
            node.size_text = Bytes(component.bytes.len() as u64).to_string();
            node.state.live = made_of.live.contains(&component.digest);
            node.state.trapped = made_of.trapped.contains(&component.digest);
            let (imports, exports) = ports.entry(component.digest).or_insert_with(|| {
                let view = |e: &Extern| port_view(component, e, PortState::Unused);
                (component.imports.iter().map(view).collect(), component.exports.iter().map(view).collect())
            });
            for (import, view) in component.imports.iter().zip(imports) {
                let port = Port::new(name, &import.name);
                let is_broken = broken.contains(&(name.as_str(), import.name.as_str()));
                let state = import_state(composition.wires.contains_key(&port), is_broken, import.is_host());
                node.state.unsatisfied += usize::from(state == PortState::Missing);
                node.imports.push(PortView { state, ..view.clone() });
            }
            // Host imports are many and wired seldom: they stand below what needs a wire.
            node.imports.sort_by_key(|p| p.state == PortState::Host);
            for (export, view) in component.exports.iter().zip(exports) {
                let port = Port::new(name, &export.name);
                let state = export_state(used.contains(&port), exported.contains(&port) && chosen);
                node.exports.push(PortView { state, ..view.clone() });
            }
        }
        nodes.push(node);
    }
    let wires = composition
        .wires
        .iter()
        .map(|(to, from)| {
            let end = composition.component(library, &from.instance);
            let export = end.and_then(|c| Some((c, c.export(&from.name)?)));
            Wire {
                from: from.clone(),
                to: to.clone(),
                family: export.map_or(Family::Record, |(c, e)| e.family(&c.types)),
                broken: broken.contains(&(to.instance.as_str(), to.name.as_str())),
                selected: made_of.selection == Selection::Wire(to.clone()),
            }
        })
        .collect();
    let frames = session.document().frames.iter().map(|(title, frame)| FrameView {
        title: title.clone(),
        rect: Rect::from_min_size(frame.at.into(), frame.size.into()),
        selected: made_of.selection == Selection::Frame(title.clone()),
    });
    Scene::new(nodes, wires).framed(frames.collect())
}

/// How an import is doing.
fn import_state(is_wired: bool, is_broken: bool, is_host: bool) -> PortState {
    match (is_wired, is_host) {
        (true, _) if is_broken => PortState::Mismatched,
        (true, _) => PortState::Satisfied,
        (false, true) => PortState::Host,
        (false, false) => PortState::Missing,
    }
}

/// How an export is doing.
fn export_state(is_used: bool, is_chosen: bool) -> PortState {
    match (is_used, is_chosen) {
        (true, _) => PortState::Satisfied,
        (false, true) => PortState::Exported,
        (false, false) => PortState::Unused,
    }
}

/// A port's short name and its version, safe to show.
fn port_label(port: &Extern) -> (String, String) {
    let (path, version) = match port.name.split_once('@') {
        Some((path, version)) => (path, version),
        None => (port.name.as_str(), ""),
    };
    // A host's interface keeps its package, which says what it reaches; of others the last part is enough.
    let label =
        if port.is_host() { path.trim_start_matches("wasi:") } else { path.rsplit(['/', ':']).next().unwrap_or(path) };
    (display_safe_line(label).into_owned(), display_safe_line(version).into_owned())
}

/// A port as it is drawn on a node.
pub(in crate::ui) fn port_view(component: &Component, port: &Extern, state: PortState) -> PortView {
    let (label, version) = port_label(port);
    let carries_resource = matches!(&port.item, Item::Interface(i) if i.types.iter()
        .any(|t| matches!(component.types.get(*t).map(|d| &d.kind), Some(TypeKind::Resource))));
    let shape = match &port.item {
        _ if port.is_host() => PortShape::Host,
        Item::Function(_) => PortShape::Function,
        _ if carries_resource => PortShape::Resource,
        _ => PortShape::Interface,
    };
    let mut tooltip = port.name.clone();
    for function in port.functions().iter().take(8) {
        tooltip.push_str(&format!("\n{}: {}", function.display_name(), component.signature(function)));
    }
    let more = port.functions().len().saturating_sub(8);
    if more > 0 {
        tooltip.push_str(&format!("\n… {more} more"));
    }
    PortView {
        name: port.name.clone(),
        label,
        version,
        family: port.family(&component.types),
        shape,
        state,
        tooltip: display_safe(&tooltip).into_owned(),
    }
}

// ---- drawing, and what it says ----

/// Draws the workspace.
pub fn show(ui: &mut Ui, session: &Session, state: &mut State, outbox: &mut Outbox) {
    if session.document().composition.instances.is_empty() {
        empty(ui, session, outbox);
        return;
    }
    bar(ui, session, state);
    if state.is_list {
        state.hovered.clear();
        list::show(ui, session, &mut state.list, outbox);
        return;
    }
    state.refresh(session);
    let candidates = state.canvas.linking().is_some().then_some(state.candidates.as_slice());
    let intents = canvas::show(ui, &state.scene, &mut state.canvas, candidates);
    state.hovered = state.canvas.status().to_owned();
    let wires = &session.document().composition.wires;
    if !intents.is_empty() || state.switched.as_ref().is_some_and(|(to, from, _)| wires.get(to) != Some(from)) {
        state.switched = None;
    }
    for intent in intents {
        take(session, state, intent, outbox);
    }
    menu(ui, session, state, outbox);
}

/// The switch between graph and list, and what else concerns the view.
fn bar(ui: &mut Ui, session: &Session, state: &mut State) {
    let frame = kit::bar_frame(ui).inner_margin(egui::Margin::symmetric(space::M as i8, space::XS as i8));
    frame.show(ui, |ui| {
        ui.horizontal(|ui| {
            if let Some(i) =
                parts::segments(ui, "View of the composition", &["Graph", "List"], usize::from(state.is_list))
            {
                state.is_list = i == 1;
            }
            if state.is_list {
                list::bar(ui, &mut state.list);
            } else {
                if session.is_checking() {
                    ui.label(kit::dim("Checking…"));
                }
                ui.take_available_width();
            }
        });
    });
    ui.add_space(-ui.spacing().item_spacing.y);
}

fn empty(ui: &mut Ui, session: &Session, outbox: &mut Outbox) {
    let room = ui.available_rect_before_wrap();
    let selected = match session.selection() {
        Selection::Component(digest) => session.library().get(digest),
        _ => None,
    };
    let action = selected.map(|c| format!("Place {}", display_safe_line(&c.name)));
    let sentence = "Drag components from the library onto the canvas to wire them";
    if parts::empty(ui, Drawing::Graph, sentence, action.as_deref())
        && let Some(component) = selected
    {
        outbox.change(Change::Place { component: component.digest, at: [80.0, 60.0], connect: None });
    }
    let response = ui.interact(room, ui.scope_id().with("empty canvas"), egui::Sense::hover());
    if let Some(dragged) = response.dnd_release_payload::<Digest>() {
        outbox.change(Change::Place { component: *dragged, at: [80.0, 60.0], connect: None });
    }
}

fn take(session: &Session, state: &mut State, intent: Intent, outbox: &mut Outbox) {
    match intent {
        Intent::Select { instances, mode } => {
            let selection = selected(session.selection(), instances, mode);
            if selection != *session.selection() {
                outbox.command(Command::Select(selection));
            }
        }
        Intent::SelectWire(to) => outbox.command(Command::Select(Selection::Wire(to))),
        Intent::Move(places) => {
            outbox.change(Change::Move(places));
            outbox.request(Request::EndGesture);
        }
        Intent::SelectFrame(title) => outbox.command(Command::Select(Selection::Frame(title))),
        Intent::MoveFrame { title, at, nodes } => {
            outbox.change(Change::Frame(FrameEdit::Move { title, at, nodes }));
            outbox.request(Request::EndGesture);
        }
        Intent::DragStarted { port, side } => {
            state.candidates = compose::candidates(&session.document().composition, session.library(), &port, side);
        }
        Intent::Connect { from, to } => outbox.change(Change::Compose(Edit::Connect { from, to })),
        Intent::Rewire { was, from, to } => {
            let edits = vec![Edit::Disconnect(was), Edit::Connect { from, to }];
            outbox.change(Change::ComposeAll("Move wire", edits));
        }
        Intent::Switch { import, back } => {
            if let Some(change) = state.switch(session, import, back) {
                outbox.change(change);
            }
        }
        Intent::Disconnect(to) => outbox.change(Change::Compose(Edit::Disconnect(to))),
        Intent::DropOnEmpty { port, side, at, screen } => {
            state.search.clear();
            state.menu = Some(Menu { screen, world: at, what: What::Add(port, side), fresh: true });
        }
        Intent::InsertOnWire { instance, wire } => {
            if let Some(edits) = insertion(session, &instance, &wire) {
                outbox.change(Change::ComposeAll("Insert on wire", edits));
            }
        }
        Intent::Delete => outbox.act(Action::DeleteSelection),
        Intent::Duplicate => outbox.act(Action::DuplicateSelection),
        Intent::OpenMenu { at, world, on } => {
            if let MenuOn::Frame(title) = &on {
                state.search.clone_from(title);
            }
            state.menu = Some(Menu { screen: at, world, what: What::On(on), fresh: true });
        }
        Intent::DropComponent { component, at } => outbox.change(Change::Place { component, at, connect: None }),
        Intent::FocusProblem(instance) => {
            outbox.request(Request::Show(super::Dock::Problems));
            if let Some(problem) = first_problem(session, &instance) {
                outbox.request(Request::FocusOn(problem.subject.clone()));
            }
        }
        Intent::Activate(instance) => {
            outbox.command(Command::Select(Selection::Instances(vec![instance])));
        }
        Intent::ClickPort(..) | Intent::Cancelled => {}
    }
}

/// The provider that comes after (or before) the one that an import has, among the instances that fit.
fn next_provider(session: &Session, import: &Port, back: bool) -> Option<(Port, usize, usize)> {
    let (fitting, now) = compose::alternatives(&session.document().composition, session.library(), import);
    let count = fitting.len();
    let next = match (now, back) {
        (None, _) => 0,
        (Some(now), false) => (now + 1) % count.max(1),
        (Some(now), true) => (now + count.max(1) - 1) % count.max(1),
    };
    let from = fitting.get(next).filter(|_| now != Some(next))?;
    Some((from.clone(), next, count))
}

/// The first problem that is about an instance, one of its ports or of the wires to them.
fn first_problem<'a>(session: &'a Session, instance: &str) -> Option<&'a Diagnostic> {
    session.problems().iter().find(|p| match &p.subject {
        Subject::Instance(of) | Subject::Port { instance: of, .. } | Subject::Wire { instance: of, .. } => {
            of == instance
        }
        _ => false,
    })
}

fn selected(now: &Selection, instances: Vec<String>, mode: SelectMode) -> Selection {
    let before = match now {
        Selection::Instances(names) if mode != SelectMode::Replace => names.clone(),
        _ => Vec::new(),
    };
    let mut names: Vec<String> = match mode {
        SelectMode::Toggle => before.iter().filter(|n| !instances.contains(n)).cloned().collect(),
        _ => before.clone(),
    };
    names.extend(instances.into_iter().filter(|n| !before.contains(n)));
    if names.is_empty() { Selection::None } else { Selection::Instances(names) }
}

/// What puts an instance onto a wire: its first import that fits the wire's start, its first export that fits the end.
fn insertion(session: &Session, instance: &str, wire: &Port) -> Option<Vec<Edit>> {
    let composition = &session.document().composition;
    let from = composition.wires.get(wire)?;
    let fitting = |port: &Port, side| {
        compose::candidates(composition, session.library(), port, side)
            .into_iter()
            // The wire itself is what an export replaces; an import of the node must be free.
            .find(|c| c.port.instance == instance && c.fit.fits() && (side == Side::Import || c.replaces.is_none()))
            .map(|c| c.port)
    };
    let import = fitting(from, Side::Export)?;
    let export = fitting(wire, Side::Import)?;
    let (from, to) = (from.clone(), wire.clone());
    Some(vec![Edit::Disconnect(to.clone()), Edit::Connect { from, to: import }, Edit::Connect { from: export, to }])
}

// ---- menus ----

fn menu(ui: &mut Ui, session: &Session, state: &mut State, outbox: &mut Outbox) {
    let Some(mut menu) = state.menu.take() else { return };
    let mut open = true;
    let searches = matches!(menu.what, What::Add(..) | What::On(MenuOn::Frame(_)));
    let behavior =
        if searches || menu.fresh { PopupCloseBehavior::IgnoreClicks } else { PopupCloseBehavior::CloseOnClickOutside };
    let before = outbox.commands.len() + outbox.requests.len();
    let shown = Popup::new(egui::Id::unique("canvas menu"), ui.ctx().clone(), menu.screen, ui.layer_id())
        .kind(egui::PopupKind::Menu)
        .open_bool(&mut open)
        .close_behavior(behavior)
        .accessible_name("Canvas menu")
        .show(|ui| {
            ui.set_min_width(240.0);
            ui.set_max_width(320.0);
            match &menu.what {
                What::On(MenuOn::Frame(title)) => frame_menu(ui, session, &mut state.search, title, menu.fresh, outbox),
                What::On(on) => on_menu(ui, session, state, on, menu.world, outbox),
                What::Add(port, side) => add_menu(ui, session, state, port, *side, menu.world, menu.fresh, outbox),
            }
        });
    let acted = outbox.commands.len() + outbox.requests.len() > before;
    let escaped = ui.input(|i| i.key_pressed(egui::Key::Escape));
    let pressed_outside = ui.input(|i| i.pointer.any_pressed())
        && shown
            .is_some_and(|s| ui.input(|i| i.pointer.interact_pos()).is_some_and(|at| !s.response.rect.contains(at)));
    let released = ui.input(|i| !i.pointer.any_down());
    if open && !acted && !escaped && (menu.fresh || !pressed_outside) {
        menu.fresh &= !released;
        state.menu = Some(menu);
    }
}

fn on_menu(ui: &mut Ui, session: &Session, state: &State, on: &MenuOn, world: [f32; 2], outbox: &mut Outbox) {
    let mut item = |ui: &mut Ui, action: Action| {
        let keys = action.shortcut().map(|s| ui.ctx().format_shortcut(&s)).unwrap_or_default();
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
            let mut components: Vec<_> =
                session.library().values().filter(|c| c.kind == crate::component::Kind::Component).collect();
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
            item(ui, Action::DuplicateSelection);
            item(ui, Action::DeleteSelection);
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
            replace_menu(ui, session, name, outbox);
        }
        MenuOn::Wire(to) => {
            switch_item(ui, session, to, outbox);
            recorded_item(ui, session, to, outbox);
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

/// A frame's title to type over, and its end.
fn frame_menu(ui: &mut Ui, session: &Session, text: &mut String, title: &str, fresh: bool, outbox: &mut Outbox) {
    let field = parts::named_field(ui, "Title of the frame", TextEdit::singleline(text).desired_width(f32::INFINITY));
    if fresh {
        field.request_focus();
    }
    let is_taken = text != title && session.document().frames.contains_key(text.as_str());
    let fault = if is_taken { Some("Another frame has this title") } else { None };
    let fault = fault.or_else(|| crate::project::frame_title_fault(text).map(|_| "A title has 1 to 100 characters"));
    if let Some(why) = fault {
        parts::field_error(ui, why);
    } else if !fresh && ui.input(|i| i.key_pressed(egui::Key::Enter)) {
        let edit = FrameEdit::Rename { from: title.to_owned(), to: text.clone() };
        outbox.change(Change::Frame(edit));
    }
    ui.add_space(space::XS);
    if parts::menu_item(ui, Some(icons::TRASH), "Remove frame", "Del", None) {
        outbox.change(Change::Frame(FrameEdit::Remove(title.to_owned())));
    }
}

/// How far to the left of its import a stub is placed, in canvas points.
const STUB_LEFT: f32 = 320.0;

/// Whether an import is something that a stub can stand in for.
fn can_have_stub(session: &Session, port: &Port) -> bool {
    let found = session.document().composition.port(session.library(), port, Side::Import);
    found.is_some_and(|e| !matches!(e.item, crate::component::Item::Type(_)))
}

/// The components that can take an instance's place with all its wires.
fn replace_menu(ui: &mut Ui, session: &Session, name: &str, outbox: &mut Outbox) {
    let composition = &session.document().composition;
    let Some(now) = composition.instances.get(name).map(|i| i.component) else { return };
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
    let others = session.library().values().filter(|c| c.kind == Kind::Component && c.digest != now && fits(c));
    for component in others.take(8) {
        let label = format!("Replace by {}", display_safe_line(&component.name));
        if parts::menu_item(ui, Some(icons::SWAP), &label, "", None) {
            let edit = Edit::Replace { instance: name.to_owned(), component: component.digest };
            outbox.change(Change::Compose(edit));
        }
    }
}

/// The way to the next provider, if there is another.
fn switch_item(ui: &mut Ui, session: &Session, import: &Port, outbox: &mut Outbox) {
    if let Some((from, ..)) = next_provider(session, import, false) {
        let label = format!("Switch to {}", display_safe_line(&from.instance));
        if parts::menu_item(ui, Some(icons::SWAP), &label, "R", None) {
            let edits = vec![Edit::Connect { from, to: import.clone() }];
            outbox.change(Change::ComposeAll("Switch provider", edits));
        }
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
    let is_known = |(wiring, of, on, _): &(u64, Port, Side, _)| (*wiring, of, *on) == (session.wiring(), port, side);
    if !state.fitting.as_ref().is_some_and(is_known) {
        let fitting = compose::fitting(&session.document().composition, session.library(), port, side);
        state.fitting = Some((session.wiring(), port.clone(), side, fitting));
    }
    let Some((.., fitting)) = &state.fitting else { return };
    let enter = ui.input(|i| i.key_pressed(egui::Key::Enter));
    let mut first = true;
    for (digest, name) in fitting {
        let Some(component) = session.library().get(digest) else { continue };
        if !wanted.is_empty() && !component.name.to_lowercase().contains(&wanted) {
            continue;
        }
        let clicked = kit::row(ui, false, true, icons::CUBE, &display_safe_line(&component.name), "").clicked();
        if clicked || (first && enter) {
            let connect = Some((name.clone(), port.clone()));
            outbox.change(Change::Place { component: *digest, at, connect });
        }
        first = false;
    }
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
    if first {
        let text = if fitting.is_empty() { "No open component fits this port" } else { "None of those has that name" };
        ui.label(kit::dim(text));
    }
}
