import type { ChangeRequest } from '../../client/changes.ts';
import { Problem } from '../../client/problem.ts';
import { differences, type ModelDifference } from '../definitions/difference.ts';
import { inFiles } from '../definitions/findings-in-files.ts';
import { withAnsweredRenames, withOpenRenames } from '../definitions/renames.ts';
import type { Session } from '../session.ts';
import { type RequestOptions, requestMembers } from './request-options.ts';

/** The definitions of the folder as a request, and what is told of it. */
export interface DeclaredRequest {
  readonly request: ChangeRequest;
  readonly told: readonly ModelDifference[];
}

/** Reads the folder, and asks the server what is there. */
export async function declaredRequest(session: Session, options: RequestOptions): Promise<DeclaredRequest> {
  const members = requestMembers(options);
  const { folder, server } = session;
  const [files, before] = await Promise.all([folder.readSome(), server.definitions()]);
  const models = withOpenRenames(
    files.map(({ definition }) => definition),
    before,
  );
  return {
    request: { models, ...(options.prune ? { prune: true } : {}), ...members },
    told: differences(before, withAnsweredRenames(models, members.answers ?? {})),
  };
}

/** What is wrong with definitions is said of the files that they are in. */
export async function tellingFiles<T>(session: Session, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw error instanceof Problem ? inFiles(error, await session.folder.read()) : error;
  }
}
