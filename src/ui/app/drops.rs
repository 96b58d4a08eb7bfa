//! Files that are dropped on the window.

use super::App;
use crate::component::Digest;
use crate::diag::display_safe_line;
use crate::session::{Command, Selection};
use crate::ui::inspect::{self, At, Place, View};
use crate::ui::panels::{Workspace, kit};
use egui::{Context, Ui};

impl App {
    /// Opens what was dropped. A file dropped on a component's row, or beside a comparison, is compared with it.
    pub(super) fn take_drops(&mut self, ctx: &Context) {
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
    pub(super) fn take_comparison(&mut self) {
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

    pub(super) fn compare(&mut self, component: Digest, at: At) {
        self.workspace = Workspace::Inspect;
        self.session.apply(Command::Select(Selection::Component(component)));
        self.inspect.go(Place { component, view: View::Compare, at });
    }

    pub(super) fn drop_overlay(&self, ui: &Ui) {
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
}
