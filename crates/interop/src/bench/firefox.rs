//! The real Firefox: started with the module, the card listed, a login, pages. A person in front of it reads each page
//! before they go on; what is counted is what they wait for.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::fixture::{Bed, Showing};
use super::results::Figure;
use super::scenario::Scenario;
use crate::clients::browsers::firefox::{Firefox, Registration};
use crate::testbed::Stack;
use crate::testbed::browser::{Browser, Site, answered_page};
use crate::testbed::desk::Tls;

/// What the module's user sees first, second and third.
const PAGES: &[&str] = &["/first", "/second", "/third"];
/// How long a page is looked at: longer than Firefox believes what it knows of readers (1 s) and of their list (3 s), so
/// that it asks again before each page, as it does with a person.
const READING: Duration = Duration::from_secs(4);

/// One Firefox: its start, the login, three pages.
pub fn login(bed: &mut Bed<'_>) -> Result<Showing> {
    visits(bed, &[PAGES], Scenario::FirefoxLogin, Scenario::FirefoxLoginCard)
}

/// Three times a day: Firefox started anew, the login, a page.
pub fn three_times(bed: &mut Bed<'_>) -> Result<Showing> {
    visits(bed, &[&PAGES[..1]; 3], Scenario::FirefoxThrice, Scenario::FirefoxThriceCard)
}

/// One Firefox after the other, each with its pages: everything the card was asked from the first one's start to the last
/// one's end.
fn visits(bed: &mut Bed<'_>, all: &[&[&str]], scenario: Scenario, card: Scenario) -> Result<Showing> {
    let stack = &*bed.stack;
    let before = stack.card.traffic();
    let mut waited = Duration::ZERO;
    let mut showing = Showing::default();
    for pages in all {
        match visit(stack, pages) {
            Ok(time) => waited += time,
            // The others' figures are worth having all the same.
            Err(error) => {
                println!("{error:#}");
                showing.outcomes.extend([scenario, card].map(|row| (row, Err("no page".to_owned()))));
                return Ok(showing);
            }
        }
    }
    let crossed = Figure::crossed(stack.card.traffic() - before, 1.0);
    let value = waited.as_secs_f64() * 1000.0;
    showing.outcomes.push((scenario, Ok(Figure { value, ..crossed })));
    showing.outcomes.push((card, Ok(crossed)));
    Ok(showing)
}

/// What a person waits for: from Firefox's start until it can be used, and from each page's address to the page, every
/// question answered at once.
fn visit(stack: &Stack, pages: &[&str]) -> Result<Duration> {
    let site = Site::portal(&stack.desk)?;
    let mut firefox = Firefox::start(&stack.desk, Registration::Policy, Tls::V1_3)?;
    let mut waited = firefox.starting();
    for page in pages {
        thread::sleep(READING);
        let start = Instant::now();
        answered_page(&mut firefox, stack, &site, page)?;
        waited += start.elapsed();
    }
    firefox.quit()?;
    Ok(waited)
}
