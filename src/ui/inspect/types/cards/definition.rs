//! The card of a type; of a resource with all that can be called on it.

use super::super::{Cx, type_looks};
use super::function::{call_button, own_name};
use super::head::{Head, owner_line, stability};
use super::layout::{Line, beside, docs, paged, pager, title};
use super::used::where_used;
use super::wit::{signature, wit};
use super::{DOCS, Look, ROWS, pick};
use crate::component::{
    Extern, ExternAt, Function, FunctionAt, FunctionKind, Linked, List, Named, Type, TypeDef, TypeId, TypeKind,
};
use crate::diag::display_safe_line;
use crate::ui::panels::kit;
use crate::ui::parts;
use crate::ui::theme::{Tone, fonts, size, space, tokens};
use egui::{Align, Layout, Ui};

pub(super) fn type_card(ui: &mut Ui, cx: &mut Cx<'_>, id: TypeId, def: &TypeDef, look: &mut Look<'_>) {
    let component = std::sync::Arc::clone(cx.component);
    let (word, icon, family) = type_looks(cx.types(), id);
    let head = Head {
        icon,
        family: Some(family),
        word,
        name: def.name.as_deref().unwrap_or_default(),
        stability: def.stability.as_deref(),
        to: (!look.alone).then_some(Named::Type(id)),
        wit: &|| component.type_text(id),
    };
    head.show(ui, cx, |_| (), |_, _| ());
    if look.alone {
        owner_line(ui, cx, cx.uses.home(id), def.owner.as_deref());
        ui.add_space(space::XS);
    }
    match &def.kind {
        TypeKind::Resource => {
            docs(ui, def.docs.as_deref(), look);
            members(ui, cx, id, look);
        }
        TypeKind::Alias(ty) => beside(ui, def.docs.as_deref(), look.docs(), 0.0, |ui| {
            let mut text = Linked::default();
            text.push("= ");
            text.push_all(&component.types.linked(*ty));
            wit(ui, cx, &text);
            let original = if let Type::Def(of) = ty { component.types.get(*of) } else { None };
            if let Some(owner) = original.and_then(|o| o.owner.as_deref()).filter(|o| def.owner.as_deref() != Some(o)) {
                ui.label(kit::dim(&format!("from {}", display_safe_line(owner))));
            }
        }),
        TypeKind::Record(fields) => {
            docs(ui, def.docs.as_deref(), look);
            let line =
                |i: usize| fields.get(i).map(|f| Line { name: &f.name, ty: Some(f.ty), docs: f.docs.as_deref() });
            paged(ui, cx, Named::Type(id), fields.len(), line, look);
        }
        TypeKind::Variant(cases) => {
            docs(ui, def.docs.as_deref(), look);
            let line = |i: usize| cases.get(i).map(|c| Line { name: &c.name, ty: c.ty, docs: c.docs.as_deref() });
            paged(ui, cx, Named::Type(id), cases.len(), line, look);
        }
        TypeKind::Enum(labels) | TypeKind::Flags(labels) => {
            docs(ui, def.docs.as_deref(), look);
            let line = |i: usize| labels.get(i).map(|l| Line { name: &l.name, ty: None, docs: l.docs.as_deref() });
            paged(ui, cx, Named::Type(id), labels.len(), line, look);
        }
        kind => beside(ui, def.docs.as_deref(), look.docs(), 0.0, |ui| {
            let mut text = Linked::default();
            text.push("= ");
            text.push_all(&component.types.linked_kind(kind));
            wit(ui, cx, &text);
        }),
    }
    if look.alone {
        where_used(ui, cx, def.owner.as_deref(), look);
    }
}

/// The constructor, methods and statics of a resource.
fn members(ui: &mut Ui, cx: &mut Cx<'_>, id: TypeId, look: &mut Look<'_>) {
    let component = std::sync::Arc::clone(cx.component);
    // An interface that is both imported and exported has them twice: those of the one that is looked at are shown, or
    // else those that can be called.
    let all: Vec<FunctionAt> = cx.uses.members(id).collect();
    let rank = |owner: &ExternAt| (Named::Interface(*owner) == look.of, owner.list == List::Exports);
    let chosen = all.iter().map(|at| at.owner).max_by_key(rank);
    let all: Vec<_> = all.into_iter().filter(|at| Some(at.owner) == chosen).collect();
    if all.is_empty() {
        ui.label(kit::dim("Nothing can be called on it: it has no constructor, methods or statics here"));
        return;
    }
    let most = pick(ROWS, look.alone);
    let [first, _] = look.pages;
    let from = if look.alone { pager(ui, "Functions", first, all.len(), most) } else { 0 };
    let group = |kind| match kind {
        FunctionKind::Constructor(_) => "Constructor",
        FunctionKind::Static(_) => "Statics",
        _ => "Methods",
    };
    let mut shown: Vec<_> = all
        .iter()
        .filter_map(|at| {
            let (owner, function) = component.function_at(*at)?;
            Some((group(function.kind), *at, owner, function))
        })
        .collect();
    // By the alphabet: constructor, methods, statics.
    shown.sort_by_key(|(group, ..)| *group);
    let mut before = "";
    for (group, at, owner, function) in shown.iter().skip(from).take(most) {
        if *group != before {
            let count = shown.iter().filter(|(g, ..)| g == group).count();
            title(ui, group, if *group == "Constructor" { 1 } else { count });
            before = group;
        }
        ui.push_id(at, |ui| member(ui, cx, *at, owner, function, look));
    }
    if !look.alone && shown.len() > most {
        let t = tokens(ui.ctx());
        let more = format!("{} more functions", shown.len() - most);
        if parts::link(ui, &more, fonts::text(size::BODY), t.accent, 240.0).clicked() {
            cx.follow(Named::Type(id));
        }
    }
}

fn member(ui: &mut Ui, cx: &mut Cx<'_>, at: FunctionAt, owner: &Extern, function: &Function, look: &Look<'_>) {
    let t = tokens(ui.ctx());
    beside(ui, function.docs.as_deref(), pick(DOCS, false), 3.0, |ui| {
        ui.horizontal(|ui| {
            ui.set_height(size::ROW);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if look.alone {
                    call_button(ui, cx, at, owner, function);
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let name = match function.kind {
                        FunctionKind::Constructor(_) => "constructor",
                        _ => own_name(function),
                    };
                    let room = ui.available_width() * 0.7;
                    if parts::link(ui, name, fonts::mono_strong(size::BODY), t.strong, room).clicked() {
                        cx.follow(Named::Function(at));
                    }
                    if function.is_async {
                        parts::badge(ui, "async", Tone::Info);
                    }
                    stability(ui, function.stability.as_deref());
                    if cx.imports.is_some_and(|imports| imports.is_unused(at)) {
                        parts::pill(ui, "not used");
                    }
                });
            });
        });
        signature(ui, cx, function, false);
    });
    ui.add_space(space::XS);
}
