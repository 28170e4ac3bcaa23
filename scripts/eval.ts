import { AppError } from "@/lib/errors";

/** `npm run eval -- <name> [options]`: each eval is a file of tests/evals whose `run` prints its numbers. */
const evals: Record<string, () => Promise<{ run(options: string[]): Promise<void> }>> = {
  retrieval: () => import("@/tests/evals/retrieval"),
  requests: () => import("@/tests/evals/requests"),
};

async function main([name = "", ...options]: string[]): Promise<void> {
  const load = evals[name];
  if (!load) throw new AppError("BAD_INPUT", `Say which eval to run: ${Object.keys(evals).join(", ")}.`);
  await (await load()).run(options);
}

main(process.argv.slice(2)).catch((thrown: unknown) => {
  console.error(thrown instanceof AppError ? thrown.message : thrown);
  process.exitCode = 1;
});
