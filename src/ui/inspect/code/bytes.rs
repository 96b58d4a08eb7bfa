//! The bytes of a part: rows of sixteen, computed as they come into sight.

use super::{LINE, Scene, State as View, foot, inside};
use crate::component::hex::{self, ROW};
use crate::ui::parts::{Button, InSight, RowLayout, Rows, draw};
use crate::ui::theme::{fonts, icons, size, space, tokens};
use egui::text::{LayoutJob, TextFormat};
use egui::{Color32, CornerRadius, Event, Pos2, Rect, Role, Sense, Ui, WidgetInfo, pos2};
use std::ops::Range;

/// Bytes that are copied at once.
const MOST_COPIED: usize = 1 << 20;
/// Letters of the digits of a row.
const DIGITS: usize = 3 * ROW;

/// The bytes' state.
#[derive(Default)]
pub(super) struct State {
    rows: Rows,
    /// The selected bytes of the file: where the selection began and where it ends.
    selected: Option<(usize, usize)>,
}

impl State {
    /// Selects bytes, or none.
    pub(super) fn select(&mut self, bytes: Option<(usize, usize)>) {
        self.selected = bytes;
    }

    /// The selected bytes of the file.
    pub(super) fn range(&self) -> Option<Range<usize>> {
        self.selected.map(|(a, b)| a.min(b)..a.max(b) + 1)
    }
}

/// Where the columns are, in points from the left edge.
struct Columns {
    digits: f32,
    characters: f32,
    letter: f32,
}

impl Columns {
    /// Where the digits of a byte begin.
    fn digit(&self, i: usize) -> f32 {
        self.digits + self.letter * (3 * i + usize::from(i >= ROW / 2)) as f32
    }

    fn character(&self, i: usize) -> f32 {
        self.characters + self.letter * i as f32
    }

    /// The byte of a row at this distance from the left edge, if there is one.
    fn byte_at(&self, x: f32) -> Option<usize> {
        let half = self.letter / 2.0;
        (0..ROW).find(|i| {
            let (digit, character) = (self.digit(*i), self.character(*i));
            (digit - half..digit + 2.0 * self.letter + half).contains(&x)
                || (character..character + self.letter).contains(&x)
        })
    }
}

/// Draws them and the line below.
pub(super) fn show(ui: &mut Ui, scene: &Scene<'_>, state: &mut View) {
    let part = &scene.part.range;
    // Rows begin at multiples of sixteen, so that an offset's last digit is a column.
    let base = part.start - part.start % ROW;
    if let Some(range) = state.going.take() {
        state.bytes.rows.reveal(range.start.saturating_sub(base) / ROW);
        let is_start = range.start == part.start && range.len() <= 1;
        // What is said below is said of the first byte.
        state.bytes.select((!is_start && !range.is_empty()).then(|| (range.end - 1, range.start)));
        state.here = range.start;
    }
    let t = tokens(ui.ctx());
    let letter = draw::line(ui, "0", fonts::mono(size::BODY), t.normal).size().x;
    let digits = space::S + 8.0 * letter + space::L;
    let columns = Columns { digits, characters: digits + letter * (DIGITS + 2) as f32, letter };
    let (_, body, below) = super::divide(ui, false);
    let mut pointed = None;
    inside(ui, body, |ui| {
        super::frame(t).show(ui, |ui| {
            let width = columns.character(ROW) + space::S;
            let layout = RowLayout { count: (part.end - base).div_ceil(ROW), height: LINE, width };
            let mut rows = std::mem::take(&mut state.bytes.rows);
            rows.show(ui, "Bytes", layout, |ui, sight| {
                for row in sight.rows.clone() {
                    one(ui, scene, &state.bytes, sight, &columns, row, base + row * ROW);
                }
                let byte_at = |at: Pos2| {
                    let i = columns.byte_at(at.x - sight.rect(0).left())?;
                    Some(base + sight.row_at(at) * ROW + i).filter(|b| part.contains(b))
                };
                pointed = sight.response.hover_pos().and_then(byte_at);
                select(ui, scene, &mut state.bytes, sight, byte_at);
            });
            if state.bytes.selected.is_none() {
                state.here =
                    (base + rows.first(LINE) * ROW).clamp(part.start, part.end.saturating_sub(1).max(part.start));
            }
            state.bytes.rows = rows;
        });
    });
    let selected = state.bytes.range();
    if let Some((_, end)) = state.bytes.selected {
        state.here = end;
    }
    let offset = pointed.unwrap_or(state.here);
    let (name, range) = scene.name_of(offset);
    let said = format!("{offset:#010x} · {offset} · {name} · {:#x}..{:#x}", range.start, range.end);
    let label = selected.as_ref().map(|s| match s.len() {
        1 => "Copy byte".to_owned(),
        n => format!("Copy {} bytes", crate::measure::grouped(n as u64)),
    });
    let why_not = selected.as_ref().is_some_and(|s| s.len() > MOST_COPIED).then_some("At most 1 MiB is copied at once");
    let button = label.as_deref().map(|l| Button::new(l).quiet().icon(icons::COPY).disabled_because(why_not));
    if foot(ui, below, &said, button).is_some() {
        copy(ui, scene, selected);
    }
}

fn copy(ui: &Ui, scene: &Scene<'_>, range: Option<Range<usize>>) {
    let Some(bytes) = range.filter(|r| r.len() <= MOST_COPIED).and_then(|r| scene.component.bytes.get(r)) else {
        return;
    };
    let digits: Vec<_> = bytes.iter().map(|b| format!("{b:02x}")).collect();
    ui.ctx().copy_text(digits.join(" "));
}

fn select(ui: &Ui, scene: &Scene<'_>, state: &mut State, sight: &InSight, byte_at: impl Fn(Pos2) -> Option<usize>) {
    let response = &sight.response;
    if response.clicked() || response.drag_started() {
        response.request_focus();
    }
    if let Some(byte) = response.interact_pointer_pos().and_then(byte_at) {
        let extends = ui.input(|i| i.modifiers.shift);
        match state.selected {
            Some((from, _)) if response.dragged() && !response.drag_started() || extends && response.clicked() => {
                state.selected = Some((from, byte));
            }
            _ if response.drag_started() || response.clicked() => state.selected = Some((byte, byte)),
            _ => {}
        }
    }
    if response.has_focus() && ui.input(|i| i.events.iter().any(|e| matches!(e, Event::Copy))) {
        copy(ui, scene, state.range());
    }
}

fn one(ui: &Ui, scene: &Scene<'_>, state: &State, sight: &InSight, columns: &Columns, row: usize, start: usize) {
    let t = tokens(ui.ctx());
    let rect = sight.rect(row);
    let bytes = scene.component.bytes.get(start..scene.component.bytes.len().min(start + ROW)).unwrap_or_default();
    let (digits, characters) = (hex::digits(bytes), hex::characters(bytes));
    ui.interact(rect.intersect(sight.body), sight.response.id.with(row), Sense::hover())
        .widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{start:08x}  {digits}  {characters}")));
    let at = |x: f32| pos2(rect.left() + x, rect.center().y);
    if let Some(selected) = state.range() {
        let from = selected.start.max(start);
        let to = selected.end.min(start + bytes.len());
        if from < to {
            let (first, last) = (from - start, to - 1 - start);
            let ground = |left: f32, right: f32| {
                let span = Rect::from_x_y_ranges(rect.left() + left..=rect.left() + right, rect.y_range());
                ui.painter().rect_filled(span, CornerRadius::ZERO, t.selected);
            };
            ground(columns.digit(first), columns.digit(last) + 2.0 * columns.letter);
            ground(columns.character(first), columns.character(last + 1));
        }
    }
    draw::put(ui.painter(), at(space::S), draw::line(ui, &format!("{start:08x}"), fonts::mono(size::BODY), t.faint));
    // Neighbours that the row shows but the part does not have.
    let ink = |i: usize| if scene.part.range.contains(&(start + i)) { t.normal } else { t.line_strong };
    let ink = |i: usize, byte: u8| if byte == 0 && ink(i) == t.normal { t.faint } else { ink(i) };
    // Neighbours of one colour are one piece of text: a row is laid out anew whenever it comes into sight.
    let mut inks: Vec<(Color32, Range<usize>)> = Vec::with_capacity(2);
    for (i, byte) in bytes.iter().enumerate() {
        let color = ink(i, *byte);
        match inks.last_mut() {
            Some((last, run)) if *last == color => run.end = i + 1,
            _ => inks.push((color, i..i + 1)),
        }
    }
    let (mut text, mut signs) = (LayoutJob::default(), LayoutJob::default());
    for (color, run) in inks {
        let format = || TextFormat::simple(fonts::mono(size::BODY), color);
        let place = |i: usize| 3 * i + usize::from(i >= ROW / 2);
        let end = if run.end < bytes.len() { place(run.end) } else { digits.len() };
        text.append(digits.get(place(run.start)..end).unwrap_or_default(), 0.0, format());
        signs.append(characters.get(run).unwrap_or_default(), 0.0, format());
    }
    for (job, x) in [(text, columns.digits), (signs, columns.characters)] {
        let galley = ui.painter().layout_job(job);
        draw::put(ui.painter(), at(x), galley);
    }
}
