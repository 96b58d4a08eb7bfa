//! The Grants tab.

use super::*;
use crate::grant::Folder;

fn grants_of(file: &str) -> Bench {
    Bench::sized([340.0, 2000.0], Theme::Dark, with_sample(file), Seen::Grants)
}

#[test]
fn every_box_is_off_and_only_what_is_asked_for_is_there() {
    let bench = grants_of("ledger-rust.wasm");
    let boxes: Vec<_> = bench.0.harness.query_all_by_role(Role::CheckBox).collect();
    assert_eq!(boxes.len(), 8);
    for node in boxes {
        let node = node.accesskit_node();
        assert_eq!(node.toggled(), Some(egui::accesskit::Toggled::False), "{:?}", node.label());
        assert!(node.label().unwrap().starts_with("Grant "), "{:?}", node.label());
    }
    assert!(!bench.has("Grant Network") && !bench.has("Grant HTTP requests"));
    assert!(bench.has("ledger-rust, when called by itself"));
    assert!(bench.desk().changes.is_empty(), "looking changes nothing");
}

#[test]
fn a_tick_is_exactly_one_grant_and_one_step() {
    let mut bench = grants_of("ledger-rust.wasm");
    bench.click("Grant Clocks");
    let target = Target::Component(digest_of(&bench.desk().session, "ledger-rust"));
    let mut expected = Grants::default();
    expected.set(Capability::Clocks, true);
    assert_eq!(bench.desk().changes, [Change::Grant(target, expected)]);
    assert!(bench.has("May read clocks and wait"));
    bench.session().apply(Command::Undo);
    bench.run();
    assert_eq!(bench.grants(), Grants::default());
}

#[test]
fn a_box_is_ticked_by_the_keyboard() {
    let mut bench = grants_of("ledger-rust.wasm");
    bench.0.harness.get_by_label("Grant Random numbers").focus();
    bench.press(Key::Space);
    assert!(bench.grants().random);
}

#[test]
fn a_folder_is_read_only_at_first_and_a_home_folder_is_warned_of_before_it_is_added() {
    let mut bench = grants_of("ledger-rust.wasm");
    bench.click("Grant Folders");
    assert!(bench.has("New folder on this machine"), "there is something to list, so the row is open");
    bench.type_into("New folder on this machine", "/home/ada");
    assert!(bench.has("/home/ada is a home folder"));
    assert!(bench.grants().folders.list.is_empty(), "half-typed text is no grant");
    bench.press(Key::Enter);
    let folder = Folder { host: "/home/ada".into(), guest: "/data".into(), writable: false };
    assert_eq!(bench.grants().folders.list, std::slice::from_ref(&folder));
    bench.click("Read and write");
    assert_eq!(bench.grants().folders.list, [Folder { writable: true, ..folder }]);
    assert!(bench.has("/home/ada can be changed and emptied"));
    bench.click("Remove folder 1");
    assert!(bench.grants().folders.list.is_empty() && bench.grants().folders.on);
}

#[test]
fn what_cannot_be_read_stays_in_its_field_and_says_why() {
    let mut bench = grants_of("ledger-rust.wasm");
    bench.click("Grant Folders");
    bench.type_into("New folder on this machine", "/srv");
    bench.type_into("New folder's path for the guest", "data");
    bench.click("Add folder");
    assert!(bench.grants().folders.list.is_empty());
    assert!(bench.has("must begin with /"));
    bench.type_into("New folder's path for the guest", "/");
    assert!(!bench.has("must begin with /"), "the error goes as soon as something is typed");
}

#[test]
fn an_entry_is_changed_where_it_stands() {
    let mut bench = grants_of("ledger-rust.wasm");
    bench.click("Grant Folders");
    bench.type_into("New folder on this machine", "/srv");
    bench.click("Add folder");
    // A slash at the end is not part of the path, but on the way to the next part.
    bench.type_into("Folder 1's path for the guest", "/");
    bench.type_into("Folder 1's path for the guest", "in");
    assert_eq!(bench.grants().folders.list[0].guest, "/data/in");
    bench.session().apply(Command::Undo);
    bench.run();
    assert_eq!(bench.grants().folders.list[0].guest, "/data", "typing was one step");
    let shown = bench.0.harness.get_by_label("Folder 1's path for the guest").accesskit_node().value();
    assert_eq!(shown.as_deref(), Some("/data"), "the field follows");
}

#[test]
fn a_secret_is_hidden_until_asked_for() {
    let mut bench = grants_of("ledger-rust.wasm");
    bench.click("Grant Environment variables");
    bench.type_into("Name of a new variable", "API_TOKEN");
    bench.type_into("Value of a new variable", "s3cret");
    bench.click("Add variable");
    assert_eq!(bench.grants().environment.list.get("API_TOKEN").map(String::as_str), Some("s3cret"));
    let value = |bench: &Bench| bench.0.harness.get_by_label("Value of API_TOKEN").accesskit_node().value().unwrap();
    assert!(!value(&bench).contains("s3cret"));
    assert!(!bench.has("s3cret"), "nor is it in the command line shown");
    bench.click("Show value of API_TOKEN");
    assert_eq!(value(&bench), "s3cret");
    bench.type_into("Name of a new variable", "API_TOKEN");
    bench.click("Add variable");
    assert!(bench.has("The variable API_TOKEN is listed"));
    bench.click("Remove API_TOKEN");
    assert!(bench.grants().environment.list.is_empty());
}

#[test]
fn arguments_have_an_order() {
    let mut bench = grants_of("ledger-rust.wasm");
    bench.click("Grant Arguments");
    for argument in ["one", "two"] {
        bench.type_into("New argument", argument);
        bench.press(Key::Enter);
    }
    bench.click("Move argument 2 up");
    assert_eq!(bench.grants().arguments.list, ["two", "one"]);
    bench.click("Remove argument 1");
    assert_eq!(bench.grants().arguments.list, ["one"]);
    bench.click("Copy flags of Arguments");
    assert_eq!(bench.desk().copied, ["--arg=one"]);
}

#[test]
fn rows_and_all_can_be_reset_and_that_can_be_undone() {
    let mut bench = grants_of("ledger-rust.wasm");
    assert!(!bench.has("Reset"), "nothing differs from the default");
    bench.click("Grant Clocks");
    bench.click("Grant Standard input");
    bench.type_into("Text of standard input", "hello");
    let before = bench.grants();
    assert_eq!(before.stdin.list, "hello");
    bench.click("Reset Standard input");
    assert_eq!((bench.grants().stdin, bench.grants().clocks), (Grants::default().stdin, true));
    bench.click("Reset all grants");
    assert_eq!(bench.grants(), Grants::default());
    bench.session().apply(Command::Undo);
    bench.session().apply(Command::Undo);
    bench.run();
    assert_eq!(bench.grants(), before);
}

#[test]
fn limits_take_numbers_only() {
    let mut bench = grants_of("ledger-rust.wasm");
    bench.click("Limits");
    bench.type_into("Time of a call in s", "2.5");
    assert_eq!(bench.grants().limits.call_millis, Some(2500));
    bench.type_into("Time of a call in s", "x");
    assert_eq!(bench.grants().limits.call_millis, Some(2500));
    assert!(bench.has("Seconds from"));
    bench.click("Reset limits");
    assert_eq!(bench.grants(), Grants::default());
}

#[test]
fn a_refused_use_marks_its_row_and_the_tab() {
    let mut session = refused();
    let target = Target::Component(digest_of(&session, "ledger-rust"));
    // The link from the refusal leads here whatever is selected.
    session.apply(Command::Select(Selection::None));
    let mut bench = Bench::new(session);
    bench.0.harness.state_mut().state.show_grants(target, Some(Capability::Clocks));
    bench.run();
    assert!(bench.has("ledger-rust, when called by itself"));
    assert!(bench.has("refused 2× in the last run"));
    assert!(!bench.grants().clocks, "a link grants nothing");
}

#[test]
fn what_was_allowed_for_other_bytes_is_off_and_to_be_reviewed() {
    let mut session = session();
    for file in ["ledger-rust.wasm", "adder-wat.wasm"] {
        open(&mut session, file);
    }
    let (ledger, adder) = (digest_of(&session, "ledger-rust"), digest_of(&session, "adder-wat"));
    let place = |component| Command::Change(Change::Place { component, at: [0.0, 0.0], connect: None });
    session.apply(place(ledger));
    session.apply(Command::Select(Selection::None));
    let mut bench = Bench::sized([340.0, 1400.0], Theme::Dark, session, Seen::Grants);
    assert!(bench.has("The composition as wired: 1 instance") && bench.has("all asked by ledger-rust"));
    bench.click("Grant Clocks");
    bench.session().apply(place(adder));
    bench.session().apply(Command::Select(Selection::None));
    bench.run();
    assert!(bench.has("Review the marked row") && bench.has("review"));
    assert!(!bench.grants().clocks);
}

#[test]
fn whose_grants_these_are_can_be_chosen() {
    let mut session = session();
    open(&mut session, "ledger-rust.wasm");
    let component = digest_of(&session, "ledger-rust");
    session.apply(Command::Change(Change::Place { component, at: [0.0, 0.0], connect: None }));
    // Placing selects the instance: what is called then is the composition.
    let mut bench = Bench::sized([340.0, 1400.0], Theme::Dark, session, Seen::Grants);
    assert!(bench.has("The composition as wired"));
    bench.click("Component alone");
    bench.click("Grant Clocks");
    let session = &bench.desk().session;
    assert!(session.grants(&Target::Component(component)).clocks);
    assert!(!session.grants(&Target::Composition).clocks);
}

#[test]
fn an_instance_that_is_no_part_of_the_result_is_granted_to_by_itself() {
    let mut session = wired();
    open(&mut session, "ledger-rust.wasm");
    let component = digest_of(&session, "ledger-rust");
    session.apply(Command::Change(Change::Place { component, at: [0.0, 0.0], connect: None }));
    let mut bench = Bench::sized([340.0, 1400.0], Theme::Dark, session, Seen::Grants);
    assert!(bench.has("ledger-rust, when called by itself"));
    bench.click("Composition");
    assert!(bench.has("The composition as wired: 2 instances") && bench.has("It asks for nothing outside"));
}

#[test]
fn a_component_that_asks_for_nothing_says_so() {
    let mut bench = grants_of("adder-wat.wasm");
    assert!(bench.has("It asks for nothing outside"));
    bench.click("Call a function");
    assert!(matches!(bench.desk().requests.last(), Some(Request::Show(Dock::Invoke))));
}

#[test]
fn what_no_grant_can_give_is_listed() {
    let bench = grants_of("checkout-rust.wasm");
    assert!(bench.has("No grant can give") && bench.has("techbytes:payments/fraud-check"));
}
