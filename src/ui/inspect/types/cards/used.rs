//! Where a type is used.

use super::super::{Cx, type_looks};
use super::Look;
use super::layout::{pager, title};
use crate::component::{Named, TypeId, User};
use crate::diag::display_safe_line;
use crate::ui::panels::kit;
use crate::ui::parts::ListRow;
use crate::ui::theme::{icons, tokens};
use egui::Ui;

/// Uses on a page.
const USES: usize = 50;
/// Uses that are looked up.
const MOST_USES: usize = 10_000;

/// All uses by one function or type.
pub(super) struct UseRow {
    by: User,
    name: String,
    owner: String,
    roles: String,
}

pub(super) fn used(cx: &Cx<'_>, id: TypeId) -> Vec<UseRow> {
    let mut out: Vec<UseRow> = Vec::new();
    for found in cx.uses.of(id, cx.types(), MOST_USES) {
        let words = cx.component.use_words(&found);
        match out.last_mut().filter(|last| last.by == found.by) {
            Some(last) => last.roles += &format!(" · {}", words.role),
            None => out.push(UseRow {
                by: found.by,
                name: words.by,
                owner: words.owner.unwrap_or_default(),
                roles: words.role,
            }),
        }
    }
    out
}

pub(super) fn where_used(ui: &mut Ui, cx: &mut Cx<'_>, owner: Option<&str>, look: &mut Look<'_>) {
    let used = look.used;
    title(ui, "Where used", used.len());
    if used.is_empty() {
        ui.label(kit::dim("Nothing in this file takes, returns or contains it"));
        return;
    }
    let [_, first] = look.pages;
    let from = pager(ui, "Uses", first, used.len(), USES);
    ui.spacing_mut().item_spacing.y = 0.0;
    for (i, row) in used.iter().enumerate().skip(from).take(USES) {
        let (icon, family, to) = match row.by {
            User::Function(at) => {
                let result = cx.component.function_at(at).and_then(|(_, f)| f.result);
                (icons::FUNCTION, result.map(|ty| cx.types().family(ty)), Named::Function(at))
            }
            User::Type(id) => {
                let (_, icon, family) = type_looks(cx.types(), id);
                (icon, Some(family), Named::Type(id))
            }
        };
        let t = tokens(ui.ctx());
        let (name, roles) = (display_safe_line(&row.name), display_safe_line(&row.roles));
        // That it is of the same interface goes without saying.
        let owner = if owner == Some(row.owner.as_str()) { "".into() } else { display_safe_line(&row.owner) };
        let line = ListRow::new(&name).mono().detail(&roles).trailing(&owner);
        let line = line.colored_icon(icon, family.map_or(t.dim, |f| t.family(f)));
        if ui.push_id(("use", i), |ui| line.show(ui)).inner.clicked() {
            cx.follow(to);
        }
    }
}
