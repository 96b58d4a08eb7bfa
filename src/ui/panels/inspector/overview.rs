//! What a component is: its file, its makers, its parts, and how long it took to open.

use super::{copied_row, digest_row};
use crate::component::{Component, Kind, Metadata, PartKind};
use crate::compose::{self, Edit};
use crate::diag::display_safe_line;
use crate::measure::Bytes;
use crate::session::{Change, Command, Session};
use crate::ui::inspect::{At, Place, View};
use crate::ui::panels::{Outbox, Request, kit};
use crate::ui::parts::{self, Banner, Button, ListRow, Section};
use crate::ui::theme::{Tone, fonts, icons, size, space, tokens};
use egui::{Id, Key, Label, RichText, ScrollArea, TextEdit, Ui};

/// The panel's state.
#[derive(Default)]
pub(super) struct State {
    name: Name,
}

/// The instance's name while it is typed.
#[derive(Default)]
pub(super) struct Name {
    of: String,
    text: String,
}

/// Draws what there is to say of a component, or of an instance of it.
pub(super) fn show(
    ui: &mut Ui,
    session: &Session,
    component: &Component,
    instance: Option<&str>,
    state: &mut State,
    outbox: &mut Outbox,
) {
    ScrollArea::vertical().id_salt("overview").auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = space::XS;
        for diagnostic in component.diagnostics.iter().chain(&component.missing()).take(20) {
            let (message, hint) = (&diagnostic.message, diagnostic.hint.as_deref().map(display_safe_line));
            Banner::new(diagnostic.severity.into(), &display_safe_line(message)).hint(hint.as_deref()).show(ui);
        }
        if let Some(name) = instance {
            rename(ui, session, name, &mut state.name, outbox);
            let sharing = compose::Sharing::of(&session.document().composition, name);
            let sentences = sharing.map(|s| s.sentences(&component.name)).unwrap_or_default();
            for sentence in &sentences {
                ui.add(Label::new(kit::dim(sentence)).wrap());
            }
        }
        if let Some(stands_in) = session.opened(&component.digest).and_then(|o| o.stands_in.as_deref()) {
            Banner::new(Tone::Info, &format!("Says of itself that it is a {}", stands_in.text())).show(ui);
        }
        if let Some(name) = instance {
            open_imports(ui, session, name, outbox);
        }
        if instance.is_none() && component.kind == Kind::Component {
            ui.horizontal(|ui| {
                let why_not = kit::why_not_placed(component);
                let place = Button::new("Place on canvas").icon(icons::PLUS).disabled_because(why_not.as_deref());
                if ui.add(place).clicked() {
                    outbox.request(Request::Place(component.digest));
                }
            });
            ui.add_space(space::XS);
        }
        Section::new("File").show(ui, |ui| file(ui, session, component, instance.is_some()));
        makers(ui, &component.metadata);
        if let Some(opened) = session.opened(&component.digest).filter(|o| !o.timings.is_empty()) {
            Section::new("Opening").show(ui, |ui| {
                let segments = parts::phase_segments(&opened.timings, tokens(ui.ctx()));
                parts::timing_bar(ui, "Time to open", &segments);
            });
        }
        Section::new("Parts").count(component.root.children.len()).show(ui, |ui| {
            nested(ui, component, outbox);
        });
        ui.add_space(space::L);
    });
}

/// The parts directly inside, and the way to all of them.
fn nested(ui: &mut Ui, component: &Component, outbox: &mut Outbox) {
    const MOST: usize = 8;
    let mut show = |at| {
        outbox.request(Request::Inspect(Place { component: component.digest, view: View::Parts, at }));
    };
    for (i, part) in component.root.children.iter().enumerate().take(MOST) {
        let icon = if part.kind == PartKind::Component { icons::CUBE } else { icons::CPU };
        let name = part.label(&[i]);
        let size = Bytes(part.range.len() as u64).to_string();
        if ListRow::new(&name).icon(icon).trailing(&size).show(ui).clicked() {
            show(At::Bytes(part.range.clone()));
        }
    }
    if ui.add(Button::new("Show parts and sizes").icon(icons::CHART)).clicked() {
        show(At::Here);
    }
}

/// The way to stubs for what an instance still needs.
fn open_imports(ui: &mut Ui, session: &Session, name: &str, outbox: &mut Outbox) {
    let open = session.open_imports(name);
    let (text, label) = match open.as_slice() {
        [] => return,
        [one] => (format!("{} is not wired yet", display_safe_line(&one.name)), "Add stub".to_owned()),
        all => (format!("{} imports are not wired yet", all.len()), "Stub all open imports".to_owned()),
    };
    ui.add(Label::new(kit::dim(&text)).wrap());
    if ui.add(Button::new(&label).icon(icons::PLUG)).clicked() {
        outbox.command(Command::StubAll(vec![name.to_owned()]));
    }
    ui.add_space(space::XS);
}

/// The instance's name, to type over.
pub(super) fn rename(ui: &mut Ui, session: &Session, current: &str, name: &mut Name, outbox: &mut Outbox) {
    if name.of != current {
        *name = Name { of: current.to_owned(), text: current.to_owned() };
    }
    let wanted = name.text.trim().to_owned();
    let edit = Edit::Rename { from: current.to_owned(), to: wanted.clone() };
    let refusal = (wanted != current)
        .then(|| compose::apply(&session.document().composition, session.library(), &edit).err())
        .flatten();
    parts::key_value(ui, "Name", |ui| {
        let field = TextEdit::singleline(&mut name.text)
            .id(Id::unique("instance name"))
            .font(fonts::mono(size::BODY))
            .desired_width(ui.available_width());
        let response = parts::named_field(ui, "Instance name", field);
        if response.lost_focus() {
            let given_up = ui.input(|i| i.key_pressed(Key::Escape));
            if given_up || refusal.is_some() {
                current.clone_into(&mut name.text);
            } else if wanted != current {
                outbox.change(Change::Compose(edit));
            }
        }
    });
    if let Some(why) = refusal {
        parts::field_error(ui, &why.to_string());
    }
}

fn file(ui: &mut Ui, session: &Session, component: &Component, is_instance: bool) {
    let opened = session.opened(&component.digest);
    parts::key_value(ui, "Kind", |ui| {
        let tone = if component.kind == Kind::Component { Tone::Neutral } else { Tone::Warn };
        parts::badge(ui, kit::kind_word(component.kind), tone);
    });
    if is_instance {
        parts::key_value_text(ui, "Component", &display_safe_line(&component.name), true);
    }
    if let Some(language) = opened.and_then(|o| o.language.as_deref()) {
        parts::key_value_text(ui, "Language", &display_safe_line(language), false);
    }
    let bytes = component.bytes.len() as u64;
    parts::key_value(ui, "Size", |ui| {
        let text = Bytes(bytes).to_string();
        ui.add(Label::new(RichText::new(text).font(fonts::mono(size::BODY)))).on_hover_text(format!("{bytes} bytes"));
    });
    digest_row(ui, component.digest);
    match opened.and_then(|o| o.path.as_ref()) {
        Some(path) => {
            let path = path.to_string_lossy();
            let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
            copied_row(ui, "Path", name, &path, "Copy file path");
            if let Some(part) = opened.and_then(|o| o.part.as_ref()) {
                parts::key_value_text(ui, "Part", &crate::component::part_text(&part.path), true);
            }
        }
        None => _ = parts::key_value_text(ui, "Path", "Built in", false),
    }
}

/// What the file says of its origin; nothing of it is checked.
fn makers(ui: &mut Ui, metadata: &Metadata) {
    let fields = [
        ("Name", &metadata.name),
        ("Version", &metadata.version),
        ("Description", &metadata.description),
        ("Authors", &metadata.authors),
        ("Licence", &metadata.licenses),
        ("Source", &metadata.source),
        ("Homepage", &metadata.homepage),
        ("Revision", &metadata.revision),
    ];
    let given: Vec<_> = fields.into_iter().filter_map(|(key, text)| Some((key, text.as_deref()?))).collect();
    if given.is_empty() && metadata.producers.is_empty() {
        return;
    }
    Section::new("Origin").show(ui, |ui| {
        ui.add(Label::new(kit::small("Claimed by the file, not checked")));
        for (key, text) in given {
            parts::key_value_text(ui, key, &display_safe_line(text), false);
        }
        let mut last = "";
        let mut producers: Vec<_> = metadata.producers.iter().take(50).collect();
        producers.sort_by_key(|p| &p.field);
        for producer in producers {
            let key = if producer.field == last { "" } else { kit::producer_word(&producer.field) };
            last = &producer.field;
            parts::key_value(ui, &display_safe_line(key), |ui| {
                let name = RichText::new(display_safe_line(&producer.name)).font(fonts::mono(size::BODY));
                ui.add(Label::new(name).wrap());
                if !producer.version.is_empty() {
                    // What stands in brackets is a commit and a date: for the tooltip.
                    let version = display_safe_line(&producer.version);
                    let short = version.split(" (").next().unwrap_or_default();
                    let text = RichText::new(short).font(fonts::mono(size::BODY)).color(tokens(ui.ctx()).dim);
                    let shown = ui.add(Label::new(text).wrap());
                    if short.len() < version.len() {
                        shown.on_hover_text(&*version);
                    }
                }
            });
        }
    });
}
