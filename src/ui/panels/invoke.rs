//! The Invoke panel: what to call, the form of its arguments, Run, and what came back.

use super::history::as_command;
use super::{Outbox, Request};
use crate::call::Outcome;
use crate::component::{Component, Digest, Function};
use crate::diag::{Subject, display_safe_line};
use crate::grant::{self, Capability};
use crate::measure::{Bytes, Phase};
use crate::project::{CallKey, Target};
use crate::session::{Call, Change, Command, RunRecord, Selection, Session};
use crate::ui::actions::Action;
use crate::ui::form::{self, FormState};
use crate::ui::panels::kit;
use crate::ui::parts::{self, Button, Drawing};
use crate::ui::result::{self, ResultState};
use crate::ui::theme::{self, icons, size, space};
use crate::value::Value;
use egui::{RichText, ScrollArea, Ui, UiBuilder};

/// Three columns get no narrower than this together, in points: with less room there are two.
const THREE: f32 = 560.0;
/// Two columns get no narrower than this: below, they scroll.
const TWO: f32 = 400.0;

/// The panel's state.
#[derive(Default)]
pub struct State {
    /// What the user chose; while nothing is, the selection decides.
    pinned: Option<Target>,
    /// The component that was selected when the panel was drawn last.
    selected: Option<Digest>,
    target: Option<Target>,
    function: Option<(Option<String>, String)>,
    form: Option<Form>,
    result: ResultState,
    search: String,
    /// The row of the chosen function when the list was drawn last: it is brought into view where that changes.
    row: Option<usize>,
    run_requested: bool,
    /// How high the timings were when they were drawn last, in points.
    foot_height: f32,
    restore: Option<Vec<Value>>,
}

/// The form in use, with what it was made for.
struct Form {
    digest: Digest,
    function: (Option<String>, String),
    /// The arguments as the document keeps them. Where it has others, something was undone.
    kept: Option<Vec<String>>,
    state: FormState,
}

impl State {
    /// What Run would call.
    pub fn call_target(&self) -> Option<&Target> {
        self.target.as_ref().filter(|_| self.function.is_some())
    }

    /// Chooses a function.
    pub fn choose(&mut self, target: Target, interface: Option<String>, function: String) {
        self.pinned = Some(target);
        self.function = Some((interface, function));
    }

    /// Runs as soon as the form is drawn.
    pub fn request_run(&mut self) {
        self.run_requested = true;
    }

    /// Puts the inputs of a past call back, without running it.
    pub fn restore(&mut self, session: &Session, run: &RunRecord) {
        if session.target_component(&run.target).is_some() {
            self.choose(run.target, run.interface.clone(), run.function.clone());
            self.restore = Some(run.arguments.clone());
        }
    }
}

/// Draws the panel.
pub fn show(ui: &mut Ui, session: &Session, state: &mut State, outbox: &mut Outbox) {
    let component = match session.selection() {
        Selection::Component(digest) => Some(*digest),
        _ => None,
    };
    // Selecting a component is choosing it, until something else is chosen here.
    if component != state.selected {
        state.selected = component;
        if let Some(target) = component.map(Target::Component).filter(|t| state.pinned != Some(*t)) {
            (state.pinned, state.function) = (Some(target), None);
        }
    }
    let selected = match session.selection() {
        Selection::Component(digest) => Some(Target::Component(*digest)),
        _ if !session.document().composition.instances.is_empty() => Some(Target::Composition),
        _ => session.library().keys().next().map(|d| Target::Component(*d)),
    };
    let target =
        state.pinned.filter(|t| *t == Target::Composition || session.target_component(t).is_some()).or(selected);
    state.target = target;
    let Some(target) = target else {
        parts::empty(ui, Drawing::Icon(icons::FUNCTION), "Open a component to call its functions", None);
        return;
    };
    let full = ui.available_rect_before_wrap();
    if full.width() >= TWO {
        columns(ui, session, target, state, full, outbox);
        return;
    }
    ScrollArea::horizontal().id_salt("columns").auto_shrink(false).show(ui, |ui| {
        let room = egui::Rect::from_min_size(ui.cursor().min, egui::vec2(TWO, ui.available_height()));
        columns(ui, session, target, state, room, outbox);
    });
}

/// What to call, its form, and what came back, side by side.
fn columns(ui: &mut Ui, session: &Session, target: Target, state: &mut State, full: egui::Rect, outbox: &mut Outbox) {
    ui.advance_cursor_after_rect(full);
    let gap = space::L;
    let line = egui::Stroke::new(1.0, theme::tokens(ui.ctx()).line);
    let (left, middle, right) = if full.width() >= THREE {
        let list = (full.width() * 0.19).clamp(140.0, 260.0);
        let rest = (full.width() - list - 2.0 * gap).max(0.0);
        let (left, right) = full.split_left_right_at_x(full.left() + list);
        let (middle, right) =
            right.with_min_x(right.left() + gap).split_left_right_at_x(right.left() + gap + rest * 0.5);
        ui.painter().vline(middle.left() - gap / 2.0, full.y_range(), line);
        (left, middle, right.with_min_x(right.left() + gap))
    } else {
        // What to call stands above its form.
        let (left, right) = full.split_left_right_at_x(full.center().x);
        let left = left.with_max_x(left.right() - gap / 2.0);
        let (above, below) = left.split_top_bottom_at_y(left.top() + left.height() * 0.4);
        ui.painter().hline(left.x_range(), below.top(), line);
        (
            above.with_max_y(above.bottom() - space::S),
            below.with_min_y(below.top() + space::S),
            right.with_min_x(right.left() + gap / 2.0),
        )
    };
    ui.painter().vline(right.left() - gap / 2.0, full.y_range(), line);
    // Each column has its own room and no say in how large the panel is.
    let mut column = |rect: egui::Rect, add: &mut dyn FnMut(&mut Ui)| {
        let mut child = ui.new_child(UiBuilder::new().max_rect(rect).layout(egui::Layout::top_down(egui::Align::Min)));
        child.shrink_clip_rect(rect.expand(3.0));
        add(&mut child);
    };
    column(left, &mut |ui| functions(ui, session, target, state));
    let component = session.shown_component(&target).cloned();
    column(middle, &mut |ui| match &component {
        Some(component) => arguments(ui, session, target, component, state, outbox),
        None => why_not(ui, session),
    });
    column(right, &mut |ui| outcome(ui, session, target, state, outbox));
}

fn why_not(ui: &mut Ui, session: &Session) {
    if session.is_busy() {
        ui.label(RichText::new("Composing…").weak());
        return;
    }
    let error = session.problems().iter().find(|p| p.severity == crate::diag::Severity::Error);
    let why = error.map_or("The composition cannot be built", |p| p.message.as_str());
    parts::empty(ui, Drawing::Icon(icons::LINK_BREAK), &display_safe_line(why), None);
}

// ---- what to call ----

fn functions(ui: &mut Ui, session: &Session, target: Target, state: &mut State) {
    let name = display_safe_line(&session.target_name(&target)).into_owned();
    parts::combo_box("target")
        .selected_text(name.as_str())
        .width(ui.available_width())
        .truncate()
        .show_ui(ui, |ui| {
            let mut choices = Vec::new();
            if !session.document().composition.instances.is_empty() {
                choices.push(Target::Composition);
            }
            choices.extend(session.library().keys().map(|d| Target::Component(*d)));
            for choice in choices {
                let name = session.target_name(&choice);
                if parts::combo_item(ui, choice == target, display_safe_line(&name)) {
                    state.pinned = Some(choice);
                    state.function = None;
                }
            }
        })
        .response
        .on_hover_text(format!("{name}\nWhat to call: the composition as wired, or one component by itself"))
        .widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, "What to call"));
    let Some(component) = session.shown_component(&target) else { return };
    let all: Vec<(Option<&str>, &Function)> = component.exported_functions().collect();
    if all.is_empty() {
        ui.label(RichText::new("It exports no function").weak());
        return;
    }
    let is_known = state.function.as_ref().is_some_and(|(i, f)| component.function(i.as_deref(), f).is_some());
    if !is_known && let Some((interface, function)) = all.first() {
        state.function = Some((interface.map(Into::into), function.name.clone()));
    }
    if all.len() > 8 {
        parts::search_field(ui, &mut state.search, "Search functions");
    }
    let wanted = state.search.trim().to_lowercase();
    let mut rows = Vec::new();
    let mut last = None;
    for (interface, function) in all {
        if !wanted.is_empty() && !function.name.contains(&wanted) {
            continue;
        }
        if last != Some(interface) {
            last = Some(interface);
            rows.push((interface, None));
        }
        rows.push((interface, Some(function)));
    }
    let is_chosen = |interface: Option<&str>, function: &Function| {
        state.function.as_ref().is_some_and(|(i, f)| i.as_deref() == interface && *f == function.name)
    };
    let row = rows.iter().position(|(interface, function)| function.is_some_and(|f| is_chosen(*interface, f)));
    let moved = row.filter(|_| row != state.row);
    let mut picked = None;
    ScrollArea::vertical().id_salt("functions").auto_shrink(false).show_rows(ui, size::ROW, rows.len(), |ui, range| {
        if let Some(row) = moved {
            let pitch = size::ROW + ui.spacing().item_spacing.y;
            let top = ui.min_rect().top() + (row as f32 - range.start as f32) * pitch;
            ui.scroll_to_rect(egui::Rect::from_x_y_ranges(ui.max_rect().x_range(), top..=top + size::ROW), None);
        }
        for (interface, function) in rows.get(range).unwrap_or_default() {
            let Some(function) = function else {
                let text = interface.unwrap_or("functions of the world");
                kit::group_row(ui, &display_safe_line(text));
                continue;
            };
            let response = kit::row(
                ui,
                is_chosen(*interface, function),
                true,
                icons::FUNCTION,
                &display_safe_line(function.display_name()),
                "",
            );
            let response =
                response.on_hover_text(format!("{}: {}", function.display_name(), component.signature(function)));
            if response.clicked() {
                picked = Some((interface.map(Into::into), function.name.clone()));
            }
        }
    });
    state.row = row;
    if picked.is_some() {
        state.pinned = Some(target);
        state.function = picked;
    }
}

// ---- the form ----

fn arguments(
    ui: &mut Ui,
    session: &Session,
    target: Target,
    component: &std::sync::Arc<Component>,
    state: &mut State,
    outbox: &mut Outbox,
) {
    let Some(chosen) = state.function.clone() else { return };
    let Some(function) = component.function(chosen.0.as_deref(), &chosen.1) else { return };
    let key = CallKey { target, interface: chosen.0.clone(), function: chosen.1.clone() };
    let kept = session.document().calls.get(&key);
    let is_of = |f: &Form| f.digest == component.digest && f.function == chosen && f.kept.as_ref() == kept;
    if !state.form.as_ref().is_some_and(is_of) {
        let form = FormState::new(component, chosen.0.as_deref(), function, kept.map(Vec::as_slice));
        let (digest, function, kept) = (component.digest, chosen.clone(), kept.cloned());
        state.form = Some(Form { digest, function, kept, state: form });
    }
    let Some(form) = &mut state.form else { return };
    if let Some(values) = state.restore.take() {
        form.state.set_values(&values);
    }
    let t = theme::tokens(ui.ctx());
    ui.horizontal(|ui| {
        ui.add(egui::Label::new(theme::strong(display_safe_line(function.display_name()))).truncate());
        if ui.available_width() < 40.0 {
            return;
        }
        let signature = component.signature(function);
        ui.add(
            egui::Label::new(RichText::new(display_safe_line(&signature)).monospace().size(size::SMALL).color(t.dim))
                .truncate(),
        );
    });
    let before = needed_grants(session, target);
    if !before.is_empty() {
        let names: Vec<_> = before.iter().map(|c| grant::title(*c)).collect();
        let short = match names.as_slice() {
            [one, two, rest @ ..] if !rest.is_empty() => format!("{one}, {two} and {} more", rest.len()),
            few => few.join(", "),
        };
        ui.horizontal(|ui| {
            ui.label(theme::icon(icons::SHIELD_WARNING).color(t.warn));
            let link = 52.0;
            ui.scope(|ui| {
                ui.set_max_width((ui.available_width() - link).max(40.0));
                let text = RichText::new(format!("Off, and refused on use: {short}")).size(size::SMALL);
                ui.add(egui::Label::new(text).truncate())
            })
            .inner
            .on_hover_text(names.join(", "));
            if ui.link(RichText::new("Grants…").size(size::SMALL)).clicked() {
                outbox.request(Request::ShowGrants(target, before.first().copied()));
            }
        });
    }
    let handles = session.live(&target).map(|l| l.handles.as_slice()).unwrap_or_default();
    let bar = 34.0;
    let height = (ui.available_height() - bar).max(48.0);
    let outcome = ui
        .allocate_ui(egui::vec2(ui.available_width(), height), |ui| {
            ScrollArea::vertical()
                .id_salt("form")
                .auto_shrink(false)
                .show(ui, |ui| form::show(ui, &mut form.state, handles))
                .inner
        })
        .inner;
    if outcome.changed && outcome.valid {
        let arguments = form.state.wave_arguments();
        form.kept = Some(arguments.clone());
        outbox.change(Change::SaveArguments(key, arguments));
    }
    if let Some(source) = &outcome.go_to {
        outbox.request(Request::Invoke(target, source.interface.clone(), source.function.clone()));
    }
    let wants_run = outcome.submit || std::mem::take(&mut state.run_requested);
    ui.horizontal(|ui| run_row(ui, session, target, &chosen, &form.state, &outcome, wants_run, outbox));
}

#[allow(clippy::too_many_arguments)] // a row of the panel above, split off to keep that one readable
fn run_row(
    ui: &mut Ui,
    session: &Session,
    target: Target,
    chosen: &(Option<String>, String),
    form: &FormState,
    outcome: &form::FormOutcome,
    wants_run: bool,
    outbox: &mut Outbox,
) {
    let t = theme::tokens(ui.ctx());
    if let Some(run) = session.running() {
        let elapsed = crate::measure::Nanos(session.now_nanos().saturating_sub(run.started_nanos));
        if ui.add(Button::new("Cancel").danger()).clicked() {
            outbox.act(Action::Cancel);
        }
        let phase = run.phase.map_or("waiting", Phase::word);
        ui.add(egui::Spinner::new().size(14.0));
        ui.label(RichText::new(format!("{phase}… {elapsed}")).monospace());
        return;
    }
    let why = session.can_call().err().map(str::to_owned).or_else(|| outcome.why_not.clone());
    let run = ui.add_enabled_ui(why.is_none(), |ui| ui.add(Button::new("Run call").icon(icons::PLAY).primary())).inner;
    if why.is_none()
        && (run.clicked() || wants_run)
        && let Some(arguments) = form.values()
    {
        let (interface, function) = chosen.clone();
        outbox.command(Command::Call(Call { target, interface, function, arguments }));
    }
    // From the right, so that what is said in between has what is left.
    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
        let live = session.live(&target);
        if let Some(live) = live {
            let reset = parts::icon_button(ui, icons::RELOAD, "Reset instance");
            if reset.on_hover_text("Drop the live instance: its state and handles are gone").clicked() {
                outbox.command(Command::Reset(target));
            }
            // Why it cannot run needs the room more; the bar above says what is live too.
            if why.is_none() {
                let calls = if live.calls == 1 { "1 call".to_owned() } else { format!("{} calls", live.calls) };
                let memory = Bytes(live.memory_bytes);
                kit::live_mark(ui, &format!("live · {calls} · {memory}"));
            }
        }
        ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| match why {
            Some(why) => {
                // Where there is no room, hovering tells the whole.
                let text = RichText::new(display_safe_line(&why)).color(t.error).size(size::SMALL);
                ui.add(egui::Label::new(text).truncate());
            }
            None if live.is_none() => {
                let shortcut = Action::Run.shortcut().map(|s| ui.ctx().format_shortcut(&s)).unwrap_or_default();
                ui.label(RichText::new(shortcut).color(t.faint).size(size::SMALL));
            }
            None => {}
        });
    });
}

/// What the target asks for and does not have.
fn needed_grants(session: &Session, target: Target) -> Vec<Capability> {
    let grants = session.grants(&target);
    session.needs(&target).into_iter().map(|n| n.capability).filter(|c| !grants.allows(*c)).collect()
}

// ---- what came back ----

fn outcome(ui: &mut Ui, session: &Session, target: Target, state: &mut State, outbox: &mut Outbox) {
    let Some((interface, function)) = &state.function else { return };
    let run = session
        .runs()
        .iter()
        .rev()
        .find(|r| r.target == target && r.interface == *interface && r.function == *function);
    let Some(run) = run else {
        parts::empty(ui, Drawing::Icon(icons::PLAY), "The result and its timings will stand here", None);
        return;
    };
    let t = theme::tokens(ui.ctx());
    let full = ui.available_rect_before_wrap();
    // Timings stand at the foot, whatever the value above takes.
    let below = if run.timings.is_empty() { 0.0 } else { state.foot_height };
    let (above, foot) = full.split_top_bottom_at_y(full.bottom() - below);
    let mut upper = ui.new_child(UiBuilder::new().max_rect(above));
    upper.shrink_clip_rect(above.expand(3.0));
    let ui_above = &mut upper;
    match run.outcome() {
        Some(outcome) => match show_outcome(ui_above, &mut state.result, run.job.0, outcome) {
            Some(result::Action::GoToGrant(capability)) => {
                outbox.request(Request::ShowGrants(target, Some(capability)));
            }
            Some(result::Action::GoToImport { interface, instances }) => {
                if let Some(instance) = instances.into_iter().next() {
                    outbox.request(Request::FocusOn(Subject::Port { instance, port: interface }));
                }
            }
            None => {}
        },
        None => {
            let phase = run.phase.map_or("waiting", Phase::word);
            ui_above.label(RichText::new(format!("{phase}…")).weak());
        }
    }
    if run.timings.is_empty() {
        return;
    }
    let mut lower = ui.new_child(UiBuilder::new().max_rect(foot));
    parts::hairline(&mut lower);
    parts::timing_bar(&mut lower, "Timings", &parts::phase_segments(&run.timings, t));
    lower.horizontal(|ui| run_notes(ui, session, run, outbox));
    let height = lower.min_rect().height();
    if (height - state.foot_height).abs() > 0.5 {
        state.foot_height = height;
        ui.ctx().request_repaint();
    }
}

/// A value scrolls by itself; words of what went wrong scroll here.
fn show_outcome(ui: &mut Ui, state: &mut ResultState, job: u64, outcome: &Outcome) -> Option<result::Action> {
    if matches!(outcome, Outcome::Returned(_)) {
        return result::show(ui, state, job, outcome);
    }
    let area = ScrollArea::vertical().id_salt("outcome").auto_shrink(false);
    area.show(ui, |ui| result::show(ui, state, job, outcome)).inner
}

/// What else there is to say of a call, and where to see more of it.
fn run_notes(ui: &mut Ui, session: &Session, run: &RunRecord, outbox: &mut Outbox) {
    let first = if run.is_first_call() { "first call" } else { "later call" };
    let memory = run.finished.as_ref().map(|f| f.memory_bytes).filter(|m| *m > 0);
    let memory = memory.map(|m| format!(" · {}", Bytes(m))).unwrap_or_default();
    ui.label(kit::small(&format!("{first}{memory}"))).on_hover_text(
        "Whether the instance was made for this call or lived already; and how much memory it holds now",
    );
    if run.finished.is_none() {
        return;
    }
    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
        if let Some(command) = as_command(session, run)
            && parts::icon_button(ui, icons::TERMINAL, "Copy as command").clicked()
        {
            ui.ctx().copy_text(command);
        }
        if !run.output.is_empty() && ui.add(Button::new("Output").quiet()).clicked() {
            outbox.request(Request::Show(super::Dock::Output));
        }
        if run.accesses().iter().any(|a| !a.allowed) && ui.add(Button::new("Access log").quiet()).clicked() {
            outbox.request(Request::Show(super::Dock::Accesses));
        }
    });
}
