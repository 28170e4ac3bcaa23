import { quoteText } from "@/lib/warehouse";
import { jsonRow } from "./json-row";
import { sourceTable } from "./served";
import type { Route } from "./server";
import type { World } from "./world-query";

const tables: Record<string, string> = {
  "/pois": "pois",
  "/geocode": "area_places",
  "/distances": "area_travel",
};
const mostAreas = 50;

/**
 * `/pois`, `/geocode` and `/distances?area_id=a,b,…` (up to 50 areas): `{rows, next: null}`. Every area asked for counts
 * against a daily quota, told in `x-quota-limit` and `x-quota-remaining`; beyond it 429 until the next day.
 */
export function mapsRoute(world: World, dailyQuota: number): Route {
  let day = "";
  let used = 0;
  return async (query, path) => {
    const name = tables[path];
    if (!name) return { status: 404 };
    const areas = query
      .getAll("area_id")
      .flatMap((ids) => ids.split(","))
      .filter((id) => id !== "");
    if (areas.length === 0 || areas.length > mostAreas) {
      return { status: 400, body: `{"error":"name 1 to ${mostAreas} areas in area_id"}` };
    }
    const now = new Date();
    const today = now.toISOString().slice(0, 10);
    if (today !== day) [day, used] = [today, 0];
    const headers = (remaining: number) => ({
      "x-quota-limit": String(dailyQuota),
      "x-quota-remaining": String(remaining),
    });
    if (used + areas.length > dailyQuota) {
      const wait = Math.ceil((Date.parse(`${today}T24:00:00Z`) - now.getTime()) / 1000);
      return { status: 429, headers: { ...headers(dailyQuota - used), "retry-after": String(wait) } };
    }
    used += areas.length;
    const asked = areas.map(quoteText).join(", ");
    const table = sourceTable(name);
    const { rows } = await world.query(`
      select string_agg(row_text, ',' order by row_text) from (
        select ${jsonRow(table)} as row_text from world.${name} where area_id in (${asked})
        union all
        select row_text from served.dirt where name = '${name}' and (row_text->>'$.area_id') in (${asked})
      )`);
    return { headers: headers(dailyQuota - used), body: `{"rows":[${rows[0]?.[0] ?? ""}],"next":null}` };
  };
}
