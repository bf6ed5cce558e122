"""The page that `report` writes, in a browser: shown, silent, asking for nothing, within reach of the keyboard, readable.

Takes the file. Needs Debian's chromium, and playwright with axe-playwright-python, which brings axe-core. Prints what was
checked and ends with "N passed, N failed"; the exit code is 1 if anything failed.
"""

import pathlib
import shutil
import sys

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from checks import Checks

HEADINGS = [
    "Health",
    "Operations",
    "Time from Entra to Jostle",
    "Failures",
    "Who was created and deactivated",
    "Held operations",
    "Drift and orphans",
    "Cycles",
]
ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = (360, 768, 1280)
# The width of A4 in CSS pixels, without margins.
PAPER = 718

# Whatever can be reached now, in the order of the page.
REACHABLE = """() => [...document.querySelectorAll('a[href], summary, [tabindex="0"]')]
    .filter(element => element.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true }))"""
PLACE = f"() => ({REACHABLE})().indexOf(document.activeElement)"
FOCUSED = """() => {
    const style = getComputedStyle(document.activeElement);
    return { tag: document.activeElement.localName, outline: style.outlineStyle, width: parseFloat(style.outlineWidth) };
}"""
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
HIDDEN = """() => [...document.querySelectorAll('details > :not(summary)')]
    .filter(element => !element.checkVisibility() || element.getBoundingClientRect().height === 0).length"""
OPEN = "open => document.querySelectorAll('details').forEach(details => { details.open = open; })"


def shown(checks, page):
    checks.check("the title", page.title().startswith("Provisioning report, "), page.title())
    headings = page.get_by_role("heading", level=2)
    checks.check("every section has its heading", headings.all_inner_texts() == HEADINGS, headings.all_inner_texts())
    for heading in HEADINGS:
        one = page.get_by_role("heading", level=2, name=heading, exact=True)
        region = page.get_by_role("region", name=heading, exact=True)
        checks.check(f"{heading} is shown", one.is_visible() and region.count() == 1)
    charts = page.locator("svg.bars")
    sizes = [chart.bounding_box() for chart in charts.all()]
    checks.check("charts are drawn", sizes and all(s and s["height"] > 20 and s["width"] > 100 for s in sizes), sizes)


def links(checks, page, address):
    """Each link, by Tab and Enter alone, leads to where it says."""
    page.goto(address)
    targets = page.eval_on_selector_all("a[href]", "links => links.map(link => link.getAttribute('href'))")
    checks.check("there are links", len(targets) == len(HEADINGS) + 1, targets)
    for place, target in enumerate(targets):
        page.goto("about:blank")
        page.goto(address)
        for _ in range(place + 1):
            page.keyboard.press("Tab")
        in_view = "() => { const box = document.activeElement.getBoundingClientRect(); return box.top >= 0 && box.height > 0; }"
        checks.check(f"{target} is seen when it is reached", page.evaluate(in_view))
        page.keyboard.press("Enter")
        page.wait_for_function("target => location.hash === target", arg=target)
        top = page.eval_on_selector(target, "target => target.getBoundingClientRect().top")
        checks.check(f"{target} is led to", top < page.viewport_size["height"], top)


def keyboard(checks, page, address):
    """With Tab everything is reached in its order; with Enter or Space everything is opened."""
    page.goto("about:blank")
    page.goto(address)
    wrong, opened, seen = [], 0, 0
    page.keyboard.press("Tab")
    while (place := page.evaluate(PLACE)) >= 0:
        if place != seen:
            wrong.append(f"{place} instead of {seen}")
        seen += 1
        focused = page.evaluate(FOCUSED)
        if focused["outline"] == "none" or focused["width"] < 2:
            wrong.append(f"{focused} cannot be seen")
        if focused["tag"] == "summary":
            page.keyboard.press("Enter" if opened % 2 else "Space")
            if not page.evaluate("() => document.activeElement.parentElement.open"):
                wrong.append(f"{place} does not open")
            opened += 1
        page.keyboard.press("Tab")
    everything = page.locator("a[href], summary, [tabindex='0']").count()
    checks.check("everything is reached in its order, and seen", not wrong, wrong)
    checks.check("nothing is left out", seen == everything, f"{seen} of {everything}")
    checks.check("there were lists to open", opened == page.locator("details").count() > 3, opened)


def scrolling(checks, page):
    """What is too wide for a narrow page is moved by the keyboard, and the page itself is never too wide."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        for is_open in (False, True):
            page.evaluate(OPEN, is_open)
            wide = page.evaluate(TOO_WIDE)
            checks.check(f"{width} px: nothing to scroll sideways, lists open: {is_open}", wide <= 0, wide)
    page.set_viewport_size({"width": 360, "height": 800})
    regions = page.locator(".scroll").all()
    wide = [one for one in regions if one.evaluate("one => one.scrollWidth > one.clientWidth")]
    checks.check("some tables are wider than a telephone", wide)
    for region in wide:
        region.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_function("one => one.scrollLeft > 0", arg=region.element_handle())
    checks.check("and are moved by the arrow keys", True)


def referee(checks, page):
    """axe-core finds nothing, contrast included."""
    page.evaluate(OPEN, True)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            results = Axe().run(page)
            passed = {one["id"] for one in results.response["passes"]}
            checks.check(f"axe, {scheme}, {width} px: no violation", results.violations_count == 0, results.generate_report())
            checks.check(f"axe, {scheme}, {width} px: contrast was looked at", "color-contrast" in passed, sorted(passed))
    page.emulate_media(color_scheme="light")


def paper(checks, page):
    """On paper everything is there and light, also where the screen is dark."""
    page.evaluate(OPEN, False)
    checks.check("on the screen closed lists are hidden", page.evaluate(HIDDEN) > 0)
    page.set_viewport_size({"width": PAPER, "height": 1000})
    page.emulate_media(media="print", color_scheme="dark")
    checks.check("on paper nothing is hidden", page.evaluate(HIDDEN) == 0, page.evaluate(HIDDEN))
    checks.check("on paper nothing is cut", page.evaluate(TOO_WIDE) <= 0, page.evaluate(TOO_WIDE))
    cut = "() => [...document.querySelectorAll('.scroll')].filter(one => getComputedStyle(one).overflowX !== 'visible').length"
    checks.check("on paper no table scrolls", page.evaluate(cut) == 0)
    colours = "() => [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
    checks.check("paper is light", page.evaluate(colours) == ["rgb(255, 255, 255)", "rgb(27, 36, 48)"], page.evaluate(colours))
    checks.check("it is printed", page.pdf(format="A4").startswith(b"%PDF-"))


def main():
    address = pathlib.Path(sys.argv[1]).absolute().as_uri()
    checks, said, asked = Checks(), [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        page = browser.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(address)
        shown(checks, page)
        links(checks, page, address)
        keyboard(checks, page, address)
        scrolling(checks, page)
        paper(checks, page)
        checks.check("the console says nothing", not said, said)
        others = {one.split("#")[0] for one in asked} - {address, "about:blank"}
        checks.check("nothing else is asked for", asked and not others, others)
        page.emulate_media(media="screen")
        referee(checks, page)
        browser.close()
    print(f"{checks.passed} passed, {checks.failed} failed")
    sys.exit(1 if checks.failed else 0)


main()
