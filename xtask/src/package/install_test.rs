//! The package in a clean system: installed with its dependencies, used, and gone without a trace.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::Value;

use super::clean_root::{self, IN_THERE};
use super::layout::MODULE;
use super::snapshot::{Snapshot, snapshot};
use super::tools::{dpkg_architecture, run_tool, version};
use super::{deb, pictures};
use interop::chroot::{apt_get, inside};
use interop::clients::browsers::chromium::{Chromium, OLD_PLACE, StartOptions, USUAL};
use interop::clients::browsers::firefox::{Firefox, Registration};
use interop::clients::browsers::{SCREEN, chromium_home, nss_database, scenarios};
use interop::debian_root;
use interop::packages;
use interop::process::{self, ProgramOutput};
use interop::report::{Report, StepOutcome};
use interop::sandbox::Sandbox;
use interop::testbed::client_environment::{CLIENT_LIMIT, ClientEnvironment, Tls};
use interop::testbed::portal::Visitor;
use interop::testbed::{Testbed, card};

/// What is tested here.
const PACKAGE: &str = "cns-pkcs11";
/// Which architecture this is.
const PACKAGES: &[&str] = &["dpkg-dev"];
/// The administrator's programs, and his own browsers.
const SETUP: &[&str] = &["setup", "all", "firefox", "chrome"];
/// What `cns setup` may make, and what must be gone with the package.
const MADE: &[&str] = &["etc/cns", "etc/firefox", "var/lib/cns", "usr/bin/cns", "usr/share/doc/cns-pkcs11"];

/// The steps outside the sandbox: a clean system, then the test inside. The pcscd, and what looks at the browsers, is this
/// system's, or that of the release the clean system has, too.
pub fn steps(report: &mut Report, with_pictures: bool, on: Option<&str>) {
    const NAME: &str = "the package in a clean system";
    let wishes = [wishes(), if with_pictures { pictures::PACKAGES.to_vec() } else { vec![] }].concat();
    let mut clean = None;
    report.step("a clean system", || {
        let suite = on.map_or_else(debian_root::own_release, |suite| Ok(suite.to_owned()))?;
        let reason = match on {
            None => debian_root::unavailable(&suite)?,
            Some(suite) => debian_root::for_clients(suite, &wishes)?.err(),
        };
        if let Some(reason) = reason {
            ensure!(on.is_none(), reason);
            return Ok(StepOutcome::Skipped(reason));
        }
        if on.is_none() {
            packages::ensure(wishes.iter().copied())?;
        }
        let made = clean.insert(clean_root::prepare(&suite, &deb::path(PACKAGE)?)?);
        Ok(StepOutcome::Passed(made.folder().display().to_string()))
    });
    report.step(NAME, || {
        if clean.is_none() {
            return Ok(StepOutcome::Skipped("there is no clean system: see above".into()));
        }
        let code = match on {
            None => Sandbox::enter(|_| ()),
            Some(suite) => debian_root::enter(suite, &wishes, |_| ()),
        };
        match code? {
            0 => Ok(().into()),
            code => anyhow::bail!("see above (exit code {code})"),
        }
    });
}

/// What the test needs outside the clean system.
pub fn wishes() -> Vec<&'static str> {
    [packages::CARD, packages::PORTAL, PACKAGES, SCREEN].concat()
}

/// The test, in a sandbox of its own.
pub fn run_inside(sandbox: &Sandbox, with_pictures: bool) -> Result<u8> {
    let mut report = Report::default();
    if !sandbox.private {
        report.step("install", || Ok(StepOutcome::Skipped("no mounts of our own here".into())));
        return Ok(report.close("install"));
    }
    let root = sandbox.overlay(&clean_root::base(&debian_root::own_release()?), "root")?;
    clean_root::bring(&deb::path(PACKAGE)?, &root)?;
    let module = format!("/usr/lib/{}/{MODULE}", dpkg_architecture("DEB_HOST_MULTIARCH")?);
    let mut patient = None;
    report.step("install: dependencies come along, everything is in its place", || install(&root, &module));
    report.step("a reader and a card in the clean system", || {
        let testbed = Testbed::start(
            sandbox,
            &sandbox.folder.join("testbed"),
            &root.join(&module[1..]),
            card::DEFAULT,
        )?;
        prepare_system(&root, &testbed)?;
        patient = Some(testbed);
        passed("")
    });
    let mut testbed = patient.context("no card: see above")?;
    let mut browsers = None;
    report.step("two more, each with a portal, for browsers of the clean system", || {
        let client = |name: &str| before_the_clean_system(sandbox, &root, &module, name);
        let both = (client("firefox")?, client("chromium")?);
        a_chromium_that_trusts(&root, &both.1)?;
        browsers = Some(both);
        passed("")
    });
    let (mut with_firefox, mut with_chromium) = browsers.context("no environments: see above")?;
    report.step("pkcs11-tool lists the card", || {
        let said = output(&root, "pkcs11-tool", &["--module", &module, "-L"])?.expect_output("CNS")?;
        passed(said.stdout.lines().find(|line| line.contains("token label")).unwrap_or_default().trim())
    });
    let before = snapshot(&root)?;
    let mut set_up = Snapshot::new();
    report.step("cns setup: everybody's programs, and root's own", || {
        output(&root, "cns", SETUP)?;
        set_up = snapshot(&root)?;
        let policies = fs::read_to_string(root.join("etc/firefox/policies/policies.json"))?;
        ensure!(policies.contains(&module), "the policies do not name {module}: {policies}");
        passed("")
    });
    report.step("cns doctor: all is well", || doctor(&root));
    if with_pictures {
        report.step("pictures of cns doctor", || pictures::doctor(&root, &testbed.client));
    }
    report.step("curl logs in with the configuration of cns setup", || {
        passed(&testbed.login(Tls::V1_3, |client, tls| curl(&root, client, tls))?.to_string())
    });
    report.step("cns setup --remove: every file as it was", || {
        output(&root, "cns", &["setup", "--remove"])?;
        let after = snapshot(&root)?;
        let other: Vec<_> = before.iter().filter(|(path, seen)| after.get(*path) != Some(seen)).collect();
        let new: Vec<_> = after.keys().filter(|path| !before.contains_key(*path)).collect();
        ensure!(other.is_empty() && new.is_empty(), "changed: {other:?}; new: {new:?}");
        passed(&format!("{} files and folders", after.len()))
    });
    // What a browser writes while it runs is its own affair: here what `cns setup` has touched must be as before.
    report.step("cns setup again, for the browsers", || output(&root, "cns", SETUP).and_then(|_| passed("")));
    report.step("Firefox logs in with what cns setup wrote: chooser, one PIN, three pages", || {
        let firefox = Firefox::start(&with_firefox.client, Registration::None, Tls::V1_3)?;
        scenarios::three_pages(firefox, &mut with_firefox, Tls::V1_3)
    });
    if with_pictures {
        report.step("pictures of Firefox's chooser", || pictures::chooser(&with_firefox));
    }
    report.step("Chromium logs in with what cns setup wrote: chooser, one PIN, three pages", || {
        let chromium = Chromium::again(&with_chromium.client, StartOptions { module: false, ..USUAL })?;
        scenarios::three_pages(chromium, &mut with_chromium, Tls::V1_3)
    });
    report.step("cns setup --remove after the browsers: every file that it had touched as it was", || {
        output(&root, "cns", &["setup", "--remove"])?;
        let after = snapshot(&root)?;
        let touched: Vec<_> = set_up
            .iter()
            .filter(|(path, seen)| before.get(*path) != Some(seen))
            .map(|(path, _)| path)
            .collect();
        let left: Vec<_> = touched.iter().filter(|path| after.get(**path) != before.get(**path)).collect();
        ensure!(!touched.is_empty() && left.is_empty(), "of {} not as before: {left:?}", touched.len());
        passed(&format!("{} files and folders", touched.len()))
    });
    report.step("removing the package takes everything along", || remove(&root));
    for testbed in [&mut testbed, &mut with_firefox, &mut with_chromium] {
        testbed.pcscd.stop();
    }
    Ok(report.close("install"))
}

fn passed(shown: &str) -> Result<StepOutcome> {
    Ok(StepOutcome::Passed(shown.to_owned()))
}

fn output(root: &Path, program: &str, arguments: &[&str]) -> Result<ProgramOutput> {
    process::run(inside(root, program, arguments), "", CLIENT_LIMIT)?.succeed()
}

fn install(root: &Path, module: &str) -> Result<StepOutcome> {
    ensure!(!root.join("usr/sbin/pcscd").exists(), "pcscd is there before the package that needs it");
    run_tool(apt_get(root, &["install", IN_THERE]))?;
    ensure!(root.join("usr/sbin/pcscd").exists(), "the package did not bring pcscd");
    ensure!(root.join("usr/lib/pcsc/drivers/ifd-ccid.bundle").exists(), "the package did not bring libccid");
    output(root, "sh", &["-c", &format!("cmp {module} $(dirname {module})/pkcs11/{MODULE}")])?;
    output(root, "p11-kit", &["list-modules"])?.expect_output("cns")?;
    output(root, "cns", &["--version"])?.expect_output(version())?;
    let files = output(root, "dpkg", &["-L", "cns-pkcs11"])?;
    passed(&format!("{} files and folders", files.stdout.lines().count()))
}

/// An environment of its own whose browsers are the clean system's, as they come from its packages.
fn before_the_clean_system(sandbox: &Sandbox, root: &Path, module: &str, name: &str) -> Result<Testbed> {
    let folder = sandbox.folder.join(name);
    let mut testbed = Testbed::start(sandbox, &folder, &root.join(&module[1..]), card::DEFAULT)?;
    let there = root.join(folder.strip_prefix("/")?);
    fs::create_dir_all(&there)?;
    bind(&folder, &there)?;
    testbed.client.root = Some(root.to_owned());
    Ok(testbed)
}

/// The clean system's root has used a Chromium before, and uses this environment.
fn a_chromium_that_trusts(root: &Path, testbed: &Testbed) -> Result<()> {
    let ca = testbed.client.portal()?.ca_file();
    nss_database(&testbed.client, &root.join("root").join(OLD_PLACE), false, ca)?;
    let home = chromium_home(&testbed.client);
    fs::create_dir_all(&home)?;
    bind(&root.join("root"), &home)?;
    let seen_inside = root.join(home.strip_prefix("/")?);
    bind(&root.join("root"), &seen_inside)
}

/// The service of the testbed answers where the clean system's own would.
fn prepare_system(root: &Path, testbed: &Testbed) -> Result<()> {
    let socket = testbed.pcscd.socket();
    let service = socket.parent().context("the socket has a folder")?;
    fs::create_dir_all(root.join("run/pcscd"))?;
    for (what, place) in [(Path::new("/proc"), "proc"), (Path::new("/dev"), "dev"), (service, "run/pcscd")] {
        bind(what, &root.join(place))?;
    }
    Ok(())
}

fn bind(what: &Path, place: &Path) -> Result<()> {
    let mut mount = Command::new("mount");
    mount.arg("--rbind").arg(what).arg(place);
    run_tool(mount).map(|_| ())
}

fn doctor(root: &Path) -> Result<StepOutcome> {
    let said = output(root, "cns", &["doctor", "--json"])?;
    let document: Value = serde_json::from_str(&said.stdout)?;
    let findings = document["findings"].as_array().context("no findings")?;
    // That a card does not say how many tries are left is told, and is neither well nor a problem.
    let well = |finding: &&Value| finding["verdict"] == "ok" || finding["finding"] == "pin-tries-unknown";
    let bad: Vec<_> = findings.iter().filter(|finding| !well(finding)).collect();
    ensure!(bad.is_empty(), "{bad:#?}");
    ensure!(
        said.stdout.contains("module-loads") && said.stdout.contains("card-recognised"),
        "{}",
        said.stdout
    );
    passed(&format!("{} findings, all ok", findings.len()))
}

fn curl(root: &Path, client: &ClientEnvironment, tls: Tls) -> Result<Visitor> {
    client.visit(tls, |portal| {
        fs::copy(client.certificate_file()?, root.join("tmp/card.pem"))?;
        fs::copy(portal.ca_file(), root.join("tmp/ca.pem"))?;
        let mut command = inside(root, "curl", &["--silent", "--show-error", "--fail", "--engine", "pkcs11"]);
        command.env("OPENSSL_CONF", "/etc/cns/openssl.cnf").args([
            "--cert",
            "/tmp/card.pem",
            "--cacert",
            "/tmp/ca.pem",
        ]);
        command
            .args(["--key-type", "ENG", "--key", &client.key_uri(), "--pass", &client.pin])
            .arg(portal.url());
        process::run(command, "", CLIENT_LIMIT)
    })
}

fn remove(root: &Path) -> Result<StepOutcome> {
    output(root, "cns", SETUP)?;
    let files = output(root, "dpkg", &["-L", "cns-pkcs11"])?.stdout;
    run_tool(apt_get(root, &["purge", "cns-pkcs11"]))?;
    let there = |path: &str| {
        root.join(path.trim_start_matches('/')).symlink_metadata().is_ok_and(|found| !found.is_dir())
    };
    let left: Vec<&str> = files.lines().filter(|path| there(path)).collect();
    ensure!(left.is_empty(), "files are left: {left:?}");
    let made: Vec<&&str> = MADE.iter().filter(|path| root.join(path).exists()).collect();
    ensure!(made.is_empty(), "what `cns setup` made is left: {made:?}");
    passed(&format!("{} files and folders gone", files.lines().count()))
}
