//! Rust as `wit-bindgen` spells what a guest imports: owned types, parameters borrowed at the top.

use super::names::{self, camel, escape, shouty, snake};
use super::{Cx, Language, Page, Pen, Spelled, Speller, bits, item_name, params};
use crate::component::{Function, FunctionKind, Type, TypeDef, TypeId, TypeKind};

pub(super) struct Rust;

/// Where a type stands: that decides what is borrowed and how lifetimes are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In a definition.
    Definition,
    /// In a result, or within a parameter that is owned or already borrowed.
    Owned,
    /// The outermost of a parameter that is borrowed.
    Borrowed,
}

impl Speller for Rust {
    fn head(&self, cx: &Cx<'_>, _: &[Spelled]) -> String {
        match cx.interface {
            Some(name) => format!("// Module {}", modules(cx, name).join("::")),
            None => String::new(),
        }
    }

    fn define(&mut self, cx: &Cx<'_>, id: TypeId, def: &TypeDef, page: &mut Page) {
        let Some(name) = cx.local_name(id) else { return };
        page.docs("///", def.docs.as_deref());
        let name = format!("{name}{}", if cx.holds(Type::Def(id)).borrow { "<'a>" } else { "" });
        match &def.kind {
            TypeKind::Record(fields) => page.block(&format!("pub struct {name} {{"), "}", |page| {
                for f in fields {
                    page.docs("///", f.docs.as_deref());
                    page.line(&format!("pub {}: {},", ident(&f.name), type_text(cx, f.ty, Place::Definition)));
                }
            }),
            TypeKind::Variant(cases) => page.block(&format!("pub enum {name} {{"), "}", |page| {
                for c in cases {
                    page.docs("///", c.docs.as_deref());
                    let payload = c.ty.map(|ty| format!("({})", type_text(cx, ty, Place::Definition)));
                    page.line(&format!("{}{},", camel(&c.name), payload.unwrap_or_default()));
                }
            }),
            TypeKind::Enum(labels) => page.block(&format!("pub enum {name} {{"), "}", |page| {
                for l in labels {
                    page.docs("///", l.docs.as_deref());
                    page.line(&format!("{},", camel(&l.name)));
                }
            }),
            TypeKind::Flags(labels) => page.block("bitflags! {", "}", |page| {
                let bits = if labels.len() > 64 { 128 } else { bits(true, labels.len()) };
                page.block(&format!("pub struct {name}: u{bits} {{"), "}", |page| {
                    for (i, l) in labels.iter().enumerate() {
                        page.docs("///", l.docs.as_deref());
                        page.line(&format!("const {} = 1 << {i};", shouty(&l.name)));
                    }
                });
            }),
            TypeKind::Resource => {
                page.line(&format!("pub struct {name} {{ /* a handle */ }}"));
                if !cx.methods(id).is_empty() {
                    page.line("");
                    page.block(&format!("impl {name} {{"), "}", |page| {
                        for f in cx.methods(id) {
                            function(cx, f, page);
                        }
                    });
                }
            }
            TypeKind::Alias(ty) => {
                let of = type_text(cx, *ty, Place::Definition);
                page.line(&format!("pub type {name} = {of};"));
            }
            kind => {
                let of = cx.write(|pen| kind_into(cx, kind, Place::Definition, pen));
                page.line(&format!("pub type {name} = {of};"));
            }
        }
    }

    fn function(&mut self, cx: &Cx<'_>, f: &Function, page: &mut Page) {
        function(cx, f, page);
    }
}

fn ident(name: &str) -> String {
    escape(Language::Rust, snake(name))
}

/// The modules of an interface: `wasi`, `io`, `streams`.
fn modules(cx: &Cx<'_>, owner: &str) -> Vec<String> {
    let path = cx.path(owner);
    let mut out = Vec::new();
    if !path.namespace.is_empty() {
        let version = if cx.has_versions(&path) { path.version_word() } else { String::new() };
        out.extend([ident(path.namespace), escape(Language::Rust, format!("{}{version}", snake(path.package)))]);
    }
    out.push(ident(path.interface));
    out
}

fn function(cx: &Cx<'_>, f: &Function, page: &mut Page) {
    page.docs("///", f.docs.as_deref());
    let mut list = Vec::new();
    if matches!(f.kind, FunctionKind::Method(_)) {
        list.push("&self".to_owned());
    }
    for p in params(f) {
        let holds = cx.holds(p.ty);
        // An async function keeps its parameters until it is done.
        let is_borrowed = !f.is_async && (holds.borrow || holds.list && !holds.own);
        let place = if is_borrowed { Place::Borrowed } else { Place::Owned };
        list.push(format!("{}: {}", ident(&p.name), type_text(cx, p.ty, place)));
    }
    let (name, result) = match f.kind {
        FunctionKind::Constructor(_) => {
            let err = match f.result.and_then(|ty| cx.kind(ty)) {
                Some(TypeKind::Result { err, .. }) => Some(err.map(|ty| type_text(cx, ty, Place::Owned))),
                _ => None,
            };
            let makes = err.map(|err| format!("Result<Self, {}>", err.as_deref().unwrap_or("()")));
            ("new".to_owned(), Some(makes.unwrap_or_else(|| "Self".to_owned())))
        }
        _ => (ident(item_name(f)), f.result.map(|ty| type_text(cx, ty, Place::Owned))),
    };
    let is_async = if f.is_async { "async " } else { "" };
    let result = result.map(|r| format!(" -> {r}")).unwrap_or_default();
    page.line(&format!("pub {is_async}fn {name}({}){result};", list.join(", ")));
}

fn type_text(cx: &Cx<'_>, ty: Type, place: Place) -> String {
    cx.write(|pen| type_into(cx, ty, place, pen))
}

fn type_into(cx: &Cx<'_>, ty: Type, place: Place, pen: &mut Pen) {
    // Behind all names, a string or a list is borrowed as such.
    if place == Place::Borrowed {
        match (cx.types.resolve(ty), cx.kind(ty)) {
            (Type::String, _) => return pen.push("&str"),
            (_, Some(kind @ (TypeKind::List(_) | TypeKind::Map(..)))) => return kind_into(cx, kind, place, pen),
            _ => {}
        }
    }
    let id = match ty {
        Type::Bool => return pen.push("bool"),
        Type::S8 => return pen.push("i8"),
        Type::S16 => return pen.push("i16"),
        Type::S32 => return pen.push("i32"),
        Type::S64 => return pen.push("i64"),
        Type::U8 => return pen.push("u8"),
        Type::U16 => return pen.push("u16"),
        Type::U32 => return pen.push("u32"),
        Type::U64 => return pen.push("u64"),
        Type::F32 => return pen.push("f32"),
        Type::F64 => return pen.push("f64"),
        Type::Char => return pen.push("char"),
        Type::String => return pen.push("String"),
        Type::ErrorContext => return pen.push("wit_bindgen::rt::async_support::ErrorContext"),
        Type::Def(id) => id,
    };
    let Some(def) = cx.types.get(id) else { return pen.push("_") };
    if def.name.is_none() {
        return pen.within(|pen| kind_into(cx, &def.kind, place, pen));
    }
    if place == Place::Borrowed {
        pen.push("&");
    }
    named(cx, id, pen);
    if cx.holds(ty).borrow {
        pen.push(if place == Place::Definition { "<'a>" } else { "<'_>" });
    }
}

/// The name of a type, with its modules if it is of another interface.
fn named(cx: &Cx<'_>, id: TypeId, pen: &mut Pen) {
    if let Some(name) = cx.local_name(id) {
        return pen.push(name);
    }
    if let Some((owner, name)) = cx.foreign(id) {
        let depth = cx.interface.map_or(0, |own| modules(cx, own).len());
        pen.push(&"super::".repeat(depth));
        pen.push(&modules(cx, owner).join("::"));
        pen.push("::");
        return pen.push(&names::of_type(Language::Rust, name));
    }
    let name = cx.types.get(id).and_then(|d| d.name.as_deref()).unwrap_or("unnamed");
    pen.push(&names::of_type(Language::Rust, name));
}

fn kind_into(cx: &Cx<'_>, kind: &TypeKind, place: Place, pen: &mut Pen) {
    let inner = if place == Place::Definition { place } else { Place::Owned };
    let optional = |ty: &Option<Type>, place, pen: &mut Pen| match ty {
        Some(ty) => type_into(cx, *ty, place, pen),
        None => pen.push("()"),
    };
    match kind {
        TypeKind::List(t) => {
            pen.push(if place == Place::Borrowed { "&[" } else { "Vec<" });
            type_into(cx, *t, inner, pen);
            pen.push(if place == Place::Borrowed { "]" } else { ">" });
        }
        TypeKind::Map(k, v) => {
            pen.push(if place == Place::Borrowed { "&wit_bindgen::rt::Map<" } else { "wit_bindgen::rt::Map<" });
            type_into(cx, *k, inner, pen);
            pen.push(", ");
            type_into(cx, *v, inner, pen);
            pen.push(">");
        }
        TypeKind::FixedList(t, n) => {
            pen.push("[");
            type_into(cx, *t, inner, pen);
            pen.push(&format!("; {n}]"));
        }
        TypeKind::Option(t) => {
            pen.push("Option<");
            type_into(cx, *t, place, pen);
            pen.push(">");
        }
        TypeKind::Result { ok, err } => {
            pen.push("Result<");
            optional(ok, place, pen);
            pen.push(", ");
            optional(err, place, pen);
            pen.push(">");
        }
        TypeKind::Tuple(ts) => {
            pen.push("(");
            pen.list(ts, ", ", |pen, t| type_into(cx, *t, place, pen));
            pen.push(if ts.len() == 1 { ",)" } else { ")" });
        }
        TypeKind::Stream(t) | TypeKind::Future(t) => {
            let word = if matches!(kind, TypeKind::Stream(_)) { "StreamReader" } else { "FutureReader" };
            pen.push(&format!("wit_bindgen::rt::async_support::{word}<"));
            optional(t, inner, pen);
            pen.push(">");
        }
        TypeKind::Own(id) => named(cx, *id, pen),
        TypeKind::Borrow(id) => {
            pen.push(if place == Place::Definition { "&'a " } else { "&" });
            named(cx, *id, pen);
        }
        TypeKind::Alias(t) => type_into(cx, *t, place, pen),
        TypeKind::Record(_) | TypeKind::Variant(_) | TypeKind::Enum(_) | TypeKind::Flags(_) | TypeKind::Resource => {
            pen.push("_");
        }
    }
}
