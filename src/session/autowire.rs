//! The plan of auto-wire, worked out in the background: a window shows it and asks anew with every choice.

use super::files::Arrived;
use super::{Session, change};
use crate::call::JobId;
use crate::compose::{self, Choices, Edit, Plan, Scope};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What was asked for, and what came of it.
#[derive(Debug, Clone)]
pub struct WirePlan {
    /// Whose imports.
    pub scope: Scope,
    /// What was chosen.
    pub choices: Choices,
    /// What would be wired.
    pub plan: Arc<Plan>,
    /// Which [`Session::wiring`] it is of.
    wiring: u64,
}

/// The plan asked for last.
#[derive(Default)]
pub(super) struct Planning {
    under_way: Option<JobId>,
    done: Option<WirePlan>,
}

impl Session {
    /// The plan that was asked for last by [`super::Command::PlanWires`], for the composition as it is now; `None` while it is
    /// worked out.
    pub fn wire_plan(&self) -> Option<&WirePlan> {
        self.planning.done.as_ref().filter(|plan| plan.wiring == self.wiring)
    }

    /// Whether a plan is being worked out.
    pub fn is_planning(&self) -> bool {
        self.planning.under_way.is_some_and(|job| self.jobs.iter().any(|j| j.id == job))
    }

    pub(super) fn plan_wires(&mut self, scope: Scope, choices: Choices) {
        // Only the newest is wanted.
        if let Some(before) = self.planning.under_way.take() {
            self.finish_job(before);
        }
        let job = self.start_job("Planning wires".into());
        self.planning.under_way = Some(job);
        let (composition, library) = (Arc::clone(&self.wired), self.library.clone());
        let (wiring, env, arrive) = (self.wiring, Arc::clone(&self.env), self.arrive.clone());
        self.env.spawn(
            "plan",
            Box::new(move || {
                let plan = Arc::new(compose::plan(&composition, &library, &scope, &choices));
                let _ = arrive.send(Arrived::Planned { job, plan: WirePlan { scope, choices, plan, wiring } });
                env.wake();
            }),
        );
    }

    pub(super) fn planned(&mut self, job: JobId, plan: WirePlan) {
        if self.finish_job(job) {
            self.planning = Planning { under_way: None, done: Some(plan) };
        }
    }

    /// Makes edits of a plan: what they place stands left of what it is placed for.
    pub(super) fn auto_wire(&mut self, edits: &[Edit]) -> Result<(), compose::Refusal> {
        edits.iter().try_for_each(|edit| self.edit(edit))?;
        let consumers: BTreeMap<&str, &str> = edits
            .iter()
            .filter_map(|edit| match edit {
                Edit::Connect { from, to } => Some((from.instance.as_str(), to.instance.as_str())),
                _ => None,
            })
            .collect();
        for edit in edits {
            let Edit::AddInstance { name, .. } = edit else { continue };
            let beside = consumers.get(name.as_str()).and_then(|consumer| self.document.layout.get(*consumer));
            let [x, y] = beside.copied().unwrap_or_default();
            let mut at = [x - change::COLUMN, y];
            // Every place that is taken moves it down by one, so that many rounds are enough.
            for _ in 0..=self.document.layout.len() {
                let mut taken = self.document.layout.iter();
                let below = taken.find_map(|(other, [x, y])| {
                    let (above, height) = (y - self.node_height(name), self.node_height(other));
                    let meets = (x - at[0]).abs() < change::COLUMN * 0.8 && at[1] > above && at[1] < y + height;
                    meets.then_some(y + height)
                });
                match below {
                    Some(below) => at[1] = below,
                    None => break,
                }
            }
            self.document.layout.insert(name.clone(), at);
        }
        Ok(())
    }

    /// About how high an instance's node is, with the gap below it, in canvas points.
    fn node_height(&self, name: &str) -> f32 {
        let component = self.document.composition.component(&self.library, name);
        let rows = component.map_or(0, |c| c.imports.len().max(c.exports.len()));
        80.0 + 24.0 * rows as f32
    }
}
