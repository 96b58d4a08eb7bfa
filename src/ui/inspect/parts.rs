//! Nested parts, their sections and sizes: rows on the left, a map on the right, and below what is selected.

mod lists;
mod map;
mod tiles;

use super::{At, Place, View};
use crate::component::{Class, Component, Content, CustomSection, Digest, NodeId, SizeMap, What, part_text};
use crate::diag::display_safe_line;
use crate::measure::Bytes;
use crate::session::{Command, Finding, Session, Study};
use crate::ui::panels::path_bar::Purpose;
use crate::ui::panels::{Outbox, Request, kit};
use crate::ui::parts::{self, Banner, Button, draw};
use crate::ui::theme::{Tone, fonts, icons, size, space, tokens};
use egui::{
    CentralPanel, CornerRadius, Frame, Label, Margin, Panel, Rect, RichText, Role, ScrollArea, Sense, Ui, WidgetInfo,
    vec2,
};
use std::ops::Range;
use std::sync::Arc;

/// So many characters of a name that several stand beside each other.
const MOST_OF_A_CRUMB: usize = 36;

/// The view's state.
#[derive(Default)]
pub(super) struct State {
    /// What all of this is about.
    of: Option<Digest>,
    selected: Option<NodeId>,
    /// The bytes of what is selected.
    bytes: Option<Range<usize>>,
    /// Whose inside the map shows.
    root: Option<NodeId>,
    shows_functions: bool,
    tree: lists::Tree,
    functions: lists::Functions,
    map: map::State,
    /// Where to go once the sizes are there.
    going: Option<At>,
}

impl State {
    /// What is selected of this component, as a place to come back to.
    pub(super) fn at(&self, component: Digest) -> Option<At> {
        self.bytes.clone().filter(|_| self.of == Some(component)).map(At::Bytes)
    }

    fn selected(&self) -> NodeId {
        self.selected.unwrap_or(NodeId::ROOT)
    }

    fn root(&self) -> NodeId {
        self.root.unwrap_or(NodeId::ROOT)
    }

    /// Selects a node, and shows it wherever it can be seen.
    fn select(&mut self, map: &SizeMap, node: NodeId) {
        self.selected = Some(node);
        self.tree.reveal(map, node);
        if !map.path(node).contains(&self.root()) {
            self.root = None;
        }
    }

    fn act(&mut self, map: &SizeMap, act: map::Act) {
        match act {
            map::Act::Select(node) => self.select(map, node),
            map::Act::Enter(node) => {
                self.root = Some(node);
                self.select(map, node);
            }
            map::Act::Leave => {
                let left = self.root();
                self.root = map.parent(left);
                self.select(map, left);
            }
        }
    }
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
    let Some(Finding::Sizes(map)) = super::finding(ui, session, Study::Sizes(component.digest), outbox) else {
        state.going = at.or(state.going.take());
        return;
    };
    if state.of != Some(component.digest) {
        let going = state.going.take();
        *state = State { of: Some(component.digest), tree: lists::Tree::of(map), going, ..State::default() };
    }
    if let Some(At::Bytes(range)) = at.or(state.going.take()) {
        state.select(map, map.find(&range));
    }
    state.bytes = state.selected.map(|node| map.range(node));
    let none = Frame::NONE;
    let list_width = (ui.available_width() * 0.34).clamp(240.0, 380.0);
    Panel::left("parts list")
        .resizable(true)
        .default_size(list_width)
        .size_range(200.0..=560.0)
        .frame(none.inner_margin(Margin { right: space::S as i8, ..Margin::ZERO }))
        .show(ui, |ui| list(ui, session, component.digest, map, state, outbox));
    Panel::bottom("part details")
        .resizable(false)
        .frame(none.inner_margin(Margin { left: space::S as i8, ..Margin::ZERO }))
        .show(ui, |ui| details(ui, session, component, map, state.selected(), outbox));
    CentralPanel::default().frame(none.inner_margin(Margin { left: space::S as i8, ..Margin::ZERO })).show(ui, |ui| {
        crumbs(ui, map, state);
        legend(ui, map);
        ui.add_space(space::XS);
        if let Some(act) = map::show(ui, map, state.root(), state.selected(), &mut state.map) {
            state.act(map, act);
        }
    });
}

fn list(ui: &mut Ui, session: &Session, digest: Digest, map: &SizeMap, state: &mut State, outbox: &mut Outbox) {
    // The panel keeps its width while what it shows is worked out.
    ui.take_available_width();
    let shown = usize::from(state.shows_functions);
    if let Some(shown) = parts::segments(ui, "Rows", &["Tree", "Functions"], shown) {
        state.shows_functions = shown == 1;
    }
    ui.add_space(space::XS);
    let selected = state.selected();
    let chosen = if state.shows_functions {
        lists::functions(ui, session, digest, map, selected, &mut state.functions, outbox)
    } else {
        lists::tree(ui, map, selected, &mut state.tree)
    };
    if let Some(node) = chosen {
        state.select(map, node);
    }
}

/// Where the map is, and the way back.
fn crumbs(ui: &mut Ui, map: &SizeMap, state: &mut State) {
    let root = state.root();
    let path = map.path(root);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        for (i, node) in path.iter().enumerate() {
            let name = if i == 0 {
                "Whole file".to_owned()
            } else {
                kit::shortened(&map.name(*node), MOST_OF_A_CRUMB).into_owned()
            };
            if *node == root {
                if i > 0 {
                    ui.add_space(space::S);
                }
                ui.label(crate::ui::theme::strong(name));
            } else {
                if ui.add(Button::new(&name).quiet()).clicked() {
                    state.root = Some(*node);
                    state.select(map, *node);
                }
                ui.label(crate::ui::theme::icon(icons::CARET_RIGHT).color(tokens(ui.ctx()).dim));
            }
        }
    });
}

/// What the colours mean, and how much of the file there is of each.
fn legend(ui: &mut Ui, map: &SizeMap) {
    let t = tokens(ui.ctx());
    let whole = map.size(NodeId::ROOT).max(1) as f64;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        for (class, bytes) in map.totals().filter(|(_, bytes)| *bytes > 0) {
            let share = 100.0 * bytes as f64 / whole;
            let text = format!("{} {share:.1} %", class.word());
            let words = draw::line(ui, &text, fonts::text(size::SMALL), t.dim);
            let (rect, response) = ui.allocate_exact_size(vec2(words.size().x + 28.0, 16.0), Sense::hover());
            response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
            let swatch = Rect::from_center_size(rect.left_center() + vec2(6.0, 0.0), vec2(10.0, 10.0));
            ui.painter().rect_filled(swatch, CornerRadius::same(2), t.tile(class));
            ui.painter().rect_stroke(
                swatch,
                CornerRadius::same(2),
                egui::Stroke::new(1.0, t.class(class)),
                egui::StrokeKind::Inside,
            );
            draw::put(ui.painter(), rect.left_center() + vec2(16.0, 0.0), words);
            response.on_hover_text(format!("{}: {} ({bytes} bytes)", class_meaning(class), Bytes(bytes)));
        }
    });
}

fn class_meaning(class: Class) -> &'static str {
    match class {
        Class::Code => "Instructions",
        Class::Data => "What memories are filled with at the start",
        Class::Structure => "Types, imports, exports, instances, and what holds them together",
        Class::Debug => "Names and debug information: it runs without them",
        Class::Custom => "Other custom sections, for tools",
        Class::Unreadable => "What is damaged or unknown",
    }
}

/// What is selected, what can be done with it, and what it says if it is a custom section.
fn details(ui: &mut Ui, session: &Session, component: &Component, map: &SizeMap, node: NodeId, outbox: &mut Outbox) {
    let t = tokens(ui.ctx());
    let (range, bytes) = (map.range(node), map.size(node));
    ui.spacing_mut().item_spacing.y = space::XS;
    ui.add_space(space::S);
    let name = map.name(node);
    let text = RichText::new(&name).font(fonts::strong(size::BODY)).color(t.strong);
    ui.add(Label::new(text).truncate().selectable(true)).on_hover_text(&name);
    let share = 100.0 * map.share(node);
    let size = if bytes < 1024 { format!("{bytes} bytes") } else { format!("{} ({bytes} bytes)", Bytes(bytes as u64)) };
    let facts = format!("{size}, {share:.1} % · {:#x} to {:#x}", range.start, range.end);
    ui.add(Label::new(kit::dim(&facts)).truncate().selectable(true)).on_hover_text(&facts);
    let mut meaning = map.explain(node);
    let part = part_text(&map.part_path(node));
    if !part.is_empty() && !map.what(node).is_part() {
        let around = map.part(&map.part_path(node)).map_or_else(String::new, |part| map.name(part));
        meaning.push_str(&format!(" · in {}", kit::shortened(&around, MOST_OF_A_CRUMB)));
    }
    ui.add(Label::new(RichText::new(&meaning)).truncate()).on_hover_text(&meaning);
    if let Some(raw) = map.raw_name(node).map(display_safe_line).filter(|raw| !name.contains(&**raw)) {
        let raw = format!("In the file: {raw}");
        ui.add(Label::new(RichText::new(&raw).font(fonts::mono(size::SMALL)).color(t.dim)).truncate().selectable(true))
            .on_hover_text(&raw);
    }
    if map.is_cut(node) {
        Banner::new(Tone::Warn, "It should go on, but the file or the section around it ends here").show(ui);
    }
    if map.what(node) == What::Custom {
        custom(ui, session, component, map, node, outbox);
    }
    actions(ui, component, map, node, outbox);
}

fn actions(ui: &mut Ui, component: &Component, map: &SizeMap, node: NodeId, outbox: &mut Outbox) {
    let path = map.part_path(node);
    let why_not = if path.is_empty() {
        Some("This belongs to the file itself, to no nested part")
    } else if component.root.at(&path).is_none() {
        Some("The file is damaged before this part")
    } else {
        None
    };
    ui.horizontal_wrapped(|ui| {
        if ui.add(Button::new("Show code").icon(icons::CODE)).clicked() {
            let at = At::Bytes(map.range(node));
            outbox.request(Request::Inspect(Place { component: component.digest, view: View::Code, at }));
        }
        if ui.add(Button::new("Show bytes").icon(icons::ROWS)).clicked() {
            let at = At::Hex(map.range(node));
            outbox.request(Request::Inspect(Place { component: component.digest, view: View::Code, at }));
        }
        let open = Button::new("Open part").icon(icons::PACKAGE).disabled_because(why_not);
        let open = open.tip("Inspects the nested part as a file of its own");
        if ui.add(open).clicked()
            && let Some(bytes) = component.part_bytes(&path)
        {
            outbox.command(Command::OpenBytes(component.part_file_name(&path), bytes));
        }
        let save = Button::new("Save part…").icon(icons::SAVE).disabled_because(why_not);
        if ui.add(save.tip("Writes the nested part to a file of its own")).clicked() {
            let purpose = Purpose::ExportPart(component.digest, path.clone());
            outbox.request(Request::AskPath(purpose, component.part_file_name(&path)));
        }
    });
}

/// What a custom section says.
fn custom(ui: &mut Ui, session: &Session, component: &Component, map: &SizeMap, node: NodeId, outbox: &mut Outbox) {
    let study = Study::CustomSection(component.digest, map.content(node));
    let Some(Finding::CustomSection(section)) = super::finding(ui, session, study, outbox) else { return };
    let CustomSection { content, broken, .. } = &**section;
    if let Some(why) = broken {
        Banner::new(Tone::Warn, &format!("This section is broken: {why}")).show(ui);
    }
    let text = match content {
        Content::Bytes => return,
        Content::Rows(rows) => rows.iter().map(|(key, value)| format!("{key}: {value}")).collect::<Vec<_>>().join("\n"),
        Content::Text(text) => text.clone(),
    };
    if !text.is_empty() {
        let frame = Frame::NONE.fill(tokens(ui.ctx()).field).inner_margin(Margin::same(space::S as i8));
        frame.show(ui, |ui| text_lines(ui, &text, node));
    }
}

/// A text of up to a thousand lines and more, of which those in view are drawn.
fn text_lines(ui: &mut Ui, text: &str, node: NodeId) {
    // Pieces, because a line can be the whole text.
    const WIDTH: usize = 160;
    let lines: Vec<&str> = text.lines().flat_map(|line| pieces(line, WIDTH)).collect();
    let height = (16.0 * lines.len() as f32).min(120.0);
    let area = ScrollArea::both().id_salt(("custom section", node)).max_height(height).auto_shrink([false, true]);
    area.show_rows(ui, 16.0, lines.len(), |ui, range| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for line in lines.get(range).unwrap_or_default() {
            let text = RichText::new(*line).font(fonts::mono(size::SMALL));
            ui.add(Label::new(text).extend().selectable(true));
        }
    });
}

/// A line in pieces of so many characters.
fn pieces(line: &str, width: usize) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = line;
    while let Some((end, _)) = rest.char_indices().nth(width) {
        let (piece, later) = rest.split_at(end);
        out.push(piece);
        rest = later;
    }
    out.push(rest);
    out
}

#[cfg(test)]
mod tests;
