//! The window of the desktop: opened, and closed after asking.

use super::App;
use crate::call::Caller;
use crate::session::{Env, Machine, Session};
use crate::ui::actions::Action;
use crate::ui::panels::{Outbox, kit};
use crate::ui::parts::Button;
use crate::ui::theme::{self, space};
use egui::{Context, Ui, ViewportCommand};
use std::path::PathBuf;
use std::sync::Arc;

impl App {
    pub(super) fn take_close_request(&mut self, ctx: &Context) {
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

    pub(super) fn ask_before_closing(&mut self, ui: &Ui, outbox: &mut Outbox) {
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
