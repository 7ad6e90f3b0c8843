"""Runs the migrations of a forum (machina) or a shop (oscar): python migrate.py NAME FILE, in their own environment."""

import sys
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command

DJANGO = ["auth", "contenttypes", "sessions", "sites", "messages", "flatpages"]
MACHINA = [
    "mptt", "haystack", "widget_tweaks", "machina",
    *(
        f"machina.apps.{name}"
        for name in (
            "forum", "forum_conversation", "forum_conversation.forum_attachments", "forum_conversation.forum_polls",
            "forum_feeds", "forum_moderation", "forum_search", "forum_tracking", "forum_member", "forum_permission",
        )
    ),
]  # fmt: skip
OSCAR = {
    "analytics": "Analytics", "checkout": "Checkout", "address": "Address", "shipping": "Shipping",
    "catalogue": "Catalogue", "catalogue.reviews": "CatalogueReviews", "communication": "Communication",
    "partner": "Partner", "basket": "Basket", "payment": "Payment", "offer": "Offer", "order": "Order",
    "customer": "Customer", "search": "Search", "voucher": "Voucher", "wishlists": "Wishlists",
    "dashboard": "Dashboard", "dashboard.reports": "ReportsDashboard", "dashboard.users": "UsersDashboard",
    "dashboard.orders": "OrdersDashboard", "dashboard.catalogue": "CatalogueDashboard",
    "dashboard.offers": "OffersDashboard", "dashboard.partners": "PartnersDashboard",
    "dashboard.pages": "PagesDashboard", "dashboard.ranges": "RangesDashboard",
    "dashboard.reviews": "ReviewsDashboard", "dashboard.vouchers": "VouchersDashboard",
    "dashboard.communications": "CommunicationsDashboard", "dashboard.shipping": "ShippingDashboard",
}  # fmt: skip


def main(name: str, file: str) -> None:
    """Makes the database `file` with the whole schema of the application."""
    apps = [f"django.contrib.{app}" for app in DJANGO]
    more: dict[str, Any] = {}
    if name == "machina":
        apps += MACHINA
    else:
        from oscar import defaults

        more = {key: value for key, value in vars(defaults).items() if key.isupper()}
        apps += ["oscar.config.Shop", *(f"oscar.apps.{app}.apps.{own}Config" for app, own in OSCAR.items())]
        apps += ["widget_tweaks", "haystack", "treebeard", "django_tables2"]
    more["HAYSTACK_CONNECTIONS"] = {"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}}
    memory = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    settings.configure(
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": file}},
        INSTALLED_APPS=apps,
        SITE_ID=1,
        SECRET_KEY="of no use",
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        CACHES={"default": memory, "machina_attachments": memory},
        **more,
    )
    django.setup()
    call_command("migrate", verbosity=0)


if __name__ == "__main__":
    main(*sys.argv[1:])
