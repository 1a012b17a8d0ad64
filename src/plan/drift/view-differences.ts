import type { Definition } from '../../definition/definition.ts';
import { systemFields } from '../../definition/system-fields.ts';
import type { ModelContext } from '../model-context.ts';
import { quoteTable } from '../steps/table-sql.ts';
import type { Step } from '../steps.ts';
import { createView, markOf, readMark, type ViewMark, viewQuery, writeMark } from '../view.ts';
import { type Difference, difference, type Repair } from './difference.ts';
import type { FoundModel } from './found-model.ts';
import { isSameQuery } from './same-query.ts';

/** The readable view: whether it is there, whose it is, and what it reads. */
export function viewDifferences(
  slug: string,
  model: Definition,
  { view, hasViews, madeView }: FoundModel,
): readonly Difference[] {
  if (!hasViews) return [];
  const name = `${slug}.${model.name}`;
  const say = (
    kind: 'viewMissing' | 'viewBlocked' | 'viewChanged',
    message: string,
    repairs: Difference['repairs'],
  ) => [difference(model, kind, 'view', message, repairs)];
  if (!view) {
    return say('viewMissing', `the view ${name} is gone`, { catalog: { next: model, isRepublished: true } });
  }
  const mark = readMark(view.comment);
  if (mark?.modelId !== model.id) {
    const message = `${name} is not Remodel's, so that the model has no view: rename or drop it, and look again`;
    return say('viewBlocked', message, {});
  }
  if (madeView?.strangeOwner) {
    const message = `the view ${name} belongs to ${madeView.strangeOwner}, with whose rights it reads, and no change can replace it: run alter view ${quoteTable({ schema: slug, table: model.name })} owner to remodel_migrator`;
    return say('viewBlocked', message, {});
  }
  const isOf = (text: Definition) => markOf(createView(slug, text), text, 0).digest === mark.digest;
  const catalog: Repair = {
    next: model,
    // A view that is to read something else is made anew by the publish.
    steps: ({ after, target }) => (isOf(after) ? [replacing(slug, after, mark, target)] : []),
    ...(isOf(model) ? {} : { isRepublished: true }),
  };
  const repairs = { catalog };
  const wanted = [...systemFields(model), ...model.fields].map((field) => field.name);
  if (view.columns.map((column) => column.name).join() !== wanted.join()) {
    return say('viewChanged', `the columns of the view ${name} are not the fields of the model`, repairs);
  }
  const rewritten = madeView?.rewritten ?? null;
  if (rewritten === null || isSameQuery(viewQuery(slug, model), rewritten)) return [];
  return say('viewChanged', `the view ${name} was replaced: it does not read the table as it is`, repairs);
}

function replacing(
  slug: string,
  model: Definition,
  { version }: ViewMark,
  target: ModelContext['target'],
): Step {
  return {
    kind: 'replaceView',
    phase: 'publish',
    model: model.name,
    target,
    columns: [],
    view: { schema: slug, table: model.name },
    query: viewQuery(slug, model),
    comment: writeMark(markOf(createView(slug, model), model, version)),
  };
}
