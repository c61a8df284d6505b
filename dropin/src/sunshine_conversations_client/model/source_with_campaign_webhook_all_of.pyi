# Printed by stubs.py from the table and from parhelion.wire.
from .source_with_campaign_webhook import SourceWithCampaignWebhook

SourceWithCampaignWebhookAllOf = SourceWithCampaignWebhook
