CREATE TABLE "remodel"."audit" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "remodel"."audit_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"workspace_id" uuid NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"actor" jsonb NOT NULL,
	"source" text NOT NULL,
	"action" text NOT NULL,
	"subject" text NOT NULL,
	"before" jsonb,
	"after" jsonb,
	"request_id" text
);
--> statement-breakpoint
ALTER TABLE "remodel"."changes" ADD COLUMN "actor" jsonb DEFAULT '{"kind":"root"}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "remodel"."workspaces" ADD COLUMN "trash_retention_days" integer;--> statement-breakpoint
CREATE INDEX "audit_workspace" ON "remodel"."audit" USING btree ("workspace_id","id");--> statement-breakpoint
grant select, insert on remodel.audit to remodel_edge, remodel_migrator;
--> statement-breakpoint
grant update (trash_retention_days) on remodel.workspaces to remodel_edge;
--> statement-breakpoint
create function remodel.refuse_change() returns trigger
language plpgsql
as $$
begin
  raise exception 'remodel.% is only ever added to', tg_table_name using errcode = 'insufficient_privilege';
end
$$;
--> statement-breakpoint
-- The owner too: rights keep others from it already.
create trigger append_only before update or delete or truncate on remodel.audit
for each statement execute function remodel.refuse_change();
--> statement-breakpoint
-- Notes an administrative act, in the statement or the transaction that does it: `select remodel.note_act(…)` from
-- the clause that acts, so that nothing is noted where nothing was done. `by` says who and how: `{actor, source,
-- requestId}`. Neither `before` nor `after` holds a secret.
create function remodel.note_act(
  workspace uuid,
  by jsonb,
  action text,
  subject text,
  before jsonb default null,
  after jsonb default null
) returns boolean
language sql volatile
as $$
  insert into remodel.audit (workspace_id, actor, source, action, subject, before, after, request_id)
  values (workspace, by -> 'actor', by ->> 'source', action, subject, before, after, by ->> 'requestId')
  returning true
$$;
