import { getFeatureSet, getResult } from "@/db/queries";
import { AppError } from "@/lib/errors";
import type { FeatureSet } from "@/lib/feature-set";
import { count as figure } from "@/lib/figures";
import { countRows } from "@/lib/matrix";
import { matrixSubject } from "@/lib/planner";
import { describeSubject } from "@/lib/registry/search";
import { filterLabel, otherDialect } from "@/lib/sql";
import { entityWords } from "./entity-words";
import { exampleRequest } from "./example-request";
import { runWarehouse } from "./run-warehouse";
import type { State, Update } from "./state";
import { type NodeConfig, sendPart, sendText, turn, withProgress } from "./turn";
import { looksLikeSql } from "./typed-sql";

/** Answers what changes nothing: what does it mean, how many are there, hello, help, and what this is not for. */
export async function answer(state: State, config: NodeConfig): Promise<Update> {
  const { mart } = turn(config);
  switch (state.request?.intent) {
    case "describe":
      sendText(config, await describe(state, config));
      break;
    case "count":
      sendText(config, await count(state, config));
      break;
    case "off_topic":
      sendText(
        config,
        looksLikeSql(state.message)
          ? "That looks like SQL. To run it as it stands, put `sql` before it: `sql SELECT …`."
          : `I only build feature matrices from the mart “${mart.title}”. Say who the rows are about and which features you need, for instance: ${exampleRequest(mart.registry)}.`,
      );
      break;
    case "greet":
      sendText(config, `Hello! Which features do you need? For instance: ${exampleRequest(mart.registry)}.`);
      break;
    default:
      sendText(config, help(config));
  }
  return { remarks: [] };
}

async function describe(state: State, config: NodeConfig): Promise<string> {
  const { mart, search } = turn(config);
  const subject = state.request?.subject ?? state.message;
  if (subject === matrixSubject) return describeMatrix(state, config);
  const found = await describeSubject(subject, mart.registry, search);
  return found ?? `Nothing in the mart is called “${subject.slice(0, 80)}”, and nothing comes close to it.`;
}

/** "How many rows are in my matrix?" is about the last one shown, not about the population. */
async function describeMatrix(state: State, config: NodeConfig): Promise<string> {
  const { viewer, mart } = turn(config);
  if (!state.resultId) return "There is no matrix yet. Say which features you need.";
  const { plan, report } = await getResult(viewer, state.resultId);
  const rows = `**${figure(report.rows)}** ${entityWords(mart.registry, plan.spine.entity, report.rows)}`;
  const filters = plan.spine.filters.map((filter) => filterLabel(filter));
  const where = filters.length > 0 ? `, where ${filters.join(" and ")}` : "";
  const tables = plan.featureSet.selections.map(({ table }) => table).join(", ");
  return `The last matrix has ${rows} and **${figure(report.features)}** features of ${tables}${where}.`;
}

async function count(state: State, config: NodeConfig): Promise<string> {
  const { mart, signal } = turn(config);
  const { request } = state;
  const current = await currentSet(state, config);
  const entity =
    request?.entity ??
    (current?.spine.kind === "population" ? current.spine.entity : null) ??
    mart.registry.tables[0]?.entity;
  if (!request || !entity) return "Say what to count, for instance “how many sellers are in Pune?”";
  const unclear = request.unresolved[0];
  if (unclear) {
    const near =
      unclear.suggestions.length > 0 ? ` Did you mean ${unclear.suggestions.slice(0, 3).join(", ")}?` : "";
    return `There is no “${unclear.phrase}” in the data, so I did not count.${near}`;
  }
  const featureSet: FeatureSet = {
    version: 1,
    mart: mart.name,
    stamp: mart.stamp,
    spine: { kind: "population", entity, asOf: request.asOf },
    filters: request.filters.map(({ table, column, operator, values }) => ({
      table,
      column,
      operator,
      values,
    })),
    selections: [],
    alignment: { boundary: "inclusive", knownAt: true, delaySeconds: 0 },
    names: "short",
    excludePii: false,
  };
  try {
    const { rows, filters, sql, sqlHash, otherSql } = await withProgress(
      config,
      "fetch",
      "Counting",
      (tell) =>
        countRows({ featureSet, registry: mart.registry, warehouse: runWarehouse(config, tell), signal }),
    );
    sendPart(config, "sql", {
      title: "The count",
      dialect: mart.warehouse.dialect,
      sql,
      hash: sqlHash,
      other: { dialect: otherDialect(mart.warehouse.dialect), sql: otherSql },
    });
    const where = featureSet.filters.map((filter) => filterLabel(filter));
    const condition = where.length > 0 ? ` where ${where.join(" and ")}` : " in all";
    const unknown = filters
      .filter((filter) => filter.unknown > 0)
      .map((filter) => ` For ${figure(filter.unknown)} more it is not known whether ${filter.label}.`);
    return `**${figure(rows)}** ${entityWords(mart.registry, entity, rows)}${condition}.${unknown.join("")}`;
  } catch (error) {
    if (error instanceof AppError && error.status < 500 && error.code !== "QUERY_CANCELLED")
      return error.message;
    throw error;
  }
}

async function currentSet(state: State, config: NodeConfig): Promise<FeatureSet | null> {
  const { viewer, conversationId } = turn(config);
  return state.featureSetHash ? getFeatureSet(viewer, conversationId, state.featureSetHash) : null;
}

function help(config: NodeConfig): string {
  const { mart } = turn(config);
  const features = mart.registry.features.filter((feature) => !feature.isKey).length;
  return [
    `The mart “${mart.title}” (${mart.stamp}) has ${figure(features)} features in ${mart.registry.tables.length} tables.`,
    "You can:",
    "- say which rows and features you need, with filters, time windows and what to leave out;",
    "- change the set: “add …”, “without …”, “only … with at least 10 …”, “drop columns with more than 20% nulls”;",
    "- ask “what does … mean?” or “how many … are in …?”;",
    "- ask for figures: “which city has the most …?”, “average … by …”, “how many … per month”;",
    "- write SQL yourself: `sql SELECT …` runs one statement over the mart's tables, which nothing can be changed by;",
    "- say “export it”. Nothing is exported before you approve it.",
  ].join("\n");
}
