//! A composition read from WAC source. Each instance, wire and export in it becomes one of ours; what has no place in a
//! [`Composition`] is refused at its line and column, and nothing is left out without a word.

mod instances;
mod types;

use super::check::quoted;
use super::edit::export_name_for;
use super::fit::Fits;
use super::text::{DEPS, INSTANCE, NAMED, SHA256};
use super::{Composition, Library, Port, Side};
use crate::component::{Component, Digest, Extern, guard};
use crate::diag::display_safe_line;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use types::{Mentioned, mentioned};
use wac_parser::lexer::{Lexer, Token};
use wac_parser::{
    DocComment, Document, ExportOptions, ExportStatement, Expr, ImportStatement, ImportType, PostfixExpr, PrimaryExpr,
    Statement,
};

/// Bytes of source that are read.
const MOST_SOURCE: usize = 4 << 20;
/// Brackets inside each other: the parser calls itself for each.
const MOST_NESTED: usize = 64;
/// Faults that are listed.
const MOST_FAULTS: usize = 20;

/// Something in the source, at its place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Remark {
    /// The line, from 1; 0 if it is about the whole.
    pub line: usize,
    /// The letter in the line, from 1.
    pub column: usize,
    /// What is the case, and what to do.
    pub message: String,
}

/// As in `Line 3, column 9: there is no “x” before this`.
impl std::fmt::Display for Remark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.line > 0 {
            write!(f, "Line {}, column {}: ", self.line, self.column)?;
        }
        f.write_str(&self.message)
    }
}

/// A package that the source speaks of, by a name that says nothing about where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Its name, as in `acme:store`.
    pub name: String,
    /// The version, where the source names one.
    pub version: Option<String>,
    /// The digest that a comment of the source claims.
    pub digest: Option<Digest>,
    /// What the component was called, as a comment of the source claims.
    pub component: Option<String>,
    /// Whether only its types are wanted, so that it need not be there.
    pub is_types: bool,
    /// Where it is wanted first.
    pub line: usize,
    /// Where in that line.
    pub column: usize,
}

impl Wanted {
    /// As in the source: `acme:store@1.2.0`.
    pub fn key(&self) -> String {
        key(&self.name, self.version.as_deref())
    }
}

/// A composition as its source has it.
#[derive(Debug, Clone)]
pub struct Sourced {
    /// What the source's own package is called, without the name space.
    pub name: String,
    /// The composition.
    pub composition: Composition,
    /// What is worth knowing about it.
    pub notes: Vec<Remark>,
}

/// The packages that a source speaks of, in its order: those that it makes instances of, and behind them those that have the
/// types of its imports and the world that it is for.
///
/// # Errors
/// Why the source cannot be read.
pub fn wac_packages(source: &str) -> Result<Vec<Wanted>, Remark> {
    let lines = Lines::of(source);
    let document = parse(source, &lines)?;
    let claims = claims(source);
    let all = mentioned(&document).into_iter().map(|Mentioned { name, version, offset, is_types }| {
        let version = version.map(ToString::to_string);
        let (digest, component) =
            claims.get(key(name, version.as_deref()).as_str()).cloned().filter(|_| !is_types).unwrap_or_default();
        let (line, column) = lines.place(offset);
        Wanted { name: name.to_owned(), version, digest, component, is_types, line, column }
    });
    Ok(all.collect())
}

/// Reads a source. `packages` says which component each package is, by [`Wanted::key`]; one that is not open becomes an
/// instance of it all the same, as far as its names go.
///
/// # Errors
/// Everything that is wrong with the source, or that a composition cannot hold.
pub fn from_wac(source: &str, packages: &BTreeMap<String, Digest>, library: &Library) -> Result<Sourced, Vec<Remark>> {
    let lines = Lines::of(source);
    let document = parse(source, &lines).map_err(|fault| vec![fault])?;
    let mut reading = Reading {
        lines,
        packages,
        library,
        out: Composition::default(),
        fits: Fits::default(),
        names: HashMap::new(),
        variables: HashMap::new(),
        imported: BTreeMap::new(),
        faults: Vec::new(),
        count: 0,
        notes: Vec::new(),
    };
    for statement in &document.statements {
        if reading.count >= MOST_FAULTS {
            break;
        }
        reading.statement(statement);
    }
    if reading.faults.is_empty() {
        reading.verify(&document);
    }
    if !reading.faults.is_empty() {
        return Err(reading.faults);
    }
    for (name, (offset, _)) in std::mem::take(&mut reading.imported).into_iter().filter(|(_, (_, is_taken))| !is_taken)
    {
        reading.note(offset, format!("Nothing takes the import {}, so the result does not ask for it", quoted(&name)));
    }
    if reading.out.exports.is_empty() && !reading.out.instances.is_empty() {
        let message = "The source exports nothing, and of that other tools make a component without exports; here, what \
                       instances export that provide nothing to others becomes the result's";
        reading.notes.push(Remark { line: 0, column: 0, message: message.to_owned() });
    }
    let own = document.directive.package.name;
    let name = own.rsplit(':').next().unwrap_or(own).to_owned();
    Ok(Sourced { name, composition: reading.out, notes: reading.notes })
}

fn key(name: &str, version: Option<&str>) -> String {
    version.map_or_else(|| name.to_owned(), |version| format!("{name}@{version}"))
}

/// What the comments of our own sources say of files: package → digest and the component's name.
fn claims(source: &str) -> HashMap<String, (Option<Digest>, Option<String>)> {
    let mut out = HashMap::new();
    for line in source.lines().filter_map(|line| line.strip_prefix(DEPS)) {
        let Some((file, rest)) = line.split_once(".wasm ") else { continue };
        let Some((digest, rest)) =
            rest.trim_start().strip_prefix(SHA256).and_then(|r| r.trim_start().split_at_checked(64))
        else {
            continue;
        };
        let named = rest.trim_start().strip_prefix(NAMED).and_then(|text| serde_json::from_str::<String>(text).ok());
        let named = named.filter(|name| name.len() <= 400);
        out.insert(file.replace('/', ":"), (Digest::parse(digest), named));
    }
    out
}

/// Where each line begins.
struct Lines<'s> {
    source: &'s str,
    starts: Vec<usize>,
}

impl<'s> Lines<'s> {
    fn of(source: &'s str) -> Self {
        let breaks = source.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i + 1);
        Self { source, starts: std::iter::once(0).chain(breaks).collect() }
    }

    /// Line and column of a byte, both from 1.
    fn place(&self, offset: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= offset).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or_default();
        let before = self.source.get(start..offset).unwrap_or_default();
        (line, before.chars().count() + 1)
    }

    fn remark(&self, offset: usize, message: impl Into<String>) -> Remark {
        let (line, column) = self.place(offset);
        Remark { line, column, message: message.into() }
    }
}

fn parse<'s>(source: &'s str, lines: &Lines<'s>) -> Result<Document<'s>, Remark> {
    if source.len() > MOST_SOURCE {
        let message = format!("The source has more than {} MiB, which is more than is read", MOST_SOURCE >> 20);
        return Err(Remark { line: 0, column: 0, message });
    }
    let mut depth = 0_usize;
    for (token, span) in Lexer::new(source).into_iter().flatten() {
        match token {
            Ok(Token::OpenBrace | Token::OpenParen | Token::OpenAngle | Token::OpenBracket) => depth += 1,
            Ok(Token::CloseBrace | Token::CloseParen | Token::CloseAngle | Token::CloseBracket) => {
                depth = depth.saturating_sub(1);
            }
            Ok(_) => {}
            Err(_) => break, // the parser says what is wrong
        }
        if depth > MOST_NESTED {
            let message =
                format!("More than {MOST_NESTED} brackets stand inside each other; use `let` for the inner ones");
            return Err(lines.remark(span.offset(), message));
        }
    }
    // The parser unwraps what it takes for granted.
    match guard::with_stack(|| guard::caught(|| Document::parse(source))) {
        Ok(parsed) => parsed.map_err(|error| syntax(lines, &error)),
        Err(_) => {
            Err(Remark { line: 0, column: 0, message: "The source could not be read: the parser gave up".to_owned() })
        }
    }
}

fn syntax(lines: &Lines<'_>, error: &wac_parser::Error) -> Remark {
    use wac_parser::Error;
    let offset = match error {
        Error::Lexer { span, .. }
        | Error::Expected { span, .. }
        | Error::ExpectedEither { span, .. }
        | Error::ExpectedMultiple { span, .. }
        | Error::EmptyType { span, .. }
        | Error::InvalidVersion { span, .. } => span.offset(),
    };
    lines.remark(offset, format!("This is not WAC: {}", display_safe_line(&error.to_string())))
}

/// What an expression stands for.
#[derive(Clone)]
enum Value {
    /// An instance of a component.
    Instance(String),
    /// One of its exports.
    Port(Port),
    /// What the result imports under this name.
    Import(String),
    /// Something that had a fault: nothing more is said of it.
    Faulty,
}

/// The imports or exports of one component, to be found by name.
struct Names<'a> {
    all: HashMap<&'a str, &'a Extern>,
    /// `kv` of `t:store/kv@1.2.0`; `None` where several interfaces are called that.
    short: HashMap<&'a str, Option<&'a str>>,
}

impl<'a> Names<'a> {
    fn of(list: &'a [Extern]) -> Self {
        let mut short = HashMap::new();
        for name in list.iter().map(|e| e.name.as_str()) {
            if let Some((_, last)) = name.rsplit_once('/') {
                let last = last.split_once('@').map_or(last, |(last, _)| last);
                short.entry(last).and_modify(|known| *known = None).or_insert(Some(name));
            }
        }
        Self { all: list.iter().map(|e| (e.name.as_str(), e)).collect(), short }
    }

    /// What an identifier means: a plain name of just this spelling, or else the one interface whose name ends with it.
    fn meant(&self, word: &str) -> Option<&'a str> {
        if let Some((name, _)) = self.all.get_key_value(word) {
            return Some(name);
        }
        self.short.get(word).copied().flatten()
    }

    fn list(&self) -> String {
        let mut names: Vec<&str> = self.all.keys().copied().collect();
        names.sort_unstable();
        let more = names.len().saturating_sub(6);
        names.truncate(6);
        match (names.is_empty(), more) {
            (true, _) => "none".to_owned(),
            (_, 0) => display_safe_line(&names.join(", ")).into_owned(),
            _ => format!("{}, and {more} more", display_safe_line(&names.join(", "))),
        }
    }
}

struct Reading<'s, 'a> {
    lines: Lines<'s>,
    packages: &'a BTreeMap<String, Digest>,
    library: &'a Library,
    out: Composition,
    fits: Fits<'a>,
    names: HashMap<(Digest, Side), Arc<Names<'a>>>,
    variables: HashMap<&'s str, Value>,
    /// The explicit imports by the name that the result has for them: where each is, and whether somebody takes it.
    imported: BTreeMap<String, (usize, bool)>,
    faults: Vec<Remark>,
    /// Faults that there were, listed or not.
    count: usize,
    notes: Vec<Remark>,
}

impl<'s, 'a> Reading<'s, 'a> {
    fn fault(&mut self, offset: usize, message: impl Into<String>) -> Value {
        self.count += 1;
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(self.lines.remark(offset, message));
        }
        Value::Faulty
    }

    fn note(&mut self, offset: usize, message: String) {
        if self.notes.len() < MOST_FAULTS {
            self.notes.push(self.lines.remark(offset, message));
        }
    }

    fn statement(&mut self, statement: &Statement<'s>) {
        match statement {
            Statement::Import(import) => self.import(import),
            Statement::Type(of) => {
                use wac_parser::{InterfaceDecl, TypeStatement, WorldDecl};
                let offset = match of {
                    TypeStatement::Interface(InterfaceDecl { id, .. }) | TypeStatement::World(WorldDecl { id, .. }) => {
                        id.span.offset()
                    }
                    TypeStatement::Type(of) => of.id().span.offset(),
                };
                let text = "Types of its own cannot be held here: a composition has instances, wires and exports alone";
                self.fault(offset, text);
            }
            Statement::Let(s) => {
                let wanted = instance_name(&s.docs);
                let value = self.expression(&s.expr, wanted.as_deref().or(Some(s.id.string)));
                if self.variables.insert(s.id.string, value).is_some() {
                    self.fault(s.id.span.offset(), format!("There is a {} already", quoted(s.id.string)));
                }
            }
            Statement::Export(s) => self.export(s),
        }
    }

    /// An explicit import: it is what an instance asks for, left open.
    fn import(&mut self, import: &ImportStatement<'s>) {
        let offset = import.id.span.offset();
        let name = match (&import.name, &import.ty) {
            (Some(name), _) => name.as_str(),
            (None, ImportType::Package(path)) => path.string,
            (None, _) => import.id.string,
        };
        let value = if self.imported.insert(name.to_owned(), (offset, false)).is_some() {
            self.fault(offset, format!("There is an import {} already", quoted(name)))
        } else {
            Value::Import(name.to_owned())
        };
        if self.variables.insert(import.id.string, value).is_some() {
            self.fault(offset, format!("There is a {} already", quoted(import.id.string)));
        }
    }

    // ---- expressions ----

    /// `wanted` is what a new instance is called.
    fn expression(&mut self, expression: &Expr<'s>, wanted: Option<&str>) -> Value {
        let plain = wanted.filter(|_| expression.postfix.is_empty());
        let mut value = match &expression.primary {
            PrimaryExpr::New(new) => self.instance(new, plain),
            PrimaryExpr::Nested(inner) => self.expression(&inner.inner, plain),
            PrimaryExpr::Ident(id) => self.variable(id.string, id.span.offset()),
        };
        for access in &expression.postfix {
            let (name, is_word, offset) = match access {
                PostfixExpr::Access(a) => (a.id.string, true, a.id.span.offset()),
                PostfixExpr::NamedAccess(a) => (a.string.value, false, a.string.span.offset()),
            };
            value = match value {
                Value::Faulty => return Value::Faulty,
                Value::Port(port) => self.fault(
                    offset,
                    format!("{} of {port} is part of an interface, and a wire carries the whole of it", quoted(name)),
                ),
                Value::Import(import) => self.fault(
                    offset,
                    format!(
                        "{} of the import {} is part of it, and it can only be given to an instance as a whole",
                        quoted(name),
                        quoted(&import)
                    ),
                ),
                Value::Instance(instance) => self.port(instance, name, is_word, offset),
            };
        }
        value
    }

    fn variable(&mut self, name: &str, offset: usize) -> Value {
        match self.variables.get(name) {
            Some(value) => value.clone(),
            None => self.fault(offset, format!("There is no {} before this", quoted(name))),
        }
    }

    /// An export of an instance.
    fn port(&mut self, instance: String, name: &str, is_word: bool, offset: usize) -> Value {
        let Some(exports) = self.names_of(&instance, Side::Export) else {
            return Value::Port(Port::new(instance, name)); // its component is not open
        };
        let meant = if is_word { exports.meant(name) } else { exports.all.get_key_value(name).map(|(n, _)| *n) };
        match meant {
            Some(meant) => Value::Port(Port::new(instance, meant)),
            None => {
                let text =
                    format!("{} has no export {}; its exports: {}", quoted(&instance), quoted(name), exports.list());
                self.fault(offset, text)
            }
        }
    }

    fn names_of(&mut self, instance: &str, side: Side) -> Option<Arc<Names<'a>>> {
        let digest = self.out.instances.get(instance)?.component;
        let component: &'a Component = self.library.get(&digest)?;
        let list = if side == Side::Import { &component.imports } else { &component.exports };
        Some(Arc::clone(self.names.entry((digest, side)).or_insert_with(|| Arc::new(Names::of(list)))))
    }

    // ---- exports ----

    fn export(&mut self, statement: &ExportStatement<'s>) {
        let offset = statement.expr.span.offset();
        let value = self.expression(&statement.expr, None);
        match (value, &statement.options) {
            (Value::Faulty, _) => {}
            (Value::Import(import), _) => {
                let text = format!("{} is imported, and only what an instance gives can be exported", quoted(&import));
                self.fault(offset, text);
            }
            (Value::Port(port), ExportOptions::None) => self.offer(port.name.clone(), port, offset),
            (Value::Port(port), ExportOptions::Rename(name)) => {
                self.offer(name.as_str().to_owned(), port, name.span().offset());
            }
            (Value::Port(port), ExportOptions::Spread(_)) => {
                let text = format!("{port} is one interface: its functions cannot be exported one by one");
                self.fault(offset, text);
            }
            (Value::Instance(instance), ExportOptions::Spread(_)) => {
                let Some(exports) = self.names_of(&instance, Side::Export) else {
                    let text = format!("What {} exports cannot be told: its component is not open", quoted(&instance));
                    self.fault(offset, text);
                    return;
                };
                let mut names: Vec<&str> = exports.all.keys().copied().collect();
                names.sort_unstable();
                names.retain(|name| !self.out.exports.contains_key(*name));
                if names.is_empty() {
                    self.fault(offset, format!("{} exports nothing that is not exported already", quoted(&instance)));
                }
                for name in names {
                    self.offer(name.to_owned(), Port::new(&instance, name), offset);
                }
            }
            (Value::Instance(instance), _) => {
                let text = format!(
                    "{} is a whole instance: export what it exports with `...` behind it, or one by one",
                    quoted(&instance)
                );
                self.fault(offset, text);
            }
        }
    }

    fn offer(&mut self, name: String, from: Port, offset: usize) {
        if let Some(export) = self.out.port(self.library, &from, Side::Export)
            && let Err(why) = export_name_for(&name, export)
        {
            self.fault(offset, format!("{} cannot be the name of an export: {why}", quoted(&name)));
        } else if let Some(other) = self.out.exports.get(&name) {
            let text = format!("{} is the name of {other} already", quoted(&name));
            self.fault(offset, text);
        } else {
            if let Some((other, _)) = self.out.exports.iter().find(|(_, port)| **port == from) {
                let text =
                    format!("{from} is exported as {} already, and nothing can be exported twice", quoted(other));
                self.note(offset, text);
            }
            self.out.exports.insert(name, from);
        }
    }
}

/// The instance's name that the comment of our own sources says.
fn instance_name(docs: &[DocComment<'_>]) -> Option<String> {
    docs.iter().find_map(|doc| serde_json::from_str(doc.comment.strip_prefix(INSTANCE)?.trim()).ok())
}
