//! Running the checks, some at a time, and telling what each client showed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Instant;

use anyhow::{Context as _, Result, anyhow};

use super::check::{Check, Client};
use super::list::{install, matching, prepare, titles, wishes};
use crate::report::{Report, StepOutcome};
use crate::sandbox::Sandbox;
use crate::testbed::Testbed;
use crate::{cargo, debian_root, packages};

#[derive(Debug, clap::Args)]
pub struct ClientOptions {
    /// Run only the checks whose line holds one of these texts
    filter: Vec<String>,
    /// With the programs of this release of Debian (bookworm, trixie), in a folder that debootstrap makes
    #[arg(long, value_name = "SUITE")]
    on: Option<String>,
    /// Use this module instead of building our own
    #[arg(long, value_name = "PATH")]
    module: Option<PathBuf>,
    /// Only say which checks there are
    #[arg(long)]
    list: bool,
}

/// Checks that run at the same time: most of a check is waiting, for pcscd to look at its reader again.
const AT_A_TIME: usize = 4;

/// `cargo xtask clients`.
pub fn run(options: &ClientOptions) -> Result<u8> {
    if options.list {
        for title in titles() {
            println!("{title}");
        }
        return Ok(0);
    }
    let filter = &options.filter;
    if let Some(sandbox) = Sandbox::current()? {
        return run_inside(&sandbox, &module(options.module.as_deref())?, filter);
    }
    if let Some(suite) = &options.on {
        return debian_root::enter(suite, &wishes(filter), |folder| prepare(folder, filter));
    }
    packages::ensure(packages::BUILD.iter().copied())?;
    install(filter)?;
    cargo::release_for_clients()?;
    Sandbox::enter(|folder| prepare(folder, filter))
}

/// The module a run uses: the one it was given, or our own.
pub fn module(given: Option<&Path>) -> Result<PathBuf> {
    match given {
        Some(path) => path.canonicalize().with_context(|| format!("no module: {}", path.display())),
        None => cargo::module_path(),
    }
}

/// Runs the checks in `sandbox`, some at a time, and prints their lines in order, then one line per client; answers
/// the exit code.
pub fn run_inside(sandbox: &Sandbox, module: &Path, filter: &[String]) -> Result<u8> {
    println!("module: {}", module.display());
    let waiting = Mutex::new(matching(filter).into_iter().enumerate());
    let (done, results) = mpsc::channel();
    let mut report = Report::default();
    let mut clients = Vec::<ClientSummary>::new();
    thread::scope(|scope| {
        // With only one pcscd there is only one reader to share.
        for _ in 0..if sandbox.private { AT_A_TIME } else { 1 } {
            let (waiting, done) = (&waiting, done.clone());
            scope.spawn(move || {
                while let Some((number, (client, check))) = next(waiting) {
                    let folder = sandbox.folder.join(format!("check-{number}"));
                    let start = Instant::now();
                    let outcome = run_check(sandbox, &folder, module, client, &check);
                    let _ = done.send((number, client, check, start.elapsed(), outcome));
                }
            });
        }
        drop(done);
        let mut early = BTreeMap::new();
        let mut expected = 0;
        for (number, client, check, duration, outcome) in results {
            early.insert(number, (client, check, duration, outcome));
            while let Some((client, check, duration, outcome)) = early.remove(&expected) {
                ClientSummary::note(&mut clients, client, &check, &outcome);
                report.line(&check.title(), duration, outcome);
                expected += 1;
            }
        }
    });
    println!();
    for client in &clients {
        println!("{}", client.line());
    }
    Ok(report.close("clients"))
}

/// The next check of those that wait; locked for this moment only.
fn next<T>(waiting: &Mutex<impl Iterator<Item = T>>) -> Option<T> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner).next()
}

fn run_check(
    sandbox: &Sandbox,
    folder: &Path,
    module: &Path,
    client: &Client,
    check: &Check,
) -> Result<StepOutcome> {
    let missing = packages::missing(client.packages.iter().copied())?;
    if !missing.is_empty() {
        return Ok(StepOutcome::Skipped(format!("not installed, and not to be had: {}", missing.join(", "))));
    }
    let mut testbed = Testbed::start(sandbox, folder, module, check.personality)?;
    (check.run)(&mut testbed).map_err(|error| {
        let diagnostics = testbed.diagnostics();
        anyhow!("{error:#}\n{diagnostics}")
    })
}

/// What a client showed, over all its checks.
struct ClientSummary {
    client: &'static Client,
    checks: usize,
    passed: Vec<&'static str>,
    passes: usize,
}

impl ClientSummary {
    fn note(clients: &mut Vec<Self>, client: &'static Client, check: &Check, outcome: &Result<StepOutcome>) {
        if clients.last().is_none_or(|last| last.client.name != client.name) {
            clients.push(Self { client, checks: 0, passed: vec![], passes: 0 });
        }
        let Some(this) = clients.last_mut() else { return };
        this.checks += 1;
        if matches!(outcome, Ok(StepOutcome::Passed(_))) {
            this.passes += 1;
            if this.passed.last() != Some(&check.name) {
                this.passed.push(check.name);
            }
        }
    }

    /// "Java (openjdk-17-jdk-headless 17.0.15+6-1~deb12u1): 4 of 4 checks passed: … | …"
    fn line(&self) -> String {
        let versions: Vec<String> = self.client.programs.iter().map(|name| packages::version(name)).collect();
        format!(
            "client: {} ({}): {} of {} checks passed: {}",
            self.client.name,
            versions.join(", "),
            self.passes,
            self.checks,
            self.passed.join(" | ")
        )
    }
}
