import type { Message, MessageBatch } from '@cloudflare/workers-types';
import { runSubscriber } from '../src/courier/run-subscriber.ts';
import { abandonChange, runWorkspace } from '../src/migrator/run-workspace.ts';
import { sweepCatalog } from '../src/migrator/sweep.ts';
import type { Errand, Nudge } from '../src/ports.ts';
import type { Env } from './env.ts';
import { telemetryOf } from './telemetry.ts';
import { wireCourier } from './wire-courier.ts';
import { wireVitals } from './wire-doctor.ts';
import { wireMigrator } from './wire-migrator.ts';

const MAX_RETRY_SECONDS = 60;

/** Which of the two functions behind queues is called. */
export async function handleQueue(batch: MessageBatch<Nudge | Errand>, env: Env): Promise<void> {
  if (isOfErrands(batch)) await runErrands(batch, env);
  else await runNudges(batch as MessageBatch<Nudge>, env);
}

function isOfErrands(batch: MessageBatch<Nudge | Errand>): batch is MessageBatch<Errand> {
  return batch.queue === 'remodel-webhooks';
}

/** The courier: a message names a subscriber, what it is to be told is in the catalog. */
async function runErrands(batch: MessageBatch<Errand>, env: Env): Promise<void> {
  for (const message of batch.messages) {
    const courier = wireCourier(env);
    noteMessage(batch.queue, message, env);
    try {
      const { subscriber, probe } = message.body;
      if (probe !== undefined) await wireVitals(env).beat('remodel-webhooks', probe);
      else await runSubscriber(courier, subscriber);
      message.ack();
    } catch (error) {
      again(message, 'courier_failed', error);
    }
  }
}

/** The migrator: a message is a nudge, the work list is in the catalog. What has too often failed is given up. */
async function runNudges(batch: MessageBatch<Nudge>, env: Env): Promise<void> {
  for (const message of batch.messages) {
    const { workspace, heads, probe } = message.body;
    const migrator = wireMigrator(env);
    noteMessage(batch.queue, message, env);
    try {
      if (probe !== undefined) await wireVitals(env).beat('remodel-changes', probe);
      else if (batch.queue.endsWith('-dead')) await abandonChange(migrator, workspace);
      else if (heads) await sweepCatalog(migrator);
      else await runWorkspace(migrator, workspace);
      message.ack();
    } catch (error) {
      again(message, 'migrator_failed', error);
    }
  }
}

function noteMessage(queue: string, { timestamp, attempts }: Message<unknown>, env: Env): void {
  const ageSeconds = (Date.now() - timestamp.getTime()) / 1000;
  telemetryOf(env).note({ kind: 'message', queue, ageSeconds, attempts });
}

function again(message: Message<Nudge | Errand>, event: string, error: unknown): void {
  const { attempts, body } = message;
  const delaySeconds = Math.min(2 ** (attempts - 1), MAX_RETRY_SECONDS);
  console.error(JSON.stringify({ event, ...body, attempts, delaySeconds, error: textOf(error) }));
  message.retry({ delaySeconds });
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
