//! What is different between two components, or two versions of one, and what that means to those who use them.
//!
//! The rules are those of the component model, seen from both sides. An export is what others rely on: it may give more
//! (minor), and whatever is gone or has another type breaks them (major). An import is what others have to provide: it
//! may ask for less (minor), and whatever it asks for in addition, or with another type, breaks them (major). Types
//! must be equal, member by member and name by name: a component's type is checked by its structure, so a further case,
//! flag, field or parameter is no subtype (*Explainer.md*, type checking; `wasmparser` and `wac` decide alike). What has
//! no bearing on type checking, such as documentation, is a patch. Hosts look for functions and resources only: the name
//! of another type that a host's import lists anew is minor. A world of a WIT package is seen from the components made
//! for it: it may let them use more (minor) or ask less of them (minor), the reverse is major.
//!
//! A version in a name says what its author promises, by semantic versioning: within one track (the same major version,
//! or for 0.x the same minor version) a newer interface may stand for an older one, see
//! [`version_fits`](super::version_fits). Other tracks are other names to a linker.

use super::compare::{Change, Comparison, Purpose, Topic, base_name};
use super::compat::same_track;
use super::{Component, Extern, Part, PartKind, version_fits};
use semver::Version;
use std::collections::{BTreeMap, HashMap};
use std::fmt;

/// What a difference means to those who use the component: a step in semantic versioning.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Nothing is different.
    #[default]
    Same,
    /// Nothing that anyone relies on: documentation.
    Patch,
    /// More is given, or less is asked for: whoever used the one can use the other.
    Minor,
    /// Something that was relied on is gone or changed, or more is asked for.
    Major,
}

/// Where something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Only in the second.
    Added,
    /// In both, and different.
    Changed,
    /// Only in the first.
    Removed,
    /// In both, and equal.
    Same,
}

/// A [`Change`] and what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weighed {
    /// What it means to those who use the component. [`Verdict::Same`] if what follows says it.
    pub verdict: Verdict,
    /// What is different, and where.
    pub change: Change,
}

/// What the versions in two names of one interface promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    /// The first version, as it is written.
    pub before: String,
    /// The second.
    pub after: String,
    /// The step from the one to the other. [`Verdict::Same`] if they are equal.
    pub step: Verdict,
    /// Whether the second is older.
    pub goes_back: bool,
    /// The step that the differences of the interface itself ask for, whoever uses it. An import lists only what its
    /// component uses of the interface, so what it lists more or less says nothing about the interface.
    pub found: Verdict,
}

/// An import or export of the two components.
#[derive(Debug, Clone)]
pub struct ExternDifference {
    /// Where it is.
    pub status: Status,
    /// Its full name in the first component.
    pub before: Option<String>,
    /// Its full name in the second.
    pub after: Option<String>,
    /// Whether a host usually provides it.
    pub is_host: bool,
    /// What its difference means.
    pub verdict: Verdict,
    /// What its versions promise, if it has one on both sides.
    pub promise: Option<Promise>,
    /// Everything that is different: what is new first, then what changed, then what is gone.
    pub changes: Vec<Weighed>,
    /// Whether a limit was met before all of it was compared.
    pub is_partial: bool,
}

/// A size on both sides, in bytes; `None` where the thing is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct SizeDifference {
    /// What: a kind of section (`code`), or a part by its name and path (`module 0.2`).
    pub name: String,
    pub before: Option<u64>,
    pub after: Option<u64>,
}

/// Something that the files say of their origin.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct OriginDifference {
    /// What: `version`, `processed-by wit-component`.
    pub what: String,
    pub before: Option<String>,
    pub after: Option<String>,
}

/// Everything that is different between two components.
#[derive(Debug, Clone)]
pub struct ComponentDifference {
    /// Whether they are the same bytes. Everything else is equal then.
    pub is_identical: bool,
    /// What the differences of all imports and exports mean together.
    pub verdict: Verdict,
    /// What the versions of the two components promise, if both name one.
    pub promise: Option<Promise>,
    /// Of WIT packages: the interfaces, seen as what the package gives; what is new first.
    pub interfaces: Vec<ExternDifference>,
    /// Of WIT packages: the worlds, seen as the components that are made for them see them; what is new first.
    pub worlds: Vec<ExternDifference>,
    /// The imports: what is new first, and of that what a host provides.
    pub imports: Vec<ExternDifference>,
    /// The exports: what is new first.
    pub exports: Vec<ExternDifference>,
    /// The size of the files.
    pub size: SizeDifference,
    /// The sizes of each kind of section in all parts together, largest change first.
    pub kinds: Vec<SizeDifference>,
    /// The sizes of the nested parts, in the order of the second file; parts that are gone come last.
    pub parts: Vec<SizeDifference>,
    /// What the files say of their origin, where it differs.
    pub origin: Vec<OriginDifference>,
    /// Whether a limit was met: there may be more than is listed, and the verdict is a lower bound.
    pub is_partial: bool,
}

/// Changes that are listed for the imports, for the exports, and for the interfaces of a package.
const MAX_CHANGES: usize = 50_000;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Import,
    Export,
}

impl Side {
    fn other(self) -> Self {
        match self {
            Side::Import => Side::Export,
            Side::Export => Side::Import,
        }
    }
}

/// Compares two components: `after` with what was `before`.
pub fn difference(before: &Component, after: &Component) -> ComponentDifference {
    let interfaces = externs(before, after, [&before.interfaces, &after.interfaces], Side::Export);
    let worlds = worlds(before, after);
    let imports = externs(before, after, [&before.imports, &after.imports], Side::Import);
    let exports = externs(before, after, [&before.exports, &after.exports], Side::Export);
    let all = || interfaces.iter().chain(&worlds).chain(&imports).chain(&exports);
    let verdict = all().map(|e| e.verdict).max().unwrap_or_default();
    let is_partial = all().any(|e| e.is_partial);
    let size = |c: &Component| Some(c.bytes.len() as u64);
    ComponentDifference {
        is_identical: before.digest == after.digest,
        verdict,
        promise: match (&before.metadata.version, &after.metadata.version) {
            (Some(old), Some(new)) => promise(old, new, |_| verdict),
            _ => None,
        },
        interfaces,
        worlds,
        imports,
        exports,
        size: SizeDifference { name: "file".into(), before: size(before), after: size(after) },
        kinds: kinds(&before.root, &after.root),
        parts: parts(&before.root, &after.root),
        origin: origin(before, after),
        is_partial,
    }
}

fn externs(before: &Component, after: &Component, lists: [&[Extern]; 2], side: Side) -> Vec<ExternDifference> {
    let mut cx = Comparison::new(before, after, Purpose::All, MAX_CHANGES);
    cx.tells_owners = !std::ptr::eq(lists[0], before.exports.as_slice());
    let mut out: Vec<_> = pairs(lists[0], lists[1], |e| e.name.as_str())
        .into_iter()
        .map(|pair| match pair {
            (Some(a), Some(b)) => {
                cx.externs(a, b);
                paired(a, b, std::mem::take(&mut cx.found), std::mem::take(&mut cx.is_partial), side)
            }
            (a, b) => single(a.map(|e| e.name.as_str()), b.map(|e| e.name.as_str()), side),
        })
        .collect();
    out.sort_by_key(|e| (e.status, !(e.is_host && e.status == Status::Added), std::cmp::Reverse(e.verdict)));
    out
}

/// Worlds are what components are made for: what a world imports they may use, and what it exports they have to give.
fn worlds(before: &Component, after: &Component) -> Vec<ExternDifference> {
    let mut cx = Comparison::new(before, after, Purpose::All, MAX_CHANGES);
    cx.tells_owners = true;
    let mut out: Vec<_> = pairs(&before.worlds, &after.worlds, |w| w.name.as_str())
        .into_iter()
        .map(|pair| match pair {
            (Some(a), Some(b)) => {
                cx.worlds(a, b);
                let found = std::mem::take(&mut cx.found);
                together(&a.name, &b.name, found, std::mem::take(&mut cx.is_partial), Side::Export, weigh_in_world)
            }
            (a, b) => single(a.map(|w| w.name.as_str()), b.map(|w| w.name.as_str()), Side::Export),
        })
        .collect();
    out.sort_by_key(|e| (e.status, std::cmp::Reverse(e.verdict)));
    out
}

fn weigh_in_world(change: &Change, side: Side) -> Verdict {
    let is_export = change.path.first().is_some_and(|way| way == "exports");
    let side = if is_export { side.other() } else { side };
    match (&change.topic, &change.before, &change.after) {
        (Topic::Item, ..) if change.status() != Status::Changed => presence(change.status(), side),
        (Topic::Version, Some(before), Some(after)) => renamed(&format!("x@{before}"), &format!("x@{after}"), side),
        _ => weigh(change, side, false),
    }
}

/// Pairs by name, then by name without the version: those of one track first, the newest with the newest.
fn pairs<'a, T>(before: &'a [T], after: &'a [T], name: fn(&T) -> &str) -> Vec<(Option<&'a T>, Option<&'a T>)> {
    let by_name: HashMap<&str, usize> = after.iter().enumerate().map(|(i, e)| (name(e), i)).collect();
    let mut partner: Vec<Option<usize>> = before.iter().map(|e| by_name.get(name(e)).copied()).collect();
    let mut taken: Vec<bool> = vec![false; after.len()];
    let take = |taken: &mut Vec<bool>, i: usize| taken.get_mut(i).is_some_and(|t| !std::mem::replace(t, true));
    partner.iter().flatten().for_each(|i| _ = take(&mut taken, *i));

    // What has no partner yet, by a key that both sides have to share; newest first.
    for by_track in [true, false] {
        let key = |e: &'a T| {
            let version = version(name(e));
            let track = version.as_ref().filter(|_| by_track).map(track);
            (base_name(name(e)), track, version)
        };
        let mut open: BTreeMap<_, (Vec<_>, Vec<_>)> = BTreeMap::new();
        for (i, e) in before.iter().enumerate().filter(|(i, _)| partner.get(*i) == Some(&None)) {
            let (base, track, version) = key(e);
            open.entry((base, track)).or_default().0.push((version, i));
        }
        for (i, e) in after.iter().enumerate().filter(|(i, _)| taken.get(*i) == Some(&false)) {
            let (base, track, version) = key(e);
            open.entry((base, track)).or_default().1.push((version, i));
        }
        for (mut old, mut new) in open.into_values() {
            old.sort_by(|a, b| b.cmp(a));
            new.sort_by(|a, b| b.cmp(a));
            for ((_, a), (_, b)) in old.into_iter().zip(new) {
                if let Some(slot) = partner.get_mut(a) {
                    *slot = Some(b);
                    take(&mut taken, b);
                }
            }
        }
    }
    let paired = before.iter().zip(&partner).map(|(e, p)| (Some(e), p.and_then(|i| after.get(i))));
    let added = after.iter().zip(&taken).filter(|(_, taken)| !**taken).map(|(e, _)| (None, Some(e)));
    paired.chain(added).collect()
}

fn version(name: &str) -> Option<Version> {
    Version::parse(name.split_once('@')?.1).ok()
}

/// What versions of one track have in common, see [`same_track`].
fn track(version: &Version) -> String {
    match (version.pre.is_empty(), version.major, version.minor) {
        (true, 0, 0) | (false, ..) => version.to_string(),
        (true, 0, minor) => format!("0.{minor}"),
        (true, major, _) => major.to_string(),
    }
}

fn single(before: Option<&str>, after: Option<&str>, side: Side) -> ExternDifference {
    let status = if before.is_some() { Status::Removed } else { Status::Added };
    ExternDifference {
        status,
        before: before.map(str::to_owned),
        after: after.map(str::to_owned),
        is_host: before.or(after).is_some_and(super::is_host),
        verdict: presence(status, side),
        promise: None,
        changes: Vec::new(),
        is_partial: false,
    }
}

/// What it means that something is there on one side only.
fn presence(status: Status, side: Side) -> Verdict {
    match (status, side) {
        (Status::Added, Side::Export) | (Status::Removed, Side::Import) => Verdict::Minor,
        _ => Verdict::Major,
    }
}

fn paired(a: &Extern, b: &Extern, found: Vec<Change>, is_partial: bool, side: Side) -> ExternDifference {
    let is_host = a.is_host() && b.is_host();
    together(&a.name, &b.name, found, is_partial, side, |change, as_seen_from| {
        weigh(change, as_seen_from, is_host && as_seen_from == side)
    })
}

/// What is on both sides under these names, with what was found; `weigh` says what a change means on a side.
fn together(
    before: &str,
    after: &str,
    found: Vec<Change>,
    is_partial: bool,
    side: Side,
    weigh: impl Fn(&Change, Side) -> Verdict,
) -> ExternDifference {
    let mut changes: Vec<_> =
        found.into_iter().map(|change| Weighed { verdict: weigh(&change, side), change }).collect();
    // By function or type, each with all of its own; new ones first. The order of the walk stays otherwise.
    let mut groups: HashMap<Option<String>, (Status, usize)> = HashMap::new();
    for Weighed { change, .. } in &changes {
        let at = groups.len();
        let status = if change.path.len() > 1 { Status::Changed } else { change.status() };
        groups.entry(change.path.first().cloned()).and_modify(|g| g.0 = Status::Changed).or_insert((status, at));
    }
    changes.sort_by_cached_key(|w| groups.get(&w.change.path.first().cloned()).copied());

    let versions = before.split_once('@').zip(after.split_once('@'));
    let promise = versions.and_then(|((_, old), (_, new))| {
        promise(old, new, |goes_back| {
            let of = |w: &Weighed| match (side, &w.change.topic) {
                (Side::Import, Topic::Function | Topic::Type | Topic::Inside(_)) => Verdict::Same,
                // Seen from the older one: what is gone was added.
                (Side::Export, Topic::Function | Topic::Type | Topic::Inside(_) | Topic::Item) if goes_back => {
                    weigh(&w.change, side.other())
                }
                _ => w.verdict,
            };
            changes.iter().map(of).max().unwrap_or_default()
        })
    });
    if before != after {
        let part = |name: &str| Some(name.split_once('@').map_or("none", |(_, v)| v).to_owned());
        let change = Change { path: Vec::new(), topic: Topic::Version, before: part(before), after: part(after) };
        changes.insert(0, Weighed { verdict: renamed(before, after, side), change });
    }
    ExternDifference {
        status: if changes.is_empty() && !is_partial { Status::Same } else { Status::Changed },
        before: Some(before.to_owned()),
        after: Some(after.to_owned()),
        is_host: super::is_host(before) || super::is_host(after),
        verdict: changes.iter().map(|w| w.verdict).max().unwrap_or_default(),
        promise,
        changes,
        is_partial,
    }
}

/// What another version in the name means: an export is found by what asks for the older version of its track; an import
/// finds a newer version of its track, and a host that links by tracks provides it.
fn renamed(before: &str, after: &str, side: Side) -> Verdict {
    let fits = match side {
        Side::Export => version_fits(before, after),
        Side::Import => version(before).zip(version(after)).is_some_and(|(a, b)| same_track(&a, &b)),
    };
    if fits { Verdict::Minor } else { Verdict::Major }
}

fn weigh(change: &Change, side: Side, is_host: bool) -> Verdict {
    let is_resource = change.after.as_ref().is_some_and(|text| text.starts_with("resource "));
    match &change.topic {
        Topic::Docs | Topic::Stability => Verdict::Patch,
        Topic::Type if side == Side::Import && is_host && !is_resource => Verdict::Minor,
        Topic::Function | Topic::Type | Topic::Inside(_) => match change.status() {
            Status::Changed | Status::Same => Verdict::Same,
            status => presence(status, side),
        },
        _ => Verdict::Major,
    }
}

fn promise(before: &str, after: &str, found: impl FnOnce(bool) -> Verdict) -> Option<Promise> {
    let (old, new) = (Version::parse(before.trim()).ok()?, Version::parse(after.trim()).ok()?);
    let goes_back = new.cmp_precedence(&old).is_lt();
    let step = if old == new {
        Verdict::Same
    } else if !same_track(&old, &new) {
        Verdict::Major
    } else if old.major == 0 || old.minor != new.minor {
        Verdict::Minor // for 0.x the patch version has the minor one's part
    } else {
        Verdict::Patch
    };
    Some(Promise { before: old.to_string(), after: new.to_string(), step, goes_back, found: found(goes_back) })
}

// ---- sizes and origin ----

/// The kinds of sections kept by name; all further ones are counted together.
const MAX_KINDS: usize = 2_000;

fn kinds(before: &Part, after: &Part) -> Vec<SizeDifference> {
    let mut sums: BTreeMap<&str, (Option<u64>, Option<u64>)> = BTreeMap::new();
    let mut open = vec![(before, false), (after, true)];
    while let Some((part, is_after)) = open.pop() {
        open.extend(part.children.iter().map(|child| (child, is_after)));
        for (name, range) in &part.sections {
            let is_known = sums.len() < MAX_KINDS || sums.contains_key(name.as_ref());
            let (old, new) = sums.entry(if is_known { name } else { "other sections" }).or_default();
            *if is_after { new } else { old }.get_or_insert(0) += range.len() as u64;
        }
    }
    let mut out: Vec<_> = sums
        .into_iter()
        .map(|(name, (before, after))| SizeDifference { name: name.to_owned(), before, after })
        .collect();
    out.sort_by_key(|s| std::cmp::Reverse(s.change().unsigned_abs()));
    out
}

fn parts(before: &Part, after: &Part) -> Vec<SizeDifference> {
    let mut out = Vec::new();
    let mut gone = Vec::new();
    let mut open = vec![(before, after, Vec::new())];
    while let Some((before, after, path)) = open.pop() {
        let partners = part_pairs(&before.children, &after.children);
        let mut left: Vec<bool> = vec![true; before.children.len()];
        let mut deeper = Vec::new();
        for (i, part) in after.children.iter().enumerate() {
            let at = [&path[..], &[i]].concat();
            let partner = partners.get(i).copied().flatten();
            let partner = partner.and_then(|p| {
                left.get_mut(p).into_iter().for_each(|l| *l = false);
                before.children.get(p)
            });
            out.push(SizeDifference {
                name: part.label(&at),
                before: partner.map(|p| p.range.len() as u64),
                after: Some(part.range.len() as u64),
            });
            deeper.extend(partner.map(|partner| (partner, part, at)));
        }
        gone.extend(before.children.iter().zip(left).enumerate().filter(|(_, (_, left))| *left).map(
            |(i, (part, _))| SizeDifference {
                name: part.label(&[&path[..], &[i]].concat()),
                before: Some(part.range.len() as u64),
                after: None,
            },
        ));
        open.extend(deeper.into_iter().rev());
    }
    out.append(&mut gone);
    out
}

/// For each part of the second list the position of its partner: by kind and name, then by kind and position.
fn part_pairs(before: &[Part], after: &[Part]) -> Vec<Option<usize>> {
    let mut out = vec![None; after.len()];
    let mut taken = vec![false; before.len()];
    for by_name in [true, false] {
        let key = |p: &Part| (p.kind == PartKind::Component, p.name.clone().filter(|_| by_name));
        let mut open: HashMap<_, Vec<usize>> = HashMap::new();
        for (i, part) in before.iter().enumerate().rev().filter(|(i, _)| taken.get(*i) == Some(&false)) {
            open.entry(key(part)).or_default().push(i);
        }
        for (slot, part) in out.iter_mut().zip(after).filter(|(slot, _)| slot.is_none()) {
            *slot = open.get_mut(&key(part)).and_then(Vec::pop);
            slot.and_then(|i| taken.get_mut(i)).into_iter().for_each(|t| *t = true);
        }
    }
    out
}

fn origin(before: &Component, after: &Component) -> Vec<OriginDifference> {
    let mut said: BTreeMap<(usize, String), (Option<String>, Option<String>)> = BTreeMap::new();
    for (component, is_after) in [(before, false), (after, true)] {
        let m = &component.metadata;
        let fields = [
            ("name", &m.name),
            ("version", &m.version),
            ("revision", &m.revision),
            ("description", &m.description),
            ("authors", &m.authors),
            ("licenses", &m.licenses),
            ("source", &m.source),
            ("homepage", &m.homepage),
        ];
        let fields = fields.into_iter().enumerate();
        let fields = fields.filter_map(|(i, (what, text))| Some(((i, what.to_owned()), text.clone()?)));
        let producers = m.producers.iter().map(|p| {
            let version = if p.version.is_empty() { "without a version" } else { &p.version };
            ((usize::MAX, format!("{} {}", p.field, p.name)), version.to_owned())
        });
        for (key, text) in fields.chain(producers) {
            let (old, new) = said.entry(key).or_default();
            match if is_after { new } else { old } {
                // The same tool at several versions, in several parts.
                Some(there) if !there.is_empty() => *there = format!("{there}, {text}"),
                slot => *slot = Some(text),
            }
        }
    }
    said.into_iter()
        .filter(|(_, (before, after))| before != after)
        .map(|((_, what), (before, after))| OriginDifference { what, before, after })
        .collect()
}

impl Verdict {
    /// Its word in semantic versioning.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Same => "same",
            Verdict::Patch => "patch",
            Verdict::Minor => "minor",
            Verdict::Major => "major",
        }
    }
}

impl Change {
    /// Where it is.
    pub fn status(&self) -> Status {
        match (&self.before, &self.after) {
            (None, Some(_)) => Status::Added,
            (Some(_), None) => Status::Removed,
            _ => Status::Changed,
        }
    }

    /// Whether it is the version of the whole, which [`ExternDifference::title`] says already.
    pub fn is_of_title(&self) -> bool {
        self.topic == Topic::Version && self.path.is_empty()
    }

    /// What is different, without the place: `u32 → string`, `order of fields: a, b → b, a`.
    pub fn what(&self) -> String {
        let from_to = || match (&self.before, &self.after) {
            (Some(a), Some(b)) => format!("{a} → {b}"),
            (a, b) => a.as_ref().or(b.as_ref()).cloned().unwrap_or_default(),
        };
        match &self.topic {
            // The members that follow say what is different in a signature that reads the same.
            Topic::Function if self.before == self.after => self.after.clone().unwrap_or_default(),
            Topic::Version => format!("version {}", from_to()),
            Topic::Order(word) => format!("order of {word}s: {}", from_to()),
            Topic::Length => format!("number of elements: {}", from_to()),
            Topic::Docs => match self.status() {
                Status::Added => "documentation added".into(),
                Status::Removed => "documentation removed".into(),
                _ => "documentation changed".into(),
            },
            Topic::Stability => match self.status() {
                Status::Removed => format!("no longer said: {}", from_to()),
                _ => from_to(),
            },
            Topic::Elsewhere(place) if self.before == self.after => {
                format!("{} is different, see {place}", self.after.as_deref().unwrap_or_default())
            }
            Topic::Elsewhere(place) => format!("{}, see {place}", from_to()),
            _ => from_to(),
        }
    }

    /// The path in one line: `check → result → score`.
    pub fn place(&self) -> String {
        self.path.join(" → ")
    }
}

impl ExternDifference {
    /// The name to call it by: the newer one.
    pub fn name(&self) -> &str {
        self.after.as_deref().or(self.before.as_deref()).unwrap_or_default()
    }

    /// The name with both versions: `a:b/c@1.0.0 → 1.1.0`.
    pub fn title(&self) -> String {
        match (&self.before, &self.after) {
            (Some(a), Some(b)) if a != b => match b.split_once('@') {
                Some((_, version)) if a.contains('@') && base_name(a) == base_name(b) => format!("{a} → {version}"),
                _ => format!("{a} → {b}"),
            },
            _ => self.name().to_owned(),
        }
    }
}

impl Promise {
    /// Whether the versions promise that less is different than is.
    pub fn is_broken(&self) -> bool {
        // An unchanged version promises an unchanged interface; documentation does not matter to anyone's linking.
        self.found > self.step && self.found > Verdict::Patch
    }
}

impl fmt::Display for Promise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.step {
            Verdict::Same => write!(f, "declares {} unchanged", self.after)?,
            step => {
                let back = if self.goes_back { ", going back" } else { "" };
                write!(f, "declares {} → {} ({}{back})", self.before, self.after, step.word())?;
            }
        }
        if self.is_broken() {
            write!(f, "; found {}: the version promises too much", self.found.word())?;
        }
        Ok(())
    }
}

impl SizeDifference {
    /// The second size without the first.
    pub fn change(&self) -> i64 {
        let size = |s: Option<u64>| i64::try_from(s.unwrap_or(0)).unwrap_or(i64::MAX);
        size(self.after) - size(self.before)
    }
}

impl ComponentDifference {
    /// What it comes to, in one sentence.
    pub fn summary(&self) -> String {
        match self.verdict {
            _ if self.is_identical => return "The same bytes".into(),
            Verdict::Same => return "No difference in what it asks for and gives".into(),
            Verdict::Patch => return "Only documentation is different".into(),
            Verdict::Minor | Verdict::Major => {}
        }
        let mut parts = Vec::new();
        for (list, word, removed) in [
            (&self.interfaces, "interface", "gone"),
            (&self.worlds, "world", "gone"),
            (&self.imports, "import", "no longer asked for"),
            (&self.exports, "export", "gone"),
        ] {
            for (status, what) in [(Status::Added, "new"), (Status::Removed, removed), (Status::Changed, "changed")] {
                let count = list.iter().filter(|e| e.status == status && e.verdict == self.verdict).count();
                let s = if count == 1 { "" } else { "s" };
                parts.extend((count > 0).then(|| format!("{count} {word}{s} {what}")));
            }
        }
        let lead = if self.verdict == Verdict::Major { "Breaking" } else { "Compatible" };
        format!("{lead}: {}", parts.join(", "))
    }

    /// How many differences there are in what is asked for and given, and how many of them break someone.
    pub fn counts(&self) -> (usize, usize) {
        let mut counts = (0, 0);
        let all = self.interfaces.iter().chain(&self.worlds).chain(&self.imports).chain(&self.exports);
        for e in all.filter(|e| e.status != Status::Same) {
            let verdicts = e.changes.iter().map(|w| w.verdict).filter(|v| *v != Verdict::Same);
            let own = e.changes.is_empty().then_some(e.verdict);
            for verdict in verdicts.chain(own) {
                counts.0 += 1;
                counts.1 += usize::from(verdict == Verdict::Major);
            }
        }
        counts
    }
}

#[cfg(test)]
mod tests;
