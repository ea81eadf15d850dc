//! Times of a day and of a week, UTC, when something is done.

use super::either::{text_type, wrong};

text_type! {
    /// Half an hour or more of each day, UTC, such as `02:00-03:00`.
    DailyWindow, pattern: "^[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}$", check: daily
}
text_type! {
    /// Half an hour to a day of each week, UTC, such as `sun:03:30-sun:04:30`.
    WeeklyWindow, pattern: "^[a-z]{3}:[0-9]{2}:[0-9]{2}-[a-z]{3}:[0-9]{2}:[0-9]{2}$", check: weekly
}

const DAY: u32 = 24 * 60;
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// The shortest that AWS takes
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html>).
const SHORTEST: u32 = 30;

fn daily(text: &str) -> Result<(), String> {
    let (from, to) =
        day(text).ok_or_else(|| wrong(format!("`{text}` is no time of the day"), "write it as 02:00-03:00"))?;
    if (to + DAY - from) % DAY < SHORTEST {
        return Err(wrong(format!("{text} is too short"), "give it half an hour or more"));
    }
    Ok(())
}

fn weekly(text: &str) -> Result<(), String> {
    let found = week(text);
    let (from, to) =
        found.ok_or_else(|| wrong(format!("`{text}` is no time of the week"), "write it as sun:03:30-sun:04:30"))?;
    match (to + 7 * DAY - from) % (7 * DAY) {
        ..SHORTEST => Err(wrong(format!("{text} is too short"), "give it half an hour or more")),
        it if it > DAY => Err(wrong(format!("{text} is too long"), "give it a day at most")),
        _ => Ok(()),
    }
}

fn day(text: &str) -> Option<(u32, u32)> {
    let (from, to) = text.split_once('-')?;
    Some((clock(from)?, clock(to)?))
}

fn week(text: &str) -> Option<(u32, u32)> {
    let (from, to) = text.split_once('-')?;
    let moment = |it: &str| {
        let (name, time) = it.split_once(':')?;
        let at = DAYS.iter().position(|it| *it == name)?;
        Some(u32::try_from(at).ok()? * DAY + clock(time)?)
    };
    Some((moment(from)?, moment(to)?))
}

/// Minutes since midnight.
fn clock(text: &str) -> Option<u32> {
    let (hour, minute) = text.split_once(':')?;
    let number = |it: &str, below: u32| {
        let plain = it.len() == 2 && it.bytes().all(|it| it.is_ascii_digit());
        it.parse::<u32>().ok().filter(|it| plain && *it < below)
    };
    Some(number(hour, 24)? * 60 + number(minute, 60)?)
}

impl DailyWindow {
    /// When it begins, such as `03:00`.
    #[must_use]
    pub fn start(&self) -> &str {
        self.as_str().split('-').next().unwrap_or_default()
    }

    /// How long it is.
    #[must_use]
    pub fn minutes(&self) -> u32 {
        day(self.as_str()).map_or(0, |(from, to)| (to + DAY - from) % DAY)
    }
}

impl WeeklyWindow {
    /// How long it is.
    #[must_use]
    pub fn minutes(&self) -> u32 {
        week(self.as_str()).map_or(0, |(from, to)| (to + 7 * DAY - from) % (7 * DAY))
    }

    /// Whether a time of each day falls into it.
    #[must_use]
    pub fn overlaps(&self, daily: &DailyWindow) -> bool {
        let (Some((from, to)), Some((start, end))) = (week(self.as_str()), day(daily.as_str())) else { return false };
        let (length, lasts) = ((to + 7 * DAY - from) % (7 * DAY), (end + DAY - start) % DAY);
        // From the window's beginning, a time of the day comes so many minutes later, or began so many earlier.
        let later = (start + DAY - from % DAY) % DAY;
        later < length || later + lasts > DAY
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows() {
        assert!(daily("23:45-00:15").is_ok() && daily("02:00-02:29").is_err() && daily("24:00-01:00").is_err());
        assert!(weekly("sun:23:45-mon:00:15").is_ok() && weekly("sun:03:30-sun:03:45").is_err());
        assert!(weekly("sun:00:00-tue:00:00").is_err() && weekly("Sun:03:30-Sun:04:30").is_err());
    }

    #[test]
    fn some_overlap() {
        let overlap = |weekly: &str, daily: &str| {
            weekly.parse::<WeeklyWindow>().unwrap().overlaps(&daily.parse::<DailyWindow>().unwrap())
        };
        assert!(overlap("sun:03:00-sun:04:00", "02:30-03:30") && overlap("sun:03:00-sun:04:00", "03:30-05:00"));
        assert!(!overlap("sun:03:00-sun:04:00", "02:00-03:00") && !overlap("sun:03:00-sun:04:00", "04:00-05:00"));
        assert!(overlap("sun:23:30-mon:00:30", "00:00-01:00") && overlap("sun:00:00-sun:01:00", "23:30-00:30"));
    }
}
