import type { DefinitionCache, KnownDefinition } from './definition-cache.ts';
import type { Answer } from './isolate.ts';
import { readProblem } from './read-answer.ts';
import type { Workspace } from './workspace.ts';

/** A request in the words of a definition, and the status by which it is granted. */
export interface Wish {
  readonly kind: 'create' | 'update' | 'read' | 'list' | 'delete';
  readonly method: string;
  readonly path: string;
  readonly body?: object;
  readonly status: number;
}

export interface Granted {
  readonly answer: Answer;
  /** The definition that the request was made by. */
  readonly used: KnownDefinition;
}

/** Findings by which a client learns that its definition is not the present one. */
const OUTDATED = ['unknown_field', 'required'];

/** Requests about one model. One that is refused for its names is made anew by the present definition. */
export class AdaptingRequests {
  readonly definitions: DefinitionCache;
  readonly granted = { create: 0, update: 0, read: 0, list: 0, delete: 0 };
  /** Requests that an outdated definition led to; each was repeated with the present one. */
  outdated = 0;
  /** Answers that no client may get, as sentences. */
  readonly failures: string[] = [];
  readonly #workspace: Workspace;

  constructor(workspace: Workspace, definitions: DefinitionCache) {
    this.#workspace = workspace;
    this.definitions = definitions;
  }

  /** Null where the request failed; that is noted. */
  async ask(wishOf: (known: KnownDefinition) => Wish): Promise<Granted | null> {
    for (;;) {
      const used = this.definitions.current;
      const { kind, method, path, body, status } = wishOf(used);
      const answer = await this.#workspace.request(method, path, body).catch((error: unknown) => {
        this.failures.push(`${method} ${path}: ${error}`);
        return null;
      });
      if (!answer) return null;
      if (answer.status === status) {
        this.granted[kind] += 1;
        return { answer, used };
      }
      if (!isOutdated(answer) || !(await this.definitions.refresh(used))) {
        const problem = readProblem(answer);
        this.failures.push(`${answer.request}: ${answer.status} ${problem?.code} ${problem?.detail}`);
        return null;
      }
      this.outdated += 1;
    }
  }
}

function isOutdated(answer: Answer): boolean {
  const findings = readProblem(answer)?.errors ?? [];
  return findings.length > 0 && findings.every(({ code }) => OUTDATED.includes(code));
}
