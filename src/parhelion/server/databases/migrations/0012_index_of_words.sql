-- index
create index message_unread on message (app_id, conversation_id, id) where words is null;
create index message_by_words on message using words;
