//! A moment as people write it.

/// Days from the first of March of year 0 to the first of January 1970.
const EPOCH: i64 = 719_468;
const DAY: i64 = 86_400;

/// The seconds since 1970 and the nanoseconds that a text stands for: seconds, as in `946684800.5`, or a date and time as in
/// RFC 3339, `2000-01-01T00:00:00Z` or `2000-01-01 01:00:00.5+01:00`, or a date alone.
///
/// # Errors
/// What is wrong with it, in words.
pub fn moment(text: &str) -> Result<(u64, u32), String> {
    let text = text.trim();
    let wrong = || "Write a date and time as in 2000-01-01T00:00:00Z, or seconds since 1970".to_owned();
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if digits(whole) {
        let seconds = whole.parse().map_err(|_| "The clock has no such moment: it is too far away".to_owned())?;
        return Ok((seconds, nanoseconds(fraction).ok_or_else(wrong)?));
    }
    let number = |from: usize, to: usize| text.get(from..to).filter(|t| digits(t))?.parse::<i64>().ok();
    let is = |at: usize, signs: &str| text.get(at..=at).is_some_and(|sign| signs.contains(sign));
    let date = (|| Some((number(0, 4)?, number(5, 7)?, number(8, 10)?)))().filter(|_| is(4, "-") && is(7, "-"));
    let (year, month, day) = date.ok_or_else(wrong)?;
    if !(1..=12).contains(&month) || day < 1 || day > days_of(year, month) {
        return Err("There is no such day".to_owned());
    }
    let mut seconds = days(year, month, day) * DAY;
    let mut fraction = 0;
    if text.len() > 10 {
        let time = (|| Some((number(11, 13)?, number(14, 16)?, number(17, 19)?)))();
        let time = time.filter(|_| is(10, "Tt ") && is(13, ":") && is(16, ":"));
        let (hour, minute, second) = time.ok_or_else(wrong)?;
        if hour > 23 || minute > 59 || second > 59 {
            return Err("There is no such time of day".to_owned());
        }
        seconds += (hour * 60 + minute) * 60 + second;
        let mut rest = text.get(19..).unwrap_or_default();
        if let Some(after) = rest.strip_prefix('.') {
            let end = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
            let (part, zone) = after.split_at(end);
            fraction = nanoseconds(part).ok_or_else(wrong)?;
            rest = zone;
        }
        seconds -= offset(rest).ok_or_else(|| "Write the zone behind the time: Z, or as in +01:00".to_owned())?;
    }
    let seconds = u64::try_from(seconds).map_err(|_| "The clock begins in 1970".to_owned())?;
    Ok((seconds, fraction))
}

/// The moment as RFC 3339 has it, in UTC; years beyond 9999 as seconds.
pub fn moment_text(seconds: u64, nanoseconds: u32) -> String {
    let fraction = match nanoseconds {
        0 => String::new(),
        n => format!(".{n:09}").trim_end_matches('0').to_owned(),
    };
    let days = i64::try_from(seconds).unwrap_or(i64::MAX) / DAY;
    // Counted from March, so that the leap day is the last of its year; 400 years have 146097 days.
    let from_march = days.saturating_add(EPOCH);
    let (era, of_era) = (from_march / 146_097, from_march % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    if year > 9999 {
        return format!("{seconds}{fraction}");
    }
    let of_day = seconds % DAY as u64;
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z")
}

/// What digits behind a point say, as nanoseconds.
fn nanoseconds(digits: &str) -> Option<u32> {
    let all_digits = !digits.is_empty() && digits.len() <= 9 && digits.bytes().all(|b| b.is_ascii_digit());
    format!("{digits:0<9}").parse().ok().filter(|_| all_digits)
}

/// How many seconds a zone is ahead of UTC.
fn offset(zone: &str) -> Option<i64> {
    if matches!(zone, "Z" | "z") {
        return Some(0);
    }
    let sign = if zone.starts_with('+') { 1 } else { -1 };
    let (hours, minutes) = zone.strip_prefix(['+', '-'])?.split_once(':')?;
    let number = |text: &str, most: i64| {
        let is_number = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
        text.parse::<i64>().ok().filter(|n| is_number && *n <= most)
    };
    Some(sign * (number(hours, 23)? * 60 + number(minutes, 59)?) * 60)
}

fn days_of(year: i64, month: i64) -> i64 {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + i64::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let from_march = (month + 9) % 12;
    year * 365 + year / 4 - year / 100 + year / 400 + (153 * from_march + 2) / 5 + day - 1 - EPOCH
}
