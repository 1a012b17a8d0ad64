import { empty, json } from './operation.ts';
import { schemaRef } from './record-schemas.ts';

const CHANGE = schemaRef('Change');

/** How wishes for changes are answered: at once, and to who waits. */
export const UNDER_WAY = json(
  'The change, which is under way.',
  CHANGE,
  'Location',
  'Model-Hash',
  'Preference-Applied',
);
export const WAITED = json(
  'The change, which is published, or failed.',
  CHANGE,
  'Location',
  'Model-Hash',
  'Preference-Applied',
);

/** To who has the newest already. */
export const UNCHANGED = empty('It is what the client has.', 'Model-Hash', 'ETag');
