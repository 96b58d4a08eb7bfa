//! Past calls, and what the guest wrote in the last one.

use super::{Outbox, Request};
use crate::call::{Outcome, Stream};
use crate::diag::display_safe_line;
use crate::grant;
use crate::measure::{Nanos, Phase};
use crate::project::Target;
use crate::session::{Command, RunRecord, Session};
use crate::ui::panels::kit;
use crate::ui::parts::{self, Button, Drawing, ListRow};
use crate::ui::result::{self, OutputState};
use crate::ui::theme::{self, Tokens, icons, size, space};
use crate::value;
use egui::{Align, Color32, Layout, Ui};

/// The panel's state.
#[derive(Default)]
pub struct State {
    search: String,
}

/// The call as the command line would make it; `None` for a composition that has no file yet.
pub fn as_command(session: &Session, run: &RunRecord) -> Option<String> {
    let file = match run.target {
        Target::Component(digest) => {
            match session.opened(&digest).filter(|o| o.part.is_none()).and_then(|o| o.path.as_ref()) {
                Some(path) => path.to_string_lossy().into_owned(),
                None => format!("{}.wasm", run.target_name),
            }
        }
        Target::Composition => session.project_path()?.to_string_lossy().into_owned(),
    };
    let call = value::to_wave_call(run.interface.as_deref(), &run.function, &run.arguments);
    let mut words = vec!["wirebench".to_owned(), "invoke".into(), grant::shell_quote(&file), grant::shell_quote(&call)];
    words.extend(grant::command_line_flags(&run.grants).iter().map(|f| grant::shell_quote(f)));
    for wire in &run.taps.wires {
        let to = &wire.tap.to;
        words.extend(["--tap".to_owned(), grant::shell_quote(&format!("{}.{}", to.instance, to.name))]);
    }
    Some(words.join(" "))
}

/// The function's short name in a record.
pub fn short_name(run: &RunRecord) -> &str {
    run.function.split_once(']').map_or(&run.function, |(_, rest)| rest)
}

fn outcome_icon(outcome: Option<&Outcome>, t: &Tokens) -> (&'static str, Color32) {
    match outcome {
        None => (icons::HOURGLASS, t.dim),
        Some(Outcome::Returned(Some(value::Value::Result(Err(_))))) => (icons::WARNING, t.warn),
        Some(Outcome::Returned(_)) => (icons::CHECK, t.ok),
        Some(Outcome::Denied(_)) => (icons::PROHIBIT, t.warn),
        Some(Outcome::Cancelled) => (icons::STOP, t.dim),
        Some(_) => (icons::ERROR, t.error),
    }
}

/// Draws the history, newest first.
pub fn show(ui: &mut Ui, session: &Session, state: &mut State, outbox: &mut Outbox) {
    let runs = session.runs();
    if runs.is_empty() {
        let bring_back = session.has_cleared_history().then_some("Bring the history back");
        if parts::empty(ui, Drawing::Icon(icons::HISTORY), "Calls will be listed here, with their inputs", bring_back) {
            outbox.command(Command::RestoreHistory);
        }
        return;
    }
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if ui.add(Button::new("Clear").icon(icons::TRASH)).clicked() {
                outbox.command(Command::ClearHistory);
            }
            parts::search_field(ui, &mut state.search, "Search history");
        });
    });
    ui.add_space(space::XS);
    let wanted = state.search.trim().to_lowercase();
    let found: Vec<_> = runs
        .iter()
        .rev()
        .filter(|r| wanted.is_empty() || r.function.contains(&wanted) || r.target_name.to_lowercase().contains(&wanted))
        .collect();
    if found.is_empty() {
        ui.label(kit::dim("No call has that name"));
    }
    egui::ScrollArea::vertical().auto_shrink(false).show_rows(ui, size::ROW, found.len(), |ui, range| {
        for run in found.get(range).unwrap_or_default() {
            row(ui, session, run, outbox);
        }
    });
}

fn row(ui: &mut Ui, session: &Session, run: &RunRecord, outbox: &mut Outbox) {
    let arguments: Vec<_> = run.arguments.iter().map(|a| value::to_wave_short(a, 120)).collect();
    let mut call = format!("{}({})", short_name(run), arguments.join(", "));
    if call.chars().count() > 120 {
        call = call.chars().take(119).chain(['…']).collect();
    }
    let time = run.timings.iter().find(|t| t.phase == Phase::Call).map(|t| Nanos(t.nanos).to_string());
    let word = run.outcome().map_or("under way", Outcome::word);
    let first = if run.is_first_call() { " · first call" } else { "" };
    let note = format!("{}{first} · {word} · {}", display_safe_line(&run.target_name), time.unwrap_or_default());
    let (glyph, ink) = outcome_icon(run.outcome(), theme::tokens(ui.ctx()));
    let call = display_safe_line(&call);
    let row = ListRow::new(&call).mono().colored_icon(glyph, ink).trailing(note.trim_end_matches(" · "));
    let response = row.show(ui);
    if response.clicked() {
        outbox.request(Request::Restore(Box::new(run.clone())));
    }
    response.context_menu(|ui| {
        if ui.button("Put the inputs back").clicked() {
            outbox.request(Request::Restore(Box::new(run.clone())));
        }
        if let Some(command) = as_command(session, run)
            && ui.button("Copy as command").clicked()
        {
            ui.ctx().copy_text(command);
        }
        if let Some(Outcome::Returned(Some(value))) = run.outcome()
            && ui.button("Copy result as WAVE").clicked()
        {
            ui.ctx().copy_text(value::to_wave(value));
        }
    });
    response.on_hover_text("Click to put the inputs back, without running");
}

/// Draws what the guest wrote in the last call.
pub fn output(ui: &mut Ui, session: &Session, state: &mut OutputState) {
    let Some(run) = session.runs().back() else {
        parts::empty(ui, Drawing::Icon(icons::TERMINAL), "What a guest writes to its output will stand here", None);
        return;
    };
    let dropped = run.finished.as_ref().map_or(0, |f| f.dropped_output_bytes);
    if run.output.is_empty() && dropped == 0 {
        parts::empty(ui, Drawing::Icon(icons::TERMINAL), "The last call wrote nothing", None);
        return;
    }
    let (stdout, stderr) = (run.text_of(Stream::Stdout), run.text_of(Stream::Stderr));
    result::output(ui, state, run.job.0, &stdout, &stderr, dropped);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::JobId;
    use crate::component::Digest;
    use crate::compose::{Port, Tap};
    use crate::grant::Grants;
    use crate::session::{Memory, RunTaps, TappedWire};
    use std::sync::Arc;

    #[test]
    fn a_call_behind_taps_is_copied_with_them() {
        let mut session = Session::new(Arc::new(Memory::default()), None);
        session.apply(Command::OpenSampleProject);
        session.poll();
        session.apply(Command::SaveProject("/home/shop.wirebench.json".into()));
        session.poll();
        let consumer = Arc::clone(session.library().values().next().unwrap());
        let (from, to) = (Port::new("fraud check", "a:b/check@1.0.0"), Port::new("the shop", "a:b/check@1.0.0"));
        let tap = Tap { from, to, host: String::new(), functions: Vec::new() };
        let mut run = RunRecord {
            job: JobId(1),
            target: Target::Composition,
            target_name: "Composition".into(),
            digest: Digest::of(b""),
            interface: None,
            function: "run".into(),
            arguments: Vec::new(),
            grants: Grants::default(),
            finished: None,
            output: Vec::new(),
            timings: Vec::new(),
            phase: None,
            taps: RunTaps::default(),
            started_nanos: 0,
        };
        let plain = as_command(&session, &run).unwrap();
        assert_eq!(plain, "wirebench invoke /home/shop.wirebench.json 'run()'");
        run.taps.wires = vec![TappedWire { tap, consumer }];
        assert_eq!(as_command(&session, &run).unwrap(), format!("{plain} --tap 'the shop.a:b/check@1.0.0'"));
    }
}
