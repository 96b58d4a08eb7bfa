//! Notices: short messages at the window's lower right corner, until they are dismissed or their time is over.

use super::banner::{tone_icon, tone_word};
use super::{Button, draw, icon_button};
use crate::ui::theme::{Tone, icons, size, space, tokens};
use egui::{
    Align, Align2, Area, Context, CornerRadius, Frame, Id, Label, Layout, Margin, Order, RichText, Role, Sense, Shadow,
    Stroke, WidgetInfo, vec2,
};

/// A message to show.
#[derive(Debug, Clone, Copy)]
pub struct Notice<'a> {
    /// What it means.
    pub tone: Tone,
    /// What happened, cause first.
    pub text: &'a str,
    /// What to do about it.
    pub hint: Option<&'a str>,
    /// The word of a button, such as "Undo" or "Show".
    pub action: Option<&'a str>,
}

/// What was done to a notice, which is named by its position in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeClick {
    /// Its button.
    Action(usize),
    /// Its cross.
    Dismiss(usize),
    /// Its text is wanted in the clipboard.
    Copy(usize),
}

/// Shows notices above everything else, the newest (last) lowest; `above` points of the window's bottom are left free.
pub fn notices(ctx: &Context, list: &[Notice<'_>], above: f32) -> Option<NoticeClick> {
    if list.is_empty() {
        return None;
    }
    let t = tokens(ctx);
    let mut click = None;
    Area::new(Id::unique("notices"))
        .order(Order::Foreground)
        .anchor(Align2::RIGHT_BOTTOM, vec2(-space::M, -above - space::M))
        .show(ctx, |ui| {
            ui.set_width(380.0);
            ui.spacing_mut().item_spacing.y = space::S;
            for (i, notice) in list.iter().enumerate() {
                let ink = t.tone(notice.tone);
                let frame = Frame::NONE
                    .fill(t.raised)
                    .stroke(Stroke::new(1.0, t.line_strong))
                    .corner_radius(CornerRadius::same(size::RADIUS))
                    .shadow(Shadow { offset: [0, 4], blur: 16, spread: 0, color: t.shadow })
                    .inner_margin(Margin { left: 14, right: 6, top: 4, bottom: 4 });
                let shown = frame.show(ui, |ui| {
                    ui.horizontal_top(|ui| {
                        let (slot, _) = ui.allocate_exact_size(vec2(size::ICON, size::ROW), Sense::hover());
                        draw::icon(ui.painter(), slot.center(), tone_icon(notice.tone), size::ICON, ink);
                        let words = ui.available_width() - 2.0 * size::ROW - 2.0 * space::S;
                        ui.allocate_ui_with_layout(vec2(words, size::ROW), Layout::top_down(Align::Min), |ui| {
                            ui.spacing_mut().item_spacing.y = 2.0;
                            ui.add_space(4.0);
                            ui.add(Label::new(RichText::new(notice.text).color(t.strong)).wrap());
                            if let Some(hint) = notice.hint {
                                ui.add(Label::new(RichText::new(hint).color(t.dim)).wrap());
                            }
                            if let Some(action) = notice.action {
                                ui.add_space(4.0);
                                if ui.add(Button::new(action)).clicked() {
                                    click = Some(NoticeClick::Action(i));
                                }
                            }
                            ui.add_space(4.0);
                        });
                        ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
                            ui.spacing_mut().item_spacing.x = 0.0;
                            ui.push_id(i, |ui| {
                                if icon_button(ui, icons::CLOSE, "Dismiss notice").clicked() {
                                    click = Some(NoticeClick::Dismiss(i));
                                }
                                if icon_button(ui, icons::COPY, "Copy notice").clicked() {
                                    click = Some(NoticeClick::Copy(i));
                                }
                            });
                        });
                    });
                });
                let edge = shown.response.rect;
                let bar = egui::Rect::from_min_max(edge.min, egui::pos2(edge.left() + 4.0, edge.bottom()));
                let radius = CornerRadius { nw: size::RADIUS, sw: size::RADIUS, ne: 0, se: 0 };
                ui.painter().rect_filled(bar, radius, ink);
                let said = format!("{}: {}", tone_word(notice.tone), notice.text);
                shown.response.widget_info(|| WidgetInfo::labeled(Role::Alert, true, &said));
            }
        });
    click
}
