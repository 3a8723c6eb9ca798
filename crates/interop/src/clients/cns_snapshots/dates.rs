//! Dates in texts: every way in which a program or a person spells a day, taken out of what is compared, and looked
//! for in what is kept.
//!
//! A text that holds the day on which it was written passes on that day alone.

use time::{Date, Duration, OffsetDateTime};

/// The days on which a run may be: one that began before midnight ends after it, and UTC is not local time.
pub fn run_days() -> Vec<Date> {
    let today = OffsetDateTime::now_utc().date();
    (-1..=1).filter_map(|days| today.checked_add(Duration::days(days))).collect()
}

/// All ways to write a day, the longest first, so that `1 January` is not found in `21 January`'s place.
pub fn spellings(date: Date) -> Vec<String> {
    let (year, month, day) = date.to_calendar_date();
    let number = u8::from(month);
    let (english, italian) = (month.to_string().to_lowercase(), ITALIAN[usize::from(number) - 1]);
    let mut all = vec![format!("{year}{number:02}{day:02}")];
    for separator in ['-', '/', '.'] {
        all.push(format!("{year}{separator}{number:02}{separator}{day:02}"));
        all.push(format!("{day:02}{separator}{number:02}{separator}{year}"));
        all.push(format!("{number:02}{separator}{day:02}{separator}{year}"));
        all.push(format!("{day}{separator}{number}{separator}{year}"));
    }
    let ordinal = match day {
        1 | 21 | 31 => "st",
        2 | 22 => "nd",
        3 | 23 => "rd",
        _ => "th",
    };
    for name in [&*english, italian] {
        let mut capital = name.to_owned();
        capital[..1].make_ascii_uppercase();
        for name in [name, &capital, &name[..3], &capital[..3]] {
            for day in [format!("{day}"), format!("{day:02}"), format!("{day}º"), format!("{day}°")] {
                all.push(format!("{day} {name} {year}"));
                all.push(format!("{day}-{name}-{year}"));
            }
            for day in [format!("{day}"), format!("{day:02}"), format!("{day:>2}"), format!("{day}{ordinal}")]
            {
                all.push(format!("{name} {day}, {year}"));
                all.push(format!("{name} {day} {year}"));
            }
        }
    }
    all.sort_by_key(|spelling| (std::cmp::Reverse(spelling.len()), spelling.clone()));
    all.dedup();
    all
}

/// As in the middle of a sentence.
const ITALIAN: [&str; 12] = [
    "gennaio",
    "febbraio",
    "marzo",
    "aprile",
    "maggio",
    "giugno",
    "luglio",
    "agosto",
    "settembre",
    "ottobre",
    "novembre",
    "dicembre",
];

/// The text with this in the place of every spelling of the day.
pub fn without(date: Date, placeholder: &str, text: &str) -> String {
    let mut left = text.to_owned();
    for spelling in spellings(date) {
        while let Some(at) = position(&left, &spelling) {
            left.replace_range(at..at + spelling.len(), placeholder);
        }
    }
    left
}

/// Where it stands, and not as a part of a longer number or word.
fn position(text: &str, spelling: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = text[from..].find(spelling).map(|at| from + at) {
        let before = text[..at].chars().next_back();
        let after = text[at + spelling.len()..].chars().next();
        let apart = |neighbour: Option<char>| !neighbour.is_some_and(char::is_alphanumeric);
        // 2026-11-27T10:00:00Z
        if apart(before) && (apart(after) || after == Some('T')) {
            return Some(at);
        }
        from = at + spelling.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use anyhow::Result;
    use fs_err as fs;
    use time::Month;

    use super::*;
    use crate::cargo::workspace;

    /// Days that may stand in kept texts: they belong to the synthetic holders and to the clock that the tests of `cns`
    /// set, and are the same in every run.
    const FIXED: [(i32, Month, u8); 4] = [
        (2025, Month::January, 1),
        (2030, Month::December, 31),
        (2031, Month::January, 1),
        (2026, Month::July, 1),
    ];

    /// A text is kept some time before it is checked; and somewhere it is tomorrow already.
    const DAYS_BACK: i64 = 45;

    /// Where texts are kept, and what their names end with. Of Rust files, tests or not, all but comments is looked at.
    const FOLDERS: [&str; 6] = ["xtask", "crates", "tests", "src", "examples", "benches"];
    const TEXTS: [&str; 2] = ["txt", "snap"];

    /// How many files were looked through, and what stands where.
    fn search(root: &Path, today: Date) -> Result<(usize, Vec<String>)> {
        let days = (-DAYS_BACK..=1).filter_map(|days| today.checked_add(Duration::days(days)));
        let days = days.filter(|date| !FIXED.contains(&date.to_calendar_date()));
        let spelled: Vec<String> = days.flat_map(spellings).collect();
        let spelled_years: Vec<String> = [-DAYS_BACK, 1]
            .iter()
            .filter_map(|days| Some(today.checked_add(Duration::days(*days))?.year().to_string()))
            .collect();
        let (mut texts, mut found) = (0, Vec::new());
        for path in FOLDERS.iter().flat_map(|folder| files(&root.join(folder))) {
            let Some(kind) = path.extension().and_then(|kind| kind.to_str()) else { continue };
            let strings = kind == "rs";
            if !strings && !TEXTS.contains(&kind) {
                continue;
            }
            texts += 1;
            let text = fs::read_to_string(&path)?;
            for (number, line) in text.lines().enumerate() {
                let line = if strings { without_comment(line) } else { line };
                // Every spelling has the year; few lines have.
                let dated = spelled_years.iter().any(|year| line.contains(year));
                let date = spelled.iter().find(|spelling| dated && position(line, spelling).is_some());
                let version = (!strings && names_this_version(line)).then_some("the version");
                if let Some(what) = date.map(String::as_str).or(version) {
                    found.push(format!("{}:{}: {what}", path.display(), number + 1));
                }
            }
        }
        Ok((texts, found))
    }

    /// "cns 0.1.0", and not 127.0.0.1.0 or 10.1.0.
    fn names_this_version(line: &str) -> bool {
        position(line, env!("CARGO_PKG_VERSION")).is_some_and(|at| !line[..at].ends_with('.'))
    }

    fn without_comment(line: &str) -> &str {
        if line.trim_start().starts_with("//") { "" } else { line }
    }

    fn files(folder: &Path) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        for path in entries.map(|entry| entry.path()) {
            if path.is_dir() {
                found.extend(files(&path));
            } else {
                found.push(path);
            }
        }
        found
    }

    fn day(year: i32, month: Month, day: u8) -> Date {
        Date::from_calendar_date(year, month, day).unwrap()
    }

    #[test]
    fn a_day_is_found_however_it_is_spelled() {
        let date = day(2020, Month::February, 9);
        for spelled in [
            "2020-02-09",
            "09/02/2020",
            "9/2/2020",
            "09.02.2020",
            "9.2.2020",
            "20200209",
            "2020-02-09T10:11:12Z",
            "9 February 2020",
            "9 febbraio 2020",
            "9 Feb 2020",
            "09 feb 2020",
            "February 9, 2020",
            "Feb  9 2020",
            "February 9th 2020",
            "09-Feb-2020",
        ] {
            let text = format!("last used: {spelled}, by nobody");
            let rest = spelled.find('T').map_or("", |at| &spelled[at..]);
            assert_eq!(without(date, "<date>", &text), text.replace(spelled, &format!("<date>{rest}")));
        }
        assert_eq!(without(day(2020, Month::June, 1), "-", "dal 1º giugno 2020 (1 June 2020)"), "dal - (-)");
    }

    #[test]
    fn another_day_and_a_longer_number_stay() {
        let date = day(2020, Month::February, 9);
        for other in ["19 February 2020", "9 February 2021", "serial 1202002091", "29/02/2020", "120200209A"]
        {
            assert_eq!(without(date, "<date>", other), other);
        }
    }

    #[test]
    fn a_version_is_found_and_an_address_is_not() {
        let version = env!("CARGO_PKG_VERSION");
        assert!(
            names_this_version(&format!("cns {version}")) && names_this_version(&format!("\"{version}\""))
        );
        assert!(
            !names_this_version(&format!("127.{version}")) && !names_this_version(&format!("1{version}"))
        );
    }

    #[test]
    fn a_kept_day_is_found_in_every_kind_of_text() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("xtask/kept/card.txt", "fine\nlast used: 27 November 2020\nuntil 1 January 2031\n");
        write("crates/a/tests/snapshots/a.snap", "usata l'ultima volta: 27 novembre 2020");
        write("tests/abi/a.rs", "// as of 27 November 2020\nassert_eq!(told, \"2020-11-27\");\n");
        write("crates/a/src/lib.rs", "assert_eq!(told, \"27.11.2020\"); //! 27.11.2020");
        write("src/version.txt", concat!("cns ", env!("CARGO_PKG_VERSION")));
        let found = |year, month, day_| {
            let (texts, found) = search(folder.path(), day(year, month, day_)).unwrap();
            assert_eq!(texts, 5);
            let prefix = format!("{}/", folder.path().display());
            let mut found: Vec<String> =
                found.iter().map(|line| line.strip_prefix(&prefix).unwrap().to_owned()).collect();
            found.sort();
            found
        };
        let version = "src/version.txt:1: the version";
        let all = [
            "crates/a/src/lib.rs:1: 27.11.2020",
            "crates/a/tests/snapshots/a.snap:1: 27 novembre 2020",
            version,
            "tests/abi/a.rs:2: 2020-11-27",
            "xtask/kept/card.txt:2: 27 November 2020",
        ];
        // On the day, the evening before in another time zone, and weeks later.
        assert_eq!(found(2020, Month::November, 27), all);
        assert_eq!(found(2020, Month::November, 26), all);
        assert_eq!(found(2021, Month::January, 5), all);
        // The certificates' last day is no day of late, even on that day.
        assert_eq!(found(2031, Month::January, 1), [version]);
    }

    /// What passes today and not tomorrow: put a placeholder there, or set the clock that the text is made with.
    #[test]
    fn no_kept_text_holds_a_day_of_late_or_this_version() {
        let (_, found) = search(workspace(), OffsetDateTime::now_utc().date()).unwrap();
        assert!(found.is_empty(), "{}", found.join("\n"));
    }
}
