//! `cns watch`: what comes and goes is told once, in its order.

mod environment;

#[cfg(unix)]
use std::process::Command;
use std::sync::Arc;
use std::thread;
use std::time::Duration;
#[cfg(unix)]
use std::time::SystemTime;

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

/// In a time zone nine minutes from UTC, which no place has.
#[test]
#[cfg(unix)]
fn the_time_is_that_of_the_persons_clock() {
    let now = || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_secs();
    let before = now();
    let out = Command::new(env!("CARGO_BIN_EXE_cns"))
        .args(["--lang", "en", "watch", "--count", "1"])
        .env("TZ", "XYZ-0:09")
        .env("PCSCLITE_CSOCK_NAME", "/nonexistent/pcscd.comm")
        .output()
        .expect("cns");
    let after = now();
    let said = String::from_utf8(out.stdout).expect("UTF-8");
    let clock = |moment: u64| {
        let second = (moment + 9 * 60) % (24 * 60 * 60);
        format!("{:02}:{:02}:{:02} ", second / 3600, second / 60 % 60, second % 60)
    };
    assert!((before..=after).any(|moment| said.starts_with(&clock(moment))), "{said}");
}
