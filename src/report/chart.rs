//! Charts: plain SVG, with the colours of the page. Every one says its figures, and stands beside a table of them.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::Period;
use super::words::{number, plain, said};

/// The width of one part in the units of a chart.
const STEP: usize = 10;
/// The height of a chart in its units.
const HEIGHT: u64 = 100;
/// No bar that stands for something is lower than this.
const LEAST: u64 = 4;

/// One row of a chart over time.
pub(super) struct Series<'a> {
    /// Its name, for people.
    pub(super) name: &'a str,
    /// What it is, by part of the period.
    pub(super) values: &'a [u64],
    /// What stands beside the name.
    pub(super) total: String,
    /// What a value is, for people.
    pub(super) format: fn(u64) -> String,
    /// How it is coloured.
    pub(super) class: &'a str,
}

/// Rows of bars above one axis of time, each with a scale of its own, and the table with the same figures.
pub(super) fn over_time(id: &str, caption: &str, period: &Period, rows: &[Series<'_>]) -> Markup {
    html! {
        div.chart {
            @for (place, series) in rows.iter().enumerate() {
                div.series {
                    p.name { span { (said(series.name)) } " " b { (series.total) } }
                    (bars(&format!("{id}-{place}"), period, series))
                    p.most { "peak " ((series.format)(highest(series.values))) }
                }
            }
            div.axis aria-hidden="true" {
                @for part in BTreeSet::from([0, period.parts() / 2, period.parts() - 1]) {
                    span { (period.label(part)) }
                }
            }
        }
        (figures(id, caption, period, rows))
    }
}

/// Bars beside each other.
fn bars(id: &str, period: &Period, series: &Series<'_>) -> Markup {
    let Series { name, values, total, format, class } = series;
    let highest = highest(values);
    let bar = |value: u64| (value * HEIGHT / highest.max(1)).max(LEAST);
    html! {
        svg class=(format!("bars {class}")) role="img" preserveAspectRatio="none"
            viewBox=(format!("0 0 {} {HEIGHT}", values.len() * STEP))
            aria-labelledby=(format!("{id}-title {id}-text")) {
            title id=(format!("{id}-title")) { (plain(name)) " by " (period.unit()) }
            desc id=(format!("{id}-text")) {
                (total) " from " (period.label(0)) " to " (period.label(values.len() - 1)) ", at most "
                (format(highest)) " by " (period.unit()) ". The table below has every figure."
            }
            line.base x1="0" x2=(values.len() * STEP) y1=(HEIGHT) y2=(HEIGHT) {}
            @for (part, value) in values.iter().enumerate().filter(|(_, value)| **value > 0) {
                rect x=(part * STEP + 1) width=(STEP - 2) y=(HEIGHT - bar(*value)) height=(bar(*value)) {
                    title { (period.label(part)) ": " (format(*value)) }
                }
            }
        }
    }
}

/// The same figures as a table, without the parts of the period in which there is nothing.
fn figures(id: &str, caption: &str, period: &Period, rows: &[Series<'_>]) -> Markup {
    let is_empty = |part: usize| rows.iter().all(|series| series.values.get(part).is_none_or(|value| *value == 0));
    html! {
        details {
            summary { "The same figures as a table" }
            (table(&format!("{id}-table"), &format!("{caption} by {}; without those with nothing", period.unit()), &html! {
                thead { tr {
                    th scope="col" { (capital(&period.unit())) }
                    @for series in rows { th.number scope="col" { (said(series.name)) } }
                } }
                tbody {
                    @for part in (0..period.parts()).filter(|part| !is_empty(*part)) {
                        tr {
                            th scope="row" { (period.label(part)) }
                            @for series in rows { td.number { ((series.format)(series.values[part])) } }
                        }
                    }
                }
            }))
        }
    }
}

/// A bar in a cell, of so many of so many.
pub(super) fn share(value: u64, highest: u64, all: u64, class: &str) -> Markup {
    let width = (value * HEIGHT / highest.max(1)).max(u64::from(value > 0));
    let tenths = value * 1000 / all.max(1);
    let text = format!("{} of {}: {}.{} %", number(value), number(all), tenths / 10, tenths % 10);
    html! {
        svg class=(format!("share {class}")) role="img" preserveAspectRatio="none"
            viewBox=(format!("0 0 {HEIGHT} 10")) aria-label=(text) {
            title { (text) }
            rect width=(width) height="10" {}
        }
    }
}

/// A table in a region of its own, which scrolls where it is too wide for the page.
pub(super) fn table(id: &str, caption: &str, rows: &Markup) -> Markup {
    in_region(id, caption, "counts", rows)
}

/// The same for a table of texts, of which every row becomes a paragraph where the page is narrow; a cell says there what
/// it is by `data-label`.
pub(super) fn list(id: &str, caption: &str, rows: &Markup) -> Markup {
    in_region(id, caption, "list", rows)
}

fn in_region(id: &str, caption: &str, class: &str, rows: &Markup) -> Markup {
    html! {
        div.scroll role="region" tabindex="0" aria-labelledby=(id) {
            table class=(class) {
                caption id=(id) { (caption) }
                (rows)
            }
        }
    }
}

fn highest(values: &[u64]) -> u64 {
    values.iter().copied().max().unwrap_or_default()
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
