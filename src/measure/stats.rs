//! Statistics of repeated measurements: medians, intervals, ratios of pairs. They assume nothing about how the numbers
//! are distributed: times have long tails.

use std::fmt;

/// How often numbers are drawn anew for an interval. More changes the last shown digit no more.
const RESAMPLES: usize = 2_000;

/// The part of all intervals that holds the true value, were the measurement repeated often.
const CONFIDENCE: f64 = 0.95;

/// A value estimated from samples, and between which bounds it lies with 95 % confidence.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(missing_docs)]
pub struct Estimate {
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

/// As a ratio, with as many digits as the interval has to tell: `1.38× [1.35, 1.42]`.
impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { value, low, high } = self;
        let digits = match high - low {
            width if width >= 10.0 => 0,
            width if width >= 1.0 => 1,
            width if width < 0.01 => 3,
            _ => 2,
        };
        write!(f, "{value:.digits$}× [{low:.digits$}, {high:.digits$}]")
    }
}

/// The number that `part` of all are not above, between neighbours by their distance: 0.5 is the median. `None` if there
/// are no numbers, or one of them is none.
pub fn quantile(numbers: &[f64], part: f64) -> Option<f64> {
    let mut sorted = numbers.to_vec();
    quantile_in_place(&mut sorted, part)
}

/// The middle number: half of the others are not above, half not below.
pub fn median(numbers: &[f64]) -> Option<f64> {
    quantile(numbers, 0.5)
}

/// The median distance from the median: how far the numbers spread, whatever the outliers.
pub fn spread(numbers: &[f64]) -> Option<f64> {
    let middle = median(numbers)?;
    median(&numbers.iter().map(|n| (n - middle).abs()).collect::<Vec<_>>())
}

/// The median with its interval, by drawing the samples anew. The same numbers and seed give the same interval.
pub fn median_with_interval(numbers: &[f64], seed: u64) -> Option<Estimate> {
    let value = median(numbers)?;
    let mut random = Random::new(seed);
    let mut drawn = vec![0.0; numbers.len()];
    let mut medians = Vec::with_capacity(RESAMPLES);
    for _ in 0..RESAMPLES {
        for slot in &mut drawn {
            *slot = *numbers.get(random.below(numbers.len()))?;
        }
        medians.push(quantile_in_place(&mut drawn, 0.5)?);
    }
    let outside = (1.0 - CONFIDENCE) / 2.0;
    Some(Estimate { value, low: quantile(&medians, outside)?, high: quantile(&medians, 1.0 - outside)? })
}

/// How many times as much the first of each pair is as the second: the median of the ratios, with its interval. What
/// disturbs a machine for a while disturbs both of a pair, and so not their ratio. `None` without pairs, or if a second
/// one is not above zero.
pub fn paired_ratio(pairs: &[(f64, f64)], seed: u64) -> Option<Estimate> {
    let ratios: Option<Vec<f64>> = pairs.iter().map(|(ours, peer)| (*peer > 0.0).then(|| ours / peer)).collect();
    median_with_interval(&ratios?, seed)
}

fn quantile_in_place(numbers: &mut [f64], part: f64) -> Option<f64> {
    if numbers.is_empty() || numbers.iter().any(|n| n.is_nan()) {
        return None;
    }
    let place = part.clamp(0.0, 1.0) * (numbers.len() - 1) as f64;
    let (_, below, above) = numbers.select_nth_unstable_by(place.floor() as usize, f64::total_cmp);
    let below = *below;
    let next = above.iter().copied().fold(f64::INFINITY, f64::min);
    let rest = place.fract();
    Some(if rest == 0.0 { below } else { below + (next - below) * rest })
}

/// Random numbers for orders and draws, the same for the same seed (SplitMix64). Not for secrets.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// A sequence of its own for each seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `end`, all alike; 0 if there is none below.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        ((u128::from(z) * end as u128) >> 64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_quantiles_are_those_of_the_book() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 3.0, 2.0]), Some(2.5));
        assert_eq!(quantile(&[10.0, 20.0, 30.0, 40.0, 50.0], 0.25), Some(20.0));
        assert_eq!(quantile(&[10.0, 20.0], 0.75), Some(17.5));
        assert_eq!((quantile(&[5.0, 7.0], 0.0), quantile(&[5.0, 7.0], 1.0)), (Some(5.0), Some(7.0)));
        assert_eq!(spread(&[1.0, 2.0, 3.0, 4.0, 1000.0]), Some(1.0));
        assert_eq!((median(&[]), median(&[1.0, f64::NAN])), (None, None));
    }

    /// Numbers around `middle` with a long tail.
    fn times(middle: f64, count: usize, seed: u64) -> Vec<f64> {
        let mut random = Random::new(seed);
        let mut uniform = move || (random.below(1_000_000) as f64 + 0.5) / 1e6;
        (0..count).map(|_| middle * (0.5 - uniform().ln() * 0.5 / std::f64::consts::LN_2)).collect()
    }

    #[test]
    fn an_interval_holds_the_true_median_19_times_in_20() {
        let hits = (0..200).filter(|&seed| {
            let Some(found) = median_with_interval(&times(7.0, 41, seed), seed) else { return false };
            assert!(found.low <= found.value && found.value <= found.high);
            found.low <= 7.0 && 7.0 <= found.high
        });
        let hits = hits.count();
        assert!((180..=199).contains(&hits), "{hits} of 200");
    }

    #[test]
    fn a_ratio_of_pairs_is_found_through_what_disturbs_both() {
        let disturbed = times(100.0, 200, 1).into_iter().zip(times(1.0, 200, 2));
        let pairs: Vec<_> = disturbed.map(|(machine, own)| (1.1 * machine * (1.0 + own / 100.0), machine)).collect();
        let ratio = paired_ratio(&pairs, 3).unwrap();
        assert!(ratio.low > 1.1 && ratio.high < 1.12, "{ratio}");
        let same: Vec<_> = times(5.0, 200, 4).into_iter().zip(times(5.0, 200, 5)).collect();
        let ratio = paired_ratio(&same, 6).unwrap();
        assert!(ratio.low <= 1.0 && ratio.high >= 1.0, "{ratio}");
        assert_eq!(paired_ratio(&same, 6), paired_ratio(&same, 6), "the seed decides");
        assert_eq!((paired_ratio(&[], 1), paired_ratio(&[(1.0, 0.0)], 1)), (None, None));
    }

    #[test]
    fn digits_follow_the_interval() {
        let shown = |value, low, high| Estimate { value, low, high }.to_string();
        assert_eq!(shown(1.384, 1.352, 1.4211), "1.38× [1.35, 1.42]");
        assert_eq!(shown(1.0004, 0.9991, 1.0021), "1.000× [0.999, 1.002]");
        assert_eq!(shown(153.2, 131.0, 160.0), "153× [131, 160]");
    }
}
