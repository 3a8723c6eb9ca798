//! A clean system while it is used: the card in its reader, the person's commands, the browsers, and what has changed.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::Value;

use super::environment::{a_chromium_that_trusts, before_the_clean_system, bind, bind_service};
use super::guided_start::{self, ENGLISH};
use super::snapshot::{Snapshot, snapshot};
use super::tools::TIMEOUT;
use super::{account, pictures};
use interop::chroot::inside;
use interop::clients::browsers::chromium::{Chromium, StartOptions, USUAL};
use interop::clients::browsers::firefox::{Firefox, Registration};
use interop::clients::browsers::scenarios;
use interop::process::{self, ProgramOutput};
use interop::report::{Report, StepOutcome};
use interop::sandbox::Sandbox;
use interop::testbed::client_environment::{CLIENT_LIMIT, Tls};
use interop::testbed::{Testbed, card};

/// What gives every file back, of everybody and of the person.
const REMOVE: &str = "sudo cns setup --remove\ncns setup --remove\n";

pub struct CleanSystem {
    pub root: PathBuf,
    /// The module, as the system's programs name it.
    pub module: String,
    pub testbed: Testbed,
    pub with_firefox: Testbed,
    with_chromium: Testbed,
    /// What it consisted of before anything was set up.
    before: Snapshot,
}

impl CleanSystem {
    /// Puts a card into the reader of the system in `root`, where the module is installed. What the cards need is in folders
    /// beside it, of its name.
    pub fn with_cards(report: &mut Report, sandbox: &Sandbox, root: PathBuf, module: &str) -> Result<Self> {
        let system = root.file_name().context("the system's folder has a name")?.to_string_lossy();
        let place = |name: &str| sandbox.folder.join(format!("{system}-{name}"));
        let mut testbed = None;
        report.step("a reader and a card in the clean system", || {
            let module = root.join(&module[1..]);
            let started = Testbed::start(sandbox, &place("testbed"), &module, card::DEFAULT)?;
            bind_service(&root, &started)?;
            testbed = Some(started);
            Ok(())
        });
        let mut browsers = None;
        report.step("two more, each with a portal, for browsers of the clean system", || {
            let client = |name: &str| before_the_clean_system(sandbox, &place(name), &root, module);
            let both = (client("firefox")?, client("chromium")?);
            a_chromium_that_trusts(&root, &both.1)?;
            browsers = Some(both);
            Ok(())
        });
        let testbed = testbed.context("no card: see above")?;
        let (with_firefox, with_chromium) = browsers.context("no environments: see above")?;
        let module = module.to_owned();
        let mut system = Self { root, module, testbed, with_firefox, with_chromium, before: Snapshot::new() };
        report.step("pkcs11-tool lists the card", || system.lists_the_card());
        system.before = snapshot(&system.root)?;
        Ok(system)
    }

    /// What the module remembers of the card from now on, for either user, is no part of any setup.
    fn lists_the_card(&self) -> Result<StepOutcome> {
        output(&self.root, "pkcs11-tool", &["--module", &self.module, "-O"])?
            .expect_output("Certificate Object")?;
        let said = typed(&self.root, &format!("pkcs11-tool --module {} -L -O", self.module))?;
        let said = said.expect_output("CNS")?;
        passed(said.stdout.lines().find(|line| line.contains("token label")).unwrap_or_default().trim())
    }

    /// `cns doctor` finds all well.
    pub fn doctor(&self) -> Result<StepOutcome> {
        let said = typed(&self.root, "cns doctor --json")?;
        let document: Value = serde_json::from_str(&said.stdout)?;
        let findings = document["findings"].as_array().context("no findings")?;
        // That a card does not say how many tries are left is told, and is neither well nor a problem.
        let well = |finding: &&Value| finding["verdict"] == "ok" || finding["finding"] == "pin-tries-unknown";
        let bad: Vec<_> = findings.iter().filter(|finding| !well(finding)).collect();
        ensure!(bad.is_empty(), "{bad:#?}");
        let reached = said.stdout.contains("module-loads") && said.stdout.contains("card-recognised");
        ensure!(reached, "{}", said.stdout);
        passed(&format!("{} findings, all ok", findings.len()))
    }

    /// Firefox's policies, for all users, name this module.
    pub fn policies_name_the_module(&self) -> Result<()> {
        let policies = fs::read_to_string(self.root.join("etc/firefox/policies/policies.json"))?;
        ensure!(policies.contains(&self.module), "the policies do not name {}: {policies}", self.module);
        Ok(())
    }

    pub fn firefox_logs_in(&mut self) -> Result<StepOutcome> {
        let firefox = Firefox::start(&self.with_firefox.client, Registration::None, Tls::V1_3)?;
        scenarios::three_pages(firefox, &mut self.with_firefox, Tls::V1_3)
    }

    fn chromium_logs_in(&mut self) -> Result<StepOutcome> {
        let options = StartOptions { module: false, ..USUAL };
        let chromium = Chromium::again(&self.with_chromium.client, options)?;
        scenarios::three_pages(chromium, &mut self.with_chromium, Tls::V1_3)
    }

    /// `cns start`, the login with either browser, and every file back that was touched.
    pub fn start_and_log_in(&mut self, report: &mut Report, with_pictures: bool) {
        // What a browser writes while it runs is its own affair: here what was set up must be as before.
        let mut set_up = Snapshot::new();
        report.step("cns start in a terminal, as README.md says, for the browsers", || {
            let told = guided_start::answer(&self.root, &mut self.testbed, &ENGLISH)?;
            set_up = snapshot(&self.root)?;
            self.policies_name_the_module()?;
            passed(&told)
        });
        report.step("cns doctor after it: all is well", || self.doctor());
        report.step("Firefox logs in with what cns start wrote: chooser, one PIN, three pages", || {
            self.firefox_logs_in()
        });
        if with_pictures {
            report.step("pictures of Firefox's chooser", || pictures::chooser(&self.with_firefox));
            report.step("picture of the login, English", || pictures::login(&self.with_firefox, "en"));
        }
        report.step("Chromium logs in with what cns start wrote: chooser, one PIN, three pages", || {
            self.chromium_logs_in()
        });
        report
            .step("cns setup --remove after the browsers: every file that it had touched as it was", || {
                self.touched_as_before(&set_up)
            });
    }

    /// `cns setup --remove`, and what differed in `set_up` is as it was. A folder that was made for it stays where a browser
    /// has put something of its own into it.
    fn touched_as_before(&self, set_up: &Snapshot) -> Result<StepOutcome> {
        typed(&self.root, REMOVE)?;
        let after = snapshot(&self.root)?;
        let of_others = |path: &&PathBuf| !set_up.contains_key(*path);
        let may_stay = |folder: &Path| {
            !self.before.contains_key(folder)
                && after.keys().filter(of_others).any(|path| path.starts_with(folder))
        };
        let touched: Vec<_> = set_up
            .iter()
            .filter(|(path, seen)| self.before.get(*path) != Some(seen))
            .map(|(path, _)| path)
            .collect();
        let as_it_was = |path: &Path| after.get(path) == self.before.get(path) || may_stay(path);
        let left: Vec<_> = touched.iter().filter(|path| !as_it_was(path)).collect();
        ensure!(!touched.is_empty() && left.is_empty(), "of {} not as before: {left:?}", touched.len());
        passed(&format!("{} files and folders", touched.len()))
    }

    /// `cns setup --remove`, and every file of the system is as it was.
    pub fn as_before(&self) -> Result<StepOutcome> {
        typed(&self.root, REMOVE)?;
        let after = snapshot(&self.root)?;
        let other: Vec<_> =
            self.before.iter().filter(|(path, seen)| after.get(*path) != Some(seen)).collect();
        let new: Vec<_> = after.keys().filter(|path| !self.before.contains_key(*path)).collect();
        ensure!(other.is_empty() && new.is_empty(), "changed: {other:?}; new: {new:?}");
        passed(&format!("{} files and folders", after.len()))
    }

    /// Ends the readers' services.
    pub fn end(mut self) {
        for testbed in [&mut self.testbed, &mut self.with_firefox, &mut self.with_chromium] {
            testbed.pcscd.stop();
        }
    }
}

/// Makes the system in `root` one that programs run in, with the person who uses it.
pub fn prepared(root: &Path) -> Result<()> {
    for folder in ["proc", "dev"] {
        bind(&Path::new("/").join(folder), &root.join(folder))?;
    }
    account::add(root)
}

/// A program of the system, run by its administrator.
pub fn output(root: &Path, program: &str, arguments: &[&str]) -> Result<ProgramOutput> {
    process::run(inside(root, program, arguments), "", CLIENT_LIMIT)?.succeed()
}

/// Lines of shell, as the person types them.
pub fn typed(root: &Path, lines: &str) -> Result<ProgramOutput> {
    // Only apt asks, and only whether to go on.
    process::run(account::shell(root, lines), "y\n", TIMEOUT)?.succeed()
}

/// A step's answer that is worth a line.
pub fn passed(shown: &str) -> Result<StepOutcome> {
    Ok(StepOutcome::Passed(shown.to_owned()))
}
