//! The dialogues of `cns pin`, and the PIN of `cns sign` and `cns test-login`, in a real terminal (tmux): nothing that is
//! typed shows, Ctrl-C at any question sends nothing and leaves the terminal as it was, one VERIFY for each PIN.

mod bad_input;
mod dialogue;
mod start;

use anyhow::{Result, ensure};

pub use self::dialogue::line;
use self::dialogue::{PIN, WRONG_PIN, again, dialogue, quoted};
use crate::clients::check::{Check, on_each, pass};
use crate::clients::terminal::Terminal;
use crate::report::StepOutcome;
use crate::testbed::Testbed;
use crate::testbed::pcscd::Reader;

pub const PACKAGES: &[&str] = &["tmux"];

const NEW_PIN: &str = "73910";

/// The questions, in Italian, as they end on the screen.
const PRESENT_PIN: &str = "PIN attuale (da 5 a 8 cifre):";
const PUK: &str = "PUK (8 cifre):";
const NEW: &str = "PIN nuovo (da 5 a 8 cifre):";
const AGAIN: &str = "Ripeti il PIN nuovo:";

/// What is said of an interruption and of a pulled card, in each language.
struct Words {
    language: &'static str,
    interrupted: &'static str,
    removed: &'static str,
    no_try_used: &'static str,
}

const WORDS: [Words; 2] = [
    Words {
        language: "it",
        interrupted: "Interrotto: nessun codice è stato inviato alla tessera, nessun tentativo è stato usato.",
        removed: "Errore: La tessera è stata tolta dal lettore.",
        no_try_used: "Nessun tentativo è stato usato.",
    },
    Words {
        language: "en",
        interrupted: "Interrupted: no code was sent to the card, no try was used.",
        removed: "Error: The card was taken out of the reader.",
        no_try_used: "No try was used.",
    },
];

pub fn checks() -> Vec<Check> {
    let cards = ["cardos", "idemia2021"];
    [
        on_each(&cards, "cns pin in a terminal: verify, change, unblock", dialogues),
        on_each(
            &["idemia2021"],
            "cns pin, sign, test-login in a terminal: Ctrl-C at every question",
            interrupted,
        ),
        on_each(&["idemia2021"], "cns pin in a terminal: wrong to the last try and locked", locked),
        on_each(
            &cards,
            "cns pin, sign, test-login in a terminal: the card is pulled while the PIN is typed",
            pulled,
        ),
        on_each(&["idemia2021"], "cns sign in a terminal: the document comes through a pipe", piped),
        bad_input::checks(),
        start::checks(),
    ]
    .concat()
}

/// What asks for a PIN and takes the way through the module, with something to sign.
fn through_the_module(testbed: &Testbed) -> Result<[String; 2]> {
    testbed.client.write("document", "Something to sign.\n")?;
    let module = quoted(&testbed.client.module);
    Ok([format!("sign document --module {module}"), format!("test-login --module {module}")])
}

fn dialogues(testbed: &mut Testbed) -> Result<StepOutcome> {
    let (pin, puk) = (testbed.card.pin(), testbed.card.puk());
    let screen = dialogue(testbed, "pin verify", &[(PIN, &pin)], 0)?;
    ensure!(screen.contains("PIN corretto."), "{screen}");
    ensure!(testbed.card.verify_count() == 1, "{} VERIFYs", testbed.card.verify_count());

    let change = [(PRESENT_PIN, pin.as_str()), (NEW, NEW_PIN), (AGAIN, NEW_PIN)];
    let screen = dialogue(testbed, "pin change", &change, 0)?;
    ensure!(screen.contains("PIN cambiato"), "{screen}");
    dialogue(testbed, "pin verify", &[(PIN, NEW_PIN)], 0)?;
    ensure!(testbed.card.verify_count() == 2, "{} VERIFYs", testbed.card.verify_count());

    let mut unblock = vec![(PUK, puk.as_str()), (NEW, "0246813"), (AGAIN, "0246813")];
    if testbed.card.kind() == "cardos" {
        unblock.insert(0, ("Scrivi «sì»", "sì"));
    }
    let screen = dialogue(testbed, "pin unblock", &unblock, 0)?;
    ensure!(screen.contains("PIN sbloccato"), "{screen}");
    dialogue(testbed, "pin verify", &[(PIN, "0246813")], 0)?;
    ensure!(testbed.card.verify_count() == 3, "{} VERIFYs", testbed.card.verify_count());
    pass("no PIN on the screen, echo on again, one VERIFY for each typed PIN")
}

fn interrupted(testbed: &mut Testbed) -> Result<StepOutcome> {
    let (pin, puk) = (testbed.card.pin(), testbed.card.puk());
    let [sign, test_login] = through_the_module(testbed)?;
    let dialogues: [(&str, &[&str]); 5] = [
        ("pin verify", &[]),
        ("pin change", &[&pin, NEW_PIN]),
        ("pin unblock", &[&puk, NEW_PIN]),
        (&sign, &[]),
        (&test_login, &[]),
    ];
    let mut questions = 0;
    for Words { language, interrupted, .. } in WORDS {
        for (arguments, answers) in dialogues {
            for answered in 0..=answers.len() {
                let terminal = Terminal::start(&testbed.client, &line(language, arguments)?)?;
                for (before, answer) in answers[..answered].iter().enumerate() {
                    terminal.asks(before + 1)?;
                    terminal.types(answer)?;
                }
                terminal.asks(answered + 1)?;
                terminal.interrupts()?;
                let screen = terminal.ended_with(130)?;
                ensure!(screen.matches(interrupted).count() == 1, "{screen}");
                questions += 1;
            }
        }
    }
    let sent =
        |name: &str| name.starts_with("CHANGE REFERENCE DATA") || name.starts_with("RESET RETRY COUNTER");
    let changes = testbed.card.transcript().iter().filter(|exchange| sent(&exchange.name)).count();
    ensure!(
        (testbed.card.verify_count(), changes) == (0, 0),
        "{} VERIFYs, {changes} changes",
        testbed.card.verify_count()
    );
    ensure!(!testbed.client.file("document.p7s").exists(), "a signature without a PIN");
    pass(format!("{questions} questions: exit code 130, said so, nothing sent, echo on again"))
}

/// The standard input holds the document, so the PIN is asked for at the terminal.
fn piped(testbed: &mut Testbed) -> Result<StepOutcome> {
    let pin = testbed.card.pin();
    testbed.client.write("document", "Something to sign.\n")?;
    let arguments = format!("sign - -o piped.p7s --module {}", quoted(&testbed.client.module));
    let terminal = Terminal::start(&testbed.client, &format!("cat document | {}", line("it", &arguments)?))?;
    terminal.shows(PIN, 1)?;
    terminal.types(&pin)?;
    let screen = terminal.ended_with(0)?;
    ensure!(!screen.contains(&pin), "the PIN is on the screen:\n{screen}");
    let counted = (testbed.card.verify_count(), testbed.card.signature_count());
    ensure!(counted == (1, 1), "{counted:?} VERIFYs and signatures");
    let mut verify = testbed.client.command("openssl");
    verify.args(["cms", "-verify", "-noverify", "-inform", "DER", "-in", "piped.p7s", "-binary"]);
    verify.args(["-content", "document", "-out", "content"]);
    testbed.client.run(verify)?.succeed()?;
    pass("the PIN typed at the terminal, one VERIFY, a signature that OpenSSL takes")
}

fn locked(testbed: &mut Testbed) -> Result<StepOutcome> {
    let screen = again(testbed, "pin verify", &[WRONG_PIN, WRONG_PIN], 6)?;
    for left in ["2", "1"] {
        ensure!(screen.contains(&format!("PIN errato. Tentativi rimasti per il PIN: {left}.")), "{screen}");
    }
    dialogue(testbed, "pin verify", &[("Scrivi «sì»", "no")], 8)?;
    ensure!(testbed.card.verify_count() == 2, "{} VERIFYs", testbed.card.verify_count());
    let screen = dialogue(testbed, "pin verify", &[("Scrivi «sì»", "sì"), (PIN, WRONG_PIN)], 7)?;
    ensure!(screen.contains("Il PIN è bloccato"), "{screen}");
    dialogue(testbed, "pin verify", &[], 7)?;
    ensure!(testbed.card.verify_count() == 3, "{} VERIFYs", testbed.card.verify_count());

    let puk = testbed.card.puk();
    let wrong = [(PUK, "87654321"), (NEW, NEW_PIN), (AGAIN, NEW_PIN)];
    let screen = dialogue(testbed, "pin unblock", &wrong, 6)?;
    ensure!(screen.contains("PUK errato."), "{screen}");
    dialogue(testbed, "pin unblock", &[(PUK, &puk), (NEW, NEW_PIN), (AGAIN, NEW_PIN)], 0)?;
    dialogue(testbed, "pin verify", &[(PIN, NEW_PIN)], 0)?;
    pass("two wrong, the last only after a yes, locked, a wrong PUK, unblocked with the right one")
}

fn pulled(testbed: &mut Testbed) -> Result<StepOutcome> {
    let pin = testbed.card.pin();
    let [sign, test_login] = through_the_module(testbed)?;
    for Words { language, removed, no_try_used, .. } in WORDS {
        for arguments in ["pin verify", &sign, &test_login] {
            let screen = {
                let terminal = Terminal::start(&testbed.client, &line(language, arguments)?)?;
                terminal.asks(1)?;
                // Nobody presses Enter: the question ends by itself.
                testbed.card.remove(&testbed.pcscd)?;
                terminal.ended_with(4)?
            };
            ensure!(screen.contains(&format!("{removed} {no_try_used}")), "{screen}");
            testbed.card.insert(&testbed.pcscd, Reader::First)?;
            ensure!(testbed.card.verify_count() == 0, "{} VERIFYs", testbed.card.verify_count());
        }
    }
    ensure!(!testbed.client.file("document.p7s").exists(), "a signature without a card");
    dialogue(testbed, "pin verify", &[(PIN, &pin)], 0)?;
    pass("six dialogues: exit code 4, said so, no VERIFY; put back, the PIN is right")
}
