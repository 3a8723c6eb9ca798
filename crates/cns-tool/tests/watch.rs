//! `cns watch`: what comes and goes is told once, in its order.

mod environment;

#[cfg(unix)]
use std::process::Command;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use environment::{Environment, Person};
use insta::assert_snapshot;
use virtual_cns::in_process::Readers;
use virtual_cns::{Card, Personality};

/// Long enough for the watch to see one state before the next; nothing is asserted about time.
const BETWEEN: Duration = Duration::from_millis(300);

/// The time of day is not ours to test.
fn without_clock(text: &str) -> String {
    let lines = text.lines().map(|line| match line.split_once(' ') {
        Some((clock, rest)) if clock.len() == 8 && clock.contains(':') => format!("HH:MM:SS {rest}"),
        _ => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn what_comes_and_goes() {
    let mut all = String::new();
    for language in ["it", "en"] {
        let readers = Readers::new(&["One"]);
        let card = Card::builder(&Personality::idemia_2021()).shared();
        let mut environment = Environment::over(readers.clone(), Arc::clone(&card));
        let _root = environment.on_debian();
        let emv = Card::new(&Personality::by_name("emv").expect("a card")).shared();
        let events = thread::spawn(move || {
            let happens: [Box<dyn Fn()>; 6] = [
                Box::new(|| readers.insert("One", Arc::clone(&card))),
                Box::new(|| drop(readers.remove("One"))),
                Box::new(|| readers.plug_in("Two")),
                Box::new(|| readers.insert("Two", Arc::clone(&emv))),
                Box::new(|| readers.unplug("Two")),
                Box::new(|| readers.stop_service()),
            ];
            for event in happens {
                thread::sleep(BETWEEN);
                event();
            }
        });
        let told = environment.run(language, &["watch", "--count", "8"], Person::silent());
        events.join().expect("no panic");
        all += &format!("{}\n\n", without_clock(&told.transcript));
    }
    assert_snapshot!("watch", all);
}

/// In a time zone nine minutes from UTC, which no place has, as `date` tells the time there. On a day that is only played
/// the clock of each process starts with it.
#[test]
#[cfg(unix)]
fn the_time_is_that_of_the_persons_clock() {
    let second_of_day = |command: &mut Command| {
        command.env("TZ", "XYZ-0:09").env("PCSCLITE_CSOCK_NAME", "/nonexistent/pcscd.comm");
        let said = String::from_utf8(command.output().expect("run").stdout).expect("UTF-8");
        let clock = said.split_whitespace().next().unwrap_or_default().to_owned();
        let parts: Vec<i64> = clock.split(':').map(|part| part.parse().expect("a number")).collect();
        assert_eq!(parts.len(), 3, "{said}");
        parts[0] * 3600 + parts[1] * 60 + parts[2]
    };
    let before = second_of_day(Command::new("date").arg("+%H:%M:%S"));
    let cns = &mut Command::new(env!("CARGO_BIN_EXE_cns"));
    let later = second_of_day(cns.args(["--lang", "en", "watch", "--count", "1"])) - before;
    assert!(later.rem_euclid(24 * 60 * 60) < 60, "{later} seconds");
}
