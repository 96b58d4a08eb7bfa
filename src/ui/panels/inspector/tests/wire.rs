//! A wire whose ends have a resource from two places: it says from which, and what mends it is at hand.

use super::*;

const BAGS: &str = "techbytes:toolbox/bags@0.1.0";
const LABELS: &str = "techbytes:packing/labels";

/// The wire between two who have the same resource from two boxes.
fn two_boxes() -> Session {
    let mut session = crate::ui::panels::graph::told::two_boxes();
    session.apply(Command::Select(Selection::Wire(Port::new("ribbon-rust", LABELS))));
    session.poll();
    session
}

#[test]
fn a_resource_from_two_instances_shows_both_and_is_mended_where_it_is_told() {
    let mut bench = Bench::new(two_boxes());
    let wire =
        |bench: &Bench, to: &str| bench.desk().session.document().composition.wires[&Port::new(to, BAGS)].clone();
    let before = bench.desk().session.document().clone();
    assert!(bench.has("“bag” must come from one instance, and comes from"));
    for (source, user) in [("toolbox-rust", "for labels-rust"), ("toolbox-rust-2", "for ribbon-rust")] {
        bench.0.harness.get_by_label(&format!("{source}, {user}"));
    }
    bench.click("Wire both to toolbox-rust-2");
    assert_eq!(wire(&bench, "labels-rust"), Port::new("toolbox-rust-2", BAGS));
    assert!(!bench.has("must come from one instance") && bench.has("Same interface, compatible types"));
    let after = bench.desk().session.document().clone();
    bench.session().apply(Command::Undo);
    // What is worked out on the side arrives with the frame after.
    bench.run();
    bench.run();
    assert_eq!(bench.desk().session.document(), &before);
    assert!(bench.has("Wire both to toolbox-rust"), "it is offered again");
    bench.session().apply(Command::Redo);
    assert_eq!(bench.desk().session.document(), &after);
}

#[test]
fn sources_are_painted() {
    both(|theme, name| {
        let bench = Bench::sized(PANEL, theme, two_boxes(), Seen::Overview);
        bench.0.picture(&format!("inspector-sources-{name}"));
    });
}
