-- expand: from 2
-- What the other operations keep. A time of 0 means: never.
-- 0: messages are kept for ever
alter table app add column retention_seconds bigint not null default 0;
-- conversations idle since before are left alone
alter table app add column retained_since bigint not null default 0;
-- '' for all but an integration's key
alter table api_key add column integration_id text not null default '';
create index api_key_of_integration on api_key (app_id, integration_id);
-- of the identity, in lower case
alter table app_user add column email text not null default '';
create index app_user_by_email on app_user (app_id, email);
alter table conversation add column type text not null default 'sdkGroup';
alter table conversation add column is_default bigint not null default 0;
alter table conversation add column business_last_read_at bigint not null default 0;
-- the switchboard integration in control
alter table conversation add column active_id text not null default '';
-- the one that control is offered to
alter table conversation add column pending_id text not null default '';
update conversation set type = 'personal' where cast(body as text) like '%"type":"personal"%';
update conversation set is_default = 1 where id in (select default_conversation_id from app_user);
-- the last message the user has read
alter table participant add column last_read_id text not null default '';
alter table participant add column last_read_at bigint not null default 0;
drop index participant_by_user;
create index participant_by_user on participant (app_id, user_id, conversation_id);
-- the user who wrote it; '' for the business
alter table message add column author_id text not null default '';
create index attachment_of_conversation on attachment (app_id, conversation_id);
create table integration (
    app_id text not null,
    id text not null,
    type text not null,
    body bytea not null,                -- as it is answered
    primary key (app_id, id)
);
create table webhook (
    app_id text not null,
    id text not null,
    integration_id text not null,
    body bytea not null,                -- as it is answered, but for its secret
    primary key (app_id, id)
);
create index webhook_of_integration on webhook (app_id, integration_id);
create table switchboard (
    app_id text not null primary key,   -- an app has one at most
    id text not null,
    enabled bigint not null,
    default_id text not null            -- '' when there is none
);
create table switchboard_integration (
    app_id text not null,
    id text not null,
    switchboard_id text not null,
    name text not null,
    integration_id text not null,
    integration_type text not null,
    next_id text not null,              -- '' when there is none
    body bytea not null,                -- as it is answered
    primary key (app_id, id)
);
create table client (
    app_id text not null,
    user_id text not null,
    id text not null,
    type text not null,
    integration_id text not null,       -- '' when it belongs to none
    body bytea not null,                -- as it is answered
    primary key (app_id, user_id, id)
);
create table client_association (
    app_id text not null,
    conversation_id text not null,
    user_id text not null,
    client_id text not null,
    primary key (app_id, conversation_id, user_id, client_id)
);
create index client_association_by_user on client_association (app_id, user_id, client_id);
create table device (
    app_id text not null,
    user_id text not null,
    id text not null,
    last_seen_at bigint not null,
    body bytea not null,                -- as it is answered
    primary key (app_id, user_id, id)
);
create table oauth_client (
    id text not null primary key,
    name text not null,
    redirect_uris text not null,        -- a JSON array
    created_at bigint not null
);
create table oauth_code (
    digest text not null primary key,   -- the code itself is kept nowhere
    client_id text not null,
    redirect_uri text not null,
    app_id text not null,
    expires_at bigint not null
);
create index oauth_code_by_expiry on oauth_code (expires_at);
-- Work that is left to do after a commit: what belonged to a thing that is gone goes in small steps.
create table conversation_gone (
    app_id text not null,
    conversation_id text not null,
    primary key (app_id, conversation_id)
);
create table author_gone (
    app_id text not null,
    conversation_id text not null,
    user_id text not null,
    swept_id text not null,             -- how far the sweep has come
    primary key (app_id, conversation_id, user_id)
);
create table app_gone (
    app_id text not null primary key
);
-- of users that were brought in from Zendesk; '' for all others
alter table app_user add column zendesk_id text not null default '';
create index app_user_by_zendesk_id on app_user (app_id, zendesk_id);
-- the address on the channel, as it is compared; '' where it is not known
alter table client add column external_id text not null default '';
-- the OAuth client that an app let in, which then has one integration there; null for all others
alter table integration add column oauth_client_id text;
create unique index integration_of_oauth_client on integration (app_id, oauth_client_id);
-- who answers first on this integration; '' where the switchboard's default does
alter table integration add column default_responder_id text not null default '';
create index client_of_integration on client (app_id, integration_id);
create table integration_gone (
    app_id text not null,
    integration_id text not null,
    primary key (app_id, integration_id)
);
