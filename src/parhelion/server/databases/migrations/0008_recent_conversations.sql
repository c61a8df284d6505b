-- index
create index conversation_by_activity on conversation (app_id, active_minute);
create index conversation_without_activity on conversation (app_id, id) where active_minute = 0;
