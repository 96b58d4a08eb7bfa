//! Where things stand in the window: the bars, the panels at the sides, the dock and the middle.

use super::App;
use super::keyboard::is_below_modal;
use crate::diag::Severity;
use crate::ui::inspect;
use crate::ui::panels::{
    Dock, Outbox, Workspace, access, autowire, changed, graph, history, inspector, invoke, kit, library, notices,
    palette, path_bar, problems, status, taps, top, welcome,
};
use crate::ui::parts::{self, Tab};
use crate::ui::theme::{Tone, space};
use egui::{Panel, Ui};

/// A window narrower than this shows the inspector only when asked to, in points.
const ROOM_FOR_INSPECTOR: f32 = 1140.0;

/// A part of the window between which F6 goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Area {
    Middle,
    Inspector,
    Dock,
    Library,
}

impl App {
    /// Draws everything and applies what was asked for.
    pub fn draw(&mut self, ui: &mut Ui) {
        let covered =
            self.palette.is_open() || self.autowire.is_open() || self.path_bar.is_asking() || self.asks_before_closing;
        self.focus.keep(ui.ctx(), covered);
        let mut outbox = Outbox::default();
        self.top_bar(ui, &mut outbox);
        self.status_bar(ui, &mut outbox);
        if self.is_empty() && !self.graph.is_choosing() {
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
        self.areas.clear();
        if self.show_library {
            let panel = Panel::left("library")
                .resizable(true)
                .default_size(240.0)
                .size_range(180.0..=420.0)
                .frame(kit::panel_frame(ui))
                .show(ui, |ui| library::show(ui, &self.session, &mut self.library, outbox));
            self.areas.push((Area::Library, panel.response.rect));
        }
        if !self.inspector_chosen {
            self.show_inspector = ui.ctx().content_rect().width() >= ROOM_FOR_INSPECTOR;
        }
        // In Inspect the middle says all of it.
        if self.show_inspector && self.workspace == Workspace::Wire {
            let panel = Panel::right("inspector")
                .resizable(true)
                .default_size(312.0)
                .size_range(280.0..=640.0)
                .frame(kit::panel_frame(ui))
                .show(ui, |ui| inspector::show(ui, &self.session, &mut self.inspector, outbox));
            self.areas.insert(0, (Area::Inspector, panel.response.rect));
        }
        if *self.shows_dock() {
            let panel = Panel::bottom("dock")
                .resizable(true)
                .default_size((ui.available_height() * 0.42).clamp(340.0, 520.0))
                .size_range(120.0..=640.0)
                .frame(kit::panel_frame(ui))
                .show(ui, |ui| self.dock(ui, outbox));
            let before_library = self.areas.iter().filter(|(area, _)| *area != Area::Library).count();
            self.areas.insert(before_library, (Area::Dock, panel.response.rect));
        }
        let middle = egui::CentralPanel::default().frame(kit::canvas_frame(ui)).show(ui, |ui| {
            path_bar::show(ui, &mut self.path_bar, outbox);
            changed::show(ui, &self.session, outbox);
            match self.workspace {
                Workspace::Wire => graph::show(ui, &self.session, &mut self.graph, outbox),
                Workspace::Inspect => inspect::show(ui, &self.session, &mut self.inspect, outbox),
            }
        });
        // In Inspect the middle has its own ways.
        if self.workspace == Workspace::Wire {
            self.areas.insert(0, (Area::Middle, middle.response.rect));
        }
    }

    /// Gives the keyboard's focus to the next part of the window, or to the one before.
    pub(super) fn go_to_panel(&mut self, ctx: &egui::Context, back: bool) {
        let at = ctx.memory(|m| m.focused()).and_then(|id| ctx.read_response(id)).map(|r| r.rect.center());
        let now = self.areas.iter().position(|(_, rect)| at.is_some_and(|at| rect.contains(at)));
        let count = self.areas.len();
        let next = match now {
            Some(i) if back => (i + count - 1) % count.max(1),
            Some(i) => (i + 1) % count.max(1),
            None => 0,
        };
        match self.areas.get(next).map(|(area, _)| *area) {
            Some(Area::Middle) => self.graph.take_focus(&self.session),
            Some(Area::Inspector) => self.inspector.take_focus(),
            Some(Area::Dock) => self.focus_dock(self.dock),
            Some(Area::Library) => self.library.take_focus(),
            None => {}
        }
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
            top::show(ui, &self.session, self.workspace, self.invoke.call_target(), outbox);
        });
    }

    fn status_bar(&mut self, ui: &mut Ui, outbox: &mut Outbox) {
        Panel::bottom("status").exact_size(26.0).frame(kit::bar_frame(ui)).show(ui, |ui| {
            let graph = (self.workspace == Workspace::Wire).then_some(&self.graph);
            status::show(ui, &self.session, graph, outbox);
        });
    }

    pub(super) fn shows_dock(&mut self) -> &mut bool {
        match self.workspace {
            Workspace::Wire => &mut self.dock_in_wire,
            Workspace::Inspect => &mut self.dock_in_inspect,
        }
    }

    /// Brings a panel of the dock to the front.
    pub(super) fn bring_dock(&mut self, dock: Dock) {
        self.dock = dock;
        *self.shows_dock() = true;
    }

    /// The same, and the keyboard's focus to it.
    pub(super) fn focus_dock(&mut self, dock: Dock) {
        self.bring_dock(dock);
        self.focus_dock = true;
    }
}
