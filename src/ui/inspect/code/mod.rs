//! Disassembly and bytes of any part.

mod bytes;
mod find;
mod names;
mod text;

#[cfg(test)]
mod tests;

use super::{At, Place, View};
use crate::component::listing::Listing;
use crate::component::{Component, Digest, Functions, Part, PartKind, SizeMap, What, hex};
use crate::diag::display_safe_line;
use crate::measure::Bytes;
use crate::session::{Command, Finding, Session, Study};
use crate::ui::panels::{Outbox, Request, kit};
use crate::ui::parts::{self, Button, Drawing, ListRow, Rows};
use crate::ui::theme::{Tokens, icons, size, space, tokens};
use egui::{
    Align, CornerRadius, Frame, Key, Label, Layout, Margin, Modifiers, Rect, RichText, ScrollArea, Stroke, TextEdit,
    Ui, UiBuilder, pos2, vec2,
};
use std::ops::Range;
use std::sync::Arc;

/// The height of a line of text, or of a row of bytes.
const LINE: f32 = 18.0;
/// The height of the line below that says what is pointed at.
const FOOT: f32 = 28.0;
/// From this width on there is room for the list of functions.
const WIDE: f32 = 640.0;

/// How a part is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Mode {
    /// As WebAssembly text.
    #[default]
    Wat,
    /// As bytes.
    Hex,
}

/// The view's state.
#[derive(Default)]
pub(super) struct State {
    /// The component all of this is about.
    of: Option<Digest>,
    /// The frame in which it was drawn last.
    drawn: u64,
    mode: Mode,
    /// Where other components were left: the part, and the byte that was in the middle of attention; the last one last.
    left: Vec<(Digest, Vec<usize>, usize)>,
    part: Vec<usize>,
    /// Bytes of the file to bring into view once they can be.
    going: Option<Range<usize>>,
    /// The byte that is in the middle of attention: of the selected line, or of the first one in sight.
    here: usize,
    /// The bytes of the selected lines of text.
    span: Option<Range<usize>>,
    go: String,
    /// What was typed there, while what it means is looked for.
    seeking: Option<String>,
    /// Why what is in `go` leads nowhere.
    lost: Option<String>,
    text: text::State,
    bytes: bytes::State,
    names: names::State,
    find: find::State,
    /// The last place of the list of functions.
    name_rows: Rows,
}

/// What the view is about in one frame.
struct Scene<'a> {
    session: &'a Session,
    component: &'a Arc<Component>,
    part: &'a Part,
    functions: Option<&'a Arc<Functions>>,
    sizes: Option<&'a Arc<SizeMap>>,
}

impl Scene<'_> {
    fn listing_study(&self) -> Study {
        Study::Listing(self.component.digest, self.part.range.clone())
    }

    fn listing(&self) -> Option<&Arc<Listing>> {
        match self.session.finding(&self.listing_study()) {
            Some(Finding::Listing(listing)) => Some(listing),
            _ => None,
        }
    }

    fn place(&self, bytes: Range<usize>) -> Place {
        Place { component: self.component.digest, view: View::Code, at: At::Bytes(bytes) }
    }

    /// What a byte of the file belongs to, in words, and where that lies.
    fn name_of(&self, offset: usize) -> (String, Range<usize>) {
        let byte = offset..offset + 1;
        let path = self.component.root.path_around(&byte);
        let Some(part) = self.component.root.at(&path) else { return (String::new(), byte) };
        let place = if path.is_empty() { String::new() } else { format!(" of {}", part.label(&path)) };
        if let Some(function) = self.functions.and_then(|f| f.at(offset)) {
            return (format!("{}{place}", function.label()), function.range.clone());
        }
        let Some(map) = self.sizes else { return (String::new(), byte) };
        let node = map.find(&byte);
        let name = map.name(node);
        let name = match map.what(node) {
            What::Section | What::Custom => format!("{name} section{place}"),
            What::Component | What::Module => name,
            _ => format!("{name}{place}"),
        };
        (name, map.range(node))
    }
}

/// The frame around lines and bytes.
fn frame(t: &Tokens) -> Frame {
    let edge = Stroke::new(1.0, t.line);
    let room = Margin::symmetric(1, space::XS as i8);
    Frame::NONE.fill(t.field).corner_radius(CornerRadius::same(size::RADIUS)).stroke(edge).inner_margin(room)
}

/// Asks for an answer until it is there or is known not to come. Draws nothing.
fn ask<'a>(session: &'a Session, study: &Study, outbox: &mut Outbox) -> Option<&'a Finding> {
    let finding = session.finding(study);
    if finding.is_none() && !session.is_studying(study) {
        outbox.command(Command::Study(study.clone()));
    }
    finding
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
    let frame = ui.ctx().cumulative_frame_nr();
    if state.of != Some(component.digest) {
        turn(state, component.digest);
    }
    let was_here = frame <= state.drawn + 1;
    state.drawn = frame;
    if let Some(At::Hex(_)) = at {
        state.mode = Mode::Hex;
    }
    if let Some(At::Bytes(range) | At::Hex(range)) = at {
        let stays = was_here && component.root.at(&state.part).is_some_and(|part| holds(&part.range, &range));
        if !stays {
            state.part = component.root.path_around(&range);
            state.find.forget();
        }
        state.span = None;
        state.going = Some(range);
    }
    if component.root.at(&state.part).is_none() {
        state.part.clear();
    }
    let Some(part) = component.root.at(&state.part) else { return };
    let functions = match ask(session, &Study::Functions(component.digest), outbox) {
        Some(Finding::Functions(functions)) => Some(functions),
        _ => None,
    };
    let sizes = match ask(session, &Study::Sizes(component.digest), outbox) {
        Some(Finding::Sizes(sizes)) => Some(sizes),
        _ => None,
    };
    let scene = Scene { session, component, part, functions, sizes };
    bar(ui, &scene, state, outbox);
    ui.add_space(space::S);
    match state.mode {
        Mode::Wat => text::show(ui, &scene, state, outbox),
        Mode::Hex => bytes::show(ui, &scene, state),
    }
}

/// Components of which it is kept where they were left.
const MOST_LEFT: usize = 100;

/// Shows another component, where it was left.
fn turn(state: &mut State, to: Digest) {
    let mut left = std::mem::take(&mut state.left);
    left.retain(|(of, ..)| state.of != Some(*of));
    left.extend(state.of.map(|of| (of, std::mem::take(&mut state.part), state.here)));
    if left.len() > MOST_LEFT {
        left.remove(0);
    }
    let back = left.iter().position(|(of, ..)| *of == to).map(|i| left.remove(i));
    *state = State { of: Some(to), mode: state.mode, drawn: state.drawn, left, ..State::default() };
    if let Some((_, part, here)) = back {
        state.part = part;
        state.going = Some(here..here + 1);
    }
}

fn holds(outer: &Range<usize>, inner: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// What is shown, how, and where to go in it.
fn bar(ui: &mut Ui, scene: &Scene<'_>, state: &mut State, outbox: &mut Outbox) {
    let one_row = ui.available_width() > 860.0;
    ui.horizontal(|ui| {
        ui.set_min_height(size::ROW + space::XS);
        choose_part(ui, scene, state);
        let at = usize::from(state.mode == Mode::Hex);
        if let Some(i) = parts::segments(ui, "Shown as", &["WAT", "Hex"], at).filter(|i| *i != at) {
            state.mode = if i == 0 { Mode::Wat } else { Mode::Hex };
            // What is selected stays so: the bytes of a line, or the line of some bytes.
            let selected = if state.mode == Mode::Hex { state.span.take() } else { state.bytes.range() };
            state.going = Some(selected.unwrap_or(state.here..state.here + 1));
        }
        go_field(ui, scene, state, outbox);
        if one_row && state.mode == Mode::Wat {
            find::show(ui, scene, state, outbox);
        }
    });
    if !one_row && state.mode == Mode::Wat {
        ui.horizontal(|ui| find::show(ui, scene, state, outbox));
    }
    if let Some(why) = &state.lost {
        parts::field_error(ui, why);
    }
}

/// The parts as a tree to choose from.
fn choose_part(ui: &mut Ui, scene: &Scene<'_>, state: &mut State) {
    let label = scene.part.label(&state.part);
    let mut chosen = None;
    let combo = parts::combo_box("part").width(200.0).height(420.0).truncate().selected_text(label.as_str());
    let shown = combo.show_ui(ui, |ui| {
        ui.set_min_width(320.0);
        ui.spacing_mut().item_spacing.y = 0.0;
        let mut rows = Vec::new();
        flatten(&scene.component.root, &mut Vec::new(), &mut rows);
        ScrollArea::vertical().max_height(400.0).show_rows(ui, size::ROW, rows.len(), |ui, range| {
            for (path, part) in rows.get(range).unwrap_or_default() {
                let icon = if part.kind == PartKind::Component { icons::CUBE } else { icons::CPU };
                let bytes = Bytes(part.range.len() as u64).to_string();
                let name = part.label(path);
                let row = ListRow::new(&name).icon(icon).depth(path.len()).trailing(&bytes);
                if row.selected(*path == state.part).show(ui).clicked() {
                    chosen = Some(path.clone());
                    ui.close();
                }
            }
        });
    });
    let response = shown.response.on_hover_text("The part that is shown");
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(format!("Part: {label}")));
    if let Some(path) = chosen {
        state.part = path;
        state.find.forget();
        state.text.select(None);
        state.bytes.select(None);
        state.going = scene.component.root.at(&state.part).map(|part| part.range.start..part.range.start + 1);
    }
}

/// Every part with its path, each before what is inside it. The tree's depth is bounded where it is read.
fn flatten<'a>(part: &'a Part, path: &mut Vec<usize>, rows: &mut Vec<(Vec<usize>, &'a Part)>) {
    rows.push((path.clone(), part));
    for (i, child) in part.children.iter().enumerate() {
        path.push(i);
        flatten(child, path, rows);
        path.pop();
    }
}

fn go_field(ui: &mut Ui, scene: &Scene<'_>, state: &mut State, outbox: &mut Outbox) {
    let t = tokens(ui.ctx());
    let hint = match state.mode {
        Mode::Wat => "Go to 0x1f, :line or function",
        Mode::Hex => "Go to offset or function",
    };
    let edit = TextEdit::singleline(&mut state.go).hint_text(RichText::new(hint).color(t.faint)).desired_width(200.0);
    let response = parts::named_field(ui, "Go to", edit).on_hover_text("Ctrl+G");
    if ui.input_mut(|i| i.consume_key(Modifiers::COMMAND, Key::G)) {
        response.request_focus();
    }
    if response.changed() {
        state.lost = None;
    }
    if response.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter)) && !state.go.trim().is_empty() {
        state.lost = None;
        state.seeking = Some(state.go.trim().to_owned());
    }
    let Some(text) = &state.seeking else { return };
    match target(scene, state.mode, text, outbox) {
        None => return,
        Some(Ok(range)) => outbox.request(Request::Inspect(scene.place(range))),
        Some(Err(why)) => state.lost = Some(why),
    }
    state.seeking = None;
}

/// The bytes that a person means: an offset, a line, a function's index or name. `None` while it is looked for.
fn target(scene: &Scene<'_>, mode: Mode, text: &str, outbox: &mut Outbox) -> Option<Result<Range<usize>, String>> {
    let shown = display_safe_line(text);
    let part = &scene.part.range;
    if let Some(line) = text.strip_prefix(':') {
        let Some(listing) = scene.listing() else { return Some(Err("The disassembly is not there yet".into())) };
        let Ok(line) = line.trim().parse::<usize>() else {
            return Some(Err(format!("“{shown}” is no line: write :12")));
        };
        let offset = listing.lines(line.saturating_sub(1)..line).pop().and_then(|l| l.offset);
        let offset = offset.ok_or_else(|| format!("There is no line {line} with bytes of its own"));
        return Some(offset.map(|o| o..o + 1));
    }
    let is_offset = text.starts_with("0x") || text.starts_with("0X") || mode == Mode::Hex;
    if let Some(offset) = hex::parse_offset(text).filter(|_| is_offset) {
        let outside = format!("{shown} is not in this part: it lies at {:#x}..{:#x}", part.start, part.end);
        return Some(if part.contains(&offset) { Ok(offset..offset + 1) } else { Err(outside) });
    }
    let functions = scene.functions?;
    let inside = functions.all.get(functions.within(part)).unwrap_or_default();
    let found = match text.parse::<u32>() {
        Ok(index) => inside.iter().find(|f| f.index == index),
        Err(_) => {
            let study = Study::FunctionsNamed(scene.component.digest, text.to_owned());
            let Finding::FunctionsNamed(named) = ask(scene.session, &study, outbox)? else { return None };
            let within = functions.within(part);
            let named = || {
                named.iter().map(|i| *i as usize).filter(|i| within.contains(i)).filter_map(|i| functions.all.get(i))
            };
            named().find(|f| f.is_called(text)).or_else(|| named().next())
        }
    };
    let nobody = || format!("No function of this part is called “{shown}”");
    Some(found.map(|f| f.range.clone()).ok_or_else(nobody))
}

/// Divides the room: a list of functions if there are any and it fits, what is shown, and a line below.
fn divide(ui: &mut Ui, has_names: bool) -> (Option<Rect>, Rect, Rect) {
    let (room, _) = ui.allocate_exact_size(ui.available_size(), egui::Sense::hover());
    let body = Rect::from_min_max(room.min, pos2(room.right(), (room.bottom() - FOOT).max(room.top())));
    let foot = Rect::from_min_max(pos2(room.left(), body.bottom()), room.max);
    if !has_names || room.width() < WIDE {
        return (None, body, foot);
    }
    let width = (room.width() * 0.26).clamp(180.0, 320.0).round();
    let names = Rect::from_min_size(body.min, vec2(width, body.height()));
    (Some(names), Rect::from_min_max(body.min + vec2(width + space::S, 0.0), body.max), foot)
}

fn inside(ui: &mut Ui, rect: Rect, add: impl FnOnce(&mut Ui)) {
    let mut child = ui.new_child(UiBuilder::new().max_rect(rect));
    add(&mut child);
}

/// The line below: what is pointed at, and buttons for what is selected. Which of them was activated.
fn foot<'a>(ui: &mut Ui, rect: Rect, said: &str, buttons: impl IntoIterator<Item = Button<'a>>) -> Option<usize> {
    let mut clicked = None;
    inside(ui, rect, |ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            for (i, button) in buttons.into_iter().enumerate() {
                if ui.add(button).clicked() {
                    clicked = Some(i);
                }
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(Label::new(kit::small(said)).truncate());
            });
        });
    });
    clicked
}

/// Draws that a listing is made, with a way to end that, or that there is none.
fn waiting(ui: &mut Ui, scene: &Scene<'_>, outbox: &mut Outbox) {
    let study = scene.listing_study();
    if let Some(Finding::None(why)) = ask(scene.session, &study, outbox) {
        if parts::empty(ui, Drawing::Icon(icons::HOURGLASS), why, Some("Disassemble")) {
            outbox.command(Command::Study(study));
        }
        return;
    }
    let sentence = format!("Disassembling {}…", Bytes(scene.part.range.len() as u64));
    if parts::empty(ui, Drawing::Icon(icons::HOURGLASS), &sentence, Some("Cancel"))
        && let Some(job) = scene.session.study_job(&study)
    {
        outbox.command(Command::CancelJob(job));
    }
}
