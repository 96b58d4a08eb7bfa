//! Folders: where each is on this machine, how the guest knows it, and whether it may be changed.

use super::{
    Drafts, Dress, Place, add_error, before, caption, entry, field, field_trouble, line, new_field, say, say_new,
};
use crate::grant::{self, Capability, Folder, Grants};
use crate::ui::panels::kit;
use crate::ui::parts::{self, IconButton};
use crate::ui::theme::{icons, size};
use egui::{Label, Ui, vec2};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};

/// A dialog of the system that is open, and the field its answer is for.
pub(super) type Dialog = (Place, Receiver<PathBuf>);

/// The room that the choice of a folder's access needs.
const ACCESS_WIDTH: f32 = 212.0;

pub(super) fn show(ui: &mut Ui, grants: &Grants, drafts: &mut Drafts, next: &mut Grants) {
    let capability = Capability::Folders;
    take_chosen(drafts, next);
    for (i, folder) in grants.folders.list.iter().enumerate() {
        entry(ui, |ui| one_folder(ui, i, folder, drafts, next));
    }
    say(ui, &grant::warnings_about(capability, grants));
    let (host_at, guest_at) = ((Some(capability), None, 0), (Some(capability), None, 1));
    let mut add = false;
    caption(ui, "Add a folder");
    line(ui, |ui| {
        let dress = Dress::new(before(ui, 1)).hint("Folder on this machine");
        add |= new_field(ui, drafts, host_at, "New folder on this machine", dress);
        browse(ui, drafts, host_at, "Choose a new folder");
    });
    line(ui, |ui| {
        let dress = Dress::new(before(ui, 1)).hint("Its path for the guest: /data");
        add |= new_field(ui, drafts, guest_at, "New folder's path for the guest", dress);
        add |= parts::icon_button(ui, icons::PLUS, "Add folder").clicked();
    });
    let host = drafts.new_text(host_at).trim().to_owned();
    let guest = drafts.new_text(guest_at).trim().to_owned();
    let guest = if guest.is_empty() { "/data".to_owned() } else { guest };
    let checked = grant::check_folder(&host, &guest, false);
    if let Ok(folder) = &checked {
        let mut with = grants.clone();
        with.folders.list.push(folder.clone());
        say_new(ui, capability, grants, &with);
    }
    if add {
        match checked {
            Ok(folder) => {
                next.folders.list.push(folder);
                drafts.forget_new(capability);
            }
            Err(why) => _ = drafts.errors.insert(capability, why),
        }
    }
    add_error(ui, drafts, capability);
}

fn one_folder(ui: &mut Ui, i: usize, folder: &Folder, drafts: &mut Drafts, next: &mut Grants) {
    let capability = Capability::Folders;
    let number = i + 1;
    let (host_at, guest_at) = ((Some(capability), Some(i), 0), (Some(capability), Some(i), 1));
    let mut put = |folder: Folder| {
        if let Some(slot) = next.folders.list.get_mut(i) {
            *slot = folder;
        }
    };
    let mut removed = false;
    line(ui, |ui| {
        let dress = Dress::new(before(ui, 2));
        let read = |text: &str| grant::check_folder(text, &folder.guest, folder.writable).map(|f| (f.clone(), f.host));
        let name = format!("Folder {number} on this machine");
        if let Some(folder) = field(ui, drafts, host_at, &name, &folder.host, dress, read) {
            put(folder);
        }
        browse(ui, drafts, host_at, &format!("Choose folder {number}"));
        removed = parts::icon_button(ui, icons::TRASH, &format!("Remove folder {number}")).clicked();
    });
    field_trouble(ui, drafts, host_at);
    line(ui, |ui| {
        ui.add_sized(vec2(20.0, size::ROW), Label::new(kit::dim("as")));
        let dress = Dress::new(ui.available_width());
        let read = |text: &str| grant::check_folder(&folder.host, text, folder.writable).map(|f| (f.clone(), f.guest));
        let name = format!("Folder {number}'s path for the guest");
        if let Some(folder) = field(ui, drafts, guest_at, &name, &folder.guest, dress, read) {
            put(folder);
        }
    });
    field_trouble(ui, drafts, guest_at);
    let mut writable = folder.writable;
    if ui.available_width() >= ACCESS_WIDTH {
        let choices = ["Read-only", "Read and write"];
        if let Some(choice) = parts::segments(ui, &format!("Folder {number}: access"), &choices, writable.into()) {
            writable = choice == 1;
        }
    } else {
        parts::labelled_check(ui, &mut writable, "Read and write");
    }
    if writable != folder.writable {
        put(Folder { writable, ..folder.clone() });
        drafts.done = true;
    }
    if removed && i < next.folders.list.len() {
        next.folders.list.remove(i);
        drafts.forget(capability);
    }
}

/// A button that asks for a folder in a dialog of the system.
fn browse(ui: &mut Ui, drafts: &mut Drafts, place: Place, name: &str) {
    let waiting = drafts.dialog.is_some().then_some("A dialog is open");
    if !ui.add(IconButton::new(icons::FOLDER_OPEN, name).disabled_because(waiting)).clicked() {
        return;
    }
    let (send, receive) = channel();
    let ctx = ui.ctx().clone();
    let start = drafts.new_text(place).clone();
    // The dialog waits for the user: not on the window's thread.
    let started = std::thread::Builder::new().name("folder dialog".into()).spawn(move || {
        if let Some(path) = rfd::FileDialog::new().set_directory(start).pick_folder() {
            let _ = send.send(path);
        }
        drop(send);
        ctx.request_repaint();
    });
    if started.is_ok() {
        drafts.dialog = Some((place, receive));
    }
}

/// Takes what the dialog answered.
fn take_chosen(drafts: &mut Drafts, next: &mut Grants) {
    let Some((place, receive)) = drafts.dialog.take() else { return };
    match receive.try_recv() {
        Ok(path) => {
            let host = path.to_string_lossy().into_owned();
            let listed = place.1.and_then(|i| next.folders.list.get_mut(i));
            match listed {
                Some(folder) => folder.host = host,
                None => *drafts.new_text((place.0, None, place.2)) = host,
            }
        }
        Err(std::sync::mpsc::TryRecvError::Empty) => drafts.dialog = Some((place, receive)),
        Err(std::sync::mpsc::TryRecvError::Disconnected) => {}
    }
}
