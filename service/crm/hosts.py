"""The hosts that are on, as blueprints: what the wiring asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.crm.hubspot import hubspot_blueprint
from service.crm.pipedrive.custom_field import CustomField
from service.crm.pipedrive.route import pipedrive_blueprint
from service.crm.salesforce import salesforce_blueprint
from service.crm.zendesk import zendesk_blueprint

if TYPE_CHECKING:
    from flask import Blueprint

    from service.crm.options import CrmOptions
    from service.ports import Clock, Summaries


def crm_blueprints(options: CrmOptions, summaries: Summaries, clock: Clock) -> list[Blueprint]:
    """One blueprint for each host that is on."""
    blueprints: list[Blueprint] = []
    if options.hubspot:
        blueprints.append(hubspot_blueprint(options.hubspot, summaries, clock))
    if options.pipedrive:
        blueprints.append(pipedrive_blueprint(options.pipedrive, summaries, clock, _custom_field(options, clock)))
    if options.zendesk:
        blueprints.append(zendesk_blueprint(options.zendesk, clock))
    if options.salesforce:
        blueprints.append(salesforce_blueprint(options.salesforce, clock))
    return blueprints


def _custom_field(options: CrmOptions, clock: Clock) -> CustomField | None:
    host = options.pipedrive
    if host is None or not (host.api_token and host.customer_field):
        return None
    return CustomField(host.resource, host.customer_field, host.api_token, clock)
