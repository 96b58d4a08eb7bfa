//! Files that change while they are open. They are looked at when the window comes to the front and when it is asked for,
//! never in between; nothing is taken over unless the user says so.

use super::files::{Arrived, Read, file_name, read_component};
use super::{Change, MOST_FILE_BYTES, Opened, Selection, Session, Stamp};
use crate::call::JobId;
use crate::component::{Component, Digest, Kind};
use crate::compose::{self, Edit, Side};
use crate::diag::{Severity, display_safe_line};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

/// A file that has other contents than when it was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedFile {
    /// The component as it was opened.
    pub component: Digest,
    /// The file.
    pub path: PathBuf,
    /// The digest of what it contains now.
    pub now: Digest,
    /// Its size and time then.
    stamp: Option<Stamp>,
}

/// What a look at the open files brought.
#[derive(Default)]
pub(super) struct Looked {
    /// Written anew with the same contents.
    same: Vec<(Digest, Option<Stamp>)>,
    changed: Vec<ChangedFile>,
}

/// Changed files, and the components that reloads took out of the library. Undo may need them again.
#[derive(Default)]
pub(super) struct Changed {
    looking: Option<JobId>,
    files: Vec<ChangedFile>,
    /// `None` for one that is in the library, because an undone step brought an instance of it back.
    former: BTreeMap<Digest, Option<(Arc<Component>, Opened)>>,
}

impl Changed {
    /// Takes a component out of the library while no instance is of it.
    pub fn keep_for_undo(&mut self, component: Digest) {
        self.former.entry(component).or_default();
    }
}

impl Session {
    /// The open files that have other contents by now, and about which the user has not said what to do.
    pub fn changed_files(&self) -> &[ChangedFile] {
        &self.changed.files
    }

    /// Looks at the open files in the background: first at size and time, and reads only what is other than it was.
    pub(super) fn check_files(&mut self) {
        if self.changed.looking.is_some_and(|job| self.jobs.iter().any(|j| j.id == job)) {
            return;
        }
        let is_watched = |digest: &Digest, opened: &Opened| {
            // A part changes with the file around it, which is looked at if it is open.
            opened.part.is_none() && self.library.contains_key(digest) && !self.changed.former.contains_key(digest)
        };
        let files: Vec<(Digest, PathBuf, Option<Stamp>)> = self
            .opened
            .iter()
            .filter(|(digest, opened)| is_watched(digest, opened))
            .filter_map(|(digest, opened)| Some((*digest, opened.path.clone()?, opened.stamp)))
            .collect();
        if files.is_empty() {
            return;
        }
        let job = self.start_job("Checking files".into());
        self.changed.looking = Some(job);
        let (env, arrive) = (Arc::clone(&self.env), self.arrive.clone());
        self.env.spawn(
            "check",
            Box::new(move || {
                let mut looked = Looked::default();
                for (component, path, before) in files {
                    let stamp = env.stamp(&path);
                    if stamp.is_some() && stamp == before {
                        continue;
                    }
                    // What is gone or cannot be read now may be about to be written.
                    let Ok(bytes) = env.read_file(&path, MOST_FILE_BYTES) else { continue };
                    match Digest::of(&bytes) {
                        now if now == component => looked.same.push((component, stamp)),
                        now => looked.changed.push(ChangedFile { component, path, now, stamp }),
                    }
                }
                let _ = arrive.send(Arrived::Looked { job, looked });
                env.wake();
            }),
        );
    }

    pub(super) fn looked(&mut self, job: JobId, looked: Looked) {
        if !self.finish_job(job) {
            return;
        }
        for (component, stamp) in looked.same {
            self.changed.files.retain(|file| file.component != component);
            if let Some(opened) = self.opened.get_mut(&component) {
                (opened.stamp, opened.is_outdated) = (stamp, false);
            }
        }
        for file in looked.changed {
            self.changed.files.retain(|before| before.component != file.component);
            self.changed.files.push(file);
        }
    }

    /// Leaves these components as they are until their files change again.
    pub(super) fn keep_files(&mut self, components: &[Digest]) {
        let (kept, left) =
            self.changed.files.drain(..).partition::<Vec<_>, _>(|file| components.contains(&file.component));
        self.changed.files = left;
        for file in kept {
            if let Some(opened) = self.opened.get_mut(&file.component) {
                (opened.stamp, opened.is_outdated) = (file.stamp, true);
            }
        }
    }

    /// Reads the files of these components anew.
    pub(super) fn reload_files(&mut self, components: &[Digest]) {
        for component in components {
            let Some(path) = self.opened.get(component).and_then(|o| o.path.clone()) else { continue };
            let job = self.start_job(format!("Reloading {}", file_name(&path)));
            let (before, env, arrive) = (*component, Arc::clone(&self.env), self.arrive.clone());
            self.env.spawn(
                "open",
                Box::new(move || {
                    let result = read_component(&path, &*env);
                    let _ = arrive.send(Arrived::Reloaded { job, before, result });
                    env.wake();
                }),
            );
        }
    }

    pub(super) fn reloaded(&mut self, before: Digest, result: Result<Read, String>) {
        let mut read = match result {
            Ok(read) => read,
            Err(why) => return self.say(Severity::Error, why),
        };
        read.select = false;
        let (now, kind) = (read.component.digest, read.component.kind);
        let name = display_safe_line(&read.component.name).into_owned();
        let uses = self.document.composition.instances.values().filter(|i| i.component == before).count();
        if kind == Kind::Unknown || (kind != Kind::Component && uses > 0) {
            let what = compose::kind_text(kind);
            let text =
                format!("“{name}” was not reloaded: the file is {what} now. The component stays as it was opened");
            return self.say(Severity::Error, text);
        }
        if let Some(why) = read.component.fault().filter(|_| uses > 0) {
            let text = format!("“{name}” was not reloaded: {}. The component stays as it was opened", why.message);
            return self.say(Severity::Error, text);
        }
        self.changed.files.retain(|file| file.component != before);
        self.adopt(read);
        if now == before {
            return;
        }
        self.changed.former.remove(&now);
        self.changed.former.insert(before, None);
        if self.selection == Selection::Component(before) {
            self.selection = Selection::Component(now);
        }
        self.change(Change::Reload { name: name.clone(), before, now });
        // Where no instance and no saved input was of it, the document is as it was.
        self.put_former_away();
        self.composition_changed();
        let composition = &self.document.composition;
        let is_gone = |port: &compose::Port, side| {
            let is_new = composition.instances.get(&port.instance).is_some_and(|i| i.component == now);
            is_new && composition.port(&self.library, port, side).is_none()
        };
        let broken = composition
            .wires
            .iter()
            .filter(|(to, from)| is_gone(to, Side::Import) || is_gone(from, Side::Export))
            .count();
        let text = match (uses, broken) {
            (0, _) => format!("Reloaded {name}"),
            (_, 0) => format!("Reloaded {name}: {} made of it, all wires kept", super::plural(uses, "instance")),
            (_, n) => {
                let wires = super::plural(n, "wire");
                format!("Reloaded {name}: the port of {wires} is gone, see Problems")
            }
        };
        self.say(if broken == 0 { Severity::Info } else { Severity::Warning }, text);
    }

    /// Makes every instance one of the new component, and keeps what was typed for calls of the old one.
    pub(super) fn replace_everywhere(&mut self, before: Digest, now: Digest) -> Result<(), compose::Refusal> {
        let instances = self.document.composition.instances.iter();
        let users: Vec<String> =
            instances.filter(|(_, i)| i.component == before).map(|(name, _)| name.clone()).collect();
        for instance in users {
            self.edit(&Edit::Replace { instance, component: now })?;
        }
        let (before, now) = (crate::project::Target::Component(before), crate::project::Target::Component(now));
        let typed: Vec<_> = self.document.calls.iter().filter(|(key, _)| key.target == before).collect();
        let typed: Vec<_> = typed
            .into_iter()
            .map(|(key, arguments)| {
                let mut key = key.clone();
                key.target = now;
                (key, arguments.clone())
            })
            .collect();
        for (key, arguments) in typed {
            self.document.calls.entry(key).or_insert(arguments);
        }
        Ok(())
    }

    /// Components that reloads replaced are in the library only while an instance is of them.
    pub(super) fn put_former_away(&mut self) {
        if self.changed.former.is_empty() {
            return;
        }
        let used: BTreeSet<Digest> = self.document.composition.instances.values().map(|i| i.component).collect();
        for (digest, away) in &mut self.changed.former {
            if used.contains(digest) {
                if let Some((component, opened)) = away.take() {
                    self.library.insert(*digest, component);
                    self.opened.insert(*digest, opened);
                }
            } else if away.is_none()
                && let Some(component) = self.library.remove(digest)
            {
                let opened = self.opened.remove(digest).unwrap_or_default();
                let is_outdated = opened.path.is_some();
                *away = Some((component, Opened { is_outdated, ..opened }));
            }
        }
    }

    /// Forgets what only undo could have needed.
    pub(super) fn forget_former(&mut self) {
        self.changed.former.clear();
    }
}
