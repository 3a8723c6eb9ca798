//! The dialogues of `cns pin` in a real terminal (tmux): nothing that is typed shows, Ctrl-C at any question sends
//! nothing and leaves the terminal as it was, one VERIFY for each PIN.

use std::path::Path;

use anyhow::{Result, ensure};

use super::cns_command::program;
use super::{Check, on_each, shown};
use crate::report::Outcome;
use crate::stack::Stack;
use crate::stack::pcscd::Reader;
use crate::stack::terminal::Terminal;

pub const PACKAGES: &[&str] = &["tmux"];

const NEW_PIN: &str = "73910";
const WRONG_PIN: &str = "99182";

/// The questions, in Italian, as they end on the screen.
const PIN: &str = "PIN (da 5 a 8 cifre):";
const PRESENT_PIN: &str = "PIN attuale (da 5 a 8 cifre):";
const PUK: &str = "PUK (8 cifre):";
const NEW: &str = "PIN nuovo (da 5 a 8 cifre):";
const AGAIN: &str = "Ancora il PIN nuovo:";

pub fn checks() -> Vec<Check> {
    let cards = ["cardos", "idemia2021"];
    [
        on_each(&cards, "cns pin in a terminal: verify, change, unblock", dialogues),
        on_each(&["idemia2021"], "cns pin in a terminal: Ctrl-C at every question", interrupted),
        on_each(&["idemia2021"], "cns pin in a terminal: wrong to the last try and locked", locked),
        on_each(&cards, "cns pin in a terminal: the card is pulled while the PIN is typed", pulled),
    ]
    .concat()
}

/// The command line, in Italian.
fn line(arguments: &str) -> Result<String> {
    Ok(format!("{} --lang it {arguments}", quoted(&program()?)))
}

fn quoted(path: &Path) -> String {
    format!("'{}'", path.display())
}

/// Holds a whole dialogue and answers the screen; none of the secrets may be on it.
fn dialogue(stack: &Stack, arguments: &str, answers: &[(&str, &str)], code: i32) -> Result<String> {
    let terminal = Terminal::start(&stack.desk, &line(arguments)?)?;
    for (question, answer) in answers {
        terminal.shows(question, 1)?;
        terminal.types(answer)?;
    }
    let screen = terminal.ended_with(code)?;
    for (_, secret) in answers.iter().filter(|(_, answer)| answer.len() >= 5) {
        ensure!(!screen.contains(secret), "a PIN is on the screen:\n{screen}");
    }
    Ok(screen)
}

fn dialogues(stack: &mut Stack) -> Result<Outcome> {
    let (pin, puk) = (stack.card.pin(), stack.card.puk());
    let screen = dialogue(stack, "pin verify", &[(PIN, &pin)], 0)?;
    ensure!(screen.contains("Il PIN è giusto."), "{screen}");
    ensure!(stack.card.verify_count() == 1, "{} VERIFYs", stack.card.verify_count());

    let change = [(PRESENT_PIN, pin.as_str()), (NEW, NEW_PIN), (AGAIN, NEW_PIN)];
    let screen = dialogue(stack, "pin change", &change, 0)?;
    ensure!(screen.contains("Il PIN è cambiato"), "{screen}");
    dialogue(stack, "pin verify", &[(PIN, NEW_PIN)], 0)?;
    ensure!(stack.card.verify_count() == 2, "{} VERIFYs", stack.card.verify_count());

    let mut unblock = vec![(PUK, puk.as_str()), (NEW, "0246813"), (AGAIN, "0246813")];
    if stack.card.kind() == "cardos" {
        unblock.insert(0, ("Scrivi «sì»", "sì"));
    }
    let screen = dialogue(stack, "pin unblock", &unblock, 0)?;
    ensure!(screen.contains("Il PIN è sbloccato"), "{screen}");
    dialogue(stack, "pin verify", &[(PIN, "0246813")], 0)?;
    ensure!(stack.card.verify_count() == 3, "{} VERIFYs", stack.card.verify_count());
    shown("no PIN on the screen, echo on again, one VERIFY for each typed PIN")
}

fn interrupted(stack: &mut Stack) -> Result<Outcome> {
    let (pin, puk) = (stack.card.pin(), stack.card.puk());
    let dialogues: [(&str, &[(&str, &str)]); 3] = [
        ("pin verify", &[(PIN, "")]),
        ("pin change", &[(PRESENT_PIN, &pin), (NEW, NEW_PIN), (AGAIN, "")]),
        ("pin unblock", &[(PUK, &puk), (NEW, NEW_PIN), (AGAIN, "")]),
    ];
    let mut questions = 0;
    for (arguments, steps) in dialogues {
        for (at, (last, _)) in steps.iter().enumerate() {
            let terminal = Terminal::start(&stack.desk, &line(arguments)?)?;
            for (question, answer) in &steps[..at] {
                terminal.shows(question, 1)?;
                terminal.types(answer)?;
            }
            terminal.shows(last, 1)?;
            terminal.interrupts()?;
            terminal.ended_with(130)?;
            questions += 1;
        }
    }
    let sent =
        |name: &str| name.starts_with("CHANGE REFERENCE DATA") || name.starts_with("RESET RETRY COUNTER");
    let changes = stack.card.transcript().iter().filter(|exchange| sent(&exchange.name)).count();
    ensure!(
        (stack.card.verify_count(), changes) == (0, 0),
        "{} VERIFYs, {changes} changes",
        stack.card.verify_count()
    );
    shown(format!("{questions} questions: exit code 130, nothing sent, echo on again"))
}

fn locked(stack: &mut Stack) -> Result<Outcome> {
    for left in ["2", "1"] {
        let screen = dialogue(stack, "pin verify", &[(PIN, WRONG_PIN)], 6)?;
        ensure!(screen.contains(&format!("Tentativi rimasti per il PIN: {left}.")), "{screen}");
    }
    dialogue(stack, "pin verify", &[("Scrivi «sì»", "no")], 8)?;
    ensure!(stack.card.verify_count() == 2, "{} VERIFYs", stack.card.verify_count());
    let screen = dialogue(stack, "pin verify", &[("Scrivi «sì»", "sì"), (PIN, WRONG_PIN)], 7)?;
    ensure!(screen.contains("Il PIN è bloccato"), "{screen}");
    dialogue(stack, "pin verify", &[], 7)?;
    ensure!(stack.card.verify_count() == 3, "{} VERIFYs", stack.card.verify_count());

    let puk = stack.card.puk();
    let wrong = [(PUK, "87654321"), (NEW, NEW_PIN), (AGAIN, NEW_PIN)];
    let screen = dialogue(stack, "pin unblock", &wrong, 6)?;
    ensure!(screen.contains("PUK sbagliato."), "{screen}");
    dialogue(stack, "pin unblock", &[(PUK, &puk), (NEW, NEW_PIN), (AGAIN, NEW_PIN)], 0)?;
    dialogue(stack, "pin verify", &[(PIN, NEW_PIN)], 0)?;
    shown("two wrong, the last only after a yes, locked, a wrong PUK, unblocked with the right one")
}

fn pulled(stack: &mut Stack) -> Result<Outcome> {
    let pin = stack.card.pin();
    let command = line("pin verify")?;
    let screen = {
        let terminal = Terminal::start(&stack.desk, &command)?;
        terminal.shows(PIN, 1)?;
        stack.card.remove(&stack.pcscd)?;
        terminal.types(&pin)?;
        terminal.ended_with(4)?
    };
    ensure!(screen.contains("Nessun tentativo è stato consumato."), "{screen}");
    stack.card.insert(&stack.pcscd, Reader::First)?;
    ensure!(stack.card.verify_count() == 0, "{} VERIFYs", stack.card.verify_count());
    dialogue(stack, "pin verify", &[(PIN, &pin)], 0)?;
    shown("said so, no try used; put back, the PIN is right")
}
