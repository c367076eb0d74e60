//! When a rule is in force, in the site's local time.

use kerege_contract::UtcTime;
use kerege_contract::scene::{DayOfWeek, TimeWindow};

const DAY_MIN: i64 = 1440;

/// Whether a schedule holds at an instant; an empty one always does.
pub(crate) fn in_force(schedule: &[TimeWindow], utc: UtcTime, utc_offset_min: i32) -> bool {
    let local_min = utc.millis().div_euclid(60_000) + i64::from(utc_offset_min);
    let (day, minute) = (local_min.div_euclid(DAY_MIN), local_min.rem_euclid(DAY_MIN));
    let holds = |window: &TimeWindow| {
        let (from, to) = (i64::from(window.from_min), i64::from(window.to_min));
        let on = |day: i64| window.days.contains(&weekday(day));
        if to > from {
            on(day) && (from..to).contains(&minute)
        } else {
            // Over midnight: the day on which the window begins decides.
            (on(day) && minute >= from) || (on(day - 1) && minute < to)
        }
    };
    schedule.is_empty() || schedule.iter().any(holds)
}

/// The weekday of a day since 1970-01-01, which was a Thursday.
fn weekday(day: i64) -> DayOfWeek {
    use DayOfWeek::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
    match day.rem_euclid(7) {
        0 => Thu,
        1 => Fri,
        2 => Sat,
        3 => Sun,
        4 => Mon,
        5 => Tue,
        _ => Wed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use DayOfWeek::{Fri, Mon, Sat, Thu};

    fn holds(days: &[DayOfWeek], from_min: u16, to_min: u16, utc: &str) -> bool {
        let window = TimeWindow { days: days.to_vec(), from_min, to_min };
        in_force(&[window], utc.parse().unwrap(), 360)
    }

    #[test]
    fn windows_are_in_local_time() {
        // 2026-03-05 is a Thursday; Bishkek is six hours ahead.
        let (morning, evening) = (390, 1320);
        assert!(holds(&[Thu], morning, evening, "2026-03-05T00:30:00Z"));
        assert!(!holds(&[Thu], morning, evening, "2026-03-05T00:29:59Z"));
        assert!(holds(&[Thu], morning, evening, "2026-03-05T15:59:59Z"));
        assert!(!holds(&[Thu], morning, evening, "2026-03-05T16:00:00Z"));
        assert!(!holds(&[Fri, Mon], morning, evening, "2026-03-05T05:00:00Z"));
        assert!(in_force(&[], UtcTime::default(), 360));
    }

    #[test]
    fn a_window_over_midnight_belongs_to_the_day_it_begins_on() {
        let (from, to) = (22 * 60, 6 * 60);
        // Friday 23:00 local and Saturday 05:00 local.
        assert!(holds(&[Fri], from, to, "2026-03-06T17:00:00Z"));
        assert!(holds(&[Fri], from, to, "2026-03-06T23:00:00Z"));
        // Friday 05:00 belongs to Thursday's window.
        assert!(!holds(&[Fri], from, to, "2026-03-05T23:00:00Z"));
        assert!(!holds(&[Sat], from, to, "2026-03-06T17:00:00Z"));
        // All day.
        assert!(holds(&[Thu], 0, 1440, "2026-03-05T10:00:00Z"));
        assert!(holds(&[Thu], 0, 0, "2026-03-05T10:00:00Z"));
    }
}
