"""The bytes of attachments: one port, implemented."""
