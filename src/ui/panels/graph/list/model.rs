//! What the list shows, derived from the session once for every change.

use crate::component::Extern;
use crate::compose::{self, Port, Side};
use crate::diag::{Severity, Subject};
use crate::session::Session;
use crate::ui::canvas::PortState;
use crate::ui::panels::graph;
use std::collections::HashMap;

/// More instances than this are folded at first.
const MOST_OPEN: usize = 40;

/// A group of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Group {
    Frames,
    Instances,
    Wires,
    Results,
}

/// What a row is about, by names: it stays the same when others come and go.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    Group(Group),
    /// A frame, by its title.
    Frame(String),
    /// An instance in the list of the frame it is in.
    Member(String, String),
    Instance(String),
    Port(Port, Side),
    /// The wire that ends at this import.
    Wire(Port),
    /// An export of the result.
    Result(String),
}

/// A row, by positions in the [`Model`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Row {
    Group(Group),
    Frame(usize),
    Member(usize, usize),
    Instance(usize),
    Port(usize, Side, usize),
    Wire(usize),
    Result(usize),
}

/// The composition with what the rows need at hand.
#[derive(Default)]
pub struct Model {
    of: Option<(u64, u64)>,
    /// Frames with their members.
    pub frames: Vec<(String, Vec<String>)>,
    pub instances: Vec<String>,
    /// The imports that wires end at.
    pub wires: Vec<Port>,
    /// Exports of the result, chosen or automatic.
    pub results: Vec<(String, Port)>,
    /// The imports behind an export.
    users: HashMap<Port, Vec<Port>>,
    /// The names of exports in the result.
    named: HashMap<Port, String>,
    /// Wires that do not fit, by the import they end at, and why.
    broken: HashMap<Port, String>,
    /// Instances that a problem is about, with the worst.
    troubled: HashMap<String, Severity>,
    /// Missing imports of each instance.
    missing: Vec<usize>,
}

/// By what names are ordered: `check-2` comes before `check-10`.
fn in_order(name: &str) -> (&str, Option<u64>, &str) {
    let (stem, number) = name.rsplit_once('-').unwrap_or((name, ""));
    match number.parse() {
        Ok(number) => (stem, Some(number), name),
        Err(_) => (name, None, name),
    }
}

impl Model {
    /// Derives everything anew if the session has changed. Says whether it did.
    pub fn refresh(&mut self, session: &Session) -> bool {
        let of = Some((session.document_number(), session.revision()));
        if self.of == of {
            return false;
        }
        let composition = &session.document().composition;
        let library = session.library();
        let mut new = Self { of, ..Self::default() };
        for (to, from) in &composition.wires {
            new.users.entry(from.clone()).or_default().push(to.clone());
            new.wires.push(to.clone());
        }
        new.results = compose::result_exports(composition, library);
        new.named = new.results.iter().map(|(name, port)| (port.clone(), name.clone())).collect();
        let frames = session.document().frames.iter();
        new.frames = frames.map(|(title, f)| (title.clone(), f.members.iter().cloned().collect())).collect();
        for problem in session.problems() {
            if let (Subject::Wire { instance, import }, Severity::Error) = (&problem.subject, problem.severity) {
                new.broken.insert(Port::new(instance, import), problem.message.clone());
            }
            for instance in problem.about().filter_map(Subject::instance) {
                let worst = new.troubled.entry(instance.to_owned()).or_insert(problem.severity);
                *worst = (*worst).min(problem.severity);
            }
        }
        let mut names: Vec<&String> = composition.instances.keys().collect();
        names.sort_by(|a, b| in_order(a).cmp(&in_order(b)));
        for name in names {
            let imports = composition.component(library, name).map(|c| c.imports.as_slice()).unwrap_or_default();
            let is_missing = |name: &str, import: &&Extern| {
                !import.is_host() && !composition.wires.contains_key(&Port::new(name, &import.name))
            };
            new.missing.push(imports.iter().filter(|i| is_missing(name, i)).count());
            new.instances.push(name.clone());
        }
        *self = new;
        true
    }

    /// Which of the instances this one is.
    pub fn place_of(&self, name: &str) -> Option<usize> {
        self.instances.binary_search_by(|other| in_order(other).cmp(&in_order(name))).ok()
    }

    /// Whether instances are folded unless opened.
    pub fn starts_folded(&self) -> bool {
        self.instances.len() > MOST_OPEN
    }

    pub fn users(&self, export: &Port) -> &[Port] {
        self.users.get(export).map(Vec::as_slice).unwrap_or_default()
    }

    /// An export's name in the result, if it has one.
    pub fn result_name(&self, export: &Port) -> Option<&str> {
        self.named.get(export).map(String::as_str)
    }

    pub fn broken(&self, import: &Port) -> Option<&str> {
        self.broken.get(import).map(String::as_str)
    }

    pub fn trouble(&self, instance: &str) -> Option<Severity> {
        self.troubled.get(instance).copied()
    }

    pub fn missing(&self, instance: usize) -> usize {
        self.missing.get(instance).copied().unwrap_or_default()
    }

    /// How a port is doing, as on the canvas.
    pub fn port_state(&self, session: &Session, port: &Port, side: Side) -> PortState {
        let composition = &session.document().composition;
        match side {
            Side::Import => {
                let is_host = composition.port(session.library(), port, side).is_some_and(Extern::is_host);
                graph::import_state(composition.wires.contains_key(port), self.broken.contains_key(port), is_host)
            }
            Side::Export => graph::export_state(self.users.contains_key(port), self.named.contains_key(port)),
        }
    }

    /// What a row is about.
    pub fn key(&self, session: &Session, row: Row) -> Option<Key> {
        Some(match row {
            Row::Group(group) => Key::Group(group),
            Row::Frame(i) => Key::Frame(self.frames.get(i)?.0.clone()),
            Row::Member(i, nth) => {
                let (title, members) = self.frames.get(i)?;
                Key::Member(title.clone(), members.get(nth)?.clone())
            }
            Row::Instance(i) => Key::Instance(self.instances.get(i)?.clone()),
            Row::Port(i, side, nth) => Key::Port(self.port(session, i, side, nth)?, side),
            Row::Wire(i) => Key::Wire(self.wires.get(i)?.clone()),
            Row::Result(i) => Key::Result(self.results.get(i)?.0.clone()),
        })
    }

    /// A port by its place.
    pub fn port(&self, session: &Session, instance: usize, side: Side, nth: usize) -> Option<Port> {
        let name = self.instances.get(instance)?;
        let component = session.document().composition.component(session.library(), name)?;
        let ports = if side == Side::Import { &component.imports } else { &component.exports };
        Some(Port::new(name, &ports.get(nth)?.name))
    }

    /// The rows that are not folded away and have what is looked for in their names, or stand above one that has.
    pub fn rows(&self, session: &Session, wanted: &str, is_open: impl Fn(&Key) -> bool) -> Vec<Row> {
        let mut out = Vec::new();
        let wanted = wanted.trim().to_lowercase();
        let has = |text: &str| wanted.is_empty() || text.to_lowercase().contains(&wanted);
        let group = |out: &mut Vec<Row>, group: Group, count: usize| {
            if count > 0 {
                out.push(Row::Group(group));
            }
            count > 0 && (is_open(&Key::Group(group)) || !wanted.is_empty())
        };
        let composition = &session.document().composition;
        if group(&mut out, Group::Frames, self.frames.len()) {
            for (i, (title, members)) in self.frames.iter().enumerate() {
                let whole = has(title);
                let is_open = is_open(&Key::Frame(title.clone()));
                let fits = |name: &String| if whole { is_open } else { !wanted.is_empty() && has(name) };
                let fitting: Vec<_> = members.iter().enumerate().filter(|(_, name)| fits(name)).collect();
                if whole || !fitting.is_empty() {
                    out.push(Row::Frame(i));
                    out.extend(fitting.into_iter().map(|(nth, _)| Row::Member(i, nth)));
                }
            }
        }
        if group(&mut out, Group::Instances, self.instances.len()) {
            for (i, name) in self.instances.iter().enumerate() {
                let component = composition.component(session.library(), name);
                let whole = has(name) || component.is_some_and(|c| has(&c.name));
                let mut ports = Vec::new();
                if !whole || is_open(&Key::Instance(name.clone())) {
                    let imports = component.map(|c| c.imports.as_slice()).unwrap_or_default();
                    let exports = component.map(|c| c.exports.as_slice()).unwrap_or_default();
                    for (side, externs) in [(Side::Import, imports), (Side::Export, exports)] {
                        let fitting = externs.iter().enumerate().filter(|(_, e)| whole || has(&e.name));
                        ports.extend(fitting.map(|(nth, _)| Row::Port(i, side, nth)));
                    }
                }
                if whole || !ports.is_empty() {
                    out.push(Row::Instance(i));
                    out.extend(ports);
                }
            }
        }
        if group(&mut out, Group::Wires, self.wires.len()) {
            let named = |to: &Port| {
                let from = composition.wires.get(to);
                [Some(to), from].into_iter().flatten().any(|p| has(&p.instance) || has(&p.name))
            };
            out.extend(self.wires.iter().enumerate().filter(|(_, to)| named(to)).map(|(i, _)| Row::Wire(i)));
        }
        if group(&mut out, Group::Results, self.results.len()) {
            let named = |(name, from): &(String, Port)| has(name) || has(&from.instance);
            out.extend(self.results.iter().enumerate().filter(|(_, r)| named(r)).map(|(i, _)| Row::Result(i)));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::in_order;

    #[test]
    fn names_with_numbers_are_in_the_order_of_the_numbers() {
        let mut names = ["check-10", "check-2", "check", "check-1-a", "cash", "check-b", "check-02"];
        names.sort_by(|a, b| in_order(a).cmp(&in_order(b)));
        assert_eq!(names, ["cash", "check", "check-02", "check-2", "check-10", "check-1-a", "check-b"]);
    }
}
