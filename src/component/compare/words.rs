//! How what differs is called.

use super::{MAX_LINE, MAX_NAME};
use crate::component::{Function, FunctionKind, Item, Stability, Type, TypeId, TypeKind, TypeTable, WorldItem};
use semver::Version;

/// `since 1.2.0, deprecated since 1.4.0`.
pub(super) fn said_stability(stability: &Stability) -> String {
    let Stability { since, unstable, deprecated } = stability;
    let since = since.iter().map(|v| format!("since {v}"));
    let unstable = unstable.iter().map(|feature| format!("unstable, needs the feature {feature}"));
    let deprecated = deprecated.iter().map(|v| format!("deprecated since {v}"));
    cut(&since.chain(unstable).chain(deprecated).collect::<Vec<_>>().join(", "), MAX_LINE)
}

/// What a world imports or exports.
pub(super) fn thing(item: &WorldItem) -> &'static str {
    match item {
        WorldItem::Interface(_) => "an interface",
        WorldItem::Own(e) => word(&e.item),
    }
}

/// The versions in two names of the same, if they differ.
pub(super) fn version_step<'n>(before: &'n str, after: &'n str) -> Option<(&'n str, &'n str)> {
    let version = |name: &'n str| name.strip_prefix(base_name(name)).map_or("", |v| v.trim_start_matches('@'));
    let (before, after) = (version(before), version(after));
    (before != after).then_some((before, after))
}

pub(super) fn with_article(kind: &str) -> String {
    format!("{} {kind}", if kind.starts_with('i') { "an" } else { "a" })
}

pub(super) fn word(item: &Item) -> &'static str {
    match item {
        Item::Interface(_) => "an interface",
        Item::Function(_) => "a function",
        Item::Type(_) => "a type",
    }
}

/// A name without its version: `a:b/c` for `a:b/c@1.2.0`. Whole, if what follows the `@` is no version.
pub(in crate::component) fn base_name(name: &str) -> &str {
    match name.split_once('@') {
        Some((base, version)) if Version::parse(version).is_ok() => base,
        _ => name,
    }
}

/// The keyword of a named type's kind; `None` for another name of a type.
pub(super) fn keyword(kind: &TypeKind) -> Option<&'static str> {
    Some(match kind {
        TypeKind::Record(_) => "record",
        TypeKind::Tuple(_) => "tuple",
        TypeKind::Variant(_) => "variant",
        TypeKind::Enum(_) => "enum",
        TypeKind::Flags(_) => "flags",
        TypeKind::Option(_) => "option",
        TypeKind::Result { .. } => "result",
        TypeKind::List(_) | TypeKind::FixedList(..) => "list",
        TypeKind::Map(..) => "map",
        TypeKind::Stream(_) => "stream",
        TypeKind::Future(_) => "future",
        TypeKind::Resource | TypeKind::Own(_) | TypeKind::Borrow(_) => "resource",
        TypeKind::Alias(_) => return None,
    })
}

/// `record entry` for a named type, `list<u8>` for another.
pub(super) fn describe(table: &TypeTable, ty: Type) -> String {
    let text = table.text(ty);
    let Type::Def(id) = ty else { return text };
    match table.get(id).filter(|def| def.name.is_some()).and_then(|def| keyword(&def.kind)) {
        Some(word) => format!("{word} {}", cut(&text, MAX_NAME)),
        None => text,
    }
}

/// A named type's definition on one line: `record entry { id: string, score: u32 }`.
pub(super) fn line(table: &TypeTable, id: TypeId) -> String {
    let Some(def) = table.get(id) else { return String::new() };
    let name = cut(def.name.as_deref().unwrap_or_default(), MAX_NAME);
    let member = |name: &str, ty: Option<Type>, open: &str, close: &str| {
        let text = ty.map(|ty| format!("{open}{}{close}", table.text(ty))).unwrap_or_default();
        format!("{}{text}", cut(name, MAX_NAME))
    };
    let out = match &def.kind {
        TypeKind::Record(fields) => {
            listed("record", &name, fields.iter().map(|f| member(&f.name, Some(f.ty), ": ", "")))
        }
        TypeKind::Variant(cases) => listed("variant", &name, cases.iter().map(|c| member(&c.name, c.ty, "(", ")"))),
        TypeKind::Enum(labels) => listed("enum", &name, labels.iter().map(|l| member(&l.name, None, "", ""))),
        TypeKind::Flags(labels) => listed("flags", &name, labels.iter().map(|l| member(&l.name, None, "", ""))),
        TypeKind::Resource => format!("resource {name}"),
        kind => format!("type {name} = {}", table.linked_kind(kind).text),
    };
    cut(&out, MAX_LINE)
}

pub(super) fn listed(word: &str, name: &str, members: impl Iterator<Item = String>) -> String {
    let mut out = format!("{word} {name} {{ ");
    for (i, member) in members.enumerate() {
        if out.len() > MAX_LINE {
            break;
        }
        if i > 0 {
            out.push_str(", ");
        }
        out.push_str(&member);
    }
    out.push_str(" }");
    out
}

pub(super) fn label(function: &Function) -> String {
    match function.kind {
        FunctionKind::Constructor(_) => format!("{} constructor", function.display_name()),
        _ => function.display_name().to_owned(),
    }
}

/// The first characters of a text, and `…` if there are more.
pub(in crate::component) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
