ALTER TABLE "remodel"."changes" ADD COLUMN "revision" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "remodel"."changes" ADD COLUMN "waiting_for" jsonb;--> statement-breakpoint
ALTER TABLE "remodel"."changes" ADD COLUMN "retried_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "remodel"."steps" ADD COLUMN "pass_rows" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "remodel"."steps" ADD COLUMN "rows_total" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "remodel"."steps" ADD COLUMN "batch_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "remodel"."changes" DROP COLUMN "rows";--> statement-breakpoint
ALTER TABLE "remodel"."changes" DROP COLUMN "rows_total";--> statement-breakpoint
-- A retry is a change at a new place in the order, without a plan.
grant update (seq, plan, revision, retried_at) on remodel.changes to remodel_edge;
--> statement-breakpoint
-- Contract steps wait for transactions of others, and backfills for replicas: both are seen by pg_monitor only.
do $$
begin
  grant pg_monitor to remodel_migrator;
exception
  when insufficient_privilege then
    raise warning 'remodel_migrator is no member of pg_monitor: contract steps will not wait for the transactions of other roles';
end
$$;
