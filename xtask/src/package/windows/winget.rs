//! The manifest by which winget knows the installer: one file for the version, one for the installer, one per language.

use anyhow::{Context as _, Result};
use fs_err as fs;
use sha2::{Digest as _, Sha256};

use super::super::tools::{folder, version};
use super::installer::{Installer, templates};
use interop::report::StepOutcome;

/// The package's name among winget's, and so the beginning of the files' names.
const IDENTIFIER: &str = "CnsPkcs11.CartaCNS";

/// The templates, and what follows the identifier in a file's name.
const FILES: [(&str, &str); 4] = [
    ("version.yaml", ".yaml"),
    ("installer.yaml", ".installer.yaml"),
    ("locale.it-IT.yaml", ".locale.it-IT.yaml"),
    ("locale.en-US.yaml", ".locale.en-US.yaml"),
];

/// Writes it beside the installer.
pub fn write(installer: &Installer) -> Result<StepOutcome> {
    let place = folder().join("winget");
    let _ = fs::remove_dir_all(&place);
    fs::create_dir_all(&place)?;
    let sum: String =
        Sha256::digest(fs::read(&installer.path)?).iter().map(|byte| format!("{byte:02X}")).collect();
    let file = installer.path.file_name().context("an installer has a name")?.to_string_lossy();
    for (name, ending) in FILES {
        let text = filled(&template(&format!("winget/{name}"))?, &file, &sum, &installer.product_code());
        fs::write(place.join(format!("{IDENTIFIER}{ending}")), text)?;
    }
    Ok(StepOutcome::Passed(place.display().to_string()))
}

fn template(name: &str) -> Result<String> {
    Ok(fs::read_to_string(templates().join(name))?)
}

fn filled(template: &str, file: &str, sum: &str, product_code: &str) -> String {
    let words = [("$VERSION", version()), ("$FILE", file), ("$SHA256", sum), ("$PRODUCT_CODE", product_code)];
    words.iter().fold(template.to_owned(), |text, (word, value)| text.replace(word, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_is_a_manifest_of_the_same_package() {
        for (name, _) in FILES {
            let text = filled(&template(&format!("winget/{name}")).unwrap(), "x.msi", "AB12", "{C0DE}");
            assert!(!text.contains('$'), "{name}: {text}");
            for line in
                [&*format!("PackageIdentifier: {IDENTIFIER}"), &format!("PackageVersion: {}", version())]
            {
                assert!(text.lines().any(|other| other == line), "{name} lacks {line}");
            }
            assert!(text.ends_with("ManifestVersion: 1.6.0\n"), "{name}");
            // No tab, and nothing that is deeper than its list: the little of YAML that is used here.
            assert!(text.lines().all(|line| !line.contains('\t') && line.trim_end() == line), "{name}");
        }
        let installer = filled(&template("winget/installer.yaml").unwrap(), "x.msi", "AB12", "{C0DE}");
        assert!(installer.contains("InstallerSha256: AB12\n  ProductCode: '{C0DE}'"));
    }

    /// What an upgrade is known by is the same in both places.
    #[test]
    fn the_upgrade_code_is_the_installers() {
        let package = template("cns-pkcs11.wxs").unwrap();
        let code = package.split("UpgradeCode=\"").nth(1).unwrap().split('"').next().unwrap();
        assert!(template("winget/installer.yaml").unwrap().contains(&format!("UpgradeCode: '{{{code}}}'")));
    }
}
