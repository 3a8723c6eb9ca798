//! What every command says.

use cns_card::{CardError, CertificateProblem, TransportError};
use time::Date;

use crate::context::OperatingSystem;
use crate::text::FailureText;
use crate::text::{CommonText, English};

impl CommonText for English {
    fn error(&self) -> &'static str {
        "Error"
    }

    fn why(&self) -> &'static str {
        "Why"
    }

    fn what_to_do(&self) -> &'static str {
        "What to do"
    }

    fn date(&self, day: Date) -> String {
        format!("{} {} {}", day.day(), day.month(), day.year())
    }

    fn reading_card(&self) -> &'static str {
        "Reading the card…"
    }

    fn no_terminal(&self) -> FailureText {
        FailureText {
            what: "A question must be answered, but there is no terminal.".into(),
            why: "The program's input is not a keyboard.",
            next: "Run the command in a terminal; for scripts there is --pin-stdin.",
        }
    }

    fn input_failed(&self) -> &'static str {
        "The terminal cannot be read."
    }

    fn interrupted(&self) -> &'static str {
        "Interrupted: no code was sent to the card, no try was used up."
    }

    fn script_ended(&self) -> &'static str {
        "The input ended before the last answer: nothing was sent to the card."
    }

    fn no_service(&self) -> FailureText {
        if OperatingSystem::HERE != OperatingSystem::Linux {
            return FailureText {
                what: "The smart card service (PC/SC) does not answer.".into(),
                why: "The system starts it with the first reader, and no reader is plugged in.",
                next: "Plug the reader in. If that does not help, restart the computer; \"cns doctor\" looks for the cause.",
            };
        }
        FailureText {
            what: "The smart card service (PC/SC) does not answer.".into(),
            why: "The service pcscd is not installed, not running, or you are not permitted to use it.",
            next: "Install the packages pcscd and libccid and start the service: \
                   sudo systemctl enable --now pcscd.socket. \"cns doctor\" looks for the cause.",
        }
    }

    fn no_reader(&self) -> FailureText {
        FailureText {
            what: "No smart card reader is connected.".into(),
            why: "",
            next: "Plug the reader into a USB port. If it is plugged in, \"cns doctor\" looks for the cause.",
        }
    }

    fn unknown_reader(&self, wanted: &str, readers: &str) -> FailureText {
        FailureText {
            what: format!("No reader is called \"{wanted}\". There are:\n{readers}"),
            why: "",
            next: "Run the command again with one of these names, or a part of one.",
        }
    }

    fn no_card(&self) -> FailureText {
        FailureText {
            what: "There is no card in the reader.".into(),
            why: "",
            next: "Push the card all the way in, with the chip the way the reader shows.",
        }
    }

    fn several_cards(&self, readers: &str) -> FailureText {
        FailureText {
            what: format!("There is a card in more than one reader:\n{readers}"),
            why: "",
            next: "Say which one with --reader READER, or take the others out.",
        }
    }

    fn which_reader(&self) -> &'static str {
        "There is a card in more than one reader:"
    }

    fn reader_number(&self, last: usize) -> String {
        format!("Which one? (1 to {last}) ")
    }

    fn no_such_number(&self, last: usize) -> String {
        format!("Type one of the numbers 1 to {last}, or press Ctrl-C to leave everything as it is.")
    }

    fn mute_card(&self) -> FailureText {
        FailureText {
            what: "The card in the reader does not answer.".into(),
            why: "It is the wrong way round, its chip is dirty, or it is no smart card.",
            next: "Take the card out, wipe the chip with a dry cloth and put it in the right way round.",
        }
    }

    fn unsupported_card(&self, what: &str) -> String {
        format!("The card in the reader is {what}: this program cannot use it.")
    }

    fn no_certificate(&self, problem: Option<CertificateProblem>) -> String {
        match problem {
            None | Some(CertificateProblem::Absent) => "The card holds no certificate.".into(),
            Some(CertificateProblem::TooLong { length }) => {
                format!("The certificate on the card is too long: {length} bytes, more than 8192.")
            }
            Some(CertificateProblem::Truncated { declared, present }) => {
                format!("The certificate on the card is incomplete: {present} of {declared} bytes.")
            }
            Some(_) => "The certificate on the card cannot be read.".into(),
        }
    }

    fn card_failed(&self, error: CardError) -> FailureText {
        let (what, why, next) = match error {
            CardError::Transport(TransportError::CardRemoved | TransportError::NoCard) => {
                ("The card was taken out of the reader.".into(), "", "Put it back and run the command again.")
            }
            CardError::Transport(TransportError::ReaderUnavailable) => {
                ("The reader was unplugged.".into(), "", "Plug it in and run the command again.")
            }
            CardError::Transport(TransportError::Busy) => (
                "The card is busy.".into(),
                "Another program has been using it for more than three seconds.",
                "Close the other program (browser, signing program) and try again.",
            ),
            CardError::Transport(TransportError::CardReset) => {
                ("Another program interrupted the work with the card.".into(), "", "Run the command again.")
            }
            CardError::Transport(TransportError::MuteCard) => return self.mute_card(),
            CardError::Transport(TransportError::ServiceUnavailable) => return self.no_service(),
            CardError::DifferentCard => (
                "Another card is in the reader now.".into(),
                "The card was changed while the program worked: nothing was sent to the new one.",
                "Run the command again.",
            ),
            other => (
                format!("The card did not answer as it should ({other})."),
                "",
                "Take the card out, put it back and try again. If it happens again, \"cns card-report\" prepares a \
                 report without personal data to attach to an issue.",
            ),
        };
        FailureText { what, why, next }
    }
}
