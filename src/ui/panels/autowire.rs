//! Auto-wire: what would be connected, a choice where several fit, and what stays open and why. Nothing is changed before
//! the button.

use super::{Outbox, kit};
use crate::compose::{Choice, Choices, Outcome, Plan, Planned, Port, Scope};
use crate::diag::{Diagnostic, Subject, display_safe_line};
use crate::session::{Change, Command, Selection, Session, WirePlan, plural};
use crate::ui::parts::{self, Button, draw};
use crate::ui::theme::{self, fonts, icons, size, space};
use egui::{Align, Align2, Id, Key, KeyboardShortcut, Layout, Modifiers, Response, Sense, Ui, pos2, vec2};

/// The preview's state.
#[derive(Default)]
pub struct State {
    open: Option<Open>,
}

struct Open {
    scope: Scope,
    /// What was selected when it was opened, if anything was: the other scope than all.
    selected: Option<Scope>,
    choices: Choices,
    /// The plan that is shown: while the next one is worked out, the one before.
    shown: Option<WirePlan>,
    /// The button gets the keyboard's focus once there is a plan, or the first choice where nothing is to be connected yet.
    focus: bool,
    /// The keys that connect were pressed: done with the plan that has all choices in it.
    pressed: bool,
    /// They were pressed and there was nothing to connect: it is said what to do.
    is_told: bool,
}

/// One row of the list: all are equally high.
enum Row<'a> {
    Heading(String),
    Import(&'a Planned),
}

impl State {
    /// Opens the preview, for what is selected or else for all.
    pub fn open(&mut self, session: &Session) {
        let asks = |name: &String| {
            let component = session.document().composition.component(session.library(), name);
            component.is_some_and(|c| !c.imports.is_empty())
        };
        let selected = match session.selection() {
            // What only gives is wired by the imports of others.
            Selection::Instances(names) if names.iter().any(asks) => Some(Scope::Of(names.clone())),
            _ => None,
        };
        let scope = selected.clone().unwrap_or_default();
        let (choices, shown) = (Choices::new(), None);
        self.open = Some(Open { scope, selected, choices, shown, focus: true, pressed: false, is_told: false });
    }

    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }
}

/// Connects what is shown.
const CONNECT: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Enter);

/// Draws the preview while it is open.
pub fn show(ui: &mut Ui, session: &Session, state: &mut State, outbox: &mut Outbox) {
    let Some(open) = &mut state.open else { return };
    match session.wire_plan() {
        Some(plan) if plan.scope == open.scope && plan.choices == open.choices => open.shown = Some(plan.clone()),
        _ if session.is_planning() => {}
        _ => outbox.command(Command::PlanWires(open.scope.clone(), open.choices.clone())),
    }
    let area = egui::Modal::default_area(Id::unique("auto-wire area")).anchor(Align2::CENTER_TOP, vec2(0.0, 72.0));
    let mut done = false;
    let modal = egui::Modal::new(Id::unique("auto-wire")).frame(kit::popup_frame(ui)).area(area).show(ui.ctx(), |ui| {
        ui.set_width(680.0);
        // From any row, and before what has the focus takes it for Enter.
        open.pressed |= ui.input_mut(|i| i.consume_shortcut(&CONNECT));
        let is_current =
            open.shown.as_ref().is_some_and(|plan| plan.scope == open.scope && plan.choices == open.choices);
        let pressed = is_current && std::mem::take(&mut open.pressed);
        head(ui, open);
        ui.add_space(space::S);
        let plan = open.shown.as_ref().map(|shown| std::sync::Arc::clone(&shown.plan));
        // The one of which that plan is.
        let scope = open.shown.as_ref().map_or(Scope::All, |shown| shown.scope.clone());
        match &plan {
            Some(plan) if plan.imports.is_empty() => _ = ui.label(kit::dim(nothing(&scope))),
            Some(plan) => {
                // With nothing to connect yet, the keyboard starts at the first choice.
                let mut focus = open.focus && plan.wires() == 0 && plan.waiting() > 0;
                open.focus &= !focus;
                list(ui, plan, &mut open.choices, &mut focus);
            }
            None => _ = ui.label(kit::dim("Looking for what fits…")),
        }
        ui.add_space(space::M);
        done = match &plan {
            Some(plan) if plan.imports.iter().all(is_open) => {
                ui.horizontal(|ui| {
                    let all = (scope != Scope::All).then(|| ui.add(Button::new("Look at all instances").primary()));
                    let close = ui.add(Button::new("Close"));
                    let first = all.as_ref().unwrap_or(&close);
                    if is_current && std::mem::take(&mut open.focus) {
                        first.request_focus();
                    }
                    if all.is_some_and(|all| all.clicked()) {
                        (open.scope, open.focus) = (Scope::All, true);
                    }
                    close.clicked() || pressed
                })
                .inner
            }
            plan => foot(ui, plan.as_deref(), open, pressed, outbox),
        };
    });
    if done || modal.should_close() {
        state.open = None;
    }
}

fn head(ui: &mut Ui, open: &mut Open) {
    ui.horizontal(|ui| {
        parts::heading(ui, "Auto-wire");
        let Some(selected) = &open.selected else { return };
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let words = match selected {
                Scope::Of(names) if names.len() > 1 => ["Selected instances", "All instances"],
                _ => ["Selected instance", "All instances"],
            };
            let at = usize::from(open.scope == Scope::All);
            if let Some(i) = parts::segments(ui, "Whose imports", &words, at) {
                open.scope = if i == 0 { selected.clone() } else { Scope::All };
            }
        });
    });
}

/// Said where there is nothing to connect.
fn nothing(scope: &Scope) -> &'static str {
    match scope {
        Scope::All => "No import is open here that an instance or a component could provide",
        Scope::Of(names) if names.len() > 1 => {
            "No import of the selected instances is open that an instance or a component could provide"
        }
        Scope::Of(_) => "No import of the selected instance is open that an instance or a component could provide",
    }
}

/// Whether nothing that is here fits an import.
fn is_open(planned: &Planned) -> bool {
    matches!(planned.outcome, Outcome::Nothing(_))
}

fn list(ui: &mut Ui, plan: &Plan, choices: &mut Choices, focus: &mut bool) {
    let of = |wanted: &dyn Fn(&Planned) -> bool| plan.imports.iter().filter(|p| wanted(p)).collect::<Vec<_>>();
    let (offered, open) = (of(&|p| !is_open(p)), of(&is_open));
    let mut rows = Vec::with_capacity(plan.imports.len() + 2);
    if !offered.is_empty() {
        rows.push(Row::Heading("Import and who provides it".into()));
        rows.extend(offered.into_iter().map(Row::Import));
    }
    if !open.is_empty() {
        rows.push(Row::Heading(format!("{} open: nothing fits", if open.len() == 1 { "Stays" } else { "Stay" })));
        rows.extend(open.into_iter().map(Row::Import));
    }
    // Whole rows.
    let height = rows.len().min(14) as f32 * (size::ROW + space::XS);
    ui.spacing_mut().item_spacing.y = space::XS;
    let mut area = egui::ScrollArea::vertical().max_height(height).min_scrolled_height(height);
    let waits = |row: &Row<'_>| matches!(row, Row::Import(planned) if planned.outcome == Outcome::NeedsChoice);
    if *focus && let Some(first) = rows.iter().position(waits) {
        // Only what is in view can have the focus.
        let top = first as f32 * (size::ROW + space::XS) - height / 2.0;
        area = area.vertical_scroll_offset(top.max(0.0));
    }
    area.auto_shrink([false, true]).show_rows(ui, size::ROW, rows.len(), |ui, range| {
        for row in rows.get(range).unwrap_or_default() {
            match row {
                Row::Heading(text) => kit::group_row(ui, text),
                Row::Import(planned) => import_row(ui, planned, choices, focus),
            }
        }
    });
    // What waits for a choice is no problem yet.
    let waits = |problem: &&Diagnostic| match &problem.subject {
        Subject::Port { instance, port } => plan
            .imports
            .iter()
            .any(|p| p.outcome == Outcome::NeedsChoice && p.to.instance == *instance && p.to.name == *port),
        _ => false,
    };
    for problem in plan.problems.iter().filter(|problem| !waits(problem)).take(3) {
        let hint = problem.hint.as_deref().map(display_safe_line);
        parts::Banner::new(problem.severity.into(), &display_safe_line(&problem.message))
            .hint(hint.as_deref())
            .show(ui);
    }
}

/// `fraud-check of checkout`: what an import is called here.
fn import_name(to: &Port) -> (String, String) {
    let (path, version) = to.name.split_once('@').map_or((to.name.as_str(), ""), |(path, version)| (path, version));
    // A host's interface keeps its package, as on a node: several packages have `types`.
    let short = path.strip_prefix("wasi:").unwrap_or_else(|| path.rsplit('/').next().unwrap_or(path));
    let version = if version.is_empty() { String::new() } else { format!("@{version}") };
    let name = format!("{short}{version}");
    (display_safe_line(&name).into_owned(), display_safe_line(&to.instance).into_owned())
}

fn import_row(ui: &mut Ui, planned: &Planned, choices: &mut Choices, focus: &mut bool) {
    const PROVIDER: f32 = 296.0;
    let t = theme::tokens(ui.ctx());
    let (name, instance) = import_name(&planned.to);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::S;
        ui.add_space(16.0 * planned.depth.min(4) as f32);
        match &planned.outcome {
            Outcome::Wired(_) | Outcome::Left => {
                let mut on = planned.taken().is_some();
                if parts::check(ui, &mut on, &format!("Connect {name} of {instance}")).changed() {
                    // Ticked again, it gets what is proposed, or has to be chosen.
                    choices.remove(&planned.to);
                    if !on {
                        choices.insert(planned.to.clone(), Choice::Leave);
                    }
                }
            }
            Outcome::NeedsChoice => mark(ui, icons::QUESTION, t.warn, "Waits for a choice"),
            Outcome::Nothing(_) => mark(ui, icons::PLUGS, t.dim, "Stays open"),
        }
        let room = (ui.available_width() - PROVIDER - space::S).max(80.0);
        let (rect, label) = ui.allocate_exact_size(vec2(room, size::ROW), Sense::hover());
        label.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, format!("{name} of {instance}")));
        let galley = draw::cut_in_middle(ui, &name, fonts::text(size::BODY), t.strong, room);
        let x = draw::put(ui.painter(), rect.left_center(), galley) + space::S;
        if rect.right() - x > 16.0 {
            let of = draw::elided(ui, &format!("of {instance}"), fonts::text(size::BODY), t.dim, rect.right() - x);
            draw::put(ui.painter(), pos2(x, rect.center().y), of);
        }
        label.on_hover_text(planned.to.to_string());
        match &planned.outcome {
            Outcome::Nothing(why) => {
                let (rect, label) = ui.allocate_exact_size(vec2(ui.available_width(), size::ROW), Sense::hover());
                label.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, why));
                let galley = draw::elided(ui, why, fonts::text(size::SMALL), t.dim, rect.width());
                draw::put(ui.painter(), rect.left_center(), galley);
                label.on_hover_text(why);
            }
            _ => {
                let chooser = provider(ui, planned, &name, &instance, choices);
                // The row below those in view can be reached with Tab.
                if chooser.gained_focus() {
                    chooser.scroll_to_me(None);
                }
                if planned.outcome == Outcome::NeedsChoice && std::mem::take(focus) {
                    chooser.request_focus();
                }
            }
        }
    });
}

fn mark(ui: &mut Ui, glyph: &str, ink: egui::Color32, word: &str) {
    let (rect, response) = ui.allocate_exact_size(vec2(size::ICON, size::ROW), Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, word));
    draw::icon(ui.painter(), rect.center(), glyph, size::ICON, ink);
    response.on_hover_text(word);
}

/// Who provides for an import: the only one by name, or a choice.
fn provider(ui: &mut Ui, planned: &Planned, name: &str, instance: &str, choices: &mut Choices) -> Response {
    let t = theme::tokens(ui.ctx());
    let shown = match &planned.outcome {
        Outcome::NeedsChoice => format!("Choose one of {}…", planned.offers.len() + planned.more),
        Outcome::Left => "Leave open".into(),
        _ => planned.taken().map(|offer| offer.text()).unwrap_or_default(),
    };
    if let ([_], Outcome::Wired(_)) = (planned.offers.as_slice(), &planned.outcome) {
        let (rect, label) = ui.allocate_exact_size(vec2(ui.available_width(), size::ROW), Sense::hover());
        label.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, format!("from {shown}")));
        let galley = draw::elided(ui, &format!("from {shown}"), fonts::text(size::BODY), t.normal, rect.width());
        draw::put(ui.painter(), rect.left_center() + vec2(space::S, 0.0), galley);
        return label;
    }
    let combo = parts::combo_box(("provider", &planned.to)).width(ui.available_width()).truncate();
    let before = choices.get(&planned.to).cloned();
    let response = combo.selected_text(&shown).show_ui(ui, |ui| {
        for (i, offer) in planned.offers.iter().enumerate() {
            if parts::combo_item(ui, planned.outcome == Outcome::Wired(i), offer.text()) {
                choices.insert(planned.to.clone(), offer.choice());
            }
        }
        if planned.more > 0 {
            ui.label(kit::small(&format!("{} more fit: wire one of them by hand", planned.more)));
        }
        if parts::combo_item(ui, planned.outcome == Outcome::Left, "Leave open") {
            choices.insert(planned.to.clone(), Choice::Leave);
        }
    });
    if choices.get(&planned.to) != before.as_ref() {
        // The keyboard goes on from here, and not from what is gone.
        response.response.request_focus();
    }
    let said = format!("Provider for {name} of {instance}: {shown}");
    response.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, said.clone()));
    response.response
}

/// What is missing where nothing can be connected.
fn missing(plan: &Plan) -> String {
    match plan.imports.iter().find(|planned| planned.outcome == Outcome::NeedsChoice) {
        Some(first) => {
            let (name, instance) = import_name(&first.to);
            format!("Choose who provides {name} of {instance} first")
        }
        None => "Nothing is ticked: tick what to connect first".to_owned(),
    }
}

/// What it comes to, and the buttons; whether it is over. `pressed` are the keys that connect.
fn foot(ui: &mut Ui, plan: Option<&Plan>, open: &mut Open, pressed: bool, outbox: &mut Outbox) -> bool {
    let (wires, waiting) = plan.map_or((0, 0), |plan| (plan.wires(), plan.waiting()));
    let mut over = false;
    if pressed && wires == 0 {
        (open.is_told, open.focus) = (true, waiting > 0);
        ui.ctx().request_repaint();
    }
    open.is_told &= wires == 0;
    ui.horizontal(|ui| {
        let label = format!("Connect {}", plural(wires, "wire"));
        let why_not = (wires == 0).then_some("Nothing is ticked or chosen");
        let shown = ui.ctx().format_shortcut(&CONNECT);
        let button = ui.add(Button::new(&label).primary().shortcut(&shown).disabled_because(why_not));
        if wires > 0 && std::mem::take(&mut open.focus) {
            button.request_focus();
        }
        if (button.clicked() || (pressed && why_not.is_none()))
            && let Some(plan) = plan
        {
            outbox.change(Change::AutoWire(plan.edits()));
            over = true;
        }
        if ui.add(Button::new("Cancel")).clicked() {
            over = true;
        }
        if let Some(plan) = plan.filter(|_| open.is_told) {
            let words = missing(plan);
            let t = theme::tokens(ui.ctx());
            let (mark, _) = ui.allocate_exact_size(vec2(size::ICON, size::ROW), Sense::hover());
            draw::icon(ui.painter(), mark.center(), icons::WARNING, size::ICON, t.warn);
            let (rect, said) = ui.allocate_exact_size(vec2(ui.available_width(), size::ROW), Sense::hover());
            said.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Status, true, &words));
            ui.ctx().accesskit_node_builder(said.id, |node| node.set_live(egui::accesskit::Live::Polite));
            let galley = draw::cut_in_middle(ui, &words, fonts::text(size::BODY), t.normal, rect.width());
            draw::put(ui.painter(), rect.left_center(), galley);
            said.on_hover_text(words);
            return;
        }
        let places = plan.map_or(0, |plan| plan.places.len());
        let mut words = Vec::new();
        if places > 0 {
            words.push(format!("places {}", plural(places, "component")));
        }
        if waiting > 0 {
            let verb = if waiting == 1 { "waits" } else { "wait" };
            words.push(format!("{} {verb} for a choice", plural(waiting, "import")));
        }
        ui.label(kit::small(&words.join(" · ")));
    });
    over
}

#[cfg(test)]
mod tests;
