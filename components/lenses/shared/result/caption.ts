/** A few words about a result, beside or below its picture. */
export interface Caption {
  readonly text: string;
  /** The full number, or what it means, on hover. */
  readonly meaning: string;
}
