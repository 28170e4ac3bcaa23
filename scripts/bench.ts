import { benchTurn } from "./bench/turn";

const benches: Record<string, (args: string[]) => Promise<void>> = { turn: benchTurn };

const [name = "", ...args] = process.argv.slice(2);
const bench = benches[name];
if (bench) await bench(args);
else {
  console.error(`Usage: npm run bench -- ${Object.keys(benches).join(" | ")}`);
  process.exitCode = 2;
}
