//! No two files of a crate need each other: a reader can start at the bottom and finish at the top.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::findings::{Finding, check};
use crate::imports::{Imports, crates_of, imports};
use crate::sources::MEMBERS;

#[test]
fn files_import_in_one_direction() {
    let roots = MEMBERS.iter().flat_map(|member| crates_of(member));
    check("circle", roots.flat_map(|root| circles(&imports(&root))).collect());
}

/// One finding per group of files that all reach each other, with the shortest way round.
fn circles(imports: &Imports) -> Vec<Finding> {
    let reach: BTreeMap<&String, BTreeSet<&String>> =
        imports.keys().map(|file| (file, reached_from(imports, file))).collect();
    let mut seen = BTreeSet::new();
    let mut findings = Vec::new();
    for (file, reached) in &reach {
        if !reached.contains(file) || !seen.insert(*file) {
            continue;
        }
        let group: Vec<_> = reached
            .iter()
            .filter(|other| reach.get(*other).is_some_and(|back| back.contains(file)))
            .collect();
        seen.extend(group.iter().copied().copied());
        let names: Vec<_> = group.iter().map(|file| file.as_str()).collect();
        let round = shortest_circle(imports, file);
        findings.push(Finding::new(file, format!("circle of {}: {round}", names.join(", "))));
    }
    findings
}

fn reached_from<'a>(imports: &'a Imports, start: &str) -> BTreeSet<&'a String> {
    let mut reached = BTreeSet::new();
    let mut open = vec![start];
    while let Some(file) = open.pop() {
        for to in imports.get(file).into_iter().flat_map(BTreeMap::keys) {
            if reached.insert(to) {
                open.push(to);
            }
        }
    }
    reached
}

/// `a → b (Name) → a (Other)`.
fn shortest_circle(imports: &Imports, start: &str) -> String {
    let mut queue = VecDeque::from([(start, start.to_owned())]);
    let mut seen = BTreeSet::new();
    while let Some((file, so_far)) = queue.pop_front() {
        for (to, paths) in imports.get(file).into_iter().flatten() {
            let way = format!("{so_far} → {to} ({})", paths.first().map_or("", String::as_str));
            if to == start {
                return way;
            }
            if seen.insert(to) {
                queue.push_back((to, way));
            }
        }
    }
    String::new()
}
