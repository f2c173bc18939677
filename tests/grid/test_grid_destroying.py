"""After a withdrawal, or destruction in any other way, no byte of the content is anywhere under the node's home."""

import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import own_stores
import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.db import models as columns

from fourfold.exchange.receipts import read_receipt
from fourfold.node import clock, files, models, retaining
from fourfold.node.actions.accept_submitted import Acceptance, accept_submitted
from fourfold.node.actions.add_attachment import add_attachment
from fourfold.node.actions.add_client import NewClient, add_client
from fourfold.node.actions.apply_retention import apply_retention
from fourfold.node.actions.correct_release import correct_release
from fourfold.node.actions.pass_on import pass_on
from fourfold.node.actions.place_hold import place_hold
from fourfold.node.actions.propose_change import propose_change
from fourfold.node.actions.reject_submitted import reject_submitted
from fourfold.node.actions.release_record import release_record
from fourfold.node.actions.take_submission import take_submission
from fourfold.node.actions.withdraw import withdraw
from fourfold.records.retention import What

CANARY = "ZQCANARYQZ"
