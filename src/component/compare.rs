//! The one walk over two interfaces that finds how they differ. It has two uses: whether a provider fits a consumer
//! ([`compare_interfaces`](super::compare_interfaces)), and everything that is different between two components
//! ([`difference`](super::difference)).
//!
//! A file may share types so that they are endless as a tree, and may pair big types with each other in many ways. So
//! each pair of types is compared once, and the walk ends at limits that it tells of.

mod words;

use super::{
    Component, Extern, Function, Inside, Interface, Item, Stability, Type, TypeDef, TypeId, TypeKind, TypeTable, World,
    WorldItem,
};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use words::{cut, describe, label, line, said_stability, thing, version_step, with_article, word};

pub(super) use words::base_name;

/// One way in which two things differ, with the path to it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// Where, outermost first: `check`, `result`, `score`. Empty if the things themselves differ.
    pub path: Vec<String>,
    /// In what.
    pub topic: Topic,
    /// What was there; `None` if it is new.
    pub before: Option<String>,
    /// What is there now; `None` if it is gone.
    pub after: Option<String>,
}

/// What a [`Change`] is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// The thing itself: an interface, a function or a type.
    Item,
    /// The interface's version.
    Version,
    /// A function. Where it is on both sides: its signature, and how it changed is told by what follows.
    Function,
    /// A named type of an interface that is on one side only.
    Type,
    /// Something of this kind inside of an instance, which WIT has no words for. On one side only, or where it is on both:
    /// it cannot be compared.
    Inside(&'static str),
    /// A parameter, field, case or flag that is on one side only; the path ends with its name.
    Member(&'static str),
    /// A result, or what a case carries, that is on one side only.
    Value(&'static str),
    /// The type at this place.
    Definition,
    /// The order of parameters, fields, cases or flags.
    Order(&'static str),
    /// Whether a function is async.
    Async,
    /// The number of elements of a list.
    Length,
    /// Documentation.
    Docs,
    /// Since when it is there, and whether it can be relied on.
    Stability,
    /// A type that differs as is told at this place.
    Elsewhere(String),
}

/// What a walk looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// What keeps the second from doing what the first asks for: it may give more, and documentation does not matter. A
    /// difference inside a type is told at the first place where the type is used.
    Fit,
    /// Everything. A difference inside a named type is told under that type's name, and each place that uses it refers
    /// to it.
    All,
}

/// Characters of a name in a path, and of a list of names.
pub(super) const MAX_NAME: usize = 100;
/// Characters of a documentation that are kept.
const MAX_DOCS: usize = 4_000;
/// Bytes of a definition on one line.
const MAX_LINE: usize = 240;
/// Types nested deeper are not compared. The validator allows 100 levels.
const MAX_DEPTH: usize = 200;
/// Members and types that are compared in one walk.
const MAX_STEPS: usize = 4_000_000;
/// Bytes of all texts and paths that are kept.
const MAX_BYTES: usize = 32 << 20;

/// A walk over pairs of interfaces of two components.
pub(super) struct Comparison<'a> {
    before: &'a TypeTable,
    after: &'a TypeTable,
    components: (&'a Component, &'a Component),
    purpose: Purpose,
    /// Changes that are kept.
    most: usize,
    /// Pairs that were compared already, and where a difference of theirs is told, if there is one.
    seen: HashMap<(TypeId, TypeId), Option<String>>,
    /// Pairs of instances inside of others that were compared already.
    nested: HashSet<(*const Interface, *const Interface)>,
    /// The names of the two interfaces that are compared now.
    owners: (&'a str, &'a str),
    path: Vec<String>,
    depth: usize,
    steps: usize,
    bytes: usize,
    kept: usize,
    /// Changes found that types know of: not those of documentation and stability.
    structural: usize,
    /// What was found; whoever takes some of it out leaves the rest of the walk as it is.
    pub found: Vec<Change>,
    /// Whether a limit was met: there may be more.
    pub is_partial: bool,
    /// Whether a resource that comes from another interface than before is a difference. Of two exports that share a
    /// resource, the one that comes first in the file has it, so exports say nothing of that.
    pub tells_owners: bool,
}

type Member<'a> = (&'a str, Option<Type>, Option<&'a str>);

impl<'a> Comparison<'a> {
    pub fn new(before: &'a Component, after: &'a Component, purpose: Purpose, most: usize) -> Self {
        Self {
            before: &before.types,
            after: &after.types,
            components: (before, after),
            purpose,
            most,
            seen: HashMap::new(),
            nested: HashSet::new(),
            owners: ("", ""),
            path: Vec::new(),
            depth: 0,
            steps: 0,
            bytes: 0,
            kept: 0,
            structural: 0,
            found: Vec::new(),
            is_partial: false,
            tells_owners: false,
        }
    }

    /// Compares two worlds of WIT packages. The path of each change starts with `imports` or `exports`.
    pub fn worlds(&mut self, before: &'a World, after: &'a World) {
        self.owners = (&before.name, &after.name);
        self.docs(before.docs.as_deref(), after.docs.as_deref());
        self.stability(before.stability.as_deref(), after.stability.as_deref());
        let steps = version_step(&before.name, &after.name);
        for (way, before, after) in
            [("imports", &before.imports, &after.imports), ("exports", &before.exports, &after.exports)]
        {
            self.within(way, |cx| cx.world_items(before, after, steps));
        }
    }

    fn world_items(&mut self, before: &'a [WorldItem], after: &'a [WorldItem], steps: Option<(&str, &str)>) {
        self.steps += before.len() + after.len();
        let name = |component: &'a Component, item: &'a WorldItem| match item {
            WorldItem::Own(e) => e.name.as_str(),
            WorldItem::Interface(i) => component.interfaces.get(*i).map_or("", |e| e.name.as_str()),
        };
        let (old, new) = self.components;
        let mut left: HashMap<&str, Vec<&'a WorldItem>> = HashMap::new();
        for item in after.iter().rev() {
            left.entry(base_name(name(new, item))).or_default().push(item);
        }
        for item in before {
            let name_before = name(old, item);
            let same = left.get_mut(base_name(name_before)).and_then(|items| {
                // The same version, or else the first of another.
                let at = items.iter().rposition(|i| name(new, i) == name_before).or(items.len().checked_sub(1))?;
                Some(items.remove(at))
            });
            let Some(same) = same else {
                self.within(name_before, |cx| cx.report(Topic::Item, Some(thing(item).to_owned()), None));
                continue;
            };
            let name_after = name(new, same);
            let step = version_step(name_before, name_after);
            if step.is_some() && step != steps {
                self.within(base_name(name_before), |cx| {
                    let (a, b) = step.unwrap_or_default();
                    cx.report(Topic::Version, Some(a.to_owned()), Some(b.to_owned()));
                });
            }
            match (item, same) {
                (WorldItem::Own(a), WorldItem::Own(b)) => match (&a.item, &b.item) {
                    // A function's name is put into the path as it is compared.
                    (Item::Function(_), Item::Function(_)) => self.world_item(a, b),
                    _ => self.within(name_before, |cx| cx.world_item(a, b)),
                },
                (WorldItem::Interface(_), WorldItem::Interface(_)) => {}
                _ => self.within(name_before, |cx| {
                    cx.report(Topic::Item, Some(thing(item).to_owned()), Some(thing(same).to_owned()));
                }),
            }
        }
        for item in after {
            let name = name(new, item);
            let is_new = left.get(base_name(name)).is_some_and(|items| items.iter().any(|i| std::ptr::eq(*i, item)));
            if is_new {
                self.within(name, |cx| cx.report(Topic::Item, None, Some(thing(item).to_owned())));
            }
        }
    }

    /// A function or type of the world itself; its owner stays the world.
    fn world_item(&mut self, before: &'a Extern, after: &'a Extern) {
        let owners = self.owners;
        self.externs(before, after);
        self.owners = owners;
    }

    /// Compares what two imports or exports are. Their names are not compared.
    pub fn externs(&mut self, before: &'a Extern, after: &'a Extern) {
        self.owners = (&before.name, &after.name);
        if !matches!(before.item, Item::Function(_)) {
            self.docs(before.docs.as_deref(), after.docs.as_deref());
            self.stability(before.stability.as_deref(), after.stability.as_deref());
        }
        match (&before.item, &after.item) {
            (Item::Interface(a), Item::Interface(b)) => self.interfaces(a, b),
            (Item::Function(a), Item::Function(b)) => self.functions(a, b),
            (Item::Type(a), Item::Type(b)) => self.types(Type::Def(*a), Type::Def(*b)),
            (a, b) => self.report(Topic::Item, Some(word(a).to_owned()), Some(word(b).to_owned())),
        }
    }

    fn report(&mut self, topic: Topic, before: Option<String>, after: Option<String>) {
        self.structural += usize::from(!matches!(topic, Topic::Docs | Topic::Stability));
        if self.is_full() {
            return;
        }
        let text = |t: &Option<String>| t.as_ref().map_or(0, String::len);
        self.bytes += text(&before) + text(&after) + self.path.iter().map(String::len).sum::<usize>();
        self.kept += 1;
        self.found.push(Change { path: self.path.clone(), topic, before, after });
    }

    /// Whether a limit is met; the walk goes no deeper then.
    fn is_full(&mut self) -> bool {
        let full =
            self.kept >= self.most || self.bytes >= MAX_BYTES || self.steps >= MAX_STEPS || self.depth >= MAX_DEPTH;
        self.is_partial |= full;
        full
    }

    fn within(&mut self, segment: &str, compare: impl FnOnce(&mut Self)) {
        if !self.is_full() {
            self.path.push(cut(segment, MAX_NAME));
            compare(self);
            self.path.pop();
        }
    }

    fn docs(&mut self, before: Option<&str>, after: Option<&str>) {
        if self.purpose == Purpose::All && before != after {
            let text = |docs: Option<&str>| docs.map(|d| cut(d, MAX_DOCS));
            self.report(Topic::Docs, text(before), text(after));
        }
    }

    fn stability(&mut self, before: Option<&Stability>, after: Option<&Stability>) {
        if self.purpose == Purpose::All && before != after {
            let text = |said: Option<&Stability>| said.map(said_stability);
            self.report(Topic::Stability, text(before), text(after));
        }
    }

    fn interfaces(&mut self, before: &'a Interface, after: &'a Interface) {
        match self.purpose {
            Purpose::Fit => {
                self.functions_of(before, after);
                self.types_of(before, after);
            }
            Purpose::All => {
                self.types_of(before, after);
                self.functions_of(before, after);
            }
        }
        if !(before.inside.is_empty() && after.inside.is_empty()) {
            self.insides_of(before, after);
        }
    }

    /// What the two hold that WIT has no words for.
    fn insides_of(&mut self, before: &'a Interface, after: &'a Interface) {
        let by_name =
            |i: &'a Interface| i.inside.iter().map(|x| (x.name.as_str(), x)).collect::<HashMap<_, &'a Inside>>();
        let (known, found) = (by_name(before), by_name(after));
        let text = |item: &Inside| Some(with_article(item.kind));
        for item in &before.inside {
            self.within(&item.name, |cx| match found.get(item.name.as_str()) {
                None => cx.report(Topic::Inside(item.kind), text(item), None),
                Some(found) if found.kind != item.kind => cx.report(Topic::Definition, text(item), text(found)),
                Some(found) => match (&item.holds, &found.holds) {
                    (Some(before), Some(after)) => cx.nested(before, after),
                    _ if cx.purpose == Purpose::Fit => cx.report(Topic::Inside(item.kind), text(item), text(found)),
                    _ => {}
                },
            });
        }
        if self.purpose == Purpose::All {
            for item in after.inside.iter().filter(|item| !known.contains_key(item.name.as_str())) {
                self.within(&item.name, |cx| cx.report(Topic::Inside(item.kind), None, text(item)));
            }
        }
    }

    fn nested(&mut self, before: &'a Arc<Interface>, after: &'a Arc<Interface>) {
        self.steps += 1;
        if self.nested.insert((Arc::as_ptr(before), Arc::as_ptr(after))) {
            self.depth += 1;
            self.interfaces(before, after);
            self.depth -= 1;
        }
    }

    fn functions_of(&mut self, before: &'a Interface, after: &'a Interface) {
        let by_name =
            |i: &'a Interface| i.functions.iter().map(|f| (f.name.as_str(), f)).collect::<HashMap<_, &'a Function>>();
        let found = by_name(after);
        for function in &before.functions {
            match found.get(function.name.as_str()) {
                Some(found) => self.functions(function, found),
                None => self.within(&label(function), |cx| {
                    let text = cx.signature(cx.components.0, function);
                    cx.report(Topic::Function, Some(text), None);
                }),
            }
        }
        if self.purpose == Purpose::All {
            let known = by_name(before);
            for function in after.functions.iter().filter(|f| !known.contains_key(f.name.as_str())) {
                self.within(&label(function), |cx| {
                    let text = cx.signature(cx.components.1, function);
                    cx.report(Topic::Function, None, Some(text));
                });
            }
        }
    }

    fn types_of(&mut self, before: &'a Interface, after: &'a Interface) {
        let name_of = |table: &'a TypeTable, id: &TypeId| table.get(*id).and_then(|def| def.name.as_deref());
        let by_name = |table: &'a TypeTable, i: &'a Interface| {
            i.types.iter().filter_map(|id| Some((name_of(table, id)?, *id))).collect::<HashMap<_, TypeId>>()
        };
        let found = by_name(self.after, after);
        for id in &before.types {
            let Some(name) = name_of(self.before, id) else { continue };
            self.within(name, |cx| match found.get(name) {
                Some(found) => {
                    let (a, b) = (cx.before.get(*id), cx.after.get(*found));
                    let docs = |def: Option<&'a TypeDef>| def.and_then(|d| d.docs.as_deref());
                    let stability = |def: Option<&'a TypeDef>| def.and_then(|d| d.stability.as_deref());
                    cx.docs(docs(a), docs(b));
                    cx.stability(stability(a), stability(b));
                    cx.types(Type::Def(*id), Type::Def(*found));
                }
                None => cx.report(Topic::Type, Some(line(cx.before, *id)), None),
            });
        }
        if self.purpose == Purpose::All {
            let known = by_name(self.before, before);
            for id in &after.types {
                let Some(name) = name_of(self.after, id).filter(|name| !known.contains_key(name)) else { continue };
                self.within(name, |cx| cx.report(Topic::Type, None, Some(line(cx.after, *id))));
            }
        }
    }

    fn signature(&self, component: &Component, function: &Function) -> String {
        match self.purpose {
            Purpose::Fit => String::new(), // is not shown
            Purpose::All => cut(&component.signature(function), 4 * MAX_LINE),
        }
    }

    fn functions(&mut self, before: &'a Function, after: &'a Function) {
        self.within(&label(before), |cx| {
            let (at, had) = (cx.found.len(), cx.structural);
            if before.is_async != after.is_async {
                let word = |is_async| Some(if is_async { "async" } else { "synchronous" }.to_owned());
                cx.report(Topic::Async, word(before.is_async), word(after.is_async));
            }
            let named = |f: &'a Function| f.params.iter().map(|p| (p.name.as_str(), Some(p.ty), None)).collect();
            cx.members("parameter", named(before), named(after));
            cx.optional("result", "result", before.result, after.result);
            if cx.purpose == Purpose::All && cx.structural > had && at < cx.found.len() {
                let text = |component, f| Some(cx.signature(component, f));
                let (a, b) = (text(cx.components.0, before), text(cx.components.1, after));
                cx.kept += 1;
                cx.found.insert(at, Change { path: cx.path.clone(), topic: Topic::Function, before: a, after: b });
            }
            cx.docs(before.docs.as_deref(), after.docs.as_deref());
            cx.stability(before.stability.as_deref(), after.stability.as_deref());
        });
    }

    /// Fields, cases, labels or parameters: names, their order, their types and documentation.
    fn members(&mut self, word: &'static str, before: Vec<Member<'a>>, after: Vec<Member<'a>>) {
        self.steps += before.len() + after.len();
        let by_name = |members: &[Member<'a>]| members.iter().map(|m| (m.0, *m)).collect::<HashMap<_, Member<'a>>>();
        let (old, new) = (by_name(&before), by_name(&after));
        for (name, ty, docs) in &before {
            self.within_member(name, new.contains_key(name), |cx, segment| match new.get(name) {
                Some((_, found, found_docs)) => {
                    cx.optional(segment, "value", *ty, *found);
                    if docs != found_docs {
                        cx.within(segment, |cx| cx.docs(*docs, *found_docs));
                    }
                }
                None => {
                    let text = cx.member_text(cx.before, name, *ty);
                    cx.report(Topic::Member(word), Some(text), None);
                }
            });
        }
        for (name, ty, _) in after.iter().filter(|m| !old.contains_key(m.0)) {
            self.within_member(name, false, |cx, _| {
                let text = cx.member_text(cx.after, name, *ty);
                cx.report(Topic::Member(word), None, Some(text));
            });
        }
        let shared = |members: &[Member<'a>], other: &HashMap<&str, Member<'a>>| {
            members.iter().map(|m| m.0).filter(|name| other.contains_key(name)).collect::<Vec<&str>>()
        };
        if shared(&before, &new) != shared(&after, &old) {
            let list = |members: &[Member<'a>]| {
                let shown: Vec<&str> = members.iter().take(MAX_NAME).map(|m| m.0).collect();
                Some(cut(&shown.join(", "), MAX_NAME))
            };
            self.report(Topic::Order(word), list(&before), list(&after));
        }
    }

    /// A member that is on both sides opens a segment of the path only where it differs.
    fn within_member(&mut self, name: &str, is_shared: bool, compare: impl FnOnce(&mut Self, &str)) {
        if is_shared {
            compare(self, name);
        } else {
            self.within(name, |cx| compare(cx, name));
        }
    }

    fn member_text(&self, table: &TypeTable, name: &str, ty: Option<Type>) -> String {
        ty.map_or_else(|| cut(name, MAX_NAME), |ty| table.text(ty))
    }

    fn optional(&mut self, segment: &str, word: &'static str, before: Option<Type>, after: Option<Type>) {
        match (before, after) {
            (None, None) => {}
            (Some(before), Some(after)) => {
                // Most members are of the same primitive type: no path is made for those.
                if before != after || matches!(before, Type::Def(_)) {
                    self.within(segment, |cx| cx.types(before, after));
                }
            }
            (before, after) => self.within(segment, |cx| {
                let (before, after) = (before.map(|t| describe(cx.before, t)), after.map(|t| describe(cx.after, t)));
                cx.report(Topic::Value(word), before, after);
            }),
        }
    }

    fn types(&mut self, before: Type, after: Type) {
        let (before, after) = (self.before.resolve(before), self.after.resolve(after));
        let (Type::Def(a), Type::Def(b)) = (before, after) else {
            if before != after {
                self.differ(before, after);
            }
            return;
        };
        self.steps += 1;
        if let Some(place) = self.seen.get(&(a, b)) {
            if let (Some(place), Purpose::All) = (place.clone(), self.purpose) {
                self.refer(place, before, after);
            }
            return;
        }
        self.seen.insert((a, b), None);
        let had = self.structural;
        let home = self.home(a, b).filter(|home| *home != self.path);
        let here = home.clone().map(|home| std::mem::replace(&mut self.path, home));
        self.depth += 1;
        self.definitions(a, b);
        self.depth -= 1;
        if self.structural > had {
            let place = self.place();
            self.seen.insert((a, b), Some(place.clone()));
            if let Some(here) = here {
                self.path = here;
                self.refer(place, before, after);
            }
        } else if let Some(here) = here {
            self.path = here;
        }
    }

    fn refer(&mut self, place: String, before: Type, after: Type) {
        let (before, after) = (describe(self.before, before), describe(self.after, after));
        self.report(Topic::Elsewhere(place), Some(before), Some(after));
    }

    /// The path of a named type, under which its differences are told.
    fn home(&self, a: TypeId, b: TypeId) -> Option<Vec<String>> {
        if self.purpose == Purpose::Fit {
            return None;
        }
        let (a, b) = (self.before.get(a)?, self.after.get(b)?);
        let name = a.name.as_deref().filter(|name| b.name.as_deref() == Some(name))?;
        let name = cut(name, MAX_NAME);
        match (&a.owner, &b.owner) {
            (None, None) => Some(vec![name]),
            (Some(a), Some(b)) if (&**a, &**b) == self.owners => Some(vec![name]),
            (Some(a), Some(b)) if base_name(a) == base_name(b) => Some(vec![cut(base_name(a), MAX_NAME), name]),
            _ => None,
        }
    }

    /// The path as places that refer to it write it: with the interface in front, unless it starts with one.
    fn place(&self) -> String {
        let path = self.path.join(" → ");
        let owner = base_name(self.owners.0);
        match self.path.first() {
            Some(first) if first == owner || first.contains('/') => path,
            _ => format!("{} → {path}", cut(owner, MAX_NAME)),
        }
    }

    fn definitions(&mut self, a: TypeId, b: TypeId) {
        let (before, after) = (Type::Def(a), Type::Def(b));
        let (Some(a), Some(b)) = (self.before.get(a), self.after.get(b)) else { return self.differ(before, after) };
        match (&a.kind, &b.kind) {
            (TypeKind::Record(a), TypeKind::Record(b)) => self.members(
                "field",
                a.iter().map(|f| (f.name.as_str(), Some(f.ty), f.docs.as_deref())).collect(),
                b.iter().map(|f| (f.name.as_str(), Some(f.ty), f.docs.as_deref())).collect(),
            ),
            (TypeKind::Variant(a), TypeKind::Variant(b)) => self.members(
                "case",
                a.iter().map(|c| (c.name.as_str(), c.ty, c.docs.as_deref())).collect(),
                b.iter().map(|c| (c.name.as_str(), c.ty, c.docs.as_deref())).collect(),
            ),
            (TypeKind::Enum(a), TypeKind::Enum(b)) => self.members(
                "case",
                a.iter().map(|l| (l.name.as_str(), None, l.docs.as_deref())).collect(),
                b.iter().map(|l| (l.name.as_str(), None, l.docs.as_deref())).collect(),
            ),
            (TypeKind::Flags(a), TypeKind::Flags(b)) => self.members(
                "flag",
                a.iter().map(|l| (l.name.as_str(), None, l.docs.as_deref())).collect(),
                b.iter().map(|l| (l.name.as_str(), None, l.docs.as_deref())).collect(),
            ),
            (TypeKind::Tuple(a), TypeKind::Tuple(b)) if a.len() == b.len() => {
                self.steps += a.len();
                for (i, (a, b)) in a.iter().zip(b).enumerate() {
                    self.within(&format!("element {i}"), |cx| cx.types(*a, *b));
                }
            }
            (TypeKind::FixedList(x, a), TypeKind::FixedList(y, b)) => {
                if a != b {
                    self.report(Topic::Length, Some(a.to_string()), Some(b.to_string()));
                }
                if a == b || self.purpose == Purpose::All {
                    self.within("element", |cx| cx.types(*x, *y));
                }
            }
            (TypeKind::List(a), TypeKind::List(b)) => self.within("element", |cx| cx.types(*a, *b)),
            (TypeKind::Option(a), TypeKind::Option(b)) => self.within("some", |cx| cx.types(*a, *b)),
            (TypeKind::Result { ok, err }, TypeKind::Result { ok: after_ok, err: after_err }) => {
                self.optional("ok", "value", *ok, *after_ok);
                self.optional("error", "value", *err, *after_err);
            }
            (TypeKind::Map(key, value), TypeKind::Map(after_key, after_value)) => {
                self.within("key", |cx| cx.types(*key, *after_key));
                self.within("value", |cx| cx.types(*value, *after_value));
            }
            (TypeKind::Stream(a), TypeKind::Stream(b)) | (TypeKind::Future(a), TypeKind::Future(b)) => {
                self.optional("element", "value", *a, *b);
            }
            (TypeKind::Own(a), TypeKind::Own(b)) | (TypeKind::Borrow(a), TypeKind::Borrow(b)) => {
                self.types(Type::Def(*a), Type::Def(*b));
            }
            (TypeKind::Resource, TypeKind::Resource) if a.name == b.name => {
                let (from, to) = (a.owner.as_deref(), b.owner.as_deref());
                let own = (from == Some(self.owners.0), to == Some(self.owners.1));
                let is_moved = own.0 != own.1 || (!own.0 && from.map(base_name) != to.map(base_name));
                if self.tells_owners && is_moved {
                    let text = |described: String, owner: Option<&str>, is_own: bool| match owner {
                        Some(owner) if !is_own => format!("{described} of {}", cut(base_name(owner), MAX_NAME)),
                        _ => format!("{described} of its own"),
                    };
                    let (before, after) = (describe(self.before, before), describe(self.after, after));
                    let (before, after) = (text(before, from, own.0), text(after, to, own.1));
                    self.report(Topic::Definition, Some(before), Some(after));
                }
            }
            _ => self.differ(before, after),
        }
    }

    fn differ(&mut self, before: Type, after: Type) {
        let (before, after) = (describe(self.before, before), describe(self.after, after));
        self.report(Topic::Definition, Some(before), Some(after));
    }
}
