//! Python as `componentize-py` spells it: data classes, unions of them, `Optional`. A function whose result is a `result`
//! returns the one and raises the other as `Err`. Names for types, which that generator leaves out, stay as assignments.

use super::names::{self, camel, escape, shouty, snake};
use super::{Cx, Language, Page, Pen, Spelled, Speller, failing, item_name, params};
use crate::component::{Function, FunctionKind, Type, TypeDef, TypeId, TypeKind};
use crate::diag::display_safe;
use std::collections::BTreeSet;

/// Modules of other interfaces that were needed.
#[derive(Default)]
pub(super) struct Python {
    modules: BTreeSet<String>,
}

/// What a module may need, and where it comes from.
const IMPORTS: [(&str, &[&str]); 6] = [
    ("dataclasses", &["dataclass"]),
    ("enum", &["Enum", "Flag", "auto"]),
    ("typing", &["Dict", "List", "Optional", "Self", "Tuple", "Union"]),
    ("componentize_py_types", &["Err", "Result", "Some"]),
    ("componentize_py_async_support.streams", &["ByteStreamReader", "StreamReader"]),
    ("componentize_py_async_support.futures", &["FutureReader"]),
];

impl Speller for Python {
    fn head(&self, cx: &Cx<'_>, items: &[Spelled]) -> String {
        let mut out = match cx.interface {
            Some(name) => vec![format!("# Module wit_world.imports.{}", module(cx, name))],
            None => vec!["# Module wit_world".to_owned()],
        };
        let mut used = BTreeSet::new();
        for item in items {
            used.extend(item.text.split(|c: char| !c.is_alphanumeric() && c != '_'));
        }
        for (from, names) in IMPORTS {
            let names: Vec<_> = names.iter().copied().filter(|name| used.contains(name)).collect();
            if !names.is_empty() {
                out.push(format!("from {from} import {}", names.join(", ")));
            }
        }
        let from = if cx.interface.is_some() { "..imports" } else { ".imports" };
        out.extend(self.modules.iter().map(|m| format!("from {from} import {m}")));
        out.join("\n")
    }

    fn define(&mut self, cx: &Cx<'_>, id: TypeId, def: &TypeDef, page: &mut Page) {
        let Some(name) = cx.local_name(id) else { return };
        match &def.kind {
            TypeKind::Record(fields) => {
                page.line("@dataclass");
                page.block(&format!("class {name}:"), "", |page| {
                    docs(page, def.docs.as_deref(), None);
                    for f in fields {
                        page.line(&format!("{}: {}", ident(&f.name), self.text(cx, f.ty, None)));
                        docs(page, f.docs.as_deref(), None);
                    }
                    if fields.is_empty() {
                        page.line("pass");
                    }
                });
            }
            TypeKind::Variant(cases) => {
                let names: Vec<_> = cases
                    .iter()
                    .map(|c| cx.claim(format!("{name}_{}", escape(Language::Python, camel(&c.name)))))
                    .collect();
                for (c, name) in cases.iter().zip(&names) {
                    page.line("@dataclass");
                    page.block(&format!("class {name}:"), "", |page| {
                        docs(page, c.docs.as_deref(), None);
                        match c.ty {
                            Some(ty) => page.line(&format!("value: {}", self.text(cx, ty, None))),
                            None => page.line("pass"),
                        }
                    });
                    page.line("");
                }
                page.line(&format!("{name} = Union[{}]", names.join(", ")));
                docs(page, def.docs.as_deref(), None);
            }
            TypeKind::Enum(labels) | TypeKind::Flags(labels) => {
                let is_enum = matches!(def.kind, TypeKind::Enum(_));
                let base = if is_enum { "Enum" } else { "Flag" };
                page.block(&format!("class {name}({base}):"), "", |page| {
                    docs(page, def.docs.as_deref(), None);
                    for (i, l) in labels.iter().enumerate() {
                        let value = if is_enum { i.to_string() } else { "auto()".to_owned() };
                        page.line(&format!("{} = {value}", shouty(&l.name)));
                        docs(page, l.docs.as_deref(), None);
                    }
                    if labels.is_empty() {
                        page.line("pass");
                    }
                });
            }
            TypeKind::Resource => page.block(&format!("class {name}:"), "", |page| {
                docs(page, def.docs.as_deref(), None);
                for f in cx.methods(id) {
                    self.signature(cx, f, Some(id), page);
                }
                if cx.methods(id).is_empty() && def.docs.is_none() {
                    page.line("pass");
                }
            }),
            TypeKind::Alias(ty) => {
                page.line(&format!("{name} = {}", self.text(cx, *ty, None)));
                docs(page, def.docs.as_deref(), None);
            }
            kind => {
                let of = cx.write(|pen| self.kind_into(cx, kind, None, pen));
                page.line(&format!("{name} = {of}"));
                docs(page, def.docs.as_deref(), None);
            }
        }
    }

    fn function(&mut self, cx: &Cx<'_>, f: &Function, page: &mut Page) {
        self.signature(cx, f, None, page);
    }
}

impl Python {
    /// A function; `of` is the resource in whose class it stands.
    fn signature(&mut self, cx: &Cx<'_>, f: &Function, of: Option<TypeId>, page: &mut Page) {
        let failing = failing(cx, f);
        let (mut list, mut name) = (Vec::new(), ident(item_name(f)));
        match f.kind {
            FunctionKind::Method(_) => list.push("self".to_owned()),
            FunctionKind::Constructor(_) => {
                list.push("self".to_owned());
                name = "__init__".to_owned();
            }
            FunctionKind::Static(_) if of.is_some() => {
                page.line("@classmethod");
                list.push("cls".to_owned());
            }
            FunctionKind::Static(_) | FunctionKind::Freestanding => {}
        }
        for p in params(f) {
            let mut name = ident(&p.name);
            if list.contains(&name) {
                name.push('_');
            }
            list.push(format!("{name}: {}", self.text(cx, p.ty, of)));
        }
        let result = match (f.kind, failing) {
            (FunctionKind::Constructor(_), _) => None,
            (_, Some((ok, _))) => ok,
            (_, None) => f.result,
        };
        let result = result.map_or("None".to_owned(), |ty| self.text(cx, ty, of));
        let raises = failing.map(|(_, err)| err.map_or("None".to_owned(), |ty| self.text(cx, ty, of)));
        let is_async = if f.is_async { "async " } else { "" };
        let head = format!("{is_async}def {name}({}) -> {result}:", list.join(", "));
        if f.docs.is_none() && raises.is_none() {
            page.line(&format!("{head} ..."));
        } else {
            page.block(&head, "", |page| docs(page, f.docs.as_deref(), raises.as_deref()));
        }
    }

    fn text(&mut self, cx: &Cx<'_>, ty: Type, of: Option<TypeId>) -> String {
        cx.write(|pen| self.type_into(cx, ty, of, pen))
    }

    fn type_into(&mut self, cx: &Cx<'_>, ty: Type, of: Option<TypeId>, pen: &mut Pen) {
        match ty {
            Type::Bool => pen.push("bool"),
            Type::F32 | Type::F64 => pen.push("float"),
            Type::Char | Type::String => pen.push("str"),
            Type::Def(id) => match cx.types.get(id) {
                Some(def) if def.name.is_some() => self.named(cx, id, of, pen),
                Some(def) => pen.within(|pen| self.kind_into(cx, &def.kind, of, pen)),
                None => pen.push("object"),
            },
            // A handle's number stands for an error context.
            _ => pen.push("int"),
        }
    }

    fn named(&mut self, cx: &Cx<'_>, id: TypeId, of: Option<TypeId>, pen: &mut Pen) {
        if of == Some(id) {
            return pen.push("Self");
        }
        if let Some(name) = cx.local_name(id) {
            return pen.push(name);
        }
        if let Some((owner, _)) = cx.foreign(id) {
            let module = module(cx, owner);
            pen.push(&module);
            pen.push(".");
            self.modules.insert(module);
        }
        let name = cx.types.get(id).and_then(|d| d.name.as_deref()).unwrap_or("unnamed");
        pen.push(&names::of_type(Language::Python, name));
    }

    fn kind_into(&mut self, cx: &Cx<'_>, kind: &TypeKind, of: Option<TypeId>, pen: &mut Pen) {
        let mut generic = |word: &str, types: &[Option<Type>], pen: &mut Pen| {
            pen.push(word);
            pen.push("[");
            pen.list(types, ", ", |pen, ty| match ty {
                Some(ty) => self.type_into(cx, *ty, of, pen),
                None => pen.push("None"),
            });
            pen.push("]");
        };
        let is_byte = |ty: &Type| cx.types.resolve(*ty) == Type::U8;
        match kind {
            TypeKind::List(t) if is_byte(t) => pen.push("bytes"),
            TypeKind::List(t) | TypeKind::FixedList(t, _) => generic("List", &[Some(*t)], pen),
            TypeKind::Map(k, v) => generic("Dict", &[Some(*k), Some(*v)], pen),
            // What is there has to be told from what is not.
            TypeKind::Option(t) if matches!(cx.kind(*t), Some(TypeKind::Option(_))) => {
                pen.push("Optional[");
                generic("Some", &[Some(*t)], pen);
                pen.push("]");
            }
            TypeKind::Option(t) => generic("Optional", &[Some(*t)], pen),
            TypeKind::Result { ok, err } => generic("Result", &[*ok, *err], pen),
            TypeKind::Tuple(ts) => generic("Tuple", &ts.iter().copied().map(Some).collect::<Vec<_>>(), pen),
            TypeKind::Stream(Some(t)) if is_byte(t) => pen.push("ByteStreamReader"),
            TypeKind::Stream(t) => generic("StreamReader", &[*t], pen),
            TypeKind::Future(t) => generic("FutureReader", &[*t], pen),
            TypeKind::Own(id) | TypeKind::Borrow(id) => self.named(cx, *id, of, pen),
            TypeKind::Alias(t) => self.type_into(cx, *t, of, pen),
            TypeKind::Record(_)
            | TypeKind::Variant(_)
            | TypeKind::Enum(_)
            | TypeKind::Flags(_)
            | TypeKind::Resource => {
                pen.push("object");
            }
        }
    }
}

fn ident(name: &str) -> String {
    escape(Language::Python, snake(name))
}

/// The module of an interface: its own name, with as much of its package before it as tells it from others.
fn module(cx: &Cx<'_>, owner: &str) -> String {
    let path = cx.path(owner);
    let name = match cx.short_names.get(path.interface) {
        Some(packages) if packages.len() > 1 => {
            let version = if cx.has_versions(&path) { path.version_word() } else { String::new() };
            snake(&format!("{}-{}-{}-{version}", path.namespace, path.package, path.interface))
        }
        _ => snake(path.interface),
    };
    escape(Language::Python, name)
}

fn docs(page: &mut Page, docs: Option<&str>, raises: Option<&str>) {
    let text = docs.map(|d| display_safe(d).replace('\\', "\\\\").replace("\"\"\"", "\\\"\\\"\\\""));
    let raises = raises.map(|ty| format!("Raises: `Err({ty})`"));
    let gap = (text.is_some() && raises.is_some()).then_some("");
    let lines: Vec<&str> = text.iter().flat_map(|t| t.lines()).chain(gap).chain(raises.as_deref()).collect();
    if lines.is_empty() {
        return;
    }
    page.line("\"\"\"");
    for line in lines {
        page.line(line.trim_end());
    }
    page.line("\"\"\"");
}
