//! Which world a component fits and what it needs of an engine, in text and JSON.

use super::is_broken;
use crate::component::{self, Component, Kind, Preview1, WasiGeneration};
use serde_json::{Value, json};
use std::fmt::Write;

/// So many of the things that keep it from the nearest world are listed; --json has them all.
const MOST_GAPS: usize = 5;

/// The lines about worlds and WASI at the head of the page.
pub(super) fn rows(component: &Component, row: &mut dyn FnMut(&str, &str)) {
    for fit in component::worlds(component) {
        row(if fit.fits() { "world" } else { "nearest" }, &fit.world.to_string());
        fit.gaps.iter().take(MOST_GAPS).for_each(|gap| row("", &format!("- {gap}")));
        if fit.gaps.len() > MOST_GAPS {
            row("", &format!("- and {} more", fit.gaps.len() - MOST_GAPS));
        }
    }
    let wasi = component::wasi_generation(component);
    if component.kind != Kind::WitPackage && (wasi != WasiGeneration::default() || !is_broken(component)) {
        row("wasi", &wasi.to_string());
    }
}

/// The features that it needs.
pub(super) fn proposals(component: &Component) -> String {
    let found = component::proposals(component, &|| false).unwrap_or_default();
    let mut out = String::new();
    let _ = match found.needed.as_slice() {
        [] => writeln!(out, "needs nothing beyond WebAssembly 1.0"),
        _ => writeln!(out, "needs"),
    };
    for p in &found.needed {
        let note = if p.is_supported() { "" } else { "; not supported here" };
        let _ = writeln!(out, "  {:<24} {} ({}{note})", p.id, p.what, p.stage.label());
    }
    if let Some(why) = &found.incomplete {
        let _ = writeln!(out, "There may be more, for it is not valid: {why}");
    }
    out
}

/// Adds worlds and WASI to the JSON, and the features if they are asked for.
pub(super) fn add(to: &mut Value, component: &Component, with_proposals: bool) {
    let Some(to) = to.as_object_mut() else { return };
    let worlds = component::worlds(component).into_iter().map(|fit| {
        json!({
            "world": fit.world.to_string(),
            "fits": fit.fits(),
            "missing": fit.gaps.iter().map(ToString::to_string).collect::<Vec<_>>(),
        })
    });
    to.insert("worlds".into(), worlds.collect());
    let wasi = component::wasi_generation(component);
    to.insert(
        "wasi".into(),
        json!({
            "text": wasi.to_string(),
            "tracks": wasi.tracks.iter().map(|t| json!({
                "name": t.name, "lowest": t.lowest.to_string(), "highest": t.highest.to_string(),
            })).collect::<Vec<_>>(),
            "preview1": match wasi.preview1 {
                Preview1::No => "no",
                Preview1::Adapted => "adapted",
                Preview1::AdapterMissing => "adapter missing",
            },
        }),
    );
    if with_proposals {
        let found = component::proposals(component, &|| false).unwrap_or_default();
        let needed = found.needed.iter().map(|p| {
            json!({
                "id": p.id, "name": p.name, "what": p.what, "stage": p.stage.label(), "supported": p.is_supported(),
            })
        });
        to.insert("proposals".into(), needed.collect());
        to.insert("proposals_incomplete".into(), json!(found.incomplete));
    }
}
