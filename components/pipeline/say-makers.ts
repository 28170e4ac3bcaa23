/** Who made the rows of a computed table, as the end of "… was made by". */
export function sayMakers(makers: string[]): string {
  return makers.length > 0 ? makers.map(sayMaker).join(" and ") : "a maker that is no longer known";
}

function sayMaker(maker: string): string {
  if (maker === "offline") return "the offline scorer";
  if (maker === "latent vectors") return "vectors computed from the texts themselves";
  return `the model ${maker}`;
}
