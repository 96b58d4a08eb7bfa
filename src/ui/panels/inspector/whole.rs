//! The composition itself: what it offers, what it still needs, how large it is.

use super::{digest_row, nothing_placed};
use crate::component::Extern;
use crate::compose::{self, Edit, Port, Side};
use crate::diag::{Severity, display_safe_line};
use crate::measure::Bytes;
use crate::project::Target;
use crate::session::{Change, Command, Selection, Session};
use crate::ui::actions::Action;
use crate::ui::panels::graph::exporting;
use crate::ui::panels::{Dock, Outbox, Request, kit};
use crate::ui::parts::{self, Banner, Button, ListRow, Section};
use crate::ui::theme::{Tone, fonts, icons, size, space, tokens};
use egui::{Align, Label, Layout, RichText, ScrollArea, Ui};

/// So many rows of a list are shown.
const MOST: usize = 200;

/// Draws the composition.
pub(super) fn show(ui: &mut Ui, session: &Session, outbox: &mut Outbox) {
    let composition = &session.document().composition;
    if composition.instances.is_empty() {
        return nothing_placed(ui, session, outbox);
    }
    ScrollArea::vertical().id_salt("composition").auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = space::XS;
        match session.composed() {
            Some(composed) => {
                let bytes = composed.component.bytes.len() as u64;
                parts::key_value(ui, "Composed size", |ui| {
                    let text = RichText::new(Bytes(bytes).to_string()).font(fonts::mono(size::BODY));
                    ui.add(Label::new(text)).on_hover_text(format!("{bytes} bytes"));
                });
                digest_row(ui, composed.component.digest);
                ui.add_space(space::XS);
                ui.horizontal(|ui| {
                    if ui.add(Button::new("Compose…").icon(icons::EXPORT)).clicked() {
                        outbox.act(Action::Compose);
                    }
                });
                ui.add_space(space::XS);
            }
            None => {
                no_size(ui, session, outbox);
                ui.add_space(space::S);
            }
        }
        exports(ui, session, outbox);
        open_imports(ui, session, outbox);
        Section::new("Instances").count(composition.instances.len()).show(ui, |ui| {
            instances(ui, session, composition.instances.keys().map(String::as_str), outbox);
        });
        ui.add_space(space::L);
    });
}

/// Why there is no composed component to tell the size of.
fn no_size(ui: &mut Ui, session: &Session, outbox: &mut Outbox) {
    if session.is_busy() {
        ui.label(kit::dim("Composing…"));
        return;
    }
    let error = session.problems().iter().find(|p| p.severity == Severity::Error);
    let why = error.map_or("The composition cannot be built".into(), |p| display_safe_line(&p.message));
    Banner::new(Tone::Error, &why).show(ui);
    ui.horizontal(|ui| {
        if ui.add(Button::new("Show problems").icon(icons::ERROR)).clicked() {
            outbox.request(Request::Show(Dock::Problems));
        }
    });
}

/// Draws what is selected together.
pub(super) fn several(ui: &mut Ui, session: &Session, names: &[String], outbox: &mut Outbox) {
    ui.horizontal_wrapped(|ui| {
        if ui.add(Button::new("Duplicate").icon(icons::COPY)).clicked() {
            outbox.act(Action::DuplicateSelection);
        }
        if ui.add(Button::new("Remove").icon(icons::TRASH).danger()).clicked() {
            outbox.act(Action::DeleteSelection);
        }
    });
    ui.add_space(space::S);
    ScrollArea::vertical().id_salt("several").auto_shrink(false).show(ui, |ui| {
        instances(ui, session, names.iter().map(String::as_str), outbox);
    });
}

/// Rows of instances; a click selects one.
pub(super) fn instances<'a>(ui: &mut Ui, session: &Session, names: impl Iterator<Item = &'a str>, outbox: &mut Outbox) {
    ui.spacing_mut().item_spacing.y = 0.0;
    let composition = &session.document().composition;
    for (i, name) in names.enumerate() {
        if i == MOST {
            ui.label(kit::dim("and more"));
            break;
        }
        let size = composition.component(session.library(), name).map(|c| Bytes(c.bytes.len() as u64).to_string());
        let size = size.unwrap_or_else(|| "not open".into());
        let shown = display_safe_line(name);
        let row = ListRow::new(&shown).icon(icons::CUBE).trailing(&size);
        if row.show(ui).clicked() {
            outbox.command(Command::Select(Selection::Instances(vec![name.to_owned()])));
        }
    }
}

/// Every export there is, with a box for whether it becomes one of the result's.
fn exports(ui: &mut Ui, session: &Session, outbox: &mut Outbox) {
    let composition = &session.document().composition;
    let library = session.library();
    let result = compose::result_exports(composition, library);
    let chosen = !composition.exports.is_empty();
    let reset = |ui: &mut Ui| chosen && parts::icon_button(ui, icons::UNDO, "Choose exports automatically").clicked();
    let (reset, _) = Section::new("Exports of the result").count(result.len()).show_with(ui, reset, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let how = if chosen { "Chosen here" } else { "Chosen automatically: of the instances at the end of the wires" };
        ui.add(Label::new(kit::small(how)).wrap());
        ui.add_space(space::XS);
        let ports = composition.instances.keys().flat_map(|name| {
            let exports = composition.component(library, name).map(|c| c.exports.as_slice()).unwrap_or_default();
            exports.iter().map(move |export| (Port::new(name, &export.name), export))
        });
        let names: std::collections::BTreeMap<&Port, &str> =
            result.iter().map(|(name, port)| (port, name.as_str())).collect();
        for (i, (port, export)) in ports.enumerate() {
            if i == MOST {
                ui.label(kit::dim("and more: choose them on the canvas"));
                break;
            }
            let name_now = names.get(&port).copied();
            let is_last = result.len() == 1 && name_now.is_some();
            if export_row(ui, session, &port, export, name_now, is_last) {
                let edits = exporting::toggled(&result, !chosen, &port);
                outbox.change(exporting::change(edits));
            }
        }
    });
    if reset {
        let edits = composition.exports.keys().cloned().map(Edit::Unexport).collect();
        outbox.change(Change::ComposeAll("Choose exports automatically", edits));
    }
}

/// True if the box was clicked. The last export stays.
fn export_row(
    ui: &mut Ui,
    session: &Session,
    port: &Port,
    export: &Extern,
    name_now: Option<&str>,
    is_last: bool,
) -> bool {
    let t = tokens(ui.ctx());
    let library = session.library();
    let family = session.document().composition.component(library, &port.instance).map(|c| export.family(&c.types));
    let name = display_safe_line(&port.name);
    let from = display_safe_line(&port.instance);
    let mut on = name_now.is_some();
    let mut clicked = false;
    ui.horizontal(|ui| {
        let label = format!("Export {name} of {from}");
        let tick = ui.add_enabled_ui(!is_last, |ui| parts::check(ui, &mut on, &label).changed());
        tick.response.on_disabled_hover_text("The result needs one export, or nothing could be called");
        clicked = tick.inner;
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.add_space(4.0);
            let ink = family.map_or(t.normal, |f| t.family(f));
            let shown = super::interface::fitting(ui, &name, ui.available_width());
            let text = RichText::new(shown).font(fonts::mono(size::BODY)).color(if on { ink } else { t.dim });
            ui.add(Label::new(text).truncate()).on_hover_text(&*name);
            let renamed = name_now.filter(|n| *n != port.name).map(|n| format!(", as {}", display_safe_line(n)));
            ui.add(Label::new(kit::small(&format!("from {from}{}", renamed.unwrap_or_default()))).wrap());
            ui.add_space(4.0);
        });
    });
    clicked
}

/// What the composition still asks for: from the host, or from a component that is not there yet.
fn open_imports(ui: &mut Ui, session: &Session, outbox: &mut Outbox) {
    let composition = &session.document().composition;
    let library = session.library();
    let open = compose::open_imports(composition, library);
    let (host, missing): (Vec<_>, Vec<_>) =
        open.iter().partition(|p| composition.port(library, p, Side::Import).is_some_and(Extern::is_host));
    // Instances that ask for the same share one import of the result.
    let mut imports: std::collections::BTreeMap<&str, Vec<&Port>> = std::collections::BTreeMap::new();
    for port in missing {
        imports.entry(compose::track(&port.name)).or_default().push(port);
    }
    if !imports.is_empty() {
        Section::new("Open imports").count(imports.len()).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for ports in imports.values().take(MOST) {
                open_import(ui, ports, outbox);
            }
        });
    }
    if !host.is_empty() {
        Section::new("Asked of the host").count(host.len()).folded().show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for port in host.iter().take(MOST) {
                let (name, instance) = (display_safe_line(&port.name), display_safe_line(&port.instance));
                ListRow::new(&name).mono().detail(&instance).show(ui);
            }
            ui.with_layout(Layout::left_to_right(Align::Min), |ui| {
                if ui.add(Button::new("Show grants").icon(icons::SHIELD).quiet()).clicked() {
                    outbox.request(Request::ShowGrants(Target::Composition, None));
                }
            });
        });
    }
}

/// One import of the result, and the instances that ask for it; a click leads to the first of them.
fn open_import(ui: &mut Ui, ports: &[&Port], outbox: &mut Outbox) {
    /// So many instances are named.
    const NAMED: usize = 4;
    let Some(port) = ports.first() else { return };
    let name = display_safe_line(&port.name);
    let mut names: Vec<_> = ports.iter().take(NAMED).map(|p| display_safe_line(&p.instance).into_owned()).collect();
    if let Some(more) = ports.len().checked_sub(NAMED).filter(|more| *more > 0) {
        names.push(format!("{more} more"));
    }
    let (whose, verb) = (names.join(", "), if ports.len() == 1 { "needs" } else { "need" });
    let row = ListRow::new(&name).mono().colored_icon(icons::PLUG, tokens(ui.ctx()).warn);
    let tip = format!("{whose} {verb} {name}: wire it, or it stays an import of the result");
    let response = row.show(ui);
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(format!("{name}, {whose}")));
    if response.on_hover_text(tip).clicked() {
        outbox.command(Command::Select(Selection::Instances(vec![port.instance.clone()])));
        outbox.request(Request::FocusOn(crate::diag::Subject::Port {
            instance: port.instance.clone(),
            port: port.name.clone(),
        }));
    }
    ui.horizontal(|ui| {
        ui.add_space(size::ICON + space::S + space::XS);
        ui.add(Label::new(kit::small(&format!("of {whose}"))).wrap());
    });
}
