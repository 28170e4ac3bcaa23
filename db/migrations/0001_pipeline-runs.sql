CREATE TABLE "pipeline_logs" (
	"run_id" text NOT NULL,
	"sequence" integer NOT NULL,
	"step" text,
	"text" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "pipeline_logs_run_id_sequence_pk" PRIMARY KEY("run_id","sequence")
);
--> statement-breakpoint
CREATE TABLE "pipeline_runs" (
	"id" text PRIMARY KEY NOT NULL,
	"mart" text NOT NULL,
	"stamp" text NOT NULL,
	"status" text DEFAULT 'queued' NOT NULL,
	"from_step" text DEFAULT 'extract' NOT NULL,
	"asked" jsonb NOT NULL,
	"parameters" jsonb,
	"trigger" text DEFAULT 'person' NOT NULL,
	"started_by" text,
	"after_run_id" text,
	"cancel_requested" boolean DEFAULT false NOT NULL,
	"error_code" text,
	"error_message" text,
	"last_sequence" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "pipeline_steps" (
	"run_id" text NOT NULL,
	"step" text NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"progress" jsonb,
	"report" jsonb,
	"error_code" text,
	"error_message" text,
	"error_details" jsonb,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	CONSTRAINT "pipeline_steps_run_id_step_pk" PRIMARY KEY("run_id","step")
);
--> statement-breakpoint
ALTER TABLE "pipeline_logs" ADD CONSTRAINT "pipeline_logs_run_id_pipeline_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."pipeline_runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pipeline_runs" ADD CONSTRAINT "pipeline_runs_started_by_viewers_id_fk" FOREIGN KEY ("started_by") REFERENCES "public"."viewers"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pipeline_steps" ADD CONSTRAINT "pipeline_steps_run_id_pipeline_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."pipeline_runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "one_active_pipeline_run" ON "pipeline_runs" USING btree ("mart","stamp") WHERE status in ('queued', 'running');--> statement-breakpoint
CREATE INDEX "pipeline_runs_of_mart" ON "pipeline_runs" USING btree ("mart","created_at");