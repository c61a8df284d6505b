-- backfill
update conversation set active_minute = case when last_updated_at < 60000 then 1 else last_updated_at / 60000 end
    where (app_id, id) in (
        select app_id, id from conversation where active_minute = 0 order by app_id, id limit 1000);
