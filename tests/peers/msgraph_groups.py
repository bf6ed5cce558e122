"""Microsoft's own client against the simulator: the Graph SDK for Python reads groups, managers and assignments over TLS.

Takes the simulator's details as JSON from standard input; `ca_file` must be set. What it reads is compared with what the
simulator's administration says. Needs msgraph-sdk 1.65.0 and msal 1.39.0. Prints what was checked and ends with
"N passed, N failed"; the exit code is 1 if anything failed.
"""

import asyncio
import json
import os
import ssl
import sys
import time

import httpx
import requests
from azure.core.credentials import AccessToken
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph import GraphServiceClient
from msgraph.generated.groups.delta.delta_request_builder import DeltaRequestBuilder as GroupChanges
from msgraph.generated.groups.item.transitive_members.graph_user.graph_user_request_builder import GraphUserRequestBuilder
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.users.delta.delta_request_builder import DeltaRequestBuilder as UserChanges
from msgraph.generated.users.item.user_item_request_builder import UserItemRequestBuilder
from msgraph.graph_request_adapter import GraphRequestAdapter
from msgraph_core import GraphClientFactory

from checks import Checks
from msal_token import SCOPE, application


class Token:
    """A credential that MSAL got."""

    def __init__(self, text):
        self.text = text

    def get_token(self, *_scopes, **_options):
        return AccessToken(self.text, int(time.time()) + 3000)


def graph(details, token):
    tls = ssl.create_default_context(cafile=details["ca_file"])
    client = httpx.AsyncClient(verify=tls, trust_env=False)
    provider = AzureIdentityAuthenticationProvider(Token(token), scopes=SCOPE)
    client = GraphClientFactory.create_with_default_middleware(client=client)
    adapter = GraphRequestAdapter(provider, client=client)
    adapter.base_url = f"{details['graph_root']}/v1.0"
    return GraphServiceClient(request_adapter=adapter)


class Administration:
    """What is true, asked of the simulator."""

    def __init__(self, details):
        self.base = details["admin"]
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = details["ca_file"]

    def __call__(self, method, path, body=None):
        answer = self.session.request(method, f"{self.base}{path}", json=body)
        answer.raise_for_status()
        return answer.json() if answer.content else None


async def changes(builder, configuration, merge):
    """Reads a round to its end, however it is cut, and returns the deltaLink."""
    page = await builder.get(request_configuration=configuration)
    pages = 1
    while True:
        for item in page.value:
            merge(item)
        if not page.odata_next_link:
            return page.odata_delta_link, pages
        page = await builder.with_url(page.odata_next_link).get()
        pages += 1


def entries(item, name):
    """The links of an item, each as its id and whether it is gone. The SDK makes a UUID of whatever looks like one."""
    return [(str(entry["id"]), "@removed" in entry) for entry in item.additional_data.get(name, [])]


async def check_groups(checks, client, admin):
    """Members merged from the slices are the members; a change comes in the next round, alone."""
    members, seen = {}, []

    def merge(group):
        seen.append(group.id)
        mine = members.setdefault(group.id, set())
        for member, gone in entries(group, "members@delta"):
            (mine.discard if gone else mine.add)(member)

    query = GroupChanges.DeltaRequestBuilderGetQueryParameters(select=["displayName", "members"])
    link, pages = await changes(client.groups.delta, RequestConfiguration(query_parameters=query), merge)
    truth = {group["id"]: set(group["members"]) for group in admin("GET", "/groups")}
    checks.check("the merged members are those of the tenant", members == truth)
    checks.check("large groups were repeated, over several pages", len(seen) > len(truth) and pages > 3, pages)
    group, leaver = next((group, min(mine)) for group, mine in truth.items() if len(mine) > 1)
    admin("DELETE", f"/groups/{group}/members/{leaver}")
    seen.clear()
    await changes(client.groups.delta.with_url(link), None, merge)
    checks.check("a member who leaves is told", seen == [group] and leaver not in members[group], seen)


async def check_managers(checks, client, admin):
    managers = {}

    def merge(user):
        for manager, gone in entries(user, "manager@delta"):
            if gone:
                managers.pop(user.id, None)
            else:
                managers[user.id] = manager

    query = UserChanges.DeltaRequestBuilderGetQueryParameters(select=["displayName", "manager"])
    await changes(client.users.delta, RequestConfiguration(query_parameters=query), merge)
    users = admin("GET", "/users")
    truth = {user["id"]: user["manager"] for user in users if "manager" in user}
    checks.check("the managers are those of the tenant", managers == truth and len(truth) > 10, len(managers))
    person, boss = next(iter(truth.items()))
    asked = await client.users.by_user_id(person).manager.get()
    checks.check("a manager is found alone", asked.id == boss, asked)
    expand = UserItemRequestBuilder.UserItemRequestBuilderGetQueryParameters(
        select=["id"], expand=["manager($select=id,displayName)"]
    )
    user = await client.users.by_user_id(person).get(request_configuration=RequestConfiguration(query_parameters=expand))
    checks.check("and along with the user", user.manager is not None and user.manager.id == boss, user.manager)
    alone = next(user["id"] for user in users if "manager" not in user)
    try:
        await client.users.by_user_id(alone).manager.get()
        checks.check("nobody's manager is a 404", False)
    except ODataError as error:
        found = (error.response_status_code, error.error.code)
        checks.check("nobody's manager is a 404", found == (404, "Request_ResourceNotFound"), found)


async def check_members(checks, client, admin, group):
    truth, known = set(), {one["id"]: one for one in admin("GET", "/groups")}
    opened, open_groups = {group}, [group]
    while open_groups:
        for member in known[open_groups.pop()]["members"]:
            if member not in known:
                truth.add(member)
            elif member not in opened:
                opened.add(member)
                open_groups.append(member)

    builder = client.groups.by_group_id(group).transitive_members.graph_user
    query = GraphUserRequestBuilder.GraphUserRequestBuilderGetQueryParameters(select=["id"], count=True, top=10)
    advanced = RequestConfiguration(query_parameters=query)
    try:
        await builder.get(request_configuration=advanced)
        checks.check("without the header the cast is refused", False)
    except ODataError as error:
        checks.check("without the header the cast is refused", error.error.code == "Request_UnsupportedQuery", error)
    advanced.headers.add("ConsistencyLevel", "eventual")
    page = await builder.get(request_configuration=advanced)
    checks.check("the first page counts", page.odata_count == len(truth), page.odata_count)
    found = {user.id for user in page.value}
    while page.odata_next_link:
        header = RequestConfiguration()
        header.headers.add("ConsistencyLevel", "eventual")
        page = await builder.with_url(page.odata_next_link).get(request_configuration=header)
        checks.check("no other page counts", page.odata_count is None, page.odata_count)
        found |= {user.id for user in page.value}
    checks.check("members of members are found", found == truth and len(truth) > 20, (len(found), len(truth)))


async def check_assignments(checks, client, admin, app_id):
    principal = await client.service_principals_with_app_id(app_id).get()
    checks.check("the application has a service principal", principal.display_name == "Jostle", principal)
    builder = client.service_principals.by_service_principal_id(principal.id)
    page = await builder.app_role_assigned_to.get()
    found = {(one.id, str(one.principal_id), one.principal_type, str(one.app_role_id)) for one in page.value}
    truth = admin("GET", "/assignments")
    truth = {(one["id"], one["principalId"], one["principalType"], one["appRoleId"]) for one in truth}
    checks.check("who is assigned", found == truth and len(truth) == 2, found)

    jobs = (await builder.synchronization.jobs.get()).value
    checks.check("there is one provisioning job", len(jobs) == 1 and jobs[0].template_id == "Jostle", jobs)
    schema = await builder.synchronization.jobs.by_synchronization_job_id(jobs[0].id).schema.get()
    mapping = schema.synchronization_rules[0].object_mappings[0]
    checks.check("its schema has ten rows", len(mapping.attribute_mappings) == 10, mapping)
    names = {row.target_attribute_name: row for row in mapping.attribute_mappings}
    checks.check("an expression is a function", names["active"].source.type.value == "Function", names["active"].source)
    clause = mapping.scope.groups[0].clauses[0]
    checks.check("the scope has a clause", clause.target_operand.values == ["Nordwind"], clause)


async def run(details):
    checks = Checks()
    answer = application(details, details["client_secret"]).acquire_token_for_client(scopes=SCOPE)
    checks.check("MSAL gets a token", "access_token" in answer, answer.get("error"))
    client, admin = graph(details, answer["access_token"]), Administration(details)
    admin("PUT", "/switches", {"graph": {"page_size": 5, "members_per_page": 4}})
    await check_groups(checks, client, admin)
    await check_managers(checks, client, admin)
    await check_members(checks, client, admin, details["group_id"])
    await check_assignments(checks, client, admin, details["app_id"])
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


def main():
    details = json.loads(sys.stdin.read())
    # MSAL's own requests take the authority from here where `verify` does not reach.
    os.environ["REQUESTS_CA_BUNDLE"] = details["ca_file"]
    os.environ["NO_PROXY"] = "127.0.0.1,localhost"
    return asyncio.run(run(details))


if __name__ == "__main__":
    sys.exit(main())
