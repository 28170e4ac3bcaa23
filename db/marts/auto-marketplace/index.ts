import { config } from "@/lib/config";
import { ensureMart } from "@/lib/mart";
import { type BuildOptions, buildDemoMart } from "./build";
import { martName, stamp } from "./declare";

export { type BuildOptions, type BuildProgress, buildDemoMart } from "./build";
export { asOf, martName, stamp } from "./declare";

/**
 * Builds and publishes the demo mart if there is none; returns whether it was built. Safe to call in several processes at once.
 * @throws AppError QUERY_FAILED where a model's SQL is wrong
 */
export async function ensureDemoMart(
  options: Partial<BuildOptions> & { dataDir?: string; rebuild?: boolean } = {},
): Promise<boolean> {
  const { dataDir, rebuild, ...build } = options;
  return ensureMart(martName, stamp, (file) => buildDemoMart(file, { ...config().demo, ...build }), {
    ...(dataDir ? { dataDir } : {}),
    ...(rebuild ? { rebuild } : {}),
  });
}
