//! The bill of materials: CycloneDX 1.5 in JSON, from what cargo says of what is linked.
//!
//! Made here and not by `cargo cyclonedx`: `xtask` is built by every distribution that packages this, and the crates of
//! that tool are more than all others of it.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use fs_err as fs;
use serde_json::{Value, json};

use crate::package::{LINUX, linked_crates, metadata, version};
use interop::cargo;

/// The name, in the file, of what is published.
const WHOLE: &str = "cns-pkcs11";

/// The name of the file.
pub fn file_name() -> String {
    format!("cns-pkcs11-{}.cdx.json", version())
}

/// The file.
pub fn bill_of_materials() -> Result<String> {
    let linked = linked_crates(&LINUX)?;
    let metadata = metadata()?;
    let sums = sums(&fs::read_to_string(cargo::workspace().join("Cargo.lock"))?);
    let packages = metadata["packages"].as_array().context("cargo metadata has no packages")?;
    let word = |package: &Value, name: &str| package[name].as_str().unwrap_or_default().to_owned();
    let reference =
        |package: &Value| format!("pkg:cargo/{}@{}", word(package, "name"), word(package, "version"));
    let of_id: BTreeMap<String, String> =
        packages.iter().map(|package| (word(package, "id"), reference(package))).collect();
    let is_linked = |package: &Value| {
        linked.contains(&format!("{} v{}", word(package, "name"), word(package, "version")))
    };
    let (mut components, mut dependencies) = (BTreeMap::new(), BTreeMap::new());
    for package in packages.iter().filter(|package| is_linked(package)) {
        let name = reference(package);
        let mut component = json!({
            "type": "library", "bom-ref": name, "purl": name,
            "name": package["name"], "version": package["version"],
            "licenses": [{ "expression": package["license"].as_str().map(|license| license.replace('/', " OR ")) }],
        });
        if let Some(sum) = sums.get(&(word(package, "name"), word(package, "version"))) {
            component["hashes"] = json!([{ "alg": "SHA-256", "content": sum }]);
        }
        components.insert(name, component);
    }
    let nodes = metadata["resolve"]["nodes"].as_array().context("cargo metadata has no graph")?;
    for node in nodes {
        let Some(name) = of_id.get(&word(node, "id")).filter(|name| components.contains_key(*name)) else {
            continue;
        };
        let ids = node["dependencies"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let mut names: Vec<&String> =
            ids.filter_map(|id| of_id.get(id)).filter(|name| components.contains_key(*name)).collect();
        names.sort();
        dependencies.insert(name.clone(), json!({ "ref": name, "dependsOn": names }));
    }
    let ours = packages
        .iter()
        .filter(|package| ["cns-pkcs11", "cns-tool", "virtual-cns"].contains(&&*word(package, "name")));
    let published: Vec<String> = ours.map(reference).collect();
    dependencies.insert(WHOLE.to_owned(), json!({ "ref": WHOLE, "dependsOn": published }));
    let bill = json!({
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "metadata": { "component": {
            "type": "application", "bom-ref": WHOLE, "name": "cns-pkcs11", "version": version(),
            "licenses": [{ "expression": "MIT OR Apache-2.0" }],
        } },
        "components": components.into_values().collect::<Vec<_>>(),
        "dependencies": dependencies.into_values().collect::<Vec<_>>(),
    });
    Ok(serde_json::to_string_pretty(&bill)? + "\n")
}

/// SHA-256 of each crate, as `Cargo.lock` has it, by name and version.
fn sums(lock: &str) -> BTreeMap<(String, String), String> {
    let value = |entry: &str, key: &str| {
        let line = entry.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "))?;
        Some(line.trim_matches('"').to_owned())
    };
    lock.split("[[package]]")
        .filter_map(|entry| {
            Some(((value(entry, "name")?, value(entry, "version")?), value(entry, "checksum")?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is linked is named with licence and sum, what only tests use is not.
    #[test]
    fn the_bill_names_what_is_linked() {
        let bill: Value = serde_json::from_str(&bill_of_materials().unwrap()).unwrap();
        assert_eq!((&bill["bomFormat"], &bill["specVersion"]), (&json!("CycloneDX"), &json!("1.5")));
        let components = bill["components"].as_array().unwrap();
        let named = |name: &str| components.iter().find(|component| component["name"] == name);
        let pcsc = named("pcsc").unwrap();
        assert_eq!(pcsc["licenses"][0]["expression"], "MIT");
        assert_eq!(pcsc["hashes"][0]["content"].as_str().unwrap().len(), 64);
        assert!(named("cns-card").is_some() && named("proptest").is_none());
        let references: Vec<&Value> = components.iter().map(|component| &component["bom-ref"]).collect();
        let ends = bill["dependencies"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|edge| edge["dependsOn"].as_array().unwrap());
        assert!(ends.into_iter().all(|end| references.contains(&end)));
        // From what is published each of them is reached.
        let edges = |from: &Value| {
            let edge = bill["dependencies"].as_array().unwrap().iter().find(|edge| edge["ref"] == *from);
            edge.unwrap()["dependsOn"].as_array().unwrap().clone()
        };
        let mut reached = edges(&bill["metadata"]["component"]["bom-ref"]);
        assert_eq!(reached.len(), 3, "module, command and virtual card: {reached:?}");
        let mut next = 0;
        while let Some(from) = reached.get(next).cloned() {
            reached.extend(edges(&from).into_iter().filter(|to| !reached.contains(to)).collect::<Vec<_>>());
            next += 1;
        }
        assert!(references.iter().all(|reference| reached.contains(reference)), "{reached:?}");
    }
}
