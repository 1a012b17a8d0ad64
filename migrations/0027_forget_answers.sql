CREATE INDEX "idempotency_keys_created" ON "remodel"."idempotency_keys" USING btree ("created_at");--> statement-breakpoint
grant update (seed) on remodel.keys to remodel_migrator;
