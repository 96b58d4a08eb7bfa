//! What is listed under a capability, to be typed. Half-typed text stays here; only what was checked becomes a grant.

mod folders;

use crate::diag::{Diagnostic, display_safe_line};
use crate::grant::{self, AddressRule, Capability, Grants, HttpRule, Limits};
use crate::ui::panels::kit;
use crate::ui::parts::{self, IconButton};
use crate::ui::theme::{fonts, icons, size, space, tokens};
use egui::{Align, Color32, Id, Key, Label, Layout, RichText, Stroke, TextEdit, Ui, vec2};
use std::collections::{BTreeMap, BTreeSet};

/// Text as typed, by the field it is in.
#[derive(Default)]
pub(super) struct Drafts {
    fields: BTreeMap<Place, Draft>,
    /// What the last attempt to add something said.
    errors: BTreeMap<Capability, String>,
    /// Variables whose value is shown although it looks like a secret.
    shown: BTreeSet<String>,
    dialog: Option<folders::Dialog>,
    done: bool,
}

/// Which field: of what, which entry (`None` is the one to be added), which part of it.
type Place = (Option<Capability>, Option<usize>, u8);

struct Draft {
    /// What the text stands for in the grants, in its one spelling. If the grants say another, the text is theirs again.
    made: String,
    text: String,
    error: Option<String>,
}

impl Drafts {
    /// Whether a field was left since the last time: what is typed next is another step.
    pub(super) fn is_done(&mut self) -> bool {
        std::mem::take(&mut self.done)
    }

    fn new_text(&mut self, place: Place) -> &mut String {
        let empty = || Draft { made: String::new(), text: String::new(), error: None };
        &mut self.fields.entry(place).or_insert_with(empty).text
    }

    /// Entries moved: what was typed for them belongs to others now.
    fn forget(&mut self, capability: Capability) {
        self.done = true;
        self.fields.retain(|(of, entry, _), _| *of != Some(capability) || entry.is_none());
        self.errors.remove(&capability);
    }

    fn forget_new(&mut self, capability: Capability) {
        self.fields.retain(|(of, entry, _), _| *of != Some(capability) || entry.is_some());
        self.errors.remove(&capability);
    }
}

/// Whether there is something to list under this capability.
pub(super) fn has_list(capability: Capability) -> bool {
    !matches!(capability, Capability::Stdout | Capability::Stderr | Capability::Clocks | Capability::Random)
}

/// Shows what is listed, and puts changes into `next`.
pub(super) fn show(ui: &mut Ui, capability: Capability, grants: &Grants, drafts: &mut Drafts, next: &mut Grants) {
    match capability {
        Capability::Stdin => stdin(ui, &grants.stdin.list, drafts, &mut next.stdin.list),
        Capability::Environment => environment(ui, grants, drafts, next),
        Capability::Arguments => arguments(ui, &grants.arguments.list, drafts, &mut next.arguments.list),
        Capability::Folders => folders::show(ui, grants, drafts, next),
        Capability::Network => {
            let words = Words { one: "address", hint: "example.com:443", read: grant::check_address };
            rules(ui, capability, &words, &grants.network.list, drafts, &mut next.network.list);
            preview(ui, capability, grants, drafts, |text, grants| {
                grants.network.list.push(grant::check_address(text).ok()?);
                Some(())
            });
        }
        Capability::Http => {
            let words = Words { one: "host", hint: "https://example.com", read: grant::check_http };
            rules(ui, capability, &words, &grants.http.list, drafts, &mut next.http.list);
            preview(ui, capability, grants, drafts, |text, grants| {
                grants.http.list.push(grant::check_http(text).ok()?);
                Some(())
            });
        }
        Capability::Stdout | Capability::Stderr | Capability::Clocks | Capability::Random => return,
    }
    ui.add_space(space::S);
}

/// A field of something that is listed. What was typed is given once it can be read.
fn field<T>(
    ui: &mut Ui,
    drafts: &mut Drafts,
    place: Place,
    name: &str,
    current: &str,
    dress: Dress<'_>,
    read: impl FnOnce(&str) -> Result<(T, String), String>,
) -> Option<T> {
    let fresh = || Draft { made: current.to_owned(), text: current.to_owned(), error: None };
    let draft = drafts.fields.entry(place).or_insert_with(fresh);
    if draft.made != current {
        *draft = fresh();
    }
    let id = Id::unique(("grant field", place));
    let faint = tokens(ui.ctx()).faint;
    let response = parts::named_field(ui, name, dress.put_on(TextEdit::singleline(&mut draft.text).id(id), faint));
    let mut out = None;
    if response.changed() {
        match read(&draft.text) {
            Ok((value, made)) => {
                draft.made = made;
                draft.error = None;
                out = Some(value);
            }
            Err(why) => draft.error = Some(why),
        }
    }
    if response.lost_focus() {
        if draft.error.is_none() {
            draft.text.clone_from(&draft.made);
        }
        drafts.done = true;
    }
    out
}

fn field_trouble(ui: &mut Ui, drafts: &Drafts, place: Place) {
    if let Some(error) = drafts.fields.get(&place).and_then(|d| d.error.as_deref()) {
        parts::field_error(ui, error);
    }
}

/// A field of the entry to be added. True if Enter was pressed in it.
fn new_field(ui: &mut Ui, drafts: &mut Drafts, place: Place, name: &str, dress: Dress<'_>) -> bool {
    let id = Id::unique(("grant field", place));
    let faint = tokens(ui.ctx()).faint;
    let edit = dress.put_on(TextEdit::singleline(drafts.new_text(place)).id(id), faint);
    let response = parts::named_field(ui, name, edit);
    if response.changed()
        && let Some(capability) = place.0
    {
        drafts.errors.remove(&capability);
    }
    let entered = response.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
    if entered {
        response.request_focus();
    }
    entered
}

/// How a field looks.
struct Dress<'a> {
    width: f32,
    hint: &'a str,
    hidden: bool,
}

impl<'a> Dress<'a> {
    /// As wide as this, its frame included.
    fn new(width: f32) -> Self {
        // Its margins and its outline are beside the text.
        Self { width: (width - 2.0 * space::S - 2.0).max(24.0), hint: "", hidden: false }
    }

    fn hint(mut self, hint: &'a str) -> Self {
        self.hint = hint;
        self
    }

    /// Shows dots for letters.
    fn hidden(mut self, hidden: bool) -> Self {
        self.hidden = hidden;
        self
    }

    fn put_on<'t>(self, edit: TextEdit<'t>, faint: Color32) -> TextEdit<'t> {
        edit.font(fonts::mono(size::BODY))
            .hint_text(RichText::new(self.hint).color(faint))
            .desired_width(self.width)
            .password(self.hidden)
    }
}

/// Room for icon buttons at the end of a row.
fn before(ui: &Ui, buttons: usize) -> f32 {
    (ui.available_width() - buttons as f32 * (size::ROW + 2.0)).max(40.0)
}

fn line(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        add(ui);
    });
}

/// Entries of a list, set off by a thin rule.
fn entry(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    let t = tokens(ui.ctx());
    let shown = ui.horizontal_top(|ui| {
        ui.add_space(space::S);
        let room = ui.available_width();
        ui.allocate_ui_with_layout(vec2(room, size::ROW), Layout::top_down(Align::Min), |ui| {
            ui.set_width(room);
            ui.spacing_mut().item_spacing.y = 2.0;
            add(ui);
        });
    });
    let rect = shown.response.rect;
    ui.painter().vline(rect.left() + 1.0, rect.y_range(), Stroke::new(1.0, t.line_strong));
    ui.add_space(space::XS);
}

fn caption(ui: &mut Ui, text: &str) {
    ui.add(Label::new(kit::small(text)));
}

fn add_error(ui: &mut Ui, drafts: &Drafts, capability: Capability) {
    if let Some(error) = drafts.errors.get(&capability) {
        parts::field_error(ui, error);
    }
}

fn say(ui: &mut Ui, warnings: &[Diagnostic]) {
    let t = tokens(ui.ctx());
    for warning in warnings {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::XS;
            ui.add(Label::new(RichText::new(icons::WARNING).font(fonts::icon(14.0)).color(t.warn)));
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                ui.add(Label::new(RichText::new(&warning.message).color(t.warn)).wrap());
                if let Some(hint) = &warning.hint {
                    ui.add(Label::new(kit::small(hint)).wrap());
                }
            });
        });
    }
}

// ---- standard input ----

fn stdin(ui: &mut Ui, current: &str, drafts: &mut Drafts, next: &mut String) {
    let place = (Some(Capability::Stdin), Some(0), 0);
    let fresh = || Draft { made: current.to_owned(), text: current.to_owned(), error: None };
    let draft = drafts.fields.entry(place).or_insert_with(fresh);
    if draft.made != current {
        *draft = fresh();
    }
    let t = tokens(ui.ctx());
    let edit = TextEdit::multiline(&mut draft.text)
        .id(Id::unique(("grant field", place)))
        .font(fonts::mono(size::BODY))
        .hint_text(RichText::new("The text it reads").color(t.faint))
        .desired_rows(4)
        .margin(vec2(space::S, space::XS))
        .desired_width(ui.available_width() - 2.0 * space::S - 2.0);
    let response = ui.add(edit);
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_label("Text of standard input"));
    if response.changed() {
        draft.made.clone_from(&draft.text);
        next.clone_from(&draft.text);
    }
    drafts.done |= response.lost_focus();
}

// ---- environment ----

fn environment(ui: &mut Ui, grants: &Grants, drafts: &mut Drafts, next: &mut Grants) {
    let capability = Capability::Environment;
    for (i, (name, value)) in grants.environment.list.iter().enumerate() {
        entry(ui, |ui| {
            let shown = display_safe_line(name);
            let secret = grant::looks_secret(name);
            line(ui, |ui| {
                let room = before(ui, if secret { 2 } else { 1 });
                ui.allocate_ui_with_layout(vec2(room, size::ROW), Layout::left_to_right(Align::Center), |ui| {
                    ui.set_min_size(vec2(room, size::ROW));
                    ui.add(Label::new(RichText::new(&*shown).font(fonts::mono(size::BODY))).truncate());
                });
                if secret {
                    let on = drafts.shown.contains(name);
                    let (glyph, verb) = if on { (icons::EYE_SLASH, "Hide") } else { (icons::EYE, "Show") };
                    if parts::icon_button(ui, glyph, &format!("{verb} value of {shown}")).clicked() {
                        if on {
                            drafts.shown.remove(name);
                        } else {
                            drafts.shown.insert(name.clone());
                        }
                    }
                }
                if parts::icon_button(ui, icons::TRASH, &format!("Remove {shown}")).clicked() {
                    next.environment.list.remove(name);
                    drafts.forget(capability);
                }
            });
            let place = (Some(capability), Some(i), 1);
            let hidden = secret && !drafts.shown.contains(name);
            let label = format!("Value of {shown}");
            let dress = Dress::new(ui.available_width()).hidden(hidden);
            let read = |text: &str| grant::check_variable(name, text).map(|(_, value)| (value.clone(), value));
            if let Some(value) = field(ui, drafts, place, &label, value, dress, read) {
                next.environment.list.insert(name.clone(), value);
            }
            field_trouble(ui, drafts, place);
        });
    }
    say(ui, &grant::warnings_about(capability, grants));
    let (name_at, value_at) = ((Some(capability), None, 0), (Some(capability), None, 1));
    let mut add = false;
    line(ui, |ui| {
        let room = before(ui, 1) - 18.0 - 2.0;
        let half = (room * 0.5).floor();
        let dress = Dress::new(half).hint("NAME");
        add |= new_field(ui, drafts, name_at, "Name of a new variable", dress);
        ui.add_sized(vec2(14.0, size::ROW), Label::new(kit::dim("=")));
        let hidden = grant::looks_secret(drafts.new_text(name_at));
        let dress = Dress::new(room - half).hint("value").hidden(hidden);
        add |= new_field(ui, drafts, value_at, "Value of a new variable", dress);
        add |= parts::icon_button(ui, icons::PLUS, "Add variable").clicked();
    });
    if add {
        let (name, value) = (drafts.new_text(name_at).trim().to_owned(), drafts.new_text(value_at).clone());
        match grant::check_variable(&name, &value) {
            Ok((name, _)) if grants.environment.list.contains_key(&name) => {
                drafts.errors.insert(capability, format!("The variable {} is listed", display_safe_line(&name)));
            }
            Ok((name, value)) => {
                next.environment.list.insert(name, value);
                drafts.forget(capability);
                drafts.forget_new(capability);
                ui.memory_mut(|m| m.request_focus(Id::unique(("grant field", name_at))));
            }
            Err(why) => {
                drafts.errors.insert(capability, why);
            }
        }
    }
    add_error(ui, drafts, capability);
}

// ---- arguments ----

fn arguments(ui: &mut Ui, list: &[String], drafts: &mut Drafts, next: &mut Vec<String>) {
    let capability = Capability::Arguments;
    for (i, argument) in list.iter().enumerate() {
        let place = (Some(capability), Some(i), 0);
        let number = i + 1;
        line(ui, |ui| {
            let label = format!("Argument {number}");
            let dress = Dress::new(before(ui, 3));
            let read = |text: &str| grant::check_argument(text).map(|a| (a.clone(), a));
            if let (Some(text), Some(slot)) = (field(ui, drafts, place, &label, argument, dress, read), next.get_mut(i))
            {
                *slot = text;
            }
            let name = format!("Move argument {number} up");
            let first = (i == 0).then_some("It is the first");
            let up = ui.add(IconButton::new(icons::ARROW_UP, &name).disabled_because(first)).clicked();
            let name = format!("Move argument {number} down");
            let last = (number == list.len()).then_some("It is the last");
            let down = ui.add(IconButton::new(icons::ARROW_DOWN, &name).disabled_because(last)).clicked();
            let remove = parts::icon_button(ui, icons::TRASH, &format!("Remove argument {number}"));
            if up && i > 0 {
                next.swap(i, i - 1);
            } else if down && number < next.len() {
                next.swap(i, number);
            } else if remove.clicked() && i < next.len() {
                next.remove(i);
            } else {
                return;
            }
            drafts.forget(capability);
        });
        field_trouble(ui, drafts, place);
    }
    let place = (Some(capability), None, 0);
    let mut add = false;
    line(ui, |ui| {
        let dress = Dress::new(before(ui, 1)).hint("Next argument");
        add |= new_field(ui, drafts, place, "New argument", dress);
        add |= parts::icon_button(ui, icons::PLUS, "Add argument").clicked();
    });
    if add {
        match grant::check_argument(drafts.new_text(place)) {
            Ok(text) => {
                next.push(text);
                drafts.forget_new(capability);
            }
            Err(why) => _ = drafts.errors.insert(capability, why),
        }
    }
    add_error(ui, drafts, capability);
}

// ---- addresses and hosts ----

struct Words<T> {
    one: &'static str,
    hint: &'static str,
    read: fn(&str) -> Result<T, String>,
}

fn rules<T: Rule>(
    ui: &mut Ui,
    capability: Capability,
    words: &Words<T>,
    list: &[T],
    drafts: &mut Drafts,
    next: &mut Vec<T>,
) {
    for (i, rule) in list.iter().enumerate() {
        let place = (Some(capability), Some(i), 0);
        let number = i + 1;
        line(ui, |ui| {
            let dress = Dress::new(before(ui, 1));
            let read = |text: &str| (words.read)(text.trim()).map(|r| (r.clone(), r.to_string()));
            let name = format!("Allowed {} {number}", words.one);
            let typed = field(ui, drafts, place, &name, &rule.to_string(), dress, read);
            if let (Some(rule), Some(slot)) = (typed, next.get_mut(i)) {
                *slot = rule;
            }
            let remove = parts::icon_button(ui, icons::TRASH, &format!("Remove {} {number}", words.one));
            if remove.clicked() && i < next.len() {
                next.remove(i);
                drafts.forget(capability);
            }
        });
        field_trouble(ui, drafts, place);
    }
    let place = (Some(capability), None, 0);
    let mut add = false;
    line(ui, |ui| {
        let dress = Dress::new(before(ui, 1)).hint(words.hint);
        add |= new_field(ui, drafts, place, &format!("New {}", words.one), dress);
        add |= parts::icon_button(ui, icons::PLUS, &format!("Add {}", words.one)).clicked();
    });
    if add {
        match (words.read)(drafts.new_text(place).trim()) {
            Ok(rule) if list.contains(&rule) => {
                drafts.errors.insert(capability, format!("{rule} is listed"));
            }
            Ok(rule) => {
                next.push(rule);
                drafts.forget_new(capability);
            }
            Err(why) => _ = drafts.errors.insert(capability, why),
        }
    }
    add_error(ui, drafts, capability);
}

/// A rule that is written in one field.
trait Rule: Clone + PartialEq + std::fmt::Display {}
impl Rule for AddressRule {}
impl Rule for HttpRule {}

/// What is to be said about the list, and about what is being typed before it is added.
fn preview(
    ui: &mut Ui,
    capability: Capability,
    grants: &Grants,
    drafts: &mut Drafts,
    add: impl FnOnce(&str, &mut Grants) -> Option<()>,
) {
    say(ui, &grant::warnings_about(capability, grants));
    let mut with = grants.clone();
    if add(drafts.new_text((Some(capability), None, 0)).trim(), &mut with).is_some() {
        say_new(ui, capability, grants, &with);
    }
}

/// The warnings that `with` has and `grants` has not.
fn say_new(ui: &mut Ui, capability: Capability, grants: &Grants, with: &Grants) {
    let known = grant::warnings_about(capability, grants);
    let all = grant::warnings_about(capability, with);
    let new: Vec<_> = all.into_iter().filter(|w| !known.contains(w)).collect();
    say(ui, &new);
}

// ---- limits ----

/// Shows the limits and puts changes into them.
pub(super) fn limits(ui: &mut Ui, drafts: &mut Drafts, limits: &mut Limits) {
    let mebibytes = |text: &str| match text.trim().parse::<u64>() {
        Ok(n @ 1..=65_536) => Ok((n << 20, n.to_string())),
        _ => Err("A whole number of MiB from 1 to 65536".to_owned()),
    };
    let current = (limits.memory_bytes >> 20).to_string();
    if let Some(bytes) = number(ui, drafts, 0, "Memory", "MiB", &current, mebibytes) {
        limits.memory_bytes = bytes;
    }
    let current = (limits.output_bytes >> 20).to_string();
    if let Some(bytes) = number(ui, drafts, 1, "Kept output", "MiB", &current, mebibytes) {
        limits.output_bytes = bytes;
    }
    let current = limits.call_millis.map(|ms| (ms as f64 / 1000.0).to_string()).unwrap_or_default();
    let seconds = |text: &str| match text.trim() {
        "" => Ok((None, String::new())),
        text => match text.parse::<f64>() {
            Ok(s) if (0.001..=86_400.0).contains(&s) => {
                let millis = (s * 1000.0).round() as u64;
                Ok((Some(millis), (millis as f64 / 1000.0).to_string()))
            }
            _ => Err("Seconds from 0.001 to 86400, or nothing for no limit".to_owned()),
        },
    };
    if let Some(millis) = number(ui, drafts, 2, "Time of a call", "s", &current, seconds) {
        limits.call_millis = millis;
    }
    ui.add(
        Label::new(kit::small("They hold whatever is granted. Without a time, a call runs until you cancel it")).wrap(),
    );
}

fn number<T>(
    ui: &mut Ui,
    drafts: &mut Drafts,
    which: u8,
    name: &str,
    unit: &str,
    current: &str,
    read: impl FnOnce(&str) -> Result<(T, String), String>,
) -> Option<T> {
    let place = (None, Some(0), which);
    let out = parts::key_value(ui, name, |ui| {
        let dress = Dress::new(80.0).hint("no limit");
        let out = field(ui, drafts, place, &format!("{name} in {unit}"), current, dress, read);
        ui.label(kit::dim(unit));
        out
    });
    field_trouble(ui, drafts, place);
    out
}
