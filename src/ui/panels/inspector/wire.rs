//! A wire: its two ends, how they fit, and the way to take it out.

use crate::compose::{Edit, Port, Side};
use crate::diag::{Severity, Subject, display_safe_line};
use crate::session::{Change, Command, Finding, Selection, Session, Study};
use crate::ui::panels::graph::NO_CALLS;
use crate::ui::panels::{Outbox, kit, taps};
use crate::ui::parts::{Banner, Button, ListRow};
use crate::ui::theme::{Tone, fonts, icons, size, space, tokens};
use egui::{Label, RichText, ScrollArea, Ui};

/// Draws the wire that ends at `to`.
pub(super) fn show(ui: &mut Ui, session: &Session, from: &Port, to: &Port, outbox: &mut Outbox) {
    ScrollArea::vertical().id_salt("wire").auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = space::XS;
        end(ui, session, "From the export of", from, Side::Export, outbox);
        ui.add_space(space::S);
        end(ui, session, "To the import of", to, Side::Import, outbox);
        ui.add_space(space::S);
        if !fit(ui, session, from, to) {
            mending(ui, session, to, outbox);
        }
        ui.add_space(space::S);
        let is_stub = session.stub_of(&from.instance).is_some();
        let calls = session.recorded_calls(to);
        tap(ui, session, to);
        ui.horizontal_wrapped(|ui| {
            let taps::Toggle { label, why_not, edit } = taps::toggle(session, to);
            let button = Button::new(label).icon(icons::EYE).disabled_because(why_not.as_deref());
            if ui.add(button).clicked() {
                outbox.change(Change::Compose(edit));
            }
            if !is_stub {
                let none = (calls == 0).then_some(NO_CALLS);
                let tip = "A stub takes its place and answers as it did in the calls that are known";
                let button = Button::new("Replace by recorded answers").icon(icons::HISTORY).tip(tip);
                if ui.add(button.disabled_because(none)).clicked() {
                    outbox.command(Command::StubRecorded(to.clone()));
                }
            }
            if ui.add(Button::new("Disconnect").icon(icons::LINK_BREAK).danger()).clicked() {
                outbox.change(Change::Compose(Edit::Disconnect(to.clone())));
            }
        });
    });
}

fn end(ui: &mut Ui, session: &Session, word: &str, port: &Port, side: Side, outbox: &mut Outbox) {
    let t = tokens(ui.ctx());
    let composition = &session.document().composition;
    let component = composition.component(session.library(), &port.instance);
    let family = composition.port(session.library(), port, side).zip(component).map(|(e, c)| e.family(&c.types));
    let ink = family.map_or(t.normal, |f| t.family(f));
    ui.add(Label::new(kit::small(word)));
    let (interface, version) = split(&port.name);
    let version = version.map(|v| format!("@{}", display_safe_line(v))).unwrap_or_default();
    let name = display_safe_line(&port.instance);
    let row = ListRow::new(&name).icon(icons::CUBE).trailing(&version).show(ui);
    if row.on_hover_text("Select this instance").clicked() {
        outbox.command(Command::Select(Selection::Instances(vec![port.instance.clone()])));
    }
    let text = RichText::new(display_safe_line(interface)).font(fonts::mono(size::BODY)).color(ink);
    let inset = (space::XS + size::ICON + 6.0) as i8;
    egui::Frame::NONE.inner_margin(egui::Margin { left: inset, ..Default::default() }).show(ui, |ui| {
        ui.add(Label::new(text).wrap().selectable(true));
    });
}

/// What its tap has seen, and what it does not see.
fn tap(ui: &mut Ui, session: &Session, to: &Port) {
    let composition = &session.document().composition;
    if !composition.taps.contains(to) {
        return;
    }
    let words = taps::words(session, to);
    let text =
        if words.is_empty() { "Tapped: calls are listed on the Taps tab".into() } else { format!("Tapped: {words}") };
    ui.add(Label::new(RichText::new(text)).wrap());
    ui.add_space(space::S);
}

fn split(name: &str) -> (&str, Option<&str>) {
    name.split_once('@').map_or((name, None), |(interface, version)| (interface, Some(version)))
}

/// Where a resource comes from that must come from one place, and what mends the wire.
fn mending(ui: &mut Ui, session: &Session, to: &Port, outbox: &mut Outbox) {
    let study = Study::Mending(session.wiring(), to.clone());
    let found = match session.finding(&study) {
        Some(Finding::Mending(found)) => found,
        Some(_) => return,
        None => return outbox.command(Command::Study(study)),
    };
    let (sources, fixes) = &**found;
    let mut said = "";
    for source in sources {
        if source.resource != said {
            ui.add_space(space::S);
            let words =
                format!("“{}” must come from one instance, and comes from", display_safe_line(&source.resource));
            ui.add(Label::new(kit::small(&words)).wrap());
            said = &source.resource;
        }
        let users = source.users.iter().map(|name| display_safe_line(name)).collect::<Vec<_>>().join(", ");
        let users = if users.is_empty() { "its own".to_owned() } else { format!("for {users}") };
        let Some(from) = &source.from else {
            ListRow::new("an import of the result").icon(icons::IMPORT).detail(&users).show(ui);
            continue;
        };
        let name = display_safe_line(&from.instance);
        let row = ListRow::new(&name).icon(icons::CUBE).detail(&users).show(ui);
        if row.on_hover_text(format!("{users}\nSelect {name}")).clicked() {
            outbox.command(Command::Select(Selection::Instances(vec![from.instance.clone()])));
        }
    }
    ui.add_space(space::XS);
    // To take the wire out there is a button anyway.
    let fixes = fixes.iter().filter(|fix| !matches!(fix.edits.as_slice(), [Edit::Disconnect(port)] if port == to));
    for (i, fix) in fixes.enumerate() {
        let button = Button::new(&fix.label);
        if ui.add(if i == 0 { button.primary() } else { button }).clicked() {
            outbox.change(Change::ComposeAll("Mend a wire", fix.edits.clone()));
        }
    }
}

/// How the two ends fit, and whether they do: what is wrong with the wire, if anything is, stands in the one list of
/// problems.
fn fit(ui: &mut Ui, session: &Session, from: &Port, to: &Port) -> bool {
    let about = Subject::Wire { instance: to.instance.clone(), import: to.name.clone() };
    let mut clean = true;
    for problem in session.problems().iter().filter(|p| p.subject == about) {
        clean &= problem.severity == Severity::Info;
        let hint = problem.hint.as_deref().map(display_safe_line);
        Banner::new(problem.severity.into(), &display_safe_line(&problem.message)).hint(hint.as_deref()).show(ui);
    }
    if !clean {
        return false;
    }
    match (split(&from.name), split(&to.name)) {
        ((_, given), (_, wanted)) if given == wanted => {
            Banner::new(Tone::Ok, "Same interface, compatible types").show(ui);
        }
        ((_, given), (_, wanted)) => {
            let word = |version: Option<&str>| version.map_or("none".into(), |v| display_safe_line(v).into_owned());
            let text = format!("Version {} satisfies {}, and the types are compatible", word(given), word(wanted));
            Banner::new(Tone::Info, &text).show(ui);
        }
    }
    ui.add(Label::new(kit::small("The functions that may cross it are on the Interface tab")).wrap());
    true
}
