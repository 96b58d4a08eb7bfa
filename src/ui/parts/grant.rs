//! A permission: a box to tick, a plain sentence, how much it risks, and what lies behind it.

use super::{check, draw, icon_button};
use crate::ui::theme::{Tone, fonts, icons, size, space, tokens};
use egui::{
    Align, CornerRadius, Frame, Label, Layout, Margin, RichText, Role, Sense, Stroke, Ui, UiBuilder, WidgetInfo, pos2,
    vec2,
};

/// What was done to a [`GrantRow`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantClick {
    /// The box was ticked or unticked: the new state.
    Toggled(bool),
    /// Back to the default.
    Reset,
}

/// One permission of a list.
#[must_use]
#[derive(Debug, Clone, Copy)]
pub struct GrantRow<'a> {
    /// Its short name, such as "Folders".
    pub title: &'a str,
    /// What is allowed now, in one plain sentence.
    pub sentence: &'a str,
    /// How much it risks, as colour and word.
    pub risk: (Tone, &'a str),
    /// Whether it is allowed.
    pub on: bool,
    /// Whether it differs from its default; offers to reset it.
    pub changed: bool,
    /// Whether it was just refused, so that the row is marked.
    pub refused: bool,
    /// Why it cannot be allowed, if so.
    pub why_not: Option<&'a str>,
}

impl GrantRow<'_> {
    /// Shows the row; `details` are shown below it once it is folded open.
    pub fn show(self, ui: &mut Ui, details: impl FnOnce(&mut Ui)) -> Option<GrantClick> {
        let t = tokens(ui.ctx());
        let mut click = None;
        let id = ui.make_persistent_id(("grant", self.title));
        let mut open = ui.data_mut(|d| *d.get_temp_mut_or(id, false));
        let (ground, edge) =
            if self.refused { (t.error_ground, t.error.gamma_multiply(0.5)) } else { (t.raised, t.line) };
        let frame = Frame::NONE
            .fill(ground)
            .stroke(Stroke::new(1.0, edge))
            .corner_radius(CornerRadius::same(size::RADIUS))
            .inner_margin(Margin { left: 10, right: 6, top: 6, bottom: 8 });
        frame.show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 0.0;
            let (row, head) = ui.allocate_exact_size(vec2(ui.available_width(), size::ROW), Sense::click());
            head.widget_info(|| WidgetInfo::labeled(Role::DisclosureTriangle, true, format!("{} details", self.title)));
            ui.ctx().accesskit_node_builder(head.id, |node| node.set_expanded(open));
            if head.clicked() {
                open = !open;
                ui.data_mut(|d| d.insert_temp(id, open));
            }
            let mut left = ui.new_child(UiBuilder::new().max_rect(row).layout(Layout::left_to_right(Align::Center)));
            let mut on = self.on;
            let ticked = left.add_enabled_ui(self.why_not.is_none(), |ui| check(ui, &mut on, self.title)).inner;
            if ticked.changed() {
                click = Some(GrantClick::Toggled(on));
            }
            if let Some(why) = self.why_not {
                ticked.on_disabled_hover_text(why);
            }
            let title = draw::line(&left, self.title, fonts::strong(size::BODY), t.strong);
            let x = draw::put(left.painter(), pos2(left.cursor().left(), row.center().y), title);
            if self.changed {
                left.painter().circle_filled(pos2(x + space::S, row.center().y), 2.5, t.accent);
            }
            let mut right = ui.new_child(UiBuilder::new().max_rect(row).layout(Layout::right_to_left(Align::Center)));
            right.spacing_mut().item_spacing.x = space::XS;
            let glyph = if open { icons::CARET_DOWN } else { icons::CARET_RIGHT };
            let (fold, _) = right.allocate_exact_size(vec2(20.0, size::ROW), Sense::hover());
            draw::icon(right.painter(), fold.center(), glyph, 12.0, if head.hovered() { t.strong } else { t.dim });
            super::badge(&mut right, self.risk.1, self.risk.0);
            if self.changed && icon_button(&mut right, icons::UNDO, &format!("Reset {}", self.title)).clicked() {
                click = Some(GrantClick::Reset);
            }
            draw::focus_ring(ui, &head, row.expand(2.0));
            let inset = size::ICON + space::S;
            let body = Frame::NONE.inner_margin(Margin { left: inset as i8, right: 6, top: 0, bottom: 0 });
            body.show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = space::XS;
                ui.add(Label::new(RichText::new(self.sentence).color(t.normal)).wrap());
                if open {
                    ui.add_space(space::XS);
                    details(ui);
                }
            });
        });
        click
    }
}
