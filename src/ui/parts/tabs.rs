//! Tabs over a panel, and the switch between a few things.

use super::draw;
use crate::ui::theme::{Tone, fonts, size, space, tokens};
use egui::{Color32, CornerRadius, Rect, Role, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, pos2, vec2};

/// One tab.
#[derive(Debug, Clone, Copy)]
pub struct Tab<'a> {
    /// Its word.
    pub label: &'a str,
    /// How many things are behind it; shown if not zero.
    pub count: usize,
    /// What the count means.
    pub tone: Tone,
    /// It gets the keyboard's focus now.
    pub takes_focus: bool,
}

impl<'a> Tab<'a> {
    /// A tab without a count.
    pub fn new(label: &'a str) -> Self {
        Self { label, count: 0, tone: Tone::Neutral, takes_focus: false }
    }

    /// With a count, shown if not zero.
    pub fn count(mut self, count: usize, tone: Tone) -> Self {
        (self.count, self.tone) = (count, tone);
        self
    }

    /// Gives it the keyboard's focus now.
    pub fn focus(mut self, takes_focus: bool) -> Self {
        self.takes_focus = takes_focus;
        self
    }
}

/// A bar of tabs as wide as there is room, with a line below. Returns the tab that was activated.
pub fn tab_bar(ui: &mut Ui, name: &str, tabs: &[Tab<'_>], selected: usize) -> Option<usize> {
    let t = tokens(ui.ctx());
    let (bar, group) = ui.allocate_exact_size(vec2(ui.available_width(), 32.0), Sense::hover());
    group.widget_info(|| WidgetInfo::labeled(Role::TabList, true, name));
    ui.painter().hline(bar.x_range(), bar.bottom() - 0.5, Stroke::new(1.0, t.line));
    let mut clicked = None;
    let mut x = bar.left() + space::XS;
    for (i, tab) in tabs.iter().enumerate() {
        let on = i == selected;
        let text = draw::line(ui, tab.label, fonts::medium(size::BODY), Color32::PLACEHOLDER);
        let count = (tab.count > 0)
            .then(|| draw::line(ui, &tab.count.to_string(), fonts::medium(size::SMALL), t.tone(tab.tone)));
        let extra = count.as_ref().map_or(0.0, |c| c.size().x.max(6.0) + 10.0 + space::XS + 2.0);
        let rect = Rect::from_min_size(pos2(x, bar.top()), vec2(text.size().x.ceil() + extra + 2.0 * space::S, 32.0));
        let response = ui.interact(rect, group.id.with(i), Sense::click());
        response.widget_info(|| WidgetInfo::selected(Role::Tab, true, on, tab.label));
        if tab.count > 0 {
            ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(tab.count.to_string()));
        }
        if tab.takes_focus {
            response.request_focus();
        }
        if response.clicked() {
            clicked = Some(i);
        }
        let painter = ui.painter();
        let ink = if on || response.hovered() { t.strong } else { t.dim };
        let top = (rect.center().y - text.size().y / 2.0).round();
        let text_width = text.size().x;
        painter.galley_with_override_text_color(pos2(rect.left() + space::S, top), text, ink);
        if let Some(count) = count {
            let width = count.size().x.max(6.0) + 10.0;
            let left = rect.left() + space::S + text_width + space::XS + 2.0;
            let slot = Rect::from_min_size(pos2(left.round(), rect.center().y - 8.0), vec2(width.round(), 16.0));
            painter.rect_filled(slot, CornerRadius::same(8), t.ground(tab.tone));
            draw::put(painter, slot.center() - vec2(count.size().x / 2.0, 0.0), count);
        }
        if on {
            let under = Rect::from_min_max(
                pos2(rect.left() + space::S, rect.bottom() - 2.0),
                pos2(rect.right() - space::S, rect.bottom()),
            );
            painter.rect_filled(under, CornerRadius::same(1), t.accent);
        }
        draw::focus_ring(ui, &response, rect.shrink2(vec2(1.0, 4.0)));
        x = rect.right();
    }
    clicked
}

/// A switch between a few things, of which one is on: text joined into one control. Returns what was activated.
pub fn segments(ui: &mut Ui, name: &str, labels: &[&str], selected: usize) -> Option<usize> {
    let t = tokens(ui.ctx());
    let texts: Vec<_> =
        labels.iter().map(|l| draw::line(ui, l, fonts::medium(size::BODY), Color32::PLACEHOLDER)).collect();
    let width: f32 = texts.iter().map(|g| g.size().x.ceil() + 2.0 * space::M).sum();
    let (bar, group) = ui.allocate_exact_size(vec2(width + 4.0, size::ROW + 4.0), Sense::hover());
    group.widget_info(|| WidgetInfo::labeled(Role::RadioGroup, true, name));
    ui.painter().rect(bar, CornerRadius::same(size::RADIUS + 1), t.field, Stroke::new(1.0, t.line), StrokeKind::Inside);
    let mut clicked = None;
    let child = ui.new_child(UiBuilder::new().max_rect(bar));
    let mut x = bar.left() + 2.0;
    for (i, (label, text)) in labels.iter().zip(texts).enumerate() {
        let on = i == selected;
        let rect =
            Rect::from_min_size(pos2(x, bar.top() + 2.0), vec2(text.size().x.ceil() + 2.0 * space::M, size::ROW));
        let response = child.interact(rect, group.id.with(i), Sense::click());
        response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, on, label));
        if response.clicked() {
            clicked = Some(i);
        }
        let painter = child.painter();
        if on {
            painter.rect_filled(rect, CornerRadius::same(size::RADIUS - 1), t.pressed);
        }
        let ink = if on || response.hovered() { t.strong } else { t.dim };
        let at = rect.center() - text.size() / 2.0;
        painter.galley_with_override_text_color(pos2(at.x.round(), at.y.round()), text, ink);
        draw::focus_ring(&child, &response, rect);
        x = rect.right();
    }
    clicked
}
