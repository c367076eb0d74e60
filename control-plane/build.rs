//! Sees that there is a dashboard to be built in: the one that was built, or until then a page that
//! says how to build it.

use std::fs;
use std::path::Path;

fn main() -> std::io::Result<()> {
    let dist = Path::new("../dashboard/dist");
    println!("cargo::rerun-if-changed={}", dist.display());
    println!("cargo::rerun-if-changed=placeholder.html");
    let page = dist.join("index.html");
    if !page.exists() {
        fs::create_dir_all(dist)?;
        fs::copy("placeholder.html", page)?;
    }
    Ok(())
}
