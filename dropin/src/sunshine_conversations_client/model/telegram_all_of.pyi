# Printed by stubs.py from the table and from parhelion.wire.
from .telegram import Telegram

TelegramAllOf = Telegram
