import { Hono } from 'hono';
import type { EdgeEnv } from '../edge.ts';
import { recordEvents } from '../records/record-events.ts';

/** What is done to the records of a model, as it happens. */
export const feeds = new Hono<EdgeEnv>().get('/:model/events', recordEvents);
