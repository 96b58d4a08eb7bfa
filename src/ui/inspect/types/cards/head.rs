//! The first line of a card, and lines that lead elsewhere.

use super::super::Cx;
use crate::component::{ExternAt, Family, Item, List, Named, Stability};
use crate::diag::display_safe_line;
use crate::ui::panels::kit;
use crate::ui::parts::{self, IconButton, draw};
use crate::ui::theme::{Tone, fonts, icons, size, space, tokens};
use egui::{Align, Layout, RichText, Ui};

/// Characters of a name that a hint tells.
const MOST_HOVERED: usize = 1_000;

/// The first line of a card.
pub(super) struct Head<'a> {
    pub(super) icon: &'a str,
    pub(super) family: Option<Family>,
    pub(super) word: &'a str,
    pub(super) name: &'a str,
    pub(super) stability: Option<&'a Stability>,
    /// Where the name leads, if that is not this card.
    pub(super) to: Option<Named>,
    /// What is copied.
    pub(super) wit: &'a dyn Fn() -> String,
}

impl Head<'_> {
    /// Draws it; `marks` follow the name, `actions` stand before the copy button, from right to left.
    pub(super) fn show(
        self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        marks: impl FnOnce(&mut Ui),
        actions: impl FnOnce(&mut Ui, &mut Cx<'_>),
    ) {
        let t = tokens(ui.ctx());
        ui.horizontal(|ui| {
            ui.set_height(size::ROW);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let name = display_safe_line(self.name);
                let what = kit::shortened(&name, kit::MOST_OF_A_NAME);
                if ui.add(IconButton::new(icons::COPY, &format!("Copy WIT of {what}"))).clicked() {
                    ui.ctx().copy_text((self.wit)());
                }
                actions(ui, cx);
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let ink = self.family.map_or(t.dim, |f| t.family(f));
                    ui.label(RichText::new(self.icon).font(fonts::icon_default()).color(ink));
                    ui.label(RichText::new(self.word).color(t.dim));
                    // Marks are short; a name may be of any length, and gets what they left the last time.
                    let marked = ui.scope_id().with(("marks", self.word, self.name));
                    let left = ui.data(|d| d.get_temp(marked)).unwrap_or(160.0);
                    let room = (ui.available_width() - left).max(80.0);
                    match self.to {
                        Some(to) => {
                            if parts::link(ui, self.name, fonts::mono_strong(size::BODY), t.strong, room).clicked() {
                                cx.follow(to);
                            }
                        }
                        None => heading(ui, &name, room),
                    }
                    let before = ui.min_rect().right();
                    stability(ui, self.stability);
                    marks(ui);
                    let taken = ui.min_rect().right() - before + space::S;
                    if (taken - left).abs() > 0.5 {
                        ui.data_mut(|d| d.insert_temp(marked, taken));
                        ui.ctx().request_discard("the marks behind a name");
                    }
                });
            });
        });
    }
}

/// The name of the one thing that is shown.
fn heading(ui: &mut Ui, name: &str, room: f32) {
    let t = tokens(ui.ctx());
    let galley = draw::cut_in_middle(ui, name, fonts::mono_strong(size::TITLE), t.strong, room);
    let cut = galley.text() != name;
    let (rect, response) = ui.allocate_exact_size(galley.size(), egui::Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Heading, true, name));
    draw::put(ui.painter(), rect.left_center(), galley);
    if cut {
        response.on_hover_text(&*kit::shortened(name, MOST_HOVERED));
    }
}

pub(super) fn stability(ui: &mut Ui, said: Option<&Stability>) {
    let Some(said) = said else { return };
    if let Some(version) = &said.deprecated {
        parts::badge(ui, &format!("@deprecated {}", display_safe_line(version)), Tone::Warn);
    }
    if let Some(feature) = &said.unstable {
        parts::badge(ui, &format!("@unstable {}", display_safe_line(feature)), Tone::Info);
    }
    if let Some(version) = &said.since {
        parts::pill(ui, &format!("@since {}", display_safe_line(version)));
    }
}

/// A dim word and a link behind it.
pub(super) fn pointing(ui: &mut Ui, cx: &mut Cx<'_>, word: &str, name: &str, to: Named) {
    let t = tokens(ui.ctx());
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        ui.label(RichText::new(word).color(t.dim));
        let room = ui.available_width();
        if parts::link(ui, name, fonts::mono(size::BODY), t.accent, room).clicked() {
            cx.follow(to);
        }
    });
}

/// What something belongs to.
pub(super) fn owner_line(ui: &mut Ui, cx: &mut Cx<'_>, at: Option<ExternAt>, name: Option<&str>) {
    let component = std::sync::Arc::clone(cx.component);
    let found = at.and_then(|at| Some((at, component.extern_at(at)?)));
    match found {
        Some((at, found)) if matches!(found.item, Item::Interface(_)) => {
            let word = match at.list {
                List::Imports => "in the import",
                List::Exports => "in the export",
                _ => "in",
            };
            pointing(ui, cx, word, &found.name, Named::Interface(at));
        }
        _ => {
            let owner =
                name.map_or_else(|| "of the world itself".to_owned(), |n| format!("in {}", display_safe_line(n)));
            ui.label(kit::dim(&owner));
        }
    }
}
