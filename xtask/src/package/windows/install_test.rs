//! The installer under wine: what it brings, mends, replaces, leaves alone and takes away.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};
use cns_registration::{CardType, MINIDRIVER, bare_contactless, before_all_others, card_types};
use fs_err as fs;

use super::super::snapshot::{Snapshot, snapshot};
use super::super::tools::{TIMEOUT, version};
use super::installer::Installer;
use super::keys::{WINDOWS_FOLDER, expect_keys, file_key, hex, key, versions};
use super::registry_file::{self, Registry};
use super::stage::{OLDER, installed_files, older, packed_file, product};
use crate::foreign::toolchain;
use crate::foreign::wine::{WinePrefix, windows_path};
use interop::process::{self, ProgramOutput};
use interop::report::{Report, StepOutcome};
use interop::sandbox::Sandbox;

/// Where it installs, below the drive.
const FOLDER: &str = "Program Files/CNS";

/// The lot that another product has in the test, and its key there.
const LOT: &str = "CNS ST 2021";
const FOREIGN: &str = "Bit4id card of a test";

/// What regsvr32 answers of a library that it could load, and that has no function to register itself.
const LOADED: i32 = 4;

/// The test, in a sandbox of its own.
pub fn run_inside(sandbox: &Sandbox) -> Result<u8> {
    let mut report = Report::default();
    let test = InstallTest {
        prefix: WinePrefix { folder: sandbox.folder.join("wine"), built: toolchain::folder() },
    };
    let mut before = None;
    report.step("a folder of settings for wine", || {
        test.prefix.make()?;
        before = Some(test.look()?);
        Ok(())
    });
    let before = before.context("no wine: see above")?;
    report.step("an installation that fails is taken back: as before", || test.fail(&before));
    report.step("install, silently: files, keys, menu, programs that start", || test.install());
    report.step("repair: a file and a key that were lost are back", || test.repair());
    report.step("remove: files and registry as before", || test.remove(&product(), &before));
    report.step("upgrade: the newer version alone, its keys", || test.upgrade());
    report.step("an older version is refused", || test.downgrade());
    report.step("remove after the upgrade: as before", || test.remove(&product(), &before));
    report.step("upgrade: what a person asked for stays", || test.upgrade_keeps_wishes());
    report.step("remove after that: as before", || test.remove(&product(), &before));
    report.step("another product's card stays its own", || test.foreign());
    report.step("REGISTER_ALL=1 takes the card, and the other product's key stays", || test.take_over());
    report.step("remove: the other product's key is left, and nothing else", || {
        test.foreign_key("delete", &["/f"])?;
        test.remove(&product(), &before)
    });
    test.prefix.end_services();
    Ok(report.close("the installer under wine"))
}

/// A computer, as wine shows it.
struct InstallTest {
    prefix: WinePrefix,
}

/// What is on it.
#[derive(Debug, PartialEq)]
struct State {
    files: Snapshot,
    registry: Registry,
}

impl InstallTest {
    fn drive(&self) -> PathBuf {
        self.prefix.folder.join("drive_c")
    }

    fn installed(&self, name: &str) -> PathBuf {
        self.drive().join(FOLDER).join(name)
    }

    fn wine(&self, arguments: &[&str]) -> Result<ProgramOutput> {
        let mut command = Command::new("wine");
        command.args(arguments).envs(self.prefix.settings()).current_dir(&self.prefix.folder);
        process::run(command, "", TIMEOUT)
    }

    fn msiexec(&self, arguments: &[&str]) -> Result<ProgramOutput> {
        self.wine(&[&["msiexec"], arguments, &["/qn"]].concat())
    }

    fn install_from(&self, installer: &Installer, properties: &[&str]) -> Result<ProgramOutput> {
        self.msiexec(&[&["/i", &windows_path(&installer.path)], properties].concat())?.succeed()
    }

    /// The registry, once wine has written it.
    fn registry(&self) -> Result<Registry> {
        let mut wait = Command::new("wineserver");
        wait.arg("--wait").envs(self.prefix.settings());
        process::run(wait, "", TIMEOUT)?.succeed()?;
        let mut registry = registry_file::read(&self.prefix.folder.join("system.reg"))?;
        registry.extend(registry_file::read(&self.prefix.folder.join("user.reg"))?);
        Ok(registry)
    }

    fn look(&self) -> Result<State> {
        let registry = self.registry()?;
        let mut files = snapshot(&self.drive())?;
        // Wine's own, for the packages that it has installed.
        files.retain(|path, _| !path.ends_with("windows/Installer"));
        Ok(State { files, registry })
    }

    fn install(&self) -> Result<StepOutcome> {
        self.install_from(&product(), &[])?;
        let mut names: Vec<&str> = installed_files().collect();
        for name in &names {
            let same = fs::read(self.installed(name))? == fs::read(packed_file(name))?;
            ensure!(same, "{name} is not as it was packed");
        }
        names.sort_unstable();
        let mut there: Vec<String> = fs::read_dir(self.drive().join(FOLDER))?
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .collect();
        there.sort();
        ensure!(there == names, "other files are installed: {there:?}");
        let files = snapshot(&self.drive())?;
        ensure!(files.keys().any(|path| path.ends_with("Programs/Carta CNS.lnk")), "no entry in the menu");
        let registry = self.registry()?;
        expect_keys(&registry, &card_types())?;
        ensure!(versions(&registry) == [version()], "not on the list of programs: {:?}", versions(&registry));
        let command = format!("{WINDOWS_FOLDER}\\cns.exe");
        let said = self.wine(&[&command, "--version"])?.succeed()?;
        said.expect_output(&format!("cns {}", version()))?;
        let module = format!("{WINDOWS_FOLDER}\\cns_pkcs11.dll");
        self.wine(&[&command, "load-module", &module])?.succeed()?.expect_output("cns-pkcs11")?;
        let answer = self.wine(&["regsvr32", "/s", &format!("{WINDOWS_FOLDER}\\{MINIDRIVER}")])?;
        let loaded = answer.status.and_then(|status| status.code()) == Some(LOADED);
        ensure!(loaded, "{}", answer.report("the minidriver was not loaded"));
        let keys = card_types().len();
        Ok(StepOutcome::Passed(format!(
            "{} files, {keys} keys, cns {} runs, both libraries load",
            names.len(),
            version()
        )))
    }

    fn repair(&self) -> Result<()> {
        fs::remove_file(self.installed("README.txt"))?;
        self.wine(&["reg", "delete", &key(LOT), "/f"])?.succeed()?;
        // What `msiexec /fa` means to the Windows Installer; wine's has no /f.
        let code = product().product_code();
        self.msiexec(&["/i", &code, "REINSTALL=ALL", "REINSTALLMODE=amus"])?.succeed()?;
        ensure!(self.installed("README.txt").exists(), "the file is not back");
        expect_keys(&self.registry()?, &card_types())
    }

    fn remove(&self, installer: &Installer, before: &State) -> Result<StepOutcome> {
        self.msiexec(&["/x", &installer.product_code()])?.succeed()?;
        self.as_before(before)
    }

    /// Every file and every value.
    fn as_before(&self, before: &State) -> Result<StepOutcome> {
        let after = self.look()?;
        let other: Vec<_> =
            before.registry.iter().filter(|(name, value)| after.registry.get(*name) != Some(value)).collect();
        let new: Vec<_> = after.registry.keys().filter(|name| !before.registry.contains_key(*name)).collect();
        ensure!(other.is_empty() && new.is_empty(), "values changed: {other:?}; new: {new:?}");
        let other: Vec<_> =
            before.files.iter().filter(|(path, seen)| after.files.get(*path) != Some(seen)).collect();
        let new: Vec<_> = after.files.keys().filter(|path| !before.files.contains_key(*path)).collect();
        ensure!(other.is_empty() && new.is_empty(), "files changed: {other:?}; new: {new:?}");
        let counts = (after.files.len(), after.registry.len());
        Ok(StepOutcome::Passed(format!(
            "{} files and folders, {} values of the registry",
            counts.0, counts.1
        )))
    }

    /// The last thing that the installer does fails: it does not know what it was asked for.
    fn fail(&self, before: &State) -> Result<StepOutcome> {
        if self.install_from(&product(), &["REGISTER_ALL=perhaps"]).is_ok() {
            bail!("it was installed");
        }
        self.as_before(before)
    }

    fn upgrade(&self) -> Result<()> {
        self.install_from(&older(), &[])?;
        ensure!(versions(&self.registry()?) == [OLDER], "the older version is not installed");
        self.install_from(&product(), &[])?;
        let registry = self.registry()?;
        expect_keys(&registry, &card_types())?;
        ensure!(versions(&registry) == [version()], "installed: {:?}", versions(&registry));
        Ok(())
    }

    /// Windows tells the older version that it goes for a newer one. Wine does not, so the test does.
    fn upgrade_keeps_wishes(&self) -> Result<()> {
        self.install_from(&older(), &["REGISTER_NFC=1"])?;
        let wished = [card_types(), vec![bare_contactless()]].concat();
        expect_keys(&self.registry()?, &wished)?;
        let (old, new) = (older().product_code(), product().product_code());
        self.msiexec(&["/x", &old, &format!("UPGRADINGPRODUCTCODE={new}")])?.succeed()?;
        ensure!(!self.installed("cns.exe").exists(), "the older version is not gone");
        expect_keys(&self.registry()?, &wished)?;
        self.install_from(&product(), &[])?;
        expect_keys(&self.registry()?, &wished)
    }

    fn downgrade(&self) -> Result<()> {
        if self.install_from(&older(), &[]).is_ok() {
            bail!("the older version was installed");
        }
        ensure!(versions(&self.registry()?) == [version()], "the newer version is gone");
        Ok(())
    }

    /// Another product has a lot before ours comes.
    fn foreign(&self) -> Result<()> {
        let lot = lot()?;
        for (name, bytes) in [("ATR", &lot.atr), ("ATRMask", &lot.mask)] {
            self.foreign_key("add", &["/v", name, "/t", "REG_BINARY", "/d", &hex(bytes, ""), "/f"])?;
        }
        self.install_from(&product(), &[])?;
        let mut expected = card_types();
        expected.retain(|card_type| *card_type != lot);
        self.expect_foreign()?;
        expect_keys(&self.registry()?, &expected)
    }

    fn take_over(&self) -> Result<()> {
        let code = product().product_code();
        self.msiexec(&["/i", &code, "REINSTALL=ALL", "REINSTALLMODE=amus", "REGISTER_ALL=1"])?.succeed()?;
        let lot = lot()?;
        let mut expected = card_types();
        expected.retain(|card_type| *card_type != lot);
        expected.push(before_all_others(&lot.atr));
        self.expect_foreign()?;
        expect_keys(&self.registry()?, &expected)
    }

    fn foreign_key(&self, verb: &str, arguments: &[&str]) -> Result<()> {
        self.wine(&[&["reg", verb, &key(FOREIGN)], arguments].concat())?.succeed().map(drop)
    }

    fn expect_foreign(&self) -> Result<()> {
        let registry = self.registry()?;
        let value = registry.get(&(file_key(FOREIGN), "ATR".to_owned()));
        ensure!(
            value == Some(&format!("hex:{}", hex(&lot()?.atr, ","))),
            "the other product's key holds {value:?}"
        );
        Ok(())
    }
}

fn lot() -> Result<CardType> {
    card_types().into_iter().find(|card_type| card_type.name == LOT).context("the lot has another name now")
}
