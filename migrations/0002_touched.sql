DROP INDEX "remodel"."models_workspace";--> statement-breakpoint
ALTER TABLE "remodel"."models" ADD COLUMN "table_name" text;--> statement-breakpoint
ALTER TABLE "remodel"."models" ADD COLUMN "refers_to" text[];--> statement-breakpoint
update remodel.models m
set
  table_name = d.body::jsonb ->> 'table',
  refers_to = array(
    select distinct field ->> 'to'
    from jsonb_array_elements(d.body::jsonb -> 'fields') as field
    where field ? 'to'
  )
from remodel.definitions d
where d.hash = m.hash;--> statement-breakpoint
ALTER TABLE "remodel"."models" ALTER COLUMN "table_name" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "remodel"."models" ALTER COLUMN "refers_to" SET NOT NULL;--> statement-breakpoint
CREATE INDEX "models_table" ON "remodel"."models" USING btree ("workspace_id","table_name" text_pattern_ops);--> statement-breakpoint
CREATE INDEX "models_refers_to" ON "remodel"."models" USING gin ("refers_to");
