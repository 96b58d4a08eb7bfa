//! Two ways to do the same, measured in pairs: one after the other, in random order, again and again. The ratio is the
//! median of the pairs' ratios with its 95 % interval. Beside it stands the second way against itself, taken in the same
//! rounds: how far that is from 1 is how far the machine can be trusted.

use std::time::{Duration, Instant};
use wirebench::measure::Nanos;
use wirebench::measure::stats::{Estimate, Random, median, paired_ratio};

/// A sample lasts at least so long, many times the clock's own cost; a shorter thing is done many times in one sample.
const LEAST_SAMPLE: Duration = Duration::from_micros(200);

/// So long is measured for each comparison, within these numbers of pairs.
const BUDGET: Duration = Duration::from_secs(3);
const LEAST_PAIRS: usize = 30;
const MOST_PAIRS: usize = 300;

/// Something that is done again and again.
pub type Work<'a> = &'a mut dyn FnMut();

/// What is to be measured.
pub struct Bench {
    filter: String,
    measures: bool,
    /// Of the group that has begun, until it is shown.
    title: Option<(&'static str, [&'static str; 2])>,
    random: Random,
}

impl Bench {
    /// Measures what has `filter` in its name; without `measures` everything is done once, to show that it works.
    pub fn new(filter: String, measures: bool) -> Self {
        if measures {
            let cores = std::thread::available_parallelism().map_or(0, usize::from);
            println!("wirebench {}, {cores} cores, {}-bit", env!("CARGO_PKG_VERSION"), usize::BITS);
            if cfg!(debug_assertions) {
                println!("This is a debug build: its numbers say nothing about the program");
            }
        }
        Self { filter, measures, title: None, random: Random::new(1) }
    }

    /// Begins a group of comparisons of the same kind, with a word for each of the two ways.
    pub fn group(&mut self, title: &'static str, ways: [&'static str; 2]) {
        self.title = Some((title, ways));
    }

    /// Whether a comparison of this name is to be made.
    pub fn wants(&self, name: &str) -> bool {
        name.contains(&self.filter)
    }

    /// Whether anything is measured, and not only done once.
    pub fn measures(&self) -> bool {
        self.measures
    }

    /// Compares two ways.
    pub fn compare(&mut self, name: &str, ours: Work<'_>, bare: Work<'_>) {
        if !self.wants(name) {
            return;
        }
        if !self.measures {
            ours();
            bare();
            println!("{name}: works");
            return;
        }
        if let Some((title, [one, other])) = self.title.take() {
            let [ratio, control] = [format!("{one} ÷ {other}"), format!("{other} ÷ {other}")];
            println!("\n{title}\n{:40} {one:>9} {other:>9}  {ratio:24}{control:24}", "");
        }
        // The first times are not like the others; and they say how many fit into a sample.
        let batches = (batch(ours), batch(bare));
        let round = time(ours, batches.0).saturating_add(time(bare, batches.1) * 2);
        let pairs = BUDGET.as_nanos() / round.as_nanos().max(1);
        let pairs = usize::try_from(pairs).unwrap_or(MOST_PAIRS).clamp(LEAST_PAIRS, MOST_PAIRS);
        let mut samples: [Vec<f64>; 3] = Default::default();
        for _ in 0..pairs {
            let mut order = [0, 1, 2];
            for left in (1..order.len()).rev() {
                order.swap(left, self.random.below(left + 1));
            }
            for which in order {
                let (took, batch) =
                    if which == 0 { (time(ours, batches.0), batches.0) } else { (time(bare, batches.1), batches.1) };
                samples[which].push(took.as_nanos() as f64 / f64::from(batch));
            }
        }
        let [ours, bare, again] = samples;
        let ratio =
            |a: &[f64], b: &[f64]| paired_ratio(&a.iter().copied().zip(b.iter().copied()).collect::<Vec<_>>(), 1);
        let control = ratio(&again, &bare);
        let note = match control {
            Some(Estimate { value, .. }) if !(0.97..=1.03).contains(&value) => {
                "  not to be trusted: the machine is busy"
            }
            _ => "",
        };
        let shown = |e: Option<Estimate>| e.map(|e| e.to_string()).unwrap_or_default();
        let time = |numbers: &[f64]| median(numbers).map(|n| Nanos(n as u64).to_string()).unwrap_or_default();
        println!(
            "{name:40} {:>9} {:>9}  {:24}{:24}n = {pairs}, batch {} and {}{note}",
            time(&ours),
            time(&bare),
            shown(ratio(&ours, &bare)),
            shown(control),
            batches.0,
            batches.1,
        );
    }
}

/// How often something is to be done in one sample. Warms it up, too.
fn batch(work: Work<'_>) -> u32 {
    let begun = Instant::now();
    let mut count: u32 = 1;
    loop {
        let took = time(work, count);
        if took >= LEAST_SAMPLE {
            if begun.elapsed() > BUDGET / 20 {
                return count;
            }
        } else {
            count = count.saturating_mul(2);
        }
    }
}

fn time(work: Work<'_>, count: u32) -> Duration {
    let begun = Instant::now();
    for _ in 0..count {
        work();
    }
    begun.elapsed()
}
