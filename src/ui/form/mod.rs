//! The arguments of one function as a form made from their types, and the same as WAVE text.

mod basis;
mod bits;
mod bytes;
mod draw;
mod leaf;
mod node;
#[cfg(test)]
mod tests;
mod wave;

pub use basis::Source;

use crate::component::{Component, Digest, Function, Param};
use crate::diag::display_safe_line;
use crate::ui::theme::{self, space};
use crate::value::{FieldError, Handle, Value, check, parse_wave, to_wave};
use basis::Basis;
use draw::{Columns, Draw, ItemAction, Label};
use egui::{Key, Modifiers, RichText, Ui};
use node::Node;
use std::sync::Arc;
use wave::WaveText;

/// More parts than this are paged.
const PAGE: usize = 50;
/// Fields deeper than this start folded.
const AUTO_DEPTH: usize = 4;
/// So many parts open by themselves; more wait for a click.
const AUTO_PARTS: usize = 300;
/// So many parts of a given value become fields at once; the others when they are looked at.
const EAGER_PARTS: usize = 5000;

/// What was typed and chosen for the arguments of one function, and how much of it is shown.
pub struct FormState {
    digest: Digest,
    interface: Option<String>,
    function: String,
    params: Vec<Param>,
    basis: Basis,
    arguments: Vec<Node>,
    wave: WaveText,
    /// Whether the WAVE text is shown instead of the fields.
    as_wave: bool,
    /// What is wrong first; `None` until it is looked for again after a change.
    problem: Option<Option<FieldError>>,
    focus_on: Option<u64>,
    /// Stands before the names of all fields, where a form is one of several.
    prefix: String,
    /// It has no switch of its own between fields and WAVE text.
    is_part: bool,
    /// The keyboard's focus was on a widget of the form in the last frame.
    has_focus: bool,
}

/// What one frame of a form says.
#[derive(Debug, Clone, PartialEq)]
pub struct FormOutcome {
    /// The value is another one than before this frame.
    pub changed: bool,
    /// All fields are fine: [`FormState::values`] gives the arguments.
    pub valid: bool,
    /// The first thing that is wrong, in words, with the path of its field.
    pub why_not: Option<String>,
    /// Ctrl or Cmd with Enter was pressed, whether or not the form is valid.
    pub submit: bool,
    /// A function that returns a missing handle was asked for.
    pub go_to: Option<Source>,
}

impl FormState {
    /// A form for this function: with `saved` WAVE texts, one for each argument, where they still fit the types, and
    /// with defaults elsewhere.
    pub fn new(
        component: &Arc<Component>,
        interface: Option<&str>,
        function: &Function,
        saved: Option<&[String]>,
    ) -> Self {
        let basis = Basis::new(component);
        let mut budget = EAGER_PARTS;
        let arguments = function
            .params
            .iter()
            .enumerate()
            .map(|(i, param)| {
                let text = saved.and_then(|s| s.get(i));
                match text.and_then(|text| parse_wave(text, &basis.at(param.ty)).ok()) {
                    Some(value) => Node::of(&basis, param.ty, value, &mut budget),
                    None => Node::new(&basis, param.ty),
                }
            })
            .collect();
        Self {
            digest: component.digest,
            interface: interface.map(str::to_owned),
            function: function.name.clone(),
            wave: WaveText::new(&basis, &function.params),
            params: function.params.clone(),
            basis,
            arguments,
            as_wave: false,
            problem: None,
            focus_on: None,
            prefix: String::new(),
            is_part: false,
            has_focus: false,
        }
    }

    /// One of several forms that stand together: what names its fields begins so, and all are switched to WAVE text at once,
    /// by [`FormState::set_wave`].
    pub fn part_of(mut self, prefix: impl Into<String>) -> Self {
        (self.prefix, self.is_part) = (prefix.into(), true);
        self
    }

    /// A form for what a stub answers.
    pub fn answering(mut self) -> Self {
        self.basis.is_answer = true;
        self
    }

    /// Begins what names its fields otherwise.
    pub fn set_prefix(&mut self, prefix: impl Into<String>) {
        self.prefix = prefix.into();
    }

    /// Shows the WAVE text instead of the fields, or the fields again.
    pub fn set_wave(&mut self, as_wave: bool) {
        self.as_wave = as_wave;
    }

    /// Fills the form with these arguments, as from history. One that does not fit its type leaves its field as it was.
    pub fn set_values(&mut self, values: &[Value]) {
        let fitting = values
            .iter()
            .zip(&self.params)
            .map(|(value, param)| check(value, &self.basis.at(param.ty)).is_empty().then(|| value.clone()));
        let fitting: Vec<_> = fitting.collect();
        self.replace(fitting);
        self.wave.outdated();
    }

    fn replace(&mut self, values: Vec<Option<Value>>) {
        let mut budget = EAGER_PARTS;
        for (node, value) in self.arguments.iter_mut().zip(values) {
            let Some(value) = value else { continue };
            let new = Node::of(&self.basis, node.ty, value, &mut budget);
            let old = std::mem::replace(node, new);
            node.adopt(old);
        }
        self.problem = None;
    }

    /// The arguments, if every field is fine.
    pub fn values(&self) -> Option<Vec<Value>> {
        self.first_problem().is_none().then(|| self.arguments.iter().map(|a| a.value(&self.basis)).collect())
    }

    /// The arguments as WAVE text, one text for each, to be kept. A default stands in for what is not valid yet.
    pub fn wave_arguments(&self) -> Vec<String> {
        self.arguments.iter().map(|a| to_wave(&a.value(&self.basis))).collect()
    }

    fn first_problem(&self) -> Option<FieldError> {
        if let Some(known) = &self.problem {
            return known.clone();
        }
        self.arguments.iter().zip(&self.params).find_map(|(argument, param)| {
            let problem = argument.problem(&self.basis)?;
            Some(FieldError { path: problem.path(&param.name), message: problem.message })
        })
    }

    /// Opens the way to the first wrong field and puts the focus there.
    fn go_to_problem(&mut self) {
        for argument in &mut self.arguments {
            if let Some(problem) = argument.problem(&self.basis) {
                argument.reveal(&self.basis, &problem.keys);
                self.focus_on = problem.keys.first().copied();
                return;
            }
        }
    }
}

/// Draws the form as wide as there is room, and as high as it needs; put it into a scroll area. `handles` are the live
/// resources.
pub fn show(ui: &mut Ui, state: &mut FormState, handles: &[Handle]) -> FormOutcome {
    if state.basis.handles != handles {
        state.basis.handles = handles.to_vec();
        state.problem = None;
    }
    // Taken before any editor can read it as a line feed; what lies above the form has its own use for the keys.
    let is_covered = ui.memory(|m| m.top_modal_layer().is_some());
    let submit = !is_covered && ui.input_mut(|i| i.consume_key(Modifiers::COMMAND, Key::Enter));
    let base = ui.scope_id().with(("form", state.digest.0, &state.interface, &state.function));
    let mut changed = false;
    let mut go_to = None;
    if state.params.is_empty() {
        let t = theme::tokens(ui.ctx());
        ui.label(RichText::new("No arguments").color(t.dim));
    } else {
        if !state.is_part {
            let (picked, _) = bits::segmented(
                ui,
                base.with("tab"),
                usize::from(state.as_wave),
                "Edit as",
                [("Form", None), ("WAVE", None)],
            );
            if let Some(picked) = picked {
                state.as_wave = picked == 1;
            }
            ui.add_space(space::S);
        }
        if state.as_wave {
            let name = match state.prefix.as_str() {
                "" => "Arguments as WAVE".to_owned(),
                prefix => format!("{prefix}values as WAVE"),
            };
            let read = state.wave.show(ui, base.with("wave"), &name, &state.basis, &state.arguments);
            if let Some(values) = read {
                state.replace(values.into_iter().map(Some).collect());
                changed = true;
            }
        } else {
            (changed, go_to) = fields(ui, state, base);
        }
    }
    if changed || state.problem.is_none() {
        state.problem = None;
        state.problem = Some(state.first_problem());
    }
    let wave_error = if state.as_wave { state.wave.error_words() } else { None };
    let form_error = state.problem.iter().flatten().next().map(ToString::to_string);
    let why_not = wave_error.or(form_error);
    if submit && why_not.is_some() && !state.as_wave {
        state.go_to_problem();
        ui.ctx().request_repaint();
    }
    FormOutcome { changed, valid: why_not.is_none(), why_not, submit, go_to }
}

/// The fields. Answers whether the value changed, and the function that was asked for.
fn fields(ui: &mut Ui, state: &mut FormState, base: egui::Id) -> (bool, Option<Source>) {
    let pressed = |key| state.has_focus && ui.input_mut(|i| i.consume_key(Modifiers::ALT, key));
    let up = pressed(Key::ArrowUp).then_some(ItemAction::Up);
    let move_by = up.or(pressed(Key::ArrowDown).then_some(ItemAction::Down));
    let mut draw = Draw {
        basis: &state.basis,
        t: theme::tokens(ui.ctx()),
        base,
        columns: Columns::of(ui),
        changed: false,
        go_to: None,
        invalid: !matches!(state.problem, Some(None)),
        auto_open: AUTO_PARTS,
        move_by,
        focus_seen: false,
        focus_on: state.focus_on.take(),
        focus_armed: false,
    };
    for (argument, param) in state.arguments.iter_mut().zip(&state.params) {
        let name = display_safe_line(&param.name);
        let path = format!("{}{name}", state.prefix);
        draw.field(ui, argument, &Label { text: &name, docs: None }, &path, 0, None);
    }
    let Draw { changed, go_to, focus_on, focus_seen, .. } = draw;
    (state.focus_on, state.has_focus) = (focus_on, focus_seen);
    if changed {
        state.wave.outdated();
    }
    if focus_on.is_some() {
        ui.ctx().request_repaint();
    }
    (changed, go_to)
}
