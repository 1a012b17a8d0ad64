CREATE TABLE "remodel"."event_marks" (
	"at" timestamp with time zone PRIMARY KEY DEFAULT now() NOT NULL,
	"xid" "xid8" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "remodel"."events" (
	"model_id" text NOT NULL,
	"xid" "xid8" DEFAULT pg_current_xact_id() NOT NULL,
	"n" bigint GENERATED ALWAYS AS IDENTITY (sequence name "remodel"."events_n_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"op" text NOT NULL,
	"key" text NOT NULL,
	"record_id" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "events_model_id_xid_n_pk" PRIMARY KEY("model_id","xid","n")
);
--> statement-breakpoint
grant select on remodel.events, remodel.event_marks to remodel_edge;
--> statement-breakpoint
grant select, insert, delete on remodel.events, remodel.event_marks to remodel_migrator;
--> statement-breakpoint
-- Notes the rows that one statement wrote to the table of a model, whoever sent it and whatever led to it; called by
-- triggers with the model's id and the column of its key. What the migrator writes before a publish changes no record
-- for anybody who reads it. Columns of the table may be called as the variables are. With the rights of its owner: who
-- may write a table need not have any on the events.
create function remodel.note_records() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
#variable_conflict use_variable
declare
  op constant text := case tg_op when 'INSERT' then 'create' when 'UPDATE' then 'update' else 'delete' end;
begin
  if current_setting('remodel.silent', true) = 'on' then
    return null;
  end if;
  -- By far the most keys are called so, and this text is planned once for a session.
  if tg_argv[1] = 'id' then
    insert into remodel.events (model_id, op, key, record_id)
    select tg_argv[0], op, 'id', c.id::text
    from changed as c;
  else
    execute format('
      insert into remodel.events (model_id, op, key, record_id)
      select $1, $2, $3, c.%I::text
      from changed as c', tg_argv[1])
    using tg_argv[0], op, tg_argv[1];
  end if;
  return null;
end
$$;
--> statement-breakpoint
-- Notes the records whose lists lost a link because the record at its other end was deleted; called by a trigger on
-- their join table with the model's id. By which of two keys they are named there, the foreign key to them tells.
create function remodel.note_unlinked() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  owner record;
begin
  if current_setting('remodel.silent', true) = 'on' then
    return null;
  end if;
  select f.confrelid::regclass as "table", a.attname as key
  into owner
  from pg_constraint f
  join pg_attribute s on s.attrelid = f.conrelid and f.conkey = array[s.attnum] and s.attname = 'source'
  join pg_attribute a on a.attrelid = f.confrelid and f.confkey = array[a.attnum]
  where f.conrelid = tg_relid
    and f.contype = 'f';
  if not found then
    return null;
  end if;
  -- Where it is the record that was deleted, that is noted already.
  execute format('
    insert into remodel.events (model_id, op, key, record_id)
    select $1, ''update'', $2, r.%1$I::text
    from %2$s as r
    where r.%1$I in (select c.source from changed as c)', owner.key, owner."table")
  using tg_argv[0], owner.key;
  return null;
end
$$;
