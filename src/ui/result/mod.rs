//! How a call ended, and the value it returned: the outcome in words first, then the value as a tree, WAVE or JSON.

pub mod highlight;
mod output;
#[cfg(test)]
mod tests;
mod text;
mod tree;

pub use output::{OutputState, output};

use crate::call::{Denial, Outcome, Trap};
use crate::diag::display_safe_line;
use crate::grant::Capability;
use crate::ui::parts::{self, Button};
use crate::ui::theme::{self, Tone, fonts, icons, size, space};
use crate::value::{Value, to_wave};
use egui::{
    Align, CornerRadius, Frame, Label, Layout, Margin, RichText, Role, Stroke, Ui, WidgetInfo, WidgetText, vec2,
};
use text::{Notation, TextView};
use tree::TreeView;

/// More frames of a backtrace are counted, not listed.
const MAX_FRAMES: usize = 200;

/// How a result is looked at. It forgets what it knows of a result when another one is shown.
#[derive(Default)]
pub struct ResultState {
    /// Which result the rest is about.
    result: Option<u64>,
    view: usize,
    tree: TreeView,
    wave: Option<TextView>,
    json: Option<TextView>,
    backtrace_open: bool,
}

/// What a result asks the window to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Show the grant that would have allowed what was refused.
    GoToGrant(Capability),
    /// Show the import that no grant covers: it must be wired.
    GoToImport {
        /// The imported interface's full name.
        interface: String,
        /// The instances that import it.
        instances: Vec<String>,
    },
}

/// What an outcome looks like in one line.
struct Headline {
    glyph: &'static str,
    tone: Tone,
    word: &'static str,
    sentence: String,
    hint: Option<String>,
}

/// Draws the outcome. `result` names it, as the call's job number does: another number is another result.
pub fn show(ui: &mut Ui, state: &mut ResultState, result: u64, outcome: &Outcome) -> Option<Action> {
    if state.result != Some(result) {
        // Which of the views is chosen stays.
        *state = ResultState { result: Some(result), view: state.view, ..ResultState::default() };
    }
    headline(ui, &line_for(outcome));
    ui.add_space(space::S);
    match outcome {
        Outcome::Returned(Some(value)) => value_view(ui, state, value),
        Outcome::Trapped(trap) => backtrace(ui, state, trap),
        Outcome::Denied(denial) => return denied_action(ui, denial),
        _ => {}
    }
    None
}

fn line_for(outcome: &Outcome) -> Headline {
    let line = |glyph, tone, word, sentence: String| Headline { glyph, tone, word, sentence, hint: None };
    match outcome {
        Outcome::Returned(Some(Value::Result(Err(_)))) => {
            line(icons::WARNING, Tone::Warn, "err", "The function returned an error".to_owned())
        }
        Outcome::Returned(None) => {
            line(icons::CHECK_CIRCLE, Tone::Ok, "ok", "The function returned, without a value".to_owned())
        }
        Outcome::Returned(Some(_)) => line(icons::CHECK_CIRCLE, Tone::Ok, "ok", "The function returned".to_owned()),
        Outcome::Trapped(trap) => Headline {
            hint: Some(trap_hint(trap)),
            ..line(icons::LIGHTNING, Tone::Error, "trap", display_safe_line(&trap.message).into_owned())
        },
        Outcome::Denied(denial) => denied_line(denial),
        Outcome::LimitReached(limit) => line(icons::GAUGE, Tone::Warn, "limit", display_safe_line(limit).into_owned()),
        Outcome::Cancelled => line(icons::STOP, Tone::Neutral, "cancelled", "The call was cancelled".to_owned()),
        Outcome::Failed(why) => line(icons::ERROR, Tone::Error, "failed", display_safe_line(why).into_owned()),
        Outcome::RunnerLost(how) => line(icons::PLUGS, Tone::Error, "runner lost", display_safe_line(how).into_owned()),
    }
}

/// Where it was, which for a stub is what it says, and what follows from it.
fn trap_hint(trap: &Trap) -> String {
    let place = trap.frames.first().map(|frame| match frame.split_once("the stub traps ") {
        // A stub's own words, and the function without the mark of what kind it is.
        Some((_, at)) => {
            let (how, function) = at.rsplit_once(' ').unwrap_or(("in", at));
            let function = function.split_once(']').map_or(function, |(_, name)| name);
            format!("The stub traps {} “{}”. ", display_safe_line(how), display_safe_line(function))
        }
        None => format!("In “{}”. ", display_safe_line(frame)),
    });
    format!("{}The instance is gone; the next call makes a new one", place.unwrap_or_default())
}

fn denied_line(denial: &Denial) -> Headline {
    let names: Vec<_> = denial.instances.iter().map(|i| display_safe_line(i)).collect();
    let who = if names.is_empty() { "The component".to_owned() } else { names.join(", ") };
    let (function, interface) = (display_safe_line(&denial.function), display_safe_line(&denial.interface));
    let (why, hint) = match denial.capability {
        Some(capability) => ("is not granted", format!("The grant for it is {}", capability.word())),
        None => ("nothing provides", "No grant covers it: wire the import to an instance that exports it".to_owned()),
    };
    Headline {
        glyph: icons::PROHIBIT,
        tone: Tone::Warn,
        word: "denied",
        sentence: format!("{who} called {function} of {interface}, which {why}"),
        hint: Some(hint),
    }
}

/// The outcome as icon, word and sentence on the ground of its meaning.
fn headline(ui: &mut Ui, line: &Headline) {
    let t = theme::tokens(ui.ctx());
    let ink = t.tone(line.tone);
    let frame = Frame::NONE
        .fill(t.ground(line.tone))
        .corner_radius(CornerRadius::same(size::RADIUS))
        .stroke(Stroke::new(1.0, ink.gamma_multiply(0.35)))
        .inner_margin(Margin { left: 10, right: 10, top: 6, bottom: 6 });
    let shown = frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_top(|ui| {
            ui.label(RichText::new(line.glyph).font(fonts::icon(18.0)).color(ink));
            ui.label(RichText::new(line.word).font(fonts::strong(size::BODY)).color(ink));
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                ui.add(Label::new(RichText::new(&line.sentence).color(t.strong)).wrap().selectable(true));
                if let Some(hint) = &line.hint {
                    ui.add(Label::new(RichText::new(hint).color(t.normal)).wrap());
                }
            });
        });
    });
    let said = format!("{}: {}", line.word, line.sentence);
    shown.response.widget_info(|| WidgetInfo::labeled(Role::Status, true, &said));
}

fn denied_action(ui: &mut Ui, denial: &Denial) -> Option<Action> {
    match denial.capability {
        Some(capability) => {
            let words = format!("Go to grant: {}", capability.word());
            ui.add(Button::new(&words).icon(icons::SHIELD)).clicked().then_some(Action::GoToGrant(capability))
        }
        None => ui
            .add(Button::new("Go to import").icon(icons::PLUG))
            .clicked()
            .then(|| Action::GoToImport { interface: denial.interface.clone(), instances: denial.instances.clone() }),
    }
}

fn backtrace(ui: &mut Ui, state: &mut ResultState, trap: &Trap) {
    let t = theme::tokens(ui.ctx());
    ui.horizontal(|ui| {
        let count = trap.frames.len();
        if count > 0 {
            let glyph = if state.backtrace_open { icons::CARET_DOWN } else { icons::CARET_RIGHT };
            let words = format!("Backtrace, {count} {}", if count == 1 { "frame" } else { "frames" });
            let fold = ui.add(Button::new(&words).icon(glyph).quiet());
            ui.ctx().accesskit_node_builder(fold.id, |node| node.set_expanded(state.backtrace_open));
            if fold.clicked() {
                state.backtrace_open = !state.backtrace_open;
            }
        }
        if ui.add(Button::new("Copy trap").icon(icons::COPY).quiet()).clicked() {
            ui.ctx().copy_text(format!("{}\n{}", trap.message, trap.frames.join("\n")));
        }
    });
    if !state.backtrace_open {
        return;
    }
    Frame::NONE.fill(t.field).corner_radius(CornerRadius::same(size::RADIUS)).inner_margin(space::S).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing = vec2(space::S, 2.0);
        for (i, frame) in trap.frames.iter().take(MAX_FRAMES).enumerate() {
            ui.horizontal_top(|ui| {
                ui.label(RichText::new(format!("{i:>3}")).font(fonts::mono(12.0)).color(t.faint));
                let text = RichText::new(display_safe_line(frame)).font(fonts::mono(12.0)).color(t.normal);
                ui.add(Label::new(text).wrap().selectable(true));
            });
        }
        if let Some(more) = trap.frames.len().checked_sub(MAX_FRAMES + 1) {
            ui.label(RichText::new(format!("… and {} more", more + 1)).color(t.dim));
        }
    });
}

fn value_view(ui: &mut Ui, state: &mut ResultState, value: &Value) {
    ui.horizontal(|ui| {
        if let Some(view) = parts::segments(ui, "Show the value as", &["Tree", "WAVE", "JSON"], state.view) {
            state.view = view;
        }
        let words = if state.view == 2 { "Copy JSON" } else { "Copy WAVE" };
        if parts::icon_button(ui, icons::COPY, words).clicked() {
            let text = if state.view == 2 { text::json(value) } else { to_wave(value) };
            ui.ctx().copy_text(text);
        }
    });
    ui.add_space(space::XS);
    match state.view {
        1 => state.wave.get_or_insert_with(|| TextView::new(value, Notation::Wave)).show(ui),
        2 => state.json.get_or_insert_with(|| TextView::new(value, Notation::Json)).show(ui),
        _ => state.tree.show(ui, value),
    }
}

/// The height of a line of text, in points.
const LINE: f32 = 18.0;

/// One of many lines, exactly [`LINE`] high, so that lines that are not drawn can be counted.
fn text_line(ui: &mut Ui, text: impl Into<WidgetText>) {
    let layout = Layout::left_to_right(Align::Center);
    ui.allocate_ui_with_layout(vec2(ui.available_width(), LINE), layout, |ui| {
        ui.set_height(LINE);
        ui.add(Label::new(text).extend().selectable(true));
    });
}

/// How high a scrolling part may be: what the panel has left, or a part of the window if the panel itself scrolls.
fn room(ui: &Ui, wanted: f32) -> f32 {
    let left = ui.available_height();
    let most = if left.is_finite() && left > 0.0 { left.max(160.0) } else { ui.ctx().content_rect().height() * 0.6 };
    wanted.min(most)
}
