//! The instances of a source, with what is given to them.

use super::{Names, Reading, Value, key};
use crate::component::{Digest, Kind, version_fits};
use crate::compose::check::quoted;
use crate::compose::edit::{instance_name_fault, kind_text};
use crate::compose::fit::{Fit, base_name, is_interface_name};
use crate::compose::{Instance, MAX_INSTANCES, Port, Side, track};
use crate::diag::display_safe_line;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use wac_parser::{InstantiationArgument, InstantiationArgumentName, NewExpr, PackageName};

/// The arguments of one instance.
#[derive(Default)]
struct Given {
    /// Import → export, and where that is said.
    wires: BTreeMap<String, (Port, usize)>,
    /// Those that an import of the result is given for.
    open: BTreeSet<String>,
    /// The rest is imported.
    fills: bool,
    /// One of them had a fault, which has been said.
    is_faulty: bool,
}

impl Given {
    fn has(&self, import: &str) -> bool {
        self.wires.contains_key(import) || self.open.contains(import)
    }
}

impl<'s, 'a> Reading<'s, 'a> {
    fn package(&mut self, package: &PackageName<'s>) -> Option<Digest> {
        let offset = package.span.offset();
        let version = package.version.as_ref().map(ToString::to_string);
        let key = key(package.name, version.as_deref());
        let Some(digest) = self.packages.get(&key).copied() else {
            let text = format!("The package {} was not found", quoted(&key));
            self.fault(offset, text);
            return None;
        };
        if let Some(component) = self.library.get(&digest).filter(|c| c.kind != Kind::Component) {
            let what = kind_text(component.kind);
            self.fault(offset, format!("The package {} is {what}, and only components can be wired", quoted(&key)));
            return None;
        }
        Some(digest)
    }

    /// One that is new, called `wanted` if that is free.
    pub(super) fn instance(&mut self, new: &NewExpr<'s>, wanted: Option<&str>) -> Value {
        let Some(digest) = self.package(&new.package) else { return Value::Faulty };
        // Arguments first: an instance inside another is there before it.
        let mut given = Given::default();
        let before = self.count;
        let imports = self.library.get(&digest).map(|c| {
            let names = self.names.entry((digest, Side::Import)).or_insert_with(|| Arc::new(Names::of(&c.imports)));
            Arc::clone(names)
        });
        for (i, argument) in new.arguments.iter().enumerate() {
            self.argument(argument, i + 1 == new.arguments.len(), imports.as_deref(), &mut given);
        }
        for argument in &new.arguments {
            if let InstantiationArgument::Spread(id) = argument {
                self.spread(id.string, id.span.offset(), imports.as_deref(), &mut given);
            }
        }
        if self.count > before || given.is_faulty {
            return Value::Faulty;
        }
        let offset = new.package.span.offset();
        if let (Some(imports), false) = (&imports, given.fills) {
            let mut missing: Vec<&str> = imports.all.keys().filter(|n| !given.has(n)).copied().collect();
            missing.sort_unstable();
            if let Some(first) = missing.first() {
                let text = format!(
                    "{} needs {}, and nothing is given for it: end the arguments with `...` to import it",
                    quoted(new.package.string),
                    display_safe_line(first)
                );
                return self.fault(offset, text);
            }
        }
        if self.out.instances.len() >= MAX_INSTANCES {
            let text = format!(
                "There are more than {MAX_INSTANCES} instances, and a component can have no more: compose a part of them \
                 first and use the result as one component"
            );
            return self.fault(offset, text);
        }
        let package = new.package.name.rsplit(':').next().unwrap_or("instance");
        let wanted: String = wanted.unwrap_or(package).chars().take(100).collect();
        let name = self.out.free_name(if instance_name_fault(&wanted).is_none() { &wanted } else { package });
        self.out.instances.insert(name.clone(), Instance { component: digest });
        for (import, (from, offset)) in given.wires {
            let to = Port::new(&name, import);
            if let Some(Fit::No(why)) = self.fits.of_ports(&self.out, self.library, &from, &to) {
                self.fault(offset, format!("{from} does not fit {to}: {why}"));
            }
            self.out.wires.insert(to, from);
        }
        Value::Instance(name)
    }

    fn argument(
        &mut self,
        argument: &InstantiationArgument<'s>,
        is_last: bool,
        imports: Option<&Names<'a>>,
        given: &mut Given,
    ) {
        match argument {
            InstantiationArgument::Fill(span) => {
                given.fills = true;
                if !is_last {
                    self.fault(span.offset(), "`...` has to be the last argument");
                }
            }
            InstantiationArgument::Spread(_) => {}
            InstantiationArgument::Inferred(id) => {
                let offset = id.span.offset();
                let value = self.variable(id.string, offset);
                let own = |port: &Port| imports.is_none_or(|i| i.all.contains_key(port.name.as_str()));
                let name = match &value {
                    Value::Port(port) if own(port) => port.name.clone(),
                    Value::Import(name) if own(&Port::new("", name)) => name.clone(),
                    _ => imports.and_then(|i| i.meant(id.string)).unwrap_or(id.string).to_owned(),
                };
                self.give(name, value, offset, imports, given);
            }
            InstantiationArgument::Named(named) => {
                let value = self.expression(&named.expr, None);
                let offset = named.name.span().offset();
                let name = match &named.name {
                    InstantiationArgumentName::Ident(id) => {
                        imports.and_then(|i| i.meant(id.string)).unwrap_or(id.string)
                    }
                    InstantiationArgumentName::String(text) => text.value,
                };
                self.give(name.to_owned(), value, offset, imports, given);
            }
        }
    }

    fn give(&mut self, name: String, value: Value, offset: usize, imports: Option<&Names<'a>>, given: &mut Given) {
        let port = match value {
            Value::Faulty => {
                given.is_faulty = true;
                return;
            }
            Value::Port(port) => Some(port),
            Value::Import(import) if import == name => None,
            Value::Import(import) => {
                let text = format!(
                    "The import {} is wanted as {} here, and an import of the result goes by the name of the one who asks: \
                     leave it out and end the arguments with `...`",
                    quoted(&import),
                    quoted(&name)
                );
                self.fault(offset, text);
                return;
            }
            Value::Instance(instance) => {
                let text = format!(
                    "{} is a whole instance, and a wire carries one export of it: name it, as in `x[\"{}\"]`",
                    quoted(&instance),
                    display_safe_line(&name)
                );
                self.fault(offset, text);
                return;
            }
        };
        if let Some(imports) = imports.filter(|i| !i.all.contains_key(name.as_str())) {
            let text = format!("There is no import {} here; the imports: {}", quoted(&name), imports.list());
            self.fault(offset, text);
            return;
        }
        if given.has(&name) {
            self.fault(offset, format!("{} is given twice", quoted(&name)));
            return;
        }
        match port {
            Some(port) => _ = given.wires.insert(name, (port, offset)),
            None => {
                self.imported.entry(name.clone()).and_modify(|(_, is_taken)| *is_taken = true);
                given.open.insert(name);
            }
        }
    }

    /// Gives each import that is not given yet the export of this instance that goes by its name.
    fn spread(&mut self, variable: &str, offset: usize, imports: Option<&Names<'a>>, given: &mut Given) {
        let instance = match self.variable(variable, offset) {
            Value::Faulty => {
                given.is_faulty = true;
                return;
            }
            Value::Instance(instance) => instance,
            Value::Port(port) => {
                let text = format!("{port} is one interface: its functions cannot be wired one by one");
                self.fault(offset, text);
                return;
            }
            Value::Import(import) => {
                let text = format!("The import {} cannot be given function by function", quoted(&import));
                self.fault(offset, text);
                return;
            }
        };
        let (Some(imports), Some(exports)) = (imports, self.names_of(&instance, Side::Export)) else {
            let text = format!("What of {} is meant cannot be told: a component is not open", quoted(&instance));
            self.fault(offset, text);
            return;
        };
        let mut compatible: HashMap<&str, Vec<&str>> = HashMap::new();
        for export in exports.all.keys().filter(|e| is_interface_name(e)) {
            compatible.entry(track(export)).or_default().push(export);
        }
        let mut any = false;
        for import in imports.all.keys() {
            if given.has(import) {
                continue;
            }
            let newest = || {
                let of_track = compatible.get(track(import))?.iter().copied();
                of_track.filter(|export| version_fits(import, export)).max_by_key(|export| version(export))
            };
            let export = exports.all.get_key_value(*import).map(|(name, _)| *name).or_else(newest);
            if let Some(export) = export {
                any = true;
                given.wires.insert((*import).to_owned(), (Port::new(&instance, export), offset));
            }
        }
        if !any {
            let mut text = format!("{} exports nothing that is imported here", quoted(&instance));
            let others = imports.all.keys().filter(|import| !given.has(import)).filter_map(|import| {
                let of_that_name = |export: &&&str| base_name(export) == base_name(import);
                let export = exports.all.keys().filter(of_that_name).min()?;
                Some((display_safe_line(import), display_safe_line(export)))
            });
            if let Some((import, export)) = others.min() {
                text.push_str(&format!(": {import} or a compatible newer version is needed, and it has {export}"));
            }
            self.fault(offset, text);
        }
    }
}

fn version(name: &str) -> Option<semver::Version> {
    semver::Version::parse(name.split_once('@')?.1).ok()
}
