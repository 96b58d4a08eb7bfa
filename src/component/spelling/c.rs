//! C as the header of `wit-bindgen` spells what a guest imports. C has no types without names, so those that an item needs
//! are defined before it, once in a section.

use super::names::{escape, shouty, snake};
use super::{Cx, Language, Page, Pen, Spelled, Speller, bits};
use crate::component::{Function, Label, Type, TypeDef, TypeId, TypeKind};
use std::collections::HashSet;

/// Names of types that are defined so far.
#[derive(Default)]
pub(super) struct C {
    defined: HashSet<String>,
}

/// The world's name in a component: whatever it had been called, it is not kept.
const WORLD: &str = "root";

/// Values that an async function takes as parameters of their own; more are handed over in a struct.
const MOST_FLAT: u32 = 4;

impl Speller for C {
    fn head(&self, cx: &Cx<'_>, _: &[Spelled]) -> String {
        let includes = "#include <stdint.h>\n#include <stdbool.h>\n#include <stddef.h>";
        match cx.interface {
            Some(name) => format!("// Names begin with {}_\n{includes}", module(cx, name)),
            None => includes.to_owned(),
        }
    }

    fn define(&mut self, cx: &Cx<'_>, id: TypeId, def: &TypeDef, page: &mut Page) {
        let Some(local) = cx.local_name(id) else { return };
        let name = self.name(cx, Type::Def(id));
        match &def.kind {
            TypeKind::Enum(labels) => {
                page.docs("//", def.docs.as_deref());
                page.line(&format!("typedef uint{}_t {name};", bits(false, labels.len())));
                constants(cx, local, labels, page);
            }
            TypeKind::Flags(labels) => {
                page.docs("//", def.docs.as_deref());
                page.line(&format!("typedef uint{}_t {name};", bits(true, labels.len())));
                page.line("");
                let prefix = shouty(&format!("{}_{local}", own_module(cx)));
                for (i, l) in labels.iter().enumerate() {
                    page.docs("//", l.docs.as_deref());
                    page.line(&format!("#define {prefix}_{} (1 << {i})", shouty(&l.name)));
                }
            }
            TypeKind::Variant(cases) => {
                for ty in cases.iter().filter_map(|c| c.ty) {
                    self.need(cx, ty, 0, page);
                }
                page.docs("//", def.docs.as_deref());
                page.block(&format!("typedef struct {name} {{"), &format!("}} {name};"), |page| {
                    page.line(&format!("uint{}_t tag;", bits(false, cases.len())));
                    if cases.iter().any(|c| c.ty.is_some()) {
                        page.block("union {", "} val;", |page| {
                            for c in cases {
                                if let Some(ty) = c.ty {
                                    page.line(&format!("{} {};", self.name(cx, ty), ident(&c.name)));
                                }
                            }
                        });
                    }
                });
                let labels: Vec<_> =
                    cases.iter().map(|c| Label { name: c.name.clone(), docs: c.docs.clone() }).collect();
                constants(cx, local, &labels, page);
            }
            TypeKind::Resource => {
                page.docs("//", def.docs.as_deref());
                for name in [handle(cx, id, "own"), handle(cx, id, "borrow")] {
                    page.block(&format!("typedef struct {name} {{"), &format!("}} {name};"), |page| {
                        page.line("int32_t __handle;");
                    });
                }
            }
            TypeKind::Alias(ty) if matches!(cx.kind(*ty), Some(TypeKind::Resource)) => {
                page.docs("//", def.docs.as_deref());
                let Type::Def(original) = *ty else { return };
                for word in ["own", "borrow"] {
                    let name = handle(cx, id, word);
                    page.line(&format!("typedef {} {name};", handle(cx, original, word)));
                    self.defined.insert(name);
                }
            }
            TypeKind::Alias(ty) => {
                self.need(cx, *ty, 0, page);
                page.docs("//", def.docs.as_deref());
                page.line(&format!("typedef {} {name};", self.name(cx, *ty)));
            }
            kind => {
                self.need_within(cx, kind, 0, page);
                page.docs("//", def.docs.as_deref());
                self.structure(cx, kind, &name, page);
            }
        }
    }

    fn function(&mut self, cx: &Cx<'_>, f: &Function, page: &mut Page) {
        self.signature(cx, f, page);
    }

    fn after(&mut self, cx: &Cx<'_>, id: TypeId, page: &mut Page) {
        for f in cx.methods(id) {
            self.signature(cx, f, page);
        }
        let (module, local) = (own_module(cx), local_word(cx, id));
        let (own, borrow) = (handle(cx, id, "own"), handle(cx, id, "borrow"));
        page.line(&format!("extern void {module}_{local}_drop_own({own} handle);"));
        page.line(&format!("extern void {module}_{local}_drop_borrow({borrow} handle);"));
        page.line(&format!("extern {borrow} {module}_borrow_{local}({own} handle);"));
    }
}

/// A number for each case of an enum or variant.
fn constants(cx: &Cx<'_>, local: &str, labels: &[Label], page: &mut Page) {
    page.line("");
    let prefix = shouty(&format!("{}_{local}", own_module(cx)));
    for (i, l) in labels.iter().enumerate() {
        page.docs("//", l.docs.as_deref());
        page.line(&format!("#define {prefix}_{} {i}", shouty(&l.name)));
    }
}

impl C {
    /// Defines what a type needs that has no name in WIT: what is within it, then itself.
    fn need(&mut self, cx: &Cx<'_>, ty: Type, depth: usize, page: &mut Page) {
        let name = self.name(cx, ty);
        let (kind, lines) = match ty {
            Type::String => (None, format!("typedef struct {name} {{\n  uint8_t *ptr;\n  size_t len;\n}} {name};")),
            Type::ErrorContext => (None, format!("typedef uint32_t {name};")),
            Type::Def(id) => match cx.types.get(id) {
                Some(def) if def.name.is_none() && !matches!(def.kind, TypeKind::Own(_) | TypeKind::Borrow(_)) => {
                    (Some(&def.kind), String::new())
                }
                _ => return,
            },
            _ => return,
        };
        if depth > 200 || page.is_full() || !self.defined.insert(name.clone()) {
            return;
        }
        match kind {
            Some(kind) => {
                self.need_within(cx, kind, depth, page);
                page.gap();
                self.structure(cx, kind, &name, page);
            }
            None => {
                page.gap();
                lines.lines().for_each(|line| page.line(line));
            }
        }
        page.gap();
    }

    fn need_within(&mut self, cx: &Cx<'_>, kind: &TypeKind, depth: usize, page: &mut Page) {
        let mut need = |ty: &Type| self.need(cx, *ty, depth + 1, page);
        match kind {
            TypeKind::Record(fields) => fields.iter().for_each(|f| need(&f.ty)),
            TypeKind::Tuple(types) => types.iter().for_each(need),
            TypeKind::Map(k, v) => [k, v].into_iter().for_each(need),
            TypeKind::Result { ok, err } => ok.iter().chain(err).for_each(need),
            TypeKind::List(t) | TypeKind::FixedList(t, _) | TypeKind::Option(t) | TypeKind::Alias(t) => need(t),
            // These are numbers, whatever they carry.
            TypeKind::Stream(_) | TypeKind::Future(_) => {}
            TypeKind::Variant(_)
            | TypeKind::Enum(_)
            | TypeKind::Flags(_)
            | TypeKind::Own(_)
            | TypeKind::Borrow(_)
            | TypeKind::Resource => {}
        }
    }

    /// The definition of a structure under a name.
    fn structure(&mut self, cx: &Cx<'_>, kind: &TypeKind, name: &str, page: &mut Page) {
        let (head, foot) = (format!("typedef struct {name} {{"), format!("}} {name};"));
        match kind {
            TypeKind::Record(fields) => page.block(&head, &foot, |page| {
                for f in fields {
                    page.docs("//", f.docs.as_deref());
                    page.line(&format!("{} {};", self.name(cx, f.ty), ident(&f.name)));
                }
            }),
            TypeKind::Tuple(types) => page.block(&head, &foot, |page| {
                for (i, ty) in types.iter().enumerate() {
                    page.line(&format!("{} f{i};", self.name(cx, *ty)));
                }
            }),
            TypeKind::List(t) => page.block(&head, &foot, |page| {
                page.line(&format!("{} *ptr;", self.name(cx, *t)));
                page.line("size_t len;");
            }),
            TypeKind::Map(k, v) => {
                let entry = format!("{}_entry_t", name.strip_suffix("_t").unwrap_or(name));
                page.block("typedef struct {", &format!("}} {entry};"), |page| {
                    page.line(&format!("{} key;", self.name(cx, *k)));
                    page.line(&format!("{} value;", self.name(cx, *v)));
                });
                page.block(&head, &foot, |page| {
                    page.line(&format!("{entry} *ptr;"));
                    page.line("size_t len;");
                });
            }
            TypeKind::Option(t) => page.block(&head, &foot, |page| {
                page.line("bool is_some;");
                page.line(&format!("{} val;", self.name(cx, *t)));
            }),
            TypeKind::Result { ok, err } => page.block(&head, &foot, |page| {
                page.line("bool is_err;");
                if ok.is_some() || err.is_some() {
                    page.block("union {", "} val;", |page| {
                        for (ty, word) in [(ok, "ok"), (err, "err")] {
                            if let Some(ty) = ty {
                                page.line(&format!("{} {word};", self.name(cx, *ty)));
                            }
                        }
                    });
                }
            }),
            TypeKind::FixedList(t, n) => page.line(&format!("typedef {} {name}[{n}];", self.name(cx, *t))),
            TypeKind::Stream(_) | TypeKind::Future(_) => page.line(&format!("typedef uint32_t {name};")),
            _ => page.line(&format!("typedef {} {name};", cx.write(|pen| kind_word(cx, kind, pen)))),
        }
    }

    fn signature(&mut self, cx: &Cx<'_>, f: &Function, page: &mut Page) {
        for p in &f.params {
            match direct_option(cx, p.ty).filter(|_| !f.is_async) {
                Some(ty) => self.need(cx, ty, 0, page),
                None => self.need(cx, p.ty, 0, page),
            }
        }
        if let Some(ty) = f.result {
            match cx.kind(ty) {
                // Of these only what they hold is handed over.
                Some(kind @ (TypeKind::Option(_) | TypeKind::Result { .. })) if !f.is_async => {
                    self.need_within(cx, kind, 0, page);
                }
                _ => self.need(cx, ty, 0, page),
            }
        }
        let name = format!("{}_{}", own_module(cx), snake(&f.name));
        let name = cx.claim(name);
        if f.is_async {
            return self.async_signature(cx, f, &name, page);
        }
        let mut list: Vec<_> = f
            .params
            .iter()
            .map(|p| {
                let star = if is_by_pointer(cx, p.ty) { "*" } else { "" };
                // An option of a parameter is a pointer that may be null.
                match direct_option(cx, p.ty) {
                    Some(ty) => format!("{} *maybe_{}", self.name(cx, ty), ident(&p.name)),
                    None => format!("{} {star}{}", self.name(cx, p.ty), ident(&p.name)),
                }
            })
            .collect();
        let returned = match f.result {
            None => "void".to_owned(),
            Some(ty) => match cx.kind(ty) {
                Some(TypeKind::Option(t)) => {
                    list.push(format!("{} *ret", self.name(cx, *t)));
                    "bool".to_owned()
                }
                Some(TypeKind::Result { ok, err }) => {
                    for (ty, word) in [(ok, "ret"), (err, "err")] {
                        if let Some(ty) = ty {
                            list.push(format!("{} *{word}", self.name(cx, *ty)));
                        }
                    }
                    "bool".to_owned()
                }
                _ if is_by_pointer(cx, ty) => {
                    list.push(format!("{} *ret", self.name(cx, ty)));
                    "void".to_owned()
                }
                _ => self.name(cx, ty),
            },
        };
        page.docs("//", f.docs.as_deref());
        let list = if list.is_empty() { "void".to_owned() } else { list.join(", ") };
        page.line(&format!("extern {returned} {name}({list});"));
    }

    /// An async function gives the state of the call; its result is written when it is done.
    fn async_signature(&mut self, cx: &Cx<'_>, f: &Function, name: &str, page: &mut Page) {
        let status = format!("{WORLD}_subtask_status_t");
        if self.defined.insert(status.clone()) {
            page.gap();
            page.line(&format!("typedef uint32_t {status};"));
            page.gap();
        }
        let flat: u32 = f.params.iter().map(|p| u32::from(cx.holds(p.ty).flat)).fold(0, u32::saturating_add);
        let mut list = Vec::new();
        match f.params.as_slice() {
            [p] if flat > MOST_FLAT => list.push(format!("{} *arg", self.name(cx, p.ty))),
            params if flat > MOST_FLAT => {
                page.block(&format!("typedef struct {name}_args {{"), &format!("}} {name}_args_t;"), |page| {
                    for p in params {
                        page.line(&format!("{} {};", self.name(cx, p.ty), ident(&p.name)));
                    }
                });
                page.line("");
                list.push(format!("{name}_args_t *args"));
            }
            params => list.extend(params.iter().map(|p| format!("{} {}", self.name(cx, p.ty), ident(&p.name)))),
        }
        list.extend(f.result.map(|ty| format!("{} *result", self.name(cx, ty))));
        page.docs("//", f.docs.as_deref());
        let list = if list.is_empty() { "void".to_owned() } else { list.join(", ") };
        page.line(&format!("extern {status} {name}({list});"));
    }

    /// The name of a type, whether it has one in WIT or not.
    fn name(&self, cx: &Cx<'_>, ty: Type) -> String {
        let (owner, word) = match ty {
            Type::Bool => return "bool".to_owned(),
            Type::S8 => return "int8_t".to_owned(),
            Type::S16 => return "int16_t".to_owned(),
            Type::S32 => return "int32_t".to_owned(),
            Type::S64 => return "int64_t".to_owned(),
            Type::U8 => return "uint8_t".to_owned(),
            Type::U16 => return "uint16_t".to_owned(),
            Type::U32 | Type::Char => return "uint32_t".to_owned(),
            Type::U64 => return "uint64_t".to_owned(),
            Type::F32 => return "float".to_owned(),
            Type::F64 => return "double".to_owned(),
            Type::String => (WORLD.to_owned(), "string".to_owned()),
            Type::ErrorContext => (WORLD.to_owned(), "error_context".to_owned()),
            Type::Def(id) => match cx.types.get(id) {
                Some(TypeDef { name: None, kind: TypeKind::Own(r), .. }) => return handle(cx, *r, "own"),
                Some(TypeDef { name: None, kind: TypeKind::Borrow(r), .. }) => return handle(cx, *r, "borrow"),
                Some(def) if def.name.is_none() => {
                    let mut pen = Pen::default();
                    type_word(cx, ty, &mut pen);
                    // A name that would be endless is a number instead.
                    let word = if pen.is_cut { format!("type{}", id.0) } else { pen.text };
                    // What is made of nothing but what every world has, all interfaces share.
                    (if cx.holds(ty).special { own_module(cx) } else { WORLD.to_owned() }, word)
                }
                _ => (module_of(cx, id), local_word(cx, id)),
            },
        };
        format!("{owner}_{word}_t")
    }
}

fn ident(name: &str) -> String {
    escape(Language::C, snake(name))
}

/// The types that a named one becomes: a resource is known by its handles only.
pub(super) fn words(cx: &Cx<'_>, id: TypeId) -> Vec<String> {
    match cx.kind(Type::Def(id)) {
        Some(TypeKind::Resource) => vec![handle(cx, id, "own"), handle(cx, id, "borrow")],
        _ => vec![format!("{}_{}_t", own_module(cx), local_word(cx, id))],
    }
}

/// What the names of an interface begin with: `wasi_io_streams`.
fn module(cx: &Cx<'_>, owner: &str) -> String {
    let path = cx.path(owner);
    if path.namespace.is_empty() {
        return snake(path.interface);
    }
    let version = if cx.has_versions(&path) { format!("{}_", path.version_word()) } else { String::new() };
    format!("{}_{}_{version}{}", snake(path.namespace), snake(path.package), snake(path.interface))
}

fn own_module(cx: &Cx<'_>) -> String {
    cx.interface.map_or(WORLD.to_owned(), |name| module(cx, name))
}

fn module_of(cx: &Cx<'_>, id: TypeId) -> String {
    cx.foreign(id).map_or_else(|| own_module(cx), |(owner, _)| module(cx, owner))
}

fn local_word(cx: &Cx<'_>, id: TypeId) -> String {
    match cx.local_name(id) {
        Some(name) => name.to_owned(),
        None => snake(cx.types.get(id).and_then(|d| d.name.as_deref()).unwrap_or("unnamed")),
    }
}

/// The type of a handle: `wasi_io_streams_own_input_stream_t`.
fn handle(cx: &Cx<'_>, resource: TypeId, word: &str) -> String {
    format!("{}_{word}_{}_t", module_of(cx, resource), local_word(cx, resource))
}

/// What a type is called within the names of others: `list_u8`.
fn type_word(cx: &Cx<'_>, ty: Type, pen: &mut Pen) {
    let id = match ty {
        Type::Bool => return pen.push("bool"),
        Type::S8 => return pen.push("s8"),
        Type::S16 => return pen.push("s16"),
        Type::S32 => return pen.push("s32"),
        Type::S64 => return pen.push("s64"),
        Type::U8 => return pen.push("u8"),
        Type::U16 => return pen.push("u16"),
        Type::U32 => return pen.push("u32"),
        Type::U64 => return pen.push("u64"),
        Type::F32 => return pen.push("f32"),
        Type::F64 => return pen.push("f64"),
        Type::Char => return pen.push("char32"),
        Type::String => return pen.push("string"),
        Type::ErrorContext => return pen.push("error_context"),
        Type::Def(id) => id,
    };
    match cx.types.get(id) {
        Some(def) if def.name.is_none() => pen.within(|pen| kind_word(cx, &def.kind, pen)),
        _ => pen.push(&local_word(cx, id)),
    }
}

fn kind_word(cx: &Cx<'_>, kind: &TypeKind, pen: &mut Pen) {
    let mut words = |word: &str, types: &[Option<Type>]| {
        pen.push(word);
        pen.push("_");
        pen.list(types, "_", |pen, ty| match ty {
            Some(ty) => type_word(cx, *ty, pen),
            None => pen.push("void"),
        });
    };
    match kind {
        TypeKind::List(t) => words("list", &[Some(*t)]),
        TypeKind::FixedList(t, n) => words(&format!("list{n}"), &[Some(*t)]),
        TypeKind::Map(k, v) => words("map", &[Some(*k), Some(*v)]),
        TypeKind::Option(t) => words("option", &[Some(*t)]),
        TypeKind::Result { ok, err } => words("result", &[*ok, *err]),
        TypeKind::Tuple(types) => {
            words(&format!("tuple{}", types.len()), &types.iter().copied().map(Some).collect::<Vec<_>>());
        }
        TypeKind::Stream(t) => words("stream", &[*t]),
        TypeKind::Future(t) => words("future", &[*t]),
        TypeKind::Own(id) => words("own", &[Some(Type::Def(*id))]),
        TypeKind::Borrow(id) => words("borrow", &[Some(Type::Def(*id))]),
        TypeKind::Alias(t) => type_word(cx, *t, pen),
        TypeKind::Record(_) | TypeKind::Variant(_) | TypeKind::Enum(_) | TypeKind::Flags(_) | TypeKind::Resource => {
            pen.push("unnamed");
        }
    }
}

/// What an option holds that a parameter is directly; behind another name it is an ordinary struct.
fn direct_option(cx: &Cx<'_>, ty: Type) -> Option<Type> {
    match ty {
        Type::Def(id) => match cx.types.get(id)?.kind {
            TypeKind::Option(t) => Some(t),
            _ => None,
        },
        _ => None,
    }
}

fn is_by_pointer(cx: &Cx<'_>, ty: Type) -> bool {
    match cx.kind(ty) {
        None => cx.types.resolve(ty) == Type::String,
        Some(kind) => !matches!(
            kind,
            TypeKind::Enum(_)
                | TypeKind::Flags(_)
                | TypeKind::Own(_)
                | TypeKind::Borrow(_)
                | TypeKind::Stream(_)
                | TypeKind::Future(_)
                | TypeKind::Resource
        ),
    }
}
