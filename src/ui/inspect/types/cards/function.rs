//! The card of a function.

use super::super::Cx;
use super::Look;
use super::head::{Head, owner_line, pointing};
use super::layout::{Line, beside, lines, paged, title};
use super::wit::signature;
use crate::component::{Component, Extern, Function, FunctionAt, FunctionKind, Item, Kind, List, Named};
use crate::diag::display_safe_line;
use crate::project::Target;
use crate::ui::panels::Request;
use crate::ui::parts::{self, Button};
use crate::ui::theme::{Tone, icons, space};
use egui::Ui;

fn function_word(kind: FunctionKind) -> &'static str {
    match kind {
        FunctionKind::Freestanding => "function",
        FunctionKind::Method(_) => "method",
        FunctionKind::Static(_) => "static function",
        FunctionKind::Constructor(_) => "constructor",
    }
}

/// The name without the resource, which says itself around it.
pub(super) fn own_name(function: &Function) -> &str {
    let name = function.display_name();
    name.rsplit('.').next().unwrap_or(name)
}

fn function_wit(component: &Component, function: &Function) -> String {
    match function.kind {
        FunctionKind::Constructor(_) => format!("{};", component.signature(function)),
        _ => format!("{}: {};", own_name(function), component.signature(function)),
    }
}

pub(super) fn call_button(ui: &mut Ui, cx: &mut Cx<'_>, at: FunctionAt, owner: &Extern, function: &Function) {
    if at.owner.list != List::Exports || cx.component.kind != Kind::Component {
        return;
    }
    let name = format!("Call {}…", display_safe_line(function.display_name()));
    let response = ui.add(Button::new("Call…").icon(icons::PLAY).quiet());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
    if response.clicked() {
        let interface = matches!(owner.item, Item::Interface(_)).then(|| owner.name.clone());
        let target = Target::Component(cx.component.digest);
        cx.outbox.request(Request::Invoke(target, interface, function.name.clone()));
    }
}

pub(super) fn function_card(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    at: FunctionAt,
    owner: &Extern,
    function: &Function,
    look: &mut Look<'_>,
) {
    let component = std::sync::Arc::clone(cx.component);
    let named = Named::Function(at);
    let head = Head {
        icon: icons::FUNCTION,
        family: function.result.map(|ty| cx.types().family(ty)),
        word: function_word(function.kind),
        name: function.display_name(),
        stability: function.stability.as_deref(),
        to: (!look.alone).then_some(named),
        wit: &|| function_wit(&component, function),
    };
    let is_unused = cx.imports.is_some_and(|imports| imports.is_unused(at));
    let marks = |ui: &mut Ui| {
        if function.is_async {
            parts::badge(ui, "async", Tone::Info);
        }
        if is_unused {
            parts::pill(ui, "not used");
        }
    };
    head.show(ui, cx, marks, |ui, cx| call_button(ui, cx, at, owner, function));
    if look.alone {
        owner_line(ui, cx, Some(at.owner), None);
        if let FunctionKind::Method(id) | FunctionKind::Static(id) | FunctionKind::Constructor(id) = function.kind {
            let name = component.types.get(id).and_then(|d| d.name.clone()).unwrap_or_default();
            pointing(ui, cx, "of the resource", &name, Named::Type(id));
        }
        ui.add_space(space::XS);
    }
    beside(ui, function.docs.as_deref(), look.docs(), 0.0, |ui| signature(ui, cx, function, look.alone));
    if !look.alone {
        return;
    }
    let params = function.own_params();
    if !params.is_empty() {
        title(ui, "Parameters", params.len());
        let line = |i: usize| {
            let param = params.get(i)?;
            Some(Line { name: &param.name, ty: Some(param.ty), docs: component.types.summary(param.ty) })
        };
        paged(ui, cx, named, params.len(), line, look);
    }
    if let Some(ty) = function.result {
        title(ui, "Result", 1);
        lines(ui, cx, vec![Line { name: "", ty: Some(ty), docs: component.types.summary(ty) }]);
    }
}
