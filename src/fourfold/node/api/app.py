"""The API put together."""

from typing import Any, ClassVar

from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from fourfold import __version__
from fourfold.node.api import (
    apart,
    assessments,
    consents,
    courses,
    drafts,
    exchange,
    inbox,
    problems,
    readers,
    records,
)
from fourfold.node.api.callers import TokenAuth
from fourfold.node.api.once import HEADER, once
from fourfold.node.api.reading import StrictParser
from fourfold.node.api.shapes.common import Me


class Api(NinjaAPI):
    """Ours: what goes wrong has a media type of its own, and a key a header: the framework says neither."""

    _described: ClassVar[dict[str, OpenAPISchema]] = {}

    def get_openapi_schema(self, **given: Any) -> OpenAPISchema:
        """The description, with problems as `application/problem+json`, and the key of what acts once.

        It is made once: that takes a second, anybody may ask for it, and it says the same to all.
        """
        key = str(sorted(given.items()))
        if key not in self._described:
            self._described[key] = self._describe(**given)
        return self._described[key]

    def _describe(self, **given: Any) -> OpenAPISchema:
        described = super().get_openapi_schema(**given)
        for operations in described["paths"].values():
            for method, operation in operations.items():
                if method != "get":
                    operation["parameters"] = [*operation.get("parameters", ()), KEY]
                    operation["responses"][OTHER_REQUEST] = operation["responses"][400] | {
                        "description": problems.TITLES[OTHER_REQUEST]
                    }
                for status, told in operation["responses"].items():
                    if status in {*problems.ANSWERS, OTHER_REQUEST}:
                        told["content"] = {problems.MEDIA_TYPE: told["content"][JSON]}
        return described


JSON = "application/json"
OTHER_REQUEST = 422
KEY = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "Makes the call act once: the same key with the same request gives the same answer.",
    "schema": {"type": "string", "pattern": r'^("[!#-~]{1,255}"|[!#-~]{1,255})$'},
}
"""What every operation takes that changes something."""

api = Api(
    title="Fourfold node",
    version=__version__,
    description="For programs of the institution's own people, with the roles of an account.",
    auth=TokenAuth(),
    parser=StrictParser(),
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api",
)
problems.install(api)
api.add_decorator(once)


@api.get("/me", response={200: Me, **problems.ANSWERS}, tags=["Account"])
def me(request: HttpRequest) -> Any:
    """Who asks, and what that account may do."""
    caller = request.auth
    return {"name": caller.name, "roles": sorted(caller.roles), "acts": sorted(caller.acts)}


api.add_router("/records", records.router)
api.add_router("/records", apart.router)
api.add_router("/inbox", inbox.router)
api.add_router("/consents", consents.router)
api.add_router("/proposals", courses.proposals)
api.add_router("/joint-records", courses.joint_records)
api.add_router("/assessments", assessments.router)
api.add_router("/agreements/drafts", drafts.router)
api.add_router("/readers", readers.router)
api.add_router("", exchange.router)
