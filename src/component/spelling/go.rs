//! Go as `wit-bindgen` spells what a guest imports, with the helper types of `go.bytecodealliance.org/pkg/wit/types`.
//! Functions stand without their bodies.

use super::names::{self, camel, escape, lower_camel, snake};
use super::{Cx, Language, Page, Pen, Spelled, Speller, bits, item_name, params};
use crate::component::{Function, FunctionKind, Label, Type, TypeDef, TypeId, TypeKind};
use std::collections::BTreeSet;

/// Packages of other interfaces that were needed.
#[derive(Default)]
pub(super) struct Go {
    packages: BTreeSet<String>,
}

impl Speller for Go {
    fn head(&self, cx: &Cx<'_>, items: &[Spelled]) -> String {
        let mut out = format!("package {}", cx.interface.map_or("wit_world".to_owned(), |name| package(cx, name)));
        let mut imports: Vec<_> = self.packages.iter().map(|p| format!("\t\"wit_component/{p}\"\n")).collect();
        for (word, path) in [("witRuntime", "runtime"), ("witTypes", "types")] {
            if items.iter().any(|item| item.text.contains(&format!("{word}."))) {
                imports.push(format!("\t{word} \"go.bytecodealliance.org/pkg/wit/{path}\"\n"));
            }
        }
        if !imports.is_empty() {
            out += &format!("\n\nimport (\n{})", imports.concat());
        }
        out
    }

    fn define(&mut self, cx: &Cx<'_>, id: TypeId, def: &TypeDef, page: &mut Page) {
        let Some(name) = cx.local_name(id) else { return };
        match &def.kind {
            TypeKind::Record(fields) => {
                page.docs("//", def.docs.as_deref());
                page.block(&format!("type {name} struct {{"), "}", |page| {
                    for f in fields {
                        page.docs("//", f.docs.as_deref());
                        page.line(&format!("{} {}", camel(&f.name), self.text(cx, f.ty)));
                    }
                });
            }
            TypeKind::Variant(cases) => {
                let int = format!("uint{}", bits(false, cases.len()));
                let names: Vec<_> = cases.iter().map(|c| cx.claim(format!("{name}{}", camel(&c.name)))).collect();
                page.block("const (", ")", |page| {
                    for (i, (c, name)) in cases.iter().zip(&names).enumerate() {
                        page.docs("//", c.docs.as_deref());
                        page.line(&format!("{name} {int} = {i}"));
                    }
                });
                page.line("");
                page.docs("//", def.docs.as_deref());
                page.block(&format!("type {name} struct {{"), "}", |page| {
                    page.line(&format!("tag {int}"));
                    page.line("value any");
                });
                page.line("");
                page.line(&format!("func (self {name}) Tag() {int}"));
                for c in cases {
                    if let Some(ty) = c.ty {
                        page.line(&format!("func (self {name}) {}() {}", camel(&c.name), self.text(cx, ty)));
                    }
                }
                for c in cases {
                    let value = c.ty.map(|ty| format!("value {}", self.text(cx, ty))).unwrap_or_default();
                    let maker = cx.claim(format!("Make{name}{}", camel(&c.name)));
                    page.line(&format!("func {maker}({value}) {name}"));
                }
            }
            TypeKind::Enum(labels) => {
                let int = format!("uint{}", bits(false, labels.len()));
                constants(cx, name, labels, &int, "", page);
                page.docs("//", def.docs.as_deref());
                page.line(&format!("type {name} = {int}"));
            }
            TypeKind::Flags(labels) => {
                let int = format!("uint{}", bits(true, labels.len()));
                constants(cx, name, labels, &int, "1 << ", page);
                page.docs("//", def.docs.as_deref());
                page.line(&format!("type {name} = {int}"));
            }
            TypeKind::Resource => {
                page.docs("//", def.docs.as_deref());
                page.block(&format!("type {name} struct {{"), "}", |page| page.line("handle *witRuntime.Handle"));
                page.line("");
                for f in cx.methods(id) {
                    self.signature(cx, f, page);
                }
                page.line(&format!("func (self *{name}) Drop()"));
            }
            TypeKind::Alias(ty) => {
                page.docs("//", def.docs.as_deref());
                page.line(&format!("type {name} = {}", self.text(cx, *ty)));
            }
            kind => {
                page.docs("//", def.docs.as_deref());
                let of = cx.write(|pen| self.kind_into(cx, kind, pen));
                page.line(&format!("type {name} = {of}"));
            }
        }
    }

    fn function(&mut self, cx: &Cx<'_>, f: &Function, page: &mut Page) {
        self.signature(cx, f, page);
    }
}

/// A constant for each case of an enum or name of flags.
fn constants(cx: &Cx<'_>, name: &str, labels: &[Label], int: &str, shift: &str, page: &mut Page) {
    page.block("const (", ")", |page| {
        for (i, l) in labels.iter().enumerate() {
            page.docs("//", l.docs.as_deref());
            page.line(&format!("{} {int} = {shift}{i}", cx.claim(format!("{name}{}", camel(&l.name)))));
        }
    });
    page.line("");
}

impl Go {
    fn signature(&mut self, cx: &Cx<'_>, f: &Function, page: &mut Page) {
        page.docs("//", f.docs.as_deref());
        let list: Vec<_> = params(f)
            .iter()
            .map(|p| format!("{} {}", escape(Language::Go, lower_camel(&p.name)), self.text(cx, p.ty)))
            .collect();
        // A tuple is returned as several results.
        let result = match f.result {
            Some(Type::Def(id)) => match cx.types.get(id) {
                Some(TypeDef { name: None, kind: TypeKind::Tuple(types), .. }) => {
                    let types = cx.write(|pen| pen.list(types, ", ", |pen, ty| self.type_into(cx, *ty, pen)));
                    format!(" ({types})")
                }
                _ => format!(" {}", self.text(cx, Type::Def(id))),
            },
            Some(ty) => format!(" {}", self.text(cx, ty)),
            None => String::new(),
        };
        let of = |id| cx.local_name(id).unwrap_or("Unnamed");
        let name = camel(item_name(f));
        let name = match f.kind {
            FunctionKind::Method(id) => format!("(self *{}) {name}", of(id)),
            FunctionKind::Static(id) => cx.claim(format!("{}{name}", of(id))),
            FunctionKind::Constructor(id) => cx.claim(format!("Make{}", of(id))),
            FunctionKind::Freestanding => cx.claim(name),
        };
        page.line(&format!("func {name}({}){result}", list.join(", ")));
    }

    fn text(&mut self, cx: &Cx<'_>, ty: Type) -> String {
        cx.write(|pen| self.type_into(cx, ty, pen))
    }

    fn type_into(&mut self, cx: &Cx<'_>, ty: Type, pen: &mut Pen) {
        match ty {
            Type::Bool => pen.push("bool"),
            Type::S8 => pen.push("int8"),
            Type::S16 => pen.push("int16"),
            Type::S32 => pen.push("int32"),
            Type::S64 => pen.push("int64"),
            Type::U8 => pen.push("uint8"),
            Type::U16 => pen.push("uint16"),
            Type::U32 => pen.push("uint32"),
            Type::U64 => pen.push("uint64"),
            Type::F32 => pen.push("float32"),
            Type::F64 => pen.push("float64"),
            Type::Char => pen.push("rune"),
            Type::String => pen.push("string"),
            Type::ErrorContext => pen.push("witTypes.ErrorContext"),
            Type::Def(id) => match cx.types.get(id) {
                Some(def) if def.name.is_some() => self.named(cx, id, pen),
                Some(def) => pen.within(|pen| self.kind_into(cx, &def.kind, pen)),
                None => pen.push("any"),
            },
        }
    }

    fn named(&mut self, cx: &Cx<'_>, id: TypeId, pen: &mut Pen) {
        if let Some(name) = cx.local_name(id) {
            return pen.push(name);
        }
        if let Some((owner, _)) = cx.foreign(id) {
            let package = package(cx, owner);
            pen.push(&package);
            pen.push(".");
            self.packages.insert(package);
        }
        let name = cx.types.get(id).and_then(|d| d.name.as_deref()).unwrap_or("unnamed");
        pen.push(&names::of_type(Language::Go, name));
    }

    fn kind_into(&mut self, cx: &Cx<'_>, kind: &TypeKind, pen: &mut Pen) {
        let mut generic = |word: &str, types: &[Option<Type>], pen: &mut Pen| {
            pen.push(word);
            pen.push("[");
            pen.list(types, ", ", |pen, ty| match ty {
                Some(ty) => self.type_into(cx, *ty, pen),
                None => pen.push("witTypes.Unit"),
            });
            pen.push("]");
        };
        match kind {
            TypeKind::List(t) => {
                pen.push("[]");
                self.type_into(cx, *t, pen);
            }
            TypeKind::FixedList(t, n) => {
                pen.push(&format!("[{n}]"));
                self.type_into(cx, *t, pen);
            }
            TypeKind::Map(k, v) => {
                generic("map", &[Some(*k)], pen);
                self.type_into(cx, *v, pen);
            }
            TypeKind::Option(t) => generic("witTypes.Option", &[Some(*t)], pen),
            TypeKind::Result { ok, err } => generic("witTypes.Result", &[*ok, *err], pen),
            TypeKind::Tuple(ts) => {
                let types: Vec<_> = ts.iter().copied().map(Some).collect();
                generic(&format!("witTypes.Tuple{}", ts.len()), &types, pen);
            }
            TypeKind::Stream(t) => generic("*witTypes.StreamReader", &[*t], pen),
            TypeKind::Future(t) => generic("*witTypes.FutureReader", &[*t], pen),
            TypeKind::Own(id) | TypeKind::Borrow(id) => {
                pen.push("*");
                self.named(cx, *id, pen);
            }
            TypeKind::Alias(t) => self.type_into(cx, *t, pen),
            TypeKind::Record(_)
            | TypeKind::Variant(_)
            | TypeKind::Enum(_)
            | TypeKind::Flags(_)
            | TypeKind::Resource => {
                pen.push("any");
            }
        }
    }
}

/// The package of an interface: `wasi_io_streams`.
fn package(cx: &Cx<'_>, owner: &str) -> String {
    let path = cx.path(owner);
    if path.namespace.is_empty() {
        return escape(Language::Go, snake(path.interface));
    }
    let version = if cx.has_versions(&path) { format!("{}_", path.version_word()) } else { String::new() };
    let name = format!("{}_{}_{version}{}", snake(path.namespace), snake(path.package), snake(path.interface));
    escape(Language::Go, name)
}
