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
    operations: [rename('product', 'vendor', 'vendors'), alter('product', 'vendors', { type: 'references' })],
    byHand: `
      alter table product drop constraint product_supplier_fkey;
      alter table product alter vendor type bigint[] using array_remove(array[vendor], null);
      alter table product rename vendor to vendors`,
  },
  {
    write: ['PATCH', 'product/4', { vendors: ['2', '4', '1'] }],
    byHand: "update product set vendors = '{2,4,1}' where id = 4",
  },
  {
    operations: [
      alter('product', 'vendors', { type: 'reference' }),
      alter('sale', 'products', { type: 'reference' }),
    ],
    conversions: { 'product.vendors': { onError: 'first' }, 'sale.products': { onError: 'first' } },
    byHand: `
      alter table product alter vendors type bigint using vendors[1];
      alter table sale alter products type bigint using products[1]`,
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
      alter('product', 'vendors', { type: 'json', to: null, onDelete: null }),
      { op: 'renameModel', from: 'sale', to: 'order' },
    ],
    byHand: `
      alter table product alter vendors type jsonb using to_jsonb(vendors);
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
  {
    operations: [{ op: 'changeKey', model: 'country', key: 'text' }],
    byHand: `
      alter table customer drop constraint customer_country_id_fkey;
      alter table vendor drop constraint supplier_country_id_fkey;
      alter table country alter id drop identity;
      alter table country alter id type text;
      alter table customer alter country type text, add foreign key (country) references country;
      alter table vendor alter country type text, add foreign key (country) references country;
      alter table region alter countries type text[]`,
  },
  {
    write: ['POST', 'country', { id: 'IS', name: 'Iceland' }],
    byHand: "insert into country values ('IS', 'Iceland')",
  },
  {
    write: ['PATCH', 'region/Norden', { countries: ['7', 'IS'] }],
    byHand: "update region set countries = '{7,IS}'",
  },
  {
    operations: [{ op: 'changeKey', model: 'order', key: 'bigint' }],
    byHand: `
      alter table line drop constraint line_sale_fkey;
      alter table customer drop constraint customer_last_order_fkey;
      alter table "order" drop constraint sale_replaces_fkey;
      alter table "order" alter id type bigint using id::bigint, alter replaces type bigint using replaces::bigint;
      alter table "order" add foreign key (replaces) references "order" on delete cascade;
      alter table line
        alter sale type bigint using sale::bigint,
        add foreign key (sale) references "order" on delete cascade;
      alter table customer
        alter last_order type bigint using last_order::bigint,
        add foreign key (last_order) references "order" on delete set null`,
  },
  {
    write: ['POST', 'order', { customer: '1', order_date: '2001-02-03T00:00:00Z', replaces: '11076' }],
    byHand: `
      insert into "order" (id, customer, order_date, replaces)
      values (11077, 1, '2001-02-03', 11076)`,
  },
  {
    write: ['DELETE', 'order/11076'],
    byHand: 'delete from "order" where id = 11076',
  },
];
