//! What crossed the tapped wires of a call, in words of the components' own interfaces.

use super::Session;
use crate::call::{Crossed, Seen, TapCall, TapCounts, TapEnd};
use crate::component::{Component, Function, Type, TypeKind, TypeTable};
use crate::compose::{Composition, Edit, Port, Tap};
use crate::diag::display_safe_line;
use crate::measure::{Bytes, Nanos};
use crate::project::Target;
use crate::value::{self, Handle, Value};
use std::sync::Arc;

/// What crossed the tapped wires of one call.
#[derive(Debug, Clone, Default)]
pub struct RunTaps {
    /// The wires, in the order of the imports that they end at.
    pub wires: Vec<TappedWire>,
    /// The calls that are known in full, in the order in which they began: the first ones and the last ones.
    pub calls: Vec<TapCall>,
    /// How many there were.
    pub counts: TapCounts,
}

/// A wire that was tapped, with what its calls are read by.
#[derive(Debug, Clone)]
pub struct TappedWire {
    /// The wire.
    pub tap: Tap,
    /// The component of the instance that it ends at.
    pub consumer: Arc<Component>,
}

/// One line of the list of calls.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Crossing<'a> {
    /// A call.
    Call(&'a TapCall),
    /// So many calls that were counted only.
    LeftOut(u64),
}

impl TappedWire {
    /// The function that a call was of.
    pub fn function(&self, call: &TapCall) -> Option<&Function> {
        let name = self.tap.functions.get(call.function as usize)?;
        self.consumer.import(&self.tap.to.name)?.functions().iter().find(|f| f.name == *name)
    }

    /// Both ends, as in `fraud-check → checkout`.
    pub fn ends(&self) -> String {
        let Tap { from, to, .. } = &self.tap;
        format!("{} → {}", display_safe_line(&from.instance), display_safe_line(&to.instance))
    }

    /// The name of the function that a call was of, for a person.
    pub fn function_name(&self, call: &TapCall) -> String {
        self.function(call)
            .map_or_else(|| "a function".to_owned(), |f| display_safe_line(f.display_name()).into_owned())
    }

    /// The arguments with their names, in WAVE: `amount: 5, currency: "EUR"`.
    pub fn arguments(&self, call: &TapCall, most: usize) -> String {
        match &call.arguments {
            Seen::TooLarge(bytes) => too_large(*bytes),
            Seen::Values { values, .. } => {
                let params = self.function(call).map(|f| f.params.as_slice()).unwrap_or_default();
                let mut texts = Vec::new();
                let mut left = most;
                for (param, value) in params.iter().zip(values) {
                    let text = format!("{}: {}", param.name, value::to_wave_short(value, left));
                    left = left.saturating_sub(text.len());
                    texts.push(text);
                }
                display_safe_line(&texts.join(", ")).into_owned()
            }
        }
    }

    /// The result in WAVE, or how else the call ended.
    pub fn end(&self, call: &TapCall, most: usize) -> String {
        match &call.end {
            TapEnd::Returned(Seen::TooLarge(bytes)) => too_large(*bytes),
            TapEnd::Returned(Seen::Values { values, .. }) => match values.first() {
                Some(value) => display_safe_line(&value::to_wave_short(value, most)).into_owned(),
                None => "returned".to_owned(),
            },
            TapEnd::Trapped => "trapped".to_owned(),
            TapEnd::Cancelled => "was cancelled".to_owned(),
            TapEnd::Stopped => "did not return".to_owned(),
        }
    }

    /// A call on one line, with everything known of it.
    pub fn line(&self, call: &TapCall) -> String {
        format!(
            "{}{}: {}({}) → {}, took {} after {}",
            "  ".repeat(call.depth.min(20) as usize),
            self.ends(),
            self.function_name(call),
            self.arguments(call, 2_000),
            self.end(call, 2_000),
            Nanos(call.nanos),
            Nanos(call.started_nanos)
        )
    }
}

fn too_large(bytes: u32) -> String {
    format!("{}, too large to be shown", Bytes(u64::from(bytes)))
}

impl RunTaps {
    /// Takes in a call, and says of its numbers which of them are handles.
    pub(super) fn take(&mut self, mut call: TapCall) {
        let Some(wire) = self.wires.get(call.tap as usize) else { return };
        if let Some(function) = wire.function(&call) {
            let types = &wire.consumer.types;
            if let Seen::Values { values, .. } = &mut call.arguments {
                let params = function.params.iter().map(|p| p.ty);
                values.iter_mut().zip(params).for_each(|(value, ty)| name_handles(value, types, ty));
            }
            if let (TapEnd::Returned(Seen::Values { values, .. }), Some(ty)) = (&mut call.end, function.result) {
                values.iter_mut().for_each(|value| name_handles(value, types, ty));
            }
        }
        let at = self.calls.partition_point(|known| known.number < call.number);
        self.calls.insert(at, call);
    }

    /// Lets go of the calls; how many there were stays known.
    pub(super) fn forget(&mut self) {
        self.calls = Vec::new();
    }

    /// Which of the wires ends at this import.
    pub fn of(&self, to: &Port) -> Option<usize> {
        self.wires.binary_search_by(|wire| wire.tap.to.cmp(to)).ok()
    }

    /// How often a wire was crossed.
    pub fn calls_of(&self, wire: usize) -> u64 {
        self.counts.counts.get(wire).map_or(0, |count| count.calls)
    }

    /// The same in words, with how often that is in a second.
    pub fn count_words(&self, wire: usize) -> String {
        self.crossed(wire).words()
    }

    /// How often a wire was crossed, and until when.
    pub fn crossed(&self, wire: usize) -> Crossed {
        Crossed { calls: self.calls_of(wire), at_nanos: self.counts.at_nanos }
    }

    /// What the taps took of the call's time, in words; `None` as long as nothing crossed a wire.
    pub fn cost_words(&self) -> Option<String> {
        let TapCounts { at_nanos, cost_nanos, counts } = &self.counts;
        if *at_nanos == 0 || counts.iter().all(|count| count.calls == 0) {
            return None;
        }
        let share = *cost_nanos as f64 * 100.0 / *at_nanos as f64;
        Some(format!("Taps took {} of {} ({share:.0} %)", Nanos(*cost_nanos), Nanos(*at_nanos)))
    }

    /// The calls over one wire or all, with how many are left out and where. Of one wire it is not known where.
    pub fn lines(&self, only: Option<usize>) -> Vec<Crossing<'_>> {
        let mut lines = Vec::new();
        let mut next = 0;
        for call in &self.calls {
            if only.is_none() && call.number > next {
                lines.push(Crossing::LeftOut(call.number - next));
            }
            next = call.number + 1;
            if only.is_none_or(|only| only == call.tap as usize) {
                lines.push(Crossing::Call(call));
            }
        }
        let all: u64 = match only {
            Some(only) => self.calls_of(only),
            None => self.counts.counts.iter().map(|c| c.calls).sum(),
        };
        let known = match only {
            Some(_) => lines.len() as u64,
            None => next,
        };
        // While the call runs these are the ones under way, too.
        if all > known {
            lines.push(Crossing::LeftOut(all - known));
        }
        lines
    }
}

/// A tap sees handles, streams and futures as numbers: says what they are.
fn name_handles(value: &mut Value, types: &TypeTable, ty: Type) {
    let named = |id| types.get(id).and_then(|def| def.name.clone()).unwrap_or_else(|| "resource".to_owned());
    match (types.kind(ty), &mut *value) {
        (Some(TypeKind::Own(id) | TypeKind::Borrow(id)), Value::U32(number)) => {
            let id = match types.resolve(Type::Def(*id)) {
                Type::Def(id) => id,
                _ => *id,
            };
            *value = Value::Handle(Handle { number: *number, generation: 0, resource: named(id) });
        }
        (Some(TypeKind::Stream(_)), Value::U32(_)) => *value = Value::Opaque("stream".to_owned()),
        (Some(TypeKind::Future(_)), Value::U32(_)) => *value = Value::Opaque("future".to_owned()),
        (None, Value::U32(_)) if types.resolve(ty) == Type::ErrorContext => {
            *value = Value::Opaque("error-context".to_owned());
        }
        (Some(TypeKind::Record(fields)), Value::Record(values)) => {
            for (field, (_, value)) in fields.iter().zip(values) {
                name_handles(value, types, field.ty);
            }
        }
        (Some(TypeKind::Tuple(inner)), Value::Tuple(values)) => {
            values.iter_mut().zip(inner).for_each(|(value, ty)| name_handles(value, types, *ty));
        }
        (Some(TypeKind::Variant(cases)), Value::Variant(name, Some(value))) => {
            if let Some(ty) = cases.iter().find(|case| case.name == *name).and_then(|case| case.ty) {
                name_handles(value, types, ty);
            }
        }
        (Some(TypeKind::Option(ty)), Value::Option(Some(value))) => name_handles(value, types, *ty),
        (Some(TypeKind::Result { ok: Some(ty), .. }), Value::Result(Ok(Some(value)))) => {
            name_handles(value, types, *ty)
        }
        (Some(TypeKind::Result { err: Some(ty), .. }), Value::Result(Err(Some(value)))) => {
            name_handles(value, types, *ty);
        }
        (Some(TypeKind::List(ty) | TypeKind::FixedList(ty, _)), Value::List(values)) => {
            values.iter_mut().for_each(|value| name_handles(value, types, *ty));
        }
        (Some(TypeKind::Map(key, mapped)), Value::Map(entries)) => {
            for (k, v) in entries {
                name_handles(k, types, *key);
                name_handles(v, types, *mapped);
            }
        }
        _ => {}
    }
}

impl Session {
    /// What a call of this target finds tapped.
    pub(super) fn taps_of(&self, target: &Target) -> RunTaps {
        let tapped = self.composed().and_then(|c| c.tapped.as_ref()).filter(|_| *target == Target::Composition);
        let wires = tapped.into_iter().flat_map(|t| &t.taps).filter_map(|tap| {
            let consumer = self.document.composition.component(&self.library, &tap.to.instance)?;
            Some(TappedWire { tap: tap.clone(), consumer: Arc::clone(consumer) })
        });
        RunTaps { wires: wires.collect(), ..RunTaps::default() }
    }

    /// What crosses the tapped wires in the last call, live while it does; `None` if no wire was tapped in it.
    pub fn last_taps(&self) -> Option<&RunTaps> {
        self.runs.back().map(|run| &run.taps).filter(|taps| !taps.wires.is_empty())
    }

    /// A tap goes along with its wire: to where the wire ends now, whether that is the same import or another one.
    pub(super) fn taps_follow(&mut self, before: &Composition, edits: &[Edit]) {
        for was in &before.taps {
            let composition = &self.document.composition;
            if composition.taps.contains(was) || !edits.contains(&Edit::Disconnect(was.clone())) {
                continue;
            }
            let moved = edits.iter().find_map(|edit| match edit {
                Edit::Connect { from, to } if before.wires.get(was) == Some(from) => Some(to.clone()),
                _ => None,
            });
            let to = if composition.wires.contains_key(was) { Some(was.clone()) } else { moved };
            if let Some(to) = to {
                // Where it does not fit it is gone.
                let _ = self.edit(&Edit::Tap { to, on: true });
            }
        }
    }
}
