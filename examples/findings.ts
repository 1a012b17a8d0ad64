/** What did not add up. One is enough for the run to fail. */
export class Findings {
  readonly #list: string[] = [];

  /** Notes the sentence where it does not hold. */
  expect(holds: boolean, otherwise: string): void {
    if (!holds) this.#list.push(otherwise);
  }

  all(): readonly string[] {
    return this.#list;
  }
}
