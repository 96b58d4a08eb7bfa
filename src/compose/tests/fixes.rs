use super::*;
use crate::diag::{Severity, Subject};

/// What is wrong, and the labels of the fixes for it.
fn offered(composition: &Composition, severity: Severity) -> Vec<(Subject, Vec<String>)> {
    let library = library();
    let problems = check(composition, &library).into_iter().filter(|d| d.severity == severity);
    problems
        .map(|d| {
            let labels = fixes(composition, &library, &d.subject).into_iter().map(|fix| fix.label).collect();
            (d.subject, labels)
        })
        .collect()
}

fn mend(composition: &Composition, fix: &Fix) -> Composition {
    let library = library();
    fix.edits.iter().fold(composition.clone(), |now, edit| apply(&now, &library, edit).unwrap())
}

fn wire_at(instance: &str, import: &str) -> Subject {
    Subject::Wire { instance: instance.into(), import: import.into() }
}

fn port_of(instance: &str, port: &str) -> Subject {
    Subject::Port { instance: instance.into(), port: port.into() }
}

#[test]
fn both_ends_of_a_wire_are_wired_to_one_source_of_the_resource() {
    let composition = composed(&[
        "caller",
        "mid",
        "a=store",
        "b=store",
        "a t:store/kv@1.2.0 > mid t:store/kv@1.2.0",
        "b t:store/kv@1.2.0 > caller t:store/kv@1.2.0",
        "mid t:mid/api > caller t:mid/api",
    ]);
    assert!(encode(&composition, &library()).is_err());
    let subject = wire_at("caller", "t:mid/api");
    let both = vec!["Wire both to a".to_owned(), "Wire both to b".to_owned()];
    assert_eq!(offered(&composition, Severity::Error), [(subject.clone(), both)]);
    for fix in fixes(&composition, &library(), &subject) {
        let mended = mend(&composition, &fix);
        assert_eq!(mended.validate(), Vec::<String>::new());
        encode(&mended, &library()).unwrap_or_else(|e| panic!("{}: {e:?}", fix.label));
    }

    // One end takes it from outside: there is only one source to wire to.
    let half = apply(&composition, &library(), &Edit::Disconnect(Port::new("caller", KV))).unwrap();
    let found = fixes(&half, &library(), &subject);
    assert_eq!(found.iter().map(|f| f.label.as_str()).collect::<Vec<_>>(), ["Wire both to a"]);
    encode(&mend(&half, &found[0]), &library()).unwrap();
}

#[test]
fn a_broken_wire_goes_to_the_one_that_fits_or_goes_away() {
    let mut composition =
        composed(&["user", "store", "spare=store-newer", "store t:store/kv@1.2.0 > user t:store/kv@1.2.0"]);
    composition.instances.get_mut("store").unwrap().component = digest("end");
    let subject = wire_at("user", KV);
    let labels = vec!["Connect to spare".to_owned(), "Remove the wire".to_owned()];
    assert_eq!(offered(&composition, Severity::Error), [(subject.clone(), labels)]);
    for fix in fixes(&composition, &library(), &subject) {
        assert_eq!(offered(&mend(&composition, &fix), Severity::Error), []);
    }
    // Of a component that is not open nobody knows what it exports.
    composition.instances.get_mut("store").unwrap().component = Digest::of(b"gone");
    assert_eq!(fixes(&composition, &library(), &subject), []);
}

#[test]
fn an_open_import_is_connected_if_only_one_instance_fits() {
    let composition = composed(&["user", "store"]);
    let subject = port_of("user", KV);
    assert_eq!(offered(&composition, Severity::Warning), [(subject.clone(), vec!["Connect to store".to_owned()])]);
    let two = composed(&["user", "store", "other=store"]);
    assert_eq!(fixes(&two, &library(), &subject), []);
}

#[test]
fn what_defines_a_resource_is_exported_with_what_speaks_of_it() {
    let composition = composed(&["mid", "store", "store t:store/kv@1.2.0 > mid t:store/kv@1.2.0"]);
    let subject = port_of("mid", "t:mid/api");
    let labels = vec!["Export kv of store too".to_owned()];
    assert_eq!(offered(&composition, Severity::Warning), [(subject.clone(), labels)]);
    let mended = mend(&composition, &fixes(&composition, &library(), &subject)[0]);
    assert_eq!(offered(&mended, Severity::Warning), []);
    let names: Vec<&str> = mended.exports.keys().map(String::as_str).collect();
    assert_eq!(names, ["t:mid/api", KV], "what was exported before still is");

    // An export that is gone goes out of the list.
    let mut gone = mended;
    gone.instances.get_mut("mid").unwrap().component = digest("end");
    let subject = port_of("mid", "t:mid/api");
    let found = fixes(&gone, &library(), &subject);
    assert_eq!(found.iter().map(|f| f.label.as_str()).collect::<Vec<_>>(), ["Take it out of the exports"]);
    assert_eq!(mend(&gone, &found[0]).exports.len(), 1);
}

#[test]
fn what_is_well_needs_no_fix() {
    let composition = composed(&["user", "store", "store t:store/kv@1.2.0 > user t:store/kv@1.2.0"]);
    for subject in [
        wire_at("user", KV),
        port_of("user", KV),
        port_of("user", "run"),
        Subject::Instance("user".into()),
        wire_at("x", "y"),
    ] {
        assert_eq!(fixes(&composition, &library(), &subject), [], "{subject:?}");
    }
}

#[test]
fn state_that_is_shared_or_separate_is_told_in_words() {
    let composition = composed(&[
        "ledger=end",
        "ledger-2=end",
        "spare=end",
        "audit=start",
        "checkout=both",
        "only=start",
        "ledger t:ring/x > audit t:ring/x",
        "ledger t:ring/x > checkout t:ring/x",
        "spare t:ring/x > only t:ring/x",
    ]);
    let all = sharing(&composition);
    for name in composition.instances.keys() {
        assert_eq!(all.get(name.as_str()), Sharing::of(&composition, name).as_ref(), "{name}");
    }
    let ledger = &all["ledger"];
    assert_eq!(ledger.mark(), "1 of 3 · shared by 2");
    assert_eq!(
        ledger.sentences("end"),
        ["1 of 3 instances of end: each has its own state", "Shared by audit and checkout: they see one state"]
    );
    assert_eq!(
        (all["spare"].mark(), all["only"].mark(), all["checkout"].mark()),
        ("3 of 3".into(), "2 of 2".into(), String::new())
    );
    assert_eq!(Sharing::of(&composition, "nobody"), None);
}

#[test]
fn an_open_import_goes_where_its_resources_are_from() {
    // The caller takes the bucket from the store, and speaks of another with whoever provides the api.
    let composition = composed(&["caller", "a=store", "a t:store/kv@1.2.0 > caller t:store/kv@1.2.0"]);
    let subject = port_of("caller", "t:mid/api");
    assert_eq!(offered(&composition, Severity::Error), [(subject.clone(), Vec::new())]);
    let said = encode(&composition, &library()).unwrap_err();
    assert_eq!(
        said[0].message,
        "caller · t:mid/api comes from outside and speaks of the resource “bucket”, which “caller” has from \
         a · t:store/kv@1.2.0: outside, it is another one"
    );
    // The encoder agrees.
    assert!(unchecked(&composition, &library()).is_err());
}
