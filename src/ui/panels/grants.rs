//! What a target may reach: one row for each capability that it asks for, all off until the user ticks them.

mod editors;

use super::Outbox;
use crate::call::{JobId, Outcome};
use crate::component::Extern;
use crate::compose::{self, Side};
use crate::diag::display_safe_line;
use crate::grant::{self, Capability, Grants, Limits, Need, NotProvided, Risk};
use crate::project::Target;
use crate::session::{Change, RunRecord, Session};
use crate::ui::panels::{Dock, Request, kit};
use crate::ui::parts::{self, Banner, Button, Drawing, GrantClick, GrantRow, Section};
use crate::ui::theme::{Tone, fonts, icons, size, space, tokens};
use editors::Drafts;
use egui::{Align, Label, Layout, RichText, ScrollArea, Ui, vec2};
use std::collections::BTreeMap;

/// A row that was refused flashes for so many seconds.
const FLASH: f64 = 0.9;

/// The panel's state.
#[derive(Default)]
pub struct State {
    seen: Option<Seen>,
    drafts: Drafts,
    /// The last run whose refusals flashed, and since when.
    flashed: Option<(JobId, f64)>,
    /// Scroll to this row.
    reveal: Option<Capability>,
    /// A row to fold open: its box was just ticked, and there is something to list.
    unfold: Option<Capability>,
}

/// What is derived from the document, kept until it changes.
struct Seen {
    target: Target,
    revision: u64,
    needs: Vec<Need>,
    /// Who asks for every one of several needs of a composition.
    asked_by: Option<Vec<String>>,
    missing: Vec<NotProvided>,
    grants: Grants,
    review: Vec<Capability>,
}

impl State {
    /// Brings a row into view.
    pub fn reveal(&mut self, capability: Option<Capability>) {
        self.reveal = capability;
    }
}

/// How many capabilities the last run was refused, and how many wait for review.
pub fn waiting(session: &Session, target: Target) -> (usize, usize) {
    let last = session.runs().back().filter(|r| r.target == target);
    (last.map_or(0, |r| refusals(r).len()), session.document().to_review(target).len())
}

/// Draws the grants of a target.
pub fn show(ui: &mut Ui, session: &Session, target: Target, state: &mut State, outbox: &mut Outbox) {
    if state.seen.as_ref().is_none_or(|s| s.target != target || s.revision != session.revision()) {
        if state.seen.as_ref().is_some_and(|s| s.target != target) {
            state.drafts = Drafts::default();
        }
        state.seen = Some(look(session, target));
    }
    let Some(seen) = state.seen.take() else { return };
    let refused = session.runs().back().filter(|r| r.target == target).map(refusals).unwrap_or_default();
    let flash = flash(ui, session, state, !refused.is_empty());
    let mut next = seen.grants.clone();
    ScrollArea::vertical().id_salt("grants").auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = space::S;
        whose(ui, session, &seen, outbox);
        if seen.needs.is_empty() && seen.missing.is_empty() {
            let sentence = "It asks for nothing outside: it can be called as it is";
            ui.allocate_ui(vec2(ui.available_width(), 200.0), |ui| {
                if parts::empty(ui, Drawing::Icon(icons::SHIELD_CHECK), sentence, Some("Call a function")) {
                    outbox.request(Request::Show(Dock::Invoke));
                }
                ui.allocate_space(ui.available_size());
            });
        }
        review_banner(ui, &seen);
        let mut heading = "";
        ui.spacing_mut().item_spacing.y = space::XS;
        for need in &seen.needs {
            if group(need.capability) != heading {
                heading = group(need.capability);
                ui.add_space(space::XS);
                kit::group_row(ui, heading);
            }
            row(ui, need, &seen, &refused, flash, state, &mut next);
        }
        ui.spacing_mut().item_spacing.y = space::S;
        missing(ui, &seen);
        limits(ui, &mut state.drafts, &mut next.limits);
        ui.add_space(space::L);
    });
    if state.drafts.is_done() {
        outbox.request(Request::EndGesture);
    }
    if next != seen.grants {
        outbox.change(Change::Grant(target, next));
    }
    state.seen = Some(seen);
}

fn look(session: &Session, target: Target) -> Seen {
    let document = session.document();
    let composition = &document.composition;
    let missing = match target {
        Target::Component(digest) => session.library().get(&digest).map_or_else(Vec::new, |component| {
            grant::not_provided([(component.name.as_str(), &**component, component.imports.iter().collect())])
        }),
        Target::Composition => {
            let open = compose::open_imports(composition, session.library());
            grant::not_provided(composition.instances.keys().filter_map(|name| {
                let component = composition.component(session.library(), name)?;
                let of_it = open.iter().filter(|p| &p.instance == name);
                let imports: Vec<&Extern> =
                    of_it.filter_map(|p| composition.port(session.library(), p, Side::Import)).collect();
                Some((name.as_str(), &**component, imports))
            }))
        }
    };
    let needs = session.needs(&target);
    let asked_by = match needs.as_slice() {
        [first, rest @ ..] if target == Target::Composition && !rest.is_empty() => {
            rest.iter().all(|n| n.asked_by == first.asked_by).then(|| first.asked_by.clone())
        }
        _ => None,
    };
    Seen {
        target,
        revision: session.revision(),
        needs,
        asked_by,
        missing,
        grants: session.grants(&target),
        review: document.to_review(target),
    }
}

/// How often each capability was refused in a run.
fn refusals(run: &RunRecord) -> BTreeMap<Capability, u64> {
    let mut out = BTreeMap::new();
    for access in run.accesses().iter().filter(|a| !a.allowed) {
        if let Some(capability) = access.capability {
            *out.entry(capability).or_default() += access.count;
        }
    }
    // The refusal that ended the run counts even if the log was cut.
    if let Some(Outcome::Denied(denial)) = run.outcome()
        && let Some(capability) = denial.capability
    {
        out.entry(capability).or_insert(1);
    }
    out
}

/// How much refused rows flash now: they do once for each run.
fn flash(ui: &Ui, session: &Session, state: &mut State, any: bool) -> f32 {
    let now = ui.input(|i| i.time);
    let Some(job) = session.runs().back().map(|r| r.job).filter(|_| any) else { return 0.0 };
    let since = match state.flashed {
        Some((flashed, since)) if flashed == job => since,
        _ => {
            state.flashed = Some((job, now));
            now
        }
    };
    let left = 1.0 - (now - since) / FLASH;
    if left <= 0.0 || ui.style().animation_time == 0.0 {
        return 0.0;
    }
    ui.ctx().request_repaint();
    left as f32
}

fn group(capability: Capability) -> &'static str {
    match capability {
        Capability::Stdout | Capability::Stderr => "What it may say",
        Capability::Stdin | Capability::Environment | Capability::Arguments => "What it is told",
        Capability::Folders => "Files",
        Capability::Clocks | Capability::Random => "This machine",
        Capability::Network | Capability::Http => "Other machines",
    }
}

/// Whose grants these are, how many are on, and the way back to none.
fn whose(ui: &mut Ui, session: &Session, seen: &Seen, outbox: &mut Outbox) {
    let name = session.target_name(&seen.target);
    let whose = match seen.target {
        Target::Component(_) => format!("{}, when called by itself", display_safe_line(&name)),
        Target::Composition => match session.document().composition.members().len() {
            1 => "The composition as wired: 1 instance".to_owned(),
            n => format!("The composition as wired: {n} instances"),
        },
    };
    let on = seen.needs.iter().filter(|n| seen.grants.allows(n.capability)).count();
    let who = match &seen.asked_by {
        Some(who) => format!(", all asked by {}", names(who)),
        None => String::new(),
    };
    let count = match seen.needs.len() {
        0 => String::new(),
        all => format!("{on} of {all} allowed{who}. Nothing is on until you tick it"),
    };
    let changed = seen.grants != Grants::default();
    ui.horizontal_top(|ui| {
        let room = ui.available_width() - if changed { size::ROW + space::S } else { 0.0 };
        ui.allocate_ui_with_layout(vec2(room, size::ROW), Layout::top_down(Align::Min), |ui| {
            ui.set_width(room);
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.add(Label::new(RichText::new(whose).font(fonts::medium(size::BODY))).wrap());
            if !count.is_empty() {
                ui.add(Label::new(kit::small(&count)).wrap());
            }
        });
        if changed && parts::icon_button(ui, icons::UNDO, "Reset all grants").clicked() {
            outbox.change(Change::Grant(seen.target, Grants::default()));
        }
    });
}

fn review_banner(ui: &mut Ui, seen: &Seen) {
    let asked = seen.needs.iter().filter(|n| seen.review.contains(&n.capability)).count();
    if asked == 0 {
        return;
    }
    let rows = if asked == 1 { "the marked row".to_owned() } else { format!("the {asked} marked rows") };
    let text = format!("The bytes changed since you allowed this, so it is off again. Review {rows}");
    Banner::new(Tone::Warn, &text).show(ui);
}

fn row(
    ui: &mut Ui,
    need: &Need,
    seen: &Seen,
    refused: &BTreeMap<Capability, u64>,
    flash: f32,
    state: &mut State,
    next: &mut Grants,
) {
    let capability = need.capability;
    let times = refused.get(&capability).copied();
    let refused_text = times.map(|n| format!("refused {n}× in the last run")).unwrap_or_default();
    let on = seen.grants.allows(capability);
    let mark = match times {
        Some(_) => Some((Tone::Error, refused_text.as_str())),
        None => seen.review.contains(&capability).then_some((Tone::Warn, "review")),
    };
    // While the box is off the row says what ticking it allows; while it is on, what is allowed exactly.
    let sentence = if on { grant::sentence(capability, &seen.grants) } else { grant::meaning(capability).to_owned() };
    let risk = match grant::risk(capability, &seen.grants) {
        Risk::Low => (1, "Low risk"),
        Risk::Medium => (2, "Medium risk"),
        Risk::High => (3, "High risk"),
    };
    // A component by itself is the only one that can ask; and what is the same everywhere is said once, above.
    let asked_by = match (seen.target, &seen.asked_by) {
        (Target::Component(_), _) | (_, Some(_)) => String::new(),
        (Target::Composition, None) => format!("Asked by {}", names(&need.asked_by)),
    };
    let row = GrantRow {
        title: grant::title(capability),
        sentence: &sentence,
        asked_by: &asked_by,
        risk,
        on,
        changed: is_changed(capability, &seen.grants),
        mark,
        flash: if times.is_some() { flash } else { 0.0 },
        fold: state.unfold.take_if(|c| *c == capability).map(|_| true),
        why_not: None,
    };
    let drafts = &mut state.drafts;
    let shown = ui.scope(|ui| row.show(ui, |ui| details(ui, need, &seen.grants, drafts, next)));
    match shown.inner {
        Some(GrantClick::Toggled(on)) => {
            next.set(capability, on);
            if on && editors::has_list(capability) {
                state.unfold = Some(capability);
            }
        }
        Some(GrantClick::Reset) => reset(capability, next),
        None => {}
    }
    if state.reveal.take_if(|c| *c == capability).is_some() {
        shown.response.scroll_to_me(Some(Align::Center));
    }
}

/// `a`, `a and b`, `a, b and c`.
fn names(list: &[String]) -> String {
    let safe: Vec<_> = list.iter().map(|n| display_safe_line(n)).collect();
    match safe.as_slice() {
        [] => String::new(),
        [one] => one.to_string(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

fn details(ui: &mut Ui, need: &Need, grants: &Grants, drafts: &mut Drafts, next: &mut Grants) {
    let capability = need.capability;
    editors::show(ui, capability, grants, drafts, next);
    let t = tokens(ui.ctx());
    ui.add(Label::new(kit::small("Interfaces that ask")));
    for interface in &need.interfaces {
        let name = RichText::new(display_safe_line(interface)).font(fonts::mono(size::SMALL + 1.0));
        ui.add(Label::new(name.color(t.family(crate::component::Family::Host))).truncate());
    }
    ui.add_space(space::XS);
    ui.add(Label::new(kit::small("On the command line")));
    let shown = grant::shown_flags(capability, grants);
    ui.horizontal_top(|ui| {
        let room = ui.available_width() - size::ROW - space::S;
        ui.allocate_ui_with_layout(vec2(room, size::ROW), Layout::top_down(Align::Min), |ui| {
            ui.set_width(room);
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.add_space(3.0);
            for flag in &shown {
                let text = RichText::new(display_safe_line(flag)).font(fonts::mono(size::SMALL + 1.0));
                ui.add(Label::new(text).wrap().selectable(true));
            }
        });
        let name = format!("Copy flags of {}", grant::title(capability));
        if parts::icon_button(ui, icons::COPY, &name).clicked() {
            let flags: Vec<_> =
                grant::capability_flags(capability, grants).iter().map(|f| grant::shell_quote(f)).collect();
            ui.ctx().copy_text(flags.join(" "));
        }
    });
}

/// Whether anything about this capability differs from [`Grants::default`].
fn is_changed(capability: Capability, grants: &Grants) -> bool {
    let mut without = grants.clone();
    reset(capability, &mut without);
    without != *grants
}

fn reset(capability: Capability, grants: &mut Grants) {
    let none = Grants::default();
    match capability {
        Capability::Stdin => grants.stdin = none.stdin,
        Capability::Environment => grants.environment = none.environment,
        Capability::Arguments => grants.arguments = none.arguments,
        Capability::Folders => grants.folders = none.folders,
        Capability::Network => grants.network = none.network,
        Capability::Http => grants.http = none.http,
        Capability::Stdout | Capability::Stderr | Capability::Clocks | Capability::Random => {
            grants.set(capability, false);
        }
    }
}

/// What no grant can satisfy.
fn missing(ui: &mut Ui, seen: &Seen) {
    if seen.missing.is_empty() {
        return;
    }
    ui.add_space(space::XS);
    Section::new("No grant can give").count(seen.missing.len()).show(ui, |ui| {
        for import in &seen.missing {
            let name = RichText::new(display_safe_line(&import.import)).font(fonts::mono(size::BODY));
            let who = format!("Asked by {}", names(&import.asked_by));
            ui.add(Label::new(name).truncate()).on_hover_text(&who);
            ui.add(Label::new(kit::dim(&display_safe_line(&import.why))).wrap());
            ui.add_space(space::XS);
        }
    });
}

fn limits(ui: &mut Ui, drafts: &mut Drafts, limits: &mut Limits) {
    Section::new("Limits").folded().show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = space::XS;
        editors::limits(ui, drafts, limits);
        let changed = *limits != Limits::default();
        if changed && ui.add(Button::new("Reset limits").icon(icons::UNDO).quiet()).clicked() {
            *limits = Limits::default();
        }
    });
}
