//! The card of a world.

use super::super::{Cx, divided, named_extern};
use super::head::Head;
use super::layout::{pager, title};
use super::{DOCS, Look, ROWS, pick};
use crate::component::{Component, Extern, ExternAt, Item, List, Named, WorldItem};
use crate::diag::display_safe_line;
use crate::ui::parts::{self, ListRow};
use crate::ui::theme::icons;
use egui::Ui;

pub(super) fn world_card(ui: &mut Ui, cx: &mut Cx<'_>, index: u32, look: &mut Look<'_>) {
    let component = std::sync::Arc::clone(cx.component);
    let Some(world) = component.worlds.get(index as usize) else { return };
    let head = Head {
        icon: icons::GLOBE,
        family: None,
        word: "world",
        name: &world.name,
        stability: world.stability.as_deref(),
        to: None,
        wit: &|| world_wit(&component, index),
    };
    head.show(ui, cx, |_| (), |_, _| ());
    if let Some(docs) = &world.docs {
        parts::prose(ui, docs, pick(DOCS, true));
    }
    let lists = [
        ("Imports", &world.imports, List::WorldImports(index)),
        ("Exports", &world.exports, List::WorldExports(index)),
    ];
    for ((heading, items, list), first) in lists.into_iter().zip(&mut *look.pages) {
        if items.is_empty() {
            continue;
        }
        title(ui, heading, items.len());
        let most = pick(ROWS, true);
        let from = pager(ui, heading, first, items.len(), most);
        for (i, item) in (0..).zip(items).skip(from).take(most) {
            let (name, to, icon) = match item {
                WorldItem::Interface(at) => {
                    let at = ExternAt { list: List::Interfaces, index: u32::try_from(*at).unwrap_or(u32::MAX) };
                    let name = component.extern_at(at).map_or("", |e| e.name.as_str());
                    (name, Some(Named::Interface(at)), icons::PLUG)
                }
                WorldItem::Own(own) => {
                    let icon = if matches!(own.item, Item::Function(_)) { icons::FUNCTION } else { icons::TAG };
                    (own.name.as_str(), named_extern(&component, ExternAt { list, index: i }), icon)
                }
            };
            let (own, package) = divided(name);
            let (own, package) = (display_safe_line(own), display_safe_line(&package));
            let row = ListRow::new(&own).mono().detail(&package).icon(icon);
            if ui.push_id((heading, i), |ui| row.show(ui)).inner.clicked()
                && let Some(to) = to
            {
                cx.follow(to);
            }
        }
    }
}

/// The world as WIT, with what is its own written out.
fn world_wit(component: &Component, index: u32) -> String {
    let Some(world) = component.worlds.get(index as usize) else { return String::new() };
    let mut out = format!("world {} {{\n", divided(&world.name).0);
    for (word, items) in [("import", &world.imports), ("export", &world.exports)] {
        for item in items {
            let line = match item {
                WorldItem::Interface(i) => {
                    component.interfaces.get(*i).map_or(String::new(), |e| format!("{};", e.name))
                }
                WorldItem::Own(own) => own.wit(component),
            };
            let is_type = matches!(item, WorldItem::Own(Extern { item: Item::Type(_), .. }));
            out += &if is_type { format!("  {line}\n") } else { format!("  {word} {line}\n") };
        }
    }
    out + "}"
}
