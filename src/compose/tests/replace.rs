use super::*;

/// What can take an instance's place: `name: keeps n`, `name: keeps n, loses …` or `name: … does not fit: …`.
fn found(composition: &Composition, instance: &str) -> Vec<String> {
    let library = library();
    let all = replacements(composition, &library, &library, instance, &|| false);
    all.iter()
        .map(|r| {
            let name = &library[&r.component].name;
            match &r.difference {
                Some((joint, why)) => format!("{name}: {joint} does not fit: {why}"),
                None if r.loses.is_empty() => format!("{name}: keeps {}", r.keeps),
                None => {
                    let loses = r.loses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
                    format!("{name}: keeps {}, loses {loses}", r.keeps)
                }
            }
        })
        .collect()
}

/// The composition with this fixture in the instance's place.
fn replaced(composition: &Composition, instance: &str, by: &str) -> Composition {
    let library = library();
    let all = replacements(composition, &library, &library, instance, &|| false);
    let one = all.iter().find(|r| r.component == digest(by)).unwrap();
    let made = one.edits(instance).iter().fold(composition.clone(), |c, edit| apply(&c, &library, edit).unwrap());
    assert_eq!(made.validate(), Vec::<String>::new());
    assert_eq!(made.wires.len() + made.exports.len(), one.keeps, "what it keeps is there");
    made
}

#[test]
fn types_decide_and_the_first_difference_is_named_with_both_ends() {
    let composition = composed(&["store", "user", &format!("store {KV} > user {KV}")]);
    let wire = format!("store · {KV} → user · {KV}");
    assert_eq!(
        found(&composition, "store"),
        [
            "store-more: keeps 1".to_owned(),
            "store-newer: keeps 1".to_owned(),
            format!("store-2: {wire} does not fit: version 1.2.0 or a compatible newer one is needed, this is 2.0.0"),
            format!(
                "store-older: {wire} does not fit: version 1.2.0 or a compatible newer one is needed, this is 1.1.0"
            ),
            format!("store-wrong: {wire} does not fit: bucket.get → result → some: expected string, found u32"),
        ]
    );
}

#[test]
fn wires_go_on_at_ports_of_other_versions_with_their_taps_and_exports() {
    let composition = composed(&["store", "user", &format!("store {KV} > user {KV}"), &format!("store {KV} as {KV}")]);
    let made = replaced(&composition, "store", "store-newer");
    let newer = port("store t:store/kv@1.3.0");
    assert_eq!(made.wires, [(port(&format!("user {KV}")), newer.clone())].into());
    assert_eq!(made.exports, [(KV.to_owned(), newer)].into());
    let same = replaced(&composition, "store", "store-more");
    assert_eq!((&same.wires, &same.exports), (&composition.wires, &composition.exports), "nothing else changes");
}

#[test]
fn what_has_no_port_is_named_before_and_gone_after() {
    let lines = ["end", "step", "start", "end t:ring/x > step t:ring/x", "step t:ring/x > start t:ring/x"];
    let composition = composed(&lines);
    let offered = found(&composition, "step");
    assert!(offered.contains(&"end: keeps 1, loses end · t:ring/x → step · t:ring/x".to_owned()), "{offered:?}");
    let made = replaced(&composition, "step", "end");
    assert_eq!(made.wires, [(port("start t:ring/x"), port("step t:ring/x"))].into());
}

#[test]
fn an_instance_whose_component_is_gone_goes_by_its_wires() {
    let mut composition = composed(&["store", "user", &format!("store {KV} > user {KV}")]);
    composition.instances.get_mut("store").unwrap().component = Digest::of(b"gone");
    let offered = found(&composition, "store");
    assert_eq!(offered[..3], ["store: keeps 1", "store-more: keeps 1", "store-newer: keeps 1"]);
    assert!(offered[3..].iter().all(|line| line.contains("does not fit")), "nothing else has it: {offered:?}");
    composition.wires.clear();
    assert_eq!(found(&composition, "store").len(), library().len(), "nothing is known of it");
}
