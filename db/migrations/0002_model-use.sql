CREATE TABLE "model_answers" (
	"key" text NOT NULL,
	"conversation_id" text NOT NULL,
	"answer" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "model_answers_key_conversation_id_pk" PRIMARY KEY("key","conversation_id")
);
--> statement-breakpoint
CREATE TABLE "model_tokens" (
	"day" date NOT NULL,
	"run_id" text NOT NULL,
	"tokens" bigint NOT NULL,
	CONSTRAINT "model_tokens_day_run_id_pk" PRIMARY KEY("day","run_id")
);
--> statement-breakpoint
ALTER TABLE "model_answers" ADD CONSTRAINT "model_answers_conversation_id_conversations_id_fk" FOREIGN KEY ("conversation_id") REFERENCES "public"."conversations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "model_answers_by_age" ON "model_answers" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "model_answers_of_conversation" ON "model_answers" USING btree ("conversation_id");--> statement-breakpoint
CREATE INDEX "model_tokens_of_run" ON "model_tokens" USING btree ("run_id");