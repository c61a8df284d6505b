-- expand: from 1
-- One script for both databases. SQLite reads bytea, bigint and text as affinities; PostgreSQL means them.
create table app (
    id text not null primary key,
    body bytea not null                 -- the app as it is answered
);
create table api_key (
    id text not null primary key,
    scope text not null,                -- account, app
    app_id text not null,               -- '' for an account's key
    display_name text not null,
    created_at bigint not null          -- milliseconds, as every time here
);
create index api_key_of_app on api_key (app_id);
create table app_user (
    app_id text not null,
    id text not null,
    external_id text,
    brand_id text not null,             -- '' for a user without a brand
    default_conversation_id text not null,
    body bytea not null,
    primary key (app_id, id)
);
create unique index app_user_by_external_id on app_user (app_id, brand_id, external_id);
create table conversation (
    app_id text not null,
    id text not null,
    message_count bigint not null,      -- messages that can be seen: those after cleared_id
    last_message_id text not null,      -- high water: it stays when the message goes, so ids never come twice
    cleared_id text not null,           -- "delete all" moves this mark; rows behind it are swept later
    swept_id text not null,             -- how far the sweep has come
    last_updated_at bigint not null,
    body bytea not null,                -- what does not change with every message
    primary key (app_id, id)
);
create table participant (
    app_id text not null,
    conversation_id text not null,
    user_id text not null,
    id text not null,
    primary key (app_id, conversation_id, user_id)
);
create index participant_by_user on participant (app_id, user_id);
create table message (
    app_id text not null,
    conversation_id text not null,
    id text not null,
    body bytea not null,                -- the bytes that are answered
    primary key (app_id, conversation_id, id)
);
create table attachment (
    id text not null primary key,
    app_id text not null,
    conversation_id text not null,      -- '' when it was linked to none
    for_message bigint not null,        -- 1: goes with the last message that shows it
    name text not null,
    media_type text not null,
    size bigint not null,
    created_at bigint not null
);
create table attachment_use (
    app_id text not null,
    conversation_id text not null,
    message_id text not null,
    attachment_id text not null,
    primary key (app_id, conversation_id, message_id, attachment_id)
);
create index attachment_use_by_attachment on attachment_use (app_id, attachment_id);
-- Work that is left to do after a commit, until it is done.
create table media_to_remove (
    attachment_id text not null primary key
);
create table conversation_to_sweep (
    app_id text not null,
    conversation_id text not null,
    primary key (app_id, conversation_id)
);
-- What was answered to a request with an Idempotency-Key.
create table answered (
    owner text not null,                -- the key id of the credentials
    idempotency_key text not null,
    fingerprint text not null,
    status bigint not null,
    body bytea not null,
    expires_at bigint not null,
    primary key (owner, idempotency_key)
);
create index answered_by_expiry on answered (expires_at);
