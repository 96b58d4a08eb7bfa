//! The card of an interface, and who can satisfy it.

use super::super::{Cx, is_of_host, is_types_only};
use super::head::Head;
use super::{DOCS, ROWS, pick};
use crate::component::{Extern, ExternAt, Item, List, TypeId, TypeKind};
use crate::compose::{Fit, Side};
use crate::diag::display_safe_line;
use crate::session::{Command, Finding, Study};
use crate::ui::inspect::{At, Place, View};
use crate::ui::panels::{Request, kit};
use crate::ui::parts::{self, ListRow};
use crate::ui::theme::{Tone, icons, space, tokens};
use egui::Ui;

pub(super) fn interface_card(ui: &mut Ui, cx: &mut Cx<'_>, at: ExternAt, found: &Extern) {
    let component = std::sync::Arc::clone(cx.component);
    let head = Head {
        icon: icons::PLUG,
        family: Some(found.family(cx.types())),
        word: "interface",
        name: &found.name,
        stability: found.stability.as_deref(),
        to: None,
        wit: &|| found.wit(&component),
    };
    let used = cx.imports.and_then(|imports| Some(imports.import(at)?.words()));
    let marks = |ui: &mut Ui| {
        match at.list {
            List::Imports => drop(parts::pill(ui, "imported")),
            List::Exports => drop(parts::pill(ui, "exported")),
            _ => {}
        }
        if at.list == List::Imports && is_of_host(found) {
            parts::pill(ui, "host");
        }
        match used {
            Some(words) => drop(parts::pill(ui, &words)),
            None if is_types_only(found) => drop(parts::pill(ui, "types only")),
            None => {}
        }
    };
    head.show(ui, cx, marks, |_, _| ());
    if let Item::Interface(interface) = &found.item {
        let is_resource = |id: &&TypeId| cx.types().get(**id).is_some_and(|def| matches!(def.kind, TypeKind::Resource));
        let resources = interface.types.iter().filter(is_resource).count();
        let counts = [
            counted(resources, "resource"),
            counted(interface.types.len() - resources, "type"),
            counted(interface.functions.len(), "function"),
        ];
        let counts: Vec<_> = counts.into_iter().flatten().collect();
        let counts = if counts.is_empty() { "Nothing is in it".to_owned() } else { counts.join(" · ") };
        ui.label(kit::dim(&counts));
    }
    if let Some(docs) = &found.docs {
        ui.add_space(space::XS);
        parts::prose(ui, docs, pick(DOCS, true));
    }
    if !cx.is_documented {
        ui.label(kit::dim("No documentation is in this file: most tools leave it out when they build a component"));
    }
}

/// Who of all that is open can satisfy an import.
pub(super) fn providers(ui: &mut Ui, cx: &mut Cx<'_>, import: &str) {
    let study = Study::Providers(cx.component.digest, import.to_owned());
    let found = match cx.session.finding(&study) {
        Some(Finding::Providers(found)) => found,
        Some(_) => return,
        None if cx.session.is_studying(&study) => return,
        None => return cx.outbox.command(Command::Study(study)),
    };
    ui.add_space(space::S);
    parts::heading(ui, "Who can satisfy it");
    if found.is_empty() {
        ui.label(kit::dim("Nothing that is open exports an interface of this name"));
    }
    for provider in found.iter().take(ROWS[1]) {
        let name = cx.session.component(&provider.component).map_or_else(String::new, |c| c.name.clone());
        let (glyph, tone, words) = match &provider.fit {
            Fit::Exact => (icons::CHECK_CIRCLE, Tone::Ok, "fits".to_owned()),
            Fit::OtherVersion { export, .. } => {
                (icons::CHECK_CIRCLE, Tone::Ok, format!("fits, as {}", display_safe_line(export)))
            }
            Fit::No(why) => (icons::PROHIBIT, Tone::Error, format!("does not fit: {}", display_safe_line(why))),
        };
        let name = display_safe_line(&name);
        let ink = tokens(ui.ctx()).tone(tone);
        let row = ListRow::new(&name).colored_icon(glyph, ink).detail(&words).show(ui);
        if row.on_hover_text(format!("{name} {words}")).clicked() {
            let at = At::Extern(Side::Export, provider.export.clone());
            let place = Place { component: provider.component, view: View::Types, at };
            cx.outbox.request(Request::Inspect(place));
        }
    }
}

fn counted(count: usize, word: &str) -> Option<String> {
    match count {
        0 => None,
        1 => Some(format!("1 {word}")),
        n => Some(format!("{n} {word}s")),
    }
}
