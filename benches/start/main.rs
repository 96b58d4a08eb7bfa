//! From the start of the process to its first frame and out again: Wirebench against an empty window of the same size and
//! renderer. `cargo bench --bench start`; needs a display (`xvfb-run` will do).
#![allow(clippy::print_stdout)] // a benchmark prints

use std::process::{Command, ExitCode};
use std::time::Instant;
use wirebench::measure::stats::{Random, median, paired_ratio};
use wirebench::ui::CLOSE_AFTER_FIRST_FRAME;

const PAIRS: usize = 30;
const EMPTY: &str = "--empty-window";

fn main() -> ExitCode {
    if std::env::args().any(|a| a == EMPTY) {
        return empty_window();
    }
    if ["DISPLAY", "WAYLAND_DISPLAY"].iter().all(|v| std::env::var_os(v).is_none()) {
        println!("start: skipped, there is no display");
        return ExitCode::SUCCESS;
    }
    // `cargo test --benches` runs it once, to see that it still works.
    let pairs = if std::env::args().any(|a| a == "--bench") { PAIRS } else { 1 };
    let Ok(own) = std::env::current_exe() else { return ExitCode::FAILURE };
    let ours = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wirebench"));
        command.env(CLOSE_AFTER_FIRST_FRAME, "1").env("XDG_DATA_HOME", std::env::temp_dir().join("wirebench-start"));
        took(command)
    };
    let empty = || {
        let mut command = Command::new(&own);
        command.arg(EMPTY);
        took(command)
    };
    let (mut pairs_taken, mut controls) = (Vec::new(), Vec::new());
    let mut random = Random::new(1);
    for _ in 0..pairs {
        // In a random order, so that what one leaves behind does not always help the same other.
        let pair = if random.below(2) == 0 {
            (ours(), empty())
        } else {
            let empty = empty();
            (ours(), empty)
        };
        controls.push((empty(), pair.1));
        pairs_taken.push(pair);
    }
    let millis =
        |of: fn(&(f64, f64)) -> f64| median(&pairs_taken.iter().map(of).collect::<Vec<_>>()).unwrap_or(f64::NAN);
    println!("start: Wirebench {:.0} ms, an empty window {:.0} ms", millis(|p| p.0), millis(|p| p.1));
    for (what, pairs) in [("ratio", &pairs_taken), ("an empty window against itself", &controls)] {
        if let Some(e) = paired_ratio(pairs, 1) {
            println!("start: {what} {e}");
        }
    }
    ExitCode::SUCCESS
}

fn took(mut command: Command) -> f64 {
    let start = Instant::now();
    let status = command.status();
    assert!(status.is_ok_and(|s| s.success()), "a window did not open");
    start.elapsed().as_secs_f64() * 1e3
}

/// A window with nothing in it that closes after its first frame.
fn empty_window() -> ExitCode {
    #[derive(Default)]
    struct Empty(u32);
    impl eframe::App for Empty {
        fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
            if self.0 > 0 {
                ctx.send_viewport_cmd(egui::ViewportCommand::Close);
            }
            ctx.request_repaint();
        }

        fn ui(&mut self, _ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
            self.0 += 1;
        }
    }
    let viewport = egui::ViewportBuilder::default().with_inner_size([1280.0, 800.0]);
    let options = eframe::NativeOptions { viewport, ..eframe::NativeOptions::default() };
    match eframe::run_native("empty", options, Box::new(|_| Ok(Box::new(Empty::default())))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
