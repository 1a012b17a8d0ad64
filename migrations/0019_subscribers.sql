CREATE TABLE "remodel"."messages" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"subscriber_id" uuid NOT NULL,
	"n" bigint GENERATED ALWAYS AS IDENTITY (sequence name "remodel"."messages_n_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"type" text NOT NULL,
	"body" text NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp with time zone DEFAULT now() NOT NULL,
	"answered" integer,
	"error" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "remodel"."subscribers" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"workspace_id" uuid NOT NULL,
	"url" text NOT NULL,
	"events" text[] NOT NULL,
	"model_ids" text[],
	"secret" text NOT NULL,
	"previous_secret" text,
	"previous_until" timestamp with time zone,
	"status" text DEFAULT 'active' NOT NULL,
	"paused_reason" text,
	"since" "pg_snapshot" DEFAULT pg_current_snapshot() NOT NULL,
	"xid" "xid8" DEFAULT pg_snapshot_xmin(pg_current_snapshot()) NOT NULL,
	"n" bigint DEFAULT 0 NOT NULL,
	"missed_at" timestamp with time zone,
	"failures" integer DEFAULT 0 NOT NULL,
	"failing_since" timestamp with time zone,
	"due_at" timestamp with time zone DEFAULT now(),
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "remodel"."webhook_ids" ALTER COLUMN "refusal" SET DATA TYPE text;--> statement-breakpoint
ALTER TABLE "remodel"."messages" ADD CONSTRAINT "messages_subscriber_id_subscribers_id_fk" FOREIGN KEY ("subscriber_id") REFERENCES "remodel"."subscribers"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "remodel"."subscribers" ADD CONSTRAINT "subscribers_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "remodel"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "messages_subscriber" ON "remodel"."messages" USING btree ("subscriber_id","n");--> statement-breakpoint
CREATE INDEX "messages_pending" ON "remodel"."messages" USING btree ("subscriber_id","next_attempt_at") WHERE status = 'pending';--> statement-breakpoint
CREATE INDEX "subscribers_workspace" ON "remodel"."subscribers" USING btree ("workspace_id");--> statement-breakpoint
-- Not the secrets, which only who sends needs.
grant select (
  id, workspace_id, url, events, model_ids, previous_until, status, paused_reason, missed_at, failures, failing_since,
  due_at, created_at
) on remodel.subscribers to remodel_edge;
--> statement-breakpoint
grant insert (workspace_id, url, events, model_ids, secret) on remodel.subscribers to remodel_edge;
--> statement-breakpoint
grant update (url, events, model_ids, status, paused_reason, failures, failing_since, missed_at, due_at)
on remodel.subscribers to remodel_edge;
--> statement-breakpoint
grant delete on remodel.subscribers to remodel_edge;
--> statement-breakpoint
grant select on remodel.messages to remodel_edge;
--> statement-breakpoint
grant update (status, attempts, next_attempt_at, ended_at) on remodel.messages to remodel_edge;
--> statement-breakpoint
grant select, insert, update, delete on remodel.subscribers, remodel.messages to remodel_migrator;
--> statement-breakpoint
-- Gives a subscriber another secret; the one that it has is used beside it for so many seconds.
create function remodel.rotate_secret(subscriber uuid, next text, overlap integer) returns void
language sql
security definer
set search_path = ''
as $$
  update remodel.subscribers
  set secret = next, previous_secret = secret, previous_until = now() + make_interval(secs => overlap)
  where id = subscriber
$$;
--> statement-breakpoint
-- Writes what subscribers are told of a change, in the transaction that moves it on, whoever does that. A change that
-- has nothing left to do is published and done at once; one whose contract is tried again is published already.
create function remodel.tell_of_change() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  types constant text[] := array_remove(array[
    case when old.published_at is null and new.published_at is not null then 'change.published' end,
    case when new.status = 'done' then 'change.done' end,
    case when new.status = 'failed' then 'change.failed' end
  ], null);
begin
  insert into remodel.messages (subscriber_id, type, body)
  select s.id, t.type, json_build_object(
    'type', t.type,
    'timestamp', to_json(now()),
    'data', json_build_object(
      'workspace', w.slug,
      'id', new.id,
      'seq', new.seq,
      'status', new.status,
      'models', new.model_names,
      'hashes', new.plan -> 'result',
      'source', new.source,
      'error', case when new.error is not null then json_build_object(
        'code', new.error ->> 'code',
        'detail', new.error ->> 'detail'
      ) end
    )
  )::text
  from unnest(types) with ordinality as t (type, n)
  join remodel.subscribers s on s.workspace_id = new.workspace_id and t.type = any (s.events)
  join remodel.workspaces w on w.id = new.workspace_id
  order by t.n;
  return null;
end
$$;
--> statement-breakpoint
create trigger tell_of_change after update of status on remodel.changes
for each row when (old.status is distinct from new.status) execute function remodel.tell_of_change();
