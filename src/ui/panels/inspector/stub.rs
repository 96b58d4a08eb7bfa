//! An instance of a stub: what each function of it does, and whether it is part of the composed file.

mod function;

use super::overview;
use crate::component::{Component, Extern, Item, TypeKind};
use crate::compose::{Behavior, Port};
use crate::diag::display_safe_line;
use crate::project::StubOf;
use crate::session::{Change, Command, Session};
use crate::ui::panels::{Outbox, kit};
use crate::ui::parts::{self, Button};
use crate::ui::theme::{icons, space};
use crate::value::Handle;
use egui::{Label, ScrollArea, Ui};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The panel's state.
#[derive(Default)]
pub(super) struct State {
    /// The instance that the rest is of.
    of: String,
    name: overview::Name,
    /// What the stub does, as it was asked for last.
    asked: BTreeMap<String, Behavior<String>>,
    /// What is typed, by function.
    functions: BTreeMap<String, function::State>,
}

/// What the functions of a stub are drawn with.
struct Stage<'a> {
    consumer: &'a Arc<Component>,
    import: &'a Extern,
    handles: Vec<Handle>,
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
        let name = std::mem::take(&mut state.name);
        let was = std::mem::take(&mut state.functions);
        *state = State { of: instance.to_owned(), name, asked: stub.functions.clone(), ..State::default() };
        state.functions = was.into_iter().map(|(name, was)| (name, was.forget())).collect();
    }
    let stage = Stage { consumer, import, handles: handles(consumer, &import.item) };
    let before = state.asked.clone();
    ScrollArea::vertical().id_salt("stub").auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = space::XS;
        about(ui, session, instance, stub, &consumer.name, &mut state.name, outbox);
        for function in import.functions() {
            let mut behavior = state.asked.remove(&function.name).unwrap_or_default();
            let typed = state.functions.entry(function.name.clone()).or_default();
            ui.push_id(&function.name, |ui| function::show(ui, &stage, function, typed, &mut behavior));
            if behavior != Behavior::default() {
                state.asked.insert(function.name.clone(), behavior);
            }
        }
        ui.add_space(space::L);
    });
    if state.asked != before {
        // What is edited by hand is as it was recorded no more.
        let edited = state.asked.iter_mut().filter(|(name, behavior)| before.get(*name) != Some(behavior));
        edited.for_each(|(_, behavior)| behavior.recorded = false);
        outbox.command(Command::EditStub { instance: instance.to_owned(), functions: state.asked.clone() });
    }
}

/// What it stands for, and what concerns all of it.
fn about(
    ui: &mut Ui,
    session: &Session,
    instance: &str,
    stub: &StubOf,
    consumer: &str,
    name: &mut overview::Name,
    outbox: &mut Outbox,
) {
    overview::rename(ui, session, instance, name, outbox);
    let import = display_safe_line(&stub.import);
    let text = format!("Stands in for {import} of {}", display_safe_line(consumer));
    ui.add(Label::new(kit::dim(&text)).wrap());
    let mut embedded = !session.document().left_out.contains(instance);
    if parts::labelled_check(ui, &mut embedded, "Part of the composed file").changed() {
        outbox.change(Change::EmbedStub { instance: instance.to_owned(), embedded });
    }
    if !embedded {
        let text = format!("It answers in runs from here. The composed file leaves {import} open.");
        ui.add(Label::new(kit::dim(&text)).wrap());
    }
    let calls = session.recorded_calls(&Port::new("", &stub.import));
    if calls > 0 {
        let count = if calls == 1 { "1 call".to_owned() } else { format!("{calls} calls") };
        let tip = format!("A rule for each of {count} in the history: the same arguments get the same answer");
        let label = format!("Add recorded answers ({calls})");
        if ui.add(Button::new(&label).icon(icons::HISTORY).tip(&tip)).clicked() {
            outbox.command(Command::AddRecorded { instance: instance.to_owned() });
        }
    }
    ui.add_space(space::XS);
}

/// How many handles of a resource a stub can tell apart, as far as the panel offers them.
const MOST_HANDLES: u32 = 4;

/// The handles that an answer can hold and a rule can ask for: of each resource of the interface, a few by number. Each is
/// made anew for each call.
fn handles(consumer: &Component, item: &Item) -> Vec<Handle> {
    let Item::Interface(interface) = item else { return Vec::new() };
    let defs = interface.types.iter().filter_map(|id| consumer.types.get(*id));
    let resources = defs.filter(|def| matches!(def.kind, TypeKind::Resource)).filter_map(|def| def.name.clone());
    let some = |resource: String| {
        (1..=MOST_HANDLES).rev().map(move |number| Handle { number, generation: 0, resource: resource.clone() })
    };
    resources.flat_map(some).collect()
}
