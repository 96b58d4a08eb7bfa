//! Rows that scroll, of which there may be millions: more than a scroll area can place, whose numbers are exact to a few
//! million points only. Here the place is kept in double precision, and only rows in sight are asked for.

use super::draw;
use crate::ui::theme::{size, space, tokens};
use egui::{
    Color32, CornerRadius, EventFilter, Id, Key, Modifiers, Pos2, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui,
    UiBuilder, WidgetInfo, pos2, vec2,
};
use std::ops::Range;

/// How wide a bar beside rows is.
pub const BAR: f32 = 10.0;
/// The shortest handle of a bar.
const HANDLE: f32 = 24.0;

/// Where rows are scrolled to.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    /// Points above the upper edge.
    top: f64,
    /// Points left of the left edge.
    left: f32,
    /// A row to bring into view in the next frame.
    reveal: Option<usize>,
}

/// How the rows are.
#[derive(Debug, Clone, Copy)]
pub struct RowLayout {
    /// How many there are.
    pub count: usize,
    /// The height of each.
    pub height: f32,
    /// The width of the widest.
    pub width: f32,
}

/// The rows in sight.
pub struct InSight {
    /// Which they are; the first and the last may be cut.
    pub rows: Range<usize>,
    /// Where they are drawn.
    pub body: Rect,
    /// All of it, which takes the focus, clicks and drags.
    pub response: Response,
    origin: Pos2,
    first: usize,
    layout: RowLayout,
}

impl InSight {
    /// Where a row is drawn: as wide as the widest, or as the room.
    pub fn rect(&self, row: usize) -> Rect {
        let below = row as f64 - self.first as f64;
        let top = self.origin.y + (below * f64::from(self.layout.height)) as f32;
        let width = self.layout.width.max(self.body.width());
        Rect::from_min_size(pos2(self.origin.x, top), vec2(width, self.layout.height))
    }

    /// The row at this height, the nearest one if there is none.
    pub fn row_at(&self, at: Pos2) -> usize {
        let below = ((at.y - self.origin.y) / self.layout.height).floor();
        let row = self.first as f64 + f64::from(below);
        (row.max(0.0) as usize).min(self.layout.count.saturating_sub(1))
    }
}

impl Rows {
    /// Brings a row into view in the next frame: a third from above, unless it is in sight.
    pub fn reveal(&mut self, row: usize) {
        self.reveal = Some(row);
    }

    /// The first row that is in sight as a whole.
    pub fn first(&self, height: f32) -> usize {
        (self.top / f64::from(height)).ceil() as usize
    }

    /// Scrolls sideways so that a span of points of every row is in sight.
    pub fn reveal_across(&mut self, from: f32, to: f32, room: f32) {
        if from < self.left || to > self.left + room {
            self.left = (from - room / 3.0).max(0.0);
        }
    }

    /// Takes all the room there is; `name` says what the rows are, `add` draws those in sight.
    pub fn show<R>(
        &mut self,
        ui: &mut Ui,
        name: &str,
        layout: RowLayout,
        add: impl FnOnce(&mut Ui, &InSight) -> R,
    ) -> R {
        let outer = ui.available_rect_before_wrap();
        let response = ui.allocate_rect(outer, Sense::click_and_drag());
        let across = layout.width > outer.width() - BAR;
        let body = Rect::from_min_max(outer.min, outer.max - vec2(BAR, if across { BAR } else { 0.0 }));
        let height = f64::from(layout.height);
        let room = f64::from(body.height());
        let most = (layout.count as f64 * height - room).max(0.0);
        if let Some(row) = self.reveal.take() {
            let above = row as f64 * height;
            if above < self.top || above + height > self.top + room {
                self.top = above - (room / 3.0 / height).floor() * height;
            }
        }
        self.take_wheel(ui, &response);
        self.take_keys(ui, &response, room, height, most);
        self.top = self.top.clamp(0.0, most);
        self.left = self.left.clamp(0.0, (layout.width - body.width()).max(0.0));
        let first = (self.top / height).floor() as usize;
        let rows = first.min(layout.count)..layout.count.min(((self.top + room) / height).ceil() as usize);
        response.widget_info(|| {
            let shown = format!("{name}, {} to {} of {}", rows.start + 1, rows.end, layout.count);
            WidgetInfo::labeled(Role::ScrollView, true, shown)
        });
        draw::reveal(ui, &response);
        let origin = pos2(body.left() - self.left, body.top() - (self.top - first as f64 * height) as f32);
        let sight = InSight { rows, body, response, origin, first, layout };
        let mut child = ui.new_child(UiBuilder::new().max_rect(body));
        child.shrink_clip_rect(body);
        let out = add(&mut child, &sight);
        // While a drag selects beyond an edge, rows come into sight there.
        if sight.response.dragged()
            && let Some(at) = sight.response.interact_pointer_pos()
        {
            let beyond = if at.y < body.top() { at.y - body.top() } else { (at.y - body.bottom()).max(0.0) };
            if beyond != 0.0 {
                self.top = (self.top + f64::from(beyond.clamp(-60.0, 60.0))).clamp(0.0, most);
                ui.ctx().request_repaint();
            }
        }
        let id = sight.response.id;
        if most > 0.0 {
            let track = Rect::from_min_max(pos2(body.right(), body.top()), pos2(outer.right(), body.bottom()));
            let share = room / (most + room);
            if let Some(at) = bar(ui, id.with("down"), name, track, share, self.top / most, true) {
                // Whole rows, so that text stands where it can be read.
                self.top = (at * most / height).round() * height;
            }
        }
        if across {
            let track = Rect::from_min_max(pos2(body.left(), body.bottom()), pos2(body.right(), outer.bottom()));
            let most = f64::from(layout.width - body.width());
            let share = f64::from(body.width() / layout.width);
            if let Some(at) = bar(ui, id.with("across"), name, track, share, f64::from(self.left) / most, false) {
                self.left = (at * most) as f32;
            }
        }
        if sight.response.has_focus() {
            let ring = Stroke::new(1.5, tokens(ui.ctx()).accent);
            ui.painter().rect_stroke(outer, CornerRadius::same(size::RADIUS), ring, StrokeKind::Inside);
        }
        out
    }

    fn take_wheel(&mut self, ui: &Ui, response: &Response) {
        if !response.contains_pointer() {
            return;
        }
        let delta = ui.input_mut(|i| std::mem::take(&mut i.smooth_scroll_delta));
        self.top -= f64::from(delta.y);
        self.left -= delta.x;
    }

    fn take_keys(&mut self, ui: &Ui, response: &Response, room: f64, height: f64, most: f64) {
        if !response.has_focus() {
            return;
        }
        let filter = EventFilter { vertical_arrows: true, horizontal_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|m| m.set_focus_lock_filter(response.id, filter));
        let page = ((room / height).floor() - 1.0).max(1.0) * height;
        for (key, by) in [
            (Key::ArrowUp, -height),
            (Key::ArrowDown, height),
            (Key::PageUp, -page),
            (Key::PageDown, page),
            (Key::Home, -most),
            (Key::End, most),
        ] {
            if ui.input_mut(|i| i.consume_key(Modifiers::NONE, key)) {
                self.top = (self.top + by).clamp(0.0, most);
            }
        }
        for (key, by) in [(Key::ArrowLeft, -space::XL), (Key::ArrowRight, space::XL)] {
            if ui.input_mut(|i| i.consume_key(Modifiers::NONE, key)) {
                self.left += by;
            }
        }
    }
}

/// Draws a bar whose handle is this share of it; where it was dragged or clicked to, from 0 to 1.
fn bar(ui: &Ui, id: Id, name: &str, track: Rect, share: f64, at: f64, down: bool) -> Option<f64> {
    let t = tokens(ui.ctx());
    let response = ui.interact(track, id, Sense::DRAG | Sense::CLICK);
    let word = if down { "down" } else { "across" };
    response.widget_info(|| WidgetInfo::labeled(Role::ScrollBar, true, format!("{name}, scroll {word}")));
    ui.ctx().accesskit_node_builder(id, |node| node.set_numeric_value(at));
    let length = if down { track.height() } else { track.width() };
    let handle = ((f64::from(length) * share) as f32).clamp(HANDLE.min(length), length);
    let before = (length - handle) * at as f32;
    let on = response.hovered() || response.dragged();
    let width = if on { 8.0 } else { 4.0 };
    let shape = if down {
        Rect::from_min_size(track.min + vec2(BAR - width - 1.0, before), vec2(width, handle))
    } else {
        Rect::from_min_size(track.min + vec2(before, BAR - width - 1.0), vec2(handle, width))
    };
    let ink: Color32 = if response.dragged() { t.accent } else { t.dim.gamma_multiply(if on { 0.8 } else { 0.5 }) };
    ui.painter().rect_filled(shape, CornerRadius::same(4), ink);
    let pointer = response.interact_pointer_pos().filter(|_| response.dragged() || response.clicked())?;
    let along = if down { pointer.y - track.top() } else { pointer.x - track.left() };
    let free = (length - handle).max(1.0);
    Some(f64::from((along - handle / 2.0) / free).clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Theme;
    use crate::ui::look::Stage;
    use egui_kittest::kittest::Queryable;

    #[test]
    fn rows_stand_exactly_where_they_belong_among_millions() {
        const COUNT: usize = 8_000_000;
        struct Seen {
            rows: Rows,
            tops: Vec<f32>,
            last: usize,
            room: Rect,
        }
        let seen = Seen { rows: Rows::default(), tops: Vec::new(), last: 0, room: Rect::NOTHING };
        let mut stage = Stage::new([300.0, 200.0], Theme::Dark, seen, |ui, seen: &mut Seen| {
            let layout = RowLayout { count: COUNT, height: 18.0, width: 0.0 };
            let (tops, last, room) = seen.rows.show(ui, "Rows", layout, |_, sight| {
                let tops = sight.rows.clone().map(|row| sight.rect(row).top()).collect();
                assert_eq!(sight.row_at(sight.rect(sight.rows.start).center()), sight.rows.start);
                (tops, sight.rows.end, sight.body)
            });
            (seen.tops, seen.last, seen.room) = (tops, last, room);
        });
        stage.harness.step();
        stage.harness.get_by_role_and_label(Role::ScrollView, "Rows, 1 to 11 of 8000000").focus();
        stage.harness.step();
        stage.harness.key_press(Key::End);
        stage.harness.step();
        stage.harness.step();
        let seen = stage.harness.state();
        assert_eq!(seen.last, COUNT);
        assert!(
            (seen.tops.last().unwrap() + 18.0 - seen.room.bottom()).abs() < 0.1,
            "the last row ends where the room does"
        );
        assert!(seen.tops.windows(2).all(|pair| (pair[1] - pair[0] - 18.0).abs() < 0.001), "{:?}", seen.tops);
        assert!(seen.tops.len() < 14, "only what is in sight");
        stage.harness.state_mut().rows.reveal(4_000_001);
        stage.harness.step();
        stage.harness.step();
        assert!(stage.harness.query_by_label_contains("of 8000000").is_some());
        assert_eq!(stage.harness.state().rows.first(18.0), 3_999_998);
    }
}
