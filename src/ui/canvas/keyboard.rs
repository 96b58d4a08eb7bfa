//! The canvas by keyboard: moving the selection, connecting, the view.

use super::geometry::{GRID, curve, curve_point};
use super::paint::Brush;
use super::pointer::{Around, Gesture, Hit, export_first, opposite};
use super::{Ask, CanvasState, Intent, SelectMode, answer, fit_words, pointer};
use crate::compose::{Candidate, Port, Side};
use crate::ui::theme::{fonts, size, tokens};
use egui::{
    CornerRadius, EventFilter, Key, Modifiers, Pos2, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo,
    pos2, vec2,
};

/// A wire being drawn by keyboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Linking {
    pub fixed: Port,
    pub side: Side,
    /// Which of the candidates that fit.
    pub nth: usize,
}

impl Linking {
    fn fitting<'a>(&self, around: &Around<'a>) -> Vec<&'a Candidate> {
        around.candidates.unwrap_or_default().iter().filter(|c| c.fit.fits()).collect()
    }

    fn chosen<'a>(&self, around: &Around<'a>) -> Option<&'a Candidate> {
        self.fitting(around).get(self.nth).copied()
    }

    /// The port it would end at.
    pub fn choice<'a>(&self, around: &Around<'a>) -> Option<&'a Port> {
        self.chosen(around).map(|c| &c.port)
    }

    /// Draws the wire as it would be.
    pub fn draw(&self, brush: &Brush<'_>) {
        let scene = brush.around.scene;
        let target = self.choice(&brush.around).and_then(|p| scene.find(p, opposite(self.side)));
        if let (Some(fixed), Some(target)) = (scene.find(&self.fixed, self.side), target) {
            let ink = scene.view_of(fixed).map_or(brush.t.dim, |(_, p)| brush.t.family(p.family));
            brush.loose_wire(self.side, brush.port_at(fixed), brush.port_at(target), ink, true);
        }
    }

    /// The line at the canvas's foot, which assistive technology reads too.
    fn words(&self, around: &Around<'_>) -> String {
        let label = |port: &Port, side| {
            let view = around.scene.find(port, side).and_then(|a| around.scene.view_of(a));
            view.map_or_else(|| port.name.clone(), |(node, view)| format!("{} of {}", view.label, node.title))
        };
        let from = label(&self.fixed, self.side);
        match self.chosen(around) {
            Some(c) => {
                let to = label(&c.port, opposite(self.side));
                let (nth, count) = (self.nth + 1, self.fitting(around).len());
                format!("Connect {from} with {to} ({nth} of {count}). {}", fit_words(c))
            }
            None => format!("Nothing here fits {from}"),
        }
    }
}

/// What activating an element does: by Enter, or by assistive technology.
pub(super) fn activate(hit: &Hit, around: &Around<'_>, intents: &mut Vec<Intent>) {
    let scene = around.scene;
    match hit {
        Hit::Empty => {}
        Hit::Frame(i) => intents.extend(scene.frames().get(*i).map(|f| Intent::SelectFrame(f.title.clone()))),
        Hit::Node(i) | Hit::Mark(i) => {
            if let Some(node) = scene.nodes().get(*i) {
                intents.push(Intent::Select { instances: vec![node.id.clone()], mode: SelectMode::Replace });
            }
        }
        Hit::Port(anchor) => intents.extend(scene.port(*anchor).map(|p| Intent::ClickPort(p, anchor.side))),
        Hit::Wire(i) | Hit::WireEnd(i, _) => {
            intents.extend(scene.wires().get(*i).map(|w| Intent::SelectWire(w.to.clone())));
        }
    }
}

/// A point of the screen where an element is.
fn element_at(hit: &Hit, around: &Around<'_>) -> Pos2 {
    let node = |i: usize| around.scene.rect(i).min + vec2(24.0, 16.0);
    let world = match hit {
        Hit::Empty => return around.canvas.center(),
        Hit::Node(i) | Hit::Mark(i) => node(*i),
        Hit::Port(anchor) => around.scene.at(*anchor),
        Hit::Frame(i) => around.scene.frames().get(*i).map_or(Pos2::ZERO, |f| f.rect.min + vec2(24.0, 12.0)),
        Hit::Wire(i) | Hit::WireEnd(i, _) => {
            let ends = around.scene.course(*i).map(|c| curve_point(curve(c.ends.0, c.ends.1, 1.0), 0.5));
            ends.unwrap_or_else(|| around.world(around.canvas.center()))
        }
    };
    around.screen(world)
}

/// Takes the keys while the canvas or something on it has the focus.
pub(super) fn keys(
    ui: &Ui,
    canvas: &Response,
    around: &mut Around<'_>,
    state: &mut CanvasState,
    intents: &mut Vec<Intent>,
) {
    let Some(focused) = state.focused.clone() else {
        state.linking = None;
        return;
    };
    let Some(id) = super::element_id(canvas.id, around.scene, &focused) else { return };
    if !ui.memory(|m| m.has_focus(id)) {
        return;
    }
    let ours = EventFilter { tab: false, horizontal_arrows: true, vertical_arrows: true, escape: true };
    ui.memory_mut(|m| m.set_focus_lock_filter(id, ours));
    if ui.input(|i| i.events.iter().any(|e| matches!(e, egui::Event::Key { pressed: true, .. }))) {
        state.keyboard = true;
    }
    if state.gesture != Gesture::Idle {
        return;
    }
    let pressed = |modifiers: Modifiers, key: Key| ui.input_mut(|i| i.consume_key(modifiers, key));
    if let Some(mut linking) = state.linking.take() {
        if pressed(Modifiers::NONE, Key::Escape) {
            intents.push(Intent::Cancelled);
            return;
        }
        let count = linking.fitting(around).len();
        let next = pressed(Modifiers::NONE, Key::ArrowDown) || pressed(Modifiers::NONE, Key::ArrowRight);
        let before = pressed(Modifiers::NONE, Key::ArrowUp) || pressed(Modifiers::NONE, Key::ArrowLeft);
        if count > 0 && (next || before) {
            linking.nth = (linking.nth + if next { 1 } else { count - 1 }) % count;
        }
        if (next || before)
            && let Some(rect) = linking.choice(around).and_then(|p| around.scene.rect_of(&p.instance))
        {
            around.view.reveal(rect, around.canvas.size());
        }
        if pressed(Modifiers::NONE, Key::Enter) {
            intents.push(match linking.choice(around) {
                Some(port) => {
                    let (from, to) = export_first(&linking.fixed, linking.side, port);
                    Intent::Connect { from, to }
                }
                None => Intent::Cancelled,
            });
            return;
        }
        state.linking = Some(linking);
        return;
    }
    if pressed(Modifiers::NONE, Key::Enter) {
        match &focused {
            Hit::Port(_) if around.scene.is_fixed() => activate(&focused, around, intents),
            Hit::Port(anchor) => {
                if let Some(fixed) = around.scene.port(*anchor) {
                    intents.push(Intent::DragStarted { port: fixed.clone(), side: anchor.side });
                    state.linking = Some(Linking { fixed, side: anchor.side, nth: 0 });
                }
            }
            Hit::Node(i) | Hit::Mark(i) => {
                activate(&focused, around, intents);
                intents.extend(around.scene.nodes().get(*i).map(|n| Intent::Activate(n.id.clone())));
            }
            Hit::Empty | Hit::Wire(_) | Hit::WireEnd(..) | Hit::Frame(_) => activate(&focused, around, intents),
        }
    }
    if pressed(Modifiers::NONE, Key::Space)
        && let Hit::Node(i) = focused
        && let Some(node) = around.scene.nodes().get(i)
    {
        intents.push(Intent::Select { instances: vec![node.id.clone()], mode: SelectMode::Toggle });
    }
    for (modifiers, back) in [(Modifiers::SHIFT, true), (Modifiers::NONE, false)] {
        if pressed(modifiers, Key::R)
            && let Some(import) = import_of(&focused, around)
        {
            intents.push(Intent::Switch { import, back });
        }
    }
    nudge(&pressed, around, state, intents);
    if pressed(Modifiers::NONE, Key::Delete) || pressed(Modifiers::NONE, Key::Backspace) {
        intents.push(Intent::Delete);
    }
    if pressed(Modifiers::COMMAND, Key::D) {
        intents.push(Intent::Duplicate);
    }
    if pressed(Modifiers::COMMAND, Key::A) {
        let instances = around.scene.nodes().iter().map(|n| n.id.clone()).collect();
        intents.push(Intent::Select { instances, mode: SelectMode::Replace });
    }
    if pressed(Modifiers::SHIFT, Key::F10) || (matches!(focused, Hit::Frame(_)) && pressed(Modifiers::NONE, Key::F2)) {
        intents.extend(pointer::menu(element_at(&focused, around), around));
    }
    if pressed(Modifiers::NONE, Key::Escape) {
        intents.push(Intent::Select { instances: Vec::new(), mode: SelectMode::Replace });
    }
    let views = [
        (Modifiers::NONE, Key::F, Ask::Fit),
        (Modifiers::SHIFT, Key::Num1, Ask::Fit),
        (Modifiers::COMMAND, Key::Num0, Ask::Actual),
        (Modifiers::NONE, Key::Plus, Ask::ZoomIn),
        (Modifiers::NONE, Key::Minus, Ask::ZoomOut),
    ];
    for (modifiers, key, ask) in views {
        if pressed(modifiers, key) {
            state.ask(ask);
        }
    }
    answer(ui, canvas, around, state);
}

/// The import that the keyboard is on: itself, by its wire, or by the wire that is selected.
fn import_of(focused: &Hit, around: &Around<'_>) -> Option<Port> {
    let scene = around.scene;
    if scene.is_fixed() {
        return None;
    }
    let wire = match focused {
        Hit::Port(anchor) if anchor.side == Side::Import => return scene.port(*anchor),
        Hit::Wire(i) | Hit::WireEnd(i, _) => scene.wires().get(*i),
        _ => scene.wires().iter().find(|w| w.selected),
    };
    wire.map(|wire| wire.to.clone())
}

/// Arrow keys move the selection by the grid's step, with Shift by four.
fn nudge(
    pressed: &dyn Fn(Modifiers, Key) -> bool,
    around: &Around<'_>,
    state: &mut CanvasState,
    intents: &mut Vec<Intent>,
) {
    let ways = [
        (Key::ArrowLeft, vec2(-1.0, 0.0)),
        (Key::ArrowRight, vec2(1.0, 0.0)),
        (Key::ArrowUp, vec2(0.0, -1.0)),
        (Key::ArrowDown, vec2(0.0, 1.0)),
    ];
    for (key, way) in ways {
        let step = if pressed(Modifiers::SHIFT, key) {
            4.0 * GRID
        } else if pressed(Modifiers::NONE, key) {
            GRID
        } else {
            continue;
        };
        if let Some(frame) = around.scene.frames().iter().find(|f| f.selected) {
            let (at, title) = (frame.rect.min + way * step, frame.title.clone());
            state.said = format!("frame {title} moved to {:.0}, {:.0}", at.x, at.y);
            intents.extend(pointer::drop_frame(title, &around.scene.inside(frame), way * step, around));
            continue;
        }
        let moved: Vec<_> = around
            .scene
            .selected()
            .map(|n| {
                let to = n.pos + way * step;
                (n.id.clone(), [to.x, to.y])
            })
            .collect();
        if let [(name, [x, y]), rest @ ..] = moved.as_slice() {
            let others = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
            state.said = format!("{name}{others} moved to {x:.0}, {y:.0}");
            intents.push(Intent::Move(moved));
        }
    }
}

/// Says what the keyboard does, at the canvas's foot and to assistive technology.
pub(super) fn status_line(ui: &Ui, canvas: &Response, around: &Around<'_>, state: &mut CanvasState) {
    let linking = state.linking.as_ref().filter(|_| around.candidates.is_some());
    let visible = linking.map(|l| l.words(around));
    let said = if state.hint.is_empty() { &state.said } else { &state.hint };
    let words = visible.as_deref().unwrap_or(said);
    let keys = "Enter connects   ↑ ↓ choose   Esc leaves";
    let t = tokens(ui.ctx());
    let painter = ui.painter_at(around.canvas);
    let text = painter.layout(words.to_owned(), fonts::text(size::BODY), t.strong, around.canvas.width() - 48.0);
    let keys = painter.layout_no_wrap(keys.to_owned(), fonts::text(size::SMALL), t.dim);
    let frame = vec2(text.size().x.max(keys.size().x) + 24.0, text.size().y + keys.size().y + 16.0);
    // Where the port in question would be covered below, the line stands above.
    let target = linking.and_then(|l| around.scene.find(l.choice(around)?, opposite(l.side)));
    let is_low = target.is_some_and(|a| around.screen(around.scene.at(a)).y > around.canvas.bottom() - frame.y - 40.0);
    let from_edge = 12.0 + frame.y / 2.0;
    let y = if is_low { around.canvas.top() + from_edge } else { around.canvas.bottom() - from_edge };
    let middle = pos2(around.canvas.center().x, y);
    let area = Rect::from_min_size((middle - frame / 2.0).round(), frame);
    let id = canvas.id.with("status");
    let response = ui.interact(area, id, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Status, true, words));
    ui.ctx().accesskit_node_builder(id, |node| node.set_live(egui::accesskit::Live::Polite));
    if visible.is_some() {
        let edge = Stroke::new(1.0, t.line_strong);
        painter.rect(area, CornerRadius::same(size::RADIUS), t.raised, edge, StrokeKind::Inside);
        let below = area.min + vec2(12.0, 10.0 + text.size().y);
        painter.galley(area.min + vec2(12.0, 6.0), text, t.strong);
        painter.galley(below, keys, t.dim);
    }
}
