//! `cargo xtask bench`: this module and OpenSC's in turn, on the same virtual card, through the same pcscd.
//!
//! A command, not a test: it measures times, which are compared within one run only. What is counted (commands and
//! bytes) is asserted by the client checks "bench: counts", which play the same scenarios.

pub mod card_sets;
mod document;
mod firefox;
pub mod fixture;
pub mod limits;
mod lower_bound;
pub mod module_under_test;
mod options;
mod parallel;
mod plot;
mod results;
pub mod scenario;
mod table;
pub mod user_day;
pub mod workload;

use std::time::Instant;

use anyhow::{Context as _, Result};

use crate::sandbox::Sandbox;
use crate::testbed::Testbed;
use crate::testbed::card::InsertedCard;
use crate::{cargo, clients, packages};
use card_sets::CardSet;
use fixture::Fixture;
use module_under_test::ModuleUnderTest;
pub use options::BenchOptions;
use results::Results;
pub use scenario::Pace;
use table::Comparison;

/// What the runs need besides Firefox and its surroundings.
const PACKAGES: &[&str] = &["opensc-pkcs11"];

/// The exit code: 0 unless something could not be measured at all.
pub fn run(options: &BenchOptions) -> Result<u8> {
    let Some(sandbox) = Sandbox::current()? else {
        packages::ensure(packages::BUILD.iter().chain(PACKAGES).copied())?;
        clients::install(&["Firefox".to_owned()])?;
        workload::build()?;
        if options.module.is_none() {
            cargo::release_module()?;
        }
        return Sandbox::enter(|_| ());
    };
    let modules = modules(options, &sandbox)?;
    for module in &modules {
        println!("{}: {}", module.name, module.path.display());
    }
    let start = Instant::now();
    let mut results = Results::default();
    for set in card_sets::select(options) {
        if card_sets::FIREFOX.contains(&set.name) && !sandbox.private {
            println!("skipped: {}: this machine allows no mounts of its own for its policies", set.name);
            continue;
        }
        play(&set, &sandbox, rounds(options), &modules, &mut results)
            .with_context(|| format!("{} on {}", set.name, set.card))?;
    }
    for (whole, wait) in scenario::WAITS {
        results.add_waiting_time(*whole, *wait);
    }
    let measured = Comparison { results: &results, modules: &modules };
    let text = report(&measured, rounds(options));
    println!("\n{text}");
    for missed in measured.missed() {
        println!("missed: {missed}");
    }
    println!("bench: {:.0} s", start.elapsed().as_secs_f64());
    if options.write {
        document::write(&text, &plot::picture(&measured))?;
        println!("written: docs/performance.md, docs/performance.svg");
    }
    Ok(0)
}

fn rounds(options: &BenchOptions) -> usize {
    if options.quick { 1 } else { options.rounds.max(1) }
}

/// This module, OpenSC as it comes, OpenSC for cards on which it needs to be told more, and whoever else was named.
fn modules(options: &BenchOptions, sandbox: &Sandbox) -> Result<Vec<ModuleUnderTest>> {
    let own = ModuleUnderTest::new("cns-pkcs11", &clients::module(options.module.as_deref())?)?;
    let opensc = match &options.opensc {
        Some(path) => ModuleUnderTest::new("OpenSC (given)", path)?,
        None => ModuleUnderTest::debian_opensc()?,
    };
    let told = opensc.with_extended_length(1, &sandbox.folder)?;
    let mut modules = vec![own, opensc, told];
    for (name, path) in &options.against {
        modules.push(ModuleUnderTest::new(name, path)?);
    }
    Ok(modules)
}

/// All rounds of a set, everybody's turn in each.
fn play(
    set: &CardSet,
    sandbox: &Sandbox,
    rounds: usize,
    all: &[ModuleUnderTest],
    results: &mut Results,
) -> Result<()> {
    let folder = sandbox.folder.join(format!("{}-{}-{:?}", set.name, set.card, set.pace));
    let card = InsertedCard::with_certificate_length(set.card, fixture::CERTIFICATE)?;
    let mut testbed = Testbed::with_card(sandbox, &folder.join("testbed"), &all[0].path, card)?;
    let mut fixture = Fixture::new(&mut testbed, folder, workload::path()?, set.pace);
    let mut failed = vec![false; all.len()];
    for round in 1..=rounds.min(set.most_rounds) {
        for (number, module) in all.iter().enumerate() {
            if module.stands_in_for.is_some_and(|other| !failed[other]) {
                continue;
            }
            let mut outcomes = set.known_failure(results, number);
            if outcomes.is_empty() {
                fixture.set_up(module)?;
                outcomes = (set.play)(&mut fixture).with_context(|| module.name.clone())?.outcomes;
            }
            for (scenario, outcome) in outcomes {
                let unit = scenario.unit();
                println!(
                    "{round} {} [{}, {}], {}: {}",
                    scenario.title(),
                    set.card,
                    set.pace.name(),
                    module.name,
                    table::brief(&outcome, unit)
                );
                failed[number] |= outcome.is_err();
                results.add(set.row(scenario), number, outcome);
            }
        }
    }
    Ok(())
}

/// Everything measured, as Markdown.
fn report(measured: &Comparison, rounds: usize) -> String {
    let mut text = format!(
        "Medians of {rounds} rounds on one machine: {}. \"Ratio\" is the time of this module by that of OpenSC in the \
         same run.\n",
        document::machine()
    );
    for (pace, title) in [
        (Pace::Contact, "A contact card: 20 ms for a command, 10 kB/s"),
        (Pace::Instant, "A card as fast as the computer"),
    ] {
        text += &format!("\n### {title}\n\n{}", measured.card_table(pace));
    }
    text + &format!("\n### Inside the computer\n\n{}", measured.inside_table())
}
