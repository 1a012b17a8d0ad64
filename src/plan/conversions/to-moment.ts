import { always, type ConversionsFrom, losing, whereItFits } from './conversion.ts';

const scalar = (value: string) => `remodel.scalar_of(${value})`;

export const toDate: ConversionsFrom = {
  text: whereItFits((value) => `remodel.date_of(${value})`),
  json: whereItFits((value) => `remodel.date_of(${scalar(value)})`),
  date: always((value) => value),
  timestamp: losing((value) => `(${value} at time zone 'UTC')::date`),
};

export const toTime: ConversionsFrom = {
  text: whereItFits((value) => `remodel.time_of(${value})`),
  json: whereItFits((value) => `remodel.time_of(${scalar(value)})`),
  time: always((value) => value),
  timestamp: losing((value) => `(${value} at time zone 'UTC')::time`),
};

export const toInterval: ConversionsFrom = {
  text: whereItFits((value) => `remodel.interval_of(${value})`),
  json: whereItFits((value) => `remodel.interval_of(${scalar(value)})`),
  interval: always((value) => value),
};

/** A day becomes its beginning in UTC. */
export const toTimestamp: ConversionsFrom = {
  text: whereItFits((value) => `remodel.moment_of(${value})`),
  json: whereItFits((value) => `remodel.moment_of(${scalar(value)})`),
  date: always((value) => `(${value}::timestamp at time zone 'UTC')`),
  timestamp: always((value) => value),
};
