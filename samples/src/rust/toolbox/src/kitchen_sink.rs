use crate::exports::techbytes::toolbox::kitchen_sink::{
    Color, Counter, CounterBorrow, Guest, GuestCounter, Perms, Shape,
};
use std::cell::Cell;

impl Guest for crate::Toolbox {
    type Counter = Tally;

    fn area(s: Shape) -> Result<f64, String> {
        match s {
            Shape::Circle(r) => Ok(std::f64::consts::PI * r * r),
            Shape::Rect((w, h)) => Ok(w * h),
            Shape::Polygon(p) if p.len() < 3 => Err("a polygon needs 3 points".into()),
            Shape::Polygon(p) => {
                let twice: f64 = p.iter().zip(p.iter().cycle().skip(1)).map(|(a, b)| a.x * b.y - b.x * a.y).sum();
                Ok(twice.abs() / 2.0)
            }
            Shape::Empty => Err("nothing to measure".into()),
        }
    }

    fn describe(c: Color, p: Perms, initial: Option<char>) -> String {
        let color = match c {
            Color::Red => "red",
            Color::Green => "green",
            Color::Blue => "blue",
        };
        let may: Vec<_> = [(Perms::READ, "read"), (Perms::WRITE, "write"), (Perms::EXEC, "exec")]
            .into_iter()
            .filter(|(f, _)| p.contains(*f))
            .map(|(_, n)| n)
            .collect();
        let may = if may.is_empty() { "nothing".into() } else { may.join("+") };
        format!("{color}, may {may}, initial {}", initial.map_or("none".into(), String::from))
    }

    fn stats(values: Vec<i64>) -> Option<(i64, i64, i64)> {
        let sum = values.iter().fold(0i64, |a, b| a.wrapping_add(*b));
        Some((sum, *values.iter().min()?, *values.iter().max()?))
    }

    fn reverse(mut bytes: Vec<u8>) -> Vec<u8> {
        bytes.reverse();
        bytes
    }

    fn invert(p: Perms) -> Perms {
        !p
    }

    fn next_color(c: Color) -> Color {
        match c {
            Color::Red => Color::Green,
            Color::Green => Color::Blue,
            Color::Blue => Color::Red,
        }
    }

    fn next_char(c: char) -> Result<char, ()> {
        char::from_u32(c as u32 + 1).ok_or(())
    }
}

pub struct Tally {
    name: String,
    value: Cell<i32>,
}

impl GuestCounter for Tally {
    fn new(name: String, start: i32) -> Self {
        Tally { name, value: start.into() }
    }

    fn increment(&self, by: Option<i32>) -> i32 {
        self.value.set(self.value.get().wrapping_add(by.unwrap_or(1)));
        self.value.get()
    }

    fn label(&self) -> String {
        format!("{}={}", self.name, self.value.get())
    }

    fn merge(a: CounterBorrow<'_>, b: CounterBorrow<'_>) -> Counter {
        let (a, b) = (a.get::<Tally>(), b.get::<Tally>());
        let value = a.value.get().wrapping_add(b.value.get());
        Counter::new(Tally { name: format!("{}+{}", a.name, b.name), value: value.into() })
    }
}
