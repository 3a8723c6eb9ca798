//! `cns start` with a real pcscd and the module: one VERIFY is the check of the PIN and the login to the site inside the
//! computer; a second run finds done what is done; a missing card is waited for; a wrong PIN is asked for again.

use anyhow::{Result, ensure};

use super::dialogue::{PIN, WRONG_PIN, again, dialogue, line, quoted};
use crate::clients::check::{Check, on_each, pass};
use crate::clients::terminal::Terminal;
use crate::report::StepOutcome;
use crate::testbed::Testbed;
use crate::testbed::pcscd::Reader;

/// What is said in a language.
struct Words {
    language: &'static str,
    name: &'static str,
    may_set_up: &'static str,
    try_now: &'static str,
    yes: &'static str,
    pin: &'static str,
    site: &'static str,
    ready: &'static str,
    waits: &'static str,
}

const WORDS: [Words; 2] = [
    Words {
        language: "it",
        name: "inizia",
        may_set_up: "Configuro per la tessera: ",
        try_now: "[s/n]",
        yes: "sì",
        pin: PIN,
        site: "Quale sito vuoi aprire?",
        ready: "Tutto pronto.",
        waits: "Quando è tutto pronto continuo da solo.",
    },
    Words {
        language: "en",
        name: "start",
        may_set_up: "Set up for the card: ",
        try_now: "[y/n]",
        yes: "yes",
        pin: "PIN (5 to 8 digits):",
        site: "Which site do you want to open?",
        ready: "Everything is ready.",
        waits: "When that is done, this continues by itself.",
    },
];

pub(super) fn checks() -> Vec<Check> {
    let cards = ["cardos", "idemia2021"];
    [
        on_each(&cards, "cns start in a terminal: to a login with one VERIFY, twice", start),
        on_each(&["idemia2021"], "cns start in a terminal: the card comes, and wrong PINs", waits),
        on_each(&cards, "cns sign, test-login in a terminal: a wrong PIN is asked for again", wrong_pins),
    ]
    .concat()
}

fn start(testbed: &mut Testbed) -> Result<StepOutcome> {
    let pin = testbed.card.pin();
    for (run, words) in WORDS.iter().enumerate() {
        let arguments = format!("{} --user --module {}", words.name, quoted(&testbed.client.module));
        let before = (testbed.card.verify_count(), testbed.card.signature_count());
        let terminal = Terminal::start(&testbed.client, &line(words.language, &arguments)?)?;
        // The second run finds it done.
        if run == 0 {
            terminal.shows(words.may_set_up, 1)?;
            terminal.types("")?;
        }
        terminal.shows(words.try_now, 1)?;
        terminal.types(words.yes)?;
        terminal.shows(words.pin, 1)?;
        terminal.types(&pin)?;
        terminal.shows(words.site, 1)?;
        terminal.types("")?;
        let screen = terminal.ended_with(0)?;
        ensure!(screen.contains(words.ready) && !screen.contains(&pin), "{screen}");
        ensure!(run == 0 || !screen.contains(words.may_set_up), "{screen}");
        let counted = (testbed.card.verify_count() - before.0, testbed.card.signature_count() - before.1);
        ensure!(counted == (1, 2), "{counted:?} VERIFYs and signatures\n{screen}");
    }
    pass("in Italian and English: one VERIFY, two signatures; the second run sets nothing up")
}

fn waits(testbed: &mut Testbed) -> Result<StepOutcome> {
    let pin = testbed.card.pin();
    for words in &WORDS {
        testbed.card.remove(&testbed.pcscd)?;
        let arguments = format!("{} --user --module {}", words.name, quoted(&testbed.client.module));
        let terminal = Terminal::start(&testbed.client, &line(words.language, &arguments)?)?;
        terminal.shows(words.waits, 1)?;
        testbed.card.insert(&testbed.pcscd, Reader::First)?;
        if words.language == "it" {
            terminal.shows(words.may_set_up, 1)?;
            terminal.types("")?;
        }
        terminal.shows(words.try_now, 1)?;
        terminal.types(words.yes)?;
        for (before, typed) in [WRONG_PIN, &pin].into_iter().enumerate() {
            terminal.shows(words.pin, before + 1)?;
            terminal.types(typed)?;
        }
        terminal.shows(words.site, 1)?;
        terminal.interrupts()?;
        let screen = terminal.ended_with(130)?;
        ensure!(!screen.contains(WRONG_PIN) && !screen.contains(&pin), "{screen}");
    }
    ensure!(testbed.card.verify_count() == 4, "{} VERIFYs", testbed.card.verify_count());
    pass("goes on by itself when the card comes; one VERIFY for each PIN, the wrong and the right one")
}

fn wrong_pins(testbed: &mut Testbed) -> Result<StepOutcome> {
    let pin = testbed.card.pin();
    testbed.client.write("document", "Something to sign.\n")?;
    let module = quoted(&testbed.client.module);
    for arguments in
        [format!("sign --force document --module {module}"), format!("test-login --module {module}")]
    {
        let before = testbed.card.verify_count();
        again(testbed, &arguments, &[WRONG_PIN, &pin], 0)?;
        let sent = testbed.card.verify_count() - before;
        ensure!(sent == 2, "{sent} VERIFYs");
        testbed.card.remove(&testbed.pcscd)?;
        testbed.card.insert(&testbed.pcscd, Reader::First)?;
        again(testbed, &arguments, &[WRONG_PIN, WRONG_PIN], 6)?;
        let sent = testbed.card.verify_count() - before;
        ensure!(sent == 4, "{sent} VERIFYs");
        // The last try needs a yes, and is the right one.
        dialogue(testbed, "pin verify", &[("Scrivi «sì»", "sì"), (PIN, &pin)], 0)?;
    }
    pass("right after wrong; two wrong PINs and no third question")
}
