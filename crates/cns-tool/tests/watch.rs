//! `cns watch`: what comes and goes is told once, in its order.

mod environment;

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
    let lines = text.lines().map(|line| match line.split_once("Z ") {
        Some((clock, rest)) if clock.len() == 8 => format!("HH:MM:SSZ {rest}"),
        _ => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn what_comes_and_goes() {
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
        assert_snapshot!(format!("watch-{language}"), without_clock(&told.transcript));
    }
}
