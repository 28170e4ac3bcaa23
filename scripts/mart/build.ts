import { parseArgs } from "node:util";
import { ensureDemoMart, martName, stamp } from "@/db/marts/auto-marketplace";
import { config } from "@/lib/config";
import { AppError } from "@/lib/errors";

export const buildUsage = `  npm run mart -- build [--sellers N] [--seed S]    builds the demo mart again, by default as the settings say`;

/**
 * Builds the demo mart and publishes it in place of the one there is.
 * @throws AppError BAD_INPUT
 */
export async function buildMart(args: string[]): Promise<void> {
  const { demo } = config();
  const { sellers, seed } = readSize(args, demo);
  const started = performance.now();
  console.error(`${martName} ${stamp}: ${sellers} sellers, seed ${seed}`);
  await ensureDemoMart({
    sellers,
    seed,
    rebuild: true,
    onProgress: ({ label, done, total }) => console.error(`${String(done).padStart(3)}/${total}  ${label}`),
  });
  console.log(`Published ${martName} ${stamp} in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
}

function readSize(args: string[], defaults: { sellers: number; seed: number }) {
  try {
    const { values } = parseArgs({
      args,
      options: { sellers: { type: "string" }, seed: { type: "string" } },
    });
    const sellers = Number(values.sellers ?? defaults.sellers);
    const seed = Number(values.seed ?? defaults.seed);
    if (!Number.isInteger(sellers) || sellers < 50 || sellers > 200_000) {
      throw new Error("--sellers is a whole number from 50 to 200000");
    }
    if (!Number.isSafeInteger(seed)) throw new Error("--seed is a whole number");
    return { sellers, seed };
  } catch (thrown) {
    const problem = thrown instanceof Error ? thrown.message : String(thrown);
    throw new AppError("BAD_INPUT", `${problem}\nUsage:\n${buildUsage}`);
  }
}
