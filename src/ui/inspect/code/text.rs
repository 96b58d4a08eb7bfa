//! The disassembly: lines with their numbers and offsets, of which only those in sight are unpacked and drawn.

use super::find::Spot;
use super::{LINE, Scene, State as View, divide, foot, inside, names, waiting};
use crate::component::listing::{self, Line, Listing, Token};
use crate::diag::display_safe_line;
use crate::measure::grouped;
use crate::ui::panels::{Outbox, Request};
use crate::ui::parts::{Banner, Button, InSight, RowLayout, Rows, draw};
use crate::ui::theme::{Tokens, Tone, fonts, icons, size, space, tokens};
use egui::text::{CCursor, LayoutJob, TextFormat};
use egui::{
    Color32, CornerRadius, CursorIcon, Event, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};
use std::ops::Range;
use std::sync::Arc;

/// Lines that only close, behind selected ones, that are looked through.
const MOST_CLOSING: usize = 64;
/// Lines that are copied at once.
const MOST_COPIED: usize = 50_000;

/// The text's state.
#[derive(Default)]
pub(super) struct State {
    rows: Rows,
    /// The selected lines: where the selection began and where it ends.
    selected: Option<(usize, usize)>,
    /// A match that is to be brought into view sideways too.
    across: Option<Spot>,
}

impl State {
    /// Selects lines, or none.
    pub(super) fn select(&mut self, lines: Option<(usize, usize)>) {
        self.selected = lines;
    }

    /// The first line that is in sight as a whole.
    pub(super) fn first_line(&self) -> usize {
        self.rows.first(LINE)
    }

    /// Brings a match into view.
    pub(super) fn show_match(&mut self, spot: Spot) {
        self.rows.reveal(spot.0);
        self.selected = Some((spot.0, spot.0));
        self.across = Some(spot);
    }

    fn lines(&self) -> Option<Range<usize>> {
        self.selected.map(|(a, b)| a.min(b)..a.max(b) + 1)
    }
}

/// Draws it, the list of functions beside it, and the line below.
pub(super) fn show(ui: &mut Ui, scene: &Scene<'_>, state: &mut View, outbox: &mut Outbox) {
    let Some(listing) = scene.listing() else {
        waiting(ui, scene, outbox);
        return;
    };
    if let Some(why) = listing.refusal() {
        let why = format!("The text ends where this part cannot be read further: {}", display_safe_line(why));
        Banner::new(Tone::Warn, &why).hint(Some("The bytes behind that are in the hex view")).show(ui);
        ui.add_space(space::XS);
    }
    if let Some(range) = state.going.take() {
        let first = listing.line_of(&range);
        state.text.rows.reveal(first);
        state.text.select((range.start != scene.part.range.start).then_some((first, first)));
        state.here = range.start;
        state.names.to_reveal = true;
    }
    let functions = scene.functions.filter(|f| !f.within(&scene.part.range).is_empty());
    let (names_at, body, below) = divide(ui, functions.is_some());
    if let (Some(rect), Some(functions)) = (names_at, functions) {
        inside(ui, rect, |ui| names::show(ui, scene, functions, state, outbox));
    }
    inside(ui, body, |ui| lines(ui, scene, listing, state, outbox));
    let line = state.text.selected.map_or(state.text.first_line(), |(_, end)| end);
    let shown = listing.lines(line..line + 1).pop();
    let offset = shown.as_ref().and_then(|l| l.offset);
    state.here = offset.unwrap_or(state.here);
    state.span = state.text.lines().map(|lines| span(listing, lines, &scene.part.range));
    let called = shown.filter(|_| state.text.selected.is_some()).and_then(|line| {
        let (_, name) = listing::callee(&line.text)?;
        scene.functions?.callee(line.offset?, name)
    });
    let mut said = format!("Line {} of {}", grouped(line as u64 + 1), grouped(listing.len() as u64));
    if let Some(offset) = offset {
        said.push_str(&format!(" · {offset:#x} · {}", scene.name_of(offset).0));
    }
    let selected = state.text.lines();
    let label = match selected.as_ref().map(Range::len) {
        None => None,
        Some(1) => Some("Copy line".to_owned()),
        Some(n) => Some(format!("Copy {} lines", grouped(n as u64))),
    };
    let why_not =
        selected.as_ref().is_some_and(|s| s.len() > MOST_COPIED).then_some("At most 50,000 lines are copied at once");
    let go = called.map(|function| format!("Go to {}", shorten(&function.label())));
    let mut buttons = Vec::new();
    buttons.extend(label.as_deref().map(|l| Button::new(l).quiet().icon(icons::COPY).disabled_because(why_not)));
    buttons.extend(go.as_deref().map(|l| Button::new(l).quiet().icon(icons::ARROW_RIGHT)));
    match foot(ui, below, &said, buttons) {
        Some(0) => copy(ui, listing, selected),
        Some(_) => {
            if let (Some(from), Some(function)) = (offset, called) {
                jump(scene, from, function.range.clone(), outbox);
            }
        }
        None => {}
    }
}

/// The bytes that lines stand for: up to where the next one behind them begins.
fn span(listing: &Listing, lines: Range<usize>, part: &Range<usize>) -> Range<usize> {
    let start = |line: usize| listing.lines(line..line + 1).pop().and_then(|l| l.offset);
    let first = start(lines.start).unwrap_or(part.start);
    let behind = listing.lines(lines.end..lines.end + MOST_CLOSING);
    let end = behind.iter().filter_map(|line| line.offset).find(|o| *o > first);
    first..end.unwrap_or(part.end).max(first + 1)
}

/// A name that is short enough for a button.
fn shorten(name: &str) -> String {
    if name.chars().count() <= 40 { name.to_owned() } else { name.chars().take(39).chain(['…']).collect() }
}

/// Goes to what a line calls, so that going back comes to the line.
fn jump(scene: &Scene<'_>, from: usize, to: Range<usize>, outbox: &mut Outbox) {
    outbox.request(Request::Inspect(scene.place(from..from + 1)));
    outbox.request(Request::Inspect(scene.place(to)));
}

fn copy(ui: &Ui, listing: &Listing, lines: Option<Range<usize>>) {
    let Some(lines) = lines.filter(|l| l.len() <= MOST_COPIED) else { return };
    let lines = listing.lines(lines);
    ui.ctx().copy_text(lines.iter().map(|l| format!("{}\n", display_safe_line(&l.text))).collect());
}

/// Where the columns are, in points from the left edge.
struct Columns {
    number: f32,
    offset: f32,
    text: f32,
}

fn lines(ui: &mut Ui, scene: &Scene<'_>, listing: &Listing, state: &mut View, outbox: &mut Outbox) {
    let t = tokens(ui.ctx());
    let letter = draw::line(ui, "m", fonts::mono(size::BODY), t.normal).size().x;
    let small = draw::line(ui, "0", fonts::mono(size::SMALL), t.faint).size().x;
    let digits = grouped(listing.len() as u64).len().max(3) as f32;
    let number = space::S + digits * small;
    let offset = number + space::M + 8.0 * small;
    let columns = Columns { number, offset, text: offset + space::M };
    super::frame(t).show(ui, |ui| {
        ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
        let width = columns.text + letter * (listing.widest() as f32 + 2.0);
        let layout = RowLayout { count: listing.len(), height: LINE, width };
        if let Some((line, at)) = state.text.across.take() {
            let found = state.find.text().len() as f32;
            let shown = listing.lines(line..line + 1).pop().map_or(at, |l| shown_column(&l.text, at));
            let from = letter * shown as f32;
            let room = ui.available_width() - columns.text - 2.0 * space::L;
            state.text.rows.reveal_across((from - 4.0 * letter).max(0.0), from + (found + 4.0) * letter, room);
        }
        // What is drawn needs the rest of the state while the rows are scrolled.
        let mut rows = std::mem::take(&mut state.text.rows);
        rows.show(ui, "Disassembly", layout, |ui, sight| {
            let lines = listing.lines(sight.rows.clone());
            let pointed = sight.response.hover_pos().filter(|at| sight.body.contains(*at));
            let mut called = None;
            for (row, line) in (sight.rows.start..).zip(&lines) {
                let link = one(ui, scene, state, sight, &columns, row, line);
                if let (Some((rect, to)), Some(at)) = (link, pointed)
                    && rect.contains(at)
                {
                    ui.ctx().set_cursor_icon(CursorIcon::PointingHand);
                    ui.painter().hline(rect.x_range(), rect.bottom() - 3.0, Stroke::new(1.0, t.accent));
                    if sight.response.clicked() {
                        called = line.offset.map(|from| (from, to));
                    }
                }
            }
            if let Some((from, to)) = called {
                jump(scene, from, to, outbox);
            } else {
                select(ui, listing, &mut state.text, sight);
            }
        });
        state.text.rows = rows;
    });
}

/// Where a byte of a line is, counted in letters of what is shown of it.
fn shown_column(text: &str, at: usize) -> usize {
    display_safe_line(text.get(..at).unwrap_or_default()).chars().count()
}

/// Selects lines by pointer, and copies them by key.
fn select(ui: &Ui, listing: &Listing, state: &mut State, sight: &InSight) {
    let response = &sight.response;
    if let Some(at) = response.interact_pointer_pos() {
        let row = sight.row_at(at);
        let extends = ui.input(|i| i.modifiers.shift);
        match state.selected {
            Some((from, _)) if response.dragged() && !response.drag_started() || extends && response.clicked() => {
                state.selected = Some((from, row));
            }
            _ if response.drag_started() || response.clicked() => state.selected = Some((row, row)),
            _ => {}
        }
        if response.clicked() || response.drag_started() {
            response.request_focus();
        }
    }
    if response.has_focus() && ui.input(|i| i.events.iter().any(|e| matches!(e, Event::Copy))) {
        copy(ui, listing, state.lines());
    }
}

/// Draws a line; where the name of what it calls stands, and what that is.
fn one(
    ui: &Ui,
    scene: &Scene<'_>,
    state: &View,
    sight: &InSight,
    columns: &Columns,
    row: usize,
    line: &Line,
) -> Option<(Rect, Range<usize>)> {
    let t = tokens(ui.ctx());
    let rect = sight.rect(row);
    let shown = display_safe_line(&line.text);
    ui.interact(rect.intersect(sight.body), sight.response.id.with(row), Sense::hover())
        .widget_info(|| WidgetInfo::labeled(Role::Label, true, &*shown));
    let whole = Rect::from_x_y_ranges(sight.body.x_range(), rect.y_range());
    if state.text.lines().is_some_and(|lines| lines.contains(&row)) {
        ui.painter().rect_filled(whole, CornerRadius::ZERO, t.selected);
    }
    let galley = ui.painter().layout_job(job(&shown, t));
    let left = rect.left() + columns.text;
    let clip = Rect::from_min_max(pos2(sight.body.left() + columns.text - space::XS, whole.top()), whole.max);
    let painter = ui.painter().with_clip_rect(clip.intersect(ui.clip_rect()));
    let span = |range: Range<usize>| {
        let letters = |to: usize| shown.get(..to).map_or(0, |s| s.chars().count());
        let x = |to: usize| left + galley.pos_from_cursor(CCursor::new(letters(to))).left();
        Rect::from_min_max(pos2(x(range.start), rect.top()), pos2(x(range.end), rect.bottom()))
    };
    for found in occurrences(&shown, state.find.text()) {
        let is_at = state.find.at().is_some_and(|(l, at)| l == row && shown_byte(&line.text, at) == found.start);
        let edge = if is_at { t.accent } else { Color32::TRANSPARENT };
        let ground = t.accent.gamma_multiply(0.25);
        let span = span(found).shrink2(vec2(0.0, 1.0));
        painter.rect(span, CornerRadius::same(2), ground, Stroke::new(1.5, edge), StrokeKind::Outside);
    }
    let top = (rect.center().y - galley.size().y / 2.0).round();
    let link = listing::callee(&shown).and_then(|(range, name)| {
        let to = scene.functions?.callee(line.offset?, name)?.range.clone();
        Some((span(range).intersect(clip), to))
    });
    painter.galley(pos2(left, top), Arc::clone(&galley), Color32::PLACEHOLDER);
    let gutter = |text: &str, right: f32| {
        let text = draw::line(ui, text, fonts::mono(size::SMALL), t.faint);
        draw::put_right(ui.painter(), pos2(sight.body.left() + right, rect.center().y), text);
    };
    gutter(&grouped(row as u64 + 1), columns.number);
    if let Some(offset) = line.offset {
        gutter(&format!("{offset:08x}"), columns.offset);
    }
    link
}

/// The byte of what is shown of a line that stands for this byte of it.
fn shown_byte(text: &str, at: usize) -> usize {
    display_safe_line(text.get(..at).unwrap_or_default()).len()
}

/// Where a text stands in a line, in any case of ASCII letters.
fn occurrences(line: &str, text: &str) -> Vec<Range<usize>> {
    if text.is_empty() {
        return Vec::new();
    }
    let (line, text) = (line.to_ascii_lowercase(), text.to_ascii_lowercase());
    line.match_indices(&text).map(|(at, found)| at..at + found.len()).collect()
}

/// A line with the colours of its words.
fn job(line: &str, t: &Tokens) -> LayoutJob {
    let mut job = LayoutJob::default();
    for (range, token) in listing::lex(line) {
        let ink = match token {
            Token::Sign => t.dim,
            Token::Keyword => t.normal,
            Token::Type => t.family(crate::component::Family::Record),
            Token::Name => t.strong,
            Token::Number => t.family(crate::component::Family::Number),
            Token::Text => t.family(crate::component::Family::Text),
            Token::Comment => t.faint,
        };
        let format = TextFormat::simple(fonts::mono(size::BODY), ink);
        job.append(line.get(range).unwrap_or_default(), 0.0, format);
    }
    job
}
