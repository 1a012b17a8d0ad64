ALTER TABLE "remodel"."subscribers" ADD COLUMN "idempotency_key" text;--> statement-breakpoint
ALTER TABLE "remodel"."subscribers" ADD COLUMN "body_hash" text;--> statement-breakpoint
CREATE UNIQUE INDEX "subscribers_idempotency_key" ON "remodel"."subscribers" USING btree ("workspace_id","idempotency_key");
--> statement-breakpoint
grant select (idempotency_key, body_hash), insert (idempotency_key, body_hash) on remodel.subscribers to remodel_edge;
