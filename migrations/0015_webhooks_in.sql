CREATE TABLE "remodel"."received_webhooks" (
	"workspace_id" uuid NOT NULL,
	"is_signed" boolean NOT NULL,
	"n" bigint GENERATED ALWAYS AS IDENTITY (sequence name "remodel"."received_webhooks_n_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"source" text NOT NULL,
	"delivery_id" text,
	"is_repeated" boolean NOT NULL,
	"status" integer NOT NULL,
	"code" text,
	"detail" text,
	"change_id" uuid,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "received_webhooks_workspace_id_is_signed_n_pk" PRIMARY KEY("workspace_id","is_signed","n")
);
--> statement-breakpoint
CREATE TABLE "remodel"."webhook_ids" (
	"source" text NOT NULL,
	"id" text NOT NULL,
	"workspace_id" uuid NOT NULL,
	"refusal" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "webhook_ids_source_id_pk" PRIMARY KEY("source","id")
);
--> statement-breakpoint
ALTER TABLE "remodel"."received_webhooks" ADD CONSTRAINT "received_webhooks_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "remodel"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "remodel"."webhook_ids" ADD CONSTRAINT "webhook_ids_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "remodel"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
grant select, insert on remodel.webhook_ids to remodel_edge;
--> statement-breakpoint
grant update (refusal) on remodel.webhook_ids to remodel_edge;
--> statement-breakpoint
grant select, insert, delete on remodel.received_webhooks to remodel_edge;
--> statement-breakpoint
grant select, insert, update, delete on remodel.webhook_ids, remodel.received_webhooks to remodel_migrator;
