//! An instance of a stub: what each function of it does.

use crate::component::{Component, Function, FunctionKind, Item, Param, Type, TypeKind};
use crate::compose::{Answer, Behavior};
use crate::diag::display_safe_line;
use crate::project::StubOf;
use crate::session::{Command, Session};
use crate::ui::form::{self, FormState};
use crate::ui::panels::{Outbox, kit};
use crate::ui::parts::{self, Section};
use crate::ui::theme::space;
use crate::value::Handle;
use egui::{Label, ScrollArea, Ui};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The panel's state.
#[derive(Default)]
pub(super) struct State {
    /// The instance that the rest is of.
    of: String,
    /// What the stub does, as it was asked for last.
    asked: BTreeMap<String, Behavior<String>>,
    /// The forms of fixed answers, by function.
    forms: BTreeMap<String, FormState>,
}

/// Draws the functions of a stub, each with what it does. A change makes another stub at once.
pub(super) fn show(
    ui: &mut Ui,
    session: &Session,
    instance: &str,
    stub: &StubOf,
    state: &mut State,
    outbox: &mut Outbox,
) {
    let Some(consumer) = session.library().get(&stub.consumer) else {
        ui.add(Label::new(kit::dim("The component that this stub is for is not open, so it cannot be changed")).wrap());
        return;
    };
    let Some(import) = consumer.import(&stub.import) else { return };
    // What is under way arrives as it was asked for; anything else was undone, or loaded.
    if state.of != instance || (session.jobs().is_empty() && state.asked != stub.functions) {
        *state = State { of: instance.to_owned(), asked: stub.functions.clone(), forms: BTreeMap::new() };
    }
    let handles = handles(consumer, &import.item);
    let before = state.asked.clone();
    ScrollArea::vertical().id_salt("stub").auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = space::XS;
        let text =
            format!("Stands in for {} of {}", display_safe_line(&stub.import), display_safe_line(&consumer.name));
        ui.add(Label::new(kit::dim(&text)).wrap());
        ui.add_space(space::XS);
        for function in import.functions() {
            let name = display_safe_line(function.display_name());
            Section::new(&name).show(ui, |ui| one(ui, consumer, stub, function, &handles, state));
        }
        ui.add_space(space::L);
    });
    if state.asked != before {
        outbox.command(Command::EditStub { instance: instance.to_owned(), functions: state.asked.clone() });
    }
}

fn one(
    ui: &mut Ui,
    consumer: &Arc<Component>,
    stub: &StubOf,
    function: &Function,
    handles: &[Handle],
    state: &mut State,
) {
    ui.add(Label::new(kit::small(&display_safe_line(&consumer.signature(function)))).wrap());
    let behavior = state.asked.get(&function.name);
    for rule in behavior.iter().flat_map(|b| &b.rules) {
        let answer = match &rule.answer {
            Answer::Trap => "trap",
            Answer::Fixed(value) => value.as_deref().unwrap_or("return"),
        };
        let when: Vec<_> = rule.when.iter().map(|c| format!("{} = {}", c.parameter, c.equals)).collect();
        let text = format!("{}: {answer}", when.join(", "));
        ui.add(Label::new(kit::small(&display_safe_line(&text))).wrap());
    }
    let now = behavior.map_or(&Answer::Trap, |b| &b.otherwise).clone();
    let is_fixed = now != Answer::Trap || state.forms.contains_key(&function.name);
    let label = format!("What {} does", display_safe_line(function.display_name()));
    let choices = ["Trap", if function.result.is_some() { "Fixed value" } else { "Return" }];
    ui.add_space(space::XS);
    let picked = parts::segments(ui, &label, &choices, usize::from(is_fixed));
    let mut wanted = None;
    match (picked, function.result) {
        (Some(0), _) => {
            state.forms.remove(&function.name);
            wanted = Some(Answer::Trap);
        }
        (Some(_), None) => wanted = Some(Answer::Fixed(None)),
        _ => {}
    }
    let shows_form = if picked.is_some() { picked == Some(1) } else { is_fixed };
    if let (true, Some(ty)) = (shows_form, function.result) {
        let kept = match &now {
            Answer::Fixed(Some(text)) => Some(vec![text.clone()]),
            _ => None,
        };
        let is_new = !state.forms.contains_key(&function.name);
        let form = state
            .forms
            .entry(function.name.clone())
            .or_insert_with(|| FormState::new(consumer, Some(&stub.import), &answer_of(function, ty), kept.as_deref()));
        ui.add_space(space::XS);
        let outcome = form::show(ui, form, handles);
        if outcome.valid && (outcome.changed || (is_new && kept.is_none())) {
            wanted = Some(Answer::Fixed(form.wave_arguments().pop()));
        }
    }
    if let Some(answer) = wanted {
        let behavior = state.asked.entry(function.name.clone()).or_default();
        behavior.otherwise = answer;
        if behavior.otherwise == Answer::Trap && behavior.rules.is_empty() {
            state.asked.remove(&function.name);
        }
    }
}

/// What the form takes for a function: its argument is the answer.
fn answer_of(function: &Function, ty: Type) -> Function {
    Function {
        name: function.name.clone(),
        docs: None,
        stability: None,
        kind: FunctionKind::Freestanding,
        is_async: false,
        params: vec![Param { name: "answer".to_owned(), ty }],
        result: None,
    }
}

/// The handles that an answer can hold: of each resource of the interface, one that is made anew for each call.
fn handles(consumer: &Component, item: &Item) -> Vec<Handle> {
    let Item::Interface(interface) = item else { return Vec::new() };
    let defs = interface.types.iter().filter_map(|id| consumer.types.get(*id));
    let resources = defs.filter(|def| matches!(def.kind, TypeKind::Resource)).filter_map(|def| def.name.clone());
    resources.map(|resource| Handle { number: 1, generation: 0, resource }).collect()
}
