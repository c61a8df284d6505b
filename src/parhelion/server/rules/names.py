"""Names for people who have not told theirs: an adjective and an animal, always the same for one user."""

from __future__ import annotations

from hashlib import blake2b

ADJECTIVES = tuple(
    """
    Agile Amber Ample Bold Brave Breezy Bright Brisk Calm Candid Cheerful Clever
    Coral Cosmic Cozy Crimson Curious Dapper Daring Dreamy Eager Earnest Elegant Fearless
    Gentle Gleaming Golden Graceful Happy Hardy Honest Humble Indigo Jolly Joyful Keen
    Kind Lively Loyal Lucky Mellow Merry Mighty Misty Nimble Noble Olive Patient
    Plucky Polite Proud Quiet Radiant Scarlet Serene Shiny Silver Sincere Sunny Swift
    Tidy Violet Warm Witty
    """.split()  # noqa: SIM905 - a list that is read as one
)
ANIMALS = tuple(
    """
    Alpaca Badger Beaver Bison Bobcat Buffalo Bunny Camel Caribou Cheetah Chipmunk Cougar
    Crane Deer Dolphin Dove Dragonfly Duck Eagle Egret Elk Falcon Ferret Finch
    Flamingo Fox Gazelle Gecko Giraffe Hare Hawk Hedgehog Heron Ibex Ibis Jaguar
    Kestrel Kingfisher Kiwi Koala Lark Lemur Leopard Lion Llama Lynx Magpie Manatee
    Marmot Meerkat Moose Narwhal Ocelot Orca Otter Owl Panda Panther Pelican Penguin
    Puffin Quail Robin Swan
    """.split()  # noqa: SIM905
)


def animal_name(user_id: str) -> str:
    """What to call a user: "Gentle Otter"."""
    digest = blake2b(user_id.encode(), digest_size=2).digest()  # not hash(): it differs from process to process
    return f"{ADJECTIVES[digest[0] % len(ADJECTIVES)]} {ANIMALS[digest[1] % len(ANIMALS)]}"
