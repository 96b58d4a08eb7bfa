//! Random numbers from a seed: SplitMix64 (Steele, Lea and Flood 2014). Good enough to shuffle and to hash with; no secret.

use crate::exports::wasi::random::{insecure, insecure_seed, random};
use crate::settings::state;
use crate::Virtual;
use alloc::vec::Vec;
use core::cell::Cell;

fn next(of: &Cell<u64>) -> u64 {
    let at = of.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
    of.set(at);
    let mixed = (at ^ (at >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

fn bytes(of: &Cell<u64>, length: u64) -> Vec<u8> {
    let length = usize::try_from(length).unwrap();
    let mut out = Vec::with_capacity(length);
    while out.len() < length {
        let number = next(of).to_le_bytes();
        let missing = length - out.len();
        out.extend(number.into_iter().take(missing));
    }
    out
}

impl random::Guest for Virtual {
    fn get_random_bytes(length: u64) -> Vec<u8> {
        bytes(&state().random, length)
    }

    fn get_random_u64() -> u64 {
        next(&state().random)
    }
}

impl insecure::Guest for Virtual {
    fn get_insecure_random_bytes(length: u64) -> Vec<u8> {
        bytes(&state().insecure, length)
    }

    fn get_insecure_random_u64() -> u64 {
        next(&state().insecure)
    }
}

impl insecure_seed::Guest for Virtual {
    fn insecure_seed() -> (u64, u64) {
        let from = Cell::new(state().settings.seed.rotate_left(32));
        (next(&from), next(&from))
    }
}
