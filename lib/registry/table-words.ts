/** A table's name as words: `SELLER_GEO_FEATURES` → `seller geo`. */
export function tableWords(name: string): string {
  return name
    .toLowerCase()
    .replaceAll("_", " ")
    .replace(/ features?$/, "");
}
