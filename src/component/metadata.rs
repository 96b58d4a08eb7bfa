//! What a file says of its own origin. All of it is a claim of the file, none of it is verified.

/// A `producers` entry: who made or processed the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Producer {
    /// `language`, `processed-by` or `sdk`.
    pub field: String,
    /// The tool's or language's name.
    pub name: String,
    /// Its version; may be empty.
    pub version: String,
}

/// What a file says of its own origin.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(missing_docs)] // the names are those of the custom sections
pub struct Metadata {
    pub name: Option<String>,
    pub description: Option<String>,
    pub authors: Option<String>,
    pub licenses: Option<String>,
    pub source: Option<String>,
    pub homepage: Option<String>,
    pub revision: Option<String>,
    pub version: Option<String>,
    /// Every producer named anywhere in the file, nested parts included, each once.
    pub producers: Vec<Producer>,
}
