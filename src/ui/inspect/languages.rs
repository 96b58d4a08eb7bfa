//! Interfaces in the words of other languages, item by item beside their WIT.

mod ink;
mod lines;
#[cfg(test)]
mod tests;

use super::At;
use crate::component::{Component, Digest, Family, Item, Language, Section, SectionKind, Spelling, sections};
use crate::compose::Side;
use crate::diag::display_safe_line;
use crate::session::{Finding, Session, Study};
use crate::ui::panels::{Outbox, kit};
use crate::ui::parts::{self as widgets, Button, Drawing, draw};
use crate::ui::theme::{fonts, icons, size, space, tokens};
use egui::{Align, Label, Layout, Rect, ScrollArea, Sense, Stroke, Ui, UiBuilder, pos2, vec2};
use lines::{LINE, Lines};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

/// Narrower than this, WIT stands above its spelling instead of beside it.
const NARROW: f32 = 640.0;

/// The view's state.
#[derive(Default)]
pub(super) struct State {
    language: Language,
    /// The interface that was chosen, by its name.
    chosen: Option<(SectionKind, Option<String>)>,
    /// The item to bring into view.
    going: Option<String>,
    made: Option<Made>,
}

/// What is drawn, made anew when any of the key changes.
struct Made {
    key: Key,
    rows: Vec<Row>,
    /// All of the spelling, to copy.
    whole: String,
    shortened: bool,
    /// Whether long names are cut in what is shown.
    short_names: bool,
    families: HashMap<String, Family>,
    /// The name of the topmost item in view.
    first_seen: String,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Key {
    component: Digest,
    language: Language,
    section: usize,
    dark: bool,
    stacked: bool,
    /// Letters in a line of WIT, and of the language.
    letters: [usize; 2],
}

/// An item in both languages.
struct Row {
    /// Its name; empty for what stands before and after the items.
    name: String,
    wit: Lines,
    spelled: Lines,
    /// What is copied.
    text: String,
    /// From the top of all rows.
    top: f32,
    height: f32,
}

/// Draws the view. `at` says where to go, in the frame in which a place is gone to.
pub(super) fn show(
    ui: &mut Ui,
    session: &Session,
    component: &Arc<Component>,
    at: Option<At>,
    state: &mut State,
    outbox: &mut Outbox,
) {
    let all = sections(component);
    if let Some(at) = at {
        go(component, &all, at, state);
    }
    let Some(position) = position(&all, state) else {
        let why = "There is no interface that could be spelled in another language";
        if widgets::empty(ui, Drawing::Icon(icons::CODE), why, Some("Show what it is")) {
            let place = super::Place { component: component.digest, view: super::View::Summary, at: At::Here };
            outbox.request(crate::ui::panels::Request::Inspect(place));
        }
        return;
    };
    let is_narrow = ui.available_width() < NARROW;
    bar(ui, &all, position, is_narrow, state);
    ui.add_space(space::S);
    let Some(position) = self::position(&all, state) else { return };
    // What was made of another component is of no use here.
    state.made = state.made.take().filter(|made| made.key.component == component.digest);
    let study = Study::Spelling(component.digest, state.language, position);
    let Some(Finding::Spelling(spelling)) = super::finding(ui, session, study, outbox) else { return };
    let Some(section) = all.get(position) else { return };
    let letter = draw::line(ui, "mmmmmmmmmm", fonts::mono(size::BODY), tokens(ui.ctx()).normal).size().x / 10.0;
    let columns = Columns::of(ui.available_width(), is_narrow);
    let key = Key {
        component: component.digest,
        language: state.language,
        section: position,
        dark: tokens(ui.ctx()).dark,
        stacked: is_narrow,
        letters: [columns.wit, columns.spelled].map(|(_, width)| (width / letter).floor().max(16.0) as usize),
    };
    if state.made.as_ref().is_none_or(|made| made.key != key) {
        // The same item stays in view, whatever else changes.
        let before = state.made.take().filter(|m| (m.key.component, m.key.section) == (key.component, key.section));
        if state.going.is_none() {
            state.going = Some(before.map(|made| made.first_seen).unwrap_or_default());
        }
        state.made = Some(make(key, section, spelling));
    }
    heads(ui, state.language, is_narrow);
    if let Some(made) = &mut state.made {
        if made.shortened {
            ui.label(kit::small("This is shortened: it is too long to be spelled in full"));
        }
        if made.short_names {
            ui.label(kit::small(kit::NAMES_ARE_SHORT));
        }
        rows(ui, made, state.going.take());
    }
}

/// Where the chosen interface is among all: else the first exported one, else the first.
fn position(all: &[Section<'_>], state: &State) -> Option<usize> {
    let is_chosen = |s: &Section<'_>| {
        state.chosen.as_ref().is_some_and(|(kind, name)| *kind == s.kind && name.as_deref() == s.name())
    };
    let found = all
        .iter()
        .position(is_chosen)
        .or_else(|| all.iter().position(|s| s.kind == SectionKind::Export && s.world.is_none()));
    found.or(if all.is_empty() { None } else { Some(0) })
}

/// Chooses the interface of a place, and the item to bring into view.
fn go(component: &Component, all: &[Section<'_>], at: At, state: &mut State) {
    // A package's interfaces are of neither side.
    let is_of = |s: &Section<'_>, side: Side| match s.kind {
        SectionKind::Import => side == Side::Import,
        SectionKind::Export => side == Side::Export,
        SectionKind::Package => true,
    };
    let (section, item) = match at {
        At::Extern(side, name) => {
            let found = all.iter().find(|s| is_of(s, side) && s.externs.iter().any(|e| e.name == name));
            (found, found.filter(|s| s.interface.is_none()).map(|_| name))
        }
        At::Function(side, interface, name) => {
            let found = all.iter().find(|s| is_of(s, side) && s.interface == interface.as_deref());
            // A resource's functions stand with it.
            let name = name.split_once(']').map_or(name.as_str(), |(_, rest)| rest);
            (found, name.split('.').next().map(str::to_owned))
        }
        At::Type(id) => {
            let holds = |s: &&Section<'_>| {
                s.externs.iter().any(|e| match &e.item {
                    Item::Interface(i) => i.types.contains(&id),
                    Item::Type(own) => *own == id,
                    Item::Function(_) => false,
                })
            };
            (all.iter().find(holds), component.types.get(id).and_then(|def| def.name.clone()))
        }
        _ => return,
    };
    if let Some(section) = section {
        state.chosen = Some((section.kind, section.name().map(str::to_owned)));
        state.going = item;
    }
}

fn section_label(section: &Section<'_>) -> String {
    let side = match section.kind {
        SectionKind::Import => "Imports",
        SectionKind::Export => "Exports",
        SectionKind::Package => "Defines",
    };
    format!("{side} {}", display_safe_line(&section.title()))
}

/// The interface, the language, and the button that copies all.
fn bar(ui: &mut Ui, all: &[Section<'_>], position: usize, is_narrow: bool, state: &mut State) {
    if is_narrow {
        choose(ui, all, position, ui.available_width(), state);
        ui.add_space(space::XS);
    }
    ui.horizontal(|ui| {
        let labels = Language::ALL.map(Language::label);
        let on = Language::ALL.iter().position(|l| *l == state.language).unwrap_or(0);
        if let Some(language) = widgets::segments(ui, "Language", &labels, on).and_then(|i| Language::ALL.get(i)) {
            state.language = *language;
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let tip = format!("Copy all of it in {}", state.language.label());
            let whole = state.made.as_ref().filter(|m| (m.key.language, m.key.section) == (state.language, position));
            let why_not = if whole.is_none() { Some("It is being worked out") } else { None };
            let button = Button::new("Copy").icon(icons::COPY).quiet().tip(&tip).disabled_because(why_not);
            if ui.add(button).clicked()
                && let Some(made) = whole
            {
                ui.ctx().copy_text(made.whole.clone());
            }
            if !is_narrow {
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    choose(ui, all, position, ui.available_width().min(460.0), state);
                });
            }
        });
    });
}

fn choose(ui: &mut Ui, all: &[Section<'_>], position: usize, width: f32, state: &mut State) {
    let shown = all.get(position).map(section_label).unwrap_or_default();
    let chosen = widgets::combo_box("interface").width(width).truncate().selected_text(&shown).show_ui(ui, |ui| {
        let mut chosen = None;
        for (i, section) in all.iter().enumerate() {
            if crate::ui::parts::combo_item(ui, i == position, section_label(section)) {
                chosen = Some((section.kind, section.name().map(str::to_owned)));
            }
        }
        chosen
    });
    ui.ctx().accesskit_node_builder(chosen.response.id, |node| node.set_label("Interface"));
    if let Some(Some(chosen)) = chosen.inner {
        state.chosen = Some(chosen);
    }
}

/// Where the two texts of a row are, from the left edge, and how wide.
#[derive(Clone, Copy)]
struct Columns {
    wit: (f32, f32),
    spelled: (f32, f32),
}

impl Columns {
    fn of(width: f32, is_stacked: bool) -> Self {
        // Beside the text a bar to scroll with, and room for a button.
        let room = width - size::ROW - space::S;
        if is_stacked {
            return Self { wit: (space::S, room - space::S), spelled: (space::L, room - space::L) };
        }
        // Spellings are longer than WIT.
        let wit = ((room - space::S - space::XL) * 0.44).floor();
        let right = space::S + wit + space::XL;
        Self { wit: (space::S, wit), spelled: (right, room - right) }
    }
}

fn heads(ui: &mut Ui, language: Language, is_narrow: bool) {
    if is_narrow {
        ui.label(kit::small(&format!("WIT, and below it {} as {} spells it", language.label(), language.generator())));
        return;
    }
    let columns = Columns::of(ui.available_width(), false);
    let (bar, _) = ui.allocate_exact_size(vec2(ui.available_width(), size::ROW), Sense::hover());
    let spelled = format!("{}, as {} spells it", language.label(), language.generator());
    for ((x, width), text) in [(columns.wit, "WIT"), (columns.spelled, spelled.as_str())] {
        let slot = Rect::from_min_size(pos2(bar.left() + x, bar.top()), vec2(width, size::ROW));
        let mut child = ui.new_child(UiBuilder::new().max_rect(slot).layout(Layout::left_to_right(Align::Center)));
        child.add(Label::new(kit::small(text)).truncate());
    }
}

fn make(key: Key, section: &Section<'_>, spelling: &Spelling) -> Made {
    let mut rows = Vec::new();
    let (mut top, mut short_names) = (0.0, false);
    let mut push = |name: &str, wit: &str, text: String| {
        let [wit_letters, letters] = key.letters;
        let [shown_wit, shown] = [wit, &text].map(kit::with_short_names);
        short_names |= matches!(shown_wit, Cow::Owned(_)) || matches!(shown, Cow::Owned(_));
        let wit = Lines::new(&shown_wit, None, wit_letters);
        let spelled = Lines::new(&shown, Some(key.language), letters);
        let both = [wit.height(), spelled.height()];
        let height = 2.0 * space::S + if key.stacked { both[0] + both[1] + space::S } else { both[0].max(both[1]) };
        rows.push(Row { name: name.to_owned(), wit, spelled, text, top, height });
        top += height;
    };
    if !spelling.head.is_empty() {
        push("", &head_wit(section), spelling.head.clone());
    }
    for item in &spelling.items {
        push(&item.name, &item.wit, item.whole());
    }
    if !spelling.tail.is_empty() {
        push("", "// Helper types", spelling.tail.clone());
    }
    Made {
        key,
        rows,
        whole: spelling.text(key.language),
        shortened: spelling.shortened,
        short_names,
        families: spelling.families.clone(),
        first_seen: String::new(),
    }
}

/// What WIT says of the section as a whole.
fn head_wit(section: &Section<'_>) -> String {
    let Some(name) = section.interface else {
        let world = section.world.map(|name| format!(" {name}")).unwrap_or_default();
        return format!("// Of the world{world} itself");
    };
    let docs = section.externs.first().and_then(|e| e.docs.as_deref()).unwrap_or_default();
    let docs: String = docs.lines().map(|line| format!("/// {line}\n")).collect();
    format!("{docs}interface {name}")
}

/// Draws the rows that are in view, and of these the lines that are.
fn rows(ui: &mut Ui, made: &mut Made, going: Option<String>) {
    let t = tokens(ui.ctx());
    let columns = Columns::of(ui.available_width(), made.key.stacked);
    let total = made.rows.last().map_or(0.0, |row| row.top + row.height);
    let mut area = ScrollArea::vertical().id_salt(("spelling", made.key.section)).auto_shrink(false);
    if let Some(row) = going.and_then(|name| made.rows.iter().find(|row| row.name == name)) {
        area = area.vertical_scroll_offset(row.top);
    }
    area.show_viewport(ui, |ui, viewport| {
        ui.set_height(total);
        let origin = ui.max_rect().min;
        let first = made.rows.partition_point(|row| row.top + row.height <= viewport.top());
        let last = made.rows.partition_point(|row| row.top < viewport.bottom());
        let Some(seen) = made.rows.get_mut(first..last) else { return };
        made.first_seen = seen.first().map(|row| row.name.clone()).unwrap_or_default();
        for (i, row) in (first..).zip(seen) {
            let top = origin.y + row.top;
            if i > 0 {
                let line = Stroke::new(1.0, t.line);
                ui.painter().hline(ui.max_rect().x_range(), top.round() - 0.5, line);
            }
            let upper = row.top + space::S;
            if made.key.stacked {
                // A rule tells the two apart.
                let from = top + space::S + row.wit.height() + space::S;
                let rule = Stroke::new(2.0, t.line_strong);
                ui.painter().vline(origin.x + space::S + 1.0, from..=top + row.height - space::S, rule);
            }
            let below = if made.key.stacked { row.wit.height() + space::S } else { 0.0 };
            let texts = [
                (&mut row.wit, columns.wit, upper, "wit"),
                (&mut row.spelled, columns.spelled, upper + below, "spelled"),
            ];
            for (lines, (x, width), y, word) in texts {
                let at = lines.visible(viewport.top() - y, viewport.bottom() - y);
                let corner = pos2(origin.x + x, origin.y + y + at.start as f32 * LINE);
                let slot = Rect::from_min_size(corner, vec2(width, at.len() as f32 * LINE));
                let builder = UiBuilder::new().id_salt((word, i)).max_rect(slot).layout(Layout::top_down(Align::Min));
                let mut child = ui.new_child(builder);
                child.spacing_mut().item_spacing = vec2(0.0, 0.0);
                for line in lines.jobs(&made.families, t).get(at).unwrap_or_default() {
                    match line.text.is_empty() {
                        true => child.add_space(LINE),
                        false => _ = child.add(Label::new(line.clone()).extend().selectable(true)),
                    }
                }
            }
            if !row.name.is_empty() {
                copy_button(ui, row, i, origin.y + upper + below, made.key.language);
            }
        }
    });
}

/// Copies one item in the language.
fn copy_button(ui: &mut Ui, row: &Row, i: usize, top: f32, language: Language) {
    let right = ui.max_rect().right();
    let slot = Rect::from_min_size(pos2(right - size::ROW, top - 3.0), vec2(size::ROW, size::ROW));
    let mut child = ui.new_child(UiBuilder::new().id_salt(("copy", i)).max_rect(slot));
    let name = format!("Copy {} in {}", display_safe_line(&row.name), language.label());
    if widgets::icon_button(&mut child, icons::COPY, &name).clicked() {
        ui.ctx().copy_text(row.text.clone());
    }
}
