-- expand
-- When a conversation was last spoken in, by the minute: what the conversations of an app are listed by. Kept beside
-- last_updated_at, as an index of that would cost each message an entry. 0: not known, and listed last. What servers of
-- the release before write meanwhile stays where it was in the list until the next message.
alter table conversation add column active_minute bigint not null default 0;
