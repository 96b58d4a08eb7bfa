//! Who made the file, with what, and what is embedded in it.

use super::At;
use crate::component::{Component, Dependencies, Dependency, Digest, Origin, PartKind, PartOrigin};
use crate::diag::display_safe_line;
use crate::measure::Bytes;
use crate::session::{Finding, Session, Study};
use crate::ui::panels::path_bar::Purpose;
use crate::ui::panels::{Outbox, Request, kit};
use crate::ui::parts::{self, Banner, Button, ListRow, Section};
use crate::ui::theme::{Tone, fonts, icons, size, space, tokens};
use egui::{Align, Label, Layout, RichText, ScrollArea, Ui, vec2};
use std::sync::Arc;

/// Parts and packages stand beside each other where there is so much room.
const TWO_COLUMNS: f32 = 760.0;
/// So many languages and tools, and so many producers of a part, are listed.
const MOST: usize = 50;

/// The view's state.
#[derive(Default)]
pub(super) struct State {
    of: Option<Digest>,
    /// The part whose details are shown, by position in the list.
    part: usize,
    find: String,
    /// The packages that match, by part and position in its list, and what they were searched for.
    found: Option<(String, Vec<(usize, usize)>)>,
}

/// Draws the view. A place with bytes selects the part around them.
pub(super) fn show(
    ui: &mut Ui,
    session: &Session,
    component: &Arc<Component>,
    at: Option<At>,
    state: &mut State,
    outbox: &mut Outbox,
) {
    if state.of != Some(component.digest) {
        *state = State { of: Some(component.digest), ..State::default() };
    }
    let study = Study::Origin(component.digest);
    let Some(Finding::Origin(origin)) = super::finding(ui, session, study, outbox) else { return };
    if let Some(At::Bytes(bytes)) = at {
        let path = component.root.path_around(&bytes);
        state.part = origin.parts.iter().position(|p| p.path == path).unwrap_or(0);
    }
    head(ui, component, outbox);
    ui.add_space(space::XS);
    let room = ui.available_size();
    if room.x >= TWO_COLUMNS {
        let column = Layout::top_down(Align::Min);
        let left = (room.x * 0.5).floor() - space::M;
        ui.horizontal_top(|ui| {
            ui.allocate_ui_with_layout(vec2(left, room.y), column, |ui| {
                ui.set_width(left);
                makers_and_parts(ui, origin, state);
            });
            ui.add_space(space::M);
            ui.allocate_ui_with_layout(vec2(ui.available_width(), room.y), column, |ui| {
                ui.set_width(ui.available_width());
                packages(ui, origin, state);
            });
        });
    } else {
        let upper = (room.y * 0.55).floor();
        ui.allocate_ui(vec2(room.x, upper), |ui| {
            ui.set_height(upper);
            makers_and_parts(ui, origin, state);
        });
        packages(ui, origin, state);
    }
}

/// What all of it is worth, and the way out of the window.
fn head(ui: &mut Ui, component: &Component, outbox: &mut Outbox) {
    ui.horizontal(|ui| {
        let t = tokens(ui.ctx());
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let save = Button::new("Save CycloneDX…").icon(icons::EXPORT).tip("The bill of materials, for other tools");
            if ui.add(save).clicked() {
                let name = display_safe_line(&component.name).replace(['/', '\\'], "-");
                outbox.request(Request::AskPath(Purpose::SaveBill(component.digest), format!("{name}.cdx.json")));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.label(RichText::new(icons::INFO).font(fonts::icon(size::ICON)).color(t.info));
                ui.add(Label::new("Every line here is a claim of the file, not verified").truncate());
            });
        });
    });
}

fn makers_and_parts(ui: &mut Ui, origin: &Origin, state: &mut State) {
    ScrollArea::vertical().id_salt("makers").auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let tools = &origin.tools;
        Section::new("Made with").count(tools.len()).show(ui, |ui| {
            if tools.is_empty() {
                ui.label(kit::dim("It names no language and no tool"));
            }
            let mut last = "";
            for tool in tools.iter().take(MOST) {
                let key = if tool.field == last { "" } else { kit::producer_word(&tool.field) };
                last = &tool.field;
                made_with(ui, key, &tool.name, &tool.versions.join(", "));
            }
            more(ui, tools.len());
        });
        Section::new("Parts").count(origin.parts.len()).show(ui, |ui| {
            let rows = origin.parts.len();
            let most = rows.min(8) as f32 * size::ROW;
            let list = ScrollArea::vertical().id_salt("parts").max_height(most).auto_shrink([false, true]);
            list.show_rows(ui, size::ROW, rows, |ui, shown| {
                for (i, part) in origin.parts.iter().enumerate().skip(shown.start).take(shown.len()) {
                    if part_row(ui, part, i == state.part) {
                        state.part = i;
                    }
                }
            });
        });
        if let Some(part) = origin.parts.get(state.part) {
            Section::new(&part.label()).show(ui, |ui| details(ui, part));
        }
        ui.add_space(space::L);
    });
}

fn made_with(ui: &mut Ui, key: &str, name: &str, version: &str) {
    parts::key_value(ui, &display_safe_line(key), |ui| {
        ui.add(Label::new(RichText::new(display_safe_line(name)).font(fonts::mono(size::BODY))).wrap());
        if !version.is_empty() {
            let dim = tokens(ui.ctx()).dim;
            let text = RichText::new(display_safe_line(version)).font(fonts::mono(size::BODY)).color(dim);
            ui.add(Label::new(text).wrap());
        }
    });
}

fn more(ui: &mut Ui, all: usize) {
    if all > MOST {
        ui.label(kit::dim(&format!("and {} more", all - MOST)));
    }
}

/// Whether the row was clicked.
fn part_row(ui: &mut Ui, part: &PartOrigin, is_selected: bool) -> bool {
    let name = part.label();
    let tools: Vec<_> = part.metadata.producers.iter().take(3).map(|p| p.name.as_str()).collect();
    let detail = display_safe_line(&tools.join(", ")).into_owned();
    let trailing = match &part.dependencies {
        _ if !part.broken.is_empty() => "broken section".to_owned(),
        Dependencies::NoneEmbedded => Bytes(part.range.len() as u64).to_string(),
        Dependencies::Listed(list) => packages_text(list.len()),
        Dependencies::Unreadable(_) => "unreadable list".to_owned(),
    };
    let icon = if part.kind == PartKind::Component { icons::CUBE } else { icons::CPU };
    let depth = part.path.len().min(6);
    let row = ListRow::new(&name).icon(icon).detail(&detail).trailing(&trailing).depth(depth).selected(is_selected);
    row.show(ui).clicked()
}

fn packages_text(count: usize) -> String {
    if count == 1 { "1 package".to_owned() } else { format!("{count} packages") }
}

/// All that one part says.
fn details(ui: &mut Ui, part: &PartOrigin) {
    for broken in part.broken.iter().take(MOST) {
        let text =
            format!("The section “{}” is broken: {}", display_safe_line(&broken.name), display_safe_line(&broken.why));
        Banner::new(Tone::Warn, &text).hint(Some("What stands before the fault is shown")).show(ui);
        ui.add_space(space::XS);
    }
    let kind = if part.kind == PartKind::Component { "Component" } else { "Core module" };
    parts::key_value_text(ui, "Kind", &format!("{kind}, {}", Bytes(part.range.len() as u64)), false);
    let mut producers: Vec<_> = part.metadata.producers.iter().take(MOST).collect();
    producers.sort_by_key(|p| &p.field);
    let mut last = "";
    for p in producers {
        let key = if p.field == last { "" } else { kit::producer_word(&p.field) };
        last = &p.field;
        made_with(ui, key, &p.name, &p.version);
    }
    more(ui, part.metadata.producers.len());
    for (key, text) in part.metadata.texts() {
        parts::key_value_text(ui, word(key), &display_safe_line(text), false);
    }
    let list = match &part.dependencies {
        Dependencies::NoneEmbedded => "None embedded".to_owned(),
        Dependencies::Listed(list) => packages_text(list.len()),
        Dependencies::Unreadable(why) => format!("There is a list, but {}", display_safe_line(why)),
    };
    parts::key_value_text(ui, "Dependencies", &list, false);
}

fn word(key: &str) -> &str {
    match key {
        "version" => "Version",
        "description" => "Description",
        "authors" => "Authors",
        "licenses" => "Licence",
        "source" => "Source",
        "homepage" => "Homepage",
        "revision" => "Revision",
        other => other,
    }
}

/// The packages of all lists, to be searched.
fn packages(ui: &mut Ui, origin: &Origin, state: &mut State) {
    ui.spacing_mut().item_spacing.y = space::XS;
    let mut all = 0;
    let mut unreadable = None;
    for part in &origin.parts {
        match &part.dependencies {
            Dependencies::Listed(list) => all += list.len(),
            Dependencies::Unreadable(why) => unreadable = unreadable.or(Some((part, why))),
            Dependencies::NoneEmbedded => {}
        }
    }
    parts::heading(ui, "Embedded dependencies");
    if let Some((part, why)) = unreadable {
        let text = format!("{}: the list of packages cannot be read: {}", part.label(), display_safe_line(why));
        Banner::new(Tone::Warn, &text).show(ui);
    }
    if !origin.parts.iter().any(|p| matches!(p.dependencies, Dependencies::Listed(_))) {
        if unreadable.is_none() {
            let text = "None embedded: no part says which packages it was built of";
            Banner::new(Tone::Info, text)
                .hint(Some("A list is there if the file was built with “cargo auditable” or a tool like it"))
                .show(ui);
        }
        return;
    }
    parts::search_field(ui, &mut state.find, "Search packages");
    let wanted = state.find.trim().to_lowercase();
    if state.found.as_ref().is_none_or(|(text, _)| *text != wanted) {
        state.found = Some((wanted.clone(), matching(origin, &wanted)));
    }
    let Some((_, found)) = &state.found else { return };
    let count =
        if wanted.is_empty() { packages_text(all) } else { format!("{} of {}", found.len(), packages_text(all)) };
    ui.add(Label::new(kit::small(&count)));
    let list = ScrollArea::vertical().id_salt("packages").auto_shrink(false);
    ui.spacing_mut().item_spacing.y = 0.0;
    list.show_rows(ui, size::ROW, found.len(), |ui, shown| {
        for (part, i) in found.iter().skip(shown.start).take(shown.len()) {
            let Some(part) = origin.parts.get(*part) else { continue };
            let Dependencies::Listed(list) = &part.dependencies else { continue };
            if let Some(dependency) = list.get(*i) {
                package_row(ui, part, dependency);
            }
        }
    });
}

fn matching(origin: &Origin, wanted: &str) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    for (part, of) in origin.parts.iter().enumerate() {
        if let Dependencies::Listed(list) = &of.dependencies {
            let fits = list.iter().enumerate().filter(|(_, d)| wanted.is_empty() || d.matches(wanted));
            out.extend(fits.map(|(i, _)| (part, i)));
        }
    }
    out
}

fn package_row(ui: &mut Ui, part: &PartOrigin, dependency: &Dependency) {
    let Dependency { name, version, source, .. } = dependency;
    let (name, version, source) = (display_safe_line(name), display_safe_line(version), display_safe_line(source));
    let what = match (dependency.is_root, dependency.is_build) {
        (true, _) => " · what was built",
        (_, true) => " · for the build only",
        _ => "",
    };
    let trailing = format!("{source}{what}");
    let row = ListRow::new(&name).icon(icons::PACKAGE).mono().detail(&version).trailing(&trailing);
    row.show(ui).on_hover_text(format!("{name} {version}\nFrom {source}, in {}", part.label()));
}

#[cfg(test)]
mod tests;
