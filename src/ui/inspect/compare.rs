//! What differs from another component: the verdict, then everything that is different, new things first.

use super::{At, Place, View, finding};
use crate::component::{
    self, Change, Component, Digest, ExternAt, ExternDifference, Named, SizeDifference, Status, Topic, Verdict, Weighed,
};
use crate::compose::Side;
use crate::diag::{display_safe, display_safe_line};
use crate::grant;
use crate::measure::Bytes;
use crate::session::{Comparison, Finding, Session, Study, note, plural, signed};
use crate::ui::actions::Action;
use crate::ui::panels::{Outbox, Request, kit};
use crate::ui::parts::{self, Banner, Button, Drawing, ListRow, draw};
use crate::ui::theme::{Tokens, Tone, fonts, icons, size, space, tokens};
use egui::{
    Color32, CornerRadius, Frame, Label, Layout, Margin, Rect, RichText, Role, ScrollArea, Sense, Stroke, Ui,
    WidgetInfo, pos2, vec2,
};
use std::collections::HashSet;
use std::sync::Arc;

/// The view's state.
#[derive(Default)]
pub(super) struct State {
    /// The component that was there before.
    with: Option<Digest>,
    filter: Filter,
    shows_equal: bool,
    /// Sections and interfaces that are folded.
    folded: HashSet<String>,
    /// The rows, and of what they are.
    rows: Vec<Row>,
    of: Option<(Digest, Digest, Filter, bool, usize)>,
    /// The change whose details are shown: its place in the lists.
    chosen: Option<(List, usize, usize)>,
    /// Where the view was drawn last: a file dropped there is compared.
    pub area: Option<Rect>,
}

/// Which differences are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Filter {
    #[default]
    All,
    Breaking,
    Types,
    Docs,
}

const FILTERS: [(&str, Filter); 4] = [
    ("Everything", Filter::All),
    ("Only breaking", Filter::Breaking),
    ("Types", Filter::Types),
    ("Documentation", Filter::Docs),
];

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Row {
    Section(&'static str, String),
    Capability(usize),
    Extern(List, usize),
    Change(List, usize, usize),
    Size(Sizes, usize),
    Origin(usize),
    /// Nothing is in this section.
    Nothing(&'static str),
}

/// Which list of interfaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum List {
    /// Of a WIT package.
    Interfaces,
    /// Of a WIT package.
    Worlds,
    Imports,
    Exports,
}

/// Which list of sizes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sizes {
    File,
    Kinds,
    Parts,
}

/// Draws the view. `at` says where to go, in the frame in which a place is gone to.
pub(super) fn show(
    ui: &mut Ui,
    session: &Session,
    component: &Arc<Component>,
    at: Option<At>,
    state: &mut State,
    outbox: &mut Outbox,
) {
    state.area = Some(ui.available_rect_before_wrap());
    if let Some(At::With(before)) = at {
        (state.with, state.chosen) = (Some(before), None);
    }
    let Some(before) = state.with.and_then(|d| session.component(&d)).cloned() else {
        choose(ui, session, component, outbox);
        return;
    };
    head(ui, session, &before, component, outbox);
    ui.add_space(space::S);
    let study = Study::Difference { before: before.digest, after: component.digest };
    let Some(Finding::Difference(found)) = finding(ui, session, study, outbox) else { return };
    let found = Arc::clone(found);
    verdict(ui, &found);
    ui.add_space(space::S);
    tools(ui, &found, state);
    ui.add_space(space::XS);
    let of = (before.digest, component.digest, state.filter, state.shows_equal, state.folded.len());
    if state.of != Some(of) {
        state.rows = rows(&found, state);
        state.of = Some(of);
    }
    let chosen = state.chosen.and_then(|(side, e, c)| {
        let e = list(&found, side).get(e)?;
        Some((side, e, e.changes.get(c)?))
    });
    let details = if chosen.is_some() { 168.0 } else { 0.0 };
    let room = vec2(ui.available_width(), (ui.available_height() - details).max(3.0 * size::ROW));
    ui.allocate_ui(room, |ui| {
        ui.set_min_size(room);
        table(ui, &found, state, outbox);
    });
    if let Some((side, e, weighed)) = chosen {
        self::details(ui, side, e, weighed, state);
    }
}

/// The components to compare with.
fn choose(ui: &mut Ui, session: &Session, component: &Component, outbox: &mut Outbox) {
    let name = display_safe_line(&component.name);
    let mut others: Vec<_> = session.library().values().filter(|c| c.digest != component.digest).collect();
    others.sort_by(|a, b| a.name.cmp(&b.name).then(a.digest.cmp(&b.digest)));
    if others.is_empty() {
        let text = format!("Open the component that {name} is to be compared with, or drop a newer version here");
        if parts::empty(ui, Drawing::Icon(icons::SWAP), &text, Some("Open…")) {
            outbox.act(Action::OpenFiles);
        }
        return;
    }
    ui.horizontal(|ui| {
        parts::heading(ui, "Compare with…");
        ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
            let open = Button::new("Open…").icon(icons::FOLDER_OPEN).tip("Open a file, to compare this one with it");
            if ui.add(open).clicked() {
                outbox.act(Action::OpenFiles);
            }
        });
    });
    ui.label(kit::dim(&format!(
        "Compare {name} with what was there before. A newer version can be dropped here, too: a file, or one library row on another"
    )));
    ui.add_space(space::S);
    ScrollArea::vertical().auto_shrink(false).show_rows(ui, size::ROW, others.len(), |ui, visible| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for other in others.get(visible).unwrap_or_default() {
            let name = display_safe_line(&other.name);
            let note = format!("{}  {}", Bytes(other.bytes.len() as u64), other.digest.short());
            let row = kit::row(ui, false, true, kit::kind_icon(other.kind), &format!("Compare with {name}"), &note);
            if row.clicked() {
                outbox.request(place(component.digest, other.digest));
            }
        }
    });
}

/// The request to compare `after` with what was `before`.
fn place(after: Digest, before: Digest) -> Request {
    Request::Inspect(Place { component: after, view: View::Compare, at: At::With(before) })
}

/// Which two are compared.
fn head(ui: &mut Ui, session: &Session, before: &Component, after: &Component, outbox: &mut Outbox) {
    let t = tokens(ui.ctx());
    ui.horizontal(|ui| {
        let label = ui.label(kit::dim("Before"));
        let name = display_safe_line(&before.name);
        let room = ((ui.available_width() - 120.0) / 2.0).clamp(120.0, 320.0);
        let shown = parts::draw::cut_in_middle(ui, &name, fonts::text(size::BODY), t.strong, room - 40.0);
        parts::combo_box("compare with")
            .width(room)
            .truncate()
            .selected_text(RichText::new(shown.text()).color(t.strong))
            .show_ui(ui, |ui| {
                let mut all: Vec<_> = session.library().values().filter(|c| c.digest != after.digest).collect();
                all.sort_by(|a, b| a.name.cmp(&b.name).then(a.digest.cmp(&b.digest)));
                for other in all {
                    let text = format!("{}  {}", display_safe_line(&other.name), other.digest.short());
                    if parts::combo_item(ui, other.digest == before.digest, text) {
                        outbox.request(place(after.digest, other.digest));
                    }
                }
            })
            .response
            .labelled_by(label.id);
        if parts::icon_button(ui, icons::SWAP, "Swap before and after").clicked() {
            outbox.request(place(before.digest, after.digest));
        }
        ui.label(kit::dim("After"));
        parts::name(ui, &display_safe_line(&after.name));
    });
}

fn tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Same => Tone::Ok,
        Verdict::Patch => Tone::Neutral,
        Verdict::Minor => Tone::Info,
        Verdict::Major => Tone::Warn,
    }
}

/// The verdict, in words first.
fn verdict(ui: &mut Ui, found: &Comparison) {
    let d = &found.difference;
    let word = match d.verdict {
        Verdict::Same => "Same",
        Verdict::Patch => "Patch",
        Verdict::Minor => "Minor",
        Verdict::Major => "Major",
    };
    let mut hint = Vec::new();
    let (count, breaking) = d.counts();
    if count > 0 {
        hint.push(format!("{}, {breaking} breaking", plural(count, "difference")));
    }
    let new: Vec<_> = found.capabilities.iter().filter(|c| c.status == Status::Added).collect();
    if !new.is_empty() {
        let titles: Vec<_> = new.iter().map(|c| grant::title(c.capability)).collect();
        hint.push(format!("asks for something new: {}", titles.join(", ")));
    }
    if !d.is_identical {
        hint.push(format!("{} in size", signed(d.size.change())));
    }
    hint.extend(d.promise.as_ref().map(|p| format!("the component {p}")));
    if d.is_partial {
        hint.push("too large to compare to the end: the verdict is the least it can be".into());
    }
    let hint = hint.join(" · ");
    let hint = Some(hint.as_str()).filter(|h| !h.is_empty());
    let text = format!("{word}. {}", d.summary());
    let _ = Banner::new(tone(d.verdict), &text).hint(hint).show(ui);
}

/// What to list, and the whole as text.
fn tools(ui: &mut Ui, found: &Comparison, state: &mut State) {
    ui.horizontal(|ui| {
        let words = FILTERS.map(|f| f.0);
        let at = FILTERS.iter().position(|f| f.1 == state.filter).unwrap_or(0);
        if let Some((_, filter)) = parts::segments(ui, "Differences shown", &words, at).and_then(|i| FILTERS.get(i)) {
            state.filter = *filter;
        }
        ui.add_space(space::S);
        if state.filter == Filter::All {
            parts::labelled_check(ui, &mut state.shows_equal, "What is equal, too");
        }
        ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
            if ui.add(Button::new("Copy as text").icon(icons::COPY).quiet()).clicked() {
                ui.ctx().copy_text(found.text(state.shows_equal));
            }
        });
    });
}

fn list(found: &Comparison, which: List) -> &[ExternDifference] {
    match which {
        List::Interfaces => &found.difference.interfaces,
        List::Worlds => &found.difference.worlds,
        List::Imports => &found.difference.imports,
        List::Exports => &found.difference.exports,
    }
}

fn sizes(found: &Comparison, which: Sizes) -> &[SizeDifference] {
    match which {
        Sizes::File => std::slice::from_ref(&found.difference.size),
        Sizes::Kinds => &found.difference.kinds,
        Sizes::Parts => &found.difference.parts,
    }
}

fn fold_key(which: List, e: &ExternDifference) -> String {
    format!("{which:?} {}", e.name())
}

/// The rows that are shown with these filters and folds.
fn rows(found: &Comparison, state: &State) -> Vec<Row> {
    let mut out = Vec::new();
    let all = state.filter == Filter::All;
    let section = |out: &mut Vec<Row>, title: &'static str, count: String, rows: Vec<Row>, nothing: &'static str| {
        out.push(Row::Section(title, count));
        if !state.folded.contains(title) {
            if rows.is_empty() {
                out.push(Row::Nothing(nothing));
            }
            out.extend(rows);
        }
    };
    if all {
        let shown = found.capabilities.iter().enumerate();
        let shown: Vec<_> =
            shown.filter(|(_, c)| state.shows_equal || c.status != Status::Same).map(|(i, _)| i).collect();
        let new = found.capabilities.iter().filter(|c| c.status == Status::Added).count();
        let count = if new > 0 { format!("{new} new") } else { String::new() };
        let rows = shown.into_iter().map(Row::Capability).collect();
        section(&mut out, "Capabilities", count, rows, "Both ask the host for the same");
    }
    let lists = [
        (List::Interfaces, "Interfaces"),
        (List::Worlds, "Worlds"),
        (List::Imports, "Imports"),
        (List::Exports, "Exports"),
    ];
    // Packages have interfaces and worlds, components have imports and exports.
    let of_package = |side| matches!(side, List::Interfaces | List::Worlds);
    let is_package = lists.iter().any(|(side, _)| of_package(*side) && !list(found, *side).is_empty());
    for (side, title) in lists {
        if list(found, side).is_empty() && (is_package || of_package(side)) {
            continue;
        }
        let mut rows = Vec::new();
        let mut shown = 0;
        for (i, e) in list(found, side).iter().enumerate() {
            let inner: Vec<_> = changes(e, state.filter).map(|c| Row::Change(side, i, c)).collect();
            let wanted = match state.filter {
                Filter::All => state.shows_equal || e.status != Status::Same,
                Filter::Breaking => e.verdict == Verdict::Major,
                Filter::Types | Filter::Docs => !inner.is_empty(),
            };
            if wanted {
                shown += 1;
                rows.push(Row::Extern(side, i));
                if !state.folded.contains(&fold_key(side, e)) {
                    rows.extend(inner);
                }
            }
        }
        let count = format!("{shown} of {}", list(found, side).len());
        section(&mut out, title, count, rows, if all { "No difference" } else { "No such difference" });
    }
    if all {
        let mut rows = vec![Row::Size(Sizes::File, 0)];
        for which in [Sizes::Kinds, Sizes::Parts] {
            let shown = sizes(found, which).iter().enumerate();
            let shown = shown.filter(|(_, s)| state.shows_equal || s.before != s.after);
            rows.extend(shown.map(|(i, _)| Row::Size(which, i)));
        }
        section(&mut out, "Sizes", signed(found.difference.size.change()), rows, "");
        let rows = (0..found.difference.origin.len()).map(Row::Origin).collect();
        section(&mut out, "Origin", String::new(), rows, "Both say the same of their origin");
    }
    out
}

/// The changes of an interface that a filter lets through.
fn changes(e: &ExternDifference, filter: Filter) -> impl Iterator<Item = usize> {
    let is_function = |c: &Change| c.topic == Topic::Function;
    let is_said = |c: &Change| matches!(c.topic, Topic::Docs | Topic::Stability);
    let functions: HashSet<Option<&String>> =
        e.changes.iter().filter(|w| is_function(&w.change)).map(|w| w.change.path.first()).collect();
    e.changes.iter().enumerate().filter_map(move |(i, w)| {
        let c = &w.change;
        let wanted = match filter {
            Filter::All => true,
            Filter::Breaking => w.verdict == Verdict::Major,
            Filter::Types => !c.path.is_empty() && !is_said(c) && !functions.contains(&c.path.first()),
            Filter::Docs => is_said(c),
        };
        // The title says the versions.
        (wanted && !c.is_of_title()).then_some(i)
    })
}

/// The sign of where something is, and its word. How much it matters is told by its colour and the word at the row's end.
fn mark(status: Status) -> (&'static str, &'static str) {
    match status {
        Status::Added => (icons::PLUS, "New"),
        Status::Removed => (icons::MINUS, "Gone"),
        Status::Changed => (icons::PENCIL, "Changed"),
        Status::Same => (icons::CHECK, "Equal"),
    }
}

fn ink(t: &Tokens, verdict: Verdict) -> Color32 {
    match verdict {
        Verdict::Same | Verdict::Patch => t.dim,
        verdict => t.tone(tone(verdict)),
    }
}

fn table(ui: &mut Ui, found: &Comparison, state: &mut State, outbox: &mut Outbox) {
    let rows = std::mem::take(&mut state.rows);
    let scroll = ScrollArea::vertical().id_salt("differences").auto_shrink(false);
    ui.spacing_mut().item_spacing.y = 0.0;
    scroll.show_rows(ui, size::ROW, rows.len(), |ui, visible| {
        for row in rows.get(visible).unwrap_or_default() {
            draw_row(ui, found, row, state, outbox);
        }
    });
    state.rows = rows;
}

fn draw_row(ui: &mut Ui, found: &Comparison, row: &Row, state: &mut State, outbox: &mut Outbox) {
    let t = tokens(ui.ctx());
    match row {
        Row::Section(title, count) => {
            let open = !state.folded.contains(*title);
            if heading(ui, title, count, open) {
                fold(state, (*title).to_owned());
            }
        }
        Row::Nothing(text) => {
            let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), size::ROW), Sense::hover());
            response.widget_info(|| WidgetInfo::labeled(Role::Label, true, *text));
            let galley = draw::line(ui, text, fonts::text(size::BODY), t.dim);
            draw::put(ui.painter(), rect.left_center() + vec2(20.0, 0.0), galley);
        }
        Row::Capability(i) => {
            let Some(c) = found.capabilities.get(*i) else { return };
            let (glyph, _) = mark(c.status);
            let (word, ink) = match c.status {
                Status::Added => ("New", t.warn),
                Status::Removed => ("No longer asked for", t.dim),
                Status::Changed => ("Through other imports", t.dim),
                Status::Same => ("Equal", t.dim),
            };
            let by = if c.after.is_empty() { &c.before } else { &c.after };
            let by: Vec<_> = by.iter().map(|name| display_safe_line(name)).collect();
            let detail = format!("{word}: {}", by.join(", "));
            let row = ListRow::new(grant::title(c.capability)).depth(1).colored_icon(glyph, ink).detail(&detail);
            row.show(ui).on_hover_text(grant::meaning(c.capability));
        }
        Row::Extern(side, i) => {
            if let Some(e) = list(found, *side).get(*i) {
                extern_row(ui, found, *side, e, state, outbox);
            }
        }
        Row::Change(side, i, c) => {
            let Some(w) = list(found, *side).get(*i).and_then(|e| e.changes.get(*c)) else { return };
            let (glyph, word) = mark(w.change.status());
            let ink = ink(t, w.verdict);
            let (place, what) = (w.change.place(), w.change.what());
            let (name, detail) = if place.is_empty() { (what, String::new()) } else { (place, what) };
            let (name, detail) = (display_safe_line(&name), display_safe_line(&detail));
            let at = (*side, *i, *c);
            let verdict = if w.verdict == Verdict::Same { "" } else { w.verdict.word() };
            let row = ListRow::new(&name)
                .mono()
                .depth(2)
                .colored_icon(glyph, ink)
                .detail(&detail)
                .colored_trailing(verdict, ink);
            let response = row.selected(state.chosen == Some(at)).show(ui);
            ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(format!("{word} {verdict}")));
            if response.clicked() {
                state.chosen = if state.chosen == Some(at) { None } else { Some(at) };
            }
        }
        Row::Size(which, i) => {
            let list = sizes(found, *which);
            let most = list.iter().flat_map(|s| [s.before, s.after]).flatten().max().unwrap_or(1);
            list.get(*i).into_iter().for_each(|s| size_row(ui, s, most));
        }
        Row::Origin(i) => {
            let Some(o) = found.difference.origin.get(*i) else { return };
            let (status, text) = match (&o.before, &o.after) {
                (Some(a), Some(b)) => (Status::Changed, format!("{a} → {b}")),
                (None, b) => (Status::Added, b.clone().unwrap_or_default()),
                (Some(a), None) => (Status::Removed, a.clone()),
            };
            let (glyph, _) = mark(status);
            let (what, text) = (display_safe_line(&o.what), display_safe_line(&text));
            let row = ListRow::new(&what).depth(1).icon(glyph).detail(&text).show(ui);
            row.on_hover_text(format!("{what}\n{text}"));
        }
    }
}

fn fold(state: &mut State, key: String) {
    if !state.folded.remove(&key) {
        state.folded.insert(key);
    }
    state.of = None;
}

/// A section's title as one row of the list. Whether it was clicked.
fn heading(ui: &mut Ui, title: &str, count: &str, open: bool) -> bool {
    let t = tokens(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), size::ROW), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::DisclosureTriangle, true, title));
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_expanded(open));
    if draw::is_seen(ui, &response, rect) {
        ui.painter().hline(rect.x_range(), rect.top() + 0.5, Stroke::new(1.0, t.line));
        let glyph = if open { icons::CARET_DOWN } else { icons::CARET_RIGHT };
        draw::icon(ui.painter(), pos2(rect.left() + 6.0, rect.center().y), glyph, 12.0, t.dim);
        let title = draw::line(ui, title, fonts::strong(size::BODY), t.strong);
        let x = draw::put(ui.painter(), pos2(rect.left() + 18.0, rect.center().y), title);
        let count = draw::line(ui, count, fonts::mono(size::SMALL), t.dim);
        draw::put(ui.painter(), pos2(x + space::S, rect.center().y), count);
        draw::focus_ring(ui, &response, rect);
    }
    response.clicked()
}

fn extern_row(
    ui: &mut Ui,
    found: &Comparison,
    side: List,
    e: &ExternDifference,
    state: &mut State,
    outbox: &mut Outbox,
) {
    let t = tokens(ui.ctx());
    let (glyph, word) = mark(e.status);
    let ink = ink(t, e.verdict);
    let key = fold_key(side, e);
    let title = e.title();
    let title = display_safe_line(&title);
    let said = note(e, side == List::Imports);
    let said = if said.is_empty() { word.to_owned() } else { said };
    let said = display_safe_line(&said);
    let verdict = if e.status == Status::Same { "" } else { e.verdict.word() };
    let mut row =
        ListRow::new(&title).mono().depth(1).colored_icon(glyph, ink).detail(&said).colored_trailing(verdict, ink);
    let has_more = changes(e, state.filter).next().is_some();
    if has_more {
        row = row.fold(!state.folded.contains(&key));
    }
    let response = row.show(ui);
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(format!("{word} {verdict}")));
    if response.clicked() && has_more {
        fold(state, key);
    }
    response.context_menu(|ui| {
        for (component, name, label) in [
            (&found.after, &e.after, "Show it in the newer one"),
            (&found.before, &e.before, "Show it in the older one"),
        ] {
            if let Some(name) = name
                && parts::menu_item(ui, Some(icons::EYE), label, "", None)
            {
                let at = place_of(component, side, name);
                outbox.request(Request::Inspect(Place { component: component.digest, view: View::Types, at }));
            }
        }
        if parts::menu_item(ui, Some(icons::COPY), "Copy name", "", None) {
            ui.ctx().copy_text(e.name().to_owned());
        }
    });
    response.on_hover_text(format!("{title}\n{said}"));
}

/// Where Types shows it.
fn place_of(component: &Component, side: List, name: &str) -> At {
    let at = |index: Option<usize>| index.and_then(|i| u32::try_from(i).ok());
    match side {
        List::Imports => At::Extern(Side::Import, name.to_owned()),
        List::Exports => At::Extern(Side::Export, name.to_owned()),
        List::Worlds => at(component.worlds.iter().position(|w| w.name == name))
            .map_or(At::Here, |index| At::Named(Named::World(index))),
        List::Interfaces => at(component.interfaces.iter().position(|e| e.name == name)).map_or(At::Here, |index| {
            At::Named(Named::Interface(ExternAt { list: component::List::Interfaces, index }))
        }),
    }
}

/// A size before and after, with a bar for each.
fn size_row(ui: &mut Ui, s: &SizeDifference, most: u64) {
    let t = tokens(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), size::ROW), Sense::hover());
    let text = |n: Option<u64>| n.map_or("none".to_owned(), |n| Bytes(n).to_string());
    let name = display_safe_line(&s.name);
    let said = format!("{name}: {} to {}, {}", text(s.before), text(s.after), signed(s.change()));
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &said));
    if !ui.is_rect_visible(rect) {
        return;
    }
    let y = rect.center().y;
    let (left, right) = (rect.left() + 20.0, rect.right() - space::S);
    let columns = (right - left).min(760.0);
    let galley = draw::elided(ui, &name, fonts::mono(size::BODY), t.normal, columns * 0.32);
    draw::put(ui.painter(), pos2(left, y), galley);
    let number = |at: f32, text: &str, ink| {
        let galley = draw::line(ui, text, fonts::mono(size::SMALL), ink);
        draw::put_right(ui.painter(), pos2(left + columns * at, y), galley);
    };
    number(0.46, &text(s.before), t.dim);
    number(0.58, &text(s.after), t.normal);
    let ink = if s.change() == 0 { t.dim } else { t.strong };
    number(0.71, &signed(s.change()), ink);
    let bars = Rect::from_min_max(pos2(left + columns * 0.73, rect.top()), pos2(right, rect.bottom()));
    for (n, top, ink) in [(s.before, 6.0, t.line_strong), (s.after, 13.0, t.accent)] {
        let Some(n) = n else { continue };
        // A bar is never so short that nothing is seen.
        let width = (bars.width() * (n as f64 / most.max(1) as f64) as f32).max(1.0);
        let bar = Rect::from_min_size(pos2(bars.left(), rect.top() + top), vec2(width, 5.0));
        ui.painter().rect_filled(bar, CornerRadius::same(1), ink);
    }
    response.on_hover_text(said);
}

/// What a change means, and why.
fn reason(side: List, w: &Weighed) -> &'static str {
    let whole = matches!(w.change.topic, Topic::Function | Topic::Type | Topic::Inside(_));
    match (&w.change.topic, w.change.status(), side) {
        (Topic::Docs | Topic::Stability, ..) => "Patch: nothing is linked by what is said of it",
        (Topic::Function, Status::Changed, _) => "What is different in it is listed below it",
        (Topic::Item, status, List::Worlds) if status != Status::Changed => {
            match (w.change.path.first().is_some_and(|way| way == "exports"), status) {
                (false, Status::Added) => "Minor: components of this world may use it",
                (false, _) => "Major: components of this world may no longer use it",
                (true, Status::Added) => "Major: components of this world have to give it, too",
                (true, _) => "Minor: components of this world need not give it any more",
            }
        }
        (Topic::Version, ..) if w.verdict == Verdict::Minor => "Minor: the versions are of one track",
        (Topic::Version, ..) => "Major: who asks for the one version does not find the other",
        (_, Status::Added, List::Exports | List::Interfaces) if whole => {
            "Minor: more is given, and nobody has to use it"
        }
        (_, Status::Removed, List::Exports | List::Interfaces) if whole => "Major: whoever uses it no longer finds it",
        (_, Status::Added, List::Imports) if whole && w.verdict == Verdict::Minor => {
            "Minor: hosts look for functions and resources only"
        }
        (_, Status::Added, List::Imports) if whole => "Major: whoever provides the import has to have it, too",
        (_, Status::Removed, List::Imports) if whole => "Minor: less is asked for",
        (Topic::Elsewhere(_), ..) => "Major: it uses a type that is different",
        _ => "Major: types have to be equal on both sides, member by member and name by name",
    }
}

/// One change with all of its text, before and after beside each other.
fn details(ui: &mut Ui, side: List, e: &ExternDifference, w: &Weighed, state: &mut State) {
    let t = tokens(ui.ctx());
    parts::hairline(ui);
    ui.add_space(space::XS);
    ui.horizontal(|ui| {
        parts::badge(ui, w.verdict.word(), tone(w.verdict));
        ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
            if parts::icon_button(ui, icons::CLOSE, "Close details").clicked() {
                state.chosen = None;
            }
            let place = [e.name(), &w.change.place()].join(" → ");
            if parts::icon_button(ui, icons::COPY, "Copy path").clicked() {
                ui.ctx().copy_text(place.clone());
            }
            ui.with_layout(Layout::left_to_right(egui::Align::Center), |ui| {
                let text = RichText::new(display_safe_line(&place)).font(fonts::mono(size::BODY)).color(t.strong);
                ui.add(Label::new(text).truncate());
            });
        });
    });
    ui.label(kit::dim(reason(side, w)));
    ui.add_space(space::XS);
    let height = ui.available_height();
    ui.columns(2, |columns| {
        for ((ui, word), text) in columns.iter_mut().zip(["Before", "After"]).zip([&w.change.before, &w.change.after]) {
            let frame = Frame::NONE
                .fill(t.field)
                .stroke(Stroke::new(1.0, t.line))
                .corner_radius(CornerRadius::same(size::RADIUS))
                .inner_margin(Margin::symmetric(space::S as i8, space::XS as i8));
            frame.show(ui, |ui| {
                ui.set_height(height - 2.0 * space::XS - 2.0);
                ScrollArea::vertical().id_salt(word).auto_shrink(false).show(ui, |ui| {
                    ui.label(kit::small(word));
                    match text {
                        Some(text) => {
                            let text = RichText::new(display_safe(text)).font(fonts::mono(size::BODY));
                            ui.add(Label::new(text).wrap().selectable(true));
                        }
                        None => _ = ui.label(kit::dim("Not there")),
                    }
                });
            });
        }
    });
}

#[cfg(test)]
mod tests;
