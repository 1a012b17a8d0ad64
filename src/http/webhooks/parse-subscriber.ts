import * as v from 'valibot';
import { EVENTS, type SubscribedEvent } from '../../catalog/shown-subscriber.ts';
import { isName } from '../../definition/identifiers.ts';
import { Failure } from '../../failure.ts';
import { type AddressRules, destinationOf } from '../../webhooks/outside-address.ts';

/** What a client may say of a subscriber. `models`: names; null for all. */
export interface SubscriberInput {
  readonly url: string;
  readonly events: readonly SubscribedEvent[];
  readonly models: readonly string[] | null;
}

/** The same of one that is there, and whether it is to be told anything. */
export type SubscriberPatch = Partial<SubscriberInput> & { readonly status?: 'active' | 'paused' };

const MAX_OVERLAP_SECONDS = 30 * 86_400;
const DAY_SECONDS = 86_400;

const events = v.pipe(
  v.array(v.picklist(EVENTS, `must be one of ${EVENTS.join(', ')}`), 'must be a list of events'),
  v.minLength(1, 'must name an event'),
  v.maxLength(EVENTS.length * 2),
  v.transform((list) => [...new Set(list)]),
);

const models = v.nullable(
  v.pipe(
    v.array(v.pipe(v.string(), v.check(isName, 'must be the name of a model'))),
    v.minLength(1, 'must name a model, or be null'),
    v.maxLength(1000),
  ),
);

const urls = ({ loopback }: AddressRules) =>
  v.pipe(
    v.string('must be a URL'),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      const destination = destinationOf(dataset.value, { loopback });
      if (destination.kind === 'refused') addIssue({ message: destination.reason });
    }),
  );

/** A subscriber as it is created. Throws `validation_failed`. */
export function parseSubscriber(body: unknown, rules: AddressRules): SubscriberInput {
  return parse(v.strictObject({ url: urls(rules), events, models: v.optional(models, null) }), body);
}

/** What is to change of one. Throws `validation_failed`. */
export function parsePatch(body: unknown, rules: AddressRules): SubscriberPatch {
  const schema = v.strictObject({
    url: v.exactOptional(urls(rules)),
    events: v.exactOptional(events),
    models: v.exactOptional(models),
    status: v.exactOptional(v.picklist(['active', 'paused'], 'must be active or paused')),
  });
  return parse(schema, body);
}

/** For how long the secret before is good as well: a day, where nothing is said. Throws `validation_failed`. */
export function parseOverlap(body: unknown): number {
  const seconds = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_OVERLAP_SECONDS));
  return parse(v.strictObject({ overlapSeconds: v.optional(seconds, DAY_SECONDS) }), body).overlapSeconds;
}

function parse<T>(schema: v.GenericSchema<unknown, T>, body: unknown): T {
  const parsed = v.safeParse(schema, body);
  if (parsed.success) return parsed.output;
  const errors = parsed.issues.map(({ path = [], message, expected }) => ({
    path: path.map(({ key }) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''),
    code: expected === 'never' ? 'unknown_property' : 'invalid_property',
    message,
  }));
  const [first] = errors;
  throw new Failure('validation_failed', `${first?.path || 'the body'}: ${first?.message}`, { errors });
}
