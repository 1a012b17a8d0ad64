CREATE TABLE "remodel"."former_names" (
	"workspace_id" uuid NOT NULL,
	"model_id" text NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	CONSTRAINT "former_names_model_id_kind_name_pk" PRIMARY KEY("model_id","kind","name")
);
--> statement-breakpoint
ALTER TABLE "remodel"."former_names" ADD CONSTRAINT "former_names_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "remodel"."workspaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "remodel"."former_names" ADD CONSTRAINT "former_names_model_id_models_id_fk" FOREIGN KEY ("model_id") REFERENCES "remodel"."models"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "former_names_workspace" ON "remodel"."former_names" USING btree ("workspace_id","kind","name" text_pattern_ops);--> statement-breakpoint
grant select on remodel.former_names to remodel_edge;--> statement-breakpoint
grant select, insert, delete on remodel.former_names to remodel_migrator;
