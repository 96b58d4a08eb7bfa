//! Single types, functions and interfaces as WIT text, made from our own tree: for cards and tooltips, where the text
//! of the whole file is too much.

use super::{Component, Extern, Function, FunctionKind, Item, Linked, Stability, Type, TypeDef, TypeId, TypeKind};

/// Bytes after which a text ends with `…`: a record may have ten thousand fields. The longest name that is valid fits.
const MAX_TEXT: usize = 128 << 10;

impl Component {
    /// `func(…) -> …` as WIT writes it, without the name.
    pub fn signature(&self, function: &Function) -> String {
        self.linked_signature(function, None).text
    }

    /// The same with the places where types are named. With `tall` every parameter has a line of its own, and there are so
    /// many at most.
    pub fn linked_signature(&self, function: &Function, tall: Option<usize>) -> Linked {
        let mut out = Linked::default();
        let is_constructor = matches!(function.kind, FunctionKind::Constructor(_));
        if is_constructor {
            out.push("constructor(");
        } else {
            out.push(if matches!(function.kind, FunctionKind::Static(_)) { "static " } else { "" });
            out.push(if function.is_async { "async " } else { "" });
            out.push("func(");
        }
        let params = function.own_params();
        let shown = tall.unwrap_or(params.len()).min(params.len());
        for (i, param) in params.iter().take(shown).enumerate() {
            out.push(match (tall, i) {
                (Some(_), _) => "\n  ",
                (None, 0) => "",
                (None, _) => " ",
            });
            out.push(&param.name);
            out.push(": ");
            out.push_all(&self.types.linked(param.ty));
            if tall.is_some() || i + 1 < params.len() {
                out.push(",");
            }
        }
        if shown < params.len() {
            out.push(&format!("\n  … {} more", params.len() - shown));
        }
        out.push(if tall.is_some() && !params.is_empty() { "\n)" } else { ")" });
        if let Some(ty) = function.result
            // What a constructor makes is said by its name, unless it may fail.
            && !(is_constructor && matches!(self.types.kind(ty), Some(TypeKind::Own(_))))
        {
            out.push(" -> ");
            out.push_all(&self.types.linked(ty));
        }
        out
    }

    /// The full definition of a type as WIT writes it, with its documentation: `record entry { … }` over several lines,
    /// a resource with its methods. Types without a name are written as where they are used.
    pub fn type_text(&self, id: TypeId) -> String {
        let mut out = Text::default();
        self.write_type(id, &mut out);
        out.finish()
    }

    fn write_type(&self, id: TypeId, out: &mut Text) {
        let Some(def) = self.types.get(id) else { return };
        let Some(name) = &def.name else { return out.line(&self.types.text(Type::Def(id))) };
        out.docs(def.docs.as_deref());
        out.stability(def.stability.as_deref());
        match &def.kind {
            TypeKind::Record(fields) => out.block(&format!("record {name}"), fields, |out, f| {
                out.docs(f.docs.as_deref());
                out.line(&format!("{}: {},", f.name, self.types.text(f.ty)));
            }),
            TypeKind::Variant(cases) => out.block(&format!("variant {name}"), cases, |out, c| {
                out.docs(c.docs.as_deref());
                match c.ty {
                    Some(ty) => out.line(&format!("{}({}),", c.name, self.types.text(ty))),
                    None => out.line(&format!("{},", c.name)),
                }
            }),
            TypeKind::Enum(labels) | TypeKind::Flags(labels) => {
                let word = if matches!(def.kind, TypeKind::Enum(_)) { "enum" } else { "flags" };
                out.block(&format!("{word} {name}"), labels, |out, l| {
                    out.docs(l.docs.as_deref());
                    out.line(&format!("{},", l.name));
                });
            }
            TypeKind::Resource => match self.methods(id) {
                methods if methods.is_empty() => out.line(&format!("resource {name};")),
                methods => out.block(&format!("resource {name}"), &methods, |out, f| {
                    out.docs(f.docs.as_deref());
                    out.stability(f.stability.as_deref());
                    match f.kind {
                        FunctionKind::Constructor(_) => out.line(&format!("{};", self.signature(f))),
                        _ => {
                            let name = f.display_name().rsplit('.').next().unwrap_or_default();
                            out.line(&format!("{name}: {};", self.signature(f)));
                        }
                    }
                }),
            },
            TypeKind::Alias(ty) => match self.used(def, *ty) {
                Some((owner, original)) if original == name => out.line(&format!("use {owner}.{{{name}}};")),
                Some((owner, original)) => out.line(&format!("use {owner}.{{{original} as {name}}};")),
                None => out.line(&format!("type {name} = {};", self.types.text(*ty))),
            },
            kind => out.line(&format!("type {name} = {};", self.types.linked_kind(kind).text)),
        }
    }

    /// The interface and name that an alias takes a type from, if that is another interface.
    fn used(&self, alias: &TypeDef, ty: Type) -> Option<(&str, &str)> {
        let Type::Def(id) = ty else { return None };
        let original = self.types.get(id)?;
        let owner = original.owner.as_deref().filter(|owner| alias.owner.as_deref() != Some(owner))?;
        Some((owner, original.name.as_deref()?))
    }

    /// The functions of a resource, from the first import or export that has some.
    fn methods(&self, resource: TypeId) -> Vec<&Function> {
        let belongs = |f: &&Function| match f.kind {
            FunctionKind::Method(id) | FunctionKind::Static(id) | FunctionKind::Constructor(id) => id == resource,
            FunctionKind::Freestanding => false,
        };
        self.imports
            .iter()
            .chain(&self.exports)
            .chain(&self.interfaces)
            .map(|e| e.functions().iter().filter(belongs).collect::<Vec<_>>())
            .find(|methods| !methods.is_empty())
            .unwrap_or_default()
    }
}

impl Extern {
    /// An interface with its types and functions, a function, or a type, as WIT writes it, with documentation.
    pub fn wit(&self, component: &Component) -> String {
        let mut out = Text::default();
        // A type brings its own.
        if !matches!(self.item, Item::Type(_)) {
            out.docs(self.docs.as_deref());
            out.stability(self.stability.as_deref());
        }
        match &self.item {
            Item::Interface(interface) => {
                let name = self.name.rsplit('/').next().unwrap_or_default();
                let name = name.split('@').next().unwrap_or_default();
                out.line(&format!("interface {name} {{"));
                out.indent += 1;
                for ty in &interface.types {
                    component.write_type(*ty, &mut out);
                }
                for function in interface.functions.iter().filter(|f| f.kind == FunctionKind::Freestanding) {
                    out.docs(function.docs.as_deref());
                    out.stability(function.stability.as_deref());
                    out.line(&format!("{}: {};", function.name, component.signature(function)));
                }
                out.indent -= 1;
                out.line("}");
            }
            Item::Function(function) => out.line(&format!("{}: {};", self.name, component.signature(function))),
            Item::Type(id) => component.write_type(*id, &mut out),
        }
        out.finish()
    }
}

#[derive(Default)]
struct Text {
    out: String,
    indent: usize,
}

impl Text {
    fn line(&mut self, line: &str) {
        if self.out.len() < MAX_TEXT {
            self.out.extend(std::iter::repeat_n("  ", self.indent));
            self.out.push_str(line);
            self.out.push('\n');
        }
    }

    fn docs(&mut self, docs: Option<&str>) {
        for line in docs.unwrap_or_default().lines() {
            self.line(format!("/// {line}").trim_end());
        }
    }

    fn stability(&mut self, stability: Option<&Stability>) {
        let Some(Stability { since, unstable, deprecated }) = stability else { return };
        let gates = [("since(version", since), ("unstable(feature", unstable), ("deprecated(version", deprecated)];
        for (gate, said) in gates {
            if let Some(said) = said {
                self.line(&format!("@{gate} = {said})"));
            }
        }
    }

    fn block<T>(&mut self, head: &str, items: &[T], mut write: impl FnMut(&mut Self, &T)) {
        self.line(&format!("{head} {{"));
        self.indent += 1;
        for item in items {
            if self.out.len() >= MAX_TEXT {
                break;
            }
            write(self, item);
        }
        self.indent -= 1;
        self.line("}");
    }

    fn finish(mut self) -> String {
        if self.out.len() >= MAX_TEXT {
            let end = self.out.floor_char_boundary(MAX_TEXT);
            self.out.truncate(end);
            self.out.push('…');
        }
        self.out.truncate(self.out.trim_end().len());
        self.out
    }
}
