//! WIT in which the names of types are links.

use super::super::Cx;
use super::{ROWS, pick};
use crate::component::{Family, Function, Linked, Named, Type, TypeTable};
use crate::ui::panels::kit;
use crate::ui::parts::{self, wit_line};
use crate::ui::theme::{Tokens, fonts, size, tokens};
use egui::Ui;
use egui::text::{LayoutJob, LayoutSection};
use std::collections::HashMap;

/// A function with more parameters is written with one on a line.
const MOST_IN_LINE: usize = 8;

/// Coloured WIT in which the names of types are links.
pub(super) fn wit(ui: &mut Ui, cx: &mut Cx<'_>, text: &Linked) {
    let t = tokens(ui.ctx());
    let (job, links) = linked_job(text, cx.types(), t);
    // A name of any length would be a wall of text.
    let is_short = job.text.len() < text.text.len() && job.text.contains('…');
    if let Some((_, id)) = parts::linked_text(ui, job, &links).and_then(|i| text.links.get(i)) {
        cx.follow(Named::Type(*id));
    }
    if is_short {
        ui.label(kit::dim(kit::NAMES_ARE_SHORT));
    }
}

/// The job, and where in it the links are.
fn linked_job(text: &Linked, types: &TypeTable, t: &Tokens) -> (LayoutJob, Vec<std::ops::Range<usize>>) {
    let none = HashMap::new();
    let mut job = LayoutJob::default();
    let mut links = Vec::new();
    let add = |job: &mut LayoutJob, piece: &str, family: Option<Family>| {
        let part = wit_line(&kit::with_short_names(piece), &none, t);
        let start = job.text.len();
        job.text += &part.text;
        for section in part.sections {
            let mut format = section.format;
            if let Some(family) = family {
                format.color = t.family(family);
            }
            let range = section.byte_range;
            let byte_range = range.start + start..range.end + start;
            job.sections.push(LayoutSection { leading_space: 0.0, byte_range, format });
        }
        start..job.text.len()
    };
    let mut end = 0;
    for (range, id) in &text.links {
        add(&mut job, text.text.get(end..range.start).unwrap_or_default(), None);
        let name = text.text.get(range.clone()).unwrap_or_default();
        links.push(add(&mut job, name, Some(types.family(Type::Def(*id)))));
        end = range.end;
    }
    add(&mut job, text.text.get(end..).unwrap_or_default(), None);
    (job, links)
}

/// Letters of WIT that fit side by side.
fn columns(ui: &Ui) -> usize {
    let letter = ui.fonts_mut(|f| f.glyph_width(&fonts::mono(size::BODY), '0')).max(1.0);
    (ui.available_width() / letter) as usize
}

/// A signature as a person would write it into this room.
pub(super) fn signature(ui: &mut Ui, cx: &mut Cx<'_>, function: &Function, alone: bool) {
    let component = std::sync::Arc::clone(cx.component);
    let short = function.own_params().len() <= MOST_IN_LINE;
    let line = short.then(|| component.linked_signature(function, None));
    let text = match line {
        Some(line) if line.text.chars().count() <= columns(ui) => line,
        _ => component.linked_signature(function, Some(pick(ROWS, alone))),
    };
    wit(ui, cx, &text);
}
