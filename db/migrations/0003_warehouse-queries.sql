CREATE TABLE "warehouse_queries" (
	"run_id" text NOT NULL,
	"mart_build" text NOT NULL,
	"statement" text NOT NULL,
	"query_id" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "warehouse_queries_run_id_mart_build_statement_pk" PRIMARY KEY("run_id","mart_build","statement")
);
--> statement-breakpoint
ALTER TABLE "warehouse_queries" ADD CONSTRAINT "warehouse_queries_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE cascade ON UPDATE no action;