//! TypeScript as `jco` declares it: variants and results as objects with a tag, 64-bit integers as `bigint`, resources as
//! classes. A function whose result is a `result` returns the one and throws the other.

use super::names::{self, camel, escape, is_reserved, lower_camel};
use super::{Cx, Language, Page, Pen, Spelled, Speller, failing, item_name, params};
use crate::component::{Function, FunctionKind, Type, TypeDef, TypeId, TypeKind};
use crate::diag::{display_safe, display_safe_line};

/// Helper types that were needed.
#[derive(Default)]
pub(super) struct TypeScript {
    needs_option: bool,
    needs_result: bool,
}

impl Speller for TypeScript {
    fn head(&self, cx: &Cx<'_>, _: &[Spelled]) -> String {
        match cx.interface {
            Some(name) => format!("/** @module Interface {} **/", safe(&display_safe_line(name))),
            None => String::new(),
        }
    }

    fn tail(&self) -> String {
        let option = "export type Option<T> = { tag: 'none' } | { tag: 'some', val: T };";
        let result = "export type Result<T, E> = { tag: 'ok', val: T } | { tag: 'err', val: E };";
        let needed = [self.needs_option.then_some(option), self.needs_result.then_some(result)];
        needed.into_iter().flatten().collect::<Vec<_>>().join("\n")
    }

    fn define(&mut self, cx: &Cx<'_>, id: TypeId, def: &TypeDef, page: &mut Page) {
        let Some(name) = cx.local_name(id) else { return };
        docs(page, def.docs.as_deref(), None);
        match &def.kind {
            TypeKind::Record(fields) => page.block(&format!("export interface {name} {{"), "}", |page| {
                for f in fields {
                    docs(page, f.docs.as_deref(), None);
                    let (mark, ty) = nullable(cx, f.ty).map_or(("", f.ty), |ty| ("?", ty));
                    page.line(&format!("{}{mark}: {},", member(&f.name), self.text(cx, ty)));
                }
            }),
            TypeKind::Variant(cases) => {
                let names: Vec<_> =
                    cases.iter().map(|c| cx.claim(camel(&format!("{name}-{}", camel(&c.name))))).collect();
                page.line(&format!("export type {name} = {};", names.join(" | ")));
                for (c, name) in cases.iter().zip(&names) {
                    docs(page, c.docs.as_deref(), None);
                    page.block(&format!("export interface {name} {{"), "}", |page| {
                        page.line(&format!("tag: {},", quoted(&c.name)));
                        if let Some(ty) = c.ty {
                            page.line(&format!("val: {},", self.text(cx, ty)));
                        }
                    });
                }
            }
            TypeKind::Enum(labels) if labels.iter().all(|l| l.docs.is_none()) => {
                let labels: Vec<_> = labels.iter().map(|l| quoted(&l.name)).collect();
                page.line(&format!("export type {name} = {};", labels.join(" | ")));
            }
            TypeKind::Enum(labels) => page.block(&format!("export type {name} ="), "", |page| {
                for (i, l) in labels.iter().enumerate() {
                    docs(page, l.docs.as_deref(), None);
                    let end = if i + 1 == labels.len() { ";" } else { "" };
                    page.line(&format!("| {}{end}", quoted(&l.name)));
                }
            }),
            TypeKind::Flags(labels) => page.block(&format!("export interface {name} {{"), "}", |page| {
                for l in labels {
                    docs(page, l.docs.as_deref(), None);
                    page.line(&format!("{}?: boolean,", lower_camel(&l.name)));
                }
            }),
            TypeKind::Resource => page.block(&format!("export class {name} {{"), "}", |page| {
                let functions = cx.methods(id);
                if !functions.iter().any(|f| matches!(f.kind, FunctionKind::Constructor(_))) {
                    page.line("/** This type does not have a public constructor. */");
                    page.line("private constructor();");
                }
                for f in functions {
                    self.signature(cx, f, page);
                }
            }),
            TypeKind::Alias(ty) => page.line(&format!("export type {name} = {};", self.text(cx, *ty))),
            kind => {
                let of = cx.write(|pen| self.kind_into(cx, kind, pen));
                page.line(&format!("export type {name} = {of};"));
            }
        }
    }

    fn function(&mut self, cx: &Cx<'_>, f: &Function, page: &mut Page) {
        self.signature(cx, f, page);
    }
}

impl TypeScript {
    fn signature(&mut self, cx: &Cx<'_>, f: &Function, page: &mut Page) {
        let failing = failing(cx, f);
        let throws = failing.map(|(_, err)| err.map_or("void".to_owned(), |ty| self.text(cx, ty)));
        docs(page, f.docs.as_deref(), throws.as_deref());
        let list: Vec<_> = params(f)
            .iter()
            .map(|p| format!("{}: {}", escape(Language::TypeScript, lower_camel(&p.name)), self.text(cx, p.ty)))
            .collect();
        let list = list.join(", ");
        let result = match failing {
            Some((ok, _)) => ok,
            None => f.result,
        };
        let result = result.map_or("void".to_owned(), |ty| self.text(cx, ty));
        let result = if f.is_async { format!("Promise<{result}>") } else { result };
        let name = lower_camel(item_name(f));
        match f.kind {
            FunctionKind::Constructor(_) => page.line(&format!("constructor({list});")),
            FunctionKind::Method(id) | FunctionKind::Static(id) if cx.local_name(id).is_some() => {
                let is_static = if matches!(f.kind, FunctionKind::Static(_)) { "static " } else { "" };
                let name = if is_reserved(Language::TypeScript, &name) { format!("'{name}'") } else { name };
                page.line(&format!("{is_static}{name}({list}): {result};"));
            }
            // A name that cannot be declared can still be exported.
            _ if is_reserved(Language::TypeScript, &name) => {
                page.line(&format!("export {{ _{name} as {name} }};"));
                page.line(&format!("declare function _{name}({list}): {result};"));
            }
            _ => page.line(&format!("export function {name}({list}): {result};")),
        }
    }

    fn text(&mut self, cx: &Cx<'_>, ty: Type) -> String {
        cx.write(|pen| self.type_into(cx, ty, pen))
    }

    fn type_into(&mut self, cx: &Cx<'_>, ty: Type, pen: &mut Pen) {
        match ty {
            Type::Bool => pen.push("boolean"),
            Type::S64 | Type::U64 => pen.push("bigint"),
            Type::Char | Type::String => pen.push("string"),
            Type::Def(id) => match cx.types.get(id) {
                Some(def) if def.name.is_some() => named(cx, id, pen),
                Some(def) => pen.within(|pen| self.kind_into(cx, &def.kind, pen)),
                None => pen.push("unknown"),
            },
            // A handle's number stands for an error context.
            _ => pen.push("number"),
        }
    }

    fn optional(&mut self, cx: &Cx<'_>, ty: Option<Type>, pen: &mut Pen) {
        match ty {
            Some(ty) => self.type_into(cx, ty, pen),
            None => pen.push("void"),
        }
    }

    fn kind_into(&mut self, cx: &Cx<'_>, kind: &TypeKind, pen: &mut Pen) {
        let mut generic = |word: &str, types: &[Option<Type>], pen: &mut Pen| {
            pen.push(word);
            pen.push("<");
            pen.list(types, ", ", |pen, ty| self.optional(cx, *ty, pen));
            pen.push(">");
        };
        match kind {
            TypeKind::List(t) => match typed_array(cx.types.resolve(*t)) {
                Some(name) => pen.push(name),
                None => generic("Array", &[Some(*t)], pen),
            },
            // Longer ones would fill pages.
            TypeKind::FixedList(t, n) if *n <= 32 => {
                pen.push("[");
                pen.list(&vec![*t; *n as usize], ", ", |pen, ty| self.type_into(cx, *ty, pen));
                pen.push("]");
            }
            TypeKind::FixedList(t, _) => generic("Array", &[Some(*t)], pen),
            TypeKind::Map(k, v) => generic("Map", &[Some(*k), Some(*v)], pen),
            TypeKind::Option(t) if nullable(cx, *t).is_some() => {
                generic("Option", &[Some(*t)], pen);
                self.needs_option = true;
            }
            TypeKind::Option(t) => {
                self.type_into(cx, *t, pen);
                pen.push(" | undefined");
            }
            TypeKind::Result { ok, err } => {
                generic("Result", &[*ok, *err], pen);
                self.needs_result = true;
            }
            TypeKind::Tuple(ts) => {
                pen.push("[");
                pen.list(ts, ", ", |pen, ty| self.type_into(cx, *ty, pen));
                pen.push("]");
            }
            TypeKind::Stream(t) => generic("AsyncIterable", &[*t], pen),
            TypeKind::Future(t) => generic("PromiseLike", &[*t], pen),
            TypeKind::Own(id) | TypeKind::Borrow(id) => named(cx, *id, pen),
            TypeKind::Alias(t) => self.type_into(cx, *t, pen),
            TypeKind::Record(_)
            | TypeKind::Variant(_)
            | TypeKind::Enum(_)
            | TypeKind::Flags(_)
            | TypeKind::Resource => {
                pen.push("unknown");
            }
        }
    }
}

fn named(cx: &Cx<'_>, id: TypeId, pen: &mut Pen) {
    if let Some(name) = cx.local_name(id) {
        return pen.push(name);
    }
    if let Some((owner, _)) = cx.foreign(id) {
        let folder = if cx.interface.is_some() { "./" } else { "./interfaces/" };
        pen.push(&format!("import('{folder}{}.js').", names::file(owner)));
    }
    let name = cx.types.get(id).and_then(|d| d.name.as_deref()).unwrap_or("unnamed");
    pen.push(&camel(name));
}

/// What an option holds, if it can be written as "that or undefined": not if that may be undefined itself.
fn nullable(cx: &Cx<'_>, ty: Type) -> Option<Type> {
    let held = |ty: Type| match cx.kind(ty) {
        Some(TypeKind::Option(t)) => Some(*t),
        _ => None,
    };
    let direct = held(ty)?;
    let levels = std::iter::successors(Some(direct), |ty| held(*ty)).take(200).count();
    (levels % 2 == 1).then_some(direct)
}

fn typed_array(ty: Type) -> Option<&'static str> {
    Some(match ty {
        Type::U8 => "Uint8Array",
        Type::S8 => "Int8Array",
        Type::U16 => "Uint16Array",
        Type::S16 => "Int16Array",
        Type::U32 => "Uint32Array",
        Type::S32 => "Int32Array",
        Type::U64 => "BigUint64Array",
        Type::S64 => "BigInt64Array",
        Type::F32 => "Float32Array",
        Type::F64 => "Float64Array",
        _ => return None,
    })
}

fn member(name: &str) -> String {
    let name = lower_camel(name);
    if is_reserved(Language::TypeScript, &name) { format!("'{name}'") } else { name }
}

fn quoted(name: &str) -> String {
    format!("'{}'", display_safe_line(name).replace('\\', "\\\\").replace('\'', "\\'"))
}

/// Text that does not end the comment it stands in.
fn safe(text: &str) -> String {
    text.replace("*/", "*\\/")
}

fn docs(page: &mut Page, docs: Option<&str>, throws: Option<&str>) {
    let throws = throws.map(|ty| format!("@throws {{{ty}}}"));
    let text = docs.map(|d| safe(&display_safe(d)));
    let lines: Vec<&str> = text.iter().flat_map(|t| t.lines()).chain(throws.as_deref()).collect();
    match lines.as_slice() {
        [] => {}
        [line] => page.line(&format!("/** {line} */")),
        lines => {
            page.line("/**");
            for line in lines {
                page.line(format!(" * {line}").trim_end());
            }
            page.line(" */");
        }
    }
}
