//! What is typed at a real terminal (a pseudo-terminal): digits never show, never wait for the next question and never
//! reach the shell, and the terminal is as before however the command ends.
#![cfg(target_os = "linux")]

mod again;
mod another_program;
#[path = "../environment/mod.rs"]
mod environment;
mod marks;
mod pinentry;
mod screen;

use std::io::Write as _;
use std::process;
use std::sync::Arc;
use std::time::Duration;

use cns_tool::console::interrupt;
use cns_tool::console::prompt::{Prompt as _, Terminal};
use cns_tool::{Context, Output};
use environment::Environment;
use rustix::process::Signal;
use screen::Screen;
use virtual_cns::in_process::Readers;
use virtual_cns::{Card, DEFAULT_PIN, Holder, Latency, Personality, SharedCard};

/// Set in the process that runs the command: its arguments.
const ARGUMENTS: &str = "CNS_TEST_ARGUMENTS";
/// Typed before anybody asked, and for a PIN that cannot be one.
const AHEAD: &str = "98765";
const NEW: &str = "73910";
const PIN: &str = "PIN (da 5 a 8 cifre):";
const PRESENT: &str = "PIN attuale (da 5 a 8 cifre):";
const NEW_PIN: &str = "PIN nuovo (da 5 a 8 cifre):";

/// Not a test but the command in the terminal of one: slow cards in two readers of its process.
#[test]
fn the_command_in_a_terminal() {
    let Ok(arguments) = std::env::var(ARGUMENTS) else { return };
    if arguments == "panic" {
        let _hidden = Terminal.hide_typing();
        panic!("something was wrong in the program");
    }
    interrupt::install();
    if let Some(script) = arguments.strip_prefix("another program: ") {
        let hidden = Terminal.hide_typing();
        let ended =
            interrupt::while_another_program(|| process::Command::new("sh").args(["-c", script]).status());
        writeln!(std::io::stdout(), "[{}]", ended.expect("sh").success()).expect("the terminal");
        let _ = Terminal.line("Domanda: ");
        drop(hidden);
        process::exit(0);
    }
    if arguments == "watched question" {
        let mut looks = 0;
        let answer = Terminal.secret("Domanda: ", &mut || {
            looks += 1;
            looks < 3
        });
        writeln!(std::io::stdout(), "[{answer:?} after {looks}]").expect("the terminal");
        process::exit(0);
    }
    let slow = Latency { per_command: Duration::from_millis(30), ..Latency::default() };
    let readers = Readers::new(&["One", "Two"]);
    let card = Card::builder(&Personality::idemia_2021()).latency(slow).shared();
    readers.insert("One", Arc::clone(&card));
    if let Some(second) = arguments.strip_prefix("two cards: ") {
        readers.insert("Two", Card::builder(&Personality::idemia_2021()).holder(Holder::BIANCHI).shared());
        run(&Environment::over(readers, card), second);
    }
    if let Some(command) = arguments.strip_prefix("inserted later: ") {
        readers.remove("One");
        later(&readers, |readers, card| readers.insert("One", card), &card);
        run(&Environment::over(readers, card), command);
    }
    if let Some(command) = arguments.strip_prefix("pulled later: ") {
        later(&readers, |readers, _| drop(readers.remove("One")), &card);
        run(&Environment::over(readers, card), command);
    }
    run(&Environment::over(readers, card), &arguments);
}

/// Something happens to the readers while the command waits.
fn later(readers: &Readers, happens: fn(&Readers, SharedCard), card: &SharedCard) {
    let (readers, card) = (readers.clone(), Arc::clone(card));
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_secs(2));
        happens(&readers, card);
    });
}

fn run(environment: &Environment, arguments: &str) -> ! {
    let line: Vec<_> =
        ["cns", "--lang", "it"].into_iter().chain(arguments.split_whitespace()).map(Into::into).collect();
    let mut terminal = Terminal;
    let transport = environment.transport();
    let mut context =
        Context::new(&transport, &mut terminal, Output::of_process(), environment.system.clone());
    context.now = environment.today;
    let exit = cns_tool::run(&line, &mut context);
    drop(context);
    writeln!(std::io::stdout(), "[{} PIN commands]", environment.pin_commands()).expect("the terminal");
    process::exit(exit.code().into());
}

fn start(arguments: &str) -> Screen {
    start_in(arguments, 80, "C.UTF-8")
}

fn start_in(arguments: &str, columns: u16, locale: &str) -> Screen {
    Screen::start("the_command_in_a_terminal", columns, &[(ARGUMENTS, arguments), ("LC_ALL", locale)])
}

#[test]
fn digits_typed_ahead_show_nowhere_and_answer_nothing() {
    let mut screen = start("pin verify");
    screen.waits_until_echo_is(false);
    screen.types(&format!("{AHEAD}\n"));
    screen.shows(PIN);
    assert!(!screen.echoes(), "the PIN would show");
    screen.types(&format!("{DEFAULT_PIN}\n"));
    screen.shows("[1 PIN commands]");
    screen.ended_with(0);
    assert!(!screen.text().contains(AHEAD) && !screen.text().contains(DEFAULT_PIN), "{}", screen.text());
}

#[test]
fn a_person_may_try_new_pins_until_one_will_do() {
    let mut screen = start("pin change");
    screen.shows(PRESENT);
    screen.types(&format!("{DEFAULT_PIN}\n"));
    for again in 1..=5 {
        screen.shows_again(NEW_PIN, again);
        if again == 1 {
            let rules = screen.text().find("Scegli un PIN").expect("the rules");
            assert!(rules < screen.text().find(NEW_PIN).expect("the question"));
        }
        screen.types("11111\n");
    }
    screen.shows_again(NEW_PIN, 6);
    screen.types(&format!("{NEW}\n"));
    screen.shows("Ripeti il PIN nuovo:");
    screen.types(&format!("{NEW}\n"));
    screen.shows("[1 PIN commands]");
    screen.ended_with(0);
    for secret in [DEFAULT_PIN, NEW, "11111"] {
        assert!(!screen.text().contains(secret), "{secret} in {}", screen.text());
    }
}

#[test]
fn what_is_left_at_the_end_does_not_reach_the_shell() {
    let mut screen = start("pin verify");
    screen.shows(PIN);
    screen.types(&format!("{DEFAULT_PIN}\n{AHEAD}\n"));
    screen.ended_with(0);
    assert_eq!(screen.waiting(), 0, "the shell would run it");
    assert!(!screen.text().contains(AHEAD), "{}", screen.text());
}

#[test]
fn ctrl_c_and_the_other_ends_put_the_terminal_back() {
    let ends: [(&str, Option<Signal>); 4] =
        [("\u{3}", None), ("\u{1c}", None), ("", Some(Signal::TERM)), ("", Some(Signal::HUP))];
    for (key, signal) in ends {
        let mut screen = start("pin change");
        screen.shows(PRESENT);
        screen.types(AHEAD);
        screen.types(key);
        if let Some(signal) = signal {
            screen.signals(signal);
        }
        screen.ended_with(130);
        // Broken between words where the line ends.
        let told = screen.text().split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains("nessun tentativo è stato usato"), "{told}");
        assert!(screen.text().lines().all(|line| line.chars().count() <= 80), "{}", screen.text());
        assert_eq!(screen.waiting(), 0, "digits for the shell");
        assert!(!screen.text().contains(AHEAD), "{}", screen.text());
    }
    // While the card is read, too.
    let mut screen = start("pin verify");
    screen.waits_until_echo_is(false);
    screen.types(AHEAD);
    screen.types("\u{3}");
    screen.ended_with(130);
    assert_eq!(screen.waiting(), 0);
}

#[test]
fn ctrl_d_is_no_answer() {
    let mut screen = start("pin verify");
    screen.shows(PIN);
    screen.types("\u{4}");
    screen.shows("[0 PIN commands]");
    screen.ended_with(130);
}

#[test]
fn a_panic_puts_the_terminal_back() {
    start("panic").ended_with(101);
}

#[test]
fn stopped_the_terminal_is_the_shells_and_then_it_hides_again() {
    let mut screen = start("pin verify");
    screen.shows(PIN);
    screen.types(AHEAD);
    screen.types("\u{1a}");
    screen.waits_until_echo_is(true);
    assert_eq!(screen.waiting(), 0, "digits for the shell");
    screen.signals(Signal::CONT);
    screen.waits_until_echo_is(false);
    screen.types(&format!("{DEFAULT_PIN}\n"));
    screen.shows("[1 PIN commands]");
    screen.ended_with(0);
    assert!(!screen.text().contains(AHEAD) && !screen.text().contains(DEFAULT_PIN), "{}", screen.text());
}

/// A wrong choice is asked for again; what was typed before the question chooses nothing.
#[test]
fn an_answer_that_is_no_secret_shows() {
    let mut screen = start("two cards: pin verify");
    screen.waits_until_echo_is(false);
    screen.types("2\n");
    screen.shows("(da 1 a 2)");
    screen.types("3\n");
    screen.shows_again("(da 1 a 2)", 2);
    screen.types("1");
    screen.shows("(da 1 a 2) 1");
    screen.types("\n");
    screen.shows(PIN);
    assert!(!screen.echoes());
    screen.types(&format!("{DEFAULT_PIN}\n"));
    screen.shows("[1 PIN commands]");
    screen.ended_with(0);
    assert!(screen.text().contains("nel lettore One"), "typed ahead: {}", screen.text());
}

/// The first digit may be the answer; with the second it is none, and goes.
#[test]
fn a_pin_typed_for_a_number_does_not_show() {
    let mut screen = start("two cards: pin verify");
    screen.shows("(da 1 a 2) ");
    screen.types(AHEAD);
    screen.shows("(da 1 a 2) 9\u{8} \u{8}•••••");
    screen.types("\u{3}");
    screen.ended_with(130);
    let digits = AHEAD.chars().skip(1).filter(|digit| screen.text().contains(*digit)).count();
    assert_eq!(digits, 0, "{}", screen.text());
}

/// `--pin-stdin` at a keyboard: the digits do not show either.
#[test]
fn a_script_that_is_a_person_after_all() {
    let mut screen = start("pin verify --pin-stdin");
    screen.waits_until_echo_is(false);
    screen.types(&format!("{DEFAULT_PIN}\n"));
    screen.shows("[1 PIN commands]");
    screen.ended_with(0);
    assert!(!screen.text().contains(DEFAULT_PIN), "{}", screen.text());
}

#[test]
fn what_is_said_after_ctrl_c_breaks_between_words() {
    const SAID: &str =
        "Interrotto: nessun codice è stato inviato alla tessera, nessun tentativo è stato usato.";
    for columns in [40, 80] {
        let mut screen = start("pin verify");
        screen.shows(PIN);
        screen.has_columns(columns);
        screen.types("\u{3}");
        screen.ended_with(130);
        let said = &screen.text()[screen.text().find("Interrotto").expect("a sentence")..];
        let said = said.split_inclusive("usato.").next().expect("its end");
        let lines: Vec<&str> = said.lines().map(str::trim_end).collect();
        assert!(lines.iter().all(|line| line.chars().count() <= columns.into()), "{lines:?}");
        assert_eq!(lines.join(" "), SAID, "{columns} columns");
        assert!(lines.len() > 1, "{lines:?}");
    }
}
