import * as v from 'valibot';
import { printTable } from './print-table.ts';
import { readAnswer, UnexpectedAnswer } from './read-answer.ts';
import type { Workspace } from './workspace.ts';

interface List {
  readonly title: string;
  readonly model: string;
  readonly select: readonly string[];
  readonly query: Readonly<Record<string, string>>;
}

const PAGE = v.object({
  data: v.array(v.record(v.string(), v.unknown())),
  page: v.object({ total: v.number() }),
});

const LISTS: readonly List[] = [
  {
    title: 'Comedies for children, by what they earned',
    model: 'movie',
    select: ['title', 'release_date', 'mpaa_rating', 'worldwide_gross', 'imdb_rating'],
    query: {
      'filter[major_genre][_eq]': 'Comedy',
      'filter[mpaa_rating][_in]': 'G,PG',
      'filter[worldwide_gross][_gt]': '0',
      sort: '-worldwide_gross',
    },
  },
  {
    title: 'Movies without a rating of their own that people like, or that critics do',
    model: 'movie',
    select: ['title', 'mpaa_rating', 'imdb_rating', 'rotten_tomatoes_rating'],
    query: {
      'filter[_and][0][_or][0][mpaa_rating][_null]': 'true',
      'filter[_and][0][_or][1][mpaa_rating][_in]': 'Not Rated,Open',
      'filter[_and][1][_or][0][imdb_rating][_gte]': '8.5',
      'filter[_and][1][_or][1][rotten_tomatoes_rating][_eq]': '100',
      sort: '-imdb_rating,title',
    },
  },
  {
    title: 'The northernmost airports outside Alaska',
    model: 'airport',
    select: ['iata', 'name', 'city', 'state', 'latitude'],
    query: { 'filter[_not][state][_eq]': 'AK', sort: '-latitude' },
  },
  {
    title: 'Cars of 1980 and later that go 40 miles and more per gallon',
    model: 'car',
    select: ['name', 'origin', 'year', 'miles_per_gallon', 'horsepower'],
    query: {
      'filter[year][_gte]': '1980-01-01',
      'filter[miles_per_gallon][_gte]': '40',
      sort: '-miles_per_gallon,name',
    },
  },
  {
    title: 'Where people lived longest in 2000',
    model: 'country_year',
    select: ['country', 'life_expect', 'fertility'],
    query: { 'filter[year][_eq]': '2000', sort: '-life_expect' },
  },
];

/** Prints the first records of a few lists, and of one that follows a reference. */
export async function printLists(workspace: Workspace): Promise<void> {
  for (const list of LISTS) await printList(workspace, list);
  await printList(workspace, {
    title: 'What Steven Spielberg directed, by what it earned in the USA',
    model: 'movie',
    select: ['title', 'release_date', 'production_budget', 'us_gross'],
    query: { 'filter[director][_eq]': await directorId(workspace, 'Steven Spielberg'), sort: '-us_gross' },
  });
}

async function printList(workspace: Workspace, { title, model, select, query }: List): Promise<void> {
  const parameters = new URLSearchParams({ ...query, select: select.join(','), limit: '5', count: 'exact' });
  const answer = await workspace.get(`/records/${model}?${parameters}`);
  const { data, page } = readAnswer(answer, 200, PAGE);
  if (data.length === 0) throw new UnexpectedAnswer(answer, 'a list with records');
  printTable(
    `${title} (${data.length} of ${page.total})`,
    select,
    data.map((record) => select.map((field) => record[field])),
  );
}

async function directorId(workspace: Workspace, name: string): Promise<string> {
  const parameters = new URLSearchParams({ 'filter[name][_eq]': name, select: 'id' });
  const answer = await workspace.get(`/records/director?${parameters}`);
  const { data } = readAnswer(answer, 200, v.object({ data: v.tuple([v.object({ id: v.string() })]) }));
  return data[0].id;
}
