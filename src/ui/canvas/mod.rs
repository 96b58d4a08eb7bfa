//! The node canvas: shows a [`Scene`] and says what a person wants done with it, as [`Intent`]s. It changes nothing itself
//! but what is seen and what is being dragged.
//!
//! | file | owns |
//! |---|---|
//! | `geometry` | points, curves, snapping, tidying; no window |
//! | `scene` | what is shown |
//! | `taps` | where the taps of wires stand; no window |
//! | `frames` | frames: what they take in, and where things go when one changes; no window |
//! | `room` | where things go so that nothing lies on another; no window |
//! | `intent` | what comes out |
//! | `pointer` | events of the pointer in, intents out; no window |
//! | `keyboard` | the same for keys |
//! | `drops` | what is dragged here from the library |
//! | `elements` | what keyboard and assistive technology reach |
//! | `hints` | words beside the pointer and the focus |
//! | `paint` | how it looks |
//! | `minimap` | the whole in a corner |

mod drops;
mod elements;
mod frames;
pub mod geometry;
mod hints;
mod intent;
mod keyboard;
mod minimap;
mod paint;
mod pointer;
mod room;
mod scene;
mod taps;
#[cfg(test)]
mod tests;

pub use drops::{Dragged, NodeOf, drop_hint};
pub use frames::{FRAME_HEAD, FrameView};
pub use geometry::View;
pub(in crate::ui) use hints::fit_words;
pub use intent::{Ask, Intent, MenuOn, SelectMode};
pub use room::Pushed;
pub use scene::{Node, NodeState, PortShape, PortState, PortView, Scene, Wire, end_beside};

use crate::compose::{Candidate, Port, Side};
use crate::ui::theme::{icons, tokens};
use egui::{Id, PointerButton, Pos2, Rect, Response, Role, Sense, Ui, UiBuilder, Vec2, WidgetInfo, vec2};
use elements::{MOST_REACHABLE, describe, element_id, elements};
use hints::{hint, node_hint, node_tooltip, port_tooltip};
use keyboard::Linking;
use paint::{Brush, Emphasis};
use pointer::{Aim, Around, Button, Event, Gesture, Held, Hit, Wiring};
use std::collections::HashSet;

/// What the canvas keeps between frames.
#[derive(Debug, Default)]
pub struct CanvasState {
    view: Option<View>,
    gesture: Gesture,
    linking: Option<Linking>,
    asked: Vec<Ask>,
    focused: Option<Hit>,
    /// What was pressed gets the keyboard's focus.
    pressed_on: Option<Id>,
    /// The keyboard was used last, not the pointer: focus is drawn.
    keyboard: bool,
    status: String,
    said: String,
    /// What letting go of the wire in hand would do.
    hint: String,
    size: Vec2,
    hides_minimap: bool,
    /// The canvas's upper left corner on the screen.
    corner: Pos2,
    /// A wire that hangs in the air while it is chosen where it ends: its port, the side of that, and its end in the world.
    held: Option<(Port, Side, Pos2)>,
    /// The point of the world that is shown at a point of the screen, life size, in the next frame.
    put: Option<(Pos2, Pos2)>,
}

impl CanvasState {
    /// Does something to the view in the next frame.
    pub fn ask(&mut self, ask: Ask) {
        self.asked.push(ask);
    }

    /// Shows this point of the world at that point of the screen, life size, when the canvas is drawn next.
    pub fn put(&mut self, world: Pos2, screen: Pos2) {
        self.put = Some((world, screen));
    }

    /// Draws a wire from a port to a point of the world, or none.
    pub fn hold(&mut self, wire: Option<(Port, Side, Pos2)>) {
        self.held = wire;
    }

    /// The point of the world in the middle of what is seen; `None` before the first frame.
    pub fn middle(&self) -> Option<Pos2> {
        let view = self.view?;
        Some(view.to_world(Pos2::ZERO, (self.size / 2.0).to_pos2()))
    }

    /// Nothing is there to be seen: the view is chosen anew when something is, unless it is known by now.
    pub fn rest(&mut self) {
        (self.view, self.gesture, self.linking) = (None, Gesture::Idle, None);
    }

    /// Shows the minimap whenever not everything is in view, or never.
    pub fn toggle_minimap(&mut self) {
        self.hides_minimap = !self.hides_minimap;
    }

    /// The port that a wire is being drawn from, by pointer or keyboard, and its side.
    pub fn linking(&self) -> Option<(&Port, Side)> {
        match (&self.gesture, &self.linking) {
            (Gesture::Wiring(w), _) => Some((&w.fixed, w.side)),
            (_, Some(l)) => Some((&l.fixed, l.side)),
            _ => None,
        }
    }

    /// Whether the keyboard was used last, and not the pointer.
    pub fn is_by_keyboard(&self) -> bool {
        self.keyboard
    }

    /// Whether an open frame has the focus: it takes the keys that pan elsewhere.
    pub fn is_on_frame(&self) -> bool {
        matches!(self.focused, Some(Hit::Frame(_) | Hit::Fold(_)))
    }

    /// Says something to assistive technology.
    pub fn say(&mut self, text: String) {
        self.said = text;
    }

    /// Where a point of the world was on the screen in the last frame.
    pub fn on_screen(&self, world: Pos2) -> Pos2 {
        self.view.map_or(self.corner, |view| view.to_screen(self.corner, world))
    }

    /// What the pointer or the focus is on, in words, for the status bar; empty if on nothing.
    pub fn status(&self) -> &str {
        &self.status
    }

    /// What is seen; `None` before the first frame.
    pub fn view(&self) -> Option<View> {
        self.view
    }
}

/// Shows the canvas in all the room there is. `candidates` belong to [`CanvasState::linking`]; `None` while they are looked
/// for.
pub fn show(ui: &mut Ui, scene: &Scene, state: &mut CanvasState, candidates: Option<&[Candidate]>) -> Vec<Intent> {
    let (canvas, response) = ui.allocate_exact_size(ui.available_size().max(Vec2::splat(8.0)), Sense::click_and_drag());
    let folded = scene.frames().len() - scene.open_frames().count();
    let nodes = counted(scene.nodes().len() - folded, "instance");
    let groups = if folded == 0 { String::new() } else { format!(", {}", counted(folded, "folded frame")) };
    let more = if scene.nodes().len() > MOST_REACHABLE { "; the list reaches every one" } else { "" };
    let label = format!("Canvas, {nodes}{groups}, {}{more}", counted(scene.wires().len(), "wire"));
    response.widget_info(|| WidgetInfo::labeled(Role::Group, true, &label));
    // What shows everything goes on doing so in another size, until it is moved.
    if state.size != canvas.size()
        && let Some(bounds) = scene.bounds()
        && state.view == Some(View::fit(bounds, state.size))
    {
        state.view = Some(View::fit(bounds, canvas.size()));
    }
    (state.size, state.corner) = (canvas.size(), canvas.min);
    let view = state
        .view
        .get_or_insert_with(|| scene.bounds().map_or_else(View::default, |bounds| View::fit(bounds, canvas.size())));
    let mut around = Around { scene, view: *view, canvas, candidates };
    let mut intents = Vec::new();
    answer(ui, &response, &mut around, state);
    pointer_events(ui, &response, &mut around, state, &mut intents);
    if wheel(ui, &response, &mut around)
        && let Some(at) = ui.input(|i| i.pointer.latest_pos())
    {
        // What is being dragged stays under the pointer.
        let moved = Event::Move(at, held(ui, ui.input(|i| i.modifiers)));
        intents.extend(state.gesture.handle(moved, &around).intents);
    }
    keyboard::keys(ui, &response, &mut around, state, &mut intents);
    intents.extend(drops::dropped(ui, &response, &around));
    state.view = Some(around.view);
    draw(ui, &response, around, state, &mut intents);
    if let Some(view) = state.view.as_mut().filter(|_| !state.hides_minimap) {
        minimap::show(ui, canvas, scene, view);
    }
    intents
}

/// `1 wire`, `2 wires`.
fn counted(n: usize, word: &str) -> String {
    format!("{n} {word}{}", if n == 1 { "" } else { "s" })
}

/// Does what was asked of the view.
fn answer(ui: &Ui, response: &Response, around: &mut Around<'_>, state: &mut CanvasState) {
    let size = around.canvas.size();
    let put = state.put.take();
    for ask in std::mem::take(&mut state.asked) {
        match ask {
            Ask::Fit => {
                if let Some(bounds) = around.scene.bounds() {
                    around.view = View::fit(bounds, size);
                }
            }
            Ask::Actual => {
                let factor = 1.0 / around.view.zoom;
                around.view.zoom_about(around.canvas.min, around.canvas.center(), factor);
                around.view.zoom = 1.0;
            }
            Ask::Pan { right, down } => {
                let by = size / 4.0 * vec2(f32::from(right), f32::from(down));
                around.view.offset -= by.round();
            }
            Ask::ZoomIn => around.view.zoom_about(around.canvas.min, around.canvas.center(), 1.25),
            Ask::ZoomOut => around.view.zoom_about(around.canvas.min, around.canvas.center(), 0.8),
            Ask::Reveal { .. } | Ask::Link { .. } if ui.memory(|m| m.top_modal_layer().is_some()) => {
                // In the frame after its last a modal still keeps the focus from everything below.
                state.asked.push(ask);
                ui.ctx().request_repaint();
            }
            Ask::Show(instances) => {
                // Of what they are wired with, as much as stays in view.
                let [near, own] = around.scene.with_neighbours(&instances);
                if own.is_some_and(|rect| (rect.size() * around.view.zoom).max(size) != size)
                    && let Some(bounds) = around.scene.bounds()
                {
                    around.view = View::fit(bounds, size);
                    continue;
                }
                for rect in near.into_iter().chain(own) {
                    around.view.reveal(rect, size);
                }
            }
            Ask::Link { port, side } => {
                let Some(anchor) = around.scene.find(&port, side).filter(|_| !around.scene.is_fixed()) else {
                    continue;
                };
                if around.view.zoom < geometry::OUTLINE {
                    // Where no port is drawn none has the focus.
                    let (at, factor) = (around.screen(around.scene.at(anchor)), 1.0 / around.view.zoom);
                    around.view.zoom_about(around.canvas.min, at, factor);
                }
                around.view.reveal(around.scene.rect(anchor.node), size);
                let hit = Hit::Port(anchor);
                if let Some(id) = element_id(response.id, around.scene, &hit) {
                    ui.memory_mut(|m| m.request_focus(id));
                }
                (state.focused, state.keyboard) = (Some(hit), true);
                state.linking = Some(Linking::new(port, side));
            }
            Ask::Reveal { instance, port } => {
                let Some(node) = around.scene.index(&instance) else { continue };
                around.view.reveal(around.scene.rect(node), size);
                let port = port.and_then(|(name, side)| around.scene.find(&Port::new(&instance, name), side));
                let hit = port.map_or(Hit::Node(node), Hit::Port);
                if let Some(id) = element_id(response.id, around.scene, &hit) {
                    ui.memory_mut(|m| m.request_focus(id));
                }
                state.keyboard = true;
            }
        }
    }
    if let Some((world, screen)) = put {
        around.view = View { offset: screen - around.canvas.min - world.to_vec2(), zoom: 1.0 };
    }
}

/// The keys held, as far as they mean something to a drag.
fn held(ui: &Ui, m: egui::Modifiers) -> Held {
    let space = ui.input(|i| i.key_down(egui::Key::Space)) && !ui.ctx().text_edit_focused();
    Held { shift: m.shift, command: m.command, alt: m.alt, space }
}

fn pointer_events(
    ui: &Ui,
    response: &Response,
    around: &mut Around<'_>,
    state: &mut CanvasState,
    intents: &mut Vec<Intent>,
) {
    let events = ui.input(|i| i.events.clone());
    // The canvas takes a press only if nothing lies above it there.
    let ours = response.hovered() || response.is_pointer_button_down_on() || response.clicked();
    let held = |modifiers| held(ui, modifiers);
    let modifiers = ui.input(|i| i.modifiers);
    for event in events {
        let event = match event {
            egui::Event::PointerMoved(at) => Event::Move(at, held(modifiers)),
            egui::Event::PointerButton { pos, button, pressed, modifiers } => {
                let button = match button {
                    PointerButton::Primary => Button::Primary,
                    PointerButton::Middle => Button::Middle,
                    PointerButton::Secondary => Button::Secondary,
                    _ => continue,
                };
                if !pressed {
                    Event::Release(pos, button)
                } else if (ours && around.canvas.contains(pos)) || state.gesture != Gesture::Idle {
                    if state.gesture == Gesture::Idle {
                        state.keyboard = false;
                        if let Some(linking) = state.linking.take()
                            && button == Button::Primary
                            && let Hit::Port(anchor) = around.hit(pos)
                        {
                            // The focus stays on the port that the wire is drawn from.
                            let fixed = around.scene.find(&linking.fixed, linking.side).map(Hit::Port);
                            state.pressed_on = fixed.and_then(|hit| element_id(response.id, around.scene, &hit));
                            match linking.joined(anchor, around) {
                                Some(intent) => intents.push(intent),
                                None => state.linking = Some(linking.waiting()),
                            }
                            continue;
                        }
                        state.pressed_on = element_id(response.id, around.scene, &around.hit(pos));
                    }
                    Event::Press(pos, button, held(modifiers))
                } else {
                    continue;
                }
            }
            egui::Event::WindowFocused(false) => Event::Cancel,
            egui::Event::Key { key: egui::Key::Escape, pressed: true, .. } if state.gesture != Gesture::Idle => {
                ui.input_mut(|i| i.consume_key(egui::Modifiers::NONE, egui::Key::Escape));
                Event::Cancel
            }
            _ => continue,
        };
        let done = state.gesture.handle(event, around);
        around.view.offset += done.pan;
        intents.extend(done.intents);
    }
    if response.double_clicked()
        && let Some(at) = response.interact_pointer_pos()
    {
        intents.extend(state.gesture.handle(Event::DoubleClick(at), around).intents);
    }
    let dragging = !matches!(state.gesture, Gesture::Idle | Gesture::Pressed { .. } | Gesture::Panning { .. });
    if dragging && let Some(at) = ui.input(|i| i.pointer.latest_pos()) {
        let pan = geometry::edge_pan(around.canvas, at, ui.input(|i| i.stable_dt).min(0.05));
        if pan != Vec2::ZERO {
            around.view.offset += pan;
            let modifiers = held(ui.input(|i| i.modifiers));
            intents.extend(state.gesture.handle(Event::Move(at, modifiers), around).intents);
            ui.ctx().request_repaint();
        }
    }
}

/// Scrolling pans; with Ctrl, or by pinching, it zooms about the pointer. Says whether it did.
fn wheel(ui: &Ui, response: &Response, around: &mut Around<'_>) -> bool {
    let is_ours = response.contains_pointer() || response.is_pointer_button_down_on();
    let Some(at) = ui.input(|i| i.pointer.latest_pos()).filter(|_| is_ours) else { return false };
    let before = around.view;
    let (scroll, zoom) = ui.input(|i| (i.smooth_scroll_delta(), i.zoom_delta()));
    if zoom != 1.0 {
        around.view.zoom_about(around.canvas.min, at, zoom);
    } else {
        around.view.offset += scroll;
    }
    around.view != before
}

fn draw(ui: &mut Ui, response: &Response, around: Around<'_>, state: &mut CanvasState, intents: &mut Vec<Intent>) {
    let scene = around.scene;
    let mut child = ui.new_child(UiBuilder::new().max_rect(around.canvas));
    child.shrink_clip_rect(around.canvas);
    let pointer = ui.input(|i| i.pointer.hover_pos()).filter(|_| response.contains_pointer());
    let dragged = response.dnd_hover_payload::<Dragged>().filter(|_| !scene.is_fixed());
    let on = pointer.and_then(|at| match &state.gesture {
        // Letting go here would ask to insert it into this wire.
        _ if dragged.is_some() => drops::wire_under(&around, at).map(Hit::Wire),
        Gesture::Idle | Gesture::Pressed { .. } => response.hovered().then(|| around.hit(at)),
        // Letting go here would ask to insert the node into this wire.
        Gesture::Moving { carried, .. } => around.wire_under(carried, at).map(Hit::Wire),
        _ => None,
    });
    let wiring = match &state.gesture {
        Gesture::Wiring(wiring) => Some(wiring.clone()),
        _ => None,
    };
    let aim = wiring.as_ref().map(|w| around.aim(w));
    if let Some(linking) = &mut state.linking
        && ui.input(|i| i.pointer.delta() != Vec2::ZERO)
    {
        linking.point_at(on.as_ref(), &around);
    }
    let mut emphasis = emphasis(&around, state, wiring.as_ref(), aim.as_ref());
    let focused = state.focused.clone();
    emphasis.focus = focused.clone().filter(|_| state.keyboard);
    emphasis.on = on.clone().filter(|h| *h != Hit::Empty).or_else(|| emphasis.focus.clone());
    let (moved, by) = match &state.gesture {
        Gesture::Moving { carried, by, .. } => (carried.names.iter().filter_map(|n| scene.index(n)).collect(), *by),
        _ => (HashSet::new(), Vec2::ZERO),
    };
    let t = tokens(ui.ctx());
    let seen = Rect::from_min_max(around.world(around.canvas.min), around.world(around.canvas.max));
    let seen = seen.expand(4.0 / around.view.zoom);
    let brush = Brush { painter: child.painter().clone(), t, around, emphasis: &emphasis, moved, by, seen };
    brush.ground();
    for (i, view) in scene.open_frames() {
        brush.frame(i, view, frame_rect(scene, view, &state.gesture));
    }
    brush.cards();
    brush.wires();
    brush.nodes();
    brush.taps();
    state.hint.clear();
    if let Some(wiring) = &wiring {
        state.hint = loose_end(ui, &brush, wiring, aim.as_ref());
    } else if let Some(linking) = &state.linking {
        linking.draw(&brush);
    } else if let Some((port, side, end)) = &state.held
        && let Some(anchor) = scene.find(port, *side)
    {
        let ink = scene.view_of(anchor).map_or(t.dim, |(_, p)| t.family(p.family));
        brush.loose_wire(*side, brush.port_at(anchor), around.screen(*end), ink, true);
    }
    if let (Some(dragged), Some(at)) = (dragged, pointer) {
        let wire = match on {
            Some(Hit::Wire(i)) => scene.wires().get(i).map(|wire| format!("{} → {}", wire.from, wire.to)),
            _ => None,
        };
        drop_hint(ui, around.canvas, at, &dragged, wire.as_deref());
    }
    if let Gesture::Marquee { from, to, .. } = &state.gesture {
        brush.marquee(Rect::from_two_pos(*from, *to));
    }
    state.focused = elements(&child, response, &brush, focused.as_ref(), intents);
    focus_pressed(ui, state);
    if focused != state.focused {
        // What has the focus takes the arrow keys from the next frame on, which should not wait for the next event.
        ui.ctx().request_repaint();
        reveal_focus(&around, state);
    }
    let refused = matches!(aim, Some(Aim::Refused(..)));
    if response.hovered() || wiring.is_some() {
        let space = ui.input(|i| i.key_down(egui::Key::Space)) && !ui.ctx().text_edit_focused();
        ui.ctx().set_cursor_icon(paint::cursor(&state.gesture, on.as_ref(), space, refused));
    }
    state.status = emphasis.on.as_ref().map(|hit| describe(scene, hit)).unwrap_or_default();
    // The line at the foot says what there is to say of a port while a wire is drawn.
    if state.gesture == Gesture::Idle && state.linking.is_none() {
        tell(ui, response, &brush, on.as_ref());
    }
    keyboard::status_line(ui, response, &around, state);
}

/// Where a frame is while it, or an edge of it, is dragged.
fn frame_rect(scene: &Scene, view: &FrameView, gesture: &Gesture) -> Rect {
    match gesture {
        Gesture::Moving { carried, by, .. } if carried.frames.contains(&view.title) => view.rect.translate(*by),
        Gesture::Resizing { title, edges, by, .. } if *title == view.title => {
            scene.resized(title, *edges, *by).map_or(view.rect, |f| Rect::from_min_size(f.at.into(), f.size.into()))
        }
        _ => view.rect,
    }
}

/// Gives what was pressed the focus. Only when all is drawn: egui takes the focus from everything that is not under the
/// pointer for it, and the canvas itself is.
fn focus_pressed(ui: &Ui, state: &mut CanvasState) {
    let Some(id) = state.pressed_on else { return };
    if !ui.memory(|m| m.has_focus(id)) {
        ui.memory_mut(|m| m.request_focus(id));
        // During a drag it may be out of view, where nothing has the focus: the next frame comes when the pointer moves.
        if matches!(state.gesture, Gesture::Idle | Gesture::Pressed { .. }) {
            ui.ctx().request_repaint();
        }
    }
    if ui.input(|i| !i.pointer.any_down()) {
        state.pressed_on = None;
    }
}

/// Says what there is to say of what the pointer is on, or else of what has the focus.
fn tell(ui: &Ui, response: &Response, brush: &Brush<'_>, on: Option<&Hit>) {
    let Around { scene, view, canvas, .. } = brush.around;
    let is_small = view.zoom < geometry::DETAIL;
    match (on, &brush.emphasis.focus) {
        (Some(Hit::Port(anchor)), _) => port_tooltip(response, scene, *anchor),
        (Some(Hit::Node(i) | Hit::Mark(i) | Hit::Open(i)), _) if is_small => node_tooltip(response, scene, *i),
        (_, Some(Hit::Node(i))) if is_small => node_hint(ui, canvas, brush.node_rect(*i).left_bottom(), scene, *i),
        _ => {}
    }
}

fn emphasis(around: &Around<'_>, state: &CanvasState, wiring: Option<&Wiring>, aim: Option<&Aim<'_>>) -> Emphasis {
    let scene = around.scene;
    let mut out = Emphasis::default();
    if let Some((port, side)) = state.linking() {
        let other = side.other();
        // Nothing steps back before it is known what fits.
        out.fits = around.candidates.map(|all| {
            let fits = all.iter().filter(|c| c.fit.fits());
            fits.filter_map(|c| scene.find(&c.port, other)).collect()
        });
        let target = match aim {
            Some(Aim::Fits(anchor, _) | Aim::Unknown(anchor)) => Some(*anchor),
            _ => state.linking.as_ref().and_then(|l| scene.find(l.choice(around)?, other)),
        };
        out.active = [scene.find(port, side), target];
    }
    if let Some(was) = wiring.and_then(|w| w.was.as_ref()) {
        out.hidden_wire = scene.wire_to(was);
    }
    if let Gesture::Marquee { from, to, .. } = &state.gesture {
        let area = Rect::from_two_pos(*from, *to);
        out.marked = around.within(area).iter().filter_map(|n| scene.index(n)).collect();
    }
    match &state.gesture {
        // Letting go here would change which frame these are in.
        Gesture::Moving { carried, by, .. } => {
            let changes = scene.changing(carried, *by);
            out.joined = changes.iter().filter_map(|(_, to)| *to).collect();
            out.left = changes.iter().filter_map(|(name, _)| scene.framed.get(name).copied()).collect();
        }
        Gesture::Resizing { title, edges, by, .. } => {
            let frame = scene.resized(title, *edges, *by);
            let rect = frame.map(|f| Rect::from_min_size(f.at.into(), f.size.into()));
            out.marked = rect.map(|rect| scene.taken_in(rect)).unwrap_or_default().into_iter().collect();
        }
        _ => {}
    }
    out
}

/// The wire in hand, and next to it what letting go would do; returns the words.
fn loose_end(ui: &Ui, brush: &Brush<'_>, wiring: &Wiring, aim: Option<&Aim<'_>>) -> String {
    let t = brush.t;
    let Some(anchor) = brush.around.scene.find(&wiring.fixed, wiring.side) else { return String::new() };
    let family = brush.around.scene.view_of(anchor).map(|(_, p)| p.family);
    let ink = family.map_or(t.dim, |f| t.family(f));
    let (target, words) = match aim {
        Some(Aim::Fits(to, candidate)) => (Some(brush.port_at(*to)), Some((icons::CHECK, t.ok, fit_words(candidate)))),
        Some(Aim::Refused(why, _)) => (None, Some((icons::PROHIBIT, t.error, why.clone()))),
        Some(Aim::Empty) if wiring.was.is_some() => (None, Some((icons::LINK_BREAK, t.warn, "Disconnect".to_owned()))),
        _ => (None, None),
    };
    // The end glides the last bit to the port it snaps to.
    let pull =
        ui.ctx().animate_bool_with_time(ui.scope_id().with("snap"), target.is_some(), ui.style().animation_time / 2.0);
    let loose = target.map_or(wiring.at, |to| wiring.at.lerp(to, pull));
    brush.loose_wire(wiring.side, brush.port_at(anchor), loose, ink, !matches!(aim, Some(Aim::Refused(..))));
    let Some((glyph, color, words)) = words else { return String::new() };
    let other = match aim {
        Some(Aim::Fits(to, _) | Aim::Refused(_, Some(to))) => brush.around.scene.port(*to),
        _ => None,
    };
    let ends = other.map(|other| {
        let (from, to) = pointer::export_first(&wiring.fixed, wiring.side, &other);
        format!("{from} → {to}")
    });
    // A difference begins with the name of a function or with a word: neither is a sentence's beginning.
    let begins = words.starts_with(|c: char| c.is_uppercase());
    let words = if begins { words } else { format!("Does not fit: {words}") };
    hint(ui, brush.around.canvas, wiring.at, (glyph, color), &words, ends.as_deref());
    match ends {
        Some(ends) => format!("{words}. {ends}"),
        None => words,
    }
}

/// Brings what has just got the focus by keyboard into view.
fn reveal_focus(around: &Around<'_>, state: &mut CanvasState) {
    let rect = match &state.focused {
        Some(Hit::Node(i) | Hit::Mark(i) | Hit::Open(i)) => around.scene.rect(*i),
        Some(Hit::Port(anchor)) => around.scene.rect(anchor.node),
        Some(Hit::Frame(i) | Hit::Fold(i)) => match around.scene.frames().get(*i) {
            Some(frame) => frame.head(),
            None => return,
        },
        _ => return,
    };
    if state.keyboard
        && let Some(view) = &mut state.view
    {
        view.reveal(rect, around.canvas.size());
    }
}
