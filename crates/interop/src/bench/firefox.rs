//! The real Firefox: started with the module, the card listed, a login, pages. A person in front of it reads each page
//! before they go on; what is counted is what they wait for.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::fixture::{Fixture, ScenarioRun};
use super::results::Figure;
use super::scenario::Scenario;
use crate::clients::browsers::firefox::{Firefox, Registration};
use crate::testbed::Testbed;
use crate::testbed::browser::{Browser, Site, page_with_prompts};
use crate::testbed::client_environment::Tls;

/// What the module's user sees first, second and third.
const PAGES: &[&str] = &["/first", "/second", "/third"];
/// How long a page is looked at: longer than Firefox believes what it knows of readers (1 s) and of their list (3 s), so
/// that it asks again before each page, as it does with a person.
const READING: Duration = Duration::from_secs(4);

/// One Firefox: its start, the login, three pages.
pub fn login(fixture: &mut Fixture<'_>) -> Result<ScenarioRun> {
    visits(fixture, &[PAGES], Scenario::FirefoxLogin, Scenario::FirefoxLoginCard)
}

/// Three times a day: Firefox started anew, the login, a page.
pub fn three_times(fixture: &mut Fixture<'_>) -> Result<ScenarioRun> {
    visits(fixture, &[&PAGES[..1]; 3], Scenario::FirefoxThrice, Scenario::FirefoxThriceCard)
}

/// One Firefox after the other, each with its pages: everything the card was asked from the first one's start to the last
/// one's end.
fn visits(
    fixture: &mut Fixture<'_>,
    all: &[&[&str]],
    scenario: Scenario,
    card: Scenario,
) -> Result<ScenarioRun> {
    let testbed = &*fixture.testbed;
    let before = testbed.card.traffic();
    let mut waited = Duration::ZERO;
    let mut run = ScenarioRun::default();
    for pages in all {
        match visit(testbed, pages) {
            Ok(time) => waited += time,
            // The others' figures are worth having all the same.
            Err(error) => {
                println!("{error:#}");
                run.outcomes.extend([scenario, card].map(|row| (row, Err("no page".to_owned()))));
                return Ok(run);
            }
        }
    }
    let crossed = Figure::crossed(testbed.card.traffic() - before, 1.0);
    let value = waited.as_secs_f64() * 1000.0;
    run.outcomes.push((scenario, Ok(Figure { value, ..crossed })));
    run.outcomes.push((card, Ok(crossed)));
    Ok(run)
}

/// What a person waits for: from Firefox's start until it can be used, and from each page's address to the page, every
/// question answered at once.
fn visit(testbed: &Testbed, pages: &[&str]) -> Result<Duration> {
    let site = Site::portal(&testbed.client)?;
    let mut firefox = Firefox::start(&testbed.client, Registration::Policy, Tls::V1_3)?;
    let mut waited = firefox.starting();
    for page in pages {
        thread::sleep(READING);
        let start = Instant::now();
        page_with_prompts(&mut firefox, testbed, &site, page)?;
        waited += start.elapsed();
    }
    firefox.quit()?;
    Ok(waited)
}
