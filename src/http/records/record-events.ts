import {
  type EventPage,
  type Position,
  parsePosition,
  type RecordEvent,
  readEvents,
  showPosition,
} from '../../catalog/events.ts';
import { type PublishedModel, readModelsById } from '../../catalog/published-models.ts';
import { keyField } from '../../definition/system-fields.ts';
import { Failure } from '../../failure.ts';
import { parseFeedQuery, readPresent } from '../../records/present-records.ts';
import { limitedRelated } from '../access/assert-granted.ts';
import { streamEvents, watchedDatabase } from '../event-stream.ts';
import { queryOf, type RecordContext, reading } from './record-request.ts';

type Records = ReadonlyMap<string, string | null>;

/**
 * Server-sent events of what is done to the records of a model, each with its record as it is now, and of each
 * definition that the model gets: the first says by which one the feed begins. An event's id is its position, and
 * moves on while nothing happens, so that a client that comes again has missed nothing and finds it still kept.
 */
export async function recordEvents(c: RecordContext): Promise<Response> {
  const { database, registry } = c.env.edge;
  const watched = watchedDatabase(c);
  const workspace = c.req.param('ws') ?? '';
  const params = queryOf(c);
  const asked = askedPosition(c, params);
  const { found: opened } = await reading(c, async (model, related) => {
    parseFeedQuery(model, related, params);
    const { id } = model.definition;
    return { id, page: await readEvents(database, id, keyField(model.definition).column, asked) };
  });
  if (opened.page.isExpired) throw expired();
  let position = asked ?? opened.page.position;
  let known: PublishedModel | null = null;

  /** Null where the class at hand is not the one that the feed last named: it soon will be. */
  const recordsOf = async (
    events: readonly RecordEvent[],
    model: PublishedModel,
  ): Promise<Records | null> => {
    const ids = events.flatMap(({ op, recordId }) => (op === 'delete' ? [] : recordId));
    if (ids.length === 0) return new Map();
    return registry.read(
      workspace,
      model.name,
      async (current, related) => {
        // By another definition its paths may lead elsewhere.
        const filter = parseFeedQuery(current, limitedRelated(c, related), params);
        return current.hash === model.hash ? readPresent(database, current, ids, filter) : null;
      },
      c.get('key') ?? null,
    );
  };

  return streamEvents(c, {
    firstPauseMs: 1000,
    // Each asks Postgres twice and Redis once: a request may make a thousand in all.
    maxTurns: 300,
    heartbeat: () => `: nothing new\nid: ${showPosition(position)}\n\n`,
    turn: async (send) => {
      const page: EventPage | null = known && (await pageOf(known, position));
      if (!known || page?.hash !== known.hash) {
        [known = null] = await readModelsById(database, workspace, [opened.id]);
        if (!known) return 'end';
        await send(modelEvent(known, position));
        return 'more';
      }
      const events = withoutRepeated(page.events);
      const records = await recordsOf(events, known);
      if (!records) return 'nothing';
      const texts = events.flatMap((event) => recordEvent(event, records.get(event.recordId)) ?? []);
      if (texts.length > 0) await send(texts.join(''));
      position = page.position;
      return page.isFull ? 'more' : texts.length > 0 ? 'sent' : 'nothing';
    },
  });

  function pageOf({ definition }: PublishedModel, after: Position): Promise<EventPage> {
    return readEvents(watched, definition.id, keyField(definition).column, after);
  }
}

/** Where a client goes on: by the header, or by the query where it cannot send one; null: from now. */
function askedPosition(c: RecordContext, params: URLSearchParams): Position | null {
  const header = c.req.header('Last-Event-ID') || null;
  const asked = header ?? params.get('lastEventId');
  if (asked === null) return null;
  const position = parsePosition(asked);
  if (position) return position;
  const name = header === null ? 'lastEventId' : 'Last-Event-ID';
  throw new Failure(
    header === null ? 'invalid_query' : 'invalid_header',
    `${name} must be the id of an event`,
  );
}

function expired(): Failure {
  return new Failure(
    'events_expired',
    'what happened since then is no longer known: open the feed without Last-Event-ID, then read the list again',
  );
}

function modelEvent({ name, version, hash }: PublishedModel, position: Position): string {
  return `id: ${showPosition(position)}\nevent: model\ndata: ${JSON.stringify({ model: name, version, hash })}\n\n`;
}

/** Of the updates of a record that are read together, the last: each would show it as it is now. */
function withoutRepeated(events: readonly RecordEvent[]): readonly RecordEvent[] {
  const last = new Map(events.map((event, n) => [event.recordId, n]));
  return events.filter(({ op, recordId }, n) => op !== 'update' || last.get(recordId) === n);
}

/**
 * Null for what needs no telling: a record that was deleted since, for that is an event of its own, and one that was
 * created and does not fit the filter. An update that does not fit it has no record: it may have fitted before.
 */
function recordEvent(event: RecordEvent, record: string | null | undefined): string | null {
  const { position, op, recordId, at } = event;
  if (op !== 'delete' && (record === undefined || (record === null && op === 'create'))) return null;
  const head = JSON.stringify({ op, id: recordId, at }).slice(0, -1);
  return `id: ${showPosition(position)}\nevent: ${op}\ndata: ${head},"record":${op === 'delete' ? null : record}}\n\n`;
}
