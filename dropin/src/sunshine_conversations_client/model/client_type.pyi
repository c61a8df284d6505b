# Printed by stubs.py from the table and from parhelion.wire.
from enum import StrEnum

class ClientType(StrEnum):
    APPLE = "apple"
    GBM = "gbm"
    GOOGLERCS = "googlercs"
    INSTAGRAM = "instagram"
    KAKAO = "kakao"
    LINE = "line"
    MAILGUN = "mailgun"
    MESSAGEBIRD = "messagebird"
    MESSENGER = "messenger"
    SLACKCONNECT = "slackconnect"
    SDK = "sdk"
    TELEGRAM = "telegram"
    TWILIO = "twilio"
    TWITTER = "twitter"
    VIBER = "viber"
    WECHAT = "wechat"
    WHATSAPP = "whatsapp"
