-- Who comes to be told of records is told of those that are written from then on, not of what was noted since it
-- subscribed to something else.
create function remodel.begin_records() returns trigger
language plpgsql
as $$
begin
  new.since := pg_current_snapshot();
  new.xid := pg_snapshot_xmin(pg_current_snapshot());
  new.n := 0;
  new.missed_at := null;
  return new;
end
$$;
--> statement-breakpoint
create trigger begin_records before update of events on remodel.subscribers
for each row when (
  not old.events && array['record.created', 'record.updated', 'record.deleted']
  and new.events && array['record.created', 'record.updated', 'record.deleted']
) execute function remodel.begin_records();
