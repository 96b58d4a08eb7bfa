use crate::exports::techbytes::toolbox::puzzles::{Article, Complaint, Day, Guest, Months, Numbers, Value};

const DAYS: [Day; 7] =
    [Day::Monday, Day::Tuesday, Day::Wednesday, Day::Thursday, Day::Friday, Day::Saturday, Day::Sunday];

macro_rules! bounds {
    ($which:ident) => {
        Numbers {
            u8: u8::$which,
            u16: u16::$which,
            u32: u32::$which,
            u64: u64::$which,
            s8: i8::$which,
            s16: i16::$which,
            s32: i32::$which,
            s64: i64::$which,
            f32: f32::$which,
            f64: f64::$which,
        }
    };
}

impl Guest for crate::Toolbox {
    fn smallest() -> Numbers {
        bounds!(MIN)
    }

    fn largest() -> Numbers {
        bounds!(MAX)
    }

    fn odd_fractions() -> Vec<f64> {
        vec![f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, f64::from_bits(1), 0.1 + 0.2]
    }

    fn parse(text: String) -> Result<u32, Complaint> {
        if text.is_empty() {
            return Err(Complaint::Empty);
        }
        if let Some((at, c)) = text.chars().enumerate().find(|(_, c)| !c.is_ascii_digit()) {
            return Err(Complaint::Strange((c, at as u32)));
        }
        text.parse().map_err(|_| Complaint::TooLarge)
    }

    fn divide(a: i64, b: i64) -> Result<i64, ()> {
        a.checked_div(b).ok_or(())
    }

    fn all_short(words: Vec<String>, limit: u32) -> Result<(), String> {
        match words.into_iter().find(|w| w.chars().count() > limit as usize) {
            Some(long) => Err(long),
            None => Ok(()),
        }
    }

    fn is_odd(n: u64) -> Result<(), ()> {
        if n % 2 == 1 { Ok(()) } else { Err(()) }
    }

    fn quarter(n: u8) -> Months {
        match n {
            1 => Months::JANUARY | Months::FEBRUARY | Months::MARCH,
            2 => Months::APRIL | Months::MAY | Months::JUNE,
            3 => Months::JULY | Months::AUGUST | Months::SEPTEMBER,
            4 => Months::OCTOBER | Months::NOVEMBER | Months::DECEMBER,
            _ => Months::empty(),
        }
    }

    fn long_months(m: Months) -> u8 {
        let short = Months::FEBRUARY | Months::APRIL | Months::JUNE | Months::SEPTEMBER | Months::NOVEMBER;
        (m & !short).iter().count() as u8
    }

    fn day_after(d: Day, days: i16) -> Day {
        DAYS[(d as i32 + days as i32).rem_euclid(7) as usize]
    }

    fn histogram(text: String) -> Vec<(char, u32)> {
        let mut seen: Vec<(char, u32)> = Vec::new();
        for c in text.chars() {
            match seen.iter_mut().find(|(s, _)| *s == c) {
                Some((_, n)) => *n += 1,
                None => seen.push((c, 1)),
            }
        }
        seen
    }

    fn explain(v: Value) -> String {
        match v {
            Value::Nothing => "nothing".into(),
            Value::Truth(b) => format!("the truth is {b}"),
            Value::Number(n) => format!("the whole number {n}"),
            Value::Fraction(f) => format!("the fraction {f}"),
            Value::Text(t) => format!("a text of {} characters", t.chars().count()),
            Value::Bytes(b) => format!("{} bytes", b.len()),
        }
    }

    fn transpose(rows: Vec<Vec<i32>>) -> Result<Vec<Vec<i32>>, u32> {
        let width = rows.first().map_or(0, Vec::len);
        if let Some(at) = rows.iter().position(|r| r.len() != width) {
            return Err(at as u32);
        }
        Ok((0..width).map(|x| rows.iter().map(|r| r[x]).collect()).collect())
    }

    fn offers(catalogue: Vec<Article>, tag: String) -> Vec<Article> {
        let wanted = |a: &Article| a.available.is_ok() && a.tags.contains(&tag);
        catalogue.into_iter().filter(wanted).map(|a| Article { properties: Vec::new(), ..a }).collect()
    }

    fn count_up(length: u32) -> Vec<u32> {
        (0..length).collect()
    }

    fn many(
        a: u8, b: i8, c: u16, d: i16, e: u32, f: i32, g: u64, h: i64,
        i: u8, j: i8, k: u16, l: i16, m: u32, n: i32, text: String, twice: bool,
    ) -> (i64, String) {
        let small = [
            a as i64, b as i64, c as i64, d as i64, e as i64, f as i64, g as i64, h,
            i as i64, j as i64, k as i64, l as i64, m as i64, n as i64,
        ];
        let sum = small.into_iter().fold(0, i64::wrapping_add);
        (sum, text.repeat(if twice { 2 } else { 1 }))
    }
}
