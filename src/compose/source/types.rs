//! What a source says of types beyond its components: the types of its imports, and the world that the result is for.

use super::{Reading, key};
use crate::component::guard;
use crate::compose::MAX_INSTANCES;
use crate::compose::check::quoted;
use crate::compose::encode::innermost;
use crate::diag::display_safe_line;
use std::collections::HashSet;
use wac_parser::{Document, Expr, ImportType, InstantiationArgument, PackagePath, PrimaryExpr, Statement};
use wac_types::BorrowedPackageKey;

/// A package as the source speaks of it.
pub(super) struct Mentioned<'d> {
    pub name: &'d str,
    pub version: Option<&'d semver::Version>,
    pub offset: usize,
    pub is_types: bool,
}

pub(super) fn mentioned<'d>(document: &'d Document<'d>) -> Vec<Mentioned<'d>> {
    let (mut found, mut types) = (Vec::new(), Vec::new());
    let mut seen = HashSet::new();
    let mut expressions: Vec<&Expr> = Vec::new();
    let mut of_path = |path: &'d PackagePath<'d>| {
        if path.name != document.directive.package.name {
            let (name, version, offset) = (path.name, path.version.as_ref(), path.span.offset());
            types.push(Mentioned { name, version, offset, is_types: true });
        }
    };
    document.directive.targets.iter().for_each(&mut of_path);
    for statement in &document.statements {
        match statement {
            Statement::Let(s) => expressions.push(&s.expr),
            Statement::Export(s) => expressions.push(&s.expr),
            Statement::Import(s) => {
                if let ImportType::Package(path) = &s.ty {
                    of_path(path);
                }
            }
            Statement::Type(_) => {}
        }
        while let Some(expression) = expressions.pop() {
            match &expression.primary {
                PrimaryExpr::Nested(inner) => expressions.push(&inner.inner),
                PrimaryExpr::Ident(_) => {}
                PrimaryExpr::New(new) => {
                    let named = new.arguments.iter().filter_map(|a| match a {
                        InstantiationArgument::Named(named) => Some(&named.expr),
                        _ => None,
                    });
                    expressions.extend(named);
                    let (name, version) = (new.package.name, new.package.version.as_ref());
                    // A source with more of them has too many instances, too.
                    if seen.len() < MAX_INSTANCES && seen.insert((name, version)) {
                        found.push(Mentioned { name, version, offset: new.package.span.offset(), is_types: false });
                    }
                }
            }
        }
    }
    types.retain(|m| seen.len() < MAX_INSTANCES && seen.insert((m.name, m.version)));
    found.extend(types);
    found
}

impl<'s> Reading<'s, '_> {
    /// Has the language's own resolver look at what is not read here: the types of imports, and the world that the result
    /// is for. What it needs for that may not be there.
    pub(super) fn verify(&mut self, document: &Document<'s>) {
        let target = document.directive.targets.as_ref();
        let Some(at) = target.map(|world| world.span.offset()).or(self.imported.values().map(|(at, _)| *at).min())
        else {
            return;
        };
        let mut packages = Vec::new();
        for Mentioned { name, version, offset, is_types } in mentioned(document) {
            let digest = self.packages.get(&key(name, version.map(ToString::to_string).as_deref()));
            let Some(component) = digest.and_then(|digest| self.library.get(digest)) else {
                let what = if is_types { "the package" } else { "the component" };
                let text = format!(
                    "Whether the result fits {} is not checked: {what} {} was not found",
                    target.map_or_else(|| "its imports".to_owned(), |world| quoted(world.string)),
                    quoted(name)
                );
                return self.note(offset, text);
            };
            packages.push((BorrowedPackageKey::from_name_and_version(name, version), component.bytes.to_vec()));
        }
        // The resolver asserts what it takes for granted, and a hostile source may not keep to it.
        let resolve = || document.resolve(packages.into_iter().collect()).map(drop).map_err(Box::new);
        match guard::with_stack(|| guard::caught(resolve)) {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                let (span, text) = type_fault(&error);
                self.fault(span.unwrap_or(at), display_safe_line(&text));
            }
            Err(_) => {
                self.note(at, "Whether the types fit is not checked: they could not be read".to_owned());
            }
        }
    }
}

/// What the language's resolver says of types, with its place where it knows one.
fn type_fault(error: &wac_parser::resolution::Error) -> (Option<usize>, String) {
    use wac_parser::resolution::Error;
    let innermost = innermost(error);
    let (span, text) = match error {
        Error::ImportNotInTarget { name, world, span } => {
            (*span, format!("The result asks for {}, and the world {} has no such import", quoted(name), quoted(world)))
        }
        Error::MissingTargetExport { name, world, span, .. } => (
            Some(*span),
            format!("The world {} wants the export {}, and the result has none", quoted(world), quoted(name)),
        ),
        Error::TargetMismatch { kind, name, world, span, .. } => {
            (*span, format!("The {kind} {} has another type in the world {}: {innermost}", quoted(name), quoted(world)))
        }
        Error::MismatchedInstantiationArg { name, span, .. } => {
            (Some(*span), format!("What is given for {} has another type: {innermost}", quoted(name)))
        }
        Error::PackageMissingExport { package: name, export, span, .. } => {
            (Some(*span), format!("The package {} has no {}", quoted(name), quoted(export)))
        }
        Error::NotWorld { name, span, .. } => (Some(*span), format!("{} is no world", quoted(name))),
        _ => (None, format!("The types do not fit: {innermost}")),
    };
    (span.map(|span| span.offset()), text)
}
