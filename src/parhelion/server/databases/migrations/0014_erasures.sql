-- expand
-- What was told and answered about somebody or something that is gone: it goes, or what it says of a person does, once
-- whoever is well has been told. Work that is left to do after a commit, until it is done.
create table erasure (
    app_id text not null,
    conversation_id text not null,      -- '' for what is about a user alone
    user_id text not null,              -- '' when it is about nobody in particular
    message_id text not null,           -- '' when it is about no message
    kind text not null,                 -- conversation, message, messages, author, person: see rules/erasing.py
    swept_id text not null,             -- the event up to which it is done
    due_at bigint not null,
    primary key (app_id, conversation_id, user_id, message_id, kind)
);
create index erasure_by_due on erasure (due_at);
-- Groups that somebody has left: what they said there is still theirs.
create table participant_left (
    app_id text not null,
    user_id text not null,
    conversation_id text not null,
    primary key (app_id, user_id, conversation_id)
);
-- the user whom it is about, when it is about no conversation
alter table event add column user_id text not null default '';
-- what the answer tells of: a conversation, a user, an attachment; '' for anything else
alter table answered add column about text not null default '';
alter table answered add column app_id text not null default '';
