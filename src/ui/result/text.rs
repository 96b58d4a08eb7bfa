//! A value as WAVE or JSON text.

use super::{LINE, highlight, room, text_line};
use crate::diag::display_safe;
use crate::measure;
use crate::ui::theme::{self, fonts, icons, size, space};
use crate::value::{Value, to_json, to_wave_pretty, to_wave_short};
use egui::text::LayoutJob;
use egui::{CornerRadius, Frame, Label, RichText, ScrollArea, Ui};

/// More text is not laid out; the copy has it all.
const MAX_SHOWN: usize = 64 << 10;
/// Lines are broken at about this width, in bytes.
const WIDTH: usize = 72;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Notation {
    Wave,
    Json,
}

/// The beginning of a text, made once for a value.
pub(super) struct TextView {
    shown: String,
    is_cut: bool,
    lines: Vec<LayoutJob>,
    /// The theme and the width that the lines were made for.
    made_for: Option<(bool, usize)>,
}

impl TextView {
    pub fn new(value: &Value, notation: Notation) -> Self {
        // The short text costs little however large the value is; it tells whether the whole is worth making.
        let short = to_wave_short(value, MAX_SHOWN);
        let is_long = short.len() >= MAX_SHOWN;
        let mut shown = match notation {
            Notation::Wave if is_long => short,
            Notation::Wave => to_wave_pretty(value, WIDTH),
            Notation::Json if is_long => String::new(),
            Notation::Json => json(value),
        };
        let is_cut = is_long || shown.len() > MAX_SHOWN;
        shown.truncate(shown.floor_char_boundary(MAX_SHOWN));
        Self { shown: display_safe(&shown).into_owned(), is_cut, lines: Vec::new(), made_for: None }
    }

    pub fn show(&mut self, ui: &mut Ui) {
        let t = theme::tokens(ui.ctx());
        if self.is_cut {
            let words = if self.shown.is_empty() {
                "Too long to be shown as JSON; Copy takes all of it".to_owned()
            } else {
                format!("Shortened to the first {}; Copy takes all of it", measure::Bytes(self.shown.len() as u64))
            };
            ui.horizontal(|ui| {
                ui.label(RichText::new(icons::INFO).font(fonts::icon(14.0)).color(t.info));
                ui.add(Label::new(RichText::new(words).color(t.dim)).wrap());
            });
        }
        Frame::NONE.fill(t.field).corner_radius(CornerRadius::same(size::RADIUS)).inner_margin(space::S).show(
            ui,
            |ui| {
                ui.set_width(ui.available_width());
                let glyph = ui.fonts_mut(|f| f.glyph_width(&fonts::mono(size::BODY), '0'));
                let columns = ((ui.available_width() - space::M) / glyph).max(16.0) as usize;
                if self.made_for != Some((t.dark, columns)) {
                    self.lines = highlight::lines(&self.shown, t, columns);
                    self.made_for = Some((t.dark, columns));
                }
                ui.spacing_mut().item_spacing.y = 0.0;
                let height = room(ui, self.lines.len() as f32 * LINE);
                let area =
                    ScrollArea::vertical().id_salt("value as text").max_height(height).auto_shrink([false, true]);
                area.show_rows(ui, LINE, self.lines.len(), |ui, range| {
                    for line in self.lines.get(range).unwrap_or_default() {
                        text_line(ui, line.clone());
                    }
                });
            },
        );
    }
}

/// The whole value as JSON, indented.
pub(super) fn json(value: &Value) -> String {
    serde_json::to_string_pretty(&to_json(value)).unwrap_or_else(|why| why.to_string())
}
