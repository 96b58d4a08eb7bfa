//! Where the taps of wires stand: on the wire, and beside nodes and other taps as far as there is such a place. No window.

use super::geometry::{DETAIL, OUTLINE, Taken, curve, curve_point};
use super::pointer::Around;
use super::scene::{Course, Scene, Wire};
use crate::call::Crossed;
use egui::{Pos2, Rect, Vec2, vec2};

/// How high a tap is, in world points, and how wide without words.
pub(super) const TAP: f32 = 22.0;
/// How wide one letter of its words is taken to be. Depends on no font, so that a tap is hit where it is drawn.
const LETTER: f32 = 5.8;
/// What the words take beside their letters.
const AROUND_WORDS: f32 = 12.0;
/// The room that taps look for: for calls and their rate, for calls, for the eye alone.
const ROOM: [f32; 3] = [204.0, 84.0, TAP];
/// How far from a node a tap stands: clear of the shapes of its ports.
const FROM_NODE: f32 = 7.0;

/// Where the tap of a wire stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct TapPlace {
    /// The wire.
    pub wire: usize,
    /// Where on its curve, from 0 to 1.
    pub t: f32,
    /// How wide it may be.
    pub room: f32,
}

impl TapPlace {
    /// The tap in the world, and whether its words are shown.
    pub fn rect(&self, middle: Pos2, words: &str, zoom: f32) -> (Rect, bool) {
        let wide = TAP + AROUND_WORDS + words.chars().count() as f32 * LETTER;
        let told = zoom >= DETAIL && !words.is_empty() && wide <= self.room;
        (Rect::from_center_size(middle, vec2(if told { wide } else { TAP }, TAP)), told)
    }
}

/// A place for the tap of every wire that has one: as near to the wire's middle as it is free, with room for words before
/// one without. Where the whole wire is covered the tap stands in the middle, above what covers it.
pub(super) fn places(scene: &Scene) -> Vec<TapPlace> {
    let tapped = scene.wires().iter().enumerate().filter(|(_, w)| w.tap.is_some() && !w.broken);
    let tapped: Vec<_> = tapped.filter_map(|(i, _)| Some((i, *scene.course(i)?))).collect();
    let mut taken = Taken::default();
    if !tapped.is_empty() {
        (0..scene.nodes().len()).for_each(|i| taken.add(scene.rect(i).expand(FROM_NODE)));
    }
    let mut out = Vec::with_capacity(tapped.len());
    for (wire, course) in tapped {
        let c = curve(course.ends.0, course.ends.1, 1.0);
        // The versions of two ends stand on the first third.
        let from = if scene.versions(wire).is_some() { 0.48 } else { 0.1 };
        let rect = |t: f32, room: f32| Rect::from_center_size(curve_point(c, t), vec2(room, TAP));
        let free = |room: f32| {
            let steps = (0_u8..21).map(|n| f32::from(n.div_ceil(2)) * if n % 2 == 0 { 0.04 } else { -0.04 });
            let all = steps.map(|by| 0.5 + by).filter(|t| *t >= from);
            all.into_iter().find(|t| taken.is_free(rect(*t, room))).map(|t| (t, room))
        };
        let (t, room) = ROOM.into_iter().find_map(free).unwrap_or((0.5, TAP));
        taken.add(rect(t, room));
        out.push(TapPlace { wire, t, room });
    }
    out
}

/// What the tap of a wire has seen, in words; empty as long as that is nothing.
pub(super) fn words(wire: &Wire) -> String {
    wire.tap.flatten().map(Crossed::words).unwrap_or_default()
}

impl Course {
    /// A point of the wire: far away it is a straight line.
    pub fn point(from: Pos2, to: Pos2, t: f32, zoom: f32) -> Pos2 {
        if zoom < OUTLINE { from.lerp(to, t) } else { curve_point(curve(from, to, 1.0), t) }
    }
}

impl Around<'_> {
    /// The wire whose tap is at a point of the world. Far away a tap is a mark that nobody could aim at.
    pub fn tap_at(&self, world: Pos2) -> Option<usize> {
        let zoom = self.view.zoom;
        if zoom < OUTLINE {
            return None;
        }
        let is_here = |place: &&TapPlace| {
            let (Some(wire), Some(course)) = (self.scene.wires().get(place.wire), self.scene.course(place.wire)) else {
                return false;
            };
            // Easy to hit however small it is drawn.
            let around = Vec2::splat((8.0 / zoom - TAP / 2.0).max(0.0));
            // Of many taps most are nowhere near.
            if !course.bounds.expand2(around + vec2(place.room.max(TAP), TAP)).contains(world) {
                return false;
            }
            let middle = Course::point(course.ends.0, course.ends.1, place.t, zoom);
            let near = Rect::from_center_size(middle, vec2(place.room.max(TAP), TAP)).expand2(around);
            near.contains(world) && place.rect(middle, &words(wire), zoom).0.expand2(around).contains(world)
        };
        self.scene.taps().iter().rev().find(is_here).map(|place| place.wire)
    }
}
