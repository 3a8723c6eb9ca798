//! A screen for a browser: Xvfb with a small window manager, and hands (xdotool) to use it with.
//!
//! What a person does is done with keys, in the window that has the focus, so nothing here knows which browser it
//! drives. What a person sees is kept as pictures under `target/clients/`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use fs_err::{self as fs, File};

use crate::cargo;
use crate::process::{self, Process, ProgramOutput, wait_until};
use crate::testbed::client_environment::ClientEnvironment;

const SIZE: &str = "1200x900x24";
const LIMIT: Duration = Duration::from_secs(20);

/// A running screen.
#[derive(Debug)]
pub struct Display {
    // Dropped in this order: the window manager before its screen.
    _windows: Process,
    _screen: Process,
    name: String,
}

impl Display {
    /// Starts a screen; `label` tells the files of several screens of one check apart.
    pub fn start(client: &ClientEnvironment, label: &str) -> Result<Self> {
        let (number, log) =
            (client.file(&format!("{label}-display")), client.file(&format!("{label}-display.log")));
        // An earlier screen of this name may have left its number.
        let _ = fs::remove_file(&number);
        // Xvfb looks for a free number itself and writes it into the file it was given as descriptor 3.
        let mut command = client.command("sh");
        command.args(["-c", r#"exec Xvfb -displayfd 3 -screen 0 "$1" -nolisten tcp -noreset 3>"$0""#]);
        command.arg(&number).arg(SIZE);
        let mut screen = Process::start(log_output(command, &log)?)?;
        wait_until("a screen", LIMIT, || {
            if !screen.runs()? {
                bail!("Xvfb ended at once:\n{}", process::read_lossy(&log)?);
            }
            Ok(process::read_lossy(&number).is_ok_and(|text| text.ends_with('\n')))
        })?;
        let name = format!(":{}", process::read_lossy(&number)?.trim());
        let mut command = client.command("openbox");
        command.env("DISPLAY", &name);
        let windows = Process::start(log_output(command, &log)?)?;
        let display = Self { _windows: windows, _screen: screen, name };
        // A window that comes while the window manager starts may never be managed: it would get no keys.
        let is_ready = || Ok(display.xdotool(&["get_num_desktops"])?.succeed().is_ok());
        wait_until("a window manager", LIMIT, is_ready)
            .with_context(|| process::read_lossy(&log).unwrap_or_default())?;
        Ok(display)
    }

    /// Makes `command` show its windows here.
    pub fn attach(&self, command: &mut Command) {
        command.env("DISPLAY", &self.name).env_remove("WAYLAND_DISPLAY").env("GDK_BACKEND", "x11");
    }

    /// Presses keys, by their X names: `Return`, `ctrl+l`.
    pub fn press(&self, keys: &[&str]) -> Result<()> {
        self.xdotool(&[&["key", "--clearmodifiers"], keys].concat())?.succeed()?;
        Ok(())
    }

    /// Types a text.
    pub fn write(&self, text: &str) -> Result<()> {
        self.xdotool(&["type", "--clearmodifiers", "--delay", "15", text])?.succeed()?;
        Ok(())
    }

    /// The titles of all visible windows.
    pub fn titles(&self) -> Result<Vec<String>> {
        let found = self.xdotool(&["search", "--onlyvisible", "--name", "."])?;
        let mut titles = Vec::new();
        for window in found.stdout.lines() {
            // A window may be gone by now.
            titles.extend(self.xdotool(&["getwindowname", window])?.stdout.lines().map(str::to_owned));
        }
        Ok(titles)
    }

    /// The process that a visible window of this title belongs to, as the window says.
    pub fn owner(&self, title: &str) -> Result<Option<String>> {
        let found = self.xdotool(&["search", "--onlyvisible", "--name", title, "getwindowpid"])?;
        Ok(found.stdout.lines().next().map(str::to_owned))
    }

    /// Waits until a window has the focus.
    pub fn wait_for_focus(&self) -> Result<()> {
        wait_until("a window that takes keys", LIMIT, || {
            Ok(self.xdotool(&["getactivewindow"])?.succeed().is_ok())
        })
    }

    /// Keeps a picture of the whole screen as `target/clients/NAME.png`.
    pub fn picture(&self, name: &str) -> Result<PathBuf> {
        let folder = picture_folder()?;
        let path = folder.join(format!("{name}.png"));
        let mut command = Command::new("import");
        command.env("DISPLAY", &self.name).args(["-silent", "-window", "root"]).arg(&path);
        process::run(command, "", LIMIT)?.succeed()?;
        Ok(path)
    }

    /// Keeps a picture of what is in the window that has the focus, without its frame.
    pub fn picture_of_window(&self, path: &Path) -> Result<()> {
        let window = self.xdotool(&["getactivewindow"])?.succeed()?.stdout;
        let mut command = Command::new("import");
        command.env("DISPLAY", &self.name).args(["-silent", "-window", window.trim()]).arg(path);
        process::run(command, "", LIMIT)?.succeed().map(drop)
    }

    /// What a person reads on the screen, line by line: for browsers that tell no program about their dialogs. Letters
    /// may be mistaken for others that look alike; see [`matches_ocr`].
    pub fn read(&self, scratch: &Path) -> Result<String> {
        let mut take = Command::new("import");
        take.env("DISPLAY", &self.name).args(["-silent", "-window", "root"]);
        take.args(["-colorspace", "gray", "-resize", "300%"]).arg(scratch);
        process::run(take, "", LIMIT)?.succeed()?;
        let mut read = Command::new("tesseract");
        read.env("OMP_THREAD_LIMIT", "1").arg(scratch).args(["-", "--psm", "6"]);
        Ok(process::run(read, "", LIMIT)?.succeed()?.stdout)
    }

    fn xdotool(&self, arguments: &[&str]) -> Result<ProgramOutput> {
        let mut command = Command::new("xdotool");
        command.env("DISPLAY", &self.name).args(arguments);
        process::run(command, "", LIMIT)
    }
}

/// Whether `text`, as read from a screen, holds `wanted`: letters and digits that look alike count as the same.
pub fn matches_ocr(text: &str, wanted: &str) -> bool {
    let alike =
        |text: &str| text.replace('O', "0").replace(['I', 'l', '|'], "1").replace('S', "5").replace('B', "8");
    alike(text).contains(&alike(wanted))
}

/// Where pictures are kept.
fn picture_folder() -> Result<PathBuf> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
    let folder = cargo::workspace().join(target).join("clients");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(folder)
}

/// Lets `command` speak to a file only.
pub fn log_output(mut command: Command, log: &Path) -> Result<Command> {
    let log = File::options().create(true).append(true).open(log)?.into_file();
    command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
    Ok(command)
}
