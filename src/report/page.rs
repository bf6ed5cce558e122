//! The page as a whole.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::Facts;
use super::section::SECTIONS;
use super::words::{command, plain, said, span, time};

const STYLE: &str = include_str!("style.css");

/// By whom a page says that it was made.
const GENERATOR: &str = env!("CARGO_PKG_NAME");
/// The page may load nothing and run nothing; its style is its own.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// The page.
pub fn page(facts: &Facts) -> String {
    let title = format!("Provisioning report, {}", facts.now.strftime("%Y-%m-%d"));
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="generator" content=(GENERATOR);
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                meta name="robots" content="noindex";
                title { (title) }
                // No text of anybody's is in it.
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#main" { "Skip to the report" }
                (header(facts))
                main #main tabindex="-1" {
                    @for (id, heading, section) in SECTIONS {
                        section aria-labelledby=(format!("{id}-heading")) {
                            h2 id=(format!("{id}-heading")) { (heading) }
                            (section(facts))
                        }
                    }
                }
                (footer(facts))
            }
        }
    }
    .into_string()
}

fn header(facts: &Facts) -> Markup {
    let Facts { period, now, tenant_id, remembered_since, .. } = facts;
    html! {
        header {
            p.product { "entra-jostle-sync" }
            h1 { "Provisioning report" }
            p.period {
                (time(period.since)) " to " (time(period.until)) " UTC"
                @if period.since < period.until { " (" (span(period.length())) ")" }
            }
            p.small {
                "Made " (time(*now)) " by version " (facts.version)
                @if let Some(tenant) = tenant_id { ", tenant " (said(tenant)) }
                ". All times are in UTC."
                @match remembered_since {
                    Some(at) if *at > period.since => { " Nothing is remembered from before " (time(*at)) "." }
                    Some(_) => {}
                    None => " Nothing is remembered yet.",
                }
            }
            nav aria-label="Sections" {
                ul { @for (id, heading, _) in SECTIONS { li { a href=(format!("#{id}-heading")) { (heading) } } } }
            }
        }
    }
}

fn footer(Facts { tenant_id, .. }: &Facts) -> Markup {
    html! {
        footer {
            p {
                "This page has names and values of people"
                @if let Some(tenant) = tenant_id { " of the tenant " (plain(tenant)) }
                ": keep it as you keep the state. Values of rows with redact = true are hidden. It loads nothing from \
                 anywhere. Newer figures: " (command("report --out FILE.html"))
            }
        }
    }
}

/// Whether a file begins as a page of ours does.
pub fn is_report(beginning: &[u8]) -> bool {
    let text = String::from_utf8_lossy(beginning);
    text.starts_with("<!DOCTYPE html>") && text.contains(&format!("<meta name=\"generator\" content=\"{GENERATOR}\">"))
}
