//! Buttons: with words, and with an icon alone.

use super::draw;
use crate::ui::theme::{fonts, size, space, tokens};
use egui::{
    Align2, Color32, CornerRadius, Galley, Response, Role, Sense, Stroke, StrokeKind, Ui, UiBuilder, Vec2, Widget,
    WidgetInfo, vec2,
};
use std::sync::Arc;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Normal,
    Primary,
    Quiet,
    Danger,
}

/// A button with words. Of a screen's buttons at most one is [`primary`](Self::primary).
#[must_use]
pub struct Button<'a> {
    text: &'a str,
    icon: Option<&'a str>,
    kind: Kind,
    shortcut: Option<&'a str>,
    tip: Option<&'a str>,
    why_not: Option<&'a str>,
    selected: bool,
    wide: bool,
}

impl<'a> Button<'a> {
    /// A button with an outline.
    pub fn new(text: &'a str) -> Self {
        Self {
            text,
            icon: None,
            kind: Kind::Normal,
            shortcut: None,
            tip: None,
            why_not: None,
            selected: false,
            wide: false,
        }
    }

    /// An icon before the words.
    pub fn icon(mut self, glyph: &'a str) -> Self {
        self.icon = Some(glyph);
        self
    }

    /// The one thing to do here: filled with the accent.
    pub fn primary(mut self) -> Self {
        self.kind = Kind::Primary;
        self
    }

    /// Without an outline, for bars and rows.
    pub fn quiet(mut self) -> Self {
        self.kind = Kind::Quiet;
        self
    }

    /// Stops or destroys something: its words are in the colour of errors.
    pub fn danger(mut self) -> Self {
        self.kind = Kind::Danger;
        self
    }

    /// Names the keys that do the same, in the tooltip.
    pub fn shortcut(mut self, keys: &'a str) -> Self {
        self.shortcut = Some(keys);
        self
    }

    /// What it does, in the tooltip.
    pub fn tip(mut self, tip: &'a str) -> Self {
        self.tip = Some(tip);
        self
    }

    /// Makes it unusable and says why, in the tooltip and to assistive technology. `None` leaves it usable.
    pub fn disabled_because(mut self, why: Option<&'a str>) -> Self {
        self.why_not = why;
        self
    }

    /// Shows it as switched on.
    pub fn selected(mut self, selected: bool) -> Self {
        self.selected = selected;
        self
    }

    /// As wide as there is room.
    pub fn wide(mut self) -> Self {
        self.wide = true;
        self
    }

    /// How far its words are from its edges, what an icon before them takes, and they themselves: cut where not even an
    /// empty row would have the room.
    fn words(&self, ui: &Ui) -> (f32, f32, Arc<Galley>) {
        let icon_width = if self.icon.is_some() { size::ICON + space::XS + 2.0 } else { 0.0 };
        let pad = if self.kind == Kind::Quiet { space::S } else { space::M };
        let room = ui.max_rect().width() - icon_width - 2.0 * pad;
        let text = draw::elided(ui, self.text, fonts::medium(size::BODY), Color32::PLACEHOLDER, room.max(48.0));
        (pad, icon_width, text)
    }

    /// How large it is.
    fn size(&self, ui: &Ui) -> Vec2 {
        let (pad, icon_width, text) = self.words(ui);
        let width = if self.wide { ui.available_width() } else { icon_width + text.size().x + 2.0 * pad };
        vec2(width.ceil(), size::ROW)
    }

    fn paint(&self, ui: &mut Ui) -> Response {
        let t = tokens(ui.ctx());
        let (pad, icon_width, text) = self.words(ui);
        let cut = text.elided;
        let content = icon_width + text.size().x;
        let (rect, response) = ui.allocate_exact_size(self.size(ui), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), self.text));
        if !draw::is_seen(ui, &response, rect) {
            return response;
        }
        let on = response.hovered() || response.has_focus();
        let down = response.is_pointer_button_down_on();
        let plain = if down {
            t.pressed
        } else if on {
            t.hover
        } else if self.selected {
            t.selected
        } else {
            Color32::TRANSPARENT
        };
        let (ground, edge, ink) = match self.kind {
            Kind::Primary => (if on { t.accent_fill_hover } else { t.accent_fill }, Color32::TRANSPARENT, t.on_accent),
            Kind::Normal => (if on || down { plain } else { t.raised }, t.line_strong, t.strong),
            Kind::Danger => (if on || down { plain } else { t.raised }, t.line_strong, t.error),
            Kind::Quiet => (plain, Color32::TRANSPARENT, if on || self.selected { t.strong } else { t.normal }),
        };
        let radius = CornerRadius::same(size::RADIUS);
        let painter = ui.painter();
        painter.rect(rect, radius, ground, Stroke::new(1.0, edge), StrokeKind::Inside);
        let mut x = if self.wide && self.kind == Kind::Quiet {
            rect.left() + pad
        } else {
            (rect.center().x - content / 2.0).round()
        };
        if let Some(glyph) = self.icon {
            draw::icon(painter, egui::pos2(x + size::ICON / 2.0, rect.center().y), glyph, size::ICON, ink);
            x += icon_width;
        }
        let top = (rect.center().y - text.size().y / 2.0).round();
        painter.galley_with_override_text_color(egui::pos2(x, top), text, ink);
        if response.has_focus() {
            let (ring, kind) = if self.kind == Kind::Primary {
                (rect.expand(2.0), StrokeKind::Outside)
            } else {
                (rect, StrokeKind::Inside)
            };
            painter.rect_stroke(ring, radius, Stroke::new(1.5, t.accent), kind);
        }
        if cut { response.on_hover_text(self.text) } else { response }
    }
}

impl Widget for Button<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let response = match self.why_not {
            None => self.paint(ui),
            Some(_) => disabled(ui, self.size(ui), |ui| self.paint(ui)),
        };
        with_tip(response, self.tip, self.shortcut, self.why_not)
    }
}

/// A button that is an icon. Its name is its tooltip and what assistive technology reads.
#[must_use]
pub struct IconButton<'a> {
    glyph: &'a str,
    name: &'a str,
    shortcut: Option<&'a str>,
    why_not: Option<&'a str>,
    selected: Option<bool>,
    ink: Option<Color32>,
}

impl<'a> IconButton<'a> {
    /// An icon and its name.
    pub fn new(glyph: &'a str, name: &'a str) -> Self {
        Self { glyph, name, shortcut: None, why_not: None, selected: None, ink: None }
    }

    /// Names the keys that do the same, in the tooltip.
    pub fn shortcut(mut self, keys: &'a str) -> Self {
        self.shortcut = Some(keys);
        self
    }

    /// Makes it unusable and says why. `None` leaves it usable.
    pub fn disabled_because(mut self, why: Option<&'a str>) -> Self {
        self.why_not = why;
        self
    }

    /// Makes it a switch that is on or off.
    pub fn selected(mut self, selected: bool) -> Self {
        self.selected = Some(selected);
        self
    }

    /// A colour other than that of text.
    pub fn ink(mut self, color: Color32) -> Self {
        self.ink = Some(color);
        self
    }

    fn paint(&self, ui: &mut Ui) -> Response {
        let t = tokens(ui.ctx());
        let (rect, response) = ui.allocate_exact_size(vec2(size::ROW, size::ROW), Sense::click());
        let name = self.name;
        response.widget_info(|| match self.selected {
            Some(on) => WidgetInfo::selected(Role::Button, ui.is_enabled(), on, name),
            None => WidgetInfo::labeled(Role::Button, ui.is_enabled(), name),
        });
        if draw::is_seen(ui, &response, rect) {
            let selected = self.selected == Some(true);
            let on = response.hovered() || response.has_focus();
            let ground = if response.is_pointer_button_down_on() {
                t.pressed
            } else if on {
                t.hover
            } else if selected {
                t.selected
            } else {
                Color32::TRANSPARENT
            };
            let ink = self.ink.unwrap_or(if on || selected { t.strong } else { t.dim });
            ui.painter().rect_filled(rect, CornerRadius::same(size::RADIUS), ground);
            ui.painter().text(rect.center(), Align2::CENTER_CENTER, self.glyph, fonts::icon_default(), ink);
            draw::focus_ring(ui, &response, rect);
        }
        response
    }
}

impl Widget for IconButton<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let response = match self.why_not {
            None => self.paint(ui),
            Some(_) => disabled(ui, Vec2::splat(size::ROW), |ui| self.paint(ui)),
        };
        with_tip(response, Some(self.name), self.shortcut, self.why_not)
    }
}

/// Something of this size that cannot be used. In a line that wraps it takes its place like everything else, which what is in
/// a `Ui` of its own would not.
fn disabled(ui: &mut Ui, size: Vec2, add: impl FnOnce(&mut Ui) -> Response) -> Response {
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    add(&mut ui.new_child(UiBuilder::new().max_rect(rect).disabled()))
}

/// An icon button with nothing but a name.
pub fn icon_button(ui: &mut Ui, glyph: &str, name: &str) -> Response {
    ui.add(IconButton::new(glyph, name))
}

/// The word of a tooltip with its keys behind it, or why the thing cannot be used.
fn with_tip(response: Response, tip: Option<&str>, shortcut: Option<&str>, why_not: Option<&str>) -> Response {
    if let Some(why) = why_not {
        response.ctx.accesskit_node_builder(response.id, |node| node.set_description(why));
        return response.on_disabled_hover_text(why);
    }
    match (tip, shortcut) {
        (None, None) => response,
        (tip, keys) => response.on_hover_ui(|ui| {
            ui.horizontal(|ui| {
                let t = tokens(ui.ctx());
                if let Some(tip) = tip {
                    ui.label(tip);
                }
                if let Some(keys) = keys {
                    ui.label(egui::RichText::new(keys).font(fonts::mono(size::SMALL)).color(t.dim));
                }
            });
        }),
    }
}
