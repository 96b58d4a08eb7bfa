//! A permission: a box to tick, a plain sentence, how much it risks, and what lies behind it.

use super::{check, draw, icon_button};
use crate::ui::theme::{Tone, fonts, icons, size, space, tokens};
use egui::{
    Align, Color32, CornerRadius, Frame, Label, Layout, Margin, RichText, Role, Sense, Stroke, Ui, UiBuilder,
    WidgetInfo, pos2, vec2,
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
    /// Who asks for it, in words; may be empty.
    pub asked_by: &'a str,
    /// How much it risks, from 1 to 3, and the words for it.
    pub risk: (u8, &'a str),
    /// Whether it is allowed.
    pub on: bool,
    /// Whether it differs from its default; offers to reset it.
    pub changed: bool,
    /// Why it stands out, such as "refused 2× in the last run": the row takes the colour.
    pub mark: Option<(Tone, &'a str)>,
    /// How much the mark flashes now, from 0 to 1.
    pub flash: f32,
    /// Folds the details open or shut in this frame.
    pub fold: Option<bool>,
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
        let (ground, edge) = match self.mark {
            None => (t.raised, t.line),
            Some((tone, _)) => (t.ground(tone), t.tone(tone).gamma_multiply(0.5)),
        };
        let ring = self.mark.map_or(Color32::TRANSPARENT, |(tone, _)| t.tone(tone).gamma_multiply(self.flash));
        let frame = Frame::NONE
            .fill(ground)
            .stroke(Stroke::new(1.0, edge))
            .corner_radius(CornerRadius::same(size::RADIUS))
            .inner_margin(Margin { left: 10, right: 6, top: 4, bottom: 8 });
        let shown = frame.show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 0.0;
            let (row, head) = ui.allocate_exact_size(vec2(ui.available_width(), size::ROW), Sense::click());
            head.widget_info(|| WidgetInfo::labeled(Role::DisclosureTriangle, true, format!("{} details", self.title)));
            if head.clicked() {
                open = !open;
            }
            let mut left = ui.new_child(UiBuilder::new().max_rect(row).layout(Layout::left_to_right(Align::Center)));
            let mut on = self.on;
            let name = format!("Grant {}", self.title);
            let ticked = left.add_enabled_ui(self.why_not.is_none(), |ui| check(ui, &mut on, &name)).inner;
            if ticked.changed() {
                click = Some(GrantClick::Toggled(on));
            }
            if let Some(why) = self.why_not {
                ticked.on_disabled_hover_text(why);
            }
            let reset_room = if self.changed { size::ROW + space::XS } else { 0.0 };
            let from = left.cursor().left();
            let room = row.right() - 48.0 - reset_room - from - 2.0 * space::S;
            let title = draw::elided(&left, self.title, fonts::strong(size::BODY), t.strong, room);
            let x = draw::put(left.painter(), pos2(from, row.center().y), title);
            if self.changed {
                left.painter().circle_filled(pos2(x + space::S, row.center().y), 2.5, t.accent);
            }
            let mut right = ui.new_child(UiBuilder::new().max_rect(row).layout(Layout::right_to_left(Align::Center)));
            right.spacing_mut().item_spacing.x = space::XS;
            let (caret, _) = right.allocate_exact_size(vec2(20.0, size::ROW), Sense::hover());
            meter(&mut right, self.risk.0, self.risk.1);
            if self.changed && icon_button(&mut right, icons::UNDO, &format!("Reset {}", self.title)).clicked() {
                click = Some(GrantClick::Reset);
            }
            open = self.fold.unwrap_or(open);
            ui.data_mut(|d| d.insert_temp(id, open));
            ui.ctx().accesskit_node_builder(head.id, |node| node.set_expanded(open));
            let glyph = if open { icons::CARET_DOWN } else { icons::CARET_RIGHT };
            draw::icon(ui.painter(), caret.center(), glyph, 12.0, if head.hovered() { t.strong } else { t.dim });
            draw::focus_ring(ui, &head, row.expand(2.0));
            let inset = size::ICON + space::S;
            let body = Frame::NONE.inner_margin(Margin { left: inset as i8, right: 6, top: 0, bottom: 0 });
            body.show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = space::XS;
                ui.add(Label::new(RichText::new(self.sentence).color(t.normal)).wrap());
                if self.mark.is_some() || !self.asked_by.is_empty() {
                    ui.horizontal_wrapped(|ui| {
                        ui.spacing_mut().item_spacing = vec2(space::S, 2.0);
                        if let Some((tone, mark)) = self.mark {
                            let font = fonts::medium(size::SMALL);
                            ui.add(Label::new(RichText::new(mark).font(font).color(t.tone(tone))).wrap());
                        }
                        if !self.asked_by.is_empty() {
                            ui.add(Label::new(RichText::new(self.asked_by).size(size::SMALL).color(t.dim)).wrap());
                        }
                    });
                }
                if open {
                    ui.add_space(space::XS);
                    details(ui);
                }
            });
        });
        let outline = Stroke::new(2.0, ring);
        ui.painter().rect_stroke(
            shown.response.rect,
            CornerRadius::same(size::RADIUS),
            outline,
            egui::StrokeKind::Inside,
        );
        click
    }
}

/// Three bars of which as many are filled as there is risk; the words are in the tooltip.
fn meter(ui: &mut Ui, level: u8, words: &str) {
    let t = tokens(ui.ctx());
    let tone = match level {
        1 => Tone::Neutral,
        2 => Tone::Warn,
        _ => Tone::Error,
    };
    let (slot, response) = ui.allocate_exact_size(vec2(20.0, size::ROW), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words));
    for i in 0..3_u8 {
        let height = 5.0 + 3.0 * f32::from(i);
        let left = slot.left() + 3.0 + 5.0 * f32::from(i);
        let bottom = slot.center().y + 6.0;
        let bar = egui::Rect::from_min_max(pos2(left, bottom - height), pos2(left + 3.0, bottom));
        let ink = if i < level { t.tone(tone) } else { t.line_strong };
        ui.painter().rect_filled(bar, CornerRadius::same(1), ink);
    }
    response.on_hover_text(words);
}
