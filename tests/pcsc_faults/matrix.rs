//! The matrix: card × scenario × call of PC/SC × error × before or after × reach. Prints the number of cases.

use virtual_cns::Personality;

use crate::bench::Bench;
use crate::common::apart;
use crate::disturbance::Disturbance;
use crate::scenarios::Scenario;
use crate::stranger::{self, Outcome};
use crate::table::{Failure, Table};
use crate::verdict;

/// Outside `cargo xtask soak` one case of so many is played, each card's own ones: a prime that divides no length of the
/// loops, so that every function, error and reach has its turn.
const STRIDE: usize = 19;

#[test]
fn nobody_signs_after_a_login_has_ended() {
    if let Some(part) = apart::part() {
        return play(&Personality::by_name(&part).expect("a personality"));
    }
    let names: Vec<&str> = Personality::all().iter().map(Personality::name).collect();
    let test = "matrix::nobody_signs_after_a_login_has_ended";
    let mut table = Table::default();
    let mut cases = 0;
    std::thread::scope(|scope| {
        let started: Vec<_> =
            names.iter().map(|name| (*name, scope.spawn(|| apart::alone(test, name, &[])))).collect();
        for (name, thread) in started {
            let said = thread.join().expect("no panic").unwrap_or_else(|failed| panic!("{name}: {failed}"));
            table.add(name, &said);
            cases += said
                .lines()
                .find_map(|line| line.strip_prefix("cases ")?.parse::<usize>().ok())
                .expect("a count");
        }
    });
    apart::say(&format!(
        "pcsc_faults: {cases} cases, {} cards, {} scenarios, {} failed",
        names.len(),
        Scenario::ALL.len(),
        table.failures()
    ));
    assert!(cases > 3_000, "{cases} cases");
    assert_eq!(table.failures(), 0, "\n{}", table.text());
}

/// One card's part: prints its failures and its number of cases.
fn play(personality: &Personality) {
    let bench = Bench::new(personality);
    let stride = if apart::is_soak() { 1 } else { STRIDE };
    let first =
        Personality::all().iter().position(|one| one.name() == personality.name()).expect("one of them");
    let mut number = first;
    let mut cases = 0;
    for scenario in Scenario::ALL {
        let undisturbed = scenario.play(&bench, &[]);
        cases += 1;
        report(scenario, None, &verdict::complaints(&bench, scenario, None, &undisturbed));
        for disturbance in Disturbance::all(&undisturbed.calls).filter(|one| scenario.can_meet(one)) {
            number += 1;
            if number % stride != 0 {
                continue;
            }
            let played = scenario.play(&bench, &disturbance.faults());
            cases += 1;
            let complaints = verdict::complaints(&bench, scenario, Some(&disturbance), &played);
            report(scenario, Some(&disturbance), &complaints);
        }
    }
    apart::print_line(&format!("cases {cases}"));
}

fn report(scenario: Scenario, disturbance: Option<&Disturbance>, complaints: &[String]) {
    for complaint in complaints {
        let failure = Failure {
            complaint,
            scenario: format!("{scenario:?}"),
            function: disturbance.map_or("undisturbed".to_owned(), Disturbance::function),
            when: disturbance.map_or("-".to_owned(), |one| format!("{:?}", one.when)),
            reach: disturbance.map_or("-".to_owned(), |one| format!("{:?}", one.reach)),
            error: disturbance.map_or("-".to_owned(), Disturbance::error),
        };
        apart::print_line(&failure.line());
    }
}

/// The stranger of the matrix would sign, if it could: while somebody is logged in it does, before that it does not.
#[test]
fn the_stranger_knows_the_way() {
    for personality in Personality::all() {
        let bench = Bench::new(personality);
        bench.begin_anew();
        let session = bench.client.open(bench.client.slots(true).expect("a list")[0]);
        let before = stranger::tries_to_sign(personality);
        assert!(matches!(before, Outcome::Refused(_)), "{}: {before:?}", personality.name());
        session.login(virtual_cns::DEFAULT_PIN.as_bytes()).expect("an undisturbed login");
        assert_eq!(stranger::tries_to_sign(personality), Outcome::Signed, "{}", personality.name());
    }
}
