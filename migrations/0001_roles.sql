-- The two roles, as groups without a login: a deployment gives them one (see README, Deployment).
do $$
begin
  if not exists (select from pg_roles where rolname = 'remodel_edge') then
    create role remodel_edge nologin;
  end if;
  if not exists (select from pg_roles where rolname = 'remodel_migrator') then
    create role remodel_migrator nologin;
  end if;
exception
  -- Roles belong to the whole cluster: another database may have created them at this moment.
  when duplicate_object or unique_violation then null;
end
$$;
--> statement-breakpoint
-- JSON forms of timestamps are made by Postgres: they must not depend on a server's setting.
alter role remodel_edge set timezone = 'UTC';
--> statement-breakpoint
alter role remodel_edge set statement_timeout = '10s';
--> statement-breakpoint
alter role remodel_migrator set timezone = 'UTC';
--> statement-breakpoint
do $$
begin
  execute format('grant create on database %I to remodel_migrator', current_database());
end
$$;
--> statement-breakpoint
grant usage on schema remodel to remodel_edge, remodel_migrator;
--> statement-breakpoint
grant select on all tables in schema remodel to remodel_edge;
--> statement-breakpoint
grant insert on remodel.workspaces, remodel.changes, remodel.idempotency_keys to remodel_edge;
--> statement-breakpoint
grant update (label, change_seq, trashed_at) on remodel.workspaces to remodel_edge;
--> statement-breakpoint
grant update (status, cancel_requested, error, finished_at) on remodel.changes to remodel_edge;
--> statement-breakpoint
grant select, insert, update, delete on all tables in schema remodel to remodel_migrator;
--> statement-breakpoint
grant usage on sequence remodel.publish_seq to remodel_migrator;
--> statement-breakpoint
-- The fence of a write: it fails the statement that it stands in unless this version is the current one.
-- Without a reference to a column, Postgres evaluates it once, before the first row.
create function remodel.assert_current(model text, expected integer) returns boolean
language plpgsql stable
as $$
begin
  if not exists (
    select from remodel.models
    where id = model
      and version = expected
      and status = 'published'
  ) then
    raise exception 'model % is no longer at version %', model, expected using errcode = 'RM001';
  end if;
  return true;
end
$$;
--> statement-breakpoint
-- Time-ordered keys (RFC 9562, version 7); Postgres has uuidv7() of its own only from 18 on.
create function remodel.uuid_v7() returns uuid
language sql volatile
as $$
  select encode(
    set_bit(
      set_bit(
        overlay(
          uuid_send(gen_random_uuid())
          placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
          from 1 for 6
        ),
        52, 1
      ),
      53, 1
    ),
    'hex'
  )::uuid
$$;
--> statement-breakpoint
insert into remodel.workspaces (slug, label) values ('main', 'Main') on conflict (slug) do nothing;
