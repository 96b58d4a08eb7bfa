//! The calls that crossed tapped wires, and what taps a wire.

use super::{Dock, Outbox, Request};
use crate::call::{TapCall, TapEnd};
use crate::compose::{Edit, Port, tappable};
use crate::diag::display_safe_line;
use crate::measure::{Nanos, grouped};
use crate::session::{Change, Command, Crossing, RunTaps, Selection, Session, TappedWire};
use crate::ui::actions::Action;
use crate::ui::panels::kit;
use crate::ui::parts::{self, Button, Drawing, draw};
use crate::ui::theme::{fonts, icons, size, space, tokens};
use egui::{
    Align, Event, Key, Label, Layout, Rect, Response, RichText, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2,
};

/// The panel's state.
#[derive(Default)]
pub struct State {
    /// Only calls over the wire that ends here.
    only: Option<Port>,
    /// The number of the call that is looked at.
    selected: Option<u64>,
    /// The selected call has to be brought into view and to get the focus.
    reveal: bool,
}

/// What can be done about the tap of a wire.
pub struct Toggle {
    /// What a menu calls it.
    pub label: &'static str,
    /// Why it cannot be done.
    pub why_not: Option<String>,
    /// How it is done.
    pub edit: Edit,
}

/// What can be done about the tap of the wire that ends at this import.
pub fn toggle(session: &Session, to: &Port) -> Toggle {
    let composition = &session.document().composition;
    if composition.taps.contains(to) {
        let edit = Edit::Tap { to: to.clone(), on: false };
        return Toggle { label: "Take the tap off", why_not: None, edit };
    }
    let why_not = tappable(composition, session.library(), to).err();
    let why_not = why_not.map(|why| format!("This wire cannot be tapped: {why}"));
    Toggle { label: "Tap this wire", why_not, edit: Edit::Tap { to: to.clone(), on: true } }
}

/// The entry of a menu that does it.
pub fn menu_item(ui: &mut Ui, session: &Session, to: &Port, outbox: &mut Outbox) {
    let Toggle { label, why_not, edit } = toggle(session, to);
    let keys = Action::TapWire.shortcut().map(|s| ui.ctx().format_shortcut(&s)).unwrap_or_default();
    if parts::menu_item(ui, Some(icons::EYE), label, &keys, why_not.as_deref()) {
        outbox.change(Change::Compose(edit));
    }
}

/// How often the wire that ends here was crossed in the last call, in words; empty if it was not tapped then.
pub fn words(session: &Session, to: &Port) -> String {
    let Some(taps) = session.last_taps() else { return String::new() };
    taps.of(to).map(|wire| taps.count_words(wire)).unwrap_or_default()
}

/// How many calls crossed tapped wires in the last call.
pub fn count(session: &Session) -> usize {
    let all = session.last_taps().map_or(0, |taps| taps.counts.counts.iter().map(|c| c.calls).sum::<u64>());
    usize::try_from(all).unwrap_or(usize::MAX)
}

/// Draws the panel.
pub fn show(ui: &mut Ui, session: &Session, state: &mut State, outbox: &mut Outbox) {
    let Some(taps) = session.last_taps() else {
        nothing_yet(ui, session, outbox);
        return;
    };
    let only = state.only.as_ref().and_then(|to| taps.of(to));
    let lines = taps.lines(only);
    bar(ui, taps, only, &lines, state);
    ui.add_space(space::XS);
    if lines.is_empty() {
        ui.label(kit::dim("No call crossed a tapped wire"));
        return;
    }
    let call = taps.calls.iter().find(|call| Some(call.number) == state.selected);
    let call = call.and_then(|call| Some((taps.wires.get(call.tap as usize)?, call)));
    let below = if call.is_some() { DETAIL + space::S } else { 0.0 };
    let room = (ui.available_height() - below).max(size::ROW);
    ui.allocate_ui(vec2(ui.available_width(), room), |ui| {
        ui.set_min_height(room);
        rows(ui, taps, &lines, state, outbox);
    });
    if let Some((wire, call)) = call {
        detail(ui, wire, call);
    }
}

/// So many tapped wires are offered as they are, and more as far as they are in view, in a list as wide as this.
const MOST_DRAWN: usize = 100;
const WIDE: f32 = 420.0;
/// The height of what is said of the selected call.
const DETAIL: f32 = 96.0;

fn nothing_yet(ui: &mut Ui, session: &Session, outbox: &mut Outbox) {
    let composition = &session.document().composition;
    let drawing = || Drawing::Icon(icons::EYE);
    if !composition.taps.is_empty() {
        let wires = if composition.taps.len() == 1 { "the tapped wire" } else { "the tapped wires" };
        let text = format!("Run a function of the composition to see the calls that cross {wires}");
        if parts::empty(ui, drawing(), &text, Some("Show Invoke")) {
            outbox.request(Request::Show(Dock::Invoke));
        }
        return;
    }
    let can = |to: &Port| tappable(composition, session.library(), to).is_ok();
    let text = "Tap a wire to see every call that crosses it, with arguments, result and time";
    match session.selection() {
        Selection::Wire(to) if can(to) => {
            if parts::empty(ui, drawing(), text, Some("Tap the selected wire")) {
                outbox.change(Change::Compose(Edit::Tap { to: to.clone(), on: true }));
            }
        }
        _ => {
            let mut all = composition.wires.keys().filter(|to| can(to)).peekable();
            if composition.instances.is_empty() {
                if parts::empty(ui, drawing(), text, Some("Show the graph")) {
                    outbox.act(Action::ShowWire);
                }
            } else if all.peek().is_none() {
                if parts::empty(ui, drawing(), text, Some("Auto-wire…")) {
                    outbox.act(Action::AutoWire);
                }
            } else if parts::empty(ui, drawing(), text, Some("Tap all wires")) {
                let all = all.map(|to| Edit::Tap { to: to.clone(), on: true });
                outbox.change(Change::ComposeAll("Tap all wires", all.collect()));
            }
        }
    }
}

/// Which wire, what it cost, and what can be copied.
fn bar(ui: &mut Ui, taps: &RunTaps, only: Option<usize>, lines: &[Crossing<'_>], state: &mut State) {
    ui.horizontal(|ui| {
        let title = |wire: Option<usize>| match wire.and_then(|i| Some((i, taps.wires.get(i)?))) {
            Some((i, wire)) => format!("{} · {}", wire.ends(), taps.count_words(i)),
            None => match taps.wires.as_slice() {
                [one] => format!("{} · {}", one.ends(), taps.count_words(0)),
                all => format!("All {} tapped wires", all.len()),
            },
        };
        let shown = title(only);
        let ends = shown.split(" · ").next().unwrap_or_default();
        let combo = parts::combo_box("tapped wire").selected_text(kit::shortened(ends, 44)).width(240.0);
        let mut item = |ui: &mut Ui, wire: Option<usize>| {
            if parts::combo_item(ui, only == wire, title(wire)) {
                state.only = wire.and_then(|i| taps.wires.get(i)).map(|wire| wire.tap.to.clone());
            }
        };
        let response = combo.show_ui(ui, |ui| {
            if taps.wires.len() <= MOST_DRAWN {
                return std::iter::once(None).chain((0..taps.wires.len()).map(Some)).for_each(|wire| item(ui, wire));
            }
            // Of very many only those in view are put into words.
            ui.set_min_width(WIDE);
            let area = ScrollArea::vertical().max_height(ui.available_height());
            area.show_rows(ui, ui.spacing().interact_size.y, taps.wires.len() + 1, |ui, rows| {
                rows.for_each(|row| item(ui, row.checked_sub(1)));
            });
        });
        response.response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, format!("Wire: {shown}")));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if ui.add(Button::new("Copy all").icon(icons::COPY)).clicked() {
                let all = lines.iter().map(|line| text_of(taps, line)).collect::<Vec<_>>();
                ui.ctx().copy_text(all.join("\n"));
            }
            if let Some(cost) = taps.cost_words() {
                let why = "Measured around the host's side of every tap. It is taken off the time of each call below.";
                ui.add(Label::new(kit::small(&cost)).sense(Sense::hover())).on_hover_text(why);
            }
        });
    });
}

fn text_of(taps: &RunTaps, line: &Crossing<'_>) -> String {
    match line {
        Crossing::LeftOut(count) => left_out(*count),
        Crossing::Call(call) => taps.wires.get(call.tap as usize).map(|wire| wire.line(call)).unwrap_or_default(),
    }
}

fn left_out(count: u64) -> String {
    if count == 1 { "1 call is not listed".into() } else { format!("{} calls are not listed", grouped(count)) }
}

/// Where the columns of a row begin and end.
struct Columns {
    start: f32,
    wire: (f32, f32),
    call: (f32, f32),
    result: (f32, f32),
    took: f32,
}

impl Columns {
    /// Of one wire, which stands above, the calls get its room.
    fn of(rect: Rect, one_wire: bool) -> Self {
        let start = rect.left() + 72.0;
        let took = rect.right() - space::S;
        let rest = took - 72.0 - start - 3.0 * space::M;
        let wire = if one_wire { -space::M } else { (rest * 0.26).min(300.0) };
        let call = (rest - wire.max(0.0)) * 0.55;
        let wire = (start + space::M, start + space::M + wire);
        let call = (wire.1 + space::M, wire.1 + space::M + call);
        Self { start, wire, call, result: (call.1 + space::M, took - 72.0), took }
    }
}

fn rows(ui: &mut Ui, taps: &RunTaps, lines: &[Crossing<'_>], state: &mut State, outbox: &mut Outbox) {
    let one_wire = taps.wires.len() == 1 || state.only.as_ref().is_some_and(|to| taps.of(to).is_some());
    heads(ui, one_wire);
    let at = |number: Option<u64>| {
        lines.iter().position(|line| matches!(line, Crossing::Call(call) if Some(call.number) == number))
    };
    // Up and down go through the calls, wherever they are.
    let step = ui.memory(|m| m.focused()).filter(|id| Some(*id) == state.selected.map(row_id)).map_or(0, |_| {
        let pressed = |key| ui.input_mut(|i| i.consume_key(egui::Modifiers::NONE, key));
        isize::from(pressed(Key::ArrowDown)) - isize::from(pressed(Key::ArrowUp))
    });
    if step != 0 {
        let mut next = at(state.selected);
        loop {
            next = next.and_then(|n| n.checked_add_signed(step));
            match next.and_then(|n| lines.get(n)) {
                Some(Crossing::Call(call)) => {
                    (state.selected, state.reveal) = (Some(call.number), true);
                    break;
                }
                Some(Crossing::LeftOut(_)) => {}
                None => break,
            }
        }
    }
    let mut area = ScrollArea::vertical().id_salt("taps").auto_shrink(false);
    if state.reveal
        && let Some(row) = at(state.selected)
    {
        let above = row as f32 * (size::ROW + ui.spacing().item_spacing.y) - ui.available_height() / 2.0;
        area = area.vertical_scroll_offset(above.max(0.0));
    }
    area.show_rows(ui, size::ROW, lines.len(), |ui, range| {
        for line in lines.get(range).unwrap_or_default() {
            match line {
                Crossing::LeftOut(count) => kit::group_row(ui, &left_out(*count)),
                Crossing::Call(call) => {
                    if let Some(wire) = taps.wires.get(call.tap as usize) {
                        row(ui, wire, call, one_wire, state, outbox);
                    }
                }
            }
        }
    });
    state.reveal = false;
}

fn heads(ui: &mut Ui, one_wire: bool) {
    let t = tokens(ui.ctx());
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 20.0), Sense::hover());
    let c = Columns::of(rect, one_wire);
    let y = rect.center().y;
    let head = |text: &str| draw::line(ui, text, fonts::text(size::SMALL), t.dim);
    draw::put_right(ui.painter(), pos2(c.start, y), head("After"));
    if !one_wire {
        draw::put(ui.painter(), pos2(c.wire.0, y), head("Wire"));
    }
    draw::put(ui.painter(), pos2(c.call.0, y), head("Call"));
    draw::put(ui.painter(), pos2(c.result.0, y), head("Result"));
    draw::put_right(ui.painter(), pos2(c.took, y), head("Took"));
    parts::hairline(ui);
}

fn row_id(number: u64) -> egui::Id {
    egui::Id::unique(("call over a tap", number))
}

fn row(ui: &mut Ui, wire: &TappedWire, call: &TapCall, one_wire: bool, state: &mut State, outbox: &mut Outbox) {
    let t = tokens(ui.ctx());
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), size::ROW), Sense::hover());
    let response = ui.interact(rect, row_id(call.number), Sense::click());
    let selected = state.selected == Some(call.number);
    if selected && state.reveal {
        response.request_focus();
    }
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, selected, wire.line(call).trim()));
    if draw::is_seen(ui, &response, rect) {
        draw::row_ground(ui, &response, rect, selected);
        let c = Columns::of(rect, one_wire);
        let y = rect.center().y;
        let small = fonts::text(size::SMALL + 1.0);
        let started = format!("+{}", Nanos(call.started_nanos));
        draw::put_right(ui.painter(), pos2(c.start, y), draw::line(ui, &started, small.clone(), t.dim));
        if !one_wire {
            let ends = draw::elided(ui, &wire.ends(), fonts::text(size::BODY), t.normal, c.wire.1 - c.wire.0);
            draw::put(ui.painter(), pos2(c.wire.0, y), ends);
        }
        // A call inside of another one stands further in.
        let inside = 12.0 * call.depth.min(8) as f32;
        let text = format!("{}({})", wire.function_name(call), wire.arguments(call, 300));
        let text = draw::elided(ui, &text, fonts::mono(size::BODY), t.strong, c.call.1 - c.call.0 - inside);
        draw::put(ui.painter(), pos2(c.call.0 + inside, y), text);
        let ink = match call.end {
            TapEnd::Returned(_) => t.normal,
            TapEnd::Trapped => t.error,
            TapEnd::Cancelled | TapEnd::Stopped => t.warn,
        };
        let text = draw::elided(ui, &wire.end(call, 300), fonts::mono(size::BODY), ink, c.result.1 - c.result.0);
        draw::put(ui.painter(), pos2(c.result.0, y), text);
        draw::put_right(ui.painter(), pos2(c.took, y), draw::line(ui, &Nanos(call.nanos).to_string(), small, t.normal));
        draw::focus_ring(ui, &response, rect);
    }
    if response.clicked() {
        state.selected = (!selected).then_some(call.number);
    }
    if response.has_focus() && ui.input(|i| i.events.contains(&Event::Copy)) {
        ui.ctx().copy_text(wire.line(call).trim().to_owned());
    }
    menu(&response, wire, call, outbox);
}

fn menu(response: &Response, wire: &TappedWire, call: &TapCall, outbox: &mut Outbox) {
    response.context_menu(|ui| {
        ui.set_min_width(200.0);
        let copied = [
            ("Copy this call", wire.line(call).trim().to_owned()),
            ("Copy its arguments", wire.arguments(call, usize::MAX)),
            ("Copy its result", wire.end(call, usize::MAX)),
        ];
        for (label, text) in copied {
            if parts::menu_item(ui, Some(icons::COPY), label, "", None) {
                ui.ctx().copy_text(text);
                ui.close();
            }
        }
        if parts::menu_item(ui, Some(icons::FLOW), "Select its wire", "", None) {
            outbox.command(Command::Select(Selection::Wire(wire.tap.to.clone())));
            ui.close();
        }
    });
}

/// All that is known of the selected call.
fn detail(ui: &mut Ui, wire: &TappedWire, call: &TapCall) {
    let t = tokens(ui.ctx());
    parts::hairline(ui);
    ui.horizontal(|ui| {
        let import = display_safe_line(&wire.tap.to.name);
        ui.add(Label::new(RichText::new(format!("{} · {import}", wire.ends())).color(t.dim)).truncate());
        if call.is_shortened() {
            parts::badge(ui, "shortened", crate::ui::theme::Tone::Info);
        }
    });
    ScrollArea::vertical().id_salt("call").auto_shrink(false).show(ui, |ui| {
        let text = format!(
            "{}({})\n→ {}",
            wire.function_name(call),
            wire.arguments(call, usize::MAX),
            wire.end(call, usize::MAX)
        );
        ui.add(Label::new(RichText::new(text).font(fonts::mono(size::BODY)).color(t.normal)).wrap().selectable(true));
    });
}

#[cfg(test)]
mod tests;
