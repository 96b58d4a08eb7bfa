//! The window: lays out the panels, gathers what they ask for and hands it to the session after drawing.

use super::actions::{Action, Way, frame_meant};
use super::canvas::Ask;
use super::inspect::{self, At, Place, View};
use super::panels::{Dock, Outbox, Request, Workspace};
use super::panels::{
    access, autowire, changed, graph, history, inspector, invoke, library, notices, palette, path_bar, problems, taps,
    welcome,
};
use super::result::OutputState;
use crate::call::Caller;
use crate::component::Digest;
use crate::compose::Edit;
use crate::diag::{Severity, Subject, display_safe_line};
use crate::grant::Capability;
use crate::project::{Clip, Target};
use crate::session::{Change, Command, Env, FrameEdit, Machine, Selection, Session};
use crate::sheet::GraphForm;
use crate::ui::panels::kit;
use crate::ui::parts::{self, Button, Tab};
use crate::ui::theme::{self, Tone, space};
use egui::text_selection::LabelSelectionState;
use egui::{Context, Event, Frame, Id, Key, Panel, Ui, ViewportCommand};
use std::path::PathBuf;
use std::sync::Arc;

/// The window's state around a session. Everything in the document is in the session.
pub struct App {
    session: Session,
    workspace: Workspace,
    dock: Dock,
    /// Whether the dock is shown below the graph.
    dock_in_wire: bool,
    /// Whether it is shown in Inspect: not until something is called.
    dock_in_inspect: bool,
    show_library: bool,
    show_inspector: bool,
    /// Whether the inspector is shown was said by the user; until then the room decides.
    inspector_chosen: bool,
    library: library::State,
    graph: graph::State,
    inspector: inspector::State,
    inspect: inspect::State,
    invoke: invoke::State,
    history: history::State,
    problems: problems::State,
    taps: taps::State,
    output: OutputState,
    palette: palette::State,
    autowire: autowire::State,
    path_bar: path_bar::State,
    /// A file that is being opened to be compared with this component.
    comparing: Option<(Digest, PathBuf)>,
    /// The dock's tab gets the keyboard's focus in the next frame.
    focus_dock: bool,
    /// What had the focus when something came over the window, and what has it there.
    focus: Focus,
    asks_before_closing: bool,
    closes_when_saved: bool,
    may_close: bool,
    applied: Option<(crate::project::Theme, bool, f32)>,
}

impl App {
    /// The window of this session, with files to open first.
    pub fn new(ctx: &Context, mut session: Session, files: Vec<PathBuf>) -> Self {
        theme::apply(ctx, Default::default());
        // Ctrl with 0, + and − zooms the canvas; the size of everything is a preference.
        ctx.options_mut(|o| o.zoom_with_keyboard = false);
        if !files.is_empty() {
            session.apply(Command::Open(files));
        }
        Self {
            session,
            workspace: Workspace::Wire,
            dock: Dock::Invoke,
            dock_in_wire: true,
            dock_in_inspect: false,
            show_library: true,
            show_inspector: true,
            inspector_chosen: false,
            library: library::State::default(),
            graph: graph::State::default(),
            inspector: inspector::State::default(),
            inspect: inspect::State::default(),
            invoke: invoke::State::default(),
            history: history::State::default(),
            problems: problems::State::default(),
            taps: taps::State::default(),
            output: OutputState::default(),
            palette: palette::State::default(),
            autowire: autowire::State::default(),
            path_bar: path_bar::State::default(),
            comparing: None,
            focus_dock: false,
            focus: Focus::default(),
            asks_before_closing: false,
            closes_when_saved: false,
            may_close: false,
            applied: None,
        }
    }

    /// What the window shows.
    pub fn session(&self) -> &Session {
        &self.session
    }

    #[cfg(test)]
    pub(in crate::ui) fn graph(&self) -> &graph::State {
        &self.graph
    }

    /// Asks the session for something, as a panel would.
    pub fn ask(&mut self, command: Command) {
        self.session.apply(command);
    }

    /// Polls the session and takes keys and dropped files. Draws nothing.
    pub fn logic(&mut self, ctx: &Context) {
        self.session.poll();
        self.apply_theme(ctx);
        // Whoever comes back from an editor or a build may have changed what is open.
        if ctx.input(|i| i.events.contains(&egui::Event::WindowFocused(true))) {
            self.session.apply(Command::CheckFiles);
        }
        self.take_drops(ctx);
        self.take_comparison();
        self.take_shortcuts(ctx);
        self.settle();
        if let Some(path) = self.path_bar.poll() {
            self.path_bar.set_path(path);
        }
        self.take_close_request(ctx);
        if self.session.running().is_some() || self.session.is_busy() {
            // Elapsed times advance; what ends the wait wakes the window by itself.
            ctx.request_repaint_after(std::time::Duration::from_millis(100));
        }
    }

    /// Does what the graph waits for, and gives what has come onto the canvas a place where it lies on nothing.
    fn settle(&mut self) {
        while let Some(command) = self.graph.next(&self.session) {
            self.session.apply(command);
        }
    }

    /// Draws everything and applies what was asked for.
    pub fn draw(&mut self, ui: &mut Ui) {
        let covered =
            self.palette.is_open() || self.autowire.is_open() || self.path_bar.is_asking() || self.asks_before_closing;
        self.focus.keep(ui.ctx(), covered);
        let mut outbox = Outbox::default();
        self.top_bar(ui, &mut outbox);
        self.status_bar(ui, &mut outbox);
        if self.is_empty() {
            egui::CentralPanel::default().frame(kit::canvas_frame(ui)).show(ui, |ui| {
                path_bar::show(ui, &mut self.path_bar, &mut outbox);
                welcome::show(ui, &self.session, &mut outbox);
            });
        } else {
            self.workspace(ui, &mut outbox);
        }
        notices::show(ui, &self.session, &mut outbox);
        palette::show(ui, &self.session, &mut self.palette, &mut outbox);
        autowire::show(ui, &self.session, &mut self.autowire, &mut outbox);
        self.drop_overlay(ui);
        self.ask_before_closing(ui, &mut outbox);
        self.take(ui, outbox);
    }

    fn is_empty(&self) -> bool {
        self.session.library().is_empty()
            && self.session.document().composition.instances.is_empty()
            && self.session.jobs().is_empty()
    }

    fn workspace(&mut self, ui: &mut Ui, outbox: &mut Outbox) {
        if self.show_library {
            Panel::left("library")
                .resizable(true)
                .default_size(240.0)
                .size_range(180.0..=420.0)
                .frame(kit::panel_frame(ui))
                .show(ui, |ui| library::show(ui, &self.session, &mut self.library, outbox));
        }
        if !self.inspector_chosen {
            self.show_inspector = ui.ctx().content_rect().width() >= ROOM_FOR_INSPECTOR;
        }
        // In Inspect the middle says all of it.
        if self.show_inspector && self.workspace == Workspace::Wire {
            Panel::right("inspector")
                .resizable(true)
                .default_size(312.0)
                .size_range(280.0..=640.0)
                .frame(kit::panel_frame(ui))
                .show(ui, |ui| inspector::show(ui, &self.session, &mut self.inspector, outbox));
        }
        if *self.shows_dock() {
            Panel::bottom("dock")
                .resizable(true)
                .default_size((ui.available_height() * 0.42).clamp(340.0, 520.0))
                .size_range(120.0..=640.0)
                .frame(kit::panel_frame(ui))
                .show(ui, |ui| self.dock(ui, outbox));
        }
        egui::CentralPanel::default().frame(kit::canvas_frame(ui)).show(ui, |ui| {
            path_bar::show(ui, &mut self.path_bar, outbox);
            changed::show(ui, &self.session, outbox);
            match self.workspace {
                Workspace::Wire => graph::show(ui, &self.session, &mut self.graph, outbox),
                Workspace::Inspect => inspect::show(ui, &self.session, &mut self.inspect, outbox),
            }
        });
    }

    fn dock(&mut self, ui: &mut Ui, outbox: &mut Outbox) {
        let count = self.session.problems().len();
        let refused: u64 =
            self.session.runs().back().map_or(0, |r| r.accesses().iter().filter(|a| !a.allowed).map(|a| a.count).sum());
        let refused = usize::try_from(refused).unwrap_or(usize::MAX);
        let tone = match self.session.problems().first().map(|p| p.severity) {
            Some(Severity::Error) => Tone::Error,
            Some(Severity::Warning) => Tone::Warn,
            _ => Tone::Neutral,
        };
        let focus = !is_below_modal(ui.ctx()) && std::mem::take(&mut self.focus_dock);
        let docks = [Dock::Invoke, Dock::Output, Dock::History, Dock::Accesses, Dock::Taps, Dock::Problems];
        let tabs = [
            Tab::new("Invoke"),
            Tab::new("Output"),
            Tab::new("History"),
            Tab::new("Access log").count(refused, Tone::Error),
            Tab::new("Taps").count(taps::count(&self.session), Tone::Neutral),
            Tab::new("Problems").count(count, tone),
        ];
        let tabs: Vec<_> = tabs.iter().zip(docks).map(|(tab, dock)| tab.focus(focus && dock == self.dock)).collect();
        let at = docks.iter().position(|d| *d == self.dock).unwrap_or(0);
        if let Some(dock) = parts::tab_bar(ui, "Dock", &tabs, at).and_then(|i| docks.get(i)) {
            self.dock = *dock;
        }
        ui.add_space(space::S);
        // Whatever a panel fills, the dock stays as high as it was dragged.
        ui.take_available_space();
        match self.dock {
            Dock::Invoke => invoke::show(ui, &self.session, &mut self.invoke, outbox),
            Dock::Output => history::output(ui, &self.session, &mut self.output),
            Dock::History => history::show(ui, &self.session, &mut self.history, outbox),
            Dock::Accesses => access::show(ui, &self.session, outbox),
            Dock::Problems => problems::show(ui, &self.session, &mut self.problems, outbox),
            Dock::Taps => taps::show(ui, &self.session, &mut self.taps, outbox),
        }
    }

    fn top_bar(&mut self, ui: &mut Ui, outbox: &mut Outbox) {
        Panel::top("top").exact_size(44.0).frame(kit::bar_frame(ui)).show(ui, |ui| {
            super::panels::top::show(ui, &self.session, self.workspace, self.invoke.call_target(), outbox);
        });
    }

    fn status_bar(&mut self, ui: &mut Ui, outbox: &mut Outbox) {
        Panel::bottom("status").exact_size(26.0).frame(kit::bar_frame(ui)).show(ui, |ui| {
            super::panels::status::show(ui, &self.session, &self.graph, outbox);
        });
    }

    /// Applies what the panels asked for, in one place and after drawing.
    fn take(&mut self, ui: &Ui, outbox: Outbox) {
        let ctx = ui.ctx().clone();
        for command in outbox.commands {
            self.session.apply(command);
        }
        for request in outbox.requests {
            match request {
                Request::Act(action) => self.act(&ctx, action),
                Request::Show(dock) => self.bring_dock(dock),
                Request::Inspect(place) => {
                    self.workspace = Workspace::Inspect;
                    self.session.apply(Command::Select(Selection::Component(place.component)));
                    self.inspect.go(place);
                }
                Request::AskPath(purpose, name) => self.path_bar.ask(purpose, &name),
                Request::Place(component) => {
                    self.workspace = Workspace::Wire;
                    let mut outbox = Outbox::default();
                    library::place(&self.session, component, &mut outbox);
                    outbox.commands.into_iter().for_each(|c| self.session.apply(c));
                }
                Request::ShowGrants(target, capability) => {
                    self.workspace = Workspace::Wire;
                    (self.show_inspector, self.inspector_chosen) = (true, true);
                    self.inspector.show_grants(target, capability);
                }
                Request::FocusOn(subject) => {
                    self.workspace = Workspace::Wire;
                    self.graph.focus(&subject);
                    if let crate::diag::Subject::Grant(word) = subject {
                        (self.show_inspector, self.inspector_chosen) = (true, true);
                        self.inspector.show_grants(Target::Composition, Capability::from_word(&word));
                    }
                }
                Request::Invoke(target, interface, function) => {
                    self.bring_dock(Dock::Invoke);
                    self.invoke.choose(target, interface, function);
                }
                Request::Restore(run) => {
                    self.bring_dock(Dock::Invoke);
                    self.invoke.restore(&self.session, &run);
                }
                Request::EndGesture => self.session.end_gesture(),
                Request::Recover(wanted) => self.session.recover(wanted),
            }
            ctx.request_repaint();
        }
        self.settle();
    }

    fn act(&mut self, ctx: &Context, action: Action) {
        if let Err(why) = action.check(&self.session) {
            log::debug!("{}: {why}", action.label());
            return;
        }
        match action {
            Action::OpenFiles => self.path_bar.ask(path_bar::Purpose::Open, ""),
            Action::OpenSampleProject => self.session.apply(Command::OpenSampleProject),
            Action::NewProject => self.session.apply(Command::NewProject),
            Action::Save => match self.session.project_path() {
                Some(path) => {
                    let path = path.to_owned();
                    self.session.apply(Command::SaveProject(path));
                }
                None => self.act(ctx, Action::SaveAs),
            },
            Action::SaveAs => {
                let name = &self.session.document().name;
                let name = if name.is_empty() { "project" } else { name };
                self.path_bar.ask(path_bar::Purpose::SaveProject, &format!("{name}.wirebench.json"));
            }
            Action::Compose => self.path_bar.ask(path_bar::Purpose::Compose, "composed.wasm"),
            Action::ExportGraph => {
                let name = &self.session.document().name;
                let name = if name.is_empty() { "graph".to_owned() } else { crate::compose::file_stem(name) };
                self.path_bar.ask(path_bar::Purpose::ExportGraph(GraphForm::Svg), &format!("{name}.svg"));
            }
            Action::Undo => self.session.apply(Command::Undo),
            Action::Redo => self.session.apply(Command::Redo),
            Action::ShowWire => self.workspace = Workspace::Wire,
            Action::ShowInspect => self.workspace = Workspace::Inspect,
            Action::ToggleMinimap => self.graph.toggle_minimap(),
            Action::ToggleList => {
                self.workspace = Workspace::Wire;
                self.graph.toggle_list();
            }
            Action::Compare => {
                if let Some(component) = inspect::subject(&self.session).map(|c| c.digest) {
                    self.compare(component, At::Here);
                }
            }
            Action::Back | Action::Forward => {
                if self.workspace == Workspace::Inspect
                    && let Some(component) = self.inspect.step(action == Action::Back)
                {
                    self.session.apply(Command::Select(Selection::Component(component)));
                }
            }
            Action::ToggleDock => *self.shows_dock() ^= true,
            Action::Run => {
                self.bring_dock(Dock::Invoke);
                self.invoke.request_run();
            }
            Action::Cancel => {
                if let Some(job) = self.session.running().map(|r| r.job) {
                    self.session.apply(Command::CancelCall(job));
                }
            }
            Action::ResetInstance => {
                if let Some(target) = self.invoke.call_target().cloned() {
                    self.session.apply(Command::Reset(target));
                }
            }
            Action::DeleteSelection => match self.session.selection().clone() {
                Selection::Instances(names) => {
                    self.session.apply(Command::Change(Change::Compose(Edit::RemoveInstances(names))));
                }
                Selection::Wire(to) => self.session.apply(Command::Change(Change::Compose(Edit::Disconnect(to)))),
                Selection::Frame(title) => {
                    // A folded frame is its members; an open one lies around them.
                    let folded = self.session.document().frames.get(&title).filter(|f| f.folded);
                    let edit = match folded.map(|f| f.members.len()) {
                        Some(count) => FrameEdit::RemoveWhole(title, count),
                        None => FrameEdit::Remove(title),
                    };
                    self.session.apply(Command::Change(Change::Frame(edit)));
                }
                _ => {}
            },
            Action::FrameSelection => {
                if let Some(frame) = self.graph.frame(&self.session) {
                    self.session.apply(Command::Change(Change::Frame(FrameEdit::Add("Frame".into(), frame))));
                    self.act(ctx, Action::RenameFrame);
                }
            }
            Action::RenameFrame => {
                if let Selection::Frame(title) = self.session.selection().clone() {
                    self.graph.edit_frame(&self.session, &title);
                }
            }
            Action::FoldFrame => {
                if let Some((title, folded)) = frame_meant(&self.session).map(|(t, f)| (t.clone(), !f.folded))
                    && let Some(change) = self.graph.turned(&self.session, &title, folded)
                {
                    self.session.apply(Command::Change(change));
                    self.session.apply(Command::Select(Selection::Frame(title)));
                }
            }
            Action::FitFrame => {
                if let Some(title) = frame_meant(&self.session).map(|(title, _)| title.clone())
                    && let Some(change) = self.graph.fitted(&self.session, &title)
                {
                    self.session.apply(Command::Change(change));
                }
            }
            Action::SelectMembers => {
                if let Some((_, frame)) = frame_meant(&self.session) {
                    let members = frame.members.iter().cloned().collect();
                    self.session.apply(Command::Select(Selection::Instances(members)));
                }
            }
            Action::DuplicateSelection => {
                if let Some(names) = self.instances_meant() {
                    self.session.apply(Command::Change(Change::Duplicate(names)));
                }
            }
            Action::CopySelection | Action::CutSelection => {
                if let Some(names) = self.instances_meant() {
                    ctx.copy_text(Clip::of(self.session.document(), &names).to_text());
                    if action == Action::CutSelection {
                        self.session.apply(Command::Change(Change::Cut(names)));
                    }
                }
            }
            // What is on the clipboard arrives as an event.
            Action::Paste => ctx.send_viewport_cmd(ViewportCommand::RequestPaste),
            Action::SelectAll => {
                let all = self.session.document().composition.instances.keys().cloned().collect();
                self.session.apply(Command::Select(Selection::Instances(all)));
            }
            Action::CheckFiles => self.session.apply(Command::CheckFiles),
            Action::SwitchProvider => {
                if let Selection::Wire(import) = self.session.selection().clone() {
                    self.graph.switch(import, false);
                }
            }
            Action::TapWire => {
                if let Selection::Wire(to) = self.session.selection() {
                    let edit = taps::toggle(&self.session, to).edit;
                    self.session.apply(Command::Change(Change::Compose(edit)));
                }
            }
            Action::AutoWire => self.autowire.open(&self.session),
            Action::AddVirtualWasi => {
                self.workspace = Workspace::Wire;
                let wire_to = match self.session.selection() {
                    Selection::Instances(names) => names.clone(),
                    _ => Vec::new(),
                };
                let at = library::free_place(&self.session);
                self.session.apply(Command::AddVirtualWasi { at, wire_to });
            }
            Action::SplitInstance => {
                if let Selection::Instances(names) = self.session.selection().clone() {
                    names.into_iter().for_each(|name| self.session.apply(Command::SplitInstance(name)));
                }
            }
            Action::Arrange => {
                let layout = self.graph.arranged(&self.session);
                self.session.apply(Command::Change(Change::Layout("Arrange".into(), layout)));
                self.graph.ask(Ask::Fit);
            }
            Action::Align(how) => {
                let layout = self.graph.aligned(&self.session, how);
                self.session.apply(Command::Change(Change::Layout(how.label().into(), layout)));
            }
            Action::FitAll => self.graph.ask(Ask::Fit),
            Action::ZoomActual => self.graph.ask(Ask::Actual),
            Action::ZoomIn => self.graph.ask(Ask::ZoomIn),
            Action::ZoomOut => self.graph.ask(Ask::ZoomOut),
            Action::Pan(way) => {
                let (right, down) = match way {
                    Way::Left => (-1, 0),
                    Way::Right => (1, 0),
                    Way::Up => (0, -1),
                    Way::Down => (0, 1),
                };
                self.graph.ask(Ask::Pan { right, down });
            }
            Action::Palette => self.palette.toggle(),
            Action::ToggleTheme => {
                let mut preferences = self.session.preferences().clone();
                preferences.theme =
                    if kit::is_dark(ctx) { crate::project::Theme::Light } else { crate::project::Theme::Dark };
                self.session.apply(Command::SetPreferences(preferences));
            }
            Action::ShowInvoke => self.focus_dock(Dock::Invoke),
            Action::ShowOutput => self.focus_dock(Dock::Output),
            Action::ShowHistory => self.focus_dock(Dock::History),
            Action::ShowAccesses => self.focus_dock(Dock::Accesses),
            Action::ShowProblems => self.focus_dock(Dock::Problems),
            Action::ShowTaps => self.focus_dock(Dock::Taps),
            Action::ToggleLibrary => self.show_library = !self.show_library,
            Action::ToggleInspector => {
                self.show_inspector = !self.show_inspector;
                self.inspector_chosen = true;
            }
            Action::Quit => ctx.send_viewport_cmd(ViewportCommand::Close),
        }
    }

    /// The instances that are selected, by themselves or as a frame's members.
    fn instances_meant(&self) -> Option<Vec<String>> {
        match self.session.selection() {
            Selection::Instances(names) => Some(names.clone()),
            Selection::Frame(title) => {
                Some(self.session.document().frames.get(title)?.members.iter().cloned().collect())
            }
            _ => None,
        }
    }

    fn shows_dock(&mut self) -> &mut bool {
        match self.workspace {
            Workspace::Wire => &mut self.dock_in_wire,
            Workspace::Inspect => &mut self.dock_in_inspect,
        }
    }

    /// Brings a panel of the dock to the front.
    fn bring_dock(&mut self, dock: Dock) {
        self.dock = dock;
        *self.shows_dock() = true;
    }

    /// The same, and the keyboard's focus to it.
    fn focus_dock(&mut self, dock: Dock) {
        self.bring_dock(dock);
        self.focus_dock = true;
    }

    fn take_shortcuts(&mut self, ctx: &Context) {
        let typing = ctx.text_edit_focused();
        // Ctrl+Z fits Ctrl+Shift+Z too: those with Shift come first.
        let mut actions = Action::ALL;
        actions.sort_by_key(|a| !a.shortcut().is_some_and(|s| s.modifiers.shift));
        for action in actions {
            // The palette is closed with the key that opens it; nothing else reaches below a modal.
            if is_below_modal(ctx) && !(action == Action::Palette && self.palette.is_open()) {
                continue;
            }
            let Some(shortcut) = action.shortcut().filter(|_| !action.is_of_clipboard()) else { continue };
            if typing && action.yields_to_text() {
                continue;
            }
            if matches!(action, Action::Pan(_)) && self.workspace == Workspace::Wire && self.graph.is_on_frame() {
                continue;
            }
            if ctx.input_mut(|i| i.consume_shortcut(&shortcut)) {
                self.act(ctx, action);
            }
        }
        if !typing && !is_below_modal(ctx) && self.workspace == Workspace::Wire {
            self.take_clipboard(ctx);
        }
        // The second habit for redo, and the key that many keyboards have instead of Delete.
        let more = [
            (egui::Modifiers::COMMAND, Key::Y, Action::Redo),
            (egui::Modifiers::NONE, Key::Backspace, Action::DeleteSelection),
        ];
        for (modifiers, key, action) in more {
            if !typing && !is_below_modal(ctx) && ctx.input_mut(|i| i.consume_key(modifiers, key)) {
                self.act(ctx, action);
            }
        }
    }

    /// Copies, cuts and pastes instances, unless text is selected somewhere.
    fn take_clipboard(&mut self, ctx: &Context) {
        let is_text = ctx.plugin::<LabelSelectionState>().lock().has_selection();
        for event in ctx.input(|i| i.events.clone()) {
            match event {
                Event::Copy if !is_text => self.act(ctx, Action::CopySelection),
                Event::Cut if !is_text => self.act(ctx, Action::CutSelection),
                Event::Paste(text) => {
                    let before = self.session.revision();
                    self.session.apply(Command::Paste(text));
                    if let (true, Selection::Instances(names)) =
                        (self.session.revision() != before, self.session.selection())
                        && let Some(first) = names.first()
                    {
                        self.graph.focus(&Subject::Instance(first.clone()));
                    }
                }
                _ => {}
            }
        }
    }

    /// Opens what was dropped. A file dropped on a component's row, or beside a comparison, is compared with it.
    fn take_drops(&mut self, ctx: &Context) {
        let dropped = ctx.input(|i| i.raw.dropped_files.clone());
        let before = self.drop_target(ctx).filter(|_| dropped.len() == 1);
        for file in dropped {
            let path = file.path().to_owned();
            self.comparing = before.map(|before| (before, path.clone()));
            self.session.apply(Command::Open(vec![path]));
        }
    }

    /// The component with which a file is compared if it is dropped now.
    fn drop_target(&self, ctx: &Context) -> Option<Digest> {
        let at = ctx.input(|i| i.pointer.latest_pos());
        if let Some(row) = at.filter(|_| self.show_library).and_then(|at| self.library.row_at(at)) {
            return Some(row);
        }
        let area = self.inspect.compare_area().filter(|_| self.workspace == Workspace::Inspect)?;
        // Not every desktop says where the pointer is while a file hovers.
        at.is_none_or(|at| area.contains(at)).then(|| inspect::subject(&self.session).map(|c| c.digest))?
    }

    /// Shows the comparison that a drop asked for, once the file is open.
    fn take_comparison(&mut self) {
        let Some((before, path)) = self.comparing.take() else { return };
        let is_it = |digest: &Digest| {
            self.session.opened(digest).and_then(|o| o.path.as_ref()).is_some_and(|p| p.ends_with(&path))
        };
        let opened = match self.session.selection() {
            Selection::Component(digest) if is_it(digest) => Some(*digest),
            _ => None,
        };
        match opened {
            _ if !self.session.jobs().is_empty() => self.comparing = Some((before, path)),
            Some(after) => self.compare(after, At::With(before)),
            None => {} // it could not be opened, which was said
        }
    }

    fn compare(&mut self, component: Digest, at: At) {
        self.workspace = Workspace::Inspect;
        self.session.apply(Command::Select(Selection::Component(component)));
        self.inspect.go(Place { component, view: View::Compare, at });
    }

    fn drop_overlay(&self, ui: &Ui) {
        let hovering = ui.ctx().input(|i| i.raw.hovered_files.len());
        if hovering == 0 {
            return;
        }
        let what = if hovering == 1 { "the file".to_owned() } else { format!("{hovering} files") };
        let before = self.drop_target(ui.ctx()).filter(|_| hovering == 1).and_then(|d| self.session.component(&d));
        let text = match before {
            Some(before) => {
                let name = display_safe_line(&before.name);
                format!("Drop {what} to compare it: {name} before, the file after")
            }
            None => format!(
                "Drop {what} to open: components, .wat text, projects and .wac source; on a library row, to compare"
            ),
        };
        kit::overlay(ui.ctx(), &text);
    }

    fn apply_theme(&mut self, ctx: &Context) {
        let preferences = self.session.preferences();
        let wanted = (preferences.theme, preferences.reduced_motion, preferences.ui_scale);
        if self.applied == Some(wanted) {
            return;
        }
        self.applied = Some(wanted);
        let (choice, reduced_motion, scale) = wanted;
        theme::choose(ctx, choice);
        theme::set_motion(ctx, !reduced_motion);
        ctx.set_zoom_factor(scale);
    }

    fn take_close_request(&mut self, ctx: &Context) {
        if self.closes_when_saved && !self.session.is_busy() && !self.path_bar.is_asking() {
            self.closes_when_saved = false;
            if !self.session.is_dirty() {
                ctx.send_viewport_cmd(ViewportCommand::Close);
            }
        }
        if !ctx.input(|i| i.viewport().close_requested()) {
            return;
        }
        if self.session.is_dirty() && !self.may_close {
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            self.asks_before_closing = true;
        } else {
            self.session.close();
        }
    }

    fn ask_before_closing(&mut self, ui: &Ui, outbox: &mut Outbox) {
        if !self.asks_before_closing {
            return;
        }
        let response = egui::Modal::new(egui::Id::unique("close")).frame(kit::popup_frame(ui)).show(ui.ctx(), |ui| {
            ui.set_width(360.0);
            ui.label(theme::strong("Save before closing?"));
            ui.add_space(space::S);
            ui.label("The project has changes that are not saved.");
            ui.add_space(space::L);
            ui.horizontal(|ui| {
                let save = ui.add(Button::new("Save…").primary());
                if ui.memory(|m| m.focused()).is_none() {
                    save.request_focus();
                }
                if save.clicked() {
                    self.asks_before_closing = false;
                    self.closes_when_saved = true;
                    outbox.act(Action::Save);
                }
                if ui.add(Button::new("Close without saving")).clicked() {
                    self.may_close = true;
                    self.asks_before_closing = false;
                    ui.ctx().send_viewport_cmd(ViewportCommand::Close);
                }
                if ui.add(Button::new("Go on working")).clicked() {
                    self.asks_before_closing = false;
                }
            });
        });
        if response.should_close() {
            self.asks_before_closing = false;
        }
    }
}

/// Where the keyboard's focus goes back to.
#[derive(Default)]
struct Focus {
    below: Option<Id>,
    above: Option<Id>,
    was_covered: bool,
}

/// Whether a modal keeps the focus from everything below. It still does so in the frame after its last.
fn is_below_modal(ctx: &Context) -> bool {
    ctx.memory(|m| m.top_modal_layer().is_some())
}

impl Focus {
    /// Keeps what has the focus; when what covered the window has gone, gives the focus back to what had it before.
    fn keep(&mut self, ctx: &Context, covered: bool) {
        let focused = ctx.memory(|m| m.focused());
        if covered || is_below_modal(ctx) {
            self.above = focused;
            if !covered {
                ctx.request_repaint();
            }
        } else if self.was_covered && (focused.is_none() || focused == self.above) {
            if let Some(below) = self.below {
                ctx.memory_mut(|m| m.request_focus(below));
            }
        } else {
            self.below = focused;
        }
        self.was_covered = covered || is_below_modal(ctx);
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        App::logic(self, ctx);
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        Frame::NONE.show(ui, |ui| self.draw(ui));
    }
}

/// The environment variable that makes the window close once its first frame stands on the screen: for the benchmark of
/// the start.
pub const CLOSE_AFTER_FIRST_FRAME: &str = "WIREBENCH_CLOSE_AFTER_FIRST_FRAME";

/// A window that closes after its first frame.
struct Once {
    app: App,
    frames: u32,
}

impl eframe::App for Once {
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        self.app.logic(ctx);
        if self.frames > 0 {
            ctx.send_viewport_cmd(ViewportCommand::Close);
        }
        ctx.request_repaint();
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        self.frames += 1;
        self.app.draw(ui);
    }
}

/// A window narrower than this shows the inspector only when asked to, in points.
const ROOM_FOR_INSPECTOR: f32 = 1140.0;

/// The window's size at first, in points.
const SIZE: [f32; 2] = [1280.0, 800.0];

/// Opens the window with these files and stays until it is closed. Without a caller nothing can be called.
///
/// # Errors
/// Why no window can be opened.
pub fn open_window(files: Vec<PathBuf>, caller: Option<Box<dyn Caller>>) -> Result<(), String> {
    if cfg!(all(unix, not(target_os = "macos")))
        && ["WAYLAND_DISPLAY", "WAYLAND_SOCKET", "DISPLAY"]
            .iter()
            .all(|v| std::env::var_os(v).is_none_or(|v| v.is_empty()))
    {
        return Err("there is no display".into());
    }
    let viewport = egui::ViewportBuilder::default()
        .with_title("Wirebench")
        .with_app_id("wirebench")
        .with_inner_size(SIZE)
        .with_min_inner_size([860.0, 560.0])
        .with_drag_and_drop(true);
    let options = eframe::NativeOptions { viewport, ..eframe::NativeOptions::default() };
    eframe::run_native(
        "wirebench",
        options,
        Box::new(|creation| {
            let ctx = creation.egui_ctx.clone();
            let env: Arc<dyn Env> = Arc::new(Machine::new(Machine::user_state_folder(), move || ctx.request_repaint()));
            let session = Session::new(env, caller);
            let app = App::new(&creation.egui_ctx, session, files);
            if std::env::var_os(CLOSE_AFTER_FIRST_FRAME).is_some() {
                return Ok(Box::new(Once { app, frames: 0 }));
            }
            Ok(Box::new(app))
        }),
    )
    .map_err(|e| e.to_string())
}
