//! The window: lays out the panels, gathers what they ask for and hands it to the session after drawing.

mod drops;
mod keyboard;
mod layout;
mod requests;
mod window;

use super::inspect;
use super::panels::{
    Dock, Workspace, autowire, graph, history, inspector, invoke, library, palette, path_bar, problems, taps,
};
use super::result::OutputState;
use crate::component::Digest;
use crate::session::{Command, Session};
use crate::ui::theme;
use egui::{Context, Frame, Ui};
use keyboard::Focus;
use std::path::PathBuf;

pub use window::{CLOSE_AFTER_FIRST_FRAME, open_window};

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
    /// The parts of the window that were drawn last, in the order of F6.
    areas: Vec<(layout::Area, egui::Rect)>,
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
            areas: Vec::new(),
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
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        App::logic(self, ctx);
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        Frame::NONE.show(ui, |ui| self.draw(ui));
    }
}
