ALTER TABLE "remodel"."trash" ADD COLUMN "schema_name" text;--> statement-breakpoint
-- Until now there was one schema for all; of two tables of one name, only the first got there.
update remodel.trash t
set schema_name = w.slug || '_trash'
from remodel.workspaces w, remodel.changes c
where w.id = t.workspace_id
  and c.id = t.change_id
  and t.kind = 'model'
  and not exists (
    select
    from remodel.trash o
    where o.workspace_id = t.workspace_id
      and o.kind = 'model'
      and o.table_name = t.table_name
      and o.n < t.n
  )
  and (
    c.status = 'published'
    or exists (
      select
      from pg_class r
      join pg_namespace n on n.oid = r.relnamespace
      where n.nspname = w.slug || '_trash'
        and r.relname = t.table_name
    )
  );
