-- expand
-- What happened in apps, minute by minute. Statistics: added up in memory and written every few seconds.
create table tally (
    app_id text not null,
    minute bigint not null,             -- since 1970
    name text not null,                 -- see rules/statistics.py
    count bigint not null,
    primary key (app_id, minute, name)
);
create index tally_by_minute on tally (minute, app_id);
