//! The workspace in the middle: the composition as a graph. Makes the canvas's picture from the session and turns what
//! the canvas says into commands.

mod choose;
#[cfg(test)]
mod desk;
pub(super) mod exporting;
#[cfg(test)]
mod habits;
mod list;
mod menus;
#[cfg(test)]
mod narrow;
mod picture;
#[cfg(test)]
mod placing;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;
#[cfg(test)]
pub(in crate::ui) mod told;
#[cfg(test)]
mod waiting;

use super::{Outbox, Request};
use crate::call::{JobId, Outcome};
use crate::component::Digest;
use crate::compose::{self, Candidate, Edit, Port, Side};
use crate::diag::{Diagnostic, Severity, Subject, display_safe_line};
use crate::project::{Frame, Layout, Target};
use crate::session::{Change, Command, Finding, RunTaps, Selection, Session, Study};
use crate::ui::actions::Action;
use crate::ui::canvas::geometry::Align;
use crate::ui::canvas::{self, Ask, CanvasState, Dragged, Intent, MenuOn, NodeOf, Pushed, Scene, SelectMode};
use crate::ui::panels::kit;
use crate::ui::parts::{self, Drawing};
use crate::ui::theme::space;
use choose::{Choosing, For};
use egui::{Key, Modifiers, Pos2, Ui, vec2};
pub(super) use menus::NO_CALLS;
use menus::{Asked, Menu};
pub(in crate::ui) use picture::port_view;
use picture::{Ports, export_state, import_state, port_label};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// The workspace's state.
#[derive(Default)]
pub struct State {
    canvas: CanvasState,
    scene: Scene,
    /// What the scene was made of: made anew when any of it is another.
    made_of: Option<MadeOf>,
    /// Where in the scene the tapped wires of a call are.
    tapped: Option<(JobId, Vec<Option<usize>>)>,
    /// Of which call what taps saw was said last, and until when.
    counted: Option<(JobId, u64)>,
    /// How the ports of each component look, imports and exports: much to format, and the same for all its instances.
    ports: Ports,
    menu: Option<Menu>,
    /// What is being chosen in a menu of its own.
    choosing: Option<Choosing>,
    /// What is to be chosen, in a menu that opens in the next frame.
    wants: Option<For>,
    /// An import whose provider is to be switched once it is known who else fits, and whether to the one before.
    switching: Option<(Port, bool)>,
    search: String,
    hovered: String,
    /// The import whose provider was switched last, the provider, and what to say of it.
    switched: Option<(Port, Port, String)>,
    /// What comes next was dropped where the pointer is: it is seen.
    is_dropped: bool,
    /// What made room for each frame when it was folded or opened last.
    pushed: BTreeMap<String, Pushed>,
    /// The composition is shown as a list and not as a graph.
    is_list: bool,
    /// That was changed with the pointer in the frame before, and the keys do not go there yet.
    wants_focus: bool,
    list: list::State,
}

/// How far to the left of an instance stands what provides for it, in canvas points.
const BEFORE: f32 = 360.0;

#[derive(PartialEq)]
struct MadeOf {
    document: u64,
    revision: u64,
    selection: Selection,
    live: BTreeSet<Digest>,
    trapped: BTreeSet<Digest>,
    has_error: bool,
}

impl State {
    /// Brings what a problem is about into view and gives it the focus.
    pub fn focus(&mut self, session: &Session, subject: &Subject) {
        if self.is_list {
            self.list.focus(session, subject);
            return;
        }
        let (instance, port) = match subject {
            Subject::Instance(name) => (name, None),
            Subject::Port { instance, port } => {
                (instance, Some((port.clone(), side_of(session, &Port::new(instance, port)))))
            }
            Subject::Wire { instance, import } => (instance, Some((import.clone(), Side::Import))),
            _ => return,
        };
        self.canvas.ask(Ask::Reveal { instance: instance.clone(), port });
    }

    /// Opens a menu.
    fn open(&mut self, menu: Menu) {
        if let Some(title) = menu.title() {
            title.clone_into(&mut self.search);
        }
        self.menu = Some(menu);
    }

    /// Does what a menu that stood there has asked for, in the view that is shown.
    fn answer(&mut self, asked: Asked, screen: Pos2, world: Option<[f32; 2]>) {
        match asked {
            Asked::Connect(port, side) if self.is_list => self.list.choose(port, side, screen),
            Asked::Connect(port, side) => self.canvas.ask(Ask::Link { port, side }),
            Asked::GoTo(port, side) if self.is_list => self.list.go_to(port, side),
            Asked::GoTo(Port { instance, name }, side) => {
                self.canvas.ask(Ask::Reveal { instance, port: Some((name, side)) });
            }
            Asked::Name(port, now) => {
                self.search = now;
                self.menu = Some(Menu::new(screen, MenuOn::Result(port), true));
            }
            Asked::Choose(what) => {
                let place = world.map(|[x, y]| match &what {
                    For::New(port, side) => self.scene.place_beside(port, *side).unwrap_or([x, y]),
                    _ => [x, y],
                });
                self.choosing = Some(Choosing::new(what, screen).placing(place));
            }
        }
    }

    /// Lets a component or sample be chosen, to place it where there is room.
    pub fn choose_component(&mut self) {
        self.wants = Some(For::Place);
    }

    /// Lets a component or sample be chosen to take this instance's place.
    pub fn choose_instead(&mut self, instance: &str) {
        self.wants = Some(For::Instead(instance.to_owned()));
    }

    /// Whether something is being chosen.
    pub fn is_choosing(&self) -> bool {
        self.wants.is_some() || self.choosing.is_some()
    }

    /// Shows the composition as a list, or as a graph again.
    pub fn toggle_list(&mut self) {
        self.is_list = !self.is_list;
    }

    /// Gives the keyboard's focus to what is selected, or to the first instance.
    pub fn take_focus(&mut self, session: &Session) {
        let first = session.document().composition.instances.keys().next();
        let subject = match session.selection() {
            Selection::Wire(to) => Some(Subject::Wire { instance: to.instance.clone(), import: to.name.clone() }),
            Selection::Instances(names) => names.first().or(first).cloned().map(Subject::Instance),
            _ => first.cloned().map(Subject::Instance),
        };
        if let Some(subject) = subject {
            self.focus(session, &subject);
        }
    }

    /// Shows the minimap whenever not everything is in view, or never.
    pub fn toggle_minimap(&mut self) {
        self.canvas.toggle_minimap();
    }

    /// Does something to the view in the next frame.
    pub fn ask(&mut self, ask: Ask) {
        self.canvas.ask(ask);
    }

    /// Whether an open frame has the keyboard's focus: Ctrl with arrows resizes it then.
    pub fn is_on_frame(&self) -> bool {
        !self.is_list && self.canvas.is_on_frame()
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

    /// Lets the next instance that fits provide for this import, or the one before, once it is known who fits.
    pub fn switch(&mut self, import: Port, back: bool) {
        self.switching = Some((import, back));
    }

    /// What is to be done next of what takes its time: to look who fits, to switch, to give what has come its place.
    pub fn next(&mut self, session: &Session) -> Option<Command> {
        if let Some((import, back)) = &self.switching {
            match alternatives(session, import) {
                Ok(all) => {
                    let next = next_provider(all, *back);
                    let (import, _) = self.switching.take()?;
                    return self.switched_to(import, next);
                }
                Err(study) => {
                    if !session.is_studying(&study) {
                        return Some(Command::Study(study));
                    }
                }
            }
        }
        let landed = session.landed()?;
        self.refresh(session);
        if !std::mem::take(&mut self.is_dropped) {
            self.canvas.ask(Ask::Show(landed.names.iter().cloned().collect()));
        }
        Some(Command::Settle(self.scene.settled(landed)))
    }

    /// Closes the menu; what had the focus before has it again.
    fn close_menu(&mut self, ui: &Ui) {
        if let Some(before) = self.menu.take().and_then(|menu| menu.back()) {
            ui.memory_mut(|m| m.request_focus(before));
        }
    }

    fn switched_to(&mut self, import: Port, next: Option<(Port, usize, usize)>) -> Option<Command> {
        let Some((from, nth, count)) = next else {
            self.canvas.say(format!("No other instance provides {import}"));
            return None;
        };
        let (provider, name) = (display_safe_line(&from.instance), display_safe_line(&import.name));
        let consumer = display_safe_line(&import.instance);
        let text = format!("{provider} provides {name} to {consumer} ({} of {count})", nth + 1);
        self.canvas.say(text.clone());
        self.switched = Some((import.clone(), from.clone(), text));
        Some(Command::Change(Change::ComposeAll("Switch provider", vec![Edit::Connect { from, to: import }])))
    }

    /// Where every node would stand if the graph were tidied up.
    pub fn arranged(&mut self, session: &Session) -> Layout {
        self.refresh(session);
        self.scene.arranged()
    }

    /// A frame around the nodes that are selected.
    pub fn frame(&mut self, session: &Session) -> Option<Frame> {
        self.refresh(session);
        self.scene.around_selected()
    }

    /// A frame that is as large as its members need.
    pub fn fitted(&mut self, session: &Session, title: &str) -> Option<Change> {
        self.refresh(session);
        let frame = self.scene.fitted(title)?;
        let layout = Layout { nodes: Vec::new(), frames: vec![(title.to_owned(), frame)] };
        Some(Change::Layout(format!("Fit frame {title}"), layout))
    }

    /// A frame folded into one node, or opened, and what makes room for it then.
    pub fn turned(&mut self, session: &Session, title: &str, folded: bool) -> Option<Change> {
        self.refresh(session);
        let size = if folded { Some(self.folded_size(session, title)?) } else { None };
        let before = self.pushed.remove(title).unwrap_or_default();
        let (layout, pushed) = self.scene.turned(title, size, &before)?;
        self.pushed.insert(title.to_owned(), pushed);
        let verb = if folded { "Fold" } else { "Open" };
        let shown = display_safe_line(title);
        let count = session.document().frames.get(title).map_or(0, |f| f.members.len());
        let now = if folded { "folded into one node" } else { "open" };
        self.canvas.say(format!("frame {shown} is {now}, {}", counted(count, "instance")));
        Some(Change::Layout(format!("{verb} {title}"), layout))
    }

    /// How large the node of an open frame will be once it is folded: that depends on the ports of all its members.
    fn folded_size(&mut self, session: &Session, title: &str) -> Option<egui::Vec2> {
        let mut frames = session.document().frames.clone();
        frames.get_mut(title)?.folded = true;
        let scene = picture::scene(session, &frames, self.made_of.as_ref()?, &mut self.ports);
        let member = session.document().frames.get(title)?.members.first()?;
        Some(scene.rect_of(member)?.size())
    }

    /// Opens the menu in which an instance is named.
    pub fn edit_name(&mut self, session: &Session, name: &str) {
        if self.is_list {
            self.list.rename(session, name);
            return;
        }
        self.refresh(session);
        let Some(rect) = self.scene.rect_of(name) else { return };
        let screen = self.canvas.on_screen(rect.min);
        self.open(Menu::new(screen, MenuOn::Name(name.to_owned()), true).on_canvas(rect.min.into()));
    }

    /// Opens the menu in which a frame is named.
    pub fn edit_frame(&mut self, session: &Session, title: &str) {
        let Some(frame) = session.document().frames.get(title) else { return };
        self.is_list = false;
        self.refresh(session);
        let open = self.scene.frames().iter().find(|f| f.title == title && !f.frame.folded);
        let corner = open.map_or(Pos2::from(frame.at), |f| f.rect.min);
        let screen = self.canvas.on_screen(corner + egui::vec2(0.0, canvas::FRAME_HEAD));
        title.clone_into(&mut self.search);
        self.menu = Some(Menu::new(screen, MenuOn::Frame(title.to_owned()), true).on_canvas(frame.at));
    }

    /// A free place in the middle of what is seen.
    pub fn place_in_view(&mut self, session: &Session) -> Option<[f32; 2]> {
        self.refresh(session);
        let middle = self.canvas.middle()?;
        Some(self.scene.free_place(canvas::geometry::snap_to_grid(middle - vec2(120.0, 72.0)).into()))
    }

    /// A free place to the left of these instances, where what provides for them goes.
    pub fn place_before(&mut self, session: &Session, names: &[String]) -> Option<[f32; 2]> {
        self.refresh(session);
        let first = names.iter().filter_map(|name| self.scene.rect_of(name)).reduce(|a, b| a.union(b))?;
        Some(self.scene.free_place((first.min - vec2(BEFORE, 0.0)).into()))
    }

    /// Where the nodes that are selected would stand if they were lined up.
    pub fn aligned(&mut self, session: &Session, how: Align) -> Layout {
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
            (self.menu, self.choosing) = (None, None);
            self.pushed.clear();
        }
        if self.made_of.as_ref() != Some(&now) {
            self.ports.retain(|component, _| session.library().contains_key(component));
            self.scene = picture::scene(session, &session.document().frames, &now, &mut self.ports);
            self.made_of = Some(now);
            (self.tapped, self.counted) = (None, None);
        }
        let run = session.runs().back().filter(|run| !run.taps.wires.is_empty());
        let now = run.map(|run| (run.job, run.taps.counts.at_nanos));
        if self.counted != now {
            match run {
                Some(run) => self.count_taps(run.job, &run.taps),
                None => self.scene.set_taps(std::iter::empty()),
            }
            self.counted = now;
        }
    }

    /// Says at the wires how often they were crossed in a call.
    pub fn count_taps(&mut self, job: JobId, taps: &RunTaps) {
        if self.tapped.as_ref().is_none_or(|(of, _)| *of != job) {
            let places = taps.wires.iter().map(|wire| self.scene.wire_to(&wire.tap.to));
            self.tapped = Some((job, places.collect()));
        }
        let places = self.tapped.iter().flat_map(|(_, places)| places.iter().enumerate());
        self.scene.set_taps(places.filter_map(|(n, place)| Some(((*place)?, taps.crossed(n)))));
    }
}

// ---- drawing, and what it says ----

/// Draws the workspace.
pub fn show(ui: &mut Ui, session: &Session, state: &mut State, outbox: &mut Outbox) {
    if let Some(what) = state.wants.take() {
        let at = ui.max_rect().center_top() + vec2(-CHOOSER, 64.0);
        state.choosing = Some(Choosing::new(what, at).placing(at_first(session)));
    }
    if session.document().composition.instances.is_empty() {
        state.canvas.rest();
        empty(ui, session, state, outbox);
        open_menus(ui, session, state, outbox);
        return;
    }
    if std::mem::take(&mut state.wants_focus) {
        state.take_focus(session);
    }
    bar(ui, session, state);
    if state.is_list {
        state.hovered.clear();
        list::show(ui, session, &mut state.list, outbox);
        if let Some(menu) = state.list.menu() {
            state.open(menu);
        }
        open_menus(ui, session, state, outbox);
        return;
    }
    state.refresh(session);
    // A menu closes by itself; what is selected below it stays so.
    if state.menu.is_some() && ui.input_mut(|i| i.consume_key(Modifiers::NONE, Key::Escape)) {
        state.close_menu(ui);
    }
    state.canvas.hold(state.choosing.as_ref().and_then(Choosing::loose_end));
    let found = candidates(session, &state.canvas).and_then(Result::ok);
    let intents = canvas::show(ui, &state.scene, &mut state.canvas, found);
    if let Some(Err(study)) = candidates(session, &state.canvas) {
        outbox.command(Command::Study(study));
    }
    state.hovered = state.canvas.status().to_owned();
    let wires = &session.document().composition.wires;
    if !intents.is_empty() || state.switched.as_ref().is_some_and(|(to, from, _)| wires.get(to) != Some(from)) {
        state.switched = None;
    }
    for intent in intents {
        take(session, state, intent, outbox);
    }
    open_menus(ui, session, state, outbox);
}

/// The menus that are open.
fn open_menus(ui: &mut Ui, session: &Session, state: &mut State, outbox: &mut Outbox) {
    menus::menu(ui, session, state, outbox);
    if let Some(mut choosing) = state.choosing.take() {
        if choosing.show(ui, session, outbox) {
            state.choosing = Some(choosing);
        } else {
            menus::give_back(ui, choosing.back());
        }
    }
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
                // With the keyboard the focus stays here, to switch back.
                state.wants_focus = ui.input(|i| i.pointer.any_click());
                ui.ctx().request_repaint();
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

/// Where the first node goes, in canvas points.
const FIRST: [f32; 2] = [80.0, 60.0];
/// So far to the left of the middle is the menu in which a component is chosen.
const CHOOSER: f32 = 160.0;

/// The first node's place, if it will be the first.
fn at_first(session: &Session) -> Option<[f32; 2]> {
    session.document().composition.instances.is_empty().then_some(FIRST)
}

fn empty(ui: &mut Ui, session: &Session, state: &mut State, outbox: &mut Outbox) {
    let room = ui.available_rect_before_wrap();
    let selected = match session.selection() {
        Selection::Component(digest) => session.library().get(digest).filter(|c| c.is_usable()),
        _ => None,
    };
    let action = selected.map_or("Place component…".to_owned(), |c| format!("Place {}", display_safe_line(&c.name)));
    let sentence = "Drag components or samples from the library onto the canvas to wire them";
    if parts::empty(ui, Drawing::Graph, sentence, Some(&action)) {
        match selected {
            Some(component) => {
                outbox.change(Change::Place { component: component.digest, at: FIRST, connect: None });
            }
            None => {
                let at = room.center() - vec2(CHOOSER, 0.0);
                state.choosing = Some(Choosing::new(For::Place, at).placing(at_first(session)));
            }
        }
    }
    let response = ui.interact(room, ui.scope_id().with("empty canvas"), egui::Sense::hover());
    let Some(at) = ui.input(|i| i.pointer.interact_pos()) else { return };
    if let Some(dragged) = response.dnd_hover_payload::<Dragged>() {
        canvas::drop_hint(ui, room, at, &dragged, None);
    }
    if let Some(dragged) = response.dnd_release_payload::<Dragged>().filter(|d| d.why_not.is_none()) {
        let world = canvas::geometry::snap_to_grid((at - room.min).to_pos2());
        state.canvas.put(world, at);
        state.is_dropped = true;
        outbox.command(dropped(dragged.of, world.into(), None));
    }
}

/// What brings something that was dropped, to a place or onto a wire.
fn dropped(of: NodeOf, at: [f32; 2], wire: Option<Port>) -> Command {
    match (of, wire) {
        (NodeOf::Component(component), None) => Command::Change(Change::Place { component, at, connect: None }),
        (NodeOf::Component(component), Some(wire)) => Command::Change(Change::PlaceOnWire { component, at, wire }),
        (NodeOf::Sample(file), None) => Command::PlaceSample { file: file.to_owned(), at, connect: None },
        (NodeOf::Sample(file), Some(wire)) => Command::PlaceSampleOnWire { file: file.to_owned(), at, wire },
    }
}

fn take(session: &Session, state: &mut State, intent: Intent, outbox: &mut Outbox) {
    match intent {
        Intent::Select { instances, mode } => {
            let selection = selected(session, instances, mode);
            if selection != *session.selection() {
                outbox.command(Command::Select(selection));
            }
        }
        Intent::SelectWire(to) => outbox.command(Command::Select(Selection::Wire(to))),
        Intent::Move(layout) => moved(layout, outbox),
        Intent::SelectFrame(title) => outbox.command(Command::Select(Selection::Frame(title))),
        Intent::ResizeFrame { title, frame } => {
            let layout = Layout { nodes: Vec::new(), frames: vec![(title.clone(), frame)] };
            outbox.change(Change::Layout(format!("Resize frame {title}"), layout));
        }
        Intent::Fold { title, folded } => {
            if let Some(change) = state.turned(session, &title, folded) {
                outbox.change(change);
                outbox.command(Command::Select(Selection::Frame(title)));
            }
        }
        Intent::Connect { from, to } => outbox.change(Change::Compose(Edit::Connect { from, to })),
        Intent::Rewire { was, from, to } => {
            let edits = vec![Edit::Disconnect(was), Edit::Connect { from, to }];
            outbox.change(Change::ComposeAll("Move wire", edits));
        }
        Intent::Switch { import, back } => state.switch(import, back),
        Intent::Disconnect(to) => outbox.change(Change::Compose(Edit::Disconnect(to))),
        Intent::DropOnEmpty { port, side, at, screen } => {
            state.choosing = Some(Choosing::new(For::New(port, side), screen).placing(Some(at)));
        }
        Intent::InsertOnWire { instance, wire, layout } => {
            let composition = &session.document().composition;
            match compose::insertion(composition, session.library(), &instance, &wire) {
                Some(edits) => {
                    state.is_dropped = true;
                    outbox.change(Change::Insert { layout, edits });
                }
                None => moved(layout, outbox),
            }
        }
        Intent::Delete => outbox.act(Action::DeleteSelection),
        Intent::Duplicate => outbox.act(Action::DuplicateSelection),
        Intent::OpenMenu { at, world, on } => {
            let by_keyboard = state.canvas.is_by_keyboard();
            state.open(Menu::new(at, on, by_keyboard).on_canvas(world));
        }
        Intent::Drop { of, at, wire } => {
            state.is_dropped = true;
            outbox.command(dropped(of, at, wire));
        }
        Intent::FocusProblem(instances) => {
            outbox.request(Request::Show(super::Dock::Problems));
            if let Some(problem) = first_problem(session, &instances) {
                outbox.request(Request::FocusOn(problem.subject.clone()));
            }
        }
        Intent::Rename(instance) => {
            outbox.command(Command::Select(Selection::Instances(vec![instance])));
            outbox.act(Action::Rename);
        }
        Intent::NameResult { port, now, at } => state.answer(Asked::Name(port, now), at, None),
        Intent::Activate(instance) => {
            outbox.command(Command::Select(Selection::Instances(vec![instance])));
        }
        Intent::ClickPort(..) | Intent::Cancelled => {}
    }
}

/// Nodes and frames were dragged to these places.
fn moved(layout: Layout, outbox: &mut Outbox) {
    outbox.change(match (layout.frames.as_slice(), layout.nodes.len()) {
        ([], _) => Change::Move(layout.nodes),
        ([(title, frame)], n) if n == frame.members.len() => Change::Layout(format!("Move frame {title}"), layout),
        _ => Change::Layout("Move".to_owned(), layout),
    });
    outbox.request(Request::EndGesture);
}

/// The candidates of the wire in hand, if one is, or the study that brings them.
fn candidates<'a>(session: &'a Session, canvas: &CanvasState) -> Option<Result<&'a [Candidate], Study>> {
    let (port, side) = canvas.linking()?;
    let study = Study::Candidates(session.wiring(), port.clone(), side);
    Some(match session.finding(&study) {
        Some(Finding::Candidates(found)) => Ok(found.as_slice()),
        Some(_) => Ok(&[]),
        None => Err(study),
    })
}

/// Who can provide for an import, and which of them does, or the study that brings it.
fn alternatives<'a>(session: &'a Session, import: &Port) -> Result<&'a (Vec<Port>, Option<usize>), Study> {
    const NONE: &(Vec<Port>, Option<usize>) = &(Vec::new(), None);
    let study = Study::Alternatives(session.wiring(), import.clone());
    match session.finding(&study) {
        Some(Finding::Alternatives(found)) => Ok(found),
        Some(_) => Ok(NONE),
        None => Err(study),
    }
}

/// The provider that comes after (or before) the present one, among the instances that fit.
fn next_provider((fitting, now): &(Vec<Port>, Option<usize>), back: bool) -> Option<(Port, usize, usize)> {
    let count = fitting.len();
    let next = match (*now, back) {
        (None, _) => 0,
        (Some(now), false) => (now + 1) % count.max(1),
        (Some(now), true) => (now + count.max(1) - 1) % count.max(1),
    };
    let from = fitting.get(next).filter(|_| *now != Some(next))?;
    Some((from.clone(), next, count))
}

/// Which of an instance's ports of one name a problem is about: its import, if it has such a one.
fn side_of(session: &Session, port: &Port) -> Side {
    let import = session.document().composition.port(session.library(), port, Side::Import);
    if import.is_some() { Side::Import } else { Side::Export }
}

/// The first problem that is about one of these instances, their ports or the wires to them.
fn first_problem<'a>(session: &'a Session, instances: &[String]) -> Option<&'a Diagnostic> {
    let names: HashSet<&str> = instances.iter().map(String::as_str).collect();
    let is_theirs = |subject: &Subject| subject.instance().is_some_and(|of| names.contains(of));
    session.problems().iter().find(|p| p.about().any(is_theirs))
}

/// `1 instance`, `2 instances`.
fn counted(n: usize, word: &str) -> String {
    format!("{n} {word}{}", if n == 1 { "" } else { "s" })
}

/// The selection with these instances too, or without them. Of a folded frame that is selected, its members are.
fn selected(session: &Session, instances: Vec<String>, mode: SelectMode) -> Selection {
    let before = match session.selection() {
        _ if mode == SelectMode::Replace => Vec::new(),
        Selection::Instances(names) => names.clone(),
        Selection::Frame(title) => match session.document().frames.get(title) {
            Some(frame) if frame.folded => frame.members.iter().cloned().collect(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    };
    let (had, given): (HashSet<&String>, HashSet<&String>) = (before.iter().collect(), instances.iter().collect());
    let kept = before.iter().filter(|n| mode != SelectMode::Toggle || !given.contains(n));
    let mut names: Vec<String> = kept.cloned().collect();
    names.extend(instances.iter().filter(|n| !had.contains(n)).cloned());
    if names.is_empty() { Selection::None } else { Selection::Instances(names) }
}
