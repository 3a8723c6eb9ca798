//! The package in a clean system: installed with its dependencies, used, and gone without a trace.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::Value;

use super::clean_root;
use super::environment::{a_chromium_that_trusts, before_the_clean_system, bind, bind_service};
use super::guided_start::{self, ENGLISH, ITALIAN};
use super::layout::MODULE;
use super::snapshot::{Snapshot, snapshot};
use super::tools::{TIMEOUT, dpkg_architecture, run_tool, version};
use super::{account, pictures};
use interop::chroot::{apt_get, inside};
use interop::clients::browsers::chromium::{Chromium, StartOptions, USUAL};
use interop::clients::browsers::firefox::{Firefox, Registration};
use interop::clients::browsers::{SCREEN, scenarios};
use interop::debian_root;
use interop::packages;
use interop::process::{self, ProgramOutput};
use interop::report::{Report, StepOutcome};
use interop::sandbox::Sandbox;
use interop::testbed::client_environment::{CLIENT_LIMIT, ClientEnvironment, Tls};
use interop::testbed::portal::Visitor;
use interop::testbed::{Testbed, card};

/// Which architecture this is.
pub const PACKAGES: &[&str] = &["dpkg-dev"];
/// A terminal for a person.
const TERMINAL: &[&str] = &["tmux"];
/// What gives every file back, of everybody and of the person.
const REMOVE: &str = "sudo cns setup --remove\ncns setup --remove\n";
/// What `cns setup` may make, and what must be gone with the package.
const MADE: &[&str] = &["etc/cns", "etc/firefox", "var/lib/cns", "usr/bin/cns", "usr/share/doc/cns-pkcs11"];

/// The steps outside the sandbox: a clean system, then the test inside. The pcscd, and what looks at the browsers, is this
/// system's, or that of the release the clean system has, too.
pub fn steps(report: &mut Report, package: &Path, with_pictures: bool, on: Option<&str>) {
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
        let made = clean.insert(clean_root::prepare(&suite, package)?);
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
    [packages::CARD, packages::PORTAL, PACKAGES, TERMINAL, SCREEN].concat()
}

/// The test, in a sandbox of its own.
pub fn run_inside(sandbox: &Sandbox, package: &Path, with_pictures: bool) -> Result<u8> {
    let mut report = Report::default();
    if !sandbox.private {
        report.step("install", || Ok(StepOutcome::Skipped("no mounts of our own here".into())));
        return Ok(report.close("install"));
    }
    let root = sandbox.overlay(&clean_root::base(&debian_root::own_release()?), "root")?;
    let module = format!("/usr/lib/{}/{MODULE}", dpkg_architecture("DEB_HOST_MULTIARCH")?);
    let mut patient = None;
    report.step("README's package: dependencies come along, everything is in its place", || {
        install(&root, package, &module)
    });
    report.step("a reader and a card in the clean system", || {
        let testbed = Testbed::start(
            sandbox,
            &sandbox.folder.join("testbed"),
            &root.join(&module[1..]),
            card::DEFAULT,
        )?;
        bind_service(&root, &testbed)?;
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
        // What the module remembers of the card, for either user, is no part of any setup.
        output(&root, "pkcs11-tool", &["--module", &module, "-O"])?.expect_output("Certificate Object")?;
        let said = typed(&root, &format!("pkcs11-tool --module {module} -L -O"))?.expect_output("CNS")?;
        passed(said.stdout.lines().find(|line| line.contains("token label")).unwrap_or_default().trim())
    });
    let before = snapshot(&root)?;
    let as_before = |what: &Path| -> Result<StepOutcome> {
        typed(what, REMOVE)?;
        let after = snapshot(what)?;
        let other: Vec<_> = before.iter().filter(|(path, seen)| after.get(*path) != Some(seen)).collect();
        let new: Vec<_> = after.keys().filter(|path| !before.contains_key(*path)).collect();
        ensure!(other.is_empty() && new.is_empty(), "changed: {other:?}; new: {new:?}");
        passed(&format!("{} files and folders", after.len()))
    };
    report.step("cns inizia in a terminal, as README.it.md says: one PIN, to the sites", || {
        passed(&guided_start::answer(&root, &mut testbed, &ITALIAN)?)
    });
    report.step("cns doctor after it: all is well", || doctor(&root));
    report.step("Firefox logs in with what cns inizia wrote: chooser, one PIN, three pages", || {
        let firefox = Firefox::start(&with_firefox.client, Registration::None, Tls::V1_3)?;
        scenarios::three_pages(firefox, &mut with_firefox, Tls::V1_3)
    });
    if with_pictures {
        report.step("picture of the login, Italian", || pictures::login(&with_firefox, "it"));
    }
    report.step("cns setup --remove: every file as it was", || as_before(&root));
    if with_pictures {
        report.step("pictures of cns start", || pictures::start(&root, &testbed, &|| as_before(&root)));
    }
    report.step("README's setup and doctor: sudo cns setup, cns setup, cns doctor", || {
        typed(&root, &account::block_of("README.md", "setup")?)?;
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
    report.step("cns setup --remove: every file as it was", || as_before(&root));
    // What a browser writes while it runs is its own affair: here what was set up must be as before.
    let mut set_up = Snapshot::new();
    report.step("cns start in a terminal, as README.md says, for the browsers", || {
        let told = guided_start::answer(&root, &mut testbed, &ENGLISH)?;
        set_up = snapshot(&root)?;
        passed(&told)
    });
    report.step("Firefox logs in with what cns start wrote: chooser, one PIN, three pages", || {
        let firefox = Firefox::start(&with_firefox.client, Registration::None, Tls::V1_3)?;
        scenarios::three_pages(firefox, &mut with_firefox, Tls::V1_3)
    });
    if with_pictures {
        report.step("pictures of Firefox's chooser", || pictures::chooser(&with_firefox));
        report.step("picture of the login, English", || pictures::login(&with_firefox, "en"));
    }
    report.step("Chromium logs in with what cns start wrote: chooser, one PIN, three pages", || {
        let chromium = Chromium::again(&with_chromium.client, StartOptions { module: false, ..USUAL })?;
        scenarios::three_pages(chromium, &mut with_chromium, Tls::V1_3)
    });
    report.step("cns setup --remove after the browsers: every file that it had touched as it was", || {
        typed(&root, REMOVE)?;
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

/// Lines of shell, as the person types them.
fn typed(root: &Path, lines: &str) -> Result<ProgramOutput> {
    // Only apt asks, and only whether to go on.
    process::run(account::shell(root, lines), "y\n", TIMEOUT)?.succeed()
}

fn install(root: &Path, package: &Path, module: &str) -> Result<StepOutcome> {
    for folder in ["proc", "dev"] {
        bind(&Path::new("/").join(folder), &root.join(folder))?;
    }
    account::add(root)?;
    let place = root.join(account::HOME).join("target/package");
    fs::create_dir_all(&place)?;
    fs::copy(package, place.join(package.file_name().context("a package has a name")?))?;
    ensure!(!root.join("usr/sbin/pcscd").exists(), "pcscd is there before the package that needs it");
    typed(root, &account::block_of("README.md", "package")?)?;
    ensure!(root.join("usr/sbin/pcscd").exists(), "the package did not bring pcscd");
    ensure!(root.join("usr/lib/pcsc/drivers/ifd-ccid.bundle").exists(), "the package did not bring libccid");
    output(root, "sh", &["-c", &format!("cmp {module} $(dirname {module})/pkcs11/{MODULE}")])?;
    output(root, "p11-kit", &["list-modules"])?.expect_output("cns")?;
    output(root, "cns", &["--version"])?.expect_output(version())?;
    let files = output(root, "dpkg", &["-L", "cns-pkcs11"])?;
    passed(&format!("{} files and folders", files.stdout.lines().count()))
}

fn doctor(root: &Path) -> Result<StepOutcome> {
    let said = typed(root, "cns doctor --json")?;
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
    output(root, "cns", &["setup"])?;
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
