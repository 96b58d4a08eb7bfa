//! Cards: of an interface or world one for itself and one for each thing in it; of anything else one, in full.

mod definition;
mod function;
mod head;
mod interface;
mod layout;
mod used;
mod wit;
mod world;

use super::Cx;
use crate::component::{Component, FunctionAt, FunctionKind, Item, List, Named, TypeId, TypeKind};
use crate::ui::theme::{size, space, tokens};
use definition::type_card;
use egui::{CornerRadius, Frame, Margin, Rect, ScrollArea, Stroke, Ui, UiBuilder, pos2, vec2};
use function::function_card;
use interface::{interface_card, providers};
use used::{UseRow, used};
use world::world_card;

/// Between two cards.
const GAP: f32 = space::S;
/// What a card is taken to be high before it was drawn.
const GUESS: f32 = 96.0;
/// Rows of a card among others, and of one alone.
const ROWS: [usize; 2] = [12, 50];
/// Bytes of a documentation in a card among others, and in one alone.
const DOCS: [usize; 2] = [1_200, 16_000];

/// The state of the cards. Everything is of what is shown.
#[derive(Default)]
pub(super) struct State {
    made: Option<Made>,
    /// The first row of a long type, and the first use, that are on the page; of a world the first import and export.
    pages: [usize; 2],
}

struct Made {
    of: Named,
    cards: Vec<Named>,
    /// How high each card was when it was last drawn this wide.
    heights: Vec<f32>,
    width: f32,
    used: Vec<UseRow>,
    to_top: bool,
}

impl State {
    /// Something else is shown from the next frame on.
    pub(super) fn begin(&mut self) {
        *self = Self::default();
    }
}

pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>, shown: Named, state: &mut State) {
    if state.made.as_ref().is_none_or(|made| made.of != shown) {
        let cards = cards_of(cx.component, shown);
        let heights = vec![GUESS; cards.len()];
        let used = if let Named::Type(id) = shown { used(cx, id) } else { Vec::new() };
        state.made = Some(Made { of: shown, cards, heights, width: 0.0, used, to_top: true });
    }
    let Some(made) = &mut state.made else { return };
    let mut area = ScrollArea::vertical().id_salt("cards").auto_shrink(false);
    if std::mem::take(&mut made.to_top) {
        area = area.vertical_scroll_offset(0.0);
    }
    let alone = !matches!(shown, Named::Interface(_) | Named::World(_));
    area.show_viewport(ui, |ui, seen| {
        let width = (ui.available_width() - space::S).max(120.0);
        if made.width != width {
            made.width = width;
            made.heights.fill(GUESS);
        }
        ui.set_height(made.heights.iter().sum::<f32>() + GAP * made.heights.len() as f32);
        let (left, mut top) = (ui.max_rect().left(), 0.0);
        for (i, (named, height)) in made.cards.iter().zip(&mut made.heights).enumerate() {
            // One more on each side, for the keyboard to go to.
            let is_near = top + *height >= seen.top() - GUESS && top <= seen.bottom() + GUESS;
            if is_near {
                let rect = Rect::from_min_size(pos2(left, ui.max_rect().top() + top), vec2(width, *height));
                let mut slot = ui.new_child(UiBuilder::new().max_rect(rect).id_salt(i));
                let mut look = Look { alone, of: shown, pages: &mut state.pages, used: &made.used };
                let drawn = frame(&mut slot, |ui| card(ui, cx, *named, &mut look));
                if (drawn - *height).abs() > 0.5 {
                    *height = drawn;
                    ui.ctx().request_repaint();
                }
            }
            top += *height + GAP;
        }
    });
}

/// How a card is drawn.
struct Look<'a> {
    /// In full, because it is the only one.
    alone: bool,
    /// What is shown as a whole.
    of: Named,
    pages: &'a mut [usize; 2],
    used: &'a [UseRow],
}

impl Look<'_> {
    fn docs(&self) -> usize {
        pick(DOCS, self.alone)
    }
}

/// The first of two limits for a card among others, the second for one alone.
fn pick([among, alone]: [usize; 2], is_alone: bool) -> usize {
    if is_alone { alone } else { among }
}

fn cards_of(component: &Component, shown: Named) -> Vec<Named> {
    let Named::Interface(at) = shown else { return vec![shown] };
    let mut out = vec![shown];
    if let Some(Item::Interface(interface)) = component.extern_at(at).map(|e| &e.item) {
        let is_resource =
            |id: &&TypeId| component.types.get(**id).is_some_and(|def| matches!(def.kind, TypeKind::Resource));
        let (resources, others): (Vec<&TypeId>, Vec<&TypeId>) = interface.types.iter().partition(is_resource);
        out.extend(resources.into_iter().chain(others).map(|id| Named::Type(*id)));
        // Those of a resource are on its card.
        let functions = (0..).zip(&interface.functions).filter(|(_, f)| f.kind == FunctionKind::Freestanding);
        out.extend(functions.map(|(index, _)| Named::Function(FunctionAt { owner: at, index })));
    }
    out
}

/// A card's ground; its height.
fn frame(ui: &mut Ui, body: impl FnOnce(&mut Ui)) -> f32 {
    let t = tokens(ui.ctx());
    let width = ui.available_width();
    let frame = Frame::NONE
        .fill(t.raised)
        .stroke(Stroke::new(1.0, t.line))
        .corner_radius(CornerRadius::same(size::RADIUS))
        .inner_margin(Margin::same(space::M as i8));
    let shown = frame.show(ui, |ui| {
        ui.set_width(width - 2.0 * space::M - 2.0);
        ui.spacing_mut().item_spacing.y = space::XS;
        body(ui);
    });
    shown.response.rect.height()
}

fn card(ui: &mut Ui, cx: &mut Cx<'_>, named: Named, look: &mut Look<'_>) {
    let component = std::sync::Arc::clone(cx.component);
    match named {
        Named::Interface(at) => {
            if let Some(found) = component.extern_at(at) {
                interface_card(ui, cx, at, found);
                if at.list == List::Imports {
                    providers(ui, cx, &found.name);
                }
            }
        }
        Named::World(i) => world_card(ui, cx, i, look),
        Named::Type(id) => {
            if let Some(def) = component.types.get(id) {
                type_card(ui, cx, id, def, look);
            }
        }
        Named::Function(at) => {
            if let Some((owner, function)) = component.function_at(at) {
                function_card(ui, cx, at, owner, function, look);
            }
        }
    }
}
