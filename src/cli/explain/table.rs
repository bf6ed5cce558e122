//! A table that fits a terminal of 80 columns: what is too long goes on within its column.

use crate::cli::wrap::{WIDTH, lines};

const INDENT: &str = "  ";
const GAP: &str = "  ";
/// A column is not made narrower than this.
const LEAST: usize = 8;

/// Adds rows of equal length; the first is the heading.
pub(super) fn table(out: &mut String, rows: &[Vec<String>]) {
    let widths = widths(rows);
    for row in rows {
        let cells: Vec<Vec<String>> = row.iter().zip(&widths).map(|(cell, width)| lines(cell, *width)).collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or_default();
        for line in 0..height {
            let parts: Vec<_> = cells
                .iter()
                .zip(&widths)
                .map(|(cell, width)| format!("{:<width$}", cell.get(line).map_or("", String::as_str)))
                .collect();
            out.push_str(format!("{INDENT}{}", parts.join(GAP)).trim_end());
            out.push('\n');
        }
    }
}

/// As wide as the longest cell, and the widest narrowed until all fit.
fn widths(rows: &[Vec<String>]) -> Vec<usize> {
    let columns = rows.first().map_or(0, Vec::len);
    let longest = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let mut widths: Vec<usize> = (0..columns).map(longest).collect();
    let room = WIDTH.saturating_sub(INDENT.len() + GAP.len() * columns.saturating_sub(1));
    while widths.iter().sum::<usize>() > room {
        match widths.iter_mut().max() {
            Some(widest) if *widest > LEAST => *widest -= 1,
            _ => break,
        }
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(rows: &[[&str; 3]]) -> String {
        let rows: Vec<_> = rows.iter().map(|row| row.map(str::to_owned).to_vec()).collect();
        let mut out = String::new();
        table(&mut out, &rows);
        out
    }

    #[test]
    fn columns_are_as_wide_as_they_must_be() {
        assert_eq!(shown(&[["a", "sent", "seen"], ["title", "x", ""]]), "  a      sent  seen\n  title  x\n");
    }

    #[test]
    fn what_is_too_long_goes_on_below_in_its_column() {
        let out = shown(&[["a", &"b ".repeat(60), &"c".repeat(60)]]);
        assert!(out.lines().count() > 1, "{out}");
        assert_eq!(out.matches('c').count(), 60, "nothing is lost");
    }

    proptest! {
        #[test]
        fn every_line_fits(cells in prop::collection::vec("[a-z ]{0,120}", 4)) {
            let mut out = String::new();
            table(&mut out, &[cells.clone(), cells]);
            prop_assert!(out.lines().all(|line| line.chars().count() <= WIDTH), "{out}");
        }
    }
}
