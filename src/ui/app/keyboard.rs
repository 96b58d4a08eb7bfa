//! Shortcuts, the clipboard, and where the keyboard's focus goes back to.

use super::App;
use crate::diag::Subject;
use crate::session::{Command, Selection};
use crate::ui::actions::Action;
use crate::ui::panels::Workspace;
use egui::text_selection::LabelSelectionState;
use egui::{Context, Event, Id, Key};

impl App {
    pub(super) fn take_shortcuts(&mut self, ctx: &Context) {
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
                        self.graph.focus(&self.session, &Subject::Instance(first.clone()));
                    }
                }
                _ => {}
            }
        }
    }
}

/// Where the keyboard's focus goes back to.
#[derive(Default)]
pub(super) struct Focus {
    below: Option<Id>,
    above: Option<Id>,
    was_covered: bool,
}

/// Whether a modal keeps the focus from everything below. It still does so in the frame after its last.
pub(super) fn is_below_modal(ctx: &Context) -> bool {
    ctx.memory(|m| m.top_modal_layer().is_some())
}

impl Focus {
    /// Keeps what has the focus; when what covered the window has gone, gives the focus back to what had it before.
    pub(super) fn keep(&mut self, ctx: &Context, covered: bool) {
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
