//! What is kept for the next start: recent files and preferences, grants, unsaved work.

use super::Arrived;
use super::opening::project_from;
use crate::diag::Severity;
use crate::project;
use crate::session::{AUTOSAVE, GRANTS, PREFERENCES, Session};
use std::path::{Path, PathBuf};
use std::sync::Arc;

impl Session {
    pub(super) fn remember(&mut self, path: &Path) {
        let text = path.to_string_lossy().into_owned();
        self.preferences.opened(&text);
        self.write_preferences();
    }

    pub(in crate::session) fn write_preferences(&self) {
        let (bytes, env) = (project::save_preferences(&self.preferences), Arc::clone(&self.env));
        self.env.spawn(
            "preferences",
            Box::new(move || {
                if let Err(why) = env.write_state(PREFERENCES, &bytes) {
                    log::warn!("the preferences were not saved: {why}");
                }
            }),
        );
    }

    /// Keeps the lists of what was granted, by what it was granted to. Read back, every box is off.
    pub(in crate::session) fn remember_grants(&mut self) {
        self.remembered = self.document.to_remember(std::mem::take(&mut self.remembered));
        let (bytes, env) = (project::save_remembered(&self.remembered), Arc::clone(&self.env));
        self.env.spawn(
            "grants",
            Box::new(move || {
                if let Err(why) = env.write_state(GRANTS, &bytes) {
                    log::warn!("the grants were not remembered: {why}");
                }
            }),
        );
    }

    pub(in crate::session) fn write_autosave(&mut self) {
        self.autosave.due = false;
        let mut document = self.document.clone();
        self.note_sources(&mut document);
        let bytes = project::save(&document, Path::new("/"));
        if let Some(why) = project::why_not_saved(&bytes) {
            // What was kept before can still be brought back.
            self.not_autosaved(format!("Unsaved work is not kept for a restart. {why}"));
            return;
        }
        self.autosave.writing = true;
        let (env, arrive) = (Arc::clone(&self.env), self.arrive.clone());
        self.env.spawn(
            "autosave",
            Box::new(move || {
                let _ = arrive.send(Arrived::Autosaved(env.write_state(AUTOSAVE, &bytes)));
            }),
        );
    }

    /// Said once, and not again after each edit until an autosave was written.
    pub(super) fn not_autosaved(&mut self, why: String) {
        if !std::mem::replace(&mut self.autosave.fails, true) {
            self.say(Severity::Warning, why);
        }
    }

    pub(super) fn forget_autosave(&mut self) {
        self.autosave.due = false;
        let env = Arc::clone(&self.env);
        self.env.spawn("autosave", Box::new(move || drop(env.write_state(AUTOSAVE, &[]))));
    }

    /// Brings the unsaved document of an earlier session back, or forgets it.
    pub fn recover(&mut self, wanted: bool) {
        let Some(bytes) = self.autosave.found.take() else { return };
        if !wanted {
            self.forget_autosave();
            return;
        }
        let job = self.start_job("Bringing back unsaved work".into());
        let (env, arrive) = (Arc::clone(&self.env), self.arrive.clone());
        self.env.spawn(
            "open",
            Box::new(move || {
                let result = project_from(&bytes, Path::new("/"), &*env);
                let _ = arrive.send(Arrived::Project { job, path: PathBuf::new(), result });
                env.wake();
            }),
        );
    }

    /// Forgets the autosave: the window closes with everything saved, or with what is not saved given up.
    pub fn close(&mut self) {
        self.forget_autosave();
    }
}
