//! An instance of a virtual WASI: its settings as a form. Half-typed text stays here; settings that hold together make
//! another component at once.

use crate::compose::{
    HostPart, Port, VirtualClock, VirtualWasi, WasiGroup, moment, moment_text, path_fault, variable_fault,
    virtual_export,
};
use crate::measure::Bytes;
use crate::session::{Command, Session};
use crate::ui::actions::Action;
use crate::ui::panels::path_bar::Purpose;
use crate::ui::panels::{Outbox, Request, kit};
use crate::ui::parts::{self, Button, Section, draw};
use crate::ui::theme::{fonts, icons, size, space, tokens};
use egui::{Id, Label, Response, RichText, ScrollArea, Sense, TextEdit, Ui, vec2};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Longer contents are not shown in a field.
const MOST_TEXT: usize = 20_000;
/// The width of what stands before a short field.
const CAPTION: f32 = 70.0;

/// The panel's state.
#[derive(Default)]
pub(super) struct State {
    /// The instance that the rest is of.
    of: String,
    /// The settings that the form was made of, or has made.
    shown: Option<Arc<VirtualWasi>>,
    /// The settings as they were asked for last, until they are there.
    asked: Option<Box<VirtualWasi>>,
    form: Form,
    faults: BTreeMap<Field, String>,
}

/// What a fault is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Field {
    Variable(usize),
    Argument(usize),
    Clock,
    Monotonic,
    Step,
    Seed,
    File(usize),
    /// All of it together.
    Whole,
}

/// The settings as typed.
#[derive(Default)]
struct Form {
    groups: Vec<WasiGroup>,
    host: BTreeSet<HostPart>,
    variables: Vec<(String, String)>,
    arguments: Vec<String>,
    clock: String,
    monotonic: String,
    step: String,
    seed: String,
    stdin: String,
    files: Vec<(String, Contents)>,
    is_writable: bool,
}

enum Contents {
    Text(String),
    /// Not text, or too long to be typed.
    Bytes(Vec<u8>),
}

impl Form {
    fn of(settings: &VirtualWasi) -> Self {
        let contents = |bytes: &Vec<u8>| match std::str::from_utf8(bytes) {
            Ok(text) if text.len() <= MOST_TEXT => Contents::Text(text.to_owned()),
            _ => Contents::Bytes(bytes.clone()),
        };
        Self {
            groups: settings.groups.iter().copied().collect(),
            host: settings.host.clone(),
            variables: settings.environment.clone().into_iter().collect(),
            arguments: settings.arguments.clone(),
            clock: moment_text(settings.clock.seconds, settings.clock.nanoseconds),
            monotonic: settings.clock.monotonic.to_string(),
            step: settings.clock.step.to_string(),
            seed: settings.seed.to_string(),
            stdin: settings.stdin.clone(),
            files: settings.files.iter().map(|(path, bytes)| (path.clone(), contents(bytes))).collect(),
            is_writable: settings.is_writable,
        }
    }

    /// Whether this is the host's and handed on.
    fn hands_on(&self, part: HostPart) -> bool {
        self.host.contains(&part) && self.groups.contains(&part.group())
    }

    /// What it says, or what is wrong with it. Rows with nothing in them say nothing.
    fn settings(&self) -> Result<VirtualWasi, BTreeMap<Field, String>> {
        let mut faults = BTreeMap::new();
        let mut number = |text: &str, field: Field, otherwise: u64| {
            let number = text.trim().parse::<u64>();
            number.unwrap_or_else(|_| {
                faults.insert(field, format!("Write a whole number from 0 to {}", u64::MAX));
                otherwise
            })
        };
        let new = VirtualClock::default();
        let monotonic = number(&self.monotonic, Field::Monotonic, new.monotonic);
        let step = number(&self.step, Field::Step, new.step);
        let seed = number(&self.seed, Field::Seed, 0);
        let (seconds, nanoseconds) = moment(&self.clock).unwrap_or_else(|why| {
            faults.insert(Field::Clock, why);
            (new.seconds, new.nanoseconds)
        });
        if self.hands_on(HostPart::Clocks) {
            // Nobody sees these fields.
            faults.retain(|field, _| !matches!(field, Field::Clock | Field::Monotonic | Field::Step));
        }
        let mut environment = BTreeMap::new();
        for (i, (name, value)) in self.variables.iter().enumerate() {
            if name.is_empty() && value.is_empty() {
                continue;
            }
            let fault = variable_fault(name).map(|why| format!("This cannot be a variable's name: {why}"));
            let is_twice = environment.insert(name.clone(), value.clone()).is_some();
            let fault = fault.or_else(|| is_twice.then(|| "Another variable has this name".to_owned()));
            faults.extend(fault.map(|why| (Field::Variable(i), why)));
        }
        for (i, argument) in self.arguments.iter().enumerate() {
            if argument.contains('\0') {
                faults.insert(Field::Argument(i), "An argument has no zero character".to_owned());
            }
        }
        let mut files = BTreeMap::new();
        for (i, (path, contents)) in self.files.iter().enumerate() {
            let bytes = match contents {
                Contents::Text(text) if text.is_empty() && path.is_empty() => continue,
                Contents::Text(text) => text.clone().into_bytes(),
                Contents::Bytes(bytes) => bytes.clone(),
            };
            let fault = path_fault(path).map(|why| format!("This cannot be a file's path: {why}"));
            let is_twice = files.insert(path.clone(), bytes).is_some();
            let fault = fault.or_else(|| is_twice.then(|| "Another file has this path".to_owned()));
            faults.extend(fault.map(|why| (Field::File(i), why)));
        }
        let settings = VirtualWasi {
            groups: self.groups.iter().copied().collect(),
            host: self.host.clone(),
            environment,
            arguments: self.arguments.clone(),
            clock: VirtualClock { seconds, nanoseconds, monotonic, step },
            seed,
            stdin: self.stdin.clone(),
            files,
            is_writable: self.is_writable,
        };
        match settings.check() {
            Err(why) if faults.is_empty() => Err([(Field::Whole, why.to_string())].into()),
            Ok(()) if faults.is_empty() => Ok(settings),
            _ => Err(faults),
        }
    }
}

/// Draws the form. A change makes another virtual WASI at once.
pub(super) fn show(
    ui: &mut Ui,
    session: &Session,
    instance: &str,
    settings: &Arc<VirtualWasi>,
    state: &mut State,
    outbox: &mut Outbox,
) {
    follow(session, instance, settings, state);
    let mut changed = false;
    ScrollArea::vertical().id_salt("virtual-wasi").auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = space::XS;
        about(ui, session, instance, state, outbox);
        for group in WasiGroup::ALL {
            changed |= section(ui, group, instance, state, outbox);
        }
        ui.add_space(space::L);
    });
    if changed {
        match state.form.settings() {
            Ok(settings) => {
                state.faults.clear();
                let settings = Box::new(settings);
                state.asked = Some(settings.clone());
                outbox.command(Command::EditVirtualWasi { instance: instance.to_owned(), settings });
            }
            Err(faults) => state.faults = faults,
        }
    }
}

/// What is under way arrives as it was asked for; anything else was undone, or loaded.
fn follow(session: &Session, instance: &str, settings: &Arc<VirtualWasi>, state: &mut State) {
    let is_shown = state.of == instance && state.shown.as_ref().is_some_and(|shown| Arc::ptr_eq(shown, settings));
    if is_shown {
        return;
    }
    let is_asked = state.of == instance && state.asked.as_deref() == Some(&**settings);
    if is_asked {
        state.shown = Some(Arc::clone(settings));
        state.asked = None;
    } else if state.of != instance || state.asked.is_none() || session.jobs().is_empty() {
        let shown = Some(Arc::clone(settings));
        *state = State { of: instance.to_owned(), shown, form: Form::of(settings), ..State::default() };
    }
}

/// What it is good for, and what its wires need.
fn about(ui: &mut Ui, session: &Session, instance: &str, state: &State, outbox: &mut Outbox) {
    let handed_on: Vec<_> =
        HostPart::ALL.into_iter().filter(|part| state.form.hands_on(*part)).map(part_title).collect();
    let text = match handed_on.as_slice() {
        [] => "Gives what WASI gives, out of these settings alone. Nothing of it needs a grant, and the same calls get the \
               same answers."
            .to_owned(),
        parts => format!(
            "Gives what WASI gives, out of these settings. Handed on from the host, which needs a grant: {}.", parts.join(", ")),
    };
    ui.add(Label::new(kit::dim(&text)).wrap());
    if state.form.groups.iter().any(|group| group.needs_io()) {
        let text = "Files, clocks, input and output go together: give all of those that a component uses. What of them should be \
                    the host's can be handed on.";
        ui.add(Label::new(kit::dim(text)).wrap());
    }
    if let Some(why) = state.faults.get(&Field::Whole) {
        parts::field_error(ui, why);
    }
    let composition = &session.document().composition;
    let own = composition.component(session.library(), instance);
    let is_open = |name: &str, import: &str| {
        let gives = virtual_export(import).is_some_and(|export| own.is_some_and(|own| own.export(&export).is_some()));
        gives && !composition.wires.contains_key(&Port::new(name, import))
    };
    let asks = composition.instances.keys().filter(|name| *name != instance).any(|name| {
        let component = composition.component(session.library(), name);
        component.is_some_and(|c| c.imports.iter().any(|import| is_open(name, &import.name)))
    });
    if asks {
        ui.add_space(space::XS);
        if ui.add(Button::new("Auto-wire…").icon(icons::PLUGS_CONNECTED)).clicked() {
            outbox.act(Action::AutoWire);
        }
    }
    ui.add_space(space::XS);
}

fn title(group: WasiGroup) -> &'static str {
    match group {
        WasiGroup::Environment => "Environment and arguments",
        WasiGroup::Streams => "Input and output",
        WasiGroup::Clocks => "Clocks",
        WasiGroup::Random => "Random numbers",
        WasiGroup::Files => "Files",
        WasiGroup::Exit => "Exit",
    }
}

fn part_title(part: HostPart) -> &'static str {
    match part {
        HostPart::Stdin => "standard input",
        HostPart::Stdout => "standard output",
        HostPart::Stderr => "standard error",
        HostPart::Clocks => "clocks",
    }
}

/// One group: whether it is given, and what it answers. Whether something was changed.
fn section(ui: &mut Ui, group: WasiGroup, instance: &str, state: &mut State, outbox: &mut Outbox) -> bool {
    let mut on = state.form.groups.contains(&group);
    let name = format!("Give {}", title(group).to_lowercase());
    let (ticked, changed) = Section::new(title(group)).show_with(
        ui,
        |ui| parts::check(ui, &mut on, &name).changed(),
        |ui| {
            if !state.form.groups.contains(&group) {
                let is_given = |g: &WasiGroup| group.needs_io() && g.needs_io() && state.form.groups.contains(g);
                let given: Vec<_> = WasiGroup::ALL.into_iter().filter(is_given).map(|g| title(g).to_lowercase()).collect();
                let text = match (group, given.as_slice()) {
                    (WasiGroup::Exit, _) => "The host's: it really ends the call.".to_owned(),
                    (_, []) => "Left to the host, and to its grants.".to_owned(),
                    (_, given) => {
                        let or_host = if group == WasiGroup::Files { "." } else { ": it can be the host's all the same." };
                        format!(
                            "Left to the host: a component that takes {} from here cannot use it. If it must, tick this too{}",
                            given.join(" or "),
                            or_host
                        )
                    }
                };
                ui.add(Label::new(kit::dim(&text)).wrap());
                return false;
            }
            match group {
                WasiGroup::Environment => environment(ui, state),
                WasiGroup::Streams => streams(ui, &mut state.form),
                WasiGroup::Clocks => clocks(ui, state),
                WasiGroup::Random => {
                    let hint = "Random numbers follow from the seed (SplitMix64). They are no secret.";
                    short(ui, ["Seed", "Seed"], &mut state.form.seed, state.faults.get(&Field::Seed)) | note(ui, hint)
                }
                WasiGroup::Files => files(ui, instance, state, outbox),
                WasiGroup::Exit => {
                    note(ui, "No component can end a call for another, so leaving early is a trap here.")
                }
            }
        },
    );
    if ticked {
        state.form.groups.retain(|g| *g != group);
        state.form.groups.extend(on.then_some(group));
    }
    ticked | changed.unwrap_or_default()
}

/// Words below fields; they change nothing.
fn note(ui: &mut Ui, text: &str) -> bool {
    ui.add(Label::new(kit::small(text)).wrap());
    false
}

fn environment(ui: &mut Ui, state: &mut State) -> bool {
    let State { form, faults, .. } = state;
    let mut changed = false;
    let mut gone = None;
    for (i, (name, value)) in form.variables.iter_mut().enumerate() {
        row(ui, |ui| {
            let half = (room(ui, 1) * 0.4).floor();
            changed |= field(ui, &variable_name(i), name, "NAME", half).changed();
            ui.add_sized(vec2(14.0, size::ROW), Label::new(kit::dim("=")));
            changed |= field(ui, &format!("Value of variable {}", i + 1), value, "value", room(ui, 1)).changed();
            if parts::icon_button(ui, icons::TRASH, &format!("Remove variable {}", i + 1)).clicked() {
                gone = Some(i);
            }
        });
        fault(ui, faults.get(&Field::Variable(i)));
    }
    if let Some(i) = gone {
        form.variables.remove(i);
        changed = true;
    }
    if ui.add(Button::new("Add variable").icon(icons::PLUS).quiet()).clicked() {
        focus(ui, &variable_name(form.variables.len()));
        form.variables.push(Default::default());
    }
    let mut gone = None;
    for (i, argument) in form.arguments.iter_mut().enumerate() {
        row(ui, |ui| {
            let hint = if i == 0 { "Name of the program" } else { "Argument" };
            changed |= field(ui, &argument_name(i), argument, hint, room(ui, 1)).changed();
            if parts::icon_button(ui, icons::TRASH, &format!("Remove argument {}", i + 1)).clicked() {
                gone = Some(i);
            }
        });
        fault(ui, faults.get(&Field::Argument(i)));
    }
    if let Some(i) = gone {
        form.arguments.remove(i);
        changed = true;
    }
    if ui.add(Button::new("Add argument").icon(icons::PLUS).quiet()).clicked() {
        focus(ui, &argument_name(form.arguments.len()));
        form.arguments.push(String::new());
        changed = true;
    }
    changed
}

/// Whether this is the host's. Whether that was changed.
fn of_host(ui: &mut Ui, form: &mut Form, part: HostPart, text: &str) -> bool {
    let mut on = form.host.contains(&part);
    let changed = parts::labelled_check(ui, &mut on, text).changed();
    if changed {
        form.host.retain(|other| *other != part);
        form.host.extend(on.then_some(part));
    }
    changed
}

fn streams(ui: &mut Ui, form: &mut Form) -> bool {
    let mut changed = of_host(ui, form, HostPart::Stdin, "Standard input from the host");
    if !form.hands_on(HostPart::Stdin) {
        changed |= long(ui, "Standard input", &mut form.stdin, "Empty: there is nothing to read");
    }
    changed |= of_host(ui, form, HostPart::Stdout, "Standard output to the host");
    changed |= of_host(ui, form, HostPart::Stderr, "Standard error to the host");
    let text = match (form.hands_on(HostPart::Stdout), form.hands_on(HostPart::Stderr)) {
        (false, false) => "What is written to standard output and error goes nowhere.",
        (true, false) => "What is written to standard error goes nowhere.",
        (false, true) => "What is written to standard output goes nowhere.",
        (true, true) => "What is written can be seen where the host shows it.",
    };
    note(ui, text);
    changed
}

fn clocks(ui: &mut Ui, state: &mut State) -> bool {
    let State { form, faults, .. } = state;
    let mut changed = of_host(ui, form, HostPart::Clocks, "Clocks of the host");
    if form.hands_on(HostPart::Clocks) {
        note(ui, "Time passes as on the host, and whoever waits has to wait.");
        return changed;
    }
    changed |= short(ui, ["Wall", "Wall clock"], &mut form.clock, faults.get(&Field::Clock));
    changed |= short(
        ui,
        ["Monotonic", "First reading of the monotonic clock"],
        &mut form.monotonic,
        faults.get(&Field::Monotonic),
    );
    changed |= short(ui, ["Step", "Step of the monotonic clock"], &mut form.step, faults.get(&Field::Step));
    let text = "The monotonic clock counts nanoseconds, and each reading moves it on by the step. The wall clock stands \
                still. Waiting takes no time, and moves both.";
    note(ui, text);
    changed
}

fn files(ui: &mut Ui, instance: &str, state: &mut State, outbox: &mut Outbox) -> bool {
    let State { form, faults, .. } = state;
    let mut changed = false;
    let mut gone = None;
    for (i, (path, contents)) in form.files.iter_mut().enumerate() {
        let number = i + 1;
        row(ui, |ui| {
            changed |= field(ui, &path_name(i), path, "/data/list.txt", room(ui, 1)).changed();
            if parts::icon_button(ui, icons::TRASH, &format!("Remove file {number}")).clicked() {
                gone = Some(i);
            }
        });
        fault(ui, faults.get(&Field::File(i)));
        match contents {
            Contents::Text(text) => changed |= long(ui, &format!("Contents of file {number}"), text, "Contents"),
            Contents::Bytes(bytes) => {
                changed |= note(ui, &format!("{} that cannot be shown here", Bytes(bytes.len() as u64)))
            }
        }
        ui.add_space(space::XS);
    }
    if let Some(i) = gone {
        form.files.remove(i);
        changed = true;
    }
    row(ui, |ui| {
        if ui.add(Button::new("Add file").icon(icons::PLUS).quiet()).clicked() {
            focus(ui, &path_name(form.files.len()));
            form.files.push((String::new(), Contents::Text(String::new())));
        }
        if ui.add(Button::new("From disk…").icon(icons::FOLDER_OPEN).quiet()).clicked() {
            outbox.request(Request::AskPath(Purpose::AddVirtualFile(instance.to_owned()), String::new()));
        }
    });
    changed |= parts::labelled_check(ui, &mut form.is_writable, "Guests may write").changed();
    note(ui, "What guests write is in memory, and gone with the instance.");
    changed
}

fn row<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> R {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        add(ui)
    })
    .inner
}

/// What is left of the row before so many icon buttons.
fn room(ui: &Ui, buttons: usize) -> f32 {
    (ui.available_width() - buttons as f32 * (size::ROW + 2.0)).max(40.0)
}

fn variable_name(i: usize) -> String {
    format!("Name of variable {}", i + 1)
}

fn argument_name(i: usize) -> String {
    format!("Argument {}", i + 1)
}

fn path_name(i: usize) -> String {
    format!("Path of file {}", i + 1)
}

fn id(field: &str) -> Id {
    Id::unique(("virtual WASI field", field))
}

/// What is typed next goes to this field.
fn focus(ui: &Ui, field: &str) {
    ui.memory_mut(|m| m.request_focus(id(field)));
}

/// A field of this width, its frame included.
fn field(ui: &mut Ui, name: &str, text: &mut String, hint: &str, width: f32) -> Response {
    let faint = tokens(ui.ctx()).faint;
    let edit = TextEdit::singleline(text)
        .id(id(name))
        .font(fonts::mono(size::BODY))
        .hint_text(RichText::new(hint).color(faint))
        .desired_width(width.max(24.0));
    parts::named_field(ui, name, edit)
}

/// A caption with a field behind it, and the field's whole name. Whether it was changed.
fn short(ui: &mut Ui, [caption, name]: [&str; 2], text: &mut String, why: Option<&String>) -> bool {
    let changed = row(ui, |ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(CAPTION, size::ROW), Sense::hover());
        let caption = draw::line(ui, caption, fonts::text(size::BODY), tokens(ui.ctx()).dim);
        draw::put(ui.painter(), rect.left_center(), caption);
        field(ui, name, text, "", ui.available_width()).changed()
    });
    fault(ui, why);
    changed
}

/// A field of some lines. Whether it was changed.
fn long(ui: &mut Ui, name: &str, text: &mut String, hint: &str) -> bool {
    let faint = tokens(ui.ctx()).faint;
    let edit = TextEdit::multiline(text)
        .font(fonts::mono(size::BODY))
        .hint_text(RichText::new(hint).color(faint))
        .desired_rows(2)
        .margin(vec2(space::S, space::XS))
        .desired_width(ui.available_width());
    let response = ui.add(edit);
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(name));
    response.changed()
}

fn fault(ui: &mut Ui, why: Option<&String>) {
    if let Some(why) = why {
        parts::field_error(ui, why);
    }
}
