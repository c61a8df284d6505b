"""Copying a hosted account over its public API: what `parhelion pull` does.

users     the file of people                      account   what is asked, answered as the bytes that came
line      sockets: paced, bounded, judged         pace      how often is asked
files     what messages show, into FILE.media     copying   a person: user, conversations, each once; what failed, again
book      FILE, and the journal beside it         report    what is missing, and why

    a person -> user, clients, devices        -> a piece -.
             -> conversations -> participants              >-> FILE, synced -> a mark in FILE.journal
                                 messages     -> a piece -'
                                 users and files of these

A piece is gathered in a scratch file and appended in one go; it counts once the journal says where it ends. So whatever
moment it is interrupted at, the next run cuts off what follows the last mark, and asks for no marked piece again.
"""
