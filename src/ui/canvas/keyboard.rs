//! The canvas by keyboard: moving the selection, connecting, the view.

use super::frames::Edges;
use super::geometry::{GRID, curve, curve_point};
use super::paint::Brush;
use super::pointer::{Around, Gesture, Hit, export_first};
use super::scene::{Anchor, Node};
use super::{Ask, CanvasState, Intent, SelectMode, answer, fit_words, pointer};
use crate::compose::{Candidate, Fit, Port, Side};
use crate::diag::display_safe_line;
use crate::ui::theme::{fonts, size, tokens};
use egui::{
    CornerRadius, EventFilter, Key, Modifiers, Pos2, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo,
    pos2, vec2,
};

/// A wire being drawn by keyboard, or with one click after another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Linking {
    pub fixed: Port,
    pub side: Side,
    /// Which of the candidates that fit; behind the last stands something new.
    nth: usize,
    /// The port under the pointer cannot take it, and why.
    refused: Option<String>,
    /// A click took the focus off the port; it comes back with the next frame.
    waits: bool,
}

impl Linking {
    pub fn new(fixed: Port, side: Side) -> Self {
        Self { fixed, side, nth: 0, refused: None, waits: false }
    }

    /// The same after a click that took the focus off the port.
    pub fn waiting(self) -> Self {
        Self { waits: true, ..self }
    }

    /// The pointer is over this: what fits is chosen, what does not says why.
    pub fn point_at(&mut self, on: Option<&Hit>, around: &Around<'_>) {
        self.refused = None;
        let (Some(Hit::Port(anchor)), Some(candidates)) = (on, around.candidates) else { return };
        let Some(port) = around.scene.port(*anchor) else { return };
        if anchor.side == self.side {
            if port != self.fixed {
                self.refused = Some(pointer::same_side(self.side));
            }
        } else if let Some(nth) = self.fitting(around).iter().position(|c| c.port == port) {
            self.nth = nth;
        } else if let Some(Candidate { fit: Fit::No(why), .. }) = candidates.iter().find(|c| c.port == port) {
            let begins = why.starts_with(|c: char| c.is_uppercase());
            let words = if begins { why.clone() } else { format!("Does not fit: {why}") };
            let (from, to) = export_first(&self.fixed, self.side, &port);
            self.refused = Some(format!("{words}. {from} → {to}"));
        }
    }

    /// What a click on a port does, if the port can take the wire.
    pub fn joined(&self, anchor: Anchor, around: &Around<'_>) -> Option<Intent> {
        let port = around.scene.port(anchor).filter(|_| anchor.side != self.side)?;
        self.fitting(around).iter().any(|c| c.port == port).then(|| self.connection(&port))
    }

    /// What offers components for the other end.
    fn something_new(&self, around: &Around<'_>) -> Intent {
        let scene = around.scene;
        let anchor = scene.find(&self.fixed, self.side);
        let (Some(anchor), Some(at)) = (anchor, scene.place_beside(&self.fixed, self.side)) else {
            return Intent::Cancelled;
        };
        let screen = around.screen(scene.at(anchor));
        Intent::DropOnEmpty { port: self.fixed.clone(), side: self.side, at, screen }
    }

    fn connection(&self, other: &Port) -> Intent {
        let (from, to) = export_first(&self.fixed, self.side, other);
        Intent::Connect { from, to }
    }

    fn fitting<'a>(&self, around: &Around<'a>) -> Vec<&'a Candidate> {
        // What is folded away can take a wire only where its frame has the port.
        let is_shown = |c: &&Candidate| around.scene.find(&c.port, self.side.other()).is_some();
        around.candidates.unwrap_or_default().iter().filter(|c| c.fit.fits()).filter(is_shown).collect()
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
        let target = self.choice(&brush.around).and_then(|p| scene.find(p, self.side.other()));
        if let (Some(fixed), Some(target)) = (scene.find(&self.fixed, self.side), target) {
            let ink = scene.view_of(fixed).map_or(brush.t.dim, |(_, p)| brush.t.family(p.family));
            brush.loose_wire(self.side, brush.port_at(fixed), brush.port_at(target), ink, true);
        }
    }

    /// The line at the canvas's foot, which assistive technology reads too.
    fn words(&self, around: &Around<'_>) -> String {
        let label = |port: &Port, side| {
            let view = around.scene.find(port, side).and_then(|a| around.scene.view_of(a));
            view.map_or_else(
                || port.name.clone(),
                |(node, view)| match &view.of {
                    Some(of) => format!("{} of {} in {}", view.label, display_safe_line(of), node.title),
                    None => format!("{} of {}", view.label, node.title),
                },
            )
        };
        if let Some(why) = &self.refused {
            return why.clone();
        }
        let from = label(&self.fixed, self.side);
        match self.chosen(around) {
            Some(c) => {
                let to = label(&c.port, self.side.other());
                let (nth, count) = (self.nth + 1, self.fitting(around).len());
                format!("Connect {from} with {to} ({nth} of {count}). {}", fit_words(c))
            }
            None if self.fitting(around).is_empty() => format!("Nothing here fits {from}. Enter offers what would"),
            None => format!("Connect {from} with something new. Enter offers what fits"),
        }
    }
}

/// What activating an element does: by Enter, or by assistive technology.
pub(super) fn activate(hit: &Hit, around: &Around<'_>, intents: &mut Vec<Intent>) {
    let scene = around.scene;
    match hit {
        Hit::Empty => {}
        Hit::Frame(i) | Hit::FrameEdge(i, _) => {
            intents.extend(scene.frames().get(*i).map(|f| Intent::SelectFrame(f.title.clone())));
        }
        Hit::Fold(i) => intents.extend(pointer::fold(*i, around)),
        Hit::Open(i) => intents.extend(pointer::open(*i, around)),
        Hit::Node(i) | Hit::Mark(i) => {
            if let Some(node) = scene.nodes().get(*i) {
                intents.extend(pointer::select(node, SelectMode::Replace));
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
        Hit::Node(i) | Hit::Mark(i) | Hit::Open(i) => node(*i),
        Hit::Port(anchor) => around.scene.at(*anchor),
        Hit::Frame(i) | Hit::FrameEdge(i, _) | Hit::Fold(i) => {
            around.scene.frames().get(*i).map_or(Pos2::ZERO, |f| f.rect.min + vec2(40.0, 18.0))
        }
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
        state.linking = state.linking.take().filter(|linking| linking.waits).map(|l| Linking { waits: false, ..l });
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
        let count = linking.fitting(around).len() + 1;
        let next = pressed(Modifiers::NONE, Key::ArrowDown) || pressed(Modifiers::NONE, Key::ArrowRight);
        let before = pressed(Modifiers::NONE, Key::ArrowUp) || pressed(Modifiers::NONE, Key::ArrowLeft);
        if next || before {
            linking.nth = (linking.nth + if next { 1 } else { count - 1 }) % count;
            linking.refused = None;
        }
        if (next || before)
            && let Some(rect) = linking.choice(around).and_then(|p| around.scene.rect_of(&p.instance))
        {
            around.view.reveal(rect, around.canvas.size());
        }
        if around.candidates.is_some() && pressed(Modifiers::NONE, Key::Enter) {
            intents.push(match linking.choice(around) {
                Some(port) => linking.connection(port),
                None => linking.something_new(around),
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
                    state.linking = Some(Linking::new(fixed, anchor.side));
                }
            }
            Hit::Node(i) | Hit::Mark(i) => {
                activate(&focused, around, intents);
                let instance = around.scene.nodes().get(*i).filter(|n| n.group.is_none());
                intents.extend(instance.map(|n| Intent::Activate(n.id.clone())));
            }
            Hit::Empty
            | Hit::Wire(_)
            | Hit::WireEnd(..)
            | Hit::Frame(_)
            | Hit::FrameEdge(..)
            | Hit::Fold(_)
            | Hit::Open(_) => activate(&focused, around, intents),
        }
    }
    if pressed(Modifiers::NONE, Key::Space) {
        match focused {
            Hit::Node(i) => {
                let node = around.scene.nodes().get(i);
                intents.extend(node.map(|n| pointer::select(n, SelectMode::Toggle)).unwrap_or_default());
            }
            Hit::Fold(_) | Hit::Open(_) => activate(&focused, around, intents),
            _ => {}
        }
    }
    for (modifiers, back) in [(Modifiers::SHIFT, true), (Modifiers::NONE, false)] {
        if pressed(modifiers, Key::R)
            && let Some(import) = import_of(&focused, around).or_else(|| import_under_pointer(ui, around))
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
        let instances = around.scene.nodes().iter().flat_map(Node::instances).collect();
        intents.push(Intent::Select { instances, mode: SelectMode::Replace });
    }
    let asks = pressed(Modifiers::SHIFT, Key::F10) || pressed(Modifiers::NONE, Key::Menu);
    if asks || (is_frame(&focused, around) && pressed(Modifiers::NONE, Key::F2)) {
        intents.extend(pointer::menu(element_at(&focused, around), around));
    }
    if let Hit::Node(i) = &focused
        && let Some(node) = around.scene.nodes().get(*i)
        && pressed(Modifiers::NONE, Key::F2)
    {
        intents.push(Intent::Rename(node.id.clone()));
    }
    if let Hit::Port(anchor) = &focused
        && let Some((port, (_, view))) = around.scene.port(*anchor).zip(around.scene.view_of(*anchor))
        && let Some(now) = view.result.clone().filter(|_| !around.scene.is_fixed())
        && pressed(Modifiers::NONE, Key::F2)
    {
        intents.push(Intent::NameResult { port, now, at: element_at(&focused, around) });
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

/// Whether the keyboard is on a frame, open or folded.
fn is_frame(focused: &Hit, around: &Around<'_>) -> bool {
    match focused {
        Hit::Frame(_) | Hit::Fold(_) | Hit::Open(_) => true,
        Hit::Node(i) => around.scene.nodes().get(*i).is_some_and(|n| n.group.is_some()),
        _ => false,
    }
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

/// The import under the pointer, itself or by its wire: where a wire was just drawn to, the focus is where it began.
fn import_under_pointer(ui: &Ui, around: &Around<'_>) -> Option<Port> {
    let at = ui.input(|i| i.pointer.hover_pos()).filter(|at| around.canvas.contains(*at))?;
    match around.hit(at) {
        on @ (Hit::Port(_) | Hit::Wire(_) | Hit::WireEnd(..)) => import_of(&on, around),
        _ => None,
    }
}

/// Arrow keys move the selection by the grid's step, with Shift by four. With Ctrl they move the lower right corner of the
/// frame that has the focus, with Shift too the upper left one.
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
    let scene = around.scene;
    let frame = scene.open_frames().map(|(_, view)| view).find(|view| view.selected);
    let focused = match state.focused {
        Some(Hit::Frame(i) | Hit::Fold(i)) => scene.frames().get(i),
        _ => None,
    };
    for (key, way) in ways {
        if let Some(frame) = focused {
            let both = Modifiers::COMMAND.plus(Modifiers::SHIFT);
            let edges = if pressed(both, key) {
                Some(Edges::START)
            } else {
                pressed(Modifiers::COMMAND, key).then_some(Edges::END)
            };
            if let Some(edges) = edges {
                let title = display_safe_line(&frame.title);
                match pointer::resized(frame.title.clone(), edges, way * GRID, around) {
                    Some(Intent::ResizeFrame { title: of, frame }) => {
                        state.said = format!("frame {title} is {:.0} by {:.0}", frame.size[0], frame.size[1]);
                        intents.push(Intent::ResizeFrame { title: of, frame });
                    }
                    _ => state.said = format!("frame {title} cannot be smaller: its members are there"),
                }
                continue;
            }
        }
        let step = if pressed(Modifiers::SHIFT, key) {
            4.0 * GRID
        } else if pressed(Modifiers::NONE, key) {
            GRID
        } else {
            continue;
        };
        let (carried, what, from) = match frame {
            Some(view) => {
                let title = display_safe_line(&view.title);
                (scene.carried_by_frame(view), format!("frame {title}"), view.rect.min)
            }
            None => {
                let Some((i, node)) = scene.nodes().iter().enumerate().find(|(_, n)| n.selected) else { return };
                let others = scene.selected().count() - 1;
                let more = if others == 0 { String::new() } else { format!(" and {others} more") };
                (scene.carried_by(i, true), format!("{}{more}", node.title), node.pos)
            }
        };
        let to = from + way * step;
        state.said = format!("{what} moved to {:.0}, {:.0}", to.x, to.y);
        for (name, into) in scene.changing(&carried, way * step).into_iter().take(1) {
            let frame = into.or_else(|| scene.framed.get(&name).copied()).and_then(|i| scene.frames().get(i));
            let title = frame.map(|view| display_safe_line(&view.title)).unwrap_or_default();
            let verb = if into.is_some() { "into" } else { "out of" };
            state.said.push_str(&format!(", {verb} the frame {title}"));
        }
        intents.push(Intent::Move(scene.moved(&carried, way * step)));
    }
}

/// Says what the keyboard does, at the canvas's foot and to assistive technology.
pub(super) fn status_line(ui: &Ui, canvas: &Response, around: &Around<'_>, state: &mut CanvasState) {
    let linking = state.linking.as_ref().filter(|_| around.candidates.is_some());
    let visible = linking.map(|l| l.words(around));
    let said = if state.hint.is_empty() { &state.said } else { &state.hint };
    let words = visible.as_deref().unwrap_or(said);
    let keys = "Enter or a click connects   ↑ ↓ choose   Esc leaves";
    let t = tokens(ui.ctx());
    let painter = ui.painter_at(around.canvas);
    let text = painter.layout(words.to_owned(), fonts::text(size::BODY), t.strong, around.canvas.width() - 48.0);
    let keys = painter.layout_no_wrap(keys.to_owned(), fonts::text(size::SMALL), t.dim);
    let frame = vec2(text.size().x.max(keys.size().x) + 24.0, text.size().y + keys.size().y + 16.0);
    // Where the port in question would be covered below, the line stands above.
    let target = linking.and_then(|l| around.scene.find(l.choice(around)?, l.side.other()));
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
