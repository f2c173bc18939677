"""The constant ids of the wire, all of them, in one place.

Those of TLP 2.0 were published by OASIS (cti-stix-common-objects, extension "tlp-2.0"); those of TLP 1.0
stand in STIX 2.1, section 7.2.1.4, and are only ever read. The others are Fourfold's own, fixed for all time.
"""

from types import MappingProxyType

from fourfold.records.markings import Caveat, Tlp

TLP_EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"

TLP_MARKINGS = MappingProxyType(
    {
        Tlp.CLEAR: "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
        Tlp.GREEN: "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
        Tlp.AMBER: "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
        Tlp.AMBER_STRICT: "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
        Tlp.RED: "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
    }
)

TLP_1_MARKINGS = MappingProxyType(
    {
        "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": Tlp.CLEAR,
        "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": Tlp.GREEN,
        "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": Tlp.AMBER,
        "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": Tlp.RED,
    }
)

CAVEAT_MARKINGS = MappingProxyType(
    {
        Caveat.PROPRIETARY: "marking-definition--ee997ab0-0d5d-47d5-bc80-2c367a5028d1",
        Caveat.NATIONAL_SECURITY: "marking-definition--bbc722db-d31e-4fce-aa9a-2d333412ec8d",
        Caveat.ORCON: "marking-definition--ed7277d0-986e-4e8d-9bc8-3c52c0acbb30",
        Caveat.NO_ENFORCEMENT: "marking-definition--e55fee34-9cfa-4d8a-8d06-c79e7312ad06",
        Caveat.NO_DEFENCE: "marking-definition--1ae026c7-4ef3-4ce7-8ce9-ad77810d3940",
        Caveat.PERSONAL: "marking-definition--f41b3029-de2c-468d-b427-b142b3f4f7fa",
        Caveat.STATUTORY: "marking-definition--7c1f3d0e-52b8-4a8c-9d53-2f6b0a7e94d1",
    }
)

RELEASE_EXTENSION = "extension-definition--1739e160-7599-4620-ac64-978277a751ca"
"""On every released object: who gets it, under which agreement, its fields, its signature."""

KINDS_EXTENSION = "extension-definition--175e4b13-9615-4b83-89ca-17e8eced8e23"
"""On objects of a kind that STIX has no type for (`new-sdo`)."""

FOURFOLD_IDENTITY = "identity--13197675-0d94-475e-91fc-af6a15980f27"
"""Creator of the definitions: the software's own name, no institution."""

_UUID_DIGITS = 36


def plain_id(ref: str) -> str:
    """An identifier with its UUID in lower case: either case may come, and is the same (RFC 4122, 3)."""
    head, digits = ref[:-_UUID_DIGITS], ref[-_UUID_DIGITS:]
    return head + digits.lower() if head.endswith("--") else ref


DEFINITIONS_COLLECTION = "f4f72db9-cbe7-4da1-8e18-ebdae76e30be"
"""The TAXII collection of the definitions; the same on every node."""
