/** Words that end like an inflection and are none, or whose stem would meet another word's. */
const whole = new Set(
  `rating ratings listing listings building buildings spring string ring king thing morning evening meeting wedding
  ceiling nothing bring sing news lens bus gas plus status bonus census basis analysis axis chassis series species
  less site marketing business illness fitness witness harness wellness
  apartment department statement moment element document comment payment access address process success loss class mass bed red need seed feed speed breed weed indeed hundred`.split(
    /\s+/,
  ),
);

/**
 * A light stem: plurals, -ing, -ed, -ly and British spellings; what is left over is a key for matching, not a word.
 * It leaves derivations (wealth, wealthy) to the thesaurus: merging them here would merge rate with rating too.
 */
export function stem(word: string): string {
  const known = stems.get(word);
  if (known !== undefined) return known;
  const stemmed = reduce(word);
  // A registry repeats few words many times; what strangers type must not fill the memory.
  if (stems.size < 20_000) stems.set(word, stemmed);
  return stemmed;
}

const stems = new Map<string, string>();

function reduce(word: string): string {
  if (word.length < 4 || /\d/.test(word)) return word;
  let stemmed = british(word);
  if (whole.has(stemmed)) return singular(stemmed);
  stemmed = singular(stemmed);
  if (whole.has(stemmed)) return stemmed;
  if (stemmed.length > 5 && stemmed.endsWith("ing")) stemmed = undouble(stemmed.slice(0, -3));
  else if (stemmed.length > 4 && stemmed.endsWith("ied")) stemmed = `${stemmed.slice(0, -3)}y`;
  else if (stemmed.length > 4 && stemmed.endsWith("ed")) stemmed = undouble(stemmed.slice(0, -2));
  else if (stemmed.length > 5 && stemmed.endsWith("ly")) stemmed = stemmed.slice(0, -2);
  else if (stemmed.length > 7 && stemmed.endsWith("ness")) stemmed = stemmed.slice(0, -4).replace(/i$/, "y");
  else if (stemmed.length > 7 && stemmed.endsWith("ment")) stemmed = stemmed.slice(0, -4);
  return stemmed.length > 3 && stemmed.endsWith("e") ? stemmed.slice(0, -1) : stemmed;
}

function british(word: string): string {
  return word
    .replace(/([^aeiou])our(?=s|ed|ing|hood|$)/, "$1or")
    .replace(/([a-z]{2})is(?=ation|e$|es$|ed$|ing$)/, (all, head) =>
      /(?:ra|pr|pro|w|adv|rev|no|ch)$/.test(head) ? all : `${head}iz`,
    )
    .replace(/([^aeiou]t)re(?=s?$)/, "$1er")
    .replace(/ogue(?=s?$)/, "og");
}

function singular(word: string): string {
  if (!word.endsWith("s") || /(?:ss|us|is)$/.test(word)) return word;
  if (/(?:news|lens|gas|series|species)$/.test(word)) return word;
  if (word.endsWith("ies")) return word.length > 4 ? `${word.slice(0, -3)}y` : word.slice(0, -1);
  if (/(?:ch|sh|x|ss|zz)es$/.test(word)) return word.slice(0, -2);
  return word.slice(0, -1);
}

function undouble(word: string): string {
  return /([bdgmnprt])\1$/.test(word) ? word.slice(0, -1) : word;
}
