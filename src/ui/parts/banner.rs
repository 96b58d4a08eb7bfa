//! A line across a panel that says something with a meaning.

use super::draw;
use super::{Button, icon_button};
use crate::ui::theme::{Tone, fonts, icons, size, space, tokens};
use egui::{Align, CornerRadius, Frame, Label, Layout, Margin, RichText, Role, Sense, Stroke, Ui, WidgetInfo, vec2};

/// The icon that stands beside a meaning's colour.
pub(super) fn tone_icon(tone: Tone) -> &'static str {
    match tone {
        Tone::Neutral | Tone::Info => icons::INFO,
        Tone::Ok => icons::CHECK_CIRCLE,
        Tone::Warn => icons::WARNING,
        Tone::Error => icons::ERROR,
    }
}

/// The word that assistive technology reads for a meaning's colour.
pub(super) fn tone_word(tone: Tone) -> &'static str {
    match tone {
        Tone::Neutral | Tone::Info => "Note",
        Tone::Ok => "Done",
        Tone::Warn => "Warning",
        Tone::Error => "Error",
    }
}

/// What was clicked on a [`Banner`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BannerClick {
    /// Its action.
    Action,
    /// Its other action.
    Other,
    /// Its cross.
    Close,
}

/// A message in the place it concerns: icon, what is the case, what to do, perhaps a button.
#[must_use]
pub struct Banner<'a> {
    tone: Tone,
    text: &'a str,
    hint: Option<&'a str>,
    action: Option<&'a str>,
    other: Option<&'a str>,
    closable: bool,
}

impl<'a> Banner<'a> {
    /// A message with its meaning.
    pub fn new(tone: Tone, text: &'a str) -> Self {
        Self { tone, text, hint: None, action: None, other: None, closable: false }
    }

    /// What to do about it, in a second line.
    pub fn hint(mut self, hint: Option<&'a str>) -> Self {
        self.hint = hint;
        self
    }

    /// A button at its end.
    pub fn action(mut self, label: &'a str) -> Self {
        self.action = Some(label);
        self
    }

    /// A second button, after the first.
    pub fn other(mut self, label: &'a str) -> Self {
        self.other = Some(label);
        self
    }

    /// A cross at its end.
    pub fn closable(mut self) -> Self {
        self.closable = true;
        self
    }

    /// Shows it as wide as there is room.
    pub fn show(self, ui: &mut Ui) -> Option<BannerClick> {
        let t = tokens(ui.ctx());
        let mut clicked = None;
        let ink = t.tone(self.tone);
        let frame = Frame::NONE
            .fill(t.ground(self.tone))
            .corner_radius(CornerRadius::same(size::RADIUS))
            .stroke(Stroke::new(1.0, ink.gamma_multiply(0.35)))
            .inner_margin(Margin { left: 10, right: 6, top: 4, bottom: 4 });
        let shown = frame.show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.horizontal_top(|ui| {
                let (slot, _) = ui.allocate_exact_size(vec2(size::ICON, size::ROW), Sense::hover());
                draw::icon(ui.painter(), slot.center(), tone_icon(self.tone), size::ICON, ink);
                let ends = ui.available_width() - space::S - self.reserved(ui);
                ui.allocate_ui_with_layout(vec2(ends, size::ROW), Layout::top_down(Align::Min), |ui| {
                    ui.spacing_mut().item_spacing.y = 2.0;
                    ui.add_space(4.0);
                    ui.add(Label::new(RichText::new(self.text).color(t.strong)).wrap().selectable(true));
                    if let Some(hint) = self.hint {
                        ui.add(Label::new(RichText::new(hint).color(t.normal)).wrap().selectable(true));
                    }
                    ui.add_space(4.0);
                });
                ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
                    if self.closable && icon_button(ui, icons::CLOSE, "Dismiss").clicked() {
                        clicked = Some(BannerClick::Close);
                    }
                    if let Some(label) = self.other
                        && ui.add(Button::new(label)).clicked()
                    {
                        clicked = Some(BannerClick::Other);
                    }
                    if let Some(label) = self.action
                        && ui.add(Button::new(label)).clicked()
                    {
                        clicked = Some(BannerClick::Action);
                    }
                });
            });
        });
        let said = format!("{}: {}", tone_word(self.tone), self.text);
        shown.response.widget_info(|| WidgetInfo::labeled(Role::Alert, true, &said));
        clicked
    }

    /// The room that the things at the right end need.
    fn reserved(&self, ui: &Ui) -> f32 {
        let close = if self.closable { size::ROW + space::S } else { 0.0 };
        let button = |label: &str| {
            let text = draw::line(ui, label, fonts::medium(size::BODY), egui::Color32::PLACEHOLDER);
            text.size().x + 2.0 * space::M + space::S
        };
        close + self.action.map_or(0.0, button) + self.other.map_or(0.0, button)
    }
}
