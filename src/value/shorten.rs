//! Values cut down to what a person would look at.

use super::Value;

/// Values and parts of values that are kept.
const MOST_PARTS: usize = 1_000;
/// Characters of all texts, and bytes of all lists of bytes.
const MOST_TEXT: usize = 4_000;

/// What may still be kept.
struct Budget {
    parts: usize,
    text: usize,
    is_cut: bool,
}

/// Cuts off what is too much to be shown, and says where in the place of it; texts and bytes just end. Whether anything
/// was cut.
pub fn shorten(values: &mut Vec<Value>) -> bool {
    let mut budget = Budget { parts: MOST_PARTS, text: MOST_TEXT, is_cut: false };
    budget.many(values);
    budget.is_cut
}

impl Budget {
    fn many(&mut self, values: &mut Vec<Value>) {
        let mut kept = 0;
        for value in values.iter_mut() {
            if self.parts == 0 {
                break;
            }
            self.one(value);
            kept += 1;
        }
        let left = values.len() - kept;
        if left > 0 {
            self.is_cut = true;
            values.truncate(kept);
            values.push(Value::Opaque(format!("… {left} more")));
        }
    }

    fn one(&mut self, value: &mut Value) {
        if self.parts == 0 {
            self.is_cut = true;
            *value = Value::Opaque("…".to_owned());
            return;
        }
        self.parts -= 1;
        match value {
            Value::String(text) => {
                if let Some((at, _)) = text.char_indices().nth(self.text) {
                    text.truncate(at);
                    text.push('…');
                    self.is_cut = true;
                }
                self.text = self.text.saturating_sub(text.chars().count());
            }
            Value::Bytes(bytes) => {
                self.is_cut |= bytes.len() > self.text;
                bytes.truncate(self.text);
                self.text -= bytes.len();
            }
            Value::List(values) | Value::Tuple(values) => self.many(values),
            Value::Record(fields) => fields.iter_mut().for_each(|(_, value)| self.one(value)),
            Value::Variant(_, Some(value))
            | Value::Option(Some(value))
            | Value::Result(Ok(Some(value)) | Err(Some(value))) => self.one(value),
            Value::Map(entries) => {
                let most = self.parts / 2;
                self.is_cut |= entries.len() > most;
                entries.truncate(most);
                for (key, value) in entries {
                    self.one(key);
                    self.one(value);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_values_stay_as_they_are() {
        let mut values = vec![Value::String("four".into()), Value::List(vec![Value::U8(1), Value::U8(2)])];
        let before = values.clone();
        assert!(!shorten(&mut values));
        assert_eq!(values, before);
    }

    #[test]
    fn what_is_too_much_is_cut_and_said_so() {
        let mut values = vec![Value::List(vec![Value::U32(7); 5_000]), Value::String("x".into())];
        assert!(shorten(&mut values));
        let [Value::List(items), rest] = values.as_slice() else { panic!("{values:?}") };
        assert_eq!(items.len(), 1_000);
        assert_eq!(items.last(), Some(&Value::Opaque("… 4001 more".into())));
        assert_eq!(*rest, Value::Opaque("… 1 more".into()));

        let mut values = vec![Value::String("ß".repeat(9_000)), Value::Bytes(vec![1; 9])];
        assert!(shorten(&mut values));
        assert_eq!(values, [Value::String(format!("{}…", "ß".repeat(4_000))), Value::Bytes(Vec::new())]);
    }
}
