-- expand
-- What has arrived at a webhook, for a while. A delivery that arrives goes here in the same write.
create table arrival (
    app_id text not null,
    webhook_id text not null,
    position bigint not null,           -- of the event
    attempts bigint not null,
    arrived_at bigint not null,
    answer bytea not null,              -- to the attempt with which it arrived
    primary key (app_id, webhook_id, position)
);
-- the only webhook that it is for, a test; '' for what is told to all who hear of it
alter table event add column webhook_id text not null default '';
