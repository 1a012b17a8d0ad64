CREATE TABLE "remodel"."keys" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"label" text NOT NULL,
	"hash" text NOT NULL,
	"scopes" text[] NOT NULL,
	"models" text[],
	"revision" bigint DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"created_by" jsonb NOT NULL,
	"expires_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	"last_used_at" timestamp with time zone,
	"rotated_to" uuid,
	"idempotency_key" text,
	"body_hash" text
);
--> statement-breakpoint
ALTER TABLE "remodel"."workspaces" ADD COLUMN "state_seq" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "remodel"."keys" ADD CONSTRAINT "keys_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "remodel"."workspaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "keys_hash" ON "remodel"."keys" USING btree ("hash");--> statement-breakpoint
CREATE INDEX "keys_workspace" ON "remodel"."keys" USING btree ("workspace_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "keys_idempotency_key" ON "remodel"."keys" USING btree ("workspace_id","idempotency_key");--> statement-breakpoint
grant select, insert on remodel.keys to remodel_edge;
--> statement-breakpoint
grant update (revision, expires_at, revoked_at, last_used_at, rotated_to) on remodel.keys to remodel_edge;
--> statement-breakpoint
grant update (state_seq) on remodel.workspaces to remodel_edge;
--> statement-breakpoint
grant select, delete on remodel.keys to remodel_migrator;
--> statement-breakpoint
-- The fence of a write: nothing is written in a workspace that lies in the trash either.
create or replace function remodel.assert_current(model text, expected integer) returns boolean
language plpgsql stable
as $$
begin
  if not exists (
    select
    from remodel.models m
    join remodel.workspaces w on w.id = m.workspace_id and w.trashed_at is null
    where m.id = model
      and m.version = expected
      and m.status = 'published'
  ) then
    raise exception 'model % is no longer at version %', model, expected using errcode = 'RM001';
  end if;
  return true;
end
$$;
--> statement-breakpoint
-- The same for the key that a write is made with, by its hash: who revoked it knows that nothing is written after.
create function remodel.assert_key(given text) returns boolean
language plpgsql stable
as $$
begin
  if not exists (
    select from remodel.keys
    where hash = given
      and revoked_at is null
      and (expires_at is null or expires_at > now())
  ) then
    raise exception 'the key is no longer valid' using errcode = 'RM002';
  end if;
  return true;
end
$$;
