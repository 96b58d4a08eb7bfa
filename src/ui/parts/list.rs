//! Rows of lists.

use super::draw;
use crate::ui::theme::{fonts, icons, size, space, tokens};
use egui::{Color32, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

/// One row of a list: icon, name, something dim behind it, something at the right end.
#[must_use]
#[derive(Debug, Clone, Copy)]
pub struct ListRow<'a> {
    name: &'a str,
    icon: Option<(&'a str, Option<Color32>)>,
    detail: &'a str,
    trailing: &'a str,
    trailing_ink: Option<Color32>,
    mono: bool,
    middle: bool,
    note_yields: bool,
    selected: bool,
    depth: usize,
    fold: Option<bool>,
    role: Role,
}

impl<'a> ListRow<'a> {
    /// A row with its name.
    pub fn new(name: &'a str) -> Self {
        Self {
            name,
            icon: None,
            detail: "",
            trailing: "",
            trailing_ink: None,
            mono: false,
            middle: false,
            note_yields: false,
            selected: false,
            depth: 0,
            fold: None,
            role: Role::ListItem,
        }
    }

    /// An icon before the name.
    pub fn icon(mut self, glyph: &'a str) -> Self {
        self.icon = Some((glyph, None));
        self
    }

    /// An icon in a colour that means something.
    pub fn colored_icon(mut self, glyph: &'a str, color: Color32) -> Self {
        self.icon = Some((glyph, Some(color)));
        self
    }

    /// Dim text behind the name.
    pub fn detail(mut self, detail: &'a str) -> Self {
        self.detail = detail;
        self
    }

    /// Dim monospaced text at the right end: a size, a version, a time.
    pub fn trailing(mut self, trailing: &'a str) -> Self {
        self.trailing = trailing;
        self
    }

    /// The same in a colour that means what the word says.
    pub fn colored_trailing(mut self, trailing: &'a str, color: Color32) -> Self {
        (self.trailing, self.trailing_ink) = (trailing, Some(color));
        self
    }

    /// The name is an identifier: cut in its middle, as with [`cut_in_middle`](Self::cut_in_middle).
    pub fn mono(mut self) -> Self {
        (self.mono, self.middle) = (true, true);
        self
    }

    /// A name that is too long is cut in its middle: how it ends tells it from others.
    pub fn cut_in_middle(mut self) -> Self {
        self.middle = true;
        self
    }

    /// An identifier whose beginning tells it from others.
    pub fn cut_at_end(mut self) -> Self {
        self.middle = false;
        self
    }

    /// What stands at the right end is left out where the name needs its room.
    pub fn note_yields(mut self) -> Self {
        self.note_yields = true;
        self
    }

    /// Marks it as selected.
    pub fn selected(mut self, selected: bool) -> Self {
        self.selected = selected;
        self
    }

    /// How deep in a tree it lies.
    pub fn depth(mut self, depth: usize) -> Self {
        self.depth = depth;
        self.role = Role::TreeItem;
        self
    }

    /// It has children, shown (`true`) or folded away.
    pub fn fold(mut self, open: bool) -> Self {
        self.fold = Some(open);
        self
    }

    /// Shows it, as wide as there is room. It can be clicked and dragged.
    pub fn show(self, ui: &mut Ui) -> Response {
        let t = tokens(ui.ctx());
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), size::ROW), Sense::click_and_drag());
        let said =
            if self.detail.is_empty() { self.name.to_owned() } else { format!("{}, {}", self.name, self.detail) };
        response.widget_info(|| WidgetInfo::labeled(self.role, ui.is_enabled(), &said));
        ui.ctx().accesskit_node_builder(response.id, |node| {
            node.set_selected(self.selected);
            if let Some(open) = self.fold {
                node.set_expanded(open);
            }
        });
        if !draw::is_seen(ui, &response, rect) {
            return response;
        }
        draw::row_ground(ui, &response, rect, self.selected);
        let y = rect.center().y;
        let mut x = rect.left() + space::XS + 16.0 * self.depth as f32;
        if let Some(open) = self.fold {
            let glyph = if open { icons::CARET_DOWN } else { icons::CARET_RIGHT };
            draw::icon(ui.painter(), pos2(x + 6.0, y), glyph, 12.0, t.dim);
        }
        if self.fold.is_some() || self.role == Role::TreeItem {
            x += 16.0;
        }
        if let Some((glyph, color)) = self.icon {
            draw::icon(ui.painter(), pos2(x + 8.0, y), glyph, size::ICON, color.unwrap_or(t.dim));
            x += size::ICON + 6.0;
        }
        let mut right = rect.right() - space::S;
        let font = if self.mono { fonts::mono(size::BODY) } else { fonts::text(size::BODY) };
        let ink = if self.selected { t.strong } else { t.normal };
        if !self.trailing.is_empty() {
            let ink = self.trailing_ink.unwrap_or(t.dim);
            let text = draw::elided(ui, self.trailing, fonts::mono(size::SMALL), ink, rect.width() * 0.6);
            let needed = if self.note_yields { draw::line(ui, self.name, font.clone(), ink).size().x } else { 0.0 };
            if x + needed + space::S + text.size().x <= right {
                right = draw::put_right(ui.painter(), pos2(right, y), text) - space::S;
            }
        }
        let cut = if self.middle { draw::cut_in_middle } else { draw::elided };
        let name = cut(ui, self.name, font, ink, right - x);
        x = draw::put(ui.painter(), pos2(x, y), name) + space::S;
        if !self.detail.is_empty() && right - x > 24.0 {
            let detail = draw::elided(ui, self.detail, fonts::text(size::BODY), t.dim, right - x);
            draw::put(ui.painter(), pos2(x, y), detail);
        }
        draw::focus_ring(ui, &response, rect);
        response
    }
}
