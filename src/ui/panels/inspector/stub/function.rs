//! One function of a stub: an ordered list of rules, and what it does if none of them holds.

use super::Stage;
use crate::component::{Function, FunctionKind, Param, Type};
use crate::compose::{Answer, Behavior, Condition, MOST_RULES, Rule, first_value, why_not_asked, why_not_given};
use crate::diag::display_safe_line;
use crate::ui::form::{self, FormState};
use crate::ui::panels::kit;
use crate::ui::parts::{self, Button, IconButton, ListRow, Section};
use crate::ui::theme::{fonts, icons, size, space, tokens};
use crate::value::to_wave;
use egui::{Align, Label, Layout, Margin, RichText, Stroke, Ui, vec2};

/// So many more rules are shown at a time.
const PAGE: usize = 50;

/// What is typed for a function.
#[derive(Default)]
pub(super) struct State {
    /// The values are edited as WAVE text.
    as_wave: bool,
    /// How many pages of rules are shown beyond the first.
    pages: usize,
    rules: Vec<Typed>,
    otherwise: Option<FormState>,
    last_key: u64,
}

/// What is typed for a rule.
struct Typed {
    /// Widgets are known by it, so focus follows a rule that moves.
    key: u64,
    is_open: bool,
    when: Option<FormState>,
    answer: Option<FormState>,
}

enum Act {
    Up,
    Down,
    Remove,
}

impl State {
    /// Without the values that were typed: those of the stub are others now.
    pub fn forget(mut self) -> Self {
        self.otherwise = None;
        for rule in &mut self.rules {
            (rule.when, rule.answer) = (None, None);
        }
        self
    }

    fn new_rule(&mut self, is_open: bool) -> Typed {
        self.last_key += 1;
        Typed { key: self.last_key, is_open, when: None, answer: None }
    }

    fn fit(&mut self, count: usize) {
        self.rules.truncate(count);
        while self.rules.len() < count {
            let rule = self.new_rule(false);
            self.rules.push(rule);
        }
    }
}

/// Draws the function; what is chosen and typed goes to `behavior`.
pub(super) fn show(
    ui: &mut Ui,
    stage: &Stage<'_>,
    function: &Function,
    state: &mut State,
    behavior: &mut Behavior<String>,
) {
    state.fit(behavior.rules.len());
    let name = display_safe_line(function.display_name()).into_owned();
    let has_values = !behavior.rules.is_empty() || behavior.otherwise != Answer::Trap;
    let mut as_wave = state.as_wave;
    let count = behavior.rules.len();
    let section = Section::new(&name);
    let section = if count > 0 { section.count(count) } else { section };
    section.show_with(
        ui,
        |ui| {
            if has_values {
                let label = format!("Edit the values of {name} as WAVE text");
                if ui.add(IconButton::new(icons::CODE, &label).selected(as_wave)).clicked() {
                    as_wave = !as_wave;
                }
            }
        },
        |ui| {
            let signature = display_safe_line(&stage.consumer.signature(function)).into_owned();
            let signature = RichText::new(signature).monospace().size(size::SMALL).weak();
            ui.add(Label::new(signature).wrap());
            let gives = function.result.and_then(|ty| why_not_given(stage.consumer, stage.import, ty));
            if let Some(why) = gives {
                let text = format!("It can only trap: {why}.");
                ui.add(Label::new(kit::dim(&text)).wrap());
                return;
            }
            rules(ui, stage, function, &name, state, behavior);
            if !behavior.rules.is_empty() {
                ui.add_space(space::XS);
                ui.add(Label::new(kit::dim("Otherwise")));
            }
            let one = One { stage, function, named: &name, prefix: format!("{name} "), as_wave: state.as_wave };
            one.answer(ui, &mut state.otherwise, &mut behavior.otherwise);
        },
    );
    state.as_wave = as_wave;
}

/// The parameters that rules can ask for, and why not for the others.
fn askable<'f>(stage: &Stage<'_>, function: &'f Function) -> Vec<(&'f Param, Option<&'static str>)> {
    function.params.iter().map(|p| (p, why_not_asked(stage.consumer, stage.import, p.ty))).collect()
}

fn rules(
    ui: &mut Ui,
    stage: &Stage<'_>,
    function: &Function,
    name: &str,
    state: &mut State,
    behavior: &mut Behavior<String>,
) {
    if function.params.is_empty() {
        return;
    }
    ui.add_space(space::XS);
    let (count, as_wave) = (behavior.rules.len(), state.as_wave);
    let shown = count.min(PAGE * (state.pages + 1));
    let mut act = None;
    for (n, (rule, typed)) in behavior.rules.iter_mut().zip(&mut state.rules).take(shown).enumerate() {
        let (number, key) = (n + 1, typed.key);
        let one = One {
            stage,
            function,
            named: &format!("rule {number} of {name}"),
            prefix: format!("{name} rule {number} "),
            as_wave,
        };
        ui.push_id(("rule", key), |ui| {
            if let Some(wanted) = head(ui, &one, n, count, rule, typed) {
                act = Some((n, wanted));
            }
            if typed.is_open {
                behind_rule(ui, |ui| {
                    one.asks(ui, typed, &mut rule.when);
                    ui.add_space(space::XS);
                    ui.add(Label::new(kit::small("Answers")));
                    one.answer(ui, &mut typed.answer, &mut rule.answer);
                });
            }
        });
    }
    if shown < count {
        let label = format!("Show {} more of {} rules", (count - shown).min(PAGE), count);
        if ui.add(Button::new(&label).quiet()).clicked() {
            state.pages += 1;
        }
    }
    match act {
        Some((n, Act::Remove)) => {
            behavior.rules.remove(n);
            state.rules.remove(n);
        }
        Some((n, Act::Up)) if n > 0 => {
            behavior.rules.swap(n - 1, n);
            state.rules.swap(n - 1, n);
        }
        Some((n, Act::Down)) if n + 1 < count => {
            behavior.rules.swap(n, n + 1);
            state.rules.swap(n, n + 1);
        }
        _ => {}
    }
    let params = askable(stage, function);
    let first = params.iter().find(|(_, why)| why.is_none());
    let why_not = match first {
        _ if count >= MOST_RULES => Some("A stub tries at most 1,000 rules"),
        None => Some("No rule can ask for any of its arguments"),
        Some(_) => None,
    };
    let add = Button::new("Add rule").icon(icons::PLUS).quiet().disabled_because(why_not);
    if ui.add(add).clicked()
        && let Some((param, _)) = first
    {
        let equals = first_text(stage, param.ty, true);
        let answer = Answer::Fixed(function.result.map(|ty| first_text(stage, ty, false)));
        behavior.rules.push(Rule { when: vec![Condition { parameter: param.name.clone(), equals }], answer });
        let typed = state.new_rule(true);
        state.rules.push(typed);
        state.pages = state.pages.max(count / PAGE);
    }
}

/// What a rule says, in one line, and what can be done with it.
fn head(ui: &mut Ui, one: &One<'_>, n: usize, count: usize, rule: &Rule<String>, typed: &mut Typed) -> Option<Act> {
    let mut act = None;
    let named = one.named;
    let row = vec2(ui.available_width(), size::ROW);
    ui.allocate_ui_with_layout(row, Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        let first = (n == 0).then_some("It is the first one");
        let last = (n + 1 == count).then_some("It is the last one");
        if ui.add(IconButton::new(icons::TRASH, &format!("Remove {named}"))).clicked() {
            act = Some(Act::Remove);
        }
        let down = format!("Move {named} down");
        if ui.add(IconButton::new(icons::ARROW_DOWN, &down).disabled_because(last)).clicked() {
            act = Some(Act::Down);
        }
        let up = format!("Move {named} up");
        if ui.add(IconButton::new(icons::ARROW_UP, &up).disabled_because(first)).clicked() {
            act = Some(Act::Up);
        }
        if ListRow::new(&format!("Rule {}", n + 1)).fold(typed.is_open).show(ui).clicked() {
            typed.is_open = !typed.is_open;
        }
    });
    if !typed.is_open {
        let words = words(rule);
        let frame = egui::Frame::NONE.inner_margin(Margin { left: 20, right: 0, top: 0, bottom: space::XS as i8 });
        frame.show(ui, |ui| {
            let text = RichText::new(&words).font(fonts::mono(size::SMALL)).weak();
            ui.add(Label::new(text).truncate()).on_hover_text(&words);
        });
    }
    act
}

/// `user-id = "ann": trap`
fn words(rule: &Rule<String>) -> String {
    const MOST: usize = 200;
    let when: Vec<_> =
        rule.when.iter().map(|c| format!("{} = {}", c.parameter, kit::shortened(&c.equals, MOST))).collect();
    let when = if when.is_empty() { "always".to_owned() } else { when.join(", ") };
    let answer = match &rule.answer {
        Answer::Trap => "trap".to_owned(),
        Answer::Fixed(None) => "return".to_owned(),
        Answer::Fixed(Some(text)) => kit::shortened(text, MOST).into_owned(),
    };
    display_safe_line(&format!("{when} → {answer}")).into_owned()
}

/// What belongs to the row above: indented, behind a thin rule.
fn behind_rule(ui: &mut Ui, body: impl FnOnce(&mut Ui)) {
    let frame = egui::Frame::NONE.inner_margin(Margin { left: 20, right: 0, top: 0, bottom: space::S as i8 });
    let shown = frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = space::XS;
        body(ui);
    });
    let rect = shown.response.rect;
    let line = Stroke::new(1.0, tokens(ui.ctx()).line_strong);
    ui.painter().vline(rect.left() + 10.0, rect.top()..=rect.bottom() - space::S, line);
}

/// The one parameter of the form for an answer.
fn answer_param(ty: Type) -> Param {
    Param { name: "answer".to_owned(), ty }
}

/// The value that a field begins with: one that a rule asks for, or an answer.
fn first_text(stage: &Stage<'_>, ty: Type, asks: bool) -> String {
    to_wave(&first_value(stage.consumer, stage.import, ty, asks))
}

/// A rule or what is done otherwise, while it is drawn.
struct One<'a> {
    stage: &'a Stage<'a>,
    function: &'a Function,
    /// As in `rule 1 of check`.
    named: &'a str,
    /// What names its fields begins so.
    prefix: String,
    as_wave: bool,
}

impl One<'_> {
    /// A form for these parameters: of what a rule asks for, or the answer.
    fn form(stage: &Stage<'_>, params: &[&Param], texts: &[String]) -> FormState {
        let function = Function {
            name: params.iter().map(|p| p.name.as_str()).collect::<Vec<_>>().join(" "),
            docs: None,
            stability: None,
            kind: FunctionKind::Freestanding,
            is_async: false,
            params: params.iter().map(|p| (*p).clone()).collect(),
            result: None,
        };
        FormState::new(stage.consumer, Some(&stage.import.name), &function, Some(texts)).part_of("").answering()
    }

    fn show(&self, ui: &mut Ui, form: &mut FormState) -> form::FormOutcome {
        form.set_prefix(self.prefix.as_str());
        form.set_wave(self.as_wave);
        form::show(ui, form, &self.stage.handles)
    }

    /// The arguments that a rule asks for, and their values.
    fn asks(&self, ui: &mut Ui, typed: &mut Typed, when: &mut Vec<Condition<String>>) {
        ui.add(Label::new(kit::small("If it is called with")));
        let params = askable(self.stage, self.function);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(space::M, 0.0);
            for (param, why) in &params {
                let shown = display_safe_line(&param.name);
                let mut on = when.iter().any(|c| c.parameter == param.name);
                let response = ui
                    .add_enabled_ui(why.is_none(), |ui| {
                        ui.horizontal(|ui| {
                            ui.spacing_mut().item_spacing.x = space::S;
                            let mut response = parts::check(ui, &mut on, &format!("{}asks for {shown}", self.prefix));
                            let words = ui.add(Label::new(shown.as_ref()).sense(egui::Sense::CLICK));
                            if words.clicked() {
                                on = !on;
                                response.mark_changed();
                            }
                            response.union(words)
                        })
                        .inner
                    })
                    .inner;
                if response.changed() {
                    typed.when = None;
                    when.retain(|c| c.parameter != param.name);
                    if on {
                        let equals = first_text(self.stage, param.ty, true);
                        when.push(Condition { parameter: param.name.clone(), equals });
                        // As the function has them.
                        when.sort_by_key(|c| params.iter().position(|(p, _)| p.name == c.parameter));
                    }
                }
                if let Some(why) = why {
                    response.on_disabled_hover_text(format!("No rule can ask for {shown}: {why}"));
                }
            }
        });
        if when.is_empty() {
            let text = "Whatever it is called with: rules below this one are not reached";
            ui.add(Label::new(kit::dim(text)).wrap());
            return;
        }
        let form = typed.when.get_or_insert_with(|| {
            let of = |c: &Condition<String>| params.iter().find(|(p, _)| p.name == c.parameter).map(|(p, _)| *p);
            let asked: Vec<&Param> = when.iter().filter_map(of).collect();
            let texts: Vec<String> = when.iter().filter(|c| of(c).is_some()).map(|c| c.equals.clone()).collect();
            Self::form(self.stage, &asked, &texts)
        });
        let outcome = ui.push_id("when", |ui| self.show(ui, form)).inner;
        if outcome.changed && outcome.valid {
            for (condition, text) in when.iter_mut().zip(form.wave_arguments()) {
                condition.equals = text;
            }
        }
    }

    /// What is answered: a choice, and the form of a value.
    fn answer(&self, ui: &mut Ui, form: &mut Option<FormState>, answer: &mut Answer<String>) {
        let is_fixed = *answer != Answer::Trap || form.is_some();
        let choices = ["Trap", if self.function.result.is_some() { "Fixed value" } else { "Return" }];
        let label = format!("What {} does", self.named);
        let picked = parts::segments(ui, &label, &choices, usize::from(is_fixed));
        match (picked, self.function.result) {
            (Some(0), _) => {
                *form = None;
                *answer = Answer::Trap;
            }
            (Some(_), None) => *answer = Answer::Fixed(None),
            _ => {}
        }
        let shows_form = if picked.is_some() { picked == Some(1) } else { is_fixed };
        let (true, Some(ty)) = (shows_form, self.function.result) else { return };
        if *answer == Answer::Trap && form.is_none() {
            *answer = Answer::Fixed(Some(first_text(self.stage, ty, false)));
        }
        let text = match answer {
            Answer::Fixed(Some(text)) => text.clone(),
            _ => first_text(self.stage, ty, false),
        };
        let form = form.get_or_insert_with(|| Self::form(self.stage, &[&answer_param(ty)], &[text]));
        ui.add_space(space::XS);
        let outcome = ui.push_id("answer", |ui| self.show(ui, form)).inner;
        if outcome.valid && outcome.changed {
            *answer = Answer::Fixed(form.wave_arguments().pop());
        }
    }
}
