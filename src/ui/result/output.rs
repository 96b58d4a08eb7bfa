//! What the guest wrote: stdout and stderr, each as a block of lines.

use super::{LINE, room, text_line};
use crate::diag::display_safe_line;
use crate::measure;
use crate::ui::parts::Button;
use crate::ui::theme::{self, fonts, icons, size, space};
use egui::{CornerRadius, Frame, RichText, ScrollArea, Ui};
use std::ops::Range;

/// More of one line is not laid out.
const MAX_LINE: usize = 4 << 10;

/// Where the lines of the two streams are, so that only visible ones are looked at.
#[derive(Default)]
pub struct OutputState {
    /// Which result they are of.
    result: Option<u64>,
    stdout: Lines,
    stderr: Lines,
}

#[derive(Default)]
pub(super) struct Lines {
    /// How much of the text has been divided, in bytes.
    known: usize,
    lines: Vec<Range<usize>>,
}

impl Lines {
    /// Divides what is new of the text. A text only grows.
    pub fn update(&mut self, text: &str) {
        if text.len() < self.known {
            *self = Self::default();
        }
        if text.len() == self.known {
            return;
        }
        // The last line may have gone on.
        let mut start = self.lines.pop().map_or(0, |l| l.start);
        for piece in text.get(start..).unwrap_or_default().split_inclusive('\n') {
            self.lines.push(start..start + piece.trim_end_matches(['\n', '\r']).len());
            start += piece.len();
        }
        if text.ends_with('\n') {
            self.lines.push(start..start);
        }
        self.known = text.len();
    }

    /// The number of lines, without the empty one behind a last line feed.
    pub fn count(&self) -> usize {
        self.lines.len() - usize::from(self.lines.last().is_some_and(|l| l.is_empty() && l.start == self.known))
    }
}

/// Draws what the guest wrote in one call. `result` names it; `dropped_bytes` went beyond the limit.
pub fn output(ui: &mut Ui, state: &mut OutputState, result: u64, stdout: &str, stderr: &str, dropped_bytes: u64) {
    let t = theme::tokens(ui.ctx());
    if state.result != Some(result) {
        *state = OutputState { result: Some(result), ..OutputState::default() };
    }
    let shown = usize::from(!stdout.is_empty()) + usize::from(!stderr.is_empty());
    if shown == 0 && dropped_bytes == 0 {
        ui.label(RichText::new("Nothing was written").color(t.dim));
    }
    let height = room(ui, f32::INFINITY) / shown.max(1) as f32 - 40.0;
    for (name, text, lines) in [("stdout", stdout, &mut state.stdout), ("stderr", stderr, &mut state.stderr)] {
        lines.update(text);
        if !text.is_empty() {
            block(ui, name, text, lines, height.max(60.0));
        }
    }
    if dropped_bytes > 0 {
        ui.horizontal(|ui| {
            ui.label(RichText::new(icons::WARNING).font(fonts::icon(14.0)).color(t.warn));
            let words =
                format!("{} more were dropped: the limit of kept output was reached", measure::Bytes(dropped_bytes));
            ui.label(RichText::new(words).color(t.dim));
        });
    }
}

fn block(ui: &mut Ui, name: &str, text: &str, lines: &Lines, height: f32) {
    let t = theme::tokens(ui.ctx());
    let ink = if name == "stderr" { t.warn } else { t.dim };
    ui.horizontal(|ui| {
        ui.label(RichText::new(icons::TERMINAL).font(fonts::icon(14.0)).color(ink));
        ui.label(RichText::new(name).font(fonts::mono_strong(12.0)).color(t.strong));
        let count = lines.count();
        let words =
            format!("{count} {}, {}", if count == 1 { "line" } else { "lines" }, measure::Bytes(text.len() as u64));
        ui.label(RichText::new(words).size(size::SMALL).color(t.dim));
        let copy = format!("Copy {name}");
        if ui.add(Button::new(&copy).icon(icons::COPY).quiet()).clicked() {
            ui.ctx().copy_text(text.to_owned());
        }
    });
    Frame::NONE.fill(t.field).corner_radius(CornerRadius::same(size::RADIUS)).inner_margin(space::S).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 0.0;
        let area = ScrollArea::both().id_salt(name).max_height(height).auto_shrink([false, true]).stick_to_bottom(true);
        area.show_rows(ui, LINE, lines.count(), |ui, range| {
            for line in lines.lines.get(range).unwrap_or_default() {
                let line = text.get(line.clone()).unwrap_or_default();
                let start = line.get(..line.floor_char_boundary(MAX_LINE)).unwrap_or(line);
                let mut shown = display_safe_line(start).into_owned();
                if start.len() < line.len() {
                    shown.push_str(&format!("… {} in this line", measure::Bytes(line.len() as u64)));
                }
                let text = RichText::new(shown).font(fonts::mono(12.0)).color(t.normal);
                text_line(ui, text);
            }
        });
    });
    ui.add_space(space::S);
}
