import { AppError } from "@/lib/errors";
import { benchPipeline } from "./bench/pipeline";
import { benchTurn } from "./bench/turn";

const benches: Record<string, (args: string[]) => Promise<void>> = {
  turn: benchTurn,
  pipeline: benchPipeline,
};

const [name = "", ...args] = process.argv.slice(2);
const bench = benches[name];
if (bench) {
  await bench(args).catch((thrown) => {
    if (!(thrown instanceof AppError)) throw thrown;
    console.error(thrown.message);
    process.exitCode = 1;
  });
} else {
  console.error(`Usage: npm run bench -- ${Object.keys(benches).join(" | ")}`);
  process.exitCode = 2;
}
