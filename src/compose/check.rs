use super::{Composition, Library, Port, Side};
use crate::diag::Diagnostic;

/// How a port would take a wire from another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fit {
    /// Same interface, same version, compatible types.
    Exact,
    /// Compatible types at another, semver-compatible version: the import's version and the export's.
    OtherVersion {
        /// The import's full name.
        import: String,
        /// The export's full name.
        export: String,
    },
    /// It does not fit; the first difference, with its type path.
    No(String),
}

/// A port on the other side, and how it would take the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The port.
    pub port: Port,
    /// How it fits.
    pub fit: Fit,
    /// The provider that the wire would replace, if the import already has one.
    pub replaces: Option<Port>,
}

/// Every port on the other side, with how it would take a wire from `port`. Asked once at the start of a drag.
pub fn candidates(composition: &Composition, library: &Library, port: &Port, side: Side) -> Vec<Candidate> {
    let _ = (composition, library, port, side);
    Vec::new()
}

/// Everything that is wrong with the composition or worth knowing, without encoding it.
pub fn check(composition: &Composition, library: &Library) -> Vec<Diagnostic> {
    let _ = (composition, library);
    Vec::new()
}

/// The imports that no wire satisfies, per instance, in the order of names.
pub fn open_imports(composition: &Composition, library: &Library) -> Vec<Port> {
    let _ = (composition, library);
    Vec::new()
}

/// The exports of the result: the chosen ones, or while none is chosen, every export that no wire uses; two of one
/// name are told apart by the instance's name.
pub fn result_exports(composition: &Composition, library: &Library) -> Vec<(String, Port)> {
    let _ = (composition, library);
    Vec::new()
}
