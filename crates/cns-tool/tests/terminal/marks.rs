//! Secrets key by key: a mark a character, editing, and what becomes of both when the process is stopped.

use rustix::process::Signal;

use super::{AHEAD, DEFAULT_PIN, NEW, NEW_PIN, PIN, PRESENT, start, start_in};

fn marks_after<'s>(text: &'s str, question: &str) -> &'s str {
    let after = &text[text.rfind(question).expect("the question") + question.len()..];
    after.split('\n').next().expect("a line").trim()
}

#[test]
fn a_mark_a_digit_as_the_locale_can() {
    for (locale, mark) in [("C.UTF-8", "•"), ("it_IT.utf8", "•"), ("C", "*"), ("it_IT.ISO-8859-1", "*")] {
        let mut screen = start_in("pin verify", 80, locale);
        screen.shows(PIN);
        for (typed, digit) in DEFAULT_PIN.chars().enumerate() {
            screen.types(&digit.to_string());
            screen.shows_again(mark, typed + 1);
        }
        screen.types("\n");
        screen.shows("[1 PIN commands]");
        screen.ended_with(0);
        assert_eq!(marks_after(screen.text(), PIN), mark.repeat(DEFAULT_PIN.len()));
        assert!(!screen.text().contains(DEFAULT_PIN), "{}", screen.text());
    }
}

#[test]
fn what_is_taken_back_is_not_sent() {
    let back = "\u{8} \u{8}";
    for (keys, erased) in [("9\u{7f}", 1), ("98€\u{7f}\u{8}\u{7f}", 3), ("98765\u{15}", 5), ("98\u{17}", 2)]
    {
        let mut screen = start("pin verify");
        screen.shows(PIN);
        // Arrows and the marks of a paste are no digits.
        screen.types(&format!("{keys}\u{1b}[D\u{1b}[200~{DEFAULT_PIN}\u{1b}[201~\n"));
        screen.shows("[1 PIN commands]");
        screen.ended_with(0);
        assert_eq!(screen.text().matches(back).count(), erased, "{:?}", screen.text());
    }
}

/// Only the first line of what is pasted answers.
#[test]
fn a_paste_answers_one_question() {
    let mut screen = start("pin change");
    screen.shows(PRESENT);
    screen.types(&format!("{DEFAULT_PIN}\r\n{NEW}\n{NEW}\n"));
    screen.shows(NEW_PIN);
    assert_eq!(marks_after(screen.text(), PRESENT), "•".repeat(DEFAULT_PIN.len()));
    screen.types("\u{3}");
    screen.ended_with(130);
    assert_eq!(screen.waiting(), 0, "digits for the shell");
    for secret in [DEFAULT_PIN, NEW] {
        assert!(!screen.text().contains(secret), "{secret} in {}", screen.text());
    }
}

#[test]
fn marks_stay_in_their_row() {
    let mut screen = start_in("pin verify", 40, "C.UTF-8");
    screen.shows(PIN);
    screen.types(&"7".repeat(60));
    screen.shows_again("•", 39 - PIN.len() - 1);
    screen.types("\u{15}");
    screen.shows_again("\u{8} \u{8}", 39 - PIN.len() - 1);
    screen.types(&format!("{DEFAULT_PIN}\n"));
    screen.shows("[1 PIN commands]");
    screen.ended_with(0);
    let marks = screen.text().matches('•').count();
    assert_eq!(marks, 39 - PIN.len() - 1 + DEFAULT_PIN.len());
}

/// `kill -STOP`, which no program can handle; the shell has its own modes meanwhile.
#[test]
fn stopped_from_outside_the_question_starts_again() {
    let mut screen = start("pin verify");
    screen.shows(PIN);
    screen.types(AHEAD);
    screen.shows_again("•", AHEAD.len());
    screen.signals(Signal::STOP);
    screen.waits_until_stopped();
    screen.shell_takes_the_terminal();
    screen.signals(Signal::CONT);
    screen.waits_until_echo_is(false);
    screen.shows_again(PIN, 2);
    screen.types(&format!("{DEFAULT_PIN}\n"));
    screen.shows("[1 PIN commands]");
    screen.ended_with(0);
    assert_eq!(marks_after(screen.text(), PIN), "•".repeat(DEFAULT_PIN.len()));
}

#[test]
fn a_question_looks_around_while_it_waits() {
    let mut screen = start("watched question");
    screen.shows("Domanda: ");
    screen.types(AHEAD);
    screen.shows("[Err(Stopped) after 3]");
    screen.ended_with(0);
    assert_eq!(screen.waiting(), 0, "digits for the shell");
}
