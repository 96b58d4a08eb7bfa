//! What cards are laid out of: text beside documentation, lines of names, pages.

use super::super::Cx;
use super::wit::wit;
use super::{DOCS, Look, ROWS, pick};
use crate::component::{Named, Type};
use crate::diag::display_safe_line;
use crate::ui::panels::kit;
use crate::ui::parts::{self, IconButton};
use crate::ui::theme::{fonts, icons, size, space, tokens};
use egui::{Align, Layout, RichText, Ui, vec2};

/// From this width on documentation stands beside what it is about.
const WIDE: f32 = 620.0;

/// Text on the left and documentation beside it, so much lower; or above it where there is little room.
pub(super) fn beside(ui: &mut Ui, docs: Option<&str>, most: usize, lower: f32, left: impl FnOnce(&mut Ui)) {
    let Some(docs) = docs.filter(|d| !d.trim().is_empty()) else { return left(ui) };
    let room = ui.available_width();
    if room < WIDE {
        parts::prose(ui, docs, most);
        return left(ui);
    }
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = space::L;
        let half = ((room - space::L) * 0.54).floor();
        cell(ui, half, left);
        cell(ui, room - half - space::L, |ui| {
            ui.add_space(lower);
            parts::prose(ui, docs, most);
        });
    });
}

/// Part of a row, so wide.
fn cell(ui: &mut Ui, width: f32, body: impl FnOnce(&mut Ui)) {
    ui.allocate_ui_with_layout(vec2(width, 0.0), Layout::top_down(Align::Min), |ui| {
        ui.set_width(width);
        body(ui);
    });
}

pub(super) fn docs(ui: &mut Ui, docs: Option<&str>, look: &Look<'_>) {
    if let Some(docs) = docs.filter(|d| !d.trim().is_empty()) {
        parts::prose(ui, docs, look.docs());
        ui.add_space(space::XS);
    }
}

pub(super) fn title(ui: &mut Ui, text: &str, count: usize) {
    let t = tokens(ui.ctx());
    ui.add_space(space::S);
    ui.horizontal(|ui| {
        ui.label(RichText::new(text).font(fonts::strong(size::BODY)).color(t.strong));
        if count > 1 {
            ui.label(RichText::new(count.to_string()).font(fonts::mono(size::SMALL)).color(t.dim));
        }
    });
    parts::hairline(ui);
}

/// A field, case, label or parameter.
pub(super) struct Line<'a> {
    pub(super) name: &'a str,
    pub(super) ty: Option<Type>,
    pub(super) docs: Option<&'a str>,
}

/// So many lines as there is room for in this card, and a way to the others.
pub(super) fn paged<'a>(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    named: Named,
    count: usize,
    line: impl Fn(usize) -> Option<Line<'a>>,
    look: &mut Look<'_>,
) {
    let shown = pick(ROWS, look.alone);
    let [first, _] = look.pages;
    let from = if look.alone { pager(ui, "Rows", first, count, shown) } else { 0 };
    lines(ui, cx, (from..count).take(shown).filter_map(line).collect());
    if !look.alone && count > shown {
        let t = tokens(ui.ctx());
        let more = format!("{} more", count - shown);
        if parts::link(ui, &more, fonts::text(size::BODY), t.accent, 240.0).clicked() {
            cx.follow(named);
        }
    }
}

pub(super) fn lines(ui: &mut Ui, cx: &mut Cx<'_>, shown: Vec<Line<'_>>) {
    let letter = ui.fonts_mut(|f| f.glyph_width(&fonts::mono(size::BODY), '0')).max(1.0);
    let room = ui.available_width();
    let longest = shown.iter().map(|l| l.name.len()).max().unwrap_or(0);
    let names = if longest == 0 { 0.0 } else { (longest as f32 * letter + space::L).min(room * 0.4).min(280.0) };
    let has_types = shown.iter().any(|l| l.ty.is_some());
    let has_docs = shown.iter().any(|l| l.docs.is_some_and(|d| !d.trim().is_empty()));
    let types = match (has_types, has_docs) {
        (false, _) => 0.0,
        (true, false) => room - names,
        (true, true) => ((room - names) * 0.45).floor(),
    };
    let t = tokens(ui.ctx());
    ui.push_id("lines", |ui| {
        for (i, line) in shown.iter().enumerate() {
            ui.push_id(i, |ui| {
                ui.horizontal_top(|ui| {
                    ui.spacing_mut().item_spacing.x = 0.0;
                    if names > 0.0 {
                        cell(ui, names, |ui| {
                            let name = RichText::new(display_safe_line(line.name))
                                .font(fonts::mono(size::BODY))
                                .line_height(Some(18.0));
                            ui.add(egui::Label::new(name.color(t.strong)).truncate().selectable(true));
                        });
                    }
                    if types > 0.0 {
                        cell(ui, types - space::S, |ui| {
                            if let Some(ty) = line.ty {
                                let text = cx.component.types.linked(ty);
                                wit(ui, cx, &text);
                            }
                        });
                        ui.add_space(space::S);
                    }
                    if let Some(docs) = line.docs {
                        cell(ui, room - names - types, |ui| parts::prose(ui, docs, pick(DOCS, false)));
                    }
                });
            });
        }
    });
}

/// What part of a long list is shown, with ways to the others; nothing for a short one. The first that is shown.
pub(super) fn pager(ui: &mut Ui, what: &str, from: &mut usize, count: usize, per_page: usize) -> usize {
    if count <= per_page {
        *from = 0;
        return 0;
    }
    *from = (*from).min(count - 1) / per_page * per_page;
    ui.horizontal(|ui| {
        let last = (*from + per_page).min(count);
        ui.label(kit::dim(&format!("{what} {} to {last} of {count}", *from + 1)));
        let small = what.to_lowercase();
        let back = (*from == 0).then_some("These are the first");
        let name = format!("Previous {small}");
        let previous = IconButton::new(icons::CARET_LEFT, &name).disabled_because(back);
        if ui.add(previous).clicked() {
            *from = from.saturating_sub(per_page);
        }
        let end = (last == count).then_some("These are the last");
        let name = format!("Next {small}");
        let next = IconButton::new(icons::CARET_RIGHT, &name).disabled_because(end);
        if ui.add(next).clicked() {
            *from += per_page;
        }
    });
    *from
}
