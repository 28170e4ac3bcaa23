const longest = 60;

/** A column or table name that every warehouse takes: `Departure Delay (min)` → `departure_delay_min`; "" when nothing is left. */
export function identifierOf(text: string): string {
  const snake = text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, "_")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .slice(0, longest)
    .replace(/^_+|_+$/g, "");
  return /^\d/.test(snake) ? `n_${snake}` : snake;
}

/** Distinct names in order: a second `name` becomes `name_2`, an empty one `column_3` after its position. */
export function distinctNames(candidates: string[]): string[] {
  const taken = new Set<string>();
  return candidates.map((candidate, index) => {
    const base = candidate === "" ? `column_${index + 1}` : candidate;
    let name = base;
    for (let n = 2; taken.has(name) || (name !== base && candidates.includes(name)); n += 1)
      name = `${base}_${n}`;
    taken.add(name);
    return name;
  });
}

const irregular: Record<string, string> = {
  people: "person",
  children: "child",
  men: "man",
  women: "woman",
  data: "data",
  news: "news",
  series: "series",
  indices: "index",
  vertices: "vertex",
  movies: "movie",
  cookies: "cookie",
  calories: "calorie",
};

/** The singular of a snake_case plural: `cities` → `city`, `order_lines` → `order_line`, `weather` → `weather`. */
export function singularOf(name: string): string {
  const at = name.lastIndexOf("_") + 1;
  const head = name.slice(0, at);
  const word = name.slice(at);
  if (irregular[word]) return head + irregular[word];
  if (/[^aeiou]ies$/.test(word) && word.length > 4) return head + word.replace(/ies$/, "y");
  if (/(ss|sh|ch|x|zz)es$/.test(word)) return head + word.replace(/es$/, "");
  if (/(us|ss|is|as)$/.test(word) || !word.endsWith("s") || word.length < 4) return name;
  return head + word.replace(/s$/, "");
}

/** `customer_id` → `customer`, `airport_code` → `airport`; null when the name is no such key. */
export function keyStem(column: string): string | null {
  return /^(.+)_(?:id|key|code|uuid|guid|no|num|number|nbr)$/.exec(column)?.[1] ?? null;
}

/** Looks like what identifies a row: `id`, `customer_id`, `code`. */
export function isKeyLike(column: string): boolean {
  return /(^|_)(id|key|code|uuid|guid|sku|vin|isbn)$/.test(column);
}
