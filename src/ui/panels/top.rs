//! The bar on top: the project and its menu, the palette, the live mark and Run.

use super::{Outbox, Workspace};
use crate::diag::display_safe_line;
use crate::project::Target;
use crate::session::{Command, Session};
use crate::ui::actions::{Action, Way};
use crate::ui::canvas::geometry::Align as NodeAlign;
use crate::ui::panels::kit;
use crate::ui::parts::{self, Button};
use crate::ui::theme::{icons, space};
use egui::{Align, Layout, Ui};
use std::path::Path;

/// Draws the bar. `target` is what Run would call.
pub fn show(ui: &mut Ui, session: &Session, workspace: Workspace, target: Option<&Target>, outbox: &mut Outbox) {
    ui.horizontal_centered(|ui| {
        project_menu(ui, session, outbox);
        edit_menu(ui, session, outbox);
        view_menu(ui, session, outbox);
        ui.add_space(space::S);
        for (icon, action) in [(icons::UNDO, Action::Undo), (icons::REDO, Action::Redo)] {
            icon_action(ui, session, icon, action, outbox);
        }
        ui.add_space(space::S);
        let workspaces = [Action::ShowWire, Action::ShowInspect];
        let words = workspaces.map(Action::label);
        if let Some(action) =
            parts::segments(ui, "Workspace", &words, workspace as usize).and_then(|i| workspaces.get(i))
        {
            outbox.act(*action);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            run_button(ui, session, target, outbox);
            let compose = action_button(ui, session, Action::Compose);
            if compose.clicked() {
                outbox.act(Action::Compose);
            }
            let dark = kit::is_dark(ui.ctx());
            icon_action(ui, session, if dark { icons::SUN } else { icons::MOON }, Action::ToggleTheme, outbox);
            if let Some(live) = target.and_then(|t| session.live(t)) {
                let text = format!(
                    "live · {}",
                    if live.calls == 1 { "1 call".into() } else { format!("{} calls", live.calls) }
                );
                kit::live_mark(ui, &text).on_hover_text(
                    "The instance keeps its state between calls, until it is reset, traps or gets other grants",
                );
            }
            ui.add_space(space::M);
            let shortcut = Action::Palette.shortcut().map(|s| ui.ctx().format_shortcut(&s)).unwrap_or_default();
            let width = (ui.available_width() - 16.0).clamp(0.0, 320.0);
            if width > 140.0 && kit::search_button(ui, width, "Search or run a command", &shortcut).clicked() {
                outbox.act(Action::Palette);
            }
        });
    });
}

fn run_button(ui: &mut Ui, session: &Session, target: Option<&Target>, outbox: &mut Outbox) {
    if let Some(run) = session.running() {
        let elapsed = crate::measure::Nanos(session.now_nanos().saturating_sub(run.started_nanos));
        if ui.add(Button::new(&format!("Cancel  {elapsed}")).danger()).clicked() {
            outbox.act(Action::Cancel);
        }
        return;
    }
    let enabled = target.is_some() && session.can_call().is_ok();
    let shortcut = Action::Run.shortcut().map(|s| ui.ctx().format_shortcut(&s)).unwrap_or_default();
    let response = ui.add_enabled_ui(enabled, |ui| ui.add(Button::new("Run").icon(icons::PLAY).primary())).inner;
    let response = match session.can_call() {
        Err(why) => response.on_disabled_hover_text(why),
        Ok(()) => response.on_disabled_hover_text("Choose a function to call in the panel Invoke"),
    };
    if response.on_hover_text(format!("Call the chosen function ({shortcut})")).clicked() {
        outbox.act(Action::Run);
    }
}

fn icon_action(ui: &mut Ui, session: &Session, icon: &str, action: Action, outbox: &mut Outbox) {
    let what = match action {
        Action::Undo => session.undo_label().map(|l| format!("Undo: {l}")),
        Action::Redo => session.redo_label().map(|l| format!("Redo: {l}")),
        _ => None,
    };
    let shortcut = action.shortcut().map(|s| format!(" ({})", ui.ctx().format_shortcut(&s))).unwrap_or_default();
    let check = action.check(session);
    let response = ui.add_enabled_ui(check.is_ok(), |ui| parts::icon_button(ui, icon, action.label())).inner;
    let response = match &check {
        Err(why) => response.on_disabled_hover_text(why),
        Ok(()) => response.on_hover_text(format!("{}{shortcut}", what.unwrap_or_else(|| action.label().into()))),
    };
    if response.clicked() {
        outbox.act(action);
    }
}

fn action_button(ui: &mut Ui, session: &Session, action: Action) -> egui::Response {
    let check = action.check(session);
    let response = ui.add_enabled_ui(check.is_ok(), |ui| ui.add(Button::new(action.label()))).inner;
    match check {
        Err(why) => response.on_disabled_hover_text(why),
        Ok(()) => response,
    }
}

/// One row of a menu; says why it is disabled.
fn item(ui: &mut Ui, session: &Session, action: Action, label: Option<String>, outbox: &mut Outbox) {
    let why_not = action.check(session).err();
    let keys = action.keys(ui.ctx());
    let label = label.unwrap_or_else(|| action.label().into());
    if parts::menu_item(ui, Some(action.icon()), &display_safe_line(&label), &keys, why_not.as_deref()) {
        outbox.act(action);
    }
}

fn project_menu(ui: &mut Ui, session: &Session, outbox: &mut Outbox) {
    let name = &session.document().name;
    let name = if name.is_empty() { "Untitled" } else { name };
    let dirty = if session.is_dirty() { " •" } else { "" };
    let title = format!("{}{dirty}", display_safe_line(name));
    kit::menu(ui, icons::CUBES, &title, |ui| {
        for action in [Action::NewProject, Action::OpenFiles] {
            item(ui, session, action, None, outbox);
        }
        item(ui, session, Action::OpenSampleProject, None, outbox);
        let recent = &session.preferences().recent;
        if !recent.is_empty() {
            ui.separator();
        }
        for path in recent.iter().take(5) {
            let name = Path::new(path).file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            let label = format!("Open {}", display_safe_line(&name));
            if parts::menu_item(ui, Some(icons::HISTORY), &label, "", None) {
                outbox.command(Command::Open(vec![path.into()]));
            }
        }
        ui.separator();
        for action in [Action::Save, Action::SaveAs, Action::Compose, Action::ExportGraph, Action::CheckFiles] {
            item(ui, session, action, None, outbox);
        }
        ui.separator();
        item(ui, session, Action::Quit, None, outbox);
    });
}

fn edit_menu(ui: &mut Ui, session: &Session, outbox: &mut Outbox) {
    kit::menu(ui, "", "Edit", |ui| {
        item(ui, session, Action::Undo, session.undo_label().map(|l| format!("Undo: {l}")), outbox);
        item(ui, session, Action::Redo, session.redo_label().map(|l| format!("Redo: {l}")), outbox);
        ui.separator();
        for action in [Action::CutSelection, Action::CopySelection, Action::Paste] {
            item(ui, session, action, None, outbox);
        }
        ui.separator();
        for action in [Action::SelectAll, Action::DuplicateSelection, Action::DeleteSelection] {
            item(ui, session, action, None, outbox);
        }
        for action in [Action::FrameSelection, Action::FoldFrame, Action::FitFrame, Action::Rename] {
            item(ui, session, action, None, outbox);
        }
        ui.separator();
        for how in NodeAlign::ALL {
            item(ui, session, Action::Align(how), None, outbox);
        }
        ui.separator();
        for action in [Action::ChooseComponent, Action::ReplaceInstance, Action::AddVirtualWasi, Action::AutoWire] {
            item(ui, session, action, None, outbox);
        }
    });
}

fn view_menu(ui: &mut Ui, session: &Session, outbox: &mut Outbox) {
    kit::menu(ui, "", "View", |ui| {
        for action in [Action::ShowWire, Action::ShowInspect, Action::Compare, Action::Back, Action::Forward] {
            item(ui, session, action, None, outbox);
        }
        ui.separator();
        for action in [
            Action::ToggleList,
            Action::ToggleMinimap,
            Action::Arrange,
            Action::FitAll,
            Action::ZoomActual,
            Action::ZoomIn,
            Action::ZoomOut,
        ] {
            item(ui, session, action, None, outbox);
        }
        ui.separator();
        for action in [Way::Left, Way::Right, Way::Up, Way::Down].map(Action::Pan) {
            item(ui, session, action, None, outbox);
        }
        ui.separator();
        for action in [
            Action::ShowInvoke,
            Action::ShowOutput,
            Action::ShowHistory,
            Action::ShowAccesses,
            Action::ShowProblems,
            Action::ToggleLibrary,
            Action::ToggleInspector,
            Action::ToggleDock,
            Action::NextPanel,
            Action::PreviousPanel,
            Action::ToggleTheme,
        ] {
            item(ui, session, action, None, outbox);
        }
    });
}
