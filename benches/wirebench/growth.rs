//! How the time to look at a file grows with the file: the one thing that fails here, for it does not depend on the machine.

use crate::pairs::Bench;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};
use wirebench::measure::Nanos;

#[path = "../../tests/suite/growing.rs"]
mod growing;

/// The best of so many times counts: the machine can only add to it.
const TIMES: usize = 7;

/// What is done with a size, and what every tool has to do with it.
type Pair = [Box<dyn FnMut()>; 2];
/// What grows, the size to begin with, and what is done with a size.
type Growing = (&'static str, usize, Box<dyn Fn(usize) -> Pair>);

/// Says whether everything grows as it should.
pub fn run(bench: &Bench) -> bool {
    let mut ways: Vec<Growing> = Vec::new();
    for (way, first, make) in growing::WAYS {
        let pair = move |size: usize| -> Pair {
            let bytes: Arc<[u8]> = make(size).into();
            let same = Arc::clone(&bytes);
            [
                Box::new(move || drop(black_box(growing::look_at(black_box(&bytes))))),
                Box::new(move || growing::validate(black_box(&same))),
            ]
        };
        ways.push((way, first, Box::new(pair)));
    }
    let wires = |size: usize| -> Pair { [Box::new(move || growing::wire(black_box(size))), Box::new(|| ())] };
    ways.push(("wires of a composition", 200, Box::new(wires)));
    let mut grows_well = true;
    let wanted = ways.iter().filter(|(way, ..)| bench.wants(&format!("growth {way}")));
    for (i, (way, first, make)) in wanted.enumerate() {
        if !bench.measures() {
            make(*first).iter_mut().for_each(|work| work());
            println!("growth {way}: works");
            continue;
        }
        if i == 0 {
            println!(
                "\nGrowth: the time for n, 2 n and 4 n, and how many times the first the last is, beside what it may be"
            );
        }
        let times = [1, 2, 4].map(|by| make(first * by).each_mut().map(|work| best(work)));
        let ratio = |of: usize| times[2][of].as_secs_f64() / times[0][of].as_secs_f64().max(1e-9);
        // What takes no time at all has no ratio.
        let is_timed = times[0][1] > Duration::from_micros(20);
        let most = if is_timed { growing::most(ratio(1)) } else { growing::MOST };
        let is_well = ratio(0) <= most;
        grows_well &= is_well;
        let shown = times.map(|t| Nanos(u64::try_from(t[0].as_nanos()).unwrap_or(u64::MAX)).to_string());
        let verdict = if is_well { "" } else { "  TOO MUCH" };
        let (name, ratio) = (format!("growth {way}"), ratio(0));
        println!("{name:40} {:>9} {:>9} {:>9}  {ratio:.2} of {most:.2}{verdict}", shown[0], shown[1], shown[2]);
    }
    grows_well
}

fn best(work: &mut dyn FnMut()) -> Duration {
    let time = |_| {
        let start = Instant::now();
        work();
        start.elapsed()
    };
    (0..TIMES).map(time).min().unwrap_or_default()
}
