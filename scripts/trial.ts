import { AppError } from "@/lib/errors";
import { tryPipeline, usage } from "./trial/pipeline";

const [name = "", ...args] = process.argv.slice(2);
if (name === "pipeline") {
  await tryPipeline(args).catch((thrown) => {
    if (!(thrown instanceof AppError)) throw thrown;
    console.error(thrown.message);
    process.exitCode = thrown.code === "BAD_INPUT" ? 2 : 1;
  });
} else {
  console.error(usage);
  process.exitCode = 2;
}
