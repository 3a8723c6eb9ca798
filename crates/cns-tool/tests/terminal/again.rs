//! Waiting and trying again at a real terminal, and `cns start` there.

use super::*;

const WRONG: &str = "99182";
/// Without a module the PIN is checked by itself.
const START: &str = "start --user --module /nowhere/libcns_pkcs11.so";
const TRY: &str = "[s/n]";

/// What the screen shows, as one line: at 40 columns sentences are broken between words.
fn in_one_line(screen: &Screen) -> String {
    screen.text().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_wrong_pin_is_asked_for_again() {
    let mut screen = start("pin verify");
    screen.shows(PIN);
    screen.types(&format!("{WRONG}\n"));
    screen.shows_again(PIN, 2);
    assert!(!screen.echoes(), "the PIN would show");
    screen.types(&format!("{DEFAULT_PIN}\n"));
    screen.shows("[2 PIN commands]");
    screen.ended_with(0);
    assert!(!screen.text().contains(WRONG) && !screen.text().contains(DEFAULT_PIN), "{}", screen.text());
}

#[test]
fn the_last_try_is_not_asked_for() {
    let mut screen = start("pin verify");
    screen.shows(PIN);
    screen.types(&format!("{WRONG}\n"));
    screen.shows_again(PIN, 2);
    screen.types(&format!("{WRONG}\n"));
    screen.shows("[2 PIN commands]");
    screen.ended_with(6);
    assert_eq!(screen.text().matches(PIN).count(), 2, "{}", screen.text());
    assert_eq!(screen.waiting(), 0);
}

#[test]
fn a_pulled_card_ends_the_question_at_once() {
    for command in ["pin verify", "pin change"] {
        let mut screen = start(&format!("pulled later: {command}"));
        screen.types(AHEAD);
        // Nobody presses Enter.
        screen.shows("[0 PIN commands]");
        screen.ended_with(4);
        let told = in_one_line(&screen);
        assert!(
            told.contains("La tessera è stata tolta dal lettore. Nessun tentativo è stato usato."),
            "{told}"
        );
        assert_eq!(screen.waiting(), 0, "digits for the shell");
    }
}

#[test]
fn a_missing_card_is_waited_for() {
    let mut screen = start("inserted later: pin verify");
    screen.shows("Inserisci la tessera… (Ctrl-C per annullare)");
    screen.shows(PIN);
    screen.types(&format!("{DEFAULT_PIN}\n"));
    screen.shows("[1 PIN commands]");
    screen.ended_with(0);
    // And waited for no longer than a person likes.
    let mut screen = start("inserted later: pin verify");
    screen.shows("Inserisci la tessera…");
    screen.types("\u{3}");
    screen.ended_with(130);
    assert!(in_one_line(&screen).contains("nessun tentativo è stato usato"), "{}", screen.text());
}

/// In 40 columns, and without UTF-8.
#[test]
fn start_leads_through_the_steps() {
    for (columns, locale) in [(80, "C.UTF-8"), (40, "C")] {
        let mut screen = start_in(START, columns, locale);
        // No module, so the browsers cannot be set up.
        screen.shows("per uscire:");
        screen.types("s\n");
        screen.shows("per uscire: s");
        screen.shows(TRY);
        // A person who takes this for the question for the PIN.
        screen.types(&format!("{AHEAD}\n"));
        screen.shows_again(TRY, 2);
        screen.types("s\n");
        screen.shows(PIN);
        assert!(!screen.echoes(), "the PIN would show");
        screen.types(&format!("{DEFAULT_PIN}\n"));
        screen.shows("[1 PIN commands]");
        screen.ended_with(1);
        let told = in_one_line(&screen);
        assert!(told.contains("Poi riprendi da qui: cns inizia") && !told.contains(DEFAULT_PIN), "{told}");
        let marks = if columns == 80 { "•••••" } else { "*****" };
        assert!(told.contains(&format!("{TRY} {marks} ! Scrivi sì o no")), "{told}");
        assert!(told.contains(&format!("{TRY} s Tessera")), "{told}");
        let widest = screen.text().lines().map(|line| line.chars().count()).max();
        assert!(widest <= Some(columns.into()), "{widest:?}: {}", screen.text());
    }
}

/// `cns` alone begins, waits for the card by itself and goes on without Enter.
#[test]
fn start_waits_for_the_card() {
    let mut screen = start("inserted later: ");
    screen.shows("Quando è tutto pronto continuo da solo.");
    screen.shows("4/7");
    screen.types("\u{3}");
    screen.ended_with(130);
    assert!(in_one_line(&screen).contains("✓ Tessera di MARIO ROSSI"), "{}", screen.text());
    // A closed terminal.
    let mut screen = start("inserted later: ");
    screen.shows("per uscire:");
    screen.signals(Signal::HUP);
    screen.ended_with(130);
    assert_eq!(screen.waiting(), 0);
}
