/** The entries of a sparse row that are not zero. */
export interface SparseRow {
  ids: number[];
  weights: number[];
}

const rounds = 4;

/**
 * An orthonormal basis (terms × width, by rows) of the space of the leading right singular vectors of `rows`, found by
 * power iterations from a fixed random start. Cosines after projection depend on the space alone, so the basis is not
 * rotated on to the singular vectors themselves.
 */
export function principalTerms(rows: SparseRow[], terms: number, width: number): Float64Array {
  const random = seeded(20_261);
  let basis = Float64Array.from({ length: terms * width }, () => random() - 0.5);
  orthonormalise(basis, terms, width);
  const projected = new Float64Array(width);
  for (let round = 0; round < rounds; round += 1) {
    const next = new Float64Array(terms * width);
    for (const { ids, weights } of rows) {
      projected.fill(0);
      accumulate(projected, basis, ids, weights, width);
      spread(next, projected, ids, weights, width);
    }
    orthonormalise(next, terms, width);
    basis = next;
  }
  return basis;
}

function accumulate(
  into: Float64Array,
  basis: Float64Array,
  ids: number[],
  weights: number[],
  width: number,
): void {
  for (let i = 0; i < ids.length; i += 1) {
    const from = (ids[i] as number) * width;
    const weight = weights[i] as number;
    for (let d = 0; d < width; d += 1) into[d] = (into[d] as number) + weight * (basis[from + d] as number);
  }
}

function spread(
  into: Float64Array,
  row: Float64Array,
  ids: number[],
  weights: number[],
  width: number,
): void {
  for (let i = 0; i < ids.length; i += 1) {
    const from = (ids[i] as number) * width;
    const weight = weights[i] as number;
    for (let d = 0; d < width; d += 1)
      into[from + d] = (into[from + d] as number) + weight * (row[d] as number);
  }
}

/** Modified Gram–Schmidt on the columns; a column that vanishes (fewer true dimensions than `width`) stays zero. */
function orthonormalise(matrix: Float64Array, height: number, width: number): void {
  const columns = Array.from({ length: width }, (_, d) =>
    Float64Array.from({ length: height }, (_, i) => matrix[i * width + d] as number),
  );
  columns.forEach((column, d) => {
    const before = Math.sqrt(dot(column, column));
    for (let e = 0; e < d; e += 1) {
      const other = columns[e] as Float64Array;
      const share = dot(column, other);
      for (let i = 0; i < height; i += 1) column[i] = (column[i] as number) - share * (other[i] as number);
    }
    const length = Math.sqrt(dot(column, column));
    const scale = length > 1e-9 * before && length > 0 ? 1 / length : 0;
    for (let i = 0; i < height; i += 1) {
      column[i] = (column[i] as number) * scale;
      matrix[i * width + d] = column[i] as number;
    }
  });
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** Mulberry32: the same numbers on every machine. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
