//! The metrics in a file, for the textfile collector of Prometheus' node exporter.

use std::fs::Permissions;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tempfile::Builder;

use super::Metrics;

/// Writes the file anew: whoever reads it meanwhile sees the whole of the old one. Blocks.
pub fn write_to(metrics: &Metrics, file: &Path) -> io::Result<()> {
    let text = metrics.render().map_err(io::Error::other)?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // The collector takes what ends in .prom, and is another user.
    let readable = Permissions::from_mode(0o644);
    let mut new = Builder::new().prefix(".entra-jostle-sync.").permissions(readable).tempfile_in(folder)?;
    new.write_all(text.as_bytes())?;
    new.persist(file)?;
    Ok(())
}
