-- expand: from 4
-- Of which master key the secrets of this store's keys are made: to be known again, and not known by it.
create table master_key (
    id bigint not null primary key,     -- 1: there is one
    fingerprint text not null
);
