"""Microsoft's own client against the simulator: MSAL for Python gets a token over TLS and reads users/delta with it.

Takes the simulator's details as JSON, from standard input or from the variable SIMULATOR_DETAILS; `ca_file` must be set.
Needs msal 1.39.0. Prints what was checked and ends with "N passed, N failed"; the exit code is 1 if anything failed.
"""

import json
import os
import sys

import msal
import requests

from checks import Checks

SCOPE = ["https://graph.microsoft.com/.default"]
SELECT = "id,displayName,userPrincipalName,accountEnabled"


def application(details, secret):
    return msal.ConfidentialClientApplication(
        details["client_id"],
        client_credential=secret,
        authority=f"{details['authority']}/{details['tenant_id']}",
        instance_discovery=False,
        verify=details["ca_file"],
    )


def check_tokens(checks, details):
    """A good secret gives a token, which is cached; a wrong one gives AADSTS7000215."""
    app = application(details, details["client_secret"])
    answer = app.acquire_token_for_client(scopes=SCOPE)
    shown = {name: value for name, value in answer.items() if name != "access_token"}
    checks.check("a token is issued", "access_token" in answer, shown)
    checks.check("it lives for an hour", 3000 < answer.get("expires_in", 0) <= 3600, shown)
    again = app.acquire_token_for_client(scopes=SCOPE)
    checks.check("the second one comes from the cache", again.get("token_source") == "cache", shown)

    refused = application(details, "wrong").acquire_token_for_client(scopes=SCOPE)
    checks.check("a wrong secret is refused", refused.get("error") == "invalid_client", refused)
    checks.check("as AADSTS7000215", refused.get("error_codes") == [7000215], refused)
    checks.check("and says so", refused.get("error_description", "").startswith("AADSTS7000215:"), refused)
    checks.check("with a correlation id", bool(refused.get("correlation_id")), refused)
    return answer.get("access_token", "")


def check_tenant(checks, details):
    """MSAL refuses a tenant whose metadata cannot be had."""
    nobody = dict(details, tenant_id="00000000-0000-0000-0000-000000000000")
    try:
        application(nobody, details["client_secret"]).acquire_token_for_client(scopes=SCOPE)
        checks.check("an unknown tenant is refused", False)
    except ValueError:
        checks.check("an unknown tenant is refused", True)


def check_feed(checks, details, token):
    """The token opens the feed: pages by nextLink, a deltaLink at the end, nothing in the next round."""
    session = requests.Session()
    session.trust_env = False
    session.verify = details["ca_file"]
    url = f"{details['graph_root']}/v1.0/users/delta?$select={SELECT}"
    checks.check("without a token the feed is closed", session.get(url).status_code == 401)

    session.headers["Authorization"] = f"Bearer {token}"
    people, pages, page = {}, 0, {"@odata.nextLink": url}
    while "@odata.nextLink" in page:
        answer = session.get(page["@odata.nextLink"])
        page = answer.json()
        if answer.status_code != 200:
            checks.check("every page is answered", False, page)
            return
        pages += 1
        people.update((item["id"], item) for item in page["value"])
    checks.check("the feed has people", len(people) > 0, pages)
    checks.check("it ends in a deltaLink", page.get("@odata.deltaLink", "").startswith(details["graph_root"]), page.keys())
    after = session.get(page["@odata.deltaLink"]).json()
    checks.check("the next round is empty", after.get("value") == [] and "@odata.deltaLink" in after, after)


def main():
    text = os.environ.get("SIMULATOR_DETAILS") or sys.stdin.read()
    details = json.loads(text)
    # MSAL's own requests take the authority from here where `verify` does not reach.
    os.environ["REQUESTS_CA_BUNDLE"] = details["ca_file"]
    os.environ["NO_PROXY"] = "127.0.0.1,localhost"
    checks = Checks()
    token = check_tokens(checks, details)
    check_tenant(checks, details)
    check_feed(checks, details, token)
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
