# ruff: noqa: INP001, TID252, PLR0402  (Lime CRM's own layout and spelling)
"""Custom endpoint of a Lime CRM package: GET …/netigate/card-token/<company id>, for whoever may read the company.

Put both files beside the `endpoints` of your package, whose generator made `api`. The service's configuration file,
which no browser sees, holds under `plugins: limepkg_netigate:` the settings `public_url`, `customer_property` (the
company's property with the customer ID, for example `customerno`) and `widget_secret` (WIDGET_SECRET).
"""

from __future__ import annotations

import time

import lime_config
import lime_webserver.webserver as webserver

from ..endpoints import api
from .card_token import mint

LIFETIME_SECONDS = 900


class CardToken(webserver.LimeResource):
    """Reads the company as the signed-in user, so that nobody gets a token for a company that they may not see."""

    def get(self, company_id: int) -> dict[str, str] | tuple[dict[str, str], int]:
        settings = lime_config.config["plugins"]["limepkg_netigate"]
        company = self.application.limetypes.company.get(company_id)
        if company is None:
            return {}, 404
        value = getattr(company.properties, settings["customer_property"]).value
        customer_id = str(value or "").strip()
        if not customer_id:
            return {"customer_id": ""}
        token = mint(settings["widget_secret"], customer_id, ["results"], time.time(), LIFETIME_SECONDS)
        return {"customer_id": customer_id, "token": token, "public_url": settings["public_url"]}


api.add_resource(CardToken, "/netigate/card-token/<int:company_id>")
