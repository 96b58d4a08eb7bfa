//! What a component is, in one page.

use super::{At, Place, View};
use crate::component::{Component, Extern, ExternAt, Item, Kind, List, Named, Proposals, Stage, WorldFit};
use crate::compose::Side;
use crate::diag::{Severity, display_safe, display_safe_line};
use crate::grant;
use crate::measure::Bytes;
use crate::session::{Command, Finding, Session, Study, Summary, plural};
use crate::ui::panels::{Outbox, Request, kit};
use crate::ui::parts::{self, Banner, Button, ListRow, Section, draw};
use crate::ui::theme::{Tone, fonts, icons, size, space, tokens};
use egui::{
    Align, CornerRadius, Frame, Label, Layout, Margin, RichText, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui,
    WidgetInfo, pos2, vec2,
};
use std::sync::Arc;

/// The page does not get wider than this.
const WIDEST: f32 = 1400.0;
/// What the host is asked for and what is said of the file stand beside each other where there is so much room.
const TWO_COLUMNS: f32 = 900.0;
/// So many imports are named at the top.
const MOST_NAMED: usize = 4;
/// So many exports are listed before what it asks for.
const MOST_GIVEN: usize = 8;
/// So many of anything are listed; the other views have them all.
const MOST: usize = 100;
/// So many characters of a sentence are shown: names in it can be of any length.
const MOST_OF_A_LINE: usize = 300;

/// The view's state.
#[derive(Default)]
pub(super) struct State {}

/// Draws the view. There is only one place in it.
pub(super) fn show(
    ui: &mut Ui,
    session: &Session,
    component: &Arc<Component>,
    _at: Option<At>,
    _state: &mut State,
    outbox: &mut Outbox,
) {
    ScrollArea::vertical().id_salt(("summary", component.digest.0)).auto_shrink(false).show(ui, |ui| {
        ui.set_max_width(WIDEST.min(ui.available_width()));
        ui.spacing_mut().item_spacing.y = space::XS;
        problems(ui, component);
        if component.kind == Kind::Unknown {
            sections(ui, component, outbox);
            ui.add_space(space::S);
            return facts(ui, session, component, outbox);
        }
        let study = Study::Summary(component.digest);
        let Some(Finding::Summary(summary)) = super::finding(ui, session, study, outbox) else { return };
        // A WIT package is never run: it reaches nothing and needs no engine.
        if component.kind != Kind::WitPackage {
            verdict(ui, session, component, summary, outbox);
            ui.add_space(space::XS);
        }
        numbers(ui, component, summary, outbox);
        ui.add_space(space::S);
        let room = ui.available_width();
        if room >= TWO_COLUMNS {
            let column = Layout::top_down(Align::Min);
            let width = ((room - space::XL) / 2.0).floor();
            ui.horizontal_top(|ui| {
                ui.allocate_ui_with_layout(vec2(width, 0.0), column, |ui| {
                    ui.set_width(width);
                    asks(ui, component, summary, outbox);
                });
                ui.add_space(space::L);
                ui.allocate_ui_with_layout(vec2(width, 0.0), column, |ui| {
                    ui.set_width(width);
                    facts(ui, session, component, outbox);
                });
            });
        } else {
            asks(ui, component, summary, outbox);
            facts(ui, session, component, outbox);
        }
        ui.add_space(space::L);
    });
}

/// What it gives to others, and what it wants of them.
fn asks(ui: &mut Ui, component: &Component, summary: &Summary, outbox: &mut Outbox) {
    ui.spacing_mut().item_spacing.y = space::XS;
    gives(ui, component, outbox);
    for fit in summary.worlds.iter().filter(|w| !w.fits()) {
        missing(ui, fit);
    }
    asks_for(ui, summary);
    beyond(ui, component);
    not_known(ui, summary);
}

/// What others get of it: its exports, or the worlds and interfaces of a WIT package. Each leads to its card.
fn gives(ui: &mut Ui, component: &Component, outbox: &mut Outbox) {
    let functions = |e: &Extern| match &e.item {
        Item::Interface(i) => plural(i.functions.len(), "function"),
        Item::Function(_) => "function".to_owned(),
        Item::Type(_) => "type".to_owned(),
    };
    let row = |ui: &mut Ui, outbox: &mut Outbox, icon: &'static str, name: &str, what: &str, at: At| {
        let name = display_safe_line(name);
        let row = ListRow::new(&name).icon(icon).mono().trailing(what).show(ui);
        if row.on_hover_text(format!("Show {} in Types", kit::shortened(&name, kit::MOST_OF_A_NAME))).clicked() {
            outbox.request(Request::Inspect(Place { component: component.digest, view: View::Types, at }));
        }
    };
    if !component.worlds.is_empty() {
        Section::new("Worlds").count(component.worlds.len()).show(ui, |ui| {
            for (i, world) in (0..).zip(&component.worlds).take(MOST_GIVEN) {
                let (imports, exports) = (world.imports.len(), world.exports.len());
                let what = format!("{}, {}", plural(imports, "import"), plural(exports, "export"));
                row(ui, outbox, icons::GLOBE, &world.name, &what, At::Named(Named::World(i)));
            }
            more(ui, component.worlds.len(), MOST_GIVEN);
        });
    }
    let (title, list, all) = match component.kind {
        Kind::WitPackage => ("Interfaces", List::Interfaces, &component.interfaces),
        _ => ("Gives", List::Exports, &component.exports),
    };
    if all.is_empty() {
        return;
    }
    Section::new(title).count(all.len()).show(ui, |ui| {
        for (index, given) in (0..).zip(all).take(MOST_GIVEN) {
            let at = match list {
                List::Interfaces => At::Named(Named::Interface(ExternAt { list, index })),
                _ => At::Extern(Side::Export, given.name.clone()),
            };
            let icon = if matches!(given.item, Item::Function(_)) { icons::FUNCTION } else { icons::PLUG };
            row(ui, outbox, icon, &given.name, &functions(given), at);
        }
        more(ui, all.len(), MOST_GIVEN);
    });
}

/// Imports and exports that WIT has no words for, in the words of the binary.
fn beyond(ui: &mut Ui, component: &Component) {
    if component.beyond.is_empty() {
        return;
    }
    Section::new("Beyond WIT").count(component.beyond.len()).show(ui, |ui| {
        for item in component.beyond.iter().take(MOST) {
            let way = if item.is_import { "Imports" } else { "Exports" };
            let line = format!("{way} the {} {}", item.kind, display_safe_line(&item.name));
            ui.add(Label::new(line).wrap());
            let ty = item.ty.as_deref().unwrap_or("Of a type that is not known");
            let text = RichText::new(&*display_safe(ty)).font(fonts::mono(size::SMALL)).color(tokens(ui.ctx()).dim);
            ui.add(Label::new(text).wrap());
        }
        more(ui, component.beyond.len(), MOST);
    });
}

/// What a reader might look for in vain.
fn not_known(ui: &mut Ui, summary: &Summary) {
    if summary.missing.is_empty() {
        return;
    }
    Section::new("Not known").count(summary.missing.len()).show(ui, |ui| {
        for missing in summary.missing.iter().take(MOST) {
            ui.add(Label::new(&*display_safe_line(&missing.message)).wrap());
        }
        more(ui, summary.missing.len(), MOST);
    });
}

/// What is said of its file.
fn facts(ui: &mut Ui, session: &Session, component: &Component, outbox: &mut Outbox) {
    ui.spacing_mut().item_spacing.y = space::XS;
    file(ui, session, component, outbox);
    if let Some(opened) = session.opened(&component.digest).filter(|o| !o.timings.is_empty()) {
        Section::new("Opening").show(ui, |ui| {
            let segments = parts::phase_segments(&opened.timings, tokens(ui.ctx()));
            parts::timing_bar(ui, "Time to open", &segments);
        });
    }
}

/// What can be said of a file whose contents nothing reads: its sections and how large they are.
fn sections(ui: &mut Ui, component: &Component, outbox: &mut Outbox) {
    let all = &component.root.sections;
    Section::new("Sections").count(all.len()).show(ui, |ui| {
        for (name, range) in all.iter().take(MOST) {
            let name = display_safe_line(name);
            let size = Bytes(range.len() as u64).to_string();
            let row = ListRow::new(&name).mono().trailing(&size).show(ui);
            if row.on_hover_text("Show its bytes").clicked() {
                let at = At::Hex(range.clone());
                outbox.request(Request::Inspect(Place { component: component.digest, view: View::Code, at }));
            }
        }
        more(ui, all.len(), MOST);
    });
}

fn problems(ui: &mut Ui, component: &Component) {
    for diagnostic in component.diagnostics.iter().take(20) {
        let (message, hint) = (&diagnostic.message, diagnostic.hint.as_deref().map(display_safe_line));
        Banner::new(diagnostic.severity.into(), &display_safe_line(message)).hint(hint.as_deref()).show(ui);
    }
    if !component.diagnostics.is_empty() {
        ui.add_space(space::XS);
    }
}

/// What a reviewer wants to know first: what it is, what it may reach, what it needs.
fn verdict(ui: &mut Ui, session: &Session, component: &Component, summary: &Summary, outbox: &mut Outbox) {
    let t = tokens(ui.ctx());
    let frame = Frame::NONE
        .fill(t.raised)
        .stroke(Stroke::new(1.0, t.line))
        .corner_radius(size::RADIUS)
        .inner_margin(Margin::symmetric(space::L as i8, space::M as i8));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing = vec2(space::XS, space::XS);
        if !summary.worlds.is_empty() {
            parts::key_value(ui, "World", |ui| worlds(ui, &summary.worlds));
        }
        // Of what cannot be read it is not known.
        let is_sound = component.diagnostics.iter().all(|d| d.severity != Severity::Error);
        if !summary.needs.is_empty() || (component.kind == Kind::Component && is_sound) {
            parts::key_value(ui, "Asks for", |ui| {
                for need in &summary.needs {
                    parts::pill(ui, grant::title(need.capability)).on_hover_text(grant::meaning(need.capability));
                }
                let is_wired = !summary.to_wire.is_empty() || component.beyond.iter().any(|b| b.is_import);
                match (summary.needs.is_empty(), !is_wired) {
                    (true, true) => said(ui, icons::SHIELD_CHECK, t.ok, "Nothing: it reaches nothing outside"),
                    (true, false) => _ = ui.label("Nothing by itself: it reaches what it is wired to"),
                    _ => {}
                }
            });
        }
        if !summary.to_wire.is_empty() {
            parts::key_value(ui, "Must be wired", |ui| {
                ui.vertical(|ui| {
                    ui.add_space(4.0);
                    for missing in summary.to_wire.iter().take(MOST_NAMED) {
                        let name = RichText::new(display_safe_line(&missing.import)).font(fonts::mono(size::BODY));
                        ui.add(Label::new(name).truncate()).on_hover_text(display_safe_line(&missing.why));
                    }
                    more(ui, summary.to_wire.len(), MOST_NAMED);
                    ui.add_space(4.0);
                });
            });
        }
        parts::key_value_text(ui, "WASI", &sentence(&display_safe_line(&summary.wasi.to_string())), false);
        parts::key_value(ui, "Engine", |ui| engine(ui, session, component, outbox));
    });
}

fn worlds(ui: &mut Ui, worlds: &[WorldFit]) {
    let mut fits = worlds.iter().filter(|w| w.fits()).peekable();
    if fits.peek().is_none() {
        let nearest = worlds.first().map(|w| w.world.to_string()).unwrap_or_default();
        parts::badge(ui, "No known world", Tone::Warn);
        ui.add_space(space::XS);
        ui.add(Label::new(format!("The nearest is {nearest}: see below what is missing")).wrap());
    }
    for fit in fits {
        let is_entry = fit.world.minor.is_some();
        let (name, tone) = if is_entry { (fit.world.to_string(), Tone::Ok) } else { ("Library".into(), Tone::Info) };
        parts::badge(ui, &name, tone);
        ui.add_space(space::XS);
        ui.add(Label::new(fit.world.what).wrap());
    }
}

/// The features of WebAssembly that it needs, as soon as they are known.
fn engine(ui: &mut Ui, session: &Session, component: &Component, outbox: &mut Outbox) {
    let t = tokens(ui.ctx());
    let study = Study::Proposals(component.digest);
    match session.finding(&study) {
        Some(Finding::Proposals(found)) => features(ui, found),
        Some(_) => {
            ui.label(kit::dim("It was not found out which features it needs"));
            if ui.add(Button::new("Find out").quiet()).clicked() {
                outbox.command(Command::Study(study));
            }
        }
        None => {
            if !session.is_studying(&study) {
                outbox.command(Command::Study(study));
            }
            said(ui, icons::HOURGLASS, t.dim, "Finding out which features it needs…");
        }
    }
}

fn features(ui: &mut Ui, found: &Proposals) {
    if found.needed.is_empty() && found.incomplete.is_none() {
        ui.label("Nothing beyond WebAssembly 1.0");
    }
    for proposal in &found.needed {
        let hint = format!("{} ({})", proposal.what, proposal.stage.label());
        let shown = match (proposal.is_supported(), proposal.stage) {
            (false, _) => parts::badge(ui, &format!("{}: not supported here", proposal.name), Tone::Error),
            (true, Stage::Core2) => parts::pill(ui, proposal.name),
            // Not every engine has these.
            (true, _) => parts::badge(ui, proposal.name, Tone::Info),
        };
        shown.on_hover_text(hint);
    }
    if let Some(why) = &found.incomplete {
        let text = "There may be more, for the file is not valid";
        ui.label(kit::dim(text)).on_hover_text(display_safe_line(why));
    }
}

fn said(ui: &mut Ui, icon: &str, color: egui::Color32, text: &str) {
    ui.label(RichText::new(icon).font(fonts::icon(size::ICON)).color(color));
    ui.add(Label::new(text).wrap());
}

/// With a capital at its beginning.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn more(ui: &mut Ui, all: usize, shown: usize) {
    if all > shown {
        ui.label(kit::dim(&format!("and {} more", all - shown)));
    }
}

/// How much there is of it; each number leads to the view that has it all.
fn numbers(ui: &mut Ui, component: &Component, summary: &Summary, outbox: &mut Outbox) {
    let beyond = |is_import| component.beyond.iter().filter(|b| b.is_import == is_import).count();
    let imports = component.imports.len() + beyond(true);
    let exports = component.exports.len() + beyond(false);
    let functions = (summary.functions, "function", View::Types);
    let types = (summary.types, "type", View::Types);
    let tiles = match component.kind {
        Kind::WitPackage => vec![
            (component.interfaces.len(), "interface", View::Types),
            (component.worlds.len(), "world", View::Types),
            functions,
            types,
        ],
        Kind::CoreModule => vec![(imports, "import", View::Code), (exports, "export", View::Code)],
        Kind::Component | Kind::Unknown => vec![
            (imports, "import", View::Types),
            (exports, "export", View::Types),
            functions,
            types,
            (summary.parts, "nested part", View::Parts),
        ],
    };
    let gaps = space::S * (tiles.len() - 1) as f32;
    let width = (ui.available_width() - gaps) / tiles.len() as f32;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::S;
        for (count, word, view) in tiles {
            let word = if count == 1 { word.to_owned() } else { format!("{word}s") };
            if tile(ui, width, count, &word, view.label()) {
                outbox.request(Request::Inspect(Place { component: component.digest, view, at: At::Here }));
            }
        }
    });
}

fn tile(ui: &mut Ui, width: f32, count: usize, word: &str, view: &str) -> bool {
    let t = tokens(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(vec2(width, 56.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("{count} {word}")));
    if draw::is_seen(ui, &response, rect) {
        let ground = if response.hovered() || response.has_focus() { t.hover } else { t.raised };
        ui.painter().rect(rect, CornerRadius::same(size::RADIUS), ground, Stroke::new(1.0, t.line), StrokeKind::Inside);
        let number = draw::line(ui, &count.to_string(), fonts::mono(size::LARGE), t.strong);
        let word = draw::elided(ui, word, fonts::text(size::BODY), t.dim, width - 2.0 * space::M);
        draw::put(ui.painter(), pos2(rect.left() + space::M, rect.top() + 20.0), number);
        draw::put(ui.painter(), pos2(rect.left() + space::M, rect.top() + 41.0), word);
        draw::focus_ring(ui, &response, rect);
    }
    response.on_hover_text(format!("Show in {view}")).clicked()
}

/// What keeps it from a world.
fn missing(ui: &mut Ui, fit: &WorldFit) {
    let title = format!("Missing for {}", fit.world);
    Section::new(&title).count(fit.gaps.len()).folded().show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for gap in fit.gaps.iter().take(MOST) {
            ui.add(Label::new(kit::shortened(&display_safe_line(&gap.to_string()), MOST_OF_A_LINE)).wrap());
        }
        more(ui, fit.gaps.len(), MOST);
    });
}

/// Each capability in words, and the interfaces that ask.
fn asks_for(ui: &mut Ui, summary: &Summary) {
    if summary.needs.is_empty() {
        return;
    }
    Section::new("Asks the host for").count(summary.needs.len()).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for need in &summary.needs {
            let by = need.interfaces.iter().take(MOST).map(|i| display_safe_line(i)).collect::<Vec<_>>().join(", ");
            let title = RichText::new(grant::title(need.capability)).font(fonts::medium(size::BODY));
            ui.horizontal_wrapped(|ui| {
                ui.label(title.color(tokens(ui.ctx()).strong));
                ui.add(Label::new(grant::meaning(need.capability)).wrap());
            });
            let by = RichText::new(by).font(fonts::mono(size::SMALL)).color(tokens(ui.ctx()).dim);
            ui.add(Label::new(by).wrap());
            ui.add_space(space::S);
        }
    });
}

fn file(ui: &mut Ui, session: &Session, component: &Component, outbox: &mut Outbox) {
    Section::new("File").show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        parts::key_value_text(ui, "Name", &display_safe_line(&component.name), true);
        parts::key_value_text(ui, "Kind", kit::kind_word(component.kind), false);
        let bytes = component.bytes.len() as u64;
        parts::key_value_text(ui, "Size", &format!("{} ({bytes} bytes)", Bytes(bytes)), true);
        let digest = component.digest.to_string();
        kit::copied_row(ui, "SHA-256", &digest, &digest, "Copy SHA-256");
        match session.opened(&component.digest).map(|o| o.path.as_ref()) {
            Some(Some(path)) => {
                let path = path.to_string_lossy();
                kit::copied_row(ui, "Path", &path, &path, "Copy file path");
            }
            Some(None) => _ = parts::key_value_text(ui, "Path", "Built in", false),
            None => _ = parts::key_value_text(ui, "Path", "None: it was composed here", false),
        }
        for (key, text) in
            component.metadata.texts().filter(|(key, _)| matches!(*key, "version" | "authors" | "licenses"))
        {
            parts::key_value_text(ui, &sentence(key), &display_safe_line(text), false);
        }
        let link = Button::new("Where it comes from").icon(icons::ARROW_RIGHT).quiet();
        if ui.add(link).clicked() {
            let place = Place { component: component.digest, view: View::Origin, at: At::Here };
            outbox.request(Request::Inspect(place));
        }
    });
}

#[cfg(test)]
mod tests;
