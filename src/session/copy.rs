//! A composed file opened up: the components inside it as components of the library, and its graph as the document.

use super::files::{Arrived, decode_timed, file_name, said};
use super::open_up::short_title;
use super::spread::spread;
use super::{Env, Opened, Selection, Session};
use crate::component::{Component, Digest};
use crate::compose::{self, Decomposed, Library, Made, Piece, VirtualWasi};
use crate::diag::{Severity, display_safe_line};
use crate::project::{self, ComponentSource, Document, FILE_ENDING, PartOf, StubOf, Unknown};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

impl Session {
    /// Splits a composed component in the background; its graph becomes the document.
    pub(super) fn edit_copy(&mut self, digest: Digest) {
        let Some(whole) = self.component(&digest).cloned() else {
            self.say(Severity::Error, "The component is not open any more".into());
            return;
        };
        let job = self.start_job(format!("Splitting {}", display_safe_line(&whole.name)));
        let (env, arrive) = (Arc::clone(&self.env), self.arrive.clone());
        self.env.spawn(
            "split",
            Box::new(move || {
                let result = compose::decompose(&whole);
                let _ = arrive.send(Arrived::Copied { job, whole, result });
                env.wake();
            }),
        );
    }

    pub(super) fn copy_arrived(&mut self, whole: &Component, result: Result<Decomposed, Vec<String>>) {
        let copy = match result {
            Ok(copy) => copy,
            Err(reasons) => {
                self.say(Severity::Error, refusal(whole, &reasons));
                return;
            }
        };
        self.take_pieces(&copy.pieces, whole);
        let before = self.document.clone();
        if !before.composition.instances.is_empty() {
            // The copy is a project of its own: saving it must not write over the one before.
            self.document = Document { name: format!("{} copy", whole.name), ..Document::default() };
            self.project_path = None;
            self.saved = Document::default();
        }
        laid_out(&mut self.document, &copy, &self.library);
        self.document.composition = copy.composition;
        self.note_own_sources();
        self.undo.record(format!("Edit a copy of {}", display_safe_line(&whole.name)), None, &before);
        self.document_number += 1;
        self.selection = Selection::None;
        self.document_changed();
        for note in copy.notes {
            self.say(Severity::Info, note);
        }
    }

    /// Takes the components inside a composed one into the library.
    pub(super) fn take_pieces(&mut self, pieces: &[Piece], whole: &Component) {
        let outer = self.opened.get(&whole.digest).cloned().unwrap_or_default();
        for piece in pieces {
            let digest = piece.component.digest;
            // What is open already has a file of its own, or comes from another composition; as a part that was only looked at,
            // it was not known how it is made.
            let is_part = self.opened.get(&digest).is_some_and(|opened| opened.part.is_some());
            if self.library.contains_key(&digest) && !(is_part && piece.made.is_some()) {
                continue;
            }
            self.library.entry(digest).or_insert_with(|| Arc::clone(&piece.component));
            let (language, stands_in) = (piece.component.language(), said(&piece.component));
            let mut opened = Opened { language, stands_in, ..Opened::default() };
            match &piece.made {
                Some(made) => (opened.stub, opened.virtual_wasi) = made_of(made),
                None => {
                    opened.path = outer.path.clone();
                    opened.part = Some(part_of(whole.digest, outer.part.as_ref(), &piece.part));
                    opened.is_sample = outer.is_sample;
                }
            }
            self.opened.insert(digest, opened);
        }
    }

    /// Opens a part by itself, in the background; it is found again in the whole's file.
    pub(super) fn open_part(&mut self, digest: Digest, path: Vec<usize>) {
        let Some(whole) = self.component(&digest).cloned() else {
            self.say(Severity::Error, "The component is not open any more".into());
            return;
        };
        let outer = self.opened.get(&digest).cloned().unwrap_or_default();
        let name = whole.part_file_name(&path);
        let job = self.start_job(format!("Opening {}", display_safe_line(&name)));
        let (env, arrive) = (Arc::clone(&self.env), self.arrive.clone());
        self.env.spawn(
            "open",
            Box::new(move || {
                let result = match whole.part_bytes(&path) {
                    Some(bytes) => {
                        let mut read = decode_timed(&name, bytes, &*env);
                        read.opened.path = outer.path;
                        read.opened.is_sample = outer.is_sample;
                        read.opened.part = Some(part_of(whole.digest, outer.part.as_ref(), &path));
                        Ok(read)
                    }
                    None => Err(format!("{} has no such part", display_safe_line(&whole.name))),
                };
                let _ = arrive.send(Arrived::Component { job, result });
                env.wake();
            }),
        );
    }

    /// Writes the components of a composed one into a folder, and a project that composes them again.
    pub(super) fn split_to(&mut self, digest: Digest, folder: &Path) {
        let Some(whole) = self.component(&digest).cloned() else {
            self.say(Severity::Error, "The component is not open any more".into());
            return;
        };
        let folder = self.env.absolute(folder);
        let job = self.start_job(format!("Splitting {}", display_safe_line(&whole.name)));
        let (env, arrive) = (Arc::clone(&self.env), self.arrive.clone());
        self.env.spawn(
            "split",
            Box::new(move || {
                let result = write_pieces(&whole, &folder, &*env);
                let _ = arrive.send(Arrived::Split { job, result });
                env.wake();
            }),
        );
    }
}

/// How a document has what was made here.
fn made_of(made: &Made) -> (Option<StubOf>, Option<Arc<VirtualWasi>>) {
    match made {
        Made::Stub { consumer, import, functions } => {
            let (consumer, import, functions) = (*consumer, import.clone(), functions.clone());
            (Some(StubOf { consumer, import, functions, unknown: Unknown::default() }), None)
        }
        Made::VirtualWasi(settings) => (None, Some(Arc::clone(settings))),
    }
}

/// Where a piece lies: in a file, or deeper in the part of a file that the whole is itself.
fn part_of(whole: Digest, outer: Option<&PartOf>, piece: &[usize]) -> PartOf {
    match outer {
        Some(outer) => PartOf { whole: outer.whole, path: [&outer.path, piece].concat() },
        None => PartOf { whole: Some(whole), path: piece.to_vec() },
    }
}

pub(super) fn refusal(whole: &Component, reasons: &[String]) -> String {
    let first = reasons.first().map(String::as_str).unwrap_or_default();
    let more = match reasons.len() {
        0 | 1 => String::new(),
        n => format!(" ({} more reasons)", n - 1),
    };
    format!("“{}” cannot be split: {first}{more}", display_safe_line(&whole.name))
}

/// Writes the files; gives what was done in words.
fn write_pieces(whole: &Component, folder: &Path, env: &dyn Env) -> Result<String, String> {
    let copy = compose::decompose(whole).map_err(|reasons| {
        let listed: String = reasons.iter().map(|r| format!("\n  {r}")).collect();
        format!("“{}” cannot be split:{listed}", display_safe_line(&whole.name))
    })?;
    let stem = compose::file_stem(&whole.name);
    let mut document = Document { name: stem.clone(), ..Document::default() };
    laid_out(&mut document, &copy, &copy.library());
    let mut files: Vec<(PathBuf, Vec<u8>)> = Vec::new();
    let mut taken = BTreeMap::new();
    for piece in &copy.pieces {
        let name = piece.component.name.rsplit('/').next().unwrap_or_default();
        let name = compose::file_stem(name);
        let count: &mut usize = taken.entry(name.clone()).or_default();
        *count += 1;
        let name = if *count > 1 { format!("{name}-{count}") } else { name };
        if let Some(made) = &piece.made {
            let (stub, virtual_wasi) = made_of(made);
            let source = ComponentSource { name, stub, virtual_wasi, ..ComponentSource::default() };
            document.components.insert(piece.component.digest, source);
            continue;
        }
        let path = folder.join(format!("{name}.wasm"));
        let source =
            ComponentSource { name, path: Some(path.to_string_lossy().into_owned()), ..ComponentSource::default() };
        document.components.insert(piece.component.digest, source);
        files.push((path, piece.component.bytes.to_vec()));
    }
    document.composition = copy.composition;
    let project = folder.join(format!("{stem}{FILE_ENDING}"));
    files.push((project.clone(), project::save(&document, folder)));
    // Nothing is written over: a folder may hold anything.
    for (path, bytes) in &files {
        if env.read_file(path, super::MOST_FILE_BYTES).is_ok_and(|there| there[..] != bytes[..]) {
            return Err(format!(
                "Not written: {} is there already, with other contents; choose another folder",
                file_name(path)
            ));
        }
    }
    env.make_folder(folder).map_err(|why| format!("The folder was not made: {why} ({})", folder.display()))?;
    for (path, bytes) in &files {
        env.write_file(path, bytes)
            .map_err(|why| format!("{} was not saved: {why} ({})", file_name(path), path.display()))?;
    }
    let is_stub = |source: &&ComponentSource| source.stub.is_some();
    let counts = [
        (files.len() - 1, "component", "components"),
        (document.components.values().filter(is_stub).count(), "stub", "stubs"),
        (document.components.values().filter(|s| s.virtual_wasi.is_some()).count(), "virtual WASI", "virtual WASI"),
    ];
    let counts = counts.into_iter().filter(|(n, ..)| *n > 0);
    let counts: Vec<_> = counts.map(|(n, one, many)| format!("{n} {}", if n == 1 { one } else { many })).collect();
    let mut said = format!("Split into {}: {}", counts.join(", "), project.display());
    copy.notes.iter().for_each(|note| said.push_str(&format!("\n{note}")));
    Ok(said)
}

/// Gives the nodes of a copy their places, those of a composition inside it in a frame.
fn laid_out(document: &mut Document, copy: &Decomposed, library: &Library) {
    let spread = spread(&copy.composition, library, &copy.groups);
    document.layout = spread.nodes;
    for (title, frame) in spread.frames {
        let title = document.free_frame_title(&short_title(&title));
        document.frames.insert(title, frame);
    }
}
