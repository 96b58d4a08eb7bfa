//! Virtual WASI of the document: made in the background, edited as one step, made again when a project is opened.

use super::files::{Arrived, Read, Written, decode_timed, file_name};
use super::{Change, Env, Session};
use crate::component::Digest;
use crate::compose::{self, Edit, Port, VirtualWasi};
use crate::diag::{Diagnostic, Severity, Subject, display_safe_line};
use crate::project::Document;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What an instance and its component are called at first.
const NAME: &str = "virtual-wasi";
/// No file that is put into a virtual WASI is larger.
const MOST_BYTES: u64 = 8 << 20;

/// Where a virtual WASI goes once it is made.
pub(super) enum VirtualPlace {
    /// Onto the canvas, and before what these instances ask for.
    New { at: [f32; 2], wire_to: Vec<String> },
    /// In the place of the one that this instance was of.
    Instead(String),
}

impl Session {
    /// How the component of an instance was made, if it is a virtual WASI.
    pub fn virtual_wasi_of(&self, instance: &str) -> Option<&Arc<VirtualWasi>> {
        let component = self.document.composition.instances.get(instance)?.component;
        self.opened.get(&component)?.virtual_wasi.as_ref()
    }

    pub(super) fn add_virtual_wasi(&mut self, at: [f32; 2], wire_to: Vec<String>) {
        let place = VirtualPlace::New { at, wire_to };
        self.make_virtual_wasi(VirtualWasi::default(), Vec::new(), place, "Making a virtual WASI".to_owned());
    }

    pub(super) fn edit_virtual_wasi(&mut self, instance: String, settings: VirtualWasi) {
        self.make_instead(instance, settings, Vec::new());
    }

    pub(super) fn add_virtual_files(&mut self, instance: String, files: Vec<(String, PathBuf)>) {
        if let Some(settings) = self.virtual_wasi_of(&instance).map(|s| VirtualWasi::clone(s)) {
            self.make_instead(instance, settings, files);
        }
    }

    fn make_instead(&mut self, instance: String, settings: VirtualWasi, files: Vec<(String, PathBuf)>) {
        if self.virtual_wasi_of(&instance).is_none() {
            self.say(Severity::Error, format!("“{}” is not a virtual WASI", display_safe_line(&instance)));
            return;
        }
        let label = format!("Making {}", display_safe_line(&instance));
        // What was asked for before it counts no more.
        self.jobs.retain(|job| job.label != label);
        self.make_virtual_wasi(settings, files, VirtualPlace::Instead(instance), label);
    }

    fn make_virtual_wasi(
        &mut self,
        settings: VirtualWasi,
        files: Vec<(String, PathBuf)>,
        place: VirtualPlace,
        label: String,
    ) {
        let job = self.start_job(label);
        let (env, arrive) = (Arc::clone(&self.env), self.arrive.clone());
        self.env.spawn(
            "virtual-wasi",
            Box::new(move || {
                let result = with_files(settings, &files, &*env).and_then(|s| make(&Arc::new(s), NAME, &*env));
                let _ = arrive.send(Arrived::VirtualWasi { job, place, result });
                env.wake();
            }),
        );
    }

    pub(super) fn virtual_wasi_arrived(&mut self, place: VirtualPlace, result: Result<Read, String>) {
        let read = match result {
            Ok(read) => read,
            Err(why) => return self.say(Severity::Error, why),
        };
        let component = read.component.digest;
        match place {
            VirtualPlace::New { at, wire_to } => {
                self.adopt(read);
                self.change(Change::PlaceVirtualWasi { component, at, wire_to });
            }
            VirtualPlace::Instead(instance) => {
                let Some(before) = self.document.composition.instances.get(&instance).map(|i| i.component) else {
                    return;
                };
                if self.virtual_wasi_of(&instance).is_none() || before == component {
                    return;
                }
                self.adopt(read);
                self.change(Change::SetVirtualWasi { instance, component });
                self.forget_virtual_wasi(before);
            }
        }
    }

    /// A virtual WASI that was edited is there for undo alone, if an undo step speaks of it.
    fn forget_virtual_wasi(&mut self, before: Digest) {
        if self.document.composition.instances.values().any(|i| i.component == before) {
            return;
        }
        if self.undo.speaks_of(before) {
            self.changed.keep_for_undo(before);
            self.put_former_away();
        } else {
            self.library.remove(&before);
            self.opened.remove(&before);
            self.forget_studies(&before);
        }
    }

    /// Wires from a virtual WASI to the open imports of these instances that it gives.
    pub(super) fn wire_virtual_wasi(
        &mut self,
        name: &str,
        component: Digest,
        wire_to: &[String],
    ) -> Result<(), compose::Refusal> {
        let Some(own) = self.library.get(&component).cloned() else { return Ok(()) };
        for instance in wire_to {
            let imports = self.document.composition.component(&self.library, instance).map(|c| c.imports.clone());
            for import in imports.unwrap_or_default() {
                let to = Port::new(instance, &import.name);
                let from = compose::virtual_export(&import.name).filter(|export| own.export(export).is_some());
                if let Some(from) = from.filter(|_| !self.document.composition.wires.contains_key(&to)) {
                    self.edit(&Edit::Connect { from: Port::new(name, from), to })?;
                }
            }
        }
        Ok(())
    }

    /// The other settings, and no wire from what is not given or to what is not asked for any more.
    pub(super) fn set_virtual_wasi(&mut self, instance: &str, component: Digest) -> Result<(), compose::Refusal> {
        self.edit(&Edit::Replace { instance: instance.to_owned(), component })?;
        let Some(now) = self.library.get(&component).cloned() else { return Ok(()) };
        let composition = &self.document.composition;
        let is_gone = |from: &Port| from.instance == instance && now.export(&from.name).is_none();
        let is_unasked = |to: &Port| to.instance == instance && now.import(&to.name).is_none();
        let wires = composition.wires.iter().filter(|(to, from)| is_gone(from) || is_unasked(to));
        let exports = composition.exports.iter().filter(|(_, from)| is_gone(from));
        let edits: Vec<Edit> = wires
            .map(|(to, _)| Edit::Disconnect(to.clone()))
            .chain(exports.map(|(name, _)| Edit::Unexport(name.clone())))
            .collect();
        edits.iter().try_for_each(|edit| self.edit(edit))
    }

    /// Writes a virtual WASI with these files of the machine in it.
    pub(super) fn save_virtual_wasi(&mut self, settings: VirtualWasi, files: Vec<(String, PathBuf)>, path: &Path) {
        let Some(path) = self.not_an_input(path) else { return };
        let env = Arc::clone(&self.env);
        let make = move || {
            let settings = with_files(settings, &files, &*env)?;
            compose::virtual_wasi(&settings).map_err(|e| e.to_string())
        };
        self.write_made(path, make, Written::Stub);
    }
}

/// The settings with what these files hold.
fn with_files(mut settings: VirtualWasi, files: &[(String, PathBuf)], env: &dyn Env) -> Result<VirtualWasi, String> {
    for (at, path) in files {
        let path = env.absolute(path);
        let bytes = env
            .read_file(&path, MOST_BYTES)
            .map_err(|why| format!("{} was not added: {why} ({})", file_name(&path), path.display()))?;
        settings.files.insert(at.clone(), bytes.to_vec());
    }
    Ok(settings)
}

/// Makes a virtual WASI, and reads it back as any component is.
fn make(settings: &Arc<VirtualWasi>, name: &str, env: &dyn Env) -> Result<Read, String> {
    let bytes = compose::virtual_wasi(settings).map_err(|e| e.to_string())?;
    let mut read = decode_timed("virtual-wasi.wasm", bytes.into(), env);
    if let Some(component) = Arc::get_mut(&mut read.component) {
        component.name = name.to_owned();
    }
    read.opened.virtual_wasi = Some(Arc::clone(settings));
    read.select = false;
    Ok(read)
}

/// Makes the virtual WASI of a project that was read. Another version of the program may make other bytes of the same: the
/// document then speaks of those.
pub(super) fn make_again(
    document: &mut Document,
    components: &mut Vec<Read>,
    diagnostics: &mut Vec<Diagnostic>,
    env: &dyn Env,
) {
    let all = document.components.iter();
    let all: Vec<_> = all.filter_map(|(digest, s)| Some((*digest, s.name.clone(), s.virtual_wasi.clone()?))).collect();
    let mut renamed = BTreeMap::new();
    for (digest, name, settings) in all {
        match make(&settings, &name, env) {
            Ok(read) => {
                renamed.insert(digest, read.component.digest);
                components.push(read);
            }
            Err(why) => diagnostics.push(Diagnostic::warning(Subject::File(name), why)),
        }
    }
    for (old, new) in renamed.into_iter().filter(|(old, new)| old != new) {
        if let Some(source) = document.components.remove(&old) {
            document.components.insert(new, source);
        }
        document.composition.instances.values_mut().filter(|i| i.component == old).for_each(|i| i.component = new);
    }
}

#[cfg(test)]
mod tests {
    use crate::compose::VirtualWasi;
    use crate::session::{Command, Env, Memory, Session};
    use std::path::Path;
    use std::sync::Arc;

    /// Each of the nodes may hold 8 MiB, so a few of them are more than a project can have.
    #[test]
    fn a_project_that_could_not_be_opened_again_is_not_written() {
        let memory = Arc::new(Memory::default());
        let mut session = Session::new(Arc::clone(&memory) as Arc<dyn Env>, None);
        let path = Path::new("/big.wirebench.json");
        for n in 0..2_u8 {
            session.apply(Command::AddVirtualWasi { at: [f32::from(n) * 300.0, 0.0], wire_to: Vec::new() });
            session.poll();
            let instance = session.document().composition.instances.keys().last().cloned().unwrap();
            let files = [("/data/big.bin".to_owned(), vec![n; 7 << 20])].into();
            let settings = VirtualWasi { files, ..VirtualWasi::default() };
            session.apply(Command::EditVirtualWasi { instance, settings: Box::new(settings) });
            session.poll();
            session.apply(Command::SaveProject(path.to_owned()));
            session.poll();
            // The second one is too much: what was saved before stays.
            let loaded = crate::project::load(&memory.get(path).unwrap(), Path::new("/")).unwrap().document;
            assert_eq!(loaded.composition.instances.len(), 1);
            assert_eq!(session.is_dirty(), n == 1);
        }
        let said = session.notices().iter().any(|n| n.text.starts_with("Not saved. The project would have 1"));
        assert!(said, "{:?}", session.notices());
    }

    #[test]
    fn that_unsaved_work_is_not_kept_is_said_once_until_it_is_kept_again() {
        let mut session = Session::new(Arc::new(Memory::default()), None);
        for n in 0..2_u8 {
            session.apply(Command::AddVirtualWasi { at: [f32::from(n) * 300.0, 0.0], wire_to: Vec::new() });
            session.poll();
        }
        let names: Vec<String> = session.document().composition.instances.keys().cloned().collect();
        let set = |session: &mut Session, n: usize, seed: u64, size: usize| {
            let files = [("/data/big.bin".to_owned(), vec![n as u8; size])].into();
            let settings = VirtualWasi { files, seed, ..VirtualWasi::default() };
            session.apply(Command::EditVirtualWasi { instance: names[n].clone(), settings: Box::new(settings) });
            session.poll();
            session.poll();
        };
        let said = |session: &Session| {
            session.notices().iter().filter(|n| n.text.starts_with("Unsaved work is not kept")).count()
        };
        set(&mut session, 0, 0, 7 << 20);
        assert_eq!(said(&session), 0);
        set(&mut session, 1, 0, 7 << 20);
        set(&mut session, 1, 1, 7 << 20);
        assert_eq!(said(&session), 1);
        set(&mut session, 1, 3, 1);
        assert_eq!(said(&session), 1);
        set(&mut session, 1, 4, 7 << 20);
        set(&mut session, 1, 5, 7 << 20);
        assert_eq!(said(&session), 2);
    }
}
