//! What became of each mutant, over all stages and, where the work is taken up again, over several runs.

use std::collections::BTreeMap;
use std::ops::AddAssign;
use std::path::Path;

use anyhow::Result;
use fs_err as fs;

/// The files in which cargo-mutants leaves its verdicts, the better one first.
const CAUGHT: &str = "caught";
const TIMEOUT: &str = "timeout";
const UNVIABLE: &str = "unviable";
const MISSED: &str = "missed";

/// The verdict of each mutant by its name, which begins with the path of its file.
#[derive(Debug, Default)]
pub struct Outcomes(BTreeMap<String, String>);

impl Outcomes {
    /// As an earlier run left them in this file; none where there is none.
    pub fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap_or_default();
        let pairs = text.lines().filter_map(|line| line.split_once('\t'));
        Self(pairs.map(|(verdict, mutant)| (mutant.to_owned(), verdict.to_owned())).collect())
    }

    pub fn write(&self, path: &Path) -> Result<()> {
        let lines: String = self.0.iter().map(|(mutant, verdict)| format!("{verdict}\t{mutant}\n")).collect();
        Ok(fs::write(path, lines)?)
    }

    /// Takes in what a run of cargo-mutants left in its folder. What some tests noticed stays noticed, whatever others
    /// make of it.
    pub fn take_in(&mut self, folder: &Path) {
        for verdict in [MISSED, UNVIABLE, TIMEOUT, CAUGHT] {
            let text = fs::read_to_string(folder.join(format!("{verdict}.txt"))).unwrap_or_default();
            for mutant in text.lines() {
                let known = self.0.entry(mutant.to_owned()).or_insert_with(|| verdict.to_owned());
                if verdict != MISSED {
                    verdict.clone_into(known);
                }
            }
        }
    }

    /// The mutants that no test noticed.
    pub fn alive(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|(_, verdict)| *verdict == MISSED).map(|(mutant, _)| mutant.as_str())
    }

    /// The figures of one file of the repository.
    pub fn of(&self, file: &str) -> Figures {
        let mut figures = Figures::default();
        for (mutant, verdict) in &self.0 {
            if mutant.strip_prefix(file).is_some_and(|rest| rest.starts_with(':')) {
                figures.count(verdict);
            }
        }
        figures
    }
}

/// How many mutants ended how.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Figures {
    pub caught: usize,
    pub timeouts: usize,
    pub live: usize,
    pub not_compiling: usize,
}

impl Figures {
    fn count(&mut self, verdict: &str) {
        match verdict {
            CAUGHT => self.caught += 1,
            TIMEOUT => self.timeouts += 1,
            UNVIABLE => self.not_compiling += 1,
            _ => self.live += 1,
        }
    }

    pub fn all(self) -> usize {
        self.viable() + self.not_compiling
    }

    pub fn viable(self) -> usize {
        self.killed() + self.live
    }

    pub fn killed(self) -> usize {
        self.caught + self.timeouts
    }

    /// Of those that compile, rounded down.
    pub fn percent_killed(self) -> usize {
        (self.killed() * 100).checked_div(self.viable()).unwrap_or(100)
    }
}

impl AddAssign for Figures {
    fn add_assign(&mut self, other: Self) {
        self.caught += other.caught;
        self.timeouts += other.timeouts;
        self.live += other.live;
        self.not_compiling += other.not_compiling;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(folder: &Path, files: &[(&str, &str)]) {
        for verdict in [CAUGHT, TIMEOUT, UNVIABLE, MISSED] {
            let text = files.iter().find(|(name, _)| *name == verdict).map_or("", |(_, text)| text);
            fs::write(folder.join(format!("{verdict}.txt")), text).unwrap();
        }
    }

    #[test]
    fn a_later_stage_improves_a_verdict_and_never_worsens_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut verdicts = Outcomes::default();
        run(folder.path(), &[("missed", "a.rs:1: x\na.rs:2: y\n"), ("timeout", "a.rs:3: z\n")]);
        verdicts.take_in(folder.path());
        run(folder.path(), &[("caught", "a.rs:1: x\n"), ("missed", "a.rs:2: y\na.rs:3: z\n")]);
        verdicts.take_in(folder.path());
        let kept = folder.path().join("verdicts");
        verdicts.write(&kept).unwrap();
        let verdicts = Outcomes::read(&kept);
        assert_eq!(verdicts.of("a.rs"), Figures { caught: 1, timeouts: 1, live: 1, not_compiling: 0 });
        assert_eq!(verdicts.alive().collect::<Vec<_>>(), ["a.rs:2: y"]);
        assert_eq!(verdicts.of("a"), Figures::default());
    }

    #[test]
    fn percent_is_of_what_compiles_and_never_rounded_up() {
        let figures = Figures { caught: 84, timeouts: 0, live: 15, not_compiling: 50 };
        assert_eq!((figures.percent_killed(), figures.all()), (84, 149));
    }
}
