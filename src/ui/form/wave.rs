//! The argument list as WAVE text, edited in step with the form.

use super::basis::Basis;
use super::bits;
use super::node::Node;
use crate::component::{Param, Type, TypeDef, TypeId, TypeKind, TypeRef};
use crate::measure;
use crate::ui::result::highlight;
use crate::ui::theme::{self, fonts, icons, size};
use crate::value::{ParseError, Value, parse_wave, to_wave_pretty};
use egui::{Id, Margin, RichText, TextBuffer, TextEdit, Ui};
use std::sync::Arc;

/// Longer text is slow to lay out at every key.
const MAX_EDIT: usize = 16 << 10;
/// Lines are broken at about this width, in bytes.
const WIDTH: usize = 72;

pub(super) struct WaveText {
    text: String,
    error: Option<ParseError>,
    /// The form has changed since the text was made or read.
    outdated: bool,
    /// The parameters as one tuple.
    pub(super) all: TypeRef,
}

impl WaveText {
    pub fn new(basis: &Basis, params: &[Param]) -> Self {
        // The tuple of all parameters is no type of the file, so it gets a table of its own.
        let mut table = (*basis.table).clone();
        let ty = Type::Def(TypeId(table.defs.len() as u32));
        let kind = TypeKind::Tuple(params.iter().map(|p| p.ty).collect());
        table.defs.push(TypeDef { name: None, owner: None, docs: None, stability: None, kind });
        let all = TypeRef { table: Arc::new(table), ty };
        Self { text: String::new(), error: None, outdated: true, all }
    }

    /// The form has changed: the text is made anew when it is shown next.
    pub fn outdated(&mut self) {
        self.outdated = true;
    }

    pub fn error_words(&self) -> Option<String> {
        let error = self.error.as_ref()?;
        let (line, column) = place(&self.text, error.start);
        Some(format!("WAVE text, line {line}, column {column}: {}", error.message))
    }

    /// Draws the text. Answers the arguments when a person has typed other ones.
    pub fn show(&mut self, ui: &mut Ui, id: Id, name: &str, basis: &Basis, arguments: &[Node]) -> Option<Vec<Value>> {
        let t = theme::tokens(ui.ctx());
        if std::mem::take(&mut self.outdated) {
            let all = Value::Tuple(arguments.iter().map(|a| a.value(basis)).collect());
            self.text = to_wave_pretty(&all, WIDTH);
            self.error = None;
        }
        if self.text.len() > MAX_EDIT {
            let length = measure::Bytes(self.text.len() as u64);
            let words = format!("{length} of text are too long to edit here; the form shows the value in parts");
            bits::below(ui, Some(icons::INFO), &words, t.dim);
            if bits::text_button(ui, icons::COPY, "Copy", "Copy the arguments as WAVE").clicked() {
                ui.ctx().copy_text(self.text.clone());
            }
            return None;
        }
        let error = self.error.as_ref().map(|e| e.start..e.end);
        let mut layouter = |ui: &Ui, text: &dyn TextBuffer, width: f32| {
            let mut job = highlight::wave(text.as_str(), t, error.clone());
            job.wrap.max_width = width;
            ui.fonts_mut(|f| f.layout_job(job))
        };
        let rows = self.text.lines().count().clamp(3, 24);
        let edit = TextEdit::multiline(&mut self.text)
            .id(id)
            .font(fonts::mono(size::BODY))
            .margin(Margin::same(8))
            .desired_width(f32::INFINITY)
            .desired_rows(rows)
            .layouter(&mut layouter);
        let response = ui.add(edit).accessible_name(name);
        let mut read = None;
        if response.changed() {
            match parse_wave(&self.text, &self.all) {
                Ok(Value::Tuple(values)) => (self.error, read) = (None, Some(values)),
                Ok(_) => {}
                Err(error) => self.error = Some(error),
            }
        }
        match &self.error {
            Some(error) => {
                let (line, column) = place(&self.text, error.start);
                bits::error_below(ui, &format!("Line {line}, column {column}: {}", error.message));
                bits::below(ui, None, "The form keeps the last valid value", t.dim);
            }
            None => {
                let words = RichText::new("All arguments in parentheses, as in wasm-wave").color(t.faint);
                ui.label(words.size(size::SMALL));
            }
        }
        read
    }
}

/// Line and column of a byte, both from 1; columns count characters.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |i| i + 1);
    let column = before.get(line_start..).map_or(0, |l| l.chars().count());
    (before.matches('\n').count() + 1, column + 1)
}
