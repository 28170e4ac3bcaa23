import { groupBy } from "@/lib/group-by";
import type { AugmentContext } from "@/lib/pipeline/mart";
import { anchors, embedNotes } from "./embed-notes";
import { judgeAreas } from "./judge-areas";
import { rounded, type Tables } from "./tables";

/** What the notes on areas say: judgements, and vectors of what they mean. Why it was not a model that made them is logged. */
export async function augmentNotes(context: AugmentContext, tables: Tables) {
  context.progress("notes on areas", 4, 5);
  const { areas, counts, tokens, notices } = await judgeAreas(context, tables);
  for (const notice of notices) context.log(notice);
  await tables.write(
    "area_remarks",
    "area_id VARCHAR, note_no BIGINT, dimension VARCHAR, weight DECIMAL(6, 1), maker VARCHAR",
    areas.flatMap(({ areaId, judgement, maker }) =>
      judgement.remarks.map(({ note, dimension, weight }) => [
        areaId,
        note,
        dimension,
        rounded(weight, 1),
        maker,
      ]),
    ),
  );
  await tables.write(
    "area_judgements",
    "area_id VARCHAR, quality_score DOUBLE, neighbourhood_class VARCHAR, maker VARCHAR",
    areas.map(({ areaId, judgement, maker }) => [
      areaId,
      rounded(judgement.quality, 2),
      judgement.neighbourhood,
      maker,
    ]),
  );
  const rows = groupBy(
    await tables.read("area_notes", ["area_id", "note"], "order by area_id, note_no"),
    ([id]) => String(id),
  );
  const texts = [...rows].map(
    ([id, notes]) => [id, notes.map(([, note]) => String(note)).join(" ")] as const,
  );
  return [
    { label: "areas judged by the language model", value: (counts.asked ?? 0) + (counts.cached ?? 0) },
    { label: "areas judged offline", value: counts.offline ?? 0 },
    { label: "tokens used", value: tokens },
    ...(await augmentVectors(context, tables, new Map(texts))),
  ];
}

async function augmentVectors(context: AugmentContext, tables: Tables, notes: Map<string, string>) {
  const { maker, areas, notices } = await embedNotes(notes, context);
  for (const notice of notices) context.log(notice);
  await tables.write(
    "area_similarities",
    "area_id VARCHAR, anchor VARCHAR, similarity DOUBLE, maker VARCHAR",
    [...areas].flatMap(([areaId, { similarities }]) =>
      similarities.map((similarity, index) => [
        areaId,
        anchors[index]?.[0] ?? "",
        rounded(similarity, 5),
        maker,
      ]),
    ),
  );
  await tables.write(
    "area_embeddings",
    "area_id VARCHAR, vector FLOAT[], maker VARCHAR",
    [...areas].map(([areaId, { vector }]) => [
      areaId,
      `[${[...vector].map((x) => rounded(x, 6)).join(", ")}]`,
      maker,
    ]),
  );
  return [{ label: "vectors of notes by", value: maker }];
}
