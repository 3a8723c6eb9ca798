//! The real Firefox: started with the module, the card listed, a login, three pages.

use std::time::Instant;

use anyhow::Result;

use super::bed::{Bed, Showing};
use super::results::Figure;
use super::scenario::Scenario;
use crate::clients::browsers::firefox::{Firefox, Registration};
use crate::stack::browser::{Browser, Site, answered_page};
use crate::stack::desk::Tls;

/// What the module's user sees first, second and third.
const PAGES: &[&str] = &["/first", "/second", "/third"];

/// Commands and bytes from the browser's start to the third page; the time from the first page's address to the third
/// page, every question answered at once.
pub fn login(bed: &mut Bed<'_>) -> Result<Showing> {
    let stack = &*bed.stack;
    let site = Site::portal(&stack.desk)?;
    let before = stack.card.traffic();
    let mut firefox = Firefox::start(&stack.desk, Registration::Policy, Tls::V1_3)?;
    let start = Instant::now();
    for page in PAGES {
        answered_page(&mut firefox, stack, &site, page)?;
    }
    let value = start.elapsed().as_secs_f64() * 1000.0;
    let traffic = stack.card.traffic() - before;
    firefox.quit()?;
    let mut showing = Showing::default();
    let crossed = Figure::crossed(traffic, 1.0);
    showing.outcomes.push((Scenario::FirefoxLogin, Ok(Figure { value, ..crossed })));
    showing.outcomes.push((Scenario::FirefoxCard, Ok(crossed)));
    Ok(showing)
}
