//! A value as a tree of rows, of which only the visible ones are made.

use super::{highlight, room};
use crate::diag::{display_safe, display_safe_line};
use crate::measure;
use crate::ui::parts::icon_button;
use crate::ui::theme::{self, Tokens, fonts, icons, size, space};
use crate::value::{Row, Step, Unfolded, Value, to_wave, to_wave_short};
use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{
    Align2, CornerRadius, EventFilter, Frame, Id, Key, Label, Modifiers, Rect, Response, RichText, Role, ScrollArea,
    Sense, Ui, UiBuilder, Vec2, WidgetInfo, pos2, vec2,
};

const ROW: f32 = 22.0;
const INDENT: f32 = 16.0;
/// So much of a value stands in its row, in bytes.
const IN_ROW: usize = 200;
/// So much of a long text is shown below the tree, in bytes.
const PREVIEW: usize = 4 << 10;
/// Parts of the value that are unfolded at first have at most so many rows.
const FIRST_ROWS: usize = 40;

#[derive(Default)]
pub(super) struct TreeView {
    unfolded: Option<Unfolded>,
    /// The positions of children down to the selected part.
    selected: Option<Vec<usize>>,
    /// The row that is to get the focus.
    focus_row: Option<usize>,
}

/// What the keyboard or pointer does to one row.
enum RowAction {
    Toggle(Vec<usize>),
    Focus(usize),
}

impl TreeView {
    pub fn show(&mut self, ui: &mut Ui, value: &Value) {
        let mut unfolded = self.unfolded.take().unwrap_or_else(|| first_unfolded(value));
        let t = theme::tokens(ui.ctx());
        let count = unfolded.rows(value);
        let base = ui.scope_id().with("tree");
        let frame = Frame::NONE.fill(t.field).corner_radius(CornerRadius::same(size::RADIUS)).inner_margin(space::XS);
        let mut action = None;
        frame.show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing = Vec2::ZERO;
            let height = room(ui, count as f32 * ROW);
            let area = ScrollArea::vertical().id_salt("value as tree").max_height(height).auto_shrink([false, true]);
            area.show_viewport(ui, |ui, viewport| {
                ui.set_height(count as f32 * ROW);
                ui.set_width(ui.available_width());
                // Rows are placed from the first visible one: far down, the sum would be off by points.
                let first = (viewport.top() / ROW).floor().max(0.0) as usize;
                let top = ui.max_rect().top() + viewport.top() - viewport.top() % ROW;
                let last = first + (viewport.height() / ROW).ceil() as usize + 1;
                // One more at each end, so that the focus can go there.
                for number in first.saturating_sub(1)..last.min(count) {
                    let offset = number as f64 - first as f64;
                    let at = pos2(ui.max_rect().left(), top + offset as f32 * ROW);
                    let rect = Rect::from_min_size(at, vec2(ui.max_rect().width(), ROW));
                    let Some(row) = unfolded.row(value, number) else { continue };
                    if let Some(asked) = self.row(ui, base, value, &row, number, count, rect) {
                        action = Some(asked);
                    }
                }
            });
        });
        match action {
            Some(RowAction::Toggle(position)) => unfolded.toggle(&position),
            Some(RowAction::Focus(row)) => self.focus_row = Some(row),
            None => {}
        }
        self.unfolded = Some(unfolded);
        self.long_text(ui, value);
    }

    #[expect(clippy::too_many_arguments)]
    fn row(
        &mut self,
        ui: &mut Ui,
        base: Id,
        whole: &Value,
        row: &Row<'_>,
        number: usize,
        count: usize,
        rect: Rect,
    ) -> Option<RowAction> {
        let t = theme::tokens(ui.ctx());
        let response = ui.interact(rect, base.with(number), Sense::click());
        let folds = row.value.children() > 0;
        let path = path(whole, &row.position);
        let (amount, start) = preview(&row.value, row.is_unfolded);
        response.widget_info(|| {
            WidgetInfo::labeled(
                Role::TreeItem,
                true,
                format!("{path}: {}{start}", amount.as_ref().map(|a| format!("{a} ")).unwrap_or_default()),
            )
        });
        ui.ctx().accesskit_node_builder(response.id, |node| {
            node.set_level(row.position.len() + 1);
            if folds {
                node.set_expanded(row.is_unfolded);
            }
        });
        if self.focus_row == Some(number) {
            self.focus_row = None;
            response.request_focus();
            ui.scroll_to_rect_animation(rect, None, egui::style::ScrollAnimation::none());
        }
        if response.clicked() {
            response.request_focus();
        }
        if response.clicked() || response.gained_focus() {
            self.selected = Some(row.position.clone());
        }
        let is_selected = self.selected.as_ref() == Some(&row.position);
        crate::ui::parts::draw::row_ground(ui, &response, rect, is_selected);
        crate::ui::parts::draw::focus_ring(ui, &response, rect);

        let mut x = rect.left() + space::XS + row.position.len() as f32 * INDENT;
        let middle = rect.center().y;
        if folds {
            let glyph = if row.is_unfolded { icons::CARET_DOWN } else { icons::CARET_RIGHT };
            ui.painter().text(pos2(x + 6.0, middle), Align2::CENTER_CENTER, glyph, fonts::icon(12.0), t.dim);
        }
        x += INDENT + 2.0;
        if let Some(step) = &row.step {
            let (text, color) = step_text(step, t);
            let galley = ui.painter().layout_no_wrap(text, fonts::mono(size::BODY), color);
            let width = galley.size().x;
            ui.painter().galley(pos2(x, middle - galley.size().y / 2.0), galley, color);
            x += width + space::M;
        } else if row.is_unfolded {
            let galley = ui.painter().layout_no_wrap("result".to_owned(), fonts::text(size::BODY), t.dim);
            let width = galley.size().x;
            ui.painter().galley(pos2(x, middle - galley.size().y / 2.0), galley, t.dim);
            x += width + space::M;
        }
        let shows_copy = is_selected || response.hovered() || ui.rect_contains_pointer(rect);
        let right = rect.right() - if shows_copy { size::ROW + space::XS } else { space::XS };
        let mut job = LayoutJob::default();
        if let Some(amount) = &amount {
            job.append(&format!("{amount}  "), 0.0, TextFormat::simple(fonts::mono(12.0), t.dim));
        }
        highlight::append_wave(&mut job, &start, t);
        job.wrap = TextWrapping::truncate_at_width((right - x).max(16.0));
        let galley = ui.painter().layout_job(job);
        ui.painter().galley(pos2(x, middle - galley.size().y / 2.0), galley, t.normal);
        if shows_copy {
            let slot = Rect::from_center_size(pos2(rect.right() - size::ROW / 2.0, middle), Vec2::splat(size::ROW));
            let mut child = ui.new_child(UiBuilder::new().scope_id(base.with(("copy", number))).max_rect(slot));
            let name = format!("Copy {path}");
            if icon_button(&mut child, icons::COPY, &name).clicked() {
                ui.ctx().copy_text(to_wave(&row.value));
            }
        }
        keys(ui, &response, row, folds, number, count)
    }

    /// A long text that is selected, by itself: its row has room for its beginning only.
    fn long_text(&self, ui: &mut Ui, whole: &Value) {
        let Some(position) = &self.selected else { return };
        let mut value = std::borrow::Cow::Borrowed(whole);
        for index in position {
            let std::borrow::Cow::Borrowed(parent) = value else { return };
            let Some((_, child)) = parent.child(*index) else { return };
            value = child;
        }
        let Value::String(text) = &*value else { return };
        if text.len() <= 60 && !text.contains('\n') {
            return;
        }
        let t = theme::tokens(ui.ctx());
        let start = text.get(..text.floor_char_boundary(PREVIEW)).unwrap_or(text);
        let length = measure::Bytes(text.len() as u64);
        let words = if start.len() < text.len() {
            format!("{}: the first {} of {length}", path(whole, position), measure::Bytes(start.len() as u64))
        } else {
            format!("{}: {length}", path(whole, position))
        };
        ui.add_space(space::S);
        ui.label(RichText::new(words).size(size::SMALL).color(t.dim));
        Frame::NONE.fill(t.field).corner_radius(CornerRadius::same(size::RADIUS)).inner_margin(space::S).show(
            ui,
            |ui| {
                ui.set_width(ui.available_width());
                ScrollArea::vertical().id_salt("long text").max_height(200.0).show(ui, |ui| {
                    let text = RichText::new(display_safe(start))
                        .font(fonts::mono(12.0))
                        .color(t.family(crate::component::Family::Text));
                    ui.add(Label::new(text).wrap().selectable(true));
                });
            },
        );
    }
}

/// Folds with Left and Right, Enter and Space; Up and Down go to the next row.
fn keys(ui: &Ui, response: &Response, row: &Row<'_>, folds: bool, number: usize, count: usize) -> Option<RowAction> {
    let toggle = folds.then(|| RowAction::Toggle(row.position.clone()));
    if response.clicked() {
        return toggle;
    }
    if !response.has_focus() {
        return None;
    }
    let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|m| m.set_focus_lock_filter(response.id, filter));
    let pressed = |key| ui.input_mut(|i| i.consume_key(Modifiers::NONE, key));
    if pressed(Key::ArrowDown) {
        return (number + 1 < count).then_some(RowAction::Focus(number + 1));
    }
    if pressed(Key::ArrowUp) {
        return number.checked_sub(1).map(RowAction::Focus);
    }
    let changes = (pressed(Key::ArrowRight) && !row.is_unfolded) || (pressed(Key::ArrowLeft) && row.is_unfolded);
    if changes { toggle } else { None }
}

/// Unfolds the value and, while that stays short, its parts.
fn first_unfolded(value: &Value) -> Unfolded {
    let mut unfolded = Unfolded::default();
    if value.children() == 0 {
        return unfolded;
    }
    unfolded.toggle(&[]);
    let mut row = 1;
    while row < unfolded.rows(value).min(FIRST_ROWS) {
        let Some(next) = unfolded.row(value, row) else { break };
        let children = next.value.children();
        let position = next.position.clone();
        // Bytes say nothing one by one.
        let is_bytes = matches!(*next.value, Value::Bytes(_));
        if children > 0 && !is_bytes && unfolded.rows(value) + children <= FIRST_ROWS {
            unfolded.toggle(&position);
        }
        row += 1;
    }
    unfolded
}

fn path(whole: &Value, position: &[usize]) -> String {
    let mut path = "result".to_owned();
    let mut value = std::borrow::Cow::Borrowed(whole);
    for index in position {
        let std::borrow::Cow::Borrowed(parent) = value else { break };
        let Some((step, child)) = parent.child(*index) else { break };
        path = step.path(&path);
        value = child;
    }
    path
}

fn step_text(step: &Step<'_>, t: &Tokens) -> (String, egui::Color32) {
    match step {
        Step::Field(name) => (display_safe_line(name).into_owned(), t.strong),
        Step::Index(i) => (format!("[{i}]"), t.dim),
        Step::Case(name) => (display_safe_line(name).into_owned(), t.family(crate::component::Family::Variant)),
        Step::Some => ("some".to_owned(), t.family(crate::component::Family::Variant)),
        Step::Key(i) => (format!("[{i}] key"), t.dim),
        Step::Entry(_, key) => (display_safe_line(&to_wave_short(key, 40)).into_owned(), t.strong),
    }
}

/// The value in its row: how much there is, if that is worth saying, and the beginning of its text, unless its parts
/// stand below.
fn preview(value: &Value, is_unfolded: bool) -> (Option<String>, String) {
    let count = value.children();
    let words = |one: &str, many: &str| Some(if count == 1 { format!("1 {one}") } else { format!("{count} {many}") });
    let bytes = |n: usize| Some(measure::Bytes(n as u64).to_string());
    let amount = match value {
        Value::List(_) if is_unfolded || count > 8 => words("item", "items"),
        Value::Map(_) if is_unfolded || count > 8 => words("entry", "entries"),
        Value::Bytes(b) if is_unfolded || count > 8 => bytes(b.len()),
        Value::String(s) if s.len() > IN_ROW => bytes(s.len()),
        Value::Record(_) | Value::Tuple(_) if is_unfolded => words("field", "fields"),
        _ => None,
    };
    let start = if is_unfolded { String::new() } else { display_safe_line(&to_wave_short(value, IN_ROW)).into_owned() };
    (amount, start)
}
