//! The graph of a composition for other tools, in each of its forms.

use super::graph::{Colours, Places, graph_png, graph_svg};
use crate::compose::{self, Composition, Legend, Library};
use crate::grant::shell_quote;
use std::path::Path;

/// A form in which a composition's graph can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GraphForm {
    /// Source for the `wac` tool, which can be opened again.
    Wac,
    /// A Mermaid flow chart.
    Mermaid,
    /// A Graphviz graph.
    Dot,
    /// Instances, digests, wires, exports, open imports, and which stubs are left out.
    Json,
    /// A drawing.
    Svg,
    /// A picture.
    Png,
}

impl GraphForm {
    /// Every one, in the order of a menu.
    pub const ALL: [Self; 6] = [Self::Svg, Self::Png, Self::Wac, Self::Mermaid, Self::Dot, Self::Json];

    /// What a person calls it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Wac => "WAC",
            Self::Mermaid => "Mermaid",
            Self::Dot => "DOT",
            Self::Json => "JSON",
            Self::Svg => "SVG",
            Self::Png => "PNG",
        }
    }

    /// How its files end.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Wac => "wac",
            Self::Mermaid => "mmd",
            Self::Dot => "dot",
            Self::Json => "json",
            Self::Svg => "svg",
            Self::Png => "png",
        }
    }

    /// The form that a file's name asks for.
    pub fn of(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?;
        Self::ALL.into_iter().find(|form| form.ending().eq_ignore_ascii_case(ending))
    }
}

/// A file's name as a shell takes it, and no program takes it for an option.
fn file_word(name: &str) -> String {
    shell_quote(&if name.starts_with('-') { format!("./{name}") } else { name.to_owned() })
}

/// The graph as the bytes of a file of this name, as far as one is known. Drawings have nodes and frames where `places` has
/// them. It takes time: a window asks on a worker.
///
/// # Errors
/// Why there is none, in words.
pub fn graph(
    form: GraphForm,
    file: Option<&str>,
    composition: &Composition,
    library: &Library,
    legend: &Legend,
    places: &Places,
    colours: Colours,
) -> Result<Vec<u8>, String> {
    let svg = || graph_svg(composition, library, places, colours);
    Ok(match form {
        GraphForm::Wac => {
            let file = file.map_or_else(|| compose::ANY_FILE.to_owned(), file_word);
            compose::wac(composition, library, &file).into_bytes()
        }
        GraphForm::Mermaid => compose::mermaid(composition, library, &legend.groups).into_bytes(),
        GraphForm::Dot => compose::dot(composition, library, &legend.groups).into_bytes(),
        GraphForm::Json => format!("{:#}\n", compose::json(composition, library, legend)).into_bytes(),
        GraphForm::Svg => svg().into_bytes(),
        GraphForm::Png => graph_png(&svg())?,
    })
}
