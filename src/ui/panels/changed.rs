//! The line that says which open files have changed on disk, and asks what to do about it.

use super::Outbox;
use crate::diag::display_safe_line;
use crate::session::{Command, Session, plural};
use crate::ui::parts::{Banner, BannerClick};
use crate::ui::theme::{Tone, space};
use egui::{Frame, Margin, Ui};

/// Draws the line, if there is something to say.
pub fn show(ui: &mut Ui, session: &Session, outbox: &mut Outbox) {
    let files = session.changed_files();
    if files.is_empty() {
        return;
    }
    let name = |path: &std::path::Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        display_safe_line(&name).into_owned()
    };
    let mut names: Vec<String> = files.iter().take(4).map(|file| name(&file.path)).collect();
    if files.len() > names.len() {
        names.push(format!("{} more", files.len() - names.len()));
    }
    let text = match names.as_slice() {
        [one] => format!("{one} has changed on disk"),
        _ => format!("{} files have changed on disk: {}", files.len(), names.join(", ")),
    };
    let instances = session.document().composition.instances.values();
    let users = instances.filter(|i| files.iter().any(|file| file.component == i.component)).count();
    let hint = match users {
        0 => "Reload reads it again; nothing is wired to it".to_owned(),
        n => format!("Reload replaces {}; a wire whose port is gone stays, broken", plural(n, "instance")),
    };
    let (reload, keep) = if files.len() > 1 { ("Reload all", "Keep all") } else { ("Reload", "Keep") };
    let banner = Banner::new(Tone::Info, &text).hint(Some(&hint)).action(reload).other(keep);
    let components = || files.iter().map(|file| file.component).collect();
    let clicked = Frame::NONE
        .inner_margin(Margin::symmetric(space::M as i8, space::S as i8))
        .show(ui, |ui| banner.show(ui))
        .inner;
    match clicked {
        Some(BannerClick::Action) => outbox.command(Command::ReloadFiles(components())),
        Some(BannerClick::Other | BannerClick::Close) => outbox.command(Command::KeepFiles(components())),
        None => {}
    }
}
