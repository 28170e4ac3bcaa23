import { parseArgs } from "node:util";
import { config } from "@/lib/config";
import { dumpTruth } from "./simulate/dump";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sellers: { type: "string" },
    seed: { type: "string" },
    end: { type: "string", default: "2026-11-01" },
    to: { type: "string", default: "." },
  },
});
const { demo } = config();
const size = { sellers: Number(values.sellers ?? demo.sellers), seed: Number(values.seed ?? demo.seed) };
if (positionals[0] === "dump") {
  const end = values.end.includes("T") ? values.end : `${values.end}T00:00:00Z`;
  console.table(await dumpTruth({ ...size, end, to: values.to }));
}
