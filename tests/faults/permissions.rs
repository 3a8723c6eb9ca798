//! After which incidents a person may have to do more than try again, why, and how that shows. Whatever is not here must
//! work at the next attempt.

use crate::bench::Bench;
use crate::incidents::Incident;
use crate::scenarios::Scenario;

/// Why the next attempt may fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Reason {
    /// The card said 63C1 to a PIN command: the last try is kept until it was taken out (decision 0003).
    LastRetryProtected,
    /// The card said, or seemed to say, that the PIN is in another of its applications: it was sent there next, twice
    /// without a verdict, which leaves one try as far as anybody can know.
    PinElsewhere,
    /// The card lied in good form about its certificate: the first signature does not fit it, and the certificate is read
    /// once more (decision 0029).
    BelievedALie,
    /// Its ATR does not say what it is, it was asked, and said in good form that it is another card.
    AskedWhatItIs,
    /// It was asked, and the answer was none: it is asked again after a rest.
    AskedInDoubt,
    /// A file seemed to be absent or empty: the card counts as one without certificate, and is read again after a rest.
    SeemedEmpty,
    /// Three readings in a row failed.
    FailedThrice,
}

impl Reason {
    /// Whether the card is to be taken out and put in again; for the others it is enough to wait a moment.
    pub(crate) fn wants_the_card_out(self) -> bool {
        match self {
            Self::LastRetryProtected | Self::PinElsewhere | Self::AskedWhatItIs => true,
            Self::BelievedALie | Self::AskedInDoubt | Self::SeemedEmpty | Self::FailedThrice => false,
        }
    }

    /// How the attempt fails then, and in no other way.
    fn shows_as(self, attempt: &str) -> bool {
        match self {
            // CKR_FUNCTION_FAILED; of the other application's PIN there was an attempt before, a CKR_DEVICE_ERROR.
            Self::LastRetryProtected => matches!(attempt, "C_Login 0x6" | "C_InitPIN 0x6"),
            Self::PinElsewhere => matches!(attempt, "C_Login 0x30" | "C_InitPIN 0x30" | "C_Login 0x6"),
            Self::BelievedALie => attempt == "C_Sign 0x32",
            Self::AskedWhatItIs | Self::AskedInDoubt => attempt == "C_OpenSession 0xe1",
            Self::SeemedEmpty => attempt == "0 keys",
            Self::FailedThrice => attempt == "C_OpenSession 0x30",
        }
    }

    /// Whether it can be so after this incident in this scenario on this card.
    fn may_be(self, bench: &Bench, scenario: Scenario, incident: &Incident) -> bool {
        let reads_the_card = scenario.reads_the_card();
        let sends_a_pin = scenario.pin_instruction().is_some();
        match self {
            Self::LastRetryProtected => sends_a_pin && incident.name == "63C1",
            Self::PinElsewhere => {
                let in_two_places = ["ace2025", "ace2025-esign"].contains(&bench.card);
                sends_a_pin && in_two_places && (incident.name == "6A88" || incident.is_success())
            }
            Self::BelievedALie => reads_the_card && incident.is_credible,
            Self::AskedWhatItIs => {
                // One is asked for its application; of the others the certificate tells whether it is a CNS at all.
                let may_be_foreign = ["st2022-nfc", "idemia2021", "cosmo91", "idemia-nfc"];
                reads_the_card && may_be_foreign.contains(&bench.card) && incident.may_mean_absent
            }
            Self::AskedInDoubt => reads_the_card && bench.card == "st2022-nfc",
            Self::SeemedEmpty => reads_the_card && incident.may_mean_absent,
            Self::FailedThrice => reads_the_card && incident.without_end,
        }
    }
}

const ALL: [Reason; 7] = [
    Reason::LastRetryProtected,
    Reason::PinElsewhere,
    Reason::BelievedALie,
    Reason::AskedWhatItIs,
    Reason::AskedInDoubt,
    Reason::SeemedEmpty,
    Reason::FailedThrice,
];

/// Why an attempt that failed in this way was allowed to; `None` when it was not.
pub(crate) fn reason(
    bench: &Bench,
    scenario: Scenario,
    incident: &Incident,
    attempt: &str,
) -> Option<Reason> {
    ALL.into_iter().find(|reason| reason.may_be(bench, scenario, incident) && reason.shows_as(attempt))
}
