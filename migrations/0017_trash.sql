ALTER TABLE "remodel"."trash" ADD COLUMN "error" jsonb;--> statement-breakpoint
ALTER TABLE "remodel"."trash" ADD COLUMN "n" bigint NOT NULL GENERATED ALWAYS AS IDENTITY (sequence name "remodel"."trash_n_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1);--> statement-breakpoint
-- The edge asks for a purge by its time; what is done about it is the migrator's.
grant update (purge_after) on remodel.trash to remodel_edge;
