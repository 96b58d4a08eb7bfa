use super::random::Random;
use crate::value::*;

#[test]
fn rows_are_found_without_walking_the_others() {
    let value = Value::Tuple(vec![
        Value::Bytes(vec![7; 1_000_000]),
        Value::Map(vec![(Value::Char('k'), Value::Option(Some(Box::new(Value::U8(1)))))]),
        Value::Bool(true),
    ]);
    let mut unfolded = Unfolded::default();
    assert_eq!(unfolded.rows(&value), 1);
    unfolded.toggle(&[]);
    unfolded.toggle(&[1]);
    unfolded.toggle(&[1, 0]);
    unfolded.toggle(&[0]);
    assert_eq!(unfolded.rows(&value), 1 + 3 + 1_000_000 + 1 + 1);
    let shown = |unfolded: &Unfolded, row: usize| {
        let row = unfolded.row(&value, row)?;
        Some((row.position, row.value.kind_word(), row.is_unfolded))
    };
    for (row, position, word, is_unfolded) in [
        (0, vec![], "tuple", true),
        (1, vec![0], "list<u8>", true),
        (2, vec![0, 0], "u8", false),
        (1_000_001, vec![0, 999_999], "u8", false),
        (1_000_002, vec![1], "map", true),
        (1_000_003, vec![1, 0], "option", true),
        (1_000_004, vec![1, 0, 0], "u8", false),
        (1_000_005, vec![2], "bool", false),
    ] {
        assert_eq!(shown(&unfolded, row), Some((position, word, is_unfolded)), "{row}");
    }
    assert_eq!(shown(&unfolded, 1_000_006), None);
    let step = unfolded.row(&value, 1_000_003).unwrap().step;
    assert_eq!(step, Some(Step::Entry(0, &Value::Char('k'))));
    unfolded.toggle(&[0]);
    assert_eq!(shown(&unfolded, 3), Some((vec![1, 0], "option", true)));
    unfolded.toggle(&[]);
    assert_eq!(unfolded.rows(&value), 1);
    assert_eq!(shown(&unfolded, 1), None);
}

#[test]
fn rows_are_those_of_a_full_walk() {
    for seed in 0..300 {
        let mut random = Random::new(seed);
        let ty = random.type_ref(5, false);
        let value = random.value(&ty);
        let mut unfolded = Unfolded::default();
        let mut expected = Vec::new();
        walk(&value, Vec::new(), &mut random, &mut unfolded, &mut expected);
        let rows: Vec<_> = (0..unfolded.rows(&value)).map(|i| unfolded.row(&value, i).unwrap().position).collect();
        assert_eq!(rows, expected);
    }
}

/// Unfolds about half of the parts and lists the rows that there must be.
fn walk(value: &Value, at: Vec<usize>, random: &mut Random, unfolded: &mut Unfolded, rows: &mut Vec<Vec<usize>>) {
    rows.push(at.clone());
    if at.is_empty() || random.below(100) < 60 {
        unfolded.toggle(&at);
        for i in 0..value.children() {
            let (_, child) = value.child(i).unwrap();
            walk(&child, [at.as_slice(), &[i]].concat(), random, unfolded, rows);
        }
    }
}
