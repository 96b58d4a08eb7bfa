//! What panels, keys and the palette ask for, done.

use super::App;
use crate::component::Digest;
use crate::compose::Edit;
use crate::grant::Capability;
use crate::project::{Clip, Target};
use crate::session::{Change, Command, FrameEdit, Selection};
use crate::sheet::GraphForm;
use crate::ui::actions::{Action, Way, frame_meant};
use crate::ui::canvas::Ask;
use crate::ui::inspect::{self, At};
use crate::ui::panels::{Dock, Outbox, Request, Workspace, kit, library, path_bar, taps};
use egui::{Context, Ui, ViewportCommand};

impl App {
    /// Applies what the panels asked for, in one place and after drawing.
    pub(super) fn take(&mut self, ui: &Ui, outbox: Outbox) {
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
                Request::AskPath(purpose, name) => self.ask_path(purpose, &name),
                Request::Place(component) => self.place(component),
                Request::ShowGrants(target, capability) => {
                    self.workspace = Workspace::Wire;
                    (self.show_inspector, self.inspector_chosen) = (true, true);
                    self.inspector.show_grants(target, capability);
                }
                Request::FocusOn(subject) => {
                    self.workspace = Workspace::Wire;
                    self.graph.focus(&self.session, &subject);
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

    fn place(&mut self, component: Digest) {
        self.workspace = Workspace::Wire;
        let at = self.graph.place_in_view(&self.session).unwrap_or_else(|| library::free_place(&self.session));
        self.session.apply(Command::Change(Change::Place { component, at, connect: None }));
    }

    fn ask_path(&mut self, purpose: path_bar::Purpose, name: &str) {
        self.path_bar.ask(purpose, name, self.session.project_path());
    }

    pub(super) fn act(&mut self, ctx: &Context, action: Action) {
        if let Err(why) = action.check(&self.session) {
            log::debug!("{}: {why}", action.label());
            return;
        }
        match action {
            Action::OpenFiles => self.ask_path(path_bar::Purpose::Open, ""),
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
                let name = format!("{}.wirebench.json", if name.is_empty() { "project" } else { name });
                self.ask_path(path_bar::Purpose::SaveProject, &name);
            }
            Action::Compose => self.ask_path(path_bar::Purpose::Compose, "composed.wasm"),
            Action::ExportGraph => {
                let name = &self.session.document().name;
                let name = if name.is_empty() { "graph".to_owned() } else { crate::compose::file_stem(name) };
                self.ask_path(path_bar::Purpose::ExportGraph(GraphForm::Svg), &format!("{name}.svg"));
            }
            Action::Undo => self.session.apply(Command::Undo),
            Action::Redo => self.session.apply(Command::Redo),
            Action::ShowWire => self.workspace = Workspace::Wire,
            Action::ShowInspect => self.workspace = Workspace::Inspect,
            Action::ToggleMinimap => self.graph.toggle_minimap(),
            Action::ToggleList => {
                self.workspace = Workspace::Wire;
                self.graph.toggle_list();
                self.graph.take_focus(&self.session);
            }
            Action::PlaceComponent => {
                if let Some(component) = inspect::subject(&self.session).map(|c| c.digest) {
                    self.place(component);
                }
            }
            Action::ChooseComponent => {
                self.workspace = Workspace::Wire;
                self.graph.choose_component();
            }
            Action::ReplaceInstance => {
                if let Selection::Instances(names) = self.session.selection()
                    && let [name] = names.as_slice()
                {
                    self.workspace = Workspace::Wire;
                    self.graph.choose_instead(name);
                }
            }
            Action::EditCopy => {
                if let Some(component) = inspect::subject(&self.session).map(|c| c.digest) {
                    self.workspace = Workspace::Wire;
                    self.session.apply(Command::EditCopy(component));
                }
            }
            Action::ShareInterface => {
                if let Some(component) = inspect::subject(&self.session) {
                    let (digest, name) = (component.digest, format!("{}.html", component.name));
                    self.ask_path(path_bar::Purpose::SaveSheet(digest), &name);
                }
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
                    self.act(ctx, Action::Rename);
                }
            }
            Action::Rename => match self.session.selection().clone() {
                Selection::Frame(title) => self.graph.edit_frame(&self.session, &title),
                Selection::Instances(names) => {
                    if let [name] = names.as_slice() {
                        self.workspace = Workspace::Wire;
                        self.graph.edit_name(&self.session, name);
                    }
                }
                _ => {}
            },
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
                let before = self.graph.place_before(&self.session, &wire_to);
                let at = before.or_else(|| self.graph.place_in_view(&self.session));
                let at = at.unwrap_or_else(|| library::free_place(&self.session));
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
            Action::NextPanel => self.go_to_panel(ctx, false),
            Action::PreviousPanel => self.go_to_panel(ctx, true),
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
}
