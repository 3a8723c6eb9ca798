//! What is measured: each scenario with its words, and the unit of its figure.

use std::time::Duration;

use virtual_cns::Latency;

/// A thing a person or a program waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scenario {
    ColdList,
    SecondList,
    FirstSignature,
    LaterSignature,
    TenSignatures,
    FirefoxLogin,
    FirefoxLoginWait,
    FirefoxLoginCard,
    FirefoxThrice,
    FirefoxThriceWait,
    FirefoxThriceCard,
    Foreign,
    EightThreads,
    StartWithCard,
    TwoReaders,
    StartWithoutCard,
    LookWhileSigning,
    Find,
    SigningProcessor,
    Memory,
    Library,
}

/// A browser has much to do by itself. What the card's pace adds to it is the difference of the two paces.
pub const WAITS: &[(Scenario, Scenario)] = &[
    (Scenario::FirefoxLogin, Scenario::FirefoxLoginWait),
    (Scenario::FirefoxThrice, Scenario::FirefoxThriceWait),
];

/// What the figure of a scenario is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Milliseconds, at the pace of the card.
    CardMilliseconds,
    /// Milliseconds, microseconds or kilobytes that have nothing to do with the card's pace.
    Milliseconds,
    Microseconds,
    Kilobytes,
    /// Times the time of one.
    Times,
}

impl Scenario {
    /// What the table calls it.
    pub fn title(self) -> &'static str {
        match self {
            Self::ColdList => "list the card, first time",
            Self::SecondList => "list it in a second process",
            Self::FirstSignature => "login and first signature",
            Self::LaterSignature => "a later signature",
            Self::TenSignatures => "ten signatures",
            Self::FirefoxLogin => "Firefox: start, login, three pages",
            Self::FirefoxLoginWait => "– of that, what the card's pace adds",
            Self::FirefoxLoginCard => "– the card's own time meanwhile",
            Self::FirefoxThrice => "Firefox, started three times: login and a page each",
            Self::FirefoxThriceWait => "– of that, what the card's pace adds to the three",
            Self::FirefoxThriceCard => "– the card's own time in the three",
            Self::Foreign => "turn a payment card away",
            Self::EightThreads => "8 threads sign once each",
            Self::TwoReaders => "two readers sign at once, by the time of one",
            Self::StartWithCard => "C_Initialize and C_GetSlotList, card in",
            Self::StartWithoutCard => "C_Initialize and C_GetSlotList, no card",
            Self::LookWhileSigning => "C_GetSlotInfo while another thread signs, 500 ms card, p99",
            Self::Find => "C_FindObjects round, listed slot",
            Self::SigningProcessor => "processor time of C_Sign",
            Self::Memory => "memory after listing",
            Self::Library => "library and what it loads, on disk",
        }
    }

    pub fn unit(self) -> Unit {
        match self {
            Self::StartWithoutCard | Self::LookWhileSigning | Self::SigningProcessor => Unit::Milliseconds,
            Self::Find => Unit::Microseconds,
            Self::Memory | Self::Library => Unit::Kilobytes,
            Self::TwoReaders => Unit::Times,
            _ => Unit::CardMilliseconds,
        }
    }
}

/// How fast the card is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Pace {
    /// As a contact card in a reader: 20 ms for a command, 10 kB/s; see docs/performance.md
    Contact,
    /// As fast as the computer
    #[value(name = "none")]
    Instant,
}

impl Pace {
    pub fn name(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Instant => "no latency",
        }
    }

    pub fn latency(self) -> Latency {
        match self {
            Self::Contact => {
                Latency { per_command: Duration::from_millis(20), per_byte: Duration::from_micros(100) }
            }
            Self::Instant => Latency::default(),
        }
    }
}

/// A line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    pub pace: Pace,
    pub scenario: Scenario,
    /// The personality in the reader.
    pub card: &'static str,
}
