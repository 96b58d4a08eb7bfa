//! How one of the entries looks, and what is said of it.

use super::{Choosing, Entry, For};
use crate::compose::{Candidate, Joint, Replacement};
use crate::diag::display_safe_line;
use crate::session::Session;
use crate::session::samples::sample;
use crate::ui::canvas;
use crate::ui::panels::graph::counted;
use crate::ui::panels::kit;
use crate::ui::parts::ListRow;
use crate::ui::theme::{icons, tokens};
use egui::Ui;

impl Choosing {
    pub(super) fn candidate_words(&self, session: &Session, candidate: &Candidate) -> String {
        if self.is_now(session, candidate) {
            return "Connected".to_owned();
        }
        canvas::fit_words(candidate)
    }

    /// One of the entries, unless it is gone.
    pub(super) fn row(&self, ui: &mut Ui, session: &Session, entry: Entry, is_chosen: bool) -> Option<egui::Response> {
        let t = tokens(ui.ctx());
        Some(match entry {
            Entry::Words(words) => {
                kit::group_row(ui, words);
                return None;
            }
            Entry::Disconnect => ListRow::new("Not connected").icon(icons::LINK_BREAK).selected(is_chosen).show(ui),
            Entry::Place(digest) => {
                let component = session.library().get(&digest)?;
                let name = display_safe_line(&component.name);
                let text = match self.what {
                    For::Port(..) => format!("Place {name} and connect it"),
                    For::Place => format!("Place {name}"),
                    _ => name.into_owned(),
                };
                let badge = session.opened(&digest).and_then(|o| o.badge()).map(display_safe_line).unwrap_or_default();
                let icon = if matches!(self.what, For::New(..)) { icons::CUBE } else { icons::PLUS };
                ListRow::new(&text).icon(icon).trailing(&badge).selected(is_chosen).show(ui)
            }
            Entry::Sample(file) => {
                let sample = sample(file)?;
                let text = match self.what {
                    For::Port(..) => format!("Open {}, place and connect it", sample.name()),
                    _ => sample.name().to_owned(),
                };
                let row = ListRow::new(&text).icon(icons::PLUS).trailing(sample.language).selected(is_chosen);
                row.show(ui).on_hover_text(format!("{}. It is opened first", sample.about))
            }
            Entry::Faulty(digest) => {
                let component = session.library().get(&digest)?;
                let (name, why) = (display_safe_line(&component.name), kit::why_not_placed(component)?);
                let row = ListRow::new(&name).detail(&why).icon(icons::PROHIBIT).selected(is_chosen);
                let response = ui.add_enabled_ui(false, |ui| row.show(ui)).inner;
                response.on_disabled_hover_text(format!("{name}\n{why}"))
            }
            Entry::Replacement(_) | Entry::SampleReplacement(_) => {
                let (found, file) = self.replacement(&entry)?;
                let sample = file.and_then(sample);
                let name = match sample {
                    Some(sample) => sample.name().into(),
                    None => display_safe_line(&session.library().get(&found.component)?.name),
                };
                let words = short_words(found);
                let row = ListRow::new(&name).detail(&words).selected(is_chosen);
                let row = row.trailing(sample.map(|s| s.language).unwrap_or_default());
                let row = match (found.fits(), found.loses.is_empty()) {
                    (false, _) => row.icon(icons::PROHIBIT),
                    (_, false) => row.colored_icon(icons::WARNING, t.warn),
                    _ => row.colored_icon(icons::CHECK, t.ok),
                };
                let response = ui.add_enabled_ui(found.fits(), |ui| row.show(ui)).inner;
                let about = sample.map(|s| format!("\n{}. It is opened first", s.about)).unwrap_or_default();
                let tip = format!("{name}{about}\n{}", whole_words(found));
                if found.fits() { response.on_hover_text(tip) } else { response.on_disabled_hover_text(tip) }
            }
            Entry::VirtualWasi => {
                let text = if self.is_new() { "Add virtual WASI" } else { "Add a virtual WASI and connect it" };
                let row = ListRow::new(text).icon(icons::FLASK);
                let row = if self.is_new() {
                    row.trailing("all it asks for")
                } else {
                    row.detail("to all that is asked of WASI")
                };
                row.selected(is_chosen).show(ui)
            }
            Entry::Stub => {
                let text = if self.is_new() { "Add stub" } else { "Add a stub and connect it" };
                ListRow::new(text).icon(icons::PLUG).selected(is_chosen).show(ui)
            }
            Entry::Member(i) => {
                let name = self.outside.get(i)?;
                let shown = display_safe_line(name);
                let from = session.document().frame_of(name).map(|title| format!("in {}", display_safe_line(title)));
                let row = ListRow::new(&shown).icon(icons::CUBE).selected(is_chosen);
                row.detail(&from.unwrap_or_default()).show(ui)
            }
            Entry::Candidate(i) => {
                let candidate = self.candidate(i)?;
                let text = candidate.port.to_string();
                let words = self.candidate_words(session, candidate);
                let fits = candidate.fit.fits();
                let row = ListRow::new(&text).detail(&words).selected(is_chosen);
                let row = match (fits, self.is_now(session, candidate)) {
                    (false, _) => row.icon(icons::PROHIBIT),
                    (_, true) => row.colored_icon(icons::LINK, t.accent),
                    _ => row.colored_icon(icons::CHECK, t.ok),
                };
                let response = ui.add_enabled_ui(fits, |ui| row.show(ui)).inner;
                let tip = format!("{text}\n{words}");
                if fits { response.on_hover_text(tip) } else { response.on_disabled_hover_text(tip) }
            }
        })
    }
}

/// What a replacement means, in a few words.
fn short_words(found: &Replacement) -> String {
    match (&found.difference, found.loses.as_slice(), found.keeps) {
        (Some((_, why)), ..) => format!("Does not fit: {}", display_safe_line(why)),
        (_, [], n) => kept_words(n),
        (_, [one], _) => format!("Loses {one}"),
        (_, all, _) => format!("Loses {}", counted(all.len(), "connection")),
    }
}

fn kept_words(n: usize) -> String {
    if n == 0 { "Nothing is connected".to_owned() } else { format!("Keeps {}", counted(n, "connection")) }
}

/// So many of what would be lost are named.
const MOST_NAMED: usize = 6;

/// The same with every wire that it is about.
pub(super) fn whole_words(found: &Replacement) -> String {
    if let Some((joint, why)) = &found.difference {
        return format!("Does not fit: {}\n{joint}", display_safe_line(why));
    }
    let mut words = match found.keeps {
        0 if !found.loses.is_empty() => "Keeps nothing that is connected".to_owned(),
        n => kept_words(n),
    };
    if !found.loses.is_empty() {
        let named: Vec<String> = found.loses.iter().take(MOST_NAMED).map(Joint::to_string).collect();
        let more = found.loses.len().saturating_sub(MOST_NAMED);
        let more = if more > 0 { format!("\nand {more} more") } else { String::new() };
        words.push_str(&format!(", loses\n{}{more}", named.join("\n")));
    }
    words
}
