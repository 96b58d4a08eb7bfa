//! The structure of a file: nested components and core modules with their byte ranges.

/// What a [`Part`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartKind {
    /// A component.
    Component,
    /// A core module.
    Module,
}

/// A component or core module inside a file.
#[derive(Debug, Clone)]
pub struct Part {
    /// What it is.
    pub kind: PartKind,
    /// Its name in the `name` section, if any.
    pub name: Option<String>,
    /// Where it lies in the file, in bytes from the file's start.
    pub range: std::ops::Range<usize>,
    /// Its sections that are not parts themselves: kind or custom name, and byte range.
    pub sections: Vec<(String, std::ops::Range<usize>)>,
    /// The parts inside it.
    pub children: Vec<Part>,
}
