//! How a panel is divided: headings, foldable sections, rows of a key and a value.

use super::draw;
use crate::ui::theme::{fonts, icons, size, space, tokens};
use egui::{
    Align, Color32, FontId, Frame, Layout, Margin, Response, Role, Sense, Stroke, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

/// The width of the key column of [`key_value`].
const KEY: f32 = 104.0;

/// A heading with a fold mark, remembered by the name within its panel.
#[must_use]
pub struct Section<'a> {
    title: &'a str,
    count: Option<usize>,
    open: bool,
}

impl<'a> Section<'a> {
    /// Open at first.
    pub fn new(title: &'a str) -> Self {
        Self { title, count: None, open: true }
    }

    /// A number behind the title.
    pub fn count(mut self, count: usize) -> Self {
        self.count = Some(count);
        self
    }

    /// Folded at first.
    pub fn folded(mut self) -> Self {
        self.open = false;
        self
    }

    /// Shows the heading and, if it is open, the body.
    pub fn show<R>(self, ui: &mut Ui, body: impl FnOnce(&mut Ui) -> R) -> Option<R> {
        self.show_with(ui, |_| (), body).1
    }

    /// The same with things at the right end of the heading, such as icon buttons.
    pub fn show_with<A, R>(
        self,
        ui: &mut Ui,
        actions: impl FnOnce(&mut Ui) -> A,
        body: impl FnOnce(&mut Ui) -> R,
    ) -> (A, Option<R>) {
        let t = tokens(ui.ctx());
        let id = ui.make_persistent_id(("section", self.title));
        let mut open = ui.data_mut(|d| *d.get_persisted_mut_or(id, self.open));
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 28.0), Sense::click());
        if response.clicked() {
            open = !open;
            ui.data_mut(|d| d.insert_persisted(id, open));
        }
        response.widget_info(|| WidgetInfo::labeled(Role::DisclosureTriangle, true, self.title));
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_expanded(open));
        let ink = if response.hovered() { t.strong } else { t.dim };
        let glyph = if open { icons::CARET_DOWN } else { icons::CARET_RIGHT };
        draw::icon(ui.painter(), pos2(rect.left() + 6.0, rect.center().y), glyph, 12.0, ink);
        let title = draw::elided(ui, self.title, fonts::strong(size::BODY), t.strong, rect.width() - 66.0);
        let cut = title.elided;
        let x = draw::put(ui.painter(), pos2(rect.left() + 18.0, rect.center().y), title);
        if let Some(count) = self.count {
            let number = draw::line(ui, &count.to_string(), fonts::mono(size::SMALL), t.dim);
            draw::put(ui.painter(), pos2(x + space::S, rect.center().y), number);
        }
        draw::focus_ring(ui, &response, rect);
        if cut {
            response.on_hover_text(self.title);
        }
        let slot = UiBuilder::new().max_rect(rect).layout(Layout::right_to_left(Align::Center));
        let acted = actions(&mut ui.new_child(slot));
        let shown = open.then(|| {
            let frame = Frame::NONE.inner_margin(Margin { left: 18, right: 0, top: 0, bottom: space::S as i8 });
            frame
                .show(ui, |ui| {
                    ui.set_width(ui.available_width());
                    body(ui)
                })
                .inner
        });
        (acted, shown)
    }
}

/// The title of a panel.
pub fn heading(ui: &mut Ui, text: &str) -> Response {
    let t = tokens(ui.ctx());
    cut(ui, text, fonts::strong(size::TITLE), t.strong, Role::Heading)
}

/// A name on a line, cut in its middle if there is no room for all of it; pointing at it tells the whole.
pub fn name(ui: &mut Ui, text: &str) -> Response {
    let t = tokens(ui.ctx());
    cut(ui, text, fonts::text(size::BODY), t.strong, Role::Label).on_hover_text(text)
}

fn cut(ui: &mut Ui, text: &str, font: FontId, ink: Color32, role: Role) -> Response {
    let galley = draw::cut_in_middle(ui, text, font, ink, ui.available_width());
    let (rect, response) = ui.allocate_exact_size(vec2(galley.size().x, size::ROW), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(role, true, text));
    draw::put(ui.painter(), rect.left_center(), galley);
    response
}

/// A thin line across.
pub fn hairline(ui: &mut Ui) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 1.0), Sense::hover());
    ui.painter().hline(rect.x_range(), rect.center().y, Stroke::new(1.0, tokens(ui.ctx()).line));
}

/// The frame of a dock's content.
pub fn dock_frame(ui: &Ui) -> Frame {
    Frame::NONE.fill(tokens(ui.ctx()).panel).inner_margin(Margin::symmetric(space::M as i8, space::S as i8))
}

/// A row with a dim key left and anything right of it.
pub fn key_value<R>(ui: &mut Ui, key: &str, value: impl FnOnce(&mut Ui) -> R) -> R {
    let t = tokens(ui.ctx());
    ui.horizontal_top(|ui| {
        let galley = draw::elided(ui, key, fonts::text(size::BODY), t.dim, KEY);
        let (rect, response) = ui.allocate_exact_size(vec2(KEY, size::ROW), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, key));
        draw::put(ui.painter(), rect.left_center(), galley);
        let width = ui.available_width();
        ui.allocate_ui_with_layout(
            vec2(width, size::ROW),
            Layout::left_to_right(Align::Center).with_main_wrap(true),
            |ui| {
                ui.set_min_height(size::ROW);
                value(ui)
            },
        )
        .inner
    })
    .inner
}

/// A row with a dim key left and text right of it; `mono` for numbers, identifiers and versions. A long text wraps.
pub fn key_value_text(ui: &mut Ui, key: &str, value: &str, mono: bool) -> Response {
    let font = if mono { fonts::mono(size::BODY) } else { fonts::text(size::BODY) };
    key_value(ui, key, |ui| {
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.add_space(4.0);
            let shown = ui.add(egui::Label::new(egui::RichText::new(value).font(font)).wrap().selectable(true));
            ui.add_space(4.0);
            shown
        })
        .inner
    })
}
