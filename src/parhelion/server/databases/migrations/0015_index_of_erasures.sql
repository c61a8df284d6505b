-- index
create index event_of_conversation on event (app_id, conversation_id, id);
create index event_of_user on event (app_id, user_id, id) where user_id <> '';
create index answered_about on answered (about, expires_at, owner, idempotency_key);
