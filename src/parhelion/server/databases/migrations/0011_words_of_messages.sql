-- expand
-- What it can be found by, with a blank between; '': by nothing; null: that was not looked at yet
alter table message add column words text;
