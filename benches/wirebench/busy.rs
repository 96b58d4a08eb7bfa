//! Frames of the whole window while the runner compiles something large: opening it, and waiting for its first call.

use crate::pairs::Bench;
use egui::{Context, Event, Pos2, RawInput, Rect, pos2, vec2};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;
use wirebench::measure::stats::{median, quantile};
use wirebench::project::Target;
use wirebench::runner::Process;
use wirebench::session::{Call, Command, Machine, Session};
use wirebench::ui::App;
use wirebench::value::Value;

/// The largest fraud check there is: the one of 12 MB, if it was built (`samples/build.sh`), or the largest that is shipped.
fn largest() -> PathBuf {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let big = samples.join(".build/fraud-check-starlingmonkey.wasm");
    if big.exists() { big } else { samples.join("components/fraud-check-js.wasm") }
}

pub fn run(bench: &Bench) {
    if !bench.wants("window while compiling") {
        return;
    }
    let file = largest();
    let caller = Process::new(PathBuf::from(env!("CARGO_BIN_EXE_wirebench")));
    let session = Session::new(Arc::new(Machine::new(None, || {})), Some(Box::new(caller)));
    let ctx = Context::default();
    ctx.enable_accesskit();
    let mut app = App::new(&ctx, session, vec![file.clone()]);
    let start = Instant::now();
    let frame = |app: &mut App| {
        let at = start.elapsed().as_secs_f64();
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, vec2(1280.0, 800.0))),
            time: Some(at),
            events: vec![Event::PointerMoved(pos2(640.0 + 300.0 * (at * 3.0).sin() as f32, 300.0))],
            ..RawInput::default()
        };
        let began = Instant::now();
        app.logic(&ctx);
        let mut output = ctx.run_ui(input, |ui| app.draw(ui));
        output.textures_delta.clear();
        std::hint::black_box(ctx.tessellate(output.shapes, output.pixels_per_point));
        let millis = began.elapsed().as_secs_f64() * 1e3;
        // As a screen would: the window leaves the rest of a sixtieth of a second to others.
        std::thread::sleep(std::time::Duration::from_millis(8));
        millis
    };
    let mut opening = Vec::new();
    while app.session().library().is_empty() || app.session().is_busy() {
        opening.push(frame(&mut app));
    }
    let idle: Vec<f64> = (0..60).map(|_| frame(&mut app)).collect();
    let Some(component) = app.session().library().values().next().cloned() else { return };
    let function = component.exported_functions().find(|(_, f)| f.name == "check");
    let Some((interface, function)) = function else { return };
    app.ask(Command::Call(Call {
        target: Target::Component(component.digest),
        interface: interface.map(Into::into),
        function: function.name.clone(),
        arguments: vec![Value::String("ada".into()), Value::U64(1)],
    }));
    let mut busy = Vec::new();
    while app.session().running().is_some() {
        busy.push(frame(&mut app));
    }
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    println!("\nFrames of the window around the first call of {name}, in ms");
    println!("{:<12}{:>8}{:>10}{:>10}{:>10}", "while", "frames", "median", "p99", "most");
    for (what, frames) in [("opening", &opening), ("idle", &idle), ("compiling", &busy)] {
        let most = frames.iter().copied().fold(0.0, f64::max);
        let (half, late) = (median(frames).unwrap_or_default(), quantile(frames, 0.99).unwrap_or_default());
        println!("{what:<12}{:>8}{half:>10.2}{late:>10.2}{most:>10.2}", frames.len());
    }
}
