CREATE SCHEMA IF NOT EXISTS "remodel";
--> statement-breakpoint
CREATE SEQUENCE "remodel"."publish_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE TABLE "remodel"."changes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"seq" bigint NOT NULL,
	"status" text NOT NULL,
	"request" jsonb NOT NULL,
	"model_names" text[] NOT NULL,
	"plan" jsonb,
	"source" text NOT NULL,
	"runner" uuid,
	"cancel_requested" boolean DEFAULT false NOT NULL,
	"error" jsonb,
	"rows" bigint DEFAULT 0 NOT NULL,
	"rows_total" bigint DEFAULT 0 NOT NULL,
	"idempotency_key" text,
	"body_hash" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp with time zone,
	"committed_at" timestamp with time zone,
	"published_at" timestamp with time zone,
	"contract_at" timestamp with time zone,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "remodel"."definitions" (
	"hash" text PRIMARY KEY NOT NULL,
	"model_id" text NOT NULL,
	"body" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "remodel"."heads" (
	"workspace_id" uuid NOT NULL,
	"name" text NOT NULL,
	"seq" bigint NOT NULL,
	"model_id" text,
	"version" integer NOT NULL,
	"hash" text,
	CONSTRAINT "heads_workspace_id_name_pk" PRIMARY KEY("workspace_id","name")
);
--> statement-breakpoint
CREATE TABLE "remodel"."idempotency_keys" (
	"workspace_id" uuid NOT NULL,
	"key" text NOT NULL,
	"body_hash" text NOT NULL,
	"response" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "idempotency_keys_workspace_id_key_pk" PRIMARY KEY("workspace_id","key")
);
--> statement-breakpoint
CREATE TABLE "remodel"."models" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"name" text NOT NULL,
	"status" text NOT NULL,
	"version" integer NOT NULL,
	"hash" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"published_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "remodel"."steps" (
	"change_id" uuid NOT NULL,
	"n" integer NOT NULL,
	"phase" text NOT NULL,
	"kind" text NOT NULL,
	"spec" jsonb NOT NULL,
	"status" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"cursor" text,
	"rows" bigint DEFAULT 0 NOT NULL,
	"error" jsonb,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	CONSTRAINT "steps_change_id_n_pk" PRIMARY KEY("change_id","n")
);
--> statement-breakpoint
CREATE TABLE "remodel"."trash" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"model_id" text NOT NULL,
	"field_id" text,
	"table_name" text NOT NULL,
	"column_name" text,
	"body" jsonb NOT NULL,
	"change_id" uuid NOT NULL,
	"trashed_at" timestamp with time zone DEFAULT now() NOT NULL,
	"purge_after" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "remodel"."versions" (
	"model_id" text NOT NULL,
	"version" integer NOT NULL,
	"hash" text NOT NULL,
	"change_id" uuid NOT NULL,
	"published_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "versions_model_id_version_pk" PRIMARY KEY("model_id","version")
);
--> statement-breakpoint
CREATE TABLE "remodel"."workspaces" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"slug" text NOT NULL,
	"label" text,
	"change_seq" bigint DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"trashed_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "remodel"."changes" ADD CONSTRAINT "changes_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "remodel"."workspaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "remodel"."heads" ADD CONSTRAINT "heads_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "remodel"."workspaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "remodel"."heads" ADD CONSTRAINT "heads_model_id_models_id_fk" FOREIGN KEY ("model_id") REFERENCES "remodel"."models"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "remodel"."idempotency_keys" ADD CONSTRAINT "idempotency_keys_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "remodel"."workspaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "remodel"."models" ADD CONSTRAINT "models_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "remodel"."workspaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "remodel"."models" ADD CONSTRAINT "models_hash_definitions_hash_fk" FOREIGN KEY ("hash") REFERENCES "remodel"."definitions"("hash") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "remodel"."steps" ADD CONSTRAINT "steps_change_id_changes_id_fk" FOREIGN KEY ("change_id") REFERENCES "remodel"."changes"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "remodel"."trash" ADD CONSTRAINT "trash_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "remodel"."workspaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "remodel"."versions" ADD CONSTRAINT "versions_model_id_models_id_fk" FOREIGN KEY ("model_id") REFERENCES "remodel"."models"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "remodel"."versions" ADD CONSTRAINT "versions_hash_definitions_hash_fk" FOREIGN KEY ("hash") REFERENCES "remodel"."definitions"("hash") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "changes_seq" ON "remodel"."changes" USING btree ("workspace_id","seq");--> statement-breakpoint
CREATE UNIQUE INDEX "changes_idempotency_key" ON "remodel"."changes" USING btree ("workspace_id","idempotency_key");--> statement-breakpoint
CREATE INDEX "changes_open" ON "remodel"."changes" USING btree ("workspace_id","seq") WHERE status in ('queued', 'running', 'published');--> statement-breakpoint
CREATE INDEX "models_workspace" ON "remodel"."models" USING btree ("workspace_id");--> statement-breakpoint
CREATE INDEX "trash_workspace" ON "remodel"."trash" USING btree ("workspace_id");--> statement-breakpoint
CREATE UNIQUE INDEX "workspaces_slug" ON "remodel"."workspaces" USING btree ("slug");