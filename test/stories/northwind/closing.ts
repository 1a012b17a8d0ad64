import { add, alter, drop, type Entry, rename } from './entry.ts';

/** The last ones: names that pass from one to another, and fields that become what they were. */
export const CLOSING: readonly Entry[] = [
  {
    operations: [
      { op: 'renameModel', from: 'mark', to: 'other' },
      { op: 'renameModel', from: 'category', to: 'mark' },
      { op: 'renameModel', from: 'other', to: 'category' },
    ],
    byHand: `
      alter table mark rename to other;
      alter table category rename to mark;
      alter table other rename to category`,
  },
  {
    operations: [
      { op: 'alignNames', model: 'mark' },
      { op: 'alignNames', model: 'category' },
    ],
    byHand: '',
  },
  {
    operations: [
      drop('product', 'discontinued'),
      add('product', { name: 'discontinued', type: 'date' }),
      drop('product', 'marks'),
      add('product', { name: 'marks', type: 'references', to: 'mark', onDelete: 'restrict' }),
    ],
    byHand: `
      alter table product drop discontinued, drop marks;
      alter table product add discontinued date, add marks bigint[] not null default '{}'`,
  },
  {
    write: ['PATCH', 'product/4', { discontinued: '1998-01-31', marks: ['9', '1'] }],
    byHand: "update product set discontinued = '1998-01-31', marks = '{9,1}' where id = 4",
  },
  {
    operations: [
      add('sale', { name: 'year', type: 'computed', expression: 'year(order_date)', index: true }),
      add('sale', { name: 'replaces', type: 'reference', to: 'sale', onDelete: 'cascade' }),
    ],
    byHand: `
      alter table sale
        add year integer generated always as (extract(year from order_date)::integer) stored,
        add replaces text references sale on delete cascade`,
  },
  {
    write: ['PATCH', 'sale/20000', { replaces: 'Ä 1/2', order_date: '1999-12-31' }],
    byHand: "update sale set replaces = 'Ä 1/2', order_date = '1999-12-31' where id = '20000'",
  },
  {
    operations: [alter('sale', 'order_date', { type: 'timestamp' }), rename('sale', 'year', 'year_of_order')],
    byHand: `
      alter table sale drop year;
      alter table sale alter order_date type timestamptz;
      alter table sale add year_of_order integer
        generated always as (extract(year from order_date at time zone 'UTC')::integer) stored`,
  },
  {
    operations: [alter('line', 'sale', { type: 'text', to: null, onDelete: null })],
    byHand: 'alter table line drop constraint order_line_order_fkey',
  },
  {
    write: ['PATCH', 'line/1', { sale: 'none' }],
    byHand: "update line set sale = 'none' where id = 1",
  },
  {
    operations: [
      alter('line', 'sale', { type: 'reference', to: 'sale', onDelete: 'cascade', required: true }),
    ],
    conversions: { 'line.sale': { onError: { default: '20000' } } },
    byHand: `
      update line set sale = '20000' where sale = 'none';
      alter table line alter sale set not null, add foreign key (sale) references sale on delete cascade`,
  },
  {
    write: ['DELETE', 'sale/%C3%84%201%2F2'],
    byHand: "delete from sale where id = 'Ä 1/2'",
  },
  {
    operations: [alter('customer', 'tier', { type: 'choices', options: ['basic', 'silver', 'gold'] })],
    byHand: `
      alter table customer alter tier type text[]
        using case tier when '["gold", "silver"]' then array['gold', 'silver'] else array[tier ->> 0] end`,
  },
  {
    operations: [
      alter('customer', 'tier', { type: 'choice' }),
      alter('customer', 'rebate', { type: 'float', precision: null, scale: null, min: 0, max: 90 }),
    ],
    byHand: `
      alter table customer
        alter tier type text using tier[1],
        alter rebate type double precision`,
  },
  {
    operations: [
      { op: 'addUnique', model: 'customer', fields: ['company', 'city'], where: { tier: { _eq: 'basic' } } },
      alter('product', 'stock', { type: 'bigint' }),
    ],
    byHand: `
      create unique index on customer (company, city) where tier = 'basic';
      alter table product alter stock type bigint`,
  },
  {
    operations: [{ op: 'dropModel', model: 'shipper' }, drop('sale', 'shipper')],
    byHand: `
      alter table sale drop shipper;
      drop table shipper`,
  },
  {
    operations: [
      alter('customer', 'rebate', { type: 'integer', required: false, min: null, max: null }),
      alter('product', 'vendor', { type: 'json', to: null, onDelete: null }),
      { op: 'renameModel', from: 'sale', to: 'order' },
    ],
    byHand: `
      alter table product drop constraint product_supplier_fkey;
      alter table product alter vendor type jsonb using to_jsonb(vendor);
      alter table customer alter rebate drop not null, alter rebate type integer using round(rebate::numeric);
      alter table sale rename to "order"`,
  },
  {
    operations: [
      {
        op: 'createModel',
        model: 'region',
        key: 'text',
        fields: [{ name: 'countries', type: 'references', to: 'country' }],
      },
      add('customer', { name: 'area', type: 'reference', to: 'region' }),
    ],
    byHand: `
      create table region (id text primary key, countries bigint[] not null default '{}');
      alter table customer add area text references region`,
  },
  {
    write: ['POST', 'region', { id: 'Norden', countries: ['21', '7', '16', '8'] }],
    byHand: "insert into region values ('Norden', '{21,7,16,8}')",
  },
];
