/** A question put to the person, answered by one choice. */
export interface Question {
  id: string;
  text: string;
  /** One may be chosen; `proposed` is what `--yes` takes. */
  choices: { id: string; label: string; detail?: string; proposed: boolean }[];
}
